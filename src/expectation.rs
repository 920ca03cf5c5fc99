//! What the answer to a smoke test must be: an expression in jq's spelling, of the part of jq that conditions need.
//!
//! Paths (`.a.b[0]`, `.["a b"]`, `.a[-1]`), `== != < <= > >=`, `and`, `or`, `not`, `contains(…)`, `startswith(…)`,
//! `endswith(…)`, `length`, `|`, parentheses, and numbers, texts, booleans and null. Anything else is refused when it is read,
//! so that nothing has another meaning here than in jq. Pure.

use std::cmp::Ordering;

use serde_json::{Value, json};

/// Deeper expressions are nobody's.
const DEEPEST: usize = 32;

/// A condition on an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expectation {
    text: String,
    condition: Filter,
}

#[derive(Clone, Debug, PartialEq)]
enum Filter {
    Identity,
    Literal(Value),
    Member(Box<Filter>, String),
    Item(Box<Filter>, i64),
    Compare(Comparison, Box<Filter>, Box<Filter>),
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Pipe(Box<Filter>, Box<Filter>),
    Text(TextTest, Box<Filter>),
    Not,
    Length,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
}

impl Expectation {
    /// # Errors
    /// What cannot be read, and where.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0 };
        let condition = parser.pipe(0)?;
        match parser.tokens.get(parser.at) {
            None => Ok(Self { text: text.to_owned(), condition }),
            Some(token) => Err(format!("`{}` is not expected after what comes before it", token.shown())),
        }
    }

    /// As it was given.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it holds for an answer: all values but false and null count as true.
    ///
    /// # Errors
    /// The answer has not the shape that the expression speaks of.
    pub(crate) fn holds(&self, answer: &Value) -> Result<bool, String> {
        self.condition.value(answer).map(|value| is_true(&value))
    }
}

#[derive(Clone, Debug, PartialEq)]
enum ExpressionToken {
    /// `.name`
    Member(String),
    Word(String),
    Literal(Value),
    Sign(&'static str),
}

impl ExpressionToken {
    fn shown(&self) -> String {
        match self {
            Self::Member(name) => format!(".{name}"),
            Self::Word(word) => word.clone(),
            Self::Literal(value) => value.to_string(),
            Self::Sign(sign) => (*sign).to_owned(),
        }
    }
}

/// Longer ones first.
const SIGNS: &[&str] = &["==", "!=", "<=", ">=", "<", ">", "|", "(", ")", "[", "]", "."];

fn tokens(text: &str) -> Result<Vec<ExpressionToken>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = |text: &str| text.find(|c: char| !is_part(c)).unwrap_or(text.len());
        let taken = if first == '"' {
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            let value = values.next().and_then(Result::ok).ok_or_else(|| format!("the text {rest} has no end"))?;
            let end = values.byte_offset();
            found.push(ExpressionToken::Literal(json!(value)));
            end
        } else if first.is_ascii_digit() || (first == '-' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
            let is_number = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-');
            let end = rest.find(|c: char| !is_number(c)).unwrap_or(rest.len());
            let number: Value =
                serde_json::from_str(&rest[..end]).map_err(|_| format!("`{}` is no number", &rest[..end]))?;
            found.push(ExpressionToken::Literal(number));
            end
        } else if first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            let end = 1 + length(&rest[1..]);
            found.push(ExpressionToken::Member(rest[1..end].to_owned()));
            end
        } else if first.is_ascii_alphabetic() {
            let end = length(rest);
            found.push(match &rest[..end] {
                "true" => ExpressionToken::Literal(json!(true)),
                "false" => ExpressionToken::Literal(json!(false)),
                "null" => ExpressionToken::Literal(Value::Null),
                word => ExpressionToken::Word(word.to_owned()),
            });
            end
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| format!("`{first}` is not part of an expression that can be used here"))?;
            found.push(ExpressionToken::Sign(sign));
            sign.len()
        };
        rest = rest[taken..].trim_start();
    }
    Ok(found)
}

struct Parser {
    tokens: Vec<ExpressionToken>,
    at: usize,
}

