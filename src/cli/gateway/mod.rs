//! `agentcore gateway …`, and the two commands of the starter toolkit that stand beside it.

mod create;
mod target;

use super::args::{
    DeleteGatewayArgs, DeleteTargetArgs, GatewayCommand, GatewaySelector, GatewayWait, TargetSelector,
    UpdateGatewayArgs,
};
use super::{CommandContext, CommandResult, Result};
use crate::auth::Authorizer;
use crate::cloud::{CallerIdentity, Cloud};
use crate::config::{self, CognitoSetup, Store};
use crate::error::{Code, Error};
use crate::ops::gateway::{self, GatewayChanges, GatewayKey, GatewayWork, TargetKey};
use crate::ops::target as account;
use crate::partition::Arn;
use crate::shell::CommandLine;

pub(super) use create::run as create_gateway;
pub(super) use target::run as create_target;

pub(super) async fn run(command: GatewayCommand, context: &CommandContext) -> Result<CommandResult> {
    match command {
        GatewayCommand::CreateMcpGateway(args) => create::run(*args, context).await,
        GatewayCommand::CreateMcpGatewayTarget(args) => target::run(*args, context).await,
        GatewayCommand::DeleteMcpGateway(args) => delete(&args, context).await,
        GatewayCommand::DeleteMcpGatewayTarget(args) => delete_target(&args, context).await,
        GatewayCommand::ListMcpGateways(args) => {
            if let Some(name) = &args.name {
                gateway::check_name(name, "gateway", GATEWAY_NAME)?;
            }
            let (cloud, _) = reading(context, None).await?;
            let most = usize::from(args.max_results);
            CommandResult::report(gateway::list_gateways(&cloud, args.name.as_deref(), most).await?)
        }
        GatewayCommand::GetMcpGateway(args) => {
            let chosen = Chosen::of(&args.gateway)?;
            let (cloud, _) = reading(context, chosen.arn.as_ref()).await?;
            CommandResult::report(gateway::get_gateway(&cloud, &chosen.key).await?)
        }
        GatewayCommand::ListMcpGatewayTargets(args) => {
            let chosen = Chosen::of(&args.gateway)?;
            let (cloud, _) = reading(context, chosen.arn.as_ref()).await?;
            let most = usize::from(args.max_results);
            CommandResult::report(gateway::list_targets(&cloud, &chosen.key, most).await?)
        }
        GatewayCommand::GetMcpGatewayTarget(args) => {
            let chosen = Chosen::of(&args.gateway)?;
            let target = target_key(&args.target)?;
            let (cloud, _) = reading(context, chosen.arn.as_ref()).await?;
            CommandResult::report(gateway::get_target(&cloud, &chosen.key, &target).await?)
        }
        GatewayCommand::UpdateGateway(args) => update(*args, context).await,
    }
}

/// The most letters and digits of a gateway's name, and of a target's.
const GATEWAY_NAME: usize = 48;
const TARGET_NAME: usize = 100;

/// The gateway that was named.
struct Chosen {
    key: GatewayKey,
    arn: Option<Arn>,
}

impl Chosen {
    fn of(selector: &GatewaySelector) -> Result<Self> {
        Self::new(selector.id.as_deref(), selector.arn.as_deref(), selector.name.as_deref())
    }

    /// One of the three, which clap has made sure of.
    fn new(id: Option<&str>, arn: Option<&str>, name: Option<&str>) -> Result<Self> {
        if let Some(text) = arn {
            let wrong = || {
                Error::usage(format!("`{text}` is not the ARN of a gateway"))
                    .code(Code::InputArn)
                    .hint("`agentcore gateway list-mcp-gateways -o json` shows the ids, which `--id` takes too")
            };
            let arn: Arn = text.parse().map_err(|_| wrong())?;
            let id = arn.resource.strip_prefix("gateway/").filter(|_| arn.service == "bedrock-agentcore");
            let id = id.ok_or_else(wrong)?.to_owned();
            gateway::check_id(&id).map_err(|_| wrong())?;
            return Ok(Self { key: GatewayKey::Id(id), arn: Some(arn) });
        }
        if let Some(id) = id {
            gateway::check_id(id)?;
            return Ok(Self { key: GatewayKey::Id(id.to_owned()), arn: None });
        }
        let name = name.unwrap_or_default();
        gateway::check_name(name, "gateway", GATEWAY_NAME)?;
        Ok(Self { key: GatewayKey::Name(name.to_owned()), arn: None })
    }

