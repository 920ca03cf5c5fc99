//! An environment's agents: those of the file, without what launch made for them, with the environment's settings over them.
//!
//! Owns: which of the file's environments is meant, how trees are laid over each other, and the change of an environment's
//! part that a change of the whole stands for. Does not own: reading and writing (`store`, `local_record`).
//!
//! Maps are merged key by key; lists and scalars replace; null takes a value away.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::edit::Edit;
use super::environment::{self, EnvironmentName};
use super::model::Agent;
use super::naming;
use super::schema;
use super::syntax::{Data, EntryOrigin, Style, YamlEntry, YamlNode};
use crate::error::{Code, Error, Result};

/// The environment that a configuration is opened in.
#[derive(Clone, Debug)]
pub(crate) struct EnvironmentChoice {
    pub(crate) name: EnvironmentName,
    /// Settings are about to be written, and the file declares the environment by that.
    pub(crate) declares: bool,
}

/// Where an environment's settings are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EnvironmentKind {
    /// Under its name in the file, where its record goes too.
    Declared,
    /// Under this pattern in the file; its record is in this checkout alone.
    Pattern(String),
    /// Nowhere: it has those of the agents. Its record is in this checkout alone.
    Branch,
}

impl EnvironmentKind {
    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Pattern(_) => "pattern",
            Self::Branch => "branch",
        }
    }
}

/// One agent of an environment.
#[derive(Clone, Debug)]
pub(super) struct Layered {
    pub(super) name: String,
    pub(super) key_start: usize,
    /// Everything but the layer that changes go to.
    below: YamlNode,
    /// That layer.
    own: Option<YamlNode>,
    pub(super) merged: YamlNode,
}

/// The agents of an environment.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) name: EnvironmentName,
    pub(super) kind: EnvironmentKind,
    pub(super) agents: Vec<Layered>,
    /// The file's tree with the environment's agents in the place of its own.
    pub(super) tree: YamlNode,
}

/// What changes of an environment's agents come to.
pub(super) struct Changes {
    /// Of what is not an agent's.
    pub(super) others: Vec<Edit>,
    /// The layer that changes go to, for each agent that has one.
    pub(super) agents: Map<String, Value>,
}

/// What the file says about environments, in its order.
pub(super) fn declared(root: &YamlNode) -> impl Iterator<Item = &YamlEntry> {
    root.find(&["agentcore", "environments"]).into_iter().flat_map(|entry| entry.value.entries())
}

/// The environment that is meant: a declared one, one of a declared pattern, or a branch's.
///
/// # Errors
/// Usage where the name is most likely a slip of a declared one; `is_known` says that it has a record.
pub(super) fn choose(root: &YamlNode, choice: &EnvironmentChoice, is_known: bool) -> Result<EnvironmentKind> {
    let name = choice.name.as_str();
    if declared(root).any(|entry| entry.key == name) {
        return Ok(EnvironmentKind::Declared);
    }
    let patterns = declared(root).map(|entry| entry.key.as_str()).filter(|key| environment::fits(key, name));
    // The one that says most of the name.
    if let Some(pattern) = patterns.reduce(|best, next| if next.len() > best.len() { next } else { best }) {
        if choice.declares {
            return Err(Error::usage(format!("the settings of `{name}` are those of the pattern `{pattern}`"))
                .code(Code::EnvironmentSettings)
                .hint(format!("change them in the file, under `agentcore.environments.{pattern}`")));
        }
        return Ok(EnvironmentKind::Pattern(pattern.to_owned()));
    }
    let names = declared(root).map(|entry| entry.key.as_str()).filter(|key| !environment::is_pattern(key));
    match schema::nearest(name, names).filter(|_| !is_known) {
        Some(near) => Err(Error::usage(format!("there is no environment `{name}`; did you mean `{near}`?"))
            .code(Code::EnvironmentUnknown)
            .cause("a name so near to a declared one is not taken for a new one")
            .hint("`agentcore environments list` shows those that there are")
            .hint(format!(
                "to have both, declare it in the file: `{name}: {{}}` under `agentcore.environments`, or a pattern like `pr-*`"
            ))),
        None if choice.declares => Ok(EnvironmentKind::Declared),
        None => Ok(EnvironmentKind::Branch),
    }
}

