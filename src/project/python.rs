//! Python projects: dependency file, interpreter version, module name. `syntax` reads files by the grammar, `reach` follows
//! their imports.
//!
//! Does not own: installing anything, or running the interpreter; all of it is read from files.

mod compiler;
mod encoding;
pub(super) mod names;
pub(super) mod reach;
pub(super) mod syntax;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::entrypoint::EntrypointFile;
use super::imports::ImportPaths;
use super::object::{Application, brings_uvicorn};
use super::requirements::{self, parse_requirement};
use super::{Dependencies, Detect, Install, OTEL_DISTRO, PoetryProject, ProjectRoots, PythonVersion, Selected, Source};
use super::{VersionSource, layout, poetry};
use crate::error::{Code, Error, Result};
use crate::facts::python_minor;
use crate::fsx;
use crate::ownership::Owners;
use crate::requirements::normalize_name;

pub(super) fn describe(request: &Detect<'_>, project: &ProjectRoots, found: EntrypointFile) -> Result<Source> {
    let folder = found.file.parent().unwrap_or(&project.dir).to_owned();
    let reading = DependencyReader { project, selected: request.selected };
    let DependencyPlan { dependencies, install, names } = match request.requirements {
        Some(named) => reading.named(named)?,
        None => reading.search(&folder)?,
    };
    let root = project.root(&found.file, &install.files)?;
    let import_root = import_root(&folder, &root);
    let module = module_of(&found.file, &root, project)?;
    let package_roots = package_roots(&folder, &root, import_root.as_deref(), (&dependencies, project))?;
    let application = match &found.handler {
        None => None,
        Some(name) => {
            let file = (found.file.as_path(), project.show(&found.file));
            let required = required(&names, &install.files)?;
            let search = import_root.iter().chain(&package_roots).map(String::as_str);
            let places = ImportPaths::new(&root, search, &found.file);
            Application::find((file.0, &file.1), name, (&module, import_root.as_deref(), &places), &required)?
        }
    };
    Ok(Source {
        module,
        application,
        package_roots,
        import_root,
        python: version(request.python, &folder, project)?,
        root,
        entrypoint: found.file,
        handler: found.handler,
        language: found.language,
        dependencies,
        install,
        node: None,
        has_otel: names.contains(OTEL_DISTRO),
    })
}

/// The project's requirements and, as far as its files tell, those that they bring.
fn required(names: &BTreeSet<String>, files: &[PathBuf]) -> Result<BTreeSet<String>> {
    let mut required = names.clone();
    for file in files {
        let text = fsx::read_text(file)?.unwrap_or_default();
        let locked = text.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        required.extend(locked.map(normalize_name));
        if text.lines().any(extra_with_uvicorn) {
            required.insert("uvicorn".to_owned());
        }
    }
    Ok(required)
}

/// Whether a line of a dependency file names an extra that brings uvicorn, as pip (`fastapi[all]`) or Poetry
/// (`fastapi = { extras = ["all"] }`) write it.
fn extra_with_uvicorn(line: &str) -> bool {
    let line = line.trim_start_matches(|char: char| char.is_whitespace() || matches!(char, '"' | '\''));
    let name = line.split(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '-' | '_' | '.')).next();
    let name = name.unwrap_or_default();
    let rest = line.get(name.len()..).unwrap_or_default().trim_start();
    // In one line there can be several: `dependencies = ["fastapi[all]", …]`.
    let inner = line.split(['"', '\'']).skip(1).filter(|part| part.contains('[')).any(extra_with_uvicorn);
    let list = match rest.strip_prefix('=') {
        Some(table) => table.split_once("extras").map_or("", |(_, list)| list),
        None => rest,
    };
    let list = list.trim_start_matches([' ', '=']).strip_prefix('[').and_then(|rest| rest.split(']').next());
    let extras = list.unwrap_or_default().split(',').map(|extra| extra.trim_matches([' ', '"', '\'']));
    inner || extras.into_iter().any(|extra| brings_uvicorn(&normalize_name(name), &normalize_name(extra)))
}

