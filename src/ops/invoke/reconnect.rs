//! Connecting again to a shell whose connection was lost: which failures are followed by another attempt, and after which pause.
//!
//! Owns: the pace and the end of the attempts. Does not own: the attempts themselves (`shell`).

use std::time::Duration;

use tokio::time::Instant;

use super::shell::gone;
use crate::error::{Error, Kind, Result};

/// From the first pause before another attempt to the longest. Source: the SDK.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// For so long a session keeps a shell without a client, unless its idle time is another.
const WITHIN: Duration = Duration::from_secs(900);
/// So many failures of the session in a row (HTTP 424) are final. One may be of a container that does not answer for a moment; nothing
/// in the answer tells it from one that cannot start.
const SESSION_FAILURES: u32 = 4;

/// A connection that did not come about.
#[derive(Debug)]
pub(super) struct NotConnected {
    pub(super) error: Error,
    /// The pause that the answer asks for.
    pub(super) retry_after: Option<Duration>,
}

impl From<Error> for NotConnected {
    fn from(error: Error) -> Self {
        Self { error, retry_after: None }
    }
}

/// The attempts to reach one shell again.
#[derive(Debug)]
pub(super) struct Reconnection {
    until: Instant,
    /// Before the next attempt.
    pub(super) pause: Duration,
    /// The pause that follows, unless an answer asks for another.
    backoff: Duration,
    session_failures: u32,
    /// The last reason that was told.
    told: Option<String>,
}

impl Reconnection {
    pub(super) fn begin(now: Instant) -> Self {
        Self { until: now + WITHIN, pause: FIRST_PAUSE, backoff: FIRST_PAUSE, session_failures: 0, told: None }
    }

    /// Takes note of an attempt that failed. The reason, where it is another one than before.
    ///
    /// # Errors
    /// The failure where another attempt would end in the same way, and `shell.gone` once there is no time for one.
    pub(super) fn failed(&mut self, failure: NotConnected, now: Instant) -> Result<Option<String>> {
        let NotConnected { error, retry_after } = failure;
        let is_of_session = error.kind() == Kind::Agent;
        self.session_failures = if is_of_session { self.session_failures + 1 } else { 0 };
        if is_final(&error) || self.session_failures >= SESSION_FAILURES {
            return Err(error);
        }
        self.backoff = (self.backoff * 2).min(LONGEST_PAUSE);
        self.pause = retry_after.map_or(self.backoff, |asked| asked.clamp(FIRST_PAUSE, WITHIN));
        let reason = error.to_string();
        if now + self.pause >= self.until {
            return Err(gone().cause(reason));
        }
        let is_new = self.told.as_ref() != Some(&reason);
        self.told = Some(reason.clone());
        Ok(is_new.then_some(reason))
    }
}

/// Another attempt would be answered in the same way.
fn is_final(error: &Error) -> bool {
    matches!(error.kind(), Kind::Refused | Kind::Credentials | Kind::NotFound | Kind::Usage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn throttled(retry_after: Option<u64>) -> NotConnected {
        let error = Error::failed("the service is limiting requests").aws_code("ThrottlingException");
        NotConnected { error, retry_after: retry_after.map(Duration::from_secs) }
    }

    fn of_session() -> NotConnected {
        Error::new(Kind::Agent, "the session did not open a shell").into()
    }

    #[test]
    fn an_answer_may_name_the_pause() {
        let now = Instant::now();
        let mut attempts = Reconnection::begin(now);
        let mut pauses = Vec::new();
        for asked in [None, Some(40), Some(0), None, None, None] {
            pauses.push(attempts.pause.as_secs());
            attempts.failed(throttled(asked), now).unwrap();
        }
        assert_eq!(pauses, [1, 2, 40, 1, 15, 15]);
    }

    #[test]
    fn pause_of_ages_is_no_pause() {
        let now = Instant::now();
        let ended = Reconnection::begin(now).failed(throttled(Some(u64::MAX)), now).unwrap_err();
        assert!(ended.is(Code::ShellGone), "{ended:?}");
    }

    #[test]
    fn there_is_no_attempt_after_the_time() {
        let now = Instant::now();
        let mut attempts = Reconnection::begin(now);
        assert!(attempts.failed(throttled(None), now + WITHIN - Duration::from_secs(5)).is_ok());
        let late = attempts.failed(throttled(Some(5)), now + WITHIN - Duration::from_secs(5)).unwrap_err();
        assert!(late.is(Code::ShellGone) && late.is_retryable(), "{late:?}");
        assert!(late.causes()[0].contains("limiting requests"), "{late:?}");
    }

    #[test]
    fn only_failures_in_a_row_are_final() {
        let now = Instant::now();
        let mut attempts = Reconnection::begin(now);
        for _ in 0..3 {
            attempts.failed(of_session(), now).unwrap();
        }
        attempts.failed(throttled(None), now).unwrap();
        for _ in 0..3 {
            attempts.failed(of_session(), now).unwrap();
        }
        assert_eq!(attempts.failed(of_session(), now).unwrap_err().kind(), Kind::Agent);
        let refused = Error::new(Kind::Refused, "the agent refused the caller");
        assert_eq!(Reconnection::begin(now).failed(refused.into(), now).unwrap_err().kind(), Kind::Refused);
    }

    #[test]
    fn a_reason_is_told_once() {
        let now = Instant::now();
        let mut attempts = Reconnection::begin(now);
        let mut told = |failure| attempts.failed(failure, now).unwrap().is_some();
        assert_eq!(
            [throttled(None), throttled(None), of_session(), of_session()].map(&mut told),
            [true, false, true, false]
        );
    }
}
