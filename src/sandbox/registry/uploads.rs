//! Writing blobs: an upload is opened, filled in one or several requests, and closed with its digest.
//!
//! Bytes go to disk as they arrive and are hashed on the way, so memory does not grow with the size of a layer. The file is
//! open only while a request writes to it: clients leave uploads behind. Uploads end with the process; a client then
//! starts over.
//!
//! ECR differs from the specification here, and so does the sandbox, or what works here would fail there: a PATCH is
//! answered with 201, and `Range` stays where the first PATCH ended, although later ones are stored
//! (aws/containers-roadmap#2831). What ECR does with a PATCH that was cut is not known; here the upload is gone, so that
//! nobody relies on it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{Context, SHA256};
use futures_util::StreamExt;
use http::{HeaderValue, Method};
use tokio::io::{AsyncWriteExt, BufWriter};

use super::{blob_path, collect};
use crate::error::{self, Context as _};
use crate::fsx;
use crate::sandbox::reply::{self, Fault, Response};
use crate::sandbox::request::Request;
use crate::sandbox::{SharedSandbox, random};

const BUFFER: usize = 512 << 10;

/// The uploads under way.
pub(crate) struct Uploads {
    dir: PathBuf,
    open: Mutex<HashMap<String, Arc<tokio::sync::Mutex<UploadSession>>>>,
    /// Read-locked while a blob is put in place and linked, write-locked while unused blobs are removed.
    pub(super) linking: tokio::sync::RwLock<()>,
}

struct UploadSession {
    repository: String,
    /// Removed with the value unless it became a blob.
    path: tempfile::TempPath,
    length: u64,
    /// What its `Range` says.
    shown: u64,
    /// False while a body is taken in, and for good when that body was cut.
    whole: bool,
    hash: Context,
}

impl Uploads {
    /// Prepares the directories and forgets what an earlier run left half-way.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn open(dir: &Path) -> error::Result<Self> {
        let uploads = dir.join("registry/uploads");
        if uploads.exists() {
            std::fs::remove_dir_all(&uploads).with_context(|| format!("could not empty `{}`", uploads.display()))?;
        }
        fsx::create_private_dir(&uploads)?;
        fsx::create_private_dir(&dir.join("registry/blobs/sha256"))?;
        Ok(Self { dir: uploads, open: Mutex::new(HashMap::new()), linking: tokio::sync::RwLock::new(()) })
    }

    fn begin(&self, repository: &str) -> Result<(String, UploadSession), Fault> {
        let id = random::uuid();
        let path = self.dir.join(&id);
        std::fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
        let upload = UploadSession {
            repository: repository.to_owned(),
            path: tempfile::TempPath::try_from_path(path)?,
            length: 0,
            shown: 0,
            whole: true,
            hash: Context::new(&SHA256),
        };
        Ok((id, upload))
    }

    fn keep(&self, id: &str, upload: UploadSession) {
        let upload = Arc::new(tokio::sync::Mutex::new(upload));
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), upload);
    }

    fn find(&self, id: &str) -> Result<Arc<tokio::sync::Mutex<UploadSession>>, Fault> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned().ok_or_else(|| unknown(id))
    }

    fn forget(&self, id: &str) -> bool {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(id).is_some()
    }
}

fn unknown(id: &str) -> Fault {
    Fault::new(404, "BLOB_UPLOAD_UNKNOWN", format!("blob upload unknown to registry: {id}"))
}

/// POST: mounts a blob of another repository, takes a whole blob at once, or opens an upload.
pub(super) async fn start(sandbox: &SharedSandbox, mut request: Request, repository: &str) -> Result<Response, Fault> {
    if let (Some(digest), Some(from)) = (request.query("mount"), request.query("from"))
        && mount(sandbox, digest, from, repository).await?
    {
        return Ok(created(repository, digest));
    }
    let (id, mut upload) = sandbox.uploads.begin(repository)?;
    if let Some(digest) = request.query("digest").map(str::to_owned) {
        upload.append(&mut request).await?;
        upload.finish(sandbox, &digest).await?;
        return Ok(created(repository, &digest));
    }
    let response = progress(202, repository, &id, 0);
    sandbox.uploads.keep(&id, upload);
    Ok(response)
}

