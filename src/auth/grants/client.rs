//! Requests to the token endpoint, on the oauth2 crate with this program's own HTTP client.
//!
//! Owns: client authentication, the parameters that the crate does not know (`audience`, `resource`, signed
//! assertions), what an error answer means. Redirects are never followed: a secret stays where it was sent. Nothing
//! that is printed holds a secret, also when the provider echoes one.

use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DeviceAuthorizationUrl, EndpointNotSet,
    EndpointSet, ErrorResponse, ErrorResponseType, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, ResourceOwnerPassword, ResourceOwnerUsername, Scope,
    StandardDeviceAuthorizationResponse, StandardErrorResponse, StandardRevocableToken, StandardTokenResponse,
    TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::form_urlencoded;

use super::assertion::ClientKey;
use super::metadata::Metadata;
use crate::auth::token::Token;
use crate::clock;
use crate::deadline::Waiting;
use crate::error::{Code, Error, Kind, Result};
use crate::http::{CONNECT, Http};
use crate::redact::{ExposeSecret, SecretString, scrub};

/// How long the provider may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Real answers have a few kilobytes.
const LIMIT: usize = 1 << 20;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How the client authenticates.
#[derive(Debug)]
pub(crate) enum ClientAuth {
    /// It does not; the id alone is sent.
    Public,
    /// `client_secret_basic`.
    Basic(SecretString),
    /// `client_secret_post`.
    Post(SecretString),
    /// `private_key_jwt`.
    Key(Box<ClientKey>),
}

/// The scopes, audience and resource to request.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestedAccess {
    pub(crate) scopes: Vec<String>,
    /// `audience`, which Auth0 and others take.
    pub(crate) audience: Option<String>,
    /// `resource` of RFC 8707.
    pub(crate) resource: Option<String>,
}

/// The tokens that the provider issued.
#[derive(Clone, Debug)]
pub(crate) struct IssuedTokens {
    pub(crate) access_token: SecretString,
    pub(crate) id_token: Option<SecretString>,
    pub(crate) refresh_token: Option<SecretString>,
    /// Lifetime of the access token, where the provider states it.
    pub(crate) expires_in: Option<Duration>,
}

/// What a person must do for the device grant.
#[derive(Clone, Debug)]
pub(crate) struct DevicePrompt {
    pub(crate) url: String,
    /// The same with the code in it.
    pub(crate) complete_url: Option<String>,
    pub(crate) code: String,
    pub(crate) expires_in: Duration,
}

/// A client at one provider.
pub(crate) struct OauthClient<'a> {
    pub(crate) http: &'a Http,
    pub(crate) metadata: &'a Metadata,
    pub(crate) id: &'a str,
    pub(crate) auth: &'a ClientAuth,
    pub(crate) wanted: &'a RequestedAccess,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Extra {
    id_token: Option<String>,
}

impl oauth2::ExtraTokenFields for Extra {}

