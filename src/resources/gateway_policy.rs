//! The documents of a gateway's service role: who may assume it, and what each target adds to what it may do. Least
//! privilege: a document for each target, which goes with it.
//!
//! Source: the developer guide's prerequisites of gateways.

use serde_json::{Value, json};

use super::policy::Grant;
use crate::cloud::ProviderKind;
use crate::partition::{Arn, Partition};

/// What the policies are about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GatewayScope<'a> {
    pub(crate) partition: Partition,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    /// The gateway's name.
    pub(crate) gateway: &'a str,
}

impl GatewayScope<'_> {
    fn arn(&self, service: &str, resource: &str) -> String {
        self.partition.arn(service, self.region, self.account, resource).to_string()
    }

    /// The gateway's own workload identity. Its name is the gateway's id, which has the name in lower case; the guide writes
    /// the name as it is.
    fn identities(&self) -> Vec<String> {
        let directory = self.directory();
        let lower = self.gateway.to_ascii_lowercase();
        let mut names = vec![lower.as_str()];
        names.extend((lower != self.gateway).then_some(self.gateway));
        names.into_iter().map(|name| format!("{directory}/workload-identity/{name}-*")).collect()
    }

    fn directory(&self) -> String {
        self.arn("bedrock-agentcore", "workload-identity-directory/default")
    }
}

/// Only the service, only for this account, only for gateways of this name: an id is the name in lower case and ten
/// characters.
pub(crate) fn trust(scope: &GatewayScope<'_>) -> Value {
    let gateway = scope.arn("bedrock-agentcore", &format!("gateway/{}-*", scope.gateway.to_ascii_lowercase()));
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "AgentCoreGateway",
            "Effect": "Allow",
            "Principal": { "Service": Partition::principal("bedrock-agentcore") },
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": { "aws:SourceAccount": scope.account },
                "ArnLike": { "aws:SourceArn": gateway },
            },
        }],
    })
}

/// What a target needs: its function, its schema in S3, its credential provider. `None` when it needs nothing that can be
/// told from its `configuration`, as the service has it.
pub(crate) fn target(scope: &GatewayScope<'_>, configuration: &Value, grant: Option<&Grant>) -> Option<Value> {
    let mut statements = Vec::new();
    if let Some(function) = configuration.pointer("/mcp/lambda/lambdaArn").and_then(Value::as_str) {
        statements.push(json!({
            "Sid": "InvokeFunction", "Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [function],
        }));
    }
    let schema = ["/mcp/lambda/toolSchema", "/mcp/openApiSchema", "/mcp/smithyModel", "/mcp/mcpServer/mcpToolSchema"];
    let uri = schema.iter().find_map(|place| configuration.pointer(&format!("{place}/s3/uri"))?.as_str());
    if let Some(object) = uri.and_then(|uri| uri.strip_prefix("s3://")) {
        let object = scope.partition.arn("s3", "", "", object).to_string();
        statements.push(json!({
            "Sid": "ReadSchema", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [object],
        }));
    }
    statements.extend(grant.map(|grant| provider(scope, grant)).into_iter().flatten());
    (!statements.is_empty()).then(|| json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// The service asks for the action on the vault, on the provider, on the directory and on the workload identity, and reads
/// the secret with the role's own rights.
fn provider(scope: &GatewayScope<'_>, grant: &Grant) -> Vec<Value> {
    let (directory, identities) = (scope.directory(), scope.identities());
    let own = || [directory.clone()].into_iter().chain(identities.clone());
    let (sid, action) = match grant.kind {
        ProviderKind::ApiKey => ("ApiKeys", "bedrock-agentcore:GetResourceApiKey"),
        ProviderKind::OAuth2 => ("OAuth2Tokens", "bedrock-agentcore:GetResourceOauth2Token"),
    };
    let vault = scope.arn("bedrock-agentcore", "token-vault/default");
    let resources: Vec<String> = [vault, grant.arn.clone()].into_iter().chain(own()).collect();
    let mut statements = vec![
        json!({
            "Sid": "WorkloadToken", "Effect": "Allow", "Action": ["bedrock-agentcore:GetWorkloadAccessToken"],
            "Resource": own().collect::<Vec<_>>(),
        }),
        json!({ "Sid": sid, "Effect": "Allow", "Action": [action], "Resource": resources }),
    ];
    statements.extend(grant.secret.as_ref().map(|secret| {
        json!({
            "Sid": "ProviderSecrets", "Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"],
            "Resource": [secret],
        })
    }));
    statements
}

/// What a gateway needs that asks a policy engine.
pub(crate) fn policy_engine(engine: &Arn, gateway: &str) -> Value {
    let engine = engine.to_string();
    json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Sid": "PolicyEngine", "Effect": "Allow",
              "Action": ["bedrock-agentcore:GetPolicyEngine"],
              "Resource": [engine] },
            { "Sid": "PolicyDecisions", "Effect": "Allow",
              "Action": ["bedrock-agentcore:AuthorizeAction", "bedrock-agentcore:PartiallyAuthorizeActions"],
              "Resource": [engine, gateway] },
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(gateway: &str) -> GatewayScope<'_> {
        GatewayScope {
            partition: Partition::of_region("us-west-2"),
            region: "us-west-2",
            account: "123456789012",
            gateway,
        }
    }

    fn actions(document: &Value) -> Vec<&str> {
        let statements = document["Statement"].as_array().unwrap();
        statements.iter().flat_map(|it| it["Action"].as_array().unwrap()).map(|it| it.as_str().unwrap()).collect()
    }

    #[test]
    fn a_target_gets_what_it_names() {
        let lambda = json!({ "mcp": { "lambda": {
            "lambdaArn": "arn:aws:lambda:us-west-2:123456789012:function:f",
            "toolSchema": { "s3": { "uri": "s3://bucket/tools.json" } } } } });
        let document = target(&scope("g"), &lambda, None).unwrap();
        assert_eq!(actions(&document), ["lambda:InvokeFunction", "s3:GetObject"]);
        assert_eq!(document["Statement"][1]["Resource"], json!(["arn:aws:s3:::bucket/tools.json"]));
        let server = json!({ "mcp": { "mcpServer": { "endpoint": "https://x" } } });
        assert_eq!(target(&scope("g"), &server, None), None);
        let grant = Grant { kind: ProviderKind::ApiKey, arn: "arn:provider".into(), secret: Some("arn:secret".into()) };
        let document = target(&scope("My-G"), &server, Some(&grant)).unwrap();
        let text = document.to_string();
        assert_eq!(
            actions(&document),
            [
                "bedrock-agentcore:GetWorkloadAccessToken",
                "bedrock-agentcore:GetResourceApiKey",
                "secretsmanager:GetSecretValue"
            ]
        );
        for part in ["arn:provider", "arn:secret", "token-vault/default", "/my-g-*", "/My-G-*"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("\"*\""), "nothing is allowed on everything: {text}");
    }

    #[test]
    fn only_gateways_of_the_name_are_trusted() {
        let document = trust(&scope("My-G"));
        let condition = &document["Statement"][0]["Condition"];
        assert_eq!(
            condition["ArnLike"]["aws:SourceArn"],
            "arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/my-g-*"
        );
        assert_eq!(condition["StringEquals"]["aws:SourceAccount"], "123456789012");
    }
}
