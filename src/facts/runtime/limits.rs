//! What is beyond its limit in a definition.

use serde_json::Value;

use super::{Limit, MEMBERS, TextLimit, Wrong};

/// What is beyond its limit in a part of a definition. What is not there is not asked for, and what is not known is left alone.
pub(crate) fn beyond_limits(definition: &Value) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for member in MEMBERS {
        let (around, name) = member.path.rsplit_once('.').unwrap_or(("", member.path));
        let item = name.strip_suffix("[]");
        for (shown, parent) in structures(definition, around) {
            let value = parent.get(item.unwrap_or(name)).filter(|value| !value.is_null());
            let path = format!("{shown}{}", item.unwrap_or(name));
            let mut check = |path: String, value: &Value| {
                wrong.extend(member.limit.broken_by(value).map(|text| Wrong { path, text }));
            };
            match (item, value) {
                (Some(_), value) => {
                    let items = value.and_then(Value::as_array).into_iter().flatten().enumerate();
                    items.for_each(|(index, value)| check(format!("{path}.{}.member", index + 1), value));
                }
                (None, Some(value)) => check(path, value),
                (None, None) => {}
            }
        }
    }
    wrong
}

/// The structures at a path, each with how it is shown, with a final dot; an empty path is the structure itself.
fn structures<'v>(structure: &'v Value, path: &str) -> Vec<(String, &'v Value)> {
    let mut found = vec![(String::new(), structure)];
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let member = name.trim_end_matches("[]");
        let mut next = Vec::new();
        for (shown, value) in found {
            match value.get(member) {
                Some(Value::Array(items)) if name.ends_with("[]") => {
                    let items = items.iter().enumerate();
                    next.extend(items.map(|(index, item)| (format!("{shown}{member}.{}.member.", index + 1), item)));
                }
                Some(inner) => next.push((format!("{shown}{member}."), inner)),
                None => {}
            }
        }
        found = next;
    }
    found.into_iter().filter(|(_, value)| value.is_object()).collect()
}

impl Limit {
    /// Completes the sentence "`member` …".
    fn broken_by(&self, value: &Value) -> Option<String> {
        let otherwise = |good: bool, what: &str| (!good).then(|| format!("must be {what}"));
        match *self {
            Self::Text(limit) => match value.as_str() {
                Some(text) => limit.broken_by(text),
                None => Some("must be text".to_owned()),
            },
            Self::OneOf(all) => {
                otherwise(value.as_str().is_some_and(|text| all.contains(&text)), &format!("one of {}", all.join(", ")))
            }
            Self::Integer(low, high) => otherwise(
                value.as_i64().is_some_and(|number| (low..=high).contains(&number)),
                &format!("a whole number from {low} to {high}"),
            ),
            Self::Boolean => otherwise(value.is_boolean(), "true or false"),
            Self::List(low, high) => otherwise(
                value.as_array().is_some_and(|items| (low..=high).contains(&items.len())),
                &format!("a list of {low} to {high} items"),
            ),
            Self::Map(most, ..) => {
                otherwise(value.as_object().is_some_and(|map| map.len() <= most), &format!("at most {most} entries"))
            }
            Self::Structure => otherwise(value.is_object(), "a mapping"),
            Self::Union => {
                let set = value.as_object().map(|map| map.values().filter(|value| !value.is_null()).count());
                otherwise(set == Some(1), "a mapping with exactly one key")
            }
        }
    }
}

impl TextLimit {
    fn broken_by(&self, text: &str) -> Option<String> {
        let length = text.chars().count();
        if !(self.min..=self.max).contains(&length) {
            return Some(format!("has {length} characters, and may have {} to {}", self.min, self.max));
        }
        let pattern = self.pattern.filter(|pattern| {
            // Anchored with \z, because `$` would let a final line break pass.
            !regex_lite::Regex::new(&format!("^(?:{pattern})\\z")).is_ok_and(|regex| regex.is_match(text))
        })?;
        Some(format!("does not match `{pattern}`: `{text}`"))
    }
}
