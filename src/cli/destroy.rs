//! `agentcore destroy`.

use super::args::DestroyArgs;
use super::{CommandContext, CommandResult, Result};
use crate::error::{Code, Error};
use crate::ops::destroy::{self, AgentToDestroy, Destroy, TakenAlong};

pub(super) async fn run(args: DestroyArgs, context: &CommandContext) -> Result<CommandResult> {
    let store = context.store()?;
    if !args.dry_run {
        store.require_writable()?;
    }
    let agent = store.agent(args.agent.as_deref())?.clone();
    let cloud = context.connect(Some(&agent)).await?;
    let identity = context.begin_identity(&cloud, &agent).await?;
    let along = TakenAlong { repository: args.delete_ecr_repo, memory: args.delete_memory };
    let command = destroy::command(&store, &agent, along);
    let target = async { AgentToDestroy::new(store, agent.clone(), &cloud, identity.account()) };
    let target = identity.beside(target).await?;
    let connections = (&cloud, &identity);
    let mut destroy = Destroy::new(&target, connections, (command, along));
    let plan = destroy.plan().await?;
    if args.dry_run {
        return CommandResult::report(plan);
    }
    if plan.deletions() > 0 && !args.force {
        for step in plan.steps() {
            context.ui.note(&format!("{} {} {}", step.action.as_str(), step.kind, step.name));
        }
        let of = agent.environment.as_ref().map(|name| format!(" in the environment `{name}`")).unwrap_or_default();
        if !context.confirm(format!("Delete these resources of `{}`{of}?", agent.name), "--force").await? {
            return Err(Error::failed("nothing was deleted").code(Code::Declined));
        }
    }
    CommandResult::report(destroy.apply(plan, &context.events, args.break_lock).await?)
}
