//! What the commands print: a table of traces with the starter toolkit's columns, a trace as a tree; and the same as data.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::message::Message;
use super::span::{Span, SpanStatus, Trace, TreeRow};
use crate::clock::{self, iso8601};
use crate::cloud::QUERY_ROWS;
use crate::report::{Document, Report, Role, schemas, shortened};

/// Characters of a text in a table.
const PREVIEW: usize = 80;
/// Characters of a text in a tree.
const SHOWN: usize = 250;

/// Messages by the id of their trace.
type Messages = BTreeMap<String, Vec<Message>>;

/// Nanoseconds since 1970 as text.
fn time_text(nanoseconds: u64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(nanoseconds)).map(iso8601).unwrap_or_default()
}

/// `5m ago`.
fn age(end: u64) -> String {
    let seconds = (clock::unix_now() - i64::try_from(end / 1_000_000_000).unwrap_or(i64::MAX)).max(0);
    match seconds {
        0..60 => format!("{seconds}s ago"),
        60..3600 => format!("{}m ago", seconds / 60),
        3600..86_400 => format!("{}h ago", seconds / 3600),
        _ => format!("{}d ago", seconds / 86_400),
    }
}

fn spans_text(trace: &Trace) -> String {
    match trace.spans.len() {
        1 => "1 span".to_owned(),
        count => format!("{count} spans"),
    }
}

fn trace_messages<'a>(messages: &'a Messages, trace: &Trace) -> &'a [Message] {
    messages.get(&trace.id).map(Vec::as_slice).unwrap_or_default()
}

/// Messages by the id of their span: a trace may have thousands of both.
fn by_span(messages: &[Message]) -> HashMap<&str, Vec<&Message>> {
    let mut found: HashMap<&str, Vec<&Message>> = HashMap::new();
    for message in messages {
        found.entry(message.span_id.as_str()).or_default().push(message);
    }
    found
}

/// What the trace was asked, and what it answered: the last of each.
fn input_and_output<'a>(messages: &'a Messages, trace: &Trace) -> (Option<&'a str>, Option<&'a str>) {
    let last = |roles: [&str; 2]| {
        let all = trace_messages(messages, trace);
        let found = roles.iter().find_map(|role| all.iter().rev().find(|message| message.role == *role));
        found.map(|message| message.text.as_str())
    };
    (last(["user", "input"]), last(["assistant", "output"]))
}

fn trace_data(trace: &Trace, messages: &Messages) -> Map<String, Value> {
    let (input, output) = input_and_output(messages, trace);
    let data = json!({
        "traceId": trace.id,
        "sessionId": trace.session(),
        "startTime": time_text(trace.start()),
        "endTime": time_text(trace.end()),
        "durationMs": trace.milliseconds(),
        "status": if trace.errors() > 0 { "ERROR" } else { "OK" },
        "spanCount": trace.spans.len(),
        "errorCount": trace.errors(),
        "input": input,
        "output": output,
    });
    data.as_object().cloned().unwrap_or_default()
}

fn message_data(message: &Message) -> Value {
    json!({ "role": message.role, "text": message.text })
}

fn span_data(row: &TreeRow<'_>, messages: &HashMap<&str, Vec<&Message>>) -> Value {
    let span = row.span;
    let own = messages.get(span.id.as_str()).into_iter().flatten();
    json!({
        "spanId": span.id,
        "parentSpanId": span.parent,
        "depth": row.depth,
        "name": span.name,
        "kind": span.kind,
        "service": span.service(),
        "agentId": span.runtime(),
        "startTime": time_text(span.start),
        "durationMs": span.milliseconds(),
        "status": span.status.as_str(),
        "statusMessage": span.status_message,
        "attributes": span.attributes,
        "events": span.events,
        "messages": own.map(|message| message_data(message)).collect::<Vec<_>>(),
    })
}

/// The traces of a session.
#[derive(Debug)]
pub(crate) struct TraceListReport {
    pub(crate) agent_id: String,
    pub(crate) session: String,
    pub(crate) region: String,
    pub(crate) days: u32,
    pub(crate) traces: Vec<Trace>,
    pub(crate) messages: Messages,
    /// Whether there may be older spans.
    pub(crate) more: bool,
}

