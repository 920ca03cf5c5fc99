//! Why an agent refused a caller: the evaluator's verdict as hints. The token itself is never shown.

use serde_json::Value;

use crate::auth::caller::{self, Presented};
use crate::auth::keys::judge_from_outside;
use crate::auth::{Authorizer, Verdict};
use crate::clock;
use crate::error::{Code, Error};
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
    let brings = Presented::Token(token.expose_secret());
    // An identity provider that cannot be reached from here leaves the signature unchecked.
    let judged = judge_from_outside(http, authorizer.as_ref(), brings, clock::unix_now()).await;
    with_verdict(error, &judged.verdict, judged.trouble.as_ref())
}

/// Gives the refusal of a signed call its code, where the service says that the method was the reason. Matched on
/// fragments: the text changed before.
pub(crate) fn signature(error: Error) -> Error {
    let mismatch = |text: &String| text.contains("mismatch. The agent") || text.contains("different authorization");
    if error.causes().iter().any(mismatch) { with_verdict_code(error, Presented::Signature) } else { error }
}

/// Gives the error of a call that could not even be signed its code, for an agent that takes tokens.
pub(crate) fn no_token(error: Error) -> Error {
    if error.is(Code::AwsCredentialsMissing) { with_verdict_code(error, Presented::Nothing) } else { error }
}

fn with_verdict_code(error: Error, brings: Presented<'_>) -> Error {
    match caller::admit(true, brings) {
        Err(verdict) => with_code(error, &verdict),
        Ok(_) => error,
    }
}

fn with_code(error: Error, verdict: &Verdict) -> Error {
    match verdict.refusal() {
        Some(code) => error.code(code),
        None => error,
    }
}

fn with_verdict(error: Error, verdict: &Verdict, trouble: Option<&Error>) -> Error {
    let mut failures = verdict.failures().peekable();
    if failures.peek().is_none() {
        return if verdict.accepted() {
            error.hint(
                "seen from here the token satisfies every rule of the authorizer: check that the token reaches the agent \
                 that you mean (region, ARN, endpoint) and the clocks",
            )
        } else {
            not_judged(with_code(error, verdict), verdict, trouble)
        };
    }
    let mut error = with_code(error, verdict);
    // Without the keys nobody gets in, whatever else is wrong with the token.
    if let Some(trouble) = trouble {
        error = unknown_keys(error, verdict, Some(trouble));
    }
    for rule in failures {
        let key = rule.config_key.map(|key| format!(" (`{key}`)")).unwrap_or_default();
        error = error.hint(format!("{}: expected {}, found {}{key}", rule.code(), rule.expected, rule.found));
        if let Some(advice) = &rule.hint {
            error = error.hint(advice.clone());
        }
    }
    error
}

/// Which rules nobody could judge from here, and why.
fn unknown_keys(error: Error, verdict: &Verdict, trouble: Option<&Error>) -> Error {
    let skipped: Vec<String> = verdict.rules.iter().filter(|rule| rule.skipped).map(|rule| rule.rule.name()).collect();
    if skipped.is_empty() {
        return error;
    }
    let why = trouble.map(|trouble| format!(": {trouble}")).unwrap_or_default();
    error.hint(format!("could not be judged from here: {}{why}", skipped.join(", ")))
}

/// No rule failed, but not every rule could be evaluated.
fn not_judged(error: Error, verdict: &Verdict, trouble: Option<&Error>) -> Error {
    let mut error = unknown_keys(error, verdict, trouble);
    if !verdict.unevaluated.is_empty() {
        let members = verdict.unevaluated.join("`, `");
        error =
            error.hint(format!("the authorizer has `{members}`, which the service judges and this version does not"));
    }
    error.hint("the rules that could be judged are satisfied; `agentcore auth check --token-file FILE` lists them")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::env::Env;

    /// `{"alg":"RS256","typ":"JWT"}`, the claims, a dummy signature.
    fn token(claims: &Value) -> SecretString {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        SecretString::from(format!("{}.{}.AAAA", part(&json!({"alg": "RS256", "typ": "JWT"})), part(claims)))
    }

    #[tokio::test]
    async fn unjudged_rules_are_not_called_satisfied() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let dead = format!("http://{}/.well-known/openid-configuration", listener.local_addr().unwrap());
        drop(listener);
        let authorizer = json!({"discoveryUrl": dead, "allowedClients": ["c"]});
        let http = Http::new(&Env::fake(std::path::Path::new("/"), &[]));
        let claims = json!({"client_id": "c", "exp": clock::unix_now() + 3600, "iss": "https://elsewhere"});
        let refused = Error::new(crate::error::Kind::Refused, "refused");
        let error = refusal(refused, &http, Some(&authorizer), &token(&claims)).await;
        let hints = error.hints().join("\n");
        assert!(hints.contains("could not be judged") && !hints.contains("every rule"), "{hints}");
        assert_eq!(error.code_str(), "keys-unavailable");
        // That another rule fails too is not why nobody gets in.
        let claims = json!({"client_id": "d", "exp": clock::unix_now() + 3600, "iss": "https://elsewhere"});
        let refused = Error::new(crate::error::Kind::Refused, "refused");
        let error = refusal(refused, &http, Some(&authorizer), &token(&claims)).await;
        assert!(error.hints()[0].starts_with("could not be judged from here: signature"), "{:?}", error.hints());
        assert!(error.hints()[1].starts_with("client-mismatch"), "{:?}", error.hints());
    }
}
