//! Commands of the retired starter toolkit that this program does not have. They parse with the toolkit's flags and end
//! with exit 2 and the command to run in their place.
//!
//! Owns: making subcommands of the table, reading what was given. Does not own: the table (`table`), the text
//! (`replacement`).

mod command;
mod replacement;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, Subcommand};

use command::{Meaning, Replacement, ToolkitCommand, ToolkitFlag};
use table::{COMMANDS, CONTROL_PLANE, GROUPS};

use super::{CommandContext, CommandResult, Result};
use crate::config::{self, Store};
use crate::error::{Code, Error};
use crate::ops::target;

/// The values that were given, by the long name of the flag; a switch has none.
type GivenValues = BTreeMap<&'static str, Vec<String>>;

/// What the command line leaves to the configuration and the environment.
#[derive(Debug, Default)]
struct Surroundings {
    region: Option<String>,
    profile: Option<String>,
    /// The id of the deployed agent that is meant.
    agent_id: Option<String>,
    /// The agent that was named, where there is a configuration and it is not in there.
    unknown_agent: Option<String>,
}

/// Where commands of the table stand among those that exist.
pub(crate) trait CommandGroup: fmt::Debug + Send + Sync + 'static {
    /// The words before them.
    const BEFORE: &'static [&'static str];
}

/// Beside `configure` and `launch`.
#[derive(Debug)]
pub(crate) struct TopLevel;

impl CommandGroup for TopLevel {
    const BEFORE: &'static [&'static str] = &[];
}

/// Below `memory`.
#[derive(Debug)]
pub(crate) struct BelowMemory;

impl CommandGroup for BelowMemory {
    const BEFORE: &'static [&'static str] = &["memory"];
}

/// Below `create`.
#[derive(Debug)]
pub(crate) struct BelowCreate;

impl CommandGroup for BelowCreate {
    const BEFORE: &'static [&'static str] = &["create"];
}

/// The first words of commands whose group exists.
const REAL_GROUPS: &[&str] = &["memory", "create"];

/// A flag of the toolkit's evaluators that is one of every command here, and means the configuration file elsewhere.
const GLOBAL: &str = "config";

/// One of the commands, as it was typed.
#[derive(Debug)]
pub(crate) struct ToolkitPointer<P: CommandGroup> {
    command: &'static ToolkitCommand,
    given: GivenValues,
    place: PhantomData<P>,
}

/// Ends with the command to run instead.
///
/// # Errors
/// Always, with exit 2.
pub(super) fn run<P: CommandGroup>(pointer: &ToolkitPointer<P>, context: &CommandContext) -> Result<CommandResult> {
    let around = Surroundings::new(context, &pointer.given);
    Err(replacement::pointer(pointer.command, &pointer.given, &around))
}

