//! What is configured and what is deployed, once or until it settles.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::deploy::RuntimeArtifact;
use super::{shell, target};
use crate::cloud::{Cloud, DataPlane, Endpoint, Runtime};
use crate::config::{Agent, Store};
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::partition::Arn;
use crate::report::{Document, Report, Role};
use crate::wait::{self, Probe, Schedule};

/// The endpoint that every runtime has and that follows its newest version.
pub(crate) const DEFAULT_ENDPOINT: &str = "DEFAULT";

/// A runtime that is READY, and its DEFAULT endpoint that serves that version.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) runtime: Runtime,
    pub(crate) endpoint: Endpoint,
}

/// Waits for the runtime and then for its DEFAULT endpoint, which can come minutes later.
///
/// # Errors
/// At once for CREATE_FAILED, UPDATE_FAILED and DELETE_FAILED, with the service's reason; [`Kind::Deadline`] after
/// `limit`, while the work goes on remotely.
pub(crate) async fn wait_ready(cloud: &Cloud, id: &str, limit: Duration, events: &Events) -> Result<Ready> {
    let start = std::time::Instant::now();
    let progress = Progress { events, id, last: Mutex::new(None) };
    let runtime = wait::until(Schedule::until(limit), &format!("the runtime `{id}`"), || async {
        let runtime = cloud.runtime(id).await?.ok_or_else(|| gone(id))?;
        let status = runtime.status().to_owned();
        match status.as_str() {
            "READY" => Ok(Probe::Done(runtime)),
            state if state.ends_with("_FAILED") => Err(failed("runtime", id, state, runtime.failure_reason())),
            _ => Ok(progress.pending(format!("runtime {status}"))),
        }
    })
    .await
    .map_err(resume_hint)?;
    let rest = limit.saturating_sub(start.elapsed());
    let version = runtime.version().to_owned();
    let endpoint =
        wait::until(Schedule::until(rest), &format!("the endpoint {DEFAULT_ENDPOINT} of `{id}`"), || async {
            let Some(endpoint) = cloud.endpoint(id, DEFAULT_ENDPOINT).await? else {
                return Ok(progress.pending("endpoint DEFAULT not there yet".to_owned()));
            };
            if endpoint.status.ends_with("_FAILED") {
                return Err(failed("endpoint", DEFAULT_ENDPOINT, &endpoint.status, endpoint.failure_reason.as_deref()));
            }
            match endpoint.live_version.as_deref().filter(|live| *live != version) {
                None if endpoint.status == "READY" => Ok(Probe::Done(endpoint)),
                None => Ok(progress.pending(format!("endpoint DEFAULT {}", endpoint.status))),
                Some(live) => {
                    Ok(progress.pending(format!("endpoint DEFAULT {}, still version {live}", endpoint.status)))
                }
            }
        })
        .await
        .map_err(resume_hint)?;
    progress.finished(format!("runtime and endpoint DEFAULT are READY, version {version}"));
    Ok(Ready { runtime, endpoint })
}

/// What a wait shows: nothing when there is nothing to wait for, else a line for each change.
struct Progress<'a> {
    events: &'a Events,
    id: &'a str,
    last: Mutex<Option<String>>,
}

impl Progress<'_> {
    fn pending<T>(&self, state: String) -> Probe<T> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none() {
            self.events.started("wait", format!("wait until `{}` is READY", self.id));
        }
        if last.as_ref() != Some(&state) {
            self.events.detail("wait", state.clone());
        }
        *last = Some(state.clone());
        Probe::Pending(state)
    }

    fn finished(&self, text: String) {
        if self.last.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            self.events.finished("wait", Outcome::Done, text);
        }
    }
}

