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
    fn star_of_a_pattern_stands_for_any_text() {
        assert!(fits("pr-*", "pr-7") && fits("*-preview", "x-preview") && fits("a*z", "abz"));
        assert!(!fits("pr-*", "pr-") && !fits("pr-*", "pull-7") && !fits("a*a", "a") && !fits("staging", "staging"));
        assert!(is_name_or_pattern("pr-*") && is_name_or_pattern("*") && is_name_or_pattern("a.b"));
        assert!(!is_name_or_pattern("*-*") && !is_name_or_pattern("-*") && !is_name_or_pattern(""));
    }
}
