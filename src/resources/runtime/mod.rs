//! The runtime of an agent: created or updated, until it is one that may be called.
//!
//! `converge` has its creation and its updates, also while another launch does the same, `wire` its form on the wire and how two of
//! them differ, `wait` the waiting for its states.

mod artifact;
mod authorizer;
mod checks;
mod converge;
mod difference;
mod elsewhere;
mod propagation;
mod restore;
mod wait;
mod wire;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::join;
use serde_json::{Value, json};

pub(crate) use artifact::{CodeArchive, RuntimeArtifact};
pub(crate) use authorizer::{authorizer_change, callers_text};
use converge::emptied;
pub(crate) use difference::readable;
pub(crate) use elsewhere::{ChangedElsewhere, mark_origin};
pub(crate) use restore::RestoreRules;
pub(crate) use wait::{WAIT_STEP, follow, is_ready, settle, wait_gone, wait_ready};
pub(crate) use wire::RuntimeSpec;

use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::execution_role::RoleReady;
use super::memory::MemoryVariables;
use super::owner::{self, Owner};
use super::plan::{Action, FieldChange, Presence, ResourceKind};
use super::record::AgentRecord;
use super::version_note::VersionMaker;
use crate::cloud::{AgentRuntime, Cloud, Endpoint};
use crate::config::naming;
use crate::config::{Agent, Created, Setting};
use crate::error::{Code, Error, Result};
use crate::facts::DEFAULT_ENDPOINT;

/// How long a runtime may take to go.
const GONE: Duration = Duration::from_secs(300);

/// What is wanted of the runtime.
#[derive(Debug)]
pub(crate) struct Runtime<'a> {
    pub(crate) record: &'a AgentRecord,
    /// Without its role and its artifact, which come later.
    pub(crate) spec: RuntimeSpec,
    /// Names of the variables that the configuration gives the runtime.
    pub(crate) variables: Vec<String>,
    pub(crate) role: Late<RoleReady>,
    pub(crate) artifact: Late<RuntimeArtifact>,
    /// A version that is to be there again as it was, in place of the specification.
    pub(crate) restored: Option<AgentRuntime>,
    /// Whom the note of a new version names.
    pub(crate) maker: Late<VersionMaker>,
    /// What its policies are put on.
    pub(crate) arn: Late<String>,
    /// What the agent is told of its memory.
    pub(crate) memory: Option<MemoryVariables>,
    /// Change one that carries no mark of this project, or another's.
    pub(crate) adopt: bool,
    pub(crate) allow_auth_change: bool,
    /// The command that carries the plan out.
    pub(crate) command: String,
    /// Whether the launch goes on until it is READY.
    pub(crate) waits: bool,
    /// A destroy is about one that is there, and speaks of its id.
    pub(crate) by_id: bool,
    pub(crate) seen: Seen,
}

/// What was noticed on the way.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    id: OnceLock<String>,
    /// Id of a runtime that still holds the name while it is being deleted.
    being_deleted: OnceLock<String>,
    /// The service made it as one that takes no calls, and there was no time to mend that.
    calls_refused: AtomicBool,
    /// It was given what the service left out.
    mended: AtomicBool,
    /// Its endpoints, for a destroy.
    endpoints: OnceLock<Vec<Endpoint>>,
}

/// A runtime that was found, by the configuration's id or by its name.
#[derive(Clone, Debug)]
pub(crate) struct ObservedRuntime {
    pub(crate) runtime: AgentRuntime,
    pub(crate) owner: Owner,
    /// By the id that the configuration has.
    is_recorded: bool,
    /// DEFAULT, where it was asked for.
    pub(crate) endpoint: Option<Endpoint>,
    /// Empty where they may not be read.
    pub(crate) tags: Vec<(String, String)>,
}

impl ObservedRuntime {
    const fn ours(runtime: AgentRuntime) -> Self {
        Self { runtime, owner: Owner::Ours, is_recorded: false, endpoint: None, tags: Vec::new() }
    }
}

/// A part of a runtime that is not as it is to be.
#[derive(Clone, Debug)]
pub(crate) enum RuntimeChange {
    Field(FieldChange),
    /// It never lived, and is made anew. With the service's reason.
    CreationFailed(String),
    UpdateFailed(String),
}

