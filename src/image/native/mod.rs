//! An image without a container engine: base layers by reference, one layer of dependencies, one of source.
//!
//! Owns: putting an image together. `base` looks up the base image, `upload` brings the result to a registry. Does not
//! own: which files and settings make up an agent's image (the caller says), running anything inside of it.

mod base;
#[cfg(test)]
mod tests;
mod upload;

use std::sync::Arc;

use crate::cache::Cache;
use crate::digest::Digest;
use crate::env::Env;
use crate::error::{Context, Result};
use crate::events::{Events, Outcome};
use crate::http::Http;
use crate::platform::Platform;
use crate::tree::{Entry, EntryKind};

use super::layer::{LayerFile, LayerOwner, build_layer};
use super::manifest::{self, Descriptor, ImageSettings, ManifestFormat};
use super::reference::Reference;
use super::registry::{BlobSource, Registry};

pub(crate) use base::BaseImage;
pub(crate) use upload::PushTarget;

/// For images that start from nothing.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";
const STEP: &str = "image";

/// What an image starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ImageBase {
    /// Nothing: no interpreter, no system. Such an image runs where something else lends it a Python.
    Scratch,
    Image(Reference),
}

/// What to build.
#[derive(Clone, Debug)]
pub(crate) struct NativeSpec {
    pub(crate) platform: Platform,
    /// Between the base and the source, lowest first.
    pub(crate) layers: Vec<LayerFile>,
    /// The files of the source layer, at their places in the image.
    pub(crate) source: Vec<Entry>,
    /// Folders of the image that come before the base's `PATH`.
    pub(crate) path: Vec<String>,
    /// Wins over the base's variables.
    pub(crate) env: Vec<(String, String)>,
    pub(crate) command: Vec<String>,
    pub(crate) workdir: String,
    pub(crate) user: String,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) ports: Vec<u16>,
}

/// What a build works with.
#[derive(Clone, Debug)]
pub(crate) struct BuildContext<'a> {
    pub(crate) env: &'a Env,
    pub(crate) http: Arc<Http>,
    pub(crate) cache: &'a Cache,
    pub(crate) events: &'a Events,
}

/// An image that is ready to be pushed. The files of its own layers live as long as this value.
#[derive(Clone, Debug)]
pub(crate) struct BuiltImage {
    /// Of the manifest: what a registry will call the image.
    pub(crate) digest: Digest,
    pub(crate) manifest: Vec<u8>,
    pub(crate) media_type: &'static str,
    pub(crate) config: Vec<u8>,
    /// Lowest first.
    pub(crate) layers: Vec<ImageLayer>,
    /// Everything that is in a registry afterwards: layers, configuration, manifest.
    pub(crate) size: u64,
    /// Things worth telling about how it was built.
    pub(crate) notes: Vec<String>,
    /// Holds the files of layers that are in no cache for as long as the image may be pushed.
    _workspace: Option<Arc<tempfile::TempDir>>,
}

impl BuiltImage {
    /// An image that somebody built.
    pub(super) fn from_parts(
        media_type: &'static str,
        manifest: Vec<u8>,
        config: Vec<u8>,
        layers: Vec<ImageLayer>,
    ) -> Self {
        let size = layers.iter().map(|layer| layer.size).sum::<u64>() + (config.len() + manifest.len()) as u64;
        let digest = Digest::of_bytes(&manifest);
        Self { digest, manifest, media_type, config, layers, size, notes: Vec::new(), _workspace: None }
    }

    /// The same, holding the folder that has its layers.
    pub(super) fn keeping(self, workspace: Arc<tempfile::TempDir>) -> Self {
        Self { _workspace: Some(workspace), ..self }
    }
}

/// A layer of an image, and where its bytes are.
#[derive(Clone, Debug)]
pub(crate) struct ImageLayer {
    /// `base`, `source`.
    pub(crate) what: &'static str,
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) media_type: String,
    /// One of the base image is fetched only when the target lacks it, and kept then.
    pub(crate) source: BlobSource,
}

impl From<LayerFile> for ImageLayer {
    fn from(layer: LayerFile) -> Self {
        Self {
            what: layer.what,
            digest: layer.digest,
            size: layer.size,
            media_type: layer.media_type.to_owned(),
            source: BlobSource::File(layer.file),
        }
    }
}

impl ImageLayer {
    fn descriptor(&self) -> Descriptor {
        Descriptor { media_type: self.media_type.clone(), size: self.size, digest: self.digest }
    }
}

/// The manifest of an image with this configuration and these layers.
pub(super) fn assemble_manifest(format: ManifestFormat, config: &[u8], layers: &[ImageLayer]) -> Result<Vec<u8>> {
    manifest::assemble(format, config, layers.iter().map(ImageLayer::descriptor).collect())
}

