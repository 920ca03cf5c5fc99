//! What a launch does to a runtime, apart from its image: where it goes, its variables, who may call it, and what two
//! launches at once make of it.

use serde_json::{Value, json};

use crate::convergence::Scene;
use crate::support::{Account, Run, World};

const LAUNCH: &[&str] = &["launch", "-o", "json"];
const CONFIG: &str = ".bedrock_agentcore.yaml";

fn config(world: &World) -> Value {
    serde_yaml::from_str(&world.read(CONFIG)).unwrap()
}

fn edit(world: &World, change: impl FnOnce(&mut Value)) {
    let mut file = config(world);
    change(&mut file);
    world.write(CONFIG, &serde_yaml::to_string(&file).unwrap());
}

/// The one runtime, as the service describes it.
fn live(account: &Account) -> Value {
    let listed = account.control("POST", "/runtimes/");
    let [runtime] = listed["agentRuntimes"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    account.control("GET", &format!("/runtimes/{}/", runtime["agentRuntimeId"].as_str().unwrap()))
}

/// UpdateAgentRuntime by another program, with `change` on top of what is there.
fn update(account: &Account, change: impl FnOnce(&mut serde_json::Map<String, Value>)) {
    let live = live(account);
    let mut body = live.as_object().unwrap().clone();
    for member in ["agentRuntimeArn", "agentRuntimeId", "agentRuntimeName", "agentRuntimeVersion", "createdAt"] {
        body.remove(member);
    }
    for member in ["lastUpdatedAt", "status", "workloadIdentityDetails"] {
        body.remove(member);
    }
    change(&mut body);
    let id = live["agentRuntimeId"].as_str().unwrap();
    account.control_with("PUT", &format!("/runtimes/{id}/"), &Value::Object(body).to_string());
    // DEFAULT follows a moment after the version is there.
    until(|| {
        let version = self::live(account)["agentRuntimeVersion"].clone();
        let default = account.control("GET", &format!("/runtimes/{id}/runtime-endpoints/DEFAULT/"));
        default["status"] == "READY" && default["liveVersion"] == version
    });
}

/// Returns when `holds` does.
#[expect(clippy::disallowed_methods, reason = "a test blocks no runtime but its own thread")]
fn until(holds: impl Fn() -> bool) {
    while !holds() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

fn variables(account: &Account) -> Vec<String> {
    let live = live(account);
    live["environmentVariables"].as_object().unwrap().keys().filter(|name| !name.starts_with("AWS_")).cloned().collect()
}

#[test]
fn a_variable_goes_when_the_configuration_loses_it() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    edit(&world, |file| file["agents"]["agent"]["agentcore"]["environment"] = json!({ "KEPT": "1", "GOES": "2" }));
    world.agentcore(LAUNCH).args(&["--env", "ONCE=3"]).run().code(0);
    update(&scene.account, |body| body["environmentVariables"]["STRANGER"] = json!("4"));
    edit(&world, |file| {
        file["agents"]["agent"]["agentcore"]["environment"].as_object_mut().unwrap().remove("GOES");
    });
    let plan = world.agentcore(&["launch", "--plan", "-o", "json"]).run().code(6).data();
    assert!(plan["steps"].to_string().contains("environment.GOES: removed"), "{plan}");
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(variables(&scene.account), ["KEPT", "ONCE", "STRANGER"]);
    assert_eq!(config(&world)["agents"]["agent"]["agentcore"]["created"]["environment"], json!(["KEPT"]));
    // One that comes back by the command line stays from then on, as any other that is given there.
    edit(&world, |file| file["agents"]["agent"]["agentcore"]["environment"] = json!({}));
    world.agentcore(LAUNCH).args(&["--env", "KEPT=5"]).run().code(0);
    assert_eq!(variables(&scene.account), ["KEPT", "ONCE", "STRANGER"]);
    assert_eq!(world.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
}

/// GetAgentRuntime shows a member of the network that UpdateAgentRuntime refuses.
#[test]
fn a_runtime_in_a_vpc_is_updated() {
    let Some(scene) = Scene::start() else { return };
    let vpc = ["--vpc", "--subnets", "subnet-0123456789abcdef0", "--security-groups", "sg-0123456789abcdef0"];
    let world = scene.project("agent", &vpc);
    world.agentcore(LAUNCH).run().code(0);
    let network = live(&scene.account)["networkConfiguration"].clone();
    assert_eq!(network["networkModeConfig"]["requireServiceS3Endpoint"], false);
    world.agentcore(LAUNCH).args(&["--env", "AA=1"]).run().code(0);
    assert_eq!(variables(&scene.account), ["AA"]);
    assert_eq!(live(&scene.account)["networkConfiguration"], network);
    assert_eq!(world.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
}

#[test]
fn an_image_is_not_replaced_by_an_archive() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    world.agentcore(LAUNCH).run().code(0);
    let before = live(&scene.account);
    world.agentcore(&["configure", "-ni", "--name", "agent", "--deployment-type", "direct_code_deploy"]).run().code(0);
    for args in [&["launch", "--plan", "-o", "json"][..], LAUNCH] {
        assert_eq!(world.agentcore(args).run().code(2).json()["error"]["code"], "runtime.artifact-kind");
    }
    assert_eq!(live(&scene.account), before);
    world.agentcore(&["destroy", "--force"]).run().code(0);
    world.agentcore(LAUNCH).run().code(0);
    world.agentcore(&["configure", "-ni", "--name", "agent", "--deployment-type", "container"]).run().code(0);
    world.agentcore(&["launch"]).run().code(2).says("runs a code archive");
}

#[test]
fn variable_set_by_launch_returns_to_its_value() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    edit(&world, |file| file["agents"]["agent"]["agentcore"]["environment"] = json!({ "AWS_REGION": "x" }));
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(live(&scene.account)["environmentVariables"]["AWS_REGION"], "x");
    edit(&world, |file| file["agents"]["agent"]["agentcore"]["environment"] = json!({}));
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(live(&scene.account)["environmentVariables"]["AWS_REGION"], "us-west-2");
    assert_eq!(world.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
}

#[test]
fn a_variable_that_is_not_there_is_told() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    world.agentcore(LAUNCH).args(&["--env", "AA=1"]).run().code(0);
    world.agentcore(LAUNCH).args(&["--unset-env", "NOPE"]).run().code(0).says("no environment variable `NOPE`");
    world.agentcore(LAUNCH).args(&["--unset-env", "AA,BB"]).run().code(0).says("repeat `--unset-env`");
    assert_eq!(variables(&scene.account), ["AA"]);
    world.agentcore(&["launch", "--unset-env="]).run().code(2).says("without the name");
}

#[test]
fn a_variable_is_taken_out_once() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    edit(&world, |file| file["agents"]["agent"]["agentcore"]["environment"] = json!({ "FILE": "1" }));
    world.agentcore(LAUNCH).args(&["--env", "ONCE=2"]).run().code(0);
    let unset = ["--unset-env", "ONCE", "--unset-env", "FILE", "--unset-env", "NEVER_THERE"];
    let plan = world.agentcore(&["launch", "--plan", "-o", "json"]).args(&unset).run().code(6).data();
    for name in ["ONCE", "FILE"] {
        assert!(plan["steps"].to_string().contains(&format!("environment.{name}: removed")), "{plan}");
    }
    world.agentcore(LAUNCH).args(&unset).run().code(0);
    assert_eq!(variables(&scene.account), Vec::<String>::new());
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(variables(&scene.account), ["FILE"]);
    for bad in [&["--unset-env", ""][..], &["--unset-env", "A=b"], &["--unset-env", "A", "--env", "A=b"]] {
        world.agentcore(LAUNCH).args(bad).run().code(2);
    }
}

