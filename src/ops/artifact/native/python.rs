//! What a Python agent adds to an image: its dependencies, and the variables by which the interpreter finds them.

use std::path::Path;

use super::super::Tools;
use super::super::fingerprint::Ingredients;
use super::super::outline::{Outline, OutlineLayer};
use super::{Added, Recipe};
use crate::error::{Context, Error, Result};
use crate::events::Outcome;
use crate::image::layer::Layer;
use crate::image::native::{Base, BaseImage, NamedLayer};
use crate::image::{cached, size_text};
use crate::packages::Setup;
use crate::packages::python::{self, PythonDependencies, host_python_version};
use crate::platform::Platform;
use crate::project::{self, Dependencies, Source};

/// Where dependencies are in the image, without the leading slash.
const PREFIX: &str = "opt/python";
/// The name of the layer in the image's history.
const WHAT: &str = "Python dependencies";
const STEP: &str = "dependencies";

pub(super) async fn add(
    recipe: &mut Recipe,
    platform: &Platform,
    base: Option<&BaseImage>,
    tools: &Tools<'_>,
) -> Result<Added> {
    match base {
        // Nothing inside interprets the source, so the wheels must fit the interpreter that will be lent.
        None => recipe.source.python.version = host_python_version(tools.env).await?,
        Some(base) => check_python(base, &recipe.source.python.version)?,
    }
    let layer = dependencies(recipe, platform, tools).await?;
    Ok(settings(&recipe.source, layer))
}

/// Adds the layers that are to come.
pub(super) async fn outline(
    recipe: &Recipe,
    platform: &Platform,
    tools: &Tools<'_>,
    outline: &mut Outline,
) -> Result<()> {
    let Some(request) = prepare(recipe, platform, tools).await?.1 else { return Ok(()) };
    let kept = cached::recall(tools.cache, request.key()).filter(|_| request.moving().is_none());
    outline.layers.push(OutlineLayer {
        what: WHAT.to_owned(),
        size: kept.as_ref().map(|layer| layer.size),
        cached: kept.is_some(),
    });
    Ok(())
}

/// What there is to install, and for which Python, before the base image has been asked.
async fn prepare(recipe: &Recipe, platform: &Platform, tools: &Tools<'_>) -> Result<(String, Option<python::Request>)> {
    let mut source = recipe.source.clone();
    if recipe.base == Base::Scratch {
        source.python.version = host_python_version(tools.env).await?;
    }
    let request = python::prepare(&wanted(&source, recipe.otel, platform), tools.env)?;
    Ok((source.python.version, request))
}

/// Adds what makes this agent's dependencies what they are; `false` when that can change without notice.
pub(super) async fn identify(
    recipe: &Recipe,
    platform: &Platform,
    tools: &Tools<'_>,
    ingredients: &mut Ingredients,
) -> Result<bool> {
    let (version, request) = prepare(recipe, platform, tools).await?;
    ingredients.add("python", version);
    ingredients.add("import root", recipe.source.import_root.as_deref().unwrap_or_default());
    ingredients.add("dependencies", request.as_ref().map_or("", |request| request.key()));
    Ok(request.is_none_or(|request| request.moving().is_none()))
}

/// The layer of dependencies, from the cache or freshly installed; `None` when there are none.
async fn dependencies(recipe: &Recipe, platform: &Platform, tools: &Tools<'_>) -> Result<Option<Layer>> {
    let wanted = wanted(&recipe.source, recipe.otel, platform);
    let events = tools.events;
    let Some(request) = python::prepare(&wanted, tools.env)? else { return Ok(None) };
    events.started(STEP, format!("install Python {} dependencies for {platform}", wanted.python));
    let kept =
        if recipe.fresh || request.moving().is_some() { None } else { cached::recall(tools.cache, request.key()) };
    if let Some(layer) = kept {
        let text = "dependencies: the requirements are the same, the layer in the cache is used";
        events.finished(STEP, Outcome::Unchanged, text);
        return Ok(Some(layer));
    }
    if let Some(line) = request.moving() {
        events.detail(STEP, format!("`{line}` can change by itself, so nothing is taken from the cache"));
    }
    let setup = Setup { env: tools.env, cache: tools.cache, events };
    let installed = request.install(&setup).await?;
    let (installed, entries) = tokio::task::spawn_blocking(move || {
        let entries = installed.entries(PREFIX);
        (installed, entries)
    })
    .await
    .context("the thread that read the dependencies stopped")?;
    let layer = cached::make(tools.cache, request.key(), entries?).await?;
    drop(installed);
    let text = format!("dependencies, {} with {}", size_text(layer.size), request.installer());
    events.finished(STEP, Outcome::Created, text);
    Ok(Some(layer))
}

fn settings(source: &Source, dependencies: Option<Layer>) -> Added {
    let installed = dependencies.as_ref().map(|_| format!("/{PREFIX}"));
    let path = installed.iter().map(|prefix| format!("{prefix}/bin")).collect();
    let import_root = source.import_root.iter().map(|folder| format!("/app/{folder}"));
    let python_path: Vec<String> = installed.into_iter().chain(import_root).collect();
    let fixed =
        [("DOCKER_CONTAINER", "1"), ("PYTHONUNBUFFERED", "1"), ("PYTHONDONTWRITEBYTECODE", "1"), ("HOME", "/tmp")];
    let mut env: Vec<(String, String)> = fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    if !python_path.is_empty() {
        env.insert(0, ("PYTHONPATH".to_owned(), python_path.join(":")));
    }
    let layers = dependencies.map(|layer| NamedLayer { layer, what: WHAT }).into_iter().collect();
    Added { layers, path, env }
}

/// What to install for a source.
pub(in super::super) fn wanted(source: &Source, otel: bool, platform: &Platform) -> PythonDependencies {
    let mut wanted = PythonDependencies {
        requirements: Vec::new(),
        specifiers: Vec::new(),
        uv_lock_project: None,
        extra: Vec::new(),
        python: source.python.version.clone(),
        platform: platform.clone(),
    };
    match &source.dependencies {
        Dependencies::Requirements { file } => wanted.requirements.push(file.clone()),
        Dependencies::Pyproject { specifiers, uv_lock, file } => {
            wanted.specifiers.clone_from(specifiers);
            wanted.uv_lock_project = uv_lock.as_ref().and_then(|_| file.parent().map(Path::to_owned));
        }
        Dependencies::Npm { .. } | Dependencies::None => {}
    }
    if otel && !source.has_otel {
        wanted.extra.push(project::OTEL_DISTRO.to_owned());
    }
    wanted
}

/// Wheels with compiled parts work with one Python only, so a base that says which one it has must have it.
fn check_python(base: &BaseImage, wanted: &str) -> Result<()> {
    let Some(version) = base.variable("PYTHON_VERSION") else { return Ok(()) };
    if version == wanted || version.starts_with(&format!("{wanted}.")) {
        return Ok(());
    }
    Err(Error::usage(format!("base image `{}` has Python {version}, and the agent wants {wanted}", base.reference()))
        .hint("choose a base image with the same Python version with `--base-image`"))
}
