//! `agentcore.created` of an agent: what this program made, and so may delete.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Created {
    /// `aws.account`, where the configuration named none before the first launch.
    pub(crate) account: Option<String>,
    /// `aws.region`, likewise.
    pub(crate) region: Option<String>,
    /// Name of the S3 bucket. Agents of one account and region share it.
    pub(crate) bucket: Option<String>,
    /// Name of the ECR repository.
    pub(crate) repository: Option<String>,
    /// Name of the IAM role.
    pub(crate) execution_role: Option<String>,
    /// Id of the runtime.
    pub(crate) runtime: Option<String>,
    /// Ids of memories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) memories: Vec<String>,
    /// Name of the CodeBuild project.
    pub(crate) build_project: Option<String>,
    /// Name of the IAM role that the project's builds run as.
    pub(crate) build_role: Option<String>,
    /// Bucket of the builds' sources. Agents of an account share it.
    pub(crate) source_bucket: Option<String>,
    /// `apikey/NAME` and `oauth2/NAME` of credential providers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) credential_providers: Vec<String>,
    /// Name of the workload identity, as earlier versions wrote the only one; `workload_identities` has what came since.
    pub(crate) workload_identity: Option<String>,
    /// Names of workload identities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) workload_identities: Vec<String>,
    /// Name of the execution role's inline policy for outbound identity.
    pub(crate) identity_policy: Option<String>,
    /// Version of the runtime that the last launch made, or `adopt` took over.
    pub(crate) deployed_version: Option<String>,
    /// ARNs that have a policy of this program.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) resource_policies: Vec<String>,
    /// Names of the runtime's variables that launch set for this configuration.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) environment: Vec<String>,
    #[serde(flatten)]
    pub(crate) other: Map<String, Value>,
}

impl Created {
    /// Something that exists is on record.
    pub(crate) fn names_resources(&self) -> bool {
        let Self {
            account: _,
            region: _,
            bucket,
            repository,
            execution_role,
            runtime,
            memories,
            build_project,
            build_role,
            source_bucket,
            credential_providers,
            workload_identity,
            workload_identities,
            identity_policy,
            deployed_version: _,
            resource_policies,
            environment: _,
            other,
        } = self;
        let single = [
            bucket,
            repository,
            execution_role,
            runtime,
            build_project,
            build_role,
            source_bucket,
            workload_identity,
            identity_policy,
        ];
        let lists = [memories, credential_providers, workload_identities, resource_policies];
        // What a newer version wrote down may be one as well.
        !other.is_empty() || single.into_iter().any(Option::is_some) || lists.into_iter().any(|list| !list.is_empty())
    }
}
