//! The page at `/_dev/`: calls an agent as a chosen persona, and shows each request with the verdict on its caller, the agents'
//! logs, and the spans that they export. For an agent that `agentcore dev` or `agentcore launch --local` runs, and for those of
//! a sandbox.
//!
//! Owns: its addresses, and all that is the same for both servers. Does not own: which agents there are and how one is called
//! (`local::page`, `dataplane::page`). Nothing here is part of an agent: where it is deployed there is no such address.
//!
//! ```text
//! GET  /_dev/               the page: one file without references
//! GET  /_dev/state          {"where", "version", "agents", "requests", "logs", "spans", "number"}
//! GET  /_dev/events?after=N server-sent events `request`, `log` and `span`, with what is newer than N
//! POST /_dev/call           calls an agent; the answer is the agent's own
//! POST /v1/traces           spans, from the agents; in a sandbox each session's has an address of its own below this one
//! ```
//!
//! Data is for requests with the header `x-agentcore-dev` alone; see `access`.

mod access;
pub(crate) mod collector;
mod html;
mod journal;
mod mask;
mod otlp;
pub(crate) mod personas;
mod recording;
mod spans;
mod stored;

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use futures_util::StreamExt;
use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue, LOCATION};
use serde::Deserialize;
use serde_json::{Value, json};

use super::random;
use super::reply::{self, Fault, Protocol, Response};
use super::request::{API_BODY_LIMIT, Request};
use crate::redact::{ExposeSecret, SecretString};
use crate::sandbox::dataplane::headers::{SESSION, USER};
pub(crate) use access::PAGE_HEADER;
pub(crate) use journal::{Journal, LineOrigin};
pub(crate) use recording::{FromPage, Recording};
pub(crate) use stored::{SpanSource, stored};

/// Where the page is.
pub(crate) const PATH: &str = "/_dev/";

/// What a request to the page is about.
pub(crate) enum PageRequest {
    /// It is answered.
    Answered(Response),
    /// For [`state`].
    State,
    /// For [`events`]: what is newer than this entry.
    Events(u64),
    /// For an agent.
    Call(Box<PageCall>),
}

/// A call that the page makes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageCall {
    /// As [`state`] names it.
    pub(crate) agent: String,
    /// Whose token it has, if any.
    #[serde(default)]
    pub(crate) persona: Option<String>,
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    session: Option<String>,
    /// Of a caller who signs.
    #[serde(default)]
    user: Option<String>,
    /// The body.
    pub(crate) payload: String,
}

/// Whether a path is one of the page's.
pub(crate) fn is_for(path: &str) -> bool {
    path == "/_dev"
        || path == PATH
        || ["state", "events", "call"].iter().any(|name| path.strip_prefix(PATH) == Some(name))
}

/// Reads a request to the page. `key`: what a request for data must know.
pub(crate) async fn read(request: &mut Request, key: Option<&SecretString>) -> PageRequest {
    let is_page = matches!(request.raw_path.as_str(), "/_dev" | PATH);
    let refusal = if is_page { access::refuse_host(request) } else { access::refuse(request, key) };
    let takes = if request.raw_path == "/_dev/call" { Method::POST } else { Method::GET };
    let refusal = refusal.or_else(|| {
        let text = format!("`{}` takes {takes} only", request.raw_path);
        let wrong = Fault::new(405, "MethodNotAllowedException", text).header("allow", takes.as_str());
        (request.method != takes).then_some(wrong)
    });
    if let Some(fault) = refusal {
        request.discard_body().await;
        return PageRequest::Answered(fault_of(request, fault));
    }
    match request.raw_path.strip_prefix(PATH) {
        None => {
            let mut response = reply::empty(308);
            response.headers_mut().insert(LOCATION, HeaderValue::from_static(PATH));
            PageRequest::Answered(response)
        }
        Some("") => PageRequest::Answered(html::page()),
        Some("state") => PageRequest::State,
        Some("events") => PageRequest::Events(request.query("after").and_then(|text| text.parse().ok()).unwrap_or(0)),
        Some(_) => match call(request).await {
            Ok(call) => PageRequest::Call(Box::new(call)),
            Err(fault) => PageRequest::Answered(fault_of(request, fault)),
        },
    }
}

async fn call(request: &mut Request) -> Result<PageCall, Fault> {
    let body = request.bytes(API_BODY_LIMIT).await?;
    serde_json::from_slice(&body)
        .map_err(|error| Fault::new(400, "ValidationException", format!("the body is not a call: {error}")))
}

pub(crate) fn fault_of(request: &Request, fault: Fault) -> Response {
    html::data(reply::fault(&Protocol::RestJson, fault, &request.id))
}

/// The whole of what the page shows. `place`: `dev` or `sandbox`.
pub(crate) fn state(journal: &Journal, place: &str, agents: &[Value]) -> Response {
    let (lists, number) = journal.lists();
    let head = json!({ "where": place, "version": env!("CARGO_PKG_VERSION"), "number": number, "agents": agents });
    let head = head.to_string();
    let body = format!("{},{lists}}}", head.strip_suffix('}').unwrap_or_default());
    html::data(reply::with_body(200, "application/json", body))
}

/// What happens, as it happens, until `stopped`.
pub(crate) fn events(
    journal: &Arc<Journal>,
    after: u64,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> Response {
    let events = journal.events(after).take_until(stopped);
    html::data(reply::with_body(200, "text/event-stream", Body::from_stream(events)))
}

/// The answer to a call as the page gets it.
pub(crate) fn called(response: Response) -> Response {
    html::data(response)
}

impl PageCall {
    /// The token that was typed in.
    pub(crate) fn token(&mut self) -> Option<SecretString> {
        self.token.take().filter(|token| !token.trim().is_empty()).map(|token| token.trim().to_owned().into())
    }

    /// The request that a caller would make who is not the page, with this token. It begins a trace, in which an agent
    /// that is instrumented goes on.
    ///
    /// # Errors
    /// 400 for what no header can hold.
    pub(crate) fn request(
        self,
        (host, address): (&str, &str),
        token: Option<&SecretString>,
    ) -> Result<axum::extract::Request, Fault> {
        let mut request = http::Request::post(address)
            .header(HOST, host)
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_LENGTH, self.payload.len())
            .header(ACCEPT, "text/event-stream, application/json, */*")
            .header("traceparent", traceparent()?);
        for (name, value) in [(SESSION, &self.session), (USER, &self.user)] {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                request = request.header(name, value);
            }
        }
        if let Some(token) = token {
            let value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()));
            let mut value = value.map_err(|_| unsendable("the token"))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let mark = FromPage { persona: self.persona };
        request.extension(mark).body(Body::from(self.payload)).map_err(|_| unsendable("the session or the user"))
    }
}

fn unsendable(what: &str) -> Fault {
    Fault::new(400, "ValidationException", format!("{what} contains a character that a header cannot hold"))
}

fn traceparent() -> Result<String, Fault> {
    Ok(format!("00-{}-{}-01", hex::encode(random::bytes::<16>()?), hex::encode(random::bytes::<8>()?)))
}
