//! `agentcore environments`.

use super::args::EnvironmentsCommand;
use super::{CommandContext, CommandResult, Result};
use crate::ops::environments;

pub(super) fn run(command: &EnvironmentsCommand, context: &CommandContext) -> Result<CommandResult> {
    match command {
        EnvironmentsCommand::List(_) => CommandResult::report(environments::list(&context.store_of_file()?)?),
    }
}
