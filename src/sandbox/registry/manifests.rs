//! Manifests and tags: pushing checks that everything a manifest names is there.

use aws_lc_rs::digest::{SHA256, digest as hash};
use axum::body::Body;
use http::{HeaderValue, Method};
use serde_json::{Value, json};

use super::uploads::set;
use super::{blob_path, collect, read_blob};
use crate::facts::MANIFEST_LIMIT;
use crate::sandbox::SharedSandbox;
use crate::sandbox::ecr::images::delete_reference;
use crate::sandbox::ecr::{ImageRecord, RepositoryRecord};
use crate::sandbox::reply::{self, Fault, Response};
use crate::sandbox::request::Request;

pub(super) async fn handle(
    sandbox: &SharedSandbox,
    request: Request,
    repository: &str,
    reference: &str,
) -> Result<Response, Fault> {
    match request.method {
        Method::GET | Method::HEAD => get(sandbox, &request, repository, reference).await,
        Method::PUT => put(sandbox, request, repository, reference).await,
        Method::DELETE => match delete_reference(sandbox, repository, reference).await? {
            true => Ok(reply::empty(202)),
            false => Err(unknown(reference)),
        },
        _ => Err(Fault::new(405, "UNSUPPORTED", format!("a manifest has no {}", request.method))),
    }
}

fn unknown(reference: &str) -> Fault {
    Fault::new(404, "MANIFEST_UNKNOWN", format!("Requested image not found: {reference}"))
}

async fn get(sandbox: &SharedSandbox, request: &Request, repository: &str, reference: &str) -> Result<Response, Fault> {
    let found = sandbox.state.ecr.read(|ecr| {
        let repository = ecr.repositories.get(repository)?;
        let digest = repository.resolve(reference)?;
        Some((digest.to_owned(), repository.images[digest].media_type.clone()))
    });
    let (digest, media_type) = found.ok_or_else(|| unknown(reference))?;
    let bytes = read_blob(sandbox, &digest).await?;
    let length = bytes.len();
    let body = if request.method == Method::HEAD { Body::empty() } else { Body::from(bytes) };
    let mut response = reply::with_body(200, &media_type, body);
    response.headers_mut().insert("content-length", HeaderValue::from(length));
    set(&mut response, "docker-content-digest", &digest);
    Ok(response)
}

async fn put(
    sandbox: &SharedSandbox,
    mut request: Request,
    repository: &str,
    reference: &str,
) -> Result<Response, Fault> {
    let bytes = request.bytes(MANIFEST_LIMIT).await.map_err(|fault| {
        let code = if fault.status == 413 { "MANIFEST_INVALID" } else { "UNKNOWN" };
        Fault::new(fault.status.as_u16(), code, fault.message)
    })?;
    let parsed = parse(&bytes, request.header("content-type"))?;
    let digest = format!("sha256:{}", hex::encode(hash(&SHA256, &bytes)));
    let is_digest = reference.contains(':');
    if is_digest && reference != digest {
        return Err(Fault::new(400, "DIGEST_INVALID", format!("the manifest is {digest}, not {reference}")));
    }
    if !is_digest && !is_tag(reference) {
        return Err(Fault::new(400, "TAG_INVALID", format!("`{reference}` is not a tag")));
    }
    let path = blob_path(sandbox, &digest).ok_or_else(|| Fault::internal("a digest of our own is not one"))?;
    let linking = sandbox.uploads.linking.read().await;
    // Written before it is recorded: a record without its bytes would be worse than bytes without a record.
    let staged = bytes.clone();
    tokio::task::spawn_blocking(move || crate::fsx::write_atomic(&path, &staged))
        .await
        .map_err(|error| Fault::internal(error.to_string()))??;
    let image = ImageRecord {
        media_type: parsed.media_type,
        artifact_type: parsed.artifact_type,
        size: parsed.size,
        pushed: sandbox.clock.epoch(),
        blobs: parsed.blobs,
        children: parsed.children,
    };
    let recorded = sandbox
        .state
        .ecr
        .update(|ecr| {
            let found = ecr.repositories.get_mut(repository).ok_or_else(|| {
                Fault::new(404, "NAME_UNKNOWN", crate::sandbox::ecr::missing(&sandbox.info, repository))
            })?;
            record(found, repository, &digest, image, (!is_digest).then_some(reference))
        })
        .await;
    drop(linking);
    if let Err(fault) = recorded {
        collect(sandbox, vec![digest]).await;
        return Err(fault);
    }
    let mut response = reply::empty(201);
    set(&mut response, "location", &format!("/v2/{repository}/manifests/{digest}"));
    set(&mut response, "docker-content-digest", &digest);
    Ok(response)
}

