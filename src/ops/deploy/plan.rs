//! From desired and observed state to a list of named steps. Pure: no request, no clock.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::auth::{Authorizer, Change, compare};
use crate::error::{Error, Result};
use crate::events::Outcome;
use crate::report::Document;
use crate::resources::owner::Owner;

/// What will be done to one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    Create,
    Update,
    Delete,
    /// Already as wanted.
    Unchanged,
    /// Not ours to change, or asked to stay.
    Keep,
}

impl Action {
    pub(crate) const fn is_change(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Delete)
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Unchanged => "unchanged",
            Self::Keep => "keep",
        }
    }
}

impl From<Action> for Outcome {
    fn from(action: Action) -> Self {
        match action {
            Action::Create => Self::Created,
            Action::Update => Self::Updated,
            Action::Delete => Self::Deleted,
            Action::Unchanged => Self::Unchanged,
            Action::Keep => Self::Kept,
        }
    }
}

/// One line of a plan.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Step {
    /// `repository`, `image`, `bucket`, `archive`, `role`, `runtime`.
    pub(crate) resource: &'static str,
    pub(crate) name: String,
    pub(crate) action: Action,
    /// What changes, or why the resource stays. Values that may be secret are named, never shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) details: Vec<String>,
}

impl Step {
    pub(crate) fn new(resource: &'static str, name: impl Into<String>, action: Action) -> Self {
        Self { resource, name: name.into(), action, details: Vec::new() }
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }
}

/// The deletion of something that launch made, or why it stays.
pub(crate) fn owned_step(deletion: Step, owner: Owner) -> Step {
    let why = match owner {
        Owner::Ours | Owner::Recorded => return deletion,
        Owner::Other => "belongs to another project",
        Owner::Unknown => "not created by launch",
    };
    Step::new(deletion.resource, deletion.name, Action::Keep).detail(why)
}

/// Members of GetAgentRuntime that an update must not send back.
const READ_ONLY: &[&str] = &[
    "agentRuntimeArn",
    "agentRuntimeId",
    "agentRuntimeName",
    "agentRuntimeVersion",
    "createdAt",
    "failureReason",
    "lastUpdatedAt",
    "status",
    "workloadIdentityDetails",
];

/// What a runtime runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RuntimeArtifact {
    /// The URI of an image, with its digest.
    Image(String),
    Code(CodeArchive),
}

/// An archive in S3 and how it is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeArchive {
    pub(crate) bucket: String,
    /// The service calls it prefix.
    pub(crate) key: String,
    /// In a versioned bucket.
    pub(crate) version_id: Option<String>,
    /// `PYTHON_3_13`
    pub(crate) runtime: String,
    pub(crate) entry_point: Vec<String>,
}

impl RuntimeArtifact {
    /// The union of the service's model.
    pub(crate) fn wire(&self) -> Value {
        match self {
            Self::Image(uri) => json!({ "containerConfiguration": { "containerUri": uri } }),
            Self::Code(code) => {
                let mut object = json!({ "bucket": code.bucket, "prefix": code.key });
                if let (Some(version), Some(object)) = (&code.version_id, object.as_object_mut()) {
                    object.insert("versionId".into(), json!(version));
                }
                json!({ "codeConfiguration": {
                    "code": { "s3": object },
                    "runtime": code.runtime,
                    "entryPoint": code.entry_point,
                } })
            }
        }
    }

    /// `None` for a form that this version does not know.
    pub(crate) fn of_wire(wire: &Value) -> Option<Self> {
        let text = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        if let Some(uri) = text(wire, "/containerConfiguration/containerUri") {
            return Some(Self::Image(uri));
        }
        let code = wire.get("codeConfiguration")?;
        Some(Self::Code(CodeArchive {
            bucket: text(code, "/code/s3/bucket")?,
            key: text(code, "/code/s3/prefix")?,
            version_id: text(code, "/code/s3/versionId"),
            runtime: text(code, "/runtime")?,
            entry_point: code
                .get("entryPoint")?
                .as_array()?
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        }))
    }

    /// The members `image` (a URI) and `code` (as the service describes it) of a report, one of them null.
    pub(crate) fn data(artifact: Option<&Self>) -> (Value, Value) {
        match artifact {
            Some(Self::Image(uri)) => (json!(uri), Value::Null),
            Some(code @ Self::Code(_)) => (Value::Null, code.wire()["codeConfiguration"].take()),
            None => (Value::Null, Value::Null),
        }
    }

