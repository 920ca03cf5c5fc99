//! Secrets Manager: secrets with versions and staging labels.
//!
//! Owns: the operations that are listed in `call`, over json 1.1, and the secrets that `vault` keeps for credential
//! providers. Does not own: rotation, replication and resource policies, which it does not have. Values are in a file that
//! only the owner can read and are not encrypted.

mod listing;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::caller::Caller;
use super::reply::Fault;
use super::{SharedSandbox, random};
use crate::error::Result;

/// The prefix of `X-Amz-Target`.
pub(crate) const TARGET: &str = "secretsmanager";

const SERVICE: &str = "secretsmanager";
const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";
/// Letters and digits that the service adds to a name for its ARN.
const SUFFIX: usize = 6;
const DAY: f64 = 86_400.0;

/// The state, by name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Secrets {
    secrets: BTreeMap<String, SecretRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct SecretRecord {
    name: String,
    arn: String,
    description: Option<String>,
    key: Option<String>,
    /// The service that keeps it; only it may change the secret.
    owner: Option<String>,
    /// Times are seconds since 1970.
    created: f64,
    changed: f64,
    /// When the secret was marked for deletion, and when it will be gone.
    deleted: Option<(f64, f64)>,
    tags: BTreeMap<String, String>,
    versions: BTreeMap<String, SecretVersion>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct SecretVersion {
    created: f64,
    content: SecretContent,
    stages: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum SecretContent {
    Text(String),
    /// In base64, as it came.
    Binary(String),
}

/// The sandbox and the time of a request.
struct SecretsContext<'a> {
    sandbox: &'a SharedSandbox,
    /// Seconds since 1970.
    now: f64,
}

impl SecretsContext<'_> {
    fn arn(&self, resource: &str) -> String {
        self.sandbox.info.arn(SERVICE, &format!("secret:{resource}")).to_string()
    }

    /// An ARN for a new secret of this name.
    fn new_arn(&self, name: &str) -> Result<String> {
        Ok(self.arn(&format!("{name}-{}", random::alphanumeric(SUFFIX)?)))
    }
}

impl Secrets {
    /// The secret that a request names: by name, by ARN, or by an ARN without the six characters at its end.
    fn find(&self, context: &SecretsContext<'_>, id: &str) -> Result<&SecretRecord, Fault> {
        let found = match id.strip_prefix(context.arn("").as_str()) {
            Some(rest) => self.secrets.values().find(|secret| secret.arn == id || secret.name == rest),
            None => self.secrets.get(id),
        };
        found.filter(|secret| !secret.is_gone(context.now)).ok_or_else(not_found)
    }

    fn find_mut(&mut self, context: &SecretsContext<'_>, id: &str) -> Result<&mut SecretRecord, Fault> {
        let name = self.find(context, id)?.name.clone();
        self.secrets.get_mut(&name).ok_or_else(not_found)
    }

    /// A secret that is not marked for deletion.
    fn active(&self, context: &SecretsContext<'_>, id: &str) -> Result<&SecretRecord, Fault> {
        let secret = self.find(context, id)?;
        if secret.deleted.is_some() { Err(marked()) } else { Ok(secret) }
    }

    fn active_mut(&mut self, context: &SecretsContext<'_>, id: &str) -> Result<&mut SecretRecord, Fault> {
        let name = self.active(context, id)?.name.clone();
        self.secrets.get_mut(&name).ok_or_else(not_found)
    }

    /// Drops what is past its recovery window.
    fn sweep(&mut self, now: f64) {
        self.secrets.retain(|_, secret| !secret.is_gone(now));
    }
}

impl SecretRecord {
    fn is_gone(&self, now: f64) -> bool {
        self.deleted.is_some_and(|(_, gone)| now >= gone)
    }

    fn staged(&self, stage: &str) -> Option<(&String, &SecretVersion)> {
        self.versions.iter().find(|(_, version)| version.stages.iter().any(|own| own == stage))
    }

    fn id(&self) -> Value {
        json!({ "ARN": self.arn, "Name": self.name })
    }

    fn tag_list(&self) -> Vec<Value> {
        self.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
    }

    /// Versions that carry a label.
    fn stages(&self) -> BTreeMap<&String, &Vec<String>> {
        self.versions.iter().filter(|(_, it)| !it.stages.is_empty()).map(|(id, it)| (id, &it.stages)).collect()
    }
}

/// All failures of this service are 400.
fn fault(code: &'static str, message: impl Into<String>) -> Fault {
    Fault::new(400, code, message)
}

fn invalid(message: impl Into<String>) -> Fault {
    fault("InvalidParameterException", message)
}

fn not_found() -> Fault {
    fault("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

fn marked() -> Fault {
    fault(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
    )
}

fn text<'v>(input: &'v Value, name: &str) -> Option<&'v str> {
    input.get(name).and_then(Value::as_str)
}

fn secret_id(input: &Value) -> Result<&str, Fault> {
    text(input, "SecretId").filter(|id| !id.is_empty()).ok_or_else(|| {
        fault(
            "ValidationException",
            "1 validation error detected: Value null at 'secretId' failed to satisfy constraint: Member must not be null",
        )
    })
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
    let context = &SecretsContext { sandbox, now: sandbox.clock.epoch() };
    let store = &sandbox.state.secrets;
    permitted(caller, context, operation, input)?;
    match operation {
        "GetSecretValue" => store.read(|state| get(state, context, input)),
        "DescribeSecret" => store.read(|state| Ok(listing::describe(state.find(context, secret_id(input)?)?))),
        "ListSecrets" => store.read(|state| listing::list(state, context, input)),
        "CreateSecret" => store.update(|state| write::create(state, context, input)).await,
        "PutSecretValue" => store.update(|state| write::put(state, context, input)).await,
        "UpdateSecret" => store.update(|state| write::update(state, context, input)).await,
        "DeleteSecret" => store.update(|state| write::delete(state, context, input)).await,
        "RestoreSecret" => store.update(|state| write::restore(state, context, input)).await,
        "TagResource" => store.update(|state| write::tag(state, context, input)).await,
        "UntagResource" => store.update(|state| write::untag(state, context, input)).await,
        other => Err(Fault::unknown_operation(&format!("Secrets Manager's {other}"))),
    }
}

