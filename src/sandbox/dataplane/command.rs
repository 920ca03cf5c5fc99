//! InvokeAgentRuntimeCommand: `POST /runtimes/ARN/commands`, a command line in the session's environment, its output as an
//! event stream.
//!
//! Owns: the request's limits, the events, the ways in which a command ends: by itself, at its time limit, with its session, or
//! with its caller. Does not own: who may call (`gate`), how commands run (`runner::inside`). Source: the model, and the
//! developer guide's page on commands. How the service ends a stream whose command printed too much or whose session was
//! stopped is not documented; here these are failures in the stream.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc;

use super::envelope::ServerProtocol;
use super::headers::SESSION;
use super::{ResolvedAgent, fault_of, session, spec};
use crate::event_stream::{self, EventMessage};
use crate::facts::{COMMAND_LENGTH, COMMAND_OUTPUT_LIMIT, COMMAND_SECONDS, DEFAULT_COMMAND_SECONDS, log_group};
use crate::sandbox::control::invalid;
use crate::sandbox::gate::Admitted;
use crate::sandbox::reply::{Fault, Response};
use crate::sandbox::request::{Request, json_object};
use crate::sandbox::runner::{CommandRun, Lease};
use crate::sandbox::{SharedSandbox, random};

/// The largest request: a command whose every character is an escape in JSON, and then some.
const BODY_LIMIT: usize = 1 << 20;
/// Bytes of output in one event: below 64 KB even where each of them is written as an escape of six.
const PIECE: usize = 8 << 10;
/// The exit status of a command that was ended at its time limit, as `timeout` of the coreutils has it.
const TIMED_OUT: i32 = 124;
/// The exit status of a failure of the platform.
const PLATFORM_ERROR: i32 = -1;

/// A command that may run.
struct CommandRequest {
    line: String,
    limit: Duration,
}

/// # Errors
/// The fault; the caller puts it into the protocol's form.
pub(super) async fn run(
    sandbox: &SharedSandbox,
    request: &mut Request,
    admitted: Admitted,
    (target, server): (&ResolvedAgent, ServerProtocol),
) -> Result<Response, Fault> {
    let session = session(request)?.map(str::to_owned).unwrap_or_else(random::uuid);
    let body = match admitted {
        Admitted::Token => request.bytes(BODY_LIMIT).await?,
        Admitted::Signed(spooled) if spooled.length > BODY_LIMIT as u64 => return Err(too_long()),
        Admitted::Signed(spooled) => {
            let mut stream = spooled.into_stream();
            let mut body = Vec::new();
            while let Some(chunk) = stream.next().await {
                body.extend_from_slice(&chunk.map_err(|error| Fault::internal(error.to_string()))?);
            }
            body.into()
        }
    };
    let command = CommandRequest::of_body(&json_object(&body)?)?;
    let lease = sandbox
        .runner
        .lease(sandbox, spec(sandbox, target, server)?, &session)
        .await
        .map_err(|failed| fault_of(sandbox, &failed))?;
    let group = log_group(&target.runtime.id, &target.qualifier);
    let now = sandbox.clock.now();
    let stream = format!("{}/{:02}/{:02}/[runtime-logs]{session}", now.year(), u8::from(now.month()), now.day());
    sandbox.log(&group, &stream, &format!("[sandbox] command: {}", command.line));
    let failed = |error: crate::error::Error| {
        Fault::new(424, "RuntimeClientError", format!("The command could not be started: {error}"))
    };
    let environment = lease.environment().ok_or_else(|| Fault::internal("the session has no environment"))?;
    let run = environment.command(&command.line).await.map_err(failed)?;
    let (sender, receiver) = mpsc::channel(4);
    tokio::spawn(drive(run, lease, command.limit, sender));
    let messages = futures_util::stream::unfold(receiver, |mut receiver| async {
        let message: Bytes = receiver.recv().await?;
        Some((Ok::<_, std::io::Error>(message), receiver))
    });
    let mut response = Response::new(Body::from_stream(messages));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(event_stream::CONTENT_TYPE));
    if let Ok(value) = HeaderValue::from_str(&session) {
        headers.insert(SESSION, value);
    }
    Ok(response)
}

impl CommandRequest {
    fn of_body(body: &Value) -> Result<Self, Fault> {
        let line = body.get("command").and_then(Value::as_str).ok_or_else(|| {
            invalid(
                "1 validation error detected: Value null at 'body.command' failed to satisfy constraint: Member must \
                 not be null",
            )
        })?;
        let length = line.chars().count();
        if length < *COMMAND_LENGTH.start() {
            return Err(constraint("command", "Member must have length greater than or equal to 1"));
        }
        if length > *COMMAND_LENGTH.end() {
            return Err(too_long());
        }
        if line.contains('\0') {
            return Err(constraint("command", "Member must not contain a null character"));
        }
        let seconds = match body.get("timeout") {
            None | Some(Value::Null) => DEFAULT_COMMAND_SECONDS,
            Some(value) => value.as_u64().filter(|seconds| COMMAND_SECONDS.contains(seconds)).ok_or_else(|| {
                constraint(
                    "timeout",
                    &format!("Member must be between {} and {}", COMMAND_SECONDS.start(), COMMAND_SECONDS.end()),
                )
            })?,
        };
        Ok(Self { line: line.to_owned(), limit: Duration::from_secs(seconds) })
    }
}

fn constraint(member: &str, text: &str) -> Fault {
    invalid(format!("1 validation error detected: Value at 'body.{member}' failed to satisfy constraint: {text}"))
}

fn too_long() -> Fault {
    constraint("command", &format!("Member must have length less than or equal to {}", COMMAND_LENGTH.end()))
}

