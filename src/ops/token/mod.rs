//! A caller's token: from its source, or from the cache while it is good.
//!
//! Owns: when a token is renewed, one request for many processes, which token is used when renewing fails. Does not
//! own: where it comes from (`source`), how it is got (`acquire`), how it is kept (`cache`, `keychain`).

mod acquire;
mod cache;
mod command;
mod consent;
mod flight;
mod keychain;
mod limits;
mod source;

use std::sync::Arc;
use std::time::Duration;

use crate::auth::{Authorizer, Token};
use crate::clock;
use crate::config::CognitoSetup;
use crate::config::{Agent, CALLERS_SETTINGS, Store, TokenGrant};
use crate::deadline::Deadline;
use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::events::Events;
use crate::http::Http;
use crate::redact::SecretString;

use cache::{CachedToken, Freshness, TokenCache};
use flight::StartTime;

pub(crate) use command::split_command;
pub(crate) use consent::remember;
pub(crate) use source::{TokenDefaults, TokenFlags, TokenGrantSource, resolve, to_save};

/// How long a person may take to sign in when nothing is said.
const SIGN_IN: Duration = Duration::from_secs(300);
/// Longer than any request without a person takes.
const PATIENCE: Duration = Duration::from_secs(130);

/// Asks a yes or no.
pub(crate) type Confirm = dyn Fn(&str) -> Result<bool> + Send + Sync;

/// The environment in which a token is obtained.
pub(crate) struct TokenContext<'a> {
    pub(crate) env: &'a Env,
    pub(crate) http: &'a Arc<Http>,
    pub(crate) events: &'a Events,
    pub(crate) profile: Option<&'a str>,
    pub(crate) region: Option<&'a str>,
    /// A person sits at a terminal and may be asked.
    pub(crate) interactive: bool,
    /// `--non-interactive`: no person may be waited for.
    pub(crate) unattended: bool,
    /// Whether a browser may be opened for that person.
    pub(crate) browser: bool,
    /// When the token has to be there. Without one a person may take [`SIGN_IN`].
    pub(crate) deadline: Deadline,
    /// Shows instructions to the person, on stderr, also with `--quiet`.
    pub(crate) tell: &'a (dyn Fn(&str) + Sync),
    /// Asks that person for a yes or no, on a thread that may wait.
    pub(crate) ask: Arc<Confirm>,
}

impl TokenContext<'_> {
    /// How long a person may take to sign in.
    fn patience(&self) -> Duration {
        self.deadline.left().unwrap_or(SIGN_IN)
    }

    /// Refuses a grant that would wait for a person who is not there. A grant that this command names is carried out
    /// all the same, except with `--non-interactive`: a reader of its output can sign in elsewhere.
    fn require_person(&self, source: &TokenGrantSource) -> Result<()> {
        let why = match () {
            () if self.interactive => return Ok(()),
            () if self.unattended => "`--non-interactive` says that there is none",
            () if self.env.flag("CI") => "CI is set",
            () if source.explicit => return Ok(()),
            () => "there is no terminal",
        };
        Err(Error::usage(format!("the grant {} needs a person, and {why}", source.grant))
            .code(Code::TokenNeedsPerson)
            // From the keychain, where it is otherwise, nothing is read without a terminal.
            .hint(
                "sign in once at a terminal: `AGENTCORE_TOKEN_STORE=file agentcore identity token`; that token is used \
                 here until it expires",
            )
            .hint("a pipeline has other ways: `--grant client-credentials`, `github-actions`, `gitlab-ci`, `command`"))
    }
}

/// How the cache takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CacheUse {
    #[default]
    Cache,
    /// A new token, which then is in the cache.
    Renew,
    /// Neither read nor written.
    Not,
}

/// A token to send.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) token: SecretString,
    pub(crate) id_token: bool,
    pub(crate) grant: TokenGrant,
    /// Seconds since the epoch, where it is known.
    pub(crate) expires_at: Option<i64>,
    pub(crate) cached: bool,
}

/// Whether tokens of this grant are kept. The others cost nothing to read again, or belong to one job of a machine that
/// runs many.
fn is_kept(grant: TokenGrant) -> bool {
    !matches!(grant, TokenGrant::File | TokenGrant::GitlabCi | TokenGrant::GithubActions)
}

