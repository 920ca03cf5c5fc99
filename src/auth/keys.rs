//! A cache of identity providers: discovery documents and keys, fetched when needed.
//!
//! Owns: how long they are kept, the single refetch when a token names an unknown key, and the evaluation of a caller
//! with them. Does not own: the documents (`discovery`), the rules (`evaluate`).
//!
//! It fails closed: without the keys nobody is accepted. Concurrent callers cause one request, also when it fails, and
//! an unknown key id is fetched once. Callers whose key is known never wait for a request.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::authorizer::Authorizer;
use super::caller::{self, Credential, Presented};
use super::discovery::{Provider, discover, fetch_jwks};
use super::evaluate::{Evaluation, Verdict, evaluate};
use super::token::{KeySet, Token, accepted_algorithm};
use crate::error::{Code, Error, Result};
use crate::http::Http;

/// How long fetched documents are used.
const LIFE: Duration = Duration::from_secs(300);
/// Key ids that are remembered as unknown, per provider. When more are invented, unknown ids cause no request until the
/// documents are fetched again.
const MISSED: usize = 1000;
/// How long a failure is reused: long enough for the callers that waited for the same answer.
const FAILED: Duration = Duration::from_secs(2);

/// A provider as it was last seen.
#[derive(Debug)]
pub(crate) struct KnownProvider {
    pub(crate) provider: Provider,
    pub(crate) keys: KeySet,
    fetched: Instant,
    /// Key ids that these keys lack, and that the provider was asked for again.
    missed: Mutex<HashSet<String>>,
}

impl KnownProvider {
    pub(crate) fn new(provider: Provider, keys: KeySet) -> Self {
        Self { provider, keys, fetched: Instant::now(), missed: Mutex::default() }
    }

    /// Whether this token may be signed with a key that the provider added since.
    fn lacks_key_of(&self, token: &Token) -> bool {
        let Some(kid) = token.kid() else { return false };
        // A token that no key could make good is not worth a request.
        if accepted_algorithm(token.algorithm()).is_none() || self.keys.mentions(kid) {
            return false;
        }
        let missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        missed.len() < MISSED && !missed.contains(kid)
    }

    fn record_missing(&self, kid: &str) {
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        if missed.len() < MISSED {
            missed.insert(kid.to_owned());
        }
    }
}

/// The cache entry of one provider. A slow provider delays only the callers that need it.
#[derive(Debug, Default)]
struct ProviderSlot {
    seen: Mutex<Option<Arc<KnownProvider>>>,
    failed: Mutex<Option<(Instant, Error)>>,
    /// Held while the provider is asked.
    asking: tokio::sync::Mutex<()>,
}

impl ProviderSlot {
    fn seen(&self) -> Option<Arc<KnownProvider>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self) -> Option<Arc<KnownProvider>> {
        self.seen().filter(|known| known.fetched.elapsed() < LIFE)
    }

    fn remember(&self, known: KnownProvider) -> Arc<KnownProvider> {
        let known = Arc::new(known);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        known
    }

    /// The failure of a request that has just ended, for those who waited behind it.
    fn failure(&self) -> Option<Error> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.as_ref().filter(|(at, _)| at.elapsed() < FAILED).map(|(_, error)| error.clone())
    }

    fn record_result<T>(&self, result: Result<T>) -> Result<T> {
        let failure = result.as_ref().err().map(|error| (Instant::now(), error.clone()));
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = failure;
        result
    }
}

/// The providers, by discovery URL.
#[derive(Debug, Default)]
pub(crate) struct Providers {
    slots: Mutex<HashMap<String, Arc<ProviderSlot>>>,
}

/// A verdict, and what it is based on.
#[derive(Debug)]
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    /// `None` where the provider was not needed or could not be asked.
    pub(crate) known: Option<Arc<KnownProvider>>,
    /// Why the provider could not be asked. Then nobody is accepted.
    pub(crate) trouble: Option<Error>,
}

