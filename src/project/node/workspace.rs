//! Packages of one project: members of a workspace, and folders that a package.json names.
//!
//! Owns: finding the workspace around a package and the packages that it needs. Patterns are the globs of npm's
//! `workspaces`, a later `!` takes away again. Does not own: pnpm-workspace.yaml, which is another format.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::PackageJson;
use crate::error::{Code, Error, Result};
use crate::fsx;
use crate::project::ProjectRoots;
use crate::project::pattern::{self, Pattern};

/// Deeper than anybody nests packages.
const DEEPEST: usize = 8;

/// The packages that are installed together.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// The package.json with `workspaces`, when it is not the agent's own.
    pub(super) home: Option<PackageJson>,
    members: Vec<PackageJson>,
}

impl Workspace {
    /// The workspace that `package` is the top or a member of; one without members when it is neither.
    pub(super) fn around(package: &PackageJson, project: &ProjectRoots) -> Result<Self> {
        if let Some(patterns) = Patterns::from_package(package) {
            return Ok(Self { home: None, members: patterns.expand(package.dir())? });
        }
        let Some(above) = package.dir().parent() else { return Ok(Self::default()) };
        for dir in project.upwards(above) {
            let file = dir.join("package.json");
            if !file.is_file() {
                continue;
            }
            let home = PackageJson::read(file)?;
            let below = fsx::relative(package.dir(), dir).unwrap_or_default();
            if let Some(patterns) = Patterns::from_package(&home).filter(|patterns| patterns.matches(&below)) {
                let members = patterns.expand(dir)?;
                return Ok(Self { home: Some(home), members });
            }
        }
        Ok(Self::default())
    }

    /// The project's packages that `start` needs, directly or not, each after those that it needs itself.
    ///
    /// # Errors
    /// A folder that is none of the project's, or has no package.json.
    pub(super) fn reach(&self, start: &PackageJson, project: &ProjectRoots) -> Result<Vec<PackageJson>> {
        let mut reached = Vec::new();
        let mut open = vec![start.dir().to_owned()];
        self.visit(start, project, &mut open, &mut reached)?;
        Ok(reached)
    }

    fn visit(
        &self,
        package: &PackageJson,
        project: &ProjectRoots,
        open: &mut Vec<PathBuf>,
        reached: &mut Vec<PackageJson>,
    ) -> Result<()> {
        for (name, version) in package.requirements() {
            let Some(next) = self.resolve(package, (name, version), project)? else { continue };
            // Packages may need each other; the first one to be reached comes last.
            if open.iter().any(|dir| dir == next.dir()) {
                continue;
            }
            open.push(next.dir().to_owned());
            self.visit(&next, project, open, reached)?;
            reached.push(next);
        }
        Ok(())
    }

    fn resolve(
        &self,
        from: &PackageJson,
        (name, version): (&str, &str),
        project: &ProjectRoots,
    ) -> Result<Option<PackageJson>> {
        if let Some(path) = version.strip_prefix("file:").or_else(|| version.strip_prefix("link:")) {
            let dir = fsx::normalize(&from.dir().join(path.trim_start_matches("//")));
            if !dir.starts_with(project.limit()) {
                return Err(outside(&dir, name, from, project));
            }
            // Anything else is an archive.
            let file = dir.join("package.json");
            return if dir.is_dir() { PackageJson::read(file).map(Some) } else { Ok(None) };
        }
        let member = self.members.iter().find(|member| member.name() == Some(name));
        Ok(member.filter(|_| !version.starts_with("npm:") && !version.contains("://")).cloned())
    }

    /// Folders of members that are neither `own` nor `reached`.
    pub(super) fn strangers(&self, own: &PackageJson, reached: &[PackageJson]) -> Vec<PathBuf> {
        let needed = |dir: &Path| dir == own.dir() || reached.iter().any(|package| package.dir() == dir);
        self.members.iter().map(PackageJson::dir).filter(|dir| !needed(dir)).map(Path::to_owned).collect()
    }
}

fn outside(dir: &Path, name: &str, from: &PackageJson, project: &ProjectRoots) -> Error {
    Error::usage(format!(
        "the dependency `{name}` of `{}` is `{}`, which is outside the project folder `{}`",
        project.show(&from.file),
        dir.display(),
        project.limit().display()
    ))
    .code(Code::SourceOutside)
    .hint("run the command in the folder that contains both, and name the entrypoint from there")
}

/// `workspaces` of a package.json.
struct Patterns {
    wanted: Vec<Pattern>,
    unwanted: Vec<Pattern>,
}

impl Patterns {
    fn from_package(package: &PackageJson) -> Option<Self> {
        let listed = match package.value.get("workspaces")? {
            Value::Object(table) => table.get("packages")?,
            listed => listed,
        };
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for text in listed.as_array()?.iter().filter_map(Value::as_str) {
            let (list, text) = match text.strip_prefix('!') {
                Some(rest) => (&mut unwanted, rest),
                None => (&mut wanted, text),
            };
            list.extend(Pattern::parse(&pattern::clean(text)).ok());
        }
        Some(Self { wanted, unwanted })
    }

    fn matches(&self, path: &str) -> bool {
        self.wanted.iter().any(|pattern| pattern.matches(path))
            && !self.unwanted.iter().any(|pattern| pattern.matches(path))
    }

    fn expand(&self, root: &Path) -> Result<Vec<PackageJson>> {
        let mut found = Vec::new();
        self.search(root, "", DEEPEST, &mut found)?;
        found.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(found)
    }

    fn search(&self, dir: &Path, prefix: &str, depth: usize, found: &mut Vec<PackageJson>) -> Result<()> {
        // A folder that cannot be read has no member that could be installed either.
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let hidden = name.starts_with('.') || name == "node_modules";
            if hidden || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            let (path, below) = (entry.path(), format!("{prefix}{name}"));
            let file = path.join("package.json");
            if self.matches(&below) && file.is_file() {
                found.push(PackageJson::read(file)?);
            }
            if depth > 0 && self.wanted.iter().any(|pattern| pattern.reaches_below(&below)) {
                self.search(&path, &format!("{below}/"), depth - 1, found)?;
            }
        }
        Ok(())
    }
}
