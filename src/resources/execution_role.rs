//! The execution role of an agent, with its two inline policies: what the runtime needs, and what outbound identity needs.

use std::time::Duration;

use serde_json::{Value, json};

use super::brought_role;
use super::engine::{Contents, Context, Fate, Late, Made, Removal, Resource, Standing};
use super::memory::MemoryReady;
use super::owner::{self, Owner, Unconfirmed};
use super::plan::{Action, ResourceKind};
use super::policy;
use super::record::AgentRecord;
use super::role::{PROPAGATION, RoleChange, trust_differs};
use crate::cloud::{Cloud, IamRole, RoleSpec};
use crate::config::naming;
use crate::config::{Created, MemoryMode, Setting};
use crate::error::{Error, Result};
use crate::events::Events;
use crate::partition::Arn;

/// What a runtime is given of its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleReady {
    pub(crate) arn: String,
    /// How long a refusal may be IAM's delay. An unchanged role of ours may come from a run that was cut off a moment ago, a
    /// brought one from the line before this in the user's script.
    pub(crate) patience: Duration,
}

impl RoleReady {
    pub(crate) const fn brought(arn: String) -> Self {
        Self { arn, patience: Duration::from_secs(15) }
    }

    pub(crate) const fn unchanged(arn: String) -> Self {
        Self { arn, patience: Duration::from_secs(30) }
    }

    pub(crate) const fn fresh(arn: String) -> Self {
        Self { arn, patience: PROPAGATION }
    }
}

/// The memory that the role may use.
#[derive(Clone, Debug)]
pub(crate) struct MemoryGrant {
    pub(crate) ready: Late<MemoryReady>,
    /// For a plan, as long as there is none: `…:memory/NAME-*`.
    pub(crate) pattern: String,
}

impl MemoryGrant {
    /// As far as it is known.
    fn arn(&self) -> String {
        self.ready.get().map_or_else(|| self.pattern.clone(), |ready| ready.arn)
    }
}

/// What is wanted of the role.
#[derive(Debug)]
pub(crate) struct ExecutionRole<'a> {
    pub(crate) record: &'a AgentRecord,
    pub(crate) name: String,
    /// This program's to make.
    pub(crate) is_managed: bool,
    /// Of a role that the user brought, where the configuration has it.
    pub(crate) arn: Option<String>,
    pub(crate) trust: Value,
    /// Null in a destroy, which deletes them whatever they are.
    pub(crate) permissions: Value,
    /// What of the permissions is for the agent's file systems.
    pub(crate) mounts: Option<Value>,
    /// The memory that it may use besides.
    pub(crate) memory: Option<MemoryGrant>,
    /// `None` inside when the agent needs nothing of outbound identity.
    pub(crate) identity_permissions: Late<Option<Value>>,
    /// Most agents have no outbound identity and no record of it: one request less.
    pub(crate) has_identity: bool,
    /// What the runtime waits for.
    pub(crate) ready: Late<RoleReady>,
    /// Its removal is that of the policy for outbound identity alone.
    pub(crate) only_identity: bool,
}

/// The role and its two inline policies of ours.
#[derive(Clone, Debug)]
pub(crate) struct ObservedExecutionRole {
    pub(crate) role: IamRole,
    policy: Option<Value>,
    identity_policy: Option<Value>,
}

