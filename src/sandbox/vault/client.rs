//! The client of an authorization server: where it is, and the requests to its token endpoint.
//!
//! Owns: addresses from the provider's configuration or its discovery document, and client authentication by a secret.
//! Does not own: the protocol (the `oauth2` crate), what the tokens are kept for (`exchange`).

use std::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt;
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, TokenResponse,
    TokenUrl,
};
use serde_json::Value;

use super::oauth2::{BASIC, Oauth2Provider, POST};
use super::{VaultContext, text};
use crate::auth::fetch_document;
use crate::error::{Context, Error, Result};
use crate::sandbox::Sandbox;
use crate::sandbox::control::invalid;
use crate::sandbox::reply::Fault;

/// How long an authorization server may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Real answers have a few kilobytes.
const LIMIT: usize = 1 << 20;

type ProviderClient = BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// A provider with the addresses of its authorization server.
pub(super) struct AuthorizationServer<'a> {
    sandbox: &'a Sandbox,
    name: &'a str,
    client: ProviderClient,
    authorization: Option<String>,
}

/// A token as the server gave it.
pub(super) struct ProviderToken {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    /// Seconds.
    pub(super) life: Option<u64>,
}

/// The scopes and further parameters of a token request.
#[derive(Clone, Copy, Debug)]
pub(super) struct GrantParameters<'a> {
    pub(super) scopes: &'a [String],
    /// `resource` and `audience`, each as often as it was given.
    pub(super) more: &'a [(&'static str, String)],
}

/// A refusal that the caller can do something about. The words are the sandbox's own; what the service answers is not
/// documented.
fn problem(name: &str, what: &str) -> Fault {
    invalid(format!("The authorization server of the credential provider '{name}' {what}"))
}

impl<'a> AuthorizationServer<'a> {
    /// # Errors
    /// ValidationException when the server cannot be found, or wants a kind of client that the sandbox is not.
    pub(super) async fn find(
        context: &VaultContext<'a>,
        name: &'a str,
        provider: &Oauth2Provider,
        secret: String,
    ) -> Result<Self, Fault> {
        let discovery = provider.discovery();
        let document = match text(&discovery, "discoveryUrl") {
            Some(url) => {
                let found = fetch_document(&context.sandbox.http, url).await;
                let (_, document) = found.map_err(|error| problem(name, &format!("could not be found: {error}")))?;
                Value::Object(document)
            }
            None => in_snake_case(discovery.get("authorizationServerMetadata")),
        };
        let token = text(&document, "token_endpoint").ok_or_else(|| problem(name, "has no token endpoint"))?;
        let token = TokenUrl::new(token.to_owned())
            .map_err(|_| problem(name, &format!("has a token endpoint that is no URL: {token}")))?;
        let redirect = RedirectUrl::new(provider.callback_url(context))
            .map_err(|_| Fault::internal("the callback URL is no URL"))?;
        let client = BasicClient::new(ClientId::new(provider.client_id().to_owned()))
            .set_client_secret(ClientSecret::new(secret))
            .set_auth_type(authentication(name, provider, &document)?)
            .set_redirect_uri(redirect)
            .set_token_uri(token);
        let authorization = text(&document, "authorization_endpoint").map(str::to_owned);
        Ok(Self { sandbox: context.sandbox, name, client, authorization })
    }

    /// A token for the client itself.
    ///
    /// # Errors
    /// ValidationException with the server's own error code.
    pub(super) async fn client_credentials(&self, target: GrantParameters<'_>) -> Result<ProviderToken, Fault> {
        let mut request = self.client.exchange_client_credentials();
        for scope in target.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        for (name, value) in target.more {
            request = request.add_extra_param(*name, value.clone());
        }
        self.token(request.request_async(&ProviderTransport(self.sandbox)).await)
    }

