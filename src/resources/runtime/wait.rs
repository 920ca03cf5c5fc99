//! Waiting for a runtime: until it is READY and its endpoint serves it, until nothing is in progress, until it is gone.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::cloud::{AgentRuntime, Cloud, Endpoint};
use crate::error::{Code, Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::facts::DEFAULT_ENDPOINT;
use crate::wait::{self, Probe};

/// The step that tells of a wait until READY.
pub(crate) const WAIT_STEP: &str = "wait";

/// A runtime that is READY, and its DEFAULT endpoint that serves that version.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) runtime: AgentRuntime,
    pub(crate) endpoint: Endpoint,
}

/// Waits for the runtime and for its DEFAULT endpoint, which can come minutes later. The endpoint is looked at beside the runtime,
/// since most often it is ready by the time the runtime is; what it says only counts then.
///
/// # Errors
/// At once for CREATE_FAILED, UPDATE_FAILED and DELETE_FAILED, with the service's reason; [`Kind::Deadline`] after
/// `limit`, while the work goes on remotely.
pub(crate) async fn wait_ready(cloud: &Cloud, id: &str, limit: Duration, events: &Events) -> Result<Ready> {
    follow(cloud, id, limit, events, &|_, _| {}).await
}

/// Hears of each look at a runtime that is not READY yet, or whose DEFAULT endpoint is not.
pub(crate) type OnLook<'a> = &'a (dyn Fn(&AgentRuntime, Option<&Endpoint>) + Sync);

/// The same with a listener.
///
/// # Errors
/// As [`wait_ready`].
pub(crate) async fn follow(
    cloud: &Cloud,
    id: &str,
    limit: Duration,
    events: &Events,
    on_look: OnLook<'_>,
) -> Result<Ready> {
    let start = std::time::Instant::now();
    let progress = StatusChanges { events, id, on_look, last: Mutex::new(None) };
    let beside = Mutex::new(None);
    let runtime = wait::until(cloud.schedule(limit), &format!("the runtime `{id}`"), || async {
        let (runtime, endpoint) = futures_util::join!(cloud.runtime(id), cloud.endpoint(id, DEFAULT_ENDPOINT));
        let runtime = runtime?.ok_or_else(|| gone(id))?;
        // What the endpoint is refused for, and a failure of an earlier version's, are told below, should they last.
        let endpoint = endpoint.ok().flatten();
        let status = runtime.status().to_owned();
        if status != "READY" {
            on_look(&runtime, endpoint.as_ref());
        }
        *beside.lock().unwrap_or_else(PoisonError::into_inner) = endpoint;
        match status.as_str() {
            "READY" => Ok(Probe::Done(runtime)),
            state if state.ends_with("_FAILED") => Err(failed("runtime", id, state, runtime.failure_reason())),
            _ => Ok(progress.pending(format!("runtime {status}"))),
        }
    })
    .await
    .map_err(resume_hint)?;
    let beside = beside.into_inner().unwrap_or_else(PoisonError::into_inner);
    let endpoint = match beside.filter(|endpoint| is_ready(&runtime, endpoint)) {
        Some(endpoint) => endpoint,
        None => wait_endpoint(cloud, &runtime, limit.saturating_sub(start.elapsed()), &progress).await?,
    };
    progress.finished(format!("runtime and endpoint DEFAULT are READY, version {}", runtime.version()));
    Ok(Ready { runtime, endpoint })
}

/// Waits until the DEFAULT endpoint serves the runtime's version.
async fn wait_endpoint(
    cloud: &Cloud,
    runtime: &AgentRuntime,
    limit: Duration,
    progress: &StatusChanges<'_>,
) -> Result<Endpoint> {
    let (id, version) = (runtime.id(), runtime.version());
    wait::until(cloud.schedule(limit), &format!("the endpoint {DEFAULT_ENDPOINT} of `{id}`"), || async {
        let Some(endpoint) = cloud.endpoint(id, DEFAULT_ENDPOINT).await? else {
            (progress.on_look)(runtime, None);
            return Ok(progress.pending("endpoint DEFAULT not there yet".to_owned()));
        };
        let is_behind = endpoint.live_version.as_deref().is_some_and(|live| is_before(live, version));
        if endpoint.status == "READY" && !is_behind {
            return Ok(Probe::Done(endpoint));
        }
        (progress.on_look)(runtime, Some(&endpoint));
        if endpoint.status.ends_with("_FAILED") {
            return Err(failed("endpoint", DEFAULT_ENDPOINT, &endpoint.status, endpoint.failure_reason.as_deref()));
        }
        Ok(progress.pending(match endpoint.live_version.as_deref().filter(|_| is_behind) {
            None => format!("endpoint DEFAULT {}", endpoint.status),
            Some(live) => format!("endpoint DEFAULT {}, still version {live}", endpoint.status),
        }))
    })
    .await
    .map_err(resume_hint)
}

