//! Running a sandbox: the lock, the port, the description for its clients, the listener.
//!
//! Owns: `sandbox.json` while it runs. Does not own: connections (`listener`) and answers (`router`).

use std::future::Future;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::identity::SandboxIdentity;
use super::{
    ResourceShares, RunnerKind, Sandbox, SandboxClock, SandboxInfo, ServerOptions, engine, info_path, listener, random,
    registry, s3, state,
};
use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::events::Events;
use crate::fsx;
use crate::http::Http;
use crate::redact::ExposeSecret;

/// Serves a sandbox until `shutdown` completes or a client asks it to stop. `ready` is called once requests are
/// answered.
///
/// # Errors
/// When the directory, the lock, the port or the wanted container engine cannot be had, or the state cannot be read.
pub(crate) async fn serve(
    options: ServerOptions,
    env: &Env,
    events: Events,
    ready: tokio::sync::oneshot::Sender<SandboxInfo>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<()> {
    fsx::create_private_dir(&options.dir)?;
    let _lock = super::lifecycle::lock(&options.dir)?.ok_or_else(|| {
        Error::failed(format!("a sandbox is already running in `{}`", options.dir.display()))
            .hint("`agentcore sandbox status` describes it, `agentcore sandbox stop` ends it")
    })?;
    // The description of a killed sandbox is obsolete, and must not mislead a client that waits for this one.
    remove_info(&options.dir);
    let mut identity = SandboxIdentity::load_or_create(&options)?;
    let socket = bind(options.port.or(identity.port), &options.dir).await?;
    let port = socket.local_addr().context("could not read the sandbox's own address")?.port();
    if identity.port != Some(port) {
        identity.port = Some(port);
        identity.save(&options.dir)?;
    }
    let engine = engine::choose(options.runner, env).await?;
    let info = describe(&options, identity, port, engine.as_ref())?;
    let sandbox = Arc::new(open(options, info, engine, env.clone(), events)?);
    write_info(&sandbox.info)?;
    // The receiver may be gone; that is no reason not to serve.
    let _ = ready.send(sandbox.info.clone());
    listener::listen(&sandbox, socket, shutdown).await;
    // After the requests, so that a call that was being answered still has its agent.
    sandbox.builds.shutdown().await;
    sandbox.runner.shutdown().await;
    remove_info(&sandbox.info.dir);
    Ok(())
}

/// The sandbox with what earlier runs left in its directory, not yet listening.
pub(crate) fn open(
    options: ServerOptions,
    info: SandboxInfo,
    engine: Option<engine::ContainerEngine>,
    env: Env,
    events: Events,
) -> Result<Sandbox> {
    let data = super::data_dir(&options.dir);
    fsx::create_private_dir(&data)?;
    s3::open(&data)?;
    super::codebuild::open(&data)?;
    let limits = options.limits.unwrap_or_else(ResourceShares::of_process);
    Ok(Sandbox {
        limits,
        state: state::SandboxState::open(&data)?,
        uploads: registry::Uploads::open(&data)?,
        providers: crate::auth::Providers::default(),
        identities: super::vault::InFlight::default(),
        builds: super::codebuild::RunningBuilds::default(),
        runner: super::runner::Runner::new(data.join("agents"), limits.agents)?,
        http: Http::of_stand_in(&env, &info.url),
        clock: SandboxClock::default(),
        journal: Arc::default(),
        stopping: tokio::sync::watch::Sender::new(false),
        info,
        env,
        events,
        engine,
        options,
    })
}

/// Loopback only: the sandbox runs code that its clients deploy.
async fn bind(port: Option<u16>, dir: &Path) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await.map_err(|error| {
        let wanted = port.map(|port| format!("port {port}")).unwrap_or_else(|| "a port".to_owned());
        Error::failed(format!("could not listen on {wanted} of 127.0.0.1 for the sandbox in `{}`", dir.display()))
            .source(&error)
            .hint("another port with `--port` works, but issuer URLs of earlier user pools name the old one")
    })
}

