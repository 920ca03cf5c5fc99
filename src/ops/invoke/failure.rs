//! The meaning of the data plane's error answers in each protocol's format: the same failure has the same kind.
//!
//! Owns: statuses, the service's names, JSON-RPC codes, the messages that are matched. Does not own: reading the
//! answers (`events`, `rpc`). Source of the codes: the developer guide's contract pages of the four protocols.

use serde_json::Value;

use super::ReplyHead;
use crate::agent_report::{self, AgentReport};
use crate::cloud::error::unusable_credentials;
use crate::cloud::{CallerAuth, Reply};
use crate::error::{Code, Error, Kind, Result};
use crate::facts::{A2A_VERSION, DEFAULT_ENDPOINT, MOST_SHELLS};

/// The protocol of an agent, as far as error formats differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AgentProtocol {
    /// HTTP and AG-UI.
    #[default]
    Plain,
    Mcp,
    A2a,
    /// JSON-RPC of a protocol that is not known.
    Rpc,
}

/// The target of a request.
#[derive(Debug)]
pub(super) enum CallTarget<'a> {
    Invoke {
        id: &'a str,
        endpoint: &'a str,
        /// The command that shows what the agent logs in this session.
        logs: &'a str,
    },
    /// The same for a shell in a session.
    Shell {
        id: &'a str,
        endpoint: &'a str,
        logs: &'a str,
        /// The command that opens another shell of the session.
        command: &'a str,
    },
    Session {
        id: &'a str,
    },
    /// An agent on this machine.
    Local {
        port: u16,
    },
}

impl CallTarget<'_> {
    /// Adds what the agent printed, where a sandbox reports it; else where the service logs it.
    pub(super) fn with_logs(&self, error: Error, report: Option<&AgentReport>) -> Error {
        if let Self::Local { .. } = self {
            let error = report.map_or(error.clone(), |report| error.cause(report.text()));
            return error.hint("all of its output is where `agentcore dev` runs");
        }
        // A sandbox shows what was printed when a start fails; of an agent that failed later the log has it.
        let error = match report {
            Some(report) => {
                let error = error.cause(report.reason.clone()).cause(report.text());
                let error = error.hint(format!("{SANDBOX_OUTPUT} `{}`", report.log));
                if !report.lines.is_empty() {
                    return error;
                }
                error
            }
            None => error,
        };
        match self {
            Self::Invoke { logs, .. } | Self::Shell { logs, .. } => error.hint(format!("its log says why: `{logs}`")),
            Self::Session { .. } | Self::Local { .. } => error,
        }
    }
}

/// The sandbox's report on an agent that failed.
pub(super) fn report(reply: &Reply) -> Option<AgentReport> {
    AgentReport::decode(reply.header(agent_report::HEADER)?)
}

/// The service's name for a failure, without the address that may follow it.
pub(super) fn error_type(reply: &Reply) -> Option<String> {
    let name = reply.header("x-amzn-errortype")?;
    let name = name.split(':').next().unwrap_or(name);
    Some(name.rsplit('#').next().unwrap_or(name).to_owned())
}

/// Turns an error answer into our error, with the service's message as cause.
pub(super) async fn refusal(reply: &mut Reply, auth: &CallerAuth, target: &CallTarget<'_>) -> Error {
    let status = reply.status();
    let name = error_type(reply);
    let request_id = reply.request_id().map(str::to_owned);
    let anonymous = name.is_none() && request_id.is_none();
    if let (CallTarget::Local { port }, true) = (target, anonymous) {
        return of_plain_server(*port, status, &words_of(&reply.error_body().await));
    }
    if anonymous && (is_page(reply) || matches!(status, 502..=504) || !is_of_the_service(status)) {
        return foreign_answer(&reply.host(), status);
    }
    let report = report(reply);
    let words = words_of(&reply.error_body().await);
    let signed = matches!(auth, CallerAuth::SigV4(_));
    describe(&AgentRefusal { status, name, words, signed, target, report: report.as_ref() }).request_id(request_id)
}

