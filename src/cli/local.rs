//! An agent served on this machine, for `dev` and `launch --local`.
//!
//! Owns: what is said when it is ready, its output on this process's own streams, and how the command ends. Does not own:
//! which command the agent is.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use super::{CommandContext, CommandResult, Result};
use crate::auth::{Authorizer, problems_error};
use crate::config::Agent;
use crate::error::{Code, Context as _, Error, Kind};
use crate::http::Http;
use crate::process;
use crate::report::{Document, Report};
use crate::sandbox::local::{
    self, LocalEnd, LocalOptions, LocalProgram, LocalStream, OutputSink, OwnPlace, ProgramSource, SourceChange,
};
use crate::ui::OutputFormat;

/// The agent, and how it is to be served.
pub(super) struct Served<'a> {
    /// Of the command's result.
    pub(super) schema: &'static str,
    pub(super) agent: &'a Agent,
    pub(super) listener: tokio::net::TcpListener,
    pub(super) local_issuer: bool,
    pub(super) program: ProgramSource,
    pub(super) changes: mpsc::Receiver<SourceChange>,
    /// What happens when a file is saved, for the line that says where the agent is.
    pub(super) reloads: bool,
    /// A folder of this run's own.
    pub(super) dir: &'a Path,
}

/// Checks what can be wrong with the configured rules before anything is started.
///
/// # Errors
/// Exit 2 for `--local-issuer` without an authorizer, and for an authorizer that the service would not take.
pub(super) fn check_authorizer(agent: &Agent, local_issuer: bool) -> Result<()> {
    match agent.authorizer() {
        Some(wire) => {
            let read = Authorizer::from_wire(wire).map(|_| ());
            read.map_err(|problems| problems_error("the configured authorizer", problems))
        }
        None if local_issuer => Err(Error::usage(format!(
            "`--local-issuer`: `{}` has no authorizer, so its callers need no token",
            agent.name
        ))
        .code(Code::UsageConflict)
        .hint("leave it out, or configure one: `agentcore configure --discovery-url URL --allowed-client ID`")),
        None => Ok(()),
    }
}

/// Serves the agent in the foreground. The exit status is the agent's own.
///
/// # Errors
/// [`Kind::Interrupted`] when it was asked to stop; those of a start that fails.
pub(super) async fn serve(served: Served<'_>, context: &CommandContext) -> Result<CommandResult> {
    let Served { schema, agent, listener, local_issuer, program, changes, reloads, dir } = served;
    let address = listener.local_addr().context("could not read the address to listen on")?;
    let url = format!("http://{address}/invocations");
    say_who_may_call(agent, local_issuer, context);
    let options = LocalOptions {
        listener,
        name: agent.name.clone(),
        protocol: agent.protocol().as_str(),
        own_place: OwnPlace { port: agent.own_port(), path: agent.own_path().map(str::to_owned) },
        authorizer: agent.authorizer().cloned(),
        local_issuer,
        headers: agent.request_headers().unwrap_or_default(),
        dir: dir.to_owned(),
        // The local issuer is on this machine; a provider may be behind a proxy.
        http: if local_issuer { Http::of_this_machine() } else { Http::new(&context.env) },
        events: context.events.clone(),
        output: output(context),
    };
    let (ready, is_ready) = oneshot::channel();
    let announce = async {
        if is_ready.await.is_ok() {
            let saved = if reloads { ", and is reloaded when a file of its source is saved" } else { "" };
            context.ui.note(&format!("`{}` answers at {url}{saved}; Ctrl-C ends it", agent.name));
            context.ui.note(&format!("its requests, log and spans are shown at http://{address}{}", local::PAGE_PATH));
        }
    };
    let (end, ()) = tokio::join!(local::serve(options, program, changes, ready, process::stop_signal()), announce);
    match end? {
        LocalEnd::Stopped => Err(Error::new(Kind::Interrupted, "interrupted")),
        LocalEnd::Agent(status) => {
            context.ui.note(&format!("the agent ended with exit status {status}"));
            if context.ui.output() == OutputFormat::Text {
                return Ok(CommandResult::Code(status));
            }
            CommandResult::report(LocalReport { schema, agent: agent.name.clone(), url, status })
        }
    }
}

fn say_who_may_call(agent: &Agent, local_issuer: bool, context: &CommandContext) {
    let text = match agent.authorizer().and_then(|wire| Authorizer::from_wire(wire).ok()) {
        None => "callers need no AWS signature here: the service would ask for one (SigV4)".to_owned(),
        Some(_) if local_issuer => {
            "callers need a token of the local issuer: `agentcore dev --token` prints one".to_owned()
        }
        Some(authorizer) => format!(
            "callers need a token of the provider of {}; `--local-issuer` issues tokens here instead",
            authorizer.discovery_url
        ),
    };
    context.ui.note(&text);
}

/// The agent's streams are this process's own. Where stdout is for one document, all of it goes to stderr.
fn output(context: &CommandContext) -> OutputSink {
    let (ui, is_json) = (context.ui.clone(), context.ui.output() == OutputFormat::Json);
    Arc::new(move |stream, bytes| {
        // A reader that has gone away does not end the agent.
        let _ = ui.pass_on(bytes, is_json || stream == LocalStream::Err);
    })
}

/// How a local agent ended.
struct LocalReport {
    schema: &'static str,
    agent: String,
    url: String,
    status: u8,
}

impl Report for LocalReport {
    fn schema(&self) -> &'static str {
        self.schema
    }

    fn data(&self) -> Value {
        json!({ "agent": self.agent, "url": self.url, "exitStatus": self.status })
    }

    fn document(&self) -> Document {
        Document::new().field("agent", self.agent.clone()).field("exit status", self.status.to_string())
    }

    fn exit_code(&self) -> u8 {
        self.status
    }
}

/// A command of `ops` as the server takes it.
pub(super) fn program(command: crate::ops::local::LocalCommand) -> LocalProgram {
    let crate::ops::local::LocalCommand { words, variables, dir, remedy } = command;
    LocalProgram { words, variables, dir, fixed: None, remedy }
}
