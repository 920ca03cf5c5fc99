//! Checksums of objects.

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm;
use serde::{Deserialize, Serialize};

use crate::sandbox::reply::Fault;
use crate::sandbox::request::Request;

/// A kind of sum, as headers and documents name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

const ALL: [Algorithm; 5] =
    [Algorithm::Crc32, Algorithm::Crc32c, Algorithm::Crc64Nvme, Algorithm::Sha1, Algorithm::Sha256];

impl Algorithm {
    /// `x-amz-checksum-…`
    pub(super) const fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// The element of a document.
    pub(super) const fn element(self) -> &'static str {
        match self {
            Self::Crc32 => "ChecksumCRC32",
            Self::Crc32c => "ChecksumCRC32C",
            Self::Crc64Nvme => "ChecksumCRC64NVME",
            Self::Sha1 => "ChecksumSHA1",
            Self::Sha256 => "ChecksumSHA256",
        }
    }

    /// The value of `x-amz-checksum-algorithm`.
    pub(super) fn name(self) -> &'static str {
        self.element().strip_prefix("Checksum").unwrap_or_default()
    }

    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        ALL.into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| super::not_implemented(&format!("the checksum algorithm `{text}`")))
    }

    fn of_header(name: &str) -> Option<Self> {
        ALL.into_iter().find(|algorithm| algorithm.header().eq_ignore_ascii_case(name))
    }

    pub(super) fn sum(self) -> Sum {
        match self {
            Self::Crc32 => Sum::Crc(Box::new(crc_fast::Digest::new(CrcAlgorithm::Crc32IsoHdlc)), 4),
            Self::Crc32c => Sum::Crc(Box::new(crc_fast::Digest::new(CrcAlgorithm::Crc32Iscsi)), 4),
            Self::Crc64Nvme => Sum::Crc(Box::new(crc_fast::Digest::new(CrcAlgorithm::Crc64Nvme)), 8),
            Self::Sha1 => Sum::Sha(digest::Context::new(&SHA1_FOR_LEGACY_USE_ONLY)),
            Self::Sha256 => Sum::Sha(digest::Context::new(&SHA256)),
        }
    }
}

/// A sum in the making.
pub(super) enum Sum {
    /// With its length in bytes.
    Crc(Box<crc_fast::Digest>, usize),
    Sha(digest::Context),
}

impl Sum {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc(digest, _) => digest.update(bytes),
            Self::Sha(context) => context.update(bytes),
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        match self {
            Self::Crc(digest, length) => digest.finalize().to_be_bytes()[8 - length..].to_vec(),
            Self::Sha(context) => context.finish().as_ref().to_vec(),
        }
    }
}

/// The sum of an object or a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checksum {
    pub(super) algorithm: Algorithm,
    /// Base64; of a composite one with `-` and the number of parts after it.
    pub(super) value: String,
}

impl Checksum {
    pub(super) fn new(algorithm: Algorithm, sum: &[u8]) -> Self {
        Self { algorithm, value: STANDARD.encode(sum) }
    }

    /// Of the sums of parts.
    pub(super) fn composite(algorithm: Algorithm, parts: &[&Self]) -> Result<Self, Fault> {
        let mut sum = algorithm.sum();
        for part in parts {
            let bytes = STANDARD.decode(&part.value).map_err(|_| Fault::internal("a part's checksum is damaged"))?;
            sum.update(&bytes);
        }
        let value = format!("{}-{}", STANDARD.encode(sum.finish()), parts.len());
        Ok(Self { algorithm, value })
    }

    pub(super) fn is_composite(&self) -> bool {
        self.value.contains('-')
    }
}

/// What a request says about the sum of its body.
#[derive(Debug, Default)]
pub(super) struct Stated {
    pub(super) algorithm: Option<Algorithm>,
    /// Base64; `None` when it follows the body or is S3's to compute.
    pub(super) value: Option<String>,
    /// It follows the body.
    pub(super) trails: bool,
    /// Base64.
    pub(super) md5: Option<String>,
}

impl Stated {
    pub(super) fn from_request(request: &Request) -> Result<Self, Fault> {
        let md5 = request.header("content-md5").map(str::to_owned);
        let mut found = Self { md5, ..Self::default() };
        for name in request.headers.keys() {
            if let Some(algorithm) = Algorithm::of_header(name.as_str()) {
                found.value = request.header(name.as_str()).map(str::to_owned);
                found.algorithm = Some(algorithm);
            } else if name.as_str().starts_with("x-amz-checksum-")
                && !matches!(name.as_str(), "x-amz-checksum-algorithm" | "x-amz-checksum-type" | "x-amz-checksum-mode")
            {
                return Err(super::not_implemented(&format!("the header `{name}`")));
            }
        }
        if let Some(trailer) = request.header("x-amz-trailer") {
            let algorithm = Algorithm::of_header(trailer);
            found.algorithm =
                Some(algorithm.ok_or_else(|| super::not_implemented(&format!("the trailer `{trailer}`")))?);
            found.trails = true;
        }
        if found.algorithm.is_none()
            && let Some(name) = request.header("x-amz-sdk-checksum-algorithm")
        {
            found.algorithm = Some(Algorithm::parse(name)?);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_published_check_values() {
        let of = |algorithm: Algorithm| {
            let mut sum = algorithm.sum();
            sum.update(b"1234");
            sum.update(b"56789");
            hex::encode(sum.finish())
        };
        assert_eq!(of(Algorithm::Crc32), "cbf43926");
        assert_eq!(of(Algorithm::Crc32c), "e3069283");
        assert_eq!(of(Algorithm::Crc64Nvme), "ae8b14860a799888");
        assert_eq!(of(Algorithm::Sha1), "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
        assert_eq!(of(Algorithm::Sha256), "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
    }
}
