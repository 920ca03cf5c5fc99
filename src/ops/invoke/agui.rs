//! Agents that speak AG-UI: a run's input made of a person's text. Everything else about them is plain HTTP.

use serde_json::{Value, json};

/// The smallest `RunAgentInput` with this text; its thread is the session.
pub(crate) fn run_input(text: &str, thread: &str) -> Value {
    let id = || uuid::Uuid::new_v4().to_string();
    json!({
        "threadId": thread,
        "runId": id(),
        "state": {},
        "messages": [{ "id": id(), "role": "user", "content": text }],
        "tools": [],
        "context": [],
        "forwardedProps": {},
    })
}
