//! The arguments of `agentcore invoke` and `agentcore stop-session`.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::number::{port, seconds};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore invoke '{\"prompt\": \"hello\"}'\n  \
    agentcore invoke @prompt.json --session-id \"$SESSION\"\n  \
    agentcore invoke '{\"prompt\": \"hello\"}' --auth                   # behind an OpenID provider\n  \
    agentcore invoke 'hello' --arn \"$ARN\" --endpoint prod   # no configuration file, region from the ARN\n  \
    agentcore invoke --list-tools                             # an MCP agent's tools\n  \
    agentcore invoke --tool add '{\"a\": 1, \"b\": 2}'\n  \
    agentcore invoke 'hello' --stream                         # an A2A agent, as it writes\n  \
    agentcore invoke --ws '{\"prompt\": \"hello\"}' --ws-idle 5\n  \
    agentcore invoke --dev '{\"prompt\": \"hello\"}'             # the agent that `agentcore dev` runs here\n  \
    agentcore invoke '{\"prompt\": \"hello\"}' --print curl       # the request for another program; nothing is sent\n  \
    agentcore identity token | agentcore invoke '{\"prompt\": \"hello\"}' --bearer-token-file -")]
pub(crate) struct InvokeArgs {
    /// Payload: JSON, text (sent in the form of the agent's protocol), @FILE, or - for stdin; one that begins with a
    /// dash goes after --
    pub(crate) payload: Option<String>,
    /// Prompt, instead of PAYLOAD: always text, whatever it looks like
    #[arg(long, value_name = "TEXT", conflicts_with = "payload")]
    pub(crate) prompt: Option<String>,
    /// Send PAYLOAD as it is, as text: neither JSON nor the name of a file
    #[arg(long, requires = "payload", conflicts_with = "prompt")]
    pub(crate) text: bool,
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Runtime or endpoint to call, with no configuration file
    #[arg(long, value_name = "ARN", conflicts_with = "agent")]
    pub(crate) arn: Option<String>,
    /// Endpoint of the runtime [default: DEFAULT]
    #[arg(long, visible_alias = "qualifier", value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    /// Session to continue, 33 to 256 characters [default: the last one of this agent, else a new one]
    #[arg(long, short, value_name = "ID")]
    pub(crate) session_id: Option<String>,
    /// Start a new session instead of continuing the last one
    #[arg(long, conflicts_with = "session_id")]
    pub(crate) new_session: bool,
    /// User on whose behalf the agent is called (SigV4 callers) [default: none]
    #[arg(long, short, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) user_id: Option<String>,
    /// Header `Name: value` (repeatable)
    #[arg(short = 'H', long = "header", value_name = "HEADER")]
    pub(crate) header: Vec<String>,
    /// Headers `Name:value,Name:value`, each given the custom-header prefix
    #[arg(long, value_name = "HEADERS")]
    pub(crate) headers: Option<String>,
    /// Content type of the payload [default: application/json; text/plain with --text]
    #[arg(long, value_name = "TYPE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) content_type: Option<String>,
    /// Accepted answer types [default: application/json, text/event-stream]
    #[arg(long, value_name = "TYPES", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) accept: Option<String>,
    /// What the agent speaks: HTTP, MCP, A2A or AGUI [default: what the configuration or the live runtime says]
    #[arg(long, help_heading = "Protocols", value_name = "PROTOCOL")]
    pub(crate) protocol: Option<String>,
    /// Call this tool of an MCP agent; the payload is a JSON object of arguments
    #[arg(long, help_heading = "Protocols", value_name = "NAME", conflicts_with_all = ["list_tools", "card", "ws"])]
    pub(crate) tool: Option<String>,
    /// List the tools of an MCP agent
    #[arg(long, help_heading = "Protocols", conflicts_with_all = ["payload", "prompt", "card", "ws"])]
    pub(crate) list_tools: bool,
    /// Print the card of an A2A agent
    #[arg(long, help_heading = "Protocols", conflicts_with_all = ["payload", "prompt", "ws"])]
    pub(crate) card: bool,
    /// Have an A2A agent stream its answer (message/stream); no effect on other protocols
    #[arg(long, help_heading = "Protocols")]
    pub(crate) stream: bool,
    /// With -o json: also write a stream of events to stderr as it arrives
    #[arg(long, help_heading = "Protocols")]
    pub(crate) live: bool,
    /// Use the agent's web socket: the payload is one message, and so is each line of stdin
    #[arg(long, help_heading = "Protocols", visible_alias = "websocket")]
    pub(crate) ws: bool,
    /// Close the web socket when nothing has arrived for this many seconds after the last message [default: when the
    /// agent closes it]
    #[arg(long, help_heading = "Protocols", value_name = "SECONDS", requires = "ws", allow_negative_numbers = true, value_parser = seconds())]
    pub(crate) ws_idle: Option<u64>,
    /// Bearer token; visible to other users of this machine, prefer --bearer-token-file or --auth [short: -bt]
    #[arg(long, help_heading = "Auth", value_name = "TOKEN", hide_env_values = true)]
    pub(crate) bearer_token: Option<String>,
    /// File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]
    #[arg(long, help_heading = "Auth", value_name = "FILE", conflicts_with = "bearer_token")]
    pub(crate) bearer_token_file: Option<PathBuf>,
    /// Send the token of `agentcore identity token`, which is cached and renewed automatically
    #[arg(long, help_heading = "Auth", conflicts_with_all = ["bearer_token", "bearer_token_file"])]
    pub(crate) auth: bool,
    /// Print the same request for another program instead of sending it; its token or credentials are not in it [default: send it]
    #[arg(long, value_enum, value_name = "LANGUAGE", conflicts_with_all = ["tool", "list_tools", "card", "ws", "live"])]
    pub(crate) print: Option<PrintLanguage>,
    /// Call the agent that `agentcore dev` runs on this machine; no AWS API is called
    #[arg(long, short, help_heading = "On this machine", conflicts_with_all = ["arn", "endpoint", "local"])]
    pub(crate) dev: bool,
    /// The same for the agent of `agentcore launch --local`
    #[arg(long, short, help_heading = "On this machine", conflicts_with_all = ["arn", "endpoint"])]
    pub(crate) local: bool,
    /// Port that it answers on, for --dev and --local [default: 8080]
    #[arg(long, help_heading = "On this machine", value_name = "PORT", allow_negative_numbers = true, value_parser = port(), conflicts_with_all = ["arn", "endpoint"])]
    pub(crate) port: Option<u16>,
}

