//! The identity provider of the agent's authorizer, and the token that was given or is kept.

use super::{DoctorRequest, Finding, FindingStatus, LIMIT, offline};
use crate::auth::keys::not_to_be_asked;
use crate::auth::{Authorizer, Presented, Providers};
use crate::clock;
use crate::config::{Agent, Store};
use crate::error::{Error, Kind};
use crate::ops::token::{TokenFlags, has_expired, kept, source_of_agent};
use crate::redact::{ExposeSecret, SecretString};

const DISCOVERY: &str = "discovery";
const TOKEN: &str = "token";

pub(super) async fn check(request: &DoctorRequest<'_>) -> Vec<Finding> {
    let Some((store, agent)) = request.agent() else { return Vec::new() };
    let authorizer = match agent.authorizer().map(Authorizer::from_wire) {
        None => return without_authorizer(request),
        // The configuration's own check has named its problems.
        Some(Err(_)) => {
            return vec![
                Finding::problem(DISCOVERY, "the configured authorizer cannot be used").fix("agentcore auth explain"),
            ];
        }
        Some(Ok(authorizer)) => authorizer,
    };
    let (token, is_given) = match &request.token {
        Some(token) => (Some(token.clone()), true),
        None => (kept_token(request, store, agent).await, false),
    };
    if request.offline {
        return vec![offline(DISCOVERY), token.map_or_else(|| offline(TOKEN), |token| unasked(&token, is_given))];
    }
    let asked = tokio::time::timeout(LIMIT, ask(request, &authorizer, token.as_ref().map(|token| (token, is_given))));
    asked.await.unwrap_or_else(|_| {
        let text = format!("{} did not answer within {} s", authorizer.discovery_url, LIMIT.as_secs());
        vec![Finding::problem(DISCOVERY, text).fix("check the network, or run `agentcore doctor` again")]
    })
}

fn without_authorizer(request: &DoctorRequest<'_>) -> Vec<Finding> {
    let what = "the agent takes AWS credentials, and no token";
    match request.token {
        Some(_) => vec![
            Finding::warning(TOKEN, format!("a token is given, but {what}"))
                .fix("unset AGENTCORE_BEARER_TOKEN BEDROCK_AGENTCORE_BEARER_TOKEN, or leave out --token-file"),
        ],
        None => Vec::new(),
    }
}

/// The token that `identity token` keeps for this agent. It is read where it lies: nothing is asked for a new one.
async fn kept_token(request: &DoctorRequest<'_>, store: &Store, agent: &Agent) -> Option<SecretString> {
    let source = source_of_agent(request.env, store, agent, TokenFlags::default()).ok()?;
    kept(request.env, &source, request.region).await
}

async fn ask(
    request: &DoctorRequest<'_>,
    authorizer: &Authorizer,
    token: Option<(&SecretString, bool)>,
) -> Vec<Finding> {
    if let Some(private) = not_to_be_asked(authorizer) {
        let why = private.message().to_owned();
        return vec![Finding::skipped(DISCOVERY, why), Finding::skipped(TOKEN, "the provider is private")];
    }
    let providers = Providers::default();
    let discovery = match providers.known(request.http, &authorizer.discovery_url).await {
        Ok(known) => {
            let keys = match known.keys.len() {
                1 => "1 usable key".to_owned(),
                count => format!("{count} usable keys"),
            };
            let unusable = known.keys.unusable_reasons();
            let unusable = if unusable.is_empty() { String::new() } else { format!(" ({} are not)", unusable.len()) };
            Finding::ok(DISCOVERY, format!("{}, {keys}{unusable}", known.provider.issuer))
        }
        Err(error) => {
            return vec![unreachable(authorizer, &error), Finding::skipped(TOKEN, "it takes the provider's keys")];
        }
    };
    let Some((token, is_given)) = token else { return vec![discovery] };
    if !is_given && has_expired(token) {
        let text = "the kept token has expired; the next call with `--auth` renews it";
        return vec![discovery, Finding::note(TOKEN, text).fix("agentcore identity token")];
    }
    let brings = Presented::Token(token.expose_secret());
    let judged = providers.judge(request.http, Some(authorizer), brings, clock::unix_now()).await;
    let what = if is_given { "the given token" } else { "the kept token" };
    let refusals: Vec<String> = judged
        .verdict
        .failures()
        .map(|rule| format!("{}: expected {}, found {}", rule.code(), rule.expected, rule.found))
        .collect();
    let verdict = if judged.verdict.accepted() {
        Finding::ok(TOKEN, format!("{what} passes all {} rules", judged.verdict.rules.len()))
    } else if refusals.is_empty() {
        Finding::warning(TOKEN, format!("{what} could not be judged by every rule")).fix("agentcore auth check")
    } else {
        let advice = judged.verdict.failures().find_map(|rule| rule.hint.clone());
        let fix = if is_given { advice } else { Some("agentcore identity token --refresh".to_owned()) };
        let found = Finding::problem(TOKEN, format!("{what} is refused: {}", refusals.join("; ")));
        found.fix(fix.unwrap_or_else(|| "agentcore identity token --refresh".to_owned()))
    };
    vec![discovery, verdict]
}

fn unreachable(authorizer: &Authorizer, error: &Error) -> Finding {
    let found = Finding::of_error(DISCOVERY, FindingStatus::Problem, error);
    match (error.kind(), &found.fix) {
        // An address that is wrong has advice of its own.
        (_, Some(_)) => found,
        (Kind::Usage, None) => found.fix("agentcore configure --discovery-url URL"),
        (_, None) => found.fix(format!("curl -sSf {}", crate::shell::quoted(&authorizer.discovery_url))),
    }
}

/// A token without its provider: when it ends is in it.
fn unasked(token: &SecretString, is_given: bool) -> Finding {
    match (has_expired(token), is_given) {
        (true, true) => {
            Finding::problem(TOKEN, "the given token has expired").fix("agentcore identity token --refresh")
        }
        (true, false) => Finding::note(TOKEN, "the kept token has expired; the next call with `--auth` renews it"),
        (false, _) => Finding::skipped(TOKEN, "it has not expired; its rules need the provider (--offline)"),
    }
}
