//! Test callers for an authorizer: one that must pass, and one for each reason of refusal.
//!
//! Owns: the list of callers, what each presents, and forging tokens without the provider's key. Does not own: signing
//! with a provider's key (only the sandbox can), the expected verdict of each caller (`evaluate`), sending (`ops`).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::authorizer::Authorizer;
use super::claim_rule::ClaimType;
use super::token::KeySet;
use crate::error::{Error, Result};
use crate::redact::SecretString;

/// One caller of the matrix.
#[derive(Clone, Debug)]
pub(crate) struct TestCaller {
    /// Stable: `wrong-client`.
    pub(crate) id: &'static str,
    /// For people.
    pub(crate) what: &'static str,
    pub(crate) kind: CallerKind,
}

/// The credential of a test caller.
#[derive(Clone, Debug)]
pub(crate) enum CallerKind {
    Nothing,
    /// An AWS signature.
    Signature,
    /// Claims that only the provider's own key can sign.
    Signed(Value),
    /// Claims under `alg=none`.
    Unsigned(Value),
    /// A good token whose claims were changed after it was signed.
    Tampered(Value),
    /// Claims signed by a key that the provider does not have.
    UnknownKey(Value),
    /// The authorizer has no such rule; the text says which.
    NotApplicable(&'static str),
}

/// The matrix, in the order in which it is shown. `now` in seconds since the epoch.
pub(crate) fn callers(authorizer: &Authorizer, issuer: &str, now: i64) -> Vec<TestCaller> {
    let good = good_claims(authorizer, issuer, now);
    let with = |changes: Value| {
        let mut claims = good.clone();
        for (name, value) in changes.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        claims
    };
    let wrong = |values: &[String]| format!("{}-wrong", values.first().map_or("", String::as_str));
    let signed = |changes: Value| CallerKind::Signed(with(changes));
    let Authorizer { discovery_url: _, allowed_audience, allowed_clients, allowed_scopes, custom_claims, extra: _ } =
        authorizer;
    let audience = match allowed_audience.as_slice() {
        [] => CallerKind::NotApplicable("the authorizer allows any audience"),
        values => signed(json!({ "aud": wrong(values) })),
    };
    let client = match allowed_clients.as_slice() {
        [] => CallerKind::NotApplicable("the authorizer allows any client"),
        values => signed(json!({ "client_id": wrong(values) })),
    };
    let scope = match allowed_scopes.as_slice() {
        [] => CallerKind::NotApplicable("the authorizer asks for no scope"),
        values => signed(json!({ "scope": wrong(values) })),
    };
    let claim = match custom_claims.first() {
        None => CallerKind::NotApplicable("the authorizer has no custom claim"),
        Some(rule) => {
            let value = wrong(&rule.values);
            let value = if rule.value_type == ClaimType::String { json!(value) } else { json!([value]) };
            signed(json!({ rule.name.as_str(): value }))
        }
    };
    let caller = |id, what, kind| TestCaller { id, what, kind };
    vec![
        caller("none", "no token and no signature", CallerKind::Nothing),
        caller("good", "a token that satisfies every rule", CallerKind::Signed(good.clone())),
        caller("expired", "expired five minutes ago", signed(json!({ "exp": now - 300, "iat": now - 3900 }))),
        caller("expiring", "expires within the next minute", signed(json!({ "exp": now + 30 }))),
        caller("not-yet-valid", "valid from in an hour on", signed(json!({ "nbf": now + 3600, "exp": now + 7200 }))),
        caller("wrong-issuer", "of another issuer", signed(json!({ "iss": format!("{issuer}-wrong") }))),
        caller("wrong-audience", "for another audience", audience),
        caller("wrong-client", "of another client", client),
        caller("wrong-scope", "with another scope", scope),
        caller("wrong-claim", "with another value of a custom claim", claim),
        caller("alg-none", "not signed, `alg=none`", CallerKind::Unsigned(good.clone())),
        caller("tampered", "claims changed after signing", CallerKind::Tampered(good.clone())),
        caller("unknown-key", "signed by a key that the provider does not have", CallerKind::UnknownKey(good)),
        caller("sigv4", "AWS credentials instead of a token", CallerKind::Signature),
    ]
}

/// Claims that satisfy every rule of the authorizer, as far as rules can be satisfied together.
fn good_claims(authorizer: &Authorizer, issuer: &str, now: i64) -> Value {
    let mut claims = json!({
        "iss": issuer,
        "sub": "agentcore-auth-test",
        "iat": now - 1,
        "exp": now + 3600,
        "jti": uuid::Uuid::new_v4().to_string(),
    });
    let Authorizer { discovery_url: _, allowed_audience, allowed_clients, allowed_scopes, custom_claims, extra: _ } =
        authorizer;
    if let Some(audience) = allowed_audience.first() {
        claims["aud"] = json!(audience);
    }
    if let Some(client) = allowed_clients.first() {
        claims["client_id"] = json!(client);
    }
    if !allowed_scopes.is_empty() {
        claims["scope"] = json!(allowed_scopes.join(" "));
    }
    for rule in custom_claims {
        match rule.value_type {
            ClaimType::String => claims[rule.name.as_str()] = json!(rule.values.first()),
            ClaimType::StringArray => {
                // Several rules may ask for values of the same list.
                let mut values = claims[rule.name.as_str()].as_array().cloned().unwrap_or_default();
                values.extend(rule.values.iter().map(|value| json!(value)));
                claims[rule.name.as_str()] = Value::Array(values);
            }
        }
    }
    claims
}

/// Makes tokens that no provider issued.
pub(crate) struct Forger {
    key: KeyPair,
}

impl Forger {
    /// With a new key. Takes a noticeable fraction of a second.
    ///
    /// # Errors
    /// When the system's random source fails.
    pub(crate) fn new() -> Result<Self> {
        let key = KeyPair::generate(KeySize::Rsa2048).map_err(|_| Error::failed("could not generate an RSA key"))?;
        Ok(Self { key })
    }

