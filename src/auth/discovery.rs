//! The provider's discovery document and its public keys, over HTTP.
//!
//! Owns: fetching with a time and size limit, the members that matter, the check that the document belongs to the URL.
//! Does not own: caching (`keys`), or the pattern of the URL (`wire`).

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Map, Value};

use super::preset;
use super::stand_in;
use super::token::{KeySet, accepted_algorithm};
use super::wire::is_secure;
use crate::deadline::Waiting;
use crate::error::{Code, Error, Kind, Result};
use crate::http::{CONNECT, Http};

pub(super) const WELL_KNOWN: &str = "/.well-known/";
pub(super) const DOCUMENTS: [&str; 2] = ["openid-configuration", "oauth-authorization-server"];

/// How long the provider may take for one document.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Real documents have a few kilobytes.
const LIMIT: usize = 1 << 20;

/// What the discovery document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Provider {
    pub(crate) discovery_url: String,
    /// Exactly as the document has it; a token's `iss` must be the same text.
    pub(crate) issuer: String,
    pub(crate) jwks_uri: String,
    pub(crate) token_endpoint: Option<String>,
    pub(crate) authorization_endpoint: Option<String>,
    /// `id_token_signing_alg_values_supported`; empty when the document does not say.
    pub(crate) algorithms: Vec<String>,
    /// `scopes_supported`. Custom scopes are often left out of it.
    pub(crate) scopes: Vec<String>,
}

/// Fetches and checks a discovery document.
///
/// # Errors
/// [`Kind::Usage`] with a code `discovery.…` that names the URL and what is wrong: another
/// status than 200, too large, not a JSON object, members missing, an issuer that does not belong to the URL, or only
/// signing algorithms that are never accepted. A provider that cannot be reached, or answers with a server error, is
/// [`Kind::Failed`], one that does not answer in time [`Kind::Deadline`].
pub(crate) async fn discover(http: &Http, url: &str) -> Result<Provider> {
    let (known_as, document) = fetch_document(http, url).await?;
    let provider = Provider::from_document(&known_as, &document)?;
    Ok(Provider { discovery_url: url.to_owned(), ..provider })
}

/// The discovery document, and the discovery URL that it is judged by: that of `url`, or the one that a stand-in for AWS
/// has for the same user pool.
///
/// # Errors
/// [`crate::error::Kind::Usage`] when it is unreachable, too large or no JSON object.
pub(crate) async fn fetch_document(http: &Http, url: &str) -> Result<(String, Map<String, Value>)> {
    if let Some(address) = stand_in::address(http, url)
        && let Ok(document) = fetch_object(http, &address, "discovery document").await
        && let Some(found) = stand_in::of_pool(url, document)
    {
        return Ok(found);
    }
    // Also where an endpoint is configured: a sandbox has its own pools and no others.
    Ok((url.to_owned(), fetch_object(http, url, "discovery document").await?))
}

/// Fetches the provider's keys.
///
/// # Errors
/// As [`discover`], and when no key can verify a signature.
pub(crate) async fn fetch_jwks(http: &Http, provider: &Provider) -> Result<KeySet> {
    let url = &provider.jwks_uri;
    let document = match stand_in::address(http, url) {
        Some(address) => match fetch_object(http, &address, "key set").await {
            Ok(document) => document,
            Err(_) => fetch_object(http, url, "key set").await?,
        },
        None => fetch_object(http, url, "key set").await?,
    };
    let set =
        KeySet::from_json(&Value::Object(document)).map_err(|error| error.context(format!("{url} has no keys")))?;
    if set.len() == 0 {
        let error = problem(Code::DiscoveryNoKey, format!("the key set {url} has no key that can verify a token"));
        return Err(set.unusable_reasons().into_iter().fold(error, Error::cause));
    }
    Ok(set)
}

