//! The AgentCore data plane: calling agents, their web sockets, commands and shells in their sessions, stopping these, and the two pages below an
//! agent's address.
//!
//! Owns: finding the agent, session ids, what is passed on in both directions, and failures in the form of the agent's
//! protocol. Does not own: who may call (`gate`), running agents (`runner`).

mod command;
pub(crate) mod envelope;
pub(crate) mod exported;
pub(crate) mod headers;
pub(crate) mod invoke;
pub(crate) mod page;
mod shell;
pub(crate) mod socket;
pub(crate) mod trial;
pub(crate) mod warmup;

use http::Method;
use serde_json::Value;

use super::SharedSandbox;
use super::control::{self, DEFAULT, RuntimeRecord, RuntimeVersion, SERVICE, invalid};
use super::dev::Recording;
use super::gate;
use super::permissions;
use super::reply::{self, Fault, Protocol, Response};
use super::request::Request;
use super::router;
use super::runner::{AgentImage, AgentSpec, FailedStart, SessionKey, SessionMount, StartFailure};
use crate::agent_report;
use crate::facts::SESSION_ID_LENGTH;
use envelope::{ServerProtocol, envelope};
use headers::{MCP_SESSION, SESSION, USER};

/// Lengths of the texts that callers choose, besides the session's id.
const LIMITS: [(&str, usize); 8] = [
    (USER, 1024),
    (MCP_SESSION, 1024),
    ("mcp-protocol-version", 1024),
    ("x-amzn-trace-id", 128),
    ("traceparent", 128),
    ("tracestate", 512),
    ("baggage", 8192),
    ("accept", 256),
];

/// Answers a request below `/runtimes/` that is none of the control plane's.
pub(crate) async fn handle(sandbox: &SharedSandbox, mut request: Request) -> Response {
    let response = route(sandbox, &mut request).await;
    if !response.status().is_success() {
        request.discard_body().await;
    }
    response
}

