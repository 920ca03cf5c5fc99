//! Installed packages: their files, the parts that become layers, and what is known of each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::marker::MarkerEnvironment;
use super::tree::InstalledTree;
use super::wheel::WheelName;
use super::{FORMAT, Instrumentation, PartContent, metadata, parts};
use crate::digest::Hasher;
use crate::error::Result;
use crate::packages::inventory::{Ecosystem, Inventory, Package};
use crate::tree::Entry;

/// Installed packages on disk, deleted when dropped.
#[derive(Debug)]
pub(crate) struct InstalledPython {
    pub(super) tree: InstalledTree,
    /// For each package what it belongs to.
    pub(super) parts: Vec<(PartContent, usize)>,
    pub(super) inventory: Vec<Package>,
    /// `None` where nobody wanted it.
    pub(super) instrumentation: Option<Instrumentation>,
    pub(super) workspace: tempfile::TempDir,
}

/// One part of an installation, to become a layer.
#[derive(Debug)]
pub(crate) struct InstallPart {
    pub(crate) holds: PartContent,
    /// The same for the same content below the same prefix, whatever else was installed with it.
    pub(crate) key: String,
    pub(crate) entries: Vec<Entry>,
}

/// The facts of an installation besides its files.
pub(super) struct InstallFacts {
    /// What is asked for, as far as it has a name, and the extras of it.
    pub(super) asked: Vec<(String, Vec<String>)>,
    pub(super) local: BTreeSet<String>,
    /// Package, file name, SHA-256.
    pub(super) files: Vec<(String, String, String)>,
    pub(super) target: MarkerEnvironment,
}

impl InstallFacts {
    pub(super) fn describe(&self, tree: &InstalledTree) -> (Vec<(PartContent, usize)>, Vec<Package>) {
        let packages = &tree.packages;
        let reached = parts::reach(packages, self.asked.iter().cloned(), &self.target);
        let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
        let parts = parts::assign(&names, &tree.sizes, &self.local);
        let none = BTreeSet::new();
        let inventory = packages.iter().enumerate().map(|(at, package)| {
            let needs = parts::needs(package, reached.get(&at).unwrap_or(&none), &self.target);
            let needs: BTreeSet<String> = needs.into_iter().map(|(name, _)| name).collect();
            let (file, hash) = self.file_of(package);
            Package {
                ecosystem: Ecosystem::Pypi,
                name: package.name.clone(),
                version: package.version.clone(),
                license: package.license.clone(),
                file,
                hash,
                size: tree.sizes[at],
                needs: needs.into_iter().filter(|name| names.contains(&name.as_str())).collect(),
                modules: package.modules(),
            }
        });
        (parts, inventory.collect())
    }

    /// The wheel of a package and its hash, where the lock or the installer has told it.
    fn file_of(&self, package: &metadata::Distribution) -> (Option<String>, Option<String>) {
        let Some(name) = package.wheel.as_deref() else { return (None, None) };
        let wheel = WheelName::parse(name);
        let same = |file: &str| {
            file == name || wheel.as_ref().zip(WheelName::parse(file).as_ref()).is_some_and(|(a, b)| a.is_same_file(b))
        };
        match self.files.iter().find(|(of, file, _)| *of == package.name && same(file)) {
            Some((_, file, hash)) => (Some(file.clone()), Some(format!("sha256:{hash}"))),
            None => (Some(name.to_owned()), None),
        }
    }
}

impl InstalledPython {
    /// All files below `prefix` (without slashes around; empty for none). Reads parts of them: call it in
    /// `spawn_blocking`.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(crate) fn entries(&self, prefix: &str) -> Result<Vec<Entry>> {
        let mut entries = self.tree.entries(prefix, |_| true)?;
        if let Some(tree) = self.instrumentation.as_ref().and_then(|own| own.tree.as_ref()) {
            entries.extend(tree.entries(prefix, |_| true)?);
        }
        Ok(entries)
    }

    /// The same in parts, the lowest layer first. Reads parts of the files, too.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(crate) fn parts(&self, prefix: &str) -> Result<Vec<InstallPart>> {
        let mut groups: BTreeMap<(PartContent, usize), BTreeSet<Option<usize>>> = BTreeMap::new();
        for (at, part) in self.parts.iter().enumerate() {
            groups.entry(*part).or_default().insert(Some(at));
        }
        // What no package lists goes with the dependencies, or with whatever there is.
        let first = groups.keys().copied().find(|(holds, _)| *holds == PartContent::Dependencies);
        let first = first.or_else(|| groups.keys().next().copied()).unwrap_or((PartContent::Dependencies, 0));
        groups.entry(first).or_default().insert(None);
        let mut parts = Vec::new();
        if let Some(tree) = self.instrumentation.as_ref().and_then(|own| own.tree.as_ref()) {
            parts.extend(part(tree, PartContent::Instrumentation, prefix, |_| true)?);
        }
        for ((holds, _), chosen) in groups {
            parts.extend(part(&self.tree, holds, prefix, |owner| chosen.contains(&owner))?);
        }
        Ok(parts)
    }

    /// The result of adding OpenTelemetry; `None` where it was not wanted.
    pub(crate) fn instrumentation(&self) -> Option<&Instrumentation> {
        self.instrumentation.as_ref()
    }

    /// Everything that was installed.
    pub(crate) fn inventory(&self) -> Inventory {
        let more = self.instrumentation.iter().flat_map(|own| own.inventory.packages.iter());
        Inventory::new(self.inventory.iter().chain(more).cloned().collect())
    }

    /// What was installed of packages that belong to this part.
    pub(crate) fn inventory_of(&self, holds: PartContent) -> Inventory {
        if holds == PartContent::Instrumentation {
            return self.instrumentation.as_ref().map(|own| own.inventory.clone()).unwrap_or_default();
        }
        let of_kind = self.inventory.iter().zip(&self.parts).filter(|(_, part)| part.0 == holds);
        Inventory::new(of_kind.map(|(package, _)| package.clone()).collect())
    }

    /// A folder for files that are made of this, for as long as this value lives.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.workspace.path().join(name)
    }
}

/// `None` where nothing is chosen.
fn part(
    tree: &InstalledTree,
    holds: PartContent,
    prefix: &str,
    chosen: impl Fn(Option<usize>) -> bool,
) -> Result<Option<InstallPart>> {
    let entries = tree.entries(prefix, &chosen)?;
    if entries.is_empty() {
        return Ok(None);
    }
    let mut hasher = Hasher::default();
    hasher.update(format!("python part {FORMAT} {prefix}\0").as_bytes());
    tree.identity(&mut hasher, &chosen)?;
    Ok(Some(InstallPart { holds, key: hasher.finish().hex(), entries }))
}
