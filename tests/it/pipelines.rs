//! What pipelines read besides stdout: the log of events, the outputs, summary, annotations and masks of GitHub Actions, the dotenv
//! file, lines of JSON, JUnit files, and the workflow that `ci init` writes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::convergence::Scene;
use crate::support::{Invocation, Run, World};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn events(world: &World, file: &str) -> Vec<Value> {
    lines(&world.read(file))
}

fn find<'e>(events: &'e [Value], member: &str, value: &str) -> Vec<&'e Value> {
    events.iter().filter(|event| event[member] == value).collect()
}

/// A step of a job: the files that its run is given, and what is in them afterwards.
struct Step<'w> {
    world: &'w World,
    folder: PathBuf,
}

impl<'w> Step<'w> {
    fn of(world: &'w World, name: &str) -> Self {
        let folder = world.path("tmp").join(name);
        std::fs::create_dir(&folder).unwrap();
        Self { world, folder }
    }

    fn agentcore(&self, args: &[&str]) -> Invocation<'w> {
        let call = self.world.agentcore(args).var("GITHUB_ACTIONS", "true").var("CI", "true");
        let call = call.var("GITHUB_WORKSPACE", self.world.project());
        let call = call.var("GITHUB_OUTPUT", self.folder.join("output"));
        call.var("GITHUB_STEP_SUMMARY", self.folder.join("summary"))
    }

    fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file)).unwrap_or_default()
    }

    fn outputs(&self) -> BTreeMap<String, String> {
        let text = self.text("output");
        let pairs = text.lines().map(|line| line.split_once('=').unwrap_or_else(|| panic!("{text}")));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

fn commands(run: &Run) -> Vec<String> {
    run.stderr_text().lines().filter(|line| line.starts_with("::")).map(str::to_owned).collect()
}

#[test]
fn a_launch_is_logged_and_changes_nothing_twice() {
    let Some(scene) = Scene::start() else { return };
    let mut world = scene.project("desk", &[]);
    world.set("AGENTCORE_EVENTS", "events.ndjson");
    let first = world.agentcore(&["launch", "-o", "json"]).run().code(0).data();
    let logged = events(&world, "events.ndjson");
    let done: Vec<&str> =
        find(&logged, "event", "resource").iter().map(|event| event["resource"].as_str().unwrap()).collect();
    for kind in ["repository", "image", "role", "runtime"] {
        assert!(done.contains(&kind), "{kind} is not in {done:?}");
    }
    let runtime = find(&logged, "resource", "runtime")[0];
    assert_eq!((&runtime["outcome"], &runtime["version"]), (&json!("created"), &json!("1")));
    assert!(runtime["durationMs"].is_u64());
    let digest = first["runtime"]["image"].as_str().unwrap().rsplit_once('@').unwrap().1.to_owned();
    assert_eq!(find(&logged, "resource", "image")[0]["digest"], digest);
    let last = logged.last().unwrap();
    assert_eq!(
        (&last["event"], &last["outcome"], &last["exitCode"]),
        (&json!("command-finished"), &json!("done"), &json!(0))
    );
    assert_eq!((&last["digest"], &last["version"]), (&json!(digest), &json!("1")));
    assert!(!find(&logged, "event", "phase-finished").is_empty());

    // The file has grown in the project, and is no part of the agent.
    let second = world.agentcore(&["launch", "-o", "json"]).run().code(0).data();
    assert_eq!(second["changes"], 0, "{second}");
    let all = events(&world, "events.ndjson");
    let run = &all.last().unwrap()["run"];
    assert_ne!(*run, logged[0]["run"]);
    let own: Vec<&Value> = all.iter().filter(|event| event["run"] == *run && event["event"] == "resource").collect();
    assert!(!own.is_empty() && own.iter().all(|event| event["outcome"] != "created"), "{own:?}");

    let failed = world.agentcore(&["status", "--agent", "nobody"]).run();
    let last = events(&world, "events.ndjson").pop().unwrap();
    assert_eq!((&last["command"], &last["outcome"]), (&json!("status"), &json!("failed")), "{failed}");
    assert!(last["errorCode"].is_string() && last["exitCode"] == failed.code.unwrap());
}

#[test]
fn runs_that_share_a_log_keep_lines_whole() {
    let mut world = World::new();
    let file = world.path("tmp").join("events");
    world.set("AGENTCORE_EVENTS", &file);
    let runs: Vec<_> = (0..12).map(|_| world.agentcore(&["explain", "-o", "json"]).spawn()).collect();
    for run in runs {
        assert!(run.wait_with_output().unwrap().status.success());
    }
    let logged = lines(&std::fs::read_to_string(file).unwrap());
    let mut of_run: BTreeMap<&str, usize> = BTreeMap::new();
    for event in &logged {
        *of_run.entry(event["run"].as_str().unwrap()).or_default() += 1;
    }
    assert!(of_run.len() == 12 && of_run.values().all(|count| *count == 2), "{of_run:?}");
}

#[test]
fn an_unwritable_log_is_one_warning() {
    let world = World::new();
    let run = world.agentcore(&["explain", "usage"]).var("AGENTCORE_EVENTS", "no/such/folder").run().code(0);
    let warnings = run.stderr_text().lines().filter(|line| line.starts_with("warning:")).count();
    assert_eq!(warnings, 1, "{run}");
    assert!(!run.stdout.is_empty() && run.stderr_text().contains("AGENTCORE_EVENTS"), "{run}");
    if Path::new("/dev/full").exists() {
        let run = world.agentcore(&["explain", "usage"]).var("AGENTCORE_EVENTS", "/dev/full").run().code(0);
        assert_eq!(run.stderr_text().matches("warning:").count(), 1, "{run}");
    }
    // Nobody reads it.
    let pipe = world.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let run = world.agentcore(&["explain", "usage"]).var("AGENTCORE_EVENTS", &pipe).run().code(0);
    assert_eq!(run.stderr_text().matches("warning:").count(), 1, "{run}");
}

#[test]
fn steps_get_outputs_and_a_summary() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("desk", &[]);
    let step = Step::of(&world, "plan");
    let dotenv = world.path("tmp").join("dotenv");
    step.agentcore(&["launch", "--plan", "--env", "API_KEY=canary-5e1f"]).run().code(6);
    assert_eq!(step.outputs()["exit_reason"], "changes-pending");
    assert_eq!(step.outputs()["changed"], "true");
    let plan = step.text("summary");
    assert!(
        plan.starts_with("### Plan to launch desk in account ") && plan.contains("| create | runtime | `desk`"),
        "{plan}"
    );
    assert!(!plan.contains("canary-5e1f"), "{plan}");

    let step = Step::of(&world, "launch");
    let run = step.agentcore(&["launch", "-o", "json"]).var("AGENTCORE_DOTENV", &dotenv).run().code(0);
    let (data, outputs) = (run.data(), step.outputs());
    let runtime = &data["runtime"];
    assert_eq!(outputs["agent_arn"], runtime["arn"].as_str().unwrap());
    assert_eq!(outputs["runtime_id"], runtime["id"].as_str().unwrap());
    assert_eq!((outputs["version"].as_str(), outputs["endpoint"].as_str()), ("1", "DEFAULT"));
    assert!(runtime["image"].as_str().unwrap().ends_with(&outputs["image_digest"]));
    assert_eq!((outputs["changed"].as_str(), outputs["exit_reason"].as_str()), ("true", "done"));
    assert!(step.text("summary").starts_with("### desk is deployed\n"), "{}", step.text("summary"));
    let dotenv = std::fs::read_to_string(dotenv).unwrap();
    assert!(dotenv.lines().any(|line| line == "AGENTCORE_VERSION=1"), "{dotenv}");
    assert!(dotenv.lines().all(|line| line.starts_with("AGENTCORE_") && !line.ends_with('=')), "{dotenv}");

    let step = Step::of(&world, "again");
    step.agentcore(&["launch"]).run().code(0);
    assert_eq!(step.outputs()["changed"], "false");

    let step = Step::of(&world, "off");
    step.agentcore(&["status"]).var("AGENTCORE_CI", "off").run().code(0);
    assert_eq!((step.text("output"), step.text("summary")), (String::new(), String::new()));

    let step = Step::of(&world, "destroy");
    step.agentcore(&["destroy", "--force"]).run().code(0);
    assert_eq!(step.outputs()["changed"], "true");
    assert!(step.text("summary").contains("| **delete** | runtime |"), "{}", step.text("summary"));
}

