//! The hosted sign-in page of a pool, and the authorization code flow behind it.
//!
//! ```text
//! /oauth2/authorize ──> /login (form) ──(user name, password)──> redirect_uri?code=… ──> POST /oauth2/token
//! ```
//!
//! Owns: the two pages, the codes (five minutes, good for one attempt, PKCE), and what a code or a refresh token is exchanged
//! for. Does not own: passwords and claims (`sign_in`, `tokens`), and the tokens of machines (`oauth`). There is no cookie: each
//! request signs in anew.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderValue;
use serde_json::{Value, json};

use super::model::{AppClient, Cognito, CognitoContext, Pool, SignInCode, fingerprint, strings};
use super::oauth::TokenRequest;
use super::pools::{STANDARD_SCOPES, custom_scopes};
use super::sign_in::{self, SignInResult};
use super::slow;
use super::users::CONFIRMED;
use crate::sandbox::reply::{self, Fault, Response};
use crate::sandbox::request::{Request, parse_pairs};
use crate::sandbox::{SharedSandbox, random};

/// Seconds. Source: the Cognito developer guide, "Authorize endpoint".
const CODE_LIFE: i64 = 300;

/// Parameters of an authorization request that go on to the sign-in page.
const PARAMETERS: [&str; 7] =
    ["client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"];

/// An authorization request that may be answered at its redirect URI.
struct Authorization {
    pool: String,
    client: String,
    redirect_uri: String,
    state: Option<String>,
    /// What the pages are asked with, encoded.
    query: String,
    /// The scopes and the code challenge, or the `error` that goes to the redirect URI.
    asked: Result<(String, Option<String>), &'static str>,
}

impl Authorization {
    /// # Errors
    /// What is said to the person: without a client and an address that it has registered, nobody is sent anywhere.
    fn read(cognito: &Cognito, request: &Request) -> Result<Self, &'static str> {
        let given = |name: &str| request.query(name).filter(|value| !value.is_empty());
        let id = given("client_id").ok_or("client_id is missing")?;
        let pool = cognito.pool_of_client(id).ok().filter(|pool| pool.domain.is_some()).ok_or("invalid_client")?;
        let client = pool.client(id).map_err(|_| "invalid_client")?;
        let redirect_uri = given("redirect_uri").ok_or("redirect_uri is missing")?;
        if !strings(client.settings.get("CallbackURLs")).contains(&redirect_uri) {
            return Err("redirect_mismatch");
        }
        let pairs = PARAMETERS.iter().filter_map(|name| Some((*name, given(name)?)));
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        Ok(Self {
            pool: pool.id.clone(),
            client: id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            state: given("state").map(str::to_owned),
            query,
            asked: asked(pool, client, given),
        })
    }

    /// Back to the client.
    fn answer(&self, name: &str, value: &str) -> Response {
        let Ok(mut url) = url::Url::parse(&self.redirect_uri) else { return stop("redirect_uri is no URL") };
        {
            let mut query = url.query_pairs_mut();
            query.append_pair(name, value);
            if let Some(state) = &self.state {
                query.append_pair("state", state);
            }
        }
        redirect(url.as_str())
    }
}

/// What is asked of a client that has the flow.
fn asked<'r>(
    pool: &Pool,
    client: &AppClient,
    given: impl Fn(&str) -> Option<&'r str>,
) -> Result<(String, Option<String>), &'static str> {
    match given("response_type") {
        Some("code") => {}
        Some("token") => return Err("unsupported_response_type"),
        _ => return Err("invalid_request"),
    }
    let enabled = client.settings.get("AllowedOAuthFlowsUserPoolClient") == Some(&json!(true));
    if !enabled || !strings(client.settings.get("AllowedOAuthFlows")).contains(&"code") {
        return Err("unauthorized_client");
    }
    let challenge = match (given("code_challenge"), given("code_challenge_method")) {
        (None, None) => None,
        (Some(challenge), Some("S256")) => Some(challenge.to_owned()),
        _ => return Err("invalid_request"),
    };
    let known = custom_scopes(pool);
    let exists = |scope: &str| STANDARD_SCOPES.contains(&scope) || known.iter().any(|known| known == scope);
    let allowed: Vec<&str> =
        strings(client.settings.get("AllowedOAuthScopes")).into_iter().filter(|scope| exists(scope)).collect();
    let scopes: Vec<&str> = given("scope").unwrap_or_default().split_whitespace().collect();
    if scopes.iter().any(|scope| !allowed.contains(scope)) {
        return Err("invalid_scope");
    }
    Ok((if scopes.is_empty() { allowed } else { scopes }.join(" "), challenge))
}

