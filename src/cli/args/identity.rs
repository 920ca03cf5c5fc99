//! The arguments of `agentcore identity`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::number::number;
use super::providers::{
    CreateProviderArgs, CreateWorkloadArgs, DeleteProviderArgs, DeleteWorkloadArgs, NamedProviderArgs,
    NamedWorkloadArgs, OfAgentArgs, SetupAwsJwtArgs, UpdateProviderArgs, UpdateWorkloadArgs,
};
use super::token::TokenArgs;
use crate::config::cognito_setup::DEFAULT_TOKEN_MINUTES;

#[derive(Debug, Subcommand)]
pub(crate) enum IdentityCommand {
    /// Set Amazon Cognito up: a pool for callers and one for the agent's own access, or one pool for a whole team
    SetupCognito(Box<SetupCognitoArgs>),
    /// Print a token for calling an agent, from any OpenID provider
    #[command(visible_alias = "get-cognito-inbound-token")]
    Token(Box<TokenArgs>),
    /// Compare what setup-cognito made with what it was asked for, and try a token of each client
    Verify(VerifyArgs),
    /// Store an API key or an OAuth2 client for an agent
    CreateCredentialProvider(Box<CreateProviderArgs>),
    /// Show one credential provider
    GetCredentialProvider(NamedProviderArgs),
    /// Show the credential providers of the account and region
    ListCredentialProviders(OfAgentArgs),
    /// Change a credential provider; what is not named stays
    UpdateCredentialProvider(Box<UpdateProviderArgs>),
    /// Delete a credential provider with its secret
    DeleteCredentialProvider(DeleteProviderArgs),
    /// Create a workload identity
    CreateWorkloadIdentity(CreateWorkloadArgs),
    /// Show one workload identity
    GetWorkloadIdentity(NamedWorkloadArgs),
    /// Show the workload identities of the account and region
    ListWorkloadIdentities(OfAgentArgs),
    /// Change the return URLs of a workload identity
    UpdateWorkloadIdentity(UpdateWorkloadArgs),
    /// Delete a workload identity
    DeleteWorkloadIdentity(DeleteWorkloadArgs),
    /// Let an agent get tokens signed by AWS for an outside service, without a secret
    SetupAwsJwt(SetupAwsJwtArgs),
    /// Show the services for which an agent gets tokens signed by AWS
    ListAwsJwt(OfAgentArgs),
    /// Delete what this program made for identity, and keep what you brought
    Cleanup(CleanupArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore identity setup-cognito\n  \
    agentcore identity setup-cognito --inbound-only --pool-name demo -o json\n  \
    agentcore identity setup-cognito --auth-flow m2m --resource-server orders --scope read\n  \
    agentcore identity setup-cognito --team customersupport --callback-url https://app.example.com/callback")]
pub(crate) struct SetupCognitoArgs {
    /// What the agent gets tokens with: `user`, a person's consent, or `m2m`, client credentials [default: user]
    #[arg(long, value_name = "FLOW", conflicts_with = "team")]
    pub(crate) auth_flow: Option<String>,
    /// Set up only the pool for callers: with a test user, or with m2m for a machine
    #[arg(long, conflicts_with = "team")]
    pub(crate) inbound_only: bool,
    /// Set up a team of this name: one pool with both clients, scopes, domain and test user, a gateway's role, nine
    /// parameters
    #[arg(long, value_name = "NAME", visible_alias = "all")]
    pub(crate) team: Option<String>,
    /// Name of the callers' user pool; NAME-identity is the other one's [default: agentcore-FOLDER, with m2m agentcore-FOLDER-m2m; TEAM]
    #[arg(long, value_name = "NAME")]
    pub(crate) pool_name: Option<String>,
    /// Name of the app client for people [default: agentcore-user-client; TEAM-web]
    #[arg(long, value_name = "NAME", visible_alias = "web-client-name")]
    pub(crate) client_name: Option<String>,
    /// Name of the app client for machines [default: agentcore-machine-client; TEAM-machine]
    #[arg(long, value_name = "NAME")]
    pub(crate) machine_client_name: Option<String>,
    /// Name of the test user [default: testuser]
    #[arg(long, short, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// File with the test user's password, or - for stdin [env: RUNTIME_PASSWORD] [default: one is made]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    #[arg(long, value_name = "MINUTES", allow_negative_numbers = true, value_parser = number("whole minutes", 5..=1440_u16, 60), help = format!(
        "Minutes that access tokens live (5 to 1440) [default: {DEFAULT_TOKEN_MINUTES}]"
    ))]
    pub(crate) token_minutes: Option<u16>,
    /// Where the sign-in page may send people back to; repeat it for more [default: http://localhost:8081/oauth2/callback]
    #[arg(long, value_name = "URL")]
    pub(crate) callback_url: Vec<String>,
    /// Identifier of the resource server, the first part of every scope [default: agentcore; TEAM]
    #[arg(long, value_name = "ID")]
    pub(crate) resource_server: Option<String>,
    /// Scope of the resource server, the second part; repeat it for more [default: read and write; read for a team]
    #[arg(long, value_name = "NAME")]
    pub(crate) scope: Vec<String>,
    /// Prefix of the hosted domain that tokens come from, unique in the region [default: derived from the pool]
    #[arg(long, value_name = "PREFIX")]
    pub(crate) domain_prefix: Option<String>,
    /// Name of the gateway's role [default: AgentCoreGateway-REGION-TEAM]
    #[arg(long, value_name = "NAME")]
    pub(crate) gateway_role: Option<String>,
    /// Path of the parameters [default: /app/TEAM/agentcore]
    #[arg(long, value_name = "PATH")]
    pub(crate) ssm_prefix: Option<String>,
    /// Name of the credential provider that the gateway may use [default: TEAM-cognito]
    #[arg(long, value_name = "NAME")]
    pub(crate) provider_name: Option<String>,
    /// Tag on everything that is made; repeat it for more
    #[arg(long, value_name = "KEY=VALUE", visible_alias = "tag", value_delimiter = ',')]
    pub(crate) tags: Vec<String>,
    /// ARN of the policy that bounds the gateway's role
    #[arg(long, value_name = "ARN")]
    pub(crate) permissions_boundary: Option<String>,
    /// Use a user pool or a gateway's role that another project made; they stay that project's
    #[arg(long)]
    pub(crate) adopt: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 as asked for, 6 something is missing or differs, 1 no token passes, 5 nothing was set up.\n\n\
    Example:\n  agentcore identity verify --agent support -o json"
)]
pub(crate) struct VerifyArgs {
    /// Agent whose authorizer the tokens are tried against, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CleanupArgs {
    /// Do not ask
    #[arg(long, short, visible_alias = "yes")]
    pub(crate) force: bool,
    /// Show what would be deleted and stop; exit 6 when something would be
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
    /// Agent whose credential providers and workload identity are deleted too, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}
