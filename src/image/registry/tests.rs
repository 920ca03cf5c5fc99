//! The client against a registry that keeps the protocol, and against one that does not.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Kind;

use super::super::manifest::{DOCKER_MANIFEST, ManifestFormat, assemble};
use super::testing::{TestRegistry, TestReply, basic, client, push_file};
use super::*;

const SECRET: &str = "canary-password-51";
/// Of a blob that is not sent in one request.
const LARGE: usize = 1 << 20;

fn blob_file(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf, Digest) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("blob");
    std::fs::write(&path, bytes).unwrap();
    (dir, path, Digest::of_bytes(bytes))
}

#[tokio::test]
async fn blob_takes_one_session_and_is_sent_once() {
    let server = TestRegistry::start().await;
    let registry = server.client(Credentials::Anonymous);
    let (_dir, path, digest) = blob_file(&[7; LARGE]);
    let push = || push_file(&registry, "a/b", (&path, &digest, LARGE as u64));
    assert_eq!(push().await.unwrap(), BlobPush::Uploaded { sent: LARGE as u64 });
    assert_eq!(push().await.unwrap(), BlobPush::AlreadyThere);
    let head = format!("HEAD /v2/a/b/blobs/{digest}");
    let finish = format!("PUT /v2/a/b/blobs/uploads/0?_state=c&digest=sha256%3A{}", digest.hex());
    let expected = [
        head.as_str(),
        "POST /v2/a/b/blobs/uploads/",
        "PATCH /v2/a/b/blobs/uploads/0?_state=a%2Fb",
        finish.as_str(),
        head.as_str(),
    ];
    assert_eq!(server.lines(), expected);
    assert!(registry.has_blob("a/b", &digest).await.unwrap());
}

#[tokio::test]
async fn a_small_blob_takes_two_requests() {
    let server = TestRegistry::start().await;
    let registry = server.client(Credentials::Anonymous);
    let (_dir, path, digest) = blob_file(b"content");
    let pushed = push_file(&registry, "a", (&path, &digest, 7)).await.unwrap();
    assert_eq!(pushed, BlobPush::Uploaded { sent: 7 });
    let put = format!("PUT /v2/a/blobs/uploads/0?_state=a%2Fb&digest=sha256%3A{}", digest.hex());
    assert_eq!(server.lines(), ["POST /v2/a/blobs/uploads/", put.as_str()]);
    assert!(registry.has_blob("a", &digest).await.unwrap());
    let (_dir, path, digest) = blob_file(b"");
    push_file(&registry, "a", (&path, &digest, 0)).await.unwrap();
    assert!(registry.has_blob("a", &digest).await.unwrap());
}

#[tokio::test]
async fn open_connections_serve_their_own_registry() {
    let (server, other) = (TestRegistry::start().await, TestRegistry::start().await);
    let (_dir, path, digest) = blob_file(b"content");
    for (opened, connections) in [(&server, 2), (&other, 4)] {
        let registry = server.client(Credentials::Anonymous);
        let opened = registry.http.open(&opened.base, 2).await.unwrap();
        let registry = registry.through(Some(opened));
        push_file(&registry, "a", (&path, &digest, 7)).await.unwrap();
        assert_eq!(server.state.lock().unwrap().connections, connections);
    }
    assert_eq!((server.count("POST"), server.count("PUT"), server.lines().len()), (2, 2, 4));
    assert!(other.lines().is_empty());
}

#[tokio::test]
async fn a_middling_blob_is_asked_for_first() {
    let server = TestRegistry::start().await;
    let registry = server.client(Credentials::Anonymous);
    let (_dir, path, digest) = blob_file(&[7; 100_000]);
    for _ in 0..2 {
        push_file(&registry, "a", (&path, &digest, 100_000)).await.unwrap();
    }
    assert_eq!([server.count("HEAD"), server.count("POST"), server.count("PUT")], [2, 1, 1]);
}

#[tokio::test]
async fn few_large_blobs_travel_at_once() {
    let registry = TestRegistry::start().await.client(Credentials::Anonymous);
    assert_eq!(registry.bodies.available_permits(), BODIES);
    let permits = registry.bodies.acquire_many(u32::try_from(BODIES).unwrap()).await.unwrap();
    // A small one does not wait for them.
    let (_dir, path, digest) = blob_file(b"content");
    push_file(&registry, "a", (&path, &digest, 7)).await.unwrap();
    let (_dir, path, digest) = blob_file(&[7; LARGE]);
    let large = push_file(&registry, "a", (&path, &digest, LARGE as u64));
    assert!(tokio::time::timeout(Duration::from_millis(200), large).await.is_err());
    drop(permits);
    push_file(&registry, "a", (&path, &digest, LARGE as u64)).await.unwrap();
}

