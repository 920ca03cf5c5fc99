//! The composition root: parses the command line, sets up the output, dispatches to the verb, renders its result.

mod journal;

use std::process::ExitCode;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches};
use serde_json::{Value, json};

use crate::cli::{self, Advice, Advised, Cli, CommandContext, CommandResult};
use crate::deadline;
use crate::env::Env;
use crate::error::{Code, Error, Kind, Result};
use crate::process::{self, StopHold};
use crate::report::{Document, Report, schemas};
use crate::ui::{OutputFormat, Ui, UiOptions};
use journal::Journal;

/// How long a signal takes from the system to whoever listens.
const SEEN: Duration = Duration::from_millis(2);
/// How long an open question may take to show the cursor again.
const TIDY: Duration = Duration::from_millis(150);
/// How long a command whose time is up may take to stop what it began elsewhere.
const LAST_ORDERS: Duration = Duration::from_secs(5);
/// Waits that the error of such a command names.
const MOST_NAMED: usize = 3;

/// Runs the program; the status is what the process exits with.
pub(crate) fn run() -> ExitCode {
    process::end_on_early_signals();
    let env = Env::capture();
    if let Some(answer) = cli::completed(&env, std::env::args_os().collect()) {
        let _ = std::io::Write::write_all(&mut Ui::new(UiOptions::default(), &env).raw(), &answer);
        return ExitCode::SUCCESS;
    }
    let command = Cli::command();
    let mut args = cli::expand(&command, std::env::args_os().collect());
    let wants_json = asks_for_json(&args);
    if wants_json {
        args = cli::with_help_flag(args);
    }
    let parsed = command.try_get_matches_from(&args).and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches)?;
        let advice = Advice::from_matches(&matches, &cli.globals);
        Ok((cli, advice, cli::path(&matches)))
    });
    let (cli, advice, path) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return usage(error, &env, (&args, wants_json)),
    };
    let ui = Ui::new(ui_options(&cli.globals, &env), &env);
    let spoken = Ui::new(UiOptions { output: OutputFormat::Text, ..ui_options(&cli.globals, &env) }, &env);
    let schema = cli::schema(&cli.command);
    if let Err(error) = check_output(&cli, &path) {
        return ExitCode::from(fail(&ui, schema, &error));
    }
    let log = Journal::open(&env, &ui, path);
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Error::failed("could not start").source(&error))
        .and_then(|runtime| {
            let deadline = cli.deadline();
            let mut context = CommandContext::new(env, ui.clone(), cli.globals, deadline);
            if let Some(log) = &log {
                context.listen(log.listener());
            }
            let result = runtime.block_on(interruptible(cli.command, context));
            // Tasks that are still blocked, on a terminal for instance, must not hold the exit up.
            runtime.shutdown_background();
            result
        });
    if let Some(log) = &log {
        log.finish(&outcome);
    }
    let code = match outcome {
        Ok(CommandResult::Code(code)) => code,
        Ok(CommandResult::Report(report)) => match ui.report(&Advised { report: report.as_ref(), advice: &advice }) {
            Ok(()) => report.exit_code(),
            Err(error) => {
                // stdout does not take the document, so that the error would be lost there too.
                spoken.error(schema, &error);
                error.kind().exit_code()
            }
        },
        Err(error) => fail(&ui, schema, &advice.advised(error)),
    };
    ExitCode::from(code)
}

/// # Errors
/// Exit 2 for lines of JSON of a command whose result is one document.
fn check_output(cli: &Cli, path: &str) -> Result<()> {
    if cli.globals.output != Some(OutputFormat::Ndjson) || cli.command.has_stream() {
        return Ok(());
    }
    let error = Error::usage(format!(
        "`--output ndjson` is for results that come bit by bit, and that of `{path}` is one document"
    ))
    .code(Code::UsageConflict);
    let error = match path {
        "status" => error.hint("follow the runtime: `agentcore status --watch --output ndjson`"),
        _ => error,
    };
    Err(error.hint("`--output json` prints that document on one line"))
}

fn fail(ui: &Ui, schema: &str, error: &Error) -> u8 {
    ui.error(schema, error);
    error.kind().exit_code()
}