type OauthTokenResponse = StandardTokenResponse<Extra, BasicTokenType>;
type OauthCrateClient<HasAuth, HasDevice> = oauth2::Client<
    BasicErrorResponse,
    OauthTokenResponse,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    HasAuth,
    HasDevice,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl OauthClient<'_> {
    fn spec(&self) -> Result<OauthCrateClient<EndpointNotSet, EndpointNotSet>> {
        let url = self.metadata.require(self.metadata.token_endpoint.as_ref(), "token_endpoint")?;
        let mut spec = oauth2::Client::new(ClientId::new(self.id.to_owned()));
        let secret = |secret: &SecretString| ClientSecret::new(secret.expose_secret().to_owned());
        match self.auth {
            ClientAuth::Basic(own) => spec = spec.set_client_secret(secret(own)).set_auth_type(AuthType::BasicAuth),
            ClientAuth::Post(own) => spec = spec.set_client_secret(secret(own)).set_auth_type(AuthType::RequestBody),
            ClientAuth::Public | ClientAuth::Key(_) => spec = spec.set_auth_type(AuthType::RequestBody),
        }
        Ok(spec.set_token_uri(TokenUrl::new(url.to_owned()).map_err(|error| not_a_url(url, error))?))
    }

    fn scopes(&self) -> impl Iterator<Item = Scope> + '_ {
        self.wanted.scopes.iter().map(|scope| Scope::new(scope.clone()))
    }

    fn line(&self) -> GrantTransport<'_> {
        GrantTransport { client: self, status: AtomicU16::new(0) }
    }

    /// The client credentials grant (RFC 6749, 4.4).
    pub(crate) async fn client_credentials(&self) -> Result<IssuedTokens> {
        let (spec, line) = (self.spec()?, self.line());
        let send = |request| line.send(request);
        let request = spec.exchange_client_credentials().add_scopes(self.scopes());
        request.request_async(&send).await.map(|answer| tokens(&answer)).map_err(|error| line.refused(error, &[]))
    }

    /// The resource owner password grant (RFC 6749, 4.3), for providers that say they have it.
    pub(crate) async fn password(&self, username: &str, password: &SecretString) -> Result<IssuedTokens> {
        let (spec, line) = (self.spec()?, self.line());
        let send = |request| line.send(request);
        let name = ResourceOwnerUsername::new(username.to_owned());
        let word = ResourceOwnerPassword::new(password.expose_secret().to_owned());
        let request = spec.exchange_password(&name, &word).add_scopes(self.scopes());
        request
            .request_async(&send)
            .await
            .map(|answer| tokens(&answer))
            .map_err(|error| line.refused(error, &[password]))
    }

    /// A new access token for a refresh token (RFC 6749, 6). Scopes are left as they were granted.
    pub(crate) async fn refresh(&self, token: &SecretString) -> Result<IssuedTokens> {
        let (spec, line) = (self.spec()?, self.line());
        let send = |request| line.send(request);
        let old = RefreshToken::new(token.expose_secret().to_owned());
        let mut new = spec
            .exchange_refresh_token(&old)
            .request_async(&send)
            .await
            .map(|answer| tokens(&answer))
            .map_err(|error| line.refused(error, &[token]))?;
        // Without a new one the old one stays good.
        new.refresh_token.get_or_insert_with(|| token.clone());
        Ok(new)
    }

    /// The device grant (RFC 8628): `show` tells a person where to go, then the provider is asked at its pace until
    /// that person has decided or the code has expired.
    pub(crate) async fn device(&self, show: impl FnOnce(&DevicePrompt)) -> Result<IssuedTokens> {
        let endpoint =
            self.metadata.require(self.metadata.device_endpoint.as_ref(), "device_authorization_endpoint")?;
        let url = DeviceAuthorizationUrl::new(endpoint.to_owned()).map_err(|error| not_a_url(endpoint, error))?;
        let (spec, line) = (self.spec()?.set_device_authorization_url(url), self.line());
        let send = |request| line.send(request);
        let begun: StandardDeviceAuthorizationResponse = spec
            .exchange_device_code()
            .add_scopes(self.scopes())
            .request_async(&send)
            .await
            .map_err(|error| line.refused(error, &[]))?;
        show(&DevicePrompt {
            url: begun.verification_uri().to_string(),
            complete_url: begun.verification_uri_complete().map(|url| url.secret().clone()),
            code: begun.user_code().secret().clone(),
            expires_in: begun.expires_in(),
        });
        // The crate polls at once; nobody has typed a code by then, and providers count it as too fast.
        tokio::time::sleep(begun.interval()).await;
        let secret = SecretString::from(begun.device_code().secret().clone());
        spec.exchange_device_access_token(&begun)
            .request_async(&send, tokio::time::sleep, None)
            .await
            .map(|answer| tokens(&answer))
            .map_err(|error| line.refused(error, &[&secret]))
    }

    /// The URL of the sign-in for the authorization code grant, with a proof key (PKCE, RFC 7636).
    pub(crate) fn sign_in(&self, redirect: &str) -> Result<SignIn> {
        let endpoint =
            self.metadata.require(self.metadata.authorization_endpoint.as_ref(), "authorization_endpoint")?;
        let spec =
            self.spec()?.set_auth_uri(AuthUrl::new(endpoint.to_owned()).map_err(|error| not_a_url(endpoint, error))?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|error| not_a_url(redirect, error))?;
        let nonce =
            self.wanted.scopes.iter().any(|scope| scope == "openid").then(|| CsrfToken::new_random().into_secret());
        let mut request = spec
            .authorize_url(CsrfToken::new_random)
            .add_scopes(self.scopes())
            .set_pkce_challenge(challenge)
            .set_redirect_uri(std::borrow::Cow::Borrowed(&redirect));
        if let Some(nonce) = &nonce {
            request = request.add_extra_param("nonce", nonce.clone());
        }
        // A refresh token is given to those only who ask the person for it (OpenID Connect Core, 11).
        if self.wanted.scopes.iter().any(|scope| scope == "offline_access") {
            request = request.add_extra_param("prompt", "consent");
        }
        for (name, value) in self.extra() {
            request = request.add_extra_param(name, value.to_owned());
        }
        let (url, state) = request.url();
        Ok(SignIn { url: url.into(), state: state.into_secret(), nonce, verifier, redirect })
    }

    /// Exchanges the code that the browser brought back, and checks the ID token that comes with it. Its signature is
    /// not: it comes from the token endpoint over TLS (OpenID Connect Core, 3.1.3.7).
    pub(crate) async fn exchange(&self, sign_in: SignIn, code: &SecretString) -> Result<IssuedTokens> {
        let (spec, line) = (self.spec()?, self.line());
        let send = |request| line.send(request);
        let verifier = SecretString::from(sign_in.verifier.secret().clone());
        let tokens = spec
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(sign_in.verifier)
            .set_redirect_uri(std::borrow::Cow::Owned(sign_in.redirect))
            .request_async(&send)
            .await
            .map(|answer| tokens(&answer))
            .map_err(|error| line.refused(error, &[code, &verifier]))?;
        if let Some(token) = &tokens.id_token {
            check_id_token(token, &self.metadata.issuer, self.id, sign_in.nonce.as_deref())?;
        }
        Ok(tokens)
    }

    fn extra(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("audience", &self.wanted.audience), ("resource", &self.wanted.resource)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

/// A sign-in that waits for the browser.
pub(crate) struct SignIn {
    /// Where the person signs in.
    pub(crate) url: String,
    pub(super) state: String,
    nonce: Option<String>,
    verifier: PkceCodeVerifier,
    redirect: RedirectUrl,
}

/// OpenID Connect Core, 3.1.3.7: issuer, audience, expiry, nonce.
fn check_id_token(token: &SecretString, issuer: &str, client: &str, nonce: Option<&str>) -> Result<()> {
    let bad = |why: String| {
        Error::failed(format!("the ID token of {issuer} is not for this sign-in: {why}")).code(Code::TokenIdToken)
    };
    let token = Token::parse(token.expose_secret()).map_err(|reason| bad(reason.to_string()))?;
    if token.issuer() != Some(issuer) {
        return Err(bad(format!("its issuer is `{}`", token.issuer().unwrap_or("missing"))));
    }
    if !token.audience().contains(&client) {
        return Err(bad(format!("its audience is not the client `{client}`")));
    }
    if token.expires_at().is_none_or(|at| at <= clock::unix_now()) {
        return Err(bad("it has expired".to_owned()));
    }
    match nonce {
        Some(nonce) if token.text("nonce") != Some(nonce) => Err(bad("its nonce is another one".to_owned())),
        _ => Ok(()),
    }
}

fn not_a_url(text: &str, error: url::ParseError) -> Error {
    Error::usage(format!("`{text}` is not a URL")).source(&error)
}

fn tokens(answer: &OauthTokenResponse) -> IssuedTokens {
    let secret = |text: &str| SecretString::from(text.to_owned());
    IssuedTokens {
        access_token: secret(answer.access_token().secret()),
        id_token: answer.extra_fields().id_token.as_deref().map(secret),
        refresh_token: answer.refresh_token().map(|token| secret(token.secret())),
        expires_in: answer.expires_in(),
    }
}

/// Sends the crate's requests, and keeps the status, which the crate drops.
struct GrantTransport<'a> {
    client: &'a OauthClient<'a>,
    /// Of the last answer; 0 before the first.
    status: AtomicU16,
}