/// The error of a `create` that asks for a project which another program makes: `what` is the flag that does.
pub(super) fn create_elsewhere(what: &str, given: Vec<(&'static str, String)>, context: &CommandContext) -> Error {
    let given: GivenValues = given.into_iter().map(|(flag, value)| (flag, vec![value])).collect();
    let around = Surroundings::new(context, &given);
    let error = Error::usage(format!("`{what}`: `agentcore create` makes no such projects"));
    let command = COMMANDS.iter().find(|command| command.path == ["create"]);
    command.into_iter().fold(error.code(Code::UsageToolkitCommand), |error, command| {
        replacement::instead(error, command, &given, &around)
    })
}

impl Surroundings {
    /// Nothing here can fail: a configuration that cannot be read says nothing of the region.
    fn new(context: &CommandContext, given: &GivenValues) -> Self {
        let named = given.get("agent").and_then(|values| values.last()).map(String::as_str);
        let config = context.globals.config.as_deref().filter(|_| !given.contains_key(GLOBAL));
        let store = store_of(context, config);
        let agent = store.as_ref().and_then(|store| store.agent(named).ok().cloned());
        let unknown_agent = named.filter(|_| store.is_some() && agent.is_none()).map(str::to_owned);
        let region = context.globals.region.clone().or_else(|| {
            let found = target::region(None, &context.env, agent.as_ref()).ok().flatten();
            found.map(|region| region.value)
        });
        let agent_id = agent.and_then(|agent| Some(agent.runtime_arn()?.resource_id().to_owned()));
        Self { region, profile: context.globals.profile.clone(), agent_id, unknown_agent }
    }
}

fn store_of(context: &CommandContext, file: Option<&Path>) -> Option<Store> {
    let located = config::locate(&context.env, file).ok()?;
    Store::open(located.found().ok()??).ok()
}

impl<P: CommandGroup> Subcommand for ToolkitPointer<P> {
    fn augment_subcommands(command: Command) -> Command {
        let words = first_words(P::BEFORE);
        words.iter().fold(command, |command, word| {
            let path: Vec<&str> = P::BEFORE.iter().copied().chain([*word]).collect();
            command.subcommand(subcommand(&path).hide(true))
        })
    }

    /// Without them: this is the form that completion scripts are made of, and nobody is to be led to what is not here.
    fn augment_subcommands_for_update(command: Command) -> Command {
        command
    }

    fn has_subcommand(name: &str) -> bool {
        first_words(P::BEFORE).contains(&name)
    }
}

impl<P: CommandGroup> FromArgMatches for ToolkitPointer<P> {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let mut path: Vec<&str> = P::BEFORE.to_vec();
        let mut innermost = matches;
        while let Some((word, inner)) = innermost.subcommand() {
            path.push(word);
            innermost = inner;
        }
        let Some(command) = COMMANDS.iter().find(|command| command.path == path) else {
            return Err(clap::Error::raw(ErrorKind::InvalidSubcommand, "no such command"));
        };
        let given = command.flags.iter().filter_map(|flag| Some((flag.long, values(innermost, flag)?))).collect();
        Ok(Self { command, given, place: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn values(matches: &ArgMatches, flag: &ToolkitFlag) -> Option<Vec<String>> {
    if flag.value.is_none() {
        return matches.get_flag(flag.long).then(Vec::new);
    }
    if flag.long == GLOBAL {
        return Some(vec![matches.get_one::<PathBuf>(GLOBAL)?.to_str()?.to_owned()]);
    }
    Some(matches.get_many::<String>(flag.long)?.cloned().collect())
}

/// The words that follow `before` in the table, each once. At the top those of groups that exist are left out.
fn first_words(before: &[&str]) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = Vec::new();
    let below = COMMANDS.iter().filter(|command| command.path.starts_with(before));
    let below = below.filter_map(|command| command.path.get(before.len()).copied());
    for word in below {
        let is_elsewhere = before.is_empty() && REAL_GROUPS.contains(&word);
        if !is_elsewhere && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The command at `path`, with what is below it.
fn subcommand(path: &[&str]) -> Command {
    let own = COMMANDS.iter().find(|command| command.path == path);
    let inner = first_words(path);
    let group = GROUPS.iter().find(|(words, _)| *words == path).map(|(_, about)| *about);
    let name = path.last().copied().unwrap_or_default().to_owned();
    let mut command = Command::new(name).about(match (own, group) {
        (Some(own), _) => about(own),
        (None, group) => group.unwrap_or_default().to_owned(),
    });
    let flags = own.into_iter().flat_map(|own| own.flags).filter(|flag| flag.long != GLOBAL);
    command = command.args(flags.map(argument));
    if own.is_none() {
        command = command.subcommand_required(true).arg_required_else_help(true).after_help(
            "The starter toolkit has these commands and this program has not: each prints the command to run in its \
             place, with the values given, and ends with exit status 2.",
        );
    }
    inner.iter().fold(command, |command, word| {
        let path: Vec<&str> = path.iter().copied().chain([*word]).collect();
        command.subcommand(subcommand(&path))
    })
}

fn about(command: &ToolkitCommand) -> String {
    match command.replacement {
        Replacement::Operation(operation) => format!("Not here: {CONTROL_PLANE} {operation}"),
        Replacement::Command { start, .. } => format!("Not here: {start}"),
        Replacement::Steps(_) => "Not here: says what there is instead".to_owned(),
    }
}

fn argument(flag: &ToolkitFlag) -> Arg {
    let mut arg = Arg::new(flag.long).long(flag.long);
    if let Some(letter) = flag.short {
        arg = arg.short(letter);
    }
    let Some(value) = flag.value else {
        return arg.action(ArgAction::SetTrue).help(help(flag));
    };
    let action = if flag.is_repeated { ArgAction::Append } else { ArgAction::Set };
    arg.action(action).value_name(value).help(help(flag))
}

fn help(flag: &ToolkitFlag) -> String {
    let text = match flag.meaning {
        Meaning::Member(member)
        | Meaning::Text(member, _)
        | Meaning::Number(member, _)
        | Meaning::Each(member, _)
        | Meaning::Document(member) => format!("The operation's {member}"),
        Meaning::Choice(_, all) if all.iter().all(|(_, spelling)| spelling.is_empty()) => "No counterpart".to_owned(),
        Meaning::Switch("", words) => format!("{words} there"),
        Meaning::Switch(_, words) => format!("{words} of the operation"),
        Meaning::Source(_) => "Part of the operation's dataSourceConfig".to_owned(),
        Meaning::Flag(name) | Meaning::Choice(name, _) => format!("--{name} there"),
        Meaning::File => "File that the result is written to [short: -o FILE]".to_owned(),
        Meaning::Dropped(_) => "No counterpart".to_owned(),
    };
    match flag.default {
        Some(default) => format!("{text} [default: {default}]"),
        None => text,
    }
}