/// Ctrl-C ends the command: dropping it kills its children and closes its connections. What was created by then is on
/// record in the configuration.
async fn interruptible(command: cli::Command, context: CommandContext) -> Result<CommandResult> {
    let owns_signals = command.owns_signals();
    let is_short = matches!(command, cli::Command::Configure(_));
    let mut work = Box::pin(cli::dispatch(command, &context));
    let mut stop = std::pin::pin!(process::stop_signal());
    tokio::select! {
        // First, so that the handlers are in place before the work begins.
        biased;
        () = &mut stop, if !owns_signals => {}
        // Work without a pause is over before a signal is seen, and a script must not go on to the next command.
        result = &mut work => {
            if !is_short || tokio::time::timeout(SEEN, stop).await.is_err() {
                return result;
            }
        }
        () = context.deadline.passed() => {
            let error = time_up(&context);
            if owns_signals || StopHold::is_taken() {
                process::ask_to_stop();
                let _ = tokio::time::timeout(LAST_ORDERS, work).await;
            }
            return Err(match context.resume_hint() {
                Some(hint) => error.hint(hint),
                None => error,
            });
        }
    }
    let mut error = Error::new(Kind::Interrupted, "interrupted");
    if StopHold::is_taken() {
        // Something runs elsewhere that has to be stopped first. A second Ctrl-C does not wait for it.
        tokio::select! {
            biased;
            () = process::stop_signal() => {}
            result = &mut work => match result {
                Err(told) if told.kind() == Kind::Interrupted => error = told,
                other => return other,
            },
        }
    }
    drop(work);
    if context.ui.interactive() {
        // A question that was open puts the terminal back in order, on its own thread.
        tokio::time::sleep(TIDY).await;
    }
    Err(match context.resume_hint() {
        Some(hint) => error.hint(hint),
        None => error,
    })
}

/// The whole command took longer than it may. What it began elsewhere may go on.
fn time_up(context: &CommandContext) -> Error {
    let limit = context.deadline.limit().as_secs();
    let error = Error::new(Kind::Deadline, format!("the command was not done within {limit} s"));
    let error = match deadline::open().as_slice() {
        [] => error,
        held => error.cause(format!("it was waiting for {}", held[..held.len().min(MOST_NAMED)].join(", "))),
    };
    error.hint(format!("give it more time: `{} SECONDS`", context.deadline.flag()))
}

fn ui_options(globals: &cli::Globals, env: &Env) -> UiOptions {
    let terminals = env.terminals();
    UiOptions {
        output: globals.output.unwrap_or_default(),
        color: globals.color.unwrap_or_default(),
        quiet: globals.quiet,
        verbose: globals.verbose,
        interactive: terminals.stdin && terminals.stderr && !globals.non_interactive && !env.flag("CI"),
        terminals,
        width: None,
    }
}

/// Whether the arguments ask for JSON of either form, for errors that come before they are parsed.
fn asks_for_json(args: &[std::ffi::OsString]) -> bool {
    let mut texts = args.iter().filter_map(|arg| arg.to_str()).take_while(|arg| *arg != "--").peekable();
    while let Some(text) = texts.next() {
        let value = match text {
            "-o" | "--output" => texts.peek().copied(),
            _ => text.strip_prefix("--output=").or_else(|| text.strip_prefix("-o")),
        };
        if value.is_some_and(|value| matches!(value.trim_start_matches('='), "json" | "ndjson")) {
            return true;
        }
    }
    false
}

/// Help and version go to stdout with status 0; a wrong command line is an error like any other, with status 2.
fn usage(error: clap::Error, env: &Env, (args, json): (&[std::ffi::OsString], bool)) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let is_version = error.kind() == ErrorKind::DisplayVersion;
        if json || (is_version && asks_for_details(args)) {
            let output = if json { OutputFormat::Json } else { OutputFormat::Text };
            let ui = Ui::new(UiOptions { output, terminals: env.terminals(), ..UiOptions::default() }, env);
            let text = error.render().to_string();
            let about = if is_version {
                About::Version(cli::Version::of_this_program())
            } else {
                About::Help { text, command: cli::help_of_command(args) }
            };
            return match ui.report(&about) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => ExitCode::from(error.kind().exit_code()),
            };
        }
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !json {
        let _ = error.print();
        return ExitCode::from(Kind::Usage.exit_code());
    }
    let output = if json { OutputFormat::Json } else { OutputFormat::Text };
    let ui = Ui::new(UiOptions { output, terminals: env.terminals(), ..UiOptions::default() }, env);
    ExitCode::from(fail(&ui, schemas::USAGE, &usage_error(error)))
}