impl Report for TraceListReport {
    fn schema(&self) -> &'static str {
        schemas::OBS_LIST
    }

    fn data(&self) -> Value {
        json!({
            "agentId": self.agent_id,
            "sessionId": self.session,
            "region": self.region,
            "days": self.days,
            "traces": self.traces.iter().map(|trace| trace_data(trace, &self.messages)).collect::<Vec<_>>(),
            "more": self.more,
        })
    }

    fn document(&self) -> Document {
        let document = Document::new().styled(Role::Heading, format!("Traces in Session {}", self.session));
        if self.traces.is_empty() {
            return document.line("No failed traces found in session");
        }
        let rows = self.traces.iter().enumerate().map(|(index, trace)| {
            let (input, output) = input_and_output(&self.messages, trace);
            let text = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), |text| shortened(text, PREVIEW).0);
            let status = match trace.errors() {
                0 => (Role::Good, format!("✓ OK, {}", spans_text(trace))),
                errors => (Role::Bad, format!("❌ {errors} err, {}", spans_text(trace))),
            };
            vec![
                (Role::Dim, (index + 1).to_string()),
                (Role::Plain, trace.id.clone()),
                (Role::Plain, format!("{:.1}s", trace.milliseconds() / 1e3)),
                status,
                (Role::Plain, text(input)),
                (Role::Plain, text(output)),
                (Role::Dim, age(trace.end())),
            ]
        });
        let head = vec!["#", "TRACE ID", "DURATION", "STATUS", "INPUT", "OUTPUT", "AGE"];
        let document = document.table(head, rows.collect()).blank();
        let document = document.styled(Role::Good, format!("✓ Found {} traces", self.traces.len()));
        with_more(document, self.more).styled(
            Role::Dim,
            "With the same options, `agentcore obs show --last 2` shows the trace of row 2 as a tree.",
        )
    }
}

fn with_more(document: Document, more: bool) -> Document {
    if more {
        return document.styled(
            Role::Attention,
            format!("There may be older spans: at most {QUERY_ROWS} are read from each log group, the newest first."),
        );
    }
    document
}

/// Which traces are shown, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// One that was named.
    Named,
    /// The `nth` newest of `count`; `wanted` is what was asked for.
    Nth { nth: usize, wanted: usize, count: usize },
    /// All, or all that failed.
    All,
}

/// Traces as trees.
#[derive(Debug)]
pub(crate) struct TraceReport {
    pub(crate) agent_id: String,
    /// `None` where a trace was named.
    pub(crate) session: Option<String>,
    pub(crate) region: String,
    pub(crate) days: u32,
    pub(crate) traces: Vec<Trace>,
    pub(crate) messages: Messages,
    pub(crate) more: bool,
    pub(crate) shown: Shown,
    /// Whether no text is cut.
    pub(crate) in_full: bool,
}

impl Report for TraceReport {
    fn schema(&self) -> &'static str {
        schemas::OBS_SHOW
    }

    fn data(&self) -> Value {
        let traces = self.traces.iter().map(|trace| {
            let mut data = trace_data(trace, &self.messages);
            let messages = trace_messages(&self.messages, trace);
            let of_spans = by_span(messages);
            let spans: Vec<Value> = trace.tree().iter().map(|row| span_data(row, &of_spans)).collect();
            data.insert("spans".to_owned(), spans.into());
            // Some belong to no span, or to one that is not there.
            let all: Vec<Value> = messages.iter().map(message_data).collect();
            data.insert("messages".to_owned(), all.into());
            data
        });
        json!({
            "agentId": self.agent_id,
            "sessionId": self.session,
            "region": self.region,
            "days": self.days,
            "traces": traces.collect::<Vec<_>>(),
            "more": self.more,
        })
    }

    fn document(&self) -> Document {
        if self.traces.is_empty() {
            return Document::new().line("No failed traces found in session");
        }
        let mut document = Document::new();
        if let Shown::Nth { wanted, count, .. } = self.shown
            && wanted > count
        {
            let traces = if count == 1 { "trace" } else { "traces" };
            document = document.styled(Role::Attention, format!("Only {count} {traces} found, showing the oldest"));
        }
        let mut any_cut = false;
        for trace in &self.traces {
            document = self.tree(document, trace, &mut any_cut).blank();
        }
        let spans: usize = self.traces.iter().map(|trace| trace.spans.len()).sum();
        document = document.styled(
            Role::Good,
            match self.shown {
                Shown::Named => format!("✓ Visualized {spans} spans"),
                Shown::Nth { nth, count, .. } => format!("✓ Showing trace {nth} of {count}"),
                Shown::All => format!("✓ Found {} traces with {spans} total spans", self.traces.len()),
            },
        );
        if any_cut {
            document =
                document.styled(Role::Dim, format!("Texts are cut at {SHOWN} characters: `-v` shows all of them."));
        }
        with_more(document, self.more)
    }
}

