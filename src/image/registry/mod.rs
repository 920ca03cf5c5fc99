//! A client for registries: the pull and push halves of the OCI distribution protocol.
//!
//! Owns: the order of requests, retries, verification of digests, redirects. `auth` owns how to prove who asks, `blob`
//! and `upload` the moving of large content in either direction, `memory` what the next run needs to know, `failure`
//! what a refusal means. Does not own: what an image consists of, or how credentials are obtained (they arrive as
//! values).

mod auth;
mod blob;
#[cfg(test)]
mod cut_tests;
mod failure;
mod memory;
#[cfg(test)]
pub(in crate::image) mod testing;
#[cfg(test)]
mod tests;
mod upload;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use reqwest::Response;
use tokio::sync::Semaphore;
use url::Url;

use crate::cache::Cache;
use crate::deadline::Waiting;
use crate::error::{Context, Error, Kind, Result};
use crate::facts::MANIFEST_LIMIT;
use crate::http::{ATTEMPTS, FIRST_BYTE, Http, OpenedHost, retry_after};
use crate::redact::SecretString;

use super::manifest;
use crate::digest::Digest;

pub(crate) use blob::BlobSource;
pub(crate) use upload::{BlobPush, BlobUpload, UploadProgress};

use failure::AttemptFailure;
pub(crate) use memory::RegistryMemory;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Attempts for a blob, each of which goes on where the last one was cut.
const UPLOAD_ATTEMPTS: u32 = 5;
/// Large blobs on their way at the same time.
const BODIES: usize = 4;
/// How long a small body may take as a whole.
const SMALL_BODY: Duration = Duration::from_secs(60);
/// What a registry checks in a second, at least, when it takes in what was uploaded.
const DIGESTED: u64 = 16 << 20;
const REDIRECTS: u32 = 5;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Credentials {
    Anonymous,
    Basic { username: String, password: SecretString },
}

/// One registry, with what it has granted so far. Share it between tasks: tokens are fetched once per scope.
#[derive(Debug)]
pub(crate) struct Registry {
    http: Arc<Http>,
    /// Where connections were opened before this registry was known: most likely its own host.
    opened: Option<OpenedHost>,
    base: String,
    session: auth::AuthSession,
    memory: Option<RegistryMemory>,
    first_pause: Duration,
    /// One permit for each large blob that may be on its way; questions and small ones need none.
    bodies: Semaphore,
}

/// A manifest or index as the registry stores it.
#[derive(Clone, Debug)]
pub(crate) struct FetchedManifest {
    pub(crate) bytes: Bytes,
    pub(crate) media_type: Option<String>,
    pub(crate) digest: Digest,
}

/// What a request may touch, in the words of the token protocol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct RepositoryScope(String);

impl RepositoryScope {
    fn pull(repository: &str) -> Self {
        Self(format!("repository:{repository}:pull"))
    }

    fn push(repository: &str) -> Self {
        Self(format!("repository:{repository}:pull,push"))
    }

    fn and_pull(self, repository: &str) -> Self {
        Self(format!("{} {}", self.0, Self::pull(repository).0))
    }
}

/// A request without a large body. `action` completes "could not …".
struct RegistryCall<'a> {
    method: Method,
    url: Url,
    scope: &'a RepositoryScope,
    headers: HeaderMap,
    body: Bytes,
    action: &'a str,
    /// How long the answer may take to begin.
    patience: Duration,
}

impl<'a> RegistryCall<'a> {
    fn new(method: Method, url: Url, scope: &'a RepositoryScope, action: &'a str) -> Self {
        Self { method, url, scope, headers: HeaderMap::new(), body: Bytes::new(), action, patience: FIRST_BYTE }
    }

    fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }
}

impl Registry {
    /// `base_url` is scheme and host, without `/v2/`; [`super::reference::base_url`] makes it from a name.
    pub(crate) fn new(http: Arc<Http>, base_url: &str, credentials: Credentials) -> Self {
        Self {
            http,
            opened: None,
            base: base_url.trim_end_matches('/').to_owned(),
            session: auth::AuthSession::new(credentials),
            memory: None,
            first_pause: FIRST_PAUSE,
            bodies: Semaphore::new(BODIES),
        }
    }

