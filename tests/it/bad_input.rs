//! Wrong input, row by row: the retired toolkit's own table of it (the names `b01` to `p01` are that table's), and
//! what this program does instead. A refusal has its exit status, says what is wrong on stderr (or in one JSON
//! document), writes no file and opens no connection.

use crate::support::{Recorder, World, lacked, python};

/// What the project of a row holds before the command runs.
#[derive(Clone, Copy)]
enum Project {
    /// `agent.py` and `requirements.txt`.
    Plain,
    /// The same, and agent `myagent` configured.
    Configured,
    /// The same, and this in `.bedrock_agentcore.yaml`.
    Config(&'static str),
    /// These files only, with their contents.
    Files(&'static [(&'static str, &'static str)]),
    /// Nothing.
    Empty,
}

struct Row {
    name: &'static str,
    project: Project,
    argv: &'static [&'static str],
    /// The exit status; 0 for input that this program accepts on purpose.
    code: i32,
    /// Parts of the meaning that stderr must have, whatever the case.
    says: &'static [&'static str],
}

const fn row(
    name: &'static str,
    project: Project,
    argv: &'static [&'static str],
    code: i32,
    says: &'static [&'static str],
) -> Row {
    Row { name, project, argv, code, says }
}

const AGENT: &str = "from bedrock_agentcore import BedrockAgentCoreApp\n\napp = BedrockAgentCoreApp()\n";
const CONFIG: &str = ".bedrock_agentcore.yaml";

/// `configure -ni -dt container -e agent.py -n myagent` and what a row adds to it.
macro_rules! configure {
    ($($arg:literal),*) => {
        &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "myagent", $($arg),*]
    };
}

use Project::{Config, Configured, Empty, Files, Plain};

const CORRUPT: &str = "default_agent: myagent\nagents:\n  myagent: [unclosed\n  other: {}\n";
const BAD_ACCOUNT: &str = "default_agent: myagent\nagents:\n  myagent:\n    name: myagent\n    entrypoint: agent.py\n    aws:\n      account: '12'\n      region: us-west-2\n";

