//! The payload of `invoke`: an argument, a file, or stdin.
//!
//! Owns: where the bytes come from and how many there may be. Does not own: sending them (`cloud`).

use std::borrow::Cow;
use std::io::{Read, Write};

use super::args::InvokeArgs;
use super::context::blocking;
use super::{CommandContext, Result};
use crate::cloud::Payload;
use crate::error::{Code, Context as _, Error};
use crate::facts::PAYLOAD_LIMIT;

/// Input on stdin up to this size stays in memory.
const IN_MEMORY: u64 = 1 << 20;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// How text on the command line is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextForm {
    /// It is the prompt of an object, as HTTP agents of the SDK want it.
    Prompt,
    /// As it is: the protocol has its own form for it.
    Verbatim,
}

/// Where the command line says the payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PayloadSource<'a> {
    Nothing,
    Stdin,
    File(&'a str),
    /// An argument that is JSON or words.
    Argument(&'a str),
    /// `--prompt`: words, whatever they look like.
    Prompt(&'a str),
    /// `--text`: passed on unchanged.
    Text(&'a str),
}

impl<'a> PayloadSource<'a> {
    pub(super) fn from_args(args: &'a InvokeArgs) -> Self {
        match (args.prompt.as_deref(), args.payload.as_deref()) {
            (Some(text), _) => Self::Prompt(text),
            (None, Some(text)) if args.text => Self::Text(text),
            (None, Some("-")) => Self::Stdin,
            (None, Some(text)) => match text.strip_prefix('@') {
                Some(file) => Self::File(file),
                // A text that a shell read from a file may begin with a byte order mark, which is not part of JSON.
                None => Self::Argument(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)),
            },
            (None, None) => Self::Nothing,
        }
    }
}

/// The payload, and the temporary file that may hold it.
pub(super) struct PayloadInput {
    pub(super) payload: Payload,
    /// Given as text, so that it is not parsed as JSON.
    is_text: bool,
    _spool: Option<tempfile::NamedTempFile>,
}

impl PayloadInput {
    pub(super) async fn read(
        args: &InvokeArgs,
        token_on_stdin: bool,
        form: TextForm,
        context: &CommandContext,
    ) -> Result<Self> {
        let on_terminal = context.env.terminals().stdin;
        match PayloadSource::from_args(args) {
            PayloadSource::Stdin if token_on_stdin => {
                Err(Error::usage("payload and bearer token cannot both come from stdin")
                    .hint("put the payload into a file: `agentcore invoke @FILE --bearer-token-file -`"))
            }
            PayloadSource::Stdin => {
                if on_terminal {
                    context.ui.status("reading the payload from the terminal, end with Ctrl-D");
                }
                blocking(Self::spool).await
            }
            PayloadSource::File(name) => Self::file(&context.env.cwd().join(name)),
            PayloadSource::Argument("") | PayloadSource::Prompt("") | PayloadSource::Text("") => {
                Err(empty("the payload is empty"))
            }
            PayloadSource::Text(text) => Ok(Self::from_text(text.to_owned())),
            PayloadSource::Prompt(text) if form == TextForm::Verbatim || args.content_type.is_some() => {
                Ok(Self::from_text(text.to_owned()))
            }
            PayloadSource::Prompt(text) => Ok(Self::from_text(prompt(text))),
            PayloadSource::Argument(text) => {
                let sent = typed(text, form == TextForm::Verbatim || args.content_type.is_some());
                if sent != text {
                    context.ui.note("the payload is not JSON, so it is sent as the `prompt` of an object");
                }
                Ok(Self::from_bytes(sent.into_owned().into()))
            }
            PayloadSource::Nothing if !on_terminal && !token_on_stdin => blocking(Self::spool).await,
            PayloadSource::Nothing => Err(empty("there is no payload")),
        }
    }

    fn from_bytes(bytes: bytes::Bytes) -> Self {
        Self { payload: Payload::Bytes(bytes), is_text: false, _spool: None }
    }

    fn from_text(text: String) -> Self {
        Self { is_text: true, ..Self::from_bytes(text.into()) }
    }

    /// Whether it was said to be text, so that it is not to be looked at for JSON.
    pub(super) const fn is_text(&self) -> bool {
        self.is_text
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
        Ok(Self { payload: Payload::File(path.to_owned()), is_text: false, _spool: None })
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
            return Ok(Self::from_bytes(head.into()));
        }
        let mut file = tempfile::NamedTempFile::new().context("could not make a temporary file for the payload")?;
        file.write_all(&head).context(what)?;
        drop(head);
        let size = IN_MEMORY + std::io::copy(&mut stdin.take(PAYLOAD_LIMIT), &mut file).context(what)?;
        check_size(size)?;
        Ok(Self { payload: Payload::File(file.path().to_owned()), is_text: false, _spool: Some(file) })
    }
}

/// Text on the command line is meant for the agent's `prompt`, as with the starter toolkit. Files and stdin are bytes,
/// and are sent as they are; so is text with a content type of its own.
fn typed(text: &str, verbatim: bool) -> Cow<'_, str> {
    if verbatim || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(prompt(text))
}

