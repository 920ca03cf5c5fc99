//! User pools, domains and resource servers: create, describe, list, update, delete.

use serde_json::{Map, Value, json};

use super::model::{Cognito, CognitoContext, CognitoResult, Pool, fault, invalid, required, strings, text};
use super::password::default_policy;
use crate::sandbox::random;
use crate::sandbox::reply::Fault;

/// A pool from a CreateUserPool request. `keys` are two stored signing keys.
pub(super) fn new_pool(context: &CognitoContext, input: &Value, keys: [String; 2]) -> Result<Pool, Fault> {
    let name = required(input, "PoolName")?;
    if name.is_empty() || name.chars().count() > 128 {
        return Err(invalid(
            "Value at 'poolName' failed to satisfy constraint: Member must have length between 1 and 128",
        ));
    }
    let mut settings = input.as_object().cloned().unwrap_or_default();
    settings.remove("PoolName");
    settings.insert("Name".to_owned(), json!(name));
    complete_policies(&mut settings)?;
    Ok(Pool {
        id: format!("{}_{}", context.region, random::alphanumeric(9)?),
        settings,
        keys,
        created: context.now,
        modified: context.now,
        domain: None,
        clients: Default::default(),
        users: Default::default(),
        servers: Default::default(),
        groups: Default::default(),
        refresh: Default::default(),
        codes: Default::default(),
        challenges: Default::default(),
    })
}

/// Fills in the password policy where the request names none.
fn complete_policies(settings: &mut Map<String, Value>) -> Result<(), Fault> {
    if settings.get("Policies").is_some_and(Value::is_null) {
        settings.remove("Policies");
    }
    let Value::Object(policies) = settings.entry("Policies").or_insert_with(|| json!({})) else {
        return Err(fault("SerializationException", "`Policies` is not a JSON object"));
    };
    policies.entry("PasswordPolicy").or_insert_with(default_policy);
    Ok(())
}

/// The pool as DescribeUserPool shows it.
pub(super) fn describe(context: &CognitoContext, pool: &Pool) -> Value {
    let mut out = Map::new();
    out.insert("Id".to_owned(), json!(pool.id));
    for (name, fallback) in [
        ("MfaConfiguration", json!("OFF")),
        ("DeletionProtection", json!("INACTIVE")),
        ("LambdaConfig", json!({})),
        ("UserPoolTags", json!({})),
        ("UserPoolTier", json!("ESSENTIALS")),
        ("AdminCreateUserConfig", json!({ "AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": 7 })),
    ] {
        out.insert(name.to_owned(), fallback);
    }
    out.extend(pool.settings.clone());
    if let Some(schema) = out.remove("Schema") {
        out.insert("SchemaAttributes".to_owned(), schema);
    }
    let arn = context.partition.arn("cognito-idp", &context.region, &context.account, &format!("userpool/{}", pool.id));
    out.insert("Arn".to_owned(), json!(arn.to_string()));
    out.insert("CreationDate".to_owned(), json!(pool.created));
    out.insert("LastModifiedDate".to_owned(), json!(pool.modified));
    out.insert("EstimatedNumberOfUsers".to_owned(), json!(pool.users.len()));
    if let Some(domain) = &pool.domain {
        out.insert("Domain".to_owned(), json!(domain));
    }
    Value::Object(out)
}

pub(super) fn describe_user_pool(cognito: &Cognito, context: &CognitoContext, input: &Value) -> CognitoResult {
    Ok(json!({ "UserPool": describe(context, cognito.pool(required(input, "UserPoolId")?)?) }))
}

pub(super) fn list_user_pools(cognito: &Cognito, input: &Value) -> CognitoResult {
    let pools = cognito.pools.values().map(|pool| {
        json!({
            "Id": pool.id,
            "Name": pool.settings.get("Name"),
            "LambdaConfig": {},
            "CreationDate": pool.created,
            "LastModifiedDate": pool.modified,
        })
    });
    page(pools.collect(), input, "UserPools")
}

/// One page of `items`: `MaxResults` long, from `NextToken` on.
pub(super) fn page(items: Vec<Value>, input: &Value, member: &str) -> CognitoResult {
    let limit = ["MaxResults", "Limit"].iter().find_map(|name| input.get(*name)).and_then(Value::as_u64).unwrap_or(60);
    if !(1..=60).contains(&limit) {
        return Err(invalid("Value at 'maxResults' failed to satisfy constraint: Member must be between 1 and 60"));
    }
    let token = ["NextToken", "PaginationToken"].iter().find_map(|name| text(input, name));
    let start = match token {
        Some(token) => token.parse::<usize>().map_err(|_| invalid("Invalid pagination token."))?,
        None => 0,
    };
    let limit = usize::try_from(limit).unwrap_or(60);
    let end = start.saturating_add(limit);
    let next = (end < items.len()).then(|| end.to_string());
    let items: Vec<Value> = items.into_iter().skip(start).take(limit).collect();
    let mut out = json!({ member: items });
    if let Some(next) = next {
        let name = if member == "Users" { "PaginationToken" } else { "NextToken" };
        out[name] = json!(next);
    }
    Ok(out)
}

