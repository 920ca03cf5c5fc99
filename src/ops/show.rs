//! `configure list`, `set-default` and `show`: the configuration, with where each value came from.

use serde_json::{Value, json};

use super::target;
use crate::config::{Agent, DEFAULT_PLATFORM, Edit, Provenance, Resolved, Store};
use crate::env::Env;
use crate::error::Result;
use crate::facts::runtime::own_settings;
use crate::report::{Document, Report, Role, schemas};

/// The agents of a file.
#[derive(Debug)]
pub(crate) struct ListReport {
    config: String,
    agents: Vec<(String, bool, String, Option<String>)>,
}

pub(crate) fn list(store: &Store) -> ListReport {
    let project = store.project();
    ListReport {
        config: store.path().display().to_string(),
        agents: project
            .agents
            .iter()
            .map(|agent| {
                let is_default = project.default_agent.as_deref() == Some(&agent.name);
                (
                    agent.name.clone(),
                    is_default,
                    agent.entrypoint.clone(),
                    agent.runtime_arn().map(|arn| arn.to_string()),
                )
            })
            .collect(),
    }
}

impl Report for ListReport {
    fn schema(&self) -> &'static str {
        schemas::CONFIGURE_LIST
    }

    fn data(&self) -> Value {
        let agents: Vec<Value> = self
            .agents
            .iter()
            .map(|(name, is_default, entrypoint, arn)| {
                json!({ "name": name, "default": is_default, "entrypoint": entrypoint, "runtimeArn": arn })
            })
            .collect();
        json!({ "config": self.config, "agents": agents })
    }

    fn document(&self) -> Document {
        let rows = self
            .agents
            .iter()
            .map(|(name, is_default, entrypoint, arn)| {
                vec![
                    (Role::Plain, if *is_default { format!("{name} (default)") } else { name.clone() }),
                    (Role::Plain, entrypoint.clone()),
                    (Role::Dim, arn.clone().unwrap_or_else(|| "not deployed".to_owned())),
                ]
            })
            .collect();
        Document::new().table(vec!["AGENT", "ENTRYPOINT", "RUNTIME"], rows)
    }
}

/// The new default agent.
#[derive(Debug)]
pub(crate) struct DefaultReport {
    agent: String,
    changed: bool,
}

/// Makes `name` the default agent.
///
/// # Errors
/// Exit 5 for an agent that does not exist.
pub(crate) fn set_default(store: &mut Store, name: &str) -> Result<DefaultReport> {
    let agent = store.agent(Some(name))?.name.clone();
    let changed = store.edit(&[Edit::set(&["default_agent"], agent.as_str())])?;
    Ok(DefaultReport { agent, changed })
}

impl Report for DefaultReport {
    fn schema(&self) -> &'static str {
        schemas::CONFIGURE_SET_DEFAULT
    }

    fn data(&self) -> Value {
        json!({ "defaultAgent": self.agent, "changed": self.changed })
    }

    fn document(&self) -> Document {
        Document::new().line(format!("The default agent is {}.", self.agent))
    }
}

