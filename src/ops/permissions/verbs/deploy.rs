//! What is needed for an agent: its deployment, its versions and endpoints, and calls of it.

use super::{Need, Scope, VerbNeeds, When, always, when};

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
/// What a version runs, to see whether it is still there.
const READ_ARTIFACT: &[Need] = &[
    when(When::Image, Scope::Repository, &["ecr:DescribeImages"]),
    when(When::Code, Scope::Objects, &["s3:HeadObject"]),
];
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

const LOGS: &[Need] = &[always(Scope::RuntimeLogs, &["logs:FilterLogEvents"])];

/// An endpoint for the test of a version, and the way back to the version before.
const SMOKE: &[Need] = &[
    always(
        Scope::Account,
        &["bedrock-agentcore:ListAgentRuntimeEndpoints", "bedrock-agentcore:ListAgentRuntimeVersions"],
    ),
    always(Scope::Runtime, &["bedrock-agentcore:CreateAgentRuntimeEndpoint"]),
    always(Scope::Endpoints, &["bedrock-agentcore:DeleteAgentRuntimeEndpoint"]),
    always(Scope::NamedCallable, &["bedrock-agentcore:ListTagsForResource"]),
];

const LIST_ENDPOINTS: &[Need] = &[always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimeEndpoints"])];
const LIST_VERSIONS: &[Need] = &[always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimeVersions"])];
const READ_ENDPOINT_TAGS: &[Need] = &[always(Scope::NamedCallable, &["bedrock-agentcore:ListTagsForResource"])];
const MARK_ENDPOINT: &[Need] =
    &[always(Scope::EndpointTags, &["bedrock-agentcore:TagResource", "bedrock-agentcore:UntagResource"])];

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
    VerbNeeds {
        verb: "launch --smoke",
        needs: &[
            READ_RUNTIME,
            READ_RUNTIME_TAGS,
            READ_PARTS,
            READ_ROLE_POLICY,
            READ_IMAGES,
            LAUNCH,
            BUILD,
            MARK_RUNTIME,
            SMOKE,
            CALL,
            STOP,
        ],
    },
    VerbNeeds {
        verb: "launch --canary",
        needs: &[
            READ_RUNTIME,
            READ_RUNTIME_TAGS,
            READ_PARTS,
            READ_ROLE_POLICY,
            READ_IMAGES,
            LAUNCH,
            BUILD,
            MARK_RUNTIME,
            SMOKE,
            CALL,
            STOP,
            LOGS,
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
    VerbNeeds { verb: "logs", needs: &[LOGS] },
    VerbNeeds { verb: "endpoint list", needs: &[READ_RUNTIME, LIST_ENDPOINTS, READ_ENDPOINT_TAGS] },
    VerbNeeds {
        verb: "endpoint create",
        needs: &[
            READ_RUNTIME,
            READ_ENDPOINT_TAGS,
            READ_ARTIFACT,
            MARK_RUNTIME,
            &[always(Scope::Runtime, &["bedrock-agentcore:CreateAgentRuntimeEndpoint"])],
        ],
    },
    VerbNeeds {
        verb: "endpoint promote",
        needs: &[
            READ_RUNTIME,
            READ_ENDPOINT_TAGS,
            READ_ARTIFACT,
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
            READ_ARTIFACT,
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
];

/// What `status` asks of a runtime.
const STATUS: &[Need] = &[
    always(Scope::Runtime, &["bedrock-agentcore:GetAgentRuntime"]),
    always(Scope::Endpoints, &["bedrock-agentcore:GetAgentRuntimeEndpoint"]),
    when(When::Memory, Scope::Memory, &["bedrock-agentcore:GetMemory"]),
];
