//! Whose files are trusted when a search finds them and the user did not name them.
//!
//! Owns: the users whose files count, and finding out whose a file is. Does not own: what is refused because of it.
//!
//! A file that a search finds may have been put there by another user of the machine, and a configuration names
//! programs to run. Where files have no owner to ask for (Windows), everything counts as one's own.

use std::path::Path;

use crate::env::Env;

/// The users whose files are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owners(Vec<u32>);

impl Owners {
    /// Root, the user that this process runs as, and under `sudo` the user who called it.
    pub(crate) fn from_env(env: &Env) -> Self {
        let mut users = Self::without_sudo();
        if running_as() == Some(0) {
            users.0.extend(env.var("SUDO_UID").and_then(|text| text.parse::<u32>().ok()));
        }
        users
    }

    /// Of a file beside or above another one that was named: root, this process's user, and that one's owner.
    pub(crate) fn around(named: &Path) -> Self {
        let mut users = Self::without_sudo();
        users.0.extend(owners(named).into_iter().flatten());
        users
    }

    fn without_sudo() -> Self {
        Self(std::iter::once(0).chain(running_as()).collect())
    }

    /// The number of another user who owns `path`, or what a link there leads to; `None` for a path that is trusted, or
    /// that is not there.
    pub(crate) fn stranger(&self, path: &Path) -> Option<u32> {
        owners(path).into_iter().flatten().find(|owner| !self.0.contains(owner))
    }
}

#[cfg(unix)]
fn running_as() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn running_as() -> Option<u32> {
    None
}

/// Of the path itself, and of what it leads to.
#[cfg(unix)]
fn owners(path: &Path) -> [Option<u32>; 2] {
    use std::os::unix::fs::MetadataExt;
    let owner = |meta: std::io::Result<std::fs::Metadata>| meta.ok().map(|meta| meta.uid());
    [owner(path.symlink_metadata()), owner(path.metadata())]
}

#[cfg(not(unix))]
fn owners(_path: &Path) -> [Option<u32>; 2] {
    [None, None]
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_owner_is_detected_through_links() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        std::fs::write(&file, "").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let me = running_as().unwrap();
        let others = Owners(vec![me + 1]);
        assert_eq!((others.stranger(&file), others.stranger(&link)), (Some(me), Some(me)));
        assert_eq!(others.stranger(&dir.path().join("nothing")), None);
        assert_eq!(Owners::from_env(&Env::default()).stranger(&link), None);
        assert!(Owners::around(&file).0.contains(&me));
    }

    #[test]
    fn only_root_believes_what_sudo_says() {
        let env = Env::fake(Path::new("/"), &[("SUDO_UID", "4711")]);
        assert_eq!(Owners::from_env(&env).0.contains(&4711), running_as() == Some(0));
        let env = Env::fake(Path::new("/"), &[("SUDO_UID", "x")]);
        assert_eq!(Owners::from_env(&env), Owners::from_env(&Env::default()));
    }
}
