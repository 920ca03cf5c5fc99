//! Where the paths of an agent's configuration are on this machine.
//!
//! Owns: paths that were written on another machine, such as `/Users/x/project/agent.py` or `C:\project\src`, and the
//! files that they correspond to below the configuration's folder. Does not own: what is done with the files
//! (`project`), and paths of secrets, which are outside the project on purpose.

use std::path::{Component, Path, PathBuf};

use super::Agent;
use crate::fsx;

/// Our own folder in a project. Nothing is deployed from it unless the agent is there.
const STATE: &str = ".bedrock_agentcore";

/// The paths of an agent, absolute. One that is nowhere is the folder of the configuration and the path as it is written,
/// for whoever opens it to report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AgentPaths {
    pub(crate) entrypoint: PathBuf,
    /// The folder that is packed; `None` where the file names none.
    pub(crate) source: Option<PathBuf>,
    pub(crate) requirements: Option<PathBuf>,
    /// The Dockerfile that the file names.
    pub(crate) dockerfile: Option<PathBuf>,
    pub(crate) context: Option<PathBuf>,
    /// Paths that were found elsewhere in the project than the file says.
    pub(crate) moved: Vec<MovedPath>,
    /// Absolute paths into the project that are right on this machine and on no other.
    pub(crate) absolute: Vec<MovedPath>,
    /// Paths of another machine that have no counterpart here: the key and the path as it is written.
    pub(crate) missing: Vec<(&'static str, String)>,
}

/// A path of another machine, and the path that replaces it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MovedPath {
    /// Below the agent: `source_path`, `agentcore.context`.
    pub(crate) key: &'static str,
    pub(crate) written: String,
    /// From the configuration's folder, with forward slashes.
    pub(crate) here: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    File,
    Folder,
    Either,
}

impl Sort {
    fn matches(self, path: &Path) -> bool {
        match self {
            Self::File => path.is_file(),
            Self::Folder => path.is_dir(),
            Self::Either => path.exists(),
        }
    }
}

impl Agent {
    /// The entrypoint's file, with paths of the file taken from `root`, the folder that holds it.
    pub(crate) fn entrypoint_path(&self, root: &Path) -> PathBuf {
        self.paths(root).entrypoint
    }

    /// The entrypoint as written, without `:handler`.
    pub(crate) fn entrypoint_file(&self) -> &str {
        match self.entrypoint.rsplit_once(':') {
            // `C:\agent.py` has no handler: one starts like an identifier.
            Some((file, handler))
                if !file.is_empty() && handler.starts_with(|c: char| c.is_alphabetic() || c == '_') =>
            {
                file
            }
            _ => &self.entrypoint,
        }
    }

    /// `file` with what follows the entrypoint's file: `/p/agent.py:app` for `agent.py:app`.
    pub(crate) fn with_object(&self, file: &Path) -> PathBuf {
        let mut path = file.as_os_str().to_owned();
        path.push(self.entrypoint.strip_prefix(self.entrypoint_file()).unwrap_or_default());
        path.into()
    }

    /// Where the agent's files are, with `root` as the folder of the configuration. Looks at the disk and reads nothing.
    ///
    /// A path of another machine is replaced by its longest suffix that exists below `root`; nothing outside of `root`
    /// does. The paths of one agent agree about which folder of that machine `root` is. What is on this machine but
    /// outside of `root` is treated alike, since a copy of a project is built from its own files; where it has no
    /// counterpart below `root`, whoever opens it reports that it is not in the project.
    pub(crate) fn paths(&self, root: &Path) -> AgentPaths {
        let mut finder =
            PathFinder { root, real_root: root.canonicalize().ok(), origin: None, paths: AgentPaths::default() };
        finder.entrypoint_and_source(self);
        finder.paths.requirements = self.own.requirements_file.as_deref().map(|written| {
            let found = finder.find(written, Sort::File);
            finder.keep("agentcore.requirements_file", written, found)
        });
        // These two may be outside the project, in its repository.
        let [dockerfile, context] = [
            ("agentcore.dockerfile", &self.own.dockerfile, Sort::File),
            ("agentcore.context", &self.own.context, Sort::Folder),
        ]
        .map(|(key, written, sort)| {
            let written = written.as_deref()?;
            let as_written = fsx::normalize(&root.join(written));
            let found = if sort.matches(&as_written) { Some(as_written) } else { finder.find(written, sort) };
            Some(finder.keep(key, written, found))
        });
        AgentPaths { dockerfile, context, ..finder.paths }
    }
}

