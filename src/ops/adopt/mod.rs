//! Writes what is live into the configuration: a runtime that was made elsewhere as an agent, or what was changed elsewhere of a
//! configured one. Makes no request that changes anything.
//!
//! Owns: which runtime is meant, whose it is, and what is written. Does not own: the two sides' comparison, which is that of
//! `status --drift` and says afterwards what a launch would still change.

mod report;
mod settings;

use std::path::PathBuf;

use report::AdoptFacts;
pub(crate) use report::AdoptReport;
use settings::Written;

use super::deploy::{self, Compared, Connections};
use super::target;
use crate::cloud::{AgentRuntime, Cloud};
use crate::config::{Agent, Edit, Store, shell};
use crate::error::{Code, Error, Kind, Result};
use crate::fsx;
use crate::partition::{Arn, is_runtime_id};
use crate::resources::owner::{self, Owner};
use crate::resources::resource_policy;

/// What the user asked for.
#[derive(Debug)]
pub(crate) struct AdoptRequest {
    /// An ARN, an id or a name; `None` stands for the runtime of `agent`.
    pub(crate) runtime: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) entrypoint: Option<PathBuf>,
    pub(crate) plan_only: bool,
    /// Also one that another project's tags are on.
    pub(crate) force: bool,
}

/// The agent whose account and region are worked in: the configured one, or one that has nothing but the given ARN.
///
/// # Errors
/// No such agent, one that is not deployed, an ARN of something else.
pub(crate) fn subject(store: &Store, request: &AdoptRequest) -> Result<Agent> {
    let Some(runtime) = &request.runtime else {
        let agent = store.agent(request.agent.as_deref())?;
        target::require_arn(store, agent)
            .map_err(|error| error.hint("or name a live runtime: `agentcore adopt ARN`"))?;
        return Ok(agent.clone());
    };
    let is_meant = |agent: &&Agent| {
        agent.name == *runtime || agent.deployed_name() == *runtime || agent.runtime_id() == Some(runtime.as_str())
    };
    if let Some(agent) = store.project().agents.iter().find(is_meant) {
        return Ok(agent.clone());
    }
    let mut agent = Agent::default();
    if runtime.starts_with("arn:") {
        let (arn, _) = Arn::of_runtime(runtime)?;
        agent.bedrock_agentcore.agent_arn = Some(arn.to_string());
    }
    Ok(agent)
}

/// Adopts the runtime.
///
/// # Errors
/// No such runtime, one that belongs to another project, a file that cannot be written.
pub(crate) async fn adopt(
    mut store: Store,
    subject: &Agent,
    request: &AdoptRequest,
    connections: &Connections<'_>,
) -> Result<AdoptReport> {
    let cloud = connections.cloud;
    if !request.plan_only {
        store.require_identity_or_place()?;
    }
    let identity = connections.identity.confirmed().await?;
    target::check_account(subject, &identity)?;
    let live = find(cloud, subject, request).await?;
    let existing = configured(&store, &live)?;
    let tags = cloud.resource_tags(live.arn()).await?;
    let owner = owner_of(&store, existing.as_ref(), (&live, tags.as_deref()));
    if owner == Owner::Other && !request.force {
        return Err(refusal(&store, &live, tags.as_deref().unwrap_or_default()));
    }
    require_agent(&store, existing.as_ref(), &live)?;
    // In an environment the runtime has another name than its agent.
    let name = existing.as_ref().map_or_else(|| runtime_name(&live).to_owned(), |agent| agent.name.clone());
    let callers = match resource_policy::find(cloud, live.arn()).await {
        Ok(policies) => resource_policy::callers_in_file(live.arn(), &policies),
        // Whoever may not read the policies leaves them as they are.
        Err(error) if error.kind() == Kind::Credentials => Some(Vec::new()),
        Err(error) => return Err(error),
    };
    let written = match &existing {
        Some(agent) => {
            let record = settings::record(agent, &live, owner);
            let preview = store.preview(&edits_of(&name, &record))?;
            let compared = deploy::compare(preview, &name, connections).await?;
            settings::differences(agent, record, &compared, callers.as_deref())
        }
        None => settings::new_agent((&live, callers.as_deref()), owner, entrypoint(&store, request)?),
    };
    let mut edits = edits_of(&name, &written);
    if store.project().agents.is_empty() && store.project().default_agent.is_none() {
        edits.insert(0, Edit::set(&["default_agent"], name.as_str()));
    }
    let preview = store.preview(&edits)?;
    let changed = preview.agent(Some(&name)).ok() != existing.as_ref();
    let Compared { steps: left, .. } = deploy::compare(preview, &name, connections).await?;
    if !request.plan_only {
        store.edit(&edits)?;
        // Committed with the rest, so that every clone is the same project.
        store.ensure_identity(&super::identity::proposed_identity(store.root()))?;
    }
    let config = store.agents_path();
    let launch = match store.agent(Some(&name)) {
        Ok(agent) => shell::command("launch --plan", &store, agent),
        Err(_) => "agentcore launch --plan".to_owned(),
    };
    Ok(AdoptReport::new(AdoptFacts {
        agent: name,
        arn: live.arn().to_owned(),
        config,
        is_new: existing.is_none(),
        changed,
        plan_only: request.plan_only,
        is_others: owner == Owner::Other,
        written,
        left,
        launch,
    }))
}

