//! The arguments of `agentcore endpoint …`, `versions` and `rollback`.

use clap::{Args, Subcommand};

use super::number::{number, seconds};

/// Versions that `versions` shows unless it is told how many: as many have a note of who made them.
pub(crate) const DEFAULT_COUNT: usize = 10;

#[derive(Debug, Subcommand)]
pub(crate) enum EndpointCommand {
    /// List the endpoints of the agent and the version that each one serves
    List(EndpointListArgs),
    /// Create an endpoint that stays on one version; an existing one is left as it is
    Create(EndpointCreateArgs),
    /// Point an endpoint to another version
    #[command(visible_alias = "update")]
    Promote(EndpointPromoteArgs),
    /// Delete an endpoint; its version stays
    Delete(EndpointDeleteArgs),
}

#[derive(Debug, Args)]
pub(crate) struct EndpointListArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}

/// What all verbs have that change an endpoint.
#[derive(Debug, Args)]
pub(crate) struct EndpointChangeArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Show what would change and stop; exit 6 when something would
    #[arg(long, visible_alias = "dry-run")]
    pub(crate) plan: bool,
    /// Allow an endpoint that this project did not create
    #[arg(long)]
    pub(crate) adopt: bool,
    /// Take over the lock of another run on this agent, such as one that was interrupted and left it behind
    #[arg(long)]
    pub(crate) break_lock: bool,
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds(), help = format!(
        "Seconds that the whole command may take [default: no limit, but {} for READY]",
        super::super::launch::DEFAULT_WAIT.as_secs()
    ))]
    pub(crate) wait_timeout: Option<u64>,
    /// Return once the service has accepted the change
    #[arg(long, conflicts_with = "wait_timeout")]
    pub(crate) no_wait: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore endpoint create prod --version 3\n  \
    agentcore endpoint create staging --description 'for the testers'")]
pub(crate) struct EndpointCreateArgs {
    /// Name of the endpoint: a letter, then letters, digits and underscores
    pub(crate) name: String,
    /// Version that it serves [default: the newest]
    #[arg(long, value_name = "N")]
    pub(crate) version: Option<String>,
    /// Description, at most 256 characters [default: none]
    #[arg(long, value_name = "TEXT", value_parser = description)]
    pub(crate) description: Option<String>,
    #[command(flatten)]
    pub(crate) change: EndpointChangeArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  agentcore endpoint promote prod --version 4 --plan")]
pub(crate) struct EndpointPromoteArgs {
    /// Name of the endpoint
    pub(crate) name: String,
    /// Version that it is to serve
    #[arg(long, value_name = "N")]
    pub(crate) version: String,
    #[command(flatten)]
    pub(crate) change: EndpointChangeArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  agentcore endpoint delete staging --force")]
pub(crate) struct EndpointDeleteArgs {
    /// Name of the endpoint
    pub(crate) name: String,
    /// Do not ask
    #[arg(long, visible_alias = "yes")]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) change: EndpointChangeArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  agentcore versions --count 50 -o json")]
pub(crate) struct VersionsArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    #[arg(long, short = 'n', value_name = "N", default_value_t = DEFAULT_COUNT, allow_negative_numbers = true, value_parser = number("a whole number", 1..=10_000_usize, 50), help = "How many to show, the newest first")]
    pub(crate) count: usize,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore rollback --endpoint prod       # the version that it served before\n  \
    agentcore rollback 3 --endpoint prod\n  \
    agentcore rollback 3 --plan              # DEFAULT: a new version with the settings of version 3")]
pub(crate) struct RollbackArgs {
    /// Version to go back to [default: the one that the endpoint served before]
    pub(crate) version: Option<String>,
    /// Endpoint that goes back [default: DEFAULT]
    #[arg(long, visible_alias = "qualifier", value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    /// Allow removing or widening the runtime's authorizer
    #[arg(long)]
    pub(crate) allow_auth_change: bool,
    #[command(flatten)]
    pub(crate) change: EndpointChangeArgs,
}

fn description(text: &str) -> Result<String, String> {
    match text.chars().count() {
        1..=256 => Ok(text.to_owned()),
        _ => Err("write 1 to 256 characters".to_owned()),
    }
}

impl EndpointCommand {
    pub(crate) const fn wait_timeout(&self) -> Option<u64> {
        match self {
            Self::List(_) => None,
            Self::Create(args) => args.change.wait_timeout,
            Self::Promote(args) => args.change.wait_timeout,
            Self::Delete(args) => args.change.wait_timeout,
        }
    }
}
