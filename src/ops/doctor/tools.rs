//! The programs that a build on this machine runs: a container engine, Python, uv, Node.js and npm.
//!
//! What is missing and not needed is no finding.

use std::path::Path;
use std::time::Duration;

use super::{DoctorRequest, Finding, FindingStatus, within};
use crate::artifact::find_source;
use crate::config::{Agent, Builder, DEFAULT_PLATFORM, DeploymentType, Language, Store};
use crate::env::Env;
use crate::image::engine::{EngineKind, detect};
use crate::interpreters::{self, Interpreters};
use crate::packages::python::installer_trouble;
use crate::platform::Platform;
use crate::process::{Child, Tool, find};
use crate::project::dockerfile::choice::{DockerfileChoice, DockerfileOrigin};

const ENGINE: &str = "engine";
const EMULATION: &str = "emulation";
const PYTHON: &str = "python";
const UV: &str = "uv";
const NODE: &str = "node";
const NPM: &str = "npm";
/// For a program to say its version.
const ANSWER: Duration = Duration::from_secs(8);

/// Whether something is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Need {
    /// With the reason, for a sentence: `` `Dockerfile` is your own ``.
    Yes(String),
    /// There is another way without it: the reason, and the other way.
    Preferred(String, &'static str),
    /// There is no agent that would say.
    Unknown,
    No,
}

/// What a build of the agent runs on this machine.
#[derive(Debug)]
struct BuildNeeds {
    engine: Need,
    /// The engine that the configuration names.
    wanted: Option<EngineKind>,
    /// An interpreter or installer of the agent's language.
    python: Need,
    node: Need,
}

impl BuildNeeds {
    fn of(request: &DoctorRequest<'_>) -> Self {
        let Some((store, agent)) = request.agent() else {
            return Self { engine: Need::Unknown, wanted: None, python: Need::Unknown, node: Need::Unknown };
        };
        let engine = engine_need(store, agent);
        // An engine and CodeBuild install the dependencies themselves.
        let here = engine == Need::No && agent.own.builder != Some(Builder::CodeBuild);
        let of = |is_its: bool, what: &str| match is_its && here {
            true => Need::Yes(format!("the dependencies of `{}` are installed with {what}", agent.name)),
            false => Need::No,
        };
        let is_python = agent.language == Language::Python;
        let wanted = agent.container_runtime.as_deref().and_then(EngineKind::choice).and_then(Result::ok);
        Self { engine, wanted, python: of(is_python, "uv or pip"), node: of(!is_python, "npm") }
    }
}

fn engine_need(store: &Store, agent: &Agent) -> Need {
    if agent.deployment_type == DeploymentType::DirectCodeDeploy {
        return Need::No;
    }
    match agent.own.builder {
        Some(Builder::Engine) => return Need::Yes("the configuration says `builder: engine`".to_owned()),
        Some(Builder::Native | Builder::CodeBuild) => return Need::No,
        Some(Builder::Auto) | None => {}
    }
    let (root, paths) = (store.root(), agent.paths(store.root()));
    let own = "the agent has a Dockerfile of its own";
    let Ok(source) = find_source(root, agent) else {
        // Only a Dockerfile can know how such a source is built.
        return if paths.dockerfile.is_some() { preferred(own) } else { Need::No };
    };
    let chosen =
        DockerfileChoice::choose(paths.dockerfile.as_deref(), &agent.generated_dockerfile(root), &source, root);
    match chosen.map(|chosen| chosen.origin) {
        Ok(DockerfileOrigin::Named | DockerfileOrigin::Found) => preferred(own),
        _ => Need::No,
    }
}

fn preferred(why: &str) -> Need {
    Need::Preferred(why.to_owned(), "`agentcore launch` builds with CodeBuild instead")
}

pub(super) async fn check(request: &DoctorRequest<'_>) -> Vec<Finding> {
    let needs = BuildNeeds::of(request);
    let (engine, python, node) =
        tokio::join!(engine(request, &needs), python(request.env, &needs), node(request.env, &needs));
    [engine, python, node].into_iter().flatten().collect()
}

async fn engine(request: &DoctorRequest<'_>, needs: &BuildNeeds) -> Vec<Finding> {
    let env = request.env;
    let is_there = EngineKind::ALL.iter().any(|kind| find(env, kind.name()).is_some());
    if needs.engine == Need::No || (needs.engine == Need::Unknown && !is_there) {
        return Vec::new();
    }
    let found = within(ENGINE, async {
        match (detect(env, needs.wanted).await, &needs.engine) {
            (Ok(engine), Need::Yes(why) | Need::Preferred(why, _)) => {
                Finding::ok(ENGINE, format!("{} answers; it is needed: {why}", engine.kind()))
            }
            (Ok(engine), _) => Finding::ok(ENGINE, format!("{} answers", engine.kind())),
            (Err(error), Need::Yes(why)) => {
                let found = Finding::of_error(ENGINE, FindingStatus::Problem, &error);
                Finding { text: format!("{} ({why})", found.text), ..found }
            }
            (Err(error), Need::Preferred(why, instead)) => {
                let found = Finding::of_error(ENGINE, FindingStatus::Warning, &error);
                Finding { text: format!("{} ({why}; {instead})", found.text), ..found }
            }
            (Err(error), _) => Finding::of_error(ENGINE, FindingStatus::Note, &error),
        }
    })
    .await;
    let answers = found.status == FindingStatus::Ok;
    let mut all = vec![found];
    if answers && needs.engine != Need::Unknown {
        all.extend(emulation(env));
    }
    all
}

