//! From a configured agent to a READY runtime: the list of resources that a launch hands to the engine.
//!
//! Owns: what an agent is made of, the build between looking and planning, and what is said at the end. Does not own: how a
//! resource is looked at, compared and made (`resources`), how an artifact is built (`artifact`).

mod given;
mod list;
mod names;
mod report;
mod variables;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use report::LaunchReport;
pub(crate) use variables::{check_unset, parse_variables};

use serde_json::json;

use super::target;
use crate::artifact::{self, ArtifactRequest, BuiltArtifact, Fingerprint, PreparedBuild, SourceFingerprint, Tools};
use crate::cache::Cache;
use crate::cloud::{Cloud, Identity, LocalSandbox, ObjectInfo};
use crate::config::shell;
use crate::config::{Agent, Store};
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::http::Http;
use crate::resources::engine::{self, Ways};
use crate::resources::outbound;
use crate::resources::owner;
use crate::resources::patience::Patience;
use crate::resources::plan::{Action, Step};
use crate::resources::record::AgentRecord;
use crate::resources::runtime::{is_ready, wait_ready};
use crate::resources::{buildspec, runtime};
use list::{All, First, Values};
use names::Names;

/// What the user asked for.
#[derive(Debug)]
pub(crate) struct LaunchRequest {
    pub(crate) agent: String,
    /// The command that carries the request out, as it can be typed.
    pub(crate) command: String,
    pub(crate) plan_only: bool,
    pub(crate) environment: Vec<(String, String)>,
    /// Names of variables that the runtime is to lose this once.
    pub(crate) unset_environment: Vec<String>,
    pub(crate) artifact: ArtifactRequest,
    /// Take over a runtime of the same name that carries no mark of this project.
    pub(crate) adopt: bool,
    pub(crate) allow_auth_change: bool,
    /// How long to wait for others and for READY, from the first change on; `None` returns without waiting for READY.
    pub(crate) wait: Option<Duration>,
}

/// What a launch works with.
pub(crate) struct Connections<'a> {
    pub(crate) env: &'a Env,
    pub(crate) http: &'a Arc<Http>,
    pub(crate) cache: &'a Cache,
    pub(crate) cloud: &'a Cloud,
    pub(crate) identity: &'a Identity,
    pub(crate) events: &'a Events,
}

impl Connections<'_> {
    fn tools(&self) -> Tools<'_> {
        Tools { env: self.env, http: self.http, cache: self.cache, events: self.events }
    }
}

/// Refuses what this version cannot deploy, in one line, before anything is looked at.
pub(crate) fn check_configured(agent: &Agent) -> Result<()> {
    let authorization = agent
        .request_headers()
        .is_some_and(|names| names.iter().any(|name| name.eq_ignore_ascii_case("authorization")));
    if authorization && agent.authorizer().is_none() {
        return Err(Error::usage(format!(
            "the allowlist of `{}` names the `Authorization` header, which the service passes on only behind a JWT authorizer",
            agent.name
        ))
        .code("config.request-headers")
        .hint(format!("add an authorizer: `agentcore configure --name {} --discovery-url URL`", agent.name))
        .hint("or leave the header out of `request_header_configuration`"));
    }
    Ok(())
}

/// Says what the configuration asks for and this version leaves out.
pub(crate) fn warn_of_gaps(agent: &Agent, events: &Events) {
    if agent.memory_wanted() && agent.memory_id().is_none() {
        events.warning(format!(
            "the configuration asks for AgentCore Memory ({}), which this version does not create: the agent runs without it",
            agent.memory.mode
        ));
    }
}

/// Deploys the agent, or says what deploying would change.
///
/// # Errors
/// Before anything is touched: [`Kind::Usage`] for a configuration that cannot be deployed, a foreign account, or an
/// authorizer change that was not allowed. Afterwards the failure of the step, with what was done already on record
/// in the configuration.
pub(crate) async fn launch(
    store: Store,
    request: &LaunchRequest,
    connections: &Connections<'_>,
) -> Result<LaunchReport> {
    let proposed = match &store.project().identity {
        Some(identity) => identity.clone(),
        None => match recorded_identity(&store, request, connections).await? {
            Some(identity) => identity,
            None => super::identity::proposed_identity(store.root()),
        },
    };
    let (mut store, attempt) = attempt(store, &proposed, request, connections).await;
    // A file without an identity may get one from another launch meanwhile, and everything looks different then.
    let refused = attempt.as_ref().is_err_and(|error| error.kind() == Kind::Usage);
    if refused && store.project().identity.is_none() {
        store.reload()?;
    }
    match store.project().identity.clone() {
        Some(identity) if refused && identity != proposed => {
            Box::pin(self::attempt(store, &identity, request, connections)).await.1
        }
        _ => attempt,
    }
}

