//! The log of events: a line of JSON for each, appended to the file that `AGENTCORE_EVENTS` names.
//!
//! Owns: the members of a line, which event becomes which line, and the file. Does not own: the events, or who is told that the
//! file cannot be written (`app`).
//!
//! Lines of two runs that share a file do not mix: each is one write at the end of the file. What child processes and agents
//! print is not in it.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Event, ResourceResult};
use crate::clock;
use crate::error::{Error, Result};
use crate::fsx;
use crate::report::{schemas, shapes::DRAFT};

/// The variable that names the file.
pub(crate) const VARIABLE: &str = "AGENTCORE_EVENTS";

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LoggedEvent {
    CommandStarted,
    PhaseStarted,
    PhaseFinished,
    /// The command ended while the phase was running.
    PhaseFailed,
    Resource,
    Warning,
    CommandFinished,
}

impl LoggedEvent {
    pub(crate) const ALL: &[Self] = &[
        Self::CommandStarted,
        Self::PhaseStarted,
        Self::PhaseFinished,
        Self::PhaseFailed,
        Self::Resource,
        Self::Warning,
        Self::CommandFinished,
    ];
}

/// A line. Every line has every member; what does not apply is `null`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventRecord<'a> {
    schema: &'static str,
    time: String,
    run: &'a str,
    command: &'a str,
    event: LoggedEvent,
    phase: Option<&'a str>,
    resource: Option<&'a str>,
    name: Option<&'a str>,
    outcome: Option<&'a str>,
    duration_ms: Option<u64>,
    digest: Option<&'a str>,
    version: Option<&'a str>,
    error_code: Option<&'a str>,
    exit_code: Option<u8>,
    message: Option<&'a str>,
}

/// The members: name, JSON type (`?` where it may be `null`), meaning. `docs/events.md` has the same table, and a test compares it
/// with what is written.
pub(crate) const MEMBERS: &[(&str, &str, &str)] = &[
    ("schema", "string", "name and version of this shape: `agentcore.event/1`"),
    ("time", "string", "when it was written: ISO 8601, UTC, milliseconds"),
    ("run", "string", "the same in all lines of one run of the program, different in every other run"),
    ("command", "string", "the command, such as `launch` or `identity token`"),
    ("event", "string", "what the line is about, see below"),
    ("phase", "string?", "of a phase: `push`, `wait`, `smoke test`"),
    ("resource", "string?", "of a resource: its kind, as in plans"),
    ("name", "string?", "of a resource: its name"),
    (
        "outcome",
        "string?",
        "`created`, `updated`, `unchanged`, `deleted`, `kept`, `done` or `failed`; of a command `done`, `pending` or `failed`",
    ),
    ("durationMs", "integer?", "how long the phase, the resource or the command took"),
    ("digest", "string?", "the digest of an image, `sha256:…`"),
    ("version", "string?", "the version of the runtime"),
    ("errorCode", "string?", "the code of the error, as in the JSON document"),
    ("exitCode", "integer?", "of a command: its exit status"),
    ("message", "string?", "of a phase, a warning or a failure: the text that stderr has"),
];

/// The JSON Schema of a line. Later versions may add members.
pub(crate) fn json_schema() -> Value {
    let property = |(name, kind, meaning): &(&str, &str, &str)| {
        let kinds = match kind.strip_suffix('?') {
            Some(kind) => json!([kind, "null"]),
            None => json!(kind),
        };
        let mut property = json!({ "type": kinds, "description": meaning });
        match *name {
            "schema" => property["const"] = schemas::EVENT.into(),
            "event" => property["enum"] = json!(LoggedEvent::ALL),
            _ => {}
        }
        ((*name).to_owned(), property)
    };
    let names: Vec<&str> = MEMBERS.iter().map(|(name, ..)| *name).collect();
    json!({
        "$schema": DRAFT,
        "title": schemas::EVENT,
        "description": format!("A line of the file that {VARIABLE} names"),
        "type": "object",
        "required": names,
        "properties": MEMBERS.iter().map(property).collect::<Map<_, _>>(),
    })
}

/// How a command ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct CommandEnd<'a> {
    pub(crate) exit_code: u8,
    pub(crate) is_pending: bool,
    pub(crate) error: Option<&'a Error>,
    pub(crate) digest: Option<&'a str>,
    pub(crate) version: Option<&'a str>,
}

/// The file, open for as long as the command runs.
#[derive(Debug)]
pub(crate) struct EventLog {
    state: Mutex<LogState>,
    run: String,
    command: String,
    begun: Instant,
}

