//! What a runtime is on the wire: its artifact, the bodies of its creation and update, and how two of them differ. Pure.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::auth::{Authorizer, AuthorizerChange, compare};
use crate::config::{WireSetting, apply_setting};
use crate::facts::runtime;
use crate::report::Document;
use crate::resources::plan::{FieldChange, Meaning, Presence};

/// Member of a VPC's settings. Source: the service's model.
const SERVICE_ENDPOINT: &str = "requireServiceS3Endpoint";

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

impl CodeArchive {
    /// Before it is known which archive it is.
    pub(crate) fn of_bucket(bucket: &str) -> Self {
        Self {
            bucket: bucket.to_owned(),
            key: String::new(),
            version_id: None,
            runtime: String::new(),
            entry_point: Vec::new(),
        }
    }
}

impl RuntimeArtifact {
    /// Of an image: `sha256:…`
    pub(crate) fn digest(&self) -> Option<&str> {
        match self {
            Self::Image(uri) => uri.rsplit_once('@').map(|(_, digest)| digest),
            Self::Code(_) => None,
        }
    }

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
    /// What else the configuration sets or takes away.
    pub(crate) settings: Vec<WireSetting>,
    /// Merged into what the runtime has: variables of others stay.
    pub(crate) environment: Vec<(String, String)>,
    /// Names of variables that the runtime is to have no longer.
    pub(crate) removed_variables: Vec<String>,
    /// Variables that it is to have no longer if they have these values.
    pub(crate) removed_values: Vec<(String, String)>,
}

impl RuntimeSpec {
    /// Nothing but a name.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            artifact: RuntimeArtifact::Image(String::new()),
            role_arn: String::new(),
            network: Value::Null,
            authorizer: None,
            request_headers: None,
            protocol: String::new(),
            idle_timeout: None,
            max_lifetime: None,
            settings: Vec::new(),
            environment: Vec::new(),
            removed_variables: Vec::new(),
            removed_values: Vec::new(),
        }
    }

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
        require_mmdsv2(&mut body);
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
        self.settings.iter().for_each(|setting| apply_setting(body, setting));
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
            let is_left_over = |name: &String, value: &Value| {
                self.removed_values.iter().any(|(other, left)| other == name && value.as_str() == Some(left.as_str()))
            };
            variables.retain(|name, value| !self.removed_variables.contains(name) && !is_left_over(name, value));
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

/// Body of the update that makes a version with the settings of this one, which was read with all of its members.
pub(super) fn restored_body(version: &Value) -> Value {
    let mut body = writable(version);
    require_mmdsv2(&mut body);
    Value::Object(body)
}

/// Calls of a version without it are refused. CreateAgentRuntime has no such member.
fn require_mmdsv2(body: &mut Map<String, Value>) {
    let slot = body.entry("metadataConfiguration").or_insert_with(|| json!({}));
    if let Some(metadata) = slot.as_object_mut() {
        metadata.insert("requireMMDSV2".into(), json!(true));
    }
}

/// Takes a setting out that the service made for runtimes from before May 2026: it refuses an update of a newer one that has
/// it, also with the value that GetAgentRuntime gives. False when it is not there.
pub(super) fn without_service_endpoint(body: &mut Value) -> bool {
    let network = body.pointer_mut("/networkConfiguration/networkModeConfig").and_then(Value::as_object_mut);
    network.is_some_and(|network| network.remove(SERVICE_ENDPOINT).is_some())
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
    body.retain(|key, value| !runtime::is_read_only(key) && !value.is_null());
    body
}

/// The parts that differ between a live runtime and an update body. Environment variables are named, their values are not
/// shown.
pub(crate) fn differences(live: &Value, body: &Value) -> Vec<FieldChange> {
    let before = writable(live);
    let empty = Map::new();
    let after = body.as_object().unwrap_or(&empty);
    let mut out = Vec::new();
    for key in keys(&before, after) {
        let (old, new) = (before.get(key), after.get(key));
        if same(old, new) {
            continue;
        }
        match key.as_str() {
            "environmentVariables" => variable_changes(old, new, &mut out),
            "authorizerConfiguration" => {
                let member = |value: Option<&Value>| value.and_then(|value| value.get("customJWTAuthorizer")).cloned();
                authorizer_changes(member(old).as_ref(), member(new).as_ref(), &mut out);
            }
            "agentRuntimeArtifact" => {
                let parsed = |value: Option<&Value>| value.and_then(RuntimeArtifact::of_wire);
                let (old, new) = (parsed(old), parsed(new));
                let text = |it: &Option<RuntimeArtifact>| {
                    json!(it.as_ref().map_or_else(|| "another artifact".to_owned(), RuntimeArtifact::to_string))
                };
                if let (Some(RuntimeArtifact::Code(old)), Some(RuntimeArtifact::Code(new))) = (&old, &new) {
                    code_changes(old, new, &mut out);
                    continue;
                }
                let noun = new.as_ref().map_or("artifact", RuntimeArtifact::noun);
                out.push(FieldChange::shown(noun, Some(&text(&old)), Some(&text(&new))));
            }
            member => {
                let from = out.len();
                leaves(
                    runtime::plan_name(member),
                    readable(member, old).as_ref(),
                    readable(member, new).as_ref(),
                    &mut out,
                );
                if let Some(effect) = runtime::effect(member) {
                    for change in &mut out[from..] {
                        change.meaning = Some(Meaning::Effect(effect.to_owned()));
                    }
                }
            }
        }
    }
    out
}

