//! One file per verb: arguments and prompts become a request, the result becomes a report.
//!
//! Owns: clap. Does not own: remote calls, loops, printing.

mod adopt;
mod advice;
mod args;
mod auth;
mod build;
mod caller;
mod check;
mod ci;
mod complete;
mod completions;
mod configure;
mod context;
mod create;
mod destroy;
mod dev;
mod doctor;
mod endpoint;
mod environments;
mod exec;
mod explain;
mod export;
mod gateway;
mod help_tree;
#[cfg(test)]
mod hints;
mod iam;
mod identity;
mod inside;
mod invoke;
mod launch;
mod local;
mod logs;
mod man;
mod memory;
mod obs;
mod observability;
mod payload;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod reference_settings;
mod sandbox;
mod schema;
mod sessions;
#[cfg(unix)]
mod shell;
mod short;
mod status;
mod stop_session;
mod token;
mod toolkit;
mod version;
mod wizard;

pub(crate) use advice::{Advice, Advised};
pub(crate) use args::{Cli, Command, Globals};
pub(crate) use complete::answer as completed;
pub(crate) use context::CommandContext;
pub(crate) use help_tree::{of_command as help_of_command, with_help_flag};
pub(crate) use short::expand;
pub(crate) use version::Version;

use args::{
    AuthCommand, CiCommand, ConfigureCommand, EndpointCommand, GatewayCommand, IamCommand, IdentityCommand,
    MemoryCommand, ObsCommand, ObservabilityCommand, SandboxCommand, SessionsCommand, ShowCommand,
};

use crate::error::Result;
use crate::report::{Report, schemas};

/// What a verb returns: a report to render, or the exit status of a verb that has already written its result (`invoke`
/// streams, `sandbox run` passes a child's status on).
pub(crate) enum CommandResult {
    Report(Box<dyn Report>),
    Code(u8),
}

impl CommandResult {
    fn report(report: impl Report + 'static) -> Result<Self> {
        Ok(Self::Report(Box::new(report)))
    }
}

/// The command as its words, without arguments: `identity token`.
pub(crate) fn path(matches: &clap::ArgMatches) -> String {
    let mut words = Vec::new();
    let mut within = matches;
    while let Some((name, inner)) = within.subcommand() {
        words.push(name);
        within = inner;
    }
    words.join(" ")
}

/// Runs the verb.
pub(crate) async fn dispatch(command: Command, context: &CommandContext) -> Result<CommandResult> {
    match command {
        Command::Create(args) => create::run(*args, context).await,
        Command::Configure(args) => configure::run(*args, context).await,
        Command::Build(args) => build::run(*args, context).await,
        Command::Check(args) => check::run(*args, context).await,
        Command::Launch(args) => launch::run(*args, context).await,
        Command::Dev(args) => dev::run(*args, context).await,
        Command::Status(args) => status::run(args, context).await,
        Command::Endpoint(command) => endpoint::run(command, context).await,
        Command::Versions(args) => endpoint::versions(args, context).await,
        Command::Rollback(args) => endpoint::rollback(args, context).await,
        Command::Adopt(args) => adopt::run(args, context).await,
        Command::Export(args) => export::run(args, context).await,
        Command::Invoke(args) => invoke::run(*args, context).await,
        Command::StopSession(args) => stop_session::run(args, context).await,
        Command::Exec(args) => exec::run(*args, context).await,
        #[cfg(unix)]
        Command::Shell(args) => shell::run(*args, context).await,
        #[cfg(not(unix))]
        Command::Shell(_) => Err(crate::error::Error::usage("a shell needs a Unix terminal")
            .code(crate::error::Code::InputTerminal)
            .hint("commands of scripts: `agentcore exec 'COMMAND'`")),
        Command::Sessions(command) => sessions::run(command, context).await,
        Command::Destroy(args) => destroy::run(args, context).await,
        Command::Auth(command) => auth::run(command, context).await,
        Command::Identity(command) => identity::run(command, context).await,
        Command::Memory(command) => memory::run(command, context).await,
        Command::Gateway(command) => gateway::run(command, context).await,
        Command::Logs(args) => logs::run(*args, context).await,
        Command::Traces(command) | Command::Obs(command) => obs::run(command, context).await,
        Command::Observability(command) => observability::run(command, context).await,
        Command::Iam(command) => iam::run(*command, context).await,
        Command::CreateMcpGateway(args) => gateway::create_gateway(*args, context).await,
        Command::CreateMcpGatewayTarget(args) => gateway::create_target(*args, context).await,
        Command::Environments(command) => environments::run(&command, context).await,
        Command::Ci(command) => ci::run(command, context),
        Command::Sandbox(command) => sandbox::run(command, context).await,
        #[cfg(unix)]
        Command::LeadTerminal(args) => Err(crate::process::terminal::lead(&args.command)),
        #[cfg(not(unix))]
        Command::LeadTerminal(_) => Err(crate::error::Error::usage("this system has no pseudo-terminals")),
        Command::Doctor(args) => doctor::run(args, context).await,
        Command::Explain(args) => explain::run(&args),
        Command::Schema(command) => schema::run(&command),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args, context),
        Command::Toolkit(pointer) => toolkit::run(&pointer, context),
    }
}

