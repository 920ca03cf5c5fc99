//! A launch of something that was changed elsewhere since the last one on record.

use super::Launch;
use crate::error::{Code, Error, Kind, Result};
use crate::resources::plan::{ResourceKind, Step};
use crate::resources::runtime::{ChangedElsewhere, ObservedRuntime, mark_origin};

impl Launch<'_> {
    /// Marks in the plan what was changed elsewhere; the paths of it that this launch overwrites.
    pub(super) async fn mark_elsewhere(
        &self,
        steps: &mut [Step],
        live: Option<&ObservedRuntime>,
    ) -> Result<Vec<String>> {
        let Some(live) = live else { return Ok(Vec::new()) };
        let found = ChangedElsewhere::find(self.connections.cloud, self.agent, &live.runtime, &live.tags).await?;
        let step = steps.iter_mut().find(|step| step.kind == ResourceKind::Runtime);
        Ok(step.map(|step| mark_origin(found.as_ref(), step, &live.runtime, &live.tags)).unwrap_or_default())
    }

    /// The file wins, unless it was asked not to.
    pub(super) fn check_overwritten(&self, paths: &[String]) -> Result<()> {
        if paths.is_empty() {
            return Ok(());
        }
        let name = &self.agent.name;
        let what = format!("the runtime of `{name}` was changed elsewhere, and this launch overwrites it");
        if !self.request.refuse_drift {
            self.connections.events.warning(format!("{what}: {}", paths.join(", ")));
            return Ok(());
        }
        let error = Error::new(Kind::Pending, what).code(Code::RuntimeChangedElsewhere);
        Err(paths
            .iter()
            .fold(error, |error, path| error.cause(format!("changed elsewhere: {path}")))
            .hint(format!("look at both sides: `agentcore status --drift --agent {name}`"))
            .hint(format!("take what is live over into the file: `agentcore adopt --agent {name}`"))
            .hint("or launch without `--refuse-drift`, and the file wins"))
    }
}
