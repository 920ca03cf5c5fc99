//! `agentcore stop-session`.

use serde_json::{Value, json};

use super::args::StopSessionArgs;
use super::caller::{self, AgentConnection, Callee};
use super::{CommandContext, CommandResult, Result};
use crate::error::{Code, Error, Kind};
use crate::ops::invoke;
use crate::report::{Document, Report, schemas};
use crate::session;

pub(super) async fn run(args: StopSessionArgs, context: &CommandContext) -> Result<CommandResult> {
    let region = context.globals.region.as_deref();
    let mut callee = match &args.arn {
        Some(arn) => Callee::of_arn(arn, region)?,
        None => {
            Callee::of_agent(&context.store_with_runtime(args.agent.as_deref()).await?, args.agent.as_deref(), region)?
        }
    };
    let qualifier = callee.qualifier(args.endpoint.as_deref())?;
    let endpoint = qualifier.as_deref().unwrap_or(crate::facts::DEFAULT_ENDPOINT);
    let remembered = callee.agent.as_ref().and_then(|(agent, root)| session::last(root, agent, endpoint));
    let session_id = args.session_id.clone().or(remembered).ok_or_else(|| {
        Error::not_found("no session is remembered here")
            .code(Code::SessionNone)
            .hint(format!("name it: `agentcore stop-session{} --session-id ID`", callee.flag))
    })?;
    session::check(&session_id)?;
    let auth = args.auth.then_some(caller::AuthChoice { agent: args.agent.as_deref(), by_arn: args.arn.is_some() });
    let token = caller::token_or_auth(context, auth, args.bearer_token, args.bearer_token_file.as_deref()).await?;
    let has_token = token.is_some();
    let line = caller::line(context, &mut callee, token).await?;
    context.ui.note(&format!(
        "account {}, region {}, runtime {}",
        callee.arn.account,
        callee.arn.region,
        callee.arn.resource_id()
    ));
    let stopped = stop(&line, &callee, (qualifier.as_deref(), &session_id)).await;
    if let Err(error) = stopped {
        if error.kind() == Kind::Refused && !has_token {
            let command = format!("agentcore stop-session --session-id {session_id}");
            return Err(error.hint(callee.with_token(&command)));
        }
        return Err(caller::told_of_account(error, &line.auth, &callee.arn).await);
    }
    CommandResult::report(Stopped { session_id, arn: callee.arn.to_string() })
}

/// Ends a session and forgets it, also where it was over already.
///
/// # Errors
/// As [`invoke::stop_session`].
pub(super) async fn stop(
    line: &AgentConnection,
    callee: &Callee,
    (qualifier, session_id): (Option<&str>, &str),
) -> Result<()> {
    let stopped = invoke::stop_session(&line.plane, &callee.arn, qualifier, session_id, &line.auth).await;
    let over = match &stopped {
        Ok(()) => true,
        Err(error) => error.kind() == Kind::NotFound,
    };
    if let (true, Some((agent, root))) = (over, &callee.agent) {
        session::forget_one(root, agent, session_id);
    }
    stopped
}

struct Stopped {
    session_id: String,
    arn: String,
}

impl Report for Stopped {
    fn schema(&self) -> &'static str {
        schemas::STOP_SESSION
    }

    fn data(&self) -> Value {
        json!({ "sessionId": self.session_id, "agent_arn": self.arn, "stopped": true })
    }

    fn document(&self) -> Document {
        Document::new().line(format!("Session {} is stopped.", self.session_id))
    }
}
