//! The state of the sandbox: one typed value per service, each in its own JSON file.
//!
//! Owns: keeping memory and disk together. A change is on disk before it is answered, so neither a restart nor a kill
//! loses what a client was told. Does not own: image blobs (`registry`) and log lines (`logs`), which are too large
//! to be rewritten as a whole.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::reply::Fault;
use crate::error::{Context, Error, Result};

/// Raised when a file of an older version can no longer be read.
const FORMAT: u64 = 1;

/// The state of all services. A service adds its own line here and in [`SandboxState::open`].
pub(crate) struct SandboxState {
    pub(crate) codebuild: Persisted<super::codebuild::CodeBuild>,
    pub(crate) cognito: Persisted<super::cognito::Cognito>,
    pub(crate) iam: Persisted<super::iam::Iam>,
    pub(crate) ecr: Persisted<super::ecr::Ecr>,
    pub(crate) delivery: Persisted<super::logs::Delivery>,
    pub(crate) gateways: Persisted<super::control::gateways::Gateways>,
    pub(crate) logs: super::logs::LogStore,
    pub(crate) memory_data: super::memory::MemoryData,
    pub(crate) memories: Persisted<super::memory::Memories>,
    pub(crate) runtimes: Persisted<super::control::Runtimes>,
    pub(crate) s3: Persisted<super::s3::S3>,
    pub(crate) secrets: Persisted<super::secrets::Secrets>,
    pub(crate) ssm: Persisted<super::ssm::Ssm>,
    pub(crate) vault: Persisted<super::vault::Vault>,
    pub(crate) xray: Persisted<super::xray::XRay>,
}

impl SandboxState {
    /// Loads what earlier runs left in `dir`.
    ///
    /// # Errors
    /// Names the file that cannot be read or understood.
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        Ok(Self {
            codebuild: Persisted::open(dir, "codebuild")?,
            cognito: Persisted::open(dir, "cognito")?,
            delivery: Persisted::open(dir, "delivery")?,
            ecr: Persisted::open(dir, "ecr")?,
            gateways: Persisted::open(dir, "gateways")?,
            iam: Persisted::open(dir, "iam")?,
            logs: super::logs::LogStore::open(dir)?,
            memory_data: super::memory::MemoryData::open(dir)?,
            memories: Persisted::open(dir, "memories")?,
            runtimes: Persisted::open(dir, "runtimes")?,
            s3: Persisted::open(dir, "s3")?,
            secrets: Persisted::open(dir, "secrets")?,
            ssm: Persisted::open(dir, "ssm")?,
            vault: Persisted::open(dir, "vault")?,
            xray: Persisted::open(dir, "xray")?,
        })
    }
}

/// A value in memory with a copy on disk.
#[derive(Debug)]
pub(crate) struct Persisted<T> {
    path: PathBuf,
    value: RwLock<Versioned<T>>,
    /// Version of the copy on disk. Held while writing, so that one writer saves for all who wait behind it.
    saved: tokio::sync::Mutex<u64>,
}

#[derive(Debug)]
struct Versioned<T> {
    version: u64,
    value: T,
}

