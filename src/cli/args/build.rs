//! The arguments of `agentcore build`.

use std::path::PathBuf;

use clap::Args;

use super::launch::BuildOptions;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore build\n  \
    agentcore build --plan -o json           # what would go in, with sizes\n  \
    agentcore build -o agent.tar             # for `agentcore launch --artifact agent.tar`\n  \
    agentcore build --sbom sbom/")]
pub(crate) struct BuildArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Show what would go into the artifact and stop
    #[arg(long, visible_alias = "dry-run", conflicts_with_all = ["file", "sbom"])]
    pub(crate) plan: bool,
    /// Write the artifact to a file: an OCI archive, or a zip for direct_code_deploy [short: -o FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Write bills of materials into a folder: SPDX and CycloneDX
    #[arg(long, value_name = "DIR")]
    pub(crate) sbom: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) options: BuildOptions,
}
