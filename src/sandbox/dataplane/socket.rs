//! Web sockets: `GET /runtimes/ARN/ws`, passed on to the agent's own `/ws` on the port of its protocol.
//!
//! Owns: the three places where a browser may put what other clients put into headers, the upgrade of both connections,
//! frames in both directions, the limits and the close codes. Does not own: who may call (`gate`), other calls
//! (`invoke`). Source: the developer guide's page on bidirectional streaming.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::extract::ws::{self, WebSocket, WebSocketUpgrade};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use http::header::{AUTHORIZATION, HeaderName, HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message};

use super::envelope::ServerProtocol;
use super::headers::{CUSTOM_PREFIX, SESSION};
use super::invoke::{agent_error, agent_headers};
use super::{ResolvedAgent, fault_of, find, plain, session, spec};
use crate::facts::FRAME_LIMIT;
use crate::sandbox::control::invalid;
use crate::sandbox::gate::{self, Refusal};
use crate::sandbox::listener::ConnectionPermit;
use crate::sandbox::reply::{Fault, Response};
use crate::sandbox::request::Request;
use crate::sandbox::runner::Lease;
use crate::sandbox::{SharedSandbox, permissions, random};
use crate::shell_frames::BEARER_PROTOCOL;

/// The largest message of several frames: no quota is known, and memory is limited.
const MESSAGE_LIMIT: usize = 16 << 20;
/// How long a connection may last. Source: service quotas.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// The longest validity of a presigned address, in seconds.
const LONGEST_PRESIGNED: u64 = 300;
/// How long the other side may take to close.
const GOODBYE: Duration = Duration::from_secs(5);
/// How long a connection stays open after a frame that is not read: closing it at once would lose the close frame.
const UNREAD: Duration = Duration::from_secs(1);

const GOING_AWAY: u16 = 1001;
const POLICY: u16 = 1008;
const TOO_BIG: u16 = 1009;
const AGENT_FAILED: u16 = 1011;

/// Answers the request for a web socket. Failures before the upgrade have the plain HTTP form, whatever the protocol.
pub(super) async fn open(sandbox: &SharedSandbox, request: &mut Request, target: &str) -> Response {
    match admitted(sandbox, request, target).await {
        Ok(response) | Err(response) => response,
    }
}

async fn admitted(sandbox: &SharedSandbox, request: &mut Request, target: &str) -> Result<Response, Response> {
    let AdmittedSocket { target, caller, offered } =
        admit(sandbox, request, target, "InvokeAgentRuntimeWithWebSocketStream").await?;
    headers_of_query(request);
    let server = ServerProtocol::of_version(&target.version);
    if !matches!(server, ServerProtocol::Http | ServerProtocol::Agui) {
        return Err(plain(request, invalid("Only agents of the protocols HTTP and AGUI have a web socket")));
    }
    let named = session(request).map_err(|fault| plain(request, fault))?.map(str::to_owned);
    let session = named.unwrap_or_else(random::uuid);
    let upgrade = upgrade(request, &offered).await?;
    let agent = async {
        let headers = agent_headers(sandbox, request, &caller, (&target, server), &session)?;
        connect(sandbox, &target, server, (headers, &session)).await
    };
    let (agent, lease) = agent.await.map_err(|fault| plain(request, fault))?;
    let owner = SharedSandbox::clone(sandbox);
    // Held until the web socket ends, which the connection's own task does not wait for.
    let place = request.extensions.get::<ConnectionPermit>().cloned();
    let mut response = upgrade.on_upgrade(async move |client| {
        let _held = place;
        relay(client, agent, &|| lease.touch(), (owner.stopped(), LONGEST)).await;
    });
    if let Ok(value) = HeaderValue::from_str(&session) {
        response.headers_mut().insert(SESSION, value);
    }
    Ok(response)
}

/// A request for a web socket that was let in.
pub(super) struct AdmittedSocket {
    pub(super) target: ResolvedAgent,
    pub(super) caller: gate::Admitted,
    /// The subprotocols that the client offered.
    pub(super) offered: Vec<String>,
}

