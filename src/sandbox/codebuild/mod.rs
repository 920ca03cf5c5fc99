//! CodeBuild: projects, and builds that make an image and push it, over json 1.1.
//!
//! Owns: the operations listed in `call`, and the builds that run. `projects` and `builds` answer, `run` goes through the
//! phases, `buildspec` reads what is to be done, `means` chooses how: `shell` with a container engine, `image` without one.
//! Does not own: the machines of the service. A build runs on this machine, with the same trust as an agent: its commands in a
//! shell where an engine answers, else the builder that `image` describes.
//!
//! Here is what a Dockerfile's build needs: sources in S3 or none, plain variables, no artifacts, no cache, no batches.

mod builds;
mod buildspec;
mod image;
mod means;
mod model;
mod projects;
mod run;
mod shell;
mod source;
mod validate;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use super::SharedSandbox;
use super::caller::Caller;
use super::reply::Fault;
use crate::error::Result;
use crate::fsx;

pub(crate) use image::{ImageBuilder, ImageOrder, MadeImage, PushOrder, SharedImageBuilder};
pub(crate) use model::CodeBuild;

/// Target prefix of its operations.
pub(crate) const TARGET: &str = "CodeBuild_20161006";

/// Where builds have their folders, below the data directory.
const FOLDER: &str = "codebuild";

/// A build that is asked to stop is waited for this long.
const ENDS_WITHIN: Duration = Duration::from_secs(5);

/// Sets up the folder of builds. What killed ones left there is deleted, as far as it is ours to delete: files that a
/// container wrote as another user stay, and each build has a folder of its own.
///
/// # Errors
/// When the disk refuses the folder.
pub(crate) fn open(data: &Path) -> Result<()> {
    let folder = data.join(FOLDER);
    delete(&folder);
    fsx::create_private_dir(&folder)
}

/// Deletes a folder as far as possible, also where commands made it read-only, as Go does with its module cache.
fn delete(folder: &Path) {
    if std::fs::remove_dir_all(folder).is_err() && folder.is_dir() {
        #[cfg(unix)]
        make_writable(folder);
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// Lets the owner change the folder and those below. Links are not followed.
#[cfg(unix)]
fn make_writable(folder: &Path) {
    let _ = std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700));
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            make_writable(&entry.path());
        }
    }
}

/// The builds that run in this process, with the means to stop each.
#[derive(Debug, Default)]
pub(crate) struct RunningBuilds(Mutex<HashMap<String, watch::Sender<bool>>>);

impl RunningBuilds {
    /// Completes when the build is asked to stop. It counts as running until the receiver is dropped.
    fn open(&self, id: &str) -> watch::Receiver<bool> {
        let (sender, receiver) = watch::channel(false);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), sender);
        receiver
    }

    /// Asks a build to stop, and gives the means to wait for its end; `None` for one that does not run.
    fn stop(&self, id: &str) -> Option<watch::Sender<bool>> {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = running.get(id)?.clone();
        sender.send_replace(true);
        Some(sender)
    }

    /// Waits for the builds, which end by themselves when the sandbox is asked to stop: a process that is over cannot
    /// end the commands that it started.
    pub(crate) async fn shutdown(&self) {
        let running: Vec<_> = self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        let ended = async {
            for build in running {
                build.closed().await;
            }
        };
        let _ = tokio::time::timeout(ENDS_WITHIN, ended).await;
    }

    fn close(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

/// Answers an operation.
///
/// # Errors
/// The service's own fault; an operation that is not here is named as such.
pub(crate) async fn call(
    sandbox: &SharedSandbox,
    caller: &Caller,
    operation: &str,
    input: &Value,
) -> std::result::Result<Value, Fault> {
    let resources = resources(sandbox, operation, input);
    let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
    caller.require_json11(sandbox, &format!("codebuild:{operation}"), &resources)?;
    match operation {
        "CreateProject" => projects::create(sandbox, input).await,
        "UpdateProject" => projects::update(sandbox, input).await,
        "DeleteProject" => projects::delete(sandbox, input).await,
        "BatchGetProjects" => projects::batch_get(sandbox, input),
        "ListProjects" => projects::list(sandbox, input),
        "StartBuild" => builds::start(sandbox, caller, input).await,
        "StopBuild" => builds::stop(sandbox, input).await,
        "BatchGetBuilds" => builds::batch_get(sandbox, input),
        "BatchDeleteBuilds" => builds::batch_delete(sandbox, input).await,
        "ListBuilds" => builds::list(sandbox, input),
        "ListBuildsForProject" => builds::list_for_project(sandbox, input),
        _ => Err(Fault::unknown_operation(&format!("CodeBuild `{operation}`"))),
    }
}

/// The projects that an operation is about, for the caller's policies.
fn resources(sandbox: &SharedSandbox, operation: &str, input: &Value) -> Vec<String> {
    let named: Vec<&str> = match operation {
        "BatchGetBuilds" | "BatchDeleteBuilds" => texts(input, "ids"),
        "BatchGetProjects" => texts(input, "names"),
        "StopBuild" => validate::text(input, "id").into_iter().collect(),
        _ => validate::text(input, "name").or_else(|| validate::text(input, "projectName")).into_iter().collect(),
    };
    if named.is_empty() {
        return vec!["*".to_owned()];
    }
    let project = |given: &&str| {
        let name = last_part(given).split(':').next().unwrap_or_default();
        sandbox.info.arn("codebuild", &format!("project/{name}")).to_string()
    };
    named.iter().map(project).collect()
}

/// The texts of a list.
fn texts<'v>(input: &'v Value, member: &str) -> Vec<&'v str> {
    input.get(member).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The name of a project or the id of a build, which may be given as the ARN that ends in it.
fn last_part(given: &str) -> &str {
    given.rsplit('/').next().unwrap_or(given)
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "InvalidInputException", message)
}

fn not_found(message: impl Into<String>) -> Fault {
    Fault::new(400, "ResourceNotFoundException", message)
}

#[cfg(test)]
mod tests;