/// The token of `source`: a cached one while it is good, else a new one.
///
/// # Errors
/// The grant's error. While a cached token is still valid for a request, that is a warning only.
pub(crate) async fn obtain(session: &TokenContext<'_>, source: &TokenGrantSource, using: CacheUse) -> Result<Issued> {
    let cache =
        TokenCache::open(session.env, session.interactive).filter(|_| is_kept(source.grant) && using != CacheUse::Not);
    let Some(cache) = cache else { return fresh(session, source).await };
    let key = cache::key(source, session.env, session.region);
    let start = StartTime::now();
    let good =
        |entry: &CachedToken| entry.made_with(source) && entry.state(source, clock::unix_now()) == Freshness::Good;
    if using == CacheUse::Cache
        && let Some(entry) = cache.read(&key).await.filter(good)
    {
        return issued(&entry, source, true);
    }
    if let Err(error) = cache.create() {
        session.events.warning(format!("tokens are not cached: {error}"));
        return fresh(session, source).await;
    }
    let patience = if source.needs_person() { PATIENCE.saturating_add(session.patience()) } else { PATIENCE };
    // Some network file systems have no locks; then every process makes its own request.
    let held = flight::hold(&cache.lock_file(&key), patience).await.ok().flatten();
    let before = cache.read(&key).await.filter(|entry| entry.made_with(source));
    // Another process may have done it meanwhile.
    if let Some(entry) =
        before.as_ref().filter(|entry| good(entry) && (using == CacheUse::Cache || start.is_before(entry.obtained_at)))
    {
        return issued(entry, source, true);
    }
    let who = cache::who(source);
    if let Some(error) = flight::shared(&cache.failure_file(&key), who, start) {
        return fall_back(session, source, before.as_ref(), error);
    }
    let refresh = before.as_ref().and_then(CachedToken::refresh_token);
    let outcome = match acquire::acquire(session, source, refresh.as_ref()).await {
        Ok(tokens) => {
            let entry = CachedToken::new(&tokens, source, clock::unix_now());
            if entry.is_worth_keeping(source)
                && let Err(error) = cache.write(&key, &entry).await
            {
                session.events.warning(format!("the token is not cached: {error}"));
            }
            issued(&entry, source, false)
        }
        Err(error) => {
            flight::share(&cache.failure_file(&key), who, &error);
            fall_back(session, source, before.as_ref(), error)
        }
    };
    drop(held);
    outcome
}

/// A token without the cache.
async fn fresh(session: &TokenContext<'_>, source: &TokenGrantSource) -> Result<Issued> {
    let tokens = acquire::acquire(session, source, None).await?;
    let issued = issued(&CachedToken::new(&tokens, source, clock::unix_now()), source, false)?;
    match issued.expires_at {
        Some(at) if at <= clock::unix_now() => {
            Err(Error::new(crate::error::Kind::Credentials, format!("the token from {} has expired", source.grant))
                .code(Code::GivenTokenExpired)
                .hint("get a new one where this one came from"))
        }
        _ => Ok(issued),
    }
}

/// Renewal failed: the old token is used while it lasts.
fn fall_back(
    session: &TokenContext<'_>,
    source: &TokenGrantSource,
    before: Option<&CachedToken>,
    error: Error,
) -> Result<Issued> {
    match before.filter(|entry| entry.state(source, clock::unix_now()) != Freshness::Gone) {
        Some(entry) => {
            session.events.warning(format!("could not renew the token, and the one of before is still good: {error}"));
            issued(entry, source, true)
        }
        None => Err(error),
    }
}

fn issued(entry: &CachedToken, source: &TokenGrantSource, cached: bool) -> Result<Issued> {
    let token = entry.token(source.id_token).ok_or_else(|| {
        Error::failed("the provider gave no ID token")
            .code(Code::TokenNoIdToken)
            .hint("ask for one: `--scope openid`, with a grant that a person is part of")
    })?;
    Ok(Issued {
        token,
        id_token: source.id_token,
        grant: source.grant,
        expires_at: entry.expires_at(source.id_token),
        cached,
    })
}

/// Forgets the cached token of a source. Whether there was one.
///
/// # Errors
/// When it cannot be removed from its file or the keychain.
pub(crate) async fn forget(session: &TokenContext<'_>, source: &TokenGrantSource) -> Result<bool> {
    let Some(cache) = TokenCache::open(session.env, session.interactive) else { return Ok(false) };
    cache.forget(&cache::key(source, session.env, session.region)).await
}

