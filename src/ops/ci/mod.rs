//! Workflows for CI systems: a plan and an environment for each pull request, a launch on the main branch, destruction on close.
//!
//! Owns: which files there are and what is put into them. Does not own: their text (`templates/ci`), the rule that a file which
//! somebody edited stays (`project::generated`).

mod report;
mod templates;

use std::path::{Path, PathBuf};

pub(crate) use report::{CiInitReport, WrittenFile};

use crate::config::{Agent, Protocol, Store, is_region};
use crate::error::{Code, Error, Result};
use crate::fsx;
use crate::partition::Arn;
use crate::project::generated::{self, WriteResult};

/// Between two lines of a command in a comment of the templates.
const ROLE_COMMAND_BREAK: &str = " \\\n#                        ";

/// Whose workflow is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PipelineSystem {
    GitHub,
    GitLab,
}

impl PipelineSystem {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
        }
    }
}

/// What the user asked for.
#[derive(Debug)]
pub(crate) struct CiInitRequest {
    pub(crate) system: PipelineSystem,
    /// The branch that is launched without an environment.
    pub(crate) branch: String,
    /// The role that pipelines assume; `None` for a variable of the CI system.
    pub(crate) role_arn: Option<String>,
    pub(crate) region: Option<String>,
    /// Write over what somebody edited, which is kept beside it.
    pub(crate) force: bool,
}

/// What every template gets.
#[derive(Debug)]
struct PipelineValues<'a> {
    agent: &'a str,
    /// `--agent NAME`
    agent_flag: String,
    /// The configuration, seen from the repository.
    config: String,
    config_folder: &'a str,
    /// The configuration's name, where it is not found without it.
    config_file: Option<String>,
    branch: &'a str,
    region: String,
    has_region: bool,
    role: String,
    /// How the role is printed, as lines of a comment.
    role_command: String,
    /// Flags of a launch that tests what it made, with a space before them.
    smoke: String,
    has_smoke: bool,
    has_authorizer: bool,
}

/// Writes the workflow of this agent.
///
/// # Errors
/// [`Code::CiFileEdited`] for a file that is not ours any more, unless it is forced; a branch or a role that is none.
pub(crate) fn init(store: &Store, agent: &Agent, request: &CiInitRequest) -> Result<CiInitReport> {
    check_branch(&request.branch)?;
    if let Some(role) = &request.role_arn {
        check_role(role)?;
    }
    let repository = repository(store.root());
    let config_folder = fsx::relative(store.root(), &repository).unwrap_or_else(|| ".".to_owned());
    check_path(&config_folder)?;
    let config_file = store.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    check_path(&config_file)?;
    let files = templates::render(request.system, &values(agent, request, &config_folder, &config_file))?;
    let mut written = Vec::new();
    for file in &files {
        generated::check_place(&repository, &repository.join(file.path), request.force)?;
    }
    for file in &files {
        let path = repository.join(file.path);
        // The file that only includes ours is the project's own from its first line on.
        if file.is_only_begun && path.exists() && !generated::is_pristine(&path)? {
            written.push(WrittenFile { path: file.path.to_owned(), result: WriteResult::KeptEdited });
            continue;
        }
        let result = generated::write(&repository, &path, &file.text, request.force)?;
        if result == WriteResult::KeptEdited {
            return Err(edited(file.path, request.system));
        }
        written.push(WrittenFile { path: file.path.to_owned(), result });
    }
    Ok(CiInitReport::new(agent, request, repository, config_file, written))
}

/// The command that prints the role of the workflow, in the lines that it is shown in.
fn role_command(system: PipelineSystem, agent: &Agent, branch: &str) -> Vec<String> {
    let (trusted, environments) = match (system, branch) {
        (PipelineSystem::GitHub, "main") => ("--github OWNER/REPO --pull-requests".to_owned(), "pr-*"),
        (PipelineSystem::GitHub, branch) => (format!("--github OWNER/REPO --branch {branch} --pull-requests"), "pr-*"),
        // Merge requests run for branches of any name, that of a release among them.
        (PipelineSystem::GitLab, _) => ("--gitlab GROUP/PROJECT --merge-requests".to_owned(), "mr-*"),
    };
    let smoke = if tests_launches(agent) { ",launch --smoke" } else { "" };
    vec![
        format!("agentcore iam role {trusted}"),
        format!("--agent {} --with-environments '{environments}'", agent.name),
        format!("--for 'deploy{smoke},destroy --delete-ecr-repo,destroy --delete-memory'"),
    ]
}

/// Whether the workflow's launches test what they made. Only what an HTTP agent takes is known; others say in the configuration what
/// they are tested with.
fn tests_launches(agent: &Agent) -> bool {
    agent.own.smoke.is_some() || agent.protocol() == Protocol::Http
}

