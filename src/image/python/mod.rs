//! A layer with an agent's Python dependencies, installed for the platform it will run on.
//!
//! Owns: when to install and when to reuse, what identifies a set of dependencies. `requirements` reads what is wanted,
//! `install` runs uv or pip, `tree` makes the result independent of this machine, `secrets` keeps index credentials
//! out of it. Does not own: which dependencies a project has.

mod install;
mod requirements;
mod secrets;
mod tree;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::events::Outcome;
use crate::fsx;
use crate::process::{self, Child};

use super::layer::{DOCKER_LAYER, Layer, Owner, build_layer};
use super::native::BuildContext;
use super::reference::{Digest, Hasher, Platform};

use install::{Installation, Installer};
use requirements::Inputs;

/// Where dependencies are in the image, without the leading slash.
pub(crate) const PREFIX: &str = "opt/python";
/// Part of every cache key; a change in what a layer contains needs another one.
const FORMAT: u32 = 1;
const STEP: &str = "dependencies";

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

/// What is remembered beside a cached layer.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    digest: Digest,
    diff_id: Digest,
    size: u64,
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

/// The layer with these dependencies, from the cache or freshly installed; `None` when there are none.
///
/// # Errors
/// A requirement that cannot be read or resolved, a package without a wheel for the platform, no installer.
pub(crate) async fn layer(wanted: &PythonDependencies, context: &BuildContext<'_>) -> Result<Option<Layer>> {
    check_version(&wanted.python)?;
    let installer = Installer::find(context.env, &wanted.python)?;
    let inputs = read(wanted, context.env, &installer)?;
    if inputs.key.is_empty() {
        return Ok(None);
    }
    let dir = context.cache_dir.join("python");
    fsx::create_private_dir(&dir)?;
    let key = cache_key(wanted, &inputs, &installer, context.env);
    let (file, memory) = (dir.join(format!("{key}.tar.gz")), dir.join(format!("{key}.json")));
    context.events.started(STEP, format!("install Python {} dependencies for {}", wanted.python, wanted.platform));
    if !context.fresh
        && inputs.moving.is_none()
        && let Some(layer) = recall(&file, &memory)
    {
        context.events.finished(
            STEP,
            Outcome::Unchanged,
            "dependencies: the requirements are the same, the layer in the cache is used",
        );
        return Ok(Some(layer));
    }
    if let Some(line) = &inputs.moving {
        context.events.detail(STEP, format!("`{line}` can change by itself, so nothing is taken from the cache"));
    }
    let workspace = context.workspace()?;
    let installation = Installation { installer: &installer, wanted, inputs: &inputs, context, dir: workspace.path() };
    let roots = installation.run().await?;
    let out = dir.clone();
    let layer = tokio::task::spawn_blocking(move || build_layer(tree::entries(&roots, PREFIX)?, Owner::ROOT, &out))
        .await
        .context("the thread that wrote the dependency layer stopped")??;
    let layer = remember(&layer, file, &memory)?;
    context.events.finished(
        STEP,
        Outcome::Created,
        format!("dependencies, {} with {}", super::size_text(layer.size), installer.name()),
    );
    Ok(Some(layer))
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

/// A cached layer, when both of its files are there and agree.
fn recall(file: &Path, memory: &Path) -> Option<Layer> {
    let known: Remembered = serde_json::from_slice(&std::fs::read(memory).ok()?).ok()?;
    let found = std::fs::metadata(file).ok()?;
    (found.len() == known.size).then(|| Layer {
        digest: known.digest,
        diff_id: known.diff_id,
        size: known.size,
        file: file.to_owned(),
        media_type: DOCKER_LAYER,
    })
}

/// Moves the layer to its place in the cache. The file with its digests comes last, so a hit is always whole.
fn remember(layer: &Layer, file: PathBuf, memory: &Path) -> Result<Layer> {
    let what = || format!("could not write `{}`", file.display());
    // An older layer of this key must not be believed while its file is replaced.
    let _ = std::fs::remove_file(memory);
    std::fs::rename(&layer.file, &file).with_context(what)?;
    let known = Remembered { digest: layer.digest, diff_id: layer.diff_id, size: layer.size };
    fsx::write_atomic(memory, &serde_json::to_vec(&known).with_context(what)?)?;
    Ok(Layer { file, ..layer.clone() })
}

#[cfg(test)]
mod tests;
