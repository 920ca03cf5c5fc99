//! Environments: agents of one file beside each other in one account. None of them changes, uses or deletes what is
//! another's, and a branch's environment leaves the file as it is.

use serde_json::{Value, json};

use crate::convergence::Scene;
use crate::support::World;

const CONFIG: &str = ".bedrock_agentcore.yaml";
const LAUNCH: &[&str] = &["launch", "-o", "json"];
const DESTROY: &[&str] = &["destroy", "--force", "--delete-ecr-repo", "--delete-memory", "-o", "json"];

const STAGING: &str = "    staging:  # before production
      defaults:
        agentcore: {environment: {LOG: debug}}
      agents:
        support:
          aws:
            lifecycle_configuration: {idle_runtime_session_timeout: 600}
";

/// Puts environments into the file.
fn declare(world: &World, environments: &str) {
    let text = world.read(CONFIG);
    assert_eq!(text.matches("\nagentcore:\n").count(), 1, "{text}");
    world.write(CONFIG, &text.replace("\nagentcore:\n", &format!("\nagentcore:\n  environments:\n{environments}")));
}

/// The same folder checked out once more: what is not committed is not there.
fn clone(scene: &Scene, original: &World) -> World {
    let world = scene.world();
    for name in ["agent.py", "requirements.txt", CONFIG] {
        world.write(name, &original.read(name));
    }
    world
}

fn launch(world: &World, environment: &str) -> Value {
    world.agentcore(LAUNCH).args(&["--environment", environment]).run().code(0).data()
}

fn destroy(world: &World, environment: &str) -> Value {
    world.agentcore(DESTROY).args(&["--environment", environment]).run().code(0).data()
}

fn live(scene: &Scene, launched: &Value) -> Value {
    scene.account.control("GET", &format!("/runtimes/{}/", launched["runtime"]["id"].as_str().unwrap()))
}

