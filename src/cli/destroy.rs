//! `agentcore destroy`.

use super::args::DestroyArgs;
use super::{Context, Done, Result};
use crate::error::Error;
use crate::ops::destroy;

pub(super) async fn run(args: DestroyArgs, context: &Context) -> Result<Done> {
    let mut store = context.store()?;
    if !args.dry_run {
        store.require_writable()?;
    }
    let agent = store.agent(args.agent.as_deref())?.clone();
    let cloud = context.connect(Some(&agent)).await?;
    let identity = context.introduce(&cloud).await?;
    let plan = destroy::plan(&store, &agent, &identity, &cloud, args.delete_ecr_repo).await?;
    if args.dry_run {
        return Done::report(plan);
    }
    if plan.deletions() > 0 && !args.force {
        for step in plan.steps() {
            context.ui.note(&format!("{} {} {}", step.action.word(), step.resource, step.name));
        }
        if !context.confirm(format!("Delete these resources of `{}`?", agent.name), "--force").await? {
            return Err(Error::failed("nothing was deleted").code("declined"));
        }
    }
    Done::report(destroy::apply(&mut store, plan, &cloud, &context.events).await?)
}
