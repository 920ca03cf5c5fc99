//! The execution role's documents: who may assume it, and what the agent may do. Least privilege for one agent.
//!
//! Source: the service's permissions guide, narrowed to this agent's repository, log groups and
//! workload identity.

use serde_json::{Value, json};

use crate::partition::Partition;

/// What the policies are about.
#[derive(Debug)]
pub(crate) struct PolicyScope<'a> {
    pub(crate) partition: Partition,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) agent: &'a str,
    /// Where the image is; `None` for code, which the service reads as the caller.
    pub(crate) repository: Option<RepositoryScope<'a>>,
}

/// A repository, which may be one of another account or region.
#[derive(Debug)]
pub(crate) struct RepositoryScope<'a> {
    pub(crate) name: &'a str,
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
}

impl PolicyScope<'_> {
    fn arn(&self, service: &str, resource: &str) -> String {
        self.partition.arn(service, self.region, self.account, resource).to_string()
    }
}

/// Only the service, only for this account, only for runtimes of this region.
pub(crate) fn trust(scope: &PolicyScope<'_>) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "AgentCoreRuntime",
            "Effect": "Allow",
            "Principal": { "Service": Partition::principal("bedrock-agentcore") },
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": { "aws:SourceAccount": scope.account },
                "ArnLike": { "aws:SourceArn": scope.arn("bedrock-agentcore", "*") },
            },
        }],
    })
}

/// Statements with `*` as resource are those whose actions know no narrower one: `ecr:GetAuthorizationToken`, X-Ray,
/// and `cloudwatch:PutMetricData`, which a condition limits to the service's namespace.
pub(crate) fn execution(scope: &PolicyScope<'_>) -> Value {
    let group = |suffix: &str| {
        scope.arn("logs", &format!("log-group:/aws/bedrock-agentcore/runtimes/{}-*{suffix}", scope.agent))
    };
    let directory = scope.arn("bedrock-agentcore", "workload-identity-directory/default");
    let workload = format!("{directory}/workload-identity/{}-*", scope.agent);
    let any_region = |resource: &str, account: &str| scope.partition.arn("bedrock", "*", account, resource).to_string();
    let mut document = json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Sid": "LogGroups", "Effect": "Allow",
              "Action": ["logs:CreateLogGroup", "logs:DescribeLogStreams"],
              "Resource": [group("")] },
            { "Sid": "LogStreams", "Effect": "Allow",
              "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
              "Resource": [group(":log-stream:*")] },
            { "Sid": "LogGroupNames", "Effect": "Allow",
              "Action": ["logs:DescribeLogGroups"],
              "Resource": [scope.arn("logs", "log-group:*")] },
            { "Sid": "Traces", "Effect": "Allow",
              "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
              "Resource": ["*"] },
            { "Sid": "Metrics", "Effect": "Allow", "Action": ["cloudwatch:PutMetricData"], "Resource": ["*"],
              "Condition": { "StringEquals": { "cloudwatch:namespace": "bedrock-agentcore" } } },
            { "Sid": "WorkloadToken", "Effect": "Allow",
              "Action": [
                  "bedrock-agentcore:GetWorkloadAccessToken",
                  "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
                  "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
              ],
              "Resource": [directory, workload] },
            { "Sid": "Models", "Effect": "Allow",
              "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
              "Resource": [
                  any_region("foundation-model/*", ""),
                  any_region("inference-profile/*", scope.account),
              ] },
        ],
    });
    if let Some(statements) = document["Statement"].as_array_mut() {
        statements.splice(0..0, image_statements(scope));
    }
    document
}

fn image_statements(scope: &PolicyScope<'_>) -> Vec<Value> {
    let Some(repository) = &scope.repository else { return Vec::new() };
    let resource = format!("repository/{}", repository.name);
    let repository = scope.partition.arn("ecr", repository.region, repository.account, &resource).to_string();
    vec![
        json!({ "Sid": "ImagePull", "Effect": "Allow",
                "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                "Resource": [repository] }),
        json!({ "Sid": "ImageLogin", "Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"] }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> PolicyScope<'static> {
        PolicyScope {
            partition: Partition::of_region("cn-north-1"),
            region: "cn-north-1",
            account: "123456789012",
            agent: "agent",
            repository: Some(RepositoryScope { name: "team/agent", account: "123456789012", region: "cn-north-1" }),
        }
    }

    #[test]
    fn a_star_resource_stands_only_where_no_narrower_one_exists() {
        let policy = execution(&scope());
        for statement in policy["Statement"].as_array().unwrap() {
            if statement["Resource"].as_array().unwrap().contains(&json!("*")) {
                let sid = statement["Sid"].as_str().unwrap();
                assert!(["ImageLogin", "Traces", "Metrics"].contains(&sid), "{sid}");
            }
        }
    }

    #[test]
    fn an_agent_without_an_image_may_not_read_any() {
        let policy = execution(&PolicyScope { repository: None, ..scope() }).to_string();
        assert!(!policy.contains("ecr") && policy.contains("LogGroups"));
        assert!(execution(&scope()).to_string().contains("ecr:GetAuthorizationToken"));
    }

    #[test]
    fn every_arn_is_of_the_regions_partition() {
        let text = format!("{}{}", execution(&scope()), trust(&scope()));
        assert!(text.contains("arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/agent"));
        assert!(!text.contains("arn:aws:"));
    }

    #[test]
    fn the_trust_policy_is_bound_to_the_account() {
        let trust = trust(&scope());
        assert_eq!(trust["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"], "123456789012");
    }
}
