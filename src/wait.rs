//! Waiting for remote state: one helper with a deadline, backoff with jitter, and terminal states.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::deadline::Waiting;
use crate::error::{Error, Kind, Result};

/// What one look at the remote state found.
#[derive(Debug)]
pub(crate) enum Probe<T> {
    Done(T),
    /// Not yet; the text says what was seen ("CREATING") and is quoted when the deadline passes.
    Pending(String),
}

/// How long to wait and how often to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    pub(crate) deadline: Duration,
    pub(crate) first: Duration,
    pub(crate) max: Duration,
}

impl Schedule {
    pub(crate) fn until(deadline: Duration) -> Self {
        Self { deadline, first: Duration::from_millis(250), max: Duration::from_secs(5) }
    }
}

/// Calls `probe` until it is done, fails, or `schedule.deadline` has passed. `what` completes "waiting for …".
///
/// # Errors
/// The probe's own error at once (a terminal state is an error of the probe), or [`Kind::Deadline`] naming the last
/// state seen.
pub(crate) async fn until<T, F, Fut>(schedule: Schedule, what: &str, mut probe: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Probe<T>>>,
{
    let start = Instant::now();
    let mut pause = schedule.first;
    loop {
        let last = match probe().await? {
            Probe::Done(value) => return Ok(value),
            Probe::Pending(state) => state,
        };
        let elapsed = start.elapsed();
        if elapsed >= schedule.deadline {
            return Err(Error::new(
                Kind::Deadline,
                format!("gave up waiting for {what} after {} s; last state: {last}", elapsed.as_secs()),
            ));
        }
        let _waiting = Waiting::on(format!("{what} (last state: {last})"));
        tokio::time::sleep(jitter(pause).min(schedule.deadline - elapsed)).await;
        pause = pause.mul_f64(1.6).min(schedule.max);
    }
}

/// Repeats `request` while `passing` holds for its error, a refusal that is expected to pass. `on_wait` is called with
/// each. At the deadline the last refusal is returned, because the service's message is worth more than the news that
/// time is up.
///
/// # Errors
/// The request's first error that is not passing, or its last.
pub(crate) async fn retry<T, F, Fut>(
    schedule: Schedule,
    passing: impl Fn(&Error) -> bool,
    on_wait: impl Fn(&Error),
    mut request: F,
) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let start = Instant::now();
    let mut pause = schedule.first;
    loop {
        let error = match request().await {
            Ok(value) => return Ok(value),
            Err(error) if passing(&error) => error,
            Err(error) => return Err(error),
        };
        let elapsed = start.elapsed();
        if elapsed >= schedule.deadline {
            return Err(error);
        }
        on_wait(&error);
        let _waiting = Waiting::on(format!("another attempt ({})", error.message()));
        tokio::time::sleep(jitter(pause).min(schedule.deadline - elapsed)).await;
        pause = pause.mul_f64(1.6).min(schedule.max);
    }
}

/// Between 75 % and 125 % of `pause`, so that many clients do not poll in step.
fn jitter(pause: Duration) -> Duration {
    let [byte, ..] = *uuid::Uuid::new_v4().as_bytes();
    pause.mul_f64(0.75 + f64::from(byte) / 512.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_deadline_error_names_the_last_state() {
        let schedule = Schedule { deadline: Duration::ZERO, first: Duration::ZERO, max: Duration::ZERO };
        let error = until::<(), _, _>(schedule, "runtime x", || async { Ok(Probe::Pending("CREATING".into())) })
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Deadline);
        assert!(error.message().contains("CREATING"));
    }

    #[tokio::test]
    async fn a_failing_probe_ends_the_wait_at_once() {
        let schedule = Schedule::until(Duration::from_secs(600));
        let error =
            until::<(), _, _>(schedule, "x", || async { Err(Error::failed("CREATE_FAILED")) }).await.unwrap_err();
        assert_eq!(error.message(), "CREATE_FAILED");
    }

    #[tokio::test]
    async fn transient_refusals_are_retried_until_the_deadline() {
        let schedule =
            |millis| Schedule { deadline: Duration::from_millis(millis), first: Duration::ZERO, max: Duration::ZERO };
        let soon = |error: &Error| error.message() == "soon";
        let mut left = 3;
        let cured = retry(
            schedule(60_000),
            soon,
            |_| {},
            || {
                left -= 1;
                std::future::ready(if left > 0 { Err(Error::failed("soon")) } else { Ok(left) })
            },
        );
        assert_eq!(cured.await.unwrap(), 0);
        let never = retry::<(), _, _>(schedule(5), soon, |_| {}, || std::future::ready(Err(Error::failed("soon"))));
        assert_eq!(never.await.unwrap_err().message(), "soon");
        let mut asked = 0;
        let other = retry::<(), _, _>(
            schedule(60_000),
            soon,
            |_| {},
            || {
                asked += 1;
                std::future::ready(Err(Error::failed("never")))
            },
        );
        assert_eq!(other.await.unwrap_err().message(), "never");
        assert_eq!(asked, 1);
    }
}
