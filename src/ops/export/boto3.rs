//! A Python script that makes it all again with boto3. What is there already is left as it is.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{Definition, MemoryDefinition, Rendered, RoleDefinition};

/// What the script needs whatever it makes.
const HEAD: &str = r#"import json
import os
import time

import boto3

session = boto3.Session(region_name=os.environ.get("AWS_REGION", REGION))
control = session.client("bedrock-agentcore-control")


def unless_there(call, codes, **arguments):
    """The answer, or None when it exists already."""
    try:
        return call(**arguments)
    except Exception as error:
        if getattr(error, "response", {}).get("Error", {}).get("Code") in codes:
            return None
        raise


def wait(look, done):
    while True:
        found = look()
        if found["status"] in done:
            return found
        if found["status"].endswith("FAILED"):
            raise SystemExit(f"{found['status']}: {found.get('failureReason')}")
        time.sleep(1)

"#;

/// Waits for IAM, which takes a while to show a new role to other services.
const CREATE: &str = r#"
for attempt in range(30):
    try:
        made = control.create_agent_runtime(**runtime)
        break
    except control.exceptions.ValidationException as error:
        if attempt == 29 or "role" not in str(error).lower():
            raise
        time.sleep(2)
runtime_id = made["agentRuntimeId"]
live = wait(lambda: control.get_agent_runtime(agentRuntimeId=runtime_id), {"READY"})
"#;

pub(super) fn render(definition: &Definition) -> Rendered {
    let mut out = format!(
        "#!/usr/bin/env python3\n\
         \"\"\"Makes the agent {} on Amazon Bedrock AgentCore Runtime as it was deployed. Needs boto3.\n\n\
         The image or archive that it runs has to be where it was, and policies name the account and region that they were\n\
         written for.\n\"\"\"\n\n",
        definition.agent
    );
    out += &HEAD.replace("REGION)", &format!("{})", text(&definition.region)));
    if let Some(repository) = &definition.repository {
        let tags: Vec<Value> =
            repository.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        let _ = write!(
            out,
            "\nunless_there(\n    session.client(\"ecr\").create_repository,\n    \
             {{\"RepositoryAlreadyExistsException\"}},\n    repositoryName={},\n    \
             imageScanningConfiguration={{\"scanOnPush\": True}},\n    tags={},\n)\n",
            text(&repository.name),
            value(&json!(tags), 1)
        );
    }
    // The role's policies name the memory, which has another id when it is made again.
    if let Some(memory) = &definition.memory {
        write_memory(memory, &mut out);
    }
    if let Some(role) = &definition.role {
        write_role(role, definition.memory.as_ref(), &mut out);
    }
    write_runtime(definition, &mut out);
    for endpoint in &definition.endpoints {
        let _ = write!(
            out,
            "# It pointed to version {}; here there is one version.\ncontrol.create_agent_runtime_endpoint(\n    \
             agentRuntimeId=runtime_id,\n    name={},\n",
            endpoint.version.as_deref().unwrap_or("?"),
            text(&endpoint.name)
        );
        if let Some(description) = &endpoint.description {
            let _ = writeln!(out, "    description={},", text(description));
        }
        out += ")\n";
    }
    for (end, policy) in &definition.policies {
        // The same runtime in another account, or made again, has another ARN.
        let _ = write!(
            out,
            "control.put_resource_policy(\n    resourceArn=live[\"agentRuntimeArn\"] + {},\n    \
             policy=json.dumps({}).replace({}, live[\"agentRuntimeArn\"]),\n)\n",
            text(end),
            value(policy, 1),
            text(&definition.arn)
        );
    }
    out += "print(live[\"agentRuntimeArn\"])\n";
    Rendered { text: out, left_out: Vec::new() }
}

fn write_role(role: &RoleDefinition, memory: Option<&MemoryDefinition>, out: &mut String) {
    let renamed = memory.map_or_else(String::new, |memory| format!(".replace({}, memory_id)", text(&memory.id)));
    let tags: Vec<Value> = role.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    let _ = write!(
        out,
        "\niam = session.client(\"iam\")\nrole_name = {}\nunless_there(\n    iam.create_role,\n    \
         {{\"EntityAlreadyExists\"}},\n    RoleName=role_name,\n    AssumeRolePolicyDocument=json.dumps({}),\n    Tags={},\n",
        text(&role.name),
        value(&role.trust, 1),
        value(&json!(tags), 1)
    );
    if let Some(boundary) = &role.boundary {
        let _ = writeln!(out, "    PermissionsBoundary={},", text(boundary));
    }
    out.push_str(")\n");
    for (name, policy) in &role.policies {
        let _ = write!(
            out,
            "iam.put_role_policy(\n    RoleName=role_name,\n    PolicyName={},\n    PolicyDocument=json.dumps({}){renamed},\n)\n",
            text(name),
            value(policy, 1)
        );
    }
    for arn in &role.attached {
        let _ = writeln!(out, "iam.attach_role_policy(RoleName=role_name, PolicyArn={})", text(arn));
    }
}

