//! The documents of the execution role, of the role that CodeBuild builds as and of a team's gateway role: who may assume
//! them, and what they may do. Least privilege.
//!
//! Sources: the permissions guides of AgentCore and of CodeBuild, narrowed to this agent's repository, log groups,
//! workload identity and build sources.

use serde_json::{Value, json};

use super::mounts;
use super::plan::Permission;
use crate::cloud::ProviderKind;
use crate::partition::Partition;

/// What the policies are about.
#[derive(Debug)]
pub(crate) struct PolicyScope<'a> {
    pub(crate) partition: Partition,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) agent: &'a str,
    /// Name of the repository that holds the image.
    pub(crate) repository: &'a str,
    /// Account and region of that repository, which may be a shared one.
    pub(crate) repository_account: &'a str,
    pub(crate) repository_region: &'a str,
}

impl PolicyScope<'_> {
    /// `id` may be a pattern.
    pub(crate) fn memory_arn(&self, id: &str) -> String {
        self.arn("bedrock-agentcore", &format!("memory/{id}"))
    }

    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
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

/// What an agent may do that runs an image: everything that [`code`] allows, and pulling the image.
pub(crate) fn execution(scope: &PolicyScope<'_>) -> Value {
    let repository = scope
        .partition
        .arn("ecr", scope.repository_region, scope.repository_account, &format!("repository/{}", scope.repository))
        .to_string();
    let mut document = code(scope);
    if let Some(statements) = document["Statement"].as_array_mut() {
        let pull = json!({
            "Sid": "ImagePull", "Effect": "Allow",
            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Resource": [repository],
        });
        let login = json!({
            "Sid": "ImageLogin", "Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"],
        });
        statements.splice(0..0, [pull, login]);
    }
    document
}

/// What an agent may do that runs code from an archive, which the service reads as the caller of CreateAgentRuntime.
///
/// Statements with `*` as resource are those whose actions know no narrower one: `ecr:GetAuthorizationToken`, X-Ray,
/// and `cloudwatch:PutMetricData`, which a condition limits to the service's namespace.
pub(crate) fn code(scope: &PolicyScope<'_>) -> Value {
    let group = |suffix: &str| {
        scope.arn("logs", &format!("log-group:/aws/bedrock-agentcore/runtimes/{}-*{suffix}", scope.agent))
    };
    let directory = scope.arn("bedrock-agentcore", "workload-identity-directory/default");
    let workload = format!("{directory}/workload-identity/{}-*", scope.agent);
    let any_region = |resource: &str, account: &str| scope.partition.arn("bedrock", "*", account, resource).to_string();
    json!({
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
    })
}

/// Lets the agent use one memory: what is in it, and which strategies it has, which the SDK asks for.
///
/// `IngestData` is of the service's model; the list of IAM's actions did not have it yet in September 2026.
pub(crate) fn memory(arn: &str) -> Value {
    json!({
        "Sid": "Memory", "Effect": "Allow",
        "Action": [
            "bedrock-agentcore:BatchCreateMemoryRecords",
            "bedrock-agentcore:BatchDeleteMemoryRecords",
            "bedrock-agentcore:BatchUpdateMemoryRecords",
            "bedrock-agentcore:CreateEvent",
            "bedrock-agentcore:DeleteEvent",
            "bedrock-agentcore:DeleteMemoryRecord",
            "bedrock-agentcore:GetEvent",
            "bedrock-agentcore:GetMemory",
            "bedrock-agentcore:GetMemoryRecord",
            "bedrock-agentcore:IngestData",
            "bedrock-agentcore:ListActors",
            "bedrock-agentcore:ListEvents",
            "bedrock-agentcore:ListMemoryExtractionJobs",
            "bedrock-agentcore:ListMemoryRecords",
            "bedrock-agentcore:ListSessions",
            "bedrock-agentcore:RetrieveMemoryRecords",
            "bedrock-agentcore:StartMemoryExtractionJob",
        ],
        "Resource": [arn],
    })
}

/// Of [`memory`], what every agent calls that remembers a conversation: events are written and read, the SDK asks for the
/// strategies, and what was made of the events is searched where there is long-term memory.
pub(crate) fn memory_calls(arn: &str, is_long_term: bool) -> Value {
    let mut actions =
        vec!["bedrock-agentcore:CreateEvent", "bedrock-agentcore:GetMemory", "bedrock-agentcore:ListEvents"];
    if is_long_term {
        actions.push("bedrock-agentcore:RetrieveMemoryRecords");
    }
    json!({ "Statement": [{ "Action": actions, "Resource": [arn] }] })
}

