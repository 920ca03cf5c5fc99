//! An archive for a managed runtime: the dependencies at its root, the source beside them.
//!
//! Owns: what goes into the archive and how it is started. Does not own: the format and its limits (`bundle`), where
//! the archive is kept (`deploy`).

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::dependencies::{self, DependencyRequest};
use super::fingerprint::Ingredients;
use super::native::{check_entrypoint, wanted};
use super::outline::{ArtifactOutline, OutlineLayer, PackageSize};
use super::preflight::{self, CheckInput, PackageRequest};
use super::{Tools, compile, limits, native};
use crate::bundle::{self, Archive, Packed};
use crate::config::Agent;
use crate::env::Env;
use crate::error::{Code, Context, Error, Result};
use crate::events::Outcome;
use crate::facts::{ARCHIVE_LIMIT, ENTRY_POINT_LENGTH};
use crate::fsx;
use crate::image::size_text;
use crate::packages::InstallContext;
use crate::packages::inventory::{Inventory, KeptSet};
use crate::packages::python::byte_code::{self, Compiler};
use crate::packages::python::{self, host_python_version};
use crate::platform::Platform;
use crate::project::managed_runtime::ManagedRuntime;
use crate::project::{self, Language, NodeProject, Source, listing};
use crate::tree::{Entry, EntryKind};

const STEP: &str = "dependencies";
const ARCHIVE: &str = "archive";
const WHAT: &str = "dependencies";
/// The file that starts an application, in the root of an archive: a managed runtime starts files alone.
const SERVING: &str = "agentcore_serve.py";
/// Which Python the dependencies are installed for, where it is not the runtime's: a version, or `host` for whatever
/// this machine has. A sandbox sets it, because it lends agents the machine's own Python.
const PYTHON_VARIABLE: &str = "AGENTCORE_PYTHON";

/// An archive that was decided on.
#[derive(Debug)]
pub(super) struct ArchiveBuildPlan {
    source: Source,
    files: listing::Listing,
    runtime: ManagedRuntime,
    entry_point: Vec<String>,
    /// The text of [`SERVING`], for an application that does not run itself.
    serving: Option<String>,
    /// Pack the dependencies again even where packed ones fit.
    fresh: bool,
    /// Install none that the cache does not have.
    only_cached: bool,
}

/// How an archive is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArchiveStart {
    pub(crate) runtime: ManagedRuntime,
    pub(crate) entry_point: Vec<String>,
}

impl ArchiveStart {
    /// For the archive itself, so that it can be deployed where its source is not.
    fn note(&self) -> String {
        json!({ "runtime": self.runtime.to_string(), "entryPoint": self.entry_point }).to_string()
    }

    /// `None` for what another program noted.
    pub(super) fn from_note(note: &str) -> Option<Self> {
        let note: Value = serde_json::from_str(note).ok()?;
        let words = note.get("entryPoint")?.as_array()?.iter();
        let entry_point: Vec<String> = words.map(|word| word.as_str().map(str::to_owned)).collect::<Option<_>>()?;
        let runtime = ManagedRuntime::parse(note.get("runtime")?.as_str()?).ok()?;
        (!entry_point.is_empty()).then_some(Self { runtime, entry_point })
    }
}

/// An archive that was made before; nothing is packed.
#[derive(Debug)]
pub(super) struct PrebuiltArchive {
    file: PathBuf,
    start: ArchiveStart,
}

impl PrebuiltArchive {
    /// How an archive of this program's is started is written in it; for one of another program the source is asked.
    ///
    /// # Errors
    /// A file that is no archive, and those of a source that is needed and incomplete.
    pub(super) fn new(
        file: PathBuf,
        agent: &Agent,
        source: impl FnOnce() -> Result<Source>,
        tools: &Tools<'_>,
    ) -> Result<Self> {
        let start = match ArchiveStart::from_note(&bundle::note_of(&file)?) {
            Some(start) => {
                if let Some(configured) =
                    agent.runtime_type.as_deref().filter(|name| *name != start.runtime.to_string())
                {
                    let made = start.runtime;
                    tools
                        .events
                        .warning(format!("the archive was made for {made}, which is used instead of {configured}"));
                }
                start
            }
            None => {
                let missing =
                    || format!("`{}` does not say how it is started, so its source is needed", file.display());
                start_of(agent, &source().map_err(|error| error.context(missing()))?, tools)?
            }
        };
        Ok(Self { file, start })
    }

