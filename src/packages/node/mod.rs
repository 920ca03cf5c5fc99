//! npm packages, installed for the platform they will run on.
//!
//! Owns: what identifies a set of dependencies. `lock` reads what is wanted, `install` runs npm, `managers` pnpm and yarn,
//! `scripts` finds the
//! packages that would have to be compiled, `settings` reads `.npmrc` and keeps credentials out of everything, `tree`
//! makes the result independent of this machine. Does not own: which packages a project has, compiling its source,
//! keeping what was installed.

mod install;
mod lock;
mod managers;
mod scripts;
mod settings;
mod tree;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::digest::Hasher;
use crate::env::Env;
use crate::error::{Code, Context, Error, Result};
use crate::fsx;
use crate::platform::Platform;
use crate::redact::SecretString;
use crate::tree::{Entry, EntryKind};

use super::{InstallContext, inventory};
pub(crate) use install::{Npm, in_step_with_lock, install_all, link_settings};
use lock::NodeLock;
pub(crate) use managers::{code_of_installer, has_own_packages, install_for_development};

/// Part of every key; a change in what is installed needs another one.
const FORMAT: u32 = 1;

/// The package manager that installs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeInstaller {
    Npm,
    Pnpm,
    /// Version 1.
    Yarn,
}

/// What to install and for what. Every path is absolute and below `root`.
#[derive(Clone, Debug)]
pub(crate) struct NodeDependencies {
    /// The source tree; places of installation are relative to it.
    pub(crate) root: PathBuf,
    /// What npm installs from: the agent's own, or that of the workspace around it.
    pub(crate) package_json: PathBuf,
    pub(crate) installer: NodeInstaller,
    /// The installer's own, beside the package.json; another's than npm's has to be there.
    pub(crate) lock: Option<PathBuf>,
    /// Folder of the agent's own package, when `package_json` is that of a workspace.
    pub(crate) member: Option<PathBuf>,
    /// Folders of the project's packages that npm links instead of installing.
    pub(crate) locals: Vec<PathBuf>,
    /// Major version: `22`.
    pub(crate) node: String,
    pub(crate) platform: Platform,
}

/// Dependencies that were read and can be installed.
#[derive(Debug)]
pub(crate) struct NodeRequest {
    wanted: NodeDependencies,
    manifest: Value,
    lock: Option<NodeLock>,
    /// Secrets that npm may print.
    secrets: Vec<SecretString>,
    moving: Option<String>,
    key: String,
}

/// Installed packages on disk, deleted when dropped.
#[derive(Debug)]
pub(crate) struct InstalledNode {
    /// Laid out like the source's root.
    root: PathBuf,
    /// From `root` to the folder of the package.json, empty when they are the same.
    home: String,
    _workspace: tempfile::TempDir,
}

/// One installed package, as the lock describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NodePackage {
    pub(crate) name: String,
    pub(crate) version: String,
    /// SPDX expression.
    pub(crate) license: Option<String>,
    /// Subresource integrity of the archive: `sha512-…` in base64.
    pub(crate) integrity: Option<String>,
    /// Of its files, without packages inside it.
    pub(crate) bytes: u64,
}

/// Reads what is to be installed; `None` when that is nothing.
///
/// # Errors
/// A package.json or lock that cannot be understood, a local package outside of the source.
pub(crate) fn prepare(wanted: &NodeDependencies, env: &Env) -> Result<Option<NodeRequest>> {
    let manifest = read_json(&wanted.package_json)?;
    let of_npm = wanted.installer == NodeInstaller::Npm;
    let lock = wanted.lock.as_deref().filter(|_| of_npm).map(NodeLock::read).transpose()?;
    let locals: Vec<Value> =
        wanted.locals.iter().map(|dir| read_json(&dir.join("package.json"))).collect::<Result<_>>()?;
    let manifests = || std::iter::once(&manifest).chain(&locals);
    let nothing = match &lock {
        Some(lock) => lock.is_empty(),
        None => !manifests().any(|each| specifiers(each).next().is_some()),
    };
    if nothing {
        return Ok(None);
    }
    let npmrc = settings::Npmrc::read(wanted.dir(), env)?;
    let moving = match &lock {
        Some(lock) => lock.moving(),
        None if !of_npm => None,
        None => {
            manifests().flat_map(specifiers).find(|(_, version)| can_move(version)).map(|(name, _)| name.to_owned())
        }
    };
    let mut hasher = Hasher::default();
    let mut add = |text: &str| {
        hasher.update(format!("{}\n", text.len()).as_bytes());
        hasher.update(text.as_bytes());
    };
    add(&format!("format {FORMAT}, {}, node {}, {}", wanted.installer.name(), wanted.node, wanted.platform));
    add(&wanted.relative(wanted.dir())?);
    add(&wanted.member.as_deref().map(|dir| wanted.relative(dir)).transpose()?.unwrap_or_default());
    npmrc.lines.iter().for_each(|line| add(line));
    if let Some(lock) = wanted.lock.as_deref().filter(|_| !of_npm) {
        managers::identity(lock)?.iter().for_each(|line| add(line));
    }
    match &lock {
        Some(lock) => lock.identity().iter().for_each(|line| add(line)),
        None => manifests().for_each(|each| add(&unlocked(each).to_string())),
    }
    let key = hasher.finish().hex();
    let wanted = wanted.clone();
    Ok(Some(NodeRequest { wanted, manifest, lock, secrets: npmrc.secrets, moving, key }))
}

