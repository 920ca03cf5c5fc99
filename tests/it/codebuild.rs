//! Images built by CodeBuild: what is made in the account, what a person sees while a build runs and when it fails, and
//! that no build is left behind. The build is a stand-in that goes through a script; everything else is the sandbox.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::{Child, Command};

use serde_json::{Value, json};

use crate::support::{Account, CodeBuild, Holdings, Look, Run, Sandbox, Strike, World};

const ACCOUNT: &str = "123456789012";
const BUCKET: &str = "bedrock-agentcore-codebuild-sources-123456789012-us-west-2";
const AGENT: &str = "built_elsewhere";
const PROJECT: &str = "bedrock-agentcore-built_elsewhere-builder";
const LAUNCH: &[&str] = &["launch", "--builder", "codebuild", "-o", "json"];

fn well() -> Vec<Look> {
    vec![
        Look::running("QUEUED", &[]),
        Look::running("PROVISIONING", &[]),
        Look::running("BUILD", &["[Container] Running command docker build", "#1 load build definition"]),
        Look::running("POST_BUILD", &["", "The push refers to repository", "tag: digest: sha256:0"]),
        Look::succeeded(),
    ]
}

/// An account with a stand-in for CodeBuild in it, and a project of its own.
struct Scene {
    sandbox: Sandbox,
    codebuild: CodeBuild,
    world: World,
}

impl Scene {
    fn start(script: &[Look]) -> Self {
        let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
        let codebuild = CodeBuild::start(Account::of(&sandbox), script);
        let world = project(&Account::of(&sandbox), &codebuild, AGENT);
        Self { sandbox, codebuild, world }
    }

    fn account(&self) -> Account {
        Account::of(&self.sandbox)
    }

    fn launch(&self) -> Run {
        self.world.agentcore(LAUNCH).run()
    }

    fn config(&self) -> Value {
        config(&self.world, AGENT)
    }

    /// Changes the agent's part of the configuration by replacing a line.
    fn replace(&self, old: &str, new: &str) {
        let text = self.world.read(".bedrock_agentcore.yaml");
        assert!(text.contains(old), "{text}");
        self.world.write(".bedrock_agentcore.yaml", &text.replacen(old, new, 1));
    }
}

fn config(world: &World, agent: &str) -> Value {
    let file: Value = serde_yaml::from_str(&world.read(".bedrock_agentcore.yaml")).unwrap();
    file["agents"][agent].clone()
}

/// A configured agent on a machine whose AWS is this account and this CodeBuild.
fn project(account: &Account, codebuild: &CodeBuild, agent: &str) -> World {
    let mut world = World::new();
    for (name, value) in account.variables() {
        world.set(name, value);
    }
    for (name, value) in codebuild.variables() {
        world.set(name, value);
    }
    // The sandbox has agents built for the machine that it runs on, CodeBuild builds for the service.
    world.set("AGENTCORE_PLATFORM", "linux/arm64");
    world.write("agent.py", "print('an agent')\n").write("requirements.txt", "");
    world.write(".env", "CANARY=canary-7c1e\n").write("id_rsa", "canary-7c1e");
    world.write("answer.json", &format!("{{\"canary-7c1e\": \"glpat-{}\"}}", "aZ3kQ9xWm2Lp7RtB5vNc8"));
    let args = ["configure", "-ni", "-e", "agent.py", "--name", agent, "-rf", "requirements.txt", "--offline"];
    world.agentcore(&args).args(&["--disable-otel", "--disable-memory"]).run().code(0);
    world
}

