//! The checks of a configure request that need nothing but the request and the agent as it is.

use regex_lite::Regex;

use super::ConfigureRequest;
use super::authorizer::AuthorizerEdit;
use super::memory::{self, MemoryChoice};
use crate::config::{Agent, DeploymentType, Protocol};
use crate::error::{Code, Error, Result};
use crate::facts::{MOST_HEADERS, MOST_NETWORK_IDS};
use crate::image::engine::EngineKind;
use crate::partition::{Arn, EcrRepository};
use crate::project::managed_runtime::ManagedRuntime;
use crate::project::{Language, Source};
use crate::resources::archive::split_path;

/// The request's values, parsed.
#[derive(Debug)]
pub(crate) struct CheckedRequest {
    pub(crate) direct_code: bool,
    pub(crate) deployment_type: Option<DeploymentType>,
    /// To be written as `runtime_type`.
    pub(crate) runtime: Option<ManagedRuntime>,
    pub(crate) protocol: Option<Protocol>,
    pub(crate) headers: Option<Vec<String>>,
    /// Subnets and security groups.
    pub(crate) vpc: Option<(Vec<String>, Vec<String>)>,
    pub(crate) container_runtime: Option<String>,
    pub(crate) base_image: Option<String>,
    pub(crate) disable_otel: bool,
    pub(crate) memory: Option<MemoryChoice>,
}

pub(crate) fn check(
    request: &ConfigureRequest,
    existing: Option<&Agent>,
    warnings: &mut Vec<String>,
) -> Result<CheckedRequest> {
    let deployment_type = deployment_type(request)?;
    let direct_code = match deployment_type {
        Some(kind) => kind == DeploymentType::DirectCodeDeploy,
        None => {
            request.runtime.is_some()
                || request.s3.is_some()
                || existing.is_some_and(|agent| agent.deployment_type == DeploymentType::DirectCodeDeploy)
        }
    };
    combinations(request, direct_code)?;
    let runtime = request.runtime.as_deref().map(ManagedRuntime::parse).transpose()?;
    warnings.extend(runtime.and_then(ManagedRuntime::warning));
    if let Some(bucket) = &request.s3 {
        split_path(bucket)?;
    }
    let protocol = request
        .protocol
        .as_deref()
        .map(str::parse::<Protocol>)
        .transpose()
        .map_err(|error| name_flag("--protocol", &error))?;
    let container_runtime = match request.container_runtime.as_deref() {
        Some(text) => Some(EngineKind::choice(text).transpose()?.map_or("auto", EngineKind::name).to_owned()),
        None => None,
    };
    let idle = request.idle_timeout.or_else(|| existing.and_then(Agent::idle_timeout));
    let max = request.max_lifetime.or_else(|| existing.and_then(Agent::max_lifetime));
    if let (Some(idle), Some(max)) = (idle, max)
        && idle > max
    {
        return Err(Error::usage(format!("the idle timeout ({idle} s) is longer than the maximum lifetime ({max} s)"))
            .code(Code::ConfigLifecycle)
            .hint("lower `--idle-timeout` or raise `--max-lifetime`"));
    }
    for (flag, role) in [
        ("--execution-role", &request.execution_role),
        ("--code-build-execution-role", &request.code_build_execution_role),
    ] {
        if let Some(role) = role {
            check_role(flag, role)?;
        }
    }
    if let Some(ecr) = request.ecr.as_deref().filter(|ecr| *ecr != "auto") {
        check_repository(ecr, request.region.as_deref().or_else(|| existing.and_then(Agent::region)))?;
    }
    Ok(CheckedRequest {
        direct_code,
        deployment_type: deployment_type
            .or((direct_code && existing.is_none()).then_some(DeploymentType::DirectCodeDeploy)),
        runtime,
        protocol,
        headers: request.request_headers.as_deref().map(headers).transpose()?,
        vpc: vpc(request)?,
        container_runtime,
        base_image: request.base_image.clone(),
        disable_otel: request.disable_otel,
        memory: match request.memory.as_deref() {
            Some(text) => Some(memory::parse(text)?),
            None => request.disable_memory.then_some(MemoryChoice::None),
        },
    })
}

fn deployment_type(request: &ConfigureRequest) -> Result<Option<DeploymentType>> {
    request
        .deployment_type
        .as_deref()
        .map(str::parse::<DeploymentType>)
        .transpose()
        .map_err(|error| name_flag("--deployment-type", &error))
}

/// A value's own error, with the flag that it was given to.
fn name_flag(flag: &str, error: &Error) -> Error {
    let told = Error::usage(format!("`{flag}`: {}", error.message()));
    error.hints().iter().fold(told, |told, hint| told.hint(hint.clone()))
}

