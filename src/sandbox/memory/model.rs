//! What is remembered of memories, and the statuses that follow from it.
//!
//! Nothing runs in the background: a change writes down when it will be done. Times are milliseconds since 1970.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::sandbox::reply::Fault;

/// Remembered client tokens.
const TOKENS: usize = 50;

/// The memories, by id.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Memories {
    pub(super) memories: BTreeMap<String, StoredMemory>,
    /// Of CreateMemory and UpdateMemory: client token, the request's fingerprint, the answer to repeat.
    tokens: Vec<(String, String, Value)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredMemory {
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) name: String,
    /// The members of [`super::rules::KEPT`], as they came.
    pub(super) settings: Map<String, Value>,
    pub(super) strategies: Vec<Strategy>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    pub(super) created: i64,
    pub(super) updated: i64,
    /// When the creation or the last change is done.
    pub(super) active_at: i64,
    /// Whether it was ever changed.
    pub(super) changed: bool,
    /// When a deletion will be complete.
    #[serde(default)]
    pub(super) gone_at: Option<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Strategy {
    pub(super) id: String,
    pub(super) name: String,
    /// As answers have it: `SEMANTIC`, `SUMMARIZATION`.
    pub(super) kind: String,
    pub(super) namespaces: Vec<String>,
    /// `description`, `configuration`, `memoryRecordSchema` and `recordExpiryDurationDays`, as answers have them.
    pub(super) settings: Map<String, Value>,
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) active_at: i64,
    #[serde(default)]
    pub(super) gone_at: Option<i64>,
}

fn before(end: Option<i64>, now: i64) -> bool {
    end.is_none_or(|end| now < end)
}

/// The form of dates in answers.
pub(super) fn epoch(millis: i64) -> Value {
    if millis % 1000 == 0 { json!(millis / 1000) } else { json!(millis as f64 / 1000.0) }
}

pub(super) fn no_memory(id: &str) -> Fault {
    Fault::new(404, "ResourceNotFoundException", format!("Memory not found: {id}"))
}

impl Memories {
    /// A memory that exists at `now`; one that is being deleted still does.
    pub(super) fn get(&self, id: &str, now: i64) -> Result<&StoredMemory, Fault> {
        self.memories.get(id).filter(|memory| before(memory.gone_at, now)).ok_or_else(|| no_memory(id))
    }

    pub(super) fn get_mut(&mut self, id: &str, now: i64) -> Result<&mut StoredMemory, Fault> {
        self.memories.get_mut(id).filter(|memory| before(memory.gone_at, now)).ok_or_else(|| no_memory(id))
    }

    /// Whether there is data of a memory: it is neither deleted nor being deleted.
    pub(super) fn has_data(&self, id: &str) -> bool {
        self.memories.get(id).is_some_and(|memory| memory.gone_at.is_none())
    }

    /// Those that exist, by id.
    pub(super) fn existing(&self, now: i64) -> impl Iterator<Item = &StoredMemory> {
        self.memories.values().filter(move |memory| before(memory.gone_at, now))
    }

    /// Drops what has been deleted.
    pub(super) fn sweep(&mut self, now: i64) {
        self.memories.retain(|_, memory| before(memory.gone_at, now));
        for memory in self.memories.values_mut() {
            memory.strategies.retain(|strategy| before(strategy.gone_at, now));
        }
    }

    pub(super) fn remember(&mut self, token: Option<&str>, fingerprint: &str, answer: &Value) {
        if let Some(token) = token {
            self.tokens.push((token.to_owned(), fingerprint.to_owned(), answer.clone()));
            let surplus = self.tokens.len().saturating_sub(TOKENS);
            self.tokens.drain(..surplus);
        }
    }

    /// What was answered to the same request before, as long as its memory exists.
    ///
    /// # Errors
    /// ValidationException when the token came with another request.
    pub(super) fn repeated(&self, token: Option<&str>, print: &str, now: i64) -> Result<Option<Value>, Fault> {
        let known = token.and_then(|token| self.tokens.iter().rev().find(|(own, ..)| own == token));
        let Some((_, known, answer)) = known else { return Ok(None) };
        let id = answer.pointer("/memory/id").and_then(Value::as_str).unwrap_or_default();
        if self.get(id, now).is_err() {
            return Ok(None);
        }
        if known == print {
            return Ok(Some(answer.clone()));
        }
        Err(other_parameters())
    }
}

/// For a client token that came with another request before.
pub(super) fn other_parameters() -> Fault {
    Fault::new(400, "ValidationException", "The client token was used before with other parameters")
        .field("reason", "IdempotentParameterMismatchException")
}

impl StoredMemory {
    pub(super) fn status(&self, now: i64) -> &'static str {
        match (self.gone_at, self.changed) {
            (Some(_), _) => "DELETING",
            _ if now >= self.active_at => "ACTIVE",
            (None, true) => "UPDATING",
            (None, false) => "CREATING",
        }
    }

    /// The strategies that exist; one that is being deleted still does.
    pub(super) fn strategies(&self, now: i64) -> impl Iterator<Item = &Strategy> {
        self.strategies.iter().filter(move |strategy| before(strategy.gone_at, now))
    }

    pub(super) fn setting(&self, name: &str) -> Option<&Value> {
        self.settings.get(name)
    }

    /// As GetMemory shows it.
    pub(super) fn describe(&self, now: i64) -> Value {
        let mut out = self.settings.clone();
        let strategies: Vec<Value> = self.strategies(now).map(|strategy| strategy.describe(now)).collect();
        out.insert("arn".to_owned(), json!(self.arn));
        out.insert("id".to_owned(), json!(self.id));
        out.insert("name".to_owned(), json!(self.name));
        out.insert("status".to_owned(), json!(self.status(now)));
        out.insert("createdAt".to_owned(), epoch(self.created));
        out.insert("updatedAt".to_owned(), epoch(self.updated));
        out.insert("strategies".to_owned(), json!(strategies));
        Value::Object(out)
    }

    /// A row of ListMemories; it has no name.
    pub(super) fn summary(&self, now: i64) -> Value {
        json!({
            "arn": self.arn,
            "id": self.id,
            "status": self.status(now),
            "createdAt": epoch(self.created),
            "updatedAt": epoch(self.updated),
        })
    }
}

impl Strategy {
    pub(super) fn status(&self, now: i64) -> &'static str {
        match self.gone_at {
            Some(_) => "DELETING",
            None if now >= self.active_at => "ACTIVE",
            None => "CREATING",
        }
    }

    fn describe(&self, now: i64) -> Value {
        let mut out = self.settings.clone();
        out.insert("strategyId".to_owned(), json!(self.id));
        out.insert("name".to_owned(), json!(self.name));
        out.insert("type".to_owned(), json!(self.kind));
        // The older member and the newer one; the model requires both.
        out.insert("namespaces".to_owned(), json!(self.namespaces));
        out.insert("namespaceTemplates".to_owned(), json!(self.namespaces));
        out.insert("status".to_owned(), json!(self.status(now)));
        out.insert("createdAt".to_owned(), epoch(self.created));
        out.insert("updatedAt".to_owned(), epoch(self.updated));
        Value::Object(out)
    }
}