impl From<RuntimeChange> for FieldChange {
    fn from(change: RuntimeChange) -> Self {
        match change {
            RuntimeChange::Field(change) => change,
            RuntimeChange::CreationFailed(reason) => becomes_ready("CREATE_FAILED")
                .meaning(format!("it is deleted and made again, because it failed: {reason}")),
            RuntimeChange::UpdateFailed(reason) => {
                becomes_ready("UPDATE_FAILED").meaning(format!("its last update failed: {reason}"))
            }
        }
    }
}

fn becomes_ready(status: &str) -> FieldChange {
    FieldChange::shown("status", Some(&json!(status)), Some(&json!("READY")))
}

/// The recorded runtime, else the one of the agent's name.
///
/// # Errors
/// The service's refusals.
pub(crate) async fn find(cloud: &Cloud, agent: &Agent) -> Result<Option<ObservedRuntime>> {
    if let (Some(id), Some(arn)) = (agent.runtime_id(), agent.runtime_arn().map(|arn| arn.to_string())) {
        // Far from the region each question costs, and these need not wait for each other.
        let (runtime, tags, endpoint) =
            join!(cloud.runtime(id), cloud.resource_tags(&arn), cloud.endpoint(id, DEFAULT_ENDPOINT));
        if let Some(runtime) = runtime? {
            let tags = if runtime.arn() == arn { tags? } else { cloud.resource_tags(runtime.arn()).await? };
            let owner = Owner::of_runtime(tags.as_deref(), agent, true);
            // Whoever may not read endpoints learns it when one is waited for.
            return Ok(Some(ObservedRuntime {
                runtime,
                owner,
                is_recorded: true,
                endpoint: endpoint.unwrap_or_default(),
                tags: tags.unwrap_or_default(),
            }));
        }
    }
    let mut recorded = None;
    if let Some(id) = agent.runtime_id().filter(|_| agent.runtime_arn().is_none()) {
        recorded = cloud.runtime(id).await?;
    }
    let (runtime, is_recorded) = match recorded {
        Some(runtime) => (runtime, true),
        // Unknown here, or deleted elsewhere: one of the same name would make the creation fail.
        None => {
            let Some(id) = cloud.find_runtime(&agent.deployed_name()).await? else { return Ok(None) };
            let Some(runtime) = cloud.runtime(&id).await? else { return Ok(None) };
            (runtime, false)
        }
    };
    let tags = cloud.resource_tags(runtime.arn()).await?;
    let owner = Owner::of_runtime(tags.as_deref(), agent, is_recorded);
    Ok(Some(ObservedRuntime { runtime, owner, is_recorded, endpoint: None, tags: tags.unwrap_or_default() }))
}

impl Runtime<'_> {
    /// The one that is there, for a destroy.
    pub(crate) fn on_record<'r>(record: &'r AgentRecord) -> Runtime<'r> {
        Runtime {
            record,
            spec: RuntimeSpec::named(&record.agent().deployed_name()),
            variables: Vec::new(),
            role: Late::after(ResourceKind::ExecutionRole),
            artifact: Late::after(ResourceKind::Image),
            restored: None,
            maker: Late::after(ResourceKind::Runtime),
            arn: Late::after(ResourceKind::Runtime),
            memory: None,
            adopt: false,
            allow_auth_change: false,
            command: String::new(),
            waits: false,
            by_id: true,
            seen: Seen::default(),
        }
    }

    const fn agent(&self) -> &Agent {
        self.record.agent()
    }

    /// The service refuses its calls until it is launched again.
    pub(crate) fn refuses_calls(&self) -> bool {
        self.seen.calls_refused.load(Ordering::SeqCst)
    }

    /// With what is known by now of its role, its artifact and its memory.
    fn complete(&self) -> Result<RuntimeSpec> {
        if let Some(memory) = &self.memory {
            memory.ready.require()?;
        }
        Ok(RuntimeSpec {
            role_arn: self.role.require()?.arn,
            artifact: self.artifact.require()?,
            environment: self.environment(),
            ..self.spec.clone()
        })
    }

    /// The body of an update of this runtime.
    fn update_body(&self, live: &Value) -> Result<Value> {
        match &self.restored {
            Some(version) => Ok(wire::restored_body(&version.raw)),
            None => Ok(self.complete()?.update_body(live)),
        }
    }

    /// The endpoints that go with it, once a removal has looked.
    pub(crate) fn endpoints(&self) -> &[Endpoint] {
        self.seen.endpoints.get().map_or(&[], Vec::as_slice)
    }

    /// With the memory's variables, as far as they are known.
    fn environment(&self) -> Vec<(String, String)> {
        let of_memory = self.memory.as_ref().and_then(MemoryVariables::values);
        self.spec.environment.iter().cloned().chain(of_memory.unwrap_or_default()).collect()
    }

    /// What the report says of how it was made, besides the plan.
    pub(crate) fn remark(&self) -> Option<&'static str> {
        let text = "`requireMMDSV2` set by an update, since the service made it without";
        self.seen.mended.load(Ordering::SeqCst).then_some(text)
    }
}

