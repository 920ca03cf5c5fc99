//! File system helpers that keep the promises about files: atomic, locked, private where asked.

use std::fs;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use crate::error::{Context, Error, Result};

/// Writes `bytes` to a temporary file beside `path`, syncs it and renames it into place: a reader sees the old or the
/// new content, never a part. Keeps the permissions of an existing file; a symbolic link is followed.
///
/// # Errors
/// Names the path when the directory is missing or not writable.
pub(crate) fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    write_with_mode(&target, bytes, None)
}

/// Like [`write_atomic`], readable by the owner only (0600), whatever was there before. A symbolic link is replaced: in
/// a folder that came from elsewhere it could lead a secret out.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    write_with_mode(path, bytes, Some(0o600))
}

fn write_with_mode(target: &Path, bytes: &[u8], mode: Option<u32>) -> Result<()> {
    let what = || format!("could not write `{}`", target.display());
    let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temp = tempfile::Builder::new().prefix(".agentcore-").tempfile_in(dir).with_context(what)?;
    temp.write_all(bytes).with_context(what)?;
    set_mode(temp.as_file(), target, mode).with_context(what)?;
    temp.as_file().sync_all().with_context(what)?;
    temp.persist(target).map_err(|error| error.error).with_context(what)?;
    Ok(())
}

#[cfg(unix)]
fn set_mode(file: &fs::File, target: &Path, mode: Option<u32>) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // A temporary file starts as 0600; an ordinary file should be what the project's other files are.
    let mode = match mode {
        Some(mode) => mode,
        None => fs::metadata(target).map_or(0o644, |meta| meta.permissions().mode() & 0o7777),
    };
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_file: &fs::File, _target: &Path, _mode: Option<u32>) -> std::io::Result<()> {
    Ok(())
}

/// Creates `dir` and its parents, 0700 for what is new (Unix).
pub(crate) fn create_private_dir(dir: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).with_context(|| format!("could not create `{}`", dir.display()))
}

/// Like [`create_private_dir`], and takes from others what they may do in a folder that is there already, as far as it
/// is ours to say. For folders of our own making only: another program may share its folder on purpose.
pub(crate) fn keep_dir_private(dir: &Path) -> Result<()> {
    create_private_dir(dir)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::metadata(dir).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0) {
            // Somebody else's folder stays as it is; what is written into it is private by itself.
            let _ = fs::set_permissions(dir, fs::Permissions::from_mode(0o700));
        }
    }
    Ok(())
}

/// Runs `work` while holding an exclusive advisory lock on `path` (created when missing).
///
/// # Errors
/// When the lock file cannot be opened, or whatever `work` returns.
pub(crate) fn with_lock<T>(path: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .with_context(|| format!("could not open the lock file `{}`", path.display()))?;
    let mut lock = fd_lock::RwLock::new(file);
    let _guard = lock.write().with_context(|| format!("could not lock `{}`", path.display()))?;
    work()
}

/// Runs `work` while holding an exclusive advisory lock on the directory `dir` itself, which leaves no lock file behind.
/// Where a directory cannot be locked (Windows, NFS), `fallback` is the lock file.
///
/// # Errors
/// When neither can be locked, or whatever `work` returns.
pub(crate) fn with_dir_lock<T>(dir: &Path, fallback: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    if let Ok(handle) = fs::File::open(dir) {
        let mut lock = fd_lock::RwLock::new(handle);
        if let Ok(_guard) = lock.write() {
            return work();
        }
    }
    with_lock(fallback, work)
}

/// Reads a UTF-8 text file; `None` when it does not exist.
pub(crate) fn read_text(path: &Path) -> Result<Option<String>> {
    match fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| Error::usage(format!("`{}` is not UTF-8 text", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::failed(format!("could not read `{}`", path.display())).source(&error)),
    }
}

/// Removes `.` and resolves `..` without looking at the disk.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    out.push("..");
                }
            }
            other => out.push(other),
        }
    }
    out
}

/// `path` seen from `base`, with forward slashes: `src/agent.py`, `..`, `.` for `base` itself. `None` when they share
/// no root.
pub(crate) fn relative(path: &Path, base: &Path) -> Option<String> {
    let path = normalize(path);
    let base = normalize(base);
    if path.is_absolute() != base.is_absolute() {
        return None;
    }
    let common = path.components().zip(base.components()).take_while(|(a, b)| a == b).count();
    if path.is_absolute() && common == 0 {
        return None;
    }
    let up = base.components().count() - common;
    let mut parts: Vec<String> = vec!["..".to_owned(); up];
    parts.extend(path.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned()));
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_use_forward_slashes() {
        let rel = |a: &str, b: &str| relative(Path::new(a), Path::new(b)).unwrap();
        assert_eq!(rel("/p/src/agent.py", "/p"), "src/agent.py");
        assert_eq!(rel("/p", "/p/"), ".");
        assert_eq!(rel("/p", "/p/sub"), "..");
        assert_eq!(rel("/p/./a/../b", "/p"), "b");
    }

    #[cfg(unix)]
    #[test]
    fn private_files_stay_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        fs::write(&path, "old").unwrap();
        write_private(&path, b"new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        write_atomic(&path, b"newer").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_no_secret_elsewhere() {
        let dir = tempfile::tempdir().unwrap();
        let (link, elsewhere) = (dir.path().join("link"), dir.path().join("elsewhere"));
        fs::write(&elsewhere, "old").unwrap();
        std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
        write_atomic(&link, b"settings").unwrap();
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "settings");
        write_private(&link, b"secret").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
        assert_eq!(fs::read_to_string(&link).unwrap(), "secret");
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "settings");
        // Also one that leads nowhere yet.
        let gone = dir.path().join("gone");
        std::os::unix::fs::symlink(dir.path().join("later"), &gone).unwrap();
        write_private(&gone, b"secret").unwrap();
        assert!(fs::symlink_metadata(&gone).unwrap().is_file() && !dir.path().join("later").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_could_read_is_taken_back() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let own = dir.path().join("own");
        fs::create_dir(&own).unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
        let mode = || fs::metadata(&own).unwrap().permissions().mode() & 0o777;
        create_private_dir(&own).unwrap();
        assert_eq!(mode(), 0o755);
        keep_dir_private(&own).unwrap();
        assert_eq!(mode(), 0o700);
    }
}
