//! ECR: repositories and the login for their registry. Pushing is `image`'s work, with the login given as values.

use aws_sdk_ecr::Client;
use aws_sdk_ecr::types::{ImageScanningConfiguration, Tag};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::connect::{Cloud, Service};
use super::error::{code, convert, if_found, is_denied, is_not_found, missing_member};
use super::sandbox::is_on_this_machine;
use crate::error::{Error, Result};
use crate::redact::SecretString;

/// A repository that exists.
#[derive(Clone, Debug)]
pub(crate) struct RegistryRepository {
    pub(crate) arn: String,
    /// `account.dkr.ecr.region.domain/name`, without scheme and tag.
    pub(crate) uri: String,
    /// `None` when the caller may not read them.
    pub(crate) tags: Option<Vec<(String, String)>>,
}

/// What a registry client needs; valid for twelve hours.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    /// Scheme and host of the registry. Not always the host in the repository URI: a stand-in for ECR has its own.
    pub(crate) endpoint: String,
    pub(crate) username: String,
    pub(crate) password: SecretString,
}

impl Cloud {
    fn ecr(&self) -> Client {
        Client::new(&self.sdk)
    }

    /// `None` when the repository does not exist in this account and region. With the `arn` that it would have, its tags are
    /// asked for at the same time.
    pub(crate) async fn repository(&self, name: &str, arn: Option<&str>) -> Result<Option<RegistryRepository>> {
        let client = self.ecr();
        let describe = async {
            let sent = client.describe_repositories().repository_names(name).send().await;
            let found = if_found(sent, format!("look for the repository `{name}`"));
            found.map(|answer| answer.and_then(|answer| answer.repositories().first().cloned()))
        };
        let (found, tags) = match arn {
            Some(arn) => {
                let (found, tags) = tokio::try_join!(describe, self.repository_tags(name, arn))?;
                (found, Some((arn, tags)))
            }
            None => (describe.await?, None),
        };
        let Some(found) = found else { return Ok(None) };
        let arn = found.repository_arn().unwrap_or_default().to_owned();
        let tags = match tags {
            Some((known, tags)) if known == arn => tags,
            _ => self.repository_tags(name, &arn).await?,
        };
        Ok(Some(RegistryRepository { arn, uri: found.repository_uri().unwrap_or_default().to_owned(), tags }))
    }

    /// `None` for a caller without ecr:ListTagsForResource, who can still deploy: the record alone says then whose it is.
    async fn repository_tags(&self, name: &str, arn: &str) -> Result<Option<Vec<(String, String)>>> {
        match self.ecr().list_tags_for_resource().resource_arn(arn).send().await {
            Ok(answer) => {
                Ok(Some(answer.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()))
            }
            Err(error) if is_denied(&error) || is_not_found(&error) => Ok(None),
            Err(error) => Err(convert(format!("read the tags of the repository `{name}`"), &error)),
        }
    }

    /// Creates the repository with scan on push. Already there is success.
    pub(crate) async fn create_repository(&self, name: &str, tags: &[(String, String)]) -> Result<RegistryRepository> {
        let what = || format!("create the repository `{name}`");
        let mut request = self
            .ecr()
            .create_repository()
            .repository_name(name)
            .image_scanning_configuration(ImageScanningConfiguration::builder().scan_on_push(true).build());
        for (key, value) in tags {
            let tag =
                Tag::builder().key(key).value(value).build().map_err(|error| Error::failed(what()).source(&error))?;
            request = request.tags(tag);
        }
        match request.send().await {
            Ok(answer) => {
                let made = answer.repository().ok_or_else(|| missing_member(&what(), "ECR", "repository"))?;
                let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
                Ok(RegistryRepository {
                    arn: text(made.repository_arn()),
                    uri: text(made.repository_uri()),
                    tags: Some(tags.to_vec()),
                })
            }
            Err(error) if code(&error) == Some("RepositoryAlreadyExistsException") => {
                self.repository(name, None).await?.ok_or_else(|| convert(what(), &error))
            }
            Err(error) => Err(convert(what(), &error)),
        }
    }

    /// Adds tags, and replaces those of the same keys.
    pub(crate) async fn tag_repository(&self, arn: &str, tags: &[(String, String)]) -> Result<()> {
        let what = || format!("tag the repository `{arn}`");
        let mut request = self.ecr().tag_resource().resource_arn(arn);
        for (key, value) in tags {
            let tag = Tag::builder().key(key).value(value).build();
            request = request.tags(tag.map_err(|error| Error::failed(what()).source(&error))?);
        }
        request.send().await.map_err(|error| convert(what(), &error))?;
        Ok(())
    }

