//! Browsers as clients: what they ask before a request to another origin, and what lets a page read the answer.
//!
//! Owns: the data plane, Cognito's operations and pages, and the pages of outbound identity. Does not own: S3, whose
//! buckets say themselves which origins they allow (and have no such setting here), the registry, and the sandbox's own
//! pages, which no web page may read.

use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method};

use super::reply::{self, Fault, Protocol, Response};
use super::request::Request;

const ALLOW_ORIGIN: HeaderName = http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
const METHOD: HeaderName = http::header::ACCESS_CONTROL_REQUEST_METHOD;
/// Response headers that a page may read besides the safelisted ones.
const EXPOSED: &str = "WWW-Authenticate, x-amzn-ErrorType, x-amzn-RequestId, Mcp-Session-Id, \
                       X-Amzn-Bedrock-AgentCore-Runtime-Session-Id";
/// How long a browser may cache a preflight, in seconds.
const KEEP: &str = "600";

fn is_open(request: &Request) -> bool {
    matches!(
        *request.path().as_slice(),
        [""] | ["runtimes" | "identities" | "oauth2", ..] | [_, ".well-known", _] | [".well-known", ..]
    )
}

/// Whether the request comes from a page of another origin, which may read the answer.
pub(super) fn origin(request: &Request) -> bool {
    request.headers.contains_key(http::header::ORIGIN) && is_open(request)
}

/// The answer to a preflight; `None` for every other request.
pub(super) fn preflight(request: &Request) -> Option<Response> {
    let asked = request.headers.get(METHOD)?;
    if request.method != Method::OPTIONS || !request.headers.contains_key(http::header::ORIGIN) {
        return None;
    }
    if !is_open(request) {
        let fault = Fault::new(403, "AccessForbidden", "CORSResponse: CORS is not enabled for this address.");
        return Some(reply::fault(&Protocol::RestXml, fault, &request.id));
    }
    let mut response = reply::empty(204);
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(http::header::ACCESS_CONTROL_ALLOW_METHODS, asked.clone());
    if let Some(names) = request.headers.get(http::header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(http::header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    headers.insert(http::header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(KEEP));
    Some(response)
}

/// Lets any page read the answer: access is decided by the token that it sends.
pub(super) fn allow(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(http::header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
}
