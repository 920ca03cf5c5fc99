//! `agentcore build`.

use super::args::BuildArgs;
use super::launch::{SKIP_CHECKS, artifact_request};
use super::{CommandContext, CommandResult, Result};
use crate::artifact::{self, Tools};
use crate::cache::Cache;
use crate::fsx;
use crate::ops::build::{self, OutputFiles};
use crate::ops::deploy;

pub(super) async fn run(args: BuildArgs, context: &CommandContext) -> Result<CommandResult> {
    let store = context.store()?;
    let agent = store.agent(args.agent.as_deref())?;
    let sbom = args.sbom.map(|dir| context.env.cwd().join(dir));
    let mut request = artifact_request(args.options, None, agent);
    request.skip_checks |= context.env.flag(SKIP_CHECKS);
    request.writes.extend(args.file.iter().map(|file| context.env.cwd().join(file)));
    // The output replaces a link to a file; a linked folder would send it elsewhere.
    let folder = request.writes.iter().filter_map(|file| file.parent());
    for place in folder.chain(sbom.as_deref()) {
        [store.root(), context.env.cwd()].iter().try_for_each(|root| fsx::check_output(root, place))?;
    }
    deploy::check_configured(agent)?;
    artifact::check_request(&request, &context.env)?;
    let cache = Cache::from_env(&context.env)?;
    let tools = Tools { env: &context.env, http: &context.http, cache: &cache, events: &context.events };
    if args.plan {
        return CommandResult::report(build::plan(store.root(), agent, &request, &tools).await?);
    }
    let outputs = OutputFiles { file: args.file.as_deref(), sbom: sbom.as_deref() };
    CommandResult::report(build::build(store.root(), agent, &request, outputs, &tools).await?)
}
