//! Child processes: found on `PATH`, run with an explicit environment, their output captured or passed on by line.
//!
//! Secrets never go into `args` (other users can read them); they go through `stdin` or `env`. What else a child sees of
//! this program's environment is in `surroundings`.

mod id;
mod surroundings;
#[cfg(unix)]
pub(crate) mod terminal;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
#[cfg(unix)]
use std::sync::atomic::AtomicBool;
use std::sync::atomic::{AtomicUsize, Ordering};
#[cfg(unix)]
use std::sync::{Arc, LazyLock};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::sync::Notify;

pub(crate) use id::ProcessId;
pub(crate) use surroundings::{Tool, surroundings};

use crate::deadline::Waiting;
use crate::env::Env;
use crate::error::{Context, Error, Kind, Result};

/// A program to run. Built like `std::process::Command`, without its inherited surprises.
#[derive(Clone, Debug)]
pub(crate) struct Child {
    program: PathBuf,
    args: Vec<OsString>,
    dir: Option<PathBuf>,
    /// Everything is inherited without it.
    surroundings: Option<Vec<(OsString, OsString)>>,
    vars: Vec<(OsString, OsString)>,
    removed: Vec<OsString>,
    stdin: Option<Vec<u8>>,
    /// Whether it leads a group, which ends with it.
    leads_group: bool,
}

/// What a finished child left behind.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: std::process::ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Output {
    pub(crate) fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim().to_owned()
    }

    /// The last lines of stderr (or stdout, when stderr is empty), for an error's cause.
    pub(crate) fn tail(&self, lines: usize) -> String {
        let bytes = if self.stderr.iter().all(u8::is_ascii_whitespace) { &self.stdout } else { &self.stderr };
        let text = String::from_utf8_lossy(bytes);
        let all: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }
}

impl Child {
    /// A child that sees of `env` what its kind needs.
    pub(crate) fn new(program: impl Into<PathBuf>, env: &Env, tool: Tool) -> Self {
        Self::bare(program).surrounded_by(surroundings(env, tool, &[]))
    }

    /// A child that sees nothing but what it is given.
    pub(crate) fn bare(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            dir: None,
            surroundings: Some(Vec::new()),
            vars: Vec::new(),
            removed: Vec::new(),
            stdin: None,
            leads_group: false,
        }
    }

    /// A child that sees everything that this process does: only what the user typed, or this program itself.
    pub(crate) fn inheriting(program: impl Into<PathBuf>) -> Self {
        Self { surroundings: None, ..Self::bare(program) }
    }

    pub(crate) fn surrounded_by(mut self, surroundings: Vec<(OsString, OsString)>) -> Self {
        self.surroundings = Some(surroundings);
        self
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub(crate) fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = Some(dir.into());
        self
    }

    pub(crate) fn var(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.vars.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    pub(crate) fn without_var(mut self, name: impl AsRef<OsStr>) -> Self {
        self.removed.push(name.as_ref().to_owned());
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// In a process group of its own when it is run to its end: nothing that it started outlives it, or whoever waits for it.
    pub(crate) fn leading_a_group(mut self) -> Self {
        self.leads_group = true;
        self
    }

    /// The program's name for messages: its file name without the directory.
    pub(crate) fn name(&self) -> String {
        self.program.file_name().unwrap_or(self.program.as_os_str()).to_string_lossy().into_owned()
    }

    /// The child as a tokio command with nothing piped, for callers that manage the process themselves.
    pub(crate) fn command(&self) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(&self.program);
        if let Some(surroundings) = &self.surroundings {
            command.env_clear().envs(surroundings.iter().map(|(name, value)| (name, value)));
        }
        command.args(&self.args).envs(self.vars.iter().map(|(name, value)| (name, value))).kill_on_drop(true);
        for name in &self.removed {
            command.env_remove(name);
        }
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        command
    }

    /// Runs to the end and captures both streams. A non-zero status is not an error here.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(crate) async fn output(&self) -> Result<Output> {
        self.run(|_| {}).await
    }

    /// Like [`Child::output`], and an unsuccessful status is an error that quotes the last lines.
    pub(crate) async fn check(&self) -> Result<Output> {
        let output = self.output().await?;
        self.require_success(output)
    }

    /// Runs to the end, gives each line of either stream to `on_line` as it arrives, and fails on a bad status.
    pub(crate) async fn check_lines(&self, on_line: impl FnMut(&str)) -> Result<Output> {
        let output = self.run(on_line).await?;
        self.require_success(output)
    }

    fn require_success(&self, output: Output) -> Result<Output> {
        if output.status.success() {
            return Ok(output);
        }
        Err(Error::failed(format!("`{}` failed ({})", self.name(), output.status)).cause(output.tail(12)))
    }

    /// Runs with this process's own streams and returns the exit status: the child's code, or 128 plus the signal that
    /// ended it, as a shell says it. Ctrl-C reaches the child from the terminal, so it is only waited for here; other
    /// requests to end come to this process alone and are passed on.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(crate) async fn pass_through(&self) -> Result<u8> {
        let what = || format!("could not run `{}`", self.program.display());
        let mut child = self.command().spawn().with_context(what)?;
        let status = loop {
            tokio::select! {
                status = child.wait() => break status.with_context(what)?,
                signal = stop_request() => if let (Some(signal), Some(pid)) = (signal, child.id()) {
                    pass_signal(signal, pid).await;
                }
            }
        };
        Ok(exit_code(status))
    }

    async fn run(&self, mut on_line: impl FnMut(&str)) -> Result<Output> {
        let _waiting = Waiting::on(format!("`{}` to end", self.name()));
        let what = || format!("could not run `{}`", self.program.display());
        let mut command = self.command();
        command
            .stdin(if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        if self.leads_group {
            command.process_group(0);
        }
        let mut child = command.spawn().with_context(what)?;
        let group = self.leads_group.then(|| ProcessGroup::of(&child));
        let input = child.stdin.take().zip(self.stdin.clone());
        let feed = async move {
            if let Some((mut pipe, bytes)) = input {
                // A child that does not read all of its input closes the pipe; its exit status tells the story.
                let _ = pipe.write_all(&bytes).await;
            }
        };
        let (sender, mut receiver) = tokio::sync::mpsc::channel::<(bool, Vec<u8>)>(64);
        let out = pump(child.stdout.take(), false, sender.clone());
        let err = pump(child.stderr.take(), true, sender);
        let mut stdout = Vec::new();
        let mut stderr = Vec::new();
        let collect = async {
            while let Some((is_stderr, line)) = receiver.recv().await {
                on_line(String::from_utf8_lossy(&line).trim_end());
                if is_stderr { stderr.extend(line) } else { stdout.extend(line) }
            }
        };
        let ended = async move {
            let status = child.wait().await;
            // What it left in the background would hold its output open.
            drop(group);
            status
        };
        let (status, (), (), (), ()) = tokio::join!(ended, feed, out, err, collect);
        Ok(Output { status: status.with_context(what)?, stdout, stderr })
    }
}

