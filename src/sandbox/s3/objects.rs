//! Operations on single objects, and access to them for other services of the sandbox.

use std::collections::BTreeMap;
use std::path::PathBuf;

use axum::body::Body;
use http::Method;
use time::OffsetDateTime;
use time::macros::format_description;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::body::{Received, receive};
use super::checksum::Checksum;
use super::model::{ObjectContent, ObjectVersion, Versioning, no_key};
use super::xml::{self, malformed};
use super::{ObjectAddress, PayloadHash, document, files, not_implemented, set, set_named};
use crate::sandbox::SharedSandbox;
use crate::sandbox::registry::parse_range;
use crate::sandbox::reply::{self, Fault, Response, Xml};
use crate::sandbox::request::Request;

const CHUNK: usize = 256 << 10;
/// Headers that an object keeps and gives back.
const KEPT: &[&str] =
    &["content-type", "content-disposition", "content-encoding", "content-language", "cache-control", "expires"];
const DEFAULT_TYPE: &str = "binary/octet-stream";
/// What would change the meaning of a request and is not there.
const REFUSED: &[&str] = &[
    "x-amz-tagging",
    "x-amz-website-redirect-location",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-object-lock-legal-hold",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-write-offset-bytes",
    "if-modified-since",
    "if-unmodified-since",
];

/// # Errors
/// `NotImplemented`, naming the header.
pub(super) fn check_headers(request: &Request) -> Result<(), Fault> {
    if let Some(name) = REFUSED.iter().find(|name| request.headers.contains_key(**name)) {
        return Err(not_implemented(&format!("the header `{name}`")));
    }
    if request.query.iter().any(|(name, _)| name.starts_with("response-")) {
        return Err(not_implemented("response headers of the client's choice"));
    }
    if request.header("x-amz-server-side-encryption").is_some_and(|kind| kind != "AES256") {
        return Err(not_implemented("encryption with keys of KMS"));
    }
    if request.header("x-amz-storage-class").is_some_and(|class| class != "STANDARD") {
        return Err(not_implemented("storage classes other than STANDARD"));
    }
    if request.headers.keys().any(|name| name == "x-amz-acl" || name.as_str().starts_with("x-amz-grant-")) {
        return Err(Fault::new(400, "AccessControlListNotSupported", "The bucket does not allow ACLs"));
    }
    Ok(())
}

/// The headers of an object to come.
pub(super) fn kept_headers(request: &Request) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (name, value) in &request.headers {
        let name = name.as_str();
        let Ok(value) = value.to_str() else { continue };
        let value = match name {
            // How the body travelled is not part of the object.
            "content-encoding" => {
                let parts: Vec<&str> = value.split(',').map(str::trim).filter(|part| *part != "aws-chunked").collect();
                parts.join(",")
            }
            _ => value.to_owned(),
        };
        if (KEPT.contains(&name) || name.starts_with("x-amz-meta-")) && !value.is_empty() {
            kept.insert(name.to_owned(), value);
        }
    }
    kept
}

pub(super) async fn put(
    sandbox: &SharedSandbox,
    request: &mut Request,
    target: &ObjectAddress,
    payload: PayloadHash,
) -> Result<Response, Fault> {
    if target.key.len() > 1024 {
        return Err(Fault::new(400, "KeyTooLongError", "Your key is too long"));
    }
    sandbox.state.s3.read(|s3| s3.bucket(&target.bucket).map(|_| ()))?;
    let headers = kept_headers(request);
    let received = receive(sandbox, request, &payload, None).await?;
    let etag = hex::encode(received.md5);
    let condition = Precondition::from_request(request);
    let (size, checksum) = (received.size, received.checksum.clone());
    let file = store_body(sandbox, received).await?;
    let content = ObjectContent { file, size, etag, checksum, headers };
    let (version, content) = store(sandbox, target, content, &condition).await?;
    let mut response = reply::empty(200);
    describe(&mut response, version.as_deref(), &content);
    set(&mut response, content.checksum.algorithm.header(), &content.checksum.value);
    Ok(response)
}

/// Moves a received body to the folder of objects, and returns its name there.
pub(super) async fn store_body(sandbox: &SharedSandbox, received: Received) -> Result<String, Fault> {
    let name = uuid::Uuid::new_v4().simple().to_string();
    tokio::fs::rename(&received.path, path(sandbox, &name)).await?;
    Ok(name)
}

pub(super) fn path(sandbox: &SharedSandbox, file: &str) -> PathBuf {
    files(sandbox).join("objects").join(file)
}

/// Removes files that no object has any more. One that stays behind costs room and nothing else.
pub(super) async fn discard(sandbox: &SharedSandbox, unused: Vec<String>) {
    for file in unused {
        let _ = tokio::fs::remove_file(path(sandbox, &file)).await;
    }
}

/// The condition under which the current version may be replaced.
pub(super) struct Precondition {
    none: bool,
    etag: Option<String>,
}

