//! The arguments of `agentcore dev`.

use clap::Args;

use super::number::own_port;

#[derive(Debug, Args)]
#[command(after_help = "A page at /_dev/ on the same port calls the agent and shows its requests, log and spans.\n\n\
    The exit status is the agent's own; Ctrl-C ends it with 130.\n\n\
    Examples:\n  \
    agentcore dev\n  \
    agentcore dev --port 9090 --env LOG_LEVEL=debug\n  \
    agentcore invoke --dev '{\"prompt\": \"hello\"}'            # in another terminal\n  \
    agentcore dev --local-issuer                            # behind the configured rules, with tokens made here\n  \
    agentcore dev --token | agentcore invoke --dev '{\"prompt\": \"hello\"}' --bearer-token-file -\n  \
    agentcore dev --token=wrong-audience                    # a caller that must be refused")]
pub(crate) struct DevArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Port on 127.0.0.1 to serve the agent on; 0 for a free one [env: PORT] [default: 8080]
    #[arg(long, short, value_name = "PORT", allow_negative_numbers = true, value_parser = own_port())]
    pub(crate) port: Option<u16>,
    /// Environment variable of the agent, KEY=VALUE (repeatable) [short: -env]
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) env: Vec<String>,
    /// Issue the callers' tokens on this machine, in place of the authorizer's provider
    #[arg(long)]
    pub(crate) local_issuer: bool,
    /// Print a token of the local issuer of the agent that runs on --port, for a persona of `auth test` [default: good]
    #[arg(long, value_name = "PERSONA", num_args = 0..=1, require_equals = true, default_missing_value = "good", conflicts_with_all = ["agent", "env", "local_issuer"])]
    pub(crate) token: Option<String>,
}
