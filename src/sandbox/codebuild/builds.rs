//! Operations on builds. What a build does is in `run`.

use serde_json::{Value, json};

use super::model::{BuildPhase, BuildRecord, BuildStatus, PhaseRecord, ProjectRecord};
use super::projects::batch;
use super::validate::{self, required, text};
use super::{ENDS_WITHIN, invalid, last_part, not_found, run};
use crate::sandbox::caller::Caller;
use crate::sandbox::reply::Fault;
use crate::sandbox::{SharedSandbox, random};

/// How long a token stands for the build that was started with it. Source: the service model's documentation.
const TOKEN_SECONDS: f64 = 300.0;

/// Members of the request that may be given. Any other is refused, because it would change the build.
const MEMBERS: [&str; 19] = [
    "projectName",
    "sourceVersion",
    "artifactsOverride",
    "environmentVariablesOverride",
    "sourceTypeOverride",
    "sourceLocationOverride",
    "buildspecOverride",
    "insecureSslOverride",
    "environmentTypeOverride",
    "imageOverride",
    "computeTypeOverride",
    "serviceRoleOverride",
    "privilegedModeOverride",
    "timeoutInMinutesOverride",
    "queuedTimeoutInMinutesOverride",
    "encryptionKeyOverride",
    "idempotencyToken",
    "logsConfigOverride",
    "imagePullCredentialsTypeOverride",
];

pub(super) async fn start(sandbox: &SharedSandbox, caller: &Caller, input: &Value) -> Result<Value, Fault> {
    let given = required(input, "projectName")?;
    let name = last_part(given);
    let given = input.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    if let Some((other, _)) = given.into_iter().find(|(member, _)| !MEMBERS.contains(&member.as_str())) {
        return Err(invalid(format!("the sandbox's CodeBuild does not support `{other}` of a build")));
    }
    let arn = sandbox.info.arn("codebuild", &format!("project/{name}")).to_string();
    let missing = || not_found(format!("Project cannot be found: {arn}"));
    let project = sandbox.state.codebuild.read(|state| state.projects.get(name).cloned()).ok_or_else(missing)?;
    let mut record = record(sandbox, (name, &project), input)?;
    record.initiator = caller.arn(&sandbox.info).rsplit('/').next().unwrap_or_default().to_owned();
    validate::role(sandbox, &record.role, name)?;
    let (token, now) = (record.token.clone(), record.started);
    let begin = |state: &mut super::CodeBuild| {
        let same = |build: &&BuildRecord| {
            token.is_some() && build.token == token && build.project == name && now - build.started < TOKEN_SECONDS
        };
        if let Some(earlier) = state.builds.values().find(same) {
            return Ok(earlier.show(&sandbox.info));
        }
        let project = state.projects.get_mut(name).ok_or_else(missing)?;
        project.builds += 1;
        record.number = project.builds;
        let shown = record.show(&sandbox.info);
        state.builds.insert(record.id.clone(), record.clone());
        // Here, because a client that goes away ends the request at the next wait: nothing would go on with the record.
        run::spawn(sandbox, record);
        Ok(shown)
    };
    Ok(json!({ "build": sandbox.state.codebuild.update(begin).await? }))
}

/// The build that a request asks for.
fn record(
    sandbox: &SharedSandbox,
    (name, project): (&str, &ProjectRecord),
    input: &Value,
) -> Result<BuildRecord, Fault> {
    let mut source = project.members["source"].clone();
    for (member, given) in
        [("type", "sourceTypeOverride"), ("location", "sourceLocationOverride"), ("buildspec", "buildspecOverride")]
    {
        if let Some(value) = text(input, given) {
            source[member] = json!(value);
        }
    }
    validate::source(&source)?;
    if let Some(artifacts) = input.get("artifactsOverride").filter(|it| !it.is_null()) {
        validate::artifacts(artifacts)?;
    }
    let mut environment = validate::shown_environment(&project.members["environment"]);
    for (member, given) in [
        ("type", "environmentTypeOverride"),
        ("image", "imageOverride"),
        ("computeType", "computeTypeOverride"),
        ("privilegedMode", "privilegedModeOverride"),
    ] {
        if let Some(value) = input.get(given).filter(|it| !it.is_null()) {
            environment[member] = value.clone();
        }
    }
    validate::time_limit(input, "timeoutInMinutesOverride")?;
    validate::logs(input.get("logsConfigOverride"))?;
    for variable in input.get("environmentVariablesOverride").and_then(Value::as_array).into_iter().flatten() {
        if let Some(all) = environment["environmentVariables"].as_array_mut() {
            all.retain(|old| old["name"] != variable["name"]);
            all.push(variable.clone());
        }
    }
    validate::environment(&environment)?;
    let minutes = |value: Option<&Value>| value.and_then(Value::as_u64);
    let timeout = minutes(input.get("timeoutInMinutesOverride")).or(minutes(project.members.get("timeoutInMinutes")));
    let now = sandbox.clock.epoch();
    Ok(BuildRecord {
        id: format!("{name}:{}", random::uuid()),
        project: name.to_owned(),
        number: 0,
        started: now,
        ended: None,
        status: BuildStatus::InProgress,
        phases: vec![PhaseRecord { phase: BuildPhase::Submitted, started: now, ended: None, reason: None }],
        source,
        source_version: text(input, "sourceVersion").or(project.text("sourceVersion")).map(str::to_owned),
        environment,
        role: text(input, "serviceRoleOverride").or(project.text("serviceRole")).unwrap_or_default().to_owned(),
        timeout_minutes: timeout.unwrap_or(validate::DEFAULT_TIMEOUT),
        has_log: false,
        initiator: String::new(),
        token: text(input, "idempotencyToken").map(str::to_owned),
        instance: sandbox.info.instance.clone(),
    })
}

