//! Builds the request of a call in the form of the agent's protocol.
//!
//! Owns: the decision from flags, configuration, live runtime and payload. Does not own: sending (`ops`).

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::args::InvokeArgs;
use super::super::caller::{self, Callee};
use super::super::payload::{PayloadInput, PayloadSource, TextForm};
use super::{CommandContext, Result};
use crate::cloud::Payload;
use crate::config::Protocol;
use crate::error::{Code, Error, Kind};
use crate::ops::invoke::AgentProtocol;
use crate::ops::invoke::mcp::ToolRequest;
use crate::shell::quoted;

/// The request to the agent.
pub(super) enum AgentRequest {
    /// One payload, passed on as it is.
    Plain {
        input: PayloadInput,
        speaks: AgentProtocol,
    },
    Tools(ToolRequest),
    Message {
        text: String,
        stream: bool,
    },
    Card,
    /// The text of a run; its session is its thread.
    Run(String),
    Socket(SocketInput),
}

/// Where the messages of a web socket come from.
pub(super) enum SocketInput {
    One(Bytes),
    Lines,
}

/// # Errors
/// [`Kind::Usage`] when flags, payload and protocol do not fit together; nothing was sent then.
pub(super) async fn choose(
    args: &InvokeArgs,
    callee: &Callee,
    token_on_stdin: bool,
    context: &CommandContext,
) -> Result<AgentRequest> {
    let protocol = protocol(args, callee)?;
    if args.stream && (args.ws || args.card || args.list_tools || args.tool.is_some()) {
        note_stream(context);
    }
    if args.ws {
        return feed(args, token_on_stdin, context).await.map(AgentRequest::Socket);
    }
    if args.card {
        return Ok(AgentRequest::Card);
    }
    if args.list_tools {
        return Ok(AgentRequest::Tools(ToolRequest::List));
    }
    if let Some(tool) = &args.tool {
        return tool_call(args, tool, token_on_stdin, context).await.map(AgentRequest::Tools);
    }
    let protocol = match protocol {
        Some(protocol) => Some(protocol),
        // Only plain text, and streamed requests, need the form of a protocol; any other payload is sent as it is.
        None if is_words(args) || args.stream => match caller::live_protocol(context, callee).await {
            Some(protocol) => Some(protocol),
            None => {
                context
                    .ui
                    .note("the runtime could not be read, so it is taken for one of HTTP: `--protocol` says otherwise");
                Some(Protocol::Http)
            }
        },
        None => None,
    };
    let form = if matches!(protocol, None | Some(Protocol::Http)) { TextForm::Prompt } else { TextForm::Verbatim };
    let input = PayloadInput::read(args, token_on_stdin, form, context).await?;
    let surface = in_form_of(protocol, input, args)?;
    if args.stream && !matches!(surface, AgentRequest::Message { .. }) {
        note_stream(context);
    }
    Ok(surface)
}

/// Scripts pass `--stream` for agents of every protocol.
fn note_stream(context: &CommandContext) {
    context.ui.note("`--stream` asks for nothing more here: an answer is passed on as it arrives");
}

fn in_form_of(protocol: Option<Protocol>, input: PayloadInput, args: &InvokeArgs) -> Result<AgentRequest> {
    let plain = |input, speaks| Ok(AgentRequest::Plain { input, speaks });
    let text = input.text();
    let said = match text.as_deref() {
        Some(_) if input.is_text() => PayloadForm::Words,
        Some(text) => payload_form(text),
        None => PayloadForm::Bytes,
    };
    match (protocol, said) {
        (Some(Protocol::Http), _) => plain(input, AgentProtocol::Plain),
        (None, PayloadForm::Rpc) => plain(input, AgentProtocol::Rpc),
        (None, _) => plain(input, AgentProtocol::Plain),
        (Some(Protocol::Mcp), PayloadForm::Rpc | PayloadForm::Bytes) => plain(input, AgentProtocol::Mcp),
        (Some(Protocol::Mcp), _) => Err(Error::usage("an agent that speaks MCP takes calls of its tools")
            .code(Code::InputProtocol)
            .hint("its tools: `agentcore invoke --list-tools`; one of them: `agentcore invoke --tool NAME '{\"argument\": 1}'`")),
        (Some(Protocol::A2a), PayloadForm::Rpc | PayloadForm::Bytes) => plain(input, AgentProtocol::A2a),
        (Some(Protocol::A2a), PayloadForm::Prompt(text)) => Ok(AgentRequest::Message { text, stream: args.stream }),
        (Some(Protocol::A2a), PayloadForm::Json | PayloadForm::Words) => {
            Ok(AgentRequest::Message { text: text.unwrap_or_default(), stream: args.stream })
        }
        (Some(Protocol::Agui), PayloadForm::Prompt(text)) => Ok(AgentRequest::Run(text)),
        (Some(Protocol::Agui), PayloadForm::Words) => Ok(AgentRequest::Run(text.unwrap_or_default())),
        (Some(Protocol::Agui), _) => plain(input, AgentProtocol::Plain),
    }
}

/// The form of a payload, as far as protocols differ.
#[derive(Debug, PartialEq, Eq)]
enum PayloadForm {
    /// A JSON-RPC request.
    Rpc,
    /// `{"prompt": TEXT}` and nothing else: the usual payload of HTTP agents.
    Prompt(String),
    Json,
    Words,
    /// No text, or too much of it.
    Bytes,
}

