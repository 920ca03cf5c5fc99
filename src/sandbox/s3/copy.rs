//! CopyObject and UploadPartCopy.

use super::body::{Received, receive_copy};
use super::buckets::iso;
use super::checksum::Algorithm;
use super::model::{ObjectContent, no_key};
use super::objects::{
    Precondition, checksum_type, describe, kept_headers, look_up, matches_etag, path, store, store_body,
};
use super::{ObjectAddress, document, multipart, not_implemented, set};
use crate::sandbox::reply::{Fault, Response, Xml};
use crate::sandbox::request::{Request, decode};
use crate::sandbox::{SharedSandbox, permissions};

/// Names the object to copy: `/bucket/key`, percent-encoded, perhaps with `?versionId=…`.
pub(super) const SOURCE: &str = "x-amz-copy-source";
/// The largest object that is copied in one request. Source: the API reference.
const LARGEST: u64 = 5 << 30;
const TIMES: [&str; 2] = ["x-amz-copy-source-if-modified-since", "x-amz-copy-source-if-unmodified-since"];

struct CopySource {
    target: ObjectAddress,
    /// That the request names.
    version: Option<String>,
    content: ObjectContent,
    /// As the answer shows it; `None` outside of versioning.
    shown: Option<String>,
}

impl CopySource {
    fn from_request(sandbox: &SharedSandbox, request: &Request) -> Result<Self, Fault> {
        if let Some(name) = TIMES.iter().find(|name| request.headers.contains_key(**name)) {
            return Err(not_implemented(&format!("the header `{name}`")));
        }
        let text = request.header(SOURCE).unwrap_or_default();
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let (bucket, key) = place.trim_start_matches('/').split_once('/').unwrap_or_default();
        let target = ObjectAddress { bucket: decode(bucket), key: decode(key) };
        if target.bucket.starts_with("arn:") {
            return Err(not_implemented("access points as the source of a copy"));
        }
        if target.bucket.is_empty() || target.key.is_empty() {
            let text = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
            return Err(Fault::new(400, "InvalidArgument", text));
        }
        let version = query.strip_prefix("versionId=").map(decode);
        let operation = if version.is_some() { "GetObjectVersion" } else { "GetObject" };
        permissions::s3(sandbox, request, operation, (&target.bucket, std::slice::from_ref(&target.key)))?;
        let (found, versioned) = look_up(sandbox, &target, version.as_deref()).map_err(|fault| {
            let marker = "The source of a copy request may not specifically refer to a delete marker by version id.";
            if fault.code == "MethodNotAllowed" { Fault::new(400, "InvalidRequest", marker) } else { fault }
        })?;
        let content = found.content.ok_or_else(no_key)?;
        let unmet = matches_etag(request, "x-amz-copy-source-if-match", &content) == Some(false)
            || matches_etag(request, "x-amz-copy-source-if-none-match", &content) == Some(true);
        if unmet {
            let text = "At least one of the pre-conditions you specified did not hold";
            return Err(Fault::new(412, "PreconditionFailed", text));
        }
        let shown = versioned.then(|| found.id.unwrap_or_else(|| "null".to_owned()));
        Ok(Self { target, version, content, shown })
    }

    /// Copies the bytes of the source, or a range of them.
    async fn read(
        &self,
        sandbox: &SharedSandbox,
        range: Option<(u64, u64)>,
        algorithm: Algorithm,
    ) -> Result<Received, Fault> {
        let file = tokio::fs::File::open(path(sandbox, &self.content.file)).await;
        let file =
            file.map_err(|error| if error.kind() == std::io::ErrorKind::NotFound { no_key() } else { error.into() })?;
        receive_copy(sandbox, file, range, algorithm).await
    }

    fn reject_larger(size: u64) -> Result<(), Fault> {
        let text =
            format!("The specified copy source is larger than the maximum allowable size for a copy source: {LARGEST}");
        if size > LARGEST { Err(Fault::new(400, "InvalidRequest", text)) } else { Ok(()) }
    }
}

pub(super) async fn object(
    sandbox: &SharedSandbox,
    request: &Request,
    target: &ObjectAddress,
) -> Result<Response, Fault> {
    sandbox.state.s3.read(|s3| s3.bucket(&target.bucket).map(|_| ()))?;
    let source = CopySource::from_request(sandbox, request)?;
    let replaces = match request.header("x-amz-metadata-directive") {
        None | Some("COPY") => false,
        Some("REPLACE") => true,
        Some(_) => return Err(Fault::new(400, "InvalidArgument", "Unknown metadata directive.")),
    };
    if source.target == *target && source.version.is_none() && !replaces {
        let text = "This copy request is illegal because it is trying to copy an object to itself without changing the \
                    object's metadata, storage class, website redirect location or encryption attributes.";
        return Err(Fault::new(400, "InvalidRequest", text));
    }
    CopySource::reject_larger(source.content.size)?;
    let asked = request.header("x-amz-checksum-algorithm").map(Algorithm::parse).transpose()?;
    let received = source.read(sandbox, None, asked.unwrap_or(source.content.checksum.algorithm)).await?;
    let headers = if replaces { kept_headers(request) } else { source.content.headers.clone() };
    let (size, etag, checksum) = (received.size, hex::encode(received.md5), received.checksum.clone());
    let file = store_body(sandbox, received).await?;
    let content = ObjectContent { file, size, etag, checksum, headers };
    let (version, content) = store(sandbox, target, content, &Precondition::from_request(request)).await?;
    let mut xml = Xml::default();
    xml.text("LastModified", &iso(sandbox.clock.millis())).text("ETag", &format!("\"{}\"", content.etag));
    xml.text("ChecksumType", checksum_type(&content.checksum));
    xml.text(content.checksum.algorithm.element(), &content.checksum.value);
    let mut response = document("CopyObjectResult", &xml);
    describe(&mut response, version.as_deref(), &content);
    show_source(&mut response, &source);
    Ok(response)
}

pub(super) async fn part(
    sandbox: &SharedSandbox,
    request: &Request,
    target: &ObjectAddress,
) -> Result<Response, Fault> {
    let slot = multipart::slot(sandbox, request, target)?;
    let source = CopySource::from_request(sandbox, request)?;
    let size = source.content.size;
    let range = match request.header("x-amz-copy-source-range") {
        None => None,
        Some(text) => {
            // Only `bytes=first-last`, and not beyond the end.
            let bounds = text.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
            let bounds = bounds.and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
            let parsed = bounds.filter(|(first, last): &(u64, u64)| first <= last && *last < size);
            let parsed = parsed.map(|(first, last)| (first, last - first + 1));
            Some(parsed.ok_or_else(|| {
                let text = format!("Range specified is not valid for source object of size: {size}");
                Fault::new(400, "InvalidArgument", text)
            })?)
        }
    };
    CopySource::reject_larger(range.map_or(size, |(_, length)| length))?;
    let received = source.read(sandbox, range, slot.algorithm()).await?;
    let part = slot.fill(sandbox, target, received).await?;
    let mut xml = Xml::default();
    xml.text("LastModified", &iso(part.modified)).text("ETag", &format!("\"{}\"", part.md5));
    xml.text(part.checksum.algorithm.element(), &part.checksum.value);
    let mut response = document("CopyPartResult", &xml);
    set(&mut response, "x-amz-server-side-encryption", "AES256");
    show_source(&mut response, &source);
    Ok(response)
}

fn show_source(response: &mut Response, source: &CopySource) {
    if let Some(version) = &source.shown {
        set(response, "x-amz-copy-source-version-id", version);
    }
}
