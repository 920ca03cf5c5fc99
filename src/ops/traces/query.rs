//! The queries of CloudWatch Logs Insights that find spans and what was said in them, on two log groups at once: that of the
//! account's spans, and that of the agent's own endpoint, where newer runtimes write them.
//!
//! Ids become part of a query, so they are checked here, each against a form that cannot end the text that it stands in.

use super::DEFAULT_DAYS;
use crate::clock;
use crate::cloud::{Cloud, LogQuery, LogRow, QUERY_ROWS};
use crate::config::Agent;
use crate::env::Env;
use crate::error::{Code, Error, Kind, Result};
use crate::facts::{DEFAULT_ENDPOINT, SPANS_LOG_GROUP, log_group};
use crate::partition::is_runtime_id;
use crate::shell::CommandLine;

/// Ids of traces in one query: the text of a query has 10,000 characters at most.
const TRACES_AT_ONCE: usize = 200;
/// Newest sessions that are looked at, for one whose id can be asked for.
const SESSIONS: usize = 20;
const SECONDS_OF_A_DAY: i64 = 86_400;

/// The id of a runtime, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuntimeId(String);

/// The id of a session, checked: visible ASCII characters without quotes and backslashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionId(String);

/// The id of a trace, checked: 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceId(String);

impl RuntimeId {
    /// # Errors
    /// Exit 2 for a text that no runtime can have as its id.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if is_runtime_id(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::usage(format!("`{}` is not the id of an agent runtime", text.escape_debug()))
            .code(Code::InputValue)
            .cause("an id is the runtime's name, a hyphen and ten letters or digits")
            .hint("`agentcore status` shows it as `Agent ID`"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl SessionId {
    /// Wider than the ids that AgentCore takes: what spans have as `session.id` is the agent's business.
    ///
    /// # Errors
    /// Exit 2 for a text that cannot be looked for.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let fits = |byte: u8| byte.is_ascii_graphic() && !b"'\"\\`".contains(&byte);
        if (1..=256).contains(&text.len()) && text.bytes().all(fits) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::usage(format!("`{}` is not the id of a session", text.escape_debug()))
            .code(Code::InputSessionId)
            .cause("the id of a session has 1 to 256 visible ASCII characters, none of them a quote, a backtick or a backslash")
            .hint("`agentcore invoke` shows the id of its session; without `--session-id` the last one is taken"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TraceId {
    /// Takes the form of X-Ray (`1-5759e988-bd862e3fe1be46a994272793`) too.
    ///
    /// # Errors
    /// Exit 2 for anything else.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let plain = match text.strip_prefix("1-").and_then(|rest| rest.split_once('-')) {
            Some((time, rest)) => format!("{time}{rest}"),
            None => text.to_owned(),
        };
        if plain.len() == 32 && plain.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(plain.to_ascii_lowercase()));
        }
        Err(Error::usage(format!("`{}` is not the id of a trace", text.escape_debug()))
            .code(Code::InputValue)
            .cause("the id of a trace has 32 hexadecimal digits")
            .hint("`agentcore obs list` shows the ids"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where traces are looked for, and what is known of the agent.
#[derive(Clone, Debug)]
pub(crate) struct TraceSource<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) env: &'a Env,
    /// `None` for an agent that was named by its id alone.
    pub(crate) agent: Option<&'a Agent>,
    /// What the user named the agent by: the id or the ARN of its runtime; `None` for one of the configuration.
    pub(crate) agent_id: Option<&'a str>,
    pub(crate) runtime: RuntimeId,
    pub(crate) endpoint: String,
    pub(crate) days: u32,
    /// Seconds since 1970 at which the search begins, in place of so many days ago.
    pub(crate) since: Option<i64>,
}

/// The rows of both groups, and what kept some of them back.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) rows: Vec<LogRow>,
    pub(super) has_account_group: bool,
    pub(super) has_own_group: bool,
    /// Whether there may be more than what came.
    pub(super) cut: bool,
    /// A group that the caller may not read, where the other one had something.
    pub(super) refused: Option<Error>,
}

const SPAN_FIELDS: &str = "fields @timestamp, @message | filter ispresent(endTimeUnixNano)";

impl TraceSource<'_> {
    pub(crate) fn own_group(&self) -> String {
        log_group(self.runtime.as_str(), &self.endpoint)
    }

    /// The command that lists the traces of a session of this agent, over the same days.
    pub(super) fn list_command(&self, session: &SessionId) -> String {
        let mut line = CommandLine::new("agentcore obs list");
        line.value("--agent-id", self.agent_id);
        line.value("--session-id", Some(session.as_str()));
        line.value("--endpoint", (self.endpoint != DEFAULT_ENDPOINT).then_some(&self.endpoint));
        line.value("--days", (self.days != DEFAULT_DAYS).then_some(self.days));
        line.into_string()
    }

    /// The command that shows a trace of another agent, in the same region and over the same days.
    pub(super) fn command_for_other(&self, other: &RuntimeId, trace: &TraceId) -> String {
        let mut line = CommandLine::new("agentcore obs show");
        line.value("--agent-id", Some(other.as_str()));
        line.value("--trace-id", Some(trace.as_str()));
        line.value("--days", (self.days != DEFAULT_DAYS).then_some(self.days));
        // An ARN says the region, an id alone does not.
        let is_arn = self.agent_id.is_some_and(|text| text.starts_with("arn:"));
        line.value("--region", is_arn.then(|| self.cloud.region()));
        line.into_string()
    }

