//! The service model's constraints on each member of a runtime and of an endpoint, as a table.
//!
//! Those of a runtime are `facts::runtime`'s. Owns: the others, kinds, lengths, ranges, patterns and required members, and comparing a request with them. Does not own: the rules
//! between members (`validate`). Source: the service model, whose patterns are matched against the whole value.
//! Members that are in no table are kept and returned as they came: clients may know a newer model.

pub(super) mod gateways;

use std::sync::LazyLock;

use serde_json::Value;

use super::check::{TextRule, Violations};
use crate::facts::runtime::{self, Limit, RuntimeMember, TextLimit};

/// One member. `[]` in a path stands for each item of a list.
pub(crate) struct MemberRule {
    path: &'static str,
    /// Where the structure around it is there.
    required: bool,
    kind: MemberType,
}

pub(crate) enum MemberType {
    Text(TextRule),
    OneOf(&'static [&'static str]),
    Integer(i64, i64),
    Boolean,
    /// The fewest and the most items.
    List(usize, usize),
    /// The most entries, and what keys and values are.
    Map(usize, TextRule, TextRule),
    Structure,
    /// A structure of which exactly one member is set.
    Union,
}

pub(crate) const fn required(path: &'static str, kind: MemberType) -> MemberRule {
    MemberRule { path, required: true, kind }
}

pub(crate) const fn optional(path: &'static str, kind: MemberType) -> MemberRule {
    MemberRule { path, required: false, kind }
}

pub(crate) const fn text(min: usize, max: usize) -> MemberType {
    MemberType::Text(TextRule::length(min, max))
}

pub(crate) const fn pattern(pattern: &'static str) -> MemberType {
    MemberType::Text(TextRule::pattern(pattern))
}

pub(crate) const fn bounded_text(min: usize, max: usize, pattern: &'static str) -> MemberType {
    MemberType::Text(TextRule::length(min, max).with_pattern(pattern))
}

const ANY: usize = usize::MAX;
/// As `facts::is_name` has it.
pub(crate) const NAME: &str = runtime::NAME;
const ROLE: &str = runtime::ROLE;
const CLIENT_TOKEN_PATTERN: &str = runtime::CLIENT_TOKEN;
const CLIENT_TOKEN: MemberRule = optional("clientToken", bounded_text(33, 256, CLIENT_TOKEN_PATTERN));
pub(crate) const TAG: &str = runtime::TAG;
pub(crate) const TAGS: MemberRule = optional(
    "tags",
    MemberType::Map(50, TextRule::length(1, 128).with_pattern(TAG), TextRule::length(0, 256).with_pattern(TAG)),
);
const SUBNET: &str = runtime::SUBNET;
const LATTICE: &str = r"((rcfg-[0-9a-z]{17})|(arn:[a-z0-9\-]+:vpc-lattice:[a-zA-Z0-9\-]+:\d{12}:resourceconfiguration/rcfg-[0-9a-z]{17}))";
const SCOPE: TextRule = TextRule::length(1, 255).with_pattern(r"[\x21\x23-\x5B\x5D-\x7E]+");
const VERSION_PATTERN: &str = "([1-9][0-9]{0,4})";
const VERSION: MemberType = bounded_text(1, 5, VERSION_PATTERN);

/// A member that is part of the path or the query: its name in the model, and what it must be.
pub(crate) type PathMember = (&'static str, TextRule);

pub(super) const RUNTIME_ID: PathMember =
    ("agentRuntimeId", TextRule::pattern("[a-zA-Z][a-zA-Z0-9_]{0,99}-[a-zA-Z0-9]{10}"));
pub(super) const ENDPOINT_NAME: PathMember = ("endpointName", TextRule::pattern(NAME));
pub(super) const VERSION_NAME: PathMember =
    ("agentRuntimeVersion", TextRule::length(1, 5).with_pattern(VERSION_PATTERN));
pub(super) const CLIENT_TOKEN_PARAMETER: PathMember =
    ("clientToken", TextRule::length(33, 256).with_pattern(CLIENT_TOKEN_PATTERN));
pub(crate) const RESOURCE_ARN: PathMember = (
    "resourceArn",
    TextRule::length(20, 1011)
        .with_pattern("arn:(?:[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:([a-z-]+/[^/]+)(?:/[a-z-]+/[^/]+)*"),
);

/// The members of CreateAgentRuntime's input (`create`) or of UpdateAgentRuntime's.
pub(super) fn runtime(create: bool) -> &'static [MemberRule] {
    static TABLES: LazyLock<[Vec<MemberRule>; 2]> = LazyLock::new(|| {
        let table = |is_part: fn(&RuntimeMember) -> bool| {
            let members = runtime::MEMBERS.iter().filter(move |member| is_part(member));
            members.map(|member| MemberRule { path: member.path, required: member.required, kind: member.limit.into() })
        };
        [table(|member| member.operations.update).collect(), table(|member| member.operations.create).collect()]
    });
    &TABLES[usize::from(create)]
}