impl GrantTransport<'_> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse> {
        let url = request.uri().to_string();
        let _waiting = Waiting::on(format!("an answer from {url}"));
        let unreachable = |error: reqwest::Error| {
            let (late, limit) = (error.is_timeout(), if error.is_connect() { CONNECT } else { TIMEOUT });
            let error = Error::failed(format!("could not reach {url}"))
                .code(Code::TokenUnreachable)
                .source(&error.without_url());
            let error = error.hint("check the address, the network and `HTTPS_PROXY`");
            if late {
                error.with_kind(Kind::Deadline).cause(format!("no answer within {} s", limit.as_secs()))
            } else {
                error
            }
        };
        let (head, mut body) = request.into_parts();
        self.complete(&mut body)?;
        let mut send = self.client.http.client(&url)?.post(&url).timeout(TIMEOUT).body(body);
        for (name, value) in &head.headers {
            send = send.header(name, value);
        }
        let answer = send.send().await.map_err(unreachable)?;
        self.status.store(answer.status().as_u16(), Ordering::Relaxed);
        let mut response = http::Response::builder().status(answer.status());
        if let Some(kind) = answer.headers().get(http::header::CONTENT_TYPE) {
            response = response.header(http::header::CONTENT_TYPE, kind);
        }
        let mut bytes = Vec::new();
        let mut stream = answer.bytes_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(unreachable)?;
            if bytes.len() + chunk.len() > LIMIT {
                return Err(Error::failed(format!("the answer of {url} is larger than {LIMIT} bytes")));
            }
            bytes.extend_from_slice(&chunk);
        }
        response
            .body(lenient(bytes))
            .map_err(|error| Error::failed(format!("could not read the answer of {url}")).source(&error))
    }

    /// Adds what the crate does not know. An assertion is new for every request, polling included.
    fn complete(&self, body: &mut Vec<u8>) -> Result<()> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(self.client.extra());
        if let ClientAuth::Key(key) = self.client.auth {
            let metadata = self.client.metadata;
            let endpoint = metadata.require(metadata.token_endpoint.as_ref(), "token_endpoint")?;
            let assertion = key.assert(self.client.id, endpoint, &metadata.signing_algorithms)?;
            form.append_pair("client_assertion_type", ASSERTION_TYPE);
            form.append_pair("client_assertion", assertion.expose_secret());
        }
        let more = form.finish();
        if !more.is_empty() {
            body.push(b'&');
            body.extend_from_slice(more.as_bytes());
        }
        Ok(())
    }

    /// The provider's own refusal message, without the secrets that were sent.
    fn refused<T>(&self, error: RequestTokenError<Error, StandardErrorResponse<T>>, sent: &[&SecretString]) -> Error
    where
        T: ErrorResponseType + std::fmt::Display + 'static,
        StandardErrorResponse<T>: ErrorResponse,
    {
        let issuer = &self.client.metadata.issuer;
        let status = self.status.load(Ordering::Relaxed);
        match error {
            RequestTokenError::Request(error) => error,
            RequestTokenError::ServerResponse(answer) => {
                let own = match self.client.auth {
                    ClientAuth::Basic(secret) | ClientAuth::Post(secret) => Some(secret),
                    ClientAuth::Public | ClientAuth::Key(_) => None,
                };
                let description = answer.error_description().map(String::as_str).unwrap_or_default();
                refusal(issuer, &answer.error().to_string(), &scrub(description, sent.iter().copied().chain(own)))
            }
            // The body may be anything, tokens included, so only the place of the fault is passed on.
            RequestTokenError::Parse(error, _) if status == 200 => {
                Error::failed(format!("the answer of {issuer} is not a token"))
                    .code(Code::TokenAnswer)
                    .cause(format!("at `{}`", error.path()))
                    .hint(CHECK_THE_ENDPOINT)
            }
            RequestTokenError::Parse(..) => {
                let error = Error::failed(format!("{issuer} answered HTTP {status}")).code(Code::TokenAnswer);
                if (300..400).contains(&status) {
                    error.hint("redirects are not followed: a secret stays where it was sent")
                } else {
                    error.hint(CHECK_THE_ENDPOINT)
                }
            }
            RequestTokenError::Other(words) => Error::failed(format!("{issuer} answered HTTP {status}"))
                .code(Code::TokenAnswer)
                .cause(words)
                .hint(CHECK_THE_ENDPOINT),
        }
    }
}

