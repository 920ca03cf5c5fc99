//! The session that `invoke` used last, remembered per agent outside the configuration file.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::fsx;

const DIR: &str = ".bedrock_agentcore";

fn path(root: &Path, agent: &str, endpoint: &str) -> PathBuf {
    root.join(DIR).join(agent).join(format!("session-{endpoint}"))
}

/// The remembered session of an agent's endpoint.
pub(crate) fn last(root: &Path, agent: &str, endpoint: &str) -> Option<String> {
    let text = fsx::read_text(&path(root, agent, endpoint)).ok()??;
    Some(text.trim().to_owned()).filter(|id| check(id).is_ok())
}

/// Remembers a session. A folder that cannot be written is not a reason to fail an invoke that worked.
pub(crate) fn remember(root: &Path, agent: &str, endpoint: &str, id: &str) {
    let path = path(root, agent, endpoint);
    let Some(dir) = path.parent() else { return };
    if std::fs::create_dir_all(dir).is_ok() {
        ignore_in_git(dir);
        let _ = fsx::write_atomic(&path, format!("{id}\n").as_bytes());
    }
}

/// Forgets all sessions of an agent: after an update they would keep running the old version.
pub(crate) fn forget(root: &Path, agent: &str) {
    let Ok(entries) = std::fs::read_dir(root.join(DIR).join(agent)) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with("session-") {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn ignore_in_git(dir: &Path) {
    let path = dir.join(".gitignore");
    if !path.exists() {
        let _ = fsx::write_atomic(&path, b"session-*\n.gitignore\n");
    }
}

/// A new session id: 36 characters, within the service's 33 to 100.
pub(crate) fn generate() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Checks an id against what input and output of the service both accept (SERVICE-FACTS 2.2).
pub(crate) fn check(id: &str) -> Result<()> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (33..=256).contains(&id.len()) && id.bytes().all(allowed) {
        return Ok(());
    }
    Err(Error::usage(format!("`{id}` is not a session id: it has {} characters", id.chars().count()))
        .hint("a session id has at least 33 letters, digits, `-` or `_`; a UUID fits (`uuidgen`)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_ids_are_accepted_and_short_ones_refused() {
        check(&generate()).unwrap();
        assert!(check("short").is_err());
        assert!(check(&format!("{}\n", generate())).is_err());
    }

    #[test]
    fn a_session_belongs_to_its_endpoint_until_it_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let id = generate();
        remember(dir.path(), "a", "DEFAULT", &id);
        assert_eq!(last(dir.path(), "a", "DEFAULT"), Some(id));
        assert_eq!(last(dir.path(), "a", "prod"), None);
        forget(dir.path(), "a");
        assert_eq!(last(dir.path(), "a", "DEFAULT"), None);
    }
}
