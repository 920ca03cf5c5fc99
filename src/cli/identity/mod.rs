//! `agentcore identity …`: set-up, tokens and clean-up of identity providers for callers, and credential providers for
//! agents.

mod providers;
mod setup;
mod verify;
mod workloads;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::{CleanupArgs, IdentityCommand};
use super::{CommandContext, CommandResult, Result, token};
use crate::config::{self, Store};
use crate::config::{CognitoSetup, SetupFlow};
use crate::error::{Code, Error};
use crate::ops::identity::cleanup::{Cleanup, CleanupContext, CleanupRecords, CleanupRegion};
use crate::ops::target;
use crate::ownership::Owners;
use crate::shell::{CommandLine, quoted};

pub(super) async fn run(command: IdentityCommand, context: &CommandContext) -> Result<CommandResult> {
    match command {
        IdentityCommand::SetupCognito(args) => setup::run(*args, context).await,
        IdentityCommand::Token(args) => token::run(*args, context).await,
        IdentityCommand::Verify(args) => verify::run(&args, context).await,
        IdentityCommand::Cleanup(args) => clean_up(&args, context).await,
        IdentityCommand::CreateCredentialProvider(args) => providers::create(*args, context).await,
        IdentityCommand::GetCredentialProvider(args) => providers::get(args, context).await,
        IdentityCommand::ListCredentialProviders(args) => providers::list(args, context).await,
        IdentityCommand::UpdateCredentialProvider(args) => providers::update(*args, context).await,
        IdentityCommand::DeleteCredentialProvider(args) => providers::delete(args, context).await,
        IdentityCommand::CreateWorkloadIdentity(args) => workloads::create(args, context).await,
        IdentityCommand::GetWorkloadIdentity(args) => workloads::get(args, context).await,
        IdentityCommand::ListWorkloadIdentities(args) => workloads::list(args, context).await,
        IdentityCommand::UpdateWorkloadIdentity(args) => workloads::update(args, context).await,
        IdentityCommand::DeleteWorkloadIdentity(args) => workloads::delete(args, context).await,
        IdentityCommand::SetupAwsJwt(args) => workloads::setup_aws_jwt(args, context).await,
        IdentityCommand::ListAwsJwt(args) => workloads::list_aws_jwt(&args, context),
    }
}

/// The folder of the configuration, else the current one: what set-up stores belongs to the project.
///
/// # Errors
/// Exit 2 when the folder holds a set-up that was found, not named, and that another user could have put there: it
/// decides where secrets are sent, and what is deleted.
pub(super) fn dir(context: &CommandContext) -> Result<PathBuf> {
    let (dir, named) = folder(context)?;
    if !named && SetupFlow::ALL.into_iter().any(|flow| dir.join(flow.store_file()).symlink_metadata().is_ok()) {
        require_own(context, &dir)?;
    }
    Ok(dir)
}

/// As [`dir`], for a set-up that is about to be stored: in a folder of another user the next command would not use it.
///
/// # Errors
/// Exit 2 when the folder was not named and is another user's.
fn dir_to_fill(context: &CommandContext) -> Result<PathBuf> {
    let (dir, named) = folder(context)?;
    if !named {
        require_own(context, &dir)?;
    }
    Ok(dir)
}

/// The folder, and whether somebody named it or the configuration in it is one that may be used.
fn folder(context: &CommandContext) -> Result<(PathBuf, bool)> {
    let explicit = context.globals.config.as_deref();
    let located = config::locate(&context.env, explicit)?;
    let found = located.found()?;
    let named = found.is_some() || explicit.is_some() || context.env.var_os(config::VARIABLE).is_some();
    let file = found.unwrap_or(&located.fresh);
    Ok((file.parent().unwrap_or(context.env.cwd()).to_owned(), named))
}

fn require_own(context: &CommandContext, dir: &Path) -> Result<()> {
    let Some(user) = Owners::from_env(&context.env).stranger(dir) else { return Ok(()) };
    let shown = dir.display();
    Err(Error::usage(format!(
        "what `identity setup-cognito` stores in `{shown}` is not used: the folder belongs to another user"
    ))
    .code(Code::IdentityOwner)
    .cause(format!("it belongs to user {user}, and a stored set-up says where secrets are sent and what is deleted"))
    .hint(format!(
        "if you trust it, name it: `--config {}`, or set {}",
        quoted(&dir.join(config::FILE_NAME).to_string_lossy()),
        config::VARIABLE
    ))
    .hint("or work in a folder of your own"))
}

/// The configuration with the chosen agent. `None` without a configuration, or with an empty one, unless an agent was
/// named.
fn agent_of(context: &CommandContext, agent: Option<&str>) -> Result<Option<(Store, String)>> {
    let located = config::locate(&context.env, context.globals.config.as_deref())?;
    if agent.is_none() && located.found()?.is_none() {
        return Ok(None);
    }
    let store = context.store()?;
    if agent.is_none() && store.project().agents.is_empty() {
        return Ok(None);
    }
    store.require_writable()?;
    let name = store.agent(agent)?.name.clone();
    Ok(Some((store, name)))
}

/// # Errors
/// Exit 2 without a terminal, naming `--force`; exit 1 when the answer is no.
async fn confirm_deletion(question: String, context: &CommandContext) -> Result<()> {
    if context.confirm(question, "--force").await? {
        return Ok(());
    }
    Err(Error::failed("nothing was deleted").code(Code::Declined))
}

async fn clean_up(args: &CleanupArgs, context: &CommandContext) -> Result<CommandResult> {
    let dir = dir(context)?;
    let setups = CognitoSetup::load_all(&dir)?;
    let found = match agent_of(context, args.agent.as_deref())? {
        Some((store, name)) => {
            let agent = store.agent(Some(&name))?.clone();
            Some((store, agent))
        }
        None => None,
    };
    let agent = found.as_ref().map(|(_, agent)| agent.clone());
    let records = CleanupRecords::new(&dir, setups.clone(), found);
    let mut clouds = BTreeMap::new();
    for region in records.regions() {
        let cloud = match (&region, &agent) {
            (CleanupRegion::Named(name), _) => context.connect_to(Some(name)).await?,
            (CleanupRegion::OfAgent, agent) => context.connect(agent.as_ref()).await?,
        };
        let identity = context.announce_identity(&cloud).await?;
        if let (CleanupRegion::OfAgent, Some(agent)) = (&region, &agent) {
            target::check_account(agent, &identity)?;
        }
        for setup in setups.iter().filter(|setup| region == CleanupRegion::Named(setup.region.clone())) {
            setup.check_account(&identity.account)?;
        }
        clouds.insert(region, (cloud, identity));
    }
    let mut command = CommandLine::new(&format!("agentcore identity cleanup{} --force", context.globals.repeated()));
    command.value("--agent", args.agent.as_ref());
    let cx = CleanupContext { clouds, http: &context.http, events: &context.events, command: command.into_string() };
    let cleanup = Cleanup::plan(&records, &cx).await?;
    if args.dry_run {
        return CommandResult::report(cleanup.report());
    }
    if cleanup.deletes() && !args.force {
        confirm_deletion(cleanup.question(), context).await?;
    }
    CommandResult::report(cleanup.apply().await?)
}