/// Finds the agent and judges the caller: by the gate, and by the policies for `operation`.
///
/// # Errors
/// The refusal, in the plain HTTP form.
pub(super) async fn admit(
    sandbox: &SharedSandbox,
    request: &mut Request,
    target: &str,
    operation: &str,
) -> Result<AdmittedSocket, Response> {
    let target = find(sandbox, request, target).map_err(|missing| plain(request, missing.fault))?;
    let offered = offered_protocols(request);
    token_of_protocol(request, &offered).map_err(|fault| plain(request, fault))?;
    presigned_briefly(request).map_err(|fault| plain(request, fault))?;
    let caller = gate::check(sandbox, request, &target.version).await.map_err(|refusal: Refusal| {
        let agent = (target.runtime.arn.as_str(), target.qualifier.as_str());
        refusal.response(sandbox, &target.version, agent, |fault| plain(request, fault))
    })?;
    permissions::agent_call(sandbox, request, operation, (&target.runtime.id, &target.qualifier))
        .map_err(|fault| plain(request, fault))?;
    Ok(AdmittedSocket { target, caller, offered })
}

/// The subprotocols in the order in which the client names them.
pub(crate) fn offered_protocols(request: &Request) -> Vec<String> {
    let values = request.headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|list| list.split(',')).map(|name| name.trim().to_owned()).collect()
}

/// Puts the token of a subprotocol where the gate looks for tokens. One beside an `Authorization` header makes two, which
/// the gate refuses.
pub(crate) fn token_of_protocol(request: &mut Request, offered: &[String]) -> Result<(), Fault> {
    let prefixed = offered.iter().filter_map(|name| name.strip_prefix(BEARER_PROTOCOL)?.strip_prefix('.'));
    for encoded in prefixed {
        let decoded = URL_SAFE_NO_PAD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let value = decoded.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
        let mut value = value.ok_or_else(|| {
            Fault::new(403, "AccessDeniedException", "OAuth authorization failed: Failed to parse token")
        })?;
        value.set_sensitive(true);
        request.headers.append(AUTHORIZATION, value);
    }
    // The agent must not see it under this name either.
    request.headers.remove(SEC_WEBSOCKET_PROTOCOL);
    Ok(())
}

/// Refuses an address that was signed for longer than such a connection may be.
fn presigned_briefly(request: &Request) -> Result<(), Fault> {
    let Some(expires) = request.query("X-Amz-Expires") else { return Ok(()) };
    if expires.parse().is_ok_and(|seconds: u64| seconds <= LONGEST_PRESIGNED) {
        return Ok(());
    }
    let text = format!("X-Amz-Expires must be {LONGEST_PRESIGNED} seconds at most for a web socket");
    Err(Fault::new(403, "AccessDeniedException", text))
}

/// Browsers cannot set headers: the session id and custom headers may be query parameters of the same names. Headers win.
pub(crate) fn headers_of_query(request: &mut Request) {
    for (name, value) in std::mem::take(&mut request.query) {
        let lower = name.to_ascii_lowercase();
        if (lower == SESSION || lower.starts_with(CUSTOM_PREFIX))
            && let (Ok(name), Ok(value)) = (HeaderName::from_bytes(lower.as_bytes()), HeaderValue::from_str(&value))
        {
            request.headers.entry(name).or_insert(value);
        }
    }
}

/// The upgrade that the client asks for, with the service's limits. It is told the subprotocol that its token came in.
pub(crate) async fn upgrade(request: &mut Request, offered: &[String]) -> Result<WebSocketUpgrade, Response> {
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.method = request.method.clone();
    parts.headers = request.headers.clone();
    parts.extensions = std::mem::take(&mut request.extensions);
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let mut upgrade = upgrade.map_err(axum::response::IntoResponse::into_response)?;
    if let Some(protocol) = offered.iter().find(|name| *name == BEARER_PROTOCOL)
        && let Ok(protocol) = HeaderValue::from_str(protocol)
    {
        upgrade.set_selected_protocol(protocol);
    }
    Ok(upgrade.max_frame_size(FRAME_LIMIT).max_message_size(MESSAGE_LIMIT).write_buffer_size(0))
}

