//! What is to be installed, read from the project: requirement files, `pyproject.toml`, `uv.lock`.
//!
//! Owns: the text that identifies a set of dependencies (for the cache), which secrets it mentions, and turning the
//! formats that pip cannot read into ones that it can. Does not own: resolving.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::redact::SecretString;

use super::secrets;

/// Everything an installer needs, and everything the cache key depends on.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    /// Requirement files, given with `-r`.
    pub(super) files: Vec<PathBuf>,
    /// Single requirements.
    pub(super) specifiers: Vec<String>,
    /// Lines that bind versions without asking for anything.
    pub(super) constraints: Vec<String>,
    /// A uv project whose lock is to be exported.
    pub(super) lock: Option<PathBuf>,
    /// One requirement per element, without comments and without credentials.
    pub(super) key: BTreeSet<String>,
    /// What installs differently tomorrow without a change of text: local directories, version control, URLs of
    /// further requirement files.
    pub(super) moving: Option<String>,
    /// A requirement has `--hash`: pip then wants a hash for every one of its invocation.
    pub(super) hashed: bool,
    pub(super) secrets: Vec<SecretString>,
}

impl Inputs {
    /// Reads a requirement file, or the dependencies of a `pyproject.toml`.
    pub(super) fn add_file(&mut self, path: &Path) -> Result<()> {
        if path.extension().is_some_and(|extension| extension == "toml") {
            let dependencies = project_dependencies(path)?;
            self.add_specifiers(&dependencies);
            return Ok(());
        }
        self.scan(path, &mut BTreeSet::new())?;
        self.files.push(path.to_owned());
        Ok(())
    }

    pub(super) fn add_specifiers(&mut self, specifiers: &[String]) {
        for specifier in specifiers {
            self.note_line(specifier, Path::new("."));
            self.specifiers.push(specifier.clone());
        }
    }

    /// Takes the versions of a `uv.lock`. With uv it exports its lock itself; for pip, the project's dependencies are
    /// installed with the locked versions as constraints.
    pub(super) fn add_lock(&mut self, project: &Path, with_uv: bool) -> Result<()> {
        let lock = project.join("uv.lock");
        let text = fsx::read_text(&lock)?
            .ok_or_else(|| Error::usage(format!("`{}` does not exist", lock.display())).hint("`uv lock` writes it"))?;
        let dependencies = project_dependencies(&project.join("pyproject.toml"))?;
        self.key.insert(format!("lock {text}"));
        if with_uv {
            self.key.extend(dependencies.iter().map(|line| format!("locked {line}")));
            self.lock = Some(project.to_owned());
            return Ok(());
        }
        self.add_specifiers(&dependencies);
        self.constraints = locked_versions(&text, &lock)?;
        Ok(())
    }

    /// Follows a requirement file through its `-r` and `-c` lines.
    fn scan(&mut self, path: &Path, seen: &mut BTreeSet<PathBuf>) -> Result<()> {
        if !seen.insert(fsx::normalize(path)) {
            return Ok(());
        }
        let text = fsx::read_text(path)?
            .ok_or_else(|| Error::usage(format!("requirements file `{}` does not exist", path.display())))?;
        let dir = path.parent().unwrap_or(Path::new("."));
        for line in logical_lines(&text) {
            let Some(nested) = nested_file(&line) else {
                self.note_line(&line, dir);
                continue;
            };
            if nested.contains("://") {
                self.note_line(&line, dir);
                self.moving.get_or_insert(secrets::mask_urls(&line));
            } else {
                self.scan(&dir.join(nested), seen)?;
            }
        }
        Ok(())
    }

    fn note_line(&mut self, line: &str, dir: &Path) {
        self.secrets.extend(secrets::in_urls(line));
        let masked = secrets::mask_urls(line);
        self.hashed |= line.contains("--hash");
        if is_moving(line, dir) {
            self.moving.get_or_insert(masked.clone());
        }
        self.key.insert(masked);
    }
}

