//! What is there of a set-up, read all at once, and how it compares with what should be. Changes nothing.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::store::{MachineClient, Stored};
use super::{made, settings};
use crate::cloud::{Cloud, IamRole as Role, ResourceServer, UserPool};
use crate::config::naming;
use crate::error::Result;

/// The account's side of a set-up.
#[derive(Debug, Default)]
pub(super) struct Observed {
    pub(super) pool: Option<UserPool>,
    pub(super) server: Option<ResourceServer>,
    /// In the wire's form, with `ClientId`.
    pub(super) user_client: Option<Value>,
    /// In the wire's form; holds the secret.
    pub(super) machine_client: Option<Value>,
    /// Whether the test user has a permanent password; `None` without the user.
    pub(super) user: Option<bool>,
    pub(super) role: Option<Role>,
    /// The role's inline policy of our name.
    pub(super) role_policy: Option<Value>,
    pub(super) parameters: BTreeMap<String, String>,
}

/// One resource, compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum State {
    Same,
    Missing,
    Differs(Vec<Difference>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Difference {
    /// The member or part that differs.
    pub(super) part: String,
    pub(super) expected: Value,
    pub(super) found: Value,
}

impl Difference {
    fn new(part: impl Into<String>, expected: impl Into<Value>, found: impl Into<Value>) -> Self {
        Self { part: part.into(), expected: expected.into(), found: found.into() }
    }
}

impl State {
    fn of(differences: Vec<Difference>) -> Self {
        if differences.is_empty() { Self::Same } else { Self::Differs(differences) }
    }
}

/// Reads everything that the settings name. The pool comes first: all but role and parameters are inside it.
pub(super) async fn observe(cloud: &Cloud, stored: &Stored) -> Result<Observed> {
    let settings = &stored.settings;
    let names = settings::parameter_names(settings);
    let (pool, (role, role_policy), parameters) = tokio::try_join!(
        pool(cloud, stored),
        role(cloud, settings.gateway_role.as_deref()),
        cloud.parameters(&names),
    )?;
    let Some(pool) = pool else {
        return Ok(Observed { role, role_policy, parameters, ..Observed::default() });
    };
    let id = pool.id.as_str();
    let machine = stored.machine_client.as_ref().map(|client| client.id.as_str());
    let (server, user_client, machine_client, user) = tokio::try_join!(
        server(cloud, id, settings.resource_server.as_deref()),
        client(cloud, id, stored.user_client.as_deref(), settings.user_client_name.as_deref()),
        client(cloud, id, machine, settings.machine_client_name.as_deref()),
        user(cloud, id, settings.username.as_deref()),
    )?;
    Ok(Observed { pool: Some(pool), server, user_client, machine_client, user, role, role_policy, parameters })
}

/// The pool that the store knows, else the first one of the name.
async fn pool(cloud: &Cloud, stored: &Stored) -> Result<Option<UserPool>> {
    if let Some(id) = &stored.pool_id
        && let Some(pool) = cloud.user_pool(id).await?
    {
        return Ok(Some(pool));
    }
    match cloud.find_user_pool(&stored.settings.pool_name).await? {
        Some(id) => cloud.user_pool(&id).await,
        None => Ok(None),
    }
}

async fn role(cloud: &Cloud, name: Option<&str>) -> Result<(Option<Role>, Option<Value>)> {
    let Some(name) = name else { return Ok((None, None)) };
    let (role, policy) = tokio::try_join!(cloud.role(name), cloud.role_policy(name, naming::GATEWAY_POLICY))?;
    Ok((role, policy))
}

async fn server(cloud: &Cloud, pool: &str, identifier: Option<&str>) -> Result<Option<ResourceServer>> {
    match identifier {
        Some(identifier) => cloud.resource_server(pool, identifier).await,
        None => Ok(None),
    }
}

async fn client(cloud: &Cloud, pool: &str, id: Option<&str>, name: Option<&str>) -> Result<Option<Value>> {
    let Some(name) = name else { return Ok(None) };
    if let Some(id) = id
        && let Some(found) = cloud.user_pool_client(pool, id).await?
    {
        return Ok(Some(found));
    }
    match cloud.find_user_pool_client(pool, name).await? {
        Some(id) => cloud.user_pool_client(pool, &id).await,
        None => Ok(None),
    }
}

async fn user(cloud: &Cloud, pool: &str, name: Option<&str>) -> Result<Option<bool>> {
    match name {
        Some(name) => cloud.user_is_confirmed(pool, name).await,
        None => Ok(None),
    }
}

/// The client's id and, for one with a secret, the secret.
pub(super) fn machine_of(client: &Value) -> Option<MachineClient> {
    let id = client.get("ClientId")?.as_str()?.to_owned();
    let secret = client.get("ClientSecret").and_then(Value::as_str).map(|text| text.to_owned().into());
    Some(MachineClient { id, secret })
}

/// The members of `live` that are not as `wanted` has them. Lists are sets here: Cognito keeps no order. Objects are
/// compared by what is wanted of them.
pub(super) fn client_state(live: Option<&Value>, wanted: &Map<String, Value>) -> State {
    let Some(live) = live else { return State::Missing };
    let differences = wanted.iter().filter_map(|(member, wanted)| {
        let found = live.get(member).unwrap_or(&Value::Null);
        (!fits(wanted, found)).then(|| Difference::new(member.clone(), wanted.clone(), found.clone()))
    });
    State::of(differences.collect())
}

fn fits(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.iter().all(|item| found.contains(item)) && found.iter().all(|item| wanted.contains(item))
        }
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.iter().all(|(key, value)| found.get(key).is_some_and(|found| fits(value, found)))
        }
        (wanted, found) => wanted == found,
    }
}

