//! Each value against the table: its type, its range, its form.

use serde_json::{Map, Value};

use super::{Checker, join, kind};
use crate::config::reference::{self, NoValue};
use crate::config::schema::{self, KeySchema, TextCheck, TextRule, ValueType};
use crate::config::syntax::{Data, Problem, YamlEntry, YamlNode};
use crate::error::Code;

impl Checker<'_> {
    /// The entry's mapping; `None` for an empty one, and with a complaint for anything else.
    pub(super) fn mapping<'n>(&mut self, entry: &'n YamlEntry, path: &str) -> Option<&'n YamlNode> {
        let is_map = matches!(entry.value.data, Data::Map(_));
        if !is_map && !entry.value.is_null() {
            let text = format!("`{path}` must be a mapping, but it is {}", kind(&entry.value));
            self.bad(entry.key_start, Code::ConfigType, text);
        }
        is_map.then_some(&entry.value)
    }

    /// Walks a mapping. The result has canonical values, no nulls, and unknown keys as they are.
    pub(super) fn map(
        &mut self,
        node: &YamlNode,
        keys: &'static [KeySchema],
        path: &str,
        at: usize,
    ) -> Map<String, Value> {
        let mut out = Map::new();
        for entry in node.entries() {
            let here = join(path, &entry.key);
            match keys.iter().find(|key| key.name == entry.key) {
                Some(key) => {
                    if let Some(value) = self.value(&entry.value, &key.ty, &here, entry.key_start) {
                        out.insert(entry.key.clone(), value);
                    }
                }
                None => {
                    // `x-…` is the usual place for anchors and notes.
                    if !entry.key.starts_with("x-") {
                        let near = schema::did_you_mean(&entry.key, keys.iter().map(|key| key.name));
                        self.warn(entry.key_start, format!("unknown key `{here}`{near}"));
                    }
                    out.insert(entry.key.clone(), entry.value.to_value());
                }
            }
        }
        let is_partial = self.is_partial;
        for key in keys.iter().filter(|key| key.required && !is_partial) {
            let entry = node.get(key.name);
            let empty = |entry: &YamlEntry| matches!(&entry.value.data, Data::Scalar { text, value } if text.is_empty() || value.is_null());
            if entry.is_none_or(empty) {
                let place = if path.is_empty() { String::new() } else { format!(" in `{path}`") };
                let strangers = node
                    .entries()
                    .map(|entry| entry.key.as_str())
                    .filter(|name| keys.iter().all(|key| key.name != *name));
                let near =
                    schema::nearest(key.name, strangers).map_or_else(String::new, |near| format!("; is it `{near}`?"));
                let at = entry.map_or(at, |entry| entry.key_start);
                self.bad(at, Code::ConfigMissingKey, format!("missing `{}`{place}{near}", key.name));
            }
        }
        out
    }

    fn value(&mut self, node: &YamlNode, ty: &'static ValueType, path: &str, at: usize) -> Option<Value> {
        if node.is_null() {
            return matches!(ty, ValueType::Clearable(_)).then_some(Value::Null);
        }
        if let ValueType::Clearable(inner) = ty {
            return self.value(node, inner, path, at);
        }
        let at = if node.end > node.start { node.start } else { at };
        match (ty, &node.data) {
            (ValueType::Any, _) | (ValueType::Free, Data::Map(_)) => Some(node.to_value()),
            (ValueType::Map(keys), Data::Map(_)) => Some(Value::Object(self.map(node, keys, path, at))),
            (ValueType::List(item), Data::Seq(items)) => {
                // A list replaces the one below it, so its items are whole.
                let was_partial = std::mem::take(&mut self.is_partial);
                let values = items.iter().enumerate().filter_map(|(index, one)| {
                    let path = format!("{path}[{index}]");
                    if one.is_null() {
                        self.bad(at, Code::ConfigType, format!("`{path}` has no value"));
                    }
                    self.value(one, item, &path, one.start)
                });
                let values = values.collect();
                self.is_partial = was_partial;
                Some(Value::Array(values))
            }
            (ValueType::TextMap(rule), Data::Map(_)) => Some(self.text_map(node, *rule, path)),
            (ValueType::Text(rule), Data::Scalar { text, value }) => {
                if !value.is_string() {
                    self.warn(
                        at,
                        format!("`{path}` is text; write '{text}' in quotes, or other programs read {}", kind(node)),
                    );
                }
                let Some(resolved) = self.resolved(text, path, at) else { return Some(Value::String(text.clone())) };
                self.judge(*rule, &resolved, path, at);
                Some(Value::String(resolved))
            }
            (ValueType::Choice(all), Data::Scalar { text, .. }) => match schema::spelling(text, all) {
                Some(canonical) => Some(canonical.into()),
                None => {
                    self.bad(at, Code::ConfigValue, format!("`{path}`: {}", schema::not_one_of(text, all)));
                    None
                }
            },
            (ValueType::Bool, Data::Scalar { text, value }) => match (value, text.to_ascii_lowercase().as_str()) {
                (Value::Bool(_), _) => Some(value.clone()),
                (Value::String(_), "true") => Some(true.into()),
                (Value::String(_), "false") => Some(false.into()),
                _ => self.mismatch(ty, node, path, at),
            },
            (ValueType::Int(low, high), Data::Scalar { text, value }) => {
                match value.as_i64().or_else(|| value.as_str().and_then(|_| text.parse().ok())) {
                    Some(number) if (*low..=*high).contains(&number) => Some(number.into()),
                    Some(number) => {
                        self.bad(at, Code::ConfigValue, format!("`{path}`: {number} is not between {low} and {high}"));
                        None
                    }
                    None => self.mismatch(ty, node, path, at),
                }
            }
            _ => self.mismatch(ty, node, path, at),
        }
    }

    /// A text with its variables in their place; `None` where one has no value, which is noted.
    fn resolved(&mut self, text: &str, path: &str, at: usize) -> Option<String> {
        let setting = if text.contains("${") { reference::setting(path) } else { None };
        let Some(setting) = setting else { return Some(text.to_owned()) };
        match reference::setting_value(text, self.variables) {
            Ok(value) if self.variables.is_some() => return Some(value),
            Ok(_) => {}
            Err(NoValue::Wrong(why)) => self.bad(at, Code::ConfigReference, format!("`{path}`: {why}")),
            Err(NoValue::Here(code, why)) => {
                self.unresolved.push((setting, Problem::new(at, code, format!("`{path}`: {why}"))));
            }
        }
        None
    }

    fn text_map(&mut self, node: &YamlNode, rule: TextRule, path: &str) -> Value {
        let mut out = Map::new();
        for entry in node.entries() {
            let here = join(path, &entry.key);
            self.judge(rule, &entry.key, path, entry.key_start);
            match &entry.value.data {
                Data::Scalar { text, value } if !value.is_null() => {
                    let value = self.resolved(text, &join(path, "*"), entry.value.start);
                    out.insert(entry.key.clone(), Value::String(value.unwrap_or_else(|| text.clone())));
                }
                Data::Scalar { .. } if self.is_partial => {}
                Data::Scalar { .. } => self.bad(
                    entry.key_start,
                    Code::ConfigType,
                    format!("`{here}` has no value; write '' for an empty one"),
                ),
                _ => self.bad(
                    entry.key_start,
                    Code::ConfigType,
                    format!("`{here}` must be text, but it is {}", kind(&entry.value)),
                ),
            }
        }
        Value::Object(out)
    }

    fn judge(&mut self, rule: TextRule, text: &str, path: &str, at: usize) {
        match rule.check(text) {
            TextCheck::Good => {}
            TextCheck::Odd(words) => self.warn(at, format!("`{path}`: `{text}` {words}")),
            TextCheck::Bad(words) => self.bad(at, rule.code(), format!("`{path}`: `{text}` {words}")),
        }
    }

    fn mismatch(&mut self, ty: &ValueType, node: &YamlNode, path: &str, at: usize) -> Option<Value> {
        let wanted = match ty {
            ValueType::Text(_) | ValueType::Choice(_) => "text",
            ValueType::Bool => "true or false",
            ValueType::Int(..) => "a whole number",
            ValueType::Map(_) | ValueType::TextMap(_) | ValueType::Free => "a mapping",
            ValueType::List(_) => "a list",
            ValueType::Any | ValueType::Clearable(_) => "a value",
        };
        self.bad(at, Code::ConfigType, format!("`{path}` must be {wanted}, but it is {}", kind(node)));
        None
    }
}
