//! The configuration file on disk: opened, checked, and changed under a lock.
//!
//! Owns: reading, the error that lists every fault with its place, picking an agent, atomic writes. Does not own: where the
//! file is looked for (`super::locate`), rules (`check`), changes to text (`edit`).

mod environments;
mod validate;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
pub(crate) use validate::{ConfigFinding, validate};

use super::check::{self, CheckedDocument, Unresolved};
use super::edit::{self, Edit};
use super::environment::EnvironmentName;
use super::local_record;
use super::model::{Agent, Project};
use super::overlay::{self, EnvironmentChoice, EnvironmentKind, View};
use super::reference;
use super::resolve::Provenance;
use super::schema;
use super::syntax::{self, LineIndex, Problem, YamlEntry, YamlNode};
use crate::env::Env;
use crate::error::{Code, Error, ErrorPlace, Kind, Result};
use crate::fsx;

/// The byte order mark some editors write; kept, and never seen by the parser.
const BOM: char = '\u{feff}';

/// How a file is read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opening {
    /// The environment whose agents are meant; `None` for those of the file itself.
    pub(crate) environment: Option<EnvironmentChoice>,
    /// What settings that name variables are taken from; without it they stay as they are written.
    pub(crate) variables: Option<Env>,
}

/// An open configuration file.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    path: PathBuf,
    root: PathBuf,
    /// False when the file did not exist.
    exists: bool,
    bom: bool,
    text: String,
    tree: Option<YamlNode>,
    lines: LineIndex,
    project: Project,
    legacy: Option<String>,
    warnings: Vec<String>,
    /// See [`Store::flags`].
    flags: String,
    opening: Opening,
    /// The environment's agents, which then are the project's.
    view: Option<View>,
    unresolved: Vec<Unresolved>,
}

