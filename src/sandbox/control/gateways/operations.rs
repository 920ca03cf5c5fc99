//! Create, get, update, delete and list of gateways and targets, and their tags. Pure: the role has been checked by the
//! caller.

use serde_json::{Value, json};

use super::kind::TargetKind;
use super::model::{GatewayRecord, Gateways, TargetRecord, Transition, Work, settings};
use super::validate;
use crate::partition::Partition;
use crate::sandbox::control::check::invalid;
use crate::sandbox::control::model::{conflict, fingerprint, remember, repeated};
use crate::sandbox::control::runtimes::paged;
use crate::sandbox::random;
use crate::sandbox::reply::Fault;

const MOST_GATEWAYS: usize = 1000;
const MOST_TARGETS: usize = 100;
const MOST_TAGS: usize = 50;

/// The time of a request, and what a gateway is named by.
#[derive(Clone, Debug)]
pub(super) struct GatewayContext {
    /// Milliseconds since 1970.
    pub(super) now: i64,
    /// `arn:…:gateway/`, to which the id is appended.
    pub(super) arn_prefix: String,
    pub(super) region: String,
    /// Milliseconds from a change to READY, and from a deletion to its end.
    pub(super) delay: i64,
}

/// Page size, and the key of the last item before the page.
type Page = (usize, Option<String>);

fn token(input: &Value) -> Option<&str> {
    input.get("clientToken").and_then(Value::as_str)
}

fn text<'v>(input: &'v Value, member: &str) -> Option<&'v str> {
    input.get(member).and_then(Value::as_str)
}

/// The id of a new gateway of this name: in lower case, with ten characters more.
pub(super) fn new_id(name: &str) -> Result<String, Fault> {
    Ok(format!("{}-{}", name.to_ascii_lowercase(), random::lowercase(10)?))
}

/// An earlier answer to the same CreateGateway.
pub(super) fn repeated_create(state: &Gateways, input: &Value, now: i64) -> Result<Option<Value>, Fault> {
    for gateway in state.existing(now) {
        if let Some(answer) = repeated(&gateway.tokens, token(input), &fingerprint(input))? {
            return Ok(Some(answer));
        }
    }
    Ok(None)
}

pub(super) fn create(state: &mut Gateways, cx: &GatewayContext, input: &Value, id: String) -> Result<Value, Fault> {
    let now = cx.now;
    state.sweep(now);
    let name = text(input, "name").unwrap_or_default();
    if state.existing(now).any(|gateway| gateway.name() == name) {
        return Err(conflict(format!("A gateway with the name '{name}' already exists")));
    }
    if state.gateways.len() >= MOST_GATEWAYS {
        let text = format!("An account can have at most {MOST_GATEWAYS} gateways");
        return Err(Fault::new(402, "ServiceQuotaExceededException", text));
    }
    let path = if text(input, "protocolType") == Some("MCP") { "/mcp" } else { "" };
    let host = Partition::of_region(&cx.region).host(&format!("{id}.gateway.bedrock-agentcore"), &cx.region);
    let tags = input.get("tags").and_then(Value::as_object).into_iter().flatten();
    let mut gateway = GatewayRecord {
        arn: format!("{}{id}", cx.arn_prefix),
        url: format!("https://{host}{path}"),
        id,
        progress: Transition::started(now, cx.delay),
        settings: settings(input),
        tags: tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect(),
        targets: Default::default(),
        tokens: Vec::new(),
    };
    let answer = gateway.describe(now);
    remember(&mut gateway.tokens, token(input), &fingerprint(input), &answer);
    state.gateways.insert(gateway.id.clone(), gateway);
    Ok(answer)
}

