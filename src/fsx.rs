//! File system helpers: atomic writes, locks, private permissions.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use crate::error::{Code, Context, Error, Result};

/// Writes `bytes` to a temporary file beside `path`, syncs it and renames it into place: a reader sees the old or the
/// new content, never a part. Keeps the permissions of an existing file.
///
/// # Errors
/// Names the path when the directory is missing or not writable, and the target of a symbolic link that is there: it may
/// come with a checkout, and lead anywhere.
pub(crate) fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    refuse_link(path)?;
    write_with_mode(path, bytes, None)
}

/// Like [`write_atomic`], for a place that the user named: a symbolic link is followed, unless it is in the folder `root`.
///
/// # Errors
/// Those of [`check_output`].
pub(crate) fn write_output(root: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    check_output(root, path)?;
    if is_stream(path) {
        let written = open_to_append(path).and_then(|mut file| file.write_all(bytes));
        return written.with_context(|| format!("could not write `{}`", path.display()));
    }
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    write_with_mode(&target, bytes, None)
}

/// Whether what is written goes on to somebody, such as a pipe or `/dev/stdout`: a file in its place would be read by nobody.
pub(crate) fn is_stream(path: &Path) -> bool {
    let is_open_here = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"].iter().any(|place| path.starts_with(place));
    is_open_here || fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir())
}

/// Opens a file, which is made where it is missing. A pipe that nobody reads is an error: opening it would wait for a reader.
pub(crate) fn open_to_append(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flag = rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(i32::try_from(flag.bits()).unwrap_or_default());
        let file = options.open(path)?;
        // What is written to it may wait.
        let flags = rustix::fs::fcntl_getfl(&file)?;
        rustix::fs::fcntl_setfl(&file, flags - flag)?;
        Ok(file)
    }
    #[cfg(not(unix))]
    options.open(path)
}

/// Checks that nothing of `path` below `root` is a symbolic link, so that what is written or deleted there is in `root`.
///
/// # Errors
/// Usage, naming the link and where it leads.
pub(crate) fn refuse_links(root: &Path, path: &Path) -> Result<()> {
    let Ok(below) = path.strip_prefix(root) else { return refuse_link(path) };
    let mut at = root.to_owned();
    below.components().try_for_each(|part| {
        at.push(part);
        refuse_link(&at)
    })
}

/// The same for a place that the user named, wherever it is. Above `root` and beside it links are the user's own; below it
/// they may come with a checkout.
///
/// # Errors
/// Usage, naming the link and where it leads.
pub(crate) fn check_output(root: &Path, path: &Path) -> Result<()> {
    let real = root.canonicalize().ok();
    let is_root = |at: &Path| at == root || (real.is_some() && at.canonicalize().ok() == real);
    for at in path.ancestors().filter(|at| is_root(at)) {
        let below = path.strip_prefix(at).unwrap_or(path);
        refuse_links(at, &at.join(within(below)))?;
    }
    Ok(())
}

/// `path` up to where it climbs out of the folder that it begins in.
fn within(path: &Path) -> PathBuf {
    let mut depth = 0;
    let stays = |part: &Component<'_>| {
        depth += match part {
            Component::ParentDir => -1,
            Component::Normal(_) => 1,
            _ => 0,
        };
        depth >= 0
    };
    path.components().take_while(stays).collect()
}

fn refuse_link(path: &Path) -> Result<()> {
    let Ok(target) = fs::read_link(path) else { return Ok(()) };
    let (link, target) = (path.display(), target.display());
    Err(Error::usage(format!("`{link}` is a symbolic link to `{target}`, and nothing is written through one"))
        .code(Code::FileLink)
        .hint(format!("replace it with a file or folder of its own: `rm {link}` removes the link alone")))
}

/// Like [`write_atomic`], readable by the owner only (0600), whatever was there before. A symbolic link is replaced: in
/// a folder that came from elsewhere it could lead a secret out.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    write_with_mode(path, bytes, Some(0o600))
}

/// A file on its way: written in a folder of its own beside its place, and moved there when it is whole.
#[derive(Debug)]
pub(crate) struct Pending {
    /// Removed with everything in it when this is dropped.
    work: tempfile::TempDir,
    target: PathBuf,
}

impl Pending {
    pub(crate) fn beside(target: &Path) -> std::io::Result<Self> {
        let work = tempfile::Builder::new().prefix(WORK).rand_bytes(WORK_RANDOM).tempdir_in(folder_of(target))?;
        // Whatever becomes of this process, git does not see the folder.
        fs::write(work.path().join(".gitignore"), IGNORE_ALL)?;
        Ok(Self { work, target: target.to_owned() })
    }

