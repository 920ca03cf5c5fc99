//! The OCI registry behind ECR: `/v2/…`, as `docker push`, skopeo and the image room speak it.
//!
//! Owns: the distribution API, the blobs on disk, and turning an image's address into its layers for the agents'
//! runner. Does not own: which repositories exist (`ecr`; a push never makes one).

mod blobs;
mod image;
mod manifests;
mod uploads;

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;

use super::caller::Caller;
use super::ecr::{self, RegistryPassword, USER, judge_password};
use super::permissions;
use super::reply::{self, Fault, Protocol, Response};
use super::request::Request;
use super::{Sandbox, SharedSandbox};

pub(crate) use blobs::parse_range;
pub(crate) use image::{ImageError, LayerBlob, ResolvedImage, resolve_image};
pub(crate) use uploads::Uploads;

/// Answers one request below `/v2`.
pub(crate) async fn handle(sandbox: &SharedSandbox, request: Request) -> Response {
    let id = request.id.clone();
    let mut response = match route(sandbox, request).await {
        Ok(response) => response,
        Err(fault) => reply::fault(&Protocol::Registry, fault, &id),
    };
    let version = http::HeaderValue::from_static("registry/2.0");
    response.headers_mut().insert("docker-distribution-api-version", version);
    response
}

async fn route(sandbox: &SharedSandbox, request: Request) -> Result<Response, Fault> {
    let caller = authorize(sandbox, &request)?;
    let method = request.method.clone();
    let path = request.segments[1..].to_vec();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    for (operation, name) in operations(&request, &path) {
        permissions::registry(sandbox, &caller, operation, &name)?;
    }
    // The name may have slashes and may itself contain words such as `blobs`, so the end of the path decides.
    match (&method, path.as_slice()) {
        (&Method::GET | &Method::HEAD, [] | [""]) => Ok(reply::json(200, &serde_json::json!({}))),
        (&Method::POST, [name @ .., "blobs", "uploads"] | [name @ .., "blobs", "uploads", ""]) => {
            uploads::start(sandbox, request, &repository(sandbox, name)?).await
        }
        (_, [name @ .., "blobs", "uploads", id]) => {
            uploads::proceed(sandbox, request, &repository(sandbox, name)?, id).await
        }
        (&Method::GET | &Method::HEAD, [name @ .., "blobs", digest]) => {
            blobs::get(sandbox, &request, &repository(sandbox, name)?, digest).await
        }
        (_, [name @ .., "manifests", reference]) => {
            manifests::handle(sandbox, request, &repository(sandbox, name)?, reference).await
        }
        (&Method::GET, [name @ .., "tags", "list"]) => manifests::tags(sandbox, &request, &repository(sandbox, name)?),
        _ => Err(Fault::new(
            405,
            "UNSUPPORTED",
            format!("the sandbox's registry has no `{method} {}`", request.raw_path),
        )),
    }
}

/// The operations of ECR that a request amounts to, each with the repository. A blob that comes with the request that completes
/// it is a part as well.
fn operations(request: &Request, path: &[&str]) -> Vec<(&'static str, String)> {
    let (names, operations): (&[&str], &[&'static str]) = match (request.method.as_str(), path) {
        ("POST", [name @ .., "blobs", "uploads"] | [name @ .., "blobs", "uploads", ""]) => {
            (name, &["InitiateLayerUpload"])
        }
        ("PUT", [name @ .., "blobs", "uploads", _]) if request.header("content-length") == Some("0") => {
            (name, &["CompleteLayerUpload"])
        }
        ("PUT", [name @ .., "blobs", "uploads", _]) => (name, &["UploadLayerPart", "CompleteLayerUpload"]),
        (_, [name @ .., "blobs", "uploads", _]) => (name, &["UploadLayerPart"]),
        ("HEAD", [name @ .., "blobs", _]) => (name, &["BatchCheckLayerAvailability"]),
        (_, [name @ .., "blobs", _]) => (name, &["GetDownloadUrlForLayer"]),
        ("GET" | "HEAD", [name @ .., "manifests", _]) => (name, &["BatchGetImage"]),
        ("DELETE", [name @ .., "manifests", _]) => (name, &["BatchDeleteImage"]),
        (_, [name @ .., "manifests", _]) => (name, &["PutImage"]),
        (_, [name @ .., "tags", "list"]) => (name, &["ListImages"]),
        _ => (&[], &[]),
    };
    operations.iter().map(|operation| (*operation, names.join("/"))).collect()
}

/// The repository's name, if there is such a repository.
fn repository(sandbox: &Sandbox, name: &[&str]) -> Result<String, Fault> {
    let name = name.join("/");
    if sandbox.state.ecr.read(|ecr| ecr.repositories.contains_key(&name)) {
        return Ok(name);
    }
    Err(Fault::new(404, "NAME_UNKNOWN", ecr::missing(&sandbox.info, &name)))
}

/// Basic authentication with the password of `GetAuthorizationToken`; whose it is.
fn authorize(sandbox: &Sandbox, request: &Request) -> Result<Caller, Fault> {
    let given = request
        .header("authorization")
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let password = given.as_deref().and_then(|pair| pair.split_once(':')).filter(|(user, _)| *user == USER);
    let password = password.map_or("", |(_, password)| password);
    match judge_password(&sandbox.info, password, sandbox.clock.unix()) {
        RegistryPassword::Good => Ok(ecr::password_session(&sandbox.info, password).map_or(Caller::User, Caller::Role)),
        RegistryPassword::Expired => {
            Err(Fault::new(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again."))
        }
        RegistryPassword::Wrong => Err(Fault::new(401, "UNAUTHORIZED", "authentication required")
            .header("www-authenticate", &format!("Basic realm=\"{}/\",service=\"ecr\"", sandbox.info.url))),
    }
}

/// Where a blob is kept. `None` for anything but a SHA-256 digest, so that the name cannot contain a path.
fn blob_path(sandbox: &Sandbox, digest: &str) -> Option<PathBuf> {
    let hex = digest.strip_prefix("sha256:")?;
    let valid = hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    valid.then(|| sandbox.data_dir().join("registry/blobs/sha256").join(hex))
}

/// The content of a small blob: a manifest or a config.
///
/// # Errors
/// An internal fault when it is recorded but not on disk.
pub(crate) async fn read_blob(sandbox: &Sandbox, digest: &str) -> Result<Vec<u8>, Fault> {
    let path = blob_path(sandbox, digest).ok_or_else(|| Fault::internal(format!("`{digest}` is no digest")))?;
    tokio::fs::read(&path)
        .await
        .map_err(|error| Fault::internal(format!("could not read `{}`: {error}", path.display())))
}

/// Removes those of `digests` from disk that no repository uses any more.
pub(crate) async fn collect(sandbox: &Sandbox, digests: Vec<String>) {
    // Links are locked while unused blobs are collected.
    let _alone = sandbox.uploads.linking.write().await;
    let unused: Vec<PathBuf> = sandbox.state.ecr.read(|ecr| {
        digests.iter().filter(|digest| !ecr.uses(digest)).filter_map(|digest| blob_path(sandbox, digest)).collect()
    });
    for path in unused {
        // A blob that stays behind costs disk space until `reset`, and nothing else.
        let _ = tokio::fs::remove_file(path).await;
    }
}

#[cfg(test)]
mod tests;
