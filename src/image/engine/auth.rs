//! Registry credentials for an engine's push, in files that exist as long as the push.
//!
//! Owns: a private directory with an auth file that docker (`DOCKER_CONFIG`) and podman (`--authfile`) understand. The
//! user's own configuration is read for the current context and never written.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::env::Env;
use crate::error::{Context, Result};
use crate::fsx;
use crate::image::login;
use crate::image::registry::Credentials;
use crate::process::Child;
use crate::redact::ExposeSecret;

/// Removed when dropped.
pub(super) struct LoginFiles {
    dir: tempfile::TempDir,
    with_login: bool,
}

impl LoginFiles {
    pub(super) fn write(env: &Env, registry: &str, credentials: &Credentials) -> Result<Self> {
        // 0700 on Unix.
        let dir = tempfile::Builder::new().prefix("agentcore-login-").tempdir();
        let files = Self {
            dir: dir.context("could not create a temporary directory for registry credentials")?,
            with_login: matches!(credentials, Credentials::Basic { .. }),
        };
        if let Credentials::Basic { username, password } = credentials {
            let key = if registry == "docker.io" { "https://index.docker.io/v1/" } else { registry };
            let auth = STANDARD.encode(format!("{username}:{}", password.expose_secret()));
            let mut config = json!({ "auths": { key: { "auth": auth } } });
            login::keep_context(env, &mut config, files.dir());
            fsx::write_private(&files.dir.path().join("config.json"), config.to_string().as_bytes())?;
        }
        Ok(files)
    }

    pub(super) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(super) fn for_docker(&self, child: Child) -> Child {
        if !self.with_login {
            return child;
        }
        // The variable would win over the file. That finch looks at DOCKER_CONFIG is known of its nerdctl only.
        child.var("DOCKER_CONFIG", self.dir.path()).without_var("DOCKER_AUTH_CONFIG")
    }

    pub(super) fn for_podman(&self, child: Child) -> Child {
        if self.with_login { child.arg("--authfile").arg(self.dir.path().join("config.json")) } else { child }
    }
}