/// Asks the caller's policies. A secret that is not there is asked about by the name that was given.
fn permitted(caller: &Caller, context: &SecretsContext<'_>, operation: &str, input: &Value) -> Result<(), Fault> {
    let arn = match text(input, "SecretId") {
        Some(id) => {
            let known =
                context.sandbox.state.secrets.read(|state| state.find(context, id).map(|secret| secret.arn.clone()));
            known.unwrap_or_else(|_| if id.starts_with("arn:") { id.to_owned() } else { context.arn(id) })
        }
        None => text(input, "Name").map_or_else(|| "*".to_owned(), |name| context.arn(&format!("{name}-??????"))),
    };
    caller.require_json11(context.sandbox, &format!("{SERVICE}:{operation}"), &[&arn])
}

fn get(state: &Secrets, context: &SecretsContext<'_>, input: &Value) -> Result<Value, Fault> {
    let secret = state.active(context, secret_id(input)?)?;
    let (wanted, stage) = (text(input, "VersionId"), text(input, "VersionStage"));
    let found = match wanted {
        Some(id) => secret.versions.get_key_value(id),
        None => secret.staged(stage.unwrap_or(CURRENT)),
    };
    let (id, version) = found.ok_or_else(|| {
        let what = match wanted {
            Some(id) => format!("VersionId: {id}"),
            None => format!("staging label: {}", stage.unwrap_or(CURRENT)),
        };
        fault("ResourceNotFoundException", format!("Secrets Manager can't find the specified secret value for {what}"))
    })?;
    if let (Some(_), Some(stage)) = (wanted, stage)
        && !version.stages.iter().any(|own| own == stage)
    {
        return Err(fault(
            "InvalidRequestException",
            "You provided a VersionStage that is not associated to the provided VersionId.",
        ));
    }
    let mut out = secret.id();
    out["VersionId"] = json!(id);
    out["VersionStages"] = json!(version.stages);
    out["CreatedDate"] = json!(version.created);
    match &version.content {
        SecretContent::Text(text) => out["SecretString"] = json!(text),
        SecretContent::Binary(base64) => out["SecretBinary"] = json!(base64),
    }
    Ok(out)
}

/// A secret of a service's own, as this account sees it.
pub(crate) struct Managed {
    pub(crate) name: String,
    pub(crate) owner: &'static str,
    pub(crate) content: Value,
}

/// Keeps a secret for a service and returns its ARN. What was there under the name is replaced.
///
/// # Errors
/// When the disk refuses, or the name is taken by a secret of the user's.
pub(crate) async fn keep_managed(sandbox: &SharedSandbox, managed: &Managed) -> Result<String, Fault> {
    let context = SecretsContext { sandbox, now: sandbox.clock.epoch() };
    sandbox.state.secrets.update(|state| write::keep_managed(state, &context, managed)).await
}

/// Removes a service's secret at once; one that is gone is no failure.
///
/// # Errors
/// When the disk refuses.
pub(crate) async fn drop_managed(sandbox: &SharedSandbox, arn: &str) -> Result<(), Fault> {
    let drop = |state: &mut Secrets| {
        state.secrets.retain(|_, secret| secret.arn != arn || secret.owner.is_none());
        Ok(())
    };
    sandbox.state.secrets.update(drop).await
}

/// The ARN of a secret that a request refers to by name or ARN.
///
/// # Errors
/// ResourceNotFoundException, InvalidRequestException when it is marked for deletion.
pub(crate) fn resolve(sandbox: &SharedSandbox, id: &str) -> Result<String, Fault> {
    let context = SecretsContext { sandbox, now: sandbox.clock.epoch() };
    sandbox.state.secrets.read(|state| state.active(&context, id).map(|secret| secret.arn.clone()))
}

/// ARN and text of a secret; `None` for one that holds bytes.
///
/// # Errors
/// As [`resolve`].
pub(crate) fn content(sandbox: &SharedSandbox, id: &str) -> Result<Option<(String, String)>, Fault> {
    let context = SecretsContext { sandbox, now: sandbox.clock.epoch() };
    sandbox.state.secrets.read(|state| {
        let secret = state.active(&context, id)?;
        Ok(match secret.staged(CURRENT) {
            Some((_, SecretVersion { content: SecretContent::Text(text), .. })) => {
                Some((secret.arn.clone(), text.clone()))
            }
            _ => None,
        })
    })
}

/// The text under `key` of a secret that holds a JSON object. `None` when there is no such text.
///
/// # Errors
/// As [`resolve`].
pub(crate) fn value(sandbox: &SharedSandbox, id: &str, key: &str) -> Result<Option<String>, Fault> {
    let context = SecretsContext { sandbox, now: sandbox.clock.epoch() };
    sandbox.state.secrets.read(|state| {
        let secret = state.active(&context, id)?;
        let Some((_, SecretVersion { content: SecretContent::Text(text), .. })) = secret.staged(CURRENT) else {
            return Ok(None);
        };
        let object: Value = serde_json::from_str(text).unwrap_or_default();
        Ok(object.get(key).and_then(Value::as_str).map(str::to_owned))
    })
}

#[cfg(test)]
mod tests;