/// The schema name of a verb's JSON document, also used when it fails.
pub(crate) fn schema(command: &Command) -> &'static str {
    match command {
        Command::Create(args) if args.command.is_some() => schemas::USAGE,
        Command::Create(_) => schemas::CREATE,
        Command::Configure(args) => match args.command {
            None => schemas::CONFIGURE,
            Some(ConfigureCommand::List) => schemas::CONFIGURE_LIST,
            Some(ConfigureCommand::SetDefault { .. }) => schemas::CONFIGURE_SET_DEFAULT,
            Some(ConfigureCommand::Show { .. }) => schemas::CONFIGURE_SHOW,
            Some(ConfigureCommand::Validate { .. }) => schemas::CONFIGURE_VALIDATE,
        },
        Command::Build(args) if args.plan => schemas::BUILD_PLAN,
        Command::Build(_) => schemas::BUILD,
        Command::Check(_) => schemas::CHECK,
        Command::Launch(args) if args.local => schemas::LAUNCH_LOCAL,
        Command::Launch(_) => schemas::LAUNCH,
        Command::Dev(args) if args.token.is_some() => schemas::DEV_TOKEN,
        Command::Dev(_) => schemas::DEV,
        Command::Status(args) if args.drift => schemas::STATUS_DRIFT,
        Command::Status(_) => schemas::STATUS,
        Command::Endpoint(EndpointCommand::List(_)) => schemas::ENDPOINTS,
        Command::Endpoint(_) | Command::Rollback(_) => schemas::ENDPOINT,
        Command::Versions(_) => schemas::VERSIONS,
        Command::Adopt(_) => schemas::ADOPT,
        Command::Export(_) => schemas::EXPORT,
        Command::Invoke(args) if args.print.is_some() => schemas::INVOKE_PRINT,
        Command::Invoke(_) => schemas::INVOKE,
        Command::StopSession(_) => schemas::STOP_SESSION,
        Command::Exec(_) => schemas::EXEC,
        Command::Shell(_) => schemas::SHELL,
        Command::Sessions(SessionsCommand::List(_)) => schemas::SESSIONS,
        Command::Sessions(SessionsCommand::Stop(_)) => schemas::SESSIONS_STOP,
        Command::Destroy(_) => schemas::DESTROY,
        Command::Auth(AuthCommand::Check(_)) => schemas::AUTH_CHECK,
        Command::Auth(AuthCommand::Explain(_)) => schemas::AUTH_EXPLAIN,
        Command::Auth(AuthCommand::Test(_)) => schemas::AUTH_TEST,
        Command::Identity(command) => schema_of_identity(command),
        Command::Memory(command) => schema_of_memory(command),
        Command::Gateway(command) => schema_of_gateway(command),
        Command::Environments(_) => schemas::ENVIRONMENTS,
        Command::Ci(CiCommand::Init(_)) => schemas::CI_INIT,
        Command::Logs(_) => schemas::LOGS,
        Command::Traces(ObsCommand::List(_)) | Command::Obs(ObsCommand::List(_)) => schemas::OBS_LIST,
        Command::Traces(ObsCommand::Show(_)) | Command::Obs(ObsCommand::Show(_)) => schemas::OBS_SHOW,
        Command::Observability(ObservabilityCommand::Check(_)) => schemas::OBSERVABILITY_CHECK,
        Command::Observability(ObservabilityCommand::Enable(_) | ObservabilityCommand::Disable(_)) => {
            schemas::OBSERVABILITY
        }
        Command::Iam(command) => match **command {
            IamCommand::Policy(_) => schemas::IAM_POLICY,
            IamCommand::Role(_) => schemas::IAM_ROLE,
        },
        Command::CreateMcpGateway(_) => schemas::GATEWAY,
        Command::CreateMcpGatewayTarget(_) => schemas::GATEWAY_TARGET,
        Command::Sandbox(SandboxCommand::Run(_) | SandboxCommand::Serve(_)) => schemas::SANDBOX_RUN,
        Command::Sandbox(SandboxCommand::Start(_) | SandboxCommand::Status(_)) => schemas::SANDBOX_STATUS,
        Command::Sandbox(SandboxCommand::Stop(_)) => schemas::SANDBOX_STOP,
        Command::Sandbox(SandboxCommand::Env(_)) => schemas::SANDBOX_ENV,
        Command::Sandbox(SandboxCommand::Page(_)) => schemas::SANDBOX_PAGE,
        Command::Sandbox(SandboxCommand::Reset(_)) => schemas::SANDBOX_RESET,
        Command::Doctor(_) => schemas::DOCTOR,
        Command::Explain(args) if args.code.is_none() => schemas::EXPLAIN_LIST,
        Command::Explain(_) => schemas::EXPLAIN,
        Command::Schema(_) => schemas::SCHEMA,
        Command::Completions(_) => schemas::COMPLETIONS,
        Command::Man(_) => schemas::MAN,
        Command::LeadTerminal(_) | Command::Toolkit(_) => schemas::USAGE,
    }
}

