//! The signature that a request states, in its header or its query string. Nothing of it is verified here.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::{ALGORITHM, SignatureError, Signed};

/// The longest validity of a presigned URL: seven days.
const MAX_EXPIRES_SECONDS: i64 = 604_800;

/// The signature that a request states, and what it says it covers.
pub(super) struct StatedSignature<'a> {
    pub(super) credential: Cow<'a, str>,
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: Cow<'a, str>,
    /// `20260131T102030Z`, as sent.
    pub(super) timestamp: Cow<'a, str>,
    /// Seconds of life, for a presigned URL.
    pub(super) expires: Option<i64>,
    pub(super) session_token: Option<Cow<'a, str>>,
}

impl<'a> StatedSignature<'a> {
    pub(super) fn parse(signed: &Signed<'a>) -> Result<Self, SignatureError> {
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
pub(super) fn credential(text: &str) -> Result<[&str; 5], SignatureError> {
    let parts: Vec<&str> = text.split('/').collect();
    <[&str; 5]>::try_from(parts).map_err(|_| {
        SignatureError::Incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{text}'"
        ))
    })
}

fn query_value<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then(|| percent_decode_str(value).decode_utf8_lossy()))
}
