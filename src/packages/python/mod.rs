//! Python packages, installed for the platform they will run on.
//!
//! Owns: the order of work. `key` says what identifies a set of dependencies, `requirements` reads what is wanted (`line` and
//! `lock` its grammars, `marker` its conditions), `build` makes wheels of what is not published as one, `install` runs
//! uv or pip, `installed` is what came of it, `conflict` reads why they refuse, `instrumentation` puts OpenTelemetry on top (`imports` tells whether it
//! can start), `tree` makes the result independent of this machine, `parts` cuts it into layers, `byte_code` compiles
//! it, `indexes` and `secrets` keep credentials out of it. Does not own: which dependencies a project has, keeping what
//! was installed.

mod build;
pub(crate) mod byte_code;
mod conflict;
mod folder;
mod imports;
mod indexes;
mod install;
mod installed;
mod instrumentation;
mod key;
mod line;
mod lock;
mod marker;
mod metadata;
mod parts;
mod requirements;
pub(super) mod secrets;
mod tree;
mod wheel;

use std::collections::BTreeSet;
use std::path::PathBuf;

use pep440_rs::Version;

use crate::env::Env;
use crate::error::{Error, Result};
use crate::interpreters;
use crate::platform::Platform;
use crate::requirements::normalize_name;

use super::InstallContext;
use install::{InstallResult, Installation, PythonInstaller};
use installed::InstallFacts;
use key::{cache_key, settings};
use line::{PackageSource, Requirement};
use marker::MarkerEnvironment;
use requirements::{Inputs, RequirementsReader};
use tree::InstalledTree;

pub(crate) use installed::InstalledPython;
pub(crate) use instrumentation::Instrumentation;
pub(crate) use lock::Selection;
pub(crate) use parts::PartContent;

/// Part of every key; a change in what is installed needs another one.
const FORMAT: u32 = 4;
/// The step of a build that this is part of.
const STEP: &str = "dependencies";

/// What to install and for what.
#[derive(Clone, Debug)]
pub(crate) struct PythonDependencies {
    /// Requirement files.
    pub(crate) requirements: Vec<PathBuf>,
    /// Single requirements of the project. With a lock they are only compared with it (uv) or looked up in it (Poetry).
    pub(crate) specifiers: Vec<String>,
    /// The folder that paths in the specifiers are relative to, and in which installers look for their settings; that
    /// of the first requirement file when missing.
    pub(crate) dir: Option<PathBuf>,
    pub(crate) lock: Option<LockedProject>,
    /// OpenTelemetry is wanted on top. It changes nothing of the rest.
    pub(crate) instrumented: bool,
    /// `3.12`
    pub(crate) python: String,
    pub(crate) platform: Platform,
}

impl PythonDependencies {
    /// Nothing yet, for this Python on this platform.
    pub(crate) fn none(python: &str, platform: &Platform) -> Self {
        Self {
            requirements: Vec::new(),
            specifiers: Vec::new(),
            dir: None,
            lock: None,
            instrumented: false,
            python: python.to_owned(),
            platform: platform.clone(),
        }
    }
}

/// A lock file and the selection from it.
#[derive(Clone, Debug)]
pub(crate) struct LockedProject {
    pub(crate) kind: LockKind,
    pub(crate) file: PathBuf,
    /// The folder of the agent's own `pyproject.toml`; in a workspace the lock is above it.
    pub(crate) project: PathBuf,
    /// Extras and groups of that project. Poetry's are among the specifiers.
    pub(crate) selection: Selection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockKind {
    Uv,
    Poetry,
}

/// The version of the Python that this machine runs agents with, as `3.12`: the wanted one where it is installed, else that
/// of the first one that runs.
///
/// # Errors
/// When there is none that runs.
pub(crate) async fn host_python_version(env: &Env, wanted: Option<&str>) -> Result<String> {
    let minor = wanted.and_then(|wanted| wanted.strip_prefix("3.")?.parse().ok());
    let found = interpreters::python(env, minor).await;
    let found = found.map_err(|error| error.hint("or choose another way to build with `--builder`"))?;
    Ok(format!("3.{}", found.minor))
}

/// What keeps dependencies from being installed on this machine; `None` where nothing does. uv is not run for it.
pub(crate) async fn installer_trouble(env: &Env) -> Option<Error> {
    match PythonInstaller::find(env, "3") {
        Ok(PythonInstaller::Uv(_)) => None,
        Ok(PythonInstaller::Pip(pythons)) => install::with_pip(&pythons, env).await.err(),
        Err(error) => Some(error),
    }
}

/// Dependencies that were read and can be installed.
#[derive(Debug)]
pub(crate) struct PythonRequest {
    wanted: PythonDependencies,
    installer: PythonInstaller,
    inputs: Inputs,
    target: MarkerEnvironment,
    key: String,
    base_key: String,
    local_key: Option<String>,
    instrumentation_key: Option<String>,
}

/// The packages that a project asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AskedPackages {
    /// Normalised.
    pub(crate) names: BTreeSet<String>,
    /// With everything that they need: a lock lists it.
    pub(crate) complete: bool,
    /// Some have no name, or come from another place than an index.
    pub(crate) opaque: bool,
}

