//! Making secrets, giving them values, deleting and restoring them, and their tags.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    CURRENT, DAY, Managed, PREVIOUS, SecretContent, SecretRecord, SecretVersion, Secrets, SecretsContext, fault,
    invalid, marked, secret_id, text,
};
use crate::sandbox::random;
use crate::sandbox::reply::Fault;

const LONGEST_NAME: usize = 512;
const LARGEST: usize = 65_536;
const MOST_TAGS: usize = 50;
/// Versions without a label are kept for a while, as at the service.
const MOST_VERSIONS: usize = 100;
const RECOVERY_DAYS: std::ops::RangeInclusive<i64> = 7..=30;

pub(super) fn create(state: &mut Secrets, context: &SecretsContext<'_>, input: &Value) -> Result<Value, Fault> {
    let name = text(input, "Name").unwrap_or_default();
    check_name(name)?;
    let content = content(input)?;
    let tags = new_tags(input.get("Tags"))?;
    let token = token(input)?;
    state.sweep(context.now);
    if let Some(old) = state.secrets.get(name) {
        if old.deleted.is_some() {
            return Err(fault(
                "InvalidRequestException",
                "You can't create this secret because a secret with this name is already scheduled for deletion.",
            ));
        }
        // The same request again.
        let same = old.versions.get(&token).is_some_and(|version| Some(&version.content) == content.as_ref());
        if !same {
            return Err(fault(
                "ResourceExistsException",
                format!("The operation failed because the secret {name} already exists."),
            ));
        }
        let mut out = old.id();
        out["VersionId"] = json!(token);
        return Ok(out);
    }
    let mut secret = new(context, name, context.new_arn(name)?);
    secret.description = text(input, "Description").map(str::to_owned);
    secret.key = text(input, "KmsKeyId").filter(|key| !key.is_empty()).map(str::to_owned);
    secret.tags = tags;
    let mut out = secret.id();
    if let Some(content) = content {
        add(&mut secret, (token.clone(), content), &[CURRENT.to_owned()], context.now);
        out["VersionId"] = json!(token);
    }
    state.secrets.insert(name.to_owned(), secret);
    Ok(out)
}

fn new(context: &SecretsContext<'_>, name: &str, arn: String) -> SecretRecord {
    SecretRecord {
        name: name.to_owned(),
        arn,
        description: None,
        key: None,
        owner: None,
        created: context.now,
        changed: context.now,
        deleted: None,
        tags: BTreeMap::new(),
        versions: BTreeMap::new(),
    }
}

fn check_name(name: &str) -> Result<(), Fault> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-/_+=.@!".contains(&byte);
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(allowed) {
        return Err(fault(
            "ValidationException",
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        ));
    }
    Ok(())
}

/// The content in the request, if there is any.
fn content(input: &Value) -> Result<Option<SecretContent>, Fault> {
    let content = match (text(input, "SecretString"), text(input, "SecretBinary")) {
        (Some(_), Some(_)) => {
            return Err(invalid(
                "You can't specify both a binary secret value and a string secret value in the same secret.",
            ));
        }
        (Some(text), None) => SecretContent::Text(text.to_owned()),
        (None, Some(base64)) => SecretContent::Binary(base64.to_owned()),
        (None, None) => return Ok(None),
    };
    let (SecretContent::Text(bytes) | SecretContent::Binary(bytes)) = &content;
    if bytes.is_empty() || bytes.len() > LARGEST {
        return Err(fault("ValidationException", format!("A secret value has 1 to {LARGEST} bytes.")));
    }
    Ok(Some(content))
}

/// The id of the new version.
fn token(input: &Value) -> Result<String, Fault> {
    match text(input, "ClientRequestToken") {
        None => Ok(random::uuid()),
        Some(token) if (32..=64).contains(&token.len()) => Ok(token.to_owned()),
        Some(_) => Err(invalid("ClientRequestToken must be 32-64 characters long.")),
    }
}

