//! Test callers as personas of the page and of `agentcore dev --token`, with the tokens that a key of this machine signs for them.
//!
//! Does not own: which callers there are and what each presents (`auth::craft`).

use serde_json::{Value, json};

use crate::auth::craft::{CallerKind, Forger, TestCaller};
use crate::error::Result;
use crate::redact::{ExposeSecret, SecretString};
use crate::sandbox::jwt::SigningKey;
use crate::sandbox::reply::Fault;

/// Whether the authorizer has a rule for such a caller at all, and one who brings no AWS signature.
fn is_persona(caller: &TestCaller) -> bool {
    !matches!(caller.kind, CallerKind::Signature | CallerKind::NotApplicable(_))
}

/// Whether such a caller brings a token.
pub(crate) fn brings_token(caller: &TestCaller) -> bool {
    is_persona(caller) && !matches!(caller.kind, CallerKind::Nothing)
}

/// Those that the page offers, the good one first.
pub(crate) fn offered(callers: &[TestCaller]) -> Vec<Value> {
    let mut offered: Vec<&TestCaller> = callers.iter().filter(|caller| is_persona(caller)).collect();
    offered.sort_by_key(|caller| caller.id != "good");
    offered.into_iter().map(|caller| json!({ "id": caller.id, "what": caller.what })).collect()
}

/// What a test caller presents; `None` for one that presents no token.
///
/// # Errors
/// When the system's random source fails.
pub(crate) fn token(key: &SigningKey, caller: &TestCaller) -> Result<Option<SecretString>> {
    let signed = |claims: &Value| key.sign(claims).map(SecretString::from);
    Ok(match &caller.kind {
        CallerKind::Nothing | CallerKind::Signature | CallerKind::NotApplicable(_) => None,
        CallerKind::Signed(claims) => Some(signed(claims)?),
        CallerKind::Unsigned(claims) => Some(Forger::unsigned(claims)),
        CallerKind::Tampered(claims) => Forger::tampered(signed(claims)?.expose_secret()),
        CallerKind::UnknownKey(claims) => Some(Forger::new()?.unknown_key(claims)?),
    })
}

/// The same of a persona by its name. `own`: the key that signs the tokens of an agent's callers, and those callers; `None` where
/// they are signed elsewhere.
///
/// # Errors
/// A fault where there is no such persona; those of [`token`].
pub(crate) fn token_of(
    own: Option<(&SigningKey, Vec<TestCaller>)>,
    persona: &str,
) -> Result<Option<SecretString>, Fault> {
    let found = own.and_then(|(key, callers)| Some((key, callers.into_iter().find(|caller| caller.id == persona)?)));
    let Some((key, caller)) = found else {
        return Err(Fault::new(400, "ValidationException", format!("there is no persona `{persona}` for this agent")));
    };
    Ok(token(key, &caller)?)
}
