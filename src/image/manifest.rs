//! Manifests, indexes and image configurations: reading those of others, writing ours.
//!
//! Owns: media types, choosing a platform's image from an index, the JSON of an image that extends a base or starts
//! from nothing. Does not own: transport. Docker's schema 2 is what we write by default: AgentCore has refused OCI
//! manifests of some tools (users report it of podman's), and every registry takes schema 2.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::{Context, Error, Result};

use super::layer::DOCKER_LAYER;
use crate::digest::Digest;
use crate::platform::Platform;

pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
pub(crate) const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
pub(crate) const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(crate) const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// Everything that we can read, for an `Accept` header.
pub(crate) const ACCEPT: &str = "application/vnd.docker.distribution.manifest.v2+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, \
    application/vnd.oci.image.index.v1+json";

const EPOCH: &str = "1970-01-01T00:00:00Z";

/// In which of the two dialects a manifest is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ManifestFormat {
    #[default]
    Docker,
    Oci,
}

impl ManifestFormat {
    pub(crate) fn manifest_type(self) -> &'static str {
        match self {
            Self::Docker => DOCKER_MANIFEST,
            Self::Oci => OCI_MANIFEST,
        }
    }

    fn config_type(self) -> &'static str {
        match self {
            Self::Docker => DOCKER_CONFIG,
            Self::Oci => OCI_CONFIG,
        }
    }

    /// The layer's media type in this dialect. Other compressions than gzip exist in OCI only and stay as they are.
    pub(crate) fn layer_type(self, media_type: &str) -> String {
        match (self, media_type) {
            (Self::Docker, OCI_LAYER) => DOCKER_LAYER.to_owned(),
            (Self::Oci, DOCKER_LAYER) => OCI_LAYER.to_owned(),
            _ => media_type.to_owned(),
        }
    }
}

/// Points at a blob or a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    pub(crate) media_type: String,
    pub(crate) size: u64,
    pub(crate) digest: Digest,
}

/// One image: its configuration and its layers, lowest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    schema_version: u32,
    #[serde(default)]
    pub(crate) media_type: String,
    pub(crate) config: Descriptor,
    pub(crate) layers: Vec<Descriptor>,
}

/// One image per platform.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ImageIndex {
    manifests: Vec<IndexEntry>,
}

impl Manifest {
    /// Bytes that a registry stores for the image: layers and configuration, compressed.
    pub(crate) fn stored_size(&self) -> u64 {
        let sizes = self.layers.iter().map(|layer| layer.size);
        // Whatever a registry claims.
        sizes.fold(self.config.size, u64::saturating_add)
    }
}

#[derive(Clone, Debug, Deserialize)]
struct IndexEntry {
    #[serde(flatten)]
    descriptor: Descriptor,
    platform: Option<IndexPlatform>,
}

#[derive(Clone, Debug, Deserialize)]
struct IndexPlatform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    variant: Option<String>,
}

/// What a tag may point at.
#[derive(Clone, Debug)]
pub(crate) enum ManifestDocument {
    Image(Manifest),
    Index(ImageIndex),
}

/// Reads a manifest or an index. `media_type` is what the registry called it, and may be absent: the document says it
/// too, by its `mediaType` or its members.
///
/// # Errors
/// When it is neither, or the schema 1 that registries stopped taking.
pub(crate) fn parse(bytes: &[u8], media_type: Option<&str>) -> Result<ManifestDocument> {
    let value: Value = serde_json::from_slice(bytes).context("the image manifest is not JSON")?;
    let stated = value["mediaType"].as_str().or(media_type).unwrap_or_default().to_owned();
    let unknown = || {
        Error::failed(format!("the image manifest has an unknown type, `{stated}`"))
            .hint("the image may be made by a very old tool; build and push it again")
    };
    if value["schemaVersion"].as_u64() != Some(2) {
        return Err(unknown());
    }
    let index = matches!(stated.as_str(), DOCKER_INDEX | OCI_INDEX) || value["manifests"].is_array();
    if index {
        return serde_json::from_value(value).map(ManifestDocument::Index).context("the image index is not valid");
    }
    if !value["layers"].is_array() {
        return Err(unknown());
    }
    let mut manifest: Manifest = serde_json::from_value(value).context("the image manifest is not valid")?;
    manifest.media_type = if stated.is_empty() { OCI_MANIFEST.to_owned() } else { stated };
    Ok(ManifestDocument::Image(manifest))
}

