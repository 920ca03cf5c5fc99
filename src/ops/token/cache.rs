//! Valid tokens, cached per provider, client, grant, user, scope and audience.
//!
//! Owns: the key of an entry, when it is renewed, the file of each entry. Other users cannot read it: the folder is
//! 0700 and each file 0600, below the state folder and not the cache folder, which pipelines save and share. Where the
//! system's keychain answers (`keychain`) the file only says so. Does not own: who may renew (`flight`).

use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::keychain::{self, Keychain};
use super::source::TokenGrantSource;
use crate::auth::Token;
use crate::auth::grants::IssuedTokens;
use crate::config::TokenGrant;
use crate::env::Env;
use crate::error::{Code, Context, Error, Result};
use crate::fsx;
use crate::redact::{ExposeSecret, SecretString};

/// Seconds left below which a token is not handed out without trying for a new one: the service refuses tokens that
/// expire within 60 s, and a request takes its time.
pub(super) const LEAST: i64 = 90;
/// Renewed when this little is left, unless the token lives for less than twice as long.
const MARGIN: i64 = 5 * 60;

/// An entry as it is stored.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct CachedToken {
    access_token: String,
    id_token: Option<String>,
    refresh_token: Option<String>,
    /// Seconds since the epoch.
    pub(super) obtained_at: i64,
    expires_at: Option<i64>,
    /// Tells a changed secret, see [`CachedToken::made_with`].
    salt: String,
    mark: u16,
}

impl std::fmt::Debug for CachedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl CachedToken {
    pub(super) fn new(tokens: &IssuedTokens, source: &TokenGrantSource, now: i64) -> Self {
        let text = |secret: &SecretString| secret.expose_secret().to_owned();
        let salt = uuid::Uuid::new_v4().simple().to_string();
        let life = tokens.expires_in.and_then(|life| i64::try_from(life.as_secs()).ok());
        Self {
            access_token: text(&tokens.access_token),
            id_token: tokens.id_token.as_ref().map(text),
            refresh_token: tokens.refresh_token.as_ref().map(text),
            obtained_at: now,
            expires_at: life.map(|life| now.saturating_add(life)),
            mark: mark(source, &salt),
            salt,
        }
    }

    /// The token that is handed out: the ID token where that is asked for.
    pub(super) fn token(&self, id_token: bool) -> Option<SecretString> {
        let text = if id_token { self.id_token.as_deref()? } else { &self.access_token };
        Some(SecretString::from(text.to_owned()))
    }

    pub(super) fn refresh_token(&self) -> Option<SecretString> {
        self.refresh_token.clone().map(SecretString::from)
    }

    /// When the token that is handed out expires, where anything says so. A claim in the token beats the answer that it
    /// came with: the claim is what the service reads.
    pub(super) fn expires_at(&self, id_token: bool) -> Option<i64> {
        let text = if id_token { self.id_token.as_deref()? } else { self.access_token.as_str() };
        let claimed = Token::parse(text).ok().and_then(|token| token.expires_at());
        match (claimed, self.expires_at.filter(|_| !id_token)) {
            (Some(claimed), Some(told)) => Some(claimed.min(told)),
            (one, other) => one.or(other),
        }
    }

    /// Whether it is worth keeping: the lifetime of a token without an expiry is unknown.
    pub(super) fn is_worth_keeping(&self, source: &TokenGrantSource) -> bool {
        self.refresh_token.is_some() || self.expires_at(source.id_token).is_some()
    }

    /// Whether it was obtained with the secrets that `source` has now: a wrong password must not get the token of the
    /// right one. Only 16 bits of a salted digest are kept, too few to test guesses with.
    pub(super) fn made_with(&self, source: &TokenGrantSource) -> bool {
        mark(source, &self.salt) == self.mark
    }

    pub(super) fn state(&self, source: &TokenGrantSource, now: i64) -> Freshness {
        let Some(expires) = self.expires_at(source.id_token) else { return Freshness::Gone };
        if self.token(source.id_token).is_none() {
            return Freshness::Gone;
        }
        let margin = if source.needs_person() && self.refresh_token.is_none() {
            LEAST
        } else {
            margin(expires.saturating_sub(self.obtained_at))
        };
        match expires.saturating_sub(now) {
            left if left > margin => Freshness::Good,
            // The service would refuse it.
            left if left <= 60 => Freshness::Gone,
            _ => Freshness::Renew,
        }
    }
}

/// How fresh an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    Good,
    /// It should be renewed; if that fails this one still works.
    Renew,
    Gone,
}

/// Seconds before expiry at which a token of this life is renewed: at 80 % of its life or five minutes before its end,
/// whichever comes first, but not in the first half of a short life.
fn margin(life: i64) -> i64 {
    (life / 5).max(MARGIN.min(life / 2)).max(LEAST)
}

