//! `agentcore environments`.

use super::args::EnvironmentsCommand;
use super::{CommandContext, CommandResult, Result};
use crate::ops::environments;

pub(super) async fn run(command: &EnvironmentsCommand, context: &CommandContext) -> Result<CommandResult> {
    let EnvironmentsCommand::List(args) = command;
    let store = context.store_of_file()?;
    if !args.remote {
        return CommandResult::report(environments::list(&store, None)?);
    }
    // The flag may mean another region than that of the agents in the file.
    let agent = store.agent(None).ok().filter(|_| context.globals.region.is_none());
    let cloud = context.connect(agent).await?;
    let remote = environments::look(&store, &cloud).await?;
    CommandResult::report(environments::list(&store, Some(remote))?)
}
