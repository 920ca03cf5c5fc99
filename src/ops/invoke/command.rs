//! A command line in a session: its output as it comes, and how it ended.
//!
//! Owns: the events of the stream. Does not own: the request (`cloud`), where output goes (cli).

use std::ops::ControlFlow;

use serde_json::Value;

use super::{CallContext, ReplyHead, failure};
use crate::error::{Code, Error, Kind, Result};
use crate::event_stream::{self, EventDecoder, EventMessage};

/// A part of a command's output.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CommandOutput<'a> {
    Stdout(&'a str),
    Stderr(&'a str),
}

/// How a command ended by itself.
#[derive(Clone, Debug)]
pub(crate) struct CommandEnd {
    pub(crate) head: ReplyHead,
    pub(crate) exit_code: i32,
}

/// Receives the output as it arrives; `Break` ends the call.
pub(crate) type OutputSink<'a> = &'a mut (dyn FnMut(CommandOutput<'_>) -> Result<ControlFlow<()>> + Send);

/// Runs a command line for `seconds` at most. `None` when the sink broke.
///
/// # Errors
/// As [`super::call`]; [`Kind::Deadline`] for a command that was ended at its time limit, [`Kind::Failed`] for one that the
/// service could not run, or whose stream was cut off.
pub(crate) async fn command(
    line: &CallContext<'_>,
    (text, seconds): (&str, u64),
    sink: OutputSink<'_>,
) -> Result<Option<CommandEnd>> {
    let mut reply = line.plane.command(line.call, line.auth, (text, seconds)).await?;
    let head = ReplyHead::from_reply(&reply);
    if !head.is_good() {
        return Err(failure::refusal(&mut reply, line.auth, &line.target()).await);
    }
    if !head.content_type.starts_with(event_stream::CONTENT_TYPE) {
        return Err(failure::not_of_type(&reply));
    }
    let mut decoder = EventDecoder::default();
    loop {
        let chunk = match reply.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            // Where it breaks is up to the connection, and means the same.
            Err(error) if error.kind() == Kind::Failed => return Err(cut_off(&head).cause(error.to_string())),
            Err(error) => return Err(error),
        };
        decoder.push(&chunk);
        while let Some(message) = decoder.next_message()? {
            match heard(&message, line, sink)? {
                Heard::Nothing => {}
                Heard::Broken => return Ok(None),
                Heard::End(value) => return ended(&value, (head, seconds)).map(Some),
            }
        }
    }
    Err(cut_off(&head))
}

fn cut_off(head: &ReplyHead) -> Error {
    Error::failed("the output of the command was cut off, and its exit status is not known")
        .code(Code::Network)
        .request_id(head.request_id.clone())
        .hint("the command may still be running; try again in a moment")
}

enum Heard {
    Nothing,
    /// The reader of the output is gone.
    Broken,
    End(Value),
}

fn heard(message: &EventMessage, line: &CallContext<'_>, sink: OutputSink<'_>) -> Result<Heard> {
    let value: Value = serde_json::from_slice(&message.payload).unwrap_or_default();
    if message.header(":message-type").is_some_and(|kind| kind != "event") {
        let name = message.header(":exception-type").or(message.header(":error-code")).unwrap_or("unknown");
        let words = message.header(":error-message").map_or_else(|| failure::words_of(&message.payload), str::to_owned);
        return Err(failure::of_event(name, words, line.auth, &line.target()));
    }
    if let Some(end) = value.get("contentStop") {
        return Ok(Heard::End(end.clone()));
    }
    let text = |name: &str| value.get("contentDelta")?.get(name)?.as_str();
    let parts = [text("stdout").map(CommandOutput::Stdout), text("stderr").map(CommandOutput::Stderr)];
    for part in parts.into_iter().flatten() {
        if sink(part)?.is_break() {
            return Ok(Heard::Broken);
        }
    }
    Ok(Heard::Nothing)
}

fn ended(end: &Value, (head, seconds): (ReplyHead, u64)) -> Result<CommandEnd> {
    let code = end.get("exitCode").and_then(Value::as_i64).and_then(|code| i32::try_from(code).ok());
    if end.get("status").and_then(Value::as_str) == Some("TIMED_OUT") {
        return Err(Error::new(Kind::Deadline, format!("the command was ended after {seconds} s"))
            .code(Code::CommandTimedOut)
            .request_id(head.request_id)
            .hint("give it more time: `--command-timeout SECONDS`"));
    }
    match code {
        Some(exit_code) if exit_code >= 0 => Ok(CommandEnd { head, exit_code }),
        _ => Err(Error::failed("the service could not run the command")
            .code(Code::CommandPlatform)
            .request_id(head.request_id)
            .hint("try again in a moment")),
    }
}
