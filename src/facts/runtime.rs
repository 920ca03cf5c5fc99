//! What CreateAgentRuntime, UpdateAgentRuntime and GetAgentRuntime hold, and how this program names it.
//!
//! Owns: the members with their limits, the key, the flag and the name in plans of each setting, and the rules between members
//! (`rules`). Does not own: the members of an authorizer (`facts::AUTHORIZER_MEMBERS`), how a configuration becomes a definition
//! (`config`). Source: the service's model, whose patterns are matched against the whole value.
//!
//! `docs/runtime-settings.md` is made of these tables; a test of the outside suite compares it with botocore's model.

mod limits;
pub(crate) mod rules;

pub(crate) use limits::beyond_limits;

use super::{ENTRY_POINT_LENGTH, MANAGED_RUNTIME_NAMES, MOST_HEADERS, MOST_NETWORK_IDS};

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    Text(TextLimit),
    OneOf(&'static [&'static str]),
    Integer(i64, i64),
    Boolean,
    /// The fewest and the most items.
    List(usize, usize),
    /// The most entries, and what keys and values are.
    Map(usize, TextLimit, TextLimit),
    Structure,
    /// A structure of which exactly one member is set.
    Union,
}

/// Fewest and most characters, and what the whole of the text matches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextLimit {
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) pattern: Option<&'static str>,
    /// The service repeats it in no message.
    pub(crate) sensitive: bool,
}

/// Operations whose input or answer holds a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operations {
    pub(crate) create: bool,
    pub(crate) update: bool,
    pub(crate) get: bool,
}

/// A member of a definition. `[]` in a path stands for each item of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuntimeMember {
    pub(crate) path: &'static str,
    pub(crate) operations: Operations,
    /// Where the structure around it is there.
    pub(crate) required: bool,
    pub(crate) limit: Limit,
}

/// How this program names something that can be set, or why it cannot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuntimeSetting {
    /// Path of a member of [`MEMBERS`].
    pub(crate) member: &'static str,
    /// Below the agent in the configuration.
    pub(crate) key: &'static str,
    /// Of `configure`, if not said otherwise.
    pub(crate) flag: &'static str,
    /// In plans and in `status`.
    pub(crate) name: &'static str,
    /// What a change of it does, besides making a new version; part of plans.
    pub(crate) effect: &'static str,
}

const ALL: Operations = Operations { create: true, update: true, get: true };
const INPUTS: Operations = Operations { get: false, ..ALL };
const ANSWER: Operations = Operations { create: false, update: false, get: true };
const CREATE: Operations = Operations { create: true, update: false, get: false };
const AT_CREATION: Operations = Operations { update: false, ..ALL };
const BY_UPDATE: Operations = Operations { create: false, ..ALL };

const fn required(path: &'static str, limit: Limit) -> RuntimeMember {
    RuntimeMember { path, operations: ALL, required: true, limit }
}

const fn optional(path: &'static str, limit: Limit) -> RuntimeMember {
    RuntimeMember { path, operations: ALL, required: false, limit }
}

const fn of(operations: Operations, member: RuntimeMember) -> RuntimeMember {
    RuntimeMember { operations, ..member }
}

const fn read(path: &'static str) -> RuntimeMember {
    of(ANSWER, optional(path, length(0, usize::MAX)))
}

const fn text_limit(min: usize, max: usize, pattern: Option<&'static str>) -> TextLimit {
    TextLimit { min, max, pattern, sensitive: false }
}

const fn secret_limit(min: usize, max: usize) -> TextLimit {
    TextLimit { min, max, pattern: None, sensitive: true }
}

const fn length(min: usize, max: usize) -> Limit {
    Limit::Text(text_limit(min, max, None))
}

const fn pattern(pattern: &'static str) -> Limit {
    Limit::Text(text_limit(0, usize::MAX, Some(pattern)))
}

const fn bounded(min: usize, max: usize, pattern: &'static str) -> Limit {
    Limit::Text(text_limit(min, max, Some(pattern)))
}