#[test]
fn one_environment_goes_and_the_other_stays() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("support", &[]);
    world.agentcore(&["configure", "-ni", "--name", "support", "--memory", "stm", "--offline"]).run().code(0);
    declare(&world, STAGING);
    let declared = world.read(CONFIG);
    world.agentcore(LAUNCH).run().code(0);
    let (alone, file) = (scene.account.holdings(), world.read(CONFIG));

    let staging = launch(&world, "staging");
    let runtime = live(&scene, &staging);
    assert_eq!(runtime["agentRuntimeName"], "support_staging");
    assert_eq!(runtime["environmentVariables"]["LOG"], "debug");
    assert_eq!(runtime["lifecycleConfiguration"]["idleRuntimeSessionTimeout"], 600);
    let both = scene.account.holdings();
    for (one, two) in
        [(&alone.runtimes, &both.runtimes), (&alone.roles, &both.roles), (&alone.repositories, &both.repositories)]
    {
        assert_eq!((one.len(), two.len()), (1, 2), "{both:?}");
    }
    let (of_agents, _) = file.split_once("\nagentcore:\n").unwrap();
    assert!(world.read(CONFIG).starts_with(of_agents), "the record is in the environment's part");
    assert_eq!(launch(&world, "staging")["changes"], 0);
    assert_eq!(world.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
    let listed = world.agentcore(&["environments", "list", "-o", "json"]).run().code(0).data();
    assert_eq!(listed["environments"][0]["agents"][0]["runtimeArn"], runtime["agentRuntimeArn"]);

    // What is asked of one is answered by it.
    let shown = world.agentcore(&["configure", "show", "--environment", "staging"]).run().code(0).stdout_text();
    assert!(shown.contains("600 (environment `staging`, line "), "{shown}");
    let variable = world.agentcore(&["status", "-o", "json"]).var("AGENTCORE_ENVIRONMENT", "staging");
    assert!(variable.run().code(0).stdout_text().contains("support_staging"));

    destroy(&world, "staging");
    assert_eq!(scene.account.holdings(), alone);
    assert_eq!(world.read(CONFIG), file, "settings stay, and the record is gone");
    assert_eq!(world.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
    assert!(declared.contains(STAGING) && file.contains(STAGING));
}

#[test]
fn branches_leave_the_file_as_it_is() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("support", &[]);
    world.agentcore(&["configure", "-ni", "--name", "support", "--memory", "stm", "--offline"]).run().code(0);
    declare(
        &world,
        &format!("{STAGING}    \"pr*\":\n      defaults:\n        agentcore: {{environment: {{LOG: trace}}}}\n"),
    );
    world.agentcore(LAUNCH).run().code(0);
    let (before, file) = (scene.account.holdings(), world.read(CONFIG));
    let first = launch(&world, "pr-1");
    assert_eq!(live(&scene, &first)["environmentVariables"]["LOG"], "trace");
    let beside = scene.account.holdings();
    let other = launch(&world, "pr_1");
    assert_ne!(first["runtime"]["id"], other["runtime"]["id"]);
    assert_eq!(world.read(CONFIG), file);

    // A clone finds everything by names and tags, and removes exactly one.
    let clone = clone(&scene, &world);
    let seen = clone.agentcore(&["status", "-o", "json", "--environment", "pr-1"]).run().code(0).data();
    assert_eq!((&seen["runtime"]["id"], &seen["environment"]), (&first["runtime"]["id"], &json!("pr-1")));
    let plan = clone.agentcore(&["launch", "--plan", "-o", "json", "--environment", "pr-1"]).run().data();
    assert_eq!(plan["changes"], 0, "{plan}");
    destroy(&clone, "pr_1");
    assert_eq!(scene.account.holdings(), beside);
    destroy(&world, "pr-1");
    assert_eq!(scene.account.holdings(), before);
    assert_eq!((world.read(CONFIG), clone.read(CONFIG)), (file.clone(), file));
    let records = std::fs::read_dir(world.path("project/.bedrock_agentcore/environments"));
    let left = records.map_or(0, |all| all.flatten().filter(|file| file.path().extension().is_some()).count());
    assert!(left <= 1, "the record of `pr_1` alone, which another clone destroyed");
}

#[test]
fn sessions_are_those_of_the_environment() {
    let world = World::new();
    world.write(CONFIG, "agents:\n  support:\n    name: support\n    entrypoint: agent.py\n");
    let id = "a".repeat(40);
    let known = json!([{ "sessionId": id, "endpoint": "DEFAULT", "started": 1, "lastUsed": 2 }]);
    world.write(".bedrock_agentcore/support_staging/session-list.json", &known.to_string());
    let listed = |flags: &[&str]| {
        let data = world.agentcore(&["sessions", "list", "-o", "json"]).args(flags).run().code(0).data();
        data["sessions"].as_array().map(Vec::len)
    };
    assert_eq!((listed(&["--environment", "staging"]), listed(&[])), (Some(1), Some(0)));
}

#[test]
fn misspelt_environment_is_not_a_new_one() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("support", &[]);
    declare(&world, STAGING);
    let watched = scene.watch(&world, &["launch", "-o", "json", "--environment", "stagign"], None);
    let error = watched.run.code(2).json()["error"].clone();
    assert_eq!(error["code"], "environment.unknown");
    assert!(error["message"].as_str().unwrap().contains("did you mean `staging`?"), "{error}");
    assert!(watched.seen.is_empty());
    for bad in ["", "a b", "../x"] {
        let run = world.agentcore(&["status", "-o", "json", "--environment", bad]).run().code(2);
        assert_eq!(run.json()["error"]["code"], "environment.name", "{bad}");
    }
    let refused = world.agentcore(&["configure", "-ni", "--idle-timeout", "300", "--environment", "stagign"]);
    refused.run().code(2);
}

