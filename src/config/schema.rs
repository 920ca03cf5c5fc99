//! The keys of the file as a table: names, types and the rules of single values.
//!
//! Owns: the table, the spelling of choices, nearest matches. Does not own: walking a document with it (`check`). Source:
//! the starter toolkit 0.3.14's pydantic schema, and the service model for the limits it shares with the service.

use std::borrow::Cow;

use super::model::{Builder, DeploymentType, Language, MemoryMode, NetworkMode, Protocol, TokenClientAuth, TokenGrant};
use crate::facts::{self, MemberForm};
use crate::partition::Arn;

#[derive(Clone, Copy)]
pub(super) enum Type {
    Text(fn(&str) -> Verdict),
    Bool,
    Int(i64, i64),
    Choice(&'static [&'static str]),
    Map(&'static [Key]),
    List(&'static Type),
    /// A mapping of names to text; values may be written as any scalar.
    TextMap(fn(&str) -> Verdict),
    /// Any mapping, kept as it is.
    Free,
    Any,
}

#[derive(Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) ty: Type,
    pub(super) required: bool,
}

/// What a rule says of one text.
pub(super) enum Verdict {
    Good,
    Odd(&'static str),
    /// Completes the sentence "`key`: `value` …".
    Bad(Cow<'static, str>),
}

const fn key(name: &'static str, ty: Type) -> Key {
    Key { name, ty, required: false }
}

const fn must(name: &'static str, ty: Type) -> Key {
    Key { name, ty, required: true }
}

const TEXT: Type = Type::Text(any);
const TEXTS: Type = Type::List(&TEXT);
const SESSION_SECONDS: Type = Type::Int(*facts::SESSION_SECONDS.start() as i64, *facts::SESSION_SECONDS.end() as i64);

/// Keys of the file itself; `agents` is walked apart.
pub(super) const TOP: &[Key] = &[
    key("default_agent", TEXT),
    key("is_agentcore_create_with_iac", Type::Bool),
    key("agents", Type::Free),
    key("agentcore", Type::Map(&[key("project", Type::Text(identity))])),
];

pub(super) const AGENT: &[Key] = &[
    must("name", Type::Text(agent_name)),
    key("language", Type::Choice(Language::TEXTS)),
    key("node_version", TEXT),
    must("entrypoint", TEXT),
    key("deployment_type", Type::Choice(DeploymentType::TEXTS)),
    key("runtime_type", Type::Text(runtime_type)),
    key("platform", TEXT),
    key("container_runtime", TEXT),
    key("source_path", TEXT),
    key("aws", Type::Map(AWS)),
    key("bedrock_agentcore", Type::Map(DEPLOYED)),
    key("codebuild", Type::Map(CODEBUILD)),
    key("memory", Type::Map(MEMORY)),
    key("identity", Type::Map(IDENTITY)),
    key("aws_jwt", Type::Map(AWS_JWT)),
    key("authorizer_configuration", Type::Map(AUTHORIZER)),
    key("request_header_configuration", Type::Map(HEADERS)),
    key("oauth_configuration", Type::Free),
    key("api_key_env_var_name", TEXT),
    key("api_key_credential_provider_name", TEXT),
    key("is_generated_by_agentcore_create", Type::Bool),
    key("agentcore", Type::Map(OWN)),
];

const AWS: &[Key] = &[
    key("execution_role", Type::Text(role)),
    key("execution_role_auto_create", Type::Bool),
    key("account", Type::Text(account)),
    key("region", Type::Text(region)),
    key("ecr_repository", TEXT),
    key("ecr_auto_create", Type::Bool),
    key("s3_path", TEXT),
    key("s3_auto_create", Type::Bool),
    key("network_configuration", Type::Map(NETWORK)),
    key("protocol_configuration", Type::Map(&[key("server_protocol", Type::Choice(Protocol::TEXTS))])),
    key("observability", Type::Map(&[key("enabled", Type::Bool)])),
    key(
        "lifecycle_configuration",
        Type::Map(&[key("idle_runtime_session_timeout", SESSION_SECONDS), key("max_lifetime", SESSION_SECONDS)]),
    ),
];

const NETWORK: &[Key] = &[
    key("network_mode", Type::Choice(NetworkMode::TEXTS)),
    key("network_mode_config", Type::Map(&[key("security_groups", TEXTS), key("subnets", TEXTS)])),
];

const DEPLOYED: &[Key] =
    &[key("agent_id", TEXT), key("agent_arn", Type::Text(runtime_arn)), key("agent_session_id", TEXT)];

const CODEBUILD: &[Key] =
    &[key("project_name", TEXT), key("execution_role", Type::Text(role)), key("source_bucket", TEXT)];

const MEMORY: &[Key] = &[
    key("mode", Type::Choice(MemoryMode::TEXTS)),
    key("memory_id", Type::Text(memory_word)),
    key("memory_arn", Type::Text(arn)),
    key("memory_name", Type::Text(memory_word)),
    key("event_expiry_days", Type::Int(1, 36_500)),
    key("first_invoke_memory_check_done", Type::Bool),
    key("was_created_by_toolkit", Type::Bool),
];

const IDENTITY: &[Key] = &[
    key(
        "credential_providers",
        Type::List(&Type::Map(&[
            must("name", TEXT),
            must("arn", Type::Text(arn)),
            must("type", TEXT),
            key("callback_url", TEXT),
        ])),
    ),
    key("workload", Type::Map(&[must("name", TEXT), must("arn", Type::Text(arn)), key("return_urls", TEXTS)])),
];

const AWS_JWT: &[Key] = &[
    key("enabled", Type::Bool),
    key("audiences", TEXTS),
    key("signing_algorithm", Type::Choice(&["ES384", "RS256"])),
    key("issuer_url", TEXT),
    key("duration_seconds", Type::Int(60, 3600)),
];

const AUTHORIZER: &[Key] = &[key("customJWTAuthorizer", Type::Map(JWT))];

/// Shapes only; what the rules mean is the business of `auth`.
const JWT: &[Key] = &{
    let mut keys = [key("", Type::Any); facts::AUTHORIZER_MEMBERS.len()];
    let mut index = 0;
    while index < keys.len() {
        let member = facts::AUTHORIZER_MEMBERS[index];
        keys[index] = match member.form {
            MemberForm::Url => must(member.name, TEXT),
            MemberForm::Texts => key(member.name, TEXTS),
            MemberForm::Object => key(member.name, Type::Free),
            MemberForm::Objects => key(member.name, Type::List(&Type::Free)),
        };
        index += 1;
    }
    keys
};

const HEADERS: &[Key] = &[key("requestHeaderAllowlist", TEXTS)];

const OWN: &[Key] = &[
    key("requirements_file", TEXT),
    key("extras", TEXTS),
    key("groups", TEXTS),
    key("dockerfile", TEXT),
    key("context", TEXT),
    key("target", TEXT),
    key("build_args", Type::TextMap(variable)),
    key("build_secrets", TEXTS),
    key("base_image", TEXT),
    key("builder", Type::Choice(Builder::TEXTS)),
    key("python_version", TEXT),
    key("resolved", TEXT),
    key("environment", Type::TextMap(variable)),
    key("tags", Type::TextMap(any)),
    key("permissions_boundary", Type::Text(arn)),
    key("token", Type::Map(TOKEN)),
    key("created", Type::Map(CREATED)),
];

const TOKEN: &[Key] = &[
    key("grant", Type::Choice(TokenGrant::TEXTS)),
    key("discovery_url", TEXT),
    key("client_id", TEXT),
    key("client_auth", Type::Choice(TokenClientAuth::TEXTS)),
    key("client_secret_env", Type::Text(variable)),
    key("client_secret_file", TEXT),
    key("private_key_file", TEXT),
    key("key_id", TEXT),
    key("username", TEXT),
    key("password_env", Type::Text(variable)),
    key("password_file", TEXT),
    key("refresh_token_env", Type::Text(variable)),
    key("refresh_token_file", TEXT),
    key("scopes", TEXTS),
    key("audience", TEXT),
    key("resource", TEXT),
    key("redirect_uri", TEXT),
    key("variable", Type::Text(variable)),
    key("command", TEXTS),
    key("file", TEXT),
    key("id_token", Type::Bool),
];

/// Keys that people expect under `token` and that must not be in a file which is committed.
pub(super) const TOKEN_SECRETS: &[&str] = &["client_secret", "password", "refresh_token", "private_key", "token"];

const CREATED: &[Key] = &[
    key("bucket", TEXT),
    key("repository", TEXT),
    key("execution_role", TEXT),
    key("runtime", TEXT),
    key("build_project", TEXT),
    key("build_role", TEXT),
    key("source_bucket", TEXT),
    key("credential_providers", TEXTS),
    key("workload_identity", TEXT),
    key("workload_identities", TEXTS),
    key("identity_policy", TEXT),
    key("environment", TEXTS),
];

fn any(_: &str) -> Verdict {
    Verdict::Good
}

fn rule(good: bool, complaint: &'static str) -> Verdict {
    if good { Verdict::Good } else { Verdict::Bad(complaint.into()) }
}

/// It is the value of a tag.
fn identity(text: &str) -> Verdict {
    let good = (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    rule(good, "is not a project's identity: 8 to 64 letters, digits and `-`, as `agentcore configure` writes it")
}

/// The service's pattern of `agentRuntimeName`; the name is also a folder's name.
fn agent_name(text: &str) -> Verdict {
    rule(facts::is_name(text), "is not an agent name: a letter, then letters, digits and underscores, 48 at most")
}

fn account(text: &str) -> Verdict {
    if is_account(text) {
        return Verdict::Good;
    }
    if is_placeholder(text, "ACCOUNT") {
        return Verdict::Odd("is not an AWS account id, so the account of the credentials is used");
    }
    Verdict::Bad("is not an AWS account id: 12 digits, in quotes".into())
}

/// What people write in a value's place before they commit the file.
fn is_placeholder(text: &str, word: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    upper.contains(word) || upper.contains("REDACTED") || upper.bytes().all(|byte| byte == b'X')
}

/// 12 digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn region(text: &str) -> Verdict {
    if is_region_placeholder(text) {
        return Verdict::Odd("is not an AWS region, so that of the environment or the profile is used");
    }
    if is_region(text) { Verdict::Good } else { Verdict::Odd("does not look like an AWS region") }
}

pub(super) fn is_region_placeholder(text: &str) -> bool {
    text.trim().is_empty() || is_placeholder(text, "REGION")
}

/// Whether it has the form of `us-west-2`; there may be no such region.
pub(crate) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), [first, .., last]
        if parts.len() >= 3
            && first.len() >= 2
            && last.parse::<u8>().is_ok()
            && parts[..parts.len() - 1].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase())))
}

