//! A workload access token for an API key or an OAuth2 token.
//!
//! Owns: GetResourceApiKey, GetResourceOauth2Token for machines, and the tokens that are kept for the next time. Does not
//! own: users who have to agree first (`consent`).
//!
//! The service reads a provider's secret as the caller: without `secretsmanager:GetSecretValue` on it there is neither key
//! nor token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::access::{self, WorkloadAccess};
use super::client::{AuthorizationServer, GrantParameters, ProviderToken};
use super::oauth2::Oauth2Provider;
use super::providers::{CredentialKind, NAME, SecretRef};
use super::{Vault, VaultContext, consent, text};
use crate::sandbox::control::check::{TextRule, Violations};
use crate::sandbox::reply::Fault;
use crate::sandbox::{secrets, sigv4};

const RETURN_URL: TextRule = TextRule::length(1, 2048).with_pattern(r"\w+:(\/?\/?)[^\s]+");
pub(super) const SESSION_URI: TextRule =
    TextRule::length(1, 1024).with_pattern("urn:ietf:params:oauth:request_uri:[a-zA-Z0-9-._~]+");
/// Seconds before its end from which a token is not given out any more.
const MARGIN: i64 = 60;
const M2M: &str = "M2M";
const USER_FEDERATION: &str = "USER_FEDERATION";
const ON_BEHALF: &str = "ON_BEHALF_OF_TOKEN_EXCHANGE";

/// A lock per token, so that callers who want the same one ask the server once.
pub(super) type TokenLocks = Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>;

/// A token in the vault.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct VaultToken {
    pub(super) workload: String,
    pub(super) provider: String,
    access: String,
    refresh: Option<String>,
    /// Seconds since 1970. `None`: the server did not say, which some mean as forever.
    expires: Option<i64>,
}

/// The input of GetResourceOauth2Token.
pub(super) struct TokenRequest<'a> {
    pub(super) access: WorkloadAccess,
    pub(super) provider: &'a str,
    pub(super) flow: &'a str,
    pub(super) scopes: Vec<String>,
    /// `resource` and `audience` parameters.
    pub(super) more: Vec<(&'static str, String)>,
    pub(super) session: Option<&'a str>,
    pub(super) return_url: Option<&'a str>,
    pub(super) force: bool,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) state: Option<&'a str>,
}

impl TokenRequest<'_> {
    /// Where the vault keeps the answer: a token is for one workload, user, provider and set of scopes.
    pub(super) fn key(&self) -> String {
        let mut scopes = self.scopes.clone();
        scopes.sort_unstable();
        let user = self.access.user.as_ref().filter(|_| self.flow != M2M).map(|user| &user.key);
        let text = json!([self.access.workload, user, self.provider, self.flow, scopes, self.more]);
        sigv4::sha256(text.to_string().as_bytes())
    }

    pub(super) fn target(&self) -> GrantParameters<'_> {
        GrantParameters { scopes: &self.scopes, more: &self.more }
    }
}

/// Asks the caller's policies about everything that an exchange touches.
fn permit(
    context: &VaultContext<'_>,
    operation: &str,
    access: &WorkloadAccess,
    kind: CredentialKind,
    provider: &str,
) -> Result<(), Fault> {
    let resources = [
        context.directory(),
        context.identity(&access.workload),
        context.token_vault(),
        context.provider(kind, provider),
    ];
    context.require(operation, &resources.each_ref().map(String::as_str))
}

/// The secret of a provider, read as the caller.
///
/// # Errors
/// AccessDeniedException; ResourceNotFoundException when the secret is gone or has no such text.
pub(super) fn secret(context: &VaultContext<'_>, reference: &SecretRef) -> Result<String, Fault> {
    context.caller.require(context.sandbox, "secretsmanager:GetSecretValue", &[&reference.arn])?;
    let missing = |why: &str| {
        let text = format!("The secret '{}' of the credential provider cannot be used: {why}", reference.arn);
        Fault::new(404, "ResourceNotFoundException", text)
    };
    let value = secrets::value(context.sandbox, &reference.arn, &reference.json_key);
    let value = value.map_err(|fault| missing(&fault.message))?;
    value.ok_or_else(|| missing(&format!("it has no text under the key '{}'", reference.json_key)))
}

pub(super) fn api_key(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let token = access::checked(&mut check, input).unwrap_or_default();
    let name = provider_name(&mut check, input);
    check.finish()?;
    let access = access::open(context, token)?;
    permit(context, "GetResourceApiKey", &access, CredentialKind::ApiKey, name)?;
    let found = context.sandbox.state.vault.read(|state| state.api_keys.get(name).map(|it| it.secret.clone()));
    let reference = found.ok_or_else(|| CredentialKind::ApiKey.missing(name))?;
    Ok(json!({ "apiKey": secret(context, &reference)? }))
}

fn provider_name<'v>(check: &mut Violations, input: &'v Value) -> &'v str {
    const PATH: &str = "resourceCredentialProviderName";
    check.required(PATH, input.get(PATH), NAME).unwrap_or_default()
}

