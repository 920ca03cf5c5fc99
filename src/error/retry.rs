//! Whether the same command may work later, with nothing changed: `retryable` of the JSON error.
//!
//! Owns: the decision, from the kind, the code and what the service said of itself, and the codes of AWS that say "later". Does
//! not own: retries, which each room makes where it knows that they are safe. True is no promise that a repetition is harmless: a
//! prompt that was sent may be answered a second time.

use super::{Code, Error, Given, Kind};

/// Throttling codes of AWS. Such a request was not carried out.
const THROTTLED: &[&str] = &[
    "ThrottlingException",
    "ThrottledException",
    "Throttling",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
];

/// What the services of AWS call failures of their own.
const UNWELL: &[&str] = &[
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
];

/// Something else was being changed at the same moment. `ConflictException` is what AgentCore says while a runtime is not READY;
/// where it stands for a name that is taken, the program looks before it creates, and says so with a code of its own.
const CONFLICT: &[&str] = &[
    "ConflictException",
    "RetryableConflictException",
    "ConcurrentModification",
    "ConcurrentModificationException",
    "OperationAborted",
    "OperationAbortedException",
];

/// Codes of this program that stand for something that passes. Every other one of a kind that does not pass needs a change.
const PASSING: &[Code] = &[
    Code::AwsTimeout,
    Code::AwsUnreachable,
    Code::CodebuildFault,
    Code::CodebuildStopped,
    Code::CommandPlatform,
    Code::DiscoveryUnreachable,
    Code::LockTaken,
    Code::Network,
    Code::NetworkTimeout,
    Code::PackagesUnreachable,
    Code::ProjectIdentity,
    Code::RegistryTimeout,
    Code::RegistryUnreachable,
    Code::RuntimeBusy,
    Code::ShellGone,
    Code::TokenServerError,
    Code::TokenSlowDown,
    Code::TokenTimeout,
    Code::TokenUnreachable,
];

/// Whether a code of AWS limits the pace.
pub(crate) fn is_throttling(code: &str) -> bool {
    THROTTLED.contains(&code)
}

/// Whether a code of AWS says that the same request may work in a moment.
pub(crate) fn is_passing(code: &str) -> bool {
    is_throttling(code) || UNWELL.contains(&code)
}

impl Error {
    /// Of a service that failed itself (HTTP 5xx), whatever its code is.
    pub(crate) fn passing(mut self) -> Self {
        self.0.is_passing = true;
        self
    }

    /// Whether the same command may work later, with nothing changed.
    pub(crate) fn is_retryable(&self) -> bool {
        if self.0.is_passing {
            return true;
        }
        match (&self.0.code, self.0.kind) {
            (Some(Given::Aws(code)), _) if is_passing(code) || CONFLICT.contains(&code.as_str()) => true,
            (Some(Given::Ours(code)), _) if PASSING.contains(code) => true,
            // Remote work goes on, and the command continues where it stopped.
            (_, Kind::Deadline) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_is_retryable() {
        for (error, wanted) in [
            (Error::failed("x").aws_code("ThrottlingException"), true),
            (Error::failed("x").aws_code("RetryableConflictException"), true),
            (Error::failed("x").aws_code("InternalServerException"), true),
            (Error::failed("x").aws_code("SomethingNew").passing(), true),
            (Error::failed("x").code(Code::AwsUnreachable), true),
            (Error::new(Kind::Deadline, "x"), true),
            (Error::failed("x").aws_code("ValidationException"), false),
            (Error::new(Kind::Credentials, "x").aws_code("AccessDeniedException"), false),
            (Error::usage("x").code(Code::ConfigValue), false),
            (Error::new(Kind::Refused, "x"), false),
            (Error::new(Kind::Agent, "x"), false),
            (Error::new(Kind::Interrupted, "x"), false),
            (Error::failed("x"), false),
        ] {
            assert_eq!(error.is_retryable(), wanted, "{error:?}");
        }
    }

    /// A failure that is said to pass is no fault of the command line or the configuration.
    #[test]
    fn no_usage_error_is_said_to_pass() {
        for code in PASSING.iter().filter(|code| **code != Code::ProjectIdentity) {
            let usage = Kind::Usage.exit_code();
            assert!(!code.exit_codes().contains(&usage), "{}", code.text());
        }
    }
}
