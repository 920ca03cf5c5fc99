//! The base image: which one a name means for a platform, and what it brings.
//!
//! Owns: looking it up and remembering its manifest and configuration by digest. Its layers are not fetched: most
//! registries that we push to have them already, and the others get them straight from the base's registry. What passes
//! by on such a way is kept.

use std::sync::Arc;

use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::events::Outcome;
use crate::image::CONFIG_LIMIT;
use crate::image::blobs::BlobCache;
use crate::image::login;
use crate::image::manifest::{self, Descriptor, ImageConfig, Manifest, ManifestDocument};
use crate::image::reference::Reference;
use crate::image::registry::{BlobSource, Registry};
use crate::platform::Platform;

use super::{BuildContext, ImageLayer};

const STEP: &str = "base image";

/// A base image for one platform.
#[derive(Debug)]
pub(crate) struct BaseImage {
    reference: Reference,
    registry: Arc<Registry>,
    blobs: BlobCache,
    manifest: Manifest,
    pub(super) config: ImageConfig,
}

/// Finds the image that `reference` means for `platform`.
pub(super) async fn look_up(
    reference: &Reference,
    platform: &Platform,
    context: &BuildContext<'_>,
) -> Result<BaseImage> {
    context.events.started(STEP, format!("look up base image `{reference}` for {platform}"));
    let found = resolve(reference, platform, context).await.map_err(|error| {
        error
            .hint("choose another base image with `--base-image`, or build with a container engine: `--builder engine`")
    })?;
    context.events.finished(STEP, Outcome::Done, found.manifest.config.digest.to_string());
    Ok(found)
}

async fn resolve(reference: &Reference, platform: &Platform, context: &BuildContext<'_>) -> Result<BaseImage> {
    let credentials = login::stored(context.env, &reference.registry, context.events).await;
    let registry = Arc::new(Registry::new(Arc::clone(&context.http), &reference.base_url(), credentials));
    let blobs = BlobCache::new(context.cache);
    let store = BaseDocuments { blobs: &blobs, registry: &registry, repository: &reference.repository };
    let digest = match reference.digest {
        Some(digest) => digest,
        // A HEAD does not count against the pull limits that some registries have.
        None => registry
            .head_manifest(&reference.repository, &reference.target())
            .await?
            .ok_or_else(|| Error::not_found(format!("base image `{reference}` does not exist")))?,
    };
    let manifest = match manifest::parse(&store.manifest(&digest).await?, None)? {
        ManifestDocument::Image(manifest) => manifest,
        ManifestDocument::Index(index) => {
            let chosen =
                index.select(platform).map_err(|error| error.context(format!("`{reference}` cannot be the base")))?;
            match manifest::parse(&store.manifest(&chosen.digest).await?, None)? {
                ManifestDocument::Image(manifest) => manifest,
                ManifestDocument::Index(_) => {
                    return Err(Error::failed(format!("`{reference}` is an index of indexes")));
                }
            }
        }
    };
    let config = ImageConfig::parse(&store.config(&manifest.config).await?)?;
    let there = config.platform();
    if !there.satisfies(platform) {
        return Err(Error::usage(format!(
            "base image `{reference}` is for {there}, and the image is to be for {platform}"
        ))
        .hint("choose the platform with `--platform`"));
    }
    Ok(BaseImage { reference: reference.clone(), registry, blobs, manifest, config })
}

impl BaseImage {
    pub(crate) fn reference(&self) -> &Reference {
        &self.reference
    }

    /// A variable of its configuration. The official images state their interpreter in `PYTHON_VERSION` and
    /// `NODE_VERSION`.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.config.env().into_iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    pub(super) fn layers(&self) -> Result<Vec<ImageLayer>> {
        let diff_ids = self.config.diff_ids()?;
        let layers = &self.manifest.layers;
        if diff_ids.len() != layers.len() {
            return Err(Error::failed(format!(
                "base image `{}` has {} layers but {} diff ids",
                self.reference,
                layers.len(),
                diff_ids.len()
            )));
        }
        layers.iter().map(|layer| self.layer(layer)).collect()
    }

    fn layer(&self, layer: &Descriptor) -> Result<ImageLayer> {
        if layer.media_type.contains("foreign") || layer.media_type.contains("nondistributable") {
            return Err(Error::usage(format!(
                "base image `{}` has a layer that may not be pushed elsewhere (`{}`)",
                self.reference, layer.media_type
            )));
        }
        Ok(ImageLayer {
            what: "base",
            digest: layer.digest,
            size: layer.size,
            media_type: layer.media_type.clone(),
            source: BlobSource::Remote {
                registry: Arc::clone(&self.registry),
                repository: self.reference.repository.clone(),
                blobs: self.blobs.clone(),
            },
        })
    }
}

/// Small content, fetched once.
struct BaseDocuments<'a> {
    blobs: &'a BlobCache,
    registry: &'a Registry,
    repository: &'a str,
}

impl BaseDocuments<'_> {
    async fn manifest(&self, digest: &Digest) -> Result<Vec<u8>> {
        if let Some(bytes) = self.blobs.read(digest) {
            return Ok(bytes);
        }
        let fetched = self.registry.get_manifest(self.repository, &digest.to_string()).await?;
        self.blobs.keep(digest, &fetched.bytes);
        Ok(fetched.bytes.to_vec())
    }

    async fn config(&self, descriptor: &Descriptor) -> Result<Vec<u8>> {
        if let Some(bytes) = self.blobs.read(&descriptor.digest) {
            return Ok(bytes);
        }
        let bytes = self.registry.read_blob(self.repository, &descriptor.digest, CONFIG_LIMIT).await?;
        self.blobs.keep(&descriptor.digest, &bytes);
        Ok(bytes)
    }
}
