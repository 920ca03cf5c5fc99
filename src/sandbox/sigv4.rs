//! Verification of AWS Signature Version 4, in the `Authorization` header and in the query string.
//!
//! Owns: rebuilding the canonical request and comparing signatures; everything that is missing, unknown, unsigned or
//! stale is refused. Does not own: whose key it is, and what that caller may do (`caller`).
//! Source: "Signature Version 4 signing process" in the IAM user guide, and its published examples (see the tests).

use std::borrow::Cow;

use aws_lc_rs::{constant_time, digest, hmac};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str};
use time::OffsetDateTime;
use time::macros::format_description;

use super::reply::{Fault, Protocol};
use super::request::Request;
use crate::partition::Partition;
use crate::redact::{ExposeSecret, SecretString};

/// How far a request's date may be from the sandbox's clock, either way.
const MAX_SKEW_SECONDS: i64 = 300;
/// The longest validity of a presigned URL: seven days.
const MAX_EXPIRES_SECONDS: i64 = 604_800;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";
/// What HTTP/2 has in place of `Host`: clients that speak it sign it by this name.
const AUTHORITY: &str = ":authority";
/// Stands in the canonical request for a body that is not signed.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// RFC 3986's unreserved characters stay, all else is encoded.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The key that signatures are made with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AccessKey<'a> {
    pub(crate) id: &'a str,
    pub(crate) secret: &'a SecretString,
    /// The session token that belongs to the key; `None` for the user's.
    pub(crate) token: Option<&'a str>,
}

/// The service, region and time that a signature must match.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SigningScope<'a> {
    /// The signing name: `ecr`, `bedrock-agentcore`.
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    /// IAM and STS are also signed for the partition's global region.
    pub(crate) global: bool,
    pub(crate) now: OffsetDateTime,
}

/// Why a request's signature was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignatureError {
    /// Nothing that looks like AWS credentials.
    Missing,
    /// Credentials that lack a part.
    Incomplete(String),
    /// A key id, or a session token, that this sandbox did not give out.
    UnknownKey,
    /// A session token past its end.
    ExpiredToken,
    /// A signature that does not match, or is for something else.
    Mismatch(String),
    /// A signature for a region that is not this sandbox's.
    Region { asked: String, own: String },
    /// Too old, too new, or a presigned URL past its end.
    Expired(String),
}

impl SignatureError {
    /// What the service does not say: whose region is whose, and what to do.
    pub(crate) fn other_region(asked: &str, own: &str) -> String {
        format!(
            "The request is signed for {asked} and this sandbox is {own}: sign for {own}, or start a sandbox for {asked} \
             (`agentcore sandbox start --region {asked} --dir DIR`)."
        )
    }

    /// The fault that a service of this protocol answers.
    pub(crate) fn fault(self, protocol: &Protocol) -> Fault {
        let query = matches!(protocol, Protocol::Query(_));
        // json-1.1 services answer 400 where the others answer 403.
        let status = if *protocol == Protocol::Json11 { 400 } else { 403 };
        let pick = |in_query, elsewhere| if query { in_query } else { elsewhere };
        match self {
            Self::Missing => Fault::new(
                status,
                pick("MissingAuthenticationToken", "MissingAuthenticationTokenException"),
                pick("Request is missing Authentication Token", "Missing Authentication Token"),
            ),
            Self::Incomplete(text) => {
                Fault::new(status.max(400), pick("IncompleteSignature", "IncompleteSignatureException"), text)
            }
            Self::UnknownKey => Fault::new(
                status,
                pick("InvalidClientTokenId", "UnrecognizedClientException"),
                "The security token included in the request is invalid.",
            ),
            Self::ExpiredToken => Fault::new(
                status,
                pick("ExpiredToken", "ExpiredTokenException"),
                "The security token included in the request is expired",
            ),
            Self::Mismatch(text) => {
                Fault::new(status, pick("SignatureDoesNotMatch", "InvalidSignatureException"), text)
            }
            Self::Region { ref asked, ref own } => Fault::new(
                status,
                pick("SignatureDoesNotMatch", "InvalidSignatureException"),
                format!(
                    "Credential should be scoped to a valid region, not '{asked}'. {}",
                    Self::other_region(asked, own)
                ),
            ),
            Self::Expired(text) => Fault::new(status, "RequestExpired", text),
        }
    }
}

/// The parts of a request that a signature covers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a Method,
    /// As sent.
    pub(crate) path: &'a str,
    /// As sent.
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    /// Lower-case hex digest of the body.
    pub(crate) body_sha256: &'a str,
}

