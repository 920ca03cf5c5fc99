//! Amazon Cognito user pools, as far as authorizers and credential providers need them: pools, clients, users, sign-in, machine
//! tokens, the sign-in page.
//!
//! Owns: the json-1.1 operations, the discovery document, the key set, the sign-in page and the token endpoint of each pool. The issuer is
//! `http://127.0.0.1:PORT/{pool id}`. Does not own: checking the tokens it issues (`gate`, with `auth`).

mod clients;
mod hosted;
mod model;
mod oauth;
mod password;
mod pools;
mod sign_in;
mod tokens;
mod users;

use serde_json::Value;

use super::jwt::SigningKey;
use super::random;
use super::reply::{self, Fault, Response};
use super::request::Request;
use super::{Sandbox, SharedSandbox};
use crate::error::Context;
pub(crate) use model::Cognito;
use model::CognitoContext;
use oauth::TokenRequest;
use password::PasswordHash;

/// The prefix of `X-Amz-Target`.
pub(crate) const PREFIX: &str = "AWSCognitoIdentityProviderService";

/// Operations that carry no signature: they are called by people who have no AWS credentials. Two of them are answered
/// here; the others are known so that they are refused by name, and not for a signature that nobody sends.
const UNSIGNED: [&str; 34] = [
    "AssociateSoftwareToken",
    "ChangePassword",
    "CompleteWebAuthnRegistration",
    "ConfirmDevice",
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "DeleteUser",
    "DeleteUserAttributes",
    "DeleteWebAuthnCredential",
    "ForgetDevice",
    "ForgotPassword",
    "GetDevice",
    "GetTokensFromRefreshToken",
    "GetUser",
    "GetUserAttributeVerificationCode",
    "GetUserAuthFactors",
    "GlobalSignOut",
    "InitiateAuth",
    "ListDevices",
    "ListUserSessions",
    "ListWebAuthnCredentials",
    "ResendConfirmationCode",
    "RespondToAuthChallenge",
    "RevokeToken",
    "RevokeUserSession",
    "SetUserMFAPreference",
    "SetUserSettings",
    "SignUp",
    "StartWebAuthnRegistration",
    "UpdateAuthEventFeedback",
    "UpdateDeviceStatus",
    "UpdateUserAttributes",
    "VerifySoftwareToken",
    "VerifyUserAttribute",
];

/// Whether an operation is called without a signature. Source: the service model (`noAuth`).
pub(crate) fn is_unsigned(operation: &str) -> bool {
    UNSIGNED.contains(&operation)
}

fn context(sandbox: &Sandbox) -> CognitoContext {
    let info = &sandbox.info;
    CognitoContext {
        url: info.url.clone(),
        region: info.region.clone(),
        account: info.account.clone(),
        partition: info.partition(),
        now: sandbox.clock.unix(),
    }
}

/// Answers one operation of `AWSCognitoIdentityProviderService`.
///
/// # Errors
/// The service's own fault; an operation that is not here is named as such.
pub(crate) async fn call(sandbox: &SharedSandbox, operation: &str, input: &Value) -> Result<Value, Fault> {
    let context = &context(sandbox);
    let store = &sandbox.state.cognito;
    match operation {
        "DescribeUserPool" => store.read(|state| pools::describe_user_pool(state, context, input)),
        "ListUserPools" => store.read(|state| pools::list_user_pools(state, input)),
        "DescribeUserPoolClient" => store.read(|state| clients::describe_client(state, input)),
        "ListUserPoolClients" => store.read(|state| clients::list(state, input)),
        "DescribeUserPoolDomain" => store.read(|state| pools::describe_domain(state, context, input)),
        "DescribeResourceServer" => store.read(|state| pools::describe_resource_server(state, input)),
        "ListResourceServers" => store.read(|state| pools::list_resource_servers(state, input)),
        "AdminGetUser" => store.read(|state| users::get(state, input)),
        "ListUsers" => store.read(|state| users::list(state, input)),
        "CreateUserPool" => create_pool(sandbox, context, input).await,
        "AdminCreateUser" => create_user(sandbox, context, input).await,
        "AdminSetUserPassword" => set_password(sandbox, context, input).await,
        "InitiateAuth" => initiate(sandbox, context, input, false).await,
        "AdminInitiateAuth" => initiate(sandbox, context, input, true).await,
        "RespondToAuthChallenge" => respond(sandbox, context, input).await,
        _ => store.update(|state| change(state, context, operation, input)).await,
    }
}

/// Operations that only change the state.
fn change(state: &mut Cognito, context: &CognitoContext, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "UpdateUserPool" => pools::update_user_pool(state, context, input),
        "DeleteUserPool" => pools::delete_user_pool(state, input),
        "CreateUserPoolClient" => clients::create(state, context, input),
        "UpdateUserPoolClient" => clients::update(state, context, input),
        "DeleteUserPoolClient" => clients::delete(state, input),
        "CreateUserPoolDomain" => pools::create_domain(state, input),
        "DeleteUserPoolDomain" => pools::delete_domain(state, input),
        "CreateResourceServer" => pools::create_resource_server(state, input),
        "UpdateResourceServer" => pools::update_resource_server(state, input),
        "DeleteResourceServer" => pools::delete_resource_server(state, input),
        "CreateGroup" => pools::create_group(state, context, input),
        "AdminAddUserToGroup" => pools::add_to_group(state, input),
        "AdminDeleteUser" => users::delete(state, input),
        "AdminEnableUser" => users::enable(state, context, input, true),
        "AdminDisableUser" => users::enable(state, context, input, false),
        "AdminUpdateUserAttributes" => users::update_attributes(state, context, input),
        other => Err(Fault::unknown_operation(&format!("Cognito's {other}"))),
    }
}

