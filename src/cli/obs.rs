//! `agentcore traces`, and `obs` as the starter toolkit calls it: the traces of an agent, as a table and as trees.
//!
//! Owns: which agent, account, region and session is meant. Does not own: the queries and what they mean (`ops::traces`).

use super::args::{ObsAgentArgs, ObsCommand, ObsListArgs, ObsShowArgs};
use super::memory::{check_last, told};
use super::{CommandContext, CommandResult, Result};
use crate::clock;
use crate::cloud::Cloud;
use crate::config::{Agent, Store};
use crate::error::{Code, Error};
use crate::facts::DEFAULT_ENDPOINT;
use crate::ops::target;
use crate::ops::traces::{
    self, DEFAULT_DAYS, FoundTraces, MOST_DAYS, RuntimeId, SessionId, Shown, TraceId, TraceListReport, TraceReport,
    TraceSource,
};
use crate::partition::Arn;
use crate::session;

pub(super) async fn run(command: ObsCommand, context: &CommandContext) -> Result<CommandResult> {
    match command {
        ObsCommand::List(args) => list(&args, context).await,
        ObsCommand::Show(args) => show(&args, context).await,
    }
}

/// The agent whose traces are meant.
pub(super) struct TracedAgent {
    pub(super) runtime: RuntimeId,
    pub(super) endpoint: String,
    pub(super) cloud: Cloud,
    /// `None` where `--agent-id` says all.
    pub(super) configured: Option<(Store, Agent)>,
    /// `--agent-id`
    agent_id: Option<String>,
    days: u32,
    /// What `--since` says, in seconds since 1970.
    since: Option<i64>,
}

impl TracedAgent {
    /// # Errors
    /// Exit 5 for an agent that is not deployed; exit 2 where nothing says which one is meant.
    pub(super) async fn find(args: &ObsAgentArgs, context: &CommandContext) -> Result<Self> {
        let since =
            args.since.as_deref().map(|text| super::logs::moment(text, "--since", clock::unix_millis())).transpose()?;
        let since = since.map(|millis| millis / 1000);
        let days = args.days.unwrap_or_else(|| since.map_or(DEFAULT_DAYS, days_since));
        if let Some(name) = &args.endpoint {
            session::check_endpoint(name)?;
        }
        let Some(text) = &args.agent_id else {
            let store = context.store_with_runtime(args.agent.as_deref()).await?;
            let agent = store.agent(args.agent.as_deref())?.clone();
            let arn = target::require_arn(&store, &agent)?;
            let runtime = RuntimeId::parse(agent.runtime_id().unwrap_or_else(|| arn.resource_id()))?;
            let cloud = context.connect(Some(&agent)).await?;
            let endpoint = args.endpoint.clone().unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
            return Ok(Self {
                runtime,
                endpoint,
                cloud,
                configured: Some((store, agent)),
                agent_id: None,
                days,
                since,
            });
        };
        let (arn, endpoint) = match text.starts_with("arn:") {
            true => Arn::of_runtime(text).map(|(arn, endpoint)| (Some(arn), endpoint))?,
            false => (None, None),
        };
        let runtime = RuntimeId::parse(arn.as_ref().map_or(text.as_str(), Arn::resource_id))?;
        // A configuration that is there says which region is meant, and which session where it is of the same runtime.
        let store = context.store_if_any()?;
        let agent = match (&store, args.agent.as_deref()) {
            (Some(store), Some(name)) => Some(store.agent(Some(name))?.clone()),
            (Some(store), None) => store.agent(None).ok().cloned(),
            (None, _) => None,
        };
        let same = |agent: &Agent| {
            agent.runtime_id() == Some(runtime.as_str())
                || agent.runtime_arn().is_some_and(|arn| arn.resource_id() == runtime.as_str())
        };
        let cloud = match (&arn, &context.globals.region) {
            (Some(arn), Some(flag)) if *flag != arn.region => {
                return Err(Error::usage(format!("the runtime is in {}, and --region says {flag}", arn.region))
                    .code(Code::UsageConflict)
                    .hint("leave out `--region`"));
            }
            (Some(arn), _) => context.connect_to(Some(&arn.region)).await?,
            (None, Some(flag)) => context.connect_to(Some(flag)).await?,
            (None, None) => context.connect(agent.as_ref()).await?,
        };
        let configured = store.zip(agent).filter(|(_, agent)| same(agent));
        let endpoint = named_endpoint(args.endpoint.as_deref(), endpoint)?;
        Ok(Self { runtime, endpoint, cloud, configured, agent_id: Some(text.clone()), days, since })
    }

    fn source<'a>(&'a self, context: &'a CommandContext) -> TraceSource<'a> {
        TraceSource {
            cloud: &self.cloud,
            env: &context.env,
            agent: self.configured.as_ref().map(|(_, agent)| agent),
            agent_id: self.agent_id.as_deref(),
            runtime: self.runtime.clone(),
            endpoint: self.endpoint.clone(),
            days: self.days,
            since: self.since,
        }
    }