    /// A token for the code that a user brought back.
    ///
    /// # Errors
    /// As [`AuthorizationServer::client_credentials`].
    pub(super) async fn code(
        &self,
        code: &str,
        verifier: &str,
        target: GrantParameters<'_>,
    ) -> Result<ProviderToken, Fault> {
        let mut request = self
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()));
        for (name, value) in target.more {
            request = request.add_extra_param(*name, value.clone());
        }
        self.token(request.request_async(&ProviderTransport(self.sandbox)).await)
    }

    /// A fresh token for a user who was here before.
    ///
    /// # Errors
    /// As [`AuthorizationServer::client_credentials`].
    pub(super) async fn refresh(&self, token: &str, target: GrantParameters<'_>) -> Result<ProviderToken, Fault> {
        let token = RefreshToken::new(token.to_owned());
        let mut request = self.client.exchange_refresh_token(&token);
        for (name, value) in target.more {
            request = request.add_extra_param(*name, value.clone());
        }
        let refreshed = request.request_async(&ProviderTransport(self.sandbox)).await;
        let mut refreshed = self.token(refreshed)?;
        // A server that gives no new one means the old one.
        refreshed.refresh.get_or_insert_with(|| token.secret().clone());
        Ok(refreshed)
    }

    /// Where to send a user's browser. `extra` never replaces a parameter of the protocol.
    ///
    /// # Errors
    /// ValidationException for a server without an authorization endpoint.
    pub(super) fn authorization_url(
        &self,
        state: &str,
        verifier: &str,
        target: GrantParameters<'_>,
        extra: &[(String, String)],
    ) -> Result<String, Fault> {
        const OWN: [&str; 8] = [
            "response_type",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "code_challenge",
            "code_challenge_method",
            "client_secret",
        ];
        let url = self.authorization.clone().ok_or_else(|| problem(self.name, "has no authorization endpoint"))?;
        let url = AuthUrl::new(url).map_err(|_| problem(self.name, "has an authorization endpoint that is no URL"))?;
        let client = self.client.clone().set_auth_uri(url);
        let challenge =
            oauth2::PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.to_owned()));
        let mut request = client
            .authorize_url(|| oauth2::CsrfToken::new(state.to_owned()))
            .add_scopes(target.scopes.iter().map(|scope| Scope::new(scope.clone())))
            .set_pkce_challenge(challenge);
        for (name, value) in target.more {
            request = request.add_extra_param(*name, value.clone());
        }
        for (name, value) in extra.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
            request = request.add_extra_param(name.clone(), value.clone());
        }
        Ok(request.url().0.to_string())
    }

    fn token(&self, answer: Result<BasicTokenResponse, Refused>) -> Result<ProviderToken, Fault> {
        let answer = answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(refusal) => {
                problem(self.name, &format!("refused the request: {refusal}"))
            }
            RequestTokenError::Request(error) => problem(self.name, &format!("could not be asked: {error}")),
            RequestTokenError::Parse(error, _) => {
                problem(self.name, &format!("gave an answer without a token: {error}"))
            }
            RequestTokenError::Other(text) => problem(self.name, &format!("gave no token: {text}")),
        })?;
        Ok(ProviderToken {
            access: answer.access_token().secret().clone(),
            refresh: answer.refresh_token().map(|token| token.secret().clone()),
            life: answer.expires_in().map(|life| life.as_secs()),
        })
    }
}

type Refused = RequestTokenError<Error, oauth2::basic::BasicErrorResponse>;

/// `authorizationServerMetadata` with the names of RFC 8414.
fn in_snake_case(metadata: Option<&Value>) -> Value {
    let get = |name: &str| metadata.and_then(|metadata| metadata.get(name)).cloned().unwrap_or_default();
    serde_json::json!({
        "authorization_endpoint": get("authorizationEndpoint"),
        "token_endpoint": get("tokenEndpoint"),
        "token_endpoint_auth_methods_supported": get("tokenEndpointAuthMethods"),
    })
}

/// By the header or in the body: as the provider is configured, else as the server says it can, else by the header, which
/// every server must understand (RFC 6749).
fn authentication(name: &str, provider: &Oauth2Provider, document: &Value) -> Result<AuthType, Fault> {
    match text(&provider.config, "clientAuthenticationMethod") {
        Some(BASIC) => return Ok(AuthType::BasicAuth),
        Some(POST) => return Ok(AuthType::RequestBody),
        Some(other) => {
            let what = format!("the client authentication method {other} of the credential provider '{name}'");
            return Err(Fault::unknown_operation(&what));
        }
        None => {}
    }
    let methods = document.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
    let has = |method: &str| methods.is_some_and(|methods| methods.iter().any(|it| it.as_str() == Some(method)));
    if methods.is_none() || has("client_secret_basic") {
        Ok(AuthType::BasicAuth)
    } else if has("client_secret_post") {
        Ok(AuthType::RequestBody)
    } else {
        Err(problem(name, "takes neither client_secret_basic nor client_secret_post"))
    }
}

async fn bounded(response: reqwest::Response) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(reqwest::Error::without_url).context("the answer broke off")?;
        if body.len() + chunk.len() > LIMIT {
            return Err(Error::failed(format!("the answer is larger than {LIMIT} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Carries the requests of the `oauth2` crate.
struct ProviderTransport<'a>(&'a Sandbox);

impl<'c> AsyncHttpClient<'c> for ProviderTransport<'_> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(send(self.0, request))
    }
}

async fn send(sandbox: &Sandbox, request: HttpRequest) -> Result<HttpResponse, Error> {
    let url = request.uri().to_string();
    let client = sandbox.http.client(&url)?;
    let (parts, body) = request.into_parts();
    let sent = client.request(parts.method, &url).headers(parts.headers).timeout(TIMEOUT).body(body).send();
    let response = sent.await.map_err(reqwest::Error::without_url).context("it does not answer")?;
    let mut answer = http::Response::builder().status(response.status());
    if let Some(kind) = response.headers().get(http::header::CONTENT_TYPE) {
        answer = answer.header(http::header::CONTENT_TYPE, kind);
    }
    answer.body(bounded(response).await?).context("the answer is no HTTP response")
}