fn schema_of_identity(command: &IdentityCommand) -> &'static str {
    use IdentityCommand as Verb;
    match command {
        Verb::SetupCognito(_) => schemas::SETUP_COGNITO,
        Verb::Token(args) if args.forget => schemas::TOKEN_FORGET,
        Verb::Token(_) => schemas::TOKEN,
        Verb::Verify(_) => schemas::VERIFY,
        Verb::Cleanup(_) => schemas::CLEANUP,
        Verb::CreateCredentialProvider(_) | Verb::GetCredentialProvider(_) | Verb::UpdateCredentialProvider(_) => {
            schemas::CREDENTIAL_PROVIDER
        }
        Verb::ListCredentialProviders(_) => schemas::CREDENTIAL_PROVIDERS,
        Verb::CreateWorkloadIdentity(_) | Verb::GetWorkloadIdentity(_) | Verb::UpdateWorkloadIdentity(_) => {
            schemas::WORKLOAD_IDENTITY
        }
        Verb::ListWorkloadIdentities(_) => schemas::WORKLOAD_IDENTITIES,
        Verb::DeleteCredentialProvider(_) | Verb::DeleteWorkloadIdentity(_) => schemas::IDENTITY_DELETE,
        Verb::SetupAwsJwt(_) | Verb::ListAwsJwt(_) => schemas::AWS_JWT,
    }
}

fn schema_of_memory(command: &MemoryCommand) -> &'static str {
    match command {
        MemoryCommand::Create(_) | MemoryCommand::Get(_) => schemas::MEMORY,
        MemoryCommand::List(_) => schemas::MEMORIES,
        MemoryCommand::Status(_) => schemas::MEMORY_STATUS,
        MemoryCommand::Delete(_) => schemas::MEMORY_DELETE,
        MemoryCommand::Show(args) => match &args.command {
            None => schemas::MEMORY_SHOW,
            Some(ShowCommand::Events(args)) if args.list_actors => schemas::MEMORY_ACTORS,
            Some(ShowCommand::Events(args)) if args.list_sessions => schemas::MEMORY_SESSIONS,
            Some(ShowCommand::Events(_)) => schemas::MEMORY_EVENTS,
            Some(ShowCommand::Records(_)) => schemas::MEMORY_RECORDS,
        },
        MemoryCommand::Toolkit(_) => schemas::USAGE,
    }
}

fn schema_of_gateway(command: &GatewayCommand) -> &'static str {
    use GatewayCommand as Verb;
    match command {
        Verb::CreateMcpGateway(_) | Verb::GetMcpGateway(_) | Verb::UpdateGateway(_) => schemas::GATEWAY,
        Verb::CreateMcpGatewayTarget(_) | Verb::GetMcpGatewayTarget(_) => schemas::GATEWAY_TARGET,
        Verb::ListMcpGateways(_) => schemas::GATEWAYS,
        Verb::ListMcpGatewayTargets(_) => schemas::GATEWAY_TARGETS,
        Verb::DeleteMcpGateway(_) | Verb::DeleteMcpGatewayTarget(_) => schemas::GATEWAY_DELETE,
    }
}
