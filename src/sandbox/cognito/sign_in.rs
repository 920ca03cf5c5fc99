//! Signing in: InitiateAuth, AdminInitiateAuth and RespondToAuthChallenge.
//!
//! Owns: the flows USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH (and its old name) and REFRESH_TOKEN_AUTH, and the
//! NEW_PASSWORD_REQUIRED challenge. Does not own: SRP, custom and multi-factor flows, which are refused by name.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::model::{
    AppClient, Cognito, CognitoContext, PasswordChallenge, Pool, PoolUser, RefreshToken, fault, fingerprint, invalid,
    no_user, not_authorized, required, text,
};
use super::password::{PasswordHash, check_policy};
use super::tokens::UserSession;
use super::users::CONFIRMED;
use crate::error::Result;
use crate::sandbox::jwt::SigningKey;
use crate::sandbox::random;
use crate::sandbox::reply::Fault;

const CHALLENGE: &str = "NEW_PASSWORD_REQUIRED";

/// What a request asks for, after everything that can be checked without a password.
pub(super) enum Attempt {
    Password { client: AppClient, pool: String, user: String, hash: Option<PasswordHash>, password: String },
    Refresh { client: AppClient, pool: String, session: RefreshToken },
}

/// Tokens and other results that are remembered when the request is answered.
pub(super) enum SignInResult {
    /// The answer, and the refresh token to keep.
    Tokens(Value, Option<(String, RefreshToken)>),
    /// The answer, and the session to keep.
    Challenge(Value, String, PasswordChallenge),
}

/// InitiateAuth, or AdminInitiateAuth with `admin`.
pub(super) fn begin(cognito: &Cognito, context: &CognitoContext, input: &Value, admin: bool) -> Result<Attempt, Fault> {
    let client_id = required(input, "ClientId")?;
    let flow = required(input, "AuthFlow")?;
    let pool = if admin { cognito.pool(required(input, "UserPoolId")?)? } else { cognito.pool_of_client(client_id)? };
    let client = pool.client(client_id)?.clone();
    let parameters = input.get("AuthParameters").unwrap_or(&Value::Null);
    match flow {
        "USER_PASSWORD_AUTH" | "ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH" => {
            check_flow(&client, flow, admin)?;
            let name = parameter(parameters, "USERNAME")?;
            let password = parameter(parameters, "PASSWORD")?.to_owned();
            check_secret_hash(&client, name, parameters)?;
            let found = pool.find_user(name);
            if found.is_none() && client.settings.get("PreventUserExistenceErrors") != Some(&json!("ENABLED")) {
                return Err(no_user());
            }
            let (user, hash) = found.map_or((String::new(), None), |(key, user)| (key, user.password.clone()));
            Ok(Attempt::Password { client, pool: pool.id.clone(), user, hash, password })
        }
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => {
            check_flow(&client, "REFRESH_TOKEN_AUTH", false)?;
            let token = parameter(parameters, "REFRESH_TOKEN")?;
            let session = pool
                .refresh
                .get(&fingerprint(token))
                .filter(|session| session.client == client.id)
                .ok_or_else(|| not_authorized("Invalid Refresh Token"))?;
            if session.expires <= context.now {
                return Err(not_authorized("Refresh Token has expired"));
            }
            let user = pool.users.get(&session.user).ok_or_else(no_user)?;
            check_secret_hash(&client, &user.username, parameters)?;
            Ok(Attempt::Refresh { client, pool: pool.id.clone(), session: session.clone() })
        }
        other => Err(invalid(format!("the sandbox does not implement the flow {other}"))),
    }
}

fn parameter<'a>(parameters: &'a Value, name: &str) -> Result<&'a str, Fault> {
    text(parameters, name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| invalid(format!("Missing required parameter {name}")))
}

fn check_flow(client: &AppClient, flow: &str, admin: bool) -> Result<(), Fault> {
    let allowed: &[&str] = match flow {
        "USER_PASSWORD_AUTH" => &["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"],
        "REFRESH_TOKEN_AUTH" => &["ALLOW_REFRESH_TOKEN_AUTH"],
        _ => &["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"],
    };
    let flows = client.flows();
    // Clients of the old form may always refresh.
    let old = flow == "REFRESH_TOKEN_AUTH" && flows.iter().any(|flow| !flow.starts_with("ALLOW_"));
    let signed_only = flow.starts_with("ADMIN_") && !admin;
    if signed_only || !(old || flows.iter().any(|flow| allowed.contains(flow))) {
        let text = if admin {
            "Auth flow not enabled for this client".to_owned()
        } else {
            format!("{flow} flow not enabled for this client")
        };
        return Err(invalid(text));
    }
    Ok(())
}

