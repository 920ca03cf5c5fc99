//! What a TypeScript source is compiled with, kept from one build to the next: a change of the source installs nothing.
//!
//! Owns: the installed `node_modules` of a lock in the cache, and what identifies it. Does not own: installing it, and
//! what it is used for (`compile`).

use std::fs;
use std::path::{Path, PathBuf};

use super::compile::copy_tree;
use crate::cache::Cache;
use crate::digest::Hasher;
use crate::env::Env;
use crate::error::{Context, Result};
use crate::packages::InstallContext;
use crate::packages::node::{InstalledNode, NodeInstaller, NodeRequest, in_step_with_lock, install_all, link_settings};
use crate::platform::Platform;
use crate::process::{self, Child, Tool};
use crate::project::{Dependencies, Source};

const KIND: &str = "node-development";
/// Part of every key; a change in what is kept needs another one.
const FORMAT: &str = "2";
/// Files of npm, pnpm and yarn in every installation of theirs, whose time says when it was last of use.
const MARKS: [&str; 3] = [".package-lock.json", ".modules.yaml", ".yarn-integrity"];
/// Files beside the lock that decide on an installation.
const BESIDE: [&str; 3] = ["package.json", "pnpm-workspace.yaml", ".yarnrc"];
/// Bytes that stay in the cache.
const KEPT: u64 = 2 << 30;

/// The same for the same lock, package.json and settings, and for the same Node on the same kind of machine, for which
/// install scripts may have compiled. Has no trace of credentials.
///
/// # Errors
/// Files that cannot be read.
pub(super) async fn key(installer: NodeInstaller, home: &Path, lock: &Path, env: &Env) -> Result<String> {
    let mut hasher = Hasher::default();
    let node = match process::find(env, "node") {
        Some(node) => {
            Child::new(node, env, Tool::NodeScript).arg("--version").output().await.map(|output| output.stdout_text())
        }
        None => Ok(String::new()),
    };
    let (host, name) = (Platform::host(), installer.name());
    hasher.update(format!("{FORMAT}\0{name}\0{host}\0{}\0", node.unwrap_or_default()).as_bytes());
    let beside = BESIDE.iter().map(|name| home.join(name)).filter(|file| file.is_file());
    for file in beside.chain([lock.to_owned()]).chain(patches(home)) {
        let bytes = fs::read(&file).with_context(|| format!("could not read `{}`", file.display()))?;
        hasher.update(format!("{}\0{}\0", file.strip_prefix(home).unwrap_or(&file).display(), bytes.len()).as_bytes());
        hasher.update(&bytes);
    }
    let settings = fs::read_to_string(home.join(".npmrc")).unwrap_or_default();
    for line in settings.lines().filter(|line| !line.contains("_auth") && !line.contains("_password")) {
        hasher.update(line.as_bytes());
        hasher.update(b"\n");
    }
    Ok(hasher.finish().hex())
}

