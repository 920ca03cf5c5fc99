//! How a registry wants to be convinced: nothing, Basic, or a Bearer token from its token service.
//!
//! Owns: reading challenges, fetching tokens and keeping them per scope. Credentials follow a challenge: they go to the
//! registry itself or to the token service that it names, over TLS or on this machine. Only those that the registry
//! issued itself go with the first request ([`Registry::presenting_credentials`]). No request is made for the sake of the
//! challenge: the first one that is needed anyway is answered with it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use crate::error::{Error, Result};
use crate::http::{FIRST_BYTE, retry_after};
use crate::redact::ExposeSecret;

use super::failure::{self, AttemptFailure};
use super::{Credentials, Registry, RepositoryScope, answer, host_of};

/// A token is not used in its last seconds: the request still has to travel.
const MARGIN: Duration = Duration::from_secs(10);
/// The protocol's default when the service does not say.
const DEFAULT_LIFETIME: u64 = 60;

/// What is known about a registry's wishes.
#[derive(Debug)]
pub(super) struct AuthSession {
    credentials: Credentials,
    state: Mutex<AuthState>,
    /// The registry is ECR by its own words, see [`AuthSession::is_ecr`].
    ecr: AtomicBool,
}

#[derive(Debug, Default)]
struct AuthState {
    challenge: Option<Challenge>,
    tokens: HashMap<RepositoryScope, BearerToken>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String> },
}

#[derive(Debug)]
struct BearerToken {
    header: HeaderValue,
    good_until: Instant,
}

/// The token service's answer; either name is in use.
#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<u64>,
}

impl AuthSession {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self { credentials, state: Mutex::default(), ecr: AtomicBool::new(false) }
    }

    /// Whether this is ECR: its host's name says so, or its challenge (whose service is `ecr` and the domain), or its answer to
    /// a PATCH. A name of one's own before ECR hides the first of these.
    pub(super) fn is_ecr(&self, host: &str) -> bool {
        host.contains(".dkr.ecr.") || self.ecr.load(Ordering::Relaxed)
    }

    /// A PATCH was answered with 201 instead of 202, as ECR does.
    pub(super) fn answers_like_ecr(&self) {
        self.ecr.store(true, Ordering::Relaxed);
    }

    fn look_for_ecr(&self, headers: &HeaderMap) {
        let named = |(_, params): &(String, HashMap<String, String>)| {
            params.get("service").is_some_and(|service| service.split('.').any(|part| part == "ecr"))
        };
        if all_challenges(headers).iter().any(named) {
            self.answers_like_ecr();
        }
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Sends the credentials from the first request on.
    pub(super) fn present(&mut self) {
        self.state.get_mut().challenge = Some(Challenge::Basic);
    }

    /// Takes in the challenge of a 401 to a request with this `Authorization`. True when the next one will have another:
    /// requests run side by side, and one of them may have got a token since this one left.
    pub(super) async fn challenged(
        &self,
        headers: &HeaderMap,
        scope: &RepositoryScope,
        sent: Option<&HeaderValue>,
    ) -> bool {
        self.look_for_ecr(headers);
        let Some(challenge) = choose(headers) else { return false };
        let mut state = self.state.lock().await;
        let again = match &challenge {
            Challenge::Basic => self.basic().is_ok_and(|basic| basic.is_some() && basic.as_ref() != sent),
            Challenge::Bearer { .. } => {
                state.tokens.retain(|of, token| of != scope || Some(&token.header) != sent);
                true
            }
        };
        state.challenge = Some(challenge);
        again
    }

    /// Forgets the tokens, so that the next request fetches a new one.
    pub(super) async fn forget(&self) {
        self.state.lock().await.tokens.clear();
    }

    fn basic(&self) -> Result<Option<HeaderValue>> {
        let Credentials::Basic { username, password } = &self.credentials else { return Ok(None) };
        sensitive(&format!("Basic {}", STANDARD.encode(format!("{username}:{}", password.expose_secret())))).map(Some)
    }
}

impl Registry {
    /// The `Authorization` header for a request, as far as the registry is known to want one.
    pub(super) async fn authorization(&self, scope: &RepositoryScope) -> Result<Option<HeaderValue>, AttemptFailure> {
        let mut state = self.session.state.lock().await;
        match state.challenge.clone() {
            None => Ok(None),
            Some(Challenge::Basic) => Ok(self.session.basic()?),
            Some(Challenge::Bearer { realm, service }) => {
                if let Some(token) = state.tokens.get(scope).filter(|token| token.good_until > Instant::now()) {
                    return Ok(Some(token.header.clone()));
                }
                let token = self.fetch_token(&realm, service.as_deref(), scope).await?;
                let header = token.header.clone();
                state.tokens.insert(scope.clone(), token);
                Ok(Some(header))
            }
        }
    }