/// The files of the uploaded source.
fn source(codebuild: &CodeBuild) -> (String, BTreeMap<String, Vec<u8>>) {
    let location = codebuild.last("StartBuild")["sourceLocationOverride"].as_str().unwrap().to_owned();
    let (bucket, key) = location.split_once('/').unwrap();
    let bytes = codebuild.inside().buckets[bucket].objects[key].clone();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names: Vec<String> =
        zip.file_names().map(|name| name.unwrap().into_owned()).filter(|name| !name.ends_with('/')).collect();
    let mut read = |name: String| {
        let mut bytes = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    (location.clone(), names.into_iter().map(&mut read).collect())
}

#[test]
fn image_is_built_deployed_reused_and_removed() {
    let scene = Scene::start(&well());
    let plan = scene.world.agentcore(LAUNCH).arg("--plan").run().code(6);
    let planned: Vec<(String, String)> = plan.data()["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["resource"].as_str().unwrap().to_owned(), step["action"].as_str().unwrap().to_owned()))
        .collect();
    let expected = ["repository", "source bucket", "build role", "build project", "image", "role", "runtime"];
    assert_eq!(planned, expected.map(|resource| (resource.to_owned(), "create".to_owned())));
    assert!(scene.codebuild.inside().buckets.is_empty(), "a plan made something");

    // 1. Built, with phases and log on the terminal, and deployed by digest.
    let run = scene.launch().code(0);
    for seen in ["PROVISIONING", "BUILD", "POST_BUILD", "codebuild | #1 load build definition", "tag: digest: sha256:0"]
    {
        assert!(run.stderr_text().contains(seen), "no `{seen}`\n{run}");
    }
    assert_eq!(run.data()["codebuildId"], format!("{PROJECT}:1"));
    let image = run.data()["runtime"]["image"].as_str().unwrap().to_owned();
    let (uri, digest) = image.split_once('@').unwrap();
    assert!(uri.ends_with("bedrock-agentcore-built_elsewhere"), "{image}");
    assert!(scene.account().images("bedrock-agentcore-built_elsewhere").contains(digest), "{image}");

    // 2. The source, and nothing that must stay out of it.
    let (location, files) = source(&scene.codebuild);
    let (project, key) =
        location.strip_prefix(&format!("{BUCKET}/builds/{AGENT}/")).and_then(|rest| rest.split_once('/')).unwrap();
    assert!(key.len() == 64 + ".zip".len(), "{location}");
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert!(
        names.starts_with(&["Dockerfile", "Dockerfile.dockerignore", "build-args"])
            && names.contains(&"context/agent.py"),
        "{names:?}"
    );
    assert!(
        !names.iter().any(|name| name.contains("env") || name.contains("id_rsa") || name.contains("yaml")),
        "{names:?}"
    );
    assert!(files.values().all(|bytes| !String::from_utf8_lossy(bytes).contains("canary-7c1e")));

    // 3. The project and the build are as the toolkit has them.
    let made = scene.codebuild.last("CreateProject");
    assert_eq!(made["name"], PROJECT);
    let environment = json!({
        "type": "ARM_CONTAINER", "image": "aws/codebuild/amazonlinux2-aarch64-standard:3.0",
        "computeType": "BUILD_GENERAL1_MEDIUM", "privilegedMode": true,
    });
    assert_eq!(made["environment"], environment);
    for (key, value) in [("agentcore:agent", AGENT), ("agentcore:project", project)] {
        assert!(made["tags"].as_array().unwrap().contains(&json!({ "key": key, "value": value })), "{made}");
    }
    let role = made["serviceRole"].as_str().unwrap();
    assert!(role.contains("role/AmazonBedrockAgentCoreSDKCodeBuild-us-west-2-"), "{role}");
    let build = scene.codebuild.last("StartBuild");
    let spec: Value = serde_json::from_str(build["buildspecOverride"].as_str().unwrap()).unwrap();
    assert!(spec["phases"]["post_build"]["commands"].to_string().contains("docker push"), "{spec}");
    assert!(build["environmentVariablesOverride"].as_array().unwrap().iter().all(|it| it["type"] == "PLAINTEXT"));
    {
        let inside = scene.codebuild.inside();
        let bucket = &inside.buckets[BUCKET];
        let lifecycle = &bucket.lifecycle;
        assert!(bucket.closed && lifecycle.contains("<Days>7</Days>") && lifecycle.contains("builds/"), "{lifecycle}");
        assert!(
            bucket.tagging.contains("agentcore:managed-by") && !bucket.tagging.contains(AGENT),
            "{}",
            bucket.tagging
        );
    }
    let name = role.rsplit('/').next().unwrap();
    let policy =
        scene.account().iam("GetRolePolicy", &[("RoleName", name), ("PolicyName", "CodeBuildExecutionPolicy")]);
    let sources = format!("builds%2Fbuilt_elsewhere%2F{project}%2F%2A");
    for part in ["bedrock-agentcore-built_elsewhere", &sources, "GetAuthorizationToken"] {
        assert!(
            policy.contains(part) || policy.contains(&part.replace("%2F", "/").replace("%2A", "*")),
            "{part} in {policy}"
        );
    }

    // 4. On record, in the toolkit's keys too.
    let config = scene.config();
    assert_eq!(
        config["codebuild"],
        json!({ "project_name": PROJECT, "execution_role": role, "source_bucket": BUCKET })
    );
    let created = &config["agentcore"]["created"];
    assert_eq!(created["build_project"], PROJECT);
    assert_eq!(created["build_role"], name);
    assert_eq!(created["source_bucket"], BUCKET);

    // 5. The same source is not built again, nor sent, nor is anything changed.
    let before = (scene.codebuild.inside().calls.len(), scene.world.read(".bedrock_agentcore.yaml"));
    let again = scene.launch().code(0);
    assert_eq!(again.data()["changes"], 0, "{again}");
    assert_eq!(again.data()["codebuildId"], Value::Null, "no build of this launch");
    assert_eq!((scene.codebuild.inside().calls.len(), scene.world.read(".bedrock_agentcore.yaml")), before);
    scene.world.agentcore(LAUNCH).arg("--plan").run().code(0);

    // 6. A changed one is, in the same project, as another archive.
    scene.world.write("agent.py", "print('another agent')\n");
    scene.codebuild.rescript(&well());
    let changed = scene.launch().code(0);
    assert_ne!(changed.data()["runtime"]["image"], image.as_str(), "{changed}");
    assert_eq!(scene.codebuild.count("StartBuild"), 2);
    assert_eq!(scene.codebuild.count("CreateProject") + scene.codebuild.count("UpdateProject"), 1);
    assert_ne!(source(&scene.codebuild).0, location);

    // 7. Away with everything.
    let plan = scene.world.agentcore(&["destroy", "--dry-run", "--delete-ecr-repo"]).run();
    for part in [PROJECT, name, BUCKET, "2 archives"] {
        assert!(plan.stdout_text().contains(part), "no `{part}`\n{plan}");
    }
    scene.world.agentcore(&["destroy", "--force", "--delete-ecr-repo"]).run().code(0);
    require_nothing_left(&scene.codebuild, &scene.world, AGENT);
    require_none_in(&scene.account());
    assert_eq!(scene.codebuild.count("DELETE bucket"), 1);
    let empty = scene.world.agentcore(&["destroy", "--force"]).run().code(0);
    assert!(empty.stdout_text().contains("Nothing to delete"), "{empty}");
}

fn require_none_in(account: &Account) {
    let Holdings { repositories, roles, runtimes } = account.holdings();
    let left: Vec<_> =
        [repositories, roles, runtimes].concat().into_iter().filter(|owned| owned.agent.is_some()).collect();
    assert!(left.is_empty(), "{left:?}");
}

fn require_nothing_left(codebuild: &CodeBuild, world: &World, agent: &str) {
    let inside = codebuild.inside();
    assert!(inside.projects.is_empty() && inside.buckets.is_empty(), "{:?}", inside.projects);
    let config = config(world, agent);
    let kept = config["codebuild"].as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()).count();
    assert_eq!(kept, 0, "{config}");
    assert!(config["agentcore"]["created"].as_object().is_none_or(serde_json::Map::is_empty), "{config}");
}

#[test]
fn failed_build_shows_phase_reason_and_last_lines() {
    let lines: Vec<String> = (1..=40).map(|at| format!("line {at}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let reason = ("COMMAND_EXECUTION_ERROR", "Error while executing command: docker build. Reason: exit status 1");
    let scene =
        Scene::start(&[Look::running("BUILD", &lines[..30]), Look::ended("FAILED", "BUILD", reason, &lines[30..])]);
    // Repository, role and project were made: the launch has stopped half-way.
    let run = scene.launch().code(9);
    let error = run.json()["error"].clone();
    assert_eq!(error["code"], "codebuild.failed");
    assert!(error["causes"].to_string().contains("not done: runtime"), "{error}");
    assert!(error["message"].as_str().unwrap().ends_with("failed in BUILD"), "{error}");
    assert!(error["causes"][0].as_str().unwrap().contains("exit status 1"), "{error}");
    let log = error["causes"][1].as_str().unwrap();
    assert!(log.ends_with("line 40") && log.contains("line 21\n") && !log.contains("line 20\n"), "{log}");
    assert!(error["hints"].to_string().contains("https://console.example/log"), "{error}");
    // Every line was shown, once.
    for line in &lines {
        assert_eq!(run.stderr_text().matches(&format!("codebuild | {line}\n")).count(), 1, "{line}\n{run}");
    }
    assert_eq!(scene.account().holdings().runtimes, [], "a runtime without an image");

    // What was made is used by the next attempt.
    scene.codebuild.rescript(&well());
    scene.launch().code(0);
    assert_eq!(scene.codebuild.count("CreateProject"), 1);
}

#[test]
fn each_way_to_end_badly_is_told_apart() {
    let scene = Scene::start(&well());
    let cases = [
        ("FAULT", "PROVISIONING", "codebuild.fault", "INTERNAL_SERVICE_ERROR"),
        ("TIMED_OUT", "BUILD", "codebuild.timed-out", "BUILD_TIMED_OUT"),
        ("STOPPED", "BUILD", "codebuild.stopped", "STOPPED"),
        ("FAILED", "DOWNLOAD_SOURCE", "codebuild.failed", "CLIENT_ERROR"),
    ];
    for (at, (status, phase, code, reason)) in cases.into_iter().enumerate() {
        scene.codebuild.rescript(&[Look::running("QUEUED", &[]), Look::ended(status, phase, (reason, "because"), &[])]);
        // The first run made what a build needs, and lists it; the others found it there.
        let run = scene.launch().code(if at == 0 { 9 } else { 1 });
        let error = run.json()["error"].clone();
        assert_eq!(error["code"], code, "{run}");
        assert!(error["message"].as_str().unwrap().contains(phase), "{run}");
        assert_eq!(error["causes"][0], format!("{reason}: because"), "{run}");
        assert_eq!(error["causes"].as_array().map_or(0, Vec::len) > 1, at == 0, "{run}");
    }
}

#[test]
fn throttling_and_lost_connections_do_not_end_builds() {
    let mut script = vec![Look::Throttle, Look::Drop, Look::running("BUILD", &["one"]), Look::Drop, Look::Throttle];
    // More than the SDK repeats by itself.
    script.extend(vec![Look::Throttle; 6]);
    script.push(Look::running("POST_BUILD", &["two"]));
    script.push(Look::succeeded());
    let scene = Scene::start(&script);
    let run = scene.launch().code(0);
    assert_eq!(run.stderr_text().matches("codebuild | one\n").count(), 1, "{run}");
    assert_eq!(run.stderr_text().matches("codebuild | two\n").count(), 1, "{run}");
    assert_eq!(scene.codebuild.count("StartBuild"), 1);
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    let status = Command::new("sh").args(["-c", "kill -INT \"$0\"", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[cfg(unix)]
fn end(mut child: Child) -> (Option<i32>, String) {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    (child.wait().unwrap().code(), text)
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_the_build() {
    let scene = Scene::start(&[Look::running("BUILD", &["working"])]);
    let child = scene.world.agentcore(&["launch", "--builder", "codebuild"]).spawn();
    scene.codebuild.wait_for("BatchGetBuilds", 1);
    interrupt(&child);
    let (code, text) = end(child);
    assert_eq!(code, Some(130), "{text}");
    assert_eq!(scene.codebuild.last("StopBuild")["id"], format!("{PROJECT}:1"));
    assert!(text.contains("was stopped") && text.contains("goes on from there"), "{text}");

    // Before the answer to StartBuild there is no id to stop it by, and there may be a build.
    scene.codebuild.rescript(&[Look::running("BUILD", &[])]);
    scene.codebuild.hold_start();
    let child = scene.world.agentcore(&["launch", "--builder", "codebuild"]).spawn();
    scene.codebuild.wait_for("StartBuild", 2);
    interrupt(&child);
    scene.codebuild.release_start();
    let (code, text) = end(child);
    assert_eq!(code, Some(130), "{text}");
    assert_eq!(scene.codebuild.count("StopBuild"), 2, "{text}");

    scene.codebuild.rescript(&well());
    scene.launch().code(0);
}

#[test]
fn launch_waits_for_a_new_role_to_spread() {
    let mut scene = Scene::start(&well());
    scene.codebuild = scene.codebuild.with_role_lag(2);
    scene.launch().code(0);
    assert_eq!(scene.codebuild.count("CreateProject"), 3);
}

#[test]
fn user_supplied_roles_cause_no_writes_to_iam() {
    let scene = Scene::start(&well());
    let account = scene.account();
    let own = |name: &str| {
        let service = if name == "Agent" { "bedrock-agentcore" } else { "codebuild" };
        let trust = json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Principal": { "Service": format!("{service}.amazonaws.com") }, "Action": "sts:AssumeRole" },
        ] });
        account.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &trust.to_string())]);
        let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "ecr:*", "Resource": "*" }] });
        account
            .iam("PutRolePolicy", &[("RoleName", name), ("PolicyName", "p"), ("PolicyDocument", &policy.to_string())]);
        format!("arn:aws:iam::{ACCOUNT}:role/{name}")
    };
    let (agent, build) = (own("Agent"), own("Build"));
    let args =
        ["configure", "-ni", "-e", "agent.py", "--name", AGENT, "-rf", "requirements.txt", "--offline", "-er", &agent];
    scene.world.agentcore(&args).args(&["-cber", &build]).run().code(0);
    let before = account.holdings().roles;
    let run = scene.launch().code(0);
    assert_eq!(account.holdings().roles, before, "{run}");
    assert_eq!(scene.codebuild.last("CreateProject")["serviceRole"], build.as_str());
    assert_eq!(scene.config()["codebuild"]["execution_role"], build.as_str());

    let destroyed = scene.world.agentcore(&["destroy", "--force", "--delete-ecr-repo", "-o", "json"]).run().code(0);
    assert_eq!(account.holdings().roles, before, "{destroyed}");
    assert!(scene.codebuild.inside().projects.is_empty());
    assert_eq!(scene.config()["codebuild"]["execution_role"], build.as_str());
}