#[test]
fn an_agent_goes_where_its_configuration_says() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &["--region", "us-west-2"]);
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        // The machine's own, as a pipeline sets it.
        let run = world.agentcore(&["launch", "--plan", "-o", "json"]);
        let run = run.var("AWS_REGION", "").var("AWS_DEFAULT_REGION", "").var(variable, "eu-west-1").run().code(6);
        assert_eq!(run.data()["caller"]["region"], "us-west-2", "{run}");
        run.says(&format!("{variable} is eu-west-1"));
        let shown =
            world.agentcore(&["configure", "show", "-o", "json"]).var(variable, "eu-west-1").run().code(0).data();
        assert_eq!(shown["values"]["region"]["value"], "us-west-2");
    }
    let quiet = world.agentcore(&["launch", "--plan"]).run().code(6);
    assert!(!quiet.stderr_text().contains("aws.region"), "{quiet}");
    let run = world.agentcore(&["launch", "--plan", "-o", "json", "--region", "eu-west-1"]).run();
    assert!(run.stderr_text().contains("region eu-west-1") || run.code != Some(6), "{run}");
    world.agentcore(LAUNCH).var("AWS_REGION", "eu-west-1").run().code(0);
    assert!(live(&scene.account)["agentRuntimeArn"].as_str().unwrap().contains(":us-west-2:"));
    // One without a region goes where the environment says.
    let free = scene.project("free", &[]);
    let run = free.agentcore(&["destroy", "--dry-run", "-o", "json"]).var("AWS_REGION", "us-west-2").run().code(0);
    assert_eq!(run.data()["caller"]["region"], "us-west-2");
}

