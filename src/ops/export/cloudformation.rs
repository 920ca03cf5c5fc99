//! A CloudFormation template, in JSON.

use serde_json::{Map, Value, json};

use super::{Definition, MemoryDefinition, Rendered, RoleDefinition, pascal};

/// Properties of `AWS::BedrockAgentCore::Runtime`. Source: the resource's schema of September 2026.
const PROPERTIES: &[&str] = &[
    "AgentRuntimeArtifact",
    "AgentRuntimeName",
    "AuthorizerConfiguration",
    "CapacityProviderConfiguration",
    "Description",
    "EnvironmentVariables",
    "FilesystemConfigurations",
    "LifecycleConfiguration",
    "NetworkConfiguration",
    "PlatformVersion",
    "ProtocolConfiguration",
    "RequestHeaderConfiguration",
    "RoleArn",
];

/// Members whose keys are the user's own.
const MAPS: &[&str] = &["environmentVariables", "advertisedScopeMapping", "tags"];

pub(super) fn render(definition: &Definition) -> Rendered {
    let mut left_out = Vec::new();
    let mut resources = Map::new();
    if let Some(repository) = &definition.repository {
        resources.insert(
            "Repository".into(),
            kept(
                "AWS::ECR::Repository",
                json!({
                    "RepositoryName": repository.name,
                    "ImageScanningConfiguration": { "ScanOnPush": true },
                    "Tags": tag_list(&repository.tags),
                }),
            ),
        );
    }
    if let Some(role) = &definition.role {
        resources.insert("Role".into(), kept("AWS::IAM::Role", role_properties(role)));
    }
    if let Some(memory) = &definition.memory {
        resources
            .insert("Memory".into(), kept("AWS::BedrockAgentCore::Memory", memory_properties(memory, &mut left_out)));
    }
    resources.insert(
        "Runtime".into(),
        kept("AWS::BedrockAgentCore::Runtime", runtime_properties(definition, &mut left_out)),
    );
    let mut endpoints: Vec<(&str, String)> = Vec::new();
    for endpoint in &definition.endpoints {
        let mut properties = json!({
            "AgentRuntimeId": { "Fn::GetAtt": ["Runtime", "AgentRuntimeId"] },
            "Name": endpoint.name,
        });
        for (name, value) in [("AgentRuntimeVersion", &endpoint.version), ("Description", &endpoint.description)] {
            if let Some(value) = value {
                properties[name] = json!(value);
            }
        }
        let id = free(&format!("Endpoint{}", pascal(&logical(&endpoint.name))), |id| resources.contains_key(id));
        endpoints.push((endpoint.name.as_str(), id.clone()));
        resources.insert(id, kept("AWS::BedrockAgentCore::RuntimeEndpoint", properties));
    }
    for (end, policy) in &definition.policies {
        let named = Definition::endpoint_of_policy(end).unwrap_or_default();
        let id = free(&format!("Policy{}", pascal(&logical(named))), |id| resources.contains_key(id));
        let mut resource =
            kept("AWS::BedrockAgentCore::ResourcePolicy", policy_properties(end, policy, &definition.arn));
        if let Some((_, endpoint)) = endpoints.iter().find(|(name, _)| *name == named) {
            resource["DependsOn"] = json!(endpoint);
        }
        resources.insert(id, resource);
    }
    let mut template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": format!("Agent {} on Amazon Bedrock AgentCore Runtime, as it was deployed", definition.agent),
        "Resources": resources,
    });
    if !definition.secrets.is_empty() {
        let parameter = |name| json!({ "Type": "String", "NoEcho": true, "Description": name });
        let parameters = parameters(definition).into_iter().map(|(name, id)| (id, parameter(name)));
        template["Parameters"] = Value::Object(parameters.collect());
    }
    if !left_out.is_empty() {
        template["Metadata"] = json!({ "LeftOutByAgentcoreExport": left_out });
    }
    let text = serde_json::to_string_pretty(&template).unwrap_or_default() + "\n";
    Rendered { text, left_out }
}

