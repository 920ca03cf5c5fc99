//! Bringing a built image to a registry, with as little traffic as possible and as few round trips.
//!
//! Owns: the order (the tag is looked up while blobs are asked for and sent, the manifest is last), and what is left out
//! because it is there.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::future::{self, Either};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::digest::Digest;
use crate::error::Result;
use crate::events::Events;
use crate::image::registry::{BlobPush, BlobSource, BlobUpload, Registry, UploadProgress};

use super::{BuiltImage, PushOutcome};

pub(super) const STEP: &str = "push";
/// Blobs that are asked for or sent at the same time. The registry's client sees to it that few large ones travel at once.
const PARALLEL: usize = 16;

/// Where an image goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PushTarget<'a> {
    pub(crate) repository: &'a str,
    pub(crate) tag: &'a str,
    /// A second tag, by which later runs find the image. A push does not fail for it.
    pub(crate) source_tag: Option<&'a str>,
}

/// Pushes to a repository.
pub(super) async fn push_image(
    built: &BuiltImage,
    registry: &Registry,
    target: PushTarget<'_>,
    events: &Events,
) -> Result<PushOutcome> {
    let uploads = uploads(built, registry, target.repository, events);
    let digests: Vec<Digest> = uploads.iter().map(|upload| upload.digest).collect();
    let total: u64 = uploads.iter().map(|upload| upload.size).sum();
    let pushes: Vec<_> = uploads.iter().map(|upload| registry.push_blob(upload)).collect();
    let pushes = pin!(stream::iter(pushes).buffer_unordered(PARALLEL).try_collect::<Vec<BlobPush>>());
    let look = pin!(registry.head_manifest(target.repository, target.tag));
    let is_there = |found: &Option<Digest>| *found == Some(built.digest);
    let (found, counted) = match future::select(look, pushes).await {
        // What was begun is given up.
        Either::Left((found, _)) if found.as_ref().map_or(true, is_there) => (found, Ok(Vec::new())),
        Either::Left((found, pushes)) => (found, pushes.await),
        // Whoever may not push can still have the image there.
        Either::Right((counted, look)) => (look.await, counted),
    };
    if is_there(&found?) {
        tell(put_source_tag(built, registry, target).await, target, events);
        return Ok(PushOutcome { digest: built.digest, uploaded_bytes: 0, reused_bytes: built.size });
    }
    let counted = counted?;
    let put = || registry.put_manifest(target.repository, target.tag, &built.manifest, built.media_type);
    let (stored, marked) = future::join(put(), put_source_tag(built, registry, target)).await;
    let digest = match stored {
        // What ECR does with the same manifest under two tags at once is not documented, so a refusal has to be its
        // answer to one alone.
        Err(_) if marked.is_some() => put().await?,
        stored => stored?,
    };
    tell(marked, target, events);
    registry.learn(target.repository, &digests);
    let uploaded = counted.iter().map(|how| if let BlobPush::Uploaded { sent } = how { *sent } else { 0 }).sum();
    Ok(PushOutcome { digest, uploaded_bytes: uploaded, reused_bytes: total - uploaded })
}

/// Puts the image under its second tag; `None` when there is none.
async fn put_source_tag(built: &BuiltImage, registry: &Registry, target: PushTarget<'_>) -> Option<Result<Digest>> {
    let tag = target.source_tag?;
    Some(registry.put_manifest(target.repository, tag, &built.manifest, built.media_type).await)
}

/// Without its second tag an image is built again by the next run, and nothing else is lost. An immutable repository refuses it
/// when the same source was built anew with other dependencies.
fn tell(marked: Option<Result<Digest>>, target: PushTarget<'_>, events: &Events) {
    if let (Some(Err(error)), Some(tag)) = (marked, target.source_tag) {
        events.note(format!("the image is not marked with `{tag}`: {error}"));
    }
}

/// Every blob once, the configuration included.
fn uploads<'a>(built: &BuiltImage, registry: &Registry, repository: &'a str, events: &Events) -> Vec<BlobUpload<'a>> {
    let config = (Digest::of_bytes(&built.config), built.config.len() as u64);
    let mut sources = BTreeMap::from([(config, BlobSource::Bytes(Bytes::copy_from_slice(&built.config)))]);
    for layer in &built.layers {
        sources.entry((layer.digest, layer.size)).or_insert_with(|| layer.source.clone());
    }
    let total = sources.keys().map(|(_, size)| size).sum();
    // Counts what is done with, uploaded or found.
    let done = Arc::new(AtomicU64::new(0));
    let uploads = sources.into_iter().map(|((digest, size), source)| BlobUpload {
        repository,
        digest,
        size,
        mount_from: match &source {
            BlobSource::Remote { registry: base, repository, .. } if base.host() == registry.host() => {
                Some(repository.clone())
            }
            _ => registry.known_to_have(&digest),
        },
        source,
        progress: meter(&done, total, events),
    });
    let mut uploads: Vec<BlobUpload<'_>> = uploads.collect();
    // The largest first: it decides how long the whole takes.
    uploads.sort_by_key(|upload| std::cmp::Reverse(upload.size));
    uploads
}

/// Adds one blob's progress to everybody's. An upload that starts over takes back what it had counted.
fn meter(done: &Arc<AtomicU64>, total: u64, events: &Events) -> UploadProgress {
    let (done, events, mine) = (Arc::clone(done), events.clone(), AtomicU64::new(0));
    Arc::new(move |now| {
        let before = mine.swap(now, Ordering::Relaxed);
        let change = now.wrapping_sub(before);
        let sum = done.fetch_add(change, Ordering::Relaxed).wrapping_add(change);
        events.bytes(STEP, sum, Some(total));
    })
}
