//! Facts of the service that several rooms need, each of them once. Source: the service's model and developer guide.

/// A member of `customJWTAuthorizer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AuthorizerMember {
    pub(crate) name: &'static str,
    pub(crate) role: MemberRole,
}

/// What a member of an authorizer is to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberRole {
    /// A rule that is read and judged.
    Judged,
    /// Passed on; it decides nothing about a caller.
    Neutral,
    /// Passed on; it restricts callers in a way that only the service can judge.
    Restricts,
}

pub(crate) const AUTHORIZER_MEMBERS: &[AuthorizerMember] = &[
    member("discoveryUrl", MemberRole::Judged),
    member("allowedAudience", MemberRole::Judged),
    member("allowedClients", MemberRole::Judged),
    member("allowedScopes", MemberRole::Judged),
    member("customClaims", MemberRole::Judged),
    member("advertisedScopeMapping", MemberRole::Neutral),
    member("privateEndpoint", MemberRole::Neutral),
    member("privateEndpointOverrides", MemberRole::Neutral),
    member("certificateConfigurations", MemberRole::Neutral),
    member("allowedWorkloadConfiguration", MemberRole::Restricts),
];

const fn member(name: &'static str, role: MemberRole) -> AuthorizerMember {
    AuthorizerMember { name, role }
}

/// Headers of a call that are members of the operation itself: they reach the agent without being on its allowlist.
pub(crate) const PASSED_HEADERS: [&str; 10] = [
    "accept",
    "content-type",
    "mcp-session-id",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "x-amzn-trace-id",
    "traceparent",
    "tracestate",
    "baggage",
];

/// The endpoint that every runtime has and that follows its newest version.
pub(crate) const DEFAULT_ENDPOINT: &str = "DEFAULT";

/// Where the output of an agent's DEFAULT endpoint goes.
pub(crate) fn log_group(runtime_id: &str) -> String {
    format!("/aws/bedrock-agentcore/runtimes/{runtime_id}-{DEFAULT_ENDPOINT}")
}

/// The managed runtimes of direct code deployment, as `runtime_type` names them. The service decides what exists: a newer name
/// of the same form may be one.
pub(crate) const MANAGED_RUNTIMES: &[&str] =
    &["PYTHON_3_10", "PYTHON_3_11", "PYTHON_3_12", "PYTHON_3_13", "PYTHON_3_14", "NODE_22"];

/// The oldest and the newest minor version of Python 3 among them, and the major version of Node.js.
pub(crate) const OLDEST_PYTHON: u32 = 10;
pub(crate) const NEWEST_PYTHON: u32 = 14;
pub(crate) const NODE: u32 = 22;

/// Whether `name` has the form of a managed runtime that is not older than the known ones.
pub(crate) fn is_managed_runtime(name: &str) -> bool {
    let number =
        |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u32>().ok()).flatten();
    let python = name.strip_prefix("PYTHON_3_").and_then(number).is_some_and(|minor| minor >= OLDEST_PYTHON);
    python || name.strip_prefix("NODE_").and_then(number).is_some_and(|major| major >= NODE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_has_a_known_form_and_age() {
        let python = (OLDEST_PYTHON..=NEWEST_PYTHON).map(|minor| format!("PYTHON_3_{minor}"));
        assert_eq!(python.chain([format!("NODE_{NODE}")]).collect::<Vec<_>>(), MANAGED_RUNTIMES);
        for name in MANAGED_RUNTIMES.iter().copied().chain(["PYTHON_3_15", "NODE_24"]) {
            assert!(is_managed_runtime(name), "{name}");
        }
        for name in ["PYTHON_3_9", "PYTHON_9_9", "PYTHON_3_", "PYTHON_3_+12", "python_3_12", "NODE_20", "RUBY_3", ""] {
            assert!(!is_managed_runtime(name), "{name}");
        }
    }
}
