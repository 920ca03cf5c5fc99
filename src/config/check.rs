//! Validation of a parsed document against the table: all faults in one pass.
//!
//! Owns: problems and warnings with their places, the typed [`Project`]. Does not own: reading files (`store`), the table
//! (`schema`). `values` walks it, `relations` has the rules between values. A null means "not set" everywhere but for required keys.

mod relations;
mod values;

use serde_json::Value;

use crate::env::Env;
use crate::error::Code;

use super::environment;
use super::model::{Agent, Project};
use super::overlay::{self, Layered};
use super::schema;
use super::syntax::{Data, Problem, YamlEntry, YamlNode};

/// A checked document.
#[derive(Debug, Default)]
pub(super) struct CheckedDocument {
    pub(super) project: Project,
    /// A file of one agent without `agents:`, from early toolkits; the agent's name.
    pub(super) legacy: Option<String>,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
    pub(super) unresolved: Vec<Unresolved>,
}

/// A setting whose variable has no value in this process. Whoever needs the setting complains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unresolved {
    pub(super) agent: String,
    /// Below the agent.
    pub(super) setting: &'static str,
    pub(super) problem: Problem,
}

/// Settings that name variables get the values that `variables` has; without it they stay as they are written.
pub(super) fn check(root: Option<&YamlNode>, variables: Option<&Env>) -> CheckedDocument {
    let mut checker = Checker { variables, ..Checker::default() };
    if let Some(root) = root.filter(|root| !root.is_null()) {
        checker.document(root);
    }
    let Checker { mut out, .. } = checker;
    out.problems.sort_by_key(|problem| problem.offset);
    out.warnings.sort_by_key(|warning| warning.offset);
    out.warnings.dedup();
    out
}

/// The agents of an environment, each merged already, with what is wrong between their values.
pub(super) fn merged(
    agents: &[Layered],
    (environment, identity): (&str, Option<&str>),
    variables: Option<&Env>,
) -> CheckedDocument {
    let mut checker = Checker { variables, ..Checker::default() };
    for agent in agents {
        let path = format!("agentcore.environments.{environment}.agents.{}", agent.name);
        checker.named_agent(&agent.name, (&agent.merged, agent.key_start), &path);
    }
    for agent in &mut checker.out.project.agents {
        agent.project = identity.map(str::to_owned);
    }
    checker.out.problems.sort_by_key(|problem| problem.offset);
    checker.out
}

/// What is wrong in the record of an environment.
pub(super) fn record(root: &YamlNode) -> Vec<Problem> {
    let mut checker = Checker { is_partial: true, ..Checker::default() };
    for entry in root.get("agents").into_iter().flat_map(|entry| entry.value.entries()) {
        checker.overlay(entry, &format!("agents.{}", entry.key));
    }
    checker.out.problems
}

#[derive(Default)]
struct Checker<'e> {
    out: CheckedDocument,
    /// Within an overlay: nothing has to be there, and null takes a value away.
    is_partial: bool,
    variables: Option<&'e Env>,
    /// What has no value in the agent that is being read.
    unresolved: Vec<(&'static str, Problem)>,
}

