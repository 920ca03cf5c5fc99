//! The credentials that a caller presents, and whether the runtime accepts that kind of credential.
//!
//! A runtime takes AWS signatures or bearer tokens, never both. Owns: that choice, and the verdict where the choice
//! alone decides. Does not own: whether a token is valid (`evaluate`) or a signature (the service).

use crate::error::Code;

use super::evaluate::Verdict;
use super::token::Token;

/// The credential in a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Presented<'a> {
    Nothing,
    /// An AWS signature (SigV4).
    Signature,
    /// The text after `Bearer`.
    Token(&'a str),
}

/// A credential of the accepted kind, still to be judged.
#[derive(Debug)]
pub(crate) enum Credential {
    Token(Token),
    /// Judged by the service alone.
    Signature,
}

/// Checks the kind of credential only.
///
/// # Errors
/// The verdict on a caller who cannot pass: no credential, the wrong kind, or a malformed token.
pub(crate) fn admit(takes_tokens: bool, brings: Presented<'_>) -> Result<Credential, Box<Verdict>> {
    let wrong =
        |code, found, hint| Err(Box::new(Verdict::method(Some(code), expected(takes_tokens), found, Some(hint))));
    match (takes_tokens, brings) {
        (true, Presented::Token(text)) => {
            Token::parse(text).map(Credential::Token).map_err(|error| Box::new(Verdict::unparsable(&error)))
        }
        (false, Presented::Signature) => Ok(Credential::Signature),
        (true, Presented::Nothing) => {
            wrong(Code::TokenMissing, "no `Authorization` header", "send the provider's access token")
        }
        (true, Presented::Signature) => wrong(
            Code::Sigv4NotAccepted,
            "an AWS signature (SigV4)",
            "this runtime takes tokens: send one, for example with `agentcore invoke --bearer-token-file FILE`",
        ),
        (false, Presented::Nothing) => {
            wrong(Code::SignatureMissing, "no `Authorization` header", "sign the request with AWS credentials")
        }
        (false, Presented::Token(_)) => wrong(
            Code::BearerNotAccepted,
            "a bearer token",
            "this runtime has no authorizer and takes AWS credentials: leave the token out, or configure an authorizer",
        ),
    }
}

/// The verdict on a signature that the runtime takes, as far as it is judged here.
pub(crate) fn signed() -> Verdict {
    Verdict::method(None, expected(false), "an AWS signature (SigV4)", None)
}

const fn expected(takes_tokens: bool) -> &'static str {
    if takes_tokens { "a bearer token" } else { "an AWS signature (SigV4)" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_takes_one_kind_of_proof() {
        let code = |takes_tokens, brings| match admit(takes_tokens, brings) {
            Ok(Credential::Token(_)) => "token",
            Ok(Credential::Signature) => signed().code(),
            Err(verdict) => {
                assert!(!verdict.accepted());
                verdict.code()
            }
        };
        let token = "eyJhbGciOiJSUzI1NiJ9.e30.AA";
        assert_eq!(code(true, Presented::Token(token)), "token");
        assert_eq!(code(true, Presented::Token("opaque")), "token-unparsable");
        assert_eq!(code(true, Presented::Nothing), "token-missing");
        assert_eq!(code(true, Presented::Signature), "sigv4-not-accepted");
        assert_eq!(code(false, Presented::Signature), "accepted");
        assert_eq!(code(false, Presented::Nothing), "signature-missing");
        assert_eq!(code(false, Presented::Token(token)), "bearer-not-accepted");
    }
}
