//! Events of long work as a live display on a terminal, or as plain lines elsewhere.
//!
//! Owns: which event shows as what, the delay before a display appears, clearing it before any other line. Does not
//! own: the events (`crate::events`), or writing lines (`super::UiState`).
//!
//! A live step is one line with a spinner. It appears only when the step has run for a moment, so that quick commands
//! do not flicker, and it leaves one line behind when it ends.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::style::printable;
use crate::events::{Event, Outcome};

/// How long a step runs before it shows.
const DELAY: Duration = Duration::from_millis(250);
const TICK: Duration = Duration::from_millis(100);

/// A step that has started and not finished.
struct RunningStep {
    id: &'static str,
    title: String,
    detail: String,
    bytes: Option<(u64, Option<u64>)>,
    since: Instant,
    /// Present once the step shows.
    bar: Option<ProgressBar>,
}

/// Where finished lines, warnings and notes go.
pub(super) trait LineOutput: Send + Sync {
    fn plain(&self, text: &str);
    fn finished(&self, outcome: Outcome, text: &str);
    fn note(&self, text: &str);
    fn warning(&self, text: &str);
}

/// What a consumer does with events, by where stderr goes and how much is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Warnings only.
    Quiet,
    /// A line per event.
    Plain,
    /// A live display; `output` says whether lines of child processes are printed too.
    Live { output: bool },
}

/// The running steps. One per `Ui`; events may come from several threads.
pub(super) struct Progress {
    mode: Mode,
    color: bool,
    bars: MultiProgress,
    steps: Mutex<Steps>,
    /// Wakes the painter when the last step ends.
    changed: Condvar,
}

#[derive(Default)]
struct Steps {
    running: Vec<RunningStep>,
    painter: bool,
}

impl Progress {
    pub(super) fn new(mode: Mode, color: bool) -> Self {
        let target = match mode {
            Mode::Live { .. } => ProgressDrawTarget::stderr_with_hz(12),
            Mode::Quiet | Mode::Plain => ProgressDrawTarget::hidden(),
        };
        Self::on(target, mode, color)
    }

    fn on(target: ProgressDrawTarget, mode: Mode, color: bool) -> Self {
        let bars = MultiProgress::with_draw_target(target);
        Self { mode, color, bars, steps: Mutex::default(), changed: Condvar::new() }
    }

