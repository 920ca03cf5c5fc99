//! An image without a container engine: base layers by reference, one layer of dependencies, one of source.
//!
//! Owns: putting an image together. `base` looks up the base image, `upload` brings the result to a registry. Does not
//! own: which files and settings make up an agent's image (the caller says), running anything inside of it.

mod base;
#[cfg(test)]
mod tests;
mod upload;

use std::path::PathBuf;
use std::sync::Arc;

use crate::cache::Cache;
use crate::digest::Digest;
use crate::env::Env;
use crate::error::{Context, Result};
use crate::events::{Events, Outcome};
use crate::http::Http;
use crate::platform::Platform;
use crate::tree::{Entry, EntryKind};

use super::blobs::Blobs;
use super::layer::{Layer, Owner, build_layer};
use super::manifest::{self, Descriptor, Format, Settings};
use super::reference::Reference;
use super::registry::{BlobSource, Registry};

pub(crate) use base::BaseImage;
pub(crate) use upload::PushTarget;

/// For images that start from nothing.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";
const STEP: &str = "image";

/// What an image starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// Nothing: no interpreter, no system. Such an image runs where something else lends it a Python.
    Scratch,
    Image(Reference),
}

/// A file or link of the project.
#[derive(Clone, Debug)]
pub(crate) struct SourceEntry {
    /// `app/src/agent.py`; a leading slash is allowed.
    pub(crate) path_in_image: String,
    /// Where it is on disk; not read for a link.
    pub(crate) path: PathBuf,
    pub(crate) executable: bool,
    /// The target of a symbolic link.
    pub(crate) symlink: Option<String>,
}

/// A finished layer and what it holds, for the image's history: `Python dependencies`.
#[derive(Clone, Debug)]
pub(crate) struct NamedLayer {
    pub(crate) layer: Layer,
    pub(crate) what: &'static str,
}

