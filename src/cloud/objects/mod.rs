//! S3: the bucket that build sources and code archives go to, and objects in it.
//!
//! Owns: finding and making a bucket, reading object metadata, listing and deleting them; `upload` streams files into
//! it. Does not own: which bucket and key an agent uses, and whether they are launch's to delete (`ops`).

mod upload;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, BucketLocationConstraint, CreateBucketConfiguration,
    Delete, ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, ObjectIdentifier,
    PublicAccessBlockConfiguration, Tag, Tagging,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::join;

use super::connect::{Cloud, Service};
use super::error::{ErrorResponse, code, convert, is_denied, is_not_found, request_id, service_error};
use crate::error::{Code, Error, Result};

pub(crate) use upload::ObjectUpload;

/// Name of the metadata in which an uploaded object says what its content is: `x-amz-meta-sha256`.
const SHA256_METADATA: &str = "sha256";

/// A bucket that exists and that the caller may reach.
#[derive(Clone, Debug)]
pub(crate) struct S3Bucket {
    /// Where it is; `None` where a stand-in does not say.
    pub(crate) region: Option<String>,
    /// Empty when the caller may not read them.
    pub(crate) tags: Vec<(String, String)>,
}

/// The settings of a bucket to create.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BucketSpec<'a> {
    pub(crate) name: &'a str,
    /// The account that it must belong to: names are global, and the ones that tools choose can be guessed.
    pub(crate) owner: &'a str,
    pub(crate) tags: &'a [(String, String)],
    /// Objects below a prefix expire.
    pub(crate) expire: Option<Expire<'a>>,
}

/// When objects expire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expire<'a> {
    /// Empty for every object.
    pub(crate) prefix: &'a str,
    pub(crate) days: u16,
}

/// The metadata of an object.
#[derive(Clone, Debug)]
pub(crate) struct ObjectInfo {
    /// Bytes.
    pub(crate) size: u64,
    /// In a versioned bucket.
    pub(crate) version_id: Option<String>,
    /// Of its content, where [`Cloud::put_object`] wrote it.
    pub(crate) sha256: Option<String>,
}

impl Cloud {
    pub(super) fn s3(&self) -> Client {
        let mut config = aws_sdk_s3::config::Builder::from(&self.sdk);
        // A stand-in has one address and no name per bucket.
        config.set_force_path_style(self.endpoint_override(Service::OBJECTS).map(|_| true));
        Client::from_conf(config.build())
    }

    /// `None` when there is no such bucket. With an `owner`, a bucket of another account is an error.
    ///
    /// # Errors
    /// A bucket of another region or account, or one that the caller may not reach.
    pub(crate) async fn bucket(&self, name: &str, owner: Option<&str>) -> Result<Option<S3Bucket>> {
        let client = self.s3();
        let head = client.head_bucket().bucket(name).set_expected_bucket_owner(owner.map(str::to_owned));
        // Both at once: neither needs the other, and the second may be refused.
        let (head, tags) = join!(head.send(), client.get_bucket_tagging().bucket(name).send());
        let region = match head {
            Ok(found) => found.bucket_region().map(str::to_owned),
            Err(error) if status(&error) == Some(404) => return Ok(None),
            Err(error) => return Err(self.bucket_failure(name, owner, &error)),
        };
        let tags = tags
            .map(|answer| answer.tag_set().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect());
        Ok(Some(S3Bucket { region, tags: tags.unwrap_or_default() }))
    }