/// As `facts::is_name` has it.
pub(crate) const NAME: &str = "[a-zA-Z][a-zA-Z0-9_]{0,47}";
pub(crate) const ROLE: &str = "arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+";
pub(crate) const CLIENT_TOKEN: &str = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,256}";
pub(crate) const TAG: &str = r"[a-zA-Z0-9\s._:/=+@-]*";
pub(crate) const SECURITY_GROUP: &str = "sg-[0-9a-zA-Z]{8,17}";
pub(crate) const SUBNET: &str = "subnet-[0-9a-zA-Z]{8,17}";
/// Ports that an agent may serve.
pub(crate) const FIRST_PORT: u16 = 8000;
pub(crate) const LAST_PORT: u16 = 12_000;
/// Taken by the platform.
pub(crate) const RESERVED_PORT: u16 = 8443;
/// The platform that starts sessions from a snapshot.
pub(crate) const SNAPSHOT_PLATFORM: &str = "V2";

const PORT: Limit = Limit::Integer(FIRST_PORT as i64, LAST_PORT as i64);
const SECONDS: Limit = Limit::Integer(60, 1_209_600);
const MOUNT: Limit = bounded(6, 200, "/mnt/[a-zA-Z0-9._-]+/?");

/// In the order of the documentation. The members inside `customJWTAuthorizer` are in no table here.
pub(crate) const MEMBERS: &[RuntimeMember] = &[
    of(AT_CREATION, required("agentRuntimeName", pattern(NAME))),
    required("roleArn", bounded(1, 2048, ROLE)),
    required("agentRuntimeArtifact", Limit::Union),
    optional("agentRuntimeArtifact.containerConfiguration", Limit::Structure),
    required("agentRuntimeArtifact.containerConfiguration.containerUri", length(1, 1024)),
    optional("agentRuntimeArtifact.codeConfiguration", Limit::Structure),
    required("agentRuntimeArtifact.codeConfiguration.code", Limit::Union),
    optional("agentRuntimeArtifact.codeConfiguration.code.s3", Limit::Structure),
    required("agentRuntimeArtifact.codeConfiguration.code.s3.bucket", pattern("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")),
    required("agentRuntimeArtifact.codeConfiguration.code.s3.prefix", length(1, 1024)),
    optional("agentRuntimeArtifact.codeConfiguration.code.s3.versionId", length(3, 1024)),
    required("agentRuntimeArtifact.codeConfiguration.runtime", Limit::OneOf(MANAGED_RUNTIME_NAMES)),
    required("agentRuntimeArtifact.codeConfiguration.entryPoint", Limit::List(1, 2)),
    optional("agentRuntimeArtifact.codeConfiguration.entryPoint[]", length(1, ENTRY_POINT_LENGTH)),
    optional("networkConfiguration", Limit::Structure),
    required("networkConfiguration.networkMode", Limit::OneOf(&["PUBLIC", "VPC"])),
    optional("networkConfiguration.networkModeConfig", Limit::Structure),
    required("networkConfiguration.networkModeConfig.securityGroups", Limit::List(1, MOST_NETWORK_IDS)),
    optional("networkConfiguration.networkModeConfig.securityGroups[]", pattern(SECURITY_GROUP)),
    required("networkConfiguration.networkModeConfig.subnets", Limit::List(1, MOST_NETWORK_IDS)),
    optional("networkConfiguration.networkModeConfig.subnets[]", pattern(SUBNET)),
    optional("networkConfiguration.networkModeConfig.requireServiceS3Endpoint", Limit::Boolean),
    optional("authorizerConfiguration", Limit::Union),
    optional("requestHeaderConfiguration", Limit::Structure),
    required("requestHeaderConfiguration.requestHeaderAllowlist", Limit::List(1, MOST_HEADERS)),
    optional("requestHeaderConfiguration.requestHeaderAllowlist[]", pattern("[A-Za-z][A-Za-z0-9_-]{0,255}")),
    optional("protocolConfiguration", Limit::Structure),
    required("protocolConfiguration.serverProtocol", Limit::OneOf(&["MCP", "HTTP", "A2A", "AGUI"])),
    optional("protocolConfiguration.port", PORT),
    optional("protocolConfiguration.path", bounded(1, 2048, r"/[A-Za-z0-9\-._~/%]*")),
    optional("lifecycleConfiguration", Limit::Structure),
    optional("lifecycleConfiguration.idleRuntimeSessionTimeout", SECONDS),
    optional("lifecycleConfiguration.maxLifetime", SECONDS),
    optional("hooksConfiguration", Limit::Structure),
    optional("hooksConfiguration.build", Limit::Structure),
    optional("hooksConfiguration.build.warmup", Limit::Structure),
    required("hooksConfiguration.build.warmup.action", Limit::Union),
    optional("hooksConfiguration.build.warmup.action.httpPost", Limit::Structure),
    required("hooksConfiguration.build.warmup.action.httpPost.path", bounded(1, 32, "/[A-Za-z0-9._~/-]*")),
    optional("hooksConfiguration.build.warmup.action.httpPost.port", PORT),
    optional("environmentVariables", Limit::Map(50, text_limit(1, 100, None), secret_limit(0, 5000))),
    optional("description", Limit::Text(secret_limit(1, 4096))),
    optional("filesystemConfigurations", Limit::List(0, 5)),
    optional("filesystemConfigurations[]", Limit::Union),
    optional("filesystemConfigurations[].sessionStorage", Limit::Structure),
    required("filesystemConfigurations[].sessionStorage.mountPath", MOUNT),
    optional("filesystemConfigurations[].s3FilesAccessPoint", Limit::Structure),
    required(
        "filesystemConfigurations[].s3FilesAccessPoint.accessPointArn",
        bounded(
            0,
            256,
            "arn:aws[-a-z]*:s3files:[0-9a-z:-]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}",
        ),
    ),
    required("filesystemConfigurations[].s3FilesAccessPoint.mountPath", MOUNT),
    optional("filesystemConfigurations[].efsAccessPoint", Limit::Structure),
    required(
        "filesystemConfigurations[].efsAccessPoint.accessPointArn",
        bounded(0, 128, "arn:aws[-a-z]*:elasticfilesystem:[0-9a-z:-]+:access-point/fsap-[0-9a-f]{8,40}"),
    ),
    required("filesystemConfigurations[].efsAccessPoint.mountPath", MOUNT),
    optional("filesystemConfigurations[].s3BucketMount", Limit::Structure),
    required("filesystemConfigurations[].s3BucketMount.bucket", bounded(3, 63, "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")),
    required("filesystemConfigurations[].s3BucketMount.mountPath", MOUNT),
    optional(
        "filesystemConfigurations[].s3BucketMount.prefix",
        bounded(1, 1024, "[a-zA-Z0-9{][a-zA-Z0-9!_.*'()/{}-]*"),
    ),
    optional("filesystemConfigurations[].s3BucketMount.s3BucketOwner", pattern("[0-9]{12}")),
    optional("filesystemConfigurations[].s3BucketMount.s3BucketRegion", bounded(1, 64, "[a-z]{2,}(-[a-z]+)+-[0-9]+")),
    optional("filesystemConfigurations[].capacityProviderVolume", Limit::Structure),
    required(
        "filesystemConfigurations[].capacityProviderVolume.volumeName",
        bounded(1, 48, "[a-zA-Z][a-zA-Z0-9_-]{0,47}"),
    ),
    required("filesystemConfigurations[].capacityProviderVolume.mountPath", MOUNT),
    optional("capacityProviderConfiguration", Limit::Structure),
    required(
        "capacityProviderConfiguration.capacityProviderArn",
        pattern(
            "arn:aws(-[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:capacity-provider/[a-zA-Z][a-zA-Z0-9_]{0,47}-[a-zA-Z0-9]{10}",
        ),
    ),
    optional("capacityProviderConfiguration.operatingSystemConfiguration", Limit::Structure),
    optional("capacityProviderConfiguration.operatingSystemConfiguration.linux", Limit::Structure),
    optional(
        "capacityProviderConfiguration.operatingSystemConfiguration.linux.privilegeMode",
        Limit::OneOf(&["STANDARD", "PRIVILEGED"]),
    ),
    optional("platformVersion", bounded(1, 128, r"[^\s]+")),
    optional("allowedPorts", Limit::List(1, 5)),
    optional("allowedPorts[]", Limit::Union),
    optional("allowedPorts[].port", PORT),
    optional("allowedPorts[].portRange", Limit::Structure),
    required("allowedPorts[].portRange.from", PORT),
    required("allowedPorts[].portRange.to", PORT),
    optional("resourceConfigurations", Limit::List(0, 1)),
    optional("resourceConfigurations[]", Limit::Structure),
    required("resourceConfigurations[].minimumMemoryInMiB", Limit::Integer(i32::MIN as i64, i32::MAX as i64)),
    of(BY_UPDATE, optional("metadataConfiguration", Limit::Structure)),
    of(BY_UPDATE, required("metadataConfiguration.requireMMDSV2", Limit::Boolean)),
    of(CREATE, optional("tags", Limit::Map(50, text_limit(1, 128, Some(TAG)), text_limit(0, 256, Some(TAG))))),
    of(INPUTS, optional("clientToken", bounded(33, 256, CLIENT_TOKEN))),
    // In the path of an update.
    of(BY_UPDATE, optional("agentRuntimeId", length(0, usize::MAX))),
    read("agentRuntimeArn"),
    read("agentRuntimeVersion"),
    read("createdAt"),
    read("lastUpdatedAt"),
    read("status"),
    read("failureReason"),
    of(ANSWER, optional("workloadIdentityDetails", Limit::Structure)),
    read("workloadIdentityDetails.workloadIdentityArn"),
];