impl Store {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// [`Kind::Usage`] when it is missing, empty, unreadable or wrong. Every fault is listed, each as
    /// `file:line:column: problem`: the first is the message, the others are causes.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        Self::open_as(path, Opening::default())
    }

    /// The same with variables, or in an environment: the agents are those of the environment, and what is written of them goes to
    /// its part of the file, or to its record.
    pub(crate) fn open_as(path: &Path, opening: Opening) -> Result<Self> {
        let Some(text) = read(path)? else {
            return Err(Error::usage(format!("`{}` does not exist", path.display()))
                .code(Code::ConfigMissing)
                .hint("run `agentcore configure` to create it"));
        };
        let store = Self::parse(path, text, (true, opening)).map_err(|error| unquoted(path, error))?;
        if store.tree.as_ref().is_none_or(YamlNode::is_null) {
            return Err(Error::usage(format!("`{}` is empty", path.display()))
                .code(Code::ConfigEmpty)
                .hint("run `agentcore configure` to describe an agent"));
        }
        Ok(store)
    }

    /// Like [`Store::open`], but a missing or empty file holds no agents.
    pub(crate) fn open_or_new(path: &Path) -> Result<Self> {
        Self::open_or_new_as(path, Opening::default())
    }

    /// The same with variables, or in an environment.
    pub(crate) fn open_or_new_as(path: &Path, opening: Opening) -> Result<Self> {
        match read(path)? {
            Some(text) => Self::parse(path, text, (true, opening)).map_err(|error| unquoted(path, error)),
            None => Self::parse(path, String::new(), (false, opening)),
        }
    }

    fn parse(path: &Path, text: String, (exists, opening): (bool, Opening)) -> Result<Self> {
        Self::parse_with(path, text, (exists, opening), None)
    }

    /// `record` stands for that of the environment on disk.
    fn parse_with(
        path: &Path,
        text: String,
        (exists, opening): (bool, Opening),
        record: Option<&Map<String, Value>>,
    ) -> Result<Self> {
        let (bom, text) = match text.strip_prefix(BOM) {
            Some(rest) => (true, rest.to_owned()),
            None => (false, text),
        };
        let lines = LineIndex::new(&text);
        let (tree, mut problems) = match syntax::parse(&text) {
            Ok((tree, problems)) => (tree, problems),
            Err(problem) => return Err(report(path, &text, &lines, &[problem])),
        };
        let variables = opening.variables.as_ref();
        let checked = check::check(tree.as_ref(), variables);
        let CheckedDocument { project, legacy, problems: more, warnings, mut unresolved } = checked;
        problems.extend(more);
        problems.sort_by_key(|problem| problem.offset);
        if !problems.is_empty() {
            return Err(report(path, &text, &lines, &problems));
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let root = parent.unwrap_or(Path::new(".")).to_owned();
        let (mut project, mut view) = (project, None);
        if tree.is_none()
            && let Some(choice) = &opening.environment
        {
            return Err(Error::usage(format!("`{}` has no agents that `{}` could have", path.display(), choice.name))
                .code(Code::ConfigNoAgents)
                .hint("describe one first: run `configure` without `--environment`"));
        }
        if let Some(tree) = &tree {
            let wrong = |problems: &[Problem]| report(path, &text, &lines, problems);
            project.environments =
                environments::declared(tree, &project, &lines).map_err(|problems| wrong(&problems))?;
            if let Some(choice) = &opening.environment {
                if legacy.is_some() {
                    return Err(environments::legacy_layout(path));
                }
                let seen = environments::see(tree, &project, (choice, record), (&root, text.len() + 1))?;
                let inside = (choice.name.as_str(), project.identity.as_deref());
                let checked = check::merged(&seen.agents, inside, variables);
                if !checked.problems.is_empty() {
                    return Err(wrong(&checked.problems));
                }
                unresolved = checked.unresolved;
                project.agents = environments::in_environment(checked.project.agents, &project.agents, &choice.name)?;
                view = Some(seen);
            }
        }
        // Of a link, they would quote from a file that is something else.
        let shown = if path.is_symlink() { Vec::new() } else { warnings };
        let warnings = shown.iter().map(|warning| sentence(path, &text, &lines, warning)).collect();
        Ok(Self {
            path: path.to_owned(),
            root,
            exists,
            bom,
            text,
            tree,
            lines,
            project,
            legacy,
            warnings,
            flags: String::new(),
            opening,
            view,
            unresolved,
        })
    }

    pub(crate) fn with_flags(mut self, flags: String) -> Self {
        self.flags = flags;
        self
    }

    /// The global flags that a command needs to mean the same file, account and region, each with a space before it.
    pub(crate) fn flags(&self) -> &str {
        &self.flags
    }

    pub(crate) fn project(&self) -> &Project {
        &self.project
    }

    /// The folder of the file; paths in the file are relative to it.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where changes of the agents are written: the file, or the record of an environment that the file does not declare.
    pub(crate) fn agents_path(&self) -> PathBuf {
        match self.environment() {
            None | Some((_, EnvironmentKind::Declared)) => self.path.clone(),
            Some((name, EnvironmentKind::Pattern(_) | EnvironmentKind::Branch)) => local_record::path(&self.root, name),
        }
    }

    /// Unknown keys and odd values, each as `file:line:column: text`.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The environment that the agents are of, and where its settings are.
    pub(crate) fn environment(&self) -> Option<(&EnvironmentName, &EnvironmentKind)> {
        self.view.as_ref().map(|view| (&view.name, &view.kind))
    }

    /// The environments that have a record in this checkout.
    pub(crate) fn recorded_environments(&self) -> Vec<EnvironmentName> {
        local_record::all(&self.root)
    }

    /// The same file in an environment.
    ///
    /// # Errors
    /// As [`Store::open_as`].
    pub(crate) fn in_environment(&self, name: EnvironmentName) -> Result<Self> {
        let environment = Some(EnvironmentChoice { name, declares: false });
        let store = Self::open_as(&self.path, Opening { environment, ..self.opening.clone() })?;
        Ok(store.with_flags(self.flags.clone()))
    }

    /// The agent of that name; without one the default agent, or the only one.
    ///
    /// # Errors
    /// [`Kind::NotFound`] for an unknown name; [`Kind::Usage`] when there is none, or several and no default.
    pub(crate) fn agent(&self, name: Option<&str>) -> Result<&Agent> {
        let agents = &self.project.agents;
        let list = || self.project.names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        if agents.is_empty() {
            return Err(Error::usage(format!("`{}` has no agents", self.path.display()))
                .code(Code::ConfigNoAgents)
                .hint("run `agentcore configure` to describe one"));
        }
        let Some(wanted) = name.or(self.project.default_agent.as_deref()) else {
            return match agents.as_slice() {
                [only] => Ok(only),
                _ => Err(Error::usage(format!(
                    "`{}` has several agents and no default: {}",
                    self.path.display(),
                    list()
                ))
                .code(Code::ConfigNoDefault)
                .hint("name one with `--agent`, or choose one with `agentcore configure set-default NAME`")),
            };
        };
        agents.iter().find(|agent| agent.name == wanted).ok_or_else(|| {
            let near = schema::did_you_mean(wanted, self.project.names());
            Error::new(Kind::NotFound, format!("no agent `{wanted}` in `{}`{near}", self.path.display()))
                .code(Code::ConfigUnknownAgent)
                .hint(format!("it has {}", list()))
        })
    }

    /// For a command that needs these settings of an agent, each a path below it; all of them where none is named.
    ///
    /// # Errors
    /// Usage for those that name a variable without a value in this process, with their places.
    pub(crate) fn require_settings(&self, agent: &str, settings: &[&str]) -> Result<()> {
        let is_needed = |one: &&Unresolved| {
            one.agent == agent
                && (settings.is_empty() || settings.iter().any(|setting| one.setting.starts_with(setting)))
        };
        let problems: Vec<Problem> = self.unresolved.iter().filter(is_needed).map(|one| one.problem.clone()).collect();
        if problems.is_empty() { Ok(()) } else { Err(report(&self.path, &self.text, &self.lines, &problems)) }
    }

    /// The 1-based line of a key; the path starts at the top of the file (`agents`, name, …) in the old layout too.
    #[cfg(test)]
    pub(crate) fn line_of(&self, path: &[&str]) -> Option<usize> {
        Some(self.lines.line(self.entry(path)?.key_start))
    }

    /// Where the value of a key comes from; the path starts at the top of the file (`agents`, name, …), in an environment too.
    pub(crate) fn source_of(&self, path: &[&str]) -> Option<Provenance> {
        let at = self.entry(path)?.key_start;
        let line = self.lines.line(at);
        let Some(view) = &self.view else { return Some(Provenance::File { line }) };
        if at > self.text.len() {
            return Some(Provenance::LocalRecord { environment: view.name.to_string() });
        }
        let key = match &view.kind {
            EnvironmentKind::Pattern(pattern) => pattern.as_str(),
            EnvironmentKind::Declared | EnvironmentKind::Branch => view.name.as_str(),
        };
        let part = self.tree.as_ref().and_then(|tree| overlay::declared(tree).find(|entry| entry.key == key));
        let is_overlay = part.is_some_and(|part| (part.key_start..part.value.end).contains(&at));
        let overlay = || Provenance::Overlay { environment: key.to_owned(), line };
        Some(if is_overlay { overlay() } else { Provenance::File { line } })
    }

    fn entry(&self, path: &[&str]) -> Option<&YamlEntry> {
        let path = match (&self.legacy, path) {
            (Some(name), ["agents", agent, rest @ ..]) if agent == name => rest,
            (Some(_), _) => return None,
            (None, path) => path,
        };
        let tree = self.view.as_ref().map(|view| &view.tree).or(self.tree.as_ref());
        tree?.find(path)
    }

    /// For commands that change the file at their end, before they change anything else.
    ///
    /// # Errors
    /// Usage when it is a symbolic link, which may come with a checkout and lead anywhere.
    pub(crate) fn require_writable(&self) -> Result<()> {
        let Ok(target) = std::fs::read_link(&self.path) else { return Ok(()) };
        let target = self.root.join(target);
        Err(Error::usage(format!(
            "the configuration `{}` is a symbolic link to `{}`, and nothing is written through one",
            self.path.display(),
            target.display()
        ))
        .code(Code::FileLink)
        .hint(format!("name the file itself: `--config {}`", target.display())))
    }

    /// Applies `edits` to the file as it is on disk now, under a lock, and says whether it changed. Only lines that have
    /// to change do. A file in the old one-agent layout is brought into the layout with `agents:`.
    ///
    /// # Errors
    /// When the file has become wrong meanwhile, when the result would not be valid, or when it cannot be written; the
    /// file is then as it was.
    pub(crate) fn edit(&mut self, edits: &[Edit]) -> Result<bool> {
        self.edit_as_found(|_| edits.to_vec())
    }

    /// The configuration as `edits` would leave it, with nothing written.
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub(crate) fn preview(&self, edits: &[Edit]) -> Result<Self> {
        let mut edits = self.with_references(edits.to_vec());
        let mut record = None;
        if let Some(changes) = self.view.as_ref().map(|view| view.changes(&edits)).transpose()? {
            self.check_recorded(&edits)?;
            let is_declared = self.environment().is_some_and(|(_, kind)| *kind == EnvironmentKind::Declared);
            record = (!is_declared).then(|| changes.agents.clone());
            edits = self.edits_of_file(changes);
        }
        let text = edit::rewrite(&self.text, self.tree.as_ref(), self.legacy.as_deref(), &edits)?;
        let text = text.unwrap_or_else(|| self.text.clone());
        let next = Self::parse_with(&self.path, text, (self.exists, self.opening.clone()), record.as_ref())
            .map_err(|error| error.context(format!("the change would make `{}` invalid", self.path.display())))?;
        Ok(next.with_flags(self.flags.clone()))
    }

    /// Gives the project `identity` unless it has one on disk by now. The one that it has, and whether that is new.
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub(crate) fn ensure_identity(&mut self, identity: &str) -> Result<(String, bool)> {
        if let Some(known) = self.project.identity.clone().filter(|_| self.view.is_some()) {
            return Ok((known, false));
        }
        self.require_identity_or_place()?;
        let fresh = self.edit_as_found(|project| match &project.identity {
            Some(_) => Vec::new(),
            None => vec![Edit::set(&["agentcore", "project"], identity)],
        })?;
        let known = self.project.identity.clone();
        Ok((known.ok_or_else(|| Error::failed("the project's identity was not written"))?, fresh))
    }

    /// Reads the file again.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub(crate) fn reload(&mut self) -> Result<()> {
        *self = Self::open_as(&self.path, self.opening.clone())?.with_flags(std::mem::take(&mut self.flags));
        Ok(())
    }

    /// The edits with the reference in the place of a value that it stands for. Values of an agent are written back by commands that
    /// change something beside them.
    fn with_references(&self, mut edits: Vec<Edit>) -> Vec<Edit> {
        let Some(variables) = &self.opening.variables else { return edits };
        for edit in &mut edits {
            let path: Vec<&str> = edit.path.iter().map(String::as_str).collect();
            if let (Some(value), Some(entry)) = (&mut edit.value, self.entry(&path)) {
                reference::keep(value, &entry.value.to_value(), variables);
            }
        }
        edits
    }

    /// Whether the value that is written at a path takes its text from elsewhere.
    pub(super) fn is_reference(&self, path: &[&str]) -> bool {
        let text = self.entry(path).and_then(|entry| entry.value.to_value().as_str().map(str::to_owned));
        text.is_some_and(|text| reference::setting(&path.join(".")).is_some() && reference::has_references(&text))
    }

    /// As [`Store::edit`], with edits that depend on what is on disk.
    fn edit_as_found(&mut self, edits: impl FnOnce(&Project) -> Vec<Edit>) -> Result<bool> {
        self.require_writable()?;
        if !self.root.is_dir() {
            return Err(
                Error::usage(format!("the folder `{}` does not exist", self.root.display())).code(Code::ConfigMissing)
            );
        }
        let lock = self.root.join(format!(".{}.lock", super::FILE_NAME.trim_start_matches('.')));
        let next = fsx::with_dir_lock(&self.root, &lock, || {
            let current = match read(&self.path)? {
                Some(text) => Self::parse(&self.path, text, (true, self.opening.clone()))?,
                None if self.exists => {
                    return Err(Error::usage(format!("`{}` was removed meanwhile", self.path.display()))
                        .code(Code::ConfigMissing));
                }
                None => Self::parse(&self.path, String::new(), (false, self.opening.clone()))?,
            };
            let legacy = current.legacy.as_deref();
            let mut edits = current.with_references(edits(&current.project));
            if let Some(changes) = current.view.as_ref().map(|view| view.changes(&edits)).transpose()? {
                current.check_recorded(&edits)?;
                let is_recorded = current.write_record(&changes.agents)?;
                edits = current.edits_of_file(changes);
                if is_recorded && edits.is_empty() {
                    let again = Self::parse(&self.path, current.text, (true, self.opening.clone()))?;
                    return Ok((again, true));
                }
            }
            let Some(text) = edit::rewrite(&current.text, current.tree.as_ref(), legacy, &edits)? else {
                return Ok((current, false));
            };
            let text = if current.bom { format!("{BOM}{text}") } else { text };
            let next = Self::parse(&self.path, text.clone(), (true, self.opening.clone()))
                .map_err(|error| error.context(format!("the change would make `{}` invalid", self.path.display())))?;
            fsx::write_atomic(&self.path, text.as_bytes())?;
            fsx::sweep(&self.root);
            Ok((next, true))
        });
        let (store, changed) = next?;
        *self = store.with_flags(std::mem::take(&mut self.flags));
        Ok(changed)
    }
}

