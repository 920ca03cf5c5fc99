//! Multipart uploads.

use md5::{Digest as _, Md5};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::body::{Received, document as read_document, receive};
use super::buckets::{iso, owner};
use super::checksum::{Algorithm, Checksum};
use super::model::{MultipartUpload, ObjectContent, UploadedPart, no_upload};
use super::objects::{Precondition, checksum_type, discard, kept_headers, path, store, store_body};
use super::xml::{self, malformed};
use super::{ObjectAddress, PayloadHash, document, not_implemented, set};
use crate::partition::Partition;
use crate::sandbox::SharedSandbox;
use crate::sandbox::reply::{self, Fault, Response, Xml};
use crate::sandbox::request::{API_BODY_LIMIT, Request};

/// All parts but the last have at least this much.
const SMALLEST: u64 = 5 << 20;
const MOST_PARTS: u32 = 10_000;
const BUFFER: usize = 1 << 18;

pub(super) async fn create(
    sandbox: &SharedSandbox,
    request: &Request,
    target: &ObjectAddress,
) -> Result<Response, Fault> {
    let algorithm = request.header("x-amz-checksum-algorithm").map(Algorithm::parse).transpose()?;
    let full_object = match request.header("x-amz-checksum-type") {
        Some("FULL_OBJECT") => true,
        Some("COMPOSITE") => false,
        Some(other) => return Err(not_implemented(&format!("the checksum type `{other}`"))),
        // The one kind that has no composite form, and the one without a choice.
        None => matches!(algorithm, Some(Algorithm::Crc64Nvme) | None),
    };
    let upload = MultipartUpload {
        key: target.key.clone(),
        started: sandbox.clock.millis(),
        headers: kept_headers(request),
        algorithm,
        full_object,
        parts: std::collections::BTreeMap::new(),
    };
    let id = uuid::Uuid::new_v4().simple().to_string();
    sandbox.state.s3.update(|s3| Ok(s3.bucket_mut(&target.bucket)?.uploads.insert(id.clone(), upload))).await?;
    let mut xml = Xml::default();
    xml.text("Bucket", &target.bucket).text("Key", &target.key).text("UploadId", &id);
    let mut response = document("InitiateMultipartUploadResult", &xml);
    if let Some(algorithm) = algorithm {
        set(&mut response, "x-amz-checksum-algorithm", algorithm.name());
        set(&mut response, "x-amz-checksum-type", if full_object { "FULL_OBJECT" } else { "COMPOSITE" });
    }
    Ok(response)
}

fn upload(
    sandbox: &SharedSandbox,
    request: &Request,
    target: &ObjectAddress,
) -> Result<(String, MultipartUpload), Fault> {
    let id = request.query("uploadId").unwrap_or_default();
    sandbox.state.s3.read(|s3| {
        let found = s3.bucket(&target.bucket)?.uploads.get(id).filter(|upload| upload.key == target.key);
        found.map(|upload| (id.to_owned(), upload.clone())).ok_or_else(no_upload)
    })
}

/// The upload, part number and checksum algorithm of a part.
pub(super) struct PartUpload {
    id: String,
    number: u32,
    algorithm: Option<Algorithm>,
}