    /// The session of the flag, else the one that `invoke` or the starter toolkit used last, else the newest with spans.
    async fn session(&self, flag: Option<&str>, context: &CommandContext) -> Result<SessionId> {
        if let Some(text) = flag {
            return SessionId::parse(text);
        }
        let remembered = self.configured.as_ref().and_then(|(store, agent)| {
            let last = session::last(store.root(), &agent.deployed_name(), &self.endpoint);
            last.or_else(|| agent.bedrock_agentcore.agent_session_id.clone())
        });
        if let Some(id) = remembered.filter(|id| !id.is_empty()) {
            context.ui.note(&format!("session {id}, the last one used here; `--session-id` names another"));
            return SessionId::parse(&id);
        }
        let newest = traces::newest_session(&self.source(context)).await?;
        context.ui.note(&format!("session {}, the newest with spans", newest.as_str()));
        Ok(newest)
    }
}

/// The endpoint of the flag, or of the ARN.
///
/// # Errors
/// Exit 2 when they name two.
fn named_endpoint(flag: Option<&str>, of_arn: Option<String>) -> Result<String> {
    if let (Some(flag), Some(named)) = (flag, &of_arn)
        && flag != named
    {
        return Err(Error::usage(format!("the ARN names the endpoint `{named}`, and --endpoint says `{flag}`"))
            .code(Code::InputEndpoint)
            .hint("leave out one of them"));
    }
    Ok(flag.map(str::to_owned).or(of_arn).unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned()))
}

/// Days that reach back to a moment in seconds since 1970, at least one.
fn days_since(since: i64) -> u32 {
    let days = (clock::unix_now() - since).max(0) / 86_400 + 1;
    u32::try_from(days).unwrap_or(MOST_DAYS).min(MOST_DAYS)
}

fn warn(found: &FoundTraces, context: &CommandContext) {
    for warning in &found.warnings {
        context.ui.warning(warning);
    }
}

async fn list(args: &ObsListArgs, context: &CommandContext) -> Result<CommandResult> {
    let flag = args.session_id.as_deref().map(SessionId::parse).transpose()?;
    let agent = TracedAgent::find(&args.of, context).await?;
    let session = agent.session(flag.as_ref().map(SessionId::as_str), context).await?;
    let source = agent.source(context);
    let mut found = traces::traces_of_session(&source, &session).await?;
    warn(&found, context);
    if args.errors {
        found.traces.retain(|trace| trace.errors() > 0);
    }
    let (messages, warning) = traces::messages_of(&source, &found.traces).await?;
    warning.iter().for_each(|warning| context.ui.warning(warning));
    CommandResult::report(TraceListReport {
        agent_id: agent.runtime.as_str().to_owned(),
        session: session.as_str().to_owned(),
        region: agent.cloud.region().to_owned(),
        days: agent.days,
        traces: found.traces,
        messages,
        more: found.cut,
    })
}

async fn show(args: &ObsShowArgs, context: &CommandContext) -> Result<CommandResult> {
    check_last(args.last, &[(args.trace_id.is_some(), "--trace-id"), (args.all, "--all")])?;
    let named = args.trace_id.as_deref().map(TraceId::parse).transpose()?;
    let flag = args.session_id.as_deref().map(SessionId::parse).transpose()?;
    let agent = TracedAgent::find(&args.of, context).await?;
    let source = agent.source(context);
    let (mut found, session) = match &named {
        Some(id) => (traces::one_trace(&source, id).await?, None),
        None => {
            let session = agent.session(flag.as_ref().map(SessionId::as_str), context).await?;
            (traces::traces_of_session(&source, &session).await?, Some(session))
        }
    };
    warn(&found, context);
    if args.errors {
        found.traces.retain(|trace| trace.errors() > 0);
    }
    let shown = match (&named, args.all) {
        (Some(_), _) => Shown::Named,
        (None, true) => Shown::All,
        (None, false) => {
            let (count, wanted) = (found.traces.len(), args.last.unwrap_or(1) as usize);
            let nth = wanted.min(count);
            found.traces = found.traces.into_iter().skip(nth.saturating_sub(1)).take(1).collect();
            Shown::Nth { nth, wanted, count }
        }
    };
    let (messages, warning) = traces::messages_of(&source, &found.traces).await?;
    warning.iter().for_each(|warning| context.ui.warning(warning));
    let report = TraceReport {
        agent_id: agent.runtime.as_str().to_owned(),
        session: session.map(|session| session.as_str().to_owned()),
        region: agent.cloud.region().to_owned(),
        days: agent.days,
        traces: found.traces,
        messages,
        more: found.cut,
        shown,
        in_full: context.globals.verbose > 0,
    };
    told(report, args.file.as_deref(), context)
}
