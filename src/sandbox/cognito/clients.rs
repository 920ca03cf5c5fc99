//! App clients: their settings, their secrets, and what they may do.

use serde_json::{Map, Value, json};

use super::model::{
    AppClient, Cognito, CognitoContext, CognitoResult, Pool, fault, invalid, lifetime, no_client, required, strings,
    text,
};
use super::pools::{check_scopes, page};
use crate::sandbox::random;
use crate::sandbox::reply::Fault;

const FLOWS: [&str; 6] = [
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_AUTH",
];
/// The form from before `ALLOW_`; the two cannot be mixed.
const OLD_FLOWS: [&str; 3] = ["ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"];
/// The flows of a client that names none.
const DEFAULT_FLOWS: [&str; 3] = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"];

const DAY: i64 = 86_400;

pub(super) fn create(cognito: &mut Cognito, context: &CognitoContext, input: &Value) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    required(input, "ClientName")?;
    let own_secret = text(input, "ClientSecret").map(str::to_owned);
    let generate = input.get("GenerateSecret").and_then(Value::as_bool).unwrap_or(false);
    let secret = match own_secret {
        Some(secret) if !(24..=64).contains(&secret.len()) => {
            return Err(invalid(
                "Value at 'clientSecret' failed to satisfy constraint: Member must have length between 24 and 64",
            ));
        }
        Some(secret) => Some(secret),
        None if generate => Some(random::lowercase(51)?),
        None => None,
    };
    let settings = settings(input);
    check(pool, &settings, secret.is_some())?;
    let client =
        AppClient { id: random::lowercase(26)?, secret, settings, created: context.now, modified: context.now };
    let shown = describe(pool, &client);
    pool.clients.insert(client.id.clone(), client);
    Ok(json!({ "UserPoolClient": shown }))
}

/// The request's members that are settings, with the defaults that the service fills in.
fn settings(input: &Value) -> Map<String, Value> {
    let mut settings = input.as_object().cloned().unwrap_or_default();
    for name in ["UserPoolId", "ClientId", "GenerateSecret", "ClientSecret"] {
        settings.remove(name);
    }
    for (name, value) in [
        ("RefreshTokenValidity", json!(30)),
        ("ExplicitAuthFlows", json!(DEFAULT_FLOWS)),
        ("AllowedOAuthFlowsUserPoolClient", json!(false)),
        ("EnableTokenRevocation", json!(true)),
        ("EnablePropagateAdditionalUserContextData", json!(false)),
        ("AuthSessionValidity", json!(3)),
    ] {
        settings.entry(name).or_insert(value);
    }
    settings
}

fn check(pool: &Pool, settings: &Map<String, Value>, has_secret: bool) -> Result<(), Fault> {
    let flows = strings(settings.get("ExplicitAuthFlows"));
    if let Some(unknown) = flows.iter().find(|flow| !FLOWS.contains(flow) && !OLD_FLOWS.contains(flow)) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{unknown}' at 'explicitAuthFlows' failed to satisfy constraint: \
             Member must satisfy enum value set: [{}, {}]",
            FLOWS.join(", "),
            OLD_FLOWS.join(", ")
        )));
    }
    if flows.iter().any(|flow| OLD_FLOWS.contains(flow)) && flows.iter().any(|flow| FLOWS.contains(flow)) {
        return Err(invalid("Mixing of old and new ExplicitAuthFlows values is not allowed."));
    }
    for (token, low, high) in [("AccessToken", 300, DAY), ("IdToken", 300, DAY), ("RefreshToken", 3600, 3650 * DAY)] {
        if !(low..=high).contains(&lifetime(settings, token)) {
            return Err(invalid("Invalid range for token validity."));
        }
    }
    check_oauth(pool, settings, has_secret)
}

fn check_oauth(pool: &Pool, settings: &Map<String, Value>, has_secret: bool) -> Result<(), Fault> {
    let refuse = |text: &str| Err(fault("InvalidOAuthFlowException", text));
    let flows = strings(settings.get("AllowedOAuthFlows"));
    let scopes = strings(settings.get("AllowedOAuthScopes"));
    check_scopes(pool, settings.get("AllowedOAuthScopes"))?;
    let enabled = settings.get("AllowedOAuthFlowsUserPoolClient") == Some(&json!(true));
    if enabled && (flows.is_empty() || scopes.is_empty()) {
        return refuse(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
        );
    }
    if flows.contains(&"client_credentials") {
        if flows.len() > 1 {
            return refuse("client_credentials flow can not be selected along with code flow or implicit flow.");
        }
        if !has_secret {
            return refuse("client_credentials flow can not be selected if client does not have a client secret.");
        }
        if scopes.iter().any(|scope| super::pools::STANDARD_SCOPES.contains(scope)) {
            return refuse("client_credentials flow can only be used with custom scopes.");
        }
    }
    Ok(())
}

fn describe(pool: &Pool, client: &AppClient) -> Value {
    let mut out = client.settings.clone();
    out.insert("UserPoolId".to_owned(), json!(pool.id));
    out.insert("ClientId".to_owned(), json!(client.id));
    if let Some(secret) = &client.secret {
        out.insert("ClientSecret".to_owned(), json!(secret));
    }
    out.insert("CreationDate".to_owned(), json!(client.created));
    out.insert("LastModifiedDate".to_owned(), json!(client.modified));
    Value::Object(out)
}

pub(super) fn describe_client(cognito: &Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool(required(input, "UserPoolId")?)?;
    Ok(json!({ "UserPoolClient": describe(pool, pool.client(required(input, "ClientId")?)?) }))
}

pub(super) fn list(cognito: &Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool(required(input, "UserPoolId")?)?;
    let clients = pool.clients.values().map(|client| {
        json!({ "ClientId": client.id, "UserPoolId": pool.id, "ClientName": client.settings.get("ClientName") })
    });
    page(clients.collect(), input, "UserPoolClients")
}

/// UpdateUserPoolClient replaces the settings: what is left out goes back to its default.
pub(super) fn update(cognito: &mut Cognito, context: &CognitoContext, input: &Value) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    let old = pool.client(required(input, "ClientId")?)?.clone();
    let mut settings = settings(input);
    if let Some(name) = old.settings.get("ClientName") {
        settings.entry("ClientName").or_insert_with(|| name.clone());
    }
    check(pool, &settings, old.secret.is_some())?;
    let client = AppClient { settings, modified: context.now, ..old };
    let shown = describe(pool, &client);
    pool.clients.insert(client.id.clone(), client);
    Ok(json!({ "UserPoolClient": shown }))
}

pub(super) fn delete(cognito: &mut Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    let id = required(input, "ClientId")?;
    pool.clients.remove(id).ok_or_else(|| no_client(id))?;
    pool.refresh.retain(|_, refresh| refresh.client != id);
    pool.challenges.retain(|_, challenge| challenge.client != id);
    pool.codes.retain(|_, code| code.client != id);
    Ok(json!({}))
}
