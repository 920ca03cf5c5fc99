//! S3: buckets and objects, as clients of the real one use them for build sources and code archives.
//!
//! Owns: the protocol's forms (REST with XML), which operation a request is. `buckets` and `objects` answer, `multipart`
//! puts an object together from parts, `copy` makes one of another, `body` receives, `model` remembers. An operation that is not listed is refused
//! with 501 instead of being ignored.
//!
//! Objects are files of the data directory; what is known of them is one JSON file, as for the other services.

mod body;
mod buckets;
mod checksum;
mod copy;
mod listing;
mod model;
mod multipart;
mod objects;
mod xml;

use std::path::PathBuf;

use http::{HeaderName, HeaderValue, Method};

use super::SharedSandbox;
use super::permissions;
use super::reply::{self, Fault, Response, Xml};
use super::request::{API_BODY_LIMIT, Request, decode};
use super::sigv4::SignatureError;
use crate::error::{Context, Result};
use crate::fsx;
use crate::partition::Partition;

pub(crate) use model::S3;
pub(crate) use objects::{NoObject, find};

const NAMESPACE_PATH: &str = "/doc/2006-03-01/";
const SERVICE: &str = "s3";

/// The folder of objects and of incoming bodies.
fn files(sandbox: &SharedSandbox) -> PathBuf {
    sandbox.data_dir().join("s3")
}

/// Sets up the folders. Incoming bodies of an earlier run are deleted.
///
/// # Errors
/// When the disk refuses.
pub(crate) fn open(data: &std::path::Path) -> Result<()> {
    let incoming = data.join("s3/incoming");
    if incoming.exists() {
        std::fs::remove_dir_all(&incoming).with_context(|| format!("could not empty `{}`", incoming.display()))?;
    }
    fsx::create_private_dir(&incoming)?;
    fsx::create_private_dir(&data.join("s3/objects"))
}

/// Whether a request is for S3. Paths do not tell: a bucket may have any name.
pub(crate) fn is_for(request: &Request) -> bool {
    let service = |credential: &str| credential.split('/').nth(3) == Some(SERVICE);
    let header = request.header("authorization").and_then(|header| header.split_once("Credential="));
    let in_header = header.is_some_and(|(_, rest)| service(rest.split([',', ' ']).next().unwrap_or_default()));
    in_header || request.query("X-Amz-Credential").is_some_and(service)
}

/// The bucket and the object that a request names. Both are empty for the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ObjectAddress {
    bucket: String,
    key: String,
}

impl ObjectAddress {
    /// From the path, or from the host's first label where the host says so (`bucket.localhost`,
    /// `bucket.s3.region.…`).
    fn from_request(request: &Request, region: &str) -> Self {
        let path = request.raw_path.strip_prefix('/').unwrap_or(&request.raw_path);
        let host = request.header("host").unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let partition = Partition::of_region(region);
        let suffixes = [format!(".{}", partition.host(SERVICE, region)), ".localhost".to_owned()];
        if let Some(bucket) = suffixes.iter().find_map(|suffix| host.strip_suffix(suffix.as_str())) {
            return Self { bucket: bucket.to_owned(), key: decode(path) };
        }
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        Self { bucket: decode(bucket), key: decode(key) }
    }
}

pub(crate) async fn handle(sandbox: &SharedSandbox, mut request: Request) -> Response {
    let target = ObjectAddress::from_request(&request, &sandbox.info.region);
    let head = request.method == Method::HEAD;
    let answer = async {
        let payload = authenticate(sandbox, &request)?;
        check_owner(sandbox, &request)?;
        operation(sandbox, &mut request, &target, payload).await
    };
    let mut response = match answer.await {
        Ok(response) => response,
        Err(fault) => {
            request.discard_body().await;
            failure(fault, &target, &request.id, head)
        }
    };
    set(&mut response, "x-amz-request-id", &request.id);
    response
}

/// The body hash that a request states. The signature covers it; whether it is true shows when the body was read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PayloadHash {
    Unsigned,
    /// Lower-case hex.
    Sha256(String),
    /// In chunks with sums after them, signed or not.
    Chunked {
        signed: bool,
    },
}

fn authenticate(sandbox: &SharedSandbox, request: &Request) -> Result<PayloadHash, Fault> {
    let stated = request.header("x-amz-content-sha256").unwrap_or("UNSIGNED-PAYLOAD").to_owned();
    let payload = match stated.as_str() {
        "UNSIGNED-PAYLOAD" => PayloadHash::Unsigned,
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => PayloadHash::Chunked { signed: false },
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" | "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => {
            PayloadHash::Chunked { signed: true }
        }
        hash if hash.len() == 64 => PayloadHash::Sha256(hash.to_ascii_lowercase()),
        _ => {
            return Err(Fault::new(
                400,
                "InvalidArgument",
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a valid sha256 value, or one of the STREAMING- values",
            ));
        }
    };
    super::router::authenticate(sandbox, request, &stated, SERVICE).map_err(refusal)?;
    Ok(payload)
}

