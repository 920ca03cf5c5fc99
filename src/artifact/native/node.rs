//! What a Node agent adds to an image: its packages where Node looks for them, and what was compiled from its source.

use super::super::dependencies::{install_node, installer, of_node};
use super::super::fingerprint::Ingredients;
use super::super::outline::{ArtifactOutline, OutlineLayer, PackageSize};
use super::super::{Tools, compile};
use super::{LanguageAdditions, NativeBuildPlan};
use crate::digest::Digest;
use crate::env::Env;
use crate::error::{Code, Context, Error, Result};
use crate::events::Outcome;
use crate::fsx;
use crate::image::layer::LayerFile;
use crate::image::native::BaseImage;
use crate::image::{cached, size_text};
use crate::packages::InstallContext;
use crate::packages::inventory::{Inventory, KeptSet};
use crate::packages::node;
use crate::platform::Platform;
use crate::project::listing::Listing;
use crate::project::{Dependencies, Manager, NodeProject, Source};

/// Where the source's root is in the image, without the leading slash. The packages of each folder are in its
/// `node_modules`, as everywhere.
const PREFIX: &str = "app";
const STEP: &str = "dependencies";
const WHAT: &str = "npm packages";

/// Whether packages can be installed without an engine, told by the project's package manager.
///
/// # Errors
/// Exit 2: installers that are not here or not run, and projects with packages of their own.
pub(in super::super) fn check(source: &Source, env: &Env) -> Result<()> {
    let Some(node) = &source.node else { return Ok(()) };
    if node.manager == Manager::Npm {
        return Ok(());
    }
    let Some(why) = refusal(source, node, env)? else { return Ok(()) };
    let name = node.manager.name();
    Err(Error::usage(format!("the project's lock is {name}'s, and cannot be used without an engine: {why}"))
        .code(Code::UnsupportedPackageManager)
        .hint(format!("build where {name} installs for the image itself: `--builder engine`"))
        .hint("or have it built in your AWS account: `agentcore launch --builder codebuild`")
        .hint(format!("`npm install --package-lock-only` writes a lock for npm, which goes before {name}'s")))
}

fn refusal(source: &Source, node: &NodeProject, env: &Env) -> Result<Option<String>> {
    let name = node.manager.name();
    let Some(installer) = installer(node.manager) else {
        return Ok(Some("this program runs no yarn newer than 1".to_owned()));
    };
    let Dependencies::Npm { package_json, lock: Some(_) } = &source.dependencies else {
        return Ok(Some("there is none".to_owned()));
    };
    if node.member.is_some() || !node.locals.is_empty() || node::has_own_packages(package_json)? {
        return Ok(Some("some of its packages are folders of the project".to_owned()));
    }
    if let Some(why) = node::code_of_installer(installer, package_json)? {
        return Ok(Some(why));
    }
    Ok((!installer.is_present(env)).then(|| format!("`{name}` is not on PATH")))
}

