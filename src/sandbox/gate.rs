//! Who may call an agent: a token of its provider where it has an authorizer, else an AWS signature. Never both.
//!
//! Owns: the service's refusal messages, and the sandbox's own code in addition. Does not own: the evaluation of a
//! caller (`auth`, the only evaluator), the provider's keys (`auth::keys`), and signature checks (`sigv4`).
//!
//! It fails closed: whatever cannot be fetched or judged is refused.

use http::HeaderValue;
use serde_json::{Value, json};

use super::control::{RuntimeVersion, SERVICE, invalid};
use super::dev::Recording;
use super::reply::{self, Fault, Protocol, Response};
use super::request::{Request, Spooled};
use super::{SharedSandbox, router, sigv4};
use crate::auth::Providers;
use crate::auth::authorizer::Authorizer;
use crate::auth::caller::{self, Presented};
use crate::auth::evaluate::{Rule, RuleVerdict, Verdict};
use crate::error::Code;
use crate::events::Events;
use crate::facts::PAYLOAD_LIMIT;
use crate::http::Http;

/// The header with the reason of a refusal, in the codes of `agentcore auth check`. The service has no such header.
pub(crate) const CODE_HEADER: &str = "x-agentcore-sandbox-code";

const MISMATCH: &str = "Authorization method mismatch. The agent is configured for a different authorization method than \
                        what was used in your request. Check the agent's authorization configuration and ensure your \
                        request uses the matching method (OAuth or SigV4)";

/// What tokens are judged with.
#[derive(Clone, Copy)]
pub(crate) struct TokenGate<'a> {
    pub(crate) providers: &'a Providers,
    /// The client for the provider's documents.
    pub(crate) http: &'a Http,
    /// Hears why a token could not be judged.
    pub(crate) events: &'a Events,
    /// Seconds since the epoch.
    pub(crate) now: i64,
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
pub(crate) struct Refusal {
    answer: GateReply,
    /// As `agentcore auth check` has it. `None` where only the signature is at fault.
    code: Option<Code>,
}

#[derive(Debug)]
enum GateReply {
    /// 401, in the JSON-RPC form that the service uses for agents of every protocol.
    Unauthorized(String),
    /// Any other answer.
    Fault(Fault),
}

impl Refusal {
    /// Why, in the codes of `agentcore auth check`.
    pub(crate) fn code(&self) -> Option<Code> {
        self.code
    }

    /// The service's words, where it answers 401.
    pub(crate) fn unauthorized(&self) -> Option<&str> {
        match &self.answer {
            GateReply::Unauthorized(message) => Some(message),
            GateReply::Fault(_) => None,
        }
    }
}

/// Where an authorizer stands in the settings of a version; `None` means that callers sign.
pub(crate) fn authorizer(version: &RuntimeVersion) -> Option<&Value> {
    version.settings.get("authorizerConfiguration").and_then(|value| value.get("customJWTAuthorizer"))
}

/// Admits a request to this version of an agent, or refuses it.
///
/// # Errors
/// The refusal; [`Refusal::response`] is its answer.
pub(crate) async fn check(
    sandbox: &SharedSandbox,
    request: &mut Request,
    version: &RuntimeVersion,
) -> Result<Admitted, Refusal> {
    refuse_repeated(request)?;
    let wire = authorizer(version);
    let token = bearer(request).map(str::to_owned);
    let brings = presented(request, token.as_deref());
    if let Err(verdict) = caller::admit(wire.is_some(), brings)
        && (wire.is_some() || token.is_some())
    {
        return Err(refused(request, &verdict));
    }
    if let Some(wire) = wire {
        let gate = TokenGate {
            providers: &sandbox.providers,
            http: &sandbox.http,
            events: &sandbox.events,
            now: sandbox.clock.unix(),
        };
        return judge(gate, request, (wire, brings)).await.map(|_| Admitted::Token);
    }
    let spooled = request.spool(PAYLOAD_LIMIT).await.map_err(|fault| {
        let too_large = fault.status == http::StatusCode::PAYLOAD_TOO_LARGE;
        Refusal { answer: GateReply::Fault(if too_large { self::too_large() } else { fault }), code: None }
    })?;
    match router::authenticate(sandbox, request, &spooled.sha256, SERVICE) {
        Ok(()) => {
            record(request, &caller::signed());
            Ok(Admitted::Signed(spooled))
        }
        Err(refusal) => {
            if let Err(verdict) = caller::admit(false, brings) {
                record(request, &verdict);
            }
            let code = matches!(brings, Presented::Nothing).then_some(Code::SignatureMissing);
            Err(Refusal { answer: GateReply::Fault(refusal.fault(&Protocol::RestJson)), code })
        }
    }
}

