//! The lifecycle of one session's agent: starting, healthy, idle, stopped.
//!
//! Owns: the task that watches one agent from its start to its end. Does not own: how it is started (`start`).

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OwnedSemaphorePermit, watch};

use super::health::{self, Starting};
use super::inside::AgentEnvironment;
use super::output::AgentOutput;
use super::shells::Shells;
use super::spec::{AgentSpec, FailedStart, SessionKey, StartFailure};
use super::start::{StartedAgent, start};
use super::{Runner, storage};
use crate::sandbox::SharedSandbox;

/// The state of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SessionStage {
    Starting,
    /// `http://127.0.0.1:PORT`
    Ready(String),
    Failed(FailedStart),
    Stopping,
    Gone,
}

/// One session's agent.
#[derive(Debug)]
pub(crate) struct AgentSession {
    key: SessionKey,
    /// The name by which the collector of spans knows its agent, and which nobody else knows.
    exporter: String,
    stage: watch::Sender<SessionStage>,
    stop: Notify,
    usage: Mutex<Usage>,
    /// Where commands and shells run, once the agent has started.
    environment: OnceLock<AgentEnvironment>,
    pub(super) shells: Shells,
}

/// The use of an agent. Behind one lock, so that no call can begin between the check and the decision to stop the
/// agent.
#[derive(Debug)]
struct Usage {
    in_flight: usize,
    last: Instant,
    /// It was idle and is being stopped: no call begins any more.
    closed: bool,
}

impl Usage {
    fn idle_for(&self) -> Duration {
        if self.in_flight == 0 { self.last.elapsed() } else { Duration::ZERO }
    }
}

/// Access to a running agent. While it is held the agent counts as used.
#[derive(Debug)]
pub(crate) struct Lease {
    session: Arc<AgentSession>,
    url: String,
    counted: bool,
}

impl Lease {
    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// From now on the agent counts as used at each [`Lease::touch`] only, and not for as long as this is held.
    pub(crate) fn count_traffic_only(&mut self) {
        self.touch();
        if std::mem::take(&mut self.counted) {
            self.session.usage().in_flight -= 1;
        }
    }

    /// A message passed in one of the directions.
    pub(crate) fn touch(&self) {
        self.session.touch();
    }

    /// Where commands and shells of the session run.
    pub(crate) fn environment(&self) -> Option<&AgentEnvironment> {
        self.session.environment.get()
    }

    /// The shells of the session.
    pub(crate) fn shells(&self) -> &Shells {
        &self.session.shells
    }

    /// Completes when the session's agent ends or is being stopped.
    pub(crate) async fn ended(&self) {
        let mut stages = self.session.stage.subscribe();
        let _ = stages.wait_for(|stage| !matches!(stage, SessionStage::Starting | SessionStage::Ready(_))).await;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.counted {
            let mut usage = self.session.usage();
            usage.last = Instant::now();
            usage.in_flight -= 1;
        }
    }
}

impl AgentSession {
    pub(super) fn new(key: SessionKey) -> Arc<Self> {
        Arc::new(Self {
            key,
            exporter: uuid::Uuid::new_v4().simple().to_string(),
            stage: watch::Sender::new(SessionStage::Starting),
            stop: Notify::new(),
            usage: Mutex::new(Usage { in_flight: 0, last: Instant::now(), closed: false }),
            environment: OnceLock::new(),
            shells: Shells::default(),
        })
    }

    pub(super) fn key(&self) -> &SessionKey {
        &self.key
    }

    pub(super) fn exporter(&self) -> &str {
        &self.exporter
    }

    pub(super) fn stage(&self) -> SessionStage {
        self.stage.borrow().clone()
    }

    fn usage(&self) -> MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn touch(&self) {
        self.usage().last = Instant::now();
    }

    /// Waits until the agent has started or failed to.
    ///
    /// # Errors
    /// Why there is no agent: also [`StartFailure::Busy`] for one that is being stopped.
    pub(super) async fn lease(self: &Arc<Self>) -> Result<Lease, FailedStart> {
        // Counted before looking, so that the idle check cannot decide in between.
        {
            let mut usage = self.usage();
            if usage.closed {
                return Err(StartFailure::Busy.into());
            }
            usage.in_flight += 1;
        }
        let mut lease = Lease { session: Arc::clone(self), url: String::new(), counted: true };
        let mut stages = self.stage.subscribe();
        let stage = stages.wait_for(|stage| *stage != SessionStage::Starting).await;
        match stage.as_deref() {
            Ok(SessionStage::Ready(url)) => {
                lease.url.clone_from(url);
                Ok(lease)
            }
            Ok(SessionStage::Failed(failed)) => Err(failed.clone()),
            _ => Err(StartFailure::Busy.into()),
        }
    }

