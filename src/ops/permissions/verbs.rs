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

/// Looking at a runtime and its endpoints.
const READ_RUNTIME: &[Need] = &[
    always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimes"]),
    always(Scope::Runtime, &["bedrock-agentcore:GetAgentRuntime"]),
    always(Scope::Endpoints, &["bedrock-agentcore:GetAgentRuntimeEndpoint"]),
    always(Scope::NamedRuntime, &["bedrock-agentcore:ListTagsForResource"]),
];

/// What the lock of a deployment and the notes of its versions need.
const MARK_RUNTIME: &[Need] =
    &[always(Scope::NamedRuntime, &["bedrock-agentcore:TagResource", "bedrock-agentcore:UntagResource"])];

/// Looking at what a deployment is made of besides the runtime.
const READ_PARTS: &[Need] = &[
    when(When::Image, Scope::Repository, &["ecr:DescribeRepositories", "ecr:DescribeImages"]),
    when(When::OwnRepository, Scope::NamedRepository, &["ecr:ListTagsForResource"]),
    when(When::Code, Scope::Bucket, &["s3:HeadBucket", "s3:GetBucketTagging"]),
    when(When::Code, Scope::Objects, &["s3:HeadObject"]),
    always(Scope::ExecutionRole, &["iam:GetRole"]),
    when(When::OwnRole, Scope::ExecutionRole, &["iam:GetRolePolicy"]),
    when(When::Memory, Scope::Memory, &["bedrock-agentcore:GetMemory"]),
    when(When::Memory, Scope::Account, &["bedrock-agentcore:ListMemories"]),
    when(When::Memory, Scope::NamedMemory, &["bedrock-agentcore:ListTagsForResource"]),
    when(When::AllowedCallers, Scope::NamedCallable, &["bedrock-agentcore:GetResourcePolicy"]),
];

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
    when(When::Code, Scope::Objects, &["s3:PutObject", "s3:AbortMultipartUpload"]),
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
    always(Scope::Account, &["bedrock-agentcore:CreateAgentRuntime"]),
    always(Scope::Runtime, &["bedrock-agentcore:UpdateAgentRuntime"]),
    when(When::Memory, Scope::Account, &["bedrock-agentcore:CreateMemory"]),
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
        &["s3:HeadBucket", "s3:GetBucketTagging", "s3:CreateBucket", "s3:PutBucketTagging"],
    ),
    when(When::CodeBuild, Scope::SourceBucket, &["s3:PutPublicAccessBlock", "s3:PutBucketLifecycleConfiguration"]),
    when(When::CodeBuild, Scope::SourceObjects, &["s3:HeadObject", "s3:PutObject", "s3:AbortMultipartUpload"]),
    when(
        When::CodeBuild,
        Scope::BuildRole,
        &["iam:GetRole", "iam:CreateRole", "iam:GetRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"],
    ),
    when(When::CodeBuild, Scope::BuildRoleTags, &["iam:TagRole"]),
    when(When::CodeBuild, Scope::PassedBuildRole, &["iam:PassRole"]),
    when(When::CodeBuild, Scope::BuildLogs, &["logs:FilterLogEvents"]),
];

const DESTROY: &[Need] = &[
    always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimeEndpoints"]),
    always(Scope::Runtime, &["bedrock-agentcore:DeleteAgentRuntime"]),
    when(When::Image, Scope::Repository, &["ecr:ListImages", "ecr:BatchDeleteImage", "ecr:DeleteRepository"]),
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
            "iam:GetRolePolicy",
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
    when(When::Memory, Scope::Memory, &["bedrock-agentcore:DeleteMemory"]),
    when(When::AllowedCallers, Scope::NamedCallable, &["bedrock-agentcore:DeleteResourcePolicy"]),
];

