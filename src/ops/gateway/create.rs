//! Creates a gateway with a service role of its own. One of this project's that is there already is left as it is.

use serde_json::{Map, Value, json};

use super::report::GatewayReport;
use super::{GatewayKey, GatewayWork, outcome};
use crate::config::naming;
use crate::error::{Code, Error, Result};
use crate::events::Outcome;
use crate::resources::engine::{self, AnyNode, Late, Node, if_present};
use crate::resources::execution_role::RoleReady;
use crate::resources::gateway::{GatewayGoal, McpGateway};
use crate::resources::gateway_policy;
use crate::resources::gateway_service_role::GatewayServiceRole;
use crate::resources::plan::{Action, FieldChange, ResourceKind};

/// What is asked for.
#[derive(Debug)]
pub(crate) struct GatewayRequest {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// ARN of a role that the user brings.
    pub(crate) role_arn: Option<String>,
    /// The object inside `customJWTAuthorizer`.
    pub(crate) authorizer: Value,
    pub(crate) semantic_search: bool,
    /// Causes of failures in the answers to callers.
    pub(crate) debug: bool,
    /// How a caller gets a token, where that is known.
    pub(crate) token_command: Option<String>,
}

impl GatewayRequest {
    fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("authorizerType", json!("CUSTOM_JWT"));
        put("authorizerConfiguration", json!({ "customJWTAuthorizer": self.authorizer }));
        put("protocolType", json!("MCP"));
        if self.semantic_search {
            put("protocolConfiguration", json!({ "mcp": { "searchType": "SEMANTIC" } }));
        }
        if self.debug {
            put("exceptionLevel", json!("DEBUG"));
        }
        if let Some(description) = &self.description {
            put("description", json!(description));
        }
        members
    }
}

/// # Errors
/// Exit 2 when somebody else has a gateway or a role of the name, or this project's is there with other settings; what the
/// service says otherwise.
pub(crate) async fn create(work: &GatewayWork<'_>, request: &GatewayRequest) -> Result<GatewayReport> {
    let name = request.name.as_str();
    let owner = work.owner(name);
    let ready = Late::after(ResourceKind::GatewayServiceRole);
    let role_name = naming::gateway_service_role(work.cloud.region(), name);
    let own_arn = work.cloud.partition().arn("iam", "", &work.identity.account, &format!("role/{role_name}"));
    let mut role = match &request.role_arn {
        Some(arn) => {
            ready.set(RoleReady::brought(arn.clone()));
            None
        }
        None => Some(Node::new(GatewayServiceRole {
            owner: &owner,
            name: role_name,
            trust: gateway_policy::trust(&work.scope(name)),
            ready: ready.clone(),
        })),
    };
    let mut gateway = Node::new(McpGateway {
        owner: &owner,
        key: GatewayKey::Name(name.to_owned()),
        goal: GatewayGoal::There,
        members: request.members(),
        role_arn: Some(request.role_arn.clone().unwrap_or_else(|| own_arn.to_string())),
        role: ready,
        waits: work.waits,
    });
    fn list<'n>(
        role: &'n mut Option<Node<GatewayServiceRole<'_>>>,
        gateway: &'n mut Node<McpGateway<'_>>,
    ) -> Vec<&'n mut dyn AnyNode> {
        // What is wrong with the gateway says more than what is wrong with its role.
        [gateway as &mut dyn AnyNode].into_iter().chain(if_present(role)).collect()
    }
    engine::observe(list(&mut role, &mut gateway), work.cloud).await?;
    let steps = engine::plan(list(&mut role, &mut gateway), false)?;
    if let (Action::Update, Some(live)) = (gateway.action(), &gateway.observed) {
        let changes = steps.iter().filter(|step| step.kind == ResourceKind::Gateway).flat_map(|step| &step.changes);
        return Err(differs(name, live.id(), changes));
    }
    work.tell(&steps);
    if let (Action::Create, Some(live)) = (gateway.action(), role.as_ref().and_then(|role| role.observed.as_ref())) {
        forget_earlier_gateway(work, &live.name).await?;
    }
    work.apply(list(&mut role, &mut gateway), &steps).await?;
    let done = gateway.outcome;
    let live = gateway.observed.ok_or_else(|| Error::failed(format!("nothing is known of the gateway `{name}`")))?;
    if done.is_none() {
        work.events.finished(
            ResourceKind::Gateway.as_str(),
            Outcome::Unchanged,
            format!("gateway {} is there already", live.id()),
        );
    }
    Ok(GatewayReport { raw: live.raw, outcome: outcome(done), token_command: request.token_command.clone() })
}

/// Takes from a role that was left behind what the targets of an earlier gateway of this name needed.
async fn forget_earlier_gateway(work: &GatewayWork<'_>, role: &str) -> Result<()> {
    let policies = work.cloud.role_policy_names(role).await?;
    for policy in policies.iter().filter(|policy| naming::is_gateway_policy(policy)) {
        work.context().patience.through(|| work.cloud.delete_role_policy(role, policy)).await?;
        let text = format!("policy {policy} of the role {role}, of an earlier gateway");
        work.events.finished("role policy", Outcome::Deleted, text);
    }
    Ok(())
}

fn differs<'c>(name: &str, id: &str, changes: impl Iterator<Item = &'c FieldChange>) -> Error {
    let error =
        Error::usage(format!("the gateway `{name}` is there already with other settings")).code(Code::GatewayDiffers);
    let error = changes.fold(error, |error, change| error.cause(change.to_string()));
    error
        .hint(format!("change who may call it: `agentcore gateway update-gateway --id {id} --authorizer-config JSON`"))
        .hint("or choose another `--name`")
}