fn combinations(request: &ConfigureRequest, direct_code: bool) -> Result<()> {
    let exclude = |a: &str, b: &str, why: &str| {
        Err(Error::usage(format!("`{a}` and `{b}` exclude each other: {why}")).code(Code::UsageConflict))
    };
    let for_containers = "a repository is for containers";
    if request.ecr.is_some() && request.runtime.is_some() {
        return exclude("--ecr", "--runtime", for_containers);
    }
    if request.ecr.is_some() && request.s3.is_some() {
        return exclude("--ecr", "--s3", for_containers);
    }
    let container = request.deployment_type.is_some() && !direct_code;
    if request.runtime.is_some() && container {
        return exclude("--runtime", "--deployment-type container", "a managed runtime is for direct_code_deploy");
    }
    if request.s3.is_some() && container {
        return exclude("--s3", "--deployment-type container", "a bucket is for direct_code_deploy");
    }
    if request.dockerfile.as_ref().is_some_and(|path| !path.as_os_str().is_empty()) && direct_code {
        return exclude("--dockerfile", "--deployment-type direct_code_deploy", "a Dockerfile is for containers");
    }
    if request.ecr.is_some() && direct_code {
        return exclude("--ecr", "--deployment-type direct_code_deploy", for_containers);
    }
    Ok(())
}

fn matches(pattern: &str, text: &str) -> bool {
    // Anchored with \z, because `$` would let a final line break pass.
    Regex::new(&format!("^(?:{pattern})\\z")).is_ok_and(|regex| regex.is_match(text))
}

fn check_role(flag: &str, role: &str) -> Result<()> {
    let arn = role.parse::<Arn>().is_ok_and(|arn| arn.is_role());
    if arn || matches(r"[\w+=,.@-]{1,64}", role) {
        return Ok(());
    }
    Err(Error::usage(format!("`{role}` is neither the ARN nor the name of a role"))
        .code(Code::ConfigRole)
        .hint(format!("give `{flag}` the ARN that `aws iam get-role` shows")))
}

