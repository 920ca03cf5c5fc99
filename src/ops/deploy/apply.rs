//! Carries a plan out: one resource at a time, written down as soon as it exists.

use std::future::Future;
use std::time::Duration;

use serde_json::{Value, json};

use super::desired::{Desired, Names};
use super::observe::Observed;
use super::partial::Progress;
use super::plan::{Action, CodeArchive, RuntimeArtifact, Step};
use super::report::{Deployed, LaunchReport, Next};
use super::{LaunchRequest, Workshop, runtime};
use crate::artifact::{Built, Fingerprint, Target};
use crate::cloud::{LocalSandbox, Login, Role, RoleSpec, Runtime};
use crate::config::shell;
use crate::config::{Agent, Edit, Store};
use crate::error::{Kind, Result};
use crate::events::Outcome;
use crate::image::registry::Credentials;
use crate::ops::codebuild::Setup;
use crate::ops::status;
use crate::resources::owner::{self, Owner};
use crate::resources::patience::Patience;

/// How long IAM may take to spread a new role or policy before a refusal is believed. Terraform's AWS provider
/// waits as long for it.
const PROPAGATION: Duration = Duration::from_secs(120);

/// What is applied.
pub(crate) struct Applied<'a> {
    pub(crate) agent: &'a Agent,
    pub(crate) names: &'a Names,
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) observed: Observed,
    pub(crate) built: Built,
    /// What a build elsewhere needs.
    pub(crate) setup: Option<Setup<'a>>,
    pub(crate) desired: Desired,
    pub(crate) steps: Vec<Step>,
    pub(crate) next: Next,
}

/// Carries the plan out.
///
/// # Errors
/// The failure of a step; [`Kind::Partial`] when others were done before.
pub(crate) async fn apply(
    store: &mut Store,
    work: Applied<'_>,
    request: &LaunchRequest,
    shop: &Workshop<'_>,
) -> Result<LaunchReport> {
    let resume = resume_hint(&work, request, store);
    shop.events.resume(resume.clone());
    let (progress, steps) = (Progress::default(), work.steps.clone());
    let events = progress.listen(shop.events, &steps, resume);
    let shop = Workshop { events: &events, ..*shop };
    let applied = carry_out(store, work, request, &shop).await;
    applied.map_err(|error| progress.explain(error, &steps, &request.command))
}

/// How a launch that is cut off goes on. A runtime that was there before is nobody's to destroy for that.
fn resume_hint(work: &Applied<'_>, request: &LaunchRequest, store: &Store) -> String {
    if !work.steps.iter().any(|step| step.action.is_change()) {
        let status = shell::command("status --watch", store, work.agent);
        return format!("nothing was changed; `{status}` follows the runtime");
    }
    let go_on = format!("what was made is on record: `{}` goes on from there", request.command);
    if work.observed.runtime.is_some() {
        return go_on;
    }
    format!("{go_on}, `{}` takes it away", shell::command("destroy", store, work.agent))
}

async fn carry_out(
    store: &mut Store,
    mut work: Applied<'_>,
    request: &LaunchRequest,
    shop: &Workshop<'_>,
) -> Result<LaunchReport> {
    let patience = Patience::new(request.wait, shop.events);
    let mut ledger = Ledger { store, agent: work.agent.name.clone() };
    if request.artifact.rebuild_dependencies
        && let Some(resolved) = &request.artifact.resolved
    {
        ledger.record(&[(&["agentcore", "resolved"], json!(resolved))])?;
    }
    match &work.desired.target {
        Some(target) => target.bucket(&mut ledger, &work.observed.code, shop).await?,
        None => repository(&mut ledger, &work, (patience, request), shop).await?,
    }

    if let Some(setup) = &work.setup {
        setup.apply(&mut |entries| ledger.record(entries), shop.events).await?;
    }

    // Neither needs the other, and IAM needs its time. A role whose creation has begun is seen through and written down
    // even when the push fails; a push that has lost its purpose is dropped.
    let (artifact, role) = if work.setup.is_some() {
        // A build elsewhere cannot be dropped. While it runs, IAM has its time.
        let role = role(&mut ledger, &work, (patience, request), shop).await?;
        (deliver(&work, request, shop).await?, role)
    } else {
        let artifact = deliver(&work, request, shop);
        let role = role(&mut ledger, &work, (patience, request), shop);
        tokio::pin!(artifact, role);
        tokio::select! {
            role = &mut role => {
                let role = role?;
                (artifact.await?, role)
            }
            artifact = &mut artifact => {
                let role = role.await;
                (artifact?, role?)
            }
        }
    };
    if let Some(artifact) = artifact {
        work.desired.runtime.artifact = artifact;
    }
    if let Some(role) = &role.made {
        work.desired.runtime.role_arn = role.arn.clone();
    }

    // A push may have taken longer than anybody waits.
    let patience = Patience::new(request.wait, shop.events);
    let runtime = runtime::apply(&mut ledger, &mut work, (role.patience(), patience), request, shop).await?;
    let mut deployed = Deployed {
        runtime_id: runtime.id().to_owned(),
        runtime_arn: runtime.arn().to_owned(),
        version: runtime.version().to_owned(),
        status: runtime.status().to_owned(),
        artifact: Some(work.desired.runtime.artifact.clone()),
        endpoint: None,
    };
    if request.wait.is_some() {
        let ready = status::wait_ready(shop.cloud, runtime.id(), patience.left(), shop.events).await?;
        deployed.status = ready.runtime.status().to_owned();
        deployed.version = ready.runtime.version().to_owned();
        deployed.endpoint = Some(ready.endpoint.status);
        if work.outcome("runtime").is_change() {
            trial(runtime.id(), shop).await;
        }
    }
    Ok(LaunchReport::applied(work.next, work.steps, shop, &work.built.why, deployed))
}