pub(crate) type AgentSocket = WebSocketStream<reqwest::Upgraded>;

/// Starts the agent where it does not run, and opens its end. The lease counts traffic alone as use.
async fn connect(
    sandbox: &SharedSandbox,
    target: &ResolvedAgent,
    server: ServerProtocol,
    (headers, session): (http::HeaderMap, &str),
) -> Result<(AgentSocket, Lease), Fault> {
    let spec = spec(sandbox, target, server)?;
    let mut lease = sandbox.runner.lease(sandbox, spec, session).await.map_err(|failed| fault_of(sandbox, &failed))?;
    let agent = open_agent(sandbox.runner.client(), lease.url(), headers).await;
    let agent = agent.map_err(|status| agent_error(sandbox, target, status))?;
    lease.count_traffic_only();
    Ok((agent, lease))
}

/// Opens the web socket of the agent at `url`.
///
/// # Errors
/// The status to speak of: the agent's own, or 500 where it has none.
pub(crate) async fn open_agent(
    client: &reqwest::Client,
    url: &str,
    mut headers: http::HeaderMap,
) -> Result<AgentSocket, u16> {
    for name in [http::header::CONTENT_TYPE, http::header::ACCEPT] {
        headers.remove(name);
    }
    let outgoing = client
        .get(format!("{url}/ws"))
        .headers(headers)
        .header(http::header::CONNECTION, "Upgrade")
        .header(http::header::UPGRADE, "websocket")
        .header(http::header::SEC_WEBSOCKET_VERSION, "13")
        .header(http::header::SEC_WEBSOCKET_KEY, generate_key());
    let answer = outgoing.send().await.map_err(|_| 500_u16)?;
    if answer.status() != http::StatusCode::SWITCHING_PROTOCOLS {
        return Err(answer.status().as_u16());
    }
    let upgraded = answer.upgrade().await.map_err(|_| 500_u16)?;
    let mut config = WebSocketConfig::default();
    config.max_frame_size = Some(FRAME_LIMIT);
    config.max_message_size = Some(MESSAGE_LIMIT);
    config.write_buffer_size = 0;
    Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await)
}

/// A relayed frame, unmasked.
enum RelayedMessage {
    Text(Bytes),
    Binary(Bytes),
    /// A ping or a pong: each side answers its own.
    Alive,
    Close(Option<(u16, String)>),
}

/// Why one direction ended before it was closed.
#[derive(Debug, PartialEq, Eq)]
enum RelayError {
    TooBig,
    Gone,
}

/// The same for as long as a connection may last.
pub(crate) async fn relay_until(client: WebSocket, agent: AgentSocket, stopped: impl Future<Output = ()>) {
    relay(client, agent, &|| {}, (stopped, LONGEST)).await;
}

