//! The requests to a local agent: which paths there are, who may call, what is passed on in both directions.
//!
//! Owns: the addresses of the container's contract (`/invocations`, `/ping`, `/ws`, and those of MCP and A2A) and of this
//! server's own. Does not own: the agent's page (`page`), the rules of the gate, the headers that pass, the forms of failures
//! and the frames of web sockets, which are the sandbox's (`gate`, `dataplane`), so that both answer alike.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use futures_util::{StreamExt, stream};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderValue, ORIGIN};
use http::{HeaderMap, Method};

use super::agent::{AgentProcess, RequestLease};
use super::{LocalServer, PAGE_PATH, TOKEN_PATH, issuer, page};
use crate::agent_report::{self, AgentReport};
use crate::clock;
use crate::facts::{ANSWER_SECONDS, PAYLOAD_LIMIT};
use crate::http::is_loopback;
use crate::sandbox::dataplane::envelope::{self, ServerProtocol, envelope};
use crate::sandbox::dataplane::headers::{self, Injected, MCP_SESSION, SESSION};
use crate::sandbox::dataplane::invoke::{accepts_mcp, limited};
use crate::sandbox::dataplane::{self, socket};
use crate::sandbox::dev::{self, Recording, collector};
use crate::sandbox::gate::{self, TokenGate};
use crate::sandbox::reply::{self, Fault, Protocol, Response};
use crate::sandbox::request::Request;
use crate::sandbox::runner::INIT_LIMIT;
use crate::sandbox::{browser, random};

/// How long a client may pause within the body of its request.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long what an agent prints about a failure may take to arrive here.
const LAST_WORDS: Duration = Duration::from_millis(50);
/// How long a health check may take.
const PING: Duration = Duration::from_secs(5);

/// Answers any request.
pub(super) async fn handle(server: Arc<LocalServer>, request: axum::extract::Request) -> Result<Response, Infallible> {
    let path = request.uri().path();
    if dev::is_for(path) {
        return Ok(page::answer(&server, &mut Request::new(request, PATIENCE)).await);
    }
    let is_call = matches!(place(&server, path), Some(Place::Call | Place::Card | Place::Socket));
    let recording = (is_call && request.method() != Method::OPTIONS)
        .then(|| Recording::begin(&server.journal, &server.name, &request));
    let request = match &recording {
        Some(recording) => recording.request(request),
        None => request,
    };
    let response = answer(&server, &mut Request::new(request, PATIENCE)).await;
    Ok(match recording {
        Some(recording) => recording.response(response),
        None => response,
    })
}

async fn answer(server: &Arc<LocalServer>, request: &mut Request) -> Response {
    let from_page = request.headers.contains_key(ORIGIN) && is_open(&request.raw_path);
    let mut response = match refuse_strangers(request) {
        Some(fault) => plain(request, fault),
        None if collector::is_for(&request.raw_path) => collector::answer(&server.journal, request, |_| ()).await,
        None => {
            let mut response = route(server, request).await;
            if from_page {
                browser::allow(&mut response);
            }
            response
        }
    };
    if !response.status().is_success() {
        request.discard_body().await;
    }
    if let Ok(id) = HeaderValue::from_str(&request.id) {
        response.headers_mut().entry("x-amzn-requestid").or_insert(id);
    }
    response
}

fn plain(request: &Request, fault: Fault) -> Response {
    reply::fault(&Protocol::RestJson, fault, &request.id)
}

/// Refuses what a web page of elsewhere has a browser send, under the name of its own host or as a request to another
/// origin: without an authorizer, being on this machine is all that lets a caller in.
fn refuse_strangers(request: &Request) -> Option<Fault> {
    let of_this_machine = |url: &str| url::Url::parse(url).is_ok_and(|url| is_loopback(&url));
    let host =
        request.headers.get(HOST).map(|host| host.to_str().map(|host| format!("http://{host}")).unwrap_or_default());
    let origin = request.headers.get(ORIGIN).map(|origin| origin.to_str().map(str::to_owned).unwrap_or_default());
    let strange = host.into_iter().chain(origin).any(|url| !of_this_machine(&url));
    strange.then(|| {
        let text = "This server answers programs and pages of this machine only";
        Fault::new(403, "AccessDeniedException", text)
    })
}