/// The error of a file that is wrong; without its text where the path is a link. A checkout could have one to a file of
/// the user's, whose lines are not for a log.
fn unquoted(path: &Path, error: Error) -> Error {
    let Ok(target) = std::fs::read_link(path) else { return error };
    let target = path.parent().unwrap_or(Path::new("")).join(target);
    Error::usage(format!(
        "`{}` is a symbolic link to `{}`, which is no valid configuration",
        path.display(),
        target.display()
    ))
    .code_like(&error)
    .hint(format!("to see what is wrong with that file, name it: `--config {}`", target.display()))
}

/// `None` when there is no file.
fn read(path: &Path) -> Result<Option<String>> {
    if path.is_dir() {
        return Err(Error::usage(format!("`{}` is a directory, not a configuration file", path.display()))
            .code(Code::ConfigIsDirectory)
            .hint("move it away, or name another file with `--config`"));
    }
    fsx::read_text(path).map_err(|error| error.with_kind(Kind::Usage).code(Code::ConfigUnreadable))
}

/// `file:line:column: problem`.
fn sentence(path: &Path, text: &str, lines: &LineIndex, problem: &Problem) -> String {
    let (line, column) = (lines.line(problem.offset), lines.column(text, problem.offset));
    format!("{}:{line}:{column}: {}", path.display(), problem.text)
}

pub(super) fn report(path: &Path, text: &str, lines: &LineIndex, problems: &[Problem]) -> Error {
    let mut sentences = problems.iter().map(|problem| sentence(path, text, lines, problem));
    let code = problems.first().and_then(|problem| problem.code).unwrap_or(Code::ConfigSyntax);
    let error = Error::usage(sentences.next().unwrap_or_default()).code(code);
    let error = sentences.fold(error, Error::cause);
    problems.iter().fold(error, |error, problem| {
        error.place(ErrorPlace {
            path: path.to_owned(),
            line: lines.line(problem.offset),
            column: lines.column(text, problem.offset),
            text: problem.text.clone(),
        })
    })
}