#[test]
fn faults_of_overlays_are_found_with_their_lines() {
    let world = World::new();
    let file = |rest: &str| {
        let agent = "agents:\n  support:\n    name: support\n    entrypoint: agent.py\n";
        format!("{agent}agentcore:\n  project: 01234567-89\n  environments:\n{rest}")
    };
    let cases = [
        ("    staging:\n      agents:\n        suport: {}\n", "10:9", "did you mean `support`?"),
        ("    staging:\n      agents:\n        support: {aws: {account: 12}}\n", "10:34", "12 digits"),
        ("    stag ing: {}\n", "8:5", "neither the name of an environment"),
        ("    staging: [a]\n", "8:5", "must be a mapping"),
        ("    staging:\n      defaults: {bedrock_agentcore: {}}\n", "9:18", "every agent's"),
        (
            "    staging:\n      agents:\n        support: {aws: {network_configuration: {network_mode: VPC}}}\n",
            "10:63",
            "needs `network_mode_config`",
        ),
    ];
    for (rest, place, what) in cases {
        world.write(CONFIG, &file(rest));
        let message = world.agentcore(&["configure", "show", "-o", "json"]).run().code(2).json()["error"].to_string();
        assert!(message.contains(&format!(":{place}: ")) && message.contains(what), "{place} {what}: {message}");
    }
    world.write(
        CONFIG,
        &file("    staging:\n      agents:\n        support: {aws: {accont: null, region: us-west-2}}\n"),
    );
    let run = world.agentcore(&["configure", "show", "--environment", "staging"]).run().code(0);
    assert!(run.stderr_text().contains(":10:25: unknown key") && run.stderr_text().contains("did you mean `account`?"));
}

#[test]
fn configure_writes_into_the_environments_part() {
    let world = World::new();
    world.write("agent.py", "print()\n").write("requirements.txt", "");
    let configure = ["configure", "-ni", "-e", "agent.py", "--name", "support", "--offline", "--disable-memory"];
    world.agentcore(&configure).run().code(0);
    declare(&world, STAGING);
    let before = world.read(CONFIG);
    let change = |environment: &str| {
        let args = ["configure", "-ni", "--idle-timeout", "700", "--environment", environment];
        world.agentcore(&args).run().code(0);
    };
    change("staging");
    assert_eq!(world.read(CONFIG), before.replace("timeout: 600", "timeout: 700"));
    change("prod");
    let file: Value = serde_yaml::from_str(&world.read(CONFIG)).unwrap();
    let path = "/agentcore/environments/prod/agents/support/aws/lifecycle_configuration/idle_runtime_session_timeout";
    assert_eq!(file.pointer(path), Some(&json!(700)));
    assert!(file.pointer("/agents/support/aws/lifecycle_configuration").is_none());
}

