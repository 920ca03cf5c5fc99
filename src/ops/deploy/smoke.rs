//! The smoke test of a new version: a call through an endpoint of its own, which is made for it and deleted afterwards, and
//! the watch that may follow.
//!
//! Owns: the temporary endpoint, the call, what its answer is compared with, the watch. Does not own: what a failure leads to
//! (`release`).

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};

use super::Launch;
use super::report::LaunchReport;
use crate::clock;
use crate::cloud::{AgentRuntime, CallerAuth, Cloud, DataPlane, Invocation, Payload, is_passing};
use crate::config::Protocol;
use crate::error::{Code, Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::expectation::Expectation;
use crate::facts::log_group;
use crate::junit::{self, TestCase, TestOutcome};
use crate::ops::endpoint;
use crate::ops::invoke::{self, AgentProtocol, CallContext};
use crate::partition::Arn;
use crate::report::shortened;
use crate::resources::engine::{self, AfterFailure, Context, Late, Node};
use crate::resources::plan::{ResourceKind, Step};
use crate::resources::runtime_endpoint::{EndpointGoal, ObservedEndpoint, RuntimeEndpoint};
use crate::session;

/// How long the call may take unless the configuration or a flag says otherwise.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// In front of the version, in the name of the temporary endpoint.
const PREFIX: &str = "smoke_v";
/// A call that does not get to the version is made so often.
const CALLS: u32 = 3;
/// The pause between two calls of a watch.
const PAUSE: Duration = Duration::from_secs(10);
/// From then on a temporary endpoint belongs to no test that is still running.
const LEFT_OVER: Duration = Duration::from_secs(900);
/// Characters of an answer that an error shows.
const SHOWN: usize = 200;
/// Bytes of an answer that an expression is compared with.
const MOST_ANSWER: usize = 4 << 20;
/// The last look at the log of a watch is repeated so often when it fails: everything that came before depends on it.
const LAST_LOOKS: u32 = 3;

/// Who calls the new version. Asked at each call, since a build may outlast a token.
pub(crate) trait SmokeCaller {
    fn credentials(&self) -> LocalBoxFuture<'_, Result<CallerAuth>>;
}

/// What a new version must do.
#[derive(Clone, Debug)]
pub(crate) struct SmokeTest {
    /// The body of the call, JSON.
    pub(crate) payload: String,
    /// Of the answer; without one it is enough that the call ends well.
    pub(crate) expect: Option<Expectation>,
    /// For the whole call.
    pub(crate) timeout: Duration,
    /// How long the version is watched after that.
    pub(crate) canary: Option<Duration>,
}

impl SmokeTest {
    /// What a plan says of it.
    pub(super) fn announcement(&self) -> String {
        let expect = self.expect.as_ref().map(|expect| format!(", whose answer must be `{}`", expect.text()));
        let canary = self.canary.map(|canary| format!(", then it is watched for {}", duration_text(canary)));
        format!(
            "A smoke test follows: the new version gets {} and has {} s{}{}.",
            self.payload,
            self.timeout.as_secs(),
            expect.unwrap_or_default(),
            canary.unwrap_or_default()
        )
    }
}

/// What came of a test that the version has passed.
#[derive(Debug)]
pub(crate) struct SmokeOutcome {
    version: String,
    took: Duration,
    /// Calls of the watch.
    watched: usize,
}

impl SmokeOutcome {
    pub(super) fn data(&self) -> Value {
        json!({
            "version": self.version,
            "passed": true,
            "seconds": crate::resources::plan::seconds(self.took),
            "watchedCalls": self.watched,
        })
    }

    pub(super) fn text(&self) -> String {
        let watched = match self.watched {
            0 => String::new(),
            calls => format!(", and {calls} calls more while it was watched"),
        };
        format!("passed by version {} in {:.1} s{watched}", self.version, self.took.as_secs_f64())
    }
}

/// The smoke test of a launch as JUnit XML, whatever came of the launch.
pub(crate) fn junit_of(agent: &str, launched: &Result<LaunchReport>) -> String {
    let failure;
    let (seconds, result) = match launched {
        Ok(report) => match report.smoke() {
            Some(outcome) => (outcome.took.as_secs_f64(), TestOutcome::Passed),
            None => (0.0, TestOutcome::Skipped("there was no new version to test")),
        },
        Err(error) => {
            let causes = error.causes().iter().map(String::as_str);
            failure = std::iter::once(error.message()).chain(causes).collect::<Vec<_>>().join("\n");
            let is_of_test = error.is(Code::SmokeFailed);
            (0.0, if is_of_test { TestOutcome::Failed(&failure) } else { TestOutcome::Skipped(&failure) })
        }
    };
    let case = TestCase { name: "smoke test", seconds, result };
    junit::document(&format!("agentcore launch {agent}"), &[case])
}

/// How a test ended that could be made.
pub(super) enum TestEnd {
    Passed(SmokeOutcome),
    Failed(Error),
}

/// Why a test did not end well.
enum TestTrouble {
    OfVersion(Error),
    /// Nothing is known of the version.
    OfTest(Error),
}

impl From<Error> for TestTrouble {
    fn from(error: Error) -> Self {
        if is_ours(&error) { Self::OfTest(error) } else { Self::OfVersion(error) }
    }
}

/// # Errors
/// The version could not be tested: neither it nor what served before it is to blame.
pub(super) async fn run(
    launch: &Launch<'_>,
    test: &SmokeTest,
    runtime: &AgentRuntime,
    cx: &Context<'_>,
) -> Result<TestEnd> {
    let version = runtime.version();
    if let Err(error) = sweep(launch, runtime, cx).await {
        // It costs nothing but a place among the endpoints.
        cx.events.detail("smoke test", format!("endpoints of earlier tests may be left: {error}"));
    }
    let mut node = endpoint_of(launch, test, runtime, version);
    let steps = planned(&mut node, cx).await.map_err(|error| untested(error, version, launch))?;
    let command = launch.request.command.clone();
    let after = AfterFailure {
        resume_sentence: format!("version {version} is deployed and not tested yet: `{command}` goes on from there"),
        rerun_command: command,
    };
    let made = engine::apply(vec![&mut node], &steps, cx, &after).await;
    made.map_err(|error| untested(error, version, launch))?;
    let call = SmokeCall { launch, test, runtime, endpoint: node.resource.name.clone() };
    let tested = call.test(cx).await;
    // Its last session ends with it; that it goes is not waited for.
    node.resource.waits = false;
    let removed = async {
        engine::plan_removal(vec![&mut node], cx.cloud).await?;
        match engine::remove(vec![&mut node], cx).await.failures.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    };
    if let Err(error) = removed.await {
        cx.events.warning(format!("the endpoint of the smoke test is still there: {error}"));
    }
    match tested {
        Ok(outcome) => Ok(TestEnd::Passed(outcome)),
        Err(TestTrouble::OfTest(error)) => Err(untested(error, version, launch)),
        Err(TestTrouble::OfVersion(error)) => Ok(TestEnd::Failed(error)),
    }
}

/// # Errors
/// The name is taken: what nobody made for a test is not deleted after one.
async fn planned(node: &mut Node<RuntimeEndpoint<'_>>, cx: &Context<'_>) -> Result<Vec<Step>> {
    engine::observe(vec![&mut *node], cx.cloud).await?;
    if node.observed.as_ref().is_some_and(|live| live.temporary_until.is_none()) {
        let name = &node.resource.name;
        return Err(Error::usage(format!(
            "the smoke test needs the name of the endpoint `{name}`, which no test made"
        ))
        .code(Code::EndpointTaken)
        .hint(format!("if nobody needs it: `agentcore endpoint delete {name}`")));
    }
    engine::plan(vec![node], false)
}

/// Whether a failure says nothing about the version.
fn is_ours(error: &Error) -> bool {
    // The account's limits are the same for every version.
    let is_limit = error.is_throttled() || error.code_str() == "ServiceQuotaExceededException";
    let is_callers = matches!(error.kind(), Kind::Credentials | Kind::Usage | Kind::Interrupted);
    is_limit || is_callers || is_on_the_way(error)
}

/// The service limits requests or failed itself, or the call did not get there.
fn is_on_the_way(error: &Error) -> bool {
    error.kind() == Kind::Failed && (is_passing(error) || error.is(Code::Network))
}

fn untested(error: Error, version: &str, launch: &Launch<'_>) -> Error {
    let error = if error.kind() == Kind::Interrupted { error } else { error.with_kind(Kind::Partial) };
    error
        .cause(format!("done: version {version} is deployed, and DEFAULT serves it"))
        .cause("not done: its smoke test")
        .hint(format!("fix the cause and go on with the test: `{}`", launch.request.command))
}

fn endpoint_of<'a>(
    launch: &Launch<'a>,
    test: &SmokeTest,
    runtime: &AgentRuntime,
    version: &str,
) -> Node<RuntimeEndpoint<'a>> {
    let serves = Late::after(ResourceKind::Runtime);
    serves.set(version.to_owned());
    let ends = test.timeout + test.canary.unwrap_or_default() + LEFT_OVER;
    let until = clock::iso8601(clock::now() + ends);
    Node::new(RuntimeEndpoint {
        record: launch.record,
        runtime: endpoint::address(runtime),
        name: format!("{PREFIX}{version}"),
        goal: EndpointGoal::Serves { version: serves, description: None },
        adopt: false,
        waits: true,
        command: launch.request.command.clone(),
        own_tags: vec![(crate::resources::runtime_endpoint::TEMPORARY_TAG.to_owned(), until)],
    })
}

