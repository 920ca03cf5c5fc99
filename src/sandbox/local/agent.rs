//! One process of the agent: its start, what it prints, how many requests it has, its end.
//!
//! Owns: a free port for it, and the start-up shims that lead there. Does not own: the supervising shell (`supervise`), the
//! health checks (`health`), which process serves (`reload`).

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{FixedStart, LocalProgram, LocalServer, LocalStream, OutputSink};
use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::sandbox::dataplane::envelope::ServerProtocol;
use crate::sandbox::dev::{LineOrigin, collector};
use crate::sandbox::no_proxy;
use crate::sandbox::random;
use crate::sandbox::runner::health::Starting;
use crate::sandbox::runner::process::{around_the_shell, for_node, give_port, write_shims};
use crate::sandbox::runner::supervise::{ProcessEnd, Supervised, SupervisedCommand};

/// Lines that are kept of what an agent printed last, and the characters of each.
const KEPT_LINES: usize = 12;
const LONGEST_KEPT: usize = 2000;
/// How long the last lines of an agent that has ended may take.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Below the ports that systems give to outgoing connections.
const AGENT_PORTS: std::ops::Range<u16> = 20_000..32_768;
const ATTEMPTS: usize = 256;

/// Why a process did not come to answer requests.
pub(super) enum StartTrouble {
    /// It could not be started at all.
    Error(Error),
    /// It ended, with the reason as a fragment and what it printed last.
    Ended(ProcessEnd, String),
    /// It runs and does not answer as it must.
    Unhealthy(String),
}

impl From<Error> for StartTrouble {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// A process that was started. It ends when this is dropped.
pub(super) struct AgentProcess {
    pub(super) url: String,
    /// Requests under way, and when one was last.
    requests: watch::Sender<usize>,
    last_request: Mutex<Option<Instant>>,
    stop: watch::Sender<bool>,
    ended: watch::Receiver<Option<ProcessEnd>>,
    tail: Arc<Mutex<VecDeque<String>>>,
    /// What to do where a package is missing.
    remedy: Option<String>,
}

/// A request that the process answers.
pub(super) struct RequestLease {
    process: Arc<AgentProcess>,
    /// Not one about its health, which makes it write nothing.
    is_call: bool,
}

impl RequestLease {
    pub(super) fn agent(&self) -> &Arc<AgentProcess> {
        &self.process
    }

