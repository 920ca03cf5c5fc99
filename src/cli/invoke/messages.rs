//! A conversation over the agent's web socket, on this side: what is sent comes from the arguments or from stdin, and what the agent
//! says goes to stdout as it comes, or into the JSON document.
//!
//! Does not own: the socket (`ops::invoke::socket`), or what else is printed of a call (`invoke`).

use std::io::BufRead;
use std::ops::ControlFlow;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::Result;
use super::reports::ReportBody;
use super::stream::EventLines;
use super::surface::SocketInput;
use crate::ops::invoke::{CallContext, ReplyHead, socket};

/// Sends what `feed` has until the agent ends the conversation, or says nothing for `idle`. Messages go to `lines` where there are
/// such, else into the returned body for `json`, else to `sink`.
///
/// # Errors
/// As [`socket::talk`], and when stdout cannot be written.
pub(super) async fn talk(
    line: &CallContext<'_>,
    (feed, idle): (SocketInput, Option<Duration>),
    (lines, json): (Option<&EventLines>, bool),
    sink: &mut (dyn FnMut(&[u8]) -> Result<ControlFlow<()>> + Send),
) -> Result<(ReplyHead, Option<ReportBody>)> {
    let mut heard = Vec::new();
    let mut take = |message: socket::AgentMessage| {
        if let Some(lines) = lines {
            return lines.print(&in_json(message));
        }
        if json {
            heard.push(in_json(message));
            return Ok(ControlFlow::Continue(()));
        }
        match message {
            socket::AgentMessage::Text(text) => sink(format!("{text}\n").as_bytes()),
            socket::AgentMessage::Binary(data) => sink(&data),
        }
    };
    let head = socket::talk(line, messages(feed), idle, &mut take).await?;
    let body = if lines.is_some() { ReportBody::Streamed } else { ReportBody::Heard(heard) };
    Ok((head, json.then_some(body)))
}

/// A message of a web socket: text as it is, bytes in base64.
fn in_json(message: socket::AgentMessage) -> Value {
    use base64::Engine;
    match message {
        socket::AgentMessage::Text(text) => json!(text),
        socket::AgentMessage::Binary(data) => {
            json!({ "base64": base64::engine::general_purpose::STANDARD.encode(data) })
        }
    }
}

/// The messages to send, as they arrive. Lines are read on a separate thread: a read of stdin cannot be cancelled.
fn messages(feed: SocketInput) -> tokio::sync::mpsc::Receiver<Bytes> {
    let (sender, receiver) = tokio::sync::mpsc::channel(16);
    match feed {
        SocketInput::One(message) => {
            // The channel holds sixteen.
            let _ = sender.try_send(message);
        }
        SocketInput::Lines => {
            tokio::task::spawn_blocking(move || {
                for line in std::io::stdin().lock().split(b'\n') {
                    let Ok(mut line) = line else { return };
                    if line.last() == Some(&b'\r') {
                        line.pop();
                    }
                    if !line.is_empty() && sender.blocking_send(line.into()).is_err() {
                        return;
                    }
                }
            });
        }
    }
    receiver
}
