//! The command line as clap sees it. Nothing here has a default that the configuration file could override.

mod adopt;
mod auth;
mod build;
mod check;
mod ci;
mod configure;
mod create;
mod dev;
mod doctor;
mod endpoint;
mod environments;
mod export;
mod gateway;
mod iam;
mod identity;
mod inside;
mod invoke;
mod launch;
mod logs;
mod machine;
mod memory;
mod number;
mod obs;
mod observability;
mod providers;
mod sandbox;
mod settings;
mod token;

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

pub(crate) use adopt::AdoptArgs;
pub(crate) use auth::{
    AuthCheckArgs, AuthCommand, AuthExplainArgs, AuthTestArgs, AuthorizerArgs, AuthorizerChoice, TestTarget,
};
pub(crate) use build::BuildArgs;
pub(crate) use check::CheckArgs;
pub(crate) use ci::{CiCommand, CiInitArgs, PipelineKind};
pub(crate) use configure::{ConfigureArgs, ConfigureCommand, FindingFormat};
pub(crate) use create::CreateArgs;
pub(crate) use dev::DevArgs;
pub(crate) use doctor::DoctorArgs;
pub(crate) use endpoint::{
    EndpointChangeArgs, EndpointCommand, EndpointCreateArgs, EndpointDeleteArgs, EndpointPromoteArgs, RollbackArgs,
    VersionsArgs,
};
pub(crate) use environments::EnvironmentsCommand;
pub(crate) use export::{ExportArgs, FormatChoice};
pub(crate) use gateway::{
    CreateGatewayArgs, CreateTargetArgs, DeleteGatewayArgs, DeleteTargetArgs, GatewayCommand, GatewaySelector,
    GatewayWait, TargetSelector, UpdateGatewayArgs,
};
pub(crate) use iam::{IamCommand, IamRoleArgs, LanguageChoice, PermittedArgs};
pub(crate) use identity::{CleanupArgs, IdentityCommand, SetupCognitoArgs, VerifyArgs};
pub(crate) use inside::{
    ExecArgs, InsideArgs, LeadTerminalArgs, SessionsCommand, SessionsListArgs, SessionsStopArgs, ShellArgs,
};
pub(crate) use invoke::{InvokeArgs, PrintLanguage, StopSessionArgs};
pub(crate) use launch::{BuildOptions, BuilderChoice, LaunchArgs};
pub(crate) use logs::{DEFAULT_SINCE, LogsArgs};
pub(crate) use machine::{ManArgs, SchemaCommand};
pub(crate) use memory::{
    CreateMemoryArgs, DeleteMemoryArgs, ListMemoriesArgs, MemoryCommand, NamedMemoryArgs, ShowCommand, ShowEventsArgs,
    ShowMemoryArgs, ShowRecordsArgs,
};
pub(crate) use obs::{ObsAgentArgs, ObsCommand, ObsListArgs, ObsShowArgs};
pub(crate) use observability::{ObservabilityCommand, ObservedArgs};
pub(crate) use providers::{
    ClientArgs, CreateProviderArgs, CreateWorkloadArgs, DeleteProviderArgs, DeleteWorkloadArgs, NamedProviderArgs,
    NamedWorkloadArgs, OfAgentArgs, SecretArgs, SetupAwsJwtArgs, UpdateProviderArgs, UpdateWorkloadArgs,
};
pub(crate) use sandbox::{SandboxCommand, SandboxDir, SandboxOptions, SandboxRunArgs};
pub(crate) use settings::SettingArgs;
pub(crate) use token::TokenArgs;

use super::toolkit::{ToolkitPointer, TopLevel};
use crate::deadline::Deadline;
use crate::shell::CommandLine;
use crate::ui::{ColorChoice, OutputFormat};

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
                  agentcore create my_agent\n  \
                  agentcore configure -e agent.py --discovery-url URL --allowed-client ID\n  \
                  agentcore launch\n  \
                  agentcore identity token | agentcore invoke '{\"prompt\": \"hello\"}' --bearer-token-file -\n  \
                  agentcore sandbox run -- ./run.sh      # all of it without an AWS account\n\n\
                  Commands of the starter toolkit that are not here say what to run in their place:\n  \
                  policy, eval, import-agent"
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
    /// AWS profile [env: AWS_PROFILE] [default: `default`]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]
    #[arg(long, short, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Environment of the agents: a declared one, or a branch's [env: AGENTCORE_ENVIRONMENT] [default: none]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]
    #[arg(long, global = true)]
    pub(crate) trust_config: bool,
    /// Output format [default: text]
    #[arg(long, short, global = true, value_enum, value_name = "FORMAT")]
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
    #[arg(long, global = true, value_name = "SECONDS", allow_negative_numbers = true, value_parser = number::seconds(), help = format!(
        "Seconds that the whole command may take; 0 for no limit [default: none, but {} for invoke]",
        super::invoke::DEFAULT_TIMEOUT.as_secs()
    ))]
    pub(crate) timeout: Option<u64>,
    /// When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub(crate) color: Option<ColorChoice>,
}