/// Reads what is to be installed; `None` when that is nothing.
///
/// # Errors
/// A requirement that cannot be read, no installer.
pub(crate) fn prepare(wanted: &PythonDependencies, env: &Env) -> Result<Option<PythonRequest>> {
    check_version(&wanted.python)?;
    let installer = PythonInstaller::find(env, &wanted.python)?;
    let target = MarkerEnvironment::new(&wanted.python, &wanted.platform);
    let inputs = read(wanted, env, &target)?;
    if inputs.requirements.is_empty() && !wanted.instrumented && !inputs.elsewhere() {
        return Ok(None);
    }
    let base_key = cache_key(wanted, &inputs, &installer, &settings(wanted, env));
    let local = inputs.local_key.iter().fold(String::new(), |text, line| text + line + "\n");
    let local_key = (!local.is_empty()).then(|| requirements::hash_text(&format!("{base_key} {local}")));
    let instrumentation_key =
        wanted.instrumented.then(|| requirements::hash_text(&format!("{base_key} {}", instrumentation::IDENTITY)));
    let keys = [Some(&base_key), local_key.as_ref(), instrumentation_key.as_ref()];
    let key = match keys.into_iter().flatten().collect::<Vec<_>>().as_slice() {
        [only] => (*only).clone(),
        several => requirements::hash_text(&format!("{several:?}")),
    };
    Ok(Some(PythonRequest {
        wanted: wanted.clone(),
        installer,
        inputs,
        target,
        key,
        base_key,
        local_key,
        instrumentation_key,
    }))
}

impl PythonRequest {
    /// The same for the same requirements, platform, Python, installer and indexes, and for the same content of what is
    /// a file or folder of this machine. Has no trace of credentials.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The same without the content of folders of this machine: what [`PartContent::Local`] does not hold.
    pub(crate) fn base_key(&self) -> &str {
        &self.base_key
    }

    /// Of what [`PartContent::Local`] holds; `None` when that is nothing.
    pub(crate) fn local_key(&self) -> Option<&str> {
        self.local_key.as_deref()
    }

    /// Of what [`PartContent::Instrumentation`] holds; `None` where nobody wants it.
    pub(crate) fn instrumentation_key(&self) -> Option<&str> {
        self.instrumentation_key.as_deref()
    }

    /// A requirement that can change without a change of its text, such as a branch of a repository.
    pub(crate) fn moving(&self) -> Option<&str> {
        self.inputs.moving.as_deref()
    }

    /// Requirements whose version the index decides, by name. Empty with a lock.
    pub(crate) fn unpinned(&self) -> &[String] {
        &self.inputs.unpinned
    }

    /// What is asked for, by name.
    pub(crate) fn asked(&self) -> AskedPackages {
        let inputs = &self.inputs;
        let is_plain = |one: &Requirement| one.name.is_some() && matches!(one.what, PackageSource::Index { .. });
        AskedPackages {
            names: inputs.requirements.iter().filter_map(|one| one.name.as_deref().map(normalize_name)).collect(),
            complete: inputs.complete,
            opaque: inputs.elsewhere() || !inputs.requirements.iter().all(is_plain),
        }
    }