/// Whether this machine runs programs of the platform that images are built for. Seen on Linux alone; elsewhere engines bring
/// their own emulation.
fn emulation(env: &Env) -> Option<Finding> {
    let wanted: Platform = env.var("AGENTCORE_PLATFORM").unwrap_or(DEFAULT_PLATFORM).parse().ok()?;
    if Platform::host().satisfies(&wanted) {
        return None;
    }
    if !cfg!(target_os = "linux") || env.var("DOCKER_HOST").is_some() {
        return Some(Finding::note(
            EMULATION,
            format!("images are built for {wanted}, which the engine has to emulate"),
        ));
    }
    let handler = if wanted.architecture == "arm64" { "qemu-aarch64" } else { "qemu-x86_64" };
    let state = std::fs::read_to_string(Path::new("/proc/sys/fs/binfmt_misc").join(handler));
    if state.is_ok_and(|state| state.starts_with("enabled")) {
        return Some(Finding::ok(EMULATION, format!("{handler} runs programs of {wanted}")));
    }
    Some(
        Finding::warning(EMULATION, format!("images are built for {wanted}, and {handler} is not registered here"))
            .fix("install QEMU's user emulation (Debian and Ubuntu: sudo apt install qemu-user-static)"),
    )
}

async fn python(env: &Env, needs: &BuildNeeds) -> Vec<Finding> {
    if needs.python == Need::No {
        return Vec::new();
    }
    let uv = find(env, "uv");
    let (python, uv_version) = tokio::join!(interpreters::python(env, None), async {
        match &uv {
            Some(uv) => Some(version(env, uv, Tool::Python).await),
            None => None,
        }
    });
    let mut found = Vec::new();
    match (&python, &needs.python) {
        (Ok(python), _) => {
            found.push(Finding::ok(PYTHON, format!("3.{} at `{}`", python.minor, python.path.display())));
        }
        // uv installs without one; only `dev` and the sandbox's processes run the agent here.
        (Err(error), Need::Yes(_)) if uv.is_some() => found.push(Finding::of_error(PYTHON, FindingStatus::Note, error)),
        (Err(error), Need::Yes(why)) => found.push(
            Finding::problem(PYTHON, format!("{error}, and uv is not there either ({why})"))
                .fix("install uv (https://docs.astral.sh/uv) or Python 3 with pip"),
        ),
        _ => {}
    }
    match (uv_version, &python, &needs.python) {
        (Some(Ok(version)), _, _) => found.push(Finding::ok(UV, version.trim_start_matches("uv ").to_owned())),
        (Some(Err(why)), _, _) => found.push(Finding::warning(UV, format!("it does not run: {why}"))),
        (None, Ok(_), Need::Yes(why)) => found.extend(pip(env, why).await),
        _ => {}
    }
    found
}

/// Without uv, pip has to be there. That it is, is no finding of its own.
async fn pip(env: &Env, why: &str) -> Option<Finding> {
    let error = tokio::time::timeout(ANSWER, installer_trouble(env)).await.ok()??;
    let found = Finding::of_error(PYTHON, FindingStatus::Problem, &error);
    Some(Finding { text: format!("{} ({why})", found.text), ..found })
}

async fn node(env: &Env, needs: &BuildNeeds) -> Vec<Finding> {
    if needs.node == Need::No {
        return Vec::new();
    }
    let interpreters = Interpreters::default();
    let (node, npm) = tokio::join!(interpreters.node(env), async {
        match find(env, "npm") {
            Some(npm) => Some(version(env, &npm, Tool::Npm).await),
            None => None,
        }
    });
    let mut found = Vec::new();
    match (node, &needs.node) {
        (Ok(node), _) => found.push(Finding::ok(NODE, format!("{} at `{}`", node.major, node.path.display()))),
        (Err(error), Need::Yes(why)) => {
            found.push(Finding::problem(NODE, format!("{error} ({why})")).fix("install Node.js (https://nodejs.org)"));
        }
        _ => {}
    }
    match (npm, &needs.node) {
        (Some(Ok(version)), _) => found.push(Finding::ok(NPM, version)),
        (Some(Err(why)), Need::Yes(_)) => found.push(Finding::problem(NPM, format!("it does not run: {why}"))),
        (None, Need::Yes(why)) => {
            found.push(Finding::problem(NPM, format!("it is not on PATH ({why})")).fix("install Node.js with npm"));
        }
        _ => {}
    }
    found
}

/// The first line that a program says of its version; else why it says none.
async fn version(env: &Env, program: &Path, tool: Tool) -> Result<String, String> {
    let child = Child::new(program, env, tool).arg("--version").leading_a_group();
    match tokio::time::timeout(ANSWER, child.output()).await {
        Err(_) => Err(format!("no answer within {} s", ANSWER.as_secs())),
        Ok(Err(error)) => Err(error.to_string()),
        Ok(Ok(output)) if output.status.success() => {
            Ok(output.stdout_text().lines().next().unwrap_or_default().to_owned())
        }
        Ok(Ok(output)) => Err(output.tail(1)),
    }
}
