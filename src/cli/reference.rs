//! `docs/reference.md`: every command with its flags, what it may end with, the shape of its result, what is never packed, what
//! is kept where, what the sandbox answers. `docs/errors.md`: the codes of errors. Both are made from the program and compared
//! with it by the tests below, which also write them: `cargo bless`.

mod defaults;
mod kept;
mod shapes;
mod statuses;

use std::fmt::Write;

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::args::Cli;
use crate::error::Code;
use crate::project::always_left_out;
use crate::sandbox::operations;
use kept::KEPT;
use shapes::shapes;
use statuses::statuses;

fn page() -> String {
    let mut command = Cli::command();
    command.build();
    let mut text = String::from(
        "# Reference\n\n\
         Made from the program: do not edit. A test compares the two and says how to make it again.\n\n\
         Flags that take a value show its name; `…` stands for a flag that may be given more than once. The other pages of\n\
         this folder say what it is all for.\n\n",
    );
    text.push_str("## Flags of every command\n\n");
    flags(&mut text, command.get_arguments().filter(|arg| arg.is_global_set()));
    text.push_str("\n## Commands\n");
    commands(&mut text, &command, "");
    statuses(&mut text, &command);
    shapes(&mut text);
    left_out(&mut text);
    text.push_str(
        "\n## Where things are kept\n\n\
         CACHE is `AGENTCORE_CACHE_DIR`, else `XDG_CACHE_HOME/agentcore`, else `~/.cache/agentcore`; STATE is\n\
         `AGENTCORE_STATE_DIR`, else `XDG_STATE_HOME/agentcore`, else `~/.local/state/agentcore`. Everything below CACHE can be\n\
         deleted at any time, and only you can read it; files used in the last hour are not removed for their size. Sessions and\n\
         secrets of a project are below `.bedrock_agentcore/` in its folder.\n\n\
         | folder | what is in it |\n|---|---|\n",
    );
    for (folder, what) in KEPT {
        let _ = writeln!(text, "| {folder} | {what} |");
    }
    text.push_str(
        "\n## Operations of the sandbox\n\n\
         Those of the services that name an operation in the request. [sandbox-reference.md](sandbox-reference.md) says what they do, and what the\n\
         services that go by paths answer: S3, the registry, AgentCore's runtimes and endpoints, its data plane.\n\n\
         | service | operations |\n|---|---|\n",
    );
    for (service, operations) in operations::all() {
        let _ = writeln!(text, "| {service} | {} |", operations.join(", "));
    }
    text
}

/// The visible commands below `parent`, each followed by its own.
fn commands(text: &mut String, parent: &Command, path: &str) {
    for command in parent.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        let path = format!("{path} {}", command.get_name());
        let path = path.trim_start();
        let aliases: Vec<String> = command.get_visible_aliases().map(|alias| format!("`{alias}`")).collect();
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = write!(text, "\n### agentcore {path}\n\n{}.", about.trim_end_matches('.'));
        if !aliases.is_empty() {
            let _ = write!(text, " Also {}.", aliases.join(", "));
        }
        text.push_str("\n\n");
        let own = || command.get_arguments().filter(|arg| !arg.is_global_set());
        flags(text, own());
        commands(text, command, path);
    }
}

fn flags<'a>(text: &mut String, args: impl Iterator<Item = &'a Arg>) {
    let shown: Vec<&Arg> =
        args.filter(|arg| !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str())).collect();
    if shown.is_empty() {
        return;
    }
    text.push_str("| flag | meaning |\n|---|---|\n");
    for arg in shown {
        let _ = writeln!(text, "| {} | {} |", name(arg), meaning(arg).replace('|', "\\|"));
    }
}

fn name(arg: &Arg) -> String {
    let values: Vec<String> = arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect();
    let value = match (arg.get_action().takes_values(), values.as_slice()) {
        (false, _) => String::new(),
        (true, []) => arg.get_id().as_str().to_uppercase(),
        (true, values) => values.join(" "),
    };
    let Some(long) = arg.get_long() else {
        return format!("`{value}`");
    };
    let mut names: Vec<String> = arg.get_short().map(|short| format!("`-{short}`")).into_iter().collect();
    let equals = if value.is_empty() { String::new() } else { format!(" {value}") };
    names.push(format!("`--{long}{equals}`"));
    names.extend(arg.get_visible_aliases().unwrap_or_default().iter().map(|alias| format!("`--{alias}`")));
    let many = if matches!(arg.get_action(), ArgAction::Append | ArgAction::Count) { " …" } else { "" };
    format!("{}{many}", names.join(", "))
}