impl From<TextLimit> for TextRule {
    fn from(limit: TextLimit) -> Self {
        let TextLimit { min, max, pattern, sensitive } = limit;
        Self { min, max, pattern, sensitive }
    }
}

impl From<Limit> for MemberType {
    fn from(limit: Limit) -> Self {
        match limit {
            Limit::Text(text) => Self::Text(text.into()),
            Limit::OneOf(all) => Self::OneOf(all),
            Limit::Integer(low, high) => Self::Integer(low, high),
            Limit::Boolean => Self::Boolean,
            Limit::List(low, high) => Self::List(low, high),
            Limit::Map(most, key, value) => Self::Map(most, key.into(), value.into()),
            Limit::Structure => Self::Structure,
            Limit::Union => Self::Union,
        }
    }
}

/// Members inside `customJWTAuthorizer` that `auth` does not read, and a private endpoint under two paths.
pub(super) const AUTHORIZER: &[MemberRule] = &[
    optional("advertisedScopeMapping", MemberType::Map(50, SCOPE, SCOPE)),
    optional("privateEndpoint", MemberType::Union),
    optional("privateEndpointOverrides", MemberType::List(0, 5)),
    optional("privateEndpointOverrides[]", MemberType::Structure),
    required("privateEndpointOverrides[].domain", text(1, 253)),
    required("privateEndpointOverrides[].privateEndpoint", MemberType::Union),
    optional("certificateConfigurations", MemberType::List(1, 1)),
    optional("certificateConfigurations[]", MemberType::Union),
    optional("certificateConfigurations[].s3", MemberType::Structure),
    required("certificateConfigurations[].s3.uri", pattern("s3://.{1,2043}")),
    optional("certificateConfigurations[].s3.bucketOwnerAccountId", pattern("[0-9]{12}")),
    optional("certificateConfigurations[].secretsManager", MemberType::Structure),
    required(
        "certificateConfigurations[].secretsManager.secretArn",
        pattern("arn:aws(-[^:]+)?:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+"),
    ),
    optional("allowedWorkloadConfiguration", MemberType::Structure),
    optional("allowedWorkloadConfiguration.hostingEnvironments", MemberType::List(1, 10)),
    optional("allowedWorkloadConfiguration.hostingEnvironments[]", MemberType::Structure),
    required("allowedWorkloadConfiguration.hostingEnvironments[].arn", text(20, 1011)),
    optional("allowedWorkloadConfiguration.workloadIdentities", MemberType::List(1, 10)),
    optional("allowedWorkloadConfiguration.workloadIdentities[]", bounded_text(3, 255, "[A-Za-z0-9_.-]+")),
];

