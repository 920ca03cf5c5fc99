//! The one evaluator of a token against an authorizer.
//!
//! Owns: the order and the meaning of the rules, a stable code for each way to fail, and advice where the provider's
//! conventions (`preset`) explain the failure. Does not own: fetching (`discovery`), or the service's refusal messages
//! (`sandbox`).
//!
//! It fails closed: what is missing, of another type, or not understood is not accepted. Groups are joined by AND, the
//! values inside a group by OR, custom claims by AND (each is a requirement of its own).

use serde_json::{Value, json};

use crate::error::Code;

use super::authorizer::Authorizer;
use super::token::{KeySet, SignatureCheck, Token, Unparsable, accepted_algorithm};

/// The service refuses tokens in their last minute: `exp` must be more than this many seconds ahead.
pub(crate) const EXPIRY_MARGIN: i64 = 60;

/// [`Verdict::code`] of a caller who may pass.
pub(crate) const ACCEPTED: &str = "accepted";

/// The rule that a verdict is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Token or AWS signature: a runtime takes one of the two.
    Method,
    Parse,
    Signature,
    Issuer,
    Expiry,
    NotBefore,
    Audience,
    Client,
    Scope,
    /// A custom claim, by its name.
    Claim(String),
}

impl Rule {
    /// For data: `method`, `signature`, `claim:team`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Method => "method",
            Self::Parse => "parse",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Expiry => "expiry",
            Self::NotBefore => "notBefore",
            Self::Audience => "audience",
            Self::Client => "client",
            Self::Scope => "scope",
            Self::Claim(name) => return format!("claim:{name}"),
        }
        .to_owned()
    }
}

/// The verdict on one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuleVerdict {
    pub(crate) rule: Rule,
    pub(crate) passed: bool,
    /// Not looked at, because the keys or the issuer are not known. `passed` is false then.
    pub(crate) skipped: bool,
    /// Why it does not hold; `None` when it does, or was not looked at.
    pub(crate) failure: Option<Code>,
    pub(crate) expected: String,
    pub(crate) found: String,
    /// The configuration key of the expected value; `None` where no setting changes it.
    pub(crate) config_key: Option<&'static str>,
    pub(crate) hint: Option<String>,
}

/// All rules that apply, in the order in which they are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) rules: Vec<RuleVerdict>,
    /// Members of the authorizer that may refuse the caller and that are not judged here.
    pub(crate) unevaluated: Vec<String>,
}

impl Verdict {
    /// True when every rule was evaluated and holds.
    pub(crate) fn accepted(&self) -> bool {
        !self.rules.is_empty() && self.unevaluated.is_empty() && self.rules.iter().all(|rule| rule.passed)
    }

    /// One stable word for the whole: [`ACCEPTED`], or that of [`Self::refusal`].
    pub(crate) fn code(&self) -> &'static str {
        self.refusal().map_or(ACCEPTED, Code::text)
    }

    /// Why the caller may not pass: the code of the first rule that does not hold, or why there is no answer. `None` when
    /// the verdict is accepted.
    pub(crate) fn refusal(&self) -> Option<Code> {
        match self.failures().find_map(|rule| rule.failure) {
            Some(failure) => Some(failure),
            None if self.accepted() => None,
            None if self.rules.iter().any(|rule| rule.skipped) => Some(Code::KeysUnavailable),
            None => Some(Code::RuleUnknown),
        }
    }

    /// The first rule that was evaluated and did not hold. `None` in a verdict that is not accepted means that no
    /// evaluated rule failed.
    #[cfg(test)]
    pub(crate) fn first_failure(&self) -> Option<&RuleVerdict> {
        self.failures().next()
    }

    /// For data: the rules in their order, and what they come to.
    pub(crate) fn data(&self) -> Value {
        let rules: Vec<Value> = self.rules.iter().map(RuleVerdict::data).collect();
        json!({ "accepted": self.accepted(), "code": self.code(), "rules": rules, "unevaluated": self.unevaluated })
    }

    pub(crate) fn failures(&self) -> impl Iterator<Item = &RuleVerdict> {
        self.rules.iter().filter(|rule| !rule.passed && !rule.skipped)
    }

    /// The verdict on a text that is not a token.
    pub(crate) fn unparsable(error: &Unparsable) -> Self {
        let hint = "pass the token alone, as the provider's token endpoint returned it in `access_token`";
        let rule = RuleVerdict::new(Rule::Parse, None)
            .compared("a signed JWT", error.reason)
            .fail(Code::TokenUnparsable, Some(hint.to_owned()));
        Self { rules: vec![rule], unevaluated: Vec::new() }
    }

    /// The verdict on a caller of whom only the kind of credential was checked; `None` for `code` accepts.
    pub(super) fn method(code: Option<Code>, expected: &str, found: &str, hint: Option<&str>) -> Self {
        let rule = RuleVerdict::new(Rule::Method, Some("authorizer_configuration")).compared(expected, found);
        let rule = match code {
            None => rule.pass(),
            Some(code) => rule.fail(code, hint.map(str::to_owned)),
        };
        Self { rules: vec![rule], unevaluated: Vec::new() }
    }
}

