//! The service model's constraints on each member of a runtime and of an endpoint, as a table.
//!
//! Owns: kinds, lengths, ranges, patterns and required members, and comparing a request with them. Does not own: the rules
//! between members (`validate`). Source: the service model, whose patterns are matched against the whole value.
//! Members that are in no table are kept and returned as they came: clients may know a newer model.

pub(super) mod gateways;

use serde_json::Value;

use super::check::{TextRule, Violations};
use crate::facts::{ENTRY_POINT_LENGTH, MANAGED_RUNTIME_NAMES, MOST_HEADERS, MOST_NETWORK_IDS};

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
pub(crate) const NAME: &str = "[a-zA-Z][a-zA-Z0-9_]{0,47}";
const ROLE: &str = "arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+";
const CLIENT_TOKEN_PATTERN: &str = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,256}";
const CLIENT_TOKEN: MemberRule = optional("clientToken", bounded_text(33, 256, CLIENT_TOKEN_PATTERN));
pub(crate) const TAG: &str = r"[a-zA-Z0-9\s._:/=+@-]*";
pub(crate) const TAGS: MemberRule = optional(
    "tags",
    MemberType::Map(50, TextRule::length(1, 128).with_pattern(TAG), TextRule::length(0, 256).with_pattern(TAG)),
);
const MOUNT: MemberType = bounded_text(6, 200, "/mnt/[a-zA-Z0-9._-]+/?");
const PORT: MemberType = MemberType::Integer(8000, 12_000);
const SECURITY_GROUP: &str = "sg-[0-9a-zA-Z]{8,17}";
const SUBNET: &str = "subnet-[0-9a-zA-Z]{8,17}";
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

/// CreateAgentRuntime alone.
pub(super) const NEW_RUNTIME: &[MemberRule] = &[required("agentRuntimeName", pattern(NAME)), TAGS];

/// UpdateAgentRuntime alone.
pub(super) const CHANGED_RUNTIME: &[MemberRule] = &[
    optional("metadataConfiguration", MemberType::Structure),
    required("metadataConfiguration.requireMMDSV2", MemberType::Boolean),
];