impl ExecutionRole<'_> {
    /// The one that is there, for a destroy.
    pub(crate) fn on_record<'r>(record: &'r AgentRecord, region: &str) -> ExecutionRole<'r> {
        let agent = record.agent();
        let (name, is_managed) = match (agent.created().execution_role.as_deref(), agent.execution_role_setting()) {
            (Some(name), _) => (name.to_owned(), true),
            (None, Some(role)) => (role.to_owned(), false),
            (None, None) => (naming::execution_role(region, &agent.deployed_name()), true),
        };
        ExecutionRole {
            record,
            arn: (!is_managed).then(|| name.clone()),
            name,
            is_managed,
            trust: Value::Null,
            permissions: Value::Null,
            mounts: None,
            memory: None,
            identity_permissions: Late::after(ResourceKind::ExecutionRole),
            has_identity: false,
            ready: Late::after(ResourceKind::ExecutionRole),
            only_identity: false,
        }
    }

    fn is_recorded(&self) -> bool {
        self.record.agent().created().execution_role.as_deref() == Some(self.name.as_str())
    }

    fn policy(&self) -> String {
        naming::execution_policy(&self.record.agent().deployed_name())
    }

    fn identity_policy(&self) -> String {
        naming::identity_policy(&self.record.agent().deployed_name())
    }

    fn boundary(&self) -> Option<&str> {
        self.record.agent().own.permissions_boundary.as_deref()
    }

    fn wanted_identity(&self) -> Option<Value> {
        self.identity_permissions.get().flatten()
    }

    /// The two inline policies that are there. A destroy deletes them whatever they are, and asks for none.
    async fn policies(&self, cloud: &Cloud) -> Result<(Option<Value>, Option<Value>)> {
        if self.permissions.is_null() {
            return Ok((None, None));
        }
        let (policy, identity_policy) = (self.policy(), self.identity_policy());
        let identity =
            async { if self.has_identity { cloud.role_policy(&self.name, &identity_policy).await } else { Ok(None) } };
        tokio::try_join!(cloud.role_policy(&self.name, &policy), identity)
    }

    /// With the memory's, as far as that is known.
    fn all_permissions(&self) -> Value {
        let Some(memory) = &self.memory else { return self.permissions.clone() };
        policy::with_statement(self.permissions.clone(), policy::memory(&memory.arn()))
    }

    /// Says what a role that was brought lacks for the agent's credential providers, its memory and its file systems. `account` is the
    /// agent's: IAM says nothing there about a role of another.
    ///
    /// # Errors
    /// IAM's refusals, other than that the caller may not ask.
    pub(crate) async fn warn_of_lacks(&self, account: &str, (cloud, events): (&Cloud, &Events)) -> Result<()> {
        let Some(RoleReady { arn, .. }) = self.ready.get().filter(|_| !self.is_managed) else { return Ok(()) };
        if arn.parse::<Arn>().is_ok_and(|arn| arn.account != account) {
            return Ok(());
        }
        let is_long_term = self.record.agent().memory.mode == MemoryMode::ShortAndLongTerm;
        let memory = self.memory.as_ref().map(|memory| policy::memory_calls(&memory.arn(), is_long_term));
        let identity = self.wanted_identity();
        let (of_providers, of_memory, of_mounts) = tokio::try_join!(
            brought_role::lacking(cloud, &arn, identity.as_ref()),
            brought_role::lacking(cloud, &arn, memory.as_ref()),
            brought_role::lacking(cloud, &arn, self.mounts.as_ref()),
        )?;
        let needs = ["credential providers need", "memory needs", "file systems need"];
        for (lacks, needed) in [of_providers, of_memory, of_mounts].into_iter().zip(needs) {
            for lack in lacks {
                events.warning(format!(
                    "the role `{arn}` is yours and lacks {} on `{}`, which the agent's {needed}",
                    lack.actions.join(" and "),
                    lack.resource
                ));
            }
        }
        Ok(())
    }

    async fn put_permissions(&self, cx: &Context<'_>) -> Result<()> {
        if let Some(memory) = &self.memory {
            memory.ready.require()?;
        }
        let (policy, permissions) = (self.policy(), self.all_permissions());
        cx.patience.through(|| cx.cloud.put_role_policy(&self.name, &policy, &permissions)).await
    }

    /// The second policy comes and goes with what the configuration says of outbound identity.
    async fn put_identity_permissions(&self, cx: &Context<'_>) -> Result<()> {
        let policy = self.identity_policy();
        match self.wanted_identity() {
            Some(wanted) => {
                self.record.write(&[], |created| created.identity_policy = Some(policy.clone()))?;
                cx.patience.through(|| cx.cloud.put_role_policy(&self.name, &policy, &wanted)).await
            }
            None => {
                cx.patience.through(|| cx.cloud.delete_role_policy(&self.name, &policy)).await?;
                self.record.write(&[], |created| created.identity_policy = None)
            }
        }
    }
}

