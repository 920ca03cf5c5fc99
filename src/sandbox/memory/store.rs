//! Events and records of memories: in memory, and in a file per memory that changes are appended to.
//!
//! A line of `memories/<id>.ndjson` is one change, complete or (after a kill) not there: a list of entries that belong
//! together. A file that is mostly of what is gone is written anew. State as a whole (`state`) would be written anew for
//! each message of each agent. Times are milliseconds since 1970.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::model::Memories;
use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::sandbox::state::Persisted;

/// Lines that a file may have before it is worth shortening when it is read.
const SHORT: usize = 1000;
/// Bytes that a file may have before it is worth shortening.
const SMALL: u64 = 16 << 20;
/// Remembered client tokens, besides those of events.
const ANSWERS: usize = 50;

/// The events and records of all memories. A memory's file is read when it is first asked for.
#[derive(Debug)]
pub(crate) struct MemoryData {
    dir: PathBuf,
    open: Mutex<HashMap<String, Slot>>,
}

/// A memory's journal, once it was read.
type Slot = Arc<Mutex<Option<Journal>>>;

/// Those of one memory.
#[derive(Debug, Default)]
pub(super) struct Journal {
    path: PathBuf,
    /// Bytes of the file, and those at which it is looked at again whether to write it anew.
    size: u64,
    limit: u64,
    /// By actor and session, then by event id.
    pub(super) events: BTreeMap<(String, String), BTreeMap<String, StoredEvent>>,
    /// When a session began, by actor and session. It stays when its events are deleted.
    pub(super) sessions: BTreeMap<(String, String), i64>,
    pub(super) records: BTreeMap<String, StoredRecord>,
    /// Where the event of a client token is.
    tokens: HashMap<String, (String, String, String)>,
    /// The newest answers to other client tokens: token, the request's fingerprint, answer.
    answers: VecDeque<(String, String, Value)>,
    /// Events there ever were; the end of the next one's id.
    count: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredEvent {
    pub(super) id: String,
    pub(super) actor: String,
    pub(super) session: String,
    /// `eventTimestamp` as it came.
    pub(super) timestamp: Value,
    pub(super) payload: Value,
    pub(super) branch: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) root: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) metadata: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<String>,
    /// The fingerprint of the request with the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) print: Option<String>,
    pub(super) created: i64,
    pub(super) expires: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredRecord {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) strategy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) namespace: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) metadata: Option<Value>,
    pub(super) created: i64,
    /// When it can first be found.
    pub(super) visible: i64,
    /// `timestamp` as it came, or that of the event.
    pub(super) timestamp: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<i64>,
    /// The session of a record that collects what was said in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<String>,
}

/// One change.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Change {
    Session {
        actor: String,
        session: String,
        created: i64,
    },
    Event(StoredEvent),
    EventGone {
        actor: String,
        session: String,
        id: String,
    },
    /// A new record, or one that replaces that of its id.
    Record(StoredRecord),
    RecordGone(String),
    /// What was answered to a client token that is no event's.
    Answer {
        token: String,
        #[serde(default)]
        print: String,
        answer: Value,
    },
    /// Events there were before the file was shortened.
    Count(u64),
}

