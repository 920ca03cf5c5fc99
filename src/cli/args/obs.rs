//! The arguments of `agentcore traces`, which `obs` has as well.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::number::{count, number};
use crate::ops::traces::{DEFAULT_DAYS, MOST_DAYS};

#[derive(Debug, Subcommand)]
pub(crate) enum ObsCommand {
    /// List the traces of a session, the newest first
    List(ObsListArgs),
    /// Show a trace as a tree of its spans, with what was said
    Show(ObsShowArgs),
}

/// Whose traces, and how far back.
#[derive(Debug, Args)]
pub(crate) struct ObsAgentArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// ID or ARN of the agent's runtime; needs no configuration [default: the configured agent's]
    #[arg(long, value_name = "ID")]
    pub(crate) agent_id: Option<String>,
    #[arg(long, short, value_name = "DAYS", allow_negative_numbers = true, value_parser = number("whole days", 1..=MOST_DAYS, 7), help = format!(
        "Days to look back [default: {DEFAULT_DAYS}]"
    ))]
    pub(crate) days: Option<u32>,
    /// Start of the period, instead of `--days`: an age (10m, 2h, 7d) or a time in ISO 8601 [default: as `--days`]
    #[arg(long, value_name = "TIME", conflicts_with = "days")]
    pub(crate) since: Option<String>,
    /// Endpoint whose spans are shown [default: DEFAULT]
    #[arg(long, value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
}

impl ObsAgentArgs {
    /// Of a command that has flags of its own for the time.
    pub(crate) const fn of_agent(agent: Option<String>, agent_id: Option<String>, endpoint: Option<String>) -> Self {
        Self { agent, agent_id, days: None, since: None, endpoint }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore obs list\n  \
    agentcore obs list --errors -d 1 -o json")]
pub(crate) struct ObsListArgs {
    #[command(flatten)]
    pub(crate) of: ObsAgentArgs,
    /// Session [default: the one that `invoke` used last, else the newest with spans]
    #[arg(long, short, visible_alias = "session", value_name = "ID")]
    pub(crate) session_id: Option<String>,
    /// Only traces that failed
    #[arg(long)]
    pub(crate) errors: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore obs show\n  \
    agentcore obs show --last 2 -v\n  \
    agentcore obs show -t 690156557a198c640accf1ab0fae04dd -o trace.json")]
pub(crate) struct ObsShowArgs {
    #[command(flatten)]
    pub(crate) of: ObsAgentArgs,
    /// The trace of this id [default: the newest of the session]
    #[arg(long, short, value_name = "ID", conflicts_with_all = ["session_id", "all", "errors"])]
    pub(crate) trace_id: Option<String>,
    /// Session [default: the one that `invoke` used last, else the newest with spans]
    #[arg(long, short, visible_alias = "session", value_name = "ID")]
    pub(crate) session_id: Option<String>,
    /// All traces of the session
    #[arg(long)]
    pub(crate) all: bool,
    /// Only traces that failed
    #[arg(long)]
    pub(crate) errors: bool,
    /// Which trace, counted from the newest [default: 1]
    #[arg(long, short = 'n', value_name = "N", allow_negative_numbers = true, value_parser = count(1_000_000))]
    pub(crate) last: Option<u32>,
    /// Write the data to a file as well, as JSON [short: -o FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}
