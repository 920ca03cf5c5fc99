//! `agentcore identity token`: the token alone on stdout; and the same token for verbs that call an agent.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::args::TokenArgs;
use super::context::secret_argument;
use super::{CommandContext, CommandResult, Result};
use crate::clock;
use crate::config::CognitoSetup;
use crate::config::{self, Edit, Store, TokenGrant};
use crate::error::{Code, Error};
use crate::ops::token::{self, CacheUse, Issued, TokenContext, TokenDefaults, TokenFlags, TokenGrantSource};
use crate::redact::{ExposeSecret, SecretString};
use crate::report::{Document, Report, Role, schemas};

pub(super) async fn run(args: TokenArgs, context: &CommandContext) -> Result<CommandResult> {
    check_stdin(&args)?;
    let tell = teller(context);
    let session = TokenContext { browser: !args.no_browser, ..session(context, &tell) };
    if args.forget && args.all {
        return CommandResult::report(Forgotten { count: token::forget_all(&session).await? });
    }
    let using = match (args.refresh, args.no_cache) {
        (true, _) => CacheUse::Renew,
        (_, true) => CacheUse::Not,
        _ => CacheUse::Cache,
    };
    let (forget, save, agent) = (args.forget, args.save, args.agent.clone());
    let given = token_flags(args, context).await?;
    let to_save = given.clone();
    let source = source(context, agent.as_deref(), given)?;
    if forget {
        return CommandResult::report(Forgotten { count: usize::from(token::forget(&session, &source).await?) });
    }
    let issued = token::obtain(&session, &source, using).await?;
    if save {
        // Only what has worked is worth writing down.
        write_down(context, agent.as_deref(), &to_save)?;
    }
    CommandResult::report(TokenReport { issued })
}

/// Instructions to the person: on stderr, also with `--quiet`, because the sign-in cannot continue without them.
fn teller(context: &CommandContext) -> impl Fn(&str) + Sync + '_ {
    |text| {
        if context.globals.quiet { context.ui.warning(text) } else { context.ui.status(text) }
    }
}

fn session<'a>(context: &'a CommandContext, tell: &'a (dyn Fn(&str) + Sync)) -> TokenContext<'a> {
    TokenContext {
        env: &context.env,
        http: &context.http,
        events: &context.events,
        profile: context.globals.profile.as_deref(),
        region: context.globals.region.as_deref(),
        interactive: context.ui.interactive(),
        unattended: context.globals.non_interactive,
        browser: true,
        deadline: context.deadline,
        tell,
        ask: {
            let ui = context.ui.clone();
            Arc::new(move |question| ui.confirm(question, "--trust-config"))
        },
    }
}

/// The token that `--auth` sends to an agent of the configuration, or to the runtime of a bare ARN.
pub(super) async fn for_caller(context: &CommandContext, agent: Option<&str>, by_arn: bool) -> Result<Issued> {
    let tell = teller(context);
    let session = session(context, &tell);
    if by_arn {
        // No agent of a configuration is meant, so none is asked; variables and what set-up stored are.
        let source = source_without_agent(context, TokenFlags::default())?;
        return token::obtain(&session, &source, CacheUse::Cache).await;
    }
    let store = context.store()?;
    token::for_agent(&session, &store, store.agent(agent)?).await
}

fn check_stdin(args: &TokenArgs) -> Result<()> {
    let stdin = [&args.client_secret_file, &args.password_file, &args.new_password_file, &args.refresh_token_file];
    if stdin.iter().filter(|path| path.as_deref() == Some(Path::new("-"))).count() > 1 {
        return Err(Error::usage("stdin can hold one secret only")
            .code(Code::InputStdin)
            .hint("put the others into files or variables"));
    }
    Ok(())
}

