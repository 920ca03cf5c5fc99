//! Building apart from deploying: what a build says, what of it is done again, and images that somebody else built.

use serde_json::Value;

use crate::support::{Account, Invocation, Sandbox, Watched, World, lacked, python, watch};

/// An agent that needs no package and answers with its own version.
const AGENT: &str = r#"
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = b'{"version": 1}'


class Agent(BaseHTTPRequestHandler):
    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
"#;

/// A sandbox with a configured agent in its project.
fn configured() -> Option<Sandbox> {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return None;
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    sandbox.write("agent.py", AGENT).write("requirements.txt", "");
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "echo", "-do"]).run().code(0);
    Some(sandbox)
}

fn seen<'a>(account: &Account, invocation: Invocation<'a>) -> Watched {
    watch(account.url(), invocation, None)
}

fn changes(watched: &Watched) -> Vec<String> {
    watched.seen.iter().filter(|seen| seen.mutates()).map(|seen| format!("{seen:?}")).collect()
}

fn step<'a>(launch: &'a Value, resource: &str) -> &'a Value {
    launch["steps"].as_array().unwrap().iter().find(|step| step["resource"] == resource).unwrap()
}

#[test]
fn build_makes_the_image_that_launch_deploys() {
    let Some(sandbox) = configured() else { return };
    // The cache is outside of the project.
    let project =
        || -> Vec<_> { sandbox.tree().into_iter().filter(|(path, _)| path.starts_with(sandbox.project())).collect() };
    let before = project();
    let built = sandbox.agentcore(&["build", "-o", "json"]).run().code(0).data();
    assert_eq!(project(), before, "building wrote into the project");
    let digest = built["digest"].as_str().unwrap();
    let launch = sandbox.agentcore(&["launch", "-o", "json"]).run().code(0).data();
    assert!(launch["runtime"]["image"].as_str().unwrap().ends_with(&format!("@{digest}")), "{launch}");

    // Another line, another image; the old line, the old image.
    sandbox.write("agent.py", &AGENT.replace("1}", "2}"));
    let other = sandbox.agentcore(&["build", "-o", "json"]).run().code(0).data();
    assert_ne!(other["digest"], digest);
    sandbox.write("agent.py", AGENT);
    assert_eq!(sandbox.agentcore(&["build", "-o", "json"]).run().code(0).data()["digest"], digest);
}

#[test]
fn build_plan_lists_what_goes_in_and_out() {
    let Some(sandbox) = configured() else { return };
    sandbox.write("lib/helper.py", "x = 1\n").write(".env", "SECRET=canary-41\n").write("notes.log", "n\n");
    sandbox.write(".dockerignore", "*.log\n");
    let plan = sandbox.agentcore(&["build", "--plan", "-o", "json"]).run().code(0).data();
    let listed = |member: &str| -> Vec<String> {
        let items = plan[member].as_array().unwrap().iter();
        items.map(|item| item["path"].as_str().or(item.as_str()).unwrap().to_owned()).collect()
    };
    let files = listed("files");
    assert!(files.contains(&"agent.py".to_owned()) && files.contains(&"lib/helper.py".to_owned()), "{plan}");
    for out in [".env", "notes.log"] {
        assert!(!files.contains(&out.to_owned()) && listed("ignored").contains(&out.to_owned()), "{out}: {plan}");
    }
    let size: u64 = plan["files"].as_array().unwrap().iter().map(|file| file["size"].as_u64().unwrap()).sum();
    assert_eq!(plan["sourceSize"], size);
    assert!(!plan.to_string().contains("canary"), "{plan}");
    let text = sandbox.agentcore(&["build", "--plan"]).run().code(0).stdout_text();
    assert!(text.contains("lib/helper.py") && text.contains("notes.log"), "{text}");
}

