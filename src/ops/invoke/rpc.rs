//! JSON-RPC over the data plane: one request, and the messages of its answer, which is a JSON body or a stream of events.
//!
//! Owns: the request's form, telling answers from notifications. Does not own: methods and results (`mcp`, `a2a`).

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::events::{EventParser, rpc_error};
use super::{CallContext, ReplyHead, failure};
use crate::cloud::{Payload, Reply};
use crate::deadline;
use crate::error::{Code, Error, Kind, Result};

/// The largest answer that is read as a whole, in bytes.
const LARGEST: usize = 100 << 20;

/// Several requests to one agent, with one limit for all of them.
#[derive(Debug)]
pub(super) struct Exchange<'a> {
    pub(super) line: CallContext<'a>,
    /// Sent with every further request.
    pub(super) headers: Vec<(String, String)>,
    end: Option<Instant>,
}

/// Receives the messages of an answer; `Break` after the last one.
pub(super) type OnMessage<'a> = &'a mut (dyn FnMut(Value) -> Result<ControlFlow<()>> + Send);

impl<'a> Exchange<'a> {
    pub(super) fn new(line: CallContext<'a>) -> Self {
        let end = line.call.timeout.and_then(deadline::end_of);
        Self { headers: line.call.headers.to_vec(), line, end }
    }

    /// Sends one message and passes every message of the answer to `each`.
    ///
    /// # Errors
    /// As [`super::call`]; also when the answer is not JSON.
    pub(super) async fn send(&self, message: &Value, each: OnMessage<'_>) -> Result<ReplyHead> {
        let mut call = self.line.call.clone();
        call.headers = &self.headers;
        call.timeout = self.left()?;
        let payload = Payload::Bytes(message.to_string().into());
        let mut reply = self.line.plane.invoke(&call, self.line.auth, &payload).await?;
        let head = ReplyHead::from_reply(&reply);
        if !head.is_good() {
            return Err(failure::refusal(&mut reply, self.line.auth, &self.line.target()).await);
        }
        if let Some(error) = failure::page_in_its_place(&reply) {
            return Err(error);
        }
        let mut given = |data: &[u8]| each(parsed(data)?);
        if head.is_events() {
            let mut events = EventParser::default();
            while let Some(chunk) = reply.chunk().await? {
                if events.feed(&chunk, &mut given)?.is_break() {
                    return Ok(head);
                }
            }
            events.finish(&mut given)?;
            return Ok(head);
        }
        let body = whole(&mut reply).await?;
        // A notification is acknowledged without a body.
        if !body.trim_ascii().is_empty() {
            let _ = given(&body)?;
        }
        Ok(head)
    }

    /// Calls a method and gives its result. Notifications on the way go to `note`.
    pub(super) async fn ask(
        &self,
        method: &str,
        params: Value,
        note: &mut (dyn FnMut(&Value) + Send),
    ) -> Result<(ReplyHead, Value)> {
        let id = uuid::Uuid::new_v4().to_string();
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let (mut answer, mut other) = (None, None);
        let head = self
            .send(&request, &mut |message| {
                if is_answer(&message, &id) {
                    answer = Some(message);
                    return Ok(ControlFlow::Break(()));
                }
                note(&message);
                other.get_or_insert(message);
                Ok(ControlFlow::Continue(()))
            })
            .await?;
        let Some(mut answer) = answer else { return Err(self.without_result(method, &head, other.as_ref())) };
        if let Some(error) = rpc_error(&answer) {
            return Err(self.failed(error, &head));
        }
        Ok((head, answer["result"].take()))
    }

    /// The error for an answer to `method` that ended without a result. `other` is a message that came instead.
    pub(super) fn without_result(&self, method: &str, head: &ReplyHead, other: Option<&Value>) -> Error {
        let error = Error::new(Kind::Agent, format!("the agent ended its answer to `{method}` without a result"))
            .code(Code::AgentAnswer);
        let error = match other {
            Some(other) => error.cause(format!("it sent {}", start_of(other.to_string().as_bytes()))),
            None => error,
        };
        let error = error.hint("choose what the agent speaks with `--protocol`");
        self.line.target().with_logs(error, head.report.as_ref()).request_id(head.request_id.clone())
    }

    /// The error of an answer as ours.
    pub(super) fn failed(&self, error: &Value, head: &ReplyHead) -> Error {
        self.failed_with(error, head, None)
    }

    /// The same with `remedy` in place of the hint at the agent's logs.
    pub(super) fn failed_with(&self, error: &Value, head: &ReplyHead, remedy: Option<String>) -> Error {
        let about = (self.line.speaks, &self.line.target());
        failure::of_rpc(error, head, about, remedy).request_id(head.request_id.clone())
    }

    fn left(&self) -> Result<Option<Duration>> {
        let Some(end) = self.end else { return Ok(None) };
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::new(Kind::Deadline, "no complete answer before the timeout")
                .hint("the agent may still be working; raise `--timeout` (seconds, 0 waits without limit)"));
        }
        Ok(Some(left))
    }
}

/// A whole body.
///
/// # Errors
/// When it is larger than any answer that is read.
pub(super) async fn whole(reply: &mut Reply) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = reply.chunk().await? {
        if body.len() + chunk.len() > LARGEST {
            return Err(Error::new(Kind::Agent, "the agent's answer is larger than 100 MB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn start_of(data: &[u8]) -> String {
    String::from_utf8_lossy(data).chars().take(200).collect()
}

pub(super) fn parsed(data: &[u8]) -> Result<Value> {
    serde_json::from_slice(data).map_err(|error| {
        Error::new(Kind::Agent, "the agent's answer is not JSON")
            .code(Code::AgentAnswer)
            .source(&error)
            .cause(start_of(data))
            .hint("choose what the agent speaks with `--protocol`, or see its logs: what it prints goes there")
    })
}

/// Whether a message answers the request: failures of the service, and of agents that could not read it, have no id.
fn is_answer(message: &Value, id: &str) -> bool {
    match message.get("id") {
        Some(Value::String(own)) => own == id && message.get("method").is_none(),
        None | Some(Value::Null) => rpc_error(message).is_some(),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_is_distinguished_from_other_messages() {
        for (message, expected) in [
            (json!({ "jsonrpc": "2.0", "id": "a", "result": {} }), true),
            (json!({ "jsonrpc": "2.0", "id": "a", "error": { "code": 1 } }), true),
            (json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32010 } }), true),
            (json!({ "jsonrpc": "2.0", "error": { "code": -32010 } }), true),
            (json!({ "jsonrpc": "2.0", "id": "b", "result": {} }), false),
            (json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": {} }), false),
            (json!({ "jsonrpc": "2.0", "id": "a", "method": "sampling/createMessage" }), false),
        ] {
            assert_eq!(is_answer(&message, "a"), expected, "{message}");
        }
    }
}
