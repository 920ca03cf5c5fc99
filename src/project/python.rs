//! Python projects: dependency file, interpreter version, module name.
//!
//! Does not own: installing anything, or running the interpreter; all of it is read from files.

use std::path::{Path, PathBuf};

use super::entrypoint::Found;
use super::requirements::{self, parse_requirement};
use super::{Dependencies, Detect, Install, OTEL_DISTRO, Project, PythonVersion, Source, VersionSource};
use crate::error::{Error, Result};
use crate::fsx;

pub(super) fn describe(request: &Detect<'_>, project: &Project, found: Found) -> Result<Source> {
    let folder = found.file.parent().unwrap_or(&project.dir).to_owned();
    let Plan { dependencies, install, has_otel } = match request.requirements {
        Some(named) => read_named(named, project)?,
        None => search(&folder, project)?,
    };
    let root = project.root(&found.file, &install.files)?;
    Ok(Source {
        module: module_of(&found.file, &root, project)?,
        import_root: import_root(&folder, &root),
        python: version(request.python, &folder, project)?,
        root,
        entrypoint: found.file,
        handler: found.handler,
        language: found.language,
        dependencies,
        install,
        node: None,
        has_otel,
    })
}

struct Plan {
    dependencies: Dependencies,
    install: Install,
    has_otel: bool,
}

/// The dependency file that the user named.
fn read_named(named: &Path, project: &Project) -> Result<Plan> {
    let file = project.inside(named, "dependency file")?;
    let shown = named.display();
    let formats = "a dependency file is a `*.txt` or `*.in` in pip's format, or a `pyproject.toml`";
    if file.is_dir() {
        let error = Error::usage(format!("dependency file `{shown}` is a folder")).code("source.requirements");
        return Err(error.hint(formats));
    }
    if !file.is_file() {
        let error = Error::usage(format!("dependency file `{shown}` does not exist")).code("source.requirements");
        return Err(error.hint("leave out `--requirements-file` to have it detected"));
    }
    if file.file_name().is_some_and(|name| name == "pyproject.toml") {
        return read_pyproject(&file)?.ok_or_else(|| {
            Error::usage(format!("`{shown}` has no `[project]` table, so it names no dependencies"))
                .code("source.requirements")
                .hint("add `[project]` with `dependencies = […]`, or name a requirements file")
        });
    }
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("txt" | "in") => read_requirements(file, project),
        _ => Err(Error::usage(format!("`{shown}` is not a dependency file")).code("source.requirements").hint(formats)),
    }
}

/// The nearest dependency file: in the entrypoint's folder, else above it.
fn search(folder: &Path, project: &Project) -> Result<Plan> {
    for dir in project.upwards(folder) {
        let requirements = dir.join("requirements.txt");
        if requirements.is_file() {
            return read_requirements(requirements, project);
        }
        let pyproject = dir.join("pyproject.toml");
        // One that only configures tools names no dependencies; go on looking.
        if pyproject.is_file()
            && let Some(plan) = read_pyproject(&pyproject)?
        {
            return Ok(plan);
        }
    }
    let shown = project.show(folder);
    let hint = if project.source_path.is_some() { "; with `source_path` set, only below it" } else { "" };
    Err(Error::usage("no requirements.txt or pyproject.toml found")
        .code("source.no-requirements")
        .cause(format!("looked in `{shown}` and the folders above it{hint}"))
        .hint("list the agent's packages in `requirements.txt`, `bedrock-agentcore` among them; an empty file is fine")
        .hint("or name the file: `agentcore configure --requirements-file <FILE>`"))
}

fn read_requirements(file: PathBuf, project: &Project) -> Result<Plan> {
    let read = requirements::read(&file, &project.dir)?;
    Ok(Plan {
        has_otel: read.names.contains(OTEL_DISTRO),
        install: Install { files: read.files, needs_source: read.local, needs_git: read.git, hashed: read.hashed },
        dependencies: Dependencies::Requirements { file },
    })
}

/// `None` when the file has nothing to do with dependencies.
fn read_pyproject(file: &Path) -> Result<Option<Plan>> {
    let table = read_toml(file)?;
    let shown = file.display();
    let bad = |what: &str| Error::usage(format!("`{shown}`: {what}")).code("source.requirements");
    let Some(project) = table.get("project").and_then(toml::Value::as_table) else {
        let poetry =
            table.get("tool").and_then(|tool| tool.get("poetry")).and_then(|poetry| poetry.get("dependencies"));
        return match poetry {
            None => Ok(None),
            Some(_) => Err(bad("the dependencies are in `tool.poetry`, which only Poetry can resolve")
                .hint("`poetry export --output requirements.txt`, then `agentcore configure -rf requirements.txt`")
                .hint("or move them to `project.dependencies`")),
        };
    };
    let dynamic = project.get("dynamic").and_then(toml::Value::as_array);
    if dynamic.is_some_and(|names| names.iter().any(|name| name.as_str() == Some("dependencies"))) {
        return Err(bad("`dependencies` is dynamic, so the build backend alone knows them")
            .hint("name the file that they come from: `agentcore configure --requirements-file <FILE>`"));
    }
    let specifiers = match project.get("dependencies") {
        None => Vec::new(),
        Some(list) => list
            .as_array()
            .and_then(|list| list.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>())
            .ok_or_else(|| bad("`project.dependencies` is not a list of strings"))?,
    };
    let lock = file.with_file_name("uv.lock");
    let uv_lock = lock.is_file().then_some(lock);
    let sources = table.get("tool").and_then(|tool| tool.get("uv")).and_then(|uv| uv.get("sources"));
    if uv_lock.is_none() && sources.and_then(toml::Value::as_table).is_some_and(|sources| !sources.is_empty()) {
        return Err(bad("`tool.uv.sources` is used, but there is no uv.lock beside it").hint("`uv lock`"));
    }
    let parsed: Vec<_> = specifiers.iter().map(|specifier| parse_requirement(specifier)).collect();
    let mut install = Install {
        files: std::iter::once(file.to_owned()).chain(uv_lock.clone()).collect(),
        needs_source: parsed.iter().any(|requirement| requirement.local),
        needs_git: parsed.iter().any(|requirement| requirement.git),
        hashed: uv_lock.is_some(),
    };
    if let Some(lock) = &uv_lock {
        read_uv_lock(lock, &mut install)?;
    }
    let has_otel = parsed.iter().any(|requirement| requirement.name.as_deref() == Some(OTEL_DISTRO));
    let dependencies = Dependencies::Pyproject { file: file.to_owned(), specifiers, uv_lock };
    Ok(Some(Plan { dependencies, install, has_otel }))
}

