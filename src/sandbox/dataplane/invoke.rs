//! One call of an agent: the request passed on as it comes in, the answer as it comes out.
//!
//! Neither direction is ever held in memory as a whole; a signed request's body lies on disk where it is large, because
//! its signature can only be checked at its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_LENGTH, HeaderValue};

use super::envelope::ServerProtocol;
use super::headers::{self, Injected, MCP_SESSION, SESSION};
use super::{ResolvedAgent, fault_of, session, spec};
use crate::agent_report::{self, AgentReport};
use crate::facts::{ANSWER_SECONDS, PAYLOAD_LIMIT};
use crate::sandbox::gate::Admitted;
use crate::sandbox::reply::{Fault, Response};
use crate::sandbox::request::{Request, discard};
use crate::sandbox::runner::Lease;
use crate::sandbox::{SharedSandbox, gate, random, vault};

/// How long an agent may take until it begins to answer.
const SYNC_LIMIT: Duration = Duration::from_secs(ANSWER_SECONDS);

/// The agent, protocol and path of a call.
pub(super) struct AgentCall<'a> {
    pub(super) target: &'a ResolvedAgent,
    pub(super) server: ServerProtocol,
    /// `protocolConfiguration.path`
    pub(super) path: Option<&'a str>,
    /// The A2A agent card instead of an invocation.
    pub(super) card: bool,
}

/// # Errors
/// The fault; the caller puts it into the protocol's form.
pub(super) async fn invoke(
    sandbox: &SharedSandbox,
    request: &mut Request,
    admitted: Admitted,
    call: AgentCall<'_>,
) -> Result<Response, Fault> {
    let named = session(request)?.map(str::to_owned);
    if call.server == ServerProtocol::Mcp && !accepts_mcp(&request.headers) {
        return Err(Fault::new(
            406,
            "ValidationException",
            "Client must accept both application/json and text/event-stream",
        ));
    }
    let by_protocol =
        (call.server == ServerProtocol::Mcp).then(|| request.header(MCP_SESSION)).flatten().map(str::to_owned);
    let session = named.or(by_protocol).unwrap_or_else(random::uuid);
    let length = payload_length(request, &admitted)?;
    let headers = agent_headers(sandbox, request, &admitted, (call.target, call.server), &session)?;
    let lease = sandbox
        .runner
        .lease(sandbox, spec(sandbox, call.target, call.server)?, &session)
        .await
        .map_err(|failed| fault_of(sandbox, &failed))?;

    let path = match (call.card, call.path) {
        (true, _) => "/.well-known/agent-card.json",
        (false, Some(path)) => path,
        (false, None) => call.server.contract().path,
    };
    let url = format!("{}{path}", lease.url());
    let client = sandbox.runner.client();
    let exceeded = Arc::new(AtomicBool::new(false));
    let outgoing = if call.card {
        client.get(url).headers(headers)
    } else {
        let body = match admitted {
            Admitted::Token => limited(request.stream(), Arc::clone(&exceeded)),
            Admitted::Signed(spooled) => spooled.into_stream(),
        };
        let outgoing = client.post(url).headers(headers).body(reqwest::Body::wrap_stream(body));
        match length {
            Some(length) => outgoing.header(CONTENT_LENGTH, length),
            None => outgoing,
        }
    };
    let answer = match tokio::time::timeout(SYNC_LIMIT, outgoing.send()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) if exceeded.load(Ordering::SeqCst) => return Err(gate::too_large()),
        // Gone, or it closed the connection.
        Ok(Err(_)) => return Err(agent_error(sandbox, call.target, 500)),
        Err(_) => return Err(agent_error(sandbox, call.target, 504)),
    };
    if !answer.status().is_success() {
        // Body and headers of the agent's own failure are not for the caller.
        return Err(agent_error(sandbox, call.target, answer.status().as_u16()));
    }
    Ok(pass_on(answer, lease, &session, call.server))
}

