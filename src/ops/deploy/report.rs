//! The report of `launch`.

use std::time::Duration;

use serde_json::{Value, json};

use super::Connections;
use super::smoke::{SmokeOutcome, SmokeTest};
use super::times::LaunchTimes;
use crate::cloud::{AgentRuntime, CallerIdentity, DataPlane, Endpoint};
use crate::config::CognitoSetup;
use crate::config::shell;
use crate::config::{Agent, Protocol, Store};
use crate::error::Kind;
use crate::facts::{DEFAULT_ENDPOINT, log_group};
use crate::ops::console::Console;
use crate::ops::preflight::findings_data;
use crate::ops::status::{endpoint_data, version_text};
use crate::ops::{plan_text, target};
use crate::partition::Arn;
use crate::project::preflight::CheckFinding;
use crate::report::{Document, Report, Role, StepOutput, schemas};
use crate::resources::plan::Step;
use crate::resources::runtime::{ObservedRuntime, RuntimeArtifact};

/// A runtime after a launch.
#[derive(Clone, Debug)]
pub(crate) struct DeployedRuntime {
    pub(crate) runtime_id: String,
    pub(crate) runtime_arn: String,
    pub(crate) version: String,
    pub(crate) status: String,
    /// `None` when the runtime has one that this version does not know.
    pub(crate) artifact: Option<RuntimeArtifact>,
    /// Status of the DEFAULT endpoint, when it was waited for.
    pub(crate) endpoint: Option<String>,
    /// How long READY was waited for.
    pub(super) waited: Option<Duration>,
    /// How long the agent took to start, where that was tried.
    pub(super) started: Option<Duration>,
}

/// The agent, and the commands that come next for it.
#[derive(Debug)]
pub(crate) struct NextCommands {
    agent: String,
    environment: Option<String>,
    launch: String,
    invoke: String,
    watch: String,
    /// The runtime takes no calls until it is launched again.
    calls_refused: bool,
}

impl NextCommands {
    /// `launch` is the command that was given, without the flag that only shows what it would do.
    pub(super) fn for_agent(store: &Store, agent: &Agent, launch: &str) -> Self {
        // What answers at once in the agent's protocol.
        let what = match agent.protocol() {
            Protocol::Http => "'{\"prompt\": \"hello\"}'",
            Protocol::Mcp => "--list-tools",
            Protocol::A2a | Protocol::Agui => "hello",
        };
        let invoke = format!("agentcore invoke {what}{}", shell::agent_flag(store, agent));
        let known = agent.own.token.is_some() || CognitoSetup::can_sign_in(store.root());
        Self {
            agent: agent.name.clone(),
            environment: agent.environment.as_ref().map(ToString::to_string),
            launch: launch.to_owned(),
            watch: shell::command("status --watch", store, agent),
            calls_refused: false,
            invoke: match (agent.authorizer().is_some(), known) {
                (false, _) => invoke,
                (true, true) => format!("{invoke} --auth"),
                (true, false) => format!("{invoke} --bearer-token-file FILE"),
            },
        }
    }
}

impl NextCommands {
    /// The runtime was created without accepting calls, and the launch did not wait to change that.
    pub(super) fn refuse_calls(&mut self) {
        self.calls_refused = true;
    }

    fn commands(&self) -> Vec<&str> {
        if self.calls_refused { vec![&self.watch, &self.launch] } else { vec![&self.invoke] }
    }
}

/// A plan, or what was done.
#[derive(Debug)]
pub(crate) struct LaunchReport {
    next: NextCommands,
    steps: Vec<Step>,
    identity: CallerIdentity,
    builder: Option<String>,
    /// Id of the build in CodeBuild, where this launch had one.
    build_id: Option<String>,
    deployed: Option<DeployedRuntime>,
    url: Option<String>,
    /// Where the runtime's pages are; none of a plan.
    console: Option<Console>,
    times: Option<LaunchTimes>,
    /// The endpoint that this launch was for, besides DEFAULT.
    endpoint: Option<Endpoint>,
    smoke: Option<SmokeOutcome>,
    /// What a plan says of the smoke test.
    follows: Option<String>,
    plan_only: bool,
    /// Of the source.
    findings: Vec<CheckFinding>,
}

/// A report of a plan.
pub(super) fn planned(
    next: NextCommands,
    steps: Vec<Step>,
    (identity, live): (&CallerIdentity, Option<&ObservedRuntime>),
    test: Option<&SmokeTest>,
) -> LaunchReport {
    let deployed = live.map(|live| DeployedRuntime::from_runtime(&live.runtime));
    LaunchReport {
        next,
        steps,
        identity: identity.clone(),
        builder: None,
        build_id: None,
        deployed,
        url: None,
        console: None,
        times: None,
        endpoint: None,
        smoke: None,
        follows: test.map(SmokeTest::announcement),
        plan_only: true,
        findings: Vec::new(),
    }
}

