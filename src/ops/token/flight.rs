//! One request when many processes ask at once: whoever holds the lock asks, the others wait and use what it got.
//!
//! Owns: the lock, and a failure that those who waited share instead of repeating it. The lock is the system's (flock),
//! so a holder that dies lets go of it. Does not own: what is asked.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::error::{Context, Error, Kind, Result};
use crate::fsx;

const STEP: Duration = Duration::from_millis(25);

/// A failure as it is shared with the processes that waited.
#[derive(Debug, Serialize, Deserialize)]
struct SharedFailure {
    /// Milliseconds since the epoch.
    at: u64,
    /// A digest of the secrets that failed; processes with others do not share the failure.
    who: u64,
    exit_code: u8,
    code: String,
    message: String,
    causes: Vec<String>,
    hints: Vec<String>,
}

/// When this process began to wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct StartTime {
    at: u64,
}

impl StartTime {
    pub(super) fn now() -> Self {
        Self { at: millis() }
    }

    /// Whether something that happened at these seconds since the epoch happened after the start. Seconds are coarse:
    /// what came in the same second counts as old.
    pub(super) fn is_before(self, seconds: i64) -> bool {
        u64::try_from(seconds).is_ok_and(|seconds| seconds.saturating_mul(1000) > self.at)
    }
}

fn millis() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|time| u64::try_from(time.as_millis()).ok()).unwrap_or(0)
}

/// Waits for the lock, which is held until the file is dropped. `None` after `patience`: a holder that hangs must not
/// block the others.
///
/// # Errors
/// When the lock file cannot be opened or locked.
pub(super) async fn hold(path: &Path, patience: Duration) -> Result<Option<File>> {
    let what = || format!("could not lock `{}`", path.display());
    let file = File::options().create(true).truncate(false).write(true).open(path).with_context(what)?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if began.elapsed() >= patience => return Ok(None),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(STEP).await,
            Err(TryLockError::Error(error)) => return Err(Error::failed(what()).source(&error)),
        }
    }
}

/// Stores the failure for the processes that wait. Best effort.
pub(super) fn share(path: &Path, who: u64, error: &Error) {
    let failure = SharedFailure {
        at: millis(),
        who,
        exit_code: error.kind().exit_code(),
        code: error.code_str().to_owned(),
        message: error.message().to_owned(),
        causes: error.causes().to_vec(),
        hints: error.hints().to_vec(),
    };
    if let Ok(text) = serde_json::to_string(&failure) {
        let _ = fsx::write_private(path, text.as_bytes());
    }
}

/// The failure of another process with the same secrets since `start`.
pub(super) fn shared(path: &Path, who: u64, start: StartTime) -> Option<Error> {
    let failure: SharedFailure = serde_json::from_str(&fsx::read_text(path).ok()??).ok()?;
    if failure.at < start.at || failure.who != who {
        return None;
    }
    let kind = Kind::ALL.iter().copied().find(|kind| kind.exit_code() == failure.exit_code).unwrap_or(Kind::Failed);
    let error = Error::new(kind, failure.message).code_text(failure.code);
    let error = failure.causes.into_iter().fold(error, Error::cause);
    Some(failure.hints.into_iter().fold(error, Error::hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[tokio::test]
    async fn lock_has_one_holder_until_it_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let guard = hold(&path, Duration::ZERO).await.unwrap().unwrap();
        assert!(hold(&path, Duration::from_millis(60)).await.unwrap().is_none());
        drop(guard);
        assert!(hold(&path, Duration::from_secs(60)).await.unwrap().is_some());
    }

    #[test]
    fn failures_are_shared_between_identical_requests_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("failed");
        let waiting = StartTime::now();
        let error = Error::new(Kind::Credentials, "no").code(Code::TokenInvalidClient).cause("because").hint("do");
        share(&path, 7, &error);
        let told = shared(&path, 7, waiting).unwrap();
        assert_eq!((told.kind(), told.code_str(), told.message()), (Kind::Credentials, "token.invalid-client", "no"));
        assert_eq!((told.causes(), told.hints()), (error.causes(), error.hints()));
        assert!(shared(&path, 8, waiting).is_none());
        assert!(shared(&path, 7, StartTime { at: millis() + 1000 }).is_none());
    }
}
