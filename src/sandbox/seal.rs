//! Encrypted texts that only this sandbox can make and read. What an agent is given carries its own data, so nothing
//! has to be stored to check it.
//!
//! Owns: sealing (AES-256-GCM) and keyed digests, with keys derived from the sandbox's own secret key, so that they are
//! good in every run. Does not own: what is sealed, or how long it is good for.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::SandboxInfo;
use crate::error::{Context, Error, Result};
use crate::redact::ExposeSecret;

/// A keyed digest of `text` (32 bytes): the same in every run of this sandbox, and of no other.
pub(crate) fn digest(info: &SandboxInfo, purpose: &str, text: &str) -> hmac::Tag {
    let key = hmac::Key::new(hmac::HMAC_SHA256, info.secret_access_key.expose_secret().as_bytes());
    let own = hmac::sign(&key, format!("agentcore sandbox: {purpose}").as_bytes());
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, own.as_ref()), text.as_bytes())
}

fn key(info: &SandboxInfo, purpose: &str) -> Result<RandomizedNonceKey> {
    RandomizedNonceKey::new(&AES_256_GCM, digest(info, purpose, "seal").as_ref())
        .map_err(|_| Error::failed("could not set up the sandbox's sealing key"))
}

/// An opaque text that holds `content`. What is sealed for one purpose cannot be opened for another.
///
/// # Errors
/// When the system's random source fails.
pub(crate) fn seal(info: &SandboxInfo, purpose: &str, content: &impl Serialize) -> Result<String> {
    let mut bytes = serde_json::to_vec(content).context("could not serialise what is to be sealed")?;
    let nonce = key(info, purpose)?
        .seal_in_place_append_tag(Aad::from(purpose.as_bytes()), &mut bytes)
        .map_err(|_| Error::failed("could not seal a token"))?;
    let mut all = nonce.as_ref().to_vec();
    all.append(&mut bytes);
    Ok(URL_SAFE_NO_PAD.encode(all))
}

/// What [`seal`] put in. `None` for a text of another sandbox or purpose, and for one that was changed.
pub(crate) fn open<T: DeserializeOwned>(info: &SandboxInfo, purpose: &str, text: &str) -> Option<T> {
    let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let plain = key(info, purpose).ok()?.open_in_place(nonce, Aad::from(purpose.as_bytes()), sealed).ok()?;
    serde_json::from_slice(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::tests::TestSandbox;

    #[test]
    fn only_the_same_sandbox_opens_unchanged_sealed_text() {
        let (one, _one) = TestSandbox::bare();
        let (other, _other) = TestSandbox::bare();
        let text = seal(&one.info, "a", &("workload", 7)).unwrap();
        assert_eq!(open::<(String, i64)>(&one.info, "a", &text), Some(("workload".to_owned(), 7)));
        assert_eq!(open::<(String, i64)>(&one.info, "b", &text), None);
        assert_eq!(open::<(String, i64)>(&other.info, "a", &text), None);
        assert!(!text.contains("workload"));
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last digit of base64 may hold bits that stand for nothing; those are refused when they are set.
            assert_eq!(open::<(String, i64)>(&one.info, "a", &changed), None, "{at}");
        }
        assert_eq!(open::<(String, i64)>(&one.info, "a", ""), None);
        assert_ne!(seal(&one.info, "a", &1).unwrap(), seal(&one.info, "a", &1).unwrap());
    }
}
