//! The source that a configure request describes.
//!
//! Owns: which paths of the request and of the configuration count, and what a Dockerfile of the starter toolkit knows that
//! neither says: `configure` replaces that file, so the configuration has to hold it. Does not own: the detection.

use std::path::{Path, PathBuf};

use super::ConfigureRequest;
use crate::artifact;
use crate::config::Agent;
use crate::error::{Error, Result};
use crate::fsx;
use crate::project::dockerfile::choice::{DockerfileChoice, DockerfileOrigin};
use crate::project::dockerfile::toolkit::ToolkitDockerfile;
use crate::project::{self, Detect, Language, Source};

/// A source, and the error that it is unless the user's own Dockerfile builds it.
pub(super) struct FoundSource {
    pub(super) source: Source,
    pub(super) incomplete: Option<Error>,
}

/// # Errors
/// Usage errors about the entrypoint, the source path and paths of another machine.
pub(super) fn find(root: &Path, request: &ConfigureRequest, existing: Option<&Agent>) -> Result<FoundSource> {
    match detect(root, request, existing, project::detect) {
        Ok(source) => Ok(FoundSource { source, incomplete: None }),
        Err(error) => match detect(root, request, existing, project::locate) {
            Ok(source) => Ok(FoundSource { source, incomplete: Some(error) }),
            Err(_) => Err(error),
        },
    }
}

/// The request, completed from the Dockerfile that exists.
pub(super) struct ChosenSource {
    pub(super) request: ConfigureRequest,
    pub(super) source: Source,
    /// See [`FoundSource::incomplete`].
    pub(super) incomplete: Option<Error>,
    /// `None` for an agent that is no container.
    pub(super) choice: Option<DockerfileChoice>,
    /// What was taken from the Dockerfile.
    pub(super) note: Option<String>,
}

/// # Errors
/// Usage errors of the detection, and a Dockerfile that cannot be read.
pub(super) fn choose(
    root: &Path,
    request: &ConfigureRequest,
    (existing, name): (Option<&Agent>, &str),
    direct_code: bool,
    found: FoundSource,
) -> Result<ChosenSource> {
    let FoundSource { source, incomplete } = found;
    let request = request.clone();
    if direct_code {
        return match incomplete {
            Some(error) => Err(error),
            None => Ok(ChosenSource { request, source, incomplete: None, choice: None, note: None }),
        };
    }
    let own = Agent { name: name.to_owned(), ..Agent::default() }.generated_dockerfile(root);
    let choice = DockerfileChoice::choose(None, &own, &source, root)?;
    let named = request.dockerfile.is_some() || existing.is_some_and(|agent| agent.own.dockerfile.is_some());
    let toolkit = if named { None } else { with_toolkit(root, &request, existing, &source, &choice) };
    let choice = Some(choice);
    match toolkit {
        None => Ok(ChosenSource { request, source, incomplete, choice, note: None }),
        Some((request, note)) => {
            let FoundSource { source, incomplete } = find(root, &request, existing)?;
            Ok(ChosenSource { request, source, incomplete, choice, note: Some(note) })
        }
    }
}

