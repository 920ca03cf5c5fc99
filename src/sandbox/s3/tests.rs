//! S3 over the wire: buckets, objects, versions, parts, and what is refused.

use super::*;
use crate::sandbox::tests::TestSandbox;

struct S3Fixture(TestSandbox);

impl S3Fixture {
    async fn start() -> Self {
        let world = Self(TestSandbox::start().await);
        assert_eq!(world.send("PUT", "/my-bucket", &[], CREATE).await.0, 200);
        world
    }

    /// Status and body; headers go out signed.
    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> (u16, String) {
        let (status, _, text) = self.full(method, path, headers, body).await;
        (status, text)
    }

    async fn full(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> (u16, http::HeaderMap, String) {
        let body = body.into();
        let mut all = headers.to_vec();
        let hash = crate::sandbox::sigv4::sha256(&body);
        if !headers.iter().any(|(name, _)| *name == "x-amz-content-sha256") {
            all.push(("x-amz-content-sha256", &hash));
        }
        let answer = self.0.send("s3", (method, path), &all, body).await;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        (status, headers, answer.text().await.unwrap())
    }

    async fn code(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> (u16, String) {
        let (status, text) = self.send(method, path, headers, body).await;
        (status, between(&text, "<Code>", "</Code>"))
    }
}

const CREATE: &str =
    "<CreateBucketConfiguration><LocationConstraint>us-west-2</LocationConstraint></CreateBucketConfiguration>";

fn between(text: &str, start: &str, end: &str) -> String {
    let rest = text.split_once(start).map_or("", |(_, rest)| rest);
    rest.split_once(end).map_or("", |(inner, _)| inner).to_owned()
}

#[tokio::test]
async fn buckets_have_rules() {
    let world = S3Fixture::start().await;
    assert_eq!(world.code("PUT", "/my-bucket", &[], CREATE).await, (409, "BucketAlreadyOwnedByYou".into()));
    assert_eq!(world.code("PUT", "/other-bucket", &[], "").await, (400, "IllegalLocationConstraintException".into()));
    assert_eq!(world.code("PUT", "/No_Bucket", &[], CREATE).await, (400, "InvalidBucketName".into()));
    assert_eq!(world.code("GET", "/missing", &[], "").await, (404, "NoSuchBucket".into()));
    assert_eq!(world.send("HEAD", "/missing", &[], "").await, (404, String::new()));
    let (status, headers, _) = world.full("HEAD", "/my-bucket/", &[], "").await;
    assert_eq!((status, headers["x-amz-bucket-region"].to_str().unwrap()), (200, "us-west-2"));
    let owner = [("x-amz-expected-bucket-owner", "000000000000")];
    assert_eq!(world.code("GET", "/my-bucket?location", &owner, "").await, (403, "AccessDenied".into()));
    assert_eq!(world.code("GET", "/my-bucket?tagging", &[], "").await, (404, "NoSuchTagSet".into()));
    let tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b &amp; c</Value></Tag></TagSet></Tagging>";
    assert_eq!(world.send("PUT", "/my-bucket?tagging", &[], tags).await.0, 204);
    assert!(world.send("GET", "/my-bucket?tagging", &[], "").await.1.contains("<Value>b &amp; c</Value>"));
    assert_eq!(world.code("PUT", "/my-bucket?acl", &[], "").await, (501, "NotImplemented".into()));
    assert_eq!(world.code("PUT", "/my-bucket?policy", &[], "{}").await, (501, "NotImplemented".into()));
    assert!(world.send("GET", "/", &[], "").await.1.contains("<Name>my-bucket</Name>"));
    world.send("PUT", "/my-bucket/key", &[], "x").await;
    assert_eq!(world.code("DELETE", "/my-bucket", &[], "").await, (409, "BucketNotEmpty".into()));
    world.send("DELETE", "/my-bucket/key", &[], "").await;
    assert_eq!(world.send("DELETE", "/my-bucket", &[], "").await.0, 204);
}

#[tokio::test]
async fn objects_come_back_unchanged_even_after_a_restart() {
    let world = S3Fixture::start().await;
    let headers = [
        ("content-type", "application/zip"),
        ("x-amz-meta-sha256", "abc"),
        ("content-md5", "XUFAKrxLKna5cZ2REBfFkg=="),
    ];
    let (status, answer, _) = world.full("PUT", "/my-bucket/a/b%20c.zip", &headers, "hello").await;
    assert_eq!((status, answer["etag"].to_str().unwrap()), (200, "\"5d41402abc4b2a76b9719d911017c592\""));
    assert!(answer.contains_key("x-amz-checksum-crc64nvme"));
    let world = S3Fixture(TestSandbox::start_in(world.0.stop().await).await);
    let (status, answer, body) = world.full("GET", "/my-bucket/a/b%20c.zip", &[], "").await;
    assert_eq!((status, body.as_str()), (200, "hello"));
    assert_eq!(answer["content-type"], "application/zip");
    assert_eq!(answer["x-amz-meta-sha256"], "abc");
    assert!(answer["last-modified"].to_str().unwrap().ends_with(" GMT"));
    assert_eq!(world.send("GET", "/my-bucket/a/b%20c.zip", &[("range", "bytes=1-3")], "").await, (206, "ell".into()));
    assert_eq!(world.code("GET", "/my-bucket/a/b%20c.zip", &[("range", "bytes=9-")], "").await.0, 416);
    assert_eq!(world.code("GET", "/my-bucket/a/b", &[], "").await, (404, "NoSuchKey".into()));
    let etag = [("if-none-match", "\"5d41402abc4b2a76b9719d911017c592\"")];
    assert_eq!(world.send("GET", "/my-bucket/a/b%20c.zip", &etag, "").await.0, 304);
    assert_eq!(
        world.code("PUT", "/my-bucket/a/b%20c.zip", &[("if-none-match", "*")], "x").await.1,
        "PreconditionFailed"
    );
    assert_eq!(world.send("PUT", "/my-bucket/%C3%BC%2B%3F", &[], "three").await.0, 200);
    assert_eq!(world.send("GET", "/my-bucket/%C3%BC%2B%3F", &[], "").await, (200, "three".into()));
}

/// Keys are texts, not paths: no two of these are the same object.
#[tokio::test]
async fn keys_that_look_alike_are_different_objects() {
    let world = S3Fixture::start().await;
    let unsigned = [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
    let keys = ["a/b", "a//b", "/a/b", "a/./b", "a/x/../b", "../my-bucket/a/b", "a/b/", "./a/b", "a%2F%2F%2Fb"];
    for key in keys {
        let path = format!("/my-bucket/{key}");
        assert_eq!(world.0.send_raw("s3", ("PUT", &path), &unsigned, key).await.0, 200, "{key}");
    }
    for key in keys {
        let path = format!("/my-bucket/{key}");
        assert_eq!(world.0.send_raw("s3", ("GET", &path), &unsigned, "").await, (200, key.to_owned()), "{key}");
    }
    let listing = world.send("GET", "/my-bucket?list-type=2", &[], "").await.1;
    for key in keys {
        assert!(listing.contains(&format!("<Key>{}</Key>", key.replace("%2F", "/"))), "{key}: {listing}");
    }
}

#[tokio::test]
async fn what_is_not_what_it_says_is_refused() {
    let world = S3Fixture::start().await;
    let put = |headers: Vec<(&'static str, &'static str)>| {
        let world = &world;
        async move { world.code("PUT", "/my-bucket/k", &headers, "hello").await.1 }
    };
    assert_eq!(put(vec![("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")]).await, "BadDigest");
    assert_eq!(put(vec![("x-amz-checksum-crc32", "AAAAAA==")]).await, "BadDigest");
    assert_eq!(put(vec![("x-amz-checksum-crc32", "NhCmhg==")]).await, "");
    assert_eq!(put(vec![("x-amz-checksum-sha512", "AA==")]).await, "NotImplemented");
    let zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    assert_eq!(put(vec![("x-amz-content-sha256", zeros)]).await, "XAmzContentSHA256Mismatch");
    assert_eq!(put(vec![("x-amz-tagging", "a=b")]).await, "NotImplemented");
    assert_eq!(put(vec![("x-amz-server-side-encryption", "aws:kms")]).await, "NotImplemented");
    assert_eq!(put(vec![("x-amz-acl", "public-read")]).await, "AccessControlListNotSupported");
    let other = world.0.send("ecr", ("GET", "/my-bucket/k"), &[], "").await;
    assert_ne!(other.status(), 200);
    let url = format!("{}/my-bucket/k", world.0.info.url);
    assert_ne!(reqwest::Client::builder().no_proxy().build().unwrap().get(url).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn versions_stay_until_they_are_deleted_by_name() {
    let world = S3Fixture::start().await;
    let enable = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    world.send("PUT", "/my-bucket/k", &[], "null").await;
    assert_eq!(world.send("PUT", "/my-bucket?versioning", &[], enable).await.0, 200);
    assert!(world.send("GET", "/my-bucket?versioning", &[], "").await.1.contains("<Status>Enabled</Status>"));
    let mut ids = Vec::new();
    for body in ["one", "two"] {
        let (_, headers, _) = world.full("PUT", "/my-bucket/k", &[], body).await;
        ids.push(headers["x-amz-version-id"].to_str().unwrap().to_owned());
    }
    let version = |id: &str| format!("/my-bucket/k?versionId={id}");
    assert_eq!(world.send("GET", &version(&ids[0]), &[], "").await.1, "one");
    assert_eq!(world.send("GET", &version("null"), &[], "").await.1, "null");
    assert_eq!(world.code("GET", &version("unknown"), &[], "").await, (404, "NoSuchVersion".into()));
    let (_, headers, _) = world.full("DELETE", "/my-bucket/k", &[], "").await;
    assert_eq!(headers["x-amz-delete-marker"], "true");
    let marker = headers["x-amz-version-id"].to_str().unwrap().to_owned();
    assert_eq!(world.code("GET", "/my-bucket/k", &[], "").await, (404, "NoSuchKey".into()));
    assert_eq!(world.code("DELETE", "/my-bucket", &[], "").await.1, "BucketNotEmpty");
    let listed = world.send("GET", "/my-bucket?versions", &[], "").await.1;
    assert_eq!((listed.matches("<Version>").count(), listed.matches("<DeleteMarker>").count()), (3, 1));
    let objects: String = ids
        .iter()
        .chain([&marker, &"null".to_owned()])
        .map(|id| format!("<Object><Key>k</Key><VersionId>{id}</VersionId></Object>"))
        .collect();
    let body = format!("<Delete><Quiet>true</Quiet>{objects}</Delete>");
    let answer = world.send("POST", "/my-bucket?delete", &[], body).await;
    assert!(answer.0 == 200 && !answer.1.contains("<Deleted>"), "{answer:?}");
    assert_eq!(world.send("DELETE", "/my-bucket", &[], "").await.0, 204);
    let left = std::fs::read_dir(world.0.dir.path().join("sandbox/data/s3/objects")).unwrap().count();
    assert_eq!(left, 0, "files without an object stay behind");
}

#[tokio::test]
async fn parts_become_one_object() {
    let world = S3Fixture::start().await;
    let (_, _, begun) =
        world.full("POST", "/my-bucket/big?uploads", &[("x-amz-checksum-algorithm", "SHA256")], "").await;
    let id = between(&begun, "<UploadId>", "</UploadId>");
    let mut parts = String::new();
    for (number, size) in [(1, 5 << 20), (2, 10)] {
        let path = format!("/my-bucket/big?partNumber={number}&uploadId={id}");
        let (status, headers, _) = world.full("PUT", &path, &[], vec![b'x'; size]).await;
        assert_eq!(status, 200);
        let (etag, sum) = (headers["etag"].to_str().unwrap(), headers["x-amz-checksum-sha256"].to_str().unwrap());
        parts.push_str(&format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><ChecksumSHA256>{sum}</ChecksumSHA256></Part>"
        ));
    }
    let complete = |parts: &str| format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    let path = format!("/my-bucket/big?uploadId={id}");
    assert!(world.send("GET", &path, &[], "").await.1.contains("<PartNumber>2</PartNumber>"));
    let wrong = complete(&parts.replace("<PartNumber>2<", "<PartNumber>3<"));
    assert_eq!(world.code("POST", &path, &[], wrong).await, (400, "InvalidPart".into()));
    assert_eq!(world.code("POST", &path, &[], complete("")).await, (400, "MalformedXML".into()));
    let (status, done) = world.send("POST", &path, &[], complete(&parts)).await;
    assert!(status == 200 && between(&done, "<ETag>", "</ETag>").ends_with("-2&quot;"), "{done}");
    assert!(between(&done, "<ChecksumSHA256>", "</ChecksumSHA256>").ends_with("-2"), "{done}");
    let (_, headers, body) = world.full("GET", "/my-bucket/big", &[("x-amz-checksum-mode", "ENABLED")], "").await;
    assert_eq!((body.len(), headers["x-amz-checksum-type"].to_str().unwrap()), ((5 << 20) + 10, "COMPOSITE"));
    assert_eq!(world.code("POST", &path, &[], complete(&parts)).await, (404, "NoSuchUpload".into()));

    let (_, begun) = world.send("POST", "/my-bucket/small?uploads", &[], "").await;
    let path = format!("/my-bucket/small?uploadId={}", between(&begun, "<UploadId>", "</UploadId>"));
    world.send("PUT", &format!("{path}&partNumber=1"), &[], "x").await;
    assert!(world.send("GET", "/my-bucket?uploads", &[], "").await.1.contains("<Key>small</Key>"));
    assert_eq!(world.send("DELETE", &path, &[], "").await.0, 204);
    let left = std::fs::read_dir(world.0.dir.path().join("sandbox/data/s3/objects")).unwrap().count();
    assert_eq!(left, 1, "parts stay behind");
}

#[tokio::test]
async fn unsigned_chunks_end_with_their_sum() {
    let world = S3Fixture::start().await;
    let put = |body: &'static str, length: &'static str| {
        let world = &world;
        async move {
            let headers = [
                ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
                ("x-amz-trailer", "x-amz-checksum-crc32"),
                ("x-amz-decoded-content-length", length),
                ("content-encoding", "aws-chunked"),
            ];
            world.code("PUT", "/my-bucket/k", &headers, body).await
        }
    };
    let (status, code) = put("3\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", "5").await;
    assert_eq!((status, code.as_str()), (200, ""));
    assert_eq!(world.send("GET", "/my-bucket/k", &[], "").await.1, "hello");
    for (body, length, expected) in [
        ("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "5", "BadDigest"),
        ("5\r\nhello\r\n0\r\n\r\n", "5", "MalformedTrailerError"),
        ("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", "6", "IncompleteBody"),
        ("9\r\nhello", "9", "IncompleteBody"),
        ("2\r\nhello\r\n0\r\n\r\n", "5", "IncompleteBody"),
        ("x\r\nhello\r\n0\r\n\r\n", "5", "IncompleteBody"),
    ] {
        assert_eq!(put(body, length).await.1, expected, "{body:?}");
    }
}

#[test]
fn bucket_is_read_from_path_or_host() {
    let target = |host: &str, uri: &str| {
        let request = http::Request::builder().uri(uri).header("host", host).body(axum::body::Body::empty()).unwrap();
        let target =
            ObjectAddress::from_request(&Request::new(request, std::time::Duration::from_secs(30)), "us-west-2");
        (target.bucket, target.key)
    };
    let both = |bucket: &str, key: &str| (bucket.to_owned(), key.to_owned());
    assert_eq!(target("127.0.0.1:80", "/b/a%2Fb//c"), both("b", "a/b//c"));
    assert_eq!(target("localhost:80", "/b"), both("b", ""));
    assert_eq!(target("b.localhost:80", "/k/l"), both("b", "k/l"));
    assert_eq!(target("my.b.s3.us-west-2.amazonaws.com", "/k"), both("my.b", "k"));
    assert_eq!(target("127.0.0.1", "/"), both("", ""));
}

#[tokio::test]
async fn objects_are_copied_with_what_belongs_to_them() {
    let world = S3Fixture::start().await;
    let kept = [("content-type", "application/zip"), ("x-amz-meta-sha256", "abc")];
    assert_eq!(world.send("PUT", "/my-bucket/a/b%20c", &kept, "hello").await.0, 200);
    let copy = |to: &'static str, headers: Vec<(&'static str, &'static str)>| {
        let world = &world;
        async move { world.full("PUT", &format!("/my-bucket/{to}"), &headers, "").await }
    };
    let (status, _, body) = copy("copy", vec![("x-amz-copy-source", "/my-bucket/a/b%20c")]).await;
    assert_eq!(
        (status, between(&body, "<ETag>", "</ETag>").as_str()),
        (200, "&quot;5d41402abc4b2a76b9719d911017c592&quot;")
    );
    let (_, headers, body) = world.full("GET", "/my-bucket/copy", &[], "").await;
    assert_eq!((body.as_str(), headers["content-type"].to_str().unwrap()), ("hello", "application/zip"));
    assert_eq!(headers["x-amz-meta-sha256"], "abc");

    let source = ("x-amz-copy-source", "my-bucket/copy");
    let replace = ("x-amz-metadata-directive", "REPLACE");
    assert_eq!(copy("copy", vec![source, replace, ("x-amz-meta-other", "x")]).await.0, 200, "onto itself");
    let (_, headers, _) = world.full("GET", "/my-bucket/copy", &[], "").await;
    assert!(headers["x-amz-meta-other"] == "x" && !headers.contains_key("x-amz-meta-sha256"), "{headers:?}");

    for (headers, expected) in [
        (vec![source], (400, "InvalidRequest")),
        (vec![source, ("x-amz-metadata-directive", "SWAP")], (400, "InvalidArgument")),
        (vec![("x-amz-copy-source", "/my-bucket/none")], (404, "NoSuchKey")),
        (vec![("x-amz-copy-source", "/other/copy")], (404, "NoSuchBucket")),
        (vec![("x-amz-copy-source", "my-bucket")], (400, "InvalidArgument")),
        (vec![("x-amz-copy-source", "/my-bucket/copy?versionId=x")], (404, "NoSuchVersion")),
        (vec![source, replace, ("x-amz-copy-source-if-match", "\"x\"")], (412, "PreconditionFailed")),
        (
            vec![source, replace, ("x-amz-tagging-directive", "REPLACE"), ("x-amz-tagging", "a=b")],
            (501, "NotImplemented"),
        ),
    ] {
        let (status, code) = world.code("PUT", "/my-bucket/copy", &headers, "").await;
        assert_eq!((status, code.as_str()), expected, "{headers:?}");
    }
    // The copy is an object of its own.
    assert_eq!(world.send("DELETE", "/my-bucket/a/b%20c", &[], "").await.0, 204);
    assert_eq!(world.send("GET", "/my-bucket/copy", &[], "").await, (200, "hello".into()));
}

#[tokio::test]
async fn parts_of_an_upload_are_copied_too() {
    let world = S3Fixture::start().await;
    assert_eq!(world.send("PUT", "/my-bucket/source", &[], "0123456789").await.0, 200);
    let begun = world.send("POST", "/my-bucket/whole?uploads", &[], "").await.1;
    let id = between(&begun, "<UploadId>", "</UploadId>");
    let part = |range: &'static str| {
        let (world, path) = (&world, format!("/my-bucket/whole?partNumber=1&uploadId={id}"));
        async move {
            let headers = [("x-amz-copy-source", "/my-bucket/source"), ("x-amz-copy-source-range", range)];
            world.send("PUT", &path, &headers, "").await
        }
    };
    for range in ["bytes=3-10", "bytes=3-", "bytes=-3", "3-4"] {
        assert_eq!(part(range).await.0, 400, "{range}");
    }
    let (status, copied) = part("bytes=3-9").await;
    let etag = between(&copied, "<ETag>&quot;", "&quot;</ETag>");
    assert_eq!(status, 200, "{copied}");
    let body = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
    );
    assert_eq!(world.send("POST", &format!("/my-bucket/whole?uploadId={id}"), &[], body).await.0, 200);
    assert_eq!(world.send("GET", "/my-bucket/whole", &[], "").await, (200, "3456789".into()));
}

/// Operations that are younger than the sandbox: none of them may be taken for the plain one without its parameter.
#[tokio::test]
async fn an_operation_that_is_not_known_changes_nothing() {
    let world = S3Fixture::start().await;
    assert_eq!(world.send("PUT", "/my-bucket/key", &[], "one").await.0, 200);
    for (method, path) in [
        ("DELETE", "/my-bucket?metadataConfiguration"),
        ("PUT", "/my-bucket?abac"),
        ("DELETE", "/my-bucket/key?annotation&annotationName=x"),
        ("PUT", "/my-bucket/key?annotation"),
        ("PUT", "/my-bucket/other?renameObject"),
        ("GET", "/my-bucket?unheardOf=1"),
        ("GET", "/?unheardOf"),
    ] {
        assert_eq!(world.code(method, path, &[], "two").await, (501, "NotImplemented".into()), "{method} {path}");
    }
    assert_eq!(world.send("GET", "/my-bucket/key?x-id=GetObject", &[], "").await, (200, "one".into()));
    assert_eq!(world.send("GET", "/my-bucket/other", &[], "").await.0, 404);
}
