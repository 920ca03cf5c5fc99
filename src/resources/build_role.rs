//! The role that the builds of an agent's image run as.

use serde_json::{Value, json};

use super::build_project::is_recorded;
use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::owner::{self, Owner};
use super::plan::{Action, ResourceKind};
use super::policy;
use super::record::AgentRecord;
use super::role::{RoleChange, trust_differs};
use crate::cloud::{Cloud, IamRole, RoleSpec};
use crate::config::naming;
use crate::config::{Agent, Setting};
use crate::error::{Error, Result};

/// The role that builds run as.
#[derive(Debug)]
pub(crate) struct BuildRole<'a> {
    pub(crate) record: &'a AgentRecord,
    pub(crate) choice: RoleChoice,
    pub(crate) trust: Value,
    pub(crate) permissions: Value,
    /// ARN, for the project.
    pub(crate) ready: Late<String>,
    /// As [`super::build_project::BuildProject::lenient`].
    pub(crate) lenient: bool,
}

/// Whose role it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RoleChoice {
    /// ARN.
    Brought(String),
    /// Name.
    Managed(String),
}

impl RoleChoice {
    /// `arn_of` makes an ARN of the name of a role in the caller's account.
    pub(crate) fn of(agent: &Agent, region: &str, arn_of: impl Fn(&str) -> String) -> Self {
        let created = agent.created().build_role.as_deref();
        let Some(setting) = agent.codebuild.execution_role.as_deref() else {
            return Self::Managed(
                created.map_or_else(|| naming::build_role(region, &agent.deployed_name()), str::to_owned),
            );
        };
        let name = setting.rsplit('/').next().unwrap_or(setting);
        match (created == Some(name), setting.starts_with("arn:")) {
            (true, _) => Self::Managed(name.to_owned()),
            (false, true) => Self::Brought(setting.to_owned()),
            (false, false) => Self::Brought(arn_of(setting)),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Brought(name) | Self::Managed(name) => name,
        }
    }
}

/// The role and its inline policy of ours.
#[derive(Clone, Debug)]
pub(crate) struct LiveRole {
    role: IamRole,
    policy: Option<Value>,
}

impl BuildRole<'_> {
    /// The one that is there, for a destroy.
    pub(crate) fn on_record<'r>(record: &'r AgentRecord, region: &str) -> BuildRole<'r> {
        let agent = record.agent();
        BuildRole {
            record,
            // What launch made goes, whatever the settings name by now; a brought one is shown as it is written.
            choice: match &agent.created().build_role {
                Some(created) => RoleChoice::Managed(created.clone()),
                None => RoleChoice::of(agent, region, str::to_owned),
            },
            trust: Value::Null,
            permissions: Value::Null,
            ready: Late::after(ResourceKind::BuildRole),
            lenient: !is_recorded(agent),
        }
    }

    fn is_recorded(&self) -> bool {
        self.record.agent().created().build_role.as_deref() == Some(self.choice.name())
    }

    async fn put_permissions(&self, cx: &Context<'_>) -> Result<()> {
        let role = self.choice.name();
        cx.patience.through(|| cx.cloud.put_role_policy(role, naming::BUILD_POLICY, &self.permissions)).await
    }
}