fn meaning(arg: &Arg) -> String {
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default().replace('\n', " ");
    let choices: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| match value.get_help() {
            Some(help) => format!("`{}` ({help})", value.get_name()),
            None => format!("`{}`", value.get_name()),
        })
        .collect();
    if arg.get_action().takes_values() && !choices.is_empty() {
        let _ = write!(text, ": {}", choices.join(", "));
    }
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if arg.get_action().takes_values() && !defaults.is_empty() {
        let _ = write!(text, " (default `{}`)", defaults.join(" "));
    }
    text
}

fn left_out(text: &mut String) {
    text.push_str(
        "\n## Never in an artifact\n\n\
         By name, whatever the ignore rules say: in every folder, and what the toolkit left and logs in the project's own.\n\
         [dockerfiles.md](dockerfiles.md#secrets-in-files-of-any-name) has what is left out for what is in it.\n\n| why | names |\n|---|---|\n",
    );
    for (why, names) in always_left_out() {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(text, "| {why} | {} |", names.join(", "));
    }
}

fn errors_page() -> String {
    let mut text = String::from(
        "# Error codes\n\n\
         Made from the program: do not edit. A test compares the two and says how to make it again.\n\n\
         `error.code` of the JSON document (`-o json`) is one of these, or the name that an AWS service gives its error, such as\n\
         `ValidationException`. A code never changes its text. `*` stands for an ending that something else decides.\n\
         `agentcore explain CODE` prints a row. A command that had done part of its work by then ends with 9 instead of the\n\
         status below; the code stays. [exit-codes.md](exit-codes.md) says what each status means.\n",
    );
    let mut section = "";
    for code in Code::ALL {
        if code.section() != section {
            section = code.section();
            let _ = write!(text, "\n## {section}\n\n| code | exit | meaning | what to do |\n|---|---|---|---|\n");
        }
        let (exit, meaning, remedy) = (super::explain::statuses(*code), code.meaning(), code.remedy());
        let _ = writeln!(text, "| `{}` | {exit} | {meaning} | {remedy} |", code.text());
    }
    text
}

/// Paths of the commands that do something themselves.
fn leaves(parent: &Command, path: &str, found: &mut Vec<String>) {
    for command in parent.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        let path = format!("{path} {}", command.get_name()).trim_start().to_owned();
        if !command.is_subcommand_required_set() {
            found.push(path.clone());
        }
        leaves(command, &path, found);
    }
}

pub(super) fn compare(path: &str, made: &str) {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    #[expect(clippy::disallowed_methods, reason = "a switch of this test alone, which the program never reads")]
    let bless = std::env::var_os("AGENTCORE_BLESS").is_some();
    if bless {
        std::fs::write(&file, made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(made == kept, "{path} is old: `cargo bless` makes it again");
}

#[test]
fn the_reference_is_that_of_this_program() {
    compare("docs/reference.md", &page());
}

#[test]
fn the_error_codes_are_those_of_this_program() {
    compare("docs/errors.md", &errors_page());
}

#[test]
fn the_completions_are_those_of_this_program() {
    use clap_complete::Shell;
    for (shell, file) in [
        (Shell::Bash, "agentcore.bash"),
        (Shell::Zsh, "_agentcore"),
        (Shell::Fish, "agentcore.fish"),
        (Shell::PowerShell, "_agentcore.ps1"),
    ] {
        compare(&format!("completions/{file}"), &super::completions::static_script(shell));
    }
}

#[test]
fn the_limits_of_time_are_documented() {
    let text = include_str!("../../docs/exit-codes.md");
    let (wait, watch) = (super::launch::DEFAULT_WAIT.as_secs(), super::status::DEFAULT_WATCH.as_secs());
    let (connect, answer) = (crate::http::CONNECT.as_secs(), crate::http::FIRST_BYTE.as_secs());
    for row in [
        format!("| connecting (name, connection, TLS, proxy) | {connect} s, "),
        format!("further 32 KiB of it | {answer} s; "),
        format!("| the agent's answer (`invoke`) | {} s |", super::invoke::DEFAULT_TIMEOUT.as_secs()),
        format!("| READY (`launch`), `status --watch` | {wait} s, {watch} s |"),
    ] {
        assert!(text.contains(&row), "docs/exit-codes.md lacks `{row}`");
    }
}