async fn route(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    let path = request.segments.clone();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match (&request.method, path.as_slice()) {
        // With a final slash too: that is how agent cards name the address.
        (&Method::POST, ["runtimes", target, "invocations"] | ["runtimes", target, "invocations", ""]) => {
            call(sandbox, request, target, DataOperation::Invoke).await
        }
        (_, ["runtimes", target, "invocations"] | ["runtimes", target, "invocations", ""]) => {
            call(sandbox, request, target, DataOperation::Other).await
        }
        (&Method::POST, ["runtimes", target, "stopruntimesession"]) => {
            call(sandbox, request, target, DataOperation::Stop).await
        }
        (&Method::GET, ["runtimes", target, "invocations", ".well-known", "agent-card.json"]) => {
            call(sandbox, request, target, DataOperation::Card).await
        }
        (&Method::GET, ["runtimes", target, "invocations", ".well-known", "oauth-protected-resource"]) => {
            protected_resource(sandbox, request, target).await
        }
        (&Method::POST, ["runtimes", target, "commands"]) => {
            call(sandbox, request, target, DataOperation::Command).await
        }
        (&Method::GET, ["runtimes", target, "ws"]) => socket::open(sandbox, request, target).await,
        (&Method::GET, ["runtimes", target, "ws", "shells"]) => shell::open(sandbox, request, target).await,
        // An ARN that was not percent-encoded falls apart into two segments.
        (_, ["runtimes", target, id, ..]) if target.starts_with("arn:") => {
            let qualifier = request.query("qualifier").unwrap_or(DEFAULT);
            plain(request, not_found(qualifier, &format!("{target}/{id}")))
        }
        (&Method::POST, ["runtimes", _]) => {
            plain(request, Fault::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token"))
        }
        _ => plain(request, Fault::unknown_operation(&format!("`{} {}`", request.method, request.raw_path))),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum DataOperation {
    Invoke,
    Stop,
    Card,
    Command,
    /// Another method at the address of invocations. Clients of MCP try GET for a stream of the server's own, and DELETE
    /// at the end of a session, and take 405 for an answer.
    Other,
}

impl DataOperation {
    /// The action that callers need; `None` where there is no operation.
    const fn action(self) -> Option<&'static str> {
        match self {
            Self::Invoke => Some("InvokeAgentRuntime"),
            Self::Stop => Some("StopRuntimeSession"),
            Self::Card => Some("GetAgentCard"),
            Self::Command => Some("InvokeAgentRuntimeCommand"),
            Self::Other => None,
        }
    }
}

fn plain(request: &Request, fault: Fault) -> Response {
    reply::fault(&Protocol::RestJson, fault, &request.id)
}

fn not_found(qualifier: &str, agent: &str) -> Fault {
    let text = format!("No endpoint or agent found with qualifier '{qualifier}' for agent '{agent}'");
    Fault::new(404, "ResourceNotFoundException", text)
}

/// The runtime, version and qualifier that a request names.
struct ResolvedAgent {
    runtime: RuntimeRecord,
    version: RuntimeVersion,
    qualifier: String,
}

/// Why no agent was found, and the protocol to answer in.
struct AgentNotFound {
    fault: Fault,
    server: ServerProtocol,
}

/// # Errors
/// 404 for everything that is not there, another account's or region's agents included; 400 for an id without account.
/// In the plain form, except for an endpoint that an existing agent does not have.
fn find(sandbox: &SharedSandbox, request: &Request, target: &str) -> Result<ResolvedAgent, AgentNotFound> {
    let qualifier = request.query("qualifier").filter(|text| !text.is_empty()).unwrap_or(DEFAULT).to_owned();
    let told = |fault: Fault, server: ServerProtocol| AgentNotFound { fault, server };
    // An agent of another region is not found; that its caller means another region explains it better.
    let missing = || {
        let elsewhere = router::other_region(sandbox, request).map(|refusal| refusal.fault(&Protocol::RestJson));
        told(elsewhere.unwrap_or_else(|| not_found(&qualifier, target)), ServerProtocol::Http)
    };
    let prefix = sandbox.info.arn(SERVICE, "runtime/").to_string();
    let id = match target.strip_prefix(prefix.as_str()) {
        Some(id) => id,
        None if target.starts_with("arn:") => return Err(missing()),
        None => {
            let account = request
                .query("accountId")
                .ok_or_else(|| invalid("accountId is required when the agent is named by its id"))
                .map_err(|fault| told(fault, ServerProtocol::Http))?;
            if account != sandbox.info.account {
                return Err(missing());
            }
            target
        }
    };
    let runtime = control::find(sandbox, id).ok_or_else(missing)?;
    let Some(version) = control::live(sandbox, &runtime, &qualifier).cloned() else {
        let server = control::live(sandbox, &runtime, DEFAULT).map(ServerProtocol::of_version).unwrap_or_default();
        return Err(told(not_found(&qualifier, target), server));
    };
    if let Some(recording) = request.extensions.get::<Recording>() {
        recording.agent(&runtime.name);
    }
    Ok(ResolvedAgent { runtime, version, qualifier })
}

async fn protected_resource(sandbox: &SharedSandbox, request: &Request, target: &str) -> Response {
    let target = match find(sandbox, request, target) {
        Ok(target) => target,
        Err(missing) => return plain(request, missing.fault),
    };
    let page = gate::metadata(sandbox, &target.version, (&target.runtime.arn, &target.qualifier)).await;
    page.unwrap_or_else(|| {
        plain(request, Fault::new(404, "ResourceNotFoundException", "The agent does not use OAuth authorization"))
    })
}

async fn call(sandbox: &SharedSandbox, request: &mut Request, target: &str, operation: DataOperation) -> Response {
    let target = match find(sandbox, request, target) {
        Ok(target) => target,
        Err(missing) => return envelope(missing.server, missing.fault, &request.id),
    };
    let protocol = target.version.settings.get("protocolConfiguration");
    let path = protocol.and_then(|value| value.get("path")).and_then(Value::as_str);
    let server = ServerProtocol::of_version(&target.version);
    let admitted = match gate::check(sandbox, request, &target.version).await {
        Ok(admitted) => admitted,
        Err(refusal) => {
            let id = request.id.clone();
            let agent = (target.runtime.arn.as_str(), target.qualifier.as_str());
            let unauthorized = refusal.unauthorized().map(str::to_owned);
            let response = refusal.response(sandbox, &target.version, agent, |fault| envelope(server, fault, &id));
            return match unauthorized {
                Some(message) => envelope::unauthorized(server, &message, response),
                None => response,
            };
        }
    };
    if let Some(name) = operation.action() {
        let place = (target.runtime.id.as_str(), target.qualifier.as_str());
        if let Err(fault) = permissions::agent_call(sandbox, request, name, place) {
            return envelope(server, fault, &request.id);
        }
    }
    let answer = match operation {
        DataOperation::Stop => stop(sandbox, request, &target).await,
        // Its failures have the plain form, whatever the agent speaks.
        DataOperation::Command => {
            let answer = command::run(sandbox, request, admitted, (&target, server)).await;
            return answer.unwrap_or_else(|fault| plain(request, fault));
        }
        DataOperation::Card if server != ServerProtocol::A2a => {
            Err(Fault::new(404, "ResourceNotFoundException", "The agent does not speak A2A and has no agent card"))
        }
        DataOperation::Other => {
            let fault =
                Fault::new(405, "MethodNotAllowedException", "The operation takes POST only").header("allow", "POST");
            return plain(request, fault);
        }
        DataOperation::Invoke | DataOperation::Card => {
            let call = invoke::AgentCall { target: &target, server, path, card: operation == DataOperation::Card };
            invoke::invoke(sandbox, request, admitted, call).await
        }
    };
    answer.unwrap_or_else(|fault| envelope(server, fault, &request.id))
}

/// The session that a request names; `None` when it names none. Also checks the other texts that callers choose.
///
/// # Errors
/// ValidationException with the service's constraint text.
pub(crate) fn session(request: &Request) -> Result<Option<&str>, Fault> {
    let refuse = |member: &str, constraint: &str| {
        Err(invalid(format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length \
             {constraint}"
        )))
    };
    for (name, most) in LIMITS {
        if request.headers.get(name).is_some_and(|value| value.len() > most) {
            return refuse(name, &format!("less than or equal to {most}"));
        }
    }
    let Some(value) = request.headers.get(SESSION) else { return Ok(None) };
    let Ok(text) = value.to_str() else { return Err(invalid("Value at 'runtimeSessionId' is not ASCII text")) };
    if text.len() < *SESSION_ID_LENGTH.start() {
        return refuse("runtimeSessionId", &format!("greater than or equal to {}", SESSION_ID_LENGTH.start()));
    }
    if text.len() > *SESSION_ID_LENGTH.end() {
        return refuse("runtimeSessionId", &format!("less than or equal to {}", SESSION_ID_LENGTH.end()));
    }
    Ok(Some(text))
}

async fn stop(sandbox: &SharedSandbox, request: &Request, target: &ResolvedAgent) -> Result<Response, Fault> {
    let Some(session) = session(request)? else {
        return Err(invalid(
            "1 validation error detected: Value null at 'runtimeSessionId' failed to satisfy constraint: Member must \
             not be null",
        ));
    };
    let key = SessionKey {
        runtime_id: target.runtime.id.clone(),
        endpoint: target.qualifier.clone(),
        session: session.to_owned(),
    };
    match sandbox.runner.stop(&key).await {
        Ok(true) => {
            let mut response = reply::json(200, &serde_json::json!({}));
            if let Ok(value) = http::HeaderValue::from_str(session) {
                response.headers_mut().insert(SESSION, value);
            }
            Ok(response)
        }
        Ok(false) => {
            Err(Fault::new(404, "ResourceNotFoundException", format!("Runtime session '{session}' was not found")))
        }
        Err(failure) => Err(fault_of(sandbox, &failure.into())),
    }
}

fn fault_of(sandbox: &SharedSandbox, failed: &FailedStart) -> Fault {
    let text = failed.failure.text();
    let fault = match failed.failure {
        StartFailure::Busy => return Fault::new(409, "RetryableConflictException", text),
        StartFailure::Full => {
            let (account, agents) = (&sandbox.info.account, sandbox.limits.agents);
            let text = format!(
                "maxVms limit exceeded for account {account}: {agents} agents are working, as many as the sandbox's \
                 limit on open files allows (`ulimit -n`)"
            );
            return Fault::new(402, "ServiceQuotaExceededException", text);
        }
        StartFailure::NotMmdsv2 => return invalid(text),
        StartFailure::Crash | StartFailure::TooSlow | StartFailure::Elsewhere(_) | StartFailure::Unhealthy(_) => {
            Fault::new(424, "RuntimeClientError", text)
        }
    };
    match &failed.report {
        Some(report) => fault.header(agent_report::HEADER, &report.encode()),
        None => fault,
    }
}

/// Where the agent's clients find it.
fn address(sandbox: &SharedSandbox, target: &ResolvedAgent) -> String {
    let address = gate::invocations(sandbox, &target.runtime.arn);
    if target.qualifier == DEFAULT { address } else { format!("{address}?qualifier={}", target.qualifier) }
}

/// The specification of a version's agent, for the runner.
fn spec(sandbox: &SharedSandbox, target: &ResolvedAgent, server: ServerProtocol) -> Result<AgentSpec, Fault> {
    let settings = &target.version.settings;
    let lifecycle = control::lifecycle(&target.version);
    let seconds = |name: &str| std::time::Duration::from_secs(lifecycle[name].as_u64().unwrap_or_default());
    let variables = settings.get("environmentVariables").and_then(Value::as_object).into_iter().flatten();
    let own_port = settings.get("protocolConfiguration").and_then(|protocol| protocol.get("port"));
    let port = own_port.and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
    let image: AgentImage = sandbox.runner.image(&sandbox.info, &target.version.image.digest)?;
    Ok(AgentSpec {
        runtime_id: target.runtime.id.clone(),
        runtime_arn: target.runtime.arn.clone(),
        role_arn: settings.get("roleArn").and_then(Value::as_str).unwrap_or_default().to_owned(),
        endpoint: target.qualifier.clone(),
        image,
        variables: variables.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect(),
        protocol: server.name(),
        port: port.unwrap_or(server.contract().port),
        url: (server == ServerProtocol::A2a).then(|| address(sandbox, target)),
        ping: server != ServerProtocol::Mcp,
        requires_mmdsv2: control::requires_mmdsv2(&target.version),
        idle: seconds("idleRuntimeSessionTimeout"),
        max_life: seconds("maxLifetime"),
        version: target.version.number,
        mounts: session_mounts(settings.get("filesystemConfigurations")),
    })
}

/// The storage of the sessions' own. Other file systems are not there in a sandbox.
fn session_mounts(configured: Option<&Value>) -> Vec<SessionMount> {
    let mounts = configured.and_then(Value::as_array).into_iter().flatten();
    mounts.filter_map(|mount| mount.pointer("/sessionStorage/mountPath")?.as_str()).map(SessionMount::at).collect()
}

#[cfg(test)]
mod tests;
