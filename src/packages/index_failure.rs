//! Why a package index gave an installer nothing: it was not reached, its certificate is not trusted, it refuses the caller,
//! or it failed itself.
//!
//! Owns: reading that in what pip, uv, npm, pnpm and yarn print. Does not own: what the index does not have
//! (`python::conflict`).

use regex_lite::Regex;

use crate::error::{Code, Error};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IndexFailure {
    Certificate,
    Credentials,
    /// An answer 5xx or 429.
    Itself,
    Unreachable,
}

/// The first that fits counts: what is told of a certificate or an answer is often followed by "could not connect".
const SIGNS: [(IndexFailure, &str); 4] = [
    (
        IndexFailure::Certificate,
        r"(?i)CERTIFICATE_VERIFY_FAILED|confirming the ssl certificate|invalid peer certificate|SELF_SIGNED_CERT|self[- ]signed certificate|UNABLE_TO_(?:VERIFY_LEAF|GET_ISSUER)|unable to (?:verify the first|get (?:local )?issuer) certificate|CERT_HAS_EXPIRED|certificate has expired|ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames",
    ),
    (
        IndexFailure::Credentials,
        r"(?i)\b40[13] (?:client error|unauthorized|forbidden)|\b401 error, credentials|code E40[13]\b|ERR_PNPM_FETCH_40[13]|returned a 40[13]\b",
    ),
    (
        IndexFailure::Itself,
        r"(?i)\b(?:5\d\d|429) (?:server|client) error|status (?:server|client) error \((?:5\d\d|429)|code E(?:5\d\d|429)\b|ERR_PNPM_FETCH_(?:5\d\d|429)|returned a (?:5\d\d|429)\b|too many (?:5\d\d|429) error responses|trouble with the npm registry",
    ),
    (
        IndexFailure::Unreachable,
        // pip tells every attempt, and only the last one decides. Words of an install script are not the installer's.
        r"Retry\(total=0,.*connection broken by|Could not fetch URL \S+: HTTPS?ConnectionPool|error sending request for url|^(?:npm (?:error|ERR!) code|error Error:).*\b(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ESOCKETTIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b|ERR_PNPM_META_FETCH_FAIL|trouble with your network connection",
    ),
];

impl IndexFailure {
    pub(super) fn of(said: &[String]) -> Option<Self> {
        let read = |(failure, pattern): &(Self, &str)| {
            let pattern = Regex::new(pattern).ok()?;
            said.iter().any(|line| pattern.is_match(line)).then_some(*failure)
        };
        SIGNS.iter().find_map(read)
    }

    /// `index` is what people call it: "package index", "npm registry". `authorities` tells how the installer is given a
    /// certificate authority, `logins` where it has its credentials from.
    pub(super) fn explain(self, index: &str, authorities: &str, logins: &str) -> Error {
        match self {
            Self::Certificate => Error::failed(format!("the certificate of the {index} is not trusted"))
                .code(Code::PackagesCertificate)
                .hint(format!("where a proxy inspects TLS, name the certificate of its authority: {authorities}")),
            Self::Credentials => Error::failed(format!("the {index} refuses access"))
                .code(Code::PackagesCredentials)
                .hint(format!("check its address and credentials; {logins}")),
            Self::Itself => Error::failed(format!("the {index} answered with an error"))
                .code(Code::PackagesUnreachable)
                .hint("run the command again in a moment"),
            Self::Unreachable => Error::failed(format!("the {index} could not be reached"))
                .code(Code::PackagesUnreachable)
                .hint("check the network, the address of the index and `HTTPS_PROXY`, and run the command again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<IndexFailure> {
        IndexFailure::of(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    /// Lines that pip 20.3 to 26, uv 0.9, npm 11, pnpm 10 and yarn 1.22 printed against servers of that kind.
    #[test]
    fn each_installer_is_understood() {
        let certificate = [
            "Could not fetch URL https://i.example/simple/x/: There was a problem confirming the ssl certificate: HTTPSConnectionPool",
            "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'SSLError(SSLCertVerificationError(1, \
             '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self signed certificate in certificate chain",
            "error: Failed to fetch: https://i.example/simple/x/\n  cause: error sending request for url (https://i.example/)\n  \
             cause: client error (Connect)\n  cause: invalid peer certificate: UnknownIssuer",
            "npm error code SELF_SIGNED_CERT_IN_CHAIN",
            "npm error code UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
            " ERR_PNPM_META_FETCH_FAIL  GET https://i.example/x: request to https://i.example/x failed, reason: self-signed certificate",
            "error Error: unable to verify the first certificate",
        ];
        let credentials = [
            "WARNING: 401 Error, Credentials not correct for https://i.example/simple/x/",
            "Could not fetch URL https://i.example/simple/x/: 403 Client Error: Forbidden for url: https://i.example/simple/x/ - skipping",
            "cause: Because x was not found in the package registry and you require x\nhint: An index URL (https://i.example/simple) \
             could not be queried due to a lack of valid authentication credentials (401 Unauthorized)",
            "hint: An index (https://i.example/simple) returned a 403 Forbidden error. Check that the index URL is correct",
            "npm error code E403",
            " ERR_PNPM_FETCH_401  GET https://i.example/x: Unauthorized - 401",
            "error Error: https://i.example/x: Request \"https://i.example/x\" returned a 403",
        ];
        let itself = [
            "Could not fetch URL https://i.example/simple/x/: 503 Server Error: Service Unavailable for url: https://i.example - skipping",
            "Could not fetch URL https://i.example/simple/x/: HTTPSConnectionPool(host='i.example', port=443): Max retries \
             exceeded with url: /simple/x/ (Caused by ResponseError('too many 503 error responses')) - skipping",
            "cause: HTTP status server error (503 Service Unavailable) for url (https://i.example/simple/x/)",
            "npm error code E503",
            " ERR_PNPM_FETCH_503  GET https://i.example/x: Service Unavailable - 503",
            "info There appears to be trouble with the npm registry (returned undefined). Retrying...",
        ];
        let unreachable = [
            "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError(\"HTTPConnection(host='i', \
             port=1): Failed to establish a new connection: [Errno 111] Connection refused\")': /simple/x/",
            "error: Failed to fetch: http://i/simple/x/\n  cause: error sending request for url (http://i/simple/x/)\n  cause: dns error",
            "npm error code ENOTFOUND",
            "error Error: connect ECONNREFUSED 127.0.0.1:1",
            "info There appears to be trouble with your network connection. Retrying...",
        ];
        for (failure, texts) in [
            (IndexFailure::Certificate, &certificate[..]),
            (IndexFailure::Credentials, &credentials),
            (IndexFailure::Itself, &itself),
            (IndexFailure::Unreachable, &unreachable),
        ] {
            for text in texts {
                assert_eq!(read(text), Some(failure), "{text}");
            }
        }
    }

    #[test]
    fn an_attempt_that_was_repeated_is_no_failure() {
        let retried = "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError': /simple/x/";
        for text in [retried, "ERROR: No matching distribution found for x==503", "Collecting http-401-error", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
