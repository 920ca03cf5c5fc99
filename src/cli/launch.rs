//! `agentcore launch`.

use std::time::Duration;

use super::args::{BuildOptions, BuilderChoice, LaunchArgs};
use super::context::unsupported;
use super::{Context, Done, Result};
use crate::cache::Cache;
use crate::clock;
use crate::config::{self, Agent};
use crate::ops::artifact::{self, ArtifactRequest, Builder, Given};
use crate::ops::deploy::{self, LaunchRequest, Workshop, parse_variables};

/// Ten minutes: a runtime is READY within one or two, its DEFAULT endpoint can lag a few more.
const DEFAULT_WAIT: Duration = Duration::from_secs(600);

pub(super) async fn run(args: LaunchArgs, context: &Context) -> Result<Done> {
    refuse_later_features(&args)?;
    let environment = parse_variables(&args.env)?;
    let mut store = context.store()?;
    let agent = store.agent(args.agent.as_deref())?.clone();
    let mut artifact = artifact_request(args.build, args.image_tag, &agent);
    if args.code_build {
        artifact.builder = Builder::CodeBuild;
    }
    if let Some(image) = &args.image {
        artifact.given = Some(Given::Image(image.parse()?));
    }
    if let Some(file) = &args.artifact {
        artifact.given = Some(Given::File(context.env.cwd().join(file)));
    }
    let request = LaunchRequest {
        agent: agent.name.clone(),
        plan_only: args.plan,
        environment,
        adopt: args.auto_update_on_conflict,
        allow_auth_change: args.allow_auth_change,
        wait: (!args.no_wait).then(|| args.wait_timeout.map_or(DEFAULT_WAIT, Duration::from_secs)),
        artifact,
    };
    deploy::check_configured(&agent)?;
    artifact::check_request(&request.artifact, &context.env)?;
    let cloud = context.connect(Some(&agent)).await?;
    let identity = context.introduce(&cloud).await?;
    let cache = Cache::of(&context.env)?;
    let shop = Workshop {
        cache: &cache,
        env: &context.env,
        http: &context.http,
        cloud: &cloud,
        identity: &identity,
        events: &context.events,
    };
    Done::report(deploy::launch(&mut store, &request, &shop).await?)
}

/// What flags and configuration say about the build.
pub(super) fn artifact_request(options: BuildOptions, image_tag: Option<String>, agent: &Agent) -> ArtifactRequest {
    let now = options.force_rebuild_deps.then(|| clock::image_tag(clock::now()));
    ArtifactRequest {
        resolved: now.or_else(|| agent.own.resolved.clone()),
        given: None,
        builder: builder(&options, agent.own.builder),
        base_image: options.base_image,
        included: options.include,
        platform: options.platform,
        image_tag_given: image_tag.is_some(),
        image_tag: image_tag.unwrap_or_else(|| clock::image_tag(clock::now())),
        rebuild_dependencies: options.force_rebuild_deps,
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

fn refuse_later_features(args: &LaunchArgs) -> Result<()> {
    if args.local {
        return Err(unsupported(
            "--local",
            "this version does not run agents outside a sandbox",
            "run it without an account: `agentcore sandbox run -- sh -c 'agentcore launch && agentcore invoke hello'`",
        ));
    }
    Ok(())
}
