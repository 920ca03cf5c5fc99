//! Test tokens: `POST /_sandbox/tokens` signs any claims with the key of one of the sandbox's user pools.
//!
//! For testing an authorizer with tokens that no provider would issue: expired, from another issuer, with a wrong
//! claim. AWS has no counterpart. The request is signed like one to AgentCore, so only holders of the sandbox's keys
//! get a token. Does not own: which callers are tested (`auth::craft`).
//!
//! ```text
//! {"issuer": ISSUER OF THE POOL, "claims": {…}, "header": {…}?, "key": "pool" | "foreign"}  ->  {"token": JWT}
//! ```
//!
//! `header` overrides members of the ordinary header; `foreign` signs with a new key under the pool's key id.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::control::{SERVICE, invalid};
use super::jwt::SigningKey;
use super::reply::{self, Fault, Protocol, Response};
use super::request::{API_BODY_LIMIT, Request};
use super::{SharedSandbox, cognito, router, sigv4};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MintRequest {
    issuer: String,
    claims: Map<String, Value>,
    #[serde(default)]
    header: Map<String, Value>,
    #[serde(default)]
    key: MintKey,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MintKey {
    #[default]
    Pool,
    Foreign,
}

pub(super) async fn page(sandbox: &SharedSandbox, mut request: Request) -> Response {
    match answer(sandbox, &mut request).await {
        Ok(body) => reply::json(200, &body),
        Err(fault) => reply::fault(&Protocol::RestJson, fault, &request.id),
    }
}

async fn answer(sandbox: &SharedSandbox, request: &mut Request) -> Result<Value, Fault> {
    let body = request.bytes(API_BODY_LIMIT).await?;
    let caller = router::caller(sandbox, request, &sigv4::sha256(&body), SERVICE)
        .map_err(|refusal| refusal.fault(&Protocol::RestJson))?;
    if caller != Caller::User {
        // An agent must not issue tokens for callers of its choice.
        return Err(Fault::new(403, "AccessDeniedException", "tokens are made for the sandbox's own user only"));
    }
    let order: MintRequest =
        serde_json::from_slice(&body).map_err(|error| invalid(format!("not an order: {error}")))?;
    let Some(own) = cognito::signing_key(sandbox, &order.issuer)? else {
        let text = format!("no user pool of this sandbox has the issuer `{}`", order.issuer);
        return Err(Fault::new(404, "ResourceNotFoundException", text));
    };
    let mut header = own.header();
    for (name, value) in order.header {
        header[name.as_str()] = value;
    }
    let claims = Value::Object(order.claims);
    let token = match order.key {
        MintKey::Pool => own.sign_under(&header, &claims)?,
        MintKey::Foreign => {
            let made = tokio::task::spawn_blocking(SigningKey::generate).await;
            made.map_err(|_| Fault::internal("the key was not made"))??.sign_under(&header, &claims)?
        }
    };
    Ok(json!({ "token": token }))
}