/// An error of what runs on this machine without this program's server in front: the agent itself, most likely.
fn of_plain_server(port: u16, status: u16, words: &str) -> Error {
    let error = match status {
        401 | 403 => Error::new(Kind::Refused, "the agent refused the caller"),
        404 | 405 => Error::not_found(format!("what answers on port {port} of this machine has no `/invocations`"))
            .code(Code::LocalNoServer)
            .hint("another port is named with `--port`"),
        _ => Error::new(Kind::Agent, format!("the agent failed: HTTP {status}")),
    };
    if words.is_empty() { error } else { error.cause(words.to_owned()) }
}

/// The statuses of failures on the contract pages. No redirect is among them, and no success: a web socket that did not
/// open with a good status is a failure too.
const fn is_of_the_service(status: u16) -> bool {
    matches!(status, 400..=404 | 406 | 409 | 424 | 429 | 500..=504)
}

fn is_page(reply: &Reply) -> bool {
    reply.content_type().starts_with("text/html")
}

/// A successful answer that is a web page, which neither the service nor an agent's protocol sends: it comes from a
/// proxy or a captive portal.
pub(super) fn page_in_its_place(reply: &Reply) -> Option<Error> {
    let anonymous = error_type(reply).is_none() && reply.request_id().is_none();
    (anonymous && is_page(reply)).then(|| foreign_answer(&reply.host(), reply.status()))
}

/// Whether a session was stopped, by the body of a successful answer: an object, or empty where the headers are the
/// service's. The model has the session's id as a header of the answer and nothing in its body.
///
/// # Errors
/// `aws.answer` for everything else. To take it for a success would leave the session running, and paid for.
pub(super) async fn stopped(reply: &mut Reply) -> Result<()> {
    let (host, status) = (reply.host(), reply.status());
    let from_service = reply.request_id().is_some() || reply.session_id().is_some();
    let mut body = Vec::new();
    loop {
        match reply.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= STOPPED_LIMIT => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(foreign_answer(&host, status)),
            Ok(None) => break,
            Err(error) if error.kind() == Kind::Deadline => return Err(error),
            Err(error) => return Err(foreign_answer(&host, status).cause(format!("its answer was cut off: {error}"))),
        }
    }
    let is_object = || serde_json::from_slice::<serde_json::Map<String, Value>>(&body).is_ok();
    if from_service && (body.trim_ascii().is_empty() || is_object()) {
        Ok(())
    } else {
        Err(foreign_answer(&host, status))
    }
}

/// The longest answer to a stop that is read; a longer one does not come from AgentCore.
const STOPPED_LIMIT: usize = 64 << 10;

/// An answer from a proxy or another server in between: the service names its failures.
fn foreign_answer(host: &str, status: u16) -> Error {
    Error::failed(format!("`{host}` answered HTTP {status}, and not in the way of AgentCore"))
        .code(Code::AwsAnswer)
        .hint(IN_ITS_PLACE)
}

/// How the hint begins that only a sandbox gives: it says where it keeps what the agent printed.
pub(crate) const SANDBOX_OUTPUT: &str = "all of its output is in";

const IN_ITS_PLACE: &str = "something else may be answering in its place: check `HTTPS_PROXY` and `AWS_ENDPOINT_URL`";

/// A failure of the service inside an event stream that began well, by the name of its event (`runtimeClientError`).
pub(super) fn of_event(name: &str, words: String, auth: &CallerAuth, target: &CallTarget<'_>) -> Error {
    let status = match name {
        "accessDeniedException" => 403,
        "resourceNotFoundException" => 404,
        "serviceQuotaExceededException" => 402,
        "throttlingException" => 429,
        "validationException" => 400,
        "runtimeClientError" => 424,
        _ => 500,
    };
    let (first, rest) = name.split_at_checked(1).unwrap_or((name, ""));
    let name = Some(format!("{}{rest}", first.to_ascii_uppercase()));
    let signed = matches!(auth, CallerAuth::SigV4(_));
    describe(&AgentRefusal { status, name, words, signed, target, report: None })
}