/// What a push did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PushOutcome {
    pub(crate) digest: Digest,
    pub(crate) uploaded_bytes: u64,
    /// Of what the registry had already.
    pub(crate) reused_bytes: u64,
}

/// Pushes the image under a tag, which is where a deployment's digest comes from. When the tag stands for this very
/// image already, it is not put again: tags can be immutable, and then even the same manifest is refused.
///
/// # Errors
/// Those of [`Registry`]; what was uploaded until then is found by the next attempt.
pub(crate) async fn push(
    built: &BuiltImage,
    registry: &Registry,
    target: PushTarget<'_>,
    events: &Events,
) -> Result<PushOutcome> {
    let PushTarget { repository, tag, .. } = target;
    events.started(upload::STEP, format!("push the image to `{}/{repository}:{tag}`", registry.host()));
    let pushed = upload::push_image(built, registry, target, events).await?;
    let (outcome, text) = if pushed.uploaded_bytes == 0 && pushed.reused_bytes == built.size {
        (Outcome::Unchanged, format!("the tag is {} already", pushed.digest))
    } else {
        let [sent, reused] = [pushed.uploaded_bytes, pushed.reused_bytes].map(super::size_text);
        (Outcome::Created, format!("image {}, {sent} sent, {reused} there already", pushed.digest))
    };
    events.finished(upload::STEP, outcome, text);
    Ok(pushed)
}

/// Finds the image to build on; `None` for [`ImageBase::Scratch`].
///
/// # Errors
/// One that cannot be read or is for another platform.
pub(crate) async fn open(
    base: &ImageBase,
    platform: &Platform,
    context: &BuildContext<'_>,
) -> Result<Option<BaseImage>> {
    match base {
        ImageBase::Scratch => Ok(None),
        ImageBase::Image(reference) => Ok(Some(base::look_up(reference, platform, context).await?)),
    }
}

/// Builds the image on `base`. The same spec, layers and files give the same digest on any machine.
///
/// # Errors
/// Files that cannot be read.
pub(crate) async fn build(
    mut spec: NativeSpec,
    base: Option<&BaseImage>,
    context: &BuildContext<'_>,
) -> Result<BuiltImage> {
    context.events.started(STEP, format!("build the image for {}", spec.platform));
    let workspace = Arc::new(context.cache.workspace()?);
    let (mut entries, out) = (std::mem::take(&mut spec.source), workspace.path().to_owned());
    let workdir = spec.workdir.trim_matches('/');
    if !workdir.is_empty() {
        entries.push(Entry { path: workdir.to_owned(), kind: EntryKind::Dir, executable: false });
    }
    let write = move || build_layer(entries, "source", LayerOwner::AGENT, &out);
    let source = tokio::task::spawn_blocking(write).await.context("the thread that wrote the source layer stopped")?;
    spec.layers.push(source?);
    let mut built = assemble(spec, base, workspace)?;
    if base.is_none() {
        built.notes.push("the image has no operating system and no interpreter (base `scratch`)".to_owned());
    }
    context.events.finished(
        STEP,
        Outcome::Done,
        format!("built image {} ({})", built.digest, super::size_text(built.size)),
    );
    Ok(built)
}

fn assemble(spec: NativeSpec, base: Option<&BaseImage>, workspace: Arc<tempfile::TempDir>) -> Result<BuiltImage> {
    let env = environment(&spec, base);
    let added: Vec<(Digest, &str)> = spec.layers.iter().map(|layer| (layer.diff_id, layer.what)).collect();
    let mut layers = base.map(BaseImage::layers).transpose()?.unwrap_or_default();
    let settings = ImageSettings {
        platform: &spec.platform,
        env: &env,
        command: &spec.command,
        workdir: &spec.workdir,
        user: &spec.user,
        labels: &spec.labels,
        ports: &spec.ports,
    };
    let config = manifest::configure(base.map(|base| &base.config), &settings, &added)?;
    layers.extend(spec.layers.into_iter().map(ImageLayer::from));
    // Docker's manifest has no name for any other compression than gzip.
    let gzip = layers.iter().all(|layer| layer.media_type.ends_with("gzip"));
    let format = if gzip { ManifestFormat::Docker } else { ManifestFormat::Oci };
    let manifest = assemble_manifest(format, &config, &layers)?;
    Ok(BuiltImage::from_parts(format.manifest_type(), manifest, config, layers).keeping(workspace))
}

/// The image's variables over those of its base.
fn environment(spec: &NativeSpec, base: Option<&BaseImage>) -> Vec<(String, String)> {
    let mut own = Vec::new();
    if !spec.path.is_empty() {
        let of_base = base.and_then(|base| base.variable("PATH"));
        let path = format!("{}:{}", spec.path.join(":"), of_base.as_deref().unwrap_or(DEFAULT_PATH));
        own.push(("PATH".to_owned(), path));
    }
    manifest::merge(own, &spec.env)
}
