//! The interactive shells of a session: each at a pseudo-terminal of its own, with or without a client.
//!
//! Owns: their number, what is kept of their output for whoever attaches next, which client is attached, their end. Does not
//! own: the web socket (`dataplane::shell`).
//!
//! A shell goes on without its client until the session ends. Its output is a byte stream of which the last part is kept; a
//! client has a position in it, so that what a client sees is never missing or doubled. With a client that does not keep up
//! the terminal is not read, as if its screen were stopped; without one old output gives way.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, mpsc, watch};

use crate::facts::{MOST_SHELLS, SHELL_REPLAY};

/// How many of a client's messages wait for a program that does not read.
const WAITING_INPUT: usize = 64;
/// How long the shells of a session may take to end with it.
const ALL_ENDED: Duration = Duration::from_secs(5);

/// How a shell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShellEnd {
    pub(crate) code: i32,
    pub(crate) signal: Option<i32>,
}

/// Why no shell was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoShell {
    /// As many are open as there may be.
    TooMany,
    NotStarted(String),
}

/// The shells of one session.
#[derive(Debug, Default)]
pub(crate) struct Shells {
    all: Mutex<HashMap<String, Arc<Shell>>>,
    /// Nobody would end a shell that is opened now.
    is_over: AtomicBool,
}

/// One shell.
#[derive(Debug)]
pub(crate) struct Shell {
    input: mpsc::Sender<ShellInput>,
    output: Mutex<ShellOutput>,
    /// Something in `output` changed.
    changed: watch::Sender<()>,
    /// The session ends. Not a message of `input`, which is stuck behind a program that does not read.
    end: Notify,
}

/// What a client wants of the terminal.
#[derive(Debug)]
pub(crate) enum ShellInput {
    Typed(Bytes),
    Resized(u16, u16),
    /// The end of the shell.
    End,
}

#[derive(Debug, Default)]
struct ShellOutput {
    kept: VecDeque<u8>,
    /// The position of the first kept byte in all of the output.
    start: u64,
    /// Number and position of the attached client.
    client: Option<(u64, u64)>,
    clients: u64,
    end: Option<ShellEnd>,
}

/// What there is for a client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ForClient {
    Output(Bytes),
    /// Another client has taken its place.
    Replaced,
    Ended(ShellEnd),
}

/// A client of a shell; detached when it is dropped.
#[derive(Debug)]
pub(crate) struct ShellClient {
    shell: Arc<Shell>,
    number: u64,
    /// Somebody was attached to the shell before.
    pub(crate) reconnected: bool,
    changes: watch::Receiver<()>,
}

impl Shells {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Shell>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Attaches a client to the shell with this id, which is started where there is none.
    ///
    /// # Errors
    /// Why there is no shell.
    #[cfg(unix)]
    pub(crate) fn attach(&self, id: &str, environment: &super::AgentEnvironment) -> Result<ShellClient, NoShell> {
        let mut all = self.all();
        if self.is_over.load(Ordering::SeqCst) {
            return Err(NoShell::NotStarted("the session has ended".to_owned()));
        }
        // One that ended while nobody was there is told of once.
        if let Some(shell) = all.get(id) {
            return Ok(Shell::attach(shell, true));
        }
        all.retain(|_, shell| shell.output().end.is_none());
        if all.len() >= MOST_SHELLS {
            return Err(NoShell::TooMany);
        }
        let shell = at_terminal::start(environment).map_err(|error| NoShell::NotStarted(error.to_string()))?;
        let client = Shell::attach(&shell, false);
        all.insert(id.to_owned(), shell);
        Ok(client)
    }

    #[cfg(not(unix))]
    pub(crate) fn attach(&self, _: &str, _: &super::AgentEnvironment) -> Result<ShellClient, NoShell> {
        Err(NoShell::NotStarted("this system has no pseudo-terminals that the sandbox knows".to_owned()))
    }

    /// Forgets a shell whose end was told.
    pub(crate) fn forget(&self, id: &str) {
        let mut all = self.all();
        if all.get(id).is_some_and(|shell| shell.output().end.is_some()) {
            all.remove(id);
        }
    }

    /// Ends all shells, and waits for that: what the sandbox leaves behind at its own end would go on.
    pub(super) async fn end_all(&self) {
        self.is_over.store(true, Ordering::SeqCst);
        let shells: Vec<Arc<Shell>> = self.all().drain().map(|(_, shell)| shell).collect();
        shells.iter().for_each(|shell| shell.end.notify_one());
        let ended = async {
            for shell in &shells {
                shell.until_ended().await;
            }
        };
        let _ = tokio::time::timeout(ALL_ENDED, ended).await;
    }
}

