//! What a Python agent adds to an image: its dependencies, and the variables by which the interpreter finds them.

use super::super::Tools;
use super::super::fingerprint::Ingredients;
use super::super::outline::{Outline, OutlineLayer, PackageSize};
use super::{Added, Recipe};
use crate::cache::Cache;
use crate::error::{Context, Error, Result};
use crate::events::Outcome;
use crate::image::native::{Base, BaseImage, NamedLayer};
use crate::image::{cached, size_text};
use crate::packages::Setup;
use crate::packages::inventory::{Inventory, KeptSet};
use crate::packages::python::{
    self, Holds, Installed, LockKind, Locked, PythonDependencies, Selection, host_python_version,
};
use crate::platform::Platform;
use crate::project::{self, PythonVersion, Source, VersionSource};

/// Where dependencies are in the image, without the leading slash.
const PREFIX: &str = "opt/python";
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
        Some(base) => choose_python(base, &mut recipe.source.python, tools)?,
    }
    let dependencies = dependencies(recipe, platform, tools).await?;
    Ok(settings(&recipe.source, dependencies))
}

/// Adds the layers that are to come, and what is in them where that is known.
pub(super) async fn outline(
    recipe: &Recipe,
    platform: &Platform,
    tools: &Tools<'_>,
    outline: &mut Outline,
) -> Result<()> {
    let Some(request) = prepare(recipe, platform, tools).await?.1 else { return Ok(()) };
    let (others, local) = kept(recipe, &request, tools);
    for (found, what) in [(others, Holds::Dependencies), (local, Holds::Local)] {
        let Some(found) = found else {
            outline.layers.push(OutlineLayer { what: what.name().to_owned(), size: None, cached: false });
            continue;
        };
        let of_layer =
            |own: NamedLayer| OutlineLayer { what: own.what.to_owned(), size: Some(own.layer.size), cached: true };
        outline.layers.extend(found.layers.into_iter().map(of_layer));
        outline.packages.extend(found.inventory.packages.into_iter().map(PackageSize::from));
    }
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
    ingredients.add("search path", recipe.source.search_path().collect::<Vec<_>>().join(":"));
    ingredients.add("dependencies", request.as_ref().map_or("", |request| request.key()));
    Ok(request.is_none_or(|request| request.moving().is_none()))
}

/// What the cache has of the dependencies, folders of this machine last.
fn kept(recipe: &Recipe, request: &python::Request, tools: &Tools<'_>) -> (Option<Dependencies>, Option<Dependencies>) {
    let look = |key: &str| if recipe.fresh { None } else { recall(tools.cache, key) };
    let others = if request.moving().is_some() { None } else { look(request.base_key()) };
    let local = match request.local_key() {
        Some(key) => look(key),
        None => Some(Dependencies::default()),
    };
    (others, local)
}

/// The layers of dependencies, from the cache or freshly installed; empty when there are none.
///
/// Packages that are folders of this machine have layers of their own and are looked up by themselves: they change
/// with every edit, and what they need in turn does not.
async fn dependencies(recipe: &Recipe, platform: &Platform, tools: &Tools<'_>) -> Result<Dependencies> {
    let wanted = wanted(&recipe.source, recipe.otel, platform);
    let events = tools.events;
    let Some(request) = python::prepare(&wanted, tools.env)? else { return Ok(Dependencies::default()) };
    events.started(STEP, format!("install Python {} dependencies for {platform}", wanted.python));
    let (others, local) = kept(recipe, &request, tools);
    let setup = Setup { env: tools.env, cache: tools.cache, events };
    let (others, local) = match (others, local) {
        (Some(others), Some(local)) => {
            let text = "dependencies: the requirements are the same, the layers in the cache are used";
            events.finished(STEP, Outcome::Unchanged, text);
            return Ok(others.join(local));
        }
        (Some(others), None) => {
            let installed = request.install_local(&setup).await?;
            (others, keep(installed, &request, true, tools).await?.1)
        }
        (None, _) => {
            tell(&request, tools);
            let installed = request.install(&setup).await?;
            keep(installed, &request, false, tools).await?
        }
    };
    let all = others.join(local);
    let size = size_text(all.layers.iter().map(|layer| layer.layer.size).sum());
    let count = all.inventory.packages.len();
    let text = format!("dependencies, {count} packages, {size}, with {}", request.installer());
    events.finished(STEP, Outcome::Created, text);
    Ok(all)
}

/// What may surprise on another day.
fn tell(request: &python::Request, tools: &Tools<'_>) {
    if let Some(line) = request.moving() {
        let text = format!("`{line}` can change by itself, so nothing is taken from the cache");
        tools.events.detail(STEP, text);
    }
    let unpinned = request.unpinned();
    if let Some(first) = unpinned.first() {
        let others = unpinned.len() - 1;
        let others = if others == 0 { String::new() } else { format!(" and {others} more") };
        tools.events.note(format!(
            "`{first}`{others} may be another version on another day: pin them, or use a lock file, for the same image"
        ));
    }
}

fn recall(cache: &Cache, key: &str) -> Option<Dependencies> {
    let set = KeptSet::recall(cache, key)?;
    let layers = set.layers.iter().map(|(what, key)| {
        let what = Holds::parse(what)?.name();
        Some(NamedLayer { layer: cached::recall(cache, key)?, what })
    });
    Some(Dependencies { layers: layers.collect::<Option<_>>()?, inventory: set.inventory })
}

