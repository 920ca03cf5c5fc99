//! A shell in a session: keys and sizes to it, its output back, over as many connections as it takes.
//!
//! Owns: which end of a connection is followed by another one (`reconnect` has how), the pace of frames, heartbeats, what was
//! shown already (`replay`). Does not own: the connection (`cloud`), the terminal (cli, ui).

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until};

use super::failure::{self, CallTarget};
use super::reconnect::{NotConnected, Reconnection};
use super::replay::ShownOutput;
use super::{CallContext, DEFAULT_ENDPOINT};
use crate::cloud::{Handshake, Socket, SocketMessage};
use crate::error::{Code, Error, Kind, Result};
use crate::shell_frames::{CONTENT_LIMIT, ShellFrame, ShellStatus};

/// The time between two frames of ours: the service closes the connection at 250 in a second.
const PACE: Duration = Duration::from_millis(5);
/// A heartbeat keeps the way open, and finds out when it is not: the service answers each.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// A connection that takes nothing for so long is lost. Nobody can leave meanwhile.
const TAKEN_WITHIN: Duration = Duration::from_secs(10);
/// Output comes again without a pause; after one of so long there is no more of it.
const REPLAY_PAUSE: Duration = Duration::from_millis(400);
/// What may be typed while there is no connection.
const MOST_TYPED: usize = 64 << 10;

/// What the person at the terminal does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TerminalInput {
    Typed(Bytes),
    Resized(u16, u16),
    /// Leave; the shell goes on.
    Leave,
}

