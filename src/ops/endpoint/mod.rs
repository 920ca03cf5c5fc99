//! The versions of a runtime and the endpoints that serve them: shown, made, pointed to another version, deleted, rolled back.
//!
//! Owns: the flows, and which version is meant. Does not own: how an endpoint is made and pointed
//! (`resources::runtime_endpoint`), how the settings of a version are deployed again (`resources::runtime`).

mod artifact;
mod delete;
mod list;
mod lock;
mod report;
mod rollback;
mod versions;

use std::future::Future;
use std::time::{Duration, Instant};

pub(crate) use artifact::require_artifact;
pub(crate) use delete::EndpointDeletion;
pub(crate) use list::list;
pub(crate) use rollback::{RollbackTarget, rollback, version_before};
pub(crate) use versions::versions;

use super::pending_identity::PendingIdentity;
use crate::cloud::{AgentRuntime, Cloud, Endpoint};
use crate::config::{Agent, Store};
use crate::error::{Code, Error, Result};
use crate::events::Events;
use crate::facts::DEFAULT_ENDPOINT;
use crate::resources::engine::{self, AfterFailure, Context, Late, Node};
use crate::resources::owner::{self, Owner};
use crate::resources::patience::Patience;
use crate::resources::plan::{Action, ResourceKind, Step};
use crate::resources::record::AgentRecord;
use crate::resources::runtime::{self, ObservedRuntime};
use crate::resources::runtime_endpoint::{EndpointGoal, RuntimeAddress, RuntimeEndpoint};
use report::{EndpointChange, EndpointReport};

/// What is told after an endpoint was pointed to another version.
pub(crate) const SESSIONS: &str =
    "sessions that are running stay on the version they began with; new ones get this one";

/// A deployed agent of the configuration.
#[derive(Debug)]
pub(crate) struct AgentWithEndpoints(AgentRecord);

impl AgentWithEndpoints {
    pub(crate) const fn new(store: Store, agent: Agent) -> Self {
        Self(AgentRecord::new(store, agent))
    }

    pub(crate) const fn record(&self) -> &AgentRecord {
        &self.0
    }
}

/// A verb about the endpoints of one agent.
pub(crate) struct EndpointWork<'a> {
    pub(crate) record: &'a AgentRecord,
    pub(crate) cloud: &'a Cloud,
    pub(crate) identity: &'a PendingIdentity,
    /// How long to wait for others and for READY; `None` returns once the request is through.
    pub(crate) wait: Option<Duration>,
    pub(crate) plan_only: bool,
    /// Also what this project did not make. Whoever made it, it may be read.
    pub(crate) adopt: bool,
    /// Take the lock of the deployment from whoever has it.
    pub(crate) break_lock: bool,
    pub(crate) begun: Instant,
    /// The command that does it, without `--plan`, `--adopt` and `--break-lock`.
    pub(crate) command: String,
    /// The command that deploys the agent.
    pub(crate) launch: String,
}

impl<'a> EndpointWork<'a> {
    const fn agent(&self) -> &Agent {
        self.record.agent()
    }

    const fn events(&self) -> &Events {
        &self.identity.events
    }

    /// The command with all of its flags but `--plan` and `--break-lock`.
    fn whole_command(&self) -> String {
        format!("{}{}", self.command, if self.adopt { " --adopt" } else { "" })
    }

    /// The command without its flags, for those that wait for it: `endpoint promote prod`.
    fn verb(&self) -> String {
        let words = self.command.split_whitespace().skip(1).take_while(|word| !word.starts_with('-'));
        words.collect::<Vec<_>>().join(" ")
    }

    /// The runtime, which must be there.
    async fn runtime(&self) -> Result<ObservedRuntime> {
        let found = self.identity.beside(runtime::find(self.cloud, self.agent())).await?;
        self.identity.confirmed().await?;
        let name = &self.agent().name;
        let found = found.ok_or_else(|| {
            Error::not_found(format!("the agent `{name}` is not deployed"))
                .code(Code::AgentNotDeployed)
                .hint(format!("deploy it: `{}`", self.launch))
        })?;
        let (arn, adopt) = (found.runtime.arn(), owner::adopt_hint(&self.command));
        match found.owner {
            _ if self.adopt => Ok(found),
            Owner::Ours | Owner::Recorded => Ok(found),
            Owner::Other => Err(owner::refusal_of(&format!("the runtime `{name}` ({arn})")).hint(adopt)),
            // The one on record is gone, and somebody made another of the name.
            Owner::Unknown => Err(Error::usage(format!("this project did not create the runtime `{name}` ({arn})"))
                .code(Code::RuntimeNameTaken)
                .hint(adopt)),
        }
    }

