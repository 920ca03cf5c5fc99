//! Published example signatures, signatures by AWS's own crate, and requests that must be refused.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::sandbox::reply::Protocol;

const NOW: OffsetDateTime = datetime!(2015-08-30 12:36:00 UTC);
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

struct Message {
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Message {
    fn new(method: &str, path: &str, query: &str, headers: &[(&str, &str)]) -> Self {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap()))
            .collect();
        Self { method: method.parse().unwrap(), path: path.into(), query: query.into(), headers, body: Vec::new() }
    }

    fn check(&self, service: &str) -> Result<(), SignatureError> {
        self.check_at(service, NOW, false)
    }

    fn check_at(&self, service: &str, now: OffsetDateTime, global: bool) -> Result<(), SignatureError> {
        let hash = sha256(&self.body);
        let signed = Signed {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body_sha256: &hash,
        };
        let secret = SecretString::from(SECRET);
        let region = if global { "us-west-2" } else { "us-east-1" };
        verify(
            &signed,
            AccessKey { id: "AKIDEXAMPLE", secret: &secret, token: None },
            SigningScope { service, region, global, now },
        )
    }
}

/// A request of AWS's signature test suite (service `service`, region us-east-1).
fn suite(method: &str, path: &str, query: &str, extra: Option<(&str, &str)>, signature: &str) -> Message {
    let signed = if extra.is_some() { "content-type;host;x-amz-date" } else { "host;x-amz-date" };
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={signed}, \
         Signature={signature}"
    );
    let mut headers =
        vec![("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z"), ("authorization", &authorization)];
    headers.extend(extra);
    Message::new(method, path, query, &headers)
}

#[test]
fn published_signatures_are_accepted() {
    let vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    assert_eq!(suite("GET", "/", "", None, vanilla).check("service"), Ok(()));
    // The suite's normalisation cases have the signature of the plain request.
    assert_eq!(suite("GET", "//", "", None, vanilla).check("service"), Ok(()));
    assert_eq!(suite("GET", "/./", "", None, vanilla).check("service"), Ok(()));
    assert_eq!(suite("GET", "/foo/..", "", None, vanilla).check("service"), Ok(()));
    let order = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
    assert_eq!(suite("GET", "/", "Param2=value2&Param1=value1", None, order).check("service"), Ok(()));
    let mut form = suite(
        "POST",
        "/",
        "",
        Some(("content-type", "application/x-www-form-urlencoded")),
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    );
    form.body = b"Param1=value1".to_vec();
    assert_eq!(form.check("service"), Ok(()));
    form.body = b"Param1=value2".to_vec();
    assert!(matches!(form.check("service"), Err(SignatureError::Mismatch(_))));
}

#[test]
fn the_authority_stands_for_the_host() {
    let authorization = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                         SignedHeaders=:authority;x-amz-date, \
                         Signature=f4f76e64657334fd8315f9078b5e4f85a30d60d44c6341dcbe8018821ff7c80a";
    let check = |host| {
        let headers = [("host", host), ("x-amz-date", "20150830T123600Z"), ("authorization", authorization)];
        Message::new("GET", "/", "", &headers).check("service")
    };
    assert_eq!(check("example.amazonaws.com"), Ok(()));
    assert!(matches!(check("other.amazonaws.com"), Err(SignatureError::Mismatch(_))));
}

