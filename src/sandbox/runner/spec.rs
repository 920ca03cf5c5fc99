//! The specification of an agent to run, and the reasons why one fails to start. Plain values.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::storage::SessionMount;
use crate::agent_report::AgentReport;
use crate::sandbox::dev::collector;
use crate::sandbox::registry::LayerBlob;

/// How long an agent may take until it answers its health check. Source: service quotas.
pub(crate) const INIT_LIMIT: Duration = Duration::from_secs(120);

/// One agent: an image, its settings and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct AgentSpec {
    pub(crate) runtime_id: String,
    pub(crate) runtime_arn: String,
    /// The execution role, whose credentials the agent gets.
    pub(crate) role_arn: String,
    pub(crate) endpoint: String,
    pub(crate) image: AgentImage,
    /// `environmentVariables`; may hold secrets.
    pub(crate) variables: Vec<(String, String)>,
    /// `HTTP`, `MCP`, `A2A` or `AGUI`.
    pub(crate) protocol: &'static str,
    /// Port that the protocol's contract names.
    pub(crate) port: u16,
    /// The address that an A2A agent writes into its card.
    pub(crate) url: Option<String>,
    /// Whether `GET /ping` is part of the contract; an MCP server only has to accept connections.
    pub(crate) ping: bool,
    /// Whether the version requires MMDSv2; one that does not starts no session.
    pub(crate) requires_mmdsv2: bool,
    pub(crate) idle: Duration,
    pub(crate) max_life: Duration,
    /// Number of the runtime's version.
    pub(crate) version: u32,
    /// Storage of the session's own.
    pub(crate) mounts: Vec<SessionMount>,
}

/// An image in the sandbox's own registry.
#[derive(Clone, Debug)]
pub(crate) struct AgentImage {
    /// `sha256:…` of the manifest.
    pub(crate) digest: String,
    /// `127.0.0.1:PORT/name@sha256:…`, for an engine to pull.
    pub(crate) reference: String,
    /// `linux/arm64`
    pub(crate) platform: String,
    /// Lowest first.
    pub(crate) layers: Vec<LayerBlob>,
    /// The `config` member of the image configuration.
    pub(crate) config: Value,
    /// What only a code archive has.
    pub(crate) code: Option<CodeFacts>,
}

/// The facts of a code archive that is used in place of an image.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct CodeFacts {
    /// Names at the top of the working directory that hold installed packages; sessions share them.
    pub(crate) packages: Vec<String>,
    /// Packages whose native parts this machine cannot load.
    pub(crate) foreign: Vec<String>,
    /// Minor version of Python 3.
    pub(crate) python: Option<u32>,
}

/// The key of a session: sessions are started and stopped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionKey {
    pub(crate) runtime_id: String,
    pub(crate) endpoint: String,
    pub(crate) session: String,
}

/// Why an agent did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StartFailure {
    /// Ended, or could not be started at all.
    Crash,
    /// Did not listen in time.
    TooSlow,
    /// Listens on this port and not on that of its protocol.
    Elsewhere(u16),
    /// Listened, but `/ping` did not answer as it must; the status, where it had one.
    Unhealthy(Option<u16>),
    /// The session is being started or stopped by somebody else.
    Busy,
    /// As many agents work as there may be at once.
    Full,
    /// The version does not require MMDSv2.
    NotMmdsv2,
}

impl StartFailure {
    /// The service's message, except for failures that it reports as a slow start.
    pub(crate) fn text(&self) -> Cow<'static, str> {
        match self {
            Self::Crash => {
                "An error occurred when starting the runtime. Please check your CloudWatch logs for more information."
            }
            Self::TooSlow => {
                "Runtime initialization time exceeded. Please make sure that initialization completes in 120s."
            }
            Self::Elsewhere(port) => {
                return format!("The agent listens on port {port} instead of its protocol's port.").into();
            }
            Self::Unhealthy(_) => {
                "Runtime health check failed or timed out. Please make sure that health check is implemented according \
                 to the requirements and check your CloudWatch logs for more information."
            }
            Self::Busy => "Session operation in progress, please retry",
            Self::Full => "maxVms limit exceeded",
            Self::NotMmdsv2 => "This runtime is not MMDSv2-enabled",
        }
        .into()
    }

    /// The observed failure of an agent with this protocol and the port of its contract, as a fragment.
    pub(crate) fn reason(&self, (port, protocol): (u16, &str)) -> String {
        match self {
            Self::Crash | Self::Busy | Self::Full | Self::NotMmdsv2 => self.text().into_owned(),
            Self::TooSlow => format!("the agent did not listen on port {port} within {} s", INIT_LIMIT.as_secs()),
            // No shim reaches a program that is not run by Python or Node.js.
            Self::Elsewhere(own) if *own == port => format!(
                "the agent listens on port {port} itself; to run beside others without a container engine it has to take \
                 its port from the variable PORT (from AGENTCORE_SANDBOX_LISTEN, where Python or Node.js runs it)"
            ),
            Self::Elsewhere(own) => format!(
                "the agent listens on port {own}, and an agent with the protocol {protocol} has to listen on port {port}"
            ),
            Self::Unhealthy(Some(status)) => {
                format!(
                    "`GET /ping` answers {status}, and an agent with the protocol {protocol} has to answer it with 200"
                )
            }
            Self::Unhealthy(None) => "the agent listens, and does not answer `GET /ping`".to_owned(),
        }
    }
}