// `ui` knows nothing of the command line: what its choices are called there is said here.
impl ValueEnum for OutputFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Text, Self::Json, Self::Ndjson]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Text => PossibleValue::new("text").help("For people"),
            Self::Json => PossibleValue::new("json").help("One document {schema, ok, data | error}"),
            Self::Ndjson => PossibleValue::new("ndjson")
                .help("A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch"),
        })
    }
}

impl ValueEnum for ColorChoice {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Auto, Self::Always, Self::Never]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a new project: a small agent with a tool, its tests and its configuration
    Create(Box<CreateArgs>),
    /// Describe an agent: entrypoint, authorizer, role, network; writes .bedrock_agentcore.yaml
    Configure(Box<ConfigureArgs>),
    /// Build the artifact and stop: an image, or an archive of code
    Build(Box<BuildArgs>),
    /// Find what in the agent's source would fail only in the cloud: syntax, imports, a missing server
    Check(Box<CheckArgs>),
    /// Build the agent's image, push it, create or update its runtime, and wait until it is READY
    #[command(visible_alias = "deploy")]
    Launch(Box<LaunchArgs>),
    /// Run the agent on this machine behind its authorizer, and reload it when a file is saved; no AWS API is called
    Dev(Box<DevArgs>),
    /// Show what is configured and what is deployed
    Status(StatusArgs),
    /// Endpoints that stay on a version: list, create, promote, delete
    #[command(subcommand)]
    Endpoint(EndpointCommand),
    /// Show the versions of the agent: what each one runs, since when, by whom, and which endpoints serve it
    Versions(VersionsArgs),
    /// Go back to an earlier version, without a build
    Rollback(RollbackArgs),
    /// Write a configuration from a live runtime, or copy changes made elsewhere into it; changes nothing in AWS
    Adopt(AdoptArgs),
    /// Print the definition of what is deployed for Terraform, CloudFormation or boto3
    Export(ExportArgs),
    /// Call the agent; its answer goes to stdout unchanged
    Invoke(Box<InvokeArgs>),
    /// End a session of the agent
    StopSession(StopSessionArgs),
    /// Run a command in a session of the agent; its output and exit status are the command's
    Exec(Box<ExecArgs>),
    /// Open a terminal in a session of the agent
    Shell(Box<ShellArgs>),
    /// Sessions that were started from here: list and stop them
    #[command(subcommand)]
    Sessions(SessionsCommand),
    /// Delete what launch created for the agent, and keep what you brought
    Destroy(DestroyArgs),
    /// Who may call an agent: check a token, explain the rules, test that they hold
    #[command(subcommand)]
    Auth(AuthCommand),
    /// Set up Amazon Cognito, get tokens for callers, and keep the keys that agents need
    #[command(subcommand)]
    Identity(IdentityCommand),
    /// Memories: what agents remember across sessions
    #[command(subcommand)]
    Memory(MemoryCommand),
    /// Gateways that give agents tools: create, show, change and delete them and their targets
    #[command(subcommand)]
    Gateway(GatewayCommand),
    /// Show or follow what the agent logs
    Logs(Box<LogsArgs>),
    /// Traces of an agent: what it did in a session, span by span
    #[command(subcommand)]
    Traces(ObsCommand),
    /// The same as `traces`, as the starter toolkit calls it
    #[command(subcommand)]
    Obs(ObsCommand),
    /// Whether logs and traces reach CloudWatch, and what switches them on
    #[command(subcommand)]
    Observability(ObservabilityCommand),
    /// Permissions: the smallest IAM policy for some commands, and a role for a pipeline
    #[command(subcommand)]
    Iam(Box<IamCommand>),
    /// The same as `gateway create-mcp-gateway`
    #[command(name = "create_mcp_gateway", hide = true)]
    CreateMcpGateway(Box<CreateGatewayArgs>),
    /// The same as `gateway create-mcp-gateway-target`
    #[command(name = "create_mcp_gateway_target", hide = true)]
    CreateMcpGatewayTarget(Box<CreateTargetArgs>),
    /// Environments of the agents: the declared ones, and those of branches
    #[command(subcommand)]
    Environments(EnvironmentsCommand),
    /// Pipelines: write the workflow of a CI system
    #[command(subcommand)]
    Ci(CiCommand),
    /// A local AWS that runs agents behind the same auth, with no account
    #[command(subcommand)]
    Sandbox(SandboxCommand),
    /// Take the terminal that is stdin, and become a command at it: how a sandbox starts shells
    #[command(hide = true)]
    LeadTerminal(LeadTerminalArgs),
    /// Check everything that a launch or a call depends on, and say what is wrong and how to fix it
    Doctor(DoctorArgs),
    /// Say what the code of an error means and what to do; without one, list all codes
    Explain(ExplainArgs),
    /// JSON Schemas of the configuration file and of what commands print
    #[command(subcommand)]
    Schema(SchemaCommand),
    /// Print a completion script
    Completions(CompletionsArgs),
    /// Print the manual page of a command, or write those of all commands
    Man(ManArgs),
    #[command(flatten)]
    Toolkit(ToolkitPointer<TopLevel>),
}

