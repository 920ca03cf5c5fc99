//! One call of an agent: send, pass the answer on as it arrives, and say what an error status means.
//!
//! Owns: plain calls of agents of every protocol, and the end of sessions. `mcp`, `a2a` and `agui` build requests of
//! their protocols from what a person types, `socket` uses a web socket, `command` and `shell` reach into a session,
//! `reconnect` says when a lost shell is connected to again, `failure` interprets every error format, `events` the
//! watch for failures inside an answer that began well. Does not own: which agent, session or token (cli), the
//! explanation of a refusal (`explain`).

pub(crate) mod a2a;
pub(crate) mod agui;
pub(crate) mod command;
mod events;
mod failure;
pub(crate) mod mcp;
mod reconnect;
mod replay;
mod rpc;
#[cfg(test)]
mod rpc_tests;
pub(crate) mod shell;
pub(crate) mod socket;

use std::ops::ControlFlow;

use crate::agent_report::AgentReport;
use crate::cloud::{CallerAuth, DataPlane, Invocation, Payload, Reply};
use crate::error::Result;
use crate::facts::DEFAULT_ENDPOINT;
use crate::facts::PASSED_HEADERS;
pub(crate) use events::EventParser;
use events::FailureWatch;
use failure::CallTarget;
pub(crate) use failure::{AgentProtocol, SANDBOX_OUTPUT, words_of};

/// Source: the model of InvokeAgentRuntime's answer.
const SESSION_ENDPOINT: &str = "x-amzn-bedrock-agentcore-runtime-session-endpoint-url";

/// What is printed for a person to open is an address and nothing else.
fn endpoint_url(text: &str) -> Option<String> {
    url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(|_| text.to_owned())
}

/// The status and headers of a successful answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReplyHead {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) session_id: Option<String>,
    pub(crate) request_id: Option<String>,
    /// Where the allowed ports of the session are reached; the service says so for a runtime that has any.
    pub(crate) session_endpoint: Option<String>,
    /// `Mcp-Session-Id`, for the further requests of one MCP exchange.
    mcp_session_id: Option<String>,
    /// The service's name for a failure that has a good status, as MCP wants it.
    error_type: Option<String>,
    /// The sandbox's report on an agent that failed.
    report: Option<AgentReport>,
}

impl ReplyHead {
    fn from_reply(reply: &Reply) -> Self {
        Self {
            status: reply.status(),
            content_type: reply.content_type().to_owned(),
            session_id: reply.session_id().map(str::to_owned),
            request_id: reply.request_id().map(str::to_owned),
            session_endpoint: reply.header(SESSION_ENDPOINT).and_then(endpoint_url),
            mcp_session_id: reply.header("mcp-session-id").map(str::to_owned),
            error_type: failure::error_type(reply),
            report: failure::report(reply),
        }
    }

    fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn is_events(&self) -> bool {
        self.content_type.starts_with("text/event-stream")
    }
}

/// The connection, the caller and the request of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallContext<'a> {
    pub(crate) plane: &'a DataPlane,
    pub(crate) auth: &'a CallerAuth,
    pub(crate) call: &'a Invocation<'a>,
    pub(crate) speaks: AgentProtocol,
    /// The command that shows what the agent logs in this session.
    pub(crate) logs: &'a str,
}

impl<'a> CallContext<'a> {
    fn target(&self) -> CallTarget<'a> {
        if let Some(port) = self.plane.local_port() {
            return CallTarget::Local { port };
        }
        let endpoint = self.call.qualifier.unwrap_or(DEFAULT_ENDPOINT);
        CallTarget::Invoke { id: self.call.arn.resource_id(), endpoint, logs: self.logs }
    }
}

/// Receives the chunks of an answer as they arrive; `Break` ends the call.
pub(crate) type ChunkSink<'a> = &'a mut (dyn FnMut(&[u8]) -> Result<ControlFlow<()>> + Send);

/// Sends one request, tells `on_head` of a good answer's head, and passes each chunk of the body to `sink` as it arrives,
/// until that breaks.
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
pub(crate) async fn call(
    line: &CallContext<'_>,
    payload: &Payload,
    on_head: &(dyn Fn(&ReplyHead) + Sync),
    sink: ChunkSink<'_>,
) -> Result<ReplyHead> {
    let mut reply = line.plane.invoke(line.call, line.auth, payload).await?;
    let head = ReplyHead::from_reply(&reply);
    if !head.is_good() {
        return Err(failure::refusal(&mut reply, line.auth, &line.target()).await);
    }
    on_head(&head);
    let mut watch = FailureWatch::for_reply(&head, line.speaks);
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
    Err(failure::refusal(&mut reply, auth, &CallTarget::Session { id: session_id }).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_endpoint_is_an_address() {
        let reply = |url: &str| {
            let response = http::Response::builder().header(SESSION_ENDPOINT, url).body("").unwrap();
            ReplyHead::from_reply(&Reply::from_response(response)).session_endpoint
        };
        assert_eq!(reply("https://s-1.example/").as_deref(), Some("https://s-1.example/"));
        assert_eq!(reply("javascript:alert(1)"), None);
        assert_eq!(reply("s-1.example"), None);
    }

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