/// Admits the caller of an agent on this machine, or refuses them: as [`check`], but where callers would sign, a missing
/// signature is not asked for and one that is there is not verified. Returns the verdict on a token that passes.
///
/// # Errors
/// The refusal; [`Refusal::response_at`] is its answer.
pub(crate) async fn check_token(
    gate: TokenGate<'_>,
    request: &Request,
    wire: Option<&Value>,
) -> Result<Option<Verdict>, Refusal> {
    refuse_repeated(request)?;
    let brings = presented(request, bearer(request));
    match (wire, brings) {
        (None, Presented::Nothing | Presented::Signature) => Ok(None),
        (Some(wire), _) => {
            caller::admit(true, brings).map_err(|verdict| refused(request, &verdict))?;
            judge(gate, request, (wire, brings)).await.map(Some)
        }
        (None, Presented::Token(_)) => {
            caller::admit(false, brings).map(|_| None).map_err(|verdict| refused(request, &verdict))
        }
    }
}

fn refuse_repeated(request: &Request) -> Result<(), Refusal> {
    if request.headers.get_all(http::header::AUTHORIZATION).iter().count() > 1 {
        // Only one would be judged, and the agent might read another.
        return Err(denied(Code::AuthorizationRepeated, "A request must not have more than one Authorization header"));
    }
    Ok(())
}