    /// Where the content goes meanwhile.
    pub(crate) fn path(&self) -> PathBuf {
        self.work.path().join(NEW)
    }

    /// Puts the file into its place, and removes what earlier writes beside it left.
    pub(crate) fn finish(self) -> std::io::Result<()> {
        fs::rename(self.path(), &self.target)?;
        let dir = folder_of(&self.target).to_owned();
        drop(self.work);
        sweep(&dir);
        Ok(())
    }
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn write_with_mode(target: &Path, bytes: &[u8], mode: Option<u32>) -> Result<()> {
    let what = || format!("could not write `{}`", target.display());
    let pending = Pending::beside(target).with_context(what)?;
    let new = pending.path();
    let mut file = private_file(&new).with_context(what)?;
    file.write_all(bytes).with_context(what)?;
    set_mode(&file, target, mode).with_context(what)?;
    file.sync_all().with_context(what)?;
    drop(file);
    fs::rename(&new, target).with_context(what)
}

/// The name of a folder in which a file is written before it takes its place: this, and as many random characters.
const WORK: &str = ".agentcore-";
const WORK_RANDOM: usize = 6;
/// The file in it.
const NEW: &str = "new";
const IGNORE_ALL: &str = "*\n";
/// No write goes without progress for so long: the layers of an archive may have to be fetched first.
const ABANDONED: Duration = Duration::from_secs(600);

/// Removes what writes into `dir` left behind that were killed. A folder with anything else in it is not one of these.
pub(crate) fn sweep(dir: &Path) {
    for item in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = item.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(WORK));
        let is_work = random
            .is_some_and(|random| random.len() == WORK_RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric()));
        if is_work && item.file_type().is_ok_and(|kind| kind.is_dir()) && is_abandoned(&item.path()) {
            let _ = fs::remove_dir_all(item.path());
        }
    }
}

fn is_abandoned(work: &Path) -> bool {
    let is_old = |path: &Path| {
        let time = fs::metadata(path).and_then(|meta| meta.modified());
        time.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > ABANDONED))
    };
    let new = work.join(NEW);
    let old = is_old(work) && (!new.exists() || is_old(&new));
    let ours = |name: &OsStr| match name.to_str() {
        Some(".gitignore") => fs::read(work.join(name)).is_ok_and(|text| IGNORE_ALL.as_bytes().starts_with(&text)),
        other => other == Some(NEW),
    };
    old && fs::read_dir(work).is_ok_and(|items| items.flatten().all(|item| ours(&item.file_name())))
}

