//! Files that we write, for us and for others, and files of others.

use std::io::Write;
use std::path::PathBuf;

use super::*;
use crate::cache::Cache;
use crate::error::Kind;
use crate::events::Events;
use crate::image::MAX_IMAGE;
use crate::image::blobs::BlobCache;
use crate::image::layer::{LayerOwner, build_layer};
use crate::image::manifest::{self, ImageSettings, ManifestFormat, OCI_MANIFEST};
use crate::image::native::{ImageLayer, assemble_manifest, push};
use crate::image::registry::Credentials;
use crate::image::registry::testing::{TestRegistry, to};
use crate::needs;
use crate::platform::Platform;
use crate::process::Child;
use crate::tree::{Entry, EntryKind};

struct Scene {
    dir: tempfile::TempDir,
    cache: Cache,
    events: Events,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::at(dir.path().join("cache"));
        Self { dir, cache, events: Events::silent() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// An image of two layers for arm64.
    fn image(&self) -> BuiltImage {
        let (mut layers, mut added) = (Vec::new(), Vec::new());
        for name in ["one", "two"] {
            let entry = Entry { path: name.to_owned(), kind: EntryKind::Bytes(vec![7; 3000]), executable: false };
            let layer = build_layer(vec![entry], "layer", LayerOwner::ROOT, self.dir.path()).unwrap();
            added.push((layer.diff_id, "layer"));
            layers.push(ImageLayer::from(layer));
        }
        let platform = Platform::arm64();
        let settings = ImageSettings {
            platform: &platform,
            env: &[],
            command: &[],
            workdir: "/",
            user: "0",
            labels: &[],
            ports: &[],
        };
        let config = manifest::configure(None, &settings, &added).unwrap();
        let manifest = assemble_manifest(ManifestFormat::Docker, &config, &layers).unwrap();
        BuiltImage::from_parts(ManifestFormat::Docker.manifest_type(), manifest, config, layers)
    }

    async fn written(&self, name: &str) -> (BuiltImage, PathBuf) {
        let (built, file) = (self.image(), self.path(name));
        let archived = write(&built, &file, &self.events).await.unwrap();
        assert_eq!((archived.digest, archived.size), (built.digest, std::fs::metadata(&file).unwrap().len()));
        (built, file)
    }

    async fn read(&self, file: &Path) -> Result<BuiltImage> {
        read(file, &Platform::arm64(), MAX_IMAGE, &self.cache).await
    }

    /// A tar with these entries.
    fn tar(&self, name: &str, entries: &[(&str, &[u8])]) -> PathBuf {
        let path = self.path(name);
        let mut tar = tar::Builder::new(std::fs::File::create(&path).unwrap());
        for (name, bytes) in entries {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, name, *bytes).unwrap();
        }
        tar.into_inner().unwrap().flush().unwrap();
        path
    }
}

#[tokio::test]
async fn archived_image_is_read_and_pushed_unchanged() {
    let (one, two) = (Scene::new(), Scene::new());
    let (built, file) = one.written("a.tar").await;
    let (_, again) = two.written("b.tar").await;
    assert_eq!(std::fs::read(&file).unwrap(), std::fs::read(again).unwrap(), "the file depends on where it was made");
    let found = one.read(&file).await.unwrap();
    assert_eq!((found.digest, found.size, found.media_type), (built.digest, built.size, built.media_type));
    let (from_parts, from_files) = (TestRegistry::start().await, TestRegistry::start().await);
    for (image, server) in [(found, &from_parts), (built, &from_files)] {
        push(&image, &server.client(Credentials::Anonymous), to("a", "1"), &one.events).await.unwrap();
    }
    let blobs = |server: &TestRegistry| server.state.lock().unwrap().blobs.clone();
    assert!(blobs(&from_parts) == blobs(&from_files));
}

#[tokio::test]
async fn remote_layer_is_fetched_once_and_checked() {
    let (scene, server) = (Scene::new(), TestRegistry::start().await);
    let mut built = scene.image();
    let BlobSource::File(path) = &built.layers[0].source else { unreachable!() };
    let (bytes, digest) = (std::fs::read(path).unwrap(), built.layers[0].digest);
    server.state.lock().unwrap().blobs.insert(digest.to_string(), bytes);
    built.layers[0].source = BlobSource::Remote {
        registry: std::sync::Arc::new(server.client(Credentials::Anonymous)),
        repository: "base".into(),
        blobs: BlobCache::new(&scene.cache),
    };
    for name in ["a.tar", "b.tar"] {
        write(&built, &scene.path(name), &scene.events).await.unwrap();
        assert_eq!(scene.read(&scene.path(name)).await.unwrap().digest, built.digest);
    }
    assert_eq!(server.lines().iter().filter(|line| line.contains("/blobs/")).count(), 1);

    let BlobSource::File(path) = &built.layers[1].source else { unreachable!() };
    let mut bytes = std::fs::read(path).unwrap();
    bytes[20] ^= 1;
    std::fs::write(path, bytes).unwrap();
    let error = write(&built, &scene.path("c.tar"), &scene.events).await.unwrap_err();
    assert!(error.message().contains(&built.layers[1].digest.to_string()), "{error}");
    assert!(!scene.path("c.tar").exists());
}

