//! Systems Manager's parameters: texts under names that may form paths.
//!
//! Owns: the operations of Parameter Store that are listed in `call`, over json 1.1, with the service's error codes. Does
//! not own: labels, policies and the rest of Systems Manager, which it does not have. SecureString values are in a file
//! that only the owner can read and are not encrypted; without `WithDecryption` they are not shown.

mod listing;
mod names;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::caller::Caller;
use super::reply::Fault;
use super::{SharedSandbox, seal};
use names::ParameterName;

/// What `X-Amz-Target` begins with.
pub(crate) const TARGET: &str = "AmazonSSM";

/// Under this the secrets of Secrets Manager are parameters.
const SECRETS: &str = "/aws/reference/secretsmanager/";
/// The most names in one GetParameters or DeleteParameters. Source: the service model.
const MOST_NAMES: usize = 10;

/// What is remembered, by name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ssm {
    parameters: BTreeMap<String, Parameter>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Parameter {
    name: String,
    kind: ParameterType,
    /// Oldest first, never empty.
    versions: Vec<ParameterVersion>,
    tags: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum ParameterType {
    String,
    StringList,
    SecureString,
}

impl ParameterType {
    const fn as_str(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::StringList => "StringList",
            Self::SecureString => "SecureString",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::String, Self::StringList, Self::SecureString].into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct ParameterVersion {
    number: u64,
    value: String,
    /// Seconds since 1970.
    modified: f64,
    /// ARN of who wrote it.
    user: String,
    description: Option<String>,
    allowed_pattern: Option<String>,
    key: Option<String>,
    tier: String,
    data_type: String,
}

/// The sandbox, the caller and the time of a request.
struct SsmContext<'a> {
    sandbox: &'a SharedSandbox,
    /// Seconds since 1970.
    now: f64,
    /// ARN of the caller.
    user: String,
}

impl SsmContext<'_> {
    fn arn(&self, name: &str) -> String {
        self.sandbox.info.arn("ssm", &format!("parameter/{}", name.trim_start_matches('/'))).to_string()
    }
}

impl Ssm {
    /// The parameter that a request names, by name or ARN.
    fn find(&self, context: &SsmContext<'_>, given: &str) -> Option<&Parameter> {
        names::candidates(context, given).find_map(|name| self.parameters.get(&name))
    }

    fn find_mut(&mut self, context: &SsmContext<'_>, given: &str) -> Option<&mut Parameter> {
        let name = self.find(context, given)?.name.clone();
        self.parameters.get_mut(&name)
    }

    /// The version that a request names, by a number after a colon or else the newest.
    ///
    /// # Errors
    /// ParameterNotFound, ParameterVersionNotFound.
    fn version(
        &self,
        context: &SsmContext<'_>,
        wanted: &ParameterName<'_>,
    ) -> Result<(&Parameter, &ParameterVersion), Fault> {
        let parameter = self.find(context, wanted.name).ok_or_else(not_found)?;
        let found = match wanted.selector {
            None => parameter.versions.last(),
            Some(selector) => {
                let number: Option<u64> = selector.parse().ok();
                parameter.versions.iter().find(|version| Some(version.number) == number)
            }
        };
        let found = found.ok_or_else(|| {
            fault(
                "ParameterVersionNotFound",
                format!(
                    "Systems Manager could not find version {} of {}. Verify the version and try again.",
                    wanted.selector.unwrap_or_default(),
                    wanted.name
                ),
            )
        })?;
        Ok((parameter, found))
    }
}

/// All failures of this service are 400.
fn fault(code: &'static str, message: impl Into<String>) -> Fault {
    Fault::new(400, code, message)
}

fn invalid(message: impl Into<String>) -> Fault {
    fault("ValidationException", message)
}

/// The service sends no text with it.
fn not_found() -> Fault {
    fault("ParameterNotFound", "")
}

fn text<'v>(input: &'v Value, name: &str) -> Option<&'v str> {
    input.get(name).and_then(Value::as_str)
}

/// # Errors
/// ValidationException when the member is missing.
fn required<'v>(input: &'v Value, name: &str) -> Result<&'v str, Fault> {
    text(input, name).filter(|text| !text.is_empty()).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Fault {
    let mut chars = name.chars();
    let name: String = chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect();
    invalid(format!(
        "1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null"
    ))
}

fn flag(input: &Value, name: &str) -> bool {
    input.get(name).and_then(Value::as_bool).unwrap_or_default()
}

/// The members of a list of texts, of which there must be some.
fn texts<'v>(input: &'v Value, name: &str) -> Result<Vec<&'v str>, Fault> {
    let items = input.get(name).and_then(Value::as_array).ok_or_else(|| missing(name))?;
    if items.is_empty() || items.len() > MOST_NAMES {
        let constraint = if items.is_empty() { "greater than or equal to 1" } else { "less than or equal to 10" };
        return Err(invalid(format!(
            "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must have length {constraint}",
            name.to_lowercase()
        )));
    }
    Ok(items.iter().filter_map(Value::as_str).collect())
}