/// Whether a request carries a signature at all, in its header or its query string: the data plane decides by this
/// between SigV4 and a bearer token.
pub(crate) fn is_signed(request: &Request) -> bool {
    request.header("authorization").is_some_and(|value| value.trim_start().starts_with("AWS4-"))
        || request.query("X-Amz-Signature").is_some()
}

/// Lower-case hex SHA-256, the form signatures use.
pub(crate) fn sha256(body: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, body))
}

/// Checks the signature of `request` with a body of this hash.
///
/// # Errors
/// The reason why it must be refused.
pub(crate) fn verify(signed: &Signed<'_>, key: AccessKey<'_>, scope: SigningScope<'_>) -> Result<(), SignatureError> {
    let claim = StatedSignature::parse(signed)?;
    let [key_id, date, region, service, terminator] = credential(&claim.credential)?;
    if key_id != key.id || claim.session_token.as_deref() != key.token {
        return Err(SignatureError::UnknownKey);
    }
    check_scope([region, service, terminator], scope)?;
    check_time(&claim, date, scope.now)?;
    check_signed_headers(signed.headers, &claim)?;
    let payload = payload_hash(signed)?;

    let signing_key = signing_key(key.secret, [date, region, service, terminator]);
    let header_lines = canonical_headers(signed.headers, &claim.signed_headers)?;
    for path in canonical_paths(signed.path, service) {
        for query in canonical_queries(signed.query) {
            let canonical = format!(
                "{}\n{path}\n{query}\n{header_lines}\n{}\n{payload}",
                signed.method,
                claim.signed_headers.join(";")
            );
            let to_sign = format!(
                "{ALGORITHM}\n{}\n{date}/{region}/{service}/{terminator}\n{}",
                claim.timestamp,
                sha256(canonical.as_bytes())
            );
            let signature = hex::encode(hmac::sign(&signing_key, to_sign.as_bytes()));
            if constant_time::verify_slices_are_equal(signature.as_bytes(), claim.signature.as_bytes()).is_ok() {
                return Ok(());
            }
        }
    }
    Err(SignatureError::Mismatch(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
         Key and signing method. Consult the service documentation for details."
            .to_owned(),
    ))
}

/// Signs a request that the sandbox makes itself: adds its date and its signature to the headers. It has no query.
///
/// # Errors
/// When the headers lack the host.
pub(crate) fn sign(
    headers: &mut HeaderMap,
    (method, path, body_sha256): (&Method, &str, &str),
    key: AccessKey<'_>,
    scope: SigningScope<'_>,
) -> Result<(), SignatureError> {
    let header = |text: &str| {
        HeaderValue::from_str(text).map_err(|_| SignatureError::Incomplete("a header cannot hold the signature".into()))
    };
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let timestamp = scope.now.format(format).unwrap_or_default();
    headers.insert("x-amz-date", header(&timestamp)?);
    let is_covered = |name: &str| name == "host" || name.starts_with("x-amz-");
    let mut names: Vec<String> =
        headers.keys().map(HeaderName::as_str).filter(|name| is_covered(name)).map(str::to_owned).collect();
    names.sort_unstable();
    let date = timestamp.get(..8).unwrap_or_default();
    let path = canonical_paths(path, scope.service).into_iter().next().unwrap_or_default();
    let covered = names.join(";");
    let canonical = format!("{method}\n{path}\n\n{}\n{covered}\n{body_sha256}", canonical_headers(headers, &names)?);
    let within = format!("{date}/{}/{}/{TERMINATOR}", scope.region, scope.service);
    let to_sign = format!("{ALGORITHM}\n{timestamp}\n{within}\n{}", sha256(canonical.as_bytes()));
    let signing_key = signing_key(key.secret, [date, scope.region, scope.service, TERMINATOR]);
    let signature = hex::encode(hmac::sign(&signing_key, to_sign.as_bytes()));
    let text = format!("{ALGORITHM} Credential={}/{within}, SignedHeaders={covered}, Signature={signature}", key.id);
    headers.insert(http::header::AUTHORIZATION, header(&text)?);
    Ok(())
}

/// The signature that a request states, and what it says it covers.
struct StatedSignature<'a> {
    credential: Cow<'a, str>,
    signed_headers: Vec<String>,
    signature: Cow<'a, str>,
    /// `20260131T102030Z`, as sent.
    timestamp: Cow<'a, str>,
    /// Seconds of life, for a presigned URL.
    expires: Option<i64>,
    session_token: Option<Cow<'a, str>>,
}

