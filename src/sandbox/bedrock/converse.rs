//! Converse and ConverseStream: requests into a conversation, replies out of it. Nova's messages in InvokeModel have the
//! same shapes.

use serde_json::{Map, Value, json};

use super::conversation::{
    Content, Conversation, ModelReply, Sampling, Speaker, ToolChoice, ToolResult, ToolSpec, ToolUse, Turn,
};
use super::{list, text, words_of};
use crate::sandbox::control::invalid;
use crate::sandbox::reply::Fault;

/// # Errors
/// ValidationException for a conversation that no model takes.
pub(super) fn read(model: &str, input: &Value) -> Result<Conversation, Fault> {
    let turns = list(input, "messages").map(turn).collect::<Result<Vec<_>, _>>()?;
    let config = input.get("toolConfig").unwrap_or(&Value::Null);
    let tools = list(config, "tools").filter_map(|tool| tool.get("toolSpec")).map(tool).collect();
    let inference = input.get("inferenceConfig").unwrap_or(&Value::Null);
    Ok(Conversation {
        model: model.to_owned(),
        system: list(input, "system").filter_map(|block| text(block, "text")).map(str::to_owned).collect(),
        turns,
        tools,
        choice: choice(config.get("toolChoice")),
        limits: Sampling {
            max_tokens: inference.get("maxTokens").and_then(Value::as_u64),
            temperature: inference.get("temperature").and_then(Value::as_f64),
            top_p: inference.get("topP").and_then(Value::as_f64),
            stop: words_of(inference.get("stopSequences")),
        },
    })
}

fn choice(value: Option<&Value>) -> ToolChoice {
    match value {
        Some(choice) if choice.get("any").is_some() => ToolChoice::Any,
        Some(choice) => match choice.get("tool").and_then(|tool| text(tool, "name")) {
            Some(name) => ToolChoice::Named(name.to_owned()),
            None => ToolChoice::Auto,
        },
        None => ToolChoice::Auto,
    }
}

fn tool(spec: &Value) -> ToolSpec {
    ToolSpec {
        name: text(spec, "name").unwrap_or_default().to_owned(),
        description: text(spec, "description").unwrap_or_default().to_owned(),
        schema: spec.pointer("/inputSchema/json").cloned().unwrap_or_default(),
    }
}

fn turn(message: &Value) -> Result<Turn, Fault> {
    let speaker = match text(message, "role") {
        Some("user") => Speaker::User,
        Some("assistant") => Speaker::Assistant,
        _ => return Err(invalid("A message's role must be user or assistant.")),
    };
    let content: Vec<Content> = list(message, "content").map(block).collect();
    if content.is_empty() {
        return Err(invalid("The content of a message must not be empty."));
    }
    Ok(Turn { speaker, content })
}

fn block(block: &Value) -> Content {
    if let Some(words) = text(block, "text") {
        return Content::Text(words.to_owned());
    }
    if let Some(call) = block.get("toolUse") {
        return Content::ToolUse(ToolUse {
            id: text(call, "toolUseId").unwrap_or_default().to_owned(),
            name: text(call, "name").unwrap_or_default().to_owned(),
            input: call.get("input").cloned().unwrap_or_default(),
        });
    }
    if let Some(result) = block.get("toolResult") {
        let parts = list(result, "content").map(|part| match (text(part, "text"), part.get("json")) {
            (Some(words), _) => words.to_owned(),
            (None, Some(json)) => json.to_string(),
            (None, None) => kind(part),
        });
        return Content::ToolResult(ToolResult {
            id: text(result, "toolUseId").unwrap_or_default().to_owned(),
            text: parts.collect::<Vec<_>>().join("\n"),
            failed: text(result, "status") == Some("error"),
        });
    }
    Content::Other(kind(block))
}

/// The name of a block's only member: `image`, `document`, `cachePoint`.
fn kind(block: &Value) -> String {
    block.as_object().and_then(|block| block.keys().next()).cloned().unwrap_or_default()
}

/// The answer of Converse.
pub(super) fn answer(reply: &ModelReply) -> Value {
    let content = reply.content.iter().filter_map(|content| match content {
        Content::Text(text) => Some(json!({ "text": text })),
        Content::ToolUse(call) => {
            Some(json!({ "toolUse": {"toolUseId": call.id, "name": call.name, "input": call.input} }))
        }
        Content::ToolResult(_) | Content::Other(_) => None,
    });
    json!({
        "output": {"message": {"role": "assistant", "content": content.collect::<Vec<_>>()}},
        "stopReason": reply.stop.as_str(),
        "usage": usage(reply),
        "metrics": {"latencyMs": 0},
    })
}

/// The answer of InvokeModel for Nova.
pub(super) fn answer_of_nova(reply: &ModelReply) -> Value {
    let mut answer = answer(reply);
    if let Some(members) = answer.as_object_mut() {
        members.remove("metrics");
    }
    answer
}

fn usage(reply: &ModelReply) -> Value {
    let usage = reply.usage;
    json!({
        "inputTokens": usage.input,
        "outputTokens": usage.output,
        "totalTokens": usage.input.saturating_add(usage.output),
    })
}

/// The events of ConverseStream in their order, each with its name.
pub(super) fn events(reply: &ModelReply) -> Vec<(&'static str, Value)> {
    let mut events = vec![("messageStart", json!({ "role": "assistant" }))];
    for (index, content) in reply.content.iter().enumerate() {
        match content {
            Content::Text(text) => {
                let delta =
                    |piece| ("contentBlockDelta", json!({"contentBlockIndex": index, "delta": {"text": piece}}));
                events.extend(super::pieces(text).map(delta));
            }
            Content::ToolUse(call) => {
                let start = json!({ "toolUse": {"toolUseId": call.id, "name": call.name} });
                events.push(("contentBlockStart", json!({ "contentBlockIndex": index, "start": start })));
                let input = json!({ "toolUse": {"input": call.input.to_string()} });
                events.push(("contentBlockDelta", json!({ "contentBlockIndex": index, "delta": input })));
            }
            Content::ToolResult(_) | Content::Other(_) => continue,
        }
        events.push(("contentBlockStop", json!({ "contentBlockIndex": index })));
    }
    events.push(("messageStop", json!({ "stopReason": reply.stop.as_str() })));
    events.push(("metadata", json!({ "usage": usage(reply), "metrics": {"latencyMs": 0} })));
    events
}

/// The same for InvokeModelWithResponseStream of Nova: each event is a document with its name as the only member.
pub(super) fn chunks_of_nova(reply: &ModelReply) -> Vec<Value> {
    let named = events(reply).into_iter().map(|(name, event)| Value::from(Map::from_iter([(name.to_owned(), event)])));
    named.collect()
}
