//! The state of the local Cognito, and the lookups and faults that operations share.
//!
//! Owns: the stored form of pools, clients, users and refresh tokens. Does not own: operations on them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::password::PasswordHash;
use crate::sandbox::reply::Fault;

pub(super) type CognitoResult = Result<Value, Fault>;

/// The address, account and time of a request.
#[derive(Clone, Debug)]
pub(crate) struct CognitoContext {
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    pub(crate) region: String,
    pub(crate) account: String,
    pub(crate) partition: crate::partition::Partition,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

/// Everything the service knows. Keyed by pool id.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Cognito {
    pub(super) pools: BTreeMap<String, Pool>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Pool {
    pub(super) id: String,
    /// The request's members as they came, so that a setting this program does not know is described as it was given.
    pub(super) settings: Map<String, Value>,
    /// Stored signing keys: for ID tokens, for access tokens.
    pub(super) keys: [String; 2],
    pub(super) created: i64,
    pub(super) modified: i64,
    #[serde(default)]
    pub(super) domain: Option<String>,
    #[serde(default)]
    pub(super) clients: BTreeMap<String, AppClient>,
    /// By lookup key, see [`Pool::key_of`].
    #[serde(default)]
    pub(super) users: BTreeMap<String, PoolUser>,
    /// Resource servers by identifier, as they were given.
    #[serde(default)]
    pub(super) servers: BTreeMap<String, Map<String, Value>>,
    /// Group name to its members' lookup keys and its settings.
    #[serde(default)]
    pub(super) groups: BTreeMap<String, PoolGroup>,
    /// By the token's SHA-256 in hex: a stolen state file must not hold usable tokens.
    #[serde(default)]
    pub(super) refresh: BTreeMap<String, RefreshToken>,
    /// Codes of the sign-in page that nobody has exchanged yet, keyed like `refresh`.
    #[serde(default)]
    pub(super) codes: BTreeMap<String, SignInCode>,
    /// Open NEW_PASSWORD_REQUIRED challenges, keyed like `refresh`.
    #[serde(default)]
    pub(super) challenges: BTreeMap<String, PasswordChallenge>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AppClient {
    pub(super) id: String,
    #[serde(default)]
    pub(super) secret: Option<String>,
    pub(super) settings: Map<String, Value>,
    pub(super) created: i64,
    pub(super) modified: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PoolUser {
    pub(super) username: String,
    pub(super) sub: String,
    pub(super) attributes: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) password: Option<PasswordHash>,
    /// `FORCE_CHANGE_PASSWORD` or `CONFIRMED`
    pub(super) status: String,
    pub(super) enabled: bool,
    pub(super) created: i64,
    pub(super) modified: i64,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct PoolGroup {
    pub(super) settings: Map<String, Value>,
    pub(super) members: std::collections::BTreeSet<String>,
    pub(super) created: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RefreshToken {
    pub(super) client: String,
    pub(super) user: String,
    pub(super) auth_time: i64,
    pub(super) origin_jti: String,
    pub(super) expires: i64,
    /// Scopes that were asked for at the sign-in page; `None` where the API was signed in to.
    #[serde(default)]
    pub(super) scope: Option<String>,
}

/// An authorization code, and what it was given for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SignInCode {
    pub(super) client: String,
    pub(super) user: String,
    pub(super) redirect_uri: String,
    /// Separated by spaces.
    pub(super) scope: String,
    /// PKCE, S256.
    pub(super) challenge: Option<String>,
    pub(super) expires: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PasswordChallenge {
    pub(super) client: String,
    pub(super) user: String,
    pub(super) expires: i64,
}

impl Cognito {
    pub(super) fn pool(&self, id: &str) -> Result<&Pool, Fault> {
        self.pools.get(id).ok_or_else(|| no_pool(id))
    }

    pub(super) fn pool_mut(&mut self, id: &str) -> Result<&mut Pool, Fault> {
        self.pools.get_mut(id).ok_or_else(|| no_pool(id))
    }

    /// The pool that has this client: the unsigned operations name only the client.
    pub(super) fn pool_of_client(&self, client: &str) -> Result<&Pool, Fault> {
        self.pools.values().find(|pool| pool.clients.contains_key(client)).ok_or_else(|| no_client(client))
    }

    pub(super) fn pool_of_domain(&self, domain: &str) -> Option<&Pool> {
        self.pools.values().find(|pool| pool.domain.as_deref() == Some(domain))
    }
}

impl Pool {
    pub(super) fn client(&self, id: &str) -> Result<&AppClient, Fault> {
        self.clients.get(id).ok_or_else(|| no_client(id))
    }

    pub(super) fn issuer(&self, context: &CognitoContext) -> String {
        format!("{}/{}", context.url, self.id)
    }

    /// How a user name is compared: case counts only in pools that ask for it.
    pub(super) fn key_of(&self, username: &str) -> String {
        let exact =
            self.settings.get("UsernameConfiguration").and_then(|c| c.get("CaseSensitive")) == Some(&json!(true));
        if exact { username.to_owned() } else { username.to_lowercase() }
    }

    /// Finds a user by name, by `sub`, or by an attribute that this pool takes as a name.
    pub(super) fn find_user(&self, name: &str) -> Option<(String, &PoolUser)> {
        let key = self.key_of(name);
        if let Some(user) = self.users.get(&key) {
            return Some((key, user));
        }
        let aliases: Vec<&str> = ["UsernameAttributes", "AliasAttributes"]
            .iter()
            .flat_map(|list| strings(self.settings.get(*list)))
            .filter(|alias| matches!(*alias, "email" | "phone_number"))
            .collect();
        self.users
            .iter()
            .find(|(_, user)| {
                user.sub == name
                    || aliases.iter().any(|alias| user.attributes.get(*alias).is_some_and(|v| self.key_of(v) == key))
            })
            .map(|(key, user)| (key.clone(), user))
    }

    pub(super) fn user(&self, name: &str) -> Result<(String, &PoolUser), Fault> {
        self.find_user(name).ok_or_else(no_user)
    }

    /// Forgets sessions that have ended, so that the state does not grow with each sign-in.
    pub(super) fn prune(&mut self, now: i64) {
        self.refresh.retain(|_, refresh| refresh.expires > now);
        self.challenges.retain(|_, challenge| challenge.expires > now);
        self.codes.retain(|_, code| code.expires > now);
    }
}

impl AppClient {
    pub(super) fn flows(&self) -> Vec<&str> {
        strings(self.settings.get("ExplicitAuthFlows"))
    }

    /// The lifetime in seconds of `AccessToken`, `IdToken` or `RefreshToken`.
    pub(super) fn lifetime(&self, token: &str) -> i64 {
        lifetime(&self.settings, token)
    }
}

/// See [`AppClient::lifetime`]. Defaults: one hour, thirty days for refresh tokens.
pub(super) fn lifetime(settings: &Map<String, Value>, token: &str) -> i64 {
    let (count, unit) = if token == "RefreshToken" { (30, "days") } else { (1, "hours") };
    let count = settings.get(&format!("{token}Validity")).and_then(Value::as_i64).filter(|n| *n > 0).unwrap_or(count);
    let given = settings.get("TokenValidityUnits").and_then(|units| units.get(token)).and_then(Value::as_str);
    let seconds = match given.unwrap_or(unit) {
        "seconds" => 1,
        "minutes" => 60,
        "days" => 86_400,
        _ => 3600,
    };
    count.saturating_mul(seconds)
}

/// The strings of a JSON list; empty when it is none.
pub(super) fn strings(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

pub(super) fn text<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Value::as_str)
}

/// A required text member.
pub(super) fn required<'a>(input: &'a Value, name: &str) -> Result<&'a str, Fault> {
    text(input, name).ok_or_else(|| {
        let mut camel = name.to_owned();
        camel[..1].make_ascii_lowercase();
        invalid(format!(
            "1 validation error detected: Value null at '{camel}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

/// All of Cognito's own failures are status 400.
pub(super) fn fault(code: &'static str, message: impl Into<String>) -> Fault {
    Fault::new(400, code, message)
}

pub(super) fn invalid(message: impl Into<String>) -> Fault {
    fault("InvalidParameterException", message)
}

pub(super) fn not_authorized(message: impl Into<String>) -> Fault {
    fault("NotAuthorizedException", message)
}

pub(super) fn no_pool(id: &str) -> Fault {
    fault("ResourceNotFoundException", format!("User pool {id} does not exist."))
}

pub(super) fn no_client(id: &str) -> Fault {
    fault("ResourceNotFoundException", format!("User pool client {id} does not exist."))
}

pub(super) fn no_user() -> Fault {
    fault("UserNotFoundException", "User does not exist.")
}

/// The hash under which a bearer secret (refresh token, challenge session) is kept.
pub(super) fn fingerprint(secret: &str) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes()))
}
