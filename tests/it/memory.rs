//! The memory of an agent, from `configure` to `destroy`: made once however often a launch is killed, told apart from those of
//! similar names, given to the agent, and never lost.

use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use crate::convergence::{Scene, faults};
use crate::support::{Fault, Run, Seen, Trouble, When, World};

const LAUNCH: &[&str] = &["launch", "-o", "json"];
const DESTROY: &[&str] = &["destroy", "--force", "--delete-ecr-repo", "-o", "json"];
const CONFIG: &str = ".bedrock_agentcore.yaml";
const VARIABLES: [&str; 2] = ["BEDROCK_AGENTCORE_MEMORY_ID", "BEDROCK_AGENTCORE_MEMORY_NAME"];

/// A project whose agent has this memory.
fn project(scene: &Scene, agent: &str, memory: &str) -> World {
    let world = scene.project(agent, &[]);
    configure(&world, agent, &["--memory", memory]).code(0);
    world
}

fn configure(world: &World, agent: &str, args: &[&str]) -> Run {
    world.agentcore(&["configure", "-ni", "--name", agent]).args(args).run()
}

/// `memory:` of the agent in its file.
fn block(world: &World, agent: &str) -> Value {
    let file: Value = serde_yaml::from_str(&world.read(CONFIG)).unwrap();
    file["agents"][agent]["memory"].clone()
}

fn made(world: &World, agent: &str) -> Value {
    let file: Value = serde_yaml::from_str(&world.read(CONFIG)).unwrap();
    file["agents"][agent]["agentcore"]["created"]["memories"].clone()
}

/// Every memory of the account, as GetMemory describes it.
fn memories(scene: &Scene) -> Vec<Value> {
    let rows = scene.account.control_with("POST", "/memories/", "{}");
    let ids = rows["memories"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned());
    ids.map(|id| scene.account.control("GET", &format!("/memories/{id}/details"))["memory"].clone()).collect()
}

fn only(scene: &Scene) -> Value {
    let all = memories(scene);
    let [memory] = all.as_slice() else { panic!("one memory and not {all:?}") };
    memory.clone()
}

/// Somebody else's, once it is ACTIVE; its id.
fn somebodys(scene: &Scene, name: &str, strategies: &Value) -> String {
    let body = json!({ "name": name, "eventExpiryDuration": 90, "memoryStrategies": strategies });
    let answer = scene.account.control_with("POST", "/memories/create", &body.to_string());
    let id = answer["memory"]["id"].as_str().unwrap().to_owned();
    wait_active(scene, &id);
    id
}

/// Until the memory takes events.
#[expect(clippy::disallowed_methods, reason = "a test blocks no runtime but its own thread")]
fn wait_active(scene: &Scene, id: &str) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let memory = scene.account.control("GET", &format!("/memories/{id}/details"))["memory"].clone();
        if memory["status"] == "ACTIVE" {
            return;
        }
        assert!(Instant::now() < end, "{memory}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Writes an event as an agent does.
fn say(scene: &Scene, id: &str) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let event = json!({
        "actorId": "ann", "sessionId": "s1", "eventTimestamp": now,
        "payload": [{ "conversational": { "role": "USER", "content": { "text": "hello" } } }],
    });
    scene.account.control_with("POST", &format!("/memories/{id}/events"), &event.to_string());
}

/// A further agent of the same configuration with this memory.
fn add_agent(world: &World, agent: &str, memory: &str) {
    let args =
        ["configure", "-ni", "-e", "agent.py", "-rf", "requirements.txt", "--offline", "--disable-otel", "--name"];
    world.agentcore(&args).args(&[agent, "--memory", memory]).run().code(0);
}

fn tags(scene: &Scene, memory: &Value) -> Value {
    let arn = memory["arn"].as_str().unwrap().replace(':', "%3A").replace('/', "%2F");
    scene.account.control("GET", &format!("/tags/{arn}"))["tags"].clone()
}

fn error(run: &Run) -> Value {
    run.json()["error"].clone()
}

