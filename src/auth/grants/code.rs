//! The redirect from the browser: a loopback address that takes one answer (RFC 8252, 7.3).
//!
//! Owns: listening on this machine, telling the answer of this sign-in from other requests. Does not own: the sign-in
//! itself (`client`), or opening a browser (`ops::token`).

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::client::{SignIn, refusal};
use super::metadata::Metadata;
use crate::error::{Code, Context, Error, Result};
use crate::redact::SecretString;

/// How long a connection may take to send its request. Browsers open some that never do.
const PATIENCE: Duration = Duration::from_secs(10);
const LONGEST: usize = 16 * 1024;
const DEFAULT: &str = "http://127.0.0.1/callback";

/// The address that the provider sends the browser back to.
#[derive(Debug)]
pub(crate) struct Redirect {
    listener: TcpListener,
    uri: url::Url,
}

impl Redirect {
    /// Listens. Without `uri` on a random port of 127.0.0.1, as providers must allow for native programs; those that
    /// want the whole address registered (Cognito, Entra) are given one, `http://localhost:8400/callback`.
    ///
    /// # Errors
    /// [`crate::error::Kind::Usage`] for an address that is not this machine's, or a port that is taken.
    pub(crate) async fn listen(uri: Option<&str>) -> Result<Self> {
        let text = uri.unwrap_or(DEFAULT);
        let bad = || {
            Error::usage(format!("`{text}` is not a redirect address of this machine"))
                .code(Code::TokenRedirectUri)
                .hint("write `http://127.0.0.1:PORT/callback` or `http://localhost:PORT/callback`, as it is registered at the provider")
        };
        let mut uri = url::Url::parse(text).map_err(|_| bad())?;
        let host = match uri.host() {
            Some(url::Host::Ipv4(address)) if address.is_loopback() => address.to_string(),
            Some(url::Host::Domain("localhost")) => "127.0.0.1".to_owned(),
            _ => return Err(bad()),
        };
        if uri.scheme() != "http" || uri.query().is_some() || uri.fragment().is_some() {
            return Err(bad());
        }
        let port = uri.port().unwrap_or(0);
        let listener = TcpListener::bind((host.as_str(), port)).await.map_err(|error| {
            Error::usage(format!("could not listen on {host}:{port} for the sign-in's answer"))
                .code(Code::TokenRedirectUri)
                .source(&error)
        })?;
        let port = listener.local_addr().context("could not listen for the sign-in's answer")?.port();
        uri.set_port(Some(port)).map_err(|()| bad())?;
        Ok(Self { listener, uri })
    }

    pub(crate) fn uri(&self) -> &str {
        self.uri.as_str()
    }

    /// Waits for the code of this sign-in. Other requests, with another state or path, are refused, and waiting
    /// continues.
    ///
    /// # Errors
    /// The provider's error in place of a code.
    pub(crate) async fn code(&self, sign_in: &SignIn, metadata: &Metadata) -> Result<SecretString> {
        let mut open = JoinSet::new();
        loop {
            tokio::select! {
                connection = self.listener.accept() => {
                    let (stream, _) = connection.context("could not take the sign-in's answer")?;
                    open.spawn(async move { tokio::time::timeout(PATIENCE, read(stream)).await.ok().flatten() });
                }
                Some(request) = open.join_next() => {
                    let Ok(Some((mut stream, target))) = request else { continue };
                    match self.judge(&target, sign_in, metadata) {
                        Some(outcome) => {
                            let text = if outcome.is_ok() { "You are signed in. This window can be closed." } else { "The sign-in failed. The terminal says why." };
                            respond(&mut stream, 200, text).await;
                            return outcome;
                        }
                        None => respond(&mut stream, 404, "This is not the answer to the sign-in.").await,
                    }
                }
            }
        }
    }

    /// `None` for a request that has nothing to do with this sign-in.
    fn judge(&self, target: &str, sign_in: &SignIn, metadata: &Metadata) -> Option<Result<SecretString>> {
        let url = self.uri.join(target).ok()?;
        let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        if url.path() != self.uri.path() || value("state").as_deref() != Some(sign_in.state.as_str()) {
            return None;
        }
        let issuer = value("iss");
        if issuer.as_ref().is_some_and(|issuer| *issuer != metadata.issuer)
            || (metadata.names_itself && issuer.is_none())
        {
            return Some(Err(Error::failed(
                "the sign-in was answered by another provider than the one that was asked",
            )
            .code(Code::TokenIssuer)));
        }
        if let Some(error) = value("error") {
            return Some(Err(refusal(&metadata.issuer, &error, &value("error_description").unwrap_or_default())));
        }
        Some(value("code").map(SecretString::from).ok_or_else(|| {
            Error::failed(format!("{} sent the browser back without a code", metadata.issuer)).code(Code::TokenAnswer)
        }))
    }
}

