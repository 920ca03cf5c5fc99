//! A bearer token in the compact JWS form: taking it apart, and checking its signature against a provider's keys.
//!
//! Owns: what counts as parsable, which algorithms are ever used, and how claims are read (strictly: a claim of an
//! unexpected type counts as absent). Does not own: what the claims must be (`evaluate`).
//!
//! A token never prints itself. Messages quote claims, never the token or its signature.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

use crate::error::{Code, Error, Result};

/// Why a text is not a token. Never quotes the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unparsable {
    pub(crate) reason: &'static str,
}

impl fmt::Display for Unparsable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)
    }
}

impl std::error::Error for Unparsable {}

/// A parsed token whose signature has not been checked.
pub(crate) struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signing_input: String,
    /// Still in base64, which is what the verifier takes.
    signature: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").finish_non_exhaustive()
    }
}

impl Token {
    /// Parses a compact JWS.
    ///
    /// # Errors
    /// When it does not have three base64url parts of which the first two are JSON objects, when the header names no
    /// algorithm, or when the header demands extensions (`crit`): none is understood here, so RFC 7515 says to refuse.
    pub(crate) fn parse(text: &str) -> Result<Self, Unparsable> {
        let unparsable = |reason| Unparsable { reason };
        if text.is_empty() {
            return Err(unparsable("it is empty"));
        }
        if text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer ")) {
            return Err(unparsable("it starts with `Bearer `, which belongs to the header and not to the token"));
        }
        if text.contains(|c: char| c.is_whitespace()) {
            return Err(unparsable("it contains white space"));
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(unparsable(match parts.len() {
                1 => "it is not a JWT: a single part without dots, as providers give for opaque tokens",
                5 => "it is an encrypted token (JWE), which the service cannot read",
                _ => "it is not a JWT: three parts with dots between them are expected",
            }));
        };
        let header = object(header).ok_or(unparsable("its header is not a JSON object in base64url"))?;
        let claims = object(claims).ok_or(unparsable("its claims are not a JSON object in base64url"))?;
        if URL_SAFE_NO_PAD.decode(signature).is_err() {
            return Err(unparsable("its signature is not base64url"));
        }
        if !header.get("alg").is_some_and(Value::is_string) {
            return Err(unparsable("its header names no algorithm"));
        }
        if header.contains_key("crit") {
            return Err(unparsable("its header demands an extension (`crit`)"));
        }
        let signing_input = text[..text.len() - signature.len() - 1].to_owned();
        Ok(Self { header, claims, signing_input, signature: signature.to_owned() })
    }

    /// Checks the signature against the keys of the provider. A token without `kid` is tried against the only key that
    /// has its algorithm; with several such keys it is refused, because a verifier must not guess.
    pub(crate) fn verify(&self, keys: &KeySet) -> SignatureCheck {
        let name = self.algorithm();
        let Some(algorithm) = accepted_algorithm(name) else {
            return SignatureCheck::AlgorithmRefused { alg: name.to_owned() };
        };
        let kid = self.kid();
        let named: Vec<&VerificationKey> = match kid {
            Some(kid) => keys.keys.iter().filter(|key| key.kid.as_deref() == Some(kid)).collect(),
            None => keys.keys.iter().filter(|key| key.algorithms.contains(&algorithm)).collect(),
        };
        if named.is_empty() || (kid.is_none() && named.len() > 1) {
            let unusable = keys.unusable.iter().find(|(id, _)| kid.is_some() && id.as_deref() == kid);
            return match unusable {
                Some((_, reason)) => SignatureCheck::UnusableKey { kid: kid.map(str::to_owned), reason },
                None => SignatureCheck::UnknownKey { kid: kid.map(str::to_owned) },
            };
        }
        let mut tried = named.iter().filter(|key| key.algorithms.contains(&algorithm)).peekable();
        if tried.peek().is_none() {
            return SignatureCheck::AlgorithmRefused { alg: name.to_owned() };
        }
        let valid = tried.any(|key| {
            let message = self.signing_input.as_bytes();
            jsonwebtoken::crypto::verify(&self.signature, message, &key.decoding, algorithm).unwrap_or(false)
        });
        if valid { SignatureCheck::Valid } else { SignatureCheck::BadSignature }
    }

    /// The algorithm that the header names. Not yet trusted.
    pub(crate) fn algorithm(&self) -> &str {
        self.header.get("alg").and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    pub(crate) fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    /// The claim when it is a string.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    pub(crate) fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// `aud`, which is a string or a list of strings; empty for anything else.
    pub(crate) fn audience(&self) -> Vec<&str> {
        match self.claim("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(items)) => strings(items),
            _ => Vec::new(),
        }
    }

    pub(crate) fn client_id(&self) -> Option<&str> {
        self.text("client_id")
    }

    /// `scope`, a string with spaces, or else `scp`, a list. How the service reads a token with both is not known;
    /// taking the standard one alone accepts less.
    pub(crate) fn scopes(&self) -> Vec<&str> {
        match (self.claim("scope"), self.claim("scp")) {
            (Some(Value::String(scope)), _) => scope.split(' ').filter(|scope| !scope.is_empty()).collect(),
            (None, Some(Value::Array(items))) => strings(items),
            _ => Vec::new(),
        }
    }

    /// Seconds since the epoch, like `nbf` and `iat`.
    pub(crate) fn expires_at(&self) -> Option<i64> {
        self.time("exp")
    }

    pub(crate) fn not_before(&self) -> Option<i64> {
        self.time("nbf")
    }

    /// Cognito's `access` or `id`.
    pub(crate) fn token_use(&self) -> Option<&str> {
        self.text("token_use")
    }

    /// A NumericDate, whole or with a fraction that is cut off.
    fn time(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        if let Some(whole) = value.as_i64() {
            return Some(whole);
        }
        // 2^53: beyond it a float is no longer exact to the second, and no clock reads that.
        let limit = 9_007_199_254_740_992.0;
        let fraction = value.as_f64().filter(|seconds| seconds.abs() < limit)?;
        #[expect(clippy::cast_possible_truncation, reason = "the line above bounds it")]
        Some(fraction.floor() as i64)
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    match serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

/// The items, or nothing when one of them is not a string.
fn strings(items: &[Value]) -> Vec<&str> {
    items.iter().map(Value::as_str).collect::<Option<_>>().unwrap_or_default()
}

/// The result of a signature check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignatureCheck {
    Valid,
    BadSignature,
    /// The provider publishes no key of this id.
    UnknownKey {
        kid: Option<String>,
    },
    /// The provider publishes the key, and it cannot verify signatures here.
    UnusableKey {
        kid: Option<String>,
        reason: &'static str,
    },
    /// Never accepted (`none`, `HS256` …), or not what the key is for.
    AlgorithmRefused {
        alg: String,
    },
}

/// Asymmetric algorithms only. With a shared-secret algorithm the public key would serve as the secret, and `none`
/// signs nothing.
pub(super) fn accepted_algorithm(name: &str) -> Option<Algorithm> {
    match name {
        "RS256" => Some(Algorithm::RS256),
        "RS384" => Some(Algorithm::RS384),
        "RS512" => Some(Algorithm::RS512),
        "PS256" => Some(Algorithm::PS256),
        "PS384" => Some(Algorithm::PS384),
        "PS512" => Some(Algorithm::PS512),
        "ES256" => Some(Algorithm::ES256),
        "ES384" => Some(Algorithm::ES384),
        "EdDSA" => Some(Algorithm::EdDSA),
        _ => None,
    }
}

/// The public keys of a provider.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySet {
    keys: Vec<VerificationKey>,
    unusable: Vec<(Option<String>, &'static str)>,
}

#[derive(Clone, Debug)]
struct VerificationKey {
    kid: Option<String>,
    /// The one that the key declares, else all of its type.
    algorithms: Vec<Algorithm>,
    decoding: DecodingKey,
}

impl KeySet {
    /// Reads a JWK set. A key that cannot verify signatures here (another use, another type, broken) does not spoil the
    /// rest; it is remembered, so that a token signed with it gets a precise answer.
    ///
    /// # Errors
    /// [`crate::error::Kind::Usage`] when there is no list `keys`.
    pub(crate) fn from_json(document: &Value) -> Result<Self> {
        let Some(Value::Array(items)) = document.get("keys") else {
            return Err(Error::usage("the key set has no list `keys`").code(Code::DiscoveryKeySet));
        };
        let mut set = Self::default();
        for item in items {
            let kid = item.get("kid").and_then(Value::as_str).map(str::to_owned);
            match read_key(item) {
                Ok((algorithms, decoding)) => set.keys.push(VerificationKey { kid, algorithms, decoding }),
                Err(reason) => set.unusable.push((kid, reason)),
            }
        }
        Ok(set)
    }

    /// The number of keys that can verify a signature.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn contains(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid.as_deref() == Some(kid))
    }

    /// Whether the set names this key at all, usable or not.
    pub(super) fn mentions(&self, kid: &str) -> bool {
        self.contains(kid) || self.unusable.iter().any(|(id, _)| id.as_deref() == Some(kid))
    }

    /// The id of a key that verifies signatures of this algorithm.
    pub(super) fn kid_for(&self, algorithm: Algorithm) -> Option<&str> {
        self.keys.iter().filter(|key| key.algorithms.contains(&algorithm)).find_map(|key| key.kid.as_deref())
    }

    pub(crate) fn kids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter_map(|key| key.kid.as_deref())
    }

    /// Why keys were left out, each reason once.
    pub(crate) fn unusable_reasons(&self) -> Vec<&'static str> {
        let mut reasons: Vec<_> = self.unusable.iter().map(|(_, reason)| *reason).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }
}

