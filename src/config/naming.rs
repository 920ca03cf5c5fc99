//! Names and tags of what a deployment creates. They are the starter toolkit's, so that policies written for it fit.

use aws_lc_rs::digest::{SHA256, digest};

use super::Agent;
use crate::facts::is_name;

/// Tag that marks a resource as made by this program.
pub(crate) const MANAGED_BY: (&str, &str) = ("agentcore:managed-by", "agentcore");
/// Tag that holds the agent's name.
pub(crate) const AGENT_TAG: &str = "agentcore:agent";

/// Tag that holds the team's name.
pub(crate) const TEAM_TAG: &str = "agentcore:team";

/// Tag that holds the name of the gateway that something was made for.
pub(crate) const GATEWAY_TAG: &str = "agentcore:gateway";

/// Tag that holds the identity of the project.
pub(crate) const PROJECT_TAG: &str = "agentcore:project";

/// Whether this program puts a tag of this key on what it makes.
pub(crate) fn is_own_tag(key: &str) -> bool {
    [MANAGED_BY.0, AGENT_TAG, TEAM_TAG, GATEWAY_TAG, PROJECT_TAG].contains(&key)
}

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

/// Service role of one gateway in a region; at most 64 characters, as IAM wants. In lower case, as the gateway's id has its
/// name, so that either leads to the role.
pub(crate) fn gateway_service_role(region: &str, gateway: &str) -> String {
    let gateway = gateway.to_ascii_lowercase();
    let name = format!("BedrockAgentCoreGateway-{region}-{gateway}");
    if name.len() <= 64 { name } else { format!("BedrockAgentCoreGateway-{region}-{}", short_hash(&gateway)) }
}

/// Inline policy of a gateway's service role for one target; at most 128 characters, as IAM wants.
pub(crate) fn gateway_target_policy(target: &str) -> String {
    let name = format!("AgentCoreTarget-{target}");
    if name.len() <= 128 { name } else { format!("AgentCoreTarget-{}", short_hash(target)) }
}

/// Inline policy of a gateway's service role for the policy engine that it asks.
pub(crate) const GATEWAY_ENGINE_POLICY: &str = "AgentCorePolicyEngine";

/// Credential provider of one target of a gateway; at most 128 characters, as the service wants. Neither name can have the
/// underscore in it, so that no two targets have one provider.
pub(crate) fn gateway_target_provider(gateway: &str, target: &str) -> String {
    let name = format!("{}{target}", gateway_provider_prefix(gateway));
    if name.len() <= 128 { name } else { format!("{}{}", gateway_provider_prefix(gateway), short_hash(target)) }
}

/// Whether an inline policy of a gateway's service role is one of this program's.
pub(crate) fn is_gateway_policy(policy: &str) -> bool {
    policy == GATEWAY_ENGINE_POLICY || policy.starts_with("AgentCoreTarget-")
}

/// Beginning of the names of the credential providers of a gateway's targets.
pub(crate) fn gateway_provider_prefix(gateway: &str) -> String {
    format!("{gateway}_")
}

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

/// Memory of an agent, as the starter toolkit's `configure` names it; at most 48 characters, as the service wants.
pub(crate) fn memory(agent: &str) -> String {
    let name = format!("{agent}_memory");
    if is_name(&name) { name } else { format!("{agent:.30}_{}_memory", short_hash(agent)) }
}

/// Whether a memory may have been given this name by the toolkit, for this agent and whether or not the service takes it.
pub(crate) fn is_toolkits_memory(name: &str, agent: &str) -> bool {
    name.strip_prefix(agent).is_some_and(|rest| matches!(rest, "_memory" | "_mem"))
}

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
        let (gateway, target) = ("a-".repeat(48), "a-".repeat(100));
        assert!(gateway_service_role("ap-southeast-1", &gateway).len() <= 64);
        assert_eq!(gateway_service_role("r", "Tools"), "BedrockAgentCoreGateway-r-tools");
        assert!(gateway_target_policy(&target).len() <= 128);
        assert!(gateway_target_provider(&gateway, &target).len() <= 128);
        assert_ne!(gateway_target_provider("a", "b-c"), gateway_target_provider("a-b", "c"));
        assert_eq!(repository("MyAgent"), "bedrock-agentcore-myagent");
        assert_eq!(memory("notes"), "notes_memory");
        for length in [41, 42, 48] {
            assert!(is_name(&memory(&"a".repeat(length))), "{length}");
        }
        assert_ne!(memory(&name), memory(&format!("{name:.47}B")));
    }
}
