//! What IAM asks of a caller: the action of each operation, the resources it is asked on, and the condition keys.
//!
//! Owns: the table, for the operations that this program calls and those that the sandbox judges. Does not own: which command calls
//! which operation (`ops/permissions`), reading requests (`sandbox/permissions`), policy documents. Source: AWS's service
//! authorization reference of 2026-09-26 and the developer guide. `sts:GetCallerIdentity` needs no permission.

mod table;

use crate::partition::Partition;
use table::{GROUPS, RENAMED};

/// Operations of a service that are asked on the same kind of resource.
struct ActionGroup {
    /// Prefix of the actions.
    service: &'static str,
    resource: ResourceForm,
    operations: &'static [&'static str],
}

/// What IAM asks for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ActionRule {
    /// Prefix of the action.
    pub(crate) service: &'static str,
    /// Without the prefix.
    pub(crate) action: &'static str,
    pub(crate) resource: ResourceForm,
}

/// The resources that an action is asked on. All of them must be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ResourceForm {
    /// The service has no resource for the action: `*`.
    Any,
    /// By its ARN, whatever it is.
    Named,
    Runtime,
    /// Id of the runtime, name of the endpoint.
    RuntimeAndEndpoint,
    Memory,
    Gateway,
    /// With its directory.
    WorkloadIdentity,
    WorkloadDirectory,
    /// With its vault.
    OauthProvider,
    ApiKeyProvider,
    TokenVault,
    Repository,
    BuildProject,
    /// Path and name, without a slash before them.
    Role,
    OidcProvider,
    LogGroup,
    /// Name of the group, name of the stream.
    LogStream,
    DeliverySource,
    DeliveryDestination,
    Delivery,
    /// Id of the delivery, names of its source and of its destination.
    NewDelivery,
    Bucket,
    /// Bucket and key.
    Object,
    /// Name, without a slash before it.
    Parameter,
    Secret,
    UserPool,
}

const AGENTCORE: &str = "bedrock-agentcore";

/// Operations that hand a role to a service: service, operation, member with the role's ARN, signing name of the service.
pub(crate) const PASSED_ROLES: &[(&str, &str, &str, &str)] = &[
    (AGENTCORE, "CreateAgentRuntime", "roleArn", AGENTCORE),
    (AGENTCORE, "UpdateAgentRuntime", "roleArn", AGENTCORE),
    (AGENTCORE, "CreateGateway", "roleArn", AGENTCORE),
    (AGENTCORE, "UpdateGateway", "roleArn", AGENTCORE),
    (AGENTCORE, "CreateMemory", "memoryExecutionRoleArn", AGENTCORE),
    (AGENTCORE, "UpdateMemory", "memoryExecutionRoleArn", AGENTCORE),
    ("codebuild", "CreateProject", "serviceRole", "codebuild"),
    ("codebuild", "UpdateProject", "serviceRole", "codebuild"),
];

/// Operations that make something with tags: service, operation, member with the tags, action that the tags need.
pub(crate) const TAGGED: &[(&str, &str, &str, &str)] = &[
    ("ecr", "CreateRepository", "tags", "TagResource"),
    ("iam", "CreateRole", "Tags", "TagRole"),
    ("cognito-idp", "CreateUserPool", "UserPoolTags", "TagResource"),
    ("ssm", "PutParameter", "Tags", "AddTagsToResource"),
];

/// Requests that give tags: service, operation, member with the tags.
const TAGS: &[(&str, &str, &str)] = &[
    (AGENTCORE, "CreateAgentRuntime", "tags"),
    (AGENTCORE, "CreateAgentRuntimeEndpoint", "tags"),
    (AGENTCORE, "CreateMemory", "tags"),
    (AGENTCORE, "CreateGateway", "tags"),
    (AGENTCORE, "CreateWorkloadIdentity", "tags"),
    (AGENTCORE, "CreateApiKeyCredentialProvider", "tags"),
    (AGENTCORE, "CreateOauth2CredentialProvider", "tags"),
    (AGENTCORE, "TagResource", "tags"),
    ("ecr", "TagResource", "tags"),
    ("logs", "CreateLogGroup", "tags"),
    ("logs", "PutDeliverySource", "tags"),
    ("logs", "PutDeliveryDestination", "tags"),
    ("logs", "CreateDelivery", "tags"),
    ("cognito-idp", "TagResource", "Tags"),
    ("ssm", "AddTagsToResource", "Tags"),
];