/// Deletes what tests left behind that were killed.
async fn sweep(launch: &Launch<'_>, runtime: &AgentRuntime, cx: &Context<'_>) -> Result<()> {
    for listed in cx.cloud.endpoints(runtime.id()).await? {
        if !listed.name.starts_with(PREFIX) || listed.status == "DELETING" {
            continue;
        }
        let name = listed.name.clone();
        let found = ObservedEndpoint::of_listed(listed, cx.cloud, launch.record).await?;
        if found.is_left_over() {
            cx.cloud.delete_endpoint(runtime.id(), &name).await?;
            cx.events.detail("smoke test", format!("{name} of an earlier test is deleted"));
        }
    }
    Ok(())
}

/// The call of a smoke test.
struct SmokeCall<'c, 'l> {
    launch: &'c Launch<'l>,
    test: &'c SmokeTest,
    runtime: &'c AgentRuntime,
    endpoint: String,
}

impl SmokeCall<'_, '_> {
    async fn test(&self, cx: &Context<'_>) -> Result<SmokeOutcome, TestTrouble> {
        let version = self.runtime.version();
        let (begun, since) = (Instant::now(), clock::unix_now() * 1000);
        cx.events.started("smoke test", format!("smoke test of version {version}"));
        self.call().await?;
        let took = begun.elapsed();
        cx.events.finished("smoke test", Outcome::Done, format!("version {version} passed its smoke test"));
        let watched = match self.test.canary {
            Some(canary) => self.watch(canary, since, cx).await?,
            None => 0,
        };
        Ok(SmokeOutcome { version: version.to_owned(), took, watched })
    }

