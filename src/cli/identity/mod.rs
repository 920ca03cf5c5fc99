//! `agentcore identity …`: set-up, tokens and clean-up of what callers sign in at, and what agents get keys from.

mod setup;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::args::{CleanupArgs, IdentityCommand};
use super::{Context, Done, Result, token};
use crate::config;
use crate::error::Error;
use crate::ops::identity::{Stored, cleanup};

pub(super) async fn run(command: IdentityCommand, context: &Context) -> Result<Done> {
    match command {
        IdentityCommand::SetupCognito(args) => setup::run(*args, context).await,
        IdentityCommand::Token(args) => token::run(*args, context).await,
        IdentityCommand::Cleanup(args) => clean_up(&args, context).await,
    }
}

/// The folder of the configuration, else the current one: what set-up stores belongs to the project.
pub(super) fn dir(context: &Context) -> Result<PathBuf> {
    let located = config::locate(&context.env, context.globals.config.as_deref())?;
    Ok(located.fresh.parent().map_or_else(
        || context.env.cwd().to_owned(),
        |dir| match &located.found {
            Some(found) => found.parent().unwrap_or(dir).to_owned(),
            None => dir.to_owned(),
        },
    ))
}

async fn clean_up(args: &CleanupArgs, context: &Context) -> Result<Done> {
    let dir = dir(context)?;
    let stores = Stored::load_all(&dir)?;
    let plan = cleanup::Plan::of(&dir, &stores);
    if args.dry_run {
        return Done::report(plan.report());
    }
    if plan.deletes() && !args.force && !context.confirm(plan.question(), "--force").await? {
        return Err(Error::failed("nothing was deleted").code("declined"));
    }
    let mut clouds = BTreeMap::new();
    for region in plan.regions() {
        let cloud = context.connect_to(Some(&region)).await?;
        let identity = context.introduce(&cloud).await?;
        for stored in stores.iter().filter(|stored| stored.region == region) {
            stored.check_account(&identity.account)?;
        }
        clouds.insert(region, cloud);
    }
    Done::report(cleanup::apply(plan, &clouds, &context.events).await?)
}
