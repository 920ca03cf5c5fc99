//! The service model's constraints on each member of a gateway and of a gateway target.
//!
//! Owns: the tables, and the schema of a tool, which holds itself. Does not own: the rules between members
//! (`gateways/validate.rs`), the authorizer, which runtimes have too.

use serde_json::Value;

use super::{
    ANY, CLIENT_TOKEN, MemberRule, MemberType, PRIVATE_ENDPOINT, PathMember, ROLE, TAGS, bounded_text, compare,
    optional, pattern, required, text,
};
use crate::sandbox::control::check::{TextRule, Violations};

const LAMBDA: &str = r"arn:(aws[a-zA-Z-]*)?:lambda:([a-z]{2}(-gov)?-[a-z]+-\d{1}):(\d{12}):function:([a-zA-Z0-9_.-]+)(:(\$LATEST|[a-zA-Z0-9_-]+))?";
const DOMAIN: &str =
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)(?:\.(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?))+";
const S3_URI: &str = "s3://.{1,2043}";
const HTTPS: MemberType = bounded_text(1, 2048, r"https://[a-zA-Z0-9\-.]+(:[0-9]{1,5})?(/.*)?");
const INFERENCE_PATH: MemberType = bounded_text(1, 256, r"/[a-zA-Z0-9\-._/{}]+");
const TARGET_ID_PATTERN: &str = "[0-9a-zA-Z]{10}";
const SCHEMA_TYPES: &[&str] = &["string", "number", "object", "array", "boolean", "integer"];
/// Names of HTTP methods of an API's stage.
const METHODS: &[&str] = &["GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "PUT", "POST"];

pub(in crate::sandbox::control) const GATEWAY_ID: PathMember =
    ("gatewayIdentifier", TextRule::pattern("([0-9a-z][-]?){1,100}-[0-9a-z]{10}"));
pub(in crate::sandbox::control) const TARGET_ID: PathMember = ("targetId", TextRule::pattern(TARGET_ID_PATTERN));

const fn sensitive_text(min: usize, max: usize) -> MemberType {
    MemberType::Text(TextRule::length(min, max).sensitive())
}

const fn lambda_arn() -> MemberType {
    bounded_text(1, 170, LAMBDA)
}

/// CreateGateway alone.
pub(in crate::sandbox::control) const NEW_GATEWAY: &[MemberRule] = &[TAGS];

/// UpdateGateway alone.
pub(in crate::sandbox::control) const CHANGED_GATEWAY: &[MemberRule] = &[
    optional("customTransformConfiguration", MemberType::Structure),
    optional("customTransformConfiguration.lambda", MemberType::Structure),
    optional("wafConfiguration", MemberType::Structure),
    optional("wafConfiguration.failureMode", MemberType::OneOf(&["FAIL_CLOSE", "FAIL_OPEN"])),
];

/// CreateGateway and UpdateGateway.
pub(in crate::sandbox::control) const GATEWAY: &[MemberRule] = &[
    required("name", pattern("([0-9a-zA-Z][-]?){1,48}")),
    optional("description", sensitive_text(1, 200)),
    required("roleArn", bounded_text(1, 2048, ROLE)),
    optional("protocolType", MemberType::OneOf(&["MCP"])),
    optional("protocolConfiguration", MemberType::Union),
    optional("protocolConfiguration.mcp", MemberType::Structure),
    optional("protocolConfiguration.mcp.supportedVersions", MemberType::List(0, ANY)),
    optional("protocolConfiguration.mcp.supportedVersions[]", text(0, ANY)),
    optional("protocolConfiguration.mcp.instructions", sensitive_text(1, 2048)),
    optional("protocolConfiguration.mcp.searchType", MemberType::OneOf(&["SEMANTIC"])),
    optional("protocolConfiguration.mcp.sessionConfiguration", MemberType::Structure),
    optional(
        "protocolConfiguration.mcp.sessionConfiguration.sessionTimeoutInSeconds",
        MemberType::Integer(900, 28_800),
    ),
    optional("protocolConfiguration.mcp.streamingConfiguration", MemberType::Structure),
    optional("protocolConfiguration.mcp.streamingConfiguration.enableResponseStreaming", MemberType::Boolean),
    optional("protocolConfiguration.mcp.disableMcpListToolsPagination", MemberType::Boolean),
    required("authorizerType", MemberType::OneOf(&["CUSTOM_JWT", "AWS_IAM", "NONE", "AUTHENTICATE_ONLY"])),
    optional("authorizerConfiguration", MemberType::Union),
    optional(
        "kmsKeyArn",
        bounded_text(1, 2048, "arn:aws(-cn|-us-gov)?:kms:[a-zA-Z0-9-]*:[0-9]{12}:key/[a-zA-Z0-9-]{36}"),
    ),
    optional("interceptorConfigurations", MemberType::List(1, 2)),
    optional("interceptorConfigurations[]", MemberType::Structure),
    required("interceptorConfigurations[].interceptor", MemberType::Union),
    optional("interceptorConfigurations[].interceptor.lambda", MemberType::Structure),
    required("interceptorConfigurations[].interceptor.lambda.arn", lambda_arn()),
    required("interceptorConfigurations[].interceptionPoints", MemberType::List(1, 2)),
    optional("interceptorConfigurations[].interceptionPoints[]", MemberType::OneOf(&["REQUEST", "RESPONSE"])),
    optional("interceptorConfigurations[].inputConfiguration", MemberType::Structure),
    required("interceptorConfigurations[].inputConfiguration.passRequestHeaders", MemberType::Boolean),
    optional("interceptorConfigurations[].inputConfiguration.payloadFilter", MemberType::Structure),
    required("interceptorConfigurations[].inputConfiguration.payloadFilter.exclude", MemberType::List(1, 1)),
    optional("interceptorConfigurations[].inputConfiguration.payloadFilter.exclude[]", MemberType::Union),
    optional("interceptorConfigurations[].responseInterceptionMode", MemberType::OneOf(&["BUFFERED", "STREAM"])),
    optional("interceptorConfigurations[].responseStreamingConfiguration", MemberType::Structure),
    optional(
        "interceptorConfigurations[].responseStreamingConfiguration.maxEventsPerInvocation",
        MemberType::Integer(1, 8192),
    ),
    optional("policyEngineConfiguration", MemberType::Structure),
    required(
        "policyEngineConfiguration.arn",
        bounded_text(
            1,
            170,
            "arn:aws(-[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:policy-engine/[a-zA-Z][a-zA-Z0-9_-]{0,99}-[a-zA-Z0-9_]{10}",
        ),
    ),
    required("policyEngineConfiguration.mode", MemberType::OneOf(&["LOG_ONLY", "ENFORCE"])),
    optional("exceptionLevel", MemberType::OneOf(&["DEBUG"])),
    optional("domainOverride", MemberType::Structure),
    required("domainOverride.defaultDomain", bounded_text(1, 253, DOMAIN)),
    optional("domainOverride.alternateDomains", MemberType::List(1, 10)),
    optional("domainOverride.alternateDomains[]", bounded_text(1, 253, DOMAIN)),
    CLIENT_TOKEN,
];

/// CreateGatewayTarget and UpdateGatewayTarget.
pub(in crate::sandbox::control) const TARGET: &[MemberRule] = &[
    optional("name", MemberType::Text(TextRule::pattern("([0-9a-zA-Z][-]?){1,100}").sensitive())),
    optional("description", sensitive_text(1, 200)),
    required("targetConfiguration", MemberType::Union),
    optional("credentialProviderConfigurations", MemberType::List(1, 1)),
    optional("credentialProviderConfigurations[]", MemberType::Structure),
    required(
        "credentialProviderConfigurations[].credentialProviderType",
        MemberType::OneOf(&["GATEWAY_IAM_ROLE", "OAUTH", "API_KEY", "CALLER_IAM_CREDENTIALS", "JWT_PASSTHROUGH"]),
    ),
    optional("credentialProviderConfigurations[].credentialProvider", MemberType::Union),
    optional("metadataConfiguration", MemberType::Structure),
    optional("metadataConfiguration.allowedRequestHeaders", MemberType::List(1, 10)),
    optional("metadataConfiguration.allowedRequestHeaders[]", text(1, 100)),
    optional("metadataConfiguration.allowedQueryParameters", MemberType::List(1, 10)),
    optional("metadataConfiguration.allowedQueryParameters[]", text(1, 40)),
    optional("metadataConfiguration.allowedResponseHeaders", MemberType::List(1, 10)),
    optional("metadataConfiguration.allowedResponseHeaders[]", text(1, 100)),
    optional("privateEndpoint", MemberType::Union),
    optional("certificateConfigurations", MemberType::List(1, 1)),
    optional("certificateConfigurations[]", MemberType::Union),
    optional("certificateConfigurations[].s3", MemberType::Structure),
    required("certificateConfigurations[].s3.uri", pattern(S3_URI)),
    optional("certificateConfigurations[].s3.bucketOwnerAccountId", pattern("[0-9]{12}")),
    optional("certificateConfigurations[].secretsManager", MemberType::Structure),
    required(
        "certificateConfigurations[].secretsManager.secretArn",
        pattern("arn:aws(-[^:]+)?:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+"),
    ),
    CLIENT_TOKEN,
];

/// Inside `targetConfiguration`.
pub(in crate::sandbox::control) const TARGET_CONFIGURATION: &[MemberRule] = &[
    optional("mcp", MemberType::Union),
    optional("mcp.openApiSchema", MemberType::Union),
    optional("mcp.smithyModel", MemberType::Union),
    optional("mcp.lambda", MemberType::Structure),
    required("mcp.lambda.lambdaArn", lambda_arn()),
    required("mcp.lambda.toolSchema", MemberType::Union),
    optional("mcp.lambda.toolSchema.inlinePayload", MemberType::List(0, ANY)),
    optional("mcp.lambda.toolSchema.inlinePayload[]", MemberType::Structure),
    required("mcp.lambda.toolSchema.inlinePayload[].name", text(0, ANY)),
    required("mcp.lambda.toolSchema.inlinePayload[].description", text(0, ANY)),
    required("mcp.lambda.toolSchema.inlinePayload[].inputSchema", MemberType::Structure),
    optional("mcp.lambda.toolSchema.inlinePayload[].outputSchema", MemberType::Structure),
    optional("mcp.mcpServer", MemberType::Structure),
    required("mcp.mcpServer.endpoint", pattern("https://.*")),
    optional("mcp.mcpServer.mcpToolSchema", MemberType::Union),
    optional("mcp.mcpServer.listingMode", MemberType::OneOf(&["DEFAULT", "DYNAMIC"])),
    optional("mcp.mcpServer.resourcePriority", MemberType::Integer(0, 1000)),
    optional("mcp.apiGateway", MemberType::Structure),
    required("mcp.apiGateway.restApiId", text(0, ANY)),
    required("mcp.apiGateway.stage", text(0, ANY)),
    required("mcp.apiGateway.apiGatewayToolConfiguration", MemberType::Structure),
    optional("mcp.apiGateway.apiGatewayToolConfiguration.toolOverrides", MemberType::List(0, ANY)),
    optional("mcp.apiGateway.apiGatewayToolConfiguration.toolOverrides[]", MemberType::Structure),
    required("mcp.apiGateway.apiGatewayToolConfiguration.toolOverrides[].name", text(0, ANY)),
    required("mcp.apiGateway.apiGatewayToolConfiguration.toolOverrides[].path", text(0, ANY)),
    required("mcp.apiGateway.apiGatewayToolConfiguration.toolOverrides[].method", MemberType::OneOf(METHODS)),
    required("mcp.apiGateway.apiGatewayToolConfiguration.toolFilters", MemberType::List(0, ANY)),
    optional("mcp.apiGateway.apiGatewayToolConfiguration.toolFilters[]", MemberType::Structure),
    required("mcp.apiGateway.apiGatewayToolConfiguration.toolFilters[].filterPath", text(0, ANY)),
    required("mcp.apiGateway.apiGatewayToolConfiguration.toolFilters[].methods", MemberType::List(0, ANY)),
    optional("mcp.apiGateway.apiGatewayToolConfiguration.toolFilters[].methods[]", MemberType::OneOf(METHODS)),
    optional("mcp.connector", MemberType::Structure),
    required("mcp.connector.source", MemberType::Structure),
    required("mcp.connector.source.connectorId", text(1, 256)),
    optional("mcp.connector.enabled", MemberType::List(1, 50)),
    optional("mcp.connector.configurations", MemberType::List(0, ANY)),
    optional("mcp.connector.configurations[]", MemberType::Structure),
    required("mcp.connector.configurations[].name", bounded_text(0, 64, "[a-zA-Z][a-zA-Z0-9_-]*")),
    optional("http", MemberType::Union),
    optional("http.agentcoreRuntime", MemberType::Structure),
    required(
        "http.agentcoreRuntime.arn",
        pattern(
            "arn:aws(-[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:runtime/[a-zA-Z][a-zA-Z0-9_]{0,47}-[a-zA-Z0-9]{10}",
        ),
    ),
    optional("http.agentcoreRuntime.qualifier", pattern(".*([1-9][0-9]{0,4})|([a-zA-Z][a-zA-Z0-9_]{0,47}).*")),
    optional("http.agentcoreRuntime.schema", MemberType::Structure),
    required("http.agentcoreRuntime.schema.source", MemberType::Union),
    optional("http.passthrough", MemberType::Structure),
    required("http.passthrough.endpoint", HTTPS),
    required("http.passthrough.protocolType", MemberType::OneOf(&["MCP", "A2A", "INFERENCE", "CUSTOM"])),
    optional("http.passthrough.schema", MemberType::Structure),
    required("http.passthrough.schema.source", MemberType::Union),
    optional("http.passthrough.stickinessConfiguration", MemberType::Structure),
    required("http.passthrough.stickinessConfiguration.identifier", text(1, 256)),
    optional("http.passthrough.stickinessConfiguration.timeout", MemberType::Integer(1, 86_400)),
    optional("http.connector", MemberType::Structure),
    required("http.connector.source", MemberType::Structure),
    required("http.connector.source.connectorId", text(1, 256)),
    optional("inference", MemberType::Union),
    optional("inference.connector", MemberType::Structure),
    required("inference.connector.source", MemberType::Structure),
    required("inference.connector.source.connectorId", text(1, 256)),
    optional("inference.provider", MemberType::Structure),
    required("inference.provider.endpoint", HTTPS),
    optional("inference.provider.operations", MemberType::List(1, 10)),
    optional("inference.provider.operations[]", MemberType::Structure),
    required("inference.provider.operations[].path", INFERENCE_PATH),
    optional("inference.provider.operations[].providerPath", INFERENCE_PATH),
];

/// Where a schema is, under each of [`SCHEMA_PLACES`].
const SCHEMA_SOURCE: &[MemberRule] = &[
    optional("s3", MemberType::Structure),
    optional("s3.uri", pattern(S3_URI)),
    optional("s3.bucketOwnerAccountId", pattern("[0-9]{12}")),
];

/// Pointers into `targetConfiguration`, and whether the schema in the request is a text there.
const SCHEMA_PLACES: &[(&str, bool)] = &[
    ("/mcp/openApiSchema", true),
    ("/mcp/smithyModel", true),
    ("/mcp/lambda/toolSchema", false),
    ("/mcp/mcpServer/mcpToolSchema", true),
    ("/http/agentcoreRuntime/schema/source", true),
    ("/http/passthrough/schema/source", true),
];

/// Inside `credentialProvider`.
const CREDENTIAL_PROVIDER: &[MemberRule] = &[
    optional("oauthCredentialProvider", MemberType::Structure),
    required("oauthCredentialProvider.providerArn", pattern("arn:([^:]*):([^:]*):([^:]*):([0-9]{12})?:(.+)")),
    required("oauthCredentialProvider.scopes", MemberType::List(0, 100)),
    optional("oauthCredentialProvider.scopes[]", text(1, 64)),
    optional(
        "oauthCredentialProvider.customParameters",
        MemberType::Map(10, TextRule::length(1, 256), TextRule::length(1, 2048).sensitive()),
    ),
    optional(
        "oauthCredentialProvider.grantType",
        MemberType::OneOf(&["CLIENT_CREDENTIALS", "AUTHORIZATION_CODE", "TOKEN_EXCHANGE"]),
    ),
    optional("oauthCredentialProvider.defaultReturnUrl", bounded_text(1, 2048, r"\w+:(/?/?)[^\s]+")),
    optional("apiKeyCredentialProvider", MemberType::Structure),
    required("apiKeyCredentialProvider.providerArn", pattern("arn:([^:]*):([^:]*):([^:]*):([0-9]{12})?:(.+)")),
    optional("apiKeyCredentialProvider.credentialParameterName", text(1, 64)),
    optional("apiKeyCredentialProvider.credentialPrefix", text(1, 64)),
    optional("apiKeyCredentialProvider.credentialLocation", MemberType::OneOf(&["HEADER", "QUERY_PARAMETER"])),
    optional("iamCredentialProvider", MemberType::Structure),
    required("iamCredentialProvider.service", bounded_text(1, 64, "[a-zA-Z0-9._-]+")),
    optional("iamCredentialProvider.region", bounded_text(1, 32, "[a-zA-Z0-9-]+")),
];

/// SynchronizeGatewayTargets.
pub(in crate::sandbox::control) const SYNCHRONIZATION: &[MemberRule] =
    &[required("targetIdList", MemberType::List(1, 1)), optional("targetIdList[]", pattern(TARGET_ID_PATTERN))];

/// Compares a target's configuration, its credentials and its private endpoint with the tables.
pub(in crate::sandbox::control) fn compare_target(check: &mut Violations, input: &Value) {
    compare(check, "", input, TARGET);
    if let Some(configuration) = input.get("targetConfiguration").filter(|value| value.is_object()) {
        const PATH: &str = "targetConfiguration.";
        compare(check, PATH, configuration, TARGET_CONFIGURATION);
        for (pointer, is_text) in SCHEMA_PLACES {
            let Some(source) = configuration.pointer(pointer).filter(|value| value.is_object()) else { continue };
            let prefix = format!("{PATH}{}.", pointer.trim_start_matches('/').replace('/', "."));
            compare(check, &prefix, source, SCHEMA_SOURCE);
            if *is_text {
                let rule = TextRule::length(0, ANY).sensitive();
                check.text(&format!("{prefix}inlinePayload"), source.get("inlinePayload"), rule);
            }
        }
        let tools = configuration.pointer("/mcp/lambda/toolSchema/inlinePayload").and_then(Value::as_array);
        for (index, tool) in tools.into_iter().flatten().enumerate() {
            for member in ["inputSchema", "outputSchema"] {
                let path = format!("{PATH}mcp.lambda.toolSchema.inlinePayload.{}.member.{member}", index + 1);
                tool_schema(check, &path, tool.get(member));
            }
        }
    }
    let credentials = input.get("credentialProviderConfigurations").and_then(Value::as_array);
    for (index, item) in credentials.into_iter().flatten().enumerate() {
        let prefix = format!("credentialProviderConfigurations.{}.member.credentialProvider.", index + 1);
        if let Some(provider) = item.get("credentialProvider") {
            compare(check, &prefix, provider, CREDENTIAL_PROVIDER);
        }
    }
    if let Some(endpoint) = input.get("privateEndpoint") {
        compare(check, "privateEndpoint.", endpoint, PRIVATE_ENDPOINT);
    }
}

/// The schema of a tool's input or output. It holds others of its kind.
fn tool_schema(check: &mut Violations, path: &str, value: Option<&Value>) {
    let Some(schema) = value.filter(|value| value.is_object()) else { return };
    let kind = format!("{path}.type");
    check.present(&kind, schema.get("type"));
    check.one_of(&kind, schema.get("type"), SCHEMA_TYPES);
    for (index, (_, name)) in check.list(&format!("{path}.required"), schema.get("required"), 0, ANY).iter().enumerate()
    {
        let path = format!("{path}.required.{}.member", index + 1);
        check.text(&path, Some(name), TextRule::length(0, ANY));
    }
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        tool_schema(check, &format!("{path}.properties.{name}"), Some(property));
    }
    tool_schema(check, &format!("{path}.items"), schema.get("items"));
}

/// Every table of this file, for the test of all of them.
#[cfg(test)]
pub(super) const TABLES: [&[MemberRule]; 8] = [
    NEW_GATEWAY,
    CHANGED_GATEWAY,
    GATEWAY,
    TARGET,
    TARGET_CONFIGURATION,
    SCHEMA_SOURCE,
    CREDENTIAL_PROVIDER,
    SYNCHRONIZATION,
];
