//! Commands and shells in a session: beside its agent, in the same folder and environment.
//!
//! Owns: how they are started in a container and beside a process, and how all of what they started is ended. Does not own:
//! the agent (`process`, `container`), what is sent to callers (`dataplane`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{ChildStderr, ChildStdout};

use super::supervise::{ProcessEnd, Supervised, SupervisedCommand};
use crate::error::{Error, Result};
use crate::fsx;
use crate::process::Child;

/// The shell of commands, which the service needs in the image too.
const BASH: &str = "/bin/bash";
/// Runs the command of its first argument and tells beforehand by which id its processes can be ended: the engine's client
/// is not their parent.
const TOLD: &str = "echo $$ >&2; exec /bin/bash -c \"$0\"";
/// The same for a shell at a terminal, where there is one stream only.
const TOLD_SHELL: &str = "echo $$; exec /bin/bash -i";

/// The environment of a session's agent.
#[derive(Clone, Debug, Default)]
pub(crate) struct AgentEnvironment {
    /// The agent's own variables, or those of the engine's client.
    variables: Vec<(String, String)>,
    dir: Option<PathBuf>,
    /// Engine program and container name.
    container: Option<(PathBuf, String)>,
    /// The session's own folder.
    session: PathBuf,
}

/// A running command.
#[derive(Debug)]
pub(crate) struct CommandRun {
    pub(crate) stdout: ChildStdout,
    pub(crate) stderr: BufReader<ChildStderr>,
    supervised: Supervised,
    processes: ProcessesInside,
    dir: PathBuf,
}

/// What runs in a container, by the id that it has there. Nothing where there is no container.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProcessesInside(Option<(AgentEnvironment, String)>);

impl ProcessesInside {
    /// Ends the group of processes. `docker exec` makes each program the leader of one.
    pub(crate) async fn end(&self) {
        let Some((AgentEnvironment { container: Some((engine, name)), variables, .. }, id)) = &self.0 else { return };
        let child = Child::bare(engine).args(["exec", name, BASH, "-c", "kill -KILL -- \"-$0\"", id]);
        // It may have ended meanwhile, and so may the container.
        let _ = variables.iter().fold(child, |child, (name, value)| child.var(name, value)).output().await;
    }
}

impl AgentEnvironment {
    pub(super) fn of(command: SupervisedCommand, session: PathBuf) -> Self {
        let SupervisedCommand { words: _, variables, dir, container } = command;
        Self { variables, dir, container, session }
    }

    /// Starts a command line in bash.
    ///
    /// # Errors
    /// When it cannot be started. A missing bash is an exit status of 127.
    pub(crate) async fn command(&self, line: &str) -> Result<CommandRun> {
        let dir = self.session.join("commands").join(uuid::Uuid::new_v4().simple().to_string());
        fsx::create_private_dir(&dir)?;
        let words: Vec<OsString> = match &self.container {
            None => vec![bash().into(), "-c".into(), line.into()],
            Some((engine, name)) => {
                vec![engine.into(), "exec".into(), name.into(), BASH.into(), "-c".into(), TOLD.into(), line.into()]
            }
        };
        let command =
            SupervisedCommand { words, variables: self.variables.clone(), dir: self.dir.clone(), container: None };
        let mut supervised = command.start(&dir.join("status"))?;
        let (Some(stdout), Some(stderr)) = (supervised.child.stdout.take(), supervised.child.stderr.take()) else {
            return Err(Error::failed("a command has no output"));
        };
        let mut stderr = BufReader::with_capacity(16 << 10, stderr);
        let processes = match &self.container {
            None => ProcessesInside::default(),
            Some(_) => told_id(&mut stderr).await.map(|id| self.processes(&id)).unwrap_or_default(),
        };
        Ok(CommandRun { stdout, stderr, supervised, processes, dir })
    }

    /// The shell at a terminal, and whether the first line of its output is the id of its process there.
    pub(super) fn shell(&self) -> (Child, bool) {
        let child = match &self.container {
            None => Child::bare(bash()).arg("-i"),
            Some((engine, name)) => {
                Child::bare(engine).args(["exec", "-it", "-e", "TERM=xterm-256color", name, BASH, "-c", TOLD_SHELL])
            }
        };
        let child = self.variables.iter().fold(child, |child, (name, value)| child.var(name, value));
        let child = child.var("TERM", "xterm-256color");
        let child = match &self.dir {
            Some(dir) => child.dir(dir),
            None => child,
        };
        (child, self.container.is_some())
    }

    /// What runs in the container under this id.
    pub(super) fn processes(&self, id: &str) -> ProcessesInside {
        ProcessesInside(self.container.is_some().then(|| (self.clone(), id.to_owned())))
    }
}

impl CommandRun {
    /// Waits for the end of a command whose output has ended: its exit status as a shell gives it.
    pub(crate) async fn status(&mut self) -> Option<i32> {
        let ended = self.supervised.ended().await;
        let _ = std::fs::remove_dir_all(&self.dir);
        match ended {
            ProcessEnd::Status(code) => Some(code),
            ProcessEnd::Signal(signal) => Some(128 + signal),
            ProcessEnd::Killed => None,
        }
    }

    /// Ends it with all that it started.
    pub(crate) async fn kill(&mut self) {
        self.processes.end().await;
        self.supervised.kill().await;
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// The line in which a program in a container tells its id. Without one the engine could not start it, and the line is its
/// message, which is gone then: the status says that.
async fn told_id(stderr: &mut (impl AsyncRead + AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut line = String::new();
    stderr.read_line(&mut line).await.ok()?;
    id_in(&line)
}

/// The id in such a line.
pub(super) fn id_in(line: &str) -> Option<String> {
    let line = line.trim();
    (!line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())).then(|| line.to_owned())
}

/// This machine's bash: where images have it, else where `PATH` finds it.
fn bash() -> &'static str {
    if Path::new(BASH).exists() { BASH } else { "bash" }
}
