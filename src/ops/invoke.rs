//! One call of an agent: send, pass the answer on as it arrives, and say what an error status means.
//!
//! Owns: the meaning of the data plane's answers, the watch for error events inside a
//! stream. Does not own: which agent, session or token (cli), the explanation of a refusal (`explain`).

use std::ops::ControlFlow;

use serde_json::Value;

use super::status::DEFAULT_ENDPOINT;
use crate::cloud::{CallerAuth, DataPlane, Invocation, Payload, Reply};
use crate::error::{Error, Kind, Result};

/// What the head of a good answer says.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) session_id: Option<String>,
    pub(crate) request_id: Option<String>,
}

/// Sends one request and gives each piece of the body to `sink` as it arrives, until that wants no more.
///
/// # Errors
/// [`Kind::Refused`] for 401 and 403, [`Kind::NotFound`] for 404, [`Kind::Agent`] for 424 and for an error event in
/// a stream (after the stream was passed on), [`Kind::Deadline`] for a timeout.
pub(crate) async fn call(
    plane: &DataPlane,
    call: &Invocation<'_>,
    auth: &CallerAuth,
    payload: &Payload,
    sink: &mut (dyn FnMut(&[u8]) -> Result<ControlFlow<()>> + Send),
) -> Result<Head> {
    let mut reply = plane.invoke(call, auth, payload).await?;
    let head = Head {
        status: reply.status(),
        content_type: reply.content_type().to_owned(),
        session_id: reply.session_id().map(str::to_owned),
        request_id: reply.request_id().map(str::to_owned),
    };
    if !(200..300).contains(&head.status) {
        let endpoint = call.qualifier.unwrap_or(DEFAULT_ENDPOINT);
        return Err(refusal(&mut reply, auth, &Target::Invoke { id: call.arn.resource_id(), endpoint }).await);
    }
    let mut watch = head.content_type.starts_with("text/event-stream").then(ErrorWatch::default);
    while let Some(chunk) = reply.chunk().await? {
        if sink(&chunk)?.is_break() {
            return Ok(head);
        }
        if let Some(watch) = &mut watch {
            watch.feed(&chunk);
        }
    }
    match watch.and_then(|watch| watch.error) {
        Some(message) => Err(Error::new(Kind::Agent, "the agent failed while it was answering")
            .code("agent.stream-error")
            .cause(message)
            .hint(logs_hint(call.arn.resource_id(), call.qualifier.unwrap_or(DEFAULT_ENDPOINT)))
            .request_id(head.request_id)),
        None => Ok(head),
    }
}

/// The headers among `sent` that never reach an agent with this allowlist.
pub(crate) fn dropped_headers<'a>(sent: &'a [(String, String)], allowed: &[String]) -> Vec<&'a str> {
    sent.iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !allowed.iter().any(|other| other.eq_ignore_ascii_case(name)))
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
        return Ok(());
    }
    Err(refusal(&mut reply, auth, &Target::Session { id: session_id }).await)
}

/// What a request was about.
#[derive(Debug)]
enum Target<'a> {
    Invoke { id: &'a str, endpoint: &'a str },
    Session { id: &'a str },
}

/// Where the service puts what an agent prints.
fn logs_hint(id: &str, endpoint: &str) -> String {
    format!("its logs say why: `aws logs tail /aws/bedrock-agentcore/runtimes/{id}-{endpoint} --since 10m`")
}

/// Turns an error answer into our error, with the service's own words as cause.
async fn refusal(reply: &mut Reply, auth: &CallerAuth, target: &Target<'_>) -> Error {
    let status = reply.status();
    let name = reply
        .header("x-amzn-errortype")
        .map(|name| name.split(':').next().unwrap_or(name))
        .map(|name| name.rsplit('#').next().unwrap_or(name).to_owned());
    let request_id = reply.request_id().map(str::to_owned);
    let body = reply.error_body().await;
    describe(&Refusal { status, name, body: &body, signed: matches!(auth, CallerAuth::SigV4(_)), target })
        .request_id(request_id)
}

/// The parts of an error answer that matter.
#[derive(Debug)]
struct Refusal<'a> {
    status: u16,
    name: Option<String>,
    body: &'a [u8],
    signed: bool,
    target: &'a Target<'a>,
}