#[tokio::test]
async fn failed_uploads_are_retried_from_the_start() {
    for (content, method) in [(vec![7; LARGE], "PATCH"), (b"content".to_vec(), "PUT")] {
        let server = TestRegistry::start().await;
        let faults = [
            TestReply { hang_up: true, ..TestReply::new(0) },
            TestReply::new(503),
            TestReply::new(408),
            TestReply::new(404),
        ];
        server.state.lock().unwrap().upload_faults.extend(faults);
        let (_dir, path, digest) = blob_file(&content);
        let size = content.len() as u64;
        let pushed = push_file(&server.client(Credentials::Anonymous), "a", (&path, &digest, size)).await.unwrap();
        assert_eq!(pushed, BlobPush::Uploaded { sent: size });
        assert_eq!((server.count(method), server.count("POST")), (5, 5), "{method}");
    }
}

#[tokio::test]
async fn an_expired_token_is_replaced_amid_an_upload() {
    let server = TestRegistry::start().await;
    server.state.lock().unwrap().upload_faults.push_back(TestReply::new(401));
    let (_dir, path, digest) = blob_file(&[7; LARGE]);
    push_file(&server.client(Credentials::Anonymous), "a", (&path, &digest, LARGE as u64)).await.unwrap();
    assert_eq!(server.count("PATCH"), 2);
}

#[tokio::test]
async fn progress_counts_every_byte_once() {
    let server = TestRegistry::start().await;
    server.state.lock().unwrap().upload_faults.push_back(TestReply::new(503));
    let (_dir, path, digest) = blob_file(&[7; LARGE]);
    let seen = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&seen);
    let upload = BlobUpload {
        repository: "a",
        digest,
        size: LARGE as u64,
        source: BlobSource::File(path),
        mount_from: None,
        progress: Arc::new(move |bytes| counter.store(bytes, Ordering::Relaxed)),
    };
    server.client(Credentials::Anonymous).push_blob(&upload).await.unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), LARGE as u64);
}

#[tokio::test]
async fn the_number_of_attempts_is_bounded() {
    let server = TestRegistry::with_rule(|request, _| (request.method == "POST").then(|| TestReply::new(500))).await;
    let (_dir, path, digest) = blob_file(b"content");
    let error = push_file(&server.client(basic(SECRET)), "a", (&path, &digest, 7)).await.unwrap_err();
    assert_eq!(server.count("POST"), 5);
    assert!(error.to_string().contains("gave up after 5 attempts"), "{error}");
    assert!(error.to_string().contains("500"), "{error}");
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    let denied = r#"{"errors":[{"code":"DENIED","message":"not authorized to perform: ecr:InitiateLayerUpload"}]}"#;
    let server =
        TestRegistry::with_rule(move |request, _| (request.method == "POST").then(|| TestReply::new(403).body(denied)))
            .await;
    let (_dir, path, digest) = blob_file(b"content");
    let error = push_file(&server.client(basic(SECRET)), "a", (&path, &digest, 7)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Credentials);
    assert!(error.to_string().contains("ecr:InitiateLayerUpload"), "{error}");
    assert_eq!(server.count("POST"), 1);
}

#[tokio::test]
async fn a_changed_file_is_reported_and_not_uploaded() {
    let server = TestRegistry::start().await;
    let (_dir, path, digest) = blob_file(b"content");
    let registry = server.client(Credentials::Anonymous);
    let error = push_file(&registry, "a", (&path, &digest, 8)).await.unwrap_err();
    assert!(error.to_string().contains("7 bytes instead of 8"), "{error}");
    // Same length, other bytes: the registry is the one to notice.
    std::fs::write(&path, b"CONTENT").unwrap();
    let error = push_file(&registry, "a", (&path, &digest, 7)).await.unwrap_err();
    assert!(error.to_string().contains("DIGEST_INVALID"), "{error}");
}

