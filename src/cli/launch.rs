//! `agentcore launch`. Running the artifact on this machine instead is in `here`.

mod here;
mod smoke;

use std::time::Duration;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::args::{BuildOptions, BuilderChoice, LaunchArgs};
use super::{CommandContext, CommandResult, Result};
use crate::artifact::{self, ArtifactRequest, Builder, PrebuiltArtifact};
use crate::cache::Cache;
use crate::clock;
use crate::config::{self, Agent};
use crate::error::{Code, Error};
use crate::facts::DEFAULT_ENDPOINT;
use crate::ops::deploy::{self, Connections, LaunchRequest, check_unset, parse_variable_file, parse_variables};
use crate::redact::ExposeSecret;
use crate::session;
use crate::shell::CommandLine;

/// Ten minutes: a runtime is READY within one or two, its DEFAULT endpoint can lag a few more.
pub(super) const DEFAULT_WAIT: Duration = Duration::from_secs(600);

/// The same as `--skip-checks`.
pub(super) const SKIP_CHECKS: &str = "AGENTCORE_SKIP_CHECKS";

pub(super) async fn run(args: LaunchArgs, context: &CommandContext) -> Result<CommandResult> {
    if args.local {
        return here::run(args, context).await;
    }
    let junit = args.junit.as_ref().filter(|_| !args.plan).map(|path| context.begin_output(path)).transpose()?;
    let environment = variables(&args, context).await?;
    check_unset(&args.unset_env, &environment)?;
    args.endpoint.as_deref().map(check_endpoint).transpose()?;
    let store = context.store()?;
    if !args.plan {
        store.require_writable()?;
    }
    let agent = store.agent(args.agent.as_deref())?.clone();
    let mut global = CommandLine::new(store.flags());
    global.value("--timeout", context.globals.timeout);
    let command = command_line(&args, &global.into_string());
    let test = smoke::test(&args, &agent, context)?;
    let builds = args.build.builder.is_some() || args.build.local_build || args.code_build;
    let mut artifact = artifact_request(args.build.clone(), args.image_tag.clone(), &agent);
    if args.code_build {
        artifact.builder = Builder::CodeBuild;
    }
    if let Some(image) = &args.image {
        artifact.given = Some(PrebuiltArtifact::Image(image.parse()?));
    }
    if let (Some(image), None, None, false) = (&agent.own.image, &args.image, &args.artifact, builds) {
        artifact.given = Some(PrebuiltArtifact::Image(image.parse()?));
    }
    if let Some(file) = &args.artifact {
        artifact.given = Some(PrebuiltArtifact::File(context.env.cwd().join(file)));
    }
    artifact.remote = true;
    artifact.writes.extend(junit.clone());
    artifact.skip_checks |= context.env.flag(SKIP_CHECKS);
    let request = LaunchRequest {
        agent: agent.name.clone(),
        command,
        plan_only: args.plan,
        environment,
        unset_environment: args.unset_env.clone(),
        endpoint: args.endpoint.clone(),
        smoke: test,
        adopt: args.adopt,
        break_lock: args.break_lock,
        allow_auth_change: args.allow_auth_change,
        refuse_drift: args.refuse_drift,
        wait_is_for_all: args.wait_timeout.is_some(),
        wait: (!args.no_wait).then(|| args.wait_timeout.map_or(DEFAULT_WAIT, Duration::from_secs)),
        artifact,
    };
    deploy::check_configured(&agent)?;
    artifact::check_request(&request.artifact, &context.env)?;
    let cache = Cache::from_env(&context.env)?;
    let cloud = context.connect(Some(&agent)).await?;
    let identity = context.begin_identity(&cloud, &agent).await?;
    let credentials = match &request.smoke {
        Some(_) => Some(smoke::Credentials::of(&args, &agent, context, &cloud).await?),
        None => None,
    };
    let smoke_caller = credentials.as_ref().map(|credentials| credentials as &dyn deploy::SmokeCaller);
    let connections = Connections { smoke_caller, ..context.connections(&cache, &cloud, &identity) };
    let launched = deploy::launch(store, &request, &connections).await;
    if let Some(path) = &junit {
        context.end_output(path, deploy::junit_of(&agent.name, &launched).as_bytes());
    }
    CommandResult::report(launched?)
}

