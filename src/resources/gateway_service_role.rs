//! The service role of one gateway. What its targets need is in policies of their own, which come and go with them.

use serde_json::Value;

use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::execution_role::RoleReady;
use super::gateway_owner::GatewayOwner;
use super::owner::Owner;
use super::plan::{Action, ResourceKind};
use super::role::{RoleChange, trust_differs};
use crate::cloud::{Cloud, IamRole, RoleSpec};
use crate::error::{Code, Error, Result};

/// What is wanted of the role.
#[derive(Debug)]
pub(crate) struct GatewayServiceRole<'a> {
    pub(crate) owner: &'a GatewayOwner,
    pub(crate) name: String,
    pub(crate) trust: Value,
    /// What the gateway waits for.
    pub(crate) ready: Late<RoleReady>,
}

impl GatewayServiceRole<'_> {
    fn owner(&self, role: &IamRole) -> Owner {
        self.owner.of(Some(&role.tags))
    }

    fn taken(&self) -> Error {
        Error::usage(format!(
            "the role `{}` was not made for this project's gateway `{}`",
            self.name, self.owner.gateway
        ))
        .code(Code::ProjectOther)
        .cause("its tags name another project or another gateway, or do not say that this program made it")
        .hint("choose another `--name` for the gateway")
        .hint("or give the gateway a role of your own: `--role-arn ARN`")
    }
}

impl Resource for GatewayServiceRole<'_> {
    type Observed = IamRole;
    type Change = RoleChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::GatewayServiceRole
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<IamRole>> {
        let role = cloud.role(&self.name).await?;
        if let Some(role) = &role {
            self.ready.set(RoleReady::unchanged(role.arn.clone()));
        }
        Ok(role)
    }

    fn standing(&self, observed: Option<&IamRole>) -> Standing {
        Standing::Managed(observed.map_or(Owner::Unknown, |role| self.owner(role)))
    }

    fn check(&self, observed: Option<&IamRole>) -> Result<()> {
        match observed {
            Some(role) if !self.owner(role).is_ours() => Err(self.taken()),
            _ => Ok(()),
        }
    }

    fn refusal(&self, _observed: &IamRole) -> Error {
        self.taken()
    }

    fn diff(&self, observed: &IamRole) -> Vec<RoleChange> {
        if trust_differs(observed, &self.trust) { vec![RoleChange::Trust] } else { Vec::new() }
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<IamRole>> {
        let tags = self.owner.tags();
        let spec = RoleSpec {
            name: &self.name,
            trust: &self.trust,
            description: "Service role of one AgentCore gateway, made by agentcore gateway create-mcp-gateway",
            tags: &tags,
            permissions_boundary: None,
        };
        let role = cx.patience.through(|| cx.cloud.create_role(&spec)).await?;
        // One that came up meanwhile has its own tags.
        if !self.owner(&role).is_ours() {
            return Err(self.taken());
        }
        self.ready.set(RoleReady::fresh(role.arn.clone()));
        Ok(Made { observed: role, action: Action::Create })
    }

    async fn update(&self, observed: &IamRole, _changes: &[RoleChange], cx: &Context<'_>) -> Result<Made<IamRole>> {
        cx.patience.through(|| cx.cloud.set_role_trust(&self.name, &self.trust)).await?;
        self.ready.set(RoleReady::fresh(observed.arn.clone()));
        Ok(Made { observed: observed.clone(), action: Action::Update })
    }

    fn record(&self, _observed: Option<&IamRole>, _ours: bool) -> Result<()> {
        Ok(())
    }

    fn erase(&self) -> Result<()> {
        Ok(())
    }

    async fn removal(&self, observed: Option<&IamRole>, _cloud: &Cloud) -> Result<Removal> {
        Ok(match observed.map(|role| self.owner(role)) {
            None => Fate::Gone.into(),
            Some(owner) if owner.is_ours() => Fate::Delete(Some("with its policies".to_owned())).into(),
            Some(_) => Fate::Keep("its tags do not say that it was made for this gateway".to_owned()).into(),
        })
    }

    async fn delete(&self, _observed: &IamRole, cx: &Context<'_>) -> Result<()> {
        cx.cloud.delete_role(&self.name).await.map(drop)
    }

    fn done(&self, observed: &IamRole) -> String {
        format!("role {}", observed.arn)
    }
}
