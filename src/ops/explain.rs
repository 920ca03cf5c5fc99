//! Why an agent refused a caller: the one evaluator's verdict, put into words as hints. The token itself never shows.

use serde_json::Value;

use crate::auth::caller::{self, Brings};
use crate::auth::{Authorizer, Providers, Verdict};
use crate::clock;
use crate::error::Error;
use crate::http::Http;
use crate::redact::{ExposeSecret, SecretString};

/// Adds to `error` which rules of the authorizer this token fails, and the configuration key to change. `None` for a
/// runtime that takes AWS credentials.
pub(crate) async fn refusal(error: Error, http: &Http, authorizer: Option<&Value>, token: &SecretString) -> Error {
    let Ok(authorizer) = authorizer.map(Authorizer::from_wire).transpose() else {
        return error.hint(
            "the runtime's authorizer has a form that this version does not know: `agentcore status -o json` shows it",
        );
    };
    let brings = Brings::Token(token.expose_secret());
    // An identity provider that cannot be reached from here leaves the signature unchecked.
    let judged = Providers::default().judge(http, authorizer.as_ref(), brings, clock::unix_now()).await;
    with_verdict(error, &judged.verdict)
}

/// Gives the refusal of a signed call its code, where the service says that the method was the reason. Matched on
/// fragments: the text changed before.
pub(crate) fn signature(error: Error) -> Error {
    let mismatch = |text: &String| text.contains("mismatch. The agent") || text.contains("different authorization");
    if error.causes().iter().any(mismatch) { coded(error, Brings::Signature) } else { error }
}

/// Gives the error of a call that could not even be signed its code, for an agent that takes tokens.
pub(crate) fn no_token(error: Error) -> Error {
    if error.code_str() == "aws.credentials-missing" { coded(error, Brings::Nothing) } else { error }
}

fn coded(error: Error, brings: Brings<'_>) -> Error {
    match caller::admit(true, brings) {
        Err(verdict) => error.code(verdict.code()),
        Ok(_) => error,
    }
}

fn with_verdict(error: Error, verdict: &Verdict) -> Error {
    let mut failures = verdict.failures().peekable();
    if failures.peek().is_none() {
        return error.hint(
            "seen from here the token satisfies every rule of the authorizer: check that the token reaches the agent \
             that you mean (region, ARN, endpoint) and the clocks",
        );
    }
    let mut error = error.code(verdict.code());
    for rule in failures {
        let key = rule.config_key.map(|key| format!(" (`{key}`)")).unwrap_or_default();
        error = error.hint(format!("{}: expected {}, found {}{key}", rule.code, rule.expected, rule.found));
        if let Some(advice) = &rule.hint {
            error = error.hint(advice.clone());
        }
    }
    error
}