impl Precondition {
    pub(super) fn from_request(request: &Request) -> Self {
        let etag = request.header("if-match").map(|etag| etag.trim_matches('"').to_owned());
        Self { none: request.header("if-none-match") == Some("*"), etag }
    }
}

/// Makes an object of a file that is in its place already; a refusal takes the file away again.
pub(super) async fn store(
    sandbox: &SharedSandbox,
    target: &ObjectAddress,
    content: ObjectContent,
    condition: &Precondition,
) -> Result<(Option<String>, ObjectContent), Fault> {
    let now = sandbox.clock.millis();
    let file = content.file.clone();
    let stored = sandbox
        .state
        .s3
        .update(|s3| {
            let bucket = s3.bucket_mut(&target.bucket)?;
            let current = bucket.current(&target.key).map(|(_, content)| content.etag.clone());
            let met = !(condition.none && current.is_some())
                && condition.etag.as_ref().is_none_or(|wanted| current.as_ref() == Some(wanted));
            if !met {
                let text = "At least one of the pre-conditions you specified did not hold";
                return Err(Fault::new(412, "PreconditionFailed", text));
            }
            let (id, unused) = bucket.add(&target.key, now, Some(content.clone()));
            let shown = (bucket.versioning != Versioning::Never).then(|| id.unwrap_or_else(|| "null".to_owned()));
            Ok((shown, unused))
        })
        .await;
    match stored {
        Ok((version, unused)) => {
            discard(sandbox, unused).await;
            Ok((version, content))
        }
        Err(fault) => {
            discard(sandbox, vec![file]).await;
            Err(fault)
        }
    }
}

pub(super) fn describe(response: &mut Response, version: Option<&str>, content: &ObjectContent) {
    set(response, "etag", &format!("\"{}\"", content.etag));
    set(response, "x-amz-server-side-encryption", "AES256");
    if let Some(version) = version {
        set(response, "x-amz-version-id", version);
    }
}

/// The version that is named, else the current one; with whether versions are shown.
pub(super) fn look_up(
    sandbox: &SharedSandbox,
    target: &ObjectAddress,
    version: Option<&str>,
) -> Result<(ObjectVersion, bool), Fault> {
    sandbox.state.s3.read(|s3| {
        let bucket = s3.bucket(&target.bucket)?;
        let versioned = bucket.versioning != Versioning::Never;
        let found = match version {
            Some(id) => {
                let found = bucket.version(&target.key, id);
                found
                    .cloned()
                    .ok_or_else(|| Fault::new(404, "NoSuchVersion", "The specified version does not exist."))?
            }
            None => {
                let newest = bucket.objects.get(&target.key).and_then(|versions| versions.last());
                newest.cloned().ok_or_else(no_key)?
            }
        };
        if found.content.is_none() {
            let id = found.id.as_deref().unwrap_or("null");
            let fault = match version {
                Some(_) => {
                    Fault::new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
                }
                None => no_key(),
            };
            return Err(fault.header("x-amz-delete-marker", "true").header("x-amz-version-id", id));
        }
        Ok((found, versioned))
    })
}

/// Whether a header with a list of ETags matches this content; `None` without the header.
pub(super) fn matches_etag(request: &Request, header: &str, content: &ObjectContent) -> Option<bool> {
    let is = |tag: &str| tag.trim_matches('"') == content.etag || tag == "*";
    request.header(header).map(|list| list.split(',').map(str::trim).any(is))
}

pub(super) async fn get(sandbox: &SharedSandbox, request: &Request, target: &ObjectAddress) -> Result<Response, Fault> {
    let (version, versioned) = look_up(sandbox, target, request.query("versionId"))?;
    let content = version.content.ok_or_else(no_key)?;
    if matches_etag(request, "if-match", &content) == Some(false) {
        return Err(Fault::new(
            412,
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
        ));
    }
    if matches_etag(request, "if-none-match", &content) == Some(true) {
        return Err(Fault::new(304, "NotModified", "Not Modified"));
    }
    let range = match request.header("range") {
        Some(text) => parse_range(text, content.size).map_err(|()| {
            Fault::new(416, "InvalidRange", "The requested range is not satisfiable")
                .header("content-range", &format!("bytes */{}", content.size))
        })?,
        None => None,
    };
    let (start, length) = range.unwrap_or((0, content.size));
    let body = if request.method == Method::HEAD {
        Body::empty()
    } else {
        let mut file =
            tokio::fs::File::open(path(sandbox, &content.file)).await.map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => no_key(),
                _ => error.into(),
            })?;
        file.seek(std::io::SeekFrom::Start(start)).await?;
        Body::from_stream(ReaderStream::with_capacity(file.take(length), CHUNK))
    };
    let mut response = reply::with_body(if range.is_some() { 206 } else { 200 }, DEFAULT_TYPE, body);
    let id = versioned.then(|| version.id.unwrap_or_else(|| "null".to_owned()));
    describe(&mut response, id.as_deref(), &content);
    set(&mut response, "content-length", &length.to_string());
    set(&mut response, "accept-ranges", "bytes");
    set(&mut response, "last-modified", &http_date(version.modified));
    for (name, value) in &content.headers {
        set_named(&mut response, name, value);
    }
    if range.is_some() {
        set(&mut response, "content-range", &format!("bytes {start}-{}/{}", start + length - 1, content.size));
    }
    // A checksum of the whole does not apply to a range.
    if range.is_none() && request.header("x-amz-checksum-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("enabled"))
    {
        set(&mut response, content.checksum.algorithm.header(), &content.checksum.value);
        set(&mut response, "x-amz-checksum-type", checksum_type(&content.checksum));
    }
    Ok(response)
}

