//! The files of a project that its entrypoint imports, and where each import leads.
//!
//! Owns: finding modules among the packed files, in the order in which Python looks for them, and how certain it is that a
//! file is read at all. Does not own: what installed packages have, what to say about an import that leads nowhere
//! (`preflight`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::encoding;
use super::syntax::{ImportSite, ImportTime, PythonText};

/// How much of a project is read: more than agents have, and no more than takes a moment.
const MOST_FILES: usize = 400;
const MOST_BYTES: u64 = 16 << 20;
const LONGEST: u64 = 1 << 20;

/// The packed files, by their paths from the root with forward slashes.
#[derive(Debug, Default)]
pub(crate) struct PackedFiles {
    files: BTreeMap<String, PathBuf>,
    /// Links, which lead somewhere that is not looked at.
    links: BTreeSet<String>,
}

impl PackedFiles {
    /// `files` are a path from the root, where the file is, and whether it is a link.
    pub(crate) fn new<'a>(files: impl Iterator<Item = (&'a str, &'a Path, bool)>) -> Self {
        let mut packed = Self::default();
        for (relative, path, is_link) in files {
            if is_link {
                packed.links.insert(relative.to_owned());
            }
            packed.files.insert(relative.to_owned(), path.to_owned());
        }
        packed
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.files.iter().map(|(relative, path)| (relative.as_str(), path.as_path()))
    }

    fn below(&self, folder: &str) -> bool {
        let start = format!("{folder}/");
        self.files.range(start.clone()..).next().is_some_and(|(path, _)| path.starts_with(&start))
    }

    /// Whether anything is there that Python could import by this path.
    fn has_anything(&self, at: &str) -> bool {
        self.has(&format!("{at}.py")) || self.links.contains(at) || self.below(at) || self.has_compiled(at)
    }

    /// A module that was compiled: `fast.cpython-312-aarch64-linux-gnu.so`.
    fn has_compiled(&self, at: &str) -> bool {
        let start = format!("{at}.");
        let mut named = self.files.range(start.clone()..).take_while(|(path, _)| path.starts_with(&start));
        named.any(|(path, _)| path.ends_with(".so") || path.ends_with(".pyd") || path.ends_with(".pyc"))
    }
}

/// Where an import leads, as far as the project goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ImportGoal {
    /// These files are read for it. `module` is the one that the names are taken from; `None` for a folder without one.
    Own { files: Vec<String>, module: Option<String> },
    /// The project has something of the name, and nobody can tell what.
    Somewhere,
    /// The project has the begin of the name and not the rest; `at` is where a file is looked for, without an ending.
    /// `regular` says that all of the begin is packages with an `__init__.py`.
    Broken { at: String, regular: bool },
    /// Nothing of the project has the name.
    Elsewhere,
    /// Relative, in a file that is in no package.
    NoPackage,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub(crate) struct ReachedFile {
    pub(crate) path: String,
    /// It is read whenever the agent starts.
    pub(crate) certain: bool,
    pub(crate) text: Arc<PythonText>,
    pub(crate) imports: Vec<(ImportSite, ImportGoal)>,
    pub(crate) lacking: Vec<LackingName>,
}

/// A name that is imported from a module of the project, which has none such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LackingName {
    pub(crate) site: ImportSite,
    pub(crate) name: String,
    /// The module.
    pub(crate) file: String,
}

/// How the search begins.
#[derive(Clone, Debug)]
pub(crate) struct ReachStart {
    /// From the root.
    pub(crate) entrypoint: String,
    /// The folders below the root that Python searches, in its order; the root is an empty one.
    pub(crate) folders: Vec<String>,
    /// The minor version of Python 3, where it is known.
    pub(crate) minor: Option<u8>,
    /// The entrypoint is run, not imported by a server.
    pub(crate) is_main: bool,
}

/// Reads what the entrypoint imports, first what it certainly does.
pub(crate) fn reach(files: &PackedFiles, start: &ReachStart) -> Vec<ReachedFile> {
    let mut search = Search { files, start, texts: BTreeMap::new(), bytes: 0 };
    let mut found: BTreeMap<String, ReachedFile> = BTreeMap::new();
    let around = packages_around(files, &start.entrypoint);
    let mut open: VecDeque<(String, bool)> =
        around.into_iter().chain([start.entrypoint.clone()]).map(|path| (path, true)).collect();
    let mut later = VecDeque::new();
    while let Some((path, certain)) = open.pop_front().or_else(|| later.pop_front()) {
        if found.contains_key(&path) || found.len() >= MOST_FILES {
            continue;
        }
        let Some(text) = search.text(&path) else { continue };
        let imports: Vec<_> = text.imports.iter().map(|site| (site.clone(), search.goal(site, &path))).collect();
        for (site, goal) in &imports {
            let ImportGoal::Own { files: paths, .. } = goal else { continue };
            let is_certain = certain && site.time == ImportTime::Always;
            let queue = if is_certain { &mut open } else { &mut later };
            queue.extend(paths.iter().map(|path| (path.clone(), is_certain)));
        }
        let lacking = imports.iter().flat_map(|(site, goal)| search.lacking(site, goal, &path)).collect();
        found.insert(path.clone(), ReachedFile { path, certain, text, imports, lacking });
    }
    found.into_values().collect()
}

