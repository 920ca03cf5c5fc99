//! What the memory commands print: the starter toolkit's labels, a fact on a line, tables for lists; and the same as data.
//!
//! Owns: times, which the service sends as seconds since 1970 and this program writes as text. All else of the wire's form
//! stays as it is in the data.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Settled, namespaces_of, text};
use crate::clock::iso8601;
use crate::cloud::AgentMemory;
use crate::facts::memory_name_of;
use crate::report::{Document, Report, Role, schemas};

const TIMES: [&str; 4] = ["createdAt", "updatedAt", "eventTimestamp", "expiresAt"];

/// A time as the service sends it.
fn time_text(value: &Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.to_owned());
    }
    let millis = (value.as_f64()? * 1e3).round();
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far from the limit")]
    let time = OffsetDateTime::from_unix_timestamp_nanos(millis as i128 * 1_000_000).ok()?;
    Some(iso8601(time))
}

/// The wire's form with times as text, however deep they are.
pub(super) fn with_times(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match time_text(value).filter(|_| TIMES.contains(&name.as_str())) {
                Some(text) => (name.clone(), Value::String(text)),
                None => (name.clone(), with_times(value)),
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(with_times).collect(),
        other => other.clone(),
    }
}

pub(super) fn time(value: &Value, member: &str) -> String {
    value.get(member).and_then(time_text).unwrap_or_default()
}

fn status_role(status: &str) -> Role {
    match status {
        "ACTIVE" => Role::Good,
        "FAILED" => Role::Bad,
        _ => Role::Attention,
    }
}

/// One memory: made, or looked up.
#[derive(Debug)]
pub(crate) struct MemoryReport {
    pub(crate) memory: AgentMemory,
    pub(crate) region: String,
    /// `None` when it was only looked up.
    pub(crate) settled: Option<Settled>,
}

/// The facts that the toolkit prints of a memory, by its labels.
fn details(memory: &AgentMemory, region: &str) -> Document {
    let description = text(&memory.raw, "description");
    let expiry = memory.event_expiry_days().map(|days| format!("{days} days"));
    let document = Document::new()
        .styled(Role::Heading, "Memory Details:")
        .fact("ID", memory.id())
        .fact("Name", memory.name())
        .fact_styled("Status", status_role(memory.status()), memory.status())
        .fact_if("Failure", memory.failure_reason())
        .fact("Description", if description.is_empty() { "N/A" } else { description })
        .fact_if("Event Expiry", expiry)
        .fact("Region", region)
        .fact("ARN", memory.arn());
    if memory.strategies().is_empty() {
        return document;
    }
    let heading = format!("Strategies ({}):", memory.strategies().len());
    let document = document.blank().styled(Role::Heading, heading);
    memory.strategies().iter().fold(document, |document, strategy| {
        let namespaces = namespaces_of(strategy).join(", ");
        let namespaces = if namespaces.is_empty() { namespaces } else { format!(" {namespaces}") };
        let status = text(strategy, "status");
        let status = if status.is_empty() { String::new() } else { format!(" {status}") };
        document.line(format!("  • {} ({}){status}{namespaces}", text(strategy, "name"), text(strategy, "type")))
    })
}

impl Report for MemoryReport {
    fn schema(&self) -> &'static str {
        schemas::MEMORY
    }

    fn data(&self) -> Value {
        json!({
            "memoryId": self.memory.id(),
            "status": self.memory.status(),
            "region": self.region,
            "outcome": match self.settled {
                Some(Settled::Created) => "created",
                Some(Settled::Found) => "unchanged",
                None => "found",
            },
            "memory": with_times(&self.memory.raw),
        })
    }

    fn document(&self) -> Document {
        let first = match self.settled {
            None => return details(&self.memory, &self.region),
            Some(Settled::Created) => "✓ Memory created successfully!",
            Some(Settled::Found) => "✓ Memory is there already, with these settings",
        };
        Document::new()
            .styled(Role::Good, first)
            .fact("Memory ID", self.memory.id())
            .fact_styled("Status", status_role(self.memory.status()), self.memory.status())
            .fact("Region", &*self.region)
    }
}

/// The status of one memory.
#[derive(Debug)]
pub(crate) struct MemoryStatusReport {
    pub(crate) memory: AgentMemory,
    pub(crate) region: String,
}