/// CreateAgentRuntime and UpdateAgentRuntime.
pub(super) const RUNTIME: &[MemberRule] = &[
    required("roleArn", bounded_text(1, 2048, ROLE)),
    required("agentRuntimeArtifact", MemberType::Union),
    optional("agentRuntimeArtifact.containerConfiguration", MemberType::Structure),
    required("agentRuntimeArtifact.containerConfiguration.containerUri", text(1, 1024)),
    optional("agentRuntimeArtifact.codeConfiguration", MemberType::Structure),
    required("agentRuntimeArtifact.codeConfiguration.code", MemberType::Union),
    optional("agentRuntimeArtifact.codeConfiguration.code.s3", MemberType::Structure),
    required("agentRuntimeArtifact.codeConfiguration.code.s3.bucket", pattern("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")),
    required("agentRuntimeArtifact.codeConfiguration.code.s3.prefix", text(1, 1024)),
    optional("agentRuntimeArtifact.codeConfiguration.code.s3.versionId", text(3, 1024)),
    required("agentRuntimeArtifact.codeConfiguration.runtime", MemberType::OneOf(MANAGED_RUNTIME_NAMES)),
    required("agentRuntimeArtifact.codeConfiguration.entryPoint", MemberType::List(1, 2)),
    optional("agentRuntimeArtifact.codeConfiguration.entryPoint[]", text(1, ENTRY_POINT_LENGTH)),
    optional("networkConfiguration", MemberType::Structure),
    required("networkConfiguration.networkMode", MemberType::OneOf(&["PUBLIC", "VPC"])),
    optional("networkConfiguration.networkModeConfig", MemberType::Structure),
    required("networkConfiguration.networkModeConfig.securityGroups", MemberType::List(1, MOST_NETWORK_IDS)),
    optional("networkConfiguration.networkModeConfig.securityGroups[]", pattern(SECURITY_GROUP)),
    required("networkConfiguration.networkModeConfig.subnets", MemberType::List(1, MOST_NETWORK_IDS)),
    optional("networkConfiguration.networkModeConfig.subnets[]", pattern(SUBNET)),
    optional("networkConfiguration.networkModeConfig.requireServiceS3Endpoint", MemberType::Boolean),
    optional("authorizerConfiguration", MemberType::Union),
    optional("requestHeaderConfiguration", MemberType::Structure),
    required("requestHeaderConfiguration.requestHeaderAllowlist", MemberType::List(1, MOST_HEADERS)),
    optional("requestHeaderConfiguration.requestHeaderAllowlist[]", pattern("[A-Za-z][A-Za-z0-9_-]{0,255}")),
    optional("protocolConfiguration", MemberType::Structure),
    required("protocolConfiguration.serverProtocol", MemberType::OneOf(&["MCP", "HTTP", "A2A", "AGUI"])),
    optional("protocolConfiguration.port", PORT),
    optional("protocolConfiguration.path", bounded_text(1, 2048, r"/[A-Za-z0-9\-._~/%]*")),
    optional("lifecycleConfiguration", MemberType::Structure),
    optional("lifecycleConfiguration.idleRuntimeSessionTimeout", MemberType::Integer(60, 1_209_600)),
    optional("lifecycleConfiguration.maxLifetime", MemberType::Integer(60, 1_209_600)),
    optional("hooksConfiguration", MemberType::Structure),
    optional("hooksConfiguration.build", MemberType::Structure),
    optional("hooksConfiguration.build.warmup", MemberType::Structure),
    required("hooksConfiguration.build.warmup.action", MemberType::Union),
    optional("hooksConfiguration.build.warmup.action.httpPost", MemberType::Structure),
    required("hooksConfiguration.build.warmup.action.httpPost.path", bounded_text(1, 32, "/[A-Za-z0-9._~/-]*")),
    optional("hooksConfiguration.build.warmup.action.httpPost.port", PORT),
    optional(
        "environmentVariables",
        MemberType::Map(50, TextRule::length(1, 100), TextRule::length(0, 5000).sensitive()),
    ),
    optional("description", MemberType::Text(TextRule::length(1, 4096).sensitive())),
    optional("filesystemConfigurations", MemberType::List(0, 5)),
    optional("filesystemConfigurations[]", MemberType::Union),
    optional("filesystemConfigurations[].sessionStorage", MemberType::Structure),
    required("filesystemConfigurations[].sessionStorage.mountPath", MOUNT),
    optional("filesystemConfigurations[].s3FilesAccessPoint", MemberType::Structure),
    required(
        "filesystemConfigurations[].s3FilesAccessPoint.accessPointArn",
        bounded_text(
            0,
            256,
            "arn:aws[-a-z]*:s3files:[0-9a-z:-]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}",
        ),
    ),
    required("filesystemConfigurations[].s3FilesAccessPoint.mountPath", MOUNT),
    optional("filesystemConfigurations[].efsAccessPoint", MemberType::Structure),
    required(
        "filesystemConfigurations[].efsAccessPoint.accessPointArn",
        bounded_text(0, 128, "arn:aws[-a-z]*:elasticfilesystem:[0-9a-z:-]+:access-point/fsap-[0-9a-f]{8,40}"),
    ),
    required("filesystemConfigurations[].efsAccessPoint.mountPath", MOUNT),
    optional("filesystemConfigurations[].s3BucketMount", MemberType::Structure),
    required(
        "filesystemConfigurations[].s3BucketMount.bucket",
        bounded_text(3, 63, "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
    ),
    required("filesystemConfigurations[].s3BucketMount.mountPath", MOUNT),
    optional(
        "filesystemConfigurations[].s3BucketMount.prefix",
        bounded_text(1, 1024, "[a-zA-Z0-9{][a-zA-Z0-9!_.*'()/{}-]*"),
    ),
    optional("filesystemConfigurations[].s3BucketMount.s3BucketOwner", pattern("[0-9]{12}")),
    optional(
        "filesystemConfigurations[].s3BucketMount.s3BucketRegion",
        bounded_text(1, 64, "[a-z]{2,}(-[a-z]+)+-[0-9]+"),
    ),
    optional("filesystemConfigurations[].capacityProviderVolume", MemberType::Structure),
    required(
        "filesystemConfigurations[].capacityProviderVolume.volumeName",
        bounded_text(1, 48, "[a-zA-Z][a-zA-Z0-9_-]{0,47}"),
    ),
    required("filesystemConfigurations[].capacityProviderVolume.mountPath", MOUNT),
    optional("capacityProviderConfiguration", MemberType::Structure),
    required(
        "capacityProviderConfiguration.capacityProviderArn",
        pattern(
            "arn:aws(-[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:capacity-provider/[a-zA-Z][a-zA-Z0-9_]{0,47}-[a-zA-Z0-9]{10}",
        ),
    ),
    optional("capacityProviderConfiguration.operatingSystemConfiguration", MemberType::Structure),
    optional("capacityProviderConfiguration.operatingSystemConfiguration.linux", MemberType::Structure),
    optional(
        "capacityProviderConfiguration.operatingSystemConfiguration.linux.privilegeMode",
        MemberType::OneOf(&["STANDARD", "PRIVILEGED"]),
    ),
    optional("platformVersion", bounded_text(1, 128, r"[^\s]+")),
    optional("allowedPorts", MemberType::List(1, 5)),
    optional("allowedPorts[]", MemberType::Union),
    optional("allowedPorts[].port", PORT),
    optional("allowedPorts[].portRange", MemberType::Structure),
    required("allowedPorts[].portRange.from", PORT),
    required("allowedPorts[].portRange.to", PORT),
    optional("resourceConfigurations", MemberType::List(0, 1)),
    optional("resourceConfigurations[]", MemberType::Structure),
    required("resourceConfigurations[].minimumMemoryInMiB", MemberType::Integer(i32::MIN as i64, i32::MAX as i64)),
    CLIENT_TOKEN,
];

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

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: [&[MemberRule]; 7] =
        [NEW_RUNTIME, CHANGED_RUNTIME, RUNTIME, AUTHORIZER, PRIVATE_ENDPOINT, NEW_ENDPOINT, ENDPOINT];

    #[test]
    fn the_tables_are_well_formed() {
        TABLES.into_iter().chain(gateways::TABLES).for_each(well_formed);
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
