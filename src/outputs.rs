//! The files that this run's output is redirected to: `launch > launch.log`, `launch | tee launch.log`. In the project
//! they change while it is packed, and are not part of it.
//!
//! Owns: finding them, and remembering them for later runs, to which they are ordinary files. Behind a pipe they are
//! found on Linux only, where `/proc` shows which process reads the pipe and which files it writes.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use crate::cache::Cache;
use crate::digest::Digest;
use crate::fsx;

/// Where the cache has what is remembered: a file for each, with device, number and path.
const KIND: &str = "outputs";
/// Bytes; some hundred files.
const REMEMBERED: u64 = 1 << 16;

/// A file by device and number.
type FileId = (u64, u64);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outputs {
    now: Vec<FileId>,
    /// Of earlier runs. A file that another one replaced since has another number.
    earlier: Vec<(FileId, PathBuf)>,
}

impl Outputs {
    /// With those that the cache remembers.
    pub(crate) fn and_earlier(mut self, cache: &Cache) -> Self {
        let entries = std::fs::read_dir(cache.path(KIND)).into_iter().flatten().flatten();
        self.earlier = entries.filter_map(|entry| parse(&std::fs::read_to_string(entry.path()).ok()?)).collect();
        self
    }

    /// With files that this run is going to write itself.
    pub(crate) fn and_written<'a>(mut self, paths: impl Iterator<Item = &'a Path>) -> Self {
        self.now.extend(paths.filter_map(|path| id(&std::fs::metadata(path).ok()?)));
        self
    }

    pub(crate) fn has(&self, meta: &Metadata) -> bool {
        id(meta).is_some_and(|id| self.now.contains(&id))
    }

    /// Whether an earlier run wrote it.
    pub(crate) fn had(&self, path: &Path, meta: &Metadata) -> bool {
        let same = |(known, at): &(FileId, PathBuf)| {
            *known == id(meta).unwrap_or_default()
                && at.file_name() == path.file_name()
                && path.canonicalize().is_ok_and(|real| real == *at)
        };
        self.earlier.iter().any(same)
    }
}

/// Remembers files that a run writes. What cannot be remembered is packed by the next run, and seen in its plan.
pub(crate) fn remember<'a>(cache: &Cache, paths: impl Iterator<Item = &'a Path>) {
    let mut any = false;
    for path in paths {
        let (Ok(real), Ok(meta), Ok(dir)) = (path.canonicalize(), path.metadata(), cache.dir(KIND)) else { continue };
        let (device, number) = id(&meta).unwrap_or_default();
        let Some(text) = real.to_str() else { continue };
        let file = dir.join(Digest::of_bytes(text.as_bytes()).hex());
        any |= fsx::write_private(&file, format!("{device} {number} {text}").as_bytes()).is_ok();
    }
    if any {
        cache.trim(KIND, REMEMBERED);
    }
}

fn parse(text: &str) -> Option<(FileId, PathBuf)> {
    let mut parts = text.splitn(3, ' ');
    let id = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((id, PathBuf::from(parts.next()?)))
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "not every system has such numbers")]
fn id(meta: &Metadata) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    Some((meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
fn id(_meta: &Metadata) -> Option<FileId> {
    None
}

#[cfg(unix)]
impl Outputs {
    pub(crate) fn of_this_process() -> Self {
        use std::os::fd::AsFd;
        use std::os::unix::fs::{FileTypeExt, MetadataExt};

        let mut outputs = Self::default();
        let mut pipes = Vec::new();
        let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
        for stream in [stdout.as_fd(), stderr.as_fd()] {
            let meta = stream.try_clone_to_owned().and_then(|own| std::fs::File::from(own).metadata());
            match meta {
                Ok(meta) if meta.is_file() => outputs.now.push((meta.dev(), meta.ino())),
                Ok(meta) if meta.file_type().is_fifo() => pipes.push(meta.ino()),
                _ => {}
            }
        }
        #[cfg(target_os = "linux")]
        outputs.now.extend(behind_pipes(pipes));
        outputs
    }
}

#[cfg(not(unix))]
impl Outputs {
    pub(crate) fn of_this_process() -> Self {
        Self::default()
    }
}

/// The files that the next programs of a pipeline only write to, and the ones after them.
#[cfg(target_os = "linux")]
fn behind_pipes(pipes: Vec<u64>) -> Vec<FileId> {
    use std::os::unix::fs::MetadataExt;

    let mut known = pipes.clone();
    let mut open = pipes;
    let mut files = Vec::new();
    while !open.is_empty() {
        let mut next = Vec::new();
        for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let folder = process.path().join("fd");
            // In a pipeline the next program has it as its stdin. A program that started this one and listens to it may
            // write to any file, for reasons of its own.
            if !pipe_at(&folder.join("0")).is_some_and(|pipe| open.contains(&pipe)) {
                continue;
            }
            for path in written(&folder) {
                match pipe_at(&path) {
                    Some(pipe) if !known.contains(&pipe) => next.push(pipe),
                    Some(_) => {}
                    None => {
                        let meta = std::fs::metadata(&path).ok().filter(Metadata::is_file);
                        files.extend(meta.map(|meta| (meta.dev(), meta.ino())));
                    }
                }
            }
        }
        known.extend(&next);
        open = next;
    }
    files
}

/// The number of the pipe that a descriptor stands for: `pipe:[4711]`.
#[cfg(target_os = "linux")]
fn pipe_at(descriptor: &Path) -> Option<u64> {
    std::fs::read_link(descriptor).ok()?.to_str()?.strip_prefix("pipe:[")?.strip_suffix(']')?.parse().ok()
}

/// The descriptors in a process's folder `fd` that are open for writing only.
#[cfg(target_os = "linux")]
fn written(folder: &Path) -> Vec<PathBuf> {
    let is_written = |path: &Path| {
        let info = std::fs::read_to_string(folder.with_file_name("fdinfo").join(path.file_name()?)).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
        // The last octal digit has the access mode.
        Some(flags.trim().chars().last()?.to_digit(8)? & 3 == 1)
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| is_written(path) == Some(true)).collect()
}
