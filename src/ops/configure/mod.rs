//! Describes an agent in the configuration and writes the files that go with it. Works with no AWS credentials.
//!
//! Owns: what a request changes and what it leaves alone. Re-running touches only what was asked for; deployed state
//! and files that the user edited stay. Everything is checked before the first byte is written.

mod authorizer;
mod build;
mod check;
mod edits;
mod memory;
mod protocol;
mod report;
mod settings;
mod source;

use std::path::{Path, PathBuf};

pub(crate) use authorizer::{AuthorizerFlags, url_problem};
pub(crate) use memory::{MemoryChoice, parse as parse_memory};
pub(crate) use report::ConfigureReport;
pub(crate) use settings::SettingFlags;

use crate::artifact;
use crate::config::{Agent, Edit, Store};
use crate::error::{Code, Error, Result};
use crate::http::Http;
use crate::project::dockerfile::choice::toolkits;
use crate::project::{self, Source, dockerfile, generated};

/// What the user asked for; `None` and empty mean "leave it as it is".
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ConfigureRequest {
    pub(crate) entrypoint: Option<PathBuf>,
    /// Fixes the folder that is packed.
    pub(crate) source_path: Option<PathBuf>,
    pub(crate) name: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) python: Option<String>,
    pub(crate) requirements_file: Option<PathBuf>,
    /// Names of optional dependencies and dependency groups of a pyproject.toml; `none` alone stands for no more.
    pub(crate) extras: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) authorizer: AuthorizerFlags,
    /// Do not fetch the discovery document.
    pub(crate) offline: bool,
    pub(crate) request_headers: Option<String>,
    pub(crate) execution_role: Option<String>,
    pub(crate) code_build_execution_role: Option<String>,
    pub(crate) ecr: Option<String>,
    pub(crate) s3: Option<String>,
    pub(crate) vpc: bool,
    pub(crate) subnets: Option<String>,
    pub(crate) security_groups: Option<String>,
    pub(crate) idle_timeout: Option<u32>,
    pub(crate) max_lifetime: Option<u32>,
    pub(crate) settings: SettingFlags,
    pub(crate) region: Option<String>,
    pub(crate) protocol: Option<String>,
    pub(crate) deployment_type: Option<String>,
    pub(crate) runtime: Option<String>,
    pub(crate) container_runtime: Option<String>,
    /// Empty to go back to the generated one; likewise the next two.
    pub(crate) dockerfile: Option<PathBuf>,
    pub(crate) build_context: Option<PathBuf>,
    pub(crate) target: Option<String>,
    /// `NAME=VALUE`; added to those that are there.
    pub(crate) build_args: Vec<String>,
    /// Names of variables; added to those that are there.
    pub(crate) build_secrets: Vec<String>,
    pub(crate) base_image: Option<String>,
    pub(crate) disable_otel: bool,
    /// The toolkit's flag for `none`.
    pub(crate) disable_memory: bool,
    /// `none`, `stm`, `ltm` or an id.
    pub(crate) memory: Option<String>,
    /// Write generated files again even where they were edited.
    pub(crate) force: bool,
}