fn record(
    repository: &mut RepositoryRecord,
    name: &str,
    digest: &str,
    image: ImageRecord,
    tag: Option<&str>,
) -> Result<(), Fault> {
    if let Some(blob) = image.blobs.iter().find(|blob| !repository.blobs.contains(*blob)) {
        let text = format!("the manifest names the blob {blob}, which was not pushed to this repository");
        return Err(Fault::new(400, "MANIFEST_BLOB_UNKNOWN", text).field("digest", blob.as_str()));
    }
    if let Some(child) = image.children.iter().find(|child| !repository.images.contains_key(*child)) {
        let text = format!("the index names the manifest {child}, which was not pushed to this repository");
        return Err(Fault::new(400, "MANIFEST_BLOB_UNKNOWN", text).field("digest", child.as_str()));
    }
    if let Some(tag) = tag {
        if repository.image_tags.contains_key(tag) && repository.is_immutable(tag) {
            let text = format!(
                "The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten because the \
                 repository is immutable."
            );
            return Err(Fault::new(400, "TAG_INVALID", text));
        }
        repository.image_tags.insert(tag.to_owned(), digest.to_owned());
    }
    // Pushing the same manifest again keeps the time of the first push.
    repository.images.entry(digest.to_owned()).or_insert(image);
    Ok(())
}

fn is_tag(text: &str) -> bool {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=300).contains(&text.len()) && text.bytes().all(valid) && !text.starts_with(['.', '-'])
}

struct Parsed {
    media_type: String,
    artifact_type: Option<String>,
    size: u64,
    blobs: Vec<String>,
    children: Vec<String>,
}

const MEDIA_TYPES: [&str; 4] = [
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
];

fn parse(bytes: &[u8], content_type: Option<&str>) -> Result<Parsed, Fault> {
    let invalid = |text: String| Fault::new(400, "MANIFEST_INVALID", text);
    let manifest: Value =
        serde_json::from_slice(bytes).map_err(|error| invalid(format!("the manifest is no JSON: {error}")))?;
    let stated = manifest["mediaType"].as_str();
    let sent = content_type.and_then(|value| value.split(';').next()).map(str::trim);
    let media_type = match (sent, stated) {
        (Some(sent), Some(stated)) if sent != stated => {
            return Err(invalid(format!("sent as {sent}, but the manifest says {stated}")));
        }
        (Some(media_type), _) | (None, Some(media_type)) => media_type,
        (None, None) => return Err(invalid("the manifest's media type is missing".to_owned())),
    };
    if manifest["schemaVersion"] != 2 || !MEDIA_TYPES.contains(&media_type) {
        return Err(invalid(format!("{media_type} (schema {}) is not supported", manifest["schemaVersion"])));
    }
    let mut parsed = Parsed {
        media_type: media_type.to_owned(),
        artifact_type: manifest["artifactType"]
            .as_str()
            .or(manifest["config"]["mediaType"].as_str())
            .map(str::to_owned),
        size: 0,
        blobs: Vec::new(),
        children: Vec::new(),
    };
    let descriptor = |value: &Value| match (value["digest"].as_str(), value["size"].as_u64()) {
        (Some(digest), Some(size)) => Ok((digest.to_owned(), size)),
        _ => Err(invalid("a descriptor lacks its digest or size".to_owned())),
    };
    if media_type == MEDIA_TYPES[1] || media_type == MEDIA_TYPES[3] {
        for child in manifest["manifests"].as_array().ok_or_else(|| invalid("an index without manifests".to_owned()))? {
            parsed.children.push(descriptor(child)?.0);
        }
        return Ok(parsed);
    }
    let layers = manifest["layers"].as_array().ok_or_else(|| invalid("a manifest without layers".to_owned()))?;
    // Foreign layers are fetched from elsewhere and never pushed.
    let pushed = layers.iter().filter(|layer| layer.get("urls").is_none());
    for part in std::iter::once(&manifest["config"]).chain(pushed) {
        let (digest, size) = descriptor(part)?;
        parsed.size =
            parsed.size.checked_add(size).ok_or_else(|| invalid("the sizes add up to too much".to_owned()))?;
        parsed.blobs.push(digest);
    }
    Ok(parsed)
}

/// GET of the tag list, in pages when `n` is given.
pub(super) fn tags(sandbox: &SharedSandbox, request: &Request, repository: &str) -> Result<Response, Fault> {
    let limit = match request.query("n").map(str::parse::<usize>) {
        None => usize::MAX,
        Some(Ok(limit)) => limit,
        Some(Err(_)) => return Err(Fault::new(400, "PAGINATION_NUMBER_INVALID", "`n` is not a number")),
    };
    let last = request.query("last").unwrap_or_default();
    let (tags, more) = sandbox.state.ecr.read(|ecr| {
        let mut rest = ecr
            .repositories
            .get(repository)
            .into_iter()
            .flat_map(|it| it.image_tags.keys())
            .filter(|tag| tag.as_str() > last);
        let tags: Vec<String> = rest.by_ref().take(limit).cloned().collect();
        (tags, rest.next().is_some())
    });
    let mut response = reply::json(200, &json!({"name": repository, "tags": tags}));
    if more && let Some(last) = tags.last() {
        set(&mut response, "link", &format!("</v2/{repository}/tags/list?n={limit}&last={last}>; rel=\"next\""));
    }
    Ok(response)
}