#[test]
fn values_kept_elsewhere_reach_the_agent_unseen() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("support", &[]);
    scene
        .account
        .ssm("PutParameter", &json!({ "Name": "/support/key", "Value": "canary-ssm-1", "Type": "SecureString" }));
    scene.account.secrets("CreateSecret", &json!({ "Name": "support/token", "SecretString": "canary-secret-1" }));
    let values = "      environment:\n        A: ${HERE}\n        B: https://${HOST:-example.com}/$${x}\n        \
                  C: ${ssm:/support/key}\n        D: ${secretsmanager:support/token}\n        \
                  E: ssm:/support/handed\n        F: secretsmanager:handed\n";
    let text = world.read(CONFIG);
    world.write(CONFIG, &text.replacen("    agentcore:\n", &format!("    agentcore:\n{values}"), 1));
    let line = world.read(CONFIG).lines().position(|line| line.contains("A: ${HERE}")).unwrap() + 1;

    let unset = world.agentcore(&["launch", "-o", "json"]).run().code(2).json()["error"].clone();
    assert_eq!(unset["code"], "config.reference");
    let message = unset["message"].as_str().unwrap();
    assert!(message.contains("`HERE`") && message.contains(&format!("line {line}")), "{message}");
    world.agentcore(&["status"]).run();
    let launched = world.agentcore(&["launch", "-v", "-o", "json"]).var("HERE", "canary-here-1").run().code(0);
    let variables = live(&scene, &launched.data())["environmentVariables"].clone();
    assert_eq!(variables["A"], "canary-here-1");
    assert_eq!(variables["B"], "https://example.com/${x}");
    assert_eq!([&variables["C"], &variables["D"]], ["canary-ssm-1", "canary-secret-1"]);
    // What the agent reads itself it is handed as a reference, and it may read exactly that.
    assert_eq!([&variables["E"], &variables["F"]], ["ssm:/support/handed", "secretsmanager:handed"]);
    let policy =
        [("RoleName", launched_role(&scene)), ("PolicyName", "BedrockAgentCoreRuntimeExecutionPolicy-support".into())];
    let policy = scene.account.iam("GetRolePolicy", &policy.each_ref().map(|(name, value)| (*name, value.as_str())));
    assert!(policy.contains("parameter%2Fsupport%2Fhanded") && policy.contains("secret%3Ahanded-%3F"), "{policy}");
    assert!(!policy.contains("support%2Fkey") && !policy.contains("support%2Ftoken"), "{policy}");
    scene.account.ssm(
        "PutParameter",
        &json!({ "Name": "/support/key", "Value": "canary-ssm-2", "Type": "SecureString", "Overwrite": true }),
    );
    let plan = world.agentcore(&["launch", "--plan"]).var("HERE", "canary-here-1").run().code(6);
    let status = world.agentcore(&["status", "-o", "json"]).run();
    for text in [launched.stdout_text(), launched.stderr_text(), plan.stdout_text(), status.stdout_text()] {
        assert!(!text.contains("canary"), "{text}");
    }
    assert!(!world.read(CONFIG).contains("canary"));
}

/// A configuration whose settings come from variables.
fn with_settings_from_variables(world: &World) -> String {
    let mut file: Value = serde_yaml::from_str(&world.read(CONFIG)).unwrap();
    let agent = &mut file["agents"]["support"];
    agent["aws"]["network_configuration"] = json!({
        "network_mode": "VPC",
        "network_mode_config": { "subnets": ["${SUBNET}"], "security_groups": ["${GROUP:-sg-0123456789abcdef0}"] },
    });
    agent["agentcore"]["tags"] = json!({ "team": "${TEAM}" });
    agent["agentcore"]["runtime"] = json!({ "description": "of ${TEAM}" });
    world.write(CONFIG, &serde_yaml::to_string(&file).unwrap());
    world.read(CONFIG)
}

