//! The command line as clap sees it. Nothing here has a default that the configuration file could override.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

/// Deploy AI agents to Amazon Bedrock AgentCore Runtime and call them, behind IAM or OpenID Connect
#[derive(Debug, Parser)]
#[command(
    name = "agentcore",
    version,
    propagate_version = false,
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 110,
    args_override_self = true,
    after_help = "Exit status: 0 done, 1 failed, 2 usage or configuration, 3 refused by the agent, 4 AWS credentials,\n\
                  5 not found, 6 changes pending, 7 deadline, 8 the agent failed, 9 partly done, 130 interrupted.\n\n\
                  Examples:\n  \
                  agentcore configure -e agent.py --discovery-url URL --allowed-client ID\n  \
                  agentcore launch\n  \
                  agentcore invoke '{\"prompt\": \"hello\"}' --bearer-token-file token.txt\n  \
                  agentcore sandbox run -- ./run.sh      # all of it without an AWS account"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// AWS profile [env: AWS_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]
    #[arg(long, short, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Form of the result on stdout
    #[arg(long, short, global = true, value_enum, value_name = "FORM")]
    pub(crate) output: Option<OutputFormat>,
    /// Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]
    #[arg(long, global = true)]
    pub(crate) non_interactive: bool,
    /// Say less on stderr
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Say more on stderr
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// When to colour [env: NO_COLOR, CLICOLOR_FORCE]
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub(crate) color: Option<ColorWhen>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people
    Text,
    /// One document {schema, ok, data | error}
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Describe an agent: entrypoint, authorizer, role, network; writes .bedrock_agentcore.yaml
    Configure(Box<ConfigureArgs>),
    /// Build the agent's image, push it, create or update its runtime, and wait until it is READY
    #[command(visible_alias = "deploy")]
    Launch(Box<LaunchArgs>),
    /// Show what is configured and what is deployed
    Status(StatusArgs),
    /// Call the agent; its answer goes to stdout unchanged
    Invoke(Box<InvokeArgs>),
    /// End a session of the agent
    StopSession(StopSessionArgs),
    /// Delete what launch created for the agent, and keep what you brought
    Destroy(DestroyArgs),
    /// Set up Amazon Cognito for inbound auth and get tokens from it
    #[command(subcommand)]
    Identity(IdentityCommand),
    /// A local AWS that runs agents behind the same auth, with no account
    #[command(subcommand)]
    Sandbox(SandboxCommand),
    /// Print a completion script
    Completions(CompletionsArgs),
}

impl Command {
    /// Whether the command deals with Ctrl-C and SIGTERM itself: it has something to shut down in order.
    pub(crate) fn owns_signals(&self) -> bool {
        matches!(self, Self::Sandbox(SandboxCommand::Run(_) | SandboxCommand::Serve(_)))
    }

