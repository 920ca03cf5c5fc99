//! Arguments of `agentcore environments`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum EnvironmentsCommand {
    /// Show the declared environments, and those that have a record in this checkout
    List(ListEnvironmentsArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  agentcore environments list\n  agentcore environments list --remote\n  \
    agentcore environments list --remote --region eu-west-1 -o json")]
pub(crate) struct ListEnvironmentsArgs {
    /// Also look for environments of this project in the account, by their tags, in one region
    #[arg(long)]
    pub(crate) remote: bool,
}
