//! Which process answers: the first one, and after each change of the source the next one, once it answers.
//!
//! Owns: the order of a change (the new process answers, new requests go to it, the old one ends with its last request), and
//! how the command ends. Does not own: processes (`agent`), requests (`proxy`).

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::serve::ListenerExt;
use tokio::sync::{mpsc, oneshot};

use super::agent::{AgentProcess, StartTrouble};
use super::own_texts::{OwnTexts, TextChange};
use super::proxy;
use super::{LocalOptions, LocalServer, ProgramSource, SourceChange};
use crate::error::{Code, Error, Kind, Result};
use crate::process::stop_signal;
use crate::sandbox::runner::supervise::ProcessEnd;

/// A file that is no code and changes while an agent starts or answers a request, or so soon after it, was written by it.
const OWN_WRITES: Duration = Duration::from_millis(500);
/// How long the answers to the last requests of an agent that has ended may take.
const LAST_ANSWERS: Duration = Duration::from_millis(250);

/// How serving came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LocalEnd {
    /// The agent ended by itself; its exit status, 128 and the number where a signal ended it.
    Agent(u8),
    /// Because it was asked to.
    Stopped,
}

/// Serves the agent until it ends, or until `shutdown` completes. `ready` is told when the first process answers.
///
/// # Errors
/// [`Kind::Agent`] for an agent that runs and does not answer as it must, or ends well without having listened; those of
/// making its program.
pub(crate) async fn serve(
    options: LocalOptions,
    program: ProgramSource,
    changes: mpsc::Receiver<SourceChange>,
    ready: oneshot::Sender<()>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<LocalEnd> {
    let (server, listener) = LocalServer::new(options).await?;
    let server = Arc::new(server);
    let app = {
        let server = Arc::clone(&server);
        Router::new().fallback(move |request| proxy::handle(Arc::clone(&server), request))
    };
    // Answers go out in small pieces; waiting for the other side's acknowledgement would add 40 ms to many of them.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });
    // Processes that still answer requests of before a change.
    let mut old: Vec<Arc<AgentProcess>> = Vec::new();
    let result = tokio::select! {
        biased;
        () = shutdown => Ok(LocalEnd::Stopped),
        ended = keep(&server, &program, (changes, ready), &mut old) => ended.map(LocalEnd::Agent),
    };
    if let Ok(LocalEnd::Agent(_)) = result {
        // Whoever called an agent that ended is still to be told so.
        tokio::time::sleep(LAST_ANSWERS).await;
    }
    server.stopping.send_replace(true);
    old.extend(server.current.send_replace(None));
    // Their requests are cut off: whoever stops the command does not wait for an answer of minutes.
    let stops = futures_util::future::join_all(old.iter().map(|process| process.stop(false)));
    tokio::select! {
        biased;
        // Asked once more: what still runs is killed when this process ends.
        () = stop_signal() => {}
        _ = stops => {}
    }
    serving.abort();
    result
}

/// Keeps one process answering. Returns the exit status of the one that ended by itself.
async fn keep(
    server: &Arc<LocalServer>,
    program: &ProgramSource,
    (mut changes, ready): (mpsc::Receiver<SourceChange>, oneshot::Sender<()>),
    old: &mut Vec<Arc<AgentProcess>>,
) -> Result<u8> {
    let mut current = match begin(server, program).await {
        Ok(first) => first,
        Err(trouble) => return first_failed(server, trouble),
    };
    server.current.send_replace(Some(Arc::clone(&current)));
    // The receiver may be gone; that is no reason not to serve.
    let _ = ready.send(());
    let mut started = Instant::now();
    let mut own_texts = OwnTexts::default();
    loop {
        let change = tokio::select! {
            ended = current.ended() => return Ok(exit_status(ended)),
            Some(change) = changes.recv() => change,
        };
        // Those that still answer requests of before a change write as well.
        let is_at_work = || {
            started.elapsed() < OWN_WRITES
                || current.is_busy(OWN_WRITES)
                || old.iter().any(|process| !process.has_ended())
        };
        if !change.is_code && is_at_work() {
            continue;
        }
        if change.is_code || current.was_called() {
            own_texts.somebody_works();
        }
        if !change.is_code && !text_counts(server, &mut own_texts, &change.file) {
            continue;
        }
        if let Some(next) = next(server, program, &mut changes, change).await {
            server.current.send_replace(Some(Arc::clone(&next)));
            let before = std::mem::replace(&mut current, next);
            old.retain(|process| !process.has_ended());
            old.push(Arc::clone(&before));
            tokio::spawn(async move { before.stop(true).await });
        }
        started = Instant::now();
    }
}

/// Whether the agent is reloaded for this text. Says so once where the agent seems to write it.
fn text_counts(server: &LocalServer, own_texts: &mut OwnTexts, file: &str) -> bool {
    match own_texts.judge(file) {
        TextChange::Counts => true,
        TextChange::FirstOwn => {
            server.note(format!(
                "`{file}` changes after each reload, without a call or saved code: it is taken for a file that the agent \
                 writes, and reloads nothing until the command is started anew"
            ));
            false
        }
        TextChange::Own => false,
    }
}

/// The process that takes over after a change; `None` where it does not start, and the one before goes on.
async fn next(
    server: &Arc<LocalServer>,
    program: &ProgramSource,
    changes: &mut mpsc::Receiver<SourceChange>,
    mut change: SourceChange,
) -> Option<Arc<AgentProcess>> {
    let began = Instant::now();
    let result = loop {
        tokio::select! {
            // A further change ends the start that it is too late for.
            Some(again) = change_of_code(changes) => change = again,
            result = begin(server, program) => break result,
        }
    };
    let file = &change.file;
    let why = match result {
        Ok(process) => {
            server.note(format!("`{file}` was saved: the agent was reloaded in {} ms", began.elapsed().as_millis()));
            return Some(process);
        }
        Err(StartTrouble::Error(error)) => {
            let causes = error.causes().iter().map(String::as_str);
            std::iter::once(error.message()).chain(causes).collect::<Vec<_>>().join(": ")
        }
        Err(StartTrouble::Ended(_, why) | StartTrouble::Unhealthy(why)) => why,
    };
    server.warning(format!(
        "`{file}` was saved, and the agent does not start with it: {why}. The previous process keeps answering"
    ));
    None
}

/// The next one. Texts that change meanwhile were written by the agent that starts.
async fn change_of_code(changes: &mut mpsc::Receiver<SourceChange>) -> Option<SourceChange> {
    loop {
        let change = changes.recv().await?;
        if change.is_code {
            return Some(change);
        }
    }
}

async fn begin(server: &Arc<LocalServer>, program: &ProgramSource) -> Result<Arc<AgentProcess>, StartTrouble> {
    AgentProcess::start(server, program().await?).await
}

fn first_failed(server: &LocalServer, trouble: StartTrouble) -> Result<u8> {
    let (ended, why) = match trouble {
        StartTrouble::Error(error) => return Err(error),
        StartTrouble::Unhealthy(why) => return Err(does_not_start(&why)),
        StartTrouble::Ended(ended, why) => (ended, why),
    };
    match exit_status(ended) {
        0 => Err(does_not_start(&why)),
        status => {
            server.warning(why);
            Ok(status)
        }
    }
}

fn does_not_start(why: &str) -> Error {
    Error::new(Kind::Agent, "the agent does not start").code(Code::LocalStart).cause(why.to_owned())
}

fn exit_status(ended: ProcessEnd) -> u8 {
    let status = match ended {
        ProcessEnd::Status(status) => status,
        ProcessEnd::Signal(signal) => 128 + signal,
        ProcessEnd::Killed => 137,
    };
    u8::try_from(status).unwrap_or(1)
}
