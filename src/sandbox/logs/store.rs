//! Log lines in memory and in files that are only ever appended to.
//!
//! `logs/<group>/group.json` names a group, `logs/<group>/<stream>.ndjson` holds a stream: a first line about the
//! stream, then one line per event. A full file is put aside as `.old` and replaced by a new one, so that a stream's
//! size is bounded and nothing is ever rewritten.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::insights::QueryStore;
use crate::error::{Context, Result};
use crate::fsx;
use crate::sandbox::sigv4::sha256;

/// Size at which a stream's file is put aside; a stream keeps up to twice as much.
const SEGMENT: u64 = 4 << 20;
/// Longer messages are cut, as the service does.
const MESSAGE_LIMIT: usize = 256 << 10;

/// All log groups.
#[derive(Debug)]
pub(crate) struct LogStore {
    dir: PathBuf,
    groups: Mutex<BTreeMap<String, LogGroup>>,
    pub(crate) queries: QueryStore,
}

#[derive(Debug)]
pub(super) struct LogGroup {
    dir: PathBuf,
    pub(super) created: i64,
    /// Days; `None` for ever. Nothing is deleted by age.
    pub(super) retention: Option<i64>,
    pub(super) streams: BTreeMap<String, LogStream>,
}

#[derive(Debug)]
pub(super) struct LogStream {
    path: PathBuf,
    pub(super) created: i64,
    /// Bytes in the file of the newer half. The file is opened for each write: every session of every agent has a stream
    /// of its own, and a process may have few files open.
    written: u64,
    /// Number of the first event in `older`; events are numbered from 0 for as long as the stream lives.
    first: u64,
    older: Vec<Arc<LogEvent>>,
    newer: Vec<Arc<LogEvent>>,
    pub(super) last_ingestion: Option<i64>,
}

/// One log line. Times are milliseconds since 1970.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LogEvent {
    #[serde(rename = "t")]
    pub(super) timestamp: i64,
    #[serde(rename = "i")]
    pub(super) ingestion: i64,
    #[serde(rename = "m")]
    pub(super) message: String,
}

#[derive(Serialize, Deserialize)]
struct StreamHeader {
    name: String,
    created: i64,
    /// Number of the first event that follows.
    #[serde(default)]
    first: u64,
    /// Of a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retention: Option<i64>,
}

