//! Resolves an image's address to its layers on disk, for AgentCore's checks and for the runner.

use std::path::PathBuf;

use serde_json::Value;

use super::{blob_path, read_blob};
use crate::sandbox::Sandbox;

/// An image of this account's registry, complete on disk. The files stay while the repository keeps the image: who
/// needs them longer must copy them first, as AgentCore does.
#[derive(Clone, Debug)]
pub(crate) struct ResolvedImage {
    pub(crate) repository: String,
    /// The index, where the address named one; its entries' platforms tell what it is made of.
    pub(crate) index: Option<Value>,
    /// Of the manifest of one image.
    pub(crate) manifest_digest: String,
    /// The image's config: `os`, `architecture`, `config.Cmd` and so on.
    pub(crate) config: Value,
    /// In the order in which they are applied.
    pub(crate) layers: Vec<LayerBlob>,
}

/// The file that holds one layer of an image.
#[derive(Clone, Debug)]
pub(crate) struct LayerBlob {
    pub(crate) path: PathBuf,
    /// Tells whether and how it is compressed.
    pub(crate) media_type: String,
}

impl ResolvedImage {
    /// `os/architecture` of the config, such as `linux/arm64`.
    pub(crate) fn platform(&self) -> String {
        let part = |name: &str| self.config[name].as_str().unwrap_or("unknown").to_owned();
        format!("{}/{}", part("os"), part("architecture"))
    }
}

/// Why an address has no image here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ImageError {
    /// Not an address of this account's registry: another account, region or registry.
    Elsewhere,
    NoRepository(String),
    /// The repository has no such tag or digest.
    NoImage {
        repository: String,
        reference: String,
    },
    /// An index without an image for the wanted platform; lists the platforms that it has.
    NoPlatform(Vec<String>),
    /// It is here, but is not a runnable image.
    Unusable(String),
}

/// The image behind `uri`: `{registry}/{repository}[:tag][@digest]`, where the registry is ECR's host of this account
/// and region or, with `allow_local_images`, the sandbox's own address. A digest wins over a tag, and without either
/// the tag is `latest`. Of an index the entry for `platform` (`linux/arm64`) is taken.
pub(crate) async fn resolve_image(sandbox: &Sandbox, uri: &str, platform: &str) -> Result<ResolvedImage, ImageError> {
    let (repository, reference) = split(sandbox, uri).ok_or(ImageError::Elsewhere)?;
    let found = sandbox.state.ecr.read(|ecr| {
        let Some(found) = ecr.repositories.get(repository) else {
            return Err(ImageError::NoRepository(repository.to_owned()));
        };
        let digest = found.resolve(reference).ok_or_else(|| ImageError::NoImage {
            repository: repository.to_owned(),
            reference: reference.to_owned(),
        })?;
        Ok(digest.to_owned())
    });
    let digest = found?;
    let named = read_json(sandbox, &digest).await?;
    let (index, manifest, manifest_digest) = if named["manifests"].is_array() {
        let child = pick(&named, platform)?;
        let manifest = read_json(sandbox, &child).await?;
        (Some(named), manifest, child)
    } else {
        (None, named, digest)
    };
    let config_digest = manifest["config"]["digest"].as_str().unwrap_or_default().to_owned();
    let config = read_json(sandbox, &config_digest).await?;
    let layers = manifest["layers"].as_array().into_iter().flatten();
    let layers = layers.map(|layer| self::layer(sandbox, layer)).collect::<Result<Vec<_>, _>>()?;
    Ok(ResolvedImage { repository: repository.to_owned(), index, manifest_digest, config, layers })
}

/// Repository and reference of an address of this registry.
fn split<'a>(sandbox: &Sandbox, uri: &'a str) -> Option<(&'a str, &'a str)> {
    let info = &sandbox.info;
    let (host, rest) = uri.split_once('/')?;
    let own = [format!("127.0.0.1:{}", info.port), format!("localhost:{}", info.port)];
    let local = sandbox.options.allow_local_images && own.iter().any(|own| own == host);
    if !local && host != info.partition().ecr_host(&info.account, &info.region) {
        return None;
    }
    let (name, digest) = match rest.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (rest, None),
    };
    let (name, tag) = match name.rsplit_once(':') {
        Some((name, tag)) => (name, Some(tag)),
        None => (name, None),
    };
    Some((name, digest.or(tag).unwrap_or("latest")))
}

/// The digest of an index's entry for a platform.
fn pick(index: &Value, platform: &str) -> Result<String, ImageError> {
    let entries: Vec<(String, &str)> = index["manifests"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| {
            let part = |name: &str| entry["platform"][name].as_str().unwrap_or("unknown");
            (format!("{}/{}", part("os"), part("architecture")), entry["digest"].as_str().unwrap_or_default())
        })
        .collect();
    match entries.iter().find(|(of, _)| of == platform) {
        Some((_, digest)) => Ok((*digest).to_owned()),
        None => Err(ImageError::NoPlatform(entries.into_iter().map(|(of, _)| of).collect())),
    }
}

fn layer(sandbox: &Sandbox, layer: &Value) -> Result<LayerBlob, ImageError> {
    let digest = layer["digest"].as_str().unwrap_or_default().to_owned();
    let path = blob_path(sandbox, &digest).filter(|path| path.is_file());
    Ok(LayerBlob {
        path: path.ok_or_else(|| ImageError::Unusable(format!("the layer {digest} is not in the registry")))?,
        media_type: layer["mediaType"].as_str().unwrap_or_default().to_owned(),
    })
}

async fn read_json(sandbox: &Sandbox, digest: &str) -> Result<Value, ImageError> {
    let bytes = read_blob(sandbox, digest).await.map_err(|fault| ImageError::Unusable(fault.message))?;
    serde_json::from_slice(&bytes).map_err(|error| ImageError::Unusable(format!("{digest} is no JSON: {error}")))
}