/// The variables of the one runtime.
fn variables(scene: &Scene) -> Value {
    let holdings = scene.account.holdings();
    let [runtime] = holdings.runtimes.as_slice() else { panic!("{holdings:?}") };
    scene.account.control("GET", &format!("/runtimes/{}/", runtime.id))["environmentVariables"].clone()
}

/// The execution role's policies, as IAM has them.
fn policy(scene: &Scene, agent: &str) -> String {
    let holdings = scene.account.holdings();
    let [role] = holdings.roles.as_slice() else { panic!("{holdings:?}") };
    let name = format!("BedrockAgentCoreRuntimeExecutionPolicy-{agent}");
    let answer =
        scene.account.iam("GetRolePolicy", &[("RoleName", role.id.rsplit('/').next().unwrap()), ("PolicyName", &name)]);
    percent_encoding::percent_decode_str(&answer).decode_utf8().unwrap().into_owned()
}

fn writes(seen: &[Seen]) -> Vec<&str> {
    seen.iter().filter(|seen| seen.mutates()).map(|seen| seen.label.as_str()).collect()
}

fn strategies(memory: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = memory["strategies"].as_array().unwrap().iter();
    all.map(|strategy| (text(&strategy["name"]), text(&strategy["namespaces"][0]))).collect()
}

fn step(data: &Value) -> Value {
    let steps = data["steps"].as_array().unwrap();
    steps.iter().find(|step| step["resource"] == "memory").cloned().unwrap_or_default()
}

#[test]
fn launch_makes_a_memory_and_tells_the_agent() {
    let Some(scene) = Scene::start() else { return };
    let world = project(&scene, "notes", "ltm");
    assert_eq!(
        block(&world, "notes"),
        json!({ "mode": "STM_AND_LTM", "memory_name": "notes_memory", "event_expiry_days": 30 })
    );
    let plan = world.agentcore(&["launch", "--plan", "-o", "json"]).run().code(6).data();
    assert_eq!(step(&plan)["action"], "create");
    let launched = world.agentcore(LAUNCH).run().code(0).data();
    assert_eq!(step(&launched)["action"], "create");

    let memory = only(&scene);
    let pair = |name: &str, namespace: &str| (name.to_owned(), namespace.to_owned());
    assert_eq!((memory["name"].as_str(), memory["eventExpiryDuration"].as_u64()), (Some("notes_memory"), Some(30)));
    assert_eq!(
        strategies(&memory),
        [
            pair("UserPreferences", "/users/{actorId}/preferences/"),
            pair("SemanticFacts", "/users/{actorId}/facts/"),
            pair("SessionSummaries", "/summaries/{actorId}/{sessionId}/"),
        ]
    );
    assert_eq!(tags(&scene, &memory)["agentcore:agent"], "notes");
    let known = variables(&scene);
    assert_eq!([&known[VARIABLES[0]], &known[VARIABLES[1]]], [&memory["id"], &memory["name"]]);
    let policy = policy(&scene, "notes");
    assert!(policy.contains(&format!("\"{}\"", memory["arn"].as_str().unwrap())), "{policy}");
    assert!(policy.contains("bedrock-agentcore:GetMemory") && policy.contains("bedrock-agentcore:CreateEvent"));
    assert!(!policy.contains("memory/*") && !policy.contains("notes_memory-*"), "{policy}");
    assert_eq!(
        block(&world, "notes"),
        json!({
            "mode": "STM_AND_LTM", "memory_name": "notes_memory", "event_expiry_days": 30,
            "memory_id": memory["id"], "memory_arn": memory["arn"],
            "was_created_by_toolkit": true, "first_invoke_memory_check_done": true,
        })
    );
    assert_eq!(made(&world, "notes"), json!([memory["id"]]));

    let again = scene.watch(&world, LAUNCH, None);
    assert_eq!(again.run.code(0).data()["changes"], 0);
    assert_eq!(writes(&again.seen), [""; 0], "an unchanged launch writes nothing");

    let id = memory["id"].as_str().unwrap();
    let status = world.agentcore(&["status"]).run().code(0).stdout_text();
    assert!(status.lines().any(|line| line.trim() == format!("Memory: STM+LTM (3 strategies) ({id})")), "{status}");
    let verbose = world.agentcore(&["status", "--verbose"]).run().code(0).stdout_text();
    let verbose: Value = serde_json::from_str(&verbose).unwrap();
    let config = &verbose["config"];
    assert_eq!(
        json!([config["memory_id"], config["memory_status"], config["memory_type"], config["memory_enabled"]]),
        json!([id, "ACTIVE", "STM+LTM (3 strategies)", true])
    );
    assert_eq!(config["memory_details"]["strategies"][1]["type"], "SEMANTIC");
    assert_eq!(config["memory_details"]["event_expiry_days"], 30);
}

