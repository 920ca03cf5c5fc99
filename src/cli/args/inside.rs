//! The arguments of `agentcore exec COMMAND`, `agentcore shell` and `agentcore sessions`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::number::judged_later;
use crate::facts::{COMMAND_LENGTH, COMMAND_SECONDS, DEFAULT_COMMAND_SECONDS};

/// Which session, and who asks.
#[derive(Debug, Args)]
pub(crate) struct InsideArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Runtime or endpoint to reach, with no configuration file
    #[arg(long, value_name = "ARN", conflicts_with = "agent")]
    pub(crate) arn: Option<String>,
    /// Endpoint of the runtime [default: DEFAULT]
    #[arg(long, visible_alias = "qualifier", value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    /// Session, 33 to 256 characters [default: the last one of this agent, else a new one]
    #[arg(long, short, visible_alias = "session", value_name = "ID")]
    pub(crate) session_id: Option<String>,
    /// Start a new session
    #[arg(long, conflicts_with = "session_id")]
    pub(crate) new_session: bool,
    #[command(flatten)]
    pub(crate) token: CallerTokenArgs,
}

/// The token of a caller.
#[derive(Debug, Args)]
pub(crate) struct CallerTokenArgs {
    /// Bearer token; visible to other users of this machine, prefer --bearer-token-file or --auth [short: -bt]
    #[arg(long, help_heading = "Auth", value_name = "TOKEN", hide_env_values = true)]
    pub(crate) bearer_token: Option<String>,
    /// File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]
    #[arg(long, help_heading = "Auth", value_name = "FILE", conflicts_with = "bearer_token")]
    pub(crate) bearer_token_file: Option<PathBuf>,
    /// Send the token of `agentcore identity token`, which is cached and renewed automatically
    #[arg(long, help_heading = "Auth", conflicts_with_all = ["bearer_token", "bearer_token_file"])]
    pub(crate) auth: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The exit status is the command's own. With -o json the command's status is also `data.exitCode`, so that\n\
    a script can tell it from a failure of agentcore, which has `error`; the document holds the first 1 MiB of\n\
    each stream. The command has no stdin.\n\n\
    Examples:\n  \
    agentcore exec 'ls -la && cat requirements.txt'\n  \
    agentcore exec --session-id \"$SESSION\" 'tail -n 50 /tmp/agent.log'\n  \
    agentcore exec -- python -c 'print(\"hello\")'             # words, each quoted for the shell\n  \
    agentcore exec --command-timeout 3600 './migrate.sh'\n  \
    agentcore exec --auth 'env' -o json                       # behind an OpenID provider"
)]
pub(crate) struct ExecArgs {
    #[arg(required = true, value_name = "COMMAND", help = format!(
        "Command line for bash, {} characters at most; several words are quoted and joined", COMMAND_LENGTH.end()
    ))]
    pub(crate) command: Vec<String>,
    #[command(flatten)]
    pub(crate) inside: InsideArgs,
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = judged_later("whole seconds", COMMAND_SECONDS, DEFAULT_COMMAND_SECONDS), help = format!(
        "Seconds that the command may take, {} to {} [default: --timeout, else {}]",
        COMMAND_SECONDS.start(), COMMAND_SECONDS.end(), DEFAULT_COMMAND_SECONDS
    ))]
    pub(crate) command_timeout: Option<u64>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Enter ~ . leaves the shell, which goes on without you; Enter ~ ~ types one `~`. Ctrl-C, Ctrl-Z and all\n\
    other keys go to the shell. A lost connection is made again for 15 minutes. The exit status is the shell's\n\
    own, and 0 after leaving. Scripts use `agentcore exec COMMAND`.\n\n\
    Examples:\n  \
    agentcore shell\n  \
    agentcore shell --session-id \"$SESSION\" --shell-id debug   # opens it, or comes back to it"
)]
pub(crate) struct ShellArgs {
    #[command(flatten)]
    pub(crate) inside: InsideArgs,
    /// Shell to open or to come back to [default: a new one]
    #[arg(long, value_name = "ID")]
    pub(crate) shell_id: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SessionsCommand {
    /// List the sessions that invoke, exec and shell started or used from here
    #[command(
        after_help = "The service has no list of sessions: those that others started are not here, and one that is not stopped\n\
        may have ended by itself, idle or as old as it may get."
    )]
    List(SessionsListArgs),
    /// End sessions: the same as `stop-session` for each
    Stop(SessionsStopArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SessionsListArgs {
    /// Agent [default: all of the configuration]
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SessionsStopArgs {
    /// Session ids, as `sessions list` shows them
    #[arg(value_name = "ID", required_unless_present = "all")]
    pub(crate) ids: Vec<String>,
    /// All sessions of the agent that are not stopped yet
    #[arg(long, conflicts_with = "ids")]
    pub(crate) all: bool,
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    #[command(flatten)]
    pub(crate) token: CallerTokenArgs,
}

#[derive(Debug, Args)]
pub(crate) struct LeadTerminalArgs {
    /// Command and its arguments
    #[arg(trailing_var_arg = true, required = true, value_name = "CMD")]
    pub(crate) command: Vec<std::ffi::OsString>,
}
