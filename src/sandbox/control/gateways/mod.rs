//! The AgentCore control plane's gateways and gateway targets, with their tags.
//!
//! Owns: the rest-json operations below `/gateways/`, their validation and their statuses. Does not own: calls to a gateway,
//! which the sandbox does not answer; roles (`iam`); credential providers (`vault`).

mod kind;
mod model;
mod operations;
mod validate;

use http::Method;
use serde_json::Value;

use super::check::invalid;
use super::constraints::gateways::{GATEWAY_ID, TARGET_ID};
use super::constraints::{PathMember, RESOURCE_ARN};
use super::model::millis;
use super::validate::{page_of_at_most, parts, tag_body};
use super::{ControlResult, SERVICE};
use crate::facts::actions::PASSED_TO_SERVICE;
use crate::partition::Partition;
use crate::sandbox::caller::{Caller, tag_keys};
use crate::sandbox::reply::{self, Fault, Protocol, Response};
use crate::sandbox::request::{API_BODY_LIMIT, Request, json_object};
use crate::sandbox::{SharedSandbox, iam, permissions, router, sigv4};
pub(crate) use model::Gateways;
use operations::GatewayContext;

/// The most items that a page may have.
const PAGE: i64 = 1000;

/// Whether a resource's tags are kept here.
pub(crate) fn has_tags(arn: &str) -> bool {
    arn.contains(":gateway/")
}

/// Answers a request below `/gateways`, or one for the tags of a gateway; `None` when no operation has this path.
pub(crate) async fn handle(sandbox: &SharedSandbox, request: &mut Request) -> Option<Response> {
    let operation = GatewayOperation::from_request(request)?;
    Some(match answer(sandbox, request, operation).await {
        Ok((204, _)) => reply::empty(204),
        Ok((status, body)) => reply::json(status, &body),
        Err(fault) => reply::fault(&Protocol::RestJson, fault, &request.id),
    })
}

/// An operation with the variable parts of its path.
enum GatewayOperation {
    Create,
    List,
    Get(String),
    Update(String),
    Delete(String),
    CreateTarget(String),
    ListTargets(String),
    GetTarget(String, String),
    UpdateTarget(String, String),
    DeleteTarget(String, String),
    Synchronize(String),
    Tag(String),
    Untag(String),
    ListTags(String),
}

impl GatewayOperation {
    /// The model writes most paths with a final slash, and boto3 sends it; the SDKs that smithy generates leave it out.
    /// Both are answered.
    fn from_request(request: &Request) -> Option<Self> {
        let mut path = request.path();
        if path.last() == Some(&"") {
            path.pop();
        }
        let own = |text: &str| text.to_owned();
        Some(match (&request.method, path.as_slice()) {
            (&Method::POST, ["gateways"]) => Self::Create,
            (&Method::GET, ["gateways"]) => Self::List,
            (&Method::GET, ["gateways", id]) => Self::Get(own(id)),
            (&Method::PUT, ["gateways", id]) => Self::Update(own(id)),
            (&Method::DELETE, ["gateways", id]) => Self::Delete(own(id)),
            (&Method::POST, ["gateways", id, "targets"]) => Self::CreateTarget(own(id)),
            (&Method::GET, ["gateways", id, "targets"]) => Self::ListTargets(own(id)),
            (&Method::GET, ["gateways", id, "targets", target]) => Self::GetTarget(own(id), own(target)),
            (&Method::PUT, ["gateways", id, "targets", target]) => Self::UpdateTarget(own(id), own(target)),
            (&Method::DELETE, ["gateways", id, "targets", target]) => Self::DeleteTarget(own(id), own(target)),
            (&Method::PUT, ["gateways", id, "synchronizeTargets"]) => Self::Synchronize(own(id)),
            (&Method::POST, ["tags", arn]) => Self::Tag(own(arn)),
            (&Method::DELETE, ["tags", arn]) => Self::Untag(own(arn)),
            (&Method::GET, ["tags", arn]) => Self::ListTags(own(arn)),
            _ => return None,
        })
    }

    /// The variable parts of the path, under the names that the model gives them.
    fn parts(&self) -> Vec<(PathMember, &str)> {
        match self {
            Self::Create | Self::List => Vec::new(),
            Self::Get(id) | Self::Update(id) | Self::Delete(id) | Self::Synchronize(id) => vec![(GATEWAY_ID, id)],
            Self::CreateTarget(id) | Self::ListTargets(id) => vec![(GATEWAY_ID, id)],
            Self::GetTarget(id, target) | Self::UpdateTarget(id, target) | Self::DeleteTarget(id, target) => {
                vec![(GATEWAY_ID, id), (TARGET_ID, target)]
            }
            Self::Tag(arn) | Self::Untag(arn) | Self::ListTags(arn) => vec![(RESOURCE_ARN, arn)],
        }
    }

    /// The action that the caller's policies are asked about, and the gateway that it is about. Targets have no ARN.
    fn action(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Create => ("CreateGateway", None),
            Self::List => ("ListGateways", None),
            Self::Get(id) => ("GetGateway", Some(id)),
            Self::Update(id) => ("UpdateGateway", Some(id)),
            Self::Delete(id) => ("DeleteGateway", Some(id)),
            Self::CreateTarget(id) => ("CreateGatewayTarget", Some(id)),
            Self::ListTargets(id) => ("ListGatewayTargets", Some(id)),
            Self::GetTarget(id, _) => ("GetGatewayTarget", Some(id)),
            Self::UpdateTarget(id, _) => ("UpdateGatewayTarget", Some(id)),
            Self::DeleteTarget(id, _) => ("DeleteGatewayTarget", Some(id)),
            Self::Synchronize(id) => ("SynchronizeGatewayTargets", Some(id)),
            Self::Tag(arn) => ("TagResource", Some(arn)),
            Self::Untag(arn) => ("UntagResource", Some(arn)),
            Self::ListTags(arn) => ("ListTagsForResource", Some(arn)),
        }
    }
}

