//! Registries on a loopback port for tests: a small one that keeps blobs and manifests, records requests and can be told
//! to misbehave, and Debian's `docker-registry` for the tests that run on demand.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::env::Env;
use crate::http::Http;
use crate::image::native::PushTarget;
use crate::process::Child;
use crate::wait::{self, Probe, Schedule};

use super::{BlobPush, BlobSource, BlobUpload, Credentials, Registry, UploadProgress};
use crate::digest::Digest;
use crate::error::Result;

#[derive(Clone, Debug)]
pub(in crate::image) struct SeenRequest {
    pub(in crate::image) method: String,
    /// Path and query.
    pub(in crate::image) target: String,
    pub(in crate::image) headers: BTreeMap<String, String>,
    pub(in crate::image) body: Vec<u8>,
}

impl SeenRequest {
    pub(in crate::image) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    pub(in crate::image) fn authorization(&self) -> Option<&str> {
        self.headers.get("authorization").map(String::as_str)
    }
}

#[derive(Clone, Debug, Default)]
pub(in crate::image) struct TestReply {
    pub(in crate::image) status: u16,
    pub(in crate::image) headers: Vec<(&'static str, String)>,
    pub(in crate::image) body: Vec<u8>,
    /// Close the connection instead of answering.
    pub(in crate::image) hang_up: bool,
}

impl TestReply {
    pub(in crate::image) fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(in crate::image) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(in crate::image) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

/// What a scripted rule does with a request; `None` passes it on to the ordinary registry.
type TestRule = Box<dyn Fn(&SeenRequest, &mut TestState) -> Option<TestReply> + Send + Sync>;

#[derive(Default)]
pub(in crate::image) struct TestState {
    pub(in crate::image) blobs: BTreeMap<String, Vec<u8>>,
    /// By `repository:reference`, tags and digests.
    pub(in crate::image) manifests: BTreeMap<String, (String, Vec<u8>)>,
    pub(in crate::image) requests: Vec<SeenRequest>,
    /// How many there were, each for one request.
    pub(in crate::image) connections: usize,
    sessions: BTreeMap<String, Vec<u8>>,
    /// What arrived of a cut PATCH is kept and can be asked for, as the specification has it.
    pub(in crate::image) keeps: bool,
    /// Replies for the next requests with a blob's content, instead of doing them.
    pub(in crate::image) upload_faults: VecDeque<TestReply>,
}

#[derive(Clone)]
pub(in crate::image) struct TestRegistry {
    pub(in crate::image) base: String,
    pub(in crate::image) state: Arc<Mutex<TestState>>,
}

impl TestRegistry {
    pub(in crate::image) async fn start() -> Self {
        Self::with_rule(|_, _| None).await
    }

    pub(in crate::image) async fn with_rule(
        rule: impl Fn(&SeenRequest, &mut TestState) -> Option<TestReply> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(TestState::default()));
        let rule: Arc<TestRule> = Arc::new(Box::new(rule));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(serve(stream, Arc::clone(&shared), Arc::clone(&rule)));
            }
        });
        Self { base, state }
    }

    /// A client of this server that does not pause between attempts.
    pub(in crate::image) fn client(&self, credentials: Credentials) -> Registry {
        client(&self.base, credentials)
    }

    pub(in crate::image) fn lines(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.iter().map(SeenRequest::line).collect()
    }

    pub(in crate::image) fn count(&self, method: &str) -> usize {
        self.state.lock().unwrap().requests.iter().filter(|request| request.method == method).count()
    }

    pub(in crate::image) fn host(&self) -> &str {
        self.base.strip_prefix("http://").unwrap()
    }
}

pub(in crate::image) fn client(base: &str, credentials: Credentials) -> Registry {
    let http = Arc::new(Http::new(&Env::fake(Path::new("/"), &[])));
    Registry { first_pause: Duration::ZERO, ..Registry::new(http, base, credentials) }
}

