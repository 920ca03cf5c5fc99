//! The report of `configure`.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::config::shell;
use crate::config::{Agent, Store};
use crate::fsx;
use crate::project::Source;
use crate::project::generated::WriteResult;
use crate::report::{Document, Report, Role, schemas};

pub(super) struct ReportFacts<'a> {
    pub(super) store: &'a Store,
    pub(super) source: &'a Source,
    pub(super) created: bool,
    pub(super) changed: bool,
    pub(super) files: Vec<(PathBuf, WriteResult)>,
    pub(super) warnings: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// The agent as it is configured now.
#[derive(Debug)]
pub(crate) struct ConfigureReport {
    agent: String,
    config: PathBuf,
    outcome: &'static str,
    entrypoint: String,
    source: String,
    language: &'static str,
    auth: Option<Value>,
    files: Vec<(String, &'static str)>,
    warnings: Vec<String>,
    notes: Vec<String>,
    /// The command that deploys this agent.
    launch: String,
    /// The line that repeats a wizard's answers.
    pub(crate) command: Option<String>,
}

impl ConfigureReport {
    pub(super) fn new(agent: &Agent, facts: ReportFacts<'_>) -> Self {
        let root = facts.store.root();
        let relative = |path: &std::path::Path| fsx::relative(path, root).unwrap_or_else(|| path.display().to_string());
        Self {
            agent: agent.name.clone(),
            config: facts.store.path().to_owned(),
            outcome: match (facts.created, facts.changed) {
                (true, _) => "created",
                (false, true) => "updated",
                (false, false) => "unchanged",
            },
            entrypoint: relative(&facts.source.entrypoint),
            source: relative(&facts.source.root),
            language: facts.source.language.name(),
            auth: agent.authorizer().cloned(),
            files: facts.files.iter().map(|(path, written)| (relative(path), write_label(*written))).collect(),
            warnings: facts.warnings,
            notes: facts.notes,
            launch: shell::command("launch", facts.store, agent),
            command: None,
        }
    }

    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Decisions that were not asked for.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }
}

fn write_label(written: WriteResult) -> &'static str {
    match written {
        WriteResult::Created => "created",
        WriteResult::Updated => "updated",
        WriteResult::Unchanged => "unchanged",
        WriteResult::KeptEdited => "kept, it is yours",
    }
}

impl Report for ConfigureReport {
    fn schema(&self) -> &'static str {
        schemas::CONFIGURE
    }

    fn data(&self) -> Value {
        let files: Vec<Value> =
            self.files.iter().map(|(path, outcome)| json!({ "path": path, "outcome": outcome })).collect();
        json!({
            "agent": self.agent,
            "config": self.config.display().to_string(),
            "outcome": self.outcome,
            "entrypoint": self.entrypoint,
            "sourcePath": self.source,
            "language": self.language,
            "authorizer": self.auth,
            "files": files,
            "warnings": self.warnings,
            "notes": self.notes,
            "command": self.command,
        })
    }

    fn document(&self) -> Document {
        let auth = match &self.auth {
            Some(value) => {
                format!("bearer token of {}", value.get("discoveryUrl").and_then(Value::as_str).unwrap_or("?"))
            }
            None => "AWS credentials (SigV4)".to_owned(),
        };
        let mut document = Document::new()
            .field("agent", format!("{} ({})", self.agent, self.outcome))
            .field("entrypoint", format!("{} ({})", self.entrypoint, self.language))
            .field("callers", auth)
            .field("configuration", self.config.display().to_string());
        for (path, outcome) in &self.files {
            document = document.field(path.clone(), *outcome);
        }
        if let Some(command) = &self.command {
            document = document
                .blank()
                .styled(Role::Dim, "The same without questions:")
                .styled(Role::Code, format!("  {command}"));
        }
        document.blank().styled(Role::Dim, "Next:").styled(Role::Code, format!("  {}", self.launch))
    }
}