/// Whether both are as [`wait_ready`] waits for them to be, so that there is nothing to wait for.
pub(crate) fn is_ready(runtime: &AgentRuntime, endpoint: &Endpoint) -> bool {
    let serves = endpoint.live_version.as_deref().is_some_and(|live| !is_before(live, runtime.version()));
    runtime.status() == "READY" && endpoint.status == "READY" && serves
}

/// Whether an endpoint that serves `live` has yet to get to `version`. A newer one is another launch's, made meanwhile: the
/// endpoint never comes back from it.
fn is_before(live: &str, version: &str) -> bool {
    match (live.parse::<u64>(), version.parse::<u64>()) {
        (Ok(live), Ok(version)) => live < version,
        _ => live != version,
    }
}

/// What a wait shows: nothing when there is nothing to wait for, else a line for each change.
struct StatusChanges<'a> {
    events: &'a Events,
    id: &'a str,
    on_look: OnLook<'a>,
    last: Mutex<Option<String>>,
}

impl StatusChanges<'_> {
    fn pending<T>(&self, state: String) -> Probe<T> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none() {
            self.events.started(WAIT_STEP, format!("wait until `{}` is READY", self.id));
        }
        if last.as_ref() != Some(&state) {
            self.events.detail(WAIT_STEP, state.clone());
        }
        *last = Some(state.clone());
        Probe::Pending(state)
    }

    fn finished(&self, text: String) {
        if self.last.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            self.events.finished(WAIT_STEP, Outcome::Done, text);
        }
    }
}

/// The runtime once nothing is in progress: a change of one that is not READY is refused with a conflict.
///
/// # Errors
/// [`Kind::NotFound`] when it goes away meanwhile, [`Kind::Deadline`] after `limit`.
pub(crate) async fn settle(
    cloud: &Cloud,
    runtime: AgentRuntime,
    limit: Duration,
    events: &Events,
) -> Result<AgentRuntime> {
    if !matches!(runtime.status(), "CREATING" | "UPDATING") {
        return Ok(runtime);
    }
    let id = runtime.id().to_owned();
    events.started("settle", format!("wait until `{id}` is no longer {}", runtime.status()));
    let settled = wait::until(cloud.schedule(limit), &format!("the runtime `{id}`"), || async {
        let runtime = cloud.runtime(&id).await?.ok_or_else(|| gone(&id))?;
        Ok(match runtime.status() {
            "CREATING" | "UPDATING" => Probe::Pending(runtime.status().to_owned()),
            _ => Probe::Done(runtime),
        })
    })
    .await?;
    events.finished("settle", Outcome::Done, format!("`{id}` is {}", settled.status()));
    Ok(settled)
}

fn resume_hint(error: Error) -> Error {
    if error.kind() == Kind::Deadline {
        error.hint("the service goes on working: follow it with `agentcore status --watch`")
    } else {
        error
    }
}

fn gone(id: &str) -> Error {
    Error::not_found(format!("the runtime `{id}` does not exist any more")).hint("deploy it again: `agentcore launch`")
}

fn failed(what: &str, name: &str, state: &str, reason: Option<&str>) -> Error {
    Error::failed(format!("the {what} `{name}` is {state}"))
        .code_of_family(Code::RuntimeFailed, &state.to_lowercase().replace('_', "-"))
        .cause(reason.unwrap_or("the service gave no reason").to_owned())
        .hint("fix the cause and run `agentcore launch` again")
}

/// Waits until a runtime no longer exists.
pub(crate) async fn wait_gone(cloud: &Cloud, id: &str, limit: Duration) -> Result<()> {
    wait::until(cloud.schedule(limit), &format!("the deletion of `{id}`"), || async {
        match cloud.runtime(id).await? {
            None => Ok(Probe::Done(())),
            Some(runtime) if runtime.status() == "DELETE_FAILED" => {
                Err(failed("runtime", id, runtime.status(), runtime.failure_reason()))
            }
            Some(runtime) => Ok(Probe::Pending(runtime.status().to_owned())),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoint_with_a_newer_version_is_not_awaited() {
        assert!(is_before("2", "3") && is_before("9", "10") && is_before("x", "3"));
        assert!(!is_before("3", "3") && !is_before("10", "9"));
    }
}
