//! The one image that a tag or digest in a registry stands for, looked at before a runtime is given it.
//!
//! AgentCore takes a single image for one platform and refuses an index, also one of an image and its attestations
//! (awslabs/agentcore-samples#154).

use super::manifest::{self, Descriptor, Document, ImageConfig};
use super::registry::Registry;
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::platform::Platform;

/// An image configuration is some kilobytes.
const CONFIG_LIMIT: usize = 4 << 20;

/// The digest of the image. An index with one image in it comes down to that image.
///
/// # Errors
/// There is no such tag, it stands for several images, or the image is for another platform.
pub(crate) async fn find(
    registry: &Registry,
    repository: &str,
    reference: &str,
    platform: &Platform,
) -> Result<Digest> {
    let name = || format!("{}/{repository}:{reference}", registry.host());
    let stored = registry.get_manifest(repository, reference).await?;
    let (digest, config) = match manifest::parse(&stored.bytes, stored.media_type.as_deref())? {
        Document::Image(image) => (stored.digest, image.config),
        Document::Index(index) => match index.images().as_slice() {
            [(_, only)] => (only.digest, config_of(registry, repository, only).await?),
            images => {
                return Err(Error::failed(format!("`{}` has {} images; one is needed", name(), images.len()))
                    .code("image.not-single")
                    .hint("build for one platform only"));
            }
        },
    };
    let config = ImageConfig::parse(&registry.read_blob(repository, &config.digest, CONFIG_LIMIT).await?)?;
    let there = config.platform();
    if there.satisfies(platform) {
        return Ok(digest);
    }
    Err(Error::failed(format!("`{}` is for {there} and has to be for {platform}", name()))
        .code("image.platform")
        .hint(format!("the base image may exist for {there} only: choose another one")))
}

async fn config_of(registry: &Registry, repository: &str, image: &Descriptor) -> Result<Descriptor> {
    let stored = registry.get_manifest(repository, &image.digest.to_string()).await?;
    match manifest::parse(&stored.bytes, stored.media_type.as_deref())? {
        Document::Image(image) => Ok(image.config),
        Document::Index(_) => Err(Error::failed(format!("`{}` is an index of indexes", image.digest))),
    }
}