/// `GET /oauth2/authorize`: on to the sign-in page.
pub(super) fn authorize(sandbox: &SharedSandbox, request: &Request) -> Response {
    match sandbox.state.cognito.read(|state| Authorization::read(state, request)) {
        Err(why) => stop(why),
        Ok(asked) => match asked.asked {
            Err(error) => asked.answer("error", error),
            Ok(_) => redirect(&format!("{}/login?{}", sandbox.info.url, asked.query)),
        },
    }
}

/// `GET` and `POST /login`.
pub(super) async fn login(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    let asked = match sandbox.state.cognito.read(|state| Authorization::read(state, request)) {
        Err(why) => return stop(why),
        Ok(asked) => asked,
    };
    let (scope, challenge) = match &asked.asked {
        Err(error) => return asked.answer("error", error),
        Ok(known) => known.clone(),
    };
    if request.method != "POST" {
        return form(200, &asked.query, None);
    }
    let Ok(body) = request.bytes(64 << 10).await else {
        return form(400, &asked.query, Some("The form is too large."));
    };
    let fields = parse_pairs(&String::from_utf8_lossy(&body));
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let (name, password) = (field("username").unwrap_or_default(), field("password").unwrap_or_default());
    let user = match sign_in(sandbox, &asked.pool, &name, password).await {
        Ok(user) => user,
        Err(fault) => return form(401, &asked.query, Some(&fault.message)),
    };
    let kept = async {
        let code = random::alphanumeric(43)?;
        let now = sandbox.clock.unix();
        let (client, redirect_uri) = (asked.client.clone(), asked.redirect_uri.clone());
        let entry = SignInCode { client, user, redirect_uri, scope, challenge, expires: now + CODE_LIFE };
        let store = |state: &mut Cognito| {
            let pool = state.pool_mut(&asked.pool)?;
            pool.prune(now);
            pool.codes.insert(fingerprint(&code), entry);
            Ok(())
        };
        sandbox.state.cognito.update(store).await?;
        Ok::<_, Fault>(code)
    };
    match kept.await {
        Ok(code) => asked.answer("code", &code),
        Err(_) => asked.answer("error", "server_error"),
    }
}

/// The lookup key of the user whose password this is.
async fn sign_in(sandbox: &SharedSandbox, pool: &str, name: &str, password: String) -> Result<String, Fault> {
    let wrong = || super::model::not_authorized("Incorrect username or password.");
    let found = sandbox.state.cognito.read(|state| {
        let (key, user) = state.pool(pool).ok()?.find_user(name)?;
        Some((key, user.clone()))
    });
    let (key, user) = found.ok_or_else(wrong)?;
    let hash = user.password.clone().ok_or_else(wrong)?;
    if !slow(move || hash.matches(&password)).await? {
        return Err(wrong());
    }
    if !user.enabled {
        return Err(super::model::not_authorized("User is disabled."));
    }
    if user.status != CONFIRMED {
        return Err(super::model::not_authorized("The password is a temporary one, which this page cannot change."));
    }
    Ok(key)
}

/// `POST /oauth2/token` with `authorization_code` or `refresh_token`. A code is taken out by the first attempt of its client.
///
/// # Errors
/// The `error` member of a 400.
pub(super) fn exchange(
    cognito: &mut Cognito,
    context: &CognitoContext,
    request: &TokenRequest,
) -> Result<Value, &'static str> {
    let (pool, client) = request.client(cognito)?;
    let (pool_id, client) = (pool.id.clone(), client.clone());
    let pool = cognito.pool_mut(&pool_id).map_err(|_| "invalid_client")?;
    let issued = if request.grant == "refresh_token" {
        let token = request.field("refresh_token").ok_or("invalid_request")?;
        let known = pool.refresh.get(&fingerprint(token));
        let session = known.filter(|known| known.client == client.id && known.expires > context.now);
        let session = session.ok_or("invalid_grant")?;
        pool.users.get(&session.user).filter(|user| user.enabled).ok_or("invalid_grant")?;
        sign_in::issue(context, pool, &client, (&session.user, None), Some(session))
    } else {
        let code = request.field("code").ok_or("invalid_request")?;
        let held = pool.codes.get(&fingerprint(code)).filter(|held| held.client == client.id).cloned();
        let held = held.ok_or("invalid_grant")?;
        pool.codes.remove(&fingerprint(code));
        let same_address = request.field("redirect_uri") == Some(&held.redirect_uri);
        if held.expires <= context.now || !same_address || !verifies(&held, request.field("code_verifier")) {
            return Err("invalid_grant");
        }
        pool.users.get(&held.user).filter(|user| user.enabled).ok_or("invalid_grant")?;
        sign_in::issue(context, pool, &client, (&held.user, Some(&held.scope)), None)
    };
    let SignInResult::Tokens(answer, keep) = issued.map_err(|_| "server_error")? else { return Err("server_error") };
    let result = &answer["AuthenticationResult"];
    let mut out = json!({
        "access_token": result["AccessToken"], "expires_in": result["ExpiresIn"], "token_type": "Bearer",
    });
    let scope = keep.as_ref().and_then(|(_, session)| session.scope.clone());
    // An ID token is for those who asked for `openid`; a refresh gives the same kinds again.
    if scope.is_none_or(|scope| scope.split(' ').any(|scope| scope == "openid")) {
        out["id_token"] = result["IdToken"].clone();
    }
    if let Some((token, session)) = keep {
        out["refresh_token"] = json!(token);
        pool.refresh.insert(fingerprint(&token), session);
    }
    Ok(out)
}