impl MemoryData {
    /// Removes the files of memories that are not there: a kill can come between the end of a memory and that of its file.
    ///
    /// # Errors
    /// When the memories cannot be read or a file cannot be removed.
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        let memories = Persisted::<Memories>::open(dir, "memories")?;
        Self::open_where(dir, |id| memories.read(|memories| memories.has_data(id)))
    }

    /// As [`MemoryData::open`], with the memories that are there.
    fn open_where(dir: &Path, is_there: impl Fn(&str) -> bool) -> Result<Self> {
        let dir = dir.join("memories");
        fsx::create_private_dir(&dir)?;
        let what = || format!("could not clear `{}`", dir.display());
        for entry in fs::read_dir(&dir).with_context(what)? {
            let path = entry.with_context(what)?.path();
            let id = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".ndjson"));
            if id.is_some_and(|id| !is_there(id)) {
                fs::remove_file(&path).with_context(what)?;
            }
        }
        Ok(Self { dir, open: Mutex::default() })
    }

    fn slot(&self, id: &str) -> Slot {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(open.entry(id.to_owned()).or_default())
    }

    /// Does what takes long and may have to come before [`MemoryData::with`]: reads a memory's file, or writes it anew. The
    /// threads that answer requests do not wait for it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) async fn prepare(&self, id: &str, now: i64) -> Result<()> {
        let (slot, path) = (self.slot(id), self.path(id));
        if is_ready(&slot) {
            return Ok(());
        }
        let work = move || -> Result<()> {
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            Journal::in_slot(&mut slot, path)?.tidy(now);
            Ok(())
        };
        tokio::task::spawn_blocking(work).await.context("reading a memory was cut short")?
    }

    /// Works on one memory's events and records. Keep `work` short: other requests for the memory wait for it.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub(super) fn with<R>(&self, id: &str, work: impl FnOnce(&mut Journal) -> R) -> Result<R> {
        let slot = self.slot(id);
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(work(Journal::in_slot(&mut slot, self.path(id))?))
    }

    /// Forgets a memory that was deleted.
    ///
    /// # Errors
    /// When its file cannot be removed.
    pub(super) fn forget(&self, id: &str) -> Result<()> {
        let slot = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        // Held while the file is removed: a change that is under way would make it again.
        let _held = slot.as_ref().map(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner));
        let path = self.path(id);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("could not remove `{}`", path.display()))
            }
            _ => Ok(()),
        }
    }

    /// An id has letters, digits, `-` and `_` only.
    fn path(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.ndjson"))
    }
}

/// Whether a journal can be worked on at once.
fn is_ready(slot: &Slot) -> bool {
    slot.try_lock().is_ok_and(|slot| slot.as_ref().is_some_and(|journal| journal.size <= journal.limit))
}

impl Journal {
    /// The journal of a slot, which is read when it is not there yet.
    fn in_slot(slot: &mut Option<Self>, path: PathBuf) -> Result<&mut Self> {
        let journal = match slot.take() {
            Some(journal) => journal,
            None => Self::load(path)?,
        };
        Ok(slot.insert(journal))
    }