fn presented<'a>(request: &Request, token: Option<&'a str>) -> Presented<'a> {
    match token {
        _ if sigv4::is_signed(request) => Presented::Signature,
        Some(token) => Presented::Token(token),
        None => Presented::Nothing,
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

fn denied(code: Code, message: impl Into<String>) -> Refusal {
    Refusal { answer: GateReply::Fault(Fault::new(403, "AccessDeniedException", message)), code: Some(code) }
}

fn unauthorized(code: Code, message: impl Into<String>) -> Refusal {
    Refusal { answer: GateReply::Unauthorized(message.into()), code: Some(code) }
}

/// Keeps the verdict where the request is one that the page shows.
fn record(request: &Request, verdict: &Verdict) {
    if let Some(recording) = request.extensions.get::<Recording>() {
        recording.judged(verdict);
    }
}

/// The answer to a caller with the wrong kind of credential, or a malformed token.
fn refused(request: &Request, verdict: &Verdict) -> Refusal {
    record(request, verdict);
    match verdict.refusal() {
        Some(code @ Code::TokenMissing) => unauthorized(code, "Missing Authentication Token"),
        Some(code @ Code::TokenUnparsable) => denied(code, "OAuth authorization failed: Failed to parse token"),
        code => denied(code.unwrap_or(Code::RuleUnknown), MISMATCH),
    }
}

async fn judge(
    gate: TokenGate<'_>,
    request: &Request,
    (wire, brings): (&Value, Presented<'_>),
) -> Result<Verdict, Refusal> {
    let closed = |code, reason: String| {
        gate.events.warning(format!("a token was refused without being judged: {reason}"));
        unauthorized(code, "The token could not be verified: the identity provider's keys are not available")
    };
    let Ok(authorizer) = Authorizer::from_wire(wire) else {
        return Err(closed(Code::KeysUnavailable, "the authorizer is not valid".to_owned()));
    };
    let judged = gate.providers.judge(gate.http, Some(&authorizer), brings, gate.now).await;
    record(request, &judged.verdict);
    let refusal = judged.verdict.refusal();
    match judged.trouble {
        Some(error) => Err(closed(refusal.unwrap_or(Code::KeysUnavailable), error.to_string())),
        None => match refusal {
            Some(code) => Err(unauthorized(code, refusal_text(&judged.verdict))),
            None => Ok(judged.verdict),
        },
    }
}

/// The service's message for a verdict. Its messages for scopes, custom claims and signatures are not known exactly.
fn refusal_text(verdict: &Verdict) -> String {
    let failures: Vec<&RuleVerdict> = verdict.failures().collect();
    let forged = failures.iter().any(|failure| matches!(failure.rule, Rule::Parse | Rule::Signature));
    if forged {
        // The claims of a token whose signature failed are not quoted.
        return "Invalid token: the signature could not be verified".to_owned();
    }
    let mut texts: Vec<String> = failures.iter().map(|failure| rule_text(&failure.rule)).collect();
    if let Some(name) = verdict.unevaluated.first() {
        texts.push(format!("Authorization denied: the sandbox cannot judge `{name}`"));
    }
    if texts.is_empty() { "Authorization denied".to_owned() } else { texts.join(" ") }
}

fn rule_text(rule: &Rule) -> String {
    let claim = |name: &str| format!("Claim '{name}' value mismatch with configuration.");
    match rule {
        Rule::Method => MISMATCH.to_owned(),
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

/// The page that tells a client where to get a token, without authentication. `None` for agents that take signatures.
pub(crate) async fn metadata(
    sandbox: &SharedSandbox,
    version: &RuntimeVersion,
    (arn, qualifier): (&str, &str),
) -> Option<Response> {
    let resource = format!("{}?qualifier={qualifier}", invocations(sandbox, arn));
    metadata_of((&sandbox.providers, &sandbox.http), authorizer(version)?, &resource).await
}

/// The same for an agent that is called at `resource`, with this authorizer. `None` for an authorizer that is not valid.
pub(crate) async fn metadata_of(
    (providers, http): (&Providers, &Http),
    wire: &Value,
    resource: &str,
) -> Option<Response> {
    let authorizer = Authorizer::from_wire(wire).ok()?;
    let issuer = match providers.known(http, &authorizer.discovery_url).await {
        Ok(known) => known.provider.issuer.clone(),
        Err(error) => {
            let text = format!("the identity provider's discovery document is not available: {error}");
            return Some(reply::fault(&Protocol::RestJson, Fault::new(503, "ServiceUnavailableException", text), ""));
        }
    };
    let mut body = json!({
        "authorization_servers": [issuer],
        "resource": resource,
    });
    let scopes = advertised_scopes(&authorizer);
    if !scopes.is_empty() {
        body["scopes_supported"] = json!(scopes);
    }
    Some(reply::json(200, &body))
}

/// The address at which an agent is called.
pub(crate) fn invocations(sandbox: &SharedSandbox, arn: &str) -> String {
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
        sandbox: &SharedSandbox,
        version: &RuntimeVersion,
        (arn, qualifier): (&str, &str),
        envelope: impl FnOnce(Fault) -> Response,
    ) -> Response {
        let page = format!("{}/.well-known/oauth-protected-resource?qualifier={qualifier}", invocations(sandbox, arn));
        self.response_at(&page, authorizer(version), envelope)
    }

    /// The same for an agent whose page for clients is at `page`, with this authorizer.
    pub(crate) fn response_at(
        self,
        page: &str,
        wire: Option<&Value>,
        envelope: impl FnOnce(Fault) -> Response,
    ) -> Response {
        let mut response = match self.answer {
            GateReply::Fault(fault) => envelope(fault),
            GateReply::Unauthorized(message) => unauthorized_response(page, wire, &message),
        };
        if let Some(code) = self.code {
            response.headers_mut().insert(CODE_HEADER, HeaderValue::from_static(code.text()));
        }
        response
    }
}

fn unauthorized_response(page: &str, wire: Option<&Value>, message: &str) -> Response {
    let body = json!({ "jsonrpc": "2.0", "error": { "code": -32001, "message": message } });
    let mut response = reply::json(401, &body);
    let mut challenge = format!("Bearer resource_metadata=\"{page}\"");
    let scopes = wire.and_then(|wire| Authorizer::from_wire(wire).ok());
    let scopes = scopes.map(|authorizer| advertised_scopes(&authorizer)).unwrap_or_default();
    if !scopes.is_empty() {
        challenge.push_str(&format!(", scope=\"{}\"", scopes.join(" ")));
    }
    let headers = response.headers_mut();
    for (name, value) in [("www-authenticate", challenge.as_str()), ("x-amzn-errortype", "UnauthorizedException")] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(rule: Rule) -> RuleVerdict {
        RuleVerdict {
            rule,
            passed: false,
            skipped: false,
            failure: None,
            expected: String::new(),
            found: String::new(),
            config_key: None,
            hint: None,
        }
    }

    #[test]
    fn refusals_are_put_as_the_service_puts_them() {
        let verdict =
            |rules: Vec<Rule>| Verdict { rules: rules.into_iter().map(failed).collect(), unevaluated: vec![] };
        assert_eq!(refusal_text(&verdict(vec![Rule::Client])), "Claim 'client_id' value mismatch with configuration.");
        assert_eq!(
            refusal_text(&verdict(vec![Rule::Issuer, Rule::Audience])),
            "Claim 'iss' value mismatch with configuration. Claim 'aud' value mismatch with configuration."
        );
        assert!(
            refusal_text(&verdict(vec![Rule::Expiry]))
                .starts_with("Ineffectual token, will expire within the next minute")
        );
        assert!(refusal_text(&verdict(vec![Rule::Scope])).contains("Authorization denied"));
        assert!(refusal_text(&verdict(vec![Rule::Claim("team".into())])).contains("Claim 'team'"));
        let forged = refusal_text(&verdict(vec![Rule::Signature, Rule::Client]));
        assert!(forged.contains("token") && !forged.contains("client_id"), "{forged}");
        let unjudged = Verdict { rules: vec![], unevaluated: vec!["allowedWorkloadConfiguration".into()] };
        assert!(refusal_text(&unjudged).contains("allowedWorkloadConfiguration"));
    }
}
