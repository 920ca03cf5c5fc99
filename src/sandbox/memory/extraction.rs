//! Long-term records from what was said: a stand-in, and no model.
//!
//! The service has a model read a conversation and write down facts, preferences or summaries, about a minute later. Here
//! the words themselves are kept: of what users say each text that is no question is a record of each strategy for facts or
//! preferences, and everything that is said in a session is one record of each strategy for summaries or episodes. A new
//! record is found about a second later: a search for what has just been said must not find just that.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::{StoredMemory, Strategy};
use super::namespace;
use super::store::{Change, Journal, StoredRecord};
use crate::sandbox::control::check::{Violations, matches};
use crate::sandbox::random;

/// Characters of a record. Source: the service model.
const LONGEST: usize = 16_000;
const DAY: i64 = 86_400_000;

/// Something that was said in a session.
pub(super) struct Said<'a> {
    pub(super) actor: &'a str,
    pub(super) session: &'a str,
    /// A checked list of payload items.
    pub(super) payload: &'a Value,
    pub(super) timestamp: &'a Value,
    /// `extractionConfig.namespaceVariables`.
    pub(super) variables: Option<&'a Value>,
    /// Milliseconds since 1970, and from now until a new record can be found.
    pub(super) now: i64,
    pub(super) delay: i64,
}

/// What a strategy makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Making {
    /// A record for each text of a user.
    Texts,
    /// A record of the whole session.
    Session,
    /// None: the caller's own pipeline would write them.
    Nothing,
}

fn making(strategy: &Strategy) -> Making {
    let own = strategy.settings.get("configuration").and_then(|it| it.get("type")).and_then(Value::as_str);
    match (strategy.kind.as_str(), own) {
        (_, Some("SELF_MANAGED")) => Making::Nothing,
        ("SUMMARIZATION" | "EPISODIC", _) | (_, Some("SUMMARY_OVERRIDE" | "EPISODIC_OVERRIDE")) => Making::Session,
        _ => Making::Texts,
    }
}

/// Role and text of each item that is extracted. Blobs are not.
fn texts(payload: &Value) -> Vec<(&'static str, String)> {
    let item = |item: &Value| {
        if let Some(said) = item.get("conversational") {
            let text = said.pointer("/content/text").and_then(Value::as_str)?;
            return Some((role(said), plain(text)));
        }
        Some(("USER", item.pointer("/json/content")?.to_string()))
    };
    let items = payload.as_array().into_iter().flatten().filter_map(item);
    items.filter(|(_, text)| !text.trim().is_empty()).collect()
}

fn role(said: &Value) -> &'static str {
    let role = said.get("role").and_then(Value::as_str);
    ["ASSISTANT", "USER", "TOOL"].into_iter().find(|known| Some(*known) == role).unwrap_or("OTHER")
}

/// What was said in a message that a framework wrapped in JSON: its members named `text`. Any other text as it is.
fn plain(text: &str) -> String {
    fn collect(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(text) if name == "text" => found.push(text.clone()),
                        inner => collect(inner, found),
                    }
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
        collect(&value, &mut found);
        // Of such a message nothing was said when it has no text (a call of a tool).
        if found.is_empty() && value.get("message").is_some() {
            return String::new();
        }
    }
    if found.is_empty() { text.to_owned() } else { found.join("\n") }
}

/// The end of a text that is too long for a record.
fn fitted(text: &str) -> String {
    let length = text.chars().count();
    text.chars().skip(length.saturating_sub(LONGEST)).collect()
}

/// The records that this makes, or changes.
pub(super) fn records(memory: &StoredMemory, journal: &Journal, said: &Said<'_>) -> Vec<Change> {
    let now = said.now;
    let texts = texts(said.payload);
    let mut out = Vec::new();
    for strategy in memory.strategies(now).filter(|strategy| strategy.status(now) == "ACTIVE") {
        let Some(place) = place(strategy, said) else { continue };
        match making(strategy) {
            Making::Nothing => {}
            Making::Session => out.extend(of_session(strategy, journal, (said, &place), &texts)),
            Making::Texts => {
                for (_, text) in texts.iter().filter(|(role, text)| *role == "USER" && !is_question(text)) {
                    let text = fitted(text);
                    let known = |record: &StoredRecord| {
                        record.strategy == strategy.id
                            && record.namespace.as_deref() == Some(place.as_str())
                            && record.text == text
                    };
                    let is_new = !journal.living(now).any(known)
                        && !out.iter().any(|change| matches!(change, Change::Record(record) if known(record)));
                    if is_new {
                        out.push(Change::Record(record(strategy, &place, text, said)));
                    }
                }
            }
        }
    }
    out
}

