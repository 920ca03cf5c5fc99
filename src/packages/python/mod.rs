//! Python packages, installed for the platform they will run on.
//!
//! Owns: what identifies a set of dependencies. `requirements` reads what is wanted, `install` runs uv or pip, `tree`
//! makes the result independent of this machine, `secrets` keeps index credentials out of it. Does not own: which
//! dependencies a project has, keeping what was installed.

mod install;
mod requirements;
pub(super) mod secrets;
mod tree;

use std::path::PathBuf;

use crate::digest::Hasher;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::platform::Platform;
use crate::process::{self, Child};
use crate::tree::Entry;

use super::Setup;
use install::{Installation, Installer};
use requirements::Inputs;

/// Part of every key; a change in what is installed needs another one.
const FORMAT: u32 = 2;

/// What to install and for what.
#[derive(Clone, Debug)]
pub(crate) struct PythonDependencies {
    /// Requirement files, or a `pyproject.toml` for its `[project] dependencies`.
    pub(crate) requirements: Vec<PathBuf>,
    pub(crate) specifiers: Vec<String>,
    /// The directory of a `uv.lock`.
    pub(crate) uv_lock_project: Option<PathBuf>,
    /// Installed besides, such as the OpenTelemetry distribution.
    pub(crate) extra: Vec<String>,
    /// `3.12`
    pub(crate) python: String,
    pub(crate) platform: Platform,
}

/// The version of this machine's `python3`, as `3.12`.
///
/// # Errors
/// When there is no `python3` on `PATH`, or it does not run.
pub(crate) async fn host_python_version(env: &Env) -> Result<String> {
    let python = find_python(env, &["python3", "python"]).ok_or_else(|| {
        Error::failed("there is no `python3` on PATH")
            .hint("install Python 3, or choose another way to build with `--builder`")
    })?;
    let script = "import sys; print('%d.%d' % sys.version_info[:2])";
    Ok(Child::new(python).args(["-c", script]).check().await?.stdout_text())
}

fn find_python(env: &Env, names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| process::find(env, name))
}

/// Dependencies that were read and can be installed.
#[derive(Debug)]
pub(crate) struct Request {
    wanted: PythonDependencies,
    installer: Installer,
    inputs: Inputs,
    key: String,
}

/// Packages on disk, for as long as this value lives.
#[derive(Debug)]
pub(crate) struct Installed {
    /// To be laid over each other, the first on top.
    roots: Vec<PathBuf>,
    _workspace: tempfile::TempDir,
}

/// Reads what is to be installed; `None` when that is nothing.
///
/// # Errors
/// A requirement that cannot be read, no installer.
pub(crate) fn prepare(wanted: &PythonDependencies, env: &Env) -> Result<Option<Request>> {
    check_version(&wanted.python)?;
    let installer = Installer::find(env, &wanted.python)?;
    let inputs = read(wanted, env, &installer)?;
    if inputs.key.is_empty() {
        return Ok(None);
    }
    let key = cache_key(wanted, &inputs, &installer, env);
    Ok(Some(Request { wanted: wanted.clone(), installer, inputs, key }))
}

impl Request {
    /// The same for the same requirements, platform, Python and installer. Has no trace of credentials.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// A requirement that installs differently tomorrow without a change of text, such as a local directory.
    pub(crate) fn moving(&self) -> Option<&str> {
        self.inputs.moving.as_deref()
    }

    /// `uv` or `pip`.
    pub(crate) fn installer(&self) -> &'static str {
        self.installer.name()
    }

    /// Installs everything.
    ///
    /// # Errors
    /// A requirement that cannot be resolved, a package without a wheel for the platform.
    pub(crate) async fn install(&self, setup: &Setup<'_>) -> Result<Installed> {
        let workspace = setup.cache.workspace()?;
        let (installer, wanted, inputs) = (&self.installer, &self.wanted, &self.inputs);
        let installation = Installation { installer, wanted, inputs, setup, dir: workspace.path() };
        let roots = installation.run().await?;
        Ok(Installed { roots, _workspace: workspace })
    }
}

impl Installed {
    /// The files below `prefix` (without slashes around; empty for none). Reads parts of them: call it in
    /// `spawn_blocking`.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(crate) fn entries(&self, prefix: &str) -> Result<Vec<Entry>> {
        tree::entries(&self.roots, prefix)
    }
}

fn check_version(python: &str) -> Result<()> {
    let ok = python.split_once('.').is_some_and(|(major, minor)| major == "3" && minor.parse::<u8>().is_ok());
    if ok { Ok(()) } else { Err(Error::usage(format!("`{python}` is not a Python version of the form `3.12`"))) }
}

fn read(wanted: &PythonDependencies, env: &Env, installer: &Installer) -> Result<Inputs> {
    let mut inputs = Inputs { secrets: secrets::in_env(env), ..Inputs::default() };
    for path in &wanted.requirements {
        inputs.add_file(&env.cwd().join(path))?;
    }
    if let Some(project) = &wanted.uv_lock_project {
        inputs.add_lock(&env.cwd().join(project), installer.is_uv())?;
    }
    inputs.add_specifiers(&wanted.specifiers);
    inputs.add_specifiers(&wanted.extra);
    Ok(inputs)
}

fn cache_key(wanted: &PythonDependencies, inputs: &Inputs, installer: &Installer, env: &Env) -> String {
    let mut hasher = Hasher::default();
    let mut add = |text: &str| {
        hasher.update(text.as_bytes());
        hasher.update(b"\n");
    };
    add(&format!("format {FORMAT}, {}, python {}, {}", installer.name(), wanted.python, wanted.platform));
    secrets::index_hosts(env).iter().for_each(|host| add(host));
    inputs.key.iter().chain(&inputs.constraints).for_each(|line| add(line));
    hasher.finish().hex()
}

#[cfg(test)]
mod tests;
