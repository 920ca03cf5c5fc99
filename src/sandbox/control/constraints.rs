//! What the service model says of each member of a runtime and of an endpoint, as a table.
//!
//! Owns: kinds, lengths, ranges, patterns and required members, and comparing a request with them. Does not own: the rules
//! between members (`validate`). Source: the service model, whose patterns are matched against the whole value.
//! Members that are in no table are kept and returned as they came: clients may know a newer model.

use serde_json::Value;

use super::check::{Check, Text};
use crate::facts::{ENTRY_POINT_LENGTH, MANAGED_RUNTIME_NAMES, MOST_HEADERS, MOST_NETWORK_IDS};

/// One member. `[]` in a path stands for each item of a list.
pub(super) struct Member {
    path: &'static str,
    /// Where the structure around it is there.
    required: bool,
    kind: Kind,
}

enum Kind {
    Text(Text),
    OneOf(&'static [&'static str]),
    Integer(i64, i64),
    Boolean,
    /// The fewest and the most items.
    List(usize, usize),
    /// The most entries, and what keys and values are.
    Map(usize, Text, Text),
    Structure,
    /// A structure of which exactly one member is set.
    Union,
}

const fn required(path: &'static str, kind: Kind) -> Member {
    Member { path, required: true, kind }
}

const fn optional(path: &'static str, kind: Kind) -> Member {
    Member { path, required: false, kind }
}

const fn text(min: usize, max: usize) -> Kind {
    Kind::Text(Text::length(min, max))
}

const fn pattern(pattern: &'static str) -> Kind {
    Kind::Text(Text::pattern(pattern))
}

const fn both(min: usize, max: usize, pattern: &'static str) -> Kind {
    Kind::Text(Text::length(min, max).and(pattern))
}

const ANY: usize = usize::MAX;
/// As `facts::is_name` has it.
const NAME: &str = "[a-zA-Z][a-zA-Z0-9_]{0,47}";
const ROLE: &str = "arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+";
const CLIENT_TOKEN_PATTERN: &str = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,256}";
const CLIENT_TOKEN: Member = optional("clientToken", both(33, 256, CLIENT_TOKEN_PATTERN));
const TAG: &str = r"[a-zA-Z0-9\s._:/=+@-]*";
pub(super) const TAGS: Member =
    optional("tags", Kind::Map(50, Text::length(1, 128).and(TAG), Text::length(0, 256).and(TAG)));
const MOUNT: Kind = both(6, 200, "/mnt/[a-zA-Z0-9._-]+/?");
const PORT: Kind = Kind::Integer(8000, 12_000);
const SECURITY_GROUP: &str = "sg-[0-9a-zA-Z]{8,17}";
const SUBNET: &str = "subnet-[0-9a-zA-Z]{8,17}";
const LATTICE: &str = r"((rcfg-[0-9a-z]{17})|(arn:[a-z0-9\-]+:vpc-lattice:[a-zA-Z0-9\-]+:\d{12}:resourceconfiguration/rcfg-[0-9a-z]{17}))";
const SCOPE: Text = Text::length(1, 255).and(r"[\x21\x23-\x5B\x5D-\x7E]+");
const VERSION_PATTERN: &str = "([1-9][0-9]{0,4})";
const VERSION: Kind = both(1, 5, VERSION_PATTERN);

