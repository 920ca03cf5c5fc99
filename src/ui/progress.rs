//! Events of long work as a live display on a terminal, or as plain lines elsewhere.
//!
//! Owns: which event shows as what, the delay before a display appears, clearing it before any other line. Does not
//! own: the events (`crate::events`), or writing lines (`super::UiState`).
//!
//! A live step is one line with a spinner. It appears only when the step has run for a moment, so that quick commands
//! do not flicker, and it leaves one line behind when it ends. In a log, a step is the line with which it ends; one that
//! takes longer also says from time to time that it still runs, because pipelines end a job that is silent for minutes.

mod view;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use self::view::View;
use super::style::printable;
use crate::events::{Event, Outcome};
use crate::report::shortened;

/// How long a step runs before it shows.
const DELAY: Duration = Duration::from_millis(250);
/// How long nothing happens before a wait shows.
const SILENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);
/// After how long a step says in a log that it runs, and how often it says so again.
const FIRST_SIGN: Duration = Duration::from_secs(10);
const NEXT_SIGNS: Duration = Duration::from_secs(60);
/// Characters of such a line. An installer's last word can be a list of all packages.
const LONGEST_SIGN: usize = 120;

/// A step that has started and not finished.
struct RunningStep {
    id: &'static str,
    title: String,
    detail: String,
    bytes: Option<(u64, Option<u64>)>,
    /// How many of what are done.
    count: Option<(u64, &'static str)>,
    since: Instant,
    /// When a log says next that it runs.
    next_sign: Instant,
    /// How long it runs before it shows.
    delay: Duration,
    /// Present once the step shows.
    bar: Option<ProgressBar>,
}

impl RunningStep {
    fn new(id: &'static str, title: String, since: Instant) -> Self {
        let next_sign = since + FIRST_SIGN;
        Self { id, title, detail: String::new(), bytes: None, count: None, since, next_sign, delay: DELAY, bar: None }
    }
}

/// Where finished lines, warnings and notes go.
pub(super) trait LineOutput: Send + Sync {
    fn plain(&self, text: &str);
    fn finished(&self, outcome: Outcome, text: &str);
    fn note(&self, text: &str);
    fn warning(&self, text: &str);
}

/// What a consumer does with events, by where stderr goes and how much is wanted: `output` says whether lines of child
/// processes are printed too. A child that fails is quoted by the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Warnings only.
    Quiet,
    /// A line per step.
    Plain { output: bool },
    /// A live display.
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
    view: Option<View>,
}