pub(in crate::image) fn basic(password: &str) -> Credentials {
    Credentials::Basic { username: "AWS".to_owned(), password: password.to_owned().into() }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<TestState>>, rule: Arc<TestRule>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    (&mut stream).take(length as u64).read_to_end(&mut body).await.ok()?;
    let cut = body.len() < length;
    let request = SeenRequest { method, target, headers, body };
    if cut {
        let mut state = state.lock().unwrap();
        if state.keeps {
            state.append(&request);
        }
        return None;
    }
    let reply = {
        let mut state = state.lock().unwrap();
        state.requests.push(request.clone());
        rule(&request, &mut state).unwrap_or_else(|| state.answer(&request))
    };
    if reply.hang_up {
        return None;
    }
    let mut text = format!("HTTP/1.1 {} X\r\nConnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += &format!("Content-Length: {}\r\n\r\n", reply.body.len());
    stream.write_all(text.as_bytes()).await.ok()?;
    if request.method != "HEAD" {
        stream.write_all(&reply.body).await.ok()?;
    }
    stream.shutdown().await.ok()
}

impl TestState {
    /// An honest registry, with ECR's habits: PATCH answers 201, locations are relative and have a query.
    fn answer(&mut self, request: &SeenRequest) -> TestReply {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let Some(path) = path.strip_prefix("/v2/") else { return TestReply::new(404) };
        match request.method.as_str() {
            "GET" if path.is_empty() => TestReply::new(200),
            "GET" if path.contains("/blobs/uploads/") => match self.session(path).filter(|_| self.keeps) {
                Some(bytes) => TestReply::new(204)
                    .header("Location", format!("/v2/{path}?_state=a%2Fb"))
                    .header("Range", format!("0-{}", bytes.len().saturating_sub(1))),
                None => TestReply::new(404),
            },
            "HEAD" | "GET" if path.contains("/blobs/") => {
                let digest = path.rsplit('/').next().unwrap_or_default();
                self.blobs.get(digest).map_or(TestReply::new(404), |bytes| TestReply::new(200).body(bytes.clone()))
            }
            "POST" if query.contains("mount=") && query.contains("from=has") => TestReply::new(201),
            "POST" => {
                let id = self.sessions.len().to_string();
                self.sessions.insert(id.clone(), Vec::new());
                TestReply::new(202).header("Location", format!("/v2/{path}{id}?_state=a%2Fb"))
            }
            "PATCH" | "PUT"
                if path.contains("/blobs/uploads/") && !request.body.is_empty() && !self.upload_faults.is_empty() =>
            {
                self.upload_faults.pop_front().unwrap()
            }
            "PATCH" => {
                assert_eq!(query, "_state=a%2Fb", "the session's query was lost");
                assert!(!request.headers.contains_key("transfer-encoding"), "the upload was sent in chunks");
                if !self.append(request) {
                    return TestReply::new(416);
                }
                let status = if self.keeps { 202 } else { 201 };
                TestReply::new(status).header("Location", format!("/v2/{path}?_state=c"))
            }
            "PUT" if path.contains("/blobs/uploads/") => {
                let id = path.rsplit('/').next().unwrap_or_default();
                let Some(mut bytes) = self.sessions.remove(id) else { return TestReply::new(404) };
                bytes.extend_from_slice(&request.body);
                let digest = Digest::of_bytes(&bytes).to_string();
                let wanted = |state: &str| query == format!("_state={state}&digest={}", digest.replace(':', "%3A"));
                // A session that was asked for, or got nothing yet, has the other state.
                let whole = self.keeps || bytes.len() == request.body.len();
                if !(wanted("c") || whole && wanted("a%2Fb")) {
                    return TestReply::new(400).body(r#"{"errors":[{"code":"DIGEST_INVALID","message":"no"}]}"#);
                }
                self.blobs.insert(digest, bytes);
                TestReply::new(201)
            }
            "PUT" => self.put_manifest(path, request),
            "HEAD" | "GET" => {
                let key = path.replacen("/manifests/", ":", 1);
                self.manifests.get(&key).map_or(TestReply::new(404), |(media_type, bytes)| {
                    TestReply::new(200)
                        .header("Content-Type", media_type.clone())
                        .header("Docker-Content-Digest", Digest::of_bytes(bytes).to_string())
                        .body(bytes.clone())
                })
            }
            _ => TestReply::new(405),
        }
    }

    fn session(&self, path: &str) -> Option<&Vec<u8>> {
        self.sessions.get(path.rsplit('/').next().unwrap_or_default())
    }

    /// Takes in the body of a PATCH; false when it does not begin where the session ends.
    fn append(&mut self, request: &SeenRequest) -> bool {
        let path = request.target.split('?').next().unwrap_or_default();
        let start: Option<usize> =
            request.headers.get("content-range").map(|range| range.split('-').next().unwrap().parse().unwrap());
        let id = path.rsplit('/').next().unwrap_or_default();
        let Some(bytes) = self.sessions.get_mut(id) else { return false };
        match start {
            Some(start) if bytes.len() != start => return false,
            Some(_) => {}
            None => bytes.clear(),
        }
        bytes.extend_from_slice(&request.body);
        true
    }

    fn put_manifest(&mut self, path: &str, request: &SeenRequest) -> TestReply {
        let digest = Digest::of_bytes(&request.body).to_string();
        let media_type = request.headers.get("content-type").cloned().unwrap_or_default();
        let value: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let layers = value["layers"].as_array().unwrap().iter();
        for blob in layers.chain([&value["config"]]) {
            if !self.blobs.contains_key(blob["digest"].as_str().unwrap()) {
                return TestReply::new(400).body(r#"{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"no"}]}"#);
            }
        }
        let key = path.replacen("/manifests/", ":", 1);
        let repository = key.rsplit_once(':').unwrap().0.to_owned();
        self.manifests.insert(key, (media_type.clone(), request.body.clone()));
        self.manifests.insert(format!("{repository}:{digest}"), (media_type, request.body.clone()));
        TestReply::new(201).header("Docker-Content-Digest", digest)
    }
}

/// The network before a registry, which can be cut at any byte of what is sent.
#[derive(Clone)]
pub(in crate::image) struct Relay {
    pub(in crate::image) base: String,
    wire: Arc<Mutex<Wire>>,
}

#[derive(Default)]
struct Wire {
    /// Bytes sent towards the registry.
    sent: u64,
    /// How many of them arrive before the wire breaks.
    cut_at: Option<u64>,
    /// A broken wire takes no new connections; otherwise only those that were open break.
    stays_broken: bool,
    broken: bool,
}

impl Relay {
    pub(in crate::image) async fn before(host: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (wire, host): (Arc<Mutex<Wire>>, _) = (Arc::default(), host.to_owned());
        let shared = Arc::clone(&wire);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if !shared.lock().unwrap().broken {
                    tokio::spawn(Self::pass(
                        stream,
                        TcpStream::connect(host.clone()).await.unwrap(),
                        Arc::clone(&shared),
                    ));
                }
            }
        });
        Self { base, wire }
    }

    /// Counts from zero again and breaks after this many bytes: for good, or once.
    pub(in crate::image) fn cut_at(&self, bytes: u64, stays_broken: bool) {
        *self.wire.lock().unwrap() = Wire { cut_at: Some(bytes), stays_broken, ..Wire::default() };
    }

    pub(in crate::image) fn mend(&self) {
        *self.wire.lock().unwrap() = Wire::default();
    }

    pub(in crate::image) fn sent(&self) -> u64 {
        self.wire.lock().unwrap().sent
    }

    async fn pass(client: TcpStream, server: TcpStream, wire: Arc<Mutex<Wire>>) {
        let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
            (client.into_split(), server.into_split());
        let back = tokio::spawn(async move {
            let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
            let _ = to_client.shutdown().await;
        });
        let mut buffer = vec![0; 1 << 14];
        while let Ok(count @ 1..) = from_client.read(&mut buffer).await {
            let (allowed, broken) = wire.lock().unwrap().take(count);
            if to_server.write_all(&buffer[..allowed]).await.is_err() || broken {
                break;
            }
        }
        // The registry sees the end first, so that it has put away what it got when the client asks.
        drop(to_server);
        let _ = back.await;
    }
}