impl<'a> StatedSignature<'a> {
    fn parse(signed: &Signed<'a>) -> Result<Self, SignatureError> {
        let header = signed.headers.get(http::header::AUTHORIZATION);
        let presigned = query_value(signed.query, "X-Amz-Signature");
        match (header, presigned) {
            (Some(_), Some(_)) => Err(SignatureError::Incomplete(
                "a request is signed in its header or in its query string, not both".into(),
            )),
            (None, None) => Err(SignatureError::Missing),
            (None, Some(signature)) => Self::from_query(signed, signature),
            (Some(header), None) => {
                let header = header.to_str().map_err(|_| SignatureError::Missing)?.trim();
                match header.split_once([' ', ',']) {
                    Some((ALGORITHM, parts)) => Self::from_header(signed, parts),
                    Some((other, _)) if other.starts_with("AWS4-") => {
                        Err(SignatureError::Incomplete(format!("the sandbox verifies {ALGORITHM}, not {other}")))
                    }
                    _ => Err(SignatureError::Missing),
                }
            }
        }
    }

    fn from_header(signed: &Signed<'a>, parts: &'a str) -> Result<Self, SignatureError> {
        let part = |name: &str| {
            parts
                .split(',')
                .filter_map(|part| part.trim().split_once('='))
                .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
                .ok_or_else(|| SignatureError::Incomplete(format!("Authorization header requires '{name}' parameter.")))
        };
        let timestamp = signed.headers.get("x-amz-date").and_then(|value| value.to_str().ok()).ok_or_else(|| {
            SignatureError::Incomplete("Authorization header requires existence of a 'X-Amz-Date' header.".into())
        })?;
        Ok(Self {
            credential: part("Credential")?.into(),
            signed_headers: part("SignedHeaders")?.split(';').map(str::to_owned).collect(),
            signature: part("Signature")?.into(),
            timestamp: timestamp.trim().into(),
            expires: None,
            session_token: session_token(signed),
        })
    }

    fn from_query(signed: &Signed<'a>, signature: Cow<'a, str>) -> Result<Self, SignatureError> {
        let part = |name: &str| {
            query_value(signed.query, name).filter(|value| !value.is_empty()).ok_or_else(|| {
                SignatureError::Incomplete(format!("a presigned request requires the query parameter '{name}'"))
            })
        };
        if part("X-Amz-Algorithm")? != ALGORITHM {
            return Err(SignatureError::Incomplete(format!("the sandbox verifies {ALGORITHM} only")));
        }
        let expires: i64 = part("X-Amz-Expires")?
            .parse()
            .ok()
            .filter(|seconds| (1..=MAX_EXPIRES_SECONDS).contains(seconds))
            .ok_or_else(|| {
                SignatureError::Incomplete(format!("X-Amz-Expires must be 1 to {MAX_EXPIRES_SECONDS} seconds"))
            })?;
        Ok(Self {
            credential: part("X-Amz-Credential")?,
            signed_headers: part("X-Amz-SignedHeaders")?.split(';').map(str::to_owned).collect(),
            signature,
            timestamp: part("X-Amz-Date")?,
            expires: Some(expires),
            session_token: session_token(signed),
        })
    }
}

/// The session token of a request, in its header or its query string. What is no text belongs to nobody.
pub(crate) fn session_token<'a>(signed: &Signed<'a>) -> Option<Cow<'a, str>> {
    match signed.headers.get("x-amz-security-token") {
        Some(value) => Some(value.to_str().unwrap_or_default().into()),
        None => query_value(signed.query, "X-Amz-Security-Token"),
    }
}

/// Key id, date, region, service and terminator of `AKID/20260131/us-west-2/ecr/aws4_request`.
fn credential(text: &str) -> Result<[&str; 5], SignatureError> {
    let parts: Vec<&str> = text.split('/').collect();
    <[&str; 5]>::try_from(parts).map_err(|_| {
        SignatureError::Incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{text}'"
        ))
    })
}

fn check_scope([region, service, terminator]: [&str; 3], scope: SigningScope<'_>) -> Result<(), SignatureError> {
    let global = scope.global && region == global_region(scope.region);
    if region != scope.region && !global {
        return Err(SignatureError::Region { asked: region.to_owned(), own: scope.region.to_owned() });
    }
    if service != scope.service {
        return Err(SignatureError::Mismatch(format!(
            "Credential should be scoped to correct service: '{}', not '{service}'.",
            scope.service
        )));
    }
    if terminator != TERMINATOR {
        return Err(SignatureError::Mismatch(format!(
            "Credential should be scoped with a valid terminator: '{TERMINATOR}'."
        )));
    }
    Ok(())
}

