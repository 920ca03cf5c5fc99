//! Interactive shells: `GET /runtimes/ARN/ws/shells`, a web socket to a pseudo-terminal in the session.
//!
//! Owns: the upgrade, the frames of both directions, limits and close codes. Does not own: who may call (`gate`), the terminal
//! and the output that is told again (`runner::shells`). Source: the SDK's `runtime/shell`, and the developer guide.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use http::header::HeaderValue;
use serde_json::json;

use super::envelope::ServerProtocol;
use super::headers::SESSION;
use super::socket::{self, AdmittedSocket};
use super::{ResolvedAgent, fault_of, plain, session, spec};
use crate::facts::{FRAME_LIMIT, is_shell_id};
use crate::sandbox::listener::ConnectionPermit;
use crate::sandbox::reply::{self, Fault, Response};
use crate::sandbox::request::Request;
use crate::sandbox::runner::Lease;
use crate::sandbox::runner::shells::{ForClient, NoShell, ShellClient, ShellInput};
use crate::sandbox::{SharedSandbox, random};
use crate::shell_frames::{CONTENT_LIMIT, SHELL_ID_HEADER, SHELL_ID_PARAMETER, ShellFrame, ShellStatus};

/// How long a connection may last.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// Frames of a client in a second.
const MOST_FRAMES: usize = 250;
/// The text frame that ends the connection.
const TEXT_FRAMES: usize = 5;
/// How long the other side may take to close.
const GOODBYE: Duration = Duration::from_secs(2);

const NORMAL: u16 = 1000;
const GOING_AWAY: u16 = 1001;
const UNSUPPORTED: u16 = 1003;
const POLICY: u16 = 1008;
const TOO_BIG: u16 = 1009;
const REPLACED: u16 = 4000;

/// Answers the request for a shell. Failures before the upgrade have the plain HTTP form.
pub(super) async fn open(sandbox: &SharedSandbox, request: &mut Request, target: &str) -> Response {
    match admitted(sandbox, request, target).await {
        Ok(response) | Err(response) => response,
    }
}