/// UpdateUserPool replaces the settings; what cannot change is kept.
pub(super) fn update_user_pool(cognito: &mut Cognito, context: &CognitoContext, input: &Value) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    let mut settings = input.as_object().cloned().unwrap_or_default();
    settings.remove("UserPoolId");
    let new_name = settings.remove("PoolName");
    for fixed in ["Name", "Schema", "UsernameAttributes", "AliasAttributes", "UsernameConfiguration"] {
        if let Some(value) = pool.settings.get(fixed) {
            settings.insert(fixed.to_owned(), value.clone());
        }
    }
    if let Some(name) = new_name {
        settings.insert("Name".to_owned(), name);
    }
    complete_policies(&mut settings)?;
    pool.settings = settings;
    pool.modified = context.now;
    Ok(json!({}))
}

pub(super) fn delete_user_pool(cognito: &mut Cognito, input: &Value) -> CognitoResult {
    let id = required(input, "UserPoolId")?;
    let pool = cognito.pool(id)?;
    if pool.settings.get("DeletionProtection") == Some(&json!("ACTIVE")) {
        return Err(invalid(
            "The user pool cannot be deleted because deletion protection is activated. \
             Deletion protection must be inactivated first.",
        ));
    }
    if pool.domain.is_some() {
        return Err(invalid("User pool cannot be deleted. It has a domain configured that should be deleted first."));
    }
    cognito.pools.remove(id);
    Ok(json!({}))
}

pub(super) fn create_domain(cognito: &mut Cognito, input: &Value) -> CognitoResult {
    let (id, domain) = (required(input, "UserPoolId")?.to_owned(), required(input, "Domain")?);
    check_domain(domain)?;
    if cognito.pool_of_domain(domain).is_some() {
        return Err(invalid("Domain already associated with another user pool."));
    }
    let pool = cognito.pool_mut(&id)?;
    if pool.domain.is_some() {
        return Err(invalid("User pool already has a domain configured."));
    }
    pool.domain = Some(domain.to_owned());
    Ok(json!({}))
}

fn check_domain(domain: &str) -> Result<(), Fault> {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let inner = domain.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if domain.len() > 63 || !inner || !edge(domain.chars().next()) || !edge(domain.chars().last()) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{domain}' at 'domain' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: ^[a-z0-9](?:[a-z0-9\\-]{{0,61}}[a-z0-9])?$"
        )));
    }
    match ["aws", "amazon", "cognito"].iter().find(|word| domain.contains(**word)) {
        Some(word) => Err(invalid(format!("Domain cannot contain reserved word: {word}"))),
        None => Ok(()),
    }
}

pub(super) fn describe_domain(cognito: &Cognito, context: &CognitoContext, input: &Value) -> CognitoResult {
    let domain = required(input, "Domain")?;
    // The service answers an unknown domain with an empty description, not with a fault.
    let description = cognito.pool_of_domain(domain).map_or_else(
        || json!({}),
        |pool| {
            json!({
                "UserPoolId": pool.id,
                "AWSAccountId": context.account,
                "Domain": domain,
                "Status": "ACTIVE",
                "Version": pool.created.to_string(),
                "CustomDomainConfig": {},
            })
        },
    );
    Ok(json!({ "DomainDescription": description }))
}

pub(super) fn delete_domain(cognito: &mut Cognito, input: &Value) -> CognitoResult {
    let domain = required(input, "Domain")?;
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    if pool.domain.as_deref() != Some(domain) {
        return Err(invalid("No such domain or user pool exists."));
    }
    pool.domain = None;
    Ok(json!({}))
}

pub(super) fn create_resource_server(cognito: &mut Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    let identifier = check_server(input)?;
    if pool.servers.contains_key(identifier) {
        return Err(invalid(format!("{identifier} already exists in user pool {}.", pool.id)));
    }
    let server = input.as_object().cloned().unwrap_or_default();
    pool.servers.insert(identifier.to_owned(), server.clone());
    Ok(json!({ "ResourceServer": server }))
}

