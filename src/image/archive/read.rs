//! Reading an image from a file: which of the entries is what, and where it begins.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::{BLOBS, DOCKER_LIST, INDEX};
use crate::cache::Cache;
use crate::digest::{Digest, Hasher};
use crate::error::{Code, Context, Error, Result};
use crate::facts::MANIFEST_LIMIT;
use crate::fsx;
use crate::image::layer::DOCKER_LAYER;
use crate::image::manifest::{self, Descriptor, ImageConfig, Manifest, ManifestDocument, ManifestFormat};
use crate::image::native::{BuiltImage, ImageLayer, assemble_manifest};
use crate::image::registry::BlobSource;
use crate::image::{check_size, gzip};
use crate::platform::Platform;

/// Manifests, indexes and configurations: what is larger than a registry takes need not be read.
const DOCUMENT_LIMIT: u64 = MANIFEST_LIMIT as u64;
/// An index may point at an index; deeper than this is a joke.
const DEPTH: u32 = 4;
/// An archive does not say what its layers are for.
const WHAT: &str = "archived";
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Makes the image in `file` ready to be pushed. The file must stay as it is until then.
///
/// # Errors
/// A file that is no image archive, holds several images, one for another platform than `wanted` or one of more than `limit`
/// bytes, or lacks something.
pub(crate) async fn read(file: &Path, wanted: &Platform, limit: u64, cache: &Cache) -> Result<BuiltImage> {
    let (file, wanted, cache) = (file.to_owned(), wanted.clone(), cache.clone());
    let image = tokio::task::spawn_blocking(move || ImageArchive::open(&file)?.image(&wanted, &cache))
        .await
        .context("the thread that read an image archive stopped")??;
    check_size(image.size, limit)?;
    Ok(image)
}

/// Where an entry's content is.
#[derive(Clone, Copy, Debug)]
struct Extent {
    offset: u64,
    size: u64,
}

struct ImageArchive {
    path: PathBuf,
    file: File,
    entries: BTreeMap<String, Extent>,
    /// Old versions of Docker write a layer once and link to it.
    links: BTreeMap<String, String>,
}

/// An entry of an index, with what tells an image from what is said about one.
#[derive(Deserialize)]
struct ListedImage {
    #[serde(flatten)]
    descriptor: Descriptor,
    platform: Option<Value>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DockerImage {
    config: String,
    layers: Vec<String>,
}

impl ImageArchive {
    fn open(path: &Path) -> Result<Self> {
        let what = || format!("could not read `{}`", path.display());
        let mut file = File::open(path).with_context(what)?;
        let mut start = Vec::new();
        (&mut file).take(2).read_to_end(&mut start).with_context(what)?;
        if start == GZIP {
            return Err(Error::usage(format!("`{}` is compressed", path.display()))
                .hint(format!("unpack it first: `gunzip {}`", path.display())));
        }
        file.rewind().with_context(what)?;
        let (mut entries, mut links) = (BTreeMap::new(), BTreeMap::new());
        let mut archive = tar::Archive::new(BufReader::new(file));
        let not_tar = |error: std::io::Error| not_an_archive(path).source(&error);
        for entry in archive.entries_with_seek().map_err(not_tar)? {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if entries.is_empty() => return Err(not_tar(error)),
                Err(error) => return Err(cut_short(path).source(&error)),
            };
            let name = String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches("./").to_owned();
            let place = Extent { offset: entry.raw_file_position(), size: entry.size() };
            if entry.header().entry_type().is_file() {
                entries.insert(name, place);
            } else if let Some(target) = entry.link_name_bytes() {
                let target = String::from_utf8_lossy(&target).into_owned();
                let folder = Path::new(&name).parent().unwrap_or(Path::new(""));
                let target = fsx::normalize(&folder.join(target)).to_string_lossy().into_owned();
                links.insert(name, target);
            }
        }
        let file = archive.into_inner().into_inner();
        let length = file.metadata().with_context(what)?.len();
        if entries.values().any(|place: &Extent| place.offset + place.size > length) {
            return Err(cut_short(path));
        }
        Ok(Self { path: path.to_owned(), file, entries, links })
    }

    fn place(&self, name: &str) -> Option<Extent> {
        let name = name.trim_start_matches("./");
        self.entries.get(self.links.get(name).map_or(name, String::as_str)).copied()
    }

    fn blob(&self, digest: &Digest) -> Option<Extent> {
        self.place(&format!("{BLOBS}/{}", digest.hex()))
    }