#[test]
fn user_supplied_project_and_bucket_are_kept() {
    let scene = Scene::start(&well());
    let launch = || scene.world.agentcore(&["launch", "--builder", "codebuild"]).run();
    scene.replace("    agentcore:\n", "    codebuild:\n      project_name: theirs\n    agentcore:\n");
    launch().code(5).says("theirs").says("codebuild.project_name");
    scene.replace("project_name: theirs\n", "project_name: theirs\n      source_bucket: their-sources\n");
    {
        let mut inside = scene.codebuild.inside();
        inside.projects.insert("theirs".into(), json!({ "name": "theirs", "serviceRole": "arn:aws:iam::1:role/x" }));
    }
    launch().code(5).says("their-sources");
    scene.codebuild.inside().buckets.insert("their-sources".into(), crate::support::Bucket::default());

    let run = scene.launch().code(0);
    let build = scene.codebuild.last("StartBuild");
    assert_eq!(build["projectName"], "theirs");
    assert!(
        build["sourceLocationOverride"].as_str().unwrap().starts_with("their-sources/builds/built_elsewhere/"),
        "{build}"
    );
    assert_eq!(scene.codebuild.count("CreateProject") + scene.codebuild.count("UpdateProject"), 0, "{run}");
    assert!(!scene.account().holdings().roles.iter().any(|role| role.id.contains("CodeBuild")), "{run}");

    scene.world.agentcore(&["destroy", "--force", "--delete-ecr-repo"]).run().code(0);
    let inside = scene.codebuild.inside();
    assert!(inside.projects.contains_key("theirs"));
    assert!(inside.buckets["their-sources"].objects.is_empty(), "the agent's own sources stay behind");
    drop(inside);
    assert_eq!(scene.config()["codebuild"]["project_name"], "theirs");
}

