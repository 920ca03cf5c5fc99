//! The user's source: its language, entrypoint and dependencies, the files that belong to it, and the files that are
//! generated into it.
//!
//! Owns: detection ([`detect`]), names of agents, ignore rules, the listing of a source tree, Dockerfile and
//! `.dockerignore`. Does not own: the configuration file, installing dependencies, building images, anything remote.

pub(crate) mod dockerfile;
mod entrypoint;
pub(crate) mod generated;
pub(crate) mod ignore;
mod imports;
mod layout;
pub(crate) mod listing;
pub(crate) mod managed_runtime;
mod name;
mod node;
mod object;
mod pattern;
mod poetry;
pub(crate) mod preflight;
mod protocol;
mod python;
mod reading;
mod requirements;
mod statements;

use std::fmt;
use std::path::{Path, PathBuf};

pub(crate) use entrypoint::{file_of, suggestions};
#[cfg(test)]
pub(crate) use ignore::always::listed as always_left_out;
pub(crate) use name::{infer_agent_name, valid_agent_name, validate_agent_name};
pub(crate) use node::{Manager, NodeProject, PackageBuild};
pub(crate) use object::Application;
pub(crate) use protocol::{DetectedServer, ProtocolFinding, ServedProtocol, served};
pub(crate) use python::is_importable_in_place;

use crate::error::{Code, Error, Result};
use crate::fsx;

/// The package that instruments a Python agent; it brings the command [`OTEL_COMMAND`].
pub(crate) const OTEL_DISTRO: &str = "aws-opentelemetry-distro";
/// What the agent is started behind when OpenTelemetry is on.
pub(crate) const OTEL_COMMAND: &str = "opentelemetry-instrument";

/// An agent's source, completely described. Every path is absolute.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The build context (`source_path`): the entrypoint's folder, widened to the common root with the files that its
    /// dependencies are installed from. It becomes `/app`.
    pub(crate) root: PathBuf,
    pub(crate) entrypoint: PathBuf,
    /// The part after the colon of `agent.py:app`.
    pub(crate) handler: Option<String>,
    /// Set where that is an application that a server has to run; else the file is run.
    pub(crate) application: Option<Application>,
    pub(crate) language: Language,
    /// What is run, seen from `root`: a Python module (`src.agent`), or the path of a JavaScript file
    /// (`dist/index.js`), which for TypeScript exists only after the build.
    pub(crate) module: String,
    /// The folder below `root` that Python has to search besides `root` so that the entrypoint finds the modules
    /// beside it, as it does when it is run as a script: `src` for `src/agent.py`. `None` when that is `root`.
    pub(crate) import_root: Option<String>,
    /// Further folders below `root` that Python has to search so that the project's own packages are found by their
    /// names, without being installed: `src` for `src/mypkg`. None of them is `root` or `import_root`.
    pub(crate) package_roots: Vec<String>,
    pub(crate) dependencies: Dependencies,
    pub(crate) install: Install,
    pub(crate) python: PythonVersion,
    /// Set for TypeScript and JavaScript, unless only a Dockerfile knows how they are built.
    pub(crate) node: Option<NodeProject>,
    /// The project names [`OTEL_DISTRO`] among its requirements.
    pub(crate) has_otel: bool,
}

impl Source {
    /// The command of the image, in exec form. `otel` asks for instrumentation, which only Python has here; `port` is that
    /// of the agent's protocol, for an application that has none of its own.
    pub(crate) fn command(&self, otel: bool, port: u16) -> Vec<String> {
        let options = self.node.iter().flat_map(|node| node.options.iter().map(String::as_str));
        let words: Vec<&str> = match (self.language, otel) {
            (Language::Python, true) => vec![OTEL_COMMAND, "python", "-m"],
            (Language::Python, false) => vec!["python", "-m"],
            (Language::TypeScript | Language::JavaScript, _) => std::iter::once("node").chain(options).collect(),
        };
        let run = match &self.application {
            Some(application) => application.arguments(port),
            None => vec![self.module.clone()],
        };
        words.into_iter().map(str::to_owned).chain(run).collect()
    }

