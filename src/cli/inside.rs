//! What `exec` and `shell` have in common: the session that they reach, the caller's credentials, what is remembered, and what
//! the caller can do about an error.

use std::time::Duration;

use super::args::InsideArgs;
use super::caller::{self, AgentConnection, Callee};
use super::{CommandContext, Result, invoke};
use crate::cloud::Invocation;
use crate::error::{Error, Kind};
use crate::facts::DEFAULT_ENDPOINT;
use crate::ops::invoke::{AgentProtocol, CallContext};
use crate::redact::SecretString;
use crate::session;
use crate::shell::CommandLine;

/// The endpoint as it was typed, for a command that is repeated.
pub(super) fn endpoint_flag(args: &InsideArgs) -> String {
    args.endpoint.as_deref().map(|name| format!(" --endpoint {name}")).unwrap_or_default()
}

/// A session that can be reached.
pub(super) struct SessionReach {
    callee: Callee,
    qualifier: Option<String>,
    line: AgentConnection,
    secret: Option<SecretString>,
    pub(super) session_id: String,
    /// It is neither named nor remembered.
    pub(super) is_new: bool,
    /// What was remembered before.
    before: Option<String>,
    timeout: Option<Duration>,
    /// The command that shows what the agent logs in this session.
    logs: String,
}

impl SessionReach {
    /// Chooses the session and the caller's credentials as `invoke` does, and remembers the session.
    pub(super) async fn choose(args: &InsideArgs, context: &CommandContext, timeout: Option<Duration>) -> Result<Self> {
        if let Some(id) = &args.session_id {
            session::check(id)?;
        }
        let region = context.globals.region.as_deref();
        let mut callee = match &args.arn {
            Some(arn) => Callee::of_arn(arn, region)?,
            None => Callee::of_agent(
                &context.store_with_runtime(args.agent.as_deref()).await?,
                args.agent.as_deref(),
                region,
            )?,
        };
        let qualifier = callee.qualifier(args.endpoint.as_deref())?;
        let auth =
            args.token.auth.then_some(caller::AuthChoice { agent: args.agent.as_deref(), by_arn: args.arn.is_some() });
        let given = args.token.bearer_token.clone();
        let token = caller::token_or_auth(context, auth, given, args.token.bearer_token_file.as_deref()).await?;
        let secret = token.as_ref().map(|token| token.secret.clone());
        let line = caller::line(context, &mut callee, token).await?;
        let endpoint = qualifier.as_deref().unwrap_or(DEFAULT_ENDPOINT);
        let before = callee.agent.as_ref().and_then(|(agent, root)| session::last(root, agent, endpoint));
        let known = args.session_id.clone().or_else(|| before.clone().filter(|_| !args.new_session));
        let is_new = known.is_none();
        let session_id = known.unwrap_or_else(session::generate);
        let logs = callee.logs_command(&session_id, endpoint);
        let reach = Self { callee, qualifier, line, secret, session_id, is_new, before, timeout, logs };
        if let Some((agent, root)) = &reach.callee.agent {
            session::remember(root, agent, reach.endpoint(), &reach.session_id);
        }
        Ok(reach)
    }

    fn endpoint(&self) -> &str {
        self.qualifier.as_deref().unwrap_or(DEFAULT_ENDPOINT)
    }

    pub(super) fn invocation(&self) -> Invocation<'_> {
        Invocation {
            arn: &self.callee.arn,
            qualifier: self.qualifier.as_deref(),
            session_id: Some(&self.session_id),
            user_id: None,
            content_type: "application/json",
            accept: "*/*",
            headers: &[],
            timeout: self.timeout,
        }
    }

    pub(super) fn context<'a>(&'a self, call: &'a Invocation<'a>) -> CallContext<'a> {
        CallContext {
            plane: &self.line.plane,
            auth: &self.line.auth,
            call,
            speaks: AgentProtocol::Plain,
            logs: &self.logs,
        }
    }

    /// The flags that lead to the session again, with a space in front.
    pub(super) fn flags(&self) -> String {
        let mut line = CommandLine::new(&self.callee.flag);
        line.value("--session-id", Some(&self.session_id));
        line.value("--endpoint", self.qualifier.as_ref());
        line.into_string()
    }

    /// The error with what the caller can do about it; `command` is the one to repeat. A session that was not reached is
    /// forgotten.
    pub(super) async fn failed(&self, error: Error, command: &str, context: &CommandContext) -> Error {
        let unreached = matches!(error.kind(), Kind::Refused | Kind::NotFound | Kind::Credentials | Kind::Usage);
        if let (true, Some((agent, root))) = (unreached, &self.callee.agent) {
            session::restore(root, agent, self.endpoint(), self.before.as_deref());
        }
        let error = caller::told_of_account(error, &self.line.auth, &self.callee.arn).await;
        invoke::refused(error, (context, &self.callee), self.secret.clone(), command).await
    }
}
