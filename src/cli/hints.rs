//! The commands and flags that the program's own texts advise, all parsed by the real parser. What a run prints is
//! checked as well, in every test, by `tests/it/support/promises.rs`.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap::error::ErrorKind;

use super::{Cli, expand};

/// Flags of other programs that hints name.
const FOREIGN: &[&str] = &[
    "--build-option",
    "--certificate-identity",
    "--extra-index-url",
    "--follow",
    "--frozen",
    "--group-add",
    "--ignore-scripts",
    "--load",
    "--lockfile-only",
    "--mount",
    "--no-deps",
    "--only-binary",
    "--package-lock-only",
    "--platform",
    "--prefer-binary",
    "--privileged",
    "--profile",
    "--provenance",
    "--query",
    "--sbom",
    "--secret",
    "--since",
    "--user",
    "--with",
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.file_stem().is_some_and(|stem| stem.to_string_lossy().contains("test") || stem == "hints")
            && !path.components().any(|part| part.as_os_str() == "tests")
        {
            out.push(path);
        }
    }
}

/// The program's own code without comments and tests, with strings that go on in the next line put together.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("\n#[cfg(test)]").next().unwrap_or_default();
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n").replace("\\\n", "")
}

/// A format string with its placeholders filled in: empty where flags are appended to a word, else a number.
fn filled(text: &str) -> String {
    let text = text.replace("\\\"", "\"").replace("{{", "\u{1}").replace("}}", "\u{2}");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((_, after)) = after.split_once('}') else { break };
        if out.ends_with("--") {
            out.push_str("extra");
        } else if out.ends_with([' ', '\'', '=', '@', ',']) {
            out.push('5');
        }
        rest = after;
    }
    out.push_str(rest);
    out.replace('\u{1}', "{").replace('\u{2}', "}")
}

fn split_words(line: &str) -> Vec<OsString> {
    let (mut words, mut quote) = (vec![String::new()], None);
    for c in line.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match (c, quote) {
            (' ', None) => words.push(String::new()),
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (c, _) => words.last_mut().unwrap().push(c),
        }
    }
    words.into_iter().map(OsString::from).collect()
}

#[test]
fn every_command_that_is_advised_can_be_typed() {
    let command = Cli::command();
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let (mut tried, mut wrong) = (0, Vec::new());
    for path in files {
        let text = code(&path);
        for part in text.split('`').filter(|part| part.starts_with("agentcore ") && !part.contains('\n')) {
            let line = filled(part);
            let line = line.split(" | ").next().unwrap().split(" && ").next().unwrap();
            tried += 1;
            if let Err(error) = command.clone().try_get_matches_from(expand(&command, split_words(line)))
                && !matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion)
            {
                let why = error.to_string().lines().next().unwrap_or_default().to_owned();
                wrong.push(format!("{}: `{line}`: {why}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "advised and not accepted:\n{}", wrong.join("\n"));
    assert!(tried > 50, "{tried} commands were found");
}

#[test]
fn every_flag_that_is_advised_exists() {
    let mut known: BTreeSet<String> = FOREIGN.iter().map(|flag| (*flag).to_owned()).collect();
    let mut commands = vec![Cli::command()];
    while let Some(command) = commands.pop() {
        for argument in command.get_arguments() {
            let aliases = argument.get_all_aliases().unwrap_or_default();
            known.extend(argument.get_long().into_iter().chain(aliases).map(|name| format!("--{name}")));
        }
        commands.extend(command.get_subcommands().cloned());
    }
    known.extend(["--help", "--version"].map(str::to_owned));
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut wrong = Vec::new();
    for path in files {
        for part in code(&path).split('`').skip(1).filter(|part| part.starts_with("--") && !part.contains('\n')) {
            let flag = part.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap_or_default();
            if flag.len() > 3 && !known.contains(flag) {
                wrong.push(format!("{}: `{part}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "advised and not there:\n{}", wrong.join("\n"));
}