/// An agent's resolved values.
#[derive(Debug)]
pub(crate) struct ShowReport {
    agent: String,
    environment: Option<String>,
    config: String,
    values: Vec<(&'static str, Resolved<Value>)>,
}

/// # Errors
/// When `--region` contradicts the deployed agent.
pub(crate) fn show(store: &Store, agent: &Agent, region: Option<&str>, env: &Env) -> Result<ShowReport> {
    let base = ["agents", agent.name.as_str()];
    let mut values: Vec<(&'static str, Resolved<Value>)> = Vec::new();
    let mut file = |key: &'static str, path: &[&str], value: Value| {
        let full: Vec<&str> = base.iter().chain(path).copied().collect();
        let source = store.source_of(&full).unwrap_or(Provenance::Default);
        values.push((key, Resolved::new(value, source)));
    };
    file("entrypoint", &["entrypoint"], json!(agent.entrypoint));
    file("language", &["language"], json!(agent.language.as_str()));
    file("source_path", &["source_path"], json!(agent.source_path.as_deref().unwrap_or(".")));
    file("deployment_type", &["deployment_type"], json!(agent.deployment_type.as_str()));
    file(
        "execution_role",
        &["aws", "execution_role"],
        json!(agent.execution_role_setting().unwrap_or("created by launch")),
    );
    file(
        "ecr_repository",
        &["aws", "ecr_repository"],
        json!(agent.repository_setting().unwrap_or("created by launch")),
    );
    file("network", &["aws", "network_configuration", "network_mode"], agent.network_wire());
    file("protocol", &["aws", "protocol_configuration", "server_protocol"], json!(agent.protocol().as_str()));
    file("observability", &["aws", "observability", "enabled"], json!(agent.observability()));
    let lifecycle = ["aws", "lifecycle_configuration"];
    file("idle_timeout", &[lifecycle[0], lifecycle[1], "idle_runtime_session_timeout"], json!(agent.idle_timeout()));
    file("max_lifetime", &[lifecycle[0], lifecycle[1], "max_lifetime"], json!(agent.max_lifetime()));
    file("authorizer", &["authorizer_configuration"], agent.authorizer().cloned().unwrap_or(Value::Null));
    file("request_headers", &["request_header_configuration"], json!(agent.request_headers()));
    for (key, setting) in own_settings() {
        let path: Vec<&str> = setting.key.split('.').collect();
        if let Some(value) = agent.own.runtime.get(key) {
            file(key, &path, if value.is_null() { json!("taken away") } else { value.clone() });
        }
    }
    if !agent.own.allow_callers.is_empty() {
        file("allow_callers", &["agentcore", "allow_callers"], json!(agent.own.allow_callers));
    }
    file("memory", &["memory", "mode"], json!(agent.memory.mode.as_str()));
    if agent.memory_wanted() {
        let made = || if agent.memory_id().is_some() { Value::Null } else { json!("created by launch") };
        file("memory_id", &["memory", "memory_id"], agent.memory_id().map_or_else(made, |id| json!(id)));
    }
    file("account", &["aws", "account"], json!(agent.account()));
    file("runtime_arn", &["bedrock_agentcore", "agent_arn"], json!(agent.runtime_arn().map(|arn| arn.to_string())));
    let own = &agent.own;
    file("container_runtime", &["container_runtime"], json!(agent.container_runtime));
    file("builder", &["agentcore", "builder"], json!(own.builder.map_or("auto", |builder| builder.as_str())));
    file("python_version", &["agentcore", "python_version"], json!(own.python_version));
    file("requirements_file", &["agentcore", "requirements_file"], json!(own.requirements_file));
    file("dockerfile", &["agentcore", "dockerfile"], json!(own.dockerfile));
    file("environment", &["agentcore", "environment"], json!(own.environment.keys().collect::<Vec<_>>()));
    // The toolkit writes a platform for every agent; what is built follows flag, variable and then the service's own.
    for (key, variable, default) in [
        ("platform", "AGENTCORE_PLATFORM", json!(DEFAULT_PLATFORM)),
        ("base_image", "AGENTCORE_BASE_IMAGE", json!(agent.base_image())),
    ] {
        let resolved = match env.var(variable) {
            Some(value) => Resolved::new(json!(value), Provenance::Environment(variable.to_owned())),
            None => {
                let source = store.source_of(&["agents", &agent.name, "agentcore", key]);
                Resolved::new(default, source.unwrap_or(Provenance::Default))
            }
        };
        values.push((key, resolved));
    }
    if let Some(region) = target::region(region, env, Some(agent))? {
        let source = match region.source {
            Provenance::File { .. } => {
                store.source_of(&["agents", &agent.name, "aws", "region"]).unwrap_or(Provenance::Default)
            }
            other => other,
        };
        values.push(("region", Resolved::new(json!(region.value), source)));
    } else {
        values.push(("region", Resolved::new(Value::Null, Provenance::Default)));
    }
    Ok(ShowReport {
        agent: agent.name.clone(),
        environment: agent.environment.as_ref().map(ToString::to_string),
        config: store.path().display().to_string(),
        values,
    })
}

impl Report for ShowReport {
    fn schema(&self) -> &'static str {
        schemas::CONFIGURE_SHOW
    }

    fn data(&self) -> Value {
        let values: serde_json::Map<String, Value> =
            self.values.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
        json!({ "agent": self.agent, "environment": self.environment, "config": self.config, "values": values })
    }

    /// A field for each value, and not a table: one ARN would make a table too wide for a terminal.
    fn document(&self) -> Document {
        let document =
            Document::new().field("agent", self.agent.clone()).field_if("environment", self.environment.clone());
        let document = document.field("configuration", self.config.clone()).blank();
        self.values.iter().fold(document, |document, (key, value)| {
            let role = if value.source == Provenance::Default { Role::Dim } else { Role::Plain };
            document.field_styled(*key, role, format!("{} ({})", text(&value.value), value.source))
        })
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        // The mode of a network, where that is all there is to it.
        Value::Object(members) if members.len() == 1 && members.contains_key("networkMode") => {
            text(&value["networkMode"])
        }
        other => other.to_string(),
    }
}