    fn node(&self, runtime: &ObservedRuntime, name: &str, goal: EndpointGoal) -> Node<RuntimeEndpoint<'a>> {
        Node::new(RuntimeEndpoint {
            record: self.record,
            runtime: address(&runtime.runtime),
            name: name.to_owned(),
            goal,
            adopt: self.adopt,
            waits: self.wait.is_some(),
            command: self.command.clone(),
            own_tags: Vec::new(),
        })
    }

    fn context(&self) -> Context<'_> {
        let patience = Patience::new(self.wait, self.events());
        Context { cloud: self.cloud, events: self.events(), patience, adopt: self.adopt }
    }

    fn after_failure(&self) -> AfterFailure {
        let command = self.whole_command();
        AfterFailure { resume_sentence: format!("`{command}` goes on from there"), rerun_command: command }
    }

    /// Does what is planned, unless only the plan is wanted. Where another run was waited for, `again` plans it anew.
    async fn carry_out<Again>(
        &self,
        planned: PlannedChange<'a>,
        again: impl FnOnce() -> Again,
    ) -> Result<EndpointReport>
    where
        Again: Future<Output = Result<PlannedChange<'a>>>,
    {
        if self.plan_only || !planned.is_change() {
            return planned.finish(self).await;
        }
        let Some((lock, after_another)) = self.lock(&planned.runtime.runtime).await? else {
            return planned.finish(self).await;
        };
        let work = async {
            let planned = if after_another { again().await? } else { planned };
            planned.finish(self).await
        };
        lock.while_held(work).await
    }

    async fn report(
        &self,
        runtime: &AgentRuntime,
        change: EndpointChange,
        endpoint: Option<Endpoint>,
    ) -> Result<EndpointReport> {
        Ok(EndpointReport {
            agent: self.agent().name.clone(),
            arn: runtime.arn().to_owned(),
            identity: self.identity.confirmed().await?,
            plan_only: self.plan_only,
            command: self.whole_command(),
            endpoint,
            change,
        })
    }

    /// A version with its settings, which can serve.
    ///
    /// # Errors
    /// Exit 5 when there is none of this number; a refusal when it failed, or when its artifact is gone.
    async fn version(&self, runtime: &AgentRuntime, version: &str) -> Result<AgentRuntime> {
        let found = self.cloud.runtime_version(runtime.id(), version).await?.ok_or_else(|| no_version(version))?;
        if found.status().ends_with("_FAILED") && found.version() != runtime.version() {
            return Err(Error::usage(format!("version {version} is {}: it never served a call", found.status()))
                .code(Code::VersionFailed)
                .hint("`agentcore versions` shows those that can serve"));
        }
        require_artifact(&found, (self.cloud, self.identity), &self.launch).await?;
        Ok(found)
    }
}

/// A change of an endpoint that is planned.
struct PlannedChange<'a> {
    runtime: ObservedRuntime,
    node: Node<RuntimeEndpoint<'a>>,
    steps: Vec<Step>,
    /// Completes "Plan to", without the "of" before the agent's name.
    verb: String,
}

impl<'a> PlannedChange<'a> {
    /// `node` was looked at.
    fn new(
        work: &EndpointWork<'a>,
        runtime: ObservedRuntime,
        mut node: Node<RuntimeEndpoint<'a>>,
        verb: String,
    ) -> Result<Self> {
        let steps = engine::plan(vec![&mut node], work.adopt)?;
        Ok(Self { runtime, node, steps, verb })
    }

    fn is_change(&self) -> bool {
        self.steps.iter().any(|step| step.action.is_change())
    }

    /// Does it, unless only the plan is wanted.
    async fn finish(mut self, work: &EndpointWork<'a>) -> Result<EndpointReport> {
        let before = self.node.observed.as_ref().and_then(|live| live.endpoint.live_version.clone());
        if !work.plan_only {
            engine::apply(vec![&mut self.node], &self.steps, &work.context(), &work.after_failure()).await?;
            take_outcome(&mut self.steps, &self.node);
            if self.node.outcome == Some(Action::Update) && before.is_some() {
                work.events().note(SESSIONS);
            }
        }
        let endpoint = self.node.observed.map(|live| live.endpoint);
        let after = endpoint.as_ref().and_then(|endpoint| endpoint.target().map(str::to_owned));
        let change =
            EndpointChange { verb: format!("{} of", self.verb), steps: self.steps, before, after, known: None };
        work.report(&self.runtime.runtime, change, endpoint).await
    }
}

/// What was done rather than what was planned.
fn take_outcome(steps: &mut [Step], node: &Node<RuntimeEndpoint<'_>>) {
    if let (Some(step), Some(outcome)) = (steps.first_mut(), node.outcome) {
        step.action = outcome;
    }
}

/// Where an endpoint of this runtime is looked for.
pub(crate) fn address(runtime: &AgentRuntime) -> Late<RuntimeAddress> {
    let address = Late::after(ResourceKind::Runtime);
    address.set(RuntimeAddress { id: runtime.id().to_owned(), arn: runtime.arn().to_owned() });
    address
}

