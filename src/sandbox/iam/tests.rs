//! Roles as their clients see them, through `call`.

use super::*;
use crate::sandbox::tests::TestSandbox;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"bedrock-agentcore.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecr:BatchGetImage"],"Resource":"arn:aws:ecr:us-west-2:123456789012:repository/a"}]}"#;
const PRINCIPAL: &str = "bedrock-agentcore.amazonaws.com";
const SOURCE: &str = "arn:aws:bedrock-agentcore:us-west-2:123456789012:*";

async fn ask(sandbox: &SharedSandbox, pairs: &[(&str, &str)]) -> Result<String, Fault> {
    let body: Vec<String> = pairs
        .iter()
        .map(|(name, value)| {
            format!("{name}={}", percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC))
        })
        .collect();
    let form = QueryForm::parse(body.join("&").as_bytes());
    Ok(call(sandbox, form.get("Action").unwrap(), &form).await?.unwrap_or_default())
}

async fn create(sandbox: &SharedSandbox, name: &str) -> Result<String, Fault> {
    ask(
        sandbox,
        &[("Action", "CreateRole"), ("RoleName", name), ("AssumeRolePolicyDocument", TRUST), ("Path", "/agents/")],
    )
    .await
}

#[tokio::test]
async fn a_role_lives_and_dies_as_in_aws() {
    let (sandbox, _dir) = TestSandbox::bare();
    let xml = create(&sandbox, "Agent").await.unwrap();
    assert!(xml.contains("<Arn>arn:aws:iam::123456789012:role/agents/Agent</Arn>"), "{xml}");
    assert!(xml.contains("<AssumeRolePolicyDocument>%7B%22Version%22"), "{xml}");
    assert_eq!(create(&sandbox, "agent").await.unwrap_err().code, "EntityAlreadyExists");
    assert_eq!(create(&sandbox, "a b").await.unwrap_err().code, "ValidationError");

    let with = |action, policy| {
        [("Action", action), ("RoleName", "Agent"), ("PolicyName", policy), ("PolicyDocument", POLICY)]
    };
    ask(&sandbox, &with("PutRolePolicy", "p1")).await.unwrap();
    assert_eq!(ask(&sandbox, &with("GetRolePolicy", "p2")).await.unwrap_err().code, "NoSuchEntity");
    assert_eq!(
        ask(&sandbox, &[("Action", "DeleteRole"), ("RoleName", "Agent")]).await.unwrap_err().code,
        "DeleteConflict"
    );
    ask(&sandbox, &with("DeleteRolePolicy", "p1")).await.unwrap();
    ask(&sandbox, &[("Action", "DeleteRole"), ("RoleName", "Agent")]).await.unwrap();
    assert_eq!(ask(&sandbox, &[("Action", "GetRole"), ("RoleName", "Agent")]).await.unwrap_err().code, "NoSuchEntity");
}

#[tokio::test]
async fn agentcore_learns_what_a_role_trusts_and_allows() {
    let (sandbox, _dir) = TestSandbox::bare();
    create(&sandbox, "Agent").await.unwrap();
    let arn = "arn:aws:iam::123456789012:role/agents/Agent";
    assert_eq!(trust(&sandbox, arn, PRINCIPAL, SOURCE), Trust::Trusted);
    assert_eq!(trust(&sandbox, arn, "lambda.amazonaws.com", SOURCE), Trust::NotTrusted);
    for other in ["arn:aws:iam::123456789012:role/Agent", "arn:aws:iam::999999999999:role/agents/Agent", "nonsense"] {
        assert_eq!(trust(&sandbox, other, PRINCIPAL, SOURCE), Trust::NoSuchRole, "{other}");
    }
    let repository = "arn:aws:ecr:us-west-2:123456789012:repository/a";
    assert!(!role_allows(&sandbox, arn, "ecr:BatchGetImage", repository));
    ask(
        &sandbox,
        &[("Action", "PutRolePolicy"), ("RoleName", "Agent"), ("PolicyName", "p"), ("PolicyDocument", POLICY)],
    )
    .await
    .unwrap();
    assert!(role_allows(&sandbox, arn, "ecr:BatchGetImage", repository));
    assert!(!role_allows(&sandbox, arn, "ecr:BatchGetImage", "arn:aws:ecr:us-west-2:123456789012:repository/b"));
}

#[tokio::test]
async fn lists_come_in_pages() {
    let (sandbox, _dir) = TestSandbox::bare();
    for name in ["a", "b", "c"] {
        create(&sandbox, name).await.unwrap();
    }
    let first = ask(&sandbox, &[("Action", "ListRoles"), ("MaxItems", "2")]).await.unwrap();
    assert_eq!(first.matches("<RoleName>").count(), 2);
    assert!(first.contains("<IsTruncated>true</IsTruncated>"));
    let marker = first.split("<Marker>").nth(1).unwrap().split('<').next().unwrap();
    let second = ask(&sandbox, &[("Action", "ListRoles"), ("Marker", marker)]).await.unwrap();
    assert!(
        second.contains("<RoleName>c</RoleName>") && second.contains("<IsTruncated>false</IsTruncated>"),
        "{second}"
    );
    let none = ask(&sandbox, &[("Action", "ListRoles"), ("PathPrefix", "/other/")]).await.unwrap();
    assert!(none.starts_with("<Roles></Roles>"), "{none}");
}

#[tokio::test]
async fn service_linked_roles_belong_to_their_service() {
    let (sandbox, _dir) = TestSandbox::bare();
    let make =
        [("Action", "CreateServiceLinkedRole"), ("AWSServiceName", "runtime-identity.bedrock-agentcore.amazonaws.com")];
    let xml = ask(&sandbox, &make).await.unwrap();
    let name = "AWSServiceRoleForBedrockAgentCoreRuntimeIdentity";
    assert!(xml.contains(&format!("<RoleName>{name}</RoleName>")), "{xml}");
    assert_eq!(ask(&sandbox, &make).await.unwrap_err().code, "InvalidInput");
    assert_eq!(
        ask(&sandbox, &[("Action", "DeleteRole"), ("RoleName", name)]).await.unwrap_err().code,
        "UnmodifiableEntity"
    );
}