/// The `__init__.py` of the packages that a file is in, which are read before it.
fn packages_around(files: &PackedFiles, path: &str) -> Vec<String> {
    let folders = path.match_indices('/').map(|(at, _)| format!("{}/__init__.py", &path[..at]));
    folders.filter(|init| files.has(init)).collect()
}

struct Search<'a> {
    files: &'a PackedFiles,
    start: &'a ReachStart,
    texts: BTreeMap<String, Arc<PythonText>>,
    bytes: u64,
}

impl Search<'_> {
    fn text(&mut self, path: &str) -> Option<Arc<PythonText>> {
        if let Some(known) = self.texts.get(path) {
            return Some(Arc::clone(known));
        }
        let file = self.files.files.get(path)?;
        let size = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file)?.len();
        if size > LONGEST || self.bytes + size > MOST_BYTES {
            return None;
        }
        self.bytes += size;
        let is_main = self.start.is_main && path == self.start.entrypoint;
        let read = Arc::new(match encoding::decode(std::fs::read(file).ok()?) {
            // Another encoding is named in the file, and Python's to read.
            Ok(text) => PythonText::read(&text?, self.start.minor, is_main)?,
            Err(error) => PythonText { error: Some(error), ..PythonText::default() },
        });
        self.texts.insert(path.to_owned(), Arc::clone(&read));
        Some(read)
    }

    /// The names of an import that its module certainly has not.
    fn lacking(&mut self, site: &ImportSite, goal: &ImportGoal, from: &str) -> Vec<LackingName> {
        let ImportGoal::Own { module: Some(file), .. } = goal else { return Vec::new() };
        let Some(text) = self.text(file).filter(|text| text.error.is_none()) else { return Vec::new() };
        let folder = file.strip_suffix("/__init__.py");
        let is_module = |name: &str| folder.is_some_and(|folder| self.files.has_anything(&join(folder, name)));
        // A file that hides the package it means has nothing yet of what it imports from itself.
        let is_other = |other: &ImportSite, name: &String| other != site && other.names.contains(name);
        let is_itself = file == from && site.level == 0 && site.time == ImportTime::Always;
        let by_itself = |name: &String| is_itself && !text.imports.iter().any(|other| is_other(other, name));
        let lacks = |name: &&String| text.names.lacks(name, by_itself(name)) && !is_module(name);
        let lacking = |name: &String| LackingName { site: site.clone(), name: name.clone(), file: file.clone() };
        site.names.iter().filter(|name| *name != "*").filter(lacks).map(lacking).collect()
    }

    fn goal(&self, site: &ImportSite, from: &str) -> ImportGoal {
        let parts: Vec<&str> = site.module.split('.').filter(|part| !part.is_empty()).collect();
        if site.level > 0 {
            let mut folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
            for _ in 1..site.level {
                if folder.is_empty() {
                    return ImportGoal::NoPackage;
                }
                folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            }
            if folder.is_empty() {
                return ImportGoal::NoPackage;
            }
            return self.walk(folder, &parts, &site.names, true);
        }
        let goals: Vec<ImportGoal> =
            self.start.folders.iter().map(|folder| self.walk(folder, &parts, &site.names, false)).collect();
        let chosen = |fits: fn(&ImportGoal) -> bool| goals.iter().find(|goal| fits(goal)).cloned();
        chosen(|goal| matches!(goal, ImportGoal::Own { .. }))
            .or_else(|| chosen(|goal| matches!(goal, ImportGoal::Somewhere)))
            .or_else(|| chosen(|goal| matches!(goal, ImportGoal::Broken { .. })))
            .unwrap_or(ImportGoal::Elsewhere)
    }

    /// Follows a name from a folder; `is_own` says that it can be nowhere else.
    fn walk(&self, folder: &str, parts: &[&str], names: &[String], is_own: bool) -> ImportGoal {
        let (mut files, mut found) = (Vec::new(), None);
        let (mut at, mut regular) = (folder.to_owned(), true);
        if let (true, init) = (parts.is_empty(), join(folder, "__init__.py")) {
            found = Some(init).filter(|init| self.files.has(init));
            files.extend(found.clone());
        }
        for (number, part) in parts.iter().enumerate() {
            let (here, is_last) = (join(&at, part), number + 1 == parts.len());
            let (init, module) = (format!("{here}/__init__.py"), format!("{here}.py"));
            if self.files.links.contains(&here) {
                return ImportGoal::Somewhere;
            }
            if self.files.has(&init) {
                found = Some(init.clone());
                files.push(init);
            } else if is_last && self.files.has(&module) {
                files.push(module.clone());
                // Of a folder without `__init__.py` Python takes an installed package of that name instead.
                return ImportGoal::Own { files, module: Some(module).filter(|_| is_own || regular) };
            } else if self.files.has_compiled(&here) || self.files.has_compiled(&format!("{here}/__init__")) {
                return ImportGoal::Somewhere;
            } else if self.files.below(&here) && !self.files.has(&module) {
                (regular, found) = (false, None);
            } else if number == 0 && !is_own && !self.files.has(&module) {
                return ImportGoal::Elsewhere;
            } else {
                return ImportGoal::Broken { at: here, regular };
            }
            at = here;
        }
        // A name of a package may be a module of it.
        for name in names {
            let here = join(&at, name);
            files.extend(
                [format!("{here}/__init__.py"), format!("{here}.py")].into_iter().find(|path| self.files.has(path)),
            );
        }
        ImportGoal::Own { files, module: found.filter(|_| is_own || regular) }
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files in their folder, and what is reached from the first of them.
    fn reached(all: &[(&str, &str)], folders: &[&str]) -> Vec<ReachedFile> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in all {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let paths: Vec<(&str, PathBuf)> = all.iter().map(|(name, _)| (*name, dir.path().join(name))).collect();
        let files = PackedFiles::new(paths.iter().map(|(name, path)| (*name, path.as_path(), false)));
        let folders = folders.iter().map(|folder| (*folder).to_owned()).collect();
        reach(&files, &ReachStart { entrypoint: all[0].0.to_owned(), folders, minor: Some(12), is_main: true })
    }

    fn told(all: &[(&str, &str)], folders: &[&str]) -> Vec<(String, bool)> {
        reached(all, folders).into_iter().map(|file| (file.path, file.certain)).collect()
    }

    #[test]
    fn files_are_reached_as_python_finds_them() {
        let all = [
            ("src/app/main.py", "import app.tools\nfrom . import near\nfrom .. import x\ndef f():\n    import lazy\n"),
            ("src/app/__init__.py", ""),
            ("src/app/near.py", "from ..other import y\nimport os\n"),
            ("src/app/tools/__init__.py", "from .inner import z\n"),
            ("src/app/tools/inner.py", ""),
            ("src/other.py", ""),
            ("src/lazy.py", "import later\n"),
            ("later.py", ""),
            ("unused.py", ""),
        ];
        let expected = [
            ("later.py", false),
            ("src/app/__init__.py", true),
            ("src/app/main.py", true),
            ("src/app/near.py", true),
            ("src/app/tools/__init__.py", true),
            ("src/app/tools/inner.py", true),
            ("src/lazy.py", false),
            ("src/other.py", true),
        ];
        assert_eq!(told(&all, &["", "src"]), expected.map(|(path, certain)| (path.to_owned(), certain)));
    }

    #[test]
    fn names_that_a_module_lacks_are_found() {
        let all = [
            (
                "main.py",
                "from tools import here, gone\nfrom pkg import sub, lost\nfrom folder import x\nfrom main import y\n",
            ),
            ("tools.py", "here = 1\n"),
            ("pkg/__init__.py", ""),
            ("pkg/sub.py", "from . import lost as l, sub\n"),
            ("folder/x.txt", ""),
        ];
        let files = reached(&all, &[""]);
        let lacking = files.iter().flat_map(|file| &file.lacking).map(|one| format!("{} {}", one.file, one.name));
        assert_eq!(
            lacking.collect::<Vec<_>>(),
            ["tools.py gone", "pkg/__init__.py lost", "main.py y", "pkg/__init__.py lost"]
        );
    }

    #[test]
    fn each_import_is_told_where_it_leads() {
        let all = [
            (
                "main.py",
                "import pkg.gone\nimport data.gone\nimport fast\nimport requests\nfrom .gone import x\nimport plain.sub\nimport pkg.sub\n",
            ),
            ("pkg/__init__.py", ""),
            ("pkg/sub.py", ""),
            ("data/table.csv", ""),
            ("fast.cpython-312-aarch64-linux-gnu.so", ""),
            ("plain.py", ""),
        ];
        let files = reached(&all, &[""]);
        let goals: Vec<ImportGoal> = files
            .iter()
            .find(|file| file.path == "main.py")
            .unwrap()
            .imports
            .iter()
            .map(|(_, goal)| goal.clone())
            .collect();
        let broken = |at: &str, regular| ImportGoal::Broken { at: at.to_owned(), regular };
        assert_eq!(
            goals,
            [
                broken("pkg/gone", true),
                broken("data/gone", false),
                ImportGoal::Somewhere,
                ImportGoal::Elsewhere,
                ImportGoal::NoPackage,
                broken("plain", true),
                ImportGoal::Own {
                    files: vec!["pkg/__init__.py".into(), "pkg/sub.py".into()],
                    module: Some("pkg/sub.py".into())
                },
            ]
        );
    }
}
