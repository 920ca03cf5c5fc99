//! The log of an agent's endpoint: read over a period, or followed without gaps and repetitions.
//!
//! Owns: what is read and when, the filter, what an event says. Does not own: which agent is meant (`cli`), the requests
//! (`cloud`), layout. What was logged by a call that failed is in `last`.

mod filter;
pub(crate) mod last;
mod line;
mod window;

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::cloud::{Cloud, EventPage, EventQuery, is_passing};
use crate::deadline::Waiting;
use crate::error::{Code, Error, Result};
use crate::events::Events;
pub(crate) use filter::LineFilter;
use filter::Sieve;
pub(crate) use line::{Level, LogLine, time_text};
use window::Window;

/// Lines that one answer in JSON has, and that can be asked for.
pub(crate) const MOST_LINES: usize = 10_000;

/// Between two looks: while lines come, in a sandbox (elsewhere a second: the limit is the whole account's, and how high it is, is
/// not documented), and when none do, at first and at most.
const BUSY_HERE: Duration = Duration::from_millis(300);
const IDLE: Duration = Duration::from_secs(1);
const MOST_IDLE: Duration = Duration::from_secs(2);
/// Between two looks while the service limits requests or does not answer, at most.
const MOST_BACK_OFF: Duration = Duration::from_secs(30);
/// Pages after which what was seen is tidied, though there may be more.
const PAGES: usize = 100;

/// Which lines of which log.
#[derive(Debug)]
pub(crate) struct LogRequest<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) group: &'a str,
    /// The name of the endpoint that the log is of.
    pub(crate) endpoint: &'a str,
    /// Milliseconds since 1970.
    pub(crate) from: i64,
    pub(crate) to: Option<i64>,
    pub(crate) filter: &'a LineFilter,
    /// The newest so many only.
    pub(crate) limit: Option<usize>,
}

/// Takes lines as they come; `Break` ends the reading.
pub(crate) type LineSink<'a> = &'a mut (dyn FnMut(Vec<LogLine>) -> Result<ControlFlow<()>> + Send);

impl LogRequest<'_> {
    async fn page(&self, (from, to): (i64, Option<i64>), token: Option<String>) -> Result<Option<EventPage>> {
        let pattern = self.filter.pattern();
        let query = EventQuery { group: self.group, from, to, pattern: pattern.as_deref(), token };
        self.cloud.log_events(&query).await
    }

    fn no_group(&self) -> Error {
        let Self { group, endpoint, .. } = self;
        let flag =
            if *endpoint == crate::facts::DEFAULT_ENDPOINT { String::new() } else { format!(" --endpoint {endpoint}") };
        Error::not_found(format!("the log group `{group}` does not exist"))
            .code(Code::LogsNoGroup)
            .cause(format!(
                "the endpoint `{endpoint}` was never called, or there is no such endpoint, or the agent's role may not write logs"
            ))
            .hint(format!("call the agent: `agentcore invoke '{{\"prompt\": \"hello\"}}'{flag}`"))
            .hint("`agentcore logs --follow` waits for the group; `agentcore observability check` looks at the role")
    }
}

/// Reads a period to its end, in pages, and passes the lines on; with a limit only the newest, at the end. Returns how many there
/// were before the limit.
///
/// # Errors
/// Exit 5 when there is no such log group; the service's refusals.
pub(crate) async fn read(request: &LogRequest<'_>, sink: LineSink<'_>) -> Result<usize> {
    let mut sieve = Sieve::new(request.filter);
    let (mut token, mut count) = (None, 0);
    let mut newest: VecDeque<LogLine> = VecDeque::new();
    loop {
        let _waiting = Waiting::on("CloudWatch Logs");
        let page = request.page((request.from, request.to), token).await?.ok_or_else(|| request.no_group())?;
        let lines: Vec<LogLine> =
            page.events.into_iter().map(LogLine::read).filter_map(|line| sieve.pass(line)).collect();
        count += lines.len();
        match request.limit {
            Some(limit) => {
                newest.extend(lines);
                newest.drain(..newest.len().saturating_sub(limit));
            }
            None if !lines.is_empty() && sink(lines)?.is_break() => return Ok(count),
            None => {}
        }
        token = page.next;
        if token.is_none() {
            break;
        }
    }
    if !newest.is_empty() {
        let _ = sink(newest.into())?;
    }
    Ok(count)
}