impl ImageIndex {
    /// The image for `wanted`.
    ///
    /// # Errors
    /// Lists the platforms that there are.
    pub(crate) fn select(&self, wanted: &Platform) -> Result<&Descriptor> {
        let images = self.images();
        let found = images.iter().filter(|(platform, _)| platform.satisfies(wanted));
        // Of several variants, an exact match, else the first: indexes list the least demanding one first.
        let exact = found.clone().find(|(platform, _)| platform.variant == wanted.variant);
        if let Some((_, descriptor)) = exact.or_else(|| found.clone().next()) {
            return Ok(descriptor);
        }
        let there: Vec<String> = images.iter().map(|(platform, _)| platform.to_string()).collect();
        let there = if there.is_empty() { "no platform at all".to_owned() } else { there.join(", ") };
        Err(Error::usage(format!("the image does not exist for {wanted}; it exists for {there}")))
    }

    /// The images, without the attestations that builders put beside them as platform `unknown/unknown`.
    pub(crate) fn images(&self) -> Vec<(Platform, &Descriptor)> {
        let real = |platform: &IndexPlatform| platform.os != "unknown" && platform.architecture != "unknown";
        self.manifests
            .iter()
            .filter_map(|entry| {
                let platform = entry.platform.as_ref().filter(|platform| real(platform))?;
                let platform = Platform {
                    os: platform.os.clone(),
                    architecture: platform.architecture.clone(),
                    variant: platform.variant.clone().filter(|variant| !variant.is_empty()),
                };
                Some((platform, &entry.descriptor))
            })
            .collect()
    }
}

/// An image configuration, as its creator wrote it.
#[derive(Clone, Debug)]
pub(crate) struct ImageConfig(Map<String, Value>);

impl ImageConfig {
    /// # Errors
    /// When it is not a JSON object with `rootfs.diff_ids`.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let value: Value = serde_json::from_slice(bytes).context("the image configuration is not JSON")?;
        match value {
            Value::Object(map) if map.get("rootfs").is_some_and(|rootfs| rootfs["diff_ids"].is_array()) => {
                Ok(Self(map))
            }
            _ => Err(Error::failed("the image configuration has no `rootfs.diff_ids`")),
        }
    }

    pub(crate) fn platform(&self) -> Platform {
        let text = |name: &str| self.0.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let variant = Some(text("variant")).filter(|variant| !variant.is_empty());
        Platform { os: text("os"), architecture: text("architecture"), variant }
    }

    /// # Errors
    /// When one of them is not a SHA-256 digest.
    pub(crate) fn diff_ids(&self) -> Result<Vec<Digest>> {
        serde_json::from_value(self.0["rootfs"]["diff_ids"].clone())
            .context("the image configuration's diff ids are not valid")
    }

    /// The environment in its own order.
    pub(crate) fn env(&self) -> Vec<(String, String)> {
        let list = self.member("config").and_then(|config| config["Env"].as_array().cloned()).unwrap_or_default();
        let pair = |text: &str| {
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            (name.to_owned(), value.to_owned())
        };
        list.iter().filter_map(Value::as_str).map(pair).collect()
    }

    /// A member of the `config` object: `Cmd`, `User`, `WorkingDir`, `ExposedPorts`, `Labels`, `Entrypoint`.
    #[cfg(test)]
    pub(crate) fn setting(&self, name: &str) -> Option<&Value> {
        self.member("config")?.get(name).filter(|value| !value.is_null())
    }

    fn member(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// The history, when it is complete: one entry for each of `layers` layers, besides those that made none.
    fn history(&self, layers: usize) -> Vec<Value> {
        let history = self.member("history").and_then(Value::as_array).cloned().unwrap_or_default();
        let full = history.iter().filter(|step| step["empty_layer"].as_bool() != Some(true)).count();
        if full == layers { history } else { vec![json!({ "created": EPOCH, "created_by": "base image" }); layers] }
    }
}

/// What the image's configuration is to say.
#[derive(Clone, Debug)]
pub(crate) struct ImageSettings<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) env: &'a [(String, String)],
    pub(crate) command: &'a [String],
    pub(crate) workdir: &'a str,
    pub(crate) user: &'a str,
    pub(crate) labels: &'a [(String, String)],
    pub(crate) ports: &'a [u16],
}

