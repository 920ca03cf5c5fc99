//! The JSON form of an authorizer: reading it strictly, every problem in one pass.
//!
//! Owns: types, patterns, lengths and the rules between members, as the control plane states them. Does not own: the
//! rules of a single custom claim (`claim_rule`), or whether the provider exists (`discovery`).

use serde_json::{Map, Value};

use super::authorizer::Authorizer;
use super::claim_rule::ClaimRule;
use crate::facts::{AUTHORIZER_MEMBERS, MemberRole};
use crate::http::is_loopback;

/// The name of the union's only member, and the first part of every [`AuthorizerProblem::path`].
pub(super) const MEMBER: &str = "customJWTAuthorizer";

/// One fault of an authorizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuthorizerProblem {
    /// Where, such as `customJWTAuthorizer.allowedClients[0]`.
    pub(crate) path: String,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl AuthorizerProblem {
    pub(super) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl std::fmt::Display for AuthorizerProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`: {}", self.path, self.message)
    }
}

/// Every member name that the service knows, for the nearest match to a misspelt one.
pub(super) fn known_members() -> impl Iterator<Item = &'static str> {
    AUTHORIZER_MEMBERS.iter().map(|member| member.name)
}

/// The members that are read into fields. One that [`AUTHORIZER_MEMBERS`] calls judged and that is not here is kept like an
/// unknown one, so that it refuses callers instead of being lost.
const FIELDS: [&str; 5] = ["discoveryUrl", "allowedAudience", "allowedClients", "allowedScopes", "customClaims"];

/// True for a member that decides nothing about a caller, so that leaving it unevaluated is safe.
pub(super) fn is_neutral(member: &str) -> bool {
    AUTHORIZER_MEMBERS.iter().any(|known| known.name == member && known.role == MemberRole::Neutral)
}

/// The type of a JSON value, for messages.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Reads the object inside `customJWTAuthorizer`. Members with the value `null` count as absent; members that the
/// service may have learned since are kept in `extra`.
pub(super) fn read(inner: &Value) -> Result<Authorizer, Vec<AuthorizerProblem>> {
    let Value::Object(object) = inner else {
        return Err(vec![AuthorizerProblem::new(MEMBER, format!("must be an object, but it is {}", type_name(inner)))]);
    };
    let mut problems = Vec::new();
    let authorizer = Authorizer {
        discovery_url: read_discovery_url(object, &mut problems),
        allowed_audience: read_strings(object, "allowedAudience", &mut problems),
        allowed_clients: read_strings(object, "allowedClients", &mut problems),
        allowed_scopes: read_strings(object, "allowedScopes", &mut problems),
        custom_claims: read_claims(object, &mut problems),
        extra: object
            .iter()
            .filter(|(name, value)| !FIELDS.contains(&name.as_str()) && !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    };
    for (index, scope) in authorizer.allowed_scopes.iter().enumerate() {
        if let Some(message) = scope_problem(scope) {
            problems.push(AuthorizerProblem::new(format!("{MEMBER}.allowedScopes[{index}]"), message));
        }
    }
    check_passed_on(&authorizer, &mut problems);
    let no_group = FIELDS.iter().filter(|name| **name != "discoveryUrl").all(|name| present(object, name).is_none());
    if no_group {
        problems.push(
            AuthorizerProblem::new(MEMBER, "names nobody: no allowed audience, client, scope or custom claim")
                .hint("add at least one of `allowedClients`, `allowedAudience`, `allowedScopes` and `customClaims`"),
        );
    }
    if problems.is_empty() { Ok(authorizer) } else { Err(problems) }
}

fn present<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

fn read_discovery_url(object: &Map<String, Value>, problems: &mut Vec<AuthorizerProblem>) -> String {
    let path = format!("{MEMBER}.discoveryUrl");
    match present(object, "discoveryUrl") {
        None => problems.push(
            AuthorizerProblem::new(path, "is missing")
                .hint("it is the provider's issuer followed by `/.well-known/openid-configuration`"),
        ),
        Some(Value::String(url)) => {
            problems.extend(discovery_url_problems(url).into_iter().map(|(message, hint)| AuthorizerProblem {
                path: path.clone(),
                message,
                hint,
            }));
            return url.clone();
        }
        Some(other) => {
            problems.push(AuthorizerProblem::new(path, format!("must be a string, but it is {}", type_name(other))))
        }
    }
    String::new()
}

/// What is wrong with a discovery URL, each with a hint. The service's own pattern, anchored, and beyond it: https (the
/// service fetches the document from the internet) unless the host is this machine, and no user name or password.
pub(crate) fn discovery_url_problems(url: &str) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    if !matches_discovery_pattern(url) {
        found.push((
            format!("{url:?} is not the address of a discovery document"),
            Some(
                "it must end in `/.well-known/openid-configuration` or `/.well-known/oauth-authorization-server`, \
                 without spaces, `?` or `#`"
                    .to_owned(),
            ),
        ));
    }
    match url::Url::parse(url) {
        Err(error) => found.push((format!("{url:?} is not a URL: {error}"), None)),
        Ok(parsed) => {
            if !is_secure(&parsed) {
                found.push((
                    format!("{url:?} does not use https"),
                    Some("the service fetches the document over https; plain http is for 127.0.0.1 only".to_owned()),
                ));
            }
            if !parsed.username().is_empty() || parsed.password().is_some() {
                found.push(("must not contain a user name or password".to_owned(), None));
            }
        }
    }
    found
}

