//! Writing an archive: members are compressed by several threads and written in order by one, into a file that is
//! hashed as it is written.
//!
//! Memory is bounded: a thread waits with the next member while too much is compressed and not yet written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use zip::ZipWriter;

use super::links::{self, Plain};
use super::member::{self, IN_MEMORY, PreparedMember};
use super::{Archive, FolderSizes, Packed, open};
use crate::digest::{Digest, Hasher};
use crate::error::{Context, Result};
use crate::tree::{Entry, EntryKind};

/// Bytes of members, before compression, that may be ready and not yet written.
const AHEAD: u64 = 4 * IN_MEMORY;
const MAX_THREADS: usize = 8;

type FileTable = BTreeMap<String, (EntryKind, bool)>;

/// Writes the archive to `file`, with `note` as its comment; `scratch` is a folder on a disk with room.
pub(super) fn pack(
    entries: Vec<Entry>,
    below: Option<&Packed>,
    file: &Path,
    scratch: &Path,
    note: &str,
) -> Result<Archive> {
    let Plain { files, copied, dropped } = links::resolve(entries)?;
    let what = || format!("could not write the archive `{}`", file.display());
    let out = Sequential::new(File::create(file).with_context(what)?);
    let mut writer = ArchiveWriter { zip: ZipWriter::new(out), parts: FolderSizes::default(), unzipped: 0, files: 0 };
    let mut notes = Vec::new();
    if let Some(below) = below {
        let hidden = writer.copy(below, &files)?;
        notes.extend(clash_note(&hidden));
    }
    writer.compress(&files, scratch)?;
    writer.zip.set_comment(note).with_context(what)?;
    if copied > 0 {
        notes.push(format!("{copied} symbolic links are in the archive as copies of what they lead to"));
    }
    notes
        .extend(dropped.iter().map(|path| format!("the link `{path}` leads to nothing in the source and is left out")));
    let ArchiveWriter { zip, parts, unzipped, files } = writer;
    let (sha256, size) = zip.finish().with_context(what)?.finish().with_context(what)?;
    Ok(Archive { file: file.to_owned(), sha256, size, unzipped, files, notes, parts: parts.finish() })
}

fn clash_note(hidden: &[String]) -> Option<String> {
    let first = hidden.first()?;
    let others = match hidden.len() - 1 {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    Some(format!("a dependency and the source both have `{first}`{others}: the source's is taken"))
}

struct ArchiveWriter {
    zip: ZipWriter<Sequential>,
    parts: FolderSizes,
    unzipped: u64,
    files: usize,
}

impl ArchiveWriter {
    fn count(&mut self, path: &str, zipped: u64, unzipped: u64) {
        self.parts.add(path, zipped, unzipped);
        self.unzipped += unzipped;
        self.files += 1;
    }

    /// Copies packed members as they are, without those that a file of the source replaces. Returns the names of these.
    fn copy(&mut self, packed: &Packed, source: &FileTable) -> Result<Vec<String>> {
        let what = || format!("could not copy from the archive `{}`", packed.file.display());
        let mut archive = open(&packed.file)?;
        let folders = folders(source);
        let mut hidden = Vec::new();
        for index in 0..archive.len() {
            let member = archive.by_index_raw(index).with_context(what)?;
            let name = member.name().with_context(what)?.into_owned();
            if is_hidden(&name, source, &folders) {
                hidden.push(name);
                continue;
            }
            self.count(&name, member.compressed_size(), member.size());
            self.zip.raw_copy_file(member).with_context(what)?;
        }
        Ok(hidden)
    }

    fn compress(&mut self, files: &FileTable, scratch: &Path) -> Result<()> {
        let list: Vec<(&String, &(EntryKind, bool))> = files.iter().collect();
        let queue = WorkQueue::default();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS).min(list.len());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some(index) = queue.next_index(&list) {
                        let (path, file) = list[index];
                        queue.deliver(index, member::prepare(path, file, scratch));
                    }
                });
            }
            let written = (0..list.len()).try_for_each(|index| {
                let (path, (kind, _)) = list[index];
                self.append(path, queue.wait_for(index)?, member::size(kind))?;
                queue.written(weight(kind));
                Ok(())
            });
            if written.is_err() {
                queue.give_up();
            }
            written
        })
    }

    fn append(&mut self, path: &str, member: PreparedMember, unzipped: u64) -> Result<()> {
        let what = || format!("could not pack `{path}`");
        match member {
            PreparedMember::Small(member) => {
                self.count(path, member.compressed_size(), unzipped);
                self.zip.add_prepared_file(member).with_context(what)
            }
            PreparedMember::Large(file) => {
                let mut archive = open(file.path())?;
                let member = archive.by_index_raw(0).with_context(what)?;
                self.count(path, member.compressed_size(), unzipped);
                self.zip.raw_copy_file(member).with_context(what)
            }
        }
    }
}