/// Runs slow arithmetic (key generation, password hashing) on a blocking thread.
async fn slow<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    Ok(tokio::task::spawn_blocking(work).await.context("a calculation was cut short")?)
}

async fn create_pool(sandbox: &SharedSandbox, context: &CognitoContext, input: &Value) -> Result<Value, Fault> {
    model::required(input, "PoolName")?;
    let keys = slow(|| {
        let make = || SigningKey::generate().and_then(|key| key.to_stored());
        make().and_then(|id| Ok([id, make()?]))
    });
    let pool = pools::new_pool(context, input, keys.await??)?;
    let shown = pools::describe(context, &pool);
    sandbox
        .state
        .cognito
        .update(|state| {
            state.pools.insert(pool.id.clone(), pool);
            Ok(serde_json::json!({ "UserPool": shown }))
        })
        .await
}

async fn hash(password: String) -> Result<PasswordHash, Fault> {
    Ok(slow(move || PasswordHash::new(&password)).await??)
}

async fn create_user(sandbox: &SharedSandbox, context: &CognitoContext, input: &Value) -> Result<Value, Fault> {
    let store = &sandbox.state.cognito;
    let given = store.read(|state| users::checked_password(state, input, "TemporaryPassword"))?;
    // Without a mail system nobody could learn a generated password, so it is not kept.
    let password = given.map_or_else(|| random::alphanumeric(40), |text| Ok(text.to_owned()))?;
    let hash = hash(password).await?;
    store.update(|state| users::create(state, context, input, hash)).await
}

async fn set_password(sandbox: &SharedSandbox, context: &CognitoContext, input: &Value) -> Result<Value, Fault> {
    let store = &sandbox.state.cognito;
    let given = store.read(|state| users::checked_password(state, input, "Password"))?;
    let Some(password) = given else { return model::required(input, "Password").map(|_| Value::Null) };
    let hash = hash(password.to_owned()).await?;
    store.update(|state| users::set_password(state, context, input, hash)).await
}

async fn initiate(
    sandbox: &SharedSandbox,
    context: &CognitoContext,
    input: &Value,
    admin: bool,
) -> Result<Value, Fault> {
    let store = &sandbox.state.cognito;
    let attempt = store.read(|state| sign_in::begin(state, context, input, admin))?;
    let attempt = slow(move || attempt.verify().map(|()| attempt)).await??;
    let outcome = store.read(|state| sign_in::complete(state, context, &attempt))?;
    store.update(|state| sign_in::store_result(state, context, attempt.pool(), outcome)).await
}

async fn respond(sandbox: &SharedSandbox, context: &CognitoContext, input: &Value) -> Result<Value, Fault> {
    let store = &sandbox.state.cognito;
    let (_, password) = store.read(|state| sign_in::new_password(state, context, input))?;
    let hash = hash(password.to_owned()).await?;
    store.update(|state| sign_in::respond(state, context, input, hash)).await
}

/// `GET /{pool}/.well-known/{document}`; `None` when it is no page of a pool of this sandbox.
pub(crate) fn page(sandbox: &SharedSandbox, pool: &str, document: &str) -> Option<Response> {
    let context = context(sandbox);
    let body = sandbox.state.cognito.read(|state| {
        let pool = state.pool(pool).ok()?;
        match document {
            "openid-configuration" => Some(Ok(oauth::discovery(&context, pool))),
            "jwks.json" => Some(oauth::jwks(pool)),
            _ => None,
        }
    })?;
    Some(match body {
        Ok(body) => reply::json(200, &body),
        Err(error) => reply::fault(&reply::Protocol::RestJson, error.into(), ""),
    })
}

/// The key that signs access tokens of the pool with this issuer; `None` when it is no pool of this sandbox.
///
/// # Errors
/// When the stored key is damaged.
pub(crate) fn signing_key(sandbox: &Sandbox, issuer: &str) -> crate::error::Result<Option<SigningKey>> {
    let context = context(sandbox);
    let stored = sandbox.state.cognito.read(|state| {
        let pool = state.pools.values().find(|pool| pool.issuer(&context) == issuer)?;
        Some(pool.keys[1].clone())
    });
    stored.map(|key| SigningKey::from_stored(&key)).transpose()
}

/// `POST /oauth2/token`.
pub(crate) async fn token_endpoint(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    let context = context(sandbox);
    let Ok(body) = request.bytes(64 << 10).await else {
        return reply::json(400, &serde_json::json!({ "error": "invalid_request" }));
    };
    let answer = match TokenRequest::read(request.header("authorization"), &body) {
        Err(error) => Err(error),
        Ok(asked) if asked.is_of_person() => {
            let change = |state: &mut Cognito| Ok(hosted::exchange(state, &context, &asked));
            sandbox.state.cognito.update(change).await.unwrap_or(Err("server_error"))
        }
        Ok(asked) => sandbox.state.cognito.read(|state| oauth::token(state, &context, &asked)),
    };
    match answer {
        Ok(token) => reply::json(200, &token),
        Err(error) => reply::json(400, &serde_json::json!({ "error": error })),
    }
}

/// `GET /oauth2/authorize`.
pub(crate) fn authorize(sandbox: &SharedSandbox, request: &Request) -> Response {
    hosted::authorize(sandbox, request)
}

/// `GET` and `POST /login`, the sign-in page.
pub(crate) async fn login(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    hosted::login(sandbox, request).await
}

#[cfg(test)]
mod tests;