    /// Calls it again and again, and reads its log, until the time is over. How often it was called.
    async fn watch(&self, canary: Duration, since: i64, cx: &Context<'_>) -> Result<usize, TestTrouble> {
        let version = self.runtime.version();
        let group = log_group(self.runtime.id(), &self.endpoint);
        let mut log = WatchedLog { cloud: cx.cloud, events: cx.events, group: &group, since, is_readable: true };
        let until = clock::iso8601(clock::now() + canary);
        // Who wants to roll back meanwhile waits for this run.
        self.launch.activity.set(format!("launch with a canary of version {version} until {until}"));
        let end = Instant::now() + canary;
        cx.events.started("canary", format!("watch version {version} for {}", duration_text(canary)));
        let (mut calls, mut told) = (0, None);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                log.look_last().await?;
                cx.events.finished(
                    "canary",
                    Outcome::Done,
                    format!("version {version} had no errors in {calls} calls"),
                );
                return Ok(calls);
            }
            log.look().await?;
            let minutes = left.as_secs().div_ceil(60);
            if told.replace(minutes) != Some(minutes) {
                cx.events.detail("canary", format!("{minutes} min left, {calls} calls went well"));
            }
            tokio::time::sleep(PAUSE.min(canary / 4).min(left)).await;
            self.call().await?;
            calls += 1;
        }
    }

    async fn call(&self) -> Result<(), TestTrouble> {
        let limit = self.test.timeout;
        match tokio::time::timeout(limit, self.call_once_reachable()).await {
            Ok(done) => done,
            Err(_) => Err(Error::failed(format!("no whole answer within {} s", limit.as_secs())).into()),
        }
    }

    /// An endpoint may be READY before the data plane knows it, and a call may be lost on its way or refused for its pace.
    async fn call_once_reachable(&self) -> Result<(), TestTrouble> {
        let schedule = self.launch.connections.cloud.schedule(self.test.timeout);
        let (mut pause, mut calls) = (schedule.first, 1);
        loop {
            match self.call_now().await {
                Err(TestTrouble::OfVersion(error)) if error.kind() == Kind::NotFound => {}
                Err(TestTrouble::OfTest(error)) if is_on_the_way(&error) && calls < CALLS => calls += 1,
                other => return other,
            }
            tokio::time::sleep(pause).await;
            pause = schedule.after(pause);
        }
    }

    async fn call_now(&self) -> Result<(), TestTrouble> {
        let connections = self.launch.connections;
        let caller = connections.smoke_caller.ok_or_else(|| Error::failed("nobody calls the new version"))?;
        let auth = caller.credentials().await.map_err(TestTrouble::OfTest)?;
        let arn: Arn = self.runtime.arn().parse()?;
        let plane = DataPlane::of_cloud(connections.env, connections.cloud, &arn.region);
        let session = session::generate();
        let call = Invocation {
            arn: &arn,
            qualifier: Some(&self.endpoint),
            session_id: Some(&session),
            user_id: None,
            content_type: "application/json",
            accept: "application/json, text/event-stream",
            headers: &[],
            timeout: Some(self.test.timeout),
        };
        let speaks = match self.launch.agent.protocol() {
            Protocol::Http | Protocol::Agui => AgentProtocol::Plain,
            Protocol::Mcp => AgentProtocol::Mcp,
            Protocol::A2a => AgentProtocol::A2a,
        };
        let logs = format!("{} --session {session} --endpoint {}", self.launch.record.command("logs"), self.endpoint);
        let context = CallContext { plane: &plane, auth: &auth, call: &call, speaks, logs: &logs };
        let (mut body, mut is_too_long) = (Vec::new(), false);
        let mut sink = |chunk: &[u8]| {
            // Without an expression it is enough that the answer ends well.
            if self.test.expect.is_some() {
                is_too_long = body.len() + chunk.len() > MOST_ANSWER;
                body.extend_from_slice(if is_too_long { &[] } else { chunk });
            }
            Ok(if is_too_long { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        };
        let payload = Payload::Bytes(self.test.payload.clone().into());
        let is_answered = AtomicBool::new(false);
        let called = invoke::call(&context, &payload, &|_| is_answered.store(true, Ordering::Relaxed), &mut sink).await;
        // A session costs until it ends; that it has ended with the agent is no failure.
        let _ = invoke::stop_session(&plane, &arn, Some(&self.endpoint), &session, &auth).await;
        let head = called.map_err(|error| match is_answered.into_inner() && error.is(Code::Network) {
            // It began to answer, and did not go on.
            true => TestTrouble::OfVersion(error),
            false => error.into(),
        })?;
        if is_too_long {
            let most = MOST_ANSWER >> 20;
            return Err(
                Error::failed(format!("its answer has more than {most} MiB, too much for an expression")).into()
            );
        }
        Ok(self.compare(&answer(head.is_events(), &body))?)
    }

    fn compare(&self, answer: &Value) -> Result<()> {
        let Some(expect) = &self.test.expect else { return Ok(()) };
        let text = expect.text();
        let got = shortened(&answer.to_string(), SHOWN).0;
        match expect.holds(answer) {
            Ok(true) => Ok(()),
            Ok(false) => {
                Err(Error::failed(format!("`{text}` is not true of its answer")).cause(format!("answer: {got}")))
            }
            Err(why) => {
                Err(Error::failed(format!("`{text}` does not fit its answer: {why}")).cause(format!("answer: {got}")))
            }
        }
    }
}

/// JSON as it is, a stream as the list of what its events hold, and anything else as a text.
fn answer(is_stream: bool, body: &[u8]) -> Value {
    let text = String::from_utf8_lossy(body);
    let parsed = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
    if is_stream {
        let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
        return data.map(|data| parsed(data.trim())).collect();
    }
    parsed(text.trim())
}

/// The log of a version that is watched. Each look reads it from the beginning, so that the last one alone has to succeed.
struct WatchedLog<'a> {
    cloud: &'a Cloud,
    events: &'a Events,
    group: &'a str,
    /// Milliseconds since 1970.
    since: i64,
    /// The caller may read it, as far as is known.
    is_readable: bool,
}