#[test]
fn faults_are_annotated_at_their_line() {
    let world = World::new();
    world.write("sub/.bedrock_agentcore.yaml", "default_agent: a\nagents:\n  a:\n    name: a\n    entrypoint: [x]\n");
    let step = Step::of(&world, "status");
    let run = step.agentcore(&["status"]).dir(world.project().join("sub")).run().code(2);
    let commands = commands(&run);
    let [first, ..] = commands.as_slice() else { panic!("{run}") };
    let at = "::error file=sub/.bedrock_agentcore.yaml,line=5,col=17,title=";
    assert!(first.starts_with(at), "{run}");
    assert!(!run.stderr_text().lines().any(|line| line.starts_with("error:")), "it is told twice: {run}");
    let code = first[at.len()..].split("::").next().unwrap();
    assert_eq!(step.outputs(), BTreeMap::from([("exit_reason".to_owned(), code.to_owned())]));
    assert!(step.text("summary").contains(code), "{}", step.text("summary"));

    let run = step.agentcore(&["status", "-o", "json"]).dir(world.project().join("sub")).run().code(2);
    assert_eq!(run.json()["error"]["code"], code);

    // Of a result, too.
    let step = Step::of(&world, "validate");
    let run = step.agentcore(&["configure", "validate"]).dir(world.project().join("sub")).run().code(2);
    let commands = self::commands(&run);
    assert!(commands.iter().any(|line| line.starts_with(&format!("{at}{code}::"))), "{run}");
    assert_eq!(step.outputs()["exit_reason"], "usage");
    assert!(step.text("summary").contains("1 error"), "{}", step.text("summary"));
}

