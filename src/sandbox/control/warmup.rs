//! Versions that wait for their warm-up before they are READY, or fail with it.

use std::sync::Arc;

use serde_json::Value;

use super::check::invalid;
use super::model::millis;
use super::runtimes::{self, ControlContext};
use crate::sandbox::SharedSandbox;
use crate::sandbox::dataplane::envelope::ServerProtocol;
use crate::sandbox::dataplane::warmup as request;
use crate::sandbox::reply::Fault;

/// More than a warm-up may take, in milliseconds: a sandbox that is stopped meanwhile takes it for one that went well.
const PENDING: i64 = 2 * request::LIMIT.as_secs().cast_signed() * 1000;

/// The hook of a request for a new version.
#[derive(Clone, Debug)]
pub(super) struct Warmup {
    /// `httpPost`
    post: Value,
}

impl Warmup {
    /// # Errors
    /// For a port that this sandbox does not reach.
    pub(super) fn of(sandbox: &SharedSandbox, input: &Value) -> Result<Option<Self>, Fault> {
        let Some(post) = input.pointer("/hooksConfiguration/build/warmup/action/httpPost") else { return Ok(None) };
        let protocol = input.get("protocolConfiguration");
        let number = |value: Option<&Value>| value.and_then(|value| value.get("port")).and_then(Value::as_u64);
        let name = protocol.and_then(|protocol| protocol.get("serverProtocol")).and_then(Value::as_str);
        let own = number(protocol).unwrap_or_else(|| ServerProtocol::from_setting(name).contract().port.into());
        if number(Some(post)).is_some_and(|port| port != own) {
            return Err(invalid(format!(
                "The sandbox at {} reaches agents on the port of their protocol only, so a warmup has to be on port {own}",
                sandbox.info.url
            )));
        }
        Ok(Some(Self { post: post.clone() }))
    }
}

/// With a version that is not READY before its warm-up is through.
pub(super) fn pending(context: &ControlContext, warmup: Option<&Warmup>) -> ControlContext {
    let ready_delay = if warmup.is_some() { PENDING } else { context.ready_delay };
    ControlContext { ready_delay, ..context.clone() }
}

/// Warms the version up that `answer` is about, in the background.
pub(super) fn begin(sandbox: &SharedSandbox, warmup: Option<Warmup>, answer: &Value) {
    let text = |member: &str| answer.get(member).and_then(Value::as_str).unwrap_or_default();
    let Some(warmup) = warmup else { return };
    let (id, Ok(number)) = (text("agentRuntimeId").to_owned(), text("agentRuntimeVersion").parse::<u32>()) else {
        return;
    };
    let sandbox = Arc::clone(sandbox);
    tokio::spawn(async move {
        let Some(runtime) = super::find(&sandbox, &id) else { return };
        let Ok(version) = runtime.version(Some(&number.to_string())).cloned() else { return };
        let failure = request::failure(&sandbox, (runtime, version), &warmup.post).await;
        let context = ControlContext { now: millis(sandbox.clock.now()), ..super::context(&sandbox) };
        let stored = sandbox.state.runtimes.update(|state| {
            runtimes::warmed(state, &context, (&id, number), failure);
            Ok(())
        });
        // A disk that refuses fails the next request as well, which says so.
        let _ = stored.await;
    });
}