fn is_arn(text: &str, service: Option<&str>) -> bool {
    let safe = text.bytes().all(|byte| byte.is_ascii_graphic());
    safe && text.parse::<Arn>().is_ok_and(|arn| service.is_none_or(|service| arn.service == service))
}

fn arn(text: &str) -> Verdict {
    rule(is_arn(text, None), "is not an ARN")
}

fn runtime_arn(text: &str) -> Verdict {
    rule(is_arn(text, Some("bedrock-agentcore")), "is not the ARN of an AgentCore runtime")
}

/// An ARN, or a name that is turned into one once the account is known.
fn role(text: &str) -> Verdict {
    let name = !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte));
    rule(
        name || (is_arn(text, Some("iam")) && text.contains(":role/")),
        "is neither the ARN of an IAM role nor a role name",
    )
}

fn runtime_type(text: &str) -> Verdict {
    if facts::read_runtime(text).is_some() {
        return Verdict::Good;
    }
    Verdict::Bad(
        format!("is not a managed runtime: one of {}, or newer", facts::MANAGED_RUNTIME_NAMES.join(", ")).into(),
    )
}

/// The toolkit refuses anything else, since it puts the value into a Dockerfile.
fn memory_word(text: &str) -> Verdict {
    let good = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    rule(good, "may hold letters, digits, `-` and `_` only")
}

