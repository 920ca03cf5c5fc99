//! Which operations each command calls, on whose resources, and when.
//!
//! Owns: that list alone. Does not own: actions and ARNs (`facts::actions`), names (`scope`). A test runs the commands with just
//! these permissions, and without each of them. `sts:GetCallerIdentity` needs none.

use super::scope::Scope;

/// Operations on one kind of resource.
#[derive(Debug)]
pub(super) struct Need {
    pub(super) when: When,
    pub(super) scope: Scope,
    /// `service:Operation`.
    pub(super) operations: &'static [&'static str],
}

/// When a command calls the operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// The agent is an image in a repository of this account.
    Image,
    /// The repository is launch's to make.
    OwnRepository,
    /// The agent is code in a bucket.
    Code,
    /// The image is built in CodeBuild.
    CodeBuild,
    /// The execution role is launch's to make.
    OwnRole,
    /// The role has a boundary.
    Boundary,
    /// The agent has a memory.
    Memory,
    /// The runtime is in a VPC.
    Vpc,
    /// Others than the account may call the agent.
    AllowedCallers,
    /// Callers sign; those with a token need no permission.
    Signed,
}

/// A command, and those that its name stands for as well.
#[derive(Debug)]
pub(super) struct VerbNeeds {
    /// As it is typed.
    pub(super) verb: &'static str,
    pub(super) needs: &'static [&'static [Need]],
}

/// Names that stand for several commands.
pub(super) const GROUPS: &[(&str, &[&str])] = &[
    ("deploy", &["launch", "status", "status --drift", "endpoint", "versions", "rollback"]),
    ("operate", &["status", "invoke", "logs", "traces", "exec", "shell", "sessions"]),
];

const fn always(scope: Scope, operations: &'static [&'static str]) -> Need {
    Need { when: When::Always, scope, operations }
}

const fn when(when: When, scope: Scope, operations: &'static [&'static str]) -> Need {
    Need { when, scope, operations }
}

/// A runtime that is known by its id.
const READ_RUNTIME: &[Need] = &[
    always(Scope::Runtime, &["bedrock-agentcore:GetAgentRuntime"]),
    always(Scope::Endpoints, &["bedrock-agentcore:GetAgentRuntimeEndpoint"]),
];

/// Whose it is.
const READ_RUNTIME_TAGS: &[Need] = &[always(Scope::NamedRuntime, &["bedrock-agentcore:ListTagsForResource"])];

/// The lock of a deployment, and the notes of its versions.
const MARK_RUNTIME: &[Need] =
    &[always(Scope::RuntimeTags, &["bedrock-agentcore:TagResource", "bedrock-agentcore:UntagResource"])];

/// What a deployment is made of besides the runtime.
const READ_PARTS: &[Need] = &[
    when(When::Image, Scope::Repository, &["ecr:DescribeRepositories"]),
    when(When::OwnRepository, Scope::NamedRepository, &["ecr:ListTagsForResource"]),
    when(When::Code, Scope::Bucket, &["s3:HeadBucket", "s3:GetBucketTagging"]),
    always(Scope::ExecutionRole, &["iam:GetRole"]),
    when(When::Memory, Scope::Memory, &["bedrock-agentcore:GetMemory"]),
    when(When::Memory, Scope::NamedMemory, &["bedrock-agentcore:ListTagsForResource"]),
    when(When::AllowedCallers, Scope::NamedCallable, &["bedrock-agentcore:GetResourcePolicy"]),
];

const READ_ROLE_POLICY: &[Need] = &[when(When::OwnRole, Scope::ExecutionRole, &["iam:GetRolePolicy"])];
const READ_IMAGES: &[Need] = &[when(When::Image, Scope::Repository, &["ecr:DescribeImages"])];
const READ_POLICIES: &[Need] = &[always(Scope::NamedCallable, &["bedrock-agentcore:GetResourcePolicy"])];

