//! What differs between the file and what is live, and how what was made or changed elsewhere is taken over.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::convergence::Scene;
use crate::support::World;

const CONFIG: &str = ".bedrock_agentcore.yaml";
const DRIFT: &[&str] = &["status", "--drift", "-o", "json"];
const DISCOVERY: &str = "https://issuer.example/.well-known/openid-configuration";

/// What the service reads of a runtime and does not take.
const READ_ONLY: [&str; 8] = [
    "agentRuntimeArn",
    "agentRuntimeId",
    "agentRuntimeName",
    "agentRuntimeVersion",
    "createdAt",
    "lastUpdatedAt",
    "status",
    "workloadIdentityDetails",
];

fn runtime(scene: &Scene, world: &World) -> (String, Map<String, Value>) {
    let id = world.agentcore(&["status", "-o", "json"]).run().data()["runtime"]["id"].as_str().unwrap().to_owned();
    let live = settle(scene, &id);
    (id, live)
}

/// The runtime, once it is READY.
#[expect(clippy::disallowed_methods, reason = "a test blocks no runtime but its own thread")]
fn settle(scene: &Scene, id: &str) -> Map<String, Value> {
    loop {
        let live = scene.account.control("GET", &format!("/runtimes/{id}/"));
        match live["status"].as_str().unwrap() {
            "READY" => return live.as_object().unwrap().clone(),
            "CREATING" | "UPDATING" => std::thread::sleep(Duration::from_millis(20)),
            other => panic!("{other}: {live}"),
        }
    }
}

/// Sends everything again with one member changed, as another tool does.
fn change(scene: &Scene, id: &str, member: &str, value: Value) {
    let mut body = settle(scene, id);
    body.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
    body.insert(member.to_owned(), value);
    scene.account.control_with("PUT", &format!("/runtimes/{id}/"), &Value::Object(body).to_string());
    settle(scene, id);
}

/// The paths that differ, by resource.
fn differing(world: &World, code: i32) -> Vec<String> {
    let data = world.agentcore(DRIFT).run().code(code).data();
    let mut found = Vec::new();
    for resource in data["resources"].as_array().unwrap() {
        for difference in resource["differences"].as_array().unwrap() {
            found.push(format!("{}: {}", resource["resource"].as_str().unwrap(), difference["path"].as_str().unwrap()));
        }
    }
    assert_eq!(data["differences"], found.len(), "{data}");
    found
}

#[test]
fn each_changed_field_is_exactly_the_drift() {
    let Some(scene) = Scene::start() else { return };
    let settings = ["--idle-timeout", "900", "--max-lifetime", "3600", "--request-header-allowlist", "X-One"];
    let world = scene.project("agent", &settings);
    world.agentcore(DRIFT).run().code(5);
    world.agentcore(&["launch"]).run().code(0);
    assert_eq!(differing(&world, 0), Vec::<String>::new());
    let (id, live) = runtime(&scene, &world);

    let mut without_region = live["environmentVariables"].clone();
    without_region.as_object_mut().unwrap().remove("AWS_REGION");
    let jwt = json!({ "customJWTAuthorizer": { "discoveryUrl": DISCOVERY, "allowedClients": ["a"] } });
    for (member, value, path) in [
        (
            "lifecycleConfiguration",
            json!({ "idleRuntimeSessionTimeout": 1200, "maxLifetime": 3600 }),
            "lifecycle.idleRuntimeSessionTimeout",
        ),
        (
            "lifecycleConfiguration",
            json!({ "idleRuntimeSessionTimeout": 900, "maxLifetime": 7200 }),
            "lifecycle.maxLifetime",
        ),
        ("protocolConfiguration", json!({ "serverProtocol": "MCP" }), "protocol.serverProtocol"),
        (
            "requestHeaderConfiguration",
            json!({ "requestHeaderAllowlist": ["X-Two"] }),
            "requestHeaders.requestHeaderAllowlist",
        ),
        ("authorizerConfiguration", jwt, "authorizer"),
        ("environmentVariables", without_region, "environment.AWS_REGION"),
    ] {
        let before = live.get(member).cloned();
        change(&scene, &id, member, value);
        assert_eq!(differing(&world, 6), [format!("runtime: {path}")]);
        let text = world.agentcore(&["status", "--drift"]).run().code(6).stdout_text();
        assert!(text.contains("was made elsewhere") && text.contains(path), "{text}");
        change(&scene, &id, member, before.unwrap_or(Value::Null));
        assert_eq!(differing(&world, 0), Vec::<String>::new(), "{path} is as it was");
    }

    let arn = live["roleArn"].as_str().unwrap();
    let (role, policy) = (arn.rsplit('/').next().unwrap(), "BedrockAgentCoreRuntimeExecutionPolicy-agent");
    scene.account.iam("DeleteRolePolicy", &[("RoleName", role), ("PolicyName", policy)]);
    assert_eq!(differing(&world, 6), ["role: permissions"]);
    world.agentcore(&["launch"]).run().code(0);
    assert_eq!(differing(&world, 0), Vec::<String>::new());
}

