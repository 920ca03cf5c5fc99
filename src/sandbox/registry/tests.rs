//! The registry as a client on the wire sees it, and what becomes of images in ECR's API.

use axum::body::Body;
use serde_json::{Value, json};

use super::*;
use crate::sandbox::ecr;
use crate::sandbox::sigv4::sha256;
use crate::sandbox::tests::TestSandbox;

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

struct TestClient {
    sandbox: SharedSandbox,
    authorization: String,
    _dir: tempfile::TempDir,
}

struct TestResponse {
    status: u16,
    headers: http::HeaderMap,
    body: Vec<u8>,
}

impl TestResponse {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        body["errors"][0]["code"].as_str().unwrap().to_owned()
    }
}

impl TestClient {
    async fn new(repositories: &[&str]) -> Self {
        let (sandbox, dir) = TestSandbox::bare();
        for name in repositories {
            ecr::call(&sandbox, "CreateRepository", &json!({"repositoryName": name})).await.unwrap();
        }
        let answer = ecr::call(&sandbox, "GetAuthorizationToken", &json!({})).await.unwrap();
        let token = answer["authorizationData"][0]["authorizationToken"].as_str().unwrap();
        Self { authorization: format!("Basic {token}"), sandbox, _dir: dir }
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> TestResponse {
        let mut request =
            http::Request::builder().method(method).uri(path).header("authorization", &self.authorization);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response =
            handle(&self.sandbox, Request::new(request.body(body.into()).unwrap(), std::time::Duration::from_secs(30)))
                .await;
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        TestResponse { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    async fn blob(&self, repository: &str, content: &[u8]) -> String {
        let digest = format!("sha256:{}", sha256(content));
        let path = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
        let answer = self.send("POST", &path, &[], content.to_vec()).await;
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        digest
    }

    async fn image(&self, repository: &str, tag: &str, content: &str) -> TestResponse {
        let config = json!({"os": "linux", "architecture": "arm64", "note": content}).to_string();
        let config_digest = self.blob(repository, config.as_bytes()).await;
        let layer = self.blob(repository, content.as_bytes()).await;
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "digest": config_digest, "size": config.len()},
            "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "digest": layer, "size": content.len()}],
        });
        let path = format!("/v2/{repository}/manifests/{tag}");
        self.send("PUT", &path, &[("content-type", MANIFEST)], manifest.to_string()).await
    }

    async fn api(&self, operation: &str, input: Value) -> Value {
        ecr::call(&self.sandbox, operation, &input).await.unwrap()
    }

    fn blobs_on_disk(&self) -> usize {
        std::fs::read_dir(self.sandbox.data_dir().join("registry/blobs/sha256")).unwrap().count()
    }
}

#[tokio::test]
async fn without_a_password_it_asks_for_one() {
    let mut client = TestClient::new(&[]).await;
    assert_eq!(client.send("GET", "/v2/", &[], "").await.status, 200);
    for bad in ["", "Basic !", "Basic QVdTOng=", "Bearer x"] {
        client.authorization = bad.to_owned();
        let answer = client.send("GET", "/v2/", &[], "").await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHORIZED"));
        assert!(answer.header("www-authenticate").starts_with("Basic realm="));
    }
}

#[tokio::test]
async fn blobs_upload_in_chunks_and_support_ranges() {
    let client = TestClient::new(&["app"]).await;
    let started = client.send("POST", "/v2/app/blobs/uploads/", &[], "").await;
    assert_eq!(started.status, 202);
    let location = started.header("location").to_owned();
    let first = client.send("PATCH", &location, &[("content-range", "0-4")], "hello").await;
    assert_eq!((first.status, first.header("range")), (201, "0-4"));
    let wrong = client.send("PATCH", &location, &[("content-range", "3-9")], "xx").await;
    assert_eq!((wrong.status, wrong.header("range")), (416, "0-4"));
    let state = client.send("GET", &location, &[], "").await;
    assert_eq!((state.status, state.header("range")), (204, "0-4"));
    // It is stored, and the range does not say so.
    let second = client.send("PATCH", &location, &[("content-range", "5-6")], ", ").await;
    assert_eq!((second.status, second.header("range")), (201, "0-4"));
    let digest = format!("sha256:{}", sha256(b"hello, world"));
    let done = client.send("PUT", &format!("{location}?digest={digest}"), &[], "world").await;
    assert_eq!((done.status, done.header("docker-content-digest")), (201, digest.as_str()));
    assert_eq!(client.send("GET", &location, &[], "").await.code(), "BLOB_UPLOAD_UNKNOWN");

    let blob = format!("/v2/app/blobs/{digest}");
    assert_eq!(client.send("GET", &blob, &[], "").await.body, b"hello, world");
    let part = client.send("GET", &blob, &[("range", "bytes=7-")], "").await;
    assert_eq!(
        (part.status, part.header("content-range"), part.body.as_slice()),
        (206, "bytes 7-11/12", &b"world"[..])
    );
    assert_eq!(client.send("GET", &blob, &[("range", "bytes=99-")], "").await.status, 416);
    let head = client.send("HEAD", &blob, &[], "").await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, "12", 0));
}