/// Adds a version and moves the labels to it. The version that was current becomes the previous one.
fn add(secret: &mut SecretRecord, (id, content): (String, SecretContent), stages: &[String], now: f64) {
    if stages.iter().any(|stage| stage == CURRENT) {
        let current = secret.staged(CURRENT).map(|(id, _)| id.clone());
        for (own, version) in &mut secret.versions {
            version.stages.retain(|stage| stage != PREVIOUS);
            if Some(own) == current.as_ref() {
                version.stages.push(PREVIOUS.to_owned());
            }
        }
    }
    for version in secret.versions.values_mut() {
        version.stages.retain(|stage| !stages.contains(stage));
    }
    secret.versions.insert(id, SecretVersion { created: now, content, stages: stages.to_vec() });
    secret.changed = now;
    while secret.versions.len() > MOST_VERSIONS {
        let unlabelled = secret.versions.iter().filter(|(_, version)| version.stages.is_empty());
        let oldest = unlabelled.min_by(|(_, a), (_, b)| a.created.total_cmp(&b.created)).map(|(id, _)| id.clone());
        let Some(oldest) = oldest else { return };
        secret.versions.remove(&oldest);
    }
}

/// A secret of a service is changed by that service only. The message is the sandbox's own.
fn check_owner(secret: &SecretRecord) -> Result<(), Fault> {
    match &secret.owner {
        None => Ok(()),
        Some(owner) => Err(fault(
            "InvalidRequestException",
            format!("You can't perform this operation on the secret because it is managed by {owner}."),
        )),
    }
}

/// Adds a version to a secret. A version id that was used before must come with the same value.
fn add_version(
    secret: &mut SecretRecord,
    (token, content): (String, SecretContent),
    stages: &[String],
    now: f64,
) -> Result<Vec<String>, Fault> {
    match secret.versions.get(&token) {
        Some(old) if old.content == content => Ok(old.stages.clone()),
        Some(_) => Err(fault(
            "ResourceExistsException",
            "You can't use ClientRequestToken because that value is already in use for a version of this secret.",
        )),
        None => {
            add(secret, (token, content), stages, now);
            Ok(stages.to_vec())
        }
    }
}

pub(super) fn put(state: &mut Secrets, context: &SecretsContext<'_>, input: &Value) -> Result<Value, Fault> {
    let content = content(input)?
        .ok_or_else(|| fault("InvalidRequestException", "You must provide either SecretString or SecretBinary."))?;
    let token = token(input)?;
    let stages = match input.get("VersionStages").and_then(Value::as_array) {
        None => vec![CURRENT.to_owned()],
        Some(stages) => stages.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    };
    let secret = state.active_mut(context, secret_id(input)?)?;
    check_owner(secret)?;
    let stages = add_version(secret, (token.clone(), content), &stages, context.now)?;
    let mut out = secret.id();
    out["VersionId"] = json!(token);
    out["VersionStages"] = json!(stages);
    Ok(out)
}

pub(super) fn update(state: &mut Secrets, context: &SecretsContext<'_>, input: &Value) -> Result<Value, Fault> {
    let content = content(input)?;
    let token = token(input)?;
    let secret = state.active_mut(context, secret_id(input)?)?;
    check_owner(secret)?;
    let has_content = content.is_some();
    if let Some(content) = content {
        add_version(secret, (token.clone(), content), &[CURRENT.to_owned()], context.now)?;
    }
    if let Some(description) = text(input, "Description") {
        secret.description = Some(description.to_owned());
    }
    if let Some(key) = text(input, "KmsKeyId") {
        secret.key = Some(key.to_owned()).filter(|key| !key.is_empty());
    }
    secret.changed = context.now;
    let mut out = secret.id();
    if has_content {
        out["VersionId"] = json!(token);
    }
    Ok(out)
}

