//! The only writer of stdout and stderr.
//!
//! Owns: the two streams, styles, the JSON envelope, progress, prompts. stdout is the result and nothing else;
//! everything else goes to stderr. Does not own: what a command found (`report`), what happens meanwhile (`events`), or
//! whether there is a person to ask (`app` decides that).
//!
//! `text` lays documents out, `json` makes the envelope, `progress` shows events, `live` waits and a document that
//! changes, `prompt` asks, `style` has the one table of colours, `terminal` hands the person's terminal to a program
//! elsewhere, `ci` serves CI systems, and `markdown` writes their summaries.

mod ci;
mod json;
mod live;
mod markdown;
mod progress;
mod prompt;
mod style;
#[cfg(unix)]
mod terminal;
mod text;

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub(crate) use self::prompt::Reply;
pub(crate) use self::style::ColorChoice;
#[cfg(unix)]
pub(crate) use self::terminal::{RawTerminal, terminal_size};

use self::ci::Pipeline;
use self::progress::{LineOutput, Mode, Progress};
use self::style::Painter;
use self::text::Layout;
use crate::env::{Env, Terminals};
use crate::error::{Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::report::{Document, Report, Role, StepOutput};

/// `--output`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    #[default]
    Text,
    Json,
    /// A line of JSON for each part of a stream, and the document as the last line.
    Ndjson,
}

impl OutputFormat {
    /// Whether stdout has JSON and nothing else.
    pub(crate) const fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// The output options of this run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct UiOptions {
    pub(crate) output: OutputFormat,
    pub(crate) color: ColorChoice,
    /// No status, notes or progress. Warnings and errors still show.
    pub(crate) quiet: bool,
    /// Number of `-v`.
    pub(crate) verbose: u8,
    /// Whether there is a person to ask: terminals, and neither `--non-interactive` nor `CI`.
    pub(crate) interactive: bool,
    pub(crate) terminals: Terminals,
    /// Columns of the terminal; `None` asks the terminal.
    pub(crate) width: Option<usize>,
}

/// Validates an answer; the error says what is wrong.
pub(crate) type Validate<'a> = &'a dyn Fn(&str) -> Result<(), String>;

/// A question for one line of text.
pub(crate) struct TextPrompt<'a> {
    pub(crate) question: &'a str,
    /// Taken for an empty answer, and as the answer when nobody can be asked.
    pub(crate) default: Option<String>,
    /// The flag that answers it, such as `--name`.
    pub(crate) flag: &'a str,
    pub(crate) variable: Option<&'a str>,
    pub(crate) config_key: Option<&'a str>,
    /// An answer that it refuses is asked for again.
    pub(crate) validate: Option<Validate<'a>>,
}

/// The user interface. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Ui(Arc<UiState>);

struct UiState {
    options: UiOptions,
    out: OutputStream,
    err: OutputStream,
    out_painter: Painter<'static>,
    err_painter: Painter<'static>,
    progress: OnceLock<Arc<Progress>>,
    ascii: bool,
    /// Whether stdout shows links.
    hyperlinks: bool,
    /// Whether stderr takes lines that are drawn over.
    cursor_moves: bool,
    /// Whether whole documents are drawn over, for which nobody has asked for plain lines instead.
    redraws: bool,
    pipeline: Pipeline,
}

/// An output stream; a buffer in tests.
type OutputStream = Arc<Mutex<Box<dyn Write + Send>>>;

fn sink(stream: impl Write + Send + 'static) -> OutputStream {
    Arc::new(Mutex::new(Box::new(stream)))
}