/// The answer's members that no update takes back.
pub(crate) fn is_read_only(member: &str) -> bool {
    // In the path.
    member == "agentRuntimeId"
        || MEMBERS.iter().any(|known| known.path == member && known.operations.get && !known.operations.update)
}

const fn setting(
    member: &'static str,
    (key, flag): (&'static str, &'static str),
    (name, effect): (&'static str, &'static str),
) -> RuntimeSetting {
    RuntimeSetting { member, key, flag, name, effect }
}

/// Everything of a definition that can be set, and what launch sets by itself.
pub(crate) const SETTINGS: &[RuntimeSetting] = &[
    setting("agentRuntimeArtifact", ("deployment_type", "--deployment-type"), ("image", "")),
    setting("roleArn", ("aws.execution_role", "--execution-role"), ("role", "")),
    setting("networkConfiguration", ("aws.network_configuration", "--vpc"), ("network", "")),
    setting(
        "authorizerConfiguration",
        ("authorizer_configuration", "--discovery-url"),
        ("authorizer", "lets other callers in"),
    ),
    setting(
        "requestHeaderConfiguration",
        ("request_header_configuration", "--request-header-allowlist"),
        ("requestHeaders", ""),
    ),
    setting(
        "protocolConfiguration.serverProtocol",
        ("aws.protocol_configuration.server_protocol", "--protocol"),
        ("protocol.serverProtocol", ""),
    ),
    setting("protocolConfiguration.port", ("agentcore.runtime.port", "--port"), ("protocol.port", "")),
    setting("protocolConfiguration.path", ("agentcore.runtime.path", "--path"), ("protocol.path", "")),
    setting(
        "lifecycleConfiguration.idleRuntimeSessionTimeout",
        ("aws.lifecycle_configuration.idle_runtime_session_timeout", "--idle-timeout"),
        ("lifecycle.idleRuntimeSessionTimeout", ""),
    ),
    setting(
        "lifecycleConfiguration.maxLifetime",
        ("aws.lifecycle_configuration.max_lifetime", "--max-lifetime"),
        ("lifecycle.maxLifetime", ""),
    ),
    setting("environmentVariables", ("agentcore.environment", "`launch --env`"), ("environment", "")),
    setting("description", ("agentcore.runtime.description", "--description"), ("description", "")),
    setting("filesystemConfigurations", ("agentcore.runtime.file_systems", "--mount"), ("fileSystems", "")),
    setting(
        "hooksConfiguration.build.warmup",
        ("agentcore.runtime.warmup", "--warmup"),
        ("hooks", "a warm-up that fails makes the version fail"),
    ),
    setting("resourceConfigurations", ("agentcore.runtime.minimum_memory_mib", "--minimum-memory"), ("resources", "")),
    setting(
        "allowedPorts",
        ("agentcore.runtime.allowed_ports", "--allowed-port"),
        ("allowedPorts", "callers of a session reach these ports"),
    ),
    setting(
        "platformVersion",
        ("agentcore.runtime.platform_version", "--platform-version"),
        ("platformVersion", "with V2, sessions start from a snapshot of the started agent"),
    ),
    setting(
        "capacityProviderConfiguration",
        ("agentcore.runtime.capacity_provider", "--capacity-provider"),
        ("capacityProvider", ""),
    ),
    setting("metadataConfiguration", ("", ""), ("metadata", "calls are refused without it")),
    setting("tags", ("agentcore.tags", ""), ("tags", "")),
];

