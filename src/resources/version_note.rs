//! Who made which version of a runtime: notes in tags of the runtime, where people and pipelines both see them.
//!
//! The service keeps versions and not who made them. A tag is used again once its version is so old that nobody asks, so
//! that the tags of a runtime do not grow in number, and a note costs the one request that writes it.

use std::fmt;

use crate::clock;

/// So many versions have a note.
const KEPT: u64 = 10;
/// In front of the last digit of the version.
const TAG: &str = "agentcore:history-";
/// The most characters of a tag's value.
const LONGEST: usize = 256;
/// Stands for what nobody wrote down.
pub(crate) const UNKNOWN: &str = "unknown";

/// What came of the smoke test of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SmokeState {
    Pending,
    Passed,
    Failed,
}

impl SmokeState {
    const ALL: [Self; 3] = [Self::Pending, Self::Passed, Self::Failed];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }
}

/// Who makes versions in this run, and for what.
#[derive(Clone, Debug)]
pub(crate) struct VersionMaker {
    /// Last part of the caller's ARN: `user/alice`, `assumed-role/ci/build-7`
    pub(crate) by: String,
    /// A smoke test follows.
    pub(crate) is_tested: bool,
    /// The version whose content is deployed again.
    pub(crate) content_of: Option<String>,
}

impl VersionMaker {
    pub(crate) fn new(principal: &str) -> Self {
        let by = principal.rsplit(':').next().unwrap_or(principal).to_owned();
        Self { by, is_tested: false, content_of: None }
    }

    /// The note of a version that is made now.
    pub(crate) fn note(&self, version: &str) -> VersionNote {
        VersionNote {
            version: version.to_owned(),
            made: clock::iso8601(clock::now()),
            by: self.by.clone(),
            smoke: self.is_tested.then_some(SmokeState::Pending),
            content_of: self.content_of.clone(),
        }
    }
}

/// `12 2026-01-31T10:20:30.123Z assumed-role/ci/build-7 smoke=passed content-of=9`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VersionNote {
    pub(crate) version: String,
    pub(crate) made: String,
    pub(crate) by: String,
    pub(crate) smoke: Option<SmokeState>,
    pub(crate) content_of: Option<String>,
}

impl VersionNote {
    /// Key and value of the tag.
    pub(crate) fn tag(&self) -> (String, String) {
        let slot = self.version.parse::<u64>().unwrap_or_default() % KEPT;
        let value: String = self.to_string().chars().map(allowed).take(LONGEST).collect();
        (format!("{TAG}{slot}"), value)
    }

    fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_whitespace();
        let mut note = Self {
            version: words.next()?.to_owned(),
            made: words.next()?.to_owned(),
            by: words.next()?.to_owned(),
            smoke: None,
            content_of: None,
        };
        for word in words {
            match word.split_once('=') {
                Some(("smoke", state)) => {
                    note.smoke = SmokeState::ALL.into_iter().find(|known| known.as_str() == state);
                }
                Some(("content-of", version)) => note.content_of = Some(version.to_owned()),
                // Of a newer version of this program.
                _ => {}
            }
        }
        Some(note)
    }

    /// The note of a version among the tags of its runtime.
    pub(crate) fn find(tags: &[(String, String)], version: &str) -> Option<Self> {
        let notes = tags.iter().filter(|(key, _)| key.starts_with(TAG)).filter_map(|(_, value)| Self::parse(value));
        notes.into_iter().find(|note| note.version == version)
    }
}

impl fmt::Display for VersionNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.version, self.made, self.by)?;
        if let Some(smoke) = self.smoke {
            write!(f, " smoke={}", smoke.as_str())?;
        }
        match &self.content_of {
            Some(version) => write!(f, " content-of={version}"),
            None => Ok(()),
        }
    }
}

/// Values of tags have fewer characters than names of sessions.
fn allowed(c: char) -> char {
    if c.is_alphanumeric() || " _.:/=+-@".contains(c) { c } else { '_' }
}

/// The version after this one.
pub(crate) fn next(version: &str) -> String {
    version.parse::<u64>().map_or_else(|_| String::new(), |number| (number + 1).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_as_written() {
        let maker = VersionMaker {
            is_tested: true,
            content_of: Some("9".to_owned()),
            ..VersionMaker::new("arn:aws:sts::123456789012:assumed-role/ci/build,7")
        };
        let tag = maker.note("12").tag();
        assert_eq!(tag.0, "agentcore:history-2");
        let note = VersionNote::find(&[tag], "12").unwrap();
        assert_eq!((note.by.as_str(), note.smoke), ("assumed-role/ci/build_7", Some(SmokeState::Pending)));
        assert_eq!(note.content_of.as_deref(), Some("9"));
    }

    #[test]
    fn note_of_another_version_is_none() {
        let tag = VersionMaker::new("user/a").note("2").tag();
        assert_eq!(VersionNote::find(std::slice::from_ref(&tag), "12"), None);
        assert_eq!(VersionNote::find(&[tag], "2").unwrap().smoke, None);
        assert_eq!(next("9"), "10");
    }
}
