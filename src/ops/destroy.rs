//! Deletes what launch created for an agent and keeps what the user brought, listing both.

use std::time::Duration;

use serde_json::{Value, json};

use super::pending_identity::PendingIdentity;
use super::{plan_text, target};
use crate::cloud::{CallerIdentity, Cloud};
use crate::config::shell;
use crate::config::{Agent, DeploymentType, Store};
use crate::error::{Error, Kind, Result};
use crate::events::Events;
use crate::facts::{DEFAULT_ENDPOINT, log_group};
use crate::report::{Document, Report, Role, StepOutput, schemas};
use crate::resources::archive::Archives;
use crate::resources::bucket::{Bucket, Purpose};
use crate::resources::build_project::{self, BuildProject, source_bucket_of};
use crate::resources::build_role::BuildRole;
use crate::resources::deploy_lock::{Acquired, Activity, DeployLock};
use crate::resources::engine::{self, AnyNode, Context, Node, if_present};
use crate::resources::execution_role::ExecutionRole;
use crate::resources::memory::Memory;
use crate::resources::patience::Patience;
use crate::resources::plan::{Action, ResourceKind, Step};
use crate::resources::record::AgentRecord;
use crate::resources::repository::Repository;
use crate::resources::resource_policy::ResourcePolicy;
use crate::resources::runtime::Runtime;

/// How long another change of a resource is waited for.
const WAIT: Duration = Duration::from_secs(300);

/// What would be, or was, deleted.
#[derive(Debug)]
pub(crate) struct DestroyReport {
    agent: String,
    environment: Option<String>,
    identity: CallerIdentity,
    steps: Vec<Step>,
    applied: bool,
    /// The command that carries this plan out.
    command: String,
}

/// All resources that an agent may have, observed.
pub(crate) struct Destroy<'a> {
    agent: &'a Agent,
    identity: &'a PendingIdentity,
    cloud: &'a Cloud,
    command: String,
    source_bucket: Option<Node<Bucket<'a>>>,
    build_role: Option<Node<BuildRole<'a>>>,
    build_project: Option<Node<BuildProject<'a>>>,
    repository: Option<Node<Repository<'a>>>,
    bucket: Option<Node<Bucket<'a>>>,
    memories: Vec<Node<Memory<'a>>>,
    role: Node<ExecutionRole<'a>>,
    runtime: Node<Runtime<'a>>,
    policy: Option<Node<ResourcePolicy<'a>>>,
}

/// The agent that is destroyed, and where its archives may be.
#[derive(Debug)]
pub(crate) struct AgentToDestroy {
    record: AgentRecord,
    archives: Option<Archives>,
}

impl AgentToDestroy {
    /// # Errors
    /// Exit 2 for an `s3_path` that is none.
    pub(crate) fn new(store: Store, agent: Agent, cloud: &Cloud, account: &str) -> Result<Self> {
        let may_have = agent.deployment_type == DeploymentType::DirectCodeDeploy || agent.created().bucket.is_some();
        let archives = may_have.then(|| Archives::of(&agent, cloud, account)).transpose()?;
        Ok(Self { record: AgentRecord::new(store, agent), archives })
    }
}

/// What a destroy takes along only when it is asked to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TakenAlong {
    pub(crate) repository: bool,
    pub(crate) memory: bool,
}

/// The command that destroys the agent.
pub(crate) fn command(store: &Store, agent: &Agent, along: TakenAlong) -> String {
    let repository = if along.repository { " --delete-ecr-repo" } else { "" };
    let memory = if along.memory { " --delete-memory" } else { "" };
    format!("{} --force{repository}{memory}", shell::command("destroy", store, agent))
}

