//! Which files belong to the build context: `.dockerignore` as Docker reads it, else `.gitignore`, and what stays out
//! whatever they say.
//!
//! Owns: the rules and their evaluation while a tree is walked. Does not own: the walk (`listing`), what is out whatever
//! the rules say (`always`).

pub(super) mod always;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::pattern::{Pattern, clean};
use crate::error::{Code, Error, Result};
use crate::fsx;

/// The rules of one source tree.
#[derive(Debug)]
pub(crate) enum Rules {
    Docker(DockerIgnore),
    /// The `.gitignore` files of the root and the folders above it up to the repository's, outermost first.
    Git(Vec<Gitignore>),
}

/// The line of an ignore file that left something out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IgnoreLine {
    pub(crate) file: Arc<Path>,
    /// Counted from 1; `None` where git's rules do not tell.
    pub(crate) number: Option<usize>,
    /// As it is written.
    pub(crate) text: Arc<str>,
}

impl fmt::Display for IgnoreLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.file.file_name().unwrap_or(self.file.as_os_str()).to_string_lossy();
        match self.number {
            Some(number) => write!(f, "`{}` in {name}:{number}", self.text),
            None => write!(f, "`{}` in {name}", self.text),
        }
    }
}

impl Rules {
    /// Reads the rules that apply to the tree at `root`: the file that belongs to `dockerfile` alone
    /// ([`own_file`]), else `.dockerignore`, else `.gitignore` files.
    ///
    /// # Errors
    /// A usage error that names the line of a pattern that Docker would refuse too.
    pub(crate) fn load(root: &Path, dockerfile: Option<&Path>) -> Result<Self> {
        for file in dockerfile.map(own_file).into_iter().chain([root.join(".dockerignore")]) {
            if let Some(text) = fsx::read_text(&file)? {
                return DockerIgnore::parse(&text, &file).map(Self::Docker);
            }
        }
        let mut dirs: Vec<&Path> = Vec::new();
        if let Some(repository) = root.ancestors().find(|dir| dir.join(".git").exists()) {
            dirs = root.ancestors().skip(1).take_while(|dir| dir.starts_with(repository)).collect();
        }
        Ok(Self::Git(dirs.into_iter().rev().filter_map(gitignore_of).collect()))
    }
}

/// `docker/agent.Dockerfile.dockerignore`: the ignore file of one Dockerfile, which wins over the context's own. BuildKit,
/// podman and buildah know it, the classic builder does not.
pub(crate) fn own_file(dockerfile: &Path) -> PathBuf {
    let mut name = dockerfile.as_os_str().to_owned();
    name.push(".dockerignore");
    PathBuf::from(name)
}

/// The `.gitignore` of one folder. Lines that are not patterns are skipped, as git does.
pub(super) fn gitignore_of(dir: &Path) -> Option<Gitignore> {
    let file = dir.join(".gitignore");
    if !file.is_file() {
        return None;
    }
    let mut builder = GitignoreBuilder::new(dir);
    builder.add(file);
    builder.build().ok()
}

/// The line that leaves a path out, if the nearest matching file of `stack` excludes it: git's precedence.
pub(super) fn git_ignores(stack: &[Gitignore], path: &Path, is_dir: bool) -> Option<IgnoreLine> {
    let verdict = stack.iter().rev().map(|rules| rules.matched(path, is_dir)).find(|verdict| !verdict.is_none())?;
    let ::ignore::Match::Ignore(glob) = verdict else { return None };
    let file = glob.from().unwrap_or_else(|| Path::new(".gitignore"));
    Some(IgnoreLine { file: file.into(), number: None, text: glob.original().into() })
}

/// Whether the nearest matching file of `stack` includes a path by name (`!path`).
pub(super) fn git_takes_in(stack: &[Gitignore], path: &Path) -> bool {
    let verdict = stack.iter().rev().map(|rules| rules.matched(path, false)).find(|verdict| !verdict.is_none());
    verdict.is_some_and(|verdict| verdict.is_whitelist())
}

/// A parsed `.dockerignore`.
#[derive(Debug, Default)]
pub(crate) struct DockerIgnore {
    rules: Vec<Rule>,
    has_exceptions: bool,
}

