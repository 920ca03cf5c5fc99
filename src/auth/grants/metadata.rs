//! What a provider's discovery document says about obtaining tokens.
//!
//! Owns: the members of RFC 8414 and OpenID Connect Discovery that the grants need, and the check that secrets go to
//! secure addresses only. Does not own: fetching and the rules that verification needs too (`discovery`).

use serde_json::{Map, Value};

use super::super::discovery::{self, DOCUMENTS, Provider, WELL_KNOWN};
use super::super::wire::is_secure;
use crate::error::{Code, Error, Result};
use crate::http::Http;

/// The members that matter here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) issuer: String,
    pub(super) token_endpoint: Option<String>,
    pub(super) authorization_endpoint: Option<String>,
    pub(super) device_endpoint: Option<String>,
    /// `token_endpoint_auth_methods_supported`; the standard's default where the document does not say.
    pub(crate) auth_methods: Vec<String>,
    /// `token_endpoint_auth_signing_alg_values_supported`; empty where the document does not say.
    pub(crate) signing_algorithms: Vec<String>,
    /// `grant_types_supported`, where the document says.
    grants: Option<Vec<String>>,
    /// The provider names itself in the answer of a sign-in (RFC 9207).
    pub(super) names_itself: bool,
}

/// The discovery URL of an issuer (OpenID Connect Discovery 1.0, section 4). A URL of a discovery document stays.
pub(crate) fn discovery_url(issuer: &str) -> String {
    if issuer.contains(WELL_KNOWN) {
        return issuer.to_owned();
    }
    format!("{}{WELL_KNOWN}{}", issuer.trim_end_matches('/'), DOCUMENTS[0])
}

impl Metadata {
    /// Fetches the discovery document.
    ///
    /// # Errors
    /// Exit 2 for a URL that is not https (or http to this machine), else what the document lacks, under the
    /// codes and with the exit status of `discovery`.
    pub(crate) async fn fetch(http: &Http, url: &str) -> Result<Self> {
        if !url::Url::parse(url).is_ok_and(|parsed| is_secure(&parsed)) {
            return Err(Error::usage(format!("`{url}` is not an https URL"))
                .code(Code::TokenDiscoveryUrl)
                .hint("the discovery document decides where secrets are sent, so it must come over https"));
        }
        let (known_as, document) = discovery::fetch_document(http, url).await.map_err(|error| for_tokens(&error))?;
        Self::from_document(&known_as, &document)
    }

    /// Reads a discovery document that came from `url`.
    ///
    /// # Errors
    /// As [`Metadata::fetch`].
    pub(crate) fn from_document(url: &str, document: &Map<String, Value>) -> Result<Self> {
        let provider = Provider::from_document(url, document).map_err(|error| for_tokens(&error))?;
        let list = |name: &str| -> Option<Vec<String>> {
            let items = document.get(name)?.as_array()?;
            Some(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
        };
        let endpoint = |name: &str| -> Result<Option<String>> {
            let Some(text) = document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()) else {
                return Ok(None);
            };
            if url::Url::parse(text).is_ok_and(|parsed| is_secure(&parsed)) {
                return Ok(Some(text.to_owned()));
            }
            Err(Error::usage(format!("the discovery document {url} has a `{name}` that is not https: `{text}`"))
                .code(Code::TokenInsecureEndpoint))
        };
        Ok(Self {
            issuer: provider.issuer,
            token_endpoint: endpoint("token_endpoint")?,
            authorization_endpoint: endpoint("authorization_endpoint")?,
            device_endpoint: endpoint("device_authorization_endpoint")?,
            auth_methods: list("token_endpoint_auth_methods_supported")
                .unwrap_or_else(|| vec!["client_secret_basic".to_owned()]),
            signing_algorithms: list("token_endpoint_auth_signing_alg_values_supported").unwrap_or_default(),
            grants: list("grant_types_supported"),
            names_itself: document.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true)),
        })
    }

    /// With a token endpoint that is known from elsewhere, where the document names none.
    ///
    /// # Errors
    /// Exit 2 for one that is not https.
    pub(crate) fn or_token_endpoint(mut self, endpoint: Option<&str>) -> Result<Self> {
        if self.token_endpoint.is_none()
            && let Some(text) = endpoint
        {
            if !url::Url::parse(text).is_ok_and(|parsed| is_secure(&parsed)) {
                return Err(
                    Error::usage(format!("the token endpoint `{text}` is not https")).code(Code::TokenInsecureEndpoint)
                );
            }
            self.token_endpoint = Some(text.to_owned());
        }
        Ok(self)
    }

    /// Whether the document lists this grant; `None` when it lists none at all.
    pub(crate) fn offers(&self, grant: &str) -> Option<bool> {
        Some(self.grants.as_ref()?.iter().any(|known| known == grant))
    }

    /// The endpoint, which must be there for what is asked.
    pub(super) fn require<'a>(&self, endpoint: Option<&'a String>, name: &str) -> Result<&'a str> {
        endpoint.map(String::as_str).ok_or_else(|| {
            let error =
                Error::usage(format!("the provider {} has no `{name}`", self.issuer)).code(Code::TokenNoEndpoint);
            match name {
                // Cognito's discovery document exists without a domain, and lacks its endpoints then.
                "token_endpoint" => error.hint(
                    "an Amazon Cognito pool has one only with a domain: `aws cognito-idp create-user-pool-domain`",
                ),
                _ => error.hint("choose another grant with `--grant`"),
            }
        })
    }
}