    /// The folders below [`Source::root`] that Python has to search besides it, in this order.
    pub(crate) fn search_path(&self) -> impl Iterator<Item = &str> {
        self.import_root.iter().chain(&self.package_roots).map(String::as_str)
    }

    /// Those of them that Python does not search by itself when it runs the entrypoint as a script.
    pub(crate) fn packages_elsewhere(&self) -> impl Iterator<Item = &str> {
        let folder = self.entrypoint.parent().and_then(|folder| fsx::relative(folder, &self.root));
        self.search_path().filter(move |own| folder.as_deref() != Some(*own))
    }

    /// The base image when the user names none.
    pub(crate) fn base_image(&self) -> String {
        match &self.node {
            Some(node) => format!("public.ecr.aws/docker/library/node:{}-slim", node.version),
            None => format!("public.ecr.aws/docker/library/python:{}-slim", self.python.version),
        }
    }
}

/// What the agent is written in. The configuration file knows `python` and `typescript` only; see
/// [`Language::config_name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Python,
    TypeScript,
    JavaScript,
}

impl Language {
    /// Reads `python`, `typescript` or `javascript` in any case.
    ///
    /// # Errors
    /// A usage error for anything else.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "python" => Ok(Self::Python),
            "typescript" => Ok(Self::TypeScript),
            "javascript" => Ok(Self::JavaScript),
            _ => Err(Error::usage(format!("unknown language `{text}`"))
                .code(Code::SourceLanguage)
                .hint("`--language` is `python`, `typescript` or `javascript`; leave it out to have it detected")),
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::TypeScript => "typescript",
            Self::JavaScript => "javascript",
        }
    }

    /// The value of `language:` in the configuration file, whose schema has one word for everything that Node runs.
    pub(crate) const fn config_name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::TypeScript | Self::JavaScript => "typescript",
        }
    }
}

/// Where the agent's dependencies are written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dependencies {
    /// A pip requirements file; what it includes is in [`Install::files`].
    Requirements { file: PathBuf },
    /// `project.dependencies` of a pyproject.toml, or `tool.poetry.dependencies`.
    Pyproject {
        file: PathBuf,
        /// With those of the chosen extras and groups.
        specifiers: Vec<String>,
        /// Beside the file, or that of the workspace that the project is a member of; then it can be outside the root.
        uv_lock: Option<PathBuf>,
        /// The project is Poetry's: its dependencies are in `tool.poetry`, or its lock is a poetry.lock.
        poetry: Option<PoetryProject>,
        /// Names of `project.optional-dependencies` and `dependency-groups` that were asked for.
        extras: Vec<String>,
        groups: Vec<String>,
    },
    /// The package.json that is installed, which can be that of a workspace around the agent's, and the lock beside it.
    Npm { package_json: PathBuf, lock: Option<PathBuf> },
    /// JavaScript without a package.json, and whatever only a Dockerfile knows.
    None,
}

/// What Poetry keeps about a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PoetryProject {
    pub(crate) lock: Option<PathBuf>,
}

/// Optional dependencies that the user wants.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Selected<'a> {
    pub(crate) extras: &'a [String],
    pub(crate) groups: &'a [String],
}

impl Selected<'_> {
    fn is_empty(&self) -> bool {
        self.first().is_none()
    }

    /// One of them, and which it is.
    fn first(&self) -> Option<(&'static str, &str)> {
        let extra = self.extras.first().map(|name| ("extra", name.as_str()));
        extra.or_else(|| self.groups.first().map(|name| ("group", name.as_str())))
    }
}

/// What installing the dependencies takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Install {
    /// Every file that the installation reads, the dependency file first, then what it includes, all below the root.
    pub(crate) files: Vec<PathBuf>,
    /// A dependency is a folder or file of the project itself (`-e .`, `./wheels/x.whl`, a workspace member) or an
    /// install script may read the source: the source has to be there before the installation.
    pub(crate) needs_source: bool,
    /// A dependency comes from a git repository.
    pub(crate) needs_git: bool,
    /// The requirements carry hashes, so pip refuses anything without one in the same run.
    pub(crate) hashed: bool,
}

/// A language's version and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PythonVersion {
    /// `3.12`: major and minor, as in the tags of base images.
    pub(crate) version: String,
    pub(crate) from: VersionSource,
}

