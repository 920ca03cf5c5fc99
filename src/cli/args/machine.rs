//! The arguments of `agentcore schema` and `agentcore man`: what other programs read of this one.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:\n  \
    agentcore schema config > agentcore.schema.json\n  \
    agentcore schema output launch\n  \
    agentcore schema output\n  \
    agentcore schema events")]
pub(crate) enum SchemaCommand {
    /// Print the JSON Schema of .bedrock_agentcore.yaml
    #[command(after_help = "Examples:\n  agentcore schema config > agentcore.schema.json")]
    Config(ConfigSchemaArgs),
    /// Print the JSON Schema of what commands print with -o json
    #[command(after_help = "Examples:\n  agentcore schema output launch\n  agentcore schema output agentcore.launch/1")]
    Output(OutputSchemaArgs),
    /// Print the JSON Schema of a line of the log of events
    #[command(after_help = "Examples:\n  agentcore schema events > agentcore.event.schema.json")]
    Events(EventsSchemaArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ConfigSchemaArgs {}

#[derive(Debug, Args)]
pub(crate) struct EventsSchemaArgs {}

#[derive(Debug, Args)]
pub(crate) struct OutputSchemaArgs {
    /// Name of a document, as its member `schema` has it, or `launch` for short [default: all of them in one schema]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore man | man -l -\n  \
    agentcore man identity token | man -l -\n  \
    agentcore man --out ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// Command whose page is printed, as it is typed [default: that of the program itself]
    pub(crate) command: Vec<String>,
    /// Folder to write the pages of all commands to, instead of printing one [default: stdout]
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(crate) out: Option<PathBuf>,
}
