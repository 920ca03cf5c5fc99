//! What an agent logged last, for the error of a call or a launch that failed: the service's own answer says nothing of it.
//!
//! It is asked for at most twice, and for a short time: lines come late, and the error must not.

use std::time::Duration;

use super::filter::{LineFilter, Sieve};
use super::line::LogLine;
use crate::cloud::{Cloud, EventQuery};
use crate::error::Error;

/// Lines that an error shows.
const SHOWN: usize = 20;
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
}

/// Adds the last lines to an error, as one cause; or that there are none yet.
pub(crate) async fn told(error: Error, cloud: &Cloud, run: FailedRun<'_>) -> Error {
    let lines = tokio::time::timeout(LIMIT, last_lines(cloud, run)).await;
    match lines {
        Ok(Some(lines)) if !lines.is_empty() => error.cause(lines.join("\n")),
        Ok(Some(_)) if run.session.is_some() => {
            error.cause("it has logged no lines yet; they can come a few seconds later")
        }
        // A runtime that failed most often never started an agent; and of a log that cannot be read the hint says where it is.
        _ => error,
    }
}

/// `None` where the log cannot be read.
async fn last_lines(cloud: &Cloud, run: FailedRun<'_>) -> Option<Vec<String>> {
    let mut lines = look(cloud, run).await?;
    if lines.is_empty() && run.session.is_some() {
        tokio::time::sleep(PAUSE).await;
        lines = look(cloud, run).await?;
    }
    Some(lines)
}

async fn look(cloud: &Cloud, run: FailedRun<'_>) -> Option<Vec<String>> {
    let query = EventQuery { group: run.group, from: run.began - BEFORE, to: None, pattern: None, token: None };
    let page = match cloud.log_events(&query).await {
        Ok(Some(page)) => page,
        Ok(None) => return Some(Vec::new()),
        Err(_) => return None,
    };
    let filter = LineFilter::default();
    let mut sieve = Sieve::new(&filter);
    let lines = page.events.into_iter().map(LogLine::read).filter_map(|line| sieve.pass(line));
    // Lines that name no session may be of this one.
    let is_of = |line: &LogLine| run.session.is_none_or(|id| line.session.as_deref().is_none_or(|other| other == id));
    // Health checks are no news.
    let is_news = |line: &LogLine| !line.message.contains("GET /ping");
    let texts: Vec<String> = lines
        .filter(is_of)
        .filter(is_news)
        .flat_map(|line| line.message.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    Some(texts[texts.len().saturating_sub(SHOWN)..].to_vec())
}