/// The input of an evaluation.
#[derive(Clone, Copy)]
pub(crate) struct Evaluation<'a> {
    pub(crate) authorizer: &'a Authorizer,
    /// `issuer` of the discovery document; `None` leaves the rule out as skipped.
    pub(crate) issuer: Option<&'a str>,
    /// The provider's keys; `None` leaves the signature out as skipped, which is good for explaining and never accepts.
    pub(crate) keys: Option<&'a KeySet>,
    pub(crate) token: &'a Token,
    /// Seconds since the epoch.
    pub(crate) now: i64,
}

const DISCOVERY_KEY: &str = "authorizer_configuration.customJWTAuthorizer.discoveryUrl";
const AUDIENCE_KEY: &str = "authorizer_configuration.customJWTAuthorizer.allowedAudience";
const CLIENT_KEY: &str = "authorizer_configuration.customJWTAuthorizer.allowedClients";
const SCOPE_KEY: &str = "authorizer_configuration.customJWTAuthorizer.allowedScopes";
const CLAIM_KEY: &str = "authorizer_configuration.customJWTAuthorizer.customClaims";

/// Judges a token. Every configured rule is judged, also after one has failed, so that all reasons can be shown at once.
pub(crate) fn evaluate(request: &Evaluation<'_>) -> Verdict {
    let Evaluation { authorizer, token, now, .. } = *request;
    let Authorizer { discovery_url: _, allowed_audience, allowed_clients, allowed_scopes, custom_claims, extra: _ } =
        authorizer;
    let mut rules = vec![signature(request), issuer(request), expiry(token, now)];
    rules.extend(not_before(token, now));
    if !allowed_audience.is_empty() {
        rules.push(audience(authorizer, token));
    }
    if !allowed_clients.is_empty() {
        rules.push(client(authorizer, token));
    }
    if !allowed_scopes.is_empty() {
        rules.push(scope(authorizer, token));
    }
    rules.extend(custom_claims.iter().map(|rule| {
        let verdict = RuleVerdict::new(Rule::Claim(rule.name.clone()), Some(CLAIM_KEY)).compared(
            format!("{} {} {}", rule.value_type.as_str(), rule.operator.as_str(), quoted(&rule.values)),
            claim_found(token, &rule.name),
        );
        verdict.judge(rule.accepts(token.claim(&rule.name)), Code::ClaimMismatch, || claim_hint(token, &rule.name))
    }));
    let unevaluated = authorizer.unevaluated().map(str::to_owned).collect();
    let mut verdict = Verdict { rules, unevaluated };
    if allowed_audience.is_empty()
        && allowed_clients.is_empty()
        && allowed_scopes.is_empty()
        && custom_claims.is_empty()
    {
        // The service refuses to make such an authorizer; if one turns up, every token of the provider would pass.
        let rule = RuleVerdict::new(Rule::Client, Some("authorizer_configuration.customJWTAuthorizer"))
            .compared("at least one allowed client, audience, scope or custom claim", "none in the authorizer");
        verdict.rules.push(rule.fail(Code::AuthorizerEmpty, None));
    }
    verdict
}

impl RuleVerdict {
    /// Stable, for scripts and tests: `ok`, `skipped`, or the reason such as `token-expired`.
    pub(crate) fn code(&self) -> &'static str {
        match self.failure {
            Some(code) => code.text(),
            None if self.passed => "ok",
            None => "skipped",
        }
    }

    /// For data, as `agentcore auth check` has it.
    pub(crate) fn data(&self) -> Value {
        json!({
            "rule": self.rule.name(),
            "passed": self.passed,
            "judged": !self.skipped,
            "code": self.code(),
            "expected": self.expected,
            "found": self.found,
            "configKey": self.config_key,
            "hint": self.hint,
        })
    }

    fn new(rule: Rule, config_key: Option<&'static str>) -> Self {
        Self {
            rule,
            passed: false,
            skipped: false,
            failure: None,
            expected: String::new(),
            found: String::new(),
            config_key,
            hint: None,
        }
    }

    fn compared(mut self, expected: impl Into<String>, found: impl Into<String>) -> Self {
        self.expected = expected.into();
        self.found = found.into();
        self
    }

    fn pass(mut self) -> Self {
        self.passed = true;
        self
    }

    fn fail(mut self, code: Code, hint: Option<String>) -> Self {
        self.failure = Some(code);
        self.hint = hint;
        self
    }

    fn skip(mut self, why: &str) -> Self {
        self.skipped = true;
        self.expected = why.to_owned();
        self
    }

    fn judge(self, passed: bool, code: Code, hint: impl FnOnce() -> Option<String>) -> Self {
        if passed { self.pass() } else { self.fail(code, hint()) }
    }
}

