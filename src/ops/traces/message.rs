//! What was said in a trace: messages and exceptions in the log records of OpenTelemetry that agents write.
//!
//! Frameworks write them in several forms; the attribute or the instrumentation scope tells which. Source: the semantic
//! conventions for generative AI, and the records of Strands and LangChain.

use serde_json::{Map, Value};

use super::span::Span;
use crate::cloud::LogRow;

/// Records whose content is JSON of LangChain in a text.
const LANGCHAIN: [&str; 2] = ["opentelemetry.instrumentation.langchain", "openinference.instrumentation.langchain"];

/// One message, or an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) trace_id: String,
    pub(crate) span_id: String,
    /// As Logs Insights writes it; the order of messages is that of these texts.
    pub(crate) time: String,
    /// `user`, `assistant`, `system`, `tool`, `exception`, or what the framework says.
    pub(crate) role: String,
    pub(crate) text: String,
}

/// The messages of a row with `@message` and `@timestamp`.
pub(super) fn of_row(row: &LogRow) -> Vec<Message> {
    let Some(record) = row.get("@message").and_then(|text| serde_json::from_str::<Value>(text).ok()) else {
        return Vec::new();
    };
    let text = |member: &str| record.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (trace_id, span_id) = (text("traceId"), text("spanId"));
    let time = row.get("@timestamp").cloned().unwrap_or_default();
    let message = |(role, text): (String, String)| Message {
        trace_id: trace_id.clone(),
        span_id: span_id.clone(),
        time: time.clone(),
        role,
        text,
    };
    said(&record).into_iter().map(message).collect()
}

/// Role and text of each message of a record.
fn said(record: &Value) -> Vec<(String, String)> {
    let attributes = record.get("attributes").and_then(Value::as_object);
    if let Some(exception) = attributes.and_then(exception) {
        return vec![("exception".to_owned(), exception)];
    }
    let Some(body) = record.get("body").and_then(Value::as_object) else { return Vec::new() };
    let scope = record.pointer("/scope/name").and_then(Value::as_str).unwrap_or_default();
    if LANGCHAIN.contains(&scope) {
        return langchain(body);
    }
    let event = attributes.and_then(|all| all.get("event.name")).or_else(|| record.get("eventName"));
    if let Some(role) = event.and_then(Value::as_str).and_then(role_of_event)
        && let Some(text) = body.get("content").or_else(|| body.get("message")).and_then(content)
    {
        return vec![(role.to_owned(), text)];
    }
    if body.contains_key("input") || body.contains_key("output") {
        let sides = ["input", "output"].into_iter().filter_map(|side| body.get(side)?.get("messages")?.as_array());
        return sides.flatten().filter_map(with_role).collect();
    }
    with_role(&Value::Object(body.clone())).into_iter().collect()
}

/// Type, text and stack of an exception.
fn exception(attributes: &Map<String, Value>) -> Option<String> {
    let part = |name: &str| attributes.get(&format!("exception.{name}")).and_then(Value::as_str);
    let (kind, message, stack) = (part("type"), part("message"), part("stacktrace"));
    let head = match (kind, message) {
        (Some(kind), Some(message)) => format!("{kind}: {message}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => return stack.map(str::to_owned),
    };
    Some(match stack {
        Some(stack) => format!("{head}\n{}", stack.trim_end()),
        None => head,
    })
}

/// `gen_ai.user.message` is the user's; `gen_ai.choice` is what the model answered.
fn role_of_event(name: &str) -> Option<&str> {
    match name.strip_prefix("gen_ai.")? {
        "choice" => Some("assistant"),
        rest => rest.split('.').next().filter(|role| !role.is_empty()),
    }
}

fn with_role(message: &Value) -> Option<(String, String)> {
    let role = message.get("role")?.as_str()?;
    Some((role.to_owned(), content(message.get("content")?)?))
}

/// The text of a message's content: a text, parts of one, or an object that holds it.
fn content(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let parts: Vec<String> = parts.iter().filter_map(part).collect();
            parts.join("\n")
        }
        Value::Object(members) => {
            ["text", "content", "message"].iter().find_map(|member| members.get(*member)?.as_str())?.to_owned()
        }
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn part(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(members) => match members.get("text")? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        },
        _ => None,
    }
}

