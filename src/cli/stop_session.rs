//! `agentcore stop-session`.

use serde_json::{Value, json};

use super::args::StopSessionArgs;
use super::caller::{self, Callee};
use super::{Context, Done, Result};
use crate::error::Error;
use crate::ops::{invoke, session, status};
use crate::report::{Document, Report};

pub(super) async fn run(args: StopSessionArgs, context: &Context) -> Result<Done> {
    let store = context.store()?;
    let mut callee = Callee::of_agent(store.agent(args.agent.as_deref())?, store.root())?;
    let endpoint = args.endpoint.as_deref().unwrap_or(status::DEFAULT_ENDPOINT);
    let session_id = match (&args.session_id, &callee.agent) {
        (Some(id), _) => id.clone(),
        (None, Some((agent, root))) => session::last(root, agent, endpoint).ok_or_else(|| {
            Error::not_found(format!("no session of `{agent}` is remembered here")).hint("name it with `--session-id`")
        })?,
        (None, None) => return Err(Error::usage("there is no session to stop").hint("name it with `--session-id`")),
    };
    session::check(&session_id)?;
    let token = caller::token(context, args.bearer_token, args.bearer_token_file.as_deref()).await?;
    let line = caller::line(context, &mut callee, token).await?;
    invoke::stop_session(&line.plane, &callee.arn, args.endpoint.as_deref(), &session_id, &line.auth).await?;
    if let Some((agent, root)) = &callee.agent {
        session::forget(root, agent);
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