/// Ends every process of a child's group when it is dropped. The child was started as the group's leader, whose id it has.
#[derive(Debug)]
pub(crate) struct ProcessGroup(Option<u32>);

impl ProcessGroup {
    pub(crate) fn of(leader: &tokio::process::Child) -> Self {
        Self(leader.id())
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(pid) = self.0.and_then(|pid| rustix::process::Pid::from_raw(i32::try_from(pid).ok()?)) {
            // None is left where all have ended.
            let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
        }
        #[cfg(not(unix))]
        let _ = self.0;
    }
}

async fn pump<R: tokio::io::AsyncRead + Unpin>(
    stream: Option<R>,
    is_stderr: bool,
    sender: tokio::sync::mpsc::Sender<(bool, Vec<u8>)>,
) {
    let Some(stream) = stream else { return };
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        match reader.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                if sender.send((is_stderr, line)).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[cfg(unix)]
fn exit_code(status: std::process::ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

#[cfg(not(unix))]
fn exit_code(status: std::process::ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// Until something listens with [`stop_signal`], a request to end the program ends it at once with the status of an
/// interrupted one. Left to the system it would die by the signal, which scripts see as another status.
#[cfg(unix)]
static NOBODY_LISTENS: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// To be called first of all.
pub(crate) fn end_on_early_signals() {
    #[cfg(unix)]
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
        let status = i32::from(Kind::Interrupted.exit_code());
        // Without it, the signal is the system's again.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, status, Arc::clone(&NOBODY_LISTENS));
    }
}

/// Completes when the user or the system asks this process to end (Ctrl-C, SIGTERM or SIGHUP), or [`ask_to_stop`].
pub(crate) async fn stop_signal() {
    stop_request().await;
}

static ASKED: Notify = Notify::const_new();

/// The same for whoever listens at this moment, from within the program: its time is up.
pub(crate) fn ask_to_stop() {
    ASKED.notify_waiters();
}

/// While one exists, a request to end the program does not drop its work: whoever holds it listens to [`stop_signal`],
/// undoes what must not be left running elsewhere, and returns. A second request ends the program all the same.
#[derive(Debug)]
pub(crate) struct StopHold(());

static HOLDS: AtomicUsize = AtomicUsize::new(0);

impl StopHold {
    pub(crate) fn acquire() -> Self {
        HOLDS.fetch_add(1, Ordering::SeqCst);
        Self(())
    }

    pub(crate) fn is_taken() -> bool {
        HOLDS.load(Ordering::SeqCst) > 0
    }
}

impl Drop for StopHold {
    fn drop(&mut self) {
        HOLDS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Like [`stop_signal`]; names the signal unless it was Ctrl-C, which a terminal sends to all of its processes.
async fn stop_request() -> Option<&'static str> {
    let asked = ASKED.notified();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        let [Ok(mut interrupt), Ok(mut term), Ok(mut hangup)] = kinds else {
            // Signals that cannot be listened to go on ending the program at once.
            return std::future::pending().await;
        };
        NOBODY_LISTENS.store(false, Ordering::SeqCst);
        tokio::select! {
            _ = interrupt.recv() => None,
            _ = term.recv() => Some("TERM"),
            _ = hangup.recv() => Some("HUP"),
            () = asked => Some("TERM"),
        }
    }
    #[cfg(not(unix))]
    {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => None,
            () = asked => Some("TERM"),
        }
    }
}

/// Sends a signal to a process, which may have ended already. Through a shell, because the system call is not to be had
/// without `unsafe` code.
async fn pass_signal(signal: &str, pid: u32) {
    let _ = Child::bare("/bin/sh").args(["-c", "kill -\"$1\" \"$2\"", "sh", signal, &pid.to_string()]).output().await;
}

/// The file of this program.
pub(crate) fn current_program() -> Result<PathBuf> {
    std::env::current_exe().context("could not find this program's own file")
}

/// The environment's `PATH` with `first` in front.
pub(crate) fn path_with(env: &Env, first: &Path) -> Result<OsString> {
    let rest = env.var_os("PATH").map(|path| std::env::split_paths(path).collect::<Vec<_>>()).unwrap_or_default();
    std::env::join_paths(std::iter::once(first.to_owned()).chain(rest))
        .with_context(|| format!("`{}` cannot be part of PATH", first.display()))
}

/// The first executable called `name` on the environment's `PATH`.
pub(crate) fn find(env: &Env, name: &str) -> Option<PathBuf> {
    on_path(env, name).next()
}

/// Every executable called `name` on the environment's `PATH`, in its order.
pub(crate) fn find_all(env: &Env, name: &str) -> Vec<PathBuf> {
    on_path(env, name).collect()
}

fn on_path(env: &Env, name: &str) -> impl Iterator<Item = PathBuf> {
    let names = if cfg!(windows) { vec![format!("{name}.exe"), format!("{name}.cmd")] } else { vec![name.to_owned()] };
    let dirs: Vec<PathBuf> = env.var_os("PATH").map(|path| std::env::split_paths(path).collect()).unwrap_or_default();
    dirs.into_iter()
        .flat_map(move |dir| names.iter().map(|name| dir.join(name)).collect::<Vec<_>>())
        .filter(|file| is_executable(file))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn streams_are_captured_and_large_input_never_deadlocks() {
        let input = vec![b'x'; 1 << 20];
        let output =
            Child::inheriting("sh").args(["-c", "cat; echo warn >&2; exit 3"]).stdin(input).output().await.unwrap();
        assert_eq!(output.stdout.len(), 1 << 20);
        assert_eq!(output.tail(1), "warn");
        assert_eq!(output.status.code(), Some(3));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn signal_reaches_the_given_process() {
        let mut command =
            Child::inheriting("sh").args(["-c", "trap 'exit 5' TERM; echo up; while :; do sleep 0.05; done"]).command();
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next_line().await.unwrap().unwrap(), "up");
        pass_signal("TERM", child.id().unwrap()).await;
        assert_eq!(child.wait().await.unwrap().code(), Some(5));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn group_ends_with_whoever_waits_for_it() {
        let dir = tempfile::tempdir().unwrap();
        let held = dir.path().join("held");
        Child::inheriting("mkfifo").arg(&held).check().await.unwrap();
        let mut pipe = tokio::net::unix::pipe::OpenOptions::new().open_receiver(&held).unwrap();
        // As npm starts a compiler, which holds the pipe open for as long as it lives.
        let script = "exec 3>held; sleep 600 & echo up; wait";
        let child = Child::inheriting("sh").args(["-c", script]).dir(dir.path()).leading_a_group();
        let (up, mut is_up) = tokio::sync::mpsc::unbounded_channel();
        tokio::select! {
            result = child.check_lines(|line| up.send(line.to_owned()).unwrap()) => panic!("{result:?}"),
            line = is_up.recv() => assert_eq!(line.unwrap(), "up"),
        }
        let mut rest = Vec::new();
        let read = tokio::io::AsyncReadExt::read_to_end(&mut pipe, &mut rest);
        tokio::time::timeout(std::time::Duration::from_secs(60), read)
            .await
            .expect("something is left behind")
            .unwrap();
    }
}