#[test]
fn destroy_deletes_a_memory_only_when_asked() {
    let Some(scene) = Scene::start() else { return };
    let world = project(&scene, "notes", "stm");
    world.agentcore(LAUNCH).run().code(0);
    let id = only(&scene)["id"].clone();
    let kept = step(&world.agentcore(&["destroy", "--dry-run", "-o", "json"]).run().code(6).data());
    assert_eq!((&kept["action"], &kept["name"]), (&json!("keep"), &id));
    assert_eq!(kept["details"], json!(["it holds data, which `--delete-memory` deletes with it"]));
    world.agentcore(DESTROY).run().code(0);
    assert_eq!(only(&scene)["id"], id);
    // The same memory is taken up again.
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(only(&scene)["id"], id);
    let all = [DESTROY, &["--delete-memory"]].concat();
    assert_eq!(step(&world.agentcore(&all).run().code(0).data())["action"], "delete");
    assert_eq!(memories(&scene), Vec::<Value>::new());
    assert_eq!((block(&world, "notes")["memory_id"].clone(), made(&world, "notes")), (Value::Null, Value::Null));
    world.agentcore(&all).run().code(0);
}

#[test]
fn memory_of_another_agent_is_kept() {
    let Some(scene) = Scene::start() else { return };
    let world = project(&scene, "notes", "stm");
    world.agentcore(LAUNCH).run().code(0);
    let id = only(&scene)["id"].as_str().unwrap().to_owned();
    add_agent(&world, "other", &id);
    let all = [DESTROY, &["--delete-memory", "--agent", "notes"]].concat();
    let kept = step(&world.agentcore(&all).run().code(0).data());
    assert_eq!((&kept["action"], &kept["details"]), (&json!("keep"), &json!(["the agent `other` uses it as well"])));
    assert_eq!(only(&scene)["id"], json!(id));
    world.agentcore(&["launch", "--plan", "--agent", "other"]).run().code(6);
}

#[test]
fn memory_name_of_another_agent_is_refused() {
    let Some(scene) = Scene::start() else { return };
    let world = project(&scene, "notes", "stm");
    world.agentcore(LAUNCH).run().code(0);
    let id = only(&scene)["id"].as_str().unwrap().to_owned();
    add_agent(&world, "other", "stm");
    world.write(CONFIG, &world.read(CONFIG).replace("memory_name: other_memory", "memory_name: notes_memory"));
    let plan = ["launch", "--agent", "other", "--plan", "-o", "json"];
    for adopt in [&[][..], &["--adopt"]] {
        let refused = error(&world.agentcore(&plan).args(adopt).run().code(2));
        assert_eq!(refused["code"], "config.memory", "{refused}");
        let text = refused.to_string();
        assert!(text.contains("that of the agent `notes`") && !text.contains("another project"), "{text}");
        assert!(text.contains(&format!("`agentcore configure --name other --memory {id}`")), "{text}");
    }
    configure(&world, "other", &["--memory", &id]).code(0);
    assert_eq!(step(&world.agentcore(&plan).run().code(6).data())["details"], json!(["brought by you"]));
}

