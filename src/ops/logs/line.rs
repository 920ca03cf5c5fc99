//! What one log event says: its level, the session and request that it belongs to, and the message as people read it.
//!
//! Agents print plain text, lines of JSON (the SDK's own logger does), and records of OpenTelemetry. Members of JSON are known by
//! the names that loggers commonly give them; what is not known stays beside the message.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::clock::iso8601;
use crate::cloud::LogEvent;

/// How bad it is, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    pub(crate) const ALL: [Self; 4] = [Self::Error, Self::Warn, Self::Info, Self::Debug];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// By the name that a logger gives it.
    fn named(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "trace" | "debug" => Some(Self::Debug),
            "info" | "notice" => Some(Self::Info),
            "warn" | "warning" => Some(Self::Warn),
            "error" | "err" | "critical" | "fatal" | "alert" | "panic" | "emergency" => Some(Self::Error),
            _ => None,
        }
    }

    /// By the number of OpenTelemetry, where 1 to 4 are four grades of trace, and so on.
    fn of_severity(number: u64) -> Self {
        match number {
            0..=8 => Self::Debug,
            9..=12 => Self::Info,
            13..=16 => Self::Warn,
            _ => Self::Error,
        }
    }
}

/// One event, read.
#[derive(Clone, Debug)]
pub(crate) struct LogLine {
    pub(crate) event: LogEvent,
    /// Its own, or that of the line that it continues.
    pub(crate) level: Option<Level>,
    pub(crate) session: Option<String>,
    pub(crate) request: Option<String>,
    /// As people read it; may have several lines.
    pub(crate) message: String,
    /// What else a line of JSON says.
    pub(crate) members: Vec<(String, String)>,
}

const LEVEL_NAMES: &[&str] = &["level", "severityText", "levelname", "severity", "log_level", "logLevel"];
const MESSAGE_NAMES: &[&str] = &["message", "msg", "event", "body"];
const SESSION_NAMES: &[&str] = &["sessionId", "session_id", "session.id"];
const REQUEST_NAMES: &[&str] = &["requestId", "request_id"];
const STACK_NAMES: &[&str] = &["stackTrace", "stack_trace", "stack", "traceback", "exc_info", "exception.stacktrace"];
/// Said by the event itself, or of no use to people.
const SILENT_NAMES: &[&str] = &[
    "timestamp",
    "@timestamp",
    "time",
    "ts",
    "asctime",
    "timeUnixNano",
    "observedTimeUnixNano",
    "severityNumber",
    "flags",
    "droppedAttributesCount",
    "resource",
    "scope",
];
/// Columns in which the level of a line of text is looked for, and how many words of them.
const LEVEL_COLUMNS: usize = 80;
const LEVEL_WORDS: usize = 8;

impl LogLine {
    pub(crate) fn read(event: LogEvent) -> Self {
        let text = event.message.trim_end_matches(['\n', '\r']).to_owned();
        let session = session_of_stream(&event.stream).map(str::to_owned);
        let line = Self { event, level: None, session, request: None, message: text, members: Vec::new() };
        match line.message.starts_with('{').then(|| serde_json::from_str::<Map<String, Value>>(&line.message)) {
            Some(Ok(object)) => line.with_members(&object),
            _ => Self { level: level_of_text(&line.message), ..line },
        }
    }

    fn with_members(mut self, object: &Map<String, Value>) -> Self {
        let attributes = object.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default();
        let all = || object.iter().chain(attributes.iter()).filter(|(name, _)| *name != "attributes");
        let find = |names: &[&str]| names.iter().find_map(|name| all().find(|(other, _)| *other == name));
        let text = |found: Option<(&String, &Value)>| found.and_then(|(_, value)| value.as_str()).map(str::to_owned);
        let severity = || object.get("severityNumber").and_then(Value::as_u64).map(Level::of_severity);
        self.level = find(LEVEL_NAMES).and_then(|(_, value)| level_of_value(value)).or_else(severity);
        self.session = text(find(SESSION_NAMES)).filter(|id| !id.is_empty()).or(self.session);
        self.request = text(find(REQUEST_NAMES)).filter(|id| !id.is_empty());
        let Some((named, said)) = find(MESSAGE_NAMES).map(|(name, value)| (name.clone(), readable(value))) else {
            return self;
        };
        let known = |name: &str| {
            [LEVEL_NAMES, SESSION_NAMES, REQUEST_NAMES, STACK_NAMES, SILENT_NAMES]
                .iter()
                .any(|names| names.contains(&name))
        };
        let beside = all().filter(|(name, value)| **name != named && !known(name) && !value.is_null());
        self.members = beside.map(|(name, value)| (name.clone(), readable(value))).collect();
        self.message = said.trim_end().to_owned();
        if let Some((_, stack)) = find(STACK_NAMES) {
            let frames: String = match stack {
                Value::Array(frames) => {
                    frames.iter().map(readable).map(|one| one.trim_end().to_owned() + "\n").collect()
                }
                other => readable(other),
            };
            if !frames.trim().is_empty() {
                self.message = format!("{}\n{}", self.message, frames.trim_end());
            }
        }
        self
    }

    /// Whether it goes on with what the line before it in its stream said: a frame of a stack, most likely.
    pub(super) fn is_continuation(&self) -> bool {
        self.level.is_none() && self.message.starts_with([' ', '\t'])
    }

    /// The members of an event in JSON; the message stays as it was logged.
    pub(crate) fn data(&self) -> Value {
        json!({
            "timestamp": time_text(self.event.time),
            "ingestedAt": time_text(self.event.ingested),
            "level": self.level.map(Level::as_str),
            "session": self.session,
            "request": self.request,
            "message": self.event.message,
            "stream": self.event.stream,
            "id": self.event.id,
        })
    }
}

