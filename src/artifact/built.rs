//! An artifact that was made: what it is, writing it to a file, and the push.

use std::path::Path;
use std::sync::Arc;

use super::code::BuiltArchive;
use super::{SourceArchive, Tools, engine};
use crate::cache::Cache;
use crate::error::{Context, Error, Kind, Result};
use crate::events::Outcome;
use crate::fsx::Pending;
use crate::http::OpenedHost;
use crate::image::manifest::DOCKER_MANIFEST;
use crate::image::native::PushTarget;
use crate::image::reference::Reference;
use crate::image::registry::{Credentials, Registry, RegistryMemory};
use crate::image::{archive, inspect, native, size_text};
use crate::packages::inventory::Inventory;
use crate::platform::Platform;
use crate::redact::SecretString;

/// An artifact that exists on this machine.
#[derive(Debug)]
pub(crate) struct BuiltArtifact {
    /// Of an image, known before the push only for native ones; or of an archive.
    pub(crate) digest: Option<String>,
    pub(crate) why: String,
    pub(crate) platform: Platform,
    /// The packages that this program installed into it; `None` where another one did, or where nothing was made.
    pub(super) inventory: Option<Inventory>,
    pub(super) artifact: Artifact,
}

#[derive(Debug)]
pub(super) enum Artifact {
    Native(Box<native::BuiltImage>),
    Engine(engine::EngineImage),
    Code(Box<BuiltArchive>),
    /// The source, packed. What is built from it elsewhere is in the registry by the time it is asked for.
    Remote(Box<SourceArchive>),
    /// A plan does not start an engine's build.
    Pending,
    /// The repository or the bucket has it from an earlier build.
    Present,
}

/// What an artifact turned out to be.
#[derive(Debug)]
pub(crate) struct ArtifactContents {
    /// `image` or `archive`.
    pub(crate) kind: &'static str,
    pub(crate) digest: Option<String>,
    /// Bytes: everything that a registry or a bucket stores for it.
    pub(crate) size: Option<u64>,
    /// Lowest first.
    pub(crate) layers: Vec<LayerContents>,
    /// An engine's own name for the image.
    pub(crate) local_image: Option<String>,
}

#[derive(Debug)]
pub(crate) struct LayerContents {
    pub(crate) what: &'static str,
    pub(crate) digest: String,
    /// Bytes, compressed.
    pub(crate) size: u64,
}

/// Where an image is pushed to.
#[derive(Debug)]
pub(crate) struct ImageTarget<'a> {
    /// Scheme and host.
    pub(crate) endpoint: &'a str,
    pub(crate) credentials: Credentials,
    /// Connections that were opened before, most likely to this registry.
    pub(crate) opened: Option<OpenedHost>,
    pub(crate) repository: &'a str,
    pub(crate) tag: &'a str,
    /// A second tag, by which later runs find the image.
    pub(crate) source_tag: Option<String>,
}

impl<'a> ImageTarget<'a> {
    /// One that nothing is known of but its login.
    pub(crate) fn with_login(
        endpoint: &'a str,
        (username, password): (String, SecretString),
        repository: &'a str,
        tag: &'a str,
    ) -> Self {
        let credentials = Credentials::Basic { username, password };
        Self { endpoint, credentials, opened: None, repository, tag, source_tag: None }
    }
}

impl BuiltArtifact {
    pub(crate) fn contents(&self) -> ArtifactContents {
        let mut contents = ArtifactContents {
            kind: "image",
            digest: self.digest.clone(),
            size: None,
            layers: Vec::new(),
            local_image: None,
        };
        match &self.artifact {
            Artifact::Native(image) => {
                contents.size = Some(image.size);
                contents.layers = image
                    .layers
                    .iter()
                    .map(|layer| LayerContents { what: layer.what, digest: layer.digest.to_string(), size: layer.size })
                    .collect();
            }
            Artifact::Engine(image) => contents.local_image = Some(image.tag().to_owned()),
            Artifact::Code(made) => {
                contents.kind = "archive";
                contents.size = Some(made.archive.size);
            }
            Artifact::Remote(_) | Artifact::Pending | Artifact::Present => {}
        }
        contents
    }

    /// Compressed bytes of an image that was built here, and those of them that no push from this machine has brought to the
    /// registry yet, where it brought others. The registry may have more.
    pub(crate) fn image_size(&self, registry_host: &str, cache: &Cache) -> Option<(u64, Option<u64>)> {
        let Artifact::Native(image) = &self.artifact else { return None };
        let memory = RegistryMemory::new(cache, registry_host);
        let known = image.layers.iter().filter(|layer| memory.repository_of(&layer.digest).is_some());
        let known: u64 = known.map(|layer| layer.size).sum();
        Some((image.size, (known > 0).then(|| image.size.saturating_sub(known))))
    }

    /// The archive, where one was made.
    pub(crate) fn archive(&self) -> Option<&BuiltArchive> {
        match &self.artifact {
            Artifact::Code(made) => Some(made),
            _ => None,
        }
    }

