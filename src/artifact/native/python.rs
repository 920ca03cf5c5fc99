//! What a Python agent adds to an image: its dependencies, and the variables by which the interpreter finds them.

use super::super::fingerprint::Ingredients;
use super::super::outline::{ArtifactOutline, OutlineLayer, PackageSize};
use super::super::preflight::{self, PackageRequest};
use super::super::{Tools, limits};
use super::{LanguageAdditions, NativeBuildPlan};
use crate::cache::Cache;
use crate::error::{Context, Error, Result};
use crate::events::Outcome;
use crate::image::layer::LayerFile;
use crate::image::native::{BaseImage, ImageBase};
use crate::image::{MAX_IMAGE, cached, size_text};
use crate::packages::InstallContext;
use crate::packages::inventory::{Inventory, KeptSet};
use crate::packages::python::byte_code::{self, Compiler};
use crate::packages::python::{
    self, InstalledPython as Installed, LockKind, LockedProject as Locked, PartContent as Holds, PythonDependencies,
    Selection, host_python_version,
};
use crate::platform::Platform;
use crate::project::{self, PythonVersion, Source, VersionSource};

/// Where dependencies are in the image, without the leading slash.
pub(in super::super) const PREFIX: &str = "opt/python";
const STEP: &str = "dependencies";

pub(super) async fn add(
    plan: &mut NativeBuildPlan,
    platform: &Platform,
    base: Option<&BaseImage>,
    tools: &Tools<'_>,
) -> Result<Option<LanguageAdditions>> {
    match base {
        // Nothing inside interprets the source, so the wheels must fit the interpreter that will be lent.
        None => {
            let wanted = &plan.source.python;
            let version = lent(wanted, tools).await?;
            if version != wanted.version && wanted.from != VersionSource::Default {
                let (own, from) = (&wanted.version, &wanted.from);
                tools.events.note(format!(
                    "the agent is for Python {own} ({from}), and Python {version} of this machine will run it; install Python \
                     {own} to run it as it is deployed"
                ));
            }
            plan.source.python.version = version;
        }
        Some(base) => choose_python(base, &mut plan.source.python, tools)?,
    }
    let compiler = compiler(&plan.source.python.version, tools).await;
    let Some(dependencies) = dependencies(plan, platform, compiler.as_ref(), tools).await? else { return Ok(None) };
    plan.otel &= plan.source.has_otel || dependencies.instrumented;
    let mut added = LanguageAdditions { compiler, ..settings(&plan.source, dependencies) };
    if base.is_none() {
        // As the official images say it; whoever lends an interpreter can tell from nothing else in an image without
        // compiled packages.
        added.env.push(("PYTHON_VERSION".to_owned(), plan.source.python.version.clone()));
    }
    Ok(Some(added))
}

/// The Python that this machine lends: the one that the project asks for, where it does.
async fn lent(wanted: &PythonVersion, tools: &Tools<'_>) -> Result<String> {
    let asked = (wanted.from != VersionSource::Default).then_some(wanted.version.as_str());
    host_python_version(tools.env, asked).await
}

/// What compiles for the agent's Python; where there is none, that is said.
pub(in super::super) async fn compiler(version: &str, tools: &Tools<'_>) -> Option<Compiler> {
    let found = Compiler::find(tools.env, version).await;
    if found.is_none() && !byte_code::is_off(tools.env) {
        tools.events.note(byte_code::missing(version));
    }
    found
}

/// Adds the layers that are to come, and what is in them where that is known.
pub(super) async fn outline(
    plan: &NativeBuildPlan,
    platform: &Platform,
    tools: &Tools<'_>,
    outline: &mut ArtifactOutline,
) -> Result<()> {
    let (version, request) = prepare(plan, platform, tools).await?;
    let Some(request) = request else { return Ok(()) };
    limits::warn_of_downloads(request.sizes(), MAX_IMAGE, tools);
    let compiler = Compiler::find(tools.env, &version).await;
    let found = kept(plan, &request, compiler.as_ref(), tools);
    for (found, what) in found.into_iter().zip(LAYERS) {
        let Some(found) = found else {
            outline.layers.push(OutlineLayer { what: what.name().to_owned(), size: None, cached: false });
            continue;
        };
        let of_layer = |own: LayerFile| OutlineLayer { what: own.what.to_owned(), size: Some(own.size), cached: true };
        outline.layers.extend(found.layers.into_iter().map(of_layer));
        outline.packages.extend(found.inventory.packages.into_iter().map(PackageSize::from));
    }
    Ok(())
}

/// What there is to install, and for which Python, before the base image has been asked.
async fn prepare(
    plan: &NativeBuildPlan,
    platform: &Platform,
    tools: &Tools<'_>,
) -> Result<(String, Option<python::PythonRequest>)> {
    let mut source = plan.source.clone();
    if plan.base == ImageBase::Scratch {
        source.python.version = lent(&source.python, tools).await?;
    }
    let request = python::prepare(&wanted(&source, plan.otel, platform), tools.env)?;
    Ok((source.python.version, request))
}