struct DependencyPlan {
    dependencies: Dependencies,
    install: Install,
    /// Normalized names of the project's requirements.
    names: BTreeSet<String>,
}

/// Reads dependency files of a project.
struct DependencyReader<'a> {
    project: &'a ProjectRoots,
    selected: Selected<'a>,
}

impl DependencyReader<'_> {
    /// The dependency file that the user named.
    fn named(&self, named: &Path) -> Result<DependencyPlan> {
        let file = self.project.inside(named, "dependency file")?;
        let shown = named.display();
        let formats = "a dependency file is a `*.txt` or `*.in` in pip's format, or a `pyproject.toml`";
        if file.is_dir() {
            let error = Error::usage(format!("dependency file `{shown}` is a folder")).code(Code::SourceRequirements);
            return Err(error.hint(formats));
        }
        if !file.is_file() {
            let error =
                Error::usage(format!("dependency file `{shown}` does not exist")).code(Code::SourceRequirements);
            return Err(error.hint("leave out `--requirements-file` to have it detected"));
        }
        if file.file_name().is_some_and(|name| name == "pyproject.toml") {
            return self.pyproject(&file)?.ok_or_else(|| {
                Error::usage(format!("`{shown}` has no `[project]` table, so it names no dependencies"))
                    .code(Code::SourceRequirements)
                    .hint("add `[project]` with `dependencies = […]`, or name a requirements file")
            });
        }
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("txt" | "in") => self.requirements(file),
            _ => Err(Error::usage(format!("`{shown}` is not a dependency file"))
                .code(Code::SourceRequirements)
                .hint(formats)),
        }
    }

    /// The nearest dependency file: in the entrypoint's folder, else above it.
    fn search(&self, folder: &Path) -> Result<DependencyPlan> {
        for dir in self.project.upwards(folder) {
            let requirements = dir.join("requirements.txt");
            let pyproject = dir.join("pyproject.toml");
            // Extras and groups are of a pyproject.toml, so that is what is meant when they are asked for.
            if requirements.is_file() && (self.selected.is_empty() || !pyproject.is_file()) {
                return self.requirements(requirements);
            }
            // One that only configures tools names no dependencies; go on looking.
            if pyproject.is_file()
                && let Some(plan) = self.pyproject(&pyproject)?
            {
                return Ok(plan);
            }
        }
        let shown = self.project.show(folder);
        let hint = if self.project.source_path.is_some() { "; with `source_path` set, only below it" } else { "" };
        Err(Error::usage("no requirements.txt or pyproject.toml found")
            .code(Code::SourceNoRequirements)
            .cause(format!("looked in `{shown}` and the folders above it{hint}"))
            .hint(
                "list the agent's packages in `requirements.txt`, `bedrock-agentcore` among them; an empty file is fine",
            )
            .hint("or name the file: `agentcore configure --requirements-file FILE`"))
    }

    fn requirements(&self, file: PathBuf) -> Result<DependencyPlan> {
        if let Some((what, name)) = self.selected.first() {
            return Err(Error::usage(format!("`{}` has no {what}s, and `{name}` was asked for", file.display()))
                .code(Code::SourceRequirements)
                .hint("extras and groups are of a pyproject.toml: name it with `--requirements-file pyproject.toml`")
                .hint(format!("or take them back: `agentcore configure --{what} none`")));
        }
        let read = requirements::read(&file, &self.project.dir)?;
        Ok(DependencyPlan {
            names: read.names,
            install: Install { files: read.files, needs_source: read.local, needs_git: read.git, hashed: read.hashed },
            dependencies: Dependencies::Requirements { file },
        })
    }

    /// `None` when the file has nothing to do with dependencies.
    fn pyproject(&self, file: &Path) -> Result<Option<DependencyPlan>> {
        let table = read_toml(file)?;
        let Some((specifiers, by_poetry)) = self.specifiers(file, &table)? else { return Ok(None) };
        let shown = file.display();
        let uv_lock = if by_poetry { None } else { find_uv_lock(file)? };
        let poetry_lock = Some(file.with_file_name("poetry.lock")).filter(|lock| uv_lock.is_none() && lock.is_file());
        let poetry = (by_poetry || poetry_lock.is_some()).then(|| PoetryProject { lock: poetry_lock.clone() });
        let sources = table.get("tool").and_then(|tool| tool.get("uv")).and_then(|uv| uv.get("sources"));
        if uv_lock.is_none() && sources.and_then(toml::Value::as_table).is_some_and(|sources| !sources.is_empty()) {
            return Err(Error::usage(format!("`{shown}`: `tool.uv.sources` is used, but there is no uv.lock for it"))
                .code(Code::SourceRequirements)
                .hint("`uv lock`"));
        }
        let parsed: Vec<_> = specifiers.iter().map(|specifier| parse_requirement(specifier)).collect();
        let locks = uv_lock.iter().chain(&poetry_lock);
        // The lock of a workspace can lie above everything that the image is made from.
        let locks: Vec<PathBuf> =
            locks.filter(|lock| lock.starts_with(self.project.limit())).map(PathBuf::from).collect();
        let of_workspace = uv_lock.as_ref().map(|lock| lock.with_file_name("pyproject.toml"));
        let of_workspace = of_workspace.filter(|root| root != file && !locks.is_empty());
        let mut install = Install {
            files: std::iter::once(file.to_owned()).chain(of_workspace).chain(locks).collect(),
            needs_source: parsed.iter().any(|requirement| requirement.local),
            needs_git: parsed.iter().any(|requirement| requirement.git),
            hashed: uv_lock.is_some(),
        };
        if let Some(lock) = &uv_lock {
            read_uv_lock(lock, file, &mut install)?;
        }
        let names = parsed.into_iter().filter_map(|requirement| requirement.name).collect();
        let (extras, groups) = (self.selected.extras.to_vec(), self.selected.groups.to_vec());
        let dependencies =
            Dependencies::Pyproject { file: file.to_owned(), specifiers, uv_lock, poetry, extras, groups };
        Ok(Some(DependencyPlan { dependencies, install, names }))
    }

    /// The requirements of the project with those of the chosen extras and groups, and whether they are in Poetry's
    /// table; `None` when the file has none at all.
    fn specifiers(&self, file: &Path, table: &toml::Table) -> Result<Option<(Vec<String>, bool)>> {
        let bad = |what: &str| Error::usage(format!("`{}`: {what}", file.display())).code(Code::SourceRequirements);
        let Some(project) = table.get("project").and_then(toml::Value::as_table) else {
            return Ok(poetry::requirements(table, self.selected)?.map(|specifiers| (specifiers, true)));
        };
        let dynamic = project.get("dynamic").and_then(toml::Value::as_array);
        if dynamic.is_some_and(|names| names.iter().any(|name| name.as_str() == Some("dependencies"))) {
            // Poetry 2 allows that: the name in one table, the dependencies in the other.
            if let Some(specifiers) = poetry::requirements(table, self.selected)? {
                return Ok(Some((specifiers, true)));
            }
            return Err(bad("`dependencies` is dynamic, so the build backend alone knows them")
                .hint("name the file that they come from: `agentcore configure --requirements-file FILE`"));
        }
        let list = |value: Option<&toml::Value>, what: &str| match value {
            None => Ok(Vec::new()),
            Some(list) => list
                .as_array()
                .and_then(|list| list.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>())
                .ok_or_else(|| bad(&format!("`{what}` is not a list of strings"))),
        };
        let mut specifiers = list(project.get("dependencies"), "project.dependencies")?;
        let optional = project.get("optional-dependencies").and_then(toml::Value::as_table);
        let mut open: Vec<String> = self.selected.extras.to_vec();
        let mut seen = BTreeSet::new();
        while let Some(extra) = open.pop() {
            if !seen.insert(normalize_name(&extra)) {
                continue;
            }
            let found = optional.into_iter().flatten().find(|(name, _)| normalize_name(name) == normalize_name(&extra));
            let known = optional.into_iter().flat_map(toml::Table::keys);
            let (name, value) = found.ok_or_else(|| poetry::unknown("extra", &extra, known))?;
            for line in list(Some(value), &format!("project.optional-dependencies.{name}"))? {
                // `mypkg[other]` in an extra of `mypkg` stands for its other extra.
                let own = layout::name(table).map(normalize_name);
                let (of, extras) = line.split_once('[').unwrap_or((&line, ""));
                if Some(normalize_name(of.trim())) == own && !extras.is_empty() {
                    let extras = extras.split(']').next().unwrap_or_default();
                    open.extend(extras.split(',').map(|extra| extra.trim().to_owned()));
                } else {
                    specifiers.push(line);
                }
            }
        }
        let groups = table.get("dependency-groups").and_then(toml::Value::as_table);
        for group in self.selected.groups {
            specifiers.extend(read_group(group, groups, &mut Vec::new())?);
        }
        Ok(Some((specifiers, false)))
    }
}