/// `document` with one more statement.
pub(crate) fn with_statement(mut document: Value, statement: Value) -> Value {
    if let Some(statements) = document["Statement"].as_array_mut() {
        statements.push(statement);
    }
    document
}

/// A credential provider that an agent uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) kind: ProviderKind,
    /// ARN of the provider.
    pub(crate) arn: String,
    /// ARN of its secret; clients that prove themselves with a key of AWS have none.
    pub(crate) secret: Option<String>,
}

/// What an agent needs of outbound identity.
#[derive(Debug)]
pub(crate) struct OutboundScope<'a> {
    pub(crate) scope: &'a PolicyScope<'a>,
    pub(crate) grants: &'a [Grant],
    /// ARN of a workload identity besides the runtime's own.
    pub(crate) workload: Option<&'a str>,
    /// Audiences of AWS's own tokens.
    pub(crate) audiences: &'a [String],
    pub(crate) algorithm: &'a str,
    pub(crate) seconds: u32,
}

/// What an agent may do to get its keys and tokens; `None` when it needs none.
///
/// The service asks for the action on the vault, on the provider, on the directory and on the workload identity. The
/// secret is read with the role's own rights, so each provider's is named. `sts:GetWebIdentityToken` knows no resource;
/// its conditions are what the starter toolkit sets.
pub(crate) fn outbound(needs: &OutboundScope<'_>) -> Option<Value> {
    let directory = needs.scope.arn("bedrock-agentcore", "workload-identity-directory/default");
    let own = format!("{directory}/workload-identity/{}-*", needs.scope.agent);
    let mut statements = Vec::new();
    if let Some(workload) = needs.workload {
        statements.push(json!({
            "Sid": "OtherWorkloadToken", "Effect": "Allow",
            "Action": [
                "bedrock-agentcore:GetWorkloadAccessToken",
                "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
                "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
            ],
            "Resource": [directory, workload],
        }));
    }
    for (kind, sid, action) in [
        (ProviderKind::ApiKey, "ApiKeys", "bedrock-agentcore:GetResourceApiKey"),
        (ProviderKind::OAuth2, "OAuth2Tokens", "bedrock-agentcore:GetResourceOauth2Token"),
    ] {
        let providers: Vec<&str> =
            needs.grants.iter().filter(|grant| grant.kind == kind).map(|grant| grant.arn.as_str()).collect();
        if providers.is_empty() {
            continue;
        }
        let vault = needs.scope.arn("bedrock-agentcore", "token-vault/default");
        let mut resources = vec![vault.as_str()];
        resources.extend(providers);
        resources.extend([directory.as_str(), own.as_str()]);
        resources.extend(needs.workload);
        statements.push(json!({ "Sid": sid, "Effect": "Allow", "Action": [action], "Resource": resources }));
    }
    let secrets: Vec<&str> = needs.grants.iter().filter_map(|grant| grant.secret.as_deref()).collect();
    if !secrets.is_empty() {
        statements.push(json!({
            "Sid": "ProviderSecrets", "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue"],
            "Resource": secrets,
        }));
    }
    if !needs.audiences.is_empty() {
        let audience = json!({ "sts:IdentityTokenAudience": needs.audiences });
        statements.push(json!({
            "Sid": "AwsToken", "Effect": "Allow", "Action": ["sts:GetWebIdentityToken"], "Resource": ["*"],
            "Condition": {
                "ForAnyValue:StringEquals": audience,
                "NumericLessThanEquals": { "sts:DurationSeconds": needs.seconds },
                "StringEquals": { "sts:SigningAlgorithm": needs.algorithm },
            },
        }));
        statements.push(json!({
            "Sid": "AwsTokenTags", "Effect": "Allow", "Action": ["sts:TagGetWebIdentityToken"], "Resource": ["*"],
            "Condition": { "ForAnyValue:StringEquals": audience },
        }));
    }
    if statements.is_empty() {
        return None;
    }
    Some(json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// What a team's gateways work with.
#[derive(Debug)]
pub(crate) struct TeamScope<'a> {
    pub(crate) partition: Partition,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    /// Name of the OAuth2 credential provider.
    pub(crate) provider: &'a str,
}

