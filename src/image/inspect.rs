//! What an image in a registry is, before it is deployed.
//!
//! Owns: finding out whether a name stands for one image for one platform. Does not own: who may read it.

use crate::digest::Digest;
use crate::error::{Code, Error, Result};
use crate::platform::Platform;

use super::manifest::{self, ImageConfig, ImageIndex, ManifestDocument};
use super::registry::Registry;
use super::{CONFIG_LIMIT, MAX_IMAGE, check_size};

/// An image that can be deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InspectedImage {
    /// Of the manifest.
    pub(crate) digest: Digest,
    /// Bytes: layers and configuration, compressed.
    pub(crate) size: u64,
}

/// Looks at the image that `target`, a tag or a digest, stands for: two requests.
///
/// # Errors
/// [`crate::error::Kind::NotFound`] when there is none; a usage error for an index and for another platform, since
/// AgentCore takes a single manifest (an index is refused with a misleading message about permissions or tags), and for one
/// that is larger than the service takes.
pub(crate) async fn single(
    registry: &Registry,
    repository: &str,
    target: &str,
    platform: &Platform,
) -> Result<InspectedImage> {
    let fetched = registry.get_manifest(repository, target).await?;
    let name = format!("{}/{repository}@{}", registry.host(), fetched.digest);
    let manifest = match manifest::parse(&fetched.bytes, fetched.media_type.as_deref())? {
        ManifestDocument::Image(manifest) => manifest,
        ManifestDocument::Index(index) => return Err(refuse_index(&name, &index, platform)),
    };
    let config = registry.read_blob(repository, &manifest.config.digest, CONFIG_LIMIT).await?;
    let there = ImageConfig::parse(&config)?.platform();
    if !there.satisfies(platform) {
        return Err(Error::usage(format!("the image `{name}` is for {there}, and {platform} is needed"))
            .code(Code::ImagePlatform)
            .hint(format!("build it for that platform: `docker build --platform {platform} …`")));
    }
    let size = manifest.stored_size();
    check_size(size, MAX_IMAGE).map_err(|error| error.context(format!("`{name}` cannot be deployed")))?;
    Ok(InspectedImage { digest: fetched.digest, size })
}

fn refuse_index(name: &str, index: &ImageIndex, platform: &Platform) -> Error {
    let error = Error::usage(format!(
        "`{name}` is an index of several manifests, and AgentCore Runtime takes a single image for {platform}"
    ))
    .code(Code::ImageIndex)
    .hint(format!(
        "push a single image: `docker buildx build --platform {platform} --provenance=false --sbom=false …`"
    ));
    match index.select(platform) {
        Ok(chosen) => {
            error.hint(format!("or deploy the image inside of it: name it by its digest, `{}`", chosen.digest))
        }
        Err(_) => error.cause(format!("none of them is for {platform}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::error::Kind;
    use crate::image::registry::Credentials;
    use crate::image::registry::testing::TestRegistry;

    /// Puts an image and an index around it into a registry and returns their digests.
    fn store_image(server: &TestRegistry) -> (Digest, Digest) {
        let config = json!({ "architecture": "arm64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": [] } });
        let config = serde_json::to_vec(&config).unwrap();
        let describe = |kind: &str, bytes: &[u8]| json!({ "mediaType": kind, "size": bytes.len(), "digest": Digest::of_bytes(bytes) });
        let image = json!({
            "schemaVersion": 2, "mediaType": manifest::DOCKER_MANIFEST,
            "config": describe("application/vnd.docker.container.image.v1+json", &config), "layers": [],
        });
        let image = serde_json::to_vec(&image).unwrap();
        let mut entry = describe(manifest::DOCKER_MANIFEST, &image);
        entry["platform"] = json!({ "os": "linux", "architecture": "arm64" });
        let index: Value = json!({ "schemaVersion": 2, "mediaType": manifest::DOCKER_INDEX, "manifests": [entry] });
        let index = serde_json::to_vec(&index).unwrap();
        let mut state = server.state.lock().unwrap();
        state.blobs.insert(Digest::of_bytes(&config).to_string(), config);
        let digests = (Digest::of_bytes(&image), Digest::of_bytes(&index));
        for (tag, kind, bytes) in [("one", manifest::DOCKER_MANIFEST, image), ("many", manifest::DOCKER_INDEX, index)] {
            state.manifests.insert(format!("agent:{tag}"), (kind.to_owned(), bytes));
        }
        digests
    }

    #[tokio::test]
    async fn an_image_beyond_the_limit_is_refused() {
        let server = TestRegistry::start().await;
        store_image(&server);
        for (size, good) in [(MAX_IMAGE - 1000, true), (MAX_IMAGE, false), (u64::MAX, false)] {
            {
                let mut state = server.state.lock().unwrap();
                let (_, bytes) = state.manifests.get_mut("agent:one").unwrap();
                let mut image: Value = serde_json::from_slice(bytes).unwrap();
                let layer = json!({ "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": size });
                image["layers"] = json!([layer]);
                image["layers"][0]["digest"] = json!(Digest::of_bytes(b"layer").to_string());
                *bytes = serde_json::to_vec(&image).unwrap();
            }
            let found = single(&server.client(Credentials::Anonymous), "agent", "one", &Platform::arm64()).await;
            assert_eq!(
                found.as_ref().map_err(Error::code_str).err(),
                (!good).then_some("artifact.too-large"),
                "{found:?}"
            );
        }
    }

    #[tokio::test]
    async fn only_a_single_platform_image_is_accepted() {
        let server = TestRegistry::start().await;
        let (image, _) = store_image(&server);
        let registry = server.client(Credentials::Anonymous);
        let found = single(&registry, "agent", "one", &Platform::arm64()).await.unwrap();
        assert_eq!(found.digest, image);

        let error = single(&registry, "agent", "many", &Platform::arm64()).await.unwrap_err();
        assert_eq!((error.kind(), error.code_str()), (Kind::Usage, "image.index"));
        assert!(error.hints().iter().any(|hint| hint.contains(&image.to_string())), "{error:?}");

        let amd64 = "linux/amd64".parse().unwrap();
        let error = single(&registry, "agent", "one", &amd64).await.unwrap_err();
        assert_eq!((error.kind(), error.code_str()), (Kind::Usage, "image.platform"));
        let error = single(&registry, "agent", "none", &amd64).await.unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
    }
}
