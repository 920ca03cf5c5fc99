//! The arguments of `agentcore observability`.

use clap::{Args, Subcommand};

use super::number::number;
use crate::ops::observability::RETENTION_DAYS;

#[derive(Debug, Subcommand)]
pub(crate) enum ObservabilityCommand {
    /// Check everything that logs and traces need; exit 6 if something has to be changed
    Check(ObservedArgs),
    /// Deliver traces of the agent, and logs and traces of its memory and of gateways; lists what would affect the
    /// whole account
    Enable(ObserveArgs),
    /// Delete the deliveries that `enable` made; log groups and account settings stay
    Disable(UnobserveArgs),
}

/// Whose logs and traces.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore observability check\n  \
    agentcore observability check -o json")]
pub(crate) struct ObservedArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// ID or ARN of the agent's runtime; needs no configuration [default: the configured agent's]
    #[arg(long, visible_alias = "arn", value_name = "ID")]
    pub(crate) agent_id: Option<String>,
    /// Endpoint whose log is checked [default: DEFAULT]
    #[arg(long, value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    /// ID of a gateway to include; repeat it for more [default: none]
    #[arg(long = "gateway", value_name = "ID")]
    pub(crate) gateways: Vec<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore observability enable --plan\n  \
    agentcore observability enable --retention-days 30\n  \
    agentcore observability enable --account-wide --sampling 1")]
pub(crate) struct ObserveArgs {
    #[command(flatten)]
    pub(crate) of: ObservedArgs,
    /// Show what would be done, and stop; exit 6 when something would be
    #[arg(long, visible_alias = "dry-run")]
    pub(crate) plan: bool,
    /// Also switch on Transaction Search, which affects every application in the account and region
    #[arg(long)]
    pub(crate) account_wide: bool,
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true, value_parser = retention_days, help = format!(
        "Days to keep the agent's log and the delivered logs: {} [default: as they are]",
        retention_choices()
    ))]
    pub(crate) retention_days: Option<i32>,
    /// Percent of the account's spans that are indexed as traces [default: as it is]
    #[arg(long, value_name = "PERCENT", requires = "account_wide", allow_negative_numbers = true, value_parser = number("a whole number", 0..=100_u8, 10))]
    pub(crate) sampling: Option<u8>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore observability disable --plan")]
pub(crate) struct UnobserveArgs {
    #[command(flatten)]
    pub(crate) of: ObservedArgs,
    /// Show what would be deleted, and stop; exit 6 when something would be
    #[arg(long, visible_alias = "dry-run")]
    pub(crate) plan: bool,
}

fn retention_choices() -> String {
    RETENTION_DAYS.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn retention_days(text: &str) -> Result<i32, String> {
    let days = text.parse::<i32>().ok().filter(|days| RETENTION_DAYS.contains(days));
    days.ok_or_else(|| format!("write one of {}", retention_choices()))
}