/// `base64(HMAC-SHA256(client secret, user name + client id))`, asked for exactly when the client has a secret.
fn check_secret_hash(client: &AppClient, username: &str, parameters: &Value) -> Result<(), Fault> {
    let given = text(parameters, "SECRET_HASH");
    match (&client.secret, given) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(not_authorized(format!(
            "Client {} is not configured with secret but SECRET_HASH was received",
            client.id
        ))),
        (Some(_), None) => Err(not_authorized(format!(
            "Client {} is configured with secret but SECRET_HASH was not received",
            client.id
        ))),
        (Some(secret), Some(given)) => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            let message = format!("{username}{}", client.id);
            let given = STANDARD.decode(given).unwrap_or_default();
            hmac::verify(&key, message.as_bytes(), &given)
                .map_err(|_| not_authorized(format!("Unable to verify secret hash for client {}", client.id)))
        }
    }
}

/// Checks the password and makes the tokens. Slow on purpose; call it where blocking is allowed.
pub(super) fn complete(cognito: &Cognito, context: &CognitoContext, attempt: &Attempt) -> Result<SignInResult, Fault> {
    match attempt {
        Attempt::Password { client, pool, user, .. } => {
            let pool = cognito.pool(pool)?;
            let Some(found) = pool.users.get(user) else { return Err(wrong()) };
            check_enabled(found)?;
            if found.status == CONFIRMED {
                return issue(context, pool, client, (user, None), None);
            }
            let days = pool
                .settings
                .get("Policies")
                .and_then(|policies| policies.pointer("/PasswordPolicy/TemporaryPasswordValidityDays"))
                .and_then(Value::as_i64)
                .unwrap_or(7);
            if found.modified.saturating_add(days.saturating_mul(86_400)) <= context.now {
                return Err(not_authorized("Temporary password has expired and must be reset by an administrator."));
            }
            challenge(context, client, user, found)
        }
        Attempt::Refresh { client, pool, session } => {
            let pool = cognito.pool(pool)?;
            check_enabled(pool.users.get(&session.user).ok_or_else(no_user)?)?;
            issue(context, pool, client, (&session.user, None), Some(session))
        }
    }
}

impl Attempt {
    /// Whether the password is right; true for attempts without one. Slow on purpose, and looks at no shared state.
    pub(super) fn verify(&self) -> Result<(), Fault> {
        match self {
            Self::Password { hash, password, .. } => {
                if hash.as_ref().is_some_and(|hash| hash.matches(password)) {
                    Ok(())
                } else {
                    Err(wrong())
                }
            }
            Self::Refresh { .. } => Ok(()),
        }
    }
}

fn wrong() -> Fault {
    not_authorized("Incorrect username or password.")
}

fn check_enabled(user: &PoolUser) -> Result<(), Fault> {
    if user.enabled { Ok(()) } else { Err(not_authorized("User is disabled.")) }
}

fn challenge(context: &CognitoContext, client: &AppClient, key: &str, user: &PoolUser) -> Result<SignInResult, Fault> {
    let session = random::alphanumeric(120)?;
    let minutes = client.settings.get("AuthSessionValidity").and_then(Value::as_i64).unwrap_or(3);
    let answer = json!({
        "ChallengeName": CHALLENGE,
        "Session": session,
        "ChallengeParameters": {
            "USER_ID_FOR_SRP": user.username,
            "requiredAttributes": "[]",
            "userAttributes": json!(user.attributes).to_string(),
        },
    });
    let expires = context.now.saturating_add(minutes.saturating_mul(60));
    let keep = PasswordChallenge { client: client.id.clone(), user: key.to_owned(), expires };
    Ok(SignInResult::Challenge(answer, session, keep))
}

/// Makes the tokens of the user with this lookup key. `scope` is what was asked for at the sign-in page; with a refresh token
/// it is that of the first sign-in.
pub(super) fn issue(
    context: &CognitoContext,
    pool: &Pool,
    client: &AppClient,
    (key, scope): (&str, Option<&str>),
    session: Option<&RefreshToken>,
) -> Result<SignInResult, Fault> {
    let user = pool.users.get(key).ok_or_else(no_user)?;
    let fresh = RefreshToken {
        client: client.id.clone(),
        user: key.to_owned(),
        auth_time: context.now,
        origin_jti: random::uuid(),
        expires: context.now + client.lifetime("RefreshToken"),
        scope: scope.map(str::to_owned),
    };
    let base = session.unwrap_or(&fresh);
    let event_id = random::uuid();
    let sign_in = UserSession {
        context,
        pool,
        client,
        key,
        user,
        auth_time: base.auth_time,
        origin_jti: &base.origin_jti,
        event_id: &event_id,
        scope: base.scope.as_deref(),
    };
    let [id_key, access_key] = [&pool.keys[0], &pool.keys[1]].map(|key| SigningKey::from_stored(key));
    let mut result = json!({
        "AccessToken": access_key?.sign(&sign_in.access_claims())?,
        "ExpiresIn": client.lifetime("AccessToken"),
        "TokenType": "Bearer",
        "IdToken": id_key?.sign(&sign_in.id_claims())?,
    });
    let keep = match session {
        // A refresh token is not renewed by using it.
        Some(_) => None,
        None => {
            let token = random::alphanumeric(256)?;
            result["RefreshToken"] = json!(token);
            Some((token, fresh))
        }
    };
    Ok(SignInResult::Tokens(json!({ "ChallengeParameters": {}, "AuthenticationResult": result }), keep))
}