/// Makes layers of what was installed, takes those that are in the cache, and remembers the two sets: folders of this
/// machine last.
async fn keep(
    installed: Installed,
    request: &python::Request,
    only_local: bool,
    tools: &Tools<'_>,
) -> Result<(Dependencies, Dependencies)> {
    let work = move || installed.parts(PREFIX).map(|parts| (installed, parts));
    let read = tokio::task::spawn_blocking(work).await.context("the thread that read the dependencies stopped")?;
    let (installed, parts) = read?;
    let mut sets = [KeptSet::default(), KeptSet::default()];
    let mut found = [Dependencies::default(), Dependencies::default()];
    for (local, set) in [false, true].into_iter().zip(&mut sets) {
        set.inventory = installed.inventory_of(local);
    }
    for part in parts {
        let at = usize::from(part.holds == Holds::Local);
        let layer = match cached::recall(tools.cache, &part.key) {
            Some(layer) => layer,
            None => cached::make(tools.cache, &part.key, part.entries).await?,
        };
        let what = part.holds.name();
        sets[at].layers.push((what.to_owned(), part.key));
        found[at].layers.push(NamedLayer { layer, what });
    }
    let [others, local] = sets;
    let [mut of_others, mut of_local] = found;
    if let Some(key) = request.local_key() {
        local.keep(tools.cache, key)?;
    }
    if !only_local {
        others.keep(tools.cache, request.base_key())?;
    }
    of_others.inventory = others.inventory;
    of_local.inventory = local.inventory;
    Ok((of_others, of_local))
}

/// Layers, the lowest first, and what is in them.
#[derive(Debug, Default)]
struct Dependencies {
    layers: Vec<NamedLayer>,
    inventory: Inventory,
}

impl Dependencies {
    fn join(mut self, above: Self) -> Self {
        self.layers.extend(above.layers);
        Self { layers: self.layers, inventory: self.inventory.join(above.inventory) }
    }
}

fn settings(source: &Source, dependencies: Dependencies) -> Added {
    let installed = (!dependencies.layers.is_empty()).then(|| format!("/{PREFIX}"));
    let path = installed.iter().map(|prefix| format!("{prefix}/bin")).collect();
    let own = source.search_path().map(|folder| format!("/app/{folder}"));
    let python_path: Vec<String> = installed.into_iter().chain(own).collect();
    let fixed =
        [("DOCKER_CONTAINER", "1"), ("PYTHONUNBUFFERED", "1"), ("PYTHONDONTWRITEBYTECODE", "1"), ("HOME", "/tmp")];
    let mut env: Vec<(String, String)> = fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    if !python_path.is_empty() {
        env.insert(0, ("PYTHONPATH".to_owned(), python_path.join(":")));
    }
    Added { layers: dependencies.layers, path, env, inventory: dependencies.inventory }
}

/// What to install for a source.
pub(in super::super) fn wanted(source: &Source, otel: bool, platform: &Platform) -> PythonDependencies {
    let mut wanted = PythonDependencies::none(&source.python.version, platform);
    match &source.dependencies {
        project::Dependencies::Requirements { file } => wanted.requirements.push(file.clone()),
        project::Dependencies::Pyproject { specifiers, uv_lock, file, poetry, extras, groups } => {
            wanted.specifiers.clone_from(specifiers);
            let dir = file.parent().unwrap_or(file).to_owned();
            let of_poetry = poetry.as_ref().and_then(|poetry| poetry.lock.clone());
            let lock = uv_lock.clone().map(|file| (LockKind::Uv, file));
            let lock = lock.or_else(|| of_poetry.map(|file| (LockKind::Poetry, file)));
            wanted.lock = lock.map(|(kind, file)| Locked {
                kind,
                file,
                project: dir.clone(),
                selection: Selection { extras: extras.clone(), groups: groups.clone() },
            });
            wanted.dir = Some(dir);
        }
        project::Dependencies::Npm { .. } | project::Dependencies::None => {}
    }
    if otel && !source.has_otel {
        wanted.extra.push(project::OTEL_DISTRO.to_owned());
    }
    wanted
}

/// Wheels with compiled parts work with one Python only, so a base that says which one it has must have it. Where
/// nobody has said which one is wanted, it is the base's.
fn choose_python(base: &BaseImage, python: &mut PythonVersion, tools: &Tools<'_>) -> Result<()> {
    let wanted = &python.version;
    let Some(version) = base.variable("PYTHON_VERSION") else {
        let reference = base.reference();
        tools.events.note(format!(
            "base image `{reference}` does not say which Python it has; the dependencies are for {wanted} ({})",
            python.from
        ));
        return Ok(());
    };
    if version == *wanted || version.starts_with(&format!("{wanted}.")) {
        return Ok(());
    }
    let minor: Vec<&str> = version.splitn(3, '.').take(2).collect();
    if let (VersionSource::Default, ["3", minor]) = (&python.from, minor.as_slice())
        && minor.parse::<u8>().is_ok()
    {
        python.version = format!("3.{minor}");
        return Ok(());
    }
    Err(Error::usage(format!("base image `{}` has Python {version}, and the agent wants {wanted}", base.reference()))
        .hint("choose a base image with the same Python version with `--base-image`"))
}
