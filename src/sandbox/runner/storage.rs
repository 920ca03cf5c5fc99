//! Storage of the sessions' own, in a folder of this machine: it outlives the agent of a session, and a new version empties it.
//!
//! ```text
//! storage / RUNTIME / ENDPOINT / digest of the session's id / VERSION / number of the mount
//! ```
//!
//! Not kept as the service does: its limit of size, and that it drops what was not used for 14 days.

use std::fs;
use std::path::{Path, PathBuf};

use super::spec::{AgentSpec, SessionKey};
use crate::digest::Digest;
use crate::error::{Context, Result};
use crate::fsx;

/// Where a session finds its storage, and the folder that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionMount {
    /// `/mnt/data`
    pub(crate) path: String,
    /// Empty until the session starts.
    pub(crate) folder: PathBuf,
}

impl SessionMount {
    pub(crate) fn at(path: &str) -> Self {
        Self { path: path.trim_end_matches('/').to_owned(), folder: PathBuf::new() }
    }
}

/// Makes the folders of a session's mounts. Blocking.
///
/// # Errors
/// When the disk refuses.
pub(super) fn prepare(dir: &Path, spec: &mut AgentSpec, key: &SessionKey) -> Result<()> {
    if spec.mounts.is_empty() {
        return Ok(());
    }
    let session =
        folder_of(dir, &key.runtime_id, Some(&key.endpoint)).join(Digest::of_bytes(key.session.as_bytes()).hex());
    let own = spec.version.to_string();
    fsx::create_private_dir(&session)?;
    let session = fs::canonicalize(&session).with_context(|| format!("could not resolve `{}`", session.display()))?;
    let old = fs::read_dir(&session).with_context(|| format!("could not read `{}`", session.display()))?;
    for entry in old.flatten().filter(|entry| entry.file_name() != *own) {
        fs::remove_dir_all(entry.path()).with_context(|| format!("could not empty `{}`", entry.path().display()))?;
    }
    for (number, mount) in spec.mounts.iter_mut().enumerate() {
        mount.folder = session.join(&own).join(number.to_string());
        fsx::create_private_dir(&mount.folder)?;
        // An agent in a container is another user; the folders around it stay closed to others.
        #[cfg(unix)]
        fs::set_permissions(&mount.folder, std::os::unix::fs::PermissionsExt::from_mode(0o777))
            .with_context(|| format!("could not open `{}` to the agent", mount.folder.display()))?;
    }
    Ok(())
}

/// The folder with the storage of a runtime's sessions, or of those of one of its endpoints.
pub(super) fn folder_of(dir: &Path, runtime_id: &str, endpoint: Option<&str>) -> PathBuf {
    let runtime = dir.join("storage").join(runtime_id);
    endpoint.map_or_else(|| runtime.clone(), |endpoint| runtime.join(endpoint))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::spec::tests::spec;
    use super::*;

    #[test]
    fn a_new_version_begins_with_empty_storage() {
        let dir = tempfile::tempdir().unwrap();
        let key = |session: &str| SessionKey {
            runtime_id: "a-0123456789".into(),
            endpoint: "DEFAULT".into(),
            session: session.into(),
        };
        let started = |session: &str, version: u32| {
            let mut spec = spec(json!({}));
            (spec.version, spec.mounts) = (version, vec![SessionMount::at("/mnt/data/")]);
            prepare(dir.path(), &mut spec, &key(session)).unwrap();
            assert_eq!(spec.mounts[0].path, "/mnt/data");
            spec.mounts[0].folder.join("file")
        };
        let file = started("one", 1);
        fs::write(&file, "kept").unwrap();
        assert_eq!(started("one", 1), file);
        assert!(file.exists() && !started("two", 1).exists());
        assert!(!started("one", 2).exists() && !file.exists());
    }
}