impl<'a> Destroy<'a> {
    /// Makes no request yet.
    pub(crate) fn new(
        target: &'a AgentToDestroy,
        (cloud, identity): (&'a Cloud, &'a PendingIdentity),
        (command, along): (String, TakenAlong),
    ) -> Self {
        let AgentToDestroy { record, archives } = target;
        let agent = record.agent();
        let region = cloud.region();
        // What another checkout launched for a branch's environment is on record there.
        let may_be_elsewhere = agent.environment.is_some() && agent.deployment_type == DeploymentType::Container;
        let was_built = build_project::is_recorded(agent) || agent.codebuild.project_name.is_some() || may_be_elsewhere;
        let has_images = agent.deployment_type == DeploymentType::Container || agent.created().repository.is_some();
        let created = agent.created().source_bucket.clone();
        let source_bucket = created.unwrap_or_else(|| source_bucket_of(agent, identity.account(), region).0);
        let bucket = |name: String, purpose| Bucket {
            record,
            purpose,
            name,
            account: identity.account().to_owned(),
            region: region.to_owned(),
            is_managed: true,
            lenient: true,
        };
        let runtime = Runtime::on_record(record);
        Self {
            agent,
            identity,
            cloud,
            command,
            source_bucket: was_built.then(|| Node::new(bucket(source_bucket, Purpose::Sources))),
            build_role: was_built.then(|| Node::new(BuildRole::on_record(record, region))),
            build_project: was_built.then(|| Node::new(BuildProject::on_record(record))),
            repository: has_images
                .then(|| Node::new(Repository::on_record(record, (identity.account(), region), along.repository))),
            bucket: archives.as_ref().map(|place| {
                Node::new(bucket(place.bucket.clone(), Purpose::Archives { place, older: has_older_archives(agent) }))
            }),
            memories: Memory::on_record(record, along.memory).into_iter().map(Node::new).collect(),
            role: Node::new(ExecutionRole::on_record(record, region)),
            policy: (!agent.created().resource_policies.is_empty()).then(|| {
                Node::new(ResourcePolicy { runtime: runtime.arn.clone(), ..ResourcePolicy::on_record(record) })
            }),
            runtime: Node::new(runtime),
        }
    }

    /// In the order of deletion.
    fn list(&mut self) -> Vec<&mut dyn AnyNode> {
        let runtime: &mut dyn AnyNode = &mut self.runtime;
        let role: &mut dyn AnyNode = &mut self.role;
        let list = [
            if_present(&mut self.policy),
            Some(runtime),
            if_present(&mut self.repository),
            if_present(&mut self.bucket),
            Some(role),
            if_present(&mut self.build_project),
            if_present(&mut self.build_role),
            if_present(&mut self.source_bucket),
        ];
        let memories = self.memories.iter_mut().map(|memory| memory as &mut dyn AnyNode);
        list.into_iter().flatten().chain(memories).collect()
    }

    /// What exists and would be deleted. Reads only.
    ///
    /// # Errors
    /// The services' refusals.
    pub(crate) async fn plan(&mut self) -> Result<DestroyReport> {
        let pending = self.identity;
        let mut steps = pending.beside(self.look()).await?;
        let identity = pending.confirmed().await?;
        // Right below their runtime, which takes them along.
        let endpoints = self.runtime.resource.endpoints().iter().filter(|endpoint| endpoint.name != DEFAULT_ENDPOINT);
        let endpoints = endpoints.map(|endpoint| {
            let step = Step::new(ResourceKind::RuntimeEndpoint, endpoint.name.clone(), Action::Delete);
            step.note("goes with the runtime")
        });
        let at = steps.iter().position(|step| step.kind == ResourceKind::Runtime).map_or(0, |at| at + 1);
        steps.splice(at..at, endpoints);
        let ours = self.runtime.observed.as_ref().filter(|live| live.owner.is_ours());
        let found = ours.map(|live| live.runtime.id());
        if let Some(id) = found.or(self.agent.runtime_id()) {
            let step = Step::new(ResourceKind::LogGroup, log_group(id, DEFAULT_ENDPOINT), Action::Keep);
            steps.push(step.note("made by the service, delete it yourself"));
        }
        Ok(DestroyReport {
            agent: self.agent.name.clone(),
            environment: self.agent.environment.as_ref().map(ToString::to_string),
            identity,
            steps,
            applied: false,
            command: self.command.clone(),
        })
    }

    /// What exists, and what is in it.
    async fn look(&mut self) -> Result<Vec<Step>> {
        let cloud = self.cloud;
        engine::observe(self.list(), cloud).await?;
        if self.runtime.observed.as_ref().is_some_and(|live| !live.owner.is_ours())
            && let Some(bucket) = &mut self.bucket
            && let Purpose::Archives { older, .. } = &mut bucket.resource.purpose
        {
            // The runtime is another project's by now, and with it the resources without a project identity.
            *older = false;
        }
        engine::plan_removal(self.list(), cloud).await
    }

    /// Applies the plan. Repeating it after a failure continues where it stopped.
    ///
    /// # Errors
    /// [`Kind::Partial`] when something could not be deleted after other things had been; what remains is listed as causes.
    pub(crate) async fn apply(
        &mut self,
        report: DestroyReport,
        events: &'a Events,
        break_lock: bool,
    ) -> Result<DestroyReport> {
        let Some(lock) = self.lock(&report, events) else { return self.remove(report, events).await };
        if break_lock {
            lock.break_others().await?;
        }
        match lock.acquire(Patience::new(Some(WAIT), events)).await? {
            Acquired::Without => self.remove(report, events).await,
            Acquired::AtOnce => lock.while_held(self.remove(report, events)).await,
            Acquired::AfterAnother => {
                let planned_anew = async {
                    let report = self.plan().await?;
                    self.remove(report, events).await
                };
                lock.while_held(planned_anew).await
            }
        }
    }

