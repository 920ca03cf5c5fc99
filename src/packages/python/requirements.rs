//! What is to be installed, read from the project: requirement files, specifiers, lock files.
//!
//! Owns: bringing them all into one list, and the text that identifies a set of dependencies (for the cache). Does not
//! own: the grammar of one line (`line`), of a lock (`lock`), resolving, building.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::env::Env;
use crate::error::{Code, Context, Error, Result};
use crate::fsx;
use crate::redact::SecretString;
use crate::requirements::logical_lines;

use super::indexes::Indexes;
use super::line::{PackageSource, Requirement, expand};
use super::lock::{LockedPackage, PackageOrigin, PythonLock};
use super::marker::MarkerEnvironment;
use super::{LockKind, LockedProject, folder, secrets};

/// Everything an installer needs, and everything the cache key depends on.
#[derive(Debug)]
pub(super) struct Inputs {
    /// Options of requirement files, index addresses above all, with paths made absolute.
    pub(super) options: Vec<String>,
    /// What the project asks for.
    pub(super) requirements: Vec<Requirement>,
    /// Lines that bind versions without asking for anything.
    pub(super) constraints: Vec<String>,
    /// The requirements are complete: a lock lists their dependencies.
    pub(super) complete: bool,
    /// Files that the lock knows, as package, file name and SHA-256.
    pub(super) files: Vec<(String, String, String)>,
    /// Bytes of each package's smallest wheel for the target, where a lock says so.
    pub(super) sizes: Vec<(String, u64)>,
    /// Where installers look for their own settings.
    pub(super) dir: PathBuf,
    /// One requirement per element, without comments and without credentials.
    pub(super) key: BTreeSet<String>,
    /// The content of packages that are folders of this machine.
    pub(super) local_key: BTreeSet<String>,
    /// Requirements that can change without a change of their text: branches of repositories, requirement files
    /// elsewhere.
    pub(super) moving: Option<String>,
    /// Requirements whose version is left to the index.
    pub(super) unpinned: Vec<String>,
    /// A requirement has `--hash`: pip then wants a hash for every one of its invocation.
    pub(super) hashed: bool,
    pub(super) secrets: Vec<SecretString>,
    pub(super) indexes: Indexes,
}

impl Inputs {
    /// Whether some of what is wanted is in a file that only the installer fetches.
    pub(super) fn elsewhere(&self) -> bool {
        self.options.iter().any(|option| nested_file(option).is_some_and(|(_, binds)| !binds))
    }
}

/// Reads with the target and the environment at hand.
pub(super) struct RequirementsReader<'a> {
    pub(super) env: &'a Env,
    pub(super) target: &'a MarkerEnvironment,
    inputs: Inputs,
}

impl<'a> RequirementsReader<'a> {
    /// `dir` is where installers would be called by hand.
    pub(super) fn new(env: &'a Env, target: &'a MarkerEnvironment, dir: PathBuf) -> Self {
        let indexes = Indexes::read(env, &dir);
        let inputs = Inputs {
            options: Vec::new(),
            requirements: Vec::new(),
            constraints: Vec::new(),
            complete: false,
            files: Vec::new(),
            sizes: Vec::new(),
            dir,
            key: BTreeSet::new(),
            local_key: BTreeSet::new(),
            moving: None,
            unpinned: Vec::new(),
            hashed: false,
            secrets: secrets::in_env(env),
            indexes,
        };
        Self { env, target, inputs }
    }

    pub(super) fn finish(mut self) -> Inputs {
        self.inputs.secrets.extend(self.inputs.indexes.secrets());
        self.inputs
    }

    /// Reads a requirement file and what it includes.
    pub(super) fn add_file(&mut self, path: &Path) -> Result<()> {
        self.scan(path, false, &mut BTreeSet::new())
    }

    /// Requirements of the project; relative paths are taken from `dir`.
    pub(super) fn add_specifiers(&mut self, specifiers: &[String], dir: &Path) -> Result<()> {
        for specifier in specifiers {
            let requirement = Requirement::parse(specifier, &[dir.to_owned()]);
            self.add(requirement)?;
        }
        Ok(())
    }

