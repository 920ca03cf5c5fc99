//! Scalars and blocks of YAML: how plain text is read, and how a value is written so that every reader agrees.
//!
//! Owns: YAML 1.1 resolution (as PyYAML does it), quoting, the layout of new blocks. Does not own: where a block goes
//! (`edit`).

use serde_json::{Map, Number, Value};

use super::syntax::Style;

/// What a plain scalar means. Dates, base-60 numbers and infinities stay text: nothing here is meant to be one.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Value::Bool(false),
        _ => {}
    }
    match integer(text).or_else(|| float(text)) {
        Some(number) => Value::Number(number),
        None => Value::String(text.to_owned()),
    }
}

fn integer(text: &str) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, body) = match digits.as_bytes() {
        [b'0', b'x', ..] => (16, &digits[2..]),
        [b'0', b'b', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if radix == 10 && !body.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    if !body.chars().all(|c| c == '_' || c.is_digit(radix)) {
        return None;
    }
    let body = body.replace('_', "");
    match i128::from_str_radix(&body, radix).ok().map(|magnitude| if negative { -magnitude } else { magnitude }) {
        Some(value) => match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => Some(value.into()),
            (_, Ok(value)) => Some(value.into()),
            _ => Number::from_f64(value as f64),
        },
        None => None,
    }
}

fn float(text: &str) -> Option<Number> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (body, None),
    };
    // YAML 1.1 wants the point, and a sign in the exponent: `1e3` is text.
    let (whole, fraction) = mantissa.split_once('.')?;
    let digits = |part: &str| part.chars().all(|c| c == '_' || c.is_ascii_digit());
    let starts = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || !(starts(whole) || (whole.is_empty() && starts(fraction))) {
        return None;
    }
    if let Some(exponent) = exponent
        && !exponent.strip_prefix(['-', '+']).is_some_and(|rest| !rest.is_empty() && digits(rest))
    {
        return None;
    }
    text.replace('_', "").parse().ok().and_then(Number::from_f64)
}

/// True when `text` needs no quotes in any reader: not in YAML 1.1, not in 1.2, not inside `[]` or `{}` when `flow`.
fn is_plain(text: &str, flow: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let lower = text.to_ascii_lowercase();
    let word = matches!(
        lower.as_str(),
        "~" | "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "<<" | "="
    );
    // Numbers of any base and notation, dates, times, versions: whatever starts like a number and holds nothing else.
    let unsigned = lower.trim_start_matches(['+', '-', '.']);
    let numeric = matches!(unsigned, "" | "inf" | "nan")
        || (unsigned.starts_with(|c: char| c.is_ascii_digit())
            && unsigned.chars().all(|c| {
                c.is_ascii_hexdigit() || matches!(c, 'x' | 'o' | '_' | '.' | ':' | '+' | '-' | 't' | 'z' | ' ')
            }));
    let indicator = "-?:,[]{}#&*!|>'\"%@`".contains(first);
    let inside = text.contains(": ") || text.contains(" #") || text.ends_with(':') || text.starts_with("...");
    let spaced = text.starts_with(' ') || text.ends_with(' ');
    let in_flow = flow && text.contains([',', '[', ']', '{', '}', ':', '?']);
    !(word || numeric || indicator || inside || spaced || in_flow || text.chars().any(needs_escape))
}

