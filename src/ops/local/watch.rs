//! Which files of a source were saved.
//!
//! Owns: what is looked at and how often. Does not own: what is done then.
//!
//! Files are looked at, in turns, instead of having the system report them: that is the same on every system, in containers and
//! on shared folders, whose changes are not reported, and costs a call per file. A source has few of them: its ignore rules
//! leave out environments, caches and logs, and only code, what says what is installed, and texts count at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::digest::Digest;
use crate::error::Result;
use crate::events::Events;
use crate::project::listing::{self, Exceptions, Listing};
use crate::project::{Language, Source};

/// Between two looks, at least.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The same, in durations of the last look: large sources take a tenth of a core at most.
const LOOKS_APART: u32 = 10;
/// Between the look that finds a change and the one that finds no further: an editor may write a file in several steps.
const SETTLED: Duration = Duration::from_millis(15);
/// How long further changes are waited for. A file may be written without a pause.
const SETTLING: Duration = Duration::from_millis(100);
/// A folder that changed so shortly before it was listed may have changed again under the same time.
const RECENT: Duration = Duration::from_millis(100);
/// Longer texts are no prompts and no settings; their content is not compared.
const LONGEST_TEXT: u64 = 4 << 20;

const PYTHON: &[&str] = &["py", "pyi"];
const SCRIPT: &[&str] = &["js", "mjs", "cjs", "jsx"];
const TYPESCRIPT: &[&str] = &["ts", "mts", "cts", "tsx"];
const DECLARATIONS: [&str; 3] = [".d.ts", ".d.mts", ".d.cts"];
/// Files that say what is installed, or how the agent is run.
const SETTINGS: &[&str] = &["pyproject.toml", "requirements.txt", "package.json", "tsconfig.json"];
/// Texts that an agent reads at its start: prompts, settings. It may also write some.
const TEXTS: &[&str] = &["md", "txt", "json", "yaml", "yml", "toml", "j2", "jinja", "jinja2"];

/// A saved file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SavedFile {
    /// From the root of the source.
    pub(crate) path: String,
    /// Code, or a file that says what is installed.
    pub(crate) is_code: bool,
}

/// What tells one state of a file from another.
#[derive(Clone, Debug)]
struct FileState {
    is_code: bool,
    modified: Option<SystemTime>,
    length: u64,
    /// Editors put a new file in the place of the old one.
    inode: u64,
    /// Of a text: agents write some anew with what they hold already.
    content: Option<Digest>,
}

/// The project's own builds, whose results are no saved files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Builds(Arc<AtomicUsize>);

impl Builds {
    /// A build runs until the result is dropped.
    pub(super) fn begin(&self) -> BuildUnderWay {
        self.0.fetch_add(1, Ordering::SeqCst);
        BuildUnderWay(self.clone())
    }

    /// How many have begun or ended. It is odd while one runs.
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

pub(super) struct BuildUnderWay(Builds);

impl Drop for BuildUnderWay {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A source that is being looked at.
#[derive(Debug)]
pub(crate) struct SourceWatch {
    root: PathBuf,
    events: Events,
    /// Folders that the project's own build fills.
    made: Vec<PathBuf>,
    suffixes: Vec<&'static str>,
    files: BTreeMap<String, FileState>,
    /// With the times of before they were listed; `None` for one that has to be listed again.
    folders: BTreeMap<PathBuf, Option<SystemTime>>,
    /// Links that leave the tree were found, and said to be left out.
    skips_links: bool,
    /// How long the last look took.
    took: Duration,
}

impl SourceWatch {
    /// Takes the source as it is now for the state that has not changed.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub(crate) fn new(source: &Source, events: &Events) -> Result<Self> {
        let builds = source.node.iter().flat_map(|node| node.builds.iter());
        let compiled = source.node.as_ref().is_some_and(|node| !node.builds.is_empty());
        let suffixes = match source.language {
            Language::Python => PYTHON.to_vec(),
            // A build writes JavaScript beside its source, where nothing says otherwise.
            Language::TypeScript if compiled => TYPESCRIPT.to_vec(),
            Language::TypeScript | Language::JavaScript => [SCRIPT, TYPESCRIPT].concat(),
        };
        let mut watch = Self {
            root: source.root.clone(),
            events: events.clone(),
            made: builds.filter_map(|build| build.output.clone()).collect(),
            suffixes,
            files: BTreeMap::new(),
            folders: BTreeMap::new(),
            skips_links: false,
            took: Duration::ZERO,
        };
        watch.list()?;
        Ok(watch)
    }

