//! Changes a gateway without losing a member of it.

use serde_json::{Map, Value, json};

use super::report::GatewayReport;
use super::target::{own_role, warn_of_lacking};
use super::{GatewayKey, GatewayWork, outcome};
use crate::config::naming;
use crate::error::{Code, Error, Result};
use crate::events::Outcome;
use crate::partition::Arn;
use crate::resources::engine::{self, Late, Node};
use crate::resources::execution_role::RoleReady;
use crate::resources::gateway::{GatewayGoal, McpGateway, ObservedGateway};
use crate::resources::gateway_policy;
use crate::resources::plan::ResourceKind;
use crate::resources::provider_body::text;

/// What is asked for; `None` stays as it is.
#[derive(Debug, Default)]
pub(crate) struct GatewayChanges {
    pub(crate) description: Option<String>,
    pub(crate) policy_engine: Option<Arn>,
    /// `LOG_ONLY` or `ENFORCE`.
    pub(crate) policy_mode: Option<String>,
    /// The object inside `customJWTAuthorizer`.
    pub(crate) authorizer: Option<Value>,
    /// Change another project's gateway too.
    pub(crate) adopt: bool,
}

impl GatewayChanges {
    /// # Errors
    /// Exit 2 when nothing was said that could change.
    pub(crate) fn require_something(&self) -> Result<()> {
        let Self { description, policy_engine, policy_mode, authorizer, adopt: _ } = self;
        if description.is_some() || policy_engine.is_some() || policy_mode.is_some() || authorizer.is_some() {
            return Ok(());
        }
        Err(Error::usage("nothing to change")
            .code(Code::InputMissing)
            .hint("say what: `--description`, `--policy-engine-arn`, `--policy-engine-mode` or `--authorizer-config`"))
    }

    fn members(&self, live: &ObservedGateway) -> Result<Map<String, Value>> {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        if let Some(description) = &self.description {
            put("description", json!(description));
        }
        if let Some(authorizer) = &self.authorizer {
            put("authorizerType", json!("CUSTOM_JWT"));
            put("authorizerConfiguration", json!({ "customJWTAuthorizer": authorizer }));
        }
        let known = live.raw.get("policyEngineConfiguration").filter(|value| !value.is_null());
        let engine = match (&self.policy_engine, known.and_then(|known| known.get("arn")?.as_str())) {
            (Some(engine), _) => Some(engine.to_string()),
            (None, Some(known)) => Some(known.to_owned()),
            (None, None) if self.policy_mode.is_some() => {
                return Err(Error::usage(format!("the gateway `{}` has no policy engine", live.id()))
                    .code(Code::InputMissing)
                    .hint("name it with `--policy-engine-arn`: a mode alone means nothing"));
            }
            (None, None) => None,
        };
        if let Some(engine) = engine.filter(|_| self.policy_engine.is_some() || self.policy_mode.is_some()) {
            let mode = self.policy_mode.as_deref().unwrap_or("ENFORCE");
            put("policyEngineConfiguration", json!({ "arn": engine, "mode": mode }));
        }
        Ok(members)
    }
}

/// # Errors
/// Exit 2 when another project made the gateway; exit 5 when there is none.
pub(crate) async fn update(
    work: &GatewayWork<'_>,
    key: &GatewayKey,
    changes: &GatewayChanges,
) -> Result<GatewayReport> {
    let live = work.require(key, changes.adopt).await?;
    let members = changes.members(&live)?;
    let role = Late::after(ResourceKind::GatewayServiceRole);
    if let Some(engine) = &changes.policy_engine
        && allow_engine(work, &live, engine).await?
    {
        role.set(RoleReady::fresh(text(&live.raw, "roleArn").to_owned()));
    }
    let owner = work.owner(live.name());
    let mut node = Node::new(McpGateway {
        owner: &owner,
        key: GatewayKey::Id(live.id().to_owned()),
        goal: GatewayGoal::Changed { adopt: changes.adopt },
        members,
        role_arn: None,
        role,
        waits: work.waits,
    });
    engine::observe(vec![&mut node], work.cloud).await?;
    let steps = engine::plan(vec![&mut node], false)?;
    work.tell(&steps);
    work.apply(vec![&mut node], &steps).await?;
    let done = node.outcome;
    if done.is_none() {
        let text = format!("gateway {} is so already", live.id());
        work.events.finished(ResourceKind::Gateway.as_str(), Outcome::Unchanged, text);
    }
    let raw = node.observed.map_or(live.raw, |live| live.raw);
    Ok(GatewayReport { raw, outcome: outcome(done), token_command: None })
}

/// Lets the gateway's role ask the engine, before the gateway does. A role of the user's is told what it lacks. Whether a
/// policy was written.
async fn allow_engine(work: &GatewayWork<'_>, live: &ObservedGateway, engine: &Arn) -> Result<bool> {
    let document = gateway_policy::policy_engine(engine, text(&live.raw, "gatewayArn"));
    let role = text(&live.raw, "roleArn");
    if !own_role(work, live).await? {
        warn_of_lacking(work, role, &document).await?;
        return Ok(false);
    }
    let name = role.rsplit('/').next().unwrap_or_default();
    let policy = naming::GATEWAY_ENGINE_POLICY;
    if work.cloud.role_policy(name, policy).await?.as_ref() == Some(&document) {
        return Ok(false);
    }
    work.context().patience.through(|| work.cloud.put_role_policy(name, policy, &document)).await?;
    work.events.finished("role policy", Outcome::Updated, format!("role {name} may ask the policy engine"));
    Ok(true)
}