impl Resource for Runtime<'_> {
    type Observed = ObservedRuntime;
    type Change = RuntimeChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::Runtime
    }

    fn name(&self) -> String {
        self.seen.id.get().filter(|_| self.by_id).unwrap_or(&self.spec.name).clone()
    }

    fn version(&self, observed: &ObservedRuntime) -> Option<String> {
        Some(observed.runtime.version().to_owned())
    }

    fn needs(&self) -> &'static [ResourceKind] {
        use ResourceKind::{Archive, Bucket, ExecutionRole, Image, Memory, Repository};
        &[Repository, Image, Bucket, Archive, Memory, ExecutionRole]
    }

    fn needs_settled(&self) -> &'static [ResourceKind] {
        &[ResourceKind::Memory]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedRuntime>> {
        let live = find(cloud, self.agent()).await?;
        // One that is being deleted holds its name for a while and is no other use.
        match live {
            Some(live) if live.runtime.status() == "DELETING" && !self.by_id => {
                let _ = self.seen.being_deleted.set(live.runtime.id().to_owned());
                Ok(None)
            }
            Some(live) => {
                let _ = self.seen.id.set(live.runtime.id().to_owned());
                self.arn.set(live.runtime.arn().to_owned());
                Ok(Some(live))
            }
            None => Ok(None),
        }
    }

    fn standing(&self, observed: Option<&ObservedRuntime>) -> Standing {
        Standing::Managed(match observed.map(|live| live.owner) {
            // Nothing on it says whose it is, and the user said to take it.
            Some(Owner::Unknown) if self.adopt => Owner::Recorded,
            Some(owner) => owner,
            None => Owner::Unknown,
        })
    }

    fn check(&self, observed: Option<&ObservedRuntime>) -> Result<()> {
        let Some(live) = observed else { return Ok(()) };
        self.check_owner(live)?;
        self.check_artifact(live)?;
        self.check_settings(live)?;
        self.check_authorizer(live)
    }

    fn refusal(&self, observed: &ObservedRuntime) -> Error {
        let what = format!("the runtime `{}` ({})", self.agent().deployed_name(), observed.runtime.arn());
        owner::refusal(&what, self.agent()).code(Code::RuntimeNameTaken)
    }

    fn diff(&self, observed: &ObservedRuntime) -> Vec<RuntimeChange> {
        let runtime = &observed.runtime;
        let reason = || runtime.failure_reason().unwrap_or("no reason given").to_owned();
        if runtime.status() == "CREATE_FAILED" {
            return vec![RuntimeChange::CreationFailed(reason())];
        }
        let artifact = self.artifact.get();
        let kept = || runtime.artifact().and_then(RuntimeArtifact::of_wire);
        let spec = RuntimeSpec {
            role_arn: self.role.get().map(|role| role.arn).unwrap_or_default(),
            artifact: artifact.clone().or_else(kept).unwrap_or_else(|| self.spec.artifact.clone()),
            environment: self.environment(),
            ..self.spec.clone()
        };
        let wanted = match &self.restored {
            Some(version) => wire::restored_body(&version.raw),
            None => spec.update_body(&runtime.raw),
        };
        let differences = difference::differences(&runtime.raw, &wanted);
        let mut changes: Vec<RuntimeChange> = differences.into_iter().map(RuntimeChange::Field).collect();
        if artifact.is_none() {
            changes.insert(0, RuntimeChange::Field(FieldChange::of("image").meaning("known once it is built")));
        }
        if let Some(memory) = self.memory.as_ref().filter(|memory| memory.ready.get().is_none()) {
            let late = |name: &&str| {
                let has_one = runtime.raw.pointer(&format!("/environmentVariables/{name}")).is_some();
                let presence = if has_one { Presence::Changed } else { Presence::Added };
                let change = FieldChange::secret(format!("environment.{name}"), presence);
                RuntimeChange::Field(change.meaning("known once the memory is made"))
            };
            changes.extend(memory.names.iter().map(late));
        }
        if runtime.status() == "UPDATE_FAILED" {
            changes.push(RuntimeChange::UpdateFailed(reason()));
        }
        changes
    }

    /// What was made elsewhere stays untouched, tags included, until a launch changes it.
    fn is_tagged_alone(&self, observed: &ObservedRuntime) -> bool {
        !self.agent().has_adopted(observed.runtime.id())
    }

    fn notes(&self, observed: Option<&ObservedRuntime>, action: Action) -> Vec<String> {
        if action != Action::Create {
            let live = observed.filter(|_| action == Action::Update);
            return live.and_then(|live| emptied(&live.runtime.raw)).into_iter().collect();
        }
        let deleted = self.seen.being_deleted.get();
        let deleted = deleted.map(|id| format!("once `{id}` is gone, which is being deleted"));
        let callers = format!("callers: {}", callers_text(self.spec.authorizer.as_ref()));
        deleted.into_iter().chain([callers]).collect()
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedRuntime>> {
        if let Some(id) = self.seen.being_deleted.get() {
            cx.events.started("runtime", format!("wait until `{id}` is deleted"));
            wait_gone(cx.cloud, id, GONE).await?;
        }
        self.converge(None, cx).await
    }

    async fn update(
        &self,
        observed: &ObservedRuntime,
        changes: &[RuntimeChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedRuntime>> {
        if changes.iter().any(|change| matches!(change, RuntimeChange::CreationFailed(_))) {
            // Whether the service updates such a runtime is not documented.
            let id = observed.runtime.id();
            cx.events.started("runtime", format!("remove the failed runtime `{id}`"));
            cx.patience.through(|| cx.cloud.delete_runtime(id)).await?;
            wait_gone(cx.cloud, id, GONE).await?;
            return self.converge(None, cx).await;
        }
        self.converge(Some(observed.clone()), cx).await
    }

    async fn mark(&self, observed: &ObservedRuntime, cx: &Context<'_>) -> Result<()> {
        let tags = naming::tags(self.agent());
        cx.patience.through(|| cx.cloud.tag_resource(observed.runtime.arn(), &tags)).await
    }

    fn record(&self, observed: Option<&ObservedRuntime>, _ours: bool) -> Result<()> {
        let Some(live) = observed else { return Ok(()) };
        self.arn.set(live.runtime.arn().to_owned());
        let settings: [Setting<'_>; 2] = [
            (&["bedrock_agentcore", "agent_id"], json!(live.runtime.id())),
            (&["bedrock_agentcore", "agent_arn"], json!(live.runtime.arn())),
        ];
        self.record.write(&settings, |created| {
            created.deployed_version = Some(live.runtime.version().to_owned()).filter(|version| !version.is_empty());
            created.environment.clone_from(&self.variables);
            created.environment.sort();
        })
    }

    fn erase(&self) -> Result<()> {
        let agent = self.agent();
        let clear = |created: &mut Created| {
            created.environment.clear();
            created.deployed_version = None;
        };
        if !agent.is_deployed() && agent.runtime_id().is_none() {
            return self.record.write(&[], clear);
        }
        let settings: [Setting<'_>; 2] =
            [(&["bedrock_agentcore", "agent_id"], Value::Null), (&["bedrock_agentcore", "agent_arn"], Value::Null)];
        self.record.write(&settings, clear)
    }

    async fn removal(&self, observed: Option<&ObservedRuntime>, cloud: &Cloud) -> Result<Removal> {
        let Some(live) = observed else { return Ok(Fate::Gone.into()) };
        if live.owner.is_ours() {
            // Whoever may not list them is told less.
            let _ = self.seen.endpoints.set(cloud.endpoints(live.runtime.id()).await.unwrap_or_default());
        }
        if self.agent().has_adopted(live.runtime.id()) {
            return Ok(Fate::Keep("adopted, not made by launch".to_owned()).into());
        }
        Ok(Removal::by_owner(live.owner, live.is_recorded, Some("with its endpoints and sessions")))
    }

    async fn delete(&self, observed: &ObservedRuntime, cx: &Context<'_>) -> Result<()> {
        let id = observed.runtime.id();
        // Where one that is being created or updated cannot be deleted yet, the service says so with a conflict.
        if observed.runtime.status() != "DELETING" {
            cx.patience.through(|| cx.cloud.delete_runtime(id)).await?;
        }
        wait_gone(cx.cloud, id, GONE).await?;
        self.record.forget_session();
        Ok(())
    }

    fn title(&self, _action: Action) -> Option<String> {
        None
    }
}
