//! What the documents and examples tell people to type, run as it is printed, against a sandbox.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Account, Sandbox, World, lacked, packages_available, python, repository};

/// An agent of whichever protocol SPEAKS names, without packages.
const AGENT: &str = include_str!("surfaces/agent.py");

/// A pool, an agent that its client may call, and the source of that agent's token.
const PROTECTED: &str = r#"
agentcore identity setup-cognito --pool-name demo
. ./.agentcore_identity_user.env
agentcore configure -ni -e agent.py -n support -do \
  --discovery-url "$RUNTIME_DISCOVERY_URL" --allowed-client "$RUNTIME_CLIENT_ID"
agentcore launch
"#;

/// The same, but its authorizer expects the client that the documents show.
const ANOTHER_CLIENT: &str = r#"
agentcore identity setup-cognito --pool-name demo
. ./.agentcore_identity_user.env
agentcore configure -ni -e agent.py -n support -do \
  --discovery-url "$RUNTIME_DISCOVERY_URL" --allowed-client $(echo 1)example23456789
agentcore launch
"#;

/// A block of a document in a shell: what has to be there before, and the exit status of each call of the program.
struct Block {
    document: &'static str,
    before: Before,
    ends: &'static [i32],
}

enum Before {
    Shell(&'static str),
    /// Nothing here can run it, and why.
    NotRun(&'static str),
}

const fn run(document: &'static str, before: &'static str, ends: &'static [i32]) -> Block {
    Block { document, before: Before::Shell(before), ends }
}

const fn not_run(document: &'static str, why: &'static str) -> Block {
    Block { document, before: Before::NotRun(why), ends: &[] }
}

/// Of the README's commands that belong together.
const IN_ORDER: &str = "tests/it/readme.rs types them in their order";

/// Every block of commands, in the order of the documents. Those below `docs/providers/` are in `providers`.
const BLOCKS: &[Block] = &[
    not_run("README.md", "it builds the program that runs this"),
    not_run("README.md", "the examples' own test runs the same script"),
    not_run("README.md", "it runs this test"),
    not_run("README.md", IN_ORDER),
    not_run("README.md", IN_ORDER),
    not_run("README.md", IN_ORDER),
    not_run("README.md", IN_ORDER),
    not_run("README.md", IN_ORDER),
    not_run("README.md", IN_ORDER),
    run(
        "docs/artifacts.md",
        r#"
agentcore configure -ni -e agent.py -n shipped -do
agentcore launch
IMAGE=$(agentcore status -o json | sed -E 's/.*"image": *"([^"]*)".*/\1/' | grep @ | head -1)
"#,
        &[0, 0, 0, 0],
    ),
    run("docs/checks.md", "agentcore configure -ni -e agent.py -n support -do", &[0]),
    run("docs/ci-github.md", "", &[0, 0]),
    run("docs/ci-github.md", "agentcore configure -ni -e agent.py -n support -do", &[0]),
    run("docs/ci-gitlab.md", "", &[0, 0]),
    run("docs/ci-gitlab.md", "agentcore configure -ni -e agent.py -n support -do", &[0]),
    run("docs/ci.md", "agentcore configure -ni -e agent.py -n support -do", &[6, 0, 0, 0, 0]),
    run("docs/ci.md", "agentcore configure -ni -e agent.py -n support -do; BRANCH=7", &[0, 0]),
    run("docs/completions.md", "", &[0]),
    not_run("docs/create.md", "`dev` serves until it is stopped; tests/outside/test_create.py does each step"),
    not_run("docs/create.md", "tests/outside/test_create.py follows the same lines of a project's README"),
    not_run("docs/dev.md", "it serves until it is stopped; tests/it/dev.rs calls it"),
    not_run("docs/dev.md", "it serves until it is stopped; tests/it/dev.rs calls it"),
    not_run("docs/dev.md", "it serves until it is stopped; tests/it/dev.rs calls it"),
    run(
        "docs/dockerfiles.md",
        "mkdir -p agents/writer docker; touch agents/writer/main.py; echo 'FROM scratch AS writer' > docker/Dockerfile",
        &[0],
    ),
    run("docs/doctor.md", PROTECTED, &[0, 0]),
    run("docs/environments.md", "agentcore configure -ni -e agent.py -n support -do", &[0, 0, 0]),
    run("docs/environments.md", "agentcore configure -ni -e agent.py -n support -do; N=7", &[0, 0]),
    run("docs/events.md", "agentcore configure -ni -e agent.py -n support -do", &[0]),
    run("docs/exit-codes.md", "agentcore configure -ni -e agent.py -n support -do", &[0]),
    run("docs/exit-codes.md", ANOTHER_CLIENT, &[3]),
    not_run("docs/from-npm-cli.md", "it needs a runtime that somebody else made; tests/it/drift.rs has some"),
    run("docs/gateways.md", "", &[0, 0, 0, 0]),
    run(
        "docs/gateways.md",
        "agentcore identity setup-cognito --auth-flow m2m; agentcore gateway create-mcp-gateway --name tools",
        &[0],
    ),
    run("docs/identity.md", "", &[0, 0, 0]),
    run("docs/identity.md", "agentcore identity setup-cognito --team customersupport", &[0]),
    run(
        "docs/identity.md",
        "echo key > ~/openai-key; export SECRET=secret-of-a-client; agentcore configure -ni -e agent.py -n keys -do",
        &[0, 0, 0],
    ),
    run("docs/inbound-auth.md", ANOTHER_CLIENT, &[0, 3]),
    run("docs/inbound-auth.md", PROTECTED, &[0, 0, 0]),
    run("docs/inbound-auth.md", ANOTHER_CLIENT, &[3]),
    run("docs/invoke.md", "agentcore configure -ni -e agent.py -n support -do; agentcore launch", &[0, 0, 0]),
    run("docs/logs.md", "agentcore configure -ni -e agent.py -n support -do; agentcore launch", &[0, 0, 6]),
    run("docs/memory.md", "agentcore configure -ni -e agent.py -n support -do", &[0, 0, 0]),
    not_run("docs/notebooks.md", "tests/tools/wheel.sh makes the wheel for tests/outside"),
    not_run("docs/notebooks.md", "it opens Jupyter; tests/outside/test_notebooks.py runs the cells without its page"),
    run("docs/permissions.md", "agentcore configure -ni -e agent.py -n support -do", &[0, 0]),
    run("docs/permissions.md", "agentcore configure -ni -e agent.py -n support -do", &[0, 0]),
    run("docs/permissions.md", "agentcore configure -ni -e agent.py -n support -do", &[0, 0]),
    run("docs/permissions.md", "agentcore configure -ni -e agent.py -n support -do", &[0]),
    run("docs/sandbox.md", "agentcore configure -ni -e agent.py -n support -do", &[0]),
    run("docs/sandbox.md", "agentcore configure -ni -e agent.py -n support -do", &[0, 0, 0, 0, 0, 0]),
    run("docs/sandbox.md", PROTECTED, &[3]),
    run("docs/sandbox.md", "agentcore configure -ni -e agent.py -n support -do", &[0]),
    run("docs/sandbox.md", "agentcore configure -ni -e agent.py -n support -do", &[0]),
    not_run("docs/sandbox.md", "tests/outside runs it, with a container engine"),
    run("docs/sandbox.md", "agentcore configure -ni -e agent.py -n support -do", &[0, 0, 0, 0]),
    run("docs/schemas.md", "", &[0]),
    run("docs/shell.md", "agentcore configure -ni -e agent.py -n support -do; agentcore launch", &[0]),
    not_run("docs/shell.md", "it needs a terminal, which tests/outside/test_shell.py has"),
    run("docs/shell.md", "agentcore configure -ni -e agent.py -n support -do", &[0]),
    run("docs/tokens.md", PROTECTED, &[0, 0]),
    run("docs/tour.md", PROTECTED, &[0, 0, 0, 0]),
    run(
        "docs/tour.md",
        r#"
agentcore identity setup-cognito --pool-name demo
. ./.agentcore_identity_user.env
guard="--discovery-url $RUNTIME_DISCOVERY_URL --allowed-client $RUNTIME_CLIENT_ID"
agentcore configure -ni -e agent.py -n tools -do --protocol MCP $guard
agentcore launch -a tools --env SPEAKS=MCP
agentcore configure -ni -e agent.py -n chat -do $guard
agentcore launch -a chat
"#,
        &[0, 0, 0],
    ),
    run(
        "docs/tour.md",
        "echo key-of-a-weather-service > ~/weather-key; agentcore configure -ni -e agent.py -n forecast -do",
        &[0, 0],
    ),
    run("docs/variables.md", "agentcore configure -ni -e agent.py -n support -do", &[0, 0]),
    run(
        "docs/versions.md",
        "agentcore configure -ni -e agent.py -n released -do; agentcore launch",
        &[0, 0, 0, 0, 0, 0],
    ),
    run("docs/vpc.md", "agentcore configure -ni -e agent.py -n support -do", &[0, 6, 0]),
];

/// What a document shows as an example of a value, and the value that it has here.
const EXAMPLES: &[(&str, &str)] = &[
    (
        "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_abc/.well-known/openid-configuration",
        "$RUNTIME_DISCOVERY_URL",
    ),
    ("1example23456789", "$RUNTIME_CLIENT_ID"),
    ("--discovery-url URL", "--discovery-url https://idp.example/.well-known/openid-configuration"),
    ("--image URI[:TAG][@DIGEST]", "--image $IMAGE"),
];

#[test]
fn every_block_of_commands_works_as_printed() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    if !Path::new("/bin/bash").exists() {
        return lacked("bash", "there is no /bin/bash");
    }
    let mut remaining = BLOCKS.iter();
    let mut wrong = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(repository().join(&document)).unwrap();
        for (number, (commands, shown)) in shell_blocks(&text).into_iter().enumerate() {
            let block = remaining.next().filter(|block| block.document == document);
            let block = block.unwrap_or_else(|| panic!("{document} has a block that BLOCKS does not:\n{commands}"));
            let before = match block.before {
                Before::Shell(before) => before,
                Before::NotRun(why) => {
                    println!("{document}, block {number}: not run, {why}");
                    continue;
                }
            };
            let name = format!("{}-{number}", document.replace(['/', '.'], "-"));
            // A project and an account of its own for each: a document's reader may begin anywhere.
            let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
            sandbox.write("agent.py", AGENT).write("requirements.txt", "");
            Account::of(&sandbox).secrets(
                "CreateSecret",
                &json!({ "Name": "my/secret", "SecretString": r#"{"client_secret": "of-a-client"}"# }),
            );
            let commands = EXAMPLES.iter().fold(commands, |text, (shown, here)| text.replace(shown, here));
            let script = format!("set -e\n{before}\nset +e\n: > \"$CALLS\"\n{commands}");
            let (calls, output) = run_script(&sandbox, &name, &script);
            let ended: Vec<i32> = calls.iter().map(|call| call.split(' ').next().unwrap().parse().unwrap()).collect();
            if ended != block.ends {
                wrong.push(format!("{name}: wanted {:?}\n{}\n{output}", block.ends, calls.join("\n")));
            }
            if shown.starts_with('{') {
                let printed = output.lines().find_map(|line| serde_json::from_str(line).ok()).unwrap_or_default();
                if let Err(member) = has_members(&printed, &serde_json::from_str(&shown).unwrap()) {
                    wrong.push(format!("{name}: there is no `{member}` in this:\n{output}"));
                }
                continue;
            }
            let mut printed = output.lines().map(masked);
            for line in shown.lines() {
                if !printed.any(|printed| printed == masked(line)) {
                    wrong.push(format!("{name}: this line is not printed, or not in this order: {line}\n{output}"));
                }
            }
        }
    }
    assert!(remaining.next().is_none(), "BLOCKS has more than the documents");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn documents() -> Vec<String> {
    let mut found: Vec<String> = std::fs::read_dir(repository().join("docs"))
        .unwrap()
        .map(|entry| format!("docs/{}", entry.unwrap().file_name().to_string_lossy()))
        .filter(|name| name.ends_with(".md"))
        .collect();
    found.sort();
    found.insert(0, "README.md".into());
    found
}

/// The commands of each `sh` and `console` block, and what the latter show as printed.
pub(crate) fn shell_blocks(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let typed = |line: &&str| line.starts_with("$ ") || line.starts_with("agentcore ");
        match language {
            "sh" => found.push((block.join("\n"), String::new())),
            "console" => {
                let (typed, shown): (Vec<&str>, Vec<&str>) = block.iter().partition(|line| line.starts_with("$ "));
                let typed: Vec<&str> = typed.iter().map(|line| &line[2..]).collect();
                found.push((typed.join("\n"), shown.join("\n")));
            }
            other => assert!(!block.iter().any(typed), "commands in a block of {other:?} are not tried: {block:?}"),
        }
    }
    found
}

/// Whether all members that a document shows are there, each with a value of the same type and text that is told apart by
/// more than its values; otherwise the path of one that is not.
fn has_members(printed: &Value, shown: &Value) -> Result<(), String> {
    let within = |key: &str, printed: Option<&Value>, shown: &Value| {
        has_members(printed.unwrap_or(&Value::Null), shown).map_err(|path| format!("{key}.{path}"))
    };
    match (printed, shown) {
        (Value::Object(printed), Value::Object(shown)) => {
            shown.iter().try_for_each(|(key, value)| within(key, printed.get(key), value))
        }
        (Value::Array(printed), Value::Array(shown)) => {
            shown.iter().enumerate().try_for_each(|(at, value)| within(&at.to_string(), printed.get(at), value))
        }
        (Value::String(printed), Value::String(shown)) if shown.contains(' ') => {
            let same = masked(printed).starts_with(masked(shown).split(" (").next().unwrap_or_default());
            if same { Ok(()) } else { Err(shown.clone()) }
        }
        (Value::String(_), Value::String(_))
        | (Value::Bool(_), Value::Bool(_))
        | (Value::Number(_), Value::Number(_)) => Ok(()),
        _ => Err(shown.to_string()),
    }
}

/// A line without what is another in each run: values in backticks, addresses, words with digits, widths of columns.
pub(crate) fn masked(line: &str) -> String {
    let mut quoted = false;
    let words = line.split_whitespace().map(|word| {
        let value = quoted || word.starts_with('`');
        quoted ^= word.matches('`').count() % 2 == 1;
        if value || word.contains("://") || word.contains(|c: char| c.is_ascii_digit()) { "_" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The exit status of each call of the program in an example's block, in their order.
const BY_HAND: &[(&str, &[i32])] = &[
    ("day-after", &[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ("identity-quick-start", &[0, 0, 0, 0, 0, 0, 0, 0]),
    ("inbound-auth", &[0, 0, 0, 0, 3, 0, 0, 0, 0]),
    ("mcp-server", &[0, 0, 0, 3, 0, 0, 0, 0]),
    ("team-identity", &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0]),
];

/// Examples whose steps nothing here can run.
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

/// Also in the examples that nothing here can run.
#[test]
fn every_variable_of_an_example_is_set_before() {
    for example in BY_HAND.iter().map(|(name, _)| name).chain(NOT_RUN.iter().map(|(name, _)| name)) {
        let text = std::fs::read_to_string(repository().join("examples").join(example).join("README.md")).unwrap();
        for (commands, _) in shell_blocks(&text) {
            for (at, _) in commands.match_indices('$') {
                let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let name: String =
                    commands[at + 1..].trim_start_matches('{').chars().take_while(|c| is_part(*c)).collect();
                let before = &commands[..at];
                let from_file =
                    [". ./.agentcore_identity_", "'^#' .agentcore_identity_"].iter().any(|it| before.contains(it));
                let set = before.contains(&format!("{name}=")) || (from_file && name.contains('_'));
                assert!(name.is_empty() || set, "{example}: nothing sets ${name}:\n{commands}");
            }
        }
    }
}

#[test]
fn manual_steps_of_the_examples_work_as_printed() {
    if python().is_none() || !packages_available() {
        return;
    }
    if !Path::new("/bin/bash").exists() {
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
        let (calls, output) = run_script(&sandbox, example, &by_hand(example));
        let ended: Vec<i32> = calls.iter().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
        assert_eq!(ended, *statuses, "{example}:\n{}\n{output}", calls.join("\n"));
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

/// Runs a script in a shell whose `agentcore` appends its exit status and arguments to the file `$CALLS`; returns these
/// lines and all output.
pub(crate) fn run_script(sandbox: &Sandbox, name: &str, script: &str) -> (Vec<String>, String) {
    let calls = sandbox.path(&format!("tmp/{name}.calls"));
    let program = format!(
        "#!/bin/sh\n'{}' \"$@\"\nstatus=$?\necho \"$status $*\" >> \"$CALLS\"\nexit $status\n",
        env!("CARGO_BIN_EXE_agentcore"),
    );
    sandbox.executable("agentcore", &program);
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", sandbox.path("bin").display());
    let mut shell = Command::new("/bin/bash")
        .args(["-c", "exec 2>&1; eval \"$(cat)\""])
        .current_dir(sandbox.project())
        .env_clear()
        .envs(sandbox.vars())
        .env("PATH", path)
        .env("CALLS", &calls)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = shell.wait_with_output().unwrap();
    let calls = std::fs::read_to_string(&calls).unwrap_or_default();
    (calls.lines().map(str::to_owned).collect(), String::from_utf8_lossy(&output.stdout).into_owned())
}