fn private_file(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
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

/// An exclusive advisory lock on an open file, held until this is dropped.
#[derive(Debug)]
pub(crate) struct FileLock(fs::File);

impl FileLock {
    pub(crate) fn wait(file: fs::File) -> std::io::Result<Self> {
        file.lock()?;
        Ok(Self(file))
    }

    /// `None` when somebody else holds the lock.
    pub(crate) fn attempt(file: fs::File) -> std::io::Result<Option<Self>> {
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for FileLock {
    /// Closing the file would not be enough: between fork and exec a child has a copy of it, and with it the lock.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Runs `work` while holding an exclusive advisory lock on `path` (created when missing).
///
/// # Errors
/// When the lock file cannot be opened, or whatever `work` returns.
pub(crate) fn with_lock<T>(path: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    // A link that leads nowhere yet would be followed to make a file there.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    let file = options.open(path).with_context(|| format!("could not open the lock file `{}`", path.display()))?;
    let _lock = FileLock::wait(file).with_context(|| format!("could not lock `{}`", path.display()))?;
    work()
}

/// Runs `work` while holding an exclusive advisory lock on the directory `dir` itself, which leaves no lock file behind.
/// Where a directory cannot be locked (Windows, NFS), `fallback` is the lock file.
///
/// # Errors
/// When neither can be locked, or whatever `work` returns.
pub(crate) fn with_dir_lock<T>(dir: &Path, fallback: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    if let Ok(_lock) = fs::File::open(dir).and_then(FileLock::wait) {
        return work();
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

/// Whether the owner may run the file. Nothing says so on Windows.
pub(crate) fn is_executable(meta: &fs::Metadata) -> bool {
    #[cfg(unix)]
    let is_executable = std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o100 != 0;
    #[cfg(not(unix))]
    let is_executable = {
        let _ = meta;
        false
    };
    is_executable
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
        let error = write_atomic(&link, b"settings").unwrap_err();
        assert!(error.message().contains("link") && error.message().contains("elsewhere"), "{error}");
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "old");
        write_output(&dir.path().join("project"), &link, b"settings").unwrap();
        assert!(write_output(dir.path(), &link, b"other").is_err());
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
        std::os::unix::fs::symlink(dir.path().join("later"), dir.path().join("lock")).unwrap();
        assert!(with_lock(&dir.path().join("lock"), || Ok(())).is_err() && !dir.path().join("later").exists());
    }

    #[cfg(unix)]
    #[test]
    fn linked_folders_below_the_root_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        fs::create_dir_all(root.join("real/deep")).unwrap();
        std::os::unix::fs::symlink(dir.path(), root.join("link")).unwrap();
        // Above the root it is the user's own.
        std::os::unix::fs::symlink(&root, dir.path().join("home")).unwrap();
        for good in ["real/deep/file", "real/nothing/file"] {
            refuse_links(&dir.path().join("home"), &dir.path().join("home").join(good)).unwrap();
        }
        for bad in ["link", "link/file", "link/a/b"] {
            assert_eq!(refuse_links(&root, &root.join(bad)).unwrap_err().code_str(), "file.link", "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_link_of_a_checkout_is_written_through() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let (root, elsewhere) = (dir.path().join("checkout"), dir.path().join("elsewhere"));
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::create_dir_all(&elsewhere).unwrap();
        symlink(&elsewhere, root.join("out")).unwrap();
        symlink(&root, root.join("self")).unwrap();
        // The same folder by another name, and a folder of the user's behind a link.
        symlink(&root, dir.path().join("alias")).unwrap();
        symlink(&elsewhere, dir.path().join("reports")).unwrap();
        for bad in [
            "checkout/out",
            "checkout/out/new",
            "checkout/sub/../out/new",
            "alias/out/new",
            "checkout/self/new",
            "checkout/../checkout/out/new",
        ] {
            let error = check_output(&root, &dir.path().join(bad)).unwrap_err();
            assert_eq!(error.code_str(), "file.link", "{bad}");
        }
        for good in ["checkout/new", "checkout/sub/new", "alias/sub/new", "reports/new", "checkout/../reports/new"] {
            check_output(&root, &dir.path().join(good)).unwrap_or_else(|error| panic!("{good}: {error}"));
        }
    }

    #[test]
    fn only_leftovers_of_killed_writes_are_swept() {
        let dir = tempfile::tempdir().unwrap();
        let make = |name: &str, files: &[(&str, &str)], age: u64| {
            let folder = dir.path().join(name);
            fs::create_dir(&folder).unwrap();
            let time = std::time::SystemTime::now() - Duration::from_secs(age);
            for (file, text) in files {
                fs::write(folder.join(file), text).unwrap();
                fs::File::options().write(true).open(folder.join(file)).unwrap().set_modified(time).unwrap();
            }
            fs::File::open(&folder).unwrap().set_modified(time).unwrap();
        };
        let ours: &[(&str, &str)] = &[(".gitignore", "*\n"), ("new", "half")];
        make(".agentcore-Ab3dE1", ours, 1200);
        make(".agentcore-Ab3dE2", &[(".gitignore", "")], 1200);
        make(".agentcore-Ab3dE3", &[], 1200);
        make(".agentcore-Ab3dE4", ours, 5);
        // A large file, begun long ago and still growing.
        make(".agentcore-Ab3dE5", ours, 1200);
        fs::write(dir.path().join(".agentcore-Ab3dE5/new"), "more").unwrap();
        fs::File::open(dir.path().join(".agentcore-Ab3dE5"))
            .unwrap()
            .set_modified(std::time::SystemTime::now() - Duration::from_secs(1200))
            .unwrap();
        make(".agentcore-backup", &[(".gitignore", "*\n"), ("notes", "mine")], 1200);
        make(".agentcore-config", &[(".gitignore", "build\n")], 1200);
        make(".agentcore-longer-name", ours, 1200);
        fs::write(dir.path().join(".agentcore-secret"), "mine").unwrap();
        sweep(dir.path());
        let mut left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|item| item.unwrap().file_name()).collect();
        left.sort();
        let kept = [
            ".agentcore-Ab3dE4",
            ".agentcore-Ab3dE5",
            ".agentcore-backup",
            ".agentcore-config",
            ".agentcore-longer-name",
            ".agentcore-secret",
        ];
        assert_eq!(left, kept);
    }

    #[test]
    fn a_pending_file_is_hidden_from_git() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("out.tar");
        let pending = Pending::beside(&target).unwrap();
        fs::write(pending.path(), "whole").unwrap();
        let items: Vec<PathBuf> = fs::read_dir(dir.path()).unwrap().map(|item| item.unwrap().path()).collect();
        assert!(matches!(items.as_slice(), [one] if fs::read(one.join(".gitignore")).unwrap() == b"*\n"), "{items:?}");
        pending.finish().unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "whole");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        drop(Pending::beside(&target).unwrap());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn folder_readable_by_others_is_made_private() {
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
