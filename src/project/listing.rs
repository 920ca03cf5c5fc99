//! Lists a source tree: every file that goes into an image or an archive, in a fixed order.
//!
//! Owns: the walk, and what may not be in a tree (links that leave it). Does not own: the rules (`ignore`), reading
//! the files.

use std::fmt;
use std::fs::{self, DirEntry, FileType, Metadata};
use std::path::{Component, Path, PathBuf};

use ::ignore::gitignore::Gitignore;

use super::ignore::always::{self, Always, always_out};
use super::ignore::{IgnoreLine, Matched, Rules, git_ignores, git_takes_in, gitignore_of};
use crate::error::{Code, Context, Error, Result};
use crate::fsx;
use crate::outputs::Outputs;
use crate::secret_files;
use crate::shell::quoted;
use crate::tree::{Entry, EntryKind};

/// How many entries that a rule leaves out [`Listing::ignored_to_show`] gives.
const IGNORED_LIMIT: usize = 1000;

/// The files of a source tree.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Sorted by `relative`, bytewise.
    pub(crate) files: Vec<SourceFile>,
    /// Folders that are left in with nothing in them, from the root. Engines copy them; images and archives made here
    /// have none, since git does not keep them either.
    pub(crate) empty_folders: Vec<String>,
    /// What was left out, sorted. A folder that was left out as a whole is there once.
    pub(crate) ignored: Vec<Ignored>,
    /// Sum of the sizes of `files`.
    pub(crate) total_bytes: u64,
    /// [`Exceptions::included`].
    pub(crate) included: Vec<String>,
    /// Files that this run writes to, or an earlier one did.
    pub(crate) outputs: Vec<PathBuf>,
}

/// Exceptions to the rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exceptions {
    /// Files and folders, from the root, that go in although they are secrets or logs, or a rule leaves them out.
    pub(crate) included: Vec<String>,
    pub(crate) outputs: Outputs,
    /// Whether a file is an artifact that this program made, or a bill of materials of one.
    pub(crate) is_artifact: Option<fn(&Path) -> bool>,
    /// The content of the files was checked before: the listed tree is a copy with its build results.
    pub(crate) is_copy: bool,
    /// Links that cannot go in are left out instead of refused.
    pub(crate) skips_links: bool,
}

impl Exceptions {
    fn includes(&self, path: &str) -> bool {
        let below = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.included.iter().any(|entry| entry == path || entry == "." || below(entry))
    }

    /// Whether `path` itself is one of them.
    fn names(&self, path: &str) -> bool {
        self.included.iter().any(|entry| entry == path)
    }

    /// Whether something that goes in is below the folder `path`.
    fn leads_to(&self, path: &str) -> bool {
        self.included.iter().any(|entry| entry.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    }
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

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ignored {
    /// From the root, with forward slashes; a folder's ends with one.
    pub(crate) path: String,
    pub(crate) why: IgnoreReason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IgnoreReason {
    /// Whatever the rules say.
    Always(Always),
    Rule(IgnoreLine),
}

impl fmt::Display for IgnoreReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always(always) => always.fmt(f),
            Self::Rule(line) => line.fmt(f),
        }
    }
}

/// Lists the files below `root` that its ignore rules leave in.
///
/// # Errors
/// Usage errors for a bad `.dockerignore`, a link that leaves the tree, a name that is not UTF-8 and code with a secret in
/// it; failures to read a folder, named.
pub(crate) fn list(root: &Path, exceptions: &Exceptions) -> Result<Listing> {
    walk(root, &Rules::load(root, None)?, exceptions)
}

/// The same for the build context of a Dockerfile, which may have ignore rules of its own
/// ([`super::ignore::own_file`]).
///
/// # Errors
/// Those of [`list`].
pub(crate) fn list_for(root: &Path, dockerfile: &Path, exceptions: &Exceptions) -> Result<Listing> {
    walk(root, &Rules::load(root, Some(dockerfile))?, exceptions)
}

