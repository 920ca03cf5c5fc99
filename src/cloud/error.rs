//! AWS failures turned into our error: kind by error code, the service's words verbatim, the request id, a next step.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::error::{Error, Kind};

/// The error code of a service error, such as `ResourceNotFoundException`; `None` for anything that never got an
/// answer.
pub(super) fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

pub(super) fn is_not_found<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    code(error).is_some_and(|code| MISSING.contains(&code))
}

/// The caller may not do this.
pub(super) fn is_denied<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(code(error), Some("AccessDenied" | "AccessDeniedException"))
}

/// Codes that say that something is not there.
const MISSING: &[&str] = &[
    "ResourceNotFoundException",
    "NoSuchEntity",
    "NoSuchEntityException",
    "RepositoryNotFoundException",
    "NoSuchBucket",
    "NoSuchKey",
    "NoSuchUpload",
];

/// `what` says what was being done: "create repository `x`".
pub(super) fn convert<E>(what: impl AsRef<str>, error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let what = what.as_ref();
    if let SdkError::ServiceError(service) = error {
        let (code, message) = (service.err().code(), service.err().message().unwrap_or_default());
        let request_id = request_id(service.raw());
        let status = service.raw().status().as_u16();
        return service_error(what, &Answer { status, code, message, request_id });
    }
    let text = chain(error);
    if text.contains("credentials") || text.contains("CredentialsProvider") || text.contains("identity") {
        return no_credentials(what).cause(text);
    }
    Error::failed(format!("could not {what}: no answer from the service"))
        .code("aws.unreachable")
        .cause(text)
        .hint("check the network, `HTTPS_PROXY`, `AWS_ENDPOINT_URL` and the region")
}

pub(super) fn request_id(response: &HttpResponse) -> Option<String> {
    ["x-amzn-requestid", "x-amz-request-id"].iter().find_map(|name| response.headers().get(*name)).map(str::to_owned)
}

pub(super) fn no_credentials(what: &str) -> Error {
    Error::new(Kind::Credentials, format!("could not {what}: no usable AWS credentials"))
        .code("aws.credentials-missing")
        .hint("log in (`aws sso login`), choose a profile with `--profile`, set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or work without an account: `agentcore sandbox start`, then `eval \"$(agentcore sandbox env)\"`")
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        // Some of the SDK's messages end in the request itself, and its body may hold a password.
        let text = text.split(" to request `Request {").next().unwrap_or(&text).to_owned();
        if parts.last() != Some(&text) {
            parts.push(text);
        }
        next = error.source();
    }
    parts.join(": ")
}

/// An error answer of any AWS service, as it came over the wire.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) code: Option<&'a str>,
    pub(super) message: &'a str,
    pub(super) request_id: Option<String>,
}

/// Codes that mean "who are you" or "you may not", by service family; everything else keeps its own meaning.
pub(super) fn service_error(what: &str, answer: &Answer<'_>) -> Error {
    let code = answer.code.unwrap_or("UnknownError");
    let (kind, hint) = match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => (
            Kind::Credentials,
            Some("the session has expired: log in again (`aws sso login`) or refresh the credentials"),
        ),
        "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" => (
            Kind::Credentials,
            Some(
                "AWS does not accept these credentials: check `AWS_ACCESS_KEY_ID`, `--profile` and the clock of this machine",
            ),
        ),
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "NotAuthorized"
        | "UnauthorizedException" => (
            Kind::Credentials,
            Some("the message names the missing permission: ask for it, or use another `--profile`"),
        ),
        _ if MISSING.contains(&code) => (Kind::NotFound, None),
        "ThrottlingException" | "ThrottledException" | "Throttling" | "TooManyRequestsException" | "SlowDown" => (
            Kind::Failed,
            Some("the service is limiting requests: run the command again, it continues where it stopped"),
        ),
        "ServiceQuotaExceededException" | "LimitExceededException" | "ResourceLimitExceededException" => {
            (Kind::Failed, Some("an account quota is used up: delete what is no longer needed or ask AWS for more"))
        }
        _ => (Kind::Failed, None),
    };
    let text = if answer.message.is_empty() { format!("HTTP {}", answer.status) } else { answer.message.to_owned() };
    let error = Error::new(kind, format!("could not {what}"))
        .code(code.to_owned())
        .cause(format!("{code}: {text}"))
        .request_id(answer.request_id.clone());
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_decide_the_exit_status() {
        let kind = |code: &str| {
            service_error("x", &Answer { status: 400, code: Some(code), message: "m", request_id: None }).kind()
        };
        assert_eq!(kind("AccessDeniedException"), Kind::Credentials);
        assert_eq!(kind("NoSuchEntity"), Kind::NotFound);
        assert_eq!(kind("ValidationException"), Kind::Failed);
    }

    #[test]
    fn the_words_of_the_service_and_the_request_id_are_kept() {
        let answer = Answer {
            status: 403,
            code: Some("AccessDenied"),
            message: "User: x is not authorized to perform: iam:CreateRole",
            request_id: Some("r-1".into()),
        };
        let error = service_error("create role `y`", &answer);
        assert_eq!(error.causes(), ["AccessDenied: User: x is not authorized to perform: iam:CreateRole"]);
        assert_eq!(error.request_id_str(), Some("r-1"));
    }
}