impl Providers {
    fn slot(&self, url: &str) -> Arc<ProviderSlot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(url.to_owned()).or_default())
    }

    /// The provider behind a discovery URL, from memory where that is fresh enough.
    ///
    /// # Errors
    /// As [`discover`] and [`fetch_jwks`].
    pub(crate) async fn known(&self, http: &Http, url: &str) -> Result<Arc<KnownProvider>> {
        let slot = self.slot(url);
        if let Some(found) = slot.fresh() {
            return Ok(found);
        }
        let waited = slot.asking.try_lock().is_err();
        let _asking = slot.asking.lock().await;
        if let Some(found) = slot.fresh() {
            return Ok(found);
        }
        if let Some(error) = slot.failure().filter(|_| waited) {
            return Err(error);
        }
        let asked = async {
            let provider = discover(http, url).await?;
            let keys = fetch_jwks(http, &provider).await?;
            Ok(KnownProvider::new(provider, keys))
        };
        slot.record_result(asked.await).map(|known| slot.remember(known))
    }

    /// The same for judging this token: where the token names a key that is not known, the keys are fetched once more.
    ///
    /// # Errors
    /// As [`Providers::known`].
    pub(crate) async fn known_for(&self, http: &Http, url: &str, token: &Token) -> Result<Arc<KnownProvider>> {
        let known = self.known(http, url).await?;
        if !known.lacks_key_of(token) {
            return Ok(known);
        }
        let slot = self.slot(url);
        let waited = slot.asking.try_lock().is_err();
        let _asking = slot.asking.lock().await;
        if let Some(found) = slot.seen().filter(|found| !Arc::ptr_eq(found, &known))
            && !found.lacks_key_of(token)
        {
            // Another caller has fetched them meanwhile.
            return Ok(found);
        }
        if let Some(error) = slot.failure().filter(|_| waited) {
            return Err(error);
        }
        let keys = slot.record_result(fetch_jwks(http, &known.provider).await)?;
        // The document keeps its age: it is fetched again when its time has come.
        let fresh = KnownProvider { fetched: known.fetched, ..KnownProvider::new(known.provider.clone(), keys) };
        if let Some(kid) = token.kid().filter(|kid| !fresh.keys.mentions(kid)) {
            let before = known.missed.lock().unwrap_or_else(PoisonError::into_inner).clone();
            before.iter().for_each(|kid| fresh.record_missing(kid));
            fresh.record_missing(kid);
        }
        Ok(slot.remember(fresh))
    }

    /// Judges a caller of a runtime with this authorizer, or without one. `now` in seconds since the epoch.
    pub(crate) async fn judge(
        &self,
        http: &Http,
        authorizer: Option<&Authorizer>,
        brings: Presented<'_>,
        now: i64,
    ) -> Judgement {
        match (caller::admit(authorizer.is_some(), brings), authorizer) {
            (Ok(Credential::Token(token)), Some(authorizer)) => {
                match self.known_for(http, &authorizer.discovery_url, &token).await {
                    Ok(known) => Judgement::of_token(authorizer, &token, Some(known), now),
                    Err(error) => {
                        Judgement { trouble: Some(error), ..Judgement::of_token(authorizer, &token, None, now) }
                    }
                }
            }
            (Ok(_), _) => Judgement::of_method(caller::signed()),
            (Err(verdict), _) => Judgement::of_method(*verdict),
        }
    }
}

/// Why the provider is not asked; `None` for one that may be. The address of one behind a private endpoint may resolve
/// to anything from here.
pub(crate) fn not_to_be_asked(authorizer: &Authorizer) -> Option<Error> {
    let url = &authorizer.discovery_url;
    authorizer.is_private(url).then(|| {
        Error::failed(format!("{url} is behind a private endpoint, so it was not asked from here"))
            .code(Code::DiscoveryPrivate)
    })
}

/// Judges a caller from outside the service. A provider behind a private endpoint is not asked: its address may resolve
/// to anything from here.
pub(crate) async fn judge_from_outside(
    http: &Http,
    authorizer: Option<&Authorizer>,
    brings: Presented<'_>,
    now: i64,
) -> Judgement {
    if let Some(private) = authorizer
        && let Some(why) = not_to_be_asked(private)
        && let Ok(Credential::Token(token)) = caller::admit(true, brings)
    {
        let why = why.hint(
            "save both documents where the provider can be reached, and pass `--discovery-document` and `--jwks`",
        );
        return Judgement { trouble: Some(why), ..Judgement::of_token(private, &token, None, now) };
    }
    Providers::default().judge(http, authorizer, brings, now).await
}

