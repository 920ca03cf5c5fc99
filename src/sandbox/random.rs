//! Identifiers and secrets from the system's random source.

use crate::error::{Context, Result};

const UPPER_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Random bytes from the system.
///
/// # Errors
/// When the system's random source fails.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("the system's random source failed")?;
    Ok(bytes)
}

/// `length` letters and digits of both cases.
pub(crate) fn alphanumeric(length: usize) -> Result<String> {
    pick(ALPHANUMERIC, length)
}

/// `length` lower-case letters and digits.
pub(crate) fn lowercase(length: usize) -> Result<String> {
    pick(LOWER_DIGITS, length)
}

/// `length` upper-case letters and the digits 2 to 7, the alphabet of AWS key ids.
pub(crate) fn key_id(length: usize) -> Result<String> {
    pick(UPPER_DIGITS, length)
}

pub(crate) fn uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Unbiased: bytes beyond the last full round of the alphabet are thrown away.
fn pick(alphabet: &[u8], length: usize) -> Result<String> {
    let rounds = 256 / alphabet.len() * alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in bytes::<32>()?.into_iter().map(usize::from).filter(|byte| *byte < rounds) {
            if text.len() < length {
                text.push(char::from(alphabet[byte % alphabet.len()]));
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_the_asked_length_and_alphabet() {
        let text = alphanumeric(1000).unwrap();
        assert_eq!(text.len(), 1000);
        assert!(text.bytes().all(|byte| ALPHANUMERIC.contains(&byte)));
        assert!(ALPHANUMERIC.iter().all(|byte| text.as_bytes().contains(byte)));
        assert_ne!(key_id(16).unwrap(), key_id(16).unwrap());
    }
}
