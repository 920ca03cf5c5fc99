//! What the environment says about the way to other hosts: proxies and certificates.
//!
//! Owns: reading them for somebody who wants to know. Does not own: their use, which is that of the clients.

use std::path::PathBuf;

use hyper_util::client::proxy::matcher::Matcher;

use crate::env::Env;
use crate::error::{Context, Error, Result};

/// Variables that name a proxy, the spelling first that wins over the other.
const VARIABLES: [&str; 6] = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];

/// A variable that names a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProxySetting {
    pub(crate) variable: &'static str,
    /// May hold a user and a password.
    pub(crate) address: String,
}

pub(crate) fn proxies(env: &Env) -> Vec<ProxySetting> {
    let set = |variable: &'static str| Some(ProxySetting { variable, address: env.var(variable)?.to_owned() });
    VARIABLES.into_iter().filter_map(set).collect()
}

/// The address of the proxy that a request to `url` goes through, without a login; `None` for a direct one. Decided as the
/// clients decide it, `NO_PROXY` included.
pub(crate) fn proxy_of(url: &str) -> Option<http::Uri> {
    let url: http::Uri = url.parse().ok()?;
    Matcher::from_env().intercept(&url).map(|proxy| proxy.uri().clone())
}

/// The file of `AWS_CA_BUNDLE` and the number of certificates in it; `None` where the variable is not set.
///
/// # Errors
/// A file that cannot be read, or has no certificate in it.
pub(crate) fn certificates(env: &Env) -> Result<Option<(PathBuf, usize)>> {
    let Some(path) = env.var_os("AWS_CA_BUNDLE").map(|path| env.cwd().join(path)) else { return Ok(None) };
    let shown = path.display();
    let bundle =
        std::fs::read(&path).with_context(|| format!("AWS_CA_BUNDLE names `{shown}`, which cannot be read"))?;
    let unusable = || format!("AWS_CA_BUNDLE names `{shown}`, which is not a PEM bundle of certificates");
    let count = reqwest::Certificate::from_pem_bundle(&bundle).with_context(unusable)?.len();
    if count == 0 {
        return Err(Error::failed(unusable()));
    }
    Ok(Some((path, count)))
}