    /// Takes everything from a lock, which is complete by itself.
    pub(super) fn add_lock(&mut self, locked: &LockedProject, specifiers: &[String]) -> Result<()> {
        let packages = match locked.kind {
            LockKind::Uv => {
                let lock = PythonLock::read_uv(&locked.file)?;
                lock.check_python(&locked.file, self.target.python())?;
                lock.of_project(&locked.project, specifiers, &locked.selection, self.target)?
            }
            LockKind::Poetry => {
                let dirs = [locked.project.clone()];
                let wanted: Vec<_> = specifiers.iter().map(|text| Requirement::parse(text, &dirs)).collect();
                let lock = PythonLock::read_poetry(&locked.file)?;
                lock.check_python(&locked.file, self.target.python())?;
                lock.of_requirements(&wanted, self.target)?
            }
        };
        self.inputs.options = registry_options(&packages, &self.inputs.indexes);
        self.inputs.complete = true;
        for package in packages {
            let options: String = match &package.origin {
                PackageOrigin::Registry(_) | PackageOrigin::Folder(_) | PackageOrigin::Url(_) => {
                    package.files.iter().map(|(_, hash)| format!(" --hash=sha256:{hash}")).collect()
                }
                _ => String::new(),
            };
            let wheels = package.sizes.iter().filter(|(file, _)| self.target.takes(file)).map(|(_, size)| *size);
            self.inputs.sizes.extend(wheels.min().map(|size| (package.name.clone(), size)));
            let LockedPackage { name, version, origin, files, .. } = package;
            self.inputs.files.extend(files.into_iter().map(|(file, hash)| (name.clone(), file, hash)));
            let (what, text) = match origin {
                PackageOrigin::Registry(_) | PackageOrigin::Folder(_) => {
                    (PackageSource::Index { exact: true }, format!("{name}=={version}{options}"))
                }
                PackageOrigin::Url(url) => {
                    let text = format!("{name} @ {url}{options}");
                    (PackageSource::Url(url), text)
                }
                PackageOrigin::Git(git) => {
                    let text = format!("{name} @ git+{}@{}", git.url, git.revision.as_deref().unwrap_or_default());
                    (PackageSource::Git(git), text)
                }
                PackageOrigin::Dir(dir) => (PackageSource::Dir(dir), format!("{name} (a folder)")),
                PackageOrigin::File(file) if file.extension().is_some_and(|end| end == "whl") => {
                    (PackageSource::Wheel(file), format!("{name} (a file)"))
                }
                PackageOrigin::File(file) => (PackageSource::Archive(file), format!("{name} (a file)")),
            };
            self.add(Requirement { name: Some(name), extras: Vec::new(), what, marker: None, options, text })?;
        }
        Ok(())
    }

    /// Follows a requirement file through its `-r` and `-c` lines.
    fn scan(&mut self, path: &Path, constraint: bool, seen: &mut BTreeSet<PathBuf>) -> Result<()> {
        if !seen.insert(fsx::normalize(path)) {
            return Ok(());
        }
        let text = fsx::read_text(path)?
            .ok_or_else(|| Error::usage(format!("requirements file `{}` does not exist", path.display())))?;
        let dir = path.parent().unwrap_or(Path::new(".")).to_owned();
        let dirs = [dir.clone(), self.inputs.dir.clone()];
        for line in spoken_lines(text.strip_prefix('\u{feff}').unwrap_or(&text)) {
            if let Some((nested, is_constraint)) = nested_file(&line) {
                if nested.contains("://") {
                    self.inputs.moving.get_or_insert(secrets::mask_urls(&line));
                    self.add_option(line.clone());
                } else {
                    self.scan(&dir.join(nested), constraint || is_constraint, seen)?;
                }
            } else if line.starts_with('-') && !is_editable(&line) {
                let option = absolute(&line, &dirs);
                if self.note_find_links(&option)? {
                    self.inputs.options.push(option);
                } else {
                    self.add_option(option);
                }
            } else if constraint {
                self.inputs.secrets.extend(secrets::in_urls(&expand(&line, self.env)));
                self.inputs.key.insert(format!("constraint {}", secrets::mask_urls(&line)));
                self.inputs.constraints.push(line);
            } else {
                self.add(Requirement::parse(&line, &dirs))?;
            }
        }
        Ok(())
    }

    fn add_option(&mut self, option: String) {
        self.inputs.secrets.extend(secrets::in_urls(&expand(&option, self.env)));
        self.inputs.hashed |= option == "--require-hashes";
        self.inputs.key.insert(secrets::identity(&option));
        if !self.inputs.options.contains(&option) {
            self.inputs.options.push(option);
        }
    }

    /// A folder of wheels belongs to the requirements: what is in it decides what is installed, and not where it is.
    fn note_find_links(&mut self, option: &str) -> Result<bool> {
        let Some(place) = value_of(option, &["--find-links", "-f"]) else { return Ok(false) };
        let place = Path::new(place);
        if !place.is_dir() {
            return Ok(false);
        }
        let mut files = BTreeMap::new();
        let what = || format!("could not read `{}`", place.display());
        for item in std::fs::read_dir(place).with_context(what)? {
            let item = item.with_context(what)?;
            if item.path().is_file() {
                files.insert(item.file_name().to_string_lossy().into_owned(), folder::hash_file(&item.path())?);
            }
        }
        self.inputs.key.extend(files.into_iter().map(|(name, hash)| format!("found {name} {hash}")));
        Ok(true)
    }