    /// Adds the flag that names it to a command.
    fn say(&self, line: &mut CommandLine) {
        self.say_as(line, ["--arn", "--id", "--name"]);
    }

    /// The same with other names for the three flags.
    fn say_as(&self, line: &mut CommandLine, [by_arn, by_id, by_name]: [&str; 3]) {
        match (&self.arn, &self.key) {
            (Some(arn), _) => line.value(by_arn, Some(arn)),
            (None, GatewayKey::Id(id)) => line.value(by_id, Some(id)),
            (None, GatewayKey::Name(name)) => line.value(by_name, Some(name)),
        }
    }
}

fn target_key(selector: &TargetSelector) -> Result<TargetKey> {
    if let Some(id) = &selector.target_id {
        if id.len() == 10 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(TargetKey::Id(id.clone()));
        }
        return Err(Error::usage(format!("`{id}` is not the id of a target"))
            .code(Code::InputValue)
            .hint("it has ten letters and digits; a name goes with `--target-name`"));
    }
    let name = selector.target_name.clone().unwrap_or_default();
    gateway::check_name(&name, "target", TARGET_NAME)?;
    Ok(TargetKey::Name(name))
}

/// The configuration of this folder, where there is one.
fn configuration(context: &CommandContext) -> Result<Option<Store>> {
    let located = config::locate(&context.env, context.globals.config.as_deref())?;
    if located.found()?.is_some() { context.store().map(Some) } else { Ok(None) }
}

/// A connection, and the configuration of this folder. The region is the ARN's, else what `--region` says, else the
/// agent's, the environment's and the profile's.
async fn reading(context: &CommandContext, arn: Option<&Arn>) -> Result<(Cloud, Option<Store>)> {
    let flag = context.globals.region.as_deref();
    if let (Some(arn), Some(flag)) = (arn, flag)
        && arn.region != flag
    {
        return Err(Error::usage(format!("the gateway is in {}, and --region says {flag}", arn.region))
            .code(Code::UsageConflict)
            .hint("leave out `--region`"));
    }
    let store = configuration(context)?;
    let cloud = match (arn, flag) {
        (Some(arn), _) => context.connect_to(Some(&arn.region)).await?,
        (None, Some(_)) => context.connect(None).await?,
        (None, None) => {
            let agent = store.as_ref().and_then(|store| store.agent(None).ok());
            context.connect(agent).await?
        }
    };
    Ok((cloud, store))
}

/// What a command that changes something works with; it says first in which account.
struct Working {
    cloud: Cloud,
    identity: CallerIdentity,
    project: Option<String>,
}

impl Working {
    async fn begin(context: &CommandContext, arn: Option<&Arn>) -> Result<Self> {
        let (cloud, store) = reading(context, arn).await?;
        let identity = context.announce_identity(&cloud).await?;
        if let Some(arn) = arn.filter(|arn| arn.account != identity.account) {
            return Err(Error::usage(format!(
                "the gateway belongs to account {}, and these credentials are of account {}",
                arn.account, identity.account
            ))
            .code(Code::AwsAccountMismatch)
            .hint("choose the right `--profile`"));
        }
        if let Some(agent) = store.as_ref().and_then(|store| store.agent(None).ok()) {
            account::check_account(agent, &identity)?;
        }
        let known = store.as_ref().and_then(|store| store.project().identity.clone());
        let project = match known {
            Some(project) => Some(project),
            None => stored_project(context)?,
        };
        Ok(Self { cloud, identity, project })
    }

