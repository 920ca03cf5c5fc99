//! `agentcore identity …`: set-up, tokens and clean-up of what callers sign in at, and what agents get keys from.

mod providers;
mod setup;
mod verify;
mod workloads;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::{CleanupArgs, IdentityCommand};
use super::{Context, Done, Result, token};
use crate::config::{self, Store};
use crate::error::{Code, Error};
use crate::ops::identity::{Flow, Stored, cleanup};
use crate::ops::target;
use crate::ownership::Owners;
use crate::shell::{CommandLine, quoted};

pub(super) async fn run(command: IdentityCommand, context: &Context) -> Result<Done> {
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
/// Exit 2 when the folder holds a set-up that was only come upon, and another user could have put it there: it says where
/// secrets are sent, and what is deleted.
pub(super) fn dir(context: &Context) -> Result<PathBuf> {
    let (dir, named) = folder(context)?;
    if !named && Flow::ALL.into_iter().any(|flow| dir.join(flow.store_file()).symlink_metadata().is_ok()) {
        require_own(context, &dir)?;
    }
    Ok(dir)
}

/// As [`dir`], for a set-up that is about to be stored: in a folder of another user the next command would not use it.
///
/// # Errors
/// Exit 2 when the folder was not named and is another user's.
fn dir_to_fill(context: &Context) -> Result<PathBuf> {
    let (dir, named) = folder(context)?;
    if !named {
        require_own(context, &dir)?;
    }
    Ok(dir)
}

/// The folder, and whether somebody named it or the configuration in it is one that may be used.
fn folder(context: &Context) -> Result<(PathBuf, bool)> {
    let explicit = context.globals.config.as_deref();
    let located = config::locate(&context.env, explicit)?;
    let found = located.found()?;
    let named = found.is_some() || explicit.is_some() || context.env.var_os(config::VARIABLE).is_some();
    let file = found.unwrap_or(&located.fresh);
    Ok((file.parent().unwrap_or(context.env.cwd()).to_owned(), named))
}

fn require_own(context: &Context, dir: &Path) -> Result<()> {
    let Some(user) = Owners::of(&context.env).stranger(dir) else { return Ok(()) };
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

/// The configuration with the chosen agent. Without a configuration, or with an empty one, there is none to enter
/// anything in, unless an agent was named.
fn agent_of(context: &Context, agent: Option<&str>) -> Result<Option<(Store, String)>> {
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
async fn ask(question: String, context: &Context) -> Result<()> {
    if context.confirm(question, "--force").await? {
        return Ok(());
    }
    Err(Error::failed("nothing was deleted").code(Code::Declined))
}

async fn clean_up(args: &CleanupArgs, context: &Context) -> Result<Done> {
    let dir = dir(context)?;
    let stores = Stored::load_all(&dir)?;
    let mut found = agent_of(context, args.agent.as_deref())?;
    let agent = match &found {
        Some((store, name)) => Some(store.agent(Some(name))?.clone()),
        None => None,
    };
    let plan = cleanup::Plan::of(&dir, &stores, agent.as_ref());
    if args.dry_run {
        return Done::report(plan.report());
    }
    let mut clouds = BTreeMap::new();
    for region in plan.regions() {
        let of_agent = agent.as_ref().filter(|_| region == cleanup::AGENT_REGION);
        let cloud = match of_agent {
            Some(agent) => context.connect(Some(agent)).await?,
            None => context.connect_to(Some(&region)).await?,
        };
        let identity = context.introduce(&cloud).await?;
        if let Some(agent) = of_agent {
            target::check_account(agent, &identity)?;
        }
        for stored in stores.iter().filter(|stored| stored.region == region) {
            stored.check_account(&identity.account)?;
        }
        clouds.insert(region, cloud);
    }
    if plan.deletes() && !args.force {
        ask(plan.question(), context).await?;
    }
    let mut command = CommandLine::new(&format!("agentcore identity cleanup{} --force", context.globals.repeated()));
    command.value("--agent", args.agent.as_ref());
    let command = command.into_string();
    Done::report(cleanup::apply(plan, &clouds, providers::place(&mut found), &command, &context.events).await?)
}