#[tokio::test]
async fn basic_credentials_follow_a_challenge_only() {
    let server = TestRegistry::with_rule(|request, _| match request.authorization() {
        // base64 of AWS:canary-password-51
        Some("Basic QVdTOmNhbmFyeS1wYXNzd29yZC01MQ==") => None,
        _ => Some(TestReply::new(401).header("WWW-Authenticate", r#"Basic realm="r",service="ecr""#)),
    })
    .await;
    let digest = Digest::of_bytes(b"x");
    assert!(!server.client(basic(SECRET)).has_blob("a", &digest).await.unwrap());
    assert_eq!(server.lines().len(), 2);
    assert_eq!(server.state.lock().unwrap().requests[0].authorization(), None);

    for credentials in [basic("wrong-password"), Credentials::Anonymous] {
        let error = server.client(credentials).has_blob("a", &digest).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Credentials);
        assert!(!format!("{error:?}").contains("wrong-password"));
    }
}

#[tokio::test]
async fn issued_credentials_go_with_the_first_request() {
    let server = TestRegistry::start().await;
    let registry = server.client(basic(SECRET)).presenting_credentials();
    assert_eq!(registry.head_manifest("a", "1").await.unwrap(), None);
    assert_eq!(server.lines(), ["HEAD /v2/a/manifests/1"]);
    let sent = server.state.lock().unwrap().requests[0].authorization().map(str::to_owned);
    assert_eq!(sent.as_deref(), Some("Basic QVdTOmNhbmFyeS1wYXNzd29yZC01MQ=="));
}

#[tokio::test]
async fn refused_credentials_are_not_sent_twice() {
    let challenge = r#"Basic realm="r",service="ecr.example""#;
    let server =
        TestRegistry::with_rule(move |_, _| Some(TestReply::new(401).header("WWW-Authenticate", challenge))).await;
    let error = server.client(basic(SECRET)).presenting_credentials().head_manifest("a", "1").await.unwrap_err();
    assert_eq!((error.kind(), server.lines().len()), (Kind::Credentials, 1));
}

#[tokio::test]
async fn a_challenge_counts_despite_issued_credentials() {
    let server = TestRegistry::with_rule(|request, _| {
        if request.target.starts_with("/token") {
            return Some(TestReply::new(200).body(r#"{"token":"t"}"#));
        }
        let challenge = format!(r#"Bearer realm="http://{}/token""#, request.headers["host"]);
        (request.authorization() != Some("Bearer t")).then(|| TestReply::new(401).header("WWW-Authenticate", challenge))
    })
    .await;
    let registry = server.client(basic(SECRET)).presenting_credentials();
    assert_eq!(registry.head_manifest("a", "1").await.unwrap(), None);
    assert_eq!(server.lines().len(), 3);
}

#[tokio::test]
async fn requests_side_by_side_share_one_token() {
    let server = TestRegistry::with_rule(|request, state| {
        if request.target.starts_with("/token") {
            let count = state.requests.iter().filter(|old| old.target.starts_with("/token")).count();
            return Some(TestReply::new(200).body(format!(r#"{{"token":"t{count}","expires_in":3600}}"#)));
        }
        let challenge = format!(r#"Bearer realm="http://{}/token""#, request.headers["host"]);
        (request.authorization() != Some("Bearer t1"))
            .then(|| TestReply::new(401).header("WWW-Authenticate", challenge))
    })
    .await;
    let registry = server.client(basic(SECRET));
    let digests: Vec<Digest> = (0..8_u8).map(|n| Digest::of_bytes(&[n])).collect();
    let all = digests.iter().map(|digest| registry.has_blob("a", digest));
    for found in futures_util::future::join_all(all).await {
        assert!(!found.unwrap());
    }
}

#[tokio::test]
async fn token_is_cached_per_scope_until_it_expires() {
    let server = TestRegistry::with_rule(|request, state| {
        let base = format!("http://{}", request.headers["host"]);
        if let Some(query) = request.target.strip_prefix("/token?") {
            let n = state.requests.iter().filter(|request| request.target.starts_with("/token")).count();
            let scope = if query.contains("pull%2Cpush") { "push" } else { "pull" };
            return Some(TestReply::new(200).body(format!(r#"{{"access_token":"{scope}{n}","expires_in":3600}}"#)));
        }
        // The first token for pulling is good for one request only.
        let used = state.requests.iter().filter(|old| old.authorization() == Some("Bearer pull1")).count();
        match request.authorization() {
            Some("Bearer pull1") if used < 2 => None,
            Some("Bearer pull2" | "Bearer push3") => None,
            _ => {
                let challenge = format!(r#"Bearer realm="{base}/token",service="s",scope="x""#);
                Some(TestReply::new(401).header("WWW-Authenticate", challenge))
            }
        }
    })
    .await;
    let registry = server.client(basic(SECRET));
    let digest = Digest::of_bytes(b"x");
    for _ in 0..3 {
        assert!(!registry.has_blob("a", &digest).await.unwrap());
    }
    let (_dir, path, digest) = blob_file(b"content");
    push_file(&registry, "a", (&path, &digest, 7)).await.unwrap();
    let state = server.state.lock().unwrap();
    let tokens: Vec<_> = state.requests.iter().filter(|request| request.target.starts_with("/token")).collect();
    let targets: Vec<_> = tokens.iter().map(|request| request.target.as_str()).collect();
    assert_eq!(
        targets,
        [
            "/token?service=s&scope=repository%3Aa%3Apull",
            "/token?service=s&scope=repository%3Aa%3Apull",
            "/token?service=s&scope=repository%3Aa%3Apull%2Cpush",
        ]
    );
    let basics = state.requests.iter().filter(|r| r.authorization().is_some_and(|value| value.starts_with("Basic")));
    assert!(basics.clone().all(|request| request.target.starts_with("/token")), "the password went to the registry");
    assert_eq!(basics.count(), 3);
}

#[tokio::test]
async fn a_redirected_download_leaves_the_credentials_behind() {
    let storage = TestRegistry::start().await;
    let digest = Digest::of_bytes(b"content");
    storage.state.lock().unwrap().blobs.insert(digest.to_string(), b"content".to_vec());
    let target = format!("{}/v2/x/blobs/{digest}?signature=s", storage.base);
    let server = TestRegistry::with_rule(move |request, _| match request.authorization() {
        None => Some(TestReply::new(401).header("WWW-Authenticate", "Basic realm=\"r\"")),
        Some(_) => Some(TestReply::new(307).header("Location", target.clone())),
    })
    .await;
    let bytes = server.client(basic(SECRET)).read_blob("a", &digest, 100).await.unwrap();
    assert_eq!(bytes, b"content");
    assert_eq!(storage.state.lock().unwrap().requests[0].authorization(), None);
    let error = server.client(basic(SECRET)).read_blob("a", &digest, 6).await.unwrap_err();
    assert!(error.message().contains("larger than 6 bytes"), "{error}");
}

#[tokio::test]
async fn wrong_content_is_noticed() {
    let server = TestRegistry::start().await;
    let digest = Digest::of_bytes(b"content");
    server.state.lock().unwrap().blobs.insert(digest.to_string(), b"CONTENT".to_vec());
    server.state.lock().unwrap().manifests.insert(format!("a:{digest}"), (DOCKER_MANIFEST.into(), b"{}".to_vec()));
    let registry = server.client(Credentials::Anonymous);
    assert!(registry.read_blob("a", &digest, 100).await.unwrap_err().to_string().contains("has the digest"));
    assert!(registry.get_manifest("a", &digest.to_string()).await.is_err());
}

#[tokio::test]
async fn manifests_are_found_stored_and_read_back() {
    let server = TestRegistry::start().await;
    let registry = server.client(Credentials::Anonymous);
    assert_eq!(registry.head_manifest("a", "1").await.unwrap(), None);
    assert_eq!(registry.get_manifest("a", "1").await.unwrap_err().kind(), Kind::NotFound);
    let bytes = assemble(ManifestFormat::Docker, b"{}", Vec::new()).unwrap();
    let error = registry.put_manifest("a", "1", &bytes, DOCKER_MANIFEST).await.unwrap_err();
    assert!(error.to_string().contains("MANIFEST_BLOB_UNKNOWN"), "{error}");
    server.state.lock().unwrap().blobs.insert(Digest::of_bytes(b"{}").to_string(), b"{}".to_vec());
    let digest = registry.put_manifest("a", "1", &bytes, DOCKER_MANIFEST).await.unwrap();
    assert_eq!(registry.head_manifest("a", "1").await.unwrap(), Some(digest));
    let fetched = registry.get_manifest("a", "1").await.unwrap();
    assert_eq!((fetched.bytes.as_ref(), fetched.media_type.as_deref()), (bytes.as_slice(), Some(DOCKER_MANIFEST)));
}

#[tokio::test]
async fn a_mount_saves_the_upload() {
    let server = TestRegistry::start().await;
    let upload = |from| BlobUpload {
        repository: "a",
        digest: Digest::of_bytes(b"x"),
        size: 1,
        source: BlobSource::Bytes(Bytes::from_static(b"x")),
        mount_from: Some(String::from(from)),
        progress: Arc::new(|_| {}),
    };
    let registry = server.client(Credentials::Anonymous);
    assert_eq!(registry.push_blob(&upload("has")).await.unwrap(), BlobPush::Mounted);
    assert_eq!(registry.push_blob(&upload("lacks")).await.unwrap(), BlobPush::Uploaded { sent: 1 });
}

#[tokio::test]
async fn unreachable_registry_is_named_without_secrets() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&base, basic(SECRET)).has_blob("a", &Digest::of_bytes(b"")).await.unwrap_err();
    assert!(error.message().contains(base.strip_prefix("http://").unwrap()), "{error}");
    assert!(!format!("{error:?}").contains("canary"));
}
