//! `agentcore endpoint …`, `agentcore versions` and `agentcore rollback`.

use std::time::{Duration, Instant};

use super::args::{
    EndpointChangeArgs, EndpointCommand, EndpointCreateArgs, EndpointDeleteArgs, EndpointPromoteArgs, RollbackArgs,
    VersionsArgs,
};
use super::launch::DEFAULT_WAIT;
use super::{CommandContext, CommandResult, Result};
use crate::cloud::Cloud;
use crate::config::shell;
use crate::error::{Code, Error};
use crate::facts::DEFAULT_ENDPOINT;
use crate::ops::endpoint::{self, AgentWithEndpoints, EndpointDeletion, EndpointRequest, EndpointWork, RollbackTarget};
use crate::ops::pending_identity::PendingIdentity;
use crate::ops::target;
use crate::shell::CommandLine;

pub(super) async fn run(command: EndpointCommand, context: &CommandContext) -> Result<CommandResult> {
    match command {
        EndpointCommand::List(args) => {
            let opened = Opened::new(args.agent.as_deref(), "endpoint list", context).await?;
            CommandResult::report(endpoint::list(&opened.reading()).await?)
        }
        EndpointCommand::Create(args) => create(args, context).await,
        EndpointCommand::Promote(args) => promote(args, context).await,
        EndpointCommand::Delete(args) => delete(args, context).await,
    }
}

/// The deployed agent that a verb is about.
struct Opened {
    agent: AgentWithEndpoints,
    cloud: Cloud,
    identity: PendingIdentity,
    command: String,
    launch: String,
}

impl Opened {
    /// `verb` is the command with what it was given, without the flags that name the agent.
    async fn new(name: Option<&str>, verb: &str, context: &CommandContext) -> Result<Self> {
        let store = context.store_with_runtime(name).await?;
        let agent = store.agent(name)?.clone();
        target::require_arn(&store, &agent)?;
        let command = shell::command(verb, &store, &agent);
        let launch = shell::command("launch", &store, &agent);
        let cloud = context.connect(Some(&agent)).await?;
        let identity = context.begin_identity(&cloud, &agent).await?;
        Ok(Self { agent: AgentWithEndpoints::new(store, agent), cloud, identity, command, launch })
    }

    fn reading(&self) -> EndpointWork<'_> {
        EndpointWork {
            record: self.agent.record(),
            cloud: &self.cloud,
            identity: &self.identity,
            wait: None,
            plan_only: true,
            adopt: true,
            break_lock: false,
            begun: Instant::now(),
            command: self.command.clone(),
            launch: self.launch.clone(),
        }
    }

    fn changing(&self, change: &EndpointChangeArgs) -> EndpointWork<'_> {
        EndpointWork {
            wait: (!change.no_wait).then(|| change.wait_timeout.map_or(DEFAULT_WAIT, Duration::from_secs)),
            plan_only: change.plan,
            adopt: change.adopt,
            break_lock: change.break_lock,
            ..self.reading()
        }
    }
}

/// A version as the service numbers them: `1` to `99999`.
fn check_version(text: &str) -> Result<()> {
    let is_number = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && !text.starts_with('0') {
        return Ok(());
    }
    Err(Error::usage(format!("`{text}` is not a version: it is a number from 1 to 99999"))
        .code(Code::InputValue)
        .hint("`agentcore versions` shows those that there are"))
}

/// How the change is waited for, as it was typed.
fn say_waiting(line: &mut CommandLine, change: &EndpointChangeArgs) {
    line.value("--wait-timeout", change.wait_timeout);
    line.switch("--no-wait", change.no_wait);
}

async fn create(args: EndpointCreateArgs, context: &CommandContext) -> Result<CommandResult> {
    endpoint::check_name(&args.name, "create")?;
    args.version.as_deref().map(check_version).transpose()?;
    let mut line = CommandLine::new(&format!("endpoint create {}", args.name));
    line.value("--version", args.version.as_ref());
    line.value("--description", args.description.as_ref());
    say_waiting(&mut line, &args.change);
    let opened = Opened::new(args.change.agent.as_deref(), &line.into_string(), context).await?;
    let request =
        EndpointRequest { name: &args.name, version: args.version.as_deref(), description: args.description.clone() };
    CommandResult::report(endpoint::create(&opened.changing(&args.change), &request).await?)
}

async fn promote(args: EndpointPromoteArgs, context: &CommandContext) -> Result<CommandResult> {
    endpoint::check_name(&args.name, "promote")?;
    check_version(&args.version)?;
    let mut line = CommandLine::new(&format!("endpoint promote {} --version {}", args.name, args.version));
    say_waiting(&mut line, &args.change);
    let opened = Opened::new(args.change.agent.as_deref(), &line.into_string(), context).await?;
    CommandResult::report(endpoint::promote(&opened.changing(&args.change), &args.name, &args.version).await?)
}

async fn delete(args: EndpointDeleteArgs, context: &CommandContext) -> Result<CommandResult> {
    endpoint::check_name(&args.name, "delete")?;
    let mut line = CommandLine::new(&format!("endpoint delete {} --force", args.name));
    say_waiting(&mut line, &args.change);
    let opened = Opened::new(args.change.agent.as_deref(), &line.into_string(), context).await?;
    let work = opened.changing(&args.change);
    let deletion = EndpointDeletion::plan(&work, &args.name).await?;
    if deletion.deletes() && !args.force && !args.change.plan {
        let serves = deletion.serves().map(|version| format!(", which serves version {version}")).unwrap_or_default();
        if !context.confirm(format!("Delete the endpoint `{}`{serves}?", args.name), "--force").await? {
            return Err(Error::failed("nothing was deleted").code(Code::Declined));
        }
    }
    CommandResult::report(deletion.apply().await?)
}

pub(super) async fn versions(args: VersionsArgs, context: &CommandContext) -> Result<CommandResult> {
    let opened = Opened::new(args.agent.as_deref(), "versions", context).await?;
    CommandResult::report(endpoint::versions(&opened.reading(), args.count).await?)
}

pub(super) async fn rollback(args: RollbackArgs, context: &CommandContext) -> Result<CommandResult> {
    let name = args.endpoint.as_deref().unwrap_or(DEFAULT_ENDPOINT);
    crate::session::check_endpoint(name)?;
    args.version.as_deref().map(check_version).transpose()?;
    let mut line = CommandLine::new("rollback");
    if let Some(version) = &args.version {
        line = CommandLine::new(&format!("rollback {version}"));
    }
    line.value("--endpoint", args.endpoint.as_ref());
    line.switch("--allow-auth-change", args.allow_auth_change);
    say_waiting(&mut line, &args.change);
    let opened = Opened::new(args.change.agent.as_deref(), &line.into_string(), context).await?;
    let target =
        RollbackTarget { endpoint: name, version: args.version.as_deref(), allow_auth_change: args.allow_auth_change };
    CommandResult::report(endpoint::rollback(&opened.changing(&args.change), target).await?)
}
