//! Why an agent refused a token: the one evaluator's verdict, put into words as hints. The token itself never shows.

use serde_json::Value;

use crate::auth::{Authorizer, Evaluation, Token, Verdict, discover, evaluate, fetch_jwks};
use crate::clock;
use crate::error::Error;
use crate::http::Http;
use crate::redact::{ExposeSecret, SecretString};

/// Adds to `error` which rules of the authorizer this token fails, and the configuration key to change.
pub(crate) async fn refusal(error: Error, http: &Http, authorizer: &Value, token: &SecretString) -> Error {
    let Ok(authorizer) = Authorizer::from_wire(authorizer) else {
        return error.hint(
            "the runtime's authorizer has a form that this version does not know: `agentcore status -o json` shows it",
        );
    };
    let token = match Token::parse(token.expose_secret()) {
        Ok(token) => token,
        Err(reason) => return with_verdict(error, &Verdict::unparsable(&reason)),
    };
    // Best effort: an identity provider that cannot be reached from here leaves the signature unchecked.
    let provider = discover(http, &authorizer.discovery_url).await.ok();
    let keys = match &provider {
        Some(provider) => fetch_jwks(http, provider).await.ok(),
        None => None,
    };
    let verdict = evaluate(&Evaluation {
        authorizer: &authorizer,
        issuer: provider.as_ref().map(|provider| provider.issuer.as_str()),
        keys: keys.as_ref(),
        token: &token,
        now: clock::unix_now(),
    });
    with_verdict(error, &verdict)
}

fn with_verdict(error: Error, verdict: &Verdict) -> Error {
    let mut failures = verdict.failures().peekable();
    let Some(first) = failures.peek() else {
        return error.hint(
            "seen from here the token satisfies every rule of the authorizer: check that the token reaches the agent \
             that you mean (region, ARN, endpoint) and the clocks",
        );
    };
    let mut error = error.code(first.code);
    for rule in failures {
        error = error
            .hint(format!("{}: expected {}, found {} (`{}`)", rule.code, rule.expected, rule.found, rule.config_key));
        if let Some(advice) = &rule.hint {
            error = error.hint(advice.clone());
        }
    }
    error
}
