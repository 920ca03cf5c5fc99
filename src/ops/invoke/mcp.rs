//! Agents that speak MCP: the handshake, the list of tools, one call of a tool.
//!
//! Owns: the requests of the handshake versions of the protocol, and what a tool's result says. Does not own: prompts,
//! resources, and servers that ask their client something.

use serde_json::{Value, json};

use super::rpc::Exchange;
use super::{CallContext, ReplyHead};
use crate::error::{Code, Error, Kind, Result};

/// The newest version of the protocol that begins with a handshake.
const VERSION: &str = "2025-11-25";
/// Pages of a list of tools that are read.
const PAGES: usize = 100;

/// A request to an agent's tools.
#[derive(Clone, Debug)]
pub(crate) enum ToolRequest {
    List,
    /// Call one, with a JSON object of arguments.
    Call {
        tool: String,
        arguments: Value,
    },
}

/// The reply to a [`ToolRequest`].
#[derive(Clone, Debug)]
pub(crate) struct ToolReply {
    pub(crate) head: ReplyHead,
    /// The result in the protocol's form: `{tools: […]}`, or the result of the tool.
    pub(crate) result: Value,
}

/// Makes the handshake and then the request, each in one call. `note` receives progress and log notifications.
///
/// # Errors
/// As [`super::call`]; [`Kind::Agent`] for a tool that failed.
pub(crate) async fn run(
    line: CallContext<'_>,
    ask: &ToolRequest,
    note: &mut (dyn FnMut(&str) + Send),
) -> Result<ToolReply> {
    let mut exchange = Exchange::new(line);
    let mut told = |message: &Value| {
        if let Some(text) = progress(message) {
            note(&text);
        }
    };
    begin(&mut exchange, &mut told).await?;
    match ask {
        ToolRequest::List => {
            let mut tools = Vec::new();
            let mut cursor = Value::Null;
            for _ in 0..PAGES {
                let params = if cursor.is_null() { json!({}) } else { json!({ "cursor": cursor }) };
                let (head, mut page) = exchange.ask("tools/list", params, &mut told).await?;
                if let Some(Value::Array(more)) = page.get_mut("tools").map(Value::take) {
                    tools.extend(more);
                }
                cursor = page.get_mut("nextCursor").map(Value::take).unwrap_or_default();
                if cursor.is_null() {
                    return Ok(ToolReply { head, result: json!({ "tools": tools }) });
                }
            }
            Err(Error::new(Kind::Agent, format!("the agent's list of tools has more than {PAGES} pages")))
        }
        ToolRequest::Call { tool, arguments } => {
            let params = json!({ "name": tool, "arguments": arguments });
            let (head, result) = exchange.ask("tools/call", params, &mut told).await?;
            if result.get("isError").and_then(Value::as_bool) == Some(true) {
                return Err(Error::new(Kind::Agent, format!("the tool `{tool}` failed"))
                    .code(Code::AgentToolError)
                    .cause(text_of(&result))
                    .hint("`agentcore invoke --list-tools -o json` shows the arguments of each tool")
                    .request_id(head.request_id));
            }
            Ok(ToolReply { head, result })
        }
    }
}

async fn begin(exchange: &mut Exchange<'_>, told: &mut (dyn FnMut(&Value) + Send)) -> Result<()> {
    let client = json!({ "name": "agentcore", "version": env!("CARGO_PKG_VERSION") });
    let params = json!({ "protocolVersion": VERSION, "capabilities": {}, "clientInfo": client });
    let (head, server) = exchange.ask("initialize", params, told).await?;
    let version = server.get("protocolVersion").and_then(Value::as_str).unwrap_or(VERSION);
    exchange.headers.push(("Mcp-Protocol-Version".to_owned(), version.to_owned()));
    // The service and stateful servers find the session by it.
    if let Some(id) = &head.mcp_session_id {
        exchange.headers.push(("Mcp-Session-Id".to_owned(), id.clone()));
    }
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    exchange.send(&ready, &mut |_| Ok(std::ops::ControlFlow::Break(()))).await.map(|_| ())
}

/// The text of a progress or log notification.
fn progress(message: &Value) -> Option<String> {
    let params = message.get("params")?;
    match message.get("method")?.as_str()? {
        "notifications/progress" => {
            let text = params.get("message").and_then(Value::as_str).unwrap_or_default();
            let done = params.get("progress")?;
            let of = params.get("total").map(|total| format!(" of {total}")).unwrap_or_default();
            Some(format!("{done}{of} {text}").trim_end().to_owned())
        }
        "notifications/message" => match params.get("data")? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        },
        _ => None,
    }
}

/// The result of a tool as text: its texts, one below the other. Other content is named; a result of structured content
/// alone is its JSON.
pub(crate) fn text_of(result: &Value) -> String {
    let items = result.get("content").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<String> = items.iter().map(item).collect();
    if texts.is_empty()
        && let Some(structured) = result.get("structuredContent")
    {
        return structured.to_string();
    }
    texts.join("\n")
}

fn item(item: &Value) -> String {
    let text = |pointer: &str| item.pointer(pointer).and_then(Value::as_str);
    if let Some(text) = text("/text").or_else(|| text("/resource/text")) {
        return text.to_owned();
    }
    let kind = text("/type").unwrap_or("content");
    let what = text("/mimeType").or_else(|| text("/resource/mimeType")).unwrap_or_default();
    let place = text("/uri").or_else(|| text("/resource/uri")).unwrap_or_default();
    format!("[{}]", [kind, what, place].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_reads_as_its_texts() {
        let content = json!([
            { "type": "text", "text": "3" },
            { "type": "image", "data": "AAAA", "mimeType": "image/png" },
            { "type": "resource", "resource": { "uri": "file:///a", "text": "inside" } },
            { "type": "resource_link", "uri": "file:///b" },
        ]);
        assert_eq!(text_of(&json!({ "content": content })), "3\n[image image/png]\ninside\n[resource_link file:///b]");
        assert_eq!(text_of(&json!({ "content": [], "structuredContent": { "sum": 3 } })), r#"{"sum":3}"#);
    }

    #[test]
    fn progress_is_told_and_other_notifications_are_not() {
        let note = |method: &str, params: Value| progress(&json!({ "method": method, "params": params }));
        let half = json!({ "progress": 1, "total": 2, "message": "half" });
        assert_eq!(note("notifications/progress", half).as_deref(), Some("1 of 2 half"));
        assert_eq!(note("notifications/message", json!({ "data": "hi" })).as_deref(), Some("hi"));
        assert_eq!(note("notifications/tools/list_changed", json!({})), None);
    }
}