    /// Looks again and again, on a thread of its own, and gives each saved file to `saved` until that says no.
    #[expect(clippy::disallowed_methods, reason = "this thread is not the runtime's")]
    pub(crate) fn follow(
        mut self,
        builds: &Builds,
        mut saved: impl FnMut(SavedFile) -> bool,
        wanted: impl Fn() -> bool,
    ) {
        let mut built = builds.count();
        while wanted() {
            std::thread::sleep(LOOK_EVERY.max(self.took * LOOKS_APART));
            let count = builds.count();
            if count % 2 == 1 {
                continue;
            }
            if count != built {
                built = count;
                // What the build wrote is how the source is from now on.
                self.changes();
                continue;
            }
            if !self.look().into_iter().all(&mut saved) {
                return;
            }
        }
    }

    /// What was saved since the last look: code, which stands for all of it, else each text. The agent may write some of
    /// those, and the one that its author saved must not be lost among them.
    #[expect(clippy::disallowed_methods, reason = "this thread is not the runtime's")]
    fn look(&mut self) -> Vec<SavedFile> {
        let mut found = self.changes();
        if found.is_empty() {
            return found;
        }
        let began = Instant::now();
        while began.elapsed() < SETTLING {
            std::thread::sleep(SETTLED);
            let more = self.changes();
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        if let Some(code) = found.iter().position(|file| file.is_code) {
            return vec![found.swap_remove(code)];
        }
        found.sort();
        found.dedup();
        found
    }

    fn changes(&mut self) -> Vec<SavedFile> {
        let began = Instant::now();
        let mut found = Vec::new();
        if self.folders.iter().any(|(folder, modified)| modified_at(folder) != *modified) {
            // A source that cannot be listed now is listed at the next look.
            found.extend(self.list().unwrap_or_default());
        }
        for (path, state) in &mut self.files {
            if state.update(&self.root.join(path)) {
                found.push(SavedFile { path: path.clone(), is_code: state.is_code });
            }
        }
        self.took = began.elapsed();
        found
    }

    /// Lists the source. Returns code that is new or gone; a text that is new was not there for the agent to read at its
    /// start.
    fn list(&mut self) -> Result<Option<SavedFile>> {
        let now = SystemTime::now();
        // Of before the walk: what is created in a folder during it changes a time that is known.
        let mut known: BTreeMap<PathBuf, SystemTime> = BTreeMap::new();
        for folder in self.folders.keys().chain([&self.root]) {
            if let Some(modified) = modified_at(folder).filter(|modified| !is_recent(*modified, now)) {
                known.insert(folder.clone(), modified);
            }
        }
        let listed = self.walk()?;
        let mut folders: BTreeMap<PathBuf, Option<SystemTime>> = BTreeMap::new();
        let mut add = |folder: &Path| {
            if !folders.contains_key(folder) {
                folders.insert(folder.to_owned(), known.get(folder).copied());
            }
        };
        add(&self.root);
        for folder in &listed.empty_folders {
            add(&self.root.join(folder));
        }
        let mut found = None;
        let mut files = BTreeMap::new();
        for file in listed.files {
            if self.made.iter().any(|made| file.path.starts_with(made)) {
                continue;
            }
            for folder in file.path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root)) {
                add(folder);
            }
            let Some(is_code) = self.counts(&file.relative) else { continue };
            if let Some(before) = self.files.remove(&file.relative) {
                files.insert(file.relative, before);
            } else if let Some(state) = FileState::read(&file.path, is_code) {
                if is_code {
                    found = Some(SavedFile { path: file.relative.clone(), is_code });
                }
                files.insert(file.relative, state);
            }
        }
        let mut gone = self.files.iter().filter(|(_, state)| state.is_code);
        let found = found.or_else(|| gone.next().map(|(path, _)| SavedFile { path: path.clone(), is_code: true }));
        (self.files, self.folders) = (files, folders);
        Ok(found)
    }

