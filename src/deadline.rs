//! The time limit of a whole command, and what the command is waiting for when the limit is reached.
//!
//! The list of waits is global to the process, because waits are in every room and share one limit.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After the end of the time, so that a wait that ends by itself at that moment can say more than that time is up.
const GRACE: Duration = Duration::from_millis(500);

/// Room above the end of a limit for what is added to it on the way: the grace, a timer's rounding.
const ROOM: Duration = Duration::from_secs(3600);

/// The moment `limit` from now; `None` when the clock cannot count that far, so that there is no limit.
pub(crate) fn end_of(limit: Duration) -> Option<Instant> {
    Instant::now().checked_add(limit).filter(|end| end.checked_add(ROOM).is_some())
}

/// The moment at which a command has to be done; most commands have none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Deadline {
    end: Option<Instant>,
    limit: Duration,
    /// The flag that it comes from.
    flag: &'static str,
}

impl Deadline {
    /// From now on; `flag` is the one that says so.
    pub(crate) fn after(limit: Duration, flag: &'static str) -> Self {
        Self { end: end_of(limit), limit, flag }
    }

    /// The flag that would give more time.
    pub(crate) const fn flag(self) -> &'static str {
        self.flag
    }

    /// What was allowed in all; zero without a limit.
    pub(crate) const fn limit(self) -> Duration {
        self.limit
    }

    /// What is left; `None` without a limit.
    pub(crate) fn left(self) -> Option<Duration> {
        self.end.map(|end| end.saturating_duration_since(Instant::now()))
    }

    /// `limit`, or what is left where that is less.
    pub(crate) fn at_most(self, limit: Duration) -> Duration {
        self.left().map_or(limit, |left| left.min(limit))
    }

    /// Completes shortly after the end; never without a limit.
    pub(crate) async fn passed(self) {
        match self.end {
            Some(end) => tokio::time::sleep_until((end + GRACE).into()).await,
            None => std::future::pending().await,
        }
    }
}

static OPEN: Mutex<BTreeMap<u64, String>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Lists, while it exists, something that is waited for.
#[derive(Debug)]
pub(crate) struct Waiting(u64);

impl Waiting {
    /// `what` completes "waiting for …".
    pub(crate) fn on(what: impl Into<String>) -> Self {
        let key = NEXT.fetch_add(1, Ordering::Relaxed);
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).insert(key, what.into());
        Self(key)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// What is waited for at this moment, the longest wait first, each once.
pub(crate) fn open() -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for what in OPEN.lock().unwrap_or_else(PoisonError::into_inner).values() {
        if !all.contains(what) {
            all.push(what.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wait_is_listed_once_while_it_lasts() {
        // The list is the process's, and other tests of this binary wait too.
        let mine = || open().into_iter().filter(|what| what.contains("deadline-test")).collect::<Vec<_>>();
        let first = Waiting::on("an answer from `b.deadline-test`");
        let second = Waiting::on("an answer from `a.deadline-test`");
        let again = Waiting::on("an answer from `b.deadline-test`");
        assert_eq!(mine(), ["an answer from `b.deadline-test`", "an answer from `a.deadline-test`"]);
        drop((first, second));
        assert_eq!(mine(), ["an answer from `b.deadline-test`"]);
        drop(again);
        assert!(mine().is_empty());
    }

    #[test]
    fn what_is_left_bounds_other_limits() {
        let hour = Duration::from_secs(3600);
        assert_eq!(Deadline::default().left(), None);
        assert_eq!(Deadline::default().at_most(hour), hour);
        assert_eq!(Deadline::after(Duration::ZERO, "--timeout").at_most(hour), Duration::ZERO);
        assert!(Deadline::after(hour, "--timeout").at_most(hour * 2) <= hour);
    }

    #[test]
    fn a_limit_beyond_the_clock_is_none() {
        assert!(Deadline::after(Duration::from_secs(3600), "--timeout").left().is_some());
        // The second one ends a few seconds before the clock does on 64-bit Unix.
        for seconds in [u64::MAX, i64::MAX as u64 - 60, i64::MAX as u64] {
            assert_eq!(Deadline::after(Duration::from_secs(seconds), "--timeout").left(), None, "{seconds}");
        }
    }
}
