//! The arguments of `agentcore identity`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::token::TokenArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum IdentityCommand {
    /// Create a Cognito user pool, an app client without a secret and a test user
    SetupCognito(SetupCognitoArgs),
    /// Print a token for calling an agent, from any OpenID provider
    #[command(visible_alias = "get-cognito-inbound-token")]
    Token(Box<TokenArgs>),
    /// Delete what setup-cognito created
    Cleanup(CleanupArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  agentcore identity setup-cognito --pool-name demo -o json")]
pub(crate) struct SetupCognitoArgs {
    /// Name of the user pool
    #[arg(long, value_name = "NAME")]
    pub(crate) pool_name: Option<String>,
    /// Name of the app client
    #[arg(long, value_name = "NAME")]
    pub(crate) client_name: Option<String>,
    /// Name of the test user
    #[arg(long, short, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// File with the test user's password, or - for stdin; without it one is made [env: RUNTIME_PASSWORD]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Minutes that access tokens live (5 to 1440)
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u16).range(5..=1440))]
    pub(crate) token_minutes: Option<u16>,
    /// `user`; machine clients come with a later version
    #[arg(long, value_name = "FLOW")]
    pub(crate) auth_flow: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CleanupArgs {
    /// Do not ask
    #[arg(long, short, visible_alias = "yes")]
    pub(crate) force: bool,
    /// Show what would be deleted and stop; exit 6 when something would be
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
    /// Accepted for compatibility; what setup-cognito created belongs to the folder
    #[arg(long, short, hide = true)]
    pub(crate) agent: Option<String>,
}