pub(super) async fn oauth2_token(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let (token, mut ask) = checked(input)?;
    ask.access = access::open(context, token)?;
    permit(context, "GetResourceOauth2Token", &ask.access, CredentialKind::Oauth2, ask.provider)?;
    let found = context.sandbox.state.vault.read(|state| state.oauth2.get(ask.provider).cloned());
    let provider = found.ok_or_else(|| CredentialKind::Oauth2.missing(ask.provider))?;
    match ask.flow {
        M2M => machine(context, &ask, &provider).await,
        USER_FEDERATION => consent::federate(context, &ask, &provider).await,
        other => Err(Fault::unknown_operation(&format!("the flow {other}"))),
    }
}

/// Reads the request. The workload access token is not opened yet.
fn checked(input: &Value) -> Result<(&str, TokenRequest<'_>), Fault> {
    let mut check = Violations::default();
    let token = access::checked(&mut check, input).unwrap_or_default();
    let provider = provider_name(&mut check, input);
    check.present("oauth2Flow", input.get("oauth2Flow"));
    check.one_of("oauth2Flow", input.get("oauth2Flow"), &[USER_FEDERATION, M2M, ON_BEHALF]);
    check.present("scopes", input.get("scopes"));
    let mut texts = |member: &str| -> Vec<String> {
        let items = check.list(member, input.get(member), 0, usize::MAX);
        let rule = if member == "scopes" { TextRule::length(1, 128) } else { TextRule::length(1, 2048) };
        items.into_iter().filter_map(|(path, item)| check.text(&path, Some(item), rule)).map(str::to_owned).collect()
    };
    let scopes = texts("scopes");
    let resources = texts("resources").into_iter().map(|value| ("resource", value));
    let audiences = texts("audiences").into_iter().map(|value| ("audience", value));
    let more = resources.chain(audiences).collect();
    let session = check.text("sessionUri", input.get("sessionUri"), SESSION_URI);
    let return_url = check.text("resourceOauth2ReturnUrl", input.get("resourceOauth2ReturnUrl"), RETURN_URL);
    let state = check.text("customState", input.get("customState"), TextRule::length(1, 4096).sensitive());
    let any = TextRule::length(0, 4096);
    let parameters = check.map("customParameters", input.get("customParameters"), usize::MAX, (any, any));
    let parameters = parameters.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    check.finish()?;
    let ask = TokenRequest {
        access: WorkloadAccess::nobody(),
        provider,
        flow: text(input, "oauth2Flow").unwrap_or_default(),
        scopes,
        more,
        session,
        return_url,
        force: input.get("forceAuthentication").and_then(Value::as_bool).unwrap_or_default(),
        parameters,
        state,
    };
    Ok((token, ask))
}

/// The vault's token for a key, where it is still good.
pub(super) fn stored_token(context: &VaultContext<'_>, key: &str) -> Option<VaultToken> {
    context.sandbox.state.vault.read(|state| state.tokens.get(key).cloned())
}

impl VaultToken {
    pub(super) fn is_good(&self, context: &VaultContext<'_>) -> bool {
        self.expires.is_none_or(|expires| expires > context.sandbox.clock.unix() + MARGIN)
    }

    pub(super) fn refresh(&self) -> Option<&str> {
        self.refresh.as_deref()
    }

    pub(super) fn answer(&self) -> Value {
        json!({ "accessToken": self.access })
    }
}

/// Puts a token into the vault and gives it out.
///
/// # Errors
/// When the disk refuses.
pub(super) async fn store_token(
    context: &VaultContext<'_>,
    key: String,
    (workload, provider): (&str, &str),
    token: ProviderToken,
) -> Result<Value, Fault> {
    let now = context.sandbox.clock.unix();
    let kept = VaultToken {
        workload: workload.to_owned(),
        provider: provider.to_owned(),
        access: token.access,
        refresh: token.refresh,
        expires: token.life.map(|life| now.saturating_add(i64::try_from(life).unwrap_or(i64::MAX))),
    };
    let answer = kept.answer();
    let add = |state: &mut Vault| {
        // What can neither be given out nor renewed any more.
        state.tokens.retain(|_, old| old.refresh.is_some() || old.expires.is_none_or(|expires| expires > now));
        state.tokens.insert(key, kept);
        Ok(answer)
    };
    context.sandbox.state.vault.update(add).await
}

/// Waits for the turn to ask for a token.
pub(super) async fn turn(context: &VaultContext<'_>, key: &str) -> tokio::sync::OwnedMutexGuard<()> {
    let lock = {
        let mut locks = context.sandbox.identities.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody holds are made again when they are needed.
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(locks.entry(key.to_owned()).or_default())
    };
    lock.lock_owned().await
}

async fn machine(
    context: &VaultContext<'_>,
    ask: &TokenRequest<'_>,
    provider: &Oauth2Provider,
) -> Result<Value, Fault> {
    // Also where the token is kept already: a role that lost the secret has lost the token.
    let secret = secret(context, &provider.secret)?;
    let key = ask.key();
    let _turn = turn(context, &key).await;
    if let Some(kept) = stored_token(context, &key).filter(|kept| kept.is_good(context)) {
        return Ok(kept.answer());
    }
    let server = AuthorizationServer::find(context, ask.provider, provider, secret).await?;
    let token = server.client_credentials(ask.target()).await?;
    store_token(context, key, (&ask.access.workload, ask.provider), token).await
}

/// Forgets the tokens of a provider or a workload that changed or is gone.
pub(super) fn forget(state: &mut Vault, gone: impl Fn(&VaultToken) -> bool) {
    state.tokens.retain(|_, kept| !gone(kept));
}
