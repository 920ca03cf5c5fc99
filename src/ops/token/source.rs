//! Where a token comes from: the grant and what it needs, from flags, the environment, the configuration file and what
//! `identity setup-cognito` stored, in this order.
//!
//! Owns: the order, the toolkit's variables, the rule that what one provider was given goes to no other. Does not own:
//! the requests (`acquire`), the cache.

use std::path::{Path, PathBuf};

use super::limits::SecretPlaces;
use crate::auth::grants::{RequestedAccess, metadata};
use crate::config::{CognitoSetup, SetupFlow};
use crate::config::{TokenClientAuth, TokenGrant, TokenSource};
use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::fsx;
use crate::redact::SecretString;

/// The flags of a token source, with secrets read from where they point.
#[derive(Clone, Debug, Default)]
pub(crate) struct TokenFlags {
    pub(crate) grant: Option<TokenGrant>,
    pub(crate) discovery_url: Option<String>,
    pub(crate) pool_id: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_auth: Option<TokenClientAuth>,
    pub(crate) client_secret: Option<SecretString>,
    pub(crate) private_key_file: Option<PathBuf>,
    pub(crate) key_id: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<SecretString>,
    pub(crate) new_password: Option<SecretString>,
    pub(crate) refresh_token: Option<SecretString>,
    pub(crate) scopes: Vec<String>,
    pub(crate) audience: Option<String>,
    pub(crate) resource: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) variable: Option<String>,
    pub(crate) command: Vec<String>,
    pub(crate) file: Option<PathBuf>,
    pub(crate) id_token: bool,
}

/// The sources of a token besides the flags.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TokenDefaults<'a> {
    /// Folder of the configuration file; its paths are relative to it.
    pub(crate) root: Option<&'a Path>,
    pub(crate) configured: Option<&'a TokenSource>,
    /// Of the agent's authorizer.
    pub(crate) discovery_url: Option<&'a str>,
    /// The audience that the agent's authorizer takes, when it takes exactly one.
    pub(crate) audience: Option<&'a str>,
    /// What set-up stored in the project's folder.
    pub(crate) stored: &'a [CognitoSetup],
}

/// What a stored set-up has for one grant.
#[derive(Debug, Default)]
struct SetUp {
    discovery_url: Option<String>,
    pool_id: Option<String>,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    username: Option<String>,
    password: Option<SecretString>,
    token_endpoint: Option<String>,
    scopes: Vec<String>,
    redirect_uri: Option<String>,
}

impl SetUp {
    /// The stored set-ups that are complete for `grant`.
    fn for_grant(stored: &[CognitoSetup], grant: TokenGrant) -> impl Iterator<Item = Self> + '_ {
        stored.iter().flat_map(CognitoSetup::pools).filter_map(move |stored| {
            let base = Self {
                discovery_url: stored.discovery_url.clone(),
                pool_id: stored.pool_id.clone(),
                ..Self::default()
            };
            match grant {
                TokenGrant::UserPassword => stored.user_access().map(|access| Self {
                    client_id: Some(access.client_id.to_owned()),
                    username: Some(access.username.to_owned()),
                    password: Some(access.password.clone()),
                    ..base
                }),
                TokenGrant::ClientCredentials => stored.machine_access().map(|access| Self {
                    client_id: Some(access.client_id.to_owned()),
                    client_secret: Some(access.client_secret.clone()),
                    token_endpoint: stored.token_endpoint.clone(),
                    scopes: access.scopes,
                    ..base
                }),
                // Only a team's client for people has this grant.
                TokenGrant::AuthorizationCode if stored.flow == SetupFlow::Team => Some(Self {
                    client_id: stored.user_client.clone(),
                    redirect_uri: stored.settings.callback_urls.iter().find(|url| is_local(url)).cloned(),
                    ..base
                }),
                _ => None,
            }
        })
    }

    /// Whether it is of the provider that something else names.
    fn is_of(&self, url: Option<&str>, pool_id: Option<&str>) -> bool {
        url.is_none_or(|url| self.discovery_url.as_deref() == Some(url))
            && pool_id.is_none_or(|id| self.pool_id.as_deref() == Some(id))
    }
}