    /// `alg=none`, with an empty signature.
    pub(crate) fn unsigned(claims: &Value) -> SecretString {
        SecretString::from(format!("{}.", input(&json!({ "alg": "none", "typ": "JWT" }), claims)))
    }

    /// Signed by this key, under a key id that nobody has.
    ///
    /// # Errors
    /// When signing fails.
    pub(crate) fn unknown_key(&self, claims: &Value) -> Result<SecretString> {
        self.sign(&format!("unknown-{}", uuid::Uuid::new_v4()), claims)
    }

    /// Signed by this key, under the id of one of the provider's: the same to a verifier as changed claims. `None` when
    /// the provider has no key for RS256.
    ///
    /// # Errors
    /// When signing fails.
    pub(crate) fn under_key_of(&self, keys: &KeySet, claims: &Value) -> Result<Option<SecretString>> {
        keys.kid_for(Algorithm::RS256).map(|kid| self.sign(kid, claims)).transpose()
    }

    fn sign(&self, kid: &str, claims: &Value) -> Result<SecretString> {
        let input = input(&json!({ "alg": "RS256", "typ": "JWT", "kid": kid }), claims);
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature)
            .map_err(|_| Error::failed("could not sign a token"))?;
        Ok(SecretString::from(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }

    /// This token with a changed claim and the old signature. `None` for what is no token.
    pub(crate) fn tampered(token: &str) -> Option<SecretString> {
        let mut parts = token.split('.');
        let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
        let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        claims.as_object_mut()?.insert("tampered".to_owned(), json!(true));
        Some(SecretString::from(format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.to_string()))))
    }
}