/// The target of a GET request; nothing else is taken.
async fn read(mut stream: TcpStream) -> Option<(TcpStream, String)> {
    let mut head = Vec::new();
    let mut buffer = [0; 2048];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let count = stream.read(&mut buffer).await.ok()?;
        if count == 0 || head.len() + count > LONGEST {
            return None;
        }
        head.extend_from_slice(&buffer[..count]);
    }
    let line = head.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let target = (words.next()? == "GET").then(|| words.next().map(str::to_owned)).flatten()?;
    // An absolute path only: `//host/…` would be another host's.
    let is_path = target.starts_with('/') && !target.starts_with("//");
    Some((stream, if is_path { target } else { "/".to_owned() }))
}

async fn respond(stream: &mut TcpStream, status: u16, text: &str) {
    let head = format!(
        "HTTP/1.1 {status} \r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n",
        text.len()
    );
    // The browser may be gone; the answer counts all the same.
    let _ = stream.write_all(format!("{head}{text}").as_bytes()).await;
    let _ = stream.shutdown().await;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::client::{ClientAuth, OauthClient, RequestedAccess};
    use super::*;
    use crate::env::Env;
    use crate::http::Http;
    use crate::redact::ExposeSecret;

    fn metadata() -> Metadata {
        let document = json!({"issuer": "https://idp.example", "jwks_uri": "https://idp.example/jwks",
            "token_endpoint": "https://idp.example/token", "authorization_endpoint": "https://idp.example/auth"});
        Metadata::from_document("https://idp.example/.well-known/openid-configuration", document.as_object().unwrap())
            .unwrap()
    }

    async fn get(port: u16, target: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn only_the_answer_with_this_state_counts() {
        let http = Http::new(&Env::fake(std::path::Path::new("/"), &[]));
        let metadata = metadata();
        let wanted = RequestedAccess { scopes: vec!["openid".into()], audience: Some("api".into()), resource: None };
        let client =
            OauthClient { http: &http, metadata: &metadata, id: "c", auth: &ClientAuth::Public, wanted: &wanted };
        let redirect = Redirect::listen(None).await.unwrap();
        let sign_in = client.sign_in(redirect.uri()).unwrap();
        let asked: std::collections::BTreeMap<String, String> =
            url::Url::parse(&sign_in.url).unwrap().query_pairs().into_owned().collect();
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!((asked["audience"].as_str(), asked["scope"].as_str()), ("api", "openid"));
        assert_eq!(asked["redirect_uri"], redirect.uri());
        assert!(asked["nonce"].len() > 20 && asked["state"].len() > 20);

        let port = url::Url::parse(redirect.uri()).unwrap().port().unwrap();
        let state = asked["state"].clone();
        // An idle connection, as browsers open them, delays nothing.
        let silent = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let browser = tokio::spawn(async move {
            for target in
                ["/favicon.ico".to_owned(), "/callback?code=x&state=wrong".to_owned(), "//evil/callback".to_owned()]
            {
                assert!(get(port, &target).await.starts_with("HTTP/1.1 404"), "{target}");
            }
            assert!(get(port, &format!("/callback?code=good&state={state}")).await.starts_with("HTTP/1.1 200"));
        });
        assert_eq!(redirect.code(&sign_in, &metadata).await.unwrap().expose_secret(), "good");
        browser.await.unwrap();
        drop(silent);
    }

    #[tokio::test]
    async fn refusal_or_foreign_issuer_ends_the_sign_in() {
        let http = Http::new(&Env::fake(std::path::Path::new("/"), &[]));
        let metadata = metadata();
        let wanted = RequestedAccess::default();
        let client =
            OauthClient { http: &http, metadata: &metadata, id: "c", auth: &ClientAuth::Public, wanted: &wanted };
        let redirect = Redirect::listen(Some("http://localhost/cb")).await.unwrap();
        let sign_in = client.sign_in(redirect.uri()).unwrap();
        let judge = |query: &str| {
            redirect.judge(&format!("/cb?state={}&{query}", sign_in.state), &sign_in, &metadata).unwrap().unwrap_err()
        };
        assert_eq!(judge("error=access_denied").code_str(), "token.access-denied");
        assert_eq!(judge("code=x&iss=https%3A%2F%2Fother.example").code_str(), "token.issuer");
        assert_eq!(judge("x=y").code_str(), "token.answer");
    }

    #[tokio::test]
    async fn only_this_machine_is_an_address() {
        for bad in
            ["https://127.0.0.1/cb", "http://example.com/cb", "http://0.0.0.0/cb", "nonsense", "http://127.0.0.1/?a=b"]
        {
            assert_eq!(Redirect::listen(Some(bad)).await.unwrap_err().code_str(), "token.redirect-uri", "{bad}");
        }
    }
}
