//! Lists a source tree: every file that goes into an image or an archive, in a fixed order.
//!
//! Owns: the walk, and what may not be in a tree (links that leave it). Does not own: the rules (`ignore`), reading
//! the files.

use std::fs::{self, DirEntry, Metadata};
use std::path::{Component, Path, PathBuf};

use ::ignore::gitignore::Gitignore;

use super::ignore::{Matched, Rules, git_ignores, gitignore_of, is_always_out, is_private_key};
use crate::error::{Context, Error, Result};
use crate::fsx;

/// The files of a source tree.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Sorted by `relative`, bytewise. Folders are not listed, so empty ones do not exist.
    pub(crate) files: Vec<SourceFile>,
    /// Entries that were left out. A folder that was left out as a whole counts once.
    pub(crate) ignored_count: usize,
    /// Sum of the sizes of `files`.
    pub(crate) total_bytes: u64,
}

/// One file, or a symbolic link as a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// From the root, with forward slashes.
    pub(crate) relative: String,
    pub(crate) path: PathBuf,
    /// Bytes; 0 for a link.
    pub(crate) size: u64,
    pub(crate) executable: bool,
    /// The link's target, relative to the link's folder, with forward slashes.
    pub(crate) symlink: Option<String>,
}

/// Lists the files below `root` that its ignore rules leave in. The paths in `keep` (from the root) are in whatever
/// the rules say: an engine gets `Dockerfile` and `.dockerignore` that way, and everyone else passes `&[]`.
///
/// # Errors
/// Usage errors for a bad `.dockerignore`, a link that leaves the tree and a name that is not UTF-8; failures to read
/// a folder, named.
pub(crate) fn list(root: &Path, keep: &[&str]) -> Result<Listing> {
    let rules = Rules::load(root)?;
    let real_root = root.canonicalize().with_context(|| format!("could not read the folder `{}`", root.display()))?;
    let mut walker = Walker { root, real_root, rules: &rules, git: Vec::new(), out: Listing::default() };
    if let Rules::Git(outer) = &rules {
        walker.git.clone_from(outer);
    }
    walker.folder(root, "", &Matched::default())?;
    let Walker { mut out, .. } = walker;
    for path in keep {
        let path = fsx::normalize(Path::new(path)).to_string_lossy().into_owned();
        let full = root.join(&path);
        if !out.files.iter().any(|file| file.relative == path)
            && let Ok(meta) = fs::metadata(&full)
            && meta.is_file()
        {
            out.files.push(SourceFile::regular(path, full, &meta));
        }
    }
    out.files.sort_unstable_by(|a, b| a.relative.as_bytes().cmp(b.relative.as_bytes()));
    out.total_bytes = out.files.iter().map(|file| file.size).sum();
    Ok(out)
}

impl SourceFile {
    fn regular(relative: String, path: PathBuf, meta: &Metadata) -> Self {
        Self { relative, path, size: meta.len(), executable: is_executable(meta), symlink: None }
    }
}

struct Walker<'a> {
    root: &'a Path,
    real_root: PathBuf,
    rules: &'a Rules,
    /// The `.gitignore` files in force in the current folder, outermost first.
    git: Vec<Gitignore>,
    out: Listing,
}

impl Walker<'_> {
    /// `prefix` is the folder's path from the root, empty or with a slash at the end.
    fn folder(&mut self, dir: &Path, prefix: &str, matched: &Matched) -> Result<()> {
        let what = || format!("could not read the folder `{}`", dir.display());
        let entries = fs::read_dir(dir).with_context(what)?.collect::<std::io::Result<Vec<_>>>().with_context(what)?;
        if !prefix.is_empty() && entries.iter().any(|entry| entry.file_name() == "pyvenv.cfg") {
            self.out.ignored_count += 1;
            return Ok(());
        }
        let depth = self.git.len();
        if let Rules::Git(_) = self.rules
            && entries.iter().any(|entry| entry.file_name() == ".gitignore")
        {
            self.git.extend(gitignore_of(dir));
        }
        for entry in &entries {
            self.entry(entry, prefix, matched)?;
        }
        self.git.truncate(depth);
        Ok(())
    }

    fn entry(&mut self, entry: &DirEntry, prefix: &str, folder: &Matched) -> Result<()> {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            // Ignoring it would be possible only with a pattern that cannot be written.
            return Err(Error::usage(format!("the name of `{}` is not UTF-8", entry.path().display()))
                .code("source.file-name")
                .hint("rename the file"));
        };
        let relative = format!("{prefix}{name}");
        let path = entry.path();
        let kind = entry.file_type().with_context(|| format!("could not read `{}`", path.display()))?;
        let verdict = match self.rules {
            _ if is_always_out(name) => None,
            Rules::Docker(rules) => {
                let (excluded, matched) = rules.step(folder, &relative);
                let gone = excluded && !(kind.is_dir() && rules.may_keep_below(&relative));
                (!gone).then_some(matched)
            }
            Rules::Git(_) => (!git_ignores(&self.git, &path, kind.is_dir())).then(Matched::default),
        };
        let Some(matched) = verdict else {
            self.out.ignored_count += 1;
            return Ok(());
        };
        if kind.is_dir() {
            return self.folder(&path, &format!("{relative}/"), &matched);
        }
        if kind.is_symlink() {
            let target = self.link(&path, &relative)?;
            self.out.files.push(SourceFile { relative, path, size: 0, executable: false, symlink: Some(target) });
            return Ok(());
        }
        let what = || format!("could not read `{}`", path.display());
        let unwanted = !kind.is_file() || (name.ends_with(".pem") && is_private_key(&path).with_context(what)?);
        if unwanted {
            self.out.ignored_count += 1;
            return Ok(());
        }
        let meta = entry.metadata().with_context(what)?;
        self.out.files.push(SourceFile::regular(relative, path, &meta));
        Ok(())
    }

    /// The target of a link, relative to its folder, checked to stay in the tree: both by its text and, where it leads
    /// somewhere, by the place that it leads to. A link in a loop leads nowhere and is kept as it is.
    fn link(&self, path: &Path, relative: &str) -> Result<String> {
        let target = fs::read_link(path).with_context(|| format!("could not read the link `{}`", path.display()))?;
        let leaves = || {
            Error::usage(format!("the link `{relative}` leaves the source folder: it points to `{}`", target.display()))
                .code("source.link")
                .hint("replace it with what it points to, or exclude it in `.dockerignore`")
        };
        let folder = path.parent().unwrap_or(self.root);
        let full = fsx::normalize(&folder.join(&target));
        let inside = full.starts_with(self.root) || full.starts_with(&self.real_root);
        if !inside || path.canonicalize().is_ok_and(|real| !real.starts_with(&self.real_root)) {
            return Err(leaves());
        }
        if target.is_relative() && !climbs_out(relative, &target) {
            return Ok(target.to_str().ok_or_else(leaves)?.replace('\\', "/"));
        }
        // In the image the root is `/app`, so a way in from outside has to be told anew.
        let full = full.strip_prefix(&self.real_root).map_or(full.clone(), |below| self.root.join(below));
        fsx::relative(&full, folder).ok_or_else(leaves)
    }
}

/// Whether a link's target passes through the root's parent on its way (`../project/file`).
fn climbs_out(relative: &str, target: &Path) -> bool {
    let mut depth = relative.matches('/').count();
    for part in target.components() {
        match part {
            Component::ParentDir if depth == 0 => return true,
            Component::ParentDir => depth -= 1,
            Component::Normal(_) => depth += 1,
            _ => {}
        }
    }
    false
}

#[cfg(unix)]
fn is_executable(meta: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_meta: &Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests;