impl Default for PythonVersion {
    fn default() -> Self {
        Self { version: "3.12".to_owned(), from: VersionSource::Default }
    }
}

/// Where a version was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VersionSource {
    /// The request, that is `--python` or the configuration.
    Request,
    /// `.python-version`, `.nvmrc` or `.node-version`.
    VersionFile(PathBuf),
    /// `requires-python` of a pyproject.toml, `engines.node` of a package.json.
    Manifest(PathBuf),
    Default,
}

impl fmt::Display for VersionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request => f.write_str("as requested"),
            Self::VersionFile(path) | Self::Manifest(path) => write!(f, "from `{}`", path.display()),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// The input of a detection. Relative paths are taken from `dir`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Detect<'a> {
    /// The project's folder, absolute; nothing outside it is ever used.
    pub(crate) dir: &'a Path,
    /// A file, `file.py:handler`, or a folder to search; `dir` itself when missing.
    pub(crate) entrypoint: Option<&'a Path>,
    pub(crate) requirements: Option<&'a Path>,
    pub(crate) language: Option<Language>,
    /// Fixes the root instead of deriving it.
    pub(crate) source_path: Option<&'a Path>,
    /// `3.12`, or `PYTHON_3_12` as the service writes it.
    pub(crate) python: Option<&'a str>,
    /// Extras and groups of a pyproject.toml.
    pub(crate) selected: Selected<'a>,
    /// The agent that the paths are configured of, for the commands in hints.
    pub(crate) agent: Option<&'a str>,
}

impl<'a> Detect<'a> {
    /// Everything is looked for in `dir`.
    #[cfg(test)]
    pub(crate) fn all_of(dir: &'a Path) -> Self {
        let selected = Selected::default();
        Self {
            dir,
            entrypoint: None,
            requirements: None,
            language: None,
            source_path: None,
            python: None,
            selected,
            agent: None,
        }
    }
}

/// Finds out what there is to deploy. Reads a handful of small files and changes nothing.
///
/// # Errors
/// Usage errors with a stable code (`source.…`) and the next command as hints: nothing or several things to choose
/// from, files that are missing, outside the project, or of the wrong sort.
pub(crate) fn detect(request: &Detect<'_>) -> Result<Source> {
    let project = ProjectRoots::open(request)?;
    let found = entrypoint::find(request, &project)?;
    // Before anything is looked for in a source path that the entrypoint is not in.
    project.root(&found.file, &[])?;
    match found.language {
        Language::Python => python::describe(request, &project, found),
        Language::TypeScript | Language::JavaScript => node::describe(request, &project, found),
    }
}

/// The source as far as a Dockerfile of the user's own goes by it: the entrypoint and the root. Nobody but that Dockerfile
/// knows the dependencies, so no file of theirs has to be there or make sense.
///
/// # Errors
/// Usage errors about the entrypoint and the source path.
pub(crate) fn locate(request: &Detect<'_>) -> Result<Source> {
    const LISTS: [&str; 6] =
        ["requirements.txt", "pyproject.toml", "package.json", "Pipfile", "environment.yml", "setup.py"];
    let project = ProjectRoots::open(request)?;
    let found = entrypoint::find(request, &project)?;
    let folder = found.file.parent().unwrap_or(&project.dir);
    let root = project.root(&found.file, &project.nearest(folder, &LISTS).into_iter().collect::<Vec<_>>())?;
    let below = fsx::relative(&found.file, &root).unwrap_or_default();
    let module = match found.language {
        Language::Python => below.strip_suffix(".py").unwrap_or(&below).replace('/', "."),
        Language::TypeScript | Language::JavaScript => below,
    };
    Ok(Source {
        root,
        entrypoint: found.file,
        handler: found.handler,
        application: None,
        language: found.language,
        module,
        import_root: None,
        package_roots: Vec::new(),
        dependencies: Dependencies::None,
        install: Install::default(),
        python: PythonVersion::default(),
        node: None,
        has_otel: false,
    })
}

/// The folders that limit a detection.
#[derive(Debug)]
struct ProjectRoots {
    dir: PathBuf,
    /// The root, where it was given.
    source_path: Option<PathBuf>,
}

