//! AgentCore's identity service: workload identities, credential providers, the token vault, and what agents get of them.
//!
//! Owns: the rest-json operations below `/identities/` of both planes and the tags of their resources. Does not own: the
//! secrets themselves (`secrets`), who signed (`caller`), the agents that the tokens are given to (`dataplane`).
//!
//! ```text
//! identities   workload identities; a runtime has one for as long as it exists
//! providers    API keys, and the secrets of both kinds of provider
//! oauth2       OAuth2 clients; `vendors` knows the providers that need no addresses
//! settings     the token vault's key
//! access       workload access tokens: an identity and a user, sealed
//! exchange     a workload access token for an API key or an OAuth2 token
//! consent      users who have to agree first
//! client       the authorization servers' client
//! ```

mod access;
mod client;
mod consent;
mod exchange;
mod identities;
mod oauth2;
mod providers;
mod settings;
mod vendors;

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::caller::{Caller, tag_keys};
use super::control::SERVICE;
use super::control::check::{TextRule, Violations};
use super::reply::{self, Fault, Protocol, Response};
use super::request::{API_BODY_LIMIT, Request, json_object};
use super::{SharedSandbox, router, sigv4};

pub(crate) use access::for_call;
pub(crate) use identities::unlink;

/// The one directory of identities, and the one token vault.
const DEFAULT: &str = "default";
const MOST_TAGS: usize = 50;
const TAG: &str = r"[a-zA-Z0-9\s._:/=+@-]*";

type Tags = BTreeMap<String, String>;

/// What is remembered. Times are seconds since 1970.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Vault {
    identities: BTreeMap<String, identities::WorkloadIdentity>,
    /// What was set on the identities of runtimes, by runtime id.
    linked: BTreeMap<String, identities::WorkloadIdentity>,
    api_keys: BTreeMap<String, providers::ApiKeyProvider>,
    oauth2: BTreeMap<String, oauth2::Oauth2Provider>,
    settings: Option<settings::VaultSettings>,
    /// By what they are for; see [`exchange::TokenRequest::key`].
    tokens: BTreeMap<String, exchange::VaultToken>,
}

/// State that is not stored: it ends with the sandbox.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    /// Held while a provider and its secret change together.
    changes: tokio::sync::Mutex<()>,
    /// Held while a token is asked for.
    exchanges: exchange::TokenLocks,
    consents: consent::ConsentSessions,
}

/// The sandbox, the caller and the time of a request.
struct VaultContext<'a> {
    sandbox: &'a SharedSandbox,
    caller: &'a Caller,
    /// Seconds since 1970.
    now: f64,
}

impl VaultContext<'_> {
    fn arn(&self, resource: &str) -> String {
        self.sandbox.info.arn(SERVICE, resource).to_string()
    }

    /// Of a workload identity.
    fn identity(&self, name: &str) -> String {
        self.arn(&format!("workload-identity-directory/{DEFAULT}/workload-identity/{name}"))
    }

    fn directory(&self) -> String {
        self.arn(&format!("workload-identity-directory/{DEFAULT}"))
    }

    fn token_vault(&self) -> String {
        self.arn(&format!("token-vault/{DEFAULT}"))
    }

    fn provider(&self, kind: providers::CredentialKind, name: &str) -> String {
        self.arn(&format!("token-vault/{DEFAULT}/{}/{name}", kind.in_arn()))
    }

    /// Asks the caller's policies about an operation on each of these.
    fn require(&self, operation: &str, resources: &[&str]) -> Result<(), Fault> {
        self.caller.require(self.sandbox, &format!("{SERVICE}:{operation}"), resources)
    }
}

fn not_found(what: &str) -> Fault {
    Fault::new(404, "ResourceNotFoundException", format!("{what} was not found"))
}

fn conflict(message: impl Into<String>) -> Fault {
    Fault::new(409, "ConflictException", message)
}

fn text<'v>(input: &'v Value, name: &str) -> Option<&'v str> {
    input.get(name).and_then(Value::as_str)
}

