//! How long a launch waits for others: another launch, or whoever else changes the same resource.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::events::Events;
use crate::wait::{self, Schedule};

/// What a launch has that was not told how long to wait.
const DEFAULT: Duration = Duration::from_secs(600);

/// The end of all waiting of one launch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience<'a> {
    limit: Option<Duration>,
    end: Instant,
    events: &'a Events,
}

impl<'a> Patience<'a> {
    pub(crate) fn new(limit: Option<Duration>, events: &'a Events) -> Self {
        let start = Instant::now();
        // A limit that no clock can hold is none.
        let end = start.checked_add(limit.unwrap_or(DEFAULT)).unwrap_or(start + DEFAULT * 1000);
        Self { limit, end, events }
    }

    /// As long again: what came before may have taken longer than anybody waits.
    pub(crate) fn renewed(self) -> Self {
        Self::new(self.limit, self.events)
    }

    pub(crate) fn left(self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// Repeats a request that is refused because something else changes the resource at this moment.
    ///
    /// # Errors
    /// Any other refusal, or this one once no time is left.
    pub(crate) async fn through<T, Fut>(self, request: impl FnMut() -> Fut) -> Result<T>
    where
        Fut: Future<Output = Result<T>>,
    {
        let is_told = AtomicBool::new(false);
        let told = |error: &Error| {
            if !is_told.swap(true, Ordering::Relaxed) {
                self.events.note(format!("waiting for another change to finish: {error}"));
            }
        };
        wait::retry(Schedule::until(self.left()), is_conflict, told, request).await
    }
}

/// The services' names for it: AgentCore, IAM and S3.
pub(crate) fn is_conflict(error: &Error) -> bool {
    ["ConflictException", "ConcurrentModification", "ConcurrentModificationException", "OperationAborted"]
        .contains(&error.code_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn conflicts_are_waited_out_and_other_errors_returned() {
        let events = Events::silent();
        let patience = |limit| Patience::new(Some(limit), &events);
        for code in ["ConflictException", "ConcurrentModification", "OperationAborted"] {
            let mut left = 2;
            let done = patience(Duration::from_secs(60)).through(|| {
                left -= 1;
                std::future::ready(if left > 0 { Err(Error::failed("x").aws_code(code)) } else { Ok(()) })
            });
            done.await.unwrap();
        }
        let mut asked = 0;
        let other = patience(Duration::from_secs(60)).through(|| {
            asked += 1;
            std::future::ready(Err::<(), _>(Error::failed("x").aws_code("ValidationException")))
        });
        assert_eq!(other.await.unwrap_err().code_str(), "ValidationException");
        assert_eq!(asked, 1);
        let never = patience(Duration::ZERO)
            .through(|| std::future::ready(Err::<(), _>(Error::failed("x").aws_code("ConflictException"))));
        assert_eq!(never.await.unwrap_err().code_str(), "ConflictException");
    }
}
