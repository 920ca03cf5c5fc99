//! An image without a container engine: base, dependencies, source.
//!
//! Owns: the parts of such an image that every language has. `python` and `node` say what an agent of theirs adds: its
//! dependencies and the variables by which they are found.

mod node;
mod python;

pub(super) use python::{PREFIX as PYTHON_PREFIX, compiler, wanted};

use super::Tools;
use super::fingerprint::Ingredients;
use super::outline::{ArtifactOutline, OutlineLayer};
use super::preflight::{CheckInput, PackageRequest};
use super::source::ImageSource;
use crate::config::Agent;
use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::fsx;
use crate::image::layer::LayerFile;
use crate::image::native::{self, BaseImage, BuildContext, BuiltImage, ImageBase, NativeSpec};
use crate::image::reference::Reference;
use crate::packages::inventory::Inventory;
use crate::packages::python::byte_code::Compiler;
use crate::platform::Platform;
use crate::project::listing::Exceptions;
use crate::project::{Source, VersionSource, listing};

/// A build that was decided on.
#[derive(Debug)]
pub(super) struct NativeBuildPlan {
    source: Source,
    base: ImageBase,
    /// Everything that goes into the source layer.
    files: listing::Listing,
    otel: bool,
    port: u16,
    /// Install the dependencies again even where a cached layer fits.
    fresh: bool,
    /// Install none that the cache does not have.
    only_cached: bool,
}

/// What a language adds to an image.
#[derive(Debug, Default)]
struct LanguageAdditions {
    /// Between the base and the source, lowest first.
    layers: Vec<LayerFile>,
    /// Folders of the image that come before the base's `PATH`.
    path: Vec<String>,
    env: Vec<(String, String)>,
    /// What the layers hold.
    inventory: Inventory,
    /// What compiles the source's modules.
    compiler: Option<Compiler>,
}

pub(super) use node::{check as check_package_manager, identify_builds, leave_out_strangers};

impl NativeBuildPlan {
    /// The files that go into the source layer.
    pub(super) const fn files(&self) -> &listing::Listing {
        &self.files
    }

    pub(super) fn new(
        agent: &Agent,
        found: ImageSource,
        base_image: Option<&str>,
        (exceptions, fresh): (&Exceptions, bool),
        env: &Env,
    ) -> Result<Self> {
        let ImageSource { source, otel, incomplete, .. } = found;
        if let Some(error) = incomplete {
            return Err(error);
        }
        node::check(&source, env)?;
        let base = match base_image {
            Some("scratch") => ImageBase::Scratch,
            Some(text) => ImageBase::Image(text.parse()?),
            None => ImageBase::Image(source.base_image().parse()?),
        };
        let mut files = listing::list(&source.root, exceptions)?;
        leave_out_strangers(&source, &mut files);
        check_entrypoint(&source, &files)?;
        Ok(Self { source, base, files, otel, port: agent.port(), fresh, only_cached: false })
    }

    /// The same without the files, for [`NativeBuildPlan::ingredients`].
    pub(super) fn without_files(&self) -> Self {
        let (source, base) = (self.source.clone(), self.base.clone());
        Self { source, base, files: listing::Listing::default(), ..*self }
    }

    /// Everything that goes into the image but the files; `None` when some of it can change without notice.
    pub(super) async fn ingredients(&self, platform: &Platform, tools: &Tools<'_>) -> Result<Option<Ingredients>> {
        let mut ingredients = Ingredients::for_kind("native image");
        match &self.base {
            ImageBase::Scratch => ingredients.add("base", "scratch"),
            ImageBase::Image(reference) => ingredients.add("base", reference.to_string()),
        }
        ingredients.add("platform", platform.to_string());
        ingredients.add("command", self.source.command(self.otel, self.port).join("\0"));
        ingredients.add("port", self.port.to_string());
        let lasting = match &self.source.node {
            Some(own) => node::identify(self, own, platform, tools, &mut ingredients)?,
            None => python::identify(self, platform, tools, &mut ingredients).await?,
        };
        Ok(lasting.then_some(ingredients))
    }