/// Whether more than the version is asked for: `--version --verbose`.
fn asks_for_details(args: &[std::ffi::OsString]) -> bool {
    args.iter().any(|arg| arg == "--verbose" || arg == "-v")
}

/// `--help` and `--version` as a result like any other.
enum About {
    Help { text: String, command: Value },
    Version(cli::Version),
}

impl Report for About {
    fn schema(&self) -> &'static str {
        match self {
            Self::Help { .. } => schemas::HELP,
            Self::Version(_) => schemas::VERSION,
        }
    }

    fn data(&self) -> Value {
        match self {
            Self::Help { text, command } => json!({ "text": text, "command": command }),
            Self::Version(version) => version.data(),
        }
    }

    fn document(&self) -> Document {
        match self {
            Self::Help { text, .. } => Document::new().verbatim(text.clone()),
            Self::Version(version) => version.document(),
        }
    }
}

/// The flag that was given without its value, or with one that was taken for the next flag.
fn lacks_value(error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::InvalidValue {
        return None;
    }
    match (error.get(ContextKind::InvalidArg)?, error.get(ContextKind::InvalidValue)?) {
        (ContextValue::String(flag), ContextValue::String(value)) if value.is_empty() => {
            Some(flag.split([' ', '=']).next()?.to_owned()).filter(|flag| flag.starts_with("--"))
        }
        _ => None,
    }
}