impl WatchedLog<'_> {
    /// A look in between, which a service that limits requests or does not answer may miss.
    async fn look(&mut self) -> Result<(), TestTrouble> {
        match self.errors().await {
            Err(TestTrouble::OfTest(error)) if is_passing(&error) => {
                self.events.detail("canary", format!("the log is read again in a moment: {error}"));
                Ok(())
            }
            looked => looked,
        }
    }

    async fn look_last(&mut self) -> Result<(), TestTrouble> {
        for attempt in 1..LAST_LOOKS {
            match self.errors().await {
                Err(TestTrouble::OfTest(error)) if is_passing(&error) => {
                    tokio::time::sleep(Duration::from_secs(1 << attempt)).await;
                }
                looked => return looked,
            }
        }
        self.errors().await
    }

    async fn errors(&mut self) -> Result<(), TestTrouble> {
        if !self.is_readable {
            return Ok(());
        }
        let lines = match self.cloud.error_lines(self.group, self.since).await {
            Ok(lines) => lines,
            Err(error) if ["AccessDeniedException", "AccessDenied"].contains(&error.code_str()) => {
                self.is_readable = false;
                self.events.warning(format!("the log of the version is not watched, its answers are: {error}"));
                return Ok(());
            }
            Err(error) => return Err(TestTrouble::OfTest(error)),
        };
        if lines.is_empty() {
            return Ok(());
        }
        let error = Error::failed("its log has errors");
        Err(TestTrouble::OfVersion(
            lines.iter().take(3).fold(error, |error, line| error.cause(shortened(line, SHOWN).0)),
        ))
    }
}

/// `90 s`, `10 min`
fn duration_text(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 60 && seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_lists_of_their_events() {
        let stream = b"data: {\"a\": 1}\n\nevent: x\ndata: done\n\n";
        assert_eq!(answer(true, stream), json!([{ "a": 1 }, "done"]));
        assert_eq!(answer(false, b" {\"a\": 1}\n"), json!({ "a": 1 }));
        assert_eq!(answer(false, b"hello"), json!("hello"));
        assert_eq!((duration_text(Duration::from_secs(600)), duration_text(PAUSE)), ("10 min".into(), "10 s".into()));
    }
}