/// Every folder that a file is in.
fn folders(files: &FileTable) -> BTreeSet<&str> {
    files.keys().flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at])).collect()
}

/// A path that the source has as a file, has as a folder, or has a file in the place of a folder of.
fn is_hidden(path: &str, source: &FileTable, folders: &BTreeSet<&str>) -> bool {
    source.contains_key(path)
        || folders.contains(path)
        || path.match_indices('/').any(|(at, _)| source.contains_key(&path[..at]))
}

/// The memory of a member while it waits.
fn weight(kind: &EntryKind) -> u64 {
    match member::size(kind) {
        large if large > IN_MEMORY => 1 << 20,
        small => small,
    }
}

/// The queue between the compressing threads and the writer.
#[derive(Default)]
struct WorkQueue {
    state: Mutex<QueueState>,
    changed: Condvar,
}

#[derive(Default)]
struct QueueState {
    next: usize,
    written: usize,
    /// Bytes that are being compressed or wait to be written.
    ahead: u64,
    ready: BTreeMap<usize, Result<PreparedMember>>,
    failed: bool,
}

impl WorkQueue {
    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, guard: MutexGuard<'a, QueueState>) -> MutexGuard<'a, QueueState> {
        self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    /// The next member to compress, once there is room for it.
    fn next_index(&self, list: &[(&String, &(EntryKind, bool))]) -> Option<usize> {
        let mut state = self.lock();
        loop {
            let (_, (kind, _)) = list.get(state.next).filter(|_| !state.failed)?;
            let weight = weight(kind);
            // The one that the writer waits for always has room.
            if state.next == state.written || state.ahead + weight <= AHEAD {
                let index = state.next;
                state.next += 1;
                state.ahead += weight;
                return Some(index);
            }
            state = self.wait(state);
        }
    }

    fn deliver(&self, index: usize, member: Result<PreparedMember>) {
        self.lock().ready.insert(index, member);
        self.changed.notify_all();
    }

    fn wait_for(&self, index: usize) -> Result<PreparedMember> {
        let mut state = self.lock();
        loop {
            if let Some(member) = state.ready.remove(&index) {
                return member;
            }
            state = self.wait(state);
        }
    }

    fn written(&self, weight: u64) {
        let mut state = self.lock();
        state.written += 1;
        state.ahead -= weight;
        drop(state);
        self.changed.notify_all();
    }

    fn give_up(&self) {
        self.lock().failed = true;
        self.changed.notify_all();
    }
}

/// A file that is written from start to end and hashed on the way. The zip writer asks where it is and, with members
/// whose sizes are known before they come, never goes back.
struct Sequential {
    file: BufWriter<File>,
    hasher: Hasher,
    position: u64,
}

impl Sequential {
    fn new(file: File) -> Self {
        Self { file: BufWriter::with_capacity(1 << 17, file), hasher: Hasher::default(), position: 0 }
    }

    fn finish(mut self) -> io::Result<(Digest, u64)> {
        self.file.flush()?;
        Ok((self.hasher.finish(), self.position))
    }
}

impl Write for Sequential {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.position += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Sequential {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(at) if at == self.position => Ok(self.position),
            SeekFrom::Current(0) | SeekFrom::End(0) => Ok(self.position),
            _ => Err(io::Error::other("an archive is written from start to end")),
        }
    }
}