/// Answers a request below `/identities/`.
pub(crate) async fn handle(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    let segments = request.segments.clone();
    let segments: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    match (&request.method, segments.as_slice()) {
        (&Method::GET, ["oauth2", "authorize"]) => return consent::authorize(sandbox, request).await,
        (&Method::GET, ["oauth2", "callback", id]) => return consent::callback(sandbox, request, id),
        _ => {}
    }
    let path = segments.join("/");
    let Some(operation) = operation(&request.method, &path) else {
        let what = format!("`{} {}`", request.method, request.raw_path);
        request.discard_body().await;
        return reply::fault(&Protocol::RestJson, Fault::unknown_operation(&what), &request.id);
    };
    match answer(sandbox, request, operation).await {
        Ok((204, _)) => reply::empty(204),
        Ok((status, body)) => reply::json(status, &body),
        Err(fault) => reply::fault(&Protocol::RestJson, fault, &request.id),
    }
}

/// The operation at a path below `/identities/`. All are POST. Source: the service models.
fn operation<'p>(method: &Method, path: &'p str) -> Option<&'p str> {
    if method != Method::POST {
        return None;
    }
    Some(match path {
        "api-key" => "GetResourceApiKey",
        "oauth2/token" => "GetResourceOauth2Token",
        "get-token-vault" => "GetTokenVault",
        "set-token-vault-cmk" => "SetTokenVaultCMK",
        "reset-token-vault-key-material" => "ResetTokenVaultKeyMaterial",
        "CreateWorkloadIdentity"
        | "GetWorkloadIdentity"
        | "UpdateWorkloadIdentity"
        | "DeleteWorkloadIdentity"
        | "ListWorkloadIdentities"
        | "CreateApiKeyCredentialProvider"
        | "GetApiKeyCredentialProvider"
        | "UpdateApiKeyCredentialProvider"
        | "DeleteApiKeyCredentialProvider"
        | "ListApiKeyCredentialProviders"
        | "CreateOauth2CredentialProvider"
        | "GetOauth2CredentialProvider"
        | "UpdateOauth2CredentialProvider"
        | "DeleteOauth2CredentialProvider"
        | "ListOauth2CredentialProviders"
        | "GetWorkloadAccessToken"
        | "GetWorkloadAccessTokenForJWT"
        | "GetWorkloadAccessTokenForUserId"
        | "CompleteResourceTokenAuth" => path,
        _ => return None,
    })
}

type VaultResult = Result<(u16, Value), Fault>;

async fn answer(sandbox: &SharedSandbox, request: &mut Request, operation: &str) -> VaultResult {
    let body = request.bytes(API_BODY_LIMIT).await?;
    let caller = router::caller(sandbox, request, &sigv4::sha256(&body), SERVICE)
        .map_err(|refusal| refusal.fault(&Protocol::RestJson))?;
    let input = &json_object(&body)?;
    let context = &VaultContext { sandbox, caller: &caller, now: sandbox.clock.epoch() };
    Ok(match operation {
        "CreateWorkloadIdentity" => (201, identities::create(context, input).await?),
        "GetWorkloadIdentity" => (200, identities::get(context, input)?),
        "UpdateWorkloadIdentity" => (200, identities::update(context, input).await?),
        "DeleteWorkloadIdentity" => (204, identities::delete(context, input).await?),
        "ListWorkloadIdentities" => (200, identities::list(context, input)?),
        "CreateApiKeyCredentialProvider" => (201, providers::create_api_key(context, input).await?),
        "GetApiKeyCredentialProvider" => (200, providers::get_api_key(context, input)?),
        "UpdateApiKeyCredentialProvider" => (200, providers::update_api_key(context, input).await?),
        "DeleteApiKeyCredentialProvider" => {
            (204, providers::delete(context, input, providers::CredentialKind::ApiKey).await?)
        }
        "ListApiKeyCredentialProviders" => (200, providers::list_api_keys(context, input)?),
        "CreateOauth2CredentialProvider" => (201, oauth2::create(context, input).await?),
        "GetOauth2CredentialProvider" => (200, oauth2::get(context, input)?),
        "UpdateOauth2CredentialProvider" => (200, oauth2::update(context, input).await?),
        "DeleteOauth2CredentialProvider" => {
            (204, providers::delete(context, input, providers::CredentialKind::Oauth2).await?)
        }
        "ListOauth2CredentialProviders" => (200, oauth2::list(context, input)?),
        "GetTokenVault" => (200, settings::get(context, input).await?),
        "SetTokenVaultCMK" => (200, settings::set_key(context, input).await?),
        "ResetTokenVaultKeyMaterial" => (200, settings::reset(context, input).await?),
        "GetResourceApiKey" => (200, exchange::api_key(context, input)?),
        "GetResourceOauth2Token" => (200, exchange::oauth2_token(context, input).await?),
        "CompleteResourceTokenAuth" => (200, consent::complete(context, input).await?),
        "GetWorkloadAccessToken" | "GetWorkloadAccessTokenForJWT" | "GetWorkloadAccessTokenForUserId" => {
            (200, access::get(context, operation, input)?)
        }
        other => return Err(Fault::unknown_operation(&format!("`{other}`"))),
    })
}

