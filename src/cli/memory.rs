//! `agentcore memory …`: memories by themselves, and what is in one.
//!
//! Owns: which memory, account and region is meant. Does not own: the requests (`ops::memory`).

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::{
    CreateMemoryArgs, DeleteMemoryArgs, ListMemoriesArgs, MemoryCommand, NamedMemoryArgs, ShowCommand, ShowEventsArgs,
    ShowMemoryArgs, ShowRecordsArgs,
};
use super::{CommandContext, CommandResult, Result, toolkit};
use crate::cloud::{Cloud, DataPlane};
use crate::config::{self, Agent};
use crate::error::{Code, Error};
use crate::ops::memory::{
    self, DEFAULT_EVENT_EXPIRY, DEFAULT_PER_SESSION, DEFAULT_RECORDS, DEFAULT_ROWS, DEFAULT_WAIT, EventScope,
    MemoryContents, MemoryReport, MemoryShownReport, MemoryStatusReport, NewMemory,
};
use crate::ops::target;
use crate::partition::Arn;
use crate::report::Report;

/// The most records of a search, by the service's model.
const MOST_FOUND: u32 = 100;

pub(super) async fn run(command: MemoryCommand, context: &CommandContext) -> Result<CommandResult> {
    match command {
        MemoryCommand::Create(args) => create(args, context).await,
        MemoryCommand::List(args) => list(&args, context).await,
        MemoryCommand::Get(args) => get(&args, context).await,
        MemoryCommand::Status(args) => status(&args, context).await,
        MemoryCommand::Delete(args) => delete(&args, context).await,
        MemoryCommand::Show(mut args) => match args.command.take() {
            None => show(&args, context).await,
            Some(ShowCommand::Events(mut inner)) => {
                hand_on(args, (&mut inner.memory_id, &mut inner.agent, &mut inner.file))?;
                show_events(&inner, context).await
            }
            Some(ShowCommand::Records(mut inner)) => {
                hand_on(args, (&mut inner.memory_id, &mut inner.agent, &mut inner.file))?;
                show_records(&inner, context).await
            }
        },
        MemoryCommand::Toolkit(pointer) => toolkit::run(&pointer, context),
    }
}

/// Flags of `show` may stand before `events` and `records` as well.
fn hand_on(
    above: ShowMemoryArgs,
    (memory_id, agent, file): (&mut Option<String>, &mut Option<String>, &mut Option<PathBuf>),
) -> Result<()> {
    fn one<T: PartialEq>(own: &mut Option<T>, above: Option<T>, flag: &str) -> Result<()> {
        if let (Some(own), Some(above)) = (own.as_ref(), above.as_ref())
            && own != above
        {
            return Err(Error::usage(format!("`{flag}` is given twice, with different values"))
                .code(Code::UsageConflict)
                .hint("give it once"));
        }
        if own.is_none() {
            *own = above;
        }
        Ok(())
    }
    one(memory_id, above.memory_id, "--memory-id")?;
    one(agent, above.agent, "--agent")?;
    one(file, above.file, "--file")
}

/// The default agent of a configuration that is there, or the named one of one that has to be: where a memory is named it says
/// only which region and account is meant. Several agents of which none is the default one say neither.
fn agent_of(context: &CommandContext, name: Option<&str>) -> Result<Option<Agent>> {
    if name.is_none() && config::locate(&context.env, context.globals.config.as_deref())?.found()?.is_none() {
        return Ok(None);
    }
    let store = context.store()?;
    let project = store.project();
    if name.is_none() && project.default_agent.is_none() && project.agents.len() != 1 {
        return Ok(None);
    }
    Ok(Some(store.agent(name)?.clone()))
}

/// A connection for a memory that was named by id or ARN: to the region of `--region`, of the ARN, or of the configuration. A
/// memory is nobody's in particular, so that another region than the agent's is no contradiction.
async fn connect(context: &CommandContext, arn: Option<&Arn>, agent: Option<&Agent>) -> Result<Cloud> {
    match (&context.globals.region, arn) {
        (Some(flag), Some(arn)) if *flag != arn.region => {
            Err(Error::usage(format!("the memory is in {}, and --region says {flag}", arn.region))
                .code(Code::UsageConflict)
                .hint("leave out `--region`"))
        }
        (_, Some(arn)) => context.connect_to(Some(&arn.region)).await,
        (Some(flag), None) => context.connect_to(Some(flag)).await,
        (None, None) => context.connect(agent).await,
    }
}

