//! The one error type of the program: what went wrong, of which kind, and what to do next.
//!
//! Owns: kinds and their exit codes, the chain of causes, hints. Does not own: rendering (`ui`), or knowledge of any
//! service (each room turns its own failures into this type where the advice is known).

use std::borrow::Cow;
use std::fmt;

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of failure this is. The kind alone decides the exit status; the table is published in
/// `docs/exit-codes.md` and is part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something outside did not work and nothing more precise is known.
    Failed,
    /// Arguments or configuration are wrong; nothing was touched.
    Usage,
    /// The agent refused the caller (401 or 403 on the data plane).
    Refused,
    /// AWS credentials are missing, expired or not allowed to do this.
    Credentials,
    /// The thing asked for does not exist or is not deployed.
    NotFound,
    /// A plan found changes that are not applied.
    Pending,
    /// A deadline passed; remote work may go on.
    Deadline,
    /// The agent itself failed (424, an error event in its stream).
    Agent,
    /// Some steps were done and others were not; what remains is listed.
    Partial,
    /// Ctrl-C or a termination signal.
    Interrupted,
}

impl Kind {
    /// The process exit status for this kind.
    pub(crate) const fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Credentials => 4,
            Self::NotFound => 5,
            Self::Pending => 6,
            Self::Deadline => 7,
            Self::Agent => 8,
            Self::Partial => 9,
            Self::Interrupted => 130,
        }
    }

    /// The stable `error.code` in JSON output, unless the error carries a more precise one.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Refused => "refused",
            Self::Credentials => "credentials",
            Self::NotFound => "not-found",
            Self::Pending => "changes-pending",
            Self::Deadline => "deadline",
            Self::Agent => "agent-failed",
            Self::Partial => "partial",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A failure with its causes and the next thing to try. Boxed inside, so a `Result` stays small.
#[derive(Clone)]
pub(crate) struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: Kind,
    code: Option<Cow<'static, str>>,
    message: String,
    causes: Vec<String>,
    hints: Vec<String>,
    request_id: Option<String>,
}

impl Error {
    /// `message` is a lower-case fragment without a final period that names the path, URL or ARN concerned.
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            code: None,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
            request_id: None,
        }))
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// A stable, more precise code for scripts, such as `config.missing-key` or an AWS error name.
    pub(crate) fn code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// One next step: a sentence fragment or, better, a command in backticks.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        if !self.0.hints.contains(&hint) {
            self.0.hints.push(hint);
        }
        self
    }

    /// The same with every hint rewritten.
    pub(crate) fn map_hints(mut self, rewrite: impl Fn(String) -> String) -> Self {
        let hints = std::mem::take(&mut self.0.hints);
        hints.into_iter().map(rewrite).fold(self, Self::hint)
    }

    pub(crate) fn cause(mut self, cause: impl Into<String>) -> Self {
        let cause = cause.into();
        if !cause.is_empty() && self.0.causes.last() != Some(&cause) && self.0.message != cause {
            self.0.causes.push(cause);
        }
        self
    }

    /// Adds the whole chain of `source` as causes.
    pub(crate) fn source(mut self, source: &(dyn std::error::Error + 'static)) -> Self {
        let mut next = Some(source);
        while let Some(error) = next {
            self = self.cause(error.to_string());
            next = error.source();
        }
        self
    }

    /// The request id that AWS support asks for.
    pub(crate) fn request_id(mut self, id: Option<String>) -> Self {
        if id.is_some() {
            self.0.request_id = id;
        }
        self
    }

    /// Puts `message` in front and keeps the old message as the first cause.
    pub(crate) fn context(mut self, message: impl Into<String>) -> Self {
        let old = std::mem::replace(&mut self.0.message, message.into());
        self.0.causes.insert(0, old);
        self
    }

    pub(crate) fn with_kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    pub(crate) fn code_str(&self) -> &str {
        self.0.code.as_deref().unwrap_or_else(|| self.0.kind.code())
    }

    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    pub(crate) fn causes(&self) -> &[String] {
        &self.0.causes
    }

    pub(crate) fn hints(&self) -> &[String] {
        &self.0.hints
    }

    pub(crate) fn request_id_str(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        for cause in &self.0.causes {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} [{}] {self}", self.0.kind, self.code_str())
    }
}

impl std::error::Error for Error {}

/// Names what was being done when a lower layer failed.
pub(crate) trait Context<T> {
    /// Turns any error into [`Kind::Failed`] with `message` in front of the cause chain.
    fn context(self, message: impl Into<String>) -> Result<T>;
    /// Like `context`, for messages that are costly to build.
    fn with_context<S: Into<String>>(self, message: impl FnOnce() -> S) -> Result<T>;
}

impl<T, E: std::error::Error + 'static> Context<T> for std::result::Result<T, E> {
    fn context(self, message: impl Into<String>) -> Result<T> {
        self.map_err(|error| Error::failed(message).source(&error))
    }

    fn with_context<S: Into<String>>(self, message: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|error| Error::failed(message()).source(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_listed_once_and_in_order() {
        let low = std::io::Error::other("disk full");
        let error = Error::failed("could not write `x`").source(&low).cause("disk full");
        assert_eq!(error.causes(), ["disk full"]);
        let error = error.context("could not save the configuration");
        assert_eq!(error.message(), "could not save the configuration");
        assert_eq!(error.causes(), ["could not write `x`", "disk full"]);
    }

    #[test]
    fn a_precise_code_wins_over_the_kind() {
        let error = Error::usage("missing key").code("config.missing-key");
        assert_eq!(error.code_str(), "config.missing-key");
        assert_eq!(error.kind().exit_code(), 2);
    }
}
