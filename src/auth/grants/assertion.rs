//! Client authentication by a signed assertion (`private_key_jwt`, RFC 7523 and OpenID Connect Core, section 9).
//!
//! Owns: reading a PEM key and signing with it. The key never prints itself.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;

use crate::clock;
use crate::error::{Code, Error, Result};
use crate::redact::{ExposeSecret, SecretString};

/// Lifetime of an assertion, in seconds.
const LIFE: i64 = 120;

/// A client's private key.
pub(crate) struct ClientKey {
    pair: Pair,
    /// The `kid` that the provider knows the public key by.
    id: Option<String>,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair, &'static str),
    Ed(Ed25519KeyPair),
}

impl std::fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl ClientKey {
    /// Reads the first private key of a PEM text: PKCS#8, PKCS#1 (RSA) or SEC 1 (P-256, P-384), not encrypted.
    ///
    /// # Errors
    /// [`crate::error::Kind::Usage`], which never quotes the text.
    pub(crate) fn from_pem(pem: &SecretString, id: Option<&str>) -> Result<Self> {
        let bad = |why: &str| {
            Error::usage(format!("the client's private key cannot be used: {why}"))
                .code(Code::TokenPrivateKey)
                .hint("it must be a PEM file with an unencrypted RSA, P-256, P-384 or Ed25519 private key")
        };
        let key = PrivateKeyDer::from_pem_slice(pem.expose_secret().as_bytes())
            .map_err(|_| bad("there is no unencrypted private key in the file"))?;
        let pair = match &key {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok().map(Pair::Rsa),
            PrivateKeyDer::Sec1(der) => {
                elliptic(|curve| EcdsaKeyPair::from_private_key_der(curve, der.secret_sec1_der()).ok())
            }
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                RsaKeyPair::from_pkcs8(der)
                    .ok()
                    .map(Pair::Rsa)
                    .or_else(|| elliptic(|curve| EcdsaKeyPair::from_pkcs8(curve, der).ok()))
                    .or_else(|| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Pair::Ed))
            }
            _ => None,
        };
        Ok(Self { pair: pair.ok_or_else(|| bad("its kind is not known"))?, id: id.map(str::to_owned) })
    }

    /// The algorithm to sign with, out of those that the provider lists (an empty list says nothing).
    fn algorithm(&self, listed: &[String]) -> &'static str {
        match &self.pair {
            Pair::Rsa(_) if !listed.is_empty() && !listed.iter().any(|name| name == "RS256") => "PS256",
            Pair::Rsa(_) => "RS256",
            Pair::Ec(_, name) => name,
            Pair::Ed(_) => "EdDSA",
        }
    }

    /// A fresh assertion for one request to `audience`. Providers accept each only once.
    ///
    /// # Errors
    /// When the key does not sign.
    pub(super) fn assert(&self, client_id: &str, audience: &str, listed: &[String]) -> Result<SecretString> {
        let algorithm = self.algorithm(listed);
        let mut header = json!({ "alg": algorithm, "typ": "JWT" });
        if let Some(id) = &self.id {
            header["kid"] = json!(id);
        }
        let now = clock::unix_now();
        let claims = json!({
            "iss": client_id, "sub": client_id, "aud": audience,
            "iat": now, "nbf": now, "exp": now + LIFE, "jti": uuid::Uuid::new_v4().to_string(),
        });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", part(&header), part(&claims));
        let signature = self.sign(algorithm, input.as_bytes())?;
        Ok(SecretString::from(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }

    fn sign(&self, algorithm: &str, input: &[u8]) -> Result<Vec<u8>> {
        let failed = |_| Error::failed("the client's private key did not sign").code(Code::TokenPrivateKey);
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let padding: &'static dyn RsaEncoding =
                    if algorithm == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, input, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Pair::Ec(pair, _) => Ok(pair.sign(&random, input).map_err(failed)?.as_ref().to_vec()),
            Pair::Ed(pair) => Ok(pair.sign(input).as_ref().to_vec()),
        }
    }
}

fn elliptic(read: impl Fn(&'static EcdsaSigningAlgorithm) -> Option<EcdsaKeyPair>) -> Option<Pair> {
    [(&ECDSA_P256_SHA256_FIXED_SIGNING, "ES256"), (&ECDSA_P384_SHA384_FIXED_SIGNING, "ES384")]
        .into_iter()
        .find_map(|(curve, name)| Some(Pair::Ec(read(curve)?, name)))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::KeySize;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::Value;

    use super::*;

    fn pem(der: &[u8]) -> SecretString {
        let body = STANDARD.encode(der);
        let lines: Vec<&str> = (0..body.len()).step_by(64).map(|at| &body[at..body.len().min(at + 64)]).collect();
        SecretString::from(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")))
    }

    fn parts(token: &SecretString) -> (Value, Value) {
        let parts: Vec<&str> = token.expose_secret().split('.').collect();
        let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        (read(parts[0]), read(parts[1]))
    }

    #[test]
    fn assertion_names_client_twice_and_is_never_reused() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
        let key = ClientKey::from_pem(&pem(der.as_ref()), Some("k1")).unwrap();
        let (header, claims) = parts(&key.assert("c", "https://idp.example/token", &[]).unwrap());
        assert_eq!((&header["alg"], &header["kid"]), (&json!("RS256"), &json!("k1")));
        assert_eq!(
            (&claims["iss"], &claims["sub"], &claims["aud"]),
            (&json!("c"), &json!("c"), &json!("https://idp.example/token"))
        );
        let (_, again) = parts(&key.assert("c", "a", &[]).unwrap());
        assert_ne!(claims["jti"], again["jti"]);
        assert_eq!(key.algorithm(&["PS256".to_owned()]), "PS256");
    }

    #[test]
    fn elliptic_keys_sign_with_their_own_algorithm() {
        let random = SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random).unwrap();
        let key = ClientKey::from_pem(&pem(der.as_ref()), None).unwrap();
        let (header, _) = parts(&key.assert("c", "a", &[]).unwrap());
        assert_eq!(header["alg"], json!("ES384"));
        let der = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
        let key = ClientKey::from_pem(&pem(der.as_ref()), None).unwrap();
        assert_eq!(parts(&key.assert("c", "a", &[]).unwrap()).0["alg"], json!("EdDSA"));
    }

    #[test]
    fn a_bad_key_is_refused_without_being_quoted() {
        for text in ["canary-key", "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n"] {
            let error = ClientKey::from_pem(&SecretString::from(text.to_owned()), None).unwrap_err();
            assert_eq!(error.code_str(), "token.private-key");
            assert!(!format!("{error}").contains("anary"), "{error}");
        }
    }
}
