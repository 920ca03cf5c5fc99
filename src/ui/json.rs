//! The one JSON document of a run: `{schema, ok, data}` or `{schema, ok, error}`.
//!
//! Owns: the envelope. Does not own: the data, which each report makes.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::style::is_deceptive;
use crate::error::Error;
use crate::report::Report;

pub(super) fn report(report: &dyn Report) -> String {
    line(&json!({ "schema": report.schema(), "ok": true, "data": report.data() }))
}

pub(super) fn error(schema: &str, error: &Error) -> String {
    line(&json!({
        "schema": schema,
        "ok": false,
        "error": {
            "code": error.code_str(),
            "message": error.message(),
            "causes": error.causes(),
            "hints": error.hints(),
            "requestId": error.request_id_str(),
            "retryable": error.is_retryable(),
        },
    }))
}

/// The document, with escapes for what a terminal would obey when it is printed there, and for what a CI system would take
/// for a command. Both only stand in strings, where an escape means the same.
pub(super) fn line(value: &Value) -> String {
    let text = without_marks(value.to_string());
    if !text.contains(is_deceptive) {
        return text + "\n";
    }
    let mut out = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        if is_deceptive(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out + "\n"
}

fn without_marks(text: String) -> String {
    ["##[", "##vso["].iter().fold(text, |text, mark| {
        if text.contains(mark) { text.replace(mark, &format!("\\u0023{}", &mark[1..])) } else { text }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn terminal_controls_are_escaped_without_changing_the_value() {
        let evil = "a\u{1b}[2J\u{9b}31m\u{85}\u{7f}\u{202e}\u{2066}\u{200f}\u{61c}z ##vso[x]## ##[y] 날씨 é";
        let value = json!({ "text": evil });
        let text = line(&value);
        assert!(!text.trim_end().contains(is_deceptive) && !text.contains("##vso[") && !text.contains("##["), "{text}");
        assert!(text.contains("\\u009b31m\\u0085\\u007f\\u202e") && text.contains("날씨 é"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn the_envelope_of_a_failure() {
        let value = Error::not_found("no agent `x`").code(Code::ConfigUnknownAgent).cause("a\nb").hint("h");
        let text = error("agentcore.status/1", &value);
        assert_eq!(text.matches('\n').count(), 1);
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            json!({"schema": "agentcore.status/1", "ok": false, "error": {"code": "config.unknown-agent",
                "message": "no agent `x`", "causes": ["a\nb"], "hints": ["h"], "requestId": null, "retryable": false}})
        );
    }
}