fn describe(refusal: &Refusal<'_>) -> Error {
    let words = words_of(refusal.body);
    let cause = match (&refusal.name, words.is_empty()) {
        (Some(name), false) => format!("{name}: {words}"),
        (Some(name), true) => name.clone(),
        (None, false) => words.clone(),
        (None, true) => format!("HTTP {}", refusal.status),
    };
    let error = match refusal.status {
        401 | 403 => refused(refusal, &words),
        404 => match refusal.target {
            Target::Invoke { id, endpoint } => {
                Error::not_found(format!("there is no runtime `{id}` with an endpoint `{endpoint}`"))
                    .hint("`agentcore status` shows both; DEFAULT can come a few minutes after READY")
            }
            Target::Session { id } => Error::not_found(format!("the session `{id}` is not running"))
                .hint("sessions also end by themselves, when they are idle or as old as they may get"),
        },
        424 => {
            let error = Error::new(Kind::Agent, "the agent failed to answer");
            match refusal.target {
                Target::Invoke { id, endpoint } => error.hint(logs_hint(id, endpoint)),
                Target::Session { .. } => error,
            }
        }
        402 => Error::failed("an AgentCore quota of the account is used up"),
        409 => Error::failed("the session is busy with another operation").hint("try again in a moment"),
        429 => Error::failed("the service is limiting requests").hint("try again in a moment"),
        status => Error::failed(format!("the service answered HTTP {status}")),
    };
    let error = error.cause(cause);
    match &refusal.name {
        Some(name) => error.code(name.clone()),
        None => error,
    }
}

fn refused(refusal: &Refusal<'_>, words: &str) -> Error {
    let aws = |text: &str| Error::new(Kind::Credentials, text.to_owned());
    if words.contains("is not authorized to perform") {
        let error = aws("AWS does not allow this principal to call the agent");
        return if words.contains("ForUser") {
            error.hint("`--user-id` needs the permission `bedrock-agentcore:InvokeAgentRuntimeForUser` besides `InvokeAgentRuntime`")
        } else {
            error.hint("ask for `bedrock-agentcore:InvokeAgentRuntime` on the runtime, or use another `--profile`")
        };
    }
    let credentials =
        ["ExpiredToken", "UnrecognizedClient", "InvalidSignature", "SignatureDoesNotMatch", "InvalidClientTokenId"];
    if refusal.signed
        && refusal.name.as_deref().is_some_and(|name| credentials.iter().any(|code| name.starts_with(code)))
    {
        return aws("AWS does not accept these credentials").hint("log in again, or choose another `--profile`");
    }
    // Matched on fragments, never on sentences: the texts changed twice in a year.
    let mismatch = words.contains("mismatch. The agent") || words.contains("different authorization");
    let error = Error::new(Kind::Refused, "the agent refused the caller");
    match (mismatch, refusal.signed) {
        (true, true) => error.hint("this agent takes a bearer token, and the call was signed with AWS credentials"),
        (true, false) => error
            .hint("this agent takes AWS credentials (SigV4), and the call carried a bearer token: leave the token out"),
        _ => error,
    }
}

/// The message of `{"message": …}` or of a JSON-RPC error; other bodies as text, shortened.
pub(crate) fn words_of(body: &[u8]) -> String {
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        for pointer in ["/message", "/Message", "/error/message", "/error"] {
            if let Some(text) = value.pointer(pointer).and_then(Value::as_str) {
                return text.to_owned();
            }
        }
    }
    let text = String::from_utf8_lossy(body);
    text.trim().chars().take(500).collect()
}

/// Looks for an error event in a stream that began with status 200: after the first byte a failure can only appear
/// inside the stream. Holds at most one line.
#[derive(Debug, Default)]
struct ErrorWatch {
    line: Vec<u8>,
    error: Option<String>,
}

impl ErrorWatch {
    const LONGEST: usize = 64 * 1024;

