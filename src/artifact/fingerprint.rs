//! Everything that an artifact is made from, as one hash: the same hash twice means that nothing has to be built.
//!
//! Owns: what counts, and the name under which an artifact is found again. Does not own: building, and where the name
//! is kept: an image carries it as a second tag, so it is found from any clone of the source on any machine.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::digest::{Digest, Hasher};
use crate::error::{Context, Result};
use crate::project::listing::SourceFile;

/// Part of every hash; a change in how artifacts are made from the same source needs another one.
const FORMAT: u32 = 1;
/// Enough to tell artifacts apart, short enough to be read.
const TAG_DIGITS: usize = 32;
pub(super) const ID_DIGITS: usize = 16;
/// The coarsest times that file systems note.
const TIME_GRAIN: Duration = Duration::from_secs(2);

/// A hash over the ingredients of an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(Digest);

impl Fingerprint {
    /// Names an archive with these ingredients: 16 hexadecimal digits.
    pub(crate) fn id(&self) -> String {
        self.0.hex()[..ID_DIGITS].to_owned()
    }

    /// The same ingredients after `event`, which changed what becomes of them.
    pub(crate) fn after(self, event: &str) -> Self {
        let mut hasher = Hasher::default();
        hasher.update(self.0.hex().as_bytes());
        hasher.update(event.as_bytes());
        Self(hasher.finish())
    }

    /// The tag of an image with these ingredients: `src-` and 32 hexadecimal digits.
    pub(crate) fn tag(&self) -> String {
        format!("src-{}", &self.0.hex()[..TAG_DIGITS])
    }
}

/// A fingerprint in the making. Every ingredient goes in with its name and its length, so that no two lists of
/// ingredients read the same.
pub(super) struct Ingredients(Hasher);

impl Ingredients {
    pub(super) fn for_kind(kind: &str) -> Self {
        let mut ingredients = Self(Hasher::default());
        ingredients.add("kind", format!("{kind} {FORMAT}"));
        ingredients
    }

    pub(super) fn add(&mut self, name: &str, value: impl AsRef<[u8]>) {
        let value = value.as_ref();
        self.0.update(format!("{name} {}\n", value.len()).as_bytes());
        self.0.update(value);
    }

