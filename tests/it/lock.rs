//! The lock of a deployment: a second run sees the first, waits, and both are right in the end.

use serde_json::{Value, json};

use crate::convergence::{Scene, faults};
use crate::support::{Run, Seen, Trouble, When, World};

const LAUNCH: &[&str] = &["launch", "-o", "json"];
const KEY: &str = "agentcore:lock:00000000000000000000000000000000";

fn arn(scene: &Scene) -> String {
    let id = &scene.account.holdings().runtimes[0].id;
    scene.account.control("GET", &format!("/runtimes/{id}/"))["agentRuntimeArn"].as_str().unwrap().to_owned()
}

fn error(run: &Run) -> Value {
    run.json()["error"].clone()
}

fn path(scene: &Scene) -> String {
    format!("/tags/{}", arn(scene).replace(':', "%3A").replace('/', "%2F"))
}

/// Tags of the runtime that are locks.
pub(crate) fn locks(scene: &Scene) -> Vec<(String, Value)> {
    let tags = scene.account.control("GET", &path(scene))["tags"].as_object().unwrap().clone();
    tags.into_iter().filter(|(key, _)| key.starts_with("agentcore:lock:")).collect()
}

/// As another machine would write it at this moment.
fn lock(scene: &Scene, state: &str) {
    let now = time::OffsetDateTime::now_utc().format(&time::format_description::well_known::Rfc3339).unwrap();
    let doing = "launch with a canary of version 3";
    let body = json!({ "tags": { KEY: format!("{state} {now} {now} elsewhere.7.7 assumed-role/ci/other {doing}") } });
    scene.account.control_with("POST", &path(scene), &body.to_string());
}

fn launched(scene: &Scene) -> World {
    let world = scene.project("agent", &[]);
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(locks(scene), [], "the first launch leaves no lock");
    world
}

