//! What is configured and what is deployed, once or until the state is final.
//!
//! `verbose` has the same as the starter toolkit's JSON, `watch` what is shown until then.

mod memory;
mod settings;
mod verbose;
mod watch;

use serde_json::{Value, json};

use super::console::Console;
use super::target;
use crate::cloud::{AgentRuntime, Cloud, DataPlane, Endpoint};
use crate::config::shell;
use crate::config::{Agent, DeploymentType, Store};
use crate::env::Env;
use crate::error::{Kind, Result};
use crate::facts::{DEFAULT_ENDPOINT, log_group};
use crate::partition::Arn;
use crate::report::{Document, Report, Role, StepOutput, schemas};
use crate::resources::resource_policy;
pub(crate) use crate::resources::runtime::WAIT_STEP;
use crate::resources::runtime::{RuntimeArtifact, callers_text};

use memory::MemoryStatus;
pub(crate) use verbose::VerboseStatus;
pub(crate) use watch::{ShowState, watch};

/// The state of a runtime that is READY and that nobody may call.
const CALLS_REFUSED: &str = "calls-refused";

/// The state of one agent.
#[derive(Debug)]
pub(crate) struct StatusReport {
    agent: String,
    environment: Option<String>,
    arn: Option<String>,
    runtime: Option<AgentRuntime>,
    endpoint: Option<Endpoint>,
    /// All of them, DEFAULT first; only that where they may not be listed.
    endpoints: Vec<Endpoint>,
    url: Option<String>,
    console: Option<Console>,
    memory: Option<MemoryStatus>,
    /// Whom this program's resource policy lets in, where it put one and may read it.
    other_callers: Option<Vec<String>>,
    /// The command that deploys this agent.
    launch: String,
    /// The configuration of an agent that is not deployed: label and value.
    configured: Vec<(&'static str, String)>,
}

/// Reads the agent's state. An agent that was never deployed costs no request.
pub(crate) async fn status(store: &Store, agent: &Agent, env: &Env, cloud: Option<&Cloud>) -> Result<StatusReport> {
    let arn = agent.runtime_arn();
    let mut report = StatusReport {
        agent: agent.name.clone(),
        environment: agent.environment.as_ref().map(ToString::to_string),
        arn: arn.as_ref().map(Arn::to_string),
        runtime: None,
        endpoint: None,
        endpoints: Vec::new(),
        url: None,
        console: None,
        memory: None,
        other_callers: None,
        launch: shell::command("launch", store, agent),
        configured: configured(agent),
    };
    let (Some(arn), Some(cloud)) = (arn, cloud) else { return Ok(report) };
    let id = runtime_id(agent, &arn);
    let memory = async { Ok(MemoryStatus::read(agent, cloud).await) };
    // Whoever may not list them sees DEFAULT alone.
    let endpoints = async { Ok(cloud.endpoints(id).await.unwrap_or_default()) };
    let other_callers = async {
        let has_policy = !agent.created().resource_policies.is_empty();
        let policy = if has_policy { cloud.resource_policy(&arn.to_string()).await.ok().flatten() } else { None };
        Ok(policy.as_ref().map(resource_policy::callers))
    };
    let runtime = cloud.runtime(id);
    let endpoint = cloud.endpoint(id, DEFAULT_ENDPOINT);
    let (runtime, endpoint, memory, endpoints, other_callers) =
        tokio::try_join!(runtime, endpoint, memory, endpoints, other_callers)?;
    check_whose(agent, &arn, runtime.as_ref(), cloud).await?;
    report.url = Some(DataPlane::of_cloud(env, cloud, &arn.region).invocation_url(&arn, None));
    report.console = Console::of_cloud(cloud);
    report.runtime = runtime;
    report.endpoints = endpoint.iter().cloned().collect();
    report.endpoints.extend(endpoints.into_iter().filter(|other| other.name != DEFAULT_ENDPOINT));
    report.endpoint = endpoint;
    report.memory = memory;
    report.other_callers = other_callers;
    Ok(report)
}

/// An endpoint in JSON.
pub(crate) fn endpoint_data(endpoint: &Endpoint) -> Value {
    json!({
        "name": endpoint.name,
        "arn": endpoint.arn,
        "status": endpoint.status,
        "liveVersion": endpoint.live_version,
        "targetVersion": endpoint.target_version,
        "failureReason": endpoint.failure_reason,
        "lastUpdatedAt": endpoint.raw.get("lastUpdatedAt"),
    })
}

fn runtime_id<'a>(agent: &'a Agent, arn: &'a Arn) -> &'a str {
    agent.runtime_id().unwrap_or_else(|| arn.resource_id())
}

/// Refuses to report on a runtime of another account. Requests hold an id and no account: that runtime would look
/// deleted, or be mistaken for one of the caller's own. The caller's identity is requested only where it matters.
async fn check_whose(agent: &Agent, arn: &Arn, found: Option<&AgentRuntime>, cloud: &Cloud) -> Result<()> {
    let written_down = agent.account().is_none_or(|account| account == arn.account);
    if written_down && found.is_some_and(|found| target::is_runtime_of(arn, found)) {
        return Ok(());
    }
    target::check_account(agent, &cloud.identity().await?)
}

fn configured(agent: &Agent) -> Vec<(&'static str, String)> {
    let made = "created by launch";
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
    fn headline(&self, runtime: &AgentRuntime) -> (Role, String) {
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

/// `prod (READY), version 3`
fn named_text(endpoint: &Endpoint) -> String {
    format!("{} ({}), version {}", endpoint.name, endpoint.status, version_text(endpoint))
}

/// The version that an endpoint serves, and the one that it is on its way to: `2 -> 3`
pub(crate) fn version_text(endpoint: &Endpoint) -> String {
    match (endpoint.live_version.as_deref(), endpoint.target_version.as_deref()) {
        (Some(live), Some(target)) if live != target => format!("{live} -> {target}"),
        (live, target) => live.or(target).unwrap_or("-").to_owned(),
    }
}

/// `Public`, or `VPC` with its sizes.
fn network_text(runtime: &AgentRuntime) -> String {
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

fn artifact(runtime: &AgentRuntime) -> Option<RuntimeArtifact> {
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
                "settings": settings::data(runtime),
                "otherCallers": self.other_callers,
                "createdAt": runtime.raw.get("createdAt"),
                "lastUpdatedAt": runtime.raw.get("lastUpdatedAt"),
            })
        });
        json!({
            "agent": self.agent,
            "environment": self.environment,
            "agent_arn": self.arn,
            "state": self.state(),
            "deployed": self.runtime.is_some(),
            "auth": if self.runtime.is_none() { Value::Null } else if self.authorizer().is_some() { json!("jwt") } else { json!("iam") },
            "runtime": runtime,
            "endpoint": self.endpoint.as_ref().map(endpoint_data),
            "endpoints": self.endpoints.iter().map(endpoint_data).collect::<Vec<_>>(),
            "memory": self.memory.as_ref().map(MemoryStatus::data),
            "invocationUrl": self.url,
            // `status --verbose` fills it in: one schema, one set of members.
            "toolkit": Value::Null,
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
            .fact_if("Environment", self.environment.clone())
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
        for endpoint in self.endpoints.iter().filter(|endpoint| endpoint.name != DEFAULT_ENDPOINT) {
            document = document.fact("Endpoint", named_text(endpoint));
        }
        if let Ok(arn) = runtime.arn().parse::<Arn>() {
            document = document.fact("Region", format!("{} | Account: {}", arn.region, arn.account));
        }
        document = settings::facts(runtime, document.fact("Network", network_text(runtime)));
        if let Some(memory) = &self.memory {
            let role = if memory.is_bad() { Role::Bad } else { Role::Plain };
            document = document.fact_styled("Memory", role, memory.text());
        }
        document = document.fact("Callers", callers_text(self.authorizer()));
        document = document.fact_if("Other Callers", self.other_callers.as_ref().map(|callers| callers.join(", ")));
        if let Some(artifact) = artifact(runtime) {
            document = artifact.facts(document);
        }
        let time = |member: &str| runtime.raw.get(member).and_then(Value::as_str).map(str::to_owned);
        document = document
            .fact_if("Execution Role", runtime.role_arn())
            .fact_if("Created", time("createdAt"))
            .fact_if("Last Updated", time("lastUpdatedAt"))
            .fact_if("Invocation URL", self.url.clone())
            .fact("CloudWatch Logs", log_group(runtime.id(), DEFAULT_ENDPOINT));
        match self.console {
            Some(console) => console.link_runtime(document, runtime.arn(), runtime.role_arn()),
            None => document,
        }
    }

    fn step_outputs(&self) -> Vec<(StepOutput, String)> {
        let runtime = self.runtime.as_ref();
        let digest = runtime.and_then(artifact).and_then(|artifact| artifact.digest().map(str::to_owned));
        let values = [
            (StepOutput::AgentArn, runtime.map(|runtime| runtime.arn().to_owned())),
            (StepOutput::RuntimeId, runtime.map(|runtime| runtime.id().to_owned())),
            (StepOutput::Version, runtime.map(|runtime| runtime.version().to_owned())),
            (StepOutput::Endpoint, self.endpoint.as_ref().map(|endpoint| endpoint.name.clone())),
            (StepOutput::InvocationUrl, self.url.clone().filter(|_| runtime.is_some())),
            (StepOutput::ImageDigest, digest),
            (StepOutput::Environment, self.environment.clone()),
        ];
        let mut outputs: Vec<_> = values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        outputs.push((StepOutput::Changed, false.to_string()));
        outputs
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
