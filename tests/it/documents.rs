//! What is written about the program beside it: completion scripts, and every command and flag that the documents name.

use std::collections::BTreeSet;

use crate::pages::pages;
use crate::support::{World, repository};

#[test]
fn completions_are_those_of_this_binary() {
    let world = World::new();
    for (shell, file) in [
        ("bash", "agentcore.bash"),
        ("zsh", "_agentcore"),
        ("fish", "agentcore.fish"),
        ("powershell", "_agentcore.ps1"),
    ] {
        let made = world.agentcore(&["completions", shell, "--static"]).run().code(0).stdout_text();
        let kept = std::fs::read_to_string(repository().join("completions").join(file)).unwrap();
        assert!(made == kept, "completions/{file} is old: `cargo bless` makes it again");
    }
}

#[test]
fn every_documented_code_is_explained() {
    let world = World::new();
    let text = world.agentcore(&["explain", "config.missing-key"]).run().code(0).stdout_text();
    assert!(text.starts_with("config.missing-key\n") && text.contains("exit status: 2\n"), "{text}");
    let list = world.agentcore(&["explain", "-o", "json"]).run().code(0).stdout_text();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let documented = std::fs::read_to_string(repository().join("docs/errors.md")).unwrap();
    let rows = documented.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(list["data"]["codes"].as_array().unwrap().len(), rows);
    world.agentcore(&["explain", "config.mising-key"]).run().code(5).says("did you mean `config.missing-key`?");
}

/// A document that names a flag or command which does not exist sends people into an error.
#[test]
fn documents_name_only_commands_and_flags_that_exist() {
    let world = World::new();
    let help = |path: &[&str]| world.agentcore(path).args(&["--help"]).run().code(0).stdout_text();
    let mut flags = words(&help(&[]), "--");
    let verbs = subcommands(&help(&[]));
    for verb in verbs.iter().filter(|verb| *verb != "help") {
        let text = help(&[verb]);
        flags.extend(words(&text, "--"));
        for inner in subcommands(&text).iter().filter(|inner| *inner != "help") {
            let text = help(&[verb, inner]);
            flags.extend(words(&text, "--"));
            for last in subcommands(&text).iter().filter(|last| *last != "help") {
                flags.extend(words(&help(&[verb, inner, last]), "--"));
            }
        }
    }
    // Flags of other programs that the documents show, and hidden ones that are recognised.
    flags.extend(
        [
            "--locked",
            "--path",
            "--password-stdin",
            "--tls-verify",
            "--create",
            "--destination",
            "--policy-document",
            "--policy-name",
            "--mount",
            "--noEmit",
            "--provenance",
            "--sbom",
            "--ignore-scripts",
            "--only",
            "--quick",
            "--trace",
            "--extra-index-url",
            "--global",
            "--package-lock-only",
            "--release",
            "--type",
            "--audiences",
            "--compatibility",
            "--repo",
            "--repository",
            "--zig",
            "--impersonate-service-account",
            "--aws-sigv4",
            "--template-file",
            "--stack-name",
            "--capabilities",
            "--parameter-overrides",
            "--jq",
        ]
        .map(str::to_owned),
    );
    // Commands of the toolkit whose place another one takes are not in the list of the help.
    let mut verbs = verbs;
    for group in ["policy", "eval", "import-agent"] {
        world.agentcore(&[group, "--help"]).run().code(0);
        verbs.insert(group.to_owned());
    }
    verbs.extend(toolkit_commands().into_iter().filter_map(|row| Some(row.path.split(' ').next()?.to_owned())));
    let mut documents = pages();
    documents.extend(
        ["README.md", "CHANGELOG.md", "examples/inbound-auth/README.md", "examples/mcp-server/README.md"]
            .map(|name| repository().join(name)),
    );
    let mut unknown = Vec::new();
    for path in documents {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for flag in words(&text, "--").difference(&flags) {
            unknown.push(format!("{name}: {flag}"));
        }
        for verb in text
            .split("agentcore ")
            .skip(1)
            .map(|rest| rest.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).next().unwrap())
        {
            let is_command =
                text.contains(&format!("`agentcore {verb}")) || text.contains(&format!("\nagentcore {verb}"));
            if is_command && !verb.is_empty() && !verb.starts_with('-') && !verbs.contains(verb) {
                unknown.push(format!("{name}: agentcore {verb}"));
            }
        }
    }
    assert!(unknown.is_empty(), "named and not there: {unknown:#?}");
}

/// A row of docs/toolkit-commands.md.
struct ToolkitRow {
    path: String,
    state: String,
    test: String,
    note: String,
}

fn toolkit_commands() -> Vec<ToolkitRow> {
    let text = std::fs::read_to_string(repository().join("docs/toolkit-commands.md")).unwrap();
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| `agentcore ")?.split(" | ").collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default().trim_end_matches(" |").to_owned();
        let plain = |index: usize| cell(index).trim_matches('`').to_owned();
        Some(ToolkitRow { path: plain(0), state: cell(1), test: plain(2), note: cell(3) })
    });
    rows.collect()
}

/// `tests/outside/test_commands.py` compares the rows with the toolkit's own list.
#[test]
fn every_pointer_says_what_to_run() {
    let world = World::new();
    let rows = toolkit_commands();
    assert_eq!(rows.len(), 70, "67 commands, two groups, an alias");
    for row in rows {
        let path: Vec<&str> = row.path.split(' ').collect();
        match row.state.as_str() {
            "works" => drop(world.agentcore(&path).args(&["--help"]).run().code(0)),
            "pointer" => {
                let run = world.agentcore(&path).run().code(2).says(&format!("error: `agentcore {}` is", row.path));
                assert_eq!(run.stdout_text(), "", "{run}");
                let replacement = row.note.split('`').nth(1);
                let start = replacement.map(|start| format!("hint: in place of {}: `{start}", row.path));
                assert!(run.stderr_text().contains(start.as_deref().unwrap_or("hint: ")), "{run}");
                let error = world.agentcore(&path).args(&["-o", "json"]).run().code(2).json();
                assert_eq!(error["error"]["code"], "usage.toolkit-command", "{error}");
            }
            other => panic!("`{}` is `{other}`, which is no state", row.path),
        }
    }
}

#[test]
fn every_row_names_a_test_that_exists() {
    let mut sources = Vec::new();
    let mut folders = vec![repository().join("tests"), repository().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "py") {
                sources.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for row in toolkit_commands() {
        let forms = [format!("fn {}(", row.test), format!("def {}(", row.test)];
        let exists = sources.iter().any(|text| forms.iter().any(|form| text.contains(form)));
        assert!(exists, "`{}` names the test `{}`, which is not there", row.path, row.test);
    }
}

/// Every word of a text that begins like this.
fn words(text: &str, start: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| word.starts_with(start) && word.len() > start.len() + 1 && !word[start.len()..].starts_with('-'))
        .map(|word| word.trim_end_matches('-').to_owned())
        .collect()
}

/// The commands of a help text, aliases included.
fn subcommands(help: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty()) {
        if let Some(name) = line
            .strip_prefix("  ")
            .filter(|rest| !rest.starts_with(' '))
            .and_then(|rest| rest.split_whitespace().next())
        {
            found.insert(name.to_owned());
        }
        if let Some((_, alias)) = line.split_once("[alias: ") {
            found.insert(alias.trim_end_matches(']').to_owned());
        }
    }
    found
}
