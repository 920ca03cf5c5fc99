//! Spans as log groups have them, and the traces and trees that they make.
//!
//! Owns: reading the JSON of one event. Does not own: where it comes from (`query`), how it is shown (`report`).

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

/// How a span ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpanStatus {
    Unset,
    Ok,
    Error,
}

impl SpanStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unset => "UNSET",
            Self::Ok => "OK",
            Self::Error => "ERROR",
        }
    }
}

/// A span. Times are nanoseconds since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) trace_id: String,
    pub(crate) id: String,
    pub(crate) parent: Option<String>,
    pub(crate) name: String,
    /// `SERVER`, `CLIENT`, `INTERNAL`, …
    pub(crate) kind: Option<String>,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) status: SpanStatus,
    pub(crate) status_message: Option<String>,
    pub(crate) attributes: Map<String, Value>,
    /// Attributes of what the span comes from.
    pub(crate) resource: Map<String, Value>,
    pub(crate) events: Vec<Value>,
}

impl Span {
    /// A span of an event's text; `None` when it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(text).ok()?;
        let text = |pointer: &str| {
            let found = json.pointer(pointer).and_then(Value::as_str);
            found.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let map = |pointer: &str| json.pointer(pointer).and_then(Value::as_object).cloned().unwrap_or_default();
        let start = nanoseconds(json.get("startTimeUnixNano")?)?;
        let length = json.get("durationNano").and_then(nanoseconds).unwrap_or_default();
        Some(Self {
            trace_id: text("/traceId")?,
            id: text("/spanId")?,
            parent: text("/parentSpanId"),
            name: text("/name").unwrap_or_else(|| "unnamed span".to_owned()),
            kind: text("/kind"),
            start,
            end: json.get("endTimeUnixNano").and_then(nanoseconds).unwrap_or_else(|| start.saturating_add(length)),
            status: match json.pointer("/status/code").and_then(Value::as_str) {
                Some("ERROR") => SpanStatus::Error,
                Some("OK") => SpanStatus::Ok,
                _ => SpanStatus::Unset,
            },
            status_message: text("/status/message"),
            attributes: map("/attributes"),
            resource: map("/resource/attributes"),
            events: json.get("events").and_then(Value::as_array).cloned().unwrap_or_default(),
        })
    }

    pub(crate) fn milliseconds(&self) -> f64 {
        milliseconds(self.end.saturating_sub(self.start))
    }

    pub(crate) fn session(&self) -> Option<&str> {
        self.attributes.get("session.id")?.as_str()
    }

    pub(crate) fn service(&self) -> Option<&str> {
        self.resource.get("service.name")?.as_str()
    }

    /// The id of the runtime that it comes from.
    pub(crate) fn runtime(&self) -> Option<&str> {
        let (_, rest) = self.resource.get("cloud.resource_id")?.as_str()?.split_once("runtime/")?;
        Some(rest.split(['/', ':']).next().unwrap_or(rest))
    }
}

/// A number, or a number in a text, as JSON of protocol buffers has it.
fn nanoseconds(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "spans of more than a hundred days may be off by a nanosecond")]
fn milliseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e6
}

/// The spans of one trace, by their start.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    pub(crate) id: String,
    pub(crate) spans: Vec<Span>,
}

impl Trace {
    pub(crate) fn start(&self) -> u64 {
        self.spans.iter().map(|span| span.start).min().unwrap_or_default()
    }

    pub(crate) fn end(&self) -> u64 {
        self.spans.iter().map(|span| span.end).max().unwrap_or_default()
    }

    /// From the first start to the last end.
    pub(crate) fn milliseconds(&self) -> f64 {
        milliseconds(self.end().saturating_sub(self.start()))
    }

    pub(crate) fn errors(&self) -> usize {
        self.spans.iter().filter(|span| span.status == SpanStatus::Error).count()
    }

    pub(crate) fn session(&self) -> Option<&str> {
        self.spans.iter().find_map(Span::session)
    }