pub(super) fn server_state(stored: &Stored, live: Option<&ResourceServer>) -> State {
    let Some(found) = live else { return State::Missing };
    let names = |server: &ResourceServer| json!(server.scopes.iter().map(|(name, _)| name).collect::<Vec<_>>());
    let wanted = settings::resource_server(&stored.settings, live);
    if wanted.scopes == found.scopes {
        return State::Same;
    }
    State::of(vec![Difference::new("scopes", names(&wanted), names(found))])
}

/// `domain` is what it should be.
pub(super) fn domain_state(domain: Option<&str>, pool: Option<&UserPool>) -> State {
    match (domain, pool.and_then(|pool| pool.domain.as_deref())) {
        (_, None) => State::Missing,
        (Some(wanted), Some(found)) if wanted != found => State::of(vec![Difference::new("prefix", wanted, found)]),
        _ => State::Same,
    }
}

pub(super) fn role_state(stored: &Stored, account: &str, cloud: &Cloud, observed: &Observed) -> State {
    let Some(role) = &observed.role else { return State::Missing };
    let (trust, permissions) = settings::gateway_role(&stored.settings, account, cloud);
    let mut differences = Vec::new();
    let mut compare = |part: &str, wanted: Value, found: Option<Value>| {
        let found = found.unwrap_or(Value::Null);
        if wanted != found {
            differences.push(Difference::new(part, wanted, found));
        }
    };
    compare("trust policy", trust, role.trust.clone());
    compare("permissions", permissions, observed.role_policy.clone());
    if let Some(boundary) = &stored.settings.permissions_boundary {
        compare("permissions boundary", json!(boundary), role.permissions_boundary.clone().map(Value::from));
    }
    State::of(differences)
}

pub(super) fn parameter_state(name: &str, value: &str, observed: &Observed) -> State {
    match observed.parameters.get(name) {
        None => State::Missing,
        Some(found) if found == value => State::Same,
        Some(found) => State::of(vec![Difference::new("value", value, found.as_str())]),
    }
}

/// What goes with a pool that is gone.
pub(super) fn forget_pool(stored: &mut Stored) {
    stored.pool_id = None;
    stored.discovery_url = None;
    stored.domain = None;
    stored.token_endpoint = None;
    stored.authorization_endpoint = None;
    stored.user_client = None;
    stored.machine_client = None;
    stored.password_set = false;
    for what in made::IN_POOL {
        stored.created.remove(what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sets_and_objects_count_by_what_is_wanted_of_them() {
        let wanted = json!({ "flows": ["a", "b"], "units": { "AccessToken": "minutes" }, "on": true });
        let wanted = wanted.as_object().unwrap();
        let live =
            json!({ "flows": ["b", "a"], "units": { "AccessToken": "minutes", "RefreshToken": "days" }, "on": true });
        assert_eq!(client_state(Some(&live), wanted), State::Same);
        assert_eq!(client_state(None, wanted), State::Missing);
        let drifted = json!({ "flows": ["b", "a", "c"], "units": { "AccessToken": "hours" } });
        let State::Differs(found) = client_state(Some(&drifted), wanted) else { panic!("no difference") };
        let parts: Vec<&str> = found.iter().map(|difference| difference.part.as_str()).collect();
        assert_eq!(parts, ["flows", "units", "on"]);
        assert_eq!(found[2].found, Value::Null);
    }

    #[test]
    fn a_pool_has_one_domain() {
        let pool =
            |domain: Option<&str>| UserPool { id: "i".into(), domain: domain.map(str::to_owned), tags: Vec::new() };
        assert_eq!(domain_state(Some("a"), Some(&pool(Some("a")))), State::Same);
        assert_eq!(domain_state(None, Some(&pool(Some("a")))), State::Same);
        assert_eq!(domain_state(Some("a"), Some(&pool(None))), State::Missing);
        assert!(matches!(domain_state(Some("a"), Some(&pool(Some("b")))), State::Differs(_)));
    }
}
