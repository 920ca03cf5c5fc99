//! A planned launch, carried out: its resources made, the runtime waited for, the new version released.

use std::time::Instant;

use super::list::LaunchResources;
use super::release::{Deployed, Promotion, Released};
use super::report::{self, LaunchReport};
use super::{CommandTexts, Connections, Launch, LaunchRequest};
use crate::artifact::BuiltArtifact;
use crate::clock;
use crate::cloud::LocalSandbox;
use crate::error::{Code, Error, Result};
use crate::events::Outcome;
use crate::facts::{DEFAULT_ENDPOINT, log_group};
use crate::ops::logs::last::{self, FailedRun};
use crate::resources::engine::{self, AfterFailure};
use crate::resources::patience::Patience;
use crate::resources::plan::{Action, ResourceKind, Step};
use crate::resources::runtime::{is_ready, wait_ready};

impl Launch<'_> {
    /// Also without changes: an existing resource may be missing from the record, or not be READY yet.
    pub(super) async fn apply(
        &self,
        mut all: LaunchResources<'_>,
        (steps, promotion): (Vec<Step>, Option<Promotion<'_>>),
        texts: CommandTexts,
        built: &BuiltArtifact,
    ) -> Result<LaunchReport> {
        let (request, connections) = (self.request, self.connections);
        let identity = connections.identity.confirmed().await?;
        let cx = engine::Context {
            cloud: connections.cloud,
            events: connections.events,
            patience: Patience::new(request.wait, connections.events),
            adopt: request.adopt,
        };
        let is_new = all.first.runtime.observed.is_none();
        let tags = all.first.runtime.observed.as_ref().map(|live| live.tags.clone()).unwrap_or_default();
        let after = AfterFailure {
            rerun_command: request.command.clone(),
            resume_sentence: resume(&steps, request, &texts, is_new),
        };
        let changes = |step: &Step| step.kind == ResourceKind::Runtime && step.action.is_change();
        let tries = request.wait.is_some() && steps.iter().any(changes);
        // A sandbox is looked for meanwhile; without one on this machine there is no request.
        let find = async { if tries { connections.sandbox().await } else { None } };
        let began = clock::unix_millis();
        let (applied, sandbox) = tokio::join!(engine::apply(all.list(), &steps, &cx, &after), find);
        applied?;
        let mut steps = all.outcomes(steps);
        let node = &all.first.runtime;
        let Some(live) = &node.observed else { return Err(Error::failed("nothing is known of the runtime")) };
        let changed = node.outcome.is_some_and(Action::is_change);
        let mut next = texts.next;
        if node.resource.refuses_calls() {
            next.refuse_calls();
        }
        let mut deployed = report::DeployedRuntime::from_runtime(&live.runtime);
        deployed.artifact = node.resource.artifact.get();
        let mut runtime = live.runtime.clone();
        let is_ready = live.endpoint.as_ref().filter(|endpoint| !changed && is_ready(&live.runtime, endpoint));
        if let (Some(_), Some(endpoint)) = (request.wait, is_ready) {
            deployed.endpoint = Some(endpoint.status.clone());
        } else if request.wait.is_some() {
            let (limit, begun) = (cx.patience.renewed().left(), Instant::now());
            let ready = match wait_ready(connections.cloud, live.runtime.id(), limit, connections.events).await {
                // What a warm-up says, for one.
                Err(error) if error.is(Code::RuntimeFailed) => {
                    let group = log_group(live.runtime.id(), DEFAULT_ENDPOINT);
                    let run = FailedRun { group: &group, session: None, began, is_in_sandbox: false };
                    return Err(last::told(error, connections.cloud, run).await);
                }
                ready => ready?,
            };
            deployed.status = ready.runtime.status().to_owned();
            deployed.version = ready.runtime.version().to_owned();
            deployed.endpoint = Some(ready.endpoint.status);
            runtime = ready.runtime;
            deployed.waited = Some(begun.elapsed());
            if let (true, Some(sandbox)) = (changed, sandbox) {
                let begun = Instant::now();
                let has_started = trial(&sandbox, live.runtime.id(), connections).await;
                deployed.started = has_started.then(|| begun.elapsed());
            }
        }
        let released = match request.wait {
            Some(_) => {
                let after = Deployed { runtime: &runtime, tags: &tags, changed, is_new };
                self.release(&after, promotion, &engine::Context { patience: cx.patience.renewed(), ..cx }).await?
            }
            None => Released::default(),
        };
        if request.smoke.is_some() {
            self.record_image(&all)?;
        }
        steps.extend(released.steps);
        let build_id = all.image.as_ref().and_then(|node| node.resource.build_id.get().cloned());
        let mut report =
            LaunchReport::applied(next, steps, (connections, identity), (built.why.as_str(), build_id), deployed);
        report.released(released.endpoint, released.smoke);
        Ok(report)
    }
}

/// How to continue an interrupted launch. `destroy` is not advised for a runtime that existed before.
fn resume(steps: &[Step], request: &LaunchRequest, texts: &CommandTexts, is_new: bool) -> String {
    if !steps.iter().any(|step| step.action.is_change()) {
        return format!("nothing was changed; `{}` follows the runtime", texts.status);
    }
    let go_on = format!("what was made is on record: `{}` goes on from there", request.command);
    if is_new { format!("{go_on}, `{}` takes it away", texts.destroy) } else { go_on }
}

/// Has a sandbox start the agent, which costs nothing there, and shows the report of a failed start, which would
/// otherwise surface with the first call.
///
/// Returns whether it started.
async fn trial(sandbox: &LocalSandbox, runtime_id: &str, connections: &Connections<'_>) -> bool {
    connections.events.started("start", "start the agent once, to see whether it does");
    let tried = sandbox.try_start(connections.cloud, runtime_id).await;
    match &tried {
        Ok(None) => connections.events.finished("start", Outcome::Done, "the agent starts in this sandbox"),
        Ok(Some(report)) => {
            for line in &report.lines {
                connections.events.log("agent", line.as_str());
            }
            connections.events.warning(format!(
                "the agent does not start in this sandbox: {}; all of its output is in `{}`",
                report.reason, report.log
            ));
        }
        Err(error) => connections.events.warning(format!("whether the agent starts was not tried: {error}")),
    }
    matches!(tried, Ok(None))
}