/// Passes frames on until both sides have closed, one is gone, or time is up.
async fn relay<S: AsyncRead + AsyncWrite + Unpin>(
    client: WebSocket,
    agent: WebSocketStream<S>,
    heard: &(dyn Fn() + Sync),
    (stopped, longest): (impl Future<Output = ()>, Duration),
) {
    let (mut to_client, from_client) = client.split();
    let (mut to_agent, from_agent) = agent.split();
    let mut from_client = from_client.map(|message| message.map(of_client).map_err(|error| broken_client(&error)));
    let mut from_agent = from_agent.map(|message| message.map(of_agent).map_err(|error| broken(&error)));
    let end = {
        let mut up = std::pin::pin!(pump(&mut from_client, &mut to_agent, for_agent, heard));
        let mut down = std::pin::pin!(pump(&mut from_agent, &mut to_client, for_client, heard));
        tokio::select! {
            ended = &mut up => match ended {
                Ok(()) => { let _ = tokio::time::timeout(GOODBYE, down).await; None }
                Err(RelayError::TooBig) => Some((TOO_BIG, "The frame is larger than 64 KB")),
                Err(RelayError::Gone) => Some((GOING_AWAY, "")),
            },
            ended = &mut down => match ended {
                Ok(()) => { let _ = tokio::time::timeout(GOODBYE, up).await; None }
                Err(RelayError::TooBig) => Some((TOO_BIG, "The frame is larger than 64 KB")),
                Err(RelayError::Gone) => Some((AGENT_FAILED, "The agent's connection broke")),
            },
            () = tokio::time::sleep(longest) => Some((POLICY, "Max connection duration of 1 hour is exceeded")),
            () = stopped => Some((GOING_AWAY, "")),
        }
    };
    let Some((code, reason)) = end else { return };
    let close = || RelayedMessage::Close(Some((code, reason.to_owned())));
    let _ = tokio::time::timeout(GOODBYE, async {
        let _ = to_agent.send(for_agent(close())).await;
        let _ = to_client.send(for_client(close())).await;
    })
    .await;
    if code == TOO_BIG {
        tokio::time::sleep(UNREAD).await;
    } else {
        let drained = async { while from_client.next().await.is_some_and(|message| message.is_ok()) {} };
        let _ = tokio::time::timeout(UNREAD, drained).await;
    }
}

/// One direction. Ends well after a close frame was passed on.
async fn pump<M, K: Sink<M> + Unpin>(
    from: &mut (impl Stream<Item = Result<RelayedMessage, RelayError>> + Unpin),
    to: &mut K,
    wrap: fn(RelayedMessage) -> M,
    heard: &(dyn Fn() + Sync),
) -> Result<(), RelayError> {
    while let Some(piece) = from.next().await {
        let piece = piece?;
        heard();
        match piece {
            RelayedMessage::Alive => {}
            RelayedMessage::Close(frame) => {
                let _ = to.send(wrap(RelayedMessage::Close(frame))).await;
                // Reading on sends the answer to the close frame.
                let answered = async { while from.next().await.is_some_and(|rest| rest.is_ok()) {} };
                let _ = tokio::time::timeout(GOODBYE, answered).await;
                return Ok(());
            }
            // A side that does not take any more ends its own direction.
            piece => {
                if to.send(wrap(piece)).await.is_err() {
                    return std::future::pending().await;
                }
            }
        }
    }
    Err(RelayError::Gone)
}

fn of_client(message: ws::Message) -> RelayedMessage {
    match message {
        ws::Message::Text(text) => RelayedMessage::Text(text.into()),
        ws::Message::Binary(data) => RelayedMessage::Binary(data),
        ws::Message::Ping(_) | ws::Message::Pong(_) => RelayedMessage::Alive,
        ws::Message::Close(frame) => RelayedMessage::Close(frame.map(|frame| (frame.code, frame.reason.to_string()))),
    }
}

fn of_agent(message: Message) -> RelayedMessage {
    match message {
        Message::Text(text) => RelayedMessage::Text(text.into()),
        Message::Binary(data) => RelayedMessage::Binary(data),
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => RelayedMessage::Alive,
        Message::Close(frame) => {
            RelayedMessage::Close(frame.map(|frame| (frame.code.into(), frame.reason.to_string())))
        }
    }
}

fn for_client(piece: RelayedMessage) -> ws::Message {
    match piece {
        RelayedMessage::Text(text) => {
            ws::Utf8Bytes::try_from(text).map_or_else(|_| ws::Message::Binary(Bytes::new()), ws::Message::Text)
        }
        RelayedMessage::Binary(data) => ws::Message::Binary(data),
        RelayedMessage::Alive => ws::Message::Pong(Bytes::new()),
        RelayedMessage::Close(frame) => {
            ws::Message::Close(frame.map(|(code, reason)| ws::CloseFrame { code, reason: reason.into() }))
        }
    }
}