/// DEFAULT follows every launch.
fn check_endpoint(name: &str) -> Result<()> {
    session::check_endpoint(name)?;
    if name != DEFAULT_ENDPOINT {
        return Ok(());
    }
    Err(Error::usage("the endpoint `DEFAULT` always serves the newest version")
        .code(Code::EndpointDefault)
        .hint("leave out `--endpoint`, or name another: `agentcore launch --endpoint staging`"))
}

/// The variables of `--env-file` and of `--env`, which win.
async fn variables(args: &LaunchArgs, context: &CommandContext) -> Result<Vec<(String, String)>> {
    let given = parse_variables(&args.env)?;
    let Some(path) = &args.env_file else { return Ok(given) };
    let text = context.read_secret(path, "list of environment variables").await?;
    let mut all = parse_variable_file(text.expose_secret())?;
    all.retain(|(name, _)| !given.iter().any(|(other, _)| other == name));
    all.extend(given);
    Ok(all)
}

/// The command with these arguments, without `--plan` and `--break-lock`. Every member is named here, so that a new one cannot be
/// forgotten.
fn command_line(args: &LaunchArgs, global: &str) -> String {
    let LaunchArgs {
        agent,
        plan: _,
        env,
        env_file,
        image_tag,
        unset_env,
        adopt,
        break_lock: _,
        allow_auth_change,
        refuse_drift,
        wait_timeout,
        no_wait,
        image,
        artifact,
        build,
        local: _,
        port: _,
        local_issuer: _,
        code_build,
        endpoint,
        smoke,
        expect,
        smoke_timeout,
        canary,
        no_smoke,
        junit,
        bearer_token_file,
    } = args;
    let BuildOptions { builder, local_build, base_image, platform, include, force_rebuild_deps, skip_checks } = build;
    let mut line = CommandLine::new(&format!("agentcore launch{global}"));
    line.value("--agent", agent.as_ref());
    for variable in env {
        line.value("--env", Some(shown_variable(variable)));
    }
    line.value("--env-file", env_file.as_ref().map(|path| path.display()));
    for name in unset_env {
        line.value("--unset-env", Some(name));
    }
    line.value("--image-tag", image_tag.as_ref());
    line.switch("--adopt", *adopt);
    line.switch("--allow-auth-change", *allow_auth_change);
    line.switch("--refuse-drift", *refuse_drift);
    line.value("--wait-timeout", *wait_timeout);
    line.switch("--no-wait", *no_wait);
    line.value("--image", image.as_ref());
    line.value("--artifact", artifact.as_ref().map(|path| path.display()));
    let builder = builder.as_ref().and_then(ValueEnum::to_possible_value);
    line.value("--builder", builder.as_ref().map(PossibleValue::get_name));
    line.switch("--local-build", *local_build);
    line.value("--base-image", base_image.as_ref());
    line.value("--platform", platform.as_ref());
    for path in include {
        line.value("--include", Some(path.display()));
    }
    line.switch("--force-rebuild-deps", *force_rebuild_deps);
    line.switch("--skip-checks", *skip_checks);
    line.switch("--code-build", *code_build);
    line.value("--endpoint", endpoint.as_ref());
    line.value("--smoke", smoke.as_ref());
    line.value("--expect", expect.as_ref());
    line.value("--smoke-timeout", *smoke_timeout);
    line.value("--canary", canary.map(|canary| format!("{}s", canary.as_secs())));
    line.switch("--no-smoke", *no_smoke);
    line.value("--junit", junit.as_ref().map(|path| path.display()));
    line.value("--bearer-token-file", bearer_token_file.as_ref().map(|path| path.display()));
    line.into_string()
}