/// The paths of plans that differ between two descriptions of a runtime.
pub(super) fn paths_between(before: &Value, after: &Value) -> Vec<String> {
    differences(before, &Value::Object(writable(after))).into_iter().map(|change| change.path).collect()
}

/// The members of an archive's description that differ.
fn code_changes(old: &CodeArchive, new: &CodeArchive, out: &mut Vec<FieldChange>) {
    let members = |code: &CodeArchive| {
        [
            ("code.bucket", json!(code.bucket)),
            ("code.key", json!(code.key)),
            ("code.version", json!(code.version_id)),
            ("code.runtime", json!(code.runtime)),
            ("code.entryPoint", json!(code.entry_point)),
        ]
    };
    let pairs = members(old).into_iter().zip(members(new));
    let changed = pairs.filter(|((_, old), (_, new))| old != new);
    out.extend(changed.map(|((path, old), (_, new))| FieldChange::shown(path, Some(&old), Some(&new))));
}

/// The paths at which the sessions of a runtime have storage of their own, which each new version empties.
pub(crate) fn session_storage(runtime: &Value) -> Vec<String> {
    let mounts = runtime.get("filesystemConfigurations").and_then(Value::as_array);
    let paths = mounts.into_iter().flatten().filter_map(|mount| mount.pointer("/sessionStorage/mountPath")?.as_str());
    paths.map(str::to_owned).collect()
}

/// A list of structures as people read it; anything else as it is.
pub(crate) fn readable(member: &str, value: Option<&Value>) -> Option<Value> {
    let text = |item: &Value| match member {
        "filesystemConfigurations" => mount_text(item),
        "allowedPorts" => port_text(item),
        "resourceConfigurations" => memory_text(item),
        _ => None,
    };
    let items = value?.as_array().map(|items| {
        items.iter().map(|item| text(item).map_or_else(|| item.clone(), Value::String)).collect::<Value>()
    });
    items.or_else(|| value.cloned())
}

fn mount_text(mount: &Value) -> Option<String> {
    let (kind, inner) = mount.as_object().and_then(|mount| mount.iter().next())?;
    let text = |member: &str| inner.get(member).and_then(Value::as_str);
    let what = match kind.as_str() {
        "sessionStorage" => "session storage".to_owned(),
        "efsAccessPoint" | "s3FilesAccessPoint" => text("accessPointArn")?.to_owned(),
        "s3BucketMount" => format!("s3://{}/{}", text("bucket")?, text("prefix").unwrap_or_default()),
        "capacityProviderVolume" => format!("volume {}", text("volumeName")?),
        _ => return None,
    };
    let owner = text("s3BucketOwner").map(|owner| format!(" of account {owner}")).unwrap_or_default();
    let region = text("s3BucketRegion").map(|region| format!(" in {region}")).unwrap_or_default();
    Some(format!("{what}{owner}{region} at {}", text("mountPath")?))
}

fn port_text(item: &Value) -> Option<String> {
    let number = |pointer: &str| item.pointer(pointer).and_then(Value::as_i64);
    let range = || Some(format!("{}-{}", number("/portRange/from")?, number("/portRange/to")?));
    number("/port").map(|port| port.to_string()).or_else(range)
}

fn memory_text(item: &Value) -> Option<String> {
    let only = item.as_object().is_some_and(|members| members.len() == 1);
    let memory = item.get("minimumMemoryInMiB").and_then(Value::as_i64).filter(|_| only)?;
    Some(format!("at least {memory} MiB of memory"))
}