/// What a path stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Call,
    Card,
    Ping,
    Socket,
    /// The page that tells clients where to get a token.
    Metadata,
    Token,
    Issuer,
}

fn place(server: &LocalServer, path: &str) -> Option<Place> {
    const WELL_KNOWN: &str = "/.well-known";
    let below_call = path.strip_prefix("/invocations").filter(|rest| rest.starts_with(WELL_KNOWN)).unwrap_or(path);
    match (path, below_call) {
        ("/ping", _) => Some(Place::Ping),
        ("/ws", _) => Some(Place::Socket),
        (TOKEN_PATH, _) => Some(Place::Token),
        (path, _) if path.starts_with("/_dev/issuer/") => Some(Place::Issuer),
        (_, "/.well-known/agent-card.json") if server.protocol == ServerProtocol::A2a => Some(Place::Card),
        (_, rest) if rest.starts_with("/.well-known/oauth-protected-resource") => Some(Place::Metadata),
        ("/invocations" | "/invocations/", _) => Some(Place::Call),
        (path, _) if path == server.protocol.contract().path => Some(Place::Call),
        _ => None,
    }
}

/// Whether pages of other ports of this machine may call there, as they may call the agent. Tokens are for programs.
fn is_open(path: &str) -> bool {
    !path.starts_with(PAGE_PATH)
}

async fn route(server: &Arc<LocalServer>, request: &mut Request) -> Response {
    if let Some(response) = preflight(request) {
        return response;
    }
    let path = request.raw_path.clone();
    let Some(place) = place(server, &path) else {
        let called = server.protocol.contract().path;
        let text =
            format!("there is nothing at `{path}`: the agent is called at `{called}`, as the service would call it");
        return plain(request, Fault::new(404, "ResourceNotFoundException", text));
    };
    let takes = if matches!(place, Place::Call | Place::Token) { Method::POST } else { Method::GET };
    if request.method != takes {
        let fault = Fault::new(405, "MethodNotAllowedException", format!("`{path}` takes {takes} only"));
        return plain(request, fault.header("allow", takes.as_str()));
    }
    match place {
        Place::Ping => ping(server, request).await,
        Place::Issuer => {
            let page = server.issuer.as_ref().and_then(|issuer| issuer.page(&path));
            page.unwrap_or_else(|| {
                plain(request, Fault::new(404, "ResourceNotFoundException", "there is no such page"))
            })
        }
        Place::Token => issuer::token(server, request).await.unwrap_or_else(|fault| plain(request, fault)),
        Place::Metadata => metadata(server, request).await,
        Place::Socket => match open_socket(server, request).await {
            Ok(response) | Err(response) => response,
        },
        Place::Call | Place::Card => {
            if let Err(response) = admit(server, request, server.protocol).await {
                return response;
            }
            let answer = call(server, request, place == Place::Card).await;
            answer.unwrap_or_else(|fault| envelope(server.protocol, fault, &request.id))
        }
    }
}

