//! The typed content of `.bedrock_agentcore.yaml`.
//!
//! Owns: the shape of the file as Rust types, the spelling of its enumerations, accessors. Does not own: validation
//! (`check`), text (`syntax`, `edit`). A key that is missing or null has its default. Keys and defaults are those of the
//! retired starter toolkit 0.3.14 (its pydantic schema); what only this program needs is under `agentcore:` of each
//! agent, which the toolkit ignores.

mod choices;
mod created;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{DeclaredEnvironment, EnvironmentName};

pub(crate) use choices::*;
pub(crate) use created::Created;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Project {
    pub(crate) default_agent: Option<String>,
    /// `agentcore.project`: tells this project from others, in the tags of what is made for it.
    pub(crate) identity: Option<String>,
    /// In file order.
    pub(crate) agents: Vec<Agent>,
    /// `agentcore.environments`, in file order.
    pub(crate) environments: Vec<DeclaredEnvironment>,
}

impl Project {
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.agents.iter().map(|agent| agent.name.as_str())
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Agent {
    /// The same as its key under `agents`.
    pub(crate) name: String,
    pub(crate) language: Language,
    /// Node.js major version.
    pub(crate) node_version: Option<String>,
    /// A file, `agent.py` or `agent.py:handler`; relative to the configuration file or absolute.
    pub(crate) entrypoint: String,
    pub(crate) deployment_type: DeploymentType,
    /// `PYTHON_3_13` and the like, for direct code deployment.
    pub(crate) runtime_type: Option<String>,
    /// `linux/arm64`.
    pub(crate) platform: Option<String>,
    pub(crate) container_runtime: Option<String>,
    pub(crate) source_path: Option<String>,
    pub(crate) aws: Aws,
    pub(crate) bedrock_agentcore: Deployed,
    pub(crate) codebuild: CodeBuild,
    pub(crate) memory: Memory,
    pub(crate) identity: IdentityConfig,
    pub(crate) aws_jwt: AwsJwt,
    pub(crate) authorizer_configuration: Option<Value>,
    pub(crate) request_header_configuration: Option<RequestHeaders>,
    pub(crate) oauth_configuration: Option<Value>,
    pub(crate) api_key_env_var_name: Option<String>,
    pub(crate) api_key_credential_provider_name: Option<String>,
    pub(crate) is_generated_by_agentcore_create: bool,
    /// This program's own keys.
    #[serde(rename = "agentcore")]
    pub(crate) own: AgentcoreSection,
    /// The identity of the project that the agent is part of, which the file holds once for all of them.
    #[serde(skip)]
    pub(crate) project: Option<String>,
    /// The environment that this is the agent of; `None` for the agent of the file itself.
    #[serde(skip)]
    pub(crate) environment: Option<EnvironmentName>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Aws {
    /// An ARN, or a role's name until the account is known.
    pub(crate) execution_role: Option<String>,
    pub(crate) execution_role_auto_create: bool,
    /// 12 digits.
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    /// A repository URI without tag, or a repository's name until the account is known.
    pub(crate) ecr_repository: Option<String>,
    pub(crate) ecr_auto_create: bool,
    pub(crate) s3_path: Option<String>,
    pub(crate) s3_auto_create: bool,
    pub(crate) network_configuration: Network,
    pub(crate) protocol_configuration: ProtocolConfiguration,
    pub(crate) observability: Observability,
    pub(crate) lifecycle_configuration: Lifecycle,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Network {
    pub(crate) network_mode: NetworkMode,
    pub(crate) network_mode_config: Option<Vpc>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Vpc {
    pub(crate) security_groups: Vec<String>,
    pub(crate) subnets: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ProtocolConfiguration {
    pub(crate) server_protocol: Protocol,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Observability {
    pub(crate) enabled: bool,
}

impl Default for Observability {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// In [`crate::facts::SESSION_SECONDS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Lifecycle {
    pub(crate) idle_runtime_session_timeout: Option<u32>,
    pub(crate) max_lifetime: Option<u32>,
}

/// The ids of the deployed runtime.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Deployed {
    pub(crate) agent_id: Option<String>,
    pub(crate) agent_arn: Option<String>,
    pub(crate) agent_session_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CodeBuild {
    pub(crate) project_name: Option<String>,
    pub(crate) execution_role: Option<String>,
    pub(crate) source_bucket: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Memory {
    pub(crate) mode: MemoryMode,
    pub(crate) memory_id: Option<String>,
    pub(crate) memory_arn: Option<String>,
    pub(crate) memory_name: Option<String>,
    pub(crate) event_expiry_days: u32,
    pub(crate) first_invoke_memory_check_done: bool,
    pub(crate) was_created_by_toolkit: bool,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            mode: MemoryMode::default(),
            memory_id: None,
            memory_arn: None,
            memory_name: None,
            event_expiry_days: 30,
            first_invoke_memory_check_done: false,
            was_created_by_toolkit: false,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct IdentityConfig {
    pub(crate) credential_providers: Vec<CredentialProvider>,
    pub(crate) workload: Option<Workload>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CredentialProvider {
    pub(crate) name: String,
    pub(crate) arn: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) callback_url: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Workload {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) return_urls: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AwsJwt {
    pub(crate) enabled: bool,
    pub(crate) audiences: Vec<String>,
    /// `ES384` or `RS256`.
    pub(crate) signing_algorithm: String,
    pub(crate) issuer_url: Option<String>,
    /// 60 to 3600.
    pub(crate) duration_seconds: u32,
}

impl Default for AwsJwt {
    fn default() -> Self {
        Self {
            enabled: false,
            audiences: Vec::new(),
            signing_algorithm: "ES384".to_owned(),
            issuer_url: None,
            duration_seconds: 300,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct RequestHeaders {
    pub(crate) request_header_allowlist: Vec<String>,
}

/// `agentcore.smoke:` of an agent, the smoke test of `launch`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SmokeSettings {
    /// A text is sent as it is, anything else as JSON.
    pub(crate) payload: Value,
    /// An expression that is true of the answer.
    pub(crate) expect: Option<String>,
    pub(crate) timeout_seconds: Option<u64>,
}

/// `agentcore:` of an agent: what this program stores beside the toolkit's keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AgentcoreSection {
    pub(crate) requirements_file: Option<String>,
    /// Names of `project.optional-dependencies` to install.
    pub(crate) extras: Vec<String>,
    /// Names of `dependency-groups` to install.
    pub(crate) groups: Vec<String>,
    /// The user's own, or edited; without the key it is the generated one.
    pub(crate) dockerfile: Option<String>,
    /// Folder that a build from the Dockerfile is given; the source's own without the key.
    pub(crate) context: Option<String>,
    /// Stage of the Dockerfile.
    pub(crate) target: Option<String>,
    /// Arguments of the Dockerfile; not for secrets.
    pub(crate) build_args: BTreeMap<String, String>,
    /// Names of variables whose values the build is given as secrets.
    pub(crate) build_secrets: Vec<String>,
    pub(crate) base_image: Option<String>,
    pub(crate) builder: Option<Builder>,
    /// `3.12`.
    pub(crate) python_version: Option<String>,
    /// Variables of the runtime; not for secrets.
    pub(crate) environment: BTreeMap<String, String>,
    /// Names of those whose values look like secrets and are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) plain_values: Vec<String>,
    /// Settings of the runtime that the toolkit does not know. One that is null is to be taken away; one that is not here is left
    /// as it is. Their forms are in `runtime_settings`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) runtime: Map<String, Value>,
    /// Who else may call: accounts, and ARNs of principals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) allow_callers: Vec<String>,
    /// Tags of the user's own, on whatever launch creates.
    pub(crate) tags: BTreeMap<String, String>,
    /// ARN of the permissions boundary of the roles that launch creates.
    pub(crate) permissions_boundary: Option<String>,
    /// When the dependencies were last resolved on request: artifacts of before count as made from something else.
    pub(crate) resolved: Option<String>,
    /// How a caller gets a token for the agent.
    pub(crate) token: Option<TokenSource>,
    /// What a new version must do before an endpoint is pointed to it.
    pub(crate) smoke: Option<SmokeSettings>,
    /// URI of an image that is deployed instead of one that is built from the source.
    pub(crate) image: Option<String>,
    /// Id of a runtime that was made elsewhere and that `adopt` took over: a destroy keeps it.
    pub(crate) adopted: Option<String>,
    /// What this program made, and so may delete.
    pub(crate) created: Created,
    /// Keys of another version of this program.
    #[serde(flatten)]
    pub(crate) other: Map<String, Value>,
}

/// `agentcore.token` of an agent. It names where secrets are and holds none; paths are relative to the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TokenSource {
    pub(crate) grant: Option<TokenGrant>,
    /// Of the provider; the authorizer's without the key.
    pub(crate) discovery_url: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_auth: Option<TokenClientAuth>,
    /// Variable that holds the client's secret.
    pub(crate) client_secret_env: Option<String>,
    pub(crate) client_secret_file: Option<String>,
    /// PEM file, for `private_key_jwt`.
    pub(crate) private_key_file: Option<String>,
    /// `kid` of that key.
    pub(crate) key_id: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) password_env: Option<String>,
    pub(crate) password_file: Option<String>,
    pub(crate) refresh_token_env: Option<String>,
    pub(crate) refresh_token_file: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) audience: Option<String>,
    pub(crate) resource: Option<String>,
    /// Loopback address that is registered at the provider, for `authorization_code`.
    pub(crate) redirect_uri: Option<String>,
    /// Variable with a CI job's token, for `gitlab_ci`.
    pub(crate) variable: Option<String>,
    /// Program and arguments, for `command`.
    pub(crate) command: Vec<String>,
    /// File with a token, for `file`.
    pub(crate) file: Option<String>,
    /// Callers send the ID token.
    pub(crate) id_token: bool,
    #[serde(flatten)]
    pub(crate) other: Map<String, Value>,
}

impl Agent {
    /// The inside of `customJWTAuthorizer`; `None` means that callers sign with SigV4.
    pub(crate) fn authorizer(&self) -> Option<&Value> {
        self.authorizer_configuration.as_ref()?.get("customJWTAuthorizer").filter(|value| !value.is_null())
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.aws.protocol_configuration.server_protocol
    }
}
