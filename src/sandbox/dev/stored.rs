//! Spans as the service writes them to log groups, from the JSON form of OpenTelemetry's protocol.
//!
//! Owns: their form, and what is left out of a span that is too long for an event. Does not own: where they are written
//! (`dataplane::exported`). Nothing is masked: what the agent prints goes to the same log group as it is.

use serde_json::{Map, Value, json};

use super::spans::{id, is_error, kind, list, nanoseconds};

/// Bytes of an event; of a longer one the end would be lost, and the rest would be no JSON.
const LONGEST: usize = 256 << 10;
/// Characters of each text in a span that is longer; the first that makes it fit counts.
const CUTS: [usize; 2] = [4000, 300];
/// Values within values.
const DEEPEST: usize = 32;

const SESSION: &str = "session.id";
const RESOURCE_ID: &str = "cloud.resource_id";
const SERVICE_TYPE: &str = "aws.service.type";
const SERVICE_NAME: &str = "service.name";

/// Whose spans they are.
#[derive(Clone, Debug)]
pub(crate) struct SpanSource {
    /// For spans that name no session themselves.
    pub(crate) session: String,
    /// `{ARN of the runtime}/runtime-endpoint/{endpoint}:{endpoint}`
    pub(crate) resource_id: String,
    /// `{name of the runtime}.{endpoint}`, for an agent that does not name its service.
    pub(crate) service: String,
}

/// The spans of an `ExportTraceServiceRequest`, each the text of an event. One without ids is left out.
pub(crate) fn stored(request: &Value, source: &SpanSource) -> Vec<String> {
    let mut out = Vec::new();
    for exported in list(request, "resourceSpans") {
        let resource = resource(exported.get("resource"), source);
        for scope in list(exported, "scopeSpans") {
            let library = scope.pointer("/scope/name").and_then(Value::as_str).unwrap_or_default();
            let head = json!({ "resource": { "attributes": &resource }, "scope": { "name": library } });
            out.extend(list(scope, "spans").filter_map(|span| event(span, head.clone(), source)).map(fitted));
        }
    }
    out
}

fn resource(given: Option<&Value>, source: &SpanSource) -> Map<String, Value> {
    let mut all = given.map(attributes).unwrap_or_default();
    all.insert(RESOURCE_ID.to_owned(), Value::from(source.resource_id.as_str()));
    all.entry(SERVICE_TYPE).or_insert_with(|| Value::from("gen_ai_agent"));
    // What OpenTelemetry's SDKs say where nobody chose a name.
    let is_named =
        all.get(SERVICE_NAME).and_then(Value::as_str).is_some_and(|name| !name.starts_with("unknown_service"));
    if !is_named {
        all.insert(SERVICE_NAME.to_owned(), Value::from(source.service.as_str()));
    }
    all
}

/// A span behind the `head` of its library.
fn event(span: &Value, mut head: Value, source: &SpanSource) -> Option<Value> {
    let event = head.as_object_mut()?;
    let (start, end) = (nanoseconds(span, "startTimeUnixNano"), nanoseconds(span, "endTimeUnixNano"));
    let mut own = attributes(span);
    own.entry(SESSION).or_insert_with(|| Value::from(source.session.as_str()));
    let happened: Vec<Value> = list(span, "events")
        .map(|event| {
            json!({
                "timeUnixNano": nanoseconds(event, "timeUnixNano"),
                "name": event.get("name").and_then(Value::as_str).unwrap_or_default(),
                "attributes": attributes(event),
            })
        })
        .collect();
    let kind = match kind(span.get("kind")) {
        "" => "internal",
        kind => kind,
    };
    let mut put = |name: &str, value: Value| {
        event.insert(name.to_owned(), value);
    };
    put("traceId", Value::from(id(span, "traceId")?));
    put("spanId", Value::from(id(span, "spanId")?));
    if let Some(parent) = id(span, "parentSpanId") {
        put("parentSpanId", Value::from(parent));
    }
    put("name", Value::from(span.get("name").and_then(Value::as_str).unwrap_or_default()));
    put("kind", Value::from(kind.to_ascii_uppercase()));
    put("startTimeUnixNano", Value::from(start));
    put("endTimeUnixNano", Value::from(end));
    put("durationNano", Value::from(end.saturating_sub(start)));
    put("attributes", Value::Object(own));
    put("status", status(span.get("status")));
    if !happened.is_empty() {
        put("events", Value::Array(happened));
    }
    Some(head)
}

fn status(given: Option<&Value>) -> Value {
    let code = given.and_then(|status| status.get("code"));
    let is_ok = code.is_some_and(|code| code.as_u64() == Some(1) || code.as_str() == Some("STATUS_CODE_OK"));
    let code = match code {
        Some(code) if is_error(code) => "ERROR",
        _ if is_ok => "OK",
        _ => "UNSET",
    };
    match given.and_then(|status| status.get("message")).and_then(Value::as_str) {
        Some(message) if !message.is_empty() => json!({ "code": code, "message": message }),
        _ => json!({ "code": code }),
    }
}

fn attributes(owner: &Value) -> Map<String, Value> {
    list(owner, "attributes").filter_map(|given| attribute(given, DEEPEST)).collect()
}

fn attribute(given: &Value, depth: usize) -> Option<(String, Value)> {
    let name = given.get("key").and_then(Value::as_str)?;
    Some((name.to_owned(), given.get("value").map(|value| plain(value, depth)).unwrap_or_default()))
}