#[derive(Debug)]
struct Rule {
    pattern: Pattern,
    exception: bool,
    line: IgnoreLine,
}

/// Which rules matched a folder; a rule that matches a folder matches everything below it.
#[derive(Clone, Debug, Default)]
pub(super) struct Matched(Vec<bool>);

impl DockerIgnore {
    /// # Errors
    /// A usage error with file and line for a pattern that is not one.
    pub(crate) fn parse(text: &str, file: &Path) -> Result<Self> {
        let mut parsed = Self::default();
        let shared: Arc<Path> = file.into();
        for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            // Only in the first column does `#` start a comment.
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let line = line.trim();
            let (exception, pattern) = match line.strip_prefix('!') {
                Some(rest) => (true, rest.trim()),
                None => (false, line),
            };
            let bad = |what: &str| {
                Error::usage(format!("{}:{}: `{line}` is not a pattern: {what}", file.display(), index + 1))
                    .code(Code::SourceDockerignore)
                    .hint("Docker refuses it too; the syntax is Go's `filepath.Match` with `**` and `!`")
            };
            let cleaned = clean(pattern);
            if exception && (pattern.is_empty() || cleaned == "/") {
                return Err(bad("nothing follows the `!`"));
            }
            let pattern = Pattern::parse(&cleaned).map_err(bad)?;
            parsed.has_exceptions |= exception;
            let line = IgnoreLine { file: Arc::clone(&shared), number: Some(index + 1), text: line.into() };
            parsed.rules.push(Rule { pattern, exception, line });
        }
        Ok(parsed)
    }

    /// The rule that excludes the folder `path`, if one does, given which rules matched the folder that it is in; and
    /// which match it.
    pub(super) fn step(&self, folder: &Matched, path: &str) -> (Option<usize>, Matched) {
        let mut matched = vec![false; self.rules.len()];
        let excluded = self.evaluate(folder, path, |rule| matched[rule] = true);
        (excluded, Matched(matched))
    }

    /// The same for a file, which has nothing below it.
    pub(super) fn excluding(&self, folder: &Matched, path: &str) -> Option<usize> {
        self.evaluate(folder, path, |_| {})
    }

    /// A rule that cannot change the verdict is not tried, and counts as not matching for what is below. That is
    /// Docker's behaviour, and it matters: with `a`, `!a/b`, `a*` the file `a/b` is kept.
    fn evaluate(&self, folder: &Matched, path: &str, mut hit: impl FnMut(usize)) -> Option<usize> {
        let mut excluded = None;
        for (index, rule) in self.rules.iter().enumerate() {
            if folder.0.get(index).copied().unwrap_or(false)
                || (rule.exception == excluded.is_some() && rule.pattern.matches(path))
            {
                hit(index);
                excluded = (!rule.exception).then_some(index);
            }
        }
        excluded
    }

    /// Whether an exception names this file.
    pub(super) fn takes_in(&self, path: &str) -> bool {
        self.rules.iter().any(|rule| rule.exception && rule.pattern.matches(path))
    }

    /// Where a rule is written.
    pub(super) fn line(&self, rule: usize) -> Option<&IgnoreLine> {
        self.rules.get(rule).map(|rule| &rule.line)
    }

    /// Whether an exception could bring back something below the excluded folder `dir`.
    pub(super) fn may_keep_below(&self, dir: &str) -> bool {
        self.has_exceptions && self.rules.iter().any(|rule| rule.exception && rule.pattern.reaches_below(dir))
    }

    /// Whether the rules alone exclude the file at `path` (from the root, with forward slashes).
    #[cfg(test)]
    pub(crate) fn excludes(&self, path: &str) -> bool {
        let mut folder = Matched::default();
        let ends = path.match_indices('/').map(|(index, _)| index).chain([path.len()]);
        let mut excluded = None;
        for end in ends {
            (excluded, folder) = self.step(&folder, &path[..end]);
            if excluded.is_some() && end < path.len() && !self.may_keep_below(&path[..end]) {
                return true;
            }
        }
        excluded.is_some()
    }
}

#[cfg(test)]
mod tests;