/// The request, completed from the starter toolkit's Dockerfile, and a note for people; `None` where the Dockerfile
/// adds nothing.
fn with_toolkit(
    root: &Path,
    request: &ConfigureRequest,
    existing: Option<&Agent>,
    source: &Source,
    choice: &DockerfileChoice,
) -> Option<(ConfigureRequest, String)> {
    let DockerfileOrigin::Generated(Some(toolkit)) = &choice.origin else { return None };
    let python = toolkit.python.as_ref()?;
    let mut all = request.clone();
    let mut found = Vec::new();
    let paths = existing.map(|agent| agent.paths(root)).unwrap_or_default();
    let show = |path: &Path| fsx::relative(path, root).unwrap_or_else(|| path.display().to_string());
    let known = stored_source(request, paths.source);
    let packed = toolkit.packed_folder(&source.entrypoint, root);
    if let (None, Some(packed)) = (&known, packed.as_ref().filter(|packed| **packed != source.root)) {
        found.push(format!("the source `{}`", show(packed)));
        all.source_path = Some(packed.clone());
    }
    let context = known.map(|path| fsx::normalize(&root.join(path))).or(packed).unwrap_or_else(|| source.root.clone());
    if request.requirements_file.is_none() && paths.requirements.is_none() {
        all.requirements_file = new_dependency_file(toolkit, &context, source);
        found.extend(all.requirements_file.as_deref().map(|file| format!("the requirements `{}`", show(file))));
    }
    if request.python.is_none()
        && existing.and_then(Agent::python_version).is_none()
        && *python != source.python.version
    {
        found.push(format!("Python {python}"));
        all.python = Some(python.clone());
    }
    (!found.is_empty()).then(|| {
        let says = found.join(", ");
        (all, format!("taken from `{}`, as the starter toolkit generated it: {says}", show(&choice.path)))
    })
}

/// The dependency file of the Dockerfile, where it exists and differs from the detected one.
fn new_dependency_file(toolkit: &ToolkitDockerfile, context: &Path, source: &Source) -> Option<PathBuf> {
    let file = toolkit.dependency_file(context)?;
    (file.is_file() && source.install.files.first() != Some(&file)).then_some(file)
}

/// The source path of the request, or that of the configuration as long as the entrypoint stays the same.
fn stored_source(request: &ConfigureRequest, configured: Option<PathBuf>) -> Option<PathBuf> {
    let stored = configured.filter(|folder| request.entrypoint.is_none() && folder.is_dir());
    request.source_path.clone().or(stored)
}

fn detect(
    root: &Path,
    request: &ConfigureRequest,
    existing: Option<&Agent>,
    find: fn(&Detect<'_>) -> Result<Source>,
) -> Result<Source> {
    let mut paths = existing.map(|agent| agent.paths(root)).unwrap_or_default();
    paths.missing.retain(|(key, _)| match *key {
        "entrypoint" | "source_path" => request.entrypoint.is_none(),
        "agentcore.requirements_file" => request.requirements_file.is_none(),
        "agentcore.dockerfile" => request.dockerfile.is_none(),
        _ => request.build_context.is_none(),
    });
    if let Some(agent) = existing {
        artifact::check_paths(root, agent, &paths)?;
    }
    let from_config = existing.map(|agent| agent.with_object(&paths.entrypoint));
    let entrypoint = request.entrypoint.clone().or(from_config);
    let requirements = request.requirements_file.clone().or(paths.requirements);
    let language = match (&request.language, existing) {
        (Some(text), _) => Some(Language::parse(text)?),
        (None, Some(agent)) if request.entrypoint.is_none() => Some(artifact::language(agent)),
        _ => None,
    };
    let source_path = stored_source(request, paths.source);
    let python = request.python.as_deref().or_else(|| existing.and_then(Agent::python_version));
    let kept = |own: fn(&Agent) -> &Vec<String>| existing.map(own).cloned().unwrap_or_default();
    let extras = chosen(&request.extras, || kept(|agent| &agent.own.extras));
    let groups = chosen(&request.groups, || kept(|agent| &agent.own.groups));
    find(&Detect {
        dir: root,
        entrypoint: entrypoint.as_deref(),
        requirements: requirements.as_deref(),
        language,
        source_path: source_path.as_deref(),
        python,
        selected: project::Selected { extras: &extras, groups: &groups },
        agent: existing.map(|agent| agent.name.as_str()),
    })
}

/// Names that were asked for, or those of the configuration; `none` takes them back.
fn chosen(asked: &[String], kept: impl FnOnce() -> Vec<String>) -> Vec<String> {
    match asked {
        [] => kept(),
        [none] if none == "none" => Vec::new(),
        names => names.to_vec(),
    }
}