/// The requirements of a dependency group (PEP 735) and of those that it includes.
fn read_group(name: &str, groups: Option<&toml::Table>, above: &mut Vec<String>) -> Result<Vec<String>> {
    let found = groups.into_iter().flatten().find(|(own, _)| normalize_name(own) == normalize_name(name));
    let known = groups.into_iter().flat_map(toml::Table::keys);
    let (_, value) = found.ok_or_else(|| poetry::unknown("group", name, known))?;
    if above.contains(&normalize_name(name)) {
        return Err(
            Error::usage(format!("the dependency group `{name}` includes itself")).code(Code::SourceRequirements)
        );
    }
    above.push(normalize_name(name));
    let mut lines = Vec::new();
    for item in value.as_array().into_iter().flatten() {
        if let Some(line) = item.as_str() {
            lines.push(line.to_owned());
        } else if let Some(included) = item.get("include-group").and_then(toml::Value::as_str) {
            lines.extend(read_group(included, groups, above)?);
        }
    }
    above.pop();
    Ok(lines)
}

/// The lock of a project: beside it, or that of the workspace above that has it as a member.
fn find_uv_lock(file: &Path) -> Result<Option<PathBuf>> {
    let Some(dir) = file.parent() else { return Ok(None) };
    for above in dir.ancestors() {
        let lock = above.join("uv.lock");
        if !lock.is_file() {
            continue;
        }
        if above == dir {
            return Ok(Some(lock));
        }
        // Whoever writes a lock says where packages come from; further up it may be anybody's.
        if Owners::around(file).stranger(&lock).is_some() {
            return Ok(None);
        }
        let is_member = lock_sources(&read_toml(&lock)?).any(|path| fsx::normalize(&above.join(path)) == dir);
        return Ok(is_member.then_some(lock));
    }
    Ok(None)
}

