//! One agent of this machine on a port of 127.0.0.1, behind the gate that the service would put in front of it: what
//! `agentcore dev` and `agentcore launch --local` serve.
//!
//! Owns: the requests (`proxy`), what the agent's page asks for (`page`), the process that answers them (`agent`) and the next
//! one that takes its place (`reload`), what of its source it writes itself (`own_texts`), and a provider of tokens where the
//! real one is not to be asked (`issuer`). Does not own: which command the agent is and when its source changed
//! (`ops::local`), the rules by which a token is judged (`auth`), AWS's API: nothing here calls it.

mod agent;
mod artifact;
mod issuer;
mod own_texts;
mod page;
mod proxy;
mod reload;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::dataplane::envelope::ServerProtocol;
use super::dev::{Journal, LineOrigin};
use super::runner::agent_client;
use crate::auth::Providers;
use crate::error::{Code, Error, Result};
use crate::events::Events;
use crate::http::Http;
use agent::AgentProcess;
pub(crate) use artifact::{ArtifactRun, LocalArtifact, artifact_program};
use issuer::LocalIssuer;
pub(crate) use reload::{LocalEnd, serve};

/// The header that a request for a token has to have. A web page cannot send it to another origin unasked.
pub(crate) use super::dev::PAGE_HEADER as TOKEN_HEADER;
/// Where the agent's page is.
pub(crate) use super::dev::PATH as PAGE_PATH;
/// Where the local issuer gives a token out.
pub(crate) const TOKEN_PATH: &str = "/_dev/token";
/// How many ports above a taken one are tried for one to name.
const PORTS_TRIED: u16 = 100;

/// An agent as it is started.
#[derive(Clone, Debug, Default)]
pub(crate) struct LocalProgram {
    /// The program and its arguments.
    pub(crate) words: Vec<std::ffi::OsString>,
    /// The whole environment.
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) dir: PathBuf,
    /// Set where the program was made for a port already.
    pub(crate) fixed: Option<FixedStart>,
    /// What to do where a package is missing.
    pub(crate) remedy: Option<String>,
}

/// A start whose port is decided.
#[derive(Clone, Debug)]
pub(crate) struct FixedStart {
    /// Of 127.0.0.1.
    pub(crate) port: u16,
    /// The engine's program, and the name of the container that it starts.
    pub(crate) container: Option<(PathBuf, String)>,
}

/// Makes the program anew for each start: its source decides how it is started.
pub(crate) type ProgramSource = Arc<dyn Fn() -> BoxFuture<'static, Result<LocalProgram>> + Send + Sync>;

/// The stream that an agent wrote to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LocalStream {
    Out,
    Err,
}

/// Receives what the agent prints, unchanged.
pub(crate) type OutputSink = Arc<dyn Fn(LocalStream, &[u8]) + Send + Sync>;

/// A change of the source.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourceChange {
    /// One of the files that changed.
    pub(crate) file: String,
    /// Code, or a file that says what is installed. Anything else may have been written by the agent itself.
    pub(crate) is_code: bool,
}

/// Where the agent serves, as far as that is not what its protocol's contract says.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnPlace {
    pub(crate) port: Option<u16>,
    pub(crate) path: Option<String>,
}

/// How the agent is served.
pub(crate) struct LocalOptions {
    pub(crate) listener: TcpListener,
    /// Of the agent.
    pub(crate) name: String,
    /// `HTTP`, `MCP`, `A2A` or `AGUI`.
    pub(crate) protocol: &'static str,
    pub(crate) own_place: OwnPlace,
    /// The inside of `customJWTAuthorizer`; `None` lets everybody on this machine in.
    pub(crate) authorizer: Option<Value>,
    /// Tokens are issued here instead of by the authorizer's provider.
    pub(crate) local_issuer: bool,
    /// The allowlist of request headers.
    pub(crate) headers: Vec<String>,
    /// A folder of this run's own, for what the processes need.
    pub(crate) dir: PathBuf,
    pub(crate) http: Http,
    pub(crate) events: Events,
    pub(crate) output: OutputSink,
}

/// The context of every request.
struct LocalServer {
    /// Of 127.0.0.1, where callers find the agent.
    port: u16,
    name: String,
    protocol: ServerProtocol,
    own_place: OwnPlace,
    /// With the local issuer's address where that issues the tokens.
    authorizer: Option<Value>,
    issuer: Option<LocalIssuer>,
    headers: Vec<String>,
    dir: PathBuf,
    providers: Providers,
    http: Http,
    events: Events,
    output: OutputSink,
    /// For the page.
    journal: Arc<Journal>,
    /// The connections to the agent.
    client: reqwest::Client,
    /// The process that new requests go to; `None` until the first one answers.
    current: watch::Sender<Option<Arc<AgentProcess>>>,
    stopping: watch::Sender<bool>,
}

impl LocalServer {
    async fn new(options: LocalOptions) -> Result<(Self, TcpListener)> {
        let LocalOptions { listener, name, protocol, own_place, mut authorizer, local_issuer, headers, .. } = options;
        let (dir, http, events, output) = (options.dir, options.http, options.events, options.output);
        let address =
            listener.local_addr().map_err(|error| Error::failed("there is no address to listen on").source(&error))?;
        let issuer = match &mut authorizer {
            Some(wire) if local_issuer => Some(LocalIssuer::new(address.port(), wire).await?),
            _ => None,
        };
        let server = Self {
            port: address.port(),
            name,
            protocol: ServerProtocol::from_setting(Some(protocol)),
            own_place,
            authorizer,
            issuer,
            headers,
            dir,
            providers: Providers::default(),
            http,
            events,
            output,
            journal: Arc::default(),
            client: agent_client()?,
            current: watch::Sender::new(None),
            stopping: watch::Sender::new(false),
        };
        Ok((server, listener))
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Says something to whoever started this, and on the page.
    fn note(&self, text: String) {
        self.journal.line(&self.name, LineOrigin::Server, &text);
        self.events.note(text);
    }

    /// Likewise, of what may surprise later.
    fn warning(&self, text: String) {
        self.journal.line(&self.name, LineOrigin::Server, &text);
        self.events.warning(text);
    }

    /// The port that the agent has to serve, and its protocol's name.
    fn contract(&self) -> (u16, &'static str) {
        (self.own_place.port.unwrap_or(self.protocol.contract().port), self.protocol.name())
    }

    /// The path at which the agent is called.
    fn agent_path(&self) -> &str {
        self.own_place.path.as_deref().unwrap_or(self.protocol.contract().path)
    }
}

/// Listens on a port of 127.0.0.1: what runs here is the user's own code, for this machine alone.
///
/// # Errors
/// A port that is taken, with the next free one. A script that calls port 8080 must not be answered by what is there.
pub(crate) async fn listen(port: u16) -> Result<TcpListener> {
    let error = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => return Ok(listener),
        Err(error) => error,
    };
    let told = Error::failed(format!("port {port} of 127.0.0.1 cannot be used")).code(Code::LocalPort).source(&error);
    let candidates = (port.saturating_add(1)..=port.saturating_add(PORTS_TRIED)).filter(|candidate| *candidate > port);
    let free =
        candidates.into_iter().find(|candidate| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, *candidate)).is_ok());
    Err(match free {
        Some(free) => told.hint(format!("port {free} is free: `--port {free}`, for `agentcore invoke --dev` as well")),
        None => told.hint("name a free one: `--port PORT`, for `agentcore invoke --dev` as well"),
    })
}
