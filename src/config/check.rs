//! Validation of a parsed document against the table: all faults in one pass.
//!
//! Owns: problems and warnings with their places, the typed [`Project`]. Does not own: reading files (`store`), the table
//! (`schema`). A null means "not set" everywhere but for required keys.

use serde_json::{Map, Value};

use crate::env::Env;
use crate::error::Code;
use crate::secret_files;

use super::environment;
use super::model::{Agent, NetworkMode, Project, TokenGrant};
use super::overlay::{self, Layered};
use super::reference::{self, NoValue};
use super::schema::{self, KeySchema, TextCheck, TextRule, ValueType};
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

    /// The entry's mapping; `None` for an empty one, and with a complaint for anything else.
    fn mapping<'n>(&mut self, entry: &'n YamlEntry, path: &str) -> Option<&'n YamlNode> {
        let is_map = matches!(entry.value.data, Data::Map(_));
        if !is_map && !entry.value.is_null() {
            let text = format!("`{path}` must be a mapping, but it is {}", kind(&entry.value));
            self.bad(entry.key_start, Code::ConfigType, text);
        }
        is_map.then_some(&entry.value)
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

    /// Rules between values of one agent.
    fn relations(&mut self, agent: &Agent, node: &YamlNode, at: usize, path: &str) {
        let place = |keys: &[&str]| node.find(keys).map_or(at, |entry| entry.value.start);
        let network = &agent.aws.network_configuration;
        let vpc = network.network_mode_config.as_ref();
        if network.network_mode == NetworkMode::Vpc
            && vpc.is_none_or(|vpc| vpc.subnets.is_empty() || vpc.security_groups.is_empty())
        {
            let text = format!(
                "`{}` is VPC, which needs `network_mode_config` with `subnets` and `security_groups`",
                join(path, "aws.network_configuration.network_mode")
            );
            self.bad(place(&["aws", "network_configuration", "network_mode"]), Code::ConfigValue, text);
        }
        let lifecycle = agent.aws.lifecycle_configuration;
        if let (Some(idle), Some(max)) = (lifecycle.idle_runtime_session_timeout, lifecycle.max_lifetime)
            && idle > max
        {
            let text = format!(
                "`{}` ({idle} s) is longer than `max_lifetime` ({max} s)",
                join(path, "aws.lifecycle_configuration.idle_runtime_session_timeout")
            );
            self.bad(
                place(&["aws", "lifecycle_configuration", "idle_runtime_session_timeout"]),
                Code::ConfigValue,
                text,
            );
        }
        for problem in agent.setting_problems() {
            let keys: Vec<&str> = problem.keys().collect();
            self.bad(place(&keys), Code::ConfigValue, format!("`{}`{}", join(path, &problem.key), problem.text));
        }
        self.authorizer(agent, node, path);
        self.token(agent, node, path);
        self.plain_secrets(agent, node, path);
    }

    /// The file is made to be committed, and a variable's value in it may not be a secret.
    fn plain_secrets(&mut self, agent: &Agent, node: &YamlNode, path: &str) {
        for (name, value) in &agent.own.environment {
            let Some(what) = secret_files::secret_in_variable(name, value) else { continue };
            let Some(entry) = node.find(&["agentcore", "environment", name]) else { continue };
            if !agent.own.plain_values.contains(name) {
                let text = format!(
                    "`{}` looks like {what}, and this file is made to be committed: name where it is, as in `${{ssm:/NAME}}`, \
                     `${{secretsmanager:NAME}}` or `${{VARIABLE}}`; if it is no secret, list it in `agentcore.plain_values`",
                    join(path, &format!("agentcore.environment.{name}"))
                );
                self.bad(entry.value.start, Code::ConfigSecret, text);
            }
        }
    }

    /// A token's source names where its secrets are, and what its grant needs.
    fn token(&mut self, agent: &Agent, node: &YamlNode, path: &str) {
        let Some(token) = &agent.own.token else { return };
        let Some(entry) = node.find(&["agentcore", "token"]) else { return };
        let path = join(path, "agentcore.token");
        for name in schema::TOKEN_SECRETS {
            if let Some(secret) = entry.value.get(name) {
                let text = format!(
                    "`{path}.{name}` is a secret, and this file is made to be committed: name a variable or a file that \
                     holds it (`client_secret_env`, `client_secret_file` and the like)"
                );
                self.bad(secret.key_start, Code::ConfigSecret, text);
            }
        }
        let lacks = match token.grant {
            Some(TokenGrant::Command) if token.command.is_empty() => Some("command"),
            Some(TokenGrant::File) if token.file.is_none() => Some("file"),
            Some(TokenGrant::GitlabCi) if token.variable.is_none() => Some("variable"),
            _ => None,
        };
        if let (Some(name), Some(grant)) = (lacks, token.grant) {
            let at = entry.value.get("grant").map_or(entry.key_start, |grant| grant.value.start);
            self.bad(at, Code::ConfigMissingKey, format!("`{path}.grant` is {grant}, which needs `{name}`"));
        }
    }

    /// A misspelt authorizer would leave the agent without one, so that is an error, not a warning.
    fn authorizer(&mut self, agent: &Agent, node: &YamlNode, path: &str) {
        let Some(entry) = node.get("authorizer_configuration") else { return };
        let empty = agent.authorizer_configuration.as_ref().and_then(Value::as_object).is_none_or(Map::is_empty);
        if agent.authorizer().is_none() && !empty {
            let path = join(path, "authorizer_configuration");
            self.bad(entry.key_start, Code::ConfigValue, format!("`{path}` has no `customJWTAuthorizer`"));
        }
    }

    /// Walks a mapping. The result has canonical values, no nulls, and unknown keys as they are.
    fn map(&mut self, node: &YamlNode, keys: &'static [KeySchema], path: &str, at: usize) -> Map<String, Value> {
        let mut out = Map::new();
        for entry in node.entries() {
            let here = join(path, &entry.key);
            match keys.iter().find(|key| key.name == entry.key) {
                Some(key) => {
                    if let Some(value) = self.value(&entry.value, &key.ty, &here, entry.key_start) {
                        out.insert(entry.key.clone(), value);
                    }
                }
                None => {
                    // `x-…` is the usual place for anchors and notes.
                    if !entry.key.starts_with("x-") {
                        let near = schema::did_you_mean(&entry.key, keys.iter().map(|key| key.name));
                        self.warn(entry.key_start, format!("unknown key `{here}`{near}"));
                    }
                    out.insert(entry.key.clone(), entry.value.to_value());
                }
            }
        }
        let is_partial = self.is_partial;
        for key in keys.iter().filter(|key| key.required && !is_partial) {
            let entry = node.get(key.name);
            let empty = |entry: &YamlEntry| matches!(&entry.value.data, Data::Scalar { text, value } if text.is_empty() || value.is_null());
            if entry.is_none_or(empty) {
                let place = if path.is_empty() { String::new() } else { format!(" in `{path}`") };
                let strangers = node
                    .entries()
                    .map(|entry| entry.key.as_str())
                    .filter(|name| keys.iter().all(|key| key.name != *name));
                let near =
                    schema::nearest(key.name, strangers).map_or_else(String::new, |near| format!("; is it `{near}`?"));
                let at = entry.map_or(at, |entry| entry.key_start);
                self.bad(at, Code::ConfigMissingKey, format!("missing `{}`{place}{near}", key.name));
            }
        }
        out
    }

    fn value(&mut self, node: &YamlNode, ty: &'static ValueType, path: &str, at: usize) -> Option<Value> {
        if node.is_null() {
            return matches!(ty, ValueType::Clearable(_)).then_some(Value::Null);
        }
        if let ValueType::Clearable(inner) = ty {
            return self.value(node, inner, path, at);
        }
        let at = if node.end > node.start { node.start } else { at };
        match (ty, &node.data) {
            (ValueType::Any, _) | (ValueType::Free, Data::Map(_)) => Some(node.to_value()),
            (ValueType::Map(keys), Data::Map(_)) => Some(Value::Object(self.map(node, keys, path, at))),
            (ValueType::List(item), Data::Seq(items)) => {
                // A list replaces the one below it, so its items are whole.
                let was_partial = std::mem::take(&mut self.is_partial);
                let values = items.iter().enumerate().filter_map(|(index, one)| {
                    let path = format!("{path}[{index}]");
                    if one.is_null() {
                        self.bad(at, Code::ConfigType, format!("`{path}` has no value"));
                    }
                    self.value(one, item, &path, one.start)
                });
                let values = values.collect();
                self.is_partial = was_partial;
                Some(Value::Array(values))
            }
            (ValueType::TextMap(rule), Data::Map(_)) => Some(self.text_map(node, *rule, path)),
            (ValueType::Text(rule), Data::Scalar { text, value }) => {
                if !value.is_string() {
                    self.warn(
                        at,
                        format!("`{path}` is text; write '{text}' in quotes, or other programs read {}", kind(node)),
                    );
                }
                let Some(resolved) = self.resolved(text, path, at) else { return Some(Value::String(text.clone())) };
                self.judge(*rule, &resolved, path, at);
                Some(Value::String(resolved))
            }
            (ValueType::Choice(all), Data::Scalar { text, .. }) => match schema::spelling(text, all) {
                Some(canonical) => Some(canonical.into()),
                None => {
                    self.bad(at, Code::ConfigValue, format!("`{path}`: {}", schema::not_one_of(text, all)));
                    None
                }
            },
            (ValueType::Bool, Data::Scalar { text, value }) => match (value, text.to_ascii_lowercase().as_str()) {
                (Value::Bool(_), _) => Some(value.clone()),
                (Value::String(_), "true") => Some(true.into()),
                (Value::String(_), "false") => Some(false.into()),
                _ => self.mismatch(ty, node, path, at),
            },
            (ValueType::Int(low, high), Data::Scalar { text, value }) => {
                match value.as_i64().or_else(|| value.as_str().and_then(|_| text.parse().ok())) {
                    Some(number) if (*low..=*high).contains(&number) => Some(number.into()),
                    Some(number) => {
                        self.bad(at, Code::ConfigValue, format!("`{path}`: {number} is not between {low} and {high}"));
                        None
                    }
                    None => self.mismatch(ty, node, path, at),
                }
            }
            _ => self.mismatch(ty, node, path, at),
        }
    }

    /// A text with its variables in their place; `None` where one has no value, which is noted.
    fn resolved(&mut self, text: &str, path: &str, at: usize) -> Option<String> {
        let setting = if text.contains("${") { reference::setting(path) } else { None };
        let Some(setting) = setting else { return Some(text.to_owned()) };
        match reference::setting_value(text, self.variables) {
            Ok(value) if self.variables.is_some() => return Some(value),
            Ok(_) => {}
            Err(NoValue::Wrong(why)) => self.bad(at, Code::ConfigReference, format!("`{path}`: {why}")),
            Err(NoValue::Here(code, why)) => {
                self.unresolved.push((setting, Problem::new(at, code, format!("`{path}`: {why}"))));
            }
        }
        None
    }

    fn text_map(&mut self, node: &YamlNode, rule: TextRule, path: &str) -> Value {
        let mut out = Map::new();
        for entry in node.entries() {
            let here = join(path, &entry.key);
            self.judge(rule, &entry.key, path, entry.key_start);
            match &entry.value.data {
                Data::Scalar { text, value } if !value.is_null() => {
                    let value = self.resolved(text, &join(path, "*"), entry.value.start);
                    out.insert(entry.key.clone(), Value::String(value.unwrap_or_else(|| text.clone())));
                }
                Data::Scalar { .. } if self.is_partial => {}
                Data::Scalar { .. } => self.bad(
                    entry.key_start,
                    Code::ConfigType,
                    format!("`{here}` has no value; write '' for an empty one"),
                ),
                _ => self.bad(
                    entry.key_start,
                    Code::ConfigType,
                    format!("`{here}` must be text, but it is {}", kind(&entry.value)),
                ),
            }
        }
        Value::Object(out)
    }

    fn judge(&mut self, rule: TextRule, text: &str, path: &str, at: usize) {
        match rule.check(text) {
            TextCheck::Good => {}
            TextCheck::Odd(words) => self.warn(at, format!("`{path}`: `{text}` {words}")),
            TextCheck::Bad(words) => self.bad(at, rule.code(), format!("`{path}`: `{text}` {words}")),
        }
    }

    fn mismatch(&mut self, ty: &ValueType, node: &YamlNode, path: &str, at: usize) -> Option<Value> {
        let wanted = match ty {
            ValueType::Text(_) | ValueType::Choice(_) => "text",
            ValueType::Bool => "true or false",
            ValueType::Int(..) => "a whole number",
            ValueType::Map(_) | ValueType::TextMap(_) | ValueType::Free => "a mapping",
            ValueType::List(_) => "a list",
            ValueType::Any | ValueType::Clearable(_) => "a value",
        };
        self.bad(at, Code::ConfigType, format!("`{path}` must be {wanted}, but it is {}", kind(node)));
        None
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
