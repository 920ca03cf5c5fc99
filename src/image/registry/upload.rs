//! Bringing a blob into a repository, with as few bytes as possible.
//!
//! Owns: the question whether it is there, mounting, upload sessions, and where a cut upload goes on. Does not own:
//! where the bytes come from (`blob`), what outlives the run (`memory`).
//!
//! A blob takes two requests when it is small: POST for a session, and PUT with all of it. Both are in the distribution
//! specification, and clients that push to ECR this way are in wide use (containerd, oras). The specification's single
//! POST with `?digest=` is not used: registries may leave it out, distribution does (it opens a session and drops the
//! body), and what ECR does with it is not documented.
//!
//! A large blob travels in one PATCH and is ended by a PUT. When the PATCH is cut, the session is asked how much arrived, and
//! the rest follows with a `Content-Range`; whether the whole is right is for the registry to say, by the digest at the end, and if it is not,
//! the blob is sent once more from its first byte. Registries differ: zot, and distribution from version 3 on, say how
//! much they have. Distribution 2.8 ends a session whose PATCH was cut, at the next request (404). ECR's `Range` stays
//! where the first PATCH ended (aws/containers-roadmap#2831), and what it says of a cut one is not known: it is not
//! asked. With those two a cut blob starts over, and blobs that arrived are not sent again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::TryStreamExt;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE};
use http::{Method, StatusCode};
use reqwest::Response;
use url::Url;

use crate::deadline::Waiting;
use crate::digest::Digest;
use crate::error::{Context, Error, Result};
use crate::http::{FIRST_BYTE, retry_after};

use super::blob::BlobSource;
use super::failure::{self, AttemptFailure};
use super::memory::SessionFile;
use super::{DIGESTED, Registry, RegistryCall, RepositoryScope, UPLOAD_ATTEMPTS, header, host_of};

/// What a line carries in a second, at least, of what this machine has buffered: bytes that were handed out are not yet
/// sent, and nobody sees them move.
const CARRIED: u64 = 64 << 10;
/// The largest buffer that a system keeps for a connection without being asked.
const BUFFERED: u64 = 4 << 20;
/// How often its progress is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How often a registry is asked how much it has before the whole is sent again: some fail for a session that is gone.
const UNANSWERED: u32 = UPLOAD_ATTEMPTS - 2;
/// Sending less again is cheaper than remembering how far it got, so that it is sent in one request from memory.
const WORTH_RESUMING: u64 = 1 << 20;
/// Sending less takes no longer than the question whether it is there: what a line of 10 Mbit/s carries in 50 ms.
const WORTH_ASKING: u64 = 64 << 10;

/// Told how many bytes of a blob have been sent so far; starts over when an upload is repeated.
pub(crate) type UploadProgress = Arc<dyn Fn(u64) + Send + Sync>;

/// A blob to put into a repository.
pub(crate) struct BlobUpload<'a> {
    pub(crate) repository: &'a str,
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) source: BlobSource,
    /// A repository of the same registry that is thought to have the blob, maybe this one.
    pub(crate) mount_from: Option<String>,
    pub(crate) progress: UploadProgress,
}

/// How a blob came to be in the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlobPush {
    AlreadyThere,
    Mounted,
    Uploaded {
        /// Less than the blob has when an upload was continued.
        sent: u64,
    },
}

/// What the attempts at one upload know of each other.
#[derive(Default)]
struct Attempts {
    session: Option<Url>,
    /// For the next run; taken at the first attempt that uploads.
    slot: Option<SessionFile>,
    started: bool,
    /// How often a continued upload was refused.
    refused: u32,
    /// How often in a row the registry did not say how much it has.
    unanswered: u32,
}

/// An open session and how much of the blob is in it.
struct OpenUpload {
    url: Url,
    has: u64,
}

impl Registry {
    /// Makes sure that the repository has the blob. A broken upload starts again from the question whether it is
    /// there by now.
    ///
    /// # Errors
    /// When the last of several attempts failed; what the registry keeps of it is continued by the next run.
    pub(crate) async fn push_blob(&self, upload: &BlobUpload<'_>) -> Result<BlobPush> {
        let attempts = tokio::sync::Mutex::new(Attempts::default());
        let how = self
            .retry_times(UPLOAD_ATTEMPTS, || async { self.try_push(upload, &mut *attempts.lock().await).await })
            .await?;
        if let Some(slot) = attempts.into_inner().slot {
            slot.clear();
        }
        (upload.progress)(upload.size);
        Ok(how)
    }

