//! From a configured agent to a READY runtime: the list of resources that a launch hands to the engine.
//!
//! Owns: what an agent is made of, the build between observing and planning, and the report. Does not own: how a
//! resource is observed, compared and made (`resources`), how an artifact is built (`artifact`).

mod apply;
mod build;
mod drift;
mod drift_report;
mod elsewhere;
mod given;
mod list;
mod lock;
mod names;
mod network;
mod release;
mod report;
mod smoke;
mod times;
mod variable_file;
mod variables;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) use drift::{Compared, compare};
pub(crate) use drift_report::{difference_data, differences_document};
pub(crate) use names::ResourceNames;
pub(crate) use report::LaunchReport;
pub(crate) use smoke::{DEFAULT_TIMEOUT, SmokeCaller, SmokeTest, junit_of};
pub(crate) use variable_file::parse_variable_file;
pub(crate) use variables::{check_unset, parse_variables};

use serde_json::json;

use super::pending_identity::PendingIdentity;
use super::preflight::BuildChecks;
use super::{references, target};
use crate::artifact::{self, ArtifactRequest, PrebuiltArtifact, PreparedBuild, Tools};
use crate::cache::Cache;
use crate::cloud::{Cloud, LocalSandbox};
use crate::config::shell;
use crate::config::{Agent, Store};
use crate::env::Env;
use crate::error::{Code, Error, Kind, Result};
use crate::events::Events;
use crate::http::Http;
use crate::resources::deploy_lock::Activity;
use crate::resources::engine::{self, Resource as _};
use crate::resources::outbound;
use crate::resources::owner;
use crate::resources::record::AgentRecord;
use crate::resources::version_note::VersionMaker;
use crate::resources::{buildspec, runtime};
use list::{BaseResources, LateValues, LaunchResources};
use release::Promotion;

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
    /// Take the lock of the deployment from whoever has it.
    pub(crate) break_lock: bool,
    pub(crate) allow_auth_change: bool,
    /// Besides DEFAULT: the endpoint that serves the new version.
    pub(crate) endpoint: Option<String>,
    /// What a new version must do before that.
    pub(crate) smoke: Option<SmokeTest>,
    /// Stop where what was changed elsewhere would be overwritten.
    pub(crate) refuse_drift: bool,
    /// How long to wait for others and for READY, from the first change on; `None` returns without waiting for READY.
    pub(crate) wait: Option<Duration>,
    /// That time is the whole command's, the build included.
    pub(crate) wait_is_for_all: bool,
}

/// The connections of a launch.
pub(crate) struct Connections<'a> {
    pub(crate) env: &'a Env,
    pub(crate) http: &'a Arc<Http>,
    pub(crate) cache: &'a Cache,
    pub(crate) cloud: &'a Cloud,
    pub(crate) identity: &'a PendingIdentity,
    pub(crate) events: &'a Events,
    /// For the smoke test.
    pub(crate) smoke_caller: Option<&'a dyn SmokeCaller>,
}

impl Connections<'_> {
    fn tools(&self) -> Tools<'_> {
        Tools { env: self.env, http: self.http, cache: self.cache, events: self.events }
    }

    /// Whether CodeBuild is on other machines than this one: that of the sandbox would miss the same engine.
    async fn have_codebuild(&self) -> bool {
        self.env.var("AWS_ENDPOINT_URL_CODEBUILD").is_some() || self.sandbox().await.is_none()
    }

    async fn sandbox(&self) -> Option<LocalSandbox> {
        LocalSandbox::find(self.env, self.http, self.cloud.region()).await
    }
}

/// Refuses what this version cannot deploy, before any request.
pub(crate) fn check_configured(agent: &Agent) -> Result<()> {
    let authorization = agent
        .request_headers()
        .is_some_and(|names| names.iter().any(|name| name.eq_ignore_ascii_case("authorization")));
    if authorization && agent.authorizer().is_none() {
        return Err(Error::usage(format!(
            "the allowlist of `{}` names the `Authorization` header, which the service passes on only behind a JWT authorizer",
            agent.name
        ))
        .code(Code::ConfigRequestHeaders)
        .hint(format!("add an authorizer: `agentcore configure --name {} --discovery-url URL`", agent.name))
        .hint("or leave the header out of `request_header_configuration`"));
    }
    Ok(())
}

