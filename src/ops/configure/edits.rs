//! The configuration edits of a configure request: a whole block for a new agent, single keys for a known one.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::ConfigureRequest;
use super::authorizer::AuthorizerEdit;
use super::build::BuildSettings;
use super::check::CheckedRequest;
use super::memory;
use super::settings::SettingEdit;
use crate::config::{Agent, AgentPaths, DEFAULT_PLATFORM, DeploymentType, Edit};
use crate::fsx;
use crate::partition::EcrRepository;
use crate::project::{Language, Source};

/// The input of the edits.
pub(crate) struct EditInput<'a> {
    pub(crate) root: &'a Path,
    pub(crate) name: &'a str,
    pub(crate) request: &'a ConfigureRequest,
    pub(crate) checked: &'a CheckedRequest,
    pub(crate) build: &'a BuildSettings,
    pub(crate) source: &'a Source,
    pub(crate) authorizer: &'a AuthorizerEdit,
    /// Of `agentcore.runtime`.
    pub(crate) runtime: &'a [SettingEdit],
    /// Who else may call, where that changes.
    pub(crate) callers: Option<&'a [String]>,
    pub(crate) existing: Option<&'a Agent>,
}

impl EditInput<'_> {
    pub(crate) fn edits(&self) -> Vec<Edit> {
        let settings = self.settings();
        if self.existing.is_some() {
            return settings
                .into_iter()
                .map(|(path, value)| {
                    let full: Vec<String> =
                        ["agents", self.name].into_iter().chain(path.iter().copied()).map(str::to_owned).collect();
                    Edit { path: full, value }
                })
                .collect();
        }
        let mut agent = Value::Object(Map::new());
        for (path, value) in self.defaults().into_iter().chain(settings) {
            if let Some(value) = value {
                set_at_path(&mut agent, &path, value);
            }
        }
        vec![Edit { path: vec!["agents".to_owned(), self.name.to_owned()], value: Some(agent) }]
    }

    /// The port that the agent will serve.
    pub(crate) fn port(&self) -> u16 {
        let own = match self.runtime.iter().find(|(key, _)| *key == "port") {
            Some((_, port)) => port.as_u64().and_then(|port| u16::try_from(port).ok()),
            None => self.existing.and_then(Agent::own_port),
        };
        let protocol = self.checked.protocol.or_else(|| self.existing.map(Agent::protocol)).unwrap_or_default();
        own.unwrap_or_else(|| protocol.port())
    }

    /// The defaults of a new agent, in the toolkit's order of keys. A key that is left out has the toolkit's default
    /// too.
    fn defaults(&self) -> Vec<(Vec<&'static str>, Option<Value>)> {
        let set = |path: &[&'static str], value: Value| (path.to_vec(), Some(value));
        let mut out =
            vec![set(&["name"], json!(self.name)), set(&["language"], json!(self.source.language.config_name()))];
        if let Some(node) = &self.source.node {
            out.push(set(&["node_version"], json!(node.version)));
        }
        out.extend([
            set(&["entrypoint"], json!(self.relative(&self.source.entrypoint))),
            set(&["deployment_type"], json!(DeploymentType::Container.as_str())),
            set(&["platform"], json!(DEFAULT_PLATFORM)),
            set(&["source_path"], json!(self.relative(&self.source.root))),
            set(&["aws", "execution_role"], Value::Null),
            set(&["aws", "execution_role_auto_create"], json!(true)),
            set(&["aws", "account"], Value::Null),
            set(&["aws", "region"], Value::Null),
            set(&["aws", "ecr_repository"], Value::Null),
            set(&["aws", "ecr_auto_create"], json!(!self.checked.direct_code)),
            set(&["aws", "network_configuration", "network_mode"], json!("PUBLIC")),
            set(&["aws", "protocol_configuration", "server_protocol"], json!("HTTP")),
            set(&["aws", "observability", "enabled"], json!(true)),
            set(&["memory", "mode"], json!("NO_MEMORY")),
        ]);
        if self.checked.direct_code {
            out.push(set(&["aws", "s3_path"], Value::Null));
            out.push(set(&["aws", "s3_auto_create"], json!(true)));
        }
        out
    }

    /// What the request names.
    fn settings(&self) -> Vec<(Vec<&'static str>, Option<Value>)> {
        let request = self.request;
        let mut out = self.moved_paths();
        let mut set = |path: &[&'static str], value: Value| out.push((path.to_vec(), Some(value)));
        if request.entrypoint.is_some() || request.language.is_some() || request.source_path.is_some() {
            set(&["language"], json!(self.source.language.config_name()));
            set(&["entrypoint"], json!(self.entrypoint()));
            set(&["source_path"], json!(self.relative(&self.source.root)));
        }
        if let Some(kind) = self.checked.deployment_type {
            set(&["deployment_type"], json!(kind.as_str()));
        }
        if let Some(runtime) = &self.checked.runtime {
            set(&["runtime_type"], json!(runtime.to_string()));
        }
        if let Some(engine) = &self.checked.container_runtime {
            set(&["container_runtime"], if engine == "auto" { Value::Null } else { json!(engine) });
        }
        self.aws_settings(&mut set);
        match self.authorizer {
            AuthorizerEdit::Keep => {}
            AuthorizerEdit::Remove => set(&["authorizer_configuration"], Value::Null),
            AuthorizerEdit::Set(authorizer) => set(&["authorizer_configuration"], authorizer.to_document()),
        }
        if let Some(names) = &self.checked.headers {
            set(&["request_header_configuration"], json!({ "requestHeaderAllowlist": names }));
        }
        if let Some(file) = &request.requirements_file {
            set(&["agentcore", "requirements_file"], json!(self.relative(&self.root.join(file))));
        }
        for (key, names) in [("extras", &request.extras), ("groups", &request.groups)] {
            match names.as_slice() {
                [] => {}
                [none] if none == "none" => set(&["agentcore", key], Value::Null),
                names => set(&["agentcore", key], json!(names)),
            }
        }
        if let Some(python) = &request.python
            && self.source.language == Language::Python
        {
            set(&["agentcore", "python_version"], json!(python));
        }
        if let Some(image) = &request.base_image {
            set(&["agentcore", "base_image"], json!(image));
        }
        if request.entrypoint.is_some() && self.existing.is_some_and(|agent| agent.own.image.is_some()) {
            // The agent is built from its source from now on.
            out.push((vec!["agentcore", "image"], None));
        }
        if request.region.is_some() && self.existing.is_some_and(|agent| agent.created().region.is_some()) {
            // A launch filled it in, and now it is the user's, which no destroy takes out.
            out.push((vec!["agentcore", "created", "region"], None));
        }
        if let Some(choice) = &self.checked.memory {
            out.extend(memory::settings(choice, self.name, self.existing));
        }
        out.extend(self.runtime.iter().map(|(key, value)| (vec!["agentcore", "runtime", key], Some(value.clone()))));
        out.extend(self.callers.map(|callers| {
            (vec!["agentcore", "allow_callers"], Some(if callers.is_empty() { Value::Null } else { json!(callers) }))
        }));
        out.extend(self.build.settings.iter().map(|(key, value)| (vec!["agentcore", key], value.clone())));
        out
    }

    /// Paths that were found elsewhere than written, and absolute ones, relative to the configuration's folder.
    fn moved_paths(&self) -> Vec<(Vec<&'static str>, Option<Value>)> {
        let Some(agent) = self.existing else { return Vec::new() };
        let AgentPaths { moved, absolute, .. } = agent.paths(self.root);
        let value = |key: &str, here: String| match key {
            "entrypoint" => self.entrypoint(),
            "source_path" => self.relative(&self.source.root),
            _ => here,
        };
        moved
            .into_iter()
            .chain(absolute)
            .map(|moved| (moved.key.split('.').collect(), Some(json!(value(moved.key, moved.here)))))
            .collect()
    }

    fn aws_settings(&self, set: &mut impl FnMut(&[&'static str], Value)) {
        let request = self.request;
        if let Some(role) = &request.execution_role {
            set(&["aws", "execution_role"], json!(role));
            set(&["aws", "execution_role_auto_create"], json!(false));
        }
        if let Some(region) = &request.region {
            set(&["aws", "region"], json!(region));
        }
        match request.ecr.as_deref() {
            Some("auto") => {
                set(&["aws", "ecr_repository"], Value::Null);
                set(&["aws", "ecr_auto_create"], json!(true));
            }
            Some(repository) => {
                let uri = EcrRepository::parse(repository).map(|repository| repository.uri());
                // As written, unless in another spelling, which other readers of the file do not accept.
                let uri = uri.filter(|uri| !repository.starts_with(uri.as_str()));
                set(&["aws", "ecr_repository"], json!(uri.as_deref().unwrap_or(repository)));
                set(&["aws", "ecr_auto_create"], json!(false));
            }
            None => {}
        }
        if let Some(bucket) = &request.s3 {
            set(&["aws", "s3_path"], json!(bucket));
            set(&["aws", "s3_auto_create"], json!(false));
        }
        if let Some((subnets, groups)) = &self.checked.vpc {
            set(
                &["aws", "network_configuration"],
                json!({ "network_mode": "VPC", "network_mode_config": { "security_groups": groups, "subnets": subnets } }),
            );
        }
        if let Some(protocol) = self.checked.protocol {
            set(&["aws", "protocol_configuration", "server_protocol"], json!(protocol.as_str()));
        }
        if request.disable_otel {
            set(&["aws", "observability", "enabled"], json!(false));
        }
        if let Some(seconds) = request.idle_timeout {
            set(&["aws", "lifecycle_configuration", "idle_runtime_session_timeout"], json!(seconds));
        }
        if let Some(seconds) = request.max_lifetime {
            set(&["aws", "lifecycle_configuration", "max_lifetime"], json!(seconds));
        }
        if let Some(role) = &request.code_build_execution_role {
            set(&["codebuild", "execution_role"], json!(role));
        }
    }

    fn entrypoint(&self) -> String {
        let file = self.relative(&self.source.entrypoint);
        match &self.source.handler {
            Some(handler) => format!("{file}:{handler}"),
            None => file,
        }
    }

    fn relative(&self, path: &Path) -> String {
        fsx::relative(path, self.root).unwrap_or_else(|| path.display().to_string())
    }
}

/// Sets a value in a nested object; a later value replaces an earlier one.
fn set_at_path(target: &mut Value, path: &[&str], value: Value) {
    let Some(map) = target.as_object_mut() else { return };
    match path {
        [] => {}
        [last] => {
            map.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => set_at_path(map.entry(*first).or_insert_with(|| json!({})), rest, value),
    }
}
