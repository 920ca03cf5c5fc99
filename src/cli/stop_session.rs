//! `agentcore stop-session`.

use serde_json::{Value, json};

use super::args::StopSessionArgs;
use super::caller::{self, Callee};
use super::{Context, Done, Result};
use crate::error::{Error, Kind};
use crate::ops::{invoke, session, status};
use crate::report::{Document, Report};

pub(super) async fn run(args: StopSessionArgs, context: &Context) -> Result<Done> {
    let store = context.store()?;
    let mut callee = Callee::of_agent(&store, args.agent.as_deref())?;
    let endpoint = args.endpoint.as_deref().unwrap_or(status::DEFAULT_ENDPOINT);
    session::check_endpoint(endpoint)?;
    let remembered = callee.agent.as_ref().and_then(|(agent, root)| session::last(root, agent, endpoint));
    let session_id = args.session_id.clone().or(remembered).ok_or_else(|| {
        Error::not_found("no session is remembered here")
            .code("session.none")
            .hint(format!("name it: `agentcore stop-session{} --session-id ID`", callee.flag))
    })?;
    session::check(&session_id)?;
    let auth = args.auth.then_some(caller::Auth { agent: args.agent.as_deref(), by_arn: false });
    let token = caller::token_or_auth(context, auth, args.bearer_token, args.bearer_token_file.as_deref()).await?;
    let has_token = token.is_some();
    let line = caller::line(context, &mut callee, token).await?;
    let stopped =
        invoke::stop_session(&line.plane, &callee.arn, args.endpoint.as_deref(), &session_id, &line.auth).await;
    let over = match &stopped {
        Ok(()) => true,
        Err(error) => error.kind() == Kind::NotFound,
    };
    if let (true, Some((agent, root))) = (over, &callee.agent) {
        session::forget_one(root, agent, &session_id);
    }
    if let Err(error) = stopped {
        if error.kind() == Kind::Refused && !has_token {
            let command = format!("agentcore stop-session --session-id {session_id}");
            return Err(error.hint(callee.with_token(&command)));
        }
        return Err(error);
    }
    Done::report(Stopped { session_id })
}

struct Stopped {
    session_id: String,
}

impl Report for Stopped {
    fn schema(&self) -> &'static str {
        "agentcore.stop-session/1"
    }

    fn data(&self) -> Value {
        json!({ "sessionId": self.session_id, "stopped": true })
    }

    fn document(&self) -> Document {
        Document::new().line(format!("Session {} is stopped.", self.session_id))
    }
}