/// Folders and files that packages of a lock are made from, relative to it.
fn lock_sources(lock: &toml::Table) -> impl Iterator<Item = String> {
    let packages = lock.get("package").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    packages.into_iter().filter_map(|package| {
        let source = package.get("source")?;
        let path = ["editable", "directory", "virtual", "path"].iter().find_map(|kind| source.get(kind)?.as_str());
        path.map(str::to_owned)
    })
}

/// Packages of the lock that are folders of the workspace, or come from git.
fn read_uv_lock(lock: &Path, project: &Path, install: &mut Install) -> Result<()> {
    let table = read_toml(lock)?;
    let packages = table.get("package").and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
    install.needs_git |= packages.iter().filter_map(|package| package.get("source")).any(|at| at.get("git").is_some());
    let (above, own) = (lock.parent().unwrap_or(lock), project.parent().unwrap_or(project));
    install.needs_source |= lock_sources(&table).any(|path| {
        let place = fsx::normalize(&above.join(path));
        place != own && place != above
    });
    Ok(())
}

/// Whether a project can be used without being installed, its dependencies aside: its packages are found in their folders,
/// and nothing of it is compiled or known to code alone. `searched` says that its own folder is on the search path anyway.
pub(crate) fn is_importable_in_place(pyproject: &Path, searched: bool) -> bool {
    let dir = pyproject.parent().unwrap_or(pyproject);
    let Ok(table) = read_toml(pyproject) else { return false };
    let is_found = || !layout::package_roots(dir, &table).is_empty() || !layout::has_modules(dir);
    layout::needs_no_build(dir, &table) && (searched || is_found())
}