#[rustfmt::skip]
const CONFIGURE: &[Row] = &[
    row("b01", Plain, &["configure", "-ni", "-dt", "container", "-e", "nope.py"], 2, &["nope.py"]),
    row("b02", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "1-bad name!"], 2, &["1-bad name!", "letter"]),
    row("b03", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"], 2, &["48"]),
    row("b04", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "abc\n"], 2, &["name"]),
    row("b04b", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "abc\n", "-dm"], 2, &["name"]),
    row("b05", Plain, configure!("-ac", "{bad json"), 2, &["authorizer-config", "column 2"]),
    row("b06", Plain, configure!("-ac", r#"{"customJWTAuthorizer": {"discoveryUrl": "http://nope", "allowedClients": ["c"]}}"#), 2, &["http://nope", ".well-known"]),
    row("b07", Plain, configure!("-ac", r#"{"foo": 1}"#), 2, &["foo", "authorizer"]),
    row("b08", Plain, configure!("-ac", "123"), 2, &["authorizer"]),
    row("b09", Plain, configure!("-ac", "{}"), 2, &["customJWTAuthorizer"]),
    row("b10", Plain, configure!("--vpc"), 2, &["--vpc", "--subnets"]),
    row("b11", Plain, configure!("--vpc", "--subnets", "subnet-0123456789abcdef0"), 2, &["--security-groups"]),
    row("b12", Plain, configure!("--subnets", "subnet-0123456789abcdef0"), 2, &["--vpc"]),
    row("b13", Plain, configure!("--vpc", "--subnets", "net-0123456789", "--security-groups", "sg-0123456789abcdef0"), 2, &["net-0123456789"]),
    row("b14", Plain, configure!("--vpc", "--subnets", "subnet-123", "--security-groups", "sg-0123456789abcdef0"), 2, &["subnet-123"]),
    row("b15", Plain, configure!("--vpc", "--subnets", "subnet-zzzzzzzz!!", "--security-groups", "sg-zzzzzzzz!!"), 2, &["subnet-zzzzzzzz!!"]),
    row("b16", Plain, configure!("--idle-timeout", "59"), 2, &["--idle-timeout", "60"]),
    row("b17", Plain, configure!("--max-lifetime", "28801"), 2, &["--max-lifetime", "28800"]),
    row("b18", Plain, configure!("--idle-timeout", "abc"), 2, &["--idle-timeout", "abc"]),
    row("b19", Plain, configure!("--idle-timeout", "600", "--max-lifetime", "300"), 2, &["600", "300"]),
    row("b20", Plain, configure!("-p", "SOAP"), 2, &["SOAP", "A2A"]),
    row("b21", Config(CORRUPT), configure!(), 2, &[".bedrock_agentcore.yaml:"]),
    row("b22", Config(BAD_ACCOUNT), configure!(), 2, &[".bedrock_agentcore.yaml:7", "account"]),
    row("b25", Config("- a\n- b\n"), configure!(), 2, &[".bedrock_agentcore.yaml:1:1"]),
    row("b26", Plain, &["configure", "-ni", "-e", "agent.py", "-dt", "lambda"], 2, &["lambda", "direct_code_deploy"]),
    row("b27", Plain, &["configure", "-ni", "-e", "agent.py", "-rt", "PYTHON_2_7"], 2, &["PYTHON_2_7", "PYTHON_3_13"]),
    row("b28", Plain, configure!("-rt", "PYTHON_3_12"), 2, &["--runtime", "direct_code_deploy"]),
    row("b29", Plain, &["configure", "-ni", "-e", "agent.py", "-ecr", "x", "-rt", "PYTHON_3_12"], 2, &["--ecr", "--runtime"]),
    row("b30", Plain, &["configure", "-ni", "-e", "agent.py", "-ecr", "x", "-dt", "direct_code_deploy"], 2, &["--ecr", "direct_code_deploy"]),
    row("b31", Plain, &["configure", "-ni", "-e", "agent.py", "-ecr", "x", "-s3", "b"], 2, &["--s3", "--ecr"]),
    row("b32", Plain, configure!("-s3", "b"), 2, &["--s3", "direct_code_deploy"]),
    row("b35", Plain, configure!("-lang", "go"), 2, &["go", "typescript"]),
    row("b36", Plain, &["configure", "-ni", "-dt", "container", "-e", "/etc/hostname"], 2, &["/etc/hostname"]),
    row("b37", Files(&[("agent.py", AGENT), ("main.py", AGENT), ("requirements.txt", "")]), &["configure", "-ni", "-dt", "container", "-e", "."], 2, &["agent.py", "main.py"]),
    row("b38", Files(&[("other.py", AGENT), ("requirements.txt", "")]), &["configure", "-ni", "-dt", "container", "-e", "."], 2, &["entrypoint"]),
    row("b40", Plain, configure!("-rf", "nope.txt"), 2, &["nope.txt"]),
    row("b41", Plain, configure!("-rf", "agent.py"), 2, &["agent.py", "pyproject.toml"]),
    row("b43", Plain, configure!("-ctr", "rkt"), 2, &["rkt", "podman"]),
    row("b44", Plain, configure!("-rha", " , "), 2, &["header"]),
    row("b45-restricted", Plain, configure!("-rha", "Cookie"), 2, &["Cookie"]),
    row("b47", Plain, configure!("--nope"), 2, &["--nope"]),
];

/// Input that the toolkit refused, or accepted, and that is right: no credentials are needed to configure, a header
/// that the service takes today is taken, an empty file is a file without agents.
#[rustfmt::skip]
const ACCEPTED: &[Row] = &[
    row("b23", Config(""), configure!(), 0, &[]),
    row("b24", Config("agents:\n  myagent:\n    name: myagent\n    entrypoint: agent.py\n"), configure!(), 0, &[]),
    row("b45", Plain, configure!("-rha", "X-Foo"), 0, &[]),
    // Packing is launch's work, so configure needs no uv; AWS is not asked, so expired credentials (b48) do not matter.
    row("b33", Plain, &["configure", "-ni", "-e", "agent.py", "-n", "myagent", "-dt", "direct_code_deploy"], 0, &[]),
    row("b46", Plain, configure!(), 0, &[]),
];

#[rustfmt::skip]
const WITHOUT_CONFIG: &[Row] = &[
    row("b60-list", Empty, &["configure", "list"], 2, &[CONFIG]),
    row("b60-set-default", Empty, &["configure", "set-default", "x"], 2, &[CONFIG]),
    row("b60-deploy", Empty, &["deploy"], 2, &[CONFIG, "agentcore configure"]),
    row("b60-status", Empty, &["status"], 2, &[CONFIG]),
    row("b60-status-v", Empty, &["status", "-v"], 2, &[CONFIG]),
    row("b60-invoke", Empty, &["invoke", r#"{"prompt":"hi"}"#], 2, &[CONFIG]),
    row("b60-stop-session", Empty, &["stop-session"], 2, &[CONFIG]),
    row("b60-destroy-force", Empty, &["destroy", "--force"], 2, &[CONFIG]),
    row("b60-destroy-dry-run", Empty, &["destroy", "--dry-run"], 2, &[CONFIG]),
    row("b60-launch", Empty, &["launch"], 2, &[CONFIG]),
];

#[rustfmt::skip]
const NOT_DEPLOYED: &[Row] = &[
    row("b61-deploy", Configured, &["deploy", "-a", "nope"], 5, &["nope", "myagent"]),
    row("b61-status", Configured, &["status", "-a", "nope"], 5, &["nope", "myagent"]),
    row("b61-invoke", Configured, &["invoke", "{}", "-a", "nope"], 5, &["nope", "myagent"]),
    row("b61-stop-session", Configured, &["stop-session", "-a", "nope"], 5, &["nope", "myagent"]),
    row("b61-destroy", Configured, &["destroy", "-a", "nope", "--force"], 5, &["nope", "myagent"]),
    row("b61-set-default", Configured, &["configure", "set-default", "nope"], 5, &["nope", "myagent"]),
    row("b61-not-deployed-invoke", Configured, &["invoke", r#"{"prompt":"hi"}"#], 5, &["myagent", "agentcore launch"]),
    row("b61-not-deployed-stop", Configured, &["stop-session"], 5, &["myagent"]),
    row("b61-local-both", Configured, &["deploy", "--local", "--local-build"], 2, &["--local"]),
    row("b61-env", Configured, &["deploy", "-env", "NOEQ"], 2, &["KEY=VALUE"]),
    row("b61-no-payload", Configured, &["invoke"], 5, &["myagent"]),
    row("b61-headers", Configured, &["invoke", "hi", "--headers", "novalue"], 2, &["Name: value"]),
];

#[rustfmt::skip]
const CORRUPT_CONFIG: &[Row] = &[
    row("b62-list", Config(CORRUPT), &["configure", "list"], 2, &[".bedrock_agentcore.yaml:"]),
    row("b62-set-default", Config(CORRUPT), &["configure", "set-default", "x"], 2, &[".bedrock_agentcore.yaml:"]),
    row("b62-deploy", Config(CORRUPT), &["deploy"], 2, &[".bedrock_agentcore.yaml:"]),
    row("b62-status", Config(CORRUPT), &["status"], 2, &[".bedrock_agentcore.yaml:"]),
    row("b62-invoke", Config(CORRUPT), &["invoke", "{}"], 2, &[".bedrock_agentcore.yaml:"]),
    row("b62-stop-session", Config(CORRUPT), &["stop-session"], 2, &[".bedrock_agentcore.yaml:"]),
    row("b62-destroy", Config(CORRUPT), &["destroy", "--force"], 2, &[".bedrock_agentcore.yaml:"]),
];

#[rustfmt::skip]
const FLAGS: &[Row] = &[
    row("p01-attached", Plain, &["configure", "-ni", "-dtcontainer", "-eagent.py", "-nfoo", "-dm"], 2, &["-d"]),
    row("p01-prefix", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "--nam", "foo"], 2, &["--nam", "--name"]),
    row("p01-no", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "--no-disable-otel"], 2, &["--no-disable-otel"]),
    row("p01-n", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "--n", "foo"], 2, &["--n"]),
    row("p01-case", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "--Name", "foo"], 2, &["--Name"]),
    row("p01-extra", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "-n", "foo", "extra"], 2, &["extra"]),
    row("p01-name-like-flag", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "-n", "-x"], 2, &["-x"]),
    row("p01-runtime-case", Plain, &["configure", "-ni", "-e", "agent.py", "-rt", "python_3_12"], 2, &["PYTHON_3_12"]),
    row("p01-env", Empty, &["deploy", "-env", "A"], 2, &["KEY=VALUE"]),
    row("p01-unknown-command", Empty, &["frobnicate"], 2, &["frobnicate"]),
];

/// Spellings that the toolkit's parser took and that must go on working; the name that the config then has.
const SPELLINGS: &[(&[&str], &str)] = &[
    (&["configure", "-ni", "-dt=container", "-e", "agent.py", "-n", "foo", "-dm"], "foo"),
    (
        &[
            "configure",
            "--non-interactive",
            "--deployment-type=container",
            "--entrypoint=agent.py",
            "--name=foo",
            "--disable-memory",
        ],
        "foo",
    ),
    (&["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "-vn", "foo"], "foo"),
    (&["configure", "-ni", "-dt", "container", "-eagent.py", "-nfoo", "-dm"], "foo"),
    (&["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "-n", "one", "-n", "two"], "two"),
    (&["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "-n", "foo", "-p", "McP"], "foo"),
];

fn prepare(project: Project) -> World {
    let world = World::new().with_credentials();
    match project {
        Empty => {}
        Files(files) => files.iter().for_each(|(name, text)| {
            world.write(name, text);
        }),
        Plain | Configured | Config(_) => {
            world.write("agent.py", AGENT).write("requirements.txt", "bedrock-agentcore\n");
        }
    }
    match project {
        Config(text) => {
            world.write(CONFIG, text);
        }
        Configured => {
            world.agentcore(configure!()).run().code(0);
        }
        _ => {}
    }
    world
}

/// Runs the row as text and as JSON; returns what was wrong with it.
fn check(row: &Row) -> Vec<String> {
    let mut wrong = Vec::new();
    for json in [false, true] {
        let mut world = prepare(row.project);
        let recorder = Recorder::start();
        world.set("AWS_ENDPOINT_URL", recorder.url());
        let before = world.tree();
        let run = world.agentcore(row.argv).args(if json { &["-o", "json"] } else { &[] }).run();
        let mut problem = |what: String| wrong.push(format!("{} ({what})\n{run}", row.name));
        if run.code != Some(row.code) {
            problem(format!("wanted exit status {}", row.code));
        }
        if !recorder.seen().is_empty() {
            problem(format!("connected: {:?}", recorder.seen()));
        }
        let told = if json && row.code != 0 {
            match serde_json::from_slice::<serde_json::Value>(&run.stdout) {
                Ok(document) if document["ok"] == false && document["error"]["code"].is_string() => {
                    document["error"].to_string()
                }
                _ => {
                    problem("no JSON document with an error".to_owned());
                    continue;
                }
            }
        } else {
            run.stderr_text()
        };
        for part in row.says {
            let quoted = serde_json::Value::from(*part).to_string();
            let part = if json { quoted.trim_matches('"') } else { part };
            if !told.to_lowercase().contains(&part.to_lowercase()) {
                problem(format!("does not say `{part}`"));
            }
        }
        if row.code == 0 {
            let config = std::fs::read_to_string(world.project().join(CONFIG)).unwrap_or_default();
            if !config.contains("name: myagent") {
                problem(format!("wrote no agent:\n{config}"));
            }
            continue;
        }
        if !json && !run.stdout.is_empty() {
            problem("a refusal has nothing on stdout".to_owned());
        }
        if world.tree() != before {
            problem("changed a file".to_owned());
        }
    }
    wrong
}

#[track_caller]
fn check_all(rows: &[Row]) {
    let wrong: Vec<String> = rows.iter().flat_map(check).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} rows, each as text and as JSON:\n\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n\n")
    );
}

#[test]
fn configure_refuses_what_is_wrong() {
    check_all(CONFIGURE);
}

#[test]
fn configure_accepts_what_is_right() {
    check_all(ACCEPTED);
}

#[test]
fn commands_without_a_config_say_so() {
    check_all(WITHOUT_CONFIG);
}

#[test]
fn unknown_and_undeployed_agents_are_named() {
    check_all(NOT_DEPLOYED);
}

#[test]
fn a_corrupt_config_is_reported_with_its_place() {
    check_all(CORRUPT_CONFIG);
}

#[test]
fn flags_are_parsed_as_the_toolkit_parsed_them() {
    check_all(FLAGS);
    for (argv, name) in SPELLINGS {
        let world = prepare(Plain);
        world.agentcore(argv).run().code(0);
        assert!(world.read(CONFIG).contains(&format!("name: {name}\n")), "{argv:?}: {}", world.read(CONFIG));
    }
}

/// `b42`: the toolkit refused a folder whose name is no Python identifier. Python itself does not mind: what the
/// Dockerfile starts is started here.
#[test]
fn a_folder_with_a_hyphen_holds_an_agent() {
    let world = prepare(Files(&[("my-dir/agent.py", "print('started')\n"), ("requirements.txt", "")]));
    world.agentcore(&["configure", "-ni", "-dt", "container", "-do", "-e", "my-dir/agent.py", "-n", "a"]).run().code(0);
    let dockerfile = world.read(".bedrock_agentcore/a/Dockerfile");
    let command = dockerfile.lines().find_map(|line| line.strip_prefix("CMD ")).unwrap();
    let command: Vec<String> = serde_json::from_str(command).unwrap();
    assert_eq!(command[0], "python");
    let Some(python) = python() else { return lacked("python", "there is no `python3` on PATH") };
    let output = std::process::Command::new(python).args(&command[1..]).current_dir(world.project()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "started", "{output:?}");
}

#[test]
fn a_config_that_is_a_folder_is_refused() {
    let world = prepare(Plain);
    std::fs::create_dir(world.project().join(CONFIG)).unwrap();
    let before = world.tree();
    world.agentcore(configure!()).run().code(2).says(CONFIG).says("directory");
    assert_eq!(world.tree(), before);
}

#[test]
fn help_and_version_need_nothing() {
    let world = World::new();
    for argv in [&["--help"][..], &["-h"], &["--version"], &["configure", "--help"], &["sandbox", "run", "--help"]] {
        let run = world.agentcore(argv).run().code(0);
        assert!(!run.stdout.is_empty() && run.stderr.is_empty(), "{run}");
    }
    assert!(world.tree().is_empty());
}
