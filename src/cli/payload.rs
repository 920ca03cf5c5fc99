//! The payload of `invoke`: an argument, a file, or stdin.
//!
//! Owns: where the bytes come from and how many there may be. Does not own: sending them (`cloud`).

use std::borrow::Cow;
use std::io::{Read, Write};

use super::args::InvokeArgs;
use super::context::blocking;
use super::{Context, Result};
use crate::cloud::Payload;
use crate::error::{Context as _, Error};

/// The service's limit for a payload (developer guide, quotas).
const MAX_PAYLOAD: u64 = 100_000_000;
/// Input on stdin up to this size stays in memory.
const IN_MEMORY: u64 = 1 << 20;

/// What becomes of text on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// It is the prompt of an object, as HTTP agents of the SDK want it.
    Prompt,
    /// It stays as it is: the protocol has a form of its own for it.
    Verbatim,
}

/// The payload, and the temporary file that may hold it.
pub(super) struct Input {
    pub(super) payload: Payload,
    _spool: Option<tempfile::NamedTempFile>,
}

impl Input {
    pub(super) async fn read(args: &InvokeArgs, token_on_stdin: bool, form: Form, context: &Context) -> Result<Self> {
        let on_terminal = context.env.terminals().stdin;
        match args.payload.as_deref() {
            Some("-") if token_on_stdin => Err(Error::usage("payload and bearer token cannot both come from stdin")
                .hint("put the payload into a file: `agentcore invoke @payload.json --bearer-token-file -`")),
            Some("-") => {
                if on_terminal {
                    context.ui.status("reading the payload from the terminal, end with Ctrl-D");
                }
                blocking(Self::spool).await
            }
            Some(text) if text.starts_with('@') => Self::file(&context.env.cwd().join(&text[1..])),
            Some("") => Err(empty("the payload is empty")),
            Some(text) => {
                let sent = typed(text, form == Form::Verbatim || args.content_type.is_some());
                if sent != text {
                    context.ui.note("the payload is not JSON, so it is sent as the `prompt` of an object");
                }
                Ok(Self { payload: Payload::Bytes(sent.into_owned().into()), _spool: None })
            }
            None if !on_terminal && !token_on_stdin => blocking(Self::spool).await,
            None => Err(empty("there is no payload")),
        }
    }

    /// The payload as text, where it is text and small enough to be a message.
    pub(super) fn text(&self) -> Option<String> {
        let bytes = match &self.payload {
            Payload::Bytes(bytes) => bytes.to_vec(),
            Payload::File(path) => {
                let size = std::fs::metadata(path).ok()?.len();
                if size > IN_MEMORY {
                    return None;
                }
                std::fs::read(path).ok()?
            }
        };
        String::from_utf8(bytes).ok()
    }

    fn file(path: &std::path::Path) -> Result<Self> {
        let refused = || Error::usage(format!("could not read the payload from `{}`", path.display()));
        let found = std::fs::metadata(path)
            .map_err(|error| refused().source(&error).hint("what follows the `@` is the name of a file"))?;
        if found.is_dir() {
            return Err(refused().cause("it is a folder"));
        }
        check_size(found.len())?;
        Ok(Self { payload: Payload::File(path.to_owned()), _spool: None })
    }

    /// Large input goes to disk: its length and hash are needed before the first byte is sent.
    fn spool() -> Result<Self> {
        let what = "could not read the payload from stdin";
        let mut head = Vec::new();
        let mut stdin = std::io::stdin().lock();
        stdin.by_ref().take(IN_MEMORY).read_to_end(&mut head).context(what)?;
        if head.is_empty() {
            return Err(empty("the payload on stdin is empty"));
        }
        if (head.len() as u64) < IN_MEMORY {
            return Ok(Self { payload: Payload::Bytes(head.into()), _spool: None });
        }
        let mut file = tempfile::NamedTempFile::new().context("could not make a temporary file for the payload")?;
        file.write_all(&head).context(what)?;
        drop(head);
        let size = IN_MEMORY + std::io::copy(&mut stdin.take(MAX_PAYLOAD), &mut file).context(what)?;
        check_size(size)?;
        Ok(Self { payload: Payload::File(file.path().to_owned()), _spool: Some(file) })
    }
}

/// Text on the command line is meant for the agent's `prompt`, as with the starter toolkit. Files and stdin are bytes,
/// and are sent as they are; so is text with a content type of its own.
fn typed(text: &str, verbatim: bool) -> Cow<'_, str> {
    if verbatim || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(serde_json::json!({ "prompt": text }).to_string())
}

fn empty(what: &str) -> Error {
    Error::usage(what).code("input.missing").hint(
        "pass it: `agentcore invoke '{\"prompt\": \"hello\"}'`, `agentcore invoke @payload.json`, or `agentcore invoke -` with stdin",
    )
}

fn check_size(size: u64) -> Result<()> {
    if size <= MAX_PAYLOAD {
        return Ok(());
    }
    Err(Error::usage(format!("the payload has {size} bytes, and the service takes {MAX_PAYLOAD} at most")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_a_prompt_and_json_stays_as_it_was_typed() {
        assert_eq!(typed("hello \"you\"", false), r#"{"prompt":"hello \"you\""}"#);
        for json in [r#"{ "prompt" :  "날씨" }"#, "[1, 2]", "\"text\"", "17"] {
            assert_eq!(typed(json, false), json);
        }
        assert_eq!(typed("hello", true), "hello");
    }
}
