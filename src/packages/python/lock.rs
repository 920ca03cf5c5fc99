//! Lock files: exactly which packages a project needs on the target, with the hashes of their files.
//!
//! What is not understood is an error that names it: what is passed over would be missing in the agent, or unchecked.
//!
//! Owns: `uv.lock` and `poetry.lock`, and what of them applies to one agent on one platform. Does not own: installing.
//! Both are read here rather than by their own tools, so that either installer can follow either lock, and so that a
//! change that does not concern the agent (a development group, another platform) leaves its dependencies alone.

mod fields;
mod poetry;
#[cfg(test)]
mod tests;
mod uv;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use toml::{Table, Value};

use crate::error::{Code, Error, Result};
use crate::fsx;

use super::line::{GitSource, Requirement, normalize};
use super::marker::{self, MarkerEnvironment};
use fields::Fields;

/// Every package of a lock, whoever needs it.
#[derive(Debug, Default)]
pub(super) struct PythonLock {
    packages: Vec<LockedPackage>,
    /// A folder that paths are relative to.
    dir: PathBuf,
    /// The range of Python versions that it was made for, where it says so.
    python: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct LockedPackage {
    /// Normalised.
    pub(super) name: String,
    pub(super) version: String,
    pub(super) origin: PackageOrigin,
    /// Its published files, by name, with their SHA-256 in hexadecimal.
    pub(super) files: Vec<(String, String)>,
    /// Bytes of its wheels, by name, where the lock says so.
    pub(super) sizes: Vec<(String, u64)>,
    /// When the package is meant at all.
    marker: Option<String>,
    needs: Vec<Edge>,
    /// Names in its own list of dependencies when the lock was written, where the lock says so.
    declared: Option<BTreeSet<String>>,
}

/// Where a locked package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PackageOrigin {
    /// Address of the index; `None` for the installer's own choice.
    Registry(Option<String>),
    /// A folder with files.
    Folder(PathBuf),
    Git(GitSource),
    Dir(PathBuf),
    File(PathBuf),
    Url(String),
}

#[derive(Clone, Debug, Default)]
struct Edge {
    name: String,
    /// Where the lock has several of this name.
    version: Option<String>,
    /// Where the lock has several of this version.
    origin: Option<PackageOrigin>,
    extras: Vec<String>,
    marker: Option<String>,
    /// Only for this extra of the package.
    of_extra: Option<String>,
    /// Only for this group of the project.
    of_group: Option<String>,
}

/// The optional dependencies of a project to install.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) extras: Vec<String>,
    pub(crate) groups: Vec<String>,
}

fn read_toml(file: &Path, remake: &str) -> Result<Table> {
    let text = fsx::read_text(file)?
        .ok_or_else(|| Error::usage(format!("`{}` does not exist", file.display())).hint(remake.to_owned()))?;
    toml::from_str(&text).map_err(|error| {
        Error::usage(format!("`{}` cannot be read", file.display())).cause(error.message()).hint(remake.to_owned())
    })
}

/// What of a lock cannot be used as it is.
fn not_understood(file: &Path, what: &str) -> Error {
    Error::usage(format!("`{}` has something that is not understood: {what}", file.display()))
        .code(Code::SourceLock)
        .hint("export it with its own tool: `uv export --frozen -o requirements.txt`, `poetry export -o requirements.txt`")
        .hint("and name that file: `agentcore configure --requirements-file requirements.txt`")
}

/// The format that a lock says it has, against the ones that are read here.
fn check_format(file: &Path, found: Option<&Value>, known: &[i64]) -> Result<()> {
    let major = match found {
        Some(Value::Integer(number)) => Some(*number),
        Some(Value::String(text)) => text.split('.').next().and_then(|major| major.parse().ok()),
        _ => None,
    };
    let shown = match found {
        None => return Err(not_understood(file, "it does not say which version its format has")),
        Some(Value::Integer(number)) => number.to_string(),
        Some(Value::String(text)) => format!("`{text}`"),
        Some(_) => "neither a number nor a text".to_owned(),
    };
    if major.is_some_and(|major| known.contains(&major)) {
        return Ok(());
    }
    Err(not_understood(file, &format!("its format is version {shown}")))
}

/// Checks what a package is found by and verified with, and when it is meant.
fn check_package(file: &Path, package: &LockedPackage) -> Result<()> {
    let name = &package.name;
    for edge in &package.needs {
        let unclear = edge.marker.as_deref().filter(|marker| !marker::is_understood(marker));
        if let Some(marker) = unclear {
            return Err(not_understood(
                file,
                &format!("the marker `{marker}` of `{}`, which `{name}` needs", edge.name),
            ));
        }
    }
    if let Some(marker) = package.marker.as_deref().filter(|marker| !marker::is_understood(marker)) {
        return Err(not_understood(file, &format!("the marker `{marker}` of `{name}`")));
    }
    Ok(())
}