    /// At least so many bytes are downloaded for each of these packages; empty where nobody has said.
    pub(crate) fn sizes(&self) -> &[(String, u64)] {
        &self.inputs.sizes
    }

    /// `uv` or `pip`.
    pub(crate) fn installer(&self) -> &'static str {
        self.installer.name()
    }

    /// Installs everything.
    ///
    /// # Errors
    /// A requirement that cannot be resolved, a package without a wheel for the platform.
    pub(crate) async fn install(&self, setup: &InstallContext<'_>) -> Result<InstalledPython> {
        self.run(setup, false).await
    }

    /// Installs what [`PartContent::Local`] holds and nothing else.
    ///
    /// # Errors
    /// A build that fails, or makes something for this machine only.
    pub(crate) async fn install_local(&self, setup: &InstallContext<'_>) -> Result<InstalledPython> {
        self.run(setup, true).await
    }

    async fn run(&self, setup: &InstallContext<'_>, only_local: bool) -> Result<InstalledPython> {
        let workspace = setup.cache.workspace()?;
        let (installer, wanted, inputs) = (&self.installer, &self.wanted, &self.inputs);
        let installation = Installation { installer, wanted, inputs, setup, dir: workspace.path() };
        let done = if only_local { installation.run_local().await? } else { installation.run().await? };
        let tree = InstalledTree::load(done.roots.clone(), done.local.clone()).await?;
        for path in &tree.withheld {
            setup.events.warning(format!("`{path}` of a package of yours looks like a secret and is left out"));
        }
        let facts = self.facts(done);
        let (parts, inventory) = facts.describe(&tree);
        for package in &inventory {
            // The installers fall back to one silently when every release needs something that has no wheel.
            if is_pre_release(&package.version) && inputs.unpinned.contains(&normalize_name(&package.name)) {
                setup.events.warning(format!(
                    "`{0}` is installed as {1}, a pre-release: it has no other, or its releases need a package without a wheel \
                     for {2}. Ask for the version that you want (`{0}>=VERSION`) to see which, or build with an engine: \
                     `--builder engine`",
                    package.name, package.version, wanted.platform
                ));
            }
        }
        let instrumentation = if wanted.instrumented && !only_local {
            Some(installation.instrument(&tree, &self.target).await?)
        } else {
            None
        };
        Ok(InstalledPython { tree, parts, inventory, instrumentation, workspace })
    }

    fn facts(&self, done: InstallResult) -> InstallFacts {
        let named = |requirement: &Requirement| Some((requirement.name.clone()?, requirement.extras.clone()));
        InstallFacts {
            asked: self.inputs.requirements.iter().filter_map(named).collect(),
            files: self.inputs.files.iter().cloned().chain(done.files).collect(),
            local: done.local,
            target: self.target.clone(),
        }
    }
}

/// Whether a version is one that installers take only where nothing else fits (PEP 440).
fn is_pre_release(version: &str) -> bool {
    version.parse::<Version>().is_ok_and(|version| version.any_prerelease())
}

fn check_version(python: &str) -> Result<()> {
    let ok = python.split_once('.').is_some_and(|(major, minor)| major == "3" && minor.parse::<u8>().is_ok());
    if ok { Ok(()) } else { Err(Error::usage(format!("`{python}` is not a Python version of the form `3.12`"))) }
}

fn read(wanted: &PythonDependencies, env: &Env, target: &MarkerEnvironment) -> Result<Inputs> {
    let cwd = env.cwd();
    let of_lock = wanted.lock.as_ref().map(|lock| lock.project.clone());
    let of_file = wanted.requirements.first().and_then(|file| Some(file.parent()?.to_owned()));
    let dir = wanted.dir.clone().or(of_lock).or(of_file).map_or_else(|| cwd.to_owned(), |dir| cwd.join(dir));
    let mut reader = RequirementsReader::new(env, target, dir.clone());
    for path in &wanted.requirements {
        reader.add_file(&cwd.join(path))?;
    }
    match &wanted.lock {
        Some(lock) => reader.add_lock(lock, &wanted.specifiers)?,
        None => reader.add_specifiers(&wanted.specifiers, &dir)?,
    }
    Ok(reader.finish())
}

#[cfg(test)]
mod tests;