    /// The same, for credentials that the registry issued itself and takes as they are, as ECR does: they go with the
    /// first request, which saves the round trip of a challenge. One that comes anyway is answered as any other.
    pub(crate) fn presenting_credentials(mut self) -> Self {
        self.session.present();
        self
    }

    /// The same, over connections that are open already, should they be to this registry.
    pub(crate) fn through(mut self, opened: Option<OpenedHost>) -> Self {
        self.opened = opened;
        self
    }

    /// The same, with a memory of earlier runs: which repository got a layer, and which uploads were cut.
    pub(crate) fn remembering(mut self, cache: &Cache) -> Self {
        self.memory = Some(RegistryMemory::new(cache, self.host()));
        self
    }

    /// A repository that got this blob in an earlier run. It may have lost it since.
    pub(crate) fn known_to_have(&self, digest: &Digest) -> Option<String> {
        self.memory.as_ref()?.repository_of(digest)
    }

    /// Notes for later runs that `repository` has these blobs.
    pub(crate) fn learn(&self, repository: &str, blobs: &[Digest]) {
        if let Some(memory) = &self.memory {
            memory.learn(repository, blobs);
        }
    }

    /// Host and port, as in references.
    pub(crate) fn host(&self) -> &str {
        self.base.split_once("://").map_or(self.base.as_str(), |(_, host)| host)
    }

    /// Whether the repository has this blob.
    #[cfg(test)]
    pub(crate) async fn has_blob(&self, repository: &str, digest: &Digest) -> Result<bool> {
        let scope = RepositoryScope::pull(repository);
        self.retry(|| self.blob_exists(repository, digest, &scope)).await
    }

    async fn blob_exists(
        &self,
        repository: &str,
        digest: &Digest,
        scope: &RepositoryScope,
    ) -> Result<bool, AttemptFailure> {
        let action = format!("look for `{digest}` in `{repository}`");
        let url = self.url(&format!("{repository}/blobs/{digest}"))?;
        let response = self.send(&RegistryCall::new(Method::HEAD, url, scope, &action)).await?;
        match response.status() {
            // A registry that keeps blobs elsewhere answers with the other place.
            status if status.is_success() || status.is_redirection() => Ok(true),
            StatusCode::NOT_FOUND => Ok(false),
            _ => Err(self.refusal(response, &action).await.into()),
        }
    }

    /// The digest that `reference` (a tag or a digest) stands for; `None` when there is no such manifest.
    pub(crate) async fn head_manifest(&self, repository: &str, reference: &str) -> Result<Option<Digest>> {
        let (scope, action) = (RepositoryScope::pull(repository), format!("look for `{repository}:{reference}`"));
        let url = self.url(&format!("{repository}/manifests/{reference}"))?;
        let call = RegistryCall::new(Method::HEAD, url, &scope, &action).header(ACCEPT, manifest::ACCEPT);
        let found = self
            .retry(|| async {
                let response = self.send(&call).await?;
                match response.status() {
                    StatusCode::OK => Ok(Some(content_digest(&response)?)),
                    StatusCode::NOT_FOUND => Ok(None),
                    _ => Err(self.refusal(response, &action).await.into()),
                }
            })
            .await?;
        match found {
            None => Ok(None),
            Some(Some(digest)) => Ok(Some(digest)),
            // The header is optional in the specification.
            Some(None) => Ok(Some(self.get_manifest(repository, reference).await?.digest)),
        }
    }

