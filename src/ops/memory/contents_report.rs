//! What is in a memory, as it is shown: actors and sessions, events, records. Lists are tables, and say where something was cut.

use serde_json::{Value, json};

use super::report::{time, with_times};
use super::text;
use crate::report::{Document, Report, Role, schemas, shortened};

/// Characters of a text in a table.
const SHOWN: usize = 250;

fn all_with_times(items: &[Value]) -> Value {
    items.iter().map(with_times).collect()
}

/// The rows of a table whose last column is a text, and a line when a text was cut.
fn table_with_text(head: Vec<&'static str>, rows: Vec<(Vec<String>, String)>, in_full: bool) -> Document {
    let mut any_cut = false;
    let rows = rows.into_iter().map(|(cells, text)| {
        let (text, is_cut) = shortened(&text, if in_full { usize::MAX } else { SHOWN });
        any_cut |= is_cut;
        cells.into_iter().chain([text]).map(|cell| (Role::Plain, cell)).collect()
    });
    let document = Document::new().table(head, rows.collect());
    if any_cut {
        return document.styled(Role::Dim, format!("Texts are cut at {SHOWN} characters: `-v` shows all of them."));
    }
    document
}

/// The actors of a memory.
#[derive(Debug)]
pub(crate) struct ActorsReport {
    pub(crate) id: String,
    pub(crate) region: String,
    pub(crate) actors: Vec<Value>,
}

impl Report for ActorsReport {
    fn schema(&self) -> &'static str {
        schemas::MEMORY_ACTORS
    }

    fn data(&self) -> Value {
        json!({ "memoryId": self.id, "region": self.region, "actors": self.actors })
    }

    fn document(&self) -> Document {
        let rows = self.actors.iter().map(|actor| vec![(Role::Plain, text(actor, "actorId").to_owned())]);
        counted(Document::new(), vec!["ACTOR"], rows.collect(), "actors")
    }
}

/// The sessions of an actor.
#[derive(Debug)]
pub(crate) struct SessionsReport {
    pub(crate) id: String,
    pub(crate) region: String,
    pub(crate) actor: String,
    pub(crate) sessions: Vec<Value>,
}

impl Report for SessionsReport {
    fn schema(&self) -> &'static str {
        schemas::MEMORY_SESSIONS
    }

    fn data(&self) -> Value {
        json!({
            "memoryId": self.id,
            "region": self.region,
            "actorId": self.actor,
            "sessions": all_with_times(&self.sessions),
        })
    }

    fn document(&self) -> Document {
        let rows = self
            .sessions
            .iter()
            .map(|row| vec![(Role::Plain, text(row, "sessionId").to_owned()), (Role::Dim, time(row, "createdAt"))]);
        counted(Document::new(), vec!["SESSION", "CREATED"], rows.collect(), "sessions")
    }
}

fn counted(document: Document, head: Vec<&'static str>, rows: Vec<Vec<(Role, String)>>, what: &str) -> Document {
    if rows.is_empty() {
        return document.line(format!("No {what} found in memory"));
    }
    let count = rows.len();
    document.table(head, rows).blank().line(format!("{count} {what}"))
}

/// Where one item was asked for by its place: what is shown, when it is the oldest and not the one that was meant.
fn place(position: Option<(usize, usize)>, what: &str) -> Option<String> {
    let (shown, wanted) = position?;
    (shown < wanted).then(|| format!("Only {shown} {what} found, showing oldest"))
}

/// Events of a memory.
#[derive(Debug)]
pub(crate) struct EventsReport {
    pub(crate) id: String,
    pub(crate) region: String,
    pub(crate) events: Vec<Value>,
    /// Of one event: its place, counted from the newest, and the place that was asked for.
    pub(crate) position: Option<(usize, usize)>,
    /// Whether a session has more than what is shown.
    pub(crate) more: bool,
    /// Whether no text is cut.
    pub(crate) in_full: bool,
}

