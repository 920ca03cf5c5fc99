//! Content of other people's images that is kept: base images' manifests, configurations and layers, by digest.
//!
//! Owns: storing content under its digest, noticing damage, and keeping the whole within bounds. Everything here can be
//! fetched again, so a cache that cannot be written costs time and nothing else.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

use crate::cache::Cache;
use crate::digest::{Digest, Hasher};
use crate::error::{Context, Error, Result};
use crate::fsx;

const KIND: &str = "blobs";
/// A few base images. What was used last stays.
const LIMIT: u64 = 4 << 30;
const PIECE: usize = 1 << 17;

/// The content by digest in the cache folder.
#[derive(Clone, Debug)]
pub(crate) struct BlobCache {
    cache: Cache,
}

/// A blob that is written while it passes by.
pub(crate) struct BlobWriter {
    blobs: BlobCache,
    digest: Digest,
    file: tokio::fs::File,
    temp: tempfile::TempPath,
}

impl BlobCache {
    pub(crate) fn new(cache: &Cache) -> Self {
        Self { cache: cache.clone() }
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.cache.path(KIND).join(digest.hex())
    }

    /// Small content, checked against its digest: a cache can be damaged.
    pub(crate) fn read(&self, digest: &Digest) -> Option<Vec<u8>> {
        let path = self.path(digest);
        let bytes = std::fs::read(&path).ok().filter(|bytes| Digest::of_bytes(bytes) == *digest)?;
        Cache::mark_used(&path);
        Some(bytes)
    }

    pub(crate) fn keep(&self, digest: &Digest, bytes: &[u8]) {
        let write =
            |dir: &Path| fsx::create_private_dir(dir).and_then(|()| fsx::write_private(&self.path(digest), bytes));
        let _ = write(&self.cache.path(KIND));
    }

    /// The blob's file, when there is one of this size. Its content is for [`BlobCache::open`] to check.
    fn find(&self, digest: &Digest, size: u64) -> Option<PathBuf> {
        let path = self.path(digest);
        let found = std::fs::metadata(&path).ok()?;
        (found.is_file() && found.len() == size).then_some(path)
    }

    /// Reads a blob that is kept. Instead of the last piece comes an error when the content is not what its digest
    /// says; it is not kept then.
    pub(crate) async fn open(
        &self,
        digest: &Digest,
        size: u64,
    ) -> Option<impl Stream<Item = Result<Bytes>> + Send + use<>> {
        let path = self.find(digest, size)?;
        let file = tokio::fs::File::open(&path).await.ok()?;
        Cache::mark_used(&path);
        let what = format!("could not read `{}`", path.display());
        let pieces = ReaderStream::with_capacity(file, PIECE).map_err(move |error| Error::failed(&what).source(&error));
        let check = DigestCheck { hasher: Hasher::default(), left: size, wanted: *digest, path };
        Some(pieces.scan(check, |check, piece| {
            std::future::ready(Some(piece.and_then(|piece| check.pass(&piece).map(|()| piece))))
        }))
    }

    /// A place for a blob that is about to be read from elsewhere; `None` when nothing can be written.
    pub(crate) fn writer(&self, digest: &Digest) -> Option<BlobWriter> {
        let dir = self.cache.dir(KIND).ok()?;
        let temp = tempfile::Builder::new().prefix(".blob-").tempfile_in(dir).ok()?;
        let (file, temp) = temp.into_parts();
        Some(BlobWriter { blobs: self.clone(), digest: *digest, file: tokio::fs::File::from_std(file), temp })
    }
}

/// What was read of a blob so far.
struct DigestCheck {
    hasher: Hasher,
    left: u64,
    wanted: Digest,
    path: PathBuf,
}

impl DigestCheck {
    fn pass(&mut self, piece: &[u8]) -> Result<()> {
        self.hasher.update(piece);
        self.left = self.left.saturating_sub(piece.len() as u64);
        if self.left > 0 || std::mem::take(&mut self.hasher).finish() == self.wanted {
            return Ok(());
        }
        let _ = std::fs::remove_file(&self.path);
        Err(Error::failed(format!("`{}` was damaged and has been removed", self.path.display())))
    }
}

impl BlobWriter {
    /// # Errors
    /// Those of the disk; what was written so far is of no use then.
    pub(crate) async fn write(&mut self, piece: &[u8]) -> Result<()> {
        self.file.write_all(piece).await.context("could not write to the cache")
    }

    /// Keeps what was written. Only for content whose digest was found to be right.
    pub(crate) async fn keep(mut self) {
        if self.file.flush().await.is_ok() && self.temp.persist(self.blobs.path(&self.digest)).is_ok() {
            self.blobs.cache.trim(KIND, LIMIT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(blobs: &BlobCache, digest: &Digest, size: u64) -> Option<Result<Vec<u8>>> {
        let pieces: Result<Vec<Bytes>> = blobs.open(digest, size).await?.try_collect().await;
        Some(pieces.map(|pieces| pieces.concat()))
    }

    #[tokio::test]
    async fn kept_blob_is_found_unless_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = BlobCache::new(&Cache::at(dir.path().join("cache")));
        let (content, digest) = (vec![7; 300_000], Digest::of_bytes(&[7; 300_000]));
        assert!(read(&blobs, &digest, 300_000).await.is_none());
        // Given up half-way: nothing stays.
        blobs.writer(&digest).unwrap().write(b"half").await.unwrap();
        let mut writer = blobs.writer(&digest).unwrap();
        writer.write(&content[..100_000]).await.unwrap();
        writer.write(&content[100_000..]).await.unwrap();
        writer.keep().await;
        assert_eq!(std::fs::read_dir(dir.path().join("cache/blobs")).unwrap().count(), 1);
        assert_eq!(read(&blobs, &digest, 300_000).await.unwrap().unwrap(), content);
        assert!(read(&blobs, &digest, 300_001).await.is_none());
        std::fs::write(blobs.path(&digest), vec![8; 300_000]).unwrap();
        assert!(read(&blobs, &digest, 300_000).await.unwrap().unwrap_err().message().contains("damaged"));
        assert!(read(&blobs, &digest, 300_000).await.is_none());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let blobs = BlobCache::new(&Cache::at(dir.path().join("cache")));
        let digest = Digest::of_bytes(b"x");
        blobs.keep(&digest, b"x");
        let modes = ["cache/blobs".to_owned(), format!("cache/blobs/{}", digest.hex())];
        let mode = |path: &String| std::fs::metadata(dir.path().join(path)).unwrap().permissions().mode() & 0o77;
        assert_eq!(modes.each_ref().map(mode), [0, 0]);
    }
}