/// What the person at the terminal sees.
#[derive(Debug)]
pub(crate) enum TerminalOutput<'a> {
    Printed(&'a [u8]),
    Note(&'a str),
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShellOutcome {
    Exited(i32),
    Left,
}

/// An open shell.
pub(crate) struct OpenShell<'a> {
    line: CallContext<'a>,
    /// The command that opens another shell of the session.
    command: &'a str,
    socket: Box<Socket>,
    pub(crate) shell_id: String,
    shown: ShownOutput,
    size: (u16, u16),
    /// What could not be sent yet.
    typed: BytesMut,
}

type Screen<'a> = &'a mut (dyn FnMut(TerminalOutput<'_>) -> Result<()> + Send);

/// Opens the shell with this id in the session of the call, a new one where there is none. `command` is the one that opens
/// another shell of the session.
///
/// # Errors
/// As [`super::call`] before the connection is open.
pub(crate) async fn open<'a>(
    (line, command): (CallContext<'a>, &'a str),
    shell_id: &str,
    size: (u16, u16),
) -> Result<OpenShell<'a>> {
    let socket = connect((&line, command), shell_id).await.map_err(|failed| failed.error)?;
    let shell_id = socket.shell_id.clone().unwrap_or_else(|| shell_id.to_owned());
    let (shown, typed) = (ShownOutput::default(), BytesMut::new());
    Ok(OpenShell { line, command, socket, shell_id, shown, size, typed })
}

async fn connect((line, command): (&CallContext<'_>, &str), shell_id: &str) -> Result<Box<Socket>, NotConnected> {
    match line.plane.shell(line.call, line.auth, shell_id).await? {
        Handshake::Open(socket) => Ok(socket),
        Handshake::Refused(mut reply) => {
            let endpoint = line.call.qualifier.unwrap_or(DEFAULT_ENDPOINT);
            let target = CallTarget::Shell { id: line.call.arn.resource_id(), endpoint, logs: line.logs, command };
            let retry_after = reply.retry_after();
            Err(NotConnected { error: failure::refusal(&mut reply, line.auth, &target).await, retry_after })
        }
    }
}

/// How one connection ended.
enum ConnectionEnd {
    Outcome(ShellOutcome),
    Failed(Error),
    /// Another one may lead to the same shell.
    Lost,
}

/// The state of one connection.
struct Link {
    /// It opened the shell.
    is_first: bool,
    /// It leads to the shell that was meant: what is typed must not go to another one.
    is_known: bool,
    awaits_heartbeat: bool,
    /// The platform has announced the end.
    is_ending: bool,
}

impl OpenShell<'_> {
    /// Passes everything on until the shell ends or the person leaves.
    ///
    /// # Errors
    /// When the connection is closed for a reason that another one would not help against, or the shell could not be reached
    /// again.
    pub(crate) async fn run(&mut self, mut input: Receiver<TerminalInput>, screen: Screen<'_>) -> Result<ShellOutcome> {
        let mut is_first = true;
        loop {
            let ended = self.over_connection(&mut input, (&mut *screen, is_first)).await?;
            is_first = false;
            match ended {
                ConnectionEnd::Outcome(outcome) => {
                    self.socket.close().await;
                    return Ok(outcome);
                }
                ConnectionEnd::Failed(error) => return Err(error),
                ConnectionEnd::Lost => {}
            }
            screen(TerminalOutput::Note("the connection is lost; connecting again (Enter ~ . leaves)"))?;
            if !self.again(&mut input, &mut *screen).await? {
                return Ok(ShellOutcome::Left);
            }
            screen(TerminalOutput::Note("connected again"))?;
        }
    }

    async fn over_connection(
        &mut self,
        input: &mut Receiver<TerminalInput>,
        (screen, is_first): (Screen<'_>, bool),
    ) -> Result<ConnectionEnd> {
        if !is_first {
            self.shown.reconnected();
        }
        if !self.send_size().await {
            return Ok(ConnectionEnd::Lost);
        }
        let mut link = Link { is_first, is_known: is_first, awaits_heartbeat: false, is_ending: false };
        let mut next_frame = Instant::now();
        let mut heartbeat = Instant::now() + HEARTBEAT;
        let mut quiet = Instant::now() + REPLAY_PAUSE;
        loop {
            let may_type = link.is_known && !self.typed.is_empty();
            if may_type && Instant::now() >= next_frame {
                next_frame = Instant::now() + PACE;
                if !self.send_piece().await {
                    return Ok(ConnectionEnd::Lost);
                }
            }
            let has_room = self.typed.len() < MOST_TYPED;
            tokio::select! {
                given = input.recv(), if has_room => match given {
                    Some(TerminalInput::Typed(bytes)) => self.typed.extend_from_slice(&bytes),
                    Some(TerminalInput::Resized(width, height)) => {
                        self.size = (width, height);
                        if !self.send_size().await {
                            return Ok(ConnectionEnd::Lost);
                        }
                    }
                    // The terminal may be gone, which leaves the shell as it is.
                    Some(TerminalInput::Leave) | None => {
                        while link.is_known && !self.typed.is_empty() && self.send_piece().await {}
                        return Ok(ConnectionEnd::Outcome(ShellOutcome::Left));
                    }
                },
                () = sleep_until(next_frame), if may_type => {}
                message = self.socket.next_message() => {
                    quiet = Instant::now() + REPLAY_PAUSE;
                    if let Some(ended) = self.hear(message, &mut link, &mut *screen).await? {
                        return Ok(ended);
                    }
                }
                () = sleep_until(quiet), if self.shown.is_holding() => {
                    let new = self.shown.release(false);
                    screen(TerminalOutput::Printed(&new))?;
                    quiet = Instant::now() + REPLAY_PAUSE;
                }
                () = sleep_until(heartbeat) => {
                    if link.awaits_heartbeat || !self.send(&ShellFrame::Heartbeat).await {
                        return Ok(ConnectionEnd::Lost);
                    }
                    link.awaits_heartbeat = true;
                    heartbeat = Instant::now() + HEARTBEAT;
                }
            }
        }
    }

    /// What a message means; the end of the connection, where it is one.
    async fn hear(
        &mut self,
        message: SocketMessage,
        link: &mut Link,
        screen: Screen<'_>,
    ) -> Result<Option<ConnectionEnd>> {
        let data = match message {
            SocketMessage::Binary(data) => data,
            SocketMessage::Text(_) => return Ok(None),
            SocketMessage::Closed(told) => {
                self.release(screen)?;
                return Ok(Some(self.closed(told, link.is_ending)));
            }
            SocketMessage::Lost(_) => {
                self.release(screen)?;
                return Ok(Some(if link.is_ending { ConnectionEnd::Failed(gone()) } else { ConnectionEnd::Lost }));
            }
        };
        // Whatever comes shows that the way is open.
        link.awaits_heartbeat = false;
        match ShellFrame::decode(&data) {
            ShellFrame::Stdout(bytes) => {
                link.is_known = true;
                let new = self.shown.arrived(&bytes);
                screen(TerminalOutput::Printed(&new))?;
            }
            ShellFrame::Stderr(bytes) => screen(TerminalOutput::Note(&String::from_utf8_lossy(&bytes)))?,
            ShellFrame::Status(ShellStatus::Opened { shell_id, reconnected }) => {
                self.shell_id = shell_id;
                if !link.is_first && !reconnected {
                    // What was there is gone, and nobody asked for a new one.
                    self.send(&ShellFrame::Close).await;
                    self.socket.close().await;
                    return Ok(Some(ConnectionEnd::Failed(gone())));
                }
                link.is_known = true;
            }
            ShellFrame::Status(ShellStatus::Exited { code, .. }) => {
                self.release(screen)?;
                return Ok(Some(ConnectionEnd::Outcome(ShellOutcome::Exited(code))));
            }
            ShellFrame::Status(ShellStatus::Failed(reason)) => {
                let error = Error::failed("the service could not go on with the shell").code(Code::ShellGone);
                return Ok(Some(ConnectionEnd::Failed(error.cause(reason).hint("open a new one: `agentcore shell`"))));
            }
            ShellFrame::Close => link.is_ending = true,
            // A heartbeat is the answer to ours. Answered itself, it would go to and fro without end.
            ShellFrame::Heartbeat | ShellFrame::Stdin(_) | ShellFrame::Resize { .. } | ShellFrame::Unknown(_) => {}
        }
        Ok(None)
    }

    /// Whether it was taken; a connection that takes nothing is lost.
    async fn send(&mut self, frame: &ShellFrame) -> bool {
        let sent = tokio::time::timeout(TAKEN_WITHIN, self.socket.send_binary(frame.encode())).await;
        matches!(sent, Ok(Ok(())))
    }

    async fn send_size(&mut self) -> bool {
        let (width, height) = self.size;
        self.send(&ShellFrame::Resize { width, height }).await
    }

    /// Sends as much of what was typed as a message holds.
    async fn send_piece(&mut self) -> bool {
        let length = self.typed.len().min(CONTENT_LIMIT);
        let piece = self.typed.split_to(length).freeze();
        self.send(&ShellFrame::Stdin(piece)).await
    }

    /// Shows what was held back, because nothing more comes.
    fn release(&mut self, screen: Screen<'_>) -> Result<()> {
        let new = self.shown.release(true);
        screen(TerminalOutput::Printed(&new))
    }

    /// What a close frame means. `is_ending` after the platform has announced the end.
    fn closed(&self, told: Option<(u16, String)>, is_ending: bool) -> ConnectionEnd {
        let Some((code, reason)) = told else { return ConnectionEnd::Lost };
        let error = match code {
            1001 | 1006 | 1011 if !is_ending => return ConnectionEnd::Lost,
            // The age limit of the connection, not of the shell.
            1008 if reason.contains("duration") => return ConnectionEnd::Lost,
            1001 | 1006 | 1011 => return ConnectionEnd::Failed(gone().cause(reason)),
            1000 => Error::failed("the shell's connection was closed without its exit status"),
            1008 => Error::new(Kind::Refused, "the service refused to go on with the shell"),
            1009 => Error::usage("a message was too large for a frame"),
            4000 => Error::failed(format!("another connection has taken over the shell `{}`", self.shell_id))
                .hint("it goes on there; a shell of your own: `agentcore shell`"),
            _ => Error::failed("the shell's connection was closed"),
        };
        let cause =
            if reason.is_empty() { format!("close code {code}") } else { format!("close code {code}: {reason}") };
        ConnectionEnd::Failed(error.code_of_family(Code::SocketClosed, &code.to_string()).cause(cause))
    }

    /// Keeps what is typed until `work` is done; `None` when the person left meanwhile.
    async fn while_typing<T>(
        &mut self,
        input: &mut Receiver<TerminalInput>,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Some(done),
                given = input.recv(), if self.typed.len() < MOST_TYPED => match given {
                    Some(TerminalInput::Typed(bytes)) => self.typed.extend_from_slice(&bytes),
                    Some(TerminalInput::Resized(width, height)) => self.size = (width, height),
                    Some(TerminalInput::Leave) | None => return None,
                },
            }
        }
    }

    /// Connects again; `false` when the person left meanwhile.
    async fn again(&mut self, input: &mut Receiver<TerminalInput>, screen: Screen<'_>) -> Result<bool> {
        let mut attempts = Reconnection::begin(Instant::now());
        loop {
            let (line, command) = (self.line, self.command);
            let (shell_id, pause) = (self.shell_id.clone(), attempts.pause);
            let connected = async {
                tokio::time::sleep(pause).await;
                connect((&line, command), &shell_id).await
            };
            let Some(connected) = self.while_typing(input, connected).await else { return Ok(false) };
            match connected {
                Ok(socket) => {
                    self.socket = socket;
                    return Ok(true);
                }
                Err(failure) => {
                    if let Some(reason) = attempts.failed(failure, Instant::now())? {
                        let seconds = attempts.pause.as_secs();
                        let note = format!("not connected yet: {reason}; the next attempt is in {seconds} s");
                        screen(TerminalOutput::Note(&note))?;
                    }
                }
            }
        }
    }
}

pub(super) fn gone() -> Error {
    Error::failed("the shell is gone: it ended with its session, or could not be reached again in time")
        .code(Code::ShellGone)
        .hint("open a new one: `agentcore shell`")
}
