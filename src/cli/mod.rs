//! One file per verb: arguments, prompts, a request out, a report back.
//!
//! Owns: clap. Does not own: remote calls, loops, printing.

mod args;
mod auth;
mod build;
mod caller;
mod completions;
mod configure;
mod context;
mod destroy;
mod identity;
mod invoke;
mod launch;
mod payload;
mod sandbox;
mod short;
mod status;
mod stop_session;
mod token;
mod wizard;

pub(crate) use args::{Cli, ColorWhen, Command, Globals, OutputFormat};
pub(crate) use context::Context;
pub(crate) use short::expand;

use args::AuthCommand;

use crate::error::Result;
use crate::report::Report;

/// What a verb hands back: a report to render, or the exit status of a verb that has already written its result
/// (`invoke` streams, `sandbox run` passes a child's status on).
pub(crate) enum Done {
    Report(Box<dyn Report>),
    Code(u8),
}

impl Done {
    fn report(report: impl Report + 'static) -> Result<Self> {
        Ok(Self::Report(Box::new(report)))
    }
}

/// Runs the verb.
pub(crate) async fn dispatch(command: Command, context: &Context) -> Result<Done> {
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
        Command::Completions(args) => completions::run(&args),
    }
}

/// The schema name of a verb's JSON document, also used when it fails.
pub(crate) fn schema(command: &Command) -> &'static str {
    match command {
        Command::Configure(_) => "agentcore.configure/1",
        Command::Build(_) => "agentcore.build/1",
        Command::Launch(_) => "agentcore.launch/1",
        Command::Status(_) => "agentcore.status/1",
        Command::Invoke(_) => "agentcore.invoke/1",
        Command::StopSession(_) => "agentcore.stop-session/1",
        Command::Destroy(_) => "agentcore.destroy/1",
        Command::Auth(AuthCommand::Check(_)) => "agentcore.auth-check/1",
        Command::Auth(AuthCommand::Explain(_)) => "agentcore.auth-explain/1",
        Command::Auth(AuthCommand::Test(_)) => "agentcore.auth-test/1",
        Command::Identity(_) => "agentcore.identity/1",
        Command::Sandbox(_) => "agentcore.sandbox/1",
        Command::Completions(_) => "agentcore.completions/1",
    }
}
