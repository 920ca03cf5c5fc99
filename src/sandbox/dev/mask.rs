//! Tokens in texts that are kept for the page: an agent may print, or answer with, what it was sent.
//!
//! Owns: what looks like a token. Does not own: secrets that are known (`redact`).

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_lite::Regex;

use crate::redact::MASK;

/// The text without JSON web tokens, also such as were cut off, and without what follows `Bearer`.
pub(super) fn masked(text: &str) -> Cow<'_, str> {
    static TOKEN: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern = TOKEN.get_or_init(|| {
        // The first part of a token is an object, which begins with `{"`.
        Regex::new(r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,2}|(?i:\bbearer\s+)[A-Za-z0-9._~+/=-]{6,}").ok()
    });
    match pattern {
        Some(pattern) if text.contains("eyJ") || text.to_ascii_lowercase().contains("bearer") => {
            pattern.replace_all(text, MASK)
        }
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_masked_where_they_are_cut() {
        for (text, shown) in [
            ("got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_ now", "got [redacted] now"),
            ("{\"authorization\": \"Bearer eyJhbGciOiJSUzI1NiJ9.eyJzd", "{\"authorization\": \"[redacted]"),
            ("bearer 0123456789abcdef!", "[redacted]!"),
            ("the bearer of news, eyJ and so on", "the bearer of news, eyJ and so on"),
        ] {
            assert_eq!(masked(text), shown, "{text}");
        }
    }
}
