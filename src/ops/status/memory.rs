//! What `status` says of the agent's memory, in the starter toolkit's words.

use serde_json::{Value, json};

use super::verbose::python_time;
use crate::cloud::{AgentMemory, Cloud};
use crate::config::{Agent, MemoryMode};
use crate::error::Error;

/// The memory on record, as it was found.
#[derive(Debug)]
pub(super) struct MemoryStatus {
    id: String,
    /// The configuration asks for long-term records.
    is_long_term: bool,
    found: Found,
}

#[derive(Debug)]
enum Found {
    Memory(AgentMemory),
    Missing,
    /// With the reason.
    Unreadable(String),
}

impl MemoryStatus {
    /// `None` for an agent that has none, or none yet. What fails is part of the status.
    pub(super) async fn read(agent: &Agent, cloud: &Cloud) -> Option<Self> {
        let id = agent.memory_id().filter(|_| agent.memory_wanted())?.to_owned();
        let found = match cloud.memory(&id).await {
            Ok(Some(memory)) => Found::Memory(memory),
            Ok(None) => Found::Missing,
            Err(error) => Found::Unreadable(reason(&error)),
        };
        Some(Self { id, is_long_term: agent.memory.mode == MemoryMode::ShortAndLongTerm, found })
    }

    /// The toolkit's texts for its kind and state.
    pub(super) fn kind(&self) -> String {
        let memory = match &self.found {
            Found::Memory(memory) => memory,
            Found::Missing => return format!("Error checking: there is no memory {}", self.id),
            Found::Unreadable(reason) => return format!("Error checking: {reason}"),
        };
        match (memory.status(), memory.strategies().len()) {
            ("ACTIVE", 0) => "STM only".to_owned(),
            ("ACTIVE", count) => format!("STM+LTM ({count} strategies)"),
            ("CREATING" | "UPDATING", _) if self.is_long_term => "STM+LTM (provisioning...)".to_owned(),
            ("CREATING" | "UPDATING", _) => "STM (provisioning...)".to_owned(),
            (state, _) => format!("Error ({state})"),
        }
    }

    /// `TYPE (ID)`, behind the label `Memory`.
    pub(super) fn text(&self) -> String {
        let reason = match &self.found {
            Found::Memory(memory) => memory.failure_reason().map(|reason| format!(": {reason}")),
            Found::Missing | Found::Unreadable(_) => None,
        };
        format!("{} ({}){}", self.kind(), self.id, reason.unwrap_or_default())
    }

    pub(super) fn is_usable(&self) -> bool {
        self.memory().is_some_and(|memory| memory.status() == "ACTIVE")
    }

    pub(super) fn is_bad(&self) -> bool {
        !self.memory().is_some_and(|memory| matches!(memory.status(), "ACTIVE" | "CREATING" | "UPDATING"))
    }

    pub(super) fn state(&self) -> Option<&str> {
        self.memory().map(AgentMemory::status)
    }

    fn memory(&self) -> Option<&AgentMemory> {
        match &self.found {
            Found::Memory(memory) => Some(memory),
            Found::Missing | Found::Unreadable(_) => None,
        }
    }

    /// For `-o json`.
    pub(super) fn data(&self) -> Value {
        let member = |name: &str| self.memory().and_then(|memory| memory.raw.get(name)).cloned();
        let error = self.memory().is_none().then(|| self.kind());
        json!({
            "id": self.id,
            "arn": member("arn"),
            "name": member("name"),
            "status": self.state(),
            "type": self.kind(),
            "failureReason": member("failureReason"),
            "eventExpiryDuration": member("eventExpiryDuration"),
            "strategies": member("strategies").unwrap_or_else(|| json!([])),
            "error": error,
        })
    }

    /// `memory_details` of the toolkit's JSON.
    pub(super) fn details(&self) -> Value {
        let Some(memory) = self.memory() else { return Value::Null };
        let part = |value: &Value, name: &str| value.get(name).cloned().unwrap_or_default();
        let strategies: Vec<Value> = memory
            .strategies()
            .iter()
            .map(|strategy| {
                json!({
                    "id": part(strategy, "strategyId"),
                    "name": part(strategy, "name"),
                    "type": part(strategy, "type"),
                    "status": part(strategy, "status"),
                    "namespaces": part(strategy, "namespaces"),
                })
            })
            .collect();
        json!({
            "id": memory.id(),
            "name": memory.name(),
            "status": memory.status(),
            "description": part(&memory.raw, "description"),
            "event_expiry_days": memory.event_expiry_days(),
            "created_at": python_time(&part(&memory.raw, "createdAt")),
            "updated_at": python_time(&part(&memory.raw, "updatedAt")),
            "strategies": strategies,
        })
    }
}

/// The service's own words, on one line.
fn reason(error: &Error) -> String {
    let causes = error.causes().first().map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{}{causes}", error.message()).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(memory: Value, is_long_term: bool) -> MemoryStatus {
        MemoryStatus { id: "m-0123456789".into(), is_long_term, found: Found::Memory(AgentMemory { raw: memory }) }
    }

    #[test]
    fn texts_are_the_toolkits() {
        for (state, strategies, is_long_term, text) in [
            ("ACTIVE", 0, true, "STM only (m-0123456789)"),
            ("ACTIVE", 3, false, "STM+LTM (3 strategies) (m-0123456789)"),
            ("CREATING", 0, false, "STM (provisioning...) (m-0123456789)"),
            ("UPDATING", 0, true, "STM+LTM (provisioning...) (m-0123456789)"),
            ("FAILED", 0, true, "Error (FAILED) (m-0123456789)"),
        ] {
            let memory = json!({ "status": state, "strategies": vec![json!({}); strategies] });
            assert_eq!(status(memory, is_long_term).text(), text);
        }
        let failed = json!({ "status": "FAILED", "failureReason": "no key" });
        assert_eq!(status(failed, false).text(), "Error (FAILED) (m-0123456789): no key");
    }

    #[test]
    fn details_have_the_toolkits_names() {
        let memory = json!({
            "id": "m-0123456789", "name": "m", "status": "ACTIVE", "eventExpiryDuration": 30,
            "createdAt": 1_790_000_000.824, "updatedAt": 1_790_000_000,
            "strategies": [{ "strategyId": "s-1", "name": "s", "type": "SEMANTIC", "status": "ACTIVE", "namespaces": ["/a/"] }],
        });
        let wanted = json!({
            "id": "m-0123456789", "name": "m", "status": "ACTIVE", "description": null, "event_expiry_days": 30,
            "created_at": "2026-09-21 14:13:20.824000+00:00", "updated_at": "2026-09-21 14:13:20+00:00",
            "strategies": [{ "id": "s-1", "name": "s", "type": "SEMANTIC", "status": "ACTIVE", "namespaces": ["/a/"] }],
        });
        assert_eq!(status(memory, false).details(), wanted);
    }
}