/// The folders of the project's own packages that are not searched anyway: of the project around the entrypoint, and of
/// the one that the dependencies are of.
fn package_roots(
    folder: &Path,
    root: &Path,
    import_root: Option<&str>,
    (dependencies, project): (&Dependencies, &ProjectRoots),
) -> Result<Vec<String>> {
    let around = project.nearest(folder, &["pyproject.toml"]);
    let installed = match dependencies {
        Dependencies::Pyproject { file, .. } => Some(file.clone()),
        _ => None,
    };
    let mut found = BTreeSet::new();
    for file in around.into_iter().chain(installed).filter(|file| file.starts_with(root)) {
        found.extend(layout::package_roots(file.parent().unwrap_or(root), &read_toml(&file)?));
    }
    let below = found.iter().filter_map(|dir| fsx::relative(dir, root));
    Ok(below.filter(|dir| dir != "." && Some(dir.as_str()) != import_root && !dir.contains(':')).collect())
}

fn read_toml(file: &Path) -> Result<toml::Table> {
    let text = fsx::read_text(file)?.unwrap_or_default();
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        Error::usage(format!("{}:{line}: not valid TOML", file.display()))
            .code(Code::SourceRequirements)
            .cause(error.message().to_owned())
    })
}

/// The module that `python -m` runs: `src.agent` for `src/agent.py`, `agents.writer` for `agents/writer/__main__.py`.
/// Names need not be Python identifiers for that; a dot would be taken for a package, though.
fn module_of(file: &Path, root: &Path, project: &ProjectRoots) -> Result<String> {
    let below = fsx::relative(file, root).unwrap_or_default();
    let path = below.strip_suffix(".py").unwrap_or(&below);
    let path = path.strip_suffix("/__main__").unwrap_or(path);
    if path == "__main__" {
        return Err(Error::usage(format!("`{}` cannot be run as a module", project.show(file)))
            .code(Code::SourceEntrypoint)
            .cause("a `__main__.py` needs a package around it")
            .hint("rename it, for example to `main.py`"));
    }
    if let Some(part) = path.split('/').find(|part| part.contains('.')) {
        return Err(Error::usage(format!("`{part}` in `{}` cannot be part of a module name", project.show(file)))
            .code(Code::SourceEntrypoint)
            .cause("`python -m` takes a dot for the border between packages")
            .hint(format!("rename it to `{}`", part.replace('.', "_"))));
    }
    Ok(path.replace('/', "."))
}

/// The folder that is first on the search path when the entrypoint is run as a script: the outermost one around it
/// that is not a package.
fn import_root(folder: &Path, root: &Path) -> Option<String> {
    let outermost = folder.ancestors().find(|dir| *dir == root || !dir.join("__init__.py").is_file())?;
    fsx::relative(outermost, root).filter(|path| path != ".")
}

fn version(asked: Option<&str>, folder: &Path, project: &ProjectRoots) -> Result<PythonVersion> {
    if let Some(asked) = asked {
        let minor = python_minor(asked).ok_or_else(|| {
            Error::usage(format!("`{asked}` is not a Python version")).code(Code::SourcePython).hint("`--python 3.12`")
        })?;
        return Ok(PythonVersion { version: format!("3.{minor}"), from: VersionSource::Request });
    }
    if let Some(file) = project.nearest(folder, &[".python-version"]) {
        let text = fsx::read_text(&file)?.unwrap_or_default();
        // pyenv accepts names of virtual environments there too; those say nothing about the version.
        if let Some(minor) = text.lines().map(str::trim).find_map(python_minor) {
            return Ok(PythonVersion { version: format!("3.{minor}"), from: VersionSource::VersionFile(file) });
        }
    }
    if let Some(file) = project.nearest(folder, &["pyproject.toml"]) {
        let table = read_toml(&file)?;
        let range = table.get("project").and_then(|project| project.get("requires-python"));
        let range = range.and_then(toml::Value::as_str).map(str::to_owned).or_else(|| poetry::python(&table));
        if let Some(range) = range {
            let minor = best_minor(&range).ok_or_else(|| {
                Error::usage(format!("{}: no Python 3 satisfies `requires-python = \"{range}\"`", file.display()))
                    .code(Code::SourcePython)
                    .hint("correct it, or choose with `--python 3.12`")
            })?;
            return Ok(PythonVersion { version: format!("3.{minor}"), from: VersionSource::Manifest(file) });
        }
    }
    Ok(PythonVersion::default())
}

