//! The sandbox: the AWS side of this program on one loopback port, for a machine without an AWS account.
//!
//! Owns: the wire protocols of the services it stands in for (a file or folder each), their state on disk, and the
//! agents it runs. Does not own: anything that talks to AWS (`cloud` does, and never the other way round), the rules
//! by which a token is judged (`auth`), the commands (`cli`).
//!
//! ```text
//! server ──> listener ──> router ──> sigv4 ──> { sts, iam, ecr, registry, s3, logs, codebuild, cognito, ssm, bedrock, agentcore … } ──> state
//!                         └──> caller: the user, an agent by its role, or who assumed one ──> permissions
//! lifecycle: status, stop, reset of a sandbox that another process serves
//! ```

mod bedrock;
mod browser;
mod caller;
mod codebuild;
mod cognito;
mod control;
mod dataplane;
mod dev;
mod ec2;
mod ecr;
mod engine;
mod gate;
mod iam;
mod identity;
mod jwt;
mod lifecycle;
mod limits;
mod listener;
pub(crate) mod local;
mod logs;
mod memory;
mod mint;
#[cfg(test)]
pub(crate) mod operations;
mod permissions;
mod random;
mod registry;
mod reply;
mod request;
mod router;
mod runner;
mod s3;
mod seal;
mod secrets;
mod server;
mod sigv4;
mod ssm;
mod state;
mod sts;
mod vault;
mod xray;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::env::Env;
use crate::error::{Error, Result};
use crate::events::Events;
use crate::http::Http;
use crate::partition::{Arn, Partition};
use crate::redact::{ExposeSecret, SecretString};

pub(crate) use bedrock::ModelServer;
pub(crate) use codebuild::{ImageBuilder, ImageOrder, MadeImage, PushOrder, SharedImageBuilder};
#[cfg(test)]
pub(crate) use control::constraints::authorizer_members;
pub(crate) use identity::check;
pub(crate) use lifecycle::{SandboxStatus, reset, started, status, stop};
use limits::ResourceShares;
pub(crate) use server::serve;

/// The account of a sandbox whose first start named none.
pub(crate) const DEFAULT_ACCOUNT: &str = "123456789012";
/// The region of a sandbox whose first start named none.
pub(crate) const DEFAULT_REGION: &str = "us-west-2";

/// How a sandbox is started.
#[derive(Clone, Debug)]
pub(crate) struct ServerOptions {
    /// Where keys, state, images and logs live; created when missing.
    pub(crate) dir: PathBuf,
    /// `None`: the port of the last start, or any free one at the first. It is kept because issuer URLs contain it.
    pub(crate) port: Option<u16>,
    /// Twelve digits. `None`: the account of the first start, [`DEFAULT_ACCOUNT`] at the first.
    pub(crate) account: Option<String>,
    /// `None`: the region of the first start, [`DEFAULT_REGION`] at the first.
    pub(crate) region: Option<String>,
    pub(crate) runner: RunnerChoice,
    /// Takes image addresses on the sandbox's own host and port where AgentCore would insist on an ECR address.
    pub(crate) allow_local_images: bool,
    /// New runtimes do not require MMDSv2, and so take no calls until an update sets it.
    pub(crate) without_mmdsv2: bool,
    /// Sessions of roles may do what their policies allow, in every service.
    pub(crate) enforce_iam: bool,
    /// What answers calls of Bedrock's models; `None`: the stand-in.
    pub(crate) model: Option<ModelServer>,
    /// What builds images for CodeBuild without a container engine.
    pub(crate) builder: Option<SharedImageBuilder>,
    /// From CREATING or UPDATING to READY, for runtimes.
    pub(crate) ready_delay: Duration,
    /// From a runtime's READY until its DEFAULT endpoint is live.
    pub(crate) endpoint_delay: Duration,
    /// How long a client may take for a request's headers, and pause within its body.
    pub(crate) patience: Duration,
    /// `None`: what this process's limit on open files allows.
    pub(crate) limits: Option<ResourceShares>,
}

impl ServerOptions {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self {
            dir,
            port: None,
            account: None,
            region: None,
            runner: RunnerChoice::Auto,
            allow_local_images: false,
            without_mmdsv2: false,
            enforce_iam: false,
            model: None,
            builder: None,
            ready_delay: Duration::from_millis(300),
            endpoint_delay: Duration::from_millis(200),
            patience: Duration::from_secs(30),
            limits: None,
        }
    }
}

/// How agents are asked to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RunnerChoice {
    /// Containers where an engine answers, else processes.
    #[default]
    Auto,
    Container,
    Process,
}

/// How agents do run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RunnerKind {
    Container,
    Process,
}

