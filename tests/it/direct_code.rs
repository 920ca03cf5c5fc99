//! Agents without an image: an archive of source and dependencies, deployed to a managed runtime of the sandbox, called,
//! changed and destroyed.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{
    Account, Fault, Run, Sandbox, Seen, Trouble, Watched, When, World, lacked, packages_available, python, watch,
};

/// Answers with the greeting of a module beside it.
const AGENT: &str = r#"
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from greeting import GREETING


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
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(GREETING.encode())


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
"#;

const BUCKET: &str = "bedrock-agentcore-codebuild-sources-123456789012-us-west-2";
const LAUNCH: &[&str] = &["launch", "-o", "json"];
/// A secret in the project that no archive may have.
const CANARY: &str = "canary-5f1d8a";

struct Scene {
    sandbox: Sandbox,
    account: Account,
}

impl Scene {
    fn start() -> Option<Self> {
        if python().is_none() {
            lacked("python", "there is no `python3` on PATH");
            return None;
        }
        let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
        let account = Account::of(&sandbox);
        Some(Self { sandbox, account })
    }

    /// A machine of its own that uses the sandbox, with an agent that is described and no more.
    fn project(&self, requirements: &str, configure: &[&str]) -> World {
        let mut world = World::new();
        for (name, value) in self.account.variables() {
            world.set(name, value);
        }
        world.write("src/main.py", AGENT).write("src/greeting.py", "GREETING = 'one'\n");
        world.write("src/.env", &format!("TOKEN={CANARY}\n"));
        world.write("src/requirements.txt", requirements);
        let args = ["configure", "-ni", "-e", "src/main.py", "--name", "direct", "-rf", "src/requirements.txt"];
        let run = world.agentcore(&args).args(&["-dt", "direct_code_deploy", "--disable-memory"]).args(configure);
        run.run().code(0);
        world
    }

    fn watch(&self, world: &World, args: &[&str], fault: Option<&Fault>) -> Watched {
        watch(self.account.url(), world.agentcore(args), fault)
    }

    /// The runtime's artifact as the control plane has it.
    fn code(&self, launch: &Value) -> Value {
        let id = launch["runtime"]["id"].as_str().unwrap();
        let live = self.account.control("GET", &format!("/runtimes/{id}/"));
        live["agentRuntimeArtifact"]["codeConfiguration"].clone()
    }