/// The version that a PEP 440 range allows: the default where it can, else the nearest newer, else the nearest older.
fn best_minor(range: &str) -> Option<u32> {
    let bounds: Vec<Bound<'_>> =
        range.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Bound::parse).collect::<Option<_>>()?;
    // A range can exclude single patch releases, so a minor version counts when any of its patches passes.
    let allowed = |minor: &u32| (0..=40).any(|patch| bounds.iter().all(|bound| bound.allows([3, *minor, patch])));
    (12..=40).chain((0..12).rev()).find(allowed)
}

/// One clause of a PEP 440 range. Pre-release parts are read as the release.
struct Bound<'a> {
    operator: &'a str,
    release: Vec<u32>,
    wildcard: bool,
}

impl<'a> Bound<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let operator = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"].into_iter().find(|op| text.starts_with(op))?;
        let version = text[operator.len()..].trim().trim_start_matches('v');
        let (version, wildcard) = match version.strip_suffix(".*") {
            Some(version) => (version, true),
            None => (version, false),
        };
        let release = version
            .split('.')
            .map(|part| part.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("").parse().ok())
            .collect::<Option<Vec<u32>>>()?;
        Some(Self { operator, release, wildcard })
    }

    fn allows(&self, version: [u32; 3]) -> bool {
        let part = |index: usize| self.release.get(index).copied().unwrap_or(0);
        let bound = [part(0), part(1), part(2)];
        let prefix = |length: usize| version.iter().zip(&self.release).take(length).all(|(a, b)| a == b);
        match self.operator {
            "==" | "===" if self.wildcard => prefix(self.release.len()),
            "!=" if self.wildcard => !prefix(self.release.len()),
            "==" | "===" => version == bound,
            "!=" => version != bound,
            "~=" => version >= bound && prefix(self.release.len().saturating_sub(1)),
            "<=" => version <= bound,
            ">=" => version >= bound,
            "<" => version < bound,
            _ => version > bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extras_with_a_server_are_read_however_spelled() {
        for (line, brings) in [
            ("fastapi[standard]", true),
            ("FastAPI [all] >= 0.110", true),
            ("    \"fastapi[standard]>=1\",", true),
            ("dependencies = [\"boto3\", 'connexion[flask,uvicorn]']", true),
            ("fastapi = { version = \"1\", extras = [\"standard\"] }", true),
            ("fastapi", false),
            ("# fastapi[all]", false),
            ("fastapi[other]", false),
            ("connexion[flask]", false),
            ("x = \"[all]\"", false),
        ] {
            assert_eq!(extra_with_uvicorn(line), brings, "{line}");
        }
    }

    #[test]
    fn ranges_follow_pep_440() {
        let cases = [
            (">=3.10", Some(12)),
            (">=3.10,<4", Some(12)),
            (">=3.13", Some(13)),
            (">=3.14,<3.15", Some(14)),
            ("<3.12", Some(11)),
            ("<=3.11", Some(11)),
            ("~=3.11", Some(12)),
            ("~=3.11.2", Some(11)),
            ("==3.11.*", Some(11)),
            ("==3.11", Some(11)),
            (">3.12", Some(12)),
            ("!=3.12.*,>=3.10", Some(13)),
            (">=3.10, !=3.12.1", Some(12)),
            (">=3.12.4", Some(12)),
            ("", Some(12)),
            ("==2.7.*", None),
            (">=3.10,<3.9", None),
            ("about 3", None),
        ];
        for (range, expected) in cases {
            assert_eq!(best_minor(range), expected, "{range:?}");
        }
    }
}