#[test]
fn settings_come_from_variables_and_stay_references() {
    let Some(scene) = Scene::start() else { return };
    let mut world = scene.project("support", &[]);
    let file = with_settings_from_variables(&world);
    let at = |text: &str| file.lines().position(|line| line.contains(text)).unwrap() + 1;
    let unset = world.agentcore(LAUNCH).var("TEAM", "blue").run().code(2).json()["error"].clone();
    assert_eq!(unset["code"], "config.reference");
    let message = unset["message"].as_str().unwrap();
    assert!(message.contains(&format!("{CONFIG}:{}:", at("${SUBNET}"))) && message.contains("`SUBNET`"), "{message}");
    // What needs no setting goes on.
    world.agentcore(&["destroy", "--dry-run"]).run().code(0);
    world.agentcore(&["configure", "show"]).run().code(0);

    world.set("SUBNET", "subnet-0123456789abcdef1");
    world.set("TEAM", "blue");
    let launched = world.agentcore(LAUNCH).run().code(0).data();
    let runtime = live(&scene, &launched);
    assert_eq!(runtime["networkConfiguration"]["networkModeConfig"]["subnets"], json!(["subnet-0123456789abcdef1"]));
    assert_eq!(runtime["networkConfiguration"]["networkModeConfig"]["securityGroups"], json!(["sg-0123456789abcdef0"]));
    assert_eq!(runtime["description"], "of blue");
    // Whatever else is written, also by commands that write a whole part anew.
    world
        .agentcore(&["configure", "-ni", "--name", "support", "--idle-timeout", "600", "--vpc", "--subnets"])
        .args(&["subnet-0123456789abcdef1", "--security-groups", "sg-0123456789abcdef0"])
        .run()
        .code(0);
    let after = world.read(CONFIG);
    for reference in ["${SUBNET}", "${GROUP:-sg-0123456789abcdef0}", "${TEAM}", "of ${TEAM}"] {
        assert!(after.contains(reference), "{reference} is gone:\n{after}");
    }
    assert!(!after.contains("blue") && !after.contains("subnet-0123456789abcdef1"), "{after}");
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(world.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
    let moved = world.agentcore(&["launch", "--plan"]).var("TEAM", "red").run().code(6).stdout_text();
    assert!(moved.contains("of blue -> of red"), "{moved}");
}

#[test]
fn references_of_one_value_both_stay() {
    let mut world = World::new();
    world.set("ONE", "c1");
    world.set("OTHER", "c1");
    world.write("agent.py", "print()\n").write("requirements.txt", "");
    let configure = ["configure", "-ni", "-e", "agent.py", "--name", "support", "--offline", "--disable-memory"];
    world.agentcore(&configure).run().code(0);
    let rules = |clients: [&str; 3]| {
        let discovery = "https://idp.example/.well-known/openid-configuration";
        json!({ "customJWTAuthorizer": { "discoveryUrl": discovery, "allowedClients": clients } })
    };
    let mut file: Value = serde_yaml::from_str(&world.read(CONFIG)).unwrap();
    file["agents"]["support"]["authorizer_configuration"] = rules(["${ONE}", "${OTHER}", "c2"]);
    world.write(CONFIG, &serde_yaml::to_string(&file).unwrap());
    let changed = rules(["c3", "c1", "c1"]).to_string();
    let args = ["configure", "-ni", "--name", "support", "--offline", "--authorizer-config", &changed];
    world.agentcore(&args).run().code(0);
    let file: Value = serde_yaml::from_str(&world.read(CONFIG)).unwrap();
    let written = &file["agents"]["support"]["authorizer_configuration"];
    assert_eq!(*written, rules(["c3", "${ONE}", "${OTHER}"]));
}

#[test]
fn a_setting_takes_no_secret_of_the_machine() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("support", &[]);
    let mut file: Value = serde_yaml::from_str(&world.read(CONFIG)).unwrap();
    file["agents"]["support"]["agentcore"]["token"] = json!({ "discovery_url": "https://${DB_PASSWORD}.example" });
    world.write(CONFIG, &serde_yaml::to_string(&file).unwrap());
    let run = world.agentcore(&["identity", "token", "-o", "json"]).var("DB_PASSWORD", "canary-9").run().code(2);
    assert_eq!(run.json()["error"]["code"], "config.untrusted", "{run}");
    assert!(!run.stdout_text().contains("canary-9") && !run.stderr_text().contains("canary-9"), "{run}");
    file["agents"]["support"]["agentcore"]["token"] = json!({ "client_id": "${ssm:/client}" });
    world.write(CONFIG, &serde_yaml::to_string(&file).unwrap());
    let kept = world.agentcore(&["status", "-o", "json"]).run().code(2).json()["error"].clone();
    assert_eq!(kept["code"], "config.reference", "{kept}");
}

