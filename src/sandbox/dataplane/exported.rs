//! The spans that agents export, written to the log group of their endpoint.
//!
//! Owns: whose they are. The agent of each session has an address of its own for them, so that nothing that a span says is needed to
//! know that, and nobody else can write to its log group. Does not own: the exchange and the form of a span (`dev`), how many of
//! them are kept (`logs`).

use serde_json::Value;

use crate::facts::{SPANS_STREAM, log_group};
use crate::sandbox::dev::{self, SpanSource, collector};
use crate::sandbox::reply::Response;
use crate::sandbox::request::Request;
use crate::sandbox::runner::SessionKey;
use crate::sandbox::{SharedSandbox, control};

/// Whether this is a path that something can be exported to.
pub(crate) fn is_for(path: &str) -> bool {
    collector::is_for(path) || collector::exporter(path).is_some()
}

/// Takes what is exported. What comes to an address of nobody's is for the page alone.
pub(crate) async fn answer(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    let session = collector::exporter(&request.raw_path).and_then(|name| sandbox.runner.exporting(name));
    let keep = |exported: &Value| {
        if let Some(session) = &session {
            keep(sandbox, session, exported);
        }
    };
    collector::answer(&sandbox.journal, request, keep).await
}

fn keep(sandbox: &SharedSandbox, session: &SessionKey, exported: &Value) {
    // The last words of an agent whose runtime is gone make no new log group.
    let Some(runtime) = control::find(sandbox, &session.runtime_id) else { return };
    let endpoint = &session.endpoint;
    let source = SpanSource {
        session: session.session.clone(),
        resource_id: format!("{}/runtime-endpoint/{endpoint}:{endpoint}", runtime.arn),
        service: format!("{}.{endpoint}", runtime.name),
    };
    let group = log_group(&session.runtime_id, endpoint);
    for event in dev::stored(exported, &source) {
        sandbox.log(&group, SPANS_STREAM, &event);
    }
}
