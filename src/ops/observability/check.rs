//! Looks at everything that logs and traces need, and changes nothing.

use std::path::Path;

use super::plan::DeliveryState;
use super::report::CheckReport;
use super::{ObservedAgent, lets_xray_write};
use crate::artifact::find_source;
use crate::cloud::{AgentRuntime, LogGroupInfo};
use crate::config::{Agent, DeploymentType};
use crate::error::{Error, Kind, Result};
use crate::facts::SPANS_LOG_GROUP;
use crate::ops::traces::SWITCHED_OFF;
use crate::project::Language;

/// How it is with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Good,
    /// Something is to be changed.
    Change,
    /// Worth knowing.
    Note,
    /// It could not be looked at.
    Unknown,
}

impl State {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Change => "change",
            Self::Note => "note",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) state: State,
    pub(super) text: String,
    /// What to do about it.
    pub(super) fix: Option<String>,
}

impl Finding {
    fn new(check: &'static str, state: State, text: impl Into<String>) -> Self {
        Self { check, state, text: text.into(), fix: None }
    }

    fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// What could not be looked at is no reason to say nothing about the rest.
    fn of(check: &'static str, looked: Result<Self>) -> Result<Self> {
        match looked {
            Err(error) if matches!(error.kind(), Kind::Interrupted | Kind::Deadline) => Err(error),
            Err(error) => Ok(Self::new(check, State::Unknown, error.to_string())),
            found => found,
        }
    }
}

/// Actions that the agent's role needs, by what they are done with.
const IN_GROUP: &[&str] = &["logs:CreateLogGroup", "logs:DescribeLogStreams"];
const IN_STREAM: &[&str] = &["logs:CreateLogStream", "logs:PutLogEvents"];
const TRACES: &[&str] =
    &["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"];

/// Everything that was found, in the order in which a span travels. `root` is the folder of the configuration.
///
/// # Errors
/// Exit 5 where there is no such runtime; exit 4 where nothing may be looked at.
pub(crate) async fn check(of: &ObservedAgent<'_>, root: Option<&Path>) -> Result<CheckReport> {
    let runtime = of.cloud.runtime(&of.runtime_id).await?.ok_or_else(|| {
        Error::not_found(format!("there is no agent runtime `{}` in {}", of.runtime_id, of.cloud.region()))
            .hint("`agentcore status` shows what is deployed")
    })?;
    let (role, own, destination, policy, spans, indexing, deliveries) = tokio::join!(
        role(of, &runtime),
        own_log(of),
        destination(of),
        policy(of),
        spans_group(of),
        indexing(of),
        deliveries(of)
    );
    let mut findings = vec![instrumentation(of.agent, root, &runtime)];
    for (check, looked) in [
        ("role", role),
        ("agent's log", own),
        ("transaction search", destination),
        ("policy for spans", policy),
        ("log of spans", spans),
        ("indexing", indexing),
    ] {
        findings.push(Finding::of(check, looked)?);
    }
    match deliveries {
        Ok(found) => findings.extend(found),
        Err(error) => findings.push(Finding::of("delivery", Err(error))?),
    }
    Ok(CheckReport::new(of, findings))
}

fn instrumentation(agent: Option<&Agent>, root: Option<&Path>, runtime: &AgentRuntime) -> Finding {
    const CHECK: &str = "instrumentation";
    let variable = runtime.raw.pointer(&format!("/environmentVariables/{SWITCHED_OFF}")).and_then(|it| it.as_str());
    if variable.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Finding::new(
            CHECK,
            State::Change,
            format!("telemetry is switched off: the runtime has the variable `{SWITCHED_OFF}`"),
        )
        .fix(format!("take it out: `agentcore launch --unset-env {SWITCHED_OFF}`"));
    }
    let Some((agent, root)) = agent.zip(root) else {
        return Finding::new(CHECK, State::Unknown, "the agent's source is not here");
    };
    if !agent.observability() {
        return Finding::new(CHECK, State::Change, "`aws.observability.enabled` of the configuration is false")
            .fix("set it to true, then run `agentcore launch`");
    }
    let source = match find_source(root, agent) {
        Ok(source) => source,
        Err(error) => return Finding::new(CHECK, State::Unknown, error.to_string()),
    };
    if source.has_otel {
        return Finding::new(CHECK, State::Good, "the requirements name `aws-opentelemetry-distro`");
    }
    match (source.language, agent.deployment_type) {
        (Language::Python, DeploymentType::DirectCodeDeploy) => {
            Finding::new(CHECK, State::Change, "the requirements do not name `aws-opentelemetry-distro`")
                .fix("add it to the requirements, then run `agentcore launch`")
        }
        (Language::Python, _) => Finding::new(
            CHECK,
            State::Good,
            "`agentcore launch` adds it to the images that it writes the Dockerfile of",
        ),
        _ => Finding::new(
            CHECK,
            State::Note,
            "agents in this language are not instrumented: they have to export spans themselves",
        ),
    }
}

