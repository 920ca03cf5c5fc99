//! What a runtime is on the wire: the bodies of its creation and update. Pure.

use serde_json::{Map, Value, json};

use super::artifact::RuntimeArtifact;
use crate::config::{WireSetting, apply_setting};
use crate::facts::runtime;

/// Member of a VPC's settings. Source: the service's model.
const SERVICE_ENDPOINT: &str = "requireServiceS3Endpoint";

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

pub(super) fn writable(live: &Value) -> Map<String, Value> {
    let mut body = live.as_object().cloned().unwrap_or_default();
    body.retain(|key, value| !runtime::is_read_only(key) && !value.is_null());
    body
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::resources::runtime::CodeArchive;
    use crate::resources::runtime::difference::tests::said;

    pub(in super::super) fn spec() -> RuntimeSpec {
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

    pub(in super::super) fn live() -> Value {
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
}
