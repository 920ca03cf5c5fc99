//! Bringing a built image to a registry, with as little traffic as possible.
//!
//! Owns: the order (blobs in parallel, the manifest last), and what is left out because it is there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::digest::Digest;
use crate::error::Result;
use crate::events::Events;
use crate::image::registry::{BlobPush, BlobSource, BlobUpload, Progress, Registry};

use super::{Built, LayerSource, Pushed};

pub(super) const STEP: &str = "push";
const PARALLEL: usize = 4;

/// One blob to bring over.
struct Blob {
    digest: Digest,
    size: u64,
    source: BlobSource,
    mount_from: Option<String>,
}

/// Pushes to a repository under a tag.
pub(super) async fn run(
    built: &Built,
    registry: &Registry,
    (repository, tag): (&str, &str),
    events: &Events,
) -> Result<Pushed> {
    if registry.head_manifest(repository, tag).await? == Some(built.digest) {
        return Ok(Pushed { digest: built.digest, uploaded_bytes: 0, reused_bytes: built.size });
    }
    let blobs = blobs(built, registry);
    let digests: Vec<Digest> = built.layers.iter().map(|layer| layer.digest).collect();
    let total: u64 = blobs.iter().map(|blob| blob.size).sum();
    // Counts what is done with, uploaded or found.
    let done = Arc::new(AtomicU64::new(0));
    let counted: Vec<BlobPush> = stream::iter(blobs)
        .map(|blob| push_one(blob, registry, repository, meter(&done, total, events)))
        .buffer_unordered(PARALLEL)
        .try_collect()
        .await?;
    let digest = registry.put_manifest(repository, tag, &built.manifest, built.media_type).await?;
    registry.learn(repository, &digests);
    let uploaded = counted.iter().map(|how| if let BlobPush::Uploaded { sent } = how { *sent } else { 0 }).sum();
    Ok(Pushed { digest, uploaded_bytes: uploaded, reused_bytes: total - uploaded })
}

/// Every blob once, the configuration included.
fn blobs(built: &Built, registry: &Registry) -> Vec<Blob> {
    let mut seen = BTreeSet::new();
    let layers = built.layers.iter().filter(|layer| seen.insert(layer.digest)).map(|layer| {
        let mount_from = match &layer.source {
            LayerSource::Base { registry: base, repository, .. } if base.host() == registry.host() => {
                Some(repository.clone())
            }
            _ => registry.known_to_have(&layer.digest),
        };
        Blob { digest: layer.digest, size: layer.size, source: layer.source.blob(), mount_from }
    });
    let mut blobs: Vec<Blob> = layers.collect();
    // The largest first: it decides how long the whole takes.
    blobs.sort_by_key(|blob| std::cmp::Reverse(blob.size));
    blobs.push(Blob {
        digest: Digest::of_bytes(&built.config),
        size: built.config.len() as u64,
        source: BlobSource::Bytes(Bytes::copy_from_slice(&built.config)),
        mount_from: None,
    });
    blobs
}

async fn push_one(blob: Blob, registry: &Registry, repository: &str, progress: Progress) -> Result<BlobPush> {
    let upload = BlobUpload {
        repository,
        digest: blob.digest,
        size: blob.size,
        source: blob.source,
        mount_from: blob.mount_from.as_deref(),
        progress,
    };
    let how = registry.push_blob(&upload).await?;
    (upload.progress)(blob.size);
    Ok(how)
}

/// Adds one blob's progress to everybody's. An upload that starts over takes back what it had counted.
fn meter(done: &Arc<AtomicU64>, total: u64, events: &Events) -> Progress {
    let (done, events, mine) = (Arc::clone(done), events.clone(), AtomicU64::new(0));
    Arc::new(move |now| {
        let before = mine.swap(now, Ordering::Relaxed);
        let change = now.wrapping_sub(before);
        let sum = done.fetch_add(change, Ordering::Relaxed).wrapping_add(change);
        events.bytes(STEP, sum, Some(total));
    })
}