/// The region that a partition's global services are signed for.
fn global_region(region: &str) -> &'static str {
    match Partition::of_region(region).id {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-eusc" => "eusc-de-east-1",
        _ => "us-east-1",
    }
}

fn check_time(claim: &StatedSignature<'_>, scope_date: &str, now: OffsetDateTime) -> Result<(), SignatureError> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let signed_at = time::PrimitiveDateTime::parse(&claim.timestamp, format)
        .map_err(|_| {
            SignatureError::Incomplete(format!("'{}' is not a date of the form 20260131T102030Z", claim.timestamp))
        })?
        .assume_utc();
    if !claim.timestamp.starts_with(scope_date) || scope_date.len() != 8 {
        return Err(SignatureError::Mismatch(
            "Date in Credential scope does not match the date of the request.".into(),
        ));
    }
    let age = (now - signed_at).whole_seconds();
    let limit = claim.expires.unwrap_or(MAX_SKEW_SECONDS);
    if age > limit {
        return Err(SignatureError::Expired(format!(
            "Signature expired: {} is {age} s ago, the limit is {limit} s",
            claim.timestamp
        )));
    }
    if age < -MAX_SKEW_SECONDS {
        return Err(SignatureError::Expired(format!(
            "Signature not yet current: {} is {} s ahead",
            claim.timestamp, -age
        )));
    }
    Ok(())
}

/// `host` and every `x-amz-…` header of the request must be covered.
fn check_signed_headers(headers: &HeaderMap, claim: &StatedSignature<'_>) -> Result<(), SignatureError> {
    if claim.signed_headers.iter().any(|name| name.bytes().any(|byte| byte.is_ascii_uppercase()))
        || !claim.signed_headers.is_sorted()
    {
        return Err(SignatureError::Incomplete("SignedHeaders must be lower-case and sorted".into()));
    }
    let covered = |name: &str| claim.signed_headers.iter().any(|signed| signed == name);
    if !covered("host") && !covered(AUTHORITY) {
        return Err(SignatureError::Mismatch("'Host' must be a 'SignedHeader' in the AWS Authorization.".into()));
    }
    let unsigned: Vec<&str> =
        headers.keys().map(HeaderName::as_str).filter(|name| name.starts_with("x-amz-") && !covered(name)).collect();
    if unsigned.is_empty() {
        return Ok(());
    }
    Err(SignatureError::Mismatch(format!(
        "There were headers present in the request which were not signed: {}",
        unsigned.join(", ")
    )))
}

/// The last line of the canonical request. A client that states the hash must state the right one.
fn payload_hash<'a>(signed: &Signed<'a>) -> Result<&'a str, SignatureError> {
    let Some(stated) = signed.headers.get("x-amz-content-sha256").and_then(|value| value.to_str().ok()) else {
        return Ok(signed.body_sha256);
    };
    if stated == UNSIGNED_PAYLOAD {
        return Ok(UNSIGNED_PAYLOAD);
    }
    // Also the words that S3 has in place of a hash, where the caller sees to what they stand for.
    if stated.eq_ignore_ascii_case(signed.body_sha256) {
        return Ok(signed.body_sha256);
    }
    if stated.starts_with("STREAMING-") {
        return Err(SignatureError::Incomplete(format!("chunk signatures are verified for S3 only ({stated})")));
    }
    Err(SignatureError::Mismatch("The provided 'x-amz-content-sha256' header does not match what was computed.".into()))
}

/// Checks the signatures of a body that is sent in signed chunks: each covers its chunk and the signature before it,
/// the first one's being the request's own.
pub(crate) struct ChunkSignatures {
    key: hmac::Key,
    timestamp: String,
    scope: String,
    previous: String,
}

impl ChunkSignatures {
    /// Of a request whose signature was verified.
    ///
    /// # Errors
    /// The request has no signature in its header.
    pub(crate) fn after_request(signed: &Signed<'_>, secret: &SecretString) -> Result<Self, SignatureError> {
        let claim = StatedSignature::parse(signed)?;
        let [_, date, region, service, terminator] = credential(&claim.credential)?;
        Ok(Self {
            key: signing_key(secret, [date, region, service, terminator]),
            timestamp: claim.timestamp.to_string(),
            scope: format!("{date}/{region}/{service}/{terminator}"),
            previous: claim.signature.to_string(),
        })
    }

