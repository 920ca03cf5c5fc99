//! What a launch with a smoke test leaves: which version is put back, what is on record, what later commands say of a version that
//! did not pass, and whom a canary keeps waiting.

use serde_json::{Value, json};

use crate::convergence::Scene;
use crate::lock::locks;
use crate::support::{Fault, Run, Trouble, When, World};

const LAUNCH: &[&str] = &["launch", "-o", "json"];
const GOOD: &[&str] = &["--smoke", "{\"n\": 1}", "--expect", ".n == 1"];
const BAD: &[&str] = &["--smoke", "{\"n\": 1}", "--expect", ".n == 2"];
const CONFIG: &str = ".bedrock_agentcore.yaml";

fn edit(world: &World, text: &str) {
    let agent = world.read("agent.py");
    world.write("agent.py", &format!("# {text}\n{agent}"));
}

fn launch(world: &World, more: &[&str]) -> Run {
    world.agentcore(LAUNCH).args(more).run()
}

fn runtime(scene: &Scene) -> Value {
    let id = &scene.account.holdings().runtimes[0].id;
    scene.account.control("GET", &format!("/runtimes/{id}/"))
}

fn tags_of(arn: &str) -> String {
    format!("/tags/{}", arn.replace(':', "%3A").replace('/', "%2F"))
}

fn kill(label: &str, nth: usize, when: When) -> Fault {
    Fault { trouble: Trouble::Kill, when, label: label.to_owned(), nth }
}

#[test]
fn plain_launches_name_a_version_that_failed() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    // Nothing is there that could be put back.
    launch(&world, BAD).code(1);
    for args in [&["launch"][..], &["launch", "--no-smoke"]] {
        world.agentcore(args).run().code(0).says("version 1, which DEFAULT serves, failed its smoke test");
    }
    launch(&world, GOOD).code(0);
    let passed = launch(&world, &[]).code(0);
    assert!(!passed.stderr_text().contains("smoke test"), "{passed}");
    edit(&world, "The second version.");
    let killed =
        scene.watch(&world, &[LAUNCH, GOOD].concat(), Some(&kill("POST invocation", 1, When::BeforeForwarding)));
    assert!(killed.struck);
    let pending = launch(&world, &[]).code(0).says("version 2, which DEFAULT serves, has not passed its smoke test");
    pending.says("`agentcore rollback");
    // Another version makes it no news any more.
    let changed = launch(&world, &["--env", "A=1"]).code(0);
    assert!(!changed.stderr_text().contains("smoke test"), "{changed}");
}

#[test]
fn an_untested_version_is_never_put_back() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    launch(&world, &[]).code(0);
    let first = runtime(&scene)["agentRuntimeArtifact"].clone();
    edit(&world, "The second version.");
    scene.watch(&world, &[LAUNCH, GOOD].concat(), Some(&kill("POST invocation", 1, When::BeforeForwarding)));
    assert_eq!(runtime(&scene)["agentRuntimeVersion"], "2");
    edit(&world, "The third version.");
    let failed = launch(&world, BAD).code(1).json()["error"].clone();
    assert!(failed["causes"].to_string().contains("version 4 has the settings of version 1"), "{failed}");
    assert_eq!(runtime(&scene)["agentRuntimeArtifact"], first);
    let back = world.agentcore(&["rollback", "--plan", "-o", "json"]).run().code(0).data();
    assert_eq!(back["version"], "4", "nothing but version 1 is good, and that is what serves: {back}");
}

/// What a launch that failed says.
fn failure(run: Run, code: i32) -> (String, String) {
    let error = run.code(code).json()["error"].clone();
    assert_eq!(error["code"], "smoke.failed", "{error}");
    (error["causes"].to_string(), error["hints"].to_string())
}

#[test]
fn a_deleted_image_is_never_put_back() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    let first = launch(&world, &[]).code(0).data()["runtime"]["image"].as_str().unwrap().to_owned();
    let (repository, digest) = first.split_once('/').unwrap().1.split_once('@').unwrap();
    let image = json!({ "repositoryName": repository, "imageIds": [{ "imageDigest": digest }] });
    scene.account.ecr("BatchDeleteImage", &image);
    edit(&world, "The second version.");
    let (causes, hints) = failure(launch(&world, BAD), 9);
    assert!(causes.contains("DEFAULT serves version 2") && causes.contains(&first), "{causes}");
    assert!(hints.contains("agentcore launch --smoke") && hints.contains("agentcore rollback"), "{hints}");
    let back = world.agentcore(&["rollback", "1", "-o", "json"]).run().code(2).json()["error"].clone();
    assert_eq!(back["code"], "version.artifact-gone");
    assert!(back["causes"].to_string().contains(&first), "{back}");
    assert_eq!(runtime(&scene)["agentRuntimeVersion"], "2");
}