/// Inside each `privateEndpoint`.
pub(super) const PRIVATE_ENDPOINT: &[MemberRule] = &[
    optional("selfManagedLatticeResource", MemberType::Union),
    optional("selfManagedLatticeResource.resourceConfigurationIdentifier", bounded_text(20, 2048, LATTICE)),
    optional("managedVpcResource", MemberType::Structure),
    required("managedVpcResource.vpcIdentifier", pattern("vpc-(([0-9a-z]{8})|([0-9a-z]{17}))")),
    required("managedVpcResource.subnetIds", MemberType::List(0, ANY)),
    optional("managedVpcResource.subnetIds[]", pattern(SUBNET)),
    required("managedVpcResource.endpointIpAddressType", MemberType::OneOf(&["IPV4", "IPV6"])),
    optional("managedVpcResource.securityGroupIds", MemberType::List(0, 5)),
    optional("managedVpcResource.securityGroupIds[]", pattern("sg-(([0-9a-z]{8})|([0-9a-z]{17}))")),
    optional(
        "managedVpcResource.tags",
        MemberType::Map(50, TextRule::length(1, 128).with_pattern(TAG), TextRule::length(0, 256).with_pattern(TAG)),
    ),
    optional("managedVpcResource.routingDomain", text(3, 255)),
];

/// CreateAgentRuntimeEndpoint alone.
pub(super) const NEW_ENDPOINT: &[MemberRule] = &[required("name", pattern(NAME)), TAGS];

/// CreateAgentRuntimeEndpoint and UpdateAgentRuntimeEndpoint.
pub(super) const ENDPOINT: &[MemberRule] = &[
    optional("agentRuntimeVersion", VERSION),
    optional("description", MemberType::Text(TextRule::length(1, 256).sensitive())),
    CLIENT_TOKEN,
];

/// Compares a structure, which is shown under `prefix` (empty, or with a final dot), with a table.
pub(crate) fn compare(check: &mut Violations, prefix: &str, structure: &Value, table: &[MemberRule]) {
    for member in table {
        let (parent, name) = member.path.rsplit_once('.').unwrap_or(("", member.path));
        let item = name.strip_suffix("[]");
        for (shown, parent) in find(structure, parent) {
            let path = format!("{prefix}{shown}{}", item.unwrap_or(name));
            let value = parent.get(item.unwrap_or(name)).filter(|value| !value.is_null());
            match item {
                Some(_) => {
                    for (index, value) in value.and_then(Value::as_array).into_iter().flatten().enumerate() {
                        member.kind.check(check, &format!("{path}.{}.member", index + 1), value);
                    }
                }
                None if member.required => {
                    if let Some(value) = check.present(&path, value) {
                        member.kind.check(check, &path, value);
                    }
                }
                None => {
                    if let Some(value) = value {
                        member.kind.check(check, &path, value);
                    }
                }
            }
        }
    }
}

/// The structures at a path, each with how it is shown, with a final dot; an empty path is the structure itself.
fn find<'v>(structure: &'v Value, path: &str) -> Vec<(String, &'v Value)> {
    let mut found = vec![(String::new(), structure)];
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let mut next = Vec::new();
        for (shown, value) in found {
            let member = name.trim_end_matches("[]");
            let Some(inner) = value.get(member).filter(|inner| !inner.is_null()) else { continue };
            if name.ends_with("[]") {
                let items = inner.as_array().into_iter().flatten().enumerate();
                next.extend(items.map(|(index, item)| (format!("{shown}{member}.{}.member.", index + 1), item)));
            } else {
                next.push((format!("{shown}{member}."), inner));
            }
        }
        found = next;
    }
    found.into_iter().filter(|(_, value)| value.is_object()).collect()
}

impl MemberType {
    fn check(&self, check: &mut Violations, path: &str, value: &Value) {
        match self {
            Self::Text(rule) => {
                check.text(path, Some(value), *rule);
            }
            Self::OneOf(allowed) => check.one_of(path, Some(value), allowed),
            Self::Integer(low, high) => {
                check.integer(path, Some(value), *low, *high);
            }
            Self::Boolean => check.require(path, "a boolean", value.is_boolean()),
            Self::List(low, high) => {
                check.list(path, Some(value), *low, *high);
            }
            Self::Map(most, key, item) => {
                check.map(path, Some(value), *most, (*key, *item));
            }
            Self::Structure => check.require(path, "a structure", value.is_object()),
            Self::Union => {
                let set = value.as_object().map(|object| object.values().filter(|value| !value.is_null()).count());
                check.require(path, "a structure with exactly one member set", set == Some(1));
            }
        }
    }
}

