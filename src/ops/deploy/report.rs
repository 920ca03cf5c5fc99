//! What launch says at the end.

use serde_json::{Value, json};

use super::Workshop;
use super::observe::Observed;
use super::plan::{Action, RuntimeArtifact, Step};
use crate::cloud::{DataPlane, Identity};
use crate::config::shell;
use crate::config::{Agent, Protocol, Store};
use crate::error::Kind;
use crate::ops::identity::Stored;
use crate::ops::{status, target};
use crate::partition::Arn;
use crate::report::{Document, Report, Role, schemas};

/// A runtime after a launch.
#[derive(Clone, Debug)]
pub(crate) struct Deployed {
    pub(crate) runtime_id: String,
    pub(crate) runtime_arn: String,
    pub(crate) version: String,
    pub(crate) status: String,
    /// `None` when the runtime has one that this version does not know.
    pub(crate) artifact: Option<RuntimeArtifact>,
    /// Status of the DEFAULT endpoint, when it was waited for.
    pub(crate) endpoint: Option<String>,
}

/// The agent, and the commands that come next for it.
#[derive(Debug)]
pub(crate) struct Next {
    agent: String,
    launch: String,
    invoke: String,
    watch: String,
    /// The runtime takes no calls until it is launched again.
    calls_refused: bool,
}

impl Next {
    /// `launch` is the command that was given, without the flag that only shows what it would do.
    pub(super) fn of(store: &Store, agent: &Agent, launch: &str) -> Self {
        // What answers at once in the agent's protocol.
        let what = match agent.protocol() {
            Protocol::Http => "'{\"prompt\": \"hello\"}'",
            Protocol::Mcp => "--list-tools",
            Protocol::A2a | Protocol::Agui => "hello",
        };
        let invoke = format!("agentcore invoke {what}{}", shell::agent_flag(store, agent));
        let known = agent.own.token.is_some() || Stored::can_sign_in(store.root());
        Self {
            agent: agent.name.clone(),
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

impl Next {
    /// The runtime was made as one that takes no calls, and it was not waited until that could be mended.
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
    next: Next,
    steps: Vec<Step>,
    identity: Identity,
    builder: Option<String>,
    deployed: Option<Deployed>,
    url: Option<String>,
    plan_only: bool,
}

/// A report of steps that are not carried out.
pub(super) fn planned(next: Next, steps: Vec<Step>, identity: &Identity, observed: &Observed) -> LaunchReport {
    let deployed = observed.runtime.as_ref().map(|found| Deployed {
        runtime_id: found.runtime.id().to_owned(),
        runtime_arn: found.runtime.arn().to_owned(),
        version: found.runtime.version().to_owned(),
        status: found.runtime.status().to_owned(),
        artifact: found.runtime.artifact().and_then(RuntimeArtifact::of_wire),
        endpoint: None,
    });
    LaunchReport { next, steps, identity: identity.clone(), builder: None, deployed, url: None, plan_only: true }
}

impl LaunchReport {
    pub(super) fn applied(
        next: Next,
        steps: Vec<Step>,
        shop: &Workshop<'_>,
        builder: &str,
        deployed: Deployed,
    ) -> Self {
        let url = deployed
            .runtime_arn
            .parse::<Arn>()
            .ok()
            .map(|arn| DataPlane::of_cloud(shop.env, shop.cloud, &arn.region).invocation_url(&arn, None));
        Self {
            next,
            steps,
            identity: shop.identity.clone(),
            builder: Some(builder.to_owned()),
            deployed: Some(deployed),
            url,
            plan_only: false,
        }
    }

    fn changes(&self) -> usize {
        self.steps.iter().filter(|step| step.action.is_change()).count()
    }

    fn plan(&self) -> Document {
        let rows = self.steps.iter().map(row).collect();
        let document = Document::new().table(vec!["ACTION", "RESOURCE", "NAME", "DETAILS"], rows).blank();
        document.line(match self.changes() {
            0 => "Nothing to change.".to_owned(),
            1 => format!("1 change is pending. Apply it with `{}`.", self.next.launch),
            count => format!("{count} changes are pending. Apply them with `{}`.", self.next.launch),
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
            "agent_arn": self.deployed.as_ref().map(|deployed| &deployed.runtime_arn),
            "caller": target::identity_data(&self.identity),
            "applied": !self.plan_only && self.changes() > 0,
            "changes": self.changes(),
            "steps": self.steps,
            "builder": self.builder,
            "runtime": runtime,
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
                .fact("Agent ARN", deployed.runtime_arn.clone())
                .fact("Agent ID", deployed.runtime_id.clone())
                .fact_styled("Status", role, deployed.status.clone())
                .fact("Version", deployed.version.clone());
            if let Some(artifact) = &deployed.artifact {
                document = artifact.facts(document);
            }
            document = document
                .fact_if("Invocation URL", self.url.clone())
                .fact("CloudWatch Logs", status::log_group(&deployed.runtime_id));
        }
        let document = document.blank().styled(Role::Heading, "Next Steps:");
        self.next.commands().iter().fold(document, |document, next| document.styled(Role::Code, format!(" {next}")))
    }

    fn exit_code(&self) -> u8 {
        if self.plan_only && self.changes() > 0 { Kind::Pending.exit_code() } else { 0 }
    }
}

fn row(step: &Step) -> Vec<(Role, String)> {
    let role = match step.action {
        Action::Create => Role::Good,
        Action::Update => Role::Attention,
        Action::Delete => Role::Bad,
        Action::Unchanged | Action::Keep => Role::Dim,
    };
    vec![
        (role, step.action.word().to_owned()),
        (Role::Plain, step.resource.to_owned()),
        (Role::Plain, step.name.clone()),
        (Role::Dim, step.details.join("; ")),
    ]
}