/// S3's own codes and messages for signature errors.
fn refusal(refusal: SignatureError) -> Fault {
    match refusal {
        SignatureError::Missing => Fault::new(403, "AccessDenied", "Access Denied"),
        SignatureError::Incomplete(text) => Fault::new(400, "AuthorizationHeaderMalformed", text),
        SignatureError::UnknownKey => {
            Fault::new(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
        }
        SignatureError::ExpiredToken => Fault::new(400, "ExpiredToken", "The provided token has expired."),
        SignatureError::Region { asked, own } => {
            let text = format!(
                "The authorization header is malformed; the region '{asked}' is wrong; expecting '{own}'. {}",
                SignatureError::other_region(&asked, &own)
            );
            Fault::new(400, "AuthorizationHeaderMalformed", text)
        }
        SignatureError::Mismatch(text) => Fault::new(403, "SignatureDoesNotMatch", text),
        SignatureError::Expired(text) => Fault::new(403, "RequestTimeTooSkewed", text),
    }
}

fn check_owner(sandbox: &SharedSandbox, request: &Request) -> Result<(), Fault> {
    let other = |owner: &str| owner != sandbox.info.account;
    if ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]
        .iter()
        .any(|name| request.header(name).is_some_and(other))
    {
        return Err(Fault::new(403, "AccessDenied", "Access Denied"));
    }
    Ok(())
}

/// The parameters that choose an operation; the rest belongs to one.
const SUBRESOURCES: &[&str] = &[
    "accelerate",
    "acl",
    "analytics",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "inventory",
    "intelligent-tiering",
    "legal-hold",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "session",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
    "website",
];

/// The parameters that belong to an operation that is here. Any other may name an operation that is not: ignored, it would
/// turn the deletion of a bucket's setting into the deletion of the bucket.
const PARAMETERS: &[&str] = &[
    "bucket-region",
    "continuation-token",
    "delimiter",
    "encoding-type",
    "fetch-owner",
    "key-marker",
    "list-type",
    "marker",
    "max-buckets",
    "max-keys",
    "max-parts",
    "max-uploads",
    "part-number-marker",
    "prefix",
    "start-after",
    "upload-id-marker",
    "version-id-marker",
    "versionId",
];

/// # Errors
/// `NotImplemented` for a parameter that nobody here knows. Those of signatures and of logging (`x-…`) mean nothing.
fn check_parameters(request: &Request) -> Result<(), Fault> {
    let is_known = |name: &str| {
        let own = name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("x-")) || name.starts_with("response-");
        own || PARAMETERS.contains(&name) || SUBRESOURCES.contains(&name)
    };
    match request.query.iter().find(|(name, _)| !is_known(name)) {
        Some(_) => Err(unknown(request)),
        None => Ok(()),
    }
}

async fn operation(
    sandbox: &SharedSandbox,
    request: &mut Request,
    target: &ObjectAddress,
    payload: PayloadHash,
) -> Result<Response, Fault> {
    check_parameters(request)?;
    let method = request.method.clone();
    let mut wanted: Vec<&str> =
        SUBRESOURCES.iter().copied().filter(|name| request.query.iter().any(|(key, _)| key == name)).collect();
    wanted.sort_unstable();
    if let Some((operation, keys)) = permission(&method, &wanted, target) {
        // A version that is named is another action.
        let operation = match operation {
            "GetObject" if request.query("versionId").is_some() => "GetObjectVersion",
            "DeleteObject" if request.query("versionId").is_some() => "DeleteObjectVersion",
            other => other,
        };
        permissions::s3(sandbox, request, operation, (&target.bucket, &keys))?;
    }
    if target.bucket.is_empty() {
        return match (method.as_str(), wanted.as_slice()) {
            ("GET", []) => Ok(buckets::list(sandbox)),
            _ => Err(unknown(request)),
        };
    }
    if target.key.is_empty() {
        let body = match method.as_str() {
            "PUT" | "POST" => body::document(sandbox, request, &payload, API_BODY_LIMIT).await?,
            _ => Vec::new(),
        };
        return match (method.as_str(), wanted.as_slice()) {
            ("GET", ["uploads"]) => multipart::list_uploads(sandbox, request, &target.bucket),
            ("GET", ["versions"]) => listing::versions(sandbox, request, &target.bucket),
            ("GET", []) => listing::objects(sandbox, request, &target.bucket),
            ("POST", ["delete"]) => {
                for (operation, keys) in objects::deletions(&body)?.into_iter().filter(|(_, keys)| !keys.is_empty()) {
                    permissions::s3(sandbox, request, operation, (&target.bucket, &keys))?;
                }
                objects::delete_many(sandbox, &target.bucket, &body).await
            }
            (method, wanted) => match buckets::call(sandbox, (method, wanted), &target.bucket, &body).await? {
                Some(response) => Ok(response),
                None => Err(unknown(request)),
            },
        };
    }
    objects::check_headers(request)?;
    if request.headers.contains_key(copy::SOURCE) {
        return match (method.as_str(), wanted.as_slice()) {
            ("PUT", []) => copy::object(sandbox, request, target).await,
            ("PUT", ["partNumber", "uploadId"]) => copy::part(sandbox, request, target).await,
            _ => Err(not_implemented(&format!("the header `{}` of this operation", copy::SOURCE))),
        };
    }
    match (method.as_str(), wanted.as_slice()) {
        ("PUT", []) => objects::put(sandbox, request, target, payload).await,
        ("GET" | "HEAD", []) => objects::get(sandbox, request, target).await,
        ("DELETE", []) => objects::delete(sandbox, request, target).await,
        ("POST", ["uploads"]) => multipart::create(sandbox, request, target).await,
        ("PUT", ["partNumber", "uploadId"]) => multipart::put(sandbox, request, target, payload).await,
        ("GET", ["uploadId"]) => multipart::list_parts(sandbox, request, target),
        ("DELETE", ["uploadId"]) => multipart::abort(sandbox, request, target).await,
        ("POST", ["uploadId"]) => multipart::complete(sandbox, request, target, payload).await,
        _ => Err(unknown(request)),
    }
}