/// Forgets all cached tokens of this user; their number.
///
/// # Errors
/// When one cannot be removed from its file or the keychain; the others are forgotten all the same.
pub(crate) async fn forget_all(session: &TokenContext<'_>) -> Result<usize> {
    match TokenCache::open(session.env, session.interactive) {
        Some(cache) => cache.forget_all().await,
        None => Ok(0),
    }
}

/// The source of an agent's tokens: flags, environment, `agentcore.token`, the authorizer's provider, and what set-up
/// stored beside the configuration.
///
/// # Errors
/// As [`resolve`], and when what set-up stored cannot be read.
pub(crate) fn source_of_agent(env: &Env, store: &Store, agent: &Agent, given: TokenFlags) -> Result<TokenGrantSource> {
    store.require_settings(&agent.name, CALLERS_SETTINGS)?;
    let stored = CognitoSetup::load_all(store.root())?;
    let authorizer = agent.authorizer().and_then(|inner| Authorizer::from_wire(inner).ok());
    let known = TokenDefaults {
        root: Some(store.root()),
        configured: agent.own.token.as_ref(),
        discovery_url: authorizer.as_ref().map(|authorizer| authorizer.discovery_url.as_str()),
        audience: authorizer.as_ref().and_then(|authorizer| match authorizer.allowed_audience.as_slice() {
            [one] => Some(one.as_str()),
            _ => None,
        }),
        stored: &stored,
    };
    resolve(given, &known, env)
}

/// A token for the callers of an agent.
///
/// # Errors
/// As [`obtain`].
pub(crate) async fn for_agent(session: &TokenContext<'_>, store: &Store, agent: &Agent) -> Result<Issued> {
    let source = source_of_agent(session.env, store, agent, TokenFlags::default())?;
    obtain(session, &source, CacheUse::Cache).await
}

/// The token that is kept for a source, expired or not. Nothing is asked: not for a new one, and nobody for a keychain.
pub(crate) async fn kept(env: &Env, source: &TokenGrantSource, region: Option<&str>) -> Option<SecretString> {
    let cache = TokenCache::open(env, false).filter(|_| is_kept(source.grant))?;
    let entry = cache.read(&cache::key(source, env, region)).await.filter(|entry| entry.made_with(source))?;
    entry.token(source.id_token)
}

