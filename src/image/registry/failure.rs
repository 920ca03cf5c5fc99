//! What a registry's refusal or silence means to the person who waits.
//!
//! Owns: which failures are worth another attempt, the translation of the protocol's error codes, the removal of
//! secrets. URLs are never quoted with their query: it can be a signature.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use crate::error::{Code, Error, Kind};
use crate::http::{CONNECT, is_not_http};
use crate::redact::scrub;

use super::Credentials;

/// The name in the logins that ECR gives out, whatever host it is reached at.
const ECR_USER: &str = "AWS";

/// A failed attempt.
#[derive(Debug)]
pub(super) enum AttemptFailure {
    /// Another attempt may work; the registry may have said when.
    Transient {
        error: Error,
        after: Option<Duration>,
    },
    Final(Error),
}

impl From<Error> for AttemptFailure {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}

pub(super) fn is_transient(status: StatusCode) -> bool {
    // A 501 stays what it is however often one asks.
    status == StatusCode::TOO_MANY_REQUESTS || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED)
}

/// A request that got no answer. `error` never shows its URL.
pub(super) fn connection(host: &str, action: &str, error: reqwest::Error) -> AttemptFailure {
    if error.is_timeout() {
        return late(format!("could not {action}: no connection to registry `{host}` within {} s", CONNECT.as_secs()));
    }
    if is_not_http(&error) {
        return unreadable(host, action, "what answers there does not speak HTTP").into();
    }
    let error = Error::failed(format!("could not {action}: no usable answer from registry `{host}`"))
        .code(Code::RegistryUnreachable)
        .source(&error.without_url())
        .hint(CHECK_THE_WAY);
    AttemptFailure::Transient { error, after: None }
}

/// Nothing came, or nothing more was taken.
pub(super) fn silence(host: &str, action: &str, limit: Duration) -> AttemptFailure {
    late(format!("could not {action}: registry `{host}` was silent for {} s", limit.as_secs()))
}

/// The answer began, and its end did not come.
pub(super) fn stalled(host: &str, action: &str, limit: Duration) -> AttemptFailure {
    late(format!("could not {action}: registry `{host}` did not end its answer within {} s", limit.as_secs()))
}

fn late(message: String) -> AttemptFailure {
    let error = Error::new(Kind::Deadline, message).code(Code::RegistryTimeout).hint(CHECK_THE_WAY);
    AttemptFailure::Transient { error, after: None }
}

/// An answer that is none of a registry's: a proxy's page, or one that was cut off.
pub(super) fn unreadable(host: &str, action: &str, why: &str) -> Error {
    Error::failed(format!("could not {action}: the answer of registry `{host}` cannot be read"))
        .code(Code::RegistryAnswer)
        .cause(why)
        .hint("something else may be answering in its place: check the registry's name, `HTTPS_PROXY` and `NO_PROXY`")
}

const CHECK_THE_WAY: &str = "check the network, and `HTTPS_PROXY` and `NO_PROXY` where a proxy is used";

/// An answer that was not what was hoped for.
pub(super) struct RegistryAnswer<'a> {
    pub(super) host: &'a str,
    pub(super) action: &'a str,
    pub(super) status: StatusCode,
    /// Its content type is that of a web page. An answer to HEAD has nothing else to tell by.
    pub(super) html: bool,
    pub(super) body: &'a [u8],
}

pub(super) fn refusal(answer: &RegistryAnswer<'_>, credentials: &Credentials) -> Error {
    let RegistryAnswer { host, action, status, html, body } = answer;
    // A server before a registry asks for a login with a page of its own.
    if *status != StatusCode::UNAUTHORIZED && (*html || is_page(body)) {
        return unreadable(host, action, &format!("the registry answered {status} with a web page"));
    }
    let (code, text) = reason(body);
    let text = match credentials {
        Credentials::Basic { password, .. } => scrub(&text, [password]),
        Credentials::Anonymous => text,
    };
    let said = match (code.as_str(), text.as_str()) {
        ("", "") => format!("the registry answered {status}"),
        ("", text) => format!("{status}: {text}"),
        (code, text) => format!("{status}: {code}: {text}"),
    };
    if text.contains("immutable") {
        return Error::failed(format!(
            "could not {action}: the tag exists and the tags of this repository are immutable"
        ))
        .code(Code::ImageTagImmutable)
        .cause(said)
        .hint("choose another tag with `--image-tag`, or leave it out to get a new one for each deployment");
    }
    match (*status, code.as_str()) {
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) | (_, "UNAUTHORIZED" | "DENIED") => {
            let error = Error::new(Kind::Credentials, format!("could not {action}: registry `{host}` denied access"));
            denied_hint(error.cause(said), host, credentials)
        }
        (_, "NAME_UNKNOWN") => {
            Error::not_found(format!("could not {action}: there is no such repository in registry `{host}`"))
                .cause(said)
                .hint("create the repository first: a registry such as ECR does not create it on push")
        }
        (StatusCode::NOT_FOUND, _) => {
            Error::not_found(format!("could not {action}: registry `{host}` does not have it")).cause(said)
        }
        // A registry says why in JSON; what does not is a proxy, or what is before the registry.
        (_, "") => unreadable(host, action, &said),
        _ => Error::failed(format!("could not {action}: registry `{host}` refused")).cause(said),
    }
}

