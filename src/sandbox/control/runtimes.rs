//! Create, update, get, delete and list of agent runtimes and their versions. Pure: existence of role and image has been
//! checked by the caller.

use serde_json::{Map, Value, json};

use super::model::{
    DEFAULT, EndpointRecord, RuntimeRecord, RuntimeVersion, Runtimes, VersionImage, conflict, fingerprint, iso,
};
use crate::facts::{IDLE_TIMEOUT, SESSION_SECONDS};
use crate::sandbox::random;
use crate::sandbox::reply::Fault;

/// The time of a request, its ARN prefix and the delays of the sandbox.
#[derive(Clone, Debug)]
pub(super) struct ControlContext {
    /// Milliseconds since 1970.
    pub(super) now: i64,
    /// `arn:…:runtime/`, to which the id is appended.
    pub(super) arn_prefix: String,
    /// Milliseconds from a change to READY.
    pub(super) ready_delay: i64,
    /// Milliseconds from READY to a live DEFAULT endpoint.
    pub(super) endpoint_delay: i64,
    /// Whether a new runtime requires MMDSv2 by itself.
    pub(super) new_require_mmdsv2: bool,
}

/// The members that make up a version: everything but what belongs to the request or to the runtime as a whole.
fn settings(input: &Value) -> Map<String, Value> {
    let mut settings = input.as_object().cloned().unwrap_or_default();
    for name in ["agentRuntimeName", "agentRuntimeId", "clientToken", "tags"] {
        settings.remove(name);
    }
    settings.retain(|_, value| !value.is_null());
    settings
}

/// The settings of a first version. CreateAgentRuntime has no `metadataConfiguration`: the service decides.
fn first_settings(input: &Value, context: &ControlContext) -> Map<String, Value> {
    let mut settings = settings(input);
    settings.remove("metadataConfiguration");
    if context.new_require_mmdsv2 {
        settings.insert("metadataConfiguration".to_owned(), json!({ "requireMMDSV2": true }));
    }
    settings
}

/// Whether a version requires MMDSv2. One that does not, or whose update left the member out, takes no calls.
pub(crate) fn requires_mmdsv2(version: &RuntimeVersion) -> bool {
    let configuration = version.settings.get("metadataConfiguration");
    configuration.and_then(|value| value.get("requireMMDSV2")).and_then(Value::as_bool) == Some(true)
}

fn token(input: &Value) -> Option<&str> {
    input.get("clientToken").and_then(Value::as_str)
}

/// An earlier answer to the same CreateAgentRuntime.
pub(super) fn repeated_create(state: &Runtimes, input: &Value, now: i64) -> Result<Option<Value>, Fault> {
    let print = fingerprint(input);
    for runtime in state.runtimes.values().filter(|runtime| state.get(&runtime.id, now).is_ok()) {
        if let Some(answer) = runtime.repeated(token(input), &print)? {
            return Ok(Some(answer));
        }
    }
    Ok(None)
}

/// # Errors
/// ConflictException when the name is taken.
pub(super) fn check_name(state: &Runtimes, name: &str, now: i64) -> Result<(), Fault> {
    let taken = state.runtimes.values().any(|runtime| runtime.name == name && state.get(&runtime.id, now).is_ok());
    if taken {
        return Err(conflict(format!(
            "An agent with the specified name already exists: '{name}'. Agent names must be unique within an account and region."
        )));
    }
    Ok(())
}

/// A runtime id that belongs to this name.
pub(super) fn new_id(name: &str) -> Result<String, Fault> {
    Ok(format!("{name}-{}", random::alphanumeric(10)?))
}

pub(super) fn create(
    state: &mut Runtimes,
    context: &ControlContext,
    input: &Value,
    id: String,
    (image, failure): (VersionImage, Option<String>),
) -> Result<Value, Fault> {
    let now = context.now;
    let name = input.get("agentRuntimeName").and_then(Value::as_str).unwrap_or_default();
    check_name(state, name, now)?;
    let endpoint_id = new_id(DEFAULT)?;
    state.sweep(now);
    let ready_at = now + context.ready_delay;
    // A runtime that was never READY never had an endpoint.
    let has_endpoint = failure.is_none();
    let version =
        RuntimeVersion { number: 1, settings: first_settings(input, context), image, created: now, ready_at, failure };
    let endpoint = EndpointRecord {
        name: DEFAULT.to_owned(),
        id: endpoint_id,
        description: None,
        created: now,
        updated: now,
        visible_from: ready_at,
        target: 1,
        previous: None,
        live_at: ready_at + context.endpoint_delay,
        tags: Default::default(),
        policy: None,
        gone_at: None,
    };
    let tags = input.get("tags").and_then(Value::as_object).into_iter().flatten();
    let mut runtime = RuntimeRecord {
        arn: format!("{}{id}", context.arn_prefix),
        id,
        name: name.to_owned(),
        created: now,
        versions: [(1, version)].into(),
        endpoints: has_endpoint.then(|| (DEFAULT.to_owned(), endpoint)).into_iter().collect(),
        tags: tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect(),
        tokens: Vec::new(),
        policy: None,
        gone_at: None,
    };
    let answer = json!({
        "agentRuntimeArn": runtime.arn,
        "workloadIdentityDetails": runtime.workload_identity(),
        "agentRuntimeId": runtime.id,
        "agentRuntimeVersion": "1",
        "createdAt": iso(now),
        "status": runtime.status(now),
    });
    runtime.remember(token(input), &fingerprint(input), &answer);
    state.runtimes.insert(runtime.id.clone(), runtime);
    Ok(answer)
}

