//! What a request says about itself decides nothing that its operation does not take from it.

use aws_credential_types::Credentials;
use serde_json::{Value, json};

use crate::redact::ExposeSecret;
use crate::sandbox::caller::{RoleSession, seal_session};
use crate::sandbox::tests::TestSandbox;

/// A sandbox that judges, and a session that may do `action` where the tag key `team` is given or taken.
async fn session(action: &str) -> (TestSandbox, Credentials) {
    let dir = tempfile::tempdir().unwrap();
    let served = TestSandbox::start_with(dir, |options| options.enforce_iam = true).await;
    let condition = json!({ "ForAnyValue:StringEquals": { "aws:TagKeys": "team" } });
    let statement = json!({ "Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition });
    let role = served.role("tagger", "bedrock-agentcore", statement).await;
    let expires = i64::MAX / 2;
    let session = RoleSession { role, name: "test".to_owned(), expires, assumed: true, policy: None };
    let keys = seal_session(&served.info, &session).unwrap();
    (served, Credentials::new(&keys.id, keys.secret.expose_secret(), Some(keys.token.clone()), None, "role"))
}

async fn answer(
    (served, keys): &(TestSandbox, Credentials),
    (service, target): (&str, (&str, &str)),
    headers: &[(&str, &str)],
    body: Value,
) -> (u16, String) {
    let answer = served.send_as(keys, (service, target), headers, body.to_string().into_bytes()).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn tags_of_a_body_count_only_where_taken() {
    let tags = json!({ "tags": { "team": "a" } });
    let arn = |served: &TestSandbox, resource: &str| served.info.arn("bedrock-agentcore", resource).to_string();
    for (action, method, path) in [
        ("UpdateAgentRuntime", "PUT", "/runtimes/a-0123456789/"),
        ("DeleteAgentRuntime", "DELETE", "/runtimes/a-0123456789/?tagKeys=team"),
        ("UpdateGateway", "PUT", "/gateways/g-0123456789/"),
        ("DeleteGateway", "DELETE", "/gateways/g-0123456789/?tagKeys=team"),
    ] {
        let caller = session(&format!("bedrock-agentcore:{action}")).await;
        let (status, text) = answer(&caller, ("bedrock-agentcore", (method, path)), &[], tags.clone()).await;
        assert!(status == 403 && text.contains(action), "{action}: {status} {text}");
    }
    let caller = session("bedrock-agentcore:TagResource").await;
    let arn = arn(&caller.0, "runtime/a-0123456789").replace('/', "%2F").replace(':', "%3A");
    let path = format!("/tags/{arn}");
    let (status, text) = answer(&caller, ("bedrock-agentcore", ("POST", &path)), &[], tags).await;
    assert_eq!(status, 404, "{text}");
    let other = json!({ "tags": { "cost": "1" } });
    assert_eq!(answer(&caller, ("bedrock-agentcore", ("POST", &path)), &[], other).await.0, 403);
}

#[tokio::test]
async fn tags_of_json_count_only_where_taken() {
    let (kind, prefix) = ("application/x-amz-json-1.1", "AmazonEC2ContainerRegistry_V20150921");
    let tags = json!([{ "Key": "team", "Value": "a" }]);
    let headers =
        |operation: &str| [("content-type", kind.to_owned()), ("x-amz-target", format!("{prefix}.{operation}"))];
    let caller = session("ecr:*").await;
    let ask = async |operation: &str, input: Value| {
        let headers = headers(operation);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        answer(&caller, ("ecr", ("POST", "/")), &headers, input).await
    };
    let (status, text) = ask("CreateRepository", json!({ "repositoryName": "one", "tags": tags })).await;
    assert_eq!(status, 200, "{text}");
    let (status, text) = ask("DeleteRepository", json!({ "repositoryName": "one", "tags": tags })).await;
    assert!(status == 400 && text.contains("AccessDeniedException"), "{status} {text}");
}