#[tokio::test]
async fn a_wrong_digest_leaves_nothing() {
    let client = TestClient::new(&["app"]).await;
    let path = format!("/v2/app/blobs/uploads/?digest=sha256:{}", sha256(b"other"));
    assert_eq!(client.send("POST", &path, &[], "content").await.code(), "DIGEST_INVALID");
    let path = "/v2/app/blobs/uploads/?digest=sha256:..%2F..%2Fevil";
    assert_eq!(client.send("POST", path, &[], "content").await.code(), "DIGEST_INVALID");
    assert_eq!(client.blobs_on_disk(), 0);
    let uploads = client.sandbox.data_dir().join("registry/uploads");
    assert_eq!(std::fs::read_dir(uploads).unwrap().count(), 0);
}

#[tokio::test]
async fn a_blob_is_visible_only_in_its_repositories() {
    let client = TestClient::new(&["one", "two"]).await;
    let digest = client.blob("one", b"shared").await;
    assert_eq!(client.send("HEAD", &format!("/v2/two/blobs/{digest}"), &[], "").await.status, 404);
    let mount = format!("/v2/two/blobs/uploads/?mount={digest}&from=one");
    assert_eq!(client.send("POST", &mount, &[], "").await.status, 201);
    assert_eq!(client.send("HEAD", &format!("/v2/two/blobs/{digest}"), &[], "").await.status, 200);
    let elsewhere = format!("/v2/two/blobs/uploads/?mount=sha256:{}&from=one", "0".repeat(64));
    assert_eq!(client.send("POST", &elsewhere, &[], "").await.status, 202);
}

#[tokio::test]
async fn a_push_never_makes_a_repository() {
    let client = TestClient::new(&[]).await;
    let answer = client.send("POST", "/v2/app/blobs/uploads/", &[], "").await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "NAME_UNKNOWN"));
}

#[tokio::test]
async fn image_is_pushed_listed_and_removed_with_blobs() {
    let client = TestClient::new(&["app/blobs"]).await;
    let pushed = client.image("app/blobs", "v1", "one").await;
    assert_eq!(pushed.status, 201);
    let digest = pushed.header("docker-content-digest").to_owned();
    let by_tag = client.send("GET", "/v2/app/blobs/manifests/v1", &[], "").await;
    assert_eq!((by_tag.header("content-type"), by_tag.header("docker-content-digest")), (MANIFEST, digest.as_str()));
    assert_eq!(digest, format!("sha256:{}", sha256(&by_tag.body)));
    client.image("app/blobs", "v2", "one").await;
    let tags = client.send("GET", "/v2/app/blobs/tags/list?n=1", &[], "").await;
    assert_eq!(serde_json::from_slice::<Value>(&tags.body).unwrap()["tags"], json!(["v1"]));
    assert!(tags.header("link").contains("last=v1"));

    let images = client.api("DescribeImages", json!({"repositoryName": "app/blobs"})).await;
    assert_eq!(images["imageDetails"].as_array().unwrap().len(), 1);
    assert_eq!(images["imageDetails"][0]["imageTags"], json!(["v1", "v2"]));
    let ids = json!({"repositoryName": "app/blobs", "imageIds": [{"imageTag": "v1"}, {"imageTag": "v9"}]});
    let got = client.api("BatchGetImage", ids.clone()).await;
    assert_eq!(got["images"][0]["imageManifest"].as_str().unwrap().as_bytes(), by_tag.body);
    assert_eq!(got["failures"][0]["failureCode"], "ImageNotFound");

    client.api("BatchDeleteImage", ids).await;
    assert_eq!(client.send("GET", "/v2/app/blobs/manifests/v1", &[], "").await.code(), "MANIFEST_UNKNOWN");
    assert_eq!(client.send("GET", "/v2/app/blobs/manifests/v2", &[], "").await.status, 200);
    let refused = ecr::call(&client.sandbox, "DeleteRepository", &json!({"repositoryName": "app/blobs"})).await;
    assert_eq!(refused.unwrap_err().code, "RepositoryNotEmptyException");
    assert_eq!(client.blobs_on_disk(), 3);
    client.api("DeleteRepository", json!({"repositoryName": "app/blobs", "force": true})).await;
    assert_eq!(client.blobs_on_disk(), 0);
}

#[tokio::test]
async fn deleting_an_image_keeps_what_another_uses() {
    let client = TestClient::new(&["one", "two"]).await;
    client.image("one", "a", "same").await;
    client.image("one", "b", "other").await;
    client.image("two", "a", "same").await;
    assert_eq!(client.blobs_on_disk(), 6);
    client.api("BatchDeleteImage", json!({"repositoryName": "one", "imageIds": [{"imageTag": "b"}]})).await;
    assert_eq!(client.blobs_on_disk(), 3);
    client.api("BatchDeleteImage", json!({"repositoryName": "one", "imageIds": [{"imageTag": "a"}]})).await;
    assert_eq!(client.blobs_on_disk(), 3);
    assert_eq!(client.send("GET", "/v2/two/manifests/a", &[], "").await.status, 200);
    let two = ecr::call(&client.sandbox, "DescribeImages", &json!({"repositoryName": "one"})).await.unwrap();
    assert_eq!(two["imageDetails"], json!([]));
}