pub(super) fn checksum_type(checksum: &Checksum) -> &'static str {
    if checksum.is_composite() { "COMPOSITE" } else { "FULL_OBJECT" }
}

pub(super) fn http_date(millis: i64) -> String {
    let format =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    let time = OffsetDateTime::from_unix_timestamp(millis.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(format).unwrap_or_default()
}

pub(super) async fn delete(
    sandbox: &SharedSandbox,
    request: &Request,
    target: &ObjectAddress,
) -> Result<Response, Fault> {
    let now = sandbox.clock.millis();
    let version = request.query("versionId");
    let deleted =
        sandbox.state.s3.update(|s3| Ok(s3.bucket_mut(&target.bucket)?.delete(&target.key, version, now))).await?;
    discard(sandbox, deleted.unused).await;
    let mut response = reply::empty(204);
    if let Some(version) = &deleted.version {
        set(&mut response, "x-amz-version-id", version);
    }
    if deleted.marker || deleted.was_marker {
        set(&mut response, "x-amz-delete-marker", "true");
    }
    Ok(response)
}

/// The keys of a deletion of many, by the action that each needs.
pub(super) fn deletions(body: &[u8]) -> Result<[(&'static str, Vec<String>); 2], Fault> {
    let request = xml::parse(body, "Delete")?;
    let of = |with_version: bool| {
        let objects = request.children("Object").filter(|object| object.get("VersionId").is_some() == with_version);
        objects.filter_map(|object| object.get("Key").map(str::to_owned)).collect::<Vec<_>>()
    };
    Ok([("DeleteObject", of(false)), ("DeleteObjectVersion", of(true))])
}

pub(super) async fn delete_many(sandbox: &SharedSandbox, bucket: &str, body: &[u8]) -> Result<Response, Fault> {
    let request = xml::parse(body, "Delete")?;
    let quiet = request.get("Quiet") == Some("true");
    let wanted: Vec<(String, Option<String>)> = request
        .children("Object")
        .map(|object| {
            Ok((object.get("Key").ok_or_else(malformed)?.to_owned(), object.get("VersionId").map(str::to_owned)))
        })
        .collect::<Result<_, Fault>>()?;
    if wanted.is_empty() || wanted.len() > 1000 {
        return Err(malformed());
    }
    let now = sandbox.clock.millis();
    let mut xml = Xml::default();
    let unused = sandbox
        .state
        .s3
        .update(|s3| {
            let bucket = s3.bucket_mut(bucket)?;
            let mut unused = Vec::new();
            for (key, version) in &wanted {
                let deleted = bucket.delete(key, version.as_deref(), now);
                if !quiet {
                    xml.element("Deleted", |xml| {
                        xml.text("Key", key);
                        if let Some(version) = version {
                            xml.text("VersionId", version);
                        }
                        if let Some(marker) = deleted.version.as_ref().filter(|_| deleted.marker) {
                            xml.text("DeleteMarker", "true").text("DeleteMarkerVersionId", marker);
                        }
                    });
                }
                unused.extend(deleted.unused);
            }
            Ok(unused)
        })
        .await?;
    discard(sandbox, unused).await;
    Ok(document("DeleteResult", &xml))
}

/// An object for another service of the sandbox.
#[derive(Clone, Debug)]
pub(crate) struct ObjectFile {
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoObject {
    Bucket,
    Object,
}

/// Finds an object for another service, on behalf of the account's user.
///
/// # Errors
/// What is missing.
pub(crate) fn find(
    sandbox: &SharedSandbox,
    bucket: &str,
    key: &str,
    version: Option<&str>,
) -> Result<ObjectFile, NoObject> {
    sandbox.state.s3.read(|s3| {
        let bucket = s3.bucket(bucket).map_err(|_| NoObject::Bucket)?;
        let content = match version {
            Some(id) => bucket.version(key, id).and_then(|version| version.content.as_ref()),
            None => bucket.current(key).map(|(_, content)| content),
        };
        let content = content.ok_or(NoObject::Object)?;
        Ok(ObjectFile { path: path(sandbox, &content.file), size: content.size })
    })
}
