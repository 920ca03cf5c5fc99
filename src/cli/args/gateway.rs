//! The arguments of `agentcore gateway`.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Subcommand, ValueEnum};

use super::number::{number, seconds};
use crate::ops::gateway::{self, TargetType};

#[derive(Debug, Subcommand)]
pub(crate) enum GatewayCommand {
    /// Create a gateway that callers with a token may use, with a role of its own
    CreateMcpGateway(Box<CreateGatewayArgs>),
    /// Add a Lambda function, an OpenAPI service, an MCP server or a Smithy model to a gateway
    CreateMcpGatewayTarget(Box<CreateTargetArgs>),
    /// Delete a gateway and the role that was made for it
    DeleteMcpGateway(DeleteGatewayArgs),
    /// Delete a target and what was made for it
    DeleteMcpGatewayTarget(DeleteTargetArgs),
    /// Show the gateways of the account and region
    ListMcpGateways(ListGatewaysArgs),
    /// Show one gateway
    GetMcpGateway(GetGatewayArgs),
    /// Show the targets of a gateway
    ListMcpGatewayTargets(ListTargetsArgs),
    /// Show one target
    GetMcpGatewayTarget(GetTargetArgs),
    /// Change a gateway; what is not named stays
    UpdateGateway(Box<UpdateGatewayArgs>),
}

impl GatewayCommand {
    /// What the command itself says of the time that it may take.
    pub(super) fn wait_timeout(&self) -> Option<u64> {
        match self {
            Self::CreateMcpGateway(args) => args.wait.wait_timeout,
            Self::CreateMcpGatewayTarget(args) => args.wait.wait_timeout,
            Self::DeleteMcpGateway(args) => args.wait.wait_timeout,
            Self::DeleteMcpGatewayTarget(args) => args.wait.wait_timeout,
            Self::UpdateGateway(args) => args.wait.wait_timeout,
            Self::ListMcpGateways(_)
            | Self::GetMcpGateway(_)
            | Self::ListMcpGatewayTargets(_)
            | Self::GetMcpGatewayTarget(_) => None,
        }
    }
}

// `ops` knows nothing of the command line.
impl ValueEnum for TargetType {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}

/// Which gateway is meant.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct GatewaySelector {
    /// Id of the gateway
    #[arg(long, value_name = "ID", visible_alias = "gateway-id")]
    pub(crate) id: Option<String>,
    /// ARN of the gateway
    #[arg(long, value_name = "ARN", visible_alias = "gateway-arn")]
    pub(crate) arn: Option<String>,
    /// Exact name of the gateway, instead of its id [default: none]
    #[arg(long, value_name = "NAME", visible_alias = "gateway-name")]
    pub(crate) name: Option<String>,
}

/// Which gateway gets a target, where `--name` is the target's.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct GatewayOfTarget {
    /// ARN of the gateway
    #[arg(long, value_name = "ARN", visible_alias = "arn")]
    pub(crate) gateway_arn: Option<String>,
    /// Id of the gateway
    #[arg(long, value_name = "ID", visible_alias = "id")]
    pub(crate) gateway_id: Option<String>,
    /// Exact name of the gateway
    #[arg(long, value_name = "NAME")]
    pub(crate) gateway_name: Option<String>,
}

/// Which target of the gateway is meant.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct TargetSelector {
    /// Id of the target
    #[arg(long, value_name = "ID")]
    pub(crate) target_id: Option<String>,
    /// Exact name of the target
    #[arg(long, value_name = "NAME")]
    pub(crate) target_name: Option<String>,
}

/// Whether and how long a command waits for the service.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct GatewayWait {
    /// Wait until it is READY, or gone, which is the default
    #[arg(long, overrides_with = "no_wait")]
    pub(crate) wait: bool,
    /// Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too
    #[arg(long, overrides_with = "wait")]
    pub(crate) no_wait: bool,
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds(), help = format!(
        "Seconds that the whole command may take [default: {}]", gateway::DEFAULT_WAIT.as_secs()
    ))]
    pub(crate) wait_timeout: Option<u64>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without --authorizer-config, callers are the client for machines of `identity setup-cognito` in this folder.\n\n\
    Examples:\n  \
    agentcore identity setup-cognito --auth-flow m2m && agentcore gateway create-mcp-gateway --name tools\n  \
    agentcore gateway create-mcp-gateway --name tools --authorizer-config \\\n      \
    '{\"customJWTAuthorizer\": {\"discoveryUrl\": \"URL\", \"allowedClients\": [\"ID\"]}}' -o json"
)]
pub(crate) struct CreateGatewayArgs {
    /// Name: letters, digits and hyphens [default: TestGateway and eight characters that stand for this folder]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// What it is for [default: none]
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// ARN of a role of your own [default: one is made for this gateway]
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// Who may call it, as JSON with `customJWTAuthorizer` [default: the client for machines that was set up in this folder]
    #[arg(long, value_name = "JSON")]
    pub(crate) authorizer_config: Option<String>,
    /// Let callers search for tools by meaning, which is the default [short: -sem]
    #[arg(long, alias = "enable_semantic_search", overrides_with = "no_semantic_search")]
    pub(crate) enable_semantic_search: bool,
    /// Do not let callers search for tools by meaning; it cannot be changed later
    #[arg(long, overrides_with = "enable_semantic_search")]
    pub(crate) no_semantic_search: bool,
    /// DEBUG: tell callers why a tool failed [default: tell them only that it failed]
    #[arg(long, value_name = "LEVEL", value_parser = ["DEBUG"], ignore_case = true)]
    pub(crate) exception_level: Option<String>,
    #[command(flatten)]
    pub(crate) wait: GatewayWait,
}

