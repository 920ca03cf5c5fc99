//! An image without a container engine: base, dependencies, source.

use std::path::Path;

use super::fingerprint::{Fingerprint, Ingredients};
use super::{ArtifactRequest, Tools};
use crate::config::Agent;
use crate::error::{Context, Error, Result};
use crate::events::Outcome;
use crate::fsx;
use crate::image::layer::Layer;
use crate::image::native::{self, Base, BaseImage, BuildContext, Built, NamedLayer, NativeSpec, SourceEntry};
use crate::image::{cached, size_text};
use crate::packages::Setup;
use crate::packages::python::{self, PythonDependencies, host_python_version};
use crate::platform::Platform;
use crate::project::{self, Dependencies, Language, Source, listing};

/// Where dependencies are in the image, without the leading slash.
const PREFIX: &str = "opt/python";
const STEP: &str = "dependencies";

/// A build that was decided on.
#[derive(Debug)]
pub(super) struct Recipe {
    source: Source,
    base: Base,
    /// Everything that goes into the source layer.
    files: listing::Listing,
    otel: bool,
    port: u16,
    /// Install the dependencies again even where a cached layer fits.
    fresh: bool,
}

impl Recipe {
    pub(super) fn new(
        agent: &Agent,
        source: Source,
        base_image: Option<&str>,
        request: &ArtifactRequest,
    ) -> Result<Self> {
        if source.language != Language::Python {
            return Err(Error::usage("the native builder makes images of Python agents only in this version")
                .code("unsupported.native-node")
                .hint("build it with `--builder engine`"));
        }
        let base = match base_image {
            Some("scratch") => Base::Scratch,
            Some(text) => Base::Image(text.parse()?),
            None => Base::Image(source.base_image().parse()?),
        };
        let files = listing::list(&source.root, &[])?;
        check_entrypoint(&source, &files)?;
        let (otel, port, fresh) = (agent.observability(), agent.port(), request.rebuild_dependencies);
        Ok(Self { source, base, files, otel, port, fresh })
    }

    pub(super) async fn fingerprint(&self, platform: &Platform, tools: &Tools<'_>) -> Result<Option<Fingerprint>> {
        let mut ingredients = Ingredients::of("native image");
        let mut source = self.source.clone();
        match &self.base {
            Base::Scratch => {
                source.python.version = host_python_version(tools.env).await?;
                ingredients.add("base", "scratch");
            }
            Base::Image(reference) => ingredients.add("base", reference.to_string()),
        }
        let request = python::prepare(&wanted(&source, self.otel, platform), tools.env)?;
        if request.as_ref().is_some_and(|request| request.moving().is_some()) {
            return Ok(None);
        }
        ingredients.add("platform", platform.to_string());
        ingredients.add("python", &source.python.version);
        ingredients.add("dependencies", request.as_ref().map_or("", |request| request.key()));
        ingredients.add("command", source.command(self.otel).join("\0"));
        ingredients.add("import root", source.import_root.as_deref().unwrap_or_default());
        ingredients.add("port", self.port.to_string());
        let files = self.files.files.clone();
        let hash = move || ingredients.add_files(&files).map(|()| ingredients.finish());
        tokio::task::spawn_blocking(hash).await.context("the thread that read the source stopped")?.map(Some)
    }

    pub(super) async fn build(mut self, platform: Platform, tools: &Tools<'_>) -> Result<Built> {
        let context = BuildContext {
            env: tools.env,
            http: std::sync::Arc::clone(tools.http),
            cache: tools.cache,
            events: tools.events,
        };
        let base = native::open(&self.base, &platform, &context).await?;
        match &base {
            // Nothing inside interprets the source, so the wheels must fit the interpreter that will be lent.
            None => self.source.python.version = host_python_version(tools.env).await?,
            Some(base) => check_python(base, &self.source.python.version)?,
        }
        let layer = self.dependencies(&platform, tools).await?;
        native::build(self.spec(platform, layer), base.as_ref(), &context).await
    }

    /// The layer of dependencies, from the cache or freshly installed; `None` when there are none.
    async fn dependencies(&self, platform: &Platform, tools: &Tools<'_>) -> Result<Option<Layer>> {
        let wanted = wanted(&self.source, self.otel, platform);
        let events = tools.events;
        let Some(request) = python::prepare(&wanted, tools.env)? else { return Ok(None) };
        events.started(STEP, format!("install Python {} dependencies for {platform}", wanted.python));
        let kept =
            if self.fresh || request.moving().is_some() { None } else { cached::recall(tools.cache, request.key()) };
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

    fn spec(self, platform: Platform, dependencies: Option<Layer>) -> NativeSpec {
        let installed = dependencies.as_ref().map(|_| format!("/{PREFIX}"));
        let path = installed.iter().map(|prefix| format!("{prefix}/bin")).collect();
        let import_root = self.source.import_root.iter().map(|folder| format!("/app/{folder}"));
        let python_path: Vec<String> = installed.into_iter().chain(import_root).collect();
        let fixed =
            [("DOCKER_CONTAINER", "1"), ("PYTHONUNBUFFERED", "1"), ("PYTHONDONTWRITEBYTECODE", "1"), ("HOME", "/tmp")];
        let mut env: Vec<(String, String)> = fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        if !python_path.is_empty() {
            env.insert(0, ("PYTHONPATH".to_owned(), python_path.join(":")));
        }
        NativeSpec {
            platform,
            layers: dependencies.map(|layer| NamedLayer { layer, what: "Python dependencies" }).into_iter().collect(),
            source: self
                .files
                .files
                .into_iter()
                .map(|file| SourceEntry {
                    path_in_image: format!("app/{}", file.relative),
                    path: file.path,
                    executable: file.executable,
                    symlink: file.symlink,
                })
                .collect(),
            path,
            env,
            command: self.source.command(self.otel),
            workdir: "/app".to_owned(),
            user: "1000:1000".to_owned(),
            labels: Vec::new(),
            ports: vec![self.port],
        }
    }
}

/// What to install for a source.
fn wanted(source: &Source, otel: bool, platform: &Platform) -> PythonDependencies {
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

/// An ignore rule that takes the entrypoint away would make an image that cannot start.
fn check_entrypoint(source: &Source, listing: &listing::Listing) -> Result<()> {
    let Some(entrypoint) = fsx::relative(&source.entrypoint, &source.root) else { return Ok(()) };
    if listing.files.iter().any(|file| file.relative == entrypoint) {
        return Ok(());
    }
    Err(Error::usage(format!(
        "the ignore rules of `{}` leave out the entrypoint `{entrypoint}`",
        source.root.display()
    ))
    .code("source.entrypoint-ignored")
    .hint(format!("add `!{entrypoint}` to .dockerignore")))
}
