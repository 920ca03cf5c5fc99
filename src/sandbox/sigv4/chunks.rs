//! The signatures of a body that is sent in signed chunks.

use aws_lc_rs::{constant_time, hmac};

use super::stated::{StatedSignature, credential};
use super::{SignatureError, Signed, sha256, signing_key};
use crate::redact::SecretString;

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
