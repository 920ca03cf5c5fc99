//! Progress events of long operations.
//!
//! Owns: the event types and the handle that flows through `ops`, `image` and `cloud`. Does not own: display (`ui`
//! turns events into a spinner or plain lines).

use std::sync::Arc;

/// One thing that happened during a long operation.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A step began; `title` is what to show, in the form "create repository `x`".
    Started { step: &'static str, title: String },
    /// More about the running step: a state, a phase, a package name.
    Detail { step: &'static str, text: String },
    /// Bytes moved so far in the running step, of `total` where that is known.
    Bytes { step: &'static str, done: u64, total: Option<u64> },
    /// The step ended well.
    Finished { step: &'static str, outcome: Outcome, text: String },
    /// A line that a child process printed. Already scrubbed of secrets.
    Output { source: &'static str, line: String },
    /// A line of a remote build's log. Nobody can look at it on this machine, so it shows as a line everywhere.
    Log { source: &'static str, line: String },
    /// How to go on when the work is interrupted from now on. Before the first such event nothing was changed.
    Resume(String),
    /// Something worth reading that is not a step.
    Note(String),
    /// Something that may surprise later.
    Warning(String),
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Created,
    Updated,
    Unchanged,
    Deleted,
    Kept,
    Done,
}

/// A cheap handle to whoever listens.
#[derive(Clone)]
pub(crate) struct Events(Arc<dyn Fn(Event) + Send + Sync>);

impl Events {
    pub(crate) fn new(listener: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    /// Nobody listens.
    pub(crate) fn silent() -> Self {
        Self::new(|_| {})
    }

    pub(crate) fn emit(&self, event: Event) {
        (self.0)(event);
    }

    pub(crate) fn started(&self, step: &'static str, title: impl Into<String>) {
        self.emit(Event::Started { step, title: title.into() });
    }

    pub(crate) fn detail(&self, step: &'static str, text: impl Into<String>) {
        self.emit(Event::Detail { step, text: text.into() });
    }

    pub(crate) fn bytes(&self, step: &'static str, done: u64, total: Option<u64>) {
        self.emit(Event::Bytes { step, done, total });
    }

    pub(crate) fn finished(&self, step: &'static str, outcome: Outcome, text: impl Into<String>) {
        self.emit(Event::Finished { step, outcome, text: text.into() });
    }

    pub(crate) fn output(&self, source: &'static str, line: impl Into<String>) {
        self.emit(Event::Output { source, line: line.into() });
    }

    pub(crate) fn log(&self, source: &'static str, line: impl Into<String>) {
        self.emit(Event::Log { source, line: line.into() });
    }

    pub(crate) fn resume(&self, hint: impl Into<String>) {
        self.emit(Event::Resume(hint.into()));
    }

    pub(crate) fn note(&self, text: impl Into<String>) {
        self.emit(Event::Note(text.into()));
    }

    pub(crate) fn warning(&self, text: impl Into<String>) {
        self.emit(Event::Warning(text.into()));
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Events")
    }
}
