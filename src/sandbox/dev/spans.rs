//! Spans as the page shows them, from the JSON form of OpenTelemetry's protocol.
//!
//! Owns: what is kept of a span, with everything that is long cut. Does not own: how they arrive (`collector`).

use serde_json::{Map, Value, json};

use super::mask::masked;

/// Attributes of a span or of one of its events, and events of a span.
const MOST_ATTRIBUTES: usize = 48;
const MOST_EVENTS: usize = 16;
/// Characters of a text.
const LONGEST: usize = 1000;
/// Values within values.
const DEEPEST: usize = 8;

/// The spans of an `ExportTraceServiceRequest`.
pub(super) fn of_request(request: &Value) -> Vec<Value> {
    let mut out = Vec::new();
    for resource in list(request, "resourceSpans") {
        let about = resource.get("resource").map(attributes).unwrap_or_default();
        let service = about.get("service.name").cloned().unwrap_or_default();
        for scope in list(resource, "scopeSpans") {
            let library = text(scope.get("scope").and_then(|scope| scope.get("name")));
            out.extend(list(scope, "spans").map(|span| shown(span, &service, &library)));
        }
    }
    out
}

fn shown(span: &Value, service: &Value, library: &str) -> Value {
    let (start, end) = (nanoseconds(span, "startTimeUnixNano"), nanoseconds(span, "endTimeUnixNano"));
    let events = list(span, "events").take(MOST_EVENTS).map(|event| {
        json!({
            "name": text(event.get("name")),
            "at": milliseconds(nanoseconds(event, "timeUnixNano")),
            "attributes": attributes(event),
        })
    });
    let status = span.get("status");
    json!({
        "trace": id(span, "traceId"),
        "span": id(span, "spanId"),
        "parent": id(span, "parentSpanId"),
        "name": text(span.get("name")),
        "kind": kind(span.get("kind")),
        "service": service,
        "library": library,
        "at": milliseconds(start),
        "ms": milliseconds(end.saturating_sub(start)),
        "failed": status.and_then(|status| status.get("code")).is_some_and(is_error),
        "message": text(status.and_then(|status| status.get("message"))),
        "attributes": attributes(span),
        "events": events.collect::<Vec<_>>(),
    })
}

pub(super) fn list<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    value.get(member).and_then(Value::as_array).into_iter().flatten()
}

fn text(value: Option<&Value>) -> String {
    short(value.and_then(Value::as_str).unwrap_or_default())
}

fn short(text: &str) -> String {
    // Cut first: looking for tokens takes long in a long text, and one that was cut off is found as well.
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", masked(&text[..end])),
        None => masked(text).into_owned(),
    }
}

/// Lower-case, and `None` for a span that has none.
pub(super) fn id(span: &Value, member: &str) -> Option<String> {
    let text = span.get(member).and_then(Value::as_str)?.to_ascii_lowercase();
    let is_id = text.len() <= 32 && text.bytes().any(|byte| byte != b'0');
    is_id.then_some(text)
}

/// Numbers of 64 bits are texts in JSON, and some exporters write them as numbers.
pub(super) fn nanoseconds(value: &Value, member: &str) -> u64 {
    match value.get(member) {
        Some(Value::String(text)) => text.parse().unwrap_or_default(),
        Some(number) => number.as_u64().unwrap_or_default(),
        None => 0,
    }
}

/// With microseconds. Exact enough: those since 1970 fit a double for centuries.
fn milliseconds(nanoseconds: u64) -> f64 {
    (nanoseconds / 1000) as f64 / 1000.0
}

pub(super) fn is_error(code: &Value) -> bool {
    code.as_u64() == Some(2) || code.as_str() == Some("STATUS_CODE_ERROR")
}

/// Empty where it is none of these.
pub(super) fn kind(value: Option<&Value>) -> &'static str {
    const KINDS: [&str; 5] = ["internal", "server", "client", "producer", "consumer"];
    let by_number = value.and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
    let name = value.and_then(Value::as_str).and_then(|name| name.strip_prefix("SPAN_KIND_"));
    let by_name = name.and_then(|name| KINDS.iter().position(|kind| kind.eq_ignore_ascii_case(name)));
    by_number.or(by_name).and_then(|at| KINDS.get(at)).copied().unwrap_or_default()
}

fn attributes(owner: &Value) -> Map<String, Value> {
    let pair = |pair: &Value| {
        let value = pair.get("value").map(|value| short(&plain(value, DEEPEST))).unwrap_or_default();
        (text(pair.get("key")), Value::String(value))
    };
    list(owner, "attributes").take(MOST_ATTRIBUTES).map(pair).collect()
}

/// A value as people write it.
fn plain(value: &Value, depth: usize) -> String {
    let Some((form, inner)) = value.as_object().and_then(|object| object.iter().next()) else { return String::new() };
    if depth == 0 {
        return "…".to_owned();
    }
    match (form.as_str(), inner) {
        ("arrayValue", inner) => {
            let items: Vec<String> = list(inner, "values").map(|item| plain(item, depth - 1)).collect();
            format!("[{}]", items.join(", "))
        }
        ("kvlistValue", inner) => {
            let item = |pair: &Value| {
                let value = pair.get("value").map(|value| plain(value, depth - 1)).unwrap_or_default();
                format!("{}: {value}", text(pair.get("key")))
            };
            format!("{{{}}}", list(inner, "values").map(item).collect::<Vec<_>>().join(", "))
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_shown_with_plain_values() {
        let value = |key: &str, value: Value| json!({ "key": key, "value": value });
        let list = json!({ "arrayValue": { "values": [{ "intValue": "1" }, { "boolValue": true }] } });
        let map = json!({ "kvlistValue": { "values": [value("a", json!({ "doubleValue": 0.5 }))] } });
        let request = json!({ "resourceSpans": [{
            "resource": { "attributes": [value("service.name", json!({ "stringValue": "agent" }))] },
            "scopeSpans": [{ "scope": { "name": "lib" }, "spans": [{
                "traceId": "AB", "spanId": "01", "parentSpanId": "0000000000000000", "name": "chat", "kind": 3,
                "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": 1_700_000_000_001_500_000_u64,
                "status": { "code": 2, "message": "boom" },
                "attributes": [value("list", list), value("map", map),
                               value("token", json!({ "stringValue": "Bearer 0123456789" })),
                               value("long", json!({ "stringValue": "x".repeat(3000) }))],
                "events": [{ "name": "exception", "timeUnixNano": "1700000000000000000" }],
            }] }],
        }] });
        let spans = of_request(&request);
        let span = &spans[0];
        assert_eq!((&span["trace"], &span["span"], &span["parent"]), (&json!("ab"), &json!("01"), &Value::Null));
        assert_eq!((&span["kind"], &span["service"], &span["ms"]), (&json!("client"), &json!("agent"), &json!(1.5)));
        assert_eq!((&span["failed"], &span["message"]), (&json!(true), &json!("boom")));
        assert_eq!(
            (&span["attributes"]["list"], &span["attributes"]["map"]),
            (&json!("[1, true]"), &json!("{a: 0.5}"))
        );
        assert_eq!(span["attributes"]["token"], "[redacted]");
        assert_eq!(span["attributes"]["long"].as_str().unwrap().chars().count(), LONGEST + 1);
        assert_eq!(span["events"][0]["name"], "exception");
    }
}
