//! What the page shows: the last requests, log lines and spans, in memory alone.
//!
//! Owns: how much of each is kept, and the numbers by which a reader asks for what is new. Does not own: what an entry says
//! (`recording`, `spans`), who may read it (`access`).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::mask::masked;
use crate::clock;

/// Entries of each kind, and the bytes of their JSON, that are kept at most.
const REQUESTS: (usize, usize) = (200, 2 << 20);
const LINES: (usize, usize) = (2000, 2 << 20);
const SPANS: (usize, usize) = (1000, 4 << 20);
/// Characters of a log line.
const LONGEST_LINE: usize = 2000;
/// What comes within this time goes out at once.
const TOGETHER: Duration = Duration::from_millis(30);
/// A reader that is gone is noticed by writing to it.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    Request,
    Line,
    Span,
}

impl EntryKind {
    const ALL: [Self; 3] = [Self::Request, Self::Line, Self::Span];

    /// The name of its event.
    const fn event(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Line => "log",
            Self::Span => "span",
        }
    }

    /// The name of its list.
    const fn list(self) -> &'static str {
        match self {
            Self::Request => "requests",
            Self::Line => "logs",
            Self::Span => "spans",
        }
    }
}

/// Where a log line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineOrigin {
    Out,
    Err,
    /// The server's own words.
    Server,
}

impl LineOrigin {
    const fn name(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Err => "err",
            Self::Server => "server",
        }
    }
}

/// The last entries of each kind.
#[derive(Debug)]
pub(crate) struct Journal {
    rings: Mutex<Rings>,
    /// Number of the newest entry.
    newest: watch::Sender<u64>,
}

#[derive(Debug)]
struct Rings {
    /// Of the newest entry; they count from 1.
    number: u64,
    /// In the order of [`EntryKind::ALL`].
    rings: [Ring; 3],
}

#[derive(Debug)]
struct Ring {
    entries: VecDeque<JournalEntry>,
    bytes: usize,
    most: (usize, usize),
}

#[derive(Debug)]
struct JournalEntry {
    number: u64,
    /// By which a later state of the same thing is known.
    key: Option<u64>,
    /// A JSON object on one line.
    text: String,
}

impl Default for Journal {
    fn default() -> Self {
        let ring = |most| Ring { entries: VecDeque::new(), bytes: 0, most };
        let rings = [ring(REQUESTS), ring(LINES), ring(SPANS)];
        Self { rings: Mutex::new(Rings { number: 0, rings }), newest: watch::Sender::new(0) }
    }
}

impl Journal {
    /// Adds an entry that does not change any more.
    pub(crate) fn add(&self, kind: EntryKind, value: &Value) {
        self.insert(kind, None, value, Ring::push);
    }

    /// A line of an agent's log, or of the server's own.
    pub(crate) fn line(&self, agent: &str, origin: LineOrigin, text: &str) {
        let text: String = text.chars().take(LONGEST_LINE).collect();
        let text = masked(&text);
        self.add(EntryKind::Line, &json!({ "at": millis(), "agent": agent, "from": origin.name(), "text": text }));
    }

    /// Adds an entry under a new key.
    pub(super) fn put_new(&self, kind: EntryKind, key: u64, value: &Value) {
        self.insert(kind, Some(key), value, Ring::push);
    }

    /// Takes the place of the entry with this key. One that was forgotten stays so.
    pub(super) fn put(&self, kind: EntryKind, key: u64, value: &Value) {
        self.insert(kind, Some(key), value, Ring::replace);
    }

    fn insert(&self, kind: EntryKind, key: Option<u64>, value: &Value, put: fn(&mut Ring, JournalEntry)) {
        let text = value.to_string();
        let number = {
            let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
            rings.number += 1;
            let number = rings.number;
            let ring = &mut rings.rings[kind as usize];
            put(ring, JournalEntry { number, key, text });
            ring.forget();
            number
        };
        // Another thread may have told of a later one meanwhile.
        self.newest.send_modify(|newest| *newest = number.max(*newest));
    }

    /// A list of each kind, as members of a JSON object without its braces, and the number of the newest entry.
    pub(super) fn lists(&self) -> (String, u64) {
        let rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        let list = |kind: EntryKind| {
            let entries = rings.rings[kind as usize].entries.iter();
            let entries: Vec<&str> = entries.map(|entry| entry.text.as_str()).collect();
            format!("\"{}\":[{}]", kind.list(), entries.join(","))
        };
        (EntryKind::ALL.map(list).join(","), rings.number)
    }

