//! Uploads that are cut, and what is remembered from one run to the next.

use super::super::blobs::BlobCache;
use super::testing::{Relay, TestRegistry, TestReply, basic, client, push_file, push_source};
use super::*;

const SIZE: usize = 3 << 20;

struct Case {
    server: TestRegistry,
    relay: Relay,
    dir: tempfile::TempDir,
    path: std::path::PathBuf,
    content: Vec<u8>,
    digest: Digest,
}

impl Case {
    async fn before(server: TestRegistry) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("blob");
        let content: Vec<u8> = (0..SIZE).map(|n| (n / 7 + n / 1000) as u8).collect();
        std::fs::write(&path, &content).unwrap();
        let (relay, digest) = (Relay::before(server.host()).await, Digest::of_bytes(&content));
        Self { server, relay, dir, path, content, digest }
    }

    /// Another run: nothing but the cache is the same.
    fn client(&self) -> Registry {
        client(&self.relay.base, Credentials::Anonymous).remembering(&Cache::at(self.dir.path().join("cache")))
    }

    async fn push(&self, registry: &Registry) -> Result<BlobPush> {
        push_file(registry, "a/b", (&self.path, &self.digest, SIZE as u64)).await
    }

    fn check(&self) {
        let state = self.server.state.lock().unwrap();
        assert!(state.blobs[&self.digest.to_string()] == self.content, "the registry has something else");
    }

    /// Bytes of the blob in the PATCH requests that arrived whole.
    fn patched(&self) -> Vec<usize> {
        let state = self.server.state.lock().unwrap();
        state.requests.iter().filter(|request| request.method == "PATCH").map(|request| request.body.len()).collect()
    }
}

async fn keeping() -> Case {
    let server = TestRegistry::start().await;
    server.state.lock().unwrap().keeps = true;
    Case::before(server).await
}

#[tokio::test]
async fn cut_upload_resumes_at_the_registrys_offset() {
    let case = keeping().await;
    case.relay.cut_at(2 << 20, false);
    let BlobPush::Uploaded { sent } = case.push(&case.client()).await.unwrap() else { panic!("not uploaded") };
    case.check();
    assert_eq!(case.patched(), [usize::try_from(sent).unwrap()]);
    assert!((1 << 20..(1 << 20) + 2000).contains(&sent), "{sent} bytes were sent after the cut");
    let state = case.server.state.lock().unwrap();
    let last = state.requests.iter().rfind(|request| request.method == "PATCH").unwrap();
    assert_eq!(last.headers["content-range"], format!("{}-{}", SIZE as u64 - sent, SIZE - 1));
}

#[tokio::test]
async fn a_registry_in_trouble_is_asked_again() {
    for (refusals, whole) in [(2, false), (100, true)] {
        let server = TestRegistry::with_rule(move |request, state| {
            let is_ask = |method: &str, target: &str| method == "GET" && target.contains("/blobs/uploads/");
            let before = state.requests.iter().filter(|old| is_ask(&old.method, &old.target)).count();
            (is_ask(&request.method, &request.target) && before < refusals).then(|| TestReply::new(503))
        })
        .await;
        server.state.lock().unwrap().keeps = true;
        let case = Case::before(server).await;
        case.relay.cut_at(2 << 20, false);
        let BlobPush::Uploaded { sent } = case.push(&case.client()).await.unwrap() else { panic!("not uploaded") };
        case.check();
        assert_eq!(sent == SIZE as u64, whole, "{refusals} refusals: {sent} bytes were sent after the cut");
    }
}

#[tokio::test]
async fn the_next_run_goes_on_too() {
    let case = keeping().await;
    case.relay.cut_at(1 << 20, true);
    let error = case.push(&case.client()).await.unwrap_err();
    assert!(error.to_string().contains("gave up after 5 attempts"), "{error}");
    case.relay.mend();
    let BlobPush::Uploaded { sent } = case.push(&case.client()).await.unwrap() else { panic!("not uploaded") };
    case.check();
    assert!(sent < (2 << 20) + 2000, "{sent}");
    assert!(case.relay.sent() < sent + 4000);
    let left = std::fs::read_dir(case.dir.path().join("cache/uploads")).unwrap().count();
    assert_eq!(left, 0, "a finished upload is still remembered");
    assert_eq!(case.push(&case.client()).await.unwrap(), BlobPush::AlreadyThere);
}

#[tokio::test]
async fn upload_with_a_lost_finish_is_only_finished() {
    let server = TestRegistry::with_rule(|request, state| {
        let lost = request.method == "PUT" && state.requests.iter().filter(|old| old.method == "PUT").count() < 6;
        lost.then(|| TestReply { hang_up: true, ..TestReply::new(0) })
    })
    .await;
    server.state.lock().unwrap().keeps = true;
    let case = Case::before(server).await;
    case.push(&case.client()).await.unwrap_err();
    assert_eq!(case.push(&case.client()).await.unwrap(), BlobPush::Uploaded { sent: 0 });
    case.check();
    assert_eq!(case.patched(), [SIZE]);
}