    async fn fetch_token(
        &self,
        realm: &str,
        service: Option<&str>,
        scope: &RepositoryScope,
    ) -> Result<BearerToken, AttemptFailure> {
        let wrong = || {
            Error::failed(format!("registry `{}` names a token service that cannot be used: `{realm}`", self.host()))
        };
        let mut url = Url::parse(realm).map_err(|_| wrong())?;
        if url.scheme() != "https" && !(url.scheme() == "http" && self.base.starts_with("http:")) {
            return Err(wrong().cause("credentials are sent over TLS only").into());
        }
        {
            let mut query = url.query_pairs_mut();
            if let Some(service) = service {
                query.append_pair("service", service);
            }
            for part in scope.0.split(' ') {
                query.append_pair("scope", part);
            }
        }
        let (action, host) = (format!("get a token for registry `{}`", self.host()), host_of(&url));
        let mut request = self.http.client(url.as_str())?.get(url);
        if let Some(basic) = self.session.basic()? {
            request = request.header(AUTHORIZATION, basic);
        }
        let response = answer(request.send(), (&host, &action, FIRST_BYTE)).await?;
        if response.status() != StatusCode::OK {
            let (transient, after) = (failure::is_transient(response.status()), retry_after(response.headers()));
            let error = self.refusal(response, &action).await;
            return Err(if transient { AttemptFailure::Transient { error, after } } else { error.into() });
        }
        let started = Instant::now();
        let body = self.read(response, 1 << 20, &action).await?;
        // The parser's own message could quote the token.
        let unusable = || failure::unreadable(&host, &action, "its token service sent something else");
        let answer: TokenAnswer = serde_json::from_slice(&body).map_err(|_| unusable())?;
        let token = answer.token.or(answer.access_token).filter(|token| !token.is_empty()).ok_or_else(unusable)?;
        let lifetime = Duration::from_secs(answer.expires_in.unwrap_or(DEFAULT_LIFETIME).clamp(1, 86_400));
        let header = sensitive(&format!("Bearer {token}"))?;
        Ok(BearerToken { header, good_until: started + lifetime.saturating_sub(MARGIN) })
    }
}

fn sensitive(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Error::new(
            crate::error::Kind::Credentials,
            "the registry credentials contain characters that HTTP does not allow",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The best challenge that we can answer: a token rather than the password itself.
fn choose(headers: &HeaderMap) -> Option<Challenge> {
    let all = all_challenges(headers);
    let bearer = all.iter().find_map(|(scheme, params)| match (scheme.as_str(), params.get("realm")) {
        ("bearer", Some(realm)) => {
            Some(Challenge::Bearer { realm: realm.clone(), service: params.get("service").cloned() })
        }
        _ => None,
    });
    bearer.or_else(|| all.iter().any(|(scheme, _)| scheme == "basic").then_some(Challenge::Basic))
}

fn all_challenges(headers: &HeaderMap) -> Vec<(String, HashMap<String, String>)> {
    headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()).flat_map(challenges).collect()
}

/// Splits `Bearer realm="a",service="b", Basic realm="c"` into schemes (lower case) and their parameters.
fn challenges(text: &str) -> Vec<(String, HashMap<String, String>)> {
    let mut all: Vec<(String, HashMap<String, String>)> = Vec::new();
    let mut rest = text.trim_start_matches([' ', ',', '\t']);
    while !rest.is_empty() {
        let end = rest.find([' ', '=', ',']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let value = after.trim_start().strip_prefix('=');
        match (value, all.last_mut()) {
            (Some(value), Some((_, params))) => {
                let (value, after) = parameter(value.trim_start());
                params.insert(word.to_ascii_lowercase(), value);
                rest = after;
            }
            (Some(_), None) => return all,
            (None, _) => {
                if !word.is_empty() {
                    all.push((word.to_ascii_lowercase(), HashMap::new()));
                }
                rest = after;
            }
        }
        rest = rest.trim_start_matches([' ', ',', '\t']);
    }
    all
}

/// A quoted or plain value, and what follows it.
fn parameter(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chosen(texts: &[&str]) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        for text in texts {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_str(text).unwrap());
        }
        choose(&headers)
    }

    #[test]
    fn challenges_as_registries_write_them() {
        let bearer = |realm: &str, service: Option<&str>| {
            Some(Challenge::Bearer { realm: realm.to_owned(), service: service.map(str::to_owned) })
        };
        let hub =
            r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a:pull""#;
        assert_eq!(chosen(&[hub]), bearer("https://auth.docker.io/token", Some("registry.docker.io")));
        assert_eq!(chosen(&[r#"Basic realm="https://1.dkr.ecr.r/",service="ecr""#]), Some(Challenge::Basic));
        assert_eq!(chosen(&["Basic realm=\"a\"", "bearer realm=x , service = \"y\""]), bearer("x", Some("y")));
        assert_eq!(chosen(&[r#"Negotiate, Basic realm="a, b=\"c\"", Bearer realm="r""#]), bearer("r", None));
        assert_eq!(chosen(&["Bearer error=\"x\""]), None);
        assert_eq!(chosen(&["realm=\"x\""]), None);
        assert_eq!(chosen(&[]), None);
    }

    proptest! {
        #[test]
        fn any_challenge_text_is_read_to_its_end(text in "[ -~]{0,60}") {
            challenges(&text);
        }
    }
}
