//! The source judged before anything is made of it, and its imports once more when the packages are installed.
//!
//! Owns: how the source will be run and what is known of its packages, for each way to build. Does not own: what is wrong
//! with a source (`project::preflight`), what becomes of that (`ops::preflight`).

use std::path::PathBuf;

use super::dockerfile::DockerBuild;
use super::{BuildMethod, BuiltArtifact, PreparedBuild, Tools, native};
use crate::config::has_references;
use crate::error::Result;
use crate::facts::{ARCHIVE_LIMIT, UNZIPPED_LIMIT};
use crate::image::MAX_IMAGE;
use crate::packages::inventory::{Inventory, KeptSet};
use crate::packages::python::{self, AskedPackages, PythonDependencies, PythonRequest};
use crate::platform::Platform;
use crate::project::Source;
use crate::project::listing::Listing;
use crate::project::preflight::{CheckCode, CheckFinding, CheckTarget, KnownPackages, SourceCheck, on_a_large_stack};

/// What a check of a source goes by.
pub(super) struct CheckInput<'a> {
    pub(super) source: &'a Source,
    pub(super) files: &'a Listing,
    /// `3.12`, where it is certain.
    pub(super) python: Option<String>,
    pub(super) packages: PackageRequest,
    /// Folders that the artifact's own `PYTHONPATH` has.
    pub(super) python_path: Vec<String>,
    /// The base has no packages that nobody asked for.
    pub(super) is_base_known: bool,
    /// See [`CheckTarget`].
    pub(super) is_placed: bool,
    pub(super) is_started: bool,
    pub(super) is_managed: bool,
}

/// What the configuration says of how the agent is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CheckedRuntime<'a> {
    /// That of the agent's protocol.
    pub(crate) port: u16,
    /// The variable of the runtime, which takes the place of the artifact's own.
    pub(crate) python_path: Option<&'a str>,
}

/// What is known of packages before they are installed.
pub(super) enum PackageRequest {
    Unknown,
    /// A Dockerfile of the user's own installs at least these.
    Asked(AskedPackages),
    Known {
        asked: AskedPackages,
        /// What the same request brought before.
        installed: Option<Inventory>,
        /// An installation here will say what it brings.
        is_installed_here: bool,
    },
}

impl PackageRequest {
    /// `None` for nothing to install.
    pub(super) fn of_python(request: Option<&PythonRequest>, tools: &Tools<'_>) -> Self {
        let Some(request) = request else {
            let (asked, installed) = (AskedPackages::default(), Some(Inventory::default()));
            return Self::Known { asked, installed, is_installed_here: true };
        };
        let is_lasting = request.moving().is_none();
        let installed = is_lasting.then(|| KeptSet::recall(tools.cache, &key(request))).flatten();
        let installed = installed.map(|set| set.inventory);
        Self::Known { asked: request.asked(), installed, is_installed_here: true }
    }

    fn known(self, will_install: bool, is_base_known: bool) -> KnownPackages {
        match self {
            Self::Unknown => KnownPackages::Unknown,
            Self::Asked(asked) if asked.opaque => KnownPackages::Unknown,
            Self::Asked(asked) => KnownPackages::Asked { names: asked.names },
            Self::Known { installed: Some(inventory), .. } => of_inventory(&inventory, is_base_known),
            Self::Known { asked, is_installed_here: true, .. } if will_install => {
                KnownPackages::Pending { names: asked.names, opaque: asked.opaque || !is_base_known }
            }
            Self::Known { asked, .. } => {
                let AskedPackages { names, complete, opaque } = asked;
                KnownPackages::Named { names, complete, opaque: opaque || !is_base_known }
            }
        }
    }
}

fn of_inventory(inventory: &Inventory, is_base_known: bool) -> KnownPackages {
    let packages = || inventory.packages.iter();
    KnownPackages::Installed {
        names: packages().map(|package| package.name.clone()).collect(),
        modules: packages().flat_map(|package| package.modules.iter().cloned()).collect(),
        opaque: !is_base_known,
    }
}

