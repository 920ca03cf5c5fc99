//! An answer that comes bit by bit, as lines of JSON: `invoke --output ndjson`.
//!
//! Owns: what one line is. Does not own: the last line, which is the document of `reports`.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::Result;
use crate::ops::invoke::EventParser;
use crate::report::schemas;
use crate::ui::Ui;

/// A line for each event of a stream, each text of an A2A agent and each message of a web socket.
pub(super) struct EventLines {
    ui: Ui,
    /// The answer is a stream of events.
    has_begun: AtomicBool,
    parser: Mutex<EventParser>,
}

impl EventLines {
    pub(super) fn new(ui: &Ui) -> Self {
        Self { ui: ui.clone(), has_begun: AtomicBool::new(false), parser: Mutex::default() }
    }

    pub(super) fn begin(&self) {
        self.has_begun.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Relaxed)
    }

    /// The next bytes of the stream.
    pub(super) fn feed(&self, chunk: &[u8]) -> Result<ControlFlow<()>> {
        let mut parser = self.parser.lock().unwrap_or_else(PoisonError::into_inner);
        parser.feed(chunk, &mut |data| self.print(&read(data)))
    }

    /// The stream has ended: its last event may lack its empty line.
    pub(super) fn finish(&self) -> Result<()> {
        let mut parser = self.parser.lock().unwrap_or_else(PoisonError::into_inner);
        parser.finish(&mut |data| self.print(&read(data)))
    }

    /// `Break` when nobody reads any more.
    pub(super) fn print(&self, data: &Value) -> Result<ControlFlow<()>> {
        let goes_on = self.ui.stream_line(schemas::INVOKE_EVENT, &json!({ "data": data }))?;
        Ok(if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    }
}

/// JSON as it is, anything else as a text.
fn read(data: &[u8]) -> Value {
    serde_json::from_slice(data).unwrap_or_else(|_| json!(String::from_utf8_lossy(data)))
}