    fn add(&mut self, requirement: Requirement) -> Result<()> {
        let inputs = &mut self.inputs;
        if requirement.marker.as_ref().is_some_and(|marker| !self.target.satisfies(marker)) {
            return Ok(());
        }
        inputs.secrets.extend(secrets::in_urls(&expand(&requirement.text, self.env)));
        inputs.hashed |= requirement.options.contains("--hash");
        let masked = secrets::mask_urls(&requirement.text);
        let line = format!("{}{:?}{}", requirement.shown(), requirement.extras, requirement.options);
        match &requirement.what {
            PackageSource::Index { exact } => {
                if !exact {
                    inputs.unpinned.push(requirement.shown());
                }
                inputs.key.insert(masked);
            }
            PackageSource::Url(_) => {
                inputs.key.insert(masked);
            }
            PackageSource::Git(git) => {
                if git.commit().is_none() {
                    inputs.moving.get_or_insert(masked.clone());
                }
                inputs.key.insert(format!("{masked}{:?}", git.subdirectory));
            }
            PackageSource::Wheel(file) | PackageSource::Archive(file) => {
                check_there(file, &requirement)?;
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                inputs.key.insert(format!("{line} {name} {}", folder::hash_file(file)?));
            }
            PackageSource::Dir(dir) => {
                check_there(dir, &requirement)?;
                let print = folder::fingerprint(dir)?;
                inputs.key.insert(format!("{line} needs {}", print.needs));
                inputs.local_key.insert(format!("{line} {}", print.content));
            }
            PackageSource::OtherVcs(system) => {
                return Err(Error::usage(format!("`{masked}` comes from {system}, and only git is understood"))
                    .code(Code::SourceRequirements)
                    .hint("build it with a container engine: `--builder engine`"));
            }
        }
        inputs.requirements.push(requirement);
        Ok(())
    }
}

fn check_there(path: &Path, requirement: &Requirement) -> Result<()> {
    let what = match requirement.what {
        PackageSource::Dir(_) if path.is_file() => "is a file, and neither a wheel nor a source archive",
        PackageSource::Dir(_) if path.is_dir() => {
            if ["pyproject.toml", "setup.py"].iter().any(|name| path.join(name).is_file()) {
                return Ok(());
            }
            "has neither a pyproject.toml nor a setup.py"
        }
        _ if path.exists() => return Ok(()),
        _ => "does not exist",
    };
    Err(Error::usage(format!("the requirement `{}` cannot be met: `{}` {what}", requirement.text, path.display()))
        .code(Code::SourceRequirements)
        .hint("paths in a requirements file are relative to its folder"))
}

/// Options by which an installer finds the packages of a lock where the lock says they are. An index of the user's
/// settings keeps its credentials.
fn registry_options(packages: &[LockedPackage], indexes: &Indexes) -> Vec<String> {
    let mut registries = BTreeSet::new();
    let mut folders = BTreeSet::new();
    for package in packages {
        match &package.origin {
            PackageOrigin::Registry(Some(url)) if !is_public(url) => registries.insert(Some(url.trim_end_matches('/'))),
            PackageOrigin::Registry(_) => registries.insert(None),
            PackageOrigin::Folder(dir) => folders.insert(dir),
            _ => false,
        };
    }
    let public = registries.contains(&None) || registries.is_empty();
    let mut options: Vec<String> = registries.into_iter().flatten().map(|url| indexes.with_credentials(url)).collect();
    for (at, url) in options.iter_mut().enumerate() {
        // Without a package of the public index it is not used.
        let option = if at == 0 && !public { "--index-url" } else { "--extra-index-url" };
        *url = format!("{option} {url}");
    }
    options.extend(folders.into_iter().map(|dir| format!("--find-links {}", dir.display())));
    options
}

fn is_public(url: &str) -> bool {
    url.trim_end_matches('/') == "https://pypi.org/simple"
}

fn is_editable(line: &str) -> bool {
    ["-e ", "-e=", "--editable ", "--editable="].iter().any(|option| line.starts_with(option))
}

/// The value of an option in any of its spellings.
fn value_of<'a>(line: &'a str, options: &[&str]) -> Option<&'a str> {
    let rest = options.iter().find_map(|option| {
        let rest = line.strip_prefix(option)?;
        (rest.starts_with([' ', '=']) || !option.starts_with("--")).then_some(rest)
    })?;
    Some(rest.trim_start_matches([' ', '=']).trim_matches(['"', '\'']))
}

/// An option with a path that is relative to a requirements file, for use in another folder.
fn absolute(line: &str, dirs: &[PathBuf]) -> String {
    let Some(place) = value_of(line, &["--find-links", "-f"]).filter(|place| !place.contains("://")) else {
        return line.to_owned();
    };
    let found = dirs.iter().map(|dir| fsx::normalize(&dir.join(place))).find(|path| path.exists());
    found.map_or_else(|| line.to_owned(), |path| format!("--find-links {}", path.display()))
}

