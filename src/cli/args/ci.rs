//! The arguments of `agentcore ci`.

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum CiCommand {
    /// Write a workflow: plan on a pull request, launch on the main branch, destroy on close
    Init(CiInitArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore ci init github\n  \
    agentcore ci init github --branch release --role-arn \"$ROLE_ARN\"\n  \
    agentcore ci init gitlab -o json")]
pub(crate) struct CiInitArgs {
    /// CI system
    #[arg(value_enum, value_name = "SYSTEM")]
    pub(crate) system: PipelineKind,
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Branch that is launched on every push [default: main]
    #[arg(long, value_name = "NAME")]
    pub(crate) branch: Option<String>,
    /// Role that the workflow assumes [default: that of the variable AGENTCORE_ROLE_ARN there]
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// Overwrite an edited file, of which a copy is kept beside the new one
    #[arg(long)]
    pub(crate) force: bool,
}

/// A CI system that a workflow can be written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PipelineKind {
    /// GitHub Actions: .github/workflows/agentcore.yml
    #[value(name = "github")]
    GitHub,
    /// GitLab CI/CD: .gitlab/agentcore.yml, and .gitlab-ci.yml where there is none
    #[value(name = "gitlab")]
    GitLab,
}
