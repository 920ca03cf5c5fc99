//! `agentcore launch --local`: the artifact on this machine. No AWS API is called.

use super::super::args::LaunchArgs;
use super::super::local::{self, Served};
use super::super::{CommandContext, CommandResult, Result};
use super::{artifact_request, variables};
use crate::artifact::{self, ArtifactRequest, PrebuiltArtifact, Tools};
use crate::cache::Cache;
use crate::config::{Agent, Store};
use crate::env::Env;
use crate::error::{Code, Context as _, Error, Kind};
use crate::events::Events;
use crate::facts::HTTP;
use crate::ops::deploy::check_configured;
use crate::ops::local::LocalVariables;
use crate::ops::references;
use crate::process;
use crate::report::schemas;
use crate::sandbox::host_platform;
use crate::sandbox::local::{ArtifactRun, LocalArtifact, artifact_program, listen};
use crate::shell::{CommandLine, quoted};

/// Variables of this process that an agent on this machine calls AWS with, as its execution role would let it.
const AWS: [&str; 5] = [KEY_ID, "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"];
const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
/// A file of this machine, which a container does not see.
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";

pub(super) async fn run(args: LaunchArgs, context: &CommandContext) -> Result<CommandResult> {
    let given = variables(&args, context).await?;
    let store = context.store()?;
    let mut agent = store.agent(args.agent.as_deref())?.clone();
    references::resolve_here(&mut agent, &store, &given, &context.env)?;
    check_configured(&agent)?;
    local::check_authorizer(&agent, args.local_issuer)?;
    let mut request = artifact_request(args.build, None, &agent);
    if let Some(file) = &args.artifact {
        request.given = Some(PrebuiltArtifact::File(context.env.cwd().join(file)));
    }
    if request.platform.is_none() && context.env.var("AGENTCORE_PLATFORM").is_none() {
        request.platform = Some(host_platform().to_owned());
    }
    artifact::check_request(&request, &context.env)?;
    let listener = listen(args.port.unwrap_or(HTTP.port)).await?;
    let port = listener.local_addr().context("could not read the address to listen on")?.port();
    let dir = tempfile::tempdir().context("could not make a folder for the artifact")?;
    let artifact = tokio::select! {
        biased;
        () = process::stop_signal() => return Err(Error::new(Kind::Interrupted, "interrupted")),
        built = artifact(&store, &agent, request, (dir.path(), context)) => built?,
    };
    let in_container = matches!(artifact, LocalArtifact::Engine(_));
    let of_agent =
        LocalVariables { env: &context.env, agent: &agent, region: context.globals.region.as_deref(), given: &given };
    let variables: Vec<_> = aws(&context.env, in_container).into_iter().chain(of_agent.of_agent()).collect();
    if !variables.iter().any(|(name, _)| name == KEY_ID) {
        context.ui.note(&no_credentials(context.globals.profile.as_deref()));
    }
    let run = ArtifactRun {
        artifact,
        protocol: agent.protocol().as_str(),
        own_port: agent.own_port(),
        variables,
        env: context.env.clone(),
        dir: dir.path().join("run"),
        port,
        events: context.events.clone(),
    };
    // Nothing of it changes any more.
    let (_none, changes) = tokio::sync::mpsc::channel(1);
    let served = Served {
        schema: schemas::LAUNCH_LOCAL,
        agent: &agent,
        listener,
        local_issuer: args.local_issuer,
        program: artifact_program(run),
        changes,
        reloads: false,
        dir: dir.path(),
    };
    local::serve(served, context).await
}

/// Credentials are in the environment, never among the arguments of a process.
fn aws(env: &Env, in_container: bool) -> Vec<(String, String)> {
    let endpoint = |name: &str| name.starts_with("AWS_ENDPOINT_URL");
    let seen = env.vars().filter(|(name, _)| AWS.contains(name) || endpoint(name));
    let seen = seen.filter_map(|(name, value)| Some((name.to_owned(), value.to_str()?.to_owned())));
    // The agent runs in another folder than this process.
    let bundle = env.var_os(CA_BUNDLE).filter(|_| !in_container);
    let bundle = bundle.and_then(|file| Some((CA_BUNDLE.to_owned(), env.cwd().join(file).to_str()?.to_owned())));
    seen.chain(bundle).collect()
}

fn no_credentials(profile: Option<&str>) -> String {
    let profile = profile.map(|profile| format!(" --profile {}", quoted(profile))).unwrap_or_default();
    format!(
        "the agent has no AWS credentials: only those in variables are passed on. Those of a profile are put there by \
         `eval \"$(aws configure export-credentials{profile} --format env)\"`"
    )
}

/// Builds as a launch does, for this machine.
async fn artifact(
    store: &Store,
    agent: &Agent,
    mut request: ArtifactRequest,
    (dir, context): (&std::path::Path, &CommandContext),
) -> Result<LocalArtifact> {
    let cache = Cache::from_env(&context.env)?;
    let tools = Tools { env: &context.env, http: &context.http, cache: &cache, events: &context.events };
    if request.base_image.is_none() && context.env.var("AGENTCORE_BASE_IMAGE").is_none() {
        let events = Events::silent();
        let first = artifact::prepare(store.root(), agent, &request, &Tools { events: &events, ..tools.clone() })?;
        if first.knows_packages() && first.start().is_none() {
            // A process has this machine's interpreter: what a base image holds would be fetched for nothing.
            request.base_image = Some("scratch".to_owned());
        }
    }
    let prepared = artifact::prepare(store.root(), agent, &request, &tools)?;
    if prepared.is_remote() {
        return Err(Error::usage("CodeBuild builds for a launch in AWS only")
            .code(Code::BuildCodebuild)
            .hint(again(store, agent, "--builder native"))
            .hint(again(store, agent, "--builder engine")));
    }
    let start = prepared.start();
    let built = prepared.build(false, &tools).await?;
    if let Some(name) = built.contents().local_image {
        return Ok(LocalArtifact::Engine(name));
    }
    let file = dir.join("artifact");
    built.write(&file, &tools).await?;
    Ok(match start {
        Some(start) => LocalArtifact::Code { file, runtime: start.runtime.to_string(), entry_point: start.entry_point },
        None => LocalArtifact::Image(file),
    })
}

fn again(store: &Store, agent: &Agent, builder: &str) -> String {
    let mut line = CommandLine::new(&crate::config::shell::command("launch", store, agent));
    line.switch("--local", true);
    format!("build it here: `{} {builder}`", line.into_string())
}