/// `region` is that of the agent, where one is known: it cannot use a repository of another one.
fn check_repository(ecr: &str, region: Option<&str>) -> Result<()> {
    let repository = EcrRepository::parse(ecr);
    if let (Some(repository), Some(region)) = (&repository, region)
        && repository.region != region
    {
        return Err(Error::usage(format!(
            "the repository `{ecr}` is in {}, and the agent's runtime in {region}",
            repository.region
        ))
        .code(Code::ImageRepositoryRegion)
        .hint(format!("name one of {region}, or take `--ecr auto`")));
    }
    let name = repository.as_ref().map_or(ecr, |repository| &repository.name);
    let name = name.split([':', '@']).next().unwrap_or(name);
    // The runtime's pattern for image URIs, which is narrower than ECR's (CreateAgentRuntime, `containerUri`).
    if (2..=256).contains(&name.len())
        && matches(r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*", name)
    {
        return Ok(());
    }
    Err(Error::usage(format!("`{ecr}` is not a repository that AgentCore can use"))
        .code(Code::ConfigRepository)
        .hint("give `--ecr` a URI, a name in lower case such as `team/agent`, or `auto`"))
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn vpc(request: &ConfigureRequest) -> Result<Option<(Vec<String>, Vec<String>)>> {
    let subnets = request.subnets.as_deref().map(list).unwrap_or_default();
    let groups = request.security_groups.as_deref().map(list).unwrap_or_default();
    if !request.vpc {
        if request.subnets.is_some() || request.security_groups.is_some() {
            return Err(Error::usage("`--subnets` and `--security-groups` need `--vpc`")
                .code(Code::UsageMissing)
                .hint("add `--vpc`"));
        }
        return Ok(None);
    }
    for (flag, values, example) in
        [("--subnets", &subnets, "subnet-0123456789abcdef0"), ("--security-groups", &groups, "sg-0123456789abcdef0")]
    {
        if values.is_empty() {
            return Err(Error::usage(format!("`--vpc` needs `{flag}`"))
                .code(Code::UsageMissing)
                .hint(format!("add `{flag} {example}`")));
        }
        if values.len() > MOST_NETWORK_IDS {
            return Err(
                Error::usage(format!("`{flag}` takes at most {MOST_NETWORK_IDS} ids")).code(Code::ConfigNetwork)
            );
        }
        let prefix = if flag == "--subnets" { "subnet" } else { "sg" };
        if let Some(bad) = values.iter().find(|value| !matches(&format!("{prefix}-[0-9a-zA-Z]{{8,17}}"), value)) {
            return Err(Error::usage(format!("`{bad}` is not an id for `{flag}`"))
                .code(Code::ConfigNetwork)
                .hint(format!("an id looks like `{example}`")));
        }
    }
    Ok(Some((subnets, groups)))
}

/// Names that the service never passes on (developer guide, header allowlist), as exact names or prefixes ending in `-`.
const RESTRICTED: &[&str] = &[
    "accept",
    "accept-",
    "access-control-",
    "cache-control",
    "cf-",
    "connection",
    "content-",
    "cookie",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "if-",
    "keep-alive",
    "link",
    "location",
    "origin",
    "proxy-authorization",
    "range",
    "referer",
    "retry-after",
    "sec-websocket-",
    "server",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "true-client-ip",
    "upgrade",
    "user-agent",
    "via",
    "www-authenticate",
    "x-cache",
    "x-client-ip",
    "x-csrf-token",
    "x-forwarded-",
    "x-original-url",
    "x-real-ip",
    "x-requested-with",
];
const CUSTOM_PREFIX: &str = "x-amzn-bedrock-agentcore-runtime-custom-";

fn headers(text: &str) -> Result<Vec<String>> {
    let names = list(text);
    let fail = |message: String| Error::usage(message).code(Code::ConfigRequestHeaders);
    if names.is_empty() {
        return Err(fail("the header allowlist is empty".to_owned())
            .hint("name at least one header: `--request-header-allowlist Authorization`"));
    }
    if names.len() > MOST_HEADERS {
        let message = format!("the header allowlist has {} names, and the service takes {MOST_HEADERS}", names.len());
        return Err(fail(message));
    }
    for (index, name) in names.iter().enumerate() {
        let lower = name.to_ascii_lowercase();
        if !matches("[A-Za-z][A-Za-z0-9_-]{0,255}", name) {
            return Err(fail(format!("`{name}` is not a header name")));
        }
        let amazon = lower.starts_with("x-amz-") || (lower.starts_with("x-amzn-") && !lower.starts_with(CUSTOM_PREFIX));
        let restricted = RESTRICTED
            .iter()
            .any(|entry| if entry.ends_with('-') { lower.starts_with(entry) } else { lower == *entry });
        if amazon || restricted {
            return Err(fail(format!("the service never passes the header `{name}` on to an agent"))
                .hint("use `Authorization`, a name of your own, or `X-Amzn-Bedrock-AgentCore-Runtime-Custom-…`"));
        }
        if names[..index].iter().any(|other| other.eq_ignore_ascii_case(name)) {
            return Err(fail(format!("the header `{name}` is listed twice")));
        }
    }
    Ok(names)
}

pub(crate) fn check_source(checked: &mut CheckedRequest, source: &Source, existing: Option<&Agent>) -> Result<()> {
    if !checked.direct_code {
        return Ok(());
    }
    let known = existing.and_then(|agent| agent.runtime_type.as_deref()).filter(|_| checked.runtime.is_none());
    if let Some(known) = known {
        return ManagedRuntime::parse(known)?.check_language(source.language);
    }
    let runtime = match (checked.runtime, source.language) {
        (Some(runtime), _) => runtime,
        (None, Language::Python) => ManagedRuntime::for_python(&source.python.version)?,
        (None, Language::TypeScript | Language::JavaScript) => ManagedRuntime::for_node(),
    };
    runtime.check_language(source.language)?;
    checked.runtime = Some(runtime);
    Ok(())
}

pub(crate) fn check_headers(
    checked: &CheckedRequest,
    existing: Option<&Agent>,
    authorizer: &AuthorizerEdit,
    warnings: &mut Vec<String>,
) {
    let lists_authorization = checked
        .headers
        .as_ref()
        .is_some_and(|names| names.iter().any(|name| name.eq_ignore_ascii_case("authorization")));
    if lists_authorization && !authorizer.is_jwt(existing) {
        warnings.push(
            "the `Authorization` header reaches an agent only behind a JWT authorizer, and this agent has none"
                .to_owned(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_matched_as_a_whole() {
        let request = |subnets: &str| ConfigureRequest {
            vpc: true,
            subnets: Some(subnets.to_owned()),
            security_groups: Some("sg-0123456789abcdef0".to_owned()),
            ..ConfigureRequest::default()
        };
        assert!(vpc(&request("subnet-0123456789abcdef0")).is_ok());
        for bad in ["net-0123456789", "subnet-123", "subnet-zzzzzzzz!!", "subnet-01234567\n8", ""] {
            assert!(vpc(&request(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn platform_headers_are_refused_and_custom_ones_pass() {
        assert!(headers("Authorization, X-Foo, X-Amzn-Bedrock-AgentCore-Runtime-Custom-A").is_ok());
        for bad in [" , ", "X-Amz-Date", "X-Amzn-Trace-Id", "Content-Type", "Cookie", "a,A", "bad name"] {
            assert!(headers(bad).is_err(), "{bad}");
        }
    }
}
