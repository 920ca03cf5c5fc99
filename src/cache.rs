//! The folder where work is kept that need not be done twice: layers, base images' small files, workspaces.
//!
//! Owns: where it is and who may read it. Does not own: what identifies a piece of work (its maker says). Everything
//! in it can be deleted at any time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::fsx;

/// No build takes this long.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

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
