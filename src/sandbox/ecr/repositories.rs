//! Repositories: making, describing, configuring and removing them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Mutability, RepositoryRecord, invalid, page};
use crate::partition::Arn;
use crate::sandbox::reply::Fault;
use crate::sandbox::{SandboxInfo, SharedSandbox, registry};

/// Source: the ECR model, shape RepositoryName; matched as a whole by [`check_name`].
const NAME_PATTERN: &str = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateRequest {
    repository_name: String,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    image_tag_mutability: Mutability,
    #[serde(default)]
    image_tag_mutability_exclusion_filters: Vec<ExclusionFilter>,
    #[serde(default)]
    image_scanning_configuration: Scanning,
    encryption_configuration: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct Tag {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Value", default)]
    value: String,
}

#[derive(Deserialize)]
pub(super) struct ExclusionFilter {
    filter: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scanning {
    #[serde(default)]
    scan_on_push: bool,
}

pub(super) async fn create(sandbox: &SharedSandbox, input: CreateRequest) -> Result<Value, Fault> {
    let info = &sandbox.info;
    let name = input.repository_name;
    check_name(&name)?;
    let repository = RepositoryRecord {
        created: sandbox.clock.epoch(),
        mutability: input.image_tag_mutability,
        exclusions: exclusions(input.image_tag_mutability, input.image_tag_mutability_exclusion_filters)?,
        scan_on_push: input.image_scanning_configuration.scan_on_push,
        encryption: input.encryption_configuration.unwrap_or_else(|| json!({"encryptionType": "AES256"})),
        tags: input.tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
        lifecycle_policy: None,
        policy: None,
        images: BTreeMap::new(),
        image_tags: BTreeMap::new(),
        blobs: BTreeSet::new(),
    };
    let answer = json!({ "repository": describe_one(info, &name, &repository) });
    sandbox
        .state
        .ecr
        .update(|ecr| {
            if ecr.repositories.contains_key(&name) {
                return Err(Fault::new(
                    400,
                    "RepositoryAlreadyExistsException",
                    format!(
                        "The repository with name '{name}' already exists in the registry with id '{}'",
                        info.account
                    ),
                ));
            }
            ecr.repositories.insert(name, repository);
            Ok(answer)
        })
        .await
}

fn check_name(name: &str) -> Result<(), Fault> {
    let pattern = regex_lite::Regex::new(&format!("^(?:{NAME_PATTERN})$"));
    if (2..=256).contains(&name.len()) && pattern.is_ok_and(|pattern| pattern.is_match(name)) {
        return Ok(());
    }
    Err(invalid(format!(
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression \
         '{NAME_PATTERN}''"
    )))
}

fn exclusions(mutability: Mutability, filters: Vec<ExclusionFilter>) -> Result<Vec<String>, Fault> {
    let wanted = matches!(mutability, Mutability::MutableWithExclusion | Mutability::ImmutableWithExclusion);
    if wanted == filters.is_empty() || filters.len() > 5 {
        return Err(invalid(
            "Invalid parameter at 'imageTagMutabilityExclusionFilters': one to five filters go with a mutability that \
             ends in _WITH_EXCLUSION, and none with the others",
        ));
    }
    Ok(filters.into_iter().map(|filter| filter.filter).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeRequest {
    #[serde(default)]
    repository_names: Vec<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

pub(super) fn describe(sandbox: &SharedSandbox, input: &DescribeRequest) -> Result<Value, Fault> {
    let info = &sandbox.info;
    let found: Vec<(String, Value)> = sandbox.state.ecr.read(|ecr| {
        let all = || ecr.repositories.iter().map(|(name, one)| (name.clone(), describe_one(info, name, one))).collect();
        if input.repository_names.is_empty() {
            return Ok(all());
        }
        input
            .repository_names
            .iter()
            .map(|name| Ok((name.clone(), describe_one(info, name, ecr.repository(info, name)?))))
            .collect::<Result<_, Fault>>()
    })?;
    // The service does not page when repositories are named.
    let (found, next) = if input.repository_names.is_empty() {
        page(found, input.max_results, input.next_token.as_deref())?
    } else {
        (found, None)
    };
    let mut answer = json!({"repositories": found.into_iter().map(|(_, value)| value).collect::<Vec<_>>()});
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeleteRequest {
    repository_name: String,
    #[serde(default)]
    force: bool,
}

pub(super) async fn delete(sandbox: &SharedSandbox, input: &DeleteRequest) -> Result<Value, Fault> {
    let (info, name) = (&sandbox.info, &input.repository_name);
    let (answer, unused) = sandbox
        .state
        .ecr
        .update(|ecr| {
            let repository = ecr.repository(info, name)?;
            if !repository.images.is_empty() && !input.force {
                return Err(Fault::new(
                    400,
                    "RepositoryNotEmptyException",
                    format!(
                        "The repository with name '{name}' in registry with id '{}' cannot be deleted because it still \
                         contains images",
                        info.account
                    ),
                ));
            }
            let answer = json!({ "repository": describe_one(info, name, repository) });
            let unused: Vec<String> = repository.blobs.iter().chain(repository.images.keys()).cloned().collect();
            ecr.repositories.remove(name);
            Ok((answer, unused))
        })
        .await?;
    registry::collect(sandbox, unused).await;
    Ok(answer)
}

/// Operations that need no more than a repository and one value.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RepositoryRequest {
    repository_name: String,
    #[serde(default)]
    image_scanning_configuration: Scanning,
    lifecycle_policy_text: Option<String>,
    policy_text: Option<String>,
}

impl RepositoryRequest {
    fn answer(&self, info: &SandboxInfo) -> Value {
        json!({"registryId": info.account, "repositoryName": self.repository_name})
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PutMutability {
    repository_name: String,
    image_tag_mutability: Mutability,
    #[serde(default)]
    image_tag_mutability_exclusion_filters: Vec<ExclusionFilter>,
}

pub(super) async fn put_mutability(sandbox: &SharedSandbox, input: PutMutability) -> Result<Value, Fault> {
    let (info, name) = (&sandbox.info, &input.repository_name);
    let exclusions = exclusions(input.image_tag_mutability, input.image_tag_mutability_exclusion_filters)?;
    sandbox
        .state
        .ecr
        .update(|ecr| {
            let repository = ecr.repository_mut(info, name)?;
            repository.mutability = input.image_tag_mutability;
            repository.exclusions = exclusions;
            let filters = filters(repository);
            let mut answer = json!({
                "registryId": info.account, "repositoryName": name, "imageTagMutability": repository.mutability,
            });
            if !repository.exclusions.is_empty() {
                answer["imageTagMutabilityExclusionFilters"] = filters;
            }
            Ok(answer)
        })
        .await
}

pub(super) async fn put_scanning(sandbox: &SharedSandbox, input: &RepositoryRequest) -> Result<Value, Fault> {
    let (info, scan_on_push) = (&sandbox.info, input.image_scanning_configuration.scan_on_push);
    sandbox
        .state
        .ecr
        .update(|ecr| {
            ecr.repository_mut(info, &input.repository_name)?.scan_on_push = scan_on_push;
            let mut answer = input.answer(info);
            answer["imageScanningConfiguration"] = json!({ "scanOnPush": scan_on_push });
            Ok(answer)
        })
        .await
}

pub(super) async fn put_lifecycle(sandbox: &SharedSandbox, input: &RepositoryRequest) -> Result<Value, Fault> {
    let text = input.lifecycle_policy_text.clone().unwrap_or_default();
    let rules = serde_json::from_str::<Value>(&text).ok().filter(|policy| policy["rules"].is_array());
    if !(100..=30_720).contains(&text.len()) || rules.is_none() {
        return Err(invalid(
            "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation \
             failure: 100 to 30720 characters of JSON with a list of rules'",
        ));
    }
    set(sandbox, input, |repository| repository.lifecycle_policy = Some(text.clone())).await?;
    Ok(with(input.answer(&sandbox.info), "lifecyclePolicyText", &text))
}

pub(super) fn get_lifecycle(sandbox: &SharedSandbox, input: &RepositoryRequest) -> Result<Value, Fault> {
    let text = read(sandbox, input, |repository| repository.lifecycle_policy.clone())?
        .ok_or_else(|| no_lifecycle(sandbox, input))?;
    Ok(with(input.answer(&sandbox.info), "lifecyclePolicyText", &text))
}

pub(super) async fn delete_lifecycle(sandbox: &SharedSandbox, input: &RepositoryRequest) -> Result<Value, Fault> {
    let text = set(sandbox, input, |repository| repository.lifecycle_policy.take()).await?;
    let text = text.ok_or_else(|| no_lifecycle(sandbox, input))?;
    Ok(with(input.answer(&sandbox.info), "lifecyclePolicyText", &text))
}

fn no_lifecycle(sandbox: &SharedSandbox, input: &RepositoryRequest) -> Fault {
    absent(sandbox, input, "LifecyclePolicyNotFoundException", "Lifecycle policy")
}

pub(super) async fn set_policy(sandbox: &SharedSandbox, input: &RepositoryRequest) -> Result<Value, Fault> {
    let text = input.policy_text.clone().unwrap_or_default();
    if serde_json::from_str::<Value>(&text).map_or(true, |policy| !policy.is_object()) {
        return Err(invalid(
            "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
        ));
    }
    set(sandbox, input, |repository| repository.policy = Some(text.clone())).await?;
    Ok(with(input.answer(&sandbox.info), "policyText", &text))
}

pub(super) fn get_policy(sandbox: &SharedSandbox, input: &RepositoryRequest) -> Result<Value, Fault> {
    let text =
        read(sandbox, input, |repository| repository.policy.clone())?.ok_or_else(|| no_policy(sandbox, input))?;
    Ok(with(input.answer(&sandbox.info), "policyText", &text))
}

pub(super) async fn delete_policy(sandbox: &SharedSandbox, input: &RepositoryRequest) -> Result<Value, Fault> {
    let text = set(sandbox, input, |repository| repository.policy.take()).await?;
    let text = text.ok_or_else(|| no_policy(sandbox, input))?;
    Ok(with(input.answer(&sandbox.info), "policyText", &text))
}

fn no_policy(sandbox: &SharedSandbox, input: &RepositoryRequest) -> Fault {
    absent(sandbox, input, "RepositoryPolicyNotFoundException", "Repository policy")
}

fn absent(sandbox: &SharedSandbox, input: &RepositoryRequest, code: &'static str, what: &str) -> Fault {
    let text = format!(
        "{what} does not exist for the repository with name '{}' in the registry with id '{}'",
        input.repository_name, sandbox.info.account
    );
    Fault::new(400, code, text)
}

async fn set<R>(
    sandbox: &SharedSandbox,
    input: &RepositoryRequest,
    change: impl FnOnce(&mut RepositoryRecord) -> R,
) -> Result<R, Fault> {
    let info = &sandbox.info;
    sandbox.state.ecr.update(|ecr| Ok(change(ecr.repository_mut(info, &input.repository_name)?))).await
}

fn read<R>(
    sandbox: &SharedSandbox,
    input: &RepositoryRequest,
    look: impl FnOnce(&RepositoryRecord) -> R,
) -> Result<R, Fault> {
    sandbox.state.ecr.read(|ecr| Ok(look(ecr.repository(&sandbox.info, &input.repository_name)?)))
}

fn with(mut answer: Value, name: &str, text: &str) -> Value {
    answer[name] = text.into();
    answer
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TagRequest {
    resource_arn: String,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

impl TagRequest {
    /// The repository that the ARN names.
    fn repository(&self, info: &SandboxInfo) -> Result<String, Fault> {
        let arn: Arn = self.resource_arn.parse().map_err(|_| invalid("Invalid parameter at 'resourceArn'"))?;
        let name = arn.resource.strip_prefix("repository/").unwrap_or_default();
        if arn != info.arn("ecr", &arn.resource) || name.is_empty() {
            return Err(invalid(format!(
                "Invalid parameter at 'resourceArn': '{arn}' is no repository of this account and region"
            )));
        }
        Ok(name.to_owned())
    }
}

pub(super) async fn tag(sandbox: &SharedSandbox, input: TagRequest) -> Result<Value, Fault> {
    let name = input.repository(&sandbox.info)?;
    let tags = input.tags.into_iter().map(|tag| (tag.key, tag.value));
    sandbox
        .state
        .ecr
        .update(|ecr| {
            ecr.repository_mut(&sandbox.info, &name)?.tags.extend(tags);
            Ok(json!({}))
        })
        .await
}

pub(super) async fn untag(sandbox: &SharedSandbox, input: &TagRequest) -> Result<Value, Fault> {
    let name = input.repository(&sandbox.info)?;
    sandbox
        .state
        .ecr
        .update(|ecr| {
            ecr.repository_mut(&sandbox.info, &name)?.tags.retain(|key, _| !input.tag_keys.contains(key));
            Ok(json!({}))
        })
        .await
}

pub(super) fn list_tags(sandbox: &SharedSandbox, input: &TagRequest) -> Result<Value, Fault> {
    let name = input.repository(&sandbox.info)?;
    sandbox.state.ecr.read(|ecr| {
        let tags = &ecr.repository(&sandbox.info, &name)?.tags;
        let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        Ok(json!({ "tags": tags }))
    })
}

fn describe_one(info: &SandboxInfo, name: &str, repository: &RepositoryRecord) -> Value {
    let mut value = json!({
        "repositoryArn": info.arn("ecr", &format!("repository/{name}")).to_string(),
        "registryId": info.account,
        "repositoryName": name,
        // The form that AgentCore's containerUri pattern takes; clients push to `proxyEndpoint`.
        "repositoryUri": format!("{}/{name}", info.partition().ecr_host(&info.account, &info.region)),
        "createdAt": repository.created,
        "imageTagMutability": repository.mutability,
        "imageScanningConfiguration": {"scanOnPush": repository.scan_on_push},
        "encryptionConfiguration": repository.encryption,
    });
    if !repository.exclusions.is_empty() {
        value["imageTagMutabilityExclusionFilters"] = filters(repository);
    }
    value
}

fn filters(repository: &RepositoryRecord) -> Value {
    repository.exclusions.iter().map(|filter| json!({"filterType": "WILDCARD", "filter": filter})).collect()
}