/// What to build.
#[derive(Clone, Debug)]
pub(crate) struct NativeSpec {
    pub(crate) platform: Platform,
    /// Between the base and the source, lowest first.
    pub(crate) layers: Vec<NamedLayer>,
    pub(crate) source: Vec<SourceEntry>,
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
pub(crate) struct Built {
    /// Of the manifest: what a registry will call the image.
    pub(crate) digest: Digest,
    pub(crate) manifest: Vec<u8>,
    pub(crate) media_type: &'static str,
    pub(crate) config: Vec<u8>,
    /// Lowest first.
    pub(crate) layers: Vec<BuiltLayer>,
    /// Everything that is in a registry afterwards: layers, configuration, manifest.
    pub(crate) size: u64,
    /// Things worth telling about how it was built.
    pub(crate) notes: Vec<String>,
    /// Holds the files of layers that are in no cache for as long as the image may be pushed.
    _workspace: Option<Arc<tempfile::TempDir>>,
}

impl Built {
    /// An image that somebody built.
    pub(super) fn of_parts(
        media_type: &'static str,
        manifest: Vec<u8>,
        config: Vec<u8>,
        layers: Vec<BuiltLayer>,
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

#[derive(Clone, Debug)]
pub(crate) struct BuiltLayer {
    /// `base`, `source`.
    pub(crate) what: &'static str,
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) media_type: String,
    pub(crate) source: LayerSource,
}

/// Where a layer's bytes are.
#[derive(Clone, Debug)]
pub(crate) enum LayerSource {
    File(PathBuf),
    /// A part of a file that begins at this byte.
    Part {
        file: PathBuf,
        offset: u64,
    },
    /// In the base image's repository; fetched only when the target lacks it, and kept then.
    Base {
        registry: Arc<Registry>,
        repository: String,
        blobs: Blobs,
    },
}

impl LayerSource {
    pub(super) fn blob(&self) -> BlobSource {
        match self {
            Self::File(path) => BlobSource::File(path.clone()),
            Self::Part { file, offset } => BlobSource::Part { file: file.clone(), offset: *offset },
            Self::Base { registry, repository, blobs } => BlobSource::Remote {
                registry: Arc::clone(registry),
                repository: repository.clone(),
                blobs: blobs.clone(),
            },
        }
    }
}

/// What a push did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pushed {
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
    built: &Built,
    registry: &Registry,
    target: PushTarget<'_>,
    events: &Events,
) -> Result<Pushed> {
    let PushTarget { repository, tag, .. } = target;
    events.started(upload::STEP, format!("push the image to `{}/{repository}:{tag}`", registry.host()));
    let pushed = upload::run(built, registry, target, events).await?;
    let (outcome, text) = if pushed.uploaded_bytes == 0 && pushed.reused_bytes == built.size {
        (Outcome::Unchanged, format!("the tag is {} already", pushed.digest))
    } else {
        let [sent, reused] = [pushed.uploaded_bytes, pushed.reused_bytes].map(super::size_text);
        (Outcome::Created, format!("{}, {sent} sent, {reused} there already", pushed.digest))
    };
    events.finished(upload::STEP, outcome, text);
    Ok(pushed)
}

/// Finds the image to build on; `None` for [`Base::Scratch`].
///
/// # Errors
/// One that cannot be read or is for another platform.
pub(crate) async fn open(base: &Base, platform: &Platform, context: &BuildContext<'_>) -> Result<Option<BaseImage>> {
    match base {
        Base::Scratch => Ok(None),
        Base::Image(reference) => Ok(Some(base::look_up(reference, platform, context).await?)),
    }
}

/// Builds the image on `base`. The same spec, layers and files give the same digest on any machine.
///
/// # Errors
/// Files that cannot be read.
pub(crate) async fn build(spec: NativeSpec, base: Option<&BaseImage>, context: &BuildContext<'_>) -> Result<Built> {
    context.events.started(STEP, format!("build the image for {}", spec.platform));
    let workspace = Arc::new(context.cache.workspace()?);
    let source = source_layer(&spec, workspace.path().to_owned()).await?;
    let mut built = assemble(spec, base, source, workspace)?;
    if base.is_none() {
        built.notes.push("the image has no operating system and no interpreter (base `scratch`)".to_owned());
    }
    context.events.finished(STEP, Outcome::Done, format!("{} ({})", built.digest, super::size_text(built.size)));
    Ok(built)
}

async fn source_layer(spec: &NativeSpec, out: PathBuf) -> Result<Layer> {
    let mut entries: Vec<Entry> = Vec::with_capacity(spec.source.len() + 1);
    let workdir = spec.workdir.trim_matches('/');
    if !workdir.is_empty() {
        entries.push(Entry { path: workdir.to_owned(), kind: EntryKind::Dir, executable: false });
    }
    let source = spec.source.clone();
    let work = move || {
        for file in source {
            let path = file.path_in_image.trim_start_matches('/').to_owned();
            let kind = match file.symlink {
                Some(target) => EntryKind::Symlink(target),
                None => {
                    let what = || format!("could not read `{}`", file.path.display());
                    let meta = std::fs::metadata(&file.path).with_context(what)?;
                    if meta.is_dir() { EntryKind::Dir } else { EntryKind::File { path: file.path, size: meta.len() } }
                }
            };
            entries.push(Entry { path, kind, executable: file.executable });
        }
        build_layer(entries, Owner::AGENT, &out)
    };
    tokio::task::spawn_blocking(work).await.context("the thread that wrote the source layer stopped")?
}

fn assemble(
    spec: NativeSpec,
    base: Option<&BaseImage>,
    source: Layer,
    workspace: Arc<tempfile::TempDir>,
) -> Result<Built> {
    let env = environment(&spec, base);
    let mut added = Vec::new();
    let mut layers = base.map(BaseImage::layers).transpose()?.unwrap_or_default();
    for NamedLayer { layer, what } in spec.layers.into_iter().chain([NamedLayer { layer: source, what: "source" }]) {
        added.push((layer.diff_id, what));
        layers.push(BuiltLayer {
            what,
            digest: layer.digest,
            size: layer.size,
            media_type: layer.media_type.to_owned(),
            source: LayerSource::File(layer.file),
        });
    }
    let settings = Settings {
        platform: &spec.platform,
        env: &env,
        command: &spec.command,
        workdir: &spec.workdir,
        user: &spec.user,
        labels: &spec.labels,
        ports: &spec.ports,
    };
    let config = manifest::configure(base.map(|base| &base.config), &settings, &added)?;
    // Docker's manifest has no name for any other compression than gzip.
    let gzip = layers.iter().all(|layer| layer.media_type.ends_with("gzip"));
    let format = if gzip { Format::Docker } else { Format::Oci };
    let descriptors = layers.iter().map(|layer| Descriptor {
        media_type: layer.media_type.clone(),
        size: layer.size,
        digest: layer.digest,
    });
    let manifest = manifest::assemble(format, &config, descriptors.collect())?;
    Ok(Built::of_parts(format.manifest_type(), manifest, config, layers).keeping(workspace))
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
