//! What holds for every run of any test: the commands that are shown as the next ones exist, and a schema name stands for
//! one shape of JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::Value;

use super::Run;

/// Puts the commands of hints, notes and next steps through the parser. `--help` at the end keeps them from being carried
/// out, and everything before it is read all the same.
#[track_caller]
pub(super) fn check_commands(run: &Run) {
    static GOOD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    for command in commands(run) {
        let command = command.trim_end_matches([' ', '\\']).to_owned();
        if GOOD.lock().unwrap_or_else(PoisonError::into_inner).contains(&command) {
            continue;
        }
        let words = words(&command);
        let output = Command::new(env!("CARGO_BIN_EXE_agentcore"))
            .args(words.iter().skip(1).take_while(|word| !["--", "|", "&&", "#", ""].contains(&word.as_str())))
            .arg("--help")
            .env_clear()
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "`{command}` is advised and cannot be run: {said}\n{run}");
        GOOD.lock().unwrap_or_else(PoisonError::into_inner).insert(command);
    }
}

/// Commands in backticks on stderr, and lines of stdout that are one, as next steps are. An agent's answer is neither.
fn commands(run: &Run) -> Vec<String> {
    if ["help", "--version"].iter().any(|word| run.argv.contains(word)) {
        // Examples with ellipses in them, and a name with a number.
        return Vec::new();
    }
    let mut found: Vec<String> = Vec::new();
    let stderr = run.stderr_text();
    for part in stderr.split('`').skip(1).step_by(2).filter(|part| part.starts_with("agentcore ")) {
        found.push(part.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    if !run.argv.starts_with("invoke") {
        let text = run.stdout_text();
        found.extend(text.lines().map(str::trim).filter(|line| line.starts_with("agentcore ")).map(str::to_owned));
    }
    // The parser's own summary of a command has brackets in it.
    found.retain(|command| !command.contains(['[', '<']) && command != "agentcore help");
    found
}

/// Words as a POSIX shell splits them, as far as quoting with `'` and `"` goes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quote, mut chars) = (vec![String::new()], None, line.chars());
    while let Some(c) = chars.next() {
        match (c, quote) {
            (' ', None) => words.push(String::new()),
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('\\', None) => words.last_mut().unwrap().extend(chars.next()),
            (c, _) => words.last_mut().unwrap().push(c),
        }
    }
    words
}

/// One schema name, one set of members of `data`, whatever command and whichever test it comes from: those that
/// `agentcore schema output` names. Types are checked by `tests/outside/test_schemas.py`.
#[track_caller]
pub(super) fn check_shape(document: &Value, run: &Run) {
    keep(document);
    let (Some(schema), Some(data)) = (document["schema"].as_str(), document["data"].as_object()) else { return };
    let members: BTreeSet<&str> = data.keys().map(String::as_str).collect();
    let Some(known) = published().get(schema) else { panic!("`schema output` has no `{schema}`\n{run}") };
    let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
    assert_eq!(known, members, "left: `{schema}` in src/report/shapes/table/, right: what was printed\n{run}");
}

/// The members of `data` by schema name.
fn published() -> &'static BTreeMap<String, BTreeSet<String>> {
    static PUBLISHED: OnceLock<BTreeMap<String, BTreeSet<String>>> = OnceLock::new();
    PUBLISHED.get_or_init(|| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_agentcore")).args(["schema", "output"]).env_clear().output().unwrap();
        let all: Value = serde_json::from_slice(&output.stdout).unwrap();
        let definitions = all["$defs"].as_object().unwrap().values();
        let of = |definition: &Value| {
            let data = definition["oneOf"][0]["properties"]["data"]["properties"].as_object()?;
            Some((definition["title"].as_str()?.to_owned(), data.keys().cloned().collect()))
        };
        definitions.filter_map(of).collect()
    })
}

/// Puts the document where `tests/outside/test_schemas.py` looks for it, in a run that asks for that.
fn keep(document: &Value) {
    static LINES: Mutex<()> = Mutex::new(());
    let Some(folder) = super::host_var("AGENTCORE_KEEP_DOCUMENTS") else { return };
    let _one_at_a_time = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    let path = std::path::Path::new(&folder).join(format!("{}.ndjson", std::process::id()));
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    writeln!(file, "{document}").unwrap();
}
