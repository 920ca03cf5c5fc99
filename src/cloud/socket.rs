//! Web sockets of agents: the handshake over the program's own HTTP client, so that proxies and certificates are those of
//! every other request, and the frames after it.
//!
//! Owns: opening with either way of authentication, messages, the close frame. Does not own: what messages mean and what
//! a close code means (`ops::invoke`).

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use http::{HeaderMap, Method, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{Error as WireError, Message, Utf8Bytes};

use super::dataplane::{CallerAuth, DataPlane, Invocation, Payload, Reply, transport_error};
use super::transport::host_of;
use crate::deadline::Waiting;
use crate::error::{Code, Context, Error, Result};
use crate::shell_frames::SHELL_ID_HEADER;

/// How long the other side may take to answer a close frame.
const GOODBYE: std::time::Duration = std::time::Duration::from_secs(2);

/// The result of the handshake.
#[derive(Debug)]
pub(crate) enum Handshake {
    Open(Box<Socket>),
    /// Refused before the upgrade, with an answer like that of any call.
    Refused(Reply),
}

/// An open web socket.
#[derive(Debug)]
pub(crate) struct Socket<S = reqwest::Upgraded> {
    stream: WebSocketStream<S>,
    /// The other side's close frame. Kept, because the reader may stop while the answer to it is being sent.
    closed: Option<Option<(u16, String)>>,
    pub(crate) session_id: Option<String>,
    pub(crate) request_id: Option<String>,
    /// Where it leads to a shell.
    pub(crate) shell_id: Option<String>,
}

/// A message from the agent.
#[derive(Debug)]
pub(crate) enum SocketMessage {
    Text(String),
    Binary(Bytes),
    /// The end, with the code and the reason where it has them.
    Closed(Option<(u16, String)>),
    /// The connection broke without a close frame.
    Lost(String),
}

impl DataPlane {
    /// Opens the agent's web socket. One request, never repeated.
    ///
    /// # Errors
    /// As [`DataPlane::invoke`]; also when what answers is no web socket.
    pub(crate) async fn socket(&self, call: &Invocation<'_>, auth: &CallerAuth) -> Result<Handshake> {
        let url = self.url(call.arn, "ws", call.qualifier);
        self.open_socket(&url, call.own_headers()?, (auth, &[])).await
    }

    /// Opens a web socket, offering subprotocols where there are any.
    pub(super) async fn open_socket(
        &self,
        url: &str,
        mut headers: HeaderMap,
        (auth, protocols): (&CallerAuth, &[String]),
    ) -> Result<Handshake> {
        self.authenticate((&Method::GET, url), &mut headers, auth, &Payload::Bytes(Bytes::new())).await?;
        // These belong to the connection and not to the request, so no signature covers them.
        let key = generate_key();
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        headers.insert(SEC_WEBSOCKET_KEY, HeaderValue::from_str(&key).context("could not make a handshake")?);
        if !protocols.is_empty() {
            let mut offered = HeaderValue::from_str(&protocols.join(", ")).context("could not make a handshake")?;
            // One of them may hold a token.
            offered.set_sensitive(true);
            headers.insert(SEC_WEBSOCKET_PROTOCOL, offered);
        }
        let request = self.http.upgradable(url)?.get(url).headers(headers);
        let _waiting = Waiting::on(format!("an answer from `{}`", host_of(url)));
        let response = request.send().await.map_err(|error| self.unanswered(url, &error))?;
        let reply = Reply::new(response);
        if reply.status() != StatusCode::SWITCHING_PROTOCOLS.as_u16() {
            return Ok(Handshake::Refused(reply));
        }
        if reply.header(SEC_WEBSOCKET_ACCEPT.as_str()) != Some(derive_accept_key(key.as_bytes()).as_str()) {
            return Err(Error::failed(format!(
                "what answers at {} is no web socket",
                url.split('?').next().unwrap_or(url)
            ))
            .code(Code::Network));
        }
        let own = |text: Option<&str>| text.map(str::to_owned);
        let (session_id, request_id) = (own(reply.session_id()), own(reply.request_id()));
        let shell_id = own(reply.header(SHELL_ID_HEADER));
        let upgraded = reply.into_response().upgrade().await.map_err(|error| transport_error(url, &error))?;
        let stream = WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await;
        Ok(Handshake::Open(Box::new(Socket { stream, closed: None, session_id, request_id, shell_id })))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// Sends one message: text where the bytes are text.
    ///
    /// # Errors
    /// When the connection is gone. The reason may be in the next message.
    pub(crate) async fn send(&mut self, data: Bytes) -> Result<()> {
        let message = match Utf8Bytes::try_from(data.clone()) {
            Ok(text) => Message::Text(text),
            Err(_) => Message::Binary(data),
        };
        self.stream.send(message).await.context("the web socket took no more messages")
    }

    /// Sends one binary message.
    ///
    /// # Errors
    /// As [`Socket::send`].
    pub(crate) async fn send_binary(&mut self, data: Bytes) -> Result<()> {
        self.stream.send(Message::Binary(data)).await.context("the web socket took no more messages")
    }

    /// Closes with the code for a normal end.
    pub(crate) async fn close(&mut self) {
        let frame = CloseFrame { code: 1000.into(), reason: Utf8Bytes::default() };
        // A connection that is gone needs no close frame.
        if self.stream.send(Message::Close(Some(frame))).await.is_ok() {
            let answered = async { while self.stream.next().await.is_some_and(|message| message.is_ok()) {} };
            let _ = tokio::time::timeout(GOODBYE, answered).await;
        }
    }

    /// The next message, or the end. Nothing is lost when the future is dropped.
    pub(crate) async fn next_message(&mut self) -> SocketMessage {
        loop {
            if let Some(told) = &self.closed {
                // The answer to a close frame goes out when reading goes on.
                let _ = tokio::time::timeout(GOODBYE, self.stream.next()).await;
                return SocketMessage::Closed(told.clone());
            }
            return match self.stream.next().await {
                Some(Ok(Message::Text(text))) => SocketMessage::Text(text.to_string()),
                Some(Ok(Message::Binary(data))) => SocketMessage::Binary(data),
                Some(Ok(Message::Close(frame))) => {
                    self.closed = Some(frame.map(|frame| (frame.code.into(), frame.reason.to_string())));
                    continue;
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Err(WireError::ConnectionClosed | WireError::AlreadyClosed)) => SocketMessage::Closed(None),
                Some(Err(error)) => SocketMessage::Lost(error.to_string()),
                None => SocketMessage::Lost("the connection ended without a close frame".to_owned()),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn close_frame_survives_an_abandoned_read() {
        let (near, far) = tokio::io::duplex(1 << 10);
        let mut agent = WebSocketStream::from_raw_socket(far, Role::Server, None).await;
        let stream = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
        let mut socket = Socket { stream, closed: None, session_id: None, request_id: None, shell_id: None };
        let frame = CloseFrame { code: 1009.into(), reason: "too big".into() };
        agent.send(Message::Close(Some(frame))).await.unwrap();
        let answering = socket.next_message().now_or_never();
        assert!(answering.is_none(), "{answering:?}");
        drop(agent);
        let heard = socket.next_message().await;
        assert!(matches!(&heard, SocketMessage::Closed(Some((1009, reason))) if reason == "too big"), "{heard:?}");
    }
}
