//! The one JSON document of a run: `{schema, ok, data}` or `{schema, ok, error}`.
//!
//! Owns: the envelope. Does not own: the data, which each report makes.

use serde_json::{Value, json};

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
        },
    }))
}

fn line(value: &Value) -> String {
    format!("{value}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_of_a_failure() {
        let value = Error::not_found("no agent `x`").code("config.no-agent").cause("a\nb").hint("h");
        let text = error("agentcore.status/1", &value);
        assert_eq!(text.matches('\n').count(), 1);
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            json!({"schema": "agentcore.status/1", "ok": false, "error": {"code": "config.no-agent",
                "message": "no agent `x`", "causes": ["a\nb"], "hints": ["h"], "requestId": null}})
        );
    }
}