/// The Python that the agent will have, and its packages. What cannot be read here is refused by the build.
pub(super) async fn check_input(
    plan: &NativeBuildPlan,
    platform: &Platform,
    tools: &Tools<'_>,
) -> (Option<String>, PackageRequest, Vec<String>) {
    let (version, request) = match prepare(plan, platform, tools).await {
        Ok(prepared) => prepared,
        Err(_) => return (None, PackageRequest::Unknown, Vec::new()),
    };
    let python_path = python_path(&plan.source, request.is_some());
    (Some(version), PackageRequest::of_python(request.as_ref(), tools), python_path)
}

/// Adds what makes this agent's dependencies what they are; `false` when that can change without notice.
pub(super) async fn identify(
    plan: &NativeBuildPlan,
    platform: &Platform,
    tools: &Tools<'_>,
    ingredients: &mut Ingredients,
) -> Result<bool> {
    let (version, request) = prepare(plan, platform, tools).await?;
    ingredients.add("python", version);
    ingredients.add("search path", plan.source.search_path().collect::<Vec<_>>().join(":"));
    ingredients.add("dependencies", request.as_ref().map_or("", |request| request.key()));
    // Which Python compiles is not among them: the same source is the same agent, wherever it was built.
    ingredients.add("byte code", if byte_code::is_off(tools.env) { "off" } else { "on" });
    Ok(request.is_none_or(|request| request.moving().is_none()))
}

/// The parts of an agent's dependencies in the order of their layers, each kept by itself: what is on top of the
/// project's packages changes none of them, and folders of this machine change with every edit, while what they need in
/// turn does not.
const LAYERS: [Holds; 3] = [Holds::Instrumentation, Holds::Dependencies, Holds::Local];

/// Where a part is kept. Byte code is part of its layers.
fn set_key(key: &str, compiler: Option<&Compiler>) -> String {
    compiler.map_or_else(|| key.to_owned(), |compiler| format!("{key}-{}", compiler.key()))
}

/// What the cache has of the parts. One that nobody wants is there.
fn kept(
    plan: &NativeBuildPlan,
    request: &python::PythonRequest,
    compiler: Option<&Compiler>,
    tools: &Tools<'_>,
) -> [Option<DependencyLayers>; 3] {
    let keys = [request.instrumentation_key(), Some(request.base_key()), request.local_key()];
    let moving = request.moving().is_some();
    let found = keys.into_iter().zip(LAYERS).map(|(key, holds)| match key {
        None => Some(DependencyLayers::default()),
        Some(_) if plan.fresh || (moving && holds != Holds::Local) => None,
        Some(key) => recall(tools.cache, &set_key(key, compiler), holds),
    });
    let mut found = found.collect::<Vec<_>>().into_iter();
    std::array::from_fn(|_| found.next().flatten())
}

/// The layers of dependencies, from the cache or freshly installed; empty when there are none. `None` where they would have to
/// be installed and may not be.
async fn dependencies(
    plan: &NativeBuildPlan,
    platform: &Platform,
    compiler: Option<&Compiler>,
    tools: &Tools<'_>,
) -> Result<Option<DependencyLayers>> {
    let wanted = wanted(&plan.source, plan.otel, platform);
    let events = tools.events;
    let Some(request) = python::prepare(&wanted, tools.env)? else { return Ok(Some(DependencyLayers::default())) };
    let kept = kept(plan, &request, compiler, tools);
    if plan.only_cached && kept.iter().any(Option::is_none) {
        return Ok(None);
    }
    events.started(STEP, format!("install Python {} dependencies for {platform}", wanted.python));
    let setup = InstallContext { env: tools.env, cache: tools.cache, events };
    let all = match kept {
        [Some(top), Some(others), Some(local)] => {
            let text = "dependencies: the requirements are the same, the layers in the cache are used";
            events.finished(STEP, Outcome::Unchanged, text);
            let all = top.join(others).join(local);
            preflight::remember(&request, &all.inventory, tools)?;
            all.tell(tools);
            return Ok(Some(all));
        }
        [Some(top), Some(others), None] => {
            let installed = request.install_local(&setup).await?;
            let [_, _, local] = keep(installed, &request, true, compiler, tools).await?;
            top.join(others).join(local)
        }
        _ => {
            tell(&request, tools);
            limits::check_downloads(request.sizes(), MAX_IMAGE)?;
            let installed = request.install(&setup).await?;
            let [top, others, local] = keep(installed, &request, false, compiler, tools).await?;
            top.join(others).join(local)
        }
    };
    preflight::remember(&request, &all.inventory, tools)?;
    let size = size_text(all.layers.iter().map(|layer| layer.size).sum());
    let count = all.inventory.packages.len();
    let text = format!("dependencies, {count} packages, {size}, with {}", request.installer());
    events.finished(STEP, Outcome::Created, text);
    all.tell(tools);
    let sizes = all.inventory.packages.iter().map(|package| (package.name.clone(), package.size));
    limits::cuda_note(sizes).into_iter().for_each(|note| events.note(note));
    Ok(Some(all))
}

