//! The source of an agent and its Dockerfile, as configuration and files describe them.
//!
//! Owns: paths that are elsewhere than the configuration says, which Dockerfile counts, and what a Dockerfile of the starter
//! toolkit knows about its agent. Does not own: detection (`project`).

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::code::ArchiveStart;
use super::dockerfile::DockerBuild;
use super::{ArtifactRequest, Tools};
use crate::bundle;
use crate::config::{Agent, AgentPaths};
use crate::env::APPENDED_FILES;
use crate::error::{Code, Error, Result};
use crate::events::Events;
use crate::fsx;
use crate::image::archive;
use crate::outputs::{self, Outputs};
use crate::packages::sbom;
use crate::project::dockerfile::choice::{self, DockerfileChoice, DockerfileOrigin};
use crate::project::dockerfile::toolkit::ToolkitDockerfile;
use crate::project::listing::{Exceptions, Listing};
use crate::project::{self, Detect, Language, Source};
use crate::secret_files;
use crate::shell::quoted;

/// What an image is made of.
#[derive(Debug)]
pub(super) struct ImageSource {
    pub(super) source: Source,
    pub(super) dockerfile: DockerfileChoice,
    /// Start behind OpenTelemetry.
    pub(super) otel: bool,
    /// What is wrong with the source for anybody but the user's own Dockerfile, which alone knows the dependencies.
    pub(super) incomplete: Option<Error>,
}

/// The source and the Dockerfile of a container.
///
/// # Errors
/// Usage errors of the detection, as far as what is built depends on it.
pub(super) fn find(root: &Path, agent: &Agent, events: &Events) -> Result<ImageSource> {
    let (source, mut incomplete) = match find_source(root, agent) {
        Ok(source) => (source, None),
        Err(error) => match locate_source(root, agent) {
            Ok(source) => (source, Some(error)),
            Err(_) => return Err(error),
        },
    };
    let mut found = ImageSource {
        dockerfile: choose(root, agent, &source)?,
        source,
        otel: agent.observability(),
        incomplete: None,
    };
    match found.dockerfile.origin.clone() {
        DockerfileOrigin::Named | DockerfileOrigin::Found => {
            found.incomplete = incomplete.take();
            if found.incomplete.is_some() && found.dockerfile.context.is_none() && agent.paths(root).source.is_none() {
                let folders = [found.source.root.as_path(), root];
                let context = choice::with_all_copies(&found.dockerfile.path, &folders)?;
                found.dockerfile.context = context.map(Path::to_owned);
            }
        }
        DockerfileOrigin::Generated(Some(toolkit)) if toolkit.python.is_some() => {
            found.otel &= toolkit.otel;
            found.source = as_toolkit(root, agent, &found.source, &toolkit)?;
            for difference in differences(root, agent, &found.source, &toolkit) {
                events.warning(format!("`{}`: {difference}", shown(&found.dockerfile.path, root)));
            }
            return Ok(found);
        }
        DockerfileOrigin::Generated(Some(toolkit)) => found.otel &= toolkit.otel,
        DockerfileOrigin::Generated(None) | DockerfileOrigin::Missing => {}
    }
    incomplete.map_or(Ok(found), Err)
}

/// Says which Dockerfiles are there and not used, with the command that builds one of them.
pub(super) fn name_unused(root: &Path, agent: &Agent, found: &ImageSource, events: &Events) {
    if matches!(found.dockerfile.origin, DockerfileOrigin::Named | DockerfileOrigin::Found) {
        return;
    }
    let unused = choice::unused(&found.source, root);
    let Some(first) = unused.first() else { return };
    let (are, it) = if unused.len() == 1 { ("is", "builds from it") } else { ("are", "builds from the first") };
    let named: Vec<String> = unused.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
    let more = if unused.len() > NAMED { format!(" and {} more", unused.len() - NAMED) } else { String::new() };
    events.note(format!(
        "{}{more} {are} not used; `agentcore configure --name {} --dockerfile {}` {it}",
        named.join(", "),
        agent.name,
        quoted(first)
    ));
}

/// Says that an archive of code does not use the Dockerfile that an image would be built from.
///
/// # Errors
/// Names a Dockerfile that cannot be read.
pub(super) fn warn_of_dockerfile(root: &Path, agent: &Agent, source: &Source, events: &Events) -> Result<()> {
    let choice = choose(root, agent, source)?;
    if matches!(choice.origin, DockerfileOrigin::Named | DockerfileOrigin::Found) {
        events.warning(format!(
            "`{}` is not used, because `{name}` is deployed as an archive of its code; `agentcore configure --name {name} \
             --deployment-type container` has it built",
            shown(&choice.path, root),
            name = agent.name
        ));
    }
    Ok(())
}