fn is_local(url: &str) -> bool {
    ["http://localhost:", "http://127.0.0.1:"].iter().any(|start| url.starts_with(start))
}

/// A resolved source. What a grant does not need is empty.
#[derive(Clone, Debug)]
pub(crate) struct TokenGrantSource {
    pub(crate) grant: TokenGrant,
    /// Whether a flag of this very command chose the grant.
    pub(crate) explicit: bool,
    pub(crate) discovery_url: Option<String>,
    pub(crate) pool_id: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_auth: TokenClientAuth,
    pub(crate) client_secret: Option<SecretString>,
    pub(crate) private_key: Option<SecretString>,
    pub(crate) key_id: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<SecretString>,
    pub(crate) new_password: Option<SecretString>,
    pub(crate) refresh_token: Option<SecretString>,
    /// Where the discovery document names none.
    pub(crate) token_endpoint: Option<String>,
    pub(crate) wanted: RequestedAccess,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) variable: Option<String>,
    pub(crate) command: Vec<String>,
    /// Where the command runs, and what its program's path is relative to: the configuration's folder, or of a flag's
    /// command the current one.
    pub(crate) command_dir: PathBuf,
    /// The configuration names the command, so that its author may be another than who runs it.
    pub(crate) command_is_configured: bool,
    pub(crate) file: Option<PathBuf>,
    pub(crate) id_token: bool,
}

impl TokenGrantSource {
    /// Whether somebody has to sign in.
    pub(crate) fn needs_person(&self) -> bool {
        matches!(self.grant, TokenGrant::AuthorizationCode | TokenGrant::DeviceCode)
    }
}

/// Names of the toolkit's variables, without prefix.
const POOL: &str = "POOL_ID";
const CLIENT: &str = "CLIENT_ID";
const SECRET: &str = "CLIENT_SECRET";
const DISCOVERY: &str = "DISCOVERY_URL";
const USER: &str = "USERNAME";
const PASSWORD: &str = "PASSWORD";

struct ToolkitVariables<'a> {
    env: &'a Env,
    limits: SecretPlaces<'a>,
    /// `RUNTIME`, or `IDENTITY` for the machine client that the toolkit's set-up stores beside the user's.
    prefix: &'static str,
}

impl ToolkitVariables<'_> {
    fn var(&self, name: &str) -> Option<String> {
        self.env.var(&format!("{}_{name}", self.prefix)).map(str::to_owned)
    }

    fn secret_var(&self, name: &str) -> Option<SecretString> {
        self.var(name).map(SecretString::from)
    }

    /// A secret that the configuration names: a variable, which must be set then, or a file.
    fn named(&self, key: &str, variable: Option<&str>, file: Option<&str>) -> Result<Option<SecretString>> {
        if let Some(name) = variable {
            self.limits.variable(&format!("{key}_env"), name)?;
            if let Some(text) = self.env.var(name) {
                return Ok(Some(SecretString::from(text.to_owned())));
            }
            if file.is_none() {
                return Err(Error::usage(format!("the variable {name} is not set"))
                    .code(Code::InputMissing)
                    .hint(format!("`agentcore.token.{key}_env` of the configuration names it; set it, or pass the secret by a flag")));
            }
        }
        file.map(|file| read_secret(&self.limits.file(&format!("{key}_file"), file)?, key)).transpose()
    }
}

/// A secret from a file, without its final line break.
pub(super) fn read_secret(path: &Path, what: &str) -> Result<SecretString> {
    let unreadable = |error: Error| error.code(Code::InputUnreadable);
    let text = fsx::read_text(path).map_err(unreadable)?.ok_or_else(|| {
        Error::usage(format!("there is no file `{}` with the {}", path.display(), what.replace('_', " ")))
            .code(Code::InputUnreadable)
    })?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(Error::usage(format!("`{}` is empty", path.display())).code(Code::InputUnreadable));
    }
    Ok(SecretString::from(text.to_owned()))
}

/// The first that is there: flag, environment, file.
fn first<T>(given: Option<T>, env: Option<T>, file: Option<T>) -> Option<T> {
    given.or(env).or(file)
}