/// The configuration of an image that adds layers (diff id and a word on what is in it) to `base`. The base's
/// entrypoint and command are replaced: they would wrap ours. So are its build triggers and its health check, which
/// tests something else.
pub(crate) fn configure(
    base: Option<&ImageConfig>,
    settings: &ImageSettings<'_>,
    added: &[(Digest, &str)],
) -> Result<Vec<u8>> {
    let mut config = match base.and_then(|base| base.member("config")) {
        Some(Value::Object(config)) => config.clone(),
        _ => Map::new(),
    };
    for name in ["Entrypoint", "Cmd", "ArgsEscaped", "OnBuild", "Healthcheck", "Hostname", "Image"] {
        config.remove(name);
    }
    let env = merge(base.map(ImageConfig::env).unwrap_or_default(), settings.env);
    config.insert("Env".into(), env.into_iter().map(|(name, value)| Value::from(format!("{name}={value}"))).collect());
    config.insert("Cmd".into(), json!(settings.command));
    config.insert("WorkingDir".into(), json!(settings.workdir));
    config.insert("User".into(), json!(settings.user));
    extend(&mut config, "Labels", settings.labels.iter().map(|(name, value)| (name.clone(), json!(value))));
    extend(&mut config, "ExposedPorts", settings.ports.iter().map(|port| (format!("{port}/tcp"), json!({}))));

    let mut diff_ids = base.map(ImageConfig::diff_ids).transpose()?.unwrap_or_default();
    let mut history = base.map(|base| base.history(diff_ids.len())).unwrap_or_default();
    diff_ids.extend(added.iter().map(|(diff_id, _)| *diff_id));
    history
        .extend(added.iter().map(|(_, what)| json!({ "created": EPOCH, "created_by": format!("agentcore: {what}") })));
    let created = base.and_then(|base| base.member("created")).cloned().unwrap_or_else(|| json!(EPOCH));

    let mut image = Map::new();
    image.insert("architecture".into(), json!(settings.platform.architecture));
    if let Some(variant) = base.map_or(settings.platform.variant.clone(), |base| base.platform().variant) {
        image.insert("variant".into(), json!(variant));
    }
    image.insert("os".into(), json!(settings.platform.os));
    image.insert("created".into(), created);
    image.insert("config".into(), Value::Object(config));
    image.insert("rootfs".into(), json!({ "type": "layers", "diff_ids": diff_ids }));
    image.insert("history".into(), Value::Array(history));
    serde_json::to_vec(&image).context("could not write the image configuration")
}

/// Later values replace earlier ones in their place; new names follow.
pub(crate) fn merge(mut env: Vec<(String, String)>, over: &[(String, String)]) -> Vec<(String, String)> {
    for (name, value) in over {
        match env.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => old.clone_from(value),
            None => env.push((name.clone(), value.clone())),
        }
    }
    env
}

fn extend(config: &mut Map<String, Value>, name: &str, members: impl Iterator<Item = (String, Value)>) {
    let mut members = members.peekable();
    if members.peek().is_none() {
        return;
    }
    let target = config.entry(name).or_insert_with(|| json!({}));
    if !target.is_object() {
        *target = json!({});
    }
    if let Some(object) = target.as_object_mut() {
        object.extend(members);
    }
}