impl<T: Serialize + DeserializeOwned + Default> Persisted<T> {
    /// The value in `dir/{name}.json`, or the default one where there is no such file.
    ///
    /// # Errors
    /// When the file cannot be read or is not what this version writes.
    pub(crate) fn open(dir: &Path, name: &str) -> Result<Self> {
        let path = dir.join(format!("{name}.json"));
        let value = match std::fs::read(&path) {
            Ok(bytes) => parse(&bytes).map_err(|reason| {
                Error::failed(format!("could not read the sandbox's state in `{}`: {reason}", path.display()))
                    .hint("`agentcore sandbox reset` starts over with an empty sandbox")
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => T::default(),
            Err(error) => return Err(error).with_context(|| format!("could not read `{}`", path.display())),
        };
        let value = RwLock::new(Versioned { version: 0, value });
        Ok(Self { path, value, saved: tokio::sync::Mutex::new(0) })
    }

    /// Looks at the value. Keep `look` short: changes wait for it.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.value.read().unwrap_or_else(PoisonError::into_inner).value)
    }

    /// Changes the value and returns when the change is on disk. `change` must leave the value alone when it fails,
    /// and be short. Writers that arrive while a file is being written share the next write.
    ///
    /// # Errors
    /// The fault of `change`, or an internal one when the disk refuses (the change then holds until the end of the
    /// process).
    pub(crate) async fn update<R>(&self, change: impl FnOnce(&mut T) -> Result<R, Fault>) -> Result<R, Fault> {
        let (result, version) = {
            let mut guard = self.value.write().unwrap_or_else(PoisonError::into_inner);
            let result = change(&mut guard.value)?;
            guard.version += 1;
            (result, guard.version)
        };
        self.save(version).await?;
        Ok(result)
    }

    async fn save(&self, at_least: u64) -> Result<()> {
        let mut saved = self.saved.lock().await;
        if *saved >= at_least {
            return Ok(());
        }
        let (version, bytes) = {
            let guard = self.value.read().unwrap_or_else(PoisonError::into_inner);
            let bytes = serde_json::to_vec(&serde_json::json!({ "format": FORMAT, "state": &guard.value }));
            (guard.version, bytes.context("could not serialise the sandbox's state")?)
        };
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || replace(&path, &bytes))
            .await
            .context("writing the state was cut short")??;
        *saved = version;
        Ok(())
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    #[derive(serde::Deserialize)]
    struct StateFile<T> {
        format: u64,
        state: T,
    }
    let file: StateFile<T> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if file.format == FORMAT { Ok(file.state) } else { Err(format!("unknown format {}", file.format)) }
}

/// Atomic for readers and for a killed process, 0600. Not synced: the sandbox does not promise to survive a power
/// cut, and a sync for each change would make it several times slower.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let what = || format!("could not write `{}`", path.display());
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".state-").tempfile_in(dir).with_context(what)?;
    std::io::Write::write_all(&mut file, bytes).with_context(what)?;
    file.persist(path).map_err(|error| error.error).with_context(what)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;

    type Numbers = BTreeMap<String, u32>;

    #[tokio::test]
    async fn what_was_answered_is_on_disk() {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(Persisted::<Numbers>::open(dir.path(), "numbers").unwrap());
        let tasks: Vec<_> = (0..50)
            .map(|index| {
                let (store, dir) = (Arc::clone(&store), dir.path().to_owned());
                tokio::spawn(async move {
                    store.update(|value| Ok(value.insert(index.to_string(), index))).await.unwrap();
                    let again = Persisted::<Numbers>::open(&dir, "numbers").unwrap();
                    assert_eq!(again.read(|value| value.get(&index.to_string()).copied()), Some(index));
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(Persisted::<Numbers>::open(dir.path(), "numbers").unwrap().read(BTreeMap::len), 50);
    }

    #[tokio::test]
    async fn a_refused_change_is_not_written() {
        let dir = tempfile::tempdir().unwrap();
        let store = Persisted::<Numbers>::open(dir.path(), "numbers").unwrap();
        let fault = store.update(|_| Err::<(), _>(Fault::new(400, "No", "no"))).await.unwrap_err();
        assert_eq!(fault.code, "No");
        assert!(!dir.path().join("numbers.json").exists());
    }

    #[test]
    fn damage_is_reported_with_the_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("numbers.json"), "{\"format\":1,").unwrap();
        let error = Persisted::<Numbers>::open(dir.path(), "numbers").unwrap_err();
        assert!(error.message().contains("numbers.json"), "{error}");
        std::fs::write(dir.path().join("numbers.json"), "{\"format\":9,\"state\":{}}").unwrap();
        assert!(Persisted::<Numbers>::open(dir.path(), "numbers").unwrap_err().message().contains("format 9"));
    }
}