impl DeployedRuntime {
    pub(super) fn from_runtime(runtime: &AgentRuntime) -> Self {
        Self {
            runtime_id: runtime.id().to_owned(),
            runtime_arn: runtime.arn().to_owned(),
            version: runtime.version().to_owned(),
            status: runtime.status().to_owned(),
            artifact: runtime.artifact().and_then(RuntimeArtifact::of_wire),
            endpoint: None,
            waited: None,
            started: None,
        }
    }
}

impl LaunchReport {
    pub(super) fn applied(
        next: NextCommands,
        steps: Vec<Step>,
        (connections, identity): (&Connections<'_>, CallerIdentity),
        (builder, build_id): (&str, Option<String>),
        deployed: DeployedRuntime,
    ) -> Self {
        let url =
            deployed.runtime_arn.parse::<Arn>().ok().map(|arn| {
                DataPlane::of_cloud(connections.env, connections.cloud, &arn.region).invocation_url(&arn, None)
            });
        Self {
            next,
            steps,
            identity,
            builder: Some(builder.to_owned()),
            build_id,
            deployed: Some(deployed),
            url,
            console: Console::of_cloud(connections.cloud),
            times: None,
            endpoint: None,
            smoke: None,
            follows: None,
            plan_only: false,
            findings: Vec::new(),
        }
    }

    /// What the checks found that did not stop the launch.
    pub(super) fn checked(&mut self, findings: Vec<CheckFinding>) {
        self.findings = findings;
    }

    /// What came after the runtime.
    pub(super) fn released(&mut self, endpoint: Option<Endpoint>, smoke: Option<SmokeOutcome>) {
        if let Some(named) = &endpoint {
            self.next.invoke.push_str(&format!(" --endpoint {}", named.name));
        }
        self.endpoint = endpoint;
        self.smoke = smoke;
    }

    pub(super) fn took(&mut self, total: Duration, build: Duration) {
        let of_runtime = |part: fn(&DeployedRuntime) -> Option<Duration>| self.deployed.as_ref().and_then(part);
        let (ready, start) = (of_runtime(|deployed| deployed.waited), of_runtime(|deployed| deployed.started));
        self.times = Some(LaunchTimes { total, build, ready, start });
    }

    /// The test that the version has passed.
    pub(super) fn smoke(&self) -> Option<&SmokeOutcome> {
        self.smoke.as_ref()
    }

    fn changes(&self) -> usize {
        self.steps.iter().filter(|step| step.action.is_change()).count()
    }

    fn plan(&self) -> Document {
        let document = plan_text::plan("launch", &self.next.agent, &self.identity, &self.steps);
        let totals = plan_text::totals(&self.steps);
        let follows = self.follows.as_ref().filter(|_| self.changes() > 0);
        let document = follows.into_iter().fold(document, |document, follows| document.line(follows.clone()));
        document.line(match self.changes() {
            0 => format!("Nothing to change: {totals}."),
            _ => format!("{totals}. Apply with: {}", self.next.launch),
        })
    }
}

impl Report for LaunchReport {
    fn schema(&self) -> &'static str {
        schemas::LAUNCH
    }

    fn data(&self) -> Value {
        let runtime = self.deployed.as_ref().map(|deployed| {
            let (image, code) = RuntimeArtifact::data(deployed.artifact.as_ref());
            json!({
                "id": deployed.runtime_id,
                "arn": deployed.runtime_arn,
                "version": deployed.version,
                "status": deployed.status,
                "image": image,
                "code": code,
                "endpointStatus": deployed.endpoint,
                "invocationUrl": self.url,
            })
        });
        json!({
            "agent": self.next.agent,
            "environment": self.next.environment,
            "agent_arn": self.deployed.as_ref().map(|deployed| &deployed.runtime_arn),
            "caller": target::identity_data(&self.identity),
            "applied": !self.plan_only && self.changes() > 0,
            "changes": self.changes(),
            "steps": self.steps,
            "builder": self.builder,
            "codebuildId": self.build_id,
            "runtime": runtime,
            "endpoint": self.endpoint.as_ref().map(endpoint_data),
            "smokeTest": self.smoke.as_ref().map(SmokeOutcome::data),
            "seconds": self.times.map(LaunchTimes::data),
            "findings": findings_data(&self.findings),
        })
    }

