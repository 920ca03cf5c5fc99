//! What the examples tell people to type, run as it is printed, against a sandbox.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{Sandbox, World, lacked, packages_available, python, repository};

/// The exit status of each call of the program in an example's block, in their order.
const BY_HAND: &[(&str, &[i32])] = &[
    ("inbound-auth", &[0, 0, 0, 0, 3, 0, 0, 0, 0]),
    ("mcp-server", &[0, 0, 0, 3, 0, 0, 0, 0]),
    ("team-identity", &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0]),
];

/// Blocks that nothing here can run.
const NOT_RUN: &[(&str, &str)] = &[
    ("outbound-api-key", "it asks a paid model; run.sh has the same steps with a stand-in"),
    ("typescript", "run.sh has the same steps, and a test of its own runs it"),
];

#[test]
fn every_example_is_run_or_says_why_not() {
    let mut found: Vec<String> = std::fs::read_dir(repository().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    found.sort();
    let mut known: Vec<&str> =
        BY_HAND.iter().map(|(name, _)| *name).chain(NOT_RUN.iter().map(|(name, _)| *name)).collect();
    known.sort_unstable();
    assert_eq!(found, known);
}

#[test]
fn the_steps_by_hand_of_the_examples_work_as_printed() {
    if python().is_none() || !packages_available() {
        return;
    }
    if !std::path::Path::new("/bin/bash").exists() {
        lacked("bash", "there is no /bin/bash");
        return;
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    for (example, statuses) in BY_HAND {
        let folder = repository().join("examples").join(example);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = format!("examples/{example}/{}", path.file_name().unwrap().to_string_lossy());
                sandbox.write(&name, &std::fs::read_to_string(&path).unwrap());
            }
        }
        let (log, told) = run_block(&sandbox, example, &by_hand(example));
        let ended: Vec<i32> = log.iter().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
        assert_eq!(ended, *statuses, "{example}:\n{}\n{told}", log.join("\n"));
    }
}

/// The block below "The steps, by hand".
fn by_hand(example: &str) -> String {
    let text = std::fs::read_to_string(repository().join("examples").join(example).join("README.md")).unwrap();
    let (_, rest) =
        text.split_once("## The steps, by hand").unwrap_or_else(|| panic!("{example} has no steps by hand"));
    let block = rest.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    // A step that is only in the text is not in the log either.
    assert!(block.matches("\nagentcore ").count() >= 5, "{example}: {block}");
    block.to_owned()
}

/// Runs a block in a shell whose `agentcore` notes how each call of it ended; returns the notes and all output.
fn run_block(sandbox: &Sandbox, example: &str, block: &str) -> (Vec<String>, String) {
    let log = sandbox.path(&format!("tmp/{example}.log"));
    let notes = format!(
        "#!/bin/sh\n'{}' \"$@\"\nstatus=$?\necho \"$status $*\" >> '{}'\nexit $status\n",
        env!("CARGO_BIN_EXE_agentcore"),
        log.display()
    );
    sandbox.executable("agentcore", &notes);
    let path = format!("{}:/usr/bin:/bin", sandbox.path("bin").display());
    let mut shell = Command::new("/bin/bash")
        .args(["-c", "exec 2>&1; eval \"$(cat)\""])
        .current_dir(sandbox.project())
        .env_clear()
        .envs(sandbox.vars())
        .env("PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    shell.stdin.take().unwrap().write_all(block.as_bytes()).unwrap();
    let output = shell.wait_with_output().unwrap();
    let log = std::fs::read_to_string(&log).unwrap_or_default();
    (log.lines().map(str::to_owned).collect(), String::from_utf8_lossy(&output.stdout).into_owned())
}