/// Replaces everything: a member that the request leaves out is gone, an authorizer too.
pub(super) fn update(
    state: &mut Runtimes,
    context: &ControlContext,
    id: &str,
    input: &Value,
    (image, failure): (VersionImage, Option<String>),
) -> Result<Value, Fault> {
    let now = context.now;
    let runtime = state.get_mut(id, now)?;
    let print = fingerprint(input);
    if let Some(answer) = runtime.repeated(token(input), &print)? {
        return Ok(answer);
    }
    runtime.require_ready(now)?;
    let is_code =
        |settings: Option<&Value>| settings.is_some_and(|artifact| artifact.get("codeConfiguration").is_some());
    let kept = runtime.latest().map(|version| is_code(version.settings.get("agentRuntimeArtifact")));
    if kept.is_some_and(|kept| kept != is_code(input.get("agentRuntimeArtifact"))) {
        return Err(super::check::invalid("Agent artifact type cannot be updated"));
    }
    let number = runtime.latest().map_or(1, |version| version.number + 1);
    let ready_at = now + context.ready_delay;
    let works = failure.is_none();
    let version = RuntimeVersion { number, settings: settings(input), image, created: now, ready_at, failure };
    runtime.versions.insert(number, version);
    // A failed version never serves: DEFAULT keeps its version.
    if let Some(endpoint) = runtime.endpoints.get_mut(DEFAULT).filter(|_| works) {
        endpoint.retarget(number, now, ready_at + context.endpoint_delay);
        // Before the first version was live the endpoint has nothing to fall back to, but the runtime is updating.
        endpoint.previous = endpoint.previous.or(Some(number - 1));
    }
    let answer = json!({
        "agentRuntimeArn": runtime.arn,
        "agentRuntimeId": runtime.id,
        "workloadIdentityDetails": runtime.workload_identity(),
        "agentRuntimeVersion": number.to_string(),
        "createdAt": iso(runtime.created),
        "lastUpdatedAt": iso(now),
        "status": runtime.status(now),
    });
    runtime.remember(token(input), &print, &answer);
    Ok(answer)
}

/// What becomes of a version whose warm-up is through. Nothing where the version was not waiting for it any more.
pub(super) fn warmed(
    state: &mut Runtimes,
    context: &ControlContext,
    (id, number): (&str, u32),
    failure: Option<String>,
) {
    let now = context.now;
    let Ok(runtime) = state.get_mut(id, now) else { return };
    let Some(version) = runtime.versions.get_mut(&number).filter(|version| now < version.ready_at) else { return };
    version.ready_at = if failure.is_some() { now } else { now + context.ready_delay };
    version.failure = failure;
    let (ready_at, works) = (version.ready_at, version.failure.is_none());
    if !works && number == 1 {
        // As one that was never READY.
        runtime.endpoints.remove(DEFAULT);
    }
    let Some(endpoint) = runtime.endpoints.get_mut(DEFAULT).filter(|endpoint| endpoint.target == number) else {
        return;
    };
    if works {
        endpoint.live_at = ready_at + context.endpoint_delay;
        if number == 1 {
            endpoint.visible_from = ready_at;
        }
    } else {
        endpoint.target = endpoint.previous.unwrap_or(number - 1);
        endpoint.live_at = now;
    }
}

pub(super) fn get(state: &Runtimes, id: &str, version: Option<&str>, now: i64) -> Result<Value, Fault> {
    let runtime = state.get(id, now)?;
    let version = runtime.version(version)?;
    let mut out = version.settings.clone();
    out.insert("lifecycleConfiguration".to_owned(), lifecycle(version));
    out.entry("networkConfiguration").or_insert_with(|| json!({ "networkMode": "PUBLIC" }));
    // Reported of runtimes in a VPC, which refuse to take it back. Whether all have it is not documented.
    if let Some(network) = out["networkConfiguration"].pointer_mut("/networkModeConfig").and_then(Value::as_object_mut)
    {
        network.insert("requireServiceS3Endpoint".to_owned(), json!(false));
    }
    for (name, value) in [
        ("agentRuntimeArn", json!(runtime.arn)),
        ("agentRuntimeName", json!(runtime.name)),
        ("agentRuntimeId", json!(runtime.id)),
        ("agentRuntimeVersion", json!(version.number.to_string())),
        ("createdAt", json!(iso(runtime.created))),
        ("lastUpdatedAt", json!(iso(version.created))),
        ("status", json!(version_status(runtime, version, now))),
        ("workloadIdentityDetails", runtime.workload_identity()),
    ] {
        out.insert(name.to_owned(), value);
    }
    if let Some(reason) = version.failure.as_ref().filter(|_| now >= version.ready_at) {
        out.insert("failureReason".to_owned(), json!(reason));
    }
    Ok(Value::Object(out))
}

