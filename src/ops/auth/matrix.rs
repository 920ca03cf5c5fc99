//! Tests an agent's authorizer: the crafted callers are sent to the agent, and each must be accepted or refused as the
//! evaluator says.
//!
//! Owns: making and sending the callers, comparing, the report. Does not own: which callers there are (`auth::craft`),
//! which of them pass (`auth`). Only the good caller sends the payload; the others send an empty object, which reaches
//! the agent only when the authorizer fails.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};

use super::AuthSubject;
use crate::auth::craft::{CallerKind, Forger, TestCaller, callers};
use crate::auth::keys::not_to_be_asked;
use crate::auth::{Authorizer, KnownProvider, Presented, Providers};
use crate::clock;
use crate::cloud::{CallerAuth, Cloud, DataPlane, Invocation, LocalSandbox, Payload};
use crate::deadline::Deadline;
use crate::error::{Code, Error, Kind, Result};
use crate::events::Events;
use crate::http::Http;
use crate::junit::{self, TestCase, TestOutcome};
use crate::ops::invoke::words_of;
use crate::partition::Arn;
use crate::redact::{ExposeSecret, SecretString};
use crate::report::{Document, FAILS, HOLDS, Report, Role, UNKNOWN, schemas};
use crate::session;

/// How long one call may take: an agent may have to start first.
const CALL: Duration = Duration::from_secs(120);
/// The sandbox's code for a refusal.
const CODE_HEADER: &str = "x-agentcore-sandbox-code";

pub(crate) struct MatrixRequest {
    pub(crate) subject: AuthSubject,
    pub(crate) endpoint: Option<String>,
    /// A token of the provider that must pass; the tampered token is made from it too.
    pub(crate) good: Option<SecretString>,
    /// What the good caller sends.
    pub(crate) payload: Bytes,
    /// Of the whole test; no single call takes longer than [`CALL`].
    pub(crate) deadline: Deadline,
}

/// The connections that the callers are sent over.
pub(crate) struct MatrixConnections<'a> {
    pub(crate) http: &'a Http,
    pub(crate) plane: &'a DataPlane,
    /// For the caller that signs; `None` without AWS credentials.
    pub(crate) cloud: Option<&'a Cloud>,
    /// Signs tokens in the provider's place; `None` outside of a sandbox.
    pub(crate) sandbox: Option<&'a LocalSandbox>,
    pub(crate) events: &'a Events,
}

/// Sends the matrix.
///
/// # Errors
/// Exit 2 for an agent without an authorizer; a failure when the identity provider cannot be asked, because then the
/// expected verdicts are unknown. Wrong verdicts are in the report, not errors.
pub(crate) async fn run(request: MatrixRequest, stage: &MatrixConnections<'_>) -> Result<MatrixReport> {
    let arn = request.subject.arn.clone().ok_or_else(|| Error::not_found("the agent is not deployed"))?;
    let Some(authorizer) = request.subject.parsed()? else {
        return Err(Error::usage(format!(
            "`{}` has no authorizer to test: it takes AWS credentials",
            arn.resource_id()
        ))
        .code(Code::AuthNoAuthorizer)
        .hint("give it one: `agentcore configure --discovery-url URL --allowed-client ID`, then `agentcore launch`"));
    };
    if let Some(why) = not_to_be_asked(&authorizer) {
        return Err(why
            .context("what must become of the callers cannot be said without the provider's keys")
            .hint("test the gate from where the provider can be reached with an authorizer without `privateEndpoint`")
            .hint(
                "or judge one token by saved documents: `agentcore auth check --discovery-document FILE --jwks FILE`",
            ));
    }
    let providers = Providers::default();
    let known = providers.known(stage.http, &authorizer.discovery_url).await.map_err(|error| {
        error.with_kind(Kind::Failed).context("the identity provider cannot be asked, so nobody can be judged")
    })?;
    let trial =
        Trial { request: &request, stage, authorizer: &authorizer, known: &known, arn: &arn, forger: Forger::new()? };
    let mut results = Vec::new();
    for caller in callers(&authorizer, &known.provider.issuer, clock::unix_now()) {
        stage.events.started("auth-test", format!("caller `{}`: {}", caller.id, caller.what));
        results.push(trial.one(&providers, &caller).await?);
    }
    stage.events.finished("auth-test", crate::events::Outcome::Done, format!("{} callers", results.len()));
    let url = stage.plane.invocation_url(&arn, request.endpoint.as_deref());
    Ok(MatrixReport { subject: request.subject, sandbox: stage.sandbox.is_some(), url, results })
}

