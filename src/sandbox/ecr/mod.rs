//! ECR's API: repositories and what is in them, over json 1.1.
//!
//! Owns: repositories, tags, image records, the registry's password. Does not own: pushing and pulling (`registry`,
//! which shares this state) and image scanning, which never happens.

pub(crate) mod images;
mod repositories;

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::caller::{Caller, RoleSession};
use super::reply::Fault;
use super::{Sandbox, SandboxInfo, SharedSandbox, iam, seal};
use crate::redact::{ExposeSecret, SecretString};

/// Target prefix of its operations.
pub(crate) const TARGET: &str = "AmazonEC2ContainerRegistry_V20150921";
/// Lifetime of a registry password.
const TOKEN_SECONDS: i64 = 12 * 3600;
/// The registry's user name, as at ECR.
pub(crate) const USER: &str = "AWS";

/// What a role's password is sealed for.
const PASSWORD_OF_ROLE: &str = "registry password of a role";

/// The state of ECR, by repository name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ecr {
    pub(crate) repositories: BTreeMap<String, RepositoryRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RepositoryRecord {
    /// Seconds since 1970.
    pub(crate) created: f64,
    pub(crate) mutability: Mutability,
    /// Tags that the mutability does not hold for, as wildcard patterns.
    pub(crate) exclusions: Vec<String>,
    pub(crate) scan_on_push: bool,
    /// As it was given: encryption changes nothing here.
    pub(crate) encryption: Value,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) lifecycle_policy: Option<String>,
    pub(crate) policy: Option<String>,
    /// Manifests by digest.
    pub(crate) images: BTreeMap<String, ImageRecord>,
    /// Digest by image tag.
    pub(crate) image_tags: BTreeMap<String, String>,
    /// Digests of the blobs that were pushed or mounted here.
    pub(crate) blobs: BTreeSet<String>,
}

/// A manifest in a repository; its bytes are a blob on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ImageRecord {
    pub(crate) media_type: String,
    /// The config's media type, or the artifact's.
    pub(crate) artifact_type: Option<String>,
    /// Bytes of config and layers.
    pub(crate) size: u64,
    /// Seconds since 1970.
    pub(crate) pushed: f64,
    /// Digests of config and layers.
    pub(crate) blobs: Vec<String>,
    /// Digests of the manifests that an index lists.
    pub(crate) children: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Mutability {
    #[default]
    Mutable,
    Immutable,
    MutableWithExclusion,
    ImmutableWithExclusion,
}

impl RepositoryRecord {
    /// Whether a tag that exists may not be moved.
    pub(crate) fn is_immutable(&self, tag: &str) -> bool {
        let excluded = || self.exclusions.iter().any(|pattern| iam::wildcard(pattern, tag));
        match self.mutability {
            Mutability::Mutable => false,
            Mutability::Immutable => true,
            Mutability::MutableWithExclusion => excluded(),
            Mutability::ImmutableWithExclusion => !excluded(),
        }
    }

    /// The tags of a manifest.
    pub(crate) fn tags_of(&self, digest: &str) -> Vec<&str> {
        self.image_tags.iter().filter(|(_, of)| *of == digest).map(|(tag, _)| tag.as_str()).collect()
    }

    /// The digest that a tag or a digest stands for, if it is here.
    pub(crate) fn resolve(&self, reference: &str) -> Option<&str> {
        let digest = self.image_tags.get(reference).map_or(reference, String::as_str);
        self.images.get_key_value(digest).map(|(digest, _)| digest.as_str())
    }

