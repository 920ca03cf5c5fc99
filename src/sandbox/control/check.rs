//! Checks a request's members and reports every violation in one ValidationException, as the service does.
//!
//! Owns: the constraint texts and the `fieldList`. Does not own: which member has which constraint (`validate`).

use serde_json::{Value, json};

use crate::sandbox::reply::Fault;

/// The violations found so far.
#[derive(Debug, Default)]
pub(crate) struct Violations {
    fields: Vec<(String, String)>,
}

/// The constraints of a text member. The pattern must match the whole text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextRule {
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) pattern: Option<&'static str>,
    /// The service does not repeat sensitive values.
    pub(crate) sensitive: bool,
}

impl TextRule {
    pub(crate) const fn length(min: usize, max: usize) -> Self {
        Self { min, max, pattern: None, sensitive: false }
    }

    pub(crate) const fn pattern(pattern: &'static str) -> Self {
        Self { min: 0, max: usize::MAX, pattern: Some(pattern), sensitive: false }
    }

    pub(crate) const fn with_pattern(self, pattern: &'static str) -> Self {
        Self { pattern: Some(pattern), ..self }
    }

    pub(crate) const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }
}

/// Whether `pattern` matches the whole of `text`. A pattern that does not compile matches nothing.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    regex_lite::Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(text))
}

impl Violations {
    pub(crate) fn problem(&mut self, path: &str, text: impl Into<String>) {
        self.fields.push((path.to_owned(), text.into()));
    }

    fn constraint(&mut self, path: &str, value: Option<&str>, constraint: &str) {
        let value = value.map(|value| format!(" '{value}'")).unwrap_or_default();
        self.problem(path, format!("Value{value} at '{path}' failed to satisfy constraint: Member must {constraint}"));
    }

    /// A condition on a member.
    pub(crate) fn require(&mut self, path: &str, what: &str, right: bool) {
        if !right {
            self.constraint(path, None, &format!("be {what}"));
        }
    }

    /// A text, checked where it is present.
    pub(crate) fn text<'v>(&mut self, path: &str, value: Option<&'v Value>, rule: TextRule) -> Option<&'v str> {
        let value = match value? {
            Value::Null => return None,
            Value::String(text) => text,
            _ => {
                self.constraint(path, None, "be a string");
                return None;
            }
        };
        let shown = (!rule.sensitive && value.len() <= 256).then_some(value.as_str());
        let length = value.chars().count();
        if length < rule.min {
            self.constraint(path, shown, &format!("have length greater than or equal to {}", rule.min));
        } else if length > rule.max {
            self.constraint(path, shown, &format!("have length less than or equal to {}", rule.max));
        } else if let Some(pattern) = rule.pattern.filter(|pattern| !matches(pattern, value)) {
            self.constraint(path, shown, &format!("satisfy regular expression pattern: {pattern}"));
        }
        Some(value)
    }

    /// A text that must be there.
    pub(crate) fn required<'v>(&mut self, path: &str, value: Option<&'v Value>, rule: TextRule) -> Option<&'v str> {
        self.present(path, value)?;
        self.text(path, value, rule)
    }

    /// A member that must be there.
    pub(crate) fn present<'v>(&mut self, path: &str, value: Option<&'v Value>) -> Option<&'v Value> {
        let found = value.filter(|value| !value.is_null());
        if found.is_none() {
            self.problem(path, format!("Value null at '{path}' failed to satisfy constraint: Member must not be null"));
        }
        found
    }

    pub(crate) fn one_of(&mut self, path: &str, value: Option<&Value>, allowed: &[&str]) {
        if let Some(text) = self.text(path, value, TextRule::length(0, usize::MAX))
            && !allowed.contains(&text)
        {
            self.constraint(path, Some(text), &format!("satisfy enum value set: [{}]", allowed.join(", ")));
        }
    }

    pub(crate) fn integer(&mut self, path: &str, value: Option<&Value>, low: i64, high: i64) -> Option<i64> {
        let value = value.filter(|value| !value.is_null())?;
        let Some(number) = value.as_i64() else {
            self.constraint(path, None, "be an integer");
            return None;
        };
        if number < low {
            self.constraint(path, Some(&number.to_string()), &format!("have value greater than or equal to {low}"));
        } else if number > high {
            self.constraint(path, Some(&number.to_string()), &format!("have value less than or equal to {high}"));
        }
        Some(number)
    }

    /// A list, with its items and their paths.
    pub(crate) fn list<'v>(
        &mut self,
        path: &str,
        value: Option<&'v Value>,
        low: usize,
        high: usize,
    ) -> Vec<(String, &'v Value)> {
        let Some(value) = value.filter(|value| !value.is_null()) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            self.constraint(path, None, "be a list");
            return Vec::new();
        };
        if items.len() < low {
            self.constraint(path, None, &format!("have length greater than or equal to {low}"));
        } else if items.len() > high {
            self.constraint(path, None, &format!("have length less than or equal to {high}"));
        }
        items.iter().enumerate().map(|(index, item)| (format!("{path}.{}.member", index + 1), item)).collect()
    }

    /// A map of texts, with its entries.
    pub(crate) fn map<'v>(
        &mut self,
        path: &str,
        value: Option<&'v Value>,
        most: usize,
        (key, item): (TextRule, TextRule),
    ) -> Vec<(&'v str, &'v str)> {
        let Some(value) = value.filter(|value| !value.is_null()) else { return Vec::new() };
        let Some(entries) = value.as_object() else {
            self.constraint(path, None, "be a map");
            return Vec::new();
        };
        if entries.len() > most {
            self.constraint(path, None, &format!("have length less than or equal to {most}"));
        }
        let mut out = Vec::new();
        for (name, text) in entries {
            let name_value = Value::String(name.clone());
            self.text(&format!("{path}.key"), Some(&name_value), key);
            if text.is_null() {
                self.constraint(&format!("{path}.{name}"), None, "not be null");
            }
            if let Some(text) = self.text(&format!("{path}.{name}"), Some(text), item) {
                out.push((name.as_str(), text));
            }
        }
        out
    }

    /// Ends the validation.
    ///
    /// # Errors
    /// All problems in one ValidationException.
    pub(crate) fn finish(self) -> Result<(), Fault> {
        if self.fields.is_empty() {
            return Ok(());
        }
        let count = self.fields.len();
        let texts: Vec<&str> = self.fields.iter().map(|(_, text)| text.as_str()).collect();
        let plural = if count == 1 { "error" } else { "errors" };
        let message = format!("{count} validation {plural} detected: {}", texts.join("; "));
        let list: Vec<Value> =
            self.fields.iter().map(|(name, text)| json!({ "name": name, "message": text })).collect();
        Err(invalid(message).field("fieldList", list))
    }
}

/// A ValidationException that is about the request as a whole.
pub(crate) fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "ValidationException", message).field("reason", "FieldValidationFailed")
}
