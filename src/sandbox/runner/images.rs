//! The images of deployed agents, kept apart from the registry: a version of an agent outlives the repository it came from.
//!
//! ```text
//! images/sha256-…/image.json   platform, reference, configuration
//! images/sha256-…/layers/0…    hard links to the registry's blobs, lowest first
//! images/sha256-…/root         the unpacked image, made for the process runner
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

use super::archive::{self, ArchiveSpec};
use super::rootfs;
use super::spec::{AgentImage, CodeFacts};
use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::sandbox::{SandboxInfo, SharedSandbox, registry};

/// All kept images.
#[derive(Debug)]
pub(super) struct ImageStore {
    dir: PathBuf,
    /// Held for reading from the keeping of an image until a version refers to it, so that it is not collected meanwhile.
    keeping: Arc<RwLock<()>>,
    /// One unpacking at a time: the disk is the limit, and two of the same image would do it twice.
    unpacking: tokio::sync::Mutex<()>,
}

/// An image that was kept and that no version refers to yet.
pub(crate) struct KeptImage {
    digest: String,
    _keeping: OwnedRwLockReadGuard<()>,
}

#[derive(Serialize, Deserialize)]
struct ImageMetadata {
    repository: String,
    platform: String,
    media_types: Vec<String>,
    /// The `config` member of the image's configuration.
    config: Value,
    #[serde(default)]
    code: Option<CodeFacts>,
}

/// A code archive that was kept.
pub(crate) struct KeptCode {
    pub(crate) kept: KeptImage,
    /// Names it, as its manifest's digest names an image.
    pub(crate) digest: String,
    pub(crate) platform: String,
    /// Why the service would give up on it.
    pub(crate) failure: Option<String>,
}

impl ImageStore {
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir, keeping: Arc::default(), unpacking: tokio::sync::Mutex::default() }
    }

    fn path(&self, digest: &str) -> PathBuf {
        self.dir.join(digest.replace(':', "-"))
    }

    /// Keeps an image of the registry. Costs no space: the layers are the registry's own files under a second name.
    pub(super) async fn keep(&self, image: &registry::ResolvedImage) -> Result<KeptImage> {
        let keeping = Arc::clone(&self.keeping).read_owned().await;
        let digest = image.manifest_digest.clone();
        let target = self.path(&digest);
        let record = ImageMetadata {
            repository: image.repository.clone(),
            platform: image.platform(),
            media_types: image.layers.iter().map(|layer| layer.media_type.clone()).collect(),
            config: image.config.get("config").cloned().unwrap_or_default(),
            code: None,
        };
        let blobs: Vec<PathBuf> = image.layers.iter().map(|layer| layer.path.clone()).collect();
        let work = move || keep(&target, &blobs, &record);
        tokio::task::spawn_blocking(work).await.context("keeping the image was cut short")??;
        Ok(KeptImage { digest, _keeping: keeping })
    }

    /// Keeps a code archive: in the form of an image with one layer, so that all else is the same.
    pub(super) async fn keep_code(&self, code: ArchiveSpec) -> Result<KeptCode> {
        let keeping = Arc::clone(&self.keeping).read_owned().await;
        let dir = self.dir.clone();
        let work = move || {
            let found = archive::inspect(&code)?;
            let record = ImageMetadata {
                repository: String::new(),
                platform: found.platform.clone(),
                media_types: vec![archive::MEDIA_TYPE.to_owned()],
                config: found.config,
                code: Some(CodeFacts { packages: found.packages, foreign: found.foreign, python: found.python }),
            };
            keep(&dir.join(&found.id), std::slice::from_ref(&code.path), &record)?;
            Ok::<_, Error>((found.id, found.platform, found.failure))
        };
        let kept = tokio::task::spawn_blocking(work).await.context("keeping the archive was cut short")?;
        let (digest, platform, failure) = kept?;
        Ok(KeptCode { kept: KeptImage { digest: digest.clone(), _keeping: keeping }, digest, platform, failure })
    }

    pub(super) fn load(&self, info: &SandboxInfo, digest: &str) -> Result<AgentImage> {
        let path = self.path(digest);
        let text = fsx::read_text(&path.join("image.json"))?
            .ok_or_else(|| Error::failed(format!("the image `{digest}` is missing in `{}`", self.dir.display())))?;
        let record: ImageMetadata = serde_json::from_str(&text)
            .with_context(|| format!("could not understand `{}`", path.join("image.json").display()))?;
        let layers = record
            .media_types
            .into_iter()
            .enumerate()
            .map(|(index, media_type)| registry::LayerBlob {
                media_type,
                path: path.join("layers").join(index.to_string()),
            })
            .collect();
        Ok(AgentImage {
            digest: digest.to_owned(),
            reference: format!("127.0.0.1:{}/{}@{digest}", info.port, record.repository),
            platform: record.platform,
            layers,
            config: record.config,
            code: record.code,
        })
    }

    /// The unpacked image.
    pub(super) async fn root(&self, image: &AgentImage) -> Result<PathBuf> {
        let root = self.path(&image.digest).join("root");
        if !root.is_dir() {
            let _one = self.unpacking.lock().await;
            let (layers, target) = (image.layers.clone(), root.clone());
            let work = move || rootfs::unpack(&layers, &target);
            tokio::task::spawn_blocking(work).await.context("unpacking the image was cut short")??;
        }
        fs::canonicalize(&root).with_context(|| format!("could not resolve `{}`", root.display()))
    }

    /// Removes the images that are not in `used`, which is asked only while nothing is being kept.
    pub(super) async fn collect(&self, used: impl FnOnce() -> BTreeSet<String>) {
        let _alone = self.keeping.write().await;
        let used: BTreeSet<PathBuf> = used().iter().map(|digest| self.path(digest)).collect();
        let dir = self.dir.clone();
        let work = move || {
            for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
                if !used.contains(&entry.path()) {
                    // What cannot be removed now is tried again after the next deletion.
                    let _ = fs::remove_dir_all(entry.path());
                }
            }
        };
        let _ = tokio::task::spawn_blocking(work).await;
    }
}

