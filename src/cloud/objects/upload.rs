//! Uploads files to a bucket: small ones in one request, others in parts, several at a time.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use aws_smithy_types::timeout::TimeoutConfig;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::{SHA256_METADATA, version_id};
use crate::cloud::connect::Cloud;
use crate::cloud::error::{convert, missing_member};
use crate::digest::Digest;
use crate::error::{Context, Result};

/// Files up to this size go in one request.
const SINGLE: u64 = 16 << 20;
/// Size of a part; S3 takes ten thousand of them.
const PART: u64 = 8 << 20;
/// Parts that are sent at once. Together they are all that an upload holds in memory.
const PARALLEL: usize = 4;

/// How long S3 may take to put the parts together.
const ASSEMBLY: Duration = Duration::from_secs(300);

/// A file and its destination.
pub(crate) struct ObjectUpload<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
    /// The account that the bucket must belong to; `None` for a bucket that the user named.
    pub(crate) owner: Option<&'a str>,
    pub(crate) file: &'a Path,
    /// Bytes.
    pub(crate) size: u64,
    /// Of the whole file. S3 refuses a single request whose content is not it; parts have sums of their own.
    pub(crate) sha256: Digest,
    pub(crate) content_type: &'a str,
    /// Called with the number of bytes that have arrived so far.
    pub(crate) progress: &'a (dyn Fn(u64) + Send + Sync),
}

/// An object that was written.
#[derive(Clone, Debug)]
pub(crate) struct StoredObject {
    /// In a versioned bucket.
    pub(crate) version_id: Option<String>,
}

impl ObjectUpload<'_> {
    fn what(&self) -> String {
        format!("upload `{}` to `s3://{}/{}`", self.file.display(), self.bucket, self.key)
    }
}

impl Cloud {
    /// Streams a file from disk into a bucket. Memory does not grow with its size; a part that fails is tried again,
    /// and what is left of an upload that fails for good is removed.
    ///
    /// # Errors
    /// The service's, or the file cannot be read.
    pub(crate) async fn put_object(&self, upload: &ObjectUpload<'_>) -> Result<StoredObject> {
        let client = self.s3();
        if upload.size <= SINGLE {
            let stored = put_whole(&client, upload).await?;
            (upload.progress)(upload.size);
            return Ok(stored);
        }
        let id = begin(&client, upload).await?;
        let sent = match put_parts(&client, upload, &id).await {
            Ok(parts) => complete(&client, upload, &id, parts).await,
            Err(error) => Err(error),
        };
        if sent.is_err() {
            // The first failure is the one to report. Where this fails too, the bucket's lifecycle cleans up.
            let abort = client.abort_multipart_upload().bucket(upload.bucket).key(upload.key).upload_id(&id);
            let _ = abort.set_expected_bucket_owner(upload.owner.map(str::to_owned)).send().await;
        }
        sent
    }
}

async fn put_whole(client: &Client, upload: &ObjectUpload<'_>) -> Result<StoredObject> {
    let body = ByteStream::from_path(upload.file).await.with_context(|| upload.what())?;
    let request = client
        .put_object()
        .bucket(upload.bucket)
        .key(upload.key)
        .set_expected_bucket_owner(upload.owner.map(str::to_owned))
        .content_type(upload.content_type)
        .metadata(SHA256_METADATA, upload.sha256.hex())
        .checksum_sha256(base64(upload.sha256))
        .body(body);
    let answer = request.send().await.map_err(|error| convert(upload.what(), &error))?;
    Ok(StoredObject { version_id: version_id(answer.version_id()) })
}

async fn begin(client: &Client, upload: &ObjectUpload<'_>) -> Result<String> {
    let answer = client
        .create_multipart_upload()
        .bucket(upload.bucket)
        .key(upload.key)
        .set_expected_bucket_owner(upload.owner.map(str::to_owned))
        .content_type(upload.content_type)
        .metadata(SHA256_METADATA, upload.sha256.hex())
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .send()
        .await
        .map_err(|error| convert(upload.what(), &error))?;
    answer.upload_id().map(str::to_owned).ok_or_else(|| missing_member(&upload.what(), "S3", "upload id"))
}

async fn put_parts(client: &Client, upload: &ObjectUpload<'_>, id: &str) -> Result<BTreeMap<i32, CompletedPart>> {
    let sent = AtomicU64::new(0);
    let starts = (0..upload.size).step_by(usize::try_from(PART).unwrap_or(usize::MAX));
    let parts = starts.zip(1_i32..).map(|(start, number)| {
        let sent = &sent;
        async move {
            let bytes = read(upload, start, PART.min(upload.size - start)).await?;
            let length = bytes.len() as u64;
            let sum = base64(Digest::of_bytes(&bytes));
            let request = client
                .upload_part()
                .bucket(upload.bucket)
                .key(upload.key)
                .upload_id(id)
                .part_number(number)
                .set_expected_bucket_owner(upload.owner.map(str::to_owned))
                .checksum_sha256(&sum)
                .body(ByteStream::from(bytes));
            let answer = request.send().await.map_err(|error| convert(upload.what(), &error))?;
            (upload.progress)(sent.fetch_add(length, Ordering::Relaxed) + length);
            let tag = answer.e_tag().map(str::to_owned);
            Ok((number, CompletedPart::builder().part_number(number).set_e_tag(tag).checksum_sha256(sum).build()))
        }
    });
    stream::iter(parts).buffer_unordered(PARALLEL).try_collect().await
}

/// Part of the file. One that has become shorter in the meantime is an error.
async fn read(upload: &ObjectUpload<'_>, start: u64, length: u64) -> Result<Vec<u8>> {
    let what = || format!("could not read `{}`", upload.file.display());
    let mut file = tokio::fs::File::open(upload.file).await.with_context(what)?;
    file.seek(std::io::SeekFrom::Start(start)).await.with_context(what)?;
    let mut bytes = vec![0; usize::try_from(length).with_context(what)?];
    file.read_exact(&mut bytes).await.with_context(what)?;
    Ok(bytes)
}

async fn complete(
    client: &Client,
    upload: &ObjectUpload<'_>,
    id: &str,
    parts: BTreeMap<i32, CompletedPart>,
) -> Result<StoredObject> {
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.into_values().collect())).build();
    let request = client
        .complete_multipart_upload()
        .bucket(upload.bucket)
        .key(upload.key)
        .upload_id(id)
        .set_expected_bucket_owner(upload.owner.map(str::to_owned))
        .multipart_upload(parts);
    let answer = request.customize().config_override(patient()).send().await;
    let answer = answer.map_err(|error| convert(upload.what(), &error))?;
    Ok(StoredObject { version_id: version_id(answer.version_id()) })
}

fn base64(digest: Digest) -> String {
    STANDARD.encode(digest.as_bytes())
}

/// S3 puts the parts together before it answers, or after it has begun to.
fn patient() -> Builder {
    Builder::new().timeout_config(TimeoutConfig::builder().read_timeout(ASSEMBLY).build())
}
