//! Waiting for remote state: one helper with a deadline, backoff with jitter, and terminal states.
//!
//! What is waited for is asked for twice within a moment, since much is done by then, and from then on at most once a second: a
//! service limits the requests of a whole account. Where it says that they come too fast, it is asked less often, and waited for
//! all the same. What is on this machine, as a sandbox is, may be asked more often.

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

/// Whom the looks are a burden to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// A service, which limits the requests of the account.
    Service,
    /// A process of this machine.
    Here,
}

impl Pace {
    /// The shortest pause after the second look.
    pub(crate) const fn shortest(self) -> Duration {
        match self {
            Self::Service => Duration::from_secs(1),
            Self::Here => Duration::ZERO,
        }
    }
}

/// How long to wait and how often to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    pub(crate) deadline: Duration,
    /// The pause after the first look.
    pub(crate) first: Duration,
    pub(crate) max: Duration,
    pub(crate) pace: Pace,
}

/// The longest pause of a wait for a service that limits requests.
const THROTTLED: Duration = Duration::from_secs(30);

impl Schedule {
    pub(crate) fn until(deadline: Duration) -> Self {
        Self { deadline, first: Duration::from_millis(250), max: Duration::from_secs(5), pace: Pace::Service }
    }

    /// The pause after this one.
    pub(crate) fn after(&self, pause: Duration) -> Duration {
        pause.mul_f64(1.6).min(self.max).max(self.pace.shortest())
    }
}

/// The pauses of one wait.
struct Pauses {
    schedule: Schedule,
    next: Duration,
}

impl Pauses {
    const fn new(schedule: Schedule) -> Self {
        Self { schedule, next: schedule.first }
    }

    /// The pause after a look, longer where the service said that requests come too fast.
    fn after_look(&mut self, throttled: bool) -> Duration {
        if throttled {
            self.next = (self.next * 2).min(THROTTLED.max(self.schedule.max)).max(self.schedule.pace.shortest());
            return self.next;
        }
        let pause = self.next;
        self.next = self.schedule.after(pause);
        pause
    }
}

/// Calls `probe` until it is done, fails, or `schedule.deadline` has passed. `what` completes "waiting for …".
///
/// # Errors
/// The probe's own error at once (a terminal state is an error of the probe), but for one that says that requests come too fast;
/// or [`Kind::Deadline`] naming the last state seen.
pub(crate) async fn until<T, F, Fut>(schedule: Schedule, what: &str, mut probe: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Probe<T>>>,
{
    let start = Instant::now();
    let mut pauses = Pauses::new(schedule);
    loop {
        let (last, throttled) = match probe().await {
            Ok(Probe::Done(value)) => return Ok(value),
            Ok(Probe::Pending(state)) => (state, false),
            // What is waited for goes on all the while.
            Err(error) if error.is_throttled() => (error.to_string(), true),
            Err(error) => return Err(error),
        };
        let elapsed = start.elapsed();
        if elapsed >= schedule.deadline {
            return Err(Error::new(
                Kind::Deadline,
                format!("gave up waiting for {what} after {} s; last state: {last}", elapsed.as_secs()),
            ));
        }
        let _waiting = Waiting::on(format!("{what} (last state: {last})"));
        tokio::time::sleep(jitter(pauses.after_look(throttled)).min(schedule.deadline - elapsed)).await;
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
        pause = schedule.after(pause);
    }
}

/// Between 100 % and 150 % of `pause`, so that many clients do not poll in step.
fn jitter(pause: Duration) -> Duration {
    let [byte, ..] = *uuid::Uuid::new_v4().as_bytes();
    pause.mul_f64(1.0 + f64::from(byte) / 512.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_once(deadline: Duration) -> Schedule {
        Schedule { deadline, first: Duration::ZERO, max: Duration::ZERO, pace: Pace::Here }
    }

    #[test]
    fn services_are_asked_once_a_second_at_most() {
        let mut pauses = Pauses::new(Schedule::until(Duration::from_secs(600)));
        assert!(pauses.after_look(false) < Duration::from_millis(500), "what is done in a moment is seen at once");
        let later: Vec<Duration> = (0..8).map(|_| pauses.after_look(false)).collect();
        assert!(later.iter().all(|pause| *pause >= Duration::from_secs(1)), "{later:?}");
        assert_eq!(later[7], Duration::from_secs(5));
        let mut pauses = Pauses::new(Schedule { pace: Pace::Here, ..Schedule::until(Duration::from_secs(600)) });
        pauses.after_look(false);
        assert!(pauses.after_look(false) < Duration::from_secs(1), "a sandbox is nobody else's");
    }

    #[test]
    fn throttled_waits_look_less_often() {
        let mut pauses = Pauses::new(Schedule::until(Duration::from_secs(600)));
        let before: Vec<Duration> = (0..4).map(|_| pauses.after_look(false)).collect();
        let slow: Vec<Duration> = (0..5).map(|_| pauses.after_look(true)).collect();
        assert!(slow[0] >= before[3].mul_f64(1.9) && slow[1] >= slow[0].mul_f64(1.9), "{before:?} {slow:?}");
        assert_eq!(slow[4], THROTTLED);
        assert!(pauses.after_look(false) > Duration::from_secs(5), "the next look is no sooner for an answer");
        assert_eq!(pauses.after_look(false), Duration::from_secs(5));
    }

    #[tokio::test]
    async fn throttling_ends_no_wait_before_its_time() {
        let throttled = || Error::failed("no").aws_code("ThrottlingException");
        let mut left = 3;
        let waited = until(at_once(Duration::from_secs(60)), "x", || {
            left -= 1;
            std::future::ready(if left > 0 { Err(throttled()) } else { Ok(Probe::Done(left)) })
        });
        assert_eq!(waited.await.unwrap(), 0);
        let never = until::<(), _, _>(at_once(Duration::ZERO), "x", || std::future::ready(Err(throttled())));
        assert_eq!(never.await.unwrap_err().kind(), Kind::Deadline);
    }

    #[tokio::test]
    async fn the_deadline_error_names_the_last_state() {
        let schedule = at_once(Duration::ZERO);
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
        let schedule = |millis| at_once(Duration::from_millis(millis));
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
