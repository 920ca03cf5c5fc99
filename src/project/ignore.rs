//! Which files belong to the build context: `.dockerignore` as Docker reads it, else `.gitignore`, and what stays out
//! whatever they say.
//!
//! Owns: the rules and their evaluation while a tree is walked. Does not own: the walk (`listing`).

use std::path::Path;

use ::ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::pattern::{Pattern, clean};
use crate::error::{Error, Result};
use crate::fsx;

/// Names that never leave the machine or are never wanted, whatever the rules say: version control, secrets, our own
/// state, environments and caches that are specific to a machine. Private keys in `*.pem` are told by their content
/// ([`is_private_key`]), virtual environments by their `pyvenv.cfg` (`listing`).
pub(crate) fn is_always_out(name: &str) -> bool {
    const NAMES: [&str; 28] = [
        ".git",
        ".hg",
        ".svn",
        ".aws",
        ".netrc",
        ".pypirc",
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        ".bedrock_agentcore.yaml",
        ".bedrock_agentcore",
        "__pycache__",
        ".venv",
        "node_modules",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".pytype",
        ".tox",
        ".nox",
        ".ipynb_checkpoints",
        ".npm",
        ".parcel-cache",
        ".turbo",
        ".DS_Store",
        "Thumbs.db",
    ];
    NAMES.contains(&name)
        || name.starts_with(".agentcore")
        || (name.starts_with(".env") && name != ".env.example")
        || (name.ends_with(".key") && name.len() > ".key".len())
}

/// Whether a `*.pem` file holds a private key. Such files are small; one that is not is read in part.
pub(crate) fn is_private_key(path: &Path) -> std::io::Result<bool> {
    use std::io::Read;
    const MARK: &[u8] = b"PRIVATE KEY-----";
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(1 << 20).read_to_end(&mut bytes)?;
    Ok(bytes.windows(MARK.len()).any(|window| window == MARK))
}

/// The rules of one source tree.
#[derive(Debug)]
pub(crate) enum Rules {
    Docker(DockerIgnore),
    /// The `.gitignore` files of the root and the folders above it up to the repository's, outermost first.
    Git(Vec<Gitignore>),
}

impl Rules {
    /// Reads the rules that apply to the tree at `root`: its `.dockerignore`, else `.gitignore` files.
    ///
    /// # Errors
    /// A usage error that names the line of a pattern that Docker would refuse too.
    pub(crate) fn load(root: &Path) -> Result<Self> {
        let file = root.join(".dockerignore");
        if let Some(text) = fsx::read_text(&file)? {
            return DockerIgnore::parse(&text, &file).map(Self::Docker);
        }
        let mut dirs: Vec<&Path> = Vec::new();
        if let Some(repository) = root.ancestors().find(|dir| dir.join(".git").exists()) {
            dirs = root.ancestors().skip(1).take_while(|dir| dir.starts_with(repository)).collect();
        }
        Ok(Self::Git(dirs.into_iter().rev().filter_map(gitignore_of).collect()))
    }
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

/// What the nearest of `stack` that has an opinion says about a path: git's precedence.
pub(super) fn git_ignores(stack: &[Gitignore], path: &Path, is_dir: bool) -> bool {
    stack
        .iter()
        .rev()
        .map(|rules| rules.matched(path, is_dir))
        .find(|verdict| !verdict.is_none())
        .is_some_and(|verdict| verdict.is_ignore())
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
}

/// Which rules matched a folder; a rule that matches a folder matches everything below it.
#[derive(Clone, Debug, Default)]
pub(super) struct Matched(Vec<bool>);

impl DockerIgnore {
    /// # Errors
    /// A usage error with file and line for a pattern that is not one.
    pub(crate) fn parse(text: &str, file: &Path) -> Result<Self> {
        let mut parsed = Self::default();
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
                    .code("source.dockerignore")
                    .hint("Docker refuses it too; the syntax is Go's `filepath.Match` with `**` and `!`")
            };
            let cleaned = clean(pattern);
            if exception && (pattern.is_empty() || cleaned == "/") {
                return Err(bad("nothing follows the `!`"));
            }
            let pattern = Pattern::parse(&cleaned).map_err(bad)?;
            parsed.has_exceptions |= exception;
            parsed.rules.push(Rule { pattern, exception });
        }
        Ok(parsed)
    }

    /// Whether `path` is excluded, given which rules matched the folder that it is in; and which match it.
    ///
    /// A rule that cannot change the verdict is not tried, and counts as not matching for what is below. That is how
    /// Docker does it, and it shows: with `a`, `!a/b`, `a*` the file `a/b` is kept.
    pub(super) fn step(&self, folder: &Matched, path: &str) -> (bool, Matched) {
        let mut excluded = false;
        let mut matched = vec![false; self.rules.len()];
        for (index, rule) in self.rules.iter().enumerate() {
            let hit = folder.0.get(index).copied().unwrap_or(false)
                || (rule.exception == excluded && rule.pattern.matches(path));
            matched[index] = hit;
            if hit {
                excluded = !rule.exception;
            }
        }
        (excluded, Matched(matched))
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
        let mut excluded = false;
        for end in ends {
            (excluded, folder) = self.step(&folder, &path[..end]);
            if excluded && end < path.len() && !self.may_keep_below(&path[..end]) {
                return true;
            }
        }
        excluded
    }
}

#[cfg(test)]
mod tests;
