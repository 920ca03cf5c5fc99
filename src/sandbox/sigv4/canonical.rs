//! The canonical forms of a request's headers, path and query string, as its signature covers them.

use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str};

use super::{AUTHORITY, SignatureError};

/// RFC 3986's unreserved characters stay, all else is encoded.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A line per signed header: values trimmed, runs of spaces made one, repeated headers joined with commas.
pub(super) fn canonical_headers(headers: &HeaderMap, names: &[String]) -> Result<String, SignatureError> {
    let mut lines = String::new();
    for name in names {
        let kept = if name == AUTHORITY { "host" } else { name.as_str() };
        let mut values = headers.get_all(kept).iter().peekable();
        if values.peek().is_none() {
            return Err(SignatureError::Mismatch(format!("the signed header '{name}' is not in the request")));
        }
        let values: Vec<String> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()).split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        lines.push_str(&format!("{name}:{}\n", values.join(",")));
    }
    Ok(lines)
}

/// The canonical forms of a path that clients are known to sign.
pub(super) fn canonical_paths(raw: &str, service: &str) -> Vec<String> {
    let decoded = |path: &str| {
        let parts = path.split('/').map(|part| encode(&percent_decode_str(part).collect::<Vec<u8>>()));
        parts.collect::<Vec<_>>().join("/")
    };
    if service == "s3" {
        // Every byte of a key counts: `/b//k` and `/b/a/../k` are other objects than `/b/k`. A signature is for the path
        // that was sent and for no other spelling but that of its encoding.
        let mut forms = vec![decoded(raw), raw.to_owned()];
        forms.dedup();
        return forms;
    }
    // All other services encode the path that is sent a second time; what is sent differs in whether `:` is encoded, and
    // some clients sign another spelling than they send. Accepting each costs no safety: they name the same resource, and
    // every one takes the secret key to sign.
    let sent = normalize(raw);
    let strict = decoded(&sent);
    let twice = |path: &str| path.split('/').map(|part| encode(part.as_bytes())).collect::<Vec<_>>().join("/");
    let mut forms = vec![twice(&sent), twice(&strict), strict];
    forms.dedup();
    forms
}

/// RFC 3986 section 5.2.4 and no empty segments, but a final slash is kept.
fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let slash = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    format!("/{}{slash}", parts.join("/"))
}

/// Canonical query strings: as sent, and decoded and encoded again for clients that sign the strict form.
pub(super) fn canonical_queries(raw: &str) -> Vec<String> {
    let pairs = raw
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| *name != "X-Amz-Signature");
    let join = |mut pairs: Vec<(String, String)>| {
        pairs.sort();
        pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    };
    let again = |text: &str| encode(&percent_decode_str(text).collect::<Vec<u8>>());
    let sent = join(pairs.clone().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    let strict = join(pairs.map(|(name, value)| (again(name), again(value))).collect());
    if sent == strict { vec![sent] } else { vec![sent, strict] }
}

fn encode(bytes: &[u8]) -> String {
    percent_encoding::percent_encode(bytes, STRICT).to_string()
}