    /// Deletes the repository and its images; `false` when it was already gone.
    pub(crate) async fn delete_repository(&self, name: &str) -> Result<bool> {
        let sent = self.ecr().delete_repository().repository_name(name).force(true).send().await;
        Ok(if_found(sent, format!("delete the repository `{name}`"))?.is_some())
    }

    /// Digests in a repository, with every page read; empty when the repository is gone.
    pub(crate) async fn image_digests(&self, name: &str) -> Result<Vec<String>> {
        let mut pages = self.ecr().list_images().repository_name(name).into_paginator().send();
        let mut digests = Vec::new();
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => {
                    digests.extend(page.image_ids().iter().filter_map(|id| id.image_digest().map(str::to_owned)))
                }
                Err(error) if is_not_found(&error) => return Ok(Vec::new()),
                Err(error) => return Err(convert(format!("list the images of `{name}`"), &error)),
            }
        }
        digests.sort();
        digests.dedup();
        Ok(digests)
    }

    /// Whether a repository holds an image. `None` when the caller may not ask (`ecr:DescribeImages`).
    pub(crate) async fn has_image(&self, name: &str, digest: &str) -> Result<Option<bool>> {
        let id = aws_sdk_ecr::types::ImageIdentifier::builder().image_digest(digest).build();
        match self.ecr().describe_images().repository_name(name).image_ids(id).send().await {
            Ok(answer) => Ok(Some(!answer.image_details().is_empty())),
            Err(error) if is_not_found(&error) || code(&error) == Some("ImageNotFoundException") => Ok(Some(false)),
            Err(error) if code(&error) == Some("AccessDeniedException") => Ok(None),
            Err(error) => Err(convert(format!("look for the image {digest} in `{name}`"), &error)),
        }
    }

    /// The digest of a tag. `None` also when the caller may not ask (`ecr:DescribeImages`).
    pub(crate) async fn image_by_tag(&self, name: &str, tag: &str) -> Result<Option<String>> {
        let id = aws_sdk_ecr::types::ImageIdentifier::builder().image_tag(tag).build();
        match self.ecr().describe_images().repository_name(name).image_ids(id).send().await {
            Ok(answer) => Ok(answer.image_details().first().and_then(|image| image.image_digest()).map(str::to_owned)),
            Err(error) if is_not_found(&error) => Ok(None),
            Err(error) if matches!(code(&error), Some("ImageNotFoundException" | "AccessDeniedException")) => Ok(None),
            Err(error) => Err(convert(format!("look for the image `{tag}` in `{name}`"), &error)),
        }
    }

    /// Deletes images by digest, a hundred at a time (the service's limit). Missing ones are not an error.
    pub(crate) async fn delete_images(&self, name: &str, digests: &[String]) -> Result<()> {
        let client = self.ecr();
        for chunk in digests.chunks(100) {
            let ids = chunk
                .iter()
                .map(|digest| aws_sdk_ecr::types::ImageIdentifier::builder().image_digest(digest).build())
                .collect();
            client
                .batch_delete_image()
                .repository_name(name)
                .set_image_ids(Some(ids))
                .send()
                .await
                .map_err(|error| convert(format!("delete images of `{name}`"), &error))?;
        }
        Ok(())
    }

    /// Where the registry `host` is most likely reached; a login says so for certain. `None` behind a stand-in that is not on this
    /// machine, of whose registry nothing is known.
    pub(crate) fn likely_registry(&self, host: &str) -> Option<String> {
        match self.endpoint_override(Service::REGISTRY) {
            None => Some(format!("https://{host}")),
            Some(url) => Some(url).filter(|url| is_on_this_machine(url)),
        }
    }

    pub(crate) async fn registry_login(&self) -> Result<Login> {
        let what = "get a login for the container registry";
        let answer = self.ecr().get_authorization_token().send().await.map_err(|error| convert(what, &error))?;
        let bad = || missing_member(what, "ECR", "usable token");
        let data = answer.authorization_data().first().ok_or_else(bad)?;
        let token = STANDARD.decode(data.authorization_token().ok_or_else(bad)?).map_err(|_| bad())?;
        let token = String::from_utf8(token).map_err(|_| bad())?;
        let (username, password) = token.split_once(':').ok_or_else(bad)?;
        Ok(Login {
            endpoint: data.proxy_endpoint().ok_or_else(bad)?.trim_end_matches('/').to_owned(),
            username: username.to_owned(),
            password: SecretString::from(password.to_owned()),
        })
    }
}
