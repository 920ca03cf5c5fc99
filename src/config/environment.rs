//! Names of environments: what they may be, and which pattern of the file one fits.

use std::fmt;

use super::Agent;
use crate::error::{Code, Error, Result};

/// Names the environment where `--environment` does not.
pub(crate) const ENVIRONMENT_VARIABLE: &str = "AGENTCORE_ENVIRONMENT";

/// Short enough for the value of a tag, and for the name of a file.
const LENGTH: usize = 64;

/// What the file says of an environment, or of all those of a pattern.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DeclaredEnvironment {
    /// A name, or a pattern with a `*`.
    pub(crate) key: String,
    /// 1-based.
    pub(crate) line: usize,
    /// As the environment has them.
    pub(crate) agents: Vec<Agent>,
}

/// The name of an environment: of agents that stand beside those of the file, in the same account or another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnvironmentName(String);

impl EnvironmentName {
    /// # Errors
    /// Usage for a text that cannot be one. An empty one is a variable that was not set, most likely, and must not mean the
    /// agents of the file itself.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if is_good(text) {
            return Ok(Self(text.to_owned()));
        }
        let what = match text {
            "" => "the name of the environment is empty".to_owned(),
            text => format!("`{text}` cannot be the name of an environment"),
        };
        Err(Error::usage(what).code(Code::EnvironmentName).hint(format!(
            "use letters, digits, `-`, `_`, `.` and `/`, {LENGTH} at most, with a letter or a digit at the beginning"
        )))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Environments whose names begin alike: `pr-*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnvironmentPattern {
    head: String,
}

impl EnvironmentPattern {
    /// # Errors
    /// Usage for anything but the beginning of a name, or nothing, with one `*` after it.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        match text.strip_suffix('*') {
            Some(head) if !head.contains('*') && is_good(&format!("{head}x")) => Ok(Self { head: head.to_owned() }),
            _ => Err(Error::usage(format!("`{text}` cannot stand for names of environments"))
                .code(Code::EnvironmentName)
                .hint("write what they begin with, and one `*` after it: `pr-*`")),
        }
    }

    /// What the names begin with.
    pub(crate) fn head(&self) -> &str {
        &self.head
    }

    /// A name that fits and is like no other, so that it is not taken for a slip of one.
    pub(crate) fn specimen(&self) -> EnvironmentName {
        let zeros = (LENGTH - self.head.len()).min(12);
        EnvironmentName(format!("{}{}", self.head, "0".repeat(zeros)))
    }

    /// Whether a name, or every name of a pattern, may be one of these.
    pub(crate) fn holds(&self, key: &str) -> bool {
        key.strip_prefix(self.head.as_str()).is_some_and(|rest| !rest.is_empty())
    }
}

impl fmt::Display for EnvironmentPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}*", self.head)
    }
}

fn is_good(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    text.len() <= LENGTH
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().all(fits)
        && !text.contains("..")
}

/// Whether it stands for many environments: a name with one `*` in it.
pub(super) fn is_pattern(key: &str) -> bool {
    key.contains('*')
}

/// Whether a key of `agentcore.environments` is a name, or a pattern of names.
pub(super) fn is_name_or_pattern(key: &str) -> bool {
    match key.split_once('*') {
        None => is_good(key),
        // With something in the star's place it must be a name.
        Some((head, tail)) => !tail.contains('*') && is_good(&format!("{head}x{tail}")),
    }
}

/// Whether the pattern stands for the name; the star for at least one character.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    pattern.split_once('*').is_some_and(|(head, tail)| {
        name.len() > head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_branches_and_no_paths() {
        for good in ["staging", "pr-7", "pr_7", "feature/login", "v1.2", "7", "Prod"] {
            assert_eq!(EnvironmentName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "-x", "../x", "a..b", "/x", "a b", "a*", "é", "a\n", &"a".repeat(65)] {
            assert!(EnvironmentName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_pattern_is_what_names_begin_with() {
        let pattern = EnvironmentPattern::parse("pr-*").unwrap();
        assert!(pattern.holds("pr-7") && pattern.holds(pattern.specimen().as_str()) && !pattern.holds("pr-"));
        assert_eq!(pattern.to_string(), "pr-*");
        for head in ["", &"a".repeat(63)] {
            let specimen = EnvironmentPattern::parse(&format!("{head}*")).unwrap().specimen();
            assert!(is_good(specimen.as_str()) && specimen.as_str().len() > head.len(), "{specimen}");
        }
        for wrong in ["pr-7", "*-preview", "p*r*", "-*", "a b*", "", &format!("{}*", "a".repeat(64))] {
            assert!(EnvironmentPattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn star_of_a_pattern_stands_for_any_text() {
        assert!(fits("pr-*", "pr-7") && fits("*-preview", "x-preview") && fits("a*z", "abz"));
        assert!(!fits("pr-*", "pr-") && !fits("pr-*", "pull-7") && !fits("a*a", "a") && !fits("staging", "staging"));
        assert!(is_name_or_pattern("pr-*") && is_name_or_pattern("*") && is_name_or_pattern("a.b"));
        assert!(!is_name_or_pattern("*-*") && !is_name_or_pattern("-*") && !is_name_or_pattern(""));
    }
}
