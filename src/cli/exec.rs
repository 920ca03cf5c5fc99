//! `agentcore exec`: a command in a session of the agent. Its output is ours, and so is its exit status.

use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::{Value, json};

use super::args::ExecArgs;
use super::inside::{SessionReach, endpoint_flag};
use super::{CommandContext, CommandResult, Result};
use crate::error::{Code, Context as _, Error};
use crate::facts::{COMMAND_LENGTH, COMMAND_SECONDS, DEFAULT_COMMAND_SECONDS};
use crate::ops::invoke::command::{self, CommandEnd, CommandOutput};
use crate::report::{Document, Report, schemas};
use crate::shell::quoted;
use crate::ui::{OutputFormat, Ui};

/// The most of a stream that the JSON document holds, in bytes.
const MOST_IN_JSON: usize = 1 << 20;
/// How much longer than the command an answer is waited for: the session may have to start first, and the way back takes time.
const BEYOND: Duration = Duration::from_secs(180);

pub(super) async fn run(args: ExecArgs, context: &CommandContext) -> Result<CommandResult> {
    let line = command_line(&args.command)?;
    let seconds = seconds(args.command_timeout, context.globals.timeout)?;
    let limit = context.deadline.left().unwrap_or(Duration::from_secs(seconds) + BEYOND);
    let reach = SessionReach::choose(&args.inside, context, Some(limit)).await?;
    if reach.is_new {
        context.ui.note(&format!("session {}", reach.session_id));
    }
    context.events.resume(format!(
        "the command may still be running: `agentcore stop-session{}` ends its session",
        reach.flags()
    ));
    let call = reach.invocation();
    let is_json = context.ui.output() == OutputFormat::Json;
    let mut kept = KeptOutput::default();
    let mut sink = |output: CommandOutput<'_>| {
        if is_json {
            kept.keep(output);
            return Ok(ControlFlow::Continue(()));
        }
        show(&context.ui, output)
    };
    let result = command::command(&reach.context(&call), (&line, seconds), &mut sink).await;
    match result {
        Ok(Some(end)) if is_json => {
            CommandResult::report(Executed { session_id: reach.session_id.clone(), end, output: kept })
        }
        Ok(Some(end)) => Ok(CommandResult::Code(status(end.exit_code))),
        // Whoever read the output is gone (`| head`), and with it the call.
        Ok(None) => Ok(CommandResult::Code(0)),
        Err(error) => {
            let again = format!("agentcore exec{} {}", endpoint_flag(&args.inside), shown(&line));
            Err(reach.failed(error, &again, context).await)
        }
    }
}

/// One argument is a command line as it is; several are words.
fn command_line(words: &[String]) -> Result<String> {
    let line = match words {
        [line] => line.clone(),
        words => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
    };
    let length = line.chars().count();
    if line.trim().is_empty() {
        return Err(Error::usage("the command line is empty")
            .code(Code::InputCommand)
            .hint("give it one: `agentcore exec 'ls -la'`"));
    }
    if !COMMAND_LENGTH.contains(&length) {
        return Err(Error::usage(format!(
            "the command line has {length} characters, and the service takes {} at most",
            COMMAND_LENGTH.end()
        ))
        .code(Code::InputCommand)
        .hint("put it into a file of the agent, and run that"));
    }
    Ok(line)
}

/// What the service is told: `--command-timeout`, else `--timeout` as far as it goes.
fn seconds(own: Option<u64>, whole: Option<u64>) -> Result<u64> {
    match own {
        Some(seconds) if COMMAND_SECONDS.contains(&seconds) => Ok(seconds),
        Some(seconds) => Err(Error::usage(format!(
            "`--command-timeout {seconds}` is not from {} to {}",
            COMMAND_SECONDS.start(),
            COMMAND_SECONDS.end()
        ))
        .code(Code::InputValue)
        .hint("a longer command runs in the background: `agentcore exec 'nohup ./job.sh > /tmp/job.log 2>&1 &'`")),
        None => Ok(match whole {
            Some(0) => *COMMAND_SECONDS.end(),
            Some(seconds) => seconds.min(*COMMAND_SECONDS.end()),
            None => DEFAULT_COMMAND_SECONDS,
        }),
    }
}

