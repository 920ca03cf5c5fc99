//! Carries a plan out: one resource at a time, written down as soon as it exists.

use std::time::Duration;

use serde_json::{Value, json};

use super::desired::{Desired, Names};
use super::observe::Observed;
use super::partial::Progress;
use super::plan::{Action, CodeArchive, RuntimeArtifact, Step, differences};
use super::report::{Deployed, LaunchReport, Next};
use super::{LaunchRequest, Workshop};
use crate::cloud::{LocalSandbox, Login, Role, RoleSpec, Runtime};
use crate::config::{Agent, Edit, Store};
use crate::error::{Error, Kind, Result};
use crate::events::Outcome;
use crate::image::registry::Credentials;
use crate::ops::artifact::{Built, Fingerprint, Target};
use crate::ops::codebuild::Setup;
use crate::ops::{naming, session, shell, status};
use crate::wait::{self, Probe, Schedule};

/// How long IAM may take to spread a new role or policy before a refusal is believed. Terraform's AWS provider
/// waits as long for it.
const PROPAGATION: Duration = Duration::from_secs(120);

/// How long a runtime may take to go.
const GONE: Duration = Duration::from_secs(300);

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
    shop.events.resume(resume_hint(&work, request, store));
    let (progress, steps) = (Progress::default(), work.steps.clone());
    let events = progress.listen(shop.events);
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
    let mut ledger = Ledger { store, agent: work.agent.name.clone() };
    if request.artifact.rebuild_dependencies
        && let Some(resolved) = &request.artifact.resolved
    {
        ledger.record(&[(&["agentcore", "resolved"], json!(resolved))])?;
    }
    match &work.desired.target {
        Some(target) => target.bucket(&mut ledger, &work.observed.code, shop).await?,
        None => repository(&mut ledger, &work, shop).await?,
    }

    if let Some(setup) = &work.setup {
        setup.apply(&mut |entries| ledger.record(entries), shop.events).await?;
    }

    // Neither needs the other, and IAM needs its time. A role whose creation has begun is seen through and written down
    // even when the push fails; a push that has lost its purpose is dropped.
    let (artifact, role) = if work.setup.is_some() {
        // A build elsewhere cannot be dropped. While it runs, IAM has its time.
        let role = role(&mut ledger, &work, shop).await?;
        (deliver(&work, request, shop).await?, role)
    } else {
        let artifact = deliver(&work, request, shop);
        let role = role(&mut ledger, &work, shop);
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

    let runtime = runtime(&mut ledger, &mut work, role.patience(), shop).await?;
    let mut deployed = Deployed {
        runtime_id: runtime.id().to_owned(),
        runtime_arn: runtime.arn().to_owned(),
        version: runtime.version().to_owned(),
        status: runtime.status().to_owned(),
        artifact: Some(work.desired.runtime.artifact.clone()),
        endpoint: None,
    };
    if let Some(limit) = request.wait {
        let ready = status::wait_ready(shop.cloud, runtime.id(), limit, shop.events).await?;
        deployed.status = ready.runtime.status().to_owned();
        deployed.version = ready.runtime.version().to_owned();
        deployed.endpoint = Some(ready.endpoint.status);
        if action(&work.steps, "runtime").is_change() {
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

fn action(steps: &[Step], resource: &str) -> Action {
    steps.iter().find(|step| step.resource == resource).map_or(Action::Unchanged, |step| step.action)
}

async fn repository(ledger: &mut Ledger<'_>, work: &Applied<'_>, shop: &Workshop<'_>) -> Result<()> {
    let name = &work.names.repository;
    let repository = match action(&work.steps, "repository") {
        Action::Create => {
            shop.events.started("repository", format!("create repository `{name}`"));
            let made = shop.cloud.create_repository(name, &work.desired.tags).await?;
            shop.events.finished("repository", Outcome::Created, format!("repository {}", made.uri));
            Some(made)
        }
        _ => work.observed.repository.clone(),
    };
    let ours = repository.is_some_and(|found| naming::is_ours(&found.tags, &work.agent.name));
    ledger.repository(work.names, ours)
}

/// Brings the artifact to where the service takes it from; `None` when it is there.
async fn deliver(work: &Applied<'_>, request: &LaunchRequest, shop: &Workshop<'_>) -> Result<Option<RuntimeArtifact>> {
    match &work.desired.target {
        Some(target) if action(&work.steps, "archive").is_change() => {
            let version_id = target.upload(work.built.archive(), shop).await?;
            Ok(Some(RuntimeArtifact::Code(CodeArchive { version_id, ..target.archive.clone() })))
        }
        None if action(&work.steps, "image").is_change() => {
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

async fn role(ledger: &mut Ledger<'_>, work: &Applied<'_>, shop: &Workshop<'_>) -> Result<RoleResult> {
    let Some(name) = work.names.role_to_create.as_deref() else { return Ok(RoleResult { made: None, changed: false }) };
    let planned = action(&work.steps, "role");
    if !planned.is_change() {
        if let Some(role) = &work.observed.role {
            ledger.role(role)?;
        }
        return Ok(RoleResult { made: work.observed.role.clone(), changed: false });
    }
    shop.events.started("role", format!("{} role `{name}`", planned.word()));
    let role = match &work.observed.role {
        Some(role) => {
            if role.trust.as_ref() != Some(&work.desired.trust) {
                shop.cloud.set_role_trust(name, &work.desired.trust).await?;
            }
            if let Some(boundary) = &work.desired.permissions_boundary
                && role.permissions_boundary.as_ref() != Some(boundary)
            {
                shop.cloud.set_role_boundary(name, boundary).await?;
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
            shop.cloud.create_role(&spec).await?
        }
    };
    ledger.role(&role)?;
    if work.observed.policy.as_ref() != Some(&work.desired.permissions) {
        shop.cloud.put_role_policy(name, &work.names.policy, &work.desired.permissions).await?;
    }
    identity_policy(ledger, work, name, shop).await?;
    shop.events.finished("role", planned.into(), format!("role {}", role.arn));
    Ok(RoleResult { made: Some(role), changed: true })
}

/// The role's second policy comes and goes with what the configuration says of outbound identity.
async fn identity_policy(ledger: &mut Ledger<'_>, work: &Applied<'_>, role: &str, shop: &Workshop<'_>) -> Result<()> {
    let policy = &work.names.identity_policy;
    match (&work.desired.identity_permissions, &work.observed.identity_policy) {
        (Some(wanted), found) if found.as_ref() != Some(wanted) => {
            ledger.record(&[(&["agentcore", "created", "identity_policy"], json!(policy))])?;
            shop.cloud.put_role_policy(role, policy, wanted).await
        }
        (None, Some(_)) => {
            shop.cloud.delete_role_policy(role, policy).await?;
            crate::ops::identity::created(ledger.store, &ledger.agent, |created| created.identity_policy = None)
        }
        _ => Ok(()),
    }
}

async fn runtime(
    ledger: &mut Ledger<'_>,
    work: &mut Applied<'_>,
    patience: Duration,
    shop: &Workshop<'_>,
) -> Result<Runtime> {
    if let Some(leaving) = &work.observed.leaving {
        shop.events.started("runtime", format!("wait until `{leaving}` is deleted"));
        status::wait_gone(shop.cloud, leaving, GONE).await?;
    }
    let mut found = work.observed.runtime.take();
    if let Some(failed) = found.take_if(|found| found.ours && found.runtime.status() == "CREATE_FAILED") {
        // It never lived, and whether the service updates such a runtime is not documented.
        shop.events.started("runtime", format!("remove the failed runtime `{}`", failed.runtime.id()));
        shop.cloud.delete_runtime(failed.runtime.id()).await?;
        status::wait_gone(shop.cloud, failed.runtime.id(), GONE).await?;
    }
    let runtime = match found {
        None => {
            shop.events.started("runtime", format!("create runtime `{}`", work.desired.runtime.name));
            let mut body = work.desired.runtime.create_body(&work.desired.tags);
            put_token(&mut body);
            let made = with_propagation(patience, shop, || shop.cloud.create_runtime(&body)).await?;
            let Some(made) = made else { return Err(name_conflict(&work.desired.runtime.name)) };
            set_outcome(&mut work.steps, Action::Create);
            shop.events.finished("runtime", Outcome::Created, format!("runtime {}", made.arn()));
            made
        }
        Some(found) => {
            let live = status::settle(shop.cloud, found.runtime, shop.events).await?;
            let mut body = work.desired.runtime.update_body(&live.raw);
            if differences(&live.raw, &body).is_empty() && live.status() != "UPDATE_FAILED" {
                set_outcome(&mut work.steps, Action::Unchanged);
                ledger.runtime(&live)?;
                return Ok(live);
            }
            shop.events.started("runtime", format!("update runtime `{}`", live.id()));
            put_token(&mut body);
            let made = with_propagation(patience, shop, || shop.cloud.update_runtime(live.id(), &body)).await?;
            session::forget(ledger.store.root(), &ledger.agent);
            shop.events.finished(
                "runtime",
                Outcome::Updated,
                // Scripts cut the ARN out of this line, to its end.
                format!("runtime, version {}: {}", made.version(), made.arn()),
            );
            made
        }
    };
    ledger.runtime(&runtime)?;
    Ok(runtime)
}

fn set_outcome(steps: &mut [Step], action: Action) {
    if let Some(step) = steps.iter_mut().find(|step| step.resource == "runtime") {
        step.action = action;
    }
}

fn put_token(body: &mut Value) {
    if let Some(body) = body.as_object_mut() {
        body.insert("clientToken".to_owned(), json!(uuid::Uuid::new_v4().to_string()));
    }
}

fn name_conflict(name: &str) -> Error {
    Error::failed(format!("a runtime named `{name}` appeared while this launch was running"))
        .code("runtime.name-taken")
        .hint("run `agentcore launch` again; with `--auto-update-on-conflict` it updates a runtime that it did not create")
}

/// Repeats a request that the service refuses because IAM has not spread a role or policy yet. The refusals are plain
/// validation errors, so they are told by their text; anything else fails at once.
async fn with_propagation<T, F, Fut>(patience: Duration, shop: &Workshop<'_>, request: F) -> Result<T>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let schedule = Schedule { deadline: patience, first: Duration::from_secs(1), max: Duration::from_secs(10) };
    let request = &request;
    let last = std::sync::Mutex::new(None);
    let waited = wait::until(schedule, "IAM to spread the new role", || async {
        match request().await {
            Ok(value) => Ok(Probe::Done(value)),
            Err(error) if is_propagation(&error) => {
                shop.events.detail("runtime", "waiting for IAM to spread the role");
                let text = error.to_string();
                *last.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(error);
                Ok(Probe::Pending(text))
            }
            Err(error) => Err(error),
        }
    })
    .await;
    match waited {
        // The service's own words are worth more than the news that time is up.
        Err(error) if error.kind() == Kind::Deadline => {
            let last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            Err(last
                .unwrap_or(error)
                .hint("the service has not accepted the role so far: if its trust policy and permissions are right, launch again in a minute"))
        }
        other => other,
    }
}

fn is_propagation(error: &Error) -> bool {
    error.code_str() == "ValidationException"
        && error.causes().iter().any(|cause| {
            cause.contains("Role validation failed") || cause.contains("Access denied while validating ECR URI")
        })
}

/// Writes down what exists, so that the next run and destroy know it.
pub(super) struct Ledger<'a> {
    store: &'a mut Store,
    agent: String,
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

    fn role(&mut self, role: &Role) -> Result<()> {
        let mut entries: Vec<(&[&str], Value)> =
            vec![(&["aws", "execution_role"], json!(role.arn)), (&["aws", "execution_role_auto_create"], json!(false))];
        if naming::is_ours(&role.tags, &self.agent) {
            entries.push((&["agentcore", "created", "execution_role"], json!(role.name)));
        }
        self.record(&entries)
    }

    fn runtime(&mut self, runtime: &Runtime) -> Result<()> {
        self.record(&[
            (&["bedrock_agentcore", "agent_id"], json!(runtime.id())),
            (&["bedrock_agentcore", "agent_arn"], json!(runtime.arn())),
        ])
    }
}
