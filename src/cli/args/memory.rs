//! The arguments of `agentcore memory`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::super::toolkit::{BelowMemory, ToolkitPointer};
use super::number::{count, number, seconds};
use crate::facts::EVENT_EXPIRY_DAYS;
use crate::ops::memory::{DEFAULT_EVENT_EXPIRY, DEFAULT_PER_SESSION, DEFAULT_RECORDS, DEFAULT_ROWS, DEFAULT_WAIT};

#[derive(Debug, Subcommand)]
pub(crate) enum MemoryCommand {
    /// Create a memory, and wait until it is ACTIVE
    Create(CreateMemoryArgs),
    /// List the memories of the account and region
    List(ListMemoriesArgs),
    /// Show one memory
    Get(NamedMemoryArgs),
    /// Show the status of one memory
    Status(NamedMemoryArgs),
    /// Delete a memory with all that is in it
    Delete(DeleteMemoryArgs),
    /// Show the memory of an agent, and what is in it
    Show(ShowMemoryArgs),
    #[command(flatten)]
    Toolkit(ToolkitPointer<BelowMemory>),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ShowCommand {
    /// Show events: what was said, the newest first
    Events(ShowEventsArgs),
    /// Show records: what the memory's strategies made of the events
    Records(ShowRecordsArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore memory create notes\n  \
    agentcore memory create notes -s '[{\"semanticMemoryStrategy\": {\"name\": \"Facts\"}}]' --no-wait")]
pub(crate) struct CreateMemoryArgs {
    /// Name: a letter, then letters, digits and `_`, 48 at most
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// What it is for [default: none]
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    #[arg(long, short, value_name = "DAYS", allow_negative_numbers = true, value_parser = number("whole days", EVENT_EXPIRY_DAYS, DEFAULT_EVENT_EXPIRY), help = format!(
        "Days that an event is kept ({} to {}) [default: {DEFAULT_EVENT_EXPIRY}]",
        EVENT_EXPIRY_DAYS.start(), EVENT_EXPIRY_DAYS.end()
    ))]
    pub(crate) event_expiry_days: Option<u32>,
    /// Strategies that make long-term records of events, as the JSON list of CreateMemory [default: none]
    #[arg(long, short, value_name = "JSON")]
    pub(crate) strategies: Option<String>,
    /// Role that its strategies run as, where they need one [default: none]
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// KMS key that encrypts it [default: an AWS owned key]
    #[arg(long, value_name = "ARN")]
    pub(crate) encryption_key_arn: Option<String>,
    /// Wait until it and its strategies are ready, which is the default
    #[arg(long, overrides_with = "no_wait")]
    pub(crate) wait: bool,
    /// Do not wait
    #[arg(long)]
    pub(crate) no_wait: bool,
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds(), help = format!("Seconds to wait [default: {}]", DEFAULT_WAIT.as_secs()))]
    pub(crate) max_wait: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct ListMemoriesArgs {
    #[arg(long, short = 'n', value_name = "COUNT", allow_negative_numbers = true, value_parser = count(1_000_000), help = format!(
        "Maximum number of rows [default: {DEFAULT_ROWS}]"
    ))]
    pub(crate) max_results: Option<u32>,
}

/// A memory by its id.
#[derive(Debug, Args)]
pub(crate) struct NamedMemoryArgs {
    /// Id of the memory
    #[arg(value_name = "ID", required_unless_present = "memory_id", conflicts_with = "memory_id")]
    pub(crate) id: Option<String>,
    /// The same as ID, as a flag [default: none]
    #[arg(long, short, value_name = "ID")]
    pub(crate) memory_id: Option<String>,
}

impl NamedMemoryArgs {
    /// One of the two, which the parser requires.
    pub(crate) fn id(&self) -> &str {
        self.id.as_deref().or(self.memory_id.as_deref()).unwrap_or_default()
    }
}

