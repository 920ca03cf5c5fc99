//! A model that is one: a server with OpenAI's chat completions, which `sandbox start --model URL` names.
//!
//! The whole answer is fetched before the first word of it is passed on, also where the caller asked for a stream.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::conversation::{Content, Conversation, ModelReply, Speaker, StopReason, ToolChoice, ToolUse, Turn, Usage};
use super::{ModelServer, list, text};
use crate::redact::ExposeSecret;
use crate::sandbox::Sandbox;
use crate::sandbox::control::invalid;
use crate::sandbox::reply::Fault;

/// Local models on slow machines take their time.
const TIMEOUT: Duration = Duration::from_secs(600);
const LIMIT: usize = 8 << 20;

/// Asks the server for the next turn.
///
/// # Errors
/// ValidationException for what cannot be passed on, ModelErrorException (424) with the server's words,
/// ModelTimeoutException (408).
pub(super) async fn reply(
    sandbox: &Sandbox,
    server: &ModelServer,
    conversation: &Conversation,
) -> Result<ModelReply, Fault> {
    let address = format!("{}/chat/completions", server.url);
    let body = request(server, conversation)?;
    let client = sandbox.http.client(&address).map_err(|error| trouble(server, &error.to_string()))?;
    let mut request = client.post(&address).header(CONTENT_TYPE, "application/json").body(body.to_string());
    if let Some(key) = &server.key {
        request = request.bearer_auth(key.expose_secret());
    }
    let exchange = async {
        let answer = request.send().await.map_err(|error| trouble(server, &error.without_url().to_string()))?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|error| trouble(server, &error.without_url().to_string()))?;
        if bytes.len() > LIMIT {
            return Err(trouble(server, "its answer is too long"));
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if !status.is_success() {
            return Err(trouble(server, &format!("HTTP {status}: {}", text.chars().take(500).collect::<String>())));
        }
        serde_json::from_str::<Value>(&text).map_err(|_| trouble(server, "its answer is no JSON"))
    };
    match tokio::time::timeout(TIMEOUT, exchange).await {
        Ok(answer) => read(server, &answer?),
        Err(_) => Err(Fault::new(408, "ModelTimeoutException", format!("{} did not answer in time", server.url))),
    }
}

fn trouble(server: &ModelServer, what: &str) -> Fault {
    Fault::new(424, "ModelErrorException", format!("the model server {}: {what}", server.url))
}

fn request(server: &ModelServer, conversation: &Conversation) -> Result<Value, Fault> {
    let system = conversation.system.iter().map(|text| json!({ "role": "system", "content": text }));
    let mut messages: Vec<Value> = system.collect();
    for turn in &conversation.turns {
        messages.extend(messages_of(turn)?);
    }
    let mut body = Map::new();
    body.insert("model".into(), json!(server.name.as_deref().unwrap_or(&conversation.model)));
    body.insert("messages".into(), json!(messages));
    if !conversation.tools.is_empty() {
        let tools = conversation.tools.iter().map(|tool| {
            let function = json!({ "name": tool.name, "description": tool.description, "parameters": tool.schema });
            json!({ "type": "function", "function": function })
        });
        body.insert("tools".into(), tools.collect());
        let choice = match &conversation.choice {
            ToolChoice::Auto => json!("auto"),
            ToolChoice::Any => json!("required"),
            ToolChoice::Never => json!("none"),
            ToolChoice::Named(name) => json!({ "type": "function", "function": {"name": name} }),
        };
        body.insert("tool_choice".into(), choice);
    }
    let limits = &conversation.limits;
    let stop = (!limits.stop.is_empty()).then(|| json!(limits.stop));
    for (name, value) in [
        ("max_tokens", limits.max_tokens.map(|tokens| json!(tokens))),
        ("temperature", limits.temperature.map(|value| json!(value))),
        ("top_p", limits.top_p.map(|value| json!(value))),
        ("stop", stop),
    ] {
        body.extend(value.map(|value| (name.to_owned(), value)));
    }
    Ok(body.into())
}

/// Results of tools are messages of their own there.
fn messages_of(turn: &Turn) -> Result<Vec<Value>, Fault> {
    let mut messages = Vec::new();
    let mut calls = Vec::new();
    for content in &turn.content {
        match content {
            Content::Text(_) => {}
            Content::ToolUse(call) => {
                let function = json!({ "name": call.name, "arguments": call.input.to_string() });
                calls.push(json!({ "id": call.id, "type": "function", "function": function }));
            }
            Content::ToolResult(result) => {
                messages.push(json!({ "role": "tool", "tool_call_id": result.id, "content": result.text }));
            }
            // A cache point is about the price alone.
            Content::Other(kind) if kind == "cachePoint" => {}
            Content::Other(kind) => {
                return Err(invalid(format!("The sandbox passes text and tools on to a model server, and no {kind}.")));
            }
        }
    }
    let words = turn.text();
    let role = match turn.speaker {
        Speaker::User => "user",
        Speaker::Assistant => "assistant",
    };
    if !calls.is_empty() {
        messages.push(json!({ "role": role, "content": words, "tool_calls": calls }));
    } else if !words.is_empty() {
        messages.push(json!({ "role": role, "content": words }));
    }
    Ok(messages)
}

fn read(server: &ModelServer, answer: &Value) -> Result<ModelReply, Fault> {
    let choice = answer.pointer("/choices/0").ok_or_else(|| trouble(server, "its answer has no choices"))?;
    let message = choice.get("message").unwrap_or(&Value::Null);
    let mut content = Vec::new();
    if let Some(words) = text(message, "content").filter(|words| !words.is_empty()) {
        content.push(Content::Text(words.to_owned()));
    }
    for call in list(message, "tool_calls") {
        let function = call.get("function").unwrap_or(&Value::Null);
        let arguments = text(function, "arguments").filter(|text| !text.trim().is_empty()).unwrap_or("{}");
        let input = serde_json::from_str(arguments)
            .map_err(|_| trouble(server, "it calls a tool with arguments that are no JSON"))?;
        let member = |value: &Value, name| text(value, name).unwrap_or_default().to_owned();
        content.push(Content::ToolUse(ToolUse { id: member(call, "id"), name: member(function, "name"), input }));
    }
    let stop = match text(choice, "finish_reason") {
        Some("length") => StopReason::MaxTokens,
        _ if content.iter().any(|content| matches!(content, Content::ToolUse(_))) => StopReason::ToolUse,
        _ => StopReason::EndTurn,
    };
    let tokens = |name: &str| answer.pointer(&format!("/usage/{name}")).and_then(Value::as_u64).unwrap_or_default();
    let usage = Usage { input: tokens("prompt_tokens"), output: tokens("completion_tokens") };
    Ok(ModelReply { content, stop, usage })
}