fn signature(request: &Evaluation<'_>) -> RuleVerdict {
    let token = request.token;
    let verdict = RuleVerdict::new(Rule::Signature, Some(DISCOVERY_KEY));
    if accepted_algorithm(token.algorithm()).is_none() {
        // No key can change that.
        return refused_algorithm(verdict, token.algorithm());
    }
    let Some(keys) = request.keys else { return verdict.skip("the provider's keys are not known") };
    let named = |kid: &Option<String>| match kid {
        Some(kid) => format!("key {}", quote(kid)),
        None => "no key id, with several keys to choose from or none".to_owned(),
    };
    match token.verify(keys) {
        SignatureCheck::Valid => verdict.compared("a signature of the provider", token.algorithm()).pass(),
        SignatureCheck::BadSignature => {
            verdict.compared("a signature of the provider", "a signature that its key did not make").fail(
                Code::SignatureInvalid,
                Some("get a fresh token; this one was changed or comes from elsewhere".to_owned()),
            )
        }
        SignatureCheck::UnknownKey { kid } => {
            let known: Vec<&str> = keys.kids().collect();
            verdict.compared(format!("a key of the provider: {}", quoted(&known)), named(&kid)).fail(
                Code::KeyUnknown,
                Some("the token comes from another provider or pool, or the provider has changed its keys".to_owned()),
            )
        }
        SignatureCheck::UnusableKey { kid, reason } => verdict
            .compared("a key that verifies signatures", format!("{} ({reason})", named(&kid)))
            .fail(Code::KeyUnusable, None),
        SignatureCheck::AlgorithmRefused { alg } => refused_algorithm(verdict, &alg),
    }
}

/// `none` has its own code: such a token was made by the caller, not by the provider.
fn refused_algorithm(verdict: RuleVerdict, alg: &str) -> RuleVerdict {
    let verdict = verdict.compared("an asymmetric algorithm that fits the key, such as RS256", quote(alg));
    if alg.eq_ignore_ascii_case("none") {
        return verdict
            .fail(Code::AlgorithmNone, Some("the token is not signed: get one from the provider".to_owned()));
    }
    verdict.fail(Code::AlgorithmRefused, Some("let the provider sign tokens with RS256".to_owned()))
}

fn issuer(request: &Evaluation<'_>) -> RuleVerdict {
    let verdict = RuleVerdict::new(Rule::Issuer, Some(DISCOVERY_KEY));
    let Some(expected) = request.issuer else { return verdict.skip("the discovery document is not known") };
    let found = request.token.issuer();
    verdict.compared(quote(expected), found.map_or_else(|| claim_found(request.token, "iss"), quote)).judge(
        found == Some(expected),
        Code::IssuerMismatch,
        || {
            let slash = found.is_some_and(|found| found.trim_end_matches('/') == expected.trim_end_matches('/'));
            Some(if slash {
                "the two differ in the final slash, which counts".to_owned()
            } else {
                "the token is of another provider, pool or tenant; use its discovery URL or one of its tokens"
                    .to_owned()
            })
        },
    )
}

fn expiry(token: &Token, now: i64) -> RuleVerdict {
    let verdict = RuleVerdict::new(Rule::Expiry, None);
    let expected = format!("`exp` more than {EXPIRY_MARGIN} s ahead");
    let Some(exp) = token.expires_at() else {
        let hint = "a token without a numeric `exp` is never accepted".to_owned();
        return verdict.compared(expected, claim_found(token, "exp")).fail(Code::ExpiryMissing, Some(hint));
    };
    let left = exp.saturating_sub(now);
    let (code, found) = match left {
        ..=0 => (Code::TokenExpired, format!("expired {} ago", span(left.unsigned_abs()))),
        _ => (Code::TokenExpiring, format!("expires in {}", span(left.unsigned_abs()))),
    };
    let hint = || Some("get a fresh token: `agentcore identity token`, or from your provider".to_owned());
    verdict.compared(expected, found).judge(left > EXPIRY_MARGIN, code, hint)
}

/// Seconds in the largest unit of which there are two or more, rounded: a token of two hours is not said to have 119 minutes a
/// second after it was issued.
fn span(seconds: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let unit = UNITS.iter().find(|(length, _)| seconds + length / 60 >= 2 * length);
    unit.map_or_else(|| format!("{seconds} s"), |(length, name)| format!("{} {name}", (seconds + length / 2) / length))
}

/// `nbf` is optional, and a token without it is good at once. The service's leeway for it is not known; none is given.
fn not_before(token: &Token, now: i64) -> Option<RuleVerdict> {
    token.claim("nbf")?;
    let verdict = RuleVerdict::new(Rule::NotBefore, None);
    let expected = "`nbf` in the past";
    Some(match token.not_before() {
        None => verdict.compared(expected, claim_found(token, "nbf")).fail(Code::NotYetValid, None),
        Some(start) => {
            let found =
                if start <= now { "valid".to_owned() } else { format!("valid in {}", span(start.abs_diff(now))) };
            let hint = || Some("compare the clocks of this machine and the provider".to_owned());
            verdict.compared(expected, found).judge(start <= now, Code::NotYetValid, hint)
        }
    })
}

fn audience(authorizer: &Authorizer, token: &Token) -> RuleVerdict {
    let found = token.audience();
    let passed = found.iter().any(|aud| authorizer.allowed_audience.iter().any(|allowed| allowed == aud));
    RuleVerdict::new(Rule::Audience, Some(AUDIENCE_KEY))
        .compared(one_of(&authorizer.allowed_audience), claim_found(token, "aud"))
        .judge(passed, Code::AudienceMismatch, || {
            if token.claim("aud").is_some() {
                return Some("ask the provider for a token for this audience, or use `--allowed-audience`".to_owned());
            }
            Some(if token.token_use() == Some("access") {
                "Cognito access tokens carry no `aud`: use `--allowed-client` instead of `--allowed-audience`"
                    .to_owned()
            } else {
                "the token carries no `aud`: request it for an audience, or use `--allowed-client`".to_owned()
            })
        })
}