async fn token_flags(args: TokenArgs, context: &CommandContext) -> Result<TokenFlags> {
    let grant = match (&args.grant, args.auth_flow.as_deref()) {
        (Some(text), _) => Some(text.parse::<TokenGrant>().map_err(|error| error.context("`--grant` is unknown"))?),
        (None, Some("user")) => Some(TokenGrant::UserPassword),
        (None, Some("m2m")) => Some(TokenGrant::ClientCredentials),
        (None, Some(other)) => {
            return Err(Error::usage(format!("`{other}` is not an auth flow")).hint("`--auth-flow` is `user` or `m2m`"));
        }
        (None, None) => None,
    };
    let client_auth = args.client_auth.as_deref().map(str::parse).transpose();
    let client_secret = match &args.client_secret {
        Some(text) => {
            let safe = "`--client-secret-file` or RUNTIME_CLIENT_SECRET";
            Some(secret_argument(context, text, "--client-secret", safe)?)
        }
        None => secret(context, args.client_secret_file.as_ref(), "client secret").await?,
    };
    let password = match &args.password {
        Some(text) => Some(secret_argument(context, text, "--password", "`--password-file` or RUNTIME_PASSWORD")?),
        None => secret(context, args.password_file.as_ref(), "password").await?,
    };
    let new_password = match secret(context, args.new_password_file.as_ref(), "new password").await? {
        Some(password) => Some(password),
        None => context.env.var("RUNTIME_NEW_PASSWORD").map(|text| SecretString::from(text.to_owned())),
    };
    Ok(TokenFlags {
        grant,
        discovery_url: args.discovery_url.or(args.issuer),
        pool_id: args.pool_id,
        client_id: args.client_id,
        client_auth: client_auth.map_err(|error: Error| error.context("`--client-auth` is unknown"))?,
        client_secret,
        private_key_file: args.private_key_file,
        key_id: args.key_id,
        username: args.username,
        password,
        new_password,
        refresh_token: secret(context, args.refresh_token_file.as_ref(), "refresh token").await?,
        scopes: args
            .scope
            .iter()
            .flat_map(|list| list.split([',', ' ']))
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect(),
        audience: args.audience,
        resource: args.resource,
        redirect_uri: args.redirect_uri,
        variable: args.ci_variable,
        command: args.token_command.as_deref().map(token::split_command).transpose()?.unwrap_or_default(),
        file: args.token_file,
        id_token: args.id_token,
    })
}

async fn secret(context: &CommandContext, path: Option<&PathBuf>, what: &'static str) -> Result<Option<SecretString>> {
    match path {
        Some(path) => context.read_secret(path, what).await.map(Some),
        None => Ok(None),
    }
}

/// With a configuration its agent counts, where there is one: a folder may have only what set-up stored.
fn source(context: &CommandContext, agent: Option<&str>, given: TokenFlags) -> Result<TokenGrantSource> {
    let located = config::locate(&context.env, context.globals.config.as_deref())?;
    if agent.is_none() && located.found()?.is_none() {
        return source_without_agent(context, given);
    }
    let store = context.store()?;
    match store.agent(agent) {
        Ok(agent) => token::source_of_agent(&context.env, &store, agent, given),
        // Several agents and no default: a token can be had all the same when none was named.
        Err(_) if agent.is_none() => source_without_agent(context, given),
        Err(error) => Err(error),
    }
}

fn source_without_agent(context: &CommandContext, given: TokenFlags) -> Result<TokenGrantSource> {
    let dir = super::identity::dir(context)?;
    let stored = CognitoSetup::load_all(&dir)?;
    token::resolve(
        given,
        &TokenDefaults { root: Some(&dir), stored: &stored, ..TokenDefaults::default() },
        &context.env,
    )
}

fn write_down(context: &CommandContext, agent: Option<&str>, given: &TokenFlags) -> Result<()> {
    let mut store: Store = context.store()?;
    let name = store.agent(agent)?.name.clone();
    let keys = token::to_save(given, store.root(), context.env.cwd());
    let edits: Vec<Edit> =
        keys.into_iter().map(|(key, value)| Edit::set(&["agents", &name, "agentcore", "token", &key], value)).collect();
    let changed = store.edit(&edits)?;
    if let Some(source) = store.agent(Some(&name))?.own.token.as_ref().filter(|_| !given.command.is_empty()) {
        // Whoever typed it need not be asked about it.
        token::remember(&context.env, &source.command, store.root());
    }
    let text = if changed { "written below" } else { "unchanged below" };
    context.ui.note(&format!("{text} `agentcore.token` of the agent `{name}`, without secrets"));
    Ok(())
}

/// The token is the result that was asked for, so it is the one secret that stdout gets to see.
struct TokenReport {
    issued: Issued,
}

impl Report for TokenReport {
    fn schema(&self) -> &'static str {
        schemas::TOKEN
    }

    fn data(&self) -> Value {
        let left = self.issued.expires_at.map(|at| at.saturating_sub(clock::unix_now()).max(0));
        json!({
            "token": self.issued.token.expose_secret(),
            "tokenUse": if self.issued.id_token { "id" } else { "access" },
            "expiresIn": left,
            "grant": self.issued.grant.as_str(),
            "cached": self.issued.cached,
        })
    }

    fn document(&self) -> Document {
        Document::new().verbatim(self.issued.token.expose_secret())
    }

    fn secrets(&self) -> Vec<&SecretString> {
        vec![&self.issued.token]
    }
}

struct Forgotten {
    count: usize,
}

impl Report for Forgotten {
    fn schema(&self) -> &'static str {
        schemas::TOKEN_FORGET
    }

    fn data(&self) -> Value {
        json!({ "forgotten": self.count })
    }

    fn document(&self) -> Document {
        Document::new().styled(
            Role::Plain,
            match self.count {
                0 => "No token was cached.".to_owned(),
                1 => "Forgot one token. It stays valid until it expires.".to_owned(),
                count => format!("Forgot {count} tokens. They stay valid until they expire."),
            },
        )
    }
}