    /// Writes the artifact to a file of the user's, which is replaced when it is whole.
    ///
    /// # Errors
    /// A disk that is full, layers of a base image that cannot be fetched.
    pub(crate) async fn write(&self, file: &Path, tools: &Tools<'_>) -> Result<u64> {
        let what = || format!("could not write `{}`", file.display());
        match &self.artifact {
            Artifact::Native(image) => Ok(archive::write(image, file, tools.events).await?.size),
            Artifact::Engine(image) => {
                // Engines write in place; what is there stays until the new one is whole.
                let pending = Pending::beside(file).with_context(what)?;
                image.save(&pending.path(), tools.events).await?;
                pending.finish().with_context(what)?;
                Ok(std::fs::metadata(file).with_context(what)?.len())
            }
            Artifact::Code(made) => {
                let from = made.archive.file.clone();
                let to = file.to_owned();
                let copy = move || copy(&from, &to);
                let size = tokio::task::spawn_blocking(copy).await.context("the thread that wrote a file stopped")?;
                let size = size.with_context(what)?;
                let text = format!("archive `{}` ({})", file.display(), size_text(size));
                tools.events.finished("archive", Outcome::Created, text);
                Ok(size)
            }
            Artifact::Remote(_) | Artifact::Pending | Artifact::Present => {
                Err(Error::failed("there is no artifact on this machine to write to a file"))
            }
        }
    }

    /// The repository or the bucket has it from an earlier build.
    pub(crate) const fn is_reused(&self) -> bool {
        matches!(self.artifact, Artifact::Present)
    }

    /// The source, when the image is to be built elsewhere.
    pub(crate) fn remote(&self) -> Option<&SourceArchive> {
        match &self.artifact {
            Artifact::Remote(archive) => Some(archive),
            _ => None,
        }
    }

    /// Pushes the image, unless a build elsewhere has done that, and returns its digest in the registry.
    ///
    /// # Errors
    /// Those of the registry; what was uploaded until then is found by the next attempt.
    pub(crate) async fn push(&self, target: ImageTarget<'_>, tools: &Tools<'_>) -> Result<String> {
        let ImageTarget { endpoint, credentials, opened, repository, tag, source_tag } = target;
        let registry = registry(endpoint, credentials.clone(), tools).through(opened).remembering(tools.cache);
        let digest = match &self.artifact {
            Artifact::Native(image) => {
                let target = PushTarget { repository, tag, source_tag: source_tag.as_deref() };
                return Ok(native::push(image, &registry, target, tools.events).await?.digest.to_string());
            }
            Artifact::Engine(image) => {
                let host = endpoint.split_once("://").map_or(endpoint, |(_, host)| host);
                let remote: Reference = format!("{host}/{repository}:{tag}").parse()?;
                image.push(&remote, &credentials, tools.events).await?
            }
            Artifact::Remote(source) => {
                let found = inspect::single(&registry, repository, tag, &source.platform).await;
                // The build is done by now, and what was typed was right.
                found.map_err(|error| error.with_kind(Kind::Failed))?.digest.to_string()
            }
            Artifact::Code(_) | Artifact::Pending | Artifact::Present => {
                return Err(Error::failed("there is no image to push"));
            }
        };
        if let Some(source_tag) = source_tag
            && let Err(error) = self.mark(&registry, repository, &digest, &source_tag).await
        {
            // Without this tag the next run builds again, and nothing else is lost. An immutable repository refuses it
            // when the same source was built anew with other dependencies.
            tools.events.note(format!("the image is not marked with `{source_tag}`: {error}"));
        }
        Ok(digest)
    }

    /// Gives an image that the repository has another tag, unless it has it. One request when it has.
    ///
    /// # Errors
    /// Those of the registry, among them a tag that stands for something else and is immutable.
    pub(crate) async fn tag(&self, target: ImageTarget<'_>, tools: &Tools<'_>) -> Result<()> {
        let Some(digest) = &self.digest else { return Ok(()) };
        let ImageTarget { endpoint, credentials, repository, tag, .. } = target;
        let registry = registry(endpoint, credentials, tools);
        if registry.head_manifest(repository, tag).await?.is_some_and(|found| found.to_string() == *digest) {
            return Ok(());
        }
        self.mark(&registry, repository, digest, tag).await?;
        tools.events.note(format!("image: {digest} has the tag `{tag}` now"));
        Ok(())
    }

    async fn mark(&self, registry: &Registry, repository: &str, digest: &str, tag: &str) -> Result<()> {
        match &self.artifact {
            Artifact::Native(image) => {
                registry.put_manifest(repository, tag, &image.manifest, image.media_type).await?
            }
            _ => {
                let there = registry.get_manifest(repository, digest).await?;
                let media_type = there.media_type.as_deref().unwrap_or(DOCKER_MANIFEST);
                registry.put_manifest(repository, tag, &there.bytes, media_type).await?
            }
        };
        Ok(())
    }
}

/// The registry that an image is deployed from. Its credentials are those that ECR issues.
fn registry(endpoint: &str, credentials: Credentials, tools: &Tools<'_>) -> Registry {
    Registry::new(Arc::clone(tools.http), endpoint, credentials).presenting_credentials()
}

/// A copy that is there as a whole or not at all.
fn copy(from: &Path, to: &Path) -> std::io::Result<u64> {
    let pending = Pending::beside(to)?;
    let mut new = std::fs::File::create(pending.path())?;
    let size = std::io::copy(&mut std::fs::File::open(from)?, &mut new)?;
    pending.finish()?;
    Ok(size)
}
