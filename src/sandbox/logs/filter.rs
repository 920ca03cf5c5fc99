//! Filter patterns of FilterLogEvents: terms, quoted phrases, `%regular expressions%`, `?any` and `-not`.

use regex_lite::Regex;

/// Regular expressions in one pattern, by the service's quota.
const REGEX_LIMIT: usize = 2;

/// A pattern, taken apart.
#[derive(Debug, Default)]
pub(super) struct FilterPattern {
    all: Vec<Term>,
    any: Vec<Term>,
    none: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    Text(String),
    Regex(Regex),
}

impl Term {
    /// Texts are case-sensitive, as in the service.
    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Text(text) => message.contains(text.as_str()),
            Self::Regex(regex) => regex.is_match(message),
        }
    }
}

impl FilterPattern {
    /// # Errors
    /// For JSON (`{ … }`) and space-delimited (`[ … ]`) patterns, which are not understood here, for what is not closed, and for
    /// more regular expressions than the service takes.
    pub(super) fn parse(pattern: &str) -> Result<Self, String> {
        let mut filter = Self::default();
        let mut rest = pattern.trim();
        let mut count = 0;
        if rest.starts_with(['{', '[']) {
            return Err(format!(
                "the sandbox understands terms, \"phrases\" and %regular expressions%, not the pattern {pattern}"
            ));
        }
        while let Some(first) = rest.chars().next() {
            let list = match first {
                '?' => &mut filter.any,
                '-' => &mut filter.none,
                _ => &mut filter.all,
            };
            rest = rest.strip_prefix(['?', '-']).unwrap_or(rest);
            if let Some(quoted) = rest.strip_prefix('%') {
                let (regex, after) =
                    quoted.split_once('%').ok_or("Invalid filter pattern: a regular expression is not closed")?;
                rest = after.trim_start();
                count += 1;
                let regex = Regex::new(regex).map_err(|error| format!("Invalid filter pattern: {error}"))?;
                list.push(Term::Regex(regex));
                continue;
            }
            let term = match rest.strip_prefix('"') {
                Some(quoted) => {
                    let (term, after) =
                        quoted.split_once('"').ok_or("Invalid filter pattern: a quote is not closed")?;
                    rest = after;
                    term
                }
                None => {
                    let (term, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                    rest = after;
                    term
                }
            };
            if !term.is_empty() {
                list.push(Term::Text(term.to_owned()));
            }
            rest = rest.trim_start();
        }
        if count > REGEX_LIMIT {
            return Err(format!("Invalid filter pattern: more than {REGEX_LIMIT} regular expressions"));
        }
        Ok(filter)
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        let is_in = |term: &Term| term.is_in(message);
        self.all.iter().all(is_in)
            && (self.any.is_empty() || self.any.iter().any(is_in))
            && !self.none.iter().any(is_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_phrases_and_signs() {
        let matches = |pattern: &str, message: &str| FilterPattern::parse(pattern).unwrap().matches(message);
        assert!(matches("", "anything"));
        assert!(matches("ERROR disk", "disk ERROR"));
        assert!(!matches("ERROR disk", "disk error"));
        assert!(matches("\"disk is full\"", "the disk is full"));
        assert!(!matches("\"disk is full\"", "disk full is"));
        assert!(matches("?a ?b", "b") && !matches("?a ?b", "c"));
        assert!(matches("a -b", "a") && !matches("a -b", "ab"));
        assert!(matches("%4[0-9]{2}% b", "a 404 b") && !matches("%4[0-9]{2}%", "a 500"));
        assert!(matches("-%x-1%", "x-2") && !matches("-%x-1%", "ax-1b"));
        assert!(FilterPattern::parse("%a% %b% %c%").is_err() && FilterPattern::parse("%a").is_err());
        assert!(FilterPattern::parse("{ $.x = 1 }").is_err());
        assert!(FilterPattern::parse("\"open").is_err());
    }
}