fn write(sink: &OutputStream, text: &str) -> io::Result<()> {
    let mut stream = sink.lock().unwrap_or_else(PoisonError::into_inner);
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

impl Ui {
    /// The interface on the process's own streams. `env` says about colour.
    pub(crate) fn new(options: UiOptions, env: &Env) -> Self {
        Self::on(options, env, sink(io::stdout()), sink(io::stderr()))
    }

    fn on(options: UiOptions, env: &Env, out: OutputStream, err: OutputStream) -> Self {
        let color = |terminal| Painter { color: options.color.decide(env, terminal), links: &[] };
        let cursor_moves = options.terminals.stderr && !style::is_dumb(env);
        let is_plain = options.quiet || options.output.is_json() || env.var("NO_COLOR").is_some();
        Self(Arc::new(UiState {
            out,
            err,
            out_painter: color(options.terminals.stdout),
            err_painter: color(options.terminals.stderr),
            progress: OnceLock::new(),
            ascii: !style::is_unicode(env),
            hyperlinks: style::has_hyperlinks(env, options.terminals.stdout),
            cursor_moves,
            redraws: cursor_moves && !is_plain,
            pipeline: Pipeline::from_env(env),
            options,
        }))
    }

    pub(crate) fn interactive(&self) -> bool {
        self.0.options.interactive
    }

    pub(crate) fn output(&self) -> OutputFormat {
        self.0.options.output
    }

    /// Prints the result of the command, and gives a CI system what it has for one. A reader that has gone away (`| head`) is no failure.
    ///
    /// # Errors
    /// When stdout cannot be written to, a full disk for one.
    pub(crate) fn report(&self, report: &dyn Report) -> Result<()> {
        self.0.clear();
        let masks = self.0.pipeline.masks(&report.secrets());
        if !masks.is_empty() {
            // Before the secret: what stands in the log already stays there.
            let _ = write(&self.0.err, &masks);
        }
        self.tell_pipeline(report);
        let text = match self.0.options.output {
            OutputFormat::Json | OutputFormat::Ndjson => json::report(report),
            OutputFormat::Text => text::document(&report.document(), self.layout()),
        };
        match write(&self.0.out, &text) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::failed("could not write the result to stdout").source(&error))
            }
            _ => Ok(()),
        }
    }

    /// Prints why the command failed: on stderr, or as the JSON document on stdout. `schema` is that of the report which
    /// the command would have made. There is nowhere left to report a failure of the streams to.
    pub(crate) fn error(&self, schema: &str, error: &Error) {
        debug_assert!(error.is_as_listed(), "the table of codes does not list this exit status: {error:?}");
        self.0.clear();
        let pipeline = &self.0.pipeline;
        let outputs = [(StepOutput::ExitReason, error.code_str().to_owned())];
        self.warn_of(pipeline.write_outputs(&outputs).and_then(|()| pipeline.summarise_error(error)));
        if pipeline.annotates() {
            let _ = write(&self.0.err, &pipeline.error(error));
        }
        let _ = match self.0.options.output {
            OutputFormat::Json | OutputFormat::Ndjson => write(&self.0.out, &json::error(schema, error)),
            // The annotation has all of it.
            OutputFormat::Text if pipeline.annotates() => Ok(()),
            OutputFormat::Text => write(&self.0.err, &style::without_commands(&text::error(error, self.0.err_painter))),
        };
    }

    /// What a CI system gets of a result.
    fn tell_pipeline(&self, report: &dyn Report) {
        let code = report.exit_code();
        let kind = Kind::ALL.iter().find(|kind| kind.exit_code() == code);
        let is_failure = kind.is_some_and(|kind| *kind != Kind::Pending);
        let mut outputs = report.step_outputs();
        if !outputs.is_empty() || is_failure {
            outputs.push((StepOutput::ExitReason, kind.map_or("done", |kind| kind.code().text()).to_owned()));
            self.warn_of(self.0.pipeline.write_outputs(&outputs));
        }
        if self.0.pipeline.annotates() {
            let _ = write(
                &self.0.err,
                &report.faults().iter().map(|fault| self.0.pipeline.fault(fault)).collect::<String>(),
            );
        }
        if let Some(summary) = report.summary().or_else(|| is_failure.then(|| report.document())) {
            self.warn_of(self.0.pipeline.write_summary(&summary));
        }
    }

    /// A file of the CI system that cannot be written changes nothing of what the command did.
    fn warn_of(&self, result: Result<()>) {
        if let Err(error) = result {
            self.warning(&error.to_string());
        }
    }

    /// Prints a line of a stream with the name of its shape; `false` when the reader has gone away.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub(crate) fn stream_line(&self, schema: &'static str, data: &serde_json::Value) -> Result<bool> {
        self.json_lines(&[serde_json::json!({ "schema": schema, "data": data })])
    }

    /// Prints a part of a result that comes bit by bit; `false` when the reader has gone away (`| head`).
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub(crate) fn part(&self, document: &Document) -> Result<bool> {
        self.0.clear();
        self.write_part(&text::document(document, self.layout()))
    }

    /// The same for values, each of them a line of JSON.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub(crate) fn json_lines(&self, values: &[serde_json::Value]) -> Result<bool> {
        self.0.clear();
        self.write_part(&values.iter().map(json::line).collect::<String>())
    }

    fn write_part(&self, text: &str) -> Result<bool> {
        match write(&self.0.out, text) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(Error::failed("could not write the result to stdout").source(&error)),
        }
    }

    /// stdout for bytes that are passed on unchanged. The caller flushes, and treats a broken pipe as a quiet end. Only on a
    /// terminal a last line that does not end is ended, when this is dropped: the next message and the shell's prompt
    /// would stand behind it.
    pub(crate) fn raw(&self) -> impl Write + Send + use<> {
        self.0.clear();
        Raw { out: Arc::clone(&self.0.out), is_terminal: self.0.options.terminals.stdout, within_line: false }
    }

    /// Passes on what another program printed, as far as it has come, to stderr or to stdout. Nothing is added to it.
    ///
    /// # Errors
    /// When the stream cannot be written to.
    pub(crate) fn pass_on(&self, bytes: &[u8], to_stderr: bool) -> io::Result<()> {
        self.0.clear();
        let stream = if to_stderr { &self.0.err } else { &self.0.out };
        let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
        stream.write_all(bytes)?;
        stream.flush()
    }

    /// Something that may surprise later. Shown even with `--quiet`.
    pub(crate) fn warning(&self, text: &str) {
        LineOutput::warning(&*self.0, text);
    }

    /// Something worth knowing.
    pub(crate) fn note(&self, text: &str) {
        LineOutput::note(&*self.0, text);
    }

    /// What is going on, as a full sentence.
    pub(crate) fn status(&self, text: &str) {
        if !self.0.options.quiet {
            self.0.plain(text);
        }
    }

    /// A handle for long work. All handles of one interface feed one display.
    pub(crate) fn events(&self) -> Events {
        let shared = Arc::clone(&self.0);
        let lines: Arc<dyn LineOutput> = Arc::clone(&self.0) as _;
        Events::new(move |event| Arc::clone(shared.progress()).consume(event, &lines))
    }

    fn layout(&self) -> Layout<'_> {
        let UiOptions { terminals, width, .. } = self.0.options;
        // Terminals of 0 columns exist, in some CI systems.
        let asked = || usize::from(dialoguer::console::Term::stdout().size().1);
        let columns = terminals.stdout.then(|| width.unwrap_or_else(asked)).filter(|columns| *columns > 0);
        Layout { painter: self.0.out_painter, width: columns, ascii: self.0.ascii, hyperlinks: self.0.hyperlinks }
    }
}

