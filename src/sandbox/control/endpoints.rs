//! Create, update, get, delete and list of runtime endpoints, and tags. Pure.

use serde_json::{Value, json};

use super::model::{DEFAULT, EndpointRecord, RuntimeRecord, Runtimes, conflict, iso};
use super::runtimes::{ControlContext, new_id, paged};
use crate::sandbox::reply::Fault;

/// Endpoints per runtime, DEFAULT included. Source: service quotas.
const MOST: usize = 10;

fn arn(runtime: &RuntimeRecord, name: &str) -> String {
    format!("{}/runtime-endpoint/{name}", runtime.arn)
}

fn describe(runtime: &RuntimeRecord, endpoint: &EndpointRecord, now: i64) -> Value {
    let mut out = json!({
        "targetVersion": endpoint.target.to_string(),
        "agentRuntimeEndpointArn": arn(runtime, &endpoint.name),
        "agentRuntimeArn": runtime.arn,
        "status": endpoint.status(now),
        "createdAt": iso(endpoint.created),
        "lastUpdatedAt": iso(endpoint.updated),
    });
    if let Some(live) = endpoint.live(now) {
        out["liveVersion"] = json!(live.to_string());
    }
    out
}

fn describe_named(runtime: &RuntimeRecord, endpoint: &EndpointRecord, now: i64) -> Value {
    let mut out = describe(runtime, endpoint, now);
    out["name"] = json!(endpoint.name);
    out["id"] = json!(endpoint.id);
    if let Some(description) = &endpoint.description {
        out["description"] = json!(description);
    }
    out
}

/// The version that the request names, or the newest.
fn requested_version(runtime: &RuntimeRecord, input: &Value) -> Result<u32, Fault> {
    Ok(runtime.version(input.get("agentRuntimeVersion").and_then(Value::as_str))?.number)
}

pub(super) fn create(state: &mut Runtimes, context: &ControlContext, id: &str, input: &Value) -> Result<Value, Fault> {
    let now = context.now;
    state.sweep(now);
    let runtime = state.get_mut(id, now)?;
    let name = input.get("name").and_then(Value::as_str).unwrap_or_default();
    let token = input.get("clientToken").and_then(Value::as_str);
    let print = super::model::fingerprint(input);
    if let Some(answer) = runtime.repeated(token, &print)? {
        return Ok(answer);
    }
    runtime.require_ready(now)?;
    if runtime.endpoints.contains_key(name) {
        return Err(conflict(format!("An endpoint with the specified name already exists: '{name}'")));
    }
    if runtime.endpoints.len() >= MOST {
        return Err(Fault::new(
            402,
            "ServiceQuotaExceededException",
            format!("An agent runtime can have at most {MOST} endpoints"),
        ));
    }
    let target = requested_version(runtime, input)?;
    let tags = input.get("tags").and_then(Value::as_object).into_iter().flatten();
    let endpoint = EndpointRecord {
        name: name.to_owned(),
        id: new_id(name)?,
        description: input.get("description").and_then(Value::as_str).map(str::to_owned),
        created: now,
        updated: now,
        visible_from: now,
        target,
        previous: None,
        live_at: now + context.ready_delay,
        tags: tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect(),
        policy: None,
        gone_at: None,
    };
    let answer = json!({
        "targetVersion": target.to_string(),
        "agentRuntimeEndpointArn": arn(runtime, name),
        "agentRuntimeArn": runtime.arn,
        "agentRuntimeId": runtime.id,
        "endpointName": name,
        "status": endpoint.status(now),
        "createdAt": iso(now),
    });
    runtime.endpoints.insert(name.to_owned(), endpoint);
    runtime.remember(token, &print, &answer);
    Ok(answer)
}

fn find<'a>(runtime: &'a mut RuntimeRecord, name: &str, now: i64) -> Result<&'a mut EndpointRecord, Fault> {
    let missing = runtime.endpoint(name, now).err();
    match (missing, runtime.endpoints.get_mut(name)) {
        (None, Some(endpoint)) => Ok(endpoint),
        (Some(fault), _) => Err(fault),
        (None, None) => Err(Fault::internal("an endpoint disappeared")),
    }
}

