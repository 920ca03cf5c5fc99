//! Which of an agent's surfaces a call is for, and the payload in the form of its protocol.
//!
//! Owns: what the flags, the configuration, the live runtime and the payload say together. Does not own: sending (`ops`).

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::args::InvokeArgs;
use super::super::caller::{self, Callee};
use super::super::payload::{Form, Given, Input};
use super::{Context, Result};
use crate::cloud::Payload;
use crate::config::Protocol;
use crate::error::{Code, Error, Kind};
use crate::ops::invoke::Speaks;
use crate::ops::invoke::mcp::Ask;
use crate::shell::quoted;

/// What is asked of the agent.
pub(super) enum Surface {
    /// One payload, passed on as it is.
    Plain {
        input: Input,
        speaks: Speaks,
    },
    Tools(Ask),
    Message {
        text: String,
        stream: bool,
    },
    Card,
    /// The text of a run; its session is its thread.
    Run(String),
    Socket(Feed),
}

/// Where the messages of a web socket come from.
pub(super) enum Feed {
    One(Bytes),
    Lines,
}

/// # Errors
/// [`Kind::Usage`] when flags, payload and protocol do not fit together; nothing was sent then.
pub(super) async fn choose(
    args: &InvokeArgs,
    callee: &Callee,
    token_on_stdin: bool,
    context: &Context,
) -> Result<Surface> {
    let protocol = protocol(args, callee)?;
    if args.stream && (args.ws || args.card || args.list_tools || args.tool.is_some()) {
        note_stream(context);
    }
    if args.ws {
        return feed(args, token_on_stdin, context).await.map(Surface::Socket);
    }
    if args.card {
        return Ok(Surface::Card);
    }
    if args.list_tools {
        return Ok(Surface::Tools(Ask::List));
    }
    if let Some(tool) = &args.tool {
        return tool_call(args, tool, token_on_stdin, context).await.map(Surface::Tools);
    }
    let protocol = match protocol {
        Some(protocol) => Some(protocol),
        // Only words, and what is to be streamed, have to be put into the form of a protocol; whatever else is given is
        // sent as it is.
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
    let form = if matches!(protocol, None | Some(Protocol::Http)) { Form::Prompt } else { Form::Verbatim };
    let input = Input::read(args, token_on_stdin, form, context).await?;
    let surface = in_form_of(protocol, input, args)?;
    if args.stream && !matches!(surface, Surface::Message { .. }) {
        note_stream(context);
    }
    Ok(surface)
}

/// Scripts pass `--stream` whatever the agent speaks.
fn note_stream(context: &Context) {
    context.ui.note("`--stream` asks for nothing more here: an answer is passed on as it arrives");
}

fn in_form_of(protocol: Option<Protocol>, input: Input, args: &InvokeArgs) -> Result<Surface> {
    let plain = |input, speaks| Ok(Surface::Plain { input, speaks });
    let text = input.text();
    let said = match text.as_deref() {
        Some(_) if input.is_words() => Said::Words,
        Some(text) => said(text),
        None => Said::Bytes,
    };
    match (protocol, said) {
        (Some(Protocol::Http), _) => plain(input, Speaks::Plain),
        (None, Said::Rpc) => plain(input, Speaks::Rpc),
        (None, _) => plain(input, Speaks::Plain),
        (Some(Protocol::Mcp), Said::Rpc | Said::Bytes) => plain(input, Speaks::Mcp),
        (Some(Protocol::Mcp), _) => Err(Error::usage("an agent that speaks MCP takes calls of its tools")
            .code(Code::InputProtocol)
            .hint("its tools: `agentcore invoke --list-tools`; one of them: `agentcore invoke --tool NAME '{\"argument\": 1}'`")),
        (Some(Protocol::A2a), Said::Rpc | Said::Bytes) => plain(input, Speaks::A2a),
        (Some(Protocol::A2a), Said::Prompt(text)) => Ok(Surface::Message { text, stream: args.stream }),
        (Some(Protocol::A2a), Said::Json | Said::Words) => {
            Ok(Surface::Message { text: text.unwrap_or_default(), stream: args.stream })
        }
        (Some(Protocol::Agui), Said::Prompt(text)) => Ok(Surface::Run(text)),
        (Some(Protocol::Agui), Said::Words) => Ok(Surface::Run(text.unwrap_or_default())),
        (Some(Protocol::Agui), _) => plain(input, Speaks::Plain),
    }
}

/// What a payload is, as far as protocols care.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// A JSON-RPC request.
    Rpc,
    /// `{"prompt": TEXT}` and nothing else: what the same person sends to agents of HTTP.
    Prompt(String),
    Json,
    Words,
    /// No text, or too much of it.
    Bytes,
}

fn said(text: &str) -> Said {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Said::Words };
    let is_rpc = |value: &Value| value.get("jsonrpc").is_some();
    if is_rpc(&value) || value.as_array().is_some_and(|batch| !batch.is_empty() && batch.iter().all(is_rpc)) {
        return Said::Rpc;
    }
    match value.as_object() {
        Some(object) if object.len() == 1 => match object.get("prompt") {
            Some(Value::String(prompt)) => Said::Prompt(prompt.clone()),
            _ => Said::Json,
        },
        _ => Said::Json,
    }
}

/// What the flags, or else the configuration, say that the agent speaks.
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
        && match Given::of(args) {
            Given::Argument(text) => !text.is_empty() && said(text) == Said::Words,
            Given::Prompt(_) | Given::Text(_) => true,
            Given::Nothing | Given::Stdin | Given::File(_) => false,
        }
}

async fn tool_call(args: &InvokeArgs, tool: &str, token_on_stdin: bool, context: &Context) -> Result<Ask> {
    let arguments = match Given::of(args) {
        Given::Nothing => json!({}),
        _ => {
            let input = Input::read(args, token_on_stdin, Form::Verbatim, context).await?;
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
    Ok(Ask::Call { tool: tool.to_owned(), arguments })
}

async fn feed(args: &InvokeArgs, token_on_stdin: bool, context: &Context) -> Result<Feed> {
    match Given::of(args) {
        Given::Nothing | Given::Stdin if token_on_stdin => {
            Err(Error::usage("messages and bearer token cannot both come from stdin")
                .hint("put the message on the command line, or the token into AGENTCORE_BEARER_TOKEN"))
        }
        Given::Nothing | Given::Stdin => Ok(Feed::Lines),
        _ => match Input::read(args, token_on_stdin, Form::Verbatim, context).await?.payload {
            Payload::Bytes(bytes) => Ok(Feed::One(bytes)),
            Payload::File(path) => match std::fs::read(&path) {
                Ok(bytes) => Ok(Feed::One(bytes.into())),
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
        assert_eq!(said(r#"{"jsonrpc": "2.0", "method": "x"}"#), Said::Rpc);
        assert_eq!(said(r#"[{"jsonrpc": "2.0", "method": "x"}]"#), Said::Rpc);
        assert_eq!(said(r#"{"prompt": "hi"}"#), Said::Prompt("hi".to_owned()));
        for json in [r#"{"prompt": "hi", "more": 1}"#, r#"{"prompt": 1}"#, "[]", "17"] {
            assert_eq!(said(json), Said::Json, "{json}");
        }
        assert_eq!(said("hello {you}"), Said::Words);
    }
}
