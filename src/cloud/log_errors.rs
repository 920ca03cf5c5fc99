//! CloudWatch Logs: the error lines of one log group, since a moment.

use aws_sdk_cloudwatchlogs::Client;

use super::connect::Cloud;
use super::error::{convert, is_not_found};
use crate::error::Result;

/// Any of these words in a line makes it one. Words of filter patterns have a case.
const WORDS: &str = "?ERROR ?CRITICAL ?FATAL ?Traceback";
/// So many are enough to see that something is wrong.
const MOST: i32 = 20;

impl Cloud {
    /// Lines with `ERROR`, `CRITICAL`, `FATAL` or `Traceback` in them, from `since` on, in milliseconds since 1970. A group that
    /// is not there yet has none.
    pub(crate) async fn error_lines(&self, group: &str, since: i64) -> Result<Vec<String>> {
        let client = Client::new(&self.sdk);
        let (mut lines, mut token) = (Vec::new(), None);
        loop {
            let request = client
                .filter_log_events()
                .log_group_name(group)
                .start_time(since)
                .filter_pattern(WORDS)
                .limit(MOST)
                .set_next_token(token);
            let page = match request.send().await {
                Ok(page) => page,
                Err(error) if is_not_found(&error) => return Ok(lines),
                Err(error) => return Err(convert(format!("read the log group `{group}`"), &error)),
            };
            lines.extend(page.events().iter().filter_map(|event| event.message().map(str::to_owned)));
            token = page.next_token().map(str::to_owned);
            // A page may be empty with more behind it.
            if token.is_none() || !lines.is_empty() {
                return Ok(lines);
            }
        }
    }
}