    fn content(&self, place: Extent) -> Result<impl Read + use<'_>> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(place.offset))
            .with_context(|| format!("could not read `{}`", self.path.display()))?;
        Ok(file.take(place.size))
    }

    fn document(&self, place: Extent) -> Result<Vec<u8>> {
        if place.size > DOCUMENT_LIMIT {
            return Err(self.damaged("one of its documents is larger than 4 MiB"));
        }
        let mut bytes = Vec::new();
        self.content(place)?
            .read_to_end(&mut bytes)
            .with_context(|| format!("could not read `{}`", self.path.display()))?;
        Ok(bytes)
    }

    /// A document by its digest.
    fn stored(&self, digest: &Digest) -> Result<Vec<u8>> {
        let place = self.blob(digest).ok_or_else(|| self.lacks(&digest.to_string()))?;
        let bytes = self.document(place)?;
        if Digest::of_bytes(&bytes) != *digest {
            return Err(self.damaged(&format!("`{digest}` has other content")));
        }
        Ok(bytes)
    }

    fn image(&self, wanted: &Platform, cache: &Cache) -> Result<BuiltImage> {
        if let Some(place) = self.place(INDEX) {
            let index = self.document(place)?;
            return self.read_layout(&self.only_image(&index, wanted, DEPTH)?, wanted);
        }
        let place = self.place(DOCKER_LIST).ok_or_else(|| not_an_archive(&self.path))?;
        self.read_docker(&self.document(place)?, wanted, cache)
    }

    /// The one image that an index leads to. Attestations do not count, nor do images that the file does not hold.
    fn only_image(&self, index: &[u8], wanted: &Platform, depth: u32) -> Result<Descriptor> {
        let value: Value = serde_json::from_slice(index).map_err(|error| self.damaged("an index").source(&error))?;
        let entries = value["manifests"].as_array().cloned().unwrap_or_default();
        let entries: Vec<ListedImage> = entries
            .into_iter()
            .map(|entry| serde_json::from_value(entry).map_err(|error| self.damaged("an index").source(&error)))
            .collect::<Result<_>>()?;
        let images: Vec<&ListedImage> = entries.iter().filter(|entry| !entry.attests()).collect();
        let here: Vec<&&ListedImage> =
            images.iter().filter(|entry| self.blob(&entry.descriptor.digest).is_some()).collect();
        match here.as_slice() {
            [] if images.is_empty() => Err(self.damaged("it holds no image")),
            [] => Err(self.lacks(&images[0].descriptor.digest.to_string())),
            [one] if !one.descriptor.media_type.contains("index") && !one.descriptor.media_type.contains("list") => {
                Ok(one.descriptor.clone())
            }
            [one] if depth > 0 => self.only_image(&self.stored(&one.descriptor.digest)?, wanted, depth - 1),
            [_] => Err(self.damaged("it is an index of indexes")),
            several => {
                let names: Vec<String> = several.iter().map(|entry| entry.shown()).collect();
                Err(Error::usage(format!("`{}` holds {} images", self.path.display(), names.len()))
                    .code(Code::ImageIndex)
                    .cause(format!("they are {}", names.join(", ")))
                    .hint(format!(
                        "write a file with one: `docker buildx build --platform {wanted} --provenance=false --output type=oci,dest=FILE`"
                    )))
            }
        }
    }

    /// An image whose manifest and layers are in the file as a registry takes them.
    fn read_layout(&self, image: &Descriptor, wanted: &Platform) -> Result<BuiltImage> {
        let bytes = self.stored(&image.digest)?;
        let ManifestDocument::Image(manifest) = manifest::parse(&bytes, Some(&image.media_type))? else {
            return Err(self.damaged("an index is called a manifest"));
        };
        let config = self.stored(&manifest.config.digest)?;
        self.check(&config, wanted)?;
        let layers = manifest.layers.iter().map(|layer| self.layer(layer)).collect::<Result<Vec<_>>>()?;
        Ok(BuiltImage::from_parts(manifest_type(&manifest), bytes, config, layers))
    }

    fn layer(&self, layer: &Descriptor) -> Result<ImageLayer> {
        let place = self.blob(&layer.digest).ok_or_else(|| self.lacks(&format!("layer `{}`", layer.digest)))?;
        if place.size != layer.size {
            return Err(
                self.damaged(&format!("layer `{}` has {} bytes instead of {}", layer.digest, place.size, layer.size))
            );
        }
        Ok(ImageLayer {
            digest: layer.digest,
            size: layer.size,
            media_type: layer.media_type.clone(),
            what: WHAT,
            source: self.part(place),
        })
    }

    fn part(&self, place: Extent) -> BlobSource {
        BlobSource::Part { file: self.path.clone(), offset: place.offset }
    }

    fn check(&self, config: &[u8], wanted: &Platform) -> Result<()> {
        let config =
            ImageConfig::parse(config).map_err(|error| self.damaged("its configuration").cause(error.message()))?;
        let platform = config.platform();
        if platform.satisfies(wanted) {
            return Ok(());
        }
        let name = self.path.display();
        Err(Error::usage(format!("`{name}` holds an image for {platform}, and {wanted} is needed"))
            .code(Code::ImagePlatform)
            .hint(format!("build it for that platform: `docker build --platform {wanted} …`")))
    }

    /// What `docker save` wrote before it knew OCI: a list, the configuration, and layers that are not compressed. They
    /// are compressed here, and the manifest is ours.
    fn read_docker(&self, list: &[u8], wanted: &Platform, cache: &Cache) -> Result<BuiltImage> {
        let images: Vec<DockerImage> =
            serde_json::from_slice(list).map_err(|error| self.damaged(DOCKER_LIST).source(&error))?;
        let [image] = images.as_slice() else {
            return Err(Error::usage(format!("`{}` holds {} images", self.path.display(), images.len()))
                .code(Code::ImageIndex)
                .hint("write a file with one: `docker save IMAGE -o FILE`"));
        };
        let config = self.document(self.place(&image.config).ok_or_else(|| self.lacks(&image.config))?)?;
        self.check(&config, wanted)?;
        let diff_ids = ImageConfig::parse(&config)?.diff_ids()?;
        if diff_ids.len() != image.layers.len() {
            return Err(self.damaged("its configuration names another number of layers"));
        }
        let workspace = Arc::new(cache.workspace()?);
        let mut layers = Vec::new();
        for (name, diff_id) in image.layers.iter().zip(&diff_ids) {
            let place = self.place(name).ok_or_else(|| self.lacks(name))?;
            layers.push(self.docker_layer(name, place, diff_id, workspace.path())?);
        }
        let manifest = assemble_manifest(ManifestFormat::Docker, &config, &layers)?;
        Ok(BuiltImage::from_parts(ManifestFormat::Docker.manifest_type(), manifest, config, layers).keeping(workspace))
    }

    fn docker_layer(&self, name: &str, place: Extent, diff_id: &Digest, dir: &Path) -> Result<ImageLayer> {
        let what = format!("could not read `{name}` in `{}`", self.path.display());
        let mut start = Vec::new();
        self.content(place)?.take(2).read_to_end(&mut start).context(&what)?;
        let mut content = self.content(place)?;
        let (digest, size, source) = if start == GZIP {
            let (mut hasher, mut buffer) = (Hasher::default(), vec![0; 1 << 18]);
            loop {
                match content.read(&mut buffer).context(&what)? {
                    0 => break,
                    count => hasher.update(&buffer[..count]),
                }
            }
            (hasher.finish(), place.size, self.part(place))
        } else {
            let path = dir.join(diff_id.hex());
            let writing = format!("could not write `{}`", path.display());
            let file = BufWriter::with_capacity(1 << 17, File::create(&path).context(&writing)?);
            let (facts, _) = gzip::compress(file, &writing, |sink| sink.copy(&mut content, place.size).context(&what))?;
            if facts.content != *diff_id {
                return Err(self.damaged(&format!("`{name}` has other content than its configuration says")));
            }
            (facts.digest, facts.size, BlobSource::File(path))
        };
        Ok(ImageLayer { digest, size, media_type: DOCKER_LAYER.to_owned(), what: WHAT, source })
    }

    fn damaged(&self, what: &str) -> Error {
        Error::usage(format!("`{}` is not a usable image archive: {what}", self.path.display()))
    }

    fn lacks(&self, what: &str) -> Error {
        self.damaged(&format!("it lacks {what}")).hint("the file may have been cut short; write it again")
    }
}