    /// Content of every object that the sandbox's S3 has.
    fn objects(&self) -> Vec<Vec<u8>> {
        let files = std::fs::read_dir(format!("{}/data/s3/objects", self.sandbox.dir())).unwrap();
        files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

fn invoke(world: &World) -> String {
    world.agentcore(&["invoke", "{}"]).run().code(0).stdout_text()
}

/// Without the tags that lock the runtime and say who made a version, which `lock` and `endpoints` have tests of.
fn mutating(watched: &Watched) -> Vec<&str> {
    let labels = watched.seen.iter().filter(|seen| seen.mutates()).map(|seen| seen.label.as_str());
    labels.filter(|label| !["POST tags", "DELETE tags"].contains(label)).collect()
}

fn ok(watched: Watched) -> (Value, Vec<Seen>) {
    assert_eq!(watched.run.code, Some(0), "{}", watched.run);
    (watched.run.data(), watched.seen)
}

/// Names in a zip file, read by other means than the program's own.
fn names(archive: &std::path::Path) -> BTreeSet<String> {
    let script = "import sys, zipfile; print('\\n'.join(zipfile.ZipFile(sys.argv[1]).namelist()))";
    let output = std::process::Command::new(python().unwrap()).args(["-c", script]).arg(archive).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn source_is_deployed_and_removed_without_a_repository() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("", &["--runtime", "PYTHON_3_13", "--disable-otel"]);
    assert!(!world.project().join(".bedrock_agentcore/direct/Dockerfile").exists());
    let plan = world.agentcore(&["launch", "--plan", "-o", "json"]).run().code(6).data();
    let resources: Vec<&str> =
        plan["steps"].as_array().unwrap().iter().map(|it| it["resource"].as_str().unwrap()).collect();
    assert_eq!(resources, ["bucket", "archive", "role", "runtime"]);
    assert_eq!(scene.account.s3("HEAD", &format!("/{BUCKET}"), "").0, 404, "a plan made the bucket");

    let first = scene.watch(&world, LAUNCH, None);
    let repository = |seen: &Seen| {
        ["Repository", "Image", "AuthorizationToken", "registry", "manifest", "blob"]
            .iter()
            .any(|word| seen.label.contains(word))
    };
    assert!(!first.seen.iter().any(repository), "{:?}", first.seen.iter().map(|seen| &seen.label).collect::<Vec<_>>());
    let (launched, _) = ok(first);
    let code = scene.code(&launched);
    assert_eq!((&code["runtime"], &code["entryPoint"][0]), (&"PYTHON_3_13".into(), &"main.py".into()));
    assert_eq!(launched["runtime"]["code"], code);
    assert_eq!(launched["runtime"]["image"], Value::Null);
    let roles = scene.account.holdings().roles;
    let role = roles[0].id.rsplit('/').next().unwrap();
    let policy = [("RoleName", role), ("PolicyName", "BedrockAgentCoreRuntimeExecutionPolicy-direct")];
    let policy = scene.account.iam("GetRolePolicy", &policy);
    assert!(policy.contains("logs%3A") && !policy.contains("ecr%3A"), "{policy}");
    assert_eq!(invoke(&world), "one");
    let objects = scene.objects();
    assert_eq!(objects.len(), 1);
    assert!(!contains(&objects[0], CANARY), "`.env` is in the archive");

    // One line: one upload, one update.
    world.write("src/greeting.py", "GREETING = 'two'\n");
    let second = scene.watch(&world, LAUNCH, None);
    assert_eq!(mutating(&second), ["PUT deployment.zip", "PUT runtime"]);
    assert_ne!(scene.code(&ok(second).0)["code"], code["code"]);
    assert_eq!(invoke(&world), "two");

    // Nothing: no upload, no update, and it says so. A file's time is nothing.
    world.write("src/greeting.py", "GREETING = 'two'\n");
    let third = scene.watch(&world, LAUNCH, None);
    assert_eq!(mutating(&third), Vec::<&str>::new());
    assert_eq!(ok(third).0["changes"], 0);
    let said = world.agentcore(&["launch"]).run().code(0);
    assert!(said.stdout_text().contains("Nothing to change."), "{said}");

    // A variable: an update without an upload. The first line again: an update to what is there.
    let fourth = scene.watch(&world, &[LAUNCH, &["--env", "A=1"]].concat(), None);
    assert_eq!(mutating(&fourth), ["PUT runtime"]);
    world.write("src/greeting.py", "GREETING = 'one'\n");
    assert_eq!(mutating(&scene.watch(&world, LAUNCH, None)), ["PUT runtime"]);
    assert_eq!(invoke(&world), "one");

    let status = world.agentcore(&["status"]).run().code(0).stdout_text();
    assert!(status.contains("PYTHON_3_13, main.py"), "{status}");
    world.agentcore(&["destroy", "--force"]).run().code(0);
    assert_eq!(scene.account.s3("HEAD", &format!("/{BUCKET}"), "").0, 404, "the bucket stays behind");
    let left = scene.account.holdings();
    assert!(left.roles.is_empty() && left.runtimes.is_empty() && left.repositories.is_empty(), "{left:?}");
    assert!(scene.objects().is_empty());
    assert!(!world.read(".bedrock_agentcore.yaml").contains(BUCKET));
}

#[test]
fn a_launch_that_is_killed_converges() {
    let Some(scene) = Scene::start() else { return };
    let options = ["--disable-otel"];
    // What is committed; each clone has a folder of its own.
    let committed = scene.project("", &options).read(".bedrock_agentcore.yaml");
    let clone = || {
        let world = scene.project("", &options);
        world.write(".bedrock_agentcore.yaml", &committed);
        world
    };
    let undisturbed = scene.watch(&clone(), LAUNCH, None);
    assert_eq!(undisturbed.run.code, Some(0), "{}", undisturbed.run);
    let mut faults = Vec::new();
    for (at, seen) in undisturbed.seen.iter().enumerate().filter(|(_, seen)| seen.mutates()) {
        let nth = undisturbed.seen[..=at].iter().filter(|other| other.label == seen.label).count();
        for when in [When::BeforeForwarding, When::BeforeReply] {
            faults.push(Fault { trouble: Trouble::Kill, when, label: seen.label.clone(), nth });
        }
    }
    // Bucket with three settings, archive, role with its policy, runtime: before and after each.
    assert!(faults.len() >= 16, "{} faults", faults.len());
    for fault in &faults {
        // Of the launch before, by another clone of the project.
        clone().agentcore(&["destroy", "--force"]).run().code(0);
        let world = clone();
        let watched = scene.watch(&world, LAUNCH, Some(fault));
        assert!(watched.struck, "{fault}: it never came to the request");
        let (launched, _) = ok(scene.watch(&world, LAUNCH, None));
        assert_eq!(launched["runtime"]["status"], "READY", "{fault}");
        let again = scene.watch(&world, LAUNCH, None);
        assert_eq!(mutating(&again), Vec::<&str>::new(), "{fault}");
        assert_eq!(scene.objects().len(), 1, "{fault}");
        let config = world.read(".bedrock_agentcore.yaml");
        assert!(config.contains(&format!("bucket: {BUCKET}")), "{fault}: {config}");
    }
    // Another clone of the same project finds what is deployed by its tags.
    let world = clone();
    world.agentcore(LAUNCH).run().code(0);
    assert_eq!(invoke(&world), "one");
}

#[test]
fn archive_is_deployed_without_its_source() {
    let Some(scene) = Scene::start() else { return };
    let built = scene.project("", &["--disable-otel"]);
    built.agentcore(&["build", "--file", "agent.zip"]).run().code(0);
    // What a pipeline hands from one job to the next: the configuration and the archive.
    let mut elsewhere = World::new();
    for (name, value) in scene.account.variables() {
        elsewhere.set(name, value);
    }
    elsewhere.write(".bedrock_agentcore.yaml", &built.read(".bedrock_agentcore.yaml"));
    std::fs::copy(built.project().join("agent.zip"), elsewhere.project().join("agent.zip")).unwrap();
    elsewhere.agentcore(&["launch", "--artifact", "agent.zip"]).run().code(0);
    assert_eq!(invoke(&elsewhere), "one");
    // An archive of another program does not say how it starts, so the source would have to.
    let script = "import zipfile; zipfile.ZipFile('other.zip', 'w').writestr('main.py', '')";
    let other = elsewhere.project();
    let made = std::process::Command::new(python().unwrap()).args(["-c", script]).current_dir(&other).status().unwrap();
    assert!(made.success());
    elsewhere.agentcore(&["launch", "--artifact", "other.zip"]).run().code(2).says("other.zip").says("/src");
}

#[test]
fn user_supplied_bucket_is_used_and_kept() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("", &["--s3", "s3://team-artifacts/agents/", "--disable-otel"]);
    let missing = world.agentcore(&["launch"]).run().code(5).says("team-artifacts").says("aws s3 mb");
    assert!(missing.stdout.is_empty());
    let place =
        "<CreateBucketConfiguration><LocationConstraint>us-west-2</LocationConstraint></CreateBucketConfiguration>";
    assert_eq!(scene.account.s3("PUT", "/team-artifacts", place).0, 200);
    let versioned = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    assert_eq!(scene.account.s3("PUT", "/team-artifacts?versioning", versioned).0, 200);
    assert_eq!(scene.account.s3("PUT", "/team-artifacts/agents/direct/notes.txt", "mine").0, 200);

    let (launched, _) = ok(scene.watch(&world, LAUNCH, None));
    let s3 = scene.code(&launched)["code"]["s3"].clone();
    assert_eq!(s3["bucket"], "team-artifacts");
    assert!(s3["prefix"].as_str().unwrap().starts_with("agents/direct/"), "{s3}");
    assert!(s3["versionId"].as_str().unwrap().len() > 10, "{s3}");
    assert_eq!(mutating(&scene.watch(&world, LAUNCH, None)), Vec::<&str>::new());
    assert_eq!(invoke(&world), "one");
    assert_eq!(scene.account.s3("HEAD", &format!("/{BUCKET}"), "").0, 404, "a second bucket was made");

    let report = world.agentcore(&["destroy", "--force"]).run().code(0);
    assert!(report.stdout_text().contains("not created by launch"), "{report}");
    let (_, left) = scene.account.s3("GET", "/team-artifacts?versions", "");
    assert_eq!(left.matches("<Key>").count(), 1, "{left}");
    assert!(left.contains("notes.txt"), "{left}");
    assert!(world.read(".bedrock_agentcore.yaml").contains("team-artifacts"));
}

#[test]
fn archive_neither_depends_on_nor_reveals_its_folder() {
    if !packages_available() {
        return;
    }
    let Some(scene) = Scene::start() else { return };
    // A package with a launcher, whose first line names the interpreter of the machine that installed it.
    let requirements = "six==1.16.0\npygments==2.18.0\n";
    let build = |world: &World| {
        let run = world.agentcore(&["build", "-o", "json"]).run().code(0);
        run.data()["digest"].as_str().unwrap().to_owned()
    };
    let worlds = [scene.project(requirements, &[]), scene.project(requirements, &[])];
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let file = std::fs::File::options().append(true).open(worlds[1].project().join("src/main.py")).unwrap();
    file.set_modified(old).unwrap();
    let [one, two] = worlds.each_ref().map(build);
    assert_eq!(one, two);
    worlds[0].agentcore(LAUNCH).run().code(0);
    let objects = scene.objects();
    assert_eq!(objects.len(), 1);
    for path in [worlds[0].path("project"), worlds[0].path("home"), python().unwrap().to_owned()] {
        assert!(!contains(&objects[0], path.to_str().unwrap()), "`{}` is in the archive", path.display());
    }
    assert!(!contains(&objects[0], CANARY));
    let archive = worlds[0].path("archive.zip");
    std::fs::write(&archive, &objects[0]).unwrap();
    let names = names(&archive);
    for name in ["main.py", "greeting.py", "six.py", "pygments/__init__.py", "bin/pygmentize"] {
        assert!(names.contains(name), "{name} is not in {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains(".env")), "{names:?}");
    // The byte code of the modules, and none that lay about in the project.
    let compiled: Vec<_> = names.iter().filter(|name| name.contains("__pycache__/")).collect();
    assert!(compiled.iter().any(|name| name.starts_with("__pycache__/main.")), "{names:?}");
    for name in compiled {
        let source = name.replace("__pycache__/", "");
        let stem = source.rsplit_once(".cpython-").map_or(&*source, |(stem, _)| stem);
        assert!(names.contains(&format!("{stem}.py")), "{name} has no source in {names:?}");
    }
}

#[test]
fn starter_toolkit_file_is_launched_unchanged() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("", &[]);
    let folder = world.project().join("src");
    let folder = folder.display();
    world.write(
        ".bedrock_agentcore.yaml",
        &format!(
            "default_agent: myagent
agents:
  myagent:
    name: myagent
    language: python
    node_version: '20'
    entrypoint: {folder}/main.py
    deployment_type: direct_code_deploy
    runtime_type: PYTHON_3_11
    platform: linux/arm64
    container_runtime: null
    source_path: {folder}
    aws:
      execution_role: null
      execution_role_auto_create: true
      account: '123456789012'
      region: us-west-2
      ecr_repository: null
      ecr_auto_create: false
      s3_path: null
      s3_auto_create: true
      network_configuration:
        network_mode: PUBLIC
        network_mode_config: null
      protocol_configuration:
        server_protocol: HTTP
      observability:
        enabled: true
    memory:
      mode: NO_MEMORY
"
        ),
    );
    let run: Run = world.agentcore(&["launch"]).run().code(0).says("PYTHON_3_11 is deprecated");
    assert!(run.stderr_text().contains("without instrumentation"), "{run}");
    assert_eq!(invoke(&world), "one");
}

#[test]
fn unrunnable_code_is_refused_or_fails_with_reason() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("", &["--disable-otel"]);
    for (args, part) in [
        (&["launch", "--builder", "engine"][..], "not as an image"),
        (&["configure", "-ni", "--runtime", "PYTHON_2_7"][..], "not a managed runtime"),
        (&["configure", "-ni", "--s3", "No_Bucket"][..], "not a bucket"),
    ] {
        world.agentcore(args).run().code(2).says(part);
    }
    // The sandbox fails a runtime whose entry point is not in its archive, as the service does.
    let (launched, _) = ok(scene.watch(&world, LAUNCH, None));
    let mut body = scene.account.control("GET", &format!("/runtimes/{}/", launched["runtime"]["id"].as_str().unwrap()));
    body["agentRuntimeName"] = "broken".into();
    body["agentRuntimeArtifact"]["codeConfiguration"]["entryPoint"] = serde_json::json!(["other.py"]);
    let made = scene.account.control_with("PUT", "/runtimes/", &body.to_string());
    let id = made["agentRuntimeId"].as_str().unwrap();
    let failed = loop {
        let live = scene.account.control("GET", &format!("/runtimes/{id}/"));
        if live["status"] != "CREATING" {
            break live;
        }
    };
    assert_eq!(failed["status"], "CREATE_FAILED");
    assert!(failed["failureReason"].as_str().unwrap().contains("other.py"), "{failed}");
}