    /// A link that leaves the tree is a matter of the artifact; here it is left out.
    fn walk(&mut self) -> Result<Listing> {
        let lists = |skips_links| {
            listing::list(&self.root, &Exceptions { is_copy: true, skips_links, ..Exceptions::default() })
        };
        let error = match lists(self.skips_links) {
            Err(error) if !self.skips_links => error,
            listed => return listed,
        };
        let listed = lists(true)?;
        self.events.warning(format!("{}; it is not looked at, and no artifact can be built with it", error.message()));
        self.skips_links = true;
        Ok(listed)
    }

    /// Whether it is code; `None` for a file that does not count.
    fn counts(&self, relative: &str) -> Option<bool> {
        let name = relative.rsplit('/').next().unwrap_or(relative);
        if SETTINGS.contains(&name) {
            return Some(true);
        }
        let (_, suffix) = name.rsplit_once('.')?;
        if self.suffixes.contains(&suffix) {
            // Declarations are not run, and builds write them beside their source.
            return (!DECLARATIONS.iter().any(|end| name.ends_with(end))).then_some(true);
        }
        (TEXTS.contains(&suffix) && !name.starts_with('.')).then_some(false)
    }
}

impl FileState {
    fn read(path: &Path, is_code: bool) -> Option<Self> {
        let mut state = Self::without_content(path, is_code)?;
        state.content = state.content_of(path);
        Some(state)
    }

    fn without_content(path: &Path, is_code: bool) -> Option<Self> {
        let meta = fs::metadata(path).ok()?;
        let (modified, length) = (meta.modified().ok(), meta.len());
        Some(Self { is_code, modified, length, inode: inode(&meta), content: None })
    }

    /// `None` for code, which nobody but its author writes, and for what is too long or cannot be read.
    fn content_of(&self, path: &Path) -> Option<Digest> {
        let is_compared = !self.is_code && self.length <= LONGEST_TEXT;
        is_compared.then(|| fs::read(path).ok()).flatten().map(|bytes| Digest::of_bytes(&bytes))
    }

    /// Looks at the file again. Whether it was saved.
    fn update(&mut self, path: &Path) -> bool {
        // One that is gone is so in its folder.
        let Some(mut now) = Self::without_content(path, self.is_code) else { return false };
        if (now.modified, now.length, now.inode) == (self.modified, self.length, self.inode) {
            return false;
        }
        now.content = now.content_of(path);
        let is_other = now.content.is_none() || now.content != self.content;
        *self = now;
        is_other
    }
}

/// Clocks of file systems are some milliseconds behind, and those of shared ones a little before or behind.
fn is_recent(modified: SystemTime, now: SystemTime) -> bool {
    match now.duration_since(modified) {
        Ok(age) => age < RECENT,
        Err(ahead) => ahead.duration() < RECENT,
    }
}

fn modified_at(folder: &Path) -> Option<SystemTime> {
    fs::metadata(folder).ok()?.modified().ok()
}