const CHECK_THE_ENDPOINT: &str =
    "something else may be answering in its place: check the provider's token endpoint and `HTTPS_PROXY`";

/// The meaning of an OAuth error code for the user. `code` and `words` come from the provider.
pub(super) fn refusal(issuer: &str, code: &str, words: &str) -> Error {
    let clean = |text: &str| text.chars().filter(|c| !c.is_control()).take(500).collect::<String>();
    let (code, words) = (clean(code), clean(words));
    let (kind, hint) = match code.as_str() {
        "invalid_client" => (
            Kind::Credentials,
            "check the client id, its secret or key, and how the client authenticates (`--client-auth`)",
        ),
        "invalid_grant" => (
            Kind::Credentials,
            "the user name, password, code or refresh token is wrong or was used up; `agentcore identity token --forget` starts afresh",
        ),
        "unauthorized_client" => (
            Kind::Credentials,
            "this client may not use this grant: enable it at the provider, or choose another with `--grant`",
        ),
        "access_denied" => (Kind::Credentials, "the person or a rule of the provider said no"),
        "expired_token" => (Kind::Deadline, "nobody confirmed the code in time; run the command again"),
        "invalid_scope" => (Kind::Usage, "ask for scopes that the client may have: `--scope`"),
        "invalid_target" => (Kind::Usage, "check `--audience` and `--resource`"),
        "unsupported_grant_type" => (Kind::Usage, "choose a grant that the provider has with `--grant`"),
        "invalid_request" => {
            (Kind::Usage, "the provider wants other parameters: see `agentcore identity token --help`")
        }
        "temporarily_unavailable" | "server_error" | "slow_down" => (Kind::Failed, "try again in a moment"),
        _ => (Kind::Failed, "see the provider's documentation of this error"),
    };
    let stable: String = code.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(40).collect();
    let cause = if words.is_empty() { code } else { format!("{code}: {words}") };
    Error::new(kind, format!("{issuer} gave no token"))
        .code_of_family(Code::TokenRefused, &stable)
        .cause(cause)
        .hint(hint)
}

