//! The arguments of `agentcore adopt`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore adopt RUNTIME_ARN\n  \
    agentcore adopt helper --region us-west-2 --plan     # what would be written; exit 6\n  \
    agentcore adopt helper --entrypoint agent.py         # and build it from source from now on\n  \
    agentcore status --drift; agentcore adopt            # take over what was changed elsewhere")]
pub(crate) struct AdoptArgs {
    /// ARN, id or name of a live runtime [default: the runtime of a configured agent]
    #[arg(value_name = "RUNTIME")]
    pub(crate) runtime: Option<String>,
    /// Agent whose live values are taken over, instead of the default one
    #[arg(long, short, value_name = "NAME", conflicts_with = "runtime")]
    pub(crate) agent: Option<String>,
    /// Source that later launches build [default: none; the live image is deployed as it is]
    #[arg(long, short, value_name = "FILE", requires = "runtime")]
    pub(crate) entrypoint: Option<PathBuf>,
    /// Show what would be written and stop; exit 6 when something would
    #[arg(long, visible_alias = "dry-run")]
    pub(crate) plan: bool,
    /// Adopt a runtime even if its tags name another project
    #[arg(long)]
    pub(crate) force: bool,
}
