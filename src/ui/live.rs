//! A document that is shown on a terminal while something is waited for, and drawn anew whenever it changes.
//!
//! Owns: where there is such a view, and what is left of it. Does not own: drawing (`progress`).

use std::sync::Arc;

use super::text::{self, Layout};
use super::{Ui, UiState};
use crate::report::Document;

/// Stays on the terminal as it is when this is dropped, so that whoever interrupts a wait sees how far it had come.
pub(crate) struct LiveView(Arc<UiState>);

impl Ui {
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