#[derive(Debug, Args)]
pub(crate) struct DeleteMemoryArgs {
    #[command(flatten)]
    pub(crate) memory: NamedMemoryArgs,
    /// Wait until it is gone
    #[arg(long)]
    pub(crate) wait: bool,
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds(), help = format!("Seconds to wait [default: {}]", DEFAULT_WAIT.as_secs()))]
    pub(crate) max_wait: Option<u64>,
    /// Do not ask for confirmation on a terminal; elsewhere nothing is asked
    #[arg(long, short, visible_alias = "yes")]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore memory show\n  \
    agentcore memory show events --all -o events.json\n  \
    agentcore memory show records -n /users/ann/facts/ -q 'what does she drink'")]
pub(crate) struct ShowMemoryArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ShowCommand>,
    /// Id of the memory [default: that of the agent's configuration]
    #[arg(long, short, value_name = "ID")]
    pub(crate) memory_id: Option<String>,
    /// Agent whose memory it is, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Write the data to a file as well, as JSON [short: -o FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore memory show events --last 2\n  \
    agentcore memory show events --all -a ann -s session-1 -o json")]
pub(crate) struct ShowEventsArgs {
    /// Id of the memory [default: that of the agent's configuration]
    #[arg(long, short, value_name = "ID")]
    pub(crate) memory_id: Option<String>,
    /// Agent whose memory it is, instead of the default one
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Events of every session, instead of one event
    #[arg(long)]
    pub(crate) all: bool,
    /// Only of this actor [default: all]
    #[arg(long, short, value_name = "ID")]
    pub(crate) actor_id: Option<String>,
    /// Only of this session of the actor [default: all]
    #[arg(long, short, value_name = "ID", requires = "actor_id", conflicts_with = "list_sessions")]
    pub(crate) session_id: Option<String>,
    /// Which event, counted from the newest [default: 1]
    #[arg(long, short, value_name = "N", allow_negative_numbers = true, value_parser = count(1_000_000))]
    pub(crate) last: Option<u32>,
    /// List the actors, all of them
    #[arg(long, conflicts_with_all = ["all", "list_sessions"])]
    pub(crate) list_actors: bool,
    /// List the sessions of the actor
    #[arg(long, requires = "actor_id", conflicts_with = "all")]
    pub(crate) list_sessions: bool,
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true, value_parser = count(1_000_000), help = format!(
        "With `--all`: maximum number of events per session [default: {DEFAULT_PER_SESSION}]"
    ))]
    pub(crate) max_events: Option<u32>,
    /// Write the data to a file as well, as JSON [short: -o FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore memory show records --all\n  \
    agentcore memory show records -n /users/ann/facts/ -q 'what does she drink' -o json")]
pub(crate) struct ShowRecordsArgs {
    /// Id of the memory [default: that of the agent's configuration]
    #[arg(long, short, value_name = "ID")]
    pub(crate) memory_id: Option<String>,
    /// Agent whose memory it is, instead of the default one
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Records of this namespace [default: of the namespaces of all strategies]
    #[arg(long, short, value_name = "NAMESPACE")]
    pub(crate) namespace: Option<String>,
    /// Records of the namespace that match this text best [short: -q] [default: the newest]
    #[arg(long, value_name = "TEXT", requires = "namespace")]
    pub(crate) query: Option<String>,
    /// Records of all namespaces, instead of one record
    #[arg(long, conflicts_with_all = ["namespace", "query"])]
    pub(crate) all: bool,
    /// Which record, counted from the newest [default: 1]
    #[arg(long, short, value_name = "N", allow_negative_numbers = true, value_parser = count(1_000_000))]
    pub(crate) last: Option<u32>,
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true, value_parser = count(1000), help = format!(
        "Maximum number of records [default: {DEFAULT_RECORDS}]"
    ))]
    pub(crate) max_results: Option<u32>,
    /// Write the data to a file as well, as JSON [short: -o FILE]
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}
