//! Writing parameters, deleting them, and their tags.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Fault, Parameter, ParameterType, ParameterVersion, Ssm, SsmContext, fault, flag, invalid, missing, names,
    not_found, required, text, texts,
};

/// Bytes of a value. Source: the quotas of Parameter Store.
const STANDARD: usize = 4096;
const ADVANCED: usize = 8192;
const MOST_TAGS: usize = 50;
/// The service keeps a hundred versions and drops the oldest for a new one.
const MOST_VERSIONS: usize = 100;
const DEFAULT_KEY: &str = "alias/aws/ssm";

pub(super) fn put(state: &mut Ssm, context: &SsmContext<'_>, input: &Value) -> Result<Value, Fault> {
    let name = required(input, "Name")?;
    names::check(name)?;
    let value = required(input, "Value")?;
    let old = state.parameters.get(name);
    let overwrite = flag(input, "Overwrite");
    let tags = new_tags(input.get("Tags"))?;
    if overwrite && !tags.is_empty() {
        return Err(invalid(
            "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove \
             overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or \
             RemoveTagsFromResource.",
        ));
    }
    if old.is_some() && !overwrite {
        return Err(fault(
            "ParameterAlreadyExists",
            "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        ));
    }
    let kind = kind(input, old)?;
    let version = version(context, input, (kind, value), old)?;
    let answer = json!({ "Version": version.number, "Tier": version.tier });
    match state.parameters.get_mut(name) {
        Some(parameter) => {
            parameter.versions.push(version);
            let surplus = parameter.versions.len().saturating_sub(MOST_VERSIONS);
            parameter.versions.drain(..surplus);
        }
        None => {
            let parameter = Parameter { name: name.to_owned(), kind, versions: vec![version], tags };
            state.parameters.insert(name.to_owned(), parameter);
        }
    }
    Ok(answer)
}

fn kind(input: &Value, old: Option<&Parameter>) -> Result<ParameterType, Fault> {
    let given = match text(input, "Type") {
        None => None,
        Some(word) => Some(ParameterType::parse(word).ok_or_else(|| {
            invalid(format!(
                "1 validation error detected: Value '{word}' at 'type' failed to satisfy constraint: Member must satisfy \
                 enum value set: [SecureString, StringList, String]"
            ))
        })?),
    };
    match (given, old) {
        (None, None) => Err(invalid("A parameter type is required when you create a parameter.")),
        (None, Some(old)) => Ok(old.kind),
        (Some(given), Some(old)) if given != old.kind => Err(fault(
            "HierarchyTypeMismatchException",
            format!(
                "Parameter Store doesn't support changing a parameter type in a hierarchy: {} is a {}",
                old.name,
                old.kind.as_str()
            ),
        )),
        (Some(given), _) => Ok(given),
    }
}

/// The new version, after the checks that concern its value.
fn version(
    context: &SsmContext<'_>,
    input: &Value,
    (kind, value): (ParameterType, &str),
    old: Option<&Parameter>,
) -> Result<ParameterVersion, Fault> {
    let last = old.and_then(|old| old.versions.last());
    let own = |name: &str| text(input, name).map(str::to_owned);
    let key = match (kind, own("KeyId")) {
        (ParameterType::SecureString, key) => Some(key.unwrap_or_else(|| DEFAULT_KEY.to_owned())),
        (_, None) => None,
        (_, Some(_)) => return Err(invalid("KeyId is required for SecureString type parameter only.")),
    };
    let tier = tier(input, value, last)?;
    if let Some(pattern) = text(input, "AllowedPattern").filter(|pattern| !pattern.is_empty()) {
        let regex = regex_lite::Regex::new(pattern).map_err(|_| {
            fault("InvalidAllowedPatternException", format!("The pattern {pattern} is not a regular expression."))
        })?;
        if !regex.is_match(value) {
            return Err(fault(
                "ParameterPatternMismatchException",
                format!("Parameter value, cannot be validated against allowedPattern: {pattern}"),
            ));
        }
    }
    let data_type = own("DataType").unwrap_or_else(|| "text".to_owned());
    if !["text", "aws:ec2:image", "aws:ssm:integration"].contains(&data_type.as_str()) {
        return Err(invalid(format!("The following data type is not supported: {data_type}")));
    }
    Ok(ParameterVersion {
        number: last.map_or(1, |last| last.number + 1),
        value: value.to_owned(),
        modified: context.now,
        user: context.user.clone(),
        description: own("Description").or_else(|| last?.description.clone()),
        allowed_pattern: own("AllowedPattern"),
        key,
        tier,
        data_type,
    })
}

fn tier(input: &Value, value: &str, last: Option<&ParameterVersion>) -> Result<String, Fault> {
    let too_long = |tier: &str, most: usize| {
        Err(invalid(format!(
            "{tier} tier parameters support a maximum parameter value of {most} characters. To create a larger parameter \
             value, upgrade the parameter to use the advanced-parameter tier."
        )))
    };
    let tier = match text(input, "Tier") {
        Some("Intelligent-Tiering") => {
            if value.len() > STANDARD {
                "Advanced"
            } else {
                "Standard"
            }
        }
        Some(given @ ("Standard" | "Advanced")) => given,
        Some(other) => {
            return Err(invalid(format!(
                "1 validation error detected: Value '{other}' at 'tier' failed to satisfy constraint: Member must satisfy \
                 enum value set: [Standard, Advanced, Intelligent-Tiering]"
            )));
        }
        None => last.map_or("Standard", |last| last.tier.as_str()),
    };
    match tier {
        "Standard" if value.len() > STANDARD => too_long("Standard", STANDARD),
        "Advanced" if value.len() > ADVANCED => too_long("Advanced", ADVANCED),
        tier => Ok(tier.to_owned()),
    }
}

pub(super) fn delete(state: &mut Ssm, context: &SsmContext<'_>, input: &Value) -> Result<Value, Fault> {
    let name = state.find(context, required(input, "Name")?).ok_or_else(not_found)?.name.clone();
    state.parameters.remove(&name);
    Ok(json!({}))
}

pub(super) fn delete_many(state: &mut Ssm, context: &SsmContext<'_>, input: &Value) -> Result<Value, Fault> {
    let (mut deleted, mut unknown) = (Vec::new(), Vec::new());
    for given in texts(input, "Names")? {
        match state.find(context, given).map(|found| found.name.clone()) {
            Some(name) => {
                state.parameters.remove(&name);
                deleted.push(given);
            }
            None => unknown.push(given),
        }
    }
    Ok(json!({ "DeletedParameters": deleted, "InvalidParameters": unknown }))
}

fn new_tags(tags: Option<&Value>) -> Result<BTreeMap<String, String>, Fault> {
    let mut out = BTreeMap::new();
    for tag in tags.and_then(Value::as_array).into_iter().flatten() {
        let key = text(tag, "Key").filter(|key| !key.is_empty() && key.len() <= 128).ok_or_else(|| missing("key"))?;
        let value = text(tag, "Value").filter(|value| value.len() <= 256).ok_or_else(|| missing("value"))?;
        if key.starts_with("aws:") {
            return Err(invalid("aws: prefixed tag key names are not allowed for external use."));
        }
        out.insert(key.to_owned(), value.to_owned());
    }
    Ok(out)
}

/// # Errors
/// InvalidResourceType, InvalidResourceId.
fn tagged<'s>(state: &'s mut Ssm, context: &SsmContext<'_>, input: &Value) -> Result<&'s mut Parameter, Fault> {
    check_type(input)?;
    let id = required(input, "ResourceId")?;
    state.find_mut(context, id).ok_or_else(no_resource)
}

fn check_type(input: &Value) -> Result<(), Fault> {
    match required(input, "ResourceType")? {
        "Parameter" => Ok(()),
        other => Err(fault("InvalidResourceType", format!("the sandbox has no resource of the type {other}"))),
    }
}

fn no_resource() -> Fault {
    fault("InvalidResourceId", "The resource ID is not valid. Verify that you entered the correct ID and try again.")
}

pub(super) fn add_tags(state: &mut Ssm, context: &SsmContext<'_>, input: &Value) -> Result<Value, Fault> {
    let new = new_tags(Some(input.get("Tags").ok_or_else(|| missing("tags"))?))?;
    let parameter = tagged(state, context, input)?;
    let mut all = parameter.tags.clone();
    all.extend(new);
    if all.len() > MOST_TAGS {
        return Err(fault("TooManyTagsError", format!("A parameter can have at most {MOST_TAGS} tags.")));
    }
    parameter.tags = all;
    Ok(json!({}))
}

pub(super) fn remove_tags(state: &mut Ssm, context: &SsmContext<'_>, input: &Value) -> Result<Value, Fault> {
    let keys = input.get("TagKeys").and_then(Value::as_array).ok_or_else(|| missing("tagKeys"))?;
    let parameter = tagged(state, context, input)?;
    parameter.tags.retain(|key, _| !keys.iter().any(|gone| gone.as_str() == Some(key)));
    Ok(json!({}))
}

pub(super) fn tags(state: &Ssm, context: &SsmContext<'_>, input: &Value) -> Result<Value, Fault> {
    check_type(input)?;
    let parameter = state.find(context, required(input, "ResourceId")?).ok_or_else(no_resource)?;
    let tags: Vec<Value> = parameter.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    Ok(json!({ "TagList": tags }))
}
