//! Users, as an administrator manages them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::model::{
    Cognito, CognitoContext, CognitoResult, Pool, PoolUser, fault, invalid, no_user, required, strings, text,
};
use super::password::{PasswordHash, check_policy};
use super::pools::page;
use crate::sandbox::random;
use crate::sandbox::reply::Fault;

const MUST_CHANGE: &str = "FORCE_CHANGE_PASSWORD";
pub(super) const CONFIRMED: &str = "CONFIRMED";

/// A password from the request, checked against the policy, not yet hashed.
///
/// # Errors
/// When the pool does not exist or its policy refuses the password.
pub(super) fn checked_password<'a>(
    cognito: &Cognito,
    input: &'a Value,
    member: &str,
) -> Result<Option<&'a str>, Fault> {
    let pool = cognito.pool(required(input, "UserPoolId")?)?;
    let Some(password) = text(input, member) else { return Ok(None) };
    check_policy(&pool.settings, password)?;
    Ok(Some(password))
}

/// `password` is the temporary password, or a random one that nobody knows.
pub(super) fn create(
    cognito: &mut Cognito,
    context: &CognitoContext,
    input: &Value,
    password: PasswordHash,
) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    let name = required(input, "Username")?;
    let attributes = attributes(input)?;
    if pool.find_user(name).is_some() {
        return Err(fault("UsernameExistsException", "User account already exists"));
    }
    let mut user = PoolUser {
        username: name.to_owned(),
        sub: random::uuid(),
        attributes,
        password: Some(password),
        status: MUST_CHANGE.to_owned(),
        enabled: true,
        created: context.now,
        modified: context.now,
    };
    name_by_attribute(pool, &mut user)?;
    let shown = describe(&user, "Attributes");
    pool.users.insert(pool.key_of(&user.username), user);
    Ok(json!({ "User": shown }))
}

/// In a pool where people sign in with an attribute, that attribute is the given name and the user's own name is `sub`.
fn name_by_attribute(pool: &Pool, user: &mut PoolUser) -> Result<(), Fault> {
    let kinds = strings(pool.settings.get("UsernameAttributes"));
    let kind = match kinds.as_slice() {
        [] => return Ok(()),
        kinds if kinds.contains(&"email") && user.username.contains('@') => "email",
        kinds if kinds.contains(&"phone_number") && user.username.starts_with('+') => "phone_number",
        ["email"] => return Err(invalid("Username should be an email.")),
        ["phone_number"] => return Err(invalid("Username should be a phone number.")),
        _ => return Err(invalid("Username should be either an email or a phone number.")),
    };
    user.attributes.insert(kind.to_owned(), std::mem::replace(&mut user.username, user.sub.clone()));
    Ok(())
}

fn attributes(input: &Value) -> Result<BTreeMap<String, String>, Fault> {
    let mut out = BTreeMap::new();
    for attribute in input.get("UserAttributes").and_then(Value::as_array).into_iter().flatten() {
        let name = required(attribute, "Name")?;
        if name == "sub" {
            return Err(invalid("Cannot modify the non-mutable attribute sub"));
        }
        out.insert(name.to_owned(), text(attribute, "Value").unwrap_or_default().to_owned());
    }
    Ok(out)
}

/// `member` is what the operation calls the attributes.
fn describe(user: &PoolUser, member: &str) -> Map<String, Value> {
    let attributes: Vec<Value> = std::iter::once(("sub", user.sub.as_str()))
        .chain(user.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .map(|(name, value)| json!({ "Name": name, "Value": value }))
        .collect();
    let mut out = Map::new();
    out.insert("Username".to_owned(), json!(user.username));
    out.insert(member.to_owned(), Value::Array(attributes));
    out.insert("UserCreateDate".to_owned(), json!(user.created));
    out.insert("UserLastModifiedDate".to_owned(), json!(user.modified));
    out.insert("Enabled".to_owned(), json!(user.enabled));
    out.insert("UserStatus".to_owned(), json!(user.status));
    out
}

pub(super) fn set_password(
    cognito: &mut Cognito,
    context: &CognitoContext,
    input: &Value,
    password: PasswordHash,
) -> CognitoResult {
    let permanent = input.get("Permanent").and_then(Value::as_bool).unwrap_or(false);
    with_user(cognito, input, |user| {
        user.password = Some(password);
        user.status = if permanent { CONFIRMED } else { MUST_CHANGE }.to_owned();
        user.modified = context.now;
    })
}

fn with_user(cognito: &mut Cognito, input: &Value, change: impl FnOnce(&mut PoolUser)) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    let (key, _) = pool.user(required(input, "Username")?)?;
    change(pool.users.get_mut(&key).ok_or_else(no_user)?);
    Ok(json!({}))
}

pub(super) fn enable(cognito: &mut Cognito, context: &CognitoContext, input: &Value, enabled: bool) -> CognitoResult {
    with_user(cognito, input, |user| {
        user.enabled = enabled;
        user.modified = context.now;
    })
}

pub(super) fn update_attributes(cognito: &mut Cognito, context: &CognitoContext, input: &Value) -> CognitoResult {
    let new = attributes(input)?;
    with_user(cognito, input, |user| {
        user.attributes.extend(new);
        user.modified = context.now;
    })
}

pub(super) fn get(cognito: &Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool(required(input, "UserPoolId")?)?;
    let (_, user) = pool.user(required(input, "Username")?)?;
    Ok(Value::Object(describe(user, "UserAttributes")))
}

pub(super) fn delete(cognito: &mut Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    let (key, _) = pool.user(required(input, "Username")?)?;
    pool.users.remove(&key);
    pool.refresh.retain(|_, refresh| refresh.user != key);
    pool.challenges.retain(|_, challenge| challenge.user != key);
    for group in pool.groups.values_mut() {
        group.members.remove(&key);
    }
    Ok(json!({}))
}

/// Knows the `name = "value"` and `name ^= "value"` filters of the service.
pub(super) fn list(cognito: &Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool(required(input, "UserPoolId")?)?;
    let filter = text(input, "Filter").filter(|filter| !filter.is_empty()).map(parse_filter).transpose()?;
    let users = pool.users.values().filter(|user| filter.as_ref().is_none_or(|filter| filter.matches(user)));
    page(users.map(|user| Value::Object(describe(user, "Attributes"))).collect(), input, "Users")
}

struct UserFilter<'a> {
    name: &'a str,
    prefix: bool,
    value: String,
}

fn parse_filter(text: &str) -> Result<UserFilter<'_>, Fault> {
    let bad = || invalid(format!("Error while parsing filter: {text}"));
    let (name, value) = text.split_once('=').ok_or_else(bad)?;
    let (name, prefix) = name.strip_suffix('^').map_or((name, false), |name| (name, true));
    let value = value.trim().strip_prefix('"').and_then(|value| value.strip_suffix('"')).ok_or_else(bad)?;
    Ok(UserFilter { name: name.trim().trim_matches('"'), prefix, value: value.replace("\\\"", "\"") })
}

impl UserFilter<'_> {
    fn matches(&self, user: &PoolUser) -> bool {
        let found = match self.name {
            "username" => Some(user.username.as_str()),
            "sub" => Some(user.sub.as_str()),
            "status" => Some(if user.enabled { "Enabled" } else { "Disabled" }),
            "cognito:user_status" => Some(user.status.as_str()),
            name => user.attributes.get(name).map(String::as_str),
        };
        found.is_some_and(|found| if self.prefix { found.starts_with(&self.value) } else { found == self.value })
    }
}