/// Replaces everything: a member that the request leaves out is gone, an authorizer too.
pub(super) fn update(state: &mut Gateways, cx: &GatewayContext, id: &str, input: &Value) -> Result<Value, Fault> {
    let gateway = state.get_mut(id, cx.now)?;
    gateway.require_ready(cx.now)?;
    if text(input, "name") != Some(gateway.name()) {
        return Err(invalid(format!("The name of a gateway cannot be changed; it is '{}'", gateway.name())));
    }
    let search = "/mcp/searchType";
    let searches = |configuration: Option<&Value>| configuration.is_some_and(|it| it.pointer(search).is_some());
    if searches(input.get("protocolConfiguration")) && !searches(gateway.settings.get("protocolConfiguration")) {
        return Err(invalid("searchType can be set only when a gateway is created"));
    }
    gateway.settings = settings(input);
    gateway.progress.change(Work::Updating, cx.now, cx.delay);
    Ok(gateway.describe(cx.now))
}

pub(super) fn get(state: &Gateways, id: &str, now: i64) -> Result<Value, Fault> {
    Ok(state.get(id, now)?.describe(now))
}

/// One that is still being made can be deleted as well: a client must be able to clean up at any time.
pub(super) fn delete(state: &mut Gateways, cx: &GatewayContext, id: &str) -> Result<Value, Fault> {
    let gateway = state.get_mut(id, cx.now)?;
    let targets = gateway.living_targets(cx.now).count();
    if targets > 0 {
        return Err(conflict(format!("Gateway '{id}' has {targets} targets. Delete them before the gateway.")));
    }
    gateway.progress.delete(cx.now, cx.delay);
    Ok(json!({ "gatewayId": id, "status": "DELETING" }))
}

pub(super) fn list(state: &Gateways, now: i64, page: Page) -> Value {
    paged(state.existing(now).map(|gateway| (gateway.id.clone(), gateway.summary(now))), page, "items")
}

pub(super) fn create_target(
    state: &mut Gateways,
    cx: &GatewayContext,
    id: &str,
    input: &Value,
) -> Result<Value, Fault> {
    let now = cx.now;
    let new = random::alphanumeric(10)?;
    let gateway = state.get_mut(id, now)?;
    validate::target(input, &gateway.settings)?;
    let print = fingerprint(input);
    for target in gateway.living_targets(now) {
        if let Some(answer) = repeated(&target.tokens, token(input), &print)? {
            return Ok(answer);
        }
    }
    // Optional in the model; how the service names a target is not known.
    let name = text(input, "name").ok_or_else(|| invalid("The sandbox creates no target without a name"))?;
    gateway.require_ready(now)?;
    gateway.targets.retain(|_, target| target.progress.exists(now));
    if gateway.targets.values().any(|target| target.name() == name) {
        return Err(conflict(format!("Gateway '{id}' has a target with the name '{name}' already")));
    }
    if gateway.targets.len() >= MOST_TARGETS {
        let text = format!("A gateway can have at most {MOST_TARGETS} targets");
        return Err(Fault::new(402, "ServiceQuotaExceededException", text));
    }
    let mut target = TargetRecord {
        id: new,
        progress: Transition::started(now, cx.delay),
        settings: settings(input),
        synchronized: None,
        tokens: Vec::new(),
    };
    target.synchronized = target.reads_tools().then_some(now);
    let answer = gateway.describe_target(&target, now);
    remember(&mut target.tokens, token(input), &print, &answer);
    gateway.targets.insert(target.id.clone(), target);
    Ok(answer)
}

/// Replaces everything but a name that the request leaves out.
pub(super) fn update_target(
    state: &mut Gateways,
    cx: &GatewayContext,
    (id, target): (&str, &str),
    input: &Value,
) -> Result<Value, Fault> {
    let now = cx.now;
    let gateway = state.get_mut(id, now)?;
    validate::target(input, &gateway.settings)?;
    let name = text(input, "name");
    if gateway.living_targets(now).any(|other| Some(other.name()) == name && other.id != target) {
        return Err(conflict(format!("Gateway '{id}' has another target with this name")));
    }
    let found = gateway.target_mut(target, now)?;
    found.require_idle(now)?;
    let kept = found.name().to_owned();
    found.settings = settings(input);
    found.settings.entry("name").or_insert_with(|| json!(kept));
    found.progress.change(Work::Updating, now, cx.delay);
    found.synchronized = found.reads_tools().then_some(now);
    get_target(state, (id, target), now)
}