fn choose(given: &TokenFlags, known: &TokenDefaults<'_>, env: &Env) -> TokenGrant {
    let configured = known.configured.and_then(|token| token.grant);
    if let Some(grant) = given.grant {
        return grant;
    }
    // Each of these belongs to one grant alone.
    if !given.command.is_empty() {
        return TokenGrant::Command;
    }
    if given.file.is_some() {
        return TokenGrant::File;
    }
    if given.variable.is_some() {
        return TokenGrant::GitlabCi;
    }
    if given.refresh_token.is_some() {
        return TokenGrant::RefreshToken;
    }
    if given.username.is_some() || given.password.is_some() {
        return TokenGrant::UserPassword;
    }
    if let Some(grant) = configured {
        return grant;
    }
    let has = |grant| SetUp::for_grant(known.stored, grant).next().is_some();
    let user = env.var("RUNTIME_USERNAME").is_some() || env.var("RUNTIME_PASSWORD").is_some();
    if user || has(TokenGrant::UserPassword) {
        return TokenGrant::UserPassword;
    }
    let machine = has(TokenGrant::ClientCredentials)
        || given.client_secret.is_some()
        || given.private_key_file.is_some()
        || ["RUNTIME_CLIENT_SECRET", "IDENTITY_CLIENT_SECRET", "AGENTCORE_CLIENT_SECRET"]
            .iter()
            .any(|name| env.var(name).is_some());
    if machine { TokenGrant::ClientCredentials } else { TokenGrant::UserPassword }
}

/// Resolves the source.
///
/// # Errors
/// [`crate::error::Kind::Usage`] when a secret that the configuration names is not there. What a grant lacks is an
/// error only when it is used, so that `--forget` works without it.
pub(crate) fn resolve(given: TokenFlags, known: &TokenDefaults<'_>, env: &Env) -> Result<TokenGrantSource> {
    let grant = choose(&given, known, env);
    let machine = grant == TokenGrant::ClientCredentials;
    let prefix = if machine && env.var("RUNTIME_CLIENT_SECRET").is_none() && env.var("IDENTITY_CLIENT_SECRET").is_some()
    {
        "IDENTITY"
    } else {
        "RUNTIME"
    };
    let limits = SecretPlaces::new(env, known.root);
    let look = ToolkitVariables { env, limits, prefix };
    // Another grant's keys do not apply to this one.
    let none = TokenSource::default();
    let file = known.configured.filter(|token| token.grant.is_none_or(|own| own == grant)).unwrap_or(&none);

    let ChosenProvider { discovery_url, pool_id, stored } = choose_provider(&given, known, &look, file, grant);
    let own_secret = || env.var("AGENTCORE_CLIENT_SECRET").map(|text| SecretString::from(text.to_owned()));

    let client_secret = match given.client_secret {
        Some(secret) => Some(secret),
        None => look
            .named("client_secret", file.client_secret_env.as_deref(), file.client_secret_file.as_deref())?
            .or_else(|| look.secret_var(SECRET))
            .or_else(own_secret)
            .or(stored.client_secret),
    };
    let password = match given.password {
        Some(password) => Some(password),
        None => look
            .named("password", file.password_env.as_deref(), file.password_file.as_deref())?
            .or_else(|| look.secret_var(PASSWORD))
            .or(stored.password),
    };
    let refresh_token = match given.refresh_token {
        Some(token) => Some(token),
        None => look.named("refresh_token", file.refresh_token_env.as_deref(), file.refresh_token_file.as_deref())?,
    };
    let path = |given: Option<PathBuf>, key: &str, file: &Option<String>| match (given, file) {
        (Some(path), _) => Ok(Some(env.cwd().join(path))),
        (None, file) => file.as_deref().map(|file| limits.file(key, file)).transpose(),
    };
    let key_file = path(given.private_key_file, "private_key_file", &file.private_key_file)?;
    let token_file = path(given.file, "file", &file.file)?;
    let variable = match (given.variable, &file.variable) {
        (None, Some(name)) => limits.variable("variable", name).map(|()| Some(name.clone()))?,
        (given, _) => given,
    };
    let audience = match given.audience {
        Some(audience) => Some(audience),
        // Only a job's own token is issued for any requested audience; at a provider it would be another request.
        None if grant == TokenGrant::GithubActions => {
            let audience = file.audience.as_deref().or(known.audience);
            audience.map(|audience| limits.audience(audience)).transpose()?
        }
        None => file.audience.clone(),
    };
    let configured = given.command.is_empty();
    let (command, command_dir) = if configured {
        (file.command.clone(), known.root.map_or_else(|| env.cwd().to_owned(), |root| env.cwd().join(root)))
    } else {
        (given.command, env.cwd().to_owned())
    };
    Ok(TokenGrantSource {
        grant,
        explicit: given.grant.is_some(),
        discovery_url,
        pool_id,
        client_id: first(given.client_id, look.var(CLIENT), file.client_id.clone()).or(stored.client_id),
        client_auth: given.client_auth.or(file.client_auth).unwrap_or_default(),
        client_secret,
        private_key: key_file.map(|path| read_secret(&path, "private_key")).transpose()?,
        key_id: given.key_id.or_else(|| file.key_id.clone()),
        username: first(given.username, look.var(USER), file.username.clone()).or(stored.username),
        password,
        new_password: given.new_password,
        refresh_token,
        token_endpoint: stored.token_endpoint,
        wanted: RequestedAccess {
            scopes: [given.scopes, file.scopes.clone(), stored.scopes]
                .into_iter()
                .find(|scopes| !scopes.is_empty())
                .unwrap_or_default(),
            audience,
            resource: given.resource.or_else(|| file.resource.clone()),
        },
        redirect_uri: given.redirect_uri.or_else(|| file.redirect_uri.clone()).or(stored.redirect_uri),
        variable,
        command,
        command_dir,
        command_is_configured: configured,
        file: token_file,
        id_token: given.id_token || file.id_token,
    })
}

