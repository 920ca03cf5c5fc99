//! The plan of a launch that builds nothing, as a comparison of the configuration with what is live.
//!
//! Owns: what takes the artifact's place. Nothing is built: what is compared is the artifact of the version on record, so that a
//! source that changed since is no drift, and an artifact that somebody else deployed is. Does not own: how a resource is
//! compared, which is its plan's business.

use std::path::Path;
use std::time::Instant;

use super::drift_report::DriftReport;
use super::list::{BaseResources, LateValues, LaunchResources};
use super::names::ResourceNames;
use super::{Connections, Launch, LaunchRequest};
use crate::artifact::ArtifactRequest;
use crate::cloud::{AgentRuntime, CallerIdentity};
use crate::config::{Agent, Store, shell};
use crate::error::{Code, Error, Result};
use crate::ops::preflight::BuildChecks;
use crate::ops::{references, target};
use crate::resources::deploy_lock::Activity;
use crate::resources::plan::{ResourceKind, Step};
use crate::resources::record::AgentRecord;
use crate::resources::runtime::{ChangedElsewhere, RuntimeArtifact, mark_origin};
use crate::resources::{build_project, buildspec, engine, outbound, owner};

/// Both sides of an agent that is deployed.
#[derive(Debug)]
pub(crate) struct Compared {
    pub(crate) identity: CallerIdentity,
    pub(crate) runtime: AgentRuntime,
    /// What a launch would do, without the artifact. Of each change, before is live and after is the file.
    pub(crate) steps: Vec<Step>,
    pub(crate) elsewhere: Option<ChangedElsewhere>,
}

impl Compared {
    pub(crate) fn report(self, store: &Store, agent: &Agent) -> DriftReport {
        DriftReport::new(self, agent, shell::command("launch", store, agent), shell::command("adopt", store, agent))
    }
}

/// Compares the configuration with what is live, for all that a launch would deal with.
///
/// # Errors
/// An agent that is not deployed, a runtime that is gone or another project's, a variable of this process that a value names
/// and that is not set, and the services' refusals.
pub(crate) async fn compare(store: Store, name: &str, connections: &Connections<'_>) -> Result<Compared> {
    let mut agent = store.agent(Some(name))?.clone();
    let arn = target::require_arn(&store, &agent)?;
    let gone = Error::not_found(format!("the runtime of `{name}` on record is gone: {arn}"))
        .code(Code::AgentNotDeployed)
        .hint(format!("deploy it again: `{}`", shell::command("launch", &store, &agent)));
    let cloud = connections.cloud;
    let id = agent.runtime_id().unwrap_or_else(|| arn.resource_id()).to_owned();
    let text = arn.to_string();
    let look = async { tokio::try_join!(cloud.runtime(&id), cloud.resource_tags(&text)) };
    let (live, tags) = connections.identity.beside(look).await?;
    let identity = connections.identity.confirmed().await?;
    target::check_account(&agent, &identity)?;
    let Some(live) = live.filter(|live| live.status() != "DELETING") else { return Err(gone) };
    if agent.project.is_none() {
        // The starter toolkit drops unknown keys when it writes the file.
        agent.project = tags.as_deref().and_then(owner::identity).map(str::to_owned);
    }
    let kept = (connections.env, cloud, connections.identity);
    references::resolve(&mut agent, &store, &[], kept).await?;
    let elsewhere = ChangedElsewhere::find(cloud, &agent, &live, tags.as_deref().unwrap_or_default()).await?;
    let recorded = elsewhere.as_ref().and_then(|elsewhere| elsewhere.artifact.as_ref()).or_else(|| live.artifact());
    let artifact = recorded.and_then(RuntimeArtifact::of_wire);
    let names = names(&agent, artifact.as_ref(), connections)?;
    let root = store.root().to_owned();
    let request = request(shell::command("launch", &store, &agent), &agent);
    let record = AgentRecord::new(store, agent);
    // Nothing is built.
    let checks = BuildChecks::default();
    let launch = Launch {
        agent: record.agent(),
        names: &names,
        record: &record,
        root: &root as &Path,
        request: &request,
        connections,
        begun: Instant::now(),
        activity: Activity::new("status"),
        checks: &checks,
    };
    let mut steps = launch.compare(artifact).await?;
    if let Some(step) = steps.iter_mut().find(|step| step.kind == ResourceKind::Runtime) {
        mark_origin(elsewhere.as_ref(), step, &live, tags.as_deref().unwrap_or_default());
    }
    Ok(Compared { identity, runtime: live, steps, elsewhere })
}

/// Those of the last launch: one that was given an image has made no repository.
fn names(agent: &Agent, artifact: Option<&RuntimeArtifact>, connections: &Connections<'_>) -> Result<ResourceNames> {
    let (cloud, account) = (connections.cloud, connections.identity.account());
    let names = ResourceNames::for_agent(agent, cloud, account)?;
    let Some(RuntimeArtifact::Image(uri)) = artifact else { return Ok(names) };
    let Ok(image) = uri.parse::<crate::image::reference::Reference>() else { return Ok(names) };
    if names.archives.is_some() || format!("{}/{}", image.registry, image.repository) == names.repository_uri {
        return Ok(names);
    }
    ResourceNames::for_image(agent, &image, cloud, account)
}

/// A launch that is never carried out.
fn request(command: String, agent: &Agent) -> LaunchRequest {
    LaunchRequest {
        agent: agent.name.clone(),
        command,
        plan_only: true,
        environment: Vec::new(),
        unset_environment: Vec::new(),
        artifact: ArtifactRequest { skip_checks: true, ..ArtifactRequest::default() },
        adopt: false,
        break_lock: false,
        endpoint: None,
        smoke: None,
        // A comparison refuses no authorizer.
        allow_auth_change: true,
        refuse_drift: false,
        wait: None,
        wait_is_for_all: false,
    }
}

impl Launch<'_> {
    /// The plan with `artifact` in place of one that is built.
    async fn compare(&self, artifact: Option<RuntimeArtifact>) -> Result<Vec<Step>> {
        let cloud = self.connections.cloud;
        let (values, scope) = (LateValues::default(), self.names.scope());
        if let Some(artifact) = artifact {
            values.set_artifact(artifact);
        }
        let mut first = BaseResources::new(self, &scope, &values);
        let ((), outbound) =
            tokio::try_join!(engine::observe(first.nodes(), cloud), outbound::observe(cloud, self.agent))?;
        values.identity_permissions.set(outbound.permissions(self.agent, &scope));
        let buildspec = buildspec::text();
        let was_built = build_project::is_recorded(self.agent);
        let cloud_build = was_built.then(|| self.cloud_build(&scope, &values, &buildspec));
        let mut all = LaunchResources { first, cloud_build, image: None, archive: None };
        engine::observe(all.after_build(), cloud).await?;
        engine::plan(all.list(), false)
    }
}
