//! Resolves a path in an unpacked image as the kernel does for a process with that root directory.
//!
//! Owns: following links below a root. An image's links are its author's, and the system would follow them out of it. Does
//! not own: writing them (`rootfs`, `archive`).

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};

/// The kernel's limit.
const MOST_LINKS: usize = 40;

/// A resolved path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ResolvedPath {
    /// Below the root, without links as far as it exists.
    pub(super) path: PathBuf,
    /// It went above the root on its way, where the root's own `..` is the root.
    pub(super) left: bool,
}

/// Resolves `path`, absolute or relative to `root`. What does not exist is taken by its name.
///
/// # Errors
/// When its links go in circles.
pub(super) fn find(root: &Path, path: &Path) -> Result<ResolvedPath> {
    let mut open: VecDeque<OsString> = parts(path).collect();
    let mut at: Vec<OsString> = Vec::new();
    let (mut links, mut left) = (0, false);
    while let Some(part) = open.pop_front() {
        if part == ".." {
            left |= at.pop().is_none();
            continue;
        }
        at.push(part);
        let Ok(target) = std::fs::read_link(root.join(at.iter().collect::<PathBuf>())) else { continue };
        links += 1;
        if links > MOST_LINKS {
            return Err(Error::failed(format!("`{}` leads through too many symbolic links", path.display())));
        }
        at.pop();
        if target.has_root() {
            at.clear();
        }
        for part in parts(&target).collect::<Vec<_>>().into_iter().rev() {
            open.push_front(part);
        }
    }
    Ok(ResolvedPath { path: root.join(at.iter().collect::<PathBuf>()), left })
}

/// Names and `..`; everything else stands for the place itself.
fn parts(path: &Path) -> impl Iterator<Item = OsString> + '_ {
    let named = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    named.map(|part| part.as_os_str().to_owned())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::symlink;

    use proptest::prelude::*;
    use rustix::fs::{Mode, OFlags, ResolveFlags, open, openat2};

    use super::*;

    /// What the kernel says, for a path that exists; `None` where it cannot be asked.
    fn by_kernel(root: &Path, path: &Path) -> Option<PathBuf> {
        let dir = open(root, OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).unwrap();
        let file = openat2(dir, path, OFlags::PATH, Mode::empty(), ResolveFlags::IN_ROOT).ok()?;
        std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn it_agrees_with_the_kernel(
            links in prop::collection::vec(("(a|b|a/b|a/b/c)/(x|y|z)", "/?(\\.\\./|a/|b/|x/|y/|z/){0,5}(a|b|x|y|\\.\\.)"), 0..6),
            path in "/?(\\.\\./|a/|b/|x/|y/|z/|c/){0,6}(a|b|c|x|y|z|\\.\\.)",
        ) {
            let dir = tempfile::tempdir().unwrap();
            let root = dir.path().canonicalize().unwrap().join("deep/er/root");
            std::fs::create_dir_all(root.join("a/b/c")).unwrap();
            std::fs::create_dir_all(root.join("b")).unwrap();
            for (at, target) in &links {
                let _ = symlink(target, root.join(at));
            }
            if let Some(kernel) = by_kernel(&root, Path::new(&path)) {
                prop_assert_eq!(find(&root, Path::new(&path)).unwrap().path, kernel);
            }
            prop_assert!(find(&root, Path::new(&path)).map_or(true, |found| found.path.starts_with(&root)));
        }
    }

    #[test]
    fn circles_end_and_leaving_is_noted() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        symlink("b", root.join("a")).unwrap();
        symlink("/a", root.join("b")).unwrap();
        assert!(find(&root, Path::new("a/x")).is_err());
        std::fs::create_dir(root.join("d")).unwrap();
        symlink("../../d", root.join("d/up")).unwrap();
        assert_eq!(find(&root, Path::new("/d/up/new")).unwrap(), ResolvedPath { path: root.join("d/new"), left: true });
        assert_eq!(find(&root, Path::new("d/../d/x")).unwrap(), ResolvedPath { path: root.join("d/x"), left: false });
    }
}