#[test]
fn why_nothing_is_put_back_is_true() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    let source = world.read("agent.py");
    assert!(failure(launch(&world, BAD), 1).0.contains("there is no earlier version"));
    edit(&world, "The second version.");
    let none = failure(launch(&world, BAD), 1).0;
    assert!(none.contains("no earlier version became READY without a smoke test that failed"), "{none}");
    world.write("agent.py", &source);
    edit(&world, "The third version.");
    let third = world.read("agent.py");
    launch(&world, GOOD).code(0);
    edit(&world, "The fourth version.");
    assert!(failure(launch(&world, BAD), 1).0.contains("version 5 has the settings of version 3"));
    // Version 5 is as version 3, and its test fails as well.
    world.write("agent.py", &third);
    let same = failure(launch(&world, &[&["--endpoint", "prod"], BAD].concat()), 1).0;
    assert!(same.contains("version 3, which would be put back, has the same settings"), "{same}");
    assert!(same.contains("the endpoint `prod` was not made"), "{same}");
    assert_eq!(runtime(&scene)["agentRuntimeVersion"], "5");
}

#[test]
fn next_step_calls_the_endpoint_of_the_launch() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    let launched = world.agentcore(&["launch", "--endpoint", "staging"]).run().code(0).stdout_text();
    let next = launched.lines().last().unwrap().trim().strip_prefix("agentcore ").unwrap().to_owned();
    assert!(next.ends_with(" --endpoint staging"), "{launched}");
    world.agentcore(&["invoke", "{\"prompt\": \"hello\"}", "--endpoint", "staging"]).run().code(0);
}

/// Clients that the runtime lets in.
fn clients(scene: &Scene) -> Value {
    runtime(scene)["authorizerConfiguration"]["customJWTAuthorizer"]["allowedClients"].clone()
}

#[test]
fn callers_are_not_let_in_again_unasked() {
    let Some(scene) = Scene::start() else { return };
    let mut world = scene.project("agent", &[]);
    let pool = scene.account.cognito("CreateUserPool", &json!({ "PoolName": "callers" }));
    let issuer = format!("{}/{}", scene.account.url(), pool["UserPool"]["Id"].as_str().unwrap());
    let claims = json!({ "iss": issuer, "sub": "u", "exp": crate::auth::now() + 3600, "client_id": "c1" });
    world.set("AGENTCORE_BEARER_TOKEN", scene.account.token(&json!({ "issuer": issuer, "claims": claims })));
    let allow = |clients: &[&str]| {
        let discovery = format!("{issuer}/.well-known/openid-configuration");
        let rules = json!({ "customJWTAuthorizer": { "discoveryUrl": discovery, "allowedClients": clients } });
        let args = ["configure", "--offline", "--name", "agent", "--authorizer-config", &rules.to_string()];
        world.agentcore(&args).run().code(0);
    };
    allow(&["c1", "c2"]);
    launch(&world, GOOD).code(0);
    // They were let in a moment ago.
    allow(&["c1"]);
    assert!(failure(launch(&world, BAD), 1).0.contains("version 3 has the settings of version 1"));
    assert_eq!(clients(&scene), json!(["c1", "c2"]));

    // A version that was never tested to its end has served since, without one of them.
    edit(&world, "The fourth version.");
    let cut = kill("POST invocation", 1, When::BeforeForwarding);
    assert!(scene.watch(&world, &[LAUNCH, GOOD].concat(), Some(&cut)).struck);
    edit(&world, "The fifth version.");
    let (causes, hints) = failure(launch(&world, BAD), 9);
    assert!(causes.contains("DEFAULT serves version 5") && causes.contains("`c2`"), "{causes}");
    assert!(hints.contains("agentcore rollback --allow-auth-change"), "{hints}");
    assert_eq!((runtime(&scene)["agentRuntimeVersion"].as_str(), clients(&scene)), (Some("5"), json!(["c1"])));

    edit(&world, "The sixth version.");
    let meant = failure(launch(&world, &[BAD, &["--allow-auth-change"]].concat()), 1).0;
    assert!(meant.contains("version 7 has the settings of version 3"), "{meant}");
    assert_eq!(clients(&scene), json!(["c1", "c2"]));
}

#[test]
fn endpoints_that_tests_left_are_named() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    launch(&world, &[]).code(0);
    edit(&world, "The second version.");
    scene.watch(&world, &[LAUNCH, GOOD].concat(), Some(&kill("PUT runtime-endpoints", 1, When::BeforeReply)));
    let list = || world.agentcore(&["endpoint", "list"]).run().code(0).stdout_text();
    assert!(list().contains("smoke_v2") && !list().contains("agentcore endpoint delete"), "the test may be running");
    let arn = format!("{}/runtime-endpoint/smoke_v2", runtime(&scene)["agentRuntimeArn"].as_str().unwrap());
    let past = json!({ "tags": { "agentcore:temporary-until": "2026-01-01T00:00:00.000Z" } });
    scene.account.control_with("POST", &tags_of(&arn), &past.to_string());
    let listed = list();
    let command = listed.lines().map(str::trim).find(|line| line.starts_with("agentcore endpoint delete")).unwrap();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    world.agentcore(&words).run().code(0);
    assert!(!list().contains("smoke_v2"));
}