/// The credentials that were made for a caller.
enum MadeCaller {
    Nobody,
    Signature(Box<Cloud>),
    Token(SecretString),
    NotApplicable(String),
    NotPossible(String),
}

struct Trial<'a> {
    request: &'a MatrixRequest,
    stage: &'a MatrixConnections<'a>,
    authorizer: &'a Authorizer,
    known: &'a Arc<KnownProvider>,
    arn: &'a Arn,
    forger: Forger,
}

impl Trial<'_> {
    async fn one(&self, providers: &Providers, caller: &TestCaller) -> Result<CallerResult> {
        let result = |status, expected, found, text: String| CallerResult {
            id: caller.id,
            what: caller.what,
            status,
            expected,
            found,
            text,
            elapsed: Duration::ZERO,
        };
        let (auth, brings) = match self.make(caller).await? {
            MadeCaller::NotApplicable(why) => return Ok(result(CaseStatus::NotApplicable, None, None, why)),
            MadeCaller::NotPossible(why) => return Ok(result(CaseStatus::NotPossible, None, None, why)),
            MadeCaller::Nobody => (CallerAuth::Nobody, None),
            MadeCaller::Signature(cloud) => (CallerAuth::SigV4(cloud), None),
            MadeCaller::Token(token) => (CallerAuth::Bearer(token.clone()), Some(token)),
        };
        let brings = match (&auth, &brings) {
            (CallerAuth::Bearer(_), Some(token)) => Presented::Token(token.expose_secret()),
            (CallerAuth::SigV4(_), _) => Presented::Signature,
            _ => Presented::Nothing,
        };
        let judged = providers.judge(self.stage.http, Some(self.authorizer), brings, clock::unix_now()).await;
        if let Some(error) = judged.trouble {
            return Err(error.with_kind(Kind::Failed).context("the identity provider stopped answering"));
        }
        let expected = ExpectedResponse { accepted: judged.verdict.accepted(), code: judged.verdict.code() };
        let good = caller.id == "good";
        let start = Instant::now();
        let found = self.send(&auth, good).await;
        let elapsed = start.elapsed();
        let (status, text) = match &found {
            Err(error) => (CaseStatus::Failed, format!("no answer: {error}")),
            Ok(_) if good && !expected.accepted => {
                (CaseStatus::Failed, format!("the good token does not satisfy the authorizer: {}", expected.code))
            }
            Ok(found) => compare(&expected, found, self.stage.sandbox.is_some()),
        };
        Ok(CallerResult { elapsed, ..result(status, Some(expected), found.ok(), text) })
    }

    /// # Errors
    /// When the sandbox does not sign, which it should.
    async fn make(&self, caller: &TestCaller) -> Result<MadeCaller> {
        let token = MadeCaller::Token;
        Ok(match &caller.kind {
            CallerKind::NotApplicable(why) => MadeCaller::NotApplicable((*why).to_owned()),
            CallerKind::Nothing => MadeCaller::Nobody,
            CallerKind::Signature => match self.stage.cloud {
                Some(cloud) => MadeCaller::Signature(Box::new(cloud.clone())),
                None => MadeCaller::NotPossible("there are no AWS credentials to sign with".to_owned()),
            },
            CallerKind::Unsigned(claims) => token(Forger::unsigned(claims)),
            CallerKind::UnknownKey(claims) => token(self.forger.unknown_key(claims)?),
            CallerKind::Tampered(claims) => {
                let good = match &self.request.good {
                    Some(good) => Some(good.clone()),
                    None => self.signed(claims).await?,
                };
                let made = match good {
                    Some(good) => Forger::tampered(good.expose_secret()),
                    None => self.forger.under_key_of(&self.known.keys, claims)?,
                };
                let why =
                    "the provider has no RS256 key whose id could be borrowed; give a token with `--good-token-file`";
                made.map_or_else(|| MadeCaller::NotPossible(why.to_owned()), token)
            }
            CallerKind::Signed(claims) => match (&self.request.good, caller.id) {
                (Some(good), "good") => token(good.clone()),
                (_, id) => match self.signed(claims).await? {
                    Some(made) => token(made),
                    None if id == "good" => {
                        MadeCaller::NotPossible("no token was given: `--good-token-file FILE`".to_owned())
                    }
                    None => MadeCaller::NotPossible("only the identity provider's own key could sign it".to_owned()),
                },
            },
        })
    }

    /// Claims signed as the provider would; `None` where nobody here can.
    async fn signed(&self, claims: &Value) -> Result<Option<SecretString>> {
        match (self.stage.sandbox, self.stage.cloud) {
            (Some(sandbox), Some(cloud)) => sandbox.sign(cloud, &self.known.provider.issuer, claims).await,
            _ => Ok(None),
        }
    }

    async fn send(&self, auth: &CallerAuth, good: bool) -> Result<ActualResponse> {
        let session = session::generate();
        let payload = if good { self.request.payload.clone() } else { Bytes::from_static(b"{}") };
        let call = Invocation {
            arn: self.arn,
            qualifier: self.request.endpoint.as_deref(),
            session_id: Some(&session),
            user_id: None,
            content_type: "application/json",
            accept: "application/json, text/event-stream",
            headers: &[],
            timeout: Some(self.request.deadline.at_most(CALL)),
        };
        let mut reply = self.stage.plane.invoke(&call, auth, &Payload::Bytes(payload)).await?;
        let status = reply.status();
        let code = reply.header(CODE_HEADER).map(str::to_owned);
        let accepted = (200..300).contains(&status);
        let words = if accepted { String::new() } else { words_of(&reply.error_body().await) };
        drop(reply);
        if accepted || status == 424 {
            // A session was started for a single call. A failure to end it is not a result of the test.
            let _ = self.stage.plane.stop_session(self.arn, self.request.endpoint.as_deref(), &session, auth).await;
        }
        Ok(ActualResponse { status, code, words })
    }
}

