//! Fingerprints of packages that are folders of this machine.
//!
//! Owns: which of its files count. Does not own: building it.

use std::fs;
use std::io::Read;
use std::path::Path;

use toml::{Table, Value};

use crate::digest::{Digest, Hasher};
use crate::error::{Context, Result};
use crate::fsx;

/// Content and dependencies have separate digests, because most edits change the content only.
#[derive(Debug)]
pub(super) struct FolderFingerprint {
    /// Of everything that a build can read.
    pub(super) content: Digest,
    /// Of what decides about its own dependencies.
    pub(super) needs: Digest,
}

/// Folders that tools keep there, and which no build reads.
const LEFT_OUT: [&str; 10] = [
    ".git",
    "__pycache__",
    "node_modules",
    ".venv",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".bedrock_agentcore",
];

/// # Errors
/// Files that cannot be read.
pub(super) fn fingerprint(dir: &Path) -> Result<FolderFingerprint> {
    let mut hasher = Hasher::default();
    add(dir, dir, &mut hasher)?;
    let content = hasher.finish();
    let needs = static_needs(dir).unwrap_or(content);
    Ok(FolderFingerprint { content, needs })
}

/// # Errors
/// When it cannot be read.
pub(super) fn hash_file(file: &Path) -> Result<Digest> {
    let mut hasher = Hasher::default();
    read_into(file, &mut hasher)?;
    Ok(hasher.finish())
}

fn read_into(file: &Path, hasher: &mut Hasher) -> Result<()> {
    let what = || format!("could not read `{}`", file.display());
    let mut open = fs::File::open(file).with_context(what)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = open.read(&mut buffer).with_context(what)?;
        if read == 0 {
            return Ok(());
        }
        hasher.update(&buffer[..read]);
    }
}

fn add(root: &Path, dir: &Path, hasher: &mut Hasher) -> Result<()> {
    let what = || format!("could not read `{}`", dir.display());
    let mut items = fs::read_dir(dir).with_context(what)?.collect::<Result<Vec<_>, _>>().with_context(what)?;
    items.sort_by_key(fs::DirEntry::file_name);
    for item in items {
        let path = item.path();
        let name = item.file_name().to_string_lossy().into_owned();
        let kind = item.file_type().with_context(what)?;
        let line = |text: &str, hasher: &mut Hasher| {
            let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            hasher.update(format!("{}\0{below}\0{text}\0", below.len()).as_bytes());
        };
        if kind.is_symlink() {
            line(&fs::read_link(&path).with_context(what)?.to_string_lossy(), hasher);
        } else if kind.is_dir() {
            // What setuptools leaves behind in the folder that it builds.
            let of_build = name.ends_with(".egg-info")
                || (dir.file_name().is_some_and(|dir| dir == "build") && {
                    name == "lib" || name.starts_with("lib.") || name.starts_with("bdist.")
                });
            if !of_build && !LEFT_OUT.contains(&name.as_str()) && !path.join("pyvenv.cfg").exists() {
                add(root, &path, hasher)?;
            }
        } else if kind.is_file() && !name.ends_with(".pyc") && name != ".bedrock_agentcore.yaml" {
            let is_executable = item.metadata().is_ok_and(|meta| fsx::is_executable(&meta));
            line(if is_executable { "x" } else { "f" }, hasher);
            read_into(&path, hasher)?;
        }
    }
    Ok(())
}

/// What its `pyproject.toml` says about dependencies; `None` where only the build knows.
fn static_needs(dir: &Path) -> Option<Digest> {
    let document: Table = toml::from_str(&fs::read_to_string(dir.join("pyproject.toml")).ok()?).ok()?;
    let project = document.get("project")?.as_table()?;
    let dynamic = project.get("dynamic").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let known = |name: &str| !dynamic.iter().any(|item| item.as_str() == Some(name));
    if !(known("dependencies") && known("optional-dependencies")) {
        return None;
    }
    let parts = ["name", "dependencies", "optional-dependencies", "requires-python"].map(|name| project.get(name));
    Some(Digest::of_bytes(format!("{parts:?}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_build_can_read_counts() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let content = || fingerprint(dir.path()).unwrap().content;
        put("pyproject.toml", "[project]\nname='x'\nversion='1'\n");
        put("x/__init__.py", "1");
        let first = content();
        for path in [
            "x/__pycache__/x.pyc",
            ".git/HEAD",
            "env/pyvenv.cfg",
            "x.egg-info/PKG-INFO",
            "build/lib/x/__init__.py",
            "build/bdist.linux-x86_64/x",
        ] {
            put(path, "later");
            assert_eq!(content(), first, "{path}");
        }
        for path in ["x/lib/a.py", "build/a.py", "x/__init__.py", "data.bin"] {
            let before = content();
            put(path, "later");
            assert_ne!(content(), before, "{path}");
        }
    }

    #[test]
    fn dynamic_dependencies_depend_on_every_file() {
        let dir = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        let needs = || fingerprint(dir.path()).unwrap().needs;
        put("pyproject.toml", "[project]\nname='x'\nversion='1'\ndependencies=['a']");
        let first = needs();
        put("x.py", "1");
        put("pyproject.toml", "[project]\nname='x'\nversion='2'\ndependencies=['a']");
        assert_eq!(needs(), first);
        put("pyproject.toml", "[project]\nname='x'\nversion='2'\ndependencies=['b']");
        assert_ne!(needs(), first);
        put("pyproject.toml", "[project]\nname='x'\ndynamic=['dependencies']");
        let dynamic = needs();
        put("requirements.txt", "a");
        assert_ne!(needs(), dynamic);
    }
}
