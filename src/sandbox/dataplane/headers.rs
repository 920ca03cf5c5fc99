//! Which of a caller's headers reach the agent.
//!
//! Source: the developer guide's page on header allowlists; the restricted names are also in the Python SDK.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::facts::PASSED_HEADERS;

/// Headers that callers may use although they begin with `x-amzn-`.
pub(crate) const CUSTOM_PREFIX: &str = "x-amzn-bedrock-agentcore-runtime-custom-";
pub(crate) const SESSION: &str = "x-amzn-bedrock-agentcore-runtime-session-id";
pub(crate) const USER: &str = "x-amzn-bedrock-agentcore-runtime-user-id";
const REQUEST_ID: &str = "x-amzn-bedrock-agentcore-runtime-request-id";
/// The workload access token goes out under its new and its old name.
const WORKLOAD_TOKEN: [&str; 2] = ["x-amz-bedrock-agentcore-identity-wat", "workloadaccesstoken"];
pub(crate) const MCP_SESSION: &str = "mcp-session-id";
/// The longest value that is passed on, in bytes.
const LONGEST_VALUE: usize = 4096;

/// Headers of an agent's answer that reach the caller.
const RETURNED: [&str; 7] = [
    "content-type",
    "mcp-session-id",
    "mcp-protocol-version",
    "x-amzn-trace-id",
    "traceparent",
    "tracestate",
    "baggage",
];

const RESTRICTED: &[&str] = &[
    "accept",
    "proxy-authorization",
    "proxy-authenticate",
    "proxy-connection",
    "www-authenticate",
    "connection",
    "keep-alive",
    "upgrade",
    "te",
    "trailer",
    "transfer-encoding",
    "host",
    "user-agent",
    "referer",
    "from",
    "range",
    "server",
    "date",
    "location",
    "retry-after",
    "cookie",
    "set-cookie",
    "origin",
    "via",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "x-requested-with",
    "x-csrf-token",
    "true-client-ip",
    "x-client-ip",
    "x-original-url",
    "x-original-host",
    "x-originating-ip",
    "x-source-ip",
    "x-cluster-client-ip",
    "x-served-by",
    "x-rewrite-url",
    "x-cache",
    "link",
    "cache-control",
    "pragma",
    "expires",
    "age",
    "etag",
    "vary",
    "warning",
    "last-modified",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "if-range",
    "expect",
    "strict-transport-security",
    "x-frame-options",
    "x-content-type-options",
    "x-xss-protection",
    "referrer-policy",
    "permissions-policy",
    "feature-policy",
    "clear-site-data",
    "expect-ct",
    "public-key-pins",
    "public-key-pins-report-only",
    "cross-origin-opener-policy",
    "cross-origin-embedder-policy",
    "cross-origin-resource-policy",
    "dnt",
    "device-memory",
    "downlink",
    "ect",
    "rtt",
    "save-data",
    "viewport-width",
    "width",
    "dpr",
    "workloadaccesstoken",
    "oauth2callbackurl",
];
const RESTRICTED_PREFIXES: &[&str] =
    &["accept-", "content-", "access-control-", "sec-websocket-", "sec-ch-", "sec-fetch-", "cf-", "x-amz-"];

/// Whether a header may be put on a runtime's allowlist. `name` in lower case.
pub(crate) fn may_be_allowed(name: &str) -> bool {
    if name.starts_with("x-amzn-") {
        return name.starts_with(CUSTOM_PREFIX);
    }
    !RESTRICTED.contains(&name) && !RESTRICTED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Headers that the service adds to the caller's own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Injected<'a> {
    pub(crate) session: &'a str,
    pub(crate) request_id: &'a str,
    /// Present for calls with a token, and for signed calls that name a user.
    pub(crate) workload_token: Option<&'a str>,
}

/// The headers of the request to the agent. `allowlist` as it was configured.
pub(crate) fn to_agent(caller: &HeaderMap, allowlist: &[String], injected: Injected<'_>) -> HeaderMap {
    let mut out = HeaderMap::new();
    for (name, value) in caller {
        let listed = || allowlist.iter().any(|allowed| allowed.eq_ignore_ascii_case(name.as_str()));
        let passed = PASSED_HEADERS.contains(&name.as_str());
        if (passed || (listed() && may_be_allowed(name.as_str()))) && value.len() <= LONGEST_VALUE {
            out.append(name.clone(), value.clone());
        }
    }
    // A large baggage is part of the operation and has a limit of its own.
    if let Some(baggage) = caller.get("baggage") {
        out.insert("baggage", baggage.clone());
    }
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            out.insert(HeaderName::from_static(name), value);
        }
    };
    put(SESSION, injected.session);
    put(REQUEST_ID, injected.request_id);
    if let Some(token) = injected.workload_token {
        for name in WORKLOAD_TOKEN {
            put(name, token);
        }
    }
    out
}