/// Changes to packages, which pnpm makes while it installs.
fn patches(home: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(home.join("patches")).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = items.map(|item| item.path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// Installs for development what the source is compiled with, keeps it for that, and takes what the agent runs with out of
/// it. `None` where that is not the same on every machine, or where nothing is to be installed for compiling.
///
/// # Errors
/// Those of npm; files that cannot be copied.
pub(super) async fn shared(
    source: &Source,
    request: &NodeRequest,
    setup: &InstallContext<'_>,
) -> Result<Option<InstalledNode>> {
    let compiles = source.node.as_ref().is_some_and(|node| !node.builds.is_empty());
    let Dependencies::Npm { package_json, lock: Some(lock) } = &source.dependencies else { return Ok(None) };
    let home = package_json.parent().unwrap_or(&source.root);
    if !compiles || source.install.needs_source || !request.is_the_same_everywhere() || in_step_with_lock(home, lock) {
        return Ok(None);
    }
    let key = key(NodeInstaller::Npm, home, lock, setup.env).await?;
    if setup.cache.path(KIND).join(&key).is_dir() {
        return Ok(None);
    }
    let workspace = setup.cache.workspace()?;
    let dir = workspace.path().canonicalize().context("could not resolve the workspace")?;
    for file in [package_json, lock] {
        let to = dir.join(file.file_name().unwrap_or_default());
        fs::copy(file, to).with_context(|| format!("could not copy `{}`", file.display()))?;
    }
    link_settings(&home.join(".npmrc"), &dir.join(".npmrc"))?;
    install_all(home, &dir, true, setup).await?;
    let installed = request.take_from(&dir, setup).await?;
    let cache = setup.cache.clone();
    let work = move || keep(&cache, &key, &dir);
    tokio::task::spawn_blocking(work).await.context("the thread that copied node_modules stopped")?;
    Ok(installed)
}

/// Puts what is kept into `dir`; `false` where nothing is.
///
/// # Errors
/// A disk that is full.
pub(super) fn give(cache: &Cache, key: &str, dir: &Path) -> Result<bool> {
    let kept = cache.path(KIND).join(key);
    if !kept.is_dir() {
        return Ok(false);
    }
    MARKS.iter().for_each(|mark| Cache::mark_used(&kept.join(mark)));
    copy_tree(&kept, &dir.join("node_modules"))?;
    Ok(true)
}

/// Keeps what was installed in `dir`. Where that does not work, the next build installs it again.
pub(super) fn keep(cache: &Cache, key: &str, dir: &Path) {
    let work = || -> Result<()> {
        let kept = cache.dir(KIND)?.join(key);
        let workspace = cache.workspace()?;
        let whole = workspace.path().join("node_modules");
        copy_tree(&dir.join("node_modules"), &whole)?;
        // Two builds may keep the same; either will do.
        let _ = fs::rename(&whole, &kept);
        cache.trim(KIND, KEPT);
        Ok(())
    };
    let _ = work();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn installed_packages_are_reused_only_for_their_lock() {
        let dir = tempfile::tempdir().unwrap();
        let (home, env) = (dir.path().join("home"), Env::fake(dir.path(), &[]));
        fs::create_dir_all(&home).unwrap();
        let lock = home.join("package-lock.json");
        let write = |name: &str, text: &str| fs::write(home.join(name), text).unwrap();
        write("package.json", "{}");
        write("package-lock.json", "1");
        write(".npmrc", "//h/:_authToken=canary-1\nsave-exact=true\n");
        let first = key(NodeInstaller::Npm, &home, &lock, &env).await.unwrap();
        write(".npmrc", "//h/:_authToken=canary-2\nsave-exact=true\n");
        assert_eq!(
            key(NodeInstaller::Npm, &home, &lock, &env).await.unwrap(),
            first,
            "a new token is no other installation"
        );
        let cache = Cache::at(dir.path().join("cache"));
        let installed = dir.path().join("one");
        fs::create_dir_all(installed.join("node_modules/a")).unwrap();
        fs::write(installed.join("node_modules/a/index.js"), "a").unwrap();
        assert!(!give(&cache, &first, &dir.path().join("two")).unwrap());
        keep(&cache, &first, &installed);
        assert!(give(&cache, &first, &dir.path().join("two")).unwrap());
        assert_eq!(fs::read_to_string(dir.path().join("two/node_modules/a/index.js")).unwrap(), "a");
        assert_ne!(key(NodeInstaller::Pnpm, &home, &lock, &env).await.unwrap(), first, "another installer");
        for (name, text) in [
            ("package-lock.json", "2"),
            ("package.json", "{ }"),
            (".npmrc", "save-exact=false"),
            ("pnpm-workspace.yaml", "overrides: {}"),
        ] {
            let before = fs::read_to_string(home.join(name)).unwrap_or_default();
            write(name, text);
            assert_ne!(key(NodeInstaller::Npm, &home, &lock, &env).await.unwrap(), first, "{name}");
            write(name, &before);
        }
    }
}