/// Why a command is not waited for any longer.
enum Outcome {
    /// By itself, with this exit status.
    Ended(Option<i32>),
    TooMuch,
    TimedOut,
    CallerGone,
    SessionEnded,
}

/// Passes the output on until the command ends, or has to.
async fn drive(mut run: CommandRun, lease: Lease, limit: Duration, sender: mpsc::Sender<Bytes>) {
    let outcome = {
        let output = async {
            if sender.send(chunk(&json!({ "contentStart": {} }))).await.is_err() {
                return Outcome::CallerGone;
            }
            pass_on(&mut run, &sender).await
        };
        tokio::select! {
            outcome = output => outcome,
            () = tokio::time::sleep(limit) => Outcome::TimedOut,
            () = sender.closed() => Outcome::CallerGone,
            () = lease.ended() => Outcome::SessionEnded,
        }
    };
    let last = match outcome {
        Outcome::Ended(code) => stop(code.unwrap_or(PLATFORM_ERROR), "COMPLETED"),
        Outcome::TimedOut => {
            run.kill().await;
            stop(TIMED_OUT, "TIMED_OUT")
        }
        Outcome::CallerGone => return run.kill().await,
        Outcome::TooMuch => {
            run.kill().await;
            failure("serviceQuotaExceededException", &format!("The output is larger than {COMMAND_OUTPUT_LIMIT} bytes"))
        }
        Outcome::SessionEnded => {
            run.kill().await;
            failure("runtimeClientError", "The session ended while the command ran")
        }
    };
    let _ = sender.send(last).await;
}

fn chunk(payload: &Value) -> Bytes {
    EventMessage::event("chunk", payload).encode()
}

fn stop(code: i32, status: &str) -> Bytes {
    chunk(&json!({ "contentStop": { "exitCode": code, "status": status } }))
}

fn failure(kind: &str, message: &str) -> Bytes {
    EventMessage::exception(kind, &json!({ "message": message })).encode()
}

/// Both streams as they come, each cut between characters, and then the command's end.
async fn pass_on(run: &mut CommandRun, sender: &mpsc::Sender<Bytes>) -> Outcome {
    let mut out = TextStream::new("stdout");
    let mut err = TextStream::new("stderr");
    let mut total = 0_u64;
    while out.is_open || err.is_open {
        let (delta, read) = tokio::select! {
            read = out.read(&mut run.stdout), if out.is_open => (out.take(read), read),
            read = err.read(&mut run.stderr), if err.is_open => (err.take(read), read),
        };
        total += read as u64;
        if total > COMMAND_OUTPUT_LIMIT {
            return Outcome::TooMuch;
        }
        if let Some(delta) = delta
            && sender.send(chunk(&json!({ "contentDelta": delta }))).await.is_err()
        {
            return Outcome::CallerGone;
        }
    }
    // It may have closed its output, and go on.
    Outcome::Ended(run.status().await)
}

/// One stream of a command. Events carry text: bytes that are none become U+FFFD.
struct TextStream {
    name: &'static str,
    buffer: Vec<u8>,
    /// Bytes of a character that is not complete yet, at the buffer's beginning.
    rest: usize,
    is_open: bool,
}

impl TextStream {
    fn new(name: &'static str) -> Self {
        Self { name, buffer: vec![0; PIECE], rest: 0, is_open: true }
    }

    async fn read(&mut self, stream: &mut (impl AsyncRead + Unpin)) -> usize {
        stream.read(&mut self.buffer[self.rest..]).await.unwrap_or(0)
    }

    /// The text that is complete after `read` more bytes; at the end all of it.
    fn take(&mut self, read: usize) -> Option<Value> {
        let filled = self.rest + read;
        self.is_open = read > 0;
        let whole = if self.is_open { whole_characters(&self.buffer[..filled]) } else { filled };
        let text = String::from_utf8_lossy(&self.buffer[..whole]).into_owned();
        self.buffer.copy_within(whole..filled, 0);
        self.rest = filled - whole;
        (!text.is_empty()).then(|| json!({ self.name: text }))
    }
}

/// The length without the bytes of a last character that is not complete.
fn whole_characters(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        let needs = match byte {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80..=0xbf => continue,
            _ => 1,
        };
        return if needs > back { bytes.len() - back } else { bytes.len() };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_not_cut() {
        let text = "a\u{e9}\u{d55c}\u{1f600}z".repeat(3);
        for size in 1..12 {
            let mut stream = TextStream::new("stdout");
            let mut seen = String::new();
            for piece in text.as_bytes().chunks(size).chain([&[][..]]) {
                stream.buffer[stream.rest..stream.rest + piece.len()].copy_from_slice(piece);
                if let Some(delta) = stream.take(piece.len()) {
                    seen.push_str(delta["stdout"].as_str().unwrap());
                }
            }
            assert_eq!(seen, text, "{size}");
        }
        assert_eq!(whole_characters(&[b'a', 0xff]), 2, "what is no text is not waited for");
    }

    #[test]
    fn commands_keep_to_the_limits() {
        let refused = |body: Value| CommandRequest::of_body(&body).err().map(|fault| fault.message);
        let long = "x".repeat(65_537);
        assert!(refused(json!({ "command": long })).unwrap().contains("less than or equal to 65536"));
        assert!(refused(json!({ "command": "" })).is_some() && refused(json!({})).is_some());
        for timeout in [json!(0), json!(3601), json!(-1), json!("5"), json!(1.5)] {
            assert!(refused(json!({ "command": "x", "timeout": timeout })).is_some(), "{timeout}");
        }
        let command = CommandRequest::of_body(&json!({ "command": "x".repeat(65_536) })).unwrap();
        assert_eq!(command.limit, Duration::from_secs(300));
    }
}