/// The answer is none of the service's, by its content type.
pub(super) fn not_of_type(reply: &Reply) -> Error {
    foreign_answer(&reply.host(), reply.status())
}

/// The member `error` of a JSON-RPC answer that came with a good status: the service's own failure where the protocol
/// has it so, else the agent's. The answer's `head` helps to tell which. `remedy` replaces the hint at the logs for an
/// error of the agent.
pub(super) fn of_rpc(
    error: &Value,
    head: &ReplyHead,
    (speaks, target): (AgentProtocol, &CallTarget<'_>),
    remedy: Option<String>,
) -> Error {
    let (name, report) = (head.error_type.as_deref(), head.report.as_ref());
    let code = error.get("code").and_then(Value::as_i64);
    let words = error.get("message").and_then(Value::as_str).unwrap_or("the agent gave no reason").to_owned();
    if let Some(status) = code.and_then(|code| service_status(code, name, speaks)) {
        // Refusals of the caller never have a good status.
        return describe(&AgentRefusal { status, name: name.map(str::to_owned), words, signed: false, target, report });
    }
    let cause = match code {
        Some(code) => format!("{code}: {words}"),
        None => words,
    };
    let error = Error::new(Kind::Agent, "the agent answered with an error").code(Code::AgentRpcError).cause(cause);
    match remedy {
        Some(remedy) => error.hint(remedy),
        None => target.with_logs(error, report),
    }
}

/// A2A's codes for an operation that the agent does not have, and for a version that it does not speak.
pub(super) const UNSUPPORTED_OPERATION: i64 = -32004;
pub(super) const UNSUPPORTED_VERSION: i64 = -32009;

/// The hint where the version was named and the header did not reach the agent.
pub(super) fn version_unheard() -> String {
    format!(
        "the header `{A2A_VERSION}` does not reach the agent: add it to those that do, `agentcore configure \
         --request-header-allowlist {A2A_VERSION}` (after a comma where there are others), and launch again"
    )
}

/// The hint for an A2A agent's own error where the request is the caller's own JSON-RPC, sent with `headers`.
pub(super) fn a2a_remedy(error: &Value, speaks: AgentProtocol, headers: &[(String, String)]) -> Option<String> {
    const UNKNOWN_METHOD: i64 = -32601;
    let words = error.get("message").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let code = error.get("code").and_then(Value::as_i64)?;
    // From an agent of another protocol the number alone is meaningless.
    let version = code == UNSUPPORTED_VERSION && (speaks == AgentProtocol::A2a || words.contains("version"));
    if version && headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(A2A_VERSION)) {
        return Some(version_unheard());
    }
    if version {
        return Some(format!(
            "say the version that the request is in: `-H '{A2A_VERSION}: 1.0'` for `SendMessage` and its kind"
        ));
    }
    match (speaks, code) {
        (AgentProtocol::A2a, UNKNOWN_METHOD) => Some(format!(
            "agents of A2A 1.0 take `SendMessage`, with `-H '{A2A_VERSION}: 1.0'`, and those of 0.3 `message/send`"
        )),
        (AgentProtocol::A2a, UNSUPPORTED_OPERATION) => {
            Some("the agent does not do that; its card says what it does: `agentcore invoke --card`".to_owned())
        }
        _ => None,
    }
}

/// The HTTP status that corresponds to a JSON-RPC code of the service.
fn service_status(code: i64, name: Option<&str>, speaks: AgentProtocol) -> Option<u16> {
    // Without the header only MCP's codes are the service's: agents of A2A have some of the same numbers for errors of
    // their own, and the service's own come with statuses there.
    if name.is_none() && speaks != AgentProtocol::Mcp {
        return None;
    }
    match code {
        -32003 | -32053 if name == Some("ServiceQuotaExceededException") => Some(402),
        -32003 | -32053 => Some(429),
        -32004 | -32051 => Some(404),
        -32005 | -32054 => Some(409),
        -32006 | -32052 => Some(400),
        -32010 | -32055 => Some(424),
        -32603 if name.is_some() => Some(500),
        _ => None,
    }
}

