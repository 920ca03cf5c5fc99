//! What a caller brings, and whether it is the kind of proof that a runtime takes at all.
//!
//! A runtime takes AWS signatures or bearer tokens, never both. Owns: that choice, and the verdict where the choice alone
//! decides. Does not own: what makes a token good (`evaluate`) or a signature (the service).

use crate::error::Code;

use super::evaluate::Verdict;
use super::token::Token;

/// What the caller sends with the request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Brings<'a> {
    Nothing,
    /// An AWS signature (SigV4).
    Signature,
    /// The text after `Bearer`.
    Token(&'a str),
}

/// What is left to judge of a caller whose way of calling is right.
#[derive(Debug)]
pub(crate) enum Entry {
    Token(Token),
    /// Judged by the service alone.
    Signature,
}

/// Looks at the way of calling only.
///
/// # Errors
/// The verdict of a caller who cannot pass whatever else is true: no proof, the wrong kind, or a token that is none.
pub(crate) fn admit(takes_tokens: bool, brings: Brings<'_>) -> Result<Entry, Box<Verdict>> {
    let wrong =
        |code, found, hint| Err(Box::new(Verdict::method(Some(code), expected(takes_tokens), found, Some(hint))));
    match (takes_tokens, brings) {
        (true, Brings::Token(text)) => {
            Token::parse(text).map(Entry::Token).map_err(|error| Box::new(Verdict::unparsable(&error)))
        }
        (false, Brings::Signature) => Ok(Entry::Signature),
        (true, Brings::Nothing) => {
            wrong(Code::TokenMissing, "no `Authorization` header", "send the provider's access token")
        }
        (true, Brings::Signature) => wrong(
            Code::Sigv4NotAccepted,
            "an AWS signature (SigV4)",
            "this runtime takes tokens: send one, for example with `agentcore invoke --bearer-token-file FILE`",
        ),
        (false, Brings::Nothing) => {
            wrong(Code::SignatureMissing, "no `Authorization` header", "sign the request with AWS credentials")
        }
        (false, Brings::Token(_)) => wrong(
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
            Ok(Entry::Token(_)) => "token",
            Ok(Entry::Signature) => signed().code(),
            Err(verdict) => {
                assert!(!verdict.accepted());
                verdict.code()
            }
        };
        let token = "eyJhbGciOiJSUzI1NiJ9.e30.AA";
        assert_eq!(code(true, Brings::Token(token)), "token");
        assert_eq!(code(true, Brings::Token("opaque")), "token-unparsable");
        assert_eq!(code(true, Brings::Nothing), "token-missing");
        assert_eq!(code(true, Brings::Signature), "sigv4-not-accepted");
        assert_eq!(code(false, Brings::Signature), "accepted");
        assert_eq!(code(false, Brings::Nothing), "signature-missing");
        assert_eq!(code(false, Brings::Token(token)), "bearer-not-accepted");
    }
}
