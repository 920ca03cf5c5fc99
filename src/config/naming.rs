//! Names and tags of what a deployment creates. They are the starter toolkit's, so that policies written for it fit.

use aws_lc_rs::digest::{SHA256, digest};

use super::Agent;
use crate::facts::{NAME_LENGTH, is_name};

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

/// Tag that holds the name of the environment; what is not in one has no such tag.
pub(crate) const ENVIRONMENT_TAG: &str = "agentcore:environment";

/// Whether a tag of this key is one that this program puts on what it makes.
pub(crate) fn is_own_tag(key: &str) -> bool {
    key.starts_with("agentcore:")
}

/// Tags that every resource of an agent gets.
pub(crate) fn tags(agent: &Agent) -> Vec<(String, String)> {
    let mut tags = shared_tags();
    tags.push((AGENT_TAG.to_owned(), agent.name.clone()));
    tags.extend(agent.project.as_ref().map(|project| (PROJECT_TAG.to_owned(), project.clone())));
    tags.extend(agent.environment.as_ref().map(|name| (ENVIRONMENT_TAG.to_owned(), name.to_string())));
    tags
}

/// What an agent's resources are named after in an environment. Different environments of an agent never have the same: a
/// name that had to be changed to fit ends with a hash of both, and one that looks as if it did counts as one of those.
pub(crate) fn in_environment(agent: &str, environment: &str) -> String {
    let plain = format!("{agent}_{environment}");
    if is_plain(environment) && plain.len() <= NAME_LENGTH {
        return plain;
    }
    let hash = short_hash(&format!("{agent}/{environment}"));
    let (agent, word) = cut(agent, environment);
    format!("{agent}_{word}_{hash}")
}

/// What an agent's resources are named after in environments whose names begin with `head`: patterns, whose `*` at the end stands
/// for any text.
pub(crate) fn in_environments(agent: &str, head: &str) -> Vec<String> {
    let plain = format!("{agent}_{head}");
    let may_be_plain = head.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z')) && plain.len() < NAME_LENGTH;
    let (agent, word) = cut(agent, head);
    let mut patterns = vec![format!("{agent}_{word}*")];
    patterns.extend(may_be_plain.then(|| format!("{plain}*")).filter(|plain| *plain != patterns[0]));
    patterns
}

/// Agent and environment as they stand before a hash.
fn cut<'a>(agent: &'a str, environment: &str) -> (&'a str, String) {
    let room = NAME_LENGTH - HASH_LENGTH - 2;
    let agent = &agent[..agent.len().min(room * 2 / 3)];
    (agent, fitting(environment, '_').chars().take(room - agent.len()).collect())
}

/// Whether a runtime of this name can be the agent's in some environment. Its tags say whether it is, and in which.
pub(crate) fn may_be_in_environment(agent: &str, name: &str) -> bool {
    let (kept, _) = cut(agent, "");
    name.len() > kept.len() && name.starts_with(kept)
}

/// The pattern of the names that [`may_be_in_environment`] takes.
pub(crate) fn any_environment(agent: &str) -> String {
    format!("{}*", cut(agent, "").0)
}

/// The name of an environment as part of a file's name, and no two have the same.
pub(crate) fn environment_slug(environment: &str) -> String {
    if is_plain(environment) {
        return environment.to_owned();
    }
    format!("{}-{}", fitting(environment, '-'), short_hash(environment))
}

/// In small letters and digits, so that names in which case does not count keep it apart, and not like a hash.
fn is_plain(environment: &str) -> bool {
    let is_hash = environment.len() == 10 && environment.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    !is_hash && environment.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z'))
}

fn fitting(environment: &str, other: char) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { other };
    environment.chars().map(fit).collect()
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

/// What the names of execution roles begin with.
pub(crate) const EXECUTION_ROLE: &str = "AmazonBedrockAgentCoreSDKRuntime-";

