//! Layers: a list of files becomes a tar+gzip blob whose bytes depend on nothing but names, content and the
//! executable bit.
//!
//! Owns: order, owners, modes and times inside the archive. Does not own: which files belong in (the caller lists
//! them), compression and digests ([`super::gzip`]).

use std::fs::File;
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};

use tar::EntryType;

use super::gzip::{self, GzipSink};
use crate::digest::Digest;
use crate::error::{Context, Error, Result};
use crate::tree::{Arranged, Entry, EntryKind, arrange};

/// What registries and engines call such a layer; [`super::manifest`] knows the OCI name.
pub(crate) const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/// One second after the epoch: zero means "not set" to some tools.
const MTIME: u64 = 1;
/// Of the archive's format: headers and contents begin at multiples of it.
const RECORD: u64 = 512;

/// A finished layer on disk.
#[derive(Clone, Debug)]
pub(crate) struct LayerFile {
    /// What it holds, for people and for the image's history: `Python dependencies`, `source`.
    pub(crate) what: &'static str,
    /// Of the compressed bytes: the blob's name in a registry.
    pub(crate) digest: Digest,
    /// Of the uncompressed tar: the layer's name in an image configuration.
    pub(crate) diff_id: Digest,
    /// Of the compressed bytes.
    pub(crate) size: u64,
    pub(crate) file: PathBuf,
    pub(crate) media_type: &'static str,
}

/// Who owns everything in a layer: the numeric user and group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LayerOwner(pub(crate) u32);

impl LayerOwner {
    pub(crate) const ROOT: Self = Self(0);
    /// The user that agents run as.
    pub(crate) const AGENT: Self = Self(1000);
}

/// Writes the layer to `out_dir` as `<hex of the digest>.tar.gz`. Missing parent directories are added. Blocking:
/// call it in `spawn_blocking`.
///
/// # Errors
/// A path that is absolute, has `..`, is there twice or is a file and a directory; a file that changed while it was
/// read; a full disk.
pub(crate) fn build_layer(
    entries: Vec<Entry>,
    what: &'static str,
    owner: LayerOwner,
    out_dir: &Path,
) -> Result<LayerFile> {
    let entries = arrange(entries)?;
    entries.keys().try_for_each(|path| check_path(path))?;
    let failure = || format!("could not write an image layer to `{}`", out_dir.display());
    let temp = tempfile::Builder::new().prefix(".layer-").tempfile_in(out_dir).with_context(failure)?;
    let file = BufWriter::with_capacity(1 << 17, temp.as_file().try_clone().with_context(failure)?);
    let (facts, file) = gzip::compress(file, &failure(), |sink| write(&entries, owner, sink))?;
    drop(file);
    let file = out_dir.join(format!("{}.tar.gz", facts.digest.hex()));
    temp.persist(&file).map_err(|error| error.error).with_context(failure)?;
    Ok(LayerFile {
        what,
        digest: facts.digest,
        diff_id: facts.content,
        size: facts.size,
        file,
        media_type: DOCKER_LAYER,
    })
}

fn write(entries: &Arranged, owner: LayerOwner, sink: &mut GzipSink) -> Result<()> {
    let mut archive = tar::Builder::new(sink);
    for (path, (kind, executable)) in entries {
        append(&mut archive, path, kind, header(kind, *executable, owner))?;
    }
    archive.into_inner().context("could not end the archive")?;
    Ok(())
}

fn check_path(path: &str) -> Result<()> {
    if path.split('/').any(|part| part.starts_with(".wh.")) {
        return Err(Error::usage(format!(
            "`{path}` cannot be in an image: names that begin with `.wh.` mean a deleted file"
        ))
        .hint("add it to the project's ignore file, or rename it"));
    }
    Ok(())
}

fn header(kind: &EntryKind, executable: bool, owner: LayerOwner) -> tar::Header {
    let (entry_type, mode, size) = match kind {
        EntryKind::File { size, .. } => (EntryType::Regular, if executable { 0o755 } else { 0o644 }, *size),
        EntryKind::Bytes(bytes) => (EntryType::Regular, if executable { 0o755 } else { 0o644 }, bytes.len() as u64),
        EntryKind::Dir => (EntryType::Directory, 0o755, 0),
        EntryKind::Symlink(_) => (EntryType::Symlink, 0o777, 0),
    };
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(entry_type);
    header.set_mode(mode);
    header.set_uid(owner.0.into());
    header.set_gid(owner.0.into());
    header.set_mtime(MTIME);
    header.set_size(size);
    header
}

fn append(
    archive: &mut tar::Builder<&mut GzipSink>,
    path: &str,
    kind: &EntryKind,
    mut header: tar::Header,
) -> Result<()> {
    let what = || format!("could not add `/{path}` to an image layer");
    match kind {
        EntryKind::File { path: source, size } => {
            // The builder writes the headers alone; the content goes straight into the compressor's blocks.
            archive.append_data(&mut header, path, io::empty()).with_context(what)?;
            let open = || format!("could not read `{}`", source.display());
            copy_file(source, *size, archive.get_mut()).with_context(open)
        }
        EntryKind::Bytes(bytes) => archive.append_data(&mut header, path, bytes.as_slice()).with_context(what),
        EntryKind::Dir => archive.append_data(&mut header, format!("{path}/"), io::empty()).with_context(what),
        EntryKind::Symlink(target) => archive.append_link(&mut header, path, target).with_context(what),
    }
}