pub(super) fn delete(state: &mut Secrets, context: &SecretsContext<'_>, input: &Value) -> Result<Value, Fault> {
    let id = secret_id(input)?;
    let force = input.get("ForceDeleteWithoutRecovery").and_then(Value::as_bool).unwrap_or_default();
    let days = input.get("RecoveryWindowInDays").and_then(Value::as_i64);
    if force && days.is_some() {
        return Err(invalid("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays."));
    }
    if days.is_some_and(|days| !RECOVERY_DAYS.contains(&days)) {
        return Err(invalid("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."));
    }
    state.sweep(context.now);
    let found = state.find(context, id).map(|secret| secret.name.clone());
    let name = match found {
        Ok(name) => name,
        // By force, a secret that is not there is deleted already.
        Err(_) if force => {
            let arn = if id.starts_with("arn:") { id.to_owned() } else { context.new_arn(id)? };
            return Ok(json!({ "ARN": arn, "Name": id, "DeletionDate": context.now }));
        }
        Err(fault) => return Err(fault),
    };
    let Some(secret) = state.secrets.get_mut(&name) else { return Err(super::not_found()) };
    check_owner(secret)?;
    let mut out = secret.id();
    if force {
        out["DeletionDate"] = json!(context.now);
        state.secrets.remove(&name);
        return Ok(out);
    }
    if secret.deleted.is_some() {
        return Err(marked());
    }
    // Exact: a month of days.
    let gone = context.now + days.unwrap_or(*RECOVERY_DAYS.end()) as f64 * DAY;
    secret.deleted = Some((context.now, gone));
    out["DeletionDate"] = json!(gone);
    Ok(out)
}

pub(super) fn restore(state: &mut Secrets, context: &SecretsContext<'_>, input: &Value) -> Result<Value, Fault> {
    let secret = state.find_mut(context, secret_id(input)?)?;
    secret.deleted = None;
    Ok(secret.id())
}

fn new_tags(tags: Option<&Value>) -> Result<BTreeMap<String, String>, Fault> {
    let mut out = BTreeMap::new();
    for tag in tags.and_then(Value::as_array).into_iter().flatten() {
        let key = text(tag, "Key").filter(|key| !key.is_empty() && key.len() <= 128);
        let value = text(tag, "Value").unwrap_or_default();
        let Some(key) = key.filter(|_| value.len() <= 256) else {
            return Err(invalid("Tag keys have 1 to 128 characters, and values at most 256."));
        };
        if key.starts_with("aws:") {
            return Err(invalid("You can't use the prefix aws: for a tag key."));
        }
        out.insert(key.to_owned(), value.to_owned());
    }
    if out.len() > MOST_TAGS { Err(too_many_tags()) } else { Ok(out) }
}

fn too_many_tags() -> Fault {
    invalid(format!("A secret can have at most {MOST_TAGS} tags."))
}

pub(super) fn tag(state: &mut Secrets, context: &SecretsContext<'_>, input: &Value) -> Result<Value, Fault> {
    let new = new_tags(input.get("Tags"))?;
    let secret = state.active_mut(context, secret_id(input)?)?;
    let mut all = secret.tags.clone();
    all.extend(new);
    if all.len() > MOST_TAGS {
        return Err(too_many_tags());
    }
    secret.tags = all;
    Ok(json!({}))
}

pub(super) fn untag(state: &mut Secrets, context: &SecretsContext<'_>, input: &Value) -> Result<Value, Fault> {
    let keys = input.get("TagKeys").and_then(Value::as_array).cloned().unwrap_or_default();
    let secret = state.active_mut(context, secret_id(input)?)?;
    secret.tags.retain(|key, _| !keys.iter().any(|gone| gone.as_str() == Some(key)));
    Ok(json!({}))
}

pub(super) fn keep_managed(
    state: &mut Secrets,
    context: &SecretsContext<'_>,
    managed: &Managed,
) -> Result<String, Fault> {
    state.sweep(context.now);
    let name = &managed.name;
    let mut secret = match state.secrets.get(name) {
        Some(old) if old.owner.as_deref() == Some(managed.owner) => old.clone(),
        Some(_) => {
            return Err(Fault::new(409, "ConflictException", format!("a secret of the name {name} exists already")));
        }
        None => new(context, name, context.new_arn(name)?),
    };
    secret.owner = Some(managed.owner.to_owned());
    let content = SecretContent::Text(managed.content.to_string());
    add(&mut secret, (random::uuid(), content), &[CURRENT.to_owned()], context.now);
    let arn = secret.arn.clone();
    state.secrets.insert(name.clone(), secret);
    Ok(arn)
}
