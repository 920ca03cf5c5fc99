//! What a deployment reads from an agent's configuration, in the forms that AWS takes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::facts;
use crate::partition::Arn;

use super::{Agent, Created, MemoryMode, NetworkMode, Protocol, naming};

/// The only platform that AgentCore runs.
pub(crate) const DEFAULT_PLATFORM: &str = "linux/arm64";

impl Protocol {
    /// Port of the protocol, as the service contract names it.
    pub(crate) const fn port(self) -> u16 {
        match self {
            Self::Http | Self::Agui => facts::HTTP.port,
            Self::Mcp => facts::MCP.port,
            Self::A2a => facts::A2A.port,
        }
    }
}

impl Agent {
    /// What is made for the agent is named after this: its own name, and in an environment that of both.
    pub(crate) fn deployed_name(&self) -> String {
        match &self.environment {
            None => self.name.clone(),
            Some(environment) => naming::in_environment(&self.name, environment.as_str()),
        }
    }

    pub(crate) fn account(&self) -> Option<&str> {
        self.aws.account.as_deref().filter(|account| super::schema::is_account(account))
    }

    /// `aws.region` as written, unless it is empty or a placeholder. A deployed agent lives in its ARN's region: see [`Agent::runtime_arn`].
    pub(crate) fn region(&self) -> Option<&str> {
        self.aws.region.as_deref().filter(|region| !super::schema::is_region_placeholder(region))
    }

    /// The deployed runtime. The file was validated, so an ARN that is there parses.
    pub(crate) fn runtime_arn(&self) -> Option<Arn> {
        self.bedrock_agentcore.agent_arn.as_deref()?.parse().ok()
    }

    pub(crate) fn runtime_id(&self) -> Option<&str> {
        self.bedrock_agentcore.agent_id.as_deref()
    }

    pub(crate) fn is_deployed(&self) -> bool {
        self.bedrock_agentcore.agent_arn.is_some()
    }

    pub(crate) fn port(&self) -> u16 {
        self.own_port().unwrap_or_else(|| self.protocol().port())
    }

    /// `None` lets launch create one.
    pub(crate) fn repository_setting(&self) -> Option<&str> {
        self.aws.ecr_repository.as_deref()
    }

    /// Where archives go: a bucket with or without scheme and prefix; `None` lets launch create one.
    pub(crate) fn bucket_setting(&self) -> Option<&str> {
        self.aws.s3_path.as_deref()
    }

    /// An ARN or a name; `None` lets launch create a role.
    pub(crate) fn execution_role_setting(&self) -> Option<&str> {
        self.aws.execution_role.as_deref()
    }

    /// The user's own tags, for what launch makes.
    pub(crate) fn own_tags(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.own.tags.iter().map(|(key, value)| (key.clone(), value.clone()))
    }

    pub(crate) fn created(&self) -> &Created {
        &self.own.created
    }

    /// Whether the runtime of this id was made elsewhere and adopted.
    pub(crate) fn has_adopted(&self, runtime_id: &str) -> bool {
        self.own.adopted.as_deref() == Some(runtime_id)
    }

    pub(crate) fn observability(&self) -> bool {
        self.aws.observability.enabled
    }

    pub(crate) fn idle_timeout(&self) -> Option<u32> {
        self.aws.lifecycle_configuration.idle_runtime_session_timeout
    }

    pub(crate) fn max_lifetime(&self) -> Option<u32> {
        self.aws.lifecycle_configuration.max_lifetime
    }

    pub(crate) fn memory_wanted(&self) -> bool {
        self.memory.mode != MemoryMode::None
    }

    /// On record, whether a memory is wanted or not.
    pub(crate) fn memory_id(&self) -> Option<&str> {
        self.memory.memory_id.as_deref().filter(|id| !id.is_empty())
    }

    /// Whether the record says that launch or the toolkit made the memory of this id, rather than the user.
    pub(crate) fn made_memory(&self, id: &str) -> bool {
        let by_toolkit = self.memory.was_created_by_toolkit && self.memory_id() == Some(id);
        by_toolkit || self.created().memories.iter().any(|made| made == id)
    }

    /// The name of the memory that launch looks for, and makes. The toolkit writes one that is too long for an agent's long name.
    pub(crate) fn memory_name(&self) -> String {
        let configured = self.memory.memory_name.as_deref().filter(|name| !name.is_empty());
        match configured {
            Some(name) if facts::is_name(name) || !naming::is_toolkits_memory(name, &self.deployed_name()) => {
                name.to_owned()
            }
            _ => naming::memory(&self.deployed_name()),
        }
    }

    /// The id and name of the memory on record, wanted or not, in the variables in which an agent looks for them.
    pub(crate) fn memory_variables(&self) -> Vec<(String, String)> {
        let Some(id) = self.memory_id() else { return Vec::new() };
        let name = self.memory.memory_name.as_deref().filter(|name| !name.is_empty());
        let name = name.or_else(|| facts::memory_name_of(id));
        let name = name.map(|name| (facts::MEMORY_NAME_VARIABLE.to_owned(), name.to_owned()));
        [(facts::MEMORY_ID_VARIABLE.to_owned(), id.to_owned())].into_iter().chain(name).collect()
    }

    /// The variables that the configuration gives the runtime: the id and name of its memory, as the toolkit passes them, where
    /// one is wanted and on record, and then the user's own.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        let of_memory = if self.memory_wanted() { self.memory_variables() } else { Vec::new() };
        of_memory.into_iter().chain(self.own.environment.clone()).collect()
    }

    /// `None` leaves the runtime's own list alone.
    pub(crate) fn request_headers(&self) -> Option<Vec<String>> {
        self.request_header_configuration.as_ref().map(|headers| headers.request_header_allowlist.clone())
    }

    /// `networkConfiguration` as the service takes it.
    pub(crate) fn network_wire(&self) -> Value {
        let network = &self.aws.network_configuration;
        match (&network.network_mode, &network.network_mode_config) {
            (NetworkMode::Vpc, Some(vpc)) => json!({
                "networkMode": "VPC",
                "networkModeConfig": { "securityGroups": vpc.security_groups, "subnets": vpc.subnets },
            }),
            (mode, _) => json!({ "networkMode": mode.as_str() }),
        }
    }

    /// The Dockerfile: the configured one, or where configure generates it.
    pub(crate) fn dockerfile_path(&self, root: &Path) -> PathBuf {
        self.paths(root).dockerfile.unwrap_or_else(|| self.generated_dockerfile(root))
    }

    /// Where configure puts a Dockerfile.
    pub(crate) fn generated_dockerfile(&self, root: &Path) -> PathBuf {
        root.join(".bedrock_agentcore").join(&self.name).join("Dockerfile")
    }

    /// The folder that a build from the Dockerfile is given, where it is not the source's own.
    pub(crate) fn context_path(&self, root: &Path) -> Option<PathBuf> {
        self.paths(root).context
    }

    pub(crate) fn base_image(&self) -> Option<&str> {
        self.own.base_image.as_deref()
    }

    pub(crate) fn python_version(&self) -> Option<&str> {
        self.own.python_version.as_deref()
    }
}