    /// What a check of the source goes by.
    pub(super) async fn check_input(&self, platform: &Platform, tools: &Tools<'_>) -> CheckInput<'_> {
        let (base, own) = match &self.base {
            ImageBase::Scratch => (String::new(), true),
            ImageBase::Image(reference) => {
                let base = reference.to_string();
                let own = self.source.base_image().parse::<Reference>().is_ok_and(|default| *reference == default);
                (base, own)
            }
        };
        let (python, packages, python_path) = match &self.source.node {
            Some(_) => (None, PackageRequest::Unknown, Vec::new()),
            None => python::check_input(self, platform, tools).await,
        };
        // Another base has the Python that the project asks for, if it asks.
        let is_certain = own || self.source.python.from != VersionSource::Default;
        CheckInput {
            source: &self.source,
            files: &self.files,
            python: python.filter(|_| is_certain),
            packages,
            python_path,
            is_base_known: own || is_official_python(&base),
            is_placed: true,
            is_started: true,
            is_managed: false,
        }
    }

    pub(super) async fn outline(self, platform: &Platform, tools: &Tools<'_>) -> Result<ArtifactOutline> {
        let mut outline = ArtifactOutline {
            base: Some(match &self.base {
                ImageBase::Scratch => "scratch".to_owned(),
                ImageBase::Image(reference) => reference.to_string(),
            }),
            ..ArtifactOutline::default()
        };
        match &self.source.node {
            Some(own) => node::outline(&self, own, platform, tools, &mut outline)?,
            None => python::outline(&self, platform, tools, &mut outline).await?,
        }
        let size = Some(self.files.total_bytes);
        outline.layers.push(OutlineLayer { what: "source".to_owned(), size, cached: false });
        outline.source = self.files;
        Ok(outline)
    }

    /// The same, for a plan: [`NativeBuildPlan::build`] stops where packages would be installed or sources compiled.
    pub(super) fn only_cached(self) -> Self {
        Self { only_cached: true, ..self }
    }

    /// `None` for a plan that cannot be built from the cache.
    pub(super) async fn build(
        mut self,
        platform: Platform,
        tools: &Tools<'_>,
    ) -> Result<Option<(BuiltImage, Inventory)>> {
        let context = BuildContext {
            env: tools.env,
            http: std::sync::Arc::clone(tools.http),
            cache: tools.cache,
            events: tools.events,
        };
        if self.only_cached && self.source.node.as_ref().is_some_and(|node| !node.builds.is_empty()) {
            return Ok(None);
        }
        let base = match native::open(&self.base, &platform, &context).await {
            // A launch may find it: it has more time, or runs elsewhere.
            Err(error) if self.only_cached => {
                tools.events.note(format!("the base image cannot be looked up now: {}", error.message()));
                return Ok(None);
            }
            base => base?,
        };
        let Some(mut added) = self.add(&platform, base.as_ref(), tools).await? else { return Ok(None) };
        let inventory = std::mem::take(&mut added.inventory);
        let compiled = match &self.source.node {
            Some(own) => node::compiled(&self, own, tools).await?,
            None => None,
        };
        if let Some(compiled) = &compiled {
            self.files.files.clone_from(&compiled.files.files);
        }
        let workspace = tools.cache.workspace()?;
        let compiler = added.compiler.take();
        let mut spec = self.spec(platform, added);
        if let Some(compiler) = compiler {
            compiler.add_to(&mut spec.source, "/", workspace.path()).await?;
        }
        // What was compiled has to be there until it is in a layer.
        let built = native::build(spec, base.as_ref(), &context).await;
        drop((compiled, workspace));
        Ok(Some((built?, inventory)))
    }

    /// The layers and settings of the agent's language.
    async fn add(
        &mut self,
        platform: &Platform,
        base: Option<&BaseImage>,
        tools: &Tools<'_>,
    ) -> Result<Option<LanguageAdditions>> {
        match self.source.node.clone() {
            Some(own) => node::add(self, &own, platform, base, tools).await,
            None => python::add(self, platform, base, tools).await,
        }
    }

    fn spec(self, platform: Platform, added: LanguageAdditions) -> NativeSpec {
        let command = self.source.command(self.otel, self.port);
        NativeSpec {
            platform,
            layers: added.layers,
            source: self.files.files.iter().map(|file| file.entry(format!("app/{}", file.relative))).collect(),
            path: added.path,
            env: added.env,
            command,
            workdir: "/app".to_owned(),
            user: "1000:1000".to_owned(),
            labels: Vec::new(),
            ports: vec![self.port],
        }
    }
}

/// The official images of Python have no packages besides the installer's own.
fn is_official_python(base: &str) -> bool {
    ["library/python:", "library/python@"].iter().any(|name| base.contains(name)) || base.starts_with("python:")
}

/// An ignore rule that takes the entrypoint away would make an artifact that cannot start.
pub(super) fn check_entrypoint(source: &Source, listing: &listing::Listing) -> Result<()> {
    let Some(entrypoint) = fsx::relative(&source.entrypoint, &source.root) else { return Ok(()) };
    if listing.files.iter().any(|file| file.relative == entrypoint) {
        return Ok(());
    }
    Err(Error::usage(format!(
        "the ignore rules of `{}` leave out the entrypoint `{entrypoint}`",
        source.root.display()
    ))
    .code(Code::SourceEntrypointIgnored)
    .hint(format!("add `!{entrypoint}` to .dockerignore")))
}