#[test]
fn codebuild_is_chosen_by_flag_configuration_or_fallback() {
    let scene = Scene::start(&well());
    scene.world.agentcore(&["launch", "--code-build"]).run().code(0);
    assert_eq!(scene.codebuild.count("StartBuild"), 1);
    scene.world.agentcore(&["launch", "--code-build", "--local-build"]).run().code(2);
    scene
        .world
        .agentcore(&["launch", "--builder", "codebuild", "--platform", "linux/amd64"])
        .run()
        .code(2)
        .says("arm64");

    // Without it, a configuration that CodeBuild was used with is built here again.
    let plan = scene.world.agentcore(&["launch", "--plan"]).run();
    assert!(!plan.stderr_text().contains("CodeBuild"), "{plan}");
    scene.replace("    agentcore:\n", "    agentcore:\n      builder: codebuild\n");
    scene.world.write("agent.py", "print('changed')\n");
    scene.codebuild.rescript(&well());
    scene.world.agentcore(&["launch"]).run().code(0);
    assert_eq!(scene.codebuild.count("StartBuild"), 2);

    // An own Dockerfile and no engine: CodeBuild builds it, which a plan says as well.
    scene.replace("      builder: codebuild\n", "");
    let file = format!(".bedrock_agentcore/{AGENT}/Dockerfile");
    let text = scene.world.read(&file);
    scene.world.write(&file, &format!("{text}# mine\n"));
    scene.world.agentcore(&["launch", "--plan"]).run().code(6).says("CodeBuild builds the image");
    scene.codebuild.rescript(&well());
    scene.world.agentcore(&["launch"]).run().code(0);
    assert_eq!(scene.codebuild.count("StartBuild"), 3);
    // Asked for an engine, nothing else is taken.
    scene.world.write("agent.py", "print('changed again')\n");
    scene.world.agentcore(&["launch", "--builder", "engine"]).run().code(2).says("--builder codebuild");
    assert_eq!(scene.codebuild.count("StartBuild"), 3);
}

