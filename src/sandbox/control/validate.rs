//! Validation of requests for runtimes and endpoints: the table of constraints, and the rules between members.
//!
//! Source of the rules: the developer guide.

use serde_json::Value;

use super::check::{TextRule, Violations, matches};
use super::constraints::{self, PathMember, compare};
use crate::auth::authorizer::Authorizer;
use crate::facts::runtime::rules;
use crate::sandbox::dataplane::headers;
use crate::sandbox::reply::Fault;

const CONTAINER_URI: &str = r"(([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.REGISTRY_DOMAIN|public\.ecr\.aws)/((?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*)(?::([^:@]{1,300}))?(?:@(.+))?";

/// What the sandbox accepts beyond the service.
#[derive(Clone, Debug)]
pub(super) struct ValidationRules {
    /// `127.0.0.1:PORT` and `localhost:PORT`, when images may be named by the sandbox's own address.
    pub(super) local_registries: Vec<String>,
}

/// Checks CreateAgentRuntime (`create`) or UpdateAgentRuntime.
pub(super) fn runtime(input: &Value, create: bool, allowed: &ValidationRules) -> Result<(), Fault> {
    let mut check = Violations::default();
    compare(&mut check, "", input, constraints::runtime(create));
    let get = |name: &str| input.get(name).filter(|value| !value.is_null());
    container(&mut check, input.pointer("/agentRuntimeArtifact/containerConfiguration/containerUri"), allowed);
    if let Some(code) = input.pointer("/agentRuntimeArtifact/codeConfiguration") {
        entry_point(&mut check, code);
    }
    if let Some(network) = get("networkConfiguration") {
        self::network(&mut check, network);
    }
    let has_authorizer = authorizer(&mut check, get("authorizerConfiguration"));
    request_headers(&mut check, get("requestHeaderConfiguration"), has_authorizer);
    lifecycle(&mut check, get("lifecycleConfiguration"));
    check.finish()?;
    combinations(input)
}

/// Rules between members, applied to members that are valid by themselves: one mistake is one violation.
fn combinations(input: &Value) -> Result<(), Fault> {
    let mut check = Violations::default();
    for wrong in rules::broken(input) {
        check.problem(&wrong.path, wrong.text);
    }
    check.finish()
}

fn container(check: &mut Violations, uri: Option<&Value>, rules: &ValidationRules) {
    const PATH: &str = "agentRuntimeArtifact.containerConfiguration.containerUri";
    let text = uri.and_then(Value::as_str).unwrap_or_default();
    let local = rules.local_registries.iter().any(|host| text.starts_with(&format!("{host}/")));
    if !text.is_empty() && !local && !is_container_uri(text) {
        check.problem(
            PATH,
            format!(
                "Value '{text}' at '{PATH}' failed to satisfy constraint: Member must satisfy regular expression pattern: {}",
                container_uri_pattern()
            ),
        );
    }
}

/// The service's pattern, with both domains of the registry.
fn container_uri_pattern() -> String {
    let domain = crate::partition::Partition::of_region("us-east-1").dns_suffix.replace('.', r"\.");
    CONTAINER_URI.replace("REGISTRY_DOMAIN", &format!(r"{domain}(\.cn)?"))
}

fn is_container_uri(text: &str) -> bool {
    matches(&container_uri_pattern(), text)
}

/// A script of the runtime's language, which comes last.
fn entry_point(check: &mut Violations, code: &Value) {
    let words = code.get("entryPoint").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let extension = match code.get("runtime").and_then(Value::as_str) {
        Some(runtime) if runtime.starts_with("NODE_") => ".js",
        _ => ".py",
    };
    if words.last().and_then(Value::as_str).is_some_and(|script| !script.ends_with(extension)) {
        let path = format!("agentRuntimeArtifact.codeConfiguration.entryPoint.{}.member", words.len());
        check.problem(
            &path,
            format!("Value at '{path}' failed to satisfy constraint: Entrypoint must end in {extension}"),
        );
    }
}

fn network(check: &mut Violations, value: &Value) {
    const PATH: &str = "networkConfiguration.networkModeConfig";
    let config = value.get("networkModeConfig").filter(|value| !value.is_null());
    if value.get("networkMode").and_then(Value::as_str) == Some("VPC") {
        check.present(PATH, config);
    }
    let endpoint = config.and_then(|config| config.get("requireServiceS3Endpoint"));
    // Runtimes from before May 2026 may change it, and here are none.
    if endpoint.is_some_and(|value| !value.is_null()) {
        check.problem(PATH, "requireServiceS3Endpoint cannot be set for an agent runtime created after 2026-05-05");
    }
}

