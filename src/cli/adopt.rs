//! `agentcore adopt`.

use super::args::AdoptArgs;
use super::{CommandContext, CommandResult, Result};
use crate::cache::Cache;
use crate::ops::adopt::{self, AdoptRequest};

pub(super) async fn run(args: AdoptArgs, context: &CommandContext) -> Result<CommandResult> {
    // A named runtime may be the first of a new file.
    let store = match (&args.runtime, context.store_if_any()?) {
        (_, Some(store)) => store,
        (Some(_), None) => context.store_or_new()?,
        (None, None) => context.store()?,
    };
    if !args.plan {
        store.require_writable()?;
    }
    let runtime = match args.runtime {
        Some(runtime) => Some(runtime),
        None => context.launched_elsewhere(&store, args.agent.as_deref()).await.map(|(_, arn)| arn.to_string()),
    };
    let request = AdoptRequest {
        runtime,
        agent: args.agent,
        entrypoint: args.entrypoint.map(|file| context.env.cwd().join(file)),
        plan_only: args.plan,
        force: args.force,
    };
    let subject = adopt::subject(&store, &request)?;
    let cache = Cache::from_env(&context.env)?;
    let cloud = context.connect(Some(&subject)).await?;
    let identity = context.begin_identity(&cloud, &subject).await?;
    let connections = context.connections(&cache, &cloud, &identity);
    CommandResult::report(adopt::adopt(store, &subject, &request, &connections).await?)
}
