//! Repositories through `call`; images are tested with the registry that they are pushed to.

use super::*;
use crate::sandbox::tests::TestSandbox;

async fn create(sandbox: &SharedSandbox, name: &str) -> Result<Value, Fault> {
    call(sandbox, "CreateRepository", &json!({"repositoryName": name, "tags": [{"Key": "a", "Value": "b"}]})).await
}

#[tokio::test]
async fn a_repository_keeps_its_ecr_address() {
    let (sandbox, _dir) = TestSandbox::bare();
    let made = create(&sandbox, "agents/weather").await.unwrap();
    let made = &made["repository"];
    assert_eq!(made["repositoryUri"], "123456789012.dkr.ecr.us-west-2.amazonaws.com/agents/weather");
    assert_eq!(made["repositoryArn"], "arn:aws:ecr:us-west-2:123456789012:repository/agents/weather");
    assert_eq!(create(&sandbox, "agents/weather").await.unwrap_err().code, "RepositoryAlreadyExistsException");
    for bad in ["A", "a", "a/", "-ab", "a//b", "ab."] {
        assert_eq!(create(&sandbox, bad).await.unwrap_err().code, "InvalidParameterException", "{bad}");
    }
    create(&sandbox, "a__b--c").await.unwrap();

    let tags = json!({"resourceArn": made["repositoryArn"]});
    let listed = call(&sandbox, "ListTagsForResource", &tags).await.unwrap();
    assert_eq!(listed, json!({"tags": [{"Key": "a", "Value": "b"}]}));
    let other = json!({"resourceArn": "arn:aws:ecr:eu-west-1:123456789012:repository/agents/weather"});
    assert_eq!(call(&sandbox, "ListTagsForResource", &other).await.unwrap_err().code, "InvalidParameterException");
    let foreign = json!({"registryId": "999999999999", "repositoryName": "x"});
    assert_eq!(call(&sandbox, "DeleteRepository", &foreign).await.unwrap_err().code, "RegistryNotFoundException");
}

#[tokio::test]
async fn repositories_are_listed_in_pages() {
    let (sandbox, _dir) = TestSandbox::bare();
    for name in ["aa", "bb", "cc"] {
        create(&sandbox, name).await.unwrap();
    }
    let mut names = Vec::new();
    let mut token = Value::Null;
    loop {
        let page = call(&sandbox, "DescribeRepositories", &json!({"maxResults": 2, "nextToken": token})).await.unwrap();
        let found = page["repositories"].as_array().unwrap();
        assert!(found.len() <= 2);
        names.extend(found.iter().map(|one| one["repositoryName"].as_str().unwrap().to_owned()));
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(names, ["aa", "bb", "cc"]);
    let missing = call(&sandbox, "DescribeRepositories", &json!({"repositoryNames": ["aa", "dd"]})).await.unwrap_err();
    assert_eq!(missing.code, "RepositoryNotFoundException");
}

#[tokio::test]
async fn lifecycle_policy_can_be_set_read_and_deleted() {
    let (sandbox, _dir) = TestSandbox::bare();
    create(&sandbox, "aa").await.unwrap();
    let named = json!({"repositoryName": "aa"});
    let policy = json!({"rules": [{"rulePriority": 1, "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5}, "action": {"type": "expire"}}]});
    let none = call(&sandbox, "GetLifecyclePolicy", &named).await.unwrap_err();
    assert_eq!(none.code, "LifecyclePolicyNotFoundException");
    let put = |text: String| json!({"repositoryName": "aa", "lifecyclePolicyText": text});
    assert!(call(&sandbox, "PutLifecyclePolicy", &put("{}".into())).await.is_err());
    call(&sandbox, "PutLifecyclePolicy", &put(policy.to_string())).await.unwrap();
    let text = call(&sandbox, "GetLifecyclePolicy", &named).await.unwrap();
    assert_eq!(text["lifecyclePolicyText"], policy.to_string());
    call(&sandbox, "DeleteLifecyclePolicy", &named).await.unwrap();
    let gone = call(&sandbox, "GetLifecyclePolicy", &named).await.unwrap_err();
    assert_eq!(gone.code, "LifecyclePolicyNotFoundException");
}

#[tokio::test]
async fn passwords_end_and_cannot_be_made_up() {
    let (sandbox, _dir) = TestSandbox::bare();
    let answer = call(&sandbox, "GetAuthorizationToken", &json!({})).await.unwrap();
    let data = &answer["authorizationData"][0];
    assert_eq!(data["proxyEndpoint"], sandbox.info.url);
    let pair = STANDARD.decode(data["authorizationToken"].as_str().unwrap()).unwrap();
    let pair = String::from_utf8(pair).unwrap();
    let password = pair.strip_prefix("AWS:").unwrap();
    let expires = data["expiresAt"].as_i64().unwrap();
    assert_eq!(judge_password(&sandbox.info, password, expires - 1), RegistryPassword::Good);
    assert_eq!(judge_password(&sandbox.info, password, expires), RegistryPassword::Expired);
    let later = URL_SAFE_NO_PAD.decode(password).unwrap();
    let later = String::from_utf8(later).unwrap().replace(&expires.to_string(), &(expires + 9999).to_string());
    assert_eq!(judge_password(&sandbox.info, &URL_SAFE_NO_PAD.encode(later), expires), RegistryPassword::Wrong);
    assert_eq!(judge_password(&sandbox.info, "", 0), RegistryPassword::Wrong);
}

#[test]
fn mutability_has_exceptions() {
    let mut repository: RepositoryRecord = serde_json::from_value(json!({
        "created": 0.0, "mutability": "IMMUTABLE_WITH_EXCLUSION", "exclusions": ["dev-*"], "scan_on_push": false,
        "encryption": {}, "tags": {}, "lifecycle_policy": null, "policy": null, "images": {}, "image_tags": {}, "blobs": [],
    }))
    .unwrap();
    assert!(repository.is_immutable("v1") && !repository.is_immutable("dev-1"));
    repository.mutability = Mutability::MutableWithExclusion;
    assert!(!repository.is_immutable("v1") && repository.is_immutable("dev-1"));
    repository.mutability = Mutability::Mutable;
    assert!(!repository.is_immutable("dev-1"));
}