    fn work<'a>(&'a self, context: &'a CommandContext, wait: GatewayWait, command: CommandLine) -> GatewayWork<'a> {
        GatewayWork {
            cloud: &self.cloud,
            identity: &self.identity,
            events: &context.events,
            project: self.project.clone(),
            waits: !wait.no_wait,
            limit: context.deadline.left().unwrap_or(gateway::DEFAULT_WAIT),
            command: command.into_string(),
        }
    }
}

/// The identity that a set-up of Amazon Cognito in this folder has.
fn stored_project(context: &CommandContext) -> Result<Option<String>> {
    let dir = super::identity::dir(context)?;
    Ok(CognitoSetup::load_all(&dir)?.into_iter().find_map(|setup| setup.project))
}

fn command(context: &CommandContext, verb: &str) -> CommandLine {
    CommandLine::new(&format!("agentcore gateway {verb}{}", context.globals.repeated()))
}

/// The object inside `customJWTAuthorizer` of the JSON that was given.
fn authorizer(json: &str) -> Result<serde_json::Value> {
    Ok(Authorizer::from_configuration(json)?.to_wire())
}

async fn delete(args: &DeleteGatewayArgs, context: &CommandContext) -> Result<CommandResult> {
    let chosen = Chosen::of(&args.gateway)?;
    let mut line = command(context, "delete-mcp-gateway");
    chosen.say(&mut line);
    line.switch("--adopt", args.adopt);
    line.switch("--force", args.force);
    let working = Working::begin(context, chosen.arn.as_ref()).await?;
    let work = working.work(context, args.wait, line);
    CommandResult::report(gateway::delete_gateway(&work, &chosen.key, args.force, args.adopt).await?)
}

async fn delete_target(args: &DeleteTargetArgs, context: &CommandContext) -> Result<CommandResult> {
    let chosen = Chosen::of(&args.gateway)?;
    let target = target_key(&args.target)?;
    let mut line = command(context, "delete-mcp-gateway-target");
    chosen.say(&mut line);
    line.value("--target-id", args.target.target_id.as_ref());
    line.value("--target-name", args.target.target_name.as_ref());
    line.switch("--adopt", args.adopt);
    let working = Working::begin(context, chosen.arn.as_ref()).await?;
    let work = working.work(context, args.wait, line);
    CommandResult::report(gateway::delete_target(&work, &chosen.key, &target, args.adopt).await?)
}

async fn update(args: UpdateGatewayArgs, context: &CommandContext) -> Result<CommandResult> {
    let chosen = Chosen::of(&args.gateway)?;
    let engine = match &args.policy_engine_arn {
        None => None,
        Some(text) => {
            let is_engine =
                |arn: &Arn| arn.service == "bedrock-agentcore" && arn.resource.starts_with("policy-engine/");
            let wrong = || {
                Error::usage(format!("`{text}` is not the ARN of a policy engine"))
                    .code(Code::InputArn)
                    .hint("`aws bedrock-agentcore-control list-policy-engines` shows them")
            };
            Some(text.parse::<Arn>().ok().filter(is_engine).ok_or_else(wrong)?)
        }
    };
    let mut line = command(context, "update-gateway");
    chosen.say(&mut line);
    line.value("--description", args.description.as_ref());
    line.value("--policy-engine-arn", args.policy_engine_arn.as_ref());
    line.value("--policy-engine-mode", args.policy_engine_mode.as_ref());
    line.value("--authorizer-config", args.authorizer_config.as_ref());
    line.switch("--adopt", args.adopt);
    let changes = GatewayChanges {
        description: args.description,
        policy_engine: engine,
        policy_mode: args.policy_engine_mode.map(|mode| mode.to_uppercase()),
        authorizer: args.authorizer_config.as_deref().map(authorizer).transpose()?,
        adopt: args.adopt,
    };
    changes.require_something()?;
    let working = Working::begin(context, chosen.arn.as_ref()).await?;
    let work = working.work(context, args.wait, line);
    CommandResult::report(gateway::update(&work, &chosen.key, &changes).await?)
}