#[derive(Debug)]
struct LogState {
    file: File,
    /// Phases that have begun and not ended.
    running: Vec<(&'static str, Instant)>,
}

impl EventLog {
    /// Opens the file, which is made where it is missing. `root` is the folder whose links may come with a checkout.
    ///
    /// # Errors
    /// It cannot be opened, or a link of the checkout leads elsewhere.
    pub(crate) fn open(root: &Path, path: &Path, command: String) -> Result<Self> {
        fsx::check_output(root, path)?;
        let file = fsx::open_to_append(path);
        let file =
            file.map_err(|error| Error::failed(format!("could not open `{}`", path.display())).source(&error))?;
        let run = uuid::Uuid::new_v4().simple().to_string();
        let state = Mutex::new(LogState { file, running: Vec::new() });
        Ok(Self { state, run, command, begun: Instant::now() })
    }

    fn record(&self, event: LoggedEvent) -> EventRecord<'_> {
        EventRecord {
            schema: schemas::EVENT,
            time: clock::iso8601(clock::now()),
            run: &self.run,
            command: &self.command,
            event,
            phase: None,
            resource: None,
            name: None,
            outcome: None,
            duration_ms: None,
            digest: None,
            version: None,
            error_code: None,
            exit_code: None,
            message: None,
        }
    }

    /// # Errors
    /// The file cannot be written.
    pub(crate) fn command_started(&self) -> Result<()> {
        write(&mut self.lock(), &self.record(LoggedEvent::CommandStarted))
    }

    /// Writes the line of an event, where it has one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn event(&self, event: &Event) -> Result<()> {
        let mut state = self.lock();
        match event {
            Event::Started { step, title } => {
                state.running.retain(|(running, _)| running != step);
                state.running.push((*step, Instant::now()));
                let record = self.record(LoggedEvent::PhaseStarted);
                write(&mut state, &EventRecord { phase: Some(*step), message: Some(title), ..record })
            }
            Event::Finished { step, outcome, text } => {
                let at = state.running.iter().position(|(running, _)| running == step);
                let begun = at.map(|at| state.running.remove(at).1);
                let record = EventRecord {
                    phase: Some(*step),
                    outcome: Some(outcome.as_str()),
                    duration_ms: begun.map(|begun| millis(begun.elapsed())),
                    digest: digest_in(text),
                    message: Some(text.as_str()).filter(|text| !text.is_empty()),
                    ..self.record(LoggedEvent::PhaseFinished)
                };
                write(&mut state, &record)
            }
            Event::Resource(result) => self.resource(&mut state, result),
            Event::Warning(text) => {
                let record = self.record(LoggedEvent::Warning);
                write(&mut state, &EventRecord { message: Some(text), ..record })
            }
            // Of a phase that has its lines, of what others print, or for people.
            Event::Detail { .. }
            | Event::Bytes { .. }
            | Event::Count { .. }
            | Event::Output { .. }
            | Event::Log { .. }
            | Event::Resume(_)
            | Event::Note(_) => Ok(()),
        }
    }

    fn resource(&self, state: &mut LogState, result: &ResourceResult) -> Result<()> {
        let ResourceResult { kind, name, version, outcome, took } = result;
        let record = EventRecord {
            resource: Some(*kind),
            name: Some(name),
            outcome: Some(outcome.as_ref().map_or("failed", |outcome| outcome.as_str())),
            duration_ms: Some(millis(*took)),
            digest: digest_in(name),
            version: version.as_deref(),
            error_code: outcome.as_ref().err().map(String::as_str),
            ..self.record(LoggedEvent::Resource)
        };
        write(state, &record)
    }

    /// The last line, and before it one for each phase that the end has cut off.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn command_finished(&self, end: &CommandEnd<'_>) -> Result<()> {
        let mut state = self.lock();
        let code = end.error.map(Error::code_str);
        for (phase, begun) in std::mem::take(&mut state.running) {
            let is_failed = end.error.is_some();
            let record = EventRecord {
                phase: Some(phase),
                outcome: Some(if is_failed { "failed" } else { "done" }),
                duration_ms: Some(millis(begun.elapsed())),
                error_code: code,
                ..self.record(if is_failed { LoggedEvent::PhaseFailed } else { LoggedEvent::PhaseFinished })
            };
            write(&mut state, &record)?;
        }
        let outcome = match end {
            CommandEnd { is_pending: true, error: None, .. } => "pending",
            CommandEnd { exit_code: 0, error: None, .. } => "done",
            _ => "failed",
        };
        let record = EventRecord {
            outcome: Some(outcome),
            duration_ms: Some(millis(self.begun.elapsed())),
            digest: end.digest,
            version: end.version,
            error_code: code,
            exit_code: Some(end.exit_code),
            message: end.error.map(Error::message),
            ..self.record(LoggedEvent::CommandFinished)
        };
        write(&mut state, &record)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One write, so that another run's line stands before or after it and never within.
