//! Large content in both directions, a piece at a time.
//!
//! Owns: upload sessions, streaming from a file or from another registry, verification of what was read. Memory does
//! not depend on the size of a blob.

#[cfg(test)]
use std::path::Path;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use http::{Method, StatusCode};
use reqwest::Response;
use tokio_util::io::ReaderStream;
use url::Url;

use crate::error::{Context, Error, Result};

use super::failure::{self, Failure};
use super::{ANSWER, Call, REDIRECTS, Registry, Scope};
use crate::digest::{Digest, Hasher};

/// How long an upload may stand still, the registry's own work after the last byte included.
const STALL: Duration = Duration::from_secs(300);
const PIECE: usize = 1 << 17;

/// Told how many bytes of a blob have been sent so far; starts over when an upload is repeated.
pub(crate) type Progress = Arc<dyn Fn(u64) + Send + Sync>;

type Content = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// Where a blob's content comes from. It can be opened again for another attempt.
#[derive(Clone, Debug)]
pub(crate) enum BlobSource {
    File(PathBuf),
    Bytes(Bytes),
    /// Straight from another registry, without a copy on disk.
    Remote {
        registry: Arc<Registry>,
        repository: String,
    },
}

/// A blob to put into a repository.
pub(crate) struct BlobUpload<'a> {
    pub(crate) repository: &'a str,
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) source: BlobSource,
    /// A repository of the same registry that is known to have the blob.
    pub(crate) mount_from: Option<&'a str>,
    pub(crate) progress: Progress,
}

/// How a blob came to be in the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlobPush {
    AlreadyThere,
    Mounted,
    Uploaded,
}

/// A blob on its way here.
pub(crate) struct BlobStream {
    response: Response,
    host: String,
    expected: Digest,
    hasher: Option<Hasher>,
}

impl Registry {
    /// Uploads a file unless the repository has the blob. `digest` and `size` are those of the file.
    #[cfg(test)]
    pub(crate) async fn push_blob_file(
        &self,
        repository: &str,
        digest: &Digest,
        file: &Path,
        size: u64,
    ) -> Result<BlobPush> {
        self.push_blob(&BlobUpload {
            repository,
            digest: *digest,
            size,
            source: BlobSource::File(file.to_owned()),
            mount_from: None,
            progress: Arc::new(|_| {}),
        })
        .await
    }

    /// Makes sure that the repository has the blob. A broken upload starts again from the question whether it is
    /// there by now.
    pub(crate) async fn push_blob(&self, upload: &BlobUpload<'_>) -> Result<BlobPush> {
        self.retry(|| self.try_push(upload)).await
    }

    async fn try_push(&self, upload: &BlobUpload<'_>) -> Result<BlobPush, Failure> {
        let scope = Scope::push(upload.repository);
        if self.blob_exists(upload.repository, &upload.digest, &scope).await? {
            return Ok(BlobPush::AlreadyThere);
        }
        let Some(session) = self.start(upload, &scope).await? else { return Ok(BlobPush::Mounted) };
        let mut last = self.patch(upload, session, &scope).await?;
        last.query_pairs_mut().append_pair("digest", &upload.digest.to_string());
        let action = format!("finish layer `{}` in `{}`", upload.digest, upload.repository);
        let response = self.send(&Call::new(Method::PUT, last, &scope, &action)).await?;
        match response.status() {
            StatusCode::CREATED | StatusCode::OK | StatusCode::NO_CONTENT => Ok(BlobPush::Uploaded),
            // The session is gone, with whatever kept it: another one may live.
            StatusCode::NOT_FOUND => {
                Err(Failure::Transient { error: self.refusal(response, &action).await, after: None })
            }
            _ => Err(self.refusal(response, &action).await.into()),
        }
    }

    /// Opens an upload session and returns its address; `None` when a mount made it unnecessary.
    async fn start(&self, upload: &BlobUpload<'_>, scope: &Scope) -> Result<Option<Url>, Failure> {
        let action = format!("start an upload to `{}`", upload.repository);
        let mut url = self.url(&format!("{}/blobs/uploads/", upload.repository))?;
        let mut scope = scope.clone();
        if let Some(from) = upload.mount_from.filter(|from| *from != upload.repository) {
            url.query_pairs_mut().append_pair("mount", &upload.digest.to_string()).append_pair("from", from);
            scope = scope.and_pull(from);
        }
        let response = self.send(&Call::new(Method::POST, url, &scope, &action)).await?;
        match response.status() {
            StatusCode::CREATED if upload.mount_from.is_some() => Ok(None),
            StatusCode::ACCEPTED | StatusCode::CREATED => Ok(Some(self.location(&response)?)),
            _ => Err(self.refusal(response, &action).await.into()),
        }
    }

