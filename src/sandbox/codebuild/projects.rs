//! Operations on projects.

use serde_json::{Value, json};

use super::model::ProjectRecord;
use super::validate::{self, required, text};
use super::{invalid, last_part, not_found, texts};
use crate::sandbox::SharedSandbox;
use crate::sandbox::reply::Fault;

/// The most that a batch names. Source: the service model.
const BATCH: usize = 100;

/// The names of a batch.
///
/// # Errors
/// InvalidInputException for none, and for too many.
pub(super) fn batch<'v>(input: &'v Value, member: &str) -> Result<Vec<&'v str>, Fault> {
    let items = texts(input, member);
    if (1..=BATCH).contains(&items.len()) {
        return Ok(items);
    }
    Err(invalid(format!("Invalid {member}: between 1 and {BATCH} are needed")))
}

fn arn(sandbox: &SharedSandbox, name: &str) -> String {
    sandbox.info.arn("codebuild", &format!("project/{name}")).to_string()
}

pub(super) async fn create(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let mut members = validate::project(input, true)?;
    let name = required(input, "name")?.to_owned();
    validate::role(sandbox, required(input, "serviceRole")?, &name)?;
    members["environment"] = validate::shown_environment(&members["environment"]);
    let now = sandbox.clock.epoch();
    let record = ProjectRecord { created: now, modified: now, builds: 0, members };
    let shown = record.show(&sandbox.info, &name);
    let create = |state: &mut super::CodeBuild| {
        if state.projects.contains_key(&name) {
            let text = format!("Project already exists: {}", arn(sandbox, &name));
            return Err(Fault::new(400, "ResourceAlreadyExistsException", text));
        }
        state.projects.insert(name.clone(), record);
        Ok(())
    };
    sandbox.state.codebuild.update(create).await?;
    Ok(json!({ "project": shown }))
}

/// Members that are not given stay as they are.
pub(super) async fn update(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let mut members = validate::project(input, false)?;
    let name = required(input, "name")?.to_owned();
    if let Some(role) = text(input, "serviceRole") {
        validate::role(sandbox, role, &name)?;
    }
    if let Some(environment) = members.get_mut("environment") {
        *environment = validate::shown_environment(environment);
    }
    let now = sandbox.clock.epoch();
    let change = |state: &mut super::CodeBuild| {
        let missing = || not_found(format!("Project does not exist: {}", arn(sandbox, &name)));
        let project = state.projects.get_mut(&name).ok_or_else(missing)?;
        project.members.extend(members);
        project.modified = now;
        Ok(project.show(&sandbox.info, &name))
    };
    let shown = sandbox.state.codebuild.update(change).await?;
    Ok(json!({ "project": shown }))
}

/// A project that is not there is deleted, too. Its builds go with it; one that runs goes on.
pub(super) async fn delete(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let name = required(input, "name")?;
    let remove = |state: &mut super::CodeBuild| {
        state.projects.remove(name);
        state.builds.retain(|_, build| build.project != name || build.by_now(&sandbox.info).ended.is_none());
        Ok(json!({}))
    };
    sandbox.state.codebuild.update(remove).await
}

pub(super) fn batch_get(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    let names = batch(input, "names")?;
    sandbox.state.codebuild.read(|state| {
        for given in names {
            let name = last_part(given);
            match state.projects.get(name) {
                Some(project) => found.push(project.show(&sandbox.info, name)),
                None => missing.push(given),
            }
        }
    });
    Ok(json!({ "projects": found, "projectsNotFound": missing }))
}

/// All in one answer: a sandbox has few.
pub(super) fn list(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let mut names: Vec<String> = sandbox.state.codebuild.read(|state| state.projects.keys().cloned().collect());
    if text(input, "sortOrder") == Some("DESCENDING") {
        names.reverse();
    }
    Ok(json!({ "projects": names }))
}