    fn feed(&mut self, chunk: &[u8]) {
        for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
            if self.line.len() + piece.len() <= Self::LONGEST {
                self.line.extend_from_slice(piece);
            }
            if piece.ends_with(b"\n") {
                self.check();
                self.line.clear();
            }
        }
    }

    fn check(&mut self) {
        let Some(data) = self.line.strip_prefix(b"data:") else { return };
        let likely = |needle: &[u8]| data.windows(needle.len()).any(|window| window == needle);
        if !likely(b"\"error_type\"") && !likely(b"RUN_ERROR") {
            return;
        }
        let Ok(event) = serde_json::from_slice::<Value>(data.trim_ascii()) else { return };
        let text = |member: &str| event.get(member).and_then(Value::as_str);
        if event.get("type").and_then(Value::as_str) == Some("RUN_ERROR") {
            self.error = Some(text("message").unwrap_or("RUN_ERROR").to_owned());
        } else if let (Some(error), Some(kind)) = (text("error"), text("error_type")) {
            self.error = Some(format!("{kind}: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, name: Option<&str>, body: &str, signed: bool) -> Kind {
        let target = Target::Invoke { id: "a-1", endpoint: "DEFAULT" };
        describe(&Refusal { status, name: name.map(str::to_owned), body: body.as_bytes(), signed, target: &target })
            .kind()
    }

    #[test]
    fn statuses_map_to_the_published_exit_codes() {
        let json_rpc = r#"{"jsonrpc":"2.0","error":{"code":-32001,"message":"Missing Authentication Token"}}"#;
        assert_eq!(kind(401, None, json_rpc, false), Kind::Refused);
        let mismatch = r#"{"message":"Authorization method mismatch. The agent is configured for a different authorization method"}"#;
        assert_eq!(kind(403, Some("AccessDeniedException"), mismatch, true), Kind::Refused);
        let denied = r#"{"message":"User: x is not authorized to perform: bedrock-agentcore:InvokeAgentRuntime"}"#;
        assert_eq!(kind(403, Some("AccessDeniedException"), denied, true), Kind::Credentials);
        assert_eq!(kind(403, Some("ExpiredTokenException"), "{}", true), Kind::Credentials);
        assert_eq!(kind(404, None, "{}", true), Kind::NotFound);
        assert_eq!(kind(424, Some("RuntimeClientError"), "{}", true), Kind::Agent);
        assert_eq!(kind(500, None, "", true), Kind::Failed);
    }

    #[test]
    fn headers_outside_the_allowlist_are_told() {
        let sent = [("X-Foo".to_owned(), "1".to_owned()), ("X-Bar".to_owned(), "2".to_owned())];
        assert_eq!(dropped_headers(&sent, &["x-foo".to_owned()]), ["X-Bar"]);
        assert_eq!(dropped_headers(&sent, &[]), ["X-Foo", "X-Bar"]);
    }

    #[test]
    fn what_failed_and_where_to_look_is_named() {
        let target = Target::Invoke { id: "a-1", endpoint: "prod" };
        let failed = Refusal { status: 424, name: None, body: b"", signed: true, target: &target };
        assert!(describe(&failed).hints()[0].contains("/aws/bedrock-agentcore/runtimes/a-1-prod "));
        let target = Target::Session { id: "s-9" };
        let gone = Refusal { status: 404, name: None, body: b"", signed: true, target: &target };
        assert!(describe(&gone).message().contains("session `s-9`"));
    }

    #[test]
    fn the_words_of_the_service_are_kept() {
        let body = r#"{"jsonrpc":"2.0","error":{"code":-32001,"message":"Claim 'client_id' value mismatch"}}"#;
        let target = Target::Session { id: "s" };
        let error =
            describe(&Refusal { status: 401, name: None, body: body.as_bytes(), signed: false, target: &target });
        assert_eq!(error.causes(), ["Claim 'client_id' value mismatch"]);
    }

    #[test]
    fn an_error_event_is_seen_wherever_the_chunks_break() {
        let stream = "data: \"hello\"\n\ndata: {\"error\": \"boom\", \"error_type\": \"ValueError\"}\n\n";
        for cut in 0..stream.len() {
            let mut watch = ErrorWatch::default();
            watch.feed(&stream.as_bytes()[..cut]);
            watch.feed(&stream.as_bytes()[cut..]);
            assert_eq!(watch.error.as_deref(), Some("ValueError: boom"), "cut at {cut}");
        }
    }

    #[test]
    fn an_answer_that_talks_about_errors_is_not_one() {
        let mut watch = ErrorWatch::default();
        watch.feed(b"data: {\"error\": \"in the user's code\"}\n\ndata: \"error_type\"\n\n");
        assert_eq!(watch.error, None);
    }
}