fn write_memory(memory: &MemoryDefinition, out: &mut String) {
    let mut strategies = Vec::new();
    for strategy in &memory.strategies {
        let kind = match strategy.get("type").and_then(Value::as_str) {
            Some("SEMANTIC") => "semanticMemoryStrategy",
            Some("SUMMARIZATION") => "summaryMemoryStrategy",
            Some("USER_PREFERENCE") => "userPreferenceMemoryStrategy",
            _ => continue,
        };
        let members = ["name", "description", "namespaces"];
        let known = members.into_iter().filter_map(|member| Some((member.to_owned(), strategy.get(member)?.clone())));
        let known: Map<String, Value> = known.filter(|(_, value)| !value.is_null()).collect();
        strategies.push(json!({ kind: known }));
    }
    let mut arguments = json!({ "name": memory.name, "eventExpiryDuration": memory.expiry_days });
    if let Some(description) = &memory.description {
        arguments["description"] = json!(description);
    }
    if !strategies.is_empty() {
        arguments["memoryStrategies"] = json!(strategies);
    }
    let _ = write!(
        out,
        "\nmemory_id = unless_there(control.create_memory, {{\"ConflictException\", \"ValidationException\"}}, **{})\n\
         if memory_id is None:\n    memory_id = {}\nelse:\n    memory_id = memory_id[\"memory\"][\"id\"]\n    \
         wait(lambda: control.get_memory(memoryId=memory_id)[\"memory\"], {{\"ACTIVE\"}})\n",
        value(&arguments, 0),
        text(&memory.id)
    );
}

fn write_runtime(definition: &Definition, out: &mut String) {
    let mut create = definition.runtime.clone();
    let metadata = create.remove("metadataConfiguration");
    let secrets = &definition.secrets;
    let _ = writeln!(out, "\nruntime = {}", value(&Value::Object(create), 0));
    if let Some(role) = &definition.role {
        // The same name in another account is another ARN.
        let _ = writeln!(out, "runtime[\"roleArn\"] = iam.get_role(RoleName={})[\"Role\"][\"Arn\"]", text(&role.name));
    }
    if !secrets.is_empty() {
        out.push_str("# Values that look like secrets are not in here: give them in variables of the same names.\n");
        out.push_str("runtime.setdefault(\"environmentVariables\", {})\n");
        let _ = writeln!(
            out,
            "for name in {}:\n    runtime[\"environmentVariables\"][name] = os.environ[name]",
            value(&json!(secrets), 0)
        );
    }
    if let Some(memory) = &definition.memory {
        let _ = writeln!(
            out,
            "for name, old in runtime.get(\"environmentVariables\", {{}}).items():\n    if old == {}:\n        \
             runtime[\"environmentVariables\"][name] = memory_id",
            text(&memory.id)
        );
    }
    if !definition.tags.is_empty() {
        let tags: Map<String, Value> = definition.tags.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        let _ = writeln!(out, "runtime[\"tags\"] = {}", value(&Value::Object(tags), 0));
    }
    out.push_str(CREATE);
    // It cannot be given when a runtime is created.
    if let Some(metadata) = metadata {
        let _ = write!(
            out,
            "if live.get(\"metadataConfiguration\") != {metadata}:\n    update = {{name: value for name, value in \
             runtime.items() if name not in (\"agentRuntimeName\", \"tags\")}}\n    \
             control.update_agent_runtime(agentRuntimeId=runtime_id, metadataConfiguration={metadata}, **update)\n    \
             live = wait(lambda: control.get_agent_runtime(agentRuntimeId=runtime_id), {{\"READY\"}})\n",
            metadata = value(&metadata, 0)
        );
    }
}

/// A text in Python: JSON's escapes are Python's too, but for those of pairs of surrogates, which JSON does not need.
fn text(text: &str) -> String {
    json!(text).to_string()
}

/// A value in Python, over several lines where it has members.
fn value(value_: &Value, depth: usize) -> String {
    let (pad, end) = ("    ".repeat(depth + 1), "    ".repeat(depth));
    match value_ {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            let lines: String = items.iter().map(|item| format!("{pad}{},\n", value(item, depth + 1))).collect();
            format!("[\n{lines}{end}]")
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| value(item, depth)).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let lines: String =
                map.iter().map(|(key, item)| format!("{pad}{}: {},\n", text(key), value(item, depth + 1))).collect();
            format!("{{\n{lines}{end}}}")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_pythons() {
        let given = json!({ "a": true, "b": [1, "x"], "c": null, "d": { "e": false } });
        assert_eq!(
            value(&given, 0),
            "{\n    \"a\": True,\n    \"b\": [1, \"x\"],\n    \"c\": None,\n    \"d\": {\n        \"e\": False,\n    },\n}"
        );
    }
}