impl Parser {
    fn take(&mut self, wanted: &ExpressionToken) -> bool {
        let is_next = self.tokens.get(self.at) == Some(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    fn word(&mut self, word: &str) -> bool {
        self.take(&ExpressionToken::Word(word.to_owned()))
    }

    fn require(&mut self, sign: &'static str) -> Result<(), String> {
        if self.take(&ExpressionToken::Sign(sign)) { Ok(()) } else { Err(format!("`{sign}` is missing")) }
    }

    fn pipe(&mut self, depth: usize) -> Result<Filter, String> {
        if depth > DEEPEST {
            return Err("it is nested too deeply".to_owned());
        }
        let mut left = self.or(depth)?;
        while self.take(&ExpressionToken::Sign("|")) {
            left = Filter::Pipe(left.into(), self.or(depth)?.into());
        }
        Ok(left)
    }

    fn or(&mut self, depth: usize) -> Result<Filter, String> {
        let mut left = self.and(depth)?;
        while self.word("or") {
            left = Filter::Or(left.into(), self.and(depth)?.into());
        }
        Ok(left)
    }

    fn and(&mut self, depth: usize) -> Result<Filter, String> {
        let mut left = self.comparison(depth)?;
        while self.word("and") {
            left = Filter::And(left.into(), self.comparison(depth)?.into());
        }
        Ok(left)
    }

    fn comparison(&mut self, depth: usize) -> Result<Filter, String> {
        let left = self.term(depth)?;
        let signs = [
            ("==", Comparison::Equal),
            ("!=", Comparison::Unequal),
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("<", Comparison::Less),
            (">", Comparison::More),
        ];
        for (sign, comparison) in signs {
            if self.take(&ExpressionToken::Sign(sign)) {
                return Ok(Filter::Compare(comparison, left.into(), self.term(depth)?.into()));
            }
        }
        Ok(left)
    }

    fn term(&mut self, depth: usize) -> Result<Filter, String> {
        let token = self.tokens.get(self.at).cloned().ok_or_else(|| "something is missing at its end".to_owned())?;
        self.at += 1;
        let mut filter = match token {
            ExpressionToken::Literal(value) => Filter::Literal(value),
            ExpressionToken::Member(name) => Filter::Member(Filter::Identity.into(), name),
            ExpressionToken::Sign("(") => {
                let inner = self.pipe(depth + 1)?;
                self.require(")")?;
                inner
            }
            ExpressionToken::Sign(".") => Filter::Identity,
            ExpressionToken::Word(word) => match word.as_str() {
                "not" => Filter::Not,
                "length" => Filter::Length,
                "contains" => self.text_test(TextTest::Contains, depth)?,
                "startswith" => self.text_test(TextTest::StartsWith, depth)?,
                "endswith" => self.text_test(TextTest::EndsWith, depth)?,
                _ => return Err(format!("`{word}` is not one of `and or not contains startswith endswith length`")),
            },
            other => return Err(format!("`{}` is not expected here", other.shown())),
        };
        loop {
            if let Some(ExpressionToken::Member(name)) = self.tokens.get(self.at) {
                filter = Filter::Member(filter.into(), name.clone());
                self.at += 1;
            } else if self.take(&ExpressionToken::Sign("[")) {
                let Some(ExpressionToken::Literal(key)) = self.tokens.get(self.at).cloned() else {
                    return Err("there is a number or a text between `[` and `]`".to_owned());
                };
                self.at += 1;
                self.require("]")?;
                filter = match (key.as_i64(), key.as_str()) {
                    (Some(index), _) => Filter::Item(filter.into(), index),
                    (_, Some(name)) => Filter::Member(filter.into(), name.to_owned()),
                    _ => return Err("there is a number or a text between `[` and `]`".to_owned()),
                };
            } else {
                return Ok(filter);
            }
        }
    }

    fn text_test(&mut self, test: TextTest, depth: usize) -> Result<Filter, String> {
        self.require("(")?;
        let argument = self.pipe(depth + 1)?;
        self.require(")")?;
        Ok(Filter::Text(test, argument.into()))
    }
}

fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

impl Filter {
    fn value(&self, input: &Value) -> Result<Value, String> {
        Ok(match self {
            Self::Identity => input.clone(),
            Self::Literal(value) => value.clone(),
            Self::Member(of, name) => match of.value(input)? {
                Value::Object(mut members) => members.remove(name).unwrap_or(Value::Null),
                Value::Null => Value::Null,
                other => return Err(format!("{} has no member `{name}`", kind(&other))),
            },
            Self::Item(of, index) => match of.value(input)? {
                Value::Array(items) => {
                    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
                    let index = if *index < 0 { length + index } else { *index };
                    usize::try_from(index).ok().and_then(|index| items.get(index).cloned()).unwrap_or(Value::Null)
                }
                Value::Null => Value::Null,
                other => return Err(format!("{} has no item {index}", kind(&other))),
            },
            Self::Compare(comparison, left, right) => {
                json!(compared(*comparison, &left.value(input)?, &right.value(input)?)?)
            }
            Self::And(left, right) => json!(is_true(&left.value(input)?) && is_true(&right.value(input)?)),
            Self::Or(left, right) => json!(is_true(&left.value(input)?) || is_true(&right.value(input)?)),
            Self::Pipe(left, right) => right.value(&left.value(input)?)?,
            Self::Text(test, argument) => {
                let argument = argument.value(input)?;
                json!(match (test, input.as_str(), argument.as_str()) {
                    (TextTest::Contains, ..) => contains(input, &argument)?,
                    (TextTest::StartsWith, Some(text), Some(part)) => text.starts_with(part),
                    (TextTest::EndsWith, Some(text), Some(part)) => text.ends_with(part),
                    _ => return Err(format!("{} is no text", kind(input))),
                })
            }
            Self::Not => json!(!is_true(input)),
            Self::Length => match input {
                Value::Null => json!(0),
                Value::String(text) => json!(text.chars().count()),
                Value::Array(items) => json!(items.len()),
                Value::Object(members) => json!(members.len()),
                other => return Err(format!("{} has no length", kind(other))),
            },
        })
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Numbers by their value: `1` is `1.0`.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| same(left, right)))
        }
        _ => left == right,
    }
}