/// Milliseconds since 1970 as ISO 8601.
pub(crate) fn time_text(millis: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).map(iso8601).unwrap_or_default()
}

/// `2026/11/30/[runtime-logs]SESSION`
fn session_of_stream(stream: &str) -> Option<&str> {
    let (_, id) = stream.split_once("[runtime-logs]")?;
    crate::session::check(id).is_ok().then_some(id)
}

/// A text as it is, everything else as JSON.
fn readable(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn level_of_value(value: &Value) -> Option<Level> {
    match value {
        Value::String(word) => Level::named(word.trim()),
        // Pino and Bunyan count in tens.
        Value::Number(number) => match number.as_u64()? {
            0..=20 => Some(Level::Debug),
            21..=30 => Some(Level::Info),
            31..=40 => Some(Level::Warn),
            _ => Some(Level::Error),
        },
        _ => None,
    }
}

/// The level of a line of text: a word in capitals near its beginning (`INFO:`, `[ERROR]`, `2026-11-30 12:00:00 WARNING x`),
/// `level=info`, `error:` at its beginning, or the first or last line of a Python traceback.
fn level_of_text(text: &str) -> Option<Level> {
    let first = text.lines().next().unwrap_or_default();
    if first.starts_with("Traceback (most recent call last)") || is_exception(first) {
        return Some(Level::Error);
    }
    if first.starts_with([' ', '\t']) {
        return None;
    }
    if let Some((word, _)) = first.split_once(':')
        && word.len() <= 8
        && let Some(level) = Level::named(word.trim())
    {
        return Some(level);
    }
    let head = &first[..first.floor_char_boundary(LEVEL_COLUMNS)];
    let words = head
        .split(|c: char| c.is_whitespace() || "[]():|,".contains(c))
        .filter(|word| word.contains(|c: char| c.is_ascii_alphabetic()));
    words.take(LEVEL_WORDS).find_map(|word| {
        let is_capital = word.bytes().all(|byte| byte.is_ascii_uppercase());
        if is_capital { Level::named(word) } else { Level::named(word.strip_prefix("level=")?.trim_matches('"')) }
    })
}

/// `KeyError: 'x'`, `botocore.exceptions.ClientError: …`
fn is_exception(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or_default();
    let is_name =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let ends = ["Error", "Exception"].iter().any(|end| name.ends_with(end) && name.len() > end.len());
    ends && name.split('.').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stream: &str, message: &str) -> LogLine {
        LogLine::read(LogEvent { stream: stream.to_owned(), message: message.to_owned(), ..LogEvent::default() })
    }

    #[test]
    fn levels_are_found_where_loggers_write_them() {
        use Level::{Debug, Error, Info, Warn};
        for (text, level) in [
            ("INFO:     127.0.0.1 - \"POST /invocations\" 200", Some(Info)),
            ("WARNING:root:low", Some(Warn)),
            ("[ERROR] x", Some(Error)),
            ("2026-11-30 12:00:00,123 - agent - DEBUG - x", Some(Debug)),
            ("time=1 level=warning msg=x", Some(Warn)),
            ("error: no such file", Some(Error)),
            ("Traceback (most recent call last):", Some(Error)),
            ("botocore.exceptions.ClientError: denied", Some(Error)),
            ("  File \"a.py\", line 1", None),
            ("an information about an ERRORS table", None),
            ("plain", None),
            (r#"{"levelname": "CRITICAL", "message": "x"}"#, Some(Error)),
            (r#"{"level": 30, "msg": "x"}"#, Some(Info)),
            (r#"{"severityNumber": 17, "body": "x"}"#, Some(Error)),
            (r#"{"severityText": "WARN", "severityNumber": 9, "body": "x"}"#, Some(Warn)),
        ] {
            assert_eq!(read("s", text).level, level, "{text}");
        }
    }

    #[test]
    fn json_lines_are_read_message_first() {
        let id = "9b2f0c1e-5d3a-4c7b-8e6f-0a1b2c3d4e5f";
        let line = read(
            "s",
            &json!({ "timestamp": "t", "level": "ERROR", "message": "it broke", "logger": "app", "requestId": "r-1", "sessionId": id,
                     "stackTrace": ["Traceback:\n", "  File\n"], "n": 3 })
            .to_string(),
        );
        assert_eq!(line.message, "it broke\nTraceback:\n  File");
        assert_eq!((line.session.as_deref(), line.request.as_deref()), (Some(id), Some("r-1")));
        assert_eq!(line.members, [("logger".to_owned(), "app".to_owned()), ("n".to_owned(), "3".to_owned())]);
        let record =
            json!({ "resource": {}, "body": { "a": 1 }, "attributes": { "session.id": id, "event.name": "x" } });
        let line = read("otel-rt-logs", &record.to_string());
        assert_eq!((line.message.as_str(), line.session.as_deref()), (r#"{"a":1}"#, Some(id)));
        assert_eq!(line.members, [("event.name".to_owned(), "x".to_owned())]);
        assert_eq!(read("s", r#"{"a": 1}"#).message, r#"{"a": 1}"#, "without a message it stays as it is");
    }

    #[test]
    fn stream_names_the_session_of_its_lines() {
        let id = "9b2f0c1e-5d3a-4c7b-8e6f-0a1b2c3d4e5f";
        assert_eq!(read(&format!("2026/11/30/[runtime-logs]{id}"), "x").session.as_deref(), Some(id));
        assert_eq!(read("otel-rt-logs", "x").session, None);
    }
}