    /// Runs `write` with the display out of the way.
    pub(super) fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        match self.mode {
            Mode::Live { .. } => self.bars.suspend(write),
            Mode::Quiet | Mode::Plain => write(),
        }
    }

    /// Forgets the running steps: the command is over, or something else takes the terminal.
    pub(super) fn clear(&self) {
        let bars: Vec<_> = self.lock().running.drain(..).filter_map(|step| step.bar).collect();
        for bar in bars {
            self.remove(&bar);
        }
        self.changed.notify_all();
    }

    pub(super) fn consume(self: &Arc<Self>, event: Event, lines: &dyn LineOutput) {
        match event {
            Event::Warning(text) => lines.warning(&text),
            _ if self.mode == Mode::Quiet => {}
            // Kept by whoever catches the signal.
            Event::Resume(_) => {}
            Event::Note(text) => lines.note(&text),
            Event::Started { step, title } => self.start(step, title, lines),
            Event::Detail { step, text } => self.detail(step, text, lines),
            Event::Bytes { step, done, total } => {
                if let Some(step) = self.lock().running.iter_mut().find(|running| running.id == step) {
                    step.bytes = Some((done, total));
                }
            }
            Event::Finished { step, outcome, text } => {
                let ended = self.end(step);
                let text = if text.is_empty() { ended.unwrap_or_else(|| step.to_owned()) } else { text };
                lines.finished(outcome, &text);
            }
            Event::Log { source, line } => lines.plain(&format!("{source} | {line}")),
            Event::Output { source, line } => match self.mode {
                Mode::Live { output: false } => self.last_line(&line),
                _ => lines.plain(&format!("{source} | {line}")),
            },
        }
    }

    fn start(self: &Arc<Self>, id: &'static str, title: String, lines: &dyn LineOutput) {
        if self.mode == Mode::Plain {
            lines.plain(&title);
        }
        self.end(id);
        let mut steps = self.lock();
        let step = RunningStep { id, title, detail: String::new(), bytes: None, since: Instant::now(), bar: None };
        steps.running.push(step);
        if matches!(self.mode, Mode::Live { .. }) && !steps.painter {
            let weak = Arc::downgrade(self);
            // Without a thread there is no display, and the work goes on.
            steps.painter = std::thread::Builder::new().name("progress".into()).spawn(move || paint(&weak)).is_ok();
        }
    }

    fn detail(&self, id: &str, text: String, lines: &dyn LineOutput) {
        let mut steps = self.lock();
        let Some(step) = steps.running.iter_mut().find(|step| step.id == id) else { return };
        if step.detail == text {
            return;
        }
        let line = (self.mode == Mode::Plain && !text.is_empty()).then(|| format!("{}: {text}", step.title));
        step.detail = text;
        drop(steps);
        if let Some(line) = line {
            lines.plain(&line);
        }
    }

    /// The last line of a child process stands beside the newest step, for there is no telling whose it is.
    fn last_line(&self, line: &str) {
        if let Some(step) = self.lock().running.last_mut() {
            line.trim().clone_into(&mut step.detail);
        }
    }

    /// Takes the step off the display and returns its title.
    fn end(&self, id: &str) -> Option<String> {
        let mut steps = self.lock();
        let at = steps.running.iter().position(|step| step.id == id)?;
        let step = steps.running.remove(at);
        drop(steps);
        self.changed.notify_all();
        if let Some(bar) = &step.bar {
            self.remove(bar);
        }
        Some(step.title)
    }

    fn remove(&self, bar: &ProgressBar) {
        bar.finish_and_clear();
        self.bars.remove(bar);
    }

    fn lock(&self) -> MutexGuard<'_, Steps> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows steps that have run long enough and moves the spinners.
    fn draw(&self, steps: &mut Steps, now: Instant) {
        for step in &mut steps.running {
            let elapsed = now.saturating_duration_since(step.since);
            if step.bar.is_none() && elapsed < DELAY {
                continue;
            }
            let bar = step
                .bar
                .get_or_insert_with(|| {
                    let bar = self.bars.add(ProgressBar::no_length());
                    bar.with_style(line_style("{spinner} {wide_msg}", self.color))
                })
                .clone();
            // The `with` forms do not draw; `tick` does, once for all of it.
            let mut bar = bar.with_message(describe(step, elapsed));
            if let Some((done, Some(total))) = step.bytes {
                if bar.length() != Some(total) {
                    bar = bar.with_style(line_style("{spinner} [{bar:20}] {wide_msg}", self.color));
                    bar.set_length(total);
                }
                bar = bar.with_position(done);
            }
            bar.tick();
        }
    }
}

/// The painter's thread: draws until no step is left. The next step starts another one.
fn paint(progress: &Weak<Progress>) {
    while let Some(progress) = progress.upgrade() {
        let steps = progress.lock();
        let (mut steps, _) = progress.changed.wait_timeout(steps, TICK).unwrap_or_else(PoisonError::into_inner);
        if steps.running.is_empty() {
            steps.painter = false;
            return;
        }
        progress.draw(&mut steps, Instant::now());
    }
}

fn line_style(template: &str, color: bool) -> ProgressStyle {
    let template = if color { template.replace("{spinner}", "{spinner:.cyan}") } else { template.to_owned() };
    ProgressStyle::with_template(&template)
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .tick_chars("-\\|/ ")
        .progress_chars("=> ")
}

/// `push image, 12.5 of 80.0 MB (layer 2) 7 s`
fn describe(step: &RunningStep, elapsed: Duration) -> String {
    let mut text = printable(&step.title, false).into_owned();
    match step.bytes {
        Some((done, Some(total))) => text.push_str(&format!(", {} of {} MB", megabytes(done), megabytes(total))),
        Some((done, None)) => text.push_str(&format!(", {} MB", megabytes(done))),
        None => {}
    }
    if !step.detail.is_empty() {
        text.push_str(&format!(" ({})", printable(&step.detail, false)));
    }
    text.push_str(&format!(" {} s", elapsed.as_secs()));
    text
}

