//! What is needed for gateways and their targets, with the service roles that this program makes for them.

use super::identity::{
    CREATE_PROVIDER, DELETE_PROVIDER, LIST_PROVIDERS, READ_PROVIDER_TAGS, READ_PROVIDERS, UPDATE_PROVIDER,
};
use super::{Need, Scope, VerbNeeds, always, command};

const LIST: &[Need] = &[always(Scope::Account, &["bedrock-agentcore:ListGateways"])];
/// By id, or by name.
const READ: &[Need] = &[
    always(Scope::Account, &["bedrock-agentcore:ListGateways"]),
    always(Scope::Gateway, &["bedrock-agentcore:GetGateway"]),
];
/// Whose it is. Nothing is changed of one whose tags may not be read.
const READ_TAGS: &[Need] = &[always(Scope::NamedGateway, &["bedrock-agentcore:ListTagsForResource"])];
const LIST_TARGETS: &[Need] = &[always(Scope::Gateway, &["bedrock-agentcore:ListGatewayTargets"])];
const READ_TARGETS: &[Need] =
    &[always(Scope::Gateway, &["bedrock-agentcore:ListGatewayTargets", "bedrock-agentcore:GetGatewayTarget"])];

const CREATE: &[Need] = &[
    always(Scope::Account, &["bedrock-agentcore:CreateGateway"]),
    always(
        Scope::GatewayRole,
        &[
            "iam:GetRole",
            "iam:CreateRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:ListRolePolicies",
            "iam:DeleteRolePolicy",
        ],
    ),
    always(Scope::GatewayRoleTags, &["iam:TagRole"]),
    always(Scope::PassedGatewayRole, &["iam:PassRole"]),
    always(Scope::GatewayNetworkRole, &["iam:CreateServiceLinkedRole"]),
];

const CREATE_TARGET: &[Need] = &[
    always(Scope::Gateway, &["bedrock-agentcore:CreateGatewayTarget", "bedrock-agentcore:UpdateGatewayTarget"]),
    always(Scope::GatewayRole, &["iam:GetRole", "iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"]),
];

const UPDATE: &[Need] = &[
    always(Scope::Gateway, &["bedrock-agentcore:UpdateGateway"]),
    always(Scope::PassedGatewayRole, &["iam:PassRole"]),
];
const ALLOW_ENGINE: &[Need] = &[always(Scope::GatewayRole, &["iam:GetRole", "iam:GetRolePolicy", "iam:PutRolePolicy"])];

const DELETE_TARGET: &[Need] = &[
    always(Scope::Gateway, &["bedrock-agentcore:DeleteGatewayTarget"]),
    always(Scope::GatewayRole, &["iam:GetRole", "iam:GetRolePolicy", "iam:DeleteRolePolicy"]),
];
const DELETE: &[Need] = &[
    always(Scope::Gateway, &["bedrock-agentcore:DeleteGateway"]),
    always(
        Scope::GatewayRole,
        &["iam:ListRolePolicies", "iam:ListAttachedRolePolicies", "iam:DetachRolePolicy", "iam:DeleteRole"],
    ),
];

pub(super) const VERBS: &[VerbNeeds] = &[
    command("gateway list-mcp-gateways", &[LIST]),
    command("gateway get-mcp-gateway", &[READ]),
    command("gateway list-mcp-gateway-targets", &[READ, LIST_TARGETS]),
    command("gateway get-mcp-gateway-target", &[READ, READ_TARGETS]),
    command("gateway create-mcp-gateway", &[READ, READ_TAGS, CREATE]),
    command("gateway create-mcp-gateway-target", &[READ, READ_TAGS, READ_TARGETS, CREATE_TARGET]),
    command(
        "gateway create-mcp-gateway-target --credentials",
        &[
            READ,
            READ_TAGS,
            READ_TARGETS,
            CREATE_TARGET,
            READ_PROVIDERS,
            READ_PROVIDER_TAGS,
            CREATE_PROVIDER,
            UPDATE_PROVIDER,
        ],
    ),
    command("gateway update-gateway", &[READ, READ_TAGS, UPDATE]),
    command("gateway update-gateway --policy-engine-arn", &[READ, READ_TAGS, UPDATE, ALLOW_ENGINE]),
    command(
        "gateway delete-mcp-gateway-target",
        &[READ, READ_TAGS, READ_TARGETS, DELETE_TARGET, READ_PROVIDERS, READ_PROVIDER_TAGS, DELETE_PROVIDER],
    ),
    command(
        "gateway delete-mcp-gateway",
        &[
            READ,
            READ_TAGS,
            READ_TARGETS,
            DELETE_TARGET,
            DELETE,
            LIST_PROVIDERS,
            READ_PROVIDERS,
            READ_PROVIDER_TAGS,
            DELETE_PROVIDER,
        ],
    ),
];