/// Lines that say something, with single spaces.
fn spoken_lines(text: &str) -> impl Iterator<Item = String> {
    let lines = logical_lines(text).into_iter().map(|(_, line)| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty())
}

/// The file of a `-r` or `-c` line, in each of their spellings, and whether it only binds versions.
fn nested_file(line: &str) -> Option<(&str, bool)> {
    let file = |options| value_of(line, options).filter(|file| !file.is_empty());
    file(&["--requirement", "-r"])
        .map(|file| (file, false))
        .or_else(|| file(&["--constraint", "-c"]).map(|file| (file, true)))
}

/// The SHA-256 of a text in hexadecimal, for names in the cache.
pub(super) fn hash_text(text: &str) -> String {
    Digest::of_bytes(text.as_bytes()).hex()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn read(files: &[(&str, &str)]) -> Result<Inputs> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::create_dir_all(dir.path().join(name).parent().unwrap()).unwrap();
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let env = Env::fake(dir.path(), &[("TOKEN", "canary-2")]);
        let target = MarkerEnvironment::new("3.12", &Platform::arm64());
        let mut reader = RequirementsReader::new(&env, &target, dir.path().to_owned());
        reader.add_file(&dir.path().join(files[0].0))?;
        Ok(reader.finish())
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
            ("r.txt", "-r sub/base.txt\t# base\n-cpins.txt\na"),
            ("sub/base.txt", "--requirement=../r.txt\nb"),
            ("pins.txt", "c==1"),
        ])
        .unwrap();
        assert_eq!(inputs.key.iter().collect::<Vec<_>>(), ["a", "b", "constraint c==1"]);
        assert_eq!(inputs.constraints, ["c==1"]);
        assert_eq!(inputs.unpinned, ["b", "a"]);
        assert!(read(&[("r.txt", "-r missing.txt")]).unwrap_err().message().contains("missing.txt"));
    }

    #[test]
    fn credentials_are_found_and_never_in_the_key() {
        let inputs = read(&[(
            "r.txt",
            "--index-url https://me:canary-1@pypi.example/simple\n--extra-index-url https://u:${TOKEN}@h/s\n\
             x @ git+https://canary-3@h/x@0123456789012345678901234567890123456789\na",
        )])
        .unwrap();
        assert!(!format!("{:?}", inputs.key).contains("canary"), "{:?}", inputs.key);
        let text = "x canary-1 y canary-2 z canary-3";
        assert_eq!(crate::redact::scrub(text, &inputs.secrets), "x [redacted] y [redacted] z [redacted]");
    }

    #[test]
    fn what_may_change_without_notice_is_recognised() {
        for line in ["git+https://h/x.git", "-r https://h/r.txt", "x @ git+ssh://h/x", "x @ git+https://h/x@main"] {
            assert!(read(&[("r.txt", line)]).unwrap().moving.is_some(), "{line}");
        }
        for line in [
            "a==1",
            "a[x]>=1; python_version < '3.12'",
            "x @ https://h/x-1-py3-none-any.whl",
            "--index-url https://h/s/",
            "x @ git+https://h/x@0123456789012345678901234567890123456789",
            "x @ git+https://h/x ; sys_platform == 'win32'",
        ] {
            assert!(read(&[("r.txt", line)]).unwrap().moving.is_none(), "{line}");
        }
    }

    #[test]
    fn local_folders_and_files_count_by_content() {
        let project = |dependency: &str| format!("[project]\nname='lib'\nversion='1'\ndependencies=['{dependency}']");
        let keys = |dependency: &str, code: &str, wheel: &str| {
            let inputs = read(&[
                ("r.txt", "-e ./lib\n./w/a-1-py3-none-any.whl\n--find-links w"),
                ("lib/pyproject.toml", &project(dependency)),
                ("lib/lib.py", code),
                ("w/a-1-py3-none-any.whl", wheel),
            ])
            .unwrap();
            assert!(inputs.moving.is_none());
            (inputs.key, inputs.local_key)
        };
        let first = keys("six", "1", "x");
        assert_eq!(first, keys("six", "1", "x"));
        let edited = keys("six", "2", "x");
        assert!(edited.0 == first.0 && edited.1 != first.1, "code is not what the other packages depend on");
        assert_ne!(keys("idna", "1", "x").0, first.0);
        assert_ne!(keys("six", "1", "y").0, first.0);
        for (line, part) in [("./nothing", "does not exist"), ("./w", "pyproject.toml"), ("hg+https://h/x", "hg")] {
            let error = read(&[("r.txt", line), ("w/x", "")]).unwrap_err();
            assert!(error.message().contains(part) && error.kind().exit_code() == 2, "{line}: {error}");
        }
    }
}
