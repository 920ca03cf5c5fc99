//! Filters on the metadata of events and records.

use std::cmp::Ordering;

use serde_json::Value;

use super::data_rules as rules;
use crate::sandbox::control::check::Violations;
use crate::sandbox::control::constraints::compare;

/// Operators that compare nothing.
const UNARY: [&str; 2] = ["EXISTS", "NOT_EXISTS"];

/// Checks a list of filter expressions.
pub(super) fn check(check: &mut Violations, path: &str, list: Option<&Value>, of_events: bool) {
    let table = if of_events { rules::EVENT_FILTER } else { rules::RECORD_FILTER };
    for (path, item) in check.list(path, list, 1, 5) {
        let prefix = format!("{path}.");
        compare(check, &prefix, item, table);
        let operator = item.get("operator").and_then(Value::as_str).unwrap_or_default();
        let has_right = item.pointer("/right/metadataValue").is_some_and(|value| !value.is_null());
        if !operator.is_empty() && UNARY.contains(&operator) == has_right {
            let what = if has_right { "absent" } else { "present" };
            check.require(&format!("{prefix}right"), &format!("{what} with the operator {operator}"), false);
        }
    }
}

/// Whether metadata fit all expressions of a checked list.
pub(super) fn fits(list: Option<&Value>, metadata: Option<&Value>) -> bool {
    let mut all = list.and_then(Value::as_array).into_iter().flatten();
    all.all(|expression| {
        let key = expression.pointer("/left/metadataKey").and_then(Value::as_str).unwrap_or_default();
        let own = metadata.and_then(|metadata| metadata.get(key)).filter(|value| !value.is_null());
        let wanted = expression.pointer("/right/metadataValue");
        let operator = expression.get("operator").and_then(Value::as_str).unwrap_or_default();
        match (operator, own, wanted) {
            ("EXISTS", own, _) => own.is_some(),
            ("NOT_EXISTS", own, _) => own.is_none(),
            (operator, Some(own), Some(wanted)) => holds(operator, own, wanted),
            _ => false,
        }
    })
}

fn holds(operator: &str, own: &Value, wanted: &Value) -> bool {
    let order = |member: &str| own.get(member)?.as_f64()?.partial_cmp(&wanted.get(member)?.as_f64()?);
    let (number, time) = (order("numberValue"), order("dateTimeValue"));
    match operator {
        "EQUALS_TO" => number.or(time).map_or_else(|| own == wanted, Ordering::is_eq),
        "BEFORE" => time.is_some_and(Ordering::is_lt),
        "AFTER" => time.is_some_and(Ordering::is_gt),
        "GREATER_THAN" => number.is_some_and(Ordering::is_gt),
        "GREATER_THAN_OR_EQUALS" => number.is_some_and(Ordering::is_ge),
        "LESS_THAN" => number.is_some_and(Ordering::is_lt),
        "LESS_THAN_OR_EQUALS" => number.is_some_and(Ordering::is_le),
        "CONTAINS" => contains(own, wanted),
        _ => false,
    }
}

/// Every wanted text is one of a list, or is in the text.
fn contains(own: &Value, wanted: &Value) -> bool {
    let text = |value: &Value| value.get("stringValue").and_then(Value::as_str).map(str::to_owned);
    let list = |value: &Value| value.get("stringListValue").and_then(Value::as_array).cloned();
    let needles = list(wanted).unwrap_or_else(|| text(wanted).map(Value::String).into_iter().collect());
    !needles.is_empty()
        && needles.iter().all(|needle| match (list(own), text(own), needle.as_str()) {
            (Some(own), _, _) => own.contains(needle),
            (None, Some(own), Some(needle)) => own.contains(needle),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(operator: &str, key: &str, right: &Value) -> Value {
        json!([{ "left": { "metadataKey": key }, "operator": operator, "right": { "metadataValue": right } }])
    }

    #[test]
    fn every_operator_holds_for_its_own_kind() {
        let metadata = json!({ "s": { "stringValue": "north sea" }, "n": { "numberValue": 5 },
            "t": { "dateTimeValue": 100.5 }, "l": { "stringListValue": ["a", "b"] } });
        let fits = |operator: &str, key: &str, right: Value| fits(Some(&one(operator, key, &right)), Some(&metadata));
        let number = |value: f64| json!({ "numberValue": value });
        let time = |value: f64| json!({ "dateTimeValue": value });
        let text = |value: &str| json!({ "stringValue": value });
        assert!(fits("EQUALS_TO", "s", text("north sea")) && !fits("EQUALS_TO", "s", text("north")));
        assert!(fits("EQUALS_TO", "n", number(5.0)) && !fits("EQUALS_TO", "missing", number(5.0)));
        assert!(
            fits("CONTAINS", "s", text("sea")) && fits("CONTAINS", "l", text("a")) && !fits("CONTAINS", "l", text("c"))
        );
        assert!(fits("CONTAINS", "l", json!({ "stringListValue": ["b", "a"] })));
        assert!(fits("GREATER_THAN", "n", number(4.0)) && !fits("GREATER_THAN", "n", number(5.0)));
        assert!(fits("GREATER_THAN_OR_EQUALS", "n", number(5.0)) && fits("LESS_THAN_OR_EQUALS", "n", number(5.0)));
        assert!(fits("LESS_THAN", "n", number(6.0)) && !fits("LESS_THAN", "s", number(6.0)));
        assert!(
            fits("BEFORE", "t", time(101.0)) && fits("AFTER", "t", time(100.0)) && !fits("AFTER", "n", number(1.0))
        );
        assert!(fits("EXISTS", "s", Value::Null) && !fits("EXISTS", "x", Value::Null));
        assert!(fits("NOT_EXISTS", "x", Value::Null) && !fits("NOT_EXISTS", "s", Value::Null));
    }

    #[test]
    fn all_expressions_must_hold() {
        let mut both = one("EXISTS", "a", &Value::Null);
        both.as_array_mut().unwrap().push(one("EXISTS", "b", &Value::Null)[0].clone());
        assert!(!fits(Some(&both), Some(&json!({ "a": { "stringValue": "1" } }))));
        assert!(fits(Some(&both), Some(&json!({ "a": { "stringValue": "1" }, "b": { "stringValue": "" } }))));
        assert!(!fits(Some(&both), None) && fits(None, None));
    }

    #[test]
    fn comparison_needs_a_value_and_existence_none() {
        let refused = |list: &Value, of_events: bool| {
            let mut found = Violations::default();
            check(&mut found, "f", Some(list), of_events);
            found.finish().is_err()
        };
        let bare = json!([{ "left": { "metadataKey": "k" }, "operator": "EXISTS" }]);
        assert!(!refused(&bare, true));
        assert!(refused(&one("EXISTS", "k", &json!({ "stringValue": "v" })), true));
        assert!(refused(&json!([{ "left": { "metadataKey": "k" }, "operator": "EQUALS_TO" }]), true));
        assert!(refused(&one("GREATER_THAN", "k", &json!({ "numberValue": 1 })), true), "not for events");
        assert!(!refused(&one("GREATER_THAN", "k", &json!({ "numberValue": 1 })), false));
        assert!(refused(&json!([]), true) && refused(&json!([{}]), false));
    }
}