/// Keeps what a request brought, for the checks of later runs.
///
/// # Errors
/// A cache that cannot be written.
pub(super) fn remember(request: &PythonRequest, inventory: &Inventory, tools: &Tools<'_>) -> Result<()> {
    let key = key(request);
    if request.moving().is_some() || KeptSet::recall(tools.cache, &key).is_some_and(|set| set.inventory == *inventory) {
        return Ok(());
    }
    KeptSet { inventory: inventory.clone(), ..KeptSet::default() }.keep(tools.cache, &key)
}

fn key(request: &PythonRequest) -> String {
    format!("{}-modules", request.key())
}

/// The result of a check.
#[derive(Debug)]
pub(crate) struct Preflight {
    pub(crate) findings: Vec<CheckFinding>,
    /// `3.12`, where it is certain.
    pub(crate) python: Option<String>,
    /// Python files that were read.
    pub(crate) files_read: usize,
    /// Where the files of the findings are, if a source is known.
    pub(crate) root: Option<PathBuf>,
    /// How packages are known: `installed`, `requirements`, or `unknown`.
    pub(crate) packages: &'static str,
    /// What is judged once the packages are there.
    pending: Option<PendingCheck>,
}

#[derive(Debug)]
struct PendingCheck {
    check: SourceCheck,
    is_base_known: bool,
}

impl Preflight {
    /// Where nothing is known of the source.
    fn of_dockerfile() -> Self {
        Self { findings: Vec::new(), python: None, files_read: 0, root: None, packages: "unknown", pending: None }
    }

    /// Imports judged by what was installed for this artifact. Nothing where that was known before, or is not known now.
    pub(crate) fn after_build(&self, built: &BuiltArtifact) -> Vec<CheckFinding> {
        let (Some(pending), Some(inventory)) = (&self.pending, &built.inventory) else { return Vec::new() };
        pending.check.of_packages(&of_inventory(inventory, pending.is_base_known))
    }
}

impl PreparedBuild {
    /// Judges the source; `None` where none is built from. `will_install` says that a build follows, which knows the
    /// packages.
    pub(crate) async fn preflight(
        &self,
        runtime: CheckedRuntime<'_>,
        will_install: bool,
        tools: &Tools<'_>,
    ) -> Option<Preflight> {
        let mut preflight = self.preflight_of_source(runtime, will_install, tools).await;
        let own = match &self.method {
            BuildMethod::Engine(plan) => Some(plan.build_inputs()),
            BuildMethod::CodeBuild(plan) => Some(plan.build_inputs()),
            _ => None,
        };
        let found =
            own.filter(|build| !build.is_generated()).map(|build| (build.check(&self.platform), &build.context));
        if let Some((found, context)) = found.filter(|(found, _)| !found.is_empty()) {
            let preflight = preflight.get_or_insert_with(Preflight::of_dockerfile);
            preflight.root.get_or_insert_with(|| context.clone());
            preflight.findings.splice(0..0, found);
            preflight.findings.sort_by_key(|finding| !finding.is_error);
        }
        preflight
    }

    async fn preflight_of_source(
        &self,
        runtime: CheckedRuntime<'_>,
        will_install: bool,
        tools: &Tools<'_>,
    ) -> Option<Preflight> {
        let input = match &self.method {
            BuildMethod::Native(plan) => plan.check_input(&self.platform, tools).await,
            BuildMethod::Code(plan) => plan.check_input(&self.platform, tools).await,
            BuildMethod::Engine(plan) => {
                of_dockerfile(plan.build_inputs(), self.listed.as_ref()?, &self.platform, tools)?
            }
            BuildMethod::CodeBuild(plan) => {
                of_dockerfile(plan.build_inputs(), self.listed.as_ref()?, &self.platform, tools)?
            }
            BuildMethod::Archive(_) | BuildMethod::Given(_) => return None,
        };
        let CheckInput {
            source,
            files,
            python,
            packages,
            python_path,
            is_base_known,
            is_placed,
            is_started,
            is_managed,
        } = input;
        let target = CheckTarget {
            minor: python.as_deref().and_then(|version| version.strip_prefix("3.")?.parse().ok()),
            architecture: self.platform.architecture.clone(),
            port: runtime.port,
            has_python_path: runtime.python_path.is_some(),
            is_placed,
            is_started,
            is_managed,
            limit: is_managed.then_some(UNZIPPED_LIMIT),
            packed_limit: if is_managed { ARCHIVE_LIMIT } else { MAX_IMAGE },
        };
        let packages = packages.known(will_install, is_base_known);
        let how = match &packages {
            KnownPackages::Installed { .. } => "installed",
            KnownPackages::Pending { .. } | KnownPackages::Named { .. } => "requirements",
            KnownPackages::Asked { .. } | KnownPackages::Unknown => "unknown",
        };
        // A parser that gives up says nothing of the agent.
        let (check, findings) = on_a_large_stack(|| {
            let check = SourceCheck::read(source, files, target);
            let mut findings = check.of_source();
            findings.extend(check.of_packages(&packages));
            findings.extend(runtime.python_path.and_then(|variable| replaced_path(variable, &python_path)));
            // What has to be mended comes before what may be wrong.
            findings.sort_by_key(|finding| !finding.is_error);
            (check, findings)
        })?;
        let (files_read, root) = (check.files_read(), Some(source.root.clone()));
        let is_pending = matches!(packages, KnownPackages::Pending { .. });
        let pending = is_pending.then_some(PendingCheck { check, is_base_known });
        Some(Preflight { findings, python, files_read, root, packages: how, pending })
    }
}

