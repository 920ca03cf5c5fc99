//! One member of an archive, compressed ahead of its turn.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use zip::write::{PreparedZipFile, SimpleFileOptions};
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use crate::error::{Context, Error, Result};
use crate::tree::EntryKind;

/// Larger members are compressed into a file of their own instead of memory.
pub(super) const IN_MEMORY: u64 = 16 << 20;
const LEVEL: i64 = 6;
/// How much of a large file tells whether it is worth compressing.
const SAMPLE: usize = 1 << 20;

/// A compressed member, ready to be copied into an archive.
pub(super) enum PreparedMember {
    Small(PreparedZipFile),
    /// An archive of this one member.
    Large(tempfile::NamedTempFile),
}

/// Bytes before compression.
pub(super) fn size(kind: &EntryKind) -> u64 {
    match kind {
        EntryKind::File { size, .. } => *size,
        EntryKind::Bytes(bytes) => bytes.len() as u64,
        EntryKind::Dir | EntryKind::Symlink(_) => 0,
    }
}

/// Compresses a file. `scratch` is a folder for what does not fit into memory.
///
/// # Errors
/// The file cannot be read, or has another size than when it was listed.
pub(super) fn prepare(path: &str, (kind, executable): &(EntryKind, bool), scratch: &Path) -> Result<PreparedMember> {
    let packing = || format!("could not pack `{path}`");
    let options = options(*executable);
    match kind {
        EntryKind::Bytes(bytes) => small(path, bytes, options).with_context(packing).map(PreparedMember::Small),
        EntryKind::File { path: file, size } => {
            let what = || format!("could not read `{}`", file.display());
            let mut content = File::open(file).with_context(what)?;
            if *size > IN_MEMORY {
                return large(path, &mut content, *size, scratch, options);
            }
            let mut bytes = Vec::with_capacity(usize::try_from(*size).with_context(what)? + 1);
            content.read_to_end(&mut bytes).with_context(what)?;
            check_size(bytes.len() as u64, *size, path)?;
            small(path, &bytes, options).with_context(packing).map(PreparedMember::Small)
        }
        EntryKind::Dir | EntryKind::Symlink(_) => Err(Error::failed(format!("`{path}` is not a file"))),
    }
}

/// Everything that could differ between two machines is fixed.
fn options(executable: bool) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(if executable { 0o755 } else { 0o644 })
        .system(System::Unix)
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
}

fn stored(options: SimpleFileOptions) -> SimpleFileOptions {
    options.compression_method(CompressionMethod::Stored).compression_level(None)
}

/// Less than this is not worth the time that unpacking takes.
fn worth_it(compressed: u64, size: u64) -> bool {
    compressed < size - size / 32
}

fn small(path: &str, bytes: &[u8], options: SimpleFileOptions) -> zip::result::ZipResult<PreparedZipFile> {
    let packed = PreparedZipFile::from_data(path, options, bytes)?;
    if worth_it(packed.compressed_size(), packed.uncompressed_size()) {
        return Ok(packed);
    }
    PreparedZipFile::from_data(path, stored(options), bytes)
}

fn large(
    path: &str,
    content: &mut File,
    size: u64,
    scratch: &Path,
    options: SimpleFileOptions,
) -> Result<PreparedMember> {
    let what = || format!("could not pack `{path}`");
    let mut sample = Vec::with_capacity(SAMPLE);
    content.take(SAMPLE as u64).read_to_end(&mut sample).with_context(what)?;
    let trial = PreparedZipFile::from_data("sample", options, &sample).with_context(what)?;
    let options = if worth_it(trial.compressed_size(), sample.len() as u64) { options } else { stored(options) };
    drop(trial);
    let mut file = tempfile::Builder::new().prefix(".member-").tempfile_in(scratch).with_context(what)?;
    let mut archive = ZipWriter::new(file.as_file_mut());
    archive.start_file(path, options).with_context(what)?;
    archive.write_all(&sample).with_context(what)?;
    let rest = std::io::copy(content, &mut archive).with_context(what)?;
    archive.finish().with_context(what)?;
    check_size(sample.len() as u64 + rest, size, path)?;
    Ok(PreparedMember::Large(file))
}

fn check_size(found: u64, listed: u64, path: &str) -> Result<()> {
    if found == listed {
        return Ok(());
    }
    Err(Error::failed(format!("`{path}` changed while it was packed")).hint("run the command again"))
}