/// A build that is over is left as it is.
pub(super) async fn stop(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let id = build_id(required(input, "id")?)?;
    let find = || sandbox.state.codebuild.read(|state| state.builds.get(id).map(|build| build.show(&sandbox.info)));
    let missing = || not_found(format!("Build {id} cannot be found"));
    find().ok_or_else(missing)?;
    if let Some(running) = sandbox.builds.stop(id) {
        let _ = tokio::time::timeout(ENDS_WITHIN, running.closed()).await;
    }
    Ok(json!({ "build": find().ok_or_else(missing)? }))
}

/// An id, or the ARN of a build, which ends in one.
fn build_id(given: &str) -> Result<&str, Fault> {
    let id = last_part(given);
    if id.split_once(':').is_some_and(|(project, uuid)| !project.is_empty() && !uuid.is_empty()) {
        return Ok(id);
    }
    Err(invalid(format!("Invalid build ID: {given}")))
}

pub(super) fn batch_get(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    let ids = batch(input, "ids")?;
    for given in ids {
        let id = build_id(given)?;
        match sandbox.state.codebuild.read(|state| state.builds.get(id).map(|build| build.show(&sandbox.info))) {
            Some(build) => found.push(build),
            None => missing.push(given),
        }
    }
    Ok(json!({ "builds": found, "buildsNotFound": missing }))
}

pub(super) async fn batch_delete(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let ids = batch(input, "ids")?.into_iter().map(build_id).collect::<Result<Vec<_>, _>>()?;
    let remove = |state: &mut super::CodeBuild| {
        let (mut deleted, mut kept) = (Vec::new(), Vec::new());
        for id in ids {
            match state.builds.get(id).map(|build| build.by_now(&sandbox.info)) {
                Some(build) if build.ended.is_none() => {
                    kept.push(json!({ "id": id, "statusCode": "BUILD_IN_PROGRESS" }));
                }
                _ => {
                    state.builds.remove(id);
                    deleted.push(sandbox.info.arn("codebuild", &format!("build/{id}")).to_string());
                }
            }
        }
        Ok(json!({ "buildsDeleted": deleted, "buildsNotDeleted": kept }))
    };
    sandbox.state.codebuild.update(remove).await
}

pub(super) fn list(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    Ok(json!({ "ids": ids(sandbox, input, |_| true) }))
}

pub(super) fn list_for_project(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let name = required(input, "projectName")?;
    if !sandbox.state.codebuild.read(|state| state.projects.contains_key(name)) {
        let arn = sandbox.info.arn("codebuild", &format!("project/{name}"));
        return Err(not_found(format!("The provided project {arn} does not exist")));
    }
    Ok(json!({ "ids": ids(sandbox, input, |build| build.project == name) }))
}

/// Newest first, unless asked for otherwise.
fn ids(sandbox: &SharedSandbox, input: &Value, keep: impl Fn(&BuildRecord) -> bool) -> Vec<String> {
    let mut found: Vec<(f64, u64, String)> = sandbox.state.codebuild.read(|state| {
        let kept = state.builds.values().filter(|build| keep(build));
        kept.map(|build| (build.started, build.number, build.id.clone())).collect()
    });
    found.sort_by(|one, other| other.0.total_cmp(&one.0).then(other.1.cmp(&one.1)));
    if text(input, "sortOrder") == Some("ASCENDING") {
        found.reverse();
    }
    found.into_iter().map(|(_, _, id)| id).collect()
}