fn keys<'v>(before: &'v Map<String, Value>, after: &'v Map<String, Value>) -> Vec<&'v String> {
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// The values below `path` that differ, each with its own path.
fn leaves(path: &str, old: Option<&Value>, new: Option<&Value>, out: &mut Vec<FieldChange>) {
    if same(old, new) {
        return;
    }
    let is_object = |value: Option<&Value>| value.is_none_or(|value| value.is_object() || value.is_null());
    if is_object(old) && is_object(new) {
        let map = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
        let (before, after) = (map(old), map(new));
        for key in keys(&before, &after) {
            leaves(&format!("{path}.{key}"), before.get(key), after.get(key), out);
        }
    } else {
        out.push(FieldChange::shown(path, old, new));
    }
}

/// The rules that change, the first of them with what the whole change means.
fn authorizer_changes(old: Option<&Value>, new: Option<&Value>, out: &mut Vec<FieldChange>) {
    let from = out.len();
    match (old, new) {
        (Some(_), Some(_)) => leaves("authorizer", old, new, out),
        _ => {
            let text = |value: Option<&Value>| {
                let url = value.and_then(|value| value.get("discoveryUrl")?.as_str());
                json!(match (value, url) {
                    (None, _) => "AWS credentials (IAM)".to_owned(),
                    (Some(_), Some(url)) => format!("tokens of {url}"),
                    (Some(_), None) => "tokens".to_owned(),
                })
            };
            out.push(FieldChange::shown("authorizer", Some(&text(old)), Some(&text(new))));
        }
    }
    if let Some(first) = out.get_mut(from) {
        first.meaning = Some(Meaning::Effect(authorizer_meaning(old, new)));
    }
}

/// What a change of the authorizer means, from the live object inside `customJWTAuthorizer` to the wanted one.
///
/// # Errors
/// A clause that says which of the two cannot be understood, so that nobody can tell.
pub(crate) fn authorizer_change(
    live: Option<&Value>,
    wanted: Option<&Value>,
) -> Result<AuthorizerChange, &'static str> {
    let parse = |value: Option<&Value>| value.map(Authorizer::from_wire).transpose();
    let live = parse(live).map_err(|_| "the live authorizer has a form that this version cannot compare")?;
    let wanted = parse(wanted).map_err(|_| "the configured authorizer has a form that this version cannot compare")?;
    Ok(compare(live.as_ref(), wanted.as_ref()))
}

/// Who may call, by the object inside `customJWTAuthorizer`; `None` is SigV4.
pub(crate) fn callers_text(authorizer: Option<&Value>) -> String {
    let Some(authorizer) = authorizer else { return "AWS credentials (SigV4)".to_owned() };
    let url = authorizer.get("discoveryUrl").and_then(Value::as_str).unwrap_or("?");
    let mut parts = vec![format!("bearer token of {url}")];
    for (member, label) in [("allowedClients", "clients"), ("allowedAudience", "audience"), ("allowedScopes", "scopes")]
    {
        if let Some(values) = authorizer.get(member).and_then(Value::as_array) {
            let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            parts.push(format!("{label} {}", values.join(", ")));
        }
    }
    if authorizer.get("customClaims").is_some() {
        parts.push("custom claims".to_owned());
    }
    parts.join("; ")
}

