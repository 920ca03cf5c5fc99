//! The files of a workflow.
//!
//! Owns: which files a CI system gets, and rendering. Expressions of GitHub (`${{ … }}`) stay as they are: these templates have
//! delimiters of their own.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, context};

use super::{PipelineSystem, PipelineValues};
use crate::error::{Error, Result};

const GITHUB: &str = include_str!("../../../templates/ci/github.yml.j2");
const GITLAB: &str = include_str!("../../../templates/ci/gitlab.yml.j2");
/// What makes GitLab read the other file.
const GITLAB_INCLUDE: &str = "include:\n  - local: .gitlab/agentcore.yml\n";

/// A file of a workflow.
#[derive(Debug)]
pub(super) struct PipelineFile {
    /// From the repository's folder on.
    pub(super) path: &'static str,
    pub(super) text: String,
    /// The user goes on with it: one that is there stays, whatever is in it.
    pub(super) is_only_begun: bool,
}

/// # Errors
/// A template that cannot be rendered, which is a defect.
pub(super) fn render(system: PipelineSystem, values: &PipelineValues<'_>) -> Result<Vec<PipelineFile>> {
    let failed = |error: minijinja::Error| Error::failed("could not write the workflow").source(&error);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    let syntax = syntax.block_delimiters("<%", "%>").variable_delimiters("<<", ">>").comment_delimiters("<#", "#>");
    let syntax = syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.map_err(failed)?);
    let template = match system {
        PipelineSystem::GitHub => GITHUB,
        PipelineSystem::GitLab => GITLAB,
    };
    let values = context! {
        agent => values.agent,
        agent_flag => values.agent_flag.as_str(),
        config => values.config.as_str(),
        config_folder => values.config_folder,
        config_file => values.config_file.as_deref(),
        branch => values.branch,
        region => values.region.as_str(),
        has_region => values.has_region,
        role => values.role.as_str(),
        role_command => values.role_command.as_str(),
        smoke => values.smoke.as_str(),
        has_smoke => values.has_smoke,
        has_authorizer => values.has_authorizer,
    };
    let text = environment.template_from_str(template).and_then(|template| template.render(&values)).map_err(failed)?;
    let file = |path: &'static str, text: String, is_only_begun: bool| PipelineFile {
        path,
        text: without_gaps(&text),
        is_only_begun,
    };
    Ok(match system {
        PipelineSystem::GitHub => vec![file(".github/workflows/agentcore.yml", text, false)],
        PipelineSystem::GitLab => {
            vec![file(".gitlab/agentcore.yml", text, false), file(".gitlab-ci.yml", GITLAB_INCLUDE.to_owned(), true)]
        }
    })
}

/// One empty line at most, and none within a list of steps: macros leave some behind.
fn without_gaps(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let is_gap = line.trim().is_empty();
        let next = lines.peek().copied().unwrap_or_default();
        if is_gap && (next.trim().is_empty() || next.starts_with("      ")) {
            continue;
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(has_all: bool) -> PipelineValues<'static> {
        PipelineValues {
            agent: "support",
            agent_flag: "--agent support".to_owned(),
            config: "a/.bedrock_agentcore.yaml".to_owned(),
            config_folder: if has_all { "a" } else { "." },
            config_file: has_all.then(|| "agent 2.yaml".to_owned()),
            branch: "main",
            region: "us-west-2".to_owned(),
            has_region: has_all,
            role: "${{ vars.AGENTCORE_ROLE_ARN }}".to_owned(),
            role_command: "agentcore iam role".to_owned(),
            smoke: if has_all { " --smoke 1".to_owned() } else { String::new() },
            has_smoke: has_all,
            has_authorizer: has_all,
        }
    }

    #[test]
    fn workflows_are_clean_in_every_combination() {
        for system in [PipelineSystem::GitHub, PipelineSystem::GitLab] {
            for has_all in [true, false] {
                for PipelineFile { path, text, .. } in render(system, &values(has_all)).unwrap() {
                    let place = format!("{path}:\n{text}");
                    let names_it = text.contains("AGENTCORE_CONFIG: \"agent 2.yaml\"\n");
                    assert!(names_it == has_all || path == ".gitlab-ci.yml", "{place}");
                    assert!(!text.contains("<%") && !text.contains("<<") && !text.contains(">> \n"), "{place}");
                    assert!(!text.contains("\n\n\n") && text.ends_with('\n') && !text.ends_with("\n\n"), "{place}");
                    assert!(text.lines().all(|line| line.trim_end() == line && line.len() <= 130), "{place}");
                    assert!(!text.contains("      \n") && text.contains("agentcore"), "{place}");
                }
            }
        }
    }
}