impl Progress {
    pub(super) fn new(mode: Mode, color: bool) -> Self {
        let target = match mode {
            Mode::Live { .. } => ProgressDrawTarget::stderr_with_hz(12),
            Mode::Quiet | Mode::Plain { .. } => ProgressDrawTarget::hidden(),
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
            Mode::Quiet | Mode::Plain { .. } => write(),
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

    pub(super) fn consume(self: &Arc<Self>, event: Event, lines: &Arc<dyn LineOutput>) {
        match event {
            Event::Warning(text) => lines.warning(&text),
            _ if self.mode == Mode::Quiet => {}
            // Kept by whoever catches the signal.
            Event::Resume(_) | Event::Resource(_) => {}
            Event::Note(text) => lines.note(&text),
            Event::Started { step, title } => self.start(step, title, lines),
            Event::Detail { step, text } => self.with_step(step, |running| running.detail = text),
            Event::Bytes { step, done, total } => self.with_step(step, |running| running.bytes = Some((done, total))),
            Event::Count { step, done, what } => self.with_step(step, |running| running.count = Some((done, what))),
            Event::Finished { step, outcome, text } => {
                let ended = self.end(step);
                let text = if text.is_empty() { ended.unwrap_or_else(|| step.to_owned()) } else { text };
                lines.finished(outcome, &text);
            }
            Event::Log { source, line } => lines.plain(&format!("{source} | {line}")),
            Event::Output { source, line } => match self.mode {
                Mode::Live { output: true } | Mode::Plain { output: true } => {
                    lines.plain(&format!("{source} | {line}"));
                }
                _ => self.last_line(&line),
            },
        }
    }

    fn start(self: &Arc<Self>, id: &'static str, title: String, lines: &Arc<dyn LineOutput>) {
        self.show(RunningStep::new(id, title, Instant::now()), lines);
    }

    /// A wait is no step: it shows on a terminal alone, after a second, and leaves nothing behind.
    pub(super) fn wait(self: &Arc<Self>, id: &'static str, title: String, lines: &Arc<dyn LineOutput>) {
        if matches!(self.mode, Mode::Live { .. }) {
            self.show(RunningStep { delay: SILENCE, ..RunningStep::new(id, title, Instant::now()) }, lines);
        }
    }

    fn show(self: &Arc<Self>, step: RunningStep, lines: &Arc<dyn LineOutput>) {
        self.end(step.id);
        let mut steps = self.lock();
        steps.running.push(step);
        if !steps.painter {
            let (weak, lines) = (Arc::downgrade(self), Arc::downgrade(lines));
            // Without a thread there is no display, and the work goes on.
            let painter = std::thread::Builder::new().name("progress".into());
            steps.painter = painter.spawn(move || paint(&weak, &lines)).is_ok();
        }
    }

    fn with_step(&self, id: &str, change: impl FnOnce(&mut RunningStep)) {
        if let Some(step) = self.lock().running.iter_mut().find(|running| running.id == id) {
            change(step);
        }
    }

    /// The last line of a child process stands beside the newest step, for there is no telling whose it is.
    fn last_line(&self, line: &str) {
        if let Some(step) = self.lock().running.last_mut() {
            line.trim().clone_into(&mut step.detail);
        }
    }

    /// Takes the step off the display and returns its title.
    pub(super) fn end(&self, id: &str) -> Option<String> {
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

    /// Lines for steps that run longer than a log should be silent.
    fn signs(steps: &mut Steps, now: Instant) -> Vec<String> {
        let late = steps.running.iter_mut().filter(|step| now >= step.next_sign);
        late.map(|step| {
            step.next_sign = now + NEXT_SIGNS;
            // Nothing cuts off a line of a log.
            shortened(&describe(step, now.saturating_duration_since(step.since)), LONGEST_SIGN).0
        })
        .collect()
    }

    /// Shows steps that have run long enough and moves the spinners.
    fn draw(&self, steps: &mut Steps, now: Instant) {
        for step in &mut steps.running {
            let elapsed = now.saturating_duration_since(step.since);
            if step.bar.is_none() && elapsed < step.delay {
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
        self.draw_view(steps);
    }
}

/// The painter's thread: draws until no step is left. The next step starts another one.
fn paint(progress: &Weak<Progress>, lines: &Weak<dyn LineOutput>) {
    while let Some(progress) = progress.upgrade() {
        let steps = progress.lock();
        let (mut steps, _) = progress.changed.wait_timeout(steps, TICK).unwrap_or_else(PoisonError::into_inner);
        if steps.running.is_empty() {
            steps.painter = false;
            return;
        }
        match progress.mode {
            Mode::Quiet => {}
            Mode::Live { .. } => progress.draw(&mut steps, Instant::now()),
            Mode::Plain { .. } => {
                let Some(lines) = lines.upgrade() else { return };
                // While the steps are locked: no line of a step may come below the one with which it ends.
                Progress::signs(&mut steps, Instant::now()).iter().for_each(|sign| lines.plain(sign));
            }
        }
    }
}

fn line_style(template: &str, color: bool) -> ProgressStyle {
    let template = if color { template.replace("{spinner}", "{spinner:.cyan}") } else { template.to_owned() };
    ProgressStyle::with_template(&template)
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .tick_chars("-\\|/ ")
        .progress_chars("=> ")
}

/// `push image, 12.5 of 80.0 MB, 7 s (layer 2)`: what may be cut off at the edge comes last.
fn describe(step: &RunningStep, elapsed: Duration) -> String {
    let mut text = printable(&step.title, false).into_owned();
    match step.bytes {
        Some((done, Some(total))) => text.push_str(&format!(", {} of {} MB", megabytes(done), megabytes(total))),
        Some((done, None)) => text.push_str(&format!(", {} MB", megabytes(done))),
        None => {}
    }
    if let Some((done, what)) = step.count {
        text.push_str(&format!(", {done} {what}"));
    }
    text.push_str(&format!(", {} s", elapsed.as_secs()));
    if !step.detail.is_empty() {
        text.push_str(&format!(" ({})", printable(&step.detail, false)));
    }
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
        let record = Arc::new(RecordedLines::default());
        let lines: Arc<dyn LineOutput> = Arc::clone(&record) as _;
        for event in story() {
            progress.consume(event, &lines);
        }
        assert!(progress.lock().running.is_empty());
        std::mem::take(&mut *record.0.lock().unwrap())
    }

    #[test]
    fn a_step_leaves_one_line() {
        let expected = ["note: n", "warning: w", "created repository `x`", "- create role"];
        let mut verbose = expected.to_vec();
        verbose.insert(0, "pip | Collecting");
        for (quiet, talking) in [
            (Mode::Live { output: false }, Mode::Live { output: true }),
            (Mode::Plain { output: false }, Mode::Plain { output: true }),
        ] {
            assert_eq!(told(quiet), expected, "{quiet:?}");
            assert_eq!(told(talking), verbose, "{talking:?}");
        }
    }

    #[test]
    fn a_log_is_not_silent_for_minutes() {
        let since = Instant::now();
        let running = vec![RunningStep::new("pip", "install".into(), since)];
        let mut steps = Steps { running, painter: true, view: None };
        steps.running[0].count = Some((3, "packages"));
        let mut at = |seconds| Progress::signs(&mut steps, since + Duration::from_secs(seconds));
        assert_eq!(at(9), Vec::<String>::new());
        assert_eq!(at(10), ["install, 3 packages, 10 s"]);
        assert_eq!(at(69), Vec::<String>::new());
        assert_eq!(at(70), ["install, 3 packages, 70 s"]);
        steps.running[0].detail = "Successfully installed a-1 b-2 ".repeat(20);
        let signs = Progress::signs(&mut steps, since + Duration::from_secs(130));
        assert_eq!(signs[0].chars().count(), LONGEST_SIGN + 1);
        assert!(
            signs[0].starts_with("install, 3 packages, 130 s (Successfully installed a-1") && signs[0].ends_with('…')
        );
    }

    #[test]
    fn quiet_leaves_warnings_only() {
        assert_eq!(told(Mode::Quiet), ["warning: w"]);
    }

    #[test]
    fn what_a_step_shows() {
        let mut step = RunningStep::new("push", "push\x1b image".into(), Instant::now());
        assert_eq!(describe(&step, Duration::from_millis(7900)), "push\\x1b image, 7 s");
        step.bytes = Some((12_480_000, Some(80_000_000)));
        step.detail = "layer 2".into();
        assert_eq!(describe(&step, Duration::ZERO), "push\\x1b image, 12.5 of 80.0 MB, 0 s (layer 2)");
        step.bytes = Some((49_999, None));
        step.count = Some((4, "blobs"));
        assert_eq!(describe(&step, Duration::ZERO), "push\\x1b image, 0.0 MB, 4 blobs, 0 s (layer 2)");
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
    fn a_wait_shows_late_and_leaves_nothing() {
        let (screen, since) = (Screen::default(), Instant::now());
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let live = Arc::new(Progress::on(target, Mode::Live { output: false }, false));
        let shown = || std::mem::take(&mut *screen.0.lock().unwrap());
        let step = RunningStep { delay: SILENCE, ..RunningStep::new("w", "wait".into(), since) };
        let mut steps = Steps { running: vec![step], painter: true, view: None };
        live.draw(&mut steps, since + SILENCE / 2);
        assert_eq!(shown(), "");
        live.draw(&mut steps, since + SILENCE * 3);
        assert!(shown().contains("wait, 3 s"));
        *live.lock() = steps;
        live.end("w");
        assert!(!shown().contains("wait"));

        let record = Arc::new(RecordedLines::default());
        let lines: Arc<dyn LineOutput> = Arc::clone(&record) as _;
        for mode in [Mode::Quiet, Mode::Plain { output: true }] {
            let progress = Arc::new(Progress::on(ProgressDrawTarget::hidden(), mode, false));
            progress.wait("w", "wait".into(), &lines);
            assert!(progress.lock().running.is_empty(), "a log says nothing of it");
        }
    }

    #[test]
    fn a_step_shows_after_the_delay() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let progress = Progress::on(target, Mode::Live { output: false }, false);
        let shown = || std::mem::take(&mut *screen.0.lock().unwrap());
        let since = Instant::now();
        let step = RunningStep::new("s", "pull image".into(), since);
        let mut steps = Steps { running: vec![step], painter: true, view: None };
        progress.draw(&mut steps, since + DELAY / 2);
        assert_eq!(shown(), "");
        progress.draw(&mut steps, since + DELAY);
        assert!(shown().contains("pull image, 0 s"));
        steps.running[0].bytes = Some((1_000_000, Some(2_000_000)));
        progress.draw(&mut steps, since + DELAY * 8);
        let drawn = shown();
        assert!(drawn.contains("[==========> ") && drawn.contains("1.0 of 2.0 MB, 2 s"), "{drawn}");
        *progress.lock() = steps;
        let before = progress.suspend(shown);
        assert!(before.contains("<clear>") && !before.contains("pull"), "{before}");
        shown();
        progress.clear();
        assert!(progress.lock().running.is_empty());
        assert!(!shown().contains("pull"));
    }
}
