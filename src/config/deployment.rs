//! What a deployment reads from an agent's configuration, in the forms that AWS takes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::facts;

use super::{Agent, Created, MemoryMode, NetworkMode, Protocol};

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
    pub(crate) fn port(&self) -> u16 {
        self.protocol().port()
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

    pub(crate) fn memory_id(&self) -> Option<&str> {
        self.memory.memory_id.as_deref().filter(|id| !id.is_empty())
    }

    /// The variables that the configuration gives the runtime: the memory's id and name, as the toolkit passes them, and
    /// then the user's own.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        let mut variables = BTreeMap::new();
        if let Some(id) = self.memory_id() {
            variables.insert("BEDROCK_AGENTCORE_MEMORY_ID".to_owned(), id.to_owned());
            if let Some(name) = self.memory.memory_name.as_deref().filter(|name| !name.is_empty()) {
                variables.insert("BEDROCK_AGENTCORE_MEMORY_NAME".to_owned(), name.to_owned());
            }
        }
        variables.extend(self.own.environment.clone());
        variables
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