/// A member that is part of the path or the query: its name in the model, and what it must be.
pub(super) type Part = (&'static str, Text);

pub(super) const RUNTIME_ID: Part = ("agentRuntimeId", Text::pattern("[a-zA-Z][a-zA-Z0-9_]{0,99}-[a-zA-Z0-9]{10}"));
pub(super) const ENDPOINT_NAME: Part = ("endpointName", Text::pattern(NAME));
pub(super) const VERSION_NAME: Part = ("agentRuntimeVersion", Text::length(1, 5).and(VERSION_PATTERN));
pub(super) const CLIENT_TOKEN_PARAMETER: Part = ("clientToken", Text::length(33, 256).and(CLIENT_TOKEN_PATTERN));
pub(super) const RESOURCE_ARN: Part = (
    "resourceArn",
    Text::length(20, 1011)
        .and("arn:(?:[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:([a-z-]+/[^/]+)(?:/[a-z-]+/[^/]+)*"),
);

/// CreateAgentRuntime alone.
pub(super) const NEW_RUNTIME: &[Member] = &[required("agentRuntimeName", pattern(NAME)), TAGS];

/// UpdateAgentRuntime alone.
pub(super) const CHANGED_RUNTIME: &[Member] = &[
    optional("metadataConfiguration", Kind::Structure),
    required("metadataConfiguration.requireMMDSV2", Kind::Boolean),
];

/// CreateAgentRuntime and UpdateAgentRuntime.
pub(super) const RUNTIME: &[Member] = &[
    required("roleArn", both(1, 2048, ROLE)),
    required("agentRuntimeArtifact", Kind::Union),
    optional("agentRuntimeArtifact.containerConfiguration", Kind::Structure),
    required("agentRuntimeArtifact.containerConfiguration.containerUri", text(1, 1024)),
    optional("agentRuntimeArtifact.codeConfiguration", Kind::Structure),
    required("agentRuntimeArtifact.codeConfiguration.code", Kind::Union),
    optional("agentRuntimeArtifact.codeConfiguration.code.s3", Kind::Structure),
    required("agentRuntimeArtifact.codeConfiguration.code.s3.bucket", pattern("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")),
    required("agentRuntimeArtifact.codeConfiguration.code.s3.prefix", text(1, 1024)),
    optional("agentRuntimeArtifact.codeConfiguration.code.s3.versionId", text(3, 1024)),
    required("agentRuntimeArtifact.codeConfiguration.runtime", Kind::OneOf(MANAGED_RUNTIME_NAMES)),
    required("agentRuntimeArtifact.codeConfiguration.entryPoint", Kind::List(1, 2)),
    optional("agentRuntimeArtifact.codeConfiguration.entryPoint[]", text(1, ENTRY_POINT_LENGTH)),
    optional("networkConfiguration", Kind::Structure),
    required("networkConfiguration.networkMode", Kind::OneOf(&["PUBLIC", "VPC"])),
    optional("networkConfiguration.networkModeConfig", Kind::Structure),
    required("networkConfiguration.networkModeConfig.securityGroups", Kind::List(1, MOST_NETWORK_IDS)),
    optional("networkConfiguration.networkModeConfig.securityGroups[]", pattern(SECURITY_GROUP)),
    required("networkConfiguration.networkModeConfig.subnets", Kind::List(1, MOST_NETWORK_IDS)),
    optional("networkConfiguration.networkModeConfig.subnets[]", pattern(SUBNET)),
    optional("networkConfiguration.networkModeConfig.requireServiceS3Endpoint", Kind::Boolean),
    optional("authorizerConfiguration", Kind::Union),
    optional("requestHeaderConfiguration", Kind::Structure),
    required("requestHeaderConfiguration.requestHeaderAllowlist", Kind::List(1, MOST_HEADERS)),
    optional("requestHeaderConfiguration.requestHeaderAllowlist[]", pattern("[A-Za-z][A-Za-z0-9_-]{0,255}")),
    optional("protocolConfiguration", Kind::Structure),
    required("protocolConfiguration.serverProtocol", Kind::OneOf(&["MCP", "HTTP", "A2A", "AGUI"])),
    optional("protocolConfiguration.port", PORT),
    optional("protocolConfiguration.path", both(1, 2048, r"/[A-Za-z0-9\-._~/%]*")),
    optional("lifecycleConfiguration", Kind::Structure),
    optional("lifecycleConfiguration.idleRuntimeSessionTimeout", Kind::Integer(60, 1_209_600)),
    optional("lifecycleConfiguration.maxLifetime", Kind::Integer(60, 1_209_600)),
    optional("hooksConfiguration", Kind::Structure),
    optional("hooksConfiguration.build", Kind::Structure),
    optional("hooksConfiguration.build.warmup", Kind::Structure),
    required("hooksConfiguration.build.warmup.action", Kind::Union),
    optional("hooksConfiguration.build.warmup.action.httpPost", Kind::Structure),
    required("hooksConfiguration.build.warmup.action.httpPost.path", both(1, 32, "/[A-Za-z0-9._~/-]*")),
    optional("hooksConfiguration.build.warmup.action.httpPost.port", PORT),
    optional("environmentVariables", Kind::Map(50, Text::length(1, 100), Text::length(0, 5000).sensitive())),
    optional("description", Kind::Text(Text::length(1, 4096).sensitive())),
    optional("filesystemConfigurations", Kind::List(0, 5)),
    optional("filesystemConfigurations[]", Kind::Union),
    optional("filesystemConfigurations[].sessionStorage", Kind::Structure),
    required("filesystemConfigurations[].sessionStorage.mountPath", MOUNT),
    optional("filesystemConfigurations[].s3FilesAccessPoint", Kind::Structure),
    required(
        "filesystemConfigurations[].s3FilesAccessPoint.accessPointArn",
        both(
            0,
            256,
            "arn:aws[-a-z]*:s3files:[0-9a-z:-]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}",
        ),
    ),
    required("filesystemConfigurations[].s3FilesAccessPoint.mountPath", MOUNT),
    optional("filesystemConfigurations[].efsAccessPoint", Kind::Structure),
    required(
        "filesystemConfigurations[].efsAccessPoint.accessPointArn",
        both(0, 128, "arn:aws[-a-z]*:elasticfilesystem:[0-9a-z:-]+:access-point/fsap-[0-9a-f]{8,40}"),
    ),
    required("filesystemConfigurations[].efsAccessPoint.mountPath", MOUNT),
    optional("filesystemConfigurations[].s3BucketMount", Kind::Structure),
    required("filesystemConfigurations[].s3BucketMount.bucket", both(3, 63, "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")),
    required("filesystemConfigurations[].s3BucketMount.mountPath", MOUNT),
    optional("filesystemConfigurations[].s3BucketMount.prefix", both(1, 1024, "[a-zA-Z0-9{][a-zA-Z0-9!_.*'()/{}-]*")),
    optional("filesystemConfigurations[].s3BucketMount.s3BucketOwner", pattern("[0-9]{12}")),
    optional("filesystemConfigurations[].s3BucketMount.s3BucketRegion", both(1, 64, "[a-z]{2,}(-[a-z]+)+-[0-9]+")),
    optional("filesystemConfigurations[].capacityProviderVolume", Kind::Structure),
    required(
        "filesystemConfigurations[].capacityProviderVolume.volumeName",
        both(1, 48, "[a-zA-Z][a-zA-Z0-9_-]{0,47}"),
    ),
    required("filesystemConfigurations[].capacityProviderVolume.mountPath", MOUNT),
    optional("capacityProviderConfiguration", Kind::Structure),
    required(
        "capacityProviderConfiguration.capacityProviderArn",
        pattern(
            "arn:aws(-[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:capacity-provider/[a-zA-Z][a-zA-Z0-9_]{0,47}-[a-zA-Z0-9]{10}",
        ),
    ),
    optional("capacityProviderConfiguration.operatingSystemConfiguration", Kind::Structure),
    optional("capacityProviderConfiguration.operatingSystemConfiguration.linux", Kind::Structure),
    optional(
        "capacityProviderConfiguration.operatingSystemConfiguration.linux.privilegeMode",
        Kind::OneOf(&["STANDARD", "PRIVILEGED"]),
    ),
    optional("platformVersion", both(1, 128, r"[^\s]+")),
    optional("allowedPorts", Kind::List(1, 5)),
    optional("allowedPorts[]", Kind::Union),
    optional("allowedPorts[].port", PORT),
    optional("allowedPorts[].portRange", Kind::Structure),
    required("allowedPorts[].portRange.from", PORT),
    required("allowedPorts[].portRange.to", PORT),
    optional("resourceConfigurations", Kind::List(0, 1)),
    optional("resourceConfigurations[]", Kind::Structure),
    required("resourceConfigurations[].minimumMemoryInMiB", Kind::Integer(i32::MIN as i64, i32::MAX as i64)),
    CLIENT_TOKEN,
];

/// Members inside `customJWTAuthorizer` that `auth` does not read, and a private endpoint under two paths.
pub(super) const AUTHORIZER: &[Member] = &[
    optional("advertisedScopeMapping", Kind::Map(50, SCOPE, SCOPE)),
    optional("privateEndpoint", Kind::Union),
    optional("privateEndpointOverrides", Kind::List(0, 5)),
    optional("privateEndpointOverrides[]", Kind::Structure),
    required("privateEndpointOverrides[].domain", text(1, 253)),
    required("privateEndpointOverrides[].privateEndpoint", Kind::Union),
    optional("certificateConfigurations", Kind::List(1, 1)),
    optional("certificateConfigurations[]", Kind::Union),
    optional("certificateConfigurations[].s3", Kind::Structure),
    required("certificateConfigurations[].s3.uri", pattern("s3://.{1,2043}")),
    optional("certificateConfigurations[].s3.bucketOwnerAccountId", pattern("[0-9]{12}")),
    optional("certificateConfigurations[].secretsManager", Kind::Structure),
    required(
        "certificateConfigurations[].secretsManager.secretArn",
        pattern("arn:aws(-[^:]+)?:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+"),
    ),
    optional("allowedWorkloadConfiguration", Kind::Structure),
    optional("allowedWorkloadConfiguration.hostingEnvironments", Kind::List(1, 10)),
    optional("allowedWorkloadConfiguration.hostingEnvironments[]", Kind::Structure),
    required("allowedWorkloadConfiguration.hostingEnvironments[].arn", text(20, 1011)),
    optional("allowedWorkloadConfiguration.workloadIdentities", Kind::List(1, 10)),
    optional("allowedWorkloadConfiguration.workloadIdentities[]", both(3, 255, "[A-Za-z0-9_.-]+")),
];

/// Inside each `privateEndpoint`.
pub(super) const PRIVATE_ENDPOINT: &[Member] = &[
    optional("selfManagedLatticeResource", Kind::Union),
    optional("selfManagedLatticeResource.resourceConfigurationIdentifier", both(20, 2048, LATTICE)),
    optional("managedVpcResource", Kind::Structure),
    required("managedVpcResource.vpcIdentifier", pattern("vpc-(([0-9a-z]{8})|([0-9a-z]{17}))")),
    required("managedVpcResource.subnetIds", Kind::List(0, ANY)),
    optional("managedVpcResource.subnetIds[]", pattern(SUBNET)),
    required("managedVpcResource.endpointIpAddressType", Kind::OneOf(&["IPV4", "IPV6"])),
    optional("managedVpcResource.securityGroupIds", Kind::List(0, 5)),
    optional("managedVpcResource.securityGroupIds[]", pattern("sg-(([0-9a-z]{8})|([0-9a-z]{17}))")),
    optional("managedVpcResource.tags", Kind::Map(50, Text::length(1, 128).and(TAG), Text::length(0, 256).and(TAG))),
    optional("managedVpcResource.routingDomain", text(3, 255)),
];

/// CreateAgentRuntimeEndpoint alone.
pub(super) const NEW_ENDPOINT: &[Member] = &[required("name", pattern(NAME)), TAGS];

/// CreateAgentRuntimeEndpoint and UpdateAgentRuntimeEndpoint.
pub(super) const ENDPOINT: &[Member] = &[
    optional("agentRuntimeVersion", VERSION),
    optional("description", Kind::Text(Text::length(1, 256).sensitive())),
    CLIENT_TOKEN,
];

/// Compares a structure, which is shown under `prefix` (empty, or with a final dot), with a table.
pub(super) fn compare(check: &mut Check, prefix: &str, structure: &Value, table: &[Member]) {
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

impl Kind {
    fn check(&self, check: &mut Check, path: &str, value: &Value) {
        match self {
            Self::Text(rule) => {
                check.text(path, Some(value), *rule);
            }
            Self::OneOf(allowed) => check.one_of(path, Some(value), allowed),
            Self::Integer(low, high) => {
                check.integer(path, Some(value), *low, *high);
            }
            Self::Boolean => check.is(path, "a boolean", value.is_boolean()),
            Self::List(low, high) => {
                check.list(path, Some(value), *low, *high);
            }
            Self::Map(most, key, item) => {
                check.map(path, Some(value), *most, (*key, *item));
            }
            Self::Structure => check.is(path, "a structure", value.is_object()),
            Self::Union => {
                let set = value.as_object().map(|object| object.values().filter(|value| !value.is_null()).count());
                check.is(path, "a structure with exactly one member set", set == Some(1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const TABLES: [&[Member]; 7] =
        [NEW_RUNTIME, CHANGED_RUNTIME, RUNTIME, AUTHORIZER, PRIVATE_ENDPOINT, NEW_ENDPOINT, ENDPOINT];

    #[test]
    fn the_tables_are_well_formed() {
        for table in TABLES {
            let mut seen = HashSet::new();
            for member in table {
                assert!(seen.insert(member.path), "{} is there once", member.path);
                // A member is in something that is in the table before it.
                let around = member.path.strip_suffix("[]").or(member.path.rsplit_once('.').map(|(around, _)| around));
                assert!(around.is_none_or(|around| seen.contains(around)), "{} is in nothing", member.path);
                let patterns: Vec<&str> = match &member.kind {
                    Kind::Text(text) => text.pattern.into_iter().collect(),
                    Kind::Map(_, key, value) => key.pattern.into_iter().chain(value.pattern).collect(),
                    _ => Vec::new(),
                };
                for pattern in patterns {
                    assert!(regex_lite::Regex::new(&format!("^(?:{pattern})$")).is_ok(), "{pattern}");
                }
            }
        }
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
    fn the_tables_have_the_same_members_of_an_authorizer() {
        use crate::facts::{AUTHORIZER_MEMBERS, MemberRole};
        let top = |path: &'static str| path.split(['.', '[']).next().unwrap_or_default();
        let here: std::collections::BTreeSet<&str> = AUTHORIZER.iter().map(|member| top(member.path)).collect();
        // Those that are judged are read by `auth`.
        let passed_on = AUTHORIZER_MEMBERS.iter().filter(|member| member.role != MemberRole::Judged);
        assert_eq!(here, passed_on.map(|member| member.name).collect());
    }
}
