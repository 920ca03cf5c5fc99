//! The arguments of `agentcore identity token`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(
    after_help = "Grants: user-password, client-credentials, authorization-code, device-code, refresh-token, github-actions,\n\
        gitlab-ci, command, file. Without one it is what `agentcore.token` of the configuration says, else what the\n\
        other flags and `identity setup-cognito` imply. Secrets come from a file, from stdin (`-`) or from a variable.\n\n\
        Examples:\n  \
        agentcore identity token                              # of the test user that setup-cognito made\n  \
        agentcore identity token --grant client-credentials --issuer https://idp.example --client-id ci --client-secret-file -\n  \
        agentcore identity token --grant authorization-code --client-id web --scope openid --scope agents --save\n  \
        agentcore invoke '{\"prompt\": \"hello\"}' --auth        # obtains and sends the same token"
)]
pub(crate) struct TokenArgs {
    /// How the token is obtained, see below [default: what the configuration, other flags and set-ups imply]
    #[arg(long, value_name = "GRANT")]
    pub(crate) grant: Option<String>,
    /// `user` or `m2m`: the starter toolkit's names for user-password and client-credentials
    #[arg(long, value_name = "FLOW", conflicts_with = "grant")]
    pub(crate) auth_flow: Option<String>,
    /// Agent whose provider and settings are used, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Discovery URL of the provider [env: RUNTIME_DISCOVERY_URL] [default: that of the agent's authorizer]
    #[arg(long, value_name = "URL", help_heading = "Provider")]
    pub(crate) discovery_url: Option<String>,
    /// Issuer of the provider, instead of its discovery URL
    #[arg(long, value_name = "URL", help_heading = "Provider", conflicts_with = "discovery_url")]
    pub(crate) issuer: Option<String>,
    /// Cognito user pool id [env: RUNTIME_POOL_ID] [default: that of setup-cognito]
    #[arg(long, value_name = "ID", help_heading = "Provider", conflicts_with_all = ["discovery_url", "issuer"])]
    pub(crate) pool_id: Option<String>,
    /// Client id [env: RUNTIME_CLIENT_ID] [default: that of the configuration, else of setup-cognito]
    #[arg(long, value_name = "ID", help_heading = "Provider")]
    pub(crate) client_id: Option<String>,
    /// How the client authenticates: auto, client_secret_basic, client_secret_post, private_key_jwt, none [default: auto]
    #[arg(long, value_name = "METHOD", help_heading = "Provider")]
    pub(crate) client_auth: Option<String>,
    /// File with the client's secret, or - for stdin [env: RUNTIME_CLIENT_SECRET, AGENTCORE_CLIENT_SECRET]
    #[arg(long, value_name = "FILE", help_heading = "Provider")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// The client's secret; visible to other users of this machine, prefer --client-secret-file
    #[arg(long, value_name = "SECRET", help_heading = "Provider", conflicts_with = "client_secret_file")]
    pub(crate) client_secret: Option<String>,
    /// PEM file with the client's private key, for private_key_jwt
    #[arg(long, value_name = "FILE", help_heading = "Provider")]
    pub(crate) private_key_file: Option<PathBuf>,
    /// Key id (`kid`) that the provider knows that key by
    #[arg(long, value_name = "ID", help_heading = "Provider", requires = "private_key_file")]
    pub(crate) key_id: Option<String>,
    /// Scope to ask for (repeatable, or separated by commas or spaces) [default: those of the configuration, else of setup-cognito]
    #[arg(long, value_name = "SCOPE", help_heading = "What for")]
    pub(crate) scope: Vec<String>,
    /// Audience to ask for (`audience`: Auth0, GitHub Actions) [default: that of the configuration]
    #[arg(long, value_name = "AUDIENCE", help_heading = "What for")]
    pub(crate) audience: Option<String>,
    /// Resource to ask for (`resource` of RFC 8707) [default: that of the configuration]
    #[arg(long, value_name = "URI", help_heading = "What for")]
    pub(crate) resource: Option<String>,
    /// Print the ID token instead of the access token
    #[arg(long, help_heading = "What for")]
    pub(crate) id_token: bool,
    /// User name [env: RUNTIME_USERNAME] [default: that of the configuration, else of setup-cognito]
    #[arg(long, short, value_name = "NAME", help_heading = "Grants")]
    pub(crate) username: Option<String>,
    /// File with the password, or - for stdin [env: RUNTIME_PASSWORD holds the password itself]
    #[arg(long, value_name = "FILE", help_heading = "Grants")]
    pub(crate) password_file: Option<PathBuf>,
    /// Password; visible to other users of this machine, prefer --password-file
    #[arg(long, short, value_name = "PASSWORD", help_heading = "Grants", conflicts_with = "password_file")]
    pub(crate) password: Option<String>,
    /// File with the password to choose when Cognito wants a new one, or - for stdin [env: RUNTIME_NEW_PASSWORD]
    #[arg(long, value_name = "FILE", help_heading = "Grants")]
    pub(crate) new_password_file: Option<PathBuf>,
    /// File with a refresh token, or - for stdin
    #[arg(long, value_name = "FILE", help_heading = "Grants")]
    pub(crate) refresh_token_file: Option<PathBuf>,
    /// Loopback address that the provider knows, for authorization-code [default: a random port of 127.0.0.1]
    #[arg(long, value_name = "URI", help_heading = "Grants")]
    pub(crate) redirect_uri: Option<String>,
    /// Do not open a browser
    #[arg(long, help_heading = "Grants")]
    pub(crate) no_browser: bool,
    /// Variable that holds the job's token, for gitlab-ci [default: that of the configuration]
    #[arg(long, value_name = "NAME", help_heading = "Grants")]
    pub(crate) ci_variable: Option<String>,
    /// Program with arguments that prints a token or {"access_token", "expires_in"}; runs without a shell
    #[arg(long, value_name = "COMMAND", help_heading = "Grants")]
    pub(crate) token_command: Option<String>,
    /// File with a token
    #[arg(long, value_name = "FILE", help_heading = "Grants")]
    pub(crate) token_file: Option<PathBuf>,
    /// Get a new token, whatever is cached
    #[arg(long, help_heading = "Cache", conflicts_with = "no_cache")]
    pub(crate) refresh: bool,
    /// Neither read nor write the cache
    #[arg(long, help_heading = "Cache")]
    pub(crate) no_cache: bool,
    /// Forget the cached token, its refresh token included, and stop
    #[arg(long, visible_alias = "logout", help_heading = "Cache", conflicts_with_all = ["refresh", "no_cache", "save"])]
    pub(crate) forget: bool,
    /// With --forget: all cached tokens
    #[arg(long, help_heading = "Cache", requires = "forget")]
    pub(crate) all: bool,
    /// Save these flags, except secrets, in `agentcore.token` of the agent
    #[arg(long, help_heading = "Cache")]
    pub(crate) save: bool,
}