/// The name of an identity or a provider, checked.
fn name(input: &Value, rule: TextRule) -> Result<&str, Fault> {
    let mut check = Violations::default();
    let name = check.required("name", input.get("name"), rule);
    check.finish()?;
    Ok(name.unwrap_or_default())
}

/// One page of entries sorted by name: those after the token's, and the next token when there are more.
fn page<'s, T: 's>(
    input: &Value,
    most: i64,
    entries: impl Iterator<Item = (&'s String, T)>,
    show: impl Fn(&str, T) -> Value,
) -> Result<(Vec<Value>, Option<String>), Fault> {
    let mut check = Violations::default();
    let limit = check.integer("maxResults", input.get("maxResults"), 1, most).unwrap_or(most);
    let after = match text(input, "nextToken") {
        None => None,
        Some(token) => {
            let name = hex::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            if name.is_none() {
                check.problem("nextToken", "Value at 'nextToken' is not a token of this operation");
            }
            name
        }
    };
    check.finish()?;
    let mut rest = entries.filter(|(name, _)| after.as_ref().is_none_or(|after| *name > after)).peekable();
    let (mut out, mut last) = (Vec::new(), String::new());
    while out.len() < usize::try_from(limit).unwrap_or(usize::MAX)
        && let Some((name, entry)) = rest.next()
    {
        out.push(show(name, entry));
        last.clone_from(name);
    }
    let next = rest.peek().is_some().then(|| hex::encode(last));
    Ok((out, next))
}

fn paged(member: &str, (items, next): (Vec<Value>, Option<String>)) -> Value {
    let mut out = json!({ member: items });
    if let Some(next) = next {
        out["nextToken"] = json!(next);
    }
    out
}

fn checked_tags(check: &mut Violations, value: Option<&Value>) -> Tags {
    let rules = (TextRule::length(1, 128).with_pattern(TAG), TextRule::length(0, 256).with_pattern(TAG));
    let pairs = check.map("tags", value, MOST_TAGS, rules);
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Whether a resource's tags are kept here.
pub(crate) fn has_tags(arn: &str) -> bool {
    arn.contains(":workload-identity-directory/") || arn.contains(":token-vault/")
}

/// Answers TagResource, UntagResource and ListTagsForResource for a resource of this service.
pub(crate) async fn tags(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    match answer_tags(sandbox, request).await {
        Ok((204, _)) => reply::empty(204),
        Ok((status, body)) => reply::json(status, &body),
        Err(fault) => reply::fault(&Protocol::RestJson, fault, &request.id),
    }
}

async fn answer_tags(sandbox: &SharedSandbox, request: &mut Request) -> VaultResult {
    let body = request.bytes(API_BODY_LIMIT).await?;
    let caller = router::caller(sandbox, request, &sigv4::sha256(&body), SERVICE)
        .map_err(|refusal| refusal.fault(&Protocol::RestJson))?;
    let arn = request.segments.get(1).cloned().unwrap_or_default();
    let context = &VaultContext { sandbox, caller: &caller, now: sandbox.clock.epoch() };
    let store = &sandbox.state.vault;
    match request.method {
        Method::GET => {
            context.require("ListTagsForResource", &[&arn])?;
            Ok((200, store.read(|state| tags_of(state, context, &arn).map(|tags| json!({ "tags": tags })))?))
        }
        Method::POST => {
            let mut check = Violations::default();
            let input = json_object(&body)?;
            let names = tag_keys("TagResource", &input, request);
            caller.require_with(sandbox, "bedrock-agentcore:TagResource", &[&arn], &names)?;
            check.present("tags", input.get("tags"));
            let new = checked_tags(&mut check, input.get("tags"));
            check.finish()?;
            let change = |state: &mut Vault| {
                let mut all = tags_of(state, context, &arn)?;
                all.extend(new);
                if all.len() > MOST_TAGS {
                    let text = format!("A resource can have at most {MOST_TAGS} tags");
                    return Err(Fault::new(402, "ServiceQuotaExceededException", text));
                }
                set_tags(state, context, &arn, all)
            };
            store.update(change).await?;
            Ok((204, Value::Null))
        }
        Method::DELETE => {
            let names = tag_keys("UntagResource", &Value::Null, request);
            caller.require_with(sandbox, "bedrock-agentcore:UntagResource", &[&arn], &names)?;
            let keys: Vec<&String> =
                request.query.iter().filter(|(name, _)| name == "tagKeys").map(|(_, key)| key).collect();
            let change = |state: &mut Vault| {
                let mut all = tags_of(state, context, &arn)?;
                all.retain(|key, _| !keys.contains(&key));
                set_tags(state, context, &arn, all)
            };
            store.update(change).await?;
            Ok((204, Value::Null))
        }
        _ => Err(Fault::unknown_operation(&format!("`{} {}`", request.method, request.raw_path))),
    }
}

/// A resource of this service that has tags.
enum Tagged<'a> {
    Identity(&'a str),
    ApiKey(&'a str),
    Oauth2(&'a str),
}

fn tagged<'a>(context: &VaultContext<'_>, arn: &'a str) -> Option<Tagged<'a>> {
    let below = |prefix: String| arn.strip_prefix(prefix.as_str());
    below(context.identity(""))
        .map(Tagged::Identity)
        .or_else(|| below(context.provider(providers::CredentialKind::ApiKey, "")).map(Tagged::ApiKey))
        .or_else(|| below(context.provider(providers::CredentialKind::Oauth2, "")).map(Tagged::Oauth2))
}

fn tags_of(state: &Vault, context: &VaultContext<'_>, arn: &str) -> Result<Tags, Fault> {
    let missing = || not_found(&format!("Resource '{arn}'"));
    let found = match tagged(context, arn).ok_or_else(missing)? {
        Tagged::Identity(name) => identities::find(state, context, name).map(|identity| identity.tags),
        Tagged::ApiKey(name) => state.api_keys.get(name).map(|provider| provider.tags.clone()),
        Tagged::Oauth2(name) => state.oauth2.get(name).map(|provider| provider.tags.clone()),
    };
    found.ok_or_else(missing)
}

fn set_tags(state: &mut Vault, context: &VaultContext<'_>, arn: &str, tags: Tags) -> Result<(), Fault> {
    let missing = || not_found(&format!("Resource '{arn}'"));
    let own = match tagged(context, arn).ok_or_else(missing)? {
        Tagged::Identity(name) => identities::find_mut(state, context, name).map(|identity| &mut identity.tags),
        Tagged::ApiKey(name) => state.api_keys.get_mut(name).map(|provider| &mut provider.tags),
        Tagged::Oauth2(name) => state.oauth2.get_mut(name).map(|provider| &mut provider.tags),
    };
    *own.ok_or_else(missing)? = tags;
    Ok(())
}

#[cfg(test)]
mod tests;