async fn admitted(sandbox: &SharedSandbox, request: &mut Request, target: &str) -> Result<Response, Response> {
    let AdmittedSocket { target, offered, .. } =
        socket::admit(sandbox, request, target, "InvokeAgentRuntimeCommandShell").await?;
    let shell_id =
        request.query(SHELL_ID_PARAMETER).filter(|id| !id.is_empty()).map_or_else(random::uuid, str::to_owned);
    socket::headers_of_query(request);
    let named = session(request).map_err(|fault| plain(request, fault))?.map(str::to_owned);
    let session = named.unwrap_or_else(random::uuid);
    if !is_shell_id(&shell_id) {
        return Err(no_shell(&format!("`{shell_id}` is not the id of a shell")));
    }
    let upgrade = socket::upgrade(request, &offered).await?.max_message_size(FRAME_LIMIT);
    let (lease, client) =
        attach(sandbox, &target, (&session, &shell_id)).await.map_err(|failed| failed.response(request))?;
    let owner = SharedSandbox::clone(sandbox);
    let place = request.extensions.get::<ConnectionPermit>().cloned();
    let id = shell_id.clone();
    let mut response = upgrade.on_upgrade(async move |socket| {
        let _held = place;
        let (to_client, from_client) = socket.split();
        let connection = ShellConnection { to_client, lease, client, id, texts: 0, frames: VecDeque::new() };
        connection.serve(from_client, owner.stopped()).await;
    });
    for (name, value) in [(SESSION, &session), (SHELL_ID_HEADER, &shell_id)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

enum NotAttached {
    Fault(Fault),
    Shell(NoShell),
}

impl NotAttached {
    fn response(self, request: &Request) -> Response {
        match self {
            Self::Fault(fault) => plain(request, fault),
            Self::Shell(NoShell::TooMany) => {
                no_shell(&format!("The session has {} shells, as many as it may have", crate::facts::MOST_SHELLS))
            }
            Self::Shell(NoShell::NotStarted(reason)) => no_shell(&reason),
        }
    }
}

/// A failure of the session's own, which has a form of its own.
fn no_shell(reason: &str) -> Response {
    let mut response = reply::json(424, &json!({ "error": reason, "message": reason }));
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static("RuntimeClientError"));
    response
}

/// Starts the agent where it does not run, and attaches to its shell.
async fn attach(
    sandbox: &SharedSandbox,
    target: &ResolvedAgent,
    (session, id): (&str, &str),
) -> Result<(Lease, ShellClient), NotAttached> {
    let server = ServerProtocol::of_version(&target.version);
    let spec = spec(sandbox, target, server).map_err(NotAttached::Fault)?;
    let lease = sandbox.runner.lease(sandbox, spec, session).await;
    let mut lease = lease.map_err(|failed| NotAttached::Fault(fault_of(sandbox, &failed)))?;
    let environment =
        lease.environment().ok_or_else(|| NotAttached::Fault(Fault::internal("the session has ended")))?;
    let client = lease.shells().attach(id, environment).map_err(NotAttached::Shell)?;
    lease.count_traffic_only();
    Ok((lease, client))
}

/// One client at its shell.
struct ShellConnection {
    to_client: SplitSink<WebSocket, Message>,
    lease: Lease,
    client: ShellClient,
    id: String,
    texts: usize,
    /// When the frames of the last second came.
    frames: VecDeque<Instant>,
}

/// A close code with its reason; `None` where the client is gone.
type Goodbye = Option<(u16, &'static str)>;

impl ShellConnection {
    async fn serve(mut self, mut from_client: SplitStream<WebSocket>, stopped: impl Future<Output = ()>) {
        let opened = ShellStatus::Opened { shell_id: self.id.clone(), reconnected: self.client.reconnected };
        self.send(ShellFrame::Status(opened)).await;
        let goodbye = self.relay(&mut from_client, stopped).await;
        let Some((code, reason)) = goodbye else { return };
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        let _ = tokio::time::timeout(GOODBYE, async {
            let _ = self.to_client.send(close).await;
            while from_client.next().await.is_some_and(|message| message.is_ok()) {}
        })
        .await;
    }

    async fn relay(&mut self, from_client: &mut SplitStream<WebSocket>, stopped: impl Future<Output = ()>) -> Goodbye {
        let mut stopped = std::pin::pin!(stopped);
        let mut old = std::pin::pin!(tokio::time::sleep(LONGEST));
        let input = self.client.input().clone();
        // Typed, but not taken yet by a program that does not read.
        let mut pending: Option<ShellInput> = None;
        loop {
            tokio::select! {
                output = self.client.next(CONTENT_LIMIT) => match output {
                    ForClient::Output(bytes) => {
                        self.lease.touch();
                        self.send(ShellFrame::Stdout(bytes)).await;
                    }
                    ForClient::Replaced => return Some((REPLACED, "Replaced by another connection")),
                    ForClient::Ended(end) => {
                        let status = ShellStatus::Exited { code: end.code, signal: end.signal };
                        self.send(ShellFrame::Status(status)).await;
                        self.lease.shells().forget(&self.id);
                        return Some((NORMAL, ""));
                    }
                },
                permit = input.reserve(), if pending.is_some() => {
                    // Without a permit the shell is ending, which the other branch tells.
                    if let (Ok(permit), Some(input)) = (permit, pending.take()) {
                        permit.send(input);
                    }
                }
                message = from_client.next(), if pending.is_none() => {
                    self.lease.touch();
                    match message {
                        Some(Ok(Message::Binary(data))) => match self.hear(&data).await {
                            Ok(input) => pending = input,
                            Err(goodbye) => return goodbye,
                        },
                        Some(Ok(Message::Text(_))) => {
                            self.texts += 1;
                            if self.texts >= TEXT_FRAMES {
                                return Some((UNSUPPORTED, "Text frames are not supported"));
                            }
                        }
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Ok(Message::Close(_))) | None => return None,
                        Some(Err(error)) if is_too_big(&error) => return Some((TOO_BIG, "The frame is larger than 64 KB")),
                        Some(Err(_)) => return None,
                    }
                }
                () = self.lease.ended() => {
                    self.send(ShellFrame::Close).await;
                    return Some((GOING_AWAY, "The session ended"));
                }
                () = &mut old => {
                    self.send(ShellFrame::Close).await;
                    return Some((POLICY, "Max connection duration of 1 hour is exceeded"));
                }
                () = &mut stopped => return Some((GOING_AWAY, "")),
            }
        }
    }

    /// What one message asks of the terminal.
    async fn hear(&mut self, data: &Bytes) -> Result<Option<ShellInput>, Goodbye> {
        let now = Instant::now();
        self.frames.push_back(now);
        while self.frames.front().is_some_and(|first| now - *first > Duration::from_secs(1)) {
            self.frames.pop_front();
        }
        if self.frames.len() > MOST_FRAMES {
            return Err(Some((POLICY, "More than 250 frames in a second")));
        }
        Ok(match ShellFrame::decode(data) {
            ShellFrame::Stdin(bytes) => Some(ShellInput::Typed(bytes)),
            ShellFrame::Resize { width, height } => Some(ShellInput::Resized(width, height)),
            ShellFrame::Heartbeat => {
                self.send(ShellFrame::Heartbeat).await;
                None
            }
            ShellFrame::Close => Some(ShellInput::End),
            ShellFrame::Stdout(_) | ShellFrame::Stderr(_) | ShellFrame::Status(_) | ShellFrame::Unknown(_) => None,
        })
    }

    /// A client that is gone is noticed by reading.
    async fn send(&mut self, frame: ShellFrame) {
        let _ = self.to_client.send(Message::Binary(frame.encode())).await;
    }
}

fn is_too_big(error: &axum::Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref());
    matches!(source, Some(tokio_tungstenite::tungstenite::Error::Capacity(_)))
}
