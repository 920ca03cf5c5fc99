//! What is needed for an agent: its deployment, its versions and endpoints, and calls of it.

use super::{Need, Scope, VerbNeeds, When, always, command, when, with_flag};

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

/// What a deployment is made of besides the runtime, whoever made it.
const READ_PARTS: &[Need] = &[
    when(When::LocalRepository, Scope::Repository, &["ecr:DescribeRepositories"]),
    always(Scope::ExecutionRole, &["iam:GetRole"]),
];
/// The parts that a destroy looks at too.
const READ_DELETED_PARTS: &[Need] = &[
    when(When::OwnRepository, Scope::NamedRepository, &["ecr:ListTagsForResource"]),
    when(When::Code, Scope::Bucket, &["s3:HeadBucket", "s3:GetBucketTagging"]),
    when(When::Memory, Scope::Memory, &["bedrock-agentcore:GetMemory"]),
    when(When::Memory, Scope::NamedMemory, &["bedrock-agentcore:ListTagsForResource"]),
    when(When::AllowedCallers, Scope::NamedCallable, &["bedrock-agentcore:GetResourcePolicy"]),
];

const READ_ROLE_POLICY: &[Need] = &[when(When::OwnRole, Scope::ExecutionRole, &["iam:GetRolePolicy"])];
/// What a version runs, to see whether it is still there.
const READ_ARTIFACT: &[Need] = &[
    when(When::LocalRepository, Scope::Repository, &["ecr:DescribeImages"]),
    when(When::Code, Scope::Objects, &["s3:HeadObject"]),
];
const READ_IMAGES: &[Need] = &[when(When::LocalRepository, Scope::Repository, &["ecr:DescribeImages"])];
const READ_POLICIES: &[Need] = &[always(Scope::NamedCallable, &["bedrock-agentcore:GetResourcePolicy"])];

const DEPLOY: &[Need] = &[
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
        When::OwnBucket,
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
    when(When::OwnMemory, Scope::Account, &["bedrock-agentcore:CreateMemory", "bedrock-agentcore:ListMemories"]),
    when(When::OwnMemory, Scope::Memory, &["bedrock-agentcore:UpdateMemory"]),
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
        &["codebuild:BatchGetProjects", "codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:StopBuild"],
    ),
    when(When::OwnBuildProject, Scope::BuildProject, &["codebuild:CreateProject", "codebuild:UpdateProject"]),
    when(When::OwnBuildProject, Scope::PassedBuildRole, &["iam:PassRole"]),
    when(When::CodeBuild, Scope::SourceBucket, &["s3:HeadBucket", "s3:GetBucketTagging"]),
    when(
        When::OwnSourceBucket,
        Scope::SourceBucket,
        &["s3:CreateBucket", "s3:PutBucketTagging", "s3:PutPublicAccessBlock", "s3:PutBucketLifecycleConfiguration"],
    ),
    when(When::CodeBuild, Scope::SourceObjects, &["s3:HeadObject", "s3:PutObject", "s3:AbortMultipartUpload"]),
    when(
        When::OwnBuildRole,
        Scope::BuildRole,
        &["iam:GetRole", "iam:CreateRole", "iam:GetRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"],
    ),
    when(When::OwnBuildRole, Scope::BuildRoleTags, &["iam:TagRole"]),
    when(When::CodeBuild, Scope::BuildStreams, &["logs:GetLogEvents"]),
];

