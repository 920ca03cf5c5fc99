//! `agentcore destroy`.

use super::args::DestroyArgs;
use super::{CommandContext, CommandResult, Result};
use crate::error::{Code, Error};
use crate::ops::destroy::{self, AgentToDestroy, Destroy};

pub(super) async fn run(args: DestroyArgs, context: &CommandContext) -> Result<CommandResult> {
    let store = context.store()?;
    if !args.dry_run {
        store.require_writable()?;
    }
    let agent = store.agent(args.agent.as_deref())?.clone();
    let cloud = context.connect(Some(&agent)).await?;
    let identity = context.announce_identity(&cloud).await?;
    let command = destroy::command(&store, &agent, args.delete_ecr_repo);
    let target = AgentToDestroy::new(store, agent.clone(), &cloud, &identity)?;
    let connections = (&cloud, &identity);
    let mut destroy = Destroy::new(&target, connections, (command, args.delete_ecr_repo))?;
    let plan = destroy.plan().await?;
    if args.dry_run {
        return CommandResult::report(plan);
    }
    if plan.deletions() > 0 && !args.force {
        for step in plan.steps() {
            context.ui.note(&format!("{} {} {}", step.action.as_str(), step.kind, step.name));
        }
        if !context.confirm(format!("Delete these resources of `{}`?", agent.name), "--force").await? {
            return Err(Error::failed("nothing was deleted").code(Code::Declined));
        }
    }
    CommandResult::report(destroy.apply(plan, &context.events).await?)
}