/// Lets pages of this machine ask before they call.
fn preflight(request: &Request) -> Option<Response> {
    let asked = request.headers.get(http::header::ACCESS_CONTROL_REQUEST_METHOD)?;
    if request.method != Method::OPTIONS || !is_open(&request.raw_path) {
        return None;
    }
    let mut response = reply::empty(204);
    let headers = response.headers_mut();
    headers.insert(http::header::ACCESS_CONTROL_ALLOW_METHODS, asked.clone());
    if let Some(names) = request.headers.get(http::header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(http::header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    Some(response)
}

/// The gate. The answer to a refused caller is in the form of `form`.
async fn admit(server: &LocalServer, request: &Request, form: ServerProtocol) -> Result<(), Response> {
    let gate =
        TokenGate { providers: &server.providers, http: &server.http, events: &server.events, now: clock::unix_now() };
    let wire = server.authorizer.as_ref();
    let Err(refusal) = gate::check_token(gate, request, wire).await else { return Ok(()) };
    let code = refusal.code().map_or("refused", |code| code.text());
    server.note(format!("{} {}: the caller was refused, {code}", request.method, request.raw_path));
    let page = format!("{}/invocations/.well-known/oauth-protected-resource", server.url());
    let unauthorized = refusal.unauthorized().map(str::to_owned);
    let response = refusal.response_at(&page, wire, |fault| envelope(form, fault, &request.id));
    Err(match unauthorized {
        Some(message) => envelope::unauthorized(form, &message, response),
        None => response,
    })
}

async fn metadata(server: &LocalServer, request: &Request) -> Response {
    let missing =
        || plain(request, Fault::new(404, "ResourceNotFoundException", "The agent does not use OAuth authorization"));
    let Some(wire) = &server.authorizer else { return missing() };
    let resource = format!("{}/invocations", server.url());
    gate::metadata_of((&server.providers, &server.http), wire, &resource).await.unwrap_or_else(missing)
}

/// The process that answers, waited for while the first one starts. It does not end before the lease.
async fn agent(server: &LocalServer) -> Result<RequestLease, Fault> {
    let mut current = server.current.subscribe();
    let found = tokio::time::timeout(INIT_LIMIT, current.wait_for(Option::is_some)).await;
    // While the value is borrowed no other process takes over, so that this one is not asked to end before its lease.
    let found = found.ok().and_then(|found| found.ok()?.as_ref().map(AgentProcess::lease));
    found.ok_or_else(|| Fault::new(424, "RuntimeClientError", "The agent has not started."))
}

async fn ping(server: &LocalServer, request: &Request) -> Response {
    let lease = match agent(server).await {
        Ok(lease) => lease.of_health(),
        Err(fault) => return plain(request, fault),
    };
    let agent = lease.agent();
    let answer = server.client.get(format!("{}/ping", agent.url)).timeout(PING).send().await;
    match answer {
        Ok(answer) => {
            let (status, headers) = (answer.status(), headers::to_caller(answer.headers()));
            let mut response = Response::new(Body::from(answer.bytes().await.unwrap_or_default()));
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            response
        }
        Err(_) => plain(request, failed(agent, 500).await),
    }
}

/// Completes when the command ends. An agent that waits for its connections to end must not wait for these.
pub(super) async fn stopped(server: &LocalServer) {
    let mut stopping = server.stopping.subscribe();
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// The agent answered with an error, or not at all.
async fn failed(agent: &AgentProcess, status: u16) -> Fault {
    // What it printed about it may still be in the pipe.
    tokio::time::sleep(LAST_WORDS).await;
    let text = format!("Received error ({status}) from runtime. Its output says why.");
    let report = AgentReport::new("", &agent.last_lines(), String::new());
    Fault::new(424, "RuntimeClientError", text).header(agent_report::HEADER, &report.encode())
}

/// The headers for the agent, and the session that they name.
fn agent_headers(server: &LocalServer, request: &Request) -> Result<(HeaderMap, String), Fault> {
    let is_mcp = server.protocol == ServerProtocol::Mcp;
    let named = dataplane::session(request)?.map(str::to_owned);
    let by_protocol = is_mcp.then(|| request.header(MCP_SESSION)).flatten().map(str::to_owned);
    let session = named.or(by_protocol).unwrap_or_else(random::uuid);
    // A signature is of no use to the agent and is never passed on.
    let passes = |name: &&String| server.authorizer.is_some() || !name.eq_ignore_ascii_case(AUTHORIZATION.as_str());
    let allowed: Vec<String> = server.headers.iter().filter(passes).cloned().collect();
    let injected = Injected { session: &session, request_id: &request.id, workload_token: None };
    let mut headers = headers::to_agent(&request.headers, &allowed, injected);
    if is_mcp && let Ok(value) = HeaderValue::from_str(&session) {
        headers.insert(MCP_SESSION, value);
    }
    Ok((headers, session))
}

async fn call(server: &Arc<LocalServer>, request: &mut Request, card: bool) -> Result<Response, Fault> {
    let protocol = server.protocol;
    if protocol == ServerProtocol::Mcp && !accepts_mcp(&request.headers) {
        let text = "Client must accept both application/json and text/event-stream";
        return Err(Fault::new(406, "ValidationException", text));
    }
    let (headers, session) = agent_headers(server, request)?;
    let length: Option<u64> = request.header(CONTENT_LENGTH.as_str()).and_then(|text| text.parse().ok());
    if length.is_some_and(|length| length > PAYLOAD_LIMIT) {
        return Err(gate::too_large());
    }
    let lease = agent(server).await?;
    let agent = Arc::clone(lease.agent());
    let exceeded = Arc::new(AtomicBool::new(false));
    let outgoing = if card {
        server.client.get(format!("{}/.well-known/agent-card.json", agent.url)).headers(headers)
    } else {
        let body = limited(request.stream(), Arc::clone(&exceeded));
        let url = format!("{}{}", agent.url, server.agent_path());
        let outgoing = server.client.post(url).headers(headers).body(reqwest::Body::wrap_stream(body));
        match length {
            Some(length) => outgoing.header(CONTENT_LENGTH, length),
            None => outgoing,
        }
    };
    let answer = tokio::select! {
        answer = tokio::time::timeout(Duration::from_secs(ANSWER_SECONDS), outgoing.send()) => answer,
        () = stopped(server) => {
            return Err(Fault::new(424, "RuntimeClientError", "The agent was stopped before it answered."));
        }
    };
    match answer {
        Ok(Ok(answer)) if answer.status().is_success() => Ok(pass_on(server, answer, lease, &session)),
        Ok(Ok(answer)) => Err(failed(&agent, answer.status().as_u16()).await),
        Ok(Err(_)) if exceeded.load(Ordering::SeqCst) => Err(gate::too_large()),
        Ok(Err(_)) => Err(failed(&agent, 500).await),
        Err(_) => Err(failed(&agent, 504).await),
    }
}

/// The answer with its body as it arrives. The lease ends with the body, so that a long stream keeps its process. A body is
/// cut off when the command ends.
fn pass_on(server: &Arc<LocalServer>, answer: reqwest::Response, lease: RequestLease, session: &str) -> Response {
    let status = answer.status();
    let mut headers = headers::to_caller(answer.headers());
    if let Some(length) = answer.headers().get(CONTENT_LENGTH) {
        headers.insert(CONTENT_LENGTH, length.clone());
    }
    if let Ok(value) = HeaderValue::from_str(session) {
        headers.insert(SESSION, value.clone());
        if server.protocol == ServerProtocol::Mcp {
            headers.entry(MCP_SESSION).or_insert(value);
        }
    }
    let stream = answer.bytes_stream().map(move |chunk| {
        let _held = &lease;
        chunk.map_err(io::Error::other)
    });
    let (stopping, ended) = (Arc::clone(server), Arc::clone(server));
    let stream = stream.take_until(async move { stopped(&stopping).await });
    // Without an error, a body of no known length would look complete.
    let cut_off = stream::once(async move { *ended.stopping.borrow() }).filter_map(|is_cut_off| async move {
        is_cut_off.then(|| Err::<axum::body::Bytes, _>(io::Error::other("the agent was stopped")))
    });
    let mut response = Response::new(Body::from_stream(stream.chain(cut_off)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Opens a web socket to the agent. Failures before the upgrade have the plain form, whatever the protocol.
async fn open_socket(server: &Arc<LocalServer>, request: &mut Request) -> Result<Response, Response> {
    let offered = socket::offered_protocols(request);
    socket::token_of_protocol(request, &offered).map_err(|fault| plain(request, fault))?;
    admit(server, request, ServerProtocol::Http).await?;
    socket::headers_of_query(request);
    if !matches!(server.protocol, ServerProtocol::Http | ServerProtocol::Agui) {
        let text = "Only agents of the protocols HTTP and AGUI have a web socket";
        return Err(plain(request, Fault::new(400, "ValidationException", text)));
    }
    let (headers, session) = agent_headers(server, request).map_err(|fault| plain(request, fault))?;
    let upgrade = socket::upgrade(request, &offered).await?;
    let lease = agent(server).await.map_err(|fault| plain(request, fault))?;
    let agent = Arc::clone(lease.agent());
    let opened = socket::open_agent(&server.client, &agent.url, headers).await;
    let to_agent = match opened {
        Ok(to_agent) => to_agent,
        Err(status) => return Err(plain(request, failed(&agent, status).await)),
    };
    let mut stopping = server.stopping.subscribe();
    let mut response = upgrade.on_upgrade(async move |client| {
        let _held = lease;
        let stopped = async {
            let _ = stopping.wait_for(|stop| *stop).await;
        };
        socket::relay_until(client, to_agent, stopped).await;
    });
    if let Ok(value) = HeaderValue::from_str(&session) {
        response.headers_mut().insert(SESSION, value);
    }
    Ok(response)
}