/// Packages of the lock that are folders of the workspace, or come from git.
fn read_uv_lock(lock: &Path, install: &mut Install) -> Result<()> {
    let table = read_toml(lock)?;
    let packages = table.get("package").and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
    for source in packages.iter().filter_map(|package| package.get("source")) {
        install.needs_git |= source.get("git").is_some();
        install.needs_source |= ["editable", "directory", "virtual", "path"]
            .iter()
            .filter_map(|kind| source.get(kind)?.as_str())
            .any(|path| path != ".");
    }
    Ok(())
}

fn read_toml(file: &Path) -> Result<toml::Table> {
    let text = fsx::read_text(file)?.unwrap_or_default();
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        Error::usage(format!("{}:{line}: not valid TOML", file.display()))
            .code("source.requirements")
            .cause(error.message().to_owned())
    })
}

/// The module that `python -m` runs: `src.agent` for `src/agent.py`, `agents.writer` for `agents/writer/__main__.py`.
/// Names need not be Python identifiers for that; a dot would be taken for a package, though.
fn module_of(file: &Path, root: &Path, project: &Project) -> Result<String> {
    let below = fsx::relative(file, root).unwrap_or_default();
    let path = below.strip_suffix(".py").unwrap_or(&below);
    let path = path.strip_suffix("/__main__").unwrap_or(path);
    if path == "__main__" {
        return Err(Error::usage(format!("`{}` cannot be run as a module", project.show(file)))
            .code("source.entrypoint")
            .cause("a `__main__.py` needs a package around it")
            .hint("rename it, for example to `main.py`"));
    }
    if let Some(part) = path.split('/').find(|part| part.contains('.')) {
        return Err(Error::usage(format!("`{part}` in `{}` cannot be part of a module name", project.show(file)))
            .code("source.entrypoint")
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

fn version(asked: Option<&str>, folder: &Path, project: &Project) -> Result<PythonVersion> {
    if let Some(asked) = asked {
        let text = asked.trim().strip_prefix("PYTHON_").map(|text| text.replace('_', "."));
        let minor = minor_of(text.as_deref().unwrap_or(asked.trim())).ok_or_else(|| {
            Error::usage(format!("`{asked}` is not a Python version")).code("source.python").hint("`--python 3.12`")
        })?;
        return Ok(PythonVersion { version: format!("3.{minor}"), from: VersionSource::Request });
    }
    if let Some(file) = project.nearest(folder, &[".python-version"]) {
        let text = fsx::read_text(&file)?.unwrap_or_default();
        // pyenv accepts names of virtual environments there too; those say nothing about the version.
        if let Some(minor) = text.lines().map(str::trim).find_map(minor_of) {
            return Ok(PythonVersion { version: format!("3.{minor}"), from: VersionSource::VersionFile(file) });
        }
    }
    if let Some(file) = project.nearest(folder, &["pyproject.toml"]) {
        let table = read_toml(&file)?;
        let range =
            table.get("project").and_then(|project| project.get("requires-python")).and_then(toml::Value::as_str);
        if let Some(range) = range {
            let minor = best_minor(range).ok_or_else(|| {
                Error::usage(format!("{}: no Python 3 satisfies `requires-python = \"{range}\"`", file.display()))
                    .code("source.python")
                    .hint("correct it, or choose with `--python 3.12`")
            })?;
            return Ok(PythonVersion { version: format!("3.{minor}"), from: VersionSource::Manifest(file) });
        }
    }
    Ok(PythonVersion::default())
}

/// 12 for `3.12`, `3.12.4`, `cpython-3.12`, `python3.12`.
fn minor_of(text: &str) -> Option<u32> {
    let text = ["cpython-", "cpython@", "cpython", "python-", "python"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .unwrap_or(text);
    let mut parts = text.split('.');
    let minor = (parts.next()? == "3").then(|| parts.next())??;
    let rest_is_numeric = parts.all(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    minor.parse().ok().filter(|_| rest_is_numeric && minor.len() <= 2)
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
    fn versions_are_read_in_all_usual_spellings() {
        let cases = [
            ("3.12", Some(12)),
            ("3.12.4", Some(12)),
            ("cpython-3.11", Some(11)),
            ("python3.10", Some(10)),
            ("3.13.0rc1", Some(13)),
            ("3.9", Some(9)),
            ("3", None),
            ("2.7", None),
            ("pypy3.10", None),
            ("system", None),
            ("3.x", None),
            ("3.12; rm", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(minor_of(text), expected, "{text:?}");
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