fn prompt(text: &str) -> String {
    serde_json::json!({ "prompt": text }).to_string()
}

/// Checks an argument before anybody is asked for anything.
///
/// # Errors
/// See [`check_json`].
pub(super) fn check(args: &InvokeArgs) -> Result<()> {
    match PayloadSource::from_args(args) {
        PayloadSource::Argument(text) if !text.is_empty() => check_json(text, args.content_type.as_deref()),
        _ => Ok(()),
    }
}

/// What begins like JSON was meant to be JSON: sent as words, a slip of the pen would reach the agent as its prompt. The
/// same holds for whatever is said to be JSON by its content type.
///
/// # Errors
/// Exit 2 with line and column.
fn check_json(text: &str, content_type: Option<&str>) -> Result<()> {
    let is_meant = match content_type {
        Some(content_type) => content_type.to_ascii_lowercase().contains("json"),
        None => text.trim_start().starts_with(['{', '[', '"']),
    };
    match json_problem(text).filter(|_| is_meant) {
        Some(error) => Err(error
            .hint("put it into single quotes for the shell: `agentcore invoke '{\"prompt\": \"hello\"}'`")
            .hint("if it is no JSON, `--text` sends it as it is, and `--prompt TEXT` as the prompt")),
        None => Ok(()),
    }
}

/// Why `text` is not JSON, with line and column.
pub(super) fn json_problem(text: &str) -> Option<Error> {
    let problem = serde_json::from_str::<serde::de::IgnoredAny>(text).err()?;
    Some(Error::usage("the payload is not JSON").code(Code::InputJson).cause(problem.to_string()))
}

fn empty(what: &str) -> Error {
    Error::usage(what).code(Code::InputMissing).hint(
        "pass it: `agentcore invoke '{\"prompt\": \"hello\"}'`, `agentcore invoke @FILE`, or `agentcore invoke -` with stdin",
    )
}

fn check_size(size: u64) -> Result<()> {
    if size <= PAYLOAD_LIMIT {
        return Ok(());
    }
    Err(Error::usage(format!("the payload has {size} bytes, and the service takes {PAYLOAD_LIMIT} at most")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_a_prompt_and_json_stays_verbatim() {
        assert_eq!(typed("hello \"you\"", false), r#"{"prompt":"hello \"you\""}"#);
        for json in [r#"{ "prompt" :  "날씨" }"#, "[1, 2]", "\"text\"", "17"] {
            assert_eq!(typed(json, false), json);
        }
        assert_eq!(typed("hello", true), "hello");
    }

    fn parsed(line: &[&str]) -> Result<InvokeArgs, clap::Error> {
        use clap::Parser;
        match crate::cli::Cli::try_parse_from(["agentcore", "invoke"].iter().chain(line))?.command {
            crate::cli::Command::Invoke(args) => Ok(*args),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn byte_order_mark_is_not_part_of_json() {
        let args = parsed(&["\u{feff}{\"prompt\": \"hi\"}"]).unwrap();
        assert_eq!(PayloadSource::from_args(&args), PayloadSource::Argument("{\"prompt\": \"hi\"}"));
        check(&args).unwrap();
        assert!(check(&parsed(&["\u{feff}{bad"]).unwrap()).is_err());
    }

    #[test]
    fn text_flag_needs_a_payload_not_a_prompt() {
        assert!(parsed(&["--text", "--prompt", "{bad"]).is_err());
        assert!(parsed(&["--text", "{bad"]).is_ok());
    }

    #[test]
    fn what_begins_like_json_must_be_json() {
        for (text, place) in [
            ("{\"prompt\": hello}", "line 1 column 12"),
            ("{'prompt': 'x'}", "line 1 column 2"),
            ("{\"a\": 1,}", "line 1 column 9"),
            ("[1, 2", "line 1 column 5"),
            ("{\n  \"a\": 1\n  \"b\": 2}", "line 3 column 3"),
            ("  {\"a\"", "line 1 column 6"),
            ("\"open", "line 1 column 5"),
            ("{} {}", "line 1 column 4"),
            ("{{name}} says hello", "line 1 column 2"),
        ] {
            let error = check_json(text, None).unwrap_err();
            assert_eq!((error.kind().exit_code(), error.code_str()), (2, "input.json"), "{text}");
            assert!(error.causes()[0].contains(place), "{text}: {error}");
        }
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        for fine in ["hello {you}", "17 things", "-5 degrees", "nothing", "{}", "[1]", "\"a\"", "1e400", &deep] {
            assert!(check_json(fine, None).is_ok(), "{fine:.20}");
        }
        assert!(check_json("{not json", Some("text/plain")).is_ok());
        assert!(check_json("words", Some("application/JSON; charset=utf-8")).is_err());
    }
}