/// Answers an operation.
///
/// # Errors
/// The service's own fault; an operation that is not here is named as such.
pub(crate) async fn call(
    sandbox: &SharedSandbox,
    caller: &Caller,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    let context = &SsmContext { sandbox, now: sandbox.clock.epoch(), user: caller.arn(&sandbox.info) };
    permitted(caller, context, operation, input)?;
    let store = &sandbox.state.ssm;
    match operation {
        "GetParameter" => store.read(|state| get(state, context, input)),
        "GetParameters" => store.read(|state| get_many(state, context, input)),
        "GetParametersByPath" => store.read(|state| listing::by_path(state, context, input)),
        "DescribeParameters" => store.read(|state| listing::describe(state, context, input)),
        "ListTagsForResource" => store.read(|state| write::tags(state, context, input)),
        "PutParameter" => store.update(|state| write::put(state, context, input)).await,
        "DeleteParameter" => store.update(|state| write::delete(state, context, input)).await,
        "DeleteParameters" => store.update(|state| write::delete_many(state, context, input)).await,
        "AddTagsToResource" => store.update(|state| write::add_tags(state, context, input)).await,
        "RemoveTagsFromResource" => store.update(|state| write::remove_tags(state, context, input)).await,
        other => Err(Fault::unknown_operation(&format!("Systems Manager's {other}"))),
    }
}

/// Asks the caller's policies about every parameter that the request names.
fn permitted(caller: &Caller, context: &SsmContext<'_>, operation: &str, input: &Value) -> Result<(), Fault> {
    let named = ["Name", "Path", "ResourceId"].into_iter().filter_map(|member| text(input, member));
    let listed = input.get("Names").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let mut arns: Vec<String> = named
        .chain(listed)
        .map(|name| ParameterName::parse(name).name)
        .map(|name| if name.starts_with("arn:") { name.to_owned() } else { context.arn(name) })
        .collect();
    if arns.is_empty() {
        arns.push(context.sandbox.info.arn("ssm", "*").to_string());
    }
    let arns: Vec<&str> = arns.iter().map(String::as_str).collect();
    caller.require_json11(context.sandbox, &format!("ssm:{operation}"), &arns)
}

fn get(state: &Ssm, context: &SsmContext<'_>, input: &Value) -> Result<Value, Fault> {
    let wanted = ParameterName::parse(required(input, "Name")?);
    let (parameter, version) = state.version(context, &wanted)?;
    let mut shown = show(context, parameter, version, flag(input, "WithDecryption"));
    if let Some(selector) = wanted.selector {
        shown["Selector"] = json!(format!(":{selector}"));
    }
    Ok(json!({ "Parameter": shown }))
}

fn get_many(state: &Ssm, context: &SsmContext<'_>, input: &Value) -> Result<Value, Fault> {
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for name in texts(input, "Names")? {
        if let Some(id) = name.strip_prefix(SECRETS) {
            match secret(context, name, id, flag(input, "WithDecryption"))? {
                Some(shown) => found.push(shown),
                None => unknown.push(name),
            }
            continue;
        }
        let wanted = ParameterName::parse(name);
        match state.version(context, &wanted) {
            Ok((parameter, version)) => {
                let mut shown = show(context, parameter, version, flag(input, "WithDecryption"));
                if let Some(selector) = wanted.selector {
                    shown["Selector"] = json!(format!(":{selector}"));
                }
                found.push(shown);
            }
            Err(_) => unknown.push(name),
        }
    }
    Ok(json!({ "Parameters": found, "InvalidParameters": unknown }))
}

/// A secret of Secrets Manager as a parameter. `None` when there is no such secret with text.
///
/// # Errors
/// ValidationException without decryption: the user guide on referencing secrets from Parameter Store.
fn secret(context: &SsmContext<'_>, name: &str, id: &str, decrypt: bool) -> Result<Option<Value>, Fault> {
    if !decrypt {
        return Err(invalid("WithDecryption flag must be True for retrieving a Secret Manager secret."));
    }
    let Ok(Some((arn, value))) = super::secrets::content(context.sandbox, id) else { return Ok(None) };
    Ok(Some(json!({
        "Name": name,
        "Type": ParameterType::SecureString.as_str(),
        "Value": value,
        "Version": 0,
        "LastModifiedDate": context.now,
        "ARN": arn,
        "DataType": "text",
    })))
}

fn show(context: &SsmContext<'_>, parameter: &Parameter, version: &ParameterVersion, decrypt: bool) -> Value {
    let value = if parameter.kind == ParameterType::SecureString && !decrypt {
        // In place of the ciphertext that a KMS key would give.
        let text = format!("{} {} {}", parameter.name, version.number, version.value);
        format!("AQICAH{}", hex::encode(seal::digest(&context.sandbox.info, "ciphertext of a parameter", &text)))
    } else {
        version.value.clone()
    };
    json!({
        "Name": parameter.name,
        "Type": parameter.kind.as_str(),
        "Value": value,
        "Version": version.number,
        "LastModifiedDate": version.modified,
        "ARN": context.arn(&parameter.name),
        "DataType": version.data_type,
    })
}

#[cfg(test)]
mod tests;