impl Checker<'_> {
    fn bad(&mut self, at: usize, code: Code, text: impl Into<String>) {
        self.out.problems.push(Problem::new(at, code, text));
    }

    fn warn(&mut self, at: usize, text: impl Into<String>) {
        self.out.warnings.push(Problem::warning(at, text));
    }

    fn document(&mut self, root: &YamlNode) {
        if !matches!(root.data, Data::Map(_)) {
            self.bad(
                root.start,
                Code::ConfigType,
                format!("the file must be a mapping with `agents`, but it is {}", kind(root)),
            );
            return;
        }
        let agents = root.get("agents");
        if agents.is_none()
            && let Some(entry) = root.get("name").or_else(|| root.get("entrypoint"))
        {
            let at = entry.key_start;
            if let Some(agent) = self.agent(root, at, "") {
                self.out.legacy = Some(agent.name.clone());
                let default_agent = Some(agent.name.clone());
                self.out.project = Project { default_agent, identity: None, agents: vec![agent], ..Project::default() };
            }
            return;
        }
        let top = self.map(root, schema::TOP, "", root.start);
        match agents.map(|entry| &entry.value) {
            Some(node) if matches!(node.data, Data::Map(_)) => {
                for entry in node.entries() {
                    self.keyed_agent(entry);
                }
            }
            _ => {}
        }
        self.environments(root);
        let identity = top.get("agentcore").and_then(|own| own.get("project")).and_then(Value::as_str);
        self.out.project.identity = identity.map(str::to_owned);
        for agent in &mut self.out.project.agents {
            agent.project = identity.map(str::to_owned);
        }
        let Some(name) = top.get("default_agent").and_then(Value::as_str) else { return };
        let known: Vec<&str> =
            agents.iter().flat_map(|entry| entry.value.entries()).map(|entry| entry.key.as_str()).collect();
        if known.contains(&name) {
            self.out.project.default_agent = Some(name.to_owned());
        } else if let Some(entry) = root.get("default_agent") {
            let text = format!(
                "`default_agent` names `{name}`, which is not under `agents`{}",
                schema::did_you_mean(name, known)
            );
            self.bad(entry.value.start, Code::ConfigDefaultAgent, text);
        }
    }

    fn keyed_agent(&mut self, entry: &YamlEntry) {
        let path = format!("agents.{}", entry.key);
        if !matches!(entry.value.data, Data::Map(_)) {
            self.bad(
                entry.key_start,
                Code::ConfigType,
                format!("`{path}` must be a mapping, but it is {}", kind(&entry.value)),
            );
            return;
        }
        self.named_agent(&entry.key, (&entry.value, entry.key_start), &path);
    }

    fn named_agent(&mut self, key: &str, (node, at): (&YamlNode, usize), path: &str) {
        let Some(agent) = self.agent(node, at, path) else { return };
        if agent.name != key && !agent.name.is_empty() {
            let at = node.get("name").map_or(at, |name| name.value.start);
            self.bad(
                at,
                Code::ConfigName,
                format!("the agent under the key `{key}` is named `{}`; they must be the same", agent.name),
            );
        }
        self.out.project.agents.push(agent);
    }

    /// What environments lay over the agents.
    fn environments(&mut self, root: &YamlNode) {
        self.is_partial = true;
        let agents = root.get("agents").into_iter().flat_map(|entry| entry.value.entries());
        let agents: Vec<&str> = agents.map(|entry| entry.key.as_str()).collect();
        for entry in overlay::declared(root) {
            let path = format!("agentcore.environments.{}", entry.key);
            if !environment::is_name_or_pattern(&entry.key) {
                let text = format!("`{}` is neither the name of an environment nor a pattern with one `*`", entry.key);
                self.bad(entry.key_start, Code::EnvironmentName, text);
            }
            let Some(part) = self.mapping(entry, &path) else { continue };
            self.map(part, schema::ENVIRONMENT, &path, entry.key_start);
            if let Some(defaults) = part.get("defaults") {
                let path = join(&path, "defaults");
                for key in schema::OF_ONE_AGENT.iter().filter_map(|key| defaults.value.get(key)) {
                    let text = format!("`{}` is one agent's, and `defaults` are every agent's", join(&path, &key.key));
                    self.bad(key.key_start, Code::ConfigValue, text);
                }
                self.overlay(defaults, &path);
            }
            for agent in part.get("agents").into_iter().flat_map(|entry| entry.value.entries()) {
                let path = format!("{path}.agents.{}", agent.key);
                if !agents.contains(&agent.key.as_str()) {
                    let near = schema::did_you_mean(&agent.key, agents.iter().copied());
                    self.bad(agent.key_start, Code::EnvironmentAgent, format!("`{path}`: no such agent{near}"));
                }
                self.overlay(agent, &path);
            }
        }
        self.is_partial = false;
    }

    fn overlay(&mut self, entry: &YamlEntry, path: &str) {
        if let Some(node) = self.mapping(entry, path) {
            self.map(node, schema::AGENT, path, entry.key_start);
        }
    }

    /// Reads one agent. Values with problems are left out, so that the rest is still checked.
    fn agent(&mut self, node: &YamlNode, at: usize, path: &str) -> Option<Agent> {
        self.unresolved.clear();
        let map = self.map(node, schema::AGENT, path, at);
        match serde_json::from_value::<Agent>(Value::Object(map)) {
            Ok(agent) => {
                let name = &agent.name;
                let unresolved = self.unresolved.drain(..);
                let unresolved =
                    unresolved.map(|(setting, problem)| Unresolved { agent: name.clone(), setting, problem });
                self.out.unresolved.extend(unresolved);
                self.relations(&agent, node, at, path);
                Some(agent)
            }
            // Table and types agree, so a failure here is a bug of this program; it must not pass as a default.
            Err(error) => {
                self.bad(at, Code::ConfigType, format!("`{path}`: {error}"));
                None
            }
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// "a list", "the number 5": the value found instead.
fn kind(node: &YamlNode) -> String {
    match &node.data {
        Data::Seq(_) => "a list".to_owned(),
        Data::Map(_) => "a mapping".to_owned(),
        Data::Scalar { value: Value::Null, .. } => "empty".to_owned(),
        Data::Scalar { text, value: Value::Number(_) } => format!("the number {text}"),
        Data::Scalar { text, value: Value::Bool(value) } if text == &value.to_string() => text.clone(),
        Data::Scalar { text, value: Value::Bool(value) } => format!("`{text}`, which means {value}"),
        Data::Scalar { text, .. } => {
            let short: String = text.chars().take(40).collect();
            format!("the text `{short}{}`", if short.len() < text.len() { "…" } else { "" })
        }
    }
}