/// True for https, and for http to this machine.
pub(super) fn is_secure(url: &url::Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url) || url.domain().is_some_and(|name| name.ends_with(".localhost")),
        _ => false,
    }
}

/// `[^\s?#]+/\.well-known/(openid-configuration|oauth-authorization-server)(/[^\s?#]+)?`, the whole text.
fn matches_discovery_pattern(url: &str) -> bool {
    if url.contains(|c: char| c.is_whitespace() || c == '?' || c == '#') {
        return false;
    }
    url.match_indices(super::discovery::WELL_KNOWN).any(|(at, marker)| {
        at > 0
            && super::discovery::DOCUMENTS.iter().any(|document| {
                url[at + marker.len()..]
                    .strip_prefix(document)
                    .is_some_and(|rest| rest.is_empty() || (rest.starts_with('/') && rest.len() > 1))
            })
    })
}

fn read_strings(object: &Map<String, Value>, name: &str, problems: &mut Vec<AuthorizerProblem>) -> Vec<String> {
    let path = format!("{MEMBER}.{name}");
    let items = match present(object, name) {
        None => return Vec::new(),
        Some(Value::Array(items)) => items,
        Some(other) => {
            let mut problem =
                AuthorizerProblem::new(path, format!("must be a list of strings, but it is {}", type_name(other)));
            if let Value::String(text) = other {
                problem = problem.hint(format!("write `[{text:?}]`"));
            }
            problems.push(problem);
            return Vec::new();
        }
    };
    if items.is_empty() {
        problems
            .push(AuthorizerProblem::new(&path, "must not be an empty list").hint("leave it out to allow any value"));
    }
    let mut strings = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match item {
            Value::String(text) if !text.is_empty() => strings.push(text.clone()),
            Value::String(_) => problems.push(AuthorizerProblem::new(format!("{path}[{index}]"), "must not be empty")),
            other => problems.push(AuthorizerProblem::new(
                format!("{path}[{index}]"),
                format!("must be a string, but it is {}", type_name(other)),
            )),
        }
    }
    strings
}

fn read_claims(object: &Map<String, Value>, problems: &mut Vec<AuthorizerProblem>) -> Vec<ClaimRule> {
    let path = format!("{MEMBER}.customClaims");
    match present(object, "customClaims") {
        None => Vec::new(),
        Some(Value::Array(items)) => {
            if items.is_empty() {
                problems.push(AuthorizerProblem::new(&path, "must not be an empty list"));
            }
            let mut rules = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                match ClaimRule::from_wire(item, &format!("{path}[{index}]")) {
                    Ok(rule) => rules.push(rule),
                    Err(found) => problems.extend(found),
                }
            }
            rules
        }
        Some(other) => {
            problems.push(AuthorizerProblem::new(
                path,
                format!("must be a list of objects, but it is {}", type_name(other)),
            ));
            Vec::new()
        }
    }
}