pub(super) fn get_target(state: &Gateways, (id, target): (&str, &str), now: i64) -> Result<Value, Fault> {
    let gateway = state.get(id, now)?;
    Ok(gateway.describe_target(gateway.target(target, now)?, now))
}

pub(super) fn delete_target(
    state: &mut Gateways,
    cx: &GatewayContext,
    (id, target): (&str, &str),
) -> Result<Value, Fault> {
    let gateway = state.get_mut(id, cx.now)?;
    gateway.target_mut(target, cx.now)?.progress.delete(cx.now, cx.delay);
    Ok(json!({ "gatewayArn": gateway.arn, "targetId": target, "status": "DELETING" }))
}

/// The model declares no ResourceNotFoundException here: an unknown gateway has no targets.
pub(super) fn list_targets(state: &Gateways, id: &str, now: i64, page: Page) -> Value {
    let gateway = state.get(id, now).ok();
    let items = gateway.into_iter().flat_map(|gateway| {
        gateway.living_targets(now).map(|target| (target.id.clone(), gateway.target_summary(target, now)))
    });
    paged(items, page, "items")
}

/// Nothing is read: the sandbox does not call targets.
pub(super) fn synchronize(state: &mut Gateways, cx: &GatewayContext, id: &str, input: &Value) -> Result<Value, Fault> {
    let now = cx.now;
    let gateway = state.get_mut(id, now)?;
    let asked = input["targetIdList"][0].as_str().unwrap_or_default();
    let target = gateway.target_mut(asked, now)?;
    if !target.reads_tools() {
        return Err(invalid(
            "Only the tools of an MCP server without an mcpToolSchema and with the listing mode DEFAULT are synchronized",
        ));
    }
    target.require_idle(now)?;
    target.progress.change(Work::Synchronizing, now, cx.delay);
    target.synchronized = Some(now);
    let answer = get_target(state, (id, asked), now)?;
    Ok(json!({ "targets": [answer] }))
}

impl TargetRecord {
    /// Whether the service reads the tools from the server when the target is made, changed or synchronized.
    fn reads_tools(&self) -> bool {
        let server = self.settings.get("targetConfiguration").and_then(|it| it.pointer("/mcp/mcpServer"));
        let has = |member: &str| server.and_then(|server| server.get(member));
        self.kind() == Some(TargetKind::McpServer)
            && has("mcpToolSchema").is_none()
            && has("listingMode").and_then(Value::as_str) != Some("DYNAMIC")
    }
}

pub(super) fn tags(state: &Gateways, arn: &str, now: i64) -> Result<Value, Fault> {
    Ok(json!({ "tags": state.of_arn(arn, now)?.tags }))
}

pub(super) fn tag(state: &mut Gateways, arn: &str, now: i64, new: &Value) -> Result<(), Fault> {
    let gateway = state.of_arn_mut(arn, now)?;
    let mut all = gateway.tags.clone();
    for (key, value) in new.as_object().into_iter().flatten() {
        all.insert(key.clone(), value.as_str().unwrap_or_default().to_owned());
    }
    if all.len() > MOST_TAGS {
        let text = format!("A resource can have at most {MOST_TAGS} tags");
        return Err(Fault::new(402, "ServiceQuotaExceededException", text));
    }
    gateway.tags = all;
    Ok(())
}

pub(super) fn untag(state: &mut Gateways, arn: &str, now: i64, keys: &[&str]) -> Result<(), Fault> {
    state.of_arn_mut(arn, now)?.tags.retain(|key, _| !keys.contains(&key.as_str()));
    Ok(())
}
