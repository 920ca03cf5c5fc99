//! The strategies of long-term memory: what `STM_AND_LTM` stands for, and which of them a memory has.
//!
//! Sources: the service's model for members and types, the starter toolkit for names and namespaces.

use serde_json::{Value, json};

use crate::cloud::AgentMemory;

/// A strategy of long-term memory.
pub(super) struct Strategy {
    /// Of the union that CreateMemory takes.
    member: &'static str,
    /// As GetMemory has it.
    kind: &'static str,
    pub(super) name: &'static str,
    namespace: &'static str,
}

/// What `STM_AND_LTM` stands for. Agents look their records up below these namespaces.
pub(super) const STRATEGIES: [Strategy; 3] = [
    Strategy {
        member: "userPreferenceMemoryStrategy",
        kind: "USER_PREFERENCE",
        name: "UserPreferences",
        namespace: "/users/{actorId}/preferences/",
    },
    Strategy {
        member: "semanticMemoryStrategy",
        kind: "SEMANTIC",
        name: "SemanticFacts",
        namespace: "/users/{actorId}/facts/",
    },
    Strategy {
        member: "summaryMemoryStrategy",
        kind: "SUMMARIZATION",
        name: "SessionSummaries",
        namespace: "/summaries/{actorId}/{sessionId}/",
    },
];

impl Strategy {
    /// `namespaceTemplates` is the service's own word; `namespaces`, which the toolkit sends, is the older one.
    pub(super) fn wire(&self) -> Value {
        json!({ self.member: { "name": self.name, "namespaceTemplates": [self.namespace] } })
    }

    /// Whether a memory has it, or one of the user's that makes the same kind of records.
    pub(super) fn is_in(&self, memory: &AgentMemory) -> bool {
        memory.strategies().iter().any(|strategy| {
            let text = |member: &str| strategy.get(member).and_then(Value::as_str);
            text("name") == Some(self.name) || text("type") == Some(self.kind)
        })
    }
}

/// Names of its strategies.
pub(super) fn strategy_names(memory: &AgentMemory) -> Vec<String> {
    let names = memory.strategies().iter().filter_map(|strategy| strategy.get("name")?.as_str());
    names.map(str::to_owned).collect()
}

/// Names of those that do not work.
pub(super) fn failed(memory: &AgentMemory) -> Vec<&str> {
    let is_failed = |strategy: &&Value| strategy.get("status").and_then(Value::as_str) == Some("FAILED");
    let failed = memory.strategies().iter().filter(is_failed);
    failed.filter_map(|strategy| strategy.get("name")?.as_str()).collect()
}