/// The member of a request that holds tags; `None` for an operation that takes none. A member of that name in any other request says
/// nothing about tags.
pub(crate) fn tags_member(service: &str, operation: &str) -> Option<&'static str> {
    let made = TAGGED.iter().map(|row| (row.0, row.1, row.2));
    made.chain(TAGS.iter().copied()).find(|row| (row.0, row.1) == (service, operation)).map(|row| row.2)
}

/// A role that a service keeps in an account, and that the first caller who needs it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LinkedRole {
    /// First part of the service principal.
    pub(crate) service: &'static str,
    pub(crate) name: &'static str,
}

/// For every runtime: its workload identity.
pub(crate) const RUNTIME_IDENTITY_ROLE: LinkedRole = LinkedRole {
    service: "runtime-identity.bedrock-agentcore",
    name: "AWSServiceRoleForBedrockAgentCoreRuntimeIdentity",
};
/// For runtimes in a VPC.
pub(crate) const NETWORK_ROLE: LinkedRole =
    LinkedRole { service: "network.bedrock-agentcore", name: "AWSServiceRoleForBedrockAgentCoreNetwork" };

/// For gateways.
pub(crate) const GATEWAY_NETWORK_ROLE: LinkedRole =
    LinkedRole { service: "bedrock-agentcore", name: "AWSServiceRoleForBedrockAgentCoreGatewayNetwork" };

/// For spans in CloudWatch Logs.
pub(crate) const SIGNALS_ROLE: LinkedRole =
    LinkedRole { service: "application-signals.cloudwatch", name: "AWSServiceRoleForCloudWatchApplicationSignals" };

impl LinkedRole {
    pub(crate) fn principal(self) -> String {
        Partition::principal(self.service)
    }

    /// Path and name.
    pub(crate) fn resource(self) -> String {
        format!("aws-service-role/{}/{}", self.principal(), self.name)
    }
}

/// Keys of conditions.
pub(crate) const PASSED_TO_SERVICE: &str = "iam:PassedToService";
pub(crate) const SERVICE_NAME: &str = "iam:AWSServiceName";
pub(crate) const TAG_KEYS: &str = "aws:TagKeys";
pub(crate) const REQUEST_TAG: &str = "aws:RequestTag/";

/// What IAM asks for an operation; `None` for one that is not in the table.
pub(crate) fn rule(service: &str, operation: &str) -> Option<ActionRule> {
    let group = |group: &&ActionGroup| group.service == service && group.operations.contains(&operation);
    let found = GROUPS.iter().find(group)?;
    let action = found.operations.iter().copied().find(|name| *name == operation)?;
    let renamed = RENAMED.iter().find(|(of, name, _)| *of == service && *name == operation);
    let action = renamed.map_or(action, |(_, _, action)| *action);
    Some(ActionRule { service: found.service, action, resource: found.resource })
}

impl ActionRule {
    /// With its prefix.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.service, self.action)
    }
}

/// Account and region of ARNs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArnScope<'a> {
    pub(crate) partition: Partition,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
}