impl Resource for BuildRole<'_> {
    type Observed = LiveRole;
    type Change = RoleChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::BuildRole
    }

    fn name(&self) -> String {
        self.choice.name().to_owned()
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<LiveRole>> {
        let name = match &self.choice {
            // Not even looked at: the caller may be allowed to pass it and not to read it.
            RoleChoice::Brought(arn) => {
                self.ready.set(arn.clone());
                return Ok(None);
            }
            RoleChoice::Managed(name) => name,
        };
        let role = match cloud.role(name).await {
            Err(_) if self.lenient => return Ok(None),
            found => found?,
        };
        let Some(role) = role else { return Ok(None) };
        if self.permissions.is_null() {
            return Ok(Some(LiveRole { role, policy: None }));
        }
        let policy = cloud.role_policy(name, naming::BUILD_POLICY).await?;
        self.ready.set(role.arn.clone());
        Ok(Some(LiveRole { role, policy }))
    }

    fn standing(&self, observed: Option<&LiveRole>) -> Standing {
        match self.choice {
            RoleChoice::Brought(_) => Standing::Brought,
            RoleChoice::Managed(_) => Standing::Managed(
                observed
                    .map_or(Owner::Unknown, |live| Owner::of(&live.role.tags, self.record.agent(), self.is_recorded())),
            ),
        }
    }

    fn refusal(&self, _observed: &LiveRole) -> Error {
        owner::refusal(&format!("the role `{}`", self.choice.name()), self.record.agent())
    }

    fn diff(&self, observed: &LiveRole) -> Vec<RoleChange> {
        let mut changes = Vec::new();
        if trust_differs(&observed.role, &self.trust) {
            changes.push(RoleChange::Trust);
        }
        if observed.policy.as_ref() != Some(&self.permissions) {
            changes.push(RoleChange::Permissions(policy::changed_permissions(
                observed.policy.as_ref(),
                Some(&self.permissions),
            )));
        }
        changes
    }

    fn notes(&self, _observed: Option<&LiveRole>, action: Action) -> Vec<String> {
        let may = || policy::abilities_text([Some(&self.permissions)]);
        if action == Action::Create { vec![may()] } else { Vec::new() }
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<LiveRole>> {
        let agent = self.record.agent();
        let tags = naming::tags(agent);
        let spec = RoleSpec {
            name: self.choice.name(),
            trust: &self.trust,
            description: "Role of an AgentCore agent's image builds, made by agentcore launch",
            tags: &tags,
            permissions_boundary: agent.own.permissions_boundary.as_deref(),
        };
        let role = cx.patience.through(|| cx.cloud.create_role(&spec)).await?;
        self.ready.set(role.arn.clone());
        let live = LiveRole { role, policy: None };
        // One that came up meanwhile has its own tags: another project's is refused, and nobody's is used as it is.
        match Owner::of(&live.role.tags, agent, false) {
            Owner::Other if !cx.adopt => return Err(self.refusal(&live)),
            Owner::Unknown => return Ok(Made { observed: live, action: Action::Keep }),
            Owner::Ours | Owner::Recorded | Owner::Other => {}
        }
        self.record(Some(&live), true)?;
        self.put_permissions(cx).await?;
        Ok(Made { observed: live, action: Action::Create })
    }

    async fn update(&self, observed: &LiveRole, changes: &[RoleChange], cx: &Context<'_>) -> Result<Made<LiveRole>> {
        self.record(Some(observed), true)?;
        for change in changes {
            match change {
                RoleChange::Trust => {
                    cx.patience.through(|| cx.cloud.set_role_trust(self.choice.name(), &self.trust)).await?;
                }
                RoleChange::Permissions(_) => self.put_permissions(cx).await?,
                RoleChange::IdentityPermissions(_) | RoleChange::Boundary => {}
            }
        }
        Ok(Made { observed: observed.clone(), action: Action::Update })
    }

    async fn mark(&self, _observed: &LiveRole, cx: &Context<'_>) -> Result<()> {
        let tags = naming::tags(self.record.agent());
        cx.patience.through(|| cx.cloud.tag_role(self.choice.name(), &tags)).await
    }

    fn record(&self, observed: Option<&LiveRole>, ours: bool) -> Result<()> {
        let Some(live) = observed.filter(|_| ours) else { return Ok(()) };
        let settings: [Setting<'_>; 1] = [(&["codebuild", "execution_role"], json!(live.role.arn))];
        self.record.write(&settings, |created| created.build_role = Some(live.role.name.clone()))
    }

    fn erase(&self) -> Result<()> {
        if self.record.created()?.build_role.is_none() {
            return Ok(());
        }
        let settings: [Setting<'_>; 1] = [(&["codebuild", "execution_role"], Value::Null)];
        self.record.write(&settings, |created| created.build_role = None)
    }

    async fn removal(&self, observed: Option<&LiveRole>, _cloud: &Cloud) -> Result<Removal> {
        if matches!(self.choice, RoleChoice::Brought(_)) {
            return Ok(Fate::Keep("not created by launch".to_owned()).into());
        }
        let Some(live) = observed else { return Ok(Fate::Gone.into()) };
        let owner = Owner::of(&live.role.tags, self.record.agent(), self.is_recorded());
        Ok(Removal::by_owner(owner, true, Some("with its policies")))
    }

    async fn delete(&self, _observed: &LiveRole, cx: &Context<'_>) -> Result<()> {
        cx.cloud.delete_role(self.choice.name()).await.map(drop)
    }

    fn done(&self, observed: &LiveRole) -> String {
        format!("role {}", observed.role.arn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(role: Option<&str>, created: Option<&str>) -> Agent {
        let mut agent = Agent { name: "a".into(), ..Agent::default() };
        agent.codebuild.execution_role = role.map(str::to_owned);
        agent.own.created.build_role = created.map(str::to_owned);
        agent
    }

    #[test]
    fn configured_role_is_the_users_unless_recorded() {
        let arn_of = |name: &str| format!("arn:aws:iam::123456789012:role/{name}");
        let of = |setting, created| RoleChoice::of(&agent(setting, created), "us-west-2", arn_of);
        let arn = "arn:aws:iam::123456789012:role/path/R";
        assert_eq!(of(Some(arn), None), RoleChoice::Brought(arn.into()));
        assert_eq!(of(Some(arn), Some("R")), RoleChoice::Managed("R".into()));
        assert_eq!(of(Some("R"), None), RoleChoice::Brought("arn:aws:iam::123456789012:role/R".into()));
        assert!(matches!(of(None, None), RoleChoice::Managed(_)));
    }
}