/// `NAME=VALUE`: no name tells for certain that its value is no secret, and a log keeps the line.
fn shown_variable(given: &str) -> String {
    given.split_once('=').map_or_else(|| given.to_owned(), |(name, _)| format!("{name}=VALUE"))
}

/// The build options from flags and configuration.
pub(super) fn artifact_request(options: BuildOptions, image_tag: Option<String>, agent: &Agent) -> ArtifactRequest {
    let now = options.force_rebuild_deps.then(|| clock::image_tag(clock::now()));
    ArtifactRequest {
        resolved: now.or_else(|| agent.own.resolved.clone()),
        builder: builder(&options, agent.own.builder),
        base_image: options.base_image,
        included: options.include,
        platform: options.platform,
        image_tag_given: image_tag.is_some(),
        image_tag: image_tag.unwrap_or_else(|| clock::image_tag(clock::now())),
        rebuild_dependencies: options.force_rebuild_deps,
        skip_checks: options.skip_checks,
        ..ArtifactRequest::default()
    }
}

fn builder(options: &BuildOptions, configured: Option<config::Builder>) -> Builder {
    if options.local_build {
        return Builder::Engine;
    }
    match (options.builder, configured) {
        (Some(BuilderChoice::Native), _) | (None, Some(config::Builder::Native)) => Builder::Native,
        (Some(BuilderChoice::Engine), _) | (None, Some(config::Builder::Engine)) => Builder::Engine,
        (Some(BuilderChoice::Codebuild), _) | (None, Some(config::Builder::CodeBuild)) => Builder::CodeBuild,
        (Some(BuilderChoice::Auto), _) | (None, _) => Builder::Auto,
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches};

    use super::*;
    use crate::cli::{Cli, Command, expand};

    fn parsed(line: &str) -> LaunchArgs {
        let command = Cli::command();
        let args = expand(&command, line.split(' ').map(Into::into).collect());
        let cli = Cli::from_arg_matches(&command.try_get_matches_from(args).unwrap()).unwrap();
        let Command::Launch(args) = cli.command else { panic!("{line}") };
        *args
    }

    #[test]
    fn plan_ends_with_the_command_applying_it() {
        for (given, shown) in [
            ("--plan --env A=b -env C=postgres://u:p@h", "--env A=VALUE --env C=VALUE"),
            ("--unset-env A --unset-env B --plan", "--unset-env A --unset-env B"),
            ("--env API_KEY=x --dry-run", "--env API_KEY=VALUE"),
            ("-a two -t v1 -auc --no-wait --plan", "--agent two --image-tag v1 --adopt --no-wait"),
            ("--builder engine --base-image scratch --plan", "--builder engine --base-image scratch"),
            ("-lb --platform linux/arm64 -frd --plan", "--local-build --platform linux/arm64 --force-rebuild-deps"),
            ("--image r:v1 --allow-auth-change --wait-timeout 5", "--allow-auth-change --wait-timeout 5 --image r:v1"),
            ("--artifact a.tar --plan", "--artifact a.tar"),
            ("--env-file a.env --plan --env A=b", "--env A=VALUE --env-file a.env"),
            ("--include a --include b/c --plan", "--include a --include b/c"),
            ("--code-build --plan", "--code-build"),
            ("--skip-checks --plan", "--skip-checks"),
            ("--plan --endpoint staging --canary 10m", "--endpoint staging --canary 600s"),
            ("--smoke 1 --junit a.xml", "--smoke 1 --junit a.xml"),
            ("--plan --expect .ok --smoke 1 --smoke-timeout 5", "--smoke 1 --expect .ok --smoke-timeout 5"),
        ] {
            let line = command_line(&parsed(&format!("agentcore launch {given}")), "");
            assert_eq!(line, format!("agentcore launch {shown}"));
            let again = LaunchArgs { plan: false, ..parsed(&line) };
            assert_eq!(command_line(&again, ""), line);
        }
    }
}