/// What was said in an event, each part on a line.
fn said(event: &Value) -> Vec<String> {
    let items = event.get("payload").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let each = items.iter().map(|item| {
        if let Some(turn) = item.get("conversational") {
            let role = text(turn, "role");
            return format!("{role}: {}", turn.pointer("/content/text").and_then(Value::as_str).unwrap_or_default());
        }
        let (kind, value) = match (item.get("blob"), item.get("json")) {
            (Some(blob), _) => ("blob", blob),
            (None, Some(json)) => ("json", json.get("content").unwrap_or(json)),
            (None, None) => ("payload", item),
        };
        format!("{kind}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    });
    each.collect()
}

impl Report for EventsReport {
    fn schema(&self) -> &'static str {
        schemas::MEMORY_EVENTS
    }

    fn data(&self) -> Value {
        json!({
            "memoryId": self.id,
            "region": self.region,
            "events": all_with_times(&self.events),
            "more": self.more,
        })
    }

    fn document(&self) -> Document {
        let [event] = self.events.as_slice() else { return self.table() };
        if self.position.is_none() {
            return self.table();
        }
        let document = place(self.position, "events").into_iter().fold(Document::new(), Document::line);
        let document = document
            .fact("Event ID", text(event, "eventId"))
            .fact("Time", time(event, "eventTimestamp"))
            .fact("Actor", text(event, "actorId"))
            .fact("Session", text(event, "sessionId"));
        said(event).into_iter().fold(document, Document::line)
    }
}

impl EventsReport {
    pub(crate) fn in_full(self, in_full: bool) -> Self {
        Self { in_full, ..self }
    }

    fn table(&self) -> Document {
        if self.events.is_empty() {
            return Document::new().line("No events found in memory");
        }
        let rows = self.events.iter().map(|event| {
            let cells = ["actorId", "sessionId", "eventId"].map(|member| text(event, member).to_owned());
            ([time(event, "eventTimestamp")].into_iter().chain(cells).collect(), said(event).join(" | "))
        });
        let head = vec!["TIME", "ACTOR", "SESSION", "EVENT ID", "CONTENT"];
        let document = table_with_text(head, rows.collect(), self.in_full);
        if self.more {
            return document.styled(
                Role::Attention,
                "There are older events: `--max-events` says how many of each session are shown.",
            );
        }
        document
    }
}

/// Records of a memory.
#[derive(Debug)]
pub(crate) struct RecordsReport {
    pub(crate) id: String,
    pub(crate) region: String,
    pub(crate) records: Vec<Value>,
    /// As in [`EventsReport`].
    pub(crate) position: Option<(usize, usize)>,
    /// Whether there are more than what is shown.
    pub(crate) more: bool,
    pub(crate) has_strategies: bool,
    /// Whether no text is cut.
    pub(crate) in_full: bool,
}

impl RecordsReport {
    pub(crate) fn in_full(self, in_full: bool) -> Self {
        Self { in_full, ..self }
    }

    /// Keeps `limit` of them.
    pub(super) fn cut(&mut self, limit: usize) {
        self.more = self.records.len() > limit;
        self.records.truncate(limit);
    }

    fn table(&self) -> Document {
        if self.records.is_empty() {
            let document = Document::new().line("No records found in memory");
            if self.has_strategies {
                return document;
            }
            return document.line("It has no strategies, which make records of events.");
        }
        let has_scores = self.records.iter().any(|record| record.get("score").is_some_and(Value::is_number));
        let rows = self.records.iter().map(|record| {
            let mut cells =
                vec![time(record, "createdAt"), namespaces(record), text(record, "memoryRecordId").to_owned()];
            if has_scores {
                cells.push(record.get("score").map(ToString::to_string).unwrap_or_default());
            }
            (cells, content(record).to_owned())
        });
        let mut head = vec!["CREATED", "NAMESPACE", "RECORD ID"];
        head.extend(has_scores.then_some("SCORE"));
        head.push("CONTENT");
        let document = table_with_text(head, rows.collect(), self.in_full);
        if self.more {
            return document
                .styled(Role::Attention, "There are more records: `--max-results` says how many are shown.");
        }
        document
    }
}

fn namespaces(record: &Value) -> String {
    let all = record.get("namespaces").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

fn content(record: &Value) -> &str {
    record.pointer("/content/text").and_then(Value::as_str).unwrap_or_default()
}

impl Report for RecordsReport {
    fn schema(&self) -> &'static str {
        schemas::MEMORY_RECORDS
    }

    fn data(&self) -> Value {
        json!({
            "memoryId": self.id,
            "region": self.region,
            "records": all_with_times(&self.records),
            "more": self.more,
        })
    }

    fn document(&self) -> Document {
        let [record] = self.records.as_slice() else { return self.table() };
        if self.position.is_none() {
            return self.table();
        }
        let document = place(self.position, "records").into_iter().fold(Document::new(), Document::line);
        document
            .fact("Record ID", text(record, "memoryRecordId"))
            .fact("Created", time(record, "createdAt"))
            .fact("Namespace", namespaces(record))
            .fact("Strategy", text(record, "memoryStrategyId"))
            .line(content(record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_cut_silently() {
        let long = "가".repeat(SHOWN + 1);
        assert_eq!(shortened(&long, SHOWN), (format!("{}…", "가".repeat(SHOWN)), true));
        assert_eq!(shortened(" a\n b ", SHOWN), ("a b".to_owned(), false));
        let rows = vec![(vec!["x".to_owned()], long)];
        assert_eq!(table_with_text(vec!["A", "B"], rows.clone(), false).blocks.len(), 2);
        assert_eq!(table_with_text(vec!["A", "B"], rows, true).blocks.len(), 1);
    }

    #[test]
    fn what_was_said_keeps_its_roles() {
        let event = json!({ "payload": [
            { "conversational": { "role": "USER", "content": { "text": "안녕" } } },
            { "blob": { "a": 1 } },
            { "json": { "content": "x" } },
        ] });
        assert_eq!(said(&event), ["USER: 안녕", r#"blob: {"a":1}"#, "json: x"]);
        assert_eq!(said(&json!({})), Vec::<String>::new());
    }
}