fn edited(path: &str, system: PipelineSystem) -> Error {
    let again = match system {
        PipelineSystem::GitHub => "`agentcore ci init github --force`",
        PipelineSystem::GitLab => "`agentcore ci init gitlab --force`",
    };
    Error::usage(format!("`{path}` was edited, or comes from somewhere else, and nothing is overwritten"))
        .code(Code::CiFileEdited)
        .hint(format!("to write it anew and keep yours as `{path}.bak`: {again}"))
}

/// The folder with `.git`, else that of the configuration.
fn repository(root: &Path) -> PathBuf {
    let found = root.ancestors().find(|folder| folder.join(".git").exists());
    found.unwrap_or(root).to_owned()
}

fn values<'a>(
    agent: &'a Agent,
    request: &'a CiInitRequest,
    config_folder: &'a str,
    config_file: &str,
) -> PipelineValues<'a> {
    let of_system = |name: &str| match request.system {
        PipelineSystem::GitHub => format!("${{{{ vars.{name} }}}}"),
        PipelineSystem::GitLab => format!("${name}"),
    };
    let is_configured = agent.own.smoke.is_some();
    let has_smoke = tests_launches(agent);
    let payload = if has_smoke && !is_configured { " --smoke '{\"prompt\": \"ping\"}'" } else { "" };
    let junit = match request.system {
        PipelineSystem::GitHub => "$RUNNER_TEMP/agentcore-smoke.xml",
        PipelineSystem::GitLab => "$CI_PROJECT_DIR/agentcore-smoke.xml",
    };
    let region = request.region.as_deref().filter(|region| is_region(region));
    PipelineValues {
        agent: &agent.name,
        agent_flag: format!("--agent {}", agent.name),
        config: format!("{config_folder}/{config_file}").trim_start_matches("./").to_owned(),
        config_folder,
        config_file: Some(config_file.to_owned()).filter(|file| file != crate::config::FILE_NAME),
        branch: &request.branch,
        has_region: region.is_some(),
        region: region.map_or_else(|| of_system("AWS_REGION"), str::to_owned),
        role: request.role_arn.clone().unwrap_or_else(|| of_system("AGENTCORE_ROLE_ARN")),
        role_command: role_command(request.system, agent, &request.branch).join(ROLE_COMMAND_BREAK),
        smoke: if has_smoke { format!("{payload} --junit \"{junit}\"") } else { String::new() },
        has_smoke,
        has_authorizer: agent.authorizer().is_some(),
    }
}

/// It stands in YAML and in conditions: the characters that branches usually have.
fn check_branch(branch: &str) -> Result<()> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
    if !branch.is_empty() && branch.chars().all(is_plain) && !branch.starts_with(['-', '/', '.']) {
        return Ok(());
    }
    Err(Error::usage(format!(
        "`--branch` is no name of a branch that a workflow can have: `{}`",
        branch.escape_debug()
    ))
    .code(Code::InputValue)
    .hint("name one of letters, digits, `.`, `_`, `/` and `-`"))
}

fn check_role(role: &str) -> Result<()> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/_+=,.@-".contains(c);
    let is_role = role.parse::<Arn>().is_ok_and(|arn| arn.service == "iam" && arn.resource.starts_with("role/"))
        && role.chars().all(is_plain);
    if is_role {
        return Ok(());
    }
    Err(Error::usage(format!("`--role-arn` is not the ARN of a role: `{}`", role.escape_debug()))
        .code(Code::InputArn)
        .hint("leave it out to have the workflow read the variable AGENTCORE_ROLE_ARN"))
}

/// A folder stands in YAML and in a shell.
fn check_path(folder: &str) -> Result<()> {
    if folder.chars().all(|c| !c.is_control() && !"\"'`$\\".contains(c)) {
        return Ok(());
    }
    Err(Error::usage(format!("no workflow is written for a folder or file of this name: `{}`", folder.escape_debug()))
        .code(Code::InputValue)
        .hint("rename the configuration or its folder"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_branches_and_roles_are_refused() {
        for good in ["main", "release/1.x", "a_b-c"] {
            check_branch(good).unwrap();
        }
        for bad in ["", "-x", "a b", "a\"", "main\nx", "${{ x }}", "../x"] {
            assert_eq!(check_branch(bad).unwrap_err().code_str(), "input.value", "{bad:?}");
        }
        check_role("arn:aws:iam::123456789012:role/team/ci").unwrap();
        for bad in ["ci", "arn:aws:iam::123456789012:user/ci", "arn:aws:iam::123456789012:role/a\nb: c", ""] {
            assert_eq!(check_role(bad).unwrap_err().code_str(), "input.arn", "{bad:?}");
        }
        assert!(check_path("a/b c").is_ok() && check_path("a$(x)").is_err());
    }
}