impl NodeDependencies {
    /// Where npm works.
    fn dir(&self) -> &Path {
        self.package_json.parent().unwrap_or(&self.root)
    }

    /// `path` from the root, empty for the root itself.
    fn relative(&self, path: &Path) -> Result<String> {
        if path == self.root {
            return Ok(String::new());
        }
        let below = path.starts_with(&self.root).then(|| fsx::relative(path, &self.root)).flatten();
        below.ok_or_else(|| {
            Error::usage(format!("`{}` is outside the source folder `{}`", path.display(), self.root.display()))
                .code(Code::SourceOutside)
                .hint("run `agentcore configure` in a folder that contains all of the agent's packages")
        })
    }
}

impl NodeRequest {
    /// The same for the same locked packages, platform and Node version. Has no trace of credentials, of development
    /// dependencies or of where the lock says that packages are downloaded from.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// A dependency that can change without a change of its text, such as a branch.
    pub(crate) fn moving(&self) -> Option<&str> {
        self.moving.as_deref()
    }

    /// `npm`, `pnpm` or `yarn`.
    pub(crate) fn installer(&self) -> &'static str {
        self.wanted.installer.name()
    }

    /// Whether versions are pinned. Without a lock npm chooses them at this moment.
    pub(crate) fn is_locked(&self) -> bool {
        self.lock.is_some() || self.wanted.installer != NodeInstaller::Npm
    }

    /// Where npm links the project's own packages: pairs of a place in `node_modules` and the folder that it stands for,
    /// from the source's root.
    pub(crate) fn links(&self) -> Vec<(String, String)> {
        let wanted = &self.wanted;
        let below = |path: &Path| wanted.relative(path).ok();
        let of_lock = self.lock.iter().flat_map(|lock| lock.needed()).filter(|(_, package)| package.flag("link"));
        let mut links: Vec<(PathBuf, PathBuf)> = of_lock
            .filter_map(|(path, package)| Some((path, package.text("resolved")?)))
            .map(|(at, folder)| (wanted.dir().join(at), fsx::normalize(&wanted.dir().join(folder))))
            .filter(|(_, folder)| wanted.locals.contains(folder))
            .collect();
        if self.lock.is_none() {
            let named =
                |dir: &PathBuf| Some(read_json(&dir.join("package.json")).ok()?.get("name")?.as_str()?.to_owned());
            let place = |name: String| wanted.dir().join("node_modules").join(name);
            links = wanted.locals.iter().filter_map(|dir| Some((place(named(dir)?), dir.clone()))).collect();
        }
        links.iter().filter_map(|(at, folder)| Some((below(at)?, below(folder)?))).collect()
    }

    /// Whether an installation for development on this machine holds what is needed to run, wherever that is; see
    /// [`NodeRequest::take_from`].
    pub(crate) fn is_the_same_everywhere(&self) -> bool {
        let alone = self.wanted.member.is_none() && self.wanted.locals.is_empty();
        alone && self.lock.as_ref().is_some_and(NodeLock::is_the_same_everywhere)
    }

    /// Copies what is needed to run from `dir`, where everything in the lock was just installed; `None` when something
    /// is not there.
    ///
    /// # Errors
    /// Files that cannot be copied.
    pub(crate) async fn take_from(&self, dir: &Path, setup: &InstallContext<'_>) -> Result<Option<InstalledNode>> {
        let Some(lock) = self.lock.clone() else { return Ok(None) };
        let workspace = setup.cache.workspace()?;
        let root = workspace.path().canonicalize().context("could not resolve the workspace")?;
        let home = self.wanted.relative(self.wanted.dir())?;
        let (from, to) = (dir.to_owned(), root.join(&home));
        let take = move || tree::copy_needed(&lock, &from, &to);
        let whole =
            tokio::task::spawn_blocking(take).await.context("the thread that copied the packages stopped")??;
        Ok(whole.then_some(InstalledNode { root, home, _workspace: workspace }))
    }

    /// Installs everything that is needed to run, without running any package's code.
    ///
    /// # Errors
    /// A lock that does not fit the package.json, a package that cannot be had, one that has to be compiled.
    pub(crate) async fn install(&self, setup: &InstallContext<'_>) -> Result<InstalledNode> {
        let workspace = setup.cache.workspace()?;
        // npm takes a path with a link in it for another place than it is.
        let root = workspace.path().canonicalize().context("could not resolve the workspace")?;
        match self.wanted.installer {
            NodeInstaller::Npm => install::run(self, setup, &root).await?,
            NodeInstaller::Pnpm | NodeInstaller::Yarn => managers::run(self, setup, &root).await?,
        }
        Ok(InstalledNode { root, home: self.wanted.relative(self.wanted.dir())?, _workspace: workspace })
    }
}