/// `sandbox` names a reason for each refusal, and the right one is part of what is tested there.
fn compare(expected: &ExpectedResponse, found: &ActualResponse, sandbox: bool) -> (CaseStatus, String) {
    match (expected.accepted, found.status) {
        (true, 200..300) => (CaseStatus::Passed, String::new()),
        (true, 424) => (CaseStatus::Passed, "let in; the agent itself failed (424)".to_owned()),
        (true, 401 | 403) => (CaseStatus::Failed, format!("a caller who may pass was refused: {}", found.words)),
        (false, 200..300 | 424) => {
            (CaseStatus::Failed, format!("a caller who must be refused ({}) reached the agent", expected.code))
        }
        (false, 401 | 403) => match found.code.as_deref() {
            Some(code) if code != expected.code => (CaseStatus::Failed, format!("refused for another reason: {code}")),
            None if sandbox => (CaseStatus::Failed, "refused, and the sandbox does not say why".to_owned()),
            _ => (CaseStatus::Passed, String::new()),
        },
        (_, status) => (CaseStatus::Failed, format!("HTTP {status} says nothing of the caller: {}", found.words)),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CaseStatus {
    Passed,
    Failed,
    NotApplicable,
    NotPossible,
}

impl CaseStatus {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotApplicable => "not-applicable",
            Self::NotPossible => "not-possible",
        }
    }
}

#[derive(Clone, Debug)]
struct ExpectedResponse {
    accepted: bool,
    code: &'static str,
}

#[derive(Clone, Debug)]
struct ActualResponse {
    status: u16,
    code: Option<String>,
    words: String,
}

#[derive(Debug)]
struct CallerResult {
    id: &'static str,
    what: &'static str,
    status: CaseStatus,
    expected: Option<ExpectedResponse>,
    found: Option<ActualResponse>,
    /// Why it failed or was not sent.
    text: String,
    elapsed: Duration,
}

/// The results, one for each caller.
#[derive(Debug)]
pub(crate) struct MatrixReport {
    subject: AuthSubject,
    sandbox: bool,
    url: String,
    results: Vec<CallerResult>,
}

impl MatrixReport {
    fn count(&self, status: CaseStatus) -> usize {
        self.results.iter().filter(|result| result.status == status).count()
    }

    const fn target(&self) -> &'static str {
        if self.sandbox { "sandbox" } else { "live" }
    }

    /// The same as JUnit's XML.
    pub(crate) fn junit(&self) -> String {
        let cases: Vec<TestCase<'_>> = self
            .results
            .iter()
            .map(|result| TestCase {
                name: result.id,
                seconds: result.elapsed.as_secs_f64(),
                result: match result.status {
                    CaseStatus::Passed => TestOutcome::Passed,
                    CaseStatus::Failed => TestOutcome::Failed(&result.text),
                    CaseStatus::NotApplicable | CaseStatus::NotPossible => TestOutcome::Skipped(&result.text),
                },
            })
            .collect();
        junit::document(&format!("agentcore auth test {}", self.subject.name().unwrap_or_default()), &cases)
    }
}

