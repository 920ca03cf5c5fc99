//! What observability is like, and what was done about it, for people and for scripts.

use serde_json::{Value, json};

use super::ObservedAgent;
use super::check::{Finding, State};
use crate::cloud::CallerIdentity;
use crate::error::Kind;
use crate::ops::plan_text;
use crate::report::{Document, Report, Role, schemas};
use crate::resources::plan::Step;

/// A plan, or what was done.
#[derive(Debug)]
pub(crate) struct ObservabilityReport {
    agent: String,
    identity: CallerIdentity,
    steps: Vec<Step>,
    /// What concerns the whole account and region and was not asked for.
    pending: Vec<Step>,
    applied: bool,
    command: String,
    verb: &'static str,
}

impl ObservabilityReport {
    pub(super) fn new(of: &ObservedAgent<'_>, steps: Vec<Step>, pending: Vec<Step>, applied: bool) -> Self {
        Self {
            agent: of.name().to_owned(),
            identity: of.identity.clone(),
            steps,
            pending,
            applied,
            command: of.command.clone(),
            verb: "enable",
        }
    }

    pub(super) fn of_removal(mut self) -> Self {
        self.verb = "disable";
        self
    }

    fn has_changes(&self) -> bool {
        self.steps.iter().any(|step| step.action.is_change())
    }

    fn with_pending(&self, document: Document) -> Document {
        if self.pending.is_empty() {
            return document;
        }
        let CallerIdentity { account, region, .. } = &self.identity;
        let head = format!("Pending, because it concerns all of account {account} in {region}:");
        let document = plan_text::steps_document(document.blank().styled(Role::Attention, head), &self.pending);
        document
            .line("From then on the spans of every application there go to the log group `aws/spans`, which is paid for by volume.")
            .line(format!("Do it too: `{} --account-wide`", self.command))
    }
}

impl Report for ObservabilityReport {
    fn schema(&self) -> &'static str {
        schemas::OBSERVABILITY
    }

    fn data(&self) -> Value {
        json!({
            "agent": self.agent,
            "account": self.identity.account,
            "region": self.identity.region,
            "applied": self.applied,
            "steps": self.steps,
            "pending": self.pending,
            "command": self.command,
        })
    }

    fn document(&self) -> Document {
        let document = if self.applied {
            plan_text::steps_document(Document::new(), &self.steps)
        } else {
            plan_text::plan(&format!("{} observability of", self.verb), &self.agent, &self.identity, &self.steps)
        };
        let document = match (self.applied, self.has_changes()) {
            (_, false) if self.steps.is_empty() => document.line("There is nothing to do."),
            (_, false) => document.line("Nothing is changed."),
            (true, true) => document,
            (false, true) => document.line(format!("{}. Apply it: `{}`", plan_text::totals(&self.steps), self.command)),
        };
        self.with_pending(document)
    }

    fn exit_code(&self) -> u8 {
        let is_open = !self.pending.is_empty() || (!self.applied && self.has_changes());
        if is_open { Kind::Pending.exit_code() } else { 0 }
    }
}

/// What was found.
#[derive(Debug)]
pub(crate) struct CheckReport {
    agent: String,
    region: String,
    findings: Vec<Finding>,
}

impl CheckReport {
    pub(super) fn new(of: &ObservedAgent<'_>, findings: Vec<Finding>) -> Self {
        Self { agent: of.name().to_owned(), region: of.cloud.region().to_owned(), findings }
    }
}

impl Report for CheckReport {
    fn schema(&self) -> &'static str {
        schemas::OBSERVABILITY_CHECK
    }

    fn data(&self) -> Value {
        let findings = self
            .findings
            .iter()
            .map(|it| json!({ "check": it.check, "state": it.state.as_str(), "finding": it.text, "fix": it.fix }));
        json!({ "agent": self.agent, "region": self.region, "findings": findings.collect::<Vec<_>>() })
    }

    fn document(&self) -> Document {
        let width = self.findings.iter().map(|it| it.check.len()).max().unwrap_or_default();
        let head = Document::new().styled(Role::Heading, format!("Observability of {} in {}", self.agent, self.region));
        self.findings.iter().fold(head, |document, it| {
            let (role, word) = match it.state {
                State::Good => (Role::Good, "ok"),
                State::Change => (Role::Bad, "change"),
                State::Note => (Role::Plain, "note"),
                State::Unknown => (Role::Attention, "unknown"),
            };
            let line = vec![
                (role, format!("  {word:7}  ")),
                (Role::Key, format!("{:width$}  ", it.check)),
                (Role::Plain, it.text.clone()),
            ];
            let document = document.spans(line);
            match &it.fix {
                Some(fix) => document.spans(vec![(Role::Dim, format!("{}{fix}", " ".repeat(13 + width)))]),
                None => document,
            }
        })
    }

    fn exit_code(&self) -> u8 {
        let is_open = self.findings.iter().any(|it| it.state == State::Change);
        if is_open { Kind::Pending.exit_code() } else { 0 }
    }
}
