//! A test start of an agent: `POST /_sandbox/starts`.
//!
//! An agent that cannot start is READY all the same, here as with AWS, and fails its first call. This page tells
//! before. It is the sandbox's own; the request is signed like one to AgentCore. The agent runs in a separate session,
//! which ends with the answer.
//!
//! ```text
//! {"agentRuntimeId": ID}  ->  {"state": "ready" | "starting"} | {"state": "failed", "report": {reason, lines, log}}
//! ```

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::envelope::ServerProtocol;
use super::{ResolvedAgent, not_found, spec};
use crate::sandbox::caller::Caller;
use crate::sandbox::control::{self, DEFAULT, SERVICE, invalid};
use crate::sandbox::reply::{self, Fault, Protocol, Response};
use crate::sandbox::request::{API_BODY_LIMIT, Request};
use crate::sandbox::runner::SessionKey;
use crate::sandbox::{SharedSandbox, random, router, sigv4};

/// An agent that takes longer is neither good nor bad.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct TrialRequest {
    agent_runtime_id: String,
}

pub(crate) async fn page(sandbox: &SharedSandbox, mut request: Request) -> Response {
    match answer(sandbox, &mut request).await {
        Ok(body) => reply::json(200, &body),
        Err(fault) => reply::fault(&Protocol::RestJson, fault, &request.id),
    }
}

async fn answer(sandbox: &SharedSandbox, request: &mut Request) -> Result<Value, Fault> {
    let body = request.bytes(API_BODY_LIMIT).await?;
    let caller = router::caller(sandbox, request, &sigv4::sha256(&body), SERVICE)
        .map_err(|refusal| refusal.fault(&Protocol::RestJson))?;
    // An agent must not start others; who assumed a role is somebody at a terminal, or a pipeline.
    if !matches!(&caller, Caller::User) && !matches!(&caller, Caller::Role(session) if session.assumed) {
        return Err(Fault::new(403, "AccessDeniedException", "agents are started for the sandbox's own user only"));
    }
    let order: TrialRequest =
        serde_json::from_slice(&body).map_err(|error| invalid(format!("not an order: {error}")))?;
    let missing = || not_found(DEFAULT, &order.agent_runtime_id);
    let runtime = control::find(sandbox, &order.agent_runtime_id).ok_or_else(missing)?;
    let version = control::live(sandbox, &runtime, DEFAULT).cloned().ok_or_else(missing)?;
    let server = ServerProtocol::of_version(&version);
    let target = ResolvedAgent { runtime, version, qualifier: DEFAULT.to_owned() };
    let spec = spec(sandbox, &target, server)?;

    let session = format!("start-{}", random::uuid());
    let key =
        SessionKey { runtime_id: spec.runtime_id.clone(), endpoint: spec.endpoint.clone(), session: session.clone() };
    let (owner, id) = (SharedSandbox::clone(sandbox), session);
    // A task of its own: it ends the session also when nobody waits for the answer any more.
    let mut trial = tokio::spawn(async move {
        let lease = owner.runner.lease(&owner, spec, &id).await;
        let failed = lease.map(drop).err();
        let ending = SharedSandbox::clone(&owner);
        tokio::spawn(async move { ending.runner.stop(&key).await });
        failed
    });
    Ok(match tokio::time::timeout(PATIENCE, &mut trial).await {
        Ok(Ok(None)) => json!({ "state": "ready" }),
        Ok(Ok(Some(failed))) => json!({ "state": "failed", "report": failed.report.as_deref() }),
        Ok(Err(_)) | Err(_) => json!({ "state": "starting" }),
    })
}
