//! The cache folder: layers, base images' small files, workspaces.
//!
//! Owns: where it is, who may read it, how large a part of it gets. Does not own: cache keys (each user of the cache
//! makes its own). Everything in it can be deleted at any time.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::fsx;

/// No build takes this long.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);
/// What was used this recently may be in use, and stays however large the folder is.
const IN_USE: Duration = Duration::from_secs(60 * 60);

/// The cache folder. Its content can always be made again.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// # Errors
    /// Exit 2 when neither `AGENTCORE_CACHE_DIR` nor a home directory is there.
    pub(crate) fn from_env(env: &Env) -> Result<Self> {
        let dir = env.cache_dir().ok_or_else(|| {
            Error::usage("there is no folder for the build cache").hint("set `AGENTCORE_CACHE_DIR` or `HOME`")
        })?;
        Ok(Self { dir })
    }

    #[cfg(test)]
    pub(crate) fn at(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Where things of one kind are; it may not exist yet.
    pub(crate) fn path(&self, kind: &str) -> PathBuf {
        self.dir.join(kind)
    }

    /// The same, created and readable by its owner only.
    pub(crate) fn dir(&self, kind: &str) -> Result<PathBuf> {
        let dir = self.path(kind);
        fsx::create_private_dir(&dir)?;
        Ok(dir)
    }

    /// Notes that a file of the cache was of use, for [`Cache::trim`].
    pub(crate) fn mark_used(file: &Path) {
        let _ = File::options().append(true).open(file).and_then(|file| file.set_modified(SystemTime::now()));
    }

    /// Removes the items of a kind that were not used for the longest time until the rest has at most `limit` bytes. An
    /// item is a file, or a folder of files.
    pub(crate) fn trim(&self, kind: &str, limit: u64) {
        let mut items: Vec<(SystemTime, u64, PathBuf)> = entries(&self.path(kind))
            .filter_map(|item| {
                let (used, size) = used_and_size(&item)?;
                Some((used, size, item.path()))
            })
            .collect();
        let mut total: u64 = items.iter().map(|(_, size, _)| size).sum();
        items.sort();
        for (used, size, path) in items {
            if total <= limit || used.elapsed().map_or(true, |age| age < IN_USE) {
                return;
            }
            if std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir_all(&path)).is_ok() {
                total -= size;
            }
        }
    }

    /// A directory of its own, so that finished files can be moved into the cache instead of copied. Removed when
    /// dropped; what a killed process left there is removed a day later.
    pub(crate) fn workspace(&self) -> Result<tempfile::TempDir> {
        let dir = self.dir("work")?;
        sweep(&dir);
        tempfile::tempdir_in(&dir).with_context(|| format!("could not create a directory in `{}`", dir.display()))
    }

    /// A workspace at a place that `name` decides on, for work whose result can tell where it was done. While another
    /// one has that name, it is anywhere.
    pub(crate) fn workspace_named(&self, name: &str) -> Result<tempfile::TempDir> {
        let dir = self.dir("work")?;
        sweep(&dir);
        match tempfile::Builder::new().prefix(name).rand_bytes(0).tempdir_in(&dir) {
            Ok(workspace) => Ok(workspace),
            Err(_) => self.workspace(),
        }
    }
}

fn entries(dir: &Path) -> impl Iterator<Item = std::fs::DirEntry> {
    std::fs::read_dir(dir).into_iter().flatten().flatten()
}

/// When an item was last of use, and how many bytes it has.
fn used_and_size(item: &std::fs::DirEntry) -> Option<(SystemTime, u64)> {
    let meta = item.metadata().ok()?;
    let used = meta.modified().ok()?;
    if meta.is_file() {
        return Some((used, meta.len()));
    }
    let folder = item.path();
    let inside = entries(&folder).filter_map(|file| used_and_size(&file));
    Some(inside.fold((used, 0), |(used, size), (newer, more)| (used.max(newer), size + more)))
}

fn sweep(dir: &Path) {
    for item in entries(dir) {
        let age = item.metadata().and_then(|meta| meta.modified()).ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > ABANDONED) {
            let _ = std::fs::remove_dir_all(item.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_long_goes_first() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::at(dir.path());
        let folder = cache.dir("kind").unwrap();
        for (name, hours) in [("old", 9), ("older", 10), ("recent", 2), ("now", 0)] {
            std::fs::write(folder.join(name), [0; 10]).unwrap();
            let time = SystemTime::now() - Duration::from_secs(hours * 3600);
            File::options().append(true).open(folder.join(name)).unwrap().set_modified(time).unwrap();
        }
        let left = || {
            let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|item| item.unwrap().file_name()).collect();
            names.sort();
            names
        };
        cache.trim("kind", 40);
        assert_eq!(left().len(), 4);
        Cache::mark_used(&folder.join("older"));
        cache.trim("kind", 35);
        assert_eq!(left(), ["now", "older", "recent"]);
        cache.trim("kind", 0);
        assert_eq!(left(), ["now", "older"]);
        cache.trim("nothing", 0);
    }

    #[test]
    fn a_folder_ages_and_is_removed_whole() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::at(dir.path());
        let kinds = cache.dir("kind").unwrap();
        for name in ["old", "marked"] {
            let folder = kinds.join(name);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join("a.whl"), [0; 10]).unwrap();
            let time = SystemTime::now() - 2 * IN_USE;
            File::options().append(true).open(folder.join("a.whl")).unwrap().set_modified(time).unwrap();
            File::open(&folder).unwrap().set_modified(time).unwrap();
        }
        Cache::mark_used(&kinds.join("marked/a.whl"));
        cache.trim("kind", 20);
        assert!(kinds.join("old").is_dir());
        cache.trim("kind", 10);
        assert!(!kinds.join("old").exists() && kinds.join("marked/a.whl").is_file());
    }
}
