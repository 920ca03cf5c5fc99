//! An image in one file: an OCI image layout in a tar, which skopeo, podman, buildah, crane and Docker read.
//!
//! Owns: writing a built image, and making what such a file holds ready to be pushed, by offsets in the file and
//! without unpacking. `docker save` of any age is read too. Does not own: building, pushing.
//!
//! The file's bytes depend on the image alone: no times, one order, and the manifest as it would be pushed, so that the
//! digest in a registry is the same whichever way the image gets there.

mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::Path;

use bytes::Bytes;
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, BufWriter};

use super::manifest::{ImageConfig, OCI_INDEX};
use super::native::BuiltImage;
use super::registry::BlobSource;
use super::size_text;
use crate::digest::{Digest, Hasher};
use crate::error::{Context, Error, Result};
use crate::events::{Events, Outcome};
use crate::fsx::Pending;

pub(crate) use read::read;

const STEP: &str = "archive";
const BLOBS: &str = "blobs/sha256";
const LAYOUT: &str = "oci-layout";
const INDEX: &str = "index.json";
/// How Docker's own archives list their images. It lets engines without OCI support load the file.
const DOCKER_LIST: &str = "manifest.json";
/// Of the archive's format: headers and contents begin at multiples of it.
const RECORD: u64 = 512;
const MTIME: u64 = 1;
const PIECE: usize = 1 << 18;

/// A written file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrittenArchive {
    /// Of the manifest: what a registry will call the image.
    pub(crate) digest: Digest,
    /// Of the file, in bytes.
    pub(crate) size: u64,
}

/// Writes the image to `file`, which is replaced when it is whole. Layers of the base image that are only in a registry
/// are fetched (and kept for the next time).
///
/// # Errors
/// Layers that cannot be read, or are not what their digests say; a disk that is full.
pub(crate) async fn write(built: &BuiltImage, file: &Path, events: &Events) -> Result<WrittenArchive> {
    events.started(STEP, format!("write the image to `{}`", file.display()));
    let what = || format!("could not write `{}`", file.display());
    let pending = Pending::beside(file).with_context(what)?;
    let opened = std::fs::File::create(pending.path()).with_context(what)?;
    let mut out = TarWriter {
        file: BufWriter::with_capacity(PIECE, tokio::fs::File::from_std(opened)),
        size: 0,
        total: built.size,
        events: events.clone(),
    };
    out.image(built).await.map_err(|error| match error {
        WriteFault::Disk(error) => Error::failed(what()).source(&error),
        WriteFault::Source(error) => error,
    })?;
    out.file.flush().await.with_context(what)?;
    pending.finish().with_context(what)?;
    events.finished(STEP, Outcome::Created, format!("{} ({})", built.digest, size_text(out.size)));
    Ok(WrittenArchive { digest: built.digest, size: out.size })
}

/// What can go wrong on either side.
enum WriteFault {
    Disk(io::Error),
    Source(Error),
}

impl From<io::Error> for WriteFault {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<Error> for WriteFault {
    fn from(error: Error) -> Self {
        Self::Source(error)
    }
}

/// The tar on its way to the disk.
struct TarWriter {
    file: BufWriter<tokio::fs::File>,
    size: u64,
    total: u64,
    events: Events,
}

impl TarWriter {
    async fn image(&mut self, built: &BuiltImage) -> Result<(), WriteFault> {
        let config = Digest::of_bytes(&built.config);
        let mut blobs: BTreeMap<Digest, (u64, BlobSource)> = BTreeMap::new();
        for layer in &built.layers {
            blobs.insert(layer.digest, (layer.size, layer.source.clone()));
        }
        for (digest, bytes) in [(config, &built.config), (built.digest, &built.manifest)] {
            blobs.insert(digest, (bytes.len() as u64, BlobSource::Bytes(Bytes::copy_from_slice(bytes))));
        }
        self.header("blobs/", tar::EntryType::Directory, 0).await?;
        self.header(&format!("{BLOBS}/"), tar::EntryType::Directory, 0).await?;
        for (digest, (size, source)) in blobs {
            self.blob(&digest, size, &source).await?;
        }
        let layers = built.layers.iter().map(|layer| layer.digest);
        self.document(INDEX, &index(built)?).await?;
        self.document(DOCKER_LIST, &docker_list(config, layers)).await?;
        self.document(LAYOUT, &json!({ "imageLayoutVersion": "1.0.0" })).await?;
        self.write_bytes(&[0; 2 * RECORD as usize]).await
    }