impl Report for MatrixReport {
    fn schema(&self) -> &'static str {
        schemas::AUTH_TEST
    }

    fn data(&self) -> Value {
        let callers: Vec<Value> = self
            .results
            .iter()
            .map(|result| {
                json!({
                    "caller": result.id,
                    "what": result.what,
                    "status": result.status.as_str(),
                    "expected": result.expected.as_ref().map(|it| json!({ "accepted": it.accepted, "code": it.code })),
                    "found": result.found.as_ref().map(|it| {
                        json!({ "status": it.status, "code": it.code, "words": it.words })
                    }),
                    "text": result.text,
                    "milliseconds": u64::try_from(result.elapsed.as_millis()).unwrap_or(u64::MAX),
                })
            })
            .collect();
        json!({
            "agent": self.subject.agent,
            "arn": self.subject.arn.as_ref().map(ToString::to_string),
            "target": self.target(),
            "url": self.url,
            "authorizer": self.subject.data(),
            "passed": self.count(CaseStatus::Passed),
            "failed": self.count(CaseStatus::Failed),
            "notApplicable": self.count(CaseStatus::NotApplicable),
            "notPossible": self.count(CaseStatus::NotPossible),
            "callers": callers,
        })
    }

    fn document(&self) -> Document {
        let rows = self
            .results
            .iter()
            .map(|result| {
                let (role, mark) = match result.status {
                    CaseStatus::Passed => (Role::Good, HOLDS),
                    CaseStatus::Failed => (Role::Bad, FAILS),
                    _ => (Role::Dim, UNKNOWN),
                };
                let expected = result.expected.as_ref().map_or("-", |expected| expected.code);
                let found = match &result.found {
                    Some(found) if found.code.is_some() => {
                        format!("{} {}", found.status, found.code.as_deref().unwrap_or_default())
                    }
                    Some(found) => found.status.to_string(),
                    None => "-".to_owned(),
                };
                vec![
                    (role, format!("{mark} {}", result.id)),
                    (role, result.status.as_str().to_owned()),
                    (Role::Plain, expected.to_owned()),
                    (Role::Plain, found),
                    (Role::Dim, if result.text.is_empty() { result.what.to_owned() } else { result.text.clone() }),
                ]
            })
            .collect();
        let failed = self.count(CaseStatus::Failed);
        let sum = format!(
            "{} passed, {failed} failed, {} not applicable, {} could not be made",
            self.count(CaseStatus::Passed),
            self.count(CaseStatus::NotApplicable),
            self.count(CaseStatus::NotPossible)
        );
        Document::new()
            .field_if("agent", self.subject.name())
            .field("target", format!("{} ({})", self.target(), self.url))
            .field("judged by", self.subject.description())
            .blank()
            .table(vec!["caller", "result", "expected", "found", "about it"], rows)
            .blank()
            .styled(if failed == 0 { Role::Good } else { Role::Bad }, sum)
    }

    /// 1, not 3: a failed test is a failure, and this command's own caller was not refused.
    fn exit_code(&self) -> u8 {
        if self.count(CaseStatus::Failed) == 0 { 0 } else { Kind::Failed.exit_code() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_compares_status_and_any_stated_reason() {
        let expected = |accepted, code| ExpectedResponse { accepted, code };
        let found =
            |status, code: Option<&str>| ActualResponse { status, code: code.map(str::to_owned), words: String::new() };
        let refused = expected(false, "client-mismatch");
        let cases = [
            (expected(true, "accepted"), found(200, None), CaseStatus::Passed),
            (expected(true, "accepted"), found(424, None), CaseStatus::Passed),
            (expected(true, "accepted"), found(401, Some("token-expired")), CaseStatus::Failed),
            (expected(true, "accepted"), found(404, None), CaseStatus::Failed),
            (refused.clone(), found(401, Some("client-mismatch")), CaseStatus::Passed),
            (refused.clone(), found(403, None), CaseStatus::Passed),
            (refused.clone(), found(401, Some("token-expired")), CaseStatus::Failed),
            (refused.clone(), found(200, None), CaseStatus::Failed),
            (refused.clone(), found(424, None), CaseStatus::Failed),
            (refused, found(503, None), CaseStatus::Failed),
        ];
        for (expected, found, status) in cases {
            assert_eq!(compare(&expected, &found, false).0, status, "{expected:?} {found:?}");
        }
        let silent = found(403, None);
        assert_eq!(compare(&expected(false, "client-mismatch"), &silent, true).0, CaseStatus::Failed);
    }
}
