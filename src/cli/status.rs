//! `agentcore status`.

use std::time::Duration;

use serde_json::json;

use super::args::StatusArgs;
use super::{CommandContext, CommandResult, Result};
use crate::cache::Cache;
use crate::clock;
use crate::config::{Agent, Store};
use crate::events::{Event, Events};
use crate::ops::deploy;
use crate::ops::status::{ShowState, StatusReport, VerboseStatus, WAIT_STEP};
use crate::ops::{status, target};
use crate::report::schemas;
use crate::ui::OutputFormat;

pub(super) const DEFAULT_WATCH: Duration = Duration::from_secs(1800);

pub(super) async fn run(args: StatusArgs, context: &CommandContext) -> Result<CommandResult> {
    let store = context.store_with_runtime(args.agent.as_deref()).await?;
    let agent = store.agent(args.agent.as_deref())?;
    if args.drift {
        let agent = agent.clone();
        return drift(store, agent, context).await;
    }
    if args.watch {
        let limit = args.wait_timeout.map_or(DEFAULT_WATCH, Duration::from_secs);
        return watch(&store, agent, limit, context).await;
    }
    // An agent that was never deployed needs neither credentials nor a region to say so.
    let cloud = if agent.is_deployed() { Some(context.connect(Some(agent)).await?) } else { None };
    report(status::status(&store, agent, &context.env, cloud.as_ref()).await?, agent, context)
}

/// Follows the agent until it is READY, and reports on it then.
async fn watch(store: &Store, agent: &Agent, limit: Duration, context: &CommandContext) -> Result<CommandResult> {
    let arn = target::require_arn(store, agent)?;
    let cloud = context.connect(Some(agent)).await?;
    let view = context.ui.live_view();
    let show = |document| {
        if let Some(view) = &view {
            view.show(document);
        }
    };
    let show: Option<ShowState<'_>> = view.as_ref().map(|_| &show as ShowState<'_>);
    let events = watched(agent, view.is_some(), context);
    status::watch((agent, &arn), &cloud, limit, &events, show).await?;
    if let Some(view) = view {
        view.remove();
    }
    report(status::status(store, agent, &context.env, Some(&cloud)).await?, agent, context)
}

/// Each change is a line: of the result where that is a stream, of the messages where nothing is redrawn.
fn watched(agent: &Agent, is_redrawn: bool, context: &CommandContext) -> Events {
    if is_redrawn {
        return context.events.clone();
    }
    let (ui, events, agent) = (context.ui.clone(), context.events.clone(), agent.name.clone());
    Events::new(move |event| {
        match &event {
            Event::Detail { step: WAIT_STEP, text } if ui.output() == OutputFormat::Ndjson => {
                let data = json!({ "agent": agent, "time": clock::iso8601(clock::now()), "state": text });
                // A reader that has gone away is noticed with the document.
                let _ = ui.stream_line(schemas::STATUS_CHANGE, &data);
            }
            Event::Detail { step: WAIT_STEP, text } => ui.status(text),
            _ => {}
        }
        events.emit(event);
    })
}

/// Compares the file with what is live.
async fn drift(store: Store, agent: Agent, context: &CommandContext) -> Result<CommandResult> {
    target::require_arn(&store, &agent)?;
    let cache = Cache::from_env(&context.env)?;
    let cloud = context.connect(Some(&agent)).await?;
    let identity = context.begin_identity(&cloud, &agent).await?;
    let connections = context.connections(&cache, &cloud, &identity);
    let compared = deploy::compare(store.clone(), &agent.name, &connections).await?;
    CommandResult::report(compared.report(&store, &agent))
}

/// `--verbose` is the toolkit's JSON, unless `--output` says which form the result has; our own document then has it too.
fn report(found: StatusReport, agent: &Agent, context: &CommandContext) -> Result<CommandResult> {
    if context.globals.verbose > 0 && context.globals.output != Some(OutputFormat::Text) {
        return CommandResult::report(VerboseStatus::new(found, agent));
    }
    CommandResult::report(found)
}