/// The worked example of the IAM user guide.
#[test]
fn the_user_guides_example_is_accepted() {
    let message = Message::new(
        "GET",
        "/",
        "Action=ListUsers&Version=2010-05-08",
        &[
            ("host", "iam.amazonaws.com"),
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("x-amz-date", "20150830T123600Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date, \
                 Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            ),
        ],
    );
    assert_eq!(message.check("iam"), Ok(()));
    assert_eq!(message.check_at("iam", NOW, true), Ok(()), "a global service is signed for us-east-1 everywhere");
    assert!(matches!(message.check("ecr"), Err(SignatureError::Mismatch(text)) if text.contains("service")));
}

/// A request signed by the `aws-sigv4` crate, as the AWS SDK for Rust does it.
fn signed(method: &str, uri: &str, body: &[u8], presign: Option<Duration>, extra: &[(&str, &str)]) -> Message {
    let mut settings = SigningSettings::default();
    if presign.is_some() {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = presign;
    }
    signed_with(settings, ("bedrock-agentcore", method, uri), body, extra)
}

fn signed_with(
    settings: SigningSettings,
    (service, method, uri): (&str, &str, &str),
    body: &[u8],
    extra: &[(&str, &str)],
) -> Message {
    let identity = Credentials::new("AKIDEXAMPLE", SECRET, None, None, "test").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name(service)
        .time(SystemTime::from(NOW))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let mut request = http::Request::builder().method(method).uri(uri);
    for (name, value) in extra {
        request = request.header(*name, *value);
    }
    let mut request = request.body(()).unwrap();
    let headers: Vec<(&str, &str)> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    let signable = SignableRequest::new(method, uri, headers.into_iter(), SignableBody::Bytes(body)).unwrap();
    let (instructions, _) = sign(signable, &params).unwrap().into_parts();
    instructions.apply_to_request_http1x(&mut request);
    let uri = request.uri().clone();
    let mut headers = request.headers().clone();
    headers.entry("host").or_insert_with(|| HeaderValue::from_str(uri.authority().unwrap().as_str()).unwrap());
    Message {
        method: request.method().clone(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers,
        body: body.to_vec(),
    }
}

const INVOKE: &str = "http://127.0.0.1:4566/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A1%3Aruntime%2Fa-1/invocations?qualifier=DEFAULT";

#[test]
fn the_rust_sdks_signatures_are_accepted() {
    let extra = [("x-amz-user-agent", "a  b"), ("x-amzn-bedrock-agentcore-runtime-session-id", "s")];
    let message = signed("POST", INVOKE, b"{\"prompt\":1}", None, &extra);
    assert_eq!(message.check("bedrock-agentcore"), Ok(()));
    let presigned = signed("GET", INVOKE, b"", Some(Duration::from_secs(3600)), &[]);
    assert!(presigned.query.contains("X-Amz-Signature"));
    assert_eq!(presigned.check("bedrock-agentcore"), Ok(()));
}

/// A key of S3 is every byte of it, so a signature for one path is for no other, whichever of the two would be "normal".
#[test]
fn an_s3_signature_covers_the_exact_path() {
    let other = ["/b/k", "/b//k", "/b/./k", "/b/a/../k", "/b/k/", "//b/k", "/b/a/%2E%2E/k/"];
    for sent in other {
        let message = object(&format!("http://127.0.0.1:4566{sent}"));
        assert_eq!(message.check("s3"), Ok(()), "{sent}");
        for changed in other.iter().filter(|path| **path != sent) {
            let moved = Message { path: (*changed).to_owned(), ..object(&format!("http://127.0.0.1:4566{sent}")) };
            assert!(matches!(moved.check("s3"), Err(SignatureError::Mismatch(_))), "{sent} as {changed}");
        }
    }
}

fn object(uri: &str) -> Message {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    signed_with(settings, ("s3", "GET", uri), b"", &[])
}

/// Signed with `%3A` and sent with `:`, or the other way round: the same resource.
#[test]
fn either_spelling_of_a_colon_is_accepted() {
    let mut message = signed("POST", INVOKE, b"", None, &[]);
    message.path = message.path.replace("%3A", ":");
    assert_eq!(message.check("bedrock-agentcore"), Ok(()));
    let mut message = signed("POST", &INVOKE.replace("%3A", ":"), b"", None, &[]);
    assert_eq!(message.check("bedrock-agentcore"), Ok(()));
    message.path = message.path.replace("runtime%2Fa-1", "runtime%2Fb-1");
    assert!(matches!(message.check("bedrock-agentcore"), Err(SignatureError::Mismatch(_))));
}

#[test]
fn a_presigned_request_ends() {
    let message = signed("GET", INVOKE, b"", Some(Duration::from_secs(3600)), &[]);
    let at = |seconds| message.check_at("bedrock-agentcore", NOW + time::Duration::seconds(seconds), false);
    assert_eq!(at(3600), Ok(()));
    assert!(matches!(at(3601), Err(SignatureError::Expired(_))));
    assert!(matches!(at(-301), Err(SignatureError::Expired(_))));
}

#[test]
fn signature_is_valid_five_minutes_either_way() {
    let message = signed("GET", INVOKE, b"", None, &[]);
    let at = |seconds| message.check_at("bedrock-agentcore", NOW + time::Duration::seconds(seconds), false);
    assert_eq!(at(300), Ok(()));
    assert_eq!(at(-300), Ok(()));
    assert!(matches!(at(301), Err(SignatureError::Expired(_))));
    assert!(matches!(at(-301), Err(SignatureError::Expired(_))));
}

#[test]
fn what_is_missing_or_unknown_is_refused() {
    let good = || signed("POST", INVOKE, b"x", None, &[]);
    let refused = |change: &dyn Fn(&mut Message)| {
        let mut message = good();
        change(&mut message);
        message.check("bedrock-agentcore").unwrap_err()
    };
    let authorization = |from: &'static str, to: &'static str| {
        move |message: &mut Message| {
            let old = message.headers["authorization"].to_str().unwrap().to_owned();
            assert!(old.contains(from), "{old}");
            message.headers.insert("authorization", old.replace(from, to).parse().unwrap());
        }
    };
    assert_eq!(refused(&|m| drop(m.headers.remove("authorization"))), SignatureError::Missing);
    assert_eq!(
        refused(&|m| drop(m.headers.insert("authorization", "Bearer abc".parse().unwrap()))),
        SignatureError::Missing
    );
    assert!(matches!(refused(&|m| drop(m.headers.remove("x-amz-date"))), SignatureError::Incomplete(_)));
    assert_eq!(refused(&authorization("AKIDEXAMPLE", "AKIDOTHER")), SignatureError::UnknownKey);
    assert_eq!(
        refused(&|m| drop(m.headers.insert("x-amz-security-token", "t".parse().unwrap()))),
        SignatureError::UnknownKey
    );
    let region = SignatureError::Region { asked: "eu-west-1".into(), own: "us-east-1".into() };
    assert_eq!(refused(&authorization("us-east-1", "eu-west-1")), region);
    assert!(matches!(refused(&authorization("20150830", "20150829")), SignatureError::Mismatch(_)));
    assert!(matches!(refused(&authorization("aws4_request", "aws5_request")), SignatureError::Mismatch(_)));
    assert!(matches!(refused(&authorization("SignedHeaders=host;", "SignedHeaders=")), SignatureError::Mismatch(_)));
    assert!(matches!(refused(&authorization("Signature=", "Sig=")), SignatureError::Incomplete(_)));
    assert!(matches!(refused(&authorization("HMAC-SHA256", "ECDSA-P256-SHA256")), SignatureError::Incomplete(_)));
    assert!(matches!(
        refused(&|m| drop(m.headers.insert("x-amz-extra", "unsigned".parse().unwrap()))),
        SignatureError::Mismatch(text) if text.contains("x-amz-extra")
    ));
    assert!(matches!(refused(&|m| m.body = b"y".to_vec()), SignatureError::Mismatch(_)));
    assert!(matches!(refused(&|m| m.method = Method::PUT), SignatureError::Mismatch(_)));
    assert!(matches!(refused(&|m| m.query = "qualifier=OTHER".into()), SignatureError::Mismatch(_)));
    assert!(matches!(
        refused(&|m| drop(m.headers.insert("host", "127.0.0.1:1".parse().unwrap()))),
        SignatureError::Mismatch(_)
    ));
    assert!(matches!(refused(&|m| m.query.push_str("&X-Amz-Signature=00")), SignatureError::Incomplete(_)));
}

#[test]
fn stated_body_hash_must_match_the_body() {
    let with = |hash: &str| signed("POST", INVOKE, b"x", None, &[("x-amz-content-sha256", hash)]);
    assert!(matches!(with(&sha256(b"y")).check("bedrock-agentcore"), Err(SignatureError::Mismatch(_))));
    assert!(matches!(
        with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD").check("bedrock-agentcore"),
        Err(SignatureError::Incomplete(text)) if text.contains("chunk")
    ));
    assert_eq!(with(&sha256(b"x")).check("bedrock-agentcore"), Ok(()));
}

#[test]
fn refusals_use_the_words_of_their_protocol() {
    let query = Protocol::Query("ns".into());
    let code = |refusal: SignatureError, protocol: &Protocol| {
        let fault = refusal.fault(protocol);
        (fault.status.as_u16(), fault.code.into_owned())
    };
    assert_eq!(code(SignatureError::Missing, &query), (403, "MissingAuthenticationToken".into()));
    assert_eq!(code(SignatureError::UnknownKey, &query), (403, "InvalidClientTokenId".into()));
    assert_eq!(code(SignatureError::Mismatch(String::new()), &query), (403, "SignatureDoesNotMatch".into()));
    assert_eq!(code(SignatureError::UnknownKey, &Protocol::Json11), (400, "UnrecognizedClientException".into()));
    let rest = code(SignatureError::Mismatch(String::new()), &Protocol::RestJson);
    assert_eq!(rest, (403, "InvalidSignatureException".into()));
}

proptest! {
    /// Whatever is in the header, it is an answer and never a panic.
    #[test]
    fn no_header_breaks_it(authorization in "(AWS4-HMAC-SHA256 )?[ -~]{0,120}", query in "[ -~]{0,60}") {
        let mut message = Message::new("GET", "/", &query, &[("host", "h"), ("x-amz-date", "20150830T123600Z")]);
        if let Ok(value) = HeaderValue::from_str(&authorization) {
            message.headers.insert("authorization", value);
        }
        prop_assert!(message.check("service").is_err());
    }
}

/// The example of S3's documentation: "Transferring Payload in Multiple Chunks".
#[test]
fn chunks_are_signed_one_after_the_other() {
    let authorization = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
        SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date,\
        Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
    let message = Message::new(
        "PUT",
        "/examplebucket/chunkObject.txt",
        "",
        &[("authorization", authorization), ("x-amz-date", "20130524T000000Z")],
    );
    let signed = Signed {
        method: &message.method,
        path: &message.path,
        query: &message.query,
        headers: &message.headers,
        body_sha256: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    };
    let secret = SecretString::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    let chunks = [
        (65_536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
        (1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
        (0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
    ];
    let mut signatures = ChunkSignatures::after_request(&signed, &secret).unwrap();
    for (size, signature) in chunks {
        assert!(signatures.is_chunk(signature, &sha256(&vec![b'a'; size])), "{size}");
    }
    let mut signatures = ChunkSignatures::after_request(&signed, &secret).unwrap();
    assert!(!signatures.is_chunk(chunks[1].1, &sha256(&[b'a'; 1024])), "out of order");
}