/// The content of a file that must have exactly the size that its header already states, and the filling behind it.
fn copy_file(source: &Path, size: u64, sink: &mut GzipSink) -> io::Result<()> {
    let changed = || io::Error::other("the file changed while it was read");
    let mut file = File::open(source)?;
    sink.copy(&mut file, size).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => changed(),
        _ => error,
    })?;
    if file.read(&mut [0])? != 0 {
        return Err(changed());
    }
    sink.copy(&mut io::repeat(0), size.next_multiple_of(RECORD) - size)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(path: &str, content: &[u8]) -> Entry {
        Entry { path: path.to_owned(), kind: EntryKind::Bytes(content.to_owned()), executable: false }
    }

    fn listing(layer: &LayerFile) -> Vec<(String, u32, u64, u64, EntryType)> {
        let bytes = flate2::read::GzDecoder::new(File::open(&layer.file).unwrap());
        let mut archive = tar::Archive::new(bytes);
        archive
            .entries()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let header = entry.header();
                let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
                (path, header.mode().unwrap(), header.mtime().unwrap(), header.uid().unwrap(), header.entry_type())
            })
            .collect()
    }

    #[test]
    fn parents_come_once_and_first_with_normalised_metadata() {
        let dir = tempfile::tempdir().unwrap();
        let long = format!("app/{}/file.txt", "d".repeat(180));
        let entries = vec![
            file("app/z", b"z"),
            file(&long, b"long"),
            Entry { executable: true, ..file("app/a-b", b"#!/bin/sh") },
            Entry { path: "app/a/link".into(), kind: EntryKind::Symlink("../z".into()), executable: false },
            Entry { path: "app".into(), kind: EntryKind::Dir, executable: false },
        ];
        let layer = build_layer(entries, "test", LayerOwner::AGENT, dir.path()).unwrap();
        let expected = [
            ("app/", 0o755, EntryType::Directory),
            ("app/a/", 0o755, EntryType::Directory),
            ("app/a-b", 0o755, EntryType::Regular),
            ("app/a/link", 0o777, EntryType::Symlink),
            (&long[..long.len() - 8], 0o755, EntryType::Directory),
            (&long, 0o644, EntryType::Regular),
            ("app/z", 0o644, EntryType::Regular),
        ];
        let found = listing(&layer);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!((found.0.as_str(), found.1, found.4), expected);
            assert_eq!((found.2, found.3), (1, 1000));
        }
    }

    #[test]
    fn layer_digests_and_size_match_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let layer = build_layer(vec![file("a", &[7; 100_000])], "test", LayerOwner::ROOT, dir.path()).unwrap();
        let bytes = std::fs::read(&layer.file).unwrap();
        assert_eq!(Digest::of_bytes(&bytes), layer.digest);
        assert_eq!(bytes.len() as u64, layer.size);
        let mut tar = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut tar).unwrap();
        assert_eq!(Digest::of_bytes(&tar), layer.diff_id);
        // The gzip header has neither a name nor a time.
        assert_eq!(&bytes[3..8], [0; 5]);
    }

    #[test]
    fn what_cannot_be_in_an_image_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["/a", "a/../b", "", "a//b", "./a", "a/.wh.b"] {
            assert!(
                build_layer(vec![file(path, b"")], "test", LayerOwner::ROOT, dir.path()).is_err(),
                "{path:?} was accepted"
            );
        }
        for pair in [["a", "a/b"], ["a/b", "a"], ["a", "a"]] {
            let entries = pair.map(|path| file(path, b"")).to_vec();
            assert!(build_layer(entries, "test", LayerOwner::ROOT, dir.path()).is_err(), "{pair:?} was accepted");
        }
    }

    #[test]
    fn file_that_changes_size_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, "12345").unwrap();
        for size in [4, 6] {
            let kind = EntryKind::File { path: path.clone(), size };
            let entry = Entry { path: "f".into(), kind, executable: false };
            let error = build_layer(vec![entry], "test", LayerOwner::ROOT, dir.path()).unwrap_err();
            assert!(error.to_string().contains("changed while it was read"), "{error}");
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "a temporary file was left behind");
    }

    #[cfg(unix)]
    #[test]
    fn time_and_mode_on_disk_do_not_matter() {
        use std::os::unix::fs::PermissionsExt;
        let digest = |mode: u32, age: u64| {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("f");
            std::fs::write(&path, "content").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(age);
            File::options().append(true).open(&path).unwrap().set_modified(time).unwrap();
            let kind = EntryKind::File { path, size: 7 };
            let entry = Entry { path: "app/f".into(), kind, executable: false };
            build_layer(vec![entry], "test", LayerOwner::ROOT, dir.path()).unwrap().digest
        };
        assert_eq!(digest(0o600, 1_000), digest(0o664, 2_000_000_000));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn the_order_of_the_list_does_not_matter(
            files in proptest::collection::btree_map("[a-c]{1,2}(/[d-f]{3,4}){0,2}/[x-z]", "[a-z]{0,40}", 1..8),
            seed in any::<u64>(),
        ) {
            let dir = tempfile::tempdir().unwrap();
            let list: Vec<Entry> = files.iter().map(|(path, content)| file(path, content.as_bytes())).collect();
            let mut shuffled = list.clone();
            let turn = usize::try_from(seed % 8).unwrap() % shuffled.len();
            shuffled.rotate_left(turn);
            shuffled.reverse();
            let one = build_layer(list, "test", LayerOwner::ROOT, dir.path()).unwrap();
            let two = build_layer(shuffled, "test", LayerOwner::ROOT, dir.path()).unwrap();
            prop_assert_eq!(one.digest, two.digest);
            prop_assert_eq!(one.diff_id, two.diff_id);
        }
    }
}