/// Checks the request, writes the configuration and the generated files.
///
/// # Errors
/// Exit 2 with nothing written, for anything wrong in the request, the source or the discovery document.
pub(crate) async fn configure(store: &mut Store, request: &ConfigureRequest, http: &Http) -> Result<ConfigureReport> {
    let mut warnings = Vec::new();
    let existing = find_existing(store, request)?.cloned();
    let mut checked = check::check(request, existing.as_ref(), &mut warnings)?;
    let found = source::find(store.root(), request, existing.as_ref())?;
    let moved = existing.as_ref().map(|agent| agent.paths(store.root()));
    warnings.extend(moved.as_ref().and_then(artifact::moved_paths));
    let name = match (&request.name, &existing) {
        (Some(name), _) => name.clone(),
        (None, Some(agent)) => agent.name.clone(),
        (None, None) => project::infer_agent_name(&found.source.entrypoint, store.root()),
    };
    project::validate_agent_name(&name)?;
    check_inferred(store, &name, request, existing.as_ref())?;
    let direct_code = checked.direct_code;
    let source::ChosenSource { request, source, mut incomplete, choice, note } =
        source::choose(store.root(), request, (existing.as_ref(), &name), direct_code, found)?;
    let request = &request;
    let build = build::resolve(store.root(), request, existing.as_ref(), choice.as_ref(), &mut warnings)?;
    let kept = build.own.is_some() || build::keeps_edited(request, existing.as_ref(), choice.as_ref());
    if let Some(error) = incomplete.take_if(|_| !kept) {
        return Err(error);
    }
    check::check_source(&mut checked, &source, existing.as_ref())?;
    let authorizer = authorizer::resolve(&request.authorizer, existing.as_ref())?;
    if let authorizer::AuthorizerEdit::Set(wanted) = &authorizer {
        let odd = match request.offline {
            true => authorizer::odd(wanted, None),
            false => authorizer::probe(http, wanted).await?,
        };
        warnings.extend(odd);
    }
    let finding = request.protocol.is_none().then(|| project::served(&source)).flatten();
    let mut recognised = protocol::recognise(&mut checked, finding.as_ref(), (existing.as_ref(), &name), store.root());
    recognised.notes.extend(source.node.as_ref().and_then(project::NodeProject::started_otherwise));
    warnings.extend(recognised.warnings);
    let parted = checked.memory.as_ref().and_then(|choice| memory::note(choice, existing.as_ref()));
    let is_vpc = checked.vpc.as_ref().map(|_| true);
    let callers = settings::callers(&request.settings)?;
    let settings = settings::resolve(&request.settings, existing.as_ref(), is_vpc)?;
    check::check_headers(&checked, existing.as_ref(), &authorizer, &mut warnings);

    let plan = edits::EditInput {
        root: store.root(),
        name: &name,
        request,
        checked: &checked,
        build: &build,
        source: &source,
        authorizer: &authorizer,
        runtime: &settings,
        callers: callers.as_deref(),
        existing: existing.as_ref(),
    };
    let mut edits = plan.edits();
    // As with the starter toolkit, a new agent is the one that the next commands mean.
    if existing.is_none() || store.project().default_agent.is_none() {
        edits.insert(0, Edit::set(&["default_agent"], name.as_str()));
    }
    // No Dockerfile is generated for a source whose dependencies only the user's edited one knows.
    let dockerfile = if incomplete.is_some() { None } else { render_dockerfile(&plan)? };
    let context = build.context.as_ref().unwrap_or(&source.root);
    if let Some((path, _)) = &dockerfile {
        // Before anything is written.
        generated::check_place(store.root(), path, request.force || toolkits(path, &source, store.root())?.is_some())?;
        generated::check_place(store.root(), &context.join(".dockerignore"), false)?;
    }
    let changed = store.edit(&edits)?;
    // Written here, so that it is committed with the rest and every clone is the same project.
    let (_, identified) = store.ensure_identity(&crate::ops::identity::proposed_identity(store.root()))?;
    let changed = changed || identified;
    let files = write_files(store.root(), (dockerfile, request.force), &source, context)?;
    let agent = store.agent(Some(&name))?;
    Ok(ConfigureReport::new(
        agent,
        report::ReportFacts {
            store,
            source: &source,
            created: existing.is_none(),
            changed,
            files,
            warnings,
            notes: note.into_iter().chain(recognised.notes).chain(parted).collect(),
        },
    ))
}

/// Writes the generated Dockerfile and the ignore file of its context; which they are, and what became of them.
fn write_files(
    root: &Path,
    (dockerfile, force): (Option<(PathBuf, String)>, bool),
    source: &Source,
    context: &Path,
) -> Result<Vec<(PathBuf, generated::WriteResult)>> {
    let Some((path, body)) = dockerfile else { return Ok(Vec::new()) };
    let written = match toolkits(&path, source, root)? {
        Some(_) => generated::replace(&path, &body)?,
        None => generated::write(root, &path, &body, force)?,
    };
    let ignore = (context.join(".dockerignore"), dockerfile::write_dockerignore(root, context)?);
    Ok(vec![(path, written), ignore])
}

