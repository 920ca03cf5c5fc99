//! Who may call an agent: a token of its provider where it has an authorizer, else an AWS signature. Never both.
//!
//! Owns: deciding between the two, the provider's keys in memory, and the refusals in the service's words. Does not own:
//! the judgement of a token (`auth::evaluate`, the only evaluator there is) and of a signature (`sigv4`).
//!
//! It fails closed: whatever cannot be fetched or judged is refused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Shared;
use super::control::{SERVICE, Version, invalid};
use super::reply::{self, Fault, Protocol, Response};
use super::request::{Request, Spooled};
use super::{router, sigv4};
use crate::auth::authorizer::Authorizer;
use crate::auth::discovery::{Provider, discover, fetch_jwks};
use crate::auth::evaluate::{Evaluation, Rule, RuleVerdict, Verdict, evaluate};
use crate::auth::token::{KeySet, Token};
use crate::error::Result;

/// How long fetched keys are good for.
const KEYS_LIFE: Duration = Duration::from_secs(300);
/// The largest payload of an invocation, in bytes. Source: the service model.
pub(crate) const PAYLOAD_LIMIT: u64 = 100_000_000;

const MISMATCH: &str = "Authorization method mismatch. The agent is configured for a different authorization method than \
                        what was used in your request. Check the agent's authorization configuration and ensure your \
                        request uses the matching method (OAuth or SigV4)";

/// What is known of the providers, by discovery URL.
#[derive(Default)]
pub(crate) struct Gate {
    providers: Mutex<HashMap<String, Slot>>,
}

/// A lock per provider: one that is slow to answer holds up its own callers only.
type Slot = Arc<tokio::sync::Mutex<Option<Arc<Known>>>>;

struct Known {
    provider: Provider,
    keys: KeySet,
    fetched: Instant,
}

/// A caller who may pass.
pub(crate) enum Admitted {
    /// With a token; the body is still on the wire.
    Token,
    /// With a signature, which covers the body, so that the body has been read.
    Signed(Spooled),
}

/// Why a caller may not pass.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// 401, in the JSON-RPC form that the service uses for agents of every protocol.
    Unauthorized(String),
    /// Any other answer.
    Fault(Fault),
}

/// Where an authorizer stands in the settings of a version; `None` means that callers sign.
pub(crate) fn authorizer(version: &Version) -> Option<&Value> {
    version.settings.get("authorizerConfiguration").and_then(|value| value.get("customJWTAuthorizer"))
}

/// Lets a request to this version of an agent pass, or says why not.
///
/// # Errors
/// The refusal; [`Refusal::response`] is its answer.
pub(crate) async fn check(sandbox: &Shared, request: &mut Request, version: &Version) -> Result<Admitted, Refusal> {
    if request.headers.get_all(http::header::AUTHORIZATION).iter().count() > 1 {
        // Only one would be judged, and the agent might read another.
        return Err(denied("A request must not have more than one Authorization header"));
    }
    let signed = sigv4::is_signed(request);
    let bearer = bearer(request).map(str::to_owned);
    match (authorizer(version), bearer) {
        (Some(_), _) if signed => Err(denied(MISMATCH)),
        (None, Some(_)) => Err(denied(MISMATCH)),
        (Some(wire), Some(token)) => judge(sandbox, wire, &token).await.map(|()| Admitted::Token),
        (Some(_), None) => Err(Refusal::Unauthorized("Missing Authentication Token".to_owned())),
        (None, None) => {
            let spooled = request.spool(PAYLOAD_LIMIT).await.map_err(|fault| {
                Refusal::Fault(if fault.status == http::StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { fault })
            })?;
            match router::authenticate(sandbox, request, &spooled.sha256, SERVICE) {
                Ok(()) => Ok(Admitted::Signed(spooled)),
                Err(refusal) => Err(Refusal::Fault(refusal.fault(&Protocol::RestJson))),
            }
        }
    }
}

/// The answer to a payload above [`PAYLOAD_LIMIT`].
pub(crate) fn too_large() -> Fault {
    invalid(format!(
        "1 validation error detected: Value at 'payload' failed to satisfy constraint: Member must have length less \
         than or equal to {PAYLOAD_LIMIT}"
    ))
}

fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.header("authorization")?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn denied(message: impl Into<String>) -> Refusal {
    Refusal::Fault(Fault::new(403, "AccessDeniedException", message))
}

