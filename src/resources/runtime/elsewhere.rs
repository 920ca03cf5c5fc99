//! What was changed of a runtime since the version that the last launch has on record.
//!
//! Versions are immutable and numbered, so that one above the recorded one was not made by a launch that this file knows of:
//! somebody used the console or another tool, or launched from another copy of the file.

use serde_json::Value;

use super::RuntimeArtifact;
use super::wire;
use crate::cloud::{AgentRuntime, Cloud};
use crate::config::Agent;
use crate::error::Result;
use crate::resources::plan::Step;

/// The changes since the recorded version.
#[derive(Clone, Debug)]
pub(crate) struct ChangedElsewhere {
    /// On record.
    pub(crate) recorded: String,
    pub(crate) live: String,
    /// When the live version was made, as the service says it.
    pub(crate) at: Option<String>,
    /// Artifact of the recorded version; `None` where that version is gone.
    pub(crate) artifact: Option<Value>,
    /// Paths of plans that differ between the two versions.
    paths: Vec<String>,
    /// The artifact alone may come from a launch of another copy of the file: its image is in the same repository.
    is_own_artifact: bool,
}

impl ChangedElsewhere {
    /// Compares the live runtime with the recorded version: a request, and only where the numbers differ.
    ///
    /// # Errors
    /// The service's refusals.
    pub(crate) async fn find(cloud: &Cloud, agent: &Agent, live: &AgentRuntime) -> Result<Option<Self>> {
        let Some(recorded) = agent.created().deployed_version.as_deref() else { return Ok(None) };
        let number = |version: &str| version.parse::<u64>().ok();
        // Another runtime of the same name counts from one again.
        if agent.runtime_id() != Some(live.id()) || number(recorded) >= number(live.version()) {
            return Ok(None);
        }
        let before = cloud.runtime_version(live.id(), recorded).await?;
        let artifact = before.as_ref().and_then(AgentRuntime::artifact).cloned();
        Ok(Some(Self {
            recorded: recorded.to_owned(),
            live: live.version().to_owned(),
            at: live.raw.get("lastUpdatedAt").and_then(Value::as_str).map(str::to_owned),
            paths: before.map(|before| wire::paths_between(&before.raw, &live.raw)).unwrap_or_default(),
            is_own_artifact: place(artifact.as_ref()) == place(live.artifact()),
            artifact,
        }))
    }

    /// "version 4 was made elsewhere (2026-01-02T03:04:05Z), after version 3 of the last launch on record"
    pub(crate) fn sentence(&self) -> String {
        let at = self.at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default();
        format!(
            "version {} was made elsewhere{at}, after version {} of the last launch on record",
            self.live, self.recorded
        )
    }

    /// Marks the changes of a step that undo what was changed elsewhere. The paths of those that only a stranger can have made.
    pub(crate) fn mark(&self, step: &mut Step) -> Vec<String> {
        let touches = |path: &str, other: &str| {
            let within = |long: &str, short: &str| {
                long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            within(path, other) || within(other, path)
        };
        step.notes.push(self.sentence());
        let mut overwritten = Vec::new();
        for change in &mut step.changes {
            change.is_elsewhere = self.paths.iter().any(|path| touches(path, &change.path));
            let is_artifact = ["image", "code"].iter().any(|noun| touches(&change.path, noun));
            if change.is_elsewhere && !(is_artifact && self.is_own_artifact) {
                overwritten.push(change.path.clone());
            }
        }
        overwritten
    }
}

/// Where an artifact is, without which one it is.
fn place(artifact: Option<&Value>) -> Option<String> {
    Some(match artifact.and_then(RuntimeArtifact::of_wire)? {
        RuntimeArtifact::Image(uri) => {
            let name = uri.split('@').next().unwrap_or_default();
            let (host, path) = name.split_once('/').unwrap_or((name, ""));
            format!("{host}/{}", path.split(':').next().unwrap_or_default())
        }
        RuntimeArtifact::Code(code) => code.bucket,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::plan::{Action, FieldChange, ResourceKind};

    fn changed(paths: &[&str], is_own_artifact: bool) -> ChangedElsewhere {
        ChangedElsewhere {
            recorded: "3".into(),
            live: "4".into(),
            at: None,
            artifact: None,
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            is_own_artifact,
        }
    }

    fn step(paths: &[&str]) -> Step {
        let mut step = Step::new(ResourceKind::Runtime, "a", Action::Update);
        step.changes = paths.iter().map(|path| FieldChange::of(*path)).collect();
        step
    }

    #[test]
    fn only_what_came_from_elsewhere_is_marked() {
        let mut plan = step(&["lifecycle.maxLifetime", "authorizer.allowedClients", "environment.A", "image"]);
        let elsewhere = changed(&["lifecycle.maxLifetime", "authorizer", "environment.AB", "image"], true);
        assert_eq!(elsewhere.mark(&mut plan), ["lifecycle.maxLifetime", "authorizer.allowedClients"]);
        let marks: Vec<bool> = plan.changes.iter().map(|change| change.is_elsewhere).collect();
        assert_eq!(marks, [true, true, false, true], "an image of the own repository is no stranger's");
        assert_eq!(changed(&["image"], false).mark(&mut step(&["image"])), ["image"]);
    }

    #[test]
    fn an_artifact_is_placed_by_its_repository() {
        let image = |uri: &str| json!({ "containerConfiguration": { "containerUri": uri } });
        let at = |uri: &str| place(Some(&image(uri)));
        assert_eq!(at("1.dkr.ecr.r.amazonaws.com/team/a:v1"), at("1.dkr.ecr.r.amazonaws.com/team/a@sha256:0"));
        assert_ne!(at("1.dkr.ecr.r.amazonaws.com/team/a"), at("1.dkr.ecr.r.amazonaws.com/team/b"));
    }
}
