//! The command that takes the place of one of the starter toolkit's, with the values that were given.
//!
//! Owns: which word or JSON each value becomes, what stands for values that are missing, what is lost. Does not own: the
//! table of commands, or which region and agent are meant.

use serde_json::{Map, Number, Value, json};

use super::command::{Meaning, Replacement, SourcePart, ToolkitCommand, ToolkitFlag};
use super::table::CONTROL_PLANE;
use super::{GivenValues, Surroundings};
use crate::error::{Code, Error};
use crate::facts::{DEFAULT_ENDPOINT, log_group};
use crate::shell::{CommandLine, quoted};

/// Stands for a region that nothing names.
const REGION: &str = "REGION";

/// A flag of the replacement.
enum Part {
    Value(String, String),
    /// A member that several flags may add to.
    Structure(&'static str, Value),
    /// Words that are written down as they are.
    Words(&'static str),
}

/// What has been read of the given flags so far.
#[derive(Default)]
struct Reading {
    parts: Vec<Part>,
    file: Option<String>,
    /// Placeholders in the replacement, with the flags whose values they stand for.
    missing: Vec<(String, &'static str)>,
    /// What the replacement does not do.
    lost: Vec<String>,
}

/// The error that a command of the toolkit ends with: what it was, and what to run in its place.
pub(super) fn pointer(command: &ToolkitCommand, given: &GivenValues, around: &Surroundings) -> Error {
    let whole = format!("agentcore {}", command.path.join(" "));
    let error = Error::usage(format!("`{whole}` is a command of the starter toolkit that this program does not have"))
        .code(Code::UsageToolkitCommand);
    instead(error, command, given, around)
}

/// The error, with what to run in the command's place.
pub(super) fn instead(error: Error, command: &ToolkitCommand, given: &GivenValues, around: &Surroundings) -> Error {
    let path = command.path.join(" ");
    let mut reading = Reading::default();
    command.flags.iter().for_each(|flag| reading.read(flag, given));
    if let Some(name) = &around.unknown_agent {
        reading.lose(&format!("the configuration has no agent `{name}`"));
    }
    let line = match command.replacement {
        Replacement::Steps(steps) => return steps.iter().fold(error, |error, step| error.hint(*step)),
        Replacement::Operation(operation) => {
            reading.add_source(command, given, around);
            reading.line(&format!("{CONTROL_PLANE} {operation}"), around, true)
        }
        Replacement::Command { start, takes_region, says } => {
            reading.lose(says);
            if takes_region && around.region.is_none() {
                reading.missing.push((REGION.to_owned(), "region"));
            }
            reading.line(start, around, takes_region)
        }
    };
    let missing = reading.missing.iter().map(|(text, flag)| format!("{text} stands for --{flag}, which was not given"));
    let error = reading.lost.iter().cloned().chain(missing).fold(error, Error::cause);
    error.hint(format!("in place of {path}: `{line}`"))
}

impl Reading {
    fn read(&mut self, flag: &ToolkitFlag, given: &GivenValues) {
        let values = given.get(flag.long);
        if let Meaning::Switch(absent, present) = flag.meaning {
            self.words(if values.is_some() { present } else { absent });
            return;
        }
        if flag.value.is_none() {
            if let (Some(_), Meaning::Dropped(why)) = (values, flag.meaning) {
                self.lose(why);
            }
            return;
        }
        let values: Vec<&str> = match values {
            Some(values) => values.iter().map(String::as_str).collect(),
            None if flag.is_needed => vec![flag.default.unwrap_or_else(|| self.stand_in(flag))],
            None => match flag.instead {
                Some((other, says)) if given.contains_key(other) => return self.lose(says),
                Some(_) => vec![self.stand_in(flag)],
                None => return,
            },
        };
        if let Meaning::Each(member, name) = flag.meaning {
            let items: Vec<Value> = values.iter().map(|value| json!({ name: value })).collect();
            self.parts.push(Part::Structure(member, Value::Array(items)));
            return;
        }
        if let Some(value) = values.last() {
            self.read_value(flag, value);
        }
    }

    fn read_value(&mut self, flag: &ToolkitFlag, value: &str) {
        match flag.meaning {
            Meaning::Member(member) => self.value(&kebab(member), value),
            Meaning::Text(member, path) => self.insert(member, path, json!(value)),
            Meaning::Number(member, path) => self.insert(member, path, number(value)),
            Meaning::Document(member) => {
                let is_json = value.trim_start().starts_with('{');
                let value = if is_json { value.to_owned() } else { format!("file://{value}") };
                self.value(&kebab(member), &value);
            }
            Meaning::Flag(name) => self.value(name, value),
            Meaning::Choice(name, spellings) => match spellings.iter().find(|(theirs, _)| *theirs == value) {
                Some((_, "")) => {}
                Some((_, spelling)) => self.value(name, spelling),
                None => self.lost.push(format!("`--{} {value}` has no counterpart", flag.long)),
            },
            Meaning::File => self.file = Some(value.to_owned()),
            Meaning::Dropped(why) => self.lose(why),
            // Read together, in `add_source`; the two others were handled before.
            Meaning::Source(_) | Meaning::Each(..) | Meaning::Switch(..) => {}
        }
    }

    /// The data source of an online evaluation, as the toolkit makes it: the log group of the agent's endpoint and the
    /// name that its spans carry.
    fn add_source(&mut self, command: &ToolkitCommand, given: &GivenValues, around: &Surroundings) {
        let flag = |part| command.flags.iter().find(|flag| flag.meaning == Meaning::Source(part));
        let Some(id_flag) = flag(SourcePart::AgentId) else { return };
        let value = |part| given.get(flag(part)?.long)?.last().cloned();
        let endpoint = value(SourcePart::Endpoint).unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        let id = value(SourcePart::AgentId).or_else(|| around.agent_id.clone());
        let id = id.unwrap_or_else(|| self.stand_in(id_flag).to_owned());
        // A runtime's id is its name, a dash and ten characters.
        let name = id.rsplit_once('-').map_or(id.as_str(), |(name, _)| name);
        let source = json!({ "cloudWatchLogs": {
            "logGroupNames": [log_group(&id, &endpoint)],
            "serviceNames": [format!("{name}.{endpoint}")],
        } });
        self.parts.push(Part::Structure("dataSourceConfig", source));
    }

    fn stand_in(&mut self, flag: &ToolkitFlag) -> &'static str {
        let text = flag.stand_in();
        self.missing.push((text.to_owned(), flag.long));
        text
    }

    fn value(&mut self, flag: &str, value: &str) {
        self.parts.push(Part::Value(flag.to_owned(), value.to_owned()));
    }

    fn words(&mut self, words: &'static str) {
        if !words.is_empty() {
            self.parts.push(Part::Words(words));
        }
    }

    fn lose(&mut self, why: &str) {
        if !why.is_empty() && !self.lost.iter().any(|other| other == why) {
            self.lost.push(why.to_owned());
        }
    }

    /// Puts `value` into the structure `member` under the names of `path`.
    fn insert(&mut self, member: &'static str, path: &[&'static str], value: Value) {
        let known = self.parts.iter().position(|part| matches!(part, Part::Structure(name, _) if *name == member));
        let index = known.unwrap_or(self.parts.len());
        if known.is_none() {
            self.parts.push(Part::Structure(member, Value::Object(Map::new())));
        }
        let Some(Part::Structure(_, structure)) = self.parts.get_mut(index) else { return };
        let mut place = structure;
        for name in path {
            place = &mut place[*name];
        }
        *place = value;
    }

    fn line(&self, start: &str, around: &Surroundings, takes_region: bool) -> String {
        let mut line = CommandLine::new(start);
        for part in &self.parts {
            match part {
                Part::Value(flag, value) => line.value(&format!("--{flag}"), Some(value)),
                Part::Structure(member, value) => line.value(&format!("--{}", kebab(member)), Some(value)),
                Part::Words(words) => line.switch(words, true),
            }
        }
        if takes_region {
            let is_aws = start.starts_with("aws ");
            // The AWS CLI finds a region itself where none is known here.
            line.value("--region", around.region.as_deref().or((!is_aws).then_some(REGION)));
            if is_aws {
                line.value("--profile", around.profile.as_ref());
            }
        }
        let line = line.into_string();
        match &self.file {
            Some(file) => format!("{line} > {}", quoted(file)),
            None => line,
        }
    }
}

/// `policyEngineId` as the AWS CLI spells it: `policy-engine-id`.
fn kebab(member: &str) -> String {
    let mut out = String::new();
    for c in member.chars() {
        if c.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// What is no number stays a text, so that the service says what is wrong with it.
fn number(text: &str) -> Value {
    text.parse::<f64>().ok().and_then(Number::from_f64).map_or_else(|| json!(text), Value::Number)
}