    /// What an interrupted command has left to do, and how.
    pub(crate) fn resume_hint(&self) -> Option<&'static str> {
        match self {
            Self::Launch(args) if !args.plan => Some(
                "what was made is on record: `agentcore launch` goes on from there, `agentcore destroy` takes it away",
            ),
            Self::Destroy(args) if !args.dry_run => Some("`agentcore destroy` goes on with what is left"),
            Self::Invoke(_) => Some("the agent may still be working: `agentcore stop-session` ends its session"),
            Self::Identity(IdentityCommand::SetupCognito(_)) => Some(
                "`agentcore identity setup-cognito` goes on from what was made, `agentcore identity cleanup` takes it away",
            ),
            _ => None,
        }
    }
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

    /// Agent file (agent.py) or a folder that holds main, agent or app
    #[arg(long, short, value_name = "PATH")]
    pub(crate) entrypoint: Option<PathBuf>,
    /// Agent name: a letter, then letters, digits and underscores, 48 at most
    #[arg(long, short, allow_hyphen_values = true, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Not supported: create the project with your own tools
    #[arg(long, short, hide = true)]
    pub(crate) create: bool,
    /// Project language, when it cannot be told from the entrypoint [short: -lang]
    #[arg(long, value_name = "python|typescript")]
    pub(crate) language: Option<String>,
    /// Python version of the image, such as 3.12
    #[arg(long, value_name = "X.Y")]
    pub(crate) python: Option<String>,
    /// Dependency file: requirements*.txt, *.in or pyproject.toml [short: -rf]
    #[arg(long, value_name = "FILE")]
    pub(crate) requirements_file: Option<PathBuf>,

    /// OpenID Connect discovery URL of who issues the callers' tokens
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
    /// Headers that reach the agent, separated by commas [short: -rha]
    #[arg(long, help_heading = "Inbound auth", value_name = "NAMES")]
    pub(crate) request_header_allowlist: Option<String>,

    /// Role the agent runs as (ARN or name); without it launch creates one [short: -er]
    #[arg(long, help_heading = "AWS", value_name = "ROLE")]
    pub(crate) execution_role: Option<String>,
    /// Role for CodeBuild [short: -cber]
    #[arg(long, help_heading = "AWS", value_name = "ROLE")]
    pub(crate) code_build_execution_role: Option<String>,
    /// ECR repository (URI or name), or `auto` [short: -ecr]
    #[arg(long, help_heading = "AWS", value_name = "REPOSITORY")]
    pub(crate) ecr: Option<String>,
    /// S3 bucket for direct_code_deploy [short: -s3]
    #[arg(long, help_heading = "AWS", value_name = "BUCKET")]
    pub(crate) s3: Option<String>,
    /// Run inside a VPC (with --subnets and --security-groups)
    #[arg(long, help_heading = "AWS")]
    pub(crate) vpc: bool,
    /// Subnet ids, separated by commas
    #[arg(long, help_heading = "AWS", value_name = "IDS")]
    pub(crate) subnets: Option<String>,
    /// Security group ids, separated by commas
    #[arg(long, help_heading = "AWS", value_name = "IDS")]
    pub(crate) security_groups: Option<String>,
    /// Seconds until an idle session ends (60 to 28800)
    #[arg(long, help_heading = "AWS", value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(60..=28_800))]
    pub(crate) idle_timeout: Option<u32>,
    /// Seconds a session may live (60 to 28800)
    #[arg(long, help_heading = "AWS", value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(60..=28_800))]
    pub(crate) max_lifetime: Option<u32>,
    /// Protocol that the agent serves: HTTP, MCP, A2A or AGUI
    #[arg(long, short, help_heading = "AWS", value_name = "PROTOCOL")]
    pub(crate) protocol: Option<String>,

    /// container or direct_code_deploy [short: -dt]
    #[arg(long, help_heading = "Build", value_name = "TYPE")]
    pub(crate) deployment_type: Option<String>,
    /// Managed runtime for direct_code_deploy, such as PYTHON_3_13 [short: -rt]
    #[arg(long, help_heading = "Build", value_name = "RUNTIME")]
    pub(crate) runtime: Option<String>,
    /// Container engine: auto, docker, podman, finch or buildah [short: -ctr]
    #[arg(long, help_heading = "Build", value_name = "ENGINE")]
    pub(crate) container_runtime: Option<String>,
    /// Base image of the agent's image, or `scratch`
    #[arg(long, help_heading = "Build", value_name = "IMAGE")]
    pub(crate) base_image: Option<String>,
    /// Do not install and start OpenTelemetry [short: -do]
    #[arg(long, help_heading = "Build")]
    pub(crate) disable_otel: bool,
    /// No AgentCore Memory for the agent [short: -dm]
    #[arg(long, help_heading = "Build")]
    pub(crate) disable_memory: bool,
    /// Write generated files again even where they were edited (a .bak is kept)
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
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore launch\n  \
    agentcore launch --plan -o json          # exit 6 when changes are pending\n  \
    agentcore launch --builder engine --env LOG_LEVEL=debug")]