pub(super) fn update(
    state: &mut Runtimes,
    context: &ControlContext,
    (id, name): (&str, &str),
    input: &Value,
) -> Result<Value, Fault> {
    let now = context.now;
    let runtime = state.get_mut(id, now)?;
    let target = requested_version(runtime, input)?;
    if name == DEFAULT && runtime.latest().is_some_and(|latest| latest.number != target) {
        // Not documented; the endpoint is said to follow the newest version, so it cannot be told to stay.
        return Err(conflict("The DEFAULT endpoint always follows the newest version"));
    }
    let endpoint = find(runtime, name, now)?;
    if endpoint.status(now) != "READY" {
        return Err(conflict(format!("Endpoint '{name}' is in status {}", endpoint.status(now))));
    }
    if let Some(description) = input.get("description").and_then(Value::as_str) {
        endpoint.description = Some(description.to_owned());
    }
    endpoint.retarget(target, now, now + context.ready_delay);
    let endpoint = endpoint.clone();
    Ok(describe(runtime, &endpoint, now))
}

pub(super) fn get(state: &Runtimes, (id, name): (&str, &str), now: i64) -> Result<Value, Fault> {
    let runtime = state.get(id, now)?;
    Ok(describe_named(runtime, runtime.endpoint(name, now)?, now))
}

pub(super) fn delete(state: &mut Runtimes, context: &ControlContext, (id, name): (&str, &str)) -> Result<Value, Fault> {
    let now = context.now;
    let runtime = state.get_mut(id, now)?;
    if name == DEFAULT {
        return Err(conflict("The DEFAULT endpoint cannot be deleted; it goes with its agent runtime"));
    }
    let endpoint = find(runtime, name, now)?;
    endpoint.gone_at.get_or_insert(now + context.ready_delay);
    Ok(json!({ "status": "DELETING", "agentRuntimeId": id, "endpointName": name }))
}

/// The model declares no ResourceNotFoundException here: an unknown runtime has no endpoints.
pub(super) fn list(state: &Runtimes, id: &str, now: i64, page: (usize, Option<String>)) -> Value {
    let runtime = state.get(id, now).ok();
    let items = runtime.into_iter().flat_map(|runtime| {
        let visible = runtime.endpoints.keys().filter_map(|name| runtime.endpoint(name, now).ok());
        visible.map(|endpoint| (endpoint.name.clone(), describe_named(runtime, endpoint, now)))
    });
    paged(items, page, "runtimeEndpoints")
}

type Tags = std::collections::BTreeMap<String, String>;

/// Id and endpoint name of the resource with this ARN.
///
/// # Errors
/// 404 when there is no such runtime or endpoint.
fn locate<'r>(state: &Runtimes, resource: &'r str, now: i64) -> Result<(&'r str, Option<&'r str>), Fault> {
    let missing = || Fault::new(404, "ResourceNotFoundException", format!("Resource '{resource}' was not found"));
    let (runtime, endpoint) = match resource.split_once("/runtime-endpoint/") {
        Some((runtime, endpoint)) => (runtime, Some(endpoint)),
        None => (resource, None),
    };
    let id = runtime.rsplit('/').next().unwrap_or_default();
    let found = state.get(id, now).ok().filter(|found| found.arn == runtime).ok_or_else(missing)?;
    if let Some(name) = endpoint {
        found.endpoint(name, now).map_err(|_| missing())?;
    }
    Ok((id, endpoint))
}

fn tags_mut<'a>(state: &'a mut Runtimes, resource: &str, now: i64) -> Result<&'a mut Tags, Fault> {
    let (id, endpoint) = locate(state, resource, now)?;
    let runtime = state.get_mut(id, now)?;
    match endpoint {
        None => Ok(&mut runtime.tags),
        Some(name) => find(runtime, name, now).map(|endpoint| &mut endpoint.tags),
    }
}

pub(super) fn tag(state: &mut Runtimes, resource: &str, now: i64, new: &Value) -> Result<(), Fault> {
    let tags = tags_mut(state, resource, now)?;
    let mut all = tags.clone();
    for (key, value) in new.as_object().into_iter().flatten() {
        all.insert(key.clone(), value.as_str().unwrap_or_default().to_owned());
    }
    if all.len() > 50 {
        return Err(Fault::new(402, "ServiceQuotaExceededException", "A resource can have at most 50 tags"));
    }
    *tags = all;
    Ok(())
}

pub(super) fn untag(state: &mut Runtimes, resource: &str, now: i64, keys: &[&str]) -> Result<(), Fault> {
    tags_mut(state, resource, now)?.retain(|key, _| !keys.contains(&key.as_str()));
    Ok(())
}

pub(super) fn tags(state: &Runtimes, resource: &str, now: i64) -> Result<Value, Fault> {
    let (id, endpoint) = locate(state, resource, now)?;
    let runtime = state.get(id, now)?;
    let tags = match endpoint {
        None => &runtime.tags,
        Some(name) => &runtime.endpoint(name, now)?.tags,
    };
    Ok(json!({ "tags": tags }))
}