fn client(authorizer: &Authorizer, token: &Token) -> RuleVerdict {
    let passed = token.client_id().is_some_and(|id| authorizer.allowed_clients.iter().any(|allowed| allowed == id));
    RuleVerdict::new(Rule::Client, Some(CLIENT_KEY))
        .compared(one_of(&authorizer.allowed_clients), claim_found(token, "client_id"))
        .judge(passed, Code::ClientMismatch, || Some(client_hint(token)))
}

fn client_hint(token: &Token) -> String {
    if token.claim("client_id").is_some() {
        return "get the token with an allowed client, or allow this one: `--allowed-client`".to_owned();
    }
    if token.token_use() == Some("id") {
        return "this is a Cognito ID token, which carries no `client_id`: send the access token, or use \
                `--allowed-audience`"
            .to_owned();
    }
    let elsewhere = [("cid", "Okta"), ("appid", "Entra"), ("azp", "Entra, Auth0 or Keycloak")];
    for (claim, provider) in elsewhere {
        if token.claim(claim).is_some() {
            return format!(
                "the token names its client in `{claim}`, as {provider} does, and the service reads `client_id` only: \
                 use `--allowed-audience` or `--custom-claim {claim}=…`"
            );
        }
    }
    "the token carries no `client_id`: use `--allowed-audience` or `--custom-claim`".to_owned()
}

fn scope(authorizer: &Authorizer, token: &Token) -> RuleVerdict {
    let found = token.scopes();
    let passed = found.iter().any(|scope| authorizer.allowed_scopes.iter().any(|allowed| allowed == scope));
    let shown = if found.is_empty() { scope_absence(token) } else { quoted(&found) };
    RuleVerdict::new(Rule::Scope, Some(SCOPE_KEY)).compared(one_of(&authorizer.allowed_scopes), shown).judge(
        passed,
        Code::ScopeMissing,
        || {
            Some(if found == ["aws.cognito.signin.user.admin"] {
                "Cognito gives this scope to tokens of InitiateAuth; custom scopes come from `/oauth2/token` only"
                    .to_owned()
            } else if token.token_use() == Some("id") {
                "this is a Cognito ID token, which carries no scope: send the access token".to_owned()
            } else if token.text("scp").is_some() && token.claim("scope").is_none() {
                "`scp` is a string in this token, as Entra writes it; the service is known to read it as a list only: \
                 use `--allowed-audience` or `--custom-claim`"
                    .to_owned()
            } else {
                "request one of these scopes when getting the token".to_owned()
            })
        },
    )
}

fn scope_absence(token: &Token) -> String {
    let name = if token.claim("scope").is_none() && token.claim("scp").is_some() { "scp" } else { "scope" };
    claim_found(token, name)
}

fn claim_hint(token: &Token, name: &str) -> Option<String> {
    (name == "cognito:groups" && token.claim(name).is_none())
        .then(|| "Cognito puts groups into tokens of users who are in one, and never into machine tokens".to_owned())
}

/// The token's value of this claim, for people.
fn claim_found(token: &Token, name: &str) -> String {
    match token.claim(name) {
        None => format!("no `{name}` claim"),
        Some(Value::String(text)) => quote(text),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            quoted(&items.iter().filter_map(Value::as_str).collect::<Vec<_>>())
        }
        Some(Value::Number(number)) => number.to_string(),
        Some(other) => format!("{} in `{name}`", super::wire::type_name(other)),
    }
}

fn one_of(values: &[String]) -> String {
    if values.len() == 1 { quoted(values) } else { format!("one of {}", quoted(values)) }
}

/// At most eight values: a token can list hundreds of groups.
fn quoted<S: AsRef<str>>(values: &[S]) -> String {
    const SHOWN: usize = 8;
    if values.is_empty() {
        return "nothing".to_owned();
    }
    let mut text = values.iter().take(SHOWN).map(|value| quote(value.as_ref())).collect::<Vec<_>>().join(", ");
    if values.len() > SHOWN {
        text.push_str(&format!(" and {} more", values.len() - SHOWN));
    }
    text
}

