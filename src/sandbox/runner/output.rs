//! The output of agents: written to the log group of their endpoint and to a file; the last lines are shown by the
//! sandbox when a start fails.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::task::JoinHandle;

use super::spec::{AgentSpec, FailedStart, StartFailure};
use crate::agent_report::AgentReport;
use crate::facts::log_group;
use crate::sandbox::SharedSandbox;
use crate::sandbox::dev::LineOrigin;

/// Lines shown for the explanation of a failed start, and how many of the last ones they are chosen from.
const SHOWN: usize = 12;
const TAIL: usize = 80;
/// Characters of a kept line.
const LONGEST_KEPT: usize = 2000;
/// The prefix of the sandbox's own lines, which distinguishes them from the agent's.
const OWN: &str = "[sandbox] ";
/// A longer line is cut in two: an agent or a build must not be able to fill the memory by never ending a line.
const LONGEST_LINE: usize = 256 << 10;
/// Size at which the plain file is put aside, in bytes.
const FILE_LIMIT: u64 = 4 << 20;

/// One agent's output.
pub(super) struct AgentOutput {
    inner: Arc<Inner>,
    pumps: Mutex<Vec<JoinHandle<()>>>,
}

struct Inner {
    sandbox: SharedSandbox,
    /// The runtime's name, which its id begins with.
    agent: String,
    /// `{id}-{endpoint}`
    name: String,
    /// `/aws/bedrock-agentcore/runtimes/{id}-{endpoint}`
    group: String,
    stream: String,
    file: LogFile,
    tail: Mutex<VecDeque<String>>,
}

impl AgentOutput {
    /// The stream is the session's, as its name says.
    pub(super) fn new(sandbox: &SharedSandbox, spec: &AgentSpec, session: &str) -> Self {
        let name = format!("{}-{}", spec.runtime_id, spec.endpoint);
        let file = LogFile::new(log_file(sandbox, &name));
        let now = sandbox.clock.now();
        let stream = format!(
            "{}/{:02}/{:02}/[runtime-logs]{}",
            now.year(),
            u8::from(now.month()),
            now.day(),
            session.replace([':', '*'], "_")
        );
        let group = log_group(&spec.runtime_id, &spec.endpoint);
        let sandbox = Arc::clone(sandbox);
        let agent = spec.runtime_id.rsplit_once('-').map_or(spec.runtime_id.as_str(), |(name, _)| name).to_owned();
        let inner = Inner { sandbox, agent, name, group, stream, file, tail: Mutex::default() };
        Self { inner: Arc::new(inner), pumps: Mutex::default() }
    }

    /// Passes on both streams until they end.
    pub(super) fn follow(
        &self,
        stdout: Option<impl AsyncRead + Unpin + Send + 'static>,
        stderr: Option<impl AsyncRead + Unpin + Send + 'static>,
    ) {
        let mut pumps = self.pumps.lock().unwrap_or_else(PoisonError::into_inner);
        pumps.extend(stdout.map(|stream| tokio::spawn(pump(stream, Arc::clone(&self.inner)))));
        pumps.extend(stderr.map(|stream| tokio::spawn(pump(stream, Arc::clone(&self.inner)))));
    }

    /// A line of the sandbox's own.
    pub(super) fn platform(&self, text: &str) {
        self.inner.line(&format!("{OWN}{text}"));
    }

    /// Waits for the last lines of an agent that has ended.
    pub(super) async fn finish(&self) {
        let pumps = std::mem::take(&mut *self.pumps.lock().unwrap_or_else(PoisonError::into_inner));
        let _ = tokio::time::timeout(Duration::from_secs(5), futures_util::future::join_all(pumps)).await;
    }

    /// The most informative of the last lines, oldest first.
    pub(super) fn last_lines(&self) -> Vec<String> {
        telling(self.inner.tail.lock().unwrap_or_else(PoisonError::into_inner).make_contiguous())
    }

    /// A failed start with the agent's last lines; `reason` and `hints` are appended to its output.
    pub(super) fn failed(&self, failure: StartFailure, reason: String, hints: &[String]) -> FailedStart {
        let mut lines = self.last_lines();
        self.platform(&reason);
        for hint in hints {
            let hint = format!("hint: {hint}");
            self.platform(&hint);
            lines.push(hint);
        }
        let log = log_file(&self.inner.sandbox, &self.inner.name).display().to_string();
        FailedStart { failure, report: Some(Arc::new(AgentReport::new(reason, &lines, log))) }
    }

    /// Shows in the sandbox's log why a start failed.
    pub(super) fn explain(&self, sandbox: &SharedSandbox, failed: &FailedStart) {
        sandbox.events.warning(format!("{}: {}", self.inner.group, failed.failure.text()));
        for line in self.last_lines() {
            sandbox.events.log("agent", line);
        }
    }
}

/// The plain file with the output of all sessions of an endpoint, which is called `{runtime id}-{endpoint}`.
pub(super) fn log_file(sandbox: &SharedSandbox, name: &str) -> PathBuf {
    sandbox.runner.dir.join("logs").join(format!("{name}.log"))
}

impl Inner {
    fn line(&self, text: &str) {
        {
            let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
            if tail.len() == TAIL {
                tail.pop_front();
            }
            tail.push_back(text.chars().take(LONGEST_KEPT).collect());
        }
        let (origin, shown) = match text.strip_prefix(OWN) {
            Some(own) => (LineOrigin::Server, own),
            None => (LineOrigin::Out, text),
        };
        self.sandbox.journal.line(&self.agent, origin, shown);
        self.sandbox.log(&self.group, &self.stream, text);
        // A full disk must not stop the agent, and there is still the log group.
        let _ = self.file.line(text);
    }
}