/// The runtime once nothing is in progress: a change of one that is not READY is refused with a conflict.
///
/// # Errors
/// [`Kind::NotFound`] when it goes away meanwhile, [`Kind::Deadline`] after ten minutes.
pub(crate) async fn settle(cloud: &Cloud, runtime: Runtime, events: &Events) -> Result<Runtime> {
    if !matches!(runtime.status(), "CREATING" | "UPDATING") {
        return Ok(runtime);
    }
    let id = runtime.id().to_owned();
    events.started("settle", format!("wait until `{id}` is no longer {}", runtime.status()));
    let schedule = Schedule::until(Duration::from_secs(600));
    let settled = wait::until(schedule, &format!("the runtime `{id}`"), || async {
        let runtime = cloud.runtime(&id).await?.ok_or_else(|| gone(&id))?;
        Ok(match runtime.status() {
            "CREATING" | "UPDATING" => Probe::Pending(runtime.status().to_owned()),
            _ => Probe::Done(runtime),
        })
    })
    .await?;
    events.finished("settle", Outcome::Done, format!("`{id}` is {}", settled.status()));
    Ok(settled)
}

fn resume_hint(error: Error) -> Error {
    if error.kind() == Kind::Deadline {
        error.hint("the service goes on working: follow it with `agentcore status --watch`")
    } else {
        error
    }
}

fn gone(id: &str) -> Error {
    Error::not_found(format!("the runtime `{id}` does not exist any more")).hint("deploy it again: `agentcore launch`")
}

fn failed(what: &str, name: &str, state: &str, reason: Option<&str>) -> Error {
    Error::failed(format!("the {what} `{name}` is {state}"))
        .code(format!("runtime.{}", state.to_lowercase().replace('_', "-")))
        .cause(reason.unwrap_or("the service gave no reason").to_owned())
        .hint("mend the cause and run `agentcore launch` again")
}

/// Waits until a runtime no longer exists.
pub(crate) async fn wait_gone(cloud: &Cloud, id: &str, limit: Duration) -> Result<()> {
    wait::until(Schedule::until(limit), &format!("the deletion of `{id}`"), || async {
        match cloud.runtime(id).await? {
            None => Ok(Probe::Done(())),
            Some(runtime) if runtime.status() == "DELETE_FAILED" => {
                Err(failed("runtime", id, runtime.status(), runtime.failure_reason()))
            }
            Some(runtime) => Ok(Probe::Pending(runtime.status().to_owned())),
        }
    })
    .await
}

/// The state of one agent.
#[derive(Debug)]
pub(crate) struct StatusReport {
    agent: String,
    arn: Option<String>,
    runtime: Option<Runtime>,
    endpoint: Option<Endpoint>,
    url: Option<String>,
    /// The command that deploys this agent.
    launch: String,
}

/// Reads the agent's state. An agent that was never deployed costs no request.
pub(crate) async fn status(store: &Store, agent: &Agent, env: &Env, cloud: Option<&Cloud>) -> Result<StatusReport> {
    let arn = agent.runtime_arn();
    let mut report = StatusReport {
        agent: agent.name.clone(),
        arn: arn.as_ref().map(Arn::to_string),
        runtime: None,
        endpoint: None,
        url: None,
        launch: shell::command("launch", store, agent),
    };
    let (Some(arn), Some(cloud)) = (arn, cloud) else { return Ok(report) };
    let id = agent.runtime_id().unwrap_or_else(|| arn.resource_id()).to_owned();
    let (runtime, endpoint) = tokio::try_join!(cloud.runtime(&id), cloud.endpoint(&id, DEFAULT_ENDPOINT))?;
    if runtime.is_none() {
        // The path holds an id and no account: seen from another account every runtime is gone.
        target::check_account(agent, &cloud.identity().await?)?;
    }
    report.url = Some(DataPlane::of_cloud(env, cloud, &arn.region).invocation_url(&arn, None));
    report.runtime = runtime;
    report.endpoint = endpoint;
    Ok(report)
}

impl StatusReport {
    /// `not-deployed`, `gone` (deleted elsewhere), or the runtime's own status.
    fn state(&self) -> &str {
        match (&self.arn, &self.runtime) {
            (None, _) => "not-deployed",
            (Some(_), None) => "gone",
            (_, Some(runtime)) => runtime.status(),
        }
    }

    fn authorizer(&self) -> Option<&Value> {
        self.runtime.as_ref()?.authorizer()
    }
}

fn artifact(runtime: &Runtime) -> Option<RuntimeArtifact> {
    runtime.artifact().and_then(RuntimeArtifact::of_wire)
}

