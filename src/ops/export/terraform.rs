//! HCL for Terraform's provider hashicorp/aws, with a block that imports what is there.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::cloudformation::free;
use super::{Definition, MemoryDefinition, Rendered, RoleDefinition, snake};
use crate::facts::DEFAULT_ENDPOINT;

/// Arguments and blocks of `aws_bedrockagentcore_agent_runtime`. Source: the provider's schema, version 6.25 (December 2025), and
/// what later versions added under the API's own names.
const ARGUMENTS: &[&str] = &[
    "agentRuntimeArtifact",
    "authorizerConfiguration",
    "description",
    "environmentVariables",
    "lifecycleConfiguration",
    "networkConfiguration",
    "protocolConfiguration",
    "requestHeaderConfiguration",
    "roleArn",
];

/// Objects that the provider has as arguments (`name = { … }`) and not as blocks.
const ARGUMENT_OBJECTS: &[&str] = &["environmentVariables", "advertisedScopeMapping"];

pub(super) fn render(definition: &Definition) -> Rendered {
    let mut left_out = Vec::new();
    let mut out = String::from(
        "# What is deployed, for the provider hashicorp/aws 6. `terraform plan` shows what is imported and should change\n\
         # nothing but tags. Arguments that your version of the provider does not know are newer than it.\n\n",
    );
    let label = &definition.agent;
    for (_, id) in variables(definition) {
        let _ = write!(out, "variable {} {{\n  type      = string\n  sensitive = true\n}}\n\n", quoted(&id));
    }
    let mut resource = |kind: &str, name: &str, id: &str, body: &str| {
        let _ = write!(out, "import {{\n  to = {kind}.{name}\n  id = {}\n}}\n\n", quoted(id));
        let _ = write!(out, "resource {} {} {{\n{body}}}\n\n", quoted(kind), quoted(name));
    };
    if let Some(repository) = &definition.repository {
        let mut body = argument("name", &json!(repository.name), 1);
        body += "  image_scanning_configuration {\n    scan_on_push = true\n  }\n";
        body += &tags(&repository.tags);
        resource("aws_ecr_repository", label, &repository.name, &body);
    }
    if let Some(role) = &definition.role {
        role_resources(role, label, &mut resource);
    }
    if let Some(memory) = &definition.memory {
        memory_resources(memory, label, &mut resource, &mut left_out);
    }
    let body = runtime_body(definition, &mut left_out);
    resource("aws_bedrockagentcore_agent_runtime", label, &definition.id, &body);
    for endpoint in &definition.endpoints {
        let mut body = argument("name", &json!(endpoint.name), 1);
        let _ = writeln!(body, "  agent_runtime_id = aws_bedrockagentcore_agent_runtime.{label}.agent_runtime_id");
        for (name, value) in [("agent_runtime_version", &endpoint.version), ("description", &endpoint.description)] {
            if let Some(value) = value {
                body += &argument(name, &json!(value), 1);
            }
        }
        let id = format!("{},{}", definition.id, endpoint.name);
        resource("aws_bedrockagentcore_agent_runtime_endpoint", &format!("{label}_{}", endpoint.name), &id, &body);
    }
    for (end, policy) in &definition.policies {
        let named = Definition::endpoint_of_policy(end);
        let arn = format!("aws_bedrockagentcore_agent_runtime.{label}.agent_runtime_arn");
        let arn = if end.is_empty() { arn } else { format!("\"${{{arn}}}{end}\"") };
        // Its statements name what they are on, and the provider fills that in.
        let policy = document(policy).replace(&quoted(&format!("{}{end}", definition.arn)), &arn);
        let mut body = format!("  resource_arn = {arn}\n  policy = {policy}\n");
        if let Some(name) = named.filter(|name| *name != DEFAULT_ENDPOINT) {
            let _ = writeln!(body, "  depends_on = [aws_bedrockagentcore_agent_runtime_endpoint.{label}_{name}]");
        }
        let name = named.map_or_else(|| label.clone(), |name| format!("{label}_{name}"));
        resource("aws_bedrockagentcore_resource_policy", &name, &format!("{}{end}", definition.arn), &body);
    }
    if !left_out.is_empty() {
        let _ = writeln!(out, "# Left out, because the provider has no argument for it: {}", left_out.join(", "));
    }
    Rendered { text: out.trim_end().to_owned() + "\n", left_out }
}

fn role_resources(role: &RoleDefinition, label: &str, resource: &mut impl FnMut(&str, &str, &str, &str)) {
    let mut body = argument("name", &json!(role.name), 1);
    let _ = writeln!(body, "  assume_role_policy = {}", document(&role.trust));
    if let Some(boundary) = &role.boundary {
        body += &argument("permissions_boundary", &json!(boundary), 1);
    }
    body += &tags(&role.tags);
    resource("aws_iam_role", label, &role.name, &body);
    for (at, (name, policy)) in role.policies.iter().enumerate() {
        let mut body = argument("name", &json!(name), 1);
        let _ = writeln!(body, "  role   = aws_iam_role.{label}.id\n  policy = {}", document(policy));
        let id = format!("{}:{name}", role.name);
        resource("aws_iam_role_policy", &numbered(label, at), &id, &body);
    }
    for (at, arn) in role.attached.iter().enumerate() {
        let mut body = argument("policy_arn", &json!(arn), 1);
        let _ = writeln!(body, "  role = aws_iam_role.{label}.name");
        resource("aws_iam_role_policy_attachment", &numbered(label, at), &format!("{}/{arn}", role.name), &body);
    }
}

fn numbered(label: &str, at: usize) -> String {
    if at == 0 { label.to_owned() } else { format!("{label}_{}", at + 1) }
}