impl View {
    /// `key` is that of the environment's part of the file, `record` its record in this checkout.
    pub(super) fn new(
        root: &YamlNode,
        agents: &[Agent],
        (name, kind): (EnvironmentName, EnvironmentKind),
        record: Option<&YamlNode>,
    ) -> Self {
        let key = match &kind {
            EnvironmentKind::Declared => Some(name.as_str()),
            EnvironmentKind::Pattern(pattern) => Some(pattern.as_str()),
            EnvironmentKind::Branch => None,
        };
        let part = key.and_then(|key| declared(root).find(|entry| entry.key == key)).map(|entry| &entry.value);
        let own = if kind == EnvironmentKind::Declared { part } else { record };
        let agents = layered(root, agents, name.as_str(), (part, own));
        let entries = agents.iter().map(|agent| entry(&agent.name, agent.key_start, agent.merged.clone())).collect();
        let mut tree = root.clone();
        if let Data::Map(top) = &mut tree.data
            && let Some(all) = top.iter_mut().find(|entry| entry.key == "agents" && entry.origin != EntryOrigin::Merge)
        {
            all.value.data = Data::Map(entries);
        }
        Self { name, kind, agents, tree }
    }

    /// What the layer that changes go to says of each agent.
    pub(super) fn recorded(&self) -> Map<String, Value> {
        let own = self.agents.iter().filter_map(|agent| Some((agent.name.clone(), agent.own.as_ref()?.to_value())));
        own.collect()
    }

    /// What `edits` of the merged agents come to.
    ///
    /// # Errors
    /// An agent that the file does not have.
    pub(super) fn changes(&self, edits: &[Edit]) -> Result<Changes> {
        let (of_agents, others): (Vec<Edit>, Vec<Edit>) =
            edits.iter().cloned().partition(|edit| edit.path.len() > 1 && edit.path[0] == "agents");
        let values = self.agents.iter().map(|agent| (agent.name.clone(), agent.merged.to_value()));
        let before: BTreeMap<String, Value> = values.collect();
        let mut tree = serde_json::json!({ "agents": before });
        for edit in &of_agents {
            if !before.contains_key(&edit.path[1]) {
                let (agent, name) = (&edit.path[1], &self.name);
                return Err(Error::usage(format!(
                    "there is no agent `{agent}` that the environment `{name}` could have"
                ))
                .code(Code::EnvironmentAgent)
                .hint("describe it first, without `--environment`"));
            }
            edit.apply(&mut tree)?;
        }
        let mut agents = Map::new();
        for agent in &self.agents {
            let (below, own) = (agent.below.to_value(), agent.own.as_ref().map(YamlNode::to_value));
            let wanted = &tree["agents"][&agent.name];
            // What nothing was changed of stays as it is written.
            let next = if Some(wanted) == before.get(&agent.name) {
                own
            } else {
                difference(Some(&below), own.as_ref(), Some(wanted))
            };
            agents.extend(next.map(|next| (agent.name.clone(), next)));
        }
        Ok(Changes { others, agents })
    }
}

/// The environment's part of the file with `agents` as what it says of each of them.
pub(super) fn part_with(before: Option<&YamlNode>, agents: &Map<String, Value>) -> Value {
    let before = before.map(YamlNode::to_value);
    let mut part = match &before {
        Some(Value::Object(part)) => part.clone(),
        _ => Map::new(),
    };
    if agents.is_empty() {
        part.shift_remove("agents");
    } else {
        part.insert("agents".to_owned(), Value::Object(agents.clone()));
    }
    // What said nothing says it in the same way.
    if part.is_empty() { before.filter(Value::is_null).unwrap_or(Value::Object(part)) } else { Value::Object(part) }
}

/// The agents of the file in the environment `name`, with its `part` of the file, and `own`, which changes go to.
pub(super) fn layered(
    root: &YamlNode,
    agents: &[Agent],
    name: &str,
    (part, own): (Option<&YamlNode>, Option<&YamlNode>),
) -> Vec<Layered> {
    let of = |node: Option<&YamlNode>, agent: &str| node?.find(&["agents", agent]).map(|entry| entry.value.clone());
    let entries = root.get("agents").into_iter().flat_map(|entry| entry.value.entries());
    let pairs = entries.filter_map(|entry| Some((entry, agents.iter().find(|agent| agent.name == entry.key)?)));
    let one = |(entry, agent): (&YamlEntry, &Agent)| {
        let mut below = inherited(&entry.value, agent, name);
        if let Some(defaults) = part.and_then(|part| part.get("defaults")) {
            below = overlaid(&below, &defaults.value);
        }
        let is_apart = part.is_none_or(|part| own.is_none_or(|own| !std::ptr::eq(part, own)));
        if is_apart && let Some(settings) = of(part, &agent.name) {
            below = overlaid(&below, &settings);
        }
        let own = of(own, &agent.name);
        let merged = own.as_ref().map_or_else(|| below.clone(), |own| overlaid(&below, own));
        Layered { name: agent.name.clone(), key_start: entry.key_start, below, own, merged }
    };
    pairs.map(one).collect()
}

