//! Archives for managed runtimes: zip files whose bytes depend on nothing but names, content and the executable bit.
//!
//! Owns: the format, what the service takes (sizes, links), and the cache of packed dependencies. `pack` writes
//! archives, `member` compresses what is in them, `links` replaces symbolic links by what they lead to. Does not own:
//! which files belong in (the caller lists them), and where an archive goes.
//!
//! An archive has its dependencies first and the source after them, each in bytewise order. Dependencies are packed
//! once and kept; after that an archive costs a copy of them and the compression of the source.

mod links;
mod member;
mod pack;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::cache::Cache;
use crate::digest::{Digest, Hasher};
use crate::error::{Code, Context, Error, Result};
use crate::facts::{ARCHIVE_LIMIT, UNZIPPED_LIMIT};
use crate::tree::Entry;

/// Part of every cached name; a change in how archives are written needs another one.
pub(crate) const FORMAT: u32 = 1;
/// How much the cache keeps of packed dependencies, in bytes.
const CACHED: u64 = 4 << 30;

/// A finished archive on disk.
#[derive(Clone, Debug)]
pub(crate) struct Archive {
    pub(crate) file: PathBuf,
    pub(crate) sha256: Digest,
    /// Bytes of the archive.
    pub(crate) size: u64,
    /// Bytes of what is in it.
    pub(crate) unzipped: u64,
    pub(crate) files: usize,
    /// Notes: replaced links, files of two origins.
    pub(crate) notes: Vec<String>,
    parts: Vec<TopFolder>,
}

/// A package or a folder at the top of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct TopFolder {
    name: String,
    zipped: u64,
    unzipped: u64,
}

/// Dependencies that are packed already.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    file: PathBuf,
}

impl Packed {
    /// Bytes, compressed.
    ///
    /// # Errors
    /// The file is gone.
    pub(crate) fn size(&self) -> Result<u64> {
        let what = || format!("could not read `{}`", self.file.display());
        Ok(std::fs::metadata(&self.file).with_context(what)?.len())
    }
}

impl Archive {
    /// # Errors
    /// [`crate::error::Kind::Usage`] when the service would refuse the archive for its size, with what is largest.
    pub(crate) fn check_limits(&self) -> Result<()> {
        check_limits(self, ARCHIVE_LIMIT, UNZIPPED_LIMIT)
    }
}

fn check_limits(archive: &Archive, zipped: u64, unzipped: u64) -> Result<()> {
    let mut parts: Vec<&TopFolder> = archive.parts.iter().collect();
    let (what, size, limit, of): (_, _, _, fn(&TopFolder) -> u64) = if archive.size > zipped {
        ("the archive", archive.size, zipped, |part| part.zipped)
    } else if archive.unzipped > unzipped {
        ("the archive's content", archive.unzipped, unzipped, |part| part.unzipped)
    } else {
        return Ok(());
    };
    parts.sort_by_key(|part| std::cmp::Reverse(of(part)));
    let error = Error::usage(format!("{what} has {}, and the service takes {}", megabytes(size), megabytes(limit)))
        .code(Code::ArtifactTooLarge);
    Err(parts
        .iter()
        .take(10)
        .fold(error, |error, part| error.cause(format!("{} {}", megabytes(of(part)), part.name)))
        .hint("leave out what the agent does not need: a rule in `.dockerignore`, a smaller dependency")
        .hint("or deploy it as a container, which may have 2 GB: `agentcore configure --deployment-type container`"))
}

fn megabytes(bytes: u64) -> String {
    // Sizes of archives are far below the point where a double stops counting bytes.
    format!("{:.1} MB", bytes as f64 / f64::from(1 << 20))
}

/// The dependencies of this key, when they were packed before.
pub(crate) fn recall(cache: &Cache, key: &str) -> Option<Packed> {
    let file = name(&cache.path("archives"), key);
    // A truncated archive has no directory at its end.
    open(&file).ok().map(|_| Packed { file })
}

/// Packs dependencies and keeps them. Blocking: call it in `spawn_blocking`.
///
/// # Errors
/// A file that changed while it was read, a full disk.
pub(crate) fn keep(cache: &Cache, key: &str, entries: Vec<Entry>) -> Result<Packed> {
    let dir = cache.dir("archives")?;
    let file = name(&dir, key);
    let temp = tempfile::Builder::new().prefix(".archive-").tempfile_in(&dir);
    let temp = temp.with_context(|| format!("could not write to `{}`", dir.display()))?;
    pack::pack(entries, None, temp.path(), &dir, "")?;
    temp.persist(&file)
        .map_err(|error| error.error)
        .with_context(|| format!("could not write `{}`", file.display()))?;
    cache.trim("archives", CACHED);
    Ok(Packed { file })
}