const LAUNCH: &[Need] = &[
    when(When::Image, Scope::Account, &["ecr:GetAuthorizationToken"]),
    when(When::OwnRepository, Scope::Repository, &["ecr:CreateRepository"]),
    when(When::OwnRepository, Scope::RepositoryTags, &["ecr:TagResource"]),
    when(
        When::Image,
        Scope::Repository,
        &[
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:InitiateLayerUpload",
            "ecr:UploadLayerPart",
            "ecr:CompleteLayerUpload",
            "ecr:PutImage",
        ],
    ),
    when(
        When::Code,
        Scope::Bucket,
        &["s3:CreateBucket", "s3:PutBucketTagging", "s3:PutPublicAccessBlock", "s3:PutBucketLifecycleConfiguration"],
    ),
    when(When::Code, Scope::Objects, &["s3:HeadObject", "s3:PutObject", "s3:AbortMultipartUpload"]),
    when(
        When::OwnRole,
        Scope::ExecutionRole,
        &["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:UpdateAssumeRolePolicy"],
    ),
    when(When::OwnRole, Scope::ExecutionRoleTags, &["iam:TagRole"]),
    when(When::Boundary, Scope::ExecutionRole, &["iam:PutRolePermissionsBoundary"]),
    always(Scope::PassedExecutionRole, &["iam:PassRole"]),
    always(Scope::RuntimeIdentityRole, &["iam:CreateServiceLinkedRole"]),
    when(When::Vpc, Scope::NetworkRole, &["iam:CreateServiceLinkedRole"]),
    when(
        When::Vpc,
        Scope::Account,
        &["ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeRouteTables", "ec2:DescribeVpcEndpoints"],
    ),
    always(Scope::Account, &["bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:ListAgentRuntimes"]),
    always(Scope::Runtime, &["bedrock-agentcore:UpdateAgentRuntime"]),
    when(When::Memory, Scope::Account, &["bedrock-agentcore:CreateMemory", "bedrock-agentcore:ListMemories"]),
    when(When::Memory, Scope::Memory, &["bedrock-agentcore:UpdateMemory"]),
    when(
        When::AllowedCallers,
        Scope::NamedCallable,
        &["bedrock-agentcore:PutResourcePolicy", "bedrock-agentcore:DeleteResourcePolicy"],
    ),
];

/// A build elsewhere, with the role and the bucket of its project.
const BUILD: &[Need] = &[
    when(
        When::CodeBuild,
        Scope::BuildProject,
        &[
            "codebuild:BatchGetProjects",
            "codebuild:CreateProject",
            "codebuild:UpdateProject",
            "codebuild:StartBuild",
            "codebuild:BatchGetBuilds",
            "codebuild:StopBuild",
        ],
    ),
    when(
        When::CodeBuild,
        Scope::SourceBucket,
        &[
            "s3:HeadBucket",
            "s3:GetBucketTagging",
            "s3:CreateBucket",
            "s3:PutBucketTagging",
            "s3:PutPublicAccessBlock",
            "s3:PutBucketLifecycleConfiguration",
        ],
    ),
    when(When::CodeBuild, Scope::SourceObjects, &["s3:HeadObject", "s3:PutObject", "s3:AbortMultipartUpload"]),
    when(
        When::CodeBuild,
        Scope::BuildRole,
        &["iam:GetRole", "iam:CreateRole", "iam:GetRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"],
    ),
    when(When::CodeBuild, Scope::BuildRoleTags, &["iam:TagRole"]),
    when(When::CodeBuild, Scope::PassedBuildRole, &["iam:PassRole"]),
    when(When::CodeBuild, Scope::BuildStreams, &["logs:GetLogEvents"]),
];