#[test]
fn repository_in_another_region_is_refused_early() {
    let Some(scene) = Scene::start() else { return };
    let elsewhere = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/agent";
    let world = scene.project("agent", &["--ecr", elsewhere]);
    let before = scene.account.holdings();
    for args in [LAUNCH, &["launch", "--plan", "-o", "json"]] {
        let watched = scene.watch(&world, args, None);
        assert!(watched.seen.iter().all(|seen| !seen.mutates()), "{:?}", watched.seen);
        let run = watched.run.code(2);
        assert_eq!(run.json()["error"]["code"], "image.repository-region", "{run}");
        assert!(run.stdout_text().contains("is in eu-central-1"), "{run}");
    }
    let image = format!("{elsewhere}:v1");
    let other = scene.project("other", &[]);
    let run = other.agentcore(LAUNCH).args(&["--image", &image]).run().code(2);
    assert_eq!(run.json()["error"]["code"], "image.repository-region", "{run}");
    assert_eq!(scene.account.holdings(), before);
}

/// A sandbox whose new runtimes take no calls.
fn without_mmdsv2() -> Option<Scene> {
    Scene::start_with(&["--without-mmdsv2"])
}

#[test]
fn new_runtime_is_updated_until_it_takes_calls() {
    let Some(scene) = without_mmdsv2() else { return };
    let world = scene.project("agent", &[]);
    let report = world.agentcore(LAUNCH).run().code(0).data();
    assert_eq!(report["runtime"]["version"], "2", "{report}");
    let found = live(&scene.account);
    assert_eq!(found["metadataConfiguration"], json!({ "requireMMDSV2": true }));
    assert!(found["environmentVariables"]["AWS_REGION"].is_string(), "the update keeps the rest: {found}");
    world.agentcore(&["invoke", "{\"a\": 1}"]).run().code(0);
    assert_eq!(world.agentcore(LAUNCH).run().code(0).data()["changes"], 0);

    let other = scene.project("unwaited", &[]);
    let run = other.agentcore(&["launch", "--no-wait"]).run().code(0).says("requireMMDSV2");
    let next = run.stdout_text().split_once("Next Steps:").unwrap().1.to_owned();
    assert!(next.contains("agentcore launch") && !next.contains("invoke"), "{run}");
}