#[test]
fn an_artifact_that_is_not_recorded_is_drift() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    world.agentcore(&["launch"]).run().code(0);
    let (id, first) = runtime(&scene, &world);
    world.write("agent.py", &format!("{}\n# changed\n", world.read("agent.py")));
    assert_eq!(differing(&world, 0), Vec::<String>::new(), "a changed source is none");
    world.agentcore(&["launch"]).run().code(0);
    change(&scene, &id, "agentRuntimeArtifact", first["agentRuntimeArtifact"].clone());
    assert_eq!(differing(&world, 6), ["runtime: image"]);
    // It is of the agent's own repository, as another clone's launch would have it.
    world.agentcore(&["launch", "--refuse-drift"]).run().code(0);
    assert_eq!(differing(&world, 0), Vec::<String>::new());
}

#[test]
fn overwriting_what_came_from_elsewhere_is_said() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &["--idle-timeout", "900"]);
    world.agentcore(&["launch"]).run().code(0);
    let (id, _) = runtime(&scene, &world);
    let foreign = json!({ "idleRuntimeSessionTimeout": 1200, "maxLifetime": 28800 });
    change(&scene, &id, "lifecycleConfiguration", foreign.clone());
    let plan = world.agentcore(&["launch", "--plan", "-o", "json"]).run().code(6).data();
    let step = plan["steps"].as_array().unwrap().iter().find(|step| step["resource"] == "runtime").unwrap().clone();
    assert_eq!(step["changes"][0]["changedElsewhere"], true, "{step}");
    assert!(step["details"].to_string().contains("was made elsewhere"), "{step}");
    let refused = world.agentcore(&["launch", "--refuse-drift", "-o", "json"]).run().code(6);
    assert_eq!(refused.json()["error"]["code"], "runtime.changed-elsewhere", "{refused}");
    assert_eq!(settle(&scene, &id)["lifecycleConfiguration"], foreign, "nothing was touched");
    world.agentcore(&["launch"]).run().code(0).says("changed elsewhere, and this launch overwrites it");
    assert_eq!(settle(&scene, &id)["lifecycleConfiguration"]["idleRuntimeSessionTimeout"], 900);
    let plan = world.agentcore(&["launch", "--refuse-drift", "-o", "json"]).run().code(0).data();
    assert_eq!(plan["changes"], 0);
}

#[test]
fn adopting_after_drift_keeps_the_files_comments() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &["--idle-timeout", "900"]);
    let text =
        world.read(CONFIG).replace("idle_runtime_session_timeout: 900", "idle_runtime_session_timeout: 900 # mine");
    world.write(CONFIG, &format!("# the agents of this team\n{text}"));
    world.agentcore(&["launch"]).run().code(0);
    let (id, live) = runtime(&scene, &world);
    change(&scene, &id, "lifecycleConfiguration", json!({ "idleRuntimeSessionTimeout": 1200, "maxLifetime": 28800 }));
    let mut variables = live["environmentVariables"].clone();
    variables["MODE"] = json!("fast");
    change(&scene, &id, "environmentVariables", variables);

    let before = world.read(CONFIG);
    let plan = world.agentcore(&["adopt", "--plan", "-o", "json"]).run().code(6).data();
    assert_eq!((&plan["applied"], world.read(CONFIG)), (&json!(false), before));
    let watched = scene.watch(&world, &["adopt", "-o", "json"], None);
    assert!(watched.seen.iter().all(|seen| !seen.mutates()), "{:?}", watched.seen);
    let adopted = watched.run.code(0).data();
    assert_eq!((&adopted["outcome"], &adopted["left"]), (&json!("updated"), &json!([])), "{adopted}");
    let after = world.read(CONFIG);
    assert!(after.starts_with("# the agents of this team\n"), "{after}");
    assert!(after.contains("idle_runtime_session_timeout: 1200 # mine"), "{after}");
    assert_eq!(differing(&world, 0), Vec::<String>::new());
    assert_eq!(world.agentcore(&["adopt", "-o", "json"]).run().code(0).data()["outcome"], "unchanged");
    assert_eq!(world.read(CONFIG), after);
}

