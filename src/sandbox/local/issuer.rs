//! A stand-in for the authorizer's provider: a key of this run's own, its discovery document, and tokens for test callers.
//!
//! Owns: what it answers at, and the tokens. Does not own: which callers there are and what each of them presents
//! (`auth::craft`), judging them (`gate`). Anybody on this machine gets a token: it opens this agent here and nothing else.

use serde_json::{Value, json};

use super::{LocalServer, TOKEN_HEADER};
use crate::auth::Authorizer;
use crate::auth::craft::{self, CallerKind, TestCaller};
use crate::clock;
use crate::error::{Context, Result};
use crate::redact::{ExposeSecret, SecretString};
use crate::sandbox::dev::personas;
use crate::sandbox::jwt::SigningKey;
use crate::sandbox::reply::{self, Fault, Response};
use crate::sandbox::request::Request;

const PATH: &str = "/_dev/issuer";

/// The provider of one run.
pub(super) struct LocalIssuer {
    key: SigningKey,
    /// `iss` of its tokens.
    issuer: String,
}

impl LocalIssuer {
    /// Makes the key, and points the authorizer at this issuer.
    ///
    /// # Errors
    /// When the system's random source fails.
    pub(super) async fn new(port: u16, authorizer: &mut Value) -> Result<Self> {
        let key = tokio::task::spawn_blocking(SigningKey::generate).await.context("the key was not made")??;
        let issuer = format!("http://127.0.0.1:{port}{PATH}");
        authorizer["discoveryUrl"] = json!(format!("{issuer}/.well-known/openid-configuration"));
        Ok(Self { key, issuer })
    }

    /// Its pages; `None` for every other path.
    pub(super) fn page(&self, path: &str) -> Option<Response> {
        let body = match path.strip_prefix(PATH)? {
            "/.well-known/openid-configuration" => json!({
                "issuer": self.issuer,
                "jwks_uri": format!("{}/jwks.json", self.issuer),
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["token"],
                "subject_types_supported": ["public"],
            }),
            "/jwks.json" => json!({ "keys": [self.key.jwk()] }),
            _ => return None,
        };
        Some(reply::json(200, &body))
    }

    /// Signs its tokens.
    pub(super) fn key(&self) -> &SigningKey {
        &self.key
    }

    /// What a test caller presents; `None` for one that presents no token.
    pub(super) fn token(&self, caller: &TestCaller) -> Result<Option<SecretString>> {
        personas::token(&self.key, caller)
    }

    /// The test callers of an authorizer whose tokens this issuer signs.
    pub(super) fn callers(&self, authorizer: &Authorizer) -> Vec<TestCaller> {
        craft::callers(authorizer, &self.issuer, clock::unix_now())
    }
}

/// Answers the request for a test caller's token: `POST /_dev/token?persona=good`.
pub(super) async fn token(server: &LocalServer, request: &Request) -> Result<Response, Fault> {
    let refuse = |status, code: &'static str, text: String| Err(Fault::new(status, code, text));
    let (Some(issuer), Some(wire)) = (&server.issuer, &server.authorizer) else {
        let why = match server.authorizer {
            Some(_) => {
                "its callers bring tokens of the configured provider; `agentcore dev --local-issuer` issues them here"
            }
            None => "the configuration has no authorizer, so callers need no token",
        };
        return refuse(404, "ResourceNotFoundException", why.to_owned());
    };
    if !request.headers.contains_key(TOKEN_HEADER) {
        return refuse(403, "AccessDeniedException", format!("the request has no header `{TOKEN_HEADER}`"));
    }
    let authorizer = Authorizer::from_wire(wire).map_err(|_| Fault::internal("the authorizer is not valid"))?;
    let callers = issuer.callers(&authorizer);
    let name = request.query("persona").unwrap_or("good");
    let Some(caller) = callers.iter().find(|caller| caller.id == name) else {
        let names: Vec<&str> =
            callers.iter().filter(|caller| personas::brings_token(caller)).map(|caller| caller.id).collect();
        return refuse(
            400,
            "ValidationException",
            format!("there is no persona `{name}`; there are {}", names.join(", ")),
        );
    };
    match issuer.token(caller)? {
        Some(token) => Ok(reply::json(200, &json!({ "persona": name, "token": token.expose_secret() }))),
        None => {
            let why = match caller.kind {
                CallerKind::NotApplicable(why) => why,
                _ => "that caller has no token",
            };
            refuse(400, "ValidationException", format!("there is no token for the persona `{name}`: {why}"))
        }
    }
}
