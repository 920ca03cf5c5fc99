//! What the steps of a query find among events.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use super::FoundEvent;
use super::expression::{Aggregate, Cell, Expression, Row};
use super::parse::Step;

/// The field that names a row's event. It is shown with rows that are events.
const POINTER: &str = "@ptr";

/// The rows of the result, each a list of `{field, value}`. Without a `sort` the newest come first.
///
/// # Errors
/// What is wrong with the query, found with the values of a row.
pub(super) fn run(steps: &[Step], events: Vec<FoundEvent>, account: &str) -> Result<Vec<Value>, String> {
    let mut events = events;
    events.sort_by(|a, b| {
        let key = |found: &FoundEvent| (found.event.timestamp, found.number);
        key(b).cmp(&key(a)).then_with(|| a.stream.cmp(&b.stream))
    });
    let mut rows: Vec<Row> = events.iter().map(|found| row_of(found, account)).collect();
    let mut shown = Shown::default();
    for step in steps {
        match step {
            Step::Fields(columns) | Step::Display(columns) => {
                if matches!(step, Step::Display(_)) {
                    shown.columns.clear();
                    shown.parsed.clear();
                }
                for row in &mut rows {
                    add(row, columns)?;
                }
                shown.columns.extend(columns.iter().map(|(name, _)| name.clone()));
                shown.is_chosen = true;
            }
            Step::Filter(condition) => {
                let mut kept = Vec::with_capacity(rows.len());
                for row in rows {
                    if condition.holds(&row)? {
                        kept.push(row);
                    }
                }
                rows = kept;
            }
            Step::Parse { from, pieces, names } => {
                for row in &mut rows {
                    let text = from.value(row)?.map(|cell| cell.text());
                    let found = text.and_then(|text| parsed(&text, pieces));
                    for (name, value) in names.iter().zip(found.into_iter().flatten()) {
                        row.insert(name.clone(), Cell::Text(value));
                    }
                }
                shown.parsed.extend(names.iter().cloned());
            }
            Step::Stats { values, by } => {
                rows = grouped(&rows, values, by)?;
                let names = by.iter().map(|(name, _)| name).chain(values.iter().map(|(name, _)| name));
                shown =
                    Shown { columns: names.cloned().collect(), is_chosen: true, is_stats: true, ..Shown::default() };
            }
            Step::Sort(keys) => sort(&mut rows, keys)?,
            Step::Limit(limit) => rows.truncate(*limit),
        }
    }
    Ok(rows.iter().map(|row| shown.row(row)).collect())
}

/// The fields of the result.
#[derive(Default)]
struct Shown {
    columns: Vec<String>,
    /// Those of `parse`, which are shown too.
    parsed: Vec<String>,
    is_chosen: bool,
    is_stats: bool,
}

impl Shown {
    fn row(&self, row: &Row) -> Value {
        let mut names: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        if !self.is_chosen {
            names.extend(["@timestamp", "@message"]);
        }
        names.extend(self.parsed.iter().map(String::as_str));
        if !self.is_stats {
            names.push(POINTER);
        }
        let mut seen = BTreeSet::new();
        let fields = names.into_iter().filter(|name| seen.insert(*name)).filter_map(|name| {
            let cell = row.get(name)?;
            Some(json!({ "field": name, "value": cell.text() }))
        });
        fields.collect()
    }
}

/// The values of all columns are those before the step.
fn add(row: &mut Row, columns: &[(String, Expression)]) -> Result<(), String> {
    let mut values = Vec::new();
    for (name, expression) in columns {
        values.push((name, expression.value(row)?));
    }
    for (name, value) in values {
        if let Some(value) = value {
            row.insert(name.clone(), value);
        }
    }
    Ok(())
}

fn row_of(found: &FoundEvent, account: &str) -> Row {
    let FoundEvent { group, stream, number, event } = found;
    let mut row = Row::new();
    if let Ok(json @ Value::Object(_)) = serde_json::from_str::<Value>(&event.message) {
        flatten(&json, String::new(), &mut row);
    }
    let pointer = STANDARD.encode(format!("{group} {stream} {number}"));
    for (name, value) in [
        ("@timestamp", time_text(event.timestamp)),
        ("@ingestionTime", time_text(event.ingestion)),
        ("@message", event.message.clone()),
        ("@logStream", stream.to_string()),
        ("@log", format!("{account}:{group}")),
        (POINTER, pointer),
    ] {
        row.insert(name.to_owned(), Cell::Text(value));
    }
    row
}

/// Members by their paths with dots, items by their numbers. What is null is not there.
fn flatten(json: &Value, path: String, row: &mut Row) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let text = match json {
        Value::Object(members) => {
            return members.iter().for_each(|(name, value)| flatten(value, below(name), row));
        }
        Value::Array(items) => {
            return items.iter().enumerate().for_each(|(at, value)| flatten(value, below(&at.to_string()), row));
        }
        Value::Null => return,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    row.insert(path, Cell::Text(text));
}

/// `2026-01-31 10:20:30.123`
fn time_text(millis: i64) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:3]");
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok();
    time.and_then(|time| time.format(&format).ok()).unwrap_or_default()
}

/// What stands at the places of the `*`; a last one takes all that is left.
fn parsed(text: &str, pieces: &[String]) -> Option<Vec<String>> {
    let (first, others) = pieces.split_first()?;
    let mut rest = &text[text.find(first.as_str())? + first.len()..];
    let mut found = Vec::new();
    for (place, piece) in others.iter().enumerate() {
        let is_last = place + 1 == others.len();
        let end = if piece.is_empty() && is_last { rest.len() } else { rest.find(piece.as_str())? };
        found.push(rest[..end].to_owned());
        rest = &rest[end + piece.len()..];
    }
    Some(found)
}

fn grouped(rows: &[Row], values: &[(String, Aggregate)], by: &[(String, Expression)]) -> Result<Vec<Row>, String> {
    let mut groups: BTreeMap<Vec<Option<String>>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let mut key = Vec::new();
        for (_, expression) in by {
            key.push(expression.value(row)?.map(|cell| cell.text()));
        }
        groups.entry(key).or_default().push(row);
    }
    let mut found = Vec::new();
    for (key, members) in groups {
        let mut row = Row::new();
        for ((name, _), value) in by.iter().zip(key) {
            row.extend(value.map(|value| (name.clone(), Cell::Text(value))));
        }
        for (name, aggregate) in values {
            row.extend(aggregate.value(&members)?.map(|value| (name.clone(), value)));
        }
        found.push(row);
    }
    Ok(found)
}

/// Rows without the value come last.
fn sort(rows: &mut Vec<Row>, keys: &[(Expression, bool)]) -> Result<(), String> {
    let mut keyed = Vec::with_capacity(rows.len());
    for row in std::mem::take(rows) {
        let mut values = Vec::new();
        for (expression, _) in keys {
            values.push(expression.value(&row)?);
        }
        keyed.push((values, row));
    }
    keyed.sort_by(|(a, _), (b, _)| {
        let orders = a.iter().zip(b).zip(keys).map(|((a, b), (_, is_down))| match (a, b) {
            (Some(a), Some(b)) if *is_down => b.order(a),
            (Some(a), Some(b)) => a.order(b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    rows.extend(keyed.into_iter().map(|(_, row)| row));
    Ok(())
}
