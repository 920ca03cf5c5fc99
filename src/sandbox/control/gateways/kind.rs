//! The kinds of targets, by the two unions around each.

use serde_json::Value;

/// A kind of target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TargetKind {
    OpenApiSchema,
    SmithyModel,
    Lambda,
    McpServer,
    ApiGateway,
    Connector,
    AgentcoreRuntime,
    Passthrough,
    HttpConnector,
    InferenceConnector,
    Provider,
}

/// The union, its member, and the word of summaries.
const KINDS: &[(TargetKind, &str, &str, &str)] = {
    use TargetKind as Kind;
    &[
        (Kind::OpenApiSchema, "mcp", "openApiSchema", "OPEN_API_SCHEMA"),
        (Kind::SmithyModel, "mcp", "smithyModel", "SMITHY_MODEL"),
        (Kind::Lambda, "mcp", "lambda", "LAMBDA"),
        (Kind::McpServer, "mcp", "mcpServer", "MCP_SERVER"),
        (Kind::ApiGateway, "mcp", "apiGateway", "API_GATEWAY"),
        (Kind::Connector, "mcp", "connector", "CONNECTOR"),
        (Kind::AgentcoreRuntime, "http", "agentcoreRuntime", "AGENTCORE_RUNTIME"),
        (Kind::Passthrough, "http", "passthrough", "PASSTHROUGH"),
        (Kind::HttpConnector, "http", "connector", "HTTP_CONNECTOR"),
        (Kind::InferenceConnector, "inference", "connector", "CONNECTOR"),
        (Kind::Provider, "inference", "provider", "PROVIDER"),
    ]
};

impl TargetKind {
    /// `None` for a kind that is newer than this version.
    pub(super) fn of(configuration: &Value) -> Option<Self> {
        let has = |union: &str, member: &str| {
            configuration.get(union).and_then(|inner| inner.get(member)).is_some_and(|value| !value.is_null())
        };
        KINDS.iter().find(|(_, union, member, _)| has(union, member)).map(|(kind, ..)| *kind)
    }

    fn row(self) -> Option<&'static (Self, &'static str, &'static str, &'static str)> {
        KINDS.iter().find(|(kind, ..)| *kind == self)
    }

    pub(super) fn word(self) -> &'static str {
        self.row().map_or("", |(.., word)| word)
    }

    /// `protocolType` of the answer; the model has none for inference.
    pub(super) fn protocol(self) -> Option<&'static str> {
        match self.row().map(|(_, union, ..)| *union)? {
            "mcp" => Some("MCP"),
            "http" => Some("HTTP"),
            _ => None,
        }
    }

    /// The types of outbound credentials, `None` standing for a target without any. Source: the developer guide's table of
    /// outbound authorization; where it says nothing, nothing is refused.
    pub(super) const fn credentials(self) -> Option<&'static [Option<&'static str>]> {
        const ROLE: Option<&str> = Some("GATEWAY_IAM_ROLE");
        const OAUTH: Option<&str> = Some("OAUTH");
        const API_KEY: Option<&str> = Some("API_KEY");
        match self {
            Self::Lambda => Some(&[ROLE]),
            Self::OpenApiSchema | Self::McpServer => Some(&[None, ROLE, OAUTH, API_KEY]),
            Self::ApiGateway => Some(&[None, ROLE, API_KEY]),
            Self::SmithyModel => Some(&[ROLE, OAUTH]),
            Self::AgentcoreRuntime => Some(&[ROLE, OAUTH, Some("CALLER_IAM_CREDENTIALS"), Some("JWT_PASSTHROUGH")]),
            Self::Connector | Self::Passthrough | Self::HttpConnector | Self::InferenceConnector | Self::Provider => {
                None
            }
        }
    }
}
