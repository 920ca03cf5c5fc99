//! `agentcore sessions`: those that were started from here, and their end.

use serde_json::{Value, json};

use super::args::{SessionsCommand, SessionsListArgs, SessionsStopArgs};
use super::caller::{self, Callee};
use super::{CommandContext, CommandResult, Result, stop_session};
use crate::clock;
use crate::config::{Agent, Store};
use crate::error::{Code, Error, Kind};
use crate::report::{Document, Report, Role, schemas};
use crate::session;
use crate::session_list::{self, KnownSession};

pub(super) async fn run(command: SessionsCommand, context: &CommandContext) -> Result<CommandResult> {
    match command {
        SessionsCommand::List(args) => list(&args, context),
        SessionsCommand::Stop(args) => stop(args, context).await,
    }
}

fn list(args: &SessionsListArgs, context: &CommandContext) -> Result<CommandResult> {
    let store = context.store()?;
    let agents = match &args.agent {
        Some(name) => std::slice::from_ref(store.agent(Some(name))?),
        None => store.project().agents.as_slice(),
    };
    let of_agent = |agent: &Agent| {
        let (name, known) = (agent.name.clone(), known(&store, agent));
        known.into_iter().map(move |session| (name.clone(), session))
    };
    let mut sessions: Vec<(String, KnownSession)> = agents.iter().flat_map(of_agent).collect();
    sessions.sort_by_key(|(_, session)| std::cmp::Reverse(session.last_used));
    CommandResult::report(SessionList(sessions))
}

/// In an environment those of its own runtime.
fn known(store: &Store, agent: &Agent) -> Vec<KnownSession> {
    session_list::all(&session::dir(store.root(), &agent.deployed_name()))
}

async fn stop(args: SessionsStopArgs, context: &CommandContext) -> Result<CommandResult> {
    for id in &args.ids {
        session::check(id)?;
    }
    let store = context.store()?;
    let configured = store.agent(args.agent.as_deref())?;
    let (agent, mut wanted) = (configured.name.clone(), known(&store, configured));
    match args.all {
        true => wanted.retain(|session| !session.stopped),
        false => {
            if let Some(id) = args.ids.iter().find(|id| wanted.iter().all(|session| session.session_id != **id)) {
                return Err(Error::not_found(format!("the session `{id}` of `{agent}` was not started from here"))
                    .code(Code::SessionNone)
                    .hint("`agentcore sessions list` shows those that were")
                    .hint(format!("any other one: `agentcore stop-session --session-id {id}`")));
            }
            wanted.retain(|session| args.ids.contains(&session.session_id));
        }
    }
    if wanted.is_empty() {
        return CommandResult::report(StoppedSessions { agent, sessions: Vec::new() });
    }
    let mut callee = Callee::of_agent(&store, Some(&agent), context.globals.region.as_deref())?;
    let auth = args.token.auth.then_some(caller::AuthChoice { agent: Some(&agent), by_arn: false });
    let file = args.token.bearer_token_file.as_deref();
    let token = caller::token_or_auth(context, auth, args.token.bearer_token, file).await?;
    let has_token = token.is_some();
    let line = caller::line(context, &mut callee, token).await?;
    let mut done: Vec<(KnownSession, SessionEnd)> = Vec::new();
    for session in wanted {
        let stopped = stop_session::stop(&line, &callee, (Some(&session.endpoint), &session.session_id)).await;
        let end = match stopped {
            Ok(()) => SessionEnd::Stopped,
            // It ended by itself, or is stopped already.
            Err(error) if error.kind() == Kind::NotFound => SessionEnd::Over,
            Err(error) => {
                let command = if args.all { "agentcore sessions stop --all" } else { "agentcore sessions stop ID" };
                let error = match error.kind() == Kind::Refused && !has_token {
                    true => error.hint(callee.with_token(command)),
                    false => caller::told_of_account(error, &line.auth, &callee.arn).await,
                };
                return Err(done.iter().fold(error, |error, (session, end)| {
                    error.cause(format!("before that, session {} was {}", session.session_id, end.word()))
                }));
            }
        };
        context.ui.status(&format!("session {}: {}", session.session_id, end.word()));
        done.push((session, end));
    }
    CommandResult::report(StoppedSessions { agent, sessions: done })
}

#[derive(Clone, Copy)]
enum SessionEnd {
    Stopped,
    Over,
}

impl SessionEnd {
    const fn word(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Over => "over already",
        }
    }
}

struct SessionList(Vec<(String, KnownSession)>);

const fn state(session: &KnownSession) -> &'static str {
    if session.stopped { "stopped" } else { "started" }
}

fn time(seconds: i64) -> String {
    clock::of_unix(seconds).map(clock::iso8601).unwrap_or_default()
}

impl Report for SessionList {
    fn schema(&self) -> &'static str {
        schemas::SESSIONS
    }

    fn data(&self) -> Value {
        let one = |(agent, session): &(String, KnownSession)| {
            json!({
                "sessionId": session.session_id,
                "agent": agent,
                "endpoint": session.endpoint,
                "startedAt": time(session.started),
                "lastUsedAt": time(session.last_used),
                "state": state(session),
            })
        };
        json!({ "sessions": self.0.iter().map(one).collect::<Vec<_>>() })
    }

    fn document(&self) -> Document {
        if self.0.is_empty() {
            return Document::new().line("No sessions were started from here.");
        }
        let row = |(agent, session): &(String, KnownSession)| {
            vec![
                (Role::Code, session.session_id.clone()),
                (Role::Plain, agent.clone()),
                (Role::Plain, session.endpoint.clone()),
                (Role::Dim, time(session.started)),
                (Role::Dim, time(session.last_used)),
                (Role::Plain, state(session).to_owned()),
            ]
        };
        let head = vec!["session", "agent", "endpoint", "started", "last used", "state"];
        Document::new().table(head, self.0.iter().map(row).collect())
    }
}

struct StoppedSessions {
    agent: String,
    sessions: Vec<(KnownSession, SessionEnd)>,
}

impl Report for StoppedSessions {
    fn schema(&self) -> &'static str {
        schemas::SESSIONS_STOP
    }

    fn data(&self) -> Value {
        let one = |(session, end): &(KnownSession, SessionEnd)| {
            json!({
                "sessionId": session.session_id,
                "endpoint": session.endpoint,
                "wasRunning": matches!(end, SessionEnd::Stopped),
            })
        };
        json!({ "agent": self.agent, "sessions": self.sessions.iter().map(one).collect::<Vec<_>>() })
    }

    fn document(&self) -> Document {
        if self.sessions.is_empty() {
            return Document::new()
                .line(format!("Every session of {} that was started from here is stopped.", self.agent));
        }
        self.sessions.iter().fold(Document::new(), |document, (session, end)| {
            document.line(format!("Session {} is {}.", session.session_id, end.word()))
        })
    }
}