/// The provider that is asked, and what set-up stored of it.
struct ChosenProvider {
    discovery_url: Option<String>,
    pool_id: Option<String>,
    stored: SetUp,
}

fn choose_provider(
    given: &TokenFlags,
    known: &TokenDefaults<'_>,
    look: &ToolkitVariables<'_>,
    file: &TokenSource,
    grant: TokenGrant,
) -> ChosenProvider {
    let url = given.discovery_url.clone().or_else(|| look.var(DISCOVERY)).or_else(|| file.discovery_url.clone());
    let url = url.map(|url| metadata::discovery_url(&url));
    let pool_id = given.pool_id.clone().or_else(|| look.var(POOL));
    // What set-up stored belongs to its own pool: another provider is sent none of it.
    let stored = SetUp::for_grant(known.stored, grant).find(|stored| stored.is_of(url.as_deref(), pool_id.as_deref()));
    let stored = stored.unwrap_or_default();
    let pool_id = pool_id.or_else(|| stored.pool_id.clone().filter(|_| url.is_none()));
    let discovery_url = url
        .or_else(|| stored.discovery_url.clone())
        .or_else(|| known.discovery_url.filter(|_| pool_id.is_none()).map(str::to_owned));
    ChosenProvider { discovery_url, pool_id, stored }
}