impl Provider {
    /// Reads a discovery document that was fetched from `url`.
    ///
    /// # Errors
    /// As [`discover`], from the members on.
    pub(crate) fn from_document(url: &str, document: &Map<String, Value>) -> Result<Self> {
        let text = |name: &str| document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let required = |name: &str| {
            text(name).map(str::to_owned).ok_or_else(|| {
                problem(Code::DiscoveryIncomplete, format!("the discovery document {url} has no `{name}`"))
                    .hint("check that the URL is the provider's discovery document")
            })
        };
        let list = |name: &str| -> Vec<String> {
            let items = document.get(name).and_then(Value::as_array);
            items.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        let provider = Self {
            discovery_url: url.to_owned(),
            issuer: required("issuer")?,
            jwks_uri: required("jwks_uri")?,
            token_endpoint: text("token_endpoint").map(str::to_owned),
            authorization_endpoint: text("authorization_endpoint").map(str::to_owned),
            algorithms: list("id_token_signing_alg_values_supported"),
            scopes: list("scopes_supported"),
        };
        if !issuer_fits(url, &provider.issuer) {
            return Err(problem(
                Code::DiscoveryIssuerMismatch,
                format!("the discovery document {url} is of another issuer, `{}`", provider.issuer),
            )
            .hint(format!("the discovery URL of that issuer is `{}`", discovery_url_of(&provider.issuer))));
        }
        if !url::Url::parse(&provider.jwks_uri).is_ok_and(|parsed| is_secure(&parsed)) {
            return Err(problem(
                Code::DiscoveryIncomplete,
                format!("the discovery document {url} has a `jwks_uri` that is not https: `{}`", provider.jwks_uri),
            ));
        }
        let usable = provider.algorithms.iter().any(|name| accepted_algorithm(name).is_some());
        if !provider.algorithms.is_empty() && !usable {
            return Err(problem(
                Code::DiscoveryAlgorithms,
                format!("the provider {} signs with {} only", provider.issuer, provider.algorithms.join(", ")),
            )
            .hint("let it sign tokens with RS256"));
        }
        Ok(provider)
    }
}

/// Whether a document at `url` may speak for `issuer`: the URL is the issuer with the well-known part appended (OpenID
/// Connect) or inserted before the path (RFC 8414). A final slash of the issuer does not count. Providers that are
/// known to publish another issuer are exempt.
fn issuer_fits(url: &str, issuer: &str) -> bool {
    if preset::publishes_other_issuer(url, issuer) {
        return true;
    }
    let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
    url.match_indices(WELL_KNOWN).any(|(at, marker)| {
        let rest = &url[at + marker.len()..];
        DOCUMENTS.iter().filter_map(|document| rest.strip_prefix(document)).any(|path| {
            // An inserted well-known part follows the host at once.
            let inserted = path.is_empty()
                || !url[..at].trim_start_matches("https://").trim_start_matches("http://").contains('/');
            inserted && (path.is_empty() || path.starts_with('/')) && issuer == format!("{}{path}", &url[..at])
        })
    })
}

fn discovery_url_of(issuer: &str) -> String {
    format!("{}{WELL_KNOWN}{}", issuer.trim_end_matches('/'), DOCUMENTS[0])
}

fn problem(code: Code, message: String) -> Error {
    Error::usage(message).code(code)
}

const CHECK_THE_ADDRESS: &str =
    "check that it is the address of the document itself, and that no proxy (`HTTPS_PROXY`) answers in its place";

/// Fetches a JSON object of at most [`LIMIT`] bytes.
pub(super) async fn fetch_object(http: &Http, url: &str, what: &str) -> Result<Map<String, Value>> {
    let _waiting = Waiting::on(format!("the {what} {url}"));
    let unreachable = |error: reqwest::Error| {
        let (late, limit) = (error.is_timeout(), if error.is_connect() { CONNECT } else { TIMEOUT });
        let message = if late {
            format!("the {what} {url} did not arrive within {} s", limit.as_secs())
        } else {
            format!("could not fetch the {what} {url}")
        };
        problem(Code::DiscoveryUnreachable, message)
            .with_kind(if late { Kind::Deadline } else { Kind::Failed })
            .source(&error.without_url())
            .hint("check the address, the network and `HTTPS_PROXY`")
    };
    let request = http.client(url)?.get(url).timeout(TIMEOUT).header(http::header::ACCEPT, "application/json");
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    if status != http::StatusCode::OK {
        let mut error = problem(Code::DiscoveryStatus, format!("the {what} {url} was answered with {status}"));
        if status.is_server_error() || status == http::StatusCode::TOO_MANY_REQUESTS {
            // The user's input is not the cause.
            error = error.with_kind(Kind::Failed);
        }
        if let Some(target) = response.headers().get(http::header::LOCATION).and_then(|value| value.to_str().ok()) {
            error = error.hint(format!("it redirects to {target}, which is not followed"));
        }
        return Err(error.hint(CHECK_THE_ADDRESS));
    }
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(unreachable)?;
        if body.len() + chunk.len() > LIMIT {
            return Err(problem(Code::DiscoveryTooLarge, format!("the {what} {url} is larger than {LIMIT} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    match serde_json::from_slice(&body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => {
            Err(problem(Code::DiscoveryNotJson, format!("the {what} {url} is not a JSON object"))
                .hint(CHECK_THE_ADDRESS))
        }
        Err(error) => Err(problem(Code::DiscoveryNotJson, format!("the {what} {url} is not JSON"))
            .source(&error)
            .hint(CHECK_THE_ADDRESS)),
    }
}

/// A provider on loopback, for tests of this room.
#[cfg(test)]
pub(super) mod testing {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use crate::env::Env;
    use crate::http::Http;

    /// Answers each connection with the response that `answer` gives for the request's path; `{base}` in it stands for
    /// the server's own address.
    pub(in crate::auth) async fn serve(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let own = base.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    if socket.read(&mut byte).await.unwrap_or(0) == 0 {
                        break;
                    }
                    request.push(byte[0]);
                }
                let text = String::from_utf8_lossy(&request).into_owned();
                let (status, body) = answer(text.split(' ').nth(1).unwrap_or_default());
                let body = body.replace("{base}", &own);
                let head = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\nLocation: /there\r\n\r\n",
                    body.len()
                );
                let _ = socket.write_all(format!("{head}{body}").as_bytes()).await;
            }
        });
        base
    }

    pub(in crate::auth) fn http() -> Http {
        Http::new(&Env::fake(std::path::Path::new("/"), &[]))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::testing::{http, serve};
    use super::*;
    use crate::auth::token::mint::KEYS;

    const PATH: &str = "/pool/.well-known/openid-configuration";

    #[tokio::test]
    async fn a_provider_with_its_keys() {
        let base = serve(|path| match path {
            PATH => (
                200,
                json!({"issuer": "{base}/pool", "jwks_uri": "{base}/pool/jwks", "token_endpoint": "{base}/t",
                "id_token_signing_alg_values_supported": ["RS256"], "scopes_supported": ["openid"]})
                .to_string(),
            ),
            "/pool/jwks" => (200, KEYS.jwks().to_string()),
            _ => (404, String::new()),
        })
        .await;
        let provider = discover(&http(), &format!("{base}{PATH}")).await.unwrap();
        assert_eq!(provider.issuer, format!("{base}/pool"));
        assert_eq!(provider.token_endpoint, Some(format!("{base}/t")));
        assert_eq!(provider.authorization_endpoint, None);
        assert_eq!((provider.algorithms, provider.scopes), (vec!["RS256".to_owned()], vec!["openid".to_owned()]));
        let provider = discover(&http(), &format!("{base}{PATH}")).await.unwrap();
        assert!(fetch_jwks(&http(), &provider).await.unwrap().contains("rsa"));
    }

    #[tokio::test]
    async fn documents_that_are_refused() {
        let cases = [
            ("discovery.status", 404, "{}".to_owned()),
            ("discovery.status", 302, "{}".to_owned()),
            ("discovery.status", 204, String::new()),
            ("discovery.not-json", 200, "<html>".to_owned()),
            ("discovery.not-json", 200, "[]".to_owned()),
            ("discovery.too-large", 200, format!("{{\"a\": \"{}\"}}", "x".repeat(LIMIT))),
            ("discovery.incomplete", 200, json!({"jwks_uri": "{base}/j"}).to_string()),
            ("discovery.incomplete", 200, json!({"issuer": "{base}/pool"}).to_string()),
            (
                "discovery.incomplete",
                200,
                json!({"issuer": "{base}/pool", "jwks_uri": "http://idp.example/j"}).to_string(),
            ),
            ("discovery.issuer-mismatch", 200, json!({"issuer": "{base}/other", "jwks_uri": "{base}/j"}).to_string()),
            (
                "discovery.algorithms",
                200,
                json!({"issuer": "{base}/pool", "jwks_uri": "{base}/j",
                "id_token_signing_alg_values_supported": ["HS256", "none"]})
                .to_string(),
            ),
        ];
        for (code, status, body) in cases {
            let shown: String = body.chars().take(60).collect();
            let base = serve(move |_| (status, body.clone())).await;
            let url = format!("{base}{PATH}");
            let error = discover(&http(), &url).await.unwrap_err();
            assert_eq!((error.code_str(), error.kind().exit_code()), (code, 2), "{shown}: {error}");
            assert!(error.message().contains(&base), "{error}");
        }
    }

    #[tokio::test]
    async fn an_address_where_nobody_listens() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}{PATH}", listener.local_addr().unwrap());
        drop(listener);
        let error = discover(&http(), &url).await.unwrap_err();
        assert_eq!(
            (error.code_str(), error.kind()),
            ("discovery.unreachable", Kind::Failed),
            "nothing that was typed is wrong"
        );
        assert!(!error.causes().is_empty());
    }

    #[tokio::test]
    async fn key_sets_that_are_refused() {
        for (code, body) in [
            ("discovery.no-key", json!({"keys": []})),
            ("discovery.no-key", json!({"keys": [{"kty": "oct", "k": "AA"}]})),
            ("discovery.key-set", json!({"key": []})),
        ] {
            let base = serve(move |_| (200, body.to_string())).await;
            let document = json!({"issuer": format!("{base}/pool"), "jwks_uri": format!("{base}/j")});
            let provider = Provider::from_document(&format!("{base}{PATH}"), document.as_object().unwrap()).unwrap();
            assert_eq!(fetch_jwks(&http(), &provider).await.unwrap_err().code_str(), code);
        }
    }

    #[test]
    fn which_issuer_a_url_may_speak_for() {
        let cases = [
            ("https://a.example/.well-known/openid-configuration", "https://a.example", true),
            ("https://a.example/.well-known/openid-configuration", "https://a.example/", true),
            ("https://a.example/t/v2.0/.well-known/openid-configuration", "https://a.example/t/v2.0", true),
            ("https://a.example/.well-known/oauth-authorization-server/t", "https://a.example/t", true),
            ("https://a.example/.well-known/oauth-authorization-server/t/u", "https://a.example/t/u", true),
            ("https://a.example/.well-known/openid-configuration", "https://A.example", false),
            ("https://a.example/.well-known/openid-configuration", "http://a.example", false),
            ("https://a.example/.well-known/openid-configuration", "https://a.example//", false),
            ("https://a.example/t/.well-known/openid-configuration", "https://a.example", false),
            ("https://a.example/t/.well-known/openid-configuration/u", "https://a.example/t/u", false),
            ("https://a.example/.well-known/oauth-authorization-server/t", "https://a.example", false),
            ("https://a.example/.well-known/openid-configurationx", "https://a.example/x", false),
        ];
        for (url, issuer, expected) in cases {
            assert_eq!(issuer_fits(url, issuer), expected, "{url} {issuer}");
        }
    }
}
