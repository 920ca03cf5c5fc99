//! `agentcore doctor`.

use super::args::DoctorArgs;
use super::sandbox::usual_dir;
use super::{CommandContext, CommandResult, Result, caller};
use crate::ops::doctor::{DoctorRequest, SandboxSeen, examine};
use crate::ops::target;
use crate::sandbox::{self, SandboxStatus};

pub(super) async fn run(args: DoctorArgs, context: &CommandContext) -> Result<CommandResult> {
    // Before any request: with an unreadable file the answer would be useless.
    let token = caller::token(context, None, args.token_file.as_deref()).await?.map(|token| token.secret);
    let store = context.store_in_silence();
    let agent = match (&store, &args.agent) {
        // A name that was typed wrongly is no finding about the project.
        (Ok(Some(store)), Some(name)) => Some(store.agent(Some(name))?),
        (Ok(Some(store)), None) => store.agent(None).ok(),
        _ => None,
    };
    let region = context.globals.region.as_deref();
    let cloud = match target::region(region, &context.env, agent) {
        Ok(found) => context.connect_to(found.as_ref().map(|found| found.value.as_str())).await,
        Err(error) => Err(error),
    };
    let sandbox = if args.offline { SandboxSeen::NotAsked } else { seen(context).await };
    let request = DoctorRequest {
        env: &context.env,
        http: &context.http,
        events: &context.events,
        offline: args.offline,
        profile: context.globals.profile.as_deref(),
        region,
        agent: agent.map(|agent| agent.name.clone()),
        store: store.clone(),
        cloud,
        token,
        sandbox,
    };
    CommandResult::report(examine(&request).await)
}

/// The sandbox in the usual folder. One that cannot be looked at is none that could be used.
async fn seen(context: &CommandContext) -> SandboxSeen {
    let Ok(dir) = usual_dir(context) else { return SandboxSeen::Absent };
    match sandbox::status(&dir).await {
        Ok(SandboxStatus::Running(info)) => SandboxSeen::Running { url: info.url },
        Ok(SandboxStatus::Stopped { port, .. }) => SandboxSeen::Stopped { port },
        Ok(SandboxStatus::Absent) | Err(_) => SandboxSeen::Absent,
    }
}