fn for_agent(piece: RelayedMessage) -> Message {
    match piece {
        RelayedMessage::Text(text) => {
            tungstenite::Utf8Bytes::try_from(text).map_or_else(|_| Message::Binary(Bytes::new()), Message::Text)
        }
        RelayedMessage::Binary(data) => Message::Binary(data),
        RelayedMessage::Alive => Message::Pong(Bytes::new()),
        RelayedMessage::Close(frame) => {
            Message::Close(frame.map(|(code, reason)| CloseFrame { code: code.into(), reason: reason.into() }))
        }
    }
}

fn broken_client(error: &axum::Error) -> RelayError {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref());
    source.map_or(RelayError::Gone, broken)
}

fn broken(error: &tungstenite::Error) -> RelayError {
    if matches!(error, tungstenite::Error::Capacity(_)) { RelayError::TooBig } else { RelayError::Gone }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::extract::Request as Incoming;
    use tokio::io::DuplexStream;

    use super::*;

    type Client = WebSocketStream<tokio::net::TcpStream>;

    /// A relay that lasts for `longest`: its client, its agent, and how often a frame arrived.
    async fn relayed(longest: Duration) -> (Client, WebSocketStream<DuplexStream>, Arc<AtomicUsize>) {
        let (near, far) = tokio::io::duplex(1 << 20);
        let near = Arc::new(std::sync::Mutex::new(Some(near)));
        let heard = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&heard);
        let app = axum::Router::new().fallback(move |request: Incoming| {
            let (near, count) = (near.lock().unwrap().take().unwrap(), Arc::clone(&count));
            async move {
                let (mut parts, _) = request.into_parts();
                let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.unwrap();
                upgrade.on_upgrade(move |client| async move {
                    let agent = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
                    let touch = || {
                        count.fetch_add(1, Ordering::SeqCst);
                    };
                    relay(client, agent, &touch, (std::future::pending(), longest)).await;
                })
            }
        });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let (client, _) = tokio_tungstenite::client_async(format!("ws://{address}/"), stream).await.unwrap();
        (client, WebSocketStream::from_raw_socket(far, Role::Server, None).await, heard)
    }

    async fn close_of<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocketStream<S>) -> (u16, String) {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(Some(frame)))) => return (frame.code.into(), frame.reason.to_string()),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn a_connection_ends_when_its_time_is_up() {
        let (mut client, mut agent, _) = relayed(Duration::from_millis(1)).await;
        let (code, reason) = close_of(&mut client).await;
        assert_eq!((code, reason.as_str()), (1008, "Max connection duration of 1 hour is exceeded"));
        assert_eq!(close_of(&mut agent).await.0, 1008);
    }

    #[tokio::test]
    async fn messages_pass_both_ways_and_count_as_traffic() {
        let (mut client, mut agent, heard) = relayed(LONGEST).await;
        client.send(Message::text("up")).await.unwrap();
        assert_eq!(agent.next().await.unwrap().unwrap(), Message::text("up"));
        agent.send(Message::binary(vec![0, 255])).await.unwrap();
        assert_eq!(client.next().await.unwrap().unwrap(), Message::binary(vec![0, 255]));
        client.send(Message::Ping(Bytes::new())).await.unwrap();
        assert_eq!(client.next().await.unwrap().unwrap(), Message::Pong(Bytes::new()));
        assert_eq!(heard.load(Ordering::SeqCst), 3, "a ping is traffic too");
        client.close(Some(CloseFrame { code: 4000.into(), reason: "enough".into() })).await.unwrap();
        assert_eq!(close_of(&mut agent).await, (4000, "enough".to_owned()));
    }

    #[tokio::test]
    async fn a_client_hears_that_the_agents_connection_broke() {
        let (mut client, agent, _) = relayed(LONGEST).await;
        drop(agent);
        assert_eq!(close_of(&mut client).await.0, AGENT_FAILED);
    }

    #[tokio::test]
    async fn the_agent_hears_that_the_client_is_gone() {
        let (client, mut agent, _) = relayed(LONGEST).await;
        drop(client);
        assert_eq!(close_of(&mut agent).await.0, GOING_AWAY);
    }
}
