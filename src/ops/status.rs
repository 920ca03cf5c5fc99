//! What is configured and what is deployed, once or until it settles.
//!
//! `verbose` has the same as the starter toolkit's JSON.

mod verbose;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::deploy::RuntimeArtifact;
use super::target;
use crate::cloud::{Cloud, DataPlane, Endpoint, Runtime};
use crate::config::shell;
use crate::config::{Agent, DeploymentType, Store};
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::partition::Arn;
use crate::report::{Document, Report, Role, schemas};
use crate::wait::{self, Probe, Schedule};

pub(crate) use verbose::VerboseStatus;

/// The endpoint that every runtime has and that follows its newest version.
pub(crate) const DEFAULT_ENDPOINT: &str = "DEFAULT";

/// The state of a runtime that is READY and that nobody may call.
const CALLS_REFUSED: &str = "calls-refused";

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
            match endpoint.live_version.as_deref().filter(|live| is_before(live, &version)) {
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

/// Whether an endpoint that serves `live` has yet to get to `version`. A newer one is another launch's, made meanwhile: the
/// endpoint never comes back from it.
fn is_before(live: &str, version: &str) -> bool {
    match (live.parse::<u64>(), version.parse::<u64>()) {
        (Ok(live), Ok(version)) => live < version,
        _ => live != version,
    }
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
/// [`Kind::NotFound`] when it goes away meanwhile, [`Kind::Deadline`] after `limit`.
pub(crate) async fn settle(cloud: &Cloud, runtime: Runtime, limit: Duration, events: &Events) -> Result<Runtime> {
    if !matches!(runtime.status(), "CREATING" | "UPDATING") {
        return Ok(runtime);
    }
    let id = runtime.id().to_owned();
    events.started("settle", format!("wait until `{id}` is no longer {}", runtime.status()));
    let settled = wait::until(Schedule::until(limit), &format!("the runtime `{id}`"), || async {
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
    /// What the configuration says of an agent that is not there: label and value.
    configured: Vec<(&'static str, String)>,
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
        configured: configured(agent),
    };
    let (Some(arn), Some(cloud)) = (arn, cloud) else { return Ok(report) };
    let id = runtime_id(agent, &arn);
    let (runtime, endpoint) = tokio::try_join!(cloud.runtime(id), cloud.endpoint(id, DEFAULT_ENDPOINT))?;
    check_whose(agent, &arn, runtime.as_ref(), cloud).await?;
    report.url = Some(DataPlane::of_cloud(env, cloud, &arn.region).invocation_url(&arn, None));
    report.runtime = runtime;
    report.endpoint = endpoint;
    Ok(report)
}

/// Follows a deployed agent until it is READY.
///
/// # Errors
/// As [`wait_ready`]; a refusal when the runtime is another account's.
pub(crate) async fn watch(agent: &Agent, arn: &Arn, cloud: &Cloud, limit: Duration, events: &Events) -> Result<()> {
    let id = runtime_id(agent, arn);
    check_whose(agent, arn, cloud.runtime(id).await?.as_ref(), cloud).await?;
    wait_ready(cloud, id, limit, events).await.map(drop)
}

fn runtime_id<'a>(agent: &'a Agent, arn: &'a Arn) -> &'a str {
    agent.runtime_id().unwrap_or_else(|| arn.resource_id())
}

/// Refuses to say anything of a runtime of another account. Requests hold an id and no account: seen from here that runtime
/// is gone, or one of the caller's own has its id. Who asks is found out only where it matters.
async fn check_whose(agent: &Agent, arn: &Arn, found: Option<&Runtime>, cloud: &Cloud) -> Result<()> {
    let written_down = agent.account().is_none_or(|account| account == arn.account);
    if written_down && found.is_some_and(|found| target::is_runtime_of(arn, found)) {
        return Ok(());
    }
    target::check_account(agent, &cloud.identity().await?)
}

fn configured(agent: &Agent) -> Vec<(&'static str, String)> {
    let made = "made by launch";
    let target = match agent.deployment_type {
        DeploymentType::Container => ("ECR Repository", agent.repository_setting()),
        DeploymentType::DirectCodeDeploy => ("S3 Bucket", agent.bucket_setting()),
    };
    let values = [
        ("Region", agent.region()),
        ("Account", agent.account()),
        ("Execution Role", agent.execution_role_setting().or(Some(made))),
        (target.0, target.1.or(Some(made))),
    ];
    values.into_iter().filter_map(|(label, value)| Some((label, value?.to_owned()))).collect()
}

impl StatusReport {
    /// `not-deployed`, `gone` (deleted elsewhere), [`CALLS_REFUSED`], or the runtime's own status.
    fn state(&self) -> &str {
        match (&self.arn, &self.runtime) {
            (None, _) => "not-deployed",
            (Some(_), None) => "gone",
            (_, Some(runtime)) if runtime.status() == "READY" && !runtime.requires_mmdsv2() => CALLS_REFUSED,
            (_, Some(runtime)) => runtime.status(),
        }
    }

    fn authorizer(&self) -> Option<&Value> {
        self.runtime.as_ref()?.authorizer()
    }

    /// The toolkit's first line, which scripts wait for.
    fn headline(&self, runtime: &Runtime) -> (Role, String) {
        let endpoint = self.endpoint.as_ref().map(|endpoint| endpoint.status.as_str());
        match (runtime.status(), endpoint) {
            _ if self.state() == CALLS_REFUSED => {
                (Role::Bad, "Not callable - Agent deployed, but the service refuses every call".to_owned())
            }
            ("READY", Some("READY")) => (Role::Good, "Ready - Agent deployed and endpoint available".to_owned()),
            (state, _) if state.ends_with("_FAILED") => (Role::Bad, format!("Failed - the runtime is {state}")),
            (_, Some(state)) if state.ends_with("_FAILED") => {
                (Role::Bad, format!("Failed - the endpoint {DEFAULT_ENDPOINT} is {state}"))
            }
            ("READY" | "CREATING", _) => (Role::Attention, "Deploying - Agent created, endpoint starting".to_owned()),
            ("UPDATING", _) => (Role::Attention, "Deploying - Agent being updated".to_owned()),
            (state, _) => (Role::Attention, format!("The runtime is {state}")),
        }
    }

    fn absent(&self) -> Document {
        let headline = match self.arn {
            None => "Configured but not deployed",
            Some(_) => {
                "Not deployed: the runtime on record is gone, deleted elsewhere or by a destroy that was interrupted"
            }
        };
        let document = Document::new()
            .styled(Role::Attention, headline)
            .blank()
            .styled(Role::Heading, "Agent Details:")
            .fact("Agent Name", self.agent.clone())
            .fact_if("Deleted runtime", self.arn.clone());
        let document =
            self.configured.iter().fold(document, |document, (label, value)| document.fact(label, value.clone()));
        document.blank().styled(Role::Heading, "Next Steps:").styled(Role::Code, format!(" {}", self.launch))
    }
}

/// `Public`, or `VPC` with its sizes.
fn network_text(runtime: &Runtime) -> String {
    let network = runtime.raw.get("networkConfiguration");
    if network.and_then(|network| network.get("networkMode")).and_then(Value::as_str) != Some("VPC") {
        return "Public".to_owned();
    }
    let count = |member: &str| {
        let list = network.and_then(|network| network.get("networkModeConfig")?.get(member)?.as_array());
        list.map_or(0, Vec::len)
    };
    format!("VPC ({} subnets, {} security groups)", count("subnets"), count("securityGroups"))
}

/// Where the output of an agent's DEFAULT endpoint goes.
pub(crate) fn log_group(runtime_id: &str) -> String {
    format!("/aws/bedrock-agentcore/runtimes/{runtime_id}-{DEFAULT_ENDPOINT}")
}

fn artifact(runtime: &Runtime) -> Option<RuntimeArtifact> {
    runtime.artifact().and_then(RuntimeArtifact::of_wire)
}

impl Report for StatusReport {
    fn schema(&self) -> &'static str {
        schemas::STATUS
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
                "requireMMDSV2": runtime.requires_mmdsv2(),
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
            "agent_arn": self.arn,
            "state": self.state(),
            "deployed": self.runtime.is_some(),
            "auth": if self.runtime.is_none() { Value::Null } else if self.authorizer().is_some() { json!("jwt") } else { json!("iam") },
            "runtime": runtime,
            "endpoint": endpoint,
            "invocationUrl": self.url,
        })
    }

    fn document(&self) -> Document {
        let Some(runtime) = &self.runtime else { return self.absent() };
        let (role, headline) = self.headline(runtime);
        let mut document = Document::new()
            .styled(role, headline)
            .blank()
            .styled(Role::Heading, "Agent Details:")
            .fact("Agent Name", self.agent.clone())
            .fact("Agent ARN", runtime.arn())
            .fact("Agent ID", runtime.id())
            .fact_styled("Status", role, runtime.status())
            .fact_if("Reason", runtime.failure_reason())
            .fact("Version", runtime.version());
        if !runtime.requires_mmdsv2() {
            let text = format!(
                "refused, because `metadataConfiguration.requireMMDSV2` is not true: `{}` sets it",
                self.launch
            );
            document = document.fact_styled("Calls", Role::Bad, text);
        }
        document = match &self.endpoint {
            Some(endpoint) => {
                let other = endpoint.live_version.as_deref().filter(|live| *live != runtime.version());
                let live = other.map(|version| format!(", still version {version}")).unwrap_or_default();
                document.fact("Endpoint", format!("{} ({}){live}", endpoint.name, endpoint.status))
            }
            None => document.fact_styled("Endpoint", Role::Attention, "DEFAULT (not there yet)"),
        };
        if let Ok(arn) = runtime.arn().parse::<Arn>() {
            document = document.fact("Region", format!("{} | Account: {}", arn.region, arn.account));
        }
        document = document.fact("Network", network_text(runtime)).fact("Callers", auth_text(self.authorizer()));
        if let Some(artifact) = artifact(runtime) {
            document = artifact.facts(document);
        }
        let time = |member: &str| runtime.raw.get(member).and_then(Value::as_str).map(str::to_owned);
        document
            .fact_if("Execution Role", runtime.role_arn())
            .fact_if("Created", time("createdAt"))
            .fact_if("Last Updated", time("lastUpdatedAt"))
            .fact_if("Invocation URL", self.url.clone())
            .fact("CloudWatch Logs", log_group(runtime.id()))
    }

    fn exit_code(&self) -> u8 {
        match self.state() {
            "not-deployed" | "gone" => Kind::NotFound.exit_code(),
            CALLS_REFUSED => Kind::Failed.exit_code(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_with_a_newer_version_is_not_waited_for() {
        assert!(is_before("2", "3") && is_before("9", "10") && is_before("x", "3"));
        assert!(!is_before("3", "3") && !is_before("10", "9"));
    }
}