#[tokio::test]
async fn an_immutable_tag_stays_where_it_is() {
    let client = TestClient::new(&["app"]).await;
    assert_eq!(client.image("app", "v1", "one").await.status, 201);
    let immutable = json!({"repositoryName": "app", "imageTagMutability": "IMMUTABLE"});
    client.api("PutImageTagMutability", immutable).await;
    // Also for the very same image, as ECR does.
    for content in ["one", "two"] {
        let answer = client.image("app", "v1", content).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "TAG_INVALID"));
    }
    assert_eq!(client.image("app", "v2", "two").await.status, 201);
}

#[tokio::test]
async fn a_manifest_needs_its_blobs() {
    let client = TestClient::new(&["app"]).await;
    let missing = format!("sha256:{}", "0".repeat(64));
    let manifest =
        json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": {"digest": missing, "size": 2}, "layers": []});
    let put = |kind: &'static str, body: String| {
        let client = &client;
        async move { client.send("PUT", "/v2/app/manifests/v1", &[("content-type", kind)], body).await }
    };
    assert_eq!(put(MANIFEST, manifest.to_string()).await.code(), "MANIFEST_BLOB_UNKNOWN");
    assert_eq!(put(INDEX, manifest.to_string()).await.code(), "MANIFEST_INVALID");
    assert_eq!(put(MANIFEST, "no".into()).await.code(), "MANIFEST_INVALID");
    let index = json!({"schemaVersion": 2, "manifests": [{"digest": missing, "size": 2}]});
    assert_eq!(put(INDEX, index.to_string()).await.code(), "MANIFEST_BLOB_UNKNOWN");
    assert_eq!(client.blobs_on_disk(), 0);
}

#[tokio::test]
async fn sizes_that_no_number_holds_are_refused() {
    let client = TestClient::new(&["app"]).await;
    let part = json!({ "digest": "sha256:x", "size": u64::MAX });
    let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": part, "layers": [part] });
    let answer = client.send("PUT", "/v2/app/manifests/1", &[("content-type", MANIFEST)], manifest.to_string()).await;
    assert_eq!((answer.status, answer.code()), (400, "MANIFEST_INVALID".to_owned()));
}

#[tokio::test]
async fn an_index_resolves_to_the_requested_platform() {
    let client = TestClient::new(&["app"]).await;
    let pushed = client.image("app", "v1", "layer").await;
    let digest = pushed.header("docker-content-digest").to_owned();
    let host = "123456789012.dkr.ecr.us-west-2.amazonaws.com";
    let resolve = |uri: String, platform: &'static str| {
        let sandbox = &client.sandbox;
        async move { resolve_image(sandbox, &uri, platform).await }
    };
    for uri in [format!("{host}/app:v1"), format!("{host}/app@{digest}"), format!("{host}/app:v9@{digest}")] {
        let image = resolve(uri, "linux/arm64").await.unwrap();
        assert_eq!((image.manifest_digest.as_str(), image.platform().as_str()), (digest.as_str(), "linux/arm64"));
        assert_eq!(std::fs::read(&image.layers[0].path).unwrap(), b"layer");
    }
    assert!(
        matches!(resolve(format!("{host}/app"), "linux/arm64").await, Err(ImageError::NoImage { reference, .. }) if reference == "latest")
    );
    assert!(matches!(resolve(format!("{host}/b:v1"), "linux/arm64").await, Err(ImageError::NoRepository(_))));
    assert!(matches!(resolve("127.0.0.1:4566/app:v1".into(), "linux/arm64").await, Err(ImageError::Elsewhere)));
    let other = host.replace("us-west-2", "eu-west-1");
    assert!(matches!(resolve(format!("{other}/app:v1"), "linux/arm64").await, Err(ImageError::Elsewhere)));

    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {"mediaType": MANIFEST, "digest": digest, "size": 1, "platform": {"os": "linux", "architecture": "arm64"}},
    ]});
    let put = client.send("PUT", "/v2/app/manifests/multi", &[("content-type", INDEX)], index.to_string()).await;
    assert_eq!(put.status, 201);
    let image = resolve(format!("{host}/app:multi"), "linux/arm64").await.unwrap();
    assert_eq!(image.manifest_digest, digest);
    assert!(image.index.is_some());
    let none = resolve(format!("{host}/app:multi"), "linux/amd64").await.unwrap_err();
    assert_eq!(none, ImageError::NoPlatform(vec!["linux/arm64".into()]));
    let held = json!({"repositoryName": "app", "imageIds": [{"imageDigest": digest}]});
    let failed = client.api("BatchDeleteImage", held).await;
    assert_eq!(failed["failures"][0]["failureCode"], "ImageReferencedByManifestList");
}
