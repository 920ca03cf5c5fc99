//! CloudWatch Logs: the error lines of one log group, since a moment.

use super::connect::Cloud;
use super::log_events::EventQuery;
use crate::error::Result;

/// Any of these words in a line makes it one. Words of filter patterns have a case.
const WORDS: &str = "?ERROR ?CRITICAL ?FATAL ?Traceback";
/// So many are enough to see that something is wrong.
const MOST: usize = 20;

impl Cloud {
    /// Lines with `ERROR`, `CRITICAL`, `FATAL` or `Traceback` in them, from `since` on, in milliseconds since 1970. A group that
    /// is not there yet has none.
    pub(crate) async fn error_lines(&self, group: &str, since: i64) -> Result<Vec<String>> {
        let mut token = None;
        loop {
            let query = EventQuery { group, from: since, to: None, pattern: Some(WORDS), token };
            let Some(page) = self.log_events(&query).await? else { return Ok(Vec::new()) };
            // A page may be empty with more behind it.
            if !page.events.is_empty() || page.next.is_none() {
                return Ok(page.events.into_iter().take(MOST).map(|event| event.message).collect());
            }
            token = page.next;
        }
    }
}
