//! Server-sent events, and the watch for a failure inside an answer that began with a good status.
//!
//! Owns: splitting a stream into events wherever its chunks break; what counts as a failure in there. Does not own: what
//! a failure means (`failure`).

use std::ops::ControlFlow;

use serde_json::Value;

use super::failure::{self, AgentProtocol};
use super::{CallContext, ReplyHead};
use crate::error::{Code, Error, Kind, Result};

/// Parses server-sent events: returns the data of each.
#[derive(Debug, Default)]
pub(crate) struct EventParser {
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
}

impl EventParser {
    /// The largest event, in bytes: a chunk of the service has 10 MB at most.
    const LARGEST: usize = 16 << 20;

    /// # Errors
    /// When an event is larger than any that the service passes on, and what `each` fails with.
    pub(crate) fn feed(
        &mut self,
        chunk: &[u8],
        each: &mut dyn FnMut(&[u8]) -> Result<ControlFlow<()>>,
    ) -> Result<ControlFlow<()>> {
        for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
            if self.line.len() + self.data.len() + piece.len() > Self::LARGEST {
                return Err(Error::new(Kind::Agent, "the agent sent an event larger than 16 MB"));
            }
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") && self.end_of_line(each)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The stream has ended: an event without the empty line behind it counts too.
    pub(crate) fn finish(&mut self, each: &mut dyn FnMut(&[u8]) -> Result<ControlFlow<()>>) -> Result<()> {
        self.line.push(b'\n');
        if self.end_of_line(each)?.is_continue() && self.has_data {
            let _ = self.end_of_event(each)?;
        }
        Ok(())
    }

    fn end_of_line(&mut self, each: &mut dyn FnMut(&[u8]) -> Result<ControlFlow<()>>) -> Result<ControlFlow<()>> {
        let line = std::mem::take(&mut self.line);
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.is_empty() {
            return if self.has_data { self.end_of_event(each) } else { Ok(ControlFlow::Continue(())) };
        }
        if let Some(data) = text.strip_prefix(b"data:") {
            if std::mem::replace(&mut self.has_data, true) {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
        }
        Ok(ControlFlow::Continue(()))
    }

    fn end_of_event(&mut self, each: &mut dyn FnMut(&[u8]) -> Result<ControlFlow<()>>) -> Result<ControlFlow<()>> {
        self.has_data = false;
        each(&std::mem::take(&mut self.data))
    }
}

/// Watches an answer that is passed on as it is: after the first byte a failure can only appear inside it.
#[derive(Debug)]
pub(super) enum FailureWatch {
    Nothing,
    Stream(ErrorWatch),
    /// A JSON-RPC answer; kept while it is small, because an error is.
    Body(Vec<u8>),
}

impl FailureWatch {
    const LARGEST: usize = 256 << 10;

    pub(super) fn for_reply(head: &ReplyHead, speaks: AgentProtocol) -> Self {
        if head.is_events() {
            return Self::Stream(ErrorWatch { rpc: speaks != AgentProtocol::Plain, ..ErrorWatch::default() });
        }
        let rpc = speaks != AgentProtocol::Plain || head.error_type.is_some();
        if rpc && head.content_type.starts_with("application/json") { Self::Body(Vec::new()) } else { Self::Nothing }
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) {
        match self {
            Self::Nothing => {}
            Self::Stream(watch) => watch.feed(chunk),
            Self::Body(body) if body.len() + chunk.len() > Self::LARGEST => *self = Self::Nothing,
            Self::Body(body) => body.extend_from_slice(chunk),
        }
    }

    /// The failure found in the answer, at its end.
    pub(super) fn found(self, head: &ReplyHead, line: &CallContext<'_>) -> Option<Error> {
        let rpc = |error: &Value| {
            let remedy = failure::a2a_remedy(error, line.speaks, line.call.headers);
            failure::of_rpc(error, head, (line.speaks, &line.target()), remedy)
        };
        let error = match self {
            Self::Nothing => None,
            Self::Stream(watch) => match watch.finish()? {
                StreamFailure::Event(message) => {
                    let error = Error::new(Kind::Agent, "the agent failed while it was answering")
                        .code(Code::AgentStreamError)
                        .cause(message);
                    Some(line.target().with_logs(error, head.report.as_ref()))
                }
                StreamFailure::Rpc(error) => Some(rpc(&error)),
            },
            Self::Body(body) => {
                let answer: Value = serde_json::from_slice(&body).ok()?;
                rpc_error(&answer).map(rpc)
            }
        };
        error.map(|error| error.request_id(head.request_id.clone()))
    }
}

/// The error of a JSON-RPC answer.
pub(super) fn rpc_error(answer: &Value) -> Option<&Value> {
    answer.get("jsonrpc")?;
    answer.get("error").filter(|error| error.is_object())
}

/// A failure inside a stream.
#[derive(Debug, PartialEq)]
enum StreamFailure {
    /// Of an agent or of AG-UI.
    Event(String),
    Rpc(Value),
}

/// Looks for an error event. Holds at most one line.
#[derive(Debug, Default)]
pub(super) struct ErrorWatch {
    line: Vec<u8>,
    /// The event under way is named `error`, which is how agents of the TypeScript SDK report that they failed.
    is_error: bool,
    rpc: bool,
    error: Option<StreamFailure>,
}

impl ErrorWatch {
    const LONGEST: usize = 64 * 1024;

    fn feed(&mut self, chunk: &[u8]) {
        for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
            let room = Self::LONGEST.saturating_sub(self.line.len());
            self.line.extend_from_slice(piece.get(..room).unwrap_or(piece));
            if piece.ends_with(b"\n") {
                self.check();
                self.line.clear();
            }
        }
    }

    /// The failure that was seen. The last line counts without its end, too.
    fn finish(mut self) -> Option<StreamFailure> {
        self.check();
        self.error
    }

    fn check(&mut self) {
        let line = self.line.trim_ascii_end();
        if line.is_empty() {
            self.is_error = false;
        } else if let Some(name) = line.strip_prefix(b"event:") {
            self.is_error = name.trim_ascii_start() == b"error";
        } else if let Some(data) = line.strip_prefix(b"data:")
            && let Some(error) = self.failure(data.trim_ascii_start())
        {
            self.error = Some(error);
        }
    }

    fn failure(&self, data: &[u8]) -> Option<StreamFailure> {
        let likely = |needle: &[u8]| data.windows(needle.len()).any(|window| window == needle);
        let wanted =
            self.is_error || likely(b"\"error_type\"") || likely(b"RUN_ERROR") || (self.rpc && likely(b"\"error\""));
        if !wanted {
            return None;
        }
        let Ok(event) = serde_json::from_slice::<Value>(data) else {
            return self.is_error.then(|| StreamFailure::Event(String::from_utf8_lossy(data).into_owned()));
        };
        if self.rpc
            && let Some(error) = rpc_error(&event)
        {
            return Some(StreamFailure::Rpc(error.clone()));
        }
        let text = |member: &str| event.get(member).and_then(Value::as_str);
        let message = if text("type") == Some("RUN_ERROR") {
            text("message").unwrap_or("RUN_ERROR").to_owned()
        } else {
            match (text("error"), text("error_type")) {
                (Some(error), Some(kind)) => format!("{kind}: {error}"),
                _ if !self.is_error => return None,
                (Some(error), None) => error.to_owned(),
                (None, _) => text("message").map_or_else(|| event.to_string(), str::to_owned),
            }
        };
        Some(StreamFailure::Event(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(pieces: &[&[u8]]) -> Vec<String> {
        let mut found = Vec::new();
        let mut each = |data: &[u8]| {
            found.push(String::from_utf8_lossy(data).into_owned());
            Ok(ControlFlow::Continue(()))
        };
        let mut events = EventParser::default();
        for piece in pieces {
            let _ = events.feed(piece, &mut each).unwrap();
        }
        events.finish(&mut each).unwrap();
        found
    }

    #[test]
    fn events_are_found_wherever_the_chunks_break() {
        let stream: &[u8] =
            b": hello\r\nevent: message\r\ndata: {\"a\":1}\r\n\r\nid: 7\ndata: two\ndata:lines\n\n\n\ndata: last";
        for cut in 0..stream.len() {
            assert_eq!(events(&[&stream[..cut], &stream[cut..]]), ["{\"a\":1}", "two\nlines", "last"], "cut at {cut}");
        }
    }

    #[test]
    fn a_stream_can_be_left() {
        let mut count = 0;
        let mut each = |_: &[u8]| {
            count += 1;
            Ok(ControlFlow::Break(()))
        };
        assert!(EventParser::default().feed(b"data: 1\n\ndata: 2\n\n", &mut each).unwrap().is_break());
        assert_eq!(count, 1);
    }

    #[test]
    fn error_event_is_seen_across_chunk_boundaries() {
        let stream = "data: \"hello\"\n\ndata: {\"error\": \"boom\", \"error_type\": \"ValueError\"}\n\n";
        for cut in 0..stream.len() {
            let mut watch = ErrorWatch::default();
            watch.feed(&stream.as_bytes()[..cut]);
            watch.feed(&stream.as_bytes()[cut..]);
            assert_eq!(watch.error, Some(StreamFailure::Event("ValueError: boom".to_owned())), "cut at {cut}");
        }
    }

    #[test]
    fn events_named_error_are_failures() {
        let found = |stream: &str| {
            let mut watch = ErrorWatch::default();
            watch.feed(stream.as_bytes());
            watch.finish()
        };
        for (stream, message) in [
            ("event: error\ndata: {\"error\":\"boom\"}\n\n", "boom"),
            ("id: 7\r\nevent:error\r\ndata:{\"message\": \"boom\"}\r\n\r\n", "boom"),
            ("event: error\ndata: it broke\n\nevent: message\ndata: \"on\"\n\n", "it broke"),
            ("event: error\ndata: {\"code\":7}", "{\"code\":7}"),
        ] {
            assert_eq!(found(stream), Some(StreamFailure::Event(message.to_owned())), "{stream:?}");
        }
        assert!(found(&format!("event: error\ndata: \"{}\"\n\n", "x".repeat(ErrorWatch::LONGEST))).is_some());
        assert_eq!(found("event: error\n\ndata: {\"error\":\"said\"}\n\n"), None);
        assert_eq!(found("event: message\ndata: {\"error\":\"said\"}\n\n"), None);
    }

    #[test]
    fn answer_that_mentions_errors_is_not_one() {
        let rpc = b"data: {\"jsonrpc\": \"2.0\", \"error\": {\"code\": 1}}\n\n";
        let mut watch = ErrorWatch::default();
        watch.feed(b"data: {\"error\": \"in the user's code\"}\n\ndata: \"error_type\"\n\n");
        watch.feed(rpc);
        assert_eq!(watch.error, None);
        let mut watch = ErrorWatch { rpc: true, ..ErrorWatch::default() };
        watch.feed(b"data: {\"jsonrpc\": \"2.0\", \"result\": {\"error\": {}}}\n\n");
        assert_eq!(watch.error, None);
        watch.feed(rpc);
        assert!(matches!(watch.error, Some(StreamFailure::Rpc(_))));
    }
}
