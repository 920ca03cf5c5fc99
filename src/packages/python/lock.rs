//! Lock files: exactly which packages a project needs on the target, with the hashes of their files.
//!
//! What is not understood is an error that names it: what is passed over would be missing in the agent, or unchecked.
//!
//! Owns: `uv.lock` and `poetry.lock`, and what of them applies to one agent on one platform. Does not own: installing.
//! Both are read here rather than by their own tools, so that either installer can follow either lock, and so that a
//! change that does not concern the agent (a development group, another platform) leaves its dependencies alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use toml::{Table, Value};

use crate::error::{Error, Result};
use crate::fsx;

use super::line::{Git, Requirement, normalize};
use super::marker::{self, Target};

/// Every package of a lock, whoever needs it.
#[derive(Debug, Default)]
pub(super) struct Lock {
    packages: Vec<Package>,
    /// A folder that paths are relative to.
    dir: PathBuf,
    /// The range of Python versions that it was made for, where it says so.
    python: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Package {
    /// Normalised.
    pub(super) name: String,
    pub(super) version: String,
    pub(super) origin: Origin,
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
pub(super) enum Origin {
    /// Address of the index; `None` for the installer's own choice.
    Registry(Option<String>),
    /// A folder with files.
    Folder(PathBuf),
    Git(Git),
    Dir(PathBuf),
    File(PathBuf),
    Url(String),
}

#[derive(Clone, Debug, Default)]
struct Edge {
    name: String,
    /// Where the lock has several of this name.
    version: Option<String>,
    extras: Vec<String>,
    marker: Option<String>,
    /// Only for this extra of the package.
    of_extra: Option<String>,
    /// Only for this group of the project.
    of_group: Option<String>,
}

/// What of a project is installed besides its dependencies.
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

fn entries<'a>(table: &'a Table, name: &str) -> impl Iterator<Item = &'a Table> {
    table.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

fn text<'a>(table: &'a Table, name: &str) -> Option<&'a str> {
    table.get(name).and_then(Value::as_str)
}

fn owned(table: &Table, name: &str) -> Option<String> {
    text(table, name).map(str::to_owned)
}