/// What may surprise on another day.
fn tell(request: &python::PythonRequest, tools: &Tools<'_>) {
    if let Some(line) = request.moving() {
        tools.events.note(format!("`{line}` can change by itself, so nothing is taken from the cache"));
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

fn recall(cache: &Cache, key: &str, holds: Holds) -> Option<DependencyLayers> {
    let set = KeptSet::recall(cache, key)?;
    let layers = set.layers.iter().map(|(what, key)| cached::recall(cache, key, Holds::parse(what)?.name()));
    Some(DependencyLayers {
        layers: layers.collect::<Option<_>>()?,
        inventory: set.inventory,
        instrumented: holds == Holds::Instrumentation && !set.unavailable,
        // What works in part was said when it was installed.
        notes: if set.unavailable { set.notes } else { Vec::new() },
        unavailable: set.unavailable,
    })
}

/// Makes layers of what was installed, takes those that are in the cache, and remembers each part.
async fn keep(
    installed: Installed,
    request: &python::PythonRequest,
    only_local: bool,
    compiler: Option<&Compiler>,
    tools: &Tools<'_>,
) -> Result<[DependencyLayers; 3]> {
    let work = move || installed.parts(PREFIX).map(|parts| (installed, parts));
    let read = tokio::task::spawn_blocking(work).await.context("the thread that read the dependencies stopped")?;
    let (installed, parts) = read?;
    let mut sets: [KeptSet; 3] = std::array::from_fn(|_| KeptSet::default());
    let mut found: [DependencyLayers; 3] = std::array::from_fn(|_| DependencyLayers::default());
    for (holds, set) in LAYERS.into_iter().zip(&mut sets) {
        set.inventory = installed.inventory_of(holds);
    }
    if let Some(instrumentation) = installed.instrumentation() {
        sets[0].notes.extend(instrumentation.note.clone());
        sets[0].unavailable = !instrumentation.ready;
        found[0].instrumented = instrumentation.ready;
    }
    for (number, mut part) in parts.into_iter().enumerate() {
        let at = LAYERS.iter().position(|holds| *holds == part.holds).unwrap_or_default();
        let key = set_key(&part.key, compiler);
        let what = part.holds.name();
        let layer = match cached::recall(tools.cache, &key, what) {
            Some(layer) => layer,
            None => {
                if let Some(compiler) = compiler {
                    let dir = installed.scratch(&format!("byte-code-{number}"));
                    compiler.add_to(&mut part.entries, "/", &dir).await?;
                }
                cached::make(tools.cache, &key, what, part.entries).await?
            }
        };
        sets[at].layers.push((what.to_owned(), key));
        found[at].layers.push(layer);
    }
    let keys = [request.instrumentation_key(), Some(request.base_key()), request.local_key()];
    for (at, key) in keys.into_iter().enumerate() {
        if let Some(key) = key.filter(|_| !only_local || LAYERS[at] == Holds::Local) {
            sets[at].keep(tools.cache, &set_key(key, compiler))?;
        }
    }
    for (set, found) in sets.into_iter().zip(&mut found) {
        found.inventory = set.inventory;
        found.notes = set.notes;
        found.unavailable = set.unavailable;
    }
    Ok(found)
}

/// Layers, the lowest first, and what is in them.
#[derive(Debug, Default)]
struct DependencyLayers {
    layers: Vec<LayerFile>,
    inventory: Inventory,
    /// An agent can be started behind OpenTelemetry.
    instrumented: bool,
    /// About it.
    notes: Vec<String>,
    /// It was wanted, and cannot be had.
    unavailable: bool,
}

impl DependencyLayers {
    fn join(mut self, above: Self) -> Self {
        self.layers.extend(above.layers);
        self.notes.extend(above.notes);
        Self {
            layers: self.layers,
            inventory: self.inventory.join(above.inventory),
            instrumented: self.instrumented || above.instrumented,
            notes: self.notes,
            unavailable: self.unavailable || above.unavailable,
        }
    }

    /// What became of OpenTelemetry.
    fn tell(&self, tools: &Tools<'_>) {
        for note in &self.notes {
            if self.unavailable { tools.events.warning(note.clone()) } else { tools.events.note(note.clone()) }
        }
    }
}

/// The folders of the image's `PYTHONPATH`.
fn python_path(source: &Source, has_packages: bool) -> Vec<String> {
    let installed = has_packages.then(|| format!("/{PREFIX}"));
    installed.into_iter().chain(source.search_path().map(|folder| format!("/app/{folder}"))).collect()
}

fn settings(source: &Source, dependencies: DependencyLayers) -> LanguageAdditions {
    let has_packages = !dependencies.layers.is_empty();
    let path = if has_packages { vec![format!("/{PREFIX}/bin")] } else { Vec::new() };
    let python_path = python_path(source, has_packages);
    let fixed = [("DOCKER_CONTAINER", "1"), ("PYTHONUNBUFFERED", "1"), ("HOME", "/tmp")];
    let mut env: Vec<(String, String)> = fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    if !python_path.is_empty() {
        env.insert(0, ("PYTHONPATH".to_owned(), python_path.join(":")));
    }
    LanguageAdditions { layers: dependencies.layers, path, env, inventory: dependencies.inventory, compiler: None }
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
    wanted.instrumented = otel && !source.has_otel;
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