impl InstalledNode {
    /// The files of every `node_modules`, below `prefix` (without slashes around; empty for none), where the source's
    /// root is meant to be. Blocking.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(crate) fn entries(&self, prefix: &str) -> Result<Vec<Entry>> {
        tree::entries(&self.root, prefix)
    }

    /// The same for an archive without links, at its root: the project's own packages are not among them (see
    /// [`NodeRequest::links`]), nor the short names of commands. Blocking.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(crate) fn files(&self) -> Result<Vec<Entry>> {
        let mut entries = self.entries("")?;
        entries.retain(|entry| !matches!(entry.kind, EntryKind::Symlink(_)));
        Ok(entries)
    }

    /// What was installed, sorted by name and version. Blocking.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(crate) fn packages(&self) -> Result<Vec<NodePackage>> {
        tree::packages(&self.root.join(&self.home))
    }
}

impl From<NodePackage> for inventory::Package {
    fn from(package: NodePackage) -> Self {
        use base64::Engine as _;
        // Several can be given; any of them identifies the archive.
        let digest = package.integrity.as_deref().and_then(|text| text.split_whitespace().next()?.split_once('-'));
        let hash = digest.and_then(|(algorithm, digest)| {
            let bytes = base64::engine::general_purpose::STANDARD.decode(digest).ok()?;
            Some(format!("{algorithm}:{}", hex::encode(bytes)))
        });
        Self {
            ecosystem: inventory::Ecosystem::Npm,
            name: package.name,
            version: package.version,
            license: package.license,
            file: None,
            hash,
            size: package.bytes,
            needs: Vec::new(),
            modules: Vec::new(),
        }
    }
}

fn read_json(file: &Path) -> Result<Value> {
    let text = fsx::read_text(file)?
        .ok_or_else(|| Error::usage(format!("`{}` does not exist", file.display())).code(Code::SourcePackageJson))?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        Error::usage(format!("{}:{}:{}: not valid JSON", file.display(), error.line(), error.column()))
            .code(Code::SourcePackageJson)
            .source(&error)
    })
}

/// Names and versions of what a package needs to run.
fn specifiers(manifest: &Value) -> impl Iterator<Item = (&str, &str)> {
    ["dependencies", "optionalDependencies", "peerDependencies"]
        .into_iter()
        .filter_map(|table| manifest.get(table)?.as_object())
        .flatten()
        .filter_map(|(name, version)| Some((name.as_str(), version.as_str()?)))
}

/// The members of a package.json that decide on an installation without a lock.
fn unlocked(manifest: &Value) -> Value {
    ["name", "version", "dependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta", "overrides"]
        .into_iter()
        .filter_map(|member| Some((member.to_owned(), manifest.get(member)?.clone())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Branches, archives by address and archives of the project; a version range counts as fixed.
fn can_move(version: &str) -> bool {
    let remote = version.contains("://") || version.starts_with("git@") || version.contains(':') && !is_local(version);
    let alias = version.starts_with("npm:") || version.starts_with("workspace:");
    let short_repository = !version.starts_with('@') && !is_local(version) && version.contains('/');
    let archive = is_local(version) && (version.ends_with(".tgz") || version.ends_with(".tar.gz"));
    !alias && (remote || short_repository) || archive
}

fn is_local(version: &str) -> bool {
    ["file:", "link:", "./", "../", "/", "~/"].iter().any(|start| version.starts_with(start))
}

#[cfg(test)]
mod tests;
