//! The file in an environment: its agents, and where what is written of them goes.

use std::path::Path;

use serde_json::{Map, Value};

use super::Store;
use crate::config::check;
use crate::config::edit::Edit;
use crate::config::environment::{DeclaredEnvironment, EnvironmentName};
use crate::config::local_record;
use crate::config::model::{Agent, Project};
use crate::config::overlay::{self, EnvironmentChoice, EnvironmentKind, View};
use crate::config::syntax::{LineIndex, Problem, YamlNode};
use crate::error::{Code, Error, Result};
use crate::partition::Arn;

/// What environments need of a store.
impl Store {
    /// For a launch, before it builds.
    ///
    /// # Errors
    /// Usage where the project has no identity, and the environment has no part of the file that one could be written with.
    pub(crate) fn require_identity_or_place(&self) -> Result<()> {
        let undeclared = self.view.as_ref().filter(|view| view.kind != EnvironmentKind::Declared);
        let Some(view) = undeclared.filter(|_| self.project.identity.is_none()) else { return Ok(()) };
        Err(Error::usage(format!(
            "the project has no identity (`agentcore.project`), and `{}` is not declared, so nothing is written into `{}`",
            view.name,
            self.path.display()
        ))
        .code(Code::EnvironmentIdentity)
        .cause("without one in every clone, none would know later what was made for the environment")
        .hint("run `configure --name NAME` without `--environment`, which writes one, and commit the file"))
    }

    /// With the runtime of an agent as if it were on record; nothing is written.
    pub(crate) fn with_runtime(mut self, agent: &str, arn: &Arn) -> Self {
        for found in self.project.agents.iter_mut().filter(|found| found.name == agent) {
            found.bedrock_agentcore.agent_arn = Some(arn.to_string());
            found.bedrock_agentcore.agent_id = Some(arn.resource_id().to_owned());
        }
        self
    }

    /// Refuses settings of an environment that the file does not declare: there is no place for them.
    pub(super) fn check_recorded(&self, edits: &[Edit]) -> Result<()> {
        let Some(view) = self.view.as_ref().filter(|view| view.kind != EnvironmentKind::Declared) else {
            return Ok(());
        };
        // What is taken out is only the record, where there is nothing else.
        let set = edits.iter().filter(|edit| edit.value.is_some());
        let setting = set.map(|edit| edit.path.as_slice()).find_map(|path| match path {
            [agents, _, rest @ ..] if agents == "agents" && !local_record::is_recorded(rest) => Some(rest.join(".")),
            _ => None,
        });
        let Some(setting) = setting else { return Ok(()) };
        let name = &view.name;
        Err(Error::usage(format!("`{setting}` cannot be set: the file does not declare the environment `{name}`"))
            .code(Code::EnvironmentSettings)
            .hint(format!(
                "declare it first: `{name}: {{}}` under `agentcore.environments` of `{}`",
                self.path.display()
            )))
    }

    /// Writes the record of an environment that the file does not declare. Whether it has one and that has changed.
    pub(super) fn write_record(&self, agents: &Map<String, Value>) -> Result<bool> {
        let Some(view) = self.view.as_ref().filter(|view| view.kind != EnvironmentKind::Declared) else {
            return Ok(false);
        };
        let before: Map<String, Value> = view.recorded();
        if before == *agents {
            return Ok(false);
        }
        local_record::write(&self.root, &view.name, agents)?;
        Ok(true)
    }

    pub(super) fn edits_of_file(&self, changes: overlay::Changes) -> Vec<Edit> {
        let mut edits = changes.others;
        let Some(view) = self.view.as_ref().filter(|view| view.kind == EnvironmentKind::Declared) else { return edits };
        let name = view.name.as_str();
        let part = self.tree.as_ref().and_then(|tree| overlay::declared(tree).find(|entry| entry.key == name));
        let part = part.map(|entry| &entry.value);
        // Without anything to say of it, what is not there need not be.
        if part.is_some() || !changes.agents.is_empty() {
            edits.push(Edit::set(&["agentcore", "environments", name], overlay::part_with(part, &changes.agents)));
        }
        edits
    }
}

pub(super) fn legacy_layout(path: &Path) -> Error {
    Error::usage(format!(
        "`{}` is in an older layout of the starter toolkit, which has no environments",
        path.display()
    ))
    .code(Code::ConfigEnvironments)
    .hint("bring it into the layout with `agents:`: run `configure --name NAME` without `--environment`")
}

/// The agents of every environment that the file declares, or what is wrong in all of them.
pub(super) fn declared(
    tree: &YamlNode,
    project: &Project,
    lines: &LineIndex,
) -> std::result::Result<Vec<DeclaredEnvironment>, Vec<Problem>> {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for entry in overlay::declared(tree) {
        let part = Some(&entry.value);
        let agents = overlay::layered(tree, &project.agents, &entry.key, (part, part));
        let checked = check::merged(&agents, (&entry.key, project.identity.as_deref()), None);
        problems.extend(checked.problems);
        let environment = EnvironmentName::parse(&entry.key).ok();
        let named = |agent: Agent| Agent { environment: environment.clone(), ..agent };
        let agents = checked.project.agents.into_iter().map(named).collect();
        all.push(DeclaredEnvironment { key: entry.key.clone(), line: lines.line(entry.key_start), agents });
    }
    // Environments may share a part of the file.
    problems.sort_by_key(|problem| problem.offset);
    problems.dedup();
    if problems.is_empty() { Ok(all) } else { Err(problems) }
}

/// The chosen environment, with its record at `offset`: the one on disk, unless another is given.
pub(super) fn see(
    tree: &YamlNode,
    project: &Project,
    (choice, record): (&EnvironmentChoice, Option<&Map<String, Value>>),
    (root, offset): (&Path, usize),
) -> Result<View> {
    let record = match record {
        Some(agents) => local_record::preview(root, &choice.name, agents, offset)?,
        None => local_record::read(root, &choice.name, offset)?,
    };
    let kind = overlay::choose(tree, choice, record.is_some())?;
    Ok(View::new(tree, &project.agents, (choice.name.clone(), kind), record.as_ref()))
}

/// The agents, with their environment. Each has a name of its own in the account.
pub(super) fn in_environment(agents: Vec<Agent>, of_file: &[Agent], name: &EnvironmentName) -> Result<Vec<Agent>> {
    let named = |agent: Agent| {
        let agent = Agent { environment: Some(name.clone()), ..agent };
        let deployed = agent.deployed_name();
        match of_file.iter().find(|other| other.name.eq_ignore_ascii_case(&deployed)) {
            None => Ok(agent),
            Some(other) => Err(Error::usage(format!(
                "the agent `{}` would have the name of the agent `{}` in the environment `{name}`",
                agent.name, other.name
            ))
            .code(Code::ConfigNameTaken)
            .hint("choose another name for the environment")),
        }
    };
    agents.into_iter().map(named).collect()
}
