//! What is live of a runtime, as the configuration's keys. Pure.

use serde_json::{Value, json};

use super::Compared;
use crate::cloud::AgentRuntime;
use crate::config::{
    Agent, DEFAULT_PLATFORM, DeploymentType, escaped_setting, escaped_value, has_references, may_be_secret,
    value_in_file,
};
use crate::facts::runtime::{OWN_KEYS, RuntimeSetting, SETTINGS};
use crate::partition::{Arn, EcrRepository};
use crate::project::OTEL_COMMAND;
use crate::resources::owner::Owner;
use crate::resources::plan::{ResourceKind, Step};
use crate::resources::runtime::RuntimeArtifact;

/// A path below the agent, and what it is set to; `None` takes it out.
pub(super) type PathEdit = (Vec<String>, Option<Value>);

/// What is written of an agent, and what is not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    pub(super) edits: Vec<PathEdit>,
    /// Names of variables whose values look like secrets.
    pub(super) secrets: Vec<String>,
    pub(super) notes: Vec<String>,
}

impl Written {
    fn set(&mut self, path: &[&str], value: Value) {
        self.edits.push((owned(path), Some(escaped_setting(&path.join("."), value))));
    }

    fn remove(&mut self, path: &[&str]) {
        self.edits.push((owned(path), None));
    }
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|part| (*part).to_owned()).collect()
}

/// A setting of a live runtime, as the file has it.
struct LiveSetting {
    setting: &'static RuntimeSetting,
    /// Null where the runtime has none.
    value: Value,
}

impl LiveSetting {
    fn path(&self) -> Vec<String> {
        self.setting.key.split('.').map(str::to_owned).collect()
    }

    /// A key that only this program has is taken out where the runtime has none; the toolkit's are null.
    fn edit(&self) -> PathEdit {
        let is_left_out = self.value.is_null() && self.setting.key.starts_with(OWN_KEYS);
        (self.path(), (!is_left_out).then(|| escaped_setting(self.setting.key, self.value.clone())))
    }
}

/// What is live of the settings that are written one by one, unlike the artifact and the variables.
fn live_settings(live: &Value) -> impl Iterator<Item = LiveSetting> {
    SETTINGS.iter().filter_map(move |setting| {
        let value = match setting.member {
            "agentRuntimeArtifact" | "environmentVariables" | "metadataConfiguration" | "tags" => return None,
            "networkConfiguration" => network(live),
            "protocolConfiguration.serverProtocol" => or(&value_in_file(setting, live)?, json!("HTTP")),
            _ => value_in_file(setting, live)?,
        };
        Some(LiveSetting { setting, value })
    })
}

fn or(value: &Value, default: Value) -> Value {
    if value.is_null() { default } else { value.clone() }
}

fn network(live: &Value) -> Value {
    let network = &live["networkConfiguration"];
    let mode = or(&network["networkMode"], json!("PUBLIC"));
    match &network["networkModeConfig"] {
        Value::Object(vpc) if mode == "VPC" => json!({
            "network_mode": mode,
            "network_mode_config": {
                "security_groups": vpc.get("securityGroups").cloned().unwrap_or_else(|| json!([])),
                "subnets": vpc.get("subnets").cloned().unwrap_or_else(|| json!([])),
            },
        }),
        _ => json!({ "network_mode": mode }),
    }
}

fn variables(live: &AgentRuntime) -> impl Iterator<Item = (&String, &str)> {
    let variables = live.raw.get("environmentVariables").and_then(Value::as_object);
    variables.into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_str()?)))
}

/// What is recorded of an agent that is configured: the runtime, its version, and that it was made elsewhere.
pub(super) fn record(agent: &Agent, live: &AgentRuntime, owner: Owner) -> Written {
    let mut written = Written::default();
    if agent.created().deployed_version.as_deref() != Some(live.version()) {
        written.set(&["agentcore", "created", "deployed_version"], json!(live.version()));
    }
    if agent.runtime_id() != Some(live.id()) {
        written.set(&["bedrock_agentcore", "agent_id"], json!(live.id()));
        written.set(&["bedrock_agentcore", "agent_arn"], json!(live.arn()));
        if owner != Owner::Ours {
            written.set(&["agentcore", "adopted"], json!(live.id()));
        }
    }
    if let (Some(image), Some(uri)) = (&agent.own.image, live.image_uri())
        && image != uri
    {
        written.set(&["agentcore", "image"], json!(uri));
    }
    written
}