    /// Reads a manifest or index by tag or digest, and verifies a digest.
    pub(crate) async fn get_manifest(&self, repository: &str, reference: &str) -> Result<FetchedManifest> {
        let (scope, action) =
            (RepositoryScope::pull(repository), format!("read the manifest of `{repository}:{reference}`"));
        let url = self.url(&format!("{repository}/manifests/{reference}"))?;
        let call = RegistryCall::new(Method::GET, url, &scope, &action).header(ACCEPT, manifest::ACCEPT);
        let (bytes, media_type, stated) = self
            .retry(|| async {
                let response = self.send(&call).await?;
                if response.status() != StatusCode::OK {
                    return Err(self.refusal(response, &action).await.into());
                }
                let media_type = header(&response, &CONTENT_TYPE).map(str::to_owned);
                let stated = content_digest(&response)?;
                let bytes = self.read(response, MANIFEST_LIMIT, &action).await?;
                if serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_err() {
                    let kind = media_type.as_deref().unwrap_or("no content type");
                    let why = format!("{} bytes ({kind}) that are no manifest", bytes.len());
                    return Err(failure::unreadable(self.host(), &action, &why).into());
                }
                Ok((bytes, media_type, stated))
            })
            .await?;
        let digest = Digest::of_bytes(&bytes);
        let wanted = reference.parse::<Digest>().ok().or(stated);
        if let Some(wanted) = wanted.filter(|wanted| *wanted != digest) {
            return Err(Error::failed(format!(
                "registry `{}` sent a manifest with digest {digest} for {wanted}",
                self.host()
            )));
        }
        Ok(FetchedManifest { bytes, media_type, digest })
    }

    /// Stores a manifest under a tag (or its own digest). Everything that it names must be there.
    ///
    /// # Errors
    /// Among others when the tag exists and the repository's tags are immutable.
    pub(crate) async fn put_manifest(
        &self,
        repository: &str,
        reference: &str,
        bytes: &[u8],
        media_type: &str,
    ) -> Result<Digest> {
        let (scope, action) =
            (RepositoryScope::push(repository), format!("push the manifest of `{repository}:{reference}`"));
        let url = self.url(&format!("{repository}/manifests/{reference}"))?;
        let mut call = RegistryCall::new(Method::PUT, url, &scope, &action);
        let what = || format!("`{media_type}` is not a media type");
        call.headers.insert(CONTENT_TYPE, HeaderValue::from_str(media_type).with_context(what)?);
        call.body = Bytes::copy_from_slice(bytes);
        let digest = Digest::of_bytes(bytes);
        let stated = self
            .retry(|| async {
                let response = self.send(&call).await?;
                match response.status() {
                    StatusCode::CREATED | StatusCode::OK | StatusCode::ACCEPTED => Ok(content_digest(&response)?),
                    _ => Err(self.refusal(response, &action).await.into()),
                }
            })
            .await?;
        match stated {
            Some(stated) if stated != digest => {
                Err(Error::failed(format!("registry `{}` stored the manifest as {stated}, not {digest}", self.host())))
            }
            _ => Ok(digest),
        }
    }