fn authorizer_meaning(live: Option<&Value>, wanted: Option<&Value>) -> String {
    match authorizer_change(live, wanted) {
        Ok(AuthorizerChange::Same) => "the same callers".to_owned(),
        Ok(AuthorizerChange::Stricter) => "lets fewer callers in".to_owned(),
        Ok(AuthorizerChange::Weaker(reasons)) => format!("lets more callers in ({})", reasons.join("; ")),
        Ok(AuthorizerChange::OtherIssuer { .. }) => "other callers: another issuer".to_owned(),
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

fn variable_changes(old: Option<&Value>, new: Option<&Value>, out: &mut Vec<FieldChange>) {
    let map = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let (old, new) = (map(old), map(new));
    for name in keys(&old, &new) {
        let presence = match (old.get(name), new.get(name)) {
            (before, after) if before == after => continue,
            (None, _) => Presence::Added,
            (_, None) => Presence::Removed,
            _ => Presence::Changed,
        };
        out.push(FieldChange::secret(format!("environment.{name}"), presence));
    }
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
            settings: Vec::new(),
            environment: vec![("A".into(), "1".into())],
            removed_variables: Vec::new(),
            removed_values: Vec::new(),
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

    fn said(live: &Value, body: &Value) -> Vec<String> {
        differences(live, body).iter().map(FieldChange::to_string).collect()
    }

    #[test]
    fn nothing_differs_when_nothing_changed() {
        let body = spec().update_body(&live());
        assert_eq!(said(&live(), &body), Vec::<String>::new());
    }

    #[test]
    fn unknown_members_survive_an_update() {
        let mut spec = spec();
        spec.artifact = RuntimeArtifact::Image("r@sha256:2".into());
        let body = spec.update_body(&live());
        assert_eq!(body["futureMember"], json!({ "deep": [1, 2] }));
        assert_eq!(body["environmentVariables"]["SECRET"], "x");
        assert!(body.get("status").is_none());
        assert_eq!(said(&live(), &body), ["image: r@sha256:1 -> r@sha256:2"]);
    }

    #[test]
    fn archive_keeps_its_version_through_the_wire_form() {
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
        assert_eq!(said(&live(), &spec.update_body(&live())), [text]);
    }

    #[test]
    fn values_of_variables_are_not_shown() {
        let mut spec = spec();
        spec.environment = vec![("A".into(), "canary".into()), ("B".into(), "canary".into())];
        let body = spec.update_body(&live());
        let text = said(&live(), &body).join("\n");
        assert!(
            text.contains("environment.A: changed")
                && text.contains("environment.B: added")
                && !text.contains("canary")
        );
    }

    #[test]
    fn updates_require_mmdsv2_and_creations_leave_it_out() {
        for found in [Value::Null, json!({}), json!({ "requireMMDSV2": false }), json!({ "requireMMDSV2": null })] {
            let mut live = live();
            live["metadataConfiguration"] = found;
            let body = spec().update_body(&live);
            assert_eq!(body["metadataConfiguration"], json!({ "requireMMDSV2": true }));
            let changes = said(&live, &body);
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
        assert_eq!(said(&live, &body), ["environment.SECRET: removed"]);
    }

    #[test]
    fn authorizer_change_says_whom_it_lets_in() {
        let jwt = |clients: &[&str]| json!({ "discoveryUrl": "https://i/.well-known/openid-configuration", "allowedClients": clients });
        let mut live = live();
        live["authorizerConfiguration"] = json!({ "customJWTAuthorizer": jwt(&["a"]) });
        let dropped = said(&live, &spec().update_body(&live));
        assert!(
            matches!(dropped.as_slice(), [one] if one.starts_with(
                "authorizer: tokens of https://i/.well-known/openid-configuration -> AWS credentials (IAM); "
            )),
            "{dropped:?}"
        );
        let mut spec = spec();
        spec.authorizer = Some(jwt(&["a", "b"]));
        let widened = said(&live, &spec.update_body(&live));
        assert!(
            matches!(widened.as_slice(), [one] if one.starts_with(
                "authorizer.allowedClients: a -> a, b; lets more callers in ("
            )),
            "{widened:?}"
        );
        live["authorizerConfiguration"] = json!({ "customJWTAuthorizer": jwt(&["a", "b", "c"]) });
        assert_eq!(
            said(&live, &spec.update_body(&live)),
            ["authorizer.allowedClients: a, b, c -> a, b; lets fewer callers in"]
        );
    }

    #[test]
    fn settings_of_the_file_read_well() {
        let mut spec = spec();
        let set = |path: &'static str, value: Value| WireSetting { path, value: Some(value) };
        spec.settings = vec![
            set("filesystemConfigurations", json!([{ "sessionStorage": { "mountPath": "/mnt/a" } }])),
            set("allowedPorts", json!([{ "port": 8100 }, { "portRange": { "from": 8200, "to": 8300 } }])),
            set("resourceConfigurations[].minimumMemoryInMiB", json!(4096)),
            set("protocolConfiguration.port", json!(8100)),
        ];
        let body = spec.update_body(&live());
        assert_eq!(body["protocolConfiguration"], json!({ "serverProtocol": "HTTP", "port": 8100 }));
        assert_eq!(session_storage(&body), ["/mnt/a"]);
        assert_eq!(
            said(&live(), &body),
            [
                "allowedPorts: none -> 8100, 8200-8300; callers of a session reach these ports",
                "fileSystems: none -> session storage at /mnt/a",
                "protocol.port: none -> 8100",
                "protocol.serverProtocol: none -> HTTP",
                "resources: none -> at least 4096 MiB of memory",
            ]
        );
        assert_eq!(said(&body, &spec.update_body(&body)), [""; 0]);
        spec.settings = vec![WireSetting { path: "filesystemConfigurations", value: None }];
        assert_eq!(said(&body, &spec.update_body(&body)), ["fileSystems: session storage at /mnt/a -> none"]);
    }

    #[test]
    fn each_setting_that_changes_has_its_own_path() {
        let mut spec = spec();
        spec.idle_timeout = Some(600);
        spec.protocol = "MCP".into();
        spec.request_headers = Some(vec!["X-One".into(), "X-Two".into()]);
        assert_eq!(
            said(&live(), &spec.update_body(&live())),
            [
                "lifecycle.idleRuntimeSessionTimeout: 900 -> 600",
                "protocol.serverProtocol: none -> MCP",
                "requestHeaders.requestHeaderAllowlist: none -> X-One, X-Two",
            ]
        );
    }
}