impl Wire {
    /// How many of `count` bytes arrive, and whether the wire is broken behind them.
    fn take(&mut self, count: usize) -> (usize, bool) {
        if self.broken {
            return (0, true);
        }
        let allowed = self.cut_at.map_or(count, |at| count.min(usize::try_from(at - self.sent).unwrap()));
        self.sent += allowed as u64;
        let broken = self.cut_at == Some(self.sent);
        if broken {
            self.cut_at = None;
            self.broken = self.stays_broken;
        }
        (allowed, broken)
    }
}

/// A place for an image, with nothing but its tag.
pub(in crate::image) fn to<'a>(repository: &'a str, tag: &'a str) -> PushTarget<'a> {
    PushTarget { repository, tag, source_tag: None }
}

/// Uploads a file unless the repository has the blob.
pub(in crate::image) async fn push_file(
    registry: &Registry,
    repository: &str,
    (file, digest, size): (&Path, &Digest, u64),
) -> Result<BlobPush> {
    let source = BlobSource::File(file.to_owned());
    push_source(registry, repository, (source, digest, size), None).await
}

pub(in crate::image) async fn push_source(
    registry: &Registry,
    repository: &str,
    (source, digest, size): (BlobSource, &Digest, u64),
    mount_from: Option<String>,
) -> Result<BlobPush> {
    let progress: UploadProgress = Arc::new(|_| {});
    registry.push_blob(&BlobUpload { repository, digest: *digest, size, source, mount_from, progress }).await
}

