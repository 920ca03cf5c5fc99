//! Reading large content, a piece at a time: from a registry, a file, or the cache.
//!
//! Owns: where a blob's bytes come from, and that what a registry sends is verified. Memory does not depend on the size
//! of a blob. `upload` owns the other direction.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use futures_util::{Stream, StreamExt, TryStreamExt};
use http::{Method, StatusCode};
use reqwest::Response;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::deadline::Waiting;
use crate::digest::{Digest, Hasher};
use crate::error::{Code, Context, Error, Kind, Result};
use crate::http::{FIRST_BYTE, Pace};
use crate::image::blobs::{BlobCache, BlobWriter};

use super::failure::AttemptFailure;
use super::{REDIRECTS, Registry, RegistryCall, RepositoryScope, host_of};

const PIECE: usize = 1 << 18;

pub(crate) type BlobContent = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// Where a blob's content comes from. It can be opened again for another attempt.
#[derive(Clone, Debug)]
pub(crate) enum BlobSource {
    File(PathBuf),
    /// A part of a file that begins at this byte.
    Part {
        file: PathBuf,
        offset: u64,
    },
    Bytes(Bytes),
    /// Straight from another registry; what passes by is kept.
    Remote {
        registry: Arc<Registry>,
        repository: String,
        blobs: BlobCache,
    },
}

/// A blob on its way here.
pub(crate) struct BlobStream {
    response: Response,
    host: String,
    expected: Digest,
    hasher: Option<Hasher>,
    pace: Pace,
}

impl Registry {
    /// Reads a blob. Its digest is verified at the end of the stream: use nothing of it before.
    pub(crate) async fn get_blob(&self, repository: &str, digest: &Digest) -> Result<BlobStream> {
        let scope = RepositoryScope::pull(repository);
        let response = self.retry(|| self.try_get_blob(repository, digest, &scope)).await?;
        Ok(BlobStream {
            host: host_of(response.url()),
            response,
            expected: *digest,
            hasher: Some(Hasher::default()),
            pace: Pace::new(FIRST_BYTE),
        })
    }

    async fn try_get_blob(
        &self,
        repository: &str,
        digest: &Digest,
        scope: &RepositoryScope,
    ) -> Result<Response, AttemptFailure> {
        let action = format!("read layer `{digest}` of `{repository}`");
        let mut url = self.url(&format!("{repository}/blobs/{digest}"))?;
        for _ in 0..=REDIRECTS {
            // `send` leaves the credentials out when the storage is another host.
            let response = self.send(&RegistryCall::new(Method::GET, url, scope, &action)).await?;
            match response.status() {
                StatusCode::OK => return Ok(response),
                status if status.is_redirection() => url = self.location(&response)?,
                _ => return Err(self.refusal(response, &action).await.into()),
            }
        }
        Err(Error::failed(format!("could not {action}: registry `{}` redirects without end", self.host())).into())
    }

