//! Listing parameters: below a path with their values, or all of them without.

use serde_json::{Value, json};

use super::{Fault, Parameter, Ssm, SsmContext, fault, flag, invalid, required, show, text};

/// Most items of a page. Source: the service model.
const PATH_PAGE: u64 = 10;
const DESCRIBE_PAGE: u64 = 50;

pub(super) fn by_path(state: &Ssm, context: &SsmContext<'_>, input: &Value) -> Result<Value, Fault> {
    let path = required(input, "Path")?;
    if !path.starts_with('/') {
        return Err(invalid(
            "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward \
             slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). It must use only letters, \
             numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not \
             allowed. All sub-paths, if specified, must use the forward slash symbol \"/\".",
        ));
    }
    let filters = filters(input, &["Type", "KeyId", "Label"])?;
    let recursive = flag(input, "Recursive");
    let found = state
        .parameters
        .values()
        .filter(|parameter| is_below(&parameter.name, path, recursive))
        .filter(|parameter| filters.iter().all(|filter| filter.holds(parameter)));
    page(found, input, PATH_PAGE, |parameter| {
        let version = parameter.versions.last()?;
        Some(show(context, parameter, version, flag(input, "WithDecryption")))
    })
}

/// Whether a name is on the level below a path, or with `recursive` on any level below it. A name without a slash is on
/// the level below `/`.
fn is_below(name: &str, path: &str, recursive: bool) -> bool {
    let path = path.trim_end_matches('/');
    let rest = match name.strip_prefix(path) {
        Some(rest) if path.is_empty() => rest.trim_start_matches('/'),
        Some(rest) => match rest.strip_prefix('/') {
            Some(rest) => rest,
            None => return false,
        },
        None => return false,
    };
    !rest.is_empty() && (recursive || !rest.contains('/'))
}

pub(super) fn describe(state: &Ssm, context: &SsmContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut filters = filters(input, &["Name", "Type", "KeyId", "Path", "Tier", "DataType", "Label"])?;
    for old in input.get("Filters").and_then(Value::as_array).into_iter().flatten() {
        let key = text(old, "Key").unwrap_or_default();
        // The older form of filters looks for the beginning of a name, and for the others as they are.
        let option = if key == "Name" { "BeginsWith" } else { "Equals" };
        filters.push(ParameterFilter { key: key.to_owned(), option: option.to_owned(), values: values(old) });
    }
    let found = state.parameters.values().filter(|parameter| filters.iter().all(|filter| filter.holds(parameter)));
    page(found, input, DESCRIBE_PAGE, |parameter| {
        let version = parameter.versions.last()?;
        let mut out = json!({
            "Name": parameter.name,
            "ARN": context.arn(&parameter.name),
            "Type": parameter.kind.as_str(),
            "LastModifiedDate": version.modified,
            "LastModifiedUser": version.user,
            "Version": version.number,
            "Tier": version.tier,
            "Policies": [],
            "DataType": version.data_type,
        });
        for (name, value) in [
            ("KeyId", &version.key),
            ("Description", &version.description),
            ("AllowedPattern", &version.allowed_pattern),
        ] {
            if let Some(value) = value {
                out[name] = json!(value);
            }
        }
        Some(out)
    })
}

/// One condition on parameters.
struct ParameterFilter {
    key: String,
    option: String,
    values: Vec<String>,
}

fn values(filter: &Value) -> Vec<String> {
    let values = filter.get("Values").and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// # Errors
/// InvalidFilterKey, InvalidFilterOption.
fn filters(input: &Value, known: &[&str]) -> Result<Vec<ParameterFilter>, Fault> {
    let mut out = Vec::new();
    for filter in input.get("ParameterFilters").and_then(Value::as_array).into_iter().flatten() {
        let key = required(filter, "Key")?;
        let is_tag = key.starts_with("tag:") && known.contains(&"Name");
        if !is_tag && !known.contains(&key) {
            let text = format!(
                "The following filter key is not valid: {key}. Valid filter keys include: [{}].",
                known.join(", ")
            );
            return Err(fault("InvalidFilterKey", text));
        }
        let default = if key == "Path" { "OneLevel" } else { "Equals" };
        let option = text(filter, "Option").unwrap_or(default);
        let options: &[&str] = match key {
            "Path" => &["OneLevel", "Recursive"],
            "Name" => &["Equals", "BeginsWith", "Contains"],
            _ => &["Equals", "BeginsWith"],
        };
        if !options.contains(&option) {
            return Err(fault(
                "InvalidFilterOption",
                format!(
                    "The following filter option is not valid: {option}. Valid options include: [{}]",
                    options.join(", ")
                ),
            ));
        }
        out.push(ParameterFilter { key: key.to_owned(), option: option.to_owned(), values: values(filter) });
    }
    Ok(out)
}

impl ParameterFilter {
    fn holds(&self, parameter: &Parameter) -> bool {
        let Some(version) = parameter.versions.last() else { return false };
        if let Some(tag) = self.key.strip_prefix("tag:") {
            let value = parameter.tags.get(tag);
            return value.is_some_and(|value| self.values.is_empty() || self.values.contains(value));
        }
        let actual = match self.key.as_str() {
            "Name" | "Path" => parameter.name.as_str(),
            "Type" => parameter.kind.as_str(),
            "KeyId" => version.key.as_deref().unwrap_or_default(),
            "Tier" => &version.tier,
            "DataType" => &version.data_type,
            // Nothing here has a label.
            _ => return false,
        };
        self.values.iter().any(|value| match self.option.as_str() {
            "Recursive" => is_below(actual, value, true),
            "OneLevel" => is_below(actual, value, false),
            "BeginsWith" => actual.trim_start_matches('/').starts_with(value.trim_start_matches('/')),
            "Contains" => actual.contains(value.as_str()),
            _ => actual == value,
        })
    }
}

/// One page of parameters, which come sorted by name; the token is the last name of the page before.
fn page<'s>(
    found: impl Iterator<Item = &'s Parameter>,
    input: &Value,
    most: u64,
    show: impl Fn(&Parameter) -> Option<Value>,
) -> Result<Value, Fault> {
    let limit = input.get("MaxResults").and_then(Value::as_u64).unwrap_or(most);
    if !(1..=most).contains(&limit) {
        let constraint =
            if limit == 0 { "greater than or equal to 1".to_owned() } else { format!("less than or equal to {most}") };
        return Err(invalid(format!(
            "1 validation error detected: Value '{limit}' at 'maxResults' failed to satisfy constraint: Member must have \
             value {constraint}"
        )));
    }
    let token = text(input, "NextToken");
    let after = match token {
        None => None,
        Some(token) => {
            let bytes = hex::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            Some(bytes.ok_or_else(|| fault("InvalidNextToken", "The specified token isn't valid."))?)
        }
    };
    let mut rest = found.filter(|parameter| after.as_ref().is_none_or(|after| parameter.name > *after));
    let items: Vec<&Parameter> = rest.by_ref().take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
    let mut out = json!({ "Parameters": items.iter().filter_map(|parameter| show(parameter)).collect::<Vec<_>>() });
    if rest.next().is_some()
        && let Some(last) = items.last()
    {
        out["NextToken"] = json!(hex::encode(&last.name));
    }
    Ok(out)
}
