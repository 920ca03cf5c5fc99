//! Progress events of long operations. What is kept of them in a file is in `log`.
//!
//! Owns: the event types and the handle that flows through `ops`, `image` and `cloud`. Does not own: display (`ui`
//! turns events into a spinner or plain lines).

pub(crate) mod log;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One thing that happened during a long operation.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A step began; `title` is what to show, in the form "create repository `x`".
    Started { step: &'static str, title: String },
    /// More about the running step: a state, a phase, a package name.
    Detail { step: &'static str, text: String },
    /// Bytes moved so far in the running step, of `total` where that is known.
    Bytes { step: &'static str, done: u64, total: Option<u64> },
    /// How many are done so far in the running step; `what` in the plural.
    Count { step: &'static str, done: u64, what: &'static str },
    /// The step ended well.
    Finished { step: &'static str, outcome: Outcome, text: String },
    /// What came of one resource of a plan. Not shown: the steps above say it.
    Resource(ResourceResult),
    /// A line that a child process printed. Already scrubbed of secrets.
    Output { source: &'static str, line: String },
    /// A line that shows as one everywhere: of a remote build's log, which cannot be looked at on this machine, or of an agent's
    /// own output.
    Log { source: &'static str, line: String },
    /// How to go on when the work is interrupted from now on. Before the first such event nothing was changed.
    Resume(String),
    /// Something worth reading that is not a step.
    Note(String),
    /// Something that may surprise later.
    Warning(String),
}

/// What was done to one resource.
#[derive(Clone, Debug)]
pub(crate) struct ResourceResult {
    /// The word of plans and reports: `runtime`, `role`.
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    /// The version that it has from now on, where it has versions.
    pub(crate) version: Option<String>,
    /// The code of the error where it failed.
    pub(crate) outcome: Result<Outcome, String>,
    pub(crate) took: Duration,
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

    /// The same listener, who hears nothing before [`Held::release`], and then everything in its order.
    pub(crate) fn held(&self) -> (Self, Held) {
        let held = Held { kept: Arc::new(Mutex::new(Some(Vec::new()))), listener: self.clone() };
        let (kept, listener) = (Arc::clone(&held.kept), self.clone());
        let events = Self::new(move |event| {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(kept) = &mut *kept {
                return kept.push(event);
            }
            drop(kept);
            listener.emit(event);
        });
        (events, held)
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

    pub(crate) fn count(&self, step: &'static str, done: u64, what: &'static str) {
        self.emit(Event::Count { step, done, what });
    }

    pub(crate) fn finished(&self, step: &'static str, outcome: Outcome, text: impl Into<String>) {
        self.emit(Event::Finished { step, outcome, text: text.into() });
    }

    pub(crate) fn resource(&self, result: ResourceResult) {
        self.emit(Event::Resource(result));
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

impl Outcome {
    /// The word for scripts.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Deleted => "deleted",
            Self::Kept => "kept",
            Self::Done => "done",
        }
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Events")
    }
}

/// What is not to be heard yet.
#[derive(Debug)]
pub(crate) struct Held {
    /// `None` once it was released.
    kept: Arc<Mutex<Option<Vec<Event>>>>,
    listener: Events,
}

impl Held {
    pub(crate) fn release(&self) {
        // What comes meanwhile waits for its turn.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for event in kept.take().into_iter().flatten() {
            self.listener.emit(event);
        }
    }
}