impl Shell {
    fn new(input: mpsc::Sender<ShellInput>) -> Arc<Self> {
        Arc::new(Self { input, output: Mutex::default(), changed: watch::Sender::new(()), end: Notify::new() })
    }

    fn output(&self) -> MutexGuard<'_, ShellOutput> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn attach(shell: &Arc<Self>, reconnected: bool) -> ShellClient {
        let changes = shell.changed.subscribe();
        let number = {
            let mut output = shell.output();
            output.clients += 1;
            output.client = Some((output.clients, output.start));
            output.clients
        };
        shell.changed.send_replace(());
        ShellClient { shell: Arc::clone(shell), number, reconnected, changes }
    }

    /// Keeps output; `false` where the client has to catch up first.
    fn keep(&self, bytes: &[u8]) -> bool {
        {
            let mut output = self.output();
            let end = output.start + output.kept.len() as u64 + bytes.len() as u64;
            if output.client.is_some_and(|(_, position)| end - position > SHELL_REPLAY as u64) {
                return false;
            }
            output.kept.extend(bytes);
            let excess = output.kept.len().saturating_sub(SHELL_REPLAY);
            output.kept.drain(..excess);
            output.start += excess as u64;
        }
        self.changed.send_replace(());
        true
    }

    async fn until_ended(&self) {
        let mut changes = self.changed.subscribe();
        while self.output().end.is_none() {
            let _ = changes.changed().await;
        }
    }

    fn ended(&self, end: ShellEnd) {
        self.output().end = Some(end);
        self.changed.send_replace(());
    }
}

impl ShellClient {
    /// The next part of the output, of `most` bytes at most, or the end. Nothing is lost when the future is dropped.
    pub(crate) async fn next(&mut self, most: usize) -> ForClient {
        loop {
            self.changes.mark_unchanged();
            if let Some(found) = self.take(most) {
                if matches!(found, ForClient::Output(_)) {
                    self.shell.changed.send_replace(());
                }
                return found;
            }
            // The sender lives in the shell, which this client holds.
            let _ = self.changes.changed().await;
        }
    }

    fn take(&self, most: usize) -> Option<ForClient> {
        let mut output = self.shell.output();
        let Some((_, position)) = output.client.filter(|(number, _)| *number == self.number) else {
            return Some(ForClient::Replaced);
        };
        let from = usize::try_from(position - output.start).unwrap_or_default();
        let upto = output.kept.len().min(from.saturating_add(most));
        if from == upto {
            return output.end.map(ForClient::Ended);
        }
        let bytes: Bytes = output.kept.range(from..upto).copied().collect();
        output.client = Some((self.number, position + bytes.len() as u64));
        Some(ForClient::Output(bytes))
    }

    /// Where what a client types goes.
    pub(crate) fn input(&self) -> &mpsc::Sender<ShellInput> {
        &self.shell.input
    }
}

impl Drop for ShellClient {
    fn drop(&mut self) {
        {
            let mut output = self.shell.output();
            output.client = output.client.filter(|(number, _)| *number != self.number);
        }
        self.shell.changed.send_replace(());
    }
}

#[cfg(unix)]
mod at_terminal {
    use super::*;
    use crate::error::Result;
    use crate::process::terminal::{self, Pty};
    use crate::sandbox::runner::AgentEnvironment;
    use crate::sandbox::runner::inside::{self, ProcessesInside};

    /// The size until a client says its own.
    const SIZE: terminal::TerminalSize = (80, 24);
    /// The arguments with which this program becomes the leader of a session at a terminal.
    const LEADER: [&str; 2] = ["lead-terminal", "--"];
    /// How long a shell may take to end after its terminal is gone.
    const HANG_UP: Duration = Duration::from_secs(1);

    pub(super) fn start(environment: &AgentEnvironment) -> Result<Arc<Shell>> {
        let (program, tells_id) = environment.shell();
        let (pty, child) = terminal::start(&LEADER, &program, SIZE)?;
        let (input, inputs) = mpsc::channel(WAITING_INPUT);
        let shell = Shell::new(input);
        let environment = environment.clone();
        tokio::spawn(drive(Arc::clone(&shell), (pty, child), inputs, tells_id.then_some(environment)));
        Ok(shell)
    }

