//! The one error type of the program: what went wrong, of which kind, and what to do next.
//!
//! Owns: kinds and their exit codes, the codes ([`Code`]), the chain of causes, hints. Does not own: rendering (`ui`), or
//! knowledge of any service (each room turns its own failures into this type where the advice is known).

mod code;
mod retry;

use std::fmt;
use std::path::PathBuf;

pub(crate) use code::Code;
pub(crate) use retry::{is_passing, is_throttling};

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// A line for each kind: its meaning, and its exit status.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $status:literal,)+) => {
        /// What sort of failure this is. The kind alone decides the exit status; the table is published in
        /// `docs/exit-codes.md` and is part of the interface.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind {
            $($(#[$doc])* $kind,)+
        }

        impl Kind {
            pub(crate) const ALL: &[Self] = &[$(Self::$kind,)+];

            /// The process exit status for this kind.
            pub(crate) const fn exit_code(self) -> u8 {
                match self {
                    $(Self::$kind => $status,)+
                }
            }
        }
    };
}

kinds! {
    /// Something outside did not work and nothing more precise is known.
    Failed = 1,
    /// Arguments or configuration are wrong; nothing was touched.
    Usage = 2,
    /// The agent refused the caller (401 or 403 on the data plane).
    Refused = 3,
    /// AWS credentials are missing, expired or not allowed to do this.
    Credentials = 4,
    /// The thing asked for does not exist or is not deployed.
    NotFound = 5,
    /// A plan found changes that are not applied.
    Pending = 6,
    /// A deadline passed; remote work may go on.
    Deadline = 7,
    /// The agent itself failed (424, an error event in its stream).
    Agent = 8,
    /// Some steps were done and others were not; what remains is listed.
    Partial = 9,
    /// Ctrl-C or a termination signal.
    Interrupted = 130,
}

impl Kind {
    /// The code of an error that has no more precise one.
    pub(crate) const fn code(self) -> Code {
        match self {
            Self::Failed => Code::Failed,
            Self::Usage => Code::Usage,
            Self::Refused => Code::Refused,
            Self::Credentials => Code::Credentials,
            Self::NotFound => Code::NotFound,
            Self::Pending => Code::ChangesPending,
            Self::Deadline => Code::Deadline,
            Self::Agent => Code::AgentFailed,
            Self::Partial => Code::Partial,
            Self::Interrupted => Code::Interrupted,
        }
    }
}

/// A failure with its causes and the next thing to try. Boxed inside, so a `Result` stays small.
#[derive(Clone)]
pub(crate) struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: Kind,
    code: Option<Given>,
    message: String,
    causes: Vec<String>,
    hints: Vec<String>,
    request_id: Option<String>,
    places: Vec<ErrorPlace>,
    /// Of a service that failed itself.
    is_passing: bool,
}

/// Where in a file of the user's something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ErrorPlace {
    pub(crate) path: PathBuf,
    /// From 1 on, as the column is.
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// What is wrong, without the place.
    pub(crate) text: String,
}

/// Where the code of an error comes from.
#[derive(Clone)]
enum Given {
    Ours(Code),
    /// Of a family: the whole text.
    Family(Code, String),
    Aws(String),
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
            places: Vec::new(),
            is_passing: false,
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

    /// A more precise code than that of the kind.
    pub(crate) fn code(mut self, code: Code) -> Self {
        debug_assert!(code.stem().is_none(), "a family needs an end: `{}`", code.text());
        self.0.code = Some(Given::Ours(code));
        self
    }

    /// A code of the family `code`, such as `runtime.create-failed`. Where the text has a row of its own, it is that one.
    pub(crate) fn code_of_family(self, code: Code, end: &str) -> Self {
        debug_assert!(code.stem().is_some(), "`{}` is no family", code.text());
        self.code_text(format!("{}{end}", code.stem().unwrap_or_default()))
    }

    /// The name of an error of AWS, as the service gave it.
    pub(crate) fn aws_code(mut self, name: impl Into<String>) -> Self {
        self.0.code = Some(Given::Aws(name.into()));
        self
    }

    /// The code of an error that was written down, as [`Self::code_str`] gave it.
    pub(crate) fn code_text(mut self, text: String) -> Self {
        self.0.code = Some(match Code::find(&text) {
            Some(code) if code.stem().is_none() => Given::Ours(code),
            Some(family) => Given::Family(family, text),
            None => Given::Aws(text),
        });
        self
    }

    /// The code of `other`, if it has one.
    pub(crate) fn code_like(mut self, other: &Self) -> Self {
        self.0.code.clone_from(&other.0.code);
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

    /// A place that the message or a cause already names in words.
    pub(crate) fn place(mut self, place: ErrorPlace) -> Self {
        self.0.places.push(place);
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

    /// Where it is, for what shows errors beside the lines of a file.
    pub(crate) fn places(&self) -> &[ErrorPlace] {
        &self.0.places
    }

    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    pub(crate) fn code_str(&self) -> &str {
        match &self.0.code {
            None => self.0.kind.code().text(),
            Some(Given::Ours(code)) => code.text(),
            Some(Given::Family(_, text) | Given::Aws(text)) => text,
        }
    }

    /// The row of the error's code; `None` for a code of AWS.
    pub(crate) fn own_code(&self) -> Option<Code> {
        match &self.0.code {
            None => Some(self.0.kind.code()),
            Some(Given::Ours(code) | Given::Family(code, _)) => Some(*code),
            Some(Given::Aws(_)) => None,
        }
    }

    /// Whether the service refused the request because requests come too fast. It was not carried out.
    pub(crate) fn is_throttled(&self) -> bool {
        is_throttling(self.code_str())
    }

    pub(crate) fn is(&self, code: Code) -> bool {
        self.own_code() == Some(code)
    }

    /// Whether the table lists this exit status for this code. Any error may turn into a partial one.
    pub(crate) fn is_as_listed(&self) -> bool {
        self.0.kind == Kind::Partial || self.own_code().is_none_or(|code| code.comes_with(self.0.kind))
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
        let error = Error::usage("missing key").code(Code::ConfigMissingKey);
        assert_eq!(error.code_str(), "config.missing-key");
        assert_eq!(error.kind().exit_code(), 2);
    }

    #[test]
    fn a_code_survives_being_written_down() {
        let error = Error::failed("x").code_of_family(Code::RuntimeFailed, "create-failed");
        assert_eq!((error.code_str(), error.own_code()), ("runtime.create-failed", Some(Code::RuntimeFailed)));
        for text in ["token.invalid-grant", "socket.closed-1011", "ValidationException", "usage"] {
            let again = Error::usage("x").code_text(text.to_owned());
            assert_eq!((again.code_str(), again.own_code()), (text, Code::find(text)));
        }
    }

    #[test]
    fn each_kind_names_a_row_with_its_status() {
        for kind in Kind::ALL {
            assert_eq!(kind.code().exit_codes(), [kind.exit_code()]);
            assert!(Error::new(*kind, "x").is_as_listed());
        }
    }
}