impl ProjectRoots {
    fn open(request: &Detect<'_>) -> Result<Self> {
        let dir = fsx::normalize(request.dir);
        let mut project = Self { dir, source_path: None };
        let Some(source_path) = request.source_path else { return Ok(project) };
        let path = project.inside(source_path, "source path")?;
        if !path.is_dir() {
            return Err(Error::usage(format!("source path `{}` is not a folder", source_path.display()))
                .code(Code::SourceSourcePath)
                .hint("`source_path` is the folder that is copied into the image; leave it out to have it detected"));
        }
        project.source_path = Some(path);
        Ok(project)
    }

    /// How far up dependency and version files are looked for.
    fn limit(&self) -> &Path {
        self.source_path.as_deref().unwrap_or(&self.dir)
    }

    /// `path` as an absolute path below the project's folder, whether it exists or not, by the folders that are packed: a
    /// link to a folder is packed as a link, and what is below it under its own name.
    fn inside(&self, path: &Path, what: &str) -> Result<PathBuf> {
        let absolute = fsx::normalize(&self.dir.join(path));
        if absolute.starts_with(&self.dir) {
            return Ok(self.without_linked_folders(&absolute).unwrap_or(absolute));
        }
        // The same place by another name, such as /private/tmp for /tmp.
        if let (Ok(real), Ok(dir)) = (absolute.canonicalize(), self.dir.canonicalize())
            && let Ok(below) = real.strip_prefix(&dir)
        {
            return Ok(self.dir.join(below));
        }
        Err(Error::usage(format!("{what} `{}` is outside the project folder `{}`", path.display(), self.dir.display()))
            .code(Code::SourceOutside)
            .hint("run the command in the folder that contains all of the agent's source"))
    }

    fn without_linked_folders(&self, path: &Path) -> Option<PathBuf> {
        let (folder, file) = if path.is_dir() { (path, None) } else { (path.parent()?, path.file_name()) };
        let (real, dir) = (folder.canonicalize().ok()?, self.dir.canonicalize().ok()?);
        let folder = self.dir.join(real.strip_prefix(dir).ok()?);
        Some(match file {
            Some(file) => folder.join(file),
            None => fsx::normalize(&folder),
        })
    }

    /// `path` as people write it: relative to the project's folder.
    fn show(&self, path: &Path) -> String {
        fsx::relative(path, &self.dir).unwrap_or_else(|| path.display().to_string())
    }

    /// The first `names` entry that is a file in `from` or the nearest folder above it, up to the limit.
    fn nearest(&self, from: &Path, names: &[&str]) -> Option<PathBuf> {
        self.upwards(from).find_map(|dir| names.iter().map(|name| dir.join(name)).find(|path| path.is_file()))
    }

    /// `from` and the folders above it, up to the limit and including it.
    fn upwards<'p>(&'p self, from: &'p Path) -> impl Iterator<Item = &'p Path> {
        from.ancestors().take_while(|dir| dir.starts_with(self.limit()))
    }

    /// The smallest folder that holds the entrypoint and `files`; with a given source path, that one, which must hold
    /// them all.
    fn root(&self, entrypoint: &Path, files: &[PathBuf]) -> Result<PathBuf> {
        let folder = entrypoint.parent().unwrap_or(&self.dir);
        let common =
            files.iter().fold(folder.to_owned(), |root, file| common_root(&root, file.parent().unwrap_or(file)));
        let Some(given) = &self.source_path else { return Ok(common) };
        let outside = std::iter::once(entrypoint).chain(files.iter().map(PathBuf::as_path));
        match outside.into_iter().find(|path| !path.starts_with(given)) {
            None => Ok(given.clone()),
            Some(path) => {
                Err(Error::usage(format!("`{}` is outside the source path `{}`", self.show(path), self.show(given)))
                    .code(Code::SourceOutside)
                    .hint(format!(
                        "set `source_path` to `{}`, or leave it out to have it detected",
                        self.show(&common)
                    )))
            }
        }
    }
}

fn common_root(a: &Path, b: &Path) -> PathBuf {
    a.components().zip(b.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
}

#[cfg(test)]
mod tests;
