//! The page as a browser gets it: one file, with what it may do fixed in its head.
//!
//! Owns: the headers. Does not own: what is in the file (`templates/dev.html`).

use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};

use crate::sandbox::reply::{self, Response};

const PAGE: &str = include_str!("../../../templates/dev.html");

/// The page.
pub(super) fn page() -> Response {
    static POLICY: OnceLock<String> = OnceLock::new();
    let policy = POLICY.get_or_init(|| {
        format!(
            "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; img-src data:; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'",
            allowed("<script>", "</script>"),
            allowed("<style>", "</style>")
        )
    });
    let mut response = reply::with_body(200, "text/html; charset=utf-8", PAGE);
    guard(response.headers_mut(), policy);
    response
}

/// Data is for the page's script, and never shown as a page of its own.
pub(super) fn data(mut response: Response) -> Response {
    guard(response.headers_mut(), "default-src 'none'; sandbox; frame-ancestors 'none'");
    response
}

fn guard(headers: &mut HeaderMap, policy: &str) {
    let fixed = [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

/// The hash of the one element of this kind.
fn allowed(begin: &str, end: &str) -> String {
    let inside = PAGE.split_once(begin).and_then(|(_, rest)| rest.split_once(end)).map_or("", |(inside, _)| inside);
    format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, inside.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_asks_nobody_else() {
        for word in ["http://", "https://", "//cdn", "@import", "url(", "innerHTML", "outerHTML", "insertAdjacentHTML"]
        {
            assert!(!PAGE.contains(word), "{word}");
        }
        // What the policy has hashes for, and would not let run otherwise.
        for (part, count) in [("<script", 1), ("<style", 1), (" style=", 0), (" onclick=", 0), ("document.write", 0)] {
            assert_eq!(PAGE.matches(part).count(), count, "{part}");
        }
        assert!(!PAGE.contains('\r'), "the hash is of what the browser reads");
    }
}