#[cfg(unix)]
fn inode(meta: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{self, Detect};

    fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, SourceWatch) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        for (name, text) in files {
            put(&root, name, text);
        }
        let source = project::detect(&Detect::all_of(&root)).unwrap();
        let watch = SourceWatch::new(&source, &Events::silent()).unwrap();
        (dir, watch)
    }

    fn put(root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn seen(watch: &mut SourceWatch) -> Option<(String, bool)> {
        let saved = watch.look();
        assert!(saved.len() < 2, "{saved:?}");
        saved.into_iter().next().map(|saved| (saved.path, saved.is_code))
    }

    #[test]
    fn saved_created_and_removed_code_is_seen() {
        let files = [("agent.py", "a"), ("requirements.txt", ""), ("lib/__init__.py", ""), ("prompt.md", "p")];
        let (_dir, mut watch) = project(&files);
        let root = watch.root.clone();
        assert_eq!(seen(&mut watch), None);
        put(&root, "agent.py", "ab");
        assert_eq!(seen(&mut watch), Some(("agent.py".to_owned(), true)));
        put(&root, "lib/tools.py", "x");
        assert_eq!(seen(&mut watch), Some(("lib/tools.py".to_owned(), true)));
        fs::remove_file(root.join("lib/tools.py")).unwrap();
        assert_eq!(seen(&mut watch), Some(("lib/tools.py".to_owned(), true)));
        put(&root, "prompt.md", "other");
        assert_eq!(seen(&mut watch), Some(("prompt.md".to_owned(), false)));
        // As editors do it: a new file takes the old one's place.
        put(&root, ".agent.py.new", "cd");
        fs::rename(root.join(".agent.py.new"), root.join("agent.py")).unwrap();
        assert_eq!(seen(&mut watch), Some(("agent.py".to_owned(), true)));
        assert_eq!(seen(&mut watch), None);
    }

    #[test]
    fn texts_count_by_their_content() {
        let (_dir, mut watch) = project(&[("agent.py", "a"), ("requirements.txt", ""), ("tools.json", "[]")]);
        let root = watch.root.clone();
        let other = root.join("other.bin");
        fs::write(&other, "[]").unwrap();
        fs::rename(&other, root.join("tools.json")).unwrap();
        assert_eq!(seen(&mut watch), None, "a new file with the same text");
        put(&root, "tools.json", "[1]");
        assert_eq!(seen(&mut watch), Some(("tools.json".to_owned(), false)));
        put(&root, "tools.json", "[2]");
        put(&root, "requirements.txt", "# code stands for all\n");
        assert_eq!(seen(&mut watch), Some(("requirements.txt".to_owned(), true)));
    }

    #[test]
    fn no_text_is_lost_among_others() {
        let (_dir, mut watch) = project(&[("agent.py", "a"), ("requirements.txt", ""), ("a.json", "1"), ("b.md", "1")]);
        let root = watch.root.clone();
        put(&root, "b.md", "of another length");
        put(&root, "a.json", "[1, 2]");
        let saved = watch.look();
        assert_eq!(saved.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["a.json", "b.md"]);
    }

    #[test]
    fn new_files_in_new_folders_are_seen() {
        let (_dir, mut watch) = project(&[("agent.py", "a"), ("requirements.txt", "")]);
        let root = watch.root.clone();
        put(&root, "lib/one.py", "1");
        assert_eq!(seen(&mut watch), Some(("lib/one.py".to_owned(), true)));
        // Within the same tick of the file system's clock, possibly.
        put(&root, "lib/two.py", "2");
        assert_eq!(seen(&mut watch), Some(("lib/two.py".to_owned(), true)));
    }

    #[cfg(unix)]
    #[test]
    fn links_that_leave_the_tree_are_left_out() {
        let (dir, mut watch) = project(&[("agent.py", "a"), ("requirements.txt", "")]);
        let root = watch.root.clone();
        std::os::unix::fs::symlink("/usr/share", root.join("outside")).unwrap();
        put(&root, "lib.py", "1");
        assert_eq!(seen(&mut watch), Some(("lib.py".to_owned(), true)));
        assert!(watch.skips_links);
        drop(dir);
    }

    #[test]
    fn what_no_author_saves_is_not_seen() {
        let (_dir, mut watch) = project(&[("agent.py", "a"), ("requirements.txt", ""), (".gitignore", "out/\n")]);
        let root = watch.root.clone();
        for name in [
            "agent.log",
            "__pycache__/agent.cpython-312.pyc",
            ".venv/pyvenv.cfg",
            ".venv/lib/x.py",
            "out/generated.py",
            "sessions/one.json",
            "data.bin",
            ".agent.py.swp",
            ".bedrock_agentcore/agent/session-local",
        ] {
            put(&root, name, "x");
            assert_eq!(seen(&mut watch), None, "{name}");
        }
    }
}