impl Report for StatusReport {
    fn schema(&self) -> &'static str {
        "agentcore.status/1"
    }

    fn data(&self) -> Value {
        let runtime = self.runtime.as_ref().map(|runtime| {
            let mut variables: Vec<&String> = runtime
                .raw
                .get("environmentVariables")
                .and_then(Value::as_object)
                .map(|variables| variables.keys().collect())
                .unwrap_or_default();
            variables.sort();
            let (image, code) = RuntimeArtifact::data(artifact(runtime).as_ref());
            json!({
                "id": runtime.id(),
                "arn": runtime.arn(),
                "version": runtime.version(),
                "status": runtime.status(),
                "failureReason": runtime.failure_reason(),
                "image": image,
                "code": code,
                "role": runtime.role_arn(),
                "authorizer": runtime.authorizer(),
                "requestHeaders": runtime.request_headers(),
                "environmentVariableNames": variables,
                "protocol": runtime.protocol(),
                "network": runtime.raw.get("networkConfiguration"),
                "createdAt": runtime.raw.get("createdAt"),
                "lastUpdatedAt": runtime.raw.get("lastUpdatedAt"),
            })
        });
        let endpoint = self.endpoint.as_ref().map(|endpoint| {
            json!({
                "name": endpoint.name,
                "arn": endpoint.arn,
                "status": endpoint.status,
                "liveVersion": endpoint.live_version,
                "targetVersion": endpoint.target_version,
                "failureReason": endpoint.failure_reason,
            })
        });
        json!({
            "agent": self.agent,
            "state": self.state(),
            "deployed": self.runtime.is_some(),
            "auth": if self.runtime.is_none() { Value::Null } else if self.authorizer().is_some() { json!("jwt") } else { json!("iam") },
            "runtime": runtime,
            "endpoint": endpoint,
            "invocationUrl": self.url,
        })
    }

    fn document(&self) -> Document {
        let mut document = Document::new().field("agent", self.agent.clone());
        let Some(runtime) = &self.runtime else {
            let text = match self.arn {
                None => "not deployed",
                Some(_) => "gone: the runtime was deleted elsewhere",
            };
            return document
                .field_styled("state", Role::Attention, text)
                .field_if("runtime", self.arn.clone())
                .blank()
                .styled(Role::Code, self.launch.clone());
        };
        let role = match runtime.status() {
            "READY" => Role::Good,
            state if state.ends_with("_FAILED") => Role::Bad,
            _ => Role::Attention,
        };
        document = document
            .field_styled("state", role, runtime.status())
            .field_if("reason", runtime.failure_reason())
            .field("runtime", runtime.arn())
            .field("version", runtime.version())
            .field("auth", auth_text(self.authorizer()));
        if let Some(artifact) = artifact(runtime) {
            document = document.field(artifact.noun(), artifact.to_string());
        }
        document = document.field_if("role", runtime.role_arn());
        document = match &self.endpoint {
            Some(endpoint) => {
                let live =
                    endpoint.live_version.as_deref().map(|version| format!(", version {version}")).unwrap_or_default();
                document.field("endpoint", format!("{} {}{live}", endpoint.name, endpoint.status))
            }
            None => document.field_styled("endpoint", Role::Attention, "DEFAULT is not there yet"),
        };
        document.field_if("invocation URL", self.url.clone())
    }

    fn exit_code(&self) -> u8 {
        match self.state() {
            "not-deployed" | "gone" => Kind::NotFound.exit_code(),
            state if state.ends_with("_FAILED") => Kind::Failed.exit_code(),
            _ => 0,
        }
    }
}

fn auth_text(authorizer: Option<&Value>) -> String {
    let Some(authorizer) = authorizer else { return "AWS credentials (SigV4)".to_owned() };
    let url = authorizer.get("discoveryUrl").and_then(Value::as_str).unwrap_or("?");
    let mut parts = vec![format!("bearer token of {url}")];
    for (member, label) in [("allowedClients", "clients"), ("allowedAudience", "audience"), ("allowedScopes", "scopes")]
    {
        if let Some(values) = authorizer.get(member).and_then(Value::as_array) {
            let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            parts.push(format!("{label} {}", values.join(", ")));
        }
    }
    if authorizer.get("customClaims").is_some() {
        parts.push("custom claims".to_owned());
    }
    parts.join("; ")
}
