//! What became of an endpoint, or would.

use serde_json::{Value, json};

use crate::cloud::{CallerIdentity, Endpoint};
use crate::error::Kind;
use crate::ops::{plan_text, target};
use crate::report::{Document, Report, Role, schemas};
use crate::resources::plan::Step;

/// What is done to an endpoint.
#[derive(Debug)]
pub(super) struct EndpointChange {
    /// Completes "Plan to", before the agent's name.
    pub(super) verb: String,
    pub(super) steps: Vec<Step>,
    /// The version that it served.
    pub(super) before: Option<String>,
    /// The version that it serves afterwards, as far as it is known.
    pub(super) after: Option<String>,
    /// How it is known which version is meant, where nobody said it.
    pub(super) known: Option<String>,
}

/// A plan, or what was done.
#[derive(Debug)]
pub(crate) struct EndpointReport {
    pub(super) agent: String,
    pub(super) arn: String,
    pub(super) identity: CallerIdentity,
    pub(super) plan_only: bool,
    /// The command that carries the plan out.
    pub(super) command: String,
    /// As it is now; `None` when there is none.
    pub(super) endpoint: Option<Endpoint>,
    pub(super) change: EndpointChange,
}

impl EndpointReport {
    fn changes(&self) -> usize {
        self.change.steps.iter().filter(|step| step.action.is_change()).count()
    }
}

impl Report for EndpointReport {
    fn schema(&self) -> &'static str {
        schemas::ENDPOINT
    }

    fn data(&self) -> Value {
        json!({
            "agent": self.agent,
            "agent_arn": self.arn,
            "caller": target::identity_data(&self.identity),
            "applied": !self.plan_only && self.changes() > 0,
            "changes": self.changes(),
            "steps": self.change.steps,
            "versionBefore": self.change.before,
            "version": self.change.after,
            "versionKnownBy": self.change.known,
            "endpoint": self.endpoint.as_ref().map(crate::ops::status::endpoint_data),
        })
    }

    fn document(&self) -> Document {
        let steps = &self.change.steps;
        let document = if self.plan_only {
            plan_text::plan(&self.change.verb, &self.agent, &self.identity, steps)
        } else {
            plan_text::steps_document(Document::new(), steps)
        };
        let document = match &self.change.known {
            Some(known) => document.line(known.clone()),
            None => document,
        };
        match (self.changes(), self.plan_only, &self.endpoint) {
            (0, _, None) if steps.is_empty() => document.line("Nothing to delete."),
            (0, ..) => document.line("Nothing to change."),
            (_, true, _) => document.line(format!("{}. Apply with: {}", plan_text::totals(steps), self.command)),
            (_, false, Some(endpoint)) => {
                let version = crate::ops::status::version_text(endpoint);
                let role = if endpoint.status == "READY" { Role::Good } else { Role::Attention };
                let before = self.change.before.as_deref().map(|before| format!(" (before: {before})"));
                document
                    .field("endpoint", endpoint.name.clone())
                    .field("version", format!("{version}{}", before.unwrap_or_default()))
                    .field_styled("status", role, endpoint.status.clone())
                    .field("ARN", endpoint.arn.clone())
            }
            (_, false, None) => document.line("Its callers get 404 from now on."),
        }
    }

    fn exit_code(&self) -> u8 {
        if self.plan_only && self.changes() > 0 { Kind::Pending.exit_code() } else { 0 }
    }
}
