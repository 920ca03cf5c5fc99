//! The runtime of a launch: created or updated, also while another launch does the same, until it is one that may be
//! called.
//!
//! Owns: the requests that change a runtime, what a refusal of them means, and what is read back after a creation. Does
//! not own: what the runtime should be (`desired`, `plan`), waiting for its endpoint (`status`).

use std::future::Future;
use std::time::Duration;

use serde_json::{Value, json};

use super::apply::{Applied, Ledger, claimed};
use super::observe::{self, FoundRuntime};
use super::plan::{Action, differences};
use super::{LaunchRequest, Workshop, check_runtime};
use crate::cloud::Runtime;
use crate::error::{Error, Kind, Result};
use crate::events::Outcome;
use crate::ops::status;
use crate::resources::owner::Owner;
use crate::resources::patience::{Patience, is_conflict};
use crate::session;
use crate::wait::{self, Probe, Schedule};

/// How long a runtime may take to go.
const GONE: Duration = Duration::from_secs(300);

/// Waits are bounded by `patience`; `propagation` is how long a refused role may be IAM's delay.
pub(super) async fn apply(
    ledger: &mut Ledger<'_>,
    work: &mut Applied<'_>,
    (propagation, patience): (Duration, Patience<'_>),
    request: &LaunchRequest,
    shop: &Workshop<'_>,
) -> Result<Runtime> {
    if let Some(leaving) = &work.observed.leaving {
        shop.events.started("runtime", format!("wait until `{leaving}` is deleted"));
        status::wait_gone(shop.cloud, leaving, GONE).await?;
    }
    let mut found = work.observed.runtime.take();
    if let Some(failed) = found.take_if(|found| found.owner.is_ours() && found.runtime.status() == "CREATE_FAILED") {
        // It never lived, and whether the service updates such a runtime is not documented.
        shop.events.started("runtime", format!("remove the failed runtime `{}`", failed.runtime.id()));
        patience.through(|| shop.cloud.delete_runtime(failed.runtime.id())).await?;
        status::wait_gone(shop.cloud, failed.runtime.id(), GONE).await?;
    }
    ledger.intend_variables(&work.desired.variables)?;
    let mut pause = patience.schedule();
    let runtime = loop {
        let done = match found.take() {
            None => create(work, propagation, shop).await?,
            Some(found) => {
                let (arn, tags) = (found.runtime.arn().to_owned(), work.desired.marks.clone());
                let mark = || patience.through(|| shop.cloud.tag_resource(&arn, &tags));
                let named = ("the runtime", work.agent.name.as_str());
                let ours = claimed(found.owner, named, work.agent, request, mark).await?;
                if !ours {
                    // Nothing on it says whose it is, and the user said to take it.
                    patience.through(|| shop.cloud.tag_resource(&arn, &tags)).await?;
                }
                update(ledger, work, found, (propagation, patience), shop).await?
            }
        };
        if let Some(runtime) = done {
            break runtime;
        }
        shop.events.detail("runtime", "another launch changes it at this moment");
        tokio::time::sleep(pause.first.min(patience.left())).await;
        pause.first = pause.first.mul_f64(1.6).min(pause.max);
        found = look_again(work, request, shop).await?;
        if patience.left().is_zero() {
            return Err(taken(&work.desired.runtime.name));
        }
    };
    ledger.runtime(&runtime, &work.desired.variables)?;
    match work.outcome("runtime") {
        Action::Create => require_mmdsv2(ledger, work, runtime, (patience, request), shop).await,
        _ => Ok(runtime),
    }
}

/// What another launch has made of it meanwhile.
async fn look_again(work: &Applied<'_>, request: &LaunchRequest, shop: &Workshop<'_>) -> Result<Option<FoundRuntime>> {
    let found = observe::runtime(shop.cloud, work.agent).await?;
    match found {
        Some(found) if found.runtime.status() == "DELETING" => {
            status::wait_gone(shop.cloud, found.runtime.id(), GONE).await?;
            Ok(None)
        }
        Some(found) => {
            check_runtime(work.agent, &found, request)?;
            Ok(Some(found))
        }
        None => Ok(None),
    }
}

/// `None` when the name is taken.
async fn create(work: &mut Applied<'_>, propagation: Duration, shop: &Workshop<'_>) -> Result<Option<Runtime>> {
    shop.events.started("runtime", format!("create runtime `{}`", work.desired.runtime.name));
    let mut body = work.desired.runtime.create_body(&work.desired.tags);
    put_token(&mut body);
    let made = with_propagation(propagation, shop, || shop.cloud.create_runtime(&body)).await?;
    if let Some(made) = &made {
        work.set_outcome("runtime", Action::Create);
        shop.events.finished("runtime", Outcome::Created, format!("runtime {}", made.arn()));
    }
    Ok(made)
}

/// `None` when it is being changed by somebody else at this moment.
async fn update(
    ledger: &Ledger<'_>,
    work: &mut Applied<'_>,
    found: FoundRuntime,
    (propagation, patience): (Duration, Patience<'_>),
    shop: &Workshop<'_>,
) -> Result<Option<Runtime>> {
    let live = status::settle(shop.cloud, found.runtime, patience.left(), shop.events).await?;
    let mut body = work.desired.runtime.update_body(&live.raw);
    if differences(&live.raw, &body).is_empty() && live.status() != "UPDATE_FAILED" {
        work.set_outcome("runtime", Action::Unchanged);
        return Ok(Some(live));
    }
    shop.events.started("runtime", format!("update runtime `{}`", live.id()));
    put_token(&mut body);
    match with_propagation(propagation, shop, || shop.cloud.update_runtime(live.id(), &body)).await {
        Ok(made) => {
            work.set_outcome("runtime", Action::Update);
            session::forget(ledger.store.root(), &ledger.agent);
            // Scripts cut the ARN out of this line, to its end.
            let text = format!("runtime, version {}: {}", made.version(), made.arn());
            shop.events.finished("runtime", Outcome::Updated, text);
            Ok(Some(made))
        }
        Err(error) if is_conflict(&error) && !patience.left().is_zero() => Ok(None),
        Err(error) => Err(error),
    }
}

/// CreateAgentRuntime cannot ask for MMDSv2, and the service refuses every call of a runtime without it. Whether a new one
/// has it differs, so it is read back and set while nobody has a session yet.
async fn require_mmdsv2(
    ledger: &Ledger<'_>,
    work: &mut Applied<'_>,
    made: Runtime,
    (patience, request): (Patience<'_>, &LaunchRequest),
    shop: &Workshop<'_>,
) -> Result<Runtime> {
    let Some(live) = shop.cloud.runtime(made.id()).await? else { return Ok(made) };
    if live.requires_mmdsv2() {
        return Ok(made);
    }
    if request.wait.is_none() {
        shop.events.warning(format!(
            "the service refuses calls of `{}` until its `metadataConfiguration.requireMMDSV2` is true, which a runtime that is \
             still being made cannot be given: launch again once it is READY",
            made.id()
        ));
        work.next.refuse_calls();
        return Ok(made);
    }
    let found = FoundRuntime { runtime: live, owner: Owner::Ours };
    let updated = update(ledger, work, found, (Duration::ZERO, patience), shop).await?;
    work.set_outcome("runtime", Action::Create);
    work.add_detail("runtime", "`requireMMDSV2` set by an update, since the service made it without");
    Ok(updated.unwrap_or(made))
}

fn put_token(body: &mut Value) {
    if let Some(body) = body.as_object_mut() {
        body.insert("clientToken".to_owned(), json!(uuid::Uuid::new_v4().to_string()));
    }
}

fn taken(name: &str) -> Error {
    Error::new(Kind::Deadline, format!("another launch was changing the runtime `{name}` all the time"))
        .code("runtime.busy")
        .hint("launch again; `--wait-timeout SECONDS` waits longer")
}

/// Repeats a request that the service refuses because IAM has not spread a role or policy yet. The refusals are plain
/// validation errors, so they are told by their text; anything else fails at once.
async fn with_propagation<T, F, Fut>(patience: Duration, shop: &Workshop<'_>, request: F) -> Result<T>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let schedule = Schedule { deadline: patience, first: Duration::from_secs(1), max: Duration::from_secs(10) };
    let request = &request;
    let last = std::sync::Mutex::new(None);
    let waited = wait::until(schedule, "IAM to spread the new role", || async {
        match request().await {
            Ok(value) => Ok(Probe::Done(value)),
            Err(error) if is_propagation(&error) => {
                shop.events.detail("runtime", "waiting for IAM to spread the role");
                let text = error.to_string();
                *last.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(error);
                Ok(Probe::Pending(text))
            }
            Err(error) => Err(error),
        }
    })
    .await;
    let last = last.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    waited.map_err(|error| in_its_place(error, last))
}

/// The service's own words are worth more than the news that time is up. A service that said nothing, as at a request that
/// got no answer, has not refused the role.
fn in_its_place(error: Error, last: Option<Error>) -> Error {
    match last {
        // The wait's own end, and not that of a request.
        Some(last) if error.kind() == Kind::Deadline && error.code_str() == Kind::Deadline.code() => {
            last.hint("the service has not accepted the role so far: if its trust policy and permissions are right, launch again in a minute")
        }
        _ => error,
    }
}

fn is_propagation(error: &Error) -> bool {
    error.code_str() == "ValidationException"
        && error.causes().iter().any(|cause| {
            cause.contains("Role validation failed") || cause.contains("Access denied while validating ECR URI")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refused_role_is_called_refused() {
        let refused = || Error::failed("could not create the runtime").code("ValidationException");
        let over = || Error::new(Kind::Deadline, "gave up waiting for IAM");
        let silent = || Error::new(Kind::Deadline, "no answer within 30 s").code("aws.timeout");
        let error = in_its_place(over(), Some(refused()));
        assert_eq!(error.code_str(), "ValidationException");
        assert!(error.hints()[0].contains("has not accepted the role"));
        for (error, last) in [(silent(), None), (silent(), Some(refused())), (over(), None)] {
            let error = in_its_place(error, last);
            assert_eq!(error.kind(), Kind::Deadline);
            assert!(error.hints().is_empty(), "{error}");
        }
    }
}