/// Joins continued lines and drops comments, as pip does.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = String::new();
    for line in text.lines() {
        let line = line.trim();
        let line = if line.starts_with('#') { "" } else { line.split(" #").next().unwrap_or_default().trim_end() };
        if let Some(part) = line.strip_suffix('\\') {
            open += part.trim_end();
            open.push(' ');
            continue;
        }
        open += line;
        let whole = std::mem::take(&mut open);
        if !whole.trim().is_empty() {
            lines.push(whole.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    lines.extend(Some(open.trim().to_owned()).filter(|rest| !rest.is_empty()));
    lines
}

/// The file of a `-r` or `-c` line, in each of their spellings.
fn nested_file(line: &str) -> Option<&str> {
    for option in ["--requirement", "--constraint", "-r", "-c"] {
        if let Some(rest) = line.strip_prefix(option) {
            let long = option.starts_with("--");
            let separated = rest.starts_with([' ', '=']);
            if separated || !long {
                return Some(rest.trim_start_matches([' ', '=']).trim_matches(['"', '\'']));
            }
        }
    }
    None
}

fn is_moving(line: &str, dir: &Path) -> bool {
    let local = |path: &str| {
        path.starts_with(['.', '/'])
            || path.starts_with("file:")
            || ((path.contains('/') || path.ends_with(".whl")) && !path.contains("://") && dir.join(path).exists())
    };
    let target = match line.split_once(" @ ") {
        Some((_, url)) => url,
        None => line,
    };
    let target = target.split(';').next().unwrap_or_default().trim();
    line.starts_with("-e") || line.starts_with("--editable") || line.contains("git+") || local(target)
}

/// `[project] dependencies` of a `pyproject.toml`.
fn project_dependencies(path: &Path) -> Result<Vec<String>> {
    let what = || format!("`{}` cannot be used for dependencies", path.display());
    let text = fsx::read_text(path)?.ok_or_else(|| Error::usage(format!("`{}` does not exist", path.display())))?;
    let document: Table = toml::from_str(&text).map_err(|error| Error::usage(what()).source(&error))?;
    let Some(project) = document.get("project").and_then(Value::as_table) else {
        return Err(Error::usage(what())
            .cause("it has no `[project]` table")
            .hint("write the dependencies to a `requirements.txt` and name it with `--requirements-file`"));
    };
    let dynamic = project.get("dynamic").and_then(Value::as_array);
    if dynamic.is_some_and(|list| list.iter().any(|name| name.as_str() == Some("dependencies"))) {
        return Err(Error::usage(what())
            .cause("its dependencies are dynamic: only its build system knows them")
            .hint("write them to a `requirements.txt` and name it with `--requirements-file`"));
    }
    match project.get("dependencies") {
        None => Ok(Vec::new()),
        Some(list) => {
            list.clone().try_into().with_context(what).map_err(|error| error.with_kind(crate::error::Kind::Usage))
        }
    }
}

/// `name==version` for each package that the lock has in one version only. A package with several (one per platform
/// or Python) stays free: which one applies is for the installer to decide.
fn locked_versions(text: &str, path: &Path) -> Result<Vec<String>> {
    let document: Table = toml::from_str(text).map_err(|error| {
        Error::usage(format!("`{}` cannot be read", path.display())).source(&error).hint("`uv lock` writes it anew")
    })?;
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in document.get("package").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| package.get(name).and_then(Value::as_str);
        let Some(name) = text("name") else { continue };
        let source = package.get("source").and_then(Value::as_table);
        if let Some(kind) =
            ["git", "url", "path", "directory"].iter().find(|kind| source.is_some_and(|s| s.contains_key(**kind)))
        {
            return Err(Error::usage(format!(
                "`{}` locks `{name}` to a {kind} source, which needs uv",
                path.display()
            ))
            .hint("install uv: `pip install uv`"));
        }
        if source.is_some_and(|source| source.contains_key("registry"))
            && let Some(version) = text("version")
        {
            versions.entry(name).or_default().insert(version);
        }
    }
    let single = |(name, versions): (&str, BTreeSet<&str>)| match versions.iter().collect::<Vec<_>>().as_slice() {
        [version] => Some(format!("{name}=={version}")),
        _ => None,
    };
    Ok(versions.into_iter().filter_map(single).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<Inputs> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let mut inputs = Inputs::default();
        inputs.add_file(&dir.path().join(files[0].0))?;
        Ok(inputs)
    }

    fn key(text: &str) -> Vec<String> {
        read(&[("r.txt", text)]).unwrap().key.into_iter().collect()
    }

    #[test]
    fn order_comments_and_continuations_do_not_matter() {
        let one = key("b==2\n# note\na>=1 # why\nc==1 \\\n    --hash=sha256:aa \\\n  --hash=sha256:bb\n");
        let two = key("c==1 --hash=sha256:aa --hash=sha256:bb\r\n\r\na>=1\r\nb==2");
        assert_eq!(one, two);
        assert_eq!(one, ["a>=1", "b==2", "c==1 --hash=sha256:aa --hash=sha256:bb"]);
    }

    #[test]
    fn nested_files_count_and_may_form_a_circle() {
        let inputs = read(&[
            ("r.txt", "-r base.txt\n-cpins.txt\na"),
            ("base.txt", "--requirement=r.txt\nb"),
            ("pins.txt", "c==1"),
        ]);
        assert_eq!(inputs.unwrap().key.into_iter().collect::<Vec<_>>(), ["a", "b", "c==1"]);
        assert!(read(&[("r.txt", "-r missing.txt")]).unwrap_err().message().contains("missing.txt"));
    }

    #[test]
    fn credentials_are_found_and_leave_no_trace_in_the_key() {
        let inputs = read(&[("r.txt", "--index-url https://me:canary-1@pypi.example/simple\na")]).unwrap();
        assert!(!format!("{:?}", inputs.key).contains("canary"));
        assert_eq!(crate::redact::scrub("x canary-1 y", &inputs.secrets), "x [redacted] y");
    }

    #[test]
    fn what_may_change_without_notice_is_recognised() {
        for line in
            ["-e .", "./pkg", "git+https://h/x.git", "x @ file:///tmp/x", "-r https://h/r.txt", "x @ git+ssh://h/x"]
        {
            assert!(read(&[("r.txt", line)]).unwrap().moving.is_some(), "{line}");
        }
        for line in [
            "a==1",
            "a[x]>=1; python_version < '3.12'",
            "x @ https://h/x-1-py3-none-any.whl",
            "--index-url https://h/s/",
        ] {
            assert!(read(&[("r.txt", line)]).unwrap().moving.is_none(), "{line}");
        }
    }

    #[test]
    fn a_pyproject_gives_its_dependencies_or_says_why_not() {
        let inputs = read(&[("pyproject.toml", "[project]\nname='x'\ndependencies = ['a>=1', 'b']\n")]).unwrap();
        assert_eq!(inputs.specifiers, ["a>=1", "b"]);
        assert!(inputs.files.is_empty());
        for text in [
            "[tool.poetry.dependencies]\na='1'",
            "[project]\ndynamic=['dependencies']",
            "[project",
            "[project]\ndependencies='a'",
        ] {
            let error = read(&[("pyproject.toml", text)]).unwrap_err();
            assert_eq!(error.kind(), crate::error::Kind::Usage, "{text}: {error:?}");
        }
    }

    #[test]
    fn a_lock_binds_single_versions_and_leaves_forks_free() {
        let lock = "
            [[package]]
            name = 'root'
            version = '0.1'
            source = { editable = '.' }
            [[package]]
            name = 'a'
            version = '1.2'
            source = { registry = 'https://pypi.org/simple' }
            [[package]]
            name = 'b'
            version = '1'
            source = { registry = 'https://pypi.org/simple' }
            [[package]]
            name = 'b'
            version = '2'
            source = { registry = 'https://pypi.org/simple' }
        ";
        assert_eq!(locked_versions(lock, Path::new("uv.lock")).unwrap(), ["a==1.2"]);
        let git = "[[package]]\nname='g'\nversion='1'\nsource={ git = 'https://h/g' }";
        assert!(locked_versions(git, Path::new("uv.lock")).unwrap_err().message().contains("`g`"));
    }
}