fn denied_hint(error: Error, host: &str, credentials: &Credentials) -> Error {
    // A refused HEAD says no more than this, so that the actions are named here.
    match credentials {
        Credentials::Basic { username, .. } if username == ECR_USER => error.hint(
            "the caller needs these permissions on the repository: `ecr:BatchGetImage`, `ecr:BatchCheckLayerAvailability`, \
             `ecr:InitiateLayerUpload`, `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload` and `ecr:PutImage`",
        ),
        Credentials::Anonymous => error.hint(format!(
            "the repository may be private or not exist: check its name, or log in with `docker login {host}`"
        )),
        Credentials::Basic { .. } => error.hint(format!("check the stored login: `docker login {host}`")),
    }
}

/// A proxy's, or that of a network that wants a sign-in first. The storage behind a registry answers in XML.
fn is_page(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(200)]).trim_start().to_ascii_lowercase();
    start.starts_with("<html") || start.starts_with("<!doctype html")
}

/// Code and text of the protocol's error document, or the start of any other text.
fn reason(body: &[u8]) -> (String, String) {
    let first = serde_json::from_slice::<Value>(body).ok().and_then(|value| value["errors"].get(0).cloned());
    match first {
        Some(error) => {
            let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
            (text("code"), text("message"))
        }
        None => {
            let text = String::from_utf8_lossy(body);
            let line = text.trim().lines().next().unwrap_or_default();
            // A proxy's HTML page explains nothing in its first line.
            let line = if line.starts_with('<') { "" } else { line };
            (String::new(), line.chars().take(300).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> Error {
        let credentials = Credentials::Basic { username: "AWS".into(), password: "canary-password".to_owned().into() };
        let answer = RegistryAnswer {
            host: "r.example",
            action: "push the manifest of `a:1`",
            status: StatusCode::from_u16(status).unwrap(),
            html: false,
            body: body.as_bytes(),
        };
        refusal(&answer, &credentials)
    }

    #[test]
    fn the_code_decides_the_kind() {
        let table = [
            (401, "", Kind::Credentials),
            (403, r#"{"errors":[{"code":"DENIED","message":"no"}]}"#, Kind::Credentials),
            (404, r#"{"errors":[{"code":"NAME_UNKNOWN","message":"no repository"}]}"#, Kind::NotFound),
            (404, "", Kind::NotFound),
            (400, r#"{"errors":[{"code":"MANIFEST_INVALID","message":"bad"}]}"#, Kind::Failed),
            (418, "<html>teapot</html>", Kind::Failed),
            (401, "<html>log in</html>", Kind::Credentials),
            (403, "<!DOCTYPE html><p>sign in first", Kind::Failed),
            (403, "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", Kind::Credentials),
        ];
        for (status, body, kind) in table {
            assert_eq!(refused(status, body).kind(), kind, "{status} {body}");
        }
    }

    #[test]
    fn ecrs_words_on_an_immutable_tag_are_recognised() {
        let body = "{\"errors\":[{\"code\":\"TAG_INVALID\",\"message\":\"The image tag '1' already exists in the 'a' \
                    repository and cannot be overwritten because the repository is immutable.\"}]}";
        let error = refused(400, body);
        assert_eq!(error.code_str(), "image.tag-immutable");
        assert!(error.hints()[0].contains("--image-tag"));
    }

    #[test]
    fn an_echoed_password_is_masked() {
        let error = refused(401, r#"{"errors":[{"code":"UNAUTHORIZED","message":"bad canary-password"}]}"#);
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}
