//! Images of a repository, as ECR's API lists and deletes them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{RepositoryRecord, page};
use crate::sandbox::reply::Fault;
use crate::sandbox::{SharedSandbox, registry};

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageId {
    #[serde(skip_serializing_if = "Option::is_none")]
    image_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_tag: Option<String>,
}

impl ImageId {
    /// The digest in this repository; both parts must agree when both are given.
    fn find<'a>(&self, repository: &'a RepositoryRecord) -> Option<&'a str> {
        let by_tag = match &self.image_tag {
            Some(tag) => Some(repository.image_tags.get(tag)?.as_str()),
            None => None,
        };
        let digest = match (&self.image_digest, by_tag) {
            (Some(digest), Some(tagged)) if digest != tagged => return None,
            (Some(digest), _) => digest.as_str(),
            (None, tagged) => tagged?,
        };
        repository.images.get_key_value(digest).map(|(digest, _)| digest.as_str())
    }

    fn failure(&self, code: &str, reason: &str) -> Value {
        json!({"imageId": self, "failureCode": code, "failureReason": reason})
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListImagesRequest {
    repository_name: String,
    image_ids: Option<Vec<ImageId>>,
    #[serde(default)]
    filter: TagFilter,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TagFilter {
    tag_status: Option<String>,
}

impl TagFilter {
    fn takes(&self, tagged: bool) -> bool {
        match self.tag_status.as_deref() {
            Some("TAGGED") => tagged,
            Some("UNTAGGED") => !tagged,
            _ => true,
        }
    }
}

pub(super) fn describe(sandbox: &SharedSandbox, input: &ListImagesRequest) -> Result<Value, Fault> {
    let (info, name) = (&sandbox.info, &input.repository_name);
    let details = |repository: &RepositoryRecord, digest: &str| {
        let image = &repository.images[digest];
        let mut detail = json!({
            "registryId": info.account,
            "repositoryName": name,
            "imageDigest": digest,
            "imageSizeInBytes": image.size,
            "imagePushedAt": image.pushed,
            "imageManifestMediaType": image.media_type,
        });
        let tags = repository.tags_of(digest);
        if !tags.is_empty() {
            detail["imageTags"] = json!(tags);
        }
        if let Some(kind) = &image.artifact_type {
            detail["artifactMediaType"] = json!(kind);
        }
        detail
    };
    let found = sandbox.state.ecr.read(|ecr| -> Result<Vec<(String, Value)>, Fault> {
        let repository = ecr.repository(info, name)?;
        match &input.image_ids {
            Some(ids) => ids
                .iter()
                .map(|id| {
                    let digest = id.find(repository).ok_or_else(|| image_not_found(&info.account, name, id))?;
                    Ok((digest.to_owned(), details(repository, digest)))
                })
                .collect(),
            None => Ok(repository
                .images
                .keys()
                .filter(|digest| input.filter.takes(!repository.tags_of(digest).is_empty()))
                .map(|digest| (digest.clone(), details(repository, digest)))
                .collect()),
        }
    })?;
    answer("imageDetails", found, input)
}

fn image_not_found(account: &str, repository: &str, id: &ImageId) -> Fault {
    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "null".to_owned());
    let text = format!(
        "The image with imageId {{imageDigest:'{}', imageTag:'{}'}} does not exist within the repository with name \
         '{repository}' in the registry with id '{account}'",
        part(&id.image_digest),
        part(&id.image_tag)
    );
    Fault::new(400, "ImageNotFoundException", text)
}

pub(super) fn list(sandbox: &SharedSandbox, input: &ListImagesRequest) -> Result<Value, Fault> {
    let found: Vec<(String, Value)> = sandbox.state.ecr.read(|ecr| {
        let repository = ecr.repository(&sandbox.info, &input.repository_name)?;
        let mut found = Vec::new();
        for digest in repository.images.keys() {
            let tags = repository.tags_of(digest);
            if !input.filter.takes(!tags.is_empty()) {
                continue;
            }
            if tags.is_empty() {
                found.push((digest.clone(), json!({"imageDigest": digest})));
            }
            // The tag is part of the key, because an image with several tags is several entries.
            found.extend(
                tags.into_iter()
                    .map(|tag| (format!("{digest} {tag}"), json!({"imageDigest": digest, "imageTag": tag}))),
            );
        }
        Ok::<_, Fault>(found)
    })?;
    answer("imageIds", found, input)
}

/// Pages unless single images were asked for.
fn answer(member: &str, found: Vec<(String, Value)>, input: &ListImagesRequest) -> Result<Value, Fault> {
    let (found, next) = if input.image_ids.is_some() {
        (found, None)
    } else {
        page(found, input.max_results, input.next_token.as_deref())?
    };
    let mut answer = json!({});
    answer[member] = found.into_iter().map(|(_, value)| value).collect();
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BatchRequest {
    repository_name: String,
    image_ids: Vec<ImageId>,
}

pub(super) async fn batch_get(sandbox: &SharedSandbox, input: BatchRequest) -> Result<Value, Fault> {
    let (info, name) = (&sandbox.info, &input.repository_name);
    let found: Vec<(ImageId, Option<(String, String)>)> = sandbox.state.ecr.read(|ecr| {
        let repository = ecr.repository(info, name)?;
        Ok::<_, Fault>(
            input
                .image_ids
                .into_iter()
                .map(|id| {
                    let image = id
                        .find(repository)
                        .map(|digest| (digest.to_owned(), repository.images[digest].media_type.clone()));
                    (id, image)
                })
                .collect(),
        )
    })?;
    let (mut images, mut failures) = (Vec::new(), Vec::new());
    for (mut id, image) in found {
        let Some((digest, media_type)) = image else {
            failures.push(id.failure("ImageNotFound", "Requested image not found"));
            continue;
        };
        let manifest = registry::read_blob(sandbox, &digest).await?;
        id.image_digest = Some(digest);
        images.push(json!({
            "registryId": info.account,
            "repositoryName": name,
            "imageId": id,
            "imageManifest": String::from_utf8_lossy(&manifest),
            "imageManifestMediaType": media_type,
        }));
    }
    Ok(json!({"images": images, "failures": failures}))
}

/// Deleting a tag leaves an image that has others; deleting the last tag, or the digest, deletes the image.
pub(super) async fn batch_delete(sandbox: &SharedSandbox, input: BatchRequest) -> Result<Value, Fault> {
    let (info, name) = (&sandbox.info, &input.repository_name);
    let (answer, unused) = sandbox
        .state
        .ecr
        .update(|ecr| {
            let repository = ecr.repository_mut(info, name)?;
            let (mut deleted, mut failures, mut gone) = (Vec::new(), Vec::new(), BTreeSet::new());
            for id in input.image_ids {
                let Some(digest) = id.find(repository).map(str::to_owned) else {
                    failures.push(id.failure("ImageNotFound", "Requested image not found"));
                    continue;
                };
                let tags: Vec<String> = repository.tags_of(&digest).into_iter().map(str::to_owned).collect();
                let only_a_tag = id.image_digest.is_none() && tags.len() > 1;
                let parent = repository
                    .images
                    .iter()
                    .find(|(of, image)| image.children.contains(&digest) && !gone.contains(*of));
                if let (false, Some((parent, _))) = (only_a_tag, parent) {
                    let reason = format!("Requested image referenced by manifest list: [{parent}]");
                    failures.push(id.failure("ImageReferencedByManifestList", &reason));
                    continue;
                }
                if only_a_tag {
                    let tag = id.image_tag.unwrap_or_default();
                    repository.image_tags.remove(&tag);
                    deleted.push(json!({"imageDigest": digest, "imageTag": tag}));
                    continue;
                }
                if tags.is_empty() {
                    deleted.push(json!({ "imageDigest": digest }));
                }
                deleted.extend(tags.iter().map(|tag| json!({"imageDigest": digest, "imageTag": tag})));
                repository.image_tags.retain(|_, of| *of != digest);
                gone.insert(digest);
            }
            let unused = repository.remove_images(&gone);
            Ok((json!({"imageIds": deleted, "failures": failures}), unused))
        })
        .await?;
    registry::collect(sandbox, unused).await;
    Ok(answer)
}

/// Deletes one manifest, or one tag, on behalf of the registry. `false`: it was not there.
pub(crate) async fn delete_reference(
    sandbox: &SharedSandbox,
    repository: &str,
    reference: &str,
) -> Result<bool, Fault> {
    let is_digest = reference.starts_with("sha256:");
    let id = ImageId {
        image_digest: is_digest.then(|| reference.to_owned()),
        image_tag: (!is_digest).then(|| reference.to_owned()),
    };
    let input = BatchRequest { repository_name: repository.to_owned(), image_ids: vec![id] };
    let answer = batch_delete(sandbox, input).await?;
    match answer["failures"].as_array().and_then(|failures| failures.first()) {
        None => Ok(true),
        Some(failure) if failure["failureCode"] == "ImageNotFound" => Ok(false),
        Some(failure) => Err(Fault::new(405, "DENIED", failure["failureReason"].as_str().unwrap_or_default())),
    }
}