#[test]
fn unchanged_source_causes_no_build_or_change() {
    let Some(sandbox) = configured() else { return };
    let account = Account::of(&sandbox);
    let first = sandbox.agentcore(&["launch", "-o", "json"]).run().code(0).data();
    let watched = seen(&account, sandbox.agentcore(&["launch", "-o", "json"]));
    let again = watched.run.code(0);
    assert_eq!(again.data()["changes"], 0, "{again}");
    assert!(again.stderr_text().contains("unchanged"), "{again}");
    assert_eq!(again.data()["runtime"]["image"], first["runtime"]["image"]);
    let watched = seen(&account, sandbox.agentcore(&["launch"]));
    assert_eq!(changes(&watched), Vec::<String>::new());

    // A tag that is asked for is set, once, without a build.
    let tag = ["launch", "--image-tag", "v1"];
    let watched = seen(&account, sandbox.agentcore(&tag));
    let puts = changes(&watched);
    assert!(puts.len() == 1 && puts[0].contains("PUT manifest"), "{puts:?}");
    assert_eq!(changes(&seen(&account, sandbox.agentcore(&tag))), Vec::<String>::new());

    // Back to an earlier state of the source: its image is still there, so only the runtime changes.
    sandbox.write("agent.py", &AGENT.replace("1}", "2}"));
    sandbox.agentcore(&["launch"]).run().code(0);
    sandbox.write("agent.py", AGENT);
    let watched = seen(&account, sandbox.agentcore(&["launch", "-o", "json"]));
    assert!(watched.seen.iter().all(|seen| !format!("{seen:?}").contains("/blobs/")), "something was uploaded");
    let back = watched.run.code(0).data();
    assert_eq!(back["runtime"]["image"], first["runtime"]["image"]);
    assert_eq!(
        (&step(&back, "image")["action"], &step(&back, "runtime")["action"]),
        (&"unchanged".into(), &"update".into())
    );
    assert!(sandbox.agentcore(&["invoke", "x"]).run().code(0).stdout_text().contains(r#""version": 1"#));
}

#[test]
fn given_image_is_checked_and_deployed_by_digest() {
    let Some(sandbox) = configured() else { return };
    let made = sandbox.agentcore(&["launch", "-o", "json"]).run().code(0).data();
    let image = made["runtime"]["image"].as_str().unwrap().to_owned();
    let (repository, digest) = image.split_once('@').unwrap();
    sandbox.write("second/agent.py", AGENT).write("second/requirements.txt", "");
    let configure = ["configure", "-ni", "-e", "second/agent.py", "-n", "second", "-do"];
    sandbox.agentcore(&configure).run().code(0);
    let launch = |image: &str| sandbox.agentcore(&["launch", "-a", "second", "--image", image, "-o", "json"]);

    let done = launch(&image).run().code(0).data();
    assert_eq!(done["runtime"]["image"], image.as_str());
    assert_eq!(step(&done, "repository")["action"], "keep");
    assert!(sandbox.agentcore(&["invoke", "-a", "second", "x"]).run().code(0).stdout_text().contains("version"));
    let config = sandbox.read(".bedrock_agentcore.yaml");
    assert_eq!(config.matches(repository).count(), 1, "the repository was written down for the second agent: {config}");

    let launch = |image: &str| sandbox.agentcore(&["launch", "-a", "second", "--image", image]);
    launch("docker.io/library/python:3.12").run().code(2).says("not in ECR");
    launch(&format!("{repository}@sha256:{}", "0".repeat(64))).run().code(5);
    let wrong = sandbox.agentcore(&["launch", "-a", "second", "--image", &image, "--platform", "linux/s390x"]).run();
    wrong.code(2).says("linux/s390x").says(digest);
    launch(&image).args(&["--builder", "native"]).run().code(2);

    // A role that was brought and that is told not to pull.
    let account = Account::of(&sandbox);
    let trust = serde_json::json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "bedrock-agentcore.amazonaws.com" } }] });
    let trust = trust.to_string();
    account.iam("CreateRole", &[("RoleName", "Brought"), ("AssumeRolePolicyDocument", &trust)]);
    let deny = serde_json::json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Effect": "Deny", "Action": "ecr:BatchGetImage", "Resource": "*" }] });
    let deny = deny.to_string();
    account.iam("PutRolePolicy", &[("RoleName", "Brought"), ("PolicyName", "p"), ("PolicyDocument", &deny)]);
    let arn = format!("arn:aws:iam::{}:role/Brought", repository.split('.').next().unwrap());
    sandbox.agentcore(&["configure", "-ni", "-n", "second", "-e", "second/agent.py", "-er", &arn]).run().code(0);
    launch(&image).run().code(2).says("ecr:BatchGetImage");
}