/// Millions of bytes with one decimal.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_add(50_000) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// `created repository `x``: what happened, and to what.
pub(super) fn outcome_word(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Created => Some("created"),
        Outcome::Updated => Some("updated"),
        Outcome::Unchanged => Some("unchanged"),
        Outcome::Deleted => Some("deleted"),
        Outcome::Kept => Some("kept"),
        Outcome::Done => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::io;

    #[derive(Default)]
    struct RecordedLines(Mutex<Vec<String>>);

    impl RecordedLines {
        fn add(&self, text: String) {
            self.0.lock().unwrap().push(text);
        }
    }

    impl LineOutput for RecordedLines {
        fn plain(&self, text: &str) {
            self.add(text.to_owned());
        }
        fn finished(&self, outcome: Outcome, text: &str) {
            self.add(format!("{} {text}", outcome_word(outcome).unwrap_or("-")));
        }
        fn note(&self, text: &str) {
            self.add(format!("note: {text}"));
        }
        fn warning(&self, text: &str) {
            self.add(format!("warning: {text}"));
        }
    }

    fn story() -> Vec<Event> {
        let detail = |text: &str| Event::Detail { step: "repo", text: text.into() };
        vec![
            Event::Started { step: "repo", title: "create repository `x`".into() },
            detail("CREATING"),
            detail("CREATING"),
            Event::Bytes { step: "repo", done: 1, total: Some(2) },
            detail("READY"),
            Event::Output { source: "pip", line: "Collecting".into() },
            Event::Note("n".into()),
            Event::Warning("w".into()),
            Event::Finished { step: "repo", outcome: Outcome::Created, text: "repository `x`".into() },
            Event::Started { step: "role", title: "create role".into() },
            Event::Finished { step: "role", outcome: Outcome::Done, text: String::new() },
            // About a step that never started.
            Event::Detail { step: "gone", text: "x".into() },
        ]
    }

    fn told(mode: Mode) -> Vec<String> {
        let progress = Arc::new(Progress::on(ProgressDrawTarget::hidden(), mode, false));
        let record = RecordedLines::default();
        for event in story() {
            progress.consume(event, &record);
        }
        assert!(progress.lock().running.is_empty());
        record.0.into_inner().unwrap()
    }

    #[test]
    fn plain_lines() {
        assert_eq!(
            told(Mode::Plain),
            [
                "create repository `x`",
                "create repository `x`: CREATING",
                "create repository `x`: READY",
                "pip | Collecting",
                "note: n",
                "warning: w",
                "created repository `x`",
                "create role",
                "- create role",
            ]
        );
    }

    #[test]
    fn a_live_display_leaves_results_only() {
        let expected = ["note: n", "warning: w", "created repository `x`", "- create role"];
        assert_eq!(told(Mode::Live { output: false }), expected);
        let mut verbose = expected.to_vec();
        verbose.insert(0, "pip | Collecting");
        assert_eq!(told(Mode::Live { output: true }), verbose);
    }

    #[test]
    fn quiet_leaves_warnings_only() {
        assert_eq!(told(Mode::Quiet), ["warning: w"]);
    }

    #[test]
    fn what_a_step_shows() {
        let mut step = RunningStep {
            id: "push",
            title: "push\x1b image".into(),
            detail: String::new(),
            bytes: None,
            since: Instant::now(),
            bar: None,
        };
        assert_eq!(describe(&step, Duration::from_millis(7900)), "push\\x1b image 7 s");
        step.bytes = Some((12_480_000, Some(80_000_000)));
        step.detail = "layer 2".into();
        assert_eq!(describe(&step, Duration::ZERO), "push\\x1b image, 12.5 of 80.0 MB (layer 2) 0 s");
        step.bytes = Some((49_999, None));
        assert_eq!(describe(&step, Duration::ZERO), "push\\x1b image, 0.0 MB (layer 2) 0 s");
    }

    /// A terminal that remembers what was written to it.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.write_str("<clear>")
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_step_shows_after_the_delay() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let progress = Progress::on(target, Mode::Live { output: false }, false);
        let shown = || std::mem::take(&mut *screen.0.lock().unwrap());
        let since = Instant::now();
        let step =
            RunningStep { id: "s", title: "pull image".into(), detail: String::new(), bytes: None, since, bar: None };
        let mut steps = Steps { running: vec![step], painter: true };
        progress.draw(&mut steps, since + DELAY / 2);
        assert_eq!(shown(), "");
        progress.draw(&mut steps, since + DELAY);
        assert!(shown().contains("pull image 0 s"));
        steps.running[0].bytes = Some((1_000_000, Some(2_000_000)));
        progress.draw(&mut steps, since + DELAY * 8);
        let drawn = shown();
        assert!(drawn.contains("[==========> ") && drawn.contains("1.0 of 2.0 MB 2 s"), "{drawn}");
        *progress.lock() = steps;
        let before = progress.suspend(shown);
        assert!(before.contains("<clear>") && !before.contains("pull"), "{before}");
        shown();
        progress.clear();
        assert!(progress.lock().running.is_empty());
        assert!(!shown().contains("pull"));
    }
}
