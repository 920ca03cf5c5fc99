//! What is needed for user pools, credential providers and workload identities. The service keeps a provider's secret in Secrets
//! Manager with the caller's own permissions.

use super::{Need, Scope, VerbNeeds, always, command};

const SET_UP: &[Need] = &[
    always(
        Scope::Account,
        &["cognito-idp:CreateUserPool", "cognito-idp:ListUserPools", "cognito-idp:DescribeUserPoolDomain"],
    ),
    always(Scope::PoolTags, &["cognito-idp:TagResource"]),
    always(
        Scope::AnyPool,
        &[
            "cognito-idp:DescribeUserPool",
            "cognito-idp:CreateUserPoolClient",
            "cognito-idp:DescribeUserPoolClient",
            "cognito-idp:ListUserPoolClients",
            "cognito-idp:UpdateUserPoolClient",
            "cognito-idp:CreateUserPoolDomain",
            "cognito-idp:CreateResourceServer",
            "cognito-idp:DescribeResourceServer",
            "cognito-idp:UpdateResourceServer",
            "cognito-idp:AdminCreateUser",
            "cognito-idp:AdminGetUser",
            "cognito-idp:AdminSetUserPassword",
        ],
    ),
];

const READ_TEAM: &[Need] = &[
    always(Scope::TeamRole, &["iam:GetRole", "iam:GetRolePolicy"]),
    always(Scope::TeamParameters, &["ssm:GetParameters"]),
];

/// A gateway's role and the parameters of a team, besides its pool.
const SET_UP_TEAM: &[Need] = &[
    always(Scope::TeamRole, &["iam:CreateRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]),
    always(Scope::TeamRoleTags, &["iam:TagRole"]),
    always(Scope::TeamParameters, &["ssm:PutParameter", "ssm:ListTagsForResource"]),
    always(Scope::TeamParameterTags, &["ssm:AddTagsToResource"]),
];

const CLEAN_UP_TEAM: &[Need] = &[
    always(
        Scope::TeamRole,
        &[
            "iam:ListRolePolicies",
            "iam:DeleteRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:DetachRolePolicy",
            "iam:DeleteRole",
        ],
    ),
    always(Scope::TeamParameters, &["ssm:ListTagsForResource", "ssm:DeleteParameters"]),
];

pub(super) const READ_PROVIDERS: &[Need] = &[always(
    Scope::AnyProvider,
    &["bedrock-agentcore:GetApiKeyCredentialProvider", "bedrock-agentcore:GetOauth2CredentialProvider"],
)];
pub(super) const READ_PROVIDER_TAGS: &[Need] =
    &[always(Scope::NamedProvider, &["bedrock-agentcore:ListTagsForResource"])];
pub(super) const LIST_PROVIDERS: &[Need] = &[always(
    Scope::Vault,
    &["bedrock-agentcore:ListApiKeyCredentialProviders", "bedrock-agentcore:ListOauth2CredentialProviders"],
)];
pub(super) const CREATE_PROVIDER: &[Need] = &[
    always(
        Scope::AnyProvider,
        &["bedrock-agentcore:CreateApiKeyCredentialProvider", "bedrock-agentcore:CreateOauth2CredentialProvider"],
    ),
    always(Scope::ProviderSecrets, &["secretsmanager:CreateSecret"]),
];
pub(super) const UPDATE_PROVIDER: &[Need] = &[
    always(
        Scope::AnyProvider,
        &["bedrock-agentcore:UpdateApiKeyCredentialProvider", "bedrock-agentcore:UpdateOauth2CredentialProvider"],
    ),
    always(Scope::ProviderSecrets, &["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"]),
];
pub(super) const DELETE_PROVIDER: &[Need] = &[
    always(
        Scope::AnyProvider,
        &["bedrock-agentcore:DeleteApiKeyCredentialProvider", "bedrock-agentcore:DeleteOauth2CredentialProvider"],
    ),
    always(Scope::ProviderSecrets, &["secretsmanager:DeleteSecret"]),
];

const READ_WORKLOAD: &[Need] = &[
    always(Scope::AnyWorkload, &["bedrock-agentcore:GetWorkloadIdentity"]),
    always(Scope::NamedWorkload, &["bedrock-agentcore:ListTagsForResource"]),
];

pub(super) const VERBS: &[VerbNeeds] = &[
    command("identity setup-cognito", &[SET_UP]),
    command("identity setup-cognito --team", &[SET_UP, READ_TEAM, SET_UP_TEAM]),
    // Pools give tokens to whoever has the client's secret or the user's password.
    command("identity token", &[]),
    command(
        "identity verify",
        &[
            &[
                always(Scope::Account, &["cognito-idp:ListUserPools", "cognito-idp:DescribeUserPoolDomain"]),
                always(
                    Scope::AnyPool,
                    &[
                        "cognito-idp:DescribeUserPool",
                        "cognito-idp:DescribeUserPoolClient",
                        "cognito-idp:DescribeResourceServer",
                        "cognito-idp:AdminGetUser",
                    ],
                ),
            ],
            READ_TEAM,
        ],
    ),
    command(
        "identity cleanup",
        &[
            &[
                always(Scope::Account, &["cognito-idp:DescribeUserPoolDomain"]),
                always(
                    Scope::AnyPool,
                    &["cognito-idp:DescribeUserPool", "cognito-idp:DeleteUserPoolDomain", "cognito-idp:DeleteUserPool"],
                ),
            ],
            READ_TEAM,
            CLEAN_UP_TEAM,
        ],
    ),
    command("identity create-credential-provider", &[READ_PROVIDERS, READ_PROVIDER_TAGS, CREATE_PROVIDER]),
    command("identity get-credential-provider", &[READ_PROVIDERS]),
    command("identity list-credential-providers", &[LIST_PROVIDERS]),
    command("identity update-credential-provider", &[READ_PROVIDERS, READ_PROVIDER_TAGS, UPDATE_PROVIDER]),
    command("identity delete-credential-provider", &[READ_PROVIDERS, READ_PROVIDER_TAGS, DELETE_PROVIDER]),
    command(
        "identity create-workload-identity",
        &[READ_WORKLOAD, &[always(Scope::AnyWorkload, &["bedrock-agentcore:CreateWorkloadIdentity"])]],
    ),
    command(
        "identity get-workload-identity",
        &[&[always(Scope::AnyWorkload, &["bedrock-agentcore:GetWorkloadIdentity"])]],
    ),
    command(
        "identity list-workload-identities",
        &[&[always(Scope::Directory, &["bedrock-agentcore:ListWorkloadIdentities"])]],
    ),
    command(
        "identity update-workload-identity",
        &[READ_WORKLOAD, &[always(Scope::AnyWorkload, &["bedrock-agentcore:UpdateWorkloadIdentity"])]],
    ),
    command(
        "identity delete-workload-identity",
        &[READ_WORKLOAD, &[always(Scope::AnyWorkload, &["bedrock-agentcore:DeleteWorkloadIdentity"])]],
    ),
    command(
        "identity setup-aws-jwt",
        &[&[always(
            Scope::Account,
            &["iam:GetOutboundWebIdentityFederationInfo", "iam:EnableOutboundWebIdentityFederation"],
        )]],
    ),
];
