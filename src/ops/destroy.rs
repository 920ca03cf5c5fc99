//! Deletes what launch created for an agent and keeps what the user brought, listing both.

use std::time::Duration;

use serde_json::{Value, json};

use super::deploy::{Action, Step};
use super::{session, status, target};
use crate::cloud::{Cloud, Identity};
use crate::config::{Agent, Edit, Store};
use crate::error::{Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::report::{Document, Report, Role};

const WAIT: Duration = Duration::from_secs(300);

/// What would be, or was, deleted.
#[derive(Debug)]
pub(crate) struct DestroyReport {
    agent: String,
    identity: Identity,
    steps: Vec<Step>,
    applied: bool,
}

/// What is there to delete. Reads only.
pub(crate) async fn plan(
    agent: &Agent,
    identity: &Identity,
    cloud: &Cloud,
    delete_repository: bool,
) -> Result<DestroyReport> {
    target::check_account(agent, identity)?;
    let mut steps = Vec::new();
    if let Some(id) = agent.runtime_id()
        && cloud.runtime(id).await?.is_some()
    {
        steps.push(Step::new("runtime", id, Action::Delete).detail("with its endpoints and sessions"));
    }
    steps.extend(repository_steps(agent, cloud, delete_repository).await?);
    steps.extend(role_step(agent, cloud).await?);
    if let Some(memory) = agent.memory_id() {
        steps.push(Step::new("memory", memory, Action::Keep).detail("holds data, delete it yourself"));
    }
    if let Some(id) = agent.runtime_id() {
        steps.push(
            Step::new("log group", format!("/aws/bedrock-agentcore/runtimes/{id}-DEFAULT"), Action::Keep)
                .detail("made by the service, delete it yourself"),
        );
    }
    Ok(DestroyReport { agent: agent.name.clone(), identity: identity.clone(), steps, applied: false })
}

async fn repository_steps(agent: &Agent, cloud: &Cloud, delete: bool) -> Result<Vec<Step>> {
    let Some(created) = agent.created().repository.as_deref() else {
        let brought = agent.repository_setting();
        return Ok(brought
            .map(|name| Step::new("repository", name, Action::Keep).detail("not created by launch, its images stay"))
            .into_iter()
            .collect());
    };
    if cloud.repository(created).await?.is_none() {
        return Ok(Vec::new());
    }
    let images = cloud.image_digests(created).await?;
    let count = match images.len() {
        1 => "1 image".to_owned(),
        count => format!("{count} images"),
    };
    if delete {
        return Ok(vec![Step::new("repository", created, Action::Delete).detail(format!("with {count}"))]);
    }
    let mut steps = Vec::new();
    if !images.is_empty() {
        steps.push(Step::new("images", created, Action::Delete).detail(count));
    }
    steps.push(Step::new("repository", created, Action::Keep).detail("delete it with --delete-ecr-repo"));
    Ok(steps)
}

async fn role_step(agent: &Agent, cloud: &Cloud) -> Result<Option<Step>> {
    match agent.created().execution_role.as_deref() {
        Some(name) => {
            Ok(cloud.role(name).await?.map(|_| Step::new("role", name, Action::Delete).detail("with its policies")))
        }
        None => Ok(agent
            .execution_role_setting()
            .map(|role| Step::new("role", role, Action::Keep).detail("not created by launch"))),
    }
}

/// Carries the plan out. Repeating it after a failure goes on where it stopped.
///
/// # Errors
/// [`Kind::Partial`] when a step failed after others had been done; what remains is listed as causes.
pub(crate) async fn apply(
    store: &mut Store,
    mut report: DestroyReport,
    cloud: &Cloud,
    events: &Events,
) -> Result<DestroyReport> {
    let mut done = 0;
    let mut failures: Vec<(String, Error)> = Vec::new();
    for step in report.steps.iter().filter(|step| step.action == Action::Delete) {
        // The role is what the runtime runs with: it goes only when the runtime is gone.
        if step.resource == "role" && failures.iter().any(|(name, _)| name.starts_with("runtime")) {
            failures.push((format!("role {}", step.name), Error::failed("kept, because the runtime still needs it")));
            continue;
        }
        events.started("delete", format!("delete {} `{}`", step.resource, step.name));
        match delete(step, cloud).await {
            Ok(()) => {
                done += 1;
                events.finished("delete", Outcome::Deleted, format!("{} {}", step.resource, step.name));
                forget(store, &report.agent, step.resource)?;
            }
            Err(error) => failures.push((format!("{} {}", step.resource, step.name), error)),
        }
    }
    let Some((_, first)) = failures.first() else {
        if report.steps.iter().all(|step| step.resource != "runtime") {
            forget(store, &report.agent, "runtime")?;
        }
        session::forget(store.root(), &report.agent);
        report.applied = true;
        return Ok(report);
    };
    let kind = if done > 0 { Kind::Partial } else { first.kind() };
    let mut error = Error::new(kind, format!("`{}` is not completely destroyed", report.agent));
    for (name, failure) in &failures {
        error = error.cause(format!("{name} remains: {failure}"));
    }
    Err(error.hint("mend the cause and run `agentcore destroy` again: it goes on where it stopped"))
}

async fn delete(step: &Step, cloud: &Cloud) -> Result<()> {
    match step.resource {
        "runtime" => {
            cloud.delete_runtime(&step.name).await?;
            status::wait_gone(cloud, &step.name, WAIT).await
        }
        "repository" => cloud.delete_repository(&step.name).await.map(|_| ()),
        "images" => {
            let digests = cloud.image_digests(&step.name).await?;
            cloud.delete_images(&step.name, &digests).await
        }
        "role" => cloud.delete_role(&step.name).await.map(|_| ()),
        other => Err(Error::failed(format!("nothing knows how to delete a {other}"))),
    }
}

/// Takes what is gone out of the configuration, so that the next launch makes it anew.
fn forget(store: &mut Store, agent: &str, resource: &str) -> Result<()> {
    let at = |path: &[&str]| -> Vec<String> {
        ["agents", agent].iter().chain(path).map(|part| (*part).to_owned()).collect()
    };
    let set = |path: &[&str], value: Value| Edit { path: at(path), value: Some(value) };
    let remove = |path: &[&str]| Edit { path: at(path), value: None };
    let edits = match resource {
        "runtime" => vec![
            set(&["bedrock_agentcore", "agent_id"], Value::Null),
            set(&["bedrock_agentcore", "agent_arn"], Value::Null),
        ],
        "repository" => vec![
            remove(&["agentcore", "created", "repository"]),
            set(&["aws", "ecr_repository"], Value::Null),
            set(&["aws", "ecr_auto_create"], json!(true)),
        ],
        "role" => vec![
            remove(&["agentcore", "created", "execution_role"]),
            set(&["aws", "execution_role"], Value::Null),
            set(&["aws", "execution_role_auto_create"], json!(true)),
        ],
        _ => Vec::new(),
    };
    store.edit(&edits).map(|_| ())
}

impl DestroyReport {
    pub(crate) fn deletions(&self) -> usize {
        self.steps.iter().filter(|step| step.action == Action::Delete).count()
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl Report for DestroyReport {
    fn schema(&self) -> &'static str {
        "agentcore.destroy/1"
    }

    fn data(&self) -> Value {
        json!({
            "agent": self.agent,
            "caller": target::identity_data(&self.identity),
            "applied": self.applied,
            "steps": self.steps,
        })
    }

    fn document(&self) -> Document {
        let word = |action: Action| match (action, self.applied) {
            (Action::Delete, true) => "deleted",
            (Action::Delete, false) => "delete",
            _ => "keep",
        };
        let rows: Vec<Vec<(Role, String)>> = self
            .steps
            .iter()
            .map(|step| {
                let role = if step.action == Action::Delete { Role::Bad } else { Role::Dim };
                vec![
                    (role, word(step.action).to_owned()),
                    (Role::Plain, step.resource.to_owned()),
                    (Role::Plain, step.name.clone()),
                    (Role::Dim, step.details.join("; ")),
                ]
            })
            .collect();
        let document = Document::new();
        let document = if rows.is_empty() {
            document
        } else {
            document.table(vec!["ACTION", "RESOURCE", "NAME", "DETAILS"], rows).blank()
        };
        document.line(match (self.deletions(), self.applied) {
            (0, _) => "Nothing to delete.".to_owned(),
            (_, true) => format!("`{}` is destroyed; its configuration stays.", self.agent),
            (_, false) => "Delete them with `agentcore destroy --force`.".to_owned(),
        })
    }

    fn exit_code(&self) -> u8 {
        if !self.applied && self.deletions() > 0 { Kind::Pending.exit_code() } else { 0 }
    }
}