/// What differs of a configured agent, from the plan; nothing else is touched. `callers` as in [`new_agent`].
pub(super) fn differences(
    agent: &Agent,
    mut written: Written,
    compared: &Compared,
    callers: Option<&[String]>,
) -> Written {
    let live = &compared.runtime;
    let runtime = compared.steps.iter().find(|step| step.kind == ResourceKind::Runtime);
    let mut recorded = agent.created().environment.clone();
    if agent.runtime_id() != Some(live.id()) {
        // What the file has too is its own from now on: once it is taken out there, a launch takes it out of the runtime.
        let has = |name: &&String| agent.own.environment.contains_key(*name) && !recorded.contains(name);
        let more: Vec<String> = variables(live).map(|(name, _)| name).filter(has).cloned().collect();
        recorded.extend(more);
        recorded.sort();
    }
    let paths = runtime.into_iter().flat_map(|step| &step.changes).map(|change| change.path.as_str());
    for path in paths {
        if let Some(name) = path.strip_prefix("environment.") {
            let configured = agent.own.environment.get(name);
            if configured.is_some_and(|value| has_references(value)) {
                // What is live may be a secret, and the file says where it is kept.
                written.notes.push(format!(
                    "`{name}` differs from what its references give; the file keeps them, and a launch puts their values back"
                ));
                continue;
            }
            let is_plain = agent.own.plain_values.iter().any(|other| other == name);
            let value = variables(live).find(|(other, _)| *other == name).map(|(_, value)| value);
            match value {
                Some(value) if is_plain || !may_be_secret(name, value) => {
                    written.set(&["agentcore", "environment", name], json!(escaped_value(value)));
                    if !recorded.iter().any(|other| other == name) {
                        recorded.push(name.to_owned());
                        recorded.sort();
                    }
                    continue;
                }
                Some(_) => written.secrets.push(name.to_owned()),
                None => {}
            }
            if configured.is_some() {
                written.remove(&["agentcore", "environment", name]);
            }
            // A variable on record that the file does not have is taken out by the next launch.
            recorded.retain(|other| other != name);
            continue;
        }
        let is_of = |found: &LiveSetting| {
            path.strip_prefix(found.setting.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        for found in live_settings(&live.raw).filter(is_of) {
            let edit = found.edit();
            if !written.edits.contains(&edit) {
                written.edits.push(edit);
            }
            if found.setting.member == "roleArn" {
                written.set(&["aws", "execution_role_auto_create"], json!(false));
            }
        }
    }
    if recorded != agent.created().environment {
        written.set(&["agentcore", "created", "environment"], json!(recorded));
    }
    let is_policy = |step: &&Step| step.kind == ResourceKind::ResourcePolicy && !step.changes.is_empty();
    if let (Some(callers), Some(_)) = (callers, compared.steps.iter().find(is_policy)) {
        written.set(&["agentcore", "allow_callers"], json!(callers));
    }
    written
}

/// A runtime that was made elsewhere, as an agent. All that it uses was brought. `callers` are those that its policies let in,
/// where they are as a launch puts them.
pub(super) fn new_agent(
    (live, callers): (&AgentRuntime, Option<&[String]>),
    owner: Owner,
    entrypoint: Option<String>,
) -> Written {
    let mut out = Written::default();
    let artifact = live.artifact().and_then(RuntimeArtifact::of_wire);
    out.set(&["name"], live.raw["agentRuntimeName"].clone());
    artifact_settings(&mut out, artifact.as_ref(), entrypoint);
    if let Ok(arn) = live.arn().parse::<Arn>() {
        out.set(&["aws", "account"], json!(arn.account));
        out.set(&["aws", "region"], json!(arn.region));
    }
    for found in live_settings(&live.raw).filter(|found| !found.value.is_null()) {
        out.edits.push(found.edit());
    }
    out.set(&["aws", "execution_role_auto_create"], json!(false));
    match callers {
        // Behind an authorizer nobody calls with credentials of AWS.
        Some(callers) if !callers.is_empty() && live.authorizer().is_none() => {
            out.set(&["agentcore", "allow_callers"], json!(callers));
        }
        Some(_) => {}
        None => out.notes.push("a policy that no launch put says who else may call; a launch leaves it".to_owned()),
    }
    out.set(&["memory", "mode"], json!("NO_MEMORY"));
    out.set(&["bedrock_agentcore", "agent_id"], json!(live.id()));
    out.set(&["bedrock_agentcore", "agent_arn"], json!(live.arn()));
    let mut recorded = Vec::new();
    for (name, value) in variables(live) {
        if may_be_secret(name, value) {
            out.secrets.push(name.clone());
        } else {
            recorded.push(name.clone());
            out.set(&["agentcore", "environment", name], json!(escaped_value(value)));
        }
    }
    if owner != Owner::Ours {
        out.set(&["agentcore", "adopted"], json!(live.id()));
    }
    out.set(&["agentcore", "created", "deployed_version"], json!(live.version()));
    if !recorded.is_empty() {
        recorded.sort();
        out.set(&["agentcore", "created", "environment"], json!(recorded));
    }
    out
}

fn artifact_settings(out: &mut Written, artifact: Option<&RuntimeArtifact>, entrypoint: Option<String>) {
    let is_script = |file: &str| [".ts", ".js", ".mjs", ".cjs"].iter().any(|end| file.ends_with(end));
    let language = |file: &str| json!(if is_script(file) { "typescript" } else { "python" });
    match artifact {
        Some(RuntimeArtifact::Code(code)) => {
            let started = code.entry_point.last().cloned().unwrap_or_default();
            if entrypoint.is_none() {
                out.notes.push(format!(
                    "the source of `{started}` is not in AWS as this program packs it: `launch` needs it beside the \
                     configuration, or an archive with `--artifact`"
                ));
            }
            let file = entrypoint.unwrap_or(started);
            out.set(&["language"], language(&file));
            out.set(&["entrypoint"], json!(file));
            out.set(&["deployment_type"], json!(DeploymentType::DirectCodeDeploy.as_str()));
            out.set(&["runtime_type"], json!(code.runtime));
            out.set(&["aws", "s3_path"], json!(format!("s3://{}", code.bucket)));
            out.set(&["aws", "s3_auto_create"], json!(false));
            let is_instrumented = code.entry_point.iter().any(|word| word == OTEL_COMMAND);
            out.set(&["aws", "observability", "enabled"], json!(is_instrumented));
        }
        image => {
            let file = entrypoint.clone().unwrap_or_else(|| ".".to_owned());
            out.set(&["language"], language(&file));
            out.set(&["entrypoint"], json!(file));
            out.set(&["deployment_type"], json!(DeploymentType::Container.as_str()));
            out.set(&["platform"], json!(DEFAULT_PLATFORM));
            let Some(RuntimeArtifact::Image(uri)) = image else { return };
            if EcrRepository::parse(uri).is_some() {
                let name = uri.split('@').next().unwrap_or(uri);
                // A colon before the last slash would be a port's.
                let end = name.rfind('/').and_then(|slash| name[slash..].find(':').map(|at| slash + at));
                out.set(&["aws", "ecr_repository"], json!(&name[..end.unwrap_or(name.len())]));
                out.set(&["aws", "ecr_auto_create"], json!(false));
            }
            if entrypoint.is_none() {
                out.set(&["agentcore", "image"], json!(uri));
                if !uri.contains('@') {
                    out.notes.push("the runtime names its image by a tag; a launch gives it the image's digest".into());
                }
            }
        }
    }
}