    /// Names, modes and content. Blocking.
    pub(super) fn add_files(&mut self, files: &[SourceFile]) -> Result<()> {
        let mut buffer = vec![0; 1 << 17];
        for file in files {
            self.add("file", &file.relative);
            if let Some(target) = &file.symlink {
                self.add("link", target);
                continue;
            }
            self.add("executable", [u8::from(file.executable)]);
            self.0.update(format!("content {}\n", file.size).as_bytes());
            let what = || format!("could not read `{}`", file.path.display());
            let mut content = File::open(&file.path).with_context(what)?;
            loop {
                match content.read(&mut buffer).with_context(what)? {
                    0 => break,
                    count => self.0.update(&buffer[..count]),
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Fingerprint {
        Fingerprint(self.0.finish())
    }

    /// The fingerprint of these and the files, and the state of the files before they were read.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(super) async fn finish_with(mut self, files: &[SourceFile]) -> Result<(Fingerprint, Option<FileStates>)> {
        let files = files.to_vec();
        let hash = move || {
            let states = FileStates::observe(&files);
            self.add_files(&files).map(|()| (self.finish(), states))
        };
        tokio::task::spawn_blocking(hash).await.context("the thread that read the source stopped")?
    }

    /// Of everything that was added so far.
    pub(super) fn digest(&self) -> Digest {
        self.0.clone().finish()
    }
}

/// What the system says of files, by which an edit shows without reading them: size, times, inode, mode.
#[derive(Debug)]
pub(super) struct FileStates(Vec<(PathBuf, FileState)>);

#[derive(Debug, PartialEq, Eq)]
struct FileState {
    size: u64,
    modified: SystemTime,
    /// Time of the last change in nanoseconds, inode and mode, where a system has them.
    unix: Option<(i128, u64, u32)>,
}

impl FileStates {
    /// `None` when they would not show every later edit: a file that is missing, or one that was written so recently that
    /// another write could carry the same time.
    pub(super) fn observe(files: &[SourceFile]) -> Option<Self> {
        let settled = SystemTime::now().checked_sub(TIME_GRAIN)?;
        let of_file = |file: &SourceFile| {
            let state = FileState::observe(&file.path)?;
            let changed = state.unix.map_or(0, |(changed, ..)| changed);
            let limit = i128::try_from(settled.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_nanos()).ok()?;
            (state.modified < settled && changed < limit).then(|| (file.path.clone(), state))
        };
        files.iter().map(of_file).collect::<Option<_>>().map(Self)
    }

    /// Whether no file was touched.
    pub(super) fn hold(&self) -> bool {
        self.0.iter().all(|(path, state)| FileState::observe(path).is_some_and(|now| now == *state))
    }
}

impl FileState {
    fn observe(path: &Path) -> Option<Self> {
        let meta = std::fs::symlink_metadata(path).ok()?;
        Some(Self { size: meta.len(), modified: meta.modified().ok()?, unix: unix_state(&meta) })
    }
}

#[cfg(unix)]
fn unix_state(meta: &Metadata) -> Option<(i128, u64, u32)> {
    use std::os::unix::fs::MetadataExt;
    let changed = i128::from(meta.ctime()) * 1_000_000_000 + i128::from(meta.ctime_nsec());
    Some((changed, meta.ino(), meta.mode()))
}

#[cfg(not(unix))]
fn unix_state(_meta: &Metadata) -> Option<(i128, u64, u32)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::listing;

    fn fingerprint(parts: &[(&str, &str)]) -> Fingerprint {
        let mut ingredients = Ingredients::for_kind("test");
        parts.iter().for_each(|(name, value)| ingredients.add(name, value));
        ingredients.finish()
    }

    fn folder_fingerprint(dir: &Path) -> Fingerprint {
        let mut ingredients = Ingredients::for_kind("test");
        ingredients.add_files(&listing::list(dir, &listing::Exceptions::default()).unwrap().files).unwrap();
        ingredients.finish()
    }

    #[test]
    fn what_is_cut_elsewhere_is_something_else() {
        assert_ne!(fingerprint(&[("a", "bc")]), fingerprint(&[("a", "b"), ("c", "")]));
        assert_ne!(fingerprint(&[("a", "b"), ("a", "c")]), fingerprint(&[("a", "c"), ("a", "b")]));
        assert_eq!(fingerprint(&[("a", "b")]), fingerprint(&[("a", "b")]));
        let tag = fingerprint(&[]).tag();
        assert!(tag.len() == 36 && crate::image::reference::check_tag(&tag).is_ok(), "{tag}");
    }

    #[cfg(unix)]
    #[test]
    fn fingerprint_covers_names_content_links_and_executability() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folders = [(); 6].map(|()| tempfile::tempdir().unwrap());
        for (index, dir) in folders.iter().enumerate() {
            let path = |name: &str| dir.path().join(name);
            std::fs::write(path("a.py"), if index == 1 { "two" } else { "one" }).unwrap();
            std::fs::rename(path("a.py"), path(if index == 2 { "b.py" } else { "a.py" })).unwrap();
            std::fs::write(path("run"), "").unwrap();
            let mode = if index == 3 { 0o755 } else { 0o600 + u32::try_from(index).unwrap() % 2 * 0o44 };
            std::fs::set_permissions(path("run"), std::fs::Permissions::from_mode(mode)).unwrap();
            symlink(if index == 4 { "run" } else { "a.py" }, path("link")).unwrap();
        }
        let file = File::options().append(true).open(folders[5].path().join("a.py")).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let found: Vec<Fingerprint> = folders.iter().map(|dir| folder_fingerprint(dir.path())).collect();
        assert_eq!(found[0], found[5]);
        assert!(found[1..5].iter().all(|other| *other != found[0]), "{found:?}");
    }

    #[test]
    fn an_edit_shows_without_reading() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("agent.py");
        let file = || SourceFile {
            relative: "agent.py".into(),
            path: path.clone(),
            size: 1,
            executable: false,
            symlink: None,
        };
        let age = |seconds| {
            let file = File::options().append(true).open(&path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
        };
        std::fs::write(&path, "1").unwrap();
        assert!(FileStates::observe(&[file()]).is_none(), "written just now: another edit may have the same time");
        let state = FileState::observe(&path).unwrap();
        age(10);
        let states = FileStates(vec![(path.clone(), FileState::observe(&path).unwrap())]);
        assert!(states.hold() && !FileStates(vec![(path.clone(), state)]).hold());
        std::fs::write(&path, "2").unwrap();
        age(10);
        assert!(!states.hold());
        std::fs::remove_file(&path).unwrap();
        assert!(!states.hold() && FileStates::observe(&[file()]).is_none());
    }
}