/// What exists is imported into a stack, which needs a deletion policy.
fn kept(kind: &str, mut properties: Value) -> Value {
    if let Some(map) = properties.as_object_mut() {
        map.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()));
    }
    json!({ "Type": kind, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", "Properties": properties })
}

/// Logical ids have letters and digits alone.
fn logical(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Names that differ only in other characters get a number.
pub(super) fn free(id: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{id}N{number}"));
    std::iter::once(id.to_owned()).chain(numbered).find(|id| !is_taken(id)).unwrap_or_default()
}

/// The variables that look like secrets, each with its parameter.
fn parameters(definition: &Definition) -> Vec<(&str, String)> {
    let mut out: Vec<(&str, String)> = Vec::new();
    for name in &definition.secrets {
        let id = free(&format!("Secret{}", logical(name)), |id| out.iter().any(|(_, other)| other == id));
        out.push((name, id));
    }
    out
}

fn tag_list(tags: &[(String, String)]) -> Value {
    tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

fn role_properties(role: &RoleDefinition) -> Value {
    let policies: Vec<Value> = role
        .policies
        .iter()
        .map(|(name, document)| json!({ "PolicyName": name, "PolicyDocument": document }))
        .collect();
    json!({
        "RoleName": role.name,
        "AssumeRolePolicyDocument": role.trust,
        "Policies": policies,
        "ManagedPolicyArns": role.attached,
        "PermissionsBoundary": role.boundary,
        "Tags": tag_list(&role.tags),
    })
}

fn memory_properties(memory: &MemoryDefinition, left_out: &mut Vec<String>) -> Value {
    let mut strategies = Vec::new();
    for strategy in &memory.strategies {
        let kind = match strategy.get("type").and_then(Value::as_str) {
            Some("SEMANTIC") => "SemanticMemoryStrategy",
            Some("SUMMARIZATION") => "SummaryMemoryStrategy",
            Some("USER_PREFERENCE") => "UserPreferenceMemoryStrategy",
            other => {
                left_out.push(format!("memory strategy of type {}", other.unwrap_or("unknown")));
                continue;
            }
        };
        let mut properties = json!({ "Name": strategy["name"] });
        for (name, member) in [("Description", "description"), ("Namespaces", "namespaces")] {
            if let Some(value) = strategy.get(member).filter(|value| !value.is_null()) {
                properties[name] = value.clone();
            }
        }
        strategies.push(json!({ kind: properties }));
    }
    json!({
        "Name": memory.name,
        "Description": memory.description,
        "EventExpiryDuration": memory.expiry_days,
        "MemoryStrategies": strategies,
    })
}

/// The document is a text there. What its statements are on is the runtime of this template.
fn policy_properties(end: &str, policy: &Value, runtime: &str) -> Value {
    const ARN: &str = "${Runtime.AgentRuntimeArn}";
    // In a text that is filled in, `${!` stands for `${`.
    let text = policy.to_string().replace("${", "${!").replace(runtime, ARN);
    json!({
        "ResourceArn": { "Fn::Sub": format!("{ARN}{end}") },
        "Policy": { "Fn::Sub": text },
    })
}

fn runtime_properties(definition: &Definition, left_out: &mut Vec<String>) -> Value {
    let mut out = Map::new();
    for (member, value) in &definition.runtime {
        let name = pascal(member);
        if !PROPERTIES.contains(&name.as_str()) {
            left_out.push(member.clone());
            continue;
        }
        let value = match (member.as_str(), value) {
            // A plain text there.
            ("protocolConfiguration", Value::Object(protocol)) => {
                left_out.extend(
                    protocol
                        .keys()
                        .filter(|key| *key != "serverProtocol")
                        .map(|key| format!("protocolConfiguration.{key}")),
                );
                protocol.get("serverProtocol").cloned().unwrap_or(Value::Null)
            }
            (member, value) if MAPS.contains(&member) => value.clone(),
            (_, value) => cased(value),
        };
        out.insert(name, value);
    }
    if !definition.secrets.is_empty() {
        let variables = out.entry("EnvironmentVariables").or_insert_with(|| json!({}));
        for (name, id) in parameters(definition) {
            variables[name] = json!({ "Ref": id });
        }
    }
    if definition.role.is_some() {
        out.insert("RoleArn".into(), json!({ "Fn::GetAtt": ["Role", "Arn"] }));
    }
    if !definition.tags.is_empty() {
        let tags: Map<String, Value> = definition.tags.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        out.insert("Tags".into(), Value::Object(tags));
    }
    Value::Object(out)
}

fn cased(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| {
                    let value = if MAPS.contains(&key.as_str()) { value.clone() } else { cased(value) };
                    (pascal(key), value)
                })
                .collect(),
        ),
        Value::Array(items) => items.iter().map(cased).collect(),
        other => other.clone(),
    }
}
