//! The agents that are running: one per runtime, endpoint and session, as AgentCore gives each session its own machine.
//!
//! Owns: starting at the first request of a session, health, idle and maximum life, stopping, where output goes. Does
//! not own: who may call (`gate`), what is sent (`dataplane`).
//!
//! ```text
//! Runner ── session ──> process | container ──> supervise (a shell that cannot outlive the sandbox)
//! An agent from a code archive always runs as a process: there is no image to run it in.
//! ```

mod archive;
mod beneath;
mod budget;
mod container;
pub(crate) mod health;
mod images;
mod inside;
mod listening;
mod modules;
mod output;
pub(crate) mod process;
mod rootfs;
mod session;
pub(crate) mod shells;
mod spec;
mod start;
mod storage;
pub(crate) mod supervise;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{SandboxInfo, SharedSandbox, registry};
use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::interpreters::Interpreters;
pub(crate) use archive::{ArchiveSpec, unpack_into as unpack_archive};
pub(crate) use images::{KeptCode, KeptImage};
pub(crate) use inside::{AgentEnvironment, CommandRun};
pub(crate) use output::LineSplitter;
pub(crate) use rootfs::unpack;
pub(crate) use session::Lease;
use session::{AgentSession, SessionStage};
pub(crate) use spec::{
    AgentImage, AgentSpec, CodeFacts, FailedStart, INIT_LIMIT, SessionKey, StartFailure, collector_variables,
};
pub(crate) use storage::SessionMount;

/// Ports of agents, below the lowest that Linux (32768) and others (49152) give to outgoing connections.
const AGENT_PORTS: std::ops::Range<u16> = 20_000..32_768;
/// How many of them are tried before an agent has none.
const ATTEMPTS: usize = 256;
/// How long a session waits for another to end when as many run as may.
const SLOT_WITHIN: Duration = Duration::from_secs(60);
/// How often it looks for one that has become idle.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// All running agents.
#[derive(Debug)]
pub(crate) struct Runner {
    sessions: Mutex<HashMap<SessionKey, Arc<AgentSession>>>,
    /// A permit for each agent that may run at the same time: an agent holds open files of the sandbox.
    slots: Arc<Semaphore>,
    /// Ports promised to agents that may not listen yet.
    ports: Mutex<std::collections::HashSet<u16>>,
    images: images::ImageStore,
    interpreters: Interpreters,
    /// Set up at the first container.
    network: tokio::sync::OnceCell<Containers>,
    /// The connections to agents. Never through a proxy, never redirected.
    client: reqwest::Client,
    dir: PathBuf,
}

/// How containers are connected, and where they find the sandbox.
#[derive(Debug)]
struct Containers {
    network: container::ContainerNetwork,
    sandbox_url: String,
    relay: Option<tokio::task::JoinHandle<()>>,
}

impl Drop for Containers {
    fn drop(&mut self) {
        if let Some(relay) = &self.relay {
            relay.abort();
        }
    }
}

/// An archive of code in the form of an image with one layer. What the service would find wrong with it is not looked at.
/// Blocking.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn code_image(code: ArchiveSpec) -> Result<AgentImage> {
    let found = archive::inspect(&code)?;
    Ok(AgentImage {
        digest: found.id,
        reference: String::new(),
        platform: found.platform,
        layers: vec![registry::LayerBlob { path: code.path, media_type: archive::MEDIA_TYPE.to_owned() }],
        config: found.config,
        code: Some(CodeFacts { packages: found.packages, foreign: found.foreign, python: found.python }),
    })
}

/// The command that runs an image which the engine has already, reachable on `port`. `shim` and `session` are folders of
/// this run's own.
///
/// # Errors
/// When the files that go along cannot be written.
pub(crate) async fn container_command(
    (engine, name): (&Path, &str),
    spec: &AgentSpec,
    env: &Env,
    (shim, session, port): (&Path, &Path, u16),
) -> Result<supervise::SupervisedCommand> {
    let network = container::network(engine, name, env).await;
    let start = container::ContainerStart {
        engine,
        engine_name: name,
        network: &network,
        spec,
        env,
        shim,
        session,
        port,
        endpoint: &[],
    };
    start.command()
}

