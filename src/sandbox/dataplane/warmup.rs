//! The warm-up of a new version: one request to its agent before it is READY.

use std::time::Duration;

use serde_json::Value;

use super::envelope::ServerProtocol;
use super::{ResolvedAgent, spec};
use crate::sandbox::control::{DEFAULT, RuntimeRecord, RuntimeVersion};
use crate::sandbox::runner::SessionKey;
use crate::sandbox::{SharedSandbox, random};

/// How long the agent may take to start and answer. Source: developer guide, lifecycle hooks.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// Sends `post` (the `httpPost` of the hook) to an agent that is started for it alone. Why the version fails, if it does.
pub(crate) async fn failure(
    sandbox: &SharedSandbox,
    (runtime, version): (RuntimeRecord, RuntimeVersion),
    post: &Value,
) -> Option<String> {
    let server = ServerProtocol::of_version(&version);
    let target = ResolvedAgent { runtime, version, qualifier: DEFAULT.to_owned() };
    let mut spec = match spec(sandbox, &target, server) {
        Ok(spec) => spec,
        Err(fault) => return Some(fault.message),
    };
    // That is asked of calls.
    spec.requires_mmdsv2 = true;
    let path = post.get("path").and_then(Value::as_str).unwrap_or_default();
    let session = format!("warmup-{}", random::uuid());
    let key =
        SessionKey { runtime_id: spec.runtime_id.clone(), endpoint: spec.endpoint.clone(), session: session.clone() };
    let warm = async {
        let lease = match sandbox.runner.lease(sandbox, spec, &session).await {
            Ok(lease) => lease,
            Err(failed) => return Some(format!("The warmup failed: {}", failed.failure.text())),
        };
        match sandbox.runner.client().post(format!("{}{path}", lease.url())).send().await {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("The warmup request to {path} was answered with {}", answer.status().as_u16())),
            Err(_) => Some(format!("The warmup request to {path} was not answered")),
        }
    };
    let failure = tokio::time::timeout(LIMIT, warm)
        .await
        .unwrap_or_else(|_| Some(format!("The warmup request to {path} took longer than {} s", LIMIT.as_secs())));
    // A session that is still starting cannot be stopped; it ends when it is idle.
    let _ = sandbox.runner.stop(&key).await;
    failure
}
