//! The arguments of `agentcore auth`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::number::number;

#[derive(Debug, Subcommand)]
pub(crate) enum AuthCommand {
    /// Would this token pass? Every rule of the authorizer with its verdict
    Check(Box<AuthCheckArgs>),
    /// What the authorizer accepts, what reaches the agent's code, and what looks wrong
    Explain(AuthExplainArgs),
    /// Send the agent callers that must be refused, and one who must pass
    Test(Box<AuthTestArgs>),
}

/// Which authorizer is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuthorizerChoice {
    /// The deployed runtime's
    Live,
    /// The configuration file's
    Config,
}

/// Which agents `auth test` runs against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestTarget {
    /// The agent as it is deployed: only what can be made without the provider's key is sent
    Live,
    /// The agent in the sandbox in effect (AWS_ENDPOINT_URL), which signs any token
    Sandbox,
}

#[derive(Debug, Args)]
pub(crate) struct AuthorizerArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Runtime, with no configuration file
    #[arg(long, value_name = "ARN", conflicts_with = "agent")]
    pub(crate) arn: Option<String>,
    /// Whose authorizer [default: live where it can be read, else config]
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) against: Option<AuthorizerChoice>,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 accepted, 3 refused, 1 the provider could not be asked, 2 usage.\n\n\
    Examples:\n  \
    agentcore identity token | agentcore auth check --token-file -\n  \
    agentcore auth check --token-file ~/token --against config -o json\n  \
    agentcore auth check --token-file ~/token --discovery-document discovery.json --jwks jwks.json\n\n\
    The two documents, saved:\n  \
    curl -sSf \"$DISCOVERY_URL\" -o discovery.json\n  \
    curl -sSf \"$(jq -r .jwks_uri discovery.json)\" -o jwks.json")]
pub(crate) struct AuthCheckArgs {
    #[command(flatten)]
    pub(crate) which: AuthorizerArgs,
    /// File with the token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]
    #[arg(long, visible_alias = "bearer-token-file", value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Judge a caller with AWS credentials instead of a token
    #[arg(long, conflicts_with = "token_file")]
    pub(crate) sigv4: bool,
    /// Authorizer as JSON, as `configure` takes it: would the token pass this one?
    #[arg(long, value_name = "JSON", conflicts_with_all = ["agent", "arn", "against"])]
    pub(crate) authorizer_config: Option<String>,
    /// Saved discovery document; with --jwks nothing is fetched
    #[arg(long, value_name = "FILE", requires = "jwks")]
    pub(crate) discovery_document: Option<PathBuf>,
    /// Saved key set
    #[arg(long, value_name = "FILE", requires = "discovery_document")]
    pub(crate) jwks: Option<PathBuf>,
    /// Measures the judgements per second on one core, for so many seconds
    #[arg(long, value_name = "SECONDS", hide = true, value_parser = number("whole seconds", 1..=60_u64, 5))]
    pub(crate) repeat: Option<u64>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore auth explain\n  \
    agentcore auth explain --arn \"$ARN\" -o json")]
pub(crate) struct AuthExplainArgs {
    #[command(flatten)]
    pub(crate) which: AuthorizerArgs,
    /// Endpoint whose URL is shown [default: DEFAULT]
    #[arg(long, visible_alias = "qualifier", value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 every caller was treated as the authorizer says, 1 one was not.\n\n\
    Examples:\n  \
    agentcore auth test --target sandbox --junit auth.xml\n  \
    agentcore identity token | agentcore auth test --good-token-file - --payload '{\"prompt\": \"hello\"}'")]
pub(crate) struct AuthTestArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Runtime to test, with no configuration file
    #[arg(long, value_name = "ARN", conflicts_with = "agent")]
    pub(crate) arn: Option<String>,
    /// Endpoint of the runtime [default: DEFAULT]
    #[arg(long, visible_alias = "qualifier", value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    /// Where to test [default: sandbox when AWS_ENDPOINT_URL points at one, else live]
    #[arg(long, value_enum, value_name = "WHERE")]
    pub(crate) target: Option<TestTarget>,
    /// File with a token that must pass, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]
    #[arg(long, value_name = "FILE")]
    pub(crate) good_token_file: Option<PathBuf>,
    /// Payload of the good caller: JSON, or @FILE; the others send {}
    #[arg(long, value_name = "PAYLOAD", default_value = "{\"prompt\": \"hello\"}")]
    pub(crate) payload: String,
    /// Also write the results as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
}