    /// Asks the watching task to stop the agent, and waits until that is done.
    pub(super) async fn stop(&self) {
        self.stop.notify_one();
        let mut stages = self.stage.subscribe();
        let _ = stages.wait_for(|stage| matches!(stage, SessionStage::Gone | SessionStage::Failed(_))).await;
    }

    /// Stops the agent to make room for another, and waits until that is done. An agent that was called meanwhile goes
    /// on.
    pub(super) async fn make_room(&self) {
        if self.close(Duration::ZERO) {
            self.stop().await;
        }
    }

    /// Blocks new calls, unless one is under way or the last one ended less than `idle` ago.
    fn close(&self, idle: Duration) -> bool {
        let mut usage = self.usage();
        usage.closed |= usage.in_flight == 0 && usage.idle_for() >= idle;
        usage.closed
    }

    /// How long an agent that could be stopped for another has been idle.
    pub(super) fn may_be_displaced(&self) -> Option<Duration> {
        let ready = matches!(*self.stage.borrow(), SessionStage::Ready(_));
        let usage = self.usage();
        (ready && usage.in_flight == 0 && !usage.closed).then(|| usage.idle_for())
    }

    fn idle_for(&self) -> Duration {
        self.usage().idle_for()
    }
}

/// Starts the agent of a session, watches it, and cleans up after it.
pub(super) async fn run(sandbox: SharedSandbox, session: Arc<AgentSession>, spec: AgentSpec) {
    let runner = &sandbox.runner;
    let slot = tokio::select! {
        slot = runner.slot() => slot.ok_or(StartFailure::Full),
        () = session.stop.notified() => Err(StartFailure::Busy),
    };
    let dir = runner.dir.join("sessions").join(uuid::Uuid::new_v4().simple().to_string());
    let end = match slot {
        // The permit is released before the end is signalled: whoever waits for the end wants the permit, not the
        // cleanup.
        Ok(slot) => run_agent(&sandbox, &session, &spec, (&dir, slot)).await,
        Err(failure) => SessionStage::Failed(failure.into()),
    };
    runner.forget(&session);
    session.stage.send_replace(end);
    let _ = tokio::task::spawn_blocking(move || std::fs::remove_dir_all(dir)).await;
}

/// Runs an agent from start to end; returns how it ended. The permit is released then.
async fn run_agent(
    sandbox: &SharedSandbox,
    session: &AgentSession,
    spec: &AgentSpec,
    (dir, _slot): (&Path, OwnedSemaphorePermit),
) -> SessionStage {
    let runner = &sandbox.runner;
    let output = AgentOutput::new(sandbox, spec, &session.key.session);
    let started = Instant::now();
    let mut spec = spec.clone();
    let made = storage::prepare(&runner.dir, &mut spec, session.key());
    let spec = &spec;
    let give_up = async |failure: StartFailure, reason: String, hints: &[String]| {
        output.finish().await;
        let failed = output.failed(failure, reason, hints);
        output.explain(sandbox, &failed);
        SessionStage::Failed(failed)
    };
    let begun = match made {
        Ok(()) => start(sandbox, spec, (dir, session.exporter()), &output).await,
        Err(error) => Err(error),
    };
    let mut agent = match begun {
        Ok(agent) => agent,
        Err(error) => {
            return give_up(StartFailure::Crash, format!("the agent could not be started: {error}"), error.hints())
                .await;
        }
    };
    let end = match begin(runner, session, spec, &mut agent, &output).await {
        Some((failure, reason)) => {
            agent.supervised.stop().await;
            give_up(failure, reason, &[]).await
        }
        None => {
            output.platform(&format!("the agent is ready after {} ms", started.elapsed().as_millis()));
            session.touch();
            // Set once: a session has one agent.
            let _ = session.environment.set(agent.environment.clone());
            session.stage.send_replace(SessionStage::Ready(url(agent.port)));
            watch_agent(sandbox, session, spec, &mut agent, &output).await;
            session.stage.send_replace(SessionStage::Stopping);
            tokio::join!(session.shells.end_all(), agent.supervised.stop());
            output.finish().await;
            SessionStage::Gone
        }
    };
    runner.give_port_back(agent.port);
    end
}

