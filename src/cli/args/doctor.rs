//! The arguments of `agentcore doctor`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 nothing is wrong, 1 warnings, 2 problems.\n\n\
    Nothing is changed, and no secret is shown.\n\n\
    Examples:\n  \
    agentcore doctor\n  \
    agentcore doctor --offline\n  \
    agentcore doctor -o json > ../doctor.json\n  \
    agentcore doctor --token-file ~/token")]
pub(crate) struct DoctorArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Send no requests: check only this machine and the configuration
    #[arg(long)]
    pub(crate) offline: bool,
    /// File with a caller's token to judge, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]
    #[arg(long, visible_alias = "bearer-token-file", value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
}
