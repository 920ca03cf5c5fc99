//! The lock of the deployment, which a verb has while it changes an endpoint or the runtime.

use std::time::Duration;

use super::EndpointWork;
use crate::cloud::AgentRuntime;
use crate::error::Result;
use crate::resources::deploy_lock::{Acquired, Activity, DeployLock};
use crate::resources::patience::Patience;

impl EndpointWork<'_> {
    /// The lock, once it is had, and whether another run was waited for: what was planned may be out of date then. `None` for
    /// callers who cannot lock.
    ///
    /// # Errors
    /// Exit 7 when another run still has it at the end of the time.
    pub(super) async fn lock(&self, runtime: &AgentRuntime) -> Result<Option<(DeployLock<'_>, bool)>> {
        let identity = self.identity.confirmed().await?;
        let break_command = format!("{} --break-lock", self.whole_command());
        let with = (self.cloud, self.events());
        let told = (&Activity::new(self.verb()), break_command);
        let lock = DeployLock::new(with, runtime.arn(), &identity.principal, told);
        if self.break_lock {
            lock.break_others().await?;
        }
        // Before the whole command's time is up: who has the lock says more than that.
        let limit = self.wait.map(|wait| wait.saturating_sub(self.begun.elapsed() + Duration::from_secs(1)));
        match lock.acquire(Patience::new(limit, self.events())).await? {
            Acquired::Without => Ok(None),
            acquired => Ok(Some((lock, acquired == Acquired::AfterAnother))),
        }
    }
}
