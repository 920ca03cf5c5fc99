//! The keys of the file as a table: names, types and the rules of single values.
//!
//! Owns: the table, the spelling of choices, nearest matches. Does not own: walking a document with it (`check`). Source:
//! the starter toolkit 0.3.14's pydantic schema, and the service model for the limits it shares with the service.

use std::borrow::Cow;

use super::model::{Builder, DeploymentType, Language, MemoryMode, NetworkMode, Protocol, TokenClientAuth, TokenGrant};
use crate::error::Code;
use crate::expectation::Expectation;
use crate::facts::{self, MemberForm};
use crate::partition::Arn;

#[derive(Clone, Copy)]
pub(super) enum ValueType {
    Text(TextRule),
    Bool,
    Int(i64, i64),
    Choice(&'static [&'static str]),
    Map(&'static [KeySchema]),
    List(&'static ValueType),
    /// A mapping of names to text; values may be written as any scalar.
    TextMap(TextRule),
    /// The same, or null, which takes the setting away instead of leaving it as it is.
    Clearable(&'static ValueType),
    /// Any mapping, kept as it is.
    Free,
    Any,
}

#[derive(Clone, Copy)]
pub(super) struct KeySchema {
    pub(super) name: &'static str,
    pub(super) ty: ValueType,
    pub(super) required: bool,
}

/// The rules of single texts. `json_schema` says the same of them as a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextRule {
    Any,
    /// A project's identity.
    Identity,
    AgentName,
    Account,
    Region,
    Arn,
    Caller,
    RuntimeArn,
    Role,
    RuntimeType,
    MemoryWord,
    Variable,
    /// What an answer must be, in jq's spelling. No pattern says it.
    Expectation,
    PythonVersion,
}

impl TextRule {
    pub(super) fn check(self, text: &str) -> TextCheck {
        match self {
            Self::Any => TextCheck::Good,
            Self::Identity => identity(text),
            Self::AgentName => agent_name(text),
            Self::Account => account(text),
            Self::Region => region(text),
            Self::Arn => arn(text),
            Self::Caller => caller(text),
            Self::RuntimeArn => runtime_arn(text),
            Self::Role => role(text),
            Self::RuntimeType => runtime_type(text),
            Self::MemoryWord => memory_word(text),
            Self::Variable => variable(text),
            Self::Expectation => expectation(text),
            Self::PythonVersion => python_version(text),
        }
    }

    /// The code of what it refuses.
    pub(super) const fn code(self) -> Code {
        match self {
            Self::Expectation => Code::SmokeExpect,
            _ => Code::ConfigValue,
        }
    }
}

/// The result of a rule for one text.
pub(super) enum TextCheck {
    Good,
    Odd(&'static str),
    /// Completes the sentence "`key`: `value` …".
    Bad(Cow<'static, str>),
}

pub(super) const fn key(name: &'static str, ty: ValueType) -> KeySchema {
    KeySchema { name, ty, required: false }
}

pub(super) const fn must(name: &'static str, ty: ValueType) -> KeySchema {
    KeySchema { name, ty, required: true }
}

pub(super) const TEXT: ValueType = ValueType::Text(TextRule::Any);
const TEXTS: ValueType = ValueType::List(&TEXT);
const SESSION_SECONDS: ValueType =
    ValueType::Int(*facts::SESSION_SECONDS.start() as i64, *facts::SESSION_SECONDS.end() as i64);

/// Keys of the file itself; `agents` is walked apart.
pub(super) const TOP: &[KeySchema] = &[
    key("default_agent", TEXT),
    key("is_agentcore_create_with_iac", ValueType::Bool),
    key("agents", ValueType::Free),
    key(
        "agentcore",
        ValueType::Map(&[key("project", ValueType::Text(TextRule::Identity)), key("environments", ValueType::Free)]),
    ),
];

/// Keys of one environment; what is in them is walked apart.
pub(super) const ENVIRONMENT: &[KeySchema] = &[key("defaults", ValueType::Free), key("agents", ValueType::Free)];

/// What is one agent's alone, and so no default for all of them.
pub(super) const OF_ONE_AGENT: &[&str] = &["name", "bedrock_agentcore"];

pub(super) const AGENT: &[KeySchema] = &[
    must("name", ValueType::Text(TextRule::AgentName)),
    key("language", ValueType::Choice(Language::TEXTS)),
    key("node_version", TEXT),
    must("entrypoint", TEXT),
    key("deployment_type", ValueType::Choice(DeploymentType::TEXTS)),
    key("runtime_type", ValueType::Text(TextRule::RuntimeType)),
    key("platform", TEXT),
    key("container_runtime", TEXT),
    key("source_path", TEXT),
    key("aws", ValueType::Map(AWS)),
    key("bedrock_agentcore", ValueType::Map(DEPLOYED)),
    key("codebuild", ValueType::Map(CODEBUILD)),
    key("memory", ValueType::Map(MEMORY)),
    key("identity", ValueType::Map(IDENTITY)),
    key("aws_jwt", ValueType::Map(AWS_JWT)),
    key("authorizer_configuration", ValueType::Map(AUTHORIZER)),
    key("request_header_configuration", ValueType::Map(HEADERS)),
    key("oauth_configuration", ValueType::Free),
    key("api_key_env_var_name", TEXT),
    key("api_key_credential_provider_name", TEXT),
    key("is_generated_by_agentcore_create", ValueType::Bool),
    key("agentcore", ValueType::Map(OWN)),
];

const AWS: &[KeySchema] = &[
    key("execution_role", ValueType::Text(TextRule::Role)),
    key("execution_role_auto_create", ValueType::Bool),
    key("account", ValueType::Text(TextRule::Account)),
    key("region", ValueType::Text(TextRule::Region)),
    key("ecr_repository", TEXT),
    key("ecr_auto_create", ValueType::Bool),
    key("s3_path", TEXT),
    key("s3_auto_create", ValueType::Bool),
    key("network_configuration", ValueType::Map(NETWORK)),
    key("protocol_configuration", ValueType::Map(&[key("server_protocol", ValueType::Choice(Protocol::TEXTS))])),
    key("observability", ValueType::Map(&[key("enabled", ValueType::Bool)])),
    key(
        "lifecycle_configuration",
        ValueType::Map(&[key("idle_runtime_session_timeout", SESSION_SECONDS), key("max_lifetime", SESSION_SECONDS)]),
    ),
];

const NETWORK: &[KeySchema] = &[
    key("network_mode", ValueType::Choice(NetworkMode::TEXTS)),
    key("network_mode_config", ValueType::Map(&[key("security_groups", TEXTS), key("subnets", TEXTS)])),
];

const DEPLOYED: &[KeySchema] =
    &[key("agent_id", TEXT), key("agent_arn", ValueType::Text(TextRule::RuntimeArn)), key("agent_session_id", TEXT)];

const CODEBUILD: &[KeySchema] =
    &[key("project_name", TEXT), key("execution_role", ValueType::Text(TextRule::Role)), key("source_bucket", TEXT)];

const MEMORY: &[KeySchema] = &[
    key("mode", ValueType::Choice(MemoryMode::TEXTS)),
    key("memory_id", ValueType::Text(TextRule::MemoryWord)),
    key("memory_arn", ValueType::Text(TextRule::Arn)),
    key("memory_name", ValueType::Text(TextRule::MemoryWord)),
    key("event_expiry_days", ValueType::Int(1, 36_500)),
    key("first_invoke_memory_check_done", ValueType::Bool),
    key("was_created_by_toolkit", ValueType::Bool),
];

const IDENTITY: &[KeySchema] = &[
    key(
        "credential_providers",
        ValueType::List(&ValueType::Map(&[
            must("name", TEXT),
            must("arn", ValueType::Text(TextRule::Arn)),
            must("type", TEXT),
            key("callback_url", TEXT),
        ])),
    ),
    key(
        "workload",
        ValueType::Map(&[must("name", TEXT), must("arn", ValueType::Text(TextRule::Arn)), key("return_urls", TEXTS)]),
    ),
];

const AWS_JWT: &[KeySchema] = &[
    key("enabled", ValueType::Bool),
    key("audiences", TEXTS),
    key("signing_algorithm", ValueType::Choice(&["ES384", "RS256"])),
    key("issuer_url", TEXT),
    key("duration_seconds", ValueType::Int(60, 3600)),
];

const AUTHORIZER: &[KeySchema] = &[key("customJWTAuthorizer", ValueType::Map(JWT))];

/// Shapes only; what the rules mean is the business of `auth`.
const JWT: &[KeySchema] = &{
    let mut keys = [key("", ValueType::Any); facts::AUTHORIZER_MEMBERS.len()];
    let mut index = 0;
    while index < keys.len() {
        let member = facts::AUTHORIZER_MEMBERS[index];
        keys[index] = match member.form {
            MemberForm::Url => must(member.name, TEXT),
            MemberForm::Texts => key(member.name, TEXTS),
            MemberForm::Object => key(member.name, ValueType::Free),
            MemberForm::Objects => key(member.name, ValueType::List(&ValueType::Free)),
        };
        index += 1;
    }
    keys
};

const HEADERS: &[KeySchema] = &[key("requestHeaderAllowlist", TEXTS)];

const OWN: &[KeySchema] = &[
    key("requirements_file", TEXT),
    key("extras", TEXTS),
    key("groups", TEXTS),
    key("dockerfile", TEXT),
    key("context", TEXT),
    key("target", TEXT),
    key("build_args", ValueType::TextMap(TextRule::Variable)),
    key("build_secrets", TEXTS),
    key("base_image", TEXT),
    key("builder", ValueType::Choice(Builder::TEXTS)),
    key("python_version", ValueType::Text(TextRule::PythonVersion)),
    key("resolved", TEXT),
    key("environment", ValueType::TextMap(TextRule::Variable)),
    key("plain_values", TEXTS),
    key("runtime", ValueType::Map(super::runtime_settings::KEYS)),
    key("allow_callers", ValueType::List(&ValueType::Text(TextRule::Caller))),
    key("tags", ValueType::TextMap(TextRule::Any)),
    key("permissions_boundary", ValueType::Text(TextRule::Arn)),
    key("token", ValueType::Map(TOKEN)),
    key("smoke", ValueType::Map(SMOKE)),
    key("image", TEXT),
    key("adopted", TEXT),
    key("created", ValueType::Map(CREATED)),
];

/// The service lets an answer take an hour at most.
const SMOKE: &[KeySchema] = &[
    must("payload", ValueType::Any),
    key("expect", ValueType::Text(TextRule::Expectation)),
    key("timeout_seconds", ValueType::Int(1, 3600)),
];

const TOKEN: &[KeySchema] = &[
    key("grant", ValueType::Choice(TokenGrant::TEXTS)),
    key("discovery_url", TEXT),
    key("client_id", TEXT),
    key("client_auth", ValueType::Choice(TokenClientAuth::TEXTS)),
    key("client_secret_env", ValueType::Text(TextRule::Variable)),
    key("client_secret_file", TEXT),
    key("private_key_file", TEXT),
    key("key_id", TEXT),
    key("username", TEXT),
    key("password_env", ValueType::Text(TextRule::Variable)),
    key("password_file", TEXT),
    key("refresh_token_env", ValueType::Text(TextRule::Variable)),
    key("refresh_token_file", TEXT),
    key("scopes", TEXTS),
    key("audience", TEXT),
    key("resource", TEXT),
    key("redirect_uri", TEXT),
    key("variable", ValueType::Text(TextRule::Variable)),
    key("command", TEXTS),
    key("file", TEXT),
    key("id_token", ValueType::Bool),
];

/// Keys that people expect under `token` and that must not be in a file which is committed.
pub(super) const TOKEN_SECRETS: &[&str] = &["client_secret", "password", "refresh_token", "private_key", "token"];

const CREATED: &[KeySchema] = &[
    key("account", TEXT),
    key("region", TEXT),
    key("bucket", TEXT),
    key("repository", TEXT),
    key("execution_role", TEXT),
    key("runtime", TEXT),
    key("memories", TEXTS),
    key("build_project", TEXT),
    key("build_role", TEXT),
    key("source_bucket", TEXT),
    key("credential_providers", TEXTS),
    key("workload_identity", TEXT),
    key("workload_identities", TEXTS),
    key("identity_policy", TEXT),
    key("deployed_version", TEXT),
    key("resource_policies", TEXTS),
    key("environment", TEXTS),
];

fn rule(good: bool, complaint: &'static str) -> TextCheck {
    if good { TextCheck::Good } else { TextCheck::Bad(complaint.into()) }
}

/// It is the value of a tag.
fn identity(text: &str) -> TextCheck {
    let good = (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    rule(good, "is not a project's identity: 8 to 64 letters, digits and `-`, as `agentcore configure` writes it")
}

/// The service's pattern of `agentRuntimeName`; the name is also a folder's name.
fn agent_name(text: &str) -> TextCheck {
    rule(facts::is_name(text), "is not an agent name: a letter, then letters, digits and underscores, 48 at most")
}

fn account(text: &str) -> TextCheck {
    if is_account(text) {
        return TextCheck::Good;
    }
    if is_placeholder(text, "ACCOUNT") {
        return TextCheck::Odd("is not an AWS account id, so the account of the credentials is used");
    }
    TextCheck::Bad("is not an AWS account id: 12 digits, in quotes".into())
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

fn expectation(text: &str) -> TextCheck {
    match Expectation::parse(text) {
        Ok(_) => TextCheck::Good,
        Err(why) => TextCheck::Bad(format!("is not an expression that a smoke test can have: {why}").into()),
    }
}

fn python_version(text: &str) -> TextCheck {
    match facts::python_minor(text) {
        Some(_) => TextCheck::Good,
        None => TextCheck::Bad("is not a version of Python 3, such as 3.12".into()),
    }
}

fn region(text: &str) -> TextCheck {
    if is_region_placeholder(text) {
        return TextCheck::Odd("is not an AWS region, so that of the environment or the profile is used");
    }
    if is_region(text) { TextCheck::Good } else { TextCheck::Odd("does not look like an AWS region") }
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

fn arn(text: &str) -> TextCheck {
    rule(is_arn(text, None), "is not an ARN")
}

/// Somebody who may call besides those of the account. Nobody is let in by `*`.
fn caller(text: &str) -> TextCheck {
    rule(is_caller(text), "is neither an account of 12 digits, in quotes, nor the ARN of a role, a user or an account")
}

pub(crate) fn is_caller(text: &str) -> bool {
    let is_principal = |arn: &Arn| match arn.service.as_str() {
        "iam" => ["role/", "user/"].iter().any(|kind| arn.resource.starts_with(kind)) || arn.resource == "root",
        "sts" => arn.resource.starts_with("assumed-role/"),
        _ => false,
    };
    is_account(text) || (!text.contains('*') && is_arn(text, None) && text.parse().is_ok_and(|arn| is_principal(&arn)))
}

fn runtime_arn(text: &str) -> TextCheck {
    rule(is_arn(text, Some("bedrock-agentcore")), "is not the ARN of an AgentCore runtime")
}

/// An ARN, or a name that is turned into one once the account is known.
fn role(text: &str) -> TextCheck {
    let name = !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte));
    rule(
        name || (is_arn(text, Some("iam")) && text.contains(":role/")),
        "is neither the ARN of an IAM role nor a role name",
    )
}

fn runtime_type(text: &str) -> TextCheck {
    if facts::read_runtime(text).is_some() {
        return TextCheck::Good;
    }
    TextCheck::Bad(
        format!("is not a managed runtime: one of {}, or newer", facts::MANAGED_RUNTIME_NAMES.join(", ")).into(),
    )
}

/// The toolkit refuses anything else, since it puts the value into a Dockerfile.
fn memory_word(text: &str) -> TextCheck {
    let good = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    rule(good, "may hold letters, digits, `-` and `_` only")
}

fn variable(name: &str) -> TextCheck {
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
    fn the_record_has_a_line_for_each_member() {
        let one = || vec!["x".to_owned()];
        // Without `..`, so that a new member does not compile until it is here.
        let created = crate::config::Created {
            account: Some("x".into()),
            region: Some("x".into()),
            bucket: Some("x".into()),
            repository: Some("x".into()),
            execution_role: Some("x".into()),
            runtime: Some("x".into()),
            memories: one(),
            build_project: Some("x".into()),
            build_role: Some("x".into()),
            source_bucket: Some("x".into()),
            credential_providers: one(),
            workload_identity: Some("x".into()),
            workload_identities: one(),
            identity_policy: Some("x".into()),
            resource_policies: one(),
            deployed_version: Some("x".into()),
            environment: one(),
            other: serde_json::Map::new(),
        };
        let written = serde_json::to_value(&created).unwrap();
        let mut written: Vec<&str> = written.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known: Vec<&str> = CREATED.iter().map(|key| key.name).collect();
        written.sort_unstable();
        known.sort_unstable();
        assert_eq!(written, known);
    }

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
            assert!(matches!(region(good), TextCheck::Good), "{good}");
        }
        for odd in ["us-west", "uswest2", "us-west-2a", "US-WEST-2", "", "-"] {
            assert!(matches!(region(odd), TextCheck::Odd(_)), "{odd}");
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
        let good = |text: &str| matches!(runtime_type(text), TextCheck::Good);
        assert!(facts::MANAGED_RUNTIME_NAMES.iter().all(|name| good(name)) && good("PYTHON_3_15"));
        assert!(!good("RUBY_3") && !good("PYTHON_9_9"));
    }
}