fn place(strategy: &Strategy, said: &Said<'_>) -> Option<String> {
    let mut values: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, value) in said.variables.and_then(Value::as_object).into_iter().flatten() {
        values.insert(name, value.as_str().unwrap_or_default());
    }
    values.extend([("actorId", said.actor), ("sessionId", said.session), ("memoryStrategyId", &strategy.id)]);
    namespace::fill(strategy.namespaces.first()?, &values)
}

/// A question states nothing, and would be the best answer to itself.
fn is_question(text: &str) -> bool {
    text.trim_end().ends_with('?')
}

fn record(strategy: &Strategy, place: &str, text: String, said: &Said<'_>) -> StoredRecord {
    let now = said.now;
    let days = strategy.settings.get("recordExpiryDurationDays").and_then(Value::as_i64);
    StoredRecord {
        id: new_id(),
        text,
        strategy: strategy.id.clone(),
        namespace: Some(place.to_owned()),
        metadata: None,
        created: now,
        visible: now + said.delay,
        timestamp: said.timestamp.clone(),
        expires: days.map(|days| expiry(now, days)),
        session: None,
    }
}

/// So many days later.
pub(super) fn expiry(now: i64, days: i64) -> i64 {
    now.saturating_add(days.saturating_mul(DAY))
}

pub(super) fn new_id() -> String {
    format!("mem-{}", random::uuid())
}

