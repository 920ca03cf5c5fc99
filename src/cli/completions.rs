//! `agentcore completions`: scripts for bash, zsh, fish, PowerShell and elvish, which ask this program (`complete`) or know it all
//! by themselves.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::args::{Command, CompletionsArgs, Globals};
use super::{CommandResult, Result, complete};
use crate::report::{Document, Report, schemas};

pub(super) fn run(args: &CompletionsArgs) -> Result<CommandResult> {
    let shell = args.shell.to_string();
    let asking = if args.is_static { None } else { complete::registration(&shell) };
    CommandResult::report(Script { text: asking.unwrap_or_else(|| static_script(args.shell)), shell })
}

/// The completion script of a shell that asks nobody. `completions/` holds the same text; a test compares them.
pub(crate) fn static_script(shell: clap_complete::Shell) -> String {
    let mut buffer = Vec::new();
    clap_complete::generate(shell, &mut offered(), "agentcore", &mut buffer);
    String::from_utf8_lossy(&buffer).into_owned()
}

/// The program's commands without those that only say what to run instead.
fn offered() -> clap::Command {
    let program = clap::Command::new("agentcore").version(env!("CARGO_PKG_VERSION"));
    let globals = Globals::augment_args(program);
    Command::augment_subcommands_for_update(globals)
}

struct Script {
    shell: String,
    text: String,
}

impl Report for Script {
    fn schema(&self) -> &'static str {
        schemas::COMPLETIONS
    }

    fn data(&self) -> Value {
        json!({ "shell": self.shell, "script": self.text })
    }

    fn document(&self) -> Document {
        Document::new().verbatim(self.text.clone())
    }
}