impl LogStore {
    /// Loads what earlier runs left in `dir/logs`. A line that a kill cut short is dropped.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        let dir = dir.join("logs");
        fsx::create_private_dir(&dir)?;
        let mut groups = BTreeMap::new();
        for path in entries(&dir)? {
            let Some(head) = fsx::read_text(&path.join("group.json"))? else { continue };
            let Ok(head) = serde_json::from_str::<StreamHeader>(&head) else { continue };
            let mut group =
                LogGroup { dir: path, created: head.created, retention: head.retention, streams: BTreeMap::new() };
            for file in entries(&group.dir)?.into_iter().filter(|file| file.extension().is_some_and(|e| e == "ndjson"))
            {
                if let Some((name, stream)) = LogStream::load(file)? {
                    group.streams.insert(name, stream);
                }
            }
            groups.insert(head.name, group);
        }
        Ok(Self { dir, groups: Mutex::new(groups), queries: QueryStore::default() })
    }

    /// Works on the groups. Keep `work` short: writers of log lines wait for it.
    pub(super) fn with<R>(&self, work: impl FnOnce(&mut BTreeMap<String, LogGroup>) -> R) -> R {
        work(&mut self.groups.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a line to a stream, making group and stream where they are missing. `now` is milliseconds since 1970.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn append(&self, group: &str, stream: &str, message: &str, now: i64) -> Result<()> {
        self.with(|groups| {
            if !groups.contains_key(group) {
                groups.insert(group.to_owned(), LogGroup::create(&self.dir, group, now)?);
            }
            let Some(found) = groups.get_mut(group) else { return Ok(()) };
            if !found.streams.contains_key(stream) {
                let made = LogStream::create(&found.dir, stream, now)?;
                found.streams.insert(stream.to_owned(), made);
            }
            let Some(found) = found.streams.get_mut(stream) else { return Ok(()) };
            found.push([(now, message)], now)
        })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }
}

impl LogGroup {
    pub(super) fn create(dir: &Path, name: &str, now: i64) -> Result<Self> {
        let dir = dir.join(file_name(name));
        fsx::create_private_dir(&dir)?;
        let group = Self { dir, created: now, retention: None, streams: BTreeMap::new() };
        group.save(name)?;
        Ok(group)
    }

    fn save(&self, name: &str) -> Result<()> {
        let head = StreamHeader { name: name.to_owned(), created: self.created, first: 0, retention: self.retention };
        let text = serde_json::to_vec(&head).context("could not serialise a log group")?;
        fsx::write_private(&self.dir.join("group.json"), &text)
    }

    pub(super) fn keep_for(&mut self, name: &str, days: Option<i64>) -> Result<()> {
        self.retention = days;
        self.save(name)
    }

    pub(super) fn add_stream(&mut self, name: &str, now: i64) -> Result<()> {
        let stream = LogStream::create(&self.dir, name, now)?;
        self.streams.insert(name.to_owned(), stream);
        Ok(())
    }

    /// Removes the files of a group that is no longer listed.
    pub(super) fn remove(self) -> Result<()> {
        fs::remove_dir_all(&self.dir).with_context(|| format!("could not remove `{}`", self.dir.display()))
    }
}

impl LogStream {
    fn create(dir: &Path, name: &str, now: i64) -> Result<Self> {
        let path = dir.join(format!("{}.ndjson", file_name(name)));
        let head = StreamHeader { name: name.to_owned(), created: now, first: 0, retention: None };
        let written = new_file(&path, &head)?;
        Ok(Self { path, created: now, written, first: 0, older: Vec::new(), newer: Vec::new(), last_ingestion: None })
    }

    /// Reads both segments of a stream; `None` for a file without a readable head.
    fn load(path: PathBuf) -> Result<Option<(String, Self)>> {
        let Some((head, newer)) = read_segment(&path)? else { return Ok(None) };
        let older = match read_segment(&path.with_extension("old"))? {
            // Segments that do not meet were cut by a kill between two steps; the numbering needs them to meet.
            Some((old, events)) if old.first + events.len() as u64 == head.first => Some((old.first, events)),
            _ => None,
        };
        let (first, older) = older.unwrap_or((head.first, Vec::new()));
        let what = || format!("could not open `{}`", path.display());
        // A half-written last line must not swallow the next one.
        let clean = segment_text(&head, &newer)?;
        let length = fs::metadata(&path).with_context(what)?.len();
        if length != clean.len() as u64 {
            fsx::write_private(&path, clean.as_bytes())?;
        }
        let last_ingestion = newer.last().or(older.last()).map(|event| event.ingestion);
        let written = clean.len() as u64;
        let stream = Self { created: head.created, written, first, older, newer, last_ingestion, path };
        Ok(Some((head.name, stream)))
    }

    /// Appends events `(timestamp, message)`; `now` is when they came in.
    pub(super) fn push<'a>(&mut self, events: impl IntoIterator<Item = (i64, &'a str)>, now: i64) -> Result<()> {
        let mut lines = Vec::new();
        for (timestamp, message) in events {
            let end = message.floor_char_boundary(MESSAGE_LIMIT);
            let event = LogEvent { timestamp, ingestion: now, message: message[..end].to_owned() };
            serde_json::to_writer(&mut lines, &event).context("could not serialise a log line")?;
            lines.push(b'\n');
            self.newer.push(Arc::new(event));
        }
        self.last_ingestion = Some(now);
        fs::OpenOptions::new()
            .append(true)
            .open(&self.path)
            .and_then(|mut file| file.write_all(&lines))
            .with_context(|| format!("could not write `{}`", self.path.display()))?;
        self.written += lines.len() as u64;
        if self.written > SEGMENT { self.rotate() } else { Ok(()) }
    }

    /// The newer half becomes the older one, and the older one is forgotten.
    fn rotate(&mut self) -> Result<()> {
        let head = self.head()?;
        let old = self.path.with_extension("old");
        fs::rename(&self.path, &old).with_context(|| format!("could not rename `{}`", self.path.display()))?;
        self.first += self.older.len() as u64;
        self.older = std::mem::take(&mut self.newer);
        let head = StreamHeader { first: self.first + self.older.len() as u64, ..head };
        self.written = new_file(&self.path, &head)?;
        Ok(())
    }

    fn head(&self) -> Result<StreamHeader> {
        let file = File::open(&self.path).with_context(|| format!("could not open `{}`", self.path.display()))?;
        let mut line = String::new();
        std::io::BufReader::new(file)
            .read_line(&mut line)
            .with_context(|| format!("could not read `{}`", self.path.display()))?;
        serde_json::from_str(&line).with_context(|| format!("could not understand `{}`", self.path.display()))
    }

    /// The events that are kept, with their numbers, oldest first.
    pub(super) fn events(&self) -> impl DoubleEndedIterator<Item = (u64, &Arc<LogEvent>)> {
        let first = self.first;
        let count = self.older.len() + self.newer.len();
        (0..count).map(move |index| {
            let event = self.older.get(index).unwrap_or_else(|| &self.newer[index - self.older.len()]);
            (first + index as u64, event)
        })
    }

    pub(super) fn bytes(&self) -> u64 {
        self.events().map(|(_, event)| event.message.len() as u64).sum()
    }

    pub(super) fn remove(self) -> Result<()> {
        let _ = fs::remove_file(self.path.with_extension("old"));
        fs::remove_file(&self.path).with_context(|| format!("could not remove `{}`", self.path.display()))
    }
}

/// A file with a head only; says how long that is.
fn new_file(path: &Path, head: &StreamHeader) -> Result<u64> {
    let text = segment_text(head, &[])?;
    fsx::write_private(path, text.as_bytes())?;
    Ok(text.len() as u64)
}

fn segment_text(head: &StreamHeader, events: &[Arc<LogEvent>]) -> Result<String> {
    let mut text = serde_json::to_string(head).context("could not serialise a log stream")?;
    text.push('\n');
    for event in events {
        text.push_str(&serde_json::to_string(&**event).context("could not serialise a log line")?);
        text.push('\n');
    }
    Ok(text)
}

/// Head and events of a file; stops at the first line that is no event.
fn read_segment(path: &Path) -> Result<Option<(StreamHeader, Vec<Arc<LogEvent>>)>> {
    let Some(text) = fsx::read_text(path)? else { return Ok(None) };
    let mut lines = text.lines();
    let Some(head) = lines.next().and_then(|line| serde_json::from_str::<StreamHeader>(line).ok()) else {
        return Ok(None);
    };
    let events = lines.map_while(|line| serde_json::from_str(line).ok()).map(Arc::new).collect();
    Ok(Some((head, events)))
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    let what = || format!("could not list `{}`", dir.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).with_context(what)? {
        paths.push(entry.with_context(what)?.path());
    }
    Ok(paths)
}

/// Names have up to 512 characters and slashes, file names do not.
fn file_name(name: &str) -> String {
    sha256(name.as_bytes())[..32].to_owned()
}
