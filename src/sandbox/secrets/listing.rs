//! Listing and describing secrets, without their values.

use serde_json::{Value, json};

use super::{SecretRecord, Secrets, SecretsContext, fault, invalid, text};
use crate::sandbox::reply::Fault;

/// Most secrets of a page. Source: the service model.
const PAGE: u64 = 100;

/// What ListSecrets and DescribeSecret say alike.
fn facts(secret: &SecretRecord) -> Value {
    let mut out = secret.id();
    out["CreatedDate"] = json!(secret.created);
    out["LastChangedDate"] = json!(secret.changed);
    let tags = secret.tag_list();
    if !tags.is_empty() {
        out["Tags"] = json!(tags);
    }
    for (name, value) in
        [("Description", &secret.description), ("KmsKeyId", &secret.key), ("OwningService", &secret.owner)]
    {
        if let Some(value) = value {
            out[name] = json!(value);
        }
    }
    if let Some((deleted, _)) = secret.deleted {
        out["DeletedDate"] = json!(deleted);
    }
    out
}

pub(super) fn describe(secret: &SecretRecord) -> Value {
    let mut out = facts(secret);
    out["VersionIdsToStages"] = json!(secret.stages());
    out
}

pub(super) fn list(state: &Secrets, context: &SecretsContext<'_>, input: &Value) -> Result<Value, Fault> {
    let limit = input.get("MaxResults").and_then(Value::as_u64).unwrap_or(PAGE);
    if !(1..=PAGE).contains(&limit) {
        return Err(invalid(format!("MaxResults must be between 1 and {PAGE}.")));
    }
    let start = match text(input, "NextToken") {
        None => 0,
        Some(token) => {
            token.parse::<usize>().map_err(|_| fault("InvalidNextTokenException", "The NextToken value is invalid."))?
        }
    };
    let planned = input.get("IncludePlannedDeletion").and_then(Value::as_bool).unwrap_or_default();
    let filters: Vec<&Value> = input.get("Filters").and_then(Value::as_array).into_iter().flatten().collect();
    let mut found: Vec<&SecretRecord> = state
        .secrets
        .values()
        .filter(|secret| !secret.is_gone(context.now) && (planned || secret.deleted.is_none()))
        .filter(|secret| filters.iter().all(|filter| holds(filter, secret)))
        .collect();
    match text(input, "SortBy") {
        Some("name") => {}
        Some("last-changed-date") => found.sort_by(|a, b| a.changed.total_cmp(&b.changed)),
        _ => found.sort_by(|a, b| a.created.total_cmp(&b.created)),
    }
    if text(input, "SortOrder") != Some("asc") {
        found.reverse();
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let entries = found.iter().skip(start).take(limit).map(|secret| {
        let mut out = facts(secret);
        out["SecretVersionsToStages"] = json!(secret.stages());
        out
    });
    let mut out = json!({ "SecretList": entries.collect::<Vec<_>>() });
    if found.len() > start.saturating_add(limit) {
        out["NextToken"] = json!((start + limit).to_string());
    }
    Ok(out)
}

/// Whether a secret passes a filter: some value of it begins what is looked at. A value with `!` before it excludes.
fn holds(filter: &Value, secret: &SecretRecord) -> bool {
    let keys = || secret.tags.keys().map(String::as_str);
    let looked_at: Vec<&str> = match text(filter, "Key").unwrap_or_default() {
        "name" => vec![&secret.name],
        "description" => secret.description.as_deref().into_iter().collect(),
        "tag-key" => keys().collect(),
        "tag-value" => secret.tags.values().map(String::as_str).collect(),
        "owning-service" => secret.owner.as_deref().into_iter().collect(),
        "all" => {
            let values = secret.tags.values().map(String::as_str);
            let description = secret.description.as_deref();
            std::iter::once(secret.name.as_str()).chain(description).chain(keys()).chain(values).collect()
        }
        _ => return false,
    };
    let begins = |value: &str| looked_at.iter().any(|text| text.starts_with(value));
    let values = filter.get("Values").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let (not, want): (Vec<&str>, Vec<&str>) = values.partition(|value| value.starts_with('!'));
    !not.iter().any(|value| begins(&value[1..])) && (want.is_empty() || want.iter().any(|value| begins(value)))
}