/// The same for a change: says whose account it is, which must be the configuration's.
async fn connect_announced(context: &CommandContext, arn: Option<&Arn>) -> Result<Cloud> {
    let agent = agent_of(context, None)?;
    let cloud = connect(context, arn, agent.as_ref()).await?;
    let identity = context.announce_identity(&cloud).await?;
    if let Some(agent) = &agent {
        target::check_account(agent, &identity)?;
    }
    if let Some(arn) = arn.filter(|arn| arn.account != identity.account) {
        return Err(Error::usage(format!(
            "the memory belongs to account {}, and these credentials are of account {}",
            arn.account, identity.account
        ))
        .code(Code::AwsAccountMismatch)
        .hint("choose the right `--profile`"));
    }
    Ok(cloud)
}

async fn create(args: CreateMemoryArgs, context: &CommandContext) -> Result<CommandResult> {
    let new = NewMemory {
        name: memory::name_of(&args.name)?,
        description: args.description,
        event_expiry_days: args.event_expiry_days.unwrap_or(DEFAULT_EVENT_EXPIRY),
        strategies: args.strategies.as_deref().map(memory::strategies_of).transpose()?.unwrap_or_default(),
        role_arn: args.role_arn,
        encryption_key_arn: args.encryption_key_arn,
    };
    let limit = (!args.no_wait).then(|| wait_limit(args.max_wait));
    let cloud = connect_announced(context, None).await?;
    CommandResult::report(memory::create(&cloud, &new, limit, &context.events).await?)
}

fn wait_limit(seconds: Option<u64>) -> Duration {
    seconds.map_or(DEFAULT_WAIT, Duration::from_secs)
}

async fn list(args: &ListMemoriesArgs, context: &CommandContext) -> Result<CommandResult> {
    let cloud = connect(context, None, agent_of(context, None)?.as_ref()).await?;
    CommandResult::report(memory::list(&cloud, args.max_results.unwrap_or(DEFAULT_ROWS)).await?)
}

async fn get(args: &NamedMemoryArgs, context: &CommandContext) -> Result<CommandResult> {
    let (id, arn) = memory::id_of(args.id())?;
    let cloud = connect(context, arn.as_ref(), agent_of(context, None)?.as_ref()).await?;
    let memory = memory::get(&cloud, &id).await?;
    CommandResult::report(MemoryReport { memory, region: cloud.region().to_owned(), settled: None })
}

async fn status(args: &NamedMemoryArgs, context: &CommandContext) -> Result<CommandResult> {
    let (id, arn) = memory::id_of(args.id())?;
    let cloud = connect(context, arn.as_ref(), agent_of(context, None)?.as_ref()).await?;
    let memory = memory::get(&cloud, &id).await?;
    CommandResult::report(MemoryStatusReport { memory, region: cloud.region().to_owned() })
}

/// Scripts of the starter toolkit delete without a flag, and off a terminal nobody can be asked: only a person at one is.
async fn delete(args: &DeleteMemoryArgs, context: &CommandContext) -> Result<CommandResult> {
    let (id, arn) = memory::id_of(args.memory.id())?;
    let cloud = connect_announced(context, arn.as_ref()).await?;
    if context.ui.interactive() && !args.force {
        let question = format!("Delete the memory `{id}` with all that is in it?");
        if !context.confirm(question, "--force").await? {
            return Err(Error::failed("nothing was deleted").code(Code::Declined));
        }
    }
    let limit = args.wait.then(|| wait_limit(args.max_wait));
    CommandResult::report(memory::delete(&cloud, &id, limit, &context.events).await?)
}

/// The memory that is shown, and where it is.
struct ShownMemory {
    id: String,
    cloud: Cloud,
    plane: DataPlane,
}

impl ShownMemory {
    /// The named memory, or that of the agent's configuration.
    ///
    /// # Errors
    /// Exit 5 when the agent has none.
    async fn find(context: &CommandContext, id: Option<&str>, agent: Option<&str>) -> Result<Self> {
        let (id, cloud) = match id {
            Some(text) => {
                let (id, arn) = memory::id_of(text)?;
                (id, connect(context, arn.as_ref(), agent_of(context, agent)?.as_ref()).await?)
            }
            None => {
                let store = context.store()?;
                let agent = store.agent(agent)?;
                let id = agent.memory_id().ok_or_else(|| {
                    Error::not_found(format!("no memory of `{}` is on record", agent.name)).code(Code::MemoryNone).hint(
                        "name one with `--memory-id`; `agentcore memory list` shows those of the account and region",
                    )
                })?;
                (id.to_owned(), context.connect(Some(agent)).await?)
            }
        };
        let plane = DataPlane::of_cloud(&context.env, &cloud, cloud.region());
        Ok(Self { id, cloud, plane })
    }