#[test]
fn strangers_memory_of_the_name_is_refused() {
    let Some(scene) = Scene::start() else { return };
    let id = somebodys(&scene, "notes_memory", &json!([]));
    let world = project(&scene, "notes", "stm");
    let launch = scene.watch(&world, LAUNCH, None);
    let refused = error(&launch.run.code(2));
    assert_eq!(refused["code"], "config.memory", "{refused}");
    let text = refused.to_string();
    assert!(text.contains("a memory `notes_memory` exists that this program did not make"), "{text}");
    assert_eq!(writes(&launch.seen), [""; 0]);
    configure(&world, "notes", &["--memory", &id]).code(0);
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(variables(&scene)[VARIABLES[0]], json!(id));
    assert_eq!(tags(&scene, &only(&scene)), json!({}));
}

#[test]
fn killed_launches_make_one_memory() {
    let Some(scene) = Scene::start() else { return };
    let agent = "notes";
    let undisturbed = {
        let world = project(&scene, "first", "stm");
        scene.watch(&world, LAUNCH, None)
    };
    let of_memory = |fault: &Fault| fault.label.contains("memor") || fault.label == "PutRolePolicy";
    // How often its state is asked for is not the same each time.
    let comes = |fault: &Fault| fault.label != "GET memory" || fault.nth == 1;
    let faults = faults(Trouble::Kill, &undisturbed).into_iter().filter(of_memory).filter(comes);
    let faults: Vec<Fault> = faults.collect();
    assert!(faults.iter().any(|fault| fault.label == "POST memory" && fault.when == When::BeforeReply), "{faults:?}");
    for (number, fault) in faults.iter().enumerate() {
        let agent = format!("{agent}{number}");
        let world = project(&scene, &agent, "stm");
        let cut = scene.watch(&world, LAUNCH, Some(fault));
        assert!(cut.struck, "{fault}: never came");
        world.agentcore(LAUNCH).run().code(0);
        let name = format!("{agent}_memory");
        let own: Vec<Value> = memories(&scene).into_iter().filter(|memory| memory["name"] == json!(name)).collect();
        let [memory] = own.as_slice() else { panic!("{fault}: {own:?}") };
        assert_eq!(made(&world, &agent), json!([memory["id"]]), "{fault}");
        let again = scene.watch(&world, LAUNCH, None);
        assert_eq!(writes(&again.seen), [""; 0], "{fault}");
        let gone = scene.watch(&world, &[DESTROY, &["--delete-memory"]].concat(), None);
        gone.run.code(0);
        assert!(memories(&scene).iter().all(|other| other["name"] != json!(name)), "{fault}");
    }
}

#[test]
fn memories_of_similar_names_are_told_apart() {
    let Some(scene) = Scene::start() else { return };
    let others: Vec<String> =
        ["note", "note_mem", "note_memory_2", "note_memor"].map(|name| somebodys(&scene, name, &json!([]))).into();
    let (short, long) = (project(&scene, "note", "ltm"), project(&scene, "note_memory", "stm"));
    for world in [&short, &long] {
        world.agentcore(LAUNCH).run().code(0);
    }
    let name_of = |world: &World, agent: &str| {
        let id = block(world, agent)["memory_id"].clone();
        memories(&scene).into_iter().find(|memory| memory["id"] == id).unwrap()["name"].clone()
    };
    assert_eq!(name_of(&short, "note"), "note_memory");
    assert_eq!(name_of(&long, "note_memory"), "note_memory_memory");
    for memory in memories(&scene).iter().filter(|memory| others.iter().any(|id| memory["id"] == json!(id))) {
        assert_eq!((&memory["strategies"], tags(&scene, memory)), (&json!([]), json!({})), "{memory}");
    }
    assert_eq!(memories(&scene).len(), others.len() + 2);
}