fn write(state: &mut LogState, record: &EventRecord<'_>) -> Result<()> {
    let failed =
        |error: &(dyn std::error::Error + 'static)| Error::failed("could not write the log of events").source(error);
    let mut line = serde_json::to_vec(record).map_err(|error| failed(&error))?;
    line.push(b'\n');
    state.file.write_all(&line).map_err(|error| failed(&error))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The first whole digest in a text, such as that of an image's name.
pub(crate) fn digest_in(text: &str) -> Option<&str> {
    const PREFIX: &str = "sha256:";
    text.match_indices(PREFIX).find_map(|(at, _)| {
        let digest = text.get(at..at + PREFIX.len() + 64)?;
        digest[PREFIX.len()..].bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digest)
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use serde_json::{Value, json};

    use super::*;
    use crate::error::Code;
    use crate::events::Outcome;

    fn lines(path: &Path) -> Vec<Value> {
        std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Every member is there, of a type that the table says.
    fn check(line: &Value) {
        let line = line.as_object().unwrap();
        let names: Vec<&str> = line.keys().map(String::as_str).collect();
        assert_eq!(names, MEMBERS.iter().map(|(name, _, _)| *name).collect::<Vec<_>>());
        for (name, kind, _) in MEMBERS {
            let value = &line[*name];
            let fits = match kind.trim_end_matches('?') {
                "string" => value.is_string(),
                "integer" => value.is_u64(),
                other => panic!("{other}"),
            };
            assert!(fits || (kind.ends_with('?') && value.is_null()), "{name}: {value}");
        }
    }

    #[test]
    fn every_line_has_the_documented_members() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events");
        let log = EventLog::open(dir.path(), &path, "launch".to_owned()).unwrap();
        let digest = format!("sha256:{}", "a".repeat(64));
        log.command_started().unwrap();
        let outcome = Outcome::Created;
        for event in [
            Event::Started { step: "push", title: "push the image".to_owned() },
            Event::Finished { step: "push", outcome, text: digest.clone() },
            Event::Resource(ResourceResult {
                kind: "runtime",
                name: "a".to_owned(),
                version: Some("3".to_owned()),
                outcome: Ok(Outcome::Updated),
                took: Duration::from_millis(7),
            }),
            Event::Resource(ResourceResult {
                kind: "role",
                name: "r".to_owned(),
                version: None,
                outcome: Err("AccessDenied".to_owned()),
                took: Duration::ZERO,
            }),
            Event::Warning("w".to_owned()),
            Event::Note("n".to_owned()),
            Event::Started { step: "wait", title: "wait".to_owned() },
        ] {
            log.event(&event).unwrap();
        }
        let error = Error::failed("no").code(Code::SmokeFailed);
        log.command_finished(&CommandEnd { exit_code: 1, error: Some(&error), ..CommandEnd::default() }).unwrap();
        let lines = lines(&path);
        lines.iter().for_each(check);
        let kinds: Vec<Value> = lines.iter().map(|line| line["event"].clone()).collect();
        assert_eq!(kinds.len(), 9, "a note has no line: {kinds:?}");
        for kind in LoggedEvent::ALL {
            assert!(kinds.contains(&json!(kind)), "{kind:?}");
        }
        assert_eq!((&lines[2]["digest"], &lines[2]["outcome"]), (&json!(digest), &json!("created")));
        assert_eq!((&lines[3]["version"], &lines[3]["durationMs"]), (&json!("3"), &json!(7)));
        assert_eq!((&lines[4]["errorCode"], &lines[4]["outcome"]), (&json!("AccessDenied"), &json!("failed")));
        assert_eq!((&lines[7]["phase"], &lines[7]["errorCode"]), (&json!("wait"), &json!("smoke.failed")));
        assert_eq!((&lines[8]["exitCode"], &lines[8]["message"]), (&json!(1), &json!("no")));
        assert!(lines.iter().all(|line| line["run"] == lines[0]["run"] && line["schema"] == "agentcore.event/1"));
    }

    #[test]
    fn the_document_has_the_table_of_members() {
        let mut table = String::new();
        for (name, kind, meaning) in MEMBERS {
            let _ = writeln!(table, "| `{name}` | {kind} | {meaning} |");
        }
        let text = include_str!("../../docs/events.md");
        assert!(text.contains(&table), "docs/events.md lacks:\n{table}");
        for kind in LoggedEvent::ALL {
            let word = json!(kind);
            assert!(text.contains(&format!("| `{}` |", word.as_str().unwrap())), "docs/events.md lacks {word}");
        }
    }

    #[test]
    fn whole_digests_are_found_in_names() {
        let digest = format!("sha256:{}", "0f".repeat(32));
        assert_eq!(digest_in(&format!("host/name@{digest} (3 MB)")), Some(digest.as_str()));
        assert_eq!(digest_in("sha256:abc"), None);
        assert_eq!(digest_in(&format!("sha256:é{}", "0".repeat(70))), None);
    }

    #[cfg(unix)]
    #[test]
    fn no_link_of_a_checkout_is_followed() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/null", dir.path().join("events")).unwrap();
        assert!(EventLog::open(dir.path(), &dir.path().join("events"), String::new()).is_err());
    }
}