/// The program that makes a printed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrintLanguage {
    /// A command for a POSIX shell
    Curl,
    /// Python: boto3 behind AWS credentials, the standard library behind a token
    Python,
    /// Node.js: the AWS SDK behind AWS credentials, `fetch` behind a token
    #[value(name = "javascript")]
    JavaScript,
}

#[derive(Debug, Args)]
pub(crate) struct StopSessionArgs {
    /// Session to end [default: the last one that invoke used]
    #[arg(long, short, value_name = "ID")]
    pub(crate) session_id: Option<String>,
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Runtime of the session, with no configuration file
    #[arg(long, value_name = "ARN", conflicts_with = "agent", requires = "session_id")]
    pub(crate) arn: Option<String>,
    /// Endpoint of the runtime [default: DEFAULT]
    #[arg(long, visible_alias = "qualifier", value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    /// Bearer token; prefer --bearer-token-file or AGENTCORE_BEARER_TOKEN
    #[arg(long, value_name = "TOKEN")]
    pub(crate) bearer_token: Option<String>,
    /// File that holds the bearer token, or - for stdin
    #[arg(long, value_name = "FILE", conflicts_with = "bearer_token")]
    pub(crate) bearer_token_file: Option<PathBuf>,
    /// Send the token of `agentcore identity token`, which is cached and renewed automatically
    #[arg(long, conflicts_with_all = ["bearer_token", "bearer_token_file"])]
    pub(crate) auth: bool,
}
