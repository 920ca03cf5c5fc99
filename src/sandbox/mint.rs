//! Tokens to order: `POST /_sandbox/tokens` signs any claims with the key of one of the sandbox's user pools.
//!
//! For trying an authorizer with callers that no provider would make: expired, of another issuer, with a wrong claim. It is
//! the sandbox's own and has no counterpart in AWS. The request is signed like one to AgentCore, so that only who has the
//! sandbox's keys gets a token. Owns: the page. Does not own: which callers are worth trying (`auth::craft`).
//!
//! ```text
//! {"issuer": ISSUER OF THE POOL, "claims": {…}, "header": {…}?, "key": "pool" | "foreign"}  ->  {"token": JWT}
//! ```
//!
//! `header` is laid over the ordinary header; `foreign` signs with a fresh key under the pool's key id.

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
        // An agent must not make itself a caller of its own choice.
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
