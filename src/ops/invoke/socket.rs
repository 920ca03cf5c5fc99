//! A session over an agent's web socket: messages in both directions, and how it ends.
//!
//! Owns: the order of things, the limits, the meaning of close codes. Does not own: the connection (`cloud`), where
//! messages come from and go to (cli).

use std::ops::ControlFlow;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until};

use super::{CallContext, ReplyHead, failure};
use crate::cloud::{Handshake, Socket, SocketMessage};
use crate::deadline;
use crate::error::{Code, Error, Kind, Result};
use crate::facts::FRAME_LIMIT;

/// One message of the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AgentMessage {
    Text(String),
    Binary(Bytes),
}

/// Opens the socket, sends what comes from `input`, and gives every message to `sink`, until the agent closes, the sink
/// breaks, the call's time is up, or nothing arrived for `idle` after the last message was sent.
///
/// # Errors
/// As [`super::call`] before the connection is open. After it [`Kind::Agent`] for an agent that failed,
/// [`Kind::Refused`] for one that closed the connection, [`Kind::Deadline`] when the time is up on either side,
/// [`Kind::Usage`] for a message that is too large for a frame.
pub(crate) async fn talk(
    line: &CallContext<'_>,
    mut input: Receiver<Bytes>,
    idle: Option<Duration>,
    sink: &mut (dyn FnMut(AgentMessage) -> Result<ControlFlow<()>> + Send),
) -> Result<ReplyHead> {
    let end = line.call.timeout.and_then(deadline::end_of).map(Instant::from_std);
    // Silence that no clock can measure is never long enough.
    let idle = idle.filter(|idle| deadline::end_of(*idle).is_some());
    let mut socket = open(line, end).await?;
    let head = ReplyHead {
        status: 101,
        content_type: String::new(),
        session_id: socket.session_id.clone(),
        request_id: socket.request_id.clone(),
        ..ReplyHead::default()
    };
    let mut sending = true;
    let mut quiet_since = Instant::now();
    loop {
        let silent = idle.filter(|_| !sending).map(|idle| quiet_since + idle);
        tokio::select! {
            message = input.recv(), if sending => match message {
                Some(message) if message.len() > FRAME_LIMIT => {
                    socket.close().await;
                    return Err(Error::usage(format!(
                        "a message has {} bytes, and a frame of the service holds {FRAME_LIMIT} at most", message.len()
                    )).code(Code::InputFrame).hint("send it in pieces, or without `--ws`"));
                }
                // Messages that the agent sent before it closed are still to be read.
                Some(message) => sending = socket.send(message).await.is_ok(),
                None => {
                    sending = false;
                    quiet_since = Instant::now();
                }
            },
            heard = socket.next_message() => {
                quiet_since = Instant::now();
                let message = match heard {
                    SocketMessage::Text(text) => AgentMessage::Text(text),
                    SocketMessage::Binary(data) => AgentMessage::Binary(data),
                    SocketMessage::Closed(told) => return goodbye(told, line).map(|()| head),
                    SocketMessage::Lost(reason) => return Err(Error::failed("the web socket broke").code(Code::Network).cause(reason)),
                };
                if sink(message)?.is_break() {
                    socket.close().await;
                    return Ok(head);
                }
            }
            () = until(silent) => {
                socket.close().await;
                return Ok(head);
            }
            () = until(end) => {
                socket.close().await;
                return Err(too_late());
            }
        }
    }
}

async fn open(line: &CallContext<'_>, end: Option<Instant>) -> Result<Box<Socket>> {
    let opened = async {
        match line.plane.socket(line.call, line.auth).await? {
            Handshake::Open(socket) => Ok(socket),
            Handshake::Refused(mut reply) => Err(failure::refusal(&mut reply, line.auth, &line.target()).await),
        }
    };
    tokio::select! {
        opened = opened => opened,
        () = until(end) => Err(Error::new(
            Kind::Deadline,
            format!("`{}` opened no web socket before the timeout", line.plane.host()),
        )
        .hint("raise `--timeout` (seconds, 0 waits without limit)")),
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

fn too_late() -> Error {
    Error::new(Kind::Deadline, "the web socket was still open at the timeout")
        .hint("raise `--timeout` (seconds, 0 waits without limit), or end by silence with `--ws-idle SECONDS`")
}

/// What a close frame means. Codes: RFC 6455, and the developer guide for the service's own.
fn goodbye(told: Option<(u16, String)>, line: &CallContext<'_>) -> Result<()> {
    let Some((code, reason)) = told else { return Ok(()) };
    let error = match code {
        1000 => return Ok(()),
        1001 => Error::failed("the session ended"),
        1008 if reason.contains("duration") => Error::new(Kind::Deadline, "the service ended the connection"),
        1008 => Error::new(Kind::Refused, "the agent refused to go on"),
        1009 => Error::usage("a message was too large for a frame"),
        1003 | 1007 | 1011 | 3000..=4999 => {
            line.target().with_logs(Error::new(Kind::Agent, "the agent ended the connection"), None)
        }
        _ => Error::failed("the connection was closed"),
    };
    let cause = if reason.is_empty() { format!("close code {code}") } else { format!("close code {code}: {reason}") };
    Err(error.code_of_family(Code::SocketClosed, &code.to_string()).cause(cause))
}