impl TeamScope<'_> {
    fn arn(&self, service: &str, resource: &str) -> String {
        self.partition.arn(service, self.region, self.account, resource).to_string()
    }
}

/// Only the service, only for this account, only for gateways of this region.
pub(crate) fn gateway_trust(scope: &TeamScope<'_>) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "AgentCoreGateway",
            "Effect": "Allow",
            "Principal": { "Service": Partition::principal("bedrock-agentcore") },
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": { "aws:SourceAccount": scope.account },
                "ArnLike": { "aws:SourceArn": scope.arn("bedrock-agentcore", "gateway/*") },
            },
        }],
    })
}

/// What a gateway needs to call its targets with tokens of the team's one provider. What the targets themselves want,
/// such as `lambda:InvokeFunction`, is known to whoever adds them.
///
/// The service names the provider's secret `bedrock-agentcore-identity!default/oauth2/NAME` and Secrets Manager adds six
/// characters of its own.
pub(crate) fn gateway(scope: &TeamScope<'_>) -> Value {
    let provider = scope.provider;
    let directory = scope.arn("bedrock-agentcore", "workload-identity-directory/default");
    let vault = scope.arn("bedrock-agentcore", "token-vault/default");
    json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Sid": "WorkloadToken", "Effect": "Allow",
              "Action": ["bedrock-agentcore:GetWorkloadAccessToken"],
              "Resource": [directory, format!("{directory}/workload-identity/*")] },
            { "Sid": "ProviderToken", "Effect": "Allow",
              "Action": ["bedrock-agentcore:GetResourceOauth2Token"],
              "Resource": [
                  vault,
                  format!("{vault}/oauth2credentialprovider/{provider}"),
                  directory,
                  format!("{directory}/workload-identity/*"),
              ] },
            { "Sid": "ProviderSecret", "Effect": "Allow",
              "Action": ["secretsmanager:GetSecretValue"],
              "Resource": [scope.arn(
                  "secretsmanager",
                  &format!("secret:bedrock-agentcore-identity!default/oauth2/{provider}-??????"),
              )] },
        ],
    })
}

/// What an agent's builds in CodeBuild work with.
#[derive(Debug)]
pub(crate) struct BuildScope<'a> {
    pub(crate) project: &'a str,
    pub(crate) bucket: &'a str,
    /// Keys of the sources begin with it; ends with a slash.
    pub(crate) prefix: &'a str,
}

/// Only CodeBuild, only for this project.
pub(crate) fn build_trust(scope: &PolicyScope<'_>, build: &BuildScope<'_>) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "CodeBuild",
            "Effect": "Allow",
            "Principal": { "Service": Partition::principal("codebuild") },
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": { "aws:SourceAccount": scope.account },
                "ArnLike": { "aws:SourceArn": scope.arn("codebuild", &format!("project/{}", build.project)) },
            },
        }],
    })
}

/// Reads this agent's sources, pushes to its repository, writes its project's log. `ecr:GetAuthorizationToken` knows no
/// narrower resource than `*`.
pub(crate) fn build_permissions(scope: &PolicyScope<'_>, build: &BuildScope<'_>) -> Value {
    let repository = scope
        .partition
        .arn("ecr", scope.repository_region, scope.repository_account, &format!("repository/{}", scope.repository))
        .to_string();
    let group = scope.arn("logs", &format!("log-group:/aws/codebuild/{}", build.project));
    let bucket = scope.partition.arn("s3", "", "", build.bucket).to_string();
    let own_account = json!({ "StringEquals": { "s3:ResourceAccount": scope.account } });
    json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Sid": "ImageLogin", "Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"] },
            { "Sid": "ImagePush", "Effect": "Allow",
              "Action": [
                  "ecr:BatchCheckLayerAvailability",
                  "ecr:BatchGetImage",
                  "ecr:CompleteLayerUpload",
                  "ecr:GetDownloadUrlForLayer",
                  "ecr:InitiateLayerUpload",
                  "ecr:PutImage",
                  "ecr:UploadLayerPart",
              ],
              "Resource": [repository] },
            { "Sid": "BuildLog", "Effect": "Allow",
              "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
              "Resource": [group, format!("{group}:*")] },
            { "Sid": "Source", "Effect": "Allow",
              "Action": ["s3:GetObject", "s3:GetObjectVersion"],
              "Resource": [format!("{bucket}/{}*", build.prefix)],
              "Condition": own_account },
            { "Sid": "SourceBucket", "Effect": "Allow",
              "Action": ["s3:GetBucketAcl", "s3:GetBucketLocation"],
              "Resource": [bucket],
              "Condition": own_account },
        ],
    })
}