/// The identity that the runtime on record carries, for a file that has lost its own: the starter toolkit drops what it does
/// not know when it writes the file. What is on record is this project's, whatever its name.
async fn recorded_identity(
    store: &Store,
    request: &LaunchRequest,
    connections: &Connections<'_>,
) -> Result<Option<String>> {
    let agent = store.agent(Some(&request.agent))?;
    let Some(id) = agent.runtime_id() else { return Ok(None) };
    target::check_account(agent, connections.identity)?;
    let Some(runtime) = connections.cloud.runtime(id).await? else { return Ok(None) };
    let tags = connections.cloud.resource_tags(runtime.arn()).await?;
    Ok(tags.as_deref().and_then(owner::identity).map(str::to_owned))
}

/// `identity` is the project's, or what it is to be. Gives the store back as it is then.
async fn attempt(
    store: Store,
    identity: &str,
    request: &LaunchRequest,
    connections: &Connections<'_>,
) -> (Store, Result<LaunchReport>) {
    let mut agent = match store.agent(Some(&request.agent)) {
        Ok(agent) => agent.clone(),
        Err(error) => return (store, Err(error)),
    };
    agent.project = Some(identity.to_owned());
    let root = store.root().to_owned();
    let texts = Texts {
        next: report::Next::of(&store, &agent, &request.command),
        status: shell::command("status --watch", &store, &agent),
        destroy: shell::command("destroy", &store, &agent),
    };
    let record = AgentRecord::new(store, agent);
    let report = prepared(&record, &root, texts, (request, connections)).await;
    (record.into_store(), report)
}

/// From what is configured to the launch itself.
async fn prepared(
    record: &AgentRecord,
    root: &Path,
    texts: Texts,
    (request, connections): (&LaunchRequest, &Connections<'_>),
) -> Result<LaunchReport> {
    let agent = record.agent();
    target::check_account(agent, connections.identity)?;
    warn_of_gaps(agent, connections.events);
    let prepared = artifact::prepare(root, agent, &request.artifact, &connections.tools()).await?;
    let names = match prepared.given_image() {
        Some(image) => Names::of_image(agent, image, connections.cloud, connections.identity)?,
        None => Names::of(agent, connections.cloud, connections.identity)?,
    };
    let launch = Launch { agent, names: &names, record, root, request, connections };
    launch.run(prepared, texts).await
}

/// What a launch says of other commands.
struct Texts {
    next: report::Next,
    status: String,
    destroy: String,
}

/// One launch: what does not change on its way.
struct Launch<'a> {
    agent: &'a Agent,
    names: &'a Names,
    record: &'a AgentRecord,
    root: &'a Path,
    request: &'a LaunchRequest,
    connections: &'a Connections<'a>,
}

/// An artifact of the same source that is where the service takes it from.
#[derive(Default)]
struct Earlier {
    digest: Option<String>,
    /// Of an archive.
    object: Option<ObjectInfo>,
}