/// Execution role of an agent in a region; at most 64 characters, as IAM wants.
pub(crate) fn execution_role(region: &str, agent: &str) -> String {
    format!("{EXECUTION_ROLE}{region}-{}", short_hash(agent))
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

const HASH_LENGTH: usize = 10;

/// Ten hexadecimal digits derived from `text`.
pub(crate) fn short_hash(text: &str) -> String {
    hex::encode(&digest(&SHA256, text.as_bytes()).as_ref()[..HASH_LENGTH / 2])
}

/// CodeBuild project of an agent.
pub(crate) fn build_project(agent: &str) -> String {
    format!("bedrock-agentcore-{agent}-builder")
}

/// What the names of the CodeBuild projects' roles begin with.
pub(crate) const BUILD_ROLE: &str = "AmazonBedrockAgentCoreSDKCodeBuild-";

/// Role of the CodeBuild project; at most 64 characters, as IAM wants.
pub(crate) fn build_role(region: &str, agent: &str) -> String {
    format!("{BUILD_ROLE}{region}-{}", short_hash(agent))
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

/// Memories of agents whose names fit a pattern of [`in_environments`].
pub(crate) fn memories(pattern: &str) -> String {
    let begins = pattern.trim_end_matches('*');
    format!("{begins:.30}*_memory")
}

/// Bucket for the archives and build sources of all agents of an account and region; at most 63 characters, as S3 wants.
pub(crate) fn source_bucket(account: &str, region: &str) -> String {
    format!("{SOURCE_BUCKET}{account}-{region}")
}

const SOURCE_BUCKET: &str = "bedrock-agentcore-codebuild-sources-";

/// Whether a bucket has the name that launch gives, in whichever account and region.
pub(crate) fn is_source_bucket(name: &str) -> bool {
    name.starts_with(SOURCE_BUCKET)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_never_share_a_name() {
        use proptest::prelude::*;
        let name = "[a-zA-Z0-9][a-zA-Z0-9._/-]{0,63}";
        proptest!(|(agent in "[a-zA-Z][a-zA-Z0-9_]{0,47}", one in name, other in name)| {
            let (first, second) = (in_environment(&agent, &one), in_environment(&agent, &other));
            prop_assert!(is_name(&first), "{}", first);
            prop_assert_ne!(&first, &agent);
            if one != other {
                prop_assert_ne!(repository(&first), repository(&second));
                prop_assert_ne!(environment_slug(&one), environment_slug(&other));
            }
        });
        for (one, other) in [("pr-1", "pr_1"), ("pr-1", "pr.1"), ("Dev", "dev"), ("a/b", "a-b")] {
            assert_ne!(in_environment("a", one).to_lowercase(), in_environment("a", other).to_lowercase());
        }
        assert_eq!(in_environment("support", "staging"), "support_staging");
        let hashed = in_environment("support", "pr-7");
        let hash = hashed.rsplit('_').next().unwrap_or_default();
        assert_ne!(in_environment("support_pr_7", hash), hashed, "{hashed}");
    }

    #[test]
    fn patterns_hold_every_name_in_an_environment() {
        use proptest::prelude::*;
        let begins = |patterns: &[String], name: &str| {
            patterns.iter().any(|pattern| name.starts_with(pattern.strip_suffix('*').unwrap()))
        };
        proptest!(|(agent in "[a-zA-Z][a-zA-Z0-9_]{0,47}", head in "[a-zA-Z0-9][a-zA-Z0-9._/-]{0,31}", rest in "[a-zA-Z0-9._/-]{1,31}")| {
            let patterns = in_environments(&agent, &head);
            let name = in_environment(&agent, &format!("{head}{rest}"));
            prop_assert!(begins(&patterns, &name), "{} {:?}", name, patterns);
            let memories: Vec<String> = patterns.iter().map(|pattern| memories(pattern)).collect();
            let heads: Vec<String> = memories.iter().map(|name| name.strip_suffix("_memory").unwrap().to_owned()).collect();
            prop_assert!(begins(&heads, &memory(&name)), "{} {:?}", memory(&name), memories);
        });
        assert_eq!(in_environments("support", "pr-"), ["support_pr_*"]);
        assert_eq!(memories("support_pr_*"), "support_pr_*_memory");
    }

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
