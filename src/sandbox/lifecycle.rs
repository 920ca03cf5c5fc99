//! Status, stop and reset of a sandbox, from another process.
//!
//! Owns: the lock that keeps two sandboxes out of one directory, and its two requests to the sandbox's own pages. Does
//! not own: starting it (`server::serve` in this process, the command line in another).

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::SandboxInfo;
use super::identity::{self, SandboxIdentity};
use super::server::{read_info, remove_info};
use crate::error::{Context, Error, Result};
use crate::fsx::FileLock;
use crate::redact::ExposeSecret;
use crate::wait::{self, Pace, Probe, Schedule};

/// A sandbox answers its own pages at once; one that does not within this time hangs.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const STOP_WITHIN: Duration = Duration::from_secs(30);

/// The status of the sandbox in a directory.
#[derive(Clone, Debug)]
pub(crate) enum SandboxStatus {
    Running(Box<SandboxInfo>),
    /// It ran before; its keys, port and state are kept.
    Stopped {
        account: String,
        region: String,
        port: Option<u16>,
    },
    /// No sandbox was ever started in this directory.
    Absent,
}

/// Looks whether the sandbox in `dir` runs, by asking it.
///
/// # Errors
/// When its files cannot be read.
pub(crate) async fn status(dir: &Path) -> Result<SandboxStatus> {
    let info = match read_info(dir) {
        // The description of an earlier run is obsolete, and the next start replaces it.
        Err(_) if !is_locked(dir) => None,
        read => read?,
    };
    if let Some(info) = info
        && is_alive(&info).await
    {
        return Ok(SandboxStatus::Running(Box::new(info)));
    }
    Ok(match SandboxIdentity::load(dir)? {
        Some(identity) => {
            SandboxStatus::Stopped { account: identity.account, region: identity.region, port: identity.port }
        }
        None => SandboxStatus::Absent,
    })
}

/// Stops the sandbox in `dir` and returns when its process has released the directory. `false`: none was running.
///
/// # Errors
/// When it does not answer, or does not end.
pub(crate) async fn stop(dir: &Path) -> Result<bool> {
    let SandboxStatus::Running(info) = status(dir).await? else { return Ok(false) };
    let (code, _) = exchange(info.port, "POST", "/_sandbox/shutdown", Some(info.token.expose_secret()))
        .await
        .map_err(|error| error.context(format!("could not ask the sandbox at {} to stop", info.url)))?;
    if code != 202 {
        return Err(Error::failed(format!("the sandbox at {} refused to stop (HTTP {code})", info.url))
            .hint(format!("end process {} yourself", info.pid)));
    }
    wait::until(quick(STOP_WITHIN), "the sandbox to stop", || async {
        Ok(match lock(dir)? {
            Some(_) => Probe::Done(true),
            None => Probe::Pending(format!("process {} still runs", info.pid)),
        })
    })
    .await
}

/// Waits for a sandbox that another process starts in `dir`. `ended` gives that process's last words, if it has ended; it
/// is asked between looks.
///
/// # Errors
/// When the process has ended, or the sandbox does not answer `within` the time.
pub(crate) async fn started(
    dir: &Path,
    within: Duration,
    mut ended: impl FnMut() -> Option<String>,
) -> Result<SandboxInfo> {
    wait::until(quick(within), "the sandbox to start", || {
        let ended = ended();
        async move {
            match (status(dir).await, ended) {
                (Ok(SandboxStatus::Running(info)), _) => Ok(Probe::Done(*info)),
                // Of several that start at once one gets the lock, and the others' sandbox is that one.
                (_, Some(_)) if is_locked(dir) => Ok(Probe::Pending("another process starts it".to_owned())),
                (_, Some(said)) => Err(not_started(dir, &said)),
                // A description that cannot be read yet is replaced by the starting process, or that ends.
                _ => Ok(Probe::Pending("not answering yet".to_owned())),
            }
        }
    })
    .await
}

/// The process's own error is told as the cause, and its hints are hints again.
fn not_started(dir: &Path, said: &str) -> Error {
    let error = Error::failed(format!("the sandbox in `{}` did not start", dir.display()));
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(error, |error, line| match line.split_once(": ") {
        Some(("hint", hint)) => error.hint(hint),
        Some(("error", why)) => error.cause(why),
        _ => error.cause(line),
    })
}

/// Start and stop take milliseconds, so the first checks are close together.
fn quick(deadline: Duration) -> Schedule {
    Schedule { deadline, first: Duration::from_millis(10), max: Duration::from_millis(500), pace: Pace::Here }
}

