//! `agentcore status`.

use std::time::Duration;

use super::args::StatusArgs;
use super::{Context, Done, Result};
use crate::ops::{status, target};

const DEFAULT_WATCH: Duration = Duration::from_secs(1800);

pub(super) async fn run(args: StatusArgs, context: &Context) -> Result<Done> {
    let store = context.store()?;
    let agent = store.agent(args.agent.as_deref())?;
    if args.watch {
        let arn = target::require_arn(&store, agent)?;
        let cloud = context.connect(Some(agent)).await?;
        let limit = args.wait_timeout.map_or(DEFAULT_WATCH, Duration::from_secs);
        status::wait_ready(&cloud, arn.resource_id(), limit, &context.events).await?;
        return Done::report(status::status(&store, agent, &context.env, Some(&cloud)).await?);
    }
    // An agent that was never deployed needs neither credentials nor a region to say so.
    let cloud = if agent.is_deployed() { Some(context.connect(Some(agent)).await?) } else { None };
    Done::report(status::status(&store, agent, &context.env, cloud.as_ref()).await?)
}
