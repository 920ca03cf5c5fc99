//! The report of `adopt`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::settings::Written;
use crate::error::Kind;
use crate::ops::deploy::{difference_data, differences_document};
use crate::report::{Document, Report, Role, schemas};
use crate::resources::plan::{Action, Step, brief};

/// What is told.
#[derive(Debug)]
pub(super) struct AdoptFacts {
    pub(super) agent: String,
    pub(super) arn: String,
    pub(super) config: PathBuf,
    pub(super) is_new: bool,
    pub(super) changed: bool,
    pub(super) plan_only: bool,
    /// Its tags are another project's.
    pub(super) is_others: bool,
    pub(super) written: Written,
    /// The plan of a launch afterwards.
    pub(super) left: Vec<Step>,
    pub(super) launch: String,
}

/// What was written, or would be.
#[derive(Debug)]
pub(crate) struct AdoptReport {
    facts: AdoptFacts,
    notes: Vec<String>,
}

impl AdoptReport {
    pub(super) fn new(facts: AdoptFacts) -> Self {
        let mut notes = facts.written.notes.clone();
        if facts.is_others {
            notes.push(
                "its tags are still another project's, so the first launch that changes it needs `--adopt`".to_owned(),
            );
        }
        let left = facts.left.iter().filter(|step| is_left(step)).collect::<Vec<_>>();
        if left.iter().any(|step| !step.changes.is_empty() || step.action == Action::Create) {
            notes.push("what is listed as different is not the file's to say; a launch changes it".to_owned());
        }
        Self { facts, notes }
    }

    fn outcome(&self) -> &'static str {
        match (self.facts.is_new, self.facts.changed) {
            (true, _) => "created",
            (false, true) => "updated",
            (false, false) => "unchanged",
        }
    }
}

fn is_left(step: &Step) -> bool {
    step.action == Action::Create || !step.changes.is_empty()
}

impl Report for AdoptReport {
    fn schema(&self) -> &'static str {
        schemas::ADOPT
    }

    fn data(&self) -> Value {
        let facts = &self.facts;
        let written: Vec<Value> =
            facts.written.edits.iter().map(|(path, value)| json!({ "key": path.join("."), "value": value })).collect();
        let left: Vec<Value> = facts
            .left
            .iter()
            .filter(|step| is_left(step))
            .map(|step| {
                json!({
                    "resource": step.kind.as_str(),
                    "name": step.name,
                    "differences": step.changes.iter().map(difference_data).collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "agent": facts.agent,
            "agent_arn": facts.arn,
            "config": facts.config.display().to_string(),
            "outcome": self.outcome(),
            "applied": facts.changed && !facts.plan_only,
            "written": written,
            "secrets": facts.written.secrets,
            "left": left,
            "notes": self.notes,
        })
    }

    fn document(&self) -> Document {
        let facts = &self.facts;
        let verb = match (facts.plan_only, facts.is_new, facts.changed) {
            (_, false, false) => "Nothing to take over",
            (true, ..) => "Plan to write",
            (false, true, _) => "Adopted",
            (false, false, true) => "Taken over",
        };
        let head = format!("{verb}: {} ({})", facts.agent, facts.arn);
        let mut document = Document::new().styled(Role::Heading, head);
        for (path, value) in &facts.written.edits {
            let text = value.as_ref().map_or_else(|| "taken out".to_owned(), |value| brief(Some(value)));
            document = document.line(format!("  {}: {text}", path.join(".")));
        }
        if !facts.written.secrets.is_empty() {
            document = document.line(format!(
                "Not written, because they look like secrets; they stay in the runtime: {}",
                facts.written.secrets.join(", ")
            ));
        }
        let left: Vec<Step> = facts.left.iter().filter(|step| is_left(step)).cloned().collect();
        if !left.is_empty() {
            document = differences_document(document.line("Still different:"), &left);
        }
        document =
            self.notes.iter().fold(document, |document, note| document.styled(Role::Dim, format!("Note: {note}")));
        document
            .field("configuration", facts.config.display().to_string())
            .blank()
            .styled(Role::Dim, "Next:")
            .styled(Role::Code, format!("  {}", facts.launch))
    }

    fn exit_code(&self) -> u8 {
        if self.facts.plan_only && self.facts.changed { Kind::Pending.exit_code() } else { 0 }
    }
}