    /// Removes manifests with their tags, and unlinks the blobs that no other manifest here uses. Returns what may now
    /// be unused in the whole registry.
    fn remove_images(&mut self, digests: &BTreeSet<String>) -> Vec<String> {
        let removed: Vec<ImageRecord> = digests.iter().filter_map(|digest| self.images.remove(digest)).collect();
        self.image_tags.retain(|_, digest| !digests.contains(digest));
        let still: BTreeSet<&String> = self.images.values().flat_map(|image| &image.blobs).collect();
        let mut unused: Vec<String> =
            removed.iter().flat_map(|image| &image.blobs).filter(|blob| !still.contains(blob)).cloned().collect();
        unused.sort();
        unused.dedup();
        for blob in &unused {
            self.blobs.remove(blob);
        }
        unused.extend(digests.iter().cloned());
        unused
    }
}

impl Ecr {
    pub(crate) fn repository(&self, info: &SandboxInfo, name: &str) -> Result<&RepositoryRecord, Fault> {
        self.repositories.get(name).ok_or_else(|| not_found(info, name))
    }

    fn repository_mut(&mut self, info: &SandboxInfo, name: &str) -> Result<&mut RepositoryRecord, Fault> {
        self.repositories.get_mut(name).ok_or_else(|| not_found(info, name))
    }

    /// Whether any repository still has this blob or manifest.
    pub(crate) fn uses(&self, digest: &str) -> bool {
        self.repositories
            .values()
            .any(|repository| repository.blobs.contains(digest) || repository.images.contains_key(digest))
    }
}

fn not_found(info: &SandboxInfo, name: &str) -> Fault {
    Fault::new(400, "RepositoryNotFoundException", missing(info, name))
}

/// ECR's sentence for a repository that does not exist; the registry uses it too.
pub(crate) fn missing(info: &SandboxInfo, name: &str) -> String {
    format!("The repository with name '{name}' does not exist in the registry with id '{}'", info.account)
}

/// Answers an operation.
pub(crate) async fn call(sandbox: &SharedSandbox, operation: &str, input: &Value) -> Result<Value, Fault> {
    check_registry(&sandbox.info, input)?;
    match operation {
        "GetAuthorizationToken" => authorization(sandbox, &Caller::User),
        "CreateRepository" => repositories::create(sandbox, parse(input)?).await,
        "DescribeRepositories" => repositories::describe(sandbox, &parse(input)?),
        "DeleteRepository" => repositories::delete(sandbox, &parse(input)?).await,
        "PutImageTagMutability" => repositories::put_mutability(sandbox, parse(input)?).await,
        "PutImageScanningConfiguration" => repositories::put_scanning(sandbox, &parse(input)?).await,
        "PutLifecyclePolicy" => repositories::put_lifecycle(sandbox, &parse(input)?).await,
        "GetLifecyclePolicy" => repositories::get_lifecycle(sandbox, &parse(input)?),
        "DeleteLifecyclePolicy" => repositories::delete_lifecycle(sandbox, &parse(input)?).await,
        "SetRepositoryPolicy" => repositories::set_policy(sandbox, &parse(input)?).await,
        "GetRepositoryPolicy" => repositories::get_policy(sandbox, &parse(input)?),
        "DeleteRepositoryPolicy" => repositories::delete_policy(sandbox, &parse(input)?).await,
        "TagResource" => repositories::tag(sandbox, parse(input)?).await,
        "UntagResource" => repositories::untag(sandbox, &parse(input)?).await,
        "ListTagsForResource" => repositories::list_tags(sandbox, &parse(input)?),
        "DescribeImages" => images::describe(sandbox, &parse(input)?),
        "ListImages" => images::list(sandbox, &parse(input)?),
        "BatchGetImage" => images::batch_get(sandbox, parse(input)?).await,
        "BatchDeleteImage" => images::batch_delete(sandbox, parse(input)?).await,
        _ => Err(Fault::unknown_operation(&format!("ECR `{operation}`"))),
    }
}

fn parse<T: DeserializeOwned>(input: &Value) -> Result<T, Fault> {
    T::deserialize(input).map_err(|error| invalid(error.to_string()))
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "InvalidParameterException", message)
}

