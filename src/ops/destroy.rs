//! Deletes what launch created for an agent and keeps what the user brought, listing both.

use std::time::Duration;

use serde_json::{Value, json};

use super::deploy::{Action, Archives, Step, owned_step};
use super::{codebuild, status, target};
use crate::cloud::{Cloud, Identity};
use crate::config::naming;
use crate::config::shell;
use crate::config::{Agent, Created, DeploymentType, Edit, Own, Store};
use crate::error::{Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::report::{Document, Report, Role, schemas};
use crate::resources::owner::Owner;
use crate::resources::patience::is_conflict;
use crate::session;
use crate::wait::{self, Schedule};

const WAIT: Duration = Duration::from_secs(300);

/// What would be, or was, deleted.
#[derive(Debug)]
pub(crate) struct DestroyReport {
    agent: String,
    identity: Identity,
    steps: Vec<Step>,
    /// The agent was deployed before this command: archives of earlier versions of this program can be its own.
    older_archives: bool,
    applied: bool,
    /// The command that carries this plan out.
    command: String,
}

/// What is there to delete. Reads only.
pub(crate) async fn plan(
    store: &Store,
    agent: &Agent,
    identity: &Identity,
    cloud: &Cloud,
    delete_repository: bool,
) -> Result<DestroyReport> {
    target::check_account(agent, identity)?;
    let mut steps = Vec::new();
    let runtime = find_runtime(agent, cloud).await?;
    if let Some((id, owner)) = &runtime {
        let deletion = Step::new("runtime", id, Action::Delete).detail("with its endpoints and sessions");
        steps.push(owned_step(deletion, *owner));
    }
    if agent.deployment_type == DeploymentType::Container || agent.created().repository.is_some() {
        steps.extend(repository_steps(store, agent, cloud, delete_repository).await?);
    }
    if agent.deployment_type == DeploymentType::DirectCodeDeploy || agent.created().bucket.is_some() {
        let others = runtime.as_ref().is_some_and(|(_, owner)| !owner.is_ours());
        steps.extend(bucket_steps(agent, cloud, identity, others).await?);
    }
    steps.extend(role_step(agent, cloud).await?);
    steps.extend(codebuild::removal::steps(agent, identity, cloud).await?);
    if let Some(memory) = agent.memory_id() {
        steps.push(Step::new("memory", memory, Action::Keep).detail("holds data, delete it yourself"));
    }
    if let Some(id) = runtime.as_ref().map(|(id, _)| id.as_str()).or(agent.runtime_id()) {
        steps.push(
            Step::new("log group", format!("/aws/bedrock-agentcore/runtimes/{id}-DEFAULT"), Action::Keep)
                .detail("made by the service, delete it yourself"),
        );
    }
    Ok(DestroyReport {
        agent: agent.name.clone(),
        identity: identity.clone(),
        steps,
        older_archives: has_older_archives(agent),
        applied: false,
        command: format!(
            "{} --force{}",
            shell::command("destroy", store, agent),
            if delete_repository { " --delete-ecr-repo" } else { "" }
        ),
    })
}

/// The recorded runtime, else the one of this name: a launch that was cut off, or one from another clone, has not written it
/// down here.
async fn find_runtime(agent: &Agent, cloud: &Cloud) -> Result<Option<(String, Owner)>> {
    if let Some(id) = agent.runtime_id()
        && let Some(found) = cloud.runtime(id).await?
    {
        let tags = cloud.resource_tags(found.arn()).await?;
        return Ok(Some((id.to_owned(), Owner::of_readable(tags.as_deref(), agent, true))));
    }
    let Some(found) = cloud.find_runtime(&agent.name).await? else { return Ok(None) };
    let tags = cloud.resource_tags(&found.arn).await?;
    let owner = Owner::of_readable(tags.as_deref(), agent, false);
    Ok(owner.is_ours().then_some((found.id, owner)))
}

async fn repository_steps(store: &Store, agent: &Agent, cloud: &Cloud, delete: bool) -> Result<Vec<Step>> {
    let created = agent.created();
    let own_name = naming::repository(&agent.name);
    let recorded = created.repository.is_some();
    let created = match (created.repository.as_deref(), agent.repository_setting()) {
        (None, Some(name)) => {
            return Ok(vec![
                Step::new("repository", name, Action::Keep).detail("not created by launch, its images stay"),
            ]);
        }
        (name, _) => name.unwrap_or(&own_name),
    };
    let Some(found) = cloud.repository(created).await? else { return Ok(Vec::new()) };
    match Owner::of_readable(found.tags.as_deref(), agent, recorded) {
        Owner::Ours | Owner::Recorded => {}
        owner @ Owner::Other if recorded => {
            return Ok(vec![owned_step(Step::new("repository", created, Action::Delete), owner)]);
        }
        Owner::Other | Owner::Unknown => return Ok(Vec::new()),
    }
    // Names that differ only in case stand for one repository.
    let sibling = store
        .project()
        .agents
        .iter()
        .find(|other| other.name != agent.name && other.created().repository.as_deref() == Some(created));
    if let Some(sibling) = sibling {
        let detail = format!("the agent `{}` has it as well", sibling.name);
        return Ok(vec![Step::new("repository", created, Action::Keep).detail(detail)]);
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

/// Whether the agent was deployed before projects had identities, and its archives of that time can be there.
fn has_older_archives(agent: &Agent) -> bool {
    agent.is_deployed() || agent.created().bucket.is_some()
}

/// The agent's archives, and the bucket when launch made it and nothing else is in it. `taken` says that another project has
/// the runtime by now.
async fn bucket_steps(agent: &Agent, cloud: &Cloud, identity: &Identity, taken: bool) -> Result<Vec<Step>> {
    let place = Archives::of(agent, cloud, identity)?;
    let name = place.bucket.as_str();
    let Some(bucket) = cloud.bucket(name, Some(&place.owner)).await? else { return Ok(Vec::new()) };
    let keys = cloud.list_objects(name, &place.folder()).await?;
    let is_own = |key: &str| place.is_archive(key, has_older_archives(agent) && !taken);
    let count = keys.iter().filter(|key| is_own(key)).count();
    let mut steps = Vec::new();
    if count > 0 {
        let plural = if count == 1 { "" } else { "s" };
        let what = format!("s3://{name}/{}", place.folder());
        steps.push(Step::new("archives", what, Action::Delete).detail(format!("{count} archive{plural}")));
    }
    let ours = match (agent.created().bucket.as_deref(), agent.bucket_setting()) {
        (Some(created), _) => created == name,
        (None, Some(_)) => false,
        (None, None) => naming::is_managed(&bucket.tags),
    };
    let bucket = |action| Step::new("bucket", name, action);
    steps.push(if !ours {
        bucket(Action::Keep).detail("not created by launch")
    } else if cloud.list_objects(name, "").await?.iter().all(|key| is_own(key)) {
        bucket(Action::Delete)
    } else {
        bucket(Action::Keep).detail("something else is in it")
    });
    Ok(steps)
}

async fn role_step(agent: &Agent, cloud: &Cloud) -> Result<Option<Step>> {
    let recorded = agent.created().execution_role.as_deref();
    let name = match (recorded, agent.execution_role_setting()) {
        (Some(name), _) => name.to_owned(),
        (None, Some(role)) => return Ok(Some(Step::new("role", role, Action::Keep).detail("not created by launch"))),
        (None, None) => naming::execution_role(cloud.region(), &agent.name),
    };
    let Some(found) = cloud.role(&name).await? else { return Ok(None) };
    let owner = Owner::of(&found.tags, agent, recorded.is_some());
    let deletion = Step::new("role", name, Action::Delete).detail("with its policies");
    Ok((owner.is_ours() || recorded.is_some()).then(|| owned_step(deletion, owner)))
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
        // Role and images are what the runtime lives on: they go only when the runtime is gone.
        if step.resource != "runtime" && failures.iter().any(|(name, _)| name.starts_with("runtime")) {
            let why = Error::failed("kept, because the runtime still needs it");
            failures.push((format!("{} {}", step.resource, step.name), why));
            continue;
        }
        events.resume(format!("`{}` goes on with what is left", report.command));
        events.started("delete", format!("delete {} `{}`", step.resource, step.name));
        let deleted = match step.resource {
            "archives" | "bucket" => {
                // Nothing is deleted of a runtime that another project has by now, and so the record still says what was there.
                let (agent, taken) = (store.agent(Some(&report.agent))?, report.keeps("runtime"));
                delete_code(step, (agent, report.older_archives && !taken), &report.identity, cloud).await
            }
            _ => delete(step, &report.identity, cloud, events).await,
        };
        match deleted {
            Ok(()) => {
                done += 1;
                events.finished("delete", Outcome::Deleted, format!("{} {}", step.resource, step.name));
                forget(store, &report.agent, step.resource)?;
            }
            Err(error) => failures.push((format!("{} {}", step.resource, step.name), error)),
        }
    }
    let Some((_, first)) = failures.first() else {
        // What was already gone is on record no longer either.
        let all = ["runtime", "repository", "bucket", "role", codebuild::PROJECT, codebuild::ROLE, codebuild::BUCKET];
        for resource in all {
            if report.steps.iter().all(|step| step.resource != resource) {
                forget(store, &report.agent, resource)?;
            }
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
    let what = if done > 0 { "go on with what is left" } else { "run it again" };
    Err(error.hint(format!("mend the cause and {what}: `{}`", report.command)))
}

async fn delete(step: &Step, identity: &Identity, cloud: &Cloud, events: &Events) -> Result<()> {
    match step.resource {
        "runtime" => {
            // Where one that is being created or updated cannot be deleted yet, the service says so with a conflict.
            if let Some(runtime) = cloud.runtime(&step.name).await?
                && runtime.status() != "DELETING"
            {
                let told = |_: &Error| events.detail("delete", "waiting for another change of it");
                let deletion = || cloud.delete_runtime(&step.name);
                wait::retry(Schedule::until(WAIT), is_conflict, told, deletion).await?;
            }
            status::wait_gone(cloud, &step.name, WAIT).await
        }
        "repository" => cloud.delete_repository(&step.name).await.map(|_| ()),
        "images" => {
            let digests = cloud.image_digests(&step.name).await?;
            cloud.delete_images(&step.name, &digests).await
        }
        "role" => cloud.delete_role(&step.name).await.map(|_| ()),
        codebuild::PROJECT | codebuild::ROLE | codebuild::BUCKET | codebuild::SOURCES => {
            codebuild::removal::delete(step, identity, cloud).await
        }
        other => Err(Error::failed(format!("nothing knows how to delete a {other}"))),
    }
}

async fn delete_code(step: &Step, (agent, older): (&Agent, bool), identity: &Identity, cloud: &Cloud) -> Result<()> {
    let place = Archives::of(agent, cloud, identity)?;
    if step.resource == "archives" {
        let ours = |key: &str| place.is_archive(key, older);
        return cloud.delete_objects(&place.bucket, &place.folder(), &place.owner, ours).await.map(|_| ());
    }
    if cloud.delete_bucket(&place.bucket, &place.owner).await? {
        return Ok(());
    }
    Err(Error::failed(format!("something was put into the bucket `{}` in the meantime", place.bucket)))
}

/// Takes what is gone out of the configuration, so that the next launch makes it anew. What was never written there
/// stays unwritten.
fn forget(store: &mut Store, agent: &str, resource: &str) -> Result<()> {
    if resource == "runtime" {
        // They were the runtime's.
        super::identity::created(store, agent, |created| created.environment.clear())?;
    }
    let known = store.agent(Some(agent))?;
    let created = known.created();
    let recorded = match resource {
        "runtime" => known.is_deployed() || known.runtime_id().is_some(),
        "repository" => created.repository.is_some(),
        "bucket" => created.bucket.is_some(),
        "role" => created.execution_role.is_some(),
        codebuild::PROJECT => created.build_project.is_some() || codebuild::removal::is_intent(known),
        codebuild::ROLE => created.build_role.is_some(),
        codebuild::BUCKET => created.source_bucket.is_some(),
        _ => false,
    };
    if !recorded {
        return Ok(());
    }
    let mut rest = known.own.clone();
    match resource {
        "repository" => rest.created.repository = None,
        "bucket" => rest.created.bucket = None,
        "role" => {
            rest.created.execution_role = None;
            // It was the role's.
            rest.created.identity_policy = None;
        }
        codebuild::PROJECT => rest.created.build_project = None,
        codebuild::ROLE => rest.created.build_role = None,
        codebuild::BUCKET => rest.created.source_bucket = None,
        _ => {}
    }
    // The last record takes the empty mappings along.
    let emptied: &[&str] = if rest == Own::default() {
        &["agentcore"]
    } else if rest.created == Created::default() {
        &["agentcore", "created"]
    } else {
        &[]
    };
    let at = |path: &[&str]| -> Vec<String> {
        ["agents", agent].iter().chain(path).map(|part| (*part).to_owned()).collect()
    };
    let set = |path: &[&str], value: Value| Edit { path: at(path), value: Some(value) };
    let remove = |key: &str| {
        let path = if emptied.is_empty() { at(&["agentcore", "created", key]) } else { at(emptied) };
        Edit { path, value: None }
    };
    let edits = match resource {
        "runtime" => vec![
            set(&["bedrock_agentcore", "agent_id"], Value::Null),
            set(&["bedrock_agentcore", "agent_arn"], Value::Null),
        ],
        "repository" => vec![
            remove("repository"),
            set(&["aws", "ecr_repository"], Value::Null),
            set(&["aws", "ecr_auto_create"], json!(true)),
        ],
        "bucket" => {
            vec![remove("bucket"), set(&["aws", "s3_path"], Value::Null), set(&["aws", "s3_auto_create"], json!(true))]
        }
        codebuild::PROJECT => vec![remove("build_project"), set(&["codebuild", "project_name"], Value::Null)],
        codebuild::ROLE => vec![remove("build_role"), set(&["codebuild", "execution_role"], Value::Null)],
        codebuild::BUCKET => vec![remove("source_bucket"), set(&["codebuild", "source_bucket"], Value::Null)],
        _ => vec![
            remove("execution_role"),
            remove("identity_policy"),
            set(&["aws", "execution_role"], Value::Null),
            set(&["aws", "execution_role_auto_create"], json!(true)),
        ],
    };
    store.edit(&edits).map(|_| ())
}

impl DestroyReport {
    pub(crate) fn deletions(&self) -> usize {
        self.steps.iter().filter(|step| step.action == Action::Delete).count()
    }

    fn keeps(&self, resource: &str) -> bool {
        self.steps.iter().any(|step| step.resource == resource && step.action == Action::Keep)
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl Report for DestroyReport {
    fn schema(&self) -> &'static str {
        schemas::DESTROY
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
            (_, false) => format!("Delete them with `{}`.", self.command),
        })
    }

    fn exit_code(&self) -> u8 {
        if !self.applied && self.deletions() > 0 { Kind::Pending.exit_code() } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(dir: &tempfile::TempDir, rest: &str) -> Store {
        let path = dir.path().join(".bedrock_agentcore.yaml");
        std::fs::write(&path, format!("agents:\n  a:\n    name: a\n    entrypoint: a.py\n{rest}")).unwrap();
        Store::open(&path).unwrap()
    }

    const RECORDED: &str = "    aws:
      execution_role: arn:aws:iam::123456789012:role/R
      execution_role_auto_create: false
      ecr_repository: 123456789012.dkr.ecr.us-west-2.amazonaws.com/r
      ecr_auto_create: false
      s3_path: s3://b
      s3_auto_create: false
    agentcore:
      created:
        bucket: b
        repository: r
        execution_role: R
";

    #[test]
    fn what_was_never_recorded_is_not_written() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = store(&dir, "");
        let before = std::fs::read_to_string(store.path()).unwrap();
        for resource in ["runtime", "repository", "role", "images"] {
            forget(&mut store, "a", resource).unwrap();
        }
        assert_eq!(std::fs::read_to_string(store.path()).unwrap(), before);
    }

    #[test]
    fn the_last_record_takes_its_mappings_along_and_launch_creates_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = store(&dir, RECORDED);
        forget(&mut store, "a", "repository").unwrap();
        let agent = store.agent(None).unwrap();
        assert_eq!(agent.created().execution_role.as_deref(), Some("R"));
        assert_eq!(agent.repository_setting(), None);
        forget(&mut store, "a", "bucket").unwrap();
        assert_eq!(store.agent(None).unwrap().bucket_setting(), None);
        forget(&mut store, "a", "role").unwrap();
        assert_eq!(store.agent(None).unwrap().execution_role_setting(), None);
        assert!(!std::fs::read_to_string(store.path()).unwrap().contains("agentcore:"));
    }

    #[test]
    fn what_a_build_needed_is_forgotten_and_the_users_own_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let made = "    codebuild:\n      project_name: bedrock-agentcore-a-builder\n      execution_role: arn:aws:iam::123456789012:role/B\n      source_bucket: s\n    agentcore:\n      created:\n        build_project: bedrock-agentcore-a-builder\n        build_role: B\n        source_bucket: s\n";
        let mut one = store(&dir, made);
        for resource in [codebuild::BUCKET, codebuild::PROJECT, codebuild::ROLE] {
            forget(&mut one, "a", resource).unwrap();
        }
        let agent = one.agent(None).unwrap();
        assert_eq!((&agent.codebuild, agent.created()), (&Default::default(), &Created::default()));

        // A run that was cut off wrote down no more than the name that it was about to use.
        let mut one = store(&dir, "    codebuild:\n      project_name: bedrock-agentcore-a-builder\n");
        forget(&mut one, "a", codebuild::PROJECT).unwrap();
        assert_eq!(one.agent(None).unwrap().codebuild.project_name, None);

        let mut one = store(
            &dir,
            "    codebuild:\n      project_name: theirs\n      execution_role: R\n      source_bucket: s\n",
        );
        let before = std::fs::read_to_string(one.path()).unwrap();
        for resource in [codebuild::BUCKET, codebuild::PROJECT, codebuild::ROLE] {
            forget(&mut one, "a", resource).unwrap();
        }
        assert_eq!(std::fs::read_to_string(one.path()).unwrap(), before);
    }
}