fn quote(text: &str) -> String {
    const SHOWN: usize = 200;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::auth::authorizer::ClaimRule;
    use crate::auth::change::{AuthorizerChange, compare};
    use crate::auth::token::mint::{KEYS, TestKeys};
    use crate::facts::{AUTHORIZER_MEMBERS, MemberForm, MemberRole};

    const NOW: i64 = 1_800_000_000;
    const ISSUER: &str = "https://idp.example/pool";

    fn owned(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    fn authorizer(audience: &[&str], clients: &[&str], scopes: &[&str], claims: &[&str]) -> Authorizer {
        Authorizer {
            discovery_url: format!("{ISSUER}/.well-known/openid-configuration"),
            allowed_audience: owned(audience),
            allowed_clients: owned(clients),
            allowed_scopes: owned(scopes),
            custom_claims: claims.iter().map(|text| ClaimRule::parse(text).unwrap()).collect(),
            ..Authorizer::default()
        }
    }

    /// A user's Cognito access token with `changes` laid over it; `null` takes a claim away.
    fn claims(changes: &Value) -> Value {
        let mut claims = json!({"iss": ISSUER, "sub": "u", "client_id": "c", "token_use": "access", "exp": NOW + 3600,
            "iat": NOW, "scope": "aws.cognito.signin.user.admin", "username": "u"});
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        claims
    }

    fn judge(authorizer: &Authorizer, claims: &Value) -> Verdict {
        let keys = KEYS.set();
        let token = KEYS.token(claims);
        evaluate(&Evaluation { authorizer, issuer: Some(ISSUER), keys: Some(&keys), token: &token, now: NOW })
    }

    fn codes(verdict: &Verdict) -> Vec<&'static str> {
        verdict.failures().map(|rule| rule.code()).collect()
    }

    #[test]
    fn every_judged_member_is_read_compared_and_judged() {
        let claim = |name: &str| {
            json!([{ "inboundTokenClaimName": name, "inboundTokenClaimValueType": "STRING",
                "authorizingClaimMatchValue": { "claimMatchValue": { "matchValueString": "x" },
                    "claimMatchOperator": "EQUALS" } }])
        };
        let judged = AUTHORIZER_MEMBERS.iter().filter(|member| member.role == MemberRole::Judged);
        let mut tried = 0;
        for member in judged.filter(|member| member.form != MemberForm::Url) {
            let value = if member.form == MemberForm::Texts { json!(["x"]) } else { claim("other") };
            let url = format!("{ISSUER}/.well-known/openid-configuration");
            // Something else has to restrict callers as well: without any group there is no authorizer.
            let kept = if member.name == "allowedClients" {
                ("customClaims", claim("team"))
            } else {
                ("allowedClients", json!(["c"]))
            };
            let without = json!({ "discoveryUrl": url, kept.0: kept.1 });
            let mut with = without.clone();
            with[member.name] = value;
            let read =
                |wire: &Value| Authorizer::from_wire(wire).unwrap_or_else(|problems| panic!("{wire}: {problems:?}"));
            let (restricted, open) = (read(&with), read(&without));
            assert_eq!(restricted.to_wire().as_object().map(|object| object.len()), Some(3), "{}", member.name);
            assert!(restricted.extra.is_empty(), "`{}` needs a field", member.name);
            assert!(
                matches!(compare(Some(&restricted), Some(&open)), AuthorizerChange::Weaker(_)),
                "taking `{}` out lets more callers in",
                member.name
            );
            let caller = claims(&json!({ "team": "x" }));
            assert!(judge(&open, &caller).accepted(), "{}", member.name);
            assert!(!judge(&restricted, &caller).accepted(), "`{}` is not judged", member.name);
            tried += 1;
        }
        assert!(tried >= 4);
    }

    #[test]
    fn a_span_is_told_in_its_largest_unit() {
        let told = [59, 118, 119, 5_400, 7_139, 7_199, 86_400, 172_800].map(span);
        assert_eq!(told, ["59 s", "118 s", "2 minutes", "90 minutes", "119 minutes", "2 hours", "24 hours", "2 days"]);
    }

    #[test]
    fn every_case_of_the_table_holds() {
        let c = || authorizer(&[], &["c"], &[], &[]);
        let aud = || authorizer(&["a", "b"], &[], &[], &[]);
        let scopes = || authorizer(&[], &[], &["api/read", "api/write"], &[]);
        let groups = || authorizer(&[], &[], &[], &["cognito:groups~=admins,ops"]);
        let cases: Vec<(Authorizer, Value, &[&str])> = vec![
            // Clients: only `client_id`, only a string.
            (c(), json!({}), &[]),
            (authorizer(&[], &["x", "c"], &[], &[]), json!({}), &[]),
            (c(), json!({"client_id": "d"}), &["client-mismatch"]),
            (c(), json!({"client_id": "C"}), &["client-mismatch"]),
            (c(), json!({"client_id": ["c"]}), &["client-mismatch"]),
            (c(), json!({"client_id": null}), &["client-mismatch"]),
            (c(), json!({"client_id": null, "cid": "c"}), &["client-mismatch"]),
            (c(), json!({"client_id": null, "azp": "c"}), &["client-mismatch"]),
            (c(), json!({"client_id": null, "appid": "c"}), &["client-mismatch"]),
            (c(), json!({"client_id": null, "aud": "c", "token_use": "id"}), &["client-mismatch"]),
            // Issuer: the same text.
            (c(), json!({"iss": "https://idp.example/pool/"}), &["issuer-mismatch"]),
            (c(), json!({"iss": "https://idp.example/other"}), &["issuer-mismatch"]),
            (c(), json!({"iss": null}), &["issuer-mismatch"]),
            (c(), json!({"iss": [ISSUER]}), &["issuer-mismatch"]),
            // Expiry: more than 60 s.
            (c(), json!({"exp": NOW + 61}), &[]),
            (c(), json!({"exp": NOW + 61 + 86400}), &[]),
            (c(), json!({"exp": NOW as f64 + 61.5}), &[]),
            (c(), json!({"exp": NOW as f64 + 60.9}), &["token-expiring"]),
            (c(), json!({"exp": NOW + 60}), &["token-expiring"]),
            (c(), json!({"exp": NOW + 1}), &["token-expiring"]),
            (c(), json!({"exp": NOW}), &["token-expired"]),
            (c(), json!({"exp": NOW - 1}), &["token-expired"]),
            (c(), json!({"exp": 0}), &["token-expired"]),
            (c(), json!({"exp": i64::MIN}), &["token-expired"]),
            (c(), json!({"exp": i64::MAX}), &[]),
            (c(), json!({"exp": u64::MAX}), &["expiry-missing"]),
            (c(), json!({"exp": 1e300}), &["expiry-missing"]),
            (c(), json!({"exp": null}), &["expiry-missing"]),
            (c(), json!({"exp": (NOW + 3600).to_string()}), &["expiry-missing"]),
            (c(), json!({"exp": true}), &["expiry-missing"]),
            // Not before: optional.
            (c(), json!({"nbf": NOW}), &[]),
            (c(), json!({"nbf": NOW - 5}), &[]),
            (c(), json!({"nbf": NOW + 1}), &["not-yet-valid"]),
            (c(), json!({"nbf": "0"}), &["not-yet-valid"]),
            (c(), json!({"iat": NOW + 500}), &[]),
            // Audience: string or list, any value.
            (aud(), json!({"aud": "b"}), &[]),
            (aud(), json!({"aud": ["z", "a"]}), &[]),
            (aud(), json!({"aud": "z"}), &["audience-mismatch"]),
            (aud(), json!({"aud": []}), &["audience-mismatch"]),
            (aud(), json!({"aud": ["a", 1]}), &["audience-mismatch"]),
            (aud(), json!({"aud": {"a": 1}}), &["audience-mismatch"]),
            (aud(), json!({}), &["audience-mismatch"]),
            (aud(), json!({"aud": "a b"}), &["audience-mismatch"]),
            // Scopes: any of them, from `scope` or `scp`.
            (scopes(), json!({"scope": "openid api/write"}), &[]),
            (scopes(), json!({"scope": null, "scp": ["api/read"]}), &[]),
            (scopes(), json!({}), &["scope-missing"]),
            (scopes(), json!({"scope": "api/readonly"}), &["scope-missing"]),
            (scopes(), json!({"scope": "API/READ"}), &["scope-missing"]),
            (scopes(), json!({"scope": "api/read,api/write"}), &["scope-missing"]),
            (scopes(), json!({"scope": null}), &["scope-missing"]),
            (scopes(), json!({"scope": null, "scp": "api/read"}), &["scope-missing"]),
            (scopes(), json!({"scope": ["api/read"]}), &["scope-missing"]),
            // Custom claims.
            (groups(), json!({"cognito:groups": ["x", "ops"]}), &[]),
            (groups(), json!({"cognito:groups": ["x"]}), &["claim-mismatch"]),
            (groups(), json!({"cognito:groups": "ops"}), &["claim-mismatch"]),
            (groups(), json!({}), &["claim-mismatch"]),
            (authorizer(&[], &[], &[], &["username=u"]), json!({}), &[]),
            (authorizer(&[], &[], &[], &["username=v"]), json!({}), &["claim-mismatch"]),
            (authorizer(&[], &[], &[], &["username=u", "tier=gold"]), json!({}), &["claim-mismatch"]),
            (authorizer(&[], &[], &[], &["username=u", "tier=gold"]), json!({"tier": "gold"}), &[]),
            (authorizer(&[], &[], &[], &["verified=true"]), json!({"verified": true}), &["claim-mismatch"]),
            // Groups are joined by AND, and every failure is reported.
            (authorizer(&["a"], &["c"], &[], &[]), json!({"aud": "a"}), &[]),
            (authorizer(&["a"], &["c"], &[], &[]), json!({}), &["audience-mismatch"]),
            (authorizer(&["a"], &["c"], &[], &[]), json!({"aud": "a", "client_id": "d"}), &["client-mismatch"]),
            (
                authorizer(&["a"], &["d"], &["s"], &["t=u"]),
                json!({"exp": 1, "iss": "x"}),
                &[
                    "issuer-mismatch",
                    "token-expired",
                    "audience-mismatch",
                    "client-mismatch",
                    "scope-missing",
                    "claim-mismatch",
                ],
            ),
            // An authorizer without groups admits nobody.
            (authorizer(&[], &[], &[], &[]), json!({}), &["authorizer-empty"]),
        ];
        for (authorizer, changes, expected) in cases {
            let verdict = judge(&authorizer, &claims(&changes));
            assert_eq!(codes(&verdict), expected, "{changes} against {}", authorizer.to_wire());
            assert_eq!(verdict.accepted(), expected.is_empty(), "{changes} against {}", authorizer.to_wire());
        }
    }

    #[test]
    fn advice_names_the_way_out() {
        let client = authorizer(&[], &["c"], &[], &[]);
        let aud = authorizer(&["a"], &[], &[], &[]);
        let scope = authorizer(&[], &[], &["s"], &[]);
        let cases = [
            (&aud, json!({}), "`--allowed-client`"),
            (&client, json!({"client_id": null, "token_use": "id"}), "ID token"),
            (&client, json!({"client_id": null, "token_use": null, "cid": "c"}), "Okta"),
            (&client, json!({"client_id": null, "token_use": null, "appid": "c"}), "Entra"),
            (&client, json!({"exp": NOW + 30}), "identity token"),
            (&client, json!({"iss": "https://idp.example/pool/"}), "slash"),
            (&scope, json!({}), "InitiateAuth"),
            (&scope, json!({"scope": null, "scp": "s"}), "Entra"),
        ];
        for (authorizer, changes, expected) in cases {
            let verdict = judge(authorizer, &claims(&changes));
            let hint = verdict.first_failure().unwrap().hint.clone().unwrap();
            assert!(hint.contains(expected), "{changes}: {hint}");
        }
    }

    #[test]
    fn a_failure_states_expectation_finding_and_setting() {
        let verdict = judge(&authorizer(&[], &["x", "y"], &[], &[]), &claims(&json!({})));
        let rule = verdict.first_failure().unwrap();
        assert_eq!((rule.expected.as_str(), rule.found.as_str()), ("one of `x`, `y`", "`c`"));
        assert_eq!(rule.config_key, Some("authorizer_configuration.customJWTAuthorizer.allowedClients"));
        assert_eq!(rule.rule, Rule::Client);
    }

    #[test]
    fn signatures() {
        let authorizer = authorizer(&[], &["c"], &[], &[]);
        let mine = KEYS.set();
        let foreign = TestKeys::generate();
        let good = claims(&json!({}));
        let cases = [
            (KEYS.token_text("RS256", Some("rsa"), &good), None),
            (KEYS.token_text("ES256", Some("p256"), &good), None),
            (foreign.token_text("RS256", Some("rsa"), &good), Some("signature-invalid")),
            (KEYS.token_text("RS256", Some("old"), &good), Some("key-unknown")),
            (KEYS.token_text("RS256", None, &good), Some("key-unknown")),
            (KEYS.token_text("PS256", Some("rsa"), &good), Some("algorithm-refused")),
            (KEYS.token_text("RS256", Some("enc"), &good), Some("key-unusable")),
        ];
        for (text, expected) in cases {
            let token = Token::parse(&text).unwrap();
            let verdict = evaluate(&Evaluation {
                authorizer: &authorizer,
                issuer: Some(ISSUER),
                keys: Some(&mine),
                token: &token,
                now: NOW,
            });
            assert_eq!(verdict.first_failure().map(|rule| rule.code()), expected);
            assert_eq!(verdict.accepted(), expected.is_none());
        }
    }

    #[test]
    fn what_was_not_looked_at_never_accepts() {
        let mut authorizer = authorizer(&[], &["c"], &[], &[]);
        let keys = KEYS.set();
        let token = KEYS.token(&claims(&json!({})));
        let request =
            Evaluation { authorizer: &authorizer, issuer: Some(ISSUER), keys: Some(&keys), token: &token, now: NOW };
        assert!(evaluate(&request).accepted());
        for partial in [Evaluation { keys: None, ..request }, Evaluation { issuer: None, ..request }] {
            let verdict = evaluate(&partial);
            assert!(!verdict.accepted());
            assert_eq!(verdict.first_failure(), None);
            assert!(verdict.rules.iter().any(|rule| rule.skipped && rule.code() == "skipped"));
        }
        authorizer.extra.insert("privateEndpoint".to_owned(), json!({}));
        assert!(judge(&authorizer, &claims(&json!({}))).accepted());
        authorizer.extra.insert("allowedWorkloadConfiguration".to_owned(), json!({}));
        let verdict = judge(&authorizer, &claims(&json!({})));
        assert!(!verdict.accepted());
        assert_eq!(verdict.unevaluated, ["allowedWorkloadConfiguration"]);
    }

    #[test]
    fn a_text_that_is_no_token() {
        let verdict = Verdict::unparsable(&Token::parse("opaque").unwrap_err());
        assert!(!verdict.accepted());
        assert_eq!(verdict.first_failure().unwrap().code(), "token-unparsable");
    }

    #[test]
    fn long_claims_are_cut() {
        let many: Vec<String> = (0..20).map(|n| format!("g{n}")).collect();
        assert!(quoted(&many).ends_with("`g7` and 12 more"));
        assert!(quote(&"é".repeat(300)).chars().count() < 210);
    }

    fn values() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::vec("[a-d]", 0..4)
    }

    fn any_authorizer() -> impl Strategy<Value = Authorizer> {
        (
            values(),
            values(),
            values(),
            proptest::collection::vec(("[xy]", proptest::collection::vec("[a-d]", 1..3)), 0..3),
        )
            .prop_map(|(audience, clients, scopes, rules)| Authorizer {
                allowed_audience: audience,
                allowed_clients: clients,
                allowed_scopes: scopes,
                custom_claims: rules
                    .into_iter()
                    .map(|(name, values)| ClaimRule::parse(&format!("{name}~={}", values.join(","))).unwrap())
                    .collect(),
                ..authorizer(&[], &[], &[], &[])
            })
    }

    fn any_claims() -> impl Strategy<Value = Value> {
        ("[a-e]", values(), values(), values(), values(), -100_i64..900).prop_map(|(client, aud, scope, x, y, left)| {
            claims(
                &json!({"client_id": client, "aud": aud, "scope": scope.join(" "), "x": x, "y": y, "exp": NOW + left}),
            )
        })
    }

    /// Without the signature, which is costly and has tests of its own.
    fn holds(authorizer: &Authorizer, claims: &Value) -> bool {
        let token = KEYS.token(claims);
        let verdict = evaluate(&Evaluation { authorizer, issuer: Some(ISSUER), keys: None, token: &token, now: NOW });
        verdict.first_failure().is_none()
    }

    proptest! {
        #[test]
        fn another_allowed_value_never_turns_accept_into_reject(
            before in any_authorizer(), claims in any_claims(), group in 0..4_usize, value in "[a-e]",
        ) {
            let mut after = before.clone();
            let list = match group {
                0 => &mut after.allowed_audience,
                1 => &mut after.allowed_clients,
                2 => &mut after.allowed_scopes,
                _ => match after.custom_claims.first_mut() {
                    Some(rule) => &mut rule.values,
                    None => return Ok(()),
                },
            };
            prop_assume!(!list.is_empty());
            list.push(value);
            prop_assert!(!holds(&before, &claims) || holds(&after, &claims));
        }

        #[test]
        fn a_change_called_stricter_lets_nobody_new_in(
            live in any_authorizer(), other in any_authorizer(), groups in 0..16_u8, claims in any_claims(),
        ) {
            use crate::auth::change::{AuthorizerChange, compare};
            // Some groups of the live one and some of another, so that every kind of change comes up.
            let mut wanted = live.clone();
            if groups & 1 != 0 { wanted.allowed_audience = other.allowed_audience; }
            if groups & 2 != 0 { wanted.allowed_clients = other.allowed_clients; }
            if groups & 4 != 0 { wanted.allowed_scopes = other.allowed_scopes; }
            if groups & 8 != 0 { wanted.custom_claims = other.custom_claims; }
            prop_assume!(live.check().is_empty() && wanted.check().is_empty());
            let (before, after) = (holds(&live, &claims), holds(&wanted, &claims));
            match compare(Some(&live), Some(&wanted)) {
                AuthorizerChange::Same => prop_assert_eq!(before, after),
                AuthorizerChange::Stricter => prop_assert!(before || !after),
                _ => {}
            }
        }

        #[test]
        fn claim_without_a_rule_changes_nothing(
            authorizer in any_authorizer(), claims in any_claims(), name in "[u-w]{1,3}", value in "[a-e]",
        ) {
            let before = holds(&authorizer, &claims);
            for value in [json!(value), json!([value]), json!(null), json!({"aud": value})] {
                let mut claims = claims.clone();
                claims[name.as_str()] = value;
                prop_assert_eq!(holds(&authorizer, &claims), before);
            }
        }

        #[test]
        fn another_group_or_rule_admits_nobody_new(
            before in any_authorizer(), claims in any_claims(), group in 0..4_usize, value in "[a-e]",
        ) {
            let mut after = before.clone();
            match group {
                0 if after.allowed_audience.is_empty() => after.allowed_audience.push(value),
                1 if after.allowed_clients.is_empty() => after.allowed_clients.push(value),
                2 if after.allowed_scopes.is_empty() => after.allowed_scopes.push(value),
                _ => after.custom_claims.push(ClaimRule::parse(&format!("x~={value}")).unwrap()),
            }
            // An authorizer without any group accepts nobody, so a first one may.
            prop_assume!(before.check().is_empty());
            prop_assert!(holds(&before, &claims) || !holds(&after, &claims));
        }

        #[test]
        fn order_of_values_and_rules_is_irrelevant(authorizer in any_authorizer(), claims in any_claims()) {
            let mut turned = authorizer.clone();
            turned.allowed_audience.reverse();
            turned.allowed_clients.reverse();
            turned.allowed_scopes.reverse();
            turned.custom_claims.reverse();
            prop_assert_eq!(holds(&authorizer, &claims), holds(&turned, &claims));
        }

        #[test]
        fn without_a_good_exp_nothing_is_accepted(authorizer in any_authorizer(), claims in any_claims(), left in -200_i64..=60) {
            for exp in [json!(null), json!(NOW + left), json!("2000000000"), json!([NOW + 500])] {
                let mut claims = claims.clone();
                claims["exp"] = exp;
                prop_assert!(!holds(&authorizer, &claims));
                claims.as_object_mut().unwrap().remove("exp");
                prop_assert!(!holds(&authorizer, &claims));
            }
        }

        #[test]
        fn what_is_accepted_passes_every_group(authorizer in any_authorizer(), claims in any_claims()) {
            let accepted = holds(&authorizer, &claims);
            for group in 0..4 {
                let mut one = Authorizer { extra: serde_json::Map::new(), ..authorizer.clone() };
                if group != 0 { one.allowed_audience.clear(); }
                if group != 1 { one.allowed_clients.clear(); }
                if group != 2 { one.allowed_scopes.clear(); }
                if group != 3 { one.custom_claims.clear(); }
                if one.check().is_empty() {
                    prop_assert!(!accepted || holds(&one, &claims));
                }
            }
        }
    }
}