/// Tells the failures of different secrets apart, within one machine's folder and for seconds.
pub(super) fn who(source: &TokenGrantSource) -> u64 {
    u64::from(mark(source, "who"))
}

fn mark(source: &TokenGrantSource, salt: &str) -> u16 {
    let key = hmac::Key::new(hmac::HMAC_SHA256, salt.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    let secrets = [&source.client_secret, &source.private_key, &source.password, &source.refresh_token];
    for secret in secrets {
        let bytes = secret.as_ref().map(|secret| secret.expose_secret().as_bytes()).unwrap_or_default();
        context.update(&bytes.len().to_le_bytes());
        context.update(bytes);
    }
    let tag = context.sign();
    u16::from_le_bytes([tag.as_ref()[0], tag.as_ref()[1]])
}

/// The cache key of a token: for a program also where it runs, because it may be another one elsewhere; for a refresh
/// token that was given a digest of it, because nothing else tells whose it is (128 bits of something that nobody can
/// guess). Region and profile matter where the provider is Cognito without a pool id.
pub(super) fn key(source: &TokenGrantSource, env: &Env, region: Option<&str>) -> String {
    let somewhere = source.discovery_url.is_none() && source.pool_id.is_none();
    let region = region.or_else(|| ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| env.var(name)));
    let mut scopes = source.wanted.scopes.clone();
    scopes.sort();
    let short = |bytes: &[u8]| hex::encode(&digest(&SHA256, bytes).as_ref()[..16]);
    let whose = match source.grant {
        TokenGrant::Command => Some(source.command_dir.to_string_lossy().into_owned()),
        TokenGrant::RefreshToken => source.refresh_token.as_ref().map(|token| short(token.expose_secret().as_bytes())),
        _ => None,
    };
    let text = json!([
        1,
        source.grant.as_str(),
        source.discovery_url,
        source.pool_id,
        source.client_id,
        source.client_auth.as_str(),
        source.username,
        scopes,
        source.wanted.audience,
        source.wanted.resource,
        source.command,
        whose,
        region.filter(|_| somewhere),
        env.var("AWS_PROFILE").filter(|_| somewhere),
        env.var("AWS_ENDPOINT_URL"),
        env.var("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"),
    ]);
    short(text.to_string().as_bytes())
}

/// The content of a file: the entry, or a note that the keychain has it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredEntry {
    Here(CachedToken),
    Keychain { keychain: bool },
}

/// Whether something is in the keychain: the token, or an older one beside the one in the file.
fn in_keychain(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| value["keychain"] == true)
}

/// The folder of one user's tokens.
#[derive(Debug)]
pub(super) struct TokenCache {
    dir: PathBuf,
    keychain: Option<Keychain>,
    /// The same, also when it may not be used for anything else.
    for_deleting: Option<Keychain>,
}

impl TokenCache {
    /// `None` where there is no state folder, and so no cache.
    pub(super) fn open(env: &Env, attended: bool) -> Option<Self> {
        Some(Self {
            dir: env.state_dir()?.join("tokens"),
            keychain: keychain::allowed(env, attended),
            for_deleting: keychain::for_deleting(env),
        })
    }

    pub(super) fn create(&self) -> Result<()> {
        fsx::keep_dir_private(&self.dir)
    }

    pub(super) fn lock_file(&self, key: &str) -> PathBuf {
        self.dir.join(format!("{key}.lock"))
    }

    pub(super) fn failure_file(&self, key: &str) -> PathBuf {
        self.dir.join(format!("{key}.failed"))
    }

    fn file(&self, key: &str) -> PathBuf {
        self.dir.join(format!("{key}.json"))
    }

    /// An unreadable entry counts as missing: a cache is no reason to fail.
    pub(super) async fn read(&self, key: &str) -> Option<CachedToken> {
        match serde_json::from_str(&fsx::read_text(&self.file(key)).ok()??).ok()? {
            StoredEntry::Here(entry) => Some(entry),
            StoredEntry::Keychain { .. } => {
                serde_json::from_str(self.keychain.as_ref()?.read(key).await?.expose_secret()).ok()
            }
        }
    }

    /// # Errors
    /// When the file cannot be written.
    pub(super) async fn write(&self, key: &str, entry: &CachedToken) -> Result<()> {
        let file = self.file(key);
        let mut value = serde_json::to_value(entry).context("could not write a token down")?;
        let text = SecretString::from(value.to_string());
        let kept = match &self.keychain {
            Some(keychain) if keychain.write(key, &text).await => json!({ "keychain": true }),
            _ => {
                // An older token stays there, to be forgotten together with this one.
                if fsx::read_text(&file).ok().flatten().is_some_and(|text| in_keychain(&text)) {
                    value["keychain"] = json!(true);
                }
                value
            }
        };
        fsx::write_private(&file, kept.to_string().as_bytes())
    }