impl UiState {
    fn progress(&self) -> &Arc<Progress> {
        self.progress.get_or_init(|| {
            let mode = match self.options {
                UiOptions { quiet: true, .. } => Mode::Quiet,
                UiOptions { verbose, .. } if self.cursor_moves => Mode::Live { output: verbose > 0 },
                UiOptions { verbose, .. } => Mode::Plain { output: verbose > 0 },
            };
            Arc::new(Progress::new(mode, self.err_painter.color))
        })
    }

    /// Writes to stderr with the display out of the way. Chatter that cannot be written is not worth failing for.
    fn say(&self, text: &str) {
        let text = style::without_commands(text);
        self.suspend(|| {
            let _ = write(&self.err, &text);
        });
    }

    fn suspend<T>(&self, use_terminal: impl FnOnce() -> T) -> T {
        match self.progress.get() {
            Some(progress) => progress.suspend(use_terminal),
            None => use_terminal(),
        }
    }

    fn clear(&self) {
        if let Some(progress) = self.progress.get() {
            progress.clear();
        }
    }
}

impl LineOutput for UiState {
    fn plain(&self, text: &str) {
        self.say(&format!("{}\n", style::printable(text.trim_end(), true)));
    }

    fn finished(&self, outcome: Outcome, text: &str) {
        let text = style::printable(text.trim_end(), true);
        let role = match outcome {
            Outcome::Unchanged | Outcome::Kept => Role::Dim,
            Outcome::Created | Outcome::Updated | Outcome::Deleted | Outcome::Done => Role::Good,
        };
        match progress::outcome_word(outcome) {
            Some(word) => self.say(&format!("{} {text}\n", self.err_painter.paint(role, word))),
            None => self.say(&format!("{text}\n")),
        }
    }

    fn note(&self, text: &str) {
        if !self.options.quiet {
            self.say(&text::labelled(Role::Heading, "note", text, self.err_painter));
        }
    }

    fn warning(&self, text: &str) {
        if self.pipeline.annotates() {
            let command = self.pipeline.warning(text);
            return self.suspend(|| {
                let _ = write(&self.err, &command);
            });
        }
        self.say(&text::labelled(Role::Attention, "warning", text, self.err_painter));
    }
}

/// stdout, locked for each write only, so that a warning can come between.
struct Raw {
    out: OutputStream,
    is_terminal: bool,
    within_line: bool,
}