/// Whether a token has expired, as far as can be told from it.
pub(crate) fn has_expired(token: &SecretString) -> bool {
    use crate::redact::ExposeSecret;
    Token::parse(token.expose_secret())
        .ok()
        .and_then(|token| token.expires_at())
        .is_some_and(|at| at <= clock::unix_now() + 60)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::redact::ExposeSecret;

    fn script(dir: &Path, text: &str) -> TokenGrantSource {
        let given = TokenFlags { command: vec!["/bin/sh".into(), "-c".into(), text.into()], ..TokenFlags::default() };
        resolve(given, &TokenDefaults::default(), &Env::fake(dir, &[])).unwrap()
    }

    struct TokenFixture {
        env: Env,
        http: Arc<Http>,
        events: Events,
        said: Arc<std::sync::Mutex<Vec<String>>>,
    }

    impl TokenFixture {
        fn new(dir: &Path) -> Self {
            let env = Env::fake(dir, &[("AGENTCORE_STATE_DIR", "state"), ("PATH", "/bin:/usr/bin")]);
            let said = Arc::new(std::sync::Mutex::new(Vec::new()));
            let sink = Arc::clone(&said);
            let events = Events::new(move |event| sink.lock().unwrap().push(format!("{event:?}")));
            Self { http: Arc::new(Http::new(&env)), env, events, said }
        }

        async fn obtain(&self, source: &TokenGrantSource, using: CacheUse) -> Result<Issued> {
            let session = TokenContext {
                env: &self.env,
                http: &self.http,
                events: &self.events,
                profile: None,
                region: None,
                interactive: false,
                unattended: false,
                browser: false,
                deadline: Deadline::default(),
                tell: &|_| {},
                ask: Arc::new(|_| Ok(false)),
            };
            obtain(&session, source, using).await
        }
    }

    fn text(issued: Result<Issued>) -> (String, bool) {
        let issued = issued.unwrap();
        (issued.token.expose_secret().to_owned(), issued.cached)
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn token_is_fetched_once_and_renewed_on_request() {
        let dir = tempfile::tempdir().unwrap();
        let bench = TokenFixture::new(dir.path());
        let counter = dir.path().join("count");
        let source = script(
            dir.path(),
            &format!(
                "echo x >> {0}; n=$(wc -l < {0}); echo '{{\"access_token\": \"t'$n'\", \"expires_in\": 3600}}'",
                counter.display()
            ),
        );
        assert_eq!(text(bench.obtain(&source, CacheUse::Cache).await), ("t1".into(), false));
        assert_eq!(text(bench.obtain(&source, CacheUse::Cache).await), ("t1".into(), true));
        assert_eq!(text(bench.obtain(&source, CacheUse::Renew).await), ("t2".into(), false));
        assert_eq!(text(bench.obtain(&source, CacheUse::Cache).await), ("t2".into(), true));
        assert_eq!(text(bench.obtain(&source, CacheUse::Not).await), ("t3".into(), false));
        assert_eq!(text(bench.obtain(&source, CacheUse::Cache).await), ("t2".into(), true));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn concurrent_callers_share_one_request_and_its_failure() {
        let dir = tempfile::tempdir().unwrap();
        let bench = TokenFixture::new(dir.path());
        let count = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap().lines().count();
        let good = script(
            dir.path(),
            &format!(
                "echo x >> {}; echo '{{\"access_token\": \"t\", \"expires_in\": 3600}}'",
                dir.path().join("good").display()
            ),
        );
        let all = futures_util::future::join_all((0..20).map(|_| bench.obtain(&good, CacheUse::Cache))).await;
        assert!(all.into_iter().all(|issued| text(issued).0 == "t"));
        assert_eq!(count("good"), 1);
        let bad = script(
            dir.path(),
            &format!("echo x >> {}; sleep 0.2; echo reason >&2; exit 1", dir.path().join("bad").display()),
        );
        let all = futures_util::future::join_all((0..20).map(|_| bench.obtain(&bad, CacheUse::Cache))).await;
        for issued in all {
            assert_eq!(issued.unwrap_err().causes(), ["reason"]);
        }
        assert_eq!(count("bad"), 1);
        // Later processes try again.
        assert!(bench.obtain(&bad, CacheUse::Cache).await.is_err());
        assert_eq!(count("bad"), 2);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_failed_renewal_uses_the_current_token() {
        let dir = tempfile::tempdir().unwrap();
        let bench = TokenFixture::new(dir.path());
        let flag = dir.path().join("down");
        let source = script(
            dir.path(),
            &format!("test -e {} && exit 1; echo '{{\"access_token\": \"t\", \"expires_in\": 89}}'", flag.display()),
        );
        assert_eq!(text(bench.obtain(&source, CacheUse::Cache).await), ("t".into(), false));
        // Under 90 s left: a new one is tried for.
        assert_eq!(text(bench.obtain(&source, CacheUse::Cache).await), ("t".into(), false));
        std::fs::write(&flag, "").unwrap();
        assert_eq!(text(bench.obtain(&source, CacheUse::Cache).await), ("t".into(), true));
        assert!(bench.said.lock().unwrap().iter().any(|line| line.contains("still good")));
    }

    #[tokio::test]
    async fn nobody_is_waited_for_without_a_terminal() {
        let dir = tempfile::tempdir().unwrap();
        let bench = TokenFixture::new(dir.path());
        let session = TokenContext {
            env: &bench.env,
            http: &bench.http,
            events: &bench.events,
            profile: None,
            region: None,
            interactive: false,
            unattended: false,
            browser: false,
            deadline: Deadline::default(),
            tell: &|_| {},
            ask: Arc::new(|_| Ok(false)),
        };
        let given = |grant| TokenFlags { grant: Some(grant), ..TokenFlags::default() };
        let mut source = resolve(given(TokenGrant::DeviceCode), &TokenDefaults::default(), &bench.env).unwrap();
        session.require_person(&source).unwrap();
        let strict = TokenContext { unattended: true, ..session };
        let error = strict.require_person(&source).unwrap_err();
        assert!(error.message().contains("--non-interactive"), "{error}");
        let session = TokenContext { unattended: false, ..strict };
        source.explicit = false;
        let error = session.require_person(&source).unwrap_err();
        assert_eq!(error.code_str(), "token.needs-person");
        assert!(error.hints().iter().any(|hint| hint.contains("AGENTCORE_TOKEN_STORE=file")));
    }
}