fn context(sandbox: &SharedSandbox) -> GatewayContext {
    GatewayContext {
        now: millis(sandbox.clock.now()),
        arn_prefix: sandbox.info.arn(SERVICE, "gateway/").to_string(),
        region: sandbox.info.region.clone(),
        delay: i64::try_from(sandbox.options.ready_delay.as_millis()).unwrap_or(i64::MAX),
    }
}

async fn answer(sandbox: &SharedSandbox, request: &mut Request, operation: GatewayOperation) -> ControlResult {
    use GatewayOperation as Operation;
    let body = request.bytes(API_BODY_LIMIT).await?;
    let caller = router::caller(sandbox, request, &sigv4::sha256(&body), SERVICE)
        .map_err(|refusal| refusal.fault(&Protocol::RestJson))?;
    let input = json_object(&body)?;
    parts(operation.parts().into_iter())?;
    let cx = &context(sandbox);
    let (action, subject) = operation.action();
    let arn = match subject {
        Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
        Some(id) => format!("{}{id}", cx.arn_prefix),
        None => "*".to_owned(),
    };
    caller.require_with(sandbox, &format!("{SERVICE}:{action}"), &[&arn], &tag_keys(action, &input, request))?;
    let store = &sandbox.state.gateways;
    let page = || page_of_at_most(PAGE, request.query("maxResults"), request.query("nextToken"));
    Ok(match operation {
        Operation::Create => (202, create(sandbox, &caller, cx, &input).await?),
        Operation::Update(id) => (202, update(sandbox, &caller, cx, (&id, &input)).await?),
        Operation::Delete(id) => (202, store.update(|state| operations::delete(state, cx, &id)).await?),
        Operation::Get(id) => (200, store.read(|state| operations::get(state, &id, cx.now))?),
        Operation::List => {
            let page = page()?;
            (200, store.read(|state| operations::list(state, cx.now, page)))
        }
        Operation::CreateTarget(id) => {
            (202, store.update(|state| operations::create_target(state, cx, &id, &input)).await?)
        }
        Operation::UpdateTarget(id, target) => {
            (202, store.update(|state| operations::update_target(state, cx, (&id, &target), &input)).await?)
        }
        Operation::DeleteTarget(id, target) => {
            (202, store.update(|state| operations::delete_target(state, cx, (&id, &target))).await?)
        }
        Operation::GetTarget(id, target) => {
            (200, store.read(|state| operations::get_target(state, (&id, &target), cx.now))?)
        }
        Operation::ListTargets(id) => {
            let page = page()?;
            (200, store.read(|state| operations::list_targets(state, &id, cx.now, page)))
        }
        Operation::Synchronize(id) => {
            validate::synchronization(&input)?;
            (202, store.update(|state| operations::synchronize(state, cx, &id, &input)).await?)
        }
        Operation::Tag(arn) => {
            tag_body(&input)?;
            store.update(|state| operations::tag(state, &arn, cx.now, &input["tags"])).await?;
            (204, Value::Null)
        }
        Operation::Untag(arn) => {
            let keys: Vec<&str> =
                request.query.iter().filter(|(name, _)| name == "tagKeys").map(|(_, key)| key.as_str()).collect();
            store.update(|state| operations::untag(state, &arn, cx.now, &keys)).await?;
            (204, Value::Null)
        }
        Operation::ListTags(arn) => (200, store.read(|state| operations::tags(state, &arn, cx.now))?),
    })
}

async fn create(sandbox: &SharedSandbox, caller: &Caller, cx: &GatewayContext, input: &Value) -> Result<Value, Fault> {
    validate::gateway(input, true)?;
    let store = &sandbox.state.gateways;
    if let Some(answer) = store.read(|state| operations::repeated_create(state, input, cx.now))? {
        return Ok(answer);
    }
    let id = operations::new_id(input["name"].as_str().unwrap_or_default())?;
    check_role(sandbox, caller, input, &format!("{}{id}", cx.arn_prefix))?;
    permissions::new_gateway(sandbox, caller)?;
    store.update(|state| operations::create(state, cx, input, id)).await
}

async fn update(
    sandbox: &SharedSandbox,
    caller: &Caller,
    cx: &GatewayContext,
    (id, input): (&str, &Value),
) -> Result<Value, Fault> {
    validate::gateway(input, false)?;
    let store = &sandbox.state.gateways;
    store.read(|state| operations::get(state, id, cx.now))?;
    check_role(sandbox, caller, input, &format!("{}{id}", cx.arn_prefix))?;
    store.update(|state| operations::update(state, cx, id, input)).await
}

/// The caller must be allowed to pass the role, and the role must exist and trust AgentCore for this gateway. The words are
/// those of runtimes; how the service words it for gateways is not known.
fn check_role(sandbox: &SharedSandbox, caller: &Caller, input: &Value, gateway: &str) -> Result<(), Fault> {
    let role = input["roleArn"].as_str().unwrap_or_default();
    let principal = Partition::principal(SERVICE);
    caller.require_with(sandbox, "iam:PassRole", &[role], &[(PASSED_TO_SERVICE, &principal)])?;
    if iam::trust(sandbox, role, &Partition::principal(SERVICE), gateway) != iam::Trust::Trusted {
        return Err(invalid(format!(
            "Role validation failed for '{role}'. Please verify that the role exists and its trust policy allows \
             assumption by this service"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
