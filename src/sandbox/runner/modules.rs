//! Node's packages in an unpacked image: shared between sessions, and the compiled ones that this machine cannot load.
//!
//! Owns: how sessions use `node_modules`. Packages belong to root in an image while the agent is another user, so no
//! agent writes into them; copying them for each session would take longer than all else.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::{Context, Result};
use crate::fsx;

const FOLDER: &str = "node_modules";
/// How many packages a message names.
const NAMED: usize = 5;

/// Copies a working directory with its links and permissions. In place of each `node_modules` comes a directory with
/// links to the image's packages; the directories in `shared` at the top become links to the originals. Blocking.
pub(super) fn copy_tree(from: &Path, to: &Path, shared: &[String]) -> Result<()> {
    let trees = Trees { from, to, shared };
    trees.copy(from, to)
}

struct Trees<'a> {
    from: &'a Path,
    to: &'a Path,
    shared: &'a [String],
}

impl Trees<'_> {
    fn copy(&self, from: &Path, to: &Path) -> Result<()> {
        let what = || format!("could not copy `{}`", from.display());
        fs::create_dir_all(to).with_context(what)?;
        for child in fs::read_dir(from).with_context(what)? {
            let child = child.with_context(what)?;
            let (source, target) = (child.path(), to.join(child.file_name()));
            let kind = child.file_type().with_context(what)?;
            if kind.is_dir() && child.file_name() == FOLDER {
                self.share(&source, &target)?;
            } else if kind.is_dir() && !(from == self.from && self.is_shared(&child.file_name())) {
                self.copy(&source, &target)?;
            } else if kind.is_file() {
                fs::copy(&source, &target).with_context(what)?;
            } else {
                link(&self.goal(&source), &target).with_context(what)?;
            }
        }
        Ok(())
    }

    fn is_shared(&self, name: &std::ffi::OsStr) -> bool {
        cfg!(unix) && self.shared.iter().any(|shared| name == shared.as_str())
    }

    /// A directory of links to what is in `from`: packages, and the folders of scopes with packages in them.
    fn share(&self, from: &Path, to: &Path) -> Result<()> {
        let what = || format!("could not link `{}`", from.display());
        fs::create_dir_all(to).with_context(what)?;
        for child in fs::read_dir(from).with_context(what)? {
            let child = child.with_context(what)?;
            let (source, target) = (child.path(), to.join(child.file_name()));
            let kind = child.file_type().with_context(what)?;
            if kind.is_dir() && child.file_name().to_string_lossy().starts_with('@') {
                self.share(&source, &target)?;
                continue;
            }
            link(&self.goal(&source), &target).with_context(what)?;
        }
        Ok(())
    }

    /// Where the session's link for `source` leads: to the copy of what is copied, else into the image.
    fn goal(&self, source: &Path) -> PathBuf {
        // A link that leads nowhere yet does so in the session too, and what is made there is the session's.
        let real = fs::canonicalize(source).or_else(|_| {
            fs::read_link(source).map(|goal| fsx::normalize(&source.parent().unwrap_or(self.from).join(goal)))
        });
        let goal = real.unwrap_or_else(|_| source.to_owned());
        let own = goal.strip_prefix(self.from).ok().filter(|path| self.is_copied(path));
        own.map_or(goal.clone(), |path| self.to.join(path))
    }

    /// Whether what is at `path` in the tree is the session's own.
    fn is_copied(&self, path: &Path) -> bool {
        let first = path.components().next();
        !path.components().any(|part| part.as_os_str() == FOLDER)
            && !first.is_some_and(|part| self.is_shared(part.as_os_str()))
    }
}

#[cfg(unix)]
fn link(goal: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(goal, at)
}