/// The command line as far as it fits into a hint.
fn shown(line: &str) -> String {
    if line.len() <= 60 && !line.starts_with('-') { quoted(line) } else { "COMMAND".to_owned() }
}

fn show(ui: &Ui, output: CommandOutput<'_>) -> Result<ControlFlow<()>> {
    let (text, is_stderr) = match output {
        CommandOutput::Stdout(text) => (text, false),
        CommandOutput::Stderr(text) => (text, true),
    };
    match ui.pass_on(text.as_bytes(), is_stderr) {
        Ok(()) => Ok(ControlFlow::Continue(())),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
        Err(error) => Err(error).context("could not write the command's output"),
    }
}

/// A process has eight bits for it, and what does not fit must not look like success.
fn status(code: i32) -> u8 {
    u8::try_from(code).unwrap_or(1)
}

/// The beginning of both streams.
#[derive(Default)]
struct KeptOutput {
    stdout: String,
    stderr: String,
    is_cut: bool,
}

impl KeptOutput {
    fn keep(&mut self, output: CommandOutput<'_>) {
        let (text, kept) = match output {
            CommandOutput::Stdout(text) => (text, &mut self.stdout),
            CommandOutput::Stderr(text) => (text, &mut self.stderr),
        };
        let room = text.floor_char_boundary(MOST_IN_JSON.saturating_sub(kept.len()));
        kept.push_str(&text[..room]);
        self.is_cut |= room < text.len();
    }
}

struct Executed {
    session_id: String,
    end: CommandEnd,
    output: KeptOutput,
}

impl Report for Executed {
    fn schema(&self) -> &'static str {
        schemas::EXEC
    }

    fn data(&self) -> Value {
        json!({
            "exitCode": self.end.exit_code,
            "status": "COMPLETED",
            "sessionId": self.end.head.session_id.as_deref().unwrap_or(&self.session_id),
            "requestId": self.end.head.request_id,
            "stdout": self.output.stdout,
            "stderr": self.output.stderr,
            "truncated": self.output.is_cut,
        })
    }

    fn document(&self) -> Document {
        // Shown as it came.
        Document::new()
    }

    fn exit_code(&self) -> u8 {
        status(self.end.exit_code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_and_lines_are_not() {
        let line = |words: &[&str]| command_line(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(line(&["ls -la | wc"]).unwrap(), "ls -la | wc");
        assert_eq!(line(&["echo", "a b", "it's"]).unwrap(), r"echo 'a b' 'it'\''s'");
        assert_eq!(line(&[" "]).unwrap_err().code_str(), "input.command");
        assert_eq!(line(&[&"x".repeat(65_537)]).unwrap_err().code_str(), "input.command");
    }

    #[test]
    fn the_time_limit_is_the_services() {
        assert_eq!(seconds(None, None).unwrap(), 300);
        assert_eq!((seconds(None, Some(5)).unwrap(), seconds(None, Some(0)).unwrap()), (5, 3600));
        assert_eq!((seconds(None, Some(9000)).unwrap(), seconds(Some(20), Some(5)).unwrap()), (3600, 20));
        assert!(seconds(Some(0), None).is_err() && seconds(Some(3601), None).is_err());
    }

    #[test]
    fn kept_output_is_bounded() {
        let mut kept = KeptOutput::default();
        for _ in 0..3 {
            kept.keep(CommandOutput::Stdout(&"\u{e9}".repeat(MOST_IN_JSON / 4 - 1)));
        }
        assert!(kept.is_cut && kept.stdout.len() <= MOST_IN_JSON);
        assert_eq!((status(7), status(300), status(0)), (7, 1, 0));
    }
}
