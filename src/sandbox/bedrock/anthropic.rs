//! Anthropic's messages in InvokeModel.

use serde_json::{Value, json};

use super::conversation::{
    Content, Conversation, ModelReply, Sampling, Speaker, ToolChoice, ToolResult, ToolSpec, ToolUse, Turn,
};
use super::{list, text, words_of};
use crate::sandbox::control::invalid;
use crate::sandbox::reply::Fault;

/// # Errors
/// ValidationException for a conversation that no model takes.
pub(super) fn read(model: &str, input: &Value) -> Result<Conversation, Fault> {
    let max_tokens = input.get("max_tokens").and_then(Value::as_u64);
    if max_tokens.is_none() {
        return Err(invalid("max_tokens: Field required"));
    }
    let choice = input.get("tool_choice").unwrap_or(&Value::Null);
    Ok(Conversation {
        model: model.to_owned(),
        system: texts(input.get("system")),
        turns: list(input, "messages").map(turn).collect::<Result<Vec<_>, _>>()?,
        tools: list(input, "tools").map(tool).collect(),
        choice: match (text(choice, "type"), text(choice, "name")) {
            (Some("any"), _) => ToolChoice::Any,
            (Some("none"), _) => ToolChoice::Never,
            (Some("tool"), Some(name)) => ToolChoice::Named(name.to_owned()),
            _ => ToolChoice::Auto,
        },
        limits: Sampling {
            max_tokens,
            temperature: input.get("temperature").and_then(Value::as_f64),
            top_p: input.get("top_p").and_then(Value::as_f64),
            stop: words_of(input.get("stop_sequences")),
        },
    })
}

/// A text, or the texts of a list of blocks.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(blocks)) => {
            blocks.iter().filter_map(|block| text(block, "text")).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

fn tool(spec: &Value) -> ToolSpec {
    ToolSpec {
        name: text(spec, "name").unwrap_or_default().to_owned(),
        description: text(spec, "description").unwrap_or_default().to_owned(),
        schema: spec.get("input_schema").cloned().unwrap_or_default(),
    }
}

fn turn(message: &Value) -> Result<Turn, Fault> {
    let speaker = match text(message, "role") {
        Some("user") => Speaker::User,
        Some("assistant") => Speaker::Assistant,
        _ => return Err(invalid("messages: role must be user or assistant")),
    };
    let content = match message.get("content") {
        Some(Value::String(text)) => vec![Content::Text(text.clone())],
        Some(Value::Array(blocks)) => blocks.iter().map(block).collect(),
        _ => Vec::new(),
    };
    if content.is_empty() {
        return Err(invalid("messages: content must not be empty"));
    }
    Ok(Turn { speaker, content })
}

fn block(block: &Value) -> Content {
    let member = |name| text(block, name).unwrap_or_default().to_owned();
    match text(block, "type") {
        Some("text") => Content::Text(member("text")),
        Some("tool_use") => Content::ToolUse(ToolUse {
            id: member("id"),
            name: member("name"),
            input: block.get("input").cloned().unwrap_or_default(),
        }),
        Some("tool_result") => Content::ToolResult(ToolResult {
            id: member("tool_use_id"),
            text: texts(block.get("content")).join("\n"),
            failed: block.get("is_error").and_then(Value::as_bool).unwrap_or_default(),
        }),
        kind => Content::Other(kind.unwrap_or("block").to_owned()),
    }
}

pub(super) fn answer(conversation: &Conversation, reply: &ModelReply) -> Value {
    let content = reply.content.iter().filter_map(|content| match content {
        Content::Text(text) => Some(json!({ "type": "text", "text": text })),
        Content::ToolUse(call) => {
            Some(json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": call.input }))
        }
        Content::ToolResult(_) | Content::Other(_) => None,
    });
    json!({
        "id": conversation.id("msg_"),
        "type": "message",
        "role": "assistant",
        "model": conversation.model,
        "content": content.collect::<Vec<_>>(),
        "stop_reason": reply.stop.as_str(),
        "stop_sequence": null,
        "usage": {"input_tokens": reply.usage.input, "output_tokens": reply.usage.output},
    })
}

/// The events of a streamed message.
pub(super) fn chunks(conversation: &Conversation, reply: &ModelReply) -> Vec<Value> {
    let mut message = answer(conversation, reply);
    message["content"] = json!([]);
    message["stop_reason"] = Value::Null;
    message["usage"]["output_tokens"] = json!(0);
    let mut chunks = vec![json!({ "type": "message_start", "message": message })];
    for (index, content) in reply.content.iter().enumerate() {
        let (block, deltas) = match content {
            Content::Text(text) => {
                let deltas = super::pieces(text).map(|piece| json!({ "type": "text_delta", "text": piece }));
                (json!({ "type": "text", "text": "" }), deltas.collect::<Vec<_>>())
            }
            Content::ToolUse(call) => {
                let delta = json!({ "type": "input_json_delta", "partial_json": call.input.to_string() });
                (json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": {} }), vec![delta])
            }
            Content::ToolResult(_) | Content::Other(_) => continue,
        };
        chunks.push(json!({ "type": "content_block_start", "index": index, "content_block": block }));
        let delta = |delta| json!({ "type": "content_block_delta", "index": index, "delta": delta });
        chunks.extend(deltas.into_iter().map(delta));
        chunks.push(json!({ "type": "content_block_stop", "index": index }));
    }
    let delta = json!({ "stop_reason": reply.stop.as_str(), "stop_sequence": null });
    let usage = json!({ "output_tokens": reply.usage.output });
    chunks.push(json!({ "type": "message_delta", "delta": delta, "usage": usage }));
    chunks.push(json!({ "type": "message_stop" }));
    chunks
}
