//! The arguments of `agentcore export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore export --format terraform --out agent.tf\n  \
    agentcore export --format cloudformation | cfn-lint -\n  \
    agentcore export --format boto3 --agent helper --out make_helper.py")]
pub(crate) struct ExportArgs {
    /// What the definition is for
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: FormatChoice,
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// File to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// What a definition is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatChoice {
    /// HCL for the provider hashicorp/aws, with import blocks
    Terraform,
    /// A CloudFormation template in JSON
    #[value(name = "cloudformation")]
    CloudFormation,
    /// A Python script that makes it all again
    Boto3,
}