fn version_status(runtime: &RuntimeRecord, version: &RuntimeVersion, now: i64) -> &'static str {
    let newest = runtime.latest().is_some_and(|latest| latest.number == version.number);
    match &version.failure {
        _ if newest || runtime.gone_at.is_some() => runtime.status(now),
        Some(_) => "UPDATE_FAILED",
        None => "READY",
    }
}

/// Both values, with the service's defaults: a maximum that is below the default idle time is used for both.
pub(crate) fn lifecycle(version: &RuntimeVersion) -> Value {
    let given = version.settings.get("lifecycleConfiguration");
    let get = |name: &str| given.and_then(|value| value.get(name)).and_then(Value::as_i64);
    let life = get("maxLifetime").unwrap_or(i64::from(*SESSION_SECONDS.end()));
    let idle = get("idleRuntimeSessionTimeout").unwrap_or(i64::from(IDLE_TIMEOUT).min(life));
    json!({ "idleRuntimeSessionTimeout": idle, "maxLifetime": life })
}

/// Deletes a runtime, or one version of it. The second value says whether its agents have to stop.
pub(super) fn delete(
    state: &mut Runtimes,
    context: &ControlContext,
    id: &str,
    version: Option<&str>,
) -> Result<(Value, bool), Fault> {
    let now = context.now;
    let runtime = state.get_mut(id, now)?;
    let Some(version) = version else {
        if runtime.gone_at.is_none() {
            // A runtime that is still being made can be deleted as well: a client must be able to clean up at any time.
            runtime.gone_at = Some(now + context.ready_delay);
        }
        return Ok((json!({ "status": "DELETING", "agentRuntimeId": id }), true));
    };
    runtime.require_ready(now)?;
    let number = runtime.version(Some(version))?.number;
    if runtime.uses(number, now) {
        return Err(conflict(format!("Version '{version}' of agent runtime '{id}' is used by an endpoint")));
    }
    runtime.versions.remove(&number);
    Ok((json!({ "status": "DELETING", "agentRuntimeId": id, "agentRuntimeVersion": version }), false))
}

fn summary(runtime: &RuntimeRecord, version: &RuntimeVersion, now: i64) -> Value {
    json!({
        "agentRuntimeArn": runtime.arn,
        "agentRuntimeId": runtime.id,
        "agentRuntimeVersion": version.number.to_string(),
        "agentRuntimeName": runtime.name,
        // Required in the model; what the service sends for a runtime without one is not known.
        "description": version.settings.get("description").and_then(Value::as_str).unwrap_or_default(),
        "lastUpdatedAt": iso(version.created),
        "status": version_status(runtime, version, now),
    })
}

pub(super) fn list(state: &Runtimes, now: i64, page: (usize, Option<String>)) -> Value {
    let items = state
        .runtimes
        .values()
        .filter(|runtime| state.get(&runtime.id, now).is_ok())
        .filter_map(|runtime| Some((runtime.id.clone(), summary(runtime, runtime.latest()?, now))));
    paged(items, page, "agentRuntimes")
}

pub(super) fn versions(state: &Runtimes, id: &str, now: i64, page: (usize, Option<String>)) -> Result<Value, Fault> {
    let runtime = state.get(id, now)?;
    // Newest first, with a sortable key.
    let items = runtime
        .versions
        .values()
        .rev()
        .map(|version| (format!("{:05}", 99_999 - version.number), summary(runtime, version, now)));
    Ok(paged(items, page, "agentRuntimes"))
}

/// One page of items that come sorted by their key; the token is the last key of the page before.
pub(super) fn paged(
    items: impl Iterator<Item = (String, Value)>,
    (limit, token): (usize, Option<String>),
    member: &str,
) -> Value {
    let mut rest = items.filter(|(key, _)| token.as_ref().is_none_or(|token| key > token)).peekable();
    let mut page = Vec::new();
    let mut last = String::new();
    while page.len() < limit
        && let Some((key, item)) = rest.next()
    {
        page.push(item);
        last = key;
    }
    let mut out = json!({ member: page });
    if rest.peek().is_some() {
        out["nextToken"] = json!(last);
    }
    out
}
