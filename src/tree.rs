//! A file tree to be archived: the entries by path, and the files on disk that they are read from.
//!
//! Owns: the entries, their order, and what a path may be. Does not own: any archive's format.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::error::{Error, Result};

/// One path of the tree.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Without a leading slash: `app/src/agent.py`.
    pub(crate) path: String,
    pub(crate) kind: EntryKind,
    /// Mode 0755 instead of 0644 for a file; directories are always 0755.
    pub(crate) executable: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum EntryKind {
    /// A file on disk; a size that is no longer true when it is read is an error.
    File {
        path: PathBuf,
        size: u64,
    },
    Bytes(Vec<u8>),
    Dir,
    /// The target, as it is to be stored.
    Symlink(String),
}

/// Paths in bytewise order, parents before what is in them.
pub(crate) type Arranged = BTreeMap<String, (EntryKind, bool)>;

/// Sorts the entries by path and adds the parents.
///
/// # Errors
/// A path that is absolute, has `..`, is there twice or is a file and a directory.
pub(crate) fn arrange(entries: Vec<Entry>) -> Result<Arranged> {
    let mut all = Arranged::new();
    // Most files follow another one of the same folder, whose parents are there.
    let mut last = String::new();
    for entry in entries {
        check_path(&entry.path)?;
        let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if folder != last {
            for (at, _) in entry.path.match_indices('/') {
                let parent = all.entry(entry.path[..at].to_owned()).or_insert((EntryKind::Dir, false));
                if !matches!(parent.0, EntryKind::Dir) {
                    return Err(twice(&entry.path[..at]));
                }
            }
            folder.clone_into(&mut last);
        }
        let is_dir = matches!(entry.kind, EntryKind::Dir);
        match all.get(&entry.path) {
            Some((EntryKind::Dir, _)) if is_dir => {}
            Some(_) => return Err(twice(&entry.path)),
            None => {
                all.insert(entry.path, (entry.kind, entry.executable));
            }
        }
    }
    Ok(all)
}

fn twice(path: &str) -> Error {
    Error::usage(format!("`{path}` would be in the artifact twice, with different content"))
}

fn check_path(path: &str) -> Result<()> {
    let bad_part = |part: &str| part.is_empty() || part == "." || part == "..";
    if path.split('/').any(bad_part) || path.contains('\0') {
        return Err(Error::usage(format!("`{path}` is not a path inside an archive")));
    }
    Ok(())
}