/// The program is killed at each call in turn, before the call takes effect and after it. Repeated, it comes to the same
/// end as if nothing had happened; destroyed instead, nothing is left.
#[test]
fn launch_killed_at_any_call_converges() {
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    let script = [Look::running("BUILD", &["one"]), Look::succeeded()];
    let calls = {
        let codebuild = CodeBuild::start(Account::of(&sandbox), &script);
        let world = project(&Account::of(&sandbox), &codebuild, "undisturbed");
        world.agentcore(LAUNCH).run().code(0);
        let calls: Vec<String> = codebuild.inside().calls.iter().map(|(name, _)| name.clone()).collect();
        world.agentcore(&["destroy", "--force", "--delete-ecr-repo"]).run().code(0);
        calls
    };
    assert!(calls.len() > 10, "{calls:?}");
    let mut cases: Vec<Strike> = Vec::new();
    for (call, name) in calls.iter().enumerate() {
        cases.push(Strike { call, after: false });
        if !["GET", "HEAD", "BatchGet", "GetLog"].iter().any(|read| name.starts_with(read)) {
            cases.push(Strike { call, after: true });
        }
    }
    let queue = std::sync::Mutex::new(cases.into_iter().enumerate());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some((at, strike)) = { queue.lock().unwrap().next() } {
                    converge(&sandbox, &script, &format!("killed_{at}"), strike);
                }
            });
        }
    });
    require_none_in(&Account::of(&sandbox));
}

