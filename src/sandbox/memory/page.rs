//! Pages of listings. The token is the key of the last row of the page before, and says of which operation it is.

use serde_json::{Value, json};

use crate::sandbox::control::check::invalid;
use crate::sandbox::reply::Fault;

/// The key that the request's token stands for.
///
/// # Errors
/// ValidationException for a token of something else.
pub(super) fn token(input: &Value, operation: &str) -> Result<Option<String>, Fault> {
    let Some(token) = input.get("nextToken").and_then(Value::as_str) else { return Ok(None) };
    let text = hex::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let key = text.as_deref().and_then(|text| text.strip_prefix(operation)?.strip_prefix('\n'));
    key.map(|key| Some(key.to_owned())).ok_or_else(|| invalid("The nextToken is not one of this operation"))
}

/// The most rows of a page; `default` where the request does not say.
pub(super) fn limit(input: &Value, default: usize) -> usize {
    let limit = input.get("maxResults").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    limit.unwrap_or(default)
}

/// The token for what comes after a key.
pub(super) fn make(operation: &str, key: &str) -> String {
    hex::encode(format!("{operation}\n{key}"))
}

/// The rows after a key, of rows that are sorted by their keys.
pub(super) fn cut(
    rows: Vec<(String, Value)>,
    after: Option<&str>,
    limit: usize,
    (member, operation): (&str, &str),
) -> Value {
    let mut rest = rows.into_iter().filter(|(key, _)| after.is_none_or(|after| key.as_str() > after)).peekable();
    let (mut page, mut last) = (Vec::new(), String::new());
    while page.len() < limit
        && let Some((key, row)) = rest.next()
    {
        page.push(row);
        last = key;
    }
    let mut out = json!({ member: page });
    if rest.peek().is_some() {
        out["nextToken"] = json!(make(operation, &last));
    }
    out
}