    pub(super) fn start(&self) -> &ArchiveStart {
        &self.start
    }

    /// # Errors
    /// What the service would refuse: its size, no file to start with.
    pub(super) async fn read(self) -> Result<BuiltArchive> {
        let script = self.start.entry_point.last().cloned().unwrap_or_default();
        let read = move || bundle::read(&self.file, &script);
        let archive = tokio::task::spawn_blocking(read).await.context("the thread that read the archive stopped")??;
        archive.check_limits()?;
        Ok(BuiltArchive { archive, inventory: None, _workspace: None })
    }
}

/// An archive on this machine, for as long as this value lives.
#[derive(Debug)]
pub(crate) struct BuiltArchive {
    pub(crate) archive: Archive,
    /// The packages in it, unless the cache that has them packed does not say.
    pub(super) inventory: Option<Inventory>,
    _workspace: Option<tempfile::TempDir>,
}

impl ArchiveBuildPlan {
    /// The files of the source that go into the archive.
    pub(super) const fn files(&self) -> &listing::Listing {
        &self.files
    }

    pub(super) fn new(
        agent: &Agent,
        source: Source,
        exceptions: &listing::Exceptions,
        fresh: bool,
        tools: &Tools<'_>,
    ) -> Result<Self> {
        let mut source = source;
        let ArchiveStart { runtime, entry_point } = start_of(agent, &source, tools)?;
        if let Some(node) = &mut source.node {
            check_node(node, runtime)?;
        }
        native::check_package_manager(&source, tools.env)?;
        let mut files = listing::list(&source.root, exceptions)?;
        native::leave_out_strangers(&source, &mut files);
        check_entrypoint(&source, &files)?;
        let serving = source.application.as_ref().map(|application| application.script(agent.port()));
        Ok(Self { source, files, runtime, entry_point, serving, fresh, only_cached: false })
    }

