//! The arguments of `agentcore configure`.

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};

use super::number::number;
use super::settings::SettingArgs;
use crate::facts;
use crate::project::PythonVersion;

/// A path, or an empty text that takes the setting away; clap's own parser of paths refuses that.
fn maybe_empty() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

fn session_range() -> String {
    format!("{} to {}", facts::SESSION_SECONDS.start(), facts::SESSION_SECONDS.end())
}

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  \
        agentcore configure -e agent.py\n  \
        agentcore configure -e agent.py -n support --discovery-url https://…/.well-known/openid-configuration --allowed-client abc\n  \
        agentcore configure -e agent.py --execution-role arn:…:role/mine --ecr my-team/agent"
)]
pub(crate) struct ConfigureArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ConfigureCommand>,

    /// Agent file (agent.py) or a folder that holds main, agent or app [default: the one that this folder has]
    #[arg(long, short, value_name = "PATH")]
    pub(crate) entrypoint: Option<PathBuf>,
    /// Folder that is packed [default: the entrypoint's, widened to its dependency files]
    #[arg(long, value_name = "DIR")]
    pub(crate) source_path: Option<PathBuf>,
    #[arg(long, short, value_name = "NAME", help = format!(
        "Agent name: a letter, then letters, digits and underscores, {} at most [default: from the entrypoint]", facts::NAME_LENGTH
    ))]
    pub(crate) name: Option<String>,
    /// The starter toolkit's flag for projects of its own; left out of account beside --entrypoint
    #[arg(long, short, hide = true)]
    pub(crate) create: bool,
    /// Project language [short: -lang] [default: that of the entrypoint]
    #[arg(long, value_name = "python|typescript")]
    pub(crate) language: Option<String>,
    #[arg(long, value_name = "X.Y", help = format!(
        "Python version of the agent [default: that of .python-version or `requires-python`, else {}]", PythonVersion::default().version
    ))]
    pub(crate) python: Option<String>,
    /// Dependency file: requirements*.txt, *.in or pyproject.toml [short: -rf] [default: the nearest]
    #[arg(long, value_name = "FILE")]
    pub(crate) requirements_file: Option<PathBuf>,
    /// Optional dependencies of pyproject.toml to install (repeatable, or separated by commas; `none` removes them all)
    /// [default: none]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) extra: Vec<String>,
    /// Dependency group of pyproject.toml to install (repeatable, or separated by commas; `none` removes them all)
    /// [default: none]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) group: Vec<String>,

    /// OpenID Connect discovery URL of the issuer of the callers' tokens
    #[arg(long, help_heading = "Inbound auth", value_name = "URL", conflicts_with = "authorizer_config")]
    pub(crate) discovery_url: Option<String>,
    /// Accepted `client_id` (repeatable, or separated by commas)
    #[arg(long, help_heading = "Inbound auth", value_name = "ID", value_delimiter = ',')]
    pub(crate) allowed_client: Vec<String>,
    /// Accepted `aud` (repeatable, or separated by commas)
    #[arg(long, help_heading = "Inbound auth", value_name = "AUDIENCE", value_delimiter = ',')]
    pub(crate) allowed_audience: Vec<String>,
    /// Accepted scope; one match is enough (repeatable, or separated by commas)
    #[arg(long, help_heading = "Inbound auth", value_name = "SCOPE", value_delimiter = ',')]
    pub(crate) allowed_scope: Vec<String>,
    /// Required claim: name=value, or name~=a,b for a list claim (repeatable)
    #[arg(long, help_heading = "Inbound auth", value_name = "RULE")]
    pub(crate) custom_claim: Vec<String>,
    /// The whole authorizer as JSON: {"customJWTAuthorizer": {…}} [short: -ac]
    #[arg(long, help_heading = "Inbound auth", value_name = "JSON")]
    pub(crate) authorizer_config: Option<String>,
    /// Remove the authorizer: callers sign with IAM
    #[arg(long, help_heading = "Inbound auth", conflicts_with_all = ["discovery_url", "authorizer_config"])]
    pub(crate) no_authorizer: bool,
    /// Do not fetch the discovery document
    #[arg(long, help_heading = "Inbound auth")]
    pub(crate) offline: bool,
    /// Headers that reach the agent, separated by commas [short: -rha] [default: none]
    #[arg(long, help_heading = "Inbound auth", value_name = "NAMES")]
    pub(crate) request_header_allowlist: Option<String>,

    /// Role the agent runs as (ARN or name) [short: -er] [default: launch creates one]
    #[arg(long, help_heading = "AWS", value_name = "ROLE")]
    pub(crate) execution_role: Option<String>,
    /// Role for CodeBuild [short: -cber] [default: launch creates one]
    #[arg(long, help_heading = "AWS", value_name = "ROLE")]
    pub(crate) code_build_execution_role: Option<String>,
    /// ECR repository (URI or name), or `auto`: launch creates one [short: -ecr] [default: auto]
    #[arg(long, help_heading = "AWS", value_name = "REPOSITORY")]
    pub(crate) ecr: Option<String>,
    /// S3 bucket for direct_code_deploy [short: -s3] [default: launch creates one]
    #[arg(long, help_heading = "AWS", value_name = "BUCKET")]
    pub(crate) s3: Option<String>,
    /// Run inside a VPC, with --subnets and --security-groups [default: the public network]
    #[arg(long, help_heading = "AWS")]
    pub(crate) vpc: bool,
    /// Subnet ids, separated by commas
    #[arg(long, help_heading = "AWS", value_name = "IDS")]
    pub(crate) subnets: Option<String>,
    /// Security group ids, separated by commas
    #[arg(long, help_heading = "AWS", value_name = "IDS")]
    pub(crate) security_groups: Option<String>,
    #[arg(long, help_heading = "AWS", value_name = "SECONDS", allow_negative_numbers = true, value_parser = number("whole seconds", facts::SESSION_SECONDS, facts::IDLE_TIMEOUT), help = format!(
        "Seconds until an idle session ends ({}) [default: {}]", session_range(), facts::IDLE_TIMEOUT
    ))]
    pub(crate) idle_timeout: Option<u32>,
    #[arg(long, help_heading = "AWS", value_name = "SECONDS", allow_negative_numbers = true, value_parser = number("whole seconds", facts::SESSION_SECONDS, facts::IDLE_TIMEOUT), help = format!(
        "Seconds a session may live ({}) [default: {}]", session_range(), facts::SESSION_SECONDS.end()
    ))]
    pub(crate) max_lifetime: Option<u32>,
    /// Protocol that the agent serves: HTTP, MCP, A2A or AGUI [default: what its source shows, else HTTP]
    #[arg(long, short, help_heading = "AWS", value_name = "PROTOCOL")]
    pub(crate) protocol: Option<String>,
    #[command(flatten)]
    pub(crate) settings: SettingArgs,

    /// container or direct_code_deploy [short: -dt] [default: container]
    #[arg(long, help_heading = "Build", value_name = "TYPE")]
    pub(crate) deployment_type: Option<String>,
    /// Managed runtime for direct_code_deploy, such as PYTHON_3_13 [short: -rt] [default: that of the agent's version]
    #[arg(long, help_heading = "Build", value_name = "RUNTIME")]
    pub(crate) runtime: Option<String>,
    /// Container engine: auto, docker, podman, finch or buildah [short: -ctr] [default: auto]
    #[arg(long, help_heading = "Build", value_name = "ENGINE")]
    pub(crate) container_runtime: Option<String>,
    /// Your own Dockerfile; `''` goes back to the generated one [default: generated]
    #[arg(long, help_heading = "Build", value_name = "FILE", value_parser = maybe_empty())]
    pub(crate) dockerfile: Option<PathBuf>,
    /// Build context of the Dockerfile; `''` goes back to the default [default: the source folder]
    #[arg(long, help_heading = "Build", value_name = "DIR", value_parser = maybe_empty())]
    pub(crate) build_context: Option<PathBuf>,
    /// Stage of the Dockerfile; `''` goes back to the default [default: the last one]
    #[arg(long, help_heading = "Build", value_name = "STAGE")]
    pub(crate) target: Option<String>,
    /// Argument of the Dockerfile (repeatable); `NAME=` for an empty one. Not for secrets
    #[arg(long, help_heading = "Build", value_name = "NAME=VALUE")]
    pub(crate) build_arg: Vec<String>,
    /// Variable passed to the build as a secret, such as PIP_INDEX_URL (repeatable)
    #[arg(long, help_heading = "Build", value_name = "NAME")]
    pub(crate) build_secret: Vec<String>,
    /// Base image of the agent's image, or `scratch` [default: the slim image of its Python or Node.js version]
    #[arg(long, help_heading = "Build", value_name = "IMAGE")]
    pub(crate) base_image: Option<String>,
    /// Do not install and start OpenTelemetry [short: -do]
    #[arg(long, help_heading = "Build")]
    pub(crate) disable_otel: bool,
    /// AgentCore Memory: `none`, `stm` (launch creates one that keeps events), `ltm` (the same, with long-term records) or the
    /// id of one that exists [default: none for a new agent]
    #[arg(long, help_heading = "Memory", value_name = "none|stm|ltm|ID")]
    pub(crate) memory: Option<String>,
    /// The same as --memory none [short: -dm]
    #[arg(long, help_heading = "Memory", conflicts_with = "memory")]
    pub(crate) disable_memory: bool,
    /// Write the generated Dockerfile again even where it was edited (a .bak is kept)
    #[arg(long, help_heading = "Build")]
    pub(crate) force: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigureCommand {
    /// List the agents of the configuration file
    List,
    /// Make an agent the one that commands take without --agent
    SetDefault {
        /// Agent name
        name: String,
    },
    /// Show an agent's resolved values and where each came from
    Show {
        /// Agent, instead of the default one
        #[arg(long, short, value_name = "NAME")]
        agent: Option<String>,
    },
    /// Check the configuration file and list every fault with its position; exit 2 if there is one
    #[command(
        after_help = "Examples:\n  agentcore configure validate\n  agentcore configure validate --format sarif > ../agentcore.sarif"
    )]
    Validate {
        /// Format of the result: `sarif` is SARIF 2.1.0, for code scanning [default: text]
        #[arg(long, value_enum, value_name = "FORMAT")]
        format: Option<FindingFormat>,
    },
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingFormat {
    /// For people: the place, what is wrong, the line
    Text,
    /// SARIF 2.1.0
    Sarif,
}