/// Replaces name and scopes.
pub(super) fn update_resource_server(cognito: &mut Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    let identifier = check_server(input)?;
    let server = pool.servers.get_mut(identifier).ok_or_else(|| no_server(identifier))?;
    *server = input.as_object().cloned().unwrap_or_default();
    Ok(json!({ "ResourceServer": server }))
}

fn check_server(input: &Value) -> Result<&str, Fault> {
    let identifier = required(input, "Identifier")?;
    required(input, "Name")?;
    check_identifier(identifier, "identifier")?;
    for scope in input.get("Scopes").and_then(Value::as_array).into_iter().flatten() {
        let name = required(scope, "ScopeName")?;
        required(scope, "ScopeDescription")?;
        if name.contains('/') {
            return Err(invalid(format!("Value '{name}' at 'scopeName' must not contain '/'")));
        }
        check_identifier(name, "scopeName")?;
    }
    Ok(identifier)
}

fn check_identifier(text: &str, member: &str) -> Result<(), Fault> {
    let allowed = |c: char| matches!(c, '\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
    if text.is_empty() || text.len() > 256 || !text.chars().all(allowed) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{text}' at '{member}' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [\\x21\\x23-\\x5B\\x5D-\\x7E]+"
        )));
    }
    Ok(())
}

fn no_server(identifier: &str) -> Fault {
    fault("ResourceNotFoundException", format!("Resource server {identifier} does not exist."))
}

pub(super) fn describe_resource_server(cognito: &Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool(required(input, "UserPoolId")?)?;
    let identifier = required(input, "Identifier")?;
    let server = pool.servers.get(identifier).ok_or_else(|| no_server(identifier))?;
    Ok(json!({ "ResourceServer": server }))
}

pub(super) fn list_resource_servers(cognito: &Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool(required(input, "UserPoolId")?)?;
    page(pool.servers.values().map(|server| json!(server)).collect(), input, "ResourceServers")
}

pub(super) fn delete_resource_server(cognito: &mut Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    let identifier = required(input, "Identifier")?;
    pool.servers.remove(identifier).ok_or_else(|| no_server(identifier))?;
    Ok(json!({}))
}

/// The full names (`identifier/scope`) of all custom scopes of a pool.
pub(super) fn custom_scopes(pool: &Pool) -> Vec<String> {
    let mut out = Vec::new();
    for (identifier, server) in &pool.servers {
        for scope in server.get("Scopes").and_then(Value::as_array).into_iter().flatten() {
            if let Some(name) = text(scope, "ScopeName") {
                out.push(format!("{identifier}/{name}"));
            }
        }
    }
    out
}

/// Scopes that exist in every pool.
pub(super) const STANDARD_SCOPES: [&str; 5] = ["phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"];

pub(super) fn create_group(cognito: &mut Cognito, context: &CognitoContext, input: &Value) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    let name = required(input, "GroupName")?;
    if pool.groups.contains_key(name) {
        return Err(fault("GroupExistsException", "A group with the name already exists."));
    }
    let settings = input.as_object().cloned().unwrap_or_default();
    let group =
        super::model::PoolGroup { settings: settings.clone(), members: Default::default(), created: context.now };
    pool.groups.insert(name.to_owned(), group);
    let mut shown = settings;
    shown.insert("CreationDate".to_owned(), json!(context.now));
    shown.insert("LastModifiedDate".to_owned(), json!(context.now));
    Ok(json!({ "Group": shown }))
}

pub(super) fn add_to_group(cognito: &mut Cognito, input: &Value) -> CognitoResult {
    let pool = cognito.pool_mut(required(input, "UserPoolId")?)?;
    let (key, _) = pool.user(required(input, "Username")?)?;
    let name = required(input, "GroupName")?;
    let group = pool.groups.get_mut(name).ok_or_else(|| fault("ResourceNotFoundException", "Group not found."))?;
    group.members.insert(key);
    Ok(json!({}))
}

/// The claims' value of `cognito:groups`: names of the groups a user is in.
pub(super) fn groups_of(pool: &Pool, key: &str) -> Vec<String> {
    pool.groups.iter().filter(|(_, group)| group.members.contains(key)).map(|(name, _)| name.clone()).collect()
}

/// # Errors
/// `ScopeDoesNotExistException` for the first of `scopes` that the pool does not have.
pub(super) fn check_scopes(pool: &Pool, scopes: Option<&Value>) -> Result<(), Fault> {
    let custom = custom_scopes(pool);
    match strings(scopes).into_iter().find(|s| !STANDARD_SCOPES.contains(s) && !custom.iter().any(|known| known == s)) {
        Some(unknown) => Err(fault("ScopeDoesNotExistException", format!("Invalid scope requested: {unknown}"))),
        None => Ok(()),
    }
}