/// 1 to 255 characters of `[\x21\x23-\x5B\x5D-\x7E]`: printable ASCII without space, `"` and `\`.
fn scope_problem(scope: &str) -> Option<String> {
    if scope.len() > 255 {
        return Some(format!("is {} characters long, of 255 allowed", scope.chars().count()));
    }
    let bad = scope.chars().find(|c| !matches!(c, '\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E'))?;
    Some(format!("contains {bad:?}, which a scope cannot contain"))
}

/// The outer shape of the members that are passed on: enough to catch a typing error, and no more, because the service
/// validates what it added since.
fn check_passed_on(authorizer: &Authorizer, problems: &mut Vec<AuthorizerProblem>) {
    for (name, value) in &authorizer.extra {
        let path = format!("{MEMBER}.{name}");
        let length = match value {
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        let wrong = match name.as_str() {
            "advertisedScopeMapping" | "privateEndpoint" | "allowedWorkloadConfiguration" if !value.is_object() => {
                Some(format!("must be an object, but it is {}", type_name(value)))
            }
            "privateEndpointOverrides" | "certificateConfigurations" if !value.is_array() => {
                Some(format!("must be a list, but it is {}", type_name(value)))
            }
            "advertisedScopeMapping" if !(1..=50).contains(&length) => {
                Some(format!("has {length} entries; 1 to 50 are allowed"))
            }
            "privateEndpointOverrides" if length > 5 => Some(format!("has {length} entries; 5 are allowed")),
            "certificateConfigurations" if length != 1 => Some(format!("has {length} entries; exactly one is allowed")),
            _ => None,
        };
        problems.extend(wrong.map(|message| AuthorizerProblem::new(&path, message)));
        if let ("advertisedScopeMapping", Value::Object(mapping)) = (name.as_str(), value) {
            check_scope_mapping(&path, mapping, &authorizer.allowed_scopes, problems);
        }
    }
}

fn check_scope_mapping(
    path: &str,
    mapping: &Map<String, Value>,
    scopes: &[String],
    problems: &mut Vec<AuthorizerProblem>,
) {
    for (scope, advertised) in mapping {
        if !scopes.contains(scope) {
            problems.push(AuthorizerProblem::new(path, format!("maps `{scope}`, which is not in `allowedScopes`")));
        }
        match advertised {
            Value::String(text) if !text.is_empty() => {
                if let Some(message) = scope_problem(text) {
                    problems.push(AuthorizerProblem::new(format!("{path}.{scope}"), message));
                }
            }
            _ => problems.push(AuthorizerProblem::new(format!("{path}.{scope}"), "must be a scope name")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const URL: &str = "https://idp.example/pool/.well-known/openid-configuration";

    /// The paths of the problems that reading `value` finds, in order.
    fn paths(value: &Value) -> Vec<String> {
        match read(value) {
            Ok(_) => Vec::new(),
            Err(problems) => problems
                .into_iter()
                .map(|p| p.path.trim_start_matches(MEMBER).trim_start_matches('.').to_owned())
                .collect(),
        }
    }

    #[test]
    fn discovery_urls() {
        let good = [
            URL,
            "https://idp.example/.well-known/openid-configuration",
            "https://idp.example/.well-known/oauth-authorization-server/tenant/1",
            "https://idp.example/x/.well-known/oauth-authorization-server",
            "http://127.0.0.1:4599/pool/.well-known/openid-configuration",
            "http://[::1]:4599/pool/.well-known/openid-configuration",
            "http://localhost/pool/.well-known/openid-configuration",
        ];
        for url in good {
            assert_eq!(discovery_url_problems(url), [], "{url}");
        }
        let bad = [
            ("http://nope", 2),
            ("", 2),
            ("https://idp.example", 1),
            ("http://idp.example/.well-known/openid-configuration", 1),
            ("http://127.0.0.1.evil.example/.well-known/openid-configuration", 1),
            ("http://localhost.evil.example/.well-known/openid-configuration", 1),
            ("https://idp.example/.well-known/openid-configuration/", 1),
            ("https://idp.example/.well-known/openid-configuration\n", 1),
            ("https://idp.example/.well-known/openid-configurations", 1),
            ("https://idp.example/.well-known/openid-configuration?a=b", 1),
            ("https://idp.example/.well-known/openid-configuration#x", 1),
            ("https://idp example/.well-known/openid-configuration", 2),
            ("/.well-known/openid-configuration", 2),
            ("ftp://idp.example/.well-known/openid-configuration", 1),
            ("file:///.well-known/openid-configuration", 1),
            ("https://me:secret@idp.example/.well-known/openid-configuration", 1),
        ];
        for (url, count) in bad {
            assert_eq!(discovery_url_problems(url).len(), count, "{url:?}: {:?}", discovery_url_problems(url));
        }
    }

    #[test]
    fn shapes() {
        let long = "s".repeat(256);
        let cases = [
            (json!({"discoveryUrl": URL, "allowedClients": ["c"]}), vec![]),
            (json!({"discoveryUrl": URL, "allowedAudience": ["a"], "allowedClients": null}), vec![]),
            (json!({"discoveryUrl": URL, "allowedScopes": ["a/b", "x:y"]}), vec![]),
            (json!({"discoveryUrl": URL, "allowedClients": ["c"], "newMember": {"a": [1]}}), vec![]),
            (json!({}), vec!["discoveryUrl", ""]),
            (json!({"discoveryUrl": URL}), vec![""]),
            (json!({"discoveryUrl": URL, "allowedClients": null}), vec![""]),
            (json!({"discoveryUrl": 7, "allowedClients": ["c"]}), vec!["discoveryUrl"]),
            (json!({"discoveryUrl": URL, "allowedClients": []}), vec!["allowedClients"]),
            (json!({"discoveryUrl": URL, "allowedClients": "c"}), vec!["allowedClients"]),
            (json!({"discoveryUrl": URL, "allowedClients": ["c", ""]}), vec!["allowedClients[1]"]),
            (
                json!({"discoveryUrl": URL, "allowedAudience": ["a", 1, null]}),
                vec!["allowedAudience[1]", "allowedAudience[2]"],
            ),
            (
                json!({"discoveryUrl": URL, "allowedScopes": ["a b", "a\"", "a\\", long, "é"]}),
                vec![
                    "allowedScopes[0]",
                    "allowedScopes[1]",
                    "allowedScopes[2]",
                    "allowedScopes[3]",
                    "allowedScopes[4]",
                ],
            ),
            (json!({"discoveryUrl": URL, "customClaims": {}}), vec!["customClaims"]),
            (json!({"discoveryUrl": URL, "customClaims": []}), vec!["customClaims"]),
            (
                json!({"discoveryUrl": "http://nope", "allowedClients": [""], "allowedScopes": [3]}),
                vec!["discoveryUrl", "discoveryUrl", "allowedClients[0]", "allowedScopes[0]"],
            ),
            (json!({"discoveryUrl": URL, "allowedScopes": ["a"], "advertisedScopeMapping": {"a": "b"}}), vec![]),
            (
                json!({"discoveryUrl": URL, "allowedScopes": ["a"], "advertisedScopeMapping": {"c": ""}}),
                vec!["advertisedScopeMapping", "advertisedScopeMapping.c"],
            ),
            (
                json!({"discoveryUrl": URL, "allowedScopes": ["a"], "advertisedScopeMapping": {}}),
                vec!["advertisedScopeMapping"],
            ),
            (
                json!({"discoveryUrl": URL, "allowedScopes": ["a"], "certificateConfigurations": []}),
                vec!["certificateConfigurations"],
            ),
            (json!({"discoveryUrl": URL, "allowedScopes": ["a"], "privateEndpoint": []}), vec!["privateEndpoint"]),
        ];
        for (value, expected) in cases {
            assert_eq!(paths(&value), expected, "{value}");
        }
        for value in [json!(123), json!("x"), json!([]), json!(null)] {
            assert_eq!(paths(&value), [""], "{value}");
        }
    }
}
