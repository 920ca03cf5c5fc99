//! One file per verb: arguments and prompts become a request, the result becomes a report.
//!
//! Owns: clap. Does not own: remote calls, loops, printing.

mod advice;
mod args;
mod auth;
mod build;
mod caller;
mod completions;
mod configure;
mod context;
mod destroy;
mod explain;
#[cfg(test)]
mod hints;
mod identity;
mod invoke;
mod launch;
mod payload;
#[cfg(test)]
mod reference;
mod sandbox;
mod short;
mod status;
mod stop_session;
mod token;
mod wizard;

pub(crate) use advice::{Advice, Advised};
pub(crate) use args::{Cli, ColorWhen, Command, Globals, OutputFormat};
pub(crate) use context::CommandContext;
pub(crate) use short::expand;

use args::{AuthCommand, ConfigureCommand, IdentityCommand, SandboxCommand};

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

/// Runs the verb.
pub(crate) async fn dispatch(command: Command, context: &CommandContext) -> Result<CommandResult> {
    match command {
        Command::Configure(args) => configure::run(*args, context).await,
        Command::Build(args) => build::run(*args, context).await,
        Command::Launch(args) => launch::run(*args, context).await,
        Command::Status(args) => status::run(args, context).await,
        Command::Invoke(args) => invoke::run(*args, context).await,
        Command::StopSession(args) => stop_session::run(args, context).await,
        Command::Destroy(args) => destroy::run(args, context).await,
        Command::Auth(command) => auth::run(command, context).await,
        Command::Identity(command) => identity::run(command, context).await,
        Command::Sandbox(command) => sandbox::run(command, context).await,
        Command::Explain(args) => explain::run(&args),
        Command::Completions(args) => completions::run(&args),
    }
}

/// The schema name of a verb's JSON document, also used when it fails.
pub(crate) fn schema(command: &Command) -> &'static str {
    match command {
        Command::Configure(args) => match args.command {
            None => schemas::CONFIGURE,
            Some(ConfigureCommand::List) => schemas::CONFIGURE_LIST,
            Some(ConfigureCommand::SetDefault { .. }) => schemas::CONFIGURE_SET_DEFAULT,
            Some(ConfigureCommand::Show { .. }) => schemas::CONFIGURE_SHOW,
        },
        Command::Build(args) if args.plan => schemas::BUILD_PLAN,
        Command::Build(_) => schemas::BUILD,
        Command::Launch(_) => schemas::LAUNCH,
        Command::Status(_) => schemas::STATUS,
        Command::Invoke(_) => schemas::INVOKE,
        Command::StopSession(_) => schemas::STOP_SESSION,
        Command::Destroy(_) => schemas::DESTROY,
        Command::Auth(AuthCommand::Check(_)) => schemas::AUTH_CHECK,
        Command::Auth(AuthCommand::Explain(_)) => schemas::AUTH_EXPLAIN,
        Command::Auth(AuthCommand::Test(_)) => schemas::AUTH_TEST,
        Command::Identity(command) => schema_of_identity(command),
        Command::Sandbox(SandboxCommand::Run(_) | SandboxCommand::Serve(_)) => schemas::SANDBOX_RUN,
        Command::Sandbox(SandboxCommand::Start(_) | SandboxCommand::Status(_)) => schemas::SANDBOX_STATUS,
        Command::Sandbox(SandboxCommand::Stop(_)) => schemas::SANDBOX_STOP,
        Command::Sandbox(SandboxCommand::Env(_)) => schemas::SANDBOX_ENV,
        Command::Sandbox(SandboxCommand::Reset(_)) => schemas::SANDBOX_RESET,
        Command::Explain(args) if args.code.is_none() => schemas::EXPLAIN_LIST,
        Command::Explain(_) => schemas::EXPLAIN,
        Command::Completions(_) => schemas::COMPLETIONS,
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
