//! What was changed of a runtime since the version that the last launch has on record.
//!
//! Versions are immutable and numbered, so that one above the recorded one was not made by a launch that this file knows of:
//! somebody used the console or another tool, or launched or rolled back from another copy of the file, which leaves a note.

use serde_json::Value;

use super::RuntimeArtifact;
use super::difference;
use crate::clock;
use crate::cloud::{AgentRuntime, Cloud};
use crate::config::Agent;
use crate::error::Result;
use crate::resources::plan::Step;
use crate::resources::version_note::VersionNote;

/// Milliseconds between a note and its version at most: a new version takes minutes, and clocks differ.
const BESIDE: i64 = 15 * 60 * 1000;

/// The changes since the recorded version.
#[derive(Clone, Debug)]
pub(crate) struct ChangedElsewhere {
    /// On record.
    pub(crate) recorded: String,
    pub(crate) live: String,
    /// When the live version was made, as the service says it.
    pub(crate) at: Option<String>,
    /// Its note, where this program made it.
    note: Option<VersionNote>,
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
    pub(crate) async fn find(
        cloud: &Cloud,
        agent: &Agent,
        live: &AgentRuntime,
        tags: &[(String, String)],
    ) -> Result<Option<Self>> {
        let Some(recorded) = agent.created().deployed_version.as_deref() else { return Ok(None) };
        let number = |version: &str| version.parse::<u64>().ok();
        // Another runtime of the same name counts from one again.
        if agent.runtime_id() != Some(live.id()) || number(recorded) >= number(live.version()) {
            return Ok(None);
        }
        let before = cloud.runtime_version(live.id(), recorded).await?;
        let at = live.raw.get("lastUpdatedAt").and_then(Value::as_str);
        let artifact = before.as_ref().and_then(AgentRuntime::artifact).cloned();
        Ok(Some(Self {
            recorded: recorded.to_owned(),
            live: live.version().to_owned(),
            at: at.map(str::to_owned),
            note: VersionNote::find(tags, live.version()).filter(|note| is_beside(note, at)),
            paths: before.map(|before| difference::paths_between(&before.raw, &live.raw)).unwrap_or_default(),
            is_own_artifact: place(artifact.as_ref()) == place(live.artifact()),
            artifact,
        }))
    }

    /// "version 4 was made elsewhere (2026-01-02T03:04:05Z), after version 3 of the last launch on record"
    fn sentence(&self) -> String {
        let at = self.at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default();
        let (live, recorded) = (&self.live, &self.recorded);
        let Some(note) = &self.note else {
            let since = format!("after version {recorded} of the last launch on record");
            return format!("version {live} was made elsewhere{at}, {since}");
        };
        let what = match &note.content_of {
            Some(before) => format!("is version {before} again, rolled back to"),
            None => "was launched".to_owned(),
        };
        format!("version {live} {what} by {}{at}; this file has version {recorded} on record", note.by)
    }

    /// Marks the changes of a step that undo what was changed elsewhere. The paths of those that only a stranger can have made.
    fn mark(&self, step: &mut Step) -> Vec<String> {
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

/// Says in a step where the live version comes from, where that is no launch on record. The paths that only a stranger can have
/// changed.
pub(crate) fn mark_origin(
    elsewhere: Option<&ChangedElsewhere>,
    step: &mut Step,
    live: &AgentRuntime,
    tags: &[(String, String)],
) -> Vec<String> {
    if let Some(elsewhere) = elsewhere {
        return elsewhere.mark(step);
    }
    if !step.changes.is_empty() {
        step.notes.extend(rolled_back(live, tags));
    }
    Vec::new()
}

/// "version 4 is version 2 again, rolled back to by user/alice", where the live version is so.
fn rolled_back(live: &AgentRuntime, tags: &[(String, String)]) -> Option<String> {
    let at = live.raw.get("lastUpdatedAt").and_then(Value::as_str);
    let note = VersionNote::find(tags, live.version()).filter(|note| is_beside(note, at))?;
    let before = note.content_of?;
    Some(format!("version {} is version {before} again, rolled back to by {}", live.version(), note.by))
}

/// Whether a note is of the version that was made at this time. It is written beside an update that may fail, and the next version
/// of anybody then has the number in it.
fn is_beside(note: &VersionNote, at: Option<&str>) -> bool {
    let noted = clock::moment(&note.made, 0);
    let made = at.and_then(|at| clock::moment(at, 0));
    noted.zip(made).is_none_or(|(noted, made)| (noted - made).abs() < BESIDE)
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
            note: None,
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
    fn a_note_says_who_launched_or_rolled_back() {
        let noted = |tag: &str| ChangedElsewhere {
            note: VersionNote::find(&[("agentcore:history-4".to_owned(), tag.to_owned())], "4"),
            ..changed(&[], true)
        };
        let on_record = "this file has version 3 on record";
        let launched = noted("4 2026-01-02T03:04:05.000Z user/alice").sentence();
        assert_eq!(launched, format!("version 4 was launched by user/alice; {on_record}"));
        let rolled_back = noted("4 2026-01-02T03:04:05.000Z user/alice content-of=2").sentence();
        assert_eq!(rolled_back, format!("version 4 is version 2 again, rolled back to by user/alice; {on_record}"));
        assert!(noted("14 2026-01-02T03:04:05.000Z user/alice").sentence().contains("was made elsewhere"));
    }

    #[test]
    fn notes_of_other_times_are_of_other_versions() {
        let tag = ("agentcore:history-4".to_owned(), "4 2026-01-02T03:04:05.000Z user/alice".to_owned());
        let note = VersionNote::find(&[tag], "4").unwrap();
        assert!(is_beside(&note, Some("2026-01-02T03:05:00Z")) && is_beside(&note, None));
        assert!(!is_beside(&note, Some("2026-01-03T03:05:00Z")));
    }

    #[test]
    fn an_artifact_is_placed_by_its_repository() {
        let image = |uri: &str| json!({ "containerConfiguration": { "containerUri": uri } });
        let at = |uri: &str| place(Some(&image(uri)));
        assert_eq!(at("1.dkr.ecr.r.amazonaws.com/team/a:v1"), at("1.dkr.ecr.r.amazonaws.com/team/a@sha256:0"));
        assert_ne!(at("1.dkr.ecr.r.amazonaws.com/team/a"), at("1.dkr.ecr.r.amazonaws.com/team/b"));
    }
}
