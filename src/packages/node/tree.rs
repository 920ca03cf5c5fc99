//! Installed packages as entries that do not depend on when, where and how they were installed.
//!
//! Owns: what is left out. npm's bin links are links here, too.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::lock::{NodeLock, name_at};
use super::{NodePackage, read_json};
use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::tree::{Entry, EntryKind};

/// npm's own note of what it installed, below each `node_modules`.
pub(super) const HIDDEN_LOCK: &str = ".package-lock.json";
const FOLDER: &str = "node_modules";

/// The files in every `node_modules` below `root`.
pub(super) fn entries(root: &Path, prefix: &str) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    collect(root, prefix, false, &mut found)?;
    found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn collect(dir: &Path, prefix: &str, installed: bool, found: &mut Vec<Entry>) -> Result<()> {
    let what = || format!("could not read `{}`", dir.display());
    for item in fs::read_dir(dir).with_context(what)? {
        let item = item.with_context(what)?;
        let name = item.file_name().into_string().map_err(|name| {
            Error::failed(format!("a package has a file whose name is not UTF-8: `{}`", Path::new(&name).display()))
        })?;
        let kind = item.file_type().with_context(what)?;
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        if kind.is_dir() {
            collect(&item.path(), &path, installed || name == FOLDER, found)?;
            continue;
        }
        // Beside `node_modules` are only the files that told npm what to do.
        if !installed || (name == HIDDEN_LOCK && dir.file_name().is_some_and(|dir| dir == FOLDER)) {
            continue;
        }
        if kind.is_symlink() {
            let target = fs::read_link(item.path()).with_context(what)?;
            let kind = EntryKind::Symlink(target.to_string_lossy().replace('\\', "/"));
            found.push(Entry { path, kind, executable: false });
        } else {
            let meta = item.metadata().with_context(what)?;
            let kind = EntryKind::File { path: item.path(), size: meta.len() };
            found.push(Entry { path, kind, executable: fsx::is_executable(&meta) });
        }
    }
    Ok(())
}

/// Copies what `lock` has for running from one folder with everything to another, as npm would install it there; `false`
/// when a package is missing.
pub(super) fn copy_needed(lock: &NodeLock, from: &Path, to: &Path) -> Result<bool> {
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    for (path, package) in lock.needed() {
        let source = from.join(path);
        if source.is_dir() {
            copy(&source, &to.join(path))?;
            let end = path.rfind(FOLDER).unwrap_or_default();
            folders.insert(PathBuf::from(&path[..end + FOLDER.len()]));
        } else if !package.flag("optional") && !package.flag("devOptional") && !package.flag("peer") {
            return Ok(false);
        }
    }
    for folder in folders {
        take_commands(&from.join(&folder), &to.join(&folder))?;
    }
    let noted = from.join(FOLDER).join(HIDDEN_LOCK);
    let mut note = read_json(&noted)?;
    if let Some(packages) = note.get_mut("packages").and_then(Value::as_object_mut) {
        packages.retain(|path, _| to.join(path).is_dir());
    }
    let target = to.join(FOLDER);
    if target.is_dir() {
        fs::write(target.join(HIDDEN_LOCK), note.to_string())
            .with_context(|| format!("could not write into `{}`", target.display()))?;
    }
    Ok(true)
}

/// A package without those inside it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let what = || format!("could not copy `{}`", from.display());
    fs::create_dir_all(to).with_context(what)?;
    for item in fs::read_dir(from).with_context(what)? {
        let item = item.with_context(what)?;
        let kind = item.file_type().with_context(what)?;
        let target = to.join(item.file_name());
        if kind.is_file() {
            fs::copy(item.path(), &target).with_context(what)?;
        } else if kind.is_dir() && item.file_name() != FOLDER {
            copy(&item.path(), &target)?;
        }
    }
    Ok(())
}

/// The short names of commands of the packages that were taken.
fn take_commands(from: &Path, to: &Path) -> Result<()> {
    #[cfg(unix)]
    for item in fs::read_dir(from.join(".bin")).into_iter().flatten().flatten() {
        let what = || format!("could not copy `{}`", item.path().display());
        let Ok(target) = fs::read_link(item.path()) else { continue };
        let bin = to.join(".bin");
        if fsx::normalize(&bin.join(&target)).exists() {
            fs::create_dir_all(&bin).with_context(what)?;
            std::os::unix::fs::symlink(&target, bin.join(item.file_name())).with_context(what)?;
        }
    }
    #[cfg(not(unix))]
    let _ = (from, to);
    Ok(())
}

