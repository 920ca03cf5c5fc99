//! What is remembered of a registry from one run to the next: which repository got a layer, and which uploads were cut.
//!
//! Owns: the two kinds of files in the cache folder. Nothing in them is trusted: a repository that lost a layer, or a
//! session that ended, shows in the registry's answer and costs that request. Does not own: what is done about it
//! (`upload`). No credentials get here.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::cache::Cache;
use crate::digest::Digest;
use crate::fsx;

/// Layers per registry; those pushed longest ago are forgotten.
const MOST_KNOWN: usize = 1000;
/// Registries end sessions that nobody continues after hours or days.
const SESSION_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// The memory of one registry.
#[derive(Debug)]
pub(crate) struct RegistryMemory {
    cache: Cache,
    registry: String,
    known: Mutex<Option<Vec<KnownBlob>>>,
}

/// A layer and a repository that has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KnownBlob {
    digest: Digest,
    repository: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct KnownFile {
    registry: String,
    /// The latest last.
    layers: Vec<KnownBlob>,
}

/// The place for one blob's upload session. It is locked: another process that uploads the same blob at the same time
/// must not continue our session, it would mix its bytes with ours.
#[derive(Debug)]
pub(super) struct SessionFile {
    file: File,
    path: PathBuf,
    registry: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredSession {
    registry: String,
    repository: String,
    digest: Digest,
    /// Path and query below the registry's own address.
    location: String,
}

impl RegistryMemory {
    pub(crate) fn new(cache: &Cache, registry: &str) -> Self {
        Self { cache: cache.clone(), registry: registry.to_owned(), known: Mutex::new(None) }
    }

    fn known_path(&self) -> PathBuf {
        let name = Digest::of_bytes(self.registry.as_bytes()).hex();
        self.cache.path("known").join(format!("{}.json", &name[..32]))
    }

    fn read_known(&self) -> Vec<KnownBlob> {
        let bytes = std::fs::read(self.known_path()).unwrap_or_default();
        let file = serde_json::from_slice::<KnownFile>(&bytes).ok();
        file.filter(|file| file.registry == self.registry).map(|file| file.layers).unwrap_or_default()
    }

    /// The repository that got this layer last.
    pub(crate) fn repository_of(&self, digest: &Digest) -> Option<String> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_with(|| self.read_known());
        known.iter().rev().find(|known| known.digest == *digest).map(|known| known.repository.clone())
    }

    /// Notes that `repository` has these layers. Writes only when that is news.
    pub(super) fn learn(&self, repository: &str, digests: &[Digest]) {
        if digests.iter().all(|digest| self.repository_of(digest).as_deref() == Some(repository)) {
            return;
        }
        let write = || {
            let dir = self.cache.dir("known")?;
            fsx::with_dir_lock(&dir, &dir.join("lock"), || {
                // Another process may have written since we read.
                let mut layers = self.read_known();
                layers.retain(|known| !digests.contains(&known.digest));
                layers.extend(
                    digests.iter().map(|digest| KnownBlob { digest: *digest, repository: repository.to_owned() }),
                );
                layers.drain(..layers.len().saturating_sub(MOST_KNOWN));
                let file = KnownFile { registry: self.registry.clone(), layers };
                let bytes = serde_json::to_vec(&file).unwrap_or_default();
                fsx::write_private(&self.known_path(), &bytes)?;
                *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(file.layers);
                Ok(())
            })
        };
        // A memory that cannot be written costs an upload at another time.
        let _ = write();
    }

    /// Takes the place for this upload's session, unless another process has it now.
    pub(super) fn slot(&self, repository: &str, digest: &Digest) -> Option<SessionFile> {
        let dir = self.cache.dir("uploads").ok()?;
        for item in std::fs::read_dir(&dir).ok()?.flatten() {
            let age = item.metadata().and_then(|meta| meta.modified()).ok().and_then(|time| time.elapsed().ok());
            if age.is_some_and(|age| age > SESSION_AGE) {
                let _ = std::fs::remove_file(item.path());
            }
        }
        let name = Digest::of_bytes(format!("{}\n{repository}\n{digest}", self.registry).as_bytes()).hex();
        let path = dir.join(format!("{}.json", &name[..32]));
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).ok()?;
        file.try_lock().ok()?;
        Some(SessionFile { file, path, registry: self.registry.clone() })
    }
}

