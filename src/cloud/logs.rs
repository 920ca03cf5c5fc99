//! CloudWatch Logs: a stream read from its beginning, or from where the last read ended.

use aws_sdk_cloudwatchlogs::Client;

use super::connect::Cloud;
use super::error::{convert, is_not_found};
use crate::error::Result;

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
    fn logs(&self) -> Client {
        Client::new(&self.sdk)
    }
}
