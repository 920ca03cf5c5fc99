//! Filter patterns of FilterLogEvents: terms, quoted phrases, `?any` and `-not`.

/// A pattern, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FilterPattern {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl FilterPattern {
    /// # Errors
    /// For JSON (`{ … }`), space-delimited (`[ … ]`) and regular expression (`%…%`) patterns, which are not understood
    /// here, and for a quote that is not closed.
    pub(super) fn parse(pattern: &str) -> Result<Self, String> {
        let mut filter = Self::default();
        let mut rest = pattern.trim();
        if rest.starts_with(['{', '[', '%']) {
            return Err(format!("the sandbox understands terms and \"phrases\", not the pattern {pattern}"));
        }
        while let Some(first) = rest.chars().next() {
            let list = match first {
                '?' => &mut filter.any,
                '-' => &mut filter.none,
                _ => &mut filter.all,
            };
            rest = rest.strip_prefix(['?', '-']).unwrap_or(rest);
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
                list.push(term.to_owned());
            }
            rest = rest.trim_start();
        }
        Ok(filter)
    }

    /// Terms are case-sensitive, as in the service.
    pub(super) fn matches(&self, message: &str) -> bool {
        let has = |term: &String| message.contains(term.as_str());
        self.all.iter().all(has) && (self.any.is_empty() || self.any.iter().any(has)) && !self.none.iter().any(has)
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
        assert!(FilterPattern::parse("{ $.x = 1 }").is_err());
        assert!(FilterPattern::parse("\"open").is_err());
    }
}