    /// `None` where no runtime goes that another run could be changing.
    fn lock(&self, report: &DestroyReport, events: &'a Events) -> Option<DeployLock<'a>> {
        let goes = |step: &Step| step.kind == ResourceKind::Runtime && step.action == Action::Delete;
        let live = self.runtime.observed.as_ref().filter(|_| report.steps.iter().any(goes))?;
        let break_command = format!("{} --break-lock", self.command);
        let told = (&Activity::new("destroy"), break_command);
        Some(DeployLock::new((self.cloud, events), live.runtime.arn(), &report.identity.principal, told))
    }

    async fn remove(&mut self, report: DestroyReport, events: &Events) -> Result<DestroyReport> {
        let cx = Context { cloud: self.cloud, events, patience: Patience::new(Some(WAIT), events), adopt: false };
        if report.deletions() > 0 {
            events.resume(format!("`{}` goes on with what is left", self.command));
        }
        let remains = engine::remove(self.list(), &cx).await;
        let Some((_, first)) = remains.failures.first() else {
            let record = self.runtime.resource.record;
            record.forget_session();
            record.leave_place()?;
            return Ok(DestroyReport { applied: true, ..report });
        };
        let kind = if remains.done > 0 { Kind::Partial } else { first.kind() };
        let mut error = Error::new(kind, format!("`{}` is not completely destroyed", self.agent.name));
        for (name, failure) in &remains.failures {
            error = error.cause(format!("{name} remains: {failure}"));
        }
        let what = if remains.done > 0 { "go on with what is left" } else { "run it again" };
        Err(error.hint(format!("fix the cause and {what}: `{}`", self.command)))
    }
}

/// Whether the agent was deployed before projects had identities, and its archives of that time can be there.
fn has_older_archives(agent: &Agent) -> bool {
    agent.is_deployed() || agent.created().bucket.is_some()
}

impl DestroyReport {
    pub(crate) fn deletions(&self) -> usize {
        self.steps.iter().filter(|step| step.action == Action::Delete).count()
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl Report for DestroyReport {
    fn schema(&self) -> &'static str {
        schemas::DESTROY
    }

    fn data(&self) -> Value {
        json!({
            "agent": self.agent,
            "environment": self.environment,
            "caller": target::identity_data(&self.identity),
            "applied": self.applied,
            "steps": self.steps,
        })
    }

    fn document(&self) -> Document {
        if !self.applied {
            let document = plan_text::plan("destroy", &self.agent, &self.identity, &self.steps);
            return document.line(match self.deletions() {
                0 => "Nothing to delete.".to_owned(),
                _ => format!("{}. Apply with: {}", plan_text::totals(&self.steps), self.command),
            });
        }
        let document = plan_text::steps_document(Document::new(), &self.steps);
        document.line(match self.deletions() {
            0 => "Nothing to delete.".to_owned(),
            deleted => {
                let kept = self.steps.len() - deleted;
                let of = self.environment.as_ref().map(|name| format!(" of the environment `{name}`"));
                let of = of.unwrap_or_default();
                format!("`{}`{of} is destroyed: {deleted} deleted, {kept} kept. Its configuration stays.", self.agent)
            }
        })
    }

    fn step_outputs(&self) -> Vec<(StepOutput, String)> {
        let environment = self.environment.clone().map(|name| (StepOutput::Environment, name));
        environment.into_iter().chain([(StepOutput::Changed, (self.deletions() > 0).to_string())]).collect()
    }

    fn summary(&self) -> Option<Document> {
        let head = match (self.applied, self.deletions()) {
            (false, _) => plan_text::title("destroy", &self.agent, &self.identity),
            (true, 0) => format!("{}: nothing to delete", self.agent),
            (true, _) => format!("{} is destroyed", self.agent),
        };
        let document = Document::new().styled(Role::Heading, head).field_if("environment", self.environment.clone());
        Some(plan_text::steps_table(document, &self.steps))
    }

    fn exit_code(&self) -> u8 {
        if !self.applied && self.deletions() > 0 { Kind::Pending.exit_code() } else { 0 }
    }
}