pub(super) fn agent_error(sandbox: &SharedSandbox, target: &ResolvedAgent, status: u16) -> Fault {
    let text =
        format!("Received error ({status}) from runtime. Please check your CloudWatch logs for more information.");
    let log = sandbox.runner.log_file(sandbox, &target.runtime.id, &target.qualifier);
    let report = AgentReport::new("", &[], log.display().to_string());
    Fault::new(424, "RuntimeClientError", text).header(agent_report::HEADER, &report.encode())
}

pub(crate) fn accepts_mcp(headers: &HeaderMap) -> bool {
    let accept: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let accept = accept.join(",");
    accept.contains("*/*") || (accept.contains("application/json") && accept.contains("text/event-stream"))
}

/// The payload's length where it is known, within the limit.
fn payload_length(request: &Request, admitted: &Admitted) -> Result<Option<u64>, Fault> {
    let length = match admitted {
        Admitted::Signed(spooled) => Some(spooled.length),
        Admitted::Token => request.header(CONTENT_LENGTH.as_str()).and_then(|text| text.parse().ok()),
    };
    match length {
        Some(length) if length > PAYLOAD_LIMIT => Err(gate::too_large()),
        length => Ok(length),
    }
}

/// A body of unknown length breaks off at the limit and sets `exceeded`: the agent sees an incomplete request.
pub(crate) fn limited(
    stream: BoxStream<'static, std::io::Result<Bytes>>,
    exceeded: Arc<AtomicBool>,
) -> BoxStream<'static, std::io::Result<Bytes>> {
    futures_util::stream::try_unfold((stream, 0_u64), move |(mut stream, total)| {
        let exceeded = Arc::clone(&exceeded);
        async move {
            let Some(chunk) = stream.next().await.transpose()? else { return Ok(None) };
            let total = total + chunk.len() as u64;
            if total > PAYLOAD_LIMIT {
                discard(&mut stream).await;
                exceeded.store(true, Ordering::SeqCst);
                return Err(std::io::Error::other("the payload is too large"));
            }
            Ok(Some((chunk, (stream, total))))
        }
    })
    .boxed()
}

/// The headers that the service adds to a request of this caller.
///
/// # Errors
/// When there is no randomness for the workload access token.
pub(super) fn agent_headers(
    sandbox: &SharedSandbox,
    request: &Request,
    admitted: &Admitted,
    (target, server): (&ResolvedAgent, ServerProtocol),
    session: &str,
) -> Result<HeaderMap, Fault> {
    let version = &target.version;
    let listed =
        version.settings.get("requestHeaderConfiguration").and_then(|value| value.get("requestHeaderAllowlist"));
    let allowlist: Vec<String> = listed
        .and_then(serde_json::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        // A signature is of no use to the agent and is never passed on.
        .filter(|name| gate::authorizer(version).is_some() || !name.eq_ignore_ascii_case("authorization"))
        .collect();
    let token = vault::for_call(sandbox, request, admitted, &target.runtime.id)?;
    let injected = Injected { session, request_id: &request.id, workload_token: token.as_deref() };
    let mut headers = headers::to_agent(&request.headers, &allowlist, injected);
    if server == ServerProtocol::Mcp
        && let Ok(value) = HeaderValue::from_str(session)
    {
        headers.insert(MCP_SESSION, value);
    }
    Ok(headers)
}

/// The answer with its body as it arrives. The lease ends with the body, so that a long stream keeps its agent.
fn pass_on(answer: reqwest::Response, lease: Lease, session: &str, server: ServerProtocol) -> Response {
    let status = answer.status();
    let mut headers = headers::to_caller(answer.headers());
    if let Some(length) = answer.headers().get(CONTENT_LENGTH) {
        headers.insert(CONTENT_LENGTH, length.clone());
    }
    if let Ok(value) = HeaderValue::from_str(session) {
        headers.insert(SESSION, value.clone());
        if server == ServerProtocol::Mcp {
            headers.entry(MCP_SESSION).or_insert(value);
        }
    }
    let stream = answer.bytes_stream().map(move |chunk| {
        let _held = &lease;
        chunk
    });
    let mut response = Response::new(Body::from_stream(stream));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