#[cfg(not(unix))]
fn link(_goal: &Path, _at: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Packages below `dir` with a compiled part for Linux on another processor than `architecture` (`arm64`, `amd64`).
/// Blocking.
pub(super) fn foreign(dir: &Path, architecture: &str) -> Vec<String> {
    let own = match architecture {
        "arm64" => 183,
        "amd64" => 62,
        _ => return Vec::new(),
    };
    let mut found = BTreeSet::new();
    let mut open: Vec<(PathBuf, Option<String>)> = vec![(dir.to_owned(), None)];
    while let Some((dir, package)) = open.pop() {
        for child in fs::read_dir(dir).into_iter().flatten().flatten() {
            let Ok(kind) = child.file_type() else { continue };
            let name = child.file_name().to_string_lossy().into_owned();
            if kind.is_dir() {
                let next = match &package {
                    _ if name == FOLDER => Some(String::new()),
                    // The part of a name after its scope.
                    Some(before) if before.is_empty() || (before.starts_with('@') && !before.contains('/')) => {
                        Some(if before.is_empty() { name } else { format!("{before}/{name}") })
                    }
                    other => other.clone(),
                };
                open.push((child.path(), next));
            } else if kind.is_file()
                && let Some(package) = &package
                && Path::new(&name).extension().is_some_and(|extension| extension == "node")
                && machine(&child.path()).is_some_and(|machine| machine != own)
            {
                found.insert(package.clone());
            }
        }
    }
    found.into_iter().take(NAMED).collect()
}

/// The processor that an ELF file is for, as the format numbers it.
fn machine(file: &Path) -> Option<u16> {
    let mut head = [0; 20];
    File::open(file).ok()?.read_exact(&mut head).ok()?;
    head.starts_with(b"\x7fELF").then(|| u16::from_le_bytes([head[18], head[19]]))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn put(path: &Path, bytes: &[u8]) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    #[test]
    fn packages_are_shared_but_workspace_code_is_copied() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let (image, session) = (root.join("image/app"), root.join("session/work"));
        put(&image.join("packages/a/index.js"), b"a");
        put(&image.join("packages/b/index.js"), b"b");
        put(&image.join("node_modules/plain/index.js"), b"p");
        put(&image.join("node_modules/@s/c/index.js"), b"c");
        put(&image.join("node_modules/.bin/x"), b"x");
        link(Path::new("../../packages/b"), &image.join("node_modules/@s/b")).unwrap();
        copy_tree(&image, &session, &[]).unwrap();
        let real = |path: &str| fs::canonicalize(session.join(path)).unwrap();
        assert_eq!(real("node_modules/plain"), image.join("node_modules/plain"));
        assert_eq!(real("node_modules/@s/c/index.js"), image.join("node_modules/@s/c/index.js"));
        assert_eq!(real("node_modules/@s/b/index.js"), session.join("packages/b/index.js"));
        // What a session adds or changes is its own.
        put(&session.join("node_modules/.cache/y"), b"y");
        put(&session.join("packages/b/index.js"), b"changed");
        assert!(!image.join("node_modules/.cache").exists());
        assert_eq!(fs::read(image.join("packages/b/index.js")).unwrap(), b"b");
    }

    #[test]
    fn links_inside_the_tree_lead_to_the_copy() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let (image, session) = (root.join("image/app"), root.join("session/work"));
        put(&image.join("data/v1/state.json"), b"{}");
        put(&image.join("lib/a.py"), b"a");
        put(&image.join("node_modules/plain/index.js"), b"p");
        put(&root.join("image/etc/x.conf"), b"x");
        for (at, goal) in [
            ("data/current", "v1"),
            ("data/next", "v2"),
            ("state", "data/current/state.json"),
            ("conf", "../etc/x.conf"),
            ("a.py", "lib/a.py"),
            ("plain", "node_modules/plain"),
        ] {
            link(Path::new(goal), &image.join(at)).unwrap();
        }
        copy_tree(&image, &session, &["lib".to_owned()]).unwrap();
        fs::write(session.join("data/current/state.json"), "mine").unwrap();
        assert_eq!(fs::read(image.join("data/v1/state.json")).unwrap(), b"{}");
        assert_eq!(fs::read(session.join("state")).unwrap(), b"mine");
        fs::create_dir(session.join("data/v2")).unwrap();
        assert!(session.join("data/next").is_dir(), "a link that leads nowhere yet");
        let real = |path: &str| fs::canonicalize(session.join(path)).unwrap();
        assert_eq!(real("conf"), root.join("image/etc/x.conf"));
        assert_eq!(real("a.py"), image.join("lib/a.py"), "shared folders stay the image's");
        assert_eq!(real("plain"), image.join("node_modules/plain"));
    }

    #[test]
    fn compiled_packages_for_another_processor_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let elf = |machine: u8| {
            let mut bytes = b"\x7fELF".to_vec();
            bytes.resize(64, 0);
            bytes[18] = machine;
            bytes
        };
        let modules = dir.path().join("app/node_modules");
        put(&modules.join("@img/sharp-linux-arm64/lib/sharp.node"), &elf(183));
        put(&modules.join("deep/node_modules/inner/build/x.node"), &elf(183));
        put(&modules.join("own/x.node"), &elf(62));
        put(&modules.join("script/x.node"), b"not a program");
        put(&dir.path().join("app/x.node"), &elf(183));
        assert_eq!(foreign(dir.path(), "amd64"), ["@img/sharp-linux-arm64", "inner"]);
        assert_eq!(foreign(dir.path(), "arm64"), ["own"]);
    }
}