/// The last of the lines, without most of the frames of stacks: Node.js prints them behind what went wrong, and many of
/// them. The sandbox's own lines stay.
fn telling(lines: &[String]) -> Vec<String> {
    let frame = |line: &str| line.trim_start().starts_with("at ") && line.starts_with([' ', '\t']);
    let mut kept: Vec<&String> = Vec::new();
    for line in lines {
        let after_frame = kept.last().is_some_and(|before| frame(before));
        if !(line.trim().is_empty() || (frame(line) && after_frame)) {
            kept.push(line);
        }
    }
    let from = kept.len().saturating_sub(SHOWN);
    let told = |(at, line): (usize, &String)| (at >= from || line.starts_with(OWN)).then(|| line.clone());
    kept.into_iter().enumerate().filter_map(told).collect()
}

/// The plain file of an endpoint, which all of its sessions append to. A full one is put aside as `.old`. It is opened
/// for each line, because there are as many of these as there are sessions.
struct LogFile {
    path: PathBuf,
}

/// Held while a line is written, so that of several sessions only one puts the full file aside.
static WRITING: Mutex<()> = Mutex::new(());

impl LogFile {
    fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn line(&self, text: &str) -> io::Result<()> {
        let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = self.open()?;
        if file.metadata().is_ok_and(|meta| meta.len() >= FILE_LIMIT) {
            fs::rename(&self.path, self.path.with_extension("old"))?;
            file = self.open()?;
        }
        file.write_all(format!("{text}\n").as_bytes())
    }

    fn open(&self) -> io::Result<File> {
        if let Some(dir) = self.path.parent() {
            crate::fsx::create_private_dir(dir).map_err(io::Error::other)?;
        }
        let mut options = File::options();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.create(true).append(true).open(&self.path)
    }
}

async fn pump(mut stream: impl AsyncRead + Unpin, inner: Arc<Inner>) {
    let mut lines = LineSplitter::default();
    let mut buffer = vec![0; 16 << 10];
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(count) => lines.push(&buffer[..count], |line| inner.line(line)),
        }
    }
    lines.finish(|line| inner.line(line));
}

/// Cuts a byte stream into lines.
#[derive(Default)]
pub(crate) struct LineSplitter {
    rest: Vec<u8>,
}

impl LineSplitter {
    pub(crate) fn push(&mut self, bytes: &[u8], mut line: impl FnMut(&str)) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.rest.extend_from_slice(part);
            if part.ends_with(b"\n") || self.rest.len() >= LONGEST_LINE {
                self.flush(&mut line);
            }
        }
    }

    pub(crate) fn finish(&mut self, mut line: impl FnMut(&str)) {
        if !self.rest.is_empty() {
            self.flush(&mut line);
        }
    }

    fn flush(&mut self, line: &mut impl FnMut(&str)) {
        line(String::from_utf8_lossy(&self.rest).trim_end_matches(['\n', '\r']));
        self.rest.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive_any_cut() {
        let text = "one\r\ntwo\n\n\u{d55c}\u{ae00}\nlast".as_bytes();
        for size in 1..=text.len() {
            let mut lines = LineSplitter::default();
            let mut seen = Vec::new();
            for chunk in text.chunks(size) {
                lines.push(chunk, |line| seen.push(line.to_owned()));
            }
            lines.finish(|line| seen.push(line.to_owned()));
            assert_eq!(seen, ["one", "two", "", "\u{d55c}\u{ae00}", "last"], "{size}");
        }
    }

    #[test]
    fn the_plain_file_is_bounded_and_shared() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("logs/a.log");
        let sessions = [LogFile::new(path.clone()), LogFile::new(path.clone())];
        let line = "x".repeat(1 << 20);
        for number in 0..20 {
            sessions[number % 2].line(&line).unwrap();
        }
        sessions[0].line("last of one").unwrap();
        sessions[1].line("last of two").unwrap();
        for file in [path.clone(), path.with_extension("old")] {
            assert!(fs::metadata(&file).unwrap().len() <= FILE_LIMIT + (2 << 20), "{}", file.display());
        }
        let newest = fs::read_to_string(&path).unwrap();
        assert!(newest.ends_with("last of one\nlast of two\n"), "both sessions write to the same file");
        assert_eq!(fs::read_dir(dir.path().join("logs")).unwrap().count(), 2);
    }

    #[test]
    fn the_last_lines_keep_the_error_message() {
        let node = "node:internal/modules/esm/resolve:275\n    throw new ERR_MODULE_NOT_FOUND(\n          ^\n\n\
                    Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/app/lib.js' imported from /app/agent.ts\n";
        let frames = "    at finalizeResolution (node:internal/modules/esm/resolve:275:11)\n".repeat(14);
        let end = "  code: 'ERR_MODULE_NOT_FOUND',\n  url: 'file:///app/lib.js'\n}\n\nNode.js v24.1.0";
        let text = format!("{OWN}this machine has Node.js 20\n{}{node}{frames}{end}", "before\n".repeat(30));
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let told = telling(&lines);
        assert!(told[0].starts_with(OWN) && told.len() == SHOWN + 1, "{told:?}");
        assert!(told.iter().any(|line| line.contains("Cannot find module '/app/lib.js'")), "{told:?}");
        assert_eq!(told.iter().filter(|line| line.contains("    at ")).count(), 1);
        // Python's says it last, and its frames are no such lines.
        let python: Vec<String> = (0..20).map(|at| format!("  File \"x.py\", line {at}, in f")).collect();
        assert_eq!(telling(&python), python[8..]);
    }

    #[test]
    fn an_endless_line_is_cut() {
        let mut lines = LineSplitter::default();
        let mut seen = 0;
        for _ in 0..64 {
            lines.push(&[b'x'; 16 << 10], |_| seen += 1);
        }
        assert_eq!(seen, 4);
    }
}