/// A value without the name of its type around it.
fn plain(value: &Value, depth: usize) -> Value {
    let Some((form, inner)) = value.as_object().and_then(|object| object.iter().next()) else { return Value::Null };
    if depth == 0 {
        return Value::Null;
    }
    match (form.as_str(), inner) {
        ("arrayValue", inner) => Value::Array(list(inner, "values").map(|item| plain(item, depth - 1)).collect()),
        ("kvlistValue", inner) => {
            Value::Object(list(inner, "values").filter_map(|given| attribute(given, depth - 1)).collect())
        }
        ("intValue", Value::String(text)) => text.parse::<i64>().map_or_else(|_| inner.clone(), Value::from),
        (_, other) => other.clone(),
    }
}

/// The text of a span: as it is, else with its texts cut, else with what it is found by.
fn fitted(mut event: Value) -> String {
    let mut text = event.to_string();
    for longest in CUTS {
        if text.len() <= LONGEST {
            return text;
        }
        shorten(&mut event, longest);
        text = event.to_string();
    }
    if text.len() <= LONGEST {
        return text;
    }
    // Thousands of attributes, or endless names of them.
    for (owner, names) in
        [("/attributes", &[SESSION][..]), ("/resource/attributes", &[RESOURCE_ID, SERVICE_TYPE, SERVICE_NAME])]
    {
        if let Some(members) = event.pointer_mut(owner).and_then(Value::as_object_mut) {
            members.retain(|name, _| names.contains(&name.as_str()));
        }
    }
    if let Some(members) = event.as_object_mut() {
        members.remove("events");
    }
    event.to_string()
}

fn shorten(value: &mut Value, longest: usize) {
    match value {
        Value::String(text) => {
            let end = text.char_indices().nth(longest).map(|(end, _)| end);
            if let Some(end) = end {
                text.truncate(end);
                text.push('…');
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shorten(item, longest)),
        Value::Object(members) => members.values_mut().for_each(|member| shorten(member, longest)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> SpanSource {
        SpanSource {
            session: "own".into(),
            resource_id: "arn:x:runtime/a-1/runtime-endpoint/DEFAULT:DEFAULT".into(),
            service: "a.DEFAULT".into(),
        }
    }

    /// The event of one span, of an agent whose service has no name.
    fn stored_span(span: &Value) -> Value {
        let name = json!({ "key": "service.name", "value": { "stringValue": "unknown_service" } });
        let scope = json!({ "scope": { "name": "lib" }, "spans": [span, { "name": "without ids" }] });
        let request = json!({ "resourceSpans": [{ "resource": { "attributes": [name] }, "scopeSpans": [scope] }] });
        let events = stored(&request, &source());
        assert_eq!(events.len(), 1);
        assert!(events[0].len() <= LONGEST);
        serde_json::from_str(&events[0]).unwrap()
    }

    #[test]
    fn spans_are_stored_as_the_service_does() {
        let value = |key: &str, value: Value| json!({ "key": key, "value": value });
        let list = json!({ "arrayValue": { "values": [{ "intValue": "1" }, { "boolValue": true }] } });
        let map = json!({ "kvlistValue": { "values": [value("a", json!({ "doubleValue": 0.5 }))] } });
        let event = stored_span(&json!({
            "traceId": "AB", "spanId": "01", "parentSpanId": "02", "name": "chat", "kind": 3,
            "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": 1_700_000_000_001_500_000_u64,
            "attributes": [value("list", list), value("map", map), value("count", json!({ "intValue": "-3" }))],
            "status": { "code": 2, "message": "boom" },
            "events": [{ "name": "exception", "timeUnixNano": "1700000000000000001" }],
        }));
        let wanted = json!({
            "resource": { "attributes": {
                "cloud.resource_id": "arn:x:runtime/a-1/runtime-endpoint/DEFAULT:DEFAULT",
                "aws.service.type": "gen_ai_agent", "service.name": "a.DEFAULT",
            } },
            "scope": { "name": "lib" }, "traceId": "ab", "spanId": "01", "parentSpanId": "02", "name": "chat", "kind": "CLIENT",
            "startTimeUnixNano": 1_700_000_000_000_000_000_u64, "endTimeUnixNano": 1_700_000_000_001_500_000_u64,
            "durationNano": 1_500_000,
            "attributes": { "list": [1, true], "map": { "a": 0.5 }, "count": -3, "session.id": "own" },
            "status": { "code": "ERROR", "message": "boom" },
            "events": [{ "timeUnixNano": 1_700_000_000_000_000_001_u64, "name": "exception", "attributes": {} }],
        });
        assert_eq!(event, wanted);
    }

    #[test]
    fn long_spans_stay_json_and_are_found() {
        let with = |count: usize, length: usize| {
            let mut all = vec![json!({ "key": "session.id", "value": { "stringValue": "given" } })];
            all.extend(
                (0..count)
                    .map(|at| json!({ "key": format!("key {at}"), "value": { "stringValue": "x".repeat(length) } })),
            );
            stored_span(&json!({ "traceId": "ab", "spanId": "01", "name": "n", "attributes": all }))
        };
        let cut = |event: &Value| event["attributes"]["key 0"].as_str().map(|text| text.chars().count());
        assert_eq!(cut(&with(2, 5000)), Some(5000));
        assert_eq!(cut(&with(2, 300_000)), Some(4001));
        assert_eq!(cut(&with(100, 4000)), Some(301));
        let least = with(20_000, 20);
        assert_eq!((cut(&least), &least["attributes"]), (None, &json!({ "session.id": "given" })));
    }
}
