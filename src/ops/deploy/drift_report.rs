//! The report of `status --drift`: each difference with its two sides, the file's and the live one.

use serde_json::{Value, json};

use super::drift::Compared;
use crate::config::Agent;
use crate::error::Kind;
use crate::ops::plan_text::{short_digests, short_name, wrapped};
use crate::ops::target;
use crate::report::{Document, Report, Role, schemas};
use crate::resources::plan::{Action, FieldChange, Meaning, Presence, ResourceKind, Step, Values, brief};

/// Both sides of an agent.
#[derive(Debug)]
pub(crate) struct DriftReport {
    agent: String,
    recorded: Option<String>,
    compared: Compared,
    /// The commands that put back the file's side, and take over the live one.
    launch: String,
    adopt: String,
}

/// Whether the two sides of a resource differ. One that is only tagged by the next launch does not.
fn is_drift(step: &Step) -> bool {
    step.action == Action::Create || !step.changes.is_empty()
}

/// How many differences there are.
pub(crate) fn count(steps: &[Step]) -> usize {
    steps.iter().filter(|step| is_drift(step)).map(|step| step.changes.len().max(1)).sum()
}

/// The two sides of a value, as people read them.
fn sides(change: &FieldChange) -> Option<(String, String)> {
    match &change.values {
        Values::Shown(live, file) => Some((short_digests(&brief(file.as_ref())), short_digests(&brief(live.as_ref())))),
        Values::Secret(_) | Values::Unsaid => None,
    }
}

/// What differs, where the values themselves are not shown.
const fn difference(change: &FieldChange) -> &'static str {
    match &change.values {
        Values::Shown(Some(_), None) | Values::Secret(Presence::Removed) => "only live",
        Values::Shown(None, Some(_)) | Values::Secret(Presence::Added) => "only in the file",
        _ => "differs",
    }
}

/// A difference for JSON: `before` is live in a plan.
pub(crate) fn difference_data(change: &FieldChange) -> Value {
    let (file, live) = match &change.values {
        Values::Shown(live, file) => (json!(file), json!(live)),
        Values::Secret(_) | Values::Unsaid => (Value::Null, Value::Null),
    };
    json!({
        "path": change.path,
        "difference": difference(change),
        "file": file,
        "live": live,
        "meaning": change.meaning.as_ref().map(Meaning::to_string),
        "changedElsewhere": change.is_elsewhere,
    })
}

fn step_data(step: &Step) -> Value {
    let state = match step.action {
        Action::Create => "missing",
        _ if is_drift(step) => "differs",
        Action::Keep => "kept",
        _ => "same",
    };
    json!({
        "resource": step.kind.as_str(),
        "name": step.name,
        "state": state,
        "differences": step.changes.iter().map(difference_data).collect::<Vec<_>>(),
        "notes": step.notes,
    })
}

/// A line for each resource, and below it its differences with both sides.
pub(crate) fn differences_document(document: Document, steps: &[Step]) -> Document {
    let width = steps.iter().map(|step| step.kind.as_str().len()).max().unwrap_or_default();
    steps.iter().fold(document, |document, step| {
        let (sign, role) = match step.action {
            Action::Create => ("-", Role::Bad),
            _ if is_drift(step) => ("~", Role::Attention),
            _ => ("=", Role::Dim),
        };
        let head = format!("  {sign} {:width$}  {}", step.kind, short_name(step));
        let missing = (step.action == Action::Create).then_some("in the file, and not there");
        let document = match missing {
            Some(text) => document.spans(vec![(role, head), (Role::Dim, format!("  {text}"))]),
            None => document.styled(role, head),
        };
        let notes = step.notes.iter().filter(|_| missing.is_none());
        let document = notes.fold(document, |document, note| wrapped(document, Role::Dim, "", note));
        step.changes.iter().fold(document, change_lines)
    })
}

fn change_lines(document: Document, change: &FieldChange) -> Document {
    let from = if change.is_elsewhere { " (changed elsewhere)" } else { "" };
    let document = match (&change.meaning, sides(change)) {
        (_, Some((file, live))) => {
            let document = document.line(format!("      {}{from}", change.path));
            let document = wrapped(document, Role::Plain, "  file  ", &file);
            wrapped(document, Role::Plain, "  live  ", &live)
        }
        (Some(Meaning::Permissions(permissions)), None) => {
            let document = document.line(format!("      {}", change.path));
            return permissions.iter().fold(document, |document, permission| {
                let side = if permission.is_granted { "  only in the file  " } else { "  only live  " };
                wrapped(document, Role::Plain, side, &format!("may {}", permission.ability))
            });
        }
        (_, None) => document.line(format!("      {}: {}{from}", change.path, difference(change))),
    };
    match &change.meaning {
        Some(Meaning::Effect(effect)) => wrapped(document, Role::Dim, "  ", &format!("a launch: {effect}")),
        _ => document,
    }
}

impl DriftReport {
    pub(super) fn new(compared: Compared, agent: &Agent, launch: String, adopt: String) -> Self {
        let recorded = agent.created().deployed_version.clone();
        Self { agent: agent.name.clone(), recorded, compared, launch, adopt }
    }
}

impl Report for DriftReport {
    fn schema(&self) -> &'static str {
        schemas::STATUS_DRIFT
    }

    fn data(&self) -> Value {
        let Compared { identity, runtime, steps, elsewhere } = &self.compared;
        json!({
            "agent": self.agent,
            "agent_arn": runtime.arn(),
            "caller": target::identity_data(identity),
            "recordedVersion": self.recorded,
            "liveVersion": runtime.version(),
            "changedElsewhereAt": elsewhere.as_ref().and_then(|elsewhere| elsewhere.at.as_ref()),
            "differences": count(steps),
            "resources": steps.iter().map(step_data).collect::<Vec<_>>(),
        })
    }

    fn document(&self) -> Document {
        let Compared { identity, runtime, steps, .. } = &self.compared;
        let head = format!(
            "{}: the file and what is live in account {}, {} (version {})",
            self.agent,
            identity.account,
            identity.region,
            runtime.version()
        );
        let document = differences_document(Document::new().styled(Role::Heading, head), steps);
        match count(steps) {
            0 => document.line("No drift: what is live is as the file says."),
            count => {
                let noun = if count == 1 { "difference" } else { "differences" };
                let document = document
                    .line(format!("{count} {noun}."))
                    .line(format!("Put back what the file says: {} --plan", self.launch));
                // Only a runtime and who may call it are the file's to say.
                let is_kind = |kind: ResourceKind| matches!(kind, ResourceKind::Runtime | ResourceKind::ResourcePolicy);
                let is_in_file = |step: &Step| is_kind(step.kind) && !step.changes.is_empty();
                match steps.iter().any(is_in_file) {
                    true => document.line(format!("Take over what is live:      {}", self.adopt)),
                    false => document,
                }
            }
        }
    }

    fn exit_code(&self) -> u8 {
        if count(&self.compared.steps) > 0 { Kind::Pending.exit_code() } else { 0 }
    }
}
