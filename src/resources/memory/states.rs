//! The states of a memory: waiting until it is ACTIVE, at rest, or gone, and what is said of one that is FAILED or missing.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::cloud::AgentMemory;
use crate::config::Agent;
use crate::error::{Code, Error, Kind, Result};
use crate::events::Outcome;
use crate::resources::engine::Context;
use crate::resources::patience::is_conflict;
use crate::wait::{self, Probe};

/// Waits until no creation and no update is in progress, neither its own nor that of a strategy.
pub(super) async fn wait_active(memory: AgentMemory, agent: &Agent, cx: &Context<'_>) -> Result<AgentMemory> {
    let id = memory.id().to_owned();
    let (first, shown) = (Mutex::new(Some(memory)), Mutex::new(None));
    let what = format!("the memory `{id}`");
    let active = wait::until(cx.schedule(), &what, || async {
        let known = lock(&first).take();
        let memory = match known {
            Some(memory) => memory,
            None => cx.cloud.memory(&id).await?.ok_or_else(|| missing(&id, agent))?,
        };
        let state = match progress(&memory) {
            MemoryState::Usable => return Ok(Probe::Done(memory)),
            MemoryState::Failed => return Err(failed(&memory)),
            MemoryState::Pending(state) => state,
        };
        let before = lock(&shown).replace(state.clone());
        if before.is_none() {
            cx.events.started("memory", format!("wait until the memory `{id}` is ACTIVE"));
        }
        if before.as_ref() != Some(&state) {
            cx.events.detail("memory", state.clone());
        }
        Ok(Probe::Pending(state))
    });
    let active = active.await.map_err(|error| match error.kind() {
        Kind::Deadline => error.hint(
            "the service goes on working, and the next launch waits again; `--wait-timeout SECONDS` waits longer",
        ),
        _ => error,
    })?;
    if lock(&shown).is_some() {
        cx.events.finished("memory", Outcome::Done, format!("memory {id} is ACTIVE"));
    }
    Ok(active)
}

fn lock<T>(slot: &Mutex<T>) -> MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Repeats a request that is refused because something else changes the memory at this moment. The service says so with a
/// ValidationException and these words.
pub(super) async fn when_at_rest<T, Fut>(cx: &Context<'_>, request: impl FnMut() -> Fut) -> Result<T>
where
    Fut: Future<Output = Result<T>>,
{
    let is_busy = |error: &Error| {
        is_conflict(error) || error.causes().iter().any(|cause| cause.contains("in transitional state"))
    };
    wait::retry(cx.schedule(), is_busy, |error| cx.events.detail("memory", error.to_string()), request).await
}

enum MemoryState {
    Usable,
    Failed,
    Pending(String),
}

/// Where its strategies are still being made, the first records are lost.
fn progress(memory: &AgentMemory) -> MemoryState {
    match memory.status() {
        "FAILED" => MemoryState::Failed,
        "ACTIVE" => {
            let status = |strategy: &Value| strategy.get("status").and_then(Value::as_str).map(str::to_owned);
            let pending = memory.strategies().iter().find(|strategy| status(strategy).as_deref() == Some("CREATING"));
            match pending {
                Some(strategy) => {
                    let name = strategy.get("name").and_then(Value::as_str).unwrap_or_default();
                    MemoryState::Pending(format!("ACTIVE, strategy {name} CREATING"))
                }
                None => MemoryState::Usable,
            }
        }
        state => MemoryState::Pending(state.to_owned()),
    }
}

pub(super) fn failed(memory: &AgentMemory) -> Error {
    Error::failed(format!("the memory `{}` is FAILED", memory.id()))
        .code(Code::MemoryFailed)
        .cause(memory.failure_reason().unwrap_or("the service gave no reason").to_owned())
}

pub(super) fn missing(id: &str, agent: &Agent) -> Error {
    let name = &agent.name;
    Error::not_found(format!("the memory `{id}` of the configuration does not exist in this account and region"))
        .code(Code::MemoryMissing)
        .hint(format!("let launch make one: `agentcore configure --name {name} --memory stm`"))
        .hint(format!("or name another: `agentcore configure --name {name} --memory ID`"))
}

/// Waits until a memory no longer exists. One that `was_failed` may be FAILED for a while yet; afterwards, and for any other, that
/// is the end of its deletion.
pub(super) async fn wait_gone(cx: &Context<'_>, id: &str, was_failed: bool) -> Result<()> {
    let may_be_failed = AtomicBool::new(was_failed);
    wait::until(cx.schedule(), &format!("the deletion of the memory `{id}`"), || async {
        let Some(memory) = cx.cloud.memory(id).await? else { return Ok(Probe::Done(())) };
        let state = memory.status();
        if state == "FAILED" && !may_be_failed.load(Ordering::Relaxed) {
            return Err(failed(&memory));
        }
        if state == "DELETING" {
            may_be_failed.store(false, Ordering::Relaxed);
        }
        Ok(Probe::Pending(state.to_owned()))
    })
    .await
}