impl SessionFile {
    /// The session that an earlier run left behind, below `base`. To be asked first: it reads from where the file is.
    pub(super) fn session(&mut self, base: &Url, repository: &str, digest: &Digest) -> Option<Url> {
        let mut text = String::new();
        self.file.read_to_string(&mut text).ok()?;
        let session: StoredSession = serde_json::from_str(&text).ok()?;
        let ours = (session.registry.as_str(), session.repository.as_str(), &session.digest);
        let url = base.join(&session.location).ok()?;
        (ours == (self.registry.as_str(), repository, digest) && url.origin() == base.origin()).then_some(url)
    }

    /// Notes where the upload can be continued. Only addresses of the registry itself, which asks for credentials each
    /// time, and only queries that say where the upload stands, by their names (`_state`): a signature that opens a
    /// storage service to whoever has it does not belong on disk.
    pub(super) fn keep(&mut self, base: &Url, url: &Url, (repository, digest): (&str, &Digest)) {
        let plain = url.query_pairs().all(|(name, _)| name.starts_with('_'));
        let _ = self.file.set_len(0);
        if url.origin() != base.origin() || !plain {
            return;
        }
        let session = StoredSession {
            registry: self.registry.clone(),
            repository: repository.to_owned(),
            digest: *digest,
            location: url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
        };
        let bytes = serde_json::to_vec(&session).unwrap_or_default();
        // Half a file is not read as JSON, and then the upload starts over.
        let _ = self
            .file
            .rewind()
            .and_then(|()| self.file.write_all(&bytes))
            .and_then(|()| self.file.set_modified(SystemTime::now()));
    }

    /// The upload is done.
    pub(super) fn clear(self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layer_repository_is_remembered_per_registry() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::at(dir.path());
        let digests: Vec<Digest> = (0..3_u8).map(|n| Digest::of_bytes(&[n])).collect();
        let (one, two) = (RegistryMemory::new(&cache, "a.example"), RegistryMemory::new(&cache, "a.example"));
        assert_eq!(one.repository_of(&digests[0]), None);
        two.learn("first", &digests[..2]);
        one.learn("second", &digests[1..]);
        let memory = RegistryMemory::new(&cache, "a.example");
        let known = |n: usize| memory.repository_of(&digests[n]);
        assert_eq!([known(0), known(1), known(2)], ["first", "second", "second"].map(|name| Some(name.to_owned())));
        assert_eq!(RegistryMemory::new(&cache, "b.example").repository_of(&digests[0]), None);
        // What was pushed long ago makes room.
        let many: Vec<Digest> = (0..1000_u32).map(|n| Digest::of_bytes(&n.to_le_bytes())).collect();
        memory.learn("third", &many);
        assert_eq!(RegistryMemory::new(&cache, "a.example").repository_of(&digests[0]), None);
        std::fs::write(memory.known_path(), "{").unwrap();
        assert_eq!(RegistryMemory::new(&cache, "a.example").repository_of(&many[0]), None);
    }

    #[test]
    fn session_is_kept_exclusively_and_without_secrets() {
        let dir = tempfile::tempdir().unwrap();
        let (cache, digest) = (Cache::at(dir.path()), Digest::of_bytes(b"x"));
        let memory = RegistryMemory::new(&cache, "r.example");
        let base: Url = "https://r.example/".parse().unwrap();
        let kept = |location: &str| {
            let mut slot = memory.slot("a/b", &digest).unwrap();
            assert!(memory.slot("a/b", &digest).is_none(), "two have the same session");
            slot.keep(&base, &location.parse().unwrap(), ("a/b", &digest));
            drop(slot);
            let mut slot = memory.slot("a/b", &digest).unwrap();
            let found = slot.session(&base, "a/b", &digest).map(String::from);
            slot.clear();
            found
        };
        let location = "https://r.example/v2/a/b/blobs/uploads/1?_state=x%3D";
        assert_eq!(kept(location).as_deref(), Some(location));
        assert_eq!(kept("https://storage.example/1"), None);
        assert_eq!(kept("https://r.example/1?X-Amz-Signature=1"), None);
        assert_eq!(std::fs::read_dir(dir.path().join("uploads")).unwrap().count(), 0);
        let mut slot = memory.slot("a/b", &digest).unwrap();
        slot.keep(&base, &location.parse().unwrap(), ("a/c", &digest));
        drop(slot);
        assert_eq!(memory.slot("a/b", &digest).unwrap().session(&base, "a/b", &digest), None);
    }
}
