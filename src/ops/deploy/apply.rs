//! Carries a plan out: one resource at a time, written down as soon as it exists.

use std::time::Duration;

use serde_json::{Value, json};

use super::build::{self, Built};
use super::desired::{Desired, Names};
use super::observe::Observed;
use super::plan::{Action, Step, differences};
use super::report::{Deployed, LaunchReport};
use super::{LaunchRequest, Workshop};
use crate::cloud::{Cloud, Role, RoleSpec, Runtime};
use crate::config::{Agent, Edit, Store};
use crate::error::{Error, Kind, Result};
use crate::events::Outcome;
use crate::ops::{naming, session, status};
use crate::wait::{self, Probe, Schedule};

/// How long IAM may take to spread a new role or policy before a refusal is believed (SERVICE-FACTS 1.18).
const PROPAGATION: Duration = Duration::from_secs(120);

/// What is applied.
pub(crate) struct Applied<'a> {
    pub(crate) agent: &'a Agent,
    pub(crate) names: &'a Names,
    pub(crate) observed: Observed,
    pub(crate) built: Built,
    pub(crate) desired: Desired,
    pub(crate) steps: Vec<Step>,
}

pub(crate) async fn apply(
    store: &mut Store,
    mut work: Applied<'_>,
    request: &LaunchRequest,
    shop: &Workshop<'_>,
) -> Result<LaunchReport> {
    let mut ledger = Ledger { store, agent: work.agent.name.clone() };
    repository(&mut ledger, &work, shop).await?;

    let push_needed = action(&work.steps, "image").is_change();
    let image = async {
        if push_needed {
            build::push(&work.built, &work.names.repository, request, shop).await.map(Some)
        } else {
            Ok(None)
        }
    };
    // Neither needs the other, and IAM needs its time.
    let (digest, role) = tokio::try_join!(image, role(&work, shop))?;
    if let Some(role) = &role.made {
        ledger.role(role, work.names)?;
    }
    if let Some(digest) = digest {
        work.desired.runtime.image_uri = format!("{}@{digest}", work.names.repository_uri);
    }
    if let Some(role) = &role.made {
        work.desired.runtime.role_arn = role.arn.clone();
    }

    let runtime = runtime(&mut ledger, &mut work, role.changed, shop).await?;
    let mut deployed = Deployed {
        runtime_id: runtime.id().to_owned(),
        runtime_arn: runtime.arn().to_owned(),
        version: runtime.version().to_owned(),
        status: runtime.status().to_owned(),
        image: work.desired.runtime.image_uri.clone(),
        endpoint: None,
    };
    if let Some(limit) = request.wait {
        let ready = status::wait_ready(shop.cloud, runtime.id(), limit, shop.events).await?;
        deployed.status = ready.runtime.status().to_owned();
        deployed.version = ready.runtime.version().to_owned();
        deployed.endpoint = Some(ready.endpoint.status);
    }
    Ok(LaunchReport::applied(&request.agent, work.steps, shop, &work.built.why, deployed))
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

struct RoleResult {
    /// The role when launch manages it.
    made: Option<Role>,
    changed: bool,
}

async fn role(work: &Applied<'_>, shop: &Workshop<'_>) -> Result<RoleResult> {
    let Some(name) = work.names.role_to_create.as_deref() else { return Ok(RoleResult { made: None, changed: false }) };
    let planned = action(&work.steps, "role");
    if !planned.is_change() {
        return Ok(RoleResult { made: work.observed.role.clone(), changed: false });
    }
    shop.events.started("role", format!("{} role `{name}`", planned.word()));
    let role = match &work.observed.role {
        Some(role) => {
            if role.trust.as_ref() != Some(&work.desired.trust) {
                shop.cloud.set_role_trust(name, &work.desired.trust).await?;
            }
            role.clone()
        }
        None => {
            let spec = RoleSpec {
                name,
                trust: &work.desired.trust,
                description: "Execution role of an AgentCore agent, made by agentcore launch",
                tags: &work.desired.tags,
            };
            shop.cloud.create_role(&spec).await?
        }
    };
    shop.cloud.put_role_policy(name, &work.names.policy, &work.desired.permissions).await?;
    shop.events.finished("role", planned.into(), format!("role {}", role.arn));
    Ok(RoleResult { made: Some(role), changed: true })
}

async fn runtime(
    ledger: &mut Ledger<'_>,
    work: &mut Applied<'_>,
    role_is_new: bool,
    shop: &Workshop<'_>,
) -> Result<Runtime> {
    let mut found = work.observed.runtime.take();
    if let Some(failed) = found.take_if(|found| found.ours && found.runtime.status() == "CREATE_FAILED") {
        // It never lived, and whether the service updates such a runtime is not documented.
        shop.events.started("runtime", format!("remove the failed runtime `{}`", failed.runtime.id()));
        shop.cloud.delete_runtime(failed.runtime.id()).await?;
        status::wait_gone(shop.cloud, failed.runtime.id(), PROPAGATION).await?;
    }
    let runtime = match found {
        None => {
            shop.events.started("runtime", format!("create runtime `{}`", work.desired.runtime.name));
            let mut body = work.desired.runtime.create_body(&work.desired.tags);
            put_token(&mut body);
            let made = with_propagation(role_is_new, shop, || shop.cloud.create_runtime(&body)).await?;
            let Some(made) = made else { return Err(name_conflict(&work.desired.runtime.name)) };
            set_outcome(&mut work.steps, Action::Create);
            shop.events.finished("runtime", Outcome::Created, format!("runtime {}", made.arn()));
            made
        }
        Some(found) => {
            let live = settle(shop.cloud, found.runtime, shop).await?;
            let mut body = work.desired.runtime.update_body(&live.raw);
            if differences(&live.raw, &body).is_empty() {
                set_outcome(&mut work.steps, Action::Unchanged);
                ledger.runtime(&live)?;
                return Ok(live);
            }
            shop.events.started("runtime", format!("update runtime `{}`", live.id()));
            put_token(&mut body);
            let made = with_propagation(role_is_new, shop, || shop.cloud.update_runtime(live.id(), &body)).await?;
            session::forget(ledger.store.root(), &ledger.agent);
            shop.events.finished(
                "runtime",
                Outcome::Updated,
                format!("runtime {} version {}", made.arn(), made.version()),
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

/// The runtime once nothing is in progress: a change of one that is not READY is refused with a conflict.
async fn settle(cloud: &Cloud, runtime: Runtime, shop: &Workshop<'_>) -> Result<Runtime> {
    if !matches!(runtime.status(), "CREATING" | "UPDATING") {
        return Ok(runtime);
    }
    let id = runtime.id().to_owned();
    shop.events.started("settle", format!("wait until `{id}` is no longer {}", runtime.status()));
    let schedule = Schedule::until(Duration::from_secs(600));
    let settled = wait::until(schedule, &format!("the runtime `{id}`"), || async {
        let runtime =
            cloud.runtime(&id).await?.ok_or_else(|| Error::not_found(format!("the runtime `{id}` is gone")))?;
        Ok(match runtime.status() {
            "CREATING" | "UPDATING" => Probe::Pending(runtime.status().to_owned()),
            _ => Probe::Done(runtime),
        })
    })
    .await?;
    shop.events.finished("settle", Outcome::Done, settled.status().to_owned());
    Ok(settled)
}

/// Repeats a request that the service refuses because IAM has not spread a role or policy of this very run. The
/// refusals are plain validation errors, so they are told by their text; anything else fails at once.
async fn with_propagation<T, F, Fut>(role_is_new: bool, shop: &Workshop<'_>, request: F) -> Result<T>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let schedule = Schedule { deadline: PROPAGATION, first: Duration::from_secs(1), max: Duration::from_secs(10) };
    let request = &request;
    let last = std::sync::Mutex::new(None);
    let waited = wait::until(schedule, "IAM to spread the new role", || async {
        match request().await {
            Ok(value) => Ok(Probe::Done(value)),
            Err(error) if role_is_new && is_propagation(&error) => {
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
                .hint("the role was made by this run: if its policy is right, launch again in a minute"))
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
struct Ledger<'a> {
    store: &'a mut Store,
    agent: String,
}

impl Ledger<'_> {
    fn record(&mut self, entries: &[(&[&str], Value)]) -> Result<()> {
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
        let mut entries: Vec<(&[&str], Value)> = vec![
            (&["aws", "account"], json!(names.account)),
            (&["aws", "region"], json!(names.region)),
            (&["aws", "ecr_repository"], json!(names.repository_uri)),
            (&["aws", "ecr_auto_create"], json!(false)),
        ];
        if ours {
            entries.push((&["agentcore", "created", "repository"], json!(names.repository)));
        }
        self.record(&entries)
    }

    fn role(&mut self, role: &Role, names: &Names) -> Result<()> {
        let mut entries: Vec<(&[&str], Value)> =
            vec![(&["aws", "execution_role"], json!(role.arn)), (&["aws", "execution_role_auto_create"], json!(false))];
        if naming::is_ours(&role.tags, &self.agent) || names.role_to_create.as_deref() != Some(role.name.as_str()) {
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
