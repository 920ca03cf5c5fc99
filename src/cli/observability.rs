//! `agentcore observability`: look at what logs and traces need, and switch it on.

use super::args::{ObsAgentArgs, ObservabilityCommand, ObservedArgs};
use super::obs::TracedAgent;
use super::{CommandContext, CommandResult, Result};
use crate::ops::observability::{self, ObservabilityReport, ObservedAgent, Wanted};
use crate::shell::CommandLine;

pub(super) async fn run(command: ObservabilityCommand, context: &CommandContext) -> Result<CommandResult> {
    match command {
        ObservabilityCommand::Check(args) => {
            let found = TracedAgent::find(&agent_args(&args), context).await?;
            let identity = found.cloud.identity().await?;
            let root = found.configured.as_ref().map(|(store, _)| store.root().to_owned());
            let of = observed(&found, &args, (identity, command_line("check", &args, context)));
            CommandResult::report(observability::check(&of, root.as_deref()).await?)
        }
        ObservabilityCommand::Enable(args) => {
            let wanted = Wanted {
                account_wide: args.account_wide,
                retention_days: args.retention_days,
                sampling: args.sampling,
            };
            let mut command = CommandLine::new(&command_line("enable", &args.of, context));
            command.switch("--account-wide", args.account_wide);
            command.value("--retention-days", args.retention_days);
            command.value("--sampling", args.sampling);
            let found = TracedAgent::find(&agent_args(&args.of), context).await?;
            let identity = context.announce_identity(&found.cloud).await?;
            let of = observed(&found, &args.of, (identity, command.into_string()));
            let todos = observability::plan(&of, wanted).await?;
            if args.plan {
                return CommandResult::report(ObservabilityReport::planned(&of, todos, wanted));
            }
            CommandResult::report(observability::apply(&of, (todos, wanted), &context.events).await?)
        }
        ObservabilityCommand::Disable(args) => {
            let found = TracedAgent::find(&agent_args(&args.of), context).await?;
            let identity = context.announce_identity(&found.cloud).await?;
            let of = observed(&found, &args.of, (identity, command_line("disable", &args.of, context)));
            CommandResult::report(observability::disable(&of, args.plan, &context.events).await?)
        }
    }
}

fn agent_args(args: &ObservedArgs) -> ObsAgentArgs {
    ObsAgentArgs::of_agent(args.agent.clone(), args.agent_id.clone(), args.endpoint.clone())
}

fn observed<'a>(
    found: &'a TracedAgent,
    args: &ObservedArgs,
    (identity, command): (crate::cloud::CallerIdentity, String),
) -> ObservedAgent<'a> {
    ObservedAgent {
        cloud: &found.cloud,
        identity,
        agent: found.configured.as_ref().map(|(_, agent)| agent),
        runtime_id: found.runtime.as_str().to_owned(),
        endpoint: found.endpoint.clone(),
        gateways: args.gateways.clone(),
        command,
    }
}

fn command_line(verb: &str, args: &ObservedArgs, context: &CommandContext) -> String {
    let mut line = CommandLine::new(&format!("agentcore observability {verb}{}", context.globals.repeated()));
    line.value("--agent", args.agent.as_ref());
    line.value("--agent-id", args.agent_id.as_ref());
    line.value("--endpoint", args.endpoint.as_ref());
    line.values("--gateway", &args.gateways);
    line.into_string()
}