pub(super) fn choose(root: &Path, agent: &Agent, source: &Source) -> Result<DockerfileChoice> {
    DockerfileChoice::choose(agent.paths(root).dockerfile.as_deref(), &agent.generated_dockerfile(root), source, root)
}

/// `path` as people write it: relative to the project's folder.
pub(super) fn shown(path: &Path, root: &Path) -> String {
    fsx::relative(path, root).unwrap_or_else(|| path.display().to_string())
}

/// What goes into a listing of `folder` or stays out of it besides the rules. What was typed is taken from the current
/// folder, the project's or `folder`, the first in which it is there.
///
/// # Errors
/// A usage error for something that is not in `folder`.
pub(super) fn exceptions(
    request: &ArtifactRequest,
    folder: &Path,
    root: &Path,
    tools: &Tools<'_>,
) -> Result<Exceptions> {
    let env = tools.env;
    let mut included = Vec::new();
    for typed in &request.included {
        let mut places = [env.cwd(), root, folder].into_iter().map(|base| fsx::normalize(&base.join(typed)));
        let found = places.find(|path| path.starts_with(folder) && path.exists());
        let Some(relative) = found.and_then(|path| fsx::relative(&path, folder)) else {
            let typed = typed.display();
            return Err(Error::usage(format!("`--include {typed}`: it is not in `{}`", folder.display()))
                .code(Code::InputInclude)
                .hint("name a file as `agentcore build --plan` does"));
        };
        included.push(relative);
    }
    let appended: Vec<PathBuf> = APPENDED_FILES.iter().filter_map(|name| env.file(name)).collect();
    let written = request.writes.iter().chain(&appended).map(PathBuf::as_path);
    let outputs = Outputs::of_this_process().and_written(written).and_earlier(tools.cache);
    Ok(Exceptions { included, outputs, is_artifact: Some(is_artifact), is_copy: false, skips_links: false })
}

/// Whether `agentcore build` wrote this file: an image, an archive of code or a bill of materials.
fn is_artifact(file: &Path) -> bool {
    let mut start = [0; 4];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok()
        && match &start {
            b"PK\x03\x04" => bundle::note_of(file).is_ok_and(|note| ArchiveStart::from_note(&note).is_some()),
            b"blob" => archive::is_ours(file),
            _ => sbom::is_ours(file),
        }
}

/// A Dockerfile is built as it is, and what it says is in the image's history.
pub(super) fn warn_of_secret(dockerfile: &Path, root: &Path, events: &Events) {
    if let Ok(Some(what)) = secret_files::held_secret(dockerfile) {
        events.warning(format!(
            "`{}` holds {what}, which everyone who can pull the image can read: give it to the runtime (`launch --env`) or to \
             the build (`configure --build-secret`)",
            shown(dockerfile, root)
        ));
    }
}

/// How many secrets are named before a plan is pointed to.
const NAMED: usize = 8;

/// Says which files are left out that somebody may miss: secrets, and what only looks as if no agent needs it. The next
/// run leaves out what this one writes to.
pub(super) fn name_left_out(listing: &Listing, tools: &Tools<'_>) {
    let say = |what: &str, all: Vec<String>| {
        if all.is_empty() {
            return;
        }
        let more = match all.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more (`agentcore build --plan` names them)"),
        };
        let named = all[..all.len().min(NAMED)].join(", ");
        tools.events.note(format!("left out{what}: {named}{more}; `--include PATH` takes one in"));
    };
    say(" as secrets", listing.secrets().collect());
    say("", listing.doubtful().collect());
    outputs::remember(tools.cache, listing.outputs.iter().map(PathBuf::as_path));
}

/// Says which secrets a Dockerfile names, since its build would not find them.
pub(super) fn warn_of_missing(build: &DockerBuild, listing: &Listing, root: &Path, events: &Events) {
    for path in listing.secret_paths().filter(|path| build.mentions(path)) {
        events.warning(format!(
            "`{}` names `{path}`, which is left out because it holds a secret: take the secret out of the file, mount it \
             (`configure --build-secret`), or take the file in as it is: `--include {}`",
            shown(&build.dockerfile, root),
            quoted(path)
        ));
    }
}

/// The source as the configuration describes it.
///
/// # Errors
/// Usage errors: those of the detection, and paths of another machine that have no counterpart.
pub(crate) fn find_source(root: &Path, agent: &Agent) -> Result<Source> {
    let paths = agent.paths(root);
    detect(root, agent, &paths, None)
}

/// The source as far as it is known without its dependencies; see [`project::locate`].
fn locate_source(root: &Path, agent: &Agent) -> Result<Source> {
    with_request(root, agent, &agent.paths(root), None, project::locate)
}

fn detect(root: &Path, agent: &Agent, paths: &AgentPaths, python: Option<&str>) -> Result<Source> {
    let mut source = with_request(root, agent, paths, python, project::detect)?;
    if let (Some(node), Some(version)) = (&mut source.node, &agent.node_version) {
        node.version.clone_from(version);
    }
    Ok(source)
}