/// What a change from one document to another lets its role do, and what it takes away. A statement that stays and is not the
/// same says so: what it allows may be more.
pub(crate) fn changed_permissions(before: Option<&Value>, after: Option<&Value>) -> Vec<Permission> {
    let statements = |document: Option<&Value>| -> Vec<Value> {
        let statements = document.and_then(|document| document.get("Statement")?.as_array());
        statements.cloned().unwrap_or_default()
    };
    let (old, new) = (statements(before), statements(after));
    let (before, after) = (abilities(before), abilities(after));
    let only = |ones: &[String], others: &[String], is_granted| -> Vec<Permission> {
        let only = ones.iter().filter(|ability| !others.contains(ability));
        only.map(|ability| Permission { is_granted, ability: ability.clone() }).collect()
    };
    let mut changed = [only(&after, &before, true), only(&before, &after, false)].concat();
    for statement in &new {
        let is_same_id = |other: &&Value| other.get("Sid") == statement.get("Sid");
        // Where abilities are named by resource or condition, those that came or went explain the difference.
        let is_explained = |other: &Value| {
            let has_same = |part: &str| other.get(part) == statement.get(part);
            has_same("Action") && has_same("NotAction") && abilities_of(other) != abilities_of(statement)
        };
        if old.iter().find(is_same_id).is_none_or(|other| other == statement || is_explained(other)) {
            continue;
        }
        let kept = abilities_of(statement).into_iter().filter(|ability| before.contains(ability));
        changed.extend(kept.map(|ability| Permission {
            is_granted: true,
            ability: format!("{ability}, with other actions, resources or conditions"),
        }));
    }
    changed
}

/// What a role can do that is made with these documents: "may call Bedrock models, send traces".
pub(crate) fn abilities_text<'d>(documents: impl IntoIterator<Item = Option<&'d Value>>) -> String {
    let all: Vec<String> = documents.into_iter().flat_map(abilities).collect();
    format!("may {}", all.join(", "))
}

/// What the statements of a document of this file allow.
fn abilities(document: Option<&Value>) -> Vec<String> {
    let statements = document.and_then(|document| document.get("Statement")?.as_array());
    let mut abilities: Vec<String> = statements.into_iter().flatten().flat_map(abilities_of).collect();
    abilities.sort();
    abilities.dedup();
    abilities
}