fn read_key(jwk: &Value) -> Result<(Vec<Algorithm>, DecodingKey), &'static str> {
    use Algorithm as A;
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let bytes = |name: &str| text(name).and_then(|value| URL_SAFE_NO_PAD.decode(value).ok());
    if text("use").is_some_and(|usage| usage != "sig") {
        return Err("the key is not for signatures");
    }
    if let Some(Value::Array(operations)) = jwk.get("key_ops")
        && !operations.iter().any(|operation| operation == "verify")
    {
        return Err("the key is not for verification");
    }
    let broken = "the key is incomplete";
    let (family, decoding) = match (text("kty"), text("crv")) {
        (Some("RSA"), _) => {
            let (Some(n), Some(e)) = (bytes("n"), bytes("e")) else { return Err(broken) };
            // The verifier takes 2048 to 8192 bits; leading zero bytes do not count.
            let length = n.iter().skip_while(|byte| **byte == 0).count();
            if !(256..=1024).contains(&length) {
                return Err("the RSA key is not of 2048 to 8192 bits");
            }
            let all: &[A] = &[A::RS256, A::RS384, A::RS512, A::PS256, A::PS384, A::PS512];
            (all, DecodingKey::from_rsa_raw_components(&n, &e))
        }
        (Some("EC"), Some(curve @ ("P-256" | "P-384"))) => {
            let (all, size): (&[A], usize) = if curve == "P-256" { (&[A::ES256], 32) } else { (&[A::ES384], 48) };
            let (Some(x), Some(y)) = (bytes("x"), bytes("y")) else { return Err(broken) };
            if x.len() != size || y.len() != size {
                return Err(broken);
            }
            let decoding = DecodingKey::from_ec_der(&[&[4][..], &x, &y].concat());
            (all, decoding)
        }
        (Some("OKP"), Some("Ed25519")) => match bytes("x") {
            Some(x) if x.len() == 32 => (&[A::EdDSA][..], DecodingKey::from_ed_der(&x)),
            _ => return Err(broken),
        },
        (Some("oct"), _) => return Err("the key is a shared secret"),
        _ => return Err("the key is of a type or curve that is not supported"),
    };
    match text("alg") {
        None => Ok((family.to_vec(), decoding)),
        Some(name) => match accepted_algorithm(name).filter(|algorithm| family.contains(algorithm)) {
            Some(algorithm) => Ok((vec![algorithm], decoding)),
            None => Err("the key declares an algorithm that does not fit its type"),
        },
    }
}

