//! The token of a CI job: GitHub Actions gives one on request, for the audience that is asked for.

use std::time::Duration;

use serde_json::Value;

use super::super::wire::is_secure;
use super::client::IssuedTokens;
use crate::deadline::Waiting;
use crate::error::{Code, Error, Kind, Result};
use crate::http::Http;
use crate::redact::{ExposeSecret, SecretString};

const TIMEOUT: Duration = Duration::from_secs(20);

/// Asks the runner of a GitHub Actions job (`ACTIONS_ID_TOKEN_REQUEST_URL`) with the job's own `token`.
///
/// # Errors
/// What the runner answered, without its body.
pub(crate) async fn github(
    http: &Http,
    url: &str,
    token: &SecretString,
    audience: Option<&str>,
) -> Result<IssuedTokens> {
    let failed =
        |why: String| Error::failed(format!("GitHub gave no token for this job: {why}")).code(Code::TokenGithub);
    let mut url = url::Url::parse(url)
        .ok()
        .filter(is_secure)
        .ok_or_else(|| failed("ACTIONS_ID_TOKEN_REQUEST_URL is not an https URL".to_owned()).with_kind(Kind::Usage))?;
    if let Some(audience) = audience {
        url.query_pairs_mut().append_pair("audience", audience);
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let _waiting = Waiting::on(format!("an answer from `{host}`"));
    let unreachable = |error: reqwest::Error| {
        let kind = if error.is_timeout() { Kind::Deadline } else { Kind::Failed };
        failed(format!("the runner's `{host}` did not answer"))
            .with_kind(kind)
            .source(&error.without_url())
            .hint("check the network and `HTTPS_PROXY` of the runner")
    };
    let request = http.client(url.as_str())?.get(url.as_str()).timeout(TIMEOUT).bearer_auth(token.expose_secret());
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    if !status.is_success() {
        return Err(failed(format!("HTTP {status}")).hint("the job needs `permissions: {id-token: write}`"));
    }
    let body = response.bytes().await.map_err(unreachable)?;
    let value: Value = serde_json::from_slice(&body)
        .map_err(|_| failed(format!("the answer of `{host}` is not JSON")).hint("check `HTTPS_PROXY` of the runner"))?;
    let token =
        value.get("value").and_then(Value::as_str).ok_or_else(|| failed("the answer has no `value`".to_owned()))?;
    Ok(IssuedTokens {
        access_token: SecretString::from(token.to_owned()),
        id_token: None,
        refresh_token: None,
        expires_in: None,
    })
}
