//! The report of `create`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::templates::PAYLOAD;
use super::{NewProject, ProjectLanguage};
use crate::report::{Document, Report, Role, schemas};
use crate::shell::quoted;

/// The project that was made.
#[derive(Debug)]
pub(crate) struct CreateReport {
    project: NewProject,
    folder: PathBuf,
    files: Vec<String>,
    /// The flags of the next commands that say which account is meant, each with a space before it.
    pub(crate) flags: String,
    /// The line that repeats the answers to questions.
    pub(crate) command: Option<String>,
}

impl CreateReport {
    pub(super) fn new(project: &NewProject, folder: PathBuf, files: Vec<String>) -> Self {
        Self { project: project.clone(), folder, files, flags: String::new(), command: None }
    }

    fn memory(&self) -> &str {
        self.project.memory.as_ref().map_or("none", |memory| &memory.setting)
    }

    fn next(&self) -> Vec<String> {
        let install = match self.project.language {
            ProjectLanguage::Python => "python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.txt",
            ProjectLanguage::TypeScript => "npm install",
        };
        vec![
            format!("cd {}", quoted(&self.project.name)),
            install.to_owned(),
            "agentcore dev".to_owned(),
            format!("agentcore launch{}", self.flags),
            format!("agentcore invoke '{PAYLOAD}'{}", self.flags),
        ]
    }
}

impl Report for CreateReport {
    fn schema(&self) -> &'static str {
        schemas::CREATE
    }

    fn data(&self) -> Value {
        json!({
            "agent": self.project.name,
            "folder": self.folder.display().to_string(),
            "framework": self.project.framework.name(),
            "language": self.project.language.name(),
            "model": self.project.model,
            "memory": self.memory(),
            "files": self.files,
            "next": self.next(),
            "command": self.command,
        })
    }

    fn document(&self) -> Document {
        let kind = format!("{}, {}", self.project.framework.name(), self.project.language.name());
        let mut document = Document::new()
            .field("agent", format!("{} ({kind})", self.project.name))
            .field("model", self.project.model.clone())
            .field("memory", self.memory())
            .field("folder", self.folder.display().to_string())
            .field("files", self.files.join(", "));
        if let Some(command) = &self.command {
            document = document
                .blank()
                .styled(Role::Dim, "The same without questions:")
                .styled(Role::Code, format!("  {command}"));
        }
        document = document.blank().styled(Role::Dim, "Next:");
        self.next().into_iter().fold(document, |document, line| document.styled(Role::Code, format!("  {line}")))
    }
}