    fn contents(&self) -> MemoryContents<'_> {
        MemoryContents { plane: &self.plane, cloud: &self.cloud, id: &self.id }
    }
}

/// `--last 1` is the default and contradicts nothing; another place beside a list does.
pub(super) fn check_last(last: Option<u32>, lists: &[(bool, &str)]) -> Result<()> {
    let list = lists.iter().find(|(is_given, _)| *is_given);
    match (last.filter(|last| *last != 1), list) {
        (Some(last), Some((_, list))) => Err(Error::usage(format!("`--last {last}` cannot be used with `{list}`"))
            .code(Code::UsageConflict)
            .hint("leave out one of the two")),
        _ => Ok(()),
    }
}

/// The result, which is written to a file too where one is named.
pub(super) fn told(
    report: impl Report + 'static,
    file: Option<&Path>,
    context: &CommandContext,
) -> Result<CommandResult> {
    if let Some(file) = file {
        let path = context.env.cwd().join(file);
        let mut text = serde_json::to_string_pretty(&report.data())
            .map_err(|error| Error::failed("could not write the data as JSON").source(&error))?;
        text.push('\n');
        context.write_output(&path, text.as_bytes())?;
        context.ui.note(&format!("the data is in `{}`", path.display()));
    }
    CommandResult::report(report)
}

async fn show(args: &ShowMemoryArgs, context: &CommandContext) -> Result<CommandResult> {
    let shown = ShownMemory::find(context, args.memory_id.as_deref(), args.agent.as_deref()).await?;
    let memory = memory::get(&shown.cloud, &shown.id).await?;
    let actors = match context.globals.verbose {
        0 => None,
        _ => Some(memory::actors(shown.contents()).await?.actors),
    };
    let region = shown.cloud.region().to_owned();
    told(MemoryShownReport { memory, region, actors }, args.file.as_deref(), context)
}

async fn show_events(args: &ShowEventsArgs, context: &CommandContext) -> Result<CommandResult> {
    let lists = [(args.all, "--all"), (args.list_actors, "--list-actors"), (args.list_sessions, "--list-sessions")];
    check_last(args.last, &lists)?;
    let file = args.file.as_deref();
    let shown = ShownMemory::find(context, args.memory_id.as_deref(), args.agent.as_deref()).await?;
    let contents = shown.contents();
    if args.list_actors {
        return told(memory::actors(contents).await?, file, context);
    }
    let scope = match (args.actor_id.as_deref(), args.session_id.as_deref()) {
        (None, _) => EventScope::Everybody,
        (Some(actor), _) if args.list_sessions => return told(memory::sessions(contents, actor).await?, file, context),
        (Some(actor), None) => EventScope::Actor(actor),
        (Some(actor), Some(session)) => EventScope::Session(actor, session),
    };
    let report = if args.all {
        memory::all_events(contents, scope, args.max_events.unwrap_or(DEFAULT_PER_SESSION)).await?
    } else {
        memory::one_event(contents, scope, args.last.unwrap_or(1)).await?
    };
    told(report.in_full(context.globals.verbose > 0), file, context)
}

async fn show_records(args: &ShowRecordsArgs, context: &CommandContext) -> Result<CommandResult> {
    check_last(args.last, &[(args.all, "--all"), (args.namespace.is_some(), "--namespace")])?;
    let limit = args.max_results.unwrap_or(DEFAULT_RECORDS);
    if args.query.is_some() && limit > MOST_FOUND {
        return Err(Error::usage(format!("`--max-results {limit}` is more than a search can find"))
            .code(Code::InputValue)
            .hint(format!("the service finds {MOST_FOUND} at most")));
    }
    let shown = ShownMemory::find(context, args.memory_id.as_deref(), args.agent.as_deref()).await?;
    let contents = shown.contents();
    let report = match (args.namespace.as_deref(), args.query.as_deref()) {
        (Some(namespace), Some(query)) => memory::found_records(contents, (namespace, query), limit).await?,
        (Some(namespace), None) => memory::records_of(contents, namespace, limit).await?,
        (None, _) if args.all => memory::all_records(contents, limit).await?,
        (None, _) => memory::one_record(contents, args.last.unwrap_or(1)).await?,
    };
    told(report.in_full(context.globals.verbose > 0), args.file.as_deref(), context)
}