/// An error answer, reduced to what decides its meaning.
#[derive(Debug)]
struct AgentRefusal<'a> {
    status: u16,
    name: Option<String>,
    words: String,
    signed: bool,
    target: &'a CallTarget<'a>,
    report: Option<&'a AgentReport>,
}

fn describe(refusal: &AgentRefusal<'_>) -> Error {
    let words = &refusal.words;
    let cause = match (&refusal.name, words.is_empty()) {
        (Some(name), false) => format!("{name}: {words}"),
        (Some(name), true) => name.clone(),
        (None, false) => words.clone(),
        (None, true) => format!("HTTP {}", refusal.status),
    };
    let error = match refusal.status {
        401 | 403 => refused(refusal, words),
        404 => match refusal.target {
            CallTarget::Invoke { id, endpoint, .. } | CallTarget::Shell { id, endpoint, .. } => {
                let error = Error::not_found(format!("there is no runtime `{id}` with an endpoint `{endpoint}`"));
                match *endpoint == DEFAULT_ENDPOINT {
                    true => error.hint(
                        "`agentcore status` shows the runtime and its endpoint DEFAULT, which can come a few minutes after READY",
                    ),
                    false => error.hint("`agentcore endpoint list` shows the endpoints"),
                }
            }
            CallTarget::Session { id } => Error::not_found(format!("the session `{id}` is not running"))
                .hint("sessions also end by themselves, when they are idle or as old as they may get"),
            CallTarget::Local { port } => {
                Error::not_found(format!("the agent on port {port} of this machine does not take such a call"))
            }
        },
        // The causes are ordered by distance: the service's message comes before the sandbox's.
        424 => match refusal.target {
            CallTarget::Shell { logs, command, .. } => no_shell((command, logs), &cause, refusal),
            _ => {
                let error = Error::new(Kind::Agent, "the agent failed to answer").cause(cause.clone());
                refusal.target.with_logs(error, refusal.report)
            }
        },
        402 => Error::failed("an AgentCore quota of the account is used up")
            .hint("end sessions that are no longer needed with `agentcore stop-session`, or ask AWS for more"),
        406 => Error::usage("the service does not answer in the accepted types")
            .hint("MCP needs both of them: leave out `--accept`, or name `application/json, text/event-stream`"),
        409 => Error::failed("the session is busy with another operation").passing().hint("try again in a moment"),
        429 => Error::failed("the service is limiting requests").passing().hint("try again in a moment"),
        400 if is_not_mmdsv2(refusal) => Error::failed(
            "the service refuses every call of this runtime, because its `metadataConfiguration.requireMMDSV2` is not true",
        ),
        400 => Error::failed("the service does not take the request"),
        500..=599 => {
            let error = Error::failed(format!("the service failed: HTTP {}", refusal.status))
                .passing()
                .hint("try again in a moment");
            match refusal.target {
                CallTarget::Invoke { logs, .. } | CallTarget::Shell { logs, .. } => {
                    error.hint(format!("the agent's log may say more: `{logs}`"))
                }
                CallTarget::Session { .. } | CallTarget::Local { .. } => error,
            }
        }
        status => Error::failed(format!("the service answered HTTP {status}")).code(Code::AwsAnswer).hint(IN_ITS_PLACE),
    };
    let error = if refusal.status == 424 { error } else { error.cause(cause) };
    if is_not_mmdsv2(refusal) {
        return error.code(Code::RuntimeNotMmdsv2);
    }
    match &refusal.name {
        Some(name) => error.aws_code(name.clone()),
        None => error,
    }
}