    /// Adds what it is to a report for people, under the starter toolkit's labels.
    pub(crate) fn facts(&self, document: Document) -> Document {
        match self {
            Self::Image(_) => document.fact("ECR URI", self.to_string()),
            Self::Code(_) => document.fact("Deployment Type", "Direct Code Deploy").fact("Code", self.to_string()),
        }
    }

    /// `image` or `code`: the name of the field in reports.
    pub(crate) const fn noun(&self) -> &'static str {
        match self {
            Self::Image(_) => "image",
            Self::Code(_) => "code",
        }
    }
}

impl fmt::Display for RuntimeArtifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match self {
            Self::Image(uri) => return f.write_str(uri),
            Self::Code(code) => code,
        };
        write!(f, "s3://{}/{}", code.bucket, code.key)?;
        if let Some(version) = &code.version_id {
            write!(f, " version {version}")?;
        }
        write!(f, " ({}, {})", code.runtime, code.entry_point.join(" "))
    }
}

/// What the configuration says about a runtime, in the wire's own form. `None` leaves the live value alone.
#[derive(Clone, Debug)]
pub(crate) struct RuntimeSpec {
    pub(crate) name: String,
    pub(crate) artifact: RuntimeArtifact,
    pub(crate) role_arn: String,
    pub(crate) network: Value,
    /// The object inside `customJWTAuthorizer`; `None` is SigV4.
    pub(crate) authorizer: Option<Value>,
    pub(crate) request_headers: Option<Vec<String>>,
    pub(crate) protocol: String,
    pub(crate) idle_timeout: Option<u32>,
    pub(crate) max_lifetime: Option<u32>,
    /// Merged into what the runtime has: variables of others stay.
    pub(crate) environment: Vec<(String, String)>,
    /// Names of variables that the runtime is to have no longer.
    pub(crate) removed_variables: Vec<String>,
}

impl RuntimeSpec {
    /// Body of CreateAgentRuntime.
    pub(crate) fn create_body(&self, tags: &[(String, String)]) -> Value {
        let mut body = Map::new();
        body.insert("agentRuntimeName".into(), json!(self.name));
        self.overlay(&mut body);
        let tags: Map<String, Value> = tags.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        body.insert("tags".into(), Value::Object(tags));
        Value::Object(body)
    }

    /// Body of UpdateAgentRuntime: everything the runtime has, known here or not, with this specification on top. An
    /// update replaces the whole definition, so what is left out is lost.
    pub(crate) fn update_body(&self, live: &Value) -> Value {
        let mut body = writable(live);
        self.overlay(&mut body);
        // Calls of a version without it are refused. CreateAgentRuntime has no such member.
        let slot = body.entry("metadataConfiguration").or_insert_with(|| json!({}));
        if let Some(metadata) = slot.as_object_mut() {
            metadata.insert("requireMMDSV2".into(), json!(true));
        }
        Value::Object(body)
    }

    fn overlay(&self, body: &mut Map<String, Value>) {
        body.insert("agentRuntimeArtifact".into(), self.artifact.wire());
        body.insert("roleArn".into(), json!(self.role_arn));
        // Members of the network mode that are newer than this program stay.
        let mut network = self.network.clone();
        if let (Some(wanted), Some(live)) =
            (network.as_object_mut(), body.get("networkConfiguration").and_then(Value::as_object))
            && wanted.get("networkMode") == live.get("networkMode")
        {
            merge_missing(wanted, live);
        }
        body.insert("networkConfiguration".into(), network);
        match &self.authorizer {
            Some(authorizer) => {
                body.insert("authorizerConfiguration".into(), json!({ "customJWTAuthorizer": authorizer }));
            }
            None => {
                body.remove("authorizerConfiguration");
            }
        }
        if let Some(headers) = &self.request_headers {
            let slot = body.entry("requestHeaderConfiguration").or_insert_with(|| json!({}));
            if let Some(configuration) = slot.as_object_mut() {
                configuration.insert("requestHeaderAllowlist".into(), json!(headers));
            }
        }
        // An absent protocol means HTTP; sending it anyway would make every first comparison a difference.
        if self.protocol != "HTTP" || body.contains_key("protocolConfiguration") {
            let slot = body.entry("protocolConfiguration").or_insert_with(|| json!({}));
            if let Some(protocol) = slot.as_object_mut() {
                protocol.insert("serverProtocol".into(), json!(self.protocol));
            }
        }
        for (member, value) in [("idleRuntimeSessionTimeout", self.idle_timeout), ("maxLifetime", self.max_lifetime)] {
            if let Some(value) = value {
                let slot = body.entry("lifecycleConfiguration").or_insert_with(|| json!({}));
                if let Some(lifecycle) = slot.as_object_mut() {
                    lifecycle.insert(member.into(), json!(value));
                }
            }
        }
        if let Some(variables) = body.get_mut("environmentVariables").and_then(Value::as_object_mut) {
            variables.retain(|name, _| !self.removed_variables.contains(name));
        }
        if !self.environment.is_empty() {
            let slot = body.entry("environmentVariables").or_insert_with(|| json!({}));
            if let Some(variables) = slot.as_object_mut() {
                for (name, value) in &self.environment {
                    variables.insert(name.clone(), json!(value));
                }
            }
        }
    }
}

