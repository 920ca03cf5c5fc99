//! Deletes an endpoint.

use super::report::{EndpointChange, EndpointReport};
use super::{EndpointWork, take_outcome};
use crate::error::{Error, Result};
use crate::resources::engine::{self, Node};
use crate::resources::plan::Step;
use crate::resources::runtime::ObservedRuntime;
use crate::resources::runtime_endpoint::{EndpointGoal, RuntimeEndpoint};

/// A deletion that is planned. Where there is no such endpoint, it deletes nothing.
pub(crate) struct EndpointDeletion<'a> {
    work: &'a EndpointWork<'a>,
    runtime: ObservedRuntime,
    node: Node<RuntimeEndpoint<'a>>,
    steps: Vec<Step>,
}

impl<'a> EndpointDeletion<'a> {
    /// # Errors
    /// Exit 2 when the endpoint is somebody else's.
    pub(crate) async fn plan(work: &'a EndpointWork<'a>, name: &str) -> Result<Self> {
        let runtime = work.runtime().await?;
        let mut node = work.node(&runtime, name, EndpointGoal::Deleted);
        engine::observe(vec![&mut node], work.cloud).await?;
        // Whose it is decides as it does for a change.
        engine::plan(vec![&mut node], work.adopt)?;
        let steps = engine::plan_removal(vec![&mut node], work.cloud).await?;
        Ok(Self { work, runtime, node, steps })
    }

    pub(crate) fn deletes(&self) -> bool {
        self.steps.iter().any(|step| step.action.is_change())
    }

    /// The version that callers of the endpoint reach.
    pub(crate) fn serves(&self) -> Option<&str> {
        self.node.observed.as_ref()?.endpoint.target()
    }

    /// Deletes it, unless only the plan is wanted.
    ///
    /// # Errors
    /// Exit 7 when another run has the lock of the deployment all the time.
    pub(crate) async fn apply(self) -> Result<EndpointReport> {
        let work = self.work;
        if work.plan_only || !self.deletes() {
            return self.finish().await;
        }
        let Some((lock, after_another)) = work.lock(&self.runtime.runtime).await? else { return self.finish().await };
        let removal = async {
            let name = self.node.resource.name.clone();
            let planned = if after_another { Self::plan(work, &name).await? } else { self };
            planned.finish().await
        };
        lock.while_held(removal).await
    }

    async fn finish(mut self) -> Result<EndpointReport> {
        let (work, name) = (self.work, self.node.resource.name.clone());
        let before = self.node.observed.as_ref().and_then(|live| live.endpoint.live_version.clone());
        if !work.plan_only {
            if self.deletes() {
                work.events().resume(work.after_failure().resume_sentence);
            }
            let remains = engine::remove(vec![&mut self.node], &work.context()).await;
            if let Some((_, error)) = remains.failures.into_iter().next() {
                return Err::<EndpointReport, Error>(error);
            }
            take_outcome(&mut self.steps, &self.node);
        }
        let change = EndpointChange {
            verb: format!("delete the endpoint {name} of"),
            steps: self.steps,
            before,
            after: None,
            known: None,
        };
        work.report(&self.runtime.runtime, change, None).await
    }
}