    /// A line that a kill cut short is dropped.
    fn load(path: PathBuf) -> Result<Self> {
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error).with_context(|| format!("could not read `{}`", path.display())),
        };
        // A kill can cut a character too.
        let text = String::from_utf8_lossy(&bytes);
        let mut journal = Self { path, size: bytes.len() as u64, limit: SMALL, ..Self::default() };
        let mut lines = 0;
        let (whole, rest) = text.rsplit_once('\n').unwrap_or(("", &text));
        for line in whole.lines() {
            let changes = serde_json::from_str::<Vec<Change>>(line).map_err(|error| {
                Error::failed(format!("could not read the sandbox's state in `{}`: {error}", journal.path.display()))
                    .hint("`agentcore sandbox reset` starts over with an empty sandbox")
            })?;
            lines += 1;
            changes.into_iter().for_each(|change| journal.apply(change));
        }
        let living = journal.records.len() + journal.events.values().map(BTreeMap::len).sum::<usize>();
        if !rest.is_empty() || lines > SHORT && living < lines / 2 {
            journal.rewrite(&journal.living_lines()?)?;
        }
        Ok(journal)
    }

    /// Writes the file anew when it is over its limit and at least half of it is of what is gone or has expired. When the
    /// disk refuses, the file stays as it is until it has grown further.
    fn tidy(&mut self, now: i64) {
        if self.size <= self.limit {
            return;
        }
        self.drop_expired(now);
        let mut living = self.size;
        if let Ok(text) = self.living_lines() {
            living = text.len() as u64;
            if self.size > living.saturating_mul(2) && self.rewrite(&text).is_err() {
                living = self.size;
            }
        }
        self.limit = SMALL.max(living.saturating_mul(2));
    }

    fn drop_expired(&mut self, now: i64) {
        let tokens = &mut self.tokens;
        for events in self.events.values_mut() {
            events.retain(|id, event| {
                let lives = now < event.expires;
                // A token that is free again can have another event by now.
                if !lives
                    && let Some(token) = &event.token
                    && tokens.get(token).is_some_and(|(_, _, of)| of == id)
                {
                    tokens.remove(token);
                }
                lives
            });
        }
        self.events.retain(|_, events| !events.is_empty());
        self.records.retain(|_, record| record.expires.is_none_or(|end| now < end));
    }

    /// Replaces the file.
    fn rewrite(&mut self, text: &[u8]) -> Result<()> {
        fsx::write_private(&self.path, text)?;
        self.size = text.len() as u64;
        Ok(())
    }

    /// The lines of what is there.
    fn living_lines(&self) -> Result<Vec<u8>> {
        let sessions = self.sessions.iter().map(|((actor, session), created)| Change::Session {
            actor: actor.clone(),
            session: session.clone(),
            created: *created,
        });
        let events = self.events.values().flat_map(BTreeMap::values).cloned().map(Change::Event);
        let records = self.records.values().cloned().map(Change::Record);
        let mut text = Vec::new();
        let answers = self.answers.iter().cloned();
        let answers = answers.map(|(token, print, answer)| Change::Answer { token, print, answer });
        for change in sessions.chain(events).chain(records).chain(answers).chain([Change::Count(self.count)]) {
            line(&mut text, &[change])?;
        }
        Ok(text)
    }

    /// Makes changes, on disk first.
    ///
    /// # Errors
    /// When the disk refuses; nothing has changed then.
    pub(super) fn change(&mut self, changes: Vec<Change>) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut text = Vec::new();
        line(&mut text, &changes)?;
        let what = || format!("could not write `{}`", self.path.display());
        let mut options = fs::OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path).with_context(what)?;
        let end = file.metadata().with_context(what)?.len();
        if let Err(error) = file.write_all(&text) {
            // What follows a part of a line would be lost with it.
            file.set_len(end).with_context(what)?;
            return Err(error).with_context(what);
        }
        self.size = end + text.len() as u64;
        changes.into_iter().for_each(|change| self.apply(change));
        Ok(())
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Session { actor, session, created } => {
                self.sessions.entry((actor, session)).or_insert(created);
            }
            Change::Event(event) => {
                let place = (event.actor.clone(), event.session.clone());
                self.count += 1;
                self.sessions.entry(place.clone()).or_insert(event.created);
                if let Some(token) = &event.token {
                    let at = (event.actor.clone(), event.session.clone(), event.id.clone());
                    self.tokens.insert(token.clone(), at);
                }
                self.events.entry(place).or_default().insert(event.id.clone(), event);
            }
            Change::EventGone { actor, session, id } => {
                let Some(events) = self.events.get_mut(&(actor, session)) else { return };
                if let Some(token) = events.remove(&id).and_then(|event| event.token) {
                    self.tokens.remove(&token);
                }
            }
            Change::Record(record) => {
                self.records.insert(record.id.clone(), record);
            }
            Change::RecordGone(id) => {
                self.records.remove(&id);
            }
            Change::Answer { token, print, answer } => {
                self.answers.push_back((token, print, answer));
                if self.answers.len() > ANSWERS {
                    self.answers.pop_front();
                }
            }
            Change::Count(count) => self.count = count.max(self.count),
        }
    }

    /// The id of a new event: 19 digits of milliseconds, `#`, eight hexadecimal digits. Ids sort by time, and in the order of
    /// their arrival within a millisecond; at the service that order is undefined.
    pub(super) fn next_id(&self, millis: i64) -> String {
        format!("{millis:019}#{:08x}", self.count & 0xffff_ffff)
    }

    /// The event that was made with this client token.
    pub(super) fn by_token(&self, token: &str, now: i64) -> Option<&StoredEvent> {
        let (actor, session, id) = self.tokens.get(token)?;
        self.event((actor, session), id, now)
    }

    /// What was answered to this client token before.
    pub(super) fn answer(&self, token: &str) -> Option<&Value> {
        self.answers.iter().find(|(known, ..)| known == token).map(|(_, _, answer)| answer)
    }

    /// The fingerprint of the request that came with this client token before.
    pub(super) fn print(&self, token: &str, now: i64) -> Option<&str> {
        if let Some(event) = self.by_token(token, now) {
            return Some(event.print.as_deref().unwrap_or_default());
        }
        self.answers.iter().find(|(known, ..)| known == token).map(|(_, print, _)| print.as_str())
    }

    /// An event that has not expired.
    pub(super) fn event(&self, (actor, session): (&str, &str), id: &str, now: i64) -> Option<&StoredEvent> {
        let events = self.events.get(&(actor.to_owned(), session.to_owned()))?;
        events.get(id).filter(|event| now < event.expires)
    }

    /// The events of a session that have not expired, newest first.
    pub(super) fn newest_first(&self, actor: &str, session: &str, now: i64) -> impl Iterator<Item = &StoredEvent> {
        let events = self.events.get(&(actor.to_owned(), session.to_owned())).into_iter();
        events.flat_map(|events| events.values().rev()).filter(move |event| now < event.expires)
    }

    /// The records that have not expired, with those that cannot be found yet.
    pub(super) fn living(&self, now: i64) -> impl Iterator<Item = &StoredRecord> {
        self.records.values().filter(move |record| record.expires.is_none_or(|end| now < end))
    }

    /// The records that can be found.
    pub(super) fn visible(&self, now: i64) -> impl Iterator<Item = &StoredRecord> {
        self.living(now).filter(move |record| record.visible <= now)
    }
}