/// Members of the workspace that the agent does not need are no part of its source.
pub(in super::super) fn leave_out_strangers(source: &Source, files: &mut Listing) {
    let strangers = source.node.iter().flat_map(|node| &node.strangers);
    let folders: Vec<String> = strangers.filter_map(|dir| fsx::relative(dir, &source.root)).collect();
    let strange = |path: &str| {
        folders.iter().any(|folder| path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/')))
    };
    files.files.retain(|file| !strange(&file.relative));
    files.total_bytes = files.files.iter().map(|file| file.size).sum();
}

/// Adds what makes this agent's dependencies what they are; `false` when that can change without notice.
pub(super) fn identify(
    plan: &NativeBuildPlan,
    own: &NodeProject,
    platform: &Platform,
    tools: &Tools<'_>,
    ingredients: &mut Ingredients,
) -> Result<bool> {
    let request = of_node(&plan.source, own, platform, tools.env)?;
    ingredients.add("node", &own.version);
    identify_builds(&plan.source, own, ingredients);
    ingredients.add("dependencies", request.as_ref().map_or("", |request| request.key()));
    Ok(request.is_none_or(|request| request.moving().is_none()))
}

/// Adds how the source is compiled.
pub(in super::super) fn identify_builds(source: &Source, own: &NodeProject, ingredients: &mut Ingredients) {
    for build in &own.builds {
        let folder = fsx::relative(&build.dir, &source.root).unwrap_or_default();
        ingredients.add("build", format!("{folder}\0{}", build.command));
    }
}

/// Adds the layer of packages to a plan.
pub(super) fn outline(
    plan: &NativeBuildPlan,
    own: &NodeProject,
    platform: &Platform,
    tools: &Tools<'_>,
    outline: &mut ArtifactOutline,
) -> Result<()> {
    let Some(request) = of_node(&plan.source, own, platform, tools.env)? else { return Ok(()) };
    let kept = kept(plan, &request, tools);
    outline.layers.push(OutlineLayer {
        what: WHAT.to_owned(),
        size: kept.as_ref().map(|(layer, _)| layer.size),
        cached: kept.is_some(),
    });
    let known = kept.map(|(_, inventory)| inventory.packages).unwrap_or_default();
    outline.packages.extend(known.into_iter().map(PackageSize::from));
    Ok(())
}

pub(super) async fn add(
    plan: &NativeBuildPlan,
    own: &NodeProject,
    platform: &Platform,
    base: Option<&BaseImage>,
    tools: &Tools<'_>,
) -> Result<Option<LanguageAdditions>> {
    if let Some(base) = base {
        check_node(base, &own.version)?;
    }
    let Some((dependencies, inventory)) = dependencies(plan, own, platform, tools).await? else { return Ok(None) };
    let layers = dependencies.into_iter().collect();
    let env = [("DOCKER_CONTAINER", "1"), ("NODE_ENV", "production"), ("HOME", "/tmp")];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    Ok(Some(LanguageAdditions { layers, path: Vec::new(), env, inventory, compiler: None }))
}

/// The source with what was built from it; `None` when it runs as it is.
pub(super) async fn compiled(
    plan: &NativeBuildPlan,
    own: &NodeProject,
    tools: &Tools<'_>,
) -> Result<Option<compile::CompiledSource>> {
    if own.builds.is_empty() {
        return Ok(None);
    }
    compile::compile(&plan.source, own, &plan.files, tools).await.map(Some)
}

/// The name of the packages as a layer: they are at another place than in an archive.
fn key(request: &node::NodeRequest) -> String {
    Digest::of_bytes(format!("{} at {PREFIX}", request.key()).as_bytes()).hex()
}

fn kept(plan: &NativeBuildPlan, request: &node::NodeRequest, tools: &Tools<'_>) -> Option<(LayerFile, Inventory)> {
    if plan.fresh || request.moving().is_some() {
        return None;
    }
    let key = key(request);
    Some((cached::recall(tools.cache, &key, WHAT)?, KeptSet::recall(tools.cache, &key)?.inventory))
}

/// The layer of packages, from the cache or freshly installed, and no layer when there are none. `None` where they would have to
/// be installed and may not be.
async fn dependencies(
    plan: &NativeBuildPlan,
    own: &NodeProject,
    platform: &Platform,
    tools: &Tools<'_>,
) -> Result<Option<(Option<LayerFile>, Inventory)>> {
    let events = tools.events;
    let none = Some((None, Inventory::default()));
    let Some(request) = of_node(&plan.source, own, platform, tools.env)? else { return Ok(none) };
    let kept = kept(plan, &request, tools);
    if plan.only_cached && kept.is_none() {
        return Ok(None);
    }
    events.started(STEP, format!("install npm packages for {platform}"));
    if let Some((layer, inventory)) = kept {
        let what = if request.is_locked() { "the lock is" } else { "the package.json is" };
        let text = format!("dependencies: {what} the same, the layer in the cache is used");
        events.finished(STEP, Outcome::Unchanged, text);
        return Ok(Some((Some(layer), inventory)));
    }
    if let Some(name) = request.moving() {
        events.note(format!("`{name}` can change by itself, so nothing is taken from the cache"));
    }
    let setup = InstallContext { env: tools.env, cache: tools.cache, events };
    let installed = install_node(&plan.source, &request, &setup).await?;
    let (installed, read) = tokio::task::spawn_blocking(move || {
        let read = installed.entries(PREFIX).and_then(|entries| Ok((entries, installed.packages()?)));
        (installed, read)
    })
    .await
    .context("the thread that read the dependencies stopped")?;
    let (entries, packages) = read?;
    if entries.is_empty() {
        events.finished(STEP, Outcome::Done, "dependencies: there are none for this platform");
        return Ok(none);
    }
    let inventory = Inventory::new(packages.into_iter().map(Into::into).collect());
    let key = key(&request);
    let layer = cached::make(tools.cache, &key, WHAT, entries).await?;
    let layers = vec![(WHAT.to_owned(), key.clone())];
    KeptSet { layers, inventory: inventory.clone(), ..KeptSet::default() }.keep(tools.cache, &key)?;
    drop(installed);
    let text = format!("dependencies, {} with {}", size_text(layer.size), request.installer());
    events.finished(STEP, Outcome::Created, text);
    Ok(Some((Some(layer), inventory)))
}

/// A base that says which Node it has must have the one that the agent is written for.
fn check_node(base: &BaseImage, wanted: &str) -> Result<()> {
    let Some(version) = base.variable("NODE_VERSION") else { return Ok(()) };
    let major = |text: &str| text.trim_start_matches('v').split('.').next().unwrap_or_default().to_owned();
    if major(&version) == major(wanted) {
        return Ok(());
    }
    Err(Error::usage(format!("base image `{}` has Node {version}, and the agent wants {wanted}", base.reference()))
        .code(Code::SourceNodeVersion)
        .hint("choose a base image with the same Node version with `--base-image`")
        .hint("or say in `engines.node` of package.json that the agent runs on it, and configure again"))
}