#[test]
fn failed_memory_fails_the_launch_with_its_reason() {
    let Some(scene) = Scene::start() else { return };
    let world = project(&scene, "notes", "stm");
    let failed = Fault { trouble: Trouble::MemoryFailed, when: When::BeforeReply, label: "GET memory".into(), nth: 0 };
    let launch = scene.watch(&world, LAUNCH, Some(&failed));
    let said = error(&launch.run.code(9));
    let text = said.to_string();
    assert!(text.contains("is FAILED") && text.contains("the key may not be used"), "{text}");
    assert_eq!(said["code"], "memory.failed");
    assert!(scene.account.holdings().runtimes.is_empty(), "an agent without its memory is not deployed");
    let status = only(&scene)["id"].clone();
    assert_eq!(block(&world, "notes")["memory_id"], status);
    // Nothing was in it: it was never usable.
    wait_active(&scene, status.as_str().unwrap());
    let plan = scene.watch(&world, &["launch", "--plan"], Some(&failed));
    let text = plan.run.code(6).stdout_text();
    assert!(text.contains("it is deleted and made again"), "{text}");
    // Whatever the configuration says of it: something is in it.
    say(&scene, status.as_str().unwrap());
    let refused = error(&scene.watch(&world, LAUNCH, Some(&failed)).run.code(1));
    assert!(refused.to_string().contains("it may hold data"), "{refused}");
    assert_eq!(only(&scene)["id"], status);
    world.agentcore(LAUNCH).run().code(0);
    // From now on it may hold data, and is never replaced.
    let refused = error(&scene.watch(&world, LAUNCH, Some(&failed)).run.code(1));
    assert!(refused.to_string().contains("it may hold data"), "{refused}");
    assert_eq!(only(&scene)["id"], status);
}

#[test]
fn brought_role_is_told_what_memory_needs() {
    let Some(scene) = Scene::start() else { return };
    let statement = |members: Value| json!({ "Version": "2012-10-17", "Statement": [members] }).to_string();
    let service = json!({ "Service": "bedrock-agentcore.amazonaws.com" });
    let trust = statement(json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service }));
    let name = ("RoleName", "Brought");
    scene.account.iam("CreateRole", &[name, ("AssumeRolePolicyDocument", &trust)]);
    let world = project(&scene, "guest", "stm");
    // By its name alone, as the starter toolkit takes it too.
    configure(&world, "guest", &["--execution-role", "Brought"]).code(0);
    let plan = || world.agentcore(&["launch", "--plan"]).run().code(6).stderr_text();
    let told = plan();
    let lacks =
        "lacks bedrock-agentcore:CreateEvent and bedrock-agentcore:GetMemory and bedrock-agentcore:ListEvents on";
    assert!(told.contains(lacks) && told.contains(":memory/guest_memory-*`, which the agent's memory needs"), "{told}");

    let allowed = |actions: Value| {
        let policy = statement(json!({ "Effect": "Allow", "Action": actions, "Resource": "*" }));
        scene.account.iam("PutRolePolicy", &[name, ("PolicyName", "p"), ("PolicyDocument", &policy)]);
        plan()
    };
    let rights = json!(["bedrock-agentcore:CreateEvent", "bedrock-agentcore:GetMemory"]);
    assert!(allowed(rights).contains("lacks bedrock-agentcore:ListEvents on"));
    let all = allowed(json!("bedrock-agentcore:*"));
    assert!(!all.contains("lacks"), "{all}");
}

