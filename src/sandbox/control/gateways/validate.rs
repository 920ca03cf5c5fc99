//! Validation of requests for gateways and targets: the table of constraints, and the rules between members.
//!
//! Source of the rules: the developer guide.

use serde_json::Value;

use super::kind::TargetKind;
use crate::sandbox::control::check::Violations;
use crate::sandbox::control::constraints::{self, gateways as tables};
use crate::sandbox::control::validate;
use crate::sandbox::reply::Fault;

/// Checks CreateGateway (`create`) or UpdateGateway.
pub(super) fn gateway(input: &Value, create: bool) -> Result<(), Fault> {
    let mut check = Violations::default();
    constraints::compare(&mut check, "", input, if create { tables::NEW_GATEWAY } else { tables::CHANGED_GATEWAY });
    constraints::compare(&mut check, "", input, tables::GATEWAY);
    let configuration = input.get("authorizerConfiguration").filter(|value| !value.is_null());
    let has_authorizer = validate::authorizer(&mut check, configuration);
    check.finish()?;
    let mut check = Violations::default();
    if input.get("authorizerType").and_then(Value::as_str) == Some("CUSTOM_JWT") && !has_authorizer {
        check.problem("authorizerConfiguration", "authorizerType CUSTOM_JWT requires a customJWTAuthorizer");
    }
    check.finish()
}

/// Checks CreateGatewayTarget or UpdateGatewayTarget. The gateway's settings decide what may be added to it.
pub(super) fn target(input: &Value, gateway: &serde_json::Map<String, Value>) -> Result<(), Fault> {
    let mut check = Violations::default();
    tables::compare_target(&mut check, input);
    check.finish()?;
    let mut check = Violations::default();
    let kind = input.get("targetConfiguration").and_then(TargetKind::of);
    let setting = |member: &str| gateway.get(member).and_then(Value::as_str);
    if setting("protocolType") == Some("MCP") && kind.is_some_and(|kind| kind.protocol() != Some("MCP")) {
        check.problem("targetConfiguration", "A gateway with protocolType MCP takes MCP targets only");
    }
    if let Some(kind) = kind {
        credentials(&mut check, kind, input, setting("authorizerType"));
    }
    check.finish()
}

fn credentials(check: &mut Violations, kind: TargetKind, input: &Value, authorizer: Option<&str>) {
    const PATH: &str = "credentialProviderConfigurations";
    let given = input.pointer(&format!("/{PATH}/0"));
    let asked = given.and_then(|item| item.get("credentialProviderType")).and_then(Value::as_str);
    if let Some(allowed) = kind.credentials()
        && !allowed.contains(&asked)
    {
        let list: Vec<&str> = allowed.iter().map(|each| each.unwrap_or("none")).collect();
        let text = format!("A target of type {} takes these credentials: {}", kind.word(), list.join(", "));
        check.problem(PATH, text);
        return;
    }
    let provider = given.and_then(|item| item.get("credentialProvider")).filter(|value| !value.is_null());
    let member = |name: &str| provider.is_some_and(|provider| provider.get(name).is_some());
    let path = format!("{PATH}.1.member.credentialProvider");
    match asked {
        Some("OAUTH") if !member("oauthCredentialProvider") => {
            check.problem(&path, "credentialProviderType OAUTH requires an oauthCredentialProvider");
        }
        Some("API_KEY") if !member("apiKeyCredentialProvider") => {
            check.problem(&path, "credentialProviderType API_KEY requires an apiKeyCredentialProvider");
        }
        Some("GATEWAY_IAM_ROLE")
            if matches!(kind, TargetKind::OpenApiSchema | TargetKind::McpServer)
                && !member("iamCredentialProvider") =>
        {
            check.problem(&path, "GATEWAY_IAM_ROLE requires an iamCredentialProvider with the service to sign for");
        }
        Some("JWT_PASSTHROUGH") if authorizer != Some("AUTHENTICATE_ONLY") => {
            check.problem(PATH, "JWT_PASSTHROUGH requires a gateway with authorizerType AUTHENTICATE_ONLY");
        }
        _ => {}
    }
}

/// Checks SynchronizeGatewayTargets.
pub(super) fn synchronization(input: &Value) -> Result<(), Fault> {
    let mut check = Violations::default();
    constraints::compare(&mut check, "", input, tables::SYNCHRONIZATION);
    check.finish()
}