fn no_version(version: &str) -> Error {
    Error::not_found(format!("the runtime has no version {version}"))
        .code(Code::VersionNotFound)
        .hint("`agentcore versions` shows those that there are")
}

/// Refuses what DEFAULT cannot do.
///
/// # Errors
/// Exit 2 for DEFAULT, and for a name that no endpoint can have.
pub(crate) fn check_name(name: &str, verb: &str) -> Result<()> {
    crate::session::check_endpoint(name)?;
    if name != DEFAULT_ENDPOINT {
        return Ok(());
    }
    let error = match verb {
        "create" => Error::usage("every runtime has the endpoint `DEFAULT` from the beginning")
            .hint("choose another name: `agentcore endpoint create NAME`"),
        "delete" => Error::usage("the endpoint `DEFAULT` cannot be deleted alone: it goes with its runtime")
            .hint("delete the agent with all of its endpoints: `agentcore destroy`"),
        _ => Error::usage("the endpoint `DEFAULT` always follows the newest version and cannot be pointed to another")
            .hint("deploy the settings of an earlier version again: `agentcore rollback VERSION`")
            .hint("or let callers use an endpoint that stays: `agentcore endpoint create NAME`"),
    };
    Err(error.code(Code::EndpointDefault))
}

/// What a new endpoint is made with.
#[derive(Debug)]
pub(crate) struct EndpointRequest<'a> {
    pub(crate) name: &'a str,
    /// `None` is the newest for a new one, and whatever it serves for one that is there.
    pub(crate) version: Option<&'a str>,
    pub(crate) description: Option<String>,
}

/// Makes an endpoint. One that is there and serves the version is left.
///
/// # Errors
/// Exit 2 when one of the name serves another version, or belongs to somebody else.
pub(crate) async fn create(work: &EndpointWork<'_>, request: &EndpointRequest<'_>) -> Result<EndpointReport> {
    let planned = plan_creation(work, request).await?;
    let report = work.carry_out(planned, || plan_creation(work, request)).await?;
    // One of the name may have come up meanwhile.
    let serves = report.change.after.clone().filter(|_| !work.plan_only);
    if let (Some(version), Some(serves)) = (request.version, serves)
        && serves != version
    {
        return Err(serves_other(request.name, (version, serves.as_str())));
    }
    Ok(report)
}

async fn plan_creation<'a>(work: &EndpointWork<'a>, request: &EndpointRequest<'_>) -> Result<PlannedChange<'a>> {
    let runtime = work.runtime().await?;
    let newest = runtime.runtime.version().to_owned();
    let version = request.version.map_or(newest, str::to_owned);
    if request.version.is_some() {
        work.version(&runtime.runtime, &version).await?;
    }
    let goal = EndpointGoal::There { version: version.clone(), description: request.description.clone() };
    let mut node = work.node(&runtime, request.name, goal);
    engine::observe(vec![&mut node], work.cloud).await?;
    if let (Some(_), Some(live)) = (request.version, &node.observed)
        && let Some(other) = live.endpoint.target().filter(|target| *target != version)
    {
        return Err(serves_other(request.name, (version.as_str(), other)));
    }
    PlannedChange::new(work, runtime, node, format!("create the endpoint {}", request.name))
}

fn serves_other(name: &str, (version, other): (&str, &str)) -> Error {
    Error::usage(format!("there is an endpoint `{name}` already, and it serves version {other}"))
        .code(Code::EndpointDiffers)
        .hint(format!("point it to version {version}: `agentcore endpoint promote {name} --version {version}`"))
}

/// Points an endpoint to a version.
///
/// # Errors
/// Exit 5 when there is no such endpoint or version; exit 2 when the endpoint is somebody else's, or the version cannot
/// serve.
pub(crate) async fn promote(work: &EndpointWork<'_>, name: &str, version: &str) -> Result<EndpointReport> {
    let planned = plan_promotion(work, name, version).await?;
    work.carry_out(planned, || plan_promotion(work, name, version)).await
}

async fn plan_promotion<'a>(work: &EndpointWork<'a>, name: &str, version: &str) -> Result<PlannedChange<'a>> {
    let runtime = work.runtime().await?;
    let late = Late::after(ResourceKind::Runtime);
    late.set(version.to_owned());
    let mut node = work.node(&runtime, name, EndpointGoal::Serves { version: late, description: None });
    tokio::try_join!(engine::observe(vec![&mut node], work.cloud), work.version(&runtime.runtime, version))?;
    if node.observed.is_none() {
        return Err(Error::not_found(format!("there is no endpoint `{name}`"))
            .code(Code::EndpointNotFound)
            .hint(format!("make it: `agentcore endpoint create {name} --version {version}`"))
            .hint("`agentcore endpoint list` shows those that are there"));
    }
    PlannedChange::new(work, runtime, node, format!("promote the endpoint {name}"))
}