/// Characters that only a double-quoted scalar can hold on one line, in PyYAML's eyes too.
fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// `text` as a scalar on one line. Keeps the quotes of `like` where they can hold it.
pub(super) fn quote(text: &str, like: Style, flow: bool) -> String {
    if text.chars().any(needs_escape) || like == Style::Double {
        return double_quoted(text);
    }
    if like != Style::Single && is_plain(text, flow) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "''"))
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) && u32::from(c) < 0x100 => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if needs_escape(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A number in the form that both YAML versions read as one.
fn number(number: &Number) -> String {
    let text = number.to_string();
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

/// `value` on one line: scalars and empty collections, and with `flow` any collection. `None` when it takes a block.
pub(super) fn inline(value: &Value, like: Style, flow: bool) -> Option<String> {
    Some(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => number(value),
        Value::String(text) => quote(text, like, flow),
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Array(items) if flow => {
            let items: Option<Vec<_>> = items.iter().map(|item| inline(item, Style::Plain, true)).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Object(map) if flow => {
            let entry = |(key, value): (&String, &Value)| {
                Some(format!("{}: {}", quote(key, Style::Plain, true), inline(value, Style::Plain, true)?))
            };
            let entries: Option<Vec<_>> = map.iter().map(entry).collect();
            format!("{{{}}}", entries?.join(", "))
        }
        Value::Array(_) | Value::Object(_) => return None,
    })
}

/// Writes block-style YAML in the layout that PyYAML has: lists at the indentation of their key.
pub(super) struct BlockWriter<'a> {
    pub(super) out: String,
    /// The file's line break.
    pub(super) newline: &'a str,
    /// Spaces per level of mappings.
    pub(super) step: usize,
}

impl BlockWriter<'_> {
    pub(super) fn pad(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    pub(super) fn map(&mut self, map: &Map<String, Value>, indent: usize) {
        for (key, value) in map {
            self.pad(indent);
            self.entry(key, value, indent);
        }
    }

    /// `key: value` with its line breaks; the caller has written the indentation.
    pub(super) fn entry(&mut self, key: &str, value: &Value, indent: usize) {
        self.out.push_str(&quote(key, Style::Plain, false));
        self.out.push(':');
        match inline(value, Style::Plain, false) {
            Some(text) => {
                self.out.push(' ');
                self.out.push_str(&text);
                self.out.push_str(self.newline);
            }
            None => {
                self.out.push_str(self.newline);
                self.below(value, indent);
            }
        }
    }

    /// A collection on the lines below a key that stands at `indent`.
    pub(super) fn below(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Object(map) => self.map(map, indent + self.step),
            Value::Array(items) => {
                for item in items {
                    self.pad(indent);
                    self.item(item, indent);
                }
            }
            _ => {}
        }
    }

    /// `- value` with its line breaks; the caller has written the indentation.
    pub(super) fn item(&mut self, value: &Value, indent: usize) {
        self.out.push_str("- ");
        let inner = indent + 2;
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (index, (key, value)) in map.iter().enumerate() {
                    if index > 0 {
                        self.pad(inner);
                    }
                    self.entry(key, value, inner);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.pad(inner);
                    }
                    self.item(item, inner);
                }
            }
            _ => {
                self.out.push_str(&inline(value, Style::Plain, false).unwrap_or_default());
                self.out.push_str(self.newline);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_scalars_mean_what_pyyaml_makes_of_them() {
        for (text, value) in [
            ("yes", json!(true)),
            ("Off", json!(false)),
            ("~", json!(null)),
            ("0", json!(0)),
            ("-12", json!(-12)),
            ("1_000", json!(1000)),
            ("0x1F", json!(31)),
            ("017", json!(15)),
            ("018", json!("018")),
            ("1.5", json!(1.5)),
            ("1e3", json!("1e3")),
            ("1.0e+3", json!(1000.0)),
            (".5", json!(0.5)),
            (".", json!(".")),
            ("-", json!("-")),
            ("0o17", json!("0o17")),
            ("y", json!("y")),
            ("18446744073709551615", json!(u64::MAX)),
        ] {
            assert_eq!(resolve(text), value, "{text}");
        }
    }

    #[test]
    fn text_that_reads_as_something_else_is_quoted() {
        for text in [
            "",
            "123456789012",
            "20",
            "yes",
            "NO",
            "y",
            "null",
            "~",
            "1e3",
            "0o14",
            "012",
            "1:30",
            "2024-01-01",
            "2024-01-01T00:00:00Z",
            ".5",
            ".inf",
            "-.INF",
            "+1",
            "-",
            "- a",
            "*a",
            "&a",
            "@a",
            "`a",
            "%a",
            "!a",
            "|",
            ">",
            "a: b",
            "a #b",
            "a:",
            " a",
            "a ",
            "#a",
            "[a",
            "{a",
            "'a",
            "\"a",
            "<<",
            "=",
            "?",
            ",a",
            "...",
            "1_0",
        ] {
            assert_eq!(quote(text, Style::Plain, false), format!("'{}'", text.replace('\'', "''")), "{text}");
        }
        for text in [
            "us-west-2",
            "arn:aws:iam::1:role/r",
            "https://a.b/c?d=e#f",
            "a.py",
            "./src",
            "é ü",
            "a'b",
            "sha256:1f",
            "-",
        ] {
            assert_eq!(quote(text, Style::Plain, false) == text, text != "-", "{text}");
        }
        assert_eq!(quote("a\nb\t\u{7}\u{2028}", Style::Single, false), r#""a\nb\t\x07\u2028""#);
        assert_eq!(quote("a, b", Style::Plain, true), "'a, b'");
        assert_eq!(quote("a", Style::Double, false), "\"a\"");
    }
}
