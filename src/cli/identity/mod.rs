//! `agentcore identity …`: set-up, tokens and clean-up of what callers sign in at, and what agents get keys from.

mod setup;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::args::{CleanupArgs, IdentityCommand, TokenArgs};
use super::context::unsupported;
use super::{Context, Done, Result};
use crate::config;
use crate::error::Error;
use crate::ops::identity::{self, Flow, SignIn, Stored, cleanup};
use crate::redact::{ExposeSecret, SecretString};
use crate::report::{Document, Report};

pub(super) async fn run(command: IdentityCommand, context: &Context) -> Result<Done> {
    match command {
        IdentityCommand::SetupCognito(args) => setup::run(*args, context).await,
        IdentityCommand::Token(args) => token(args, context).await,
        IdentityCommand::Cleanup(args) => clean_up(&args, context).await,
    }
}

/// The folder of the configuration, else the current one: what set-up stores belongs to the project.
fn dir(context: &Context) -> Result<PathBuf> {
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

async fn token(args: TokenArgs, context: &Context) -> Result<Done> {
    only_users(args.auth_flow.as_deref())?;
    if args.password.is_some() {
        return Err(Error::usage("`--password` would be visible to other users of this machine")
            .code("secret.argv")
            .hint("pass it with `--password-file FILE`, `--password-file -` or RUNTIME_PASSWORD"));
    }
    let dir = dir(context)?;
    let stored = match Stored::load(&dir, Flow::User)? {
        Some(stored) => Some(stored),
        None => Stored::load(&dir, Flow::Team)?,
    };
    let missing = |what: &str, flag: &str, variable: &str| {
        Error::usage(format!("no {what}"))
            .code("input.missing")
            .hint(format!("pass `{flag}`, set {variable}, or run `agentcore identity setup-cognito` in this folder"))
    };
    let text = |flag: Option<String>, variable: &str, stored: Option<&String>| {
        flag.or_else(|| context.env.var(variable).map(str::to_owned))
            .or_else(|| stored.cloned())
            .filter(|text| !text.is_empty())
    };
    let pool_id = text(args.pool_id, "RUNTIME_POOL_ID", stored.as_ref().and_then(|stored| stored.pool_id.as_ref()));
    let client_id =
        text(args.client_id, "RUNTIME_CLIENT_ID", stored.as_ref().and_then(|stored| stored.user_client.as_ref()))
            .ok_or_else(|| missing("app client id", "--client-id", "RUNTIME_CLIENT_ID"))?;
    let username =
        text(args.username, "RUNTIME_USERNAME", stored.as_ref().and_then(|stored| stored.settings.username.as_ref()))
            .ok_or_else(|| missing("user name", "--username", "RUNTIME_USERNAME"))?;
    let password = match &args.password_file {
        Some(path) => context.read_secret(path, "password").await?,
        None => context
            .env
            .var("RUNTIME_PASSWORD")
            .map(|text| SecretString::from(text.to_owned()))
            .or_else(|| stored.as_ref().and_then(|stored| stored.password.clone()))
            .ok_or_else(|| missing("password", "--password-file", "RUNTIME_PASSWORD"))?,
    };
    // A pool id begins with its region; that beats whatever the environment says.
    let region = context
        .globals
        .region
        .clone()
        .or_else(|| pool_id.as_ref()?.split_once('_').map(|(region, _)| region.to_owned()));
    let cloud = match &region {
        Some(region) => context.connect_to(Some(region)).await?,
        None => context.connect(None).await?,
    };
    let tokens = identity::token(&cloud, &SignIn { client_id, username, password }).await?;
    let chosen = if args.id_token {
        tokens.id_token.ok_or_else(|| Error::failed("Cognito gave no ID token"))?
    } else {
        tokens.access_token
    };
    Done::report(TokenReport { token: chosen, expires_in: tokens.expires_in, id: args.id_token })
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

/// The token is the result that was asked for, so it is the one secret that stdout gets to see.
struct TokenReport {
    token: SecretString,
    expires_in: i32,
    id: bool,
}

impl Report for TokenReport {
    fn schema(&self) -> &'static str {
        "agentcore.identity/1"
    }

    fn data(&self) -> Value {
        json!({
            "token": self.token.expose_secret(),
            "tokenUse": if self.id { "id" } else { "access" },
            "expiresIn": self.expires_in,
        })
    }

    fn document(&self) -> Document {
        Document::new().verbatim(self.token.expose_secret())
    }
}
