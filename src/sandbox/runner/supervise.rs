//! Starting a command so that it cannot outlive the sandbox, and ending it.
//!
//! Owns: the supervising shell (`shim/supervise.sh`), its lifeline pipe, the process group. Does not own: which command.
//! The kernel's own means for this (a parent-death signal) needs `unsafe` code and exists on Linux only; a pipe whose
//! other end disappears with the sandbox works on every Unix and for every way in which the sandbox can end.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin};

use crate::error::{Context, Result};

const SCRIPT: &str = include_str!("shim/supervise.sh");
/// The time between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(6);

/// What to run.
#[derive(Debug, Default)]
pub(crate) struct SupervisedCommand {
    pub(crate) words: Vec<OsString>,
    /// The whole environment.
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) dir: Option<PathBuf>,
    /// Engine program and container name, when the command is `engine run …`.
    pub(crate) container: Option<(PathBuf, String)>,
}

/// A running command with its supervisor.
#[derive(Debug)]
pub(crate) struct Supervised {
    pub(crate) child: Child,
    lifeline: Option<ChildStdin>,
    status_file: PathBuf,
}

impl SupervisedCommand {
    /// Starts it; `status_file` will hold its exit status.
    ///
    /// # Errors
    /// When the shell cannot be started. A command that cannot be started is an exit status of 126 or 127.
    pub(crate) fn start(&self, status_file: &Path) -> Result<Supervised> {
        let empty = OsString::new();
        let (engine, name) = match &self.container {
            Some((engine, name)) => (engine.as_os_str(), name.as_str()),
            None => (empty.as_os_str(), ""),
        };
        // In a file, so that a list of processes stays readable.
        let script = status_file.with_file_name("supervise.sh");
        std::fs::write(&script, SCRIPT).with_context(|| format!("could not write `{}`", script.display()))?;
        let mut command = crate::process::Child::bare("/bin/sh")
            .arg(&script)
            .arg(status_file)
            .arg(engine)
            .arg(name)
            .args(&self.words)
            .command();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        // An engine's container must be removed by the supervisor, so dropping the handle must not kill it first; the
        // lifeline closes with the handle and does the rest.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(false);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().context("could not start `/bin/sh`")?;
        let lifeline = child.stdin.take();
        Ok(Supervised { child, lifeline, status_file: status_file.to_owned() })
    }
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProcessEnd {
    Status(i32),
    Signal(i32),
    /// With its supervisor, which could not say how.
    Killed,
}

impl fmt::Display for ProcessEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(code) => write!(f, "exit status {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
            Self::Killed => f.write_str("killed"),
        }
    }
}

impl ProcessEnd {
    /// Why an agent with this protocol and the port of its contract, which ended so, did not start.
    pub(crate) fn before_listening(self, (port, protocol): (u16, &str)) -> String {
        let told = format!("the agent ended while starting: {self}, before it listened on port {port}");
        match (self, protocol) {
            (Self::Status(0), "MCP") => {
                format!("{told}; an MCP server does so over stdio, and here it needs the transport `streamable-http`")
            }
            (Self::Status(0), _) => format!("{told}; its code came to its end without running a server"),
            _ => told,
        }
    }
}

impl Supervised {
    /// Waits for the end.
    pub(crate) async fn ended(&mut self) -> ProcessEnd {
        // Kept open until here: closing it early would end the agent.
        let _ = self.child.wait().await;
        match std::fs::read_to_string(&self.status_file).ok().and_then(|text| text.trim().parse::<i32>().ok()) {
            Some(code) if code > 128 => ProcessEnd::Signal(code - 128),
            Some(code) => ProcessEnd::Status(code),
            None => ProcessEnd::Killed,
        }
    }

    /// Ends the command and all that it started, at once.
    pub(crate) async fn kill(&mut self) {
        self.lifeline = None;
        let _ = tokio::time::timeout(GRACE, self.child.wait()).await;
    }

    /// Sends SIGTERM, then SIGKILL.
    pub(crate) async fn stop(&mut self) {
        for word in [&b"stop\n"[..], b"kill\n"] {
            if let Some(lifeline) = &mut self.lifeline {
                // The pipe is gone when everything has ended already.
                let _ = lifeline.write_all(word).await;
            }
            if tokio::time::timeout(GRACE, self.child.wait()).await.is_ok() {
                return;
            }
        }
        self.lifeline = None;
        let _ = tokio::time::timeout(GRACE, self.child.wait()).await;
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    fn shell(script: &str, dir: &Path) -> Supervised {
        let words = ["/bin/sh", "-c", script].map(OsString::from).to_vec();
        let command = SupervisedCommand {
            words,
            variables: vec![("GREETING".into(), "hi".into())],
            ..SupervisedCommand::default()
        };
        command.start(&dir.join("status")).unwrap()
    }

    /// Reads until every process that holds the pipe has ended.
    async fn drain(supervised: &mut Supervised) -> String {
        let mut text = String::new();
        supervised.child.stdout.take().unwrap().read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn exit_status_is_reported_and_environment_hidden() {
        let dir = tempfile::tempdir().unwrap();
        let mut run = shell("echo $GREETING ${HOME-none}; exit 7", dir.path());
        assert_eq!(drain(&mut run).await, "hi none\n");
        assert_eq!(run.ended().await, ProcessEnd::Status(7));
    }

    #[tokio::test]
    async fn what_the_agent_leaves_behind_ends_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let mut run = shell("sleep 600 & echo started", dir.path());
        // Ends only when the sleeping process, which holds the pipe as well, is gone.
        assert_eq!(drain(&mut run).await, "started\n");
        assert_eq!(run.ended().await, ProcessEnd::Status(0));
    }

    #[tokio::test]
    async fn losing_the_lifeline_ends_everything() {
        let dir = tempfile::tempdir().unwrap();
        let mut run = shell("trap '' TERM; sleep 600 & wait", dir.path());
        run.lifeline = None;
        assert_eq!(drain(&mut run).await, "");
        assert_eq!(run.ended().await, ProcessEnd::Killed);
    }

    #[tokio::test]
    async fn stopping_is_polite_first() {
        let dir = tempfile::tempdir().unwrap();
        let mut run = shell("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.1; done", dir.path());
        let mut first = [0; 3];
        run.child.stdout.as_mut().unwrap().read_exact(&mut first).await.unwrap();
        run.stop().await;
        assert_eq!(drain(&mut run).await, "bye\n");
        assert_eq!(run.ended().await, ProcessEnd::Status(0));
    }
}
