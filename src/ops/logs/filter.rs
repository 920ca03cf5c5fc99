//! Which lines are meant: by session, request, level and pattern, here and as far as possible by the service.

use std::collections::HashMap;

use regex_lite::Regex;

use super::line::{Level, LogLine};
use crate::error::{Code, Error, Result};
use crate::facts::SPANS_STREAM;

/// Streams whose last level is remembered.
const MOST_STREAMS: usize = 2000;

/// What a line must be.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineFilter {
    session: Option<String>,
    request: Option<String>,
    /// The least.
    level: Option<Level>,
    grep: Option<Regex>,
    /// The text of `grep` where it has no operators.
    literal: Option<String>,
}

impl LineFilter {
    pub(crate) fn new(session: Option<String>, request: Option<String>, level: Option<Level>) -> Self {
        Self { session, request, level, grep: None, literal: None }
    }

    /// Also only lines that `pattern`, a regular expression, is found in.
    ///
    /// # Errors
    /// Exit 2 for what is no regular expression.
    pub(crate) fn grep(mut self, pattern: &str) -> Result<Self> {
        let regex = Regex::new(pattern).map_err(|error| {
            Error::usage(format!("`--grep` is not a regular expression: {error}"))
                .code(Code::InputValue)
                .hint("put a backslash before `( ) [ ] { } . * + ? ^ $ |` where they stand for themselves")
        })?;
        self.grep = Some(regex);
        self.literal = Some(pattern.to_owned()).filter(|text| is_plain(text));
        Ok(self)
    }

    /// What the service can leave out by itself, in the form of its own regular expressions, which it finds anywhere in a message, as
    /// is done here; a term without them may only match whole words. `None` where that is not the same: the level of a line may be
    /// that of the line before it, and a session is named by the stream more often than by the line.
    pub(super) fn pattern(&self) -> Option<String> {
        if self.level.is_some() {
            return None;
        }
        let request = self.request.as_deref().filter(|text| is_plain(text));
        // The service takes two.
        let texts: Vec<String> =
            [self.literal.as_deref(), request].into_iter().flatten().map(|text| format!("%{text}%")).collect();
        (!texts.is_empty()).then(|| texts.join(" "))
    }

    /// Whether the filter lets everything through.
    pub(crate) fn is_open(&self) -> bool {
        self.session.is_none() && self.request.is_none() && self.level.is_none() && self.grep.is_none()
    }

    fn lets_through(&self, line: &LogLine) -> bool {
        let of = |id: &String| line.event.stream.contains(id.as_str()) || line.event.message.contains(id.as_str());
        let same = |id: &String| line.session.as_ref().map_or_else(|| of(id), |session| session == id);
        self.session.as_ref().is_none_or(same)
            && self.request.as_ref().is_none_or(of)
            && self.level.is_none_or(|least| line.level.is_some_and(|level| level >= least))
            && self.grep.as_ref().is_none_or(|regex| regex.is_match(&line.event.message))
    }
}

/// Whether a text means itself in a regular expression of the service, and in ours.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_#=@/;,-".contains(&byte))
}

/// Lets lines through, in their order.
#[derive(Debug)]
pub(super) struct Sieve<'a> {
    filter: &'a LineFilter,
    /// The last level of each stream, for the lines that go on with what it said.
    levels: HashMap<String, Level>,
}

impl<'a> Sieve<'a> {
    pub(super) fn new(filter: &'a LineFilter) -> Self {
        Self { filter, levels: HashMap::new() }
    }

    /// The line, where it is meant. Spans are no log text.
    pub(super) fn pass(&mut self, mut line: LogLine) -> Option<LogLine> {
        if line.event.stream == SPANS_STREAM {
            return None;
        }
        if line.is_continuation() {
            line.level = self.levels.get(&line.event.stream).copied();
        } else if let Some(level) = line.level {
            if self.levels.len() >= MOST_STREAMS {
                self.levels.clear();
            }
            match self.levels.get_mut(&line.event.stream) {
                Some(known) => *known = level,
                None => drop(self.levels.insert(line.event.stream.clone(), level)),
            }
        } else {
            self.levels.remove(&line.event.stream);
        }
        self.filter.lets_through(&line).then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::LogEvent;

    fn line(stream: &str, message: &str) -> LogLine {
        LogLine::read(LogEvent { stream: stream.to_owned(), message: message.to_owned(), ..LogEvent::default() })
    }

    #[test]
    fn service_filters_only_what_means_the_same() {
        let pattern = |text: &str| LineFilter::default().grep(text).unwrap().pattern();
        assert_eq!(pattern("disk-1"), Some("%disk-1%".to_owned()));
        assert_eq!((pattern("a.b"), pattern("a b"), pattern("é")), (None, None, None));
        let both = LineFilter { request: Some("r-1".to_owned()), ..LineFilter::default() }.grep("x").unwrap();
        assert_eq!(both.pattern(), Some("%x% %r-1%".to_owned()));
        assert_eq!(LineFilter { level: Some(Level::Warn), ..both }.pattern(), None);
        assert_eq!(LineFilter { session: Some("s".to_owned()), ..LineFilter::default() }.pattern(), None);
        assert_eq!(LineFilter::default().grep("(").unwrap_err().kind().exit_code(), 2);
    }

    #[test]
    fn frames_have_the_level_of_their_error() {
        let filter = LineFilter { level: Some(Level::Error), ..LineFilter::default() };
        let mut sieve = Sieve::new(&filter);
        let mut passes = |stream: &str, text: &str| sieve.pass(line(stream, text)).is_some();
        assert!(!passes("a", "INFO: x") && !passes("a", "  more"));
        assert!(passes("a", "Traceback (most recent call last):"));
        assert!(!passes("b", "  of another stream"));
        assert!(passes("a", "  File \"x.py\", line 1") && passes("a", "KeyError: 'x'"));
        assert!(!passes("a", "plain") && !passes("a", "  after it"));
        assert!(!passes(SPANS_STREAM, "ERROR x"));
    }
}