async fn judge(sandbox: &Shared, wire: &Value, text: &str) -> Result<(), Refusal> {
    let Ok(token) = Token::parse(text) else {
        return Err(denied("OAuth authorization failed: Failed to parse token"));
    };
    let closed = |reason: String| {
        sandbox.events.warning(format!("a token was refused without being judged: {reason}"));
        Refusal::Unauthorized("The token could not be verified: the identity provider's keys are not available".into())
    };
    let authorizer = Authorizer::from_wire(wire).map_err(|_| closed("the authorizer is not valid".to_owned()))?;
    let gate = &sandbox.gate;
    let url = &authorizer.discovery_url;
    let mut known = gate.provider(sandbox, url, None).await.map_err(|error| closed(error.to_string()))?;
    if token.kid().is_some_and(|kid| !known.keys.contains(kid)) {
        // The provider may have changed its keys since. One look, not one per try.
        known = gate.provider(sandbox, url, Some(&known)).await.map_err(|error| closed(error.to_string()))?;
    }
    let verdict = evaluate(&Evaluation {
        authorizer: &authorizer,
        issuer: Some(&known.provider.issuer),
        keys: Some(&known.keys),
        token: &token,
        now: sandbox.clock.unix(),
    });
    if verdict.accepted() { Ok(()) } else { Err(Refusal::Unauthorized(words(&verdict))) }
}

/// The service's words for a verdict. Those for scopes, custom claims and signatures are not known exactly.
fn words(verdict: &Verdict) -> String {
    let failures: Vec<&RuleVerdict> = verdict.failures().collect();
    let forged = failures.iter().any(|failure| matches!(failure.rule, Rule::Parse | Rule::Signature));
    if forged {
        // What an unproven token claims is nobody's business.
        return "Invalid token: the signature could not be verified".to_owned();
    }
    let mut texts: Vec<String> = failures.iter().map(|failure| word(&failure.rule)).collect();
    if let Some(name) = verdict.unevaluated.first() {
        texts.push(format!("Authorization denied: the sandbox cannot judge `{name}`"));
    }
    if texts.is_empty() { "Authorization denied".to_owned() } else { texts.join(" ") }
}

fn word(rule: &Rule) -> String {
    let claim = |name: &str| format!("Claim '{name}' value mismatch with configuration.");
    match rule {
        Rule::Parse | Rule::Signature => "Invalid token: the signature could not be verified".to_owned(),
        Rule::Issuer => claim("iss"),
        Rule::Audience => claim("aud"),
        Rule::Client => claim("client_id"),
        Rule::Expiry => "Ineffectual token, will expire within the next minute".to_owned(),
        Rule::NotBefore => "Ineffectual token, it is not valid yet".to_owned(),
        Rule::Scope => format!("Authorization denied: {}", claim("scope")),
        Rule::Claim(name) => format!("Authorization denied: {}", claim(name)),
    }
}