const DESTROY: &[Need] = &[
    always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimeEndpoints"]),
    always(Scope::Runtime, &["bedrock-agentcore:DeleteAgentRuntime"]),
    when(When::Image, Scope::Repository, &["ecr:ListImages", "ecr:BatchDeleteImage"]),
    when(When::Code, Scope::Bucket, &["s3:ListObjectsV2", "s3:ListObjectVersions", "s3:DeleteBucket"]),
    when(When::Code, Scope::Objects, &["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    when(
        When::OwnRole,
        Scope::ExecutionRole,
        &[
            "iam:ListRolePolicies",
            "iam:DeleteRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:DetachRolePolicy",
            "iam:DeleteRole",
        ],
    ),
    when(When::CodeBuild, Scope::BuildProject, &["codebuild:BatchGetProjects", "codebuild:DeleteProject"]),
    when(
        When::CodeBuild,
        Scope::BuildRole,
        &[
            "iam:GetRole",
            "iam:ListRolePolicies",
            "iam:DeleteRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:DetachRolePolicy",
            "iam:DeleteRole",
        ],
    ),
    when(
        When::CodeBuild,
        Scope::SourceBucket,
        &["s3:HeadBucket", "s3:GetBucketTagging", "s3:ListObjectsV2", "s3:ListObjectVersions", "s3:DeleteBucket"],
    ),
    when(When::CodeBuild, Scope::SourceObjects, &["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    when(When::AllowedCallers, Scope::NamedCallable, &["bedrock-agentcore:DeleteResourcePolicy"]),
];

const DELETE_REPOSITORY: &[Need] = &[when(When::OwnRepository, Scope::Repository, &["ecr:DeleteRepository"])];
const DELETE_MEMORY: &[Need] = &[when(When::Memory, Scope::Memory, &["bedrock-agentcore:DeleteMemory"])];

const CALL: &[Need] = &[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:InvokeAgentRuntime"])];
const CALL_FOR_USER: &[Need] =
    &[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:InvokeAgentRuntimeForUser"])];
const STOP: &[Need] = &[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:StopRuntimeSession"])];

const LIST_ENDPOINTS: &[Need] = &[always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimeEndpoints"])];
const LIST_VERSIONS: &[Need] = &[always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimeVersions"])];
const READ_ENDPOINT_TAGS: &[Need] = &[always(Scope::NamedCallable, &["bedrock-agentcore:ListTagsForResource"])];
const MARK_ENDPOINT: &[Need] =
    &[always(Scope::EndpointTags, &["bedrock-agentcore:TagResource", "bedrock-agentcore:UntagResource"])];

const TRACES: &[Need] = &[
    always(Scope::Runtime, &["bedrock-agentcore:GetAgentRuntime"]),
    always(Scope::SpanGroups, &["logs:StartQuery", "logs:GetQueryResults", "logs:DescribeLogStreams"]),
    always(Scope::Account, &["logs:StopQuery", "xray:GetTraceSegmentDestination"]),
];

const CHECK_OBSERVABILITY: &[Need] = &[
    always(Scope::Runtime, &["bedrock-agentcore:GetAgentRuntime"]),
    always(
        Scope::Account,
        &[
            "logs:DescribeDeliveries",
            "logs:DescribeDeliveryDestinations",
            "logs:DescribeDeliverySources",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "xray:GetIndexingRules",
            "xray:GetTraceSegmentDestination",
        ],
    ),
    always(Scope::SimulatedRole, &["iam:SimulatePrincipalPolicy"]),
];

const ENABLE_DELIVERY: &[Need] = &[
    always(Scope::DeliverySources, &["logs:PutDeliverySource"]),
    always(Scope::DeliveryDestinations, &["logs:PutDeliveryDestination"]),
    always(Scope::Deliveries, &["logs:CreateDelivery"]),
    always(Scope::VendedGroups, &["logs:CreateLogGroup", "logs:PutRetentionPolicy"]),
    when(When::Memory, Scope::NamedMemory, &["bedrock-agentcore:AllowVendedLogDeliveryForResource"]),
];

const ENABLE_FOR_ACCOUNT: &[Need] = &[
    always(
        Scope::Account,
        &[
            "logs:PutResourcePolicy",
            "xray:UpdateTraceSegmentDestination",
            "xray:UpdateIndexingRule",
            "application-signals:StartDiscovery",
        ],
    ),
    always(Scope::SignalsChannel, &["cloudtrail:CreateServiceLinkedChannel"]),
    always(Scope::AccountGroups, &["logs:CreateLogGroup", "logs:PutRetentionPolicy"]),
    always(Scope::AccountStreams, &["logs:CreateLogStream"]),
    always(Scope::SignalsRole, &["iam:CreateServiceLinkedRole"]),
];

const DISABLE_DELIVERY: &[Need] = &[
    always(Scope::DeliverySources, &["logs:DeleteDeliverySource"]),
    always(Scope::DeliveryDestinations, &["logs:DeleteDeliveryDestination"]),
    always(Scope::Deliveries, &["logs:DeleteDelivery"]),
];

const READ_MEMORY: &[Need] = &[always(Scope::AnyMemory, &["bedrock-agentcore:GetMemory"])];

/// The commands that a policy can be for. docs/permissions.md says what is not here.
pub(super) const VERBS: &[VerbNeeds] = &[
    VerbNeeds {
        verb: "launch",
        needs: &[
            READ_RUNTIME,
            READ_RUNTIME_TAGS,
            READ_PARTS,
            READ_ROLE_POLICY,
            READ_IMAGES,
            LAUNCH,
            BUILD,
            MARK_RUNTIME,
        ],
    },
    VerbNeeds { verb: "status", needs: &[STATUS, LIST_ENDPOINTS] },
    VerbNeeds { verb: "status --drift", needs: &[READ_RUNTIME, READ_RUNTIME_TAGS, READ_PARTS, READ_ROLE_POLICY] },
    VerbNeeds { verb: "invoke", needs: &[CALL] },
    VerbNeeds { verb: "invoke --user-id", needs: &[CALL, CALL_FOR_USER] },
    VerbNeeds { verb: "stop-session", needs: &[STOP] },
    VerbNeeds { verb: "sessions stop", needs: &[STOP] },
    VerbNeeds {
        verb: "exec",
        needs: &[&[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:InvokeAgentRuntimeCommand"])]],
    },
    VerbNeeds {
        verb: "shell",
        needs: &[&[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:InvokeAgentRuntimeCommandShell"])]],
    },
    VerbNeeds { verb: "logs", needs: &[&[always(Scope::RuntimeLogs, &["logs:FilterLogEvents"])]] },
    VerbNeeds { verb: "traces list", needs: &[TRACES] },
    VerbNeeds { verb: "traces show", needs: &[TRACES] },
    VerbNeeds { verb: "endpoint list", needs: &[READ_RUNTIME, LIST_ENDPOINTS, READ_ENDPOINT_TAGS] },
    VerbNeeds {
        verb: "endpoint create",
        needs: &[
            READ_RUNTIME,
            READ_ENDPOINT_TAGS,
            READ_IMAGES,
            MARK_RUNTIME,
            &[always(Scope::Runtime, &["bedrock-agentcore:CreateAgentRuntimeEndpoint"])],
        ],
    },
    VerbNeeds {
        verb: "endpoint promote",
        needs: &[
            READ_RUNTIME,
            READ_ENDPOINT_TAGS,
            READ_IMAGES,
            MARK_ENDPOINT,
            &[always(Scope::Endpoints, &["bedrock-agentcore:UpdateAgentRuntimeEndpoint"])],
        ],
    },
    VerbNeeds {
        verb: "endpoint delete",
        needs: &[
            READ_RUNTIME,
            READ_ENDPOINT_TAGS,
            MARK_RUNTIME,
            &[always(Scope::Endpoints, &["bedrock-agentcore:DeleteAgentRuntimeEndpoint"])],
        ],
    },
    VerbNeeds { verb: "versions", needs: &[READ_RUNTIME, READ_RUNTIME_TAGS, LIST_ENDPOINTS, LIST_VERSIONS] },
    VerbNeeds {
        verb: "rollback",
        needs: &[
            READ_RUNTIME,
            READ_RUNTIME_TAGS,
            READ_IMAGES,
            MARK_RUNTIME,
            LIST_VERSIONS,
            &[
                always(Scope::Runtime, &["bedrock-agentcore:UpdateAgentRuntime"]),
                always(Scope::PassedExecutionRole, &["iam:PassRole"]),
            ],
        ],
    },
    VerbNeeds { verb: "adopt", needs: &[READ_RUNTIME, READ_RUNTIME_TAGS, READ_PARTS, READ_ROLE_POLICY, READ_POLICIES] },
    VerbNeeds {
        verb: "export",
        needs: &[
            &[always(Scope::Runtime, &["bedrock-agentcore:GetAgentRuntime"])],
            &[always(Scope::NamedRuntime, &["bedrock-agentcore:ListTagsForResource"])],
            READ_PARTS,
            READ_ROLE_POLICY,
            LIST_ENDPOINTS,
            READ_POLICIES,
            &[when(When::OwnRole, Scope::ExecutionRole, &["iam:ListRolePolicies", "iam:ListAttachedRolePolicies"])],
        ],
    },
    VerbNeeds { verb: "destroy", needs: &[READ_RUNTIME, READ_RUNTIME_TAGS, READ_PARTS, DESTROY, MARK_RUNTIME] },
    VerbNeeds {
        verb: "destroy --delete-ecr-repo",
        needs: &[READ_RUNTIME, READ_RUNTIME_TAGS, READ_PARTS, DESTROY, MARK_RUNTIME, DELETE_REPOSITORY],
    },
    VerbNeeds {
        verb: "destroy --delete-memory",
        needs: &[READ_RUNTIME, READ_RUNTIME_TAGS, READ_PARTS, DESTROY, MARK_RUNTIME, DELETE_MEMORY],
    },
    VerbNeeds {
        verb: "memory create",
        needs: &[
            READ_MEMORY,
            &[always(Scope::Account, &["bedrock-agentcore:CreateMemory", "bedrock-agentcore:ListMemories"])],
        ],
    },
    VerbNeeds { verb: "memory list", needs: &[&[always(Scope::Account, &["bedrock-agentcore:ListMemories"])]] },
    VerbNeeds { verb: "memory get", needs: &[READ_MEMORY] },
    VerbNeeds { verb: "memory status", needs: &[READ_MEMORY] },
    VerbNeeds {
        verb: "memory delete",
        needs: &[READ_MEMORY, &[always(Scope::AnyMemory, &["bedrock-agentcore:DeleteMemory"])]],
    },
    VerbNeeds {
        verb: "memory show",
        needs: &[
            READ_MEMORY,
            &[always(
                Scope::AnyMemory,
                &[
                    "bedrock-agentcore:ListActors",
                    "bedrock-agentcore:ListSessions",
                    "bedrock-agentcore:ListEvents",
                    "bedrock-agentcore:ListMemoryRecords",
                    "bedrock-agentcore:RetrieveMemoryRecords",
                ],
            )],
        ],
    },
    VerbNeeds {
        verb: "identity setup-cognito",
        needs: &[&[
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
        ]],
    },
    VerbNeeds {
        verb: "identity verify",
        needs: &[&[
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
        ]],
    },
    VerbNeeds {
        verb: "identity cleanup",
        needs: &[&[
            always(Scope::Account, &["cognito-idp:DescribeUserPoolDomain"]),
            always(
                Scope::AnyPool,
                &["cognito-idp:DescribeUserPool", "cognito-idp:DeleteUserPoolDomain", "cognito-idp:DeleteUserPool"],
            ),
        ]],
    },
    VerbNeeds {
        verb: "identity create-workload-identity",
        needs: &[&[always(
            Scope::AnyWorkload,
            &["bedrock-agentcore:CreateWorkloadIdentity", "bedrock-agentcore:GetWorkloadIdentity"],
        )]],
    },
    VerbNeeds {
        verb: "identity get-workload-identity",
        needs: &[&[always(Scope::AnyWorkload, &["bedrock-agentcore:GetWorkloadIdentity"])]],
    },
    VerbNeeds {
        verb: "identity list-workload-identities",
        needs: &[&[always(Scope::Directory, &["bedrock-agentcore:ListWorkloadIdentities"])]],
    },
    VerbNeeds {
        verb: "identity delete-workload-identity",
        needs: &[&[always(
            Scope::AnyWorkload,
            &["bedrock-agentcore:DeleteWorkloadIdentity", "bedrock-agentcore:GetWorkloadIdentity"],
        )]],
    },
    VerbNeeds {
        verb: "identity list-credential-providers",
        needs: &[&[always(
            Scope::Vault,
            &["bedrock-agentcore:ListApiKeyCredentialProviders", "bedrock-agentcore:ListOauth2CredentialProviders"],
        )]],
    },
    VerbNeeds {
        verb: "gateway list-mcp-gateways",
        needs: &[&[always(Scope::Account, &["bedrock-agentcore:ListGateways"])]],
    },
    VerbNeeds {
        verb: "gateway get-mcp-gateway",
        needs: &[&[
            always(Scope::Account, &["bedrock-agentcore:ListGateways"]),
            always(Scope::Gateway, &["bedrock-agentcore:GetGateway"]),
        ]],
    },
    VerbNeeds { verb: "observability check", needs: &[CHECK_OBSERVABILITY] },
    VerbNeeds { verb: "observability enable", needs: &[CHECK_OBSERVABILITY, ENABLE_DELIVERY] },
    VerbNeeds {
        verb: "observability enable --account-wide",
        needs: &[CHECK_OBSERVABILITY, ENABLE_DELIVERY, ENABLE_FOR_ACCOUNT],
    },
    VerbNeeds { verb: "observability disable", needs: &[CHECK_OBSERVABILITY, DISABLE_DELIVERY] },
];

/// What `status` asks of a runtime.
const STATUS: &[Need] = &[
    always(Scope::Runtime, &["bedrock-agentcore:GetAgentRuntime"]),
    always(Scope::Endpoints, &["bedrock-agentcore:GetAgentRuntimeEndpoint"]),
    when(When::Memory, Scope::Memory, &["bedrock-agentcore:GetMemory"]),
];