/// Has a sandbox start the agent, which costs nothing there, and shows what it says when it does not start: the first
/// call would tell the same, later and to somebody else.
async fn trial(runtime_id: &str, shop: &Workshop<'_>) {
    let Some(sandbox) = LocalSandbox::find(shop.env, shop.http, shop.cloud.region()).await else { return };
    shop.events.started("start", "start the agent once, to see whether it does");
    match sandbox.try_start(shop.cloud, runtime_id).await {
        Ok(None) => shop.events.finished("start", Outcome::Done, ""),
        Ok(Some(report)) => {
            for line in &report.lines {
                shop.events.log("agent", line.as_str());
            }
            shop.events.warning(format!(
                "the agent does not start in this sandbox: {}; all of its output is in `{}`",
                report.reason, report.log
            ));
        }
        Err(error) => shop.events.warning(format!("whether the agent starts was not tried: {error}")),
    }
}

impl Applied<'_> {
    /// What is planned for, or was done to, the one resource of this kind.
    pub(super) fn outcome(&self, resource: &str) -> Action {
        self.steps.iter().find(|step| step.resource == resource).map_or(Action::Unchanged, |step| step.action)
    }

    pub(super) fn set_outcome(&mut self, resource: &str, action: Action) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.resource == resource) {
            step.action = action;
        }
    }

    pub(super) fn add_detail(&mut self, resource: &str, detail: &str) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.resource == resource) {
            step.details.push(detail.to_owned());
        }
    }
}

/// Whether something that is there is this project's by now: `mark` puts its identity on what has none yet, and on what is
/// taken over.
///
/// # Errors
/// A refusal of another project's, unless it is to be taken over. A caller who may not tag goes on with what is on record.
pub(super) async fn claimed<Fut: Future<Output = Result<()>>>(
    owner: Owner,
    (what, name): (&str, &str),
    agent: &Agent,
    request: &LaunchRequest,
    mark: impl FnOnce() -> Fut,
) -> Result<bool> {
    match owner {
        Owner::Ours => Ok(true),
        Owner::Unknown => Ok(false),
        Owner::Recorded => match mark().await {
            Err(error) if error.kind() != Kind::Credentials => Err(error),
            _ => Ok(true),
        },
        Owner::Other if request.adopt => mark().await.map(|()| true),
        Owner::Other => Err(owner::refusal(&format!("{what} `{name}`"), agent)),
    }
}