impl Launch<'_> {
    async fn run(&self, prepared: PreparedBuild, texts: Texts) -> Result<LaunchReport> {
        let (request, connections) = (self.request, self.connections);
        let values = Values::default();
        let scope = self.names.scope(self.agent);
        let mut first = First::new(self, &scope, &values);
        // The source is read while AWS is asked.
        let find = async {
            let found = prepared.fingerprint(&connections.tools()).await?;
            let earlier = self.earlier(found.as_ref().map(|found| found.value)).await?;
            Ok((found, earlier))
        };
        let ((), (found, earlier), outbound) = tokio::try_join!(
            engine::observe(first.nodes(), connections.cloud),
            find,
            outbound::observe(connections.cloud, self.agent)
        )?;
        let fingerprint = found.as_ref().map(|found| found.value);
        values.identity_permissions.set(outbound.permissions(self.agent, &scope));
        // What forbids the launch does so before anything is built.
        engine::plan(first.nodes(), request.adopt)?;

        let start = prepared.start();
        let built = self.build(prepared, (earlier.digest, fingerprint)).await?;
        let fingerprint = self.settled(found, &built).await?;
        outbound
            .warn(self.agent, (&scope, self.names.role_arn.as_deref()), (connections.cloud, connections.events))
            .await?;
        self.warn_of_absent(first.runtime.observed.as_ref());

        let buildspec = buildspec::text();
        let elsewhere = built.remote().map(|_| self.elsewhere(&scope, &values, &buildspec));
        let remote = elsewhere.as_ref().map(|elsewhere| elsewhere.build(&scope, self.agent));
        let image = first.image(self, (&built, fingerprint, remote), &values);
        let archive = match self.names.archives.as_ref().zip(start) {
            Some(place) => Some(first.archive(place, (built.archive(), fingerprint), earlier.object, &values)?),
            None => None,
        };
        let mut all = All { first, elsewhere, image, archive };
        engine::observe(all.later(), connections.cloud).await?;
        let steps = engine::plan(all.list(), request.adopt)?;
        if request.plan_only {
            return Ok(report::planned(texts.next, steps, connections.identity, all.first.runtime.observed.as_ref()));
        }
        self.record_beginning(&all)?;
        self.apply(all, steps, texts, &built).await
    }

    /// What goes on record before the first request.
    fn record_beginning(&self, all: &All<'_>) -> Result<()> {
        let identity = self.agent.project.as_deref().unwrap_or_default();
        let known = self.record.ensure_identity(identity, self.connections.events)?;
        if known != identity {
            return Err(Error::usage("another launch gave this project its identity at the same moment")
                .code("project.identity")
                .hint("launch again"));
        }
        if let (true, Some(resolved)) = (self.request.artifact.rebuild_dependencies, &self.request.artifact.resolved) {
            self.record.write(&[(&["agentcore", "resolved"], json!(resolved))], |_| {})?;
        }
        match &all.elsewhere {
            Some(elsewhere) => elsewhere.project.resource.intend(),
            None => Ok(()),
        }
    }

    /// Also when nothing is to change: what exists may be missing from the record, or not be READY yet.
    async fn apply(
        &self,
        mut all: All<'_>,
        steps: Vec<Step>,
        texts: Texts,
        built: &BuiltArtifact,
    ) -> Result<LaunchReport> {
        let (request, connections) = (self.request, self.connections);
        let cx = engine::Context {
            cloud: connections.cloud,
            events: connections.events,
            patience: Patience::new(request.wait, connections.events),
            adopt: request.adopt,
        };
        let is_new = all.first.runtime.observed.is_none();
        let ways = Ways { repeat: request.command.clone(), resume: resume(&steps, request, &texts, is_new) };
        engine::apply(all.list(), &steps, &cx, &ways).await?;
        let steps = all.outcomes(steps);
        let node = &all.first.runtime;
        let Some(live) = &node.observed else { return Err(Error::failed("nothing is known of the runtime")) };
        let changed = node.outcome.is_some_and(Action::is_change);
        let mut next = texts.next;
        if node.resource.refuses_calls() {
            next.refuse_calls();
        }
        let mut deployed = report::Deployed::of(&live.runtime);
        deployed.artifact = node.resource.artifact.get();
        let is_ready = live.endpoint.as_ref().filter(|endpoint| !changed && is_ready(&live.runtime, endpoint));
        if let (Some(_), Some(endpoint)) = (request.wait, is_ready) {
            deployed.endpoint = Some(endpoint.status.clone());
        } else if request.wait.is_some() {
            let limit = cx.patience.renewed().left();
            let ready = wait_ready(connections.cloud, live.runtime.id(), limit, connections.events).await?;
            deployed.status = ready.runtime.status().to_owned();
            deployed.version = ready.runtime.version().to_owned();
            deployed.endpoint = Some(ready.endpoint.status);
            if changed {
                trial(live.runtime.id(), connections).await;
            }
        }
        Ok(LaunchReport::applied(next, steps, connections, &built.why, deployed))
    }

    /// Looks for the artifact of the same source, when it is known what that is.
    async fn earlier(&self, fingerprint: Option<Fingerprint>) -> Result<Earlier> {
        let Some(fingerprint) = fingerprint else { return Ok(Earlier::default()) };
        let cloud = self.connections.cloud;
        match &self.names.archives {
            Some(place) => {
                let object = place.find(cloud, &place.key_of(Some(fingerprint), None)?).await?;
                Ok(Earlier { digest: object.as_ref().and_then(|object| object.sha256.clone()), object })
            }
            None if self.names.repository_is_local => {
                let digest = cloud.image_by_tag(&self.names.repository, &fingerprint.tag()).await?;
                Ok(Earlier { digest, object: None })
            }
            None => Ok(Earlier::default()),
        }
    }

    async fn build(
        &self,
        prepared: PreparedBuild,
        (earlier, fingerprint): (Option<String>, Option<Fingerprint>),
    ) -> Result<BuiltArtifact> {
        let (connections, tools) = (self.connections, self.connections.tools());
        if let Some(digest) = earlier {
            let what = if prepared.start().is_some() { "archive" } else { "image" };
            connections.events.note(format!("{what}: the source is unchanged, {digest} is used again"));
            return Ok(prepared.reuse(digest));
        }
        match prepared.given_image().cloned() {
            Some(image) => {
                let digest = given::inspect(&image, prepared.platform(), self.names, connections).await?;
                Ok(prepared.reuse(digest))
            }
            None => {
                // An archive without a fingerprint is named by its content.
                let has_name = self.names.archives.is_none() || fingerprint.is_some();
                prepared.build(self.request.plan_only && has_name, &tools).await
            }
        }
    }

    /// The fingerprint that stands for what was built. Files that were edited while the build ran are in the artifact, as they
    /// were or as they are.
    async fn settled(&self, before: Option<SourceFingerprint>, built: &BuiltArtifact) -> Result<Option<Fingerprint>> {
        let Some(before) = before else { return Ok(None) };
        let silent = Events::silent();
        let again = Tools { events: &silent, ..self.connections.tools() };
        // What a plan did not build has not changed meanwhile.
        if self.request.plan_only || built.is_reused() || before.holds(&again).await? {
            return Ok(Some(before.value));
        }
        let prepared = artifact::prepare(self.root, self.agent, &self.request.artifact, &again).await?;
        let now = prepared.fingerprint(&again).await?.map(|now| now.value);
        if now != Some(before.value) {
            self.connections.events.warning("the source changed while it was built: the next launch builds it again");
        }
        Ok(now.filter(|now| *now == before.value))
    }

    /// A name that the runtime does not have may be a slip, and what was meant stays.
    fn warn_of_absent(&self, live: Option<&runtime::Live>) {
        let live = live.and_then(|live| live.runtime.raw.get("environmentVariables"));
        let absent = |name: &&String| live.is_none_or(|live| live.get(name.as_str()).is_none());
        for name in self.request.unset_environment.iter().filter(absent) {
            let list = if name.contains([',', ' ']) { "; repeat `--unset-env` for each name" } else { "" };
            self.connections
                .events
                .warning(format!("the runtime has no environment variable `{name}` to take out{list}"));
        }
    }
}

