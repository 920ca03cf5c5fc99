//! One call of an agent: send, pass the answer on as it arrives, and say what an error status means.
//!
//! Owns: plain calls of agents of every protocol, and the end of sessions. `mcp`, `a2a` and `agui` make requests of their
//! protocols out of what a person types, `socket` talks over a web socket, `failure` has the meaning of every error
//! form, `events` the watch for failures inside an answer that began well. Does not own: which agent, session or token
//! (cli), the explanation of a refusal (`explain`).

pub(crate) mod a2a;
pub(crate) mod agui;
mod events;
mod failure;
pub(crate) mod mcp;
mod rpc;
#[cfg(test)]
mod rpc_tests;
pub(crate) mod socket;

use std::ops::ControlFlow;

use crate::agent_report::AgentReport;
use crate::cloud::{CallerAuth, DataPlane, Invocation, Payload, Reply};
use crate::error::Result;
use crate::facts::DEFAULT_ENDPOINT;
use crate::facts::PASSED_HEADERS;
use events::Watch;
use failure::Target;
pub(crate) use failure::{Speaks, words_of};

/// What the head of a good answer says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) session_id: Option<String>,
    pub(crate) request_id: Option<String>,
    /// `Mcp-Session-Id`, for the further requests of one MCP exchange.
    mcp_session_id: Option<String>,
    /// The service's name for a failure that has a good status, as MCP wants it.
    error_type: Option<String>,
    /// What a sandbox says about an agent that failed.
    report: Option<AgentReport>,
}

impl Head {
    fn of(reply: &Reply) -> Self {
        Self {
            status: reply.status(),
            content_type: reply.content_type().to_owned(),
            session_id: reply.session_id().map(str::to_owned),
            request_id: reply.request_id().map(str::to_owned),
            mcp_session_id: reply.header("mcp-session-id").map(str::to_owned),
            error_type: failure::error_type(reply),
            report: failure::report(reply),
        }
    }

    fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn is_events(&self) -> bool {
        self.content_type.starts_with("text/event-stream")
    }
}

/// Whom a call reaches, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) plane: &'a DataPlane,
    pub(crate) auth: &'a CallerAuth,
    pub(crate) call: &'a Invocation<'a>,
    pub(crate) speaks: Speaks,
    /// Whether the AWS CLI is on this machine's `PATH`.
    pub(crate) aws_cli: bool,
}

impl<'a> Line<'a> {
    fn target(&self) -> Target<'a> {
        let endpoint = self.call.qualifier.unwrap_or(DEFAULT_ENDPOINT);
        Target::Invoke { id: self.call.arn.resource_id(), endpoint, aws_cli: self.aws_cli }
    }
}

/// Takes the pieces of an answer as they arrive, until it wants no more.
pub(crate) type Sink<'a> = &'a mut (dyn FnMut(&[u8]) -> Result<ControlFlow<()>> + Send);

/// Sends one request and gives each piece of the body to `sink` as it arrives, until that wants no more.
///
/// # Errors
/// [`Kind::Refused`] for 401 and 403, [`Kind::NotFound`] for 404, [`Kind::Agent`] for 424 and for an error event in
/// a stream (after the stream was passed on), [`Kind::Deadline`] for a timeout. The same for the forms that MCP, A2A and
/// AG-UI have for these, some of which come with a good status and are passed on first.
///
/// [`Kind::Refused`]: crate::error::Kind::Refused
/// [`Kind::NotFound`]: crate::error::Kind::NotFound
/// [`Kind::Agent`]: crate::error::Kind::Agent
/// [`Kind::Deadline`]: crate::error::Kind::Deadline
pub(crate) async fn call(line: &Line<'_>, payload: &Payload, sink: Sink<'_>) -> Result<Head> {
    let mut reply = line.plane.invoke(line.call, line.auth, payload).await?;
    pass_on(line, &mut reply, sink).await
}

async fn pass_on(line: &Line<'_>, reply: &mut Reply, sink: Sink<'_>) -> Result<Head> {
    let head = Head::of(reply);
    if !head.is_good() {
        return Err(failure::refusal(reply, line.auth, &line.target()).await);
    }
    let mut watch = Watch::of(&head, line.speaks);
    while let Some(chunk) = reply.chunk().await? {
        if sink(&chunk)?.is_break() {
            return Ok(head);
        }
        watch.feed(&chunk);
    }
    match watch.found(&head, line) {
        Some(error) => Err(error),
        None => Ok(head),
    }
}

/// The headers among `sent` that never reach an agent with this allowlist.
pub(crate) fn dropped_headers<'a>(sent: &'a [(String, String)], allowed: &[String]) -> Vec<&'a str> {
    sent.iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| {
            let is_named = |other: &&str| other.eq_ignore_ascii_case(name);
            !allowed.iter().map(String::as_str).chain(PASSED_HEADERS).any(|other| is_named(&other))
        })
        .collect()
}

/// Ends a session.
pub(crate) async fn stop_session(
    plane: &DataPlane,
    arn: &crate::partition::Arn,
    qualifier: Option<&str>,
    session_id: &str,
    auth: &CallerAuth,
) -> Result<()> {
    let mut reply = plane.stop_session(arn, qualifier, session_id, auth).await?;
    if (200..300).contains(&reply.status()) {
        return failure::stopped(&mut reply).await;
    }
    Err(failure::refusal(&mut reply, auth, &Target::Session { id: session_id }).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_outside_the_allowlist_are_told() {
        let sent = [("X-Foo".to_owned(), "1".to_owned()), ("X-Bar".to_owned(), "2".to_owned())];
        assert_eq!(dropped_headers(&sent, &["x-foo".to_owned()]), ["X-Bar"]);
        assert_eq!(dropped_headers(&sent, &[]), ["X-Foo", "X-Bar"]);
        let traced = ["traceparent", "X-Amzn-Trace-Id", "Baggage", "tracestate", "Mcp-Name"];
        let traced = traced.map(|name| (name.to_owned(), "1".to_owned()));
        assert_eq!(dropped_headers(&traced, &[]), Vec::<&str>::new());
    }
}