/// The operation as IAM names it, with the key of the object that it is about. `None` for one whose keys are in its body.
fn permission(method: &Method, wanted: &[&str], target: &ObjectAddress) -> Option<(&'static str, Vec<String>)> {
    let is_bucket = target.key.is_empty();
    let operation = match (method.as_str(), wanted) {
        _ if target.bucket.is_empty() => "ListAllMyBuckets",
        ("POST", ["delete"]) if is_bucket => return None,
        ("PUT", []) if is_bucket => "CreateBucket",
        ("DELETE", []) if is_bucket => "DeleteBucket",
        ("HEAD", []) if is_bucket => "HeadBucket",
        ("GET", []) if is_bucket => "ListObjectsV2",
        ("GET", ["versions"]) if is_bucket => "ListObjectVersions",
        ("GET", ["uploads"]) if is_bucket => "ListMultipartUploads",
        ("GET", ["tagging"]) if is_bucket => "GetBucketTagging",
        ("PUT" | "DELETE", ["tagging"]) if is_bucket => "PutBucketTagging",
        ("PUT" | "DELETE", ["lifecycle"]) if is_bucket => "PutBucketLifecycleConfiguration",
        ("PUT" | "DELETE", ["publicAccessBlock"]) if is_bucket => "PutPublicAccessBlock",
        // What is not in the table is allowed by a policy for all resources alone.
        _ if is_bucket => "OtherBucketOperation",
        ("GET" | "HEAD", []) => "GetObject",
        ("DELETE", []) => "DeleteObject",
        ("DELETE", ["uploadId"]) => "AbortMultipartUpload",
        ("GET", ["uploadId"]) => "ListParts",
        ("PUT" | "POST", _) => "PutObject",
        _ => "OtherObjectOperation",
    };
    let keys = if is_bucket { Vec::new() } else { vec![target.key.clone()] };
    Some((operation, keys))
}

fn unknown(request: &Request) -> Fault {
    let query = if request.raw_query.is_empty() { String::new() } else { format!("?{}", request.raw_query) };
    not_implemented(&format!("`{} {}{query}`", request.method, request.raw_path))
}

fn not_implemented(what: &str) -> Fault {
    Fault::new(501, "NotImplemented", format!("the sandbox's S3 does not implement {what}"))
}

fn failure(fault: Fault, target: &ObjectAddress, request_id: &str, head: bool) -> Response {
    let status = fault.status.as_u16();
    let mut response = if head || status == 304 {
        reply::empty(status)
    } else {
        let mut error = Xml::default();
        error.text("Code", &fault.code).text("Message", &fault.message);
        error.text("Resource", &format!("/{}/{}", target.bucket, target.key)).text("RequestId", request_id);
        let body = format!("{}<Error>{}</Error>", xml::DECLARATION, error.0);
        reply::with_body(status, "application/xml", body)
    };
    response.headers_mut().extend(*fault.headers);
    response
}

/// A success: `inner` inside the root element.
fn document(root: &str, inner: &Xml) -> Response {
    let namespace = format!("http://s3.{}{NAMESPACE_PATH}", Partition::of_region("us-east-1").dns_suffix);
    let body = format!("{}<{root} xmlns=\"{namespace}\">{}</{root}>", xml::DECLARATION, inner.0);
    reply::with_body(200, "application/xml", body)
}

fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

fn set_named(response: &mut Response, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests;