/// The runtime that is meant.
async fn find(cloud: &Cloud, subject: &Agent, request: &AdoptRequest) -> Result<AgentRuntime> {
    let arn = subject.runtime_arn();
    let id = match (&arn, &request.runtime) {
        (Some(arn), _) => Some(subject.runtime_id().unwrap_or_else(|| arn.resource_id()).to_owned()),
        (None, Some(text)) if is_runtime_id(text) => Some(text.clone()),
        // That of an agent of the file has another name in an environment.
        (None, Some(_)) if !subject.name.is_empty() => cloud.find_runtime(&subject.deployed_name()).await?,
        (None, Some(name)) => cloud.find_runtime(name).await?,
        (None, None) => None,
    };
    let found = match &id {
        Some(id) => cloud.runtime(id).await?,
        None => None,
    };
    let found = found.filter(|live| !matches!(live.status(), "DELETING" | "CREATE_FAILED"));
    found.ok_or_else(|| {
        let what = request.runtime.as_ref().or(id.as_ref()).cloned().unwrap_or_default();
        Error::not_found(format!("there is no runtime `{what}` in {}", cloud.region()))
            .code(Code::RuntimeMissing)
            .hint("name another region with `--region`, or another account with `--profile`")
    })
}

fn runtime_name(live: &AgentRuntime) -> &str {
    live.raw.get("agentRuntimeName").and_then(serde_json::Value::as_str).unwrap_or_default()
}

/// The agent that has the runtime on record, else the one whose runtime would have its name.
fn configured(store: &Store, live: &AgentRuntime) -> Result<Option<Agent>> {
    let agents = &store.project().agents;
    let recorded = agents.iter().find(|agent| agent.runtime_id() == Some(live.id()));
    let named = || agents.iter().find(|agent| agent.deployed_name() == runtime_name(live));
    recorded.or_else(named).map(|agent| check_same(agent.clone(), live)).transpose()
}

/// An environment has the agents of the file, and their runtimes have names of their own there.
fn require_agent(store: &Store, existing: Option<&Agent>, live: &AgentRuntime) -> Result<()> {
    match store.environment().filter(|_| existing.is_none()) {
        None => Ok(()),
        Some((environment, _)) => Err(Error::usage(format!(
            "no agent of the environment `{environment}` has a runtime of the name `{}`",
            runtime_name(live)
        ))
        .code(Code::EnvironmentAgent)
        .hint("adopt it without `--environment`, as an agent of the file itself")),
    }
}

/// The refusal of a runtime that another project made, or this one for another environment.
fn refusal(store: &Store, live: &AgentRuntime, tags: &[(String, String)]) -> Error {
    let (what, arn) = (format!("the runtime `{}` ({})", runtime_name(live), live.arn()), live.arn());
    match owner::environment_of_project(tags, store.project().identity.as_deref()) {
        Some(environment) => Error::usage(format!("{what} is of this project's environment `{environment}`"))
            .code(Code::ProjectOther)
            .hint(format!("take over there what was changed: `agentcore adopt {arn} --environment {environment}`")),
        None => {
            owner::refusal_of(&what).hint(format!("if it is this project's in truth: `agentcore adopt {arn} --force`"))
        }
    }
}

/// An agent of the runtime's name that has another runtime is another agent.
fn check_same(agent: Agent, live: &AgentRuntime) -> Result<Agent> {
    match agent.runtime_id() {
        Some(id) if id != live.id() => Err(Error::usage(format!(
            "the configuration has an agent `{}` already, whose runtime is `{id}` and not `{}`",
            agent.name,
            live.id()
        ))
        .code(Code::ConfigNameTaken)
        .hint("adopt it into a configuration of its own: `--config FILE`")),
        _ => Ok(agent),
    }
}

fn owner_of(
    store: &Store,
    existing: Option<&Agent>,
    (live, tags): (&AgentRuntime, Option<&[(String, String)]>),
) -> Owner {
    let unknown = || Agent { name: runtime_name(live).to_owned(), ..Agent::default() };
    let mut agent = existing.cloned().unwrap_or_else(unknown);
    agent.project.clone_from(&store.project().identity);
    let recorded = agent.runtime_id() == Some(live.id());
    if recorded && agent.project.is_none() {
        // The starter toolkit drops unknown keys when it writes the file.
        agent.project = tags.and_then(owner::identity).map(str::to_owned);
    }
    Owner::of_runtime(tags, &agent, recorded)
}

/// Relative to the configuration, whose folder later launches build from.
fn entrypoint(store: &Store, request: &AdoptRequest) -> Result<Option<String>> {
    let Some(file) = &request.entrypoint else { return Ok(None) };
    if !file.is_file() {
        return Err(Error::usage(format!("there is no file `{}`", file.display()))
            .code(Code::SourceEntrypoint)
            .hint("leave out `--entrypoint` to deploy the image that is live"));
    }
    Ok(Some(fsx::relative(file, store.root()).unwrap_or_else(|| file.display().to_string())))
}

fn edits_of(agent: &str, written: &Written) -> Vec<Edit> {
    let at = |path: &[String]| ["agents", agent].into_iter().map(str::to_owned).chain(path.iter().cloned()).collect();
    written.edits.iter().map(|(path, value)| Edit { path: at(path), value: value.clone() }).collect()
}