const DELETE: &[Need] = &[
    always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimeEndpoints"]),
    always(Scope::Runtime, &["bedrock-agentcore:DeleteAgentRuntime"]),
    when(
        When::OwnRepository,
        Scope::Repository,
        &["ecr:DescribeRepositories", "ecr:ListImages", "ecr:BatchDeleteImage"],
    ),
    when(When::Code, Scope::Bucket, &["s3:ListObjectsV2", "s3:ListObjectVersions"]),
    when(When::OwnBucket, Scope::Bucket, &["s3:DeleteBucket"]),
    when(When::Code, Scope::Objects, &["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    when(
        When::OwnRole,
        Scope::ExecutionRole,
        &[
            "iam:GetRole",
            "iam:ListRolePolicies",
            "iam:DeleteRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:DetachRolePolicy",
            "iam:DeleteRole",
        ],
    ),
    when(When::OwnBuildProject, Scope::BuildProject, &["codebuild:BatchGetProjects", "codebuild:DeleteProject"]),
    when(
        When::OwnBuildRole,
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
        &["s3:HeadBucket", "s3:GetBucketTagging", "s3:ListObjectsV2", "s3:ListObjectVersions"],
    ),
    when(When::OwnSourceBucket, Scope::SourceBucket, &["s3:DeleteBucket"]),
    when(When::CodeBuild, Scope::SourceObjects, &["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    when(When::AllowedCallers, Scope::NamedCallable, &["bedrock-agentcore:DeleteResourcePolicy"]),
];

const DELETE_REPOSITORY: &[Need] = &[when(When::OwnRepository, Scope::Repository, &["ecr:DeleteRepository"])];
const DELETE_MEMORY: &[Need] = &[when(When::OwnMemory, Scope::Memory, &["bedrock-agentcore:DeleteMemory"])];

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

pub(super) const LAUNCH: VerbNeeds = command(
    "launch",
    &[
        READ_RUNTIME,
        READ_RUNTIME_TAGS,
        READ_PARTS,
        READ_DELETED_PARTS,
        READ_ROLE_POLICY,
        READ_IMAGES,
        DEPLOY,
        BUILD,
        MARK_RUNTIME,
    ],
);
pub(super) const LAUNCH_WITH_TEST: VerbNeeds = with_flag(&LAUNCH, "launch --smoke", &[SMOKE, CALL, STOP]);
const DESTROY: VerbNeeds =
    command("destroy", &[READ_RUNTIME, READ_RUNTIME_TAGS, READ_DELETED_PARTS, DELETE, MARK_RUNTIME]);
const INVOKE: VerbNeeds = command("invoke", &[CALL]);

pub(super) const VERBS: &[VerbNeeds] = &[
    LAUNCH,
    LAUNCH_WITH_TEST,
    with_flag(&LAUNCH_WITH_TEST, "launch --canary", &[LOGS]),
    command("status", &[STATUS, LIST_ENDPOINTS]),
    command("status --drift", &[READ_RUNTIME, READ_RUNTIME_TAGS, READ_PARTS, READ_DELETED_PARTS, READ_ROLE_POLICY]),
    INVOKE,
    with_flag(&INVOKE, "invoke --user-id", &[CALL_FOR_USER]),
    command("stop-session", &[STOP]),
    command("sessions stop", &[STOP]),
    command("exec", &[&[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:InvokeAgentRuntimeCommand"])]]),
    command("shell", &[&[when(When::Signed, Scope::Endpoints, &["bedrock-agentcore:InvokeAgentRuntimeCommandShell"])]]),
    command("logs", &[LOGS]),
    command("endpoint list", &[READ_RUNTIME, LIST_ENDPOINTS, READ_ENDPOINT_TAGS]),
    command(
        "endpoint create",
        &[
            READ_RUNTIME,
            READ_ENDPOINT_TAGS,
            READ_ARTIFACT,
            MARK_RUNTIME,
            &[always(Scope::Runtime, &["bedrock-agentcore:CreateAgentRuntimeEndpoint"])],
        ],
    ),
    command(
        "endpoint promote",
        &[
            READ_RUNTIME,
            READ_ENDPOINT_TAGS,
            READ_ARTIFACT,
            MARK_ENDPOINT,
            &[always(Scope::Endpoints, &["bedrock-agentcore:UpdateAgentRuntimeEndpoint"])],
        ],
    ),
    command(
        "endpoint delete",
        &[
            READ_RUNTIME,
            READ_ENDPOINT_TAGS,
            MARK_RUNTIME,
            &[always(Scope::Endpoints, &["bedrock-agentcore:DeleteAgentRuntimeEndpoint"])],
        ],
    ),
    command("versions", &[READ_RUNTIME, READ_RUNTIME_TAGS, LIST_ENDPOINTS, LIST_VERSIONS]),
    command(
        "rollback",
        &[
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
    ),
    command(
        "adopt",
        &[READ_RUNTIME, READ_RUNTIME_TAGS, READ_PARTS, READ_DELETED_PARTS, READ_ROLE_POLICY, READ_POLICIES],
    ),
    command(
        "export",
        &[
            &[always(Scope::Runtime, &["bedrock-agentcore:GetAgentRuntime"])],
            &[always(Scope::NamedRuntime, &["bedrock-agentcore:ListTagsForResource"])],
            READ_PARTS,
            READ_DELETED_PARTS,
            READ_ROLE_POLICY,
            LIST_ENDPOINTS,
            READ_POLICIES,
            &[when(When::OwnRole, Scope::ExecutionRole, &["iam:ListRolePolicies", "iam:ListAttachedRolePolicies"])],
        ],
    ),
    DESTROY,
    with_flag(&DESTROY, "destroy --delete-ecr-repo", &[DELETE_REPOSITORY]),
    with_flag(&DESTROY, "destroy --delete-memory", &[DELETE_MEMORY]),
];

/// What `status` asks of a runtime.
const STATUS: &[Need] = &[
    always(Scope::Runtime, &["bedrock-agentcore:GetAgentRuntime"]),
    always(Scope::Endpoints, &["bedrock-agentcore:GetAgentRuntimeEndpoint"]),
    when(When::Memory, Scope::Memory, &["bedrock-agentcore:GetMemory"]),
];