#[test]
fn artifact_file_named_with_o_can_be_launched() {
    let Some(sandbox) = configured() else { return };
    let out = sandbox.agentcore(&["build", "-o", "agent.tar", "-o", "json"]).run().code(0).data();
    let file = out["file"].as_str().unwrap();
    assert!(sandbox.project().join(file).is_file() && file.ends_with("agent.tar"), "{out}");

    // Another agent, another folder: the same image, and nothing is built.
    let digest = out["digest"].as_str().unwrap();
    sandbox.write("agent.py", "raise SystemExit('the source is not what is deployed')\n");
    let account = Account::of(&sandbox);
    let watched = seen(&account, sandbox.agentcore(&["launch", "--artifact", "agent.tar", "-o", "json"]));
    let launched = watched.run.code(0).data();
    assert!(launched["runtime"]["image"].as_str().unwrap().ends_with(digest), "{launched}");
    assert!(sandbox.agentcore(&["invoke", "x"]).run().code(0).stdout_text().contains("version"));
    let watched = seen(&account, sandbox.agentcore(&["launch", "--artifact", "agent.tar"]));
    assert_eq!(changes(&watched), Vec::<String>::new());

    sandbox.write("not.tar", "nothing of the sort");
    sandbox.agentcore(&["launch", "--artifact", "not.tar"]).run().code(2).says("not.tar");
    sandbox.agentcore(&["launch", "--artifact", "missing.tar"]).run().code(2).says("missing.tar");
}

#[test]
fn oversized_packages_are_refused_before_downloading() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    let world = World::new();
    world.write("agent.py", "print('an agent')\n");
    world.write(
        "pyproject.toml",
        "[project]\nname = \"agent\"\nversion = \"0.1\"\nrequires-python = \">=3.11\"\ndependencies = [\"torch\"]\n",
    );
    let wheel = |name: &str, size: u64| {
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"1\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\n\
             wheels = [{{ url = \"https://nowhere.invalid/{}-1-py3-none-manylinux_2_28_aarch64.whl\", \
             hash = \"sha256:00\", size = {size} }}]\n",
            name.replace('-', "_")
        )
    };
    let lock = |cuda: u64| {
        let own = "[[package]]\nname = \"agent\"\nversion = \"0.1\"\nsource = { virtual = \".\" }\n\
                   dependencies = [{ name = \"torch\" }, { name = \"nvidia-cudnn-cu12\" }]\n";
        format!("version = 1\n{own}{}{}", wheel("torch", 900_000_000), wheel("nvidia-cudnn-cu12", cuda))
    };
    world.write("uv.lock", &lock(2_000_000_000));
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "large", "-do", "-dm"]).run().code(0);
    let build = ["build", "--builder", "native", "--base-image", "scratch", "--platform", "linux/arm64"];
    let refused = world.agentcore(&build).run().code(2);
    let said = refused.stderr_text();
    assert!(said.contains("2.9 GB") && said.contains("nvidia-cudnn-cu12") && said.contains("whl/cpu"), "{said}");

    // An archive has less room.
    world.write("uv.lock", &lock(1_000));
    world
        .agentcore(&["configure", "-ni", "-n", "large", "-dt", "direct_code_deploy", "-rt", "PYTHON_3_12"])
        .run()
        .code(0);
    let said = world.agentcore(&["build", "--platform", "linux/arm64"]).run().code(2).stderr_text();
    assert!(said.contains("900.0 MB"), "{said}");
}
