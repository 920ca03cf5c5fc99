//! `agentcore logs` and `observability` with an agent that was launched: what it prints is read and followed, what it printed when it
//! failed is shown by the call, and what was begun before a kill is finished by the next run.

use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use crate::convergence::Scene;
use crate::support::{Run, World};

/// Prints what it is asked, and fails on `crash` as an agent does.
const AGENT: &str = r#"
import json, sys, traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, b'{"status": "Healthy", "time_of_last_update": 0}')

    def do_POST(self):
        if self.path == "/warm":
            print("the shelf is not there", flush=True)
            return self.answer(500, b"{}")
        prompt = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["prompt"]
        print(json.dumps({"level": "INFO", "message": f"asked for {prompt}", "shelf": 3}), flush=True)
        if prompt == "crash":
            try:
                {}["shelf"]
            except KeyError:
                traceback.print_exc()
                sys.stderr.flush()
            return self.answer(500, b"{}")
        self.answer(200, b'"done"')


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
"#;

const SESSION: &str = "9b2f0c1e-5d3a-4c7b-8e6f-0a1b2c3d4e5f";

fn launched(scene: &Scene, agent: &str) -> World {
    let world = scene.project(agent, &[]);
    world.write("agent.py", AGENT);
    world.agentcore(&["launch"]).run().code(0);
    world
}

fn invoke(world: &World, prompt: &str, session: &str) -> Run {
    world.agentcore(&["invoke", &json!({ "prompt": prompt }).to_string(), "--session-id", session]).run()
}

fn messages(world: &World, args: &[&str]) -> Vec<String> {
    let data = world.agentcore(&["logs", "-o", "json"]).args(args).run().code(0).data();
    data["events"].as_array().unwrap().iter().map(|event| event["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn lines_of_a_call_are_found_by_session() {
    let Some(scene) = Scene::start() else { return };
    let world = launched(&scene, "desk");
    let other = SESSION.replace('9', "8");
    invoke(&world, "one", SESSION).code(0);
    invoke(&world, "two", &other).code(0);
    let of_session = messages(&world, &["--session", SESSION, "--grep", "asked"]);
    assert!(matches!(of_session.as_slice(), [one] if one.contains("asked for one")), "{of_session:?}");
    assert_eq!(messages(&world, &["--grep", "asked", "--level", "info"]).len(), 2);
    assert_eq!(messages(&world, &["--grep", "asked", "--level", "warn"]).len(), 0);
    assert_eq!(messages(&world, &["--grep", "asked", "--since", "1h", "--until", "30m"]).len(), 0);
    let text = world.agentcore(&["logs", "--session", &other, "--grep", "two"]).run().code(0).stdout_text();
    assert!(text.ends_with(" INFO  asked for two  shelf=3\n"), "{text}");
}

#[test]
fn last_lines_of_a_failed_call_are_shown() {
    let Some(scene) = Scene::start() else { return };
    let world = launched(&scene, "desk");
    let run = invoke(&world, "crash", SESSION).code(8);
    let said = run.stderr_text();
    assert!(said.contains("Traceback (most recent call last):") && said.contains("KeyError: 'shelf'"), "{run}");
    assert!(said.contains("asked for crash") && !said.contains("/ping"), "{run}");
    assert!(said.contains(&format!("`agentcore logs --session {SESSION} --since 10m`")), "{run}");
    let run = world.agentcore(&["invoke", r#"{"prompt": "crash"}"#, "-o", "json"]).run().code(8);
    let causes = run.json()["error"]["causes"].to_string();
    assert!(causes.contains("KeyError: 'shelf'"), "{run}");
}

#[test]
fn last_lines_of_a_failed_launch_are_shown() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("desk", &["--warmup", "/warm", "--platform-version", "V2"]);
    world.write("agent.py", AGENT);
    let said = world.agentcore(&["launch"]).run().code(1).stderr_text();
    assert!(said.contains("CREATE_FAILED") && said.contains("the shelf is not there"), "{said}");
    let world = launched(&scene, "table");
    let configure =
        ["configure", "-ni", "-e", "agent.py", "-n", "table", "--warmup", "/warm", "--platform-version", "V2"];
    world.agentcore(&configure).run().code(0);
    let said = world.agentcore(&["launch"]).run().code(1).stderr_text();
    assert!(said.contains("UPDATE_FAILED") && said.contains("the shelf is not there"), "{said}");
}

#[test]
fn follower_sees_what_is_logged_meanwhile() {
    let Some(scene) = Scene::start() else { return };
    let world = launched(&scene, "desk");
    let mut follower = world.agentcore(&["logs", "-f", "--ndjson", "--grep", "asked", "--timeout", "120"]).spawn();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    for prompt in ["one", "two"] {
        invoke(&world, prompt, SESSION).code(0);
        let event: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert!(event["message"].as_str().unwrap().contains(&format!("asked for {prompt}")), "{event}");
        assert_eq!((&event["session"], &event["level"]), (&json!(SESSION), &json!("info")));
    }
    follower.kill().unwrap();
    follower.wait().unwrap();
}

const ENABLE: &[&str] = &["observability", "enable", "--retention-days", "30", "-o", "json"];
const DISABLE: &[&str] = &["observability", "disable", "-o", "json"];

fn actions(data: &Value) -> Vec<&str> {
    data["steps"].as_array().unwrap().iter().map(|step| step["action"].as_str().unwrap()).collect()
}

#[test]
fn enabling_twice_changes_nothing_more() {
    let Some(scene) = Scene::start() else { return };
    let world = launched(&scene, "desk");
    let first = world.agentcore(ENABLE).run().code(6).data();
    assert_eq!(actions(&first)[1..], ["create", "create", "create"], "{first}");
    assert_eq!(scene.account.xray("GetTraceSegmentDestination", &json!({}))["Destination"], "XRay");
    let wide: Vec<&str> = ENABLE.iter().copied().chain(["--account-wide", "--sampling", "5"]).collect();
    let plan: Vec<&str> = wide.iter().copied().chain(["--plan"]).collect();
    world.agentcore(&plan).run().code(6);
    world.agentcore(&wide).run().code(0);
    assert_eq!(scene.account.xray("GetTraceSegmentDestination", &json!({}))["Destination"], "CloudWatchLogs");
    let second = world.agentcore(&wide).run().code(0).data();
    assert!(actions(&second).iter().all(|action| *action == "unchanged"), "{second}");
    world.agentcore(&plan).run().code(0);
    let found = world.agentcore(&["observability", "check", "-o", "json"]).run().code(6).data();
    let open: Vec<&Value> = found["findings"].as_array().unwrap().iter().filter(|it| it["state"] == "change").collect();
    assert!(open.len() == 1 && open[0]["check"] == "instrumentation", "{found}");
    let gone = world.agentcore(DISABLE).run().code(0).data();
    assert_eq!(actions(&gone), ["delete", "delete", "delete"]);
    assert_eq!(scene.account.logs("DescribeDeliveries", &json!({}))["deliveries"], json!([]));
}
