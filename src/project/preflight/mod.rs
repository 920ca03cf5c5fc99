//! What of an agent's source would fail in the cloud only, found before anything is uploaded.
//!
//! `python` judges syntax and imports, `server` whether anything listens, `address` where, `script` the imports of JavaScript,
//! `binaries` compiled files; `distributions` knows packages by their names. Owns: findings, and how certain each is. Does not own:
//! which files are packed and what is installed, which the caller says; what becomes of a finding (`ops`).

mod address;
mod binaries;
mod distributions;
mod python;
mod script;
mod server;

use std::collections::BTreeSet;
use std::path::Path;

use super::listing::Listing;
use super::python::reach::{self, PackedFiles, ReachStart, ReachedFile};
use super::{Dependencies, Language, Source};
use crate::error::{Code, ErrorPlace};
use crate::fsx;

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CheckCode {
    Syntax,
    Import,
    Sdk,
    /// The Dockerfile cannot be built.
    Dockerfile,
    /// It makes an image for another machine than the agent's.
    ImagePlatform,
    /// A warning alone, as those that follow.
    Server,
    Address,
    Entrypoint,
    Platform,
    Size,
}

impl CheckCode {
    /// Never changes.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Syntax => Code::PreflightSyntax.text(),
            Self::Import => Code::PreflightImport.text(),
            Self::Sdk => Code::PreflightSdk.text(),
            Self::Dockerfile => Code::SourceDockerfile.text(),
            Self::ImagePlatform => Code::ImagePlatform.text(),
            Self::Server => "preflight.no-server",
            Self::Address => "preflight.address",
            Self::Entrypoint => "preflight.no-entrypoint",
            Self::Platform => "preflight.platform",
            Self::Size => Code::ArtifactTooLarge.text(),
        }
    }

    /// That of the error; `None` for what is never more than a warning.
    pub(crate) const fn of_error(self) -> Option<Code> {
        match self {
            Self::Syntax => Some(Code::PreflightSyntax),
            Self::Import => Some(Code::PreflightImport),
            Self::Sdk => Some(Code::PreflightSdk),
            Self::Size => Some(Code::ArtifactTooLarge),
            Self::Dockerfile => Some(Code::SourceDockerfile),
            Self::ImagePlatform => Some(Code::ImagePlatform),
            Self::Server | Self::Address | Self::Entrypoint | Self::Platform => None,
        }
    }
}

/// One thing that is wrong, or looks so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckFinding {
    /// The agent cannot start; else it may.
    pub(crate) is_error: bool,
    pub(crate) code: CheckCode,
    /// From the source's root.
    pub(crate) file: Option<String>,
    /// Line and column, from 1.
    pub(crate) at: Option<(usize, usize)>,
    /// A fragment that names what is concerned.
    pub(crate) text: String,
    /// The next step.
    pub(crate) fix: String,
}

impl CheckFinding {
    /// `agent.py:3:8`, as editors read it; empty where it is about no file.
    pub(crate) fn place(&self) -> String {
        let Some(file) = &self.file else { return String::new() };
        self.at.map_or_else(|| file.clone(), |(line, column)| format!("{file}:{line}:{column}"))
    }

    /// The place for a pipeline, in a source whose files are named from `root` on.
    pub(crate) fn in_file(&self, root: &Path) -> Option<ErrorPlace> {
        let path = root.join(self.file.as_ref()?);
        let (line, column) = self.at.unwrap_or((1, 1));
        path.is_file().then(|| ErrorPlace { path, line, column, text: format!("{}; {}", self.text, self.fix) })
    }

    /// The place and the text.
    pub(crate) fn line(&self) -> String {
        match self.place() {
            place if place.is_empty() => self.text.clone(),
            place => format!("{place}: {}", self.text),
        }
    }
}

/// What is known of the packages that an artifact has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KnownPackages {
    /// Nobody here says which there are: a Dockerfile of the user's own installs them.
    Unknown,
    /// They will be installed, and are judged then.
    Pending { names: BTreeSet<String>, opaque: bool },
    /// A Dockerfile of the user's own installs these requirements, and perhaps more.
    Asked { names: BTreeSet<String> },
    /// The names of the requirements, normalised; with a lock (`complete`) those of all packages. `opaque` says that there
    /// are more, or that nobody knows what one of them brings.
    Named { names: BTreeSet<String>, complete: bool, opaque: bool },
    /// By their own metadata: the modules that can be imported, as far down as their first parts are shared between
    /// packages (`google.genai`). `opaque` says that the base image may have more.
    Installed { names: BTreeSet<String>, modules: BTreeSet<String>, opaque: bool },
}