#[test]
fn lock_of_another_run_is_waited_for() {
    let Some(scene) = Scene::start() else { return };
    let world = launched(&scene);
    lock(&scene, "claimed");
    let held = locks(&scene);
    let change = ["launch", "-o", "json", "--env", "A=1", "--wait-timeout", "3"];
    let run = world.agentcore(&change).run().code(7);
    let error = error(&run);
    assert_eq!(error["code"], "lock.taken", "{run}");
    assert!(error.to_string().contains("assumed-role/ci/other since 20"), "{error}");
    assert!(error.to_string().contains("--break-lock"), "{error}");
    assert!(error.to_string().contains("(launch with a canary of version 3)"), "{error}");
    // Who waits learns it at once.
    let said = run.stderr_text();
    let (waiting, _) = said.split_once("another run is changing this agent").unwrap_or((&said, ""));
    assert!(waiting.contains("canary of version 3") && waiting.contains("--break-lock`"), "{run}");
    assert_eq!(locks(&scene), held, "its own is taken away, the other's stays");
    // Who changes nothing, and who only looks, has nothing to wait for.
    assert_eq!(world.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
    world.agentcore(&["launch", "--plan", "--env", "A=1"]).run().code(6);
    let broken = world.agentcore(LAUNCH).args(&["--env", "A=1", "--break-lock"]).run().code(0);
    assert!(broken.stderr_text().contains("the lock of assumed-role/ci/other since"), "{broken}");
    assert_eq!(locks(&scene), []);
}

#[test]
fn runs_that_only_wait_are_no_obstacle() {
    let Some(scene) = Scene::start() else { return };
    let world = launched(&scene);
    lock(&scene, "waiting");
    let run = scene.watch(&world, &["launch", "-o", "json", "--env", "A=1"], None);
    assert_eq!(run.run.code, Some(0), "{}", run.run);
    let mut writes: Vec<String> = run.seen.into_iter().filter(Seen::mutates).map(|seen| seen.label).collect();
    // Who made the version is noted beside the update.
    writes[1..3].sort_unstable();
    assert_eq!(writes, ["POST tags", "POST tags", "PUT runtime", "DELETE tags"]);
}

#[test]
fn killed_runs_lock_nobody_out() {
    let Some(scene) = Scene::start() else { return };
    let world = launched(&scene);
    let undisturbed = scene.watch(&world, &["launch", "-o", "json", "--env", "A=0"], None);
    let after_lock = |label: &str| label == "POST tags" || label == "PUT runtime" || label == "DELETE tags";
    let kills = faults(Trouble::Kill, &undisturbed).into_iter().filter(|fault| after_lock(&fault.label));
    let kills: Vec<_> = kills.collect();
    assert!(kills.iter().any(|fault| fault.label == "PUT runtime" && fault.when == When::BeforeReply), "{kills:?}");
    for (number, fault) in kills.iter().enumerate() {
        let change = format!("A={}", number + 1);
        let cut = scene.watch(&world, &["launch", "-o", "json", "--env", &change], Some(fault));
        assert!(cut.struck, "{fault}");
        // Shorter than an abandoned lock would last elsewhere.
        let again = world.agentcore(LAUNCH).args(&["--env", &change, "--wait-timeout", "30"]).run();
        again.code(0);
        let other = format!("B={}", number + 1);
        world.agentcore(LAUNCH).args(&["--env", &other, "--wait-timeout", "30"]).run().code(0);
        assert_eq!(locks(&scene), [], "{fault}");
    }
}

#[test]
fn caller_without_the_right_launches_unlocked() {
    let Some(scene) = Scene::start() else { return };
    let world = launched(&scene);
    let tags: serde_json::Map<String, Value> = (0..50).map(|n| (format!("own{n}"), json!("x"))).collect();
    let room = 50 - scene.account.control("GET", &path(&scene))["tags"].as_object().unwrap().len();
    let tags: serde_json::Map<String, Value> = tags.into_iter().take(room).collect();
    scene.account.control_with("POST", &path(&scene), &json!({ "tags": tags }).to_string());
    let run = world.agentcore(LAUNCH).args(&["--env", "A=1"]).run().code(0);
    assert!(run.stderr_text().contains("not locked against others"), "{run}");
}

#[test]
fn destroy_waits_for_a_launch() {
    let Some(scene) = Scene::start() else { return };
    let world = launched(&scene);
    lock(&scene, "claimed");
    let destroy = ["destroy", "--force", "--timeout", "5"];
    world.agentcore(&destroy).run().code(7);
    assert_eq!(scene.account.holdings().runtimes.len(), 1);
    world.agentcore(&["destroy", "--force", "--break-lock"]).run().code(0);
    assert!(scene.account.holdings().runtimes.is_empty());
}

#[test]
fn endpoint_verbs_wait_for_a_launch() {
    let Some(scene) = Scene::start() else { return };
    let world = launched(&scene);
    world.agentcore(&["endpoint", "create", "prod"]).run().code(0);
    world.agentcore(LAUNCH).args(&["--env", "A=1"]).run().code(0);
    assert_eq!(locks(&scene), []);
    lock(&scene, "claimed");
    let held = locks(&scene);
    let verbs: [&[&str]; 4] = [
        &["endpoint", "create", "other", "-o", "json", "--wait-timeout", "3"],
        &["endpoint", "promote", "prod", "--version", "2", "-o", "json", "--wait-timeout", "3"],
        &["endpoint", "delete", "prod", "--force", "-o", "json", "--wait-timeout", "3"],
        &["rollback", "1", "-o", "json", "--wait-timeout", "3"],
    ];
    for verb in verbs {
        let run = world.agentcore(verb).run().code(7);
        let error = error(&run);
        assert_eq!(error["code"], "lock.taken", "{run}");
        assert!(error.to_string().contains("--break-lock"), "{error}");
        assert_eq!(locks(&scene), held, "{verb:?}");
    }
    // A plan, and what is as it is to be, has nothing to wait for.
    world.agentcore(&["endpoint", "promote", "prod", "--version", "2", "--plan"]).run().code(6);
    world.agentcore(&["endpoint", "promote", "prod", "--version", "1"]).run().code(0);
    world.agentcore(&["rollback", "1", "--break-lock"]).run().code(0);
    assert_eq!(locks(&scene), []);
}

#[test]
fn two_pipelines_change_an_agent_in_turn() {
    let Some(scene) = Scene::start() else { return };
    let world = launched(&scene);
    let clone = scene.world();
    for name in ["agent.py", "requirements.txt", ".bedrock_agentcore.yaml"] {
        clone.write(name, &world.read(name));
    }
    let runs: Vec<Run> = std::thread::scope(|scope| {
        let each = [(&world, "A=1"), (&clone, "B=1")];
        let started = each.map(|(world, change)| {
            scope.spawn(move || world.agentcore(&["launch", "-o", "json", "--env", change]).run())
        });
        started.into_iter().map(|run| run.join().unwrap()).collect()
    });
    for run in &runs {
        assert_eq!(run.code, Some(0), "{run}");
    }
    let id = &scene.account.holdings().runtimes[0].id;
    let runtime = scene.account.control("GET", &format!("/runtimes/{id}/"));
    let variables = &runtime["environmentVariables"];
    assert_eq!((&variables["A"], &variables["B"]), (&json!("1"), &json!("1")), "{runtime}");
    assert_eq!(runtime["agentRuntimeVersion"], "3", "a version each");
    assert_eq!(locks(&scene), []);
}