async fn role(of: &ObservedAgent<'_>, runtime: &AgentRuntime) -> Result<Finding> {
    const CHECK: &str = "role";
    let Some(role) = runtime.role_arn() else {
        return Ok(Finding::new(CHECK, State::Unknown, "the runtime names no role"));
    };
    let group = of.arn("logs", &format!("log-group:{}", of.own_group()));
    let stream = format!("{group}:log-stream:any");
    let asked = [(IN_GROUP, group.as_str()), (IN_STREAM, stream.as_str()), (TRACES, "*")];
    let answers = asked.map(|(actions, resource)| of.cloud.simulate(role, actions, resource));
    let mut lacks = Vec::new();
    for verdicts in futures_util::future::try_join_all(answers).await? {
        let Some(verdicts) = verdicts else {
            return Ok(Finding::new(
                CHECK,
                State::Unknown,
                "not looked at: the caller lacks `iam:SimulatePrincipalPolicy`",
            ));
        };
        lacks.extend(verdicts.into_iter().filter(|verdict| !verdict.allowed).map(|verdict| verdict.action));
    }
    if lacks.is_empty() {
        return Ok(Finding::new(CHECK, State::Good, format!("`{role}` may write logs and traces")));
    }
    Ok(Finding::new(CHECK, State::Change, format!("`{role}` lacks {}", lacks.join(", ")))
        .fix("`agentcore launch` gives them to a role that it made; to one of yours, add them"))
}

fn kept(group: &LogGroupInfo) -> String {
    match group.retention {
        Some(days) => format!("`{}` is kept for {days} days", group.name),
        None => format!("`{}` is kept for ever", group.name),
    }
}

async fn own_log(of: &ObservedAgent<'_>) -> Result<Finding> {
    const CHECK: &str = "agent's log";
    let name = of.own_group();
    Ok(match of.cloud.log_group(&name).await? {
        None => Finding::new(
            CHECK,
            State::Note,
            format!("`{name}` does not exist yet: the first output of the agent makes it"),
        ),
        Some(group) if group.retention.is_none() => Finding::new(CHECK, State::Note, kept(&group))
            .fix("`agentcore observability enable --retention-days 30` has older lines deleted"),
        Some(group) => Finding::new(CHECK, State::Good, kept(&group)),
    })
}

async fn destination(of: &ObservedAgent<'_>) -> Result<Finding> {
    const CHECK: &str = "transaction search";
    let found = of.cloud.spans_destination().await?;
    Ok(match (found.is_logs(), found.is_pending()) {
        (true, false) => Finding::new(CHECK, State::Good, "spans go to CloudWatch Logs"),
        (true, true) => {
            Finding::new(CHECK, State::Note, "switched on, and not in effect yet: it takes 10 to 15 minutes")
        }
        (false, _) => Finding::new(
            CHECK,
            State::Change,
            format!("spans go to {}, and none to CloudWatch Logs", found.destination),
        )
        .fix("switch it on for the account and region: `agentcore observability enable --account-wide`"),
    })
}

async fn policy(of: &ObservedAgent<'_>) -> Result<Finding> {
    const CHECK: &str = "policy for spans";
    let all = of.cloud.log_policies().await?;
    Ok(match all.iter().find(|policy| lets_xray_write(&policy.document)) {
        Some(policy) => Finding::new(CHECK, State::Good, format!("`{}` lets X-Ray write spans", policy.name)),
        None => Finding::new(CHECK, State::Change, "no policy of CloudWatch Logs lets X-Ray write spans")
            .fix("`agentcore observability enable --account-wide` makes one"),
    })
}

async fn spans_group(of: &ObservedAgent<'_>) -> Result<Finding> {
    const CHECK: &str = "log of spans";
    Ok(match of.cloud.log_group(SPANS_LOG_GROUP).await? {
        Some(group) => Finding::new(CHECK, State::Good, kept(&group)),
        None => {
            Finding::new(CHECK, State::Note, format!("`{SPANS_LOG_GROUP}` does not exist yet: the first span makes it"))
        }
    })
}

async fn indexing(of: &ObservedAgent<'_>) -> Result<Finding> {
    const CHECK: &str = "indexing";
    Ok(match of.cloud.indexed_percentage().await? {
        Some(percent) => Finding::new(CHECK, State::Good, format!("{percent} % of the spans are indexed as traces")),
        None => Finding::new(CHECK, State::Note, "there is no rule that says how many spans are indexed"),
    })
}

async fn deliveries(of: &ObservedAgent<'_>) -> Result<Vec<Finding>> {
    const CHECK: &str = "delivery";
    let seen = DeliveryState::look(of).await?;
    let mut findings = Vec::new();
    for resource in of.resources() {
        let wanted = [("traces", "TRACES", "XRAY")].into_iter().chain(resource.has_logs.then_some((
            "logs",
            "APPLICATION_LOGS",
            "CWL",
        )));
        for (what, log_type, kind) in wanted {
            let subject = format!("{what} of the {} `{}`", resource.kind, resource.id);
            findings.push(match seen.delivers(&resource, log_type, kind) {
                Some(_) => Finding::new(CHECK, State::Good, format!("{subject} are delivered")),
                None => Finding::new(CHECK, State::Change, format!("{subject} are not delivered"))
                    .fix("`agentcore observability enable` sees to it"),
            });
        }
    }
    Ok(findings)
}