/// Writes an archive of dependencies and source to `file`. Where both have a file of the same name, the source's is
/// taken. `note` is for [`note_of`]. Blocking: call it in `spawn_blocking`.
///
/// # Errors
/// A file that changed while it was read, a full disk.
pub(crate) fn write(source: Vec<Entry>, dependencies: Option<&Packed>, file: &Path, note: &str) -> Result<Archive> {
    let dir = file.parent().unwrap_or(Path::new("."));
    pack::pack(source, dependencies, file, dir, note)
}

/// What the writer of an archive noted in its comment; empty where it noted nothing. Blocking, and reads the end of the
/// file only.
///
/// # Errors
/// A file that is no zip archive.
pub(crate) fn note_of(file: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(open(file).map_err(|error| unusable(file, &error))?.comment()).into_owned())
}

fn unusable(file: &Path, error: &Error) -> Error {
    Error::usage(format!("`{}` is not an archive that can be deployed", file.display()))
        .code(Code::ArtifactUnreadable)
        .cause(error.to_string())
        .hint("`agentcore build -o FILE` writes one")
}

/// Measures an archive that was made before, by this program or by another. Blocking.
///
/// # Errors
/// Usage errors for a file that is no zip archive, or has no `script` to start with.
pub(crate) fn read(file: &Path, script: &str) -> Result<Archive> {
    let unusable = |error: Error| unusable(file, &error);
    let mut zip = open(file).map_err(unusable)?;
    if zip.index_for_name(script).is_none() {
        return Err(unusable(Error::usage(format!("it has no `{script}`, which the agent starts with"))));
    }
    let mut parts = FolderSizes::default();
    let mut unzipped = 0;
    for index in 0..zip.len() {
        let what = || format!("could not read the archive `{}`", file.display());
        let member = zip.by_index_raw(index).with_context(what).map_err(unusable)?;
        unzipped += member.size();
        parts.add(&member.name().with_context(what).map_err(unusable)?, member.compressed_size(), member.size());
    }
    let files = zip.len();
    let (sha256, size) = measure(file)?;
    Ok(Archive { file: file.to_owned(), sha256, size, unzipped, files, notes: Vec::new(), parts: parts.finish() })
}

fn measure(file: &Path) -> Result<(Digest, u64)> {
    let what = || format!("could not read `{}`", file.display());
    let mut reader = File::open(file).with_context(what)?;
    let (mut hasher, mut size, mut buffer) = (Hasher::default(), 0, vec![0; 1 << 17]);
    loop {
        match reader.read(&mut buffer).with_context(what)? {
            0 => return Ok((hasher.finish(), size)),
            count => {
                hasher.update(&buffer[..count]);
                size += count as u64;
            }
        }
    }
}

fn name(dir: &Path, key: &str) -> PathBuf {
    dir.join(format!("{key}-{FORMAT}.zip"))
}

fn open(file: &Path) -> Result<ZipArchive<BufReader<File>>> {
    let what = || format!("could not read the archive `{}`", file.display());
    let reader = BufReader::with_capacity(1 << 17, File::open(file).with_context(what)?);
    ZipArchive::new(reader).with_context(what)
}

/// Sums sizes by top-level name. In `node_modules` every package counts separately.
#[derive(Default)]
struct FolderSizes(BTreeMap<String, TopFolder>);

impl FolderSizes {
    fn add(&mut self, path: &str, zipped: u64, unzipped: u64) {
        let name = part_of(path);
        let part = self
            .0
            .entry(name.to_owned())
            .or_insert_with(|| TopFolder { name: name.to_owned(), ..TopFolder::default() });
        part.zipped += zipped;
        part.unzipped += unzipped;
    }

    fn finish(self) -> Vec<TopFolder> {
        let mut parts: Vec<TopFolder> = self.0.into_values().collect();
        parts.sort_by(|a, b| b.zipped.cmp(&a.zipped).then_with(|| a.name.cmp(&b.name)));
        parts
    }
}

fn part_of(path: &str) -> &str {
    let mut depth = 1;
    let mut parts = path.split('/');
    if parts.next() == Some("node_modules") {
        depth = if parts.next().is_some_and(|scope| scope.starts_with('@')) { 3 } else { 2 };
    }
    match path.match_indices('/').nth(depth - 1) {
        Some((at, _)) => &path[..at],
        None => path,
    }
}

#[cfg(test)]
mod tests;