    fn document(&self) -> Document {
        if self.plan_only {
            return self.plan();
        }
        let mut document = match self.changes() {
            0 => Document::new().line("Nothing to change."),
            _ => Document::new().styled(Role::Good, "Deployment Success"),
        };
        if let Some(deployed) = &self.deployed {
            let role = if deployed.status == "READY" { Role::Good } else { Role::Attention };
            document = document
                .blank()
                .styled(Role::Heading, "Agent Details:")
                .fact("Agent Name", self.next.agent.clone())
                .fact_if("Environment", self.next.environment.clone())
                .fact("Agent ARN", deployed.runtime_arn.clone())
                .fact("Agent ID", deployed.runtime_id.clone())
                .fact_styled("Status", role, deployed.status.clone())
                .fact("Version", deployed.version.clone());
            if let Some(artifact) = &deployed.artifact {
                document = artifact.facts(document);
            }
            document = document
                .fact_if("Invocation URL", self.url.clone())
                .fact("CloudWatch Logs", log_group(&deployed.runtime_id, DEFAULT_ENDPOINT));
            if let Some(console) = self.console {
                document = console.link_runtime(document, &deployed.runtime_arn, None);
            }
        }
        if let Some(endpoint) = &self.endpoint {
            let text = format!("{} ({}), version {}", endpoint.name, endpoint.status, version_text(endpoint));
            document = document.fact("Endpoint", text);
        }
        document = document.fact_if("Smoke Test", self.smoke.as_ref().map(SmokeOutcome::text));
        if let Some(times) = self.times.filter(|_| self.changes() > 0) {
            document = document.blank().line(format!("Took {}", times.text(&self.steps)));
        }
        let document = document.blank().styled(Role::Heading, "Next Steps:");
        self.next.commands().iter().fold(document, |document, next| document.styled(Role::Code, format!(" {next}")))
    }

    fn step_outputs(&self) -> Vec<(StepOutput, String)> {
        let deployed = self.deployed.as_ref();
        let of_runtime = |part: fn(&DeployedRuntime) -> &str| deployed.map(|deployed| part(deployed).to_owned());
        let digest = deployed.and_then(|deployed| deployed.artifact.as_ref()?.digest().map(str::to_owned));
        let endpoint = self.endpoint.as_ref().map_or(DEFAULT_ENDPOINT, |endpoint| endpoint.name.as_str());
        let values = [
            (StepOutput::AgentArn, of_runtime(|deployed| &deployed.runtime_arn)),
            (StepOutput::RuntimeId, of_runtime(|deployed| &deployed.runtime_id)),
            (StepOutput::Version, of_runtime(|deployed| &deployed.version)),
            (StepOutput::Endpoint, deployed.map(|_| endpoint.to_owned())),
            (StepOutput::InvocationUrl, self.url.clone()),
            (StepOutput::ImageDigest, digest),
            (StepOutput::Environment, self.next.environment.clone()),
            (StepOutput::Changed, Some((self.changes() > 0).to_string())),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn summary(&self) -> Option<Document> {
        let agent = &self.next.agent;
        if self.plan_only {
            let document = Document::new().styled(Role::Heading, plan_text::title("launch", agent, &self.identity));
            let document = plan_text::steps_table(document, &self.steps).line(match self.changes() {
                0 => "Nothing to change.".to_owned(),
                _ => format!("{}.", plan_text::totals(&self.steps)),
            });
            let follows = self.follows.as_ref().filter(|_| self.changes() > 0);
            return Some(follows.into_iter().fold(document, |document, follows| document.line(follows.clone())));
        }
        let head = match self.changes() {
            0 => format!("{agent}: nothing to change"),
            _ => format!("{agent} is deployed"),
        };
        let mut document = Document::new().styled(Role::Heading, head);
        if let Some(deployed) = &self.deployed {
            document = document
                .field_if("environment", self.next.environment.clone())
                .field("runtime", deployed.runtime_arn.clone())
                .field("version", deployed.version.clone())
                .field("status", deployed.status.clone())
                .field_if("image", deployed.artifact.as_ref().and_then(RuntimeArtifact::digest))
                .field_if("invocation URL", self.url.clone())
                .field_if("smoke test", self.smoke.as_ref().map(SmokeOutcome::text));
        }
        let took = self.times.filter(|_| self.changes() > 0).map(|times| times.text(&self.steps));
        Some(plan_text::steps_table(document.field_if("took", took), &self.steps))
    }

    fn exit_code(&self) -> u8 {
        if self.plan_only && self.changes() > 0 { Kind::Pending.exit_code() } else { 0 }
    }
}