#[test]
fn a_launch_of_another_clone_is_named() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    world.agentcore(&["launch"]).run().code(0);
    let clone = world.read(CONFIG);
    world.write("agent.py", &format!("{}\n# changed\n", world.read("agent.py")));
    world.agentcore(&["launch"]).run().code(0);
    world.write(CONFIG, &clone);
    let text = world.agentcore(DRIFT).run().code(6).data().to_string();
    assert!(text.contains("was launched by ") && !text.contains("made elsewhere"), "{text}");
}

#[test]
fn an_environment_never_adopts_the_files_runtime() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    world.agentcore(&["launch"]).run().code(0);
    let (id, _) = runtime(&scene, &world);
    let before = world.read(CONFIG);
    world.agentcore(&["adopt", "agent", "--environment", "staging"]).run().code(5);
    world.agentcore(&["adopt", &id, "--environment", "staging"]).run().code(2);
    assert_eq!(world.read(CONFIG), before);
}

#[test]
fn drift_and_adoption_know_references_and_environments() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("support", &[]);
    let parameter = |value: &str| {
        let input = json!({ "Name": "/support/key", "Value": value, "Type": "SecureString", "Overwrite": true });
        scene.account.ssm("PutParameter", &input);
    };
    parameter("canary-one");
    let values = "{A: \"${ssm:/support/key}\", B: \"${HERE:-x}/$${y}\", C: plain}";
    let staging =
        format!("  environments:\n    staging:\n      defaults:\n        agentcore: {{environment: {values}}}\n");
    let text = world.read(CONFIG);
    world.write(CONFIG, &text.replace("\nagentcore:\n", &format!("\nagentcore:\n{staging}")));
    let run = |words: &[&str]| world.agentcore(words).args(&["--environment", "staging", "-o", "json"]).run();
    let launched = run(&["launch"]).code(0).data();
    assert_eq!(launched["environment"], "staging");
    let id = launched["runtime"]["id"].as_str().unwrap().to_owned();
    assert_eq!(run(&["status", "--drift"]).code(0).data()["differences"], 0);

    parameter("canary-two");
    let mut variables = settle(&scene, &id)["environmentVariables"].clone();
    variables["C"] = json!("${z}");
    change(&scene, &id, "environmentVariables", variables);
    assert_eq!(run(&["status", "--drift"]).code(6).data()["differences"], 2);
    // By the runtime's name, which is another than the agent's.
    let adopted = run(&["adopt", "support_staging"]).code(0);
    assert_eq!(adopted.data()["agent"], "support");
    let file = world.read(CONFIG);
    assert!(file.contains("$${z}") && file.contains("${ssm:/support/key}"), "{file}");
    assert_eq!(run(&["status", "--drift"]).code(6).data()["differences"], 1, "the parameter's new value");
    assert_eq!(run(&["launch"]).code(0).data()["changes"], 1);
    assert_eq!(run(&["status", "--drift"]).code(0).data()["differences"], 0);
    let exported = run(&["export", "--format", "boto3"]).code(0);
    assert!(exported.data()["secrets"].to_string().contains("\"A\""), "{exported}");
    assert!(![file, adopted.stdout_text(), exported.stdout_text()].iter().any(|text| text.contains("canary")));
    // Outside of the environment it is nobody's here to take.
    let refused = world.agentcore(&["adopt", &id, "-o", "json"]).run().code(2).json();
    assert!(refused["error"]["hints"].to_string().contains("--environment staging"), "{refused}");
}