#[tokio::test]
async fn unpushable_archives_are_refused_with_the_reason() {
    let scene = Scene::new();
    let (built, file) = scene.written("image.tar").await;
    let whole = std::fs::read(&file).unwrap();
    let image = |digest: &str, architecture: &str| {
        json!({ "mediaType": OCI_MANIFEST, "size": 2, "digest": digest,
                "platform": { "os": "linux", "architecture": architecture } })
    };
    let blob = format!("{BLOBS}/{}", Digest::of_bytes(b"{}").hex());
    let here = Digest::of_bytes(b"{}").to_string();
    let index = |images: &[Value]| json!({ "schemaVersion": 2, "manifests": images }).to_string().into_bytes();
    let several = index(&[image(&here, "arm64"), image(&here, "amd64")]);
    let attested = index(&[image(&here, "unknown")]);
    let missing = index(&[image(&built.digest.to_string(), "arm64")]);
    std::fs::write(scene.path("gz"), [0x1f, 0x8b, 8, 0]).unwrap();
    std::fs::write(scene.path("text"), "x".repeat(2000)).unwrap();
    std::fs::write(scene.path("cut"), &whole[..whole.len() / 2]).unwrap();
    let cases = [
        (scene.path("gz"), "is compressed"),
        (scene.path("text"), "not an image archive"),
        (scene.path("cut"), "cut short"),
        (scene.tar("other", &[("x", b"y")]), "not an image archive"),
        (scene.tar("several", &[(INDEX, &several), (&blob, b"{}")]), "holds 2 images"),
        (scene.tar("attested", &[(INDEX, &attested), (&blob, b"{}")]), "holds no image"),
        (scene.tar("missing", &[(INDEX, &missing)]), "lacks"),
        (scene.tar("layers", &[(INDEX, &index(&[image(&here, "arm64")])), (&blob, b"{}")]), "type"),
    ];
    for (file, reason) in cases {
        let error = scene.read(&file).await.unwrap_err();
        assert!(error.to_string().contains(reason), "{}: {error}", file.display());
    }
    let error = read(&file, &Platform::arm64(), 100, &scene.cache).await.unwrap_err();
    assert_eq!(error.code_str(), "artifact.too-large");
    let error = read(&file, &"linux/amd64".parse().unwrap(), MAX_IMAGE, &scene.cache).await.unwrap_err();
    assert_eq!((error.kind(), error.code_str()), (Kind::Usage, "image.platform"));
    // One bit of the configuration.
    let config = Digest::of_bytes(&built.config);
    let at = whole.windows(built.config.len()).position(|part| part == built.config).unwrap();
    let mut damaged = whole.clone();
    damaged[at + 5] ^= 1;
    std::fs::write(scene.path("damaged"), damaged).unwrap();
    let error = scene.read(&scene.path("damaged")).await.unwrap_err();
    assert!(error.to_string().contains(&config.to_string()), "{error}");
}

#[tokio::test]
async fn others_read_ours_and_we_read_theirs() {
    if !needs::met("registry", &["skopeo"]) {
        return;
    }
    let scene = Scene::new();
    let (built, file) = scene.written("ours.tar").await;
    let skopeo = async |from: &str, to: &str| {
        let args = ["--insecure-policy", "copy", "--override-arch", "arm64", "--override-os", "linux", from, to];
        Child::inheriting("skopeo").args(args).check().await.unwrap();
    };
    let ours = format!("oci-archive:{}", file.display());
    let dir = scene.path("dir");
    skopeo(&ours, &format!("dir:{}", dir.display())).await;
    assert_eq!(Digest::of_bytes(&std::fs::read(dir.join("manifest.json")).unwrap()), built.digest);
    // The same content in another dialect: the layers are the same bytes.
    let theirs = scene.path("theirs.tar");
    skopeo(&ours, &format!("oci-archive:{}", theirs.display())).await;
    let found = scene.read(&theirs).await.unwrap();
    let digests = |built: &BuiltImage| built.layers.iter().map(|layer| layer.digest).collect::<Vec<_>>();
    assert_eq!((found.media_type, digests(&found)), (OCI_MANIFEST, digests(&built)));
    // What Docker wrote before it knew OCI: the configuration is the same, and the layers are compressed again.
    let old = scene.path("old.tar");
    skopeo(&ours, &format!("docker-archive:{}:agent:1", old.display())).await;
    let found = scene.read(&old).await.unwrap();
    assert_eq!(digests(&found), digests(&built));
    assert_eq!(found.digest, built.digest);
    let server = TestRegistry::start().await;
    push(&found, &server.client(Credentials::Anonymous), to("a", "1"), &scene.events).await.unwrap();
}
