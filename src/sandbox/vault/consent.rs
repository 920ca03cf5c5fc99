//! Users who agree that an agent acts for them: from the request to the token.
//!
//! ```text
//! GetResourceOauth2Token ──> authorizationUrl ──(browser)──> authorize ──> the authorization server
//!   the agent's own return URL <── callback <──(browser, code)──┘
//!   └──> CompleteResourceTokenAuth, with the same proof of the user ──> the token is in the vault
//! ```
//!
//! Owns: the sessions in between (ten minutes, forgotten when the sandbox ends) and the two pages. A code that comes back
//! is worth nothing until the user who asked is proved again: a link that was sent to somebody else gives no token.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::HeaderValue;
use serde_json::{Value, json};

use super::access::TokenUser;
use super::client::{AuthorizationServer, GrantParameters};
use super::exchange::{SESSION_URI, TokenRequest, secret, store_token, stored_token, turn};
use super::oauth2::Oauth2Provider;
use super::{VaultContext, identities};
use crate::sandbox::caller::Caller;
use crate::sandbox::control::check::Violations;
use crate::sandbox::control::invalid;
use crate::sandbox::reply::{self, Fault, Response};
use crate::sandbox::request::Request;
use crate::sandbox::{SharedSandbox, random};

const URI: &str = "urn:ietf:params:oauth:request_uri:";
/// Seconds. The service's are not documented.
const LIFE: f64 = 600.0;

/// By session URI.
pub(super) type ConsentSessions = Mutex<HashMap<String, ConsentSession>>;

/// One request for a user's agreement.
#[derive(Clone, Debug)]
pub(super) struct ConsentSession {
    /// Where the vault will keep the token.
    key: String,
    workload: String,
    user: TokenUser,
    provider: String,
    scopes: Vec<String>,
    more: Vec<(&'static str, String)>,
    parameters: Vec<(String, String)>,
    return_url: String,
    /// The agent's own, for its return URL.
    custom_state: Option<String>,
    /// The one that the authorization server sends back.
    state: String,
    verifier: String,
    /// Seconds since 1970.
    expires: f64,
    stage: ConsentStage,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ConsentStage {
    Asked,
    Returned { code: String },
    Failed,
}

impl ConsentSession {
    fn target(&self) -> GrantParameters<'_> {
        GrantParameters { scopes: &self.scopes, more: &self.more }
    }
}

fn sessions(sandbox: &SharedSandbox) -> MutexGuard<'_, HashMap<String, ConsentSession>> {
    let mut sessions = sandbox.identities.consents.lock().unwrap_or_else(PoisonError::into_inner);
    let now = sandbox.clock.epoch();
    sessions.retain(|_, session| session.expires > now);
    sessions
}

/// GetResourceOauth2Token for a user: the vault's token, or where the user has to go.
///
/// # Errors
/// ValidationException, with the service's words where a return URL is missing.
pub(super) async fn federate(
    context: &VaultContext<'_>,
    ask: &TokenRequest<'_>,
    provider: &Oauth2Provider,
) -> Result<Value, Fault> {
    let sandbox = context.sandbox;
    let Some(user) = ask.access.user.clone() else {
        return Err(invalid("The flow USER_FEDERATION needs a workload access token that was made for a user"));
    };
    let identity = sandbox.state.vault.read(|state| identities::find(state, context, &ask.access.workload));
    let registered = identity.map(|identity| identity.return_urls).unwrap_or_default();
    if registered.is_empty() {
        return Err(invalid(
            "You must register and use at least one ResourceOauth2ReturnUrl on your workload identity to use this flow",
        ));
    }
    let return_url = ask
        .return_url
        .ok_or_else(|| invalid("You must provide a ResourceOauth2ReturnUrl to proceed with this flow"))?;
    if !registered.iter().any(|url| url == return_url) {
        return Err(invalid(format!(
            "The ResourceOauth2ReturnUrl '{return_url}' is not registered on the workload identity"
        )));
    }
    let secret = secret(context, &provider.secret)?;
    let key = ask.key();
    let _turn = turn(context, &key).await;
    if !ask.force
        && let Some(kept) = stored_token(context, &key)
    {
        if kept.is_good(context) {
            return Ok(kept.answer());
        }
        if let Some(refresh) = kept.refresh() {
            let server = AuthorizationServer::find(context, ask.provider, provider, secret).await?;
            // A user may have taken it back; then there is a new consent.
            if let Ok(token) = server.refresh(refresh, ask.target()).await {
                return store_token(context, key, (&ask.access.workload, ask.provider), token).await;
            }
        }
    }
    if let Some(uri) = ask.session {
        let sessions = sessions(sandbox);
        let own = sessions.get(uri).filter(|session| session.key == key);
        let own = own.ok_or_else(|| invalid("Invalid or expired session"))?;
        return Ok(match own.stage {
            ConsentStage::Failed => json!({ "sessionUri": uri, "sessionStatus": "FAILED" }),
            _ => waiting(sandbox, uri),
        });
    }
    let uri = format!("{URI}{}", random::alphanumeric(43)?);
    let session = ConsentSession {
        key,
        workload: ask.access.workload.clone(),
        user,
        provider: ask.provider.to_owned(),
        scopes: ask.scopes.clone(),
        more: ask.more.clone(),
        parameters: ask.parameters.clone(),
        return_url: return_url.to_owned(),
        custom_state: ask.state.map(str::to_owned),
        state: random::alphanumeric(43)?,
        verifier: random::alphanumeric(64)?,
        expires: context.now + LIFE,
        stage: ConsentStage::Asked,
    };
    sessions(sandbox).insert(uri.clone(), session);
    Ok(waiting(sandbox, &uri))
}