    /// Whether this is the signature of a chunk with this hash.
    pub(crate) fn is_chunk(&mut self, signature: &str, sha256_of_chunk: &str) -> bool {
        self.is_next(signature, "AWS4-HMAC-SHA256-PAYLOAD", &format!("{}\n{sha256_of_chunk}", sha256(b"")))
    }

    /// Whether this is the signature of the lines that follow the last chunk.
    pub(crate) fn is_trailer(&mut self, signature: &str, sha256_of_lines: &str) -> bool {
        self.is_next(signature, "AWS4-HMAC-SHA256-TRAILER", sha256_of_lines)
    }

    fn is_next(&mut self, signature: &str, kind: &str, hashes: &str) -> bool {
        let to_sign = format!("{kind}\n{}\n{}\n{}\n{hashes}", self.timestamp, self.scope, self.previous);
        let expected = hex::encode(hmac::sign(&self.key, to_sign.as_bytes()));
        let same = constant_time::verify_slices_are_equal(expected.as_bytes(), signature.as_bytes()).is_ok();
        self.previous = expected;
        same
    }
}

fn signing_key(secret: &SecretString, scope: [&str; 4]) -> hmac::Key {
    let start = format!("AWS4{}", secret.expose_secret());
    scope.iter().fold(hmac::Key::new(hmac::HMAC_SHA256, start.as_bytes()), |key, part| {
        hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref())
    })
}

/// A line per signed header: values trimmed, runs of spaces made one, repeated headers joined with commas.
fn canonical_headers(headers: &HeaderMap, names: &[String]) -> Result<String, SignatureError> {
    let mut lines = String::new();
    for name in names {
        let kept = if name == AUTHORITY { "host" } else { name.as_str() };
        let mut values = headers.get_all(kept).iter().peekable();
        if values.peek().is_none() {
            return Err(SignatureError::Mismatch(format!("the signed header '{name}' is not in the request")));
        }
        let values: Vec<String> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()).split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        lines.push_str(&format!("{name}:{}\n", values.join(",")));
    }
    Ok(lines)
}

/// The canonical forms of a path that clients are known to sign.
fn canonical_paths(raw: &str, service: &str) -> Vec<String> {
    let decoded = |path: &str| {
        let parts = path.split('/').map(|part| encode(&percent_decode_str(part).collect::<Vec<u8>>()));
        parts.collect::<Vec<_>>().join("/")
    };
    if service == "s3" {
        // Every byte of a key counts: `/b//k` and `/b/a/../k` are other objects than `/b/k`. A signature is for the path
        // that was sent and for no other spelling but that of its encoding.
        let mut forms = vec![decoded(raw), raw.to_owned()];
        forms.dedup();
        return forms;
    }
    // All other services encode the path that is sent a second time; what is sent differs in whether `:` is encoded, and
    // some clients sign another spelling than they send. Accepting each costs no safety: they name the same resource, and
    // every one takes the secret key to sign.
    let sent = normalize(raw);
    let strict = decoded(&sent);
    let twice = |path: &str| path.split('/').map(|part| encode(part.as_bytes())).collect::<Vec<_>>().join("/");
    let mut forms = vec![twice(&sent), twice(&strict), strict];
    forms.dedup();
    forms
}

/// RFC 3986 section 5.2.4 and no empty segments, but a final slash is kept.
fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let slash = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    format!("/{}{slash}", parts.join("/"))
}

/// Canonical query strings: as sent, and decoded and encoded again for clients that sign the strict form.
fn canonical_queries(raw: &str) -> Vec<String> {
    let pairs = raw
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| *name != "X-Amz-Signature");
    let join = |mut pairs: Vec<(String, String)>| {
        pairs.sort();
        pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    };
    let again = |text: &str| encode(&percent_decode_str(text).collect::<Vec<u8>>());
    let sent = join(pairs.clone().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    let strict = join(pairs.map(|(name, value)| (again(name), again(value))).collect());
    if sent == strict { vec![sent] } else { vec![sent, strict] }
}

fn encode(bytes: &[u8]) -> String {
    percent_encoding::percent_encode(bytes, STRICT).to_string()
}

fn query_value<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then(|| percent_decode_str(value).decode_utf8_lossy()))
}

#[cfg(test)]
#[path = "sigv4_tests.rs"]
mod tests;
