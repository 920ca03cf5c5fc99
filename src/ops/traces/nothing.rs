//! Why nothing was found: what is not switched on, as far as a few requests can tell.

use super::MOST_DAYS;
use super::query::{Rows, SessionId, TraceId, TraceSource};
use crate::clock;
use crate::cloud::{AgentRuntime, LocalSandbox, SpansDestination};
use crate::config::Agent;
use crate::error::{Code, Error, Kind, Result};
use crate::facts::{DEFAULT_ENDPOINT, SPANS_LOG_GROUP, SPANS_STREAM, TELEMETRY_STREAM};
use crate::shell::CommandLine;

/// What was looked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sought<'a> {
    Anything,
    Session(&'a SessionId),
    Trace(&'a TraceId),
}

/// One thing that keeps spans away.
struct Reason {
    code: Code,
    cause: String,
    hint: String,
}

/// Set to `true` in a runtime's variables, it switches telemetry off.
pub(crate) const SWITCHED_OFF: &str = "DISABLE_ADOT_OBSERVABILITY";

impl TraceSource<'_> {
    /// The error of a search without a result; exit 5 with all reasons that are known.
    pub(super) async fn why_nothing(&self, sought: Sought<'_>, rows: &Rows) -> Error {
        let id = self.runtime.as_str();
        let own_group = self.own_group();
        let region = self.cloud.region();
        let (destination, spans, telemetry, runtime, sandbox) = tokio::join!(
            self.cloud.spans_destination(),
            self.has_own_stream(rows, SPANS_STREAM),
            self.has_own_stream(rows, TELEMETRY_STREAM),
            self.cloud.runtime(id),
            LocalSandbox::find(self.env, self.cloud.http(), region),
        );
        let mut reasons: Vec<Reason> = Vec::new();
        if let Ok(None) = runtime {
            // Its spans may be there all the same, and nothing else can be said of one that is gone.
            reasons.push(self.no_runtime());
        } else {
            // In a sandbox spans do not go through X-Ray.
            if spans != Some(true) && sandbox.is_none() {
                reasons.extend(transaction_search(&destination, rows.has_account_group, region));
            }
            if !rows.has_own_group {
                reasons.push(self.never_called(&own_group));
            } else if spans == Some(false) && telemetry == Some(false) {
                reasons.push(no_telemetry(&own_group, self.agent, runtime.ok().flatten().as_ref()));
            }
        }
        let code = reasons.first().map_or(Code::TracesNone, |reason| reason.code);
        let period = match (self.since, self.days) {
            (Some(since), _) => format!("the time since {}", clock::local_time(since * 1000)),
            (None, 1) => "the last day".to_owned(),
            (None, days) => format!("the last {days} days"),
        };
        let what = match sought {
            Sought::Anything => format!("no session of `{id}`"),
            Sought::Session(session) => format!("the session `{}`", session.as_str()),
            Sought::Trace(trace) => format!("the trace `{}`", trace.as_str()),
        };
        let verb = if matches!(sought, Sought::Anything) { "has" } else { "has no" };
        let mut error = Error::not_found(format!("{what} {verb} spans in {period}")).code(code);
        if reasons.is_empty() {
            error = error.cause("spans come a minute or two after the call; calls that are not sampled leave none");
        }
        for reason in reasons {
            error = error.cause(reason.cause).hint(reason.hint);
        }
        if sandbox.is_some() {
            error = error.cause(format!(
                "this is a sandbox: what an agent exports to `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is in stream `{SPANS_STREAM}` of \
                 its log group at once, with or without Transaction Search"
            ));
        }
        self.with_other_session(error, sought, rows).await
    }

    /// Whether the endpoint's log group has a stream; `None` when that cannot be told.
    async fn has_own_stream(&self, rows: &Rows, name: &str) -> Option<bool> {
        match rows.has_own_group {
            true => self.cloud.has_log_stream(&self.own_group(), name).await.ok(),
            false => Some(false),
        }
    }

    /// Names the newest session that has spans, or says how to look further back.
    async fn with_other_session(&self, error: Error, sought: Sought<'_>, rows: &Rows) -> Error {
        if !rows.has_account_group && !rows.has_own_group {
            return error;
        }
        let further = |error: Error| match self.days {
            MOST_DAYS.. => error,
            days => error.hint(format!("look further back: `--days {}`", days.saturating_mul(4).min(MOST_DAYS))),
        };
        if matches!(sought, Sought::Anything) {
            return further(error);
        }
        match self.newest_session().await {
            Ok((Some(session), _)) => {
                error.hint(format!("the newest session with spans: `{}`", self.list_command(&session)))
            }
            Err(other) if other.kind() == Kind::Interrupted => other,
            _ => further(error),
        }
    }

    fn no_runtime(&self) -> Reason {
        let hint = match self.agent_id {
            Some(_) => "check `--agent-id` and `--region`; `agentcore status` shows what is deployed",
            None => "`agentcore status` shows what is deployed; `agentcore launch` deploys the agent again",
        };
        Reason {
            code: Code::TracesNone,
            cause: format!("there is no agent runtime `{}` in {}", self.runtime.as_str(), self.cloud.region()),
            hint: hint.to_owned(),
        }
    }

    fn never_called(&self, group: &str) -> Reason {
        let mut line = CommandLine::new("agentcore invoke '{\"prompt\": \"hello\"}'");
        line.value("--endpoint", (self.endpoint != DEFAULT_ENDPOINT).then_some(&self.endpoint));
        let call = match self.agent {
            Some(_) => format!("call the agent: `{}`", line.into_string()),
            None => "call the agent; its first output creates the log group".to_owned(),
        };
        Reason {
            code: Code::TracesNoLogs,
            cause: format!(
                "the log group `{group}` does not exist: the endpoint was never called, or the agent's role may not write logs"
            ),
            hint: call,
        }
    }
}

