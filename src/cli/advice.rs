//! Completes the commands that the program's own texts advise with the agent and the file of the current command.
//!
//! A hint is written where the cause is known, often without the agent and never with the command line. `agentcore
//! launch` after a command for another agent than the default one, or for another file, would do something else.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory};
use serde_json::Value;

use super::args::{Cli, Globals};
use crate::error::Error;
use crate::ops::permissions;
use crate::redact::SecretString;
use crate::report::{Block, Document, Report, ReportFault, StepOutput};
use crate::shell::quoted;

/// The flags of this command line that advised commands must repeat.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Advice {
    agent: Option<String>,
    /// `configure` described the agent; its report knows whether other verbs need `--agent`.
    is_configure: bool,
    /// Names of flags, and the flags with their values.
    flags: Vec<(&'static str, String)>,
    /// The command as `iam policy --for` takes it.
    permitted: Option<String>,
}

impl Advice {
    pub(crate) fn from_matches(matches: &ArgMatches, globals: &Globals) -> Self {
        let mut innermost = matches;
        let mut verb = None;
        let mut words = Vec::new();
        while let Some((name, inner)) = innermost.subcommand() {
            verb = verb.or(Some(name));
            words.push(name);
            innermost = inner;
        }
        let is_given = |flag: &str| {
            let id = flag.trim_start_matches('-').replace('-', "_");
            innermost.try_contains_id(&id).is_ok() && innermost.value_source(&id) == Some(ValueSource::CommandLine)
        };
        let permitted = permissions::names_of(&words.join(" "), is_given);
        let is_configure = verb == Some("configure");
        let id = if is_configure { "name" } else { "agent" };
        let agent = innermost.try_get_one::<String>(id).ok().flatten().cloned();
        Self { agent, is_configure, flags: globals.repeated_flags(), permitted }
    }

    /// The text with agent and global flags added to every command in it that takes them and names none.
    pub(crate) fn complete(&self, text: &str) -> String {
        if !text.contains("agentcore ") || (self.agent.is_none() && self.flags.is_empty()) {
            return text.to_owned();
        }
        let program = Cli::command();
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("agentcore ") {
            let (before, command) = rest.split_at(at);
            let end = command.find(['`', '\n', '|']).unwrap_or(command.len());
            let (command, after) = command.split_at(end);
            let is_command = before.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && !"-_./".contains(c));
            out.push_str(before);
            match verb(&program, command).filter(|_| is_command) {
                Some((verb, length)) => {
                    out.push_str(&command[..length]);
                    out.push_str(&self.missing(verb, command));
                    out.push_str(&command[length..]);
                }
                None => out.push_str(command),
            }
            rest = after;
        }
        out + rest
    }

    /// The error with its hints complete. One that says that a permission is missing also says which command prints all that are needed.
    pub(crate) fn advised(&self, error: Error) -> Error {
        let error = match &self.permitted {
            Some(command) if is_refusal(error.code_str()) => error.hint(format!(
                "`agentcore iam policy --for {}` prints the permissions that `{command}` needs",
                quoted(command)
            )),
            _ => error,
        };
        error.map_hints(|hint| self.complete(&hint))
    }

    /// The flags that a command lacks, each with a space before it.
    fn missing(&self, verb: &Command, command: &str) -> String {
        let names_any = |flags: &[&str]| {
            command.split(' ').any(|word| flags.iter().any(|flag| word.split('=').next() == Some(flag)))
        };
        let takes = |flag: &str| verb.get_arguments().any(|arg| arg.get_long() == Some(flag));
        let mut out = String::new();
        if let Some(agent) = &self.agent {
            // A new entrypoint belongs to another agent, and an ARN names an agent without the file.
            if verb.get_name() == "configure" && !names_any(&["--name", "-n", "--entrypoint", "-e"]) {
                out = format!(" --name {}", quoted(agent));
            } else if !self.is_configure
                && takes("agent")
                && !names_any(&["--agent", "-a", "--arn", "--all", "--all-agents"])
            {
                out = format!(" --agent {}", quoted(agent));
            }
        }
        for (flag, with_value) in &self.flags {
            let is_of_all = *flag == "--environment" && command.starts_with("agentcore environments");
            if !names_any(&[flag]) && !command.starts_with("agentcore sandbox") && !is_of_all {
                out.push_str(with_value);
            }
        }
        out
    }
}

/// Codes of AWS for a caller who may not do something.
fn is_refusal(code: &str) -> bool {
    ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"].contains(&code)
}