fn memory_resources(
    memory: &MemoryDefinition,
    label: &str,
    resource: &mut impl FnMut(&str, &str, &str, &str),
    left_out: &mut Vec<String>,
) {
    let mut body = argument("name", &json!(memory.name), 1);
    body += &argument("event_expiry_duration", &json!(memory.expiry_days), 1);
    if let Some(description) = &memory.description {
        body += &argument("description", &json!(description), 1);
    }
    resource("aws_bedrockagentcore_memory", label, &memory.id, &body);
    for (at, strategy) in memory.strategies.iter().enumerate() {
        let kind = strategy["type"].as_str().unwrap_or_default();
        if !["SEMANTIC", "SUMMARIZATION", "USER_PREFERENCE"].contains(&kind) {
            left_out.push(format!("memory strategy of type {kind}"));
            continue;
        }
        let mut body = argument("name", &strategy["name"], 1);
        let _ = writeln!(body, "  memory_id = aws_bedrockagentcore_memory.{label}.id");
        body += &argument("type", &strategy["type"], 1);
        body += &argument("namespaces", strategy.get("namespaces").unwrap_or(&json!([])), 1);
        if let Some(description) = strategy.get("description").filter(|text| !text.is_null()) {
            body += &argument("description", description, 1);
        }
        let id = format!("{},{}", memory.id, strategy["strategyId"].as_str().unwrap_or_default());
        resource("aws_bedrockagentcore_memory_strategy", &numbered(label, at), &id, &body);
    }
}

fn runtime_body(definition: &Definition, left_out: &mut Vec<String>) -> String {
    let mut body = String::new();
    let mut runtime = definition.runtime.clone();
    if !definition.secrets.is_empty() {
        runtime.entry("environmentVariables").or_insert_with(|| json!({}));
    }
    body += &argument("agent_runtime_name", runtime.get("agentRuntimeName").unwrap_or(&Value::Null), 1);
    runtime.remove("agentRuntimeName");
    for (member, value) in &runtime {
        if !ARGUMENTS.contains(&member.as_str()) {
            left_out.push(member.clone());
            continue;
        }
        match (member.as_str(), value) {
            ("roleArn", _) if definition.role.is_some() => {
                let _ = writeln!(body, "  role_arn = aws_iam_role.{}.arn", definition.agent);
            }
            ("environmentVariables", Value::Object(known)) => {
                body += "  environment_variables = {\n";
                for (name, value) in known {
                    let _ = writeln!(body, "    {} = {}", quoted(name), literal(value));
                }
                for (name, id) in variables(definition) {
                    let _ = writeln!(body, "    {} = var.{id}", quoted(name));
                }
                body += "  }\n";
            }
            // An argument that is an object, where the others are blocks.
            ("lifecycleConfiguration", Value::Object(map)) => {
                body += "  lifecycle_configuration = [{\n";
                for (name, value) in map {
                    body += &argument(&snake(name), value, 2);
                }
                body += "  }]\n";
            }
            (member, value) => body += &argument(&snake(member), value, 1),
        }
    }
    body + &tags(&definition.tags)
}

/// The secrets, each with the variable that it comes from.
fn variables(definition: &Definition) -> Vec<(&str, String)> {
    let mut out: Vec<(&str, String)> = Vec::new();
    for name in &definition.secrets {
        let safe: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let id = free(&format!("secret_{safe}"), |id| out.iter().any(|(_, other)| other == id));
        out.push((name, id));
    }
    out
}

fn tags(tags: &[(String, String)]) -> String {
    if tags.is_empty() {
        return String::new();
    }
    let lines: String = tags.iter().map(|(key, value)| format!("    {} = {}\n", quoted(key), quoted(value))).collect();
    format!("  tags = {{\n{lines}  }}\n")
}

/// `name = value`, or a block for an object and for each of several.
fn argument(name: &str, value: &Value, depth: usize) -> String {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(map) if ARGUMENT_OBJECTS.iter().any(|member| snake(member) == name) => {
            let lines: String =
                map.iter().map(|(key, value)| format!("{pad}  {} = {}\n", quoted(key), literal(value))).collect();
            format!("{pad}{name} = {{\n{lines}{pad}}}\n")
        }
        Value::Object(map) => format!("{pad}{name} {{\n{}{pad}}}\n", members(map, depth + 1)),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            // The provider calls a block by the singular.
            let one = name.strip_suffix('s').unwrap_or(name);
            items.iter().map(|item| argument(one, item, depth)).collect()
        }
        other => format!("{pad}{name} = {}\n", literal(other)),
    }
}

fn members(map: &Map<String, Value>, depth: usize) -> String {
    map.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| argument(&snake(key), value, depth)).collect()
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// A text in HCL: `${` and `%{` would begin a template. Of JSON's escapes HCL has not those of a single letter for control characters.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out.replace("${", "$${").replace("%{", "%%{")
}

/// A policy as an expression: JSON's objects are HCL's.
fn document(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let text = text.replace("${", "$${").replace("%{", "%%{").replace("\n", "\n  ");
    format!("jsonencode({text})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_in_texts_stay_texts() {
        assert_eq!(quoted("${aws:username} %{x} \"q\""), r#""$${aws:username} %%{x} \"q\"""#);
        assert_eq!(quoted("a\\b\nc\u{8}\u{1f600}"), r#""a\\b\nc\u0008😀""#);
    }

    #[test]
    fn objects_are_blocks_and_lists_of_them_repeat() {
        let value = json!({ "discoveryUrl": "u", "customClaims": [{ "inboundTokenClaimName": "a" }] });
        assert_eq!(
            argument("custom_jwt_authorizer", &value, 1),
            "  custom_jwt_authorizer {\n    discovery_url = \"u\"\n    custom_claim {\n      inbound_token_claim_name = \"a\"\n    }\n  }\n"
        );
    }
}