    async fn blob(&mut self, digest: &Digest, size: u64, source: &BlobSource) -> Result<(), WriteFault> {
        self.header(&format!("{BLOBS}/{}", digest.hex()), tar::EntryType::Regular, size).await?;
        let (mut content, mut hasher, start) = (source.open(digest, size, 0).await?, Hasher::default(), self.size);
        while let Some(piece) = content.try_next().await? {
            hasher.update(&piece);
            self.write_bytes(&piece).await?;
            self.events.bytes(STEP, self.size.min(self.total), Some(self.total));
        }
        if self.size - start != size || hasher.finish() != *digest {
            let error = Error::failed(format!("the content of layer `{digest}` is not what its digest says"));
            return Err(error.hint("it was damaged after it was made; build the image again").into());
        }
        self.fill(size).await
    }

    async fn document(&mut self, name: &str, value: &Value) -> Result<(), WriteFault> {
        let bytes = value.to_string().into_bytes();
        self.header(name, tar::EntryType::Regular, bytes.len() as u64).await?;
        self.write_bytes(&bytes).await?;
        self.fill(bytes.len() as u64).await
    }

    async fn header(&mut self, name: &str, kind: tar::EntryType, size: u64) -> Result<(), WriteFault> {
        let header = header(name, kind, size)?;
        self.write_bytes(header.as_bytes()).await
    }

    /// Zeros up to the next record.
    async fn fill(&mut self, size: u64) -> Result<(), WriteFault> {
        let count = usize::try_from(size.next_multiple_of(RECORD) - size).unwrap_or_default();
        self.write_bytes(&[0; RECORD as usize][..count]).await
    }

    async fn write_bytes(&mut self, bytes: &[u8]) -> Result<(), WriteFault> {
        self.file.write_all(bytes).await?;
        self.size += bytes.len() as u64;
        Ok(())
    }
}

fn header(name: &str, kind: tar::EntryType, size: u64) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_gnu();
    header.set_path(name)?;
    header.set_entry_type(kind);
    header.set_mode(if kind.is_dir() { 0o755 } else { 0o644 });
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(MTIME);
    header.set_size(size);
    header.set_cksum();
    Ok(header)
}

/// Whether [`write`] made this file. Others that write the format note the time, or no folders.
pub(crate) fn is_ours(file: &Path) -> bool {
    let folders = ["blobs/".to_owned(), format!("{BLOBS}/")];
    let mut file = std::fs::File::open(file).ok();
    folders.iter().all(|folder| {
        let mut start = [0; RECORD as usize];
        let read = file.as_mut().is_some_and(|file| file.read_exact(&mut start).is_ok());
        read && header(folder, tar::EntryType::Directory, 0).is_ok_and(|own| *own.as_bytes() == start)
    })
}

fn index(built: &BuiltImage) -> Result<Value> {
    let platform = ImageConfig::parse(&built.config)?.platform();
    let mut shown = json!({ "architecture": platform.architecture, "os": platform.os });
    if let Some(variant) = platform.variant {
        shown["variant"] = json!(variant);
    }
    let image = json!({
        "mediaType": built.media_type, "digest": built.digest, "size": built.manifest.len(), "platform": shown,
    });
    Ok(json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [image] }))
}

fn docker_list(config: Digest, layers: impl Iterator<Item = Digest>) -> Value {
    let path = |digest: Digest| format!("{BLOBS}/{}", digest.hex());
    json!([{ "Config": path(config), "RepoTags": null, "Layers": layers.map(path).collect::<Vec<_>>() }])
}
