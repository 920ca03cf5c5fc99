//! What is written about the program beside it: completion scripts, and every command and flag that the documents name.

use std::collections::BTreeSet;

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
        let made = world.agentcore(&["completions", shell]).run().code(0).stdout_text();
        let kept = std::fs::read_to_string(repository().join("completions").join(file)).unwrap();
        assert!(made == kept, "completions/{file} is old: `cargo run -- completions {shell} > completions/{file}`");
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
            flags.extend(words(&help(&[verb, inner]), "--"));
        }
    }
    // Flags of other programs that the documents show, and hidden ones that are recognised.
    flags.extend(
        [
            "--locked",
            "--path",
            "--password-stdin",
            "--tls-verify",
            "--local",
            "--create",
            "--mount",
            "--noEmit",
            "--provenance",
            "--sbom",
            "--ignore-scripts",
            "--only",
            "--quick",
            "--extra-index-url",
            "--global",
            "--package-lock-only",
        ]
        .map(str::to_owned),
    );
    let mut documents: Vec<_> =
        std::fs::read_dir(repository().join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
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