    /// Sends the content in one request and returns where to finish.
    async fn patch(&self, upload: &BlobUpload<'_>, session: Url, scope: &Scope) -> Result<Url, Failure> {
        let action = format!("upload layer `{}` to `{}`", upload.digest, upload.repository);
        let content = upload.source.open(&upload.digest, upload.size).await?;
        let sent = Arc::new(AtomicU64::new(0));
        let fault: Arc<Mutex<Option<Error>>> = Arc::default();
        let body = {
            let (sent, fault, progress) = (Arc::clone(&sent), Arc::clone(&fault), Arc::clone(&upload.progress));
            content
                .inspect_ok(move |piece| {
                    let before = sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
                    progress(before + piece.len() as u64);
                })
                .inspect_err(move |error| *fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone()))
        };
        let mut request = self
            .http
            .client(session.as_str())?
            .patch(session.clone())
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, upload.size)
            .body(reqwest::Body::wrap_stream(body));
        if self.is_own(&session)
            && let Some(value) = self.authorization(scope).await?
        {
            request = request.header(AUTHORIZATION, value);
        }
        let response = tokio::select! {
            response = request.send() => response,
            () = stalled(&sent) => return Err(failure::silence(self.host(), &action, STALL)),
        };
        // What went wrong on the reading side explains the broken request better than the request does.
        let at_source = fault.lock().unwrap_or_else(PoisonError::into_inner).take();
        let response = match (response, at_source) {
            (Ok(response), _) => response,
            (Err(_), Some(error)) => {
                let error = error.context(format!("could not {action}"));
                return Err(match upload.source {
                    BlobSource::Remote { .. } => Failure::Transient { error, after: None },
                    BlobSource::File(_) | BlobSource::Bytes(_) => error.into(),
                });
            }
            (Err(error), None) => return Err(failure::connection(self.host(), &action, error)),
        };
        let status = response.status();
        match status {
            StatusCode::CREATED | StatusCode::ACCEPTED | StatusCode::NO_CONTENT | StatusCode::OK => {
                let next = if response.headers().contains_key(http::header::LOCATION) {
                    self.location(&response)?
                } else {
                    session
                };
                Ok(next)
            }
            _ => {
                let after = failure::retry_after(response.headers());
                let error = self.refusal(response, &action).await;
                // A token can expire between two requests; the next attempt fetches another one. A lost session
                // (404) and a registry in trouble are worth one too. The number of attempts is bounded.
                self.session.forget().await;
                let again = failure::is_transient(status)
                    || matches!(status, StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND | StatusCode::REQUEST_TIMEOUT);
                Err(if again { Failure::Transient { error, after } } else { error.into() })
            }
        }
    }

    /// Reads a blob. Its digest is verified at the end of the stream: use nothing of it before.
    pub(crate) async fn get_blob(&self, repository: &str, digest: &Digest) -> Result<BlobStream> {
        let scope = Scope::pull(repository);
        let response = self.retry(|| self.try_get_blob(repository, digest, &scope)).await?;
        Ok(BlobStream { response, host: self.host().to_owned(), expected: *digest, hasher: Some(Hasher::default()) })
    }

    async fn try_get_blob(&self, repository: &str, digest: &Digest, scope: &Scope) -> Result<Response, Failure> {
        let action = format!("read layer `{digest}` of `{repository}`");
        let mut url = self.url(&format!("{repository}/blobs/{digest}"))?;
        for _ in 0..=REDIRECTS {
            // `send` leaves the credentials out when the storage is another host.
            let response = self.send(&Call::new(Method::GET, url, scope, &action)).await?;
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
        let piece = match tokio::time::timeout(ANSWER, self.response.chunk()).await {
            Ok(piece) => piece.map_err(|error| Error::failed(what()).source(&error.without_url()))?,
            Err(_) => return Err(Error::failed(what()).cause(format!("silent for {} s", ANSWER.as_secs()))),
        };
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

    /// The same as a stream.
    pub(crate) fn into_stream(self) -> impl Stream<Item = Result<Bytes>> + Send {
        futures_util::stream::try_unfold(
            self,
            |mut blob| async move { Ok(blob.next().await?.map(|piece| (piece, blob))) },
        )
    }
}

impl BlobSource {
    async fn open(&self, digest: &Digest, size: u64) -> Result<Content> {
        match self {
            Self::Bytes(bytes) => {
                let bytes = bytes.clone();
                Ok(futures_util::stream::once(async move { Ok(bytes) }).boxed())
            }
            Self::Remote { registry, repository } => {
                Ok(registry.get_blob(repository, digest).await?.into_stream().boxed())
            }
            Self::File(path) => {
                let what = format!("could not read `{}`", path.display());
                let file = tokio::fs::File::open(path).await.context(&what)?;
                let found = file.metadata().await.context(&what)?.len();
                if found != size {
                    return Err(Error::failed(what).cause(format!("it has {found} bytes instead of {size}")));
                }
                let pieces = ReaderStream::with_capacity(file, PIECE);
                Ok(pieces.map_err(move |error| Error::failed(&what).source(&error)).boxed())
            }
        }
    }
}

/// Ends when the counter has not moved for [`STALL`].
async fn stalled(counter: &AtomicU64) {
    let mut seen = None;
    loop {
        let now = counter.load(Ordering::Relaxed);
        if seen.replace(now) == Some(now) {
            return;
        }
        tokio::time::sleep(STALL).await;
    }
}
