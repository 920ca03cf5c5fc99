//! The folder where work is kept that need not be done twice: layers, base images' small files, workspaces.
//!
//! Owns: where it is, who may read it, how large a part of it gets. Does not own: what identifies a piece of work (its maker says). Everything
//! in it can be deleted at any time.

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

/// A folder for things that can be made again.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// # Errors
    /// Exit 2 when neither `AGENTCORE_CACHE_DIR` nor a home directory is there.
    pub(crate) fn of(env: &Env) -> Result<Self> {
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

    /// Removes the files of a kind that were not used for the longest time until the rest has at most `limit` bytes.
    pub(crate) fn trim(&self, kind: &str, limit: u64) {
        let mut files: Vec<(SystemTime, u64, PathBuf)> = std::fs::read_dir(self.path(kind))
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|item| {
                let meta = item.metadata().ok().filter(std::fs::Metadata::is_file)?;
                Some((meta.modified().ok()?, meta.len(), item.path()))
            })
            .collect();
        let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
        files.sort();
        for (used, size, path) in files {
            if total <= limit || used.elapsed().map_or(true, |age| age < IN_USE) {
                return;
            }
            if std::fs::remove_file(path).is_ok() {
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

fn sweep(dir: &Path) {
    for item in std::fs::read_dir(dir).into_iter().flatten().flatten() {
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
}