#[test]
fn the_account_shows_environments_without_a_record() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("support", &[]);
    declare(&world, STAGING);
    world.agentcore(LAUNCH).run().code(0);
    launch(&world, "staging");
    let branch = launch(&world, "pr-7");
    let clone = clone(&scene, &world);
    let listed = |world: &World| -> Value {
        world.agentcore(&["environments", "list", "--remote", "-o", "json"]).run().code(0).data()
    };
    let agent = |listed: &Value, name: &str| -> Value {
        let all = listed["environments"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}: {listed}"))["agents"][0].clone()
    };
    let here = listed(&world);
    assert_eq!(agent(&here, "pr-7")["recorded"], true);
    assert_eq!((&agent(&here, "staging")["inAccount"], &here["destroyCommands"]), (&json!(true), &json!([])));
    let there = listed(&clone);
    assert_eq!(there["environments"][1]["kind"], "remote", "{there}");
    assert_eq!(agent(&there, "pr-7")["runtimeArn"], live(&scene, &branch)["agentRuntimeArn"]);
    assert_eq!(there["destroyCommands"], json!(["agentcore destroy --environment pr-7"]));
    let asked_nothing = clone.agentcore(&["environments", "list", "-o", "json"]).run().code(0).data();
    assert_eq!((&asked_nothing["remote"], asked_nothing["environments"].as_array().unwrap().len()), (&Value::Null, 1));

    // The command that is shown does what it says.
    clone.agentcore(&["destroy", "--environment", "pr-7", "--force", "--delete-ecr-repo"]).run().code(0);
    let gone = listed(&world);
    assert_eq!((&agent(&gone, "pr-7")["recorded"], &agent(&gone, "pr-7")["inAccount"]), (&json!(true), &json!(false)));
    assert_eq!(listed(&clone)["environments"].as_array().unwrap().len(), 1);
}

#[test]
fn a_clone_exports_what_another_launched() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("support", &[]);
    world.agentcore(&["configure", "-ni", "--name", "support", "--memory", "stm", "--offline"]).run().code(0);
    world.agentcore(LAUNCH).run().code(0);
    launch(&world, "pr-7");
    let clone = clone(&scene, &world);
    let exported = |world: &World, format: &str| {
        let run = world.agentcore(&["export", "--environment", "pr-7", "--format", format]).run();
        run.code(0).stdout_text()
    };
    let terraform = exported(&clone, "terraform");
    for made in ["aws_iam_role", "aws_ecr_repository", "aws_bedrockagentcore_memory"] {
        assert!(terraform.contains(&format!("resource \"{made}\"")), "{made}: {terraform}");
    }
    for format in ["terraform", "cloudformation", "boto3"] {
        assert_eq!(exported(&clone, format), exported(&world, format), "{format}");
    }
    assert!(!clone.path("project/.bedrock_agentcore/environments").exists(), "nothing is written");
    // One that nobody launched is not deployed.
    let none = clone.agentcore(&["export", "--environment", "pr-8", "--format", "boto3", "-o", "json"]).run().code(5);
    assert_eq!(none.json()["error"]["code"], "agent.not-deployed");
}