#[test]
fn source_faults_are_annotated_at_their_line() {
    let world = World::new();
    world.write("agent.py", "import os\ndef f(:\n").write("requirements.txt", "");
    world
        .agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "desk", "--region", "us-west-2", "-do"])
        .run()
        .code(0);
    for command in ["check", "build"] {
        let step = Step::of(&world, command);
        let run = step.agentcore(&[command]).run().code(2);
        let at = "::error file=agent.py,line=2,col=7,title=preflight.syntax::";
        assert_eq!(commands(&run).iter().filter(|line| line.starts_with(at)).count(), 1, "{run}");
        assert!(step.text("summary").contains("agent.py:2:7"), "{}", step.text("summary"));
    }
}

#[test]
fn a_token_is_masked_and_in_no_file() {
    let Some(scene) = Scene::start() else { return };
    let mut world = scene.world();
    let file = world.path("tmp").join("events");
    world.set("AGENTCORE_EVENTS", &file);
    world.agentcore(&["identity", "setup-cognito", "--pool-name", "masked"]).run().code(0);
    let step = Step::of(&world, "token");
    let run = step.agentcore(&["identity", "token"]).run().code(0);
    let token = run.stdout_text().trim().to_owned();
    assert_eq!(token.split('.').count(), 3, "{run}");
    assert_eq!(commands(&run), [format!("::add-mask::{token}")]);
    let elsewhere = world.agentcore(&["identity", "token"]).run().code(0);
    assert!(!elsewhere.stderr_text().contains("add-mask"), "{elsewhere}");
    let texts = [std::fs::read_to_string(&file).unwrap(), step.text("output"), step.text("summary")];
    let password = world.read(".agentcore_identity_user.env");
    let password = password.lines().find_map(|line| line.split_once("PASSWORD=")).unwrap().1.trim_matches(['\'', '"']);
    for secret in [token.as_str(), password] {
        assert!(secret.len() > 6 && texts.iter().all(|text| !text.contains(secret)), "{texts:?}");
    }
}