fn transaction_search(destination: &Result<SpansDestination>, has_group: bool, region: &str) -> Option<Reason> {
    let reason = |cause: String, hint: &str| Some(Reason { code: Code::TracesSearchOff, cause, hint: hint.to_owned() });
    let switch_on = "switch it on for the account and region: `agentcore observability enable --account-wide`";
    match destination {
        Ok(found) if found.is_logs() && found.is_pending() => reason(
            format!("Transaction Search was switched on in {region} and is not in effect yet"),
            "it takes 10 to 15 minutes; call the agent again then",
        ),
        Ok(found) if found.is_logs() => None,
        Ok(_) => reason(
            format!(
                "Transaction Search is not switched on in {region}: spans go to X-Ray, and none to CloudWatch Logs"
            ),
            switch_on,
        ),
        Err(_) if has_group => None,
        Err(error) => reason(
            format!(
                "the log group `{SPANS_LOG_GROUP}` does not exist: Transaction Search is not switched on in {region}, or has \
                 received no span yet (X-Ray did not say which: {error})"
            ),
            switch_on,
        ),
    }
}

fn no_telemetry(group: &str, agent: Option<&Agent>, runtime: Option<&AgentRuntime>) -> Reason {
    let variable = runtime.and_then(|it| it.raw.get("environmentVariables")?.get(SWITCHED_OFF)?.as_str());
    let (cause, hint) = if variable.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        (
            format!("telemetry is switched off: the runtime has the variable `{SWITCHED_OFF}`"),
            match agent {
                Some(_) => format!("take it out: `agentcore launch --unset-env {SWITCHED_OFF}`"),
                None => "take it out where the agent is deployed from".to_owned(),
            },
        )
    } else if agent.is_some_and(|agent| !agent.observability()) {
        (
            "telemetry is switched off: `aws.observability.enabled` of the configuration is false".to_owned(),
            "set it to true, then run `agentcore launch`".to_owned(),
        )
    } else {
        (
            format!(
                "the agent writes logs to `{group}` but no telemetry: it is not started with `opentelemetry-instrument`, or its \
                 role may not write the stream `{TELEMETRY_STREAM}`"
            ),
            "start it with `opentelemetry-instrument` from the package `aws-opentelemetry-distro`; `agentcore launch` sets this up \
             in what it builds"
                .to_owned(),
        )
    };
    Reason { code: Code::TracesNoTelemetry, cause, hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn destination(destination: &str, status: &str) -> Result<SpansDestination> {
        Ok(SpansDestination { destination: destination.to_owned(), status: status.to_owned() })
    }

    #[test]
    fn transaction_search_is_blamed_when_off() {
        let cause = |found: &Result<SpansDestination>, has_group| {
            transaction_search(found, has_group, "us-west-2").map(|reason| reason.cause)
        };
        assert_eq!(cause(&destination("CloudWatchLogs", "ACTIVE"), false), None);
        assert!(cause(&destination("CloudWatchLogs", "PENDING"), true).unwrap().contains("not in effect yet"));
        assert!(cause(&destination("XRay", "ACTIVE"), true).unwrap().contains("not switched on"));
        let denied = || Err(Error::failed("AccessDeniedException"));
        assert_eq!(cause(&denied(), true), None);
        assert!(cause(&denied(), false).unwrap().contains("AccessDeniedException"));
    }

    #[test]
    fn a_switch_is_named_before_instrumentation() {
        let raw = serde_json::json!({ "environmentVariables": { SWITCHED_OFF: "TRUE" } });
        assert!(no_telemetry("g", None, Some(&AgentRuntime { raw })).cause.contains(SWITCHED_OFF));
        assert!(no_telemetry("g", None, None).hint.contains("opentelemetry-instrument"));
    }
}