/// GET, PATCH, PUT and DELETE of an open upload.
pub(super) async fn proceed(
    sandbox: &SharedSandbox,
    mut request: Request,
    repository: &str,
    id: &str,
) -> Result<Response, Fault> {
    let shared = sandbox.uploads.find(id)?;
    // Two writers at once would mix their bytes: the second is refused, not queued.
    let mut upload = shared.try_lock().map_err(|_| {
        Fault::new(409, "BLOB_UPLOAD_INVALID", format!("the upload {id} is being written by another request"))
    })?;
    if upload.repository != repository {
        return Err(unknown(id));
    }
    if !upload.whole {
        sandbox.uploads.forget(id);
        return Err(unknown(id));
    }
    match request.method {
        Method::GET => Ok(progress(204, repository, id, upload.shown)),
        Method::PATCH => {
            check_start(&request, &upload, repository, id)?;
            let first = upload.length == 0;
            upload.append(&mut request).await?;
            if first {
                upload.shown = upload.length;
            }
            Ok(progress(201, repository, id, upload.shown))
        }
        Method::PUT => {
            let digest = request
                .query("digest")
                .map(str::to_owned)
                .ok_or_else(|| Fault::new(400, "DIGEST_INVALID", "the query parameter `digest` is missing"))?;
            check_start(&request, &upload, repository, id)?;
            upload.append(&mut request).await?;
            let finished = upload.finish(sandbox, &digest).await;
            sandbox.uploads.forget(id);
            finished.map(|()| created(repository, &digest))
        }
        Method::DELETE => {
            sandbox.uploads.forget(id);
            Ok(reply::empty(204))
        }
        _ => Err(Fault::new(405, "UNSUPPORTED", format!("an upload has no {}", request.method))),
    }
}

/// A chunk must begin where the last one ended.
fn check_start(request: &Request, upload: &UploadSession, repository: &str, id: &str) -> Result<(), Fault> {
    let Some(text) = request.header("content-range") else { return Ok(()) };
    let start = text.trim_start_matches("bytes ").split('-').next().and_then(|start| start.trim().parse::<u64>().ok());
    if start == Some(upload.length) {
        return Ok(());
    }
    let text = format!("the chunk `{text}` does not begin at byte {}", upload.length);
    Err(Fault::new(416, "BLOB_UPLOAD_INVALID", text)
        .header("location", &location(repository, id))
        .header("range", &range(upload.shown)))
}

impl UploadSession {
    /// Writes the request's body to the end.
    async fn append(&mut self, request: &mut Request) -> Result<(), Fault> {
        self.whole = false;
        let file = tokio::fs::OpenOptions::new().append(true).open(&self.path).await?;
        let mut file = BufWriter::with_capacity(BUFFER, file);
        let mut stream = request.stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk
                .map_err(|error| Fault::new(400, "BLOB_UPLOAD_INVALID", format!("the body ended early: {error}")))?;
            file.write_all(&chunk).await?;
            self.hash.update(&chunk);
            self.length += chunk.len() as u64;
        }
        file.flush().await?;
        self.whole = true;
        Ok(())
    }

    /// Checks the digest, puts the file among the blobs and links it to the repository.
    async fn finish(&mut self, sandbox: &SharedSandbox, digest: &str) -> Result<(), Fault> {
        let invalid = |text: String| Fault::new(400, "DIGEST_INVALID", text).field("digest", digest);
        let target = blob_path(sandbox, digest)
            .ok_or_else(|| invalid(format!("the sandbox's registry knows SHA-256 digests only, not `{digest}`")))?;
        let actual = format!("sha256:{}", hex::encode(self.hash.clone().finish()));
        if actual != digest {
            return Err(invalid(format!("the content is {actual}, not {digest}")));
        }
        let linking = sandbox.uploads.linking.read().await;
        tokio::fs::rename(&self.path, &target).await?;
        let linked = link(sandbox, &self.repository, digest).await;
        drop(linking);
        if linked.is_err() {
            collect(sandbox, vec![digest.to_owned()]).await;
        }
        linked
    }
}

async fn link(sandbox: &SharedSandbox, repository: &str, digest: &str) -> Result<(), Fault> {
    sandbox
        .state
        .ecr
        .update(|ecr| {
            // It may have been deleted while the blob came in.
            let found = ecr.repositories.get_mut(repository).ok_or_else(|| {
                Fault::new(404, "NAME_UNKNOWN", crate::sandbox::ecr::missing(&sandbox.info, repository))
            })?;
            found.blobs.insert(digest.to_owned());
            Ok(())
        })
        .await
}

/// Links a blob that another repository has. `false`: it has not, so the client must upload.
async fn mount(sandbox: &SharedSandbox, digest: &str, from: &str, repository: &str) -> Result<bool, Fault> {
    let _linking = sandbox.uploads.linking.read().await;
    let there = sandbox.state.ecr.read(|ecr| ecr.repositories.get(from).is_some_and(|it| it.blobs.contains(digest)));
    if there {
        link(sandbox, repository, digest).await?;
    }
    Ok(there)
}

fn created(repository: &str, digest: &str) -> Response {
    let mut response = reply::empty(201);
    set(&mut response, "location", &format!("/v2/{repository}/blobs/{digest}"));
    set(&mut response, "docker-content-digest", digest);
    response
}

fn progress(status: u16, repository: &str, id: &str, length: u64) -> Response {
    let mut response = reply::empty(status);
    set(&mut response, "location", &location(repository, id));
    set(&mut response, "range", &range(length));
    set(&mut response, "docker-upload-uuid", id);
    response
}

fn location(repository: &str, id: &str) -> String {
    format!("/v2/{repository}/blobs/uploads/{id}")
}

/// The form has no way to say "nothing yet"; `0-0` is what other registries send.
fn range(length: u64) -> String {
    format!("0-{}", length.saturating_sub(1))
}

pub(super) fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