/// The files of a package with their hashes. A package without any hash is what its index gives; one with some would
/// be refused by the installers for the others.
fn hashed(lock: &Path, package: &str, files: Vec<(String, Option<&str>)>) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut without = None;
    for (file, hash) in files {
        let Some(hash) = hash else {
            without.get_or_insert(file);
            continue;
        };
        let digits = hash
            .strip_prefix("sha256:")
            .filter(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let digits = digits.ok_or_else(|| {
            not_understood(lock, &format!("the hash `{hash}` of `{file}`, a file of `{package}`, which is not SHA-256"))
        })?;
        found.push((file, digits.to_owned()));
    }
    match without {
        Some(file) if !found.is_empty() => {
            Err(not_understood(lock, &format!("`{file}`, a file of `{package}`, has no hash, and others have")))
        }
        _ => Ok(found),
    }
}

impl PythonLock {
    /// # Errors
    /// A file that is missing, not a lock, or has something that is not understood.
    pub(super) fn read_uv(file: &Path) -> Result<Self> {
        let document = read_toml(file, "`uv lock` writes it")?;
        let dir = file.parent().unwrap_or(Path::new(".")).to_owned();
        check_format(file, document.get("version"), &[1])?;
        let read = |table| uv::package(table, file, &dir);
        let packages: Vec<LockedPackage> = packages(file, &document)?.into_iter().map(read).collect::<Result<_>>()?;
        packages.iter().try_for_each(|package| check_package(file, package))?;
        Ok(Self { packages, dir, python: text_of(&document, "requires-python") })
    }

    /// # Errors
    /// A file that is missing, not a lock, or of a Poetry before 1.1.
    pub(super) fn read_poetry(file: &Path) -> Result<Self> {
        let document = read_toml(file, "`poetry lock` writes it")?;
        let dir = file.parent().unwrap_or(Path::new(".")).to_owned();
        let metadata = Fields::new(file, "the lock", &document).table("metadata")?;
        // Poetry 1.1 to 1.4 kept the files apart from the packages.
        let apart = metadata.as_ref().map_or(Ok(None), |metadata| metadata.table("files"))?;
        // Poetry before 1.0 said nothing.
        if let Some(format) = metadata.as_ref().and_then(|metadata| metadata.value("lock-version")) {
            check_format(file, Some(format), &[1, 2])?;
        }
        let read = |table| poetry::package(table, apart.as_ref(), file, &dir);
        let packages: Vec<LockedPackage> = packages(file, &document)?.into_iter().map(read).collect::<Result<_>>()?;
        packages.iter().try_for_each(|package| check_package(file, package))?;
        let metadata = document.get("metadata").and_then(Value::as_table);
        Ok(Self { packages, dir, python: metadata.and_then(|table| text_of(table, "python-versions")) })
    }

    /// A lock is complete for the versions that it was made for only: their packages and markers are left out of it.
    ///
    /// # Errors
    /// A range that leaves out all of `python`, such as `3.11`.
    pub(super) fn check_python(&self, file: &Path, python: &str) -> Result<()> {
        let Some(range) = &self.python else { return Ok(()) };
        // Poetry writes its own notation too; what is none of the standard's is left to the installer.
        let Ok(allowed) = VersionSpecifiers::from_str(range) else { return Ok(()) };
        let patch = |number: u32| Version::from_str(&format!("{python}.{number}")).ok();
        if (0..=40).filter_map(patch).any(|version| allowed.contains(&version)) {
            return Ok(());
        }
        Err(Error::usage(format!("`{}` is for Python {range}, and the agent is built for {python}", file.display()))
            .code(Code::SourcePython)
            .hint("a sandbox, and base `scratch`, build for this machine's Python: install one of that range and put it on PATH")
            .hint("else configure a version of that range, `agentcore configure --python X.Y`, or write the lock anew"))
    }