/// PKCE (RFC 7636): a code that was asked for with a challenge needs its verifier, and one without must not come with one.
fn verifies(code: &SignInCode, verifier: Option<&str>) -> bool {
    let hash = |text: &str| URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()));
    match (&code.challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => hash(verifier) == *challenge,
        _ => false,
    }
}

/// Sends the browser on. What is on the way is for nobody's history or cache.
fn redirect(url: &str) -> Response {
    let mut response = reply::empty(302);
    match HeaderValue::from_str(url) {
        Ok(url) => response.headers_mut().insert("location", url),
        Err(_) => return stop("the next address is none"),
    };
    private(response)
}

fn private(mut response: Response) -> Response {
    for (name, value) in [("cache-control", "no-store"), ("referrer-policy", "no-referrer")] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A browser that cannot go on.
fn stop(text: &str) -> Response {
    private(reply::json(400, &json!({ "error": text })))
}

/// The sign-in page. Nothing of the request is on it but its parameters, encoded.
fn form(status: u16, query: &str, problem: Option<&str>) -> Response {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let problem = problem.map(|text| format!("<p role=\"alert\">{}</p>", escape(text))).unwrap_or_default();
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sign in</title>\
         <h1>Sign in</h1><p>This is the sandbox, not AWS.</p>{problem}\
         <form method=\"post\" action=\"/login?{}\">\
         <p><label>User name <input name=\"username\" autocomplete=\"username\" required></label></p>\
         <p><label>Password <input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label></p>\
         <p><button>Sign in</button></p></form></html>\n",
        escape(query)
    );
    let mut response = private(reply::with_body(status, "text/html; charset=utf-8", page));
    let policy = "default-src 'none'; frame-ancestors 'none'";
    response.headers_mut().insert("content-security-policy", HeaderValue::from_static(policy));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::tests::TestSandbox;

    const CALLBACK: &str = "https://app.example/cb";
    const PASSWORD: &str = "Not-a-secret-1!";

    /// A pool with a domain, a client with a secret and a user.
    struct SignInPage {
        sandbox: TestSandbox,
        browser: reqwest::Client,
        client: Value,
    }

    impl SignInPage {
        async fn start() -> Self {
            let sandbox = TestSandbox::start().await;
            let browser = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
            let mut this = Self { sandbox, browser: browser.build().unwrap(), client: Value::Null };
            let pool = this.call("CreateUserPool", json!({ "PoolName": "p" })).await["UserPool"]["Id"].clone();
            this.call("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "page" })).await;
            let client = json!({
                "UserPoolId": pool, "ClientName": "web", "GenerateSecret": true, "CallbackURLs": [CALLBACK],
                "AllowedOAuthFlows": ["code"], "AllowedOAuthFlowsUserPoolClient": true,
                "AllowedOAuthScopes": ["openid", "email"],
            });
            this.client = this.call("CreateUserPoolClient", client).await["UserPoolClient"].clone();
            let user = json!({ "UserPoolId": pool, "Username": "alice", "MessageAction": "SUPPRESS" });
            this.call("AdminCreateUser", user).await;
            let password = json!({ "UserPoolId": pool, "Username": "alice", "Password": PASSWORD, "Permanent": true });
            this.call("AdminSetUserPassword", password).await;
            this
        }

        async fn call(&self, operation: &str, input: Value) -> Value {
            let target = format!("AWSCognitoIdentityProviderService.{operation}");
            let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
            let answer = self.sandbox.send("cognito-idp", ("POST", "/"), &headers, input.to_string()).await;
            assert_eq!(answer.status(), 200, "{operation}");
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
        }

        /// The request of a client, with `more` in the place of its parameters.
        fn address(&self, page: &str, more: &[(&str, &str)]) -> String {
            let id = self.client["ClientId"].as_str().unwrap();
            let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, b"the-verifier"));
            let mut all = vec![
                ("client_id", id),
                ("redirect_uri", CALLBACK),
                ("response_type", "code"),
                ("scope", "openid"),
                ("state", "s&1"),
                ("code_challenge", hash.as_str()),
                ("code_challenge_method", "S256"),
            ];
            all.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
            all.extend(more);
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
            format!("{}{page}?{query}", self.sandbox.info.url)
        }

        async fn sign_in(&self, password: &str) -> reqwest::Response {
            let fields = [("username", "alice"), ("password", password)];
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            self.browser.post(self.address("/login", &[])).body(body).send().await.unwrap()
        }

        async fn code(&self) -> String {
            let (address, pairs) = sent_to(&self.sign_in(PASSWORD).await);
            assert_eq!(address, CALLBACK);
            assert_eq!(pairs[1], ("state".to_owned(), "s&1".to_owned()));
            pairs[0].1.clone()
        }

        async fn exchange(&self, fields: &[(&str, &str)]) -> Value {
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let (id, secret) = (self.client["ClientId"].as_str(), self.client["ClientSecret"].as_str());
            let url = format!("{}/oauth2/token", self.sandbox.info.url);
            let request = self.browser.post(url).basic_auth(id.unwrap(), secret);
            let answer = request.body(body).send().await.unwrap();
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
        }

        async fn exchange_code(&self, code: &str, verifier: &str) -> Value {
            let grant = ("grant_type", "authorization_code");
            self.exchange(&[grant, ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", verifier)]).await
        }
    }

    /// Where a browser is sent, and with which parameters.
    fn sent_to(answer: &reqwest::Response) -> (String, Vec<(String, String)>) {
        assert_eq!(answer.status(), 302);
        let url = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        let pairs = url.query_pairs().into_owned().collect();
        (url.as_str().split('?').next().unwrap().to_owned(), pairs)
    }

    fn claims(token: &Value) -> Value {
        let part = token.as_str().unwrap().split('.').nth(1).unwrap().to_owned();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn signing_in_gives_tokens_once() {
        let page = SignInPage::start().await;
        let first = page.browser.get(page.address("/oauth2/authorize", &[])).send().await.unwrap();
        let (address, pairs) = sent_to(&first);
        assert_eq!((address, pairs.len()), (format!("{}/login", page.sandbox.info.url), 7));
        let form = page.browser.get(page.address("/login", &[])).send().await.unwrap();
        assert!(form.text().await.unwrap().contains("name=\"password\""));
        assert_eq!(page.sign_in("wrong").await.status(), 401);
        let code = page.code().await;
        let tokens = page.exchange_code(&code, "the-verifier").await;
        let access = claims(&tokens["access_token"]);
        assert_eq!((&access["scope"], &access["username"]), (&json!("openid"), &json!("alice")));
        assert_eq!(claims(&tokens["id_token"])["aud"], page.client["ClientId"]);
        assert_eq!(page.exchange_code(&code, "the-verifier").await, json!({ "error": "invalid_grant" }));
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let again = page.exchange(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
        assert_eq!(claims(&again["access_token"])["scope"], "openid");
        assert!(again.get("refresh_token").is_none());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn code_needs_its_verifier_and_address() {
        let page = SignInPage::start().await;
        let refused = json!({ "error": "invalid_grant" });
        let code = page.code().await;
        assert_eq!(page.exchange_code(&code, "another").await, refused);
        assert_eq!(page.exchange_code(&code, "the-verifier").await, refused, "an attempt uses the code up");
        let code = page.code().await;
        let grant = ("grant_type", "authorization_code");
        let elsewhere = ("redirect_uri", "https://app.example/other");
        assert_eq!(
            page.exchange(&[grant, ("code", &code), elsewhere, ("code_verifier", "the-verifier")]).await,
            refused
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nobody_is_sent_to_unregistered_addresses() {
        let page = SignInPage::start().await;
        for wrong in [("redirect_uri", "https://elsewhere.example/"), ("client_id", "nobody")] {
            for path in ["/oauth2/authorize", "/login"] {
                let answer = page.browser.get(page.address(path, &[wrong])).send().await.unwrap();
                assert_eq!(answer.status(), 400, "{wrong:?}");
            }
        }
        for (wrong, error) in [
            (("scope", "openid phone"), "invalid_scope"),
            (("response_type", "token"), "unsupported_response_type"),
            (("code_challenge_method", "plain"), "invalid_request"),
        ] {
            let answer = page.browser.get(page.address("/oauth2/authorize", &[wrong])).send().await.unwrap();
            let (address, pairs) = sent_to(&answer);
            assert_eq!((address.as_str(), pairs[0].1.as_str()), (CALLBACK, error));
        }
    }
}
