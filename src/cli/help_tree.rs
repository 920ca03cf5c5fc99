//! `agentcore help -o json`: the commands with their arguments, for editors, tools and people who write scripts.
//!
//! Owns: the shape of the tree. Does not own: the arguments (`args`), the text of the help, which clap makes. It is made of clap's
//! own model, as docs/reference.md and the manual pages are.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::{Arg, ArgAction, Command, CommandFactory};
use serde_json::{Value, json};

use super::args::Cli;

/// The command line with `--help` where it asks for help by the command `help`: that takes no other flags beside it.
pub(crate) fn with_help_flag(mut args: Vec<OsString>) -> Vec<OsString> {
    let is_word = |arg: &OsString| !arg.to_string_lossy().starts_with('-') && arg != "json" && arg != "text";
    if let Some(at) = args.iter().skip(1).position(is_word).map(|at| at + 1)
        && args.get(at).is_some_and(|arg| arg == "help")
    {
        args.remove(at);
        args.push("--help".into());
    }
    args
}

/// The command that the arguments (program name first) ask about, with everything below it.
pub(crate) fn of_command(args: &[OsString]) -> Value {
    let mut root = Cli::command();
    root.build();
    let mut command = &root;
    for word in args.iter().skip(1).filter_map(|arg| arg.to_str()) {
        command = command.find_subcommand(word).unwrap_or(command);
    }
    described(command, std::ptr::eq(command, &raw const root))
}

fn described(command: &Command, is_root: bool) -> Value {
    let own = command.get_arguments().filter(|arg| !arg.is_hide_set() && (is_root || !arg.is_global_set()));
    let own = own.filter(|arg| !["help", "version"].contains(&arg.get_id().as_str()));
    let below = command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help");
    json!({
        "name": command.get_name(),
        "command": command.get_bin_name().unwrap_or(command.get_name()),
        "about": command.get_about().map(ToString::to_string),
        "aliases": command.get_visible_aliases().collect::<Vec<_>>(),
        "arguments": own.map(argument).collect::<Vec<_>>(),
        "examples": examples(command),
        "commands": below.map(|command| described(command, false)).collect::<Vec<_>>(),
    })
}

fn argument(arg: &Arg) -> Value {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let takes_value = arg.get_action().takes_values();
    let noted = notes(&help);
    let mut aliases: Vec<String> =
        arg.get_visible_aliases().unwrap_or_default().iter().map(|alias| format!("--{alias}")).collect();
    aliases.extend(noted.get("short").cloned());
    let default: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let default = match (takes_value, default.is_empty()) {
        (true, false) => Some(default.join(" ")),
        _ => noted.get("default").cloned(),
    };
    let environment: Vec<&str> = noted.get("env").map(|text| variables(text).collect()).unwrap_or_default();
    let values = arg.get_possible_values();
    let values = values.iter().filter(|value| takes_value && !value.is_hide_set());
    let values =
        values.map(|value| json!({ "value": value.get_name(), "about": value.get_help().map(ToString::to_string) }));
    json!({
        "name": arg.get_id().as_str(),
        "kind": match (arg.is_positional(), takes_value) {
            (true, _) => "argument",
            (false, true) => "option",
            (false, false) => "flag",
        },
        "long": arg.get_long().map(|long| format!("--{long}")),
        "short": arg.get_short().map(|short| format!("-{short}")),
        "aliases": aliases,
        "value": value_name(arg).filter(|_| takes_value),
        "about": help,
        "section": arg.get_help_heading(),
        "required": arg.is_required_set(),
        "repeatable": matches!(arg.get_action(), ArgAction::Append | ArgAction::Count),
        "global": arg.is_global_set(),
        "default": default,
        "environment": environment,
        "values": values.collect::<Vec<_>>(),
    })
}

fn value_name(arg: &Arg) -> Option<String> {
    let names = arg.get_value_names()?;
    Some(names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
}

/// What stands in brackets at the end of a help text: `[short: -ni; env: CI] [default: none]`.
fn notes(help: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for group in help.split('[').skip(1).filter_map(|rest| rest.split(']').next()) {
        for (name, text) in group.split("; ").filter_map(|note| note.split_once(": ")) {
            found.insert(name.to_owned(), text.to_owned());
        }
    }
    found
}

/// The names of variables in `RUNTIME_PASSWORD holds the password itself` and `AWS_REGION, AWS_DEFAULT_REGION`.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.split([',', ' ']).filter(move |word| !word.is_empty() && word.chars().all(is_name))
}

/// The lines below "Examples:" of the help, each a command; one that is continued is a single example.
fn examples(command: &Command) -> Vec<String> {
    let text = command.get_after_help().or_else(|| command.get_after_long_help());
    let text = text.map(ToString::to_string).unwrap_or_default();
    let lines = text.split_once("Examples:\n").or_else(|| text.split_once("Example:\n"));
    let Some((_, lines)) = lines else { return Vec::new() };
    let mut found: Vec<String> = Vec::new();
    for line in lines.lines().take_while(|line| line.starts_with("  ")).map(str::trim) {
        match found.last_mut().filter(|last| last.ends_with('\\')) {
            Some(last) => {
                last.truncate(last.len() - 1);
                last.push_str(line);
            }
            None => found.push(line.to_owned()),
        }
    }
    found
}