#[tokio::test]
async fn forgotten_session_restarts_the_whole_upload() {
    // Distribution 2.8: what arrived is dropped, and so is the session.
    let case = Case::before(TestRegistry::start().await).await;
    case.relay.cut_at(1 << 20, true);
    case.push(&case.client()).await.unwrap_err();
    case.relay.mend();
    assert_eq!(case.push(&case.client()).await.unwrap(), BlobPush::Uploaded { sent: SIZE as u64 });
    case.check();
}

#[tokio::test]
async fn ecr_is_not_asked_what_it_has() {
    let challenge = r#"Basic realm="https://1.dkr.ecr.example/",service="ecr.example""#;
    let server = TestRegistry::with_rule(move |request, _| {
        request.authorization().is_none().then(|| TestReply::new(401).header("WWW-Authenticate", challenge))
    })
    .await;
    // It would say something, and something wrong.
    server.state.lock().unwrap().keeps = true;
    let case = Case::before(server).await;
    case.relay.cut_at(1 << 20, false);
    let cache = Cache::at(case.dir.path().join("cache"));
    let registry = client(&case.relay.base, basic("canary-password")).remembering(&cache);
    assert_eq!(case.push(&registry).await.unwrap(), BlobPush::Uploaded { sent: SIZE as u64 });
    case.check();
    assert!(!case.server.lines().iter().any(|line| line.starts_with("GET /v2/a/b/blobs/uploads/")));
    assert!(!case.dir.path().join("cache/uploads").exists(), "a session is kept that cannot be continued");
}

#[tokio::test]
async fn wrong_offset_restarts_the_whole_upload() {
    for lie in [100, SIZE - 1] {
        let server = TestRegistry::with_rule(move |request, _| {
            let asked = request.method == "GET" && request.target.contains("/blobs/uploads/");
            let location = format!("{}?_state=a%2Fb", request.target.split('?').next().unwrap());
            asked.then(|| TestReply::new(204).header("Range", format!("0-{lie}")).header("Location", location))
        })
        .await;
        server.state.lock().unwrap().keeps = true;
        let case = Case::before(server).await;
        case.relay.cut_at(1 << 20, false);
        assert_eq!(case.push(&case.client()).await.unwrap(), BlobPush::Uploaded { sent: SIZE as u64 }, "{lie}");
        case.check();
    }
}

#[tokio::test]
async fn what_was_pushed_once_is_mounted_elsewhere() {
    let server =
        TestRegistry::with_rule(|request, _| match (request.method.as_str(), request.target.contains("mount=")) {
            ("HEAD", _) => Some(TestReply::new(404)),
            ("POST", true) if request.target.contains("from=gone") => {
                Some(TestReply::new(403).body(r#"{"errors":[{"code":"DENIED","message":"not yours"}]}"#))
            }
            ("POST", true) if request.target.contains("from=has") => Some(TestReply::new(201)),
            _ => None,
        })
        .await;
    let dir = tempfile::tempdir().unwrap();
    let run = || client(&server.base, Credentials::Anonymous).remembering(&Cache::at(dir.path()));
    let digest = Digest::of_bytes(b"x");
    let push = async |registry: Registry| {
        let from = registry.known_to_have(&digest);
        let source = BlobSource::Bytes(Bytes::from_static(b"x"));
        push_source(&registry, "a", (source, &digest, 1), from).await.unwrap()
    };
    assert_eq!(push(run()).await, BlobPush::Uploaded { sent: 1 });
    run().learn("has/layer", &[digest]);
    assert_eq!(push(run()).await, BlobPush::Mounted);
    // A repository that lost it answers with a session, one that we may not read with a refusal.
    for (repository, posts) in [("lost", 1), ("gone", 2)] {
        run().learn(repository, &[digest]);
        let before = server.count("POST");
        assert_eq!(push(run()).await, BlobPush::Uploaded { sent: 1 });
        assert_eq!(server.count("POST") - before, posts, "{repository}");
    }
}

#[tokio::test]
async fn streamed_layer_is_not_fetched_again() {
    let (source, target) = (keeping().await, keeping().await);
    source.server.state.lock().unwrap().blobs.insert(source.digest.to_string(), source.content.clone());
    let blobs = BlobCache::new(&Cache::at(source.dir.path().join("kept")));
    let registry = Arc::new(source.server.client(Credentials::Anonymous));
    let remote =
        || BlobSource::Remote { registry: Arc::clone(&registry), repository: "base".into(), blobs: blobs.clone() };
    // The upload is cut in the middle: the second half is of the kept file, or read from the start again.
    target.relay.cut_at(1 << 20, false);
    let to = target.client();
    push_source(&to, "one", (remote(), &target.digest, SIZE as u64), None).await.unwrap();
    target.check();
    target.server.state.lock().unwrap().blobs.clear();
    let fetched = source.server.count("GET");
    push_source(&to, "two", (remote(), &target.digest, SIZE as u64), None).await.unwrap();
    target.check();
    assert_eq!(source.server.count("GET"), fetched);
    // A damaged file is noticed, and the layer comes from its registry.
    std::fs::write(source.dir.path().join("kept/blobs").join(target.digest.hex()), vec![0; SIZE]).unwrap();
    target.server.state.lock().unwrap().blobs.clear();
    push_source(&to, "three", (remote(), &target.digest, SIZE as u64), None).await.unwrap();
    target.check();
    assert_eq!(source.server.count("GET"), fetched + 1);
}