impl TraceReport {
    fn tree(&self, document: Document, trace: &Trace, any_cut: &mut bool) -> Document {
        let (role, status) = match trace.errors() {
            0 => (Role::Good, "OK".to_owned()),
            errors => (Role::Bad, format!("ERROR ({errors} of {})", spans_text(trace))),
        };
        let mut document = document
            .fact("Trace ID", trace.id.clone())
            .fact_if("Session ID", trace.session())
            .fact("Started", time_text(trace.start()))
            .fact("Duration", format!("{:.2}ms", trace.milliseconds()))
            .fact_styled("Status", role, status);
        let messages = by_span(trace_messages(&self.messages, trace));
        for row in trace.tree() {
            document = document.spans(span_line(&row));
            let rail = rail(&row, "│  ", "   ");
            let rail =
                if row.depth > 0 { format!("{rail}{}", if row.is_last { "   " } else { "│  " }) } else { rail };
            let mut fitted = |text: &str| {
                if self.in_full {
                    return text.trim_end().replace('\n', &format!("\n{rail}     "));
                }
                let (text, cut) = shortened(text, SHOWN);
                *any_cut |= cut;
                text
            };
            if let Some(text) = row.span.status_message.as_deref().filter(|_| row.span.status == SpanStatus::Error) {
                document = document.spans(vec![(Role::Dim, format!("{rail}   ")), (Role::Bad, fitted(text))]);
            }
            for message in messages.get(row.span.id.as_str()).into_iter().flatten() {
                let text = fitted(&message.text);
                let role = if message.role == "exception" { Role::Bad } else { Role::Key };
                document = document.spans(vec![
                    (Role::Dim, format!("{rail}   ")),
                    (role, format!("{}: ", label(&message.role))),
                    (Role::Plain, text),
                ]);
            }
        }
        document
    }
}

/// The starter toolkit's words.
fn label(role: &str) -> String {
    let mut letters = role.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn rail(row: &TreeRow<'_>, open: &str, done: &str) -> String {
    row.rails.iter().map(|goes_on| if *goes_on { open } else { done }).collect()
}

fn span_line(row: &TreeRow<'_>) -> Vec<(Role, String)> {
    let Span { name, status, .. } = row.span;
    let branch = match (row.depth, row.is_last) {
        (0, _) => "",
        (_, true) => "└─ ",
        (_, false) => "├─ ",
    };
    let (role, icon, end) = match status {
        SpanStatus::Ok => (Role::Good, "✓", " (OK)"),
        SpanStatus::Error => (Role::Bad, "❌", " (ERROR)"),
        SpanStatus::Unset => (Role::Dim, "◦", ""),
    };
    vec![
        (Role::Dim, format!("{}{branch}", rail(row, "│  ", "   "))),
        (role, format!("{icon} ")),
        (Role::Plain, name.clone()),
        (Role::Dim, format!(" [{:.2}ms]", row.span.milliseconds())),
        (role, end.to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::span::tests::span;
    use super::super::span::traces_of;
    use super::*;

    #[test]
    fn rails_go_on_beside_later_siblings() {
        let traces = traces_of([
            span("a", None, (0, 9_000_000)),
            span("b", Some("a"), (1, 2)),
            span("c", Some("b"), (1, 2)),
            span("d", Some("a"), (5, 6)),
        ]);
        let lines: Vec<String> = traces[0]
            .tree()
            .iter()
            .map(|row| span_line(row).into_iter().map(|(_, text)| text).collect::<String>())
            .collect();
        let wanted = ["✓ a [9.00ms] (OK)", "├─ ✓ b [0.00ms] (OK)", "│  └─ ✓ c [0.00ms] (OK)", "└─ ✓ d [0.00ms] (OK)"];
        assert_eq!(lines, wanted);
    }
}