#[test]
fn a_clone_adopts_what_another_launched() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("support", &[]);
    let text = world.read(CONFIG);
    world.write(CONFIG, &text.replacen("    agentcore:\n", "    agentcore:\n      environment: {LOG: debug}\n", 1));
    world.agentcore(LAUNCH).run().code(0);
    let branch = launch(&world, "pr-7");
    let arn = live(&scene, &branch)["agentRuntimeArn"].clone();
    let clone = clone(&scene, &world);
    let file = clone.read(CONFIG);
    let record = clone.path("project/.bedrock_agentcore/environments");
    let adopt = |more: &[&str]| clone.agentcore(&["adopt", "--environment", "pr-7", "-o", "json"]).args(more).run();
    let plan = adopt(&["--plan"]).code(6).data();
    assert_eq!((&plan["agent_arn"], &plan["applied"], &plan["left"]), (&arn, &json!(false), &json!([])), "{plan}");
    assert!(!record.exists(), "a plan writes nothing");
    let adopted = adopt(&[]).code(0).data();
    assert_eq!((&adopted["outcome"], &adopted["left"]), (&json!("updated"), &json!([])), "{adopted}");
    let written = std::path::Path::new(adopted["config"].as_str().unwrap());
    assert!(written.starts_with(&record) && written.is_file(), "{adopted}");
    assert_eq!(adopt(&[]).code(0).data()["outcome"], "unchanged");
    assert_eq!(clone.read(CONFIG), file, "a branch's record is beside the file");
    let listed = clone.agentcore(&["environments", "list", "-o", "json"]).run().code(0).data();
    let environments = listed["environments"].as_array().unwrap();
    let found = environments.iter().find(|one| one["name"] == "pr-7").unwrap_or_else(|| panic!("{listed}"));
    assert_eq!(found["agents"][0]["runtimeArn"], arn);
    let plan = clone.agentcore(&["launch", "--environment", "pr-7", "--plan", "-o", "json"]).run().code(0).data();
    assert_eq!(plan["changes"], 0, "{plan}");
    // What the file has given the runtime goes with the file.
    clone.write(CONFIG, &file.replacen("      environment: {LOG: debug}\n", "", 1));
    let launched = launch(&clone, "pr-7");
    assert_eq!(live(&scene, &launched)["environmentVariables"].get("LOG"), None);
    destroy(&clone, "pr-7");
}

#[test]
fn settings_of_a_branch_are_not_adopted() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("support", &[]);
    world.agentcore(LAUNCH).run().code(0);
    launch(&world, "pr-7");
    let clone = clone(&scene, &world);
    clone.agentcore(&["configure", "-ni", "--name", "support", "--idle-timeout", "600", "--offline"]).run().code(0);
    let file = clone.read(CONFIG);
    for more in [&["--plan"][..], &[]] {
        let refused = clone.agentcore(&["adopt", "--environment", "pr-7", "-o", "json"]).args(more).run().code(2);
        assert_eq!(refused.json()["error"]["code"], "environment.settings", "{refused}");
    }
    assert_eq!(clone.read(CONFIG), file);
    assert!(!clone.path("project/.bedrock_agentcore/environments").exists());
}

#[test]
fn a_clone_explains_the_gate_of_a_branch() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("support", &[]);
    world.agentcore(LAUNCH).run().code(0);
    let first = launch(&world, "pr-7");
    let clone = clone(&scene, &world);
    let explained = clone.agentcore(&["auth", "explain", "--environment", "pr-7", "--against", "live", "-o", "json"]);
    assert_eq!(explained.run().code(0).data()["arn"], live(&scene, &first)["agentRuntimeArn"]);
}

fn launched_role(scene: &Scene) -> String {
    scene.account.holdings().roles[0].id.rsplit('/').next().unwrap().to_owned()
}

#[test]
fn plain_secret_in_the_file_is_refused() {
    let world = World::new();
    let key = format!("AKIA{}", "IOSFODNN7EXAMPL3");
    let secret = ["wJalrXUtnFEMI", "K7MDENG", "bPxRfiCYzq3K9Lw2Qe"].join("/");
    let file = |more: &str| {
        format!(
            "agents:\n  support:\n    name: support\n    entrypoint: agent.py\n    agentcore:\n      environment:\n        \
             AWS_ACCESS_KEY_ID: {key}\n        AWS_SECRET_ACCESS_KEY: {secret}\n{more}"
        )
    };
    world.write(CONFIG, &file(""));
    let error = world.agentcore(&["configure", "show", "-o", "json"]).run().code(2).json()["error"].clone();
    assert_eq!(error["code"], "config.secret");
    assert!(error.to_string().contains(":8:32: ") && !error.to_string().contains(&secret), "{error}");
    world.write(CONFIG, &file("      plain_values: [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY]\n"));
    world.agentcore(&["configure", "show"]).run().code(0);
}
