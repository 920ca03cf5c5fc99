//! What is shown on a terminal while something is waited for: for how long, or a document that is drawn anew whenever it changes.
//!
//! Owns: where there is such a thing, and what is left of it. Does not own: drawing (`progress`).

use std::sync::Arc;

use super::progress::LineOutput;
use super::text::{self, Layout};
use super::{Ui, UiState};
use crate::report::Document;

/// The one wait that there can be at a time, among the steps.
const WAIT: &str = "wait";

/// A wait that is shown.
pub(crate) struct WaitShown(Option<Arc<UiState>>);

impl WaitShown {
    /// Takes it off the terminal. The first call counts.
    pub(crate) fn end(&mut self) {
        if let Some(state) = self.0.take() {
            state.progress().end(WAIT);
        }
    }
}

impl Drop for WaitShown {
    fn drop(&mut self) {
        self.end();
    }
}

/// Stays on the terminal as it is when this is dropped, so that whoever interrupts a wait sees how far it had come.
pub(crate) struct LiveView(Arc<UiState>);

impl Ui {
    /// Shows on a terminal that something is waited for, and for how long, once nothing has happened for a second. Ends when the
    /// answer says so, or is dropped, and leaves nothing behind.
    pub(crate) fn wait(&self, title: &str) -> WaitShown {
        let lines: Arc<dyn LineOutput> = Arc::clone(&self.0) as _;
        self.0.progress().wait(WAIT, title.to_owned(), &lines);
        WaitShown(Some(Arc::clone(&self.0)))
    }

    /// A view above the running steps. `None` where each change is to be a line of its own instead: off a terminal, with `--quiet`, for
    /// JSON, with `NO_COLOR` and on terminals that cannot move the cursor.
    pub(crate) fn live_view(&self) -> Option<LiveView> {
        self.0.redraws.then(|| LiveView(Arc::clone(&self.0)))
    }
}

impl LiveView {
    /// Shows the document in place of the one before.
    pub(crate) fn show(&self, document: Document) {
        let (painter, ascii) = (self.0.err_painter, self.0.ascii);
        self.0.progress().show_view(Box::new(move |columns| {
            text::document(&document, Layout { painter, width: Some(columns), ascii, hyperlinks: false })
        }));
    }

    /// Takes it off the terminal: what comes next says more.
    pub(crate) fn remove(self) {
        self.0.progress().take_view();
    }
}

impl Drop for LiveView {
    fn drop(&mut self) {
        if let Some(text) = self.0.progress().take_view() {
            self.0.say(&format!("{text}\n"));
        }
    }
}