    /// Server-sent events of what is newer than the entry `after`, oldest first. The stream has no end of its own.
    pub(super) fn events(self: &Arc<Self>, after: u64) -> impl Stream<Item = std::io::Result<Bytes>> + use<> {
        let journal = Arc::clone(self);
        let newest = journal.newest.subscribe();
        stream::unfold((journal, newest, after), |(journal, mut newest, mut after)| async move {
            let waited = tokio::time::timeout(SIGN_OF_LIFE, newest.wait_for(|number| *number > after));
            let is_new = matches!(waited.await, Ok(Ok(_)));
            let text = if is_new {
                tokio::time::sleep(TOGETHER).await;
                let (text, number) = journal.events_after(after);
                after = number;
                text
            } else {
                ":\n\n".to_owned()
            };
            Some((Ok(Bytes::from(text)), (journal, newest, after)))
        })
    }

    fn events_after(&self, after: u64) -> (String, u64) {
        let rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<(u64, EntryKind, &str)> = Vec::new();
        for kind in EntryKind::ALL {
            let entries = rings.rings[kind as usize].entries.iter().filter(|entry| entry.number > after);
            found.extend(entries.map(|entry| (entry.number, kind, entry.text.as_str())));
        }
        found.sort_unstable_by_key(|(number, ..)| *number);
        let event = |(number, kind, text): (u64, EntryKind, &str)| {
            format!("id: {number}\nevent: {}\ndata: {text}\n\n", kind.event())
        };
        (found.into_iter().map(event).collect(), rings.number)
    }
}

impl Ring {
    fn push(&mut self, entry: JournalEntry) {
        self.bytes += entry.text.len();
        self.entries.push_back(entry);
    }

    fn replace(&mut self, entry: JournalEntry) {
        if let Some(old) = self.entries.iter_mut().find(|old| old.key == entry.key) {
            self.bytes = self.bytes + entry.text.len() - old.text.len();
            *old = entry;
        }
    }

    fn forget(&mut self) {
        while self.entries.len() > self.most.0 || self.bytes > self.most.1 {
            let Some(gone) = self.entries.pop_front() else { break };
            self.bytes -= gone.text.len();
        }
    }
}

/// Now, in milliseconds since 1970.
pub(super) fn millis() -> i64 {
    i64::try_from(clock::now().unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    fn lines(journal: &Journal) -> Value {
        serde_json::from_str(&format!("{{{}}}", journal.lists().0)).unwrap()
    }

    #[test]
    fn the_oldest_entries_are_forgotten() {
        let journal = Journal::default();
        for at in 0..LINES.0 + 5 {
            journal.line("a", LineOrigin::Out, &format!("line {at}"));
        }
        let all = lines(&journal)["logs"].as_array().unwrap().clone();
        assert_eq!((all.len(), all[0]["text"].clone()), (LINES.0, json!("line 5")));
        // Long ones count by their size.
        for _ in 0..LINES.0 {
            journal.line("a", LineOrigin::Err, &"x\u{1}".repeat(LONGEST_LINE));
        }
        let (text, _) = journal.lists();
        assert!(text.len() < LINES.1 + (64 << 10), "{}", text.len());
    }

    #[tokio::test]
    async fn readers_get_what_is_newer() {
        let journal = Arc::new(Journal::default());
        journal.put_new(EntryKind::Request, 7, &json!({ "state": 1 }));
        journal.line("a", LineOrigin::Server, "between");
        journal.put(EntryKind::Request, 7, &json!({ "state": 2 }));
        assert_eq!(lines(&journal)["requests"], json!([{ "state": 2 }]));
        let mut events = Box::pin(journal.events(1));
        let text = events.next().await.unwrap().unwrap();
        let text = std::str::from_utf8(&text).unwrap();
        assert!(text.starts_with("id: 2\nevent: log\n"), "{text}");
        assert!(text.ends_with("id: 3\nevent: request\ndata: {\"state\":2}\n\n"), "{text}");
        // What was forgotten does not come back.
        for _ in 0..REQUESTS.0 {
            journal.add(EntryKind::Request, &json!({}));
        }
        journal.put(EntryKind::Request, 7, &json!({ "state": 3 }));
        assert!(!lines(&journal)["requests"].to_string().contains("state"));
    }
}