/// Some providers (Entra's first version) write numbers as text.
fn lenient(body: Vec<u8>) -> Vec<u8> {
    let Ok(Value::Object(mut object)) = serde_json::from_slice(&body) else { return body };
    let number = object.get("expires_in").and_then(Value::as_str).and_then(|text| text.parse::<u64>().ok());
    let Some(number) = number else { return body };
    object.insert("expires_in".to_owned(), number.into());
    Value::Object(object).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::token::mint::compact;

    #[test]
    fn the_providers_words_are_kept_without_control_characters() {
        let error = refusal("https://idp.example", "invalid_client", "no \u{1b}[31msuch client");
        assert_eq!((error.code_str(), error.kind().exit_code()), ("token.invalid-client", 4));
        assert_eq!(error.causes(), ["invalid_client: no [31msuch client"]);
        assert_eq!(refusal("i", "expired_token", "").kind(), Kind::Deadline);
        assert_eq!(refusal("i", "invalid_scope", "").kind(), Kind::Usage);
        assert_eq!(refusal("i", "Strange One!", "").code_str(), "token.Strange-One-");
    }

    #[test]
    fn a_number_in_quotes_is_a_number() {
        let answer = lenient(json!({"access_token": "a", "expires_in": "3599"}).to_string().into_bytes());
        assert_eq!(serde_json::from_slice::<Value>(&answer).unwrap()["expires_in"], 3599);
        assert_eq!(lenient(b"<html>".to_vec()), b"<html>");
    }

    #[test]
    fn id_token_must_match_client_and_sign_in() {
        let exp = clock::unix_now() + 300;
        let mint = |claims: Value| SecretString::from(compact(&json!({"alg": "RS256"}), &claims, |_| vec![1]));
        let good = mint(json!({"iss": "i", "aud": ["c"], "exp": exp, "nonce": "n"}));
        check_id_token(&good, "i", "c", Some("n")).unwrap();
        for (issuer, client, nonce) in [("j", "c", "n"), ("i", "d", "n"), ("i", "c", "m")] {
            let error = check_id_token(&good, issuer, client, Some(nonce)).unwrap_err();
            assert_eq!(error.code_str(), "token.id-token");
        }
        let old = mint(json!({"iss": "i", "aud": "c", "exp": exp - 3600, "nonce": "n"}));
        assert!(check_id_token(&old, "i", "c", Some("n")).is_err());
    }
}