/// The agent without what launch made for it: an environment has all of that for itself.
fn inherited(node: &YamlNode, agent: &Agent, environment: &str) -> YamlNode {
    let mut node = node.clone();
    let made = MadeForAgent::of(agent);
    node.remove(&["bedrock_agentcore"]);
    node.remove(&["agentcore", "created"]);
    let settings: [(&[&str], &[&str], bool); 3] = [
        (&["aws", "execution_role"], &["aws", "execution_role_auto_create"], made.role),
        (&["aws", "ecr_repository"], &["aws", "ecr_auto_create"], made.repository),
        (&["aws", "s3_path"], &["aws", "s3_auto_create"], made.bucket),
    ];
    for (setting, is_made, made) in settings {
        if made {
            node.remove(setting);
            node.set(is_made, scalar(Value::Bool(true)));
        }
    }
    let builds = [("project_name", made.build_project), ("execution_role", made.build_role)];
    for (key, made) in builds.into_iter().chain([("source_bucket", made.source_bucket)]) {
        if made {
            node.remove(&["codebuild", key]);
        }
    }
    if made.memory {
        node.remove(&["memory", "memory_id"]);
        node.remove(&["memory", "memory_arn"]);
        let name = naming::memory(&naming::in_environment(&agent.name, environment));
        node.set(&["memory", "memory_name"], scalar(Value::String(name)));
        node.set(&["memory", "was_created_by_toolkit"], scalar(Value::Bool(false)));
        node.set(&["memory", "first_invoke_memory_check_done"], scalar(Value::Bool(false)));
    }
    node
}

/// Which settings of an agent are launch's own, or nobody's yet: what it made by its record, or by the name that it gives.
#[expect(clippy::struct_excessive_bools, reason = "one for each setting")]
struct MadeForAgent {
    role: bool,
    repository: bool,
    bucket: bool,
    build_project: bool,
    build_role: bool,
    source_bucket: bool,
    memory: bool,
}

impl MadeForAgent {
    fn of(agent: &Agent) -> Self {
        let created = agent.created();
        let name = |setting: &str| setting.rsplit('/').next().unwrap_or_default().to_owned();
        let is = |setting: Option<&str>, made: Option<&str>, own: &dyn Fn(&str) -> bool| {
            let name = setting.map(name).filter(|name| !name.is_empty());
            name.is_none_or(|name| made == Some(name.as_str()) || own(&name))
        };
        let hash = format!("-{}", naming::short_hash(&agent.name));
        let bucket = |setting: &str| setting.trim_start_matches("s3://").split('/').next().map(str::to_owned);
        let builds = &agent.codebuild;
        let is_shared = |name: &str| naming::is_source_bucket(name);
        Self {
            role: is(agent.execution_role_setting(), created.execution_role.as_deref(), &|name| {
                name.starts_with(naming::EXECUTION_ROLE) && name.ends_with(&hash)
            }),
            repository: is(agent.repository_setting(), created.repository.as_deref(), &|name| {
                name == naming::repository(&agent.name)
            }),
            bucket: is(agent.bucket_setting().and_then(bucket).as_deref(), created.bucket.as_deref(), &is_shared),
            build_project: is(builds.project_name.as_deref(), created.build_project.as_deref(), &|name| {
                name == naming::build_project(&agent.name)
            }),
            build_role: is(builds.execution_role.as_deref(), created.build_role.as_deref(), &|name| {
                name.starts_with(naming::BUILD_ROLE) && name.ends_with(&hash)
            }),
            source_bucket: is(builds.source_bucket.as_deref(), created.source_bucket.as_deref(), &is_shared),
            memory: agent.memory_id().is_none_or(|id| agent.made_memory(id)),
        }
    }
}

fn scalar(value: Value) -> YamlNode {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    YamlNode { start: 0, end: 0, style: Style::Plain, alias: false, data: Data::Scalar { text, value } }
}

fn entry(key: &str, key_start: usize, value: YamlNode) -> YamlEntry {
    YamlEntry { key: key.to_owned(), key_start, key_end: key_start, value, origin: EntryOrigin::Own }
}