fn input(header: &Value, claims: &Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::auth::ClaimRule;
    use crate::auth::caller::{self, Credential, Presented};
    use crate::auth::evaluate::{Evaluation, evaluate};
    use crate::auth::token::mint::KEYS;
    use crate::redact::ExposeSecret;

    const NOW: i64 = 1_800_000_000;
    const ISSUER: &str = "https://idp.example/pool";

    fn full() -> Authorizer {
        Authorizer {
            discovery_url: format!("{ISSUER}/.well-known/openid-configuration"),
            allowed_audience: vec!["a".to_owned()],
            allowed_clients: vec!["c".to_owned()],
            allowed_scopes: vec!["s".to_owned(), "t".to_owned()],
            custom_claims: ["team=blue", "groups~=x", "groups~=y,z"]
                .map(|text| ClaimRule::parse(text).unwrap())
                .to_vec(),
            ..Authorizer::default()
        }
    }

    fn code(authorizer: &Authorizer, kind: &CallerKind) -> &'static str {
        let forger = Forger::new().unwrap();
        let sign = |claims: &Value| SecretString::from(KEYS.token_text("RS256", Some("rsa"), claims));
        let token = match kind {
            CallerKind::Nothing => return caller::admit(true, Presented::Nothing).unwrap_err().code(),
            CallerKind::Signature => return caller::admit(true, Presented::Signature).unwrap_err().code(),
            CallerKind::NotApplicable(_) => return "not-applicable",
            CallerKind::Signed(claims) => sign(claims),
            CallerKind::Unsigned(claims) => Forger::unsigned(claims),
            CallerKind::Tampered(claims) => {
                let other = forger.under_key_of(&KEYS.set(), claims).unwrap().unwrap();
                let changed = Forger::tampered(sign(claims).expose_secret()).unwrap();
                assert_eq!(judge(authorizer, &other), judge(authorizer, &changed));
                changed
            }
            CallerKind::UnknownKey(claims) => forger.unknown_key(claims).unwrap(),
        };
        judge(authorizer, &token)
    }

    fn judge(authorizer: &Authorizer, token: &SecretString) -> &'static str {
        let Ok(Credential::Token(token)) = caller::admit(true, Presented::Token(token.expose_secret())) else {
            panic!()
        };
        let keys = KEYS.set();
        evaluate(&Evaluation { authorizer, issuer: Some(ISSUER), keys: Some(&keys), token: &token, now: NOW }).code()
    }

    #[test]
    fn fourteen_callers_have_fourteen_codes() {
        let authorizer = full();
        let found: Vec<(&str, &str)> = callers(&authorizer, ISSUER, NOW)
            .iter()
            .map(|caller| (caller.id, code(&authorizer, &caller.kind)))
            .collect();
        assert_eq!(
            found,
            [
                ("none", "token-missing"),
                ("good", "accepted"),
                ("expired", "token-expired"),
                ("expiring", "token-expiring"),
                ("not-yet-valid", "not-yet-valid"),
                ("wrong-issuer", "issuer-mismatch"),
                ("wrong-audience", "audience-mismatch"),
                ("wrong-client", "client-mismatch"),
                ("wrong-scope", "scope-missing"),
                ("wrong-claim", "claim-mismatch"),
                ("alg-none", "algorithm-none"),
                ("tampered", "signature-invalid"),
                ("unknown-key", "key-unknown"),
                ("sigv4", "sigv4-not-accepted"),
            ]
        );
        assert_eq!(found.iter().map(|(_, code)| code).collect::<BTreeSet<_>>().len(), 14);
    }

    #[test]
    fn a_missing_rule_makes_its_caller_not_applicable() {
        let authorizer =
            Authorizer { allowed_audience: vec![], allowed_scopes: vec![], custom_claims: vec![], ..full() };
        let skipped: Vec<&str> = callers(&authorizer, ISSUER, NOW)
            .iter()
            .filter(|caller| matches!(caller.kind, CallerKind::NotApplicable(_)))
            .map(|caller| caller.id)
            .collect();
        assert_eq!(skipped, ["wrong-audience", "wrong-scope", "wrong-claim"]);
    }

    #[test]
    fn what_is_no_token_is_not_tampered_with() {
        for text in ["", "opaque", "a.b.c", "e30.W10.AA"] {
            assert!(Forger::tampered(text).is_none(), "{text}");
        }
    }
}