/// The part that a request names.
pub(super) fn slot(sandbox: &SharedSandbox, request: &Request, target: &ObjectAddress) -> Result<PartUpload, Fault> {
    let number = request.query("partNumber").and_then(|text| text.parse::<u32>().ok());
    let number = number.filter(|number| (1..=MOST_PARTS).contains(number)).ok_or_else(|| {
        Fault::new(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
    })?;
    let (id, upload) = upload(sandbox, request, target)?;
    Ok(PartUpload { id, number, algorithm: upload.algorithm })
}

impl PartUpload {
    /// The default checksum algorithm of a part.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm.unwrap_or(Algorithm::Crc64Nvme)
    }

    /// Stores the received body as the part, in place of an earlier one of the same number.
    pub(super) async fn fill(
        self,
        sandbox: &SharedSandbox,
        target: &ObjectAddress,
        received: Received,
    ) -> Result<UploadedPart, Fault> {
        let (md5, size, checksum) = (hex::encode(received.md5), received.size, received.checksum.clone());
        if self.algorithm.is_some_and(|algorithm| algorithm != checksum.algorithm) {
            let text = "Checksum Type mismatch occurred, expected checksum of the upload's algorithm";
            return Err(Fault::new(400, "InvalidRequest", text));
        }
        let file = store_body(sandbox, received).await?;
        let part = UploadedPart { file: file.clone(), size, md5, checksum, modified: sandbox.clock.millis() };
        let replaced = sandbox
            .state
            .s3
            .update(|s3| {
                let upload = s3.bucket_mut(&target.bucket)?.uploads.get_mut(&self.id).ok_or_else(no_upload)?;
                Ok(upload.parts.insert(self.number, part.clone()))
            })
            .await;
        let unused = match &replaced {
            Ok(old) => old.iter().map(|part| part.file.clone()).collect(),
            // It was aborted while the part came in.
            Err(_) => vec![file],
        };
        discard(sandbox, unused).await;
        replaced.map(|_| part)
    }
}

pub(super) async fn put(
    sandbox: &SharedSandbox,
    request: &mut Request,
    target: &ObjectAddress,
    payload: PayloadHash,
) -> Result<Response, Fault> {
    let slot = slot(sandbox, request, target)?;
    let received = receive(sandbox, request, &payload, slot.algorithm).await?;
    let part = slot.fill(sandbox, target, received).await?;
    let mut response = reply::empty(200);
    set(&mut response, "etag", &format!("\"{}\"", part.md5));
    set(&mut response, part.checksum.algorithm.header(), &part.checksum.value);
    Ok(response)
}

pub(super) async fn abort(
    sandbox: &SharedSandbox,
    request: &Request,
    target: &ObjectAddress,
) -> Result<Response, Fault> {
    let (id, _) = upload(sandbox, request, target)?;
    let removed = sandbox.state.s3.update(|s3| Ok(s3.bucket_mut(&target.bucket)?.uploads.remove(&id))).await?;
    let parts = removed.into_iter().flat_map(|upload| upload.parts.into_values());
    discard(sandbox, parts.map(|part| part.file).collect()).await;
    Ok(reply::empty(204))
}

