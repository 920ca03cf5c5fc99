//! RSA signing keys of the local identity provider, and the tokens they sign.
//!
//! Owns: key generation, the stored form of a key, the public JWK, RS256 signing. Does not own: the claims of a token
//! (`cognito`), or verification (`auth`).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// An RSA 2048 key that signs RS256 tokens.
pub(crate) struct SigningKey {
    pair: KeyPair,
    kid: String,
}

impl SigningKey {
    /// A fresh key. Takes a noticeable fraction of a second; call it where blocking is allowed.
    pub(crate) fn generate() -> Result<Self> {
        let pair = KeyPair::generate(KeySize::Rsa2048)
            .map_err(|_| Error::failed("could not generate an RSA key: the system gave no randomness"))?;
        Ok(Self::new(pair))
    }

    fn new(pair: KeyPair) -> Self {
        // The form of Cognito's key ids: 32 bytes in base64, derived here from the key so that it needs no storage.
        let kid = STANDARD.encode(digest(&SHA256, pair.public_key().as_ref()));
        Self { pair, kid }
    }

    /// Reads what [`SigningKey::to_stored`] wrote.
    pub(crate) fn from_stored(text: &str) -> Result<Self> {
        let bad = || Error::failed("a stored signing key is damaged").hint("`agentcore sandbox reset` starts afresh");
        let der = STANDARD.decode(text).map_err(|_| bad())?;
        KeyPair::from_pkcs8(&der).map(Self::new).map_err(|_| bad())
    }

    /// PKCS#8 in base64, for a file that only the owner can read.
    pub(crate) fn to_stored(&self) -> Result<String> {
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&self.pair)
            .map_err(|_| Error::failed("could not encode a signing key as PKCS#8"))?;
        Ok(STANDARD.encode(der.as_ref()))
    }

    /// The public half, as it appears in a JWKS document.
    pub(crate) fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "alg": "RS256",
            "e": number(public.exponent().big_endian_without_leading_zero()),
            "kid": self.kid,
            "kty": "RSA",
            "n": number(public.modulus().big_endian_without_leading_zero()),
            "use": "sig",
        })
    }

    /// A signed compact token with these claims.
    pub(crate) fn sign(&self, claims: &Value) -> Result<String> {
        self.sign_under(&self.header(), claims)
    }

    /// The header of every ordinary token.
    pub(crate) fn header(&self) -> Value {
        json!({ "kid": self.kid, "alg": "RS256" })
    }

    /// The same signature, RS256, under any header: for tokens that must be refused.
    pub(crate) fn sign_under(&self, header: &Value, claims: &Value) -> Result<String> {
        let mut token =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .map_err(|_| Error::failed("could not sign a token"))?;
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(signature));
        Ok(token)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.kid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};

    #[test]
    fn a_token_verifies_with_the_published_key_only() {
        let key = SigningKey::generate().unwrap();
        let other = SigningKey::generate().unwrap();
        let token = key.sign(&json!({ "sub": "x", "exp": 4_000_000_000_i64, "name": "\u{d55c}" })).unwrap();
        let mut rules = Validation::new(Algorithm::RS256);
        rules.validate_aud = false;
        let open = |jwk: &Value| {
            let field = |name: &str| jwk[name].as_str().unwrap().to_owned();
            let key = DecodingKey::from_rsa_components(&field("n"), &field("e")).unwrap();
            jsonwebtoken::decode::<Value>(&token, &key, &rules)
        };
        assert_eq!(open(&key.jwk()).unwrap().claims["name"], "\u{d55c}");
        assert!(open(&other.jwk()).is_err());
    }

    #[test]
    fn a_stored_key_is_the_same_key() {
        let key = SigningKey::generate().unwrap();
        let again = SigningKey::from_stored(&key.to_stored().unwrap()).unwrap();
        assert_eq!(again.jwk(), key.jwk());
        assert_eq!(key.kid.len(), 44);
        assert!(SigningKey::from_stored("AAAA").is_err());
    }
}