pub(crate) fn describe(
    options: &ServerOptions,
    identity: SandboxIdentity,
    port: u16,
    engine: Option<&engine::ContainerEngine>,
) -> Result<SandboxInfo> {
    Ok(SandboxInfo {
        url: format!("http://127.0.0.1:{port}"),
        port,
        pid: std::process::id(),
        account: identity.account,
        region: identity.region,
        access_key_id: identity.access_key_id,
        secret_access_key: identity.secret_access_key,
        runner: if engine.is_some() { RunnerKind::Container } else { RunnerKind::Process },
        engine: engine.map(|engine| engine.name.to_owned()),
        dir: options.dir.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        allow_local_images: Some(options.allow_local_images),
        without_mmdsv2: Some(options.without_mmdsv2),
        enforce_iam: Some(options.enforce_iam),
        model: options.model.as_ref().map(|server| server.url.clone()),
        instance: random::uuid(),
        token: random::alphanumeric(40)?.into(),
    })
}

/// `sandbox.json`: the only place where an [`SandboxInfo`]'s secrets are written.
#[derive(Serialize, Deserialize)]
struct InfoFile {
    url: String,
    port: u16,
    pid: u32,
    account: String,
    region: String,
    access_key_id: String,
    secret_access_key: String,
    runner: RunnerKind,
    engine: Option<String>,
    dir: PathBuf,
    version: String,
    #[serde(default)]
    allow_local_images: Option<bool>,
    #[serde(default)]
    without_mmdsv2: Option<bool>,
    #[serde(default)]
    enforce_iam: Option<bool>,
    #[serde(default)]
    model: Option<String>,
    instance: String,
    token: String,
}

fn write_info(info: &SandboxInfo) -> Result<()> {
    let file = InfoFile {
        url: info.url.clone(),
        port: info.port,
        pid: info.pid,
        account: info.account.clone(),
        region: info.region.clone(),
        access_key_id: info.access_key_id.clone(),
        secret_access_key: info.secret_access_key.expose_secret().to_owned(),
        runner: info.runner,
        engine: info.engine.clone(),
        dir: info.dir.clone(),
        version: info.version.clone(),
        allow_local_images: info.allow_local_images,
        without_mmdsv2: info.without_mmdsv2,
        enforce_iam: info.enforce_iam,
        model: info.model.clone(),
        instance: info.instance.clone(),
        token: info.token.expose_secret().to_owned(),
    };
    let text = serde_json::to_vec_pretty(&file).context("could not serialise the sandbox's description")?;
    fsx::write_private(&info_path(&info.dir), &text)
}

/// The description that a sandbox left in `dir`, whether or not it still runs.
pub(crate) fn read_info(dir: &Path) -> Result<Option<SandboxInfo>> {
    let path = info_path(dir);
    let Some(text) = fsx::read_text(&path)? else { return Ok(None) };
    let file: InfoFile = serde_json::from_str(&text)
        .map_err(|error| Error::failed(format!("could not understand `{}`", path.display())).source(&error))?;
    Ok(Some(SandboxInfo {
        url: file.url,
        port: file.port,
        pid: file.pid,
        account: file.account,
        region: file.region,
        access_key_id: file.access_key_id,
        secret_access_key: file.secret_access_key.into(),
        runner: file.runner,
        engine: file.engine,
        dir: file.dir,
        version: file.version,
        allow_local_images: file.allow_local_images,
        without_mmdsv2: file.without_mmdsv2,
        enforce_iam: file.enforce_iam,
        model: file.model,
        instance: file.instance,
        token: file.token.into(),
    }))
}

/// A file that stays behind does no harm: `status` asks the process itself.
pub(crate) fn remove_info(dir: &Path) {
    let _ = std::fs::remove_file(info_path(dir));
}