/// How the source will be run.
#[derive(Clone, Debug)]
pub(crate) struct CheckTarget {
    /// The minor version of Python 3, where it is certain.
    pub(crate) minor: Option<u8>,
    /// `arm64`, as image indexes say it.
    pub(crate) architecture: String,
    /// The port of the agent's protocol.
    pub(crate) port: u16,
    /// The runtime's own `PYTHONPATH` may lead anywhere.
    pub(crate) has_python_path: bool,
    /// The packed files are where the image will have them. A Dockerfile of the user's own may put them anywhere.
    pub(crate) is_placed: bool,
    /// Whether it is certain that the entrypoint is what is run.
    pub(crate) is_started: bool,
    /// A managed runtime, which may have more than the archive.
    pub(crate) is_managed: bool,
    /// Bytes that the artifact may have, unpacked and packed; an image is judged by the second alone.
    pub(crate) limit: Option<u64>,
    pub(crate) packed_limit: u64,
}

/// A source that was read and can be judged.
#[derive(Debug)]
pub(crate) struct SourceCheck {
    source: Source,
    /// What was left out, without the files.
    listing: Listing,
    target: CheckTarget,
    files: PackedFiles,
    /// The folders that modules are looked for in, from the root.
    folders: Vec<String>,
    reached: Vec<ReachedFile>,
}

impl SourceCheck {
    /// Reads what the entrypoint imports. Blocking, and needs the stack of [`on_a_large_stack`].
    pub(crate) fn read(source: &Source, listing: &Listing, target: CheckTarget) -> Self {
        let packed =
            listing.files.iter().map(|file| (file.relative.as_str(), file.path.as_path(), file.symlink.is_some()));
        let files = PackedFiles::new(packed);
        let entrypoint = fsx::relative(&source.entrypoint, &source.root).unwrap_or_default();
        let mut folders = vec![String::new()];
        folders.extend(source.search_path().map(str::to_owned));
        // An archive's file is run as a script, which looks beside itself first.
        let beside = entrypoint.rsplit_once('/').map(|(folder, _)| folder.to_owned()).filter(|_| target.is_managed);
        if let Some(beside) = beside {
            folders.retain(|own| *own != beside);
            folders.insert(0, beside);
        }
        let start = ReachStart {
            entrypoint,
            folders: folders.clone(),
            minor: target.minor,
            is_main: source.application.is_none(),
        };
        let reached = if source.language == Language::Python { reach::reach(&files, &start) } else { Vec::new() };
        let (ignored, total_bytes) = (listing.ignored.clone(), listing.total_bytes);
        let listing = Listing { ignored, total_bytes, ..Listing::default() };
        Self { source: source.clone(), listing, target, files, folders, reached }
    }

    /// How many files were read.
    pub(crate) fn files_read(&self) -> usize {
        self.reached.len()
    }

    /// What is wrong whatever is installed.
    pub(crate) fn of_source(&self) -> Vec<CheckFinding> {
        let mut found = match self.source.language {
            Language::Python => python::of_source(self),
            Language::TypeScript | Language::JavaScript => script::findings(&self.source),
        };
        found.extend(server::findings(self));
        found.extend(binaries::finding(&self.files, &self.target.architecture));
        found.extend(self.too_large());
        found
    }

    /// Imports of packages that are not there.
    pub(crate) fn of_packages(&self, packages: &KnownPackages) -> Vec<CheckFinding> {
        match self.source.language {
            Language::Python => python::of_packages(self, packages),
            Language::TypeScript | Language::JavaScript => Vec::new(),
        }
    }

    fn too_large(&self) -> Option<CheckFinding> {
        let total = self.listing.total_bytes;
        let unpacked = self.target.limit.filter(|limit| total > *limit);
        // Nobody knows how small it gets.
        let limit = unpacked.or_else(|| Some(self.target.packed_limit).filter(|limit| total > *limit))?;
        let megabytes = |bytes: u64| format!("{} MB", bytes >> 20);
        Some(CheckFinding {
            is_error: unpacked.is_some(),
            code: CheckCode::Size,
            file: None,
            at: None,
            text: format!(
                "the source alone has {}, and the service takes {} {}",
                megabytes(total),
                megabytes(limit),
                if unpacked.is_some() { "unpacked" } else { "compressed" }
            ),
            fix: "name what the agent does not need in `.dockerignore`; `agentcore build --plan` lists all files with their sizes"
                .to_owned(),
        })
    }

    /// The file that dependencies are written down in, as it is named in a hint.
    fn dependency_file(&self) -> String {
        match &self.source.dependencies {
            Dependencies::Requirements { file } | Dependencies::Pyproject { file, .. } => {
                fsx::relative(file, &self.source.root).unwrap_or_else(|| file.display().to_string())
            }
            Dependencies::Npm { .. } => "package.json".to_owned(),
            Dependencies::None => "requirements.txt".to_owned(),
        }
    }
}

/// Runs `work` where deeply nested source does not use up the stack; `None` where that thread ended early.
pub(crate) fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    const STACK: usize = 128 << 20;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("checks".to_owned()).stack_size(STACK);
        thread.spawn_scoped(scope, work).ok()?.join().ok()
    })
}

#[cfg(test)]
mod tests;