pub(crate) struct LaunchArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Show what would change and stop; exit 6 when something would
    #[arg(long, visible_alias = "dry-run")]
    pub(crate) plan: bool,
    /// Environment variable of the agent, KEY=VALUE (repeatable) [short: -env]
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) env: Vec<String>,
    /// Tag of the pushed image; the runtime is given its digest
    #[arg(long, short = 't', value_name = "TAG")]
    pub(crate) image_tag: Option<String>,
    /// Update a runtime of the same name that this project did not create [short: -auc]
    #[arg(long)]
    pub(crate) auto_update_on_conflict: bool,
    /// Allow removing or widening the runtime's authorizer
    #[arg(long)]
    pub(crate) allow_auth_change: bool,
    /// Seconds to wait for READY
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait_timeout: Option<u64>,
    /// Return once the runtime was created or updated
    #[arg(long)]
    pub(crate) no_wait: bool,

    /// How the image is made
    #[arg(long, help_heading = "Build", value_enum, value_name = "BUILDER")]
    pub(crate) builder: Option<BuilderChoice>,
    /// Build with a container engine on this machine; the same as --builder engine [short: -lb]
    #[arg(long, help_heading = "Build", conflicts_with = "builder")]
    pub(crate) local_build: bool,
    /// Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE]
    #[arg(long, help_heading = "Build", value_name = "IMAGE")]
    pub(crate) base_image: Option<String>,
    /// Target platform [env: AGENTCORE_PLATFORM]
    #[arg(long, help_heading = "Build", value_name = "OS/ARCH")]
    pub(crate) platform: Option<String>,
    /// Run the agent on this machine: not available yet [short: -l]
    #[arg(long, short, hide = true)]
    pub(crate) local: bool,
    /// Resolve the dependencies again instead of taking the cached layer [short: -frd]
    #[arg(long, help_heading = "Build")]
    pub(crate) force_rebuild_deps: bool,
    /// Build with CodeBuild: not available yet
    #[arg(long, hide = true)]
    pub(crate) code_build: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BuilderChoice {
    /// Native while the Dockerfile is the generated one, else an engine
    Auto,
    /// No daemon: layers are made and pushed by this program
    Native,
    /// docker, podman, finch or buildah
    Engine,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Follow until READY or failed, a line for each change
    #[arg(long, short)]
    pub(crate) watch: bool,
    /// Seconds to watch at most
    #[arg(long, value_name = "SECONDS", requires = "watch")]
    pub(crate) wait_timeout: Option<u64>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore invoke '{\"prompt\": \"hello\"}'\n  \
    agentcore invoke @prompt.json --session-id \"$SESSION\"\n  \
    agentcore identity token | agentcore invoke '{\"prompt\": \"hello\"}' --bearer-token-file -")]
