//! The arguments of credential providers, workload identities and AWS's own tokens.

use std::path::PathBuf;

use clap::Args;

use super::number::number;
use crate::config::AwsJwt;

/// Where a secret comes from.
#[derive(Debug, Args)]
#[command(next_help_heading = "The secret")]
pub(crate) struct SecretArgs {
    /// File with the API key, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) api_key_file: Option<PathBuf>,
    /// Name of the variable that holds the API key
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) api_key_env: Option<String>,
    /// API key; visible to other users of this machine, prefer --api-key-file
    #[arg(long, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
    /// File with the client's secret, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// Name of the variable that holds the client's secret
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) client_secret_env: Option<String>,
    /// The client's secret; visible to other users of this machine, prefer --client-secret-file
    #[arg(long, value_name = "SECRET")]
    pub(crate) client_secret: Option<String>,
    /// Secret of your own in Secrets Manager, by ARN or name, instead of a value
    #[arg(long, value_name = "ID", visible_alias = "secret-arn", requires = "json_key")]
    pub(crate) secret_id: Option<String>,
    /// Key in the secret's JSON
    #[arg(long, value_name = "KEY", requires = "secret_id")]
    pub(crate) json_key: Option<String>,
}

/// An OAuth2 client, without its secret.
#[derive(Debug, Args)]
#[command(next_help_heading = "The OAuth2 client")]
pub(crate) struct ClientArgs {
    /// Client id
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Discovery document of the provider
    #[arg(long, value_name = "URL")]
    pub(crate) discovery_url: Option<String>,
    /// Issuer, where there is no discovery document
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// Authorization endpoint, where there is no discovery document
    #[arg(long, value_name = "URL")]
    pub(crate) authorization_endpoint: Option<String>,
    /// Token endpoint, where there is no discovery document
    #[arg(long, value_name = "URL")]
    pub(crate) token_endpoint: Option<String>,
    /// Tenant, for Microsoft
    #[arg(long, value_name = "ID")]
    pub(crate) tenant_id: Option<String>,
    /// JSON file with more members of the vendor's configuration, as the service has them; - for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) provider_config: Option<PathBuf>,
    /// User pool of the client, which gets the provider's callback URL
    #[arg(long, value_name = "ID", requires = "client_id")]
    pub(crate) cognito_pool_id: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore identity create-credential-provider --name openai --type api-key --api-key-file -\n  \
    agentcore identity create-credential-provider --name github --type github --client-id ID --client-secret-env SECRET\n  \
    agentcore identity create-credential-provider --name idp --type custom --discovery-url URL --client-id ID \\\n      \
    --secret-id my-secret --json-key client_secret")]
pub(crate) struct CreateProviderArgs {
    /// Name of the provider
    #[arg(long, short, value_name = "NAME")]
    pub(crate) name: String,
    /// api-key, custom (alias oauth2), or a vendor: google, github, slack, salesforce, microsoft, okta, auth0, cognito, …
    #[arg(long = "type", short = 't', value_name = "TYPE")]
    pub(crate) kind: String,
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    /// Tag on the provider; repeat it for more
    #[arg(long, value_name = "KEY=VALUE", visible_alias = "tag", value_delimiter = ',')]
    pub(crate) tags: Vec<String>,
    /// Agent that uses it, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore identity update-credential-provider --name openai --api-key-file ~/new-key\n  \
    agentcore identity update-credential-provider --name idp --client-id NEW --client-secret-file -")]
pub(crate) struct UpdateProviderArgs {
    /// Name of the provider
    #[arg(long, short, value_name = "NAME")]
    pub(crate) name: String,
    /// api-key or oauth2, where both have the name [default: whichever there is]
    #[arg(long = "type", short = 't', value_name = "TYPE")]
    pub(crate) kind: Option<String>,
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    /// Agent that uses it, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Change it even if another project made it
    #[arg(long)]
    pub(crate) adopt: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NamedProviderArgs {
    /// Name of the provider
    #[arg(long, short, value_name = "NAME")]
    pub(crate) name: String,
    /// api-key or oauth2, where both have the name [default: whichever there is]
    #[arg(long = "type", short = 't', value_name = "TYPE")]
    pub(crate) kind: Option<String>,
    /// Agent that uses it, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  agentcore identity delete-credential-provider --name openai")]
pub(crate) struct DeleteProviderArgs {
    #[command(flatten)]
    pub(crate) provider: NamedProviderArgs,
    /// Do not ask before deleting one that this program has no record of making for the agent
    #[arg(long, short, visible_alias = "yes")]
    pub(crate) force: bool,
    /// Delete it even if another project made it
    #[arg(long)]
    pub(crate) adopt: bool,
}

/// The agent of a listing.
#[derive(Debug, Args)]
pub(crate) struct OfAgentArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    agentcore identity create-workload-identity --name desk --return-urls https://app.example.com/callback")]
pub(crate) struct CreateWorkloadArgs {
    /// Name [default: AGENT-workload]
    #[arg(long, short, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// URLs that people may be sent back to after consent, separated by commas
    #[arg(long, value_name = "URLS", value_delimiter = ',')]
    pub(crate) return_urls: Vec<String>,
    /// Tag on it; repeat it for more
    #[arg(long, value_name = "KEY=VALUE", visible_alias = "tag", value_delimiter = ',')]
    pub(crate) tags: Vec<String>,
    /// Agent that uses it, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct UpdateWorkloadArgs {
    /// Name
    #[arg(long, short, value_name = "NAME")]
    pub(crate) name: String,
    /// Return URLs to add, separated by commas
    #[arg(long, value_name = "URLS", value_delimiter = ',', required_unless_present = "set_return_urls")]
    pub(crate) add_return_urls: Vec<String>,
    /// Return URLs that replace the present ones, separated by commas
    #[arg(long, value_name = "URLS", value_delimiter = ',', conflicts_with = "add_return_urls")]
    pub(crate) set_return_urls: Vec<String>,
    /// Agent that uses it, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Change it even if another project made it
    #[arg(long)]
    pub(crate) adopt: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NamedWorkloadArgs {
    /// Name
    #[arg(long, short, value_name = "NAME")]
    pub(crate) name: String,
    /// Agent that uses it, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  agentcore identity delete-workload-identity --name demo-workload")]
pub(crate) struct DeleteWorkloadArgs {
    #[command(flatten)]
    pub(crate) workload: NamedWorkloadArgs,
    /// Do not ask before deleting one that this program has no record of making for the agent
    #[arg(long, short, visible_alias = "yes")]
    pub(crate) force: bool,
    /// Delete it even if another project made it
    #[arg(long)]
    pub(crate) adopt: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  agentcore identity setup-aws-jwt --audience https://api.example.com")]
pub(crate) struct SetupAwsJwtArgs {
    /// Service that is to accept the tokens
    #[arg(long, short, value_name = "URL")]
    pub(crate) audience: String,
    #[arg(long, short, value_name = "NAME", ignore_case = true, value_parser = ["ES384", "RS256"], help = format!(
        "Signing algorithm: ES384 or RS256 [default: {}]", AwsJwt::default().signing_algorithm
    ))]
    pub(crate) signing_algorithm: Option<String>,
    #[arg(long, short, value_name = "SECONDS", allow_negative_numbers = true, value_parser = number("whole seconds", 60..=3600_u32, 300), help = format!(
        "Lifetime in seconds (60 to 3600) [default: {}]", AwsJwt::default().duration_seconds
    ))]
    pub(crate) duration: Option<u32>,
    /// Agent that uses them, instead of the default one
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}