    async fn try_push(&self, upload: &BlobUpload<'_>, attempts: &mut Attempts) -> Result<BlobPush, AttemptFailure> {
        let scope = RepositoryScope::push(upload.repository);
        let asks = upload.size >= WORTH_ASKING || upload.mount_from.as_deref() == Some(upload.repository);
        if asks && self.blob_exists(upload.repository, &upload.digest, &scope).await? {
            return Ok(BlobPush::AlreadyThere);
        }
        if upload.size < WORTH_RESUMING {
            return match self.start(upload, &scope).await? {
                Some(url) => self.put_whole(upload, url, &scope).await,
                None => Ok(BlobPush::Mounted),
            };
        }
        let _permit = self.bodies.acquire().await.context("uploads have ended")?;
        loop {
            let open = match self.cut_session(upload, attempts, &scope).await? {
                Some(open) => open,
                None => match self.start(upload, &scope).await? {
                    Some(url) => OpenUpload { url, has: 0 },
                    None => return Ok(BlobPush::Mounted),
                },
            };
            self.note(upload, attempts, &open.url);
            let has = open.has;
            match self.transfer(upload, open, attempts, &scope).await {
                Ok(()) => return Ok(BlobPush::Uploaded { sent: upload.size - has }),
                // Refused although it was continued where the registry said. It may have been still busy with what was
                // sent before, and asking again helps; else it is sent as a whole.
                Err(AttemptFailure::Final(error)) if has > 0 => {
                    attempts.refused += 1;
                    if attempts.refused == 1 && attempts.session.is_some() {
                        return Err(AttemptFailure::Transient { error, after: None });
                    }
                    attempts.session = None;
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// The session of an upload that was cut, in this run or an earlier one, with what arrived of it.
    async fn cut_session(
        &self,
        upload: &BlobUpload<'_>,
        attempts: &mut Attempts,
        scope: &RepositoryScope,
    ) -> Result<Option<OpenUpload>, AttemptFailure> {
        if self.session.is_ecr(self.host()) {
            return Ok(None);
        }
        if !std::mem::replace(&mut attempts.started, true) {
            attempts.slot = self.memory.as_ref().and_then(|memory| memory.slot(upload.repository, &upload.digest));
            let base = self.url("")?;
            let kept = attempts.slot.as_mut().and_then(|slot| slot.session(&base, upload.repository, &upload.digest));
            attempts.session = kept;
        }
        let asks = attempts.refused < 2 && attempts.unanswered < UNANSWERED;
        let Some(url) = attempts.session.clone().filter(|_| asks) else { return Ok(None) };
        let action = format!("ask how much of `{}` is in `{}`", upload.digest, upload.repository);
        // Without an answer the session stays for the next attempt: a registry in trouble for a moment still has it.
        attempts.unanswered += 1;
        let response = self.send(&RegistryCall::new(Method::GET, url.clone(), scope, &action)).await?;
        attempts.unanswered = 0;
        attempts.session = None;
        // Any other answer means that there is nothing to continue.
        let has = Some(&response).filter(|response| response.status() == StatusCode::NO_CONTENT).and_then(kept);
        let Some(has) = has.filter(|has| *has <= upload.size) else { return Ok(None) };
        let url = if response.headers().contains_key(LOCATION) { self.location(&response)? } else { url };
        Ok(Some(OpenUpload { url, has }))
    }

    /// Notes where the upload stands, for the next attempt and the next run.
    fn note(&self, upload: &BlobUpload<'_>, attempts: &mut Attempts, url: &Url) {
        attempts.session = Some(url.clone());
        if let (Some(slot), Ok(base)) = (&mut attempts.slot, self.url("")) {
            slot.keep(&base, url, (upload.repository, &upload.digest));
        }
    }

    /// Opens an upload session and returns its address; `None` when a mount made it unnecessary.
    async fn start(&self, upload: &BlobUpload<'_>, scope: &RepositoryScope) -> Result<Option<Url>, AttemptFailure> {
        if let Some(from) = upload.mount_from.as_deref().filter(|from| *from != upload.repository) {
            let wider = scope.clone().and_pull(from);
            match self.open_session(upload, Some(from), &wider).await {
                // That repository may be gone or not ours to read, which says nothing about this one.
                Err(AttemptFailure::Final(_)) => {}
                answered => return answered,
            }
        }
        self.open_session(upload, None, scope).await
    }

    async fn open_session(
        &self,
        upload: &BlobUpload<'_>,
        mount: Option<&str>,
        scope: &RepositoryScope,
    ) -> Result<Option<Url>, AttemptFailure> {
        let action = format!("start an upload to `{}`", upload.repository);
        let mut url = self.url(&format!("{}/blobs/uploads/", upload.repository))?;
        if let Some(from) = mount {
            url.query_pairs_mut().append_pair("mount", &upload.digest.to_string()).append_pair("from", from);
        }
        let response = self.send(&RegistryCall::new(Method::POST, url, scope, &action)).await?;
        match response.status() {
            StatusCode::CREATED if mount.is_some() => Ok(None),
            StatusCode::ACCEPTED | StatusCode::CREATED => Ok(Some(self.location(&response)?)),
            _ => Err(self.refusal(response, &action).await.into()),
        }
    }

    /// Sends all of a small blob and ends the session with the same request.
    async fn put_whole(
        &self,
        upload: &BlobUpload<'_>,
        url: Url,
        scope: &RepositoryScope,
    ) -> Result<BlobPush, AttemptFailure> {
        let action = format!("upload layer `{}` to `{}`", upload.digest, upload.repository);
        let content = async {
            let pieces: Vec<Bytes> = upload.source.open(&upload.digest, upload.size, 0).await?.try_collect().await?;
            Ok(pieces.concat())
        };
        let content = content.await.map_err(|error| unreadable(&upload.source, error, &action))?;
        let response = self.end(upload, url, content.into(), scope).await?;
        self.ended(response, upload).await?;
        Ok(BlobPush::Uploaded { sent: upload.size })
    }

    /// Sends what the session lacks and ends it.
    async fn transfer(
        &self,
        upload: &BlobUpload<'_>,
        open: OpenUpload,
        attempts: &mut Attempts,
        scope: &RepositoryScope,
    ) -> Result<(), AttemptFailure> {
        let mut last = open.url.clone();
        if open.has < upload.size {
            last = self.patch(upload, open, scope).await?;
            self.note(upload, attempts, &last);
        }
        let response = self.end(upload, last, Bytes::new(), scope).await?;
        let ended = self.ended(response, upload).await;
        if ended.is_err() {
            // The session is over: there is nothing left to ask.
            attempts.session = None;
        }
        ended
    }

    /// Ends a session, with what it lacks or with nothing.
    async fn end(
        &self,
        upload: &BlobUpload<'_>,
        mut url: Url,
        rest: Bytes,
        scope: &RepositoryScope,
    ) -> Result<Response, AttemptFailure> {
        url.query_pairs_mut().append_pair("digest", &upload.digest.to_string());
        let action = finishing(upload);
        let mut call =
            RegistryCall::new(Method::PUT, url, scope, &action).header(CONTENT_TYPE, "application/octet-stream");
        // The bytes have to leave, and before it answers, the registry may put the blob together and check its digest.
        call.patience = FIRST_BYTE + Duration::from_secs(rest.len() as u64 / CARRIED + upload.size / DIGESTED);
        call.body = rest;
        self.send(&call).await
    }

    async fn ended(&self, response: Response, upload: &BlobUpload<'_>) -> Result<(), AttemptFailure> {
        match response.status() {
            StatusCode::CREATED | StatusCode::OK | StatusCode::NO_CONTENT => Ok(()),
            status => {
                let error = self.refusal(response, &finishing(upload)).await;
                // A session that got lost is worth another attempt, from its beginning.
                Err(match status {
                    StatusCode::NOT_FOUND | StatusCode::REQUEST_TIMEOUT => {
                        AttemptFailure::Transient { error, after: None }
                    }
                    _ => error.into(),
                })
            }
        }
    }

    /// Sends the content in one request and returns where to finish.
    async fn patch(
        &self,
        upload: &BlobUpload<'_>,
        open: OpenUpload,
        scope: &RepositoryScope,
    ) -> Result<Url, AttemptFailure> {
        let action = format!("upload layer `{}` to `{}`", upload.digest, upload.repository);
        let OpenUpload { url, has } = open;
        let content = upload.source.open(&upload.digest, upload.size, has).await?;
        let sent = Arc::new(AtomicU64::new(has));
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
            .client(&url)?
            .patch(url.clone())
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, upload.size - has)
            .body(reqwest::Body::wrap_stream(body));
        if has > 0 {
            request = request.header(CONTENT_RANGE, format!("{has}-{}", upload.size - 1));
        }
        if self.is_own(&url)
            && let Some(value) = self.authorization(scope).await?
        {
            request = request.header(AUTHORIZATION, value);
        }
        let _waiting = Waiting::on(format!("registry `{}` to take a layer", host_of(&url)));
        let response = tokio::select! {
            response = request.send() => response,
            limit = stalled(&sent, (has, upload.size)) => return Err(failure::silence(&host_of(&url), &action, limit)),
        };
        // What went wrong on the reading side explains the broken request better than the request does.
        let at_source = fault.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (response, at_source) {
            (Ok(response), _) => self.patched(response, url, &action).await,
            (Err(_), Some(error)) => Err(unreadable(&upload.source, error, &action)),
            (Err(error), None) => Err(failure::connection(self.host(), &action, error)),
        }
    }

    async fn patched(&self, response: Response, url: Url, action: &str) -> Result<Url, AttemptFailure> {
        let status = response.status();
        match status {
            StatusCode::CREATED | StatusCode::ACCEPTED | StatusCode::NO_CONTENT | StatusCode::OK => {
                if status == StatusCode::CREATED {
                    self.session.answers_like_ecr();
                }
                Ok(if response.headers().contains_key(LOCATION) { self.location(&response)? } else { url })
            }
            _ => {
                let after = retry_after(response.headers());
                let error = self.refusal(response, action).await;
                // A token can expire between two requests; the next attempt fetches another one. A lost session
                // (404) and a registry in trouble are worth one too. The number of attempts is bounded.
                self.session.forget().await;
                let again = failure::is_transient(status)
                    || matches!(status, StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND | StatusCode::REQUEST_TIMEOUT);
                Err(if again { AttemptFailure::Transient { error, after } } else { error.into() })
            }
        }
    }
}

fn finishing(upload: &BlobUpload<'_>) -> String {
    format!("finish layer `{}` in `{}`", upload.digest, upload.repository)
}

/// What went wrong on the reading side. Another registry may answer better the next time, a file does not.
fn unreadable(source: &BlobSource, error: Error, action: &str) -> AttemptFailure {
    let error = error.context(format!("could not {action}"));
    match source {
        BlobSource::Remote { .. } => AttemptFailure::Transient { error, after: None },
        BlobSource::File(_) | BlobSource::Part { .. } | BlobSource::Bytes(_) => error.into(),
    }
}

/// How many bytes a session has, by its `Range: 0-499`. The form has no way to say "none": `0-0` is what registries
/// send for that, so a single byte counts as none too.
fn kept(response: &Response) -> Option<u64> {
    let range = header(response, &RANGE)?;
    let last: u64 = range.strip_prefix("bytes=").unwrap_or(range).strip_prefix("0-")?.parse().ok()?;
    last.checked_add(1).filter(|count| *count > 1)
}

/// Ends when the counter has not moved for the time that it may stand still, and says how long that was.
async fn stalled(counter: &AtomicU64, (from, to): (u64, u64)) -> Duration {
    let (mut seen, mut since) = (counter.load(Ordering::Relaxed), Instant::now());
    loop {
        let limit = may_stand_still(seen, (from, to));
        if since.elapsed() >= limit {
            return limit;
        }
        tokio::time::sleep(limit.saturating_sub(since.elapsed()).min(LOOK)).await;
        let now = counter.load(Ordering::Relaxed);
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
    }
}

/// How long nothing may move in an upload that began at `from` and ends at `to`, of which `sent` is the last byte that was
/// handed out: as long as any answer may take, the time in which what is buffered leaves, and after the last byte that for
/// the registry's own work.
fn may_stand_still(sent: u64, (from, to): (u64, u64)) -> Duration {
    let buffered = sent.saturating_sub(from).min(BUFFERED) / CARRIED;
    let digested = if sent >= to { to / DIGESTED } else { 0 };
    FIRST_BYTE + Duration::from_secs(buffered + digested)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_uploads_that_can_move_are_awaited() {
        let seconds = |sent, range| may_stand_still(sent, range).as_secs();
        assert_eq!(seconds(0, (0, 2_200)), 30, "nothing was taken");
        assert_eq!(seconds(2_200, (0, 2_200)), 30);
        assert_eq!(seconds(1 << 30, (0, 2 << 30)), 94, "what is buffered may still leave");
        assert_eq!(seconds(2 << 30, (0, 2 << 30)), 94 + 128, "and is checked after it");
        assert_eq!(seconds(1 << 30, (1 << 30, 2 << 30)), 30, "what an earlier run sent is not buffered");
    }
}