#[derive(Debug, Args)]
#[command(after_help = "Payloads (JSON):\n  \
    lambda         {\"lambdaArn\": \"ARN\", \"toolSchema\": {\"inlinePayload\": [{\"name\": …, \"description\": …, \"inputSchema\": …}]}}\n  \
    openApiSchema  {\"s3\": {\"uri\": \"s3://BUCKET/KEY\"}} or {\"inlinePayload\": \"TEXT\"}\n  \
    mcpServer      {\"endpoint\": \"https://HOST/mcp\"}\n  \
    smithyModel    {\"s3\": {\"uri\": \"s3://BUCKET/KEY\"}} or {\"inlinePayload\": \"TEXT\"}\n\n\
    Credentials (JSON), for openApiSchema, mcpServer and smithyModel:\n  \
    {\"api_key\": …, \"credential_location\": \"HEADER\", \"credential_parameter_name\": …}\n  \
    {\"oauth2_provider_config\": {\"customOauth2ProviderConfig\": {…}}, \"scopes\": […]}\n  \
    {\"provider_arn\": \"ARN\", …}: a credential provider that is there, so that no secret is typed\n\n\
    Example:\n  \
    agentcore gateway create-mcp-gateway-target --gateway-id ID --name docs --target-type mcpServer \\\n      \
    --target-payload '{\"endpoint\": \"https://mcp.example.com/mcp\"}'")]
pub(crate) struct CreateTargetArgs {
    #[command(flatten)]
    pub(crate) gateway: GatewayOfTarget,
    /// Accepted for scripts of the starter toolkit; not used
    #[arg(long, value_name = "URL")]
    pub(crate) gateway_url: Option<String>,
    /// ARN of the gateway's role; any other is refused [default: read from the gateway]
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// Name of the target, the first part of its tools' names [default: TestGatewayTarget and eight characters that stand for the payload]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Type of the target [default: lambda]
    #[arg(long, value_name = "TYPE", value_enum, ignore_case = true)]
    pub(crate) target_type: Option<TargetType>,
    /// What the target is, as JSON, see below
    #[arg(long, value_name = "JSON")]
    pub(crate) target_payload: Option<String>,
    /// How the gateway authenticates to the target, as JSON, see below; visible to other users of this machine
    #[arg(long, value_name = "JSON")]
    pub(crate) credentials: Option<String>,
    /// File with the same, or - for stdin
    #[arg(long, value_name = "FILE", conflicts_with = "credentials")]
    pub(crate) credentials_file: Option<PathBuf>,
    /// Allow a gateway of another project
    #[arg(long)]
    pub(crate) adopt: bool,
    #[command(flatten)]
    pub(crate) wait: GatewayWait,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  agentcore gateway delete-mcp-gateway --name tools --force")]
pub(crate) struct DeleteGatewayArgs {
    #[command(flatten)]
    pub(crate) gateway: GatewaySelector,
    /// Delete its targets too
    #[arg(long)]
    pub(crate) force: bool,
    /// Delete it even if another project made it
    #[arg(long)]
    pub(crate) adopt: bool,
    #[command(flatten)]
    pub(crate) wait: GatewayWait,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteTargetArgs {
    #[command(flatten)]
    pub(crate) gateway: GatewaySelector,
    #[command(flatten)]
    pub(crate) target: TargetSelector,
    /// Delete it even if another project made the gateway
    #[arg(long)]
    pub(crate) adopt: bool,
    #[command(flatten)]
    pub(crate) wait: GatewayWait,
}

#[derive(Debug, Args)]
pub(crate) struct ListGatewaysArgs {
    /// Only the gateway of this exact name [default: all]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// How many to show at most, 1 to 1000
    #[arg(long, short, value_name = "COUNT", default_value_t = 50, allow_negative_numbers = true, value_parser = number("a whole number", 1..=1000_u16, 50))]
    pub(crate) max_results: u16,
}

#[derive(Debug, Args)]
pub(crate) struct GetGatewayArgs {
    #[command(flatten)]
    pub(crate) gateway: GatewaySelector,
}

#[derive(Debug, Args)]
pub(crate) struct ListTargetsArgs {
    #[command(flatten)]
    pub(crate) gateway: GatewaySelector,
    /// How many to show at most, 1 to 1000
    #[arg(long, short, value_name = "COUNT", default_value_t = 50, allow_negative_numbers = true, value_parser = number("a whole number", 1..=1000_u16, 50))]
    pub(crate) max_results: u16,
}

#[derive(Debug, Args)]
pub(crate) struct GetTargetArgs {
    #[command(flatten)]
    pub(crate) gateway: GatewaySelector,
    #[command(flatten)]
    pub(crate) target: TargetSelector,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  agentcore gateway update-gateway --id ID --policy-engine-arn ARN --policy-engine-mode LOG_ONLY"
)]
pub(crate) struct UpdateGatewayArgs {
    #[command(flatten)]
    pub(crate) gateway: GatewaySelector,
    /// What it is for [default: unchanged]
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// ARN of the policy engine that decides on calls [default: unchanged]
    #[arg(long, value_name = "ARN")]
    pub(crate) policy_engine_arn: Option<String>,
    /// Whether the engine's decisions are enforced or only logged [default: ENFORCE with --policy-engine-arn]
    #[arg(long, value_name = "MODE", value_parser = ["LOG_ONLY", "ENFORCE"], ignore_case = true)]
    pub(crate) policy_engine_mode: Option<String>,
    /// Who may call it, as JSON with `customJWTAuthorizer` [default: unchanged]
    #[arg(long, value_name = "JSON")]
    pub(crate) authorizer_config: Option<String>,
    /// Change it even if another project made it
    #[arg(long)]
    pub(crate) adopt: bool,
    #[command(flatten)]
    pub(crate) wait: GatewayWait,
}