    /// What a check of the source goes by. What cannot be read here is refused by the build.
    pub(super) async fn check_input(&self, platform: &Platform, tools: &Tools<'_>) -> CheckInput<'_> {
        let packages = match self.dependencies(platform, tools).await {
            Ok(None) if self.source.node.is_none() => PackageRequest::of_python(None, tools),
            Ok(Some(DependencyRequest::Python(_, request))) => PackageRequest::of_python(Some(&*request), tools),
            _ => PackageRequest::Unknown,
        };
        let python = match self.runtime.python() {
            Some(version) => python_version(version, tools.env).await.ok(),
            None => None,
        };
        CheckInput {
            source: &self.source,
            files: &self.files,
            python,
            packages,
            python_path: Vec::new(),
            is_base_known: true,
            is_placed: true,
            is_started: true,
            is_managed: true,
        }
    }

    pub(super) fn start(&self) -> ArchiveStart {
        ArchiveStart { runtime: self.runtime, entry_point: self.entry_point.clone() }
    }

    /// The same without the files, for [`ArchiveBuildPlan::ingredients`].
    pub(super) fn without_files(&self) -> Self {
        Self {
            source: self.source.clone(),
            files: listing::Listing::default(),
            runtime: self.runtime,
            entry_point: self.entry_point.clone(),
            serving: self.serving.clone(),
            fresh: self.fresh,
            only_cached: self.only_cached,
        }
    }

    /// Everything that goes into the archive but the files; `None` when some of it can change without notice.
    pub(super) async fn ingredients(&self, platform: &Platform, tools: &Tools<'_>) -> Result<Option<Ingredients>> {
        let mut ingredients = Ingredients::for_kind("code archive");
        ingredients.add("format", bundle::FORMAT.to_string());
        ingredients.add("start", self.start().note());
        ingredients.add("serving", self.serving.as_deref().unwrap_or_default());
        let request = self.dependencies(platform, tools).await?;
        if let Some(node) = &self.source.node {
            native::identify_builds(&self.source, node, &mut ingredients);
        }
        ingredients.add("byte code", if byte_code::is_off(tools.env) { "off" } else { "on" });
        ingredients.add("packages", self.source.packages_elsewhere().collect::<Vec<_>>().join(":"));
        ingredients.add("dependencies", request.as_ref().map_or("", |request| request.key()));
        let moves = request.is_some_and(|request| request.moving().is_some());
        Ok((!moves).then_some(ingredients))
    }

    pub(super) async fn outline(self, platform: &Platform, tools: &Tools<'_>) -> Result<ArtifactOutline> {
        let mut outline = ArtifactOutline { base: Some(self.runtime.to_string()), ..ArtifactOutline::default() };
        if let Some(request) = self.dependencies(platform, tools).await? {
            limits::warn_of_downloads(request.sizes(), ARCHIVE_LIMIT, tools);
            let compiler = match &request {
                DependencyRequest::Python(version, _) => Compiler::find(tools.env, version).await,
                DependencyRequest::Node(_) => None,
            };
            let kept = bundle::recall(tools.cache, &packed_key(&request, compiler.as_ref()));
            let kept = kept.filter(|_| request.moving().is_none());
            let size = kept.as_ref().map(Packed::size).transpose()?;
            outline.layers.push(OutlineLayer { what: WHAT.to_owned(), size, cached: kept.is_some() });
            let known = KeptSet::recall(tools.cache, &set_key(&request)).filter(|_| kept.is_some());
            let packages = known.map(|set| set.inventory.packages).unwrap_or_default();
            outline.packages = packages.into_iter().map(PackageSize::from).collect();
        }
        let size = Some(self.files.total_bytes);
        outline.layers.push(OutlineLayer { what: "source".to_owned(), size, cached: false });
        outline.source = self.files;
        Ok(outline)
    }

    /// What there is to install; `None` when that is nothing.
    async fn dependencies(&self, platform: &Platform, tools: &Tools<'_>) -> Result<Option<DependencyRequest>> {
        if let Some(node) = &self.source.node {
            let request = dependencies::of_node(&self.source, node, platform, tools.env)?;
            return Ok(request.map(|request| DependencyRequest::Node(Box::new(request))));
        }
        let mut source = self.source.clone();
        if let Some(version) = self.runtime.python() {
            source.python.version = python_version(version, tools.env).await?;
        }
        // The distribution of OpenTelemetry is in only where the requirements name it: the limits are narrow.
        let request = python::prepare(&wanted(&source, false, platform), tools.env)?;
        Ok(request.map(|request| DependencyRequest::Python(source.python.version, Box::new(request))))
    }

    /// The same, for a plan: [`Self::build`] stops where packages would be installed or sources compiled.
    pub(super) fn only_cached(self) -> Self {
        Self { only_cached: true, ..self }
    }

    /// `None` for a plan that cannot be built from the cache.
    ///
    /// # Errors
    /// Those of the installer, and an archive that is larger than the service takes.
    pub(super) async fn build(self, platform: &Platform, tools: &Tools<'_>) -> Result<Option<BuiltArchive>> {
        if self.only_cached && self.source.node.as_ref().is_some_and(|node| !node.builds.is_empty()) {
            return Ok(None);
        }
        let request = self.dependencies(platform, tools).await?;
        let compiler = match self.runtime.python() {
            Some(version) => native::compiler(&python_version(version, tools.env).await?, tools).await,
            None => None,
        };
        if let Some(request) = request.as_ref().filter(|_| !self.only_cached) {
            tools.events.started(STEP, request.title(platform));
        }
        let Some(mut made) = self.assemble(request.as_ref(), compiler.as_ref(), tools).await? else { return Ok(None) };
        if compiler.is_some() && made.archive.check_limits().is_err() {
            let text =
                "with byte code the archive is larger than the service takes, so it has none: cold starts are slower";
            tools.events.note(text);
            let Some(smaller) = self.assemble(request.as_ref(), None, tools).await? else { return Ok(None) };
            made = smaller;
        }
        made.archive.check_limits()?;
        let text = format!("archive, {} with {} files", size_text(made.archive.size), made.archive.files);
        tools.events.finished(ARCHIVE, Outcome::Created, text);
        for note in &made.archive.notes {
            tools.events.note(note.clone());
        }
        Ok(Some(made))
    }

    /// The archive, however large it is; `None` where packages would have to be installed and may not be.
    async fn assemble(
        &self,
        request: Option<&DependencyRequest>,
        compiler: Option<&Compiler>,
        tools: &Tools<'_>,
    ) -> Result<Option<BuiltArchive>> {
        let packed = match request {
            Some(request) => match self.pack(request, compiler, tools).await? {
                Some(packed) => Some(packed),
                None => return Ok(None),
            },
            None => None,
        };
        let inventory = match request {
            Some(request) => KeptSet::recall(tools.cache, &set_key(request)).map(|set| set.inventory),
            None => Some(Inventory::default()),
        };
        if let (Some(DependencyRequest::Python(_, request)), Some(inventory)) = (request, &inventory) {
            preflight::remember(request, inventory, tools)?;
        }
        let compiled = match &self.source.node {
            Some(node) if !node.builds.is_empty() => {
                Some(compile::compile(&self.source, node, &self.files, tools).await?)
            }
            _ => None,
        };
        tools.events.started(ARCHIVE, "pack the archive");
        let workspace = tools.cache.workspace()?;
        let file = workspace.path().join("deployment.zip");
        let files = compiled.as_ref().map_or(&self.files.files, |compiled| &compiled.files.files);
        let mut links = request.map(DependencyRequest::links).unwrap_or_default();
        links.extend(self.source.packages_elsewhere().map(|folder| (String::new(), folder.to_owned())));
        let mut source = source_entries(files, &links);
        if let Some(text) = &self.serving {
            let path = workspace.path().join(SERVING);
            fsx::write_atomic(&path, text.as_bytes())?;
            let kind = EntryKind::File { path, size: text.len() as u64 };
            source.push(Entry { path: SERVING.to_owned(), kind, executable: false });
        }
        if let Some(compiler) = compiler {
            compiler.add_to(&mut source, "", &workspace.path().join("byte-code")).await?;
        }
        let note = self.start().note();
        let write = move || bundle::write(source, packed.as_ref(), &file, &note);
        let archive =
            tokio::task::spawn_blocking(write).await.context("the thread that wrote the archive stopped")??;
        Ok(Some(BuiltArchive { archive, inventory, _workspace: Some(workspace) }))
    }

    /// The dependencies as an archive, from the cache or freshly installed; `None` where that may not be.
    async fn pack(
        &self,
        request: &DependencyRequest,
        compiler: Option<&Compiler>,
        tools: &Tools<'_>,
    ) -> Result<Option<Packed>> {
        let events = tools.events;
        let key = packed_key(request, compiler);
        if !self.fresh
            && request.moving().is_none()
            && let Some(packed) = bundle::recall(tools.cache, &key)
        {
            let text = "dependencies: the requirements are the same, the packed ones in the cache are used";
            events.finished(STEP, Outcome::Unchanged, text);
            return Ok(Some(packed));
        }
        if self.only_cached {
            return Ok(None);
        }
        if let Some(line) = request.moving() {
            events.note(format!("`{line}` can change by itself, so nothing is taken from the cache"));
        }
        limits::check_downloads(request.sizes(), ARCHIVE_LIMIT)?;
        let setup = InstallContext { env: tools.env, cache: tools.cache, events };
        let installed = request.install(&self.source, &setup).await?;
        events.detail(STEP, "packing");
        let read = move || installed.archived().map(|entries| (installed, entries));
        let read = tokio::task::spawn_blocking(read).await.context("the thread that read the packages stopped")?;
        let (installed, mut entries) = read?;
        let workspace = tools.cache.workspace()?;
        if let Some(compiler) = compiler {
            compiler.add_to(&mut entries, "", workspace.path()).await?;
        }
        let (cache, set) = (tools.cache.clone(), set_key(request));
        let work = move || {
            let packed = bundle::keep(&cache, &key, entries)?;
            KeptSet { inventory: installed.inventory()?, ..KeptSet::default() }.keep(&cache, &set)?;
            Ok::<_, Error>(packed)
        };
        let packed = tokio::task::spawn_blocking(work).await.context("the thread that packed stopped")??;
        drop(workspace);
        let text = format!("dependencies, {} with {}", size_text(packed.size()?), request.installer());
        events.finished(STEP, Outcome::Created, text);
        Ok(Some(packed))
    }
}

/// Where packed dependencies are kept. Byte code is part of them.
fn packed_key(request: &DependencyRequest, compiler: Option<&Compiler>) -> String {
    compiler.map_or_else(|| request.key().to_owned(), |compiler| format!("{}-{}", request.key(), compiler.key()))
}

/// Where the list of what is in an archive is kept; an image of the same requirements has another one.
fn set_key(request: &DependencyRequest) -> String {
    format!("{}-archive", request.key())
}

/// How the source is started once it is in an archive.
fn start_of(agent: &Agent, source: &Source, tools: &Tools<'_>) -> Result<ArchiveStart> {
    let runtime = runtime(agent, source)?;
    if let Some(warning) = runtime.warning() {
        tools.events.warning(warning);
    }
    let script = script(source, runtime)?;
    let instrumented = agent.observability() && source.has_otel;
    if agent.observability() && !source.has_otel && source.language == Language::Python {
        tools.events.note(format!(
            "observability is on, and the requirements do not name {}: the agent runs without instrumentation",
            project::OTEL_DISTRO
        ));
    }
    let command = instrumented.then(|| project::OTEL_COMMAND.to_owned());
    Ok(ArchiveStart { runtime, entry_point: command.into_iter().chain([script]).collect() })
}

/// The configured runtime, else the one for the project's language and version.
fn runtime(agent: &Agent, source: &Source) -> Result<ManagedRuntime> {
    let runtime = match (&agent.runtime_type, source.language) {
        (Some(text), _) => ManagedRuntime::parse(text)?,
        (None, Language::Python) => ManagedRuntime::for_python(&source.python.version)?,
        (None, Language::TypeScript | Language::JavaScript) => ManagedRuntime::for_node(),
    };
    runtime.check_language(source.language)?;
    Ok(runtime)
}

/// The entrypoint's path in the archive, checked as the service checks it.
fn script(source: &Source, runtime: ManagedRuntime) -> Result<String> {
    let path = match &source.node {
        // What was compiled, at its own place.
        Some(_) => source.module.clone(),
        None if source.application.is_some() => SERVING.to_owned(),
        None => fsx::relative(&source.entrypoint, &source.root).unwrap_or_default(),
    };
    let refuse = |why: String| {
        Error::usage(format!("`{path}` cannot be started as it is: {why}"))
            .code(Code::SourceEntrypoint)
            .hint("name another entrypoint: `agentcore configure --entrypoint FILE`")
    };
    if !path.ends_with(runtime.extension()) {
        return Err(refuse(format!("{runtime} starts files that end in `{}`", runtime.extension())));
    }
    if path.len() > ENTRY_POINT_LENGTH {
        return Err(refuse(format!("the service takes {ENTRY_POINT_LENGTH} characters")));
    }
    Ok(path)
}

/// The Python that the dependencies are installed for.
async fn python_version(of_runtime: String, env: &Env) -> Result<String> {
    match env.var(PYTHON_VARIABLE) {
        None => Ok(of_runtime),
        // A sandbox lends agents the machine's own.
        Some("host") => host_python_version(env, Some(&of_runtime)).await,
        Some(version) => Ok(version.to_owned()),
    }
}

/// `links` are places that stand for folders of the source: archives have copies there. The root is one for the folders
/// of a Python project's own packages, because nothing else of an archive is searched for modules; what is at the root
/// already stays as it is.
fn source_entries(files: &[listing::SourceFile], links: &[(String, String)]) -> Vec<Entry> {
    let copies = links.iter().flat_map(|(at, folder)| {
        files.iter().filter_map(move |file| {
            let below = file.relative.strip_prefix(folder.as_str())?.strip_prefix('/')?;
            Some((if at.is_empty() { below.to_owned() } else { format!("{at}/{below}") }, file))
        })
    });
    let own = files.iter().map(|file| (file.relative.clone(), file));
    let mut taken = BTreeSet::new();
    own.chain(copies).filter(|(path, _)| taken.insert(path.clone())).map(|(path, file)| file.entry(path)).collect()
}

/// The service does not start an agent whose `engines.node` leaves out the Node of the runtime.
fn check_node(node: &mut NodeProject, runtime: ManagedRuntime) -> Result<()> {
    let ManagedRuntime::Node(major) = runtime else { return Ok(()) };
    node.version = major.to_string();
    match &node.engines {
        Some(engines) if !engines.allow(major) => Err(Error::usage(format!(
            "`engines.node` of `{}` leaves out Node {major}, which {runtime} has",
            engines.file.display()
        ))
        .code(Code::SourceNodeVersion)
        .hint("widen the range, or deploy a container: `agentcore configure --deployment-type container`")),
        _ => Ok(()),
    }
}