/// Stores what a result needs later and returns the answer.
pub(super) fn store_result(
    cognito: &mut Cognito,
    context: &CognitoContext,
    pool: &str,
    outcome: SignInResult,
) -> Result<Value, Fault> {
    let pool = cognito.pool_mut(pool)?;
    pool.prune(context.now);
    match outcome {
        SignInResult::Tokens(answer, Some((token, refresh))) => {
            pool.refresh.insert(fingerprint(&token), refresh);
            Ok(answer)
        }
        SignInResult::Tokens(answer, None) => Ok(answer),
        SignInResult::Challenge(answer, session, challenge) => {
            pool.challenges.insert(fingerprint(&session), challenge);
            Ok(answer)
        }
    }
}

impl Attempt {
    pub(super) fn pool(&self) -> &str {
        match self {
            Self::Password { pool, .. } | Self::Refresh { pool, .. } => pool,
        }
    }
}

/// The new password of a RespondToAuthChallenge, with the pool it is for. Not yet hashed.
pub(super) fn new_password<'a>(
    cognito: &Cognito,
    context: &CognitoContext,
    input: &'a Value,
) -> Result<(String, &'a str), Fault> {
    let client_id = required(input, "ClientId")?;
    let name = required(input, "ChallengeName")?;
    if name != CHALLENGE {
        return Err(invalid(format!("the sandbox does not implement the challenge {name}")));
    }
    let pool = cognito.pool_of_client(client_id)?;
    let client = pool.client(client_id)?;
    let responses = input.get("ChallengeResponses").unwrap_or(&Value::Null);
    let user = parameter(responses, "USERNAME")?;
    check_secret_hash(client, user, responses)?;
    open_challenge(pool, context, input, client_id, user)?;
    let password = parameter(responses, "NEW_PASSWORD")?;
    check_policy(&pool.settings, password)?;
    Ok((pool.id.clone(), password))
}

fn open_challenge(
    pool: &Pool,
    context: &CognitoContext,
    input: &Value,
    client: &str,
    user: &str,
) -> Result<String, Fault> {
    let refused = |text: &str| Err(fault("NotAuthorizedException", text));
    let Some(challenge) = text(input, "Session").and_then(|session| pool.challenges.get(&fingerprint(session))) else {
        return refused("Invalid session for the user.");
    };
    let same = pool.find_user(user).is_some_and(|(key, _)| key == challenge.user);
    if challenge.client != client || !same {
        return refused("Invalid session for the user.");
    }
    if challenge.expires <= context.now {
        return refused("Invalid session for the user, session is expired.");
    }
    Ok(challenge.user.clone())
}

/// Sets the new password, ends the challenge and signs the user in.
pub(super) fn respond(
    cognito: &mut Cognito,
    context: &CognitoContext,
    input: &Value,
    password: PasswordHash,
) -> Result<Value, Fault> {
    let client_id = required(input, "ClientId")?;
    let id = cognito.pool_of_client(client_id)?.id.clone();
    let pool = cognito.pool_mut(&id)?;
    let client = pool.client(client_id)?.clone();
    let user = input.pointer("/ChallengeResponses/USERNAME").and_then(Value::as_str).unwrap_or_default();
    let key = open_challenge(pool, context, input, client_id, user)?;
    check_enabled(pool.users.get(&key).ok_or_else(no_user)?)?;
    // Everything that can fail comes before the first change.
    let outcome = issue(context, pool, &client, (&key, None), None)?;
    if let Some(user) = pool.users.get_mut(&key) {
        user.password = Some(password);
        user.status = CONFIRMED.to_owned();
        user.modified = context.now;
    }
    pool.challenges.remove(&fingerprint(text(input, "Session").unwrap_or_default()));
    store_result(cognito, context, &id, outcome)
}