impl ResourceForm {
    /// The ARNs of the resource with these names, a pattern where a name is one. What a form takes is said at its variants.
    pub(crate) fn arns(self, scope: ArnScope<'_>, names: &[&str]) -> Vec<String> {
        let one = names.first().copied().unwrap_or("*");
        let two = names.get(1).copied().unwrap_or("*");
        let arn = |service: &str, region: &str, account: &str, resource: String| {
            scope.partition.arn(service, region, account, &resource).to_string()
        };
        let own = |service: &str, resource: String| arn(service, scope.region, scope.account, resource);
        let core = |resource: String| own(AGENTCORE, resource);
        let directory = "workload-identity-directory/default";
        let vault = "token-vault/default";
        match self {
            Self::Any => vec!["*".to_owned()],
            Self::Named => vec![one.to_owned()],
            Self::Runtime => vec![core(format!("runtime/{one}"))],
            Self::RuntimeAndEndpoint => {
                vec![core(format!("runtime/{one}")), core(format!("runtime/{one}/runtime-endpoint/{two}"))]
            }
            Self::Memory => vec![core(format!("memory/{one}"))],
            Self::Gateway => vec![core(format!("gateway/{one}"))],
            Self::WorkloadIdentity => {
                vec![core(directory.to_owned()), core(format!("{directory}/workload-identity/{one}"))]
            }
            Self::WorkloadDirectory => vec![core(directory.to_owned())],
            Self::OauthProvider => {
                vec![core(vault.to_owned()), core(format!("{vault}/oauth2credentialprovider/{one}"))]
            }
            Self::ApiKeyProvider => {
                vec![core(vault.to_owned()), core(format!("{vault}/apikeycredentialprovider/{one}"))]
            }
            Self::TokenVault => vec![core(vault.to_owned())],
            Self::Repository => vec![own("ecr", format!("repository/{one}"))],
            Self::BuildProject => vec![own("codebuild", format!("project/{one}"))],
            Self::Role => vec![arn("iam", "", scope.account, format!("role/{one}"))],
            Self::OidcProvider => vec![arn("iam", "", scope.account, format!("oidc-provider/{one}"))],
            Self::LogGroup => vec![own("logs", format!("log-group:{one}"))],
            Self::LogStream => vec![own("logs", format!("log-group:{one}:log-stream:{two}"))],
            Self::DeliverySource => vec![own("logs", format!("delivery-source:{one}"))],
            Self::DeliveryDestination => vec![own("logs", format!("delivery-destination:{one}"))],
            Self::Delivery => vec![own("logs", format!("delivery:{one}"))],
            Self::NewDelivery => {
                let destination = names.get(2).copied().unwrap_or("*");
                vec![
                    own("logs", format!("delivery:{one}")),
                    own("logs", format!("delivery-source:{two}")),
                    own("logs", format!("delivery-destination:{destination}")),
                ]
            }
            Self::Bucket => vec![arn("s3", "", "", one.to_owned())],
            Self::Object => vec![arn("s3", "", "", format!("{one}/{two}"))],
            Self::Parameter => vec![own("ssm", format!("parameter/{one}"))],
            Self::Secret => vec![own("secretsmanager", format!("secret:{one}"))],
            Self::UserPool => vec![own("cognito-idp", format!("userpool/{one}"))],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_operation_is_in_one_group() {
        let mut seen = BTreeSet::new();
        for group in GROUPS {
            for operation in group.operations {
                assert!(seen.insert((group.service, *operation)), "{}:{operation} twice", group.service);
            }
        }
        let referred = RENAMED.iter().map(|(service, operation, _)| (*service, *operation));
        let referred = referred.chain(PASSED_ROLES.iter().chain(TAGGED).map(|row| (row.0, row.1)));
        let referred = referred.chain(TAGS.iter().map(|row| (row.0, row.1)));
        for (service, operation) in referred {
            assert!(rule(service, operation).is_some(), "{service}:{operation}");
        }
    }

    #[test]
    fn actions_have_their_documented_resources() {
        let scope =
            ArnScope { partition: Partition::of_region("eu-west-1"), region: "eu-west-1", account: "123456789012" };
        let asked = |service: &str, operation: &str, names: &[&str]| {
            let rule = rule(service, operation).unwrap();
            (rule.name(), rule.resource.arns(scope, names).join(" "))
        };
        let own = |rest: &str| format!("arn:aws:bedrock-agentcore:eu-west-1:123456789012:{rest}");
        for (got, action, resources) in [
            (asked("s3", "HeadBucket", &["b"]), "s3:ListBucket", "arn:aws:s3:::b".to_owned()),
            (asked("s3", "HeadObject", &["b", "k"]), "s3:GetObject", "arn:aws:s3:::b/k".to_owned()),
            (asked("iam", "GetRole", &["r"]), "iam:GetRole", "arn:aws:iam::123456789012:role/r".to_owned()),
            (asked("ecr", "GetAuthorizationToken", &[]), "ecr:GetAuthorizationToken", "*".to_owned()),
            (
                asked("bedrock-agentcore", "InvokeAgentRuntime", &["a-1", "DEFAULT"]),
                "bedrock-agentcore:InvokeAgentRuntime",
                format!("{} {}", own("runtime/a-1"), own("runtime/a-1/runtime-endpoint/DEFAULT")),
            ),
        ] {
            assert_eq!(got, (action.to_owned(), resources));
        }
        assert_eq!(rule("s3", "GetRole"), None);
    }
}