fn with_request(
    root: &Path,
    agent: &Agent,
    paths: &AgentPaths,
    python: Option<&str>,
    find: fn(&Detect<'_>) -> Result<Source>,
) -> Result<Source> {
    check_paths(root, agent, paths)?;
    find(&Detect {
        dir: root,
        entrypoint: Some(&agent.with_object(&paths.entrypoint)),
        requirements: paths.requirements.as_deref(),
        language: Some(language(agent)),
        source_path: paths.source.as_deref(),
        python: agent.python_version().or(python),
        selected: project::Selected { extras: &agent.own.extras, groups: &agent.own.groups },
        agent: Some(&agent.name),
    })
}

/// The source with what the toolkit's Dockerfile says and the configuration does not: the folder that was packed, the file
/// that says what is installed, the version of Python.
fn as_toolkit(root: &Path, agent: &Agent, source: &Source, toolkit: &ToolkitDockerfile) -> Result<Source> {
    let mut paths = agent.paths(root);
    if paths.source.is_none() {
        paths.source = toolkit.packed_folder(&source.entrypoint, root);
    }
    if paths.requirements.is_none() {
        let file = toolkit.dependency_file(paths.source.as_deref().unwrap_or(&source.root));
        paths.requirements = file.filter(|file| file.is_file());
    }
    detect(root, agent, &paths, toolkit.python.as_deref())
}

/// Where such a Dockerfile and the configuration say different things; the configuration counts.
fn differences(root: &Path, agent: &Agent, source: &Source, toolkit: &ToolkitDockerfile) -> Vec<String> {
    let mut found = Vec::new();
    let same = toolkit.starts == source.module || toolkit.starts.ends_with(&format!(".{}", source.module));
    if toolkit.python.is_some() && !same {
        found.push(format!("it starts `{}`, and the configuration `{}`, which is used", toolkit.starts, source.module));
    }
    let (Some(installed), Some(file)) = (toolkit.installs(), toolkit.dependency_file(&source.root)) else {
        return found;
    };
    match (agent.paths(root).requirements, source.install.files.first()) {
        (Some(configured), _) if configured != file => {
            let configured = shown(&configured, root);
            found.push(format!("it installs `{installed}`, and the configuration `{configured}`, which is used"));
        }
        (None, Some(used)) if *used != file => {
            let used = shown(used, root);
            found.push(format!("it installs `{installed}`, which is not there; `{used}` is used instead"));
        }
        _ => {}
    }
    found
}

/// # Errors
/// A usage error that names every path of another machine that has no counterpart in `root`.
pub(crate) fn check_paths(root: &Path, agent: &Agent, paths: &AgentPaths) -> Result<()> {
    let Some((key, written)) = paths.missing.first() else { return Ok(()) };
    let error = Error::usage(format!(
        "`{key}` of `{}` is `{written}`, a path of another machine, and no end of it is below `{}`",
        agent.name,
        root.display()
    ))
    .code(Code::SourceOtherMachine);
    let others = paths.missing.iter().skip(1);
    let error = others.fold(error, |error, (key, written)| error.cause(format!("neither is `{key}`: `{written}`")));
    let is = |wanted: &str| paths.missing.iter().any(|(key, _)| *key == wanted);
    if is("entrypoint") || is("source_path") {
        let commands = project::suggestions(root, Some(language(agent)), &agent.name);
        return Err(commands.into_iter().fold(error, Error::hint));
    }
    let flags = [
        ("agentcore.requirements_file", " --requirements-file FILE"),
        ("agentcore.dockerfile", " --dockerfile FILE"),
        ("agentcore.context", " --build-context DIR"),
    ];
    let flags: String = flags.iter().filter(|(key, _)| is(key)).map(|(_, flag)| *flag).collect();
    Err(error.hint(format!("`agentcore configure --name {}{flags}`", agent.name)))
}

/// Which paths are elsewhere than the configuration says; `None` when none is.
pub(crate) fn moved_paths(paths: &AgentPaths) -> Option<String> {
    let moved = paths.moved.iter().map(|moved| format!("{} `{}` is `{}`", moved.key, moved.written, moved.here));
    let moved: Vec<String> = moved.collect();
    (!moved.is_empty())
        .then(|| format!("configured paths that are not in this folder stand for its own files: {}", moved.join(", ")))
}

/// The file has one word for everything that Node runs; the entrypoint tells which it is.
pub(crate) fn language(agent: &Agent) -> Language {
    let script = agent.entrypoint_file().rsplit('.').next();
    match (agent.language, script) {
        (crate::config::Language::Python, _) => Language::Python,
        (crate::config::Language::TypeScript, Some("js" | "mjs" | "cjs")) => Language::JavaScript,
        (crate::config::Language::TypeScript, _) => Language::TypeScript,
    }
}