fn keep(target: &Path, blobs: &[PathBuf], record: &ImageMetadata) -> Result<()> {
    let layers = target.join("layers");
    fsx::create_private_dir(&layers)?;
    for (index, blob) in blobs.iter().enumerate() {
        let link = layers.join(index.to_string());
        if link.exists() {
            continue;
        }
        // Where the file system has no hard links a copy does.
        if fs::hard_link(blob, &link).is_err() {
            fs::copy(blob, &link).with_context(|| format!("could not copy the layer `{}`", blob.display()))?;
        }
    }
    let text = serde_json::to_vec_pretty(record).context("could not serialise an image's description")?;
    fsx::write_private(&target.join("image.json"), &text)
}

impl KeptImage {
    /// Makes the image ready to start, in the background: the first call of the agent is then not the slow one.
    pub(crate) fn prepare(self, sandbox: &SharedSandbox) {
        let sandbox = Arc::clone(sandbox);
        tokio::spawn(async move {
            let digest = self.digest.clone();
            // From here on a version refers to it.
            drop(self);
            let prepared = async {
                let image = sandbox.runner.image(&sandbox.info, &digest)?;
                super::start::prepare(&sandbox, &image).await
            };
            if let Err(error) = prepared.await {
                // The first call tries again and reports it to its caller.
                sandbox.events.warning(format!("could not prepare the image `{digest}`: {error}"));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn image_survives_its_repository_until_it_is_unused() {
        let dir = tempfile::tempdir().unwrap();
        let images = ImageStore::new(dir.path().join("images"));
        let (sandbox, _dir) = crate::sandbox::tests::TestSandbox::bare();
        let blob = dir.path().join("blob");
        fs::write(&blob, "layer").unwrap();
        let resolved = |digest: &str| registry::ResolvedImage {
            repository: "team/agent".into(),
            index: None,
            manifest_digest: digest.into(),
            config: serde_json::json!({ "os": "linux", "architecture": "arm64", "config": { "Cmd": ["x"] } }),
            layers: vec![registry::LayerBlob { path: blob.clone(), media_type: "tar".into() }],
        };
        drop(images.keep(&resolved("sha256:aa")).await.unwrap());
        drop(images.keep(&resolved("sha256:bb")).await.unwrap());
        fs::remove_file(&blob).unwrap();
        let image = images.load(&sandbox.info, "sha256:aa").unwrap();
        assert_eq!(image.platform, "linux/arm64");
        assert_eq!(image.config["Cmd"][0], "x");
        assert!(image.reference.ends_with("/team/agent@sha256:aa"));
        assert_eq!(fs::read_to_string(&image.layers[0].path).unwrap(), "layer");

        images.collect(|| ["sha256:bb".to_owned()].into()).await;
        assert!(images.load(&sandbox.info, "sha256:aa").is_err());
        assert!(images.load(&sandbox.info, "sha256:bb").is_ok());
    }
}