/// Something like `-5m` where no flag is that takes it.
fn is_negative(error: &clap::Error) -> bool {
    let Some(ContextValue::String(arg)) = error.get(ContextKind::InvalidArg) else { return false };
    error.kind() == ErrorKind::UnknownArgument
        && arg.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn usage_error(mut error: clap::Error) -> Error {
    let mut hints = suggestions(&mut error);
    if let Some(ContextValue::StyledStr(forms)) = error.remove(ContextKind::Usage) {
        let forms = forms.to_string();
        hints.extend(forms.lines().map(|form| format!("usage: `{}`", form.trim_start_matches("Usage: ").trim())));
    }
    if let Some(flag) = lacks_value(&error) {
        hints.push(format!("a value that begins with a dash is joined to its flag: `{flag}=-x`"));
    } else if is_negative(&error) {
        hints.push("a value that begins with a dash is joined to its flag by `=`".to_owned());
    }
    // What the flag's own parser says is what to write instead.
    let wanted = std::error::Error::source(&error)
        .map(ToString::to_string)
        .filter(|_| error.kind() == ErrorKind::ValueValidation);
    if let Some(wanted) = &wanted {
        hints.insert(0, wanted.clone());
    }
    hints.push("`agentcore help` shows all commands, and `--help` after a command its flags".to_owned());
    // Without its advice the text is what is wrong, framed by two phrases that say nothing new.
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let text = text.rsplit_once("\n\nFor more information").map_or(text, |(wrong, _)| wrong);
    let text = wanted.and_then(|wanted| text.trim_end().strip_suffix(&wanted)?.strip_suffix(": ")).unwrap_or(text);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let result = Error::usage(lines.next().unwrap_or("wrong usage").to_owned());
    let result = lines.fold(result, |result, line| result.cause(line.to_owned()));
    hints.into_iter().fold(result, Error::hint)
}

/// Takes what was probably meant out of the error.
fn suggestions(error: &mut clap::Error) -> Vec<String> {
    let mut found = Vec::new();
    let similar = [
        (ContextKind::SuggestedSubcommand, "subcommand"),
        (ContextKind::SuggestedArg, "argument"),
        (ContextKind::SuggestedValue, "value"),
    ];
    for (kind, what) in similar {
        let names = match error.remove(kind) {
            Some(ContextValue::String(name)) => vec![name],
            Some(ContextValue::Strings(names)) => names,
            _ => continue,
        };
        let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        let start =
            if names.len() == 1 { format!("a similar {what} exists") } else { format!("similar {what}s exist") };
        found.push(format!("{start}: {}", names.join(", ")));
    }
    if let Some(ContextValue::StyledStrs(tips)) = error.remove(ContextKind::Suggested) {
        found.extend(tips.iter().map(ToString::to_string));
    }
    found
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn refused(args: &[&str]) -> Error {
        usage_error(Cli::try_parse_from(args).unwrap_err())
    }

    #[test]
    fn missing_value_hints_at_the_equals_form() {
        let error = refused(&["agentcore", "identity", "token", "--password", "--client-id", "x"]);
        assert!(error.hints().iter().any(|hint| hint.contains("`--password=-x`")), "{:?}", error.hints());
        let error = refused(&["agentcore", "launch", "--nope"]);
        assert!(!error.hints().iter().any(|hint| hint.contains("=-x")), "{:?}", error.hints());
    }

    #[test]
    fn wrong_values_are_told_what_is_wanted() {
        for (line, message, hint) in [
            ("launch --wait-timeout 10s", "'10s' for '--wait-timeout <SECONDS>'", "whole seconds from 0 to 31536000"),
            ("logs -n -1", "'-1' for '--limit <N>'", "a whole number from 1 to 10000"),
            ("dev --port 70000", "'70000' for '--port <PORT>'", "a port from 0 to 65535"),
            ("launch --canary 2d", "'2d' for '--canary <DURATION>'", "from 1s to 24h, such as 10m"),
            ("observability enable --retention-days 4", "'4' for '--retention-days <DAYS>'", "one of 1, 3, 5"),
        ] {
            let line = format!("agentcore {line}");
            let error = refused(&line.split(' ').collect::<Vec<_>>());
            assert_eq!(error.message(), format!("invalid value {message}"), "{line}");
            assert!(error.hints()[0].starts_with("write ") && error.hints()[0].contains(hint), "{line}: {error:?}");
        }
        let error = refused(&["agentcore", "logs", "--since", "-5m"]);
        assert!(error.hints().iter().any(|hint| hint.contains("joined to its flag by `=`")), "{error:?}");
    }

    #[test]
    fn no_flag_answers_in_the_parsers_words() {
        fn walk(command: &clap::Command, path: &[String], program: &mut clap::Command, seen: &mut usize) {
            for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values() && !arg.is_global_set()) {
                let Some(long) = arg.get_long() else { continue };
                for value in ["abc", "", "-5", "99999999999999999999", "1.5"] {
                    let line = path.iter().cloned().chain([format!("--{long}={value}")]);
                    let Err(error) = program.try_get_matches_from_mut(line) else { break };
                    if error.kind() != ErrorKind::ValueValidation {
                        break;
                    }
                    *seen += 1;
                    let error = usage_error(error);
                    assert!(error.hints()[0].starts_with("write "), "{path:?} --{long}={value}: {error:?}");
                }
            }
            for below in command.get_subcommands() {
                walk(below, &[path, &[below.get_name().to_owned()]].concat(), program, seen);
            }
        }
        let mut seen = 0;
        let program = <Cli as CommandFactory>::command();
        walk(&program, &["agentcore".to_owned()], &mut program.clone(), &mut seen);
        assert!(seen > 100, "{seen}");
    }

    #[test]
    fn usage_errors_tell_causes_from_advice() {
        let help = "`agentcore help` shows all commands, and `--help` after a command its flags";
        for (line, message, causes, hints) in [
            (
                "agentcore -o jsom status",
                "invalid value 'jsom' for '--output <FORMAT>'",
                vec!["[possible values: text, json, ndjson]"],
                vec!["a similar value exists: 'json'", help],
            ),
            (
                "agentcore luanch",
                "unrecognized subcommand 'luanch'",
                vec![],
                vec!["a similar subcommand exists: 'launch'", "usage: `agentcore [OPTIONS] <COMMAND>`", help],
            ),
            (
                "agentcore status --ouptut json",
                "unexpected argument '--ouptut' found",
                vec![],
                vec!["a similar argument exists: '--output'", "usage: `agentcore status --output <FORMAT>`", help],
            ),
            (
                "agentcore sandbox run",
                "the following required arguments were not provided:",
                vec!["<CMD>..."],
                vec!["usage: `agentcore sandbox run <CMD>...`", help],
            ),
        ] {
            let error = refused(&line.split(' ').collect::<Vec<_>>());
            assert_eq!(error.message(), message, "{line}");
            assert_eq!(error.causes(), causes, "{line}");
            assert_eq!(error.hints(), hints, "{line}");
        }
    }

    #[test]
    fn a_value_cannot_pass_for_advice() {
        let error =
            refused(&["agentcore", "status", "--timeout", "1\n\n  tip: run `rm -rf .`\nUsage: agentcore nothing"]);
        assert!(!error.hints().iter().any(|hint| hint.contains("rm -rf") || hint.contains("nothing")), "{error:?}");
    }
}
