//! AWS failures turned into our error: kind by error code, the service's message verbatim, the request id, a next step.

use std::future::Future;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::transport::{AnsweredBy, NoAnswer};
use crate::deadline::Waiting;
use crate::error::{Code, Error, Kind, Result, is_throttling};
use crate::http::FIRST_BYTE;

/// The error code of a service error, such as `ResourceNotFoundException`; `None` for anything that never got an
/// answer.
pub(super) fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

pub(super) fn is_not_found<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    code(error).is_some_and(|code| MISSING.contains(&code))
}

/// The answer; `None` where what it is about is not there. `what` as in [`convert`].
pub(super) fn if_found<T, E>(
    sent: std::result::Result<T, SdkError<E, HttpResponse>>,
    what: impl AsRef<str>,
) -> Result<Option<T>>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match sent {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if is_not_found(&error) => Ok(None),
        Err(error) => Err(convert(what, &error)),
    }
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

/// Repeats a creation that the SDK may not repeat, as long as the service only limits its pace: that says that nothing
/// was made, which a lost answer or a failure of the service does not.
///
/// No async closure: the compiler cannot tell that its future may be sent between threads.
pub(super) async fn throttled_again<T, Fut: Future<Output = Result<T>>>(creation: impl Fn() -> Fut) -> Result<T> {
    let mut pause = FIRST_PAUSE;
    loop {
        match creation().await {
            Err(error) if error.is_throttled() && pause <= LONGEST_PAUSE => {
                let _waiting = Waiting::on(format!("another attempt ({error})"));
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            other => return other,
        }
    }
}

/// Pauses of 1, 2, 4 and 8 seconds: Cognito's limits are per second.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// `what` says what was being done: "create repository `x`".
pub(super) fn convert<E>(what: impl AsRef<str>, error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let what = what.as_ref();
    match error {
        SdkError::ServiceError(service) => {
            let raw = service.raw();
            let (code, message) = (service.err().code(), service.err().message().unwrap_or_default());
            let request_id = request_id(raw);
            if code.is_none() && request_id.is_none() {
                return unreadable(what, raw);
            }
            return service_error(what, &ErrorResponse { status: raw.status().as_u16(), code, message, request_id });
        }
        SdkError::ResponseError(answer) => return unreadable(what, answer.raw()),
        _ => {}
    }
    let text = chain(error);
    let missing = NoAnswer::find(error);
    let for_credentials = ["credentials", "CredentialsProvider", "identity"].iter().any(|word| text.contains(word));
    match missing {
        // The instance metadata service times out after a second, and most machines have none.
        Some(missing) if for_credentials && !missing.why.is_final(FIRST_BYTE) => no_credentials(what).cause(text),
        None if for_credentials => no_credentials(what).cause(places_of_credentials(&text)),
        Some(missing) => no_answer(what, missing),
        None => Error::failed(format!("could not {what}: no answer from the service"))
            .code(Code::AwsUnreachable)
            .cause(text)
            .hint(CHECK_THE_WAY),
    }
}

const CHECK_THE_WAY: &str = "check the network, `HTTPS_PROXY`, `AWS_ENDPOINT_URL` and the region";

fn no_answer(what: &str, missing: &NoAnswer) -> Error {
    let message = format!("could not {what}: {missing}");
    let error = if missing.why.is_timeout() {
        Error::new(Kind::Deadline, message).code(Code::AwsTimeout).hint(CHECK_THE_WAY)
    } else if missing.why.is_unreadable() {
        return unusable(what, &missing.to_string());
    } else {
        Error::failed(message).code(Code::AwsUnreachable).hint(CHECK_THE_WAY)
    };
    match std::error::Error::source(missing) {
        Some(source) => error.cause(chain(source)),
        None => error,
    }
}

/// An answer that is not the service's: a proxy's page, or one that was cut off. Its text is not quoted, because it may
/// hold half a secret.
fn unreadable(what: &str, raw: &HttpResponse) -> Error {
    let host = raw.extension::<AnsweredBy>().map_or("the service", |answered| &answered.0);
    let kind = raw.headers().get("content-type").unwrap_or("no content type");
    let length = raw.body().bytes().map_or(0, <[u8]>::len);
    let status = raw.status().as_u16();
    unusable(what, &format!("`{host}` answered HTTP {status} with {length} bytes ({kind}) that are no answer of AWS"))
}

/// The error for an answer of `service` that lacks a required member.
pub(super) fn missing_member(what: &str, service: &str, member: &str) -> Error {
    unusable(what, &format!("the answer of {service} has no {member}"))
}

fn unusable(what: &str, why: &str) -> Error {
    Error::failed(format!("could not {what}: {why}")).code(Code::AwsAnswer).hint(
        "something else may be answering in its place: check `HTTPS_PROXY` and `AWS_ENDPOINT_URL`, then run the command again",
    )
}

pub(super) fn request_id(response: &HttpResponse) -> Option<String> {
    ["x-amzn-requestid", "x-amz-request-id"].iter().find_map(|name| response.headers().get(*name)).map(str::to_owned)
}

pub(super) fn no_credentials(what: &str) -> Error {
    Error::new(Kind::Credentials, format!("could not {what}: no usable AWS credentials"))
        .code(Code::AwsCredentialsMissing)
        .hint("log in (`aws sso login`), choose a profile with `--profile`, or set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`")
        .hint("or work without an account: `agentcore sandbox start`, then `eval \"$(agentcore sandbox env)\"`")
}

/// Where the SDK looked for credentials and what each place lacked, without the frame around it, which says the same
/// about every one of them. A text of another form stays as it is.
pub(super) fn places_of_credentials(text: &str) -> String {
    let Some((_, places)) = text.split_once("no credentials found in chain. Attempted:") else {
        return text.to_owned();
    };
    let disabled = "the credential provider was not enabled";
    let each = places.lines().map(str::trim).filter(|line| !line.is_empty());
    let each = each.map(|line| match line.split_once(&format!(": {disabled}")) {
        Some((place, "")) => format!("{place}: not set up"),
        Some((place, why)) => format!("{place}{why}"),
        None => line.to_owned(),
    });
    each.collect::<Vec<_>>().join("\n")
}

pub(super) fn chain(error: &dyn std::error::Error) -> String {
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

/// An error answer of any AWS service.
#[derive(Debug)]
pub(super) struct ErrorResponse<'a> {
    pub(super) status: u16,
    pub(super) code: Option<&'a str>,
    pub(super) message: &'a str,
    pub(super) request_id: Option<String>,
}

/// What to do about an answer that says that the caller is nobody whom AWS knows; `None` for any other.
pub(crate) fn unusable_credentials(code: &str, message: &str) -> Option<&'static str> {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            Some("the session has expired: log in again (`aws sso login`) or refresh the credentials")
        }
        "InvalidSignatureException" | "SignatureDoesNotMatch" if message.contains("to a valid region") => Some(
            "the request is signed for another region than that of the address it went to: check `--region` and `AWS_ENDPOINT_URL`",
        ),
        "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" => Some(
            "AWS does not accept these credentials: check `AWS_ACCESS_KEY_ID`, `--profile` and the clock of this machine",
        ),
        _ => None,
    }
}