/// The first message that went in and the last one that came out.
fn langchain(body: &Map<String, Value>) -> Vec<(String, String)> {
    let side = |name: &str, inner: &str| {
        let text = body.get(name)?.pointer("/messages/0/content")?.as_str()?;
        serde_json::from_str::<Value>(text).ok()?.get(inner)?.get("messages")?.as_array().cloned()
    };
    let text = |message: &Value| {
        let mut all: Vec<String> = message.pointer("/kwargs/content").and_then(content).into_iter().collect();
        let calls = message.pointer("/kwargs/tool_calls").and_then(Value::as_array);
        all.extend(calls.into_iter().flatten().map(|call| {
            let name = call.get("name").and_then(Value::as_str).unwrap_or("unknown");
            format!("tool {name} {}", call.get("args").unwrap_or(&Value::Null))
        }));
        (!all.is_empty()).then(|| all.join("\n"))
    };
    let asked = side("input", "inputs").and_then(|all| text(all.first()?));
    let answered = side("output", "outputs").and_then(|all| text(all.last()?));
    let asked = asked.map(|text| ("user".to_owned(), text));
    asked.into_iter().chain(answered.map(|text| ("assistant".to_owned(), text))).collect()
}

/// Attributes of a span that hold what went into a model or came out of one, with the role that they stand for.
const ATTRIBUTES: [(&str, &str); 8] = [
    ("gen_ai.prompt", "user"),
    ("llm.prompts", "user"),
    ("gen_ai.completion", "assistant"),
    ("llm.responses", "assistant"),
    ("gen_ai.request.model.input", "input"),
    ("aws.bedrock.invocation", "input"),
    ("gen_ai.response.model.output", "output"),
    ("exception.message", "exception"),
];

/// What a span itself holds: attributes, and events of messages and exceptions.
pub(super) fn of_span(span: &Span) -> Vec<Message> {
    let message = |role: &str, text: String| Message {
        trace_id: span.trace_id.clone(),
        span_id: span.id.clone(),
        time: String::new(),
        role: role.to_owned(),
        text,
    };
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let attributes =
        ATTRIBUTES.iter().filter_map(|(name, role)| Some(message(role, plain(span.attributes.get(*name)?))));
    let events = span.events.iter().filter_map(|event| {
        let attributes = event.get("attributes")?.as_object()?;
        match event.get("name")?.as_str()? {
            "exception" => Some(message("exception", exception(attributes)?)),
            name => {
                let said = attributes.get("content").or_else(|| attributes.get("message"))?;
                Some(message(role_of_event(name)?, content(said)?))
            }
        }
    });
    attributes.chain(events).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn texts(record: &Value) -> Vec<String> {
        said(record).into_iter().map(|(role, text)| format!("{role}: {text}")).collect()
    }

    #[test]
    fn each_form_of_a_record_is_read() {
        let chain = |inner: Value| json!({ "messages": [{ "content": inner.to_string() }] });
        for (record, wanted) in [
            (
                json!({ "attributes": { "event.name": "gen_ai.user.message" }, "body": { "content": [{ "text": "hi" }, "x"] } }),
                "user: hi\nx",
            ),
            (
                json!({ "attributes": { "event.name": "gen_ai.choice" }, "body": { "message": { "content": "yes" } } }),
                "assistant: yes",
            ),
            (json!({ "body": { "role": "tool", "content": "42" } }), "tool: 42"),
            (
                json!({ "attributes": { "exception.type": "E", "exception.message": "m" }, "body": { "role": "user", "content": "x" } }),
                "exception: E: m",
            ),
            (
                json!({ "scope": { "name": "strands.telemetry.tracer" }, "body": {
                "input": { "messages": [{ "role": "user", "content": { "content": "q" } }] },
                "output": { "messages": [{ "role": "assistant", "content": { "message": "a" } }] } } }),
                "user: q|assistant: a",
            ),
            (
                json!({ "scope": { "name": LANGCHAIN[0] }, "body": {
                "input": chain(json!({ "inputs": { "messages": [{ "kwargs": { "content": "q" } }] } })),
                "output": chain(json!({ "outputs": { "messages": [{}, { "kwargs": { "content": "a", "tool_calls": [{ "name": "add", "args": { "a": 1 } }] } }] } })) } }),
                "user: q|assistant: a\ntool add {\"a\":1}",
            ),
            (json!({ "body": "plain text" }), ""),
        ] {
            assert_eq!(texts(&record).join("|"), wanted, "{record}");
        }
    }
}