/// The record of a session, with these lines at its end.
fn of_session(
    strategy: &Strategy,
    journal: &Journal,
    (said, place): (&Said<'_>, &str),
    texts: &[(&str, String)],
) -> Option<Change> {
    let mut lines: Vec<String> = texts.iter().map(|(role, text)| format!("{role}: {text}")).collect();
    if lines.is_empty() {
        return None;
    }
    let session = format!("{}\n{}", said.actor, said.session);
    let old = journal.living(said.now).find(|record| {
        record.strategy == strategy.id
            && record.session.as_deref() == Some(session.as_str())
            && record.namespace.as_deref() == Some(place)
    });
    if let Some(old) = old {
        lines.insert(0, old.text.clone());
    }
    let text = fitted(&lines.join("\n"));
    let new = record(strategy, place, text, said);
    let record = match old {
        Some(old) => StoredRecord { id: old.id.clone(), created: old.created, visible: old.visible, ..new },
        None => new,
    };
    Some(Change::Record(StoredRecord { session: Some(session), ..record }))
}

/// Checks the variables of a request against those that the memory defines.
pub(super) fn check_variables(check: &mut Violations, memory: &StoredMemory, input: &Value) {
    let keys = memory.setting("namespaceKeys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let given = input.pointer("/extractionConfig/namespaceVariables").and_then(Value::as_object);
    for (name, value) in given.into_iter().flatten() {
        let path = format!("extractionConfig.namespaceVariables.{name}");
        let Some(key) = keys.iter().find(|key| key["key"] == name.as_str()) else {
            check.require(&path, "one of the memory's namespaceKeys", false);
            continue;
        };
        let allowed = key.pointer("/validation/allowedValues").and_then(Value::as_array);
        check.require(&path, "one of the allowed values", allowed.is_none_or(|allowed| allowed.contains(value)));
        let pattern = key.pointer("/validation/regexPattern").and_then(Value::as_str);
        let fits = pattern.is_none_or(|pattern| matches(pattern, value.as_str().unwrap_or_default()));
        check.require(&path, "one that the key's regexPattern matches", fits);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn memory(strategies: &[(&str, &str, Value)]) -> StoredMemory {
        let strategy = |(index, (kind, place, settings)): (usize, &(&str, &str, Value))| {
            json!({ "id": format!("S{index}-0123456789"), "name": format!("S{index}"), "kind": kind,
                "namespaces": [place], "settings": settings, "created": 0, "updated": 0, "active_at": 0 })
        };
        let strategies: Vec<Value> = strategies.iter().enumerate().map(strategy).collect();
        serde_json::from_value(json!({ "id": "m-0123456789", "arn": "arn", "name": "m", "settings": {}, "created": 0,
            "strategies": strategies, "updated": 0, "active_at": 0, "changed": false }))
        .unwrap()
    }

    fn say(memory: &StoredMemory, journal: &mut Journal, said: &[(&str, &str)]) {
        let item =
            |(role, text): &(&str, &str)| json!({ "conversational": { "role": role, "content": { "text": text } } });
        let payload = json!(said.iter().map(item).collect::<Vec<_>>());
        let timestamp = json!(5);
        let said = Said {
            actor: "ann",
            session: "s1",
            payload: &payload,
            timestamp: &timestamp,
            variables: None,
            now: 10,
            delay: 0,
        };
        for change in records(memory, journal, &said) {
            if let Change::Record(record) = change {
                journal.records.insert(record.id.clone(), record);
            }
        }
    }

    fn kept(journal: &Journal) -> Vec<(Option<&str>, &str)> {
        let mut all: Vec<_> = journal.living(10).map(|it| (it.namespace.as_deref(), it.text.as_str())).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn users_texts_are_kept_once_per_strategy() {
        let memory = memory(&[
            ("SEMANTIC", "/facts/{actorId}/", json!({})),
            ("USER_PREFERENCE", "/likes/{memoryStrategyId}/", json!({})),
        ]);
        let mut journal = Journal::default();
        for _ in 0..2 {
            say(
                &memory,
                &mut journal,
                &[("USER", "I like tea"), ("ASSISTANT", "Noted"), ("USER", "What do I like?"), ("USER", "I like tea")],
            );
        }
        let expected = [(Some("/facts/ann/"), "I like tea"), (Some("/likes/S1-0123456789/"), "I like tea")];
        assert_eq!(kept(&journal), expected);
        let id = &journal.records.values().next().unwrap().id;
        assert!(id.len() == 40 && id.starts_with("mem-"), "{id}");
    }

    #[test]
    fn session_is_one_record_of_a_summary() {
        let memory = memory(&[("SUMMARIZATION", "/sum/{sessionId}/", json!({}))]);
        let mut journal = Journal::default();
        say(&memory, &mut journal, &[("USER", "Hello"), ("ASSISTANT", "Hi")]);
        say(&memory, &mut journal, &[("USER", "Bye")]);
        assert_eq!(kept(&journal), [(Some("/sum/s1/"), "USER: Hello\nASSISTANT: Hi\nUSER: Bye")]);
        say(&memory, &mut journal, &[("USER", &"x".repeat(20_000))]);
        assert_eq!(kept(&journal)[0].1.len(), LONGEST);
    }

    #[test]
    fn wrapped_messages_are_unwrapped() {
        let message = json!({ "message": { "role": "user", "content": [{ "text": "I like tea" }] }, "message_id": 3 });
        assert_eq!(plain(&message.to_string()), "I like tea");
        let call = json!({ "message": { "role": "assistant", "content": [{ "toolUse": { "name": "t" } }] } });
        assert_eq!(plain(&call.to_string()), "");
        for other in ["I like tea", "{\"a\": 1}", "[1, 2]", "{ broken", "5"] {
            assert_eq!(plain(other), other);
        }
    }

    #[test]
    fn nothing_is_made_without_strategy_or_place() {
        let self_managed = json!({ "configuration": { "type": "SELF_MANAGED" } });
        let memory = memory(&[("CUSTOM", "/a/", self_managed), ("SEMANTIC", "/{tenant}/", json!({}))]);
        let mut journal = Journal::default();
        say(&memory, &mut journal, &[("USER", "I like tea")]);
        assert!(kept(&journal).is_empty());
    }
}