/// A variable of the runtime that hides folders of the artifact's own from Python. `own` has the packages' folder first, without
/// which no package is found; whether anything is imported from the others is not known here.
fn replaced_path(variable: &str, own: &[String]) -> Option<CheckFinding> {
    if has_references(variable) {
        return None;
    }
    let named: Vec<String> = variable.split(':').map(in_image).collect();
    let missing: Vec<&str> = own.iter().filter(|folder| !named.contains(folder)).map(String::as_str).collect();
    if missing.is_empty() {
        return None;
    }
    let whole = [&[variable], &missing[..]].concat().join(":");
    Some(CheckFinding {
        is_error: missing.iter().any(|folder| folder.trim_start_matches('/') == native::PYTHON_PREFIX),
        code: CheckCode::Import,
        file: None,
        at: None,
        text: format!(
            "the environment variable `PYTHONPATH` takes the place of the image's own, and lacks {}: Python does not find \
             what is there",
            missing.iter().map(|folder| format!("`{folder}`")).collect::<Vec<_>>().join(" and ")
        ),
        fix: format!("set it to `{whole}`, or take it out"),
    })
}

/// The folder that an entry of the variable means, from the folder in which the agent is started.
fn in_image(entry: &str) -> String {
    let mut parts: Vec<&str> = if entry.starts_with('/') { Vec::new() } else { vec!["app"] };
    for part in entry.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    format!("/{}", parts.join("/"))
}

/// A Dockerfile installs the packages, and nobody reads there which. What is generated installs the requirements.
fn of_dockerfile<'a>(
    build: &'a DockerBuild,
    files: &'a Listing,
    platform: &Platform,
    tools: &Tools<'_>,
) -> Option<CheckInput<'a>> {
    let source = build.source_in_place()?;
    let is_generated = build.is_generated();
    let packages = match (is_generated, source.node.is_none()) {
        (true, true) => asked(&native::wanted(source, false, platform), tools),
        (false, true) if build.installs_requirements(source) => {
            match asked(&native::wanted(source, false, platform), tools) {
                PackageRequest::Known { asked, .. } => PackageRequest::Asked(asked),
                other => other,
            }
        }
        _ => PackageRequest::Unknown,
    };
    Some(CheckInput {
        source,
        files,
        python: is_generated.then(|| source.python.version.clone()),
        packages,
        python_path: Vec::new(),
        is_base_known: true,
        is_placed: is_generated,
        is_started: is_generated || build.names_entrypoint(source),
        is_managed: false,
    })
}

fn asked(wanted: &PythonDependencies, tools: &Tools<'_>) -> PackageRequest {
    match python::prepare(wanted, tools.env) {
        Ok(request) => {
            let asked = request.as_ref().map(PythonRequest::asked).unwrap_or_default();
            let installed = request.is_none().then(Inventory::default);
            PackageRequest::Known { asked, installed, is_installed_here: false }
        }
        Err(_) => PackageRequest::Unknown,
    }
}
