//! Wrong input, row by row: the retired toolkit's own table of it (the names `b01` to `p01` are that table's), and
//! what this program does instead. A refusal has its exit status, says what is wrong on stderr (or in one JSON
//! document), writes no file and opens no connection. What it says is in `snapshots/text/bad-input-*.txt`.

use crate::snapshots::Transcript;
use crate::support::{Recorder, Run, World, lacked, python};

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
}

const fn row(name: &'static str, project: Project, argv: &'static [&'static str], code: i32) -> Row {
    Row { name, project, argv, code }
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
    row("b01", Plain, &["configure", "-ni", "-dt", "container", "-e", "nope.py"], 2),
    row("b02", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "1-bad name!"], 2),
    row("b03", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"], 2),
    row("b04", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "abc\n"], 2),
    row("b04b", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "abc\n", "-dm"], 2),
    row("b05", Plain, configure!("-ac", "{bad json"), 2),
    row("b06", Plain, configure!("-ac", r#"{"customJWTAuthorizer": {"discoveryUrl": "http://nope", "allowedClients": ["c"]}}"#), 2),
    row("b07", Plain, configure!("-ac", r#"{"foo": 1}"#), 2),
    row("b08", Plain, configure!("-ac", "123"), 2),
    row("b09", Plain, configure!("-ac", "{}"), 2),
    row("b10", Plain, configure!("--vpc"), 2),
    row("b11", Plain, configure!("--vpc", "--subnets", "subnet-0123456789abcdef0"), 2),
    row("b12", Plain, configure!("--subnets", "subnet-0123456789abcdef0"), 2),
    row("b13", Plain, configure!("--vpc", "--subnets", "net-0123456789", "--security-groups", "sg-0123456789abcdef0"), 2),
    row("b14", Plain, configure!("--vpc", "--subnets", "subnet-123", "--security-groups", "sg-0123456789abcdef0"), 2),
    row("b15", Plain, configure!("--vpc", "--subnets", "subnet-zzzzzzzz!!", "--security-groups", "sg-zzzzzzzz!!"), 2),
    row("b16", Plain, configure!("--idle-timeout", "59"), 2),
    row("b17", Plain, configure!("--max-lifetime", "28801"), 2),
    row("b18", Plain, configure!("--idle-timeout", "abc"), 2),
    row("b19", Plain, configure!("--idle-timeout", "600", "--max-lifetime", "300"), 2),
    row("b20", Plain, configure!("-p", "SOAP"), 2),
    row("b21", Config(CORRUPT), configure!(), 2),
    row("b22", Config(BAD_ACCOUNT), configure!(), 2),
    row("b25", Config("- a\n- b\n"), configure!(), 2),
    row("b26", Plain, &["configure", "-ni", "-e", "agent.py", "-dt", "lambda"], 2),
    row("b27", Plain, &["configure", "-ni", "-e", "agent.py", "-rt", "PYTHON_2_7"], 2),
    row("b28", Plain, configure!("-rt", "PYTHON_3_12"), 2),
    row("b29", Plain, &["configure", "-ni", "-e", "agent.py", "-ecr", "x", "-rt", "PYTHON_3_12"], 2),
    row("b30", Plain, &["configure", "-ni", "-e", "agent.py", "-ecr", "x", "-dt", "direct_code_deploy"], 2),
    row("b31", Plain, &["configure", "-ni", "-e", "agent.py", "-ecr", "x", "-s3", "b"], 2),
    row("b32", Plain, configure!("-s3", "b"), 2),
    row("b35", Plain, configure!("-lang", "go"), 2),
    row("b36", Plain, &["configure", "-ni", "-dt", "container", "-e", "/etc/passwd"], 2),
    row("b37", Files(&[("agent.py", AGENT), ("main.py", AGENT), ("requirements.txt", "")]), &["configure", "-ni", "-dt", "container", "-e", "."], 2),
    row("b38", Files(&[("other.py", AGENT), ("requirements.txt", "")]), &["configure", "-ni", "-dt", "container", "-e", "."], 2),
    row("b40", Plain, configure!("-rf", "nope.txt"), 2),
    row("b41", Plain, configure!("-rf", "agent.py"), 2),
    row("b43", Plain, configure!("-ctr", "rkt"), 2),
    row("b44", Plain, configure!("-rha", " , "), 2),
    row("b45-restricted", Plain, configure!("-rha", "Cookie"), 2),
    row("b47", Plain, configure!("--nope"), 2),
];

/// Input that the toolkit refused, or accepted, and that is right: no credentials are needed to configure, a header
/// that the service takes today is taken, an empty file is a file without agents.
#[rustfmt::skip]
const ACCEPTED: &[Row] = &[
    row("b23", Config(""), configure!(), 0),
    row("b24", Config("agents:\n  myagent:\n    name: myagent\n    entrypoint: agent.py\n"), configure!(), 0),
    row("b45", Plain, configure!("-rha", "X-Foo"), 0),
    // Packing is launch's work, so configure needs no uv; AWS is not asked, so expired credentials (b48) do not matter.
    row("b33", Plain, &["configure", "-ni", "-e", "agent.py", "-n", "myagent", "-dt", "direct_code_deploy"], 0),
    row("b46", Plain, configure!(), 0),
];

#[rustfmt::skip]
const WITHOUT_CONFIG: &[Row] = &[
    row("b60-list", Empty, &["configure", "list"], 2),
    row("b60-set-default", Empty, &["configure", "set-default", "x"], 2),
    row("b60-deploy", Empty, &["deploy"], 2),
    row("b60-status", Empty, &["status"], 2),
    row("b60-status-v", Empty, &["status", "-v"], 2),
    row("b60-invoke", Empty, &["invoke", r#"{"prompt":"hi"}"#], 2),
    row("b60-stop-session", Empty, &["stop-session"], 2),
    row("b60-destroy-force", Empty, &["destroy", "--force"], 2),
    row("b60-destroy-dry-run", Empty, &["destroy", "--dry-run"], 2),
    row("b60-launch", Empty, &["launch"], 2),
];

#[rustfmt::skip]
const NOT_DEPLOYED: &[Row] = &[
    row("b61-deploy", Configured, &["deploy", "-a", "nope"], 5),
    row("b61-status", Configured, &["status", "-a", "nope"], 5),
    row("b61-invoke", Configured, &["invoke", "{}", "-a", "nope"], 5),
    row("b61-stop-session", Configured, &["stop-session", "-a", "nope"], 5),
    row("b61-destroy", Configured, &["destroy", "-a", "nope", "--force"], 5),
    row("b61-set-default", Configured, &["configure", "set-default", "nope"], 5),
    row("b61-not-deployed-invoke", Configured, &["invoke", r#"{"prompt":"hi"}"#], 5),
    row("b61-not-deployed-stop", Configured, &["stop-session"], 5),
    row("b61-local-both", Configured, &["deploy", "--local", "--local-build"], 2),
    row("b61-env", Configured, &["deploy", "-env", "NOEQ"], 2),
    row("b61-no-payload", Configured, &["invoke"], 5),
    row("b61-headers", Configured, &["invoke", "hi", "--headers", "novalue"], 2),
];

#[rustfmt::skip]
const CORRUPT_CONFIG: &[Row] = &[
    row("b62-list", Config(CORRUPT), &["configure", "list"], 2),
    row("b62-set-default", Config(CORRUPT), &["configure", "set-default", "x"], 2),
    row("b62-deploy", Config(CORRUPT), &["deploy"], 2),
    row("b62-status", Config(CORRUPT), &["status"], 2),
    row("b62-invoke", Config(CORRUPT), &["invoke", "{}"], 2),
    row("b62-stop-session", Config(CORRUPT), &["stop-session"], 2),
    row("b62-destroy", Config(CORRUPT), &["destroy", "--force"], 2),
];

#[rustfmt::skip]
const FLAGS: &[Row] = &[
    row("p01-attached", Plain, &["configure", "-ni", "-dtcontainer", "-eagent.py", "-nfoo", "-dm"], 2),
    row("p01-prefix", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "--nam", "foo"], 2),
    row("p01-no", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "--no-disable-otel"], 2),
    row("p01-n", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "--n", "foo"], 2),
    row("p01-case", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "--Name", "foo"], 2),
    row("p01-extra", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "-n", "foo", "extra"], 2),
    row("p01-name-like-flag", Plain, &["configure", "-ni", "-dt", "container", "-e", "agent.py", "-dm", "-n", "-x"], 2),
    row("p01-runtime-case", Plain, &["configure", "-ni", "-e", "agent.py", "-rt", "python_3_12"], 2),
    row("p01-env", Empty, &["deploy", "-env", "A"], 2),
    row("p01-unknown-command", Empty, &["frobnicate"], 2),
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

/// Runs the row as text and as JSON; returns what was wrong with it, and the run that people would see.
fn check(row: &Row) -> (Vec<String>, World, Run) {
    let mut wrong = Vec::new();
    let run = |json: bool, wrong: &mut Vec<String>| {
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
        if row.code == 0 {
            let config = std::fs::read_to_string(world.project().join(CONFIG)).unwrap_or_default();
            if !config.contains("name: myagent") {
                problem(format!("wrote no agent:\n{config}"));
            }
        } else if world.tree() != before {
            problem("changed a file".to_owned());
        }
        if !json && row.code != 0 && !run.stdout.is_empty() {
            problem("a refusal has nothing on stdout".to_owned());
        }
        (world, run)
    };
    let (world, text) = run(false, &mut wrong);
    let (other, json) = run(true, &mut wrong);
    match serde_json::from_slice::<serde_json::Value>(&json.stdout) {
        Ok(document) if document["ok"] == (row.code == 0) => {
            let relative = |text: &str, world: &World| text.replace(world.project().to_str().unwrap(), "");
            let message = relative(document["error"]["message"].as_str().unwrap_or_default(), &other);
            let told = relative(&text.stderr_text(), &world);
            if row.code != 0 && (message.is_empty() || !document["error"]["code"].is_string()) {
                wrong.push(format!("{} (an error without a message or a code)\n{json}", row.name));
            }
            if !message.lines().all(|line| told.contains(line)) {
                wrong.push(format!("{} (text and JSON tell two things)\n{text}\n{json}", row.name));
            }
        }
        _ => wrong.push(format!("{} (no JSON document)\n{json}", row.name)),
    }
    (wrong, world, text)
}

/// `name` is the file that has what people are told.
#[track_caller]
fn check_all(name: &str, rows: &[Row]) {
    let (mut wrong, mut shown) = (Vec::new(), Transcript::of(&World::new()));
    for row in rows {
        let (more, world, run) = check(row);
        wrong.extend(more);
        shown.continue_in(&world);
        shown.once(row.name, row.code, run);
    }
    assert!(
        wrong.is_empty(),
        "{} of {} rows, each as text and as JSON:\n\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n\n")
    );
    shown.check(name);
}

const DEPLOYED: &str = "default_agent: desk\nagents:\n  desk:\n    name: desk\n    entrypoint: agent.py\n    bedrock_agentcore:\n      agent_id: desk-0123456789\n      agent_arn: arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/desk-0123456789\n";

/// Commands of the toolkit that are not here.
#[rustfmt::skip]
const TOOLKIT: &[Row] = &[
    row("values", Empty, &["policy", "create-policy", "-e", "engine-1", "-n", "refunds", "-def", r#"{"cedar":{"statement":"permit(principal, action, resource);"}}"#, "-d", "it's new", "-r", "us-west-2"], 2),
    row("no values", Empty, &["policy", "get-policy"], 2),
    row("a deployed agent", Config(DEPLOYED), &["eval", "online", "create", "-n", "watch", "-s", "5"], 2),
    row("a file", Empty, &["eval", "evaluator", "get", "--evaluator-id", "Builtin.Helpfulness", "-o", "my file.json"], 2),
    row("no filter", Empty, &["eval", "online", "list", "-a", "desk"], 2),
    row("no one command", Empty, &["eval", "run", "-e", "Builtin.Helpfulness"], 2),
    row("a full screen", Empty, &["memory", "browse", "-m", "notes-0123456789", "-a", "desk"], 2),
    row("a project", Empty, &["create", "-p", "Shop", "-t", "production", "--iac", "Terraform", "-m", "STM_AND_LTM", "-key", "sk-secret"], 2),
    row("an import", Empty, &["import-agent", "--agent-id", "A1", "--agent-alias-id", "B1", "--target-platform", "langchain", "--region", "us-east-1", "--deploy-runtime"], 2),
    row("a wrong flag", Empty, &["policy", "get-policy", "--nope"], 2),
    row("a wrong word", Empty, &["policy", "frobnicate"], 2),
];

#[test]
fn toolkit_commands_say_what_to_run() {
    check_all("toolkit-commands", TOOLKIT);
}

#[test]
fn configure_refuses_what_is_wrong() {
    check_all("bad-input-configure", CONFIGURE);
}

#[test]
fn configure_accepts_what_is_right() {
    check_all("bad-input-accepted", ACCEPTED);
}

#[test]
fn commands_without_a_config_say_so() {
    check_all("bad-input-without-config", WITHOUT_CONFIG);
}

#[test]
fn unknown_and_undeployed_agents_are_named() {
    check_all("bad-input-not-deployed", NOT_DEPLOYED);
}

#[test]
fn a_corrupt_config_is_reported_with_its_place() {
    check_all("bad-input-corrupt-config", CORRUPT_CONFIG);
}

#[test]
fn flags_are_parsed_as_the_toolkit_parsed_them() {
    check_all("bad-input-flags", FLAGS);
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