fn abilities_of(statement: &Value) -> Vec<String> {
    let texts = |value: Option<&Value>| -> Vec<String> {
        let items = value.and_then(Value::as_array);
        items.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let resources = texts(statement.get("Resource"));
    let named = |part: &str, phrase: &str| -> Vec<String> {
        let names = resources.iter().filter_map(|arn| arn.split_once(part).map(|(_, name)| name));
        names.map(|name| format!("{phrase} `{name}`")).collect()
    };
    match statement.get("Sid").and_then(Value::as_str).unwrap_or_default() {
        "ApiKeys" => named("/apikeycredentialprovider/", "read the API key"),
        "OAuth2Tokens" => named("/oauth2credentialprovider/", "get tokens from the provider"),
        "OtherWorkloadToken" => named("/workload-identity/", "act as the workload identity"),
        "AwsToken" => texts(statement.pointer("/Condition/ForAnyValue:StringEquals/sts:IdentityTokenAudience"))
            .into_iter()
            .map(|audience| format!("get AWS's tokens for `{audience}`"))
            .collect(),
        // Both belong to the statements beside them.
        "ProviderSecrets" | "AwsTokenTags" | "ImageLogin" => Vec::new(),
        "ImagePull" => named(":repository/", "pull images from"),
        "ImagePush" => named(":repository/", "push images to"),
        "LogGroups" | "LogStreams" | "LogGroupNames" | "BuildLog" => vec!["write its logs".to_owned()],
        "Traces" => vec!["send traces".to_owned()],
        "Metrics" => vec!["send metrics".to_owned()],
        "WorkloadToken" => vec!["get tokens of its workload identity".to_owned()],
        "Models" => vec!["call Bedrock models".to_owned()],
        "Memory" => named(":memory/", "use the memory"),
        "Parameters" => named(":parameter/", "read the parameter"),
        "Secrets" => named(":secret:", "read the secret"),
        "MountAccessPoints" | "MountS3Files" => {
            mounts::access_points(statement).into_iter().map(|arn| format!("mount the access point `{arn}`")).collect()
        }
        // It belongs to the statement beside it.
        "FindS3Files" => Vec::new(),
        "MountBuckets" | "MountedBuckets" => named(":::", "read and write"),
        "MountDirectoryBuckets" => named(":bucket/", "read and write the bucket"),
        "InvokeFunction" => named(":function:", "call the function"),
        "ReadSchema" => named(":::", "read"),
        "Source" | "SourceBucket" => vec!["read the sources of its builds".to_owned()],
        other => vec![format!("do what the statement `{other}` allows")],
    }
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
            repository: "team/agent",
            repository_account: "123456789012",
            repository_region: "cn-north-1",
        }
    }

    const BUILD: BuildScope<'_> = BuildScope { project: "project-1", bucket: "sources", prefix: "agent/" };

    #[test]
    fn star_resource_stands_only_where_nothing_narrower_exists() {
        let all = [execution(&scope()), build_permissions(&scope(), &BUILD)];
        for statement in all.iter().flat_map(|policy| policy["Statement"].as_array().unwrap()) {
            if statement["Resource"].as_array().unwrap().contains(&json!("*")) {
                let sid = statement["Sid"].as_str().unwrap();
                assert!(["ImageLogin", "Traces", "Metrics"].contains(&sid), "{sid}");
            }
        }
    }

    /// Whatever does not name the agent, or something that is the agent's alone, reaches other agents.
    #[test]
    fn a_build_reaches_nothing_of_another_agent() {
        let text = build_permissions(&scope(), &BUILD).to_string();
        for own in [
            "arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/agent\"",
            "arn:aws-cn:logs:cn-north-1:123456789012:log-group:/aws/codebuild/project-1:*",
            "arn:aws-cn:s3:::sources/agent/*",
        ] {
            assert!(text.contains(own), "{own} in {text}");
        }
        assert!(!text.contains("sources/*") && !text.contains("repository/*") && !text.contains("PassRole"), "{text}");
        let trust = build_trust(&scope(), &BUILD);
        let condition = &trust["Statement"][0]["Condition"];
        assert_eq!(
            condition["ArnLike"]["aws:SourceArn"],
            "arn:aws-cn:codebuild:cn-north-1:123456789012:project/project-1"
        );
        assert_eq!(condition["StringEquals"]["aws:SourceAccount"], "123456789012");
    }

    #[test]
    fn outbound_identity_reaches_only_what_the_agent_uses() {
        let none = OutboundScope {
            scope: &scope(),
            grants: &[],
            workload: None,
            audiences: &[],
            algorithm: "ES384",
            seconds: 300,
        };
        assert_eq!(outbound(&none), None);
        let grant = |kind, name: &str| Grant {
            kind,
            arn: format!("arn:aws-cn:bedrock-agentcore:cn-north-1:123456789012:token-vault/default/x/{name}"),
            secret: Some(format!("arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:{name}-AbCdEf")),
        };
        let keys = [grant(ProviderKind::ApiKey, "openai")];
        let document = outbound(&OutboundScope { grants: &keys, ..none }).unwrap();
        let text = document.to_string();
        assert!(text.contains("GetResourceApiKey") && !text.contains("GetResourceOauth2Token"), "{text}");
        assert!(!text.contains("\"*\"") && !text.contains("default/*"), "{text}");
        assert_eq!(document["Statement"][1]["Resource"], json!([keys[0].secret]));
        let audiences = ["https://api.example".to_owned()];
        let tokens = outbound(&OutboundScope { audiences: &audiences, ..none }).unwrap();
        for statement in tokens["Statement"].as_array().unwrap() {
            assert!(statement["Condition"].to_string().contains("https://api.example"), "{statement}");
        }
    }

    #[test]
    fn gateway_role_is_bound_to_gateways_and_provider() {
        let scope = TeamScope {
            partition: Partition::of_region("cn-north-1"),
            region: "cn-north-1",
            account: "123456789012",
            provider: "support-cognito",
        };
        let trust = gateway_trust(&scope);
        let condition = &trust["Statement"][0]["Condition"];
        assert_eq!(
            condition["ArnLike"]["aws:SourceArn"],
            "arn:aws-cn:bedrock-agentcore:cn-north-1:123456789012:gateway/*"
        );
        assert_eq!(condition["StringEquals"]["aws:SourceAccount"], "123456789012");
        for statement in gateway(&scope)["Statement"].as_array().unwrap() {
            assert!(!statement["Resource"].as_array().unwrap().contains(&json!("*")), "{statement}");
        }
    }

    #[test]
    fn agent_reaches_no_memory_but_its_own() {
        let arn = scope().arn("bedrock-agentcore", "memory/notes-aB3dE5fG7h");
        let document = with_statement(code(&scope()), memory(&arn));
        let statement = &document["Statement"].as_array().unwrap().last().unwrap();
        assert_eq!(statement["Resource"], json!([arn]));
        let actions: Vec<&str> = statement["Action"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(actions.contains(&"bedrock-agentcore:GetMemory") && actions.contains(&"bedrock-agentcore:CreateEvent"));
        for change in ["CreateMemory", "UpdateMemory", "DeleteMemory"] {
            assert!(!actions.iter().any(|action| action.ends_with(&format!(":{change}"))), "{change}");
        }
        assert_eq!(abilities_of(statement), ["use the memory `notes-aB3dE5fG7h`"]);
    }

    #[test]
    fn agent_without_an_image_may_read_none() {
        assert!(!code(&scope()).to_string().contains("ecr"));
        assert!(execution(&scope()).to_string().contains("ecr:GetAuthorizationToken"));
    }

    #[test]
    fn every_arn_is_of_the_regions_partition() {
        let build = (build_permissions(&scope(), &BUILD), build_trust(&scope(), &BUILD));
        let text = format!("{}{}{}{}", execution(&scope()), trust(&scope()), build.0, build.1);
        assert!(text.contains("arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/agent"));
        assert!(!text.contains("arn:aws:"));
    }

    #[test]
    fn the_trust_policy_is_bound_to_the_account() {
        let trust = trust(&scope());
        assert_eq!(trust["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"], "123456789012");
    }

    #[test]
    fn a_change_of_permissions_says_what_becomes_possible() {
        let scope = scope();
        let with = |names: &[&str]| {
            let grants: Vec<Grant> = names
                .iter()
                .map(|name| Grant {
                    kind: ProviderKind::ApiKey,
                    arn: scope
                        .arn("bedrock-agentcore", &format!("token-vault/default/apikeycredentialprovider/{name}")),
                    secret: None,
                })
                .collect();
            outbound(&OutboundScope {
                scope: &scope,
                grants: &grants,
                workload: None,
                audiences: &[],
                algorithm: "ES384",
                seconds: 300,
            })
        };
        let texts = |before: Option<&Value>, after: Option<&Value>| -> Vec<String> {
            changed_permissions(before, after).iter().map(Permission::to_string).collect()
        };
        assert_eq!(texts(None, with(&["weather"]).as_ref()), ["may read the API key `weather`"]);
        let swapped = texts(with(&["old", "both"]).as_ref(), with(&["both", "new"]).as_ref());
        assert_eq!(swapped, ["may read the API key `new`", "may no longer read the API key `old`"]);
        let foreign = json!({ "Statement": [{ "Sid": "Theirs", "Effect": "Allow" }] });
        assert_eq!(texts(Some(&foreign), None), ["may no longer do what the statement `Theirs` allows"]);
        let wide = json!({ "Statement": [{ "Sid": "Models", "Effect": "Allow", "Action": ["bedrock:*"], "Resource": ["*"] }] });
        let narrow =
            json!({ "Statement": [{ "Sid": "Models", "Effect": "Allow", "Action": ["bedrock:InvokeModel"] }] });
        assert_eq!(
            texts(Some(&narrow), Some(&wide)),
            ["may call Bedrock models, with other actions, resources or conditions"]
        );
        assert!(texts(Some(&execution(&scope)), Some(&execution(&scope))).is_empty());
    }
}