fn merge_missing(wanted: &mut Map<String, Value>, live: &Map<String, Value>) {
    for (key, value) in live {
        match (wanted.get_mut(key), value) {
            (None, _) => {
                wanted.insert(key.clone(), value.clone());
            }
            (Some(Value::Object(inner)), Value::Object(live)) => merge_missing(inner, live),
            _ => {}
        }
    }
}

fn writable(live: &Value) -> Map<String, Value> {
    let mut body = live.as_object().cloned().unwrap_or_default();
    body.retain(|key, value| !READ_ONLY.contains(&key.as_str()) && !value.is_null());
    body
}

/// The members that differ between a live runtime and an update body, as text. Environment variables are named, their
/// values are not shown.
pub(crate) fn differences(live: &Value, body: &Value) -> Vec<String> {
    let before = writable(live);
    let empty = Map::new();
    let after = body.as_object().unwrap_or(&empty);
    let mut out = Vec::new();
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let (old, new) = (before.get(key), after.get(key));
        if same(old, new) {
            continue;
        }
        match key.as_str() {
            "environmentVariables" => out.extend(variable_changes(old, new)),
            "authorizerConfiguration" => {
                let member = |value: Option<&Value>| value.and_then(|value| value.get("customJWTAuthorizer")).cloned();
                let meaning = authorizer_meaning(member(old).as_ref(), member(new).as_ref());
                out.push(format!("{key}, {meaning}: {} -> {}", brief(old), brief(new)));
            }
            "agentRuntimeArtifact" => {
                let parsed = |value: Option<&Value>| value.and_then(RuntimeArtifact::of_wire);
                let (old, new) = (parsed(old), parsed(new));
                let text = |it: &Option<RuntimeArtifact>| {
                    it.as_ref().map_or_else(|| "another artifact".to_owned(), RuntimeArtifact::to_string)
                };
                let noun = new.as_ref().map_or("artifact", RuntimeArtifact::noun);
                out.push(format!("{noun}: {} -> {}", text(&old), text(&new)));
            }
            "metadataConfiguration" => {
                out.push(format!("{key}: {} -> {}; calls are refused without it", brief(old), brief(new)));
            }
            _ => out.push(format!("{key}: {} -> {}", brief(old), brief(new))),
        }
    }
    out
}

/// What a change of the authorizer means, from the live object inside `customJWTAuthorizer` to the wanted one.
///
/// # Errors
/// A clause that says which of the two cannot be understood, so that nobody can tell.
pub(crate) fn authorizer_change(live: Option<&Value>, wanted: Option<&Value>) -> Result<Change, &'static str> {
    let parse = |value: Option<&Value>| value.map(Authorizer::from_wire).transpose();
    let live = parse(live).map_err(|_| "the live authorizer has a form that this version cannot compare")?;
    let wanted = parse(wanted).map_err(|_| "the configured authorizer has a form that this version cannot compare")?;
    Ok(compare(live.as_ref(), wanted.as_ref()))
}

fn authorizer_meaning(live: Option<&Value>, wanted: Option<&Value>) -> String {
    match authorizer_change(live, wanted) {
        Ok(Change::Same) => "the same callers".to_owned(),
        Ok(Change::Stricter) => "stricter".to_owned(),
        Ok(Change::Weaker(reasons)) => format!("weaker ({})", reasons.join("; ")),
        Ok(Change::OtherIssuer { .. }) => "another issuer".to_owned(),
        Err(why) => why.to_owned(),
    }
}