fn compared(comparison: Comparison, left: &Value, right: &Value) -> Result<bool, String> {
    if let Comparison::Equal | Comparison::Unequal = comparison {
        return Ok(same(left, right) == (comparison == Comparison::Equal));
    }
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64().partial_cmp(&right.as_f64()),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    };
    let order = order.ok_or_else(|| format!("{} and {} have no order", kind(left), kind(right)))?;
    Ok(match comparison {
        Comparison::Less => order == Ordering::Less,
        Comparison::AtMost => order != Ordering::Greater,
        Comparison::More => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

/// As in jq: parts of texts, items of lists that contain each of the others, and members of objects.
fn contains(whole: &Value, part: &Value) -> Result<bool, String> {
    Ok(match (whole, part) {
        (Value::String(whole), Value::String(part)) => whole.contains(part.as_str()),
        (Value::Array(whole), Value::Array(parts)) => {
            parts.iter().all(|part| whole.iter().any(|item| contains(item, part).unwrap_or(false)))
        }
        (Value::Object(whole), Value::Object(parts)) => {
            parts.iter().all(|(key, part)| whole.get(key).is_some_and(|item| contains(item, part).unwrap_or(false)))
        }
        (whole, part) if kind(whole) == kind(part) => same(whole, part),
        (whole, part) => return Err(format!("{} cannot contain {}", kind(whole), kind(part))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_mean_what_they_mean_in_jq() {
        let answer = json!({ "status": "ok", "n": 3, "deep": { "a b": [1, { "x": "hello world" }] }, "no": false });
        for (text, holds) in [
            (r#".status == "ok""#, true),
            (r#".status != "ok""#, false),
            (".n == 3.0 and .n >= 3 and .n < 4", true),
            (r#".deep["a b"][1].x | contains("world")"#, true),
            (r#"(.deep["a b"][-1].x | startswith("hello")) and (.missing == null)"#, true),
            (".no", false),
            (".no | not", true),
            (".no or .n", true),
            (".missing.of.it", false),
            (r#".deep["a b"] | length == 2"#, true),
        ] {
            assert_eq!(Expectation::parse(text).unwrap().holds(&answer), Ok(holds), "{text}");
        }
    }

    #[test]
    fn other_shapes_and_expressions_are_refused() {
        assert!(Expectation::parse(".n.x").unwrap().holds(&json!({ "n": 1 })).is_err());
        assert!(Expectation::parse(". | contains(1)").unwrap().holds(&json!("1")).is_err());
        assert!(Expectation::parse(".n < 2").unwrap().holds(&json!({ "n": "1" })).is_err());
        for bad in ["", ".a ==", ".a = 1", "(.a", ".a[", ".a b", "map(.x)", "\"open", "1x", ".a[true]", ".[]", "é"] {
            assert!(Expectation::parse(bad).is_err(), "{bad}");
        }
        assert!(Expectation::parse(". | contains({})").is_err(), "objects are not written here");
        assert!(Expectation::parse(&"(".repeat(5000)).is_err());
    }
}
