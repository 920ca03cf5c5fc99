//! CloudWatch Logs: a stream read from its beginning, or from where the last read ended; and queries of Logs Insights.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{QueryStatus, ResultField};

use super::connect::Cloud;
use super::error::{code, convert, if_found, is_not_found};
use crate::error::{Code, Error, Kind, Result};
use crate::process::{StopHold, stop_signal};
use crate::wait::{self, Probe, Schedule};

/// The most rows that a query gives (StartQuery, `limit`).
pub(crate) const QUERY_ROWS: usize = 10_000;

/// How long a query may take. The service itself ends one after an hour.
const QUERY_LIMIT: Duration = Duration::from_secs(300);
/// After the first look, which comes at once: most queries take a second or two.
const FIRST_PAUSE: Duration = Duration::from_millis(400);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
const FEWER_DAYS: &str = "search fewer days, such as `--days 1`, or run the command again in a moment";
/// How long stopping a query may take.
const STOPPING: Duration = Duration::from_secs(4);

/// A query of Logs Insights on one log group. What goes into `text` is not escaped here.
#[derive(Clone, Debug)]
pub(crate) struct LogQuery {
    pub(crate) group: String,
    /// Seconds since 1970; both are part of it.
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) text: String,
}

/// A row of a query's result: values by the names of fields.
pub(crate) type LogRow = BTreeMap<String, String>;

/// A position in a log stream. Each read continues where the one before ended.
#[derive(Clone, Debug)]
pub(crate) struct LogReader {
    group: String,
    stream: String,
    /// Valid for 24 hours.
    token: Option<String>,
}

/// The result of one read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct LogPage {
    /// Without line ends.
    pub(crate) lines: Vec<LogLine>,
    /// Whether there may be more already.
    pub(crate) more: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogLine {
    /// Milliseconds since 1970, by the clock of whoever wrote it.
    pub(crate) time: i64,
    pub(crate) text: String,
}

impl LogReader {
    /// Starts with the oldest line.
    pub(crate) fn from_head(group: impl Into<String>, stream: impl Into<String>) -> Self {
        Self { group: group.into(), stream: stream.into(), token: None }
    }

    /// The lines since the last read: one page, at most 1 MiB (GetLogEvents). A stream that does not exist yet has
    /// none.
    ///
    /// # Errors
    /// The service's; the position is kept, so that the next read misses nothing.
    pub(crate) async fn read(&mut self, cloud: &Cloud) -> Result<LogPage> {
        let request = cloud
            .logs()
            .get_log_events()
            .log_group_name(&self.group)
            .log_stream_name(&self.stream)
            .start_from_head(true)
            .set_next_token(self.token.clone());
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if is_not_found(&error) => return Ok(LogPage::default()),
            Err(error) => {
                return Err(convert(format!("read the log `{}` in `{}`", self.stream, self.group), &error));
            }
        };
        let events = answer.events().iter();
        let lines = events
            .flat_map(|event| {
                let time = event.timestamp().unwrap_or_default();
                let message = event.message().unwrap_or_default();
                message.trim_end_matches(['\n', '\r']).split('\n').map(move |line| (time, line))
            })
            .map(|(time, line)| LogLine { time, text: line.trim_end_matches('\r').to_owned() })
            .collect();
        // A page may be empty with more behind it: only the same token again means the end.
        let next = answer.next_forward_token().map(str::to_owned);
        let more = next.is_some() && next != self.token;
        if next.is_some() {
            self.token = next;
        }
        Ok(LogPage { lines, more })
    }
}

impl Cloud {
    pub(super) fn logs(&self) -> Client {
        Client::new(&self.sdk)
    }