/// Whether callers need a token.
pub(super) fn authorizer(check: &mut Violations, value: Option<&Value>) -> bool {
    const PATH: &str = "authorizerConfiguration";
    let inner = value.and_then(|value| value.get("customJWTAuthorizer")).filter(|value| !value.is_null());
    let Some(inner) = inner else { return false };
    if let Err(problems) = Authorizer::from_wire(inner) {
        for problem in problems {
            let path = format!("{PATH}.{}", problem.path);
            check.problem(&path, format!("Value at '{path}' failed to satisfy constraint: {}", problem.message));
        }
    }
    let prefix = format!("{PATH}.customJWTAuthorizer.");
    compare(check, &prefix, inner, constraints::AUTHORIZER);
    if let Some(endpoint) = inner.get("privateEndpoint") {
        compare(check, &format!("{prefix}privateEndpoint."), endpoint, constraints::PRIVATE_ENDPOINT);
    }
    let overrides = inner.get("privateEndpointOverrides").and_then(Value::as_array);
    for (index, item) in overrides.into_iter().flatten().enumerate() {
        let prefix = format!("{prefix}privateEndpointOverrides.{}.member.privateEndpoint.", index + 1);
        if let Some(endpoint) = item.get("privateEndpoint") {
            compare(check, &prefix, endpoint, constraints::PRIVATE_ENDPOINT);
        }
    }
    true
}

fn request_headers(check: &mut Violations, value: Option<&Value>, has_authorizer: bool) {
    const PATH: &str = "requestHeaderConfiguration.requestHeaderAllowlist";
    let list = value.and_then(|value| value.get("requestHeaderAllowlist")).and_then(Value::as_array);
    let mut seen: Vec<String> = Vec::new();
    for (index, name) in list.into_iter().flatten().enumerate() {
        let Some(name) = name.as_str().map(str::to_ascii_lowercase) else { continue };
        let path = format!("{PATH}.{}.member", index + 1);
        if seen.contains(&name) {
            check.problem(&path, format!("Header '{name}' is listed more than once"));
        }
        if is_header_name(&name) && !headers::may_be_allowed(&name) {
            check.problem(&path, format!("Header '{name}' is restricted and cannot be passed to the agent"));
        }
        if name == "authorization" && !has_authorizer {
            check.problem(&path, "Header 'authorization' can only be passed on with a customJWTAuthorizer");
        }
        seen.push(name);
    }
}

/// One that is none is refused as such already.
fn is_header_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn lifecycle(check: &mut Violations, value: Option<&Value>) {
    let get = |name: &str| value.and_then(|value| value.get(name)).and_then(Value::as_i64);
    if let (Some(idle), Some(life)) = (get("idleRuntimeSessionTimeout"), get("maxLifetime"))
        && idle > life
    {
        check.problem("lifecycleConfiguration", "idleRuntimeSessionTimeout must be less than or equal to maxLifetime");
    }
}

/// Checks CreateAgentRuntimeEndpoint (`create`) or UpdateAgentRuntimeEndpoint.
pub(super) fn endpoint(input: &Value, create: bool) -> Result<(), Fault> {
    let mut check = Violations::default();
    if create {
        compare(&mut check, "", input, constraints::NEW_ENDPOINT);
    }
    compare(&mut check, "", input, constraints::ENDPOINT);
    check.finish()
}

/// Checks what a request has in its path and its query.
pub(crate) fn parts<'a>(parts: impl Iterator<Item = (PathMember, &'a str)>) -> Result<(), Fault> {
    let mut check = Violations::default();
    for ((name, rule), value) in parts {
        check.text(name, Some(&Value::String(value.to_owned())), rule);
    }
    check.finish()
}

/// Checks a TagResource body.
pub(crate) fn tag_body(input: &Value) -> Result<(), Fault> {
    let mut check = Violations::default();
    check.present("tags", input.get("tags"));
    compare(&mut check, "", input, &[constraints::TAGS]);
    check.finish()
}

/// `maxResults` and `nextToken` of a list operation.
pub(super) fn page(limit: Option<&str>, token: Option<&str>) -> Result<(usize, Option<String>), Fault> {
    page_of_at_most(100, limit, token)
}

/// The same where a page may have `most` items; without `maxResults` it has 100, which is the sandbox's own choice.
pub(super) fn page_of_at_most(
    most: i64,
    limit: Option<&str>,
    token: Option<&str>,
) -> Result<(usize, Option<String>), Fault> {
    let mut check = Violations::default();
    let number = limit.map(|text| text.parse::<i64>().map_or(Value::String(text.to_owned()), Value::from));
    let limit = check.integer("maxResults", number.as_ref(), 1, most).unwrap_or(100);
    let token_value = token.map(|token| Value::String(token.to_owned()));
    check.text("nextToken", token_value.as_ref(), TextRule::length(1, 2048).with_pattern(r"\S*"));
    check.finish()?;
    Ok((usize::try_from(limit).unwrap_or(100), token.map(str::to_owned)))
}

#[cfg(test)]
mod tests;