    /// Only the account's group has spans of others.
    fn only_this_agent(&self) -> String {
        format!(
            " | parse resource.attributes.cloud.resource_id \"runtime/*/\" as parsedAgentId | filter parsedAgentId = '{}'",
            self.runtime.as_str()
        )
    }

    pub(super) async fn spans_of_session(&self, session: &SessionId) -> Result<Rows> {
        let begin = format!("{SPAN_FIELDS} | filter attributes.session.id = '{}'", session.as_str());
        let end = " | sort @timestamp desc";
        self.both((&format!("{begin}{}{end}", self.only_this_agent()), &format!("{begin}{end}")), QUERY_ROWS).await
    }

    /// Those of other agents too, where the trace goes on in them.
    pub(super) async fn spans_of_trace(&self, trace: &TraceId) -> Result<Rows> {
        let text = format!("{SPAN_FIELDS} | filter traceId = '{}' | sort @timestamp desc", trace.as_str());
        self.both((&text, &text), QUERY_ROWS).await
    }

    /// The session whose last span is the newest; one that cannot be asked for by its id is passed over.
    pub(super) async fn newest_session(&self) -> Result<(Option<SessionId>, Rows)> {
        let begin = "filter ispresent(attributes.session.id) and ispresent(endTimeUnixNano)";
        let end = " | stats max(endTimeUnixNano) as maxEnd by attributes.session.id | sort maxEnd desc";
        let queries = (format!("{begin}{}{end}", self.only_this_agent()), format!("{begin}{end}"));
        let found = self.both((&queries.0, &queries.1), SESSIONS).await?;
        let sessions = found.rows.iter().filter_map(|row| {
            let session = SessionId::parse(row.get("attributes.session.id")?).ok()?;
            // The service may write such a number with an exponent.
            Some((row.get("maxEnd")?.parse::<f64>().ok()?, session))
        });
        let newest = sessions.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, session)| session);
        Ok((newest, found))
    }

    /// The log records of these traces, and whether there may be older ones; ids that are none are left out.
    pub(super) async fn records_of(&self, traces: &[&str]) -> Result<(Vec<LogRow>, bool)> {
        let ids: Vec<String> =
            traces.iter().filter_map(|id| TraceId::parse(id).ok()).map(|id| format!("'{}'", id.as_str())).collect();
        let (mut rows, mut cut) = (Vec::new(), false);
        for some in ids.chunks(TRACES_AT_ONCE) {
            let text = format!(
                "fields @timestamp, @message | filter traceId in [{}] | filter not ispresent(endTimeUnixNano) \
                 | sort @timestamp desc",
                some.join(", ")
            );
            let found = self.query(&self.own_group(), &text, QUERY_ROWS).await?.unwrap_or_default();
            cut |= found.len() >= QUERY_ROWS;
            rows.extend(found);
        }
        Ok((rows, cut))
    }

    async fn query(&self, group: &str, text: &str, limit: usize) -> Result<Option<Vec<LogRow>>> {
        let to = clock::unix_now() + 1;
        let from = self.since.unwrap_or(to - i64::from(self.days) * SECONDS_OF_A_DAY);
        let text = format!("{text} | limit {limit}");
        let query = LogQuery { group: group.to_owned(), from, to, text };
        self.cloud.query_logs(&query).await
    }

    /// A group that may not be read is no failure where the other one has what was asked for.
    async fn both(&self, (account, own): (&str, &str), limit: usize) -> Result<Rows> {
        let own_group = self.own_group();
        let answers = tokio::join!(self.query(SPANS_LOG_GROUP, account, limit), self.query(&own_group, own, limit));
        let mut all = Rows::default();
        let mut take = |answer: Result<Option<Vec<LogRow>>>| match answer {
            Ok(found) => {
                let is_there = found.is_some();
                let found = found.unwrap_or_default();
                all.cut |= found.len() >= limit;
                all.rows.extend(found);
                Ok(is_there)
            }
            Err(error) if error.kind() == Kind::Credentials => {
                all.refused = all.refused.take().or(Some(error));
                Ok(true)
            }
            Err(error) => Err(error),
        };
        let (has_account_group, has_own_group) = (take(answers.0)?, take(answers.1)?);
        match all.refused.take() {
            Some(error) if all.rows.is_empty() => Err(error),
            refused => Ok(Rows { has_account_group, has_own_group, refused, ..all }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_cannot_leave_their_place() {
        for bad in ["", "a'b", "a\"b", "a\\", "a b", "a\nb", "`", "x' or ispresent(spanId) or traceId='", "é"] {
            assert_eq!(SessionId::parse(bad).unwrap_err().kind(), Kind::Usage, "{bad}");
            assert!(TraceId::parse(bad).is_err() && RuntimeId::parse(bad).is_err(), "{bad}");
        }
        SessionId::parse("user@example.com/7|#=").unwrap();
        assert!(RuntimeId::parse("a-0123456789' or '1").is_err());
    }

    #[test]
    fn a_trace_may_be_named_as_xray_does() {
        let plain = "5759e988bd862e3fe1be46a994272793";
        for text in [plain, "1-5759e988-bd862e3fe1be46a994272793", "5759E988BD862E3FE1BE46A994272793"] {
            assert_eq!(TraceId::parse(text).unwrap().as_str(), plain);
        }
    }
}
