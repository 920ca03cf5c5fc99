//! The payload of `invoke`: an argument, a file, or stdin.
//!
//! Owns: where the bytes come from and how many there may be. Does not own: sending them (`cloud`).

use std::io::{Read, Write};

use super::context::blocking;
use super::{Context, Result};
use crate::cloud::Payload;
use crate::error::{Context as _, Error};

/// The service's limit for a payload (SERVICE-FACTS 2.2).
const MAX_PAYLOAD: u64 = 100_000_000;
/// Input on stdin up to this size stays in memory.
const IN_MEMORY: u64 = 1 << 20;

/// The payload, and the temporary file that may hold it.
pub(super) struct Input {
    pub(super) payload: Payload,
    _spool: Option<tempfile::NamedTempFile>,
}

impl Input {
    pub(super) async fn read(argument: Option<&str>, token_on_stdin: bool, context: &Context) -> Result<Self> {
        let on_terminal = context.env.terminals().stdin;
        match argument {
            Some("-") if token_on_stdin => Err(Error::usage("payload and bearer token cannot both come from stdin")
                .hint("put the payload into a file: `agentcore invoke @payload.json --bearer-token-file -`")),
            Some("-") => {
                if on_terminal {
                    context.ui.status("reading the payload from the terminal, end with Ctrl-D");
                }
                blocking(Self::spool).await
            }
            Some(text) if text.starts_with('@') => Self::file(&context.env.cwd().join(&text[1..])),
            Some(text) => Ok(Self { payload: Payload::Bytes(text.to_owned().into()), _spool: None }),
            None if !on_terminal && !token_on_stdin => blocking(Self::spool).await,
            None => Err(empty("there is no payload")),
        }
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