/// One status stands for a session that has as many shells as it may have, and for one whose container cannot be reached.
fn no_shell((command, logs): (&str, &str), cause: &str, refusal: &AgentRefusal<'_>) -> Error {
    let error = Error::new(Kind::Agent, "the session did not open a shell").cause(cause.to_owned());
    if refusal.report.is_some() {
        return refusal.target.with_logs(error, refusal.report);
    }
    error
        .hint(format!(
            "where the session has {MOST_SHELLS} shells already, end one: `{command} --shell-id ID`, then `exit`"
        ))
        .hint(format!("where its container did not start, the log says why: `{logs}`"))
}

/// Recognised by the message: the error name is the same for every refused input.
fn is_not_mmdsv2(refusal: &AgentRefusal<'_>) -> bool {
    refusal.status == 400 && refusal.words.contains("not MMDSv2-enabled")
}

fn refused(refusal: &AgentRefusal<'_>, words: &str) -> Error {
    let aws = |text: &str| Error::new(Kind::Credentials, text.to_owned());
    if words.contains("is not authorized to perform") {
        let error = aws("AWS does not allow this principal to call the agent");
        return if words.contains("ForUser") {
            error.hint("`--user-id` needs the permission `bedrock-agentcore:InvokeAgentRuntimeForUser` besides `InvokeAgentRuntime`")
        } else {
            let action = words.split("authorized to perform: ").nth(1).and_then(|rest| rest.split_whitespace().next());
            let action = action.unwrap_or("bedrock-agentcore:InvokeAgentRuntime");
            error.hint(format!("ask for `{action}` on the runtime, or use another `--profile`"))
        };
    }
    let unusable = refusal.name.as_deref().and_then(|name| unusable_credentials(name, words));
    if let (true, Some(advice)) = (refusal.signed, unusable) {
        return aws("the credentials cannot be used for this call").hint(advice);
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

/// The message of `{"message": …}`, of a JSON-RPC error, or of the same in an event; other bodies as text, shortened.
pub(crate) fn words_of(body: &[u8]) -> String {
    let event = body.strip_prefix(b"data:").map(|rest| rest.split(|byte| *byte == b'\n').next().unwrap_or(rest));
    if let Ok(value) = serde_json::from_slice::<Value>(event.unwrap_or(body)) {
        for pointer in ["/message", "/Message", "/error/message", "/error"] {
            if let Some(text) = value.pointer(pointer).and_then(Value::as_str) {
                return text.to_owned();
            }
        }
    }
    let text = String::from_utf8_lossy(body);
    text.trim().chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const AGENT: CallTarget<'_> =
        CallTarget::Invoke { id: "a-1", endpoint: "prod", logs: "agentcore logs --endpoint prod" };

    fn reply(status: u16, headers: &[(&str, &str)], body: &'static str) -> Reply {
        let response = http::Response::builder().status(status);
        let response = headers.iter().fold(response, |response, (name, value)| response.header(*name, *value));
        Reply::from_response(response.body(body).unwrap())
    }

    #[tokio::test]
    async fn foreign_answer_is_reported_as_such() {
        for (status, headers, body) in [
            (302, &[("location", "https://login.example/")][..], ""),
            (200, &[("content-type", "application/json")], "{\"half"),
            (204, &[], ""),
            (418, &[], "teapot"),
            (407, &[], ""),
            (503, &[], ""),
            (404, &[("content-type", "text/html")], "<html>"),
        ] {
            for target in [AGENT, CallTarget::Session { id: "s" }] {
                let error = refusal(&mut reply(status, headers, body), &CallerAuth::Nobody, &target).await;
                assert_eq!((error.kind(), error.code_str()), (Kind::Failed, "aws.answer"), "{status} {body}");
                assert!(error.message().contains("no.url.provided.local"), "{error}");
                assert!(!error.hints().is_empty());
            }
        }
        let named = [("x-amzn-errortype", "InternalServerException"), ("x-amzn-requestid", "r")];
        let error = refusal(&mut reply(500, &named, "{}"), &CallerAuth::Nobody, &AGENT).await;
        assert_eq!(error.code_str(), "InternalServerException");
        assert!(!error.hints().is_empty());
    }

    #[tokio::test]
    async fn only_the_services_own_answer_stops_a_session() {
        const ID: (&str, &str) = ("x-amzn-requestid", "r");
        const SESSION: (&str, &str) = ("x-amzn-bedrock-agentcore-runtime-session-id", "s");
        const PAGE: (&str, &str) = ("content-type", "text/html");
        for (headers, body) in [(&[ID][..], "{}"), (&[SESSION], ""), (&[SESSION, ID], "{\"statusCode\": 200}")] {
            assert!(stopped(&mut reply(200, headers, body)).await.is_ok(), "{headers:?} {body}");
        }
        for (headers, body) in [
            (&[PAGE][..], "<html>log in</html>"),
            (&[PAGE, ID], "<html>log in</html>"),
            (&[], ""),
            (&[], "{\"half"),
            (&[ID], "{\"half"),
            (&[ID], "[]"),
            (&[], "{\"status\": \"ok\"}"),
        ] {
            let error = stopped(&mut reply(200, headers, body)).await.unwrap_err();
            assert_eq!((error.kind(), error.code_str()), (Kind::Failed, "aws.answer"), "{headers:?} {body}");
        }
    }

    fn described(status: u16, name: Option<&str>, body: &str, signed: bool) -> Error {
        let words = words_of(body.as_bytes());
        describe(&AgentRefusal { status, name: name.map(str::to_owned), words, signed, target: &AGENT, report: None })
    }

    fn of_answer(error: &Value, head: &ReplyHead, speaks: AgentProtocol, target: &CallTarget<'_>) -> Error {
        of_rpc(error, head, (speaks, target), None)
    }

    fn head(error_type: Option<&str>) -> ReplyHead {
        ReplyHead { error_type: error_type.map(str::to_owned), ..ReplyHead::default() }
    }

    fn kind(status: u16, name: Option<&str>, body: &str, signed: bool) -> Kind {
        described(status, name, body, signed).kind()
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

    /// The table of the contract pages: one row per failure, with the status that plain HTTP has for it.
    #[test]
    fn failure_kind_is_the_same_in_every_protocol() {
        let rows = [
            ("ValidationException", 400, (-32052, 400), (-32006, 200), ("VALIDATION_ERROR", 400)),
            ("UnauthorizedException", 401, (-32001, 401), (-32001, 401), ("UNAUTHORIZED", 401)),
            ("AccessDeniedException", 403, (-32002, 403), (-32002, 403), ("ACCESS_DENIED", 403)),
            ("ResourceNotFoundException", 404, (-32051, 404), (-32004, 200), ("", 404)),
            ("ServiceQuotaExceededException", 402, (-32053, 429), (-32003, 200), ("SERVICE_QUOTA_EXCEEDED", 429)),
            ("ThrottlingException", 429, (-32053, 429), (-32003, 200), ("RATE_LIMIT_EXCEEDED", 429)),
            ("ConflictException", 409, (-32054, 409), (-32005, 200), ("SESSION_BUSY", 409)),
            ("RuntimeClientError", 424, (-32055, 424), (-32010, 200), ("AGENT_ERROR", 424)),
        ];
        for (name, status, a2a, mcp, agui) in rows {
            let words = "the reason";
            let plain = kind(status, Some(name), &json!({ "message": words }).to_string(), false);
            for (speaks, (code, status)) in [(AgentProtocol::A2a, a2a), (AgentProtocol::Mcp, mcp)] {
                let error = json!({ "code": code, "message": words });
                for named in [Some(name), None] {
                    let body = json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string();
                    let found = match status {
                        200 => of_answer(&error, &head(named), speaks, &AGENT),
                        status => described(status, named, &body, false),
                    };
                    assert_eq!(found.kind(), plain, "{name} as {speaks:?}, named {named:?}");
                    assert!(found.causes().join(" ").contains(words), "{found}");
                }
            }
            let event = json!({ "type": "RUN_ERROR", "code": agui.0, "message": words });
            let found = described(agui.1, Some(name), &format!("data: {event}\n\n"), false);
            assert_eq!((found.kind(), found.causes()), (plain, &[format!("{name}: {words}")][..]));
        }
        assert_eq!(kind(406, None, "", false), Kind::Usage);
    }

    #[test]
    fn an_agents_own_error_is_not_the_services() {
        // TaskNotFound of A2A, a missing tool of MCP, an internal error of either.
        for (speaks, code) in [
            (AgentProtocol::A2a, -32004),
            (AgentProtocol::Mcp, -32602),
            (AgentProtocol::Mcp, -32603),
            (AgentProtocol::Rpc, -32004),
        ] {
            let error = of_answer(&json!({ "code": code, "message": "m" }), &head(None), speaks, &AGENT);
            assert_eq!((error.kind(), error.code_str()), (Kind::Agent, "agent.rpc-error"), "{speaks:?} {code}");
        }
        let internal = json!({ "code": -32603, "message": "m" });
        assert_eq!(
            of_answer(&internal, &head(Some("InternalServerException")), AgentProtocol::Mcp, &AGENT).kind(),
            Kind::Failed
        );
    }

    #[test]
    fn a2a_refusals_have_their_own_hints() {
        let hint = |code: i64, speaks: AgentProtocol, headers: &[(String, String)]| {
            let error = json!({ "code": code, "message": "A2A version '0.3' is not supported" });
            let remedy = a2a_remedy(&error, speaks, headers);
            let found = of_rpc(&error, &head(None), (speaks, &AGENT), remedy);
            assert_eq!(found.hints().len(), 1, "{found:?}");
            found.hints()[0].clone()
        };
        for speaks in [AgentProtocol::A2a, AgentProtocol::Rpc] {
            assert!(hint(-32009, speaks, &[]).contains("`-H 'A2A-Version: 1.0'`"));
        }
        let sent = [("a2a-version".to_owned(), "1.0".to_owned())];
        assert!(hint(-32009, AgentProtocol::A2a, &sent).contains("--request-header-allowlist A2A-Version"));
        assert!(hint(-32601, AgentProtocol::A2a, &[]).contains("`SendMessage`"));
        assert!(hint(-32004, AgentProtocol::A2a, &[]).contains("`agentcore invoke --card`"));
        assert!(hint(-32603, AgentProtocol::A2a, &[]).contains("its log says why"));
        assert!(hint(-32601, AgentProtocol::Rpc, &[]).contains("its log says why"));
    }

    #[test]
    fn what_failed_and_where_to_look_is_named() {
        let failed = described(424, None, "", true);
        assert_eq!(failed.hints(), ["its log says why: `agentcore logs --endpoint prod`"]);
        assert!(described(502, None, "", true).hints()[1].ends_with("`agentcore logs --endpoint prod`"));
        let target = CallTarget::Session { id: "s-9" };
        let gone =
            AgentRefusal { status: 404, name: None, words: String::new(), signed: true, target: &target, report: None };
        assert!(describe(&gone).message().contains("session `s-9`"));
    }

    #[tokio::test]
    async fn a_session_without_a_shell_says_why() {
        let (logs, command) = ("agentcore logs --endpoint prod", "agentcore shell --session-id s");
        let target = CallTarget::Shell { id: "a-1", endpoint: "prod", logs, command };
        let named = [("x-amzn-errortype", "RuntimeClientError"), ("x-amzn-requestid", "r-9")];
        let mut answer = reply(424, &named, r#"{"error": "Maximum number of shells reached"}"#);
        let error = refusal(&mut answer, &CallerAuth::Nobody, &target).await;
        assert_eq!((error.kind(), error.code_str()), (Kind::Agent, "RuntimeClientError"));
        assert_eq!(error.message(), "the session did not open a shell");
        assert_eq!(error.causes(), ["RuntimeClientError: Maximum number of shells reached"]);
        assert!(error.hints()[0].ends_with("`agentcore shell --session-id s --shell-id ID`, then `exit`"));
        assert!(
            error.hints()[0].contains("10 shells") && error.hints()[1].ends_with("`agentcore logs --endpoint prod`")
        );
        assert!(!error.is_retryable() && error.request_id_str() == Some("r-9"));
        let limited = [("x-amzn-errortype", "ThrottlingException"), ("retry-after", "7")];
        let mut answer = reply(429, &limited, r#"{"message": "Rate exceeded"}"#);
        assert_eq!(answer.retry_after(), Some(std::time::Duration::from_secs(7)));
        let error = refusal(&mut answer, &CallerAuth::Nobody, &target).await;
        assert_eq!((error.kind(), error.code_str()), (Kind::Failed, "ThrottlingException"));
        assert_eq!(
            (error.causes(), error.is_retryable()),
            (&["ThrottlingException: Rate exceeded".to_owned()][..], true)
        );
    }

    #[test]
    fn a_sandbox_says_what_the_agent_printed() {
        let report = AgentReport::new("it ended", &["Traceback".into(), "KeyError: 'X'".into()], "/x/a.log".into());
        let words = "An error occurred".to_owned();
        let refusal =
            AgentRefusal { status: 424, name: None, words, signed: true, target: &AGENT, report: Some(&report) };
        let error = describe(&refusal);
        assert_eq!(error.causes(), ["An error occurred", "it ended", "Traceback\nKeyError: 'X'"]);
        assert_eq!(error.hints(), ["all of its output is in `/x/a.log`"]);
        // The same in the form of MCP, whose failures have a good status.
        let head = ReplyHead { report: Some(report), ..head(Some("RuntimeClientError")) };
        let told =
            of_answer(&json!({ "code": -32010, "message": "An error occurred" }), &head, AgentProtocol::Mcp, &AGENT);
        assert_eq!((told.kind(), told.hints()), (Kind::Agent, error.hints()));
        assert_eq!(told.causes()[1..], error.causes()[1..]);
    }

    #[test]
    fn a_closed_runtime_differs_from_invalid_input() {
        let body = json!({ "message": "This runtime is not MMDSv2-enabled" }).to_string();
        let error = described(400, Some("ValidationException"), &body, true);
        assert_eq!((error.code_str(), error.kind()), ("runtime.not-mmdsv2", Kind::Failed));
        let rpc = json!({ "code": -32006, "message": "This runtime is not MMDSv2-enabled" });
        assert_eq!(
            of_answer(&rpc, &head(Some("ValidationException")), AgentProtocol::Mcp, &AGENT).code_str(),
            "runtime.not-mmdsv2"
        );
        let other = json!({ "message": "something else" }).to_string();
        assert_eq!(described(400, Some("ValidationException"), &other, true).code_str(), "ValidationException");
    }

    /// Other commands get the same answer from AWS, and say the same.
    #[test]
    fn unusable_credentials_are_explained_as_elsewhere() {
        let body = json!({ "message": "Credential should be scoped to a valid region, not 'us-east-1'." }).to_string();
        for (name, advice) in [
            ("ExpiredTokenException", "the session has expired"),
            ("InvalidSignatureException", "signed for another region"),
            ("IncompleteSignature", "check `AWS_ACCESS_KEY_ID`"),
        ] {
            let error = described(403, Some(name), &body, true);
            assert_eq!(error.kind(), Kind::Credentials);
            assert!(error.hints()[0].contains(advice), "{name}: {:?}", error.hints());
        }
        assert_eq!(kind(403, Some("ExpiredTokenException"), &body, false), Kind::Refused, "a token was sent");
    }

    #[test]
    fn the_words_of_the_service_are_kept() {
        let body = r#"{"jsonrpc":"2.0","error":{"code":-32001,"message":"Claim 'client_id' value mismatch"}}"#;
        assert_eq!(described(401, None, body, false).causes(), ["Claim 'client_id' value mismatch"]);
    }
}
