//! Passwords: the pool's policy, and storage as salted hashes.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::model::fault;
use crate::error::Result;
use crate::sandbox::random;
use crate::sandbox::reply::Fault;

/// Enough to make guessing from a stolen state file slow, few enough for a fast sign-in.
const ROUNDS: NonZeroU32 = NonZeroU32::new(100_000).unwrap();

/// A password as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PasswordHash {
    rounds: NonZeroU32,
    salt: String,
    hash: String,
}

impl PasswordHash {
    /// Slow on purpose; call it where blocking is allowed.
    pub(super) fn new(password: &str) -> Result<Self> {
        let salt = random::bytes::<16>()?;
        let mut hash = [0; 32];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, &salt, password.as_bytes(), &mut hash);
        Ok(Self { rounds: ROUNDS, salt: STANDARD.encode(salt), hash: STANDARD.encode(hash) })
    }

    /// Slow on purpose; call it where blocking is allowed. A damaged entry matches nothing.
    pub(super) fn matches(&self, password: &str) -> bool {
        let (Ok(salt), Ok(hash)) = (STANDARD.decode(&self.salt), STANDARD.decode(&self.hash)) else { return false };
        pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, self.rounds, &salt, password.as_bytes(), &hash).is_ok()
    }
}

/// The policy that a pool gets when the request names none.
pub(super) fn default_policy() -> Value {
    json!({
        "MinimumLength": 8,
        "RequireUppercase": true,
        "RequireLowercase": true,
        "RequireNumbers": true,
        "RequireSymbols": true,
        "TemporaryPasswordValidityDays": 7,
    })
}

/// # Errors
/// `InvalidPasswordException` that names the first rule the password breaks.
pub(super) fn check_policy(settings: &Map<String, Value>, password: &str) -> Result<(), Fault> {
    let policy = settings.get("Policies").and_then(|policies| policies.get("PasswordPolicy"));
    let fallback = default_policy();
    let policy = policy.unwrap_or(&fallback);
    let asks = |rule: &str| policy.get(rule).and_then(Value::as_bool).unwrap_or(false);
    let refuse = |reason: &str| {
        Err(fault("InvalidPasswordException", format!("Password did not conform with policy: {reason}")))
    };
    let minimum = policy.get("MinimumLength").and_then(Value::as_u64).unwrap_or(8);
    let length = password.chars().count() as u64;
    if length < minimum {
        return refuse("Password not long enough");
    }
    if length > 256 {
        return refuse("Password too long");
    }
    if password.trim() != password {
        return refuse("Password must not begin or end with a space");
    }
    let has = |test: fn(&char) -> bool| password.chars().any(|character| test(&character));
    for (rule, met, what) in [
        ("RequireUppercase", has(|c| c.is_ascii_uppercase()), "uppercase"),
        ("RequireLowercase", has(|c| c.is_ascii_lowercase()), "lowercase"),
        ("RequireNumbers", has(|c| c.is_ascii_digit()), "numeric"),
        // A space inside counts as a symbol, as the service documents.
        ("RequireSymbols", has(|c| c.is_ascii_punctuation() || *c == ' '), "symbol"),
    ] {
        if asks(rule) && !met {
            return refuse(&format!("Password must have {what} characters"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_salted_and_matches_only_its_password() {
        let one = PasswordHash::new("Sup3r-secret").unwrap();
        let two = PasswordHash::new("Sup3r-secret").unwrap();
        assert!(one.matches("Sup3r-secret") && !one.matches("sup3r-secret"));
        assert_ne!(one.hash, two.hash);
        assert!(!serde_json::to_string(&one).unwrap().contains("Sup3r"));
    }

    #[test]
    fn each_rule_of_the_policy_is_checked() {
        let settings = Map::new();
        for (password, reason) in [
            ("Aa1!", "long enough"),
            ("aa1!aa1!", "uppercase"),
            ("AA1!AA1!", "lowercase"),
            ("Aaa!Aaa!", "numeric"),
            ("Aaa1Aaa1", "symbol"),
        ] {
            let fault = check_policy(&settings, password).unwrap_err();
            assert!(fault.message.contains(reason), "{password}: {}", fault.message);
        }
        check_policy(&settings, "Aa1!Aa1!").unwrap();
        let loose = json!({ "Policies": { "PasswordPolicy": { "MinimumLength": 6 } } });
        check_policy(loose.as_object().unwrap(), "secret").unwrap();
    }
}
