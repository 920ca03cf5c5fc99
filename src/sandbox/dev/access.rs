//! Who may read the page's data and call agents through it: the page itself, on this machine, and programs.
//!
//! Owns: what keeps pages of elsewhere out. Does not own: the page's own limits (`html`).
//!
//! A web page that the same browser shows could try to reach this server under its own host name (DNS rebinding), or send it
//! requests of its own (CSRF). The first names a strange host; the second cannot set a header without asking, and is not
//! told yes.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::header::{HOST, HeaderName, ORIGIN};

use crate::http::is_loopback;
use crate::redact::{ExposeSecret, SecretString};
use crate::sandbox::reply::Fault;
use crate::sandbox::request::Request;

/// The header that a request for data has to have, as has one for a token. Where there is a key, the key is its value.
pub(crate) const PAGE_HEADER: HeaderName = HeaderName::from_static("x-agentcore-dev");

/// Browsers say with it whose page a request comes from.
const FETCH_SITE: &str = "sec-fetch-site";

/// Refuses a request under another name than this machine's own.
pub(super) fn refuse_host(request: &Request) -> Option<Fault> {
    let host = request.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_own = url::Url::parse(&format!("http://{host}")).is_ok_and(|url| is_loopback(&url));
    (!is_own).then(|| refused("The page answers under 127.0.0.1 and localhost only"))
}

/// Refuses a request for data that comes from anywhere but the page itself, or from a program. `key`: what it must know.
pub(super) fn refuse(request: &Request, key: Option<&SecretString>) -> Option<Fault> {
    if let Some(fault) = refuse_host(request) {
        return Some(fault);
    }
    let own_origin = format!("http://{}", request.header(HOST.as_str()).unwrap_or_default());
    let of_other_page = request.headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes() != own_origin.as_bytes())
        || request.headers.get(FETCH_SITE).is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    if of_other_page {
        return Some(refused("Web pages of other origins may not use this address"));
    }
    let given = request.headers.get(&PAGE_HEADER);
    match (given, key) {
        (None, _) => Some(refused(format!("the request has no header `{PAGE_HEADER}`"))),
        (Some(given), Some(key))
            if verify_slices_are_equal(given.as_bytes(), key.expose_secret().as_bytes()).is_err() =>
        {
            Some(refused(
                "The key is missing or wrong: `agentcore sandbox page` prints the page's address with its key",
            ))
        }
        _ => None,
    }
}

fn refused(text: impl Into<String>) -> Fault {
    Fault::new(403, "AccessDeniedException", text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;

    use super::*;

    fn is_refused(headers: &[(&str, &str)], key: Option<&str>) -> bool {
        let request =
            headers.iter().fold(http::Request::get("/_dev/state"), |all, (name, value)| all.header(*name, *value));
        let request = Request::new(request.body(Body::empty()).unwrap(), Duration::from_secs(30));
        refuse(&request, key.map(|key| SecretString::from(key.to_owned())).as_ref()).is_some()
    }

    #[test]
    fn only_the_page_and_programs_get_data() {
        let mark = ("x-agentcore-dev", "1");
        for good in [
            &[("host", "127.0.0.1:8080"), mark][..],
            &[("host", "localhost:8080"), mark, ("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")],
            &[("host", "[::1]:9"), mark, ("sec-fetch-site", "none")],
        ] {
            assert!(!is_refused(good, None), "{good:?}");
        }
        for bad in [
            &[("host", "127.0.0.1:8080")][..],
            &[mark],
            &[("host", "evil.example:8080"), mark],
            &[("host", "127.0.0.1.evil.example"), mark],
            &[("host", "127.0.0.1:8080"), mark, ("origin", "null")],
            &[("host", "127.0.0.1:8080"), mark, ("origin", "http://127.0.0.1:3000")],
            &[("host", "127.0.0.1:8080"), mark, ("origin", "http://localhost:8080")],
            &[("host", "127.0.0.1:8080"), mark, ("sec-fetch-site", "same-site")],
            &[("host", "127.0.0.1:8080"), mark, ("sec-fetch-site", "cross-site")],
        ] {
            assert!(is_refused(bad, None), "{bad:?}");
        }
        let with = |value| is_refused(&[("host", "127.0.0.1:1"), ("x-agentcore-dev", value)], Some("key"));
        assert!(!with("key") && with("1") && with("keys"));
    }
}
