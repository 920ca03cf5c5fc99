//! Verification of AWS Signature Version 4, in the `Authorization` header and in the query string.
//!
//! Owns: rebuilding the canonical request and comparing signatures; everything that is missing, unknown, unsigned or
//! stale is refused. Does not own: whose key it is, and what that caller may do (`caller`).
//! Source: "Signature Version 4 signing process" in the IAM user guide, and its published examples (see the tests).

mod canonical;
mod chunks;
mod error;
mod stated;

use aws_lc_rs::{constant_time, digest, hmac};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use time::OffsetDateTime;
use time::macros::format_description;

use super::request::Request;
use crate::partition::Partition;
use crate::redact::{ExposeSecret, SecretString};
use canonical::{canonical_headers, canonical_paths, canonical_queries};
use stated::{StatedSignature, credential};

pub(crate) use chunks::ChunkSignatures;
pub(crate) use error::SignatureError;
pub(crate) use stated::session_token;

/// How far a request's date may be from the sandbox's clock, either way.
const MAX_SKEW_SECONDS: i64 = 300;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";
/// What HTTP/2 has in place of `Host`: clients that speak it sign it by this name.
const AUTHORITY: &str = ":authority";
/// Stands in the canonical request for a body that is not signed.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

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

fn signing_key(secret: &SecretString, scope: [&str; 4]) -> hmac::Key {
    let start = format!("AWS4{}", secret.expose_secret());
    scope.iter().fold(hmac::Key::new(hmac::HMAC_SHA256, start.as_bytes()), |key, part| {
        hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref())
    })
}

#[cfg(test)]
mod tests;