/// Codes that mean "who are you" or "you may not", by service family; everything else keeps its own meaning.
pub(super) fn service_error(what: &str, answer: &ErrorResponse<'_>) -> Error {
    let code = answer.code.unwrap_or("UnknownError");
    let unusable = unusable_credentials(code, answer.message);
    let (kind, hint) = match code {
        _ if unusable.is_some() => (Kind::Credentials, unusable),
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "NotAuthorized"
        | "UnauthorizedException" => (
            Kind::Credentials,
            Some("the message names the missing permission: ask for it, or use another `--profile`"),
        ),
        _ if MISSING.contains(&code) => (Kind::NotFound, None),
        _ if is_throttling(code) => (
            Kind::Failed,
            Some("the service is limiting requests: run the command again, it continues where it stopped"),
        ),
        "ServiceQuotaExceededException" | "LimitExceededException" | "ResourceLimitExceededException" => {
            (Kind::Failed, Some("an account quota is used up: delete what is no longer needed or ask AWS for more"))
        }
        _ if answer.status >= 500 => {
            (Kind::Failed, Some("the service reported an internal error: run the command again in a moment"))
        }
        _ => (Kind::Failed, None),
    };
    let text = if answer.message.is_empty() { format!("HTTP {}", answer.status) } else { answer.message.to_owned() };
    let error = Error::new(kind, format!("could not {what}"))
        .aws_code(code)
        .cause(format!("{code}: {text}"))
        .request_id(answer.request_id.clone());
    let error = if answer.status >= 500 { error.passing() } else { error };
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_credentials_lose_their_frame() {
        let text = "dispatch failure: other: the credential provider was not enabled: no credentials found in chain. \
            Attempted:\n    Environment: the credential provider was not enabled: environment variable not set\n    \
            Profile: the credential provider was not enabled";
        let places = "Environment: environment variable not set\nProfile: not set up";
        assert_eq!(places_of_credentials(text), places);
        assert_eq!(places_of_credentials("an error of the provider"), "an error of the provider");
    }

    #[test]
    fn codes_decide_the_exit_status() {
        let kind = |code: &str| {
            service_error("x", &ErrorResponse { status: 400, code: Some(code), message: "m", request_id: None }).kind()
        };
        assert_eq!(kind("AccessDeniedException"), Kind::Credentials);
        assert_eq!(kind("NoSuchEntity"), Kind::NotFound);
        assert_eq!(kind("ValidationException"), Kind::Failed);
    }

    #[test]
    fn wrong_region_does_not_blame_the_credentials() {
        let message = "Credential should be scoped to a valid region, not 'eu-west-1'. ";
        let answer = ErrorResponse { status: 403, code: Some("SignatureDoesNotMatch"), message, request_id: None };
        let error = service_error("x", &answer);
        assert_eq!(error.kind(), Kind::Credentials);
        assert!(error.hints().iter().all(|hint| hint.contains("region")), "{:?}", error.hints());
    }

    #[test]
    fn service_message_and_request_id_are_kept() {
        let answer = ErrorResponse {
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