/// A failed start with the agent's report, where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FailedStart {
    pub(crate) failure: StartFailure,
    pub(crate) report: Option<Arc<AgentReport>>,
}

impl From<StartFailure> for FailedStart {
    fn from(failure: StartFailure) -> Self {
        Self { failure, report: None }
    }
}

/// The strings of a JSON list in an image configuration.
pub(super) fn string_list(config: &Value, member: &str) -> Vec<String> {
    config
        .get(member)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// `Env` of an image configuration, as pairs.
pub(super) fn image_variables(config: &Value) -> Vec<(String, String)> {
    string_list(config, "Env")
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The variables that lead the spans of an agent to the address `traces`, unless its image or its settings lead them
/// elsewhere.
pub(crate) fn collector_variables(spec: &AgentSpec, traces: &str) -> Vec<(String, String)> {
    let given: Vec<_> = image_variables(&spec.image.config).into_iter().chain(spec.variables.iter().cloned()).collect();
    collector::artifact_variables(&given, traces)
}

/// The variables that every agent gets, in the order of precedence: later ones replace earlier ones. `endpoint` are the
/// variables that point AWS clients at the sandbox.
pub(super) fn variables(spec: &AgentSpec, endpoint: &[(String, String)]) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: String| {
        out.retain(|(old, _)| old != name);
        out.push((name.to_owned(), value));
    };
    // The collector here is for spans; without one an exporter would only report that it cannot connect.
    for name in ["OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER"] {
        put(name, "none".to_owned());
    }
    for (name, value) in image_variables(&spec.image.config) {
        put(&name, value);
    }
    if let Some(url) = &spec.url {
        put("AGENTCORE_RUNTIME_URL", url.clone());
    }
    for (name, value) in endpoint.iter().chain(&spec.variables) {
        put(name, value.clone());
    }
    // Exactly `1`: the SDK binds to all addresses for any value, and takes a missing user for an error only for this.
    put("DOCKER_CONTAINER", "1".to_owned());
    let own = format!("cloud.resource_id={}", spec.runtime_arn);
    let given = spec.variables.iter().find(|(name, _)| name == "OTEL_RESOURCE_ATTRIBUTES");
    put("OTEL_RESOURCE_ATTRIBUTES", given.map_or_else(|| own.clone(), |(_, more)| format!("{own},{more}")));
    out
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn spec(config: Value) -> AgentSpec {
        AgentSpec {
            runtime_id: "agent-0123456789".into(),
            runtime_arn: "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/agent-0123456789".into(),
            role_arn: "arn:aws:iam::123456789012:role/agent".into(),
            endpoint: "DEFAULT".into(),
            image: AgentImage {
                digest: "sha256:00".into(),
                reference: "127.0.0.1:1/agent@sha256:00".into(),
                platform: "linux/amd64".into(),
                layers: Vec::new(),
                config,
                code: None,
            },
            variables: Vec::new(),
            protocol: "HTTP",
            port: 8080,
            url: None,
            ping: true,
            requires_mmdsv2: true,
            idle: Duration::from_secs(900),
            max_life: Duration::from_secs(28_800),
            version: 1,
            mounts: Vec::new(),
        }
    }

    #[test]
    fn user_variables_override_the_image_not_the_contract() {
        let mut spec = spec(json!({ "Env": ["A=image", "B=image", "DOCKER_CONTAINER=true", "X=a=b"] }));
        spec.variables = vec![
            ("A".into(), "user".into()),
            ("DOCKER_CONTAINER".into(), "0".into()),
            ("AWS_REGION".into(), "eu-west-1".into()),
            ("OTEL_RESOURCE_ATTRIBUTES".into(), "service.name=x".into()),
        ];
        let all = variables(&spec, &[("AWS_REGION".into(), "us-west-2".into()), ("B".into(), "sandbox".into())]);
        let get = |name: &str| {
            let found: Vec<_> = all.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect();
            assert_eq!(found.len(), 1, "{name}");
            found[0].to_owned()
        };
        assert_eq!((get("A"), get("B"), get("X")), ("user".into(), "sandbox".into(), "a=b".into()));
        assert_eq!((get("DOCKER_CONTAINER"), get("AWS_REGION")), ("1".into(), "eu-west-1".into()));
        assert_eq!(get("OTEL_RESOURCE_ATTRIBUTES"), format!("cloud.resource_id={},service.name=x", spec.runtime_arn));
        assert_eq!(get("OTEL_TRACES_EXPORTER"), "none");
    }
}