/// What npm notes that it installed into the `node_modules` of `dir`.
pub(super) fn packages(dir: &Path) -> Result<Vec<NodePackage>> {
    let file = dir.join(FOLDER).join(HIDDEN_LOCK);
    // Where nothing fits the platform npm makes no folder.
    if !file.is_file() {
        return Ok(Vec::new());
    }
    let lock = NodeLock::read(&file)?;
    let mut found = Vec::new();
    for (path, package) in lock.needed().filter(|(_, package)| !package.flag("link")) {
        found.push(NodePackage {
            name: package.text("name").map_or_else(|| name_at(path), str::to_owned),
            version: package.text("version").unwrap_or_default().to_owned(),
            license: package.license(),
            integrity: package.text("integrity").map(str::to_owned),
            bytes: size(&dir.join(path))?,
        });
    }
    found.sort_unstable_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(found)
}

fn size(dir: &Path) -> Result<u64> {
    let what = || format!("could not read `{}`", dir.display());
    let mut total = 0;
    for item in fs::read_dir(dir).with_context(what)? {
        let item = item.with_context(what)?;
        let kind = item.file_type().with_context(what)?;
        if kind.is_dir() && item.file_name() != FOLDER {
            total += size(&item.path())?;
        } else if kind.is_file() {
            total += item.metadata().with_context(what)?.len();
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn runtime_packages_are_copied_from_a_development_install() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("all"), dir.path().join("own"));
        let put = |path: &str, text: &str| {
            let path = from.join("node_modules").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("a/cli.js", "a");
        put("a/lib/x.js", "x");
        put("a/node_modules/b/index.js", "b 2");
        put("a/node_modules/dev/index.js", "dev");
        put("b/index.js", "b 1");
        put("tsc/cli.js", "tsc");
        fs::create_dir(from.join("node_modules/.bin")).unwrap();
        for (name, target) in [("a", "../a/cli.js"), ("tsc", "../tsc/cli.js")] {
            std::os::unix::fs::symlink(target, from.join("node_modules/.bin").join(name)).unwrap();
        }
        let packages = r#""node_modules/a":{"version":"1"},"node_modules/a/node_modules/b":{"version":"2"},
            "node_modules/a/node_modules/dev":{"version":"1","dev":true},"node_modules/tsc":{"version":"5","dev":true},
            "node_modules/b":{"version":"1","optional":true},"node_modules/gone":{"version":"1","optional":true}"#;
        let lock = format!(r#"{{"lockfileVersion":3,"packages":{{"":{{}},{packages}}}}}"#);
        put(HIDDEN_LOCK, &lock);
        let lock = NodeLock::read(&from.join("node_modules").join(HIDDEN_LOCK)).unwrap();
        assert!(copy_needed(&lock, &from, &to).unwrap());
        let told: Vec<String> = entries(&to, "").unwrap().into_iter().map(|entry| entry.path).collect();
        let expected = [".bin/a", "a/cli.js", "a/lib/x.js", "a/node_modules/b/index.js", "b/index.js"];
        assert_eq!(told, expected.map(|path| format!("node_modules/{path}")));
        let names: Vec<String> = packages_of(&to);
        assert_eq!(names, ["a 1", "b 1", "b 2"]);
        fs::remove_dir_all(from.join("node_modules/a")).unwrap();
        assert!(!copy_needed(&lock, &from, &dir.path().join("other")).unwrap());
    }

    #[cfg(unix)]
    fn packages_of(dir: &Path) -> Vec<String> {
        let all = packages(dir).unwrap().into_iter();
        all.map(|package| format!("{} {}", package.name, package.version)).collect()
    }

    #[cfg(unix)]
    #[test]
    fn only_installed_packages_are_taken_without_npm_traces() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("package.json", "{}");
        put("packages/b/package.json", "{}");
        put("packages/b/node_modules/x/index.js", "x");
        put("node_modules/.package-lock.json", "{}");
        put("node_modules/a/.package-lock.json", "its own");
        put("node_modules/a/cli.js", "#!/usr/bin/env node\n");
        fs::create_dir(dir.path().join("node_modules/.bin")).unwrap();
        std::os::unix::fs::symlink("../a/cli.js", dir.path().join("node_modules/.bin/a")).unwrap();
        let executable: fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(dir.path().join("node_modules/a/cli.js"), executable).unwrap();
        let found = entries(dir.path(), "app").unwrap();
        let told: Vec<(&str, bool)> = found.iter().map(|entry| (entry.path.as_str(), entry.executable)).collect();
        assert_eq!(
            told,
            [
                ("app/node_modules/.bin/a", false),
                ("app/node_modules/a/.package-lock.json", false),
                ("app/node_modules/a/cli.js", true),
                ("app/packages/b/node_modules/x/index.js", false),
            ]
        );
        assert!(matches!(&found[0].kind, EntryKind::Symlink(target) if target == "../a/cli.js"));
        assert_eq!(entries(dir.path(), "").unwrap()[0].path, "node_modules/.bin/a");
    }
}