    fn url(&self, path: &str) -> Result<Url> {
        let text = format!("{}/v2/{path}", self.base);
        Url::parse(&text).with_context(|| format!("`{}` is not the address of a registry", self.base))
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client> {
        match self.opened.as_ref().filter(|_| self.is_own(url)).and_then(|opened| opened.client(url)) {
            Some(client) => Ok(client),
            None => self.http.client(url.as_str()),
        }
    }

    /// Whether `url` is the registry itself: the only place that gets to see credentials.
    fn is_own(&self, url: &Url) -> bool {
        Url::parse(&self.base).is_ok_and(|base| base.origin() == url.origin())
    }

    /// Where a `Location` header points. A registry behind a proxy may call itself `http`; that is not followed
    /// below the scheme it was reached with.
    fn location(&self, response: &Response) -> Result<Url> {
        let missing = || Error::failed(format!("registry `{}` answered without a usable `Location`", self.host()));
        let text = header(response, &http::header::LOCATION).ok_or_else(missing)?;
        let mut url = response.url().join(text).map_err(|_| missing())?;
        if self.base.starts_with("https:") && url.scheme() == "http" {
            let same_host = Url::parse(&self.base).is_ok_and(|base| base.host_str() == url.host_str());
            if !same_host || url.set_scheme("https").is_err() {
                return Err(Error::failed(format!("registry `{}` redirects to a place without TLS", self.host())));
            }
        }
        Ok(url)
    }

    /// Sends a request with what the registry wants to see, and once more when it turns out to want something else.
    /// 5xx, 429 and connection failures come back as transient, every other status as a response.
    async fn send(&self, call: &RegistryCall<'_>) -> Result<Response, AttemptFailure> {
        let own = self.is_own(&call.url);
        let sent = if own { self.authorization(call.scope).await? } else { None };
        let mut response = self.send_once(call, sent.clone()).await?;
        if response.status() == StatusCode::UNAUTHORIZED
            && own
            && self.session.challenged(response.headers(), call.scope, sent.as_ref()).await
        {
            response = self.send_once(call, self.authorization(call.scope).await?).await?;
        }
        if failure::is_transient(response.status()) {
            let after = retry_after(response.headers());
            return Err(AttemptFailure::Transient { error: self.refusal(response, call.action).await, after });
        }
        Ok(response)
    }

    async fn send_once(
        &self,
        call: &RegistryCall<'_>,
        authorization: Option<HeaderValue>,
    ) -> Result<Response, AttemptFailure> {
        let client = self.client(&call.url)?;
        let mut request = client.request(call.method.clone(), call.url.clone()).headers(call.headers.clone());
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        // A PUT and a POST without a body still need their `BlobContent-Length: 0`.
        let request = if call.method == Method::GET || call.method == Method::HEAD {
            request
        } else {
            request.body(call.body.clone())
        };
        answer(request.send(), (&host_of(&call.url), call.action, call.patience)).await
    }

    async fn read(&self, mut response: Response, limit: usize, action: &str) -> Result<Bytes, AttemptFailure> {
        let host = host_of(response.url());
        let _waiting = Waiting::on(format!("the answer of registry `{host}`"));
        let whole = async {
            let mut bytes = BytesMut::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| failure::connection(&host, action, error))? {
                if bytes.len() + chunk.len() > limit {
                    let message = format!("could not {action}: registry `{host}` sent more than {limit} bytes");
                    return Err(Error::failed(message).into());
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(bytes.freeze())
        };
        match tokio::time::timeout(SMALL_BODY, whole).await {
            Ok(read) => read,
            Err(_) => Err(failure::stalled(&host, action, SMALL_BODY)),
        }
    }

    async fn refusal(&self, response: Response, action: &str) -> Error {
        let status = response.status();
        let html = header(&response, &CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"));
        let body = self.read(response, 1 << 16, action).await.unwrap_or_default();
        failure::refusal(
            &failure::RegistryAnswer { host: self.host(), action, status, html, body: &body },
            self.session.credentials(),
        )
    }

    /// Repeats `attempt` while its failure is transient, with growing pauses.
    async fn retry<T, F, Fut>(&self, attempt: F) -> Result<T>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, AttemptFailure>>,
    {
        self.retry_times(ATTEMPTS, attempt).await
    }

    async fn retry_times<T, F, Fut>(&self, attempts: u32, mut attempt: F) -> Result<T>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, AttemptFailure>>,
    {
        let mut pause = self.first_pause;
        let (mut tried, mut silent) = (0, 0);
        loop {
            tried += 1;
            match attempt().await {
                Ok(value) => return Ok(value),
                Err(AttemptFailure::Final(error)) => return Err(error),
                Err(AttemptFailure::Transient { error, .. })
                    if tried == attempts || (error.kind() == Kind::Deadline && silent == 1) =>
                {
                    return Err(error.cause(format!("gave up after {tried} attempts")));
                }
                // A silent registry gets one more chance and not two: half a minute each is long enough to wait.
                Err(AttemptFailure::Transient { error, .. }) if error.kind() == Kind::Deadline => silent += 1,
                Err(AttemptFailure::Transient { after, .. }) => {
                    tokio::time::sleep(after.unwrap_or(pause).min(LONGEST_PAUSE)).await;
                    pause = pause.saturating_mul(2);
                }
            }
        }
    }
}

/// Waits for the answer to begin. `action` completes "could not …".
async fn answer(
    sending: impl Future<Output = reqwest::Result<Response>>,
    (host, action, limit): (&str, &str, Duration),
) -> Result<Response, AttemptFailure> {
    let _waiting = Waiting::on(format!("an answer from registry `{host}`"));
    match tokio::time::timeout(limit, sending).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(failure::connection(host, action, error)),
        Err(_) => Err(failure::silence(host, action, limit)),
    }
}

/// Host and port. A registry's storage and its token service are other hosts than its own.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn header<'a>(response: &'a Response, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

fn content_digest(response: &Response) -> Result<Option<Digest>> {
    header(response, &HeaderName::from_static("docker-content-digest")).map(str::parse).transpose()
}