fn variable(name: &str) -> Verdict {
    let good = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    rule(good, "is not a name for an environment variable")
}

/// The listed spelling that `text` means: any case, and `-` for `_`.
pub(super) fn spelling(text: &str, all: &[&'static str]) -> Option<&'static str> {
    let plain = text.replace('-', "_");
    all.iter().copied().find(|candidate| candidate.eq_ignore_ascii_case(&plain))
}

/// "`x` is not one of `a`, `b`; did you mean `a`?"
pub(super) fn not_one_of(text: &str, all: &[&str]) -> String {
    let list: Vec<String> = all.iter().map(|one| format!("`{one}`")).collect();
    format!("`{text}` is not one of {}{}", list.join(", "), did_you_mean(text, all.iter().copied()))
}

/// `; did you mean …?` or nothing.
pub(super) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// The candidate that `word` is probably a slip of: at most a third of its letters apart, case aside.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let word = plain(word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= (word.chars().count().max(candidate.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_found_and_strangers_are_not() {
        let keys = AGENT.iter().map(|key| key.name);
        assert_eq!(nearest("entrypiont", keys.clone()), Some("entrypoint"));
        assert_eq!(nearest("sourcePath", keys.clone()), Some("source_path"));
        assert_eq!(nearest("awss", keys.clone()), Some("aws"));
        assert_eq!(nearest("colour", keys), None);
    }

    #[test]
    fn regions_by_shape() {
        for good in ["us-west-2", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1", "ap-southeast-4"] {
            assert!(matches!(region(good), Verdict::Good), "{good}");
        }
        for odd in ["us-west", "uswest2", "us-west-2a", "US-WEST-2", "", "-"] {
            assert!(matches!(region(odd), Verdict::Odd(_)), "{odd}");
        }
    }

    #[test]
    fn every_member_of_an_authorizer_is_a_key() {
        let members: std::collections::BTreeSet<&str> =
            facts::AUTHORIZER_MEMBERS.iter().map(|member| member.name).collect();
        assert_eq!(JWT.iter().map(|key| key.name).collect::<std::collections::BTreeSet<_>>(), members);
    }

    #[test]
    fn runtimes_are_those_of_the_one_table() {
        let good = |text: &str| matches!(runtime_type(text), Verdict::Good);
        assert!(facts::MANAGED_RUNTIME_NAMES.iter().all(|name| good(name)) && good("PYTHON_3_15"));
        assert!(!good("RUBY_3") && !good("PYTHON_9_9"));
    }
}