impl Report for MemoryStatusReport {
    fn schema(&self) -> &'static str {
        schemas::MEMORY_STATUS
    }

    fn data(&self) -> Value {
        let strategies = self.memory.strategies().iter();
        let strategies = strategies.map(|one| json!({ "name": text(one, "name"), "status": text(one, "status") }));
        json!({
            "memoryId": self.memory.id(),
            "status": self.memory.status(),
            "region": self.region,
            "failureReason": self.memory.failure_reason(),
            "strategies": strategies.collect::<Vec<_>>(),
        })
    }

    fn document(&self) -> Document {
        let status = self.memory.status();
        Document::new()
            .fact_styled("Memory Status", status_role(status), status)
            .fact("Memory ID", self.memory.id())
            .fact_if("Failure", self.memory.failure_reason())
    }
}

/// The memories of the account and region.
#[derive(Debug)]
pub(crate) struct MemoriesReport {
    pub(crate) rows: Vec<Value>,
    pub(crate) has_more: bool,
    pub(crate) region: String,
}

impl Report for MemoriesReport {
    fn schema(&self) -> &'static str {
        schemas::MEMORIES
    }

    fn data(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let mut row = with_times(row);
            row["name"] = json!(memory_name_of(text(&row, "id")));
            row
        });
        json!({ "memories": rows.collect::<Vec<_>>(), "region": self.region, "more": self.has_more })
    }

    fn document(&self) -> Document {
        if self.rows.is_empty() {
            return Document::new().line("No memories found.");
        }
        let rows = self.rows.iter().enumerate().map(|(index, row)| {
            let (id, status) = (text(row, "id"), text(row, "status"));
            vec![
                (Role::Dim, (index + 1).to_string()),
                (Role::Plain, id.to_owned()),
                (Role::Plain, memory_name_of(id).unwrap_or_default().to_owned()),
                (status_role(status), status.to_owned()),
                (Role::Dim, time(row, "createdAt")),
                (Role::Dim, time(row, "updatedAt")),
            ]
        });
        let head = vec!["#", "MEMORY ID", "NAME", "STATUS", "CREATED", "UPDATED"];
        let document = Document::new().table(head, rows.collect()).blank();
        let document = document.styled(Role::Good, format!("✓ Found {} memories", self.rows.len()));
        if self.has_more {
            return document.styled(Role::Attention, "There are more: `--max-results` says how many are shown.");
        }
        document
    }
}

/// A deletion.
#[derive(Debug)]
pub(crate) struct MemoryDeletedReport {
    pub(crate) id: String,
    pub(crate) region: String,
    /// `false`: it was not waited for.
    pub(crate) is_gone: bool,
}

impl Report for MemoryDeletedReport {
    fn schema(&self) -> &'static str {
        schemas::MEMORY_DELETE
    }

    fn data(&self) -> Value {
        let status = if self.is_gone { "DELETED" } else { "DELETING" };
        json!({ "memoryId": self.id, "status": status, "region": self.region })
    }

    fn document(&self) -> Document {
        // The toolkit's words in both cases, which scripts look for.
        let document =
            Document::new().styled(Role::Good, "✓ Memory deleted successfully!").fact("Memory ID", &*self.id);
        if self.is_gone {
            return document;
        }
        document.fact_styled("Status", status_role("DELETING"), "DELETING")
    }
}

/// A memory with its actors, where they were asked for.
#[derive(Debug)]
pub(crate) struct MemoryShownReport {
    pub(crate) memory: AgentMemory,
    pub(crate) region: String,
    pub(crate) actors: Option<Vec<Value>>,
}

impl Report for MemoryShownReport {
    fn schema(&self) -> &'static str {
        schemas::MEMORY_SHOW
    }

    fn data(&self) -> Value {
        json!({
            "memoryId": self.memory.id(),
            "region": self.region,
            "memory": with_times(&self.memory.raw),
            "actors": self.actors,
        })
    }

    fn document(&self) -> Document {
        let document = details(&self.memory, &self.region);
        let Some(actors) = &self.actors else { return document };
        let document = document.blank().styled(Role::Heading, format!("Actors ({}):", actors.len()));
        actors.iter().fold(document, |document, actor| document.line(format!("  • {}", text(actor, "actorId"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_text_however_deep() {
        let value = json!({ "createdAt": 1_790_000_000.25, "strategies": [{ "updatedAt": 0, "days": 3 }], "eventTimestamp": "x" });
        let wanted = json!({
            "createdAt": "2026-09-21T14:13:20.250Z",
            "strategies": [{ "updatedAt": "1970-01-01T00:00:00.000Z", "days": 3 }],
            "eventTimestamp": "x",
        });
        assert_eq!(with_times(&value), wanted);
    }
}
