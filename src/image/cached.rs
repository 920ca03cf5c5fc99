//! Layers that are kept from one build to the next.
//!
//! Owns: storing a layer under a key and finding it again. Does not own: the key, which says everything about what is
//! in the layer.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cache::Cache;
use crate::digest::Digest;
use crate::error::{Context, Result};
use crate::fsx;
use crate::tree::Entry;

use super::layer::{DOCKER_LAYER, LayerFile, LayerOwner, build_layer};

const KIND: &str = "layers";
/// Part of every name; a change in how layers are written needs another one.
const FORMAT: &str = "3";

/// Layers of dependencies are tens to hundreds of megabytes. What was used last stays.
const LIMIT: u64 = 4 << 30;

/// What is remembered beside a layer.
#[derive(Debug, Serialize, Deserialize)]
struct LayerRecord {
    digest: Digest,
    diff_id: Digest,
    size: u64,
}

/// The layer of this key, when both of its files are there and agree.
pub(crate) fn recall(cache: &Cache, key: &str, what: &'static str) -> Option<LayerFile> {
    let (file, memory) = names(&cache.path(KIND), key);
    let known: LayerRecord = serde_json::from_slice(&std::fs::read(&memory).ok()?).ok()?;
    let found = std::fs::metadata(&file).ok()?;
    if found.len() != known.size {
        return None;
    }
    [&memory, &file].into_iter().for_each(|path| Cache::mark_used(path));
    Some(LayerFile {
        what,
        digest: known.digest,
        diff_id: known.diff_id,
        size: known.size,
        file,
        media_type: DOCKER_LAYER,
    })
}

/// Makes a layer and keeps it. The file with its digests comes last, so a hit is always whole.
///
/// # Errors
/// Those of [`build_layer`].
pub(crate) async fn make(cache: &Cache, key: &str, what: &'static str, entries: Vec<Entry>) -> Result<LayerFile> {
    let dir = cache.dir(KIND)?;
    let (file, memory) = names(&dir, key);
    let layer = tokio::task::spawn_blocking(move || build_layer(entries, what, LayerOwner::ROOT, &dir))
        .await
        .context("the thread that wrote a layer stopped")??;
    let failure = || format!("could not write `{}`", file.display());
    // An older layer of this key must not be believed while its file is replaced.
    let _ = std::fs::remove_file(&memory);
    std::fs::rename(&layer.file, &file).with_context(failure)?;
    let known = LayerRecord { digest: layer.digest, diff_id: layer.diff_id, size: layer.size };
    fsx::write_atomic(&memory, &serde_json::to_vec(&known).with_context(failure)?)?;
    cache.trim(KIND, LIMIT);
    Ok(LayerFile { file, ..layer })
}

fn names(dir: &Path, key: &str) -> (PathBuf, PathBuf) {
    (dir.join(format!("{key}-{FORMAT}.tar.gz")), dir.join(format!("{key}-{FORMAT}.json")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::EntryKind;

    #[tokio::test]
    async fn cached_layer_is_found_unless_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::at(dir.path());
        let entry = Entry { path: "a".into(), kind: EntryKind::Bytes(b"content".to_vec()), executable: false };
        assert!(recall(&cache, "key", "test").is_none());
        let made = make(&cache, "key", "test", vec![entry]).await.unwrap();
        let found = recall(&cache, "key", "test").unwrap();
        assert_eq!((found.digest, found.diff_id, found.size), (made.digest, made.diff_id, made.size));
        assert!(recall(&cache, "other", "test").is_none());
        std::fs::write(&made.file, "short").unwrap();
        assert!(recall(&cache, "key", "test").is_none());
    }
}