fn line(text: &mut Vec<u8>, changes: &[Change]) -> Result<()> {
    serde_json::to_writer(&mut *text, changes).context("could not serialise a memory")?;
    text.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(journal: &Journal, session: &str) -> StoredEvent {
        StoredEvent {
            id: journal.next_id(1_756_147_154_000),
            actor: "a".to_owned(),
            session: session.to_owned(),
            timestamp: json!(1_756_147_154.25),
            payload: json!([{ "blob": { "z": 1, "a": [1.5, "\u{2028}"] } }]),
            branch: "main".to_owned(),
            root: None,
            metadata: None,
            token: Some(format!("token-{}", journal.count)),
            print: None,
            created: 5,
            expires: 100,
        }
    }

    fn opened(dir: &Path) -> Result<MemoryData> {
        MemoryData::open_where(dir, |_| true)
    }

    fn ids(data: &MemoryData) -> Vec<String> {
        data.with("m", |journal| journal.newest_first("a", "s", 10).map(|event| event.id.clone()).collect()).unwrap()
    }

    #[test]
    fn cut_line_is_dropped_and_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let data = opened(dir.path()).unwrap();
        let add = |data: &MemoryData| {
            data.with("m", |journal| journal.change(vec![Change::Event(event(journal, "s"))]).unwrap()).unwrap();
        };
        add(&data);
        add(&data);
        let expected = ["0000001756147154000#00000001", "0000001756147154000#00000000"];
        assert_eq!(ids(&data), expected);
        let path = dir.path().join("memories/m.ndjson");
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend_from_slice(b"[{\"event\":{\"id\":\"\xe2\x80");
        fs::write(&path, bytes).unwrap();
        let again = opened(dir.path()).unwrap();
        assert_eq!(ids(&again), expected);
        add(&again);
        let third = opened(dir.path()).unwrap();
        assert_eq!(ids(&third).len(), 3);
        let (first, second) = (&data, &third);
        fs::write(&path, "[{\"event\":\n").unwrap();
        let error = opened(dir.path()).unwrap().with("m", |_| ()).unwrap_err();
        assert!(error.message().contains("m.ndjson"), "{error}");
        let payload = |data: &MemoryData| {
            data.with("m", |journal| journal.event(("a", "s"), expected[1], 10).cloned()).unwrap().unwrap()
        };
        assert_eq!(payload(first), payload(second));
    }

    #[test]
    fn long_file_of_deleted_events_gets_short() {
        let dir = tempfile::tempdir().unwrap();
        let data = opened(dir.path()).unwrap();
        data.with("m", |journal| {
            for _ in 0..SHORT {
                let made = event(journal, "s");
                let id = made.id.clone();
                journal.change(vec![Change::Event(made)]).unwrap();
                let gone = Change::EventGone { actor: "a".to_owned(), session: "s".to_owned(), id };
                journal.change(vec![gone]).unwrap();
            }
        })
        .unwrap();
        let path = dir.path().join("memories/m.ndjson");
        let before = fs::metadata(&path).unwrap().len();
        let again = opened(dir.path()).unwrap();
        let (next, sessions) = again.with("m", |journal| (journal.next_id(0), journal.sessions.len())).unwrap();
        assert_eq!((next.as_str(), sessions), ("0000000000000000000#000003e8", 1));
        assert!(fs::metadata(&path).unwrap().len() * 100 < before);
        assert!(again.with("m", |journal| journal.by_token("token-3", 10).is_none()).unwrap());
    }

    #[test]
    fn events_are_gone_once_they_expire() {
        let dir = tempfile::tempdir().unwrap();
        let data = opened(dir.path()).unwrap();
        data.with("m", |journal| {
            journal.change(vec![Change::Event(event(journal, "s"))]).unwrap();
            assert_eq!(journal.newest_first("a", "s", 99).count(), 1);
            assert_eq!(journal.newest_first("a", "s", 100).count(), 0);
            assert!(journal.by_token("token-0", 100).is_none());
        })
        .unwrap();
    }

    #[test]
    fn file_over_its_limit_gets_short() {
        let dir = tempfile::tempdir().unwrap();
        let data = opened(dir.path()).unwrap();
        let path = dir.path().join("memories/m.ndjson");
        let size = || fs::metadata(&path).unwrap().len();
        data.with("m", |journal| {
            for expires in [100, 20, 20, 20, 20] {
                let made = StoredEvent { expires, ..event(journal, "s") };
                journal.change(vec![Change::Event(made)]).unwrap();
            }
            let before = size();
            assert_eq!(journal.size, before);
            journal.tidy(50);
            assert_eq!(size(), before, "it is small");
            journal.limit = 0;
            journal.tidy(50);
            assert!(size() * 2 < before && journal.size == size() && journal.limit == SMALL);
        })
        .unwrap();
        let again = opened(dir.path()).unwrap();
        assert_eq!(ids(&again), ["0000001756147154000#00000000"]);
        let next = again.with("m", |journal| journal.next_id(0)).unwrap();
        assert_eq!(next, "0000000000000000000#00000005", "ids are not given again");
    }

    #[tokio::test]
    async fn file_of_no_memory_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let data = opened(dir.path()).unwrap();
        for id in ["m", "n"] {
            data.prepare(id, 10).await.unwrap();
            data.with(id, |journal| journal.change(vec![Change::Event(event(journal, "s"))]).unwrap()).unwrap();
        }
        let file = |id: &str| dir.path().join(format!("memories/{id}.ndjson")).exists();
        MemoryData::open_where(dir.path(), |id| id == "m").unwrap();
        assert_eq!((file("m"), file("n")), (true, false));
        MemoryData::open(dir.path()).unwrap();
        assert!(!file("m"), "there are no memories at all");
    }
}