impl Cli {
    /// When the command has to be done: the earlier of what `--timeout` and its own `--wait-timeout` say.
    pub(crate) fn deadline(&self) -> Deadline {
        let waits = match &self.command {
            Command::Launch(args) => args.wait_timeout,
            Command::Status(args) => args.wait_timeout,
            Command::Endpoint(command) => command.wait_timeout(),
            Command::Rollback(args) => args.change.wait_timeout,
            Command::Gateway(command) => command.wait_timeout(),
            Command::CreateMcpGateway(args) => args.wait.wait_timeout,
            Command::CreateMcpGatewayTarget(args) => args.wait.wait_timeout,
            _ => None,
        };
        let limits = [(self.globals.timeout, "--timeout"), (waits, "--wait-timeout")].into_iter();
        let limits = limits.filter_map(|(seconds, flag)| Some((seconds.filter(|seconds| *seconds > 0)?, flag)));
        let earlier = limits.min_by_key(|(seconds, _)| *seconds);
        earlier.map_or_else(Deadline::default, |(seconds, flag)| Deadline::after(Duration::from_secs(seconds), flag))
    }
}

impl Command {
    /// Whether its result may come bit by bit, for `--output ndjson`.
    pub(crate) const fn has_stream(&self) -> bool {
        match self {
            Self::Logs(_) | Self::Invoke(_) => true,
            Self::Status(args) => args.watch,
            _ => false,
        }
    }

    /// Whether the command deals with Ctrl-C and SIGTERM itself: it has something to shut down in order.
    pub(crate) fn owns_signals(&self) -> bool {
        match self {
            Self::Sandbox(SandboxCommand::Run(_) | SandboxCommand::Serve(_)) => true,
            Self::Dev(args) => args.token.is_none(),
            Self::Launch(args) => args.local,
            _ => false,
        }
    }
}

impl Globals {
    /// Those that say which configuration, account and region is meant, and that it is trusted, for the commands that are
    /// shown as the next ones.
    pub(crate) fn repeated(&self) -> String {
        self.repeated_flags().into_iter().map(|(_, flag)| flag).collect()
    }

    /// The same one by one: names, and how they are typed, with a space before each.
    pub(crate) fn repeated_flags(&self) -> Vec<(&'static str, String)> {
        let Self {
            profile,
            region,
            config,
            environment,
            trust_config,
            output: _,
            non_interactive: _,
            quiet: _,
            verbose: _,
            timeout: _,
            color: _,
        } = self;
        let value = |name: &'static str, value: Option<String>| {
            let mut line = CommandLine::default();
            line.value(name, value);
            (name, line.into_string())
        };
        let trusted = if *trust_config { " --trust-config" } else { "" };
        let mut flags = vec![
            value("--config", config.as_ref().map(|path| path.display().to_string())),
            value("--environment", environment.clone()),
            value("--profile", profile.clone()),
            value("--region", region.clone()),
            ("--trust-config", trusted.to_owned()),
        ];
        flags.retain(|(_, flag)| !flag.is_empty());
        flags
    }
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Follow until READY or failed; on a terminal a table that is redrawn, elsewhere a line for each change
    #[arg(long, short)]
    pub(crate) watch: bool,
    /// Compare the configuration with what is live, field by field; exit 6 where they differ
    #[arg(long, conflicts_with = "watch")]
    pub(crate) drift: bool,
    #[arg(long, value_name = "SECONDS", requires = "watch", allow_negative_numbers = true, value_parser = number::seconds(), help = format!(
        "Seconds that the whole command may take [default: {}]", super::status::DEFAULT_WATCH.as_secs()
    ))]
    pub(crate) wait_timeout: Option<u64>,
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
    /// Take over the lock of another run on this agent, such as one that was interrupted and left it behind
    #[arg(long)]
    pub(crate) break_lock: bool,
    /// Delete the ECR repository too, when launch created it
    #[arg(long)]
    pub(crate) delete_ecr_repo: bool,
    /// Delete the agent's memory too, with all that is in it, when launch or the starter toolkit created it
    #[arg(long)]
    pub(crate) delete_memory: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Code of an error, such as `config.missing-key` [default: all]
    pub(crate) code: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    eval \"$(agentcore completions bash)\"                       # in ~/.bashrc\n  \
    eval \"$(agentcore completions zsh)\"                        # in ~/.zshrc, after compinit\n  \
    agentcore completions fish | source                         # in ~/.config/fish/config.fish\n  \
    agentcore completions bash --static > agentcore.bash       # for a package")]
pub(crate) struct CompletionsArgs {
    /// Shell that completes
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
    /// Print a self-contained script: it completes commands, flags and their choices, but not your agents, endpoints or profiles
    #[arg(long = "static")]
    pub(crate) is_static: bool,
}