    /// HEAD has no body, so only the status is known.
    fn bucket_failure<E>(&self, name: &str, owner: Option<&str>, error: &SdkError<E, HttpResponse>) -> Error
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let what = format!("look for the bucket `{name}`");
        let Some(raw) = error.raw_response() else { return convert(what, error) };
        let region = raw.headers().get("x-amz-bucket-region").filter(|region| *region != self.region());
        match (raw.status().as_u16(), region, owner) {
            (301 | 400, Some(region), _) => {
                Error::usage(format!("the bucket `{name}` is in {region}, and the agent in {}", self.region()))
                    .code(Code::S3BucketRegion)
                    .hint("choose a bucket in the agent's region with `agentcore configure --s3 BUCKET`")
            }
            (403, _, Some(owner)) => denied(&what, request_id(raw)).hint(format!(
                "the bucket may belong to another account than {owner}: choose one with `agentcore configure --s3 BUCKET`"
            )),
            (403, _, None) => denied(&what, request_id(raw)),
            _ => convert(what, error),
        }
    }

    /// Makes the bucket, closed to the public. Already there and of this owner is success, and then it is left as it
    /// is. The tags are written last: a bucket that has them is complete.
    ///
    /// # Errors
    /// The name is taken by another account, or a permission is missing.
    pub(crate) async fn create_bucket(&self, spec: &BucketSpec<'_>) -> Result<S3Bucket> {
        let what = || format!("create the bucket `{}`", spec.name);
        let client = self.s3();
        let mut request = client.create_bucket().bucket(spec.name);
        // us-east-1 has no location constraint, and refuses its name as one.
        if self.region() != "us-east-1" {
            let place = BucketLocationConstraint::from(self.region());
            request = request
                .create_bucket_configuration(CreateBucketConfiguration::builder().location_constraint(place).build());
        }
        match request.send().await {
            Ok(_) => {}
            Err(error) if code(&error) == Some("BucketAlreadyOwnedByYou") => {
                return self.bucket(spec.name, Some(spec.owner)).await?.ok_or_else(|| convert(what(), &error));
            }
            Err(error) if code(&error) == Some("BucketAlreadyExists") => {
                return Err(convert(what(), &error)
                    .hint("another account has this name: choose a bucket with `agentcore configure --s3 BUCKET`"));
            }
            Err(error) => return Err(convert(what(), &error)),
        }
        self.finish_bucket(spec).await?;
        Ok(S3Bucket { region: Some(self.region().to_owned()), tags: spec.tags.to_vec() })
    }

    /// What follows a bucket's creation: closed to the public, lifecycle, and last the tags. For one that a run made and
    /// did not finish.
    pub(crate) async fn finish_bucket(&self, spec: &BucketSpec<'_>) -> Result<()> {
        self.block_public_access(spec).await?;
        self.expire_objects(spec).await?;
        self.tag_bucket(spec).await
    }

    async fn block_public_access(&self, spec: &BucketSpec<'_>) -> Result<()> {
        let all = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .ignore_public_acls(true)
            .block_public_policy(true)
            .restrict_public_buckets(true)
            .build();
        let request = self.s3().put_public_access_block().bucket(spec.name).expected_bucket_owner(spec.owner);
        match request.public_access_block_configuration(all).send().await {
            Ok(_) => Ok(()),
            // Every bucket made since April 2023 has it by default; a caller without the permission loses nothing.
            Err(error) if is_denied(&error) => Ok(()),
            Err(error) => Err(convert(format!("close the bucket `{}` to the public", spec.name), &error)),
        }
    }

    async fn expire_objects(&self, spec: &BucketSpec<'_>) -> Result<()> {
        let what = || format!("set the lifecycle of the bucket `{}`", spec.name);
        let rule = |id: &str, prefix: &str| {
            LifecycleRule::builder()
                .id(id)
                .status(ExpirationStatus::Enabled)
                .filter(LifecycleRuleFilter::builder().prefix(prefix).build())
        };
        // A run that is killed cannot abort its upload, and the parts of one are paid for without being seen.
        let parts = AbortIncompleteMultipartUpload::builder().days_after_initiation(1).build();
        let mut rules = vec![rule("UnfinishedUploads", "").abort_incomplete_multipart_upload(parts)];
        if let Some(expire) = spec.expire {
            let days = LifecycleExpiration::builder().days(expire.days.into()).build();
            rules.push(rule("OldSources", expire.prefix).expiration(days));
        }
        let mut lifecycle = BucketLifecycleConfiguration::builder();
        for rule in rules {
            lifecycle = lifecycle.rules(rule.build().map_err(|error| Error::failed(what()).source(&error))?);
        }
        let lifecycle = lifecycle.build().map_err(|error| Error::failed(what()).source(&error))?;
        let request =
            self.s3().put_bucket_lifecycle_configuration().bucket(spec.name).expected_bucket_owner(spec.owner);
        request.lifecycle_configuration(lifecycle).send().await.map_err(|error| convert(what(), &error))?;
        Ok(())
    }

    async fn tag_bucket(&self, spec: &BucketSpec<'_>) -> Result<()> {
        let what = || format!("tag the bucket `{}`", spec.name);
        let mut tagging = Tagging::builder();
        for (key, value) in spec.tags {
            let tag = Tag::builder().key(key).value(value).build();
            tagging = tagging.tag_set(tag.map_err(|error| Error::failed(what()).source(&error))?);
        }
        let tagging = tagging.build().map_err(|error| Error::failed(what()).source(&error))?;
        let request = self.s3().put_bucket_tagging().bucket(spec.name).expected_bucket_owner(spec.owner);
        request.tagging(tagging).send().await.map_err(|error| convert(what(), &error))?;
        Ok(())
    }

    /// `None` when there is no such object, or no such bucket. S3 says "forbidden" for a missing key to a caller who
    /// may not list the bucket, so that counts as missing too: the upload will show the cause.
    pub(crate) async fn head_object(&self, bucket: &str, key: &str, owner: Option<&str>) -> Result<Option<ObjectInfo>> {
        let request = self.s3().head_object().bucket(bucket).key(key);
        match request.set_expected_bucket_owner(owner.map(str::to_owned)).send().await {
            Ok(found) => Ok(Some(ObjectInfo {
                size: found.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
                version_id: version_id(found.version_id()),
                sha256: found.metadata().and_then(|all| all.get(SHA256_METADATA)).cloned(),
            })),
            Err(error) if matches!(status(&error), Some(403 | 404)) => Ok(None),
            Err(error) => Err(convert(format!("look for `s3://{bucket}/{key}`"), &error)),
        }
    }

    /// The keys below a prefix, with every page read; empty when the bucket is gone.
    pub(crate) async fn list_objects(&self, bucket: &str, prefix: &str) -> Result<Vec<String>> {
        let mut pages = self.s3().list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => keys.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned))),
                Err(error) if is_not_found(&error) => return Ok(Vec::new()),
                Err(error) => return Err(convert(format!("list `s3://{bucket}/{prefix}`"), &error)),
            }
        }
        Ok(keys)
    }

    /// Deletes the objects below a prefix that are `wanted`, in all their versions, and says how many there were. A
    /// bucket that is gone has none. A caller who may not list versions deletes what a listing shows.
    pub(crate) async fn delete_objects(
        &self,
        bucket: &str,
        prefix: &str,
        owner: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<usize> {
        let client = self.s3();
        let what = || format!("delete `s3://{bucket}/{prefix}*`");
        let mut found = Vec::new();
        let mut pages = client.list_object_versions().bucket(bucket).prefix(prefix);
        loop {
            let page = match pages.clone().send().await {
                Ok(page) => page,
                Err(error) if is_not_found(&error) => return Ok(0),
                Err(error) if is_denied(&error) => {
                    found = self.list_objects(bucket, prefix).await?.into_iter().map(|key| (key, None)).collect();
                    break;
                }
                Err(error) => return Err(convert(what(), &error)),
            };
            let versions = page.versions().iter().map(|it| (it.key(), it.version_id()));
            let markers = page.delete_markers().iter().map(|it| (it.key(), it.version_id()));
            found.extend(versions.chain(markers).filter_map(|(key, id)| Some((key?.to_owned(), version_id(id)))));
            if page.is_truncated() != Some(true) {
                break;
            }
            pages = pages
                .set_key_marker(page.next_key_marker().map(str::to_owned))
                .set_version_id_marker(page.next_version_id_marker().map(str::to_owned));
        }
        found.retain(|(key, _)| wanted(key));
        // A thousand at a time is the service's limit.
        for chunk in found.chunks(1000) {
            let mut delete = Delete::builder().quiet(true);
            for (key, version) in chunk {
                let object = ObjectIdentifier::builder().key(key).set_version_id(version.clone()).build();
                delete = delete.objects(object.map_err(|error| Error::failed(what()).source(&error))?);
            }
            let delete = delete.build().map_err(|error| Error::failed(what()).source(&error))?;
            let request = client.delete_objects().bucket(bucket).expected_bucket_owner(owner);
            let answer = request.delete(delete).send().await.map_err(|error| convert(what(), &error))?;
            if let Some(error) = answer.errors().first() {
                let (code, message) = (error.code(), error.message().unwrap_or_default());
                let what = format!("delete `s3://{bucket}/{}`", error.key().unwrap_or_default());
                return Err(service_error(&what, &ErrorResponse { status: 200, code, message, request_id: None }));
            }
        }
        Ok(found.len())
    }

    /// Deletes a bucket that is empty; `false` when it is not.
    pub(crate) async fn delete_bucket(&self, name: &str, owner: &str) -> Result<bool> {
        match self.s3().delete_bucket().bucket(name).expected_bucket_owner(owner).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_not_found(&error) => Ok(true),
            Err(error) if code(&error) == Some("BucketNotEmpty") => Ok(false),
            Err(error) => Err(convert(format!("delete the bucket `{name}`"), &error)),
        }
    }
}

/// S3 writes `null` for the version of an object from before its bucket was versioned.
fn version_id(text: Option<&str>) -> Option<String> {
    text.filter(|id| !id.is_empty() && *id != "null").map(str::to_owned)
}

fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// A refused HEAD, which does not say which permission it is.
fn denied(what: &str, request_id: Option<String>) -> Error {
    let answer = ErrorResponse {
        status: 403,
        code: Some("AccessDenied"),
        message: "the request needs the permission s3:ListBucket",
        request_id,
    };
    service_error(what, &answer)
}