#[test]
fn variables_of_a_rollback_leave_with_the_launch() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    launch(&world, &["--env", "ONCE=1", "--env", "KEPT=1"]).code(0);
    launch(&world, &["--unset-env", "ONCE"]).code(0);
    let before = runtime(&scene)["environmentVariables"].clone();
    world.agentcore(&["rollback", "1"]).run().code(0);
    assert_eq!(runtime(&scene)["environmentVariables"]["ONCE"], "1");
    launch(&world, &[]).code(0);
    assert_eq!(runtime(&scene)["environmentVariables"], before, "as if there had been no rollback");
    assert_eq!(launch(&world, &[]).code(0).data()["changes"], 0);
}

#[test]
fn an_image_is_configured_once_it_passed() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    let image = |run: Run| run.code(0).data()["runtime"]["image"].as_str().unwrap().to_owned();
    let first = image(launch(&world, &[]));
    edit(&world, "The second version.");
    let second = image(launch(&world, &[]));
    let text = world.read(CONFIG);
    world.write(CONFIG, &text.replacen("    agentcore:\n", &format!("    agentcore:\n      image: {first}\n"), 1));
    launch(&world, &[]).code(0);
    launch(&world, &[&["--image", &second], BAD].concat()).code(1);
    assert!(world.read(CONFIG).contains(&first) && !world.read(CONFIG).contains(&second));
    assert_eq!(launch(&world, &[]).code(0).data()["changes"], 0, "what was put back is what is configured");
    launch(&world, &[&["--image", &second], GOOD].concat()).code(0);
    assert!(world.read(CONFIG).contains(&second) && !world.read(CONFIG).contains(&first));
    launch(&world, &["--image", &first]).code(0);
    assert!(world.read(CONFIG).contains(&first), "without a test it is configured as it is deployed");
}

#[test]
fn canaries_outlast_a_log_that_cannot_be_read() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    launch(&world, &[]).code(0);
    let canary = [LAUNCH, GOOD, &["--canary", "2s"]].concat();
    let watch = |trouble| {
        edit(&world, "Another version.");
        let fault = Fault { trouble, when: When::BeforeForwarding, label: "FilterLogEvents".to_owned(), nth: 1 };
        let watched = scene.watch(&world, &canary, Some(&fault));
        assert!(watched.struck);
        watched.run
    };
    watch(Trouble::ThrottledRun(3)).code(0);
    let denied = watch(Trouble::Denied).code(0);
    denied.says("the log of the version is not watched");
    let never = watch(Trouble::ThrottledRun(1000)).code(9);
    let error = never.json()["error"].clone();
    assert_eq!(error["code"], "ThrottlingException", "{never}");
    assert!(error["causes"].to_string().contains("not done: its smoke test"), "{never}");
    assert_eq!(runtime(&scene)["agentRuntimeVersion"], "4", "nothing is put back");
}

#[test]
fn the_lock_says_that_a_canary_runs() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    launch(&world, &[]).code(0);
    edit(&world, "The second version.");
    let canary = [LAUNCH, GOOD, &["--canary", "4s"]].concat();
    // After the first call of the watch.
    let killed = scene.watch(&world, &canary, Some(&kill("POST invocation", 2, When::BeforeReply)));
    assert!(killed.struck, "{}", killed.run);
    let held = locks(&scene);
    assert!(
        held.len() == 1 && held[0].1.as_str().unwrap().contains("launch with a canary of version 2 until 20"),
        "{held:?}"
    );
}

/// An agent that answers once a file is there, which its caller names.
const WAITING: &str = r#"
import json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"status": "Healthy", "time_of_last_update": 0}')

    def do_POST(self):
        file = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["file"]
        while not os.path.exists(file):
            time.sleep(0.02)
        self.answer(b'{"n": 1}')


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
"#;

#[test]
#[expect(clippy::disallowed_methods, reason = "a test blocks no runtime but its own thread")]
fn a_rollback_during_the_test_stays() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    world.write("agent.py", WAITING);
    launch(&world, &[]).code(0);
    edit(&world, "The second version.");
    let file = world.path("tmp").join("go");
    let payload = json!({ "file": file.to_str().unwrap() }).to_string();
    let args = ["--smoke", payload.as_str(), "--expect", ".n == 2"];
    let failed = std::thread::scope(|scope| {
        let testing = scope.spawn(|| launch(&world, &args));
        let id = scene.account.holdings().runtimes[0].id.clone();
        let is_tested = || {
            let found = scene.account.control("POST", &format!("/runtimes/{id}/runtime-endpoints/"));
            let endpoints = found["runtimeEndpoints"].as_array().unwrap().clone();
            endpoints.iter().any(|endpoint| endpoint["name"] == "smoke_v2" && endpoint["status"] == "READY")
        };
        while !is_tested() && !testing.is_finished() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        world.agentcore(&["rollback", "1", "--break-lock"]).run().code(0);
        std::fs::write(&file, "").unwrap();
        testing.join().unwrap()
    });
    let error = failed.code(1).json()["error"].clone();
    assert!(error["causes"].to_string().contains("another run has made version 3"), "{error}");
    assert_eq!(runtime(&scene)["agentRuntimeVersion"], "3");
}