/// Keys and tokens for tests of this room.
#[cfg(test)]
pub(super) mod mint {
    use std::sync::LazyLock;

    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{
        self, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
        RsaKeyPair, RsaPublicKeyComponents,
    };
    use serde_json::json;

    use super::*;

    pub(in crate::auth) struct TestKeys {
        rsa: RsaKeyPair,
        p256: EcdsaKeyPair,
        p384: EcdsaKeyPair,
        ed: Ed25519KeyPair,
    }

    /// Made once for all tests: an RSA key takes a while.
    pub(in crate::auth) static KEYS: LazyLock<TestKeys> = LazyLock::new(TestKeys::generate);

    pub(in crate::auth) fn b64(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The text of a token with this signature.
    pub(in crate::auth) fn compact(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
        let input = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        let signature = b64(sign(input.as_bytes()));
        format!("{input}.{signature}")
    }

    impl TestKeys {
        pub(in crate::auth) fn generate() -> Self {
            Self {
                rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
                p256: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
                p384: EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap(),
                ed: Ed25519KeyPair::generate().unwrap(),
            }
        }

        /// One key per type, `kid` = type; the RSA key declares RS256, as Cognito's do, and `any-rsa` declares nothing.
        pub(in crate::auth) fn jwks(&self) -> Value {
            let rsa = RsaPublicKeyComponents::<Vec<u8>>::from(self.rsa.public_key());
            let (n, e) = (b64(&rsa.n), b64(&rsa.e));
            let (a, b) = (self.p256.public_key().as_ref(), self.p384.public_key().as_ref());
            json!({"keys": [
                {"kid": "rsa", "kty": "RSA", "alg": "RS256", "use": "sig", "n": n, "e": e},
                {"kid": "any-rsa", "kty": "RSA", "n": n, "e": e, "key_ops": ["verify"]},
                {"kid": "p256", "kty": "EC", "crv": "P-256", "x": b64(&a[1..33]), "y": b64(&a[33..])},
                {"kid": "p384", "kty": "EC", "crv": "P-384", "x": b64(&b[1..49]), "y": b64(&b[49..])},
                {"kid": "ed", "kty": "OKP", "crv": "Ed25519", "x": b64(self.ed.public_key())},
                {"kid": "enc", "kty": "RSA", "use": "enc", "n": n, "e": e},
                {"kid": "hmac", "kty": "oct", "k": b64("secret-secret-secret-secret-secret")},
                {"kid": "short", "kty": "RSA", "n": b64([255_u8; 128]), "e": e},
                {"kid": "p521", "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
            ]})
        }

        pub(in crate::auth) fn set(&self) -> KeySet {
            KeySet::from_json(&self.jwks()).unwrap()
        }

        pub(in crate::auth) fn sign(&self, alg: &str, message: &[u8]) -> Vec<u8> {
            let rng = SystemRandom::new();
            let rsa = |padding: &'static dyn signature::RsaEncoding| {
                let mut out = vec![0; self.rsa.public_modulus_len()];
                self.rsa.sign(padding, &rng, message, &mut out).unwrap();
                out
            };
            match alg {
                "RS256" => rsa(&signature::RSA_PKCS1_SHA256),
                "RS384" => rsa(&signature::RSA_PKCS1_SHA384),
                "RS512" => rsa(&signature::RSA_PKCS1_SHA512),
                "PS256" => rsa(&signature::RSA_PSS_SHA256),
                "PS384" => rsa(&signature::RSA_PSS_SHA384),
                "PS512" => rsa(&signature::RSA_PSS_SHA512),
                "ES256" => self.p256.sign(&rng, message).unwrap().as_ref().to_vec(),
                "ES384" => self.p384.sign(&rng, message).unwrap().as_ref().to_vec(),
                "EdDSA" => self.ed.sign(message).as_ref().to_vec(),
                other => panic!("no key for {other}"),
            }
        }

        pub(in crate::auth) fn token_text(&self, alg: &str, kid: Option<&str>, claims: &Value) -> String {
            let mut header = json!({"alg": alg, "typ": "JWT"});
            if let Some(kid) = kid {
                header["kid"] = json!(kid);
            }
            compact(&header, claims, |input| self.sign(alg, input))
        }

        pub(in crate::auth) fn token(&self, claims: &Value) -> Token {
            Token::parse(&self.token_text("RS256", Some("rsa"), claims)).unwrap()
        }

        /// The public RSA key as a byte string, for the attack that uses it as a shared secret.
        pub(in crate::auth) fn public_der(&self) -> Vec<u8> {
            AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(self.rsa.public_key()).unwrap().as_ref().to_vec()
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;
    use proptest::prelude::*;
    use serde_json::json;

    use super::mint::{self, KEYS, b64, compact};
    use super::*;

    fn token(claims: &Value) -> Token {
        Token::parse(&compact(&json!({"alg": "RS256"}), claims, |_| vec![1])).unwrap()
    }

    #[test]
    fn unparsable_texts() {
        let head = b64(r#"{"alg":"RS256"}"#);
        let body = b64("{}");
        let cases = [
            (String::new(), "empty"),
            ("opaque-token".to_owned(), "opaque"),
            ("a.b".to_owned(), "three parts"),
            (format!("{head}.{body}.x.y"), "three parts"),
            ("a.b.c.d.e".to_owned(), "JWE"),
            (format!("Bearer {head}.{body}.AA"), "`Bearer `"),
            (format!("{head}.{body}.AA\n"), "white space"),
            (format!("!.{body}.AA"), "header"),
            (format!("{}.{body}.AA", b64("[]")), "header"),
            (format!("{}.{body}.AA", b64("not json")), "header"),
            (format!("{head}=.{body}.AA"), "header"),
            (format!("{head}.{}.AA", b64("7")), "claims"),
            (format!("{head}.{}.AA", b64([0xff, 0xfe])), "claims"),
            (format!("{head}.{body}.A"), "signature"),
            (format!("{head}.{body}.+/+/"), "signature"),
            (format!("{body}.{body}.AA"), "no algorithm"),
            (format!("{}.{body}.AA", b64(r#"{"alg":1}"#)), "no algorithm"),
            (format!("{}.{body}.AA", b64(r#"{"alg":"RS256","crit":["b64"],"b64":false}"#)), "`crit`"),
        ];
        for (text, reason) in cases {
            let error = Token::parse(&text).unwrap_err();
            assert!(error.reason.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn nothing_of_the_token_is_printed() {
        let text = KEYS.token_text("RS256", Some("rsa"), &json!({"sub": "canary"}));
        assert_eq!(format!("{:?}", Token::parse(&text).unwrap()), "Token { .. }");
    }

    #[test]
    fn claims_are_read_strictly() {
        let audience: [(Value, &[&str]); 6] = [
            (json!({"aud": "a"}), &["a"]),
            (json!({"aud": ["a", "b"]}), &["a", "b"]),
            (json!({"aud": ["a", 1]}), &[]),
            (json!({"aud": 1}), &[]),
            (json!({"aud": {"a": "a"}}), &[]),
            (json!({}), &[]),
        ];
        for (claims, expected) in audience {
            assert_eq!(token(&claims).audience(), expected, "{claims}");
        }
        let scopes: [(Value, &[&str]); 7] = [
            (json!({"scope": "a/b  c"}), &["a/b", "c"]),
            (json!({"scope": ""}), &[]),
            (json!({"scp": ["a", "b"]}), &["a", "b"]),
            (json!({"scp": "a b"}), &[]),
            (json!({"scope": "a", "scp": ["b"]}), &["a"]),
            (json!({"scope": ["a"], "scp": ["b"]}), &[]),
            (json!({"scp": ["a", null]}), &[]),
        ];
        for (claims, expected) in scopes {
            assert_eq!(token(&claims).scopes(), expected, "{claims}");
        }
        let times = [
            (json!(1000), Some(1000)),
            (json!(1000.9), Some(1000)),
            (json!(-1), Some(-1)),
            (json!("1000"), None),
            (json!(null), None),
            (json!(u64::MAX), None),
            (json!(1e300), None),
            (json!(true), None),
            (json!([1000]), None),
        ];
        for (value, expected) in times {
            assert_eq!(token(&json!({"exp": value})).expires_at(), expected, "{value}");
        }
        assert_eq!(token(&json!({"client_id": ["c"]})).client_id(), None);
    }

    #[test]
    fn every_supported_algorithm_verifies() {
        let set = KEYS.set();
        for (alg, kid) in [
            ("RS256", "rsa"),
            ("RS256", "any-rsa"),
            ("RS384", "any-rsa"),
            ("RS512", "any-rsa"),
            ("PS256", "any-rsa"),
            ("PS384", "any-rsa"),
            ("PS512", "any-rsa"),
            ("ES256", "p256"),
            ("ES384", "p384"),
            ("EdDSA", "ed"),
        ] {
            let text = KEYS.token_text(alg, Some(kid), &json!({"sub": "x"}));
            assert_eq!(Token::parse(&text).unwrap().verify(&set), SignatureCheck::Valid, "{alg}");
            let (rest, signature) = text.rsplit_once('.').unwrap();
            let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
            bytes[7] ^= 1;
            let broken = Token::parse(&format!("{rest}.{}", b64(bytes))).unwrap();
            assert_eq!(broken.verify(&set), SignatureCheck::BadSignature, "{alg}");
            let other = mint::TestKeys::generate().token_text(alg, Some(kid), &json!({"sub": "x"}));
            assert_eq!(Token::parse(&other).unwrap().verify(&set), SignatureCheck::BadSignature, "{alg}");
        }
    }

    #[test]
    fn algorithms_that_are_never_used() {
        let set = KEYS.set();
        let hs = |secret: &[u8], input: &[u8]| {
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input).as_ref().to_vec()
        };
        let claims = json!({});
        let header = |alg: &str, kid: &str| json!({"alg": alg, "kid": kid});
        let refused = |alg: &str| SignatureCheck::AlgorithmRefused { alg: alg.to_owned() };
        let cases = [
            (compact(&header("none", "rsa"), &claims, |_| Vec::new()), refused("none")),
            (compact(&header("None", "rsa"), &claims, |_| Vec::new()), refused("None")),
            (compact(&header("HS256", "rsa"), &claims, |i| hs(&KEYS.public_der(), i)), refused("HS256")),
            (
                compact(&header("HS256", "hmac"), &claims, |i| hs(b"secret-secret-secret-secret-secret", i)),
                refused("HS256"),
            ),
            // The key says RS256 and nothing else.
            (compact(&header("PS256", "rsa"), &claims, |i| KEYS.sign("PS256", i)), refused("PS256")),
            (compact(&header("RS256", "p256"), &claims, |i| KEYS.sign("RS256", i)), refused("RS256")),
            (compact(&header("ES512", "p521"), &claims, |_| vec![1]), refused("ES512")),
        ];
        for (text, expected) in cases {
            assert_eq!(Token::parse(&text).unwrap().verify(&set), expected);
        }
    }

    #[test]
    fn keys_that_do_not_fit() {
        let set = KEYS.set();
        let verify =
            |alg: &str, kid: Option<&str>| Token::parse(&KEYS.token_text(alg, kid, &json!({}))).unwrap().verify(&set);
        let unknown = |kid: Option<&str>| SignatureCheck::UnknownKey { kid: kid.map(str::to_owned) };
        assert_eq!(verify("RS256", Some("gone")), unknown(Some("gone")));
        assert!(matches!(verify("RS256", Some("enc")), SignatureCheck::UnusableKey { .. }));
        assert!(matches!(verify("RS256", Some("short")), SignatureCheck::UnusableKey { .. }));
        // Two keys could be meant for RS256, one for RS512.
        assert_eq!(verify("RS256", None), unknown(None));
        assert_eq!(verify("RS512", None), SignatureCheck::Valid);
        assert_eq!(set.len(), 5);
        assert_eq!(set.unusable_reasons().len(), 4);
        assert!(set.contains("ed") && !set.contains("enc"));
    }

    #[test]
    fn key_sets_that_are_none() {
        for document in [json!({}), json!([]), json!({"keys": {}}), json!(null), json!({"keys": null})] {
            assert!(KeySet::from_json(&document).is_err(), "{document}");
        }
        let odd = json!({"keys": [1, null, {}, {"kty": "RSA"}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
            {"kty": "OKP", "crv": "Ed448", "x": "AA"}, {"kty": "OKP", "crv": "Ed25519", "x": "!"}]});
        assert_eq!(KeySet::from_json(&odd).unwrap().len(), 0);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "[ -~]{0,80}") {
            let _ = Token::parse(&text);
        }

        #[test]
        fn any_change_of_the_claims_breaks_the_signature(sub in "[a-z]{1,8}", other in "[a-z]{1,8}") {
            prop_assume!(sub != other);
            let text = KEYS.token_text("ES256", Some("p256"), &json!({"sub": sub}));
            let parts: Vec<&str> = text.split('.').collect();
            let forged = format!("{}.{}.{}", parts[0], b64(json!({"sub": other}).to_string()), parts[2]);
            prop_assert_eq!(Token::parse(&forged).unwrap().verify(&KEYS.set()), SignatureCheck::BadSignature);
        }
    }
}