#[test]
fn brought_memory_is_only_read() {
    let Some(scene) = Scene::start() else { return };
    let id = somebodys(&scene, "team_notes", &json!([]));
    let before = only(&scene);
    // The mode of a toolkit's file, which guesses.
    let world = project(&scene, "notes", "ltm");
    configure(&world, "notes", &["--memory", &id]).code(0);
    let launch = scene.watch(&world, LAUNCH, None);
    let launched = launch.run.code(0).data();
    assert_eq!(step(&launched)["details"], json!(["brought by you"]));
    assert!(launch.seen.iter().all(|seen| !seen.path.contains("/memories/") || !seen.mutates()), "{:?}", launch.seen);
    assert_eq!(only(&scene), before);
    let known = block(&world, "notes");
    assert_eq!(
        json!([known["mode"], known["memory_id"], known["memory_arn"], known["memory_name"]]),
        json!(["STM_ONLY", id, before["arn"], "team_notes"])
    );
    assert_eq!(variables(&scene)[VARIABLES[1]], "team_notes");
    let unreadable =
        Fault { trouble: Trouble::Denied, when: When::BeforeForwarding, label: "GET memory".into(), nth: 1 };
    let status = scene.watch(&world, &["status"], Some(&unreadable)).run.code(0).stdout_text();
    assert!(status.contains("Memory: Error checking: ") && status.contains("no policy allows it"), "{status}");
    // Whoever may not read it may still deploy what uses it.
    let again = scene.watch(&world, LAUNCH, Some(&unreadable)).run.code(0).data();
    assert_eq!(again["changes"], 0, "{again}");
    let destroyed = world.agentcore(&[DESTROY, &["--delete-memory"]].concat()).run().code(0).data();
    assert_eq!(step(&destroyed)["action"], "keep");
    assert_eq!(only(&scene), before);
}

#[test]
fn long_term_mode_adds_what_is_missing() {
    let Some(scene) = Scene::start() else { return };
    let world = project(&scene, "notes", "stm");
    world.agentcore(LAUNCH).run().code(0);
    let id = only(&scene)["id"].clone();
    configure(&world, "notes", &["--memory", "ltm"]).code(0);
    assert_eq!(block(&world, "notes")["memory_id"], id, "a change of mode keeps the memory");
    let changed = step(&world.agentcore(LAUNCH).run().code(0).data());
    assert_eq!(changed["details"], json!(["strategies: none -> UserPreferences, SemanticFacts, SessionSummaries"]));
    let memory = only(&scene);
    assert_eq!((&memory["id"], strategies(&memory).len()), (&id, 3));
    // What is there is not taken away.
    configure(&world, "notes", &["--memory", "stm"]).code(0);
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(strategies(&only(&scene)).len(), 3);
}

/// A file of the starter toolkit with this `memory:` block, as it writes one.
fn toolkit_file(world: &World, agent: &str, block: &str) {
    let file = format!(
        "default_agent: {agent}\nagents:\n  {agent}:\n    name: {agent}\n    entrypoint: agent.py\n    \
         deployment_type: container\n    aws:\n      region: us-west-2\n      ecr_auto_create: true\n      \
         execution_role_auto_create: true\n      observability:\n        enabled: false\n{block}    # theirs\n    \
         unknown_key: kept\n"
    );
    world.write("agent.py", "print(1)\n").write("requirements.txt", "").write(CONFIG, &file);
}

#[test]
fn toolkits_blocks_are_read_and_kept() {
    let Some(scene) = Scene::start() else { return };
    let six = "    memory:\n      mode: STM_ONLY\n      memory_id: null\n      memory_arn: null\n      memory_name: a_memory\n      \
               event_expiry_days: 30\n      first_invoke_memory_check_done: false\n";
    let seven = format!("{six}      was_created_by_toolkit: false\n      newer: kept\n");
    let three = "    memory:\n      mode: STM_AND_LTM\n      memory_name: a_memory\n      event_expiry_days: 30\n";
    for (block, wanted) in [(six, true), (seven.as_str(), true), (three, true), ("", false)] {
        let world = scene.world();
        toolkit_file(&world, "a", block);
        let plan = world.agentcore(&["launch", "--plan", "-o", "json"]).run().code(6).data();
        assert_eq!(step(&plan)["action"] == "create", wanted, "{block}");
        let before = world.read(CONFIG);
        configure(&world, "a", &["--idle-timeout", "600"]).code(0);
        let after = world.read(CONFIG);
        assert!(before.lines().all(|line| after.lines().any(|other| other == line)), "{after}");
    }
}

