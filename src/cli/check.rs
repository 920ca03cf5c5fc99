//! `agentcore check`.

use super::args::CheckArgs;
use super::launch::artifact_request;
use super::{CommandContext, CommandResult, Result};
use crate::artifact::{self, PrebuiltArtifact, Tools};
use crate::cache::Cache;
use crate::ops::{deploy, preflight};

pub(super) async fn run(args: CheckArgs, context: &CommandContext) -> Result<CommandResult> {
    let store = context.store()?;
    let agent = store.agent(args.agent.as_deref())?;
    let builds = args.builder.is_some();
    let mut request = artifact_request(args.into_build_options(), None, agent);
    if let (Some(image), false) = (&agent.own.image, builds) {
        request.given = Some(PrebuiltArtifact::Image(image.parse()?));
    }
    // As a launch would choose.
    request.remote = true;
    deploy::check_configured(agent)?;
    artifact::check_request(&request, &context.env)?;
    let cache = Cache::from_env(&context.env)?;
    let tools = Tools { env: &context.env, http: &context.http, cache: &cache, events: &context.events };
    CommandResult::report(preflight::check(store.root(), agent, &request, &tools).await?)
}