/// What of a lock cannot be used as it is.
fn not_understood(file: &Path, what: &str) -> Error {
    Error::usage(format!("`{}` has something that is not understood: {what}", file.display()))
        .code("source.lock")
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
fn check_package(file: &Path, package: &Package) -> Result<()> {
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
fn hashed<'a>(
    lock: &Path,
    package: &str,
    files: impl Iterator<Item = (String, Option<&'a str>)>,
) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut without = None;
    for (file, hash) in files {
        let Some(hash) = hash else {
            without.get_or_insert(file);
            continue;
        };
        let digits = hash.strip_prefix("sha256:").filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
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

fn file_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned()
}

impl Lock {
    /// # Errors
    /// A file that is missing, not a lock, or has something that is not understood.
    pub(super) fn read_uv(file: &Path) -> Result<Self> {
        let document = read_toml(file, "`uv lock` writes it")?;
        let dir = file.parent().unwrap_or(Path::new(".")).to_owned();
        check_format(file, document.get("version"), &[1])?;
        let packages: Vec<Package> =
            packages(file, &document)?.into_iter().map(|table| uv_package(table, file, &dir)).collect::<Result<_>>()?;
        packages.iter().try_for_each(|package| check_package(file, package))?;
        Ok(Self { packages, dir, python: owned(&document, "requires-python") })
    }

    /// # Errors
    /// A file that is missing, not a lock, or of a Poetry before 1.1.
    pub(super) fn read_poetry(file: &Path) -> Result<Self> {
        let document = read_toml(file, "`poetry lock` writes it")?;
        let dir = file.parent().unwrap_or(Path::new(".")).to_owned();
        // Poetry 1.1 to 1.4 kept the files apart from the packages.
        let apart = document.get("metadata").and_then(|table| table.get("files")).and_then(Value::as_table);
        // Poetry before 1.0 said nothing.
        if let Some(format) = document.get("metadata").and_then(|table| table.get("lock-version")) {
            check_format(file, Some(format), &[1, 2])?;
        }
        let read = |table| poetry_package(table, apart, file, &dir);
        let packages: Vec<Package> = packages(file, &document)?.into_iter().map(read).collect::<Result<_>>()?;
        packages.iter().try_for_each(|package| check_package(file, package))?;
        let metadata = document.get("metadata").and_then(Value::as_table);
        Ok(Self { packages, dir, python: metadata.and_then(|table| owned(table, "python-versions")) })
    }

    /// A lock is complete for the versions that it was made for and says nothing of others: their packages and markers are
    /// left out of it.
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
            .code("source.python")
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
        target: &Target,
    ) -> Result<Vec<Package>> {
        let project = fsx::normalize(project);
        let stale = |what: String| {
            let error = Error::usage(format!("`{}` is not up to date: {what}", self.dir.join("uv.lock").display()));
            error.code("source.lock").hint("`uv lock` brings it up to date")
        };
        let is_project =
            |package: &&Package| matches!(&package.origin, Origin::Dir(dir) if fsx::normalize(dir) == project);
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
    pub(super) fn of_requirements(&self, requirements: &[Requirement], target: &Target) -> Result<Vec<Package>> {
        let edges = requirements.iter().filter_map(|requirement| {
            let name = requirement.name.clone()?;
            let (extras, marker) = (requirement.extras.clone(), requirement.marker.clone());
            Some(Edge { name, extras, marker, ..Edge::default() })
        });
        self.closure(edges.collect(), &[], target)
    }

    fn closure(&self, first: Vec<Edge>, chosen: &[String], target: &Target) -> Result<Vec<Package>> {
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

    fn find(&self, edge: &Edge, target: &Target) -> Result<usize> {
        let fits = |package: &Package| {
            package.name == edge.name
                && edge.version.as_ref().is_none_or(|version| *version == package.version)
                && package.marker.as_ref().is_none_or(|marker| target.satisfies(marker))
        };
        let all: Vec<usize> = (0..self.packages.len()).filter(|at| fits(&self.packages[*at])).collect();
        match all.as_slice() {
            [only] => Ok(*only),
            [] => Err(Error::usage(format!("the lock in `{}` does not have `{}`", self.dir.display(), edge.name))
                .code("source.lock")
                .hint("write the lock again: `uv lock` or `poetry lock`")),
            _ => Err(Error::usage(format!(
                "the lock in `{}` has several versions of `{}` for the same platform",
                self.dir.display(),
                edge.name
            ))
            .code("source.lock")
            .hint("export it with its own tool, and name the file with `--requirements-file`")),
        }
    }
}

/// The tables of all packages.
fn packages<'a>(file: &Path, document: &'a Table) -> Result<Vec<&'a Table>> {
    let list = match document.get("package") {
        None => return Ok(Vec::new()),
        Some(list) => list.as_array().ok_or_else(|| not_understood(file, "its packages are no list"))?,
    };
    let table = |entry: &'a Value| entry.as_table().ok_or_else(|| not_understood(file, "a package that is no table"));
    list.iter().map(table).collect()
}

/// The normalised name of a package.
fn package_name(file: &Path, table: &Table) -> Result<String> {
    text(table, "name").map(normalize).ok_or_else(|| not_understood(file, "a package without a name"))
}

fn uv_package(table: &Table, lock: &Path, dir: &Path) -> Result<Package> {
    let name = package_name(lock, table)?;
    let source = table.get("source").and_then(Value::as_table);
    let of_source = |name: &str| source.and_then(|source| text(source, name));
    let folder = ["editable", "virtual", "directory"].iter().find_map(|name| of_source(name));
    let origin = if let Some(path) = folder {
        Origin::Dir(fsx::normalize(&dir.join(path)))
    } else if let Some(url) = of_source("git") {
        Origin::Git(uv_git(url))
    } else if let Some(url) = of_source("url") {
        Origin::Url(url.to_owned())
    } else if let Some(path) = of_source("path") {
        Origin::File(fsx::normalize(&dir.join(path)))
    } else {
        let kinds = source.map(|source| source.keys().cloned().collect::<Vec<_>>().join(", ")).unwrap_or_default();
        match of_source("registry") {
            None if source.is_some() => {
                return Err(not_understood(lock, &format!("where `{name}` comes from (`{kinds}`)")));
            }
            Some(place) if !place.contains("://") => Origin::Folder(fsx::normalize(&dir.join(place))),
            place => Origin::Registry(place.map(str::to_owned)),
        }
    };
    let sdist = table.get("sdist").and_then(Value::as_table);
    let files = entries(table, "wheels").chain(sdist).map(|file| {
        let place = ["filename", "url", "path"].iter().find_map(|name| text(file, name)).unwrap_or(&name);
        (file_name(place), text(file, "hash"))
    });
    let files = hashed(lock, &name, files)?;
    let sizes = entries(table, "wheels").filter_map(|wheel| {
        let place = ["filename", "url", "path"].iter().find_map(|name| text(wheel, name))?;
        Some((file_name(place), wheel.get("size")?.as_integer().and_then(|size| u64::try_from(size).ok())?))
    });
    let sizes = sizes.collect();
    let edge = |table: &Table| {
        uv_edge(table).ok_or_else(|| not_understood(lock, &format!("a dependency of `{name}` that has no name")))
    };
    let mut needs: Vec<Edge> = entries(table, "dependencies").map(edge).collect::<Result<_>>()?;
    for (section, is_group) in [("optional-dependencies", false), ("dev-dependencies", true)] {
        let Some(named) = table.get(section).and_then(Value::as_table) else { continue };
        for part in named.keys() {
            for edge in entries(named, part).map(edge) {
                let (edge, part) = (edge?, Some(normalize(part)));
                needs.push(if is_group { Edge { of_group: part, ..edge } } else { Edge { of_extra: part, ..edge } });
            }
        }
    }
    // Where a package is locked several times, each has the markers of its part of the world.
    let worlds: Vec<&str> = table
        .get("resolution-markers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let marker = (!worlds.is_empty()).then(|| format!("({})", worlds.join(") or (")));
    let version = owned(table, "version").unwrap_or_default();
    let metadata = table.get("metadata").and_then(Value::as_table);
    let declared = metadata.filter(|table| table.contains_key("requires-dist")).map(|table| {
        entries(table, "requires-dist").filter_map(|entry| Some(normalize(text(entry, "name")?))).collect()
    });
    // A project without dependencies has no list; one whose dependencies only its build knows neither.
    Ok(Package { name, version, origin, files, sizes, marker, needs, declared })
}

fn uv_edge(table: &Table) -> Option<Edge> {
    let extras = ["extra", "extras"].iter().find_map(|name| table.get(*name)).and_then(Value::as_array);
    Some(Edge {
        name: normalize(text(table, "name")?),
        version: owned(table, "version"),
        extras: extras.into_iter().flatten().filter_map(Value::as_str).map(normalize).collect(),
        marker: owned(table, "marker"),
        ..Edge::default()
    })
}

/// `https://h/p?rev=main&subdirectory=x#<commit>`
fn uv_git(url: &str) -> Git {
    let (rest, commit) = url.split_once('#').map_or((url, None), |(rest, commit)| (rest, Some(commit.to_owned())));
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let value = |name: &str| query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let asked = ["rev", "tag", "branch"].iter().find_map(|name| value(name)).map(str::to_owned);
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    Git { url: place.to_owned(), revision: commit.or(asked), subdirectory: value("subdirectory").map(decode) }
}

fn poetry_package(table: &Table, files_apart: Option<&Table>, lock: &Path, dir: &Path) -> Result<Package> {
    let name = package_name(lock, table)?;
    let raw_name = text(table, "name").unwrap_or_default();
    let source = table.get("source").and_then(Value::as_table);
    let of_source = |name: &str| source.and_then(|source| owned(source, name));
    let url = of_source("url");
    let origin = match (of_source("type").as_deref(), url) {
        (Some("git"), Some(url)) => Origin::Git(Git {
            url,
            revision: of_source("resolved_reference").or_else(|| of_source("reference")),
            subdirectory: of_source("subdirectory"),
        }),
        (Some("directory"), Some(path)) => Origin::Dir(fsx::normalize(&dir.join(path))),
        (Some("file"), Some(path)) => Origin::File(fsx::normalize(&dir.join(path))),
        (Some("url"), Some(url)) => Origin::Url(url),
        (None | Some("legacy" | "pypi"), url) => Origin::Registry(url),
        (Some(kind), _) => return Err(not_understood(lock, &format!("where `{name}` comes from (`{kind}`)"))),
    };
    let listed = table.get("files").or_else(|| files_apart?.get(raw_name)).and_then(Value::as_array);
    let files = listed
        .into_iter()
        .flatten()
        .filter_map(Value::as_table)
        .map(|file| (owned(file, "file").unwrap_or_default(), text(file, "hash")));
    let extras = table.get("extras").and_then(Value::as_table);
    let mut needs = Vec::new();
    for (name, wanted) in table.get("dependencies").and_then(Value::as_table).into_iter().flatten() {
        for wanted in wanted.as_array().map_or(std::slice::from_ref(wanted), Vec::as_slice) {
            let details = wanted.as_table();
            let strings = |key: &str| details.and_then(|table| table.get(key)).and_then(Value::as_array);
            let edge = Edge {
                name: normalize(name),
                extras: strings("extras").into_iter().flatten().filter_map(Value::as_str).map(normalize).collect(),
                marker: details.and_then(|table| owned(table, "markers")),
                ..Edge::default()
            };
            let optional = details.and_then(|table| table.get("optional")).and_then(Value::as_bool) == Some(true);
            if !optional {
                needs.push(edge);
                continue;
            }
            // Which extra wants it is written in the list of extras; its marker repeats that.
            for (extra, wants) in extras.into_iter().flatten() {
                let wants = wants.as_array().into_iter().flatten().filter_map(Value::as_str);
                let mut names = wants.filter_map(|line| Requirement::parse(line, &[]).name);
                if names.any(|name| name == edge.name) {
                    needs.push(Edge { of_extra: Some(normalize(extra)), marker: without_extra(&edge), ..edge.clone() });
                }
            }
        }
    }
    // `markers` is text, or a table of texts by group.
    let marker = match table.get("markers") {
        Some(Value::Table(by_group)) => owned(by_group, "main"),
        _ => owned(table, "markers"),
    };
    let version = owned(table, "version").unwrap_or_default();
    let files = hashed(lock, &name, files)?;
    Ok(Package { name, version, origin, files, sizes: Vec::new(), marker, needs, declared: None })
}

/// The marker of an edge of an extra, without the part about the extra, which is known to hold.
fn without_extra(edge: &Edge) -> Option<String> {
    let marker = edge.marker.as_deref()?;
    if !marker.contains("extra") {
        return Some(marker.to_owned());
    }
    let parts = marker.split(" and ").filter(|part| !part.contains("extra"));
    let rest = parts.collect::<Vec<_>>().join(" and ");
    (!rest.is_empty() && rest.matches('(').count() == rest.matches(')').count()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn target() -> Target {
        Target::new("3.12", &Platform::arm64())
    }

    fn lock(text: &str, poetry: bool) -> (tempfile::TempDir, Lock) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("lock");
        std::fs::write(&file, text).unwrap();
        let lock = if poetry { Lock::read_poetry(&file) } else { Lock::read_uv(&file) };
        (dir, lock.unwrap())
    }

    fn shown(packages: &[Package]) -> Vec<String> {
        packages.iter().map(|package| format!("{} {}", package.name, package.version)).collect()
    }

    #[test]
    fn a_lock_for_another_python_is_refused() {
        let check = |range: &str, python: &str| {
            let (dir, uv) = lock(&format!("version = 1\n{}\n", range.replace("RANGE", "requires-python")), false);
            uv.check_python(&dir.path().join("uv.lock"), python)
        };
        let error = check("RANGE = '==3.12.*'", "3.11").unwrap_err();
        assert!(error.message().contains("is for Python ==3.12.*, and the agent is built for 3.11"), "{error:?}");
        assert!(error.hints()[0].contains("install one of that range"), "{error:?}");
        for (range, python) in [
            ("RANGE = '==3.12.*'", "3.12"),
            ("RANGE = '>=3.12.4'", "3.12"),
            ("RANGE = '>=3.10, <3.13'", "3.12"),
            ("RANGE = 'about 3'", "3.12"),
            ("", "3.8"),
        ] {
            check(range, python).unwrap();
        }
        let poetry = "package = []\n[metadata]\nlock-version = '2.1'\npython-versions = '>=3.12,<4.0'\n";
        let (dir, poetry) = lock(poetry, true);
        assert!(poetry.check_python(dir.path(), "3.11").is_err());
        assert!(poetry.check_python(dir.path(), "3.13").is_ok());
    }

    const UV: &str = r#"
version = 1
[[package]]
name = "agent"
version = "0.1"
source = { virtual = "packages/agent" }
dependencies = [
    { name = "shared", extra = ["fast"] },
    { name = "winonly", marker = "sys_platform == 'win32'" },
    { name = "forked", version = "1", source = { registry = "https://pypi.org/simple" }, marker = "python_version < '3.11'" },
    { name = "forked", version = "2", source = { registry = "https://pypi.org/simple" }, marker = "python_version >= '3.11'" },
]
[package.optional-dependencies]
web = [{ name = "jinja2" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
prod = [{ name = "certifi" }]
[package.metadata]
requires-dist = [{ name = "shared", extras = ["fast"] }, { name = "winonly", marker = "sys_platform == 'win32'" }]
[[package]]
name = "shared"
version = "1.0"
source = { editable = "packages/shared" }
dependencies = [{ name = "six" }]
[package.optional-dependencies]
fast = [{ name = "markupsafe" }]
slow = [{ name = "pytest" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
[[package]]
name = "six"
version = "1.17.0"
source = { git = "https://h/six?rev=main&subdirectory=a%2Fb#0123456789012345678901234567890123456789" }
[[package]]
name = "markupsafe"
version = "3.0.2"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://f/markupsafe-3.0.2.tar.gz", hash = "sha256:00" }
wheels = [{ url = "https://f/MarkupSafe-3.0.2%2Bx-cp312.whl", hash = "sha256:11" }]
[[package]]
name = "winonly"
version = "1"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "jinja2"
version = "3"
source = { registry = "../wheels" }
dependencies = [{ name = "markupsafe" }]
[[package]]
name = "pytest"
version = "8"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "certifi"
version = "2025"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "forked"
version = "1"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "forked"
version = "2"
source = { registry = "https://pypi.org/simple" }
"#;

    #[test]
    fn a_uv_lock_gives_what_one_member_needs_on_the_target() {
        let (dir, lock) = lock(UV, false);
        let project = dir.path().join("packages/agent");
        let of = |extras: &[&str], groups: &[&str]| {
            let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            let selection = Selection { extras: own(extras), groups: own(groups) };
            shown(&lock.of_project(&project, &["shared[fast]".into()], &selection, &target()).unwrap())
        };
        assert_eq!(of(&[], &[]), ["shared 1.0", "six 1.17.0", "markupsafe 3.0.2", "forked 2"]);
        assert_eq!(
            of(&["Web"], &["prod"]),
            ["shared 1.0", "six 1.17.0", "markupsafe 3.0.2", "jinja2 3", "certifi 2025", "forked 2"]
        );
        let all = lock.of_project(&project, &[], &Selection::default(), &target()).unwrap();
        assert_eq!(all[0].origin, Origin::Dir(fsx::normalize(&dir.path().join("packages/shared"))));
        let Origin::Git(git) = &all[1].origin else { panic!("{:?}", all[1].origin) };
        assert_eq!((git.url.as_str(), git.subdirectory.as_deref()), ("https://h/six", Some("a/b")));
        assert!(git.commit().is_some());
        let files = [("MarkupSafe-3.0.2+x-cp312.whl", "11"), ("markupsafe-3.0.2.tar.gz", "00")];
        assert_eq!(all[2].files, files.map(|(name, hash)| (name.to_owned(), hash.to_owned())));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("uv.lock");
        let head = "[[package]]\nname = \"six\"\nversion = \"1\"\n";
        let registry = "source = { registry = \"https://pypi.org/simple\" }\n";
        let uv = [
            ("version = 2\n".to_owned(), "version 2"),
            ("revision = 1\n".to_owned(), "does not say which version"),
            (format!("version = 1\n{head}source = {{ oci = \"h/six\" }}\n"), "`six` comes from (`oci`)"),
            (format!("version = 1\n[[package]]\nversion = \"1\"\n{registry}"), "without a name"),
            (
                format!(
                    "version = 1\n{head}{registry}wheels = [{{ url = \"https://f/six.whl\", hash = \"md5:00\" }}]\n"
                ),
                "`md5:00` of `six.whl`",
            ),
            (
                format!(
                    "version = 1\n{head}{registry}wheels = [{{ url = \"https://f/a.whl\", hash = \"sha256:00\" }}, {{ url = \"https://f/b.whl\" }}]\n"
                ),
                "`b.whl`, a file of `six`, has no hash",
            ),
            (
                format!(
                    "version = 1\n{head}{registry}dependencies = [{{ name = \"x\", marker = \"moon == 'full'\" }}]\n"
                ),
                "`moon == 'full'` of `x`",
            ),
            (
                format!("version = 1\n{head}{registry}dependencies = [{{ marker = \"os_name == 'nt'\" }}]\n"),
                "a dependency of `six`",
            ),
            (format!("version = 1\n{head}{registry}resolution-markers = [\"moon > 'half'\"]\n"), "moon > 'half'"),
        ];
        for (text, part) in uv {
            std::fs::write(&file, &text).unwrap();
            let error = Lock::read_uv(&file).unwrap_err();
            assert!(error.message().contains(part) && error.code_str() == "source.lock", "{text}: {error:?}");
            assert_eq!(error.kind().exit_code(), 2);
        }
        // A revision adds to a version.
        std::fs::write(&file, format!("version = 1\nrevision = 99\n{head}{registry}")).unwrap();
        assert_eq!(Lock::read_uv(&file).unwrap().packages.len(), 1);
        let poetry = [
            (format!("{head}[metadata]\nlock-version = \"3.0\"\n"), "version `3.0`"),
            (format!("{head}files = [{{ file = \"six.whl\", hash = \"sha3:00\" }}]\n"), "`sha3:00` of `six.whl`"),
            (format!("{head}markers = \"moon == 'full'\"\n"), "moon == 'full'"),
            (format!("{head}[package.source]\ntype = \"ipfs\"\nurl = \"x\"\n"), "`six` comes from (`ipfs`)"),
        ];
        for (text, part) in poetry {
            std::fs::write(&file, &text).unwrap();
            let error = Lock::read_poetry(&file).unwrap_err();
            assert!(error.message().contains(part), "{text}: {error:?}");
        }
        std::fs::write(&file, format!("{head}[metadata]\nlock-version = \"2.1\"\n")).unwrap();
        assert_eq!(Lock::read_poetry(&file).unwrap().packages.len(), 1);
    }

    #[test]
    fn a_lock_that_is_behind_its_project_is_refused() {
        let (dir, lock) = lock(UV, false);
        let project = dir.path().join("packages/agent");
        let error = lock.of_project(&project, &["new-one>=1".into()], &Selection::default(), &target()).unwrap_err();
        assert!(error.message().contains("`new-one`") && error.hints()[0].contains("uv lock"), "{error:?}");
        assert!(lock.of_project(dir.path(), &[], &Selection::default(), &target()).is_err());
    }

    const POETRY: &str = r#"
[[package]]
name = "Requests"
version = "2.32.3"
optional = false
files = [{file = "requests-2.32.3-py3-none-any.whl", hash = "sha256:aa"}]
[package.dependencies]
idna = ">=2.5,<4"
PySocks = {version = ">=1.5.6,!=1.5.7", optional = true, markers = "extra == \"socks\""}
colorama = {version = "*", markers = "sys_platform == \"win32\""}
[package.extras]
socks = ["PySocks (>=1.5.6,!=1.5.7)"]
[[package]]
name = "idna"
version = "3.10"
[[package]]
name = "pysocks"
version = "1.7.1"
[[package]]
name = "colorama"
version = "0.4.6"
[[package]]
name = "numpy"
version = "1.26"
markers = "python_version < \"3.12\""
[[package]]
name = "numpy"
version = "2.2"
markers = "python_version >= \"3.12\""
[[package]]
name = "lib"
version = "0.1"
[package.source]
type = "git"
url = "https://h/lib.git"
reference = "main"
resolved_reference = "0123456789012345678901234567890123456789"
"#;

    #[test]
    fn a_poetry_lock_gives_what_requirements_need() {
        let (_dir, lock) = lock(POETRY, true);
        let of = |lines: &[&str]| {
            let wanted: Vec<_> = lines.iter().map(|line| Requirement::parse(line, &[])).collect();
            lock.of_requirements(&wanted, &target()).map(|found| shown(&found))
        };
        assert_eq!(of(&["requests", "numpy"]).unwrap(), ["requests 2.32.3", "idna 3.10", "numpy 2.2"]);
        assert_eq!(of(&["requests[socks]"]).unwrap(), ["requests 2.32.3", "idna 3.10", "pysocks 1.7.1"]);
        assert_eq!(of(&["lib", "idna; sys_platform == 'win32'"]).unwrap(), ["lib 0.1"]);
        assert!(of(&["missing"]).unwrap_err().message().contains("`missing`"));
    }
}