impl Gate {
    /// The provider behind a discovery URL, from memory where that is fresh enough. With `stale`, fetched again unless
    /// somebody else has done so meanwhile. One fetch at a time, so that a crowd of callers asks once.
    async fn provider(&self, sandbox: &Shared, url: &str, stale: Option<&Arc<Known>>) -> Result<Arc<Known>> {
        let slot = {
            let mut providers = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(providers.entry(url.to_owned()).or_default())
        };
        let mut known = slot.lock().await;
        if let Some(found) = known.as_ref()
            && found.fetched.elapsed() < KEYS_LIFE
            && stale.is_none_or(|stale| !Arc::ptr_eq(stale, found))
        {
            return Ok(Arc::clone(found));
        }
        let provider = discover(&sandbox.http, url).await?;
        let keys = fetch_jwks(&sandbox.http, &provider).await?;
        let fresh = Arc::new(Known { provider, keys, fetched: Instant::now() });
        *known = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}

/// The page that tells a client where to get a token, without authentication. `None` for agents that take signatures.
pub(crate) async fn metadata(sandbox: &Shared, version: &Version, (arn, qualifier): (&str, &str)) -> Option<Response> {
    let authorizer = Authorizer::from_wire(authorizer(version)?).ok()?;
    let issuer = match sandbox.gate.provider(sandbox, &authorizer.discovery_url, None).await {
        Ok(known) => known.provider.issuer.clone(),
        Err(error) => {
            let text = format!("the identity provider's discovery document is not available: {error}");
            return Some(reply::fault(&Protocol::RestJson, Fault::new(503, "ServiceUnavailableException", text), ""));
        }
    };
    let mut body = json!({
        "authorization_servers": [issuer],
        "resource": format!("{}?qualifier={qualifier}", invocations(sandbox, arn)),
    });
    let scopes = advertised_scopes(&authorizer);
    if !scopes.is_empty() {
        body["scopes_supported"] = json!(scopes);
    }
    Some(reply::json(200, &body))
}

/// The address at which an agent is called.
pub(crate) fn invocations(sandbox: &Shared, arn: &str) -> String {
    let arn = percent_encoding::utf8_percent_encode(arn, percent_encoding::NON_ALPHANUMERIC).to_string();
    // The characters that `encodeURIComponent` leaves alone and that can be in an ARN.
    let arn = arn.replace("%2D", "-").replace("%5F", "_").replace("%2E", ".");
    format!("{}/runtimes/{arn}/invocations", sandbox.info.url)
}

/// The scopes to ask for, under the names that the authorizer shows to clients.
fn advertised_scopes(authorizer: &Authorizer) -> Vec<String> {
    let mapping = authorizer.extra.get("advertisedScopeMapping");
    let shown = |scope: &String| {
        let mapped = mapping.and_then(|mapping| mapping.get(scope)).and_then(Value::as_str);
        mapped.map_or_else(|| scope.clone(), str::to_owned)
    };
    authorizer.allowed_scopes.iter().map(shown).collect()
}

impl Refusal {
    /// The answer to the caller. `envelope` writes a fault as the agent's protocol wants it.
    pub(crate) fn response(
        self,
        sandbox: &Shared,
        version: &Version,
        (arn, qualifier): (&str, &str),
        envelope: impl FnOnce(Fault) -> Response,
    ) -> Response {
        let message = match self {
            Self::Fault(fault) => return envelope(fault),
            Self::Unauthorized(message) => message,
        };
        let body = json!({ "jsonrpc": "2.0", "error": { "code": -32001, "message": message } });
        let mut response = reply::json(401, &body);
        let page = format!("{}/.well-known/oauth-protected-resource?qualifier={qualifier}", invocations(sandbox, arn));
        let mut challenge = format!("Bearer resource_metadata=\"{page}\"");
        let scopes = authorizer(version).and_then(|wire| Authorizer::from_wire(wire).ok());
        let scopes = scopes.map(|authorizer| advertised_scopes(&authorizer)).unwrap_or_default();
        if !scopes.is_empty() {
            challenge.push_str(&format!(", scope=\"{}\"", scopes.join(" ")));
        }
        let headers = response.headers_mut();
        for (name, value) in [("www-authenticate", challenge.as_str()), ("x-amzn-errortype", "UnauthorizedException")] {
            if let Ok(value) = http::HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(rule: Rule) -> RuleVerdict {
        RuleVerdict {
            rule,
            passed: false,
            skipped: false,
            code: "x",
            expected: String::new(),
            found: String::new(),
            config_key: "",
            hint: None,
        }
    }

    #[test]
    fn refusals_are_put_as_the_service_puts_them() {
        let verdict =
            |rules: Vec<Rule>| Verdict { rules: rules.into_iter().map(failed).collect(), unevaluated: vec![] };
        assert_eq!(words(&verdict(vec![Rule::Client])), "Claim 'client_id' value mismatch with configuration.");
        assert_eq!(
            words(&verdict(vec![Rule::Issuer, Rule::Audience])),
            "Claim 'iss' value mismatch with configuration. Claim 'aud' value mismatch with configuration."
        );
        assert!(
            words(&verdict(vec![Rule::Expiry])).starts_with("Ineffectual token, will expire within the next minute")
        );
        assert!(words(&verdict(vec![Rule::Scope])).contains("Authorization denied"));
        assert!(words(&verdict(vec![Rule::Claim("team".into())])).contains("Claim 'team'"));
        let forged = words(&verdict(vec![Rule::Signature, Rule::Client]));
        assert!(forged.contains("token") && !forged.contains("client_id"), "{forged}");
        let unjudged = Verdict { rules: vec![], unevaluated: vec!["allowedWorkloadConfiguration".into()] };
        assert!(words(&unjudged).contains("allowedWorkloadConfiguration"));
    }
}
