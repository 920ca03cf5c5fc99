//! The role that a team's gateways run with.

use serde_json::Value;

use super::engine::{Context, Fate, Made, Removal, Resource, Standing};
use super::owner::{self, Owner, Unconfirmed};
use super::plan::{Action, FieldChange, ResourceKind};
use super::policy;
use super::role::{RoleChange, trust_differs};
use super::setup_record::{SetupRecord, SetupVerb};
use crate::cloud::{Cloud, IamRole, RoleSpec};
use crate::config::SetupPart;
use crate::config::naming;
use crate::error::{Error, Result};

/// What is wanted of the role.
#[derive(Debug)]
pub(crate) struct GatewayRole<'a> {
    pub(crate) record: &'a SetupRecord,
    pub(crate) name: String,
    pub(crate) trust: Value,
    pub(crate) permissions: Value,
    pub(crate) boundary: Option<String>,
    /// Go on with the role of another project.
    pub(crate) adopt: bool,
    /// The command that would do that.
    pub(crate) adopting_command: String,
}

/// The role and its inline policy of ours.
#[derive(Clone, Debug)]
pub(crate) struct ObservedGatewayRole {
    role: IamRole,
    policy: Option<Value>,
}

impl GatewayRole<'_> {
    fn owner(&self, live: &ObservedGatewayRole) -> Owner {
        let setup = self.record.setup();
        let tags = &live.role.tags;
        let is_recorded = setup.role_arn.as_deref() == Some(&live.role.arn);
        if self.record.is_ours(tags, setup.is_created(&SetupPart::Role)) {
            Owner::Ours
        } else if self.record.is_another_projects(tags) && !self.adopt && !is_recorded {
            Owner::Other
        } else {
            Owner::Unknown
        }
    }

    /// Why clean-up leaves it although it is on record.
    pub(crate) fn unconfirmed(&self, observed: Option<&ObservedGatewayRole>) -> Option<Unconfirmed> {
        let live = observed.filter(|_| self.record.is_created(&SetupPart::Role))?;
        self.record.unconfirmed(&live.role.tags)
    }
}

impl Resource for GatewayRole<'_> {
    type Observed = ObservedGatewayRole;
    type Change = RoleChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::GatewayRole
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedGatewayRole>> {
        if self.record.verb() == SetupVerb::CleanUp && !self.record.is_created(&SetupPart::Role) {
            return Ok(None);
        }
        let (role, policy) =
            tokio::try_join!(cloud.role(&self.name), cloud.role_policy(&self.name, naming::GATEWAY_POLICY))?;
        Ok(role.map(|role| ObservedGatewayRole { role, policy }))
    }

    fn standing(&self, observed: Option<&ObservedGatewayRole>) -> Standing {
        Standing::Managed(observed.map_or(Owner::Unknown, |live| self.owner(live)))
    }

    fn refusal(&self, _observed: &ObservedGatewayRole) -> Error {
        owner::refusal_of(&format!("the gateway's role `{}`", self.name))
            .hint("choose another `--team` or `--gateway-role`")
            .hint(owner::adopt_hint(&self.adopting_command))
    }

    fn diff(&self, observed: &ObservedGatewayRole) -> Vec<RoleChange> {
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
        if self.boundary.is_some() && observed.role.permissions_boundary != self.boundary {
            changes.push(RoleChange::Boundary);
        }
        changes
    }

    fn kept_because(&self, observed: Option<&ObservedGatewayRole>) -> Option<String> {
        let paths = self.diff(observed?).into_iter().map(|change| FieldChange::from(change).path);
        let paths = paths.collect::<Vec<_>>().join(", ");
        (!paths.is_empty())
            .then(|| format!("set-up of this project did not make it, so it is used as it is; it differs in: {paths}"))
    }

    fn notes(&self, _observed: Option<&ObservedGatewayRole>, action: Action) -> Vec<String> {
        let may = || policy::abilities_text([Some(&self.permissions)]);
        if action == Action::Create { vec![may()] } else { Vec::new() }
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedGatewayRole>> {
        let tags = self.record.tags();
        let spec = RoleSpec {
            name: &self.name,
            trust: &self.trust,
            description: "Role of AgentCore gateways, made by agentcore identity setup-cognito",
            tags: &tags,
            permissions_boundary: self.boundary.as_deref(),
        };
        let role = self.record.create(&SetupPart::Role, cx.patience, || cx.cloud.create_role(&spec)).await?;
        let live = ObservedGatewayRole { role, policy: None };
        if !self.owner(&live).is_ours() {
            // It came up meanwhile by another's hand, with tags of its own.
            self.record.write(|setup| setup.unmark_created(&SetupPart::Role))?;
            return Ok(Made { observed: live, action: Action::Unchanged });
        }
        self.record.write(|setup| setup.role_arn = Some(live.role.arn.clone()))?;
        cx.cloud.put_role_policy(&self.name, naming::GATEWAY_POLICY, &self.permissions).await?;
        Ok(Made { observed: live, action: Action::Create })
    }

    async fn update(
        &self,
        observed: &ObservedGatewayRole,
        changes: &[RoleChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedGatewayRole>> {
        self.record(Some(observed), true)?;
        for change in changes {
            match change {
                RoleChange::Trust => cx.cloud.set_role_trust(&self.name, &self.trust).await?,
                RoleChange::Permissions(_) | RoleChange::IdentityPermissions(_) => {
                    cx.cloud.put_role_policy(&self.name, naming::GATEWAY_POLICY, &self.permissions).await?;
                }
                RoleChange::Boundary => {
                    let boundary = self.boundary.as_deref().unwrap_or_default();
                    cx.cloud.set_role_boundary(&self.name, boundary).await?;
                }
            }
        }
        Ok(Made { observed: observed.clone(), action: Action::Update })
    }

    fn record(&self, observed: Option<&ObservedGatewayRole>, ours: bool) -> Result<()> {
        let Some(live) = observed else { return Ok(()) };
        self.record.write(|setup| {
            setup.role_arn = Some(live.role.arn.clone());
            if ours {
                setup.mark_created(&SetupPart::Role);
            } else {
                setup.unmark_created(&SetupPart::Role);
            }
        })
    }

    fn erase(&self) -> Result<()> {
        self.record.write(|setup| {
            if setup.is_created(&SetupPart::Role) {
                setup.unmark_created(&SetupPart::Role);
                setup.role_arn = None;
            }
        })
    }

    async fn removal(&self, observed: Option<&ObservedGatewayRole>, _cloud: &Cloud) -> Result<Removal> {
        let setup = self.record.setup();
        let fate = match (observed, self.unconfirmed(observed)) {
            (None, _) => Fate::Gone,
            (Some(_), Some(unconfirmed)) => Fate::Keep(unconfirmed.reason().to_owned()),
            (Some(_), None) if setup.is_created(&SetupPart::Role) => Fate::Delete(Some("with its policies".to_owned())),
            (Some(_), None) => Fate::Ignore,
        };
        Ok(fate.into())
    }

    async fn delete(&self, _observed: &ObservedGatewayRole, cx: &Context<'_>) -> Result<()> {
        cx.cloud.delete_role(&self.name).await.map(drop)
    }
}