fn walk(root: &Path, rules: &Rules, exceptions: &Exceptions) -> Result<Listing> {
    let real_root = root.canonicalize().with_context(|| format!("could not read the folder `{}`", root.display()))?;
    let out = Listing::default();
    let mut walker =
        Walker { root, real_root, rules, exceptions, git: Vec::new(), code: Vec::new(), refused: Vec::new(), out };
    if let Rules::Git(outer) = rules {
        walker.git.clone_from(outer);
    }
    walker.folder(root, "", &FolderRules::default(), true)?;
    let Walker { mut out, code, refused, .. } = walker;
    if !code.is_empty() {
        return Err(secrets_in_code(&code));
    }
    if !exceptions.is_copy {
        exceptions.included.iter().try_for_each(|entry| check_included(entry, &out, &refused))?;
    }
    out.included.clone_from(&exceptions.included);
    out.total_bytes = out.files.iter().map(|file| file.size).sum();
    Ok(out)
}

/// A path that was included by name is in the listing, or the error gives the reason.
fn check_included(entry: &str, out: &Listing, refused: &[Ignored]) -> Result<()> {
    let is_below = |path: &str, folder: &str| {
        folder == "." || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    if entry == "." || out.files.iter().any(|file| is_below(&file.relative, entry)) {
        return Ok(());
    }
    let bare = |ignored: &&Ignored| {
        let path = ignored.path.trim_end_matches('/');
        is_below(path, entry) || is_below(entry, path)
    };
    let cause = match refused.iter().find(bare) {
        Some(Ignored { path, why: IgnoreReason::Always(why) }) => format!("`{path}` is in no artifact: {why}"),
        Some(Ignored { path, why }) => format!("`{path}` is left out: {why}"),
        None => "no file is there".to_owned(),
    };
    let hint = "leave `--include` out, or move what the agent needs to another place in the source";
    Err(Error::usage(format!("`--include {entry}` takes nothing in")).code(Code::InputInclude).cause(cause).hint(hint))
}

/// The file is not left out, because the agent would not start without it, and not packed, because it holds a secret.
fn secrets_in_code(code: &[(String, &'static str)]) -> Error {
    let mut files = code.iter().map(|(path, what)| format!("`{path}` holds {what}"));
    let error = Error::usage(files.next().unwrap_or_default()).code(Code::SourceSecretInCode);
    let paths: Vec<String> = code.iter().map(|(path, _)| format!("--include {}", quoted(path))).collect();
    files
        .fold(error, Error::cause)
        .hint("take it out of the code: a variable of the runtime, AgentCore Identity or Secrets Manager can hold it")
        .hint(format!("or, if it is none, take the file in as it is: `{}`", paths.join(" ")))
}

impl SourceFile {
    /// The file at `path` of an image or an archive.
    pub(crate) fn entry(&self, path: String) -> Entry {
        let kind = match &self.symlink {
            Some(target) => EntryKind::Symlink(target.clone()),
            None => EntryKind::File { path: self.path.clone(), size: self.size },
        };
        Entry { path, kind, executable: self.executable }
    }

    fn regular(relative: String, path: PathBuf, meta: &Metadata) -> Self {
        Self { relative, path, size: meta.len(), executable: is_executable(meta), symlink: None }
    }
}

struct Walker<'a> {
    root: &'a Path,
    real_root: PathBuf,
    rules: &'a Rules,
    exceptions: &'a Exceptions,
    /// The `.gitignore` files in force in the current folder, outermost first.
    git: Vec<Gitignore>,
    /// Code that holds a secret, with the kind of secret.
    code: Vec<(String, &'static str)>,
    /// What is left out of all that [`Exceptions::included`] names.
    refused: Vec<Ignored>,
    out: Listing,
}

/// What a folder inherits from the rules of the folders above.
#[derive(Clone, Debug, Default)]
struct FolderRules {
    /// The rules that matched them.
    matched: Matched,
    /// They are left out, and entered for what is named below them.
    out: Option<IgnoreReason>,
    /// They are left out and were named: no rule counts below them.
    named: bool,
}

/// An entry of a folder, before anything about it is decided.
struct FolderEntry {
    /// With a slash at the end for a folder, so that sorting by it sorts whole paths bytewise.
    name: String,
    kind: FileType,
    entry: DirEntry,
}

/// The decision of the rules on an entry.
enum EntryDecision {
    /// For a folder: what it says of what is in it, and whether it is there even when nothing in it is.
    In(FolderRules, bool),
    Out(IgnoreReason),
}

impl Walker<'_> {
    /// `prefix` is the folder's path from the root, empty or with a slash at the end.
    fn folder(&mut self, dir: &Path, prefix: &str, way: &FolderRules, stays: bool) -> Result<()> {
        let entries = read(dir)?;
        let has = |name: &str| entries.binary_search_by(|found| found.name.as_str().cmp(name)).is_ok();
        if !prefix.is_empty() {
            let environment = has("pyvenv.cfg") || has("conda-meta/");
            let cache = !environment && has("CACHEDIR.TAG") && always::is_cache_tag(&dir.join("CACHEDIR.TAG"));
            let why = if environment { Some(Always::Environment) } else { cache.then_some(Always::Cache) };
            if let Some(why) = why {
                self.ignore(prefix.to_owned(), IgnoreReason::Always(why));
                return Ok(());
            }
        }
        let depth = self.git.len();
        if let Rules::Git(_) = self.rules
            && has(".gitignore")
        {
            self.git.extend(gitignore_of(dir));
        }
        let before = (self.out.files.len(), self.out.empty_folders.len());
        for found in entries {
            self.entry(found, prefix, way)?;
        }
        self.git.truncate(depth);
        if stays && !prefix.is_empty() && before == (self.out.files.len(), self.out.empty_folders.len()) {
            self.out.empty_folders.push(prefix.trim_end_matches('/').to_owned());
        }
        Ok(())
    }

    fn entry(&mut self, found: FolderEntry, prefix: &str, folder: &FolderRules) -> Result<()> {
        let FolderEntry { name, kind, entry } = found;
        let path = entry.path();
        let mut relative = format!("{prefix}{name}");
        let bare = relative.trim_end_matches('/');
        let (way, stays) = match self.verdict(bare, &path, kind, folder) {
            EntryDecision::In(way, stays) => (way, stays),
            EntryDecision::Out(why) => {
                self.ignore(relative, why);
                return Ok(());
            }
        };
        if kind.is_dir() {
            return self.folder(&path, &relative, &way, stays);
        }
        if kind.is_symlink() {
            let target = match self.link(&path, &relative) {
                Err(_) if self.exceptions.skips_links => {
                    self.ignore(relative, IgnoreReason::Always(Always::Special));
                    return Ok(());
                }
                target => target?,
            };
            self.out.files.push(SourceFile { relative, path, size: 0, executable: false, symlink: Some(target) });
            return Ok(());
        }
        if !kind.is_file() {
            self.ignore(relative, IgnoreReason::Always(Always::Special));
            return Ok(());
        }
        let meta = entry.metadata().with_context(|| format!("could not read `{}`", path.display()))?;
        if let Some(always) = self.looked_into(&path, &relative, &meta)? {
            if let Always::HeldSecret(what) = always
                && secret_files::is_code(&relative)
                && !secret_files::is_test(&relative)
            {
                self.code.push((relative.clone(), what));
            }
            self.ignore(relative, IgnoreReason::Always(always));
            return Ok(());
        }
        relative.shrink_to_fit();
        self.out.files.push(SourceFile::regular(relative, path, &meta));
        Ok(())
    }

    /// Why a file stays out that neither its name nor a rule keeps out.
    fn looked_into(&self, path: &Path, relative: &str, meta: &Metadata) -> Result<Option<Always>> {
        if self.exceptions.outputs.has(meta) {
            return Ok(Some(Always::Output));
        }
        if self.exceptions.includes(relative) {
            return Ok(None);
        }
        if self.exceptions.outputs.had(path, meta) {
            return Ok(Some(Always::EarlierOutput));
        }
        if always::is_log(relative) && !self.exceptions.is_copy && !self.takes_in(relative, path) {
            return Ok(Some(Always::Log));
        }
        if self.exceptions.is_artifact.is_some_and(|is_artifact| is_artifact(path)) {
            return Ok(Some(Always::Artifact));
        }
        let what = || format!("could not read `{}`", path.display());
        let name = relative.rsplit('/').next().unwrap_or(relative);
        if let Some(suspicion) = secret_files::suspicion(name)
            && secret_files::confirm(suspicion, path).with_context(what)?
        {
            return Ok(Some(Always::Secret));
        }
        if self.exceptions.is_copy {
            return Ok(None);
        }
        Ok(secret_files::held_secret(path).with_context(what)?.map(Always::HeldSecret))
    }

    /// Whether an exception of the rules names this file.
    fn takes_in(&self, relative: &str, path: &Path) -> bool {
        match self.rules {
            Rules::Docker(rules) => rules.takes_in(relative),
            Rules::Git(_) => git_takes_in(&self.git, path),
        }
    }

    fn verdict(&self, relative: &str, path: &Path, kind: FileType, folder: &FolderRules) -> EntryDecision {
        let included = self.exceptions.includes(relative);
        // Left out, and entered where something below it is named.
        let out = |matched: Matched, why: IgnoreReason| {
            if kind.is_dir() && self.exceptions.leads_to(relative) {
                return EntryDecision::In(FolderRules { matched, out: Some(why), named: false }, false);
            }
            EntryDecision::Out(why)
        };
        match always_out(relative) {
            Some(Always::Secret | Always::Leftover) if included => {}
            Some(Always::Leftover) if self.takes_in(relative, path) => {}
            Some(Always::Secret) => return out(Matched::default(), IgnoreReason::Always(Always::Secret)),
            Some(always) => return EntryDecision::Out(IgnoreReason::Always(always)),
            None => {}
        }
        if let (Some(why), false) = (&folder.out, included) {
            return out(folder.matched.clone(), why.clone());
        }
        let (line, matched) = match self.rules {
            _ if folder.named => (None, Matched::default()),
            Rules::Docker(rules) if kind.is_dir() => {
                let (excluded, matched) = rules.step(&folder.matched, relative);
                (excluded.and_then(|rule| rules.line(rule)).cloned(), matched)
            }
            Rules::Docker(rules) => {
                let excluded = rules.excluding(&folder.matched, relative);
                (excluded.and_then(|rule| rules.line(rule)).cloned(), Matched::default())
            }
            Rules::Git(_) => (git_ignores(&self.git, path, kind.is_dir()), Matched::default()),
        };
        let is_out = line.is_some() || folder.out.is_some();
        let named = folder.named || (is_out && self.exceptions.names(relative));
        let may_keep = kind.is_dir() && matches!(self.rules, Rules::Docker(rules) if rules.may_keep_below(relative));
        match line {
            Some(line) if !named && !may_keep => out(matched, IgnoreReason::Rule(line)),
            line => EntryDecision::In(FolderRules { matched, out: None, named }, line.is_none() || named),
        }
    }

    fn ignore(&mut self, path: String, why: IgnoreReason) {
        let bare = path.trim_end_matches('/');
        if matches!(why, IgnoreReason::Always(Always::Output | Always::EarlierOutput)) {
            self.out.outputs.push(self.root.join(bare));
        }
        if self.exceptions.includes(bare) || self.exceptions.leads_to(bare) {
            self.refused.push(Ignored { path: path.clone(), why: why.clone() });
        }
        self.out.ignored.push(Ignored { path, why });
    }

    /// The target of a link, relative to its folder, checked to stay in the tree: both by its text and, where it leads
    /// somewhere, by the place that it leads to. A link in a loop leads nowhere and is kept as it is.
    fn link(&self, path: &Path, relative: &str) -> Result<String> {
        let target = fs::read_link(path).with_context(|| format!("could not read the link `{}`", path.display()))?;
        let leaves = || {
            Error::usage(format!("the link `{relative}` leaves the source folder: it points to `{}`", target.display()))
                .code(Code::SourceLink)
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
        // In the image the root is `/app`, so a path that enters from outside has to be rewritten.
        let full = full.strip_prefix(&self.real_root).map_or(full.clone(), |below| self.root.join(below));
        fsx::relative(&full, folder).ok_or_else(leaves)
    }
}

impl Listing {
    /// What a plan shows of [`Listing::ignored`]: all that is left out whatever the rules say, and of what rules leave out,
    /// which its author knows, the first [`IGNORED_LIMIT`].
    pub(crate) fn ignored_to_show(&self) -> impl Iterator<Item = &Ignored> {
        let mut by_rule = 0;
        self.ignored.iter().filter(move |entry| {
            by_rule += usize::from(matches!(entry.why, IgnoreReason::Rule(_)));
            by_rule <= IGNORED_LIMIT || !matches!(entry.why, IgnoreReason::Rule(_))
        })
    }

    /// Why `path` (from the root) is left out, by itself or with a folder around it; `None` for what is in, or nowhere.
    pub(crate) fn why_left_out(&self, path: &str) -> Option<&IgnoreReason> {
        let around = |entry: &Ignored| {
            let left = entry.path.trim_end_matches('/');
            path.strip_prefix(left).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.ignored.iter().find(|entry| around(entry)).map(|entry| &entry.why)
    }

    /// What is left out as a secret, with the reason where it is not the name.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = String> {
        self.ignored.iter().filter_map(|entry| match entry.why {
            IgnoreReason::Always(Always::Secret) => Some(format!("`{}`", entry.path)),
            IgnoreReason::Always(Always::HeldSecret(what)) => Some(format!("`{}` ({what})", entry.path)),
            _ => None,
        })
    }

    /// The paths of the same.
    pub(crate) fn secret_paths(&self) -> impl Iterator<Item = &str> {
        let is = |entry: &&Ignored| matches!(entry.why, IgnoreReason::Always(Always::Secret | Always::HeldSecret(_)));
        self.ignored.iter().filter(is).map(|entry| entry.path.as_str())
    }

    /// Left-out files that may be the user's own after all, with the reason.
    pub(crate) fn doubtful(&self) -> impl Iterator<Item = String> {
        let is = |entry: &&Ignored| match entry.why {
            IgnoreReason::Always(Always::EarlierOutput) => true,
            IgnoreReason::Always(Always::Leftover) => entry.path.contains('/'),
            _ => false,
        };
        self.ignored.iter().filter(is).map(|entry| format!("`{}` ({})", entry.path, entry.why))
    }
}

/// A folder's entries, sorted so that a walk in this order visits whole paths in bytewise order.
fn read(dir: &Path) -> Result<Vec<FolderEntry>> {
    let what = || format!("could not read the folder `{}`", dir.display());
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).with_context(what)? {
        let entry = entry.with_context(what)?;
        let kind = entry.file_type().with_context(|| format!("could not read `{}`", entry.path().display()))?;
        let Ok(mut name) = entry.file_name().into_string() else {
            // Ignoring it would be possible only with a pattern that cannot be written.
            return Err(Error::usage(format!("the name of `{}` is not UTF-8", entry.path().display()))
                .code(Code::SourceFileName)
                .hint("rename the file"));
        };
        if kind.is_dir() {
            name.push('/');
        }
        all.push(FolderEntry { name, kind, entry });
    }
    all.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
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