/// The subcommand in a text like `agentcore identity token --agent x`, and the length of its name.
fn verb<'a>(program: &'a Command, command: &str) -> Option<(&'a Command, usize)> {
    let mut found = None;
    let mut within = program;
    let mut at = "agentcore".len();
    for word in command["agentcore".len()..].split(' ').skip(1) {
        let name = word.trim_end_matches(['.', ',', ':', ';', ')']);
        let Some(inner) = within.find_subcommand(name) else { break };
        at += 1 + name.len();
        found = Some((inner, at));
        within = inner;
        if name != word {
            break;
        }
    }
    // A group alone is mentioned, not advised.
    found.filter(|(verb, _)| !verb.is_subcommand_required_set())
}

/// A report whose next steps are complete.
pub(crate) struct Advised<'a> {
    pub(crate) report: &'a dyn Report,
    pub(crate) advice: &'a Advice,
}

impl Report for Advised<'_> {
    fn schema(&self) -> &'static str {
        self.report.schema()
    }

    fn data(&self) -> Value {
        self.report.data()
    }

    fn document(&self) -> Document {
        let mut document = self.report.document();
        for block in &mut document.blocks {
            match block {
                Block::Line(spans) => spans.iter_mut().for_each(|(_, text)| *text = self.advice.complete(text)),
                Block::Item { text: (_, text), .. } => *text = self.advice.complete(text),
                _ => {}
            }
        }
        document
    }

    fn step_outputs(&self) -> Vec<(StepOutput, String)> {
        self.report.step_outputs()
    }

    fn summary(&self) -> Option<Document> {
        self.report.summary()
    }

    fn faults(&self) -> Vec<ReportFault> {
        self.report.faults()
    }

    fn secrets(&self) -> Vec<&SecretString> {
        self.report.secrets()
    }

    fn exit_code(&self) -> u8 {
        self.report.exit_code()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::FromArgMatches;

    fn advice(line: &[&str]) -> Advice {
        let matches = Cli::command().try_get_matches_from(line).unwrap();
        let cli = Cli::from_arg_matches(&matches).unwrap();
        Advice::from_matches(&matches, &cli.globals)
    }

    #[test]
    fn advised_commands_mean_the_same_agent_and_file() {
        let advice = advice(&["agentcore", "--config", "p 2/c.yaml", "identity", "verify", "-a", "beta"]);
        for (text, complete) in [
            ("agentcore launch", "agentcore launch --agent beta --config 'p 2/c.yaml'"),
            (
                "give it one: `agentcore configure --discovery-url URL`, then `agentcore launch`",
                "give it one: `agentcore configure --name beta --config 'p 2/c.yaml' --discovery-url URL`, then \
                 `agentcore launch --agent beta --config 'p 2/c.yaml'`",
            ),
            (
                "agentcore identity token | agentcore invoke --bearer-token-file -",
                "agentcore identity token --agent beta --config 'p 2/c.yaml' | agentcore invoke --agent beta --config \
                 'p 2/c.yaml' --bearer-token-file -",
            ),
            ("`agentcore launch -a other --config x`", "`agentcore launch -a other --config x`"),
            ("`agentcore invoke --arn ARN --config=x`", "`agentcore invoke --arn ARN --config=x`"),
            (
                "`agentcore iam role --github a/b --all-agents --for all`",
                "`agentcore iam role --config 'p 2/c.yaml' --github a/b --all-agents --for all`",
            ),
            ("`agentcore sandbox start`", "`agentcore sandbox start`"),
            ("of an agentcore project", "of an agentcore project"),
            ("the `.bedrock_agentcore status`", "the `.bedrock_agentcore status`"),
        ] {
            assert_eq!(advice.complete(text), complete);
        }
    }

    #[test]
    fn what_was_not_given_is_not_added() {
        let plain = advice(&["agentcore", "launch"]);
        assert_eq!(plain.complete("`agentcore configure --ecr auto`"), "`agentcore configure --ecr auto`");
        let configure = advice(&["agentcore", "configure", "-n", "b", "-e", "b.py"]);
        assert_eq!(configure.complete("`agentcore launch`"), "`agentcore launch`");
        assert_eq!(configure.complete("`agentcore configure --ecr auto`"), "`agentcore configure --name b --ecr auto`");
        assert_eq!(
            configure.complete("`agentcore configure -e c.py --name c`"),
            "`agentcore configure -e c.py --name c`"
        );
    }
}