/// The client for agents on this machine.
///
/// # Errors
/// When it cannot be set up.
pub(crate) fn agent_client() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .http1_only()
        // Agents speak plain HTTP; reading the system's certificates would take most of the sandbox's start.
        .tls_certs_only(std::iter::empty())
        // Servers close idle connections whenever they like, and a body that streams cannot be sent twice.
        .pool_max_idle_per_host(0)
        .build()
        .context("could not set up the client for agents")
}

impl Runner {
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub(crate) fn new(dir: PathBuf, agents: usize) -> Result<Self> {
        // Removes the sessions that a killed sandbox left.
        let _ = std::fs::remove_dir_all(dir.join("sessions"));
        let client = agent_client()?;
        Ok(Self {
            sessions: Mutex::default(),
            slots: Arc::new(Semaphore::new(agents)),
            ports: Mutex::default(),
            images: images::ImageStore::new(dir.join("images")),
            interpreters: Interpreters::default(),
            network: tokio::sync::OnceCell::new(),
            client,
            dir,
        })
    }

    /// Keeps an image for as long as a version of an agent refers to it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn keep(&self, image: &registry::ResolvedImage) -> Result<KeptImage> {
        self.images.keep(image).await
    }

    /// Keeps a code archive in the same way.
    ///
    /// # Errors
    /// When the disk refuses. What is wrong with the archive is in the answer.
    pub(crate) async fn keep_code(&self, code: ArchiveSpec) -> Result<KeptCode> {
        self.images.keep_code(code).await
    }

    /// A kept image or archive.
    ///
    /// # Errors
    /// When it was not kept, or its description is damaged.
    pub(crate) fn image(&self, info: &SandboxInfo, digest: &str) -> Result<AgentImage> {
        self.images.load(info, digest)
    }

    /// Removes the kept images that are not in `used`.
    pub(crate) async fn collect(&self, used: impl FnOnce() -> std::collections::BTreeSet<String>) {
        self.images.collect(used).await;
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// The file with all that the agents of a runtime's endpoint have printed.
    pub(crate) fn log_file(&self, sandbox: &SharedSandbox, runtime_id: &str, endpoint: &str) -> PathBuf {
        output::log_file(sandbox, &format!("{runtime_id}-{endpoint}"))
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<SessionKey, Arc<AgentSession>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The running agent of a session, started when there is none. The lease keeps it from being stopped as idle.
    ///
    /// # Errors
    /// Why there is no running agent.
    pub(crate) async fn lease(
        &self,
        sandbox: &SharedSandbox,
        spec: AgentSpec,
        session: &str,
    ) -> Result<Lease, FailedStart> {
        let key = SessionKey {
            runtime_id: spec.runtime_id.clone(),
            endpoint: spec.endpoint.clone(),
            session: session.to_owned(),
        };
        let session = {
            let mut sessions = self.sessions();
            match sessions.get(&key) {
                Some(session) => Arc::clone(session),
                // Sessions that run already go on.
                None if !spec.requires_mmdsv2 => return Err(StartFailure::NotMmdsv2.into()),
                None => {
                    let session = AgentSession::new(key.clone());
                    sessions.insert(key, Arc::clone(&session));
                    // A task of its own: a caller that gives up must not end a start that others wait for.
                    tokio::spawn(session::run(Arc::clone(sandbox), Arc::clone(&session), spec));
                    session
                }
            }
        };
        session.lease().await
    }

    /// Stops a session's agent. `Ok(false)` when there is no such session.
    ///
    /// # Errors
    /// [`StartFailure::Busy`] while it is being started or stopped.
    pub(crate) async fn stop(&self, key: &SessionKey) -> Result<bool, StartFailure> {
        let Some(session) = self.sessions().get(key).cloned() else { return Ok(false) };
        match session.stage() {
            SessionStage::Starting | SessionStage::Stopping => Err(StartFailure::Busy),
            SessionStage::Failed(_) | SessionStage::Gone => Ok(false),
            SessionStage::Ready(_) => {
                session.stop().await;
                Ok(true)
            }
        }
    }

    /// Stops every agent of a runtime, or of one of its endpoints.
    pub(crate) async fn stop_all(&self, runtime_id: &str, endpoint: Option<&str>) {
        self.stop_where(|key| key.runtime_id == runtime_id && endpoint.is_none_or(|name| key.endpoint == name)).await;
    }

    /// Drops the storage of the sessions of a runtime, or of one of its endpoints.
    pub(crate) async fn drop_storage(&self, runtime_id: &str, endpoint: Option<&str>) {
        let folder = storage::folder_of(&self.dir, runtime_id, endpoint);
        // What is in use, or was never there, is no fault.
        let _ = tokio::task::spawn_blocking(move || std::fs::remove_dir_all(folder)).await;
    }

    /// Stops every agent.
    pub(crate) async fn shutdown(&self) {
        self.stop_where(|_| true).await;
    }

    async fn stop_where(&self, wanted: impl Fn(&SessionKey) -> bool) {
        let sessions: Vec<Arc<AgentSession>> =
            self.sessions().iter().filter(|(key, _)| wanted(key)).map(|(_, session)| Arc::clone(session)).collect();
        futures_util::future::join_all(sessions.iter().map(|session| session.stop())).await;
    }

    /// Permission to start one more agent. Where all are in use the one that was idle for longest is stopped; `None` when
    /// all are working and go on working.
    async fn slot(&self) -> Option<OwnedSemaphorePermit> {
        let mut permit = std::pin::pin!(Arc::clone(&self.slots).acquire_owned());
        let mut deadline = std::pin::pin!(tokio::time::sleep(SLOT_WITHIN));
        let mut look = tokio::time::interval(LOOK_AGAIN);
        loop {
            tokio::select! {
                biased;
                // In the order of asking.
                permit = &mut permit => return permit.ok(),
                () = &mut deadline => return None,
                _ = look.tick() => {
                    if let Some(session) = self.longest_idle() {
                        session.make_room().await;
                        // That takes longer than the pause. A look at once would stop the next session before the place of
                        // this one is there.
                        look.reset();
                    }
                }
            }
        }
    }

    /// The session whose agent exports its spans under this name.
    pub(crate) fn exporting(&self, name: &str) -> Option<SessionKey> {
        let sessions = self.sessions();
        sessions.values().find(|session| session.exporter() == name).map(|session| session.key().clone())
    }

    fn longest_idle(&self) -> Option<Arc<AgentSession>> {
        let sessions = self.sessions();
        let idle = sessions.values().filter_map(|session| Some((session.may_be_displaced()?, session)));
        idle.max_by_key(|(idle, _)| *idle).map(|(_, session)| Arc::clone(session))
    }

    fn forget(&self, session: &Arc<AgentSession>) {
        let mut sessions = self.sessions();
        // Another session may stand under the same key by now.
        if sessions.get(session.key()).is_some_and(|current| Arc::ptr_eq(current, session)) {
            sessions.remove(session.key());
        }
    }

    /// A free port of loopback that no other agent was promised. None of those that systems hand out to whoever asks for any:
    /// between this look and the agent's start such a port could go to another program, which would then be called in its place.
    fn take_port(&self) -> Result<u16> {
        let mut ports = self.ports.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..ATTEMPTS {
            let port = AGENT_PORTS.start + (uuid::Uuid::new_v4().as_u128() % AGENT_PORTS.len() as u128) as u16;
            if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() && ports.insert(port) {
                return Ok(port);
            }
        }
        Err(Error::failed("could not find a free port for the agent"))
    }

    fn give_port_back(&self, port: u16) {
        self.ports.lock().unwrap_or_else(PoisonError::into_inner).remove(&port);
    }

    /// Finds out once how containers are connected.
    async fn containers(&self, sandbox: &SharedSandbox, engine: &super::engine::ContainerEngine) -> &Containers {
        self.network
            .get_or_init(|| async {
                let network = container::network(&engine.program, engine.name, &sandbox.env).await;
                let own = sandbox.info.url.clone();
                let (network, sandbox_url, relay) = match network {
                    container::ContainerNetwork::Bridge { gateway: Some(gateway) } => {
                        match container::relay(gateway, sandbox.info.port).await {
                            Ok((port, task)) => (network, format!("http://{gateway}:{port}"), Some(task)),
                            // The engine runs in a virtual machine, which has its own name for this one.
                            Err(_) => (
                                container::ContainerNetwork::Bridge { gateway: None },
                                own.replace("127.0.0.1", "host.docker.internal"),
                                None,
                            ),
                        }
                    }
                    container::ContainerNetwork::Bridge { gateway: None } => {
                        let name =
                            if engine.name == "podman" { "host.containers.internal" } else { "host.docker.internal" };
                        (network, own.replace("127.0.0.1", name), None)
                    }
                    container::ContainerNetwork::Host => (network, own, None),
                };
                Containers { network, sandbox_url, relay }
            })
            .await
    }
}
