//! `agentcore ci`.

use super::args::{CiCommand, CiInitArgs, PipelineKind};
use super::{CommandContext, CommandResult, Result};
use crate::ops::ci::{self, CiInitRequest, PipelineSystem};
use crate::ops::target;

const MAIN: &str = "main";

pub(super) fn run(command: CiCommand, context: &CommandContext) -> Result<CommandResult> {
    match command {
        CiCommand::Init(args) => init(args, context),
    }
}

fn init(args: CiInitArgs, context: &CommandContext) -> Result<CommandResult> {
    let store = context.store_of_file()?;
    let agent = store.agent(args.agent.as_deref())?;
    let region = target::region(context.globals.region.as_deref(), &context.env, Some(agent))?;
    let request = CiInitRequest {
        system: match args.system {
            PipelineKind::GitHub => PipelineSystem::GitHub,
            PipelineKind::GitLab => PipelineSystem::GitLab,
        },
        branch: args.branch.unwrap_or_else(|| MAIN.to_owned()),
        role_arn: args.role_arn,
        region: region.map(|region| region.value),
        force: args.force,
    };
    CommandResult::report(ci::init(&store, agent, &request)?)
}