struct PathFinder<'a> {
    root: &'a Path,
    real_root: Option<PathBuf>,
    /// The folder of the other machine that corresponds to `root`.
    origin: Option<Vec<String>>,
    paths: AgentPaths,
}

impl PathFinder<'_> {
    fn entrypoint_and_source(&mut self, agent: &Agent) {
        let written = agent.entrypoint_file();
        let source_written = agent.source_path.as_deref();
        let mut entrypoint = self.entrypoint(written);
        let source = match source_written {
            None => None,
            Some(text) => {
                let (source, better) = self.source(text, written, entrypoint.as_deref());
                entrypoint = better.or(entrypoint);
                source
            }
        };
        self.paths.entrypoint = self.keep("entrypoint", written, entrypoint);
        self.paths.source = source_written.map(|text| self.keep("source_path", text, source));
    }

    /// The folder that is packed, and the entrypoint where that is found only in it. Whatever is chosen holds the
    /// entrypoint, if there is such a folder.
    fn source(&self, text: &str, entry: &str, found: Option<&Path>) -> (Option<PathBuf>, Option<PathBuf>) {
        let of_ours = Path::new(text).components().find(|part| *part != Component::CurDir);
        let of_ours = of_ours.is_some_and(|part| part.as_os_str() == STATE);
        let whole = || (Some(self.root.to_owned()), None);
        if let Some(folder) = self.here(text, Sort::Folder) {
            return match (found, self.below(entry, &folder)) {
                (Some(found), _) if found.starts_with(&folder) => (Some(folder), None),
                (_, Some(inside)) => (Some(folder), Some(inside)),
                (Some(_), None) if of_ours => whole(),
                _ => (Some(folder), None),
            };
        }
        let Some(parts) = foreign_parts(text) else {
            return if of_ours && found.is_some() { whole() } else { (None, None) };
        };
        let by_origin = self.by_origin(&parts, Sort::Folder);
        let folders = by_origin.into_iter().chain(self.ends(&parts, self.root, Sort::Folder));
        if let Some(found) = found {
            let holding = |folder: PathBuf| {
                if found.starts_with(&folder) {
                    return Some((Some(folder), None));
                }
                // A relative entrypoint may be relative to the folder that is packed.
                let inside = if foreign_parts(entry).is_none() { self.below(entry, &folder) } else { None };
                inside.map(|inside| (Some(folder), Some(inside)))
            };
            // Without one the folder was the project's own, or one around it: that much of it is here.
            return folders.into_iter().find_map(holding).unwrap_or_else(whole);
        }
        let with_entry = folders.into_iter().find_map(|folder| Some((self.below(entry, &folder)?, folder)));
        with_entry.map_or((None, None), |(inside, folder)| (Some(folder), Some(inside)))
    }

    /// Remembers which folder of another machine this one is, for the other paths.
    fn entrypoint(&mut self, written: &str) -> Option<PathBuf> {
        if let Some(found) = self.here(written, Sort::Either).or_else(|| self.module(written)) {
            return Some(found);
        }
        let parts = foreign_parts(written)?;
        let found = self.ends(&parts, self.root, Sort::Either).next()?;
        self.remember_origin(&parts, &found);
        Some(found)
    }

    /// What of the other machine's path is before the end that was found below `root`.
    fn remember_origin(&mut self, parts: &[String], found: &Path) {
        let end = found.strip_prefix(self.root).map_or(0, |end| end.components().count());
        self.origin.get_or_insert_with(|| parts[..parts.len().saturating_sub(end)].to_vec());
    }

    /// `src/main.py` for `src.main`, as servers name what they run.
    fn module(&self, written: &str) -> Option<PathBuf> {
        let is_name = |part: &str| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        };
        if !written.split('.').all(is_name) {
            return None;
        }
        let file = self.root.join(format!("{}.py", written.replace('.', "/")));
        (file.is_file() && self.is_inside(&file)).then_some(file)
    }

    fn find(&mut self, written: &str, sort: Sort) -> Option<PathBuf> {
        if let Some(found) = self.here(written, sort) {
            return Some(found);
        }
        let parts = foreign_parts(written)?;
        let found = self.by_origin(&parts, sort).or_else(|| self.ends(&parts, self.root, sort).next())?;
        self.remember_origin(&parts, &found);
        Some(found)
    }

    /// An absolute path that exists on this machine, but not in the project.
    fn is_elsewhere(&self, written: &str) -> bool {
        let path = Path::new(written);
        path.is_absolute() && path.exists() && !self.is_inside(path)
    }

    /// The path as it is written, or with the separators of this machine, where that is in the project.
    fn here(&self, written: &str, sort: Sort) -> Option<PathBuf> {
        let mut forms = vec![written.to_owned()];
        if written.contains('\\') && foreign_parts(written).is_none() {
            forms.push(written.replace('\\', "/"));
        }
        let mut paths = forms.into_iter().map(|form| fsx::normalize(&self.root.join(form)));
        let path = paths.find(|path| sort.matches(path) && self.is_inside(path))?;
        if path.starts_with(self.root) {
            return Some(path);
        }
        // The same place by another name, such as /private/tmp for /tmp.
        let real = path.canonicalize().ok()?;
        real.strip_prefix(self.real_root.as_deref()?).ok().map(|below| fsx::normalize(&self.root.join(below)))
    }

    /// What `entry` is in this folder, whether it is relative to it or a path of another machine.
    fn below(&self, entry: &str, folder: &Path) -> Option<PathBuf> {
        match foreign_parts(entry) {
            Some(parts) => self.ends(&parts, folder, Sort::File).next(),
            None => {
                let file = fsx::normalize(&folder.join(entry.replace('\\', "/")));
                (file.is_file() && file.starts_with(folder) && self.is_inside(&file)).then_some(file)
            }
        }
    }

    /// The ends of a path of another machine that exist in `folder`, the longest first.
    fn ends<'p>(&'p self, parts: &'p [String], folder: &'p Path, sort: Sort) -> impl Iterator<Item = PathBuf> + 'p {
        (0..parts.len())
            .map(move |start| folder.join(parts[start..].iter().collect::<PathBuf>()))
            // A part such as `C:` would replace the folder on Windows.
            .filter(move |path| path.starts_with(folder) && sort.matches(path) && self.is_inside(path))
    }

    fn by_origin(&self, parts: &[String], sort: Sort) -> Option<PathBuf> {
        let below = parts.strip_prefix(self.origin.as_deref()?)?;
        let path = fsx::normalize(&self.root.join(below.iter().collect::<PathBuf>()));
        (path.starts_with(self.root) && sort.matches(&path) && self.is_inside(&path)).then_some(path)
    }

    /// Also by where its links lead.
    fn is_inside(&self, path: &Path) -> bool {
        match (path.canonicalize(), &self.real_root) {
            (Ok(real), Some(root)) => real.starts_with(root),
            _ => false,
        }
    }

    /// Notes what is elsewhere or nowhere.
    fn keep(&mut self, key: &'static str, written: &str, found: Option<PathBuf>) -> PathBuf {
        let as_written = fsx::normalize(&self.root.join(written));
        let Some(found) = found else {
            if foreign_parts(written).is_some() && !self.is_elsewhere(written) {
                self.paths.missing.push((key, written.to_owned()));
            }
            return as_written;
        };
        let same_place = || Some(as_written.canonicalize().ok()? == found.canonicalize().ok()?);
        let is_moved = found != as_written && same_place() != Some(true);
        if (is_moved || Path::new(written).is_absolute())
            && let Some(here) = fsx::relative(&found, self.root)
        {
            let list = if is_moved { &mut self.paths.moved } else { &mut self.paths.absolute };
            list.push(MovedPath { key, written: written.to_owned(), here });
        }
        found
    }
}

/// The parts of an absolute path of any system, without drive and with `..` resolved; `None` for a relative one.
/// `~/` is absolute too: whose home it is is not known.
fn foreign_parts(written: &str) -> Option<Vec<String>> {
    let is_separator = |c: char| matches!(c, '/' | '\\');
    let rest = match written.as_bytes() {
        [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic() => &written[2..],
        [b'~', b'/' | b'\\', ..] => &written[1..],
        [b'/' | b'\\', ..] => written,
        _ => return None,
    };
    let mut parts: Vec<String> = Vec::new();
    for part in rest.split(is_separator) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part.to_owned()),
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests;