pub(crate) struct InvokeArgs {
    /// Payload: JSON or text, @FILE, or - for stdin
    #[arg(allow_hyphen_values = true)]
    pub(crate) payload: Option<String>,
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Runtime to call, with no configuration file
    #[arg(long, value_name = "ARN", conflicts_with = "agent")]
    pub(crate) arn: Option<String>,
    /// Endpoint of the runtime
    #[arg(long, visible_alias = "qualifier", value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    /// Session to continue, 33 to 100 characters
    #[arg(long, short, value_name = "ID")]
    pub(crate) session_id: Option<String>,
    /// Start a new session instead of continuing the last one
    #[arg(long, conflicts_with = "session_id")]
    pub(crate) new_session: bool,
    /// User on whose behalf the agent is called (SigV4 callers)
    #[arg(long, short, value_name = "ID")]
    pub(crate) user_id: Option<String>,
    /// Header `Name: value` (repeatable)
    #[arg(short = 'H', long = "header", value_name = "HEADER")]
    pub(crate) header: Vec<String>,
    /// Headers `Name:value,Name:value`, each given the custom-header prefix
    #[arg(long, value_name = "HEADERS")]
    pub(crate) headers: Option<String>,
    /// Content type of the payload
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Accepted answer types
    #[arg(long, value_name = "TYPES")]
    pub(crate) accept: Option<String>,
    /// Seconds for the whole call; 0 waits without limit
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u64>,
    /// Bearer token; visible to other users of this machine, prefer the next two [short: -bt]
    #[arg(long, help_heading = "Auth", value_name = "TOKEN", hide_env_values = true)]
    pub(crate) bearer_token: Option<String>,
    /// File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]
    #[arg(long, help_heading = "Auth", value_name = "FILE", conflicts_with = "bearer_token")]
    pub(crate) bearer_token_file: Option<PathBuf>,
    /// Call a container on this machine: not available yet [short: -l]
    #[arg(long, short, hide = true)]
    pub(crate) local: bool,
    /// Call a development server: not available yet
    #[arg(long, short, hide = true)]
    pub(crate) dev: bool,
    #[arg(long, hide = true)]
    pub(crate) port: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct StopSessionArgs {
    /// Session to end; without it the last one that invoke used
    #[arg(long, short, value_name = "ID")]
    pub(crate) session_id: Option<String>,
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Endpoint of the runtime
    #[arg(long, visible_alias = "qualifier", value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    /// Bearer token; prefer --bearer-token-file or AGENTCORE_BEARER_TOKEN
    #[arg(long, value_name = "TOKEN")]
    pub(crate) bearer_token: Option<String>,
    /// File that holds the bearer token, or - for stdin
    #[arg(long, value_name = "FILE", conflicts_with = "bearer_token")]
    pub(crate) bearer_token_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DestroyArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Show what would be deleted and kept, and stop; exit 6 when something would be deleted
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long, visible_alias = "yes")]
    pub(crate) force: bool,
    /// Delete the ECR repository too, when launch created it
    #[arg(long)]
    pub(crate) delete_ecr_repo: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum IdentityCommand {
    /// Create a Cognito user pool, an app client without a secret and a test user
    SetupCognito(SetupCognitoArgs),
    /// Print a fresh bearer token for the test user
    #[command(visible_alias = "get-cognito-inbound-token")]
    Token(TokenArgs),
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
pub(crate) struct TokenArgs {
    /// App client id [env: RUNTIME_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// User pool id [env: RUNTIME_POOL_ID]
    #[arg(long, value_name = "ID")]
    pub(crate) pool_id: Option<String>,
    /// User name [env: RUNTIME_USERNAME]
    #[arg(long, short, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// File with the password, or - for stdin [env: RUNTIME_PASSWORD holds the password itself]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// The toolkit's flag for the password; refused, because other users can read it
    #[arg(long, short, hide = true)]
    pub(crate) password: Option<String>,
    /// `user`; machine clients come with a later version
    #[arg(long, value_name = "FLOW")]
    pub(crate) auth_flow: Option<String>,
    /// Print the ID token instead of the access token
    #[arg(long)]
    pub(crate) id_token: bool,
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

#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Start a sandbox, run a command in its environment, stop it, and exit with the command's status
    Run(SandboxRunArgs),
    /// Start a sandbox in the background
    Start(SandboxOptions),
    /// Stop the sandbox
    Stop(SandboxDir),
    /// Say whether the sandbox runs, and where
    Status(SandboxDir),
    /// Print the environment that points AWS clients at the sandbox, for `eval "$(agentcore sandbox env)"`
    Env(SandboxDir),
    /// Forget everything in a stopped sandbox
    Reset(SandboxResetArgs),
    /// Run a sandbox in the foreground
    #[command(hide = true)]
    Serve(SandboxOptions),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SandboxDir {
    /// Folder of the sandbox's state [env: AGENTCORE_SANDBOX_DIR]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SandboxOptions {
    #[command(flatten)]
    pub(crate) dir: SandboxDir,
    /// Port on 127.0.0.1; without it a free one that is kept for the next start
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// How agents run: auto, container or process
    #[arg(long, value_name = "KIND")]
    pub(crate) runner: Option<String>,
    /// Accept image URIs that point at the sandbox's own registry
    #[arg(long)]
    pub(crate) allow_local_images: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SandboxResetArgs {
    #[command(flatten)]
    pub(crate) dir: SandboxDir,
    /// Its keys, account, region and port too
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SandboxRunArgs {
    #[command(flatten)]
    pub(crate) options: SandboxOptions,
    /// Command and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true, value_name = "CMD")]
    pub(crate) command: Vec<std::ffi::OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