/// Deploys the agent, or says what deploying would change.
///
/// # Errors
/// Before anything is touched: [`Kind::Usage`] for a configuration that cannot be deployed, a foreign account, or an
/// authorizer change that was not allowed. Afterwards the failure of the step, with what was done already recorded in
/// the configuration.
pub(crate) async fn launch(
    store: Store,
    request: &LaunchRequest,
    connections: &Connections<'_>,
) -> Result<LaunchReport> {
    store.require_identity_or_place()?;
    let proposed = match &store.project().identity {
        Some(identity) => identity.clone(),
        None => match recorded_identity(&store, request, connections).await? {
            Some(identity) => identity,
            None => super::identity::proposed_identity(store.root()),
        },
    };
    let (mut store, attempt) = attempt(store, &proposed, request, connections).await;
    // A file without an identity may get one from a concurrent launch, and the ownership of every resource changes
    // then.
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

/// The identity in the tags of the recorded runtime, for a file that has lost its own: the starter toolkit drops
/// unknown keys when it writes the file. A recorded runtime is this project's, whatever its name.
async fn recorded_identity(
    store: &Store,
    request: &LaunchRequest,
    connections: &Connections<'_>,
) -> Result<Option<String>> {
    let agent = store.agent(Some(&request.agent))?;
    let Some(id) = agent.runtime_id() else { return Ok(None) };
    target::check_account(agent, &connections.identity.confirmed().await?)?;
    let Some(runtime) = connections.cloud.runtime(id).await? else { return Ok(None) };
    let tags = connections.cloud.resource_tags(runtime.arn()).await?;
    Ok(tags.as_deref().and_then(owner::identity).map(str::to_owned))
}

/// `identity` is the project's identity, or the one that it will get. Returns the store as it is then.
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
    let given = request.environment.iter().map(|(name, _)| name).chain(&request.unset_environment);
    let overridden: Vec<&str> = given.map(String::as_str).collect();
    let Connections { env, cloud, identity, .. } = *connections;
    if let Err(error) = references::resolve(&mut agent, &store, &overridden, (env, cloud, identity)).await {
        return (store, Err(error));
    }
    let root = store.root().to_owned();
    let texts = CommandTexts {
        next: report::NextCommands::for_agent(&store, &agent, &request.command),
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
    texts: CommandTexts,
    (request, connections): (&LaunchRequest, &Connections<'_>),
) -> Result<LaunchReport> {
    let (agent, begun) = (record.agent(), Instant::now());
    let (cloud, account) = (connections.cloud, connections.identity.account());
    let preparation = async {
        let mut prepared = artifact::prepare(root, agent, &request.artifact, &connections.tools())?;
        if prepared.may_be_remote() && !connections.have_codebuild().await {
            prepared.keep_here();
        }
        let names = match prepared.given_image() {
            Some(image) => ResourceNames::for_image(agent, image, cloud, account)?,
            None => ResourceNames::for_agent(agent, cloud, account)?,
        };
        let asked = (&request.artifact, request.environment.as_slice());
        let checks = BuildChecks::begin(&prepared, agent, asked, &connections.tools()).await?;
        Ok((prepared, names, checks))
    };
    let (prepared, names, checks) = connections.identity.beside(preparation).await?;
    let activity = Activity::new("launch");
    let launch = Launch { agent, names: &names, record, root, request, connections, begun, activity, checks: &checks };
    let mut report = launch.run(prepared, texts).await?;
    report.checked(checks.into_findings());
    Ok(report)
}

/// The commands that a launch's report and errors name.
struct CommandTexts {
    next: report::NextCommands,
    status: String,
    destroy: String,
}

/// One launch: everything that stays the same throughout.
struct Launch<'a> {
    agent: &'a Agent,
    names: &'a ResourceNames,
    record: &'a AgentRecord,
    root: &'a Path,
    request: &'a LaunchRequest,
    connections: &'a Connections<'a>,
    begun: Instant,
    /// For runs that wait for this one.
    activity: Arc<Activity>,
    checks: &'a BuildChecks,
}

impl Launch<'_> {
    async fn run(&self, prepared: PreparedBuild, texts: CommandTexts) -> Result<LaunchReport> {
        let (request, connections) = (self.request, self.connections);
        let values = LateValues::default();
        let scope = self.names.scope();
        let mut first = BaseResources::new(self, &scope, &values);
        // The source is read while AWS is asked.
        let find = async {
            let found = prepared.fingerprint(&connections.tools()).await?;
            let earlier = self.earlier_artifact(found.as_ref().map(|found| found.value)).await?;
            Ok((found, earlier))
        };
        let look = async {
            tokio::try_join!(
                engine::observe(first.nodes(), connections.cloud),
                find,
                outbound::observe(connections.cloud, self.agent),
                async { Ok(network::observe(connections.cloud, self.agent).await) }
            )
        };
        let ((), (found, earlier), outbound, network) = connections.identity.beside(look).await?;
        // From here on the account is the caller's.
        let identity = connections.identity.confirmed().await?;
        target::check_account(self.agent, &identity)?;
        let is_tested = request.smoke.is_some();
        values.maker.set(VersionMaker { is_tested, ..VersionMaker::new(&identity.principal) });
        let fingerprint = found.as_ref().map(|found| found.value);
        values.identity_permissions.set(outbound.permissions(self.agent, &scope));
        // Refusals come before anything is built.
        engine::plan(first.nodes(), request.adopt)?;
        if let Some(network) = network {
            network.check(self.agent, self.names.archives.is_none(), connections.events)?;
        }
        let mut promotion = Promotion::plan_early(self, first.runtime.observed.as_ref()).await?;

        let start = prepared.start();
        let login = self.early_login(&prepared, &earlier, fingerprint).await;
        let begun = Instant::now();
        let built = self.build(prepared, (earlier.digest, fingerprint)).await?;
        self.checks.after_build(&built, connections.events)?;
        let build = begun.elapsed();
        let fingerprint = self.settled(found, &built).await?;
        outbound.warn_of_missing(connections.events);
        first.role.resource.warn_of_lacks(scope.account, (connections.cloud, connections.events)).await?;
        self.warn_of_absent(first.runtime.observed.as_ref());

        let buildspec = buildspec::text();
        let cloud_build = built.remote().map(|_| self.cloud_build(&scope, &values, &buildspec));
        let remote = cloud_build.as_ref().map(|cloud_build| cloud_build.build(&scope, self.agent));
        let image = first.image(self, (&built, fingerprint), (login, remote), &values);
        let archive = match self.names.archives.as_ref().zip(start) {
            Some(place) => Some(first.archive(place, (built.archive(), fingerprint), earlier.object, &values)?),
            None => None,
        };
        let mut all = LaunchResources { first, cloud_build, image, archive };
        engine::observe(all.after_build(), connections.cloud).await?;
        let mut steps = engine::plan(all.list(), request.adopt)?;
        let live = all.first.runtime.observed.as_ref();
        let overwritten = self.mark_elsewhere(&mut steps, live).await?;
        let pointed = promotion.as_mut().map(|promotion| promotion.plan(&steps, live, request.adopt)).transpose()?;
        if request.plan_only {
            self.warn_of_test(live, &steps);
            let steps = steps.into_iter().chain(pointed).collect();
            return Ok(report::planned(texts.next, steps, (&identity, live), request.smoke.as_ref()));
        }
        self.check_overwritten(&overwritten)?;
        self.warn_of_test(live, &steps);
        self.record_beginning(&all)?;
        let moves = pointed.is_some_and(|step| step.action.is_change());
        let goes_on = moves || self.tests_again(all.first.runtime.observed.as_ref());
        let (steps, lock) = self.lock(&mut all, (steps, goes_on), &identity).await?;
        let apply = self.apply(all, (steps, promotion), texts, &built);
        let mut report = match &lock {
            Some(lock) => lock.while_held(apply).await?,
            None => apply.await?,
        };
        report.took(self.begun.elapsed(), build);
        Ok(report)
    }

    /// What is recorded before the first request.
    fn record_beginning(&self, all: &LaunchResources<'_>) -> Result<()> {
        let identity = self.agent.project.as_deref().unwrap_or_default();
        let known = self.record.ensure_identity(identity, self.connections.events)?;
        if known != identity {
            return Err(Error::usage("another launch gave this project its identity at the same moment")
                .code(Code::ProjectIdentity)
                .hint("launch again"));
        }
        if let (true, Some(resolved)) = (self.request.artifact.rebuild_dependencies, &self.request.artifact.resolved) {
            self.record.write(&[(&["agentcore", "resolved"], json!(resolved))], |_| {})?;
        }
        // One that is to be tested is configured once it has passed: a launch without the test must not deploy one that failed.
        if self.request.smoke.is_none() {
            self.record_image(all)?;
        }
        match &all.cloud_build {
            Some(cloud_build) => cloud_build.project.resource.intend(),
            None => Ok(()),
        }
    }

    /// The configured image is the one that was deployed last. An environment follows that of its agent.
    fn record_image(&self, all: &LaunchResources<'_>) -> Result<()> {
        let given = matches!(self.request.artifact.given, Some(PrebuiltArtifact::Image(_)));
        let given = given && self.agent.environment.is_none();
        let image = all.image.as_ref().map(|image| image.resource.name()).filter(|uri| given && uri.contains('@'));
        match (image, &self.agent.own.image) {
            (Some(image), Some(configured)) if image != *configured => {
                self.record.write(&[(&["agentcore", "image"], json!(image))], |_| {})
            }
            _ => Ok(()),
        }
    }

    /// A name that the runtime does not have may be a typing error, and the intended variable stays.
    fn warn_of_absent(&self, live: Option<&runtime::ObservedRuntime>) {
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