    /// Whether there was anything to forget.
    ///
    /// # Errors
    /// When a file cannot be removed, or the token cannot be removed from the keychain: then the file stays and says so.
    pub(super) async fn forget(&self, key: &str) -> Result<bool> {
        let file = self.file(key);
        let Some(text) = fsx::read_text(&file)? else { return Ok(false) };
        if in_keychain(&text) {
            let deleted = match &self.for_deleting {
                Some(keychain) => keychain.delete(key).await,
                None => false,
            };
            if !deleted {
                return Err(Error::failed("a token is still in the system's keychain, which cannot be reached or is locked")
                    .code(Code::TokenKeychain)
                    .hint("say `agentcore identity token --forget` again where the keychain is open: in a session at its screen")
                    .hint(format!("or delete the entry `{key}` of `agentcore` with the keychain's own program")));
            }
        }
        remove(&file)?;
        remove(&self.failure_file(key))?;
        Ok(true)
    }

    /// Forgets everything; the number of tokens that were there.
    ///
    /// # Errors
    /// As [`TokenCache::forget`], after the others are forgotten.
    pub(super) async fn forget_all(&self) -> Result<usize> {
        let mut count = 0;
        let mut failed = None;
        for item in std::fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let name = item.file_name().to_string_lossy().into_owned();
            if let Some(key) = name.strip_suffix(".json") {
                match self.forget(key).await {
                    Ok(forgotten) => count += usize::from(forgotten),
                    Err(error) => failed = Some(error),
                }
            }
        }
        failed.map_or(Ok(count), Err)
    }
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not delete `{}`", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::super::source::{TokenDefaults, TokenFlags, resolve};
    use super::*;

    fn env(dir: &Path) -> Env {
        Env::fake(dir, &[("AGENTCORE_STATE_DIR", "state")])
    }

    fn source(given: TokenFlags) -> TokenGrantSource {
        resolve(given, &TokenDefaults::default(), &Env::fake(Path::new("/"), &[])).unwrap()
    }

    fn tokens(life: u64, refresh: bool) -> IssuedTokens {
        let secret = |text: &str| SecretString::from(text.to_owned());
        IssuedTokens {
            access_token: secret("canary-access"),
            id_token: None,
            refresh_token: refresh.then(|| secret("canary-refresh")),
            expires_in: Some(Duration::from_secs(life)),
        }
    }

    #[test]
    fn renewal_time_depends_on_the_token_lifetime() {
        assert_eq!(margin(3600), 720);
        assert_eq!(margin(1500), 300);
        assert_eq!(margin(900), 300);
        assert_eq!(margin(300), 150);
        assert_eq!(margin(60), 90);
    }

    proptest! {
        #[test]
        fn token_the_service_may_refuse_is_not_reused(life in 0_u64..100_000, age in 0_i64..100_000, refresh: bool) {
            let source = source(TokenFlags { grant: Some(TokenGrant::DeviceCode), ..TokenFlags::default() });
            let entry = CachedToken::new(&tokens(life, refresh), &source, 1000);
            let left = i64::try_from(life).unwrap() - age;
            match entry.state(&source, 1000 + age) {
                Freshness::Good => prop_assert!(left > LEAST),
                Freshness::Renew => prop_assert!(left > 60),
                Freshness::Gone => prop_assert!(left <= 60),
            }
        }
    }

    #[test]
    fn an_expiry_that_no_clock_holds_is_judged() {
        let machine = source(TokenFlags { grant: Some(TokenGrant::ClientCredentials), ..TokenFlags::default() });
        let mut entry = CachedToken::new(&tokens(3600, false), &machine, 0);
        entry.expires_at = Some(i64::MIN);
        assert_eq!(entry.state(&machine, 3400), Freshness::Gone);
        entry.expires_at = Some(i64::MAX);
        assert_ne!(entry.state(&machine, -3400), Freshness::Gone);
    }

    #[test]
    fn person_is_not_asked_while_token_is_good() {
        let device = source(TokenFlags { grant: Some(TokenGrant::DeviceCode), ..TokenFlags::default() });
        let machine = source(TokenFlags { grant: Some(TokenGrant::ClientCredentials), ..TokenFlags::default() });
        let entry = CachedToken::new(&tokens(3600, false), &device, 0);
        assert_eq!(entry.state(&device, 3400), Freshness::Good);
        assert_eq!(entry.state(&machine, 3400), Freshness::Renew);
        let renewable = CachedToken::new(&tokens(3600, true), &device, 0);
        assert_eq!(renewable.state(&device, 3400), Freshness::Renew);
    }

    #[test]
    fn token_is_not_shared_with_another_secret() {
        let with = |secret: &str| {
            source(TokenFlags { client_secret: Some(SecretString::from(secret.to_owned())), ..TokenFlags::default() })
        };
        let entry = CachedToken::new(&tokens(3600, false), &with("right"), 0);
        assert!(entry.made_with(&with("right")));
        // 16 bits: of many wrong secrets at most a few pass.
        let passed = (0..500).filter(|n| entry.made_with(&with(&format!("wrong-{n}")))).count();
        assert!(passed < 5, "{passed}");
    }

    #[test]
    fn what_makes_another_token_makes_another_key() {
        let dir = Path::new("/");
        let of = |given: TokenFlags| key(&source(given), &env(dir), None);
        let base = || TokenFlags {
            discovery_url: Some("https://idp.example".into()),
            client_id: Some("c".into()),
            ..TokenFlags::default()
        };
        let keys = [
            of(base()),
            of(TokenFlags { client_id: Some("d".into()), ..base() }),
            of(TokenFlags { discovery_url: Some("https://other.example".into()), ..base() }),
            of(TokenFlags { grant: Some(TokenGrant::DeviceCode), ..base() }),
            of(TokenFlags { username: Some("alice".into()), ..base() }),
            of(TokenFlags { scopes: vec!["a".into()], ..base() }),
            of(TokenFlags { audience: Some("a".into()), ..base() }),
            of(TokenFlags { resource: Some("a".into()), ..base() }),
        ];
        let command = |dir: &str| {
            let known = TokenDefaults { root: Some(Path::new(dir)), ..TokenDefaults::default() };
            let configured = crate::config::TokenSource { command: vec!["./t".into()], ..Default::default() };
            let given = TokenFlags { grant: Some(TokenGrant::Command), ..TokenFlags::default() };
            key(
                &resolve(given, &TokenDefaults { configured: Some(&configured), ..known }, &env(dir.as_ref())).unwrap(),
                &env("/".as_ref()),
                None,
            )
        };
        assert_ne!(command("/one"), command("/two"));
        assert_eq!(command("/one"), command("/one"));
        let refresh =
            |token: &str| of(TokenFlags { refresh_token: Some(SecretString::from(token.to_owned())), ..base() });
        assert_ne!(refresh("alice's"), refresh("bob's"));
        assert_eq!(refresh("alice's"), refresh("alice's"));
        let distinct: std::collections::BTreeSet<&String> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
        let pool_of = |region| key(&source(TokenFlags::default()), &env(dir), Some(region));
        assert_ne!(pool_of("us-west-2"), pool_of("us-east-1"));
        let scopes =
            |list: &[&str]| of(TokenFlags { scopes: list.iter().map(|s| (*s).to_owned()).collect(), ..base() });
        assert_eq!(scopes(&["a", "b"]), scopes(&["b", "a"]));
    }

    #[tokio::test]
    async fn entries_are_private_and_can_be_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let cache = TokenCache::open(&env(dir.path()), false).unwrap();
        cache.create().unwrap();
        let source = source(TokenFlags::default());
        let entry = CachedToken::new(&tokens(3600, true), &source, 0);
        cache.write("k", &entry).await.unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&cache.dir), mode(&cache.file("k"))), (0o700, 0o600));
        }
        let read = cache.read("k").await.unwrap();
        assert_eq!(read.refresh_token().unwrap().expose_secret(), "canary-refresh");
        assert!(!format!("{read:?}").contains("canary"));
        assert!(cache.forget("k").await.unwrap() && cache.read("k").await.is_none());
        assert!(!cache.forget("k").await.unwrap());
        std::fs::write(cache.file("k"), "{ broken").unwrap();
        assert!(cache.read("k").await.is_none());
        assert_eq!(cache.forget_all().await.unwrap(), 1);
    }

    #[tokio::test]
    async fn keychain_entries_are_never_half_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        // No bus, and so no keychain.
        let cache = TokenCache { for_deleting: None, ..TokenCache::open(&env(dir.path()), false).unwrap() };
        cache.create().unwrap();
        let source = source(TokenFlags::default());
        let entry = CachedToken::new(&tokens(3600, false), &source, 0);
        std::fs::write(cache.file("k"), "{\"keychain\": true}").unwrap();
        cache.write("other", &entry).await.unwrap();
        assert_eq!(cache.forget("k").await.unwrap_err().code_str(), "token.keychain");
        assert!(cache.file("k").exists());
        // A newer token in the file does not hide the older one.
        cache.write("k", &entry).await.unwrap();
        assert!(cache.read("k").await.is_some());
        assert!(cache.forget_all().await.is_err());
        assert!(cache.file("k").exists() && !cache.file("other").exists());
    }
}
