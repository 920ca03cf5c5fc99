//! A document that stands above the running steps and is drawn over its predecessor.
//!
//! Owns: how much of it fits on the terminal, where it is drawn, what stays of it. Does not own: what it says.

use dialoguer::console::{Term, truncate_str};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{Progress, Steps};

/// The document's text for so many columns.
pub(in crate::ui) type ViewText = Box<dyn Fn(usize) -> String + Send>;

/// A document above the steps.
pub(super) struct View {
    text: ViewText,
    /// Present once it shows.
    bar: Option<ProgressBar>,
    /// What the bar shows.
    drawn: String,
}

impl View {
    /// What fits on the terminal above so many rows of steps.
    fn fitting(&self, steps: usize) -> String {
        let (rows, columns) = Term::stderr().size();
        // The cursor has a row of its own when the display is cleared.
        fit(&(self.text)(columns.into()), usize::from(rows).saturating_sub(steps + 1), columns.into())
    }

    fn draw(&mut self, bars: &MultiProgress, steps: usize) {
        let text = self.fitting(steps);
        if text == self.drawn {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
            bars.insert(0, ProgressBar::no_length()).with_style(style)
        });
        bar.clone().with_message(text.clone()).tick();
        self.drawn = text;
    }
}

impl Progress {
    /// Shows the text in place of the one before. It appears with the first step that shows, so that a wait that is over at
    /// once does not flicker.
    pub(in crate::ui) fn show_view(&self, text: ViewText) {
        match &mut self.lock().view {
            Some(view) => view.text = text,
            none => *none = Some(View { text, bar: None, drawn: String::new() }),
        }
    }

    /// Takes the view off the display and returns its text as it is by now; `None` where it never showed.
    pub(in crate::ui) fn take_view(&self) -> Option<String> {
        let view = self.lock().view.take()?;
        self.remove(view.bar.as_ref()?);
        Some(view.fitting(0))
    }

    pub(super) fn draw_view(&self, steps: &mut Steps) {
        let shown = steps.running.iter().filter(|step| step.bar.is_some()).count();
        if let Some(view) = steps.view.as_mut().filter(|_| shown > 0) {
            view.draw(&self.bars, shown);
        }
    }
}

/// The last rows of the text, one at least, each cut off at the edge: a row that the terminal folds, or one that has left the
/// screen, cannot be drawn over.
fn fit(text: &str, rows: usize, columns: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let shown = &lines[lines.len().saturating_sub(rows.max(1))..];
    shown.iter().map(|line| truncate_str(line, columns, "")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_terminal_gets_the_last_rows() {
        let text = "one\ntwo and more\n\x1b[1mthree and more\x1b[0m\n";
        assert_eq!(fit(text, 3, 80), text.trim_end());
        assert_eq!(fit(text, 2, 3), "two\n\x1b[1mthr\x1b[0m");
        assert_eq!(fit(text, 0, 5), "\x1b[1mthree\x1b[0m");
        assert_eq!(fit("", 3, 80), "");
    }
}