/// Judges a caller with the cached provider, without a request.
pub(crate) fn judge_with(known: KnownProvider, authorizer: &Authorizer, brings: Presented<'_>, now: i64) -> Judgement {
    match caller::admit(true, brings) {
        Ok(Credential::Token(token)) => Judgement::of_token(authorizer, &token, Some(Arc::new(known)), now),
        Ok(Credential::Signature) => Judgement::of_method(caller::signed()),
        Err(verdict) => Judgement::of_method(*verdict),
    }
}

impl Judgement {
    fn of_method(verdict: Verdict) -> Self {
        Self { verdict, known: None, trouble: None }
    }

    fn of_token(authorizer: &Authorizer, token: &Token, known: Option<Arc<KnownProvider>>, now: i64) -> Self {
        let verdict = evaluate(&Evaluation {
            authorizer,
            issuer: known.as_ref().map(|known| known.provider.issuer.as_str()),
            keys: known.as_ref().map(|known| &known.keys),
            token,
            now,
        });
        Self { verdict, known, trouble: None }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::{Value, json};

    use super::*;
    use crate::auth::discovery::testing::{http, serve};
    use crate::auth::token::mint::{KEYS, TestKeys};

    const PATH: &str = "/pool/.well-known/openid-configuration";
    const NOW: i64 = 1_800_000_000;

    /// A test provider that counts requests, whose keys can be changed and which can be switched off.
    struct Idp {
        base: String,
        keys: Arc<Mutex<Option<Value>>>,
        asked: Arc<[AtomicUsize; 2]>,
        providers: Providers,
    }

    impl Idp {
        async fn start() -> Self {
            let keys = Arc::new(Mutex::new(Some(KEYS.jwks())));
            let asked = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
            let (shown, counted) = (Arc::clone(&keys), Arc::clone(&asked));
            let base = serve(move |path| {
                let Some(keys) = shown.lock().unwrap().clone() else { return (503, String::new()) };
                counted[usize::from(path != PATH)].fetch_add(1, Ordering::SeqCst);
                match path {
                    PATH => (200, json!({"issuer": "{base}/pool", "jwks_uri": "{base}/jwks"}).to_string()),
                    _ => (200, keys.to_string()),
                }
            })
            .await;
            Self { base, keys, asked, providers: Providers::default() }
        }

        fn show(&self, keys: Option<Value>) {
            *self.keys.lock().unwrap() = keys;
        }

        /// Discovery documents and key sets that were asked for.
        fn asked(&self) -> (usize, usize) {
            (self.asked[0].load(Ordering::SeqCst), self.asked[1].load(Ordering::SeqCst))
        }

        async fn code(&self, token: &str) -> &'static str {
            let authorizer = Authorizer {
                discovery_url: format!("{}{PATH}", self.base),
                allowed_clients: vec!["c".to_owned()],
                ..Authorizer::default()
            };
            let judged = self.providers.judge(&http(), Some(&authorizer), Presented::Token(token), NOW).await;
            assert_eq!(judged.trouble.is_some(), judged.known.is_none());
            judged.verdict.code()
        }

        fn claims(&self) -> Value {
            json!({"iss": format!("{}/pool", self.base), "client_id": "c", "exp": NOW + 600})
        }
    }

    /// The same keys under other ids.
    fn renamed(keys: &TestKeys) -> Value {
        let text = keys.jwks().to_string().replace("\"kid\":\"", "\"kid\":\"new-");
        serde_json::from_str(&text).unwrap()
    }

    #[tokio::test]
    async fn rotation_is_seen_with_one_more_look() {
        let idp = Idp::start().await;
        let old = KEYS.token_text("RS256", Some("rsa"), &idp.claims());
        assert_eq!((idp.code(&old).await, idp.asked()), ("accepted", (1, 1)));
        assert_eq!((idp.code(&old).await, idp.asked()), ("accepted", (1, 1)));
        let next = TestKeys::generate();
        idp.show(Some(renamed(&next)));
        let new = next.token_text("RS256", Some("new-rsa"), &idp.claims());
        assert_eq!((idp.code(&new).await, idp.asked()), ("accepted", (1, 2)));
        // What the provider took away is not accepted any more, after one look.
        for _ in 0..3 {
            assert_eq!((idp.code(&old).await, idp.asked()), ("key-unknown", (1, 3)));
        }
        assert_eq!((idp.code(&new).await, idp.asked()), ("accepted", (1, 3)));
    }