/// Waits until a started agent answers; else the failure and its reason.
async fn begin(
    runner: &Runner,
    session: &AgentSession,
    spec: &AgentSpec,
    agent: &mut StartedAgent,
    output: &AgentOutput,
) -> Option<(StartFailure, String)> {
    let starting = Starting {
        client: runner.client(),
        contract: spec.port,
        has_ping: spec.ping,
        port: agent.port,
        group: agent.supervised.child.id(),
        last_lines: &|| output.last_lines(),
    };
    tokio::select! {
        result = starting.healthy() => {
            let failure = result.err()?;
            let reason = failure.reason((spec.port, spec.protocol));
            Some((failure, reason))
        }
        how = agent.supervised.ended() => Some((StartFailure::Crash, how.before_listening((spec.port, spec.protocol)))),
        () = session.stop.notified() => Some((StartFailure::Busy, "the session was stopped while it started".to_owned())),
    }
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Returns when the agent has ended or has to.
async fn watch_agent(
    sandbox: &SharedSandbox,
    session: &AgentSession,
    spec: &AgentSpec,
    agent: &mut StartedAgent,
    output: &AgentOutput,
) {
    let mut old = std::pin::pin!(tokio::time::sleep(spec.max_life));
    loop {
        let left = spec.idle.saturating_sub(session.idle_for()).max(Duration::from_millis(200));
        tokio::select! {
            how = agent.supervised.ended() => {
                output.platform(&format!("the agent ended: {how}"));
                return;
            }
            () = session.stop.notified() => {
                if session.usage().closed {
                    output.platform(&format!(
                        "the session was idle and is stopped: {} agents run, as many as the limit of {} open files allows",
                        sandbox.limits.agents, sandbox.limits.files
                    ));
                }
                return;
            }
            () = &mut old => {
                output.platform("the session reached its maximum lifetime");
                return;
            }
            () = tokio::time::sleep(left) => {
                if session.idle_for() < spec.idle {
                    continue;
                }
                if spec.ping && health::busy(sandbox.runner.client(), agent.port).await {
                    session.touch();
                } else if session.close(spec.idle) {
                    output.platform("the session was idle and is stopped");
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Arc<AgentSession> {
        let key = SessionKey { runtime_id: "a-1".into(), endpoint: "DEFAULT".into(), session: "s".into() };
        AgentSession::new(key)
    }

    #[tokio::test]
    async fn session_with_a_call_under_way_is_busy() {
        let session = session();
        session.stage.send_replace(SessionStage::Ready("http://127.0.0.1:1".to_owned()));
        session.usage().last = Instant::now() - Duration::from_secs(60);
        assert!(session.idle_for() >= Duration::from_secs(60));
        let (one, two) = (session.lease().await.unwrap(), session.lease().await.unwrap());
        drop(one);
        session.usage().last = Instant::now() - Duration::from_secs(60);
        assert_eq!(session.idle_for(), Duration::ZERO);
        drop(two);
        assert!(session.idle_for() < Duration::from_secs(60), "the end of a call is the beginning of idleness");
    }

    /// Tells the end of a session that was asked to stop, as the task that watches its agent does.
    fn ends_when_asked(session: &Arc<AgentSession>) -> tokio::task::JoinHandle<()> {
        let session = Arc::clone(session);
        session.stage.send_replace(SessionStage::Ready("http://127.0.0.1:1".to_owned()));
        tokio::spawn(async move {
            session.stop.notified().await;
            // Longer than the pause between two looks for an idle one.
            tokio::time::sleep(Duration::from_millis(500)).await;
            session.stage.send_replace(SessionStage::Gone);
        })
    }

    #[tokio::test]
    async fn a_call_is_not_displaced() {
        let session = session();
        let _task = ends_when_asked(&session);
        let lease = session.lease().await.unwrap();
        assert_eq!(session.may_be_displaced(), None);
        session.make_room().await;
        assert!(matches!(session.stage(), SessionStage::Ready(_)), "it was called between the look and the stop");
        drop(lease);
        assert!(session.may_be_displaced().is_some());
        session.make_room().await;
        assert_eq!(session.stage(), SessionStage::Gone);
    }

    #[tokio::test]
    async fn no_call_begins_once_the_stop_is_decided() {
        let session = session();
        session.stage.send_replace(SessionStage::Ready("http://127.0.0.1:1".to_owned()));
        assert!(!session.close(Duration::from_secs(60)), "it was used just now");
        drop(session.lease().await.unwrap());
        assert!(session.close(Duration::ZERO));
        assert!(session.lease().await.is_err());
        assert_eq!(session.may_be_displaced(), None, "who else waits for a place takes another");
    }

    #[tokio::test]
    async fn one_session_makes_room_for_one() {
        let (sandbox, _dir) = crate::sandbox::tests::TestSandbox::bare();
        let runner = &sandbox.runner;
        let permits = runner.slots.available_permits();
        let taken = Arc::clone(&runner.slots).acquire_many_owned(u32::try_from(permits).unwrap()).await.unwrap();
        let sessions: Vec<Arc<AgentSession>> = ["a", "b"]
            .map(|name| {
                AgentSession::new(SessionKey {
                    runtime_id: "a-1".into(),
                    endpoint: "DEFAULT".into(),
                    session: name.into(),
                })
            })
            .to_vec();
        let tasks: Vec<_> = sessions.iter().map(ends_when_asked).collect();
        runner.sessions().extend(sessions.iter().map(|session| (session.key().clone(), Arc::clone(session))));
        let first = async {
            let gone = |session: &Arc<AgentSession>| session.stage() == SessionStage::Gone;
            while !sessions.iter().any(gone) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            // The place takes a moment longer.
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(taken);
        };
        let (slot, ()) = tokio::join!(runner.slot(), first);
        assert!(slot.is_some());
        let stopped = sessions.iter().filter(|session| session.usage().closed).count();
        assert_eq!(stopped, 1);
        tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }

    #[tokio::test]
    async fn silent_web_socket_counts_as_idle() {
        let session = session();
        session.stage.send_replace(SessionStage::Ready("http://127.0.0.1:1".to_owned()));
        let mut lease = session.lease().await.unwrap();
        lease.count_traffic_only();
        let long_ago = || session.usage().last = Instant::now() - Duration::from_secs(60);
        long_ago();
        assert!(session.idle_for() >= Duration::from_secs(60));
        lease.touch();
        assert!(session.idle_for() < Duration::from_secs(60), "traffic holds idleness off");
        long_ago();
        drop(lease);
        assert_eq!(session.usage().in_flight, 0);
        assert!(session.idle_for() >= Duration::from_secs(60), "the end of a silent connection is no traffic");
    }

    /// Watches an agent that does nothing, with these limits in seconds, in a session last used a minute ago.
    #[cfg(unix)]
    async fn watched(idle: u64, max_life: u64) -> String {
        let (sandbox, dir) = crate::sandbox::tests::TestSandbox::bare();
        let mut spec = super::super::spec::tests::spec(serde_json::json!({}));
        (spec.idle, spec.max_life, spec.ping) = (Duration::from_secs(idle), Duration::from_secs(max_life), false);
        let words = ["sleep", "600"].map(std::ffi::OsString::from).to_vec();
        let command = super::super::supervise::SupervisedCommand { words, ..Default::default() };
        let supervised = command.start(&dir.path().join("status")).unwrap();
        let mut agent = StartedAgent { supervised, environment: AgentEnvironment::default(), port: 1 };
        let session = session();
        session.usage().last = Instant::now() - Duration::from_secs(60);
        let output = AgentOutput::new(&sandbox, &spec, &session.key.session);
        watch_agent(&sandbox, &session, &spec, &mut agent, &output).await;
        agent.supervised.stop().await;
        let group = serde_json::json!({ "logGroupName": format!("/aws/bedrock-agentcore/runtimes/{}-DEFAULT", spec.runtime_id) });
        crate::sandbox::logs::call(&sandbox, "FilterLogEvents", &group).await.unwrap().to_string()
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn idle_and_old_sessions_are_ended() {
        let idle = watched(60, 3600).await;
        assert!(idle.contains("was idle"), "{idle}");
        let old = watched(3600, 0).await;
        assert!(old.contains("maximum lifetime"), "{old}");
    }
}