/// The agent's headers that the caller sees.
pub(crate) fn to_caller(agent: &HeaderMap) -> HeaderMap {
    let mut out = HeaderMap::new();
    for name in RETURNED {
        if let Some(value) = agent.get(name) {
            out.insert(HeaderName::from_static(name), value.clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    fn names(map: &HeaderMap) -> Vec<&str> {
        let mut names: Vec<&str> = map.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    const PLAIN: Injected<'static> = Injected { session: "s", request_id: "r", workload_token: None };

    #[test]
    fn only_listed_headers_reach_the_agent() {
        let long = "x".repeat(LONGEST_VALUE + 1);
        let caller = headers(&[
            ("authorization", "Bearer t"),
            ("x-tenant", "a"),
            ("x-other", "b"),
            ("x-long", &long),
            ("cookie", "c"),
            ("x-amz-date", "d"),
            ("content-type", "application/json"),
            ("accept", "text/event-stream"),
            ("x-amzn-bedrock-agentcore-runtime-custom-k", "v"),
            ("x-amzn-bedrock-agentcore-runtime-user-id", "u"),
            ("x-amz-bedrock-agentcore-identity-wat", "forged"),
        ]);
        let bare = to_agent(&caller, &[], PLAIN);
        assert_eq!(names(&bare), ["accept", "content-type", REQUEST_ID, SESSION]);

        let list = [
            "Authorization",
            "X-TENANT",
            "X-Long",
            "Cookie",
            "X-Amz-Date",
            "X-Amzn-Bedrock-AgentCore-Runtime-Custom-K",
        ];
        let listed = to_agent(&caller, &list.map(str::to_owned), PLAIN);
        assert_eq!(
            names(&listed),
            [
                "accept",
                "authorization",
                "content-type",
                "x-amzn-bedrock-agentcore-runtime-custom-k",
                REQUEST_ID,
                SESSION,
                "x-tenant"
            ]
        );
    }

    #[test]
    fn identity_is_injected_and_cannot_be_forged() {
        let caller = headers(&[("workloadaccesstoken", "forged"), (SESSION, "forged")]);
        let list = ["WorkloadAccessToken".to_owned()];
        assert!(to_agent(&caller, &list, PLAIN).get("workloadaccesstoken").is_none());
        let injected = Injected { workload_token: Some("real"), ..PLAIN };
        let out = to_agent(&caller, &list, injected);
        assert_eq!(
            (&out[SESSION], &out[WORKLOAD_TOKEN[0]], &out[WORKLOAD_TOKEN[1]]),
            (&"s".parse().unwrap(), &"real".parse().unwrap(), &"real".parse().unwrap())
        );
    }

    #[test]
    fn the_caller_sees_only_the_operations_headers() {
        let agent = headers(&[
            ("content-type", "text/plain"),
            ("set-cookie", "x"),
            ("server", "uvicorn"),
            ("mcp-session-id", "m"),
        ]);
        assert_eq!(names(&to_caller(&agent)), ["content-type", "mcp-session-id"]);
    }

    #[test]
    fn names_that_can_be_listed() {
        for name in ["authorization", "x-tenant", "x-api-key", "x-amzn-bedrock-agentcore-runtime-custom-a", "acme"] {
            assert!(may_be_allowed(name), "{name}");
        }
        for name in [
            "accept-language",
            "content-encoding",
            "host",
            "x-amzn-requestid",
            "x-amz-security-token",
            "cf-ray",
            "sec-fetch-mode",
            "x-cluster-client-ip",
            "proxy-connection",
        ] {
            assert!(!may_be_allowed(name), "{name}");
        }
    }
}