    /// The same for a request about its health.
    pub(super) fn of_health(mut self) -> Self {
        self.is_call = false;
        self
    }
}

impl Drop for RequestLease {
    fn drop(&mut self) {
        if self.is_call {
            *self.process.last_request.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        self.process.requests.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl AgentProcess {
    /// Starts the program, and waits until it answers as its protocol's contract says.
    pub(super) async fn start(server: &LocalServer, program: LocalProgram) -> Result<Arc<Self>, StartTrouble> {
        let (contract, protocol) = server.contract();
        let port = match &program.fixed {
            Some(fixed) => fixed.port,
            None => free_port()?,
        };
        let folder = server.dir.join(random::uuid());
        fsx::create_private_dir(&folder)?;
        let remedy = program.remedy.clone();
        let command = command(server, program, port)?;
        let mut supervised = command.start(&folder.join("status"))?;
        let group = supervised.child.id();
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let pumps = pumps(&mut supervised, server, &tail);
        let (stop, stopped) = watch::channel(false);
        let (told, ended) = watch::channel(None);
        tokio::spawn(supervise(supervised, pumps, stopped, told));
        let process = Arc::new(Self {
            url: format!("http://127.0.0.1:{port}"),
            requests: watch::Sender::new(0),
            last_request: Mutex::default(),
            stop,
            ended,
            tail,
            remedy,
        });
        let starting = Starting {
            client: &server.client,
            contract,
            has_ping: server.protocol != ServerProtocol::Mcp,
            port,
            group,
            last_lines: &|| process.last_lines(),
        };
        tokio::select! {
            biased;
            ended = process.ended() => Err(StartTrouble::Ended(ended, ended.before_listening((contract, protocol)))),
            result = starting.healthy() => match result {
                Ok(()) => Ok(Arc::clone(&process)),
                Err(failure) => Err(StartTrouble::Unhealthy(failure.reason((contract, protocol)))),
            },
        }
        .map_err(|trouble| process.with_remedy(trouble))
    }

    /// A package that is missing is a matter of installing it, and what the agent printed about it is on the screen already.
    fn with_remedy(&self, trouble: StartTrouble) -> StartTrouble {
        const MISSING: [&str; 4] = [
            "ModuleNotFoundError: No module named",
            "Cannot find module '",
            "Cannot find package '",
            "ERR_MODULE_NOT_FOUND",
        ];
        let lines = self.last_lines();
        match (trouble, &self.remedy) {
            (StartTrouble::Ended(how, reason), Some(remedy))
                if lines.iter().any(|line| MISSING.iter().any(|sign| line.contains(sign))) =>
            {
                StartTrouble::Ended(how, format!("{reason}; a package is missing: {remedy}"))
            }
            (trouble, _) => trouble,
        }
    }

    /// Counts a request for as long as the lease lives.
    pub(super) fn lease(self: &Arc<Self>) -> RequestLease {
        self.requests.send_modify(|count| *count += 1);
        RequestLease { process: Arc::clone(self), is_call: true }
    }

    /// Whether a request is under way, or was within `within`.
    pub(super) fn is_busy(&self, within: Duration) -> bool {
        let last = *self.last_request.lock().unwrap_or_else(PoisonError::into_inner);
        *self.requests.borrow() > 0 || last.is_some_and(|at| at.elapsed() < within)
    }

    /// Whether a request other than one about its health was answered.
    pub(super) fn was_called(&self) -> bool {
        self.last_request.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.borrow().is_some()
    }

    /// Completes at the end of the process.
    pub(super) async fn ended(&self) -> ProcessEnd {
        let mut ended = self.ended.clone();
        let result = ended.wait_for(Option::is_some).await;
        result.ok().and_then(|ended| *ended).unwrap_or(ProcessEnd::Killed)
    }

    /// Ends the process once it has no request any more, or at once.
    pub(super) async fn stop(&self, drained: bool) {
        if drained {
            let mut requests = self.requests.subscribe();
            tokio::select! {
                _ = requests.wait_for(|count| *count == 0) => {}
                _ = self.ended() => {}
            }
        }
        self.stop.send_replace(true);
        self.ended().await;
    }

    /// What it printed last, oldest first.
    pub(super) fn last_lines(&self) -> Vec<String> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Sees the process to its end.
async fn supervise(
    mut supervised: Supervised,
    pumps: Vec<JoinHandle<()>>,
    mut stopped: watch::Receiver<bool>,
    told: watch::Sender<Option<ProcessEnd>>,
) {
    let by_itself = tokio::select! {
        ended = supervised.ended() => Some(ended),
        // Also where whoever could have asked for it is gone.
        _ = stopped.wait_for(|stop| *stop) => None,
    };
    let ended = match by_itself {
        Some(ended) => ended,
        None => {
            supervised.stop().await;
            supervised.ended().await
        }
    };
    // The pipes close with the last process that holds them.
    let _ = tokio::time::timeout(LAST_WORDS, futures_util::future::join_all(pumps)).await;
    told.send_replace(Some(ended));
}

/// Passes on what the process prints, and keeps its last lines.
fn pumps(
    supervised: &mut Supervised,
    server: &LocalServer,
    tail: &Arc<Mutex<VecDeque<String>>>,
) -> Vec<JoinHandle<()>> {
    let (stdout, stderr) = (supervised.child.stdout.take(), supervised.child.stderr.take());
    let kept = |origin| {
        let (agent, journal, tail) = (server.name.clone(), Arc::clone(&server.journal), Arc::clone(tail));
        move |line: &[u8]| {
            let line = String::from_utf8_lossy(line);
            let line = line.trim_end();
            journal.line(&agent, origin, line);
            keep_line(&tail, line);
        }
    };
    let output = || Arc::clone(&server.output);
    let out = stdout.map(|stream| tokio::spawn(pump(stream, LocalStream::Out, output(), kept(LineOrigin::Out))));
    let err = stderr.map(|stream| tokio::spawn(pump(stream, LocalStream::Err, output(), kept(LineOrigin::Err))));
    out.into_iter().chain(err).collect()
}

async fn pump(mut stream: impl AsyncRead + Unpin, which: LocalStream, output: OutputSink, keep: impl Fn(&[u8]) + Send) {
    let mut buffer = vec![0; 16 << 10];
    let mut line = Vec::new();
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        let chunk = buffer.get(..read).unwrap_or_default();
        output(which, chunk);
        for byte in chunk {
            match byte {
                b'\n' => keep(&std::mem::take(&mut line)),
                byte if line.len() < LONGEST_KEPT => line.push(*byte),
                _ => {}
            }
        }
    }
    if !line.is_empty() {
        keep(&line);
    }
}

fn keep_line(tail: &Mutex<VecDeque<String>>, line: &str) {
    let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
    if tail.len() == KEPT_LINES {
        tail.pop_front();
    }
    tail.push_back(line.to_owned());
}

/// The command, with what leads the agent to its own port wherever it wants to listen on that of its contract, or on the
/// one where callers find it.
fn command(server: &LocalServer, program: LocalProgram, port: u16) -> Result<SupervisedCommand> {
    let LocalProgram { words, mut variables, dir, fixed, remedy: _ } = program;
    if let Some(FixedStart { port: _, container }) = fixed {
        return Ok(SupervisedCommand { words, variables, dir: Some(dir), container });
    }
    let shim = server.dir.join("shim");
    write_shims(&shim)?;
    let take = |variables: &mut Vec<(String, String)>, name: &str| {
        variables.iter().position(|(key, _)| key == name).map(|at| variables.remove(at).1).unwrap_or_default()
    };
    let python = take(&mut variables, "PYTHONPATH");
    variables.push(("PYTHONPATH".into(), in_front(&shim, &python)?));
    let node = take(&mut variables, "NODE_OPTIONS");
    let require = for_node(&shim.join("listen.cjs").to_string_lossy());
    variables.push(("NODE_OPTIONS".into(), format!("--require {require} {node}").trim().to_owned()));
    let contract = server.contract().0;
    variables.push(("AGENTCORE_SANDBOX_PORT".into(), format!("{contract}={port},{}={port}", server.port)));
    if server.protocol == ServerProtocol::A2a {
        variables.push(("AGENTCORE_RUNTIME_URL".into(), format!("{}/", server.url())));
    }
    take(&mut variables, "PORT");
    variables.push(("PORT".into(), server.port.to_string()));
    let collector = collector::variables(&variables, &server.url());
    if !collector.is_empty() {
        let given = |name: &str| variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let direct = no_proxy(given);
        variables.retain(|(name, _)| direct.iter().all(|(other, _)| name != other));
        variables.extend(direct.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(collector));
    }
    give_port(&mut variables, port)?;
    Ok(SupervisedCommand { words, variables: around_the_shell(variables)?, dir: Some(dir), container: None })
}

fn in_front(first: &Path, rest: &str) -> Result<String> {
    let all = std::iter::once(first.to_owned())
        .chain(std::env::split_paths(rest).filter(|path| !path.as_os_str().is_empty()));
    let joined = std::env::join_paths(all).context("a folder has a name that no search path can hold")?;
    joined.into_string().map_err(|_| Error::failed("a folder on the search path has a name that is not UTF-8"))
}

/// A port that nobody listens on.
pub(super) fn free_port() -> Result<u16> {
    let span = AGENT_PORTS.end - AGENT_PORTS.start;
    let [high, low] = random::bytes::<2>()?;
    let start = u16::from_be_bytes([high, low]) % span;
    let candidates = (0..span).map(|step| AGENT_PORTS.start + (start + step) % span).take(ATTEMPTS);
    let free = |port: &u16| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    candidates.into_iter().find(free).ok_or_else(|| Error::failed("this machine has no free port for the agent"))
}