fn waiting(sandbox: &SharedSandbox, uri: &str) -> Value {
    let encoded = percent_encoding::utf8_percent_encode(uri, percent_encoding::NON_ALPHANUMERIC);
    let url = format!("{}/identities/oauth2/authorize?request_uri={encoded}", sandbox.info.url);
    json!({ "authorizationUrl": url, "sessionUri": uri, "sessionStatus": "IN_PROGRESS" })
}

/// CompleteResourceTokenAuth.
///
/// # Errors
/// AccessDeniedException for a session that is not there, is not that far, or is another user's.
pub(super) async fn complete(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let uri = check.required("sessionUri", input.get("sessionUri"), SESSION_URI).unwrap_or_default();
    let user = TokenUser::of_identifier(&mut check, input.get("userIdentifier"));
    check.finish()?;
    let refused = || Fault::new(403, "AccessDeniedException", "Invalid or expired session");
    let sandbox = context.sandbox;
    let workload = sessions(sandbox).get(uri).map(|session| session.workload.clone()).ok_or_else(refused)?;
    context.require("CompleteResourceTokenAuth", &[&context.directory(), &context.identity(&workload)])?;
    let (session, code) = {
        // Removed at once: a code is valid for one attempt.
        let mut sessions = sessions(sandbox);
        let session = sessions.get_mut(uri).filter(|session| Some(&session.user) == user.as_ref());
        let session = session.ok_or_else(refused)?;
        match std::mem::replace(&mut session.stage, ConsentStage::Failed) {
            ConsentStage::Returned { code } => (session.clone(), code),
            other => {
                session.stage = other;
                return Err(refused());
            }
        }
    };
    let found = sandbox.state.vault.read(|state| state.oauth2.get(&session.provider).cloned());
    let provider = found.ok_or_else(refused)?;
    let secret = secret(context, &provider.secret)?;
    let server = AuthorizationServer::find(context, &session.provider, &provider, secret).await?;
    let token = server.code(&code, &session.verifier, session.target()).await?;
    store_token(context, session.key, (&session.workload, &session.provider), token).await?;
    sessions(sandbox).remove(uri);
    Ok(json!({}))
}

/// A page for a browser that cannot go on.
fn stop(text: &str) -> Response {
    reply::json(400, &json!({ "message": text }))
}

/// Sends the browser on. What is on the way is for nobody's history or cache.
fn redirect(url: &str) -> Response {
    let mut response = reply::empty(302);
    for (name, value) in [("location", url), ("cache-control", "no-store"), ("referrer-policy", "no-referrer")] {
        match HeaderValue::from_str(value) {
            Ok(value) => response.headers_mut().insert(name, value),
            Err(_) => return stop("the next address is none"),
        };
    }
    response
}

/// `GET /identities/oauth2/authorize?request_uri=…`: to the authorization server.
pub(super) async fn authorize(sandbox: &SharedSandbox, request: &Request) -> Response {
    let session = request.query("request_uri").and_then(|uri| sessions(sandbox).get(uri).cloned());
    let Some(session) = session.filter(|session| session.stage == ConsentStage::Asked) else {
        return stop("Invalid or expired session");
    };
    let Some(provider) = sandbox.state.vault.read(|state| state.oauth2.get(&session.provider).cloned()) else {
        return stop("The credential provider does not exist any more");
    };
    let context = VaultContext { sandbox, caller: &Caller::Anonymous, now: sandbox.clock.epoch() };
    // No secret: this only makes an address.
    let url = match AuthorizationServer::find(&context, &session.provider, &provider, String::new()).await {
        Ok(server) => {
            server.authorization_url(&session.state, &session.verifier, session.target(), &session.parameters)
        }
        Err(fault) => Err(fault),
    };
    match url {
        Ok(url) => redirect(&url),
        Err(fault) => stop(&fault.message),
    }
}

/// `GET /identities/oauth2/callback/{id}?code=…&state=…`: from the authorization server to the agent's return URL.
pub(super) fn callback(sandbox: &SharedSandbox, request: &Request, id: &str) -> Response {
    let state = request.query("state").unwrap_or_default();
    let provider = sandbox.state.vault.read(|vault| {
        let found = vault.oauth2.iter().find(|(_, provider)| provider.callback == id);
        found.map(|(name, _)| name.clone())
    });
    let mut sessions = sessions(sandbox);
    let session = sessions.iter_mut().find(|(_, session)| {
        !state.is_empty() && session.state == state && Some(&session.provider) == provider.as_ref()
    });
    let Some((uri, session)) = session.filter(|(_, session)| session.stage == ConsentStage::Asked) else {
        return stop("Invalid or expired session");
    };
    session.stage = match (request.query("error"), request.query("code")) {
        (None, Some(code)) if !code.is_empty() => ConsentStage::Returned { code: code.to_owned() },
        _ => ConsentStage::Failed,
    };
    let Ok(mut url) = url::Url::parse(&session.return_url) else { return stop("the return URL is none") };
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("session_id", uri);
        if let Some(state) = &session.custom_state {
            query.append_pair("state", state);
        }
        if session.stage == ConsentStage::Failed {
            query.append_pair("error", request.query("error").unwrap_or("server_error"));
        }
    }
    redirect(url.as_str())
}