    /// The spans in the order of a tree. One whose parent is not there is a root, and so is the first one of a circle.
    pub(crate) fn tree(&self) -> Vec<TreeRow<'_>> {
        let by_id: HashMap<&str, usize> =
            self.spans.iter().enumerate().map(|(index, span)| (span.id.as_str(), index)).collect();
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.spans.len()];
        let mut roots = Vec::new();
        for (index, span) in self.spans.iter().enumerate() {
            match span.parent.as_deref().and_then(|parent| by_id.get(parent)) {
                Some(parent) => children[*parent].push(index),
                None => roots.push(index),
            }
        }
        let mut rows = Vec::with_capacity(self.spans.len());
        let mut seen = HashSet::new();
        for index in roots.into_iter().chain(0..self.spans.len()) {
            // Without recursion: a chain may be as long as a trace has spans.
            let mut open = vec![(index, 0, Vec::new(), true)];
            while let Some((index, depth, rails, is_last)) = open.pop() {
                if !seen.insert(index) {
                    continue;
                }
                let mut below: Vec<bool> = rails.clone();
                if depth > 0 && depth < DEEPEST_RAIL {
                    below.push(!is_last);
                }
                let own = &children[index];
                let each = own.iter().enumerate().rev();
                open.extend(each.map(|(place, child)| (*child, depth + 1, below.clone(), place + 1 == own.len())));
                rows.push(TreeRow { span: &self.spans[index], depth, rails, is_last });
            }
        }
        rows
    }
}

/// Deeper rows of a tree are drawn no further to the right.
const DEEPEST_RAIL: usize = 24;

/// A span in its place.
#[derive(Debug)]
pub(crate) struct TreeRow<'a> {
    pub(crate) span: &'a Span,
    /// 0 for a root.
    pub(crate) depth: usize,
    /// For each row above it on the way to the root, whether a line goes on below it.
    pub(crate) rails: Vec<bool>,
    /// Whether it is the last one below its parent.
    pub(crate) is_last: bool,
}

/// The traces of spans, the one that ended last first. A span that came twice is there once, as it was when it was longest.
pub(crate) fn traces_of(spans: impl IntoIterator<Item = Span>) -> Vec<Trace> {
    let mut traces: HashMap<String, HashMap<String, Span>> = HashMap::new();
    for span in spans {
        let trace = traces.entry(span.trace_id.clone()).or_default();
        if trace.get(&span.id).is_none_or(|known| known.end < span.end) {
            trace.insert(span.id.clone(), span);
        }
    }
    let mut traces: Vec<Trace> = traces
        .into_iter()
        .map(|(id, spans)| {
            let mut spans: Vec<Span> = spans.into_values().collect();
            spans.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
            Trace { id, spans }
        })
        .collect();
    traces.sort_by(|a, b| (b.end(), &a.id).cmp(&(a.end(), &b.id)));
    traces
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// A span of the trace `t`.
    pub(crate) fn span(id: &str, parent: Option<&str>, (start, end): (u64, u64)) -> Span {
        let json = json!({ "traceId": "t", "spanId": id, "parentSpanId": parent, "name": id,
            "startTimeUnixNano": start, "endTimeUnixNano": end.to_string(), "status": { "code": "OK" } });
        Span::parse(&json.to_string()).unwrap()
    }

    fn drawn(spans: Vec<Span>) -> Vec<(String, usize, bool)> {
        let trace = traces_of(spans).remove(0);
        trace.tree().iter().map(|row| (row.span.id.clone(), row.depth, row.is_last)).collect()
    }

    #[test]
    fn children_stand_below_their_parents_by_time() {
        let rows = drawn(vec![
            span("c", Some("a"), (5, 6)),
            span("b", Some("a"), (2, 4)),
            span("d", Some("b"), (3, 4)),
            span("a", Some("elsewhere"), (1, 9)),
        ]);
        let row = |id: &str, depth, is_last| (id.to_owned(), depth, is_last);
        assert_eq!(rows, [row("a", 0, true), row("b", 1, false), row("d", 2, true), row("c", 1, true)]);
    }

    #[test]
    fn circles_and_long_chains_lose_no_span() {
        let rows =
            drawn(vec![span("a", Some("b"), (1, 2)), span("b", Some("a"), (2, 3)), span("s", Some("s"), (4, 5))]);
        assert_eq!(rows.iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>(), ["a", "b", "s"]);
        let chain = (0..5000u64)
            .map(|at| span(&at.to_string(), at.checked_sub(1).map(|it| it.to_string()).as_deref(), (at, at + 1)));
        assert_eq!(drawn(chain.collect()).last().unwrap().1, 4999);
    }

    #[test]
    fn a_repeated_span_counts_once() {
        let traces = traces_of([span("a", None, (1_000_000, 2_000_000)), span("a", None, (1_000_000, 4_500_000))]);
        assert_eq!((traces.len(), traces[0].spans.len()), (1, 1));
        assert!((traces[0].milliseconds() - 3.5).abs() < 1e-9);
    }

    #[test]
    fn events_that_are_no_spans_are_left_out() {
        for text in ["", "no json", "{}", r#"{"traceId": "t", "spanId": "s", "body": {}}"#] {
            assert!(Span::parse(text).is_none(), "{text}");
        }
    }
}