#[test]
fn results_that_stream_are_lines_of_json() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("desk", &[]);
    world.agentcore(&["launch"]).run().code(0);
    let schemas = |run: &Run| -> Vec<String> {
        lines(&run.stdout_text()).iter().map(|line| line["schema"].as_str().unwrap().to_owned()).collect()
    };
    let run = world.agentcore(&["invoke", r#"{"prompt": "a"}"#, "-o", "ndjson"]).run().code(0);
    let last = lines(&run.stdout_text()).pop().unwrap();
    assert_eq!((&last["schema"], &last["ok"]), (&json!("agentcore.invoke/1"), &json!(true)), "{run}");
    assert_eq!(last["data"]["response"], json!({ "prompt": "a" }));

    let run = world.agentcore(&["status", "--watch", "-o", "ndjson"]).run().code(0);
    assert_eq!(schemas(&run).last().unwrap(), "agentcore.status/1", "{run}");

    let run = world.agentcore(&["logs", "-o", "ndjson"]).run().code(0);
    let found = schemas(&run);
    assert_eq!(found.last().unwrap(), "agentcore.logs/1", "{run}");
    assert!(found[..found.len() - 1].iter().all(|schema| schema == "agentcore.log-line/1"), "{run}");

    for args in [&["status"][..], &["launch"], &["auth", "explain"]] {
        let run = world.agentcore(args).args(&["-o", "ndjson"]).run().code(2);
        let error = lines(&run.stdout_text()).pop().unwrap();
        assert_eq!(error["error"]["code"], "usage.conflict", "{run}");
        assert!(!error["error"]["hints"].as_array().unwrap().is_empty(), "{run}");
    }
    let run = world.agentcore(&["logs", "--agent", "nobody", "-o", "ndjson"]).run();
    assert_eq!(lines(&run.stdout_text()).last().unwrap()["ok"], false, "{run}");
}

#[test]
fn a_smoke_test_has_a_junit_file() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("desk", &[]);
    let smoke = ["launch", "--smoke", r#"{"a": 1}"#, "--junit", "smoke.xml"];
    world.agentcore(&smoke).args(&["--expect", ".a == 1"]).run().code(0);
    let text = world.read("smoke.xml");
    assert!(text.contains("tests=\"1\" failures=\"0\"") && text.contains("name=\"smoke test\""), "{text}");
    let run = world.agentcore(&smoke).args(&["--expect", ".a == 2", "--env", "B=1"]).run().code(1);
    let text = world.read("smoke.xml");
    assert!(
        text.contains("tests=\"1\" failures=\"1\"") && text.contains("<failure message=\"version 2 "),
        "{run}\n{text}"
    );
    // A pipe is written to, and nothing is deployed for a file that there cannot be.
    let pipe = world.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::process::Command::new("cat").arg(&pipe).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let smoke = ["launch", "--smoke", r#"{"a": 1}"#, "--env", "B=2", "--junit"];
    world.agentcore(&smoke).args(&[pipe.to_str().unwrap()]).run().code(0);
    let read = reader.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&read.stdout).contains("tests=\"1\" failures=\"0\""), "{read:?}");
    let versions = || world.agentcore(&["versions", "-o", "json"]).run().code(0).data()["total"].take();
    let before = versions();
    for place in ["no/such/smoke.xml", "."] {
        world.agentcore(&smoke).args(&[place, "--env", "B=3"]).run().code(2);
    }
    assert_eq!(versions(), before);
    // Nothing new: neither the file nor the test makes a version.
    world.agentcore(&["launch", "--junit", "smoke.xml"]).run().code(2);
}

#[test]
fn a_workflow_is_written_once_and_edits_stay() {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "");
    let configure = ["configure", "-ni", "-e", "agent.py", "-n", "desk", "--region", "us-west-2", "-do"];
    world.agentcore(&configure).run().code(0);
    let file = ".github/workflows/agentcore.yml";
    let init = |more: &[&str]| world.agentcore(&["ci", "init", "github", "-o", "json"]).args(more).run();
    let first = init(&[]).code(0).data();
    assert_eq!(first["files"], json!([{ "path": file, "action": "created" }]));
    assert!(first["next"].to_string().contains("AGENTCORE_ROLE_ARN"), "{first}");
    assert_eq!(init(&[]).code(0).data()["files"][0]["action"], "unchanged");
    let role = "arn:aws:iam::123456789012:role/ci";
    let changed = init(&["--role-arn", role, "--branch", "release"]).code(0).data();
    assert_eq!(changed["files"][0]["action"], "updated");
    let text = world.read(file);
    assert!(text.contains(&format!("role-to-assume: {role}\n")) && text.contains("branches: [\"release\"]"), "{text}");
    let edited = format!("{text}# mine\n");
    world.write(file, &edited);
    assert_eq!(init(&[]).code(2).json()["error"]["code"], "ci.file-edited");
    assert_eq!(world.read(file), edited);
    init(&["--force"]).code(0);
    assert_eq!(world.read(&format!("{file}.bak")), edited);

    // A repository's own `.gitlab-ci.yml` is never ours, with `--force` neither.
    world.write(".gitlab-ci.yml", "stages: [test]\n");
    let data = world.agentcore(&["ci", "init", "gitlab", "--force", "-o", "json"]).run().code(0).data();
    assert_eq!(data["files"][1], json!({ "path": ".gitlab-ci.yml", "action": "kept" }));
    assert_eq!(world.read(".gitlab-ci.yml"), "stages: [test]\n");
}