/// The parts that a completion names, checked against those that are there.
fn chosen(upload: &MultipartUpload, body: &[u8]) -> Result<Vec<UploadedPart>, Fault> {
    let request = xml::parse(body, "CompleteMultipartUpload")?;
    let mut parts: Vec<UploadedPart> = Vec::new();
    let mut last = 0;
    for element in request.children("Part") {
        let number: u32 = element.get("PartNumber").and_then(|text| text.parse().ok()).ok_or_else(malformed)?;
        if number <= last {
            let text = "The list of parts was not in ascending order. Parts must be ordered by part number.";
            return Err(Fault::new(400, "InvalidPartOrder", text));
        }
        last = number;
        let wrong = || {
            let text = "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
            Fault::new(400, "InvalidPart", text)
        };
        let part = upload.parts.get(&number).ok_or_else(wrong)?;
        let etag = element.get("ETag").ok_or_else(malformed)?;
        let sum = element.get(part.checksum.algorithm.element());
        if etag.trim_matches('"') != part.md5 || sum.is_some_and(|sum| sum != part.checksum.value) {
            return Err(wrong());
        }
        // S3 wants the sums back where the upload was begun with an algorithm of a composite kind.
        if sum.is_none() && upload.algorithm.is_some() && !upload.full_object {
            let text = format!(
                "The upload was created using a {} checksum. The complete request must include the checksum for each part. It was missing for part {number} in the request.",
                part.checksum.algorithm.name().to_lowercase()
            );
            return Err(Fault::new(400, "InvalidRequest", text));
        }
        parts.push(part.clone());
    }
    match parts.split_last() {
        None => Err(malformed()),
        Some((_, others)) if others.iter().any(|part| part.size < SMALLEST) => {
            Err(Fault::new(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"))
        }
        Some(_) => Ok(parts),
    }
}

pub(super) async fn complete(
    sandbox: &SharedSandbox,
    request: &mut Request,
    target: &ObjectAddress,
    payload: PayloadHash,
) -> Result<Response, Fault> {
    let (id, upload) = upload(sandbox, request, target)?;
    let condition = Precondition::from_request(request);
    // Here these headers speak of the object, not of the body.
    let expected: Vec<(String, String)> = request
        .headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("x-amz-checksum-"))
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    for (name, _) in &expected {
        request.headers.remove(name.as_str());
    }
    let body = read_document(sandbox, request, &payload, API_BODY_LIMIT).await?;
    let parts = chosen(&upload, &body)?;
    let algorithm = upload.algorithm.or_else(|| common_algorithm(&parts)).unwrap_or(Algorithm::Crc64Nvme);
    let full = upload.full_object && upload.algorithm.is_some()
        || common_algorithm(&parts) != Some(algorithm)
        || algorithm == Algorithm::Crc64Nvme;
    let (file, size, whole) = assemble(sandbox, &parts, algorithm).await?;
    let checksum = if full {
        whole
    } else {
        Checksum::composite(algorithm, &parts.iter().map(|part| &part.checksum).collect::<Vec<_>>())?
    };
    let stated = expected.iter().find(|(name, _)| name == algorithm.header());
    let plain = checksum.value.split('-').next().unwrap_or_default();
    if stated.is_some_and(|(_, value)| *value != checksum.value && value != plain) {
        discard(sandbox, vec![file]).await;
        return Err(Fault::new(400, "BadDigest", "The checksum you specified did not match the calculated checksum."));
    }
    let etag = etag(&parts)?;
    let content = ObjectContent { file, size, etag: etag.clone(), checksum: checksum.clone(), headers: upload.headers };
    let (version, _) = store(sandbox, target, content, &condition).await?;
    let removed = sandbox.state.s3.update(|s3| Ok(s3.bucket_mut(&target.bucket)?.uploads.remove(&id))).await?;
    let files = removed.into_iter().flat_map(|upload| upload.parts.into_values()).map(|part| part.file);
    discard(sandbox, files.collect()).await;
    let region = &sandbox.info.region;
    let mut xml = Xml::default();
    let host = Partition::of_region(region).host("s3", region);
    xml.text("Location", &format!("https://{}.{host}/{}", target.bucket, target.key));
    xml.text("Bucket", &target.bucket).text("Key", &target.key).text("ETag", &format!("\"{etag}\""));
    xml.text(checksum.algorithm.element(), &checksum.value).text("ChecksumType", checksum_type(&checksum));
    let mut response = document("CompleteMultipartUploadResult", &xml);
    if let Some(version) = version {
        set(&mut response, "x-amz-version-id", &version);
    }
    Ok(response)
}

fn common_algorithm(parts: &[UploadedPart]) -> Option<Algorithm> {
    let first = parts.first()?.checksum.algorithm;
    parts.iter().all(|part| part.checksum.algorithm == first).then_some(first)
}

fn etag(parts: &[UploadedPart]) -> Result<String, Fault> {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(hex::decode(&part.md5).map_err(|_| Fault::internal("a part's digest is damaged"))?);
    }
    Ok(format!("{}-{}", hex::encode(md5.finalize()), parts.len()))
}

