//! The lock that a launch holds while it changes an agent that is deployed.

use std::time::Duration;

use super::Launch;
use super::list::LaunchResources;
use crate::cloud::CallerIdentity;
use crate::error::Result;
use crate::resources::deploy_lock::{Acquired, DeployLock};
use crate::resources::engine;
use crate::resources::patience::Patience;
use crate::resources::plan::Step;

impl<'a> Launch<'a> {
    /// The lock, once it is had, and the steps: planned anew where another run was waited for, since it has changed what they were
    /// planned on. `None` where nothing is to be changed, also not afterwards, by a test or an endpoint (`goes_on`); or where
    /// nothing is there yet: of two runs that create an agent, the service lets one have the name.
    pub(super) async fn lock(
        &self,
        all: &mut LaunchResources<'_>,
        (steps, goes_on): (Vec<Step>, bool),
        identity: &CallerIdentity,
    ) -> Result<(Vec<Step>, Option<DeployLock<'a>>)> {
        let (request, connections) = (self.request, self.connections);
        let Some(live) = &all.first.runtime.observed else { return Ok((steps, None)) };
        if !goes_on && !steps.iter().any(|step| step.action.is_change()) {
            return Ok((steps, None));
        }
        let with = (connections.cloud, connections.events);
        let break_command = format!("{} --break-lock", request.command);
        let told = (&self.activity, break_command);
        let lock = DeployLock::new(with, live.runtime.arn(), &identity.principal, told);
        if request.break_lock {
            lock.break_others().await?;
        }
        // Before the whole command's time is up: who has the lock says more than that.
        let used = if request.wait_is_for_all { self.begun.elapsed() } else { Duration::ZERO };
        let limit = request.wait.map(|wait| wait.saturating_sub(used + Duration::from_secs(1)));
        match lock.acquire(Patience::new(limit, connections.events)).await? {
            Acquired::Without => Ok((steps, None)),
            Acquired::AtOnce => Ok((steps, Some(lock))),
            Acquired::AfterAnother => match self.planned_anew(all).await {
                Ok(steps) => Ok((steps, Some(lock))),
                Err(error) => {
                    lock.release().await;
                    Err(error)
                }
            },
        }
    }

    /// With `--refuse-drift`, what the other run left is not overwritten either.
    async fn planned_anew(&self, all: &mut LaunchResources<'_>) -> Result<Vec<Step>> {
        let request = self.request;
        engine::observe(all.list(), self.connections.cloud).await?;
        let mut steps = engine::plan(all.list(), request.adopt)?;
        if request.refuse_drift {
            let overwritten = self.mark_elsewhere(&mut steps, all.first.runtime.observed.as_ref()).await?;
            self.check_overwritten(&overwritten)?;
        }
        Ok(steps)
    }
}