/// Removes every resource of the stopped sandbox in `dir`: state, images, logs. Keys and port stay, so that
/// environments made with them keep working, unless `all`.
///
/// # Errors
/// While it runs, and when a file cannot be removed.
pub(crate) fn reset(dir: &Path, all: bool) -> Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    let _lock = lock(dir)?.ok_or_else(|| {
        Error::usage(format!("the sandbox in `{}` is running", dir.display())).hint("`agentcore sandbox stop` first")
    })?;
    remove_info(dir);
    let mut parts = vec![super::data_dir(dir)];
    if all {
        parts.push(identity::path(dir));
    }
    for path in parts {
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("could not remove `{}`", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Takes the lock that says that a sandbox runs in `dir`; `None` when one does.
///
/// # Errors
/// When the lock file cannot be opened or locked.
pub(crate) fn lock(dir: &Path) -> Result<Option<FileLock>> {
    let path = dir.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("could not open the lock file `{}`", path.display()))?;
    FileLock::attempt(file).with_context(|| format!("could not lock `{}`", path.display()))
}

/// Whether some process holds the lock of `dir`.
fn is_locked(dir: &Path) -> bool {
    lock(dir).is_ok_and(|lock| lock.is_none())
}

/// Whether the process behind `info` answers; the instance tells it from another program on the same port.
async fn is_alive(info: &SandboxInfo) -> bool {
    let Ok((200, body)) = exchange(info.port, "GET", "/_sandbox/health", None).await else { return false };
    serde_json::from_slice::<serde_json::Value>(&body).is_ok_and(|health| health["instance"] == info.instance.as_str())
}

/// One small request over a plain connection: no proxy, no TLS, nothing to load.
async fn exchange(port: u16, method: &str, path: &str, token: Option<&str>) -> Result<(u16, Vec<u8>)> {
    let talk = async {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
        let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{authorization}Content-Length: 0\r\nConnection: \
             close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(64 << 10).read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = tokio::time::timeout(ANSWER_WITHIN, talk)
        .await
        .map_err(|_| Error::failed(format!("no answer within {} s", ANSWER_WITHIN.as_secs())))?
        .with_context(|| format!("could not reach 127.0.0.1:{port}"))?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let status = answer.get(9..12).and_then(|code| std::str::from_utf8(code).ok()).and_then(|code| code.parse().ok());
    match (status, end) {
        (Some(status), Some(end)) => Ok((status, answer[end + 4..].to_vec())),
        _ => Err(Error::failed(format!("127.0.0.1:{port} does not speak HTTP"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reset_removes_its_own_files_only() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["sandbox.json", "identity.json", "notes.txt"] {
            fs::write(dir.path().join(name), "{}").unwrap();
        }
        fs::create_dir_all(dir.path().join("data/registry/blobs")).unwrap();
        reset(dir.path(), false).unwrap();
        assert!(!dir.path().join("data").exists());
        assert!(dir.path().join("identity.json").exists());
        assert!(dir.path().join("notes.txt").exists());
        reset(dir.path(), true).unwrap();
        assert!(!dir.path().join("identity.json").exists());
        assert!(!super::super::info_path(dir.path()).exists());
    }

    #[tokio::test]
    async fn start_that_lost_the_race_finds_the_winner() {
        let served = crate::sandbox::tests::TestSandbox::start().await;
        let info = super::super::info_path(&served.info.dir);
        let hidden = info.with_extension("hidden");
        fs::rename(&info, &hidden).unwrap();
        let mut looks = 0;
        let found = started(&served.info.dir, Duration::from_secs(20), || {
            looks += 1;
            if looks == 2 {
                fs::rename(&hidden, &info).unwrap();
            }
            Some("exit status: 1".to_owned())
        });
        assert_eq!(found.await.unwrap().instance, served.info.instance);
        let dir = served.stop().await;
        let dir = dir.path().join("sandbox");
        let gone = started(&dir, Duration::from_secs(20), || Some("exit status: 1".to_owned()));
        assert_eq!(gone.await.unwrap_err().causes(), ["exit status: 1"]);
    }

    #[tokio::test]
    async fn damaged_description_of_a_stopped_sandbox_is_harmless() {
        let dir = crate::sandbox::tests::TestSandbox::start().await.stop().await;
        let path = dir.path().join("sandbox");
        fs::write(super::super::info_path(&path), "{").unwrap();
        assert!(matches!(status(&path).await.unwrap(), SandboxStatus::Stopped { .. }));
    }

    #[tokio::test]
    async fn a_directory_without_a_sandbox_is_absent() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(status(dir.path()).await.unwrap(), SandboxStatus::Absent));
        assert!(!stop(dir.path()).await.unwrap());
    }
}
