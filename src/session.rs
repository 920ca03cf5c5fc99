//! The session that `invoke` used last, remembered per agent outside the configuration file. Each use is also noted in the
//! list of sessions (`session_list`).

use std::path::{Path, PathBuf};

use crate::error::{Code, Error, Result};
use crate::facts::{self, SESSION_ID_LENGTH};
use crate::fsx;
use crate::session_list;

const DIR: &str = ".bedrock_agentcore";

fn path(root: &Path, agent: &str, endpoint: &str) -> PathBuf {
    dir(root, agent).join(format!("session-{endpoint}"))
}

/// The folder with what is remembered of an agent.
pub(crate) fn dir(root: &Path, agent: &str) -> PathBuf {
    root.join(DIR).join(agent)
}

/// The remembered session of an agent's endpoint.
pub(crate) fn last(root: &Path, agent: &str, endpoint: &str) -> Option<String> {
    let text = fsx::read_text(&path(root, agent, endpoint)).ok()??;
    Some(text.trim().to_owned()).filter(|id| check(id).is_ok())
}

/// Remembers a session. A folder that cannot be written is not a reason to fail an invoke that worked.
pub(crate) fn remember(root: &Path, agent: &str, endpoint: &str, id: &str) {
    // What runs on this machine is no session of the service.
    if write(root, agent, endpoint, id) && facts::is_name(endpoint) {
        session_list::used(&dir(root, agent), endpoint, id);
    }
}

/// Whether it could be written.
fn write(root: &Path, agent: &str, endpoint: &str, id: &str) -> bool {
    let path = path(root, agent, endpoint);
    let Some(dir) = path.parent() else { return false };
    // A link on the way could come with a checkout, and lead anywhere.
    if fsx::refuse_links(root, &path).is_ok() && std::fs::create_dir_all(dir).is_ok() {
        ignore_in_git(dir);
        fsx::sweep(dir);
        return fsx::write_atomic(&path, format!("{id}\n").as_bytes()).is_ok();
    }
    false
}

/// Puts back what was remembered before a call that never reached a session.
pub(crate) fn restore(root: &Path, agent: &str, endpoint: &str, before: Option<&str>) {
    let meant = last(root, agent, endpoint);
    if let Some(meant) = meant.filter(|meant| Some(meant.as_str()) != before)
        && fsx::refuse_links(root, &dir(root, agent)).is_ok()
    {
        session_list::unreached(&dir(root, agent), endpoint, &meant);
    }
    match before {
        Some(id) => {
            write(root, agent, endpoint, id);
        }
        None => {
            let path = path(root, agent, endpoint);
            if fsx::refuse_links(root, &path).is_ok() {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

/// Forgets all sessions of an agent: after an update they would keep running the old version.
pub(crate) fn forget(root: &Path, agent: &str) {
    forget_where(root, agent, |_| true);
}

/// Forgets a session that was stopped, under whichever endpoint it is remembered.
pub(crate) fn forget_one(root: &Path, agent: &str, id: &str) {
    forget_where(root, agent, |text| text.trim() == id);
    if fsx::refuse_links(root, &dir(root, agent)).is_ok() {
        session_list::stopped(&dir(root, agent), id);
    }
}

fn forget_where(root: &Path, agent: &str, unwanted: impl Fn(&str) -> bool) {
    let dir = dir(root, agent);
    if fsx::refuse_links(root, &dir).is_err() {
        return;
    }
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_list = name == session_list::FILE || name == session_list::LOCK;
        if name.to_string_lossy().starts_with("session-")
            && !is_list
            && std::fs::read_to_string(entry.path()).is_ok_and(|text| unwanted(&text))
        {
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

/// A new session id: 36 characters, within the service's 33 to 256.
pub(crate) fn generate() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Checks an id against what input and output of the service both accept (InvokeAgentRuntime, `runtimeSessionId`).
pub(crate) fn check(id: &str) -> Result<()> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let problem = match id.chars().count() {
        length if length < *SESSION_ID_LENGTH.start() => {
            format!("it has {length} characters, and {} is the least", SESSION_ID_LENGTH.start())
        }
        length if length > *SESSION_ID_LENGTH.end() => {
            format!("it has {length} characters, and {} is the most", SESSION_ID_LENGTH.end())
        }
        _ if id.bytes().all(allowed) => return Ok(()),
        _ => "it has other characters than letters, digits, `-` and `_`".to_owned(),
    };
    Err(Error::usage(format!("`{id}` is not a session id: {problem}"))
        .code(Code::InputSessionId)
        .hint("a UUID fits: `--session-id \"$(uuidgen)\"`"))
}

/// Checks the name of an endpoint (CreateAgentRuntimeEndpoint, `name`). It is also part of a file's name here.
pub(crate) fn check_endpoint(name: &str) -> Result<()> {
    if facts::is_name(name) {
        return Ok(());
    }
    Err(Error::usage(format!("`{name}` is not the name of an endpoint")).code(Code::InputEndpoint).hint(
        "a name is a letter, then letters, digits and underscores, 48 at most; leave out `--endpoint` for DEFAULT",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_ids_are_accepted_and_short_ones_refused() {
        check(&generate()).unwrap();
        assert!(check("short").is_err());
        assert!(check(&"a".repeat(257)).is_err());
        assert!(check(&format!("{}!", "a".repeat(40))).unwrap_err().message().contains("other characters"));
        assert!(check(&format!("{}\n", generate())).is_err());
    }

    #[test]
    fn session_belongs_to_its_endpoint_until_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let id = generate();
        remember(dir.path(), "a", "DEFAULT", &id);
        assert_eq!(last(dir.path(), "a", "DEFAULT"), Some(id));
        assert_eq!(last(dir.path(), "a", "prod"), None);
        forget(dir.path(), "a");
        assert_eq!(last(dir.path(), "a", "DEFAULT"), None);
    }

    #[test]
    fn endpoint_name_must_not_be_a_path() {
        check_endpoint("DEFAULT").unwrap();
        check_endpoint("prod_2").unwrap();
        for bad in ["", "../x", "a/b", "2prod", "a-b", &"a".repeat(49)] {
            assert!(check_endpoint(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn call_without_a_session_keeps_the_remembered_one() {
        let dir = tempfile::tempdir().unwrap();
        let (old, new) = (generate(), generate());
        remember(dir.path(), "a", "DEFAULT", &new);
        restore(dir.path(), "a", "DEFAULT", Some(&old));
        assert_eq!(last(dir.path(), "a", "DEFAULT"), Some(old));
        restore(dir.path(), "a", "DEFAULT", None);
        assert_eq!(last(dir.path(), "a", "DEFAULT"), None);
    }

    #[test]
    fn stopping_one_session_keeps_the_others() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (generate(), generate());
        remember(dir.path(), "a", "DEFAULT", &one);
        remember(dir.path(), "a", "prod", &two);
        forget_one(dir.path(), "a", &one);
        assert_eq!(last(dir.path(), "a", "DEFAULT"), None);
        assert_eq!(last(dir.path(), "a", "prod"), Some(two));
    }
}