async fn repository(
    ledger: &mut Ledger<'_>,
    work: &Applied<'_>,
    (patience, request): (Patience<'_>, &LaunchRequest),
    shop: &Workshop<'_>,
) -> Result<()> {
    let name = &work.names.repository;
    let repository = match work.outcome("repository") {
        Action::Create => {
            shop.events.started("repository", format!("create repository `{name}`"));
            let made = patience.through(|| shop.cloud.create_repository(name, &work.desired.tags)).await?;
            shop.events.finished("repository", Outcome::Created, format!("repository {}", made.uri));
            Some(made)
        }
        _ => work.observed.repository.clone(),
    };
    let Some(found) = repository else { return ledger.repository(work.names, false) };
    let owner = match work.outcome("repository") {
        // One that came up meanwhile has its own tags.
        Action::Create => Owner::of_readable(found.tags.as_deref(), work.agent, false),
        _ => work.observed.repository_owner,
    };
    let tags = &work.desired.marks;
    let mark = || patience.through(|| shop.cloud.tag_repository(&found.arn, tags));
    let ours = claimed(owner, ("the repository", name), work.agent, request, mark).await?;
    ledger.repository(work.names, ours)
}

/// Brings the artifact to where the service takes it from; `None` when it is there.
async fn deliver(work: &Applied<'_>, request: &LaunchRequest, shop: &Workshop<'_>) -> Result<Option<RuntimeArtifact>> {
    match &work.desired.target {
        Some(target) if work.outcome("archive").is_change() => {
            let version_id = target.upload(work.built.archive(), shop).await?;
            Ok(Some(RuntimeArtifact::Code(CodeArchive { version_id, ..target.archive.clone() })))
        }
        None if work.outcome("image").is_change() => {
            let digest = push(work, request, shop).await?;
            Ok(Some(RuntimeArtifact::Image(format!("{}@{digest}", work.names.repository_uri))))
        }
        None if request.artifact.image_tag_given && !work.names.foreign_image => {
            let login = shop.cloud.registry_login().await?;
            work.built.tag(target(work, request, &login), &shop.tools()).await?;
            Ok(None)
        }
        _ => Ok(None),
    }
}

async fn push(work: &Applied<'_>, request: &LaunchRequest, shop: &Workshop<'_>) -> Result<String> {
    if let (Some(setup), Some(archive)) = (&work.setup, work.built.remote()) {
        let image = format!("{}:{}", work.names.repository_uri, request.artifact.image_tag);
        setup.build(archive, &image, shop.events).await?;
    }
    let login = shop.cloud.registry_login().await?;
    work.built.push(target(work, request, &login), &shop.tools()).await
}

fn target<'a>(work: &'a Applied<'_>, request: &'a LaunchRequest, login: &'a Login) -> Target<'a> {
    Target {
        endpoint: &login.endpoint,
        credentials: Credentials::Basic { username: login.username.clone(), password: login.password.clone() },
        repository: &work.names.repository,
        tag: &request.artifact.image_tag,
        source_tag: work.fingerprint.map(|fingerprint| fingerprint.tag()),
    }
}

struct RoleResult {
    /// The role when launch manages it.
    made: Option<Role>,
    changed: bool,
}

impl RoleResult {
    /// How long a refusal may be IAM's delay. An unchanged role of ours may come from a run that was cut off a moment
    /// ago, a brought one from the line before this in the user's script.
    const fn patience(&self) -> Duration {
        match (&self.made, self.changed) {
            (_, true) => PROPAGATION,
            (Some(_), false) => Duration::from_secs(30),
            (None, false) => Duration::from_secs(15),
        }
    }
}

async fn role(
    ledger: &mut Ledger<'_>,
    work: &Applied<'_>,
    (patience, request): (Patience<'_>, &LaunchRequest),
    shop: &Workshop<'_>,
) -> Result<RoleResult> {
    let Some(name) = work.names.role_to_create.as_deref() else { return Ok(RoleResult { made: None, changed: false }) };
    let planned = work.outcome("role");
    if !planned.is_change() {
        if let Some(role) = &work.observed.role {
            ledger.role(role, work.observed.role_owner.is_ours())?;
        }
        return Ok(RoleResult { made: work.observed.role.clone(), changed: false });
    }
    shop.events.started("role", format!("{} role `{name}`", planned.word()));
    let role = match &work.observed.role {
        Some(role) => {
            let tags = &work.desired.marks;
            let mark = || patience.through(|| shop.cloud.tag_role(name, tags));
            claimed(work.observed.role_owner, ("the role", name), work.agent, request, mark).await?;
            if role.trust.as_ref() != Some(&work.desired.trust) {
                patience.through(|| shop.cloud.set_role_trust(name, &work.desired.trust)).await?;
            }
            if let Some(boundary) = &work.desired.permissions_boundary
                && role.permissions_boundary.as_ref() != Some(boundary)
            {
                patience.through(|| shop.cloud.set_role_boundary(name, boundary)).await?;
            }
            role.clone()
        }
        None => {
            let spec = RoleSpec {
                name,
                trust: &work.desired.trust,
                description: "Execution role of an AgentCore agent, made by agentcore launch",
                tags: &work.desired.tags,
                permissions_boundary: work.desired.permissions_boundary.as_deref(),
            };
            let made = patience.through(|| shop.cloud.create_role(&spec)).await?;
            // One that came up meanwhile has its own tags.
            let owner = Owner::of(&made.tags, work.agent, false);
            if owner == Owner::Other {
                return Err(owner::refusal(&format!("the role `{name}`"), work.agent));
            }
            made
        }
    };
    ledger.role(&role, true)?;
    if work.observed.policy.as_ref() != Some(&work.desired.permissions) {
        let (policy, document) = (&work.names.policy, &work.desired.permissions);
        patience.through(|| shop.cloud.put_role_policy(name, policy, document)).await?;
    }
    identity_policy(ledger, work, (name, patience), shop).await?;
    shop.events.finished("role", planned.into(), format!("role {}", role.arn));
    Ok(RoleResult { made: Some(role), changed: true })
}

/// The role's second policy comes and goes with what the configuration says of outbound identity.
async fn identity_policy(
    ledger: &mut Ledger<'_>,
    work: &Applied<'_>,
    (role, patience): (&str, Patience<'_>),
    shop: &Workshop<'_>,
) -> Result<()> {
    let policy = &work.names.identity_policy;
    match (&work.desired.identity_permissions, &work.observed.identity_policy) {
        (Some(wanted), found) if found.as_ref() != Some(wanted) => {
            ledger.record(&[(&["agentcore", "created", "identity_policy"], json!(policy))])?;
            patience.through(|| shop.cloud.put_role_policy(role, policy, wanted)).await
        }
        (None, Some(_)) => {
            patience.through(|| shop.cloud.delete_role_policy(role, policy)).await?;
            crate::ops::identity::created(ledger.store, &ledger.agent, |created| created.identity_policy = None)
        }
        _ => Ok(()),
    }
}

/// Writes down what exists, so that the next run and destroy know it.
pub(super) struct Ledger<'a> {
    pub(super) store: &'a mut Store,
    pub(super) agent: String,
}

impl Ledger<'_> {
    pub(super) fn record(&mut self, entries: &[(&[&str], Value)]) -> Result<()> {
        let edits: Vec<Edit> = entries
            .iter()
            .map(|(path, value)| {
                let full: Vec<&str> = ["agents", self.agent.as_str()].into_iter().chain(path.iter().copied()).collect();
                Edit::set(&full, value.clone())
            })
            .collect();
        self.store.edit(&edits).map(|_| ())
    }

    fn repository(&mut self, names: &Names, ours: bool) -> Result<()> {
        let account: [(&[&str], Value); 2] =
            [(&["aws", "account"], json!(names.account)), (&["aws", "region"], json!(names.region))];
        if names.foreign_image {
            return self.record(&account);
        }
        let [account, region] = account;
        let mut entries: Vec<(&[&str], Value)> = vec![
            account,
            region,
            (&["aws", "ecr_repository"], json!(names.repository_uri)),
            (&["aws", "ecr_auto_create"], json!(false)),
        ];
        if ours {
            entries.push((&["agentcore", "created", "repository"], json!(names.repository)));
        }
        self.record(&entries)
    }

    fn role(&mut self, role: &Role, ours: bool) -> Result<()> {
        let mut entries: Vec<(&[&str], Value)> =
            vec![(&["aws", "execution_role"], json!(role.arn)), (&["aws", "execution_role_auto_create"], json!(false))];
        if ours {
            entries.push((&["agentcore", "created", "execution_role"], json!(role.name)));
        }
        self.record(&entries)
    }

    pub(super) fn runtime(&mut self, runtime: &Runtime, variables: &[String]) -> Result<()> {
        self.record(&[
            (&["bedrock_agentcore", "agent_id"], json!(runtime.id())),
            (&["bedrock_agentcore", "agent_arn"], json!(runtime.arn())),
        ])?;
        self.set_variables(variables.to_vec())
    }

    /// Before the request that sets them: a run that is killed after it must know them too. Those that are on record
    /// already stay until the request is through.
    pub(super) fn intend_variables(&mut self, variables: &[String]) -> Result<()> {
        let recorded = &self.store.agent(Some(&self.agent))?.created().environment;
        let more = variables.iter().filter(|name| !recorded.contains(name));
        self.set_variables(recorded.iter().chain(more).cloned().collect())
    }

    fn set_variables(&mut self, mut variables: Vec<String>) -> Result<()> {
        variables.sort();
        crate::ops::identity::created(self.store, &self.agent, |created| created.environment = variables)
    }
}