/// What `--save` writes below `agentcore.token`: everything from flags except secrets.
pub(crate) fn to_save(given: &TokenFlags, root: &Path, cwd: &Path) -> serde_json::Map<String, serde_json::Value> {
    use serde_json::{Map, Value, json};
    let relative = |path: &Path| {
        let path = cwd.join(path);
        fsx::relative(&path, root).unwrap_or_else(|| path.display().to_string())
    };
    let mut out = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            out.insert(name.to_owned(), value);
        }
    };
    let text = |value: &Option<String>| value.as_ref().map(|text| json!(text));
    let grant = given.grant.or_else(|| {
        let implied = choose(given, &TokenDefaults::default(), &Env::default());
        (implied != TokenGrant::UserPassword || given.username.is_some() || given.password.is_some()).then_some(implied)
    });
    set("grant", grant.map(|grant| json!(grant.as_str())));
    set("discovery_url", given.discovery_url.as_ref().map(|url| json!(metadata::discovery_url(url))));
    set("client_id", text(&given.client_id));
    set("client_auth", given.client_auth.map(|auth| json!(auth.as_str())));
    set("private_key_file", given.private_key_file.as_deref().map(|path| json!(relative(path))));
    set("key_id", text(&given.key_id));
    set("username", text(&given.username));
    set("scopes", (!given.scopes.is_empty()).then(|| json!(given.scopes)));
    set("audience", text(&given.audience));
    set("resource", text(&given.resource));
    set("redirect_uri", text(&given.redirect_uri));
    set("variable", text(&given.variable));
    // A program by its path is found from the configuration's folder then; without a slash it would be one on PATH.
    let program = |program: &String| match relative(Path::new(program)) {
        _ if !program.contains('/') || Path::new(program).is_absolute() => program.clone(),
        path if path.contains('/') => path,
        path => format!("./{path}"),
    };
    let command = given.command.split_first().map(|(first, rest)| [&[program(first)], rest].concat());
    set("command", command.map(|command| json!(command)));
    set("file", given.file.as_deref().map(|path| json!(relative(path))));
    set("id_token", given.id_token.then(|| json!(true)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfidentialClient, SetupSettings};
    use crate::redact::ExposeSecret;

    const URL: &str = "https://idp.example/.well-known/openid-configuration";

    fn env(vars: &[(&str, &str)]) -> Env {
        Env::fake(Path::new("/nowhere"), vars)
    }

    fn stored() -> CognitoSetup {
        let settings = SetupSettings { username: Some("alice".into()), ..SetupSettings::default() };
        let mut stored = CognitoSetup::new(SetupFlow::User, "123456789012", "us-west-2", settings);
        stored.pool_id = Some("us-west-2_x".into());
        stored.user_client = Some("stored-client".into());
        stored.discovery_url = Some("https://pool.example/us-west-2_x/.well-known/openid-configuration".into());
        stored.password = Some(SecretString::from("stored-password".to_owned()));
        stored
    }

    fn stored_machine() -> CognitoSetup {
        let settings = SetupSettings {
            resource_server: Some("agents".into()),
            scopes: vec!["call".into()],
            ..SetupSettings::default()
        };
        let secret = Some(SecretString::from("stored-secret".to_owned()));
        let mut stored = stored();
        stored.flow = SetupFlow::Machine;
        stored.settings = settings;
        stored.user_client = None;
        stored.machine_client = Some(ConfidentialClient { id: "machine".into(), secret });
        stored.token_endpoint = Some("https://pool.example/oauth2/token".into());
        stored
    }

    fn secret(secret: Option<&SecretString>) -> Option<&str> {
        secret.map(ExposeSecret::expose_secret)
    }

    #[test]
    fn flags_beat_environment_beats_file_beats_store() {
        let file = TokenSource { client_id: Some("file".into()), ..TokenSource::default() };
        let stored = [stored()];
        let known = TokenDefaults { configured: Some(&file), stored: &stored, ..TokenDefaults::default() };
        let client = |given: Option<&str>, vars: &[(&str, &str)], known: &TokenDefaults<'_>| {
            let given = TokenFlags { client_id: given.map(str::to_owned), ..TokenFlags::default() };
            resolve(given, known, &env(vars)).unwrap().client_id.unwrap()
        };
        let vars = [("RUNTIME_CLIENT_ID", "env")];
        assert_eq!(client(Some("flag"), &vars, &known), "flag");
        assert_eq!(client(None, &vars, &known), "env");
        assert_eq!(client(None, &[], &known), "file");
        assert_eq!(client(None, &[], &TokenDefaults { configured: None, ..known }), "stored-client");
    }

    #[test]
    fn stored_credentials_go_only_to_their_own_pool() {
        let stored = [stored()];
        let known = TokenDefaults { stored: &stored, ..TokenDefaults::default() };
        let source = resolve(TokenFlags::default(), &known, &env(&[])).unwrap();
        assert_eq!(
            (source.grant, secret(source.password.as_ref())),
            (TokenGrant::UserPassword, Some("stored-password"))
        );
        assert_eq!(source.pool_id.as_deref(), Some("us-west-2_x"));
        for given in [
            TokenFlags { discovery_url: Some("https://idp.example".into()), ..TokenFlags::default() },
            TokenFlags { pool_id: Some("us-west-2_y".into()), ..TokenFlags::default() },
        ] {
            let source = resolve(given, &known, &env(&[])).unwrap();
            assert!(source.password.is_none() && source.client_id.is_none(), "{source:?}");
        }
    }

    #[test]
    fn stored_machine_set_up_needs_nothing_more() {
        let machine = [stored_machine()];
        let source =
            resolve(TokenFlags::default(), &TokenDefaults { stored: &machine, ..TokenDefaults::default() }, &env(&[]))
                .unwrap();
        assert_eq!((source.grant, source.client_id.as_deref()), (TokenGrant::ClientCredentials, Some("machine")));
        assert_eq!(
            (secret(source.client_secret.as_ref()), source.wanted.scopes),
            (Some("stored-secret"), vec!["agents/call".to_owned()])
        );
        // A user beside it comes first, as before there were machines.
        let both = [stored(), stored_machine()];
        let source =
            resolve(TokenFlags::default(), &TokenDefaults { stored: &both, ..TokenDefaults::default() }, &env(&[]))
                .unwrap();
        assert_eq!((source.grant, source.client_secret.is_none()), (TokenGrant::UserPassword, true));
    }

    #[test]
    fn machine_client_id_and_secret_stay_paired() {
        let given = || TokenFlags { grant: Some(TokenGrant::ClientCredentials), ..TokenFlags::default() };
        // The toolkit's set-up for users exports both: a public client for callers, and a machine's.
        let vars = [("RUNTIME_CLIENT_ID", "user"), ("IDENTITY_CLIENT_ID", "machine"), ("IDENTITY_CLIENT_SECRET", "s")];
        let source = resolve(given(), &TokenDefaults::default(), &env(&vars)).unwrap();
        assert_eq!((source.client_id.as_deref(), secret(source.client_secret.as_ref())), (Some("machine"), Some("s")));
        let vars = [("RUNTIME_CLIENT_ID", "own"), ("RUNTIME_CLIENT_SECRET", "t"), ("IDENTITY_CLIENT_SECRET", "s")];
        let source = resolve(given(), &TokenDefaults::default(), &env(&vars)).unwrap();
        assert_eq!((source.client_id.as_deref(), secret(source.client_secret.as_ref())), (Some("own"), Some("t")));
    }

    #[test]
    fn agents_provider_is_default_and_an_issuer_suffices() {
        let known = TokenDefaults { discovery_url: Some(URL), ..TokenDefaults::default() };
        assert_eq!(resolve(TokenFlags::default(), &known, &env(&[])).unwrap().discovery_url.as_deref(), Some(URL));
        let given = TokenFlags { discovery_url: Some("https://idp.example".into()), ..TokenFlags::default() };
        assert_eq!(resolve(given, &TokenDefaults::default(), &env(&[])).unwrap().discovery_url.as_deref(), Some(URL));
    }

    #[test]
    fn a_named_variable_must_be_set() {
        let file = TokenSource {
            grant: Some(TokenGrant::ClientCredentials),
            client_secret_env: Some("MY_SECRET".into()),
            ..TokenSource::default()
        };
        let known = TokenDefaults { configured: Some(&file), ..TokenDefaults::default() };
        let error = resolve(TokenFlags::default(), &known, &env(&[])).unwrap_err();
        assert!(error.message().contains("MY_SECRET") && error.kind().exit_code() == 2, "{error}");
        let source = resolve(TokenFlags::default(), &known, &env(&[("MY_SECRET", "s")])).unwrap();
        assert_eq!(secret(source.client_secret.as_ref()), Some("s"));
        // Another grant does not need it.
        let given = TokenFlags { grant: Some(TokenGrant::DeviceCode), ..TokenFlags::default() };
        assert!(resolve(given, &known, &env(&[])).unwrap().client_secret.is_none());
    }

    #[test]
    fn configuration_cannot_name_secrets_not_meant_for_agents() {
        let parse = |text: &str| serde_json::from_str::<TokenSource>(text).unwrap();
        let vars = [("AWS_SECRET_ACCESS_KEY", "s"), ("GITHUB_TOKEN", "t"), ("HOME", "/home/me")];
        let resolve = |text: &str, given: TokenFlags, trusts: bool| {
            let configured = parse(text);
            let env = if trusts { env(&vars).with_var(crate::trust::VARIABLE, "1") } else { env(&vars) };
            let known = TokenDefaults {
                root: Some(Path::new("/nowhere")),
                configured: Some(&configured),
                ..TokenDefaults::default()
            };
            resolve(given, &known, &env)
        };
        for text in [
            r#"{"grant": "client_credentials", "client_secret_env": "AWS_SECRET_ACCESS_KEY"}"#,
            r#"{"grant": "user_password", "password_env": "GITHUB_TOKEN"}"#,
            r#"{"grant": "refresh_token", "refresh_token_env": "GITHUB_TOKEN"}"#,
            r#"{"grant": "gitlab_ci", "variable": "GITHUB_TOKEN"}"#,
            r#"{"grant": "github_actions", "audience": "sts.amazonaws.com"}"#,
            r#"{"grant": "file", "file": "/proc/self/environ"}"#,
            r#"{"grant": "client_credentials", "client_secret_file": "../../etc/shadow"}"#,
            r#"{"grant": "client_credentials", "private_key_file": "/home/me/.ssh/id_rsa"}"#,
            r#"{"grant": "user_password", "password_file": ".git/config"}"#,
            r#"{"grant": "refresh_token", "refresh_token_file": "/home/me/.aws/credentials"}"#,
        ] {
            let error = resolve(text, TokenFlags::default(), false).unwrap_err();
            assert_eq!((error.code_str(), error.kind().exit_code()), ("config.untrusted", 2), "{text}: {error}");
            if let Err(error) = resolve(text, TokenFlags::default(), true) {
                assert_eq!(error.code_str(), "input.unreadable", "{text}: {error}");
            }
        }
        // A typed command needs no confirmation.
        let given = TokenFlags { variable: Some("GITHUB_TOKEN".into()), ..TokenFlags::default() };
        let source = resolve(r#"{"grant": "gitlab_ci", "variable": "CI_JOB_TOKEN"}"#, given, false).unwrap();
        assert_eq!(source.variable.as_deref(), Some("GITHUB_TOKEN"));
        let given = TokenFlags { audience: Some("sts.amazonaws.com".into()), ..TokenFlags::default() };
        resolve(r#"{"grant": "github_actions"}"#, given, false).unwrap();
        // The authorizer is in the configuration as well.
        let known = TokenDefaults { audience: Some("sts.amazonaws.com"), ..TokenDefaults::default() };
        let given = TokenFlags { grant: Some(TokenGrant::GithubActions), ..TokenFlags::default() };
        assert_eq!(super::resolve(given, &known, &env(&[])).unwrap_err().code_str(), "config.untrusted");
    }

    #[test]
    fn program_is_resolved_where_it_was_named() {
        let file =
            TokenSource { command: vec!["./t".into()], grant: Some(TokenGrant::Command), ..TokenSource::default() };
        let known = TokenDefaults { root: Some(Path::new("/p")), configured: Some(&file), ..TokenDefaults::default() };
        let source = resolve(TokenFlags::default(), &known, &env(&[])).unwrap();
        assert_eq!((source.command, source.command_dir), (vec!["./t".to_owned()], PathBuf::from("/p")));
        let of = |program: &str| TokenFlags { command: vec![program.into(), "a/b".into()], ..TokenFlags::default() };
        assert_eq!(resolve(of("./t"), &known, &env(&[])).unwrap().command_dir, Path::new("/nowhere"));
        let saved = |program: &str| to_save(&of(program), Path::new("/p"), Path::new("/p/sub"))["command"][0].clone();
        assert_eq!(saved("./t"), "sub/t");
        assert_eq!(saved("../t"), "./t");
        assert_eq!(saved("../../t"), "../t");
        assert_eq!(saved("/bin/t"), "/bin/t");
        assert_eq!(saved("t"), "t");
    }

    #[test]
    fn what_is_saved_holds_no_secret() {
        let given = TokenFlags {
            grant: Some(TokenGrant::ClientCredentials),
            client_id: Some("c".into()),
            client_secret: Some(SecretString::from("canary".to_owned())),
            private_key_file: Some("key.pem".into()),
            scopes: vec!["a/b".into()],
            ..TokenFlags::default()
        };
        let saved = to_save(&given, Path::new("/p"), Path::new("/p/sub"));
        assert_eq!(
            serde_json::Value::Object(saved),
            serde_json::json!({"grant": "client_credentials", "client_id": "c", "private_key_file": "sub/key.pem", "scopes": ["a/b"]})
        );
    }
}