#[test]
fn what_the_toolkit_made_is_ours() {
    let Some(scene) = Scene::start() else { return };
    let id = somebodys(&scene, "a_mem", &json!([]));
    let world = scene.world();
    let block = format!(
        "    memory:\n      mode: STM_AND_LTM\n      memory_id: {id}\n      memory_arn: null\n      memory_name: a_mem\n      \
         event_expiry_days: 30\n      first_invoke_memory_check_done: true\n      was_created_by_toolkit: true\n"
    );
    toolkit_file(&world, "a", &block);
    world.agentcore(LAUNCH).run().code(0);
    let memory = only(&scene);
    assert_eq!((&memory["id"], strategies(&memory).len()), (&json!(id), 3));
    assert_eq!(tags(&scene, &memory)["agentcore:agent"], "a");
    world.agentcore(&[DESTROY, &["--delete-memory"]].concat()).run().code(0);
    assert_eq!(memories(&scene), Vec::<Value>::new());
}

#[test]
fn agent_without_memory_is_told_of_none() {
    let Some(scene) = Scene::start() else { return };
    let world = project(&scene, "notes", "stm");
    world.agentcore(LAUNCH).run().code(0);
    let id = only(&scene)["id"].clone();
    // As after the toolkit's launch, which keeps no record of the variables.
    let config = world.read(CONFIG);
    let recorded: String = config
        .lines()
        .filter(|line| !line.contains("- BEDROCK_AGENTCORE_MEMORY"))
        .map(|line| format!("{line}\n"))
        .collect();
    world.write(CONFIG, &recorded.replace("        environment:\n", ""));
    let said = configure(&world, "notes", &["-dm"]).code(0).stderr_text();
    assert!(said.contains("stays as it is"), "{said}");
    assert_eq!(block(&world, "notes")["memory_id"], id, "it can be had again");
    world.agentcore(LAUNCH).run().code(0);
    let known = variables(&scene);
    assert!(VARIABLES.iter().all(|name| known.get(name).is_none()), "{known}");
    assert!(!policy(&scene, "notes").contains("GetMemory"));
    configure(&world, "notes", &["--memory", "stm"]).code(0);
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(variables(&scene)[VARIABLES[0]], id);
}

#[test]
fn unusable_settings_are_refused_before_anything_is_made() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("notes", &[]);
    let before = world.read(CONFIG);
    for memory in ["long", "notes_memory", "", "notes memory-aB3dE5fG7h"] {
        let said = error(&configure(&world, "notes", &["--memory", memory, "-o", "json"]).code(2));
        assert_eq!(said["code"], "config.memory", "{memory}");
    }
    configure(&world, "notes", &["--memory", "stm", "--disable-memory"]).code(2);
    assert_eq!(world.read(CONFIG), before);
    for (line, code) in [("memory_name: not-a-name", 2), ("event_expiry_days: 1", 2), ("memory_id: notes-short", 2)] {
        let text = before.replace("mode: NO_MEMORY", &format!("mode: STM_ONLY\n      {line}"));
        world.write(CONFIG, &text);
        let launch = scene.watch(&world, LAUNCH, None);
        assert_eq!(error(&launch.run.code(code))["code"], "config.memory", "{line}");
        assert_eq!(writes(&launch.seen), [""; 0], "{line}");
    }
    // The last of them cannot be read, and keeps nobody from destroying the rest.
    let destroyed = step(&world.agentcore(DESTROY).run().code(0).data());
    assert_eq!((&destroyed["action"], &destroyed["name"]), (&json!("keep"), &json!("notes-short")));
    assert!(destroyed["details"][0].as_str().unwrap().starts_with("could not be read: "), "{destroyed}");
    world.write(CONFIG, &before);
    configure(&world, "notes", &["--memory", "team_notes-aB3dE5fG7h"]).code(0);
    let launch = scene.watch(&world, LAUNCH, None);
    assert_eq!(error(&launch.run.code(5))["code"], "memory.missing");
    assert_eq!(writes(&launch.seen), [""; 0]);
}