const CALL: &[Need] = &[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:InvokeAgentRuntime"])];
const CALL_SOCKET: &[Need] =
    &[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream"])];
const CALL_FOR_USER: &[Need] =
    &[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:InvokeAgentRuntimeForUser"])];

const ENDPOINTS: &[Need] = &[always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimeEndpoints"])];

/// Every command that talks to AWS. One that is not here needs nothing.
pub(super) const VERBS: &[VerbNeeds] = &[
    VerbNeeds { verb: "launch", needs: &[READ_RUNTIME, READ_PARTS, LAUNCH, BUILD, MARK_RUNTIME] },
    VerbNeeds { verb: "build", needs: &[BUILD] },
    VerbNeeds { verb: "status", needs: &[READ_RUNTIME] },
    VerbNeeds { verb: "status --drift", needs: &[READ_RUNTIME, READ_PARTS] },
    VerbNeeds { verb: "invoke", needs: &[CALL] },
    VerbNeeds { verb: "invoke --ws", needs: &[CALL_SOCKET] },
    VerbNeeds { verb: "invoke --user-id", needs: &[CALL, CALL_FOR_USER] },
    VerbNeeds {
        verb: "stop-session",
        needs: &[&[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:StopRuntimeSession"])]],
    },
    VerbNeeds {
        verb: "sessions stop",
        needs: &[&[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:StopRuntimeSession"])]],
    },
    VerbNeeds {
        verb: "exec",
        needs: &[&[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:InvokeAgentRuntimeCommand"])]],
    },
    VerbNeeds {
        verb: "shell",
        needs: &[&[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:InvokeAgentRuntimeCommandShell"])]],
    },
    VerbNeeds { verb: "logs", needs: &[&[always(Scope::RuntimeLogs, &["logs:FilterLogEvents"])]] },
    VerbNeeds {
        verb: "traces list",
        needs: &[&[always(Scope::TraceLogs, &["logs:StartQuery", "logs:GetQueryResults"])]],
    },
    VerbNeeds {
        verb: "traces show",
        needs: &[&[always(Scope::TraceLogs, &["logs:StartQuery", "logs:GetQueryResults"])]],
    },
    VerbNeeds { verb: "endpoint list", needs: &[READ_RUNTIME, ENDPOINTS] },
    VerbNeeds {
        verb: "endpoint create",
        needs: &[
            READ_RUNTIME,
            ENDPOINTS,
            MARK_RUNTIME,
            &[always(Scope::Runtime, &["bedrock-agentcore:CreateAgentRuntimeEndpoint"])],
        ],
    },
    VerbNeeds {
        verb: "endpoint promote",
        needs: &[
            READ_RUNTIME,
            ENDPOINTS,
            MARK_RUNTIME,
            &[always(Scope::Endpoints, &["bedrock-agentcore:UpdateAgentRuntimeEndpoint"])],
        ],
    },
    VerbNeeds {
        verb: "endpoint delete",
        needs: &[
            READ_RUNTIME,
            ENDPOINTS,
            MARK_RUNTIME,
            &[always(Scope::Endpoints, &["bedrock-agentcore:DeleteAgentRuntimeEndpoint"])],
        ],
    },
    VerbNeeds {
        verb: "versions",
        needs: &[READ_RUNTIME, ENDPOINTS, &[always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimeVersions"])]],
    },
    VerbNeeds {
        verb: "rollback",
        needs: &[
            READ_RUNTIME,
            ENDPOINTS,
            MARK_RUNTIME,
            &[
                always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimeVersions"]),
                always(Scope::Runtime, &["bedrock-agentcore:UpdateAgentRuntime"]),
                always(Scope::PassedExecutionRole, &["iam:PassRole"]),
            ],
        ],
    },
    VerbNeeds { verb: "adopt", needs: &[READ_RUNTIME, READ_PARTS] },
    VerbNeeds {
        verb: "export",
        needs: &[
            READ_RUNTIME,
            READ_PARTS,
            ENDPOINTS,
            &[
                always(Scope::NamedCallable, &["bedrock-agentcore:GetResourcePolicy"]),
                when(When::OwnRole, Scope::ExecutionRole, &["iam:ListRolePolicies", "iam:ListAttachedRolePolicies"]),
            ],
        ],
    },
    VerbNeeds { verb: "destroy", needs: &[READ_RUNTIME, READ_PARTS, DESTROY, MARK_RUNTIME] },
    VerbNeeds {
        verb: "memory create",
        needs: &[&[
            always(Scope::Account, &["bedrock-agentcore:CreateMemory", "bedrock-agentcore:ListMemories"]),
            always(Scope::AnyMemory, &["bedrock-agentcore:GetMemory"]),
        ]],
    },
    VerbNeeds { verb: "memory list", needs: &[&[always(Scope::Account, &["bedrock-agentcore:ListMemories"])]] },
    VerbNeeds { verb: "memory get", needs: &[&[always(Scope::AnyMemory, &["bedrock-agentcore:GetMemory"])]] },
    VerbNeeds { verb: "memory status", needs: &[&[always(Scope::AnyMemory, &["bedrock-agentcore:GetMemory"])]] },
    VerbNeeds {
        verb: "memory delete",
        needs: &[&[always(Scope::AnyMemory, &["bedrock-agentcore:GetMemory", "bedrock-agentcore:DeleteMemory"])]],
    },
    VerbNeeds {
        verb: "memory show",
        needs: &[&[always(
            Scope::AnyMemory,
            &[
                "bedrock-agentcore:GetMemory",
                "bedrock-agentcore:ListActors",
                "bedrock-agentcore:ListSessions",
                "bedrock-agentcore:ListEvents",
                "bedrock-agentcore:ListMemoryRecords",
                "bedrock-agentcore:RetrieveMemoryRecords",
            ],
        )]],
    },
    VerbNeeds {
        verb: "gateway create-mcp-gateway",
        needs: &[&[
            always(Scope::Account, &["bedrock-agentcore:CreateGateway", "bedrock-agentcore:ListGateways"]),
            always(Scope::Gateway, &["bedrock-agentcore:GetGateway"]),
            always(Scope::GatewayRole, &["iam:GetRole", "iam:CreateRole", "iam:PutRolePolicy"]),
            always(Scope::GatewayRoleTags, &["iam:TagRole"]),
            always(Scope::PassedGatewayRole, &["iam:PassRole"]),
        ]],
    },
];