/// The checks are those of `configure`, but its `--offline` does not apply.
fn for_tokens(error: &Error) -> Error {
    let fresh = Error::new(error.kind(), error.message()).code_like(error);
    let fresh = error.causes().iter().fold(fresh, |fresh, cause| fresh.cause(cause.clone()));
    error.hints().iter().filter(|hint| !hint.contains("--offline")).fold(fresh, |fresh, hint| fresh.hint(hint.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Kind;

    const URL: &str = "https://idp.example/.well-known/openid-configuration";

    fn read(extra: &Value) -> Result<Metadata> {
        let mut document = json!({"issuer": "https://idp.example", "jwks_uri": "https://idp.example/jwks"});
        document.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        Metadata::from_document(URL, document.as_object().unwrap())
    }

    #[test]
    fn what_is_not_said_has_the_standards_default() {
        let metadata = read(&json!({})).unwrap();
        assert_eq!(metadata.auth_methods, ["client_secret_basic"]);
        assert_eq!(metadata.offers("password"), None);
        let error = metadata.require(metadata.token_endpoint.as_ref(), "token_endpoint").unwrap_err();
        assert_eq!((error.code_str(), error.kind().exit_code()), ("token.no-endpoint", 2));
        let metadata = read(&json!({"grant_types_supported": ["authorization_code"]})).unwrap();
        assert_eq!(metadata.offers("password"), Some(false));
    }

    #[test]
    fn a_secret_goes_to_no_plain_address() {
        let error = read(&json!({"token_endpoint": "http://idp.example/token"})).unwrap_err();
        assert_eq!(error.code_str(), "token.insecure-endpoint");
        assert!(read(&json!({"token_endpoint": "http://127.0.0.1:8080/token"})).is_ok());
    }

    #[tokio::test]
    async fn bad_metadata_address_fails_as_in_configure() {
        use super::super::super::discovery::{discover, testing};
        for (status, body, kind) in [
            (404, "", Kind::Usage),
            (403, "no", Kind::Usage),
            (302, "", Kind::Usage),
            (200, "{\"half", Kind::Usage),
            (200, "<html>log in</html>", Kind::Usage),
            (503, "", Kind::Failed),
        ] {
            let base = testing::serve(move |_| (status, body.to_owned())).await;
            let (http, url) = (testing::http(), format!("{base}/.well-known/openid-configuration"));
            let error = Metadata::fetch(&http, &url).await.unwrap_err();
            let configured = discover(&http, &url).await.unwrap_err();
            assert_eq!((error.kind(), error.code_str()), (kind, configured.code_str()), "{status} {body}");
            assert_eq!(configured.kind(), kind, "{status} {body}");
        }
    }

    #[test]
    fn an_issuer_becomes_its_discovery_url() {
        assert_eq!(discovery_url("https://idp.example/"), URL);
        assert_eq!(discovery_url("https://idp.example"), URL);
        assert_eq!(discovery_url(URL), URL);
    }
}
