//! The report of `ci init`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{CiInitRequest, PipelineSystem, role_command};
use crate::config::Agent;
use crate::project::generated::WriteResult;
use crate::report::{Document, Report, Role, schemas};

/// A file of the workflow, and what was done to it.
#[derive(Debug)]
pub(crate) struct WrittenFile {
    /// From the repository's folder on.
    pub(crate) path: String,
    pub(crate) result: WriteResult,
}

impl WrittenFile {
    const fn action(&self) -> &'static str {
        match self.result {
            WriteResult::Created => "created",
            WriteResult::Updated => "updated",
            WriteResult::Unchanged => "unchanged",
            WriteResult::KeptEdited => "kept",
        }
    }
}

/// The workflow that was written.
#[derive(Debug)]
pub(crate) struct CiInitReport {
    agent: String,
    system: PipelineSystem,
    branch: String,
    role_arn: Option<String>,
    region: Option<String>,
    folder: PathBuf,
    files: Vec<WrittenFile>,
    has_authorizer: bool,
    /// Its name.
    config_file: String,
    /// The command that prints the workflow's role.
    role_command: String,
}

impl CiInitReport {
    pub(super) fn new(
        agent: &Agent,
        request: &CiInitRequest,
        folder: PathBuf,
        config_file: String,
        files: Vec<WrittenFile>,
    ) -> Self {
        Self {
            agent: agent.name.clone(),
            system: request.system,
            branch: request.branch.clone(),
            role_arn: request.role_arn.clone(),
            region: request.region.clone(),
            folder,
            files,
            has_authorizer: agent.authorizer().is_some(),
            config_file,
            role_command: role_command(request.system, agent, &request.branch).join(" "),
        }
    }

    fn next(&self) -> Vec<String> {
        let mut steps = Vec::new();
        if self.files.iter().any(|file| file.path == ".gitlab-ci.yml" && file.result == WriteResult::KeptEdited) {
            steps.push("include the file in `.gitlab-ci.yml`: `include: [{local: .gitlab/agentcore.yml}]`".to_owned());
        }
        if self.role_arn.is_none() {
            steps.push(format!("make the role that this prints: {}", self.role_command));
            steps.push(match self.system {
                PipelineSystem::GitHub => {
                    "name it to the workflow: gh variable set AGENTCORE_ROLE_ARN --body ARN".to_owned()
                }
                PipelineSystem::GitLab => "set the variable AGENTCORE_ROLE_ARN to its ARN, unprotected".to_owned(),
            });
        }
        if self.region.is_none() {
            steps.push("set the variable AWS_REGION in the same place".to_owned());
        }
        steps.push("set the variable AGENTCORE_WHEEL to the path or URL of agentcore's wheel".to_owned());
        if self.has_authorizer {
            steps.push("where the token's source needs one: set the secret AGENTCORE_CLIENT_SECRET".to_owned());
        }
        let files: Vec<&str> = self.files.iter().map(|file| file.path.as_str()).collect();
        let request = match self.system {
            PipelineSystem::GitHub => "pull request",
            PipelineSystem::GitLab => "merge request",
        };
        steps.push(format!("commit {} and {}, and open a {request}", files.join(", "), self.config_file));
        steps
    }
}

impl Report for CiInitReport {
    fn schema(&self) -> &'static str {
        schemas::CI_INIT
    }

    fn data(&self) -> Value {
        let files = self.files.iter().map(|file| json!({ "path": file.path, "action": file.action() }));
        json!({
            "system": self.system.as_str(),
            "agent": self.agent,
            "branch": self.branch,
            "roleArn": self.role_arn,
            "region": self.region,
            "folder": self.folder.display().to_string(),
            "files": files.collect::<Vec<_>>(),
            "next": self.next(),
        })
    }

    fn document(&self) -> Document {
        let document = self.files.iter().fold(Document::new(), |document, file| {
            let role = if file.result == WriteResult::Created { Role::Good } else { Role::Plain };
            document.spans(vec![(role, format!("{} ", file.action())), (Role::Plain, file.path.clone())])
        });
        let document = document.blank().styled(Role::Heading, "Next Steps:");
        self.next()
            .into_iter()
            .enumerate()
            .fold(document, |document, (index, step)| document.line(format!(" {}. {step}", index + 1)))
    }
}