    #[tokio::test]
    async fn an_unknown_key_id_is_fetched_once() {
        let idp = Idp::start().await;
        let unknown = KEYS.token_text("RS256", Some("gone"), &idp.claims());
        for _ in 0..3 {
            assert_eq!((idp.code(&unknown).await, idp.asked()), ("key-unknown", (1, 2)));
        }
        let hmac = crate::auth::token::mint::compact(&json!({"alg": "HS256", "kid": "x"}), &idp.claims(), |_| vec![1]);
        assert_eq!((idp.code(&hmac).await, idp.asked()), ("algorithm-refused", (1, 2)));
        // A key that is there and cannot be used is not looked for again.
        let unusable = KEYS.token_text("RS256", Some("enc"), &idp.claims());
        assert_eq!((idp.code(&unusable).await, idp.asked()), ("key-unusable", (1, 2)));
    }

    #[tokio::test]
    async fn a_crowd_asks_once() {
        let idp = Arc::new(Idp::start().await);
        let token = KEYS.token_text("ES256", Some("p256"), &idp.claims());
        let crowd = (0..20).map(|_| {
            let (idp, token) = (Arc::clone(&idp), token.clone());
            tokio::spawn(async move { idp.code(&token).await })
        });
        for one in crowd.collect::<Vec<_>>() {
            assert_eq!(one.await.unwrap(), "accepted");
        }
        assert_eq!(idp.asked(), (1, 1));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    #[expect(clippy::await_holding_lock, reason = "the provider answers nobody while the test holds its keys")]
    async fn hanging_provider_delays_only_callers_who_need_it() {
        let idp = Arc::new(Idp::start().await);
        let good = KEYS.token_text("RS256", Some("rsa"), &idp.claims());
        let unknown = KEYS.token_text("RS256", Some("gone"), &idp.claims());
        assert_eq!(idp.code(&good).await, "accepted");
        let held = idp.keys.lock().unwrap();
        let waiting = tokio::spawn({
            let idp = Arc::clone(&idp);
            async move { idp.code(&unknown).await }
        });
        let slot = idp.providers.slot(&format!("{}{PATH}", idp.base));
        while slot.asking.try_lock().is_ok() {
            tokio::task::yield_now().await;
        }
        assert_eq!(idp.code(&good).await, "accepted");
        assert!(!waiting.is_finished());
        drop(held);
        assert_eq!(waiting.await.unwrap(), "key-unknown");
    }

    #[tokio::test]
    async fn lookups_of_unknown_keys_are_limited() {
        let idp = Idp::start().await;
        let url = format!("{}{PATH}", idp.base);
        let known = idp.providers.known(&http(), &url).await.unwrap();
        (0..MISSED).for_each(|n| known.record_missing(&n.to_string()));
        let unknown = KEYS.token_text("RS256", Some("one more"), &idp.claims());
        assert_eq!((idp.code(&unknown).await, idp.asked()), ("key-unknown", (1, 1)));
    }

    #[tokio::test]
    async fn without_the_provider_nobody_new_gets_in() {
        let idp = Idp::start().await;
        let good = KEYS.token_text("RS256", Some("rsa"), &idp.claims());
        idp.show(None);
        assert_eq!(idp.code(&good).await, "keys-unavailable");
        // What is wrong in any case is named all the same.
        let mut expired = idp.claims();
        expired["exp"] = json!(1);
        assert_eq!(idp.code(&KEYS.token_text("RS256", Some("rsa"), &expired)).await, "token-expired");
        idp.show(Some(KEYS.jwks()));
        assert_eq!(idp.code(&good).await, "accepted");
        // Keys that are known stay good; one that is not known cannot be asked for.
        idp.show(None);
        assert_eq!(idp.code(&good).await, "accepted");
        let unknown = KEYS.token_text("RS256", Some("gone"), &idp.claims());
        assert_eq!(idp.code(&unknown).await, "keys-unavailable");
    }
}