/// `over` laid over `base`. Each entry keeps the place where it is written; a mapping that both have is where `over` has it.
fn overlaid(base: &YamlNode, over: &YamlNode) -> YamlNode {
    if !matches!((&base.data, &over.data), (Data::Map(_), Data::Map(_))) {
        return if over.is_null() { base.clone() } else { over.clone() };
    }
    let mut entries: Vec<YamlEntry> =
        base.entries().cloned().map(|entry| YamlEntry { origin: EntryOrigin::Own, ..entry }).collect();
    for over in over.entries() {
        let known = entries.iter().position(|entry| entry.key == over.key);
        match (known, over.value.is_null()) {
            (Some(at), true) => {
                entries.remove(at);
            }
            (None, true) => {}
            (Some(at), false) => {
                entries[at].value = overlaid(&entries[at].value, &over.value);
                entries[at].key_start = over.key_start;
                entries[at].key_end = over.key_end;
            }
            (None, false) => entries.push(YamlEntry { origin: EntryOrigin::Own, ..over.clone() }),
        }
    }
    YamlNode { data: Data::Map(entries), ..over.clone() }
}

/// What has to be laid over `below` for `wanted` to come out; `own` is what is laid over it now. Of that, what is right stays.
fn difference(below: Option<&Value>, own: Option<&Value>, wanted: Option<&Value>) -> Option<Value> {
    let is_said = |value: &&Value| !value.is_null() && value.as_object().is_none_or(|map| !map.is_empty());
    let Some(wanted) = wanted.filter(|value| !value.is_null()) else {
        return match (below.filter(is_said), own) {
            (None, Some(Value::Null)) | (Some(_), _) => Some(Value::Null),
            (None, _) => None,
        };
    };
    let map = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let is_map = |value: Option<&Value>| value.is_none_or(|value| value.is_null() || value.is_object());
    if let Value::Object(wanted) = wanted
        && is_map(below)
    {
        let (below, before) = (map(below), map(own));
        let mut keys: Vec<&String> = before.keys().chain(wanted.keys()).chain(below.keys()).collect();
        let mut seen = std::collections::HashSet::new();
        keys.retain(|key| seen.insert(*key));
        let values = keys.into_iter().filter_map(|key| {
            let value = difference(below.get(key), before.get(key), wanted.get(key))?;
            Some((key.clone(), value))
        });
        let next: Map<String, Value> = values.collect();
        let was_empty = own.is_some_and(|own| own.as_object().is_some_and(Map::is_empty));
        return (!next.is_empty() || was_empty).then_some(Value::Object(next));
    }
    match (own, below) {
        (Some(own), _) if own == wanted => Some(own.clone()),
        (_, Some(below)) if below == wanted => None,
        _ => Some(wanted.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::syntax;
    use super::*;

    fn laid(base: &str, over: &str) -> Value {
        let node = |text: &str| syntax::parse(text).unwrap().0.unwrap();
        overlaid(&node(base), &node(over)).to_value()
    }

    #[test]
    fn maps_merge_lists_replace_and_null_clears() {
        let base = "a: 1\nm: {x: 1, y: {z: 2}}\nl: [1, 2]\nn: text\n";
        assert_eq!(
            laid(base, "m: {y: {w: 3}}\nl: [3]\nn: null\nabsent: null\nnew: {k: v}\n"),
            json!({ "a": 1, "m": { "x": 1, "y": { "z": 2, "w": 3 } }, "l": [3], "new": { "k": "v" } })
        );
        assert_eq!(laid("m: text\n", "m: {k: 1}\n"), json!({ "m": { "k": 1 } }));
    }

    #[test]
    fn the_difference_laid_over_gives_what_is_wanted() {
        let cases = [
            (json!({ "a": 1, "m": { "x": 1 } }), json!({}), json!({ "a": 2, "m": { "x": 1 } }), json!({ "a": 2 })),
            (json!({ "m": { "x": 1, "y": 2 } }), json!({}), json!({ "m": { "x": 1 } }), json!({ "m": { "y": null } })),
            (
                json!({}),
                json!({ "b": { "id": "i" }, "k": 1 }),
                json!({ "b": { "id": null }, "k": 1 }),
                json!({ "k": 1 }),
            ),
            (json!({ "a": 1 }), json!({ "a": 1 }), json!({ "a": 1, "n": [2] }), json!({ "a": 1, "n": [2] })),
            (json!({ "a": 1 }), json!({ "a": 2 }), json!({ "a": 1 }), json!(null)),
        ];
        for (below, own, wanted, expected) in cases {
            let next = difference(Some(&below), Some(&own), Some(&wanted)).unwrap_or_default();
            assert_eq!(next, expected, "{below} {own} {wanted}");
        }
    }
}