/// A running sandbox as its clients need to know it. Kept in `sandbox.json` (0600) while it runs.
#[derive(Clone, Debug)]
pub(crate) struct SandboxInfo {
    /// `http://127.0.0.1:PORT`, without a final slash.
    pub(crate) url: String,
    pub(crate) port: u16,
    pub(crate) pid: u32,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: SecretString,
    pub(crate) runner: RunnerKind,
    /// The engine's program name (`docker`, `podman`, `finch`) where agents run as containers.
    pub(crate) engine: Option<String>,
    pub(crate) dir: PathBuf,
    pub(crate) version: String,
    /// As in [`ServerOptions`]; `None` for one that an older version started, which did not write it down.
    pub(crate) allow_local_images: Option<bool>,
    /// As in [`ServerOptions`], likewise.
    pub(crate) without_mmdsv2: Option<bool>,
    /// As in [`ServerOptions`], likewise.
    pub(crate) enforce_iam: Option<bool>,
    /// Address of the server that answers calls of Bedrock's models; `None`: the stand-in.
    pub(crate) model: Option<String>,
    /// Differs at each start; tells this sandbox from another program on the same port.
    pub(crate) instance: String,
    /// What `POST /_sandbox/shutdown` asks for.
    token: SecretString,
}

/// Of a sandbox that runs agents as processes on port 4566, without any flag.
#[cfg(test)]
pub(crate) fn info_for_tests() -> SandboxInfo {
    let dir = tempfile::tempdir().unwrap();
    let options = ServerOptions::new(dir.path().join("sandbox"));
    let identity = identity::SandboxIdentity::load_or_create(&options).unwrap();
    server::describe(&options, identity, 4566, None).unwrap()
}

impl SandboxInfo {
    /// The user that every signed request comes from.
    pub(crate) fn caller_arn(&self) -> String {
        self.partition().arn("iam", "", &self.account, "user/sandbox").to_string()
    }

    /// The page's address, with its key.
    pub(crate) fn page_url(&self) -> SecretString {
        format!("{}{}#{}", self.url, dev::PATH, self.page_key().expose_secret()).into()
    }

    /// The key for the page's data. It comes from the token, but does not allow what the token does: to stop the sandbox.
    fn page_key(&self) -> SecretString {
        let mut key = sigv4::sha256(format!("page {}", self.token.expose_secret()).as_bytes());
        key.truncate(32);
        key.into()
    }

    pub(crate) fn partition(&self) -> Partition {
        Partition::of_region(&self.region)
    }

    /// The unique id of that user.
    pub(crate) fn user_id(&self) -> String {
        format!("AIDA{}", self.access_key_id.trim_start_matches("AKIA"))
    }

    /// An ARN of this account and region.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> Arn {
        self.partition().arn(service, &self.region, &self.account, resource)
    }
}

/// The context of every handler: identity, state, and the clients that it may use.
pub(crate) struct Sandbox {
    pub(crate) options: ServerOptions,
    pub(crate) info: SandboxInfo,
    pub(crate) limits: ResourceShares,
    pub(crate) env: Env,
    pub(crate) events: Events,
    /// The client for requests to elsewhere (discovery documents of other providers). Honours proxies.
    pub(crate) http: Http,
    pub(crate) clock: SandboxClock,
    pub(crate) state: state::SandboxState,
    /// Open blob uploads of the registry; they do not survive a restart.
    uploads: registry::Uploads,
    /// The cache of identity providers.
    pub(crate) providers: crate::auth::Providers,
    /// The unsaved state of the identity service.
    pub(crate) identities: vault::InFlight,
    /// The builds of CodeBuild that are running.
    pub(crate) builds: codebuild::RunningBuilds,
    /// The agents that are running.
    pub(crate) runner: runner::Runner,
    /// Container engine, where agents run as containers.
    pub(crate) engine: Option<engine::ContainerEngine>,
    /// For the page.
    journal: Arc<dev::Journal>,
    /// Set once, when the sandbox is asked to stop; background tasks watch it.
    stopping: tokio::sync::watch::Sender<bool>,
}

impl Sandbox {
    /// Where services keep files that [`reset`] removes.
    pub(crate) fn data_dir(&self) -> PathBuf {
        data_dir(&self.options.dir)
    }

    /// Adds a line to a stream of CloudWatch Logs, making group and stream where they are missing. A disk that refuses
    /// is reported once per line to whoever watches the sandbox, and does not stop the agent.
    pub(crate) fn log(&self, group: &str, stream: &str, message: &str) {
        if let Err(error) = self.state.logs.append(group, stream, message, self.clock.millis()) {
            self.events.warning(format!("could not keep a log line of `{group}`: {error}"));
        }
    }

    /// Completes when the sandbox is asked to stop, also when that was before the call.
    pub(crate) async fn stopped(&self) {
        // The sender lives in `self`, so the wait cannot end by losing it.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    pub(crate) fn request_stop(&self) {
        self.stopping.send_replace(true);
    }
}

/// A handle that handlers and their background tasks share.
pub(crate) type SharedSandbox = Arc<Sandbox>;

/// The sandbox's time of day. Everything that it signs, stamps and validates uses this clock, so that tests can set it
/// wrong.
#[derive(Debug, Default)]
pub(crate) struct SandboxClock {
    /// Seconds ahead of the machine.
    skew: AtomicI64,
}