    /// Reads a small blob, such as an image configuration, whole.
    ///
    /// # Errors
    /// Also when it is larger than `limit` bytes or not what its digest says.
    pub(crate) async fn read_blob(&self, repository: &str, digest: &Digest, limit: usize) -> Result<Vec<u8>> {
        let mut stream = self.get_blob(repository, digest).await?;
        let mut bytes = Vec::new();
        while let Some(piece) = stream.next().await? {
            if bytes.len() + piece.len() > limit {
                return Err(Error::failed(format!("`{digest}` in `{repository}` is larger than {limit} bytes")));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }
}

impl BlobStream {
    /// The next piece; `None` at the end, when the digest was right.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>> {
        let what = || format!("could not read `{}` from registry `{}`", self.expected, self.host);
        let _waiting = Waiting::on(format!("a layer from registry `{}`", self.host));
        let piece = match self.pace.next(self.response.chunk()).await {
            Ok(piece) => piece.map_err(|error| Error::failed(what()).source(&error.without_url()))?,
            Err(_) => {
                let why = format!("it sent next to nothing for {} s", FIRST_BYTE.as_secs());
                return Err(Error::new(Kind::Deadline, what()).code(Code::RegistryTimeout).cause(why));
            }
        };
        self.pace.took(piece.as_ref().map_or(0, Bytes::len));
        match (piece, &mut self.hasher) {
            (Some(piece), Some(hasher)) => {
                hasher.update(&piece);
                Ok(Some(piece))
            }
            (None, hasher) => match hasher.take().map(Hasher::finish) {
                Some(digest) if digest != self.expected => {
                    Err(Error::failed(what()).cause(format!("what was sent has the digest {digest}")))
                }
                _ => Ok(None),
            },
            (Some(_), None) => Ok(None),
        }
    }

    /// The same as a stream of `size` bytes, which `writer` writes down. A disk that cannot take it is no reason to stop.
    fn into_stream(self, size: u64, writer: Option<BlobWriter>) -> impl Stream<Item = Result<Bytes>> + Send {
        futures_util::stream::try_unfold((self, writer, size), |(mut blob, mut writer, left)| async move {
            let Some(piece) = blob.next().await? else { return Ok(None) };
            if let Some(open) = &mut writer
                && open.write(&piece).await.is_err()
            {
                writer = None;
            }
            let left = left.saturating_sub(piece.len() as u64);
            // Whoever sends a body of known length does not ask for its end. So the end is looked at before the last
            // piece is handed out, which is then never sent when the content is wrong.
            if left == 0
                && blob.next().await?.is_none()
                && let Some(writer) = writer.take()
            {
                writer.keep().await;
            }
            Ok(Some((piece, (blob, writer, left))))
        })
    }
}

impl BlobSource {
    /// The content from byte `from` on.
    ///
    /// # Errors
    /// Also when a file does not have the size that the blob has.
    pub(crate) async fn open(&self, digest: &Digest, size: u64, from: u64) -> Result<BlobContent> {
        match self {
            Self::Bytes(bytes) => {
                let bytes = bytes.slice(usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len())..);
                Ok(futures_util::stream::once(async move { Ok(bytes) }).boxed())
            }
            Self::Remote { registry, repository, blobs } => {
                let content = match blobs.open(digest, size).await {
                    Some(content) => content.boxed(),
                    None => {
                        registry.get_blob(repository, digest).await?.into_stream(size, blobs.writer(digest)).boxed()
                    }
                };
                // All of it is read for the digest's sake.
                Ok(if from == 0 { content } else { without_first(content, from).boxed() })
            }
            Self::File(path) => {
                let found = tokio::fs::metadata(path).await.map_or(size, |meta| meta.len());
                if found != size {
                    let what = format!("could not read `{}`", path.display());
                    return Err(Error::failed(what).cause(format!("it has {found} bytes instead of {size}")));
                }
                part(path, from, size - from).await
            }
            Self::Part { file, offset } => part(file, offset + from, size - from).await,
        }
    }
}

/// `length` bytes of a file, from `offset` on.
async fn part(path: &Path, offset: u64, length: u64) -> Result<BlobContent> {
    let what = format!("could not read `{}`", path.display());
    let mut file = tokio::fs::File::open(path).await.context(&what)?;
    file.seek(std::io::SeekFrom::Start(offset)).await.context(&what)?;
    let pieces = ReaderStream::with_capacity(file.take(length), PIECE);
    Ok(pieces.map_err(move |error| Error::failed(&what).source(&error)).boxed())
}

fn without_first(
    content: impl Stream<Item = Result<Bytes>> + Send,
    count: u64,
) -> impl Stream<Item = Result<Bytes>> + Send {
    let mut left = count;
    content.try_filter_map(move |mut piece| {
        let skipped = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        left -= skipped as u64;
        piece.advance(skipped);
        std::future::ready(Ok((!piece.is_empty()).then_some(piece)))
    })
}
