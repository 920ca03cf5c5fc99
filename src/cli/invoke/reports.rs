//! The result of a call, as one JSON document or as text.

use serde_json::{Value, json};

use crate::ops::invoke::{ReplyHead, mcp};
use crate::report::{Document, Report, Role, schemas};

/// The report of any call.
pub(super) struct InvokeReport {
    pub(super) head: ReplyHead,
    pub(super) session_id: String,
    pub(super) body: ReportBody,
}

pub(super) enum ReportBody {
    /// As it came.
    Bytes(Vec<u8>),
    /// The result of an agent of another protocol, as data and as text.
    Tools(Value),
    ToolResult(Value),
    Messages {
        results: Vec<Value>,
        streamed: bool,
    },
    /// Printed as it came.
    Streamed,
    /// Over a web socket.
    Heard(Vec<Value>),
}

impl Report for InvokeReport {
    fn schema(&self) -> &'static str {
        schemas::INVOKE
    }

    fn data(&self) -> Value {
        let response = match &self.body {
            ReportBody::Bytes(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                if self.head.content_type.starts_with("application/json") {
                    serde_json::from_slice(bytes).unwrap_or_else(|_| json!(text))
                } else {
                    json!(text)
                }
            }
            ReportBody::Streamed => Value::Null,
            ReportBody::Tools(result) | ReportBody::ToolResult(result) => result.clone(),
            ReportBody::Messages { results, streamed: false } => results.first().cloned().unwrap_or_default(),
            ReportBody::Messages { results, streamed: true } | ReportBody::Heard(results) => json!(results),
        };
        json!({
            "status": self.head.status,
            "contentType": self.head.content_type,
            "sessionId": self.head.session_id.as_deref().unwrap_or(&self.session_id),
            "requestId": self.head.request_id,
            "sessionEndpointUrl": self.head.session_endpoint,
            "response": response,
        })
    }

    fn document(&self) -> Document {
        match &self.body {
            ReportBody::Bytes(bytes) => Document::new().verbatim(String::from_utf8_lossy(bytes)),
            ReportBody::Tools(result) => tools(result),
            ReportBody::ToolResult(result) => Document::new().verbatim(mcp::text_of(result)),
            // Shown as they came.
            ReportBody::Messages { .. } | ReportBody::Heard(_) | ReportBody::Streamed => Document::new(),
        }
    }
}

fn tools(result: &Value) -> Document {
    let text = |value: &Value, member: &str| value.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    let all = result.get("tools").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if all.is_empty() {
        return Document::new().line("The agent has no tools.");
    }
    let rows = all.iter().map(|tool| {
        let description = text(tool, "description");
        let first = description.trim().lines().next().unwrap_or_default().to_owned();
        vec![(Role::Code, text(tool, "name")), (Role::Plain, arguments(tool)), (Role::Dim, first)]
    });
    Document::new().table(vec!["tool", "arguments", "description"], rows.collect())
}

/// `a: integer, b: integer, note: string?`
fn arguments(tool: &Value) -> String {
    let schema = tool.get("inputSchema");
    let Some(properties) = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object) else {
        return String::new();
    };
    let required: Vec<&str> = schema
        .and_then(|schema| schema.get("required"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let one = |(name, kind): (&String, &Value)| {
        let kind = kind.get("type").and_then(Value::as_str).unwrap_or("any");
        let optional = if required.contains(&name.as_str()) { "" } else { "?" };
        format!("{name}: {kind}{optional}")
    };
    properties.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tools_arguments_are_told_with_their_types() {
        let schema =
            json!({ "properties": { "a": { "type": "integer" }, "note": { "anyOf": [] } }, "required": ["a"] });
        assert_eq!(arguments(&json!({ "inputSchema": schema })), "a: integer, note: any?");
        assert_eq!(arguments(&json!({})), "");
    }
}