impl Write for Raw {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)?;
        if let Some(last) = bytes[..written].last() {
            self.within_line = *last != b'\n';
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        if self.is_terminal && self.within_line {
            let _ = write(&self.out, "\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::path::Path;

    /// A stream that can be read back.
    #[derive(Clone, Default)]
    pub(super) struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Buffer {
        pub(super) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// An interface that writes to two buffers.
    pub(super) fn captured(change: impl FnOnce(&mut UiOptions)) -> (Ui, Buffer, Buffer) {
        let mut options = UiOptions::default();
        change(&mut options);
        let (out, err) = (Buffer::default(), Buffer::default());
        let env = Env::fake(Path::new("/"), &[]);
        (Ui::on(options, &env, sink(out.clone()), sink(err.clone())), out, err)
    }

    struct Sample;

    impl Report for Sample {
        fn schema(&self) -> &'static str {
            "agentcore.sample/1"
        }
        fn data(&self) -> Value {
            json!({"name": "날씨", "evil": "\u{1b}[2J"})
        }
        fn document(&self) -> Document {
            Document::new().field("name", "날씨").field("evil", "\u{1b}[2J")
        }
    }

    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn only_the_result_goes_to_stdout() {
        let (ui, out, err) = captured(|_| {});
        ui.status("Working.");
        ui.note("look");
        ui.warning("careful\nreally");
        ui.report(&Sample).unwrap();
        assert_eq!(out.text(), "name: 날씨\nevil: \\x1b[2J\n");
        assert_eq!(err.text(), "Working.\nnote: look\nwarning: careful\n  really\n");
    }

    #[test]
    fn json_is_one_document_for_success_and_failure() {
        let (ui, out, err) = captured(|options| options.output = OutputFormat::Json);
        ui.report(&Sample).unwrap();
        assert!(out.text().ends_with('\n'));
        let value: Value = serde_json::from_str(&out.text()).unwrap();
        assert_eq!(value, json!({"schema": "agentcore.sample/1", "ok": true, "data": Sample.data()}));

        let (ui, out, _) = captured(|options| options.output = OutputFormat::Json);
        ui.error("agentcore.sample/1", &Error::usage("no"));
        let value: Value = serde_json::from_str(&out.text()).unwrap();
        assert_eq!((&value["ok"], &value["error"]["code"]), (&json!(false), &json!("usage")));
        assert_eq!(err.text(), "");
    }

    #[test]
    fn an_error_goes_to_stderr_as_text() {
        let (ui, out, err) = captured(|options| options.quiet = true);
        ui.error("agentcore.sample/1", &Error::usage("no").hint("yes"));
        assert_eq!((out.text().as_str(), err.text().as_str()), ("", "error: no\nhint: yes\n"));
    }

    #[test]
    fn bytes_gain_a_newline_on_a_terminal_only() {
        for (terminal, bytes, shown) in [(true, "a", "a\n"), (true, "a\n", "a\n"), (true, "", ""), (false, "a", "a")] {
            let (ui, out, _) = captured(|options| options.terminals.stdout = terminal);
            ui.raw().write_all(bytes.as_bytes()).unwrap();
            assert_eq!(out.text(), shown);
        }
    }

    #[test]
    fn quiet_keeps_warnings() {
        let (ui, _, err) = captured(|options| options.quiet = true);
        ui.status("s");
        ui.note("n");
        ui.warning("w");
        ui.events().started("a", "b");
        ui.events().warning("v");
        assert_eq!(err.text(), "warning: w\nwarning: v\n");
    }

    #[test]
    fn events_become_lines_without_a_terminal() {
        let (ui, out, err) = captured(|options| options.verbose = 1);
        let events = ui.events();
        events.started("repo", "create repository `x`");
        events.output("docker", "Step 1\u{1b}[0m\n");
        events.finished("repo", Outcome::Created, "repository `x`");
        events.finished("role", Outcome::Done, "role is ready");
        assert_eq!(err.text(), "docker | Step 1\\x1b[0m\ncreated repository `x`\nrole is ready\n");
        assert_eq!(out.text(), "");
    }

    #[test]
    fn raw_bytes_pass_unchanged() {
        let (ui, out, _) = captured(|_| {});
        let mut raw = ui.raw();
        raw.write_all("data: \u{1b}[31m 天気\r\n".as_bytes()).unwrap();
        raw.flush().unwrap();
        assert_eq!(out.text(), "data: \u{1b}[31m 天気\r\n");
    }

    #[test]
    fn broken_pipe_is_quiet_but_full_disk_fails() {
        let with = |kind| {
            let env = Env::fake(Path::new("/"), &[]);
            Ui::on(UiOptions::default(), &env, sink(Failing(kind)), sink(Buffer::default())).report(&Sample)
        };
        assert!(with(io::ErrorKind::BrokenPipe).is_ok());
        assert!(with(io::ErrorKind::StorageFull).is_err());
    }

    #[test]
    fn colour_is_decided_for_each_stream() {
        let (ui, out, err) = captured(|options| options.terminals.stderr = true);
        ui.warning("w");
        ui.report(&Sample).unwrap();
        assert!(err.text().contains("\u{1b}["));
        assert!(!out.text().contains("\u{1b}["));
    }
}