/// Where the settings are that only this program has, below an agent.
pub(crate) const OWN_KEYS: &str = "agentcore.runtime.";

/// The settings under [`OWN_KEYS`], each with its last key.
pub(crate) fn own_settings() -> impl Iterator<Item = (&'static str, &'static RuntimeSetting)> {
    SETTINGS.iter().filter_map(|setting| Some((setting.key.strip_prefix(OWN_KEYS)?, setting)))
}

/// The setting that a member of a definition's top level belongs to.
fn setting_of(member: &str) -> Option<&'static RuntimeSetting> {
    SETTINGS.iter().find(|setting| setting.member.split('.').next() == Some(member))
}

/// What plans call a member of the top level.
pub(crate) fn plan_name(member: &str) -> &str {
    setting_of(member).and_then(|setting| setting.name.split('.').next()).unwrap_or(member)
}

/// What a change of a member of the top level does.
pub(crate) fn effect(member: &str) -> Option<&'static str> {
    setting_of(member).map(|setting| setting.effect).filter(|effect| !effect.is_empty())
}

/// Something wrong with one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// As the service writes it: `filesystemConfigurations.2.member.efsAccessPoint`.
    pub(crate) path: String,
    /// Completes the sentence "`path` …" or, of a rule between members, stands for itself.
    pub(crate) text: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_setting_is_a_member_once() {
        let mut keys = std::collections::BTreeSet::new();
        for setting in SETTINGS {
            assert!(MEMBERS.iter().any(|member| member.path == setting.member), "{}", setting.member);
            assert!(setting.key.is_empty() || keys.insert(setting.key), "{}", setting.key);
        }
        let inputs = MEMBERS.iter().filter(|member| !member.path.contains('.') && !member.path.contains('['));
        for member in inputs.filter(|member| member.operations.create || member.operations.update) {
            let by_itself = ["agentRuntimeName", "agentRuntimeId", "clientToken"].contains(&member.path);
            assert!(by_itself || setting_of(member.path).is_some(), "{} has no setting", member.path);
        }
    }

    #[test]
    fn only_what_an_update_takes_is_sent_back() {
        for member in ["agentRuntimeArn", "agentRuntimeId", "agentRuntimeName", "status", "workloadIdentityDetails"] {
            assert!(is_read_only(member), "{member}");
        }
        for member in ["roleArn", "description", "metadataConfiguration", "lifecycleConfiguration", "newer"] {
            assert!(!is_read_only(member), "{member}");
        }
    }

    #[test]
    fn values_beyond_their_limits_are_named() {
        let definition = json!({
            "description": "",
            "filesystemConfigurations": [
                { "sessionStorage": { "mountPath": "/mnt/a" } },
                { "efsAccessPoint": { "mountPath": "/data" } },
                { "sessionStorage": { "mountPath": "/mnt/a" }, "s3BucketMount": { "bucket": "bucket", "mountPath": "/mnt/b" } },
            ],
            "protocolConfiguration": { "serverProtocol": "HTTP", "port": 80 },
            "newer": 1,
        });
        let paths: Vec<String> = beyond_limits(&definition).into_iter().map(|wrong| wrong.path).collect();
        let mounts = "filesystemConfigurations";
        assert_eq!(
            paths,
            [
                "protocolConfiguration.port".to_owned(),
                "description".to_owned(),
                format!("{mounts}.3.member"),
                format!("{mounts}.2.member.efsAccessPoint.mountPath"),
            ]
        );
    }
}