/// How a launch that is cut off goes on. A runtime that was there before is nobody's to destroy for that.
fn resume(steps: &[Step], request: &LaunchRequest, texts: &Texts, is_new: bool) -> String {
    if !steps.iter().any(|step| step.action.is_change()) {
        return format!("nothing was changed; `{}` follows the runtime", texts.status);
    }
    let go_on = format!("what was made is on record: `{}` goes on from there", request.command);
    if is_new { format!("{go_on}, `{}` takes it away", texts.destroy) } else { go_on }
}

/// Has a sandbox start the agent, which costs nothing there, and shows what it says when it does not start: the first
/// call would tell the same, later and to somebody else.
async fn trial(runtime_id: &str, connections: &Connections<'_>) {
    let Some(sandbox) = LocalSandbox::find(connections.env, connections.http, connections.cloud.region()).await else {
        return;
    };
    connections.events.started("start", "start the agent once, to see whether it does");
    match sandbox.try_start(connections.cloud, runtime_id).await {
        Ok(None) => connections.events.finished("start", Outcome::Done, ""),
        Ok(Some(report)) => {
            for line in &report.lines {
                connections.events.log("agent", line.as_str());
            }
            connections.events.warning(format!(
                "the agent does not start in this sandbox: {}; all of its output is in `{}`",
                report.reason, report.log
            ));
        }
        Err(error) => connections.events.warning(format!("whether the agent starts was not tried: {error}")),
    }
}