/// The parts in one file, with their size and the sum of the whole.
async fn assemble(
    sandbox: &SharedSandbox,
    parts: &[UploadedPart],
    algorithm: Algorithm,
) -> Result<(String, u64, Checksum), Fault> {
    let name = uuid::Uuid::new_v4().simple().to_string();
    let target = path(sandbox, &name);
    // Deleted when dropped, which is when something fails before the end.
    let temporary = tempfile::TempPath::try_from_path(&target)?;
    let mut out = tokio::fs::File::create(&target).await?;
    let mut sum = algorithm.sum();
    let mut size = 0;
    let mut buffer = vec![0; BUFFER];
    for part in parts {
        let mut file = tokio::fs::File::open(path(sandbox, &part.file)).await?;
        loop {
            let count = file.read(&mut buffer).await?;
            if count == 0 {
                break;
            }
            sum.update(&buffer[..count]);
            out.write_all(&buffer[..count]).await?;
            size += count as u64;
        }
    }
    out.flush().await?;
    temporary.keep().map_err(|error| Fault::from(error.error))?;
    Ok((name, size, Checksum::new(algorithm, &sum.finish())))
}

pub(super) fn list_parts(
    sandbox: &SharedSandbox,
    request: &Request,
    target: &ObjectAddress,
) -> Result<Response, Fault> {
    let (id, upload) = upload(sandbox, request, target)?;
    let number = |name: &str| request.query(name).and_then(|text| text.parse::<u32>().ok());
    let (after, most) = (number("part-number-marker").unwrap_or(0), number("max-parts").unwrap_or(1000).min(1000));
    let mut rest = upload.parts.range(after + 1..);
    let page: Vec<(&u32, &UploadedPart)> = rest.by_ref().take(usize::try_from(most).unwrap_or(1000)).collect();
    let more = rest.next().is_some();
    let mut xml = Xml::default();
    xml.text("Bucket", &target.bucket).text("Key", &target.key).text("UploadId", &id);
    xml.text("PartNumberMarker", &after.to_string()).text("MaxParts", &most.to_string());
    xml.text("IsTruncated", if more { "true" } else { "false" });
    if let Some((last, _)) = page.last().filter(|_| more) {
        xml.text("NextPartNumberMarker", &last.to_string());
    }
    xml.text("StorageClass", "STANDARD");
    owner(&mut xml, "Owner");
    for (number, part) in page {
        xml.element("Part", |xml| {
            xml.text("PartNumber", &number.to_string()).text("LastModified", &iso(part.modified));
            xml.text("ETag", &format!("\"{}\"", part.md5)).text("Size", &part.size.to_string());
            xml.text(part.checksum.algorithm.element(), &part.checksum.value);
        });
    }
    Ok(document("ListPartsResult", &xml))
}

/// Uploads that are not finished. There are few in a sandbox, so they come in one page.
pub(super) fn list_uploads(sandbox: &SharedSandbox, request: &Request, bucket: &str) -> Result<Response, Fault> {
    if ["key-marker", "upload-id-marker", "delimiter"]
        .iter()
        .any(|name| request.query(name).is_some_and(|it| !it.is_empty()))
    {
        return Err(not_implemented("pages and groups of uploads"));
    }
    let prefix = request.query("prefix").unwrap_or_default();
    let mut uploads = sandbox.state.s3.read(|s3| {
        let all = &s3.bucket(bucket)?.uploads;
        Ok::<_, Fault>(all.iter().map(|(id, it)| (it.key.clone(), id.clone(), it.started)).collect::<Vec<_>>())
    })?;
    uploads.retain(|(key, ..)| key.starts_with(prefix));
    uploads.sort();
    let mut xml = Xml::default();
    xml.text("Bucket", bucket).text("KeyMarker", "").text("UploadIdMarker", "").text("Prefix", prefix);
    xml.text("MaxUploads", "1000").text("IsTruncated", "false");
    for (key, id, started) in uploads {
        xml.element("Upload", |xml| {
            xml.text("Key", &key).text("UploadId", &id).text("Initiated", &iso(started));
            xml.text("StorageClass", "STANDARD");
            owner(xml, "Initiator");
            owner(xml, "Owner");
        });
    }
    Ok(document("ListMultipartUploadsResult", &xml))
}
