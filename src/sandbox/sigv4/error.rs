//! Why a signature was not accepted, and the fault that each kind of service answers.

use crate::sandbox::reply::{Fault, Protocol};

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
