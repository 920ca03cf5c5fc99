//! CloudWatch Logs: the events of a whole log group, page by page (FilterLogEvents).
//!
//! It is what logs are followed with: it costs nothing by the request, gives past events, and each with an id, which
//! GetLogEvents lacks; StartLiveTail is paid by the minute, gives no past events and drops what comes too fast.

use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;

use super::connect::Cloud;
use super::error::{convert, is_denied, is_not_found};
use crate::error::{Code, Error, Kind, Result};

/// Events in one page: as many as the service gives.
const PAGE: i32 = 10_000;

/// What is asked of a log group.
#[derive(Clone, Debug)]
pub(crate) struct EventQuery<'a> {
    pub(crate) group: &'a str,
    /// Milliseconds since 1970.
    pub(crate) from: i64,
    pub(crate) to: Option<i64>,
    /// In the service's own syntax.
    pub(crate) pattern: Option<&'a str>,
    /// From the page before.
    pub(crate) token: Option<String>,
}

/// One event of a log group. Times are milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogEvent {
    /// The same whenever the event is read.
    pub(crate) id: String,
    pub(crate) stream: String,
    /// By the clock of whoever wrote it.
    pub(crate) time: i64,
    pub(crate) ingested: i64,
    pub(crate) message: String,
}

impl From<&FilteredLogEvent> for LogEvent {
    fn from(event: &FilteredLogEvent) -> Self {
        Self {
            id: event.event_id().unwrap_or_default().to_owned(),
            stream: event.log_stream_name().unwrap_or_default().to_owned(),
            time: event.timestamp().unwrap_or_default(),
            ingested: event.ingestion_time().or(event.timestamp()).unwrap_or_default(),
            message: event.message().unwrap_or_default().to_owned(),
        }
    }
}

/// May be empty with more behind it.
#[derive(Debug, Default)]
pub(crate) struct EventPage {
    /// In the order of their times.
    pub(crate) events: Vec<LogEvent>,
    pub(crate) next: Option<String>,
}

impl Cloud {
    /// One page of a group's events; `None` when there is no such log group.
    ///
    /// # Errors
    /// The service's; with the permission that is needed where the caller lacks it.
    pub(crate) async fn log_events(&self, query: &EventQuery<'_>) -> Result<Option<EventPage>> {
        let request = self
            .logs()
            .filter_log_events()
            .log_group_name(query.group)
            .start_time(query.from)
            .set_end_time(query.to)
            .set_filter_pattern(query.pattern.map(str::to_owned))
            .limit(PAGE)
            .set_next_token(query.token.clone());
        match request.send().await {
            Ok(answer) => Ok(Some(EventPage {
                events: answer.events().iter().map(LogEvent::from).collect(),
                // The same token again would be asked for without end.
                next: answer.next_token().filter(|next| query.token.as_deref() != Some(next)).map(str::to_owned),
            })),
            Err(error) if is_not_found(&error) => Ok(None),
            Err(error) => {
                let denied = is_denied(&error);
                let error = convert(format!("read the log group `{}`", query.group), &error);
                Err(if denied {
                    error.hint(format!("ask for `logs:FilterLogEvents` on `{}`", query.group))
                } else {
                    error
                })
            }
        }
    }
}

/// Whether a request that failed so may work in a moment: the service limits requests or failed itself, or did not answer.
pub(crate) fn is_passing(error: &Error) -> bool {
    match error.kind() {
        Kind::Deadline => true,
        Kind::Failed => {
            crate::error::is_passing(error.code_str()) || error.is(Code::AwsUnreachable) || error.is(Code::AwsAnswer)
        }
        _ => false,
    }
}
