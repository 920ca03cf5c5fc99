//! `agentcore identity …`: a Cognito user pool for inbound auth, and tokens from it.

use std::path::PathBuf;

use super::args::{CleanupArgs, IdentityCommand, SetupCognitoArgs};
use super::context::unsupported;
use super::{Context, Done, Result, token};
use crate::config;
use crate::error::Error;
use crate::ops::cognito::{self, SetupRequest, Stored};
use crate::redact::SecretString;

const DEFAULT_USER: &str = "testuser";

pub(super) async fn run(command: IdentityCommand, context: &Context) -> Result<Done> {
    match command {
        IdentityCommand::SetupCognito(args) => setup(args, context).await,
        IdentityCommand::Token(args) => token::run(*args, context).await,
        IdentityCommand::Cleanup(args) => cleanup(&args, context).await,
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

fn only_users(flow: Option<&str>) -> Result<()> {
    match flow {
        None | Some("user") => Ok(()),
        Some("m2m") => {
            Err(unsupported("--auth-flow m2m", "this version sets up and signs in users only", "leave it out"))
        }
        Some(other) => Err(Error::usage(format!("`{other}` is not an auth flow")).hint("`--auth-flow` is `user`")),
    }
}

async fn setup(args: SetupCognitoArgs, context: &Context) -> Result<Done> {
    only_users(args.auth_flow.as_deref())?;
    let dir = dir(context)?;
    let password = match &args.password_file {
        Some(path) => Some(context.read_secret(path, "password").await?),
        None => context.env.var("RUNTIME_PASSWORD").map(|text| SecretString::from(text.to_owned())),
    };
    // A second run goes on with what the first one stored.
    let stored = Stored::load(&dir)?;
    let known = |value: fn(&Stored) -> &String| stored.as_ref().map(|stored| value(stored).clone());
    let cloud = match (&context.globals.region, known(|stored| &stored.region)) {
        (None, Some(region)) => context.connect_to(Some(&region)).await?,
        _ => context.connect(None).await?,
    };
    let identity = context.introduce(&cloud).await?;
    let pool_name = args.pool_name.or_else(|| known(|stored| &stored.pool_name)).unwrap_or_else(|| {
        let folder = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        format!("agentcore-{folder}")
    });
    let lifetime = u16::try_from(cognito::DEFAULT_TOKEN_LIFETIME.as_secs() / 60).unwrap_or(120);
    let request = SetupRequest {
        dir: &dir,
        pool_name: &pool_name,
        client_name: args.client_name.as_deref().unwrap_or("agentcore-user-client"),
        username: &args
            .username
            .or_else(|| known(|stored| &stored.username))
            .unwrap_or_else(|| DEFAULT_USER.to_owned()),
        password,
        token_minutes: args.token_minutes.unwrap_or(lifetime),
        account: &identity.account,
    };
    Done::report(cognito::setup(&cloud, &request, &context.events).await?)
}

async fn cleanup(args: &CleanupArgs, context: &Context) -> Result<Done> {
    let dir = dir(context)?;
    let stored = Stored::load(&dir)?;
    let pool = stored.as_ref().filter(|stored| stored.created_pool);
    if let (Some(pool), false) = (pool, args.force || args.dry_run) {
        let question = format!("Delete the user pool {} with its users?", pool.pool_id);
        if !context.confirm(question, "--force").await? {
            return Err(Error::failed("nothing was deleted").code("declined"));
        }
    }
    let cloud = match (&pool, args.dry_run) {
        (Some(pool), false) => {
            let cloud = context.connect_to(Some(&pool.region)).await?;
            pool.check_account(&context.introduce(&cloud).await?.account)?;
            Some(cloud)
        }
        _ => None,
    };
    Done::report(cognito::cleanup(cloud.as_ref(), &dir, stored.as_ref(), args.dry_run).await?)
}