    /// Runs a query to its end; `None` when there is no such log group. Ctrl-C, and the end of the command's time, stop it
    /// in AWS too.
    ///
    /// # Errors
    /// The service's refusal, or a query that failed; [`Kind::Deadline`] when it takes too long, and then it was stopped.
    pub(crate) async fn query_logs(&self, query: &LogQuery) -> Result<Option<Vec<LogRow>>> {
        // Before the query exists, so that it cannot be left behind.
        let _hold = StopHold::acquire();
        let mut stop = pin!(stop_signal());
        let mut stopping = false;
        let mut start = pin!(self.start_query(query));
        let started = loop {
            tokio::select! {
                biased;
                // Whether there is a query to stop is known only with the answer.
                () = &mut stop, if !stopping => stopping = true,
                started = &mut start => break started,
            }
        };
        let interrupted = || Error::new(Kind::Interrupted, "interrupted");
        let id = match started {
            Ok(Some(id)) => id,
            _ if stopping => return Err(interrupted()),
            Ok(None) => return Ok(None),
            Err(error) => return Err(error),
        };
        let rows = tokio::select! {
            biased;
            () = &mut stop, if !stopping => Err(interrupted()),
            rows = self.query_rows(&id, query), if !stopping => rows,
            else => Err(interrupted()),
        };
        if rows.as_ref().is_err_and(|error| matches!(error.kind(), Kind::Interrupted | Kind::Deadline)) {
            // What is not stopped ends by itself, and its result is kept for nobody.
            let _ = tokio::time::timeout(STOPPING, self.logs().stop_query().query_id(&id).send()).await;
        }
        rows.map(Some)
    }

    async fn start_query(&self, query: &LogQuery) -> Result<Option<String>> {
        let request = self
            .logs()
            .start_query()
            .log_group_name(&query.group)
            .start_time(query.from)
            .end_time(query.to)
            .query_string(&query.text);
        match request.send().await {
            Ok(answer) => Ok(answer.query_id),
            Err(error) if is_not_found(&error) => Ok(None),
            Err(error) if code(&error) == Some("LimitExceededException") => {
                let error = convert(what_of(query), &error);
                Err(error.map_hints(|_| {
                    "too many queries are running in this account and region: try again in a moment".into()
                }))
            }
            Err(error) => Err(convert(what_of(query), &error)),
        }
    }

    async fn query_rows(&self, id: &str, query: &LogQuery) -> Result<Vec<LogRow>> {
        let schedule = Schedule { first: FIRST_PAUSE, max: LONGEST_PAUSE, ..self.schedule(QUERY_LIMIT) };
        let what = format!("the query of the log group `{}`", query.group);
        let found = wait::until(schedule, &what, || self.look_at_query(id, query)).await;
        // A host that does not answer is late too, and has its own hint.
        found.map_err(|error| match error.kind() {
            Kind::Deadline if error.hints().is_empty() => error.hint(FEWER_DAYS),
            _ => error,
        })
    }

    async fn look_at_query(&self, id: &str, query: &LogQuery) -> Result<Probe<Vec<LogRow>>> {
        let request = || self.logs().get_query_results().query_id(id);
        let refused = |error| convert(what_of(query), &error);
        let mut page = request().send().await.map_err(refused)?;
        match page.status() {
            Some(QueryStatus::Complete) => {}
            Some(state @ (QueryStatus::Failed | QueryStatus::Cancelled | QueryStatus::Timeout)) => {
                return Err(Error::failed(format!("could not {}: it ended as {state}", what_of(query)))
                    .code(Code::LogsQuery)
                    .hint(FEWER_DAYS));
            }
            state => {
                let state = state.map_or("unknown", QueryStatus::as_str).to_owned();
                return Ok(Probe::Pending(state));
            }
        }
        let mut rows: Vec<LogRow> = Vec::new();
        loop {
            rows.extend(page.results().iter().map(|row| row_of(row)));
            let Some(token) = page.next_token().map(str::to_owned) else { return Ok(Probe::Done(rows)) };
            page = request().next_token(&token).send().await.map_err(refused)?;
            if page.next_token() == Some(token.as_str()) {
                return Ok(Probe::Done(rows));
            }
        }
    }

    /// Whether a log group has a stream of this name. It is asked for by name: an agent's group has a stream for each session,
    /// so that a page of them all need not have it.
    pub(crate) async fn has_log_stream(&self, group: &str, name: &str) -> Result<bool> {
        let request = self.logs().describe_log_streams().log_group_name(group).log_stream_name_prefix(name);
        let sent = request.send().await;
        Ok(if_found(sent, format!("look for the stream `{name}` in `{group}`"))?
            .is_some_and(|answer| answer.log_streams().iter().any(|stream| stream.log_stream_name() == Some(name))))
    }
}

/// Completes "could not".
fn what_of(query: &LogQuery) -> String {
    format!("query the log group `{}`", query.group)
}

fn row_of(fields: &[ResultField]) -> LogRow {
    let named = fields.iter().filter_map(|field| Some((field.field()?.to_owned(), field.value()?.to_owned())));
    named.collect()
}
