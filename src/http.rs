//! The HTTP client that every request outside the AWS SDK uses: discovery documents, registries, the data plane.
//!
//! Owns: proxies (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), the extra certificate bundle (`AWS_CA_BUNDLE`), timeouts
//! for connecting. Does not own: retries (only the caller knows what may be repeated).

use std::sync::OnceLock;
use std::time::Duration;

use crate::env::Env;
use crate::error::{Context, Error, Result};

/// A client that is built on first use, because loading the system's certificates takes longer than most commands.
#[derive(Debug)]
pub(crate) struct Http {
    ca_bundle: Option<std::path::PathBuf>,
    client: OnceLock<reqwest::Client>,
}

impl Http {
    pub(crate) fn new(env: &Env) -> Self {
        Self { ca_bundle: env.var_os("AWS_CA_BUNDLE").map(|path| env.cwd().join(path)), client: OnceLock::new() }
    }

    /// The shared client. It follows no redirect: an `Authorization` header must not travel to another place.
    ///
    /// # Errors
    /// When `AWS_CA_BUNDLE` names a file that is not a PEM bundle.
    pub(crate) fn client(&self) -> Result<&reqwest::Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("agentcore/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(20));
        if let Some(path) = &self.ca_bundle {
            let bundle = std::fs::read(path)
                .with_context(|| format!("could not read the certificates in `{}` (AWS_CA_BUNDLE)", path.display()))?;
            let certificates = reqwest::Certificate::from_pem_bundle(&bundle).map_err(|error| {
                Error::usage(format!("`{}` (AWS_CA_BUNDLE) is not a PEM bundle", path.display())).source(&error)
            })?;
            builder = builder.tls_certs_merge(certificates);
        }
        let client = builder.build().context("could not set up the HTTP client")?;
        Ok(self.client.get_or_init(|| client))
    }
}