    /// Both directions until the program ends, or has to.
    async fn drive(
        shell: Arc<Shell>,
        (pty, mut child): (Pty, tokio::process::Child),
        mut inputs: mpsc::Receiver<ShellInput>,
        telling: Option<AgentEnvironment>,
    ) {
        let leader = child.id();
        let mut inside = ProcessesInside::default();
        let printed = async {
            if let Some(environment) = telling {
                let (id, rest) = first_line(&pty).await;
                inside = id.map(|id| environment.processes(&id)).unwrap_or_default();
                keep(&shell, &rest).await;
            }
            let mut buffer = vec![0; 16 << 10];
            while let Ok(count @ 1..) = pty.read(&mut buffer).await {
                keep(&shell, &buffer[..count]).await;
            }
        };
        let typed = async {
            while let Some(input) = inputs.recv().await {
                match input {
                    ShellInput::Typed(bytes) if pty.write_all(&bytes).await.is_ok() => {}
                    ShellInput::Resized(columns, rows) => {
                        let _ = pty.resize((columns, rows));
                    }
                    ShellInput::Typed(_) | ShellInput::End => return,
                }
            }
        };
        // What the program printed last is read even when what it left in the background keeps the terminal open.
        let ended = {
            let (mut printed, mut typed) = (std::pin::pin!(printed), std::pin::pin!(typed));
            tokio::select! {
                () = &mut printed => None,
                () = &mut typed => None,
                () = shell.end.notified() => None,
                status = child.wait() => {
                    let _ = tokio::time::timeout(HANG_UP, &mut printed).await;
                    status.ok()
                }
            }
        };
        drop(pty);
        let status = match ended {
            Some(status) => Some(status),
            None => tokio::time::timeout(HANG_UP, child.wait()).await.ok().and_then(|status| status.ok()),
        };
        inside.end().await;
        if let Some(leader) = leader {
            terminal::end_session(leader);
        }
        let status = match status {
            Some(status) => Some(status),
            None => child.wait().await.ok(),
        };
        shell.ended(status.map_or(ShellEnd { code: 137, signal: Some(9) }, end_of));
    }

    async fn keep(shell: &Shell, bytes: &[u8]) {
        let mut changes = shell.changed.subscribe();
        while !shell.keep(bytes) {
            let _ = changes.changed().await;
        }
    }

    /// The id in the first line that is printed, and what follows it.
    async fn first_line(pty: &Pty) -> (Option<String>, Vec<u8>) {
        let mut seen = Vec::new();
        let mut buffer = [0; 256];
        while let Ok(count @ 1..) = pty.read(&mut buffer).await {
            seen.extend_from_slice(&buffer[..count]);
            if let Some(end) = seen.iter().position(|byte| *byte == b'\n') {
                let id = inside::id_in(&String::from_utf8_lossy(&seen[..end]));
                // Anything else is the engine's message.
                return if id.is_some() { (id, seen.split_off(end + 1)) } else { (None, seen) };
            }
        }
        (None, seen)
    }

    fn end_of(status: std::process::ExitStatus) -> ShellEnd {
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        let code = status.code().or(signal.map(|signal| 128 + signal)).unwrap_or(1);
        ShellEnd { code, signal: signal.or_else(|| (code > 128 && code <= 192).then(|| code - 128)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell() -> Arc<Shell> {
        Shell::new(mpsc::channel(1).0)
    }

    async fn output(client: &mut ShellClient) -> Vec<u8> {
        match client.next(usize::MAX).await {
            ForClient::Output(bytes) => bytes.to_vec(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn the_last_output_is_told_again() {
        let shell = shell();
        for number in 0..100_u8 {
            assert!(shell.keep(&vec![number; 8 << 10]));
        }
        let mut client = Shell::attach(&shell, true);
        let replayed = output(&mut client).await;
        assert_eq!((replayed.len(), replayed[0], replayed[replayed.len() - 1]), (SHELL_REPLAY, 68, 99));
        shell.ended(ShellEnd { code: 3, signal: None });
        assert_eq!(client.next(1).await, ForClient::Ended(ShellEnd { code: 3, signal: None }));
    }

    #[tokio::test]
    async fn slow_clients_stop_the_terminal() {
        let shell = shell();
        let mut client = Shell::attach(&shell, false);
        assert!(shell.keep(&vec![1; SHELL_REPLAY]));
        assert!(!shell.keep(&[2]), "it would push out what the client has not seen");
        assert_eq!(output(&mut client).await.len(), SHELL_REPLAY);
        assert!(shell.keep(&[2]));
        assert_eq!(output(&mut client).await, [2]);
        shell.keep(&vec![3; SHELL_REPLAY]);
        drop(client);
        assert!(shell.keep(&[4]), "without a client old output gives way");
    }

    #[tokio::test]
    async fn a_second_client_replaces_the_first() {
        let shell = shell();
        let mut first = Shell::attach(&shell, false);
        let mut second = Shell::attach(&shell, true);
        assert_eq!(first.next(1).await, ForClient::Replaced);
        drop(first);
        assert!(shell.keep(b"x"));
        assert_eq!(output(&mut second).await, b"x");
    }
}