/// Reads from the beginning of the period, and then what comes, until the sink breaks. What is there already comes with the first
/// request. A group that is not there yet is waited for, as a service is that limits requests or does not answer.
///
/// # Errors
/// The service's refusals.
pub(crate) async fn follow(request: &LogRequest<'_>, events: &Events, sink: LineSink<'_>) -> Result<()> {
    let mut follower = Follower {
        request,
        events,
        window: Window::new(request.from),
        sieve: Sieve::new(request.filter),
        is_first: true,
        has_group: None,
        held: VecDeque::new(),
    };
    let (mut idle, mut back_off) = (IDLE, IDLE);
    let busy = BUSY_HERE.max(request.cloud.pace().shortest());
    loop {
        let pause = match follower.pass(sink).await {
            Ok(ControlFlow::Break(())) => return Ok(()),
            Ok(ControlFlow::Continue(had_news)) => {
                back_off = IDLE;
                idle = if had_news { IDLE } else { idle.mul_f64(1.1).min(MOST_IDLE) };
                if had_news { busy } else { idle }
            }
            Err(error) if is_passing(&error) => {
                if back_off == IDLE {
                    events.warning(format!("the log is read again in a moment: {error}"));
                }
                back_off = (back_off * 2).min(MOST_BACK_OFF);
                back_off
            }
            Err(error) => return Err(error),
        };
        let _waiting = Waiting::on("new log lines");
        tokio::time::sleep(pause).await;
    }
}

/// What following keeps from one look to the next.
struct Follower<'a> {
    request: &'a LogRequest<'a>,
    events: &'a Events,
    window: Window,
    sieve: Sieve<'a>,
    is_first: bool,
    /// `None` before the first answer.
    has_group: Option<bool>,
    /// The newest lines of what was there already, where only so many are wanted.
    held: VecDeque<LogLine>,
}

impl Follower<'_> {
    /// Everything since the window began; whether that had new lines, of whichever kind.
    async fn pass(&mut self, sink: LineSink<'_>) -> Result<ControlFlow<(), bool>> {
        let (from, mut token) = (self.window.from(), None);
        let (mut had_news, mut pages) = (false, 0);
        loop {
            let Some(page) = self.request.page((from, None), token).await? else {
                self.missing();
                return Ok(ControlFlow::Continue(false));
            };
            self.has_group = Some(true);
            let fresh = page.events.into_iter().filter(|event| self.window.is_new(event)).collect::<Vec<_>>();
            had_news |= !fresh.is_empty();
            let lines: Vec<LogLine> =
                fresh.into_iter().map(LogLine::read).filter_map(|line| self.sieve.pass(line)).collect();
            if self.give(lines, sink)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            pages += 1;
            // Nothing was read before the first window, so that what is behind comes in no later page; of a long past nothing is kept.
            // So many pages reach beyond the overlap with the window before.
            if self.is_first || pages % PAGES == 0 {
                self.window.advance();
            }
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        if std::mem::take(&mut self.is_first) {
            let held = std::mem::take(&mut self.held);
            if !held.is_empty() && sink(held.into())?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        self.window.advance();
        Ok(ControlFlow::Continue(had_news))
    }

    fn give(&mut self, lines: Vec<LogLine>, sink: LineSink<'_>) -> Result<ControlFlow<()>> {
        match self.request.limit.filter(|_| self.is_first) {
            Some(limit) => {
                self.held.extend(lines);
                self.held.drain(..self.held.len().saturating_sub(limit));
                Ok(ControlFlow::Continue(()))
            }
            None if lines.is_empty() => Ok(ControlFlow::Continue(())),
            None => sink(lines),
        }
    }

    fn missing(&mut self) {
        if self.has_group.is_none() {
            let group = self.request.group;
            self.events.note(format!(
                "the log group `{group}` does not exist yet: the first output of the agent makes it, and is waited for"
            ));
        }
        self.has_group = Some(false);
        self.is_first = false;
    }
}