impl Resource for ExecutionRole<'_> {
    type Observed = ObservedExecutionRole;
    type Change = RoleChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::ExecutionRole
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    /// A caller who may not make the first two is refused before there is a role to clean up. The memory's id is in the policy.
    fn comes_after(&self) -> &'static [ResourceKind] {
        &[ResourceKind::Repository, ResourceKind::Bucket, ResourceKind::Memory]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedExecutionRole>> {
        if !self.is_managed {
            // A role given by ARN is taken as it is: the caller may be allowed to pass it and not to read it.
            let arn = match &self.arn {
                Some(arn) => arn.clone(),
                None => {
                    let agent = &self.record.agent().name;
                    let found = cloud.role(&self.name).await?.ok_or_else(|| {
                        Error::not_found(format!(
                            "the execution role `{}` of the configuration does not exist",
                            self.name
                        ))
                        .hint(format!("give its ARN: `agentcore configure --name {agent} --execution-role ARN`"))
                    })?;
                    found.arn
                }
            };
            self.ready.set(RoleReady::brought(arn));
            return Ok(None);
        }
        // A role on record is most likely there, and then its policies need not wait for it.
        let (role, policies) = if self.is_recorded() {
            let (role, policies) = tokio::try_join!(cloud.role(&self.name), self.policies(cloud))?;
            (role, Some(policies))
        } else {
            (cloud.role(&self.name).await?, None)
        };
        let Some(role) = role else { return Ok(None) };
        let (policy, identity_policy) = match policies {
            Some(policies) => policies,
            None => self.policies(cloud).await?,
        };
        self.ready.set(RoleReady::unchanged(role.arn.clone()));
        Ok(Some(ObservedExecutionRole { role, policy, identity_policy }))
    }

    fn standing(&self, observed: Option<&ObservedExecutionRole>) -> Standing {
        if !self.is_managed {
            return Standing::Brought;
        }
        let owner = |live: &ObservedExecutionRole| Owner::of(&live.role.tags, self.record.agent(), self.is_recorded());
        Standing::Managed(observed.map_or(Owner::Unknown, owner))
    }

    fn refusal(&self, _observed: &ObservedExecutionRole) -> Error {
        owner::refusal(&format!("the role `{}`", self.name), self.record.agent())
    }

    fn diff(&self, observed: &ObservedExecutionRole) -> Vec<RoleChange> {
        let mut changes = Vec::new();
        if trust_differs(&observed.role, &self.trust) {
            changes.push(RoleChange::Trust);
        }
        let permissions = self.all_permissions();
        if observed.policy.as_ref() != Some(&permissions) {
            let meanings = policy::changed_permissions(observed.policy.as_ref(), Some(&permissions));
            changes.push(RoleChange::Permissions(meanings));
        }
        let identity = self.wanted_identity();
        if observed.identity_policy != identity {
            let meanings = policy::changed_permissions(observed.identity_policy.as_ref(), identity.as_ref());
            changes.push(RoleChange::IdentityPermissions(meanings));
        }
        if self.boundary().is_some() && observed.role.permissions_boundary.as_deref() != self.boundary() {
            changes.push(RoleChange::Boundary);
        }
        changes
    }

    fn notes(&self, _observed: Option<&ObservedExecutionRole>, action: Action) -> Vec<String> {
        let may = || policy::abilities_text([Some(&self.all_permissions()), self.wanted_identity().as_ref()]);
        if action == Action::Create { vec![may()] } else { Vec::new() }
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedExecutionRole>> {
        let agent = self.record.agent();
        let tags: Vec<(String, String)> = naming::tags(agent).into_iter().chain(agent.own_tags()).collect();
        let spec = RoleSpec {
            name: &self.name,
            trust: &self.trust,
            description: "Execution role of an AgentCore agent, made by agentcore launch",
            tags: &tags,
            permissions_boundary: self.boundary(),
        };
        let role = cx.patience.through(|| cx.cloud.create_role(&spec)).await?;
        let live = ObservedExecutionRole { role, policy: None, identity_policy: None };
        // One that came up meanwhile has its own tags: another project's is refused, and nobody's is used as it is.
        match Owner::of(&live.role.tags, agent, false) {
            Owner::Other if !cx.adopt => return Err(self.refusal(&live)),
            Owner::Unknown => {
                self.ready.set(RoleReady::unchanged(live.role.arn.clone()));
                return Ok(Made { observed: live, action: Action::Keep });
            }
            Owner::Ours | Owner::Recorded | Owner::Other => {}
        }
        self.record(Some(&live), true)?;
        self.put_permissions(cx).await?;
        if self.wanted_identity().is_some() {
            self.put_identity_permissions(cx).await?;
        }
        self.ready.set(RoleReady::fresh(live.role.arn.clone()));
        Ok(Made { observed: live, action: Action::Create })
    }

    async fn update(
        &self,
        observed: &ObservedExecutionRole,
        changes: &[RoleChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedExecutionRole>> {
        self.record(Some(observed), true)?;
        for change in changes {
            match change {
                RoleChange::Trust => cx.patience.through(|| cx.cloud.set_role_trust(&self.name, &self.trust)).await?,
                RoleChange::Permissions(_) => self.put_permissions(cx).await?,
                RoleChange::IdentityPermissions(_) => self.put_identity_permissions(cx).await?,
                RoleChange::Boundary => {
                    let boundary = self.boundary().unwrap_or_default();
                    cx.patience.through(|| cx.cloud.set_role_boundary(&self.name, boundary)).await?;
                }
            }
        }
        self.ready.set(RoleReady::fresh(observed.role.arn.clone()));
        Ok(Made { observed: observed.clone(), action: Action::Update })
    }

    async fn mark(&self, _observed: &ObservedExecutionRole, cx: &Context<'_>) -> Result<()> {
        let tags = naming::tags(self.record.agent());
        cx.patience.through(|| cx.cloud.tag_role(&self.name, &tags)).await
    }

    fn record(&self, observed: Option<&ObservedExecutionRole>, ours: bool) -> Result<()> {
        let Some(live) = observed else { return Ok(()) };
        let settings: [Setting<'_>; 2] = [
            (&["aws", "execution_role"], json!(live.role.arn)),
            (&["aws", "execution_role_auto_create"], json!(false)),
        ];
        self.record.write(&settings, |created| {
            if ours {
                created.execution_role = Some(live.role.name.clone());
            }
        })
    }

    fn erase(&self) -> Result<()> {
        if self.only_identity {
            return self.record.write(&[], |created| created.identity_policy = None);
        }
        if self.record.created()?.execution_role.is_none() {
            return Ok(());
        }
        let settings: [Setting<'_>; 2] =
            [(&["aws", "execution_role"], Value::Null), (&["aws", "execution_role_auto_create"], json!(true))];
        self.record.write(&settings, |created: &mut Created| {
            created.execution_role = None;
            // It was the role's.
            created.identity_policy = None;
        })
    }

    async fn removal(&self, observed: Option<&ObservedExecutionRole>, _cloud: &Cloud) -> Result<Removal> {
        if !self.is_managed {
            return Ok(Fate::Keep("not created by launch".to_owned()).into());
        }
        let Some(live) = observed else { return Ok(Fate::Gone.into()) };
        if self.only_identity {
            // The role may be older than tags, or the toolkit's.
            if owner::is_another_projects(&live.role.tags, self.record.agent().project.as_deref()) {
                return Ok(Fate::Forget(Unconfirmed::Other.reason().to_owned()).into());
            }
            let contents = self.record.agent().created().identity_policy.clone().map(|name| Contents {
                kind: ResourceKind::IdentityPolicy,
                name,
                note: format!("of {}", self.name),
            });
            return Ok(Removal { contents, fate: Fate::Ignore });
        }
        let owner = Owner::of(&live.role.tags, self.record.agent(), self.is_recorded());
        Ok(Removal::by_owner(owner, self.is_recorded(), Some("with its policies")))
    }

    async fn empty(&self, _observed: &ObservedExecutionRole, cx: &Context<'_>) -> Result<()> {
        let Some(policy) = &self.record.agent().created().identity_policy else { return Ok(()) };
        cx.cloud.delete_role_policy(&self.name, policy).await?;
        self.record.write(&[], |created| created.identity_policy = None)
    }

    async fn delete(&self, _observed: &ObservedExecutionRole, cx: &Context<'_>) -> Result<()> {
        cx.cloud.delete_role(&self.name).await.map(drop)
    }

    fn done(&self, observed: &ObservedExecutionRole) -> String {
        format!("role {}", observed.role.arn)
    }
}