fn payload_form(text: &str) -> PayloadForm {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return PayloadForm::Words };
    let is_rpc = |value: &Value| value.get("jsonrpc").is_some();
    if is_rpc(&value) || value.as_array().is_some_and(|batch| !batch.is_empty() && batch.iter().all(is_rpc)) {
        return PayloadForm::Rpc;
    }
    match value.as_object() {
        Some(object) if object.len() == 1 => match object.get("prompt") {
            Some(Value::String(prompt)) => PayloadForm::Prompt(prompt.clone()),
            _ => PayloadForm::Json,
        },
        _ => PayloadForm::Json,
    }
}

/// The agent's protocol by the flags, or else by the configuration.
fn protocol(args: &InvokeArgs, callee: &Callee) -> Result<Option<Protocol>> {
    let stated = match &args.protocol {
        Some(text) => Some(text.parse::<Protocol>().map_err(|error| error.code(Code::InputProtocol))?),
        None => callee.protocol,
    };
    let needs: Option<(&str, &[Protocol])> = match args {
        InvokeArgs { tool: Some(_), .. } => Some(("--tool", &[Protocol::Mcp])),
        InvokeArgs { list_tools: true, .. } => Some(("--list-tools", &[Protocol::Mcp])),
        InvokeArgs { card: true, .. } => Some(("--card", &[Protocol::A2a])),
        InvokeArgs { ws: true, .. } => Some(("--ws", &[Protocol::Http, Protocol::Agui])),
        _ => None,
    };
    match (stated, needs) {
        (Some(stated), Some((flag, takes))) if !takes.contains(&stated) => {
            let names: Vec<&str> = takes.iter().map(|protocol| protocol.as_str()).collect();
            Err(Error::usage(format!(
                "`{flag}` is for agents that speak {}, and this one speaks {}",
                names.join(" or "),
                stated.as_str()
            ))
            .code(Code::InputProtocol)
            .hint(format!("leave out `{flag}`, or name another agent with `--agent`")))
        }
        (None, Some((_, takes))) => Ok(takes.first().copied()),
        (stated, _) => Ok(stated),
    }
}

/// Whether the payload is an argument of plain words.
fn is_words(args: &InvokeArgs) -> bool {
    args.content_type.is_none()
        && match PayloadSource::from_args(args) {
            PayloadSource::Argument(text) => !text.is_empty() && payload_form(text) == PayloadForm::Words,
            PayloadSource::Prompt(_) | PayloadSource::Text(_) => true,
            PayloadSource::Nothing | PayloadSource::Stdin | PayloadSource::File(_) => false,
        }
}

async fn tool_call(
    args: &InvokeArgs,
    tool: &str,
    token_on_stdin: bool,
    context: &CommandContext,
) -> Result<ToolRequest> {
    let arguments = match PayloadSource::from_args(args) {
        PayloadSource::Nothing => json!({}),
        _ => {
            let input = PayloadInput::read(args, token_on_stdin, TextForm::Verbatim, context).await?;
            let text = input.text().unwrap_or_default();
            let wrong = || {
                Error::new(Kind::Usage, format!("the arguments of the tool `{tool}` are not a JSON object"))
                    .code(Code::InputArguments)
                    .hint(format!(
                        "name each of them: `agentcore invoke --tool {} '{{\"name\": \"value\"}}'`",
                        quoted(tool)
                    ))
            };
            match serde_json::from_str::<Value>(&text) {
                Ok(arguments) if arguments.is_object() => arguments,
                Ok(_) => return Err(wrong()),
                Err(problem) => return Err(wrong().source(&problem)),
            }
        }
    };
    Ok(ToolRequest::Call { tool: tool.to_owned(), arguments })
}

async fn feed(args: &InvokeArgs, token_on_stdin: bool, context: &CommandContext) -> Result<SocketInput> {
    match PayloadSource::from_args(args) {
        PayloadSource::Nothing | PayloadSource::Stdin if token_on_stdin => {
            Err(Error::usage("messages and bearer token cannot both come from stdin")
                .hint("put the message on the command line, or the token into AGENTCORE_BEARER_TOKEN"))
        }
        PayloadSource::Nothing | PayloadSource::Stdin => Ok(SocketInput::Lines),
        _ => match PayloadInput::read(args, token_on_stdin, TextForm::Verbatim, context).await?.payload {
            Payload::Bytes(bytes) => Ok(SocketInput::One(bytes)),
            Payload::File(path) => match std::fs::read(&path) {
                Ok(bytes) => Ok(SocketInput::One(bytes.into())),
                Err(error) => Err(Error::usage(format!("could not read `{}`", path.display())).source(&error)),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_told_apart() {
        assert_eq!(payload_form(r#"{"jsonrpc": "2.0", "method": "x"}"#), PayloadForm::Rpc);
        assert_eq!(payload_form(r#"[{"jsonrpc": "2.0", "method": "x"}]"#), PayloadForm::Rpc);
        assert_eq!(payload_form(r#"{"prompt": "hi"}"#), PayloadForm::Prompt("hi".to_owned()));
        for json in [r#"{"prompt": "hi", "more": 1}"#, r#"{"prompt": 1}"#, "[]", "17"] {
            assert_eq!(payload_form(json), PayloadForm::Json, "{json}");
        }
        assert_eq!(payload_form("hello {you}"), PayloadForm::Words);
    }
}