fn same(old: Option<&Value>, new: Option<&Value>) -> bool {
    let absent = |value: Option<&Value>| match value {
        None | Some(Value::Null) => true,
        Some(Value::Object(map)) => map.is_empty(),
        _ => false,
    };
    old == new || (absent(old) && absent(new))
}

fn brief(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".to_owned(), Value::to_string)
}

fn variable_changes(old: Option<&Value>, new: Option<&Value>) -> Vec<String> {
    let empty = Map::new();
    let old = old.and_then(Value::as_object).unwrap_or(&empty);
    let new = new.and_then(Value::as_object).unwrap_or(&empty);
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name))
        .map(|name| {
            let verb = match (old.contains_key(name), new.contains_key(name)) {
                (false, _) => "added",
                (_, false) => "removed",
                _ => "changed",
            };
            format!("environment variable {name}: {verb}")
        })
        .collect()
}

/// Checks the names of variables that are to be taken out of the runtime.
///
/// # Errors
/// Exit 2 for what cannot be a name, and for one that the same command sets.
pub(crate) fn check_unset(names: &[String], set: &[(String, String)]) -> Result<()> {
    for name in names {
        if name.is_empty() {
            return Err(Error::usage("`--unset-env` was given without the name of an environment variable")
                .code("input.value")
                .hint("name the one to take out: `--unset-env LOG_LEVEL`"));
        }
        if name.contains('=') || name.chars().count() > 100 {
            // What is after a `=` may be a secret.
            let shown = name.split('=').next().unwrap_or_default();
            return Err(Error::usage(format!(
                "`{shown}` with what follows it is not the name of an environment variable"
            ))
            .code("input.value")
            .hint("`--unset-env` takes a name alone: `--unset-env LOG_LEVEL`"));
        }
        if set.iter().any(|(other, _)| other == name) {
            return Err(Error::usage(format!(
                "the environment variable `{name}` is set by `--env` and taken out by `--unset-env`"
            ))
            .code("input.value")
            .hint("leave one of them out"));
        }
    }
    Ok(())
}