impl ListedImage {
    /// What builders put beside an image, to say how it was made.
    fn attests(&self) -> bool {
        let unknown = |platform: &Value| platform["os"] == "unknown" || platform["architecture"] == "unknown";
        self.platform.as_ref().is_some_and(unknown)
            || self.annotations.get("vnd.docker.reference.type").is_some_and(|kind| kind == "attestation-manifest")
    }

    fn shown(&self) -> String {
        let platform = self
            .platform
            .as_ref()
            .and_then(|platform| Some(format!("{}/{}", platform["os"].as_str()?, platform["architecture"].as_str()?)));
        let named = self.annotations.get("org.opencontainers.image.ref.name").cloned();
        platform.or(named).unwrap_or_else(|| self.descriptor.digest.to_string())
    }
}

fn manifest_type(manifest: &Manifest) -> &'static str {
    let docker = ManifestFormat::Docker.manifest_type();
    if manifest.media_type == docker { docker } else { ManifestFormat::Oci.manifest_type() }
}

fn cut_short(path: &Path) -> Error {
    Error::usage(format!("`{}` was cut short", path.display())).hint("write it again")
}

fn not_an_archive(path: &Path) -> Error {
    Error::usage(format!("`{}` is not an image archive", path.display()))
        .hint("`agentcore build -o FILE`, `docker save` and `skopeo copy … oci-archive:FILE` write such files")
}
