//! The sessions of an agent that were started from here, for `agentcore sessions`: a private file beside the remembered
//! session.
//!
//! Owns: the file, its bound. Does not own: which session is continued (`session`), whether one still runs: the service
//! has no operation that lists sessions.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::error::Result;
use crate::fsx;

/// Names that no session's own file can have: an endpoint has no dot in its name.
pub(crate) const FILE: &str = "session-list.json";
pub(crate) const LOCK: &str = "session-list.lock";

/// The most sessions of an agent that are kept; the one that was used longest ago goes first.
pub(crate) const MOST: usize = 100;

/// One session that was started from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KnownSession {
    pub(crate) session_id: String,
    pub(crate) endpoint: String,
    /// Seconds since the epoch.
    pub(crate) started: i64,
    pub(crate) last_used: i64,
    /// It was stopped from here, or found to be over when it was.
    #[serde(default)]
    pub(crate) stopped: bool,
}

/// The known sessions of the agent whose folder `dir` is, the one used last first. A file that cannot be read holds none.
pub(crate) fn all(dir: &Path) -> Vec<KnownSession> {
    let text = fsx::read_text(&dir.join(FILE)).ok().flatten();
    let mut found: Vec<KnownSession> = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    found.sort_by_key(|session| std::cmp::Reverse(session.last_used));
    found
}

/// Notes a use of a session. As with the remembered session, a folder that cannot be written fails no call.
pub(crate) fn used(dir: &Path, endpoint: &str, id: &str) {
    let now = clock::unix_now();
    change(dir, |sessions| {
        let known = sessions.iter().position(|session| session.session_id == id && session.endpoint == endpoint);
        // The id of a session that ended may be used again: it begins anew.
        let started =
            known.map(|at| sessions.remove(at)).filter(|session| !session.stopped).map(|session| session.started);
        sessions.insert(
            0,
            KnownSession {
                session_id: id.to_owned(),
                endpoint: endpoint.to_owned(),
                started: started.unwrap_or(now),
                last_used: now,
                stopped: false,
            },
        );
        sessions.truncate(MOST);
    });
}

/// Notes that a session is over.
pub(crate) fn stopped(dir: &Path, id: &str) {
    change(dir, |sessions| {
        for session in sessions.iter_mut().filter(|session| session.session_id == id) {
            session.stopped = true;
        }
    });
}

/// Forgets a session that a call was meant to start and never reached.
pub(crate) fn unreached(dir: &Path, endpoint: &str, id: &str) {
    change(dir, |sessions| {
        sessions.retain(|session| {
            session.session_id != id || session.endpoint != endpoint || session.last_used != session.started
        });
    });
}

fn change(dir: &Path, edit: impl FnOnce(&mut Vec<KnownSession>)) {
    let path: PathBuf = dir.join(FILE);
    let work = || -> Result<()> {
        let mut sessions = all(dir);
        let before = sessions.clone();
        edit(&mut sessions);
        if sessions == before {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(&sessions).unwrap_or_default();
        fsx::write_private(&path, format!("{text}\n").as_bytes())
    };
    let _ = fsx::with_dir_lock(dir, &dir.join(LOCK), work);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_kept_up_to_a_bound() {
        let dir = tempfile::tempdir().unwrap();
        for number in 0..MOST + 5 {
            used(dir.path(), "DEFAULT", &format!("session-{number}"));
        }
        let known = all(dir.path());
        assert_eq!((known.len(), known[0].session_id.as_str()), (MOST, "session-104"));
        stopped(dir.path(), "session-104");
        assert!(all(dir.path()).iter().any(|session| session.session_id == "session-104" && session.stopped));
        used(dir.path(), "DEFAULT", "session-104");
        assert!(all(dir.path()).iter().all(|session| !session.stopped), "it began anew");
        unreached(dir.path(), "DEFAULT", "session-104");
        assert_eq!(all(dir.path()).len(), MOST - 1);
    }

    #[cfg(unix)]
    #[test]
    fn the_list_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        used(dir.path(), "DEFAULT", "one");
        let mode = std::fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