#[test]
fn uncallable_runtime_is_reported_and_repaired() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(live(&scene.account)["agentRuntimeVersion"], "1", "the service made it right, so nothing is left to do");
    let payload = "{\"a\": 1}";
    for taken_away in [false, true] {
        update(&scene.account, |body| match taken_away {
            true => drop(body.remove("metadataConfiguration")),
            false => body["metadataConfiguration"] = json!({ "requireMMDSV2": false }),
        });
        let run = world.agentcore(&["invoke", "--new-session", payload, "-o", "json"]).run().code(1);
        let error = run.json()["error"].clone();
        assert_eq!(error["code"], "runtime.not-mmdsv2", "{run}");
        assert!(error.to_string().contains("not MMDSv2-enabled"), "{run}");
        assert!(error["hints"].to_string().contains("agentcore launch"), "{run}");
        for args in [&["status"][..], &["status", "--watch"]] {
            let status = world.agentcore(args).run().code(1);
            assert!(status.stdout_text().starts_with("Not callable"), "{status}");
            assert!(status.stdout_text().contains("requireMMDSV2"), "{status}");
        }
        let status = world.agentcore(&["status", "-o", "json"]).run().code(1).data();
        assert_eq!((&status["state"], &status["runtime"]["status"]), (&json!("calls-refused"), &json!("READY")));
        assert_eq!(status["runtime"]["requireMMDSV2"], false);
        let plan = world.agentcore(&["launch", "--plan", "-o", "json"]).run().code(6).data();
        assert!(plan["steps"].to_string().contains("requireMMDSV2"), "{plan}");
        world.agentcore(LAUNCH).run().code(0);
        world.agentcore(&["invoke", "--new-session", payload]).run().code(0);
        let status = world.agentcore(&["status"]).run().code(0);
        assert!(!status.stdout_text().contains("requireMMDSV2"), "{status}");
    }
}

#[test]
fn a_session_outlives_the_loss_of_mmdsv2() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    world.agentcore(LAUNCH).run().code(0);
    world.agentcore(&["invoke", "{\"a\": 1}"]).run().code(0);
    update(&scene.account, |body| drop(body.remove("metadataConfiguration")));
    world.agentcore(&["invoke", "{\"a\": 1}"]).run().code(0);
    world.agentcore(&["invoke", "--new-session", "{\"a\": 1}"]).run().code(1);
}

/// Runs commands at the same time.
fn at_once(commands: &[(&World, &[&str])]) -> Vec<Run> {
    std::thread::scope(|scope| {
        let started: Vec<_> =
            commands.iter().map(|(world, args)| scope.spawn(move || world.agentcore(args).run())).collect();
        started.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

#[test]
fn two_launches_at_once_both_succeed() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    let clone = scene.world();
    for name in ["agent.py", "requirements.txt", CONFIG] {
        clone.write(name, &world.read(name));
    }
    for round in 0..4 {
        let [first, second] = [0, 1].map(|which| format!("ROUND_{round}={which}"));
        // In one folder, and in two.
        let other = if round % 2 == 0 { &world } else { &clone };
        let one = ["launch", "-o", "json", "--env", &first];
        let two = ["launch", "-o", "json", "--env", &second];
        for run in at_once(&[(&world, &one), (other, &two)]) {
            run.code(0);
        }
        let holdings = scene.account.holdings();
        let counts = [&holdings.repositories, &holdings.roles, &holdings.runtimes].map(Vec::len);
        assert_eq!(counts, [1, 1, 1], "{holdings:?}");
        assert_eq!(variables(&scene.account).len(), round + 1);
    }
    assert_eq!(world.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
}

#[test]
fn launch_waits_for_an_update_under_way() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    world.agentcore(LAUNCH).run().code(0);
    // Not waited for: the next command finds it UPDATING.
    for round in 0..3 {
        let before = format!("BEFORE_{round}=1");
        world.agentcore(LAUNCH).args(&["--no-wait", "--env", &before]).run().code(0);
        let after = format!("AFTER_{round}=1");
        world.agentcore(LAUNCH).args(&["--env", &after]).run().code(0);
    }
    assert_eq!(variables(&scene.account).len(), 6);
    world.agentcore(LAUNCH).args(&["--no-wait", "--env", "LAST=1"]).run().code(0);
    world.agentcore(&["destroy", "--force"]).run().code(0);
}