/// Fails for a table with a member that is there twice or in nothing, or a pattern that does not compile.
#[cfg(test)]
pub(crate) fn well_formed(table: &[MemberRule]) {
    let mut seen = std::collections::HashSet::new();
    for member in table {
        assert!(seen.insert(member.path), "{} is there once", member.path);
        // A member is in something that is in the table before it.
        let around = member.path.strip_suffix("[]").or(member.path.rsplit_once('.').map(|(around, _)| around));
        assert!(around.is_none_or(|around| seen.contains(around)), "{} is in nothing", member.path);
        let patterns: Vec<&str> = match &member.kind {
            MemberType::Text(text) => text.pattern.into_iter().collect(),
            MemberType::Map(_, key, value) => key.pattern.into_iter().chain(value.pattern).collect(),
            _ => Vec::new(),
        };
        for pattern in patterns {
            assert!(regex_lite::Regex::new(&format!("^(?:{pattern})$")).is_ok(), "{pattern}");
        }
    }
}

/// The paths of all members of `authorizerConfiguration`: those of the tables here, and those that `auth` reads.
#[cfg(test)]
pub(crate) fn authorizer_members() -> Vec<String> {
    const CLAIM: [&str; 7] = [
        "[]",
        "[].inboundTokenClaimName",
        "[].inboundTokenClaimValueType",
        "[].authorizingClaimMatchValue",
        "[].authorizingClaimMatchValue.claimMatchOperator",
        "[].authorizingClaimMatchValue.claimMatchValue",
        "[].authorizingClaimMatchValue.claimMatchValue.matchValueString",
    ];
    let judged = crate::facts::AUTHORIZER_MEMBERS.iter().filter(|it| it.role == crate::facts::MemberRole::Judged);
    let judged = judged.flat_map(|member| match (member.name, member.form) {
        ("customClaims", _) => {
            let list = "[].authorizingClaimMatchValue.claimMatchValue.matchValueStringList";
            let inside = CLAIM.into_iter().chain([list]).map(|path| format!("customClaims{path}"));
            ["customClaims".to_owned()].into_iter().chain(inside).chain([format!("customClaims{list}[]")]).collect()
        }
        (name, crate::facts::MemberForm::Texts) => vec![name.to_owned(), format!("{name}[]")],
        (name, _) => vec![name.to_owned()],
    });
    let endpoints = ["privateEndpoint", "privateEndpointOverrides[].privateEndpoint"];
    let endpoints = endpoints
        .into_iter()
        .flat_map(|around| PRIVATE_ENDPOINT.iter().map(move |member| format!("{around}.{}", member.path)));
    let all = judged.chain(AUTHORIZER.iter().map(|member| member.path.to_owned())).chain(endpoints);
    let inside = all.map(|path| format!("authorizerConfiguration.customJWTAuthorizer.{path}"));
    ["authorizerConfiguration.customJWTAuthorizer".to_owned()].into_iter().chain(inside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_well_formed() {
        let tables = [runtime(true), runtime(false), AUTHORIZER, PRIVATE_ENDPOINT, NEW_ENDPOINT, ENDPOINT];
        tables.into_iter().chain(gateways::TABLES).for_each(well_formed);
    }

    #[test]
    fn a_name_is_what_the_facts_say() {
        let pattern = regex_lite::Regex::new(&format!("^(?:{NAME})$")).unwrap();
        let (longest, longer) = ("a".repeat(48), "a".repeat(49));
        for name in ["a", "A_1", &longest, &longer, "1a", "_a", "", "a-b", "é"] {
            assert_eq!(pattern.is_match(name), crate::facts::is_name(name), "{name}");
        }
    }

    #[test]
    fn authorizer_members_are_the_same_in_both_tables() {
        use crate::facts::{AUTHORIZER_MEMBERS, MemberRole};
        let top = |path: &'static str| path.split(['.', '[']).next().unwrap_or_default();
        let here: std::collections::BTreeSet<&str> = AUTHORIZER.iter().map(|member| top(member.path)).collect();
        // Those that are judged are read by `auth`.
        let passed_on = AUTHORIZER_MEMBERS.iter().filter(|member| member.role != MemberRole::Judged);
        assert_eq!(here, passed_on.map(|member| member.name).collect());
    }
}