/// The manifest over a configuration and layers, lowest first.
pub(crate) fn assemble(format: ManifestFormat, config: &[u8], layers: Vec<Descriptor>) -> Result<Vec<u8>> {
    let layers = layers
        .into_iter()
        .map(|layer| Descriptor { media_type: format.layer_type(&layer.media_type), ..layer })
        .collect();
    let manifest = Manifest {
        schema_version: 2,
        media_type: format.manifest_type().to_owned(),
        config: Descriptor {
            media_type: format.config_type().to_owned(),
            size: config.len() as u64,
            digest: Digest::of_bytes(config),
        },
        layers,
    };
    serde_json::to_vec(&manifest).context("could not write the image manifest")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(byte: u8) -> Digest {
        Digest::of_bytes(&[byte])
    }

    fn index(platforms: &[(&str, &str, Option<&str>)]) -> ImageIndex {
        let manifests: Vec<Value> = platforms
            .iter()
            .enumerate()
            .map(|(n, (os, architecture, variant))| {
                json!({
                    "mediaType": OCI_MANIFEST, "size": 1, "digest": digest(u8::try_from(n).unwrap()),
                    "platform": { "os": os, "architecture": architecture, "variant": variant },
                })
            })
            .collect();
        let bytes = serde_json::to_vec(&json!({ "schemaVersion": 2, "manifests": manifests })).unwrap();
        match parse(&bytes, None).unwrap() {
            ManifestDocument::Index(index) => index,
            ManifestDocument::Image(_) => panic!("taken for an image"),
        }
    }

    #[test]
    fn index_selects_the_platform_and_no_attestation() {
        let index = index(&[
            ("unknown", "unknown", None),
            ("linux", "amd64", None),
            ("linux", "arm", Some("v7")),
            ("linux", "arm64", Some("v8")),
        ]);
        assert_eq!(index.select(&Platform::arm64()).unwrap().digest, digest(3));
        let error = index.select(&"windows/amd64".parse().unwrap()).unwrap_err();
        assert!(error.message().contains("linux/amd64, linux/arm/v7, linux/arm64/v8"), "{error}");
        assert!(!error.message().contains("unknown"));
    }

    #[test]
    fn schema_1_and_strangers_are_refused() {
        for text in [
            r#"{"schemaVersion":1,"fsLayers":[]}"#,
            r#"{"schemaVersion":2}"#,
            r#"{"schemaVersion":2,"layers":[{"mediaType":"x","size":-1,"digest":"sha256:0"}],"config":{}}"#,
            "[]",
            "<html>",
        ] {
            assert!(parse(text.as_bytes(), Some(DOCKER_MANIFEST)).is_err(), "{text} was accepted");
        }
    }

    fn base() -> ImageConfig {
        let base = json!({
            "architecture": "arm64", "os": "linux", "variant": "v8", "created": "2026-01-01T00:00:00Z",
            "config": {
                "Env": ["PATH=/usr/bin", "LANG=C.UTF-8"], "Entrypoint": ["/wrap"], "Cmd": ["sh"], "StopSignal": "SIGINT",
                "Labels": { "a": "1" }, "OnBuild": ["RUN x"],
            },
            "rootfs": { "type": "layers", "diff_ids": [digest(1)] },
            "history": [{ "created_by": "one" }, { "created_by": "two", "empty_layer": true }],
        });
        ImageConfig::parse(&serde_json::to_vec(&base).unwrap()).unwrap()
    }

    fn settings<'a>(env: &'a [(String, String)], command: &'a [String], platform: &'a Platform) -> ImageSettings<'a> {
        ImageSettings { platform, env, command, workdir: "/app", user: "1000:1000", labels: &[], ports: &[8080] }
    }

    #[test]
    fn base_is_extended_without_its_entrypoint() {
        let env = [("PATH".to_owned(), "/opt/python/bin:/usr/bin".to_owned()), ("X".to_owned(), "1".to_owned())];
        let command = ["python".to_owned()];
        let platform = Platform::arm64();
        let bytes = configure(Some(&base()), &settings(&env, &command, &platform), &[(digest(2), "source")]).unwrap();
        let config = ImageConfig::parse(&bytes).unwrap();
        assert_eq!(config.diff_ids().unwrap(), [digest(1), digest(2)]);
        assert_eq!(config.setting("Entrypoint"), None);
        assert_eq!(config.setting("OnBuild"), None);
        assert_eq!(config.setting("StopSignal"), Some(&json!("SIGINT")));
        assert_eq!(config.setting("Labels"), Some(&json!({ "a": "1" })));
        assert_eq!(config.setting("Env"), Some(&json!(["PATH=/opt/python/bin:/usr/bin", "LANG=C.UTF-8", "X=1"])));
        assert_eq!(config.setting("ExposedPorts"), Some(&json!({ "8080/tcp": {} })));
        assert_eq!(config.history(2).len(), 3);
        assert_eq!(config.platform().to_string(), "linux/arm64/v8");
    }

    #[test]
    fn incomplete_history_is_replaced_to_match_the_layers() {
        let mut base = base();
        base.0.insert("history".into(), json!([]));
        let bytes = configure(Some(&base), &settings(&[], &[], &Platform::arm64()), &[(digest(2), "source")]).unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["history"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn media_types_agree_with_the_format() {
        let layer = |media_type: &str| Descriptor { media_type: media_type.to_owned(), size: 1, digest: digest(1) };
        for (format, expected) in [(ManifestFormat::Docker, DOCKER_LAYER), (ManifestFormat::Oci, OCI_LAYER)] {
            let bytes = assemble(format, b"{}", vec![layer(OCI_LAYER), layer(DOCKER_LAYER)]).unwrap();
            let ManifestDocument::Image(manifest) = parse(&bytes, None).unwrap() else { panic!("not an image") };
            assert!(manifest.layers.iter().all(|layer| layer.media_type == expected));
            assert_eq!(manifest.media_type, format.manifest_type());
            assert_eq!(manifest.config.digest, Digest::of_bytes(b"{}"));
        }
    }
}
