//! Names and tags of what a deployment creates. They are the starter toolkit's, so that policies written for it fit.

use aws_lc_rs::digest::{SHA256, digest};

use super::Agent;

/// Tag that marks a resource as made by this program.
pub(crate) const MANAGED_BY: (&str, &str) = ("agentcore:managed-by", "agentcore");
/// Tag that holds the agent's name.
pub(crate) const AGENT_TAG: &str = "agentcore:agent";

/// Tag that holds the team's name.
pub(crate) const TEAM_TAG: &str = "agentcore:team";

/// Tag that holds the identity of the project.
pub(crate) const PROJECT_TAG: &str = "agentcore:project";

/// Tags that every resource of an agent gets.
pub(crate) fn tags(agent: &Agent) -> Vec<(String, String)> {
    let mut tags = shared_tags();
    tags.push((AGENT_TAG.to_owned(), agent.name.clone()));
    tags.extend(agent.project.as_ref().map(|project| (PROJECT_TAG.to_owned(), project.clone())));
    tags
}

/// Tags of what several agents, and projects, share.
pub(crate) fn shared_tags() -> Vec<(String, String)> {
    vec![(MANAGED_BY.0.to_owned(), MANAGED_BY.1.to_owned())]
}

/// Whether these tags say that this program made the resource, for whichever agent.
pub(crate) fn is_managed(tags: &[(String, String)]) -> bool {
    tags.iter().any(|(key, value)| key == MANAGED_BY.0 && value == MANAGED_BY.1)
}

/// ECR repository of an agent. Repository names are lower case.
pub(crate) fn repository(agent: &str) -> String {
    format!("bedrock-agentcore-{}", agent.to_lowercase())
}

/// Execution role of an agent in a region; at most 64 characters, as IAM wants.
pub(crate) fn execution_role(region: &str, agent: &str) -> String {
    let hash = hex::encode(digest(&SHA256, agent.as_bytes()));
    format!("AmazonBedrockAgentCoreSDKRuntime-{region}-{}", &hash[..10])
}

/// Inline policy of the execution role.
pub(crate) fn execution_policy(agent: &str) -> String {
    format!("BedrockAgentCoreRuntimeExecutionPolicy-{agent}")
}

/// Inline policy of the execution role for what the agent's credential providers need.
pub(crate) fn identity_policy(agent: &str) -> String {
    format!("BedrockAgentCoreIdentityPolicy-{agent}")
}

/// Role of a team's gateways in a region; at most 64 characters, as IAM wants.
pub(crate) fn gateway_role(region: &str, team: &str) -> String {
    let name = format!("AgentCoreGateway-{region}-{team}");
    if name.len() <= 64 { name } else { format!("AgentCoreGateway-{region}-{}", short_hash(team)) }
}

/// Inline policy of a team's gateway role.
pub(crate) const GATEWAY_POLICY: &str = "BedrockAgentCoreGatewayPolicy";

/// Ten hexadecimal digits derived from `text`.
pub(crate) fn short_hash(text: &str) -> String {
    hex::encode(&digest(&SHA256, text.as_bytes()).as_ref()[..5])
}

/// CodeBuild project of an agent.
pub(crate) fn build_project(agent: &str) -> String {
    format!("bedrock-agentcore-{agent}-builder")
}

/// Role of the CodeBuild project; at most 64 characters, as IAM wants.
pub(crate) fn build_role(region: &str, agent: &str) -> String {
    let hash = hex::encode(digest(&SHA256, agent.as_bytes()));
    format!("AmazonBedrockAgentCoreSDKCodeBuild-{region}-{}", &hash[..10])
}

/// Inline policy of the CodeBuild role.
pub(crate) const BUILD_POLICY: &str = "CodeBuildExecutionPolicy";

/// Bucket for the archives and build sources of all agents of an account and region; at most 63 characters, as S3 wants.
pub(crate) fn source_bucket(account: &str, region: &str) -> String {
    format!("bedrock-agentcore-codebuild-sources-{account}-{region}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_their_services() {
        let name = "A".repeat(48);
        assert!(execution_role("ap-southeast-1", &name).len() <= 64);
        assert!(build_role("ap-southeast-1", &name).len() <= 64);
        assert!(source_bucket("123456789012", "ap-southeast-1").len() <= 63);
        assert!(build_project(&name).len() <= 150);
        assert!(execution_policy(&name).len() <= 128);
        assert!(identity_policy(&name).len() <= 128);
        assert!(gateway_role("ap-southeast-1", &name).len() <= 64);
        assert_eq!(repository("MyAgent"), "bedrock-agentcore-myagent");
    }
}
