//! Requests that the service refuses for a while, because IAM has not spread a role or policy yet.

use std::future::Future;
use std::time::Duration;

use crate::error::{Code, Error, Kind, Result};
use crate::resources::engine::Context;
use crate::wait::{self as waiting, Probe, Schedule};

/// Repeats a request that the service refuses because IAM has not spread a role or policy yet. The refusals are plain
/// validation errors, so they are told by their text; anything else fails at once.
pub(super) async fn with_propagation<T, F, Fut>(patience: Duration, cx: &Context<'_>, request: F) -> Result<T>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let (first, max) = (Duration::from_secs(1), Duration::from_secs(10));
    let schedule = Schedule { first, max, ..Schedule::until(patience) };
    let request = &request;
    let last = std::sync::Mutex::new(None);
    let waited = waiting::until(schedule, "IAM to spread the new role", || async {
        match request().await {
            Ok(value) => Ok(Probe::Done(value)),
            Err(error) if is_propagation(&error) => {
                cx.events.detail("runtime", "waiting for IAM to spread the role");
                let text = error.to_string();
                *last.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(error);
                Ok(Probe::Pending(text))
            }
            Err(error) => Err(error),
        }
    })
    .await;
    let last = last.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    waited.map_err(|error| in_its_place(error, last))
}

/// The service's own words are worth more than the news that time is up. A service that said nothing, as at a request that
/// got no answer, has not refused the role.
fn in_its_place(error: Error, last: Option<Error>) -> Error {
    match last {
        // The wait's own end, and not that of a request.
        Some(last) if error.kind() == Kind::Deadline && error.is(Code::Deadline) => {
            last.hint("the service has not accepted the role so far: if its trust policy and permissions are right, launch again in a minute")
        }
        _ => error,
    }
}

pub(super) fn is_propagation(error: &Error) -> bool {
    error.code_str() == "ValidationException"
        && error.causes().iter().any(|cause| {
            cause.contains("Role validation failed") || cause.contains("Access denied while validating ECR URI")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refused_role_is_called_refused() {
        let refused = || Error::failed("could not create the runtime").aws_code("ValidationException");
        let over = || Error::new(Kind::Deadline, "gave up waiting for IAM");
        let silent = || Error::new(Kind::Deadline, "no answer within 30 s").code(Code::AwsTimeout);
        let error = in_its_place(over(), Some(refused()));
        assert_eq!(error.code_str(), "ValidationException");
        assert!(error.hints()[0].contains("has not accepted the role"));
        for (error, last) in [(silent(), None), (silent(), Some(refused())), (over(), None)] {
            let error = in_its_place(error, last);
            assert_eq!(error.kind(), Kind::Deadline);
            assert!(error.hints().is_empty(), "{error}");
        }
    }
}