fn converge(sandbox: &Sandbox, script: &[Look], agent: &str, strike: Strike) {
    let account = Account::of(sandbox);
    let codebuild = CodeBuild::start(Account::of(sandbox), script).with_strike(strike);
    let world = project(&account, &codebuild, agent);
    let mut child = world.agentcore(LAUNCH).spawn();
    let struck = codebuild.wait_for_strike(|| child.try_wait().unwrap().is_some());
    if !struck {
        // How often a launch looks at the build and its log is up to the machine, so the last calls may not be there again.
        let (status, calls) = (child.wait().unwrap(), codebuild.inside().arrived);
        assert!(status.success() && calls <= strike.call, "{strike:?} never came among {calls} calls: {status}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    codebuild.recover();
    codebuild.rescript(script);
    // Every third case is given up instead of repeated.
    if !strike.call.is_multiple_of(3) {
        let run = world.agentcore(LAUNCH).run();
        assert_eq!(run.code, Some(0), "{strike:?}\n{run}");
        let inside = codebuild.inside();
        let bucket = &inside.buckets[BUCKET];
        assert!(
            bucket.closed && bucket.lifecycle.contains("<Days>7<") && bucket.tagging.contains("managed-by"),
            "{strike:?}"
        );
        let config = config(&world, agent);
        for key in ["build_project", "build_role", "source_bucket"] {
            assert!(config["agentcore"]["created"][key].is_string(), "{strike:?}: no {key}\n{run}");
        }
    }
    let run = world.agentcore(&["destroy", "--force", "--delete-ecr-repo"]).run();
    assert_eq!(run.code, Some(0), "{strike:?}\n{run}");
    require_nothing_left(&codebuild, &world, agent);
}