/// The agent that the request is about: the named one, the one with this entrypoint, or the default one when neither
/// name nor entrypoint is given.
fn find_existing<'a>(store: &'a Store, request: &ConfigureRequest) -> Result<Option<&'a Agent>> {
    let project = store.project();
    if let Some(name) = &request.name {
        return Ok(project.agents.iter().find(|agent| agent.name == *name));
    }
    match &request.entrypoint {
        Some(entrypoint) => {
            let wanted = crate::fsx::normalize(&store.root().join(project::file_of(entrypoint, store.root())));
            let same: Vec<&Agent> =
                project.agents.iter().filter(|agent| agent.entrypoint_path(store.root()) == wanted).collect();
            match same.as_slice() {
                [] => Ok(None),
                [one] => Ok(Some(one)),
                several => {
                    let names: Vec<&str> = several.iter().map(|agent| agent.name.as_str()).collect();
                    Err(Error::usage(format!(
                        "several agents have the entrypoint `{}`: {}",
                        entrypoint.display(),
                        names.join(", ")
                    ))
                    .hint("say which one with `--name`"))
                }
            }
        }
        None if project.agents.is_empty() => Ok(None),
        None => store.agent(None).map(Some),
    }
}

/// A name must not be another agent's; a derived name must not replace an agent with another entrypoint.
fn check_inferred(store: &Store, name: &str, request: &ConfigureRequest, existing: Option<&Agent>) -> Result<()> {
    let agents = &store.project().agents;
    let alike = |agent: &&Agent| agent.name != name && agent.name.eq_ignore_ascii_case(name);
    let is_new = agents.iter().all(|agent| agent.name != name);
    // An agent with its own repository shares none.
    let brings = request.ecr.as_deref().is_some_and(|ecr| ecr != "auto");
    if let Some(alike) = agents.iter().find(alike).filter(|_| is_new && !brings) {
        return Err(Error::usage(format!("the names `{name}` and `{}` differ only in case", alike.name))
            .code(Code::ConfigNameTaken)
            .cause("names of repositories are lower case, so both agents would have the same one")
            .hint("choose another `--name`")
            .hint("or name a repository of its own: `--ecr NAME`"));
    }
    let taken = agents.iter().find(|agent| agent.name == name);
    match taken {
        Some(taken) if existing.is_none() && request.name.is_none() => Err(Error::usage(format!(
            "an agent `{name}` with the entrypoint `{}` is configured already",
            taken.entrypoint
        ))
        .code(Code::ConfigNameTaken)
        .hint("name the new one: `--name NAME`")
        .hint(format!("or give `{name}` this entrypoint: `--name {name}`"))),
        _ => Ok(()),
    }
}

/// Where the generated Dockerfile goes and what is in it; `None` when there is none, or the user has one.
fn render_dockerfile(plan: &edits::EditInput<'_>) -> Result<Option<(PathBuf, String)>> {
    let edits::EditInput { root, name, checked, build, existing, .. } = *plan;
    if checked.direct_code || build.own.is_some() {
        return Ok(None);
    }
    let base_image = checked.base_image.as_deref().or_else(|| existing.and_then(Agent::base_image));
    let spec = dockerfile::DockerfileSpec {
        source: plan.source,
        project: root,
        agent: name,
        // Only the native builder can start from nothing; the Dockerfile keeps a base that it can use.
        base_image: base_image.filter(|image| *image != "scratch"),
        port: plan.port(),
        otel: !checked.disable_otel && existing.is_none_or(Agent::observability),
        context: build.context.as_deref(),
        secrets: &build.secrets,
    };
    let path = match existing {
        Some(agent) if plan.request.dockerfile.is_none() => agent.dockerfile_path(root),
        _ => spec.path(),
    };
    // Environments share the agent's: settings of one may not change what is built for the others.
    if existing.is_some_and(|agent| agent.environment.is_some()) && path.exists() {
        return Ok(None);
    }
    Ok(Some((path, dockerfile::render(&spec)?)))
}