    /// What the project in `project` needs, the project itself left out.
    ///
    /// # Errors
    /// A project, extra or group that the lock does not know, a dependency that it does not have.
    pub(super) fn of_project(
        &self,
        project: &Path,
        specifiers: &[String],
        selection: &Selection,
        target: &MarkerEnvironment,
    ) -> Result<Vec<LockedPackage>> {
        let project = fsx::normalize(project);
        let stale = |what: String| {
            let error = Error::usage(format!("`{}` is not up to date: {what}", self.dir.join("uv.lock").display()));
            error.code(Code::SourceLock).hint("`uv lock` brings it up to date")
        };
        let is_project = |package: &&LockedPackage| matches!(&package.origin, PackageOrigin::Dir(dir) if fsx::normalize(dir) == project);
        let own = self.packages.iter().find(is_project);
        let own = own.ok_or_else(|| stale(format!("it does not have the project in `{}`", project.display())))?;
        for specifier in specifiers {
            let name = Requirement::parse(specifier, &[]).name.unwrap_or_default();
            if name != own.name && own.declared.as_ref().is_some_and(|names| !names.contains(&name)) {
                return Err(stale(format!("it does not have the dependency `{name}`")));
            }
        }
        let encoded = |kind: &str, names: &[String]| -> Vec<String> {
            names.iter().map(|name| format!("{kind}-{}-{}-{}", own.name.len(), own.name, normalize(name))).collect()
        };
        // uv writes conflicting extras and groups as extras with the package's name in them.
        let mut chosen = encoded("extra", &selection.extras);
        chosen.extend(encoded("group", &selection.groups));
        let extras: Vec<String> = selection.extras.iter().map(|name| normalize(name)).collect();
        let groups: BTreeSet<String> = selection.groups.iter().map(|name| normalize(name)).collect();
        let first = own.needs.iter().filter(|edge| match (&edge.of_group, &edge.of_extra) {
            (Some(group), _) => groups.contains(group),
            (None, Some(extra)) => extras.contains(extra),
            (None, None) => true,
        });
        let found = self.closure(first.cloned().collect(), &chosen, target)?;
        Ok(found.into_iter().filter(|package| package.name != own.name).collect())
    }

    /// What these requirements need.
    ///
    /// # Errors
    /// A requirement that the lock does not have.
    pub(super) fn of_requirements(
        &self,
        requirements: &[Requirement],
        target: &MarkerEnvironment,
    ) -> Result<Vec<LockedPackage>> {
        let edges = requirements.iter().filter_map(|requirement| {
            let name = requirement.name.clone()?;
            let (extras, marker) = (requirement.extras.clone(), requirement.marker.clone());
            Some(Edge { name, extras, marker, ..Edge::default() })
        });
        self.closure(edges.collect(), &[], target)
    }

    fn closure(&self, first: Vec<Edge>, chosen: &[String], target: &MarkerEnvironment) -> Result<Vec<LockedPackage>> {
        let mut open = first;
        let mut extras_of: BTreeMap<usize, BTreeSet<Option<String>>> = BTreeMap::new();
        let target = &target.with_extras(chosen.iter().map(String::as_str));
        while let Some(edge) = open.pop() {
            if edge.marker.as_ref().is_some_and(|marker| !target.satisfies(marker)) {
                continue;
            }
            let at = self.find(&edge, target)?;
            for extra in std::iter::once(None).chain(edge.extras.iter().cloned().map(Some)) {
                if !extras_of.entry(at).or_default().insert(extra.clone()) {
                    continue;
                }
                let of_extra = self.packages[at].needs.iter().filter(|edge| {
                    // The groups of a package are for those who work on it.
                    edge.of_group.is_none() && edge.of_extra == extra
                });
                open.extend(of_extra.cloned());
            }
        }
        Ok(extras_of.into_keys().map(|at| self.packages[at].clone()).collect())
    }

    fn find(&self, edge: &Edge, target: &MarkerEnvironment) -> Result<usize> {
        let fits = |package: &LockedPackage| {
            package.name == edge.name
                && edge.version.as_ref().is_none_or(|version| *version == package.version)
                && edge.origin.as_ref().is_none_or(|origin| *origin == package.origin)
                && package.marker.as_ref().is_none_or(|marker| target.satisfies(marker))
        };
        let all: Vec<usize> = (0..self.packages.len()).filter(|at| fits(&self.packages[*at])).collect();
        match all.as_slice() {
            [only] => Ok(*only),
            [] => Err(Error::usage(format!("the lock in `{}` does not have `{}`", self.dir.display(), edge.name))
                .code(Code::SourceLock)
                .hint("write the lock again: `uv lock` or `poetry lock`")),
            _ => Err(Error::usage(format!(
                "the lock in `{}` has several versions of `{}` for the same platform",
                self.dir.display(),
                edge.name
            ))
            .code(Code::SourceLock)
            .hint("export it with its own tool, and name the file with `--requirements-file`")),
        }
    }
}

fn text_of(table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// The tables of all packages.
fn packages<'a>(file: &'a Path, document: &'a Table) -> Result<Vec<Fields<'a>>> {
    Fields::new(file, "the lock", document).tables("package")
}