impl SandboxClock {
    pub(crate) fn now(&self) -> OffsetDateTime {
        crate::clock::now() + time::Duration::seconds(self.skew.load(Ordering::Relaxed))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub(crate) fn unix(&self) -> i64 {
        self.now().unix_timestamp()
    }

    /// Milliseconds since 1970.
    pub(crate) fn millis(&self) -> i64 {
        i64::try_from(self.now().unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
    }

    /// Seconds since 1970 with milliseconds, as json-1.1 services write timestamps.
    pub(crate) fn epoch(&self) -> f64 {
        // Exact: milliseconds since 1970 fit a double until the year 287396.
        self.millis() as f64 / 1000.0
    }
}

/// Where the sandbox lives when nobody names a directory.
///
/// # Errors
/// When neither `AGENTCORE_STATE_DIR`, `XDG_STATE_HOME` nor `HOME` is set.
pub(crate) fn default_dir(env: &Env) -> Result<PathBuf> {
    env.state_dir().map(|dir| dir.join("sandbox")).ok_or_else(|| {
        Error::usage("there is no directory for the sandbox's state: `HOME` is not set")
            .hint("set `AGENTCORE_STATE_DIR` or pass `--dir`")
    })
}

/// Variables that point AWS clients somewhere else and so must not reach a program that is to use the sandbox.
/// [`cleared`] adds the ones that only a prefix describes.
pub(crate) const CLEARED: &[&str] = &[
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
];

/// The variables by which the retired toolkit finds AgentCore; it does not follow `AWS_ENDPOINT_URL`. Not for agents: the
/// SDK in them refuses addresses outside AWS here.
pub(crate) const TOOLKIT_ENDPOINTS: [&str; 2] = ["BEDROCK_AGENTCORE_CP_ENDPOINT", "BEDROCK_AGENTCORE_DP_ENDPOINT"];

/// The variable by which `MemoryControlPlaneClient` of AWS's agent SDK finds the control plane. For agents too: it takes any
/// address.
const MEMORY_ENDPOINT: &str = "BEDROCK_AGENTCORE_CONTROL_ENDPOINT";

/// The variables of `env` that a program using the sandbox must not see: those of [`CLEARED`] and every
/// `AWS_ENDPOINT_URL_<SERVICE>`.
pub(crate) fn cleared(env: &Env) -> Vec<String> {
    env.vars()
        .map(|(name, _)| name)
        .filter(|name| CLEARED.contains(name) || name.starts_with("AWS_ENDPOINT_URL_"))
        .map(str::to_owned)
        .collect()
}

/// The variables that make a program use this sandbox; [`cleared`] names those to remove. They contain the secret
/// key: print them only where the user asked for that.
pub(crate) fn environment(info: &SandboxInfo, env: &Env) -> Vec<(String, String)> {
    let mut vars = vec![
        ("AWS_ENDPOINT_URL", info.url.clone()),
        ("AWS_ACCESS_KEY_ID", info.access_key_id.clone()),
        ("AWS_SECRET_ACCESS_KEY", info.secret_access_key.expose_secret().to_owned()),
        ("AWS_REGION", info.region.clone()),
        ("AWS_DEFAULT_REGION", info.region.clone()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("AGENTCORE_PLATFORM", host_platform().to_owned()),
        ("AGENTCORE_PYTHON", "host".to_owned()),
    ];
    if info.runner == RunnerKind::Process {
        vars.push(("AGENTCORE_BASE_IMAGE", "scratch".to_owned()));
    }
    vars.extend(TOOLKIT_ENDPOINTS.map(|name| (name, info.url.clone())));
    vars.push((MEMORY_ENDPOINT, info.url.clone()));
    vars.extend(no_proxy(|name| env.var(name)));
    vars.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The platform whose images run here without emulation.
pub(crate) fn host_platform() -> &'static str {
    if cfg!(target_arch = "aarch64") { "linux/arm64" } else { "linux/amd64" }
}

/// Where a proxy is set, loopback must not go through it. Both spellings, because clients differ in which they read.
fn no_proxy<'a>(variable: impl Fn(&str) -> Option<&'a str>) -> Vec<(&'static str, String)> {
    let proxies = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    if proxies.iter().all(|name| variable(name).is_none()) {
        return Vec::new();
    }
    let old = variable("NO_PROXY").or_else(|| variable("no_proxy"));
    let value = match old {
        Some("*") => "*".to_owned(),
        Some(list) if list.split(',').any(|host| host.trim() == "127.0.0.1") => list.to_owned(),
        Some(list) => format!("{list},127.0.0.1,localhost"),
        None => "127.0.0.1,localhost".to_owned(),
    };
    vec![("NO_PROXY", value.clone()), ("no_proxy", value)]
}

/// Everything that `reset` removes: state, images, logs.
fn data_dir(dir: &Path) -> PathBuf {
    dir.join("data")
}

/// The file that describes the running sandbox.
fn info_path(dir: &Path) -> PathBuf {
    dir.join("sandbox.json")
}

#[cfg(test)]
mod tests;
