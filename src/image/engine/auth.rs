//! Registry credentials for an engine's push, in files that exist as long as the push.
//!
//! Owns: a private directory with an auth file that docker (`DOCKER_CONFIG`) and podman (`--authfile`) understand. The
//! user's own configuration is read for the current context and never written.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

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
            files.keep_context(env, &mut config);
            fsx::write_private(&files.dir.path().join("config.json"), config.to_string().as_bytes())?;
        }
        Ok(files)
    }

    pub(super) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// docker keeps its contexts (which daemon to talk to, with which certificates) beside its logins; the temporary
    /// configuration points to the same ones.
    fn keep_context(&self, env: &Env, config: &mut Value) {
        let Some(own) = login::docker_config_dir(env) else { return };
        let stored = std::fs::read(own.join("config.json")).ok();
        let stored: Option<Value> = stored.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if let Some(context) = stored.as_ref().and_then(|stored| stored["currentContext"].as_str()) {
            config["currentContext"] = json!(context);
        }
        // Where links are not to be had, the default context (or DOCKER_HOST) is used.
        #[cfg(unix)]
        if let Ok(contexts) = std::fs::canonicalize(own.join("contexts")) {
            let _ = std::os::unix::fs::symlink(contexts, self.dir.path().join("contexts"));
        }
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
