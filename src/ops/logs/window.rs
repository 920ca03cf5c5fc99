//! Which events of a log group were seen: windows of time that overlap, and the ids of what is in the overlap.
//!
//! Events become readable some time after they were written, and not in the order of their times. A window therefore begins
//! before the newest event by as much as events were seen to be late, and twice that; what was seen in it is known by its id.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::cloud::LogEvent;

/// Milliseconds by which windows overlap: at least, and at most.
const LEAST_OVERLAP: i64 = 10_000;
const MOST_OVERLAP: i64 = 60_000;

#[derive(Debug)]
pub(super) struct Window {
    /// Where the next pass begins, in milliseconds since 1970.
    from: i64,
    /// Of what was seen, by the earlier of its writer's clock and the service's.
    newest: i64,
    /// The latest that an event came, after it was written.
    lag: i64,
    /// Times by the hash of the id.
    seen: HashMap<u64, i64>,
    hasher: RandomState,
}

impl Window {
    pub(super) fn new(from: i64) -> Self {
        Self { from, newest: from, lag: 0, seen: HashMap::new(), hasher: RandomState::new() }
    }

    pub(super) const fn from(&self) -> i64 {
        self.from
    }

    /// Whether the event was not seen before; it is now.
    pub(super) fn is_new(&mut self, event: &LogEvent) -> bool {
        let is_new = self.seen.insert(self.hasher.hash_one(&event.id), event.time).is_none();
        if is_new {
            // A clock that is ahead must not take the window with it, past what others write meanwhile.
            self.newest = self.newest.max(event.time.min(event.ingested));
            self.lag = self.lag.max(event.ingested - event.time);
        }
        is_new
    }

    fn overlap(&self) -> i64 {
        (2 * self.lag.clamp(0, MOST_OVERLAP)).clamp(LEAST_OVERLAP, MOST_OVERLAP)
    }

    /// After everything in the window was read: the next one begins later, and what is before it is forgotten.
    pub(super) fn advance(&mut self) {
        self.from = self.from.max(self.newest - self.overlap());
        let from = self.from;
        self.seen.retain(|_, time| *time >= from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u32, time: i64, ingested: i64) -> LogEvent {
        LogEvent { id: id.to_string(), time, ingested, ..LogEvent::default() }
    }

    #[test]
    fn an_event_is_new_once_in_overlapping_windows() {
        let mut window = Window::new(0);
        assert!(window.is_new(&event(1, 100_000, 100_500)) && !window.is_new(&event(1, 100_000, 100_500)));
        window.advance();
        assert_eq!(window.from(), 100_000 - LEAST_OVERLAP);
        assert!(!window.is_new(&event(1, 100_000, 100_500)), "it is in the overlap");
        assert!(window.is_new(&event(2, 91_000, 101_000)), "it came late");
        window.advance();
        assert_eq!(window.from(), 90_000, "a window never begins before the one before it");
    }

    #[test]
    fn late_events_widen_the_overlap_to_its_limit() {
        let mut window = Window::new(0);
        window.is_new(&event(1, 200_000, 215_000));
        window.advance();
        assert_eq!(window.from(), 170_000);
        window.is_new(&event(2, 400_000, 900_000));
        window.advance();
        assert_eq!(window.from(), 400_000 - MOST_OVERLAP);
    }

    #[test]
    fn a_clock_ahead_does_not_move_the_window() {
        let mut window = Window::new(0);
        assert!(window.is_new(&event(1, 7_300_000, 100_000)));
        window.advance();
        assert_eq!(window.from(), 100_000 - LEAST_OVERLAP);
        assert!(window.is_new(&event(2, 100_500, 100_600)) && !window.is_new(&event(1, 7_300_000, 100_000)));
    }

    #[test]
    fn seen_ids_are_forgotten_with_their_window() {
        let mut window = Window::new(0);
        for number in 0..50_000 {
            window.is_new(&event(number, i64::from(number) * 10, i64::from(number) * 10));
            if number % 1000 == 0 {
                window.advance();
            }
        }
        assert!(window.seen.len() < 3000, "{}", window.seen.len());
    }
}