/// The sandbox has its own registry and no other.
fn check_registry(info: &SandboxInfo, input: &Value) -> Result<(), Fault> {
    match input.get("registryId").and_then(Value::as_str) {
        Some(other) if other != info.account => {
            let text = format!("The registry with id '{other}' is not this account's ('{}')", info.account);
            Err(Fault::new(400, "RegistryNotFoundException", text))
        }
        _ => Ok(()),
    }
}

/// A login for this caller, who may do at the registry what may be done with the operations of ECR.
pub(crate) fn authorization(sandbox: &SharedSandbox, caller: &Caller) -> Result<Value, Fault> {
    let expires = sandbox.clock.unix() + TOKEN_SECONDS;
    let password = match caller {
        Caller::Role(session) => {
            let session = RoleSession { expires: expires.min(session.expires), ..session.clone() };
            seal::seal(&sandbox.info, PASSWORD_OF_ROLE, &session)?
        }
        _ => password(&sandbox.info, expires),
    };
    let token = STANDARD.encode(format!("{USER}:{password}"));
    Ok(json!({"authorizationData": [{
        "authorizationToken": token,
        "expiresAt": expires,
        // Not the ECR host: this is where the registry answers.
        "proxyEndpoint": sandbox.info.url,
    }]}))
}

/// Whom a password was given to, where that was the session of a role.
pub(crate) fn password_session(info: &SandboxInfo, given: &str) -> Option<RoleSession> {
    seal::open(info, PASSWORD_OF_ROLE, given)
}

/// A password of the registry, for a program that the sandbox starts.
pub(crate) fn fresh_password(sandbox: &Sandbox) -> SecretString {
    password(&sandbox.info, sandbox.clock.unix() + TOKEN_SECONDS).into()
}

/// A password that contains its expiry and is valid in every run of this sandbox: it is not stored.
fn password(info: &SandboxInfo, expires: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, info.secret_access_key.expose_secret().as_bytes());
    let seal = hmac::sign(&key, format!("registry password until {expires}").as_bytes());
    URL_SAFE_NO_PAD.encode(format!("{expires}.{}", hex::encode(seal)))
}

/// The validity of a registry password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RegistryPassword {
    Good,
    Expired,
    Wrong,
}

/// Checks a password that a registry client sent.
pub(crate) fn judge_password(info: &SandboxInfo, given: &str, now: i64) -> RegistryPassword {
    if let Some(session) = password_session(info, given) {
        return if session.expires <= now { RegistryPassword::Expired } else { RegistryPassword::Good };
    }
    let expires = URL_SAFE_NO_PAD
        .decode(given)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.split_once('.').and_then(|(expires, _)| expires.parse::<i64>().ok()));
    let Some(expires) = expires else { return RegistryPassword::Wrong };
    let expected = password(info, expires);
    match constant_time::verify_slices_are_equal(expected.as_bytes(), given.as_bytes()) {
        Err(_) => RegistryPassword::Wrong,
        Ok(()) if expires <= now => RegistryPassword::Expired,
        Ok(()) => RegistryPassword::Good,
    }
}

/// Items with their keys, and the token of the next page.
type Page<T> = (Vec<(String, T)>, Option<String>);

/// One page of a sorted list: the items after the token's key and, when there are more, the next token.
fn page<T>(items: Vec<(String, T)>, limit: Option<usize>, token: Option<&str>) -> Result<Page<T>, Fault> {
    let limit = limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(invalid("Invalid parameter at 'maxResults' failed to satisfy constraint: 'between 1 and 1000'"));
    }
    let after = match token {
        None => None,
        Some(token) => {
            let text = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            Some(text.ok_or_else(|| invalid("Invalid parameter at 'nextToken'"))?)
        }
    };
    let mut rest = items.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let page: Vec<(String, T)> = rest.by_ref().take(limit).collect();
    let next = if rest.next().is_some() { page.last().map(|(key, _)| URL_SAFE_NO_PAD.encode(key)) } else { None };
    Ok((page, next))
}

#[cfg(test)]
mod tests;
