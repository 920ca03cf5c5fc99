//! What an agent logged last, for the error of a call or a launch that failed: the service's own answer says nothing of it.
//!
//! It is asked for at most twice, and for a short time: lines come late, and the error must not.

use std::collections::VecDeque;
use std::time::Duration;

use super::filter::{LineFilter, Sieve};
use super::line::LogLine;
use crate::cloud::{Cloud, EventQuery};
use crate::error::Error;

/// Lines that an error shows, and characters of each.
const SHOWN: usize = 20;
const LONGEST_LINE: usize = 2000;
/// Pages that are read at most: the first ones may be empty though there are lines.
const PAGES: usize = 5;
/// For everything, and until the second look.
const LIMIT: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(1500);
/// Clocks differ; in milliseconds.
const BEFORE: i64 = 2000;

/// What failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FailedRun<'a> {
    pub(crate) group: &'a str,
    /// `None` for a launch, whose sessions nobody named.
    pub(crate) session: Option<&'a str>,
    /// When it began, in milliseconds since 1970.
    pub(crate) began: i64,
    /// A sandbox logs at once: what is not there now does not come.
    pub(crate) is_in_sandbox: bool,
}

impl FailedRun<'_> {
    /// A runtime that failed most often never started an agent.
    const fn may_be_late(&self) -> bool {
        self.session.is_some() && !self.is_in_sandbox
    }
}

/// Adds the last lines to an error, as one cause; or that there are none yet.
pub(crate) async fn told(error: Error, cloud: &Cloud, run: FailedRun<'_>) -> Error {
    let lines = tokio::time::timeout(LIMIT, last_lines(cloud, run)).await;
    match lines {
        Ok(Some(lines)) if !lines.is_empty() => error.cause(lines.join("\n")),
        Ok(Some(_)) if run.may_be_late() => {
            error.cause("it has logged no lines yet; they can come a few seconds later")
        }
        // Of a log that cannot be read the hint says where it is.
        _ => error,
    }
}

/// `None` where the log cannot be read.
async fn last_lines(cloud: &Cloud, run: FailedRun<'_>) -> Option<Vec<String>> {
    let mut lines = look(cloud, run).await?;
    if lines.is_empty() && run.may_be_late() {
        tokio::time::sleep(PAUSE).await;
        lines = look(cloud, run).await?;
    }
    Some(lines)
}

async fn look(cloud: &Cloud, run: FailedRun<'_>) -> Option<Vec<String>> {
    let filter = LineFilter::default();
    let mut sieve = Sieve::new(&filter);
    let (mut last, mut token): (VecDeque<String>, _) = (VecDeque::new(), None);
    for _ in 0..PAGES {
        let query = EventQuery { group: run.group, from: run.began - BEFORE, to: None, pattern: None, token };
        let page = match cloud.log_events(&query).await {
            Ok(Some(page)) => page,
            Ok(None) => break,
            Err(_) => return None,
        };
        let lines = page.events.into_iter().map(LogLine::read).filter_map(|line| sieve.pass(line));
        for line in lines.filter(|line| is_meant(line, run.session)) {
            last.extend(line.message.lines().map(shortened));
            last.drain(..last.len().saturating_sub(SHOWN));
        }
        token = page.next;
        if token.is_none() {
            break;
        }
    }
    Some(last.into())
}

/// Lines that name no session may be of this one; health checks are no news, and neither is what a sandbox says of the start.
fn is_meant(line: &LogLine, session: Option<&str>) -> bool {
    let is_of = session.is_none_or(|id| line.session.as_deref().is_none_or(|other| other == id));
    is_of && !line.message.contains("GET /ping") && !line.message.starts_with("[sandbox] ")
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