/// Debian's `docker-registry` with basic auth for [`CREDS`]. Needs `htpasswd` too.
pub(in crate::image) struct RealRegistry {
    pub(in crate::image) host: String,
    _dir: tempfile::TempDir,
    _child: tokio::process::Child,
}

pub(in crate::image) const CREDS: &str = "AWS:canary-password";

impl RealRegistry {
    pub(in crate::image) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let users =
            Child::inheriting("htpasswd").args(["-nbB", "AWS", "canary-password"]).check().await.unwrap().stdout;
        std::fs::write(dir.path().join("users"), users).unwrap();
        let config = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {root}}}}}\n\
             http: {{addr: '127.0.0.1:{port}'}}\nauth: {{htpasswd: {{realm: r, path: {root}/users}}}}\n",
            root = dir.path().display()
        );
        std::fs::write(dir.path().join("config.yml"), config).unwrap();
        let mut command =
            Child::inheriting("docker-registry").arg("serve").arg(dir.path().join("config.yml")).command();
        let quiet = std::process::Stdio::null;
        let child = command.stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().unwrap();
        let host = format!("127.0.0.1:{port}");
        let probe = || async {
            Ok(match TcpStream::connect(&host).await {
                Ok(_) => Probe::Done(()),
                Err(error) => Probe::Pending(error.to_string()),
            })
        };
        wait::until(Schedule::until(Duration::from_secs(30)), "docker-registry", probe).await.unwrap();
        Self { host, _dir: dir, _child: child }
    }

    pub(in crate::image) fn client(&self, credentials: Credentials) -> Registry {
        client(&format!("http://{}", self.host), credentials)
    }

    /// Runs skopeo and reads the JSON that it prints, if it is JSON.
    pub(in crate::image) async fn skopeo(&self, args: &[&str]) -> serde_json::Value {
        let output = Child::inheriting("skopeo").args(args).check().await.unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }
}