/// Turns `KEY=VALUE` arguments into pairs.
///
/// # Errors
/// Exit 2 for an argument without `=`, an empty or overlong name, or a value beyond the service's 5,000 characters.
pub(crate) fn parse_variables(arguments: &[String]) -> Result<Vec<(String, String)>> {
    arguments
        .iter()
        .map(|argument| {
            // The value may be a secret, so the argument itself is never quoted.
            let (name, value) = argument.split_once('=').ok_or_else(|| {
                Error::usage("an environment variable has the form KEY=VALUE, and one given has no `=`")
                    .hint("write `--env LOG_LEVEL=debug`")
            })?;
            if name.is_empty() || name.chars().count() > 100 || value.chars().count() > 5000 {
                return Err(Error::usage(format!("the environment variable `{name}` does not fit the service"))
                    .hint("a name has 1 to 100 characters, a value at most 5000"));
            }
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> RuntimeSpec {
        RuntimeSpec {
            name: "a".into(),
            artifact: RuntimeArtifact::Image("r@sha256:1".into()),
            role_arn: "role".into(),
            network: json!({ "networkMode": "PUBLIC" }),
            authorizer: None,
            request_headers: None,
            protocol: "HTTP".into(),
            idle_timeout: None,
            max_lifetime: None,
            environment: vec![("A".into(), "1".into())],
            removed_variables: Vec::new(),
        }
    }

    fn live() -> Value {
        json!({
            "agentRuntimeArn": "arn", "agentRuntimeId": "a-1", "agentRuntimeName": "a", "agentRuntimeVersion": "3",
            "status": "READY", "createdAt": "t", "lastUpdatedAt": "t",
            "agentRuntimeArtifact": { "containerConfiguration": { "containerUri": "r@sha256:1" } },
            "roleArn": "role",
            "networkConfiguration": { "networkMode": "PUBLIC" },
            "lifecycleConfiguration": { "idleRuntimeSessionTimeout": 900, "maxLifetime": 28800 },
            "environmentVariables": { "A": "1", "SECRET": "x" },
            "metadataConfiguration": { "requireMMDSV2": true },
            "futureMember": { "deep": [1, 2] },
        })
    }

    #[test]
    fn nothing_differs_when_nothing_changed() {
        let body = spec().update_body(&live());
        assert_eq!(differences(&live(), &body), Vec::<String>::new());
    }

    #[test]
    fn members_this_program_does_not_know_survive_an_update() {
        let mut spec = spec();
        spec.artifact = RuntimeArtifact::Image("r@sha256:2".into());
        let body = spec.update_body(&live());
        assert_eq!(body["futureMember"], json!({ "deep": [1, 2] }));
        assert_eq!(body["environmentVariables"]["SECRET"], "x");
        assert!(body.get("status").is_none());
        assert_eq!(differences(&live(), &body), ["image: r@sha256:1 -> r@sha256:2"]);
    }

    #[test]
    fn an_archive_keeps_its_version_on_the_wire_and_back() {
        let mut code = CodeArchive {
            bucket: "b".into(),
            key: "a/1/deployment.zip".into(),
            version_id: None,
            runtime: "PYTHON_3_13".into(),
            entry_point: vec!["main.py".into()],
        };
        for version in [None, Some("v1".to_owned())] {
            code.version_id = version;
            let artifact = RuntimeArtifact::Code(code.clone());
            assert_eq!(RuntimeArtifact::of_wire(&artifact.wire()), Some(artifact));
        }
        let mut spec = spec();
        spec.artifact = RuntimeArtifact::Code(code);
        let text = "code: r@sha256:1 -> s3://b/a/1/deployment.zip version v1 (PYTHON_3_13, main.py)";
        assert_eq!(differences(&live(), &spec.update_body(&live())), [text]);
    }

    #[test]
    fn values_of_variables_are_not_shown() {
        let mut spec = spec();
        spec.environment = vec![("A".into(), "canary".into()), ("B".into(), "canary".into())];
        let body = spec.update_body(&live());
        let text = differences(&live(), &body).join("\n");
        assert!(text.contains("A: changed") && text.contains("B: added") && !text.contains("canary"));
    }

    #[test]
    fn a_runtime_that_nobody_may_call_is_updated_and_a_creation_says_nothing_of_it() {
        for found in [Value::Null, json!({}), json!({ "requireMMDSV2": false }), json!({ "requireMMDSV2": null })] {
            let mut live = live();
            live["metadataConfiguration"] = found;
            let body = spec().update_body(&live);
            assert_eq!(body["metadataConfiguration"], json!({ "requireMMDSV2": true }));
            let changes = differences(&live, &body);
            assert!(matches!(changes.as_slice(), [one] if one.contains("requireMMDSV2")), "{changes:?}");
        }
        let mut newer = live();
        newer["metadataConfiguration"]["more"] = json!(1);
        assert_eq!(spec().update_body(&newer)["metadataConfiguration"], json!({ "requireMMDSV2": true, "more": 1 }));
        assert!(spec().create_body(&[]).get("metadataConfiguration").is_none());
    }

    #[test]
    fn only_the_named_variables_are_taken_out() {
        let mut spec = spec();
        spec.removed_variables = vec!["SECRET".into(), "NEVER_THERE".into()];
        let mut live = live();
        live["environmentVariables"]["STRANGER"] = json!("s");
        let body = spec.update_body(&live);
        assert_eq!(body["environmentVariables"], json!({ "A": "1", "STRANGER": "s" }));
        assert_eq!(differences(&live, &body), ["environment variable SECRET: removed"]);
    }

    #[test]
    fn a_dropped_authorizer_shows_as_a_difference() {
        let mut live = live();
        live["authorizerConfiguration"] = json!({ "customJWTAuthorizer": { "discoveryUrl": "u" } });
        let body = spec().update_body(&live);
        assert_eq!(differences(&live, &body).len(), 1);
    }

    #[test]
    fn a_variable_without_a_value_is_refused_without_quoting_it() {
        let error = parse_variables(&["canary-no-equals".to_owned()]).unwrap_err();
        assert_eq!(error.kind().exit_code(), 2);
        assert!(!error.to_string().contains("canary"));
        assert_eq!(parse_variables(&["A=b=c".to_owned()]).unwrap(), [("A".to_owned(), "b=c".to_owned())]);
    }
}
