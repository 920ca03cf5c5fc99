//! What would fail in the cloud only is said before anything is uploaded, and nothing is said of agents that work.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Sandbox, World, lacked, packages_available, python, repository, watch};

const SDK: &str = "from bedrock_agentcore import BedrockAgentCoreApp\n\napp = BedrockAgentCoreApp()\n\n\n@app.entrypoint\ndef invoke(payload):\n    return payload\n";
const RUN: &str = "\n\nif __name__ == \"__main__\":\n    app.run()\n";
const SERVER: &str = "from http.server import BaseHTTPRequestHandler, HTTPServer\nHTTPServer((\"0.0.0.0\", 8080), BaseHTTPRequestHandler).serve_forever()\n";

fn configured(world: &World, source: &str, requirements: &str) {
    world.write("agent.py", source).write("requirements.txt", requirements);
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "broken", "-do"]).run().code(0);
}

/// `severity code file:line` of each finding.
fn told(findings: &Value) -> Vec<String> {
    let tell = |one: &Value| {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        assert!(!text("text").is_empty() && !text("fix").is_empty(), "{one}");
        format!("{} {} {}:{}", text("severity"), text("code"), text("file"), one["line"])
    };
    findings.as_array().unwrap().iter().map(tell).collect()
}

/// The four broken agents: source, requirements, what is certain about it, where.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("import json\n\ndef broken(:\n    pass\n", "", "preflight.syntax", "agent.py:3:"),
    ("import os\nimport pandas\n", "", "preflight.import", "agent.py:2:8"),
    (
        "from bedrock_agentcore import BedrockAgentCoreApp\napp = BedrockAgentCoreApp()\napp.run()\n",
        "",
        "preflight.sdk",
        "agent.py:1:6",
    ),
];

#[test]
fn broken_agents_are_refused_before_any_upload() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    let upstream = endpoint(&sandbox);
    for (source, requirements, code, place) in REFUSED {
        configured(&sandbox, source, requirements);
        let watched = watch(&upstream, sandbox.agentcore(&["launch", "-o", "json"]), None);
        let changes: Vec<_> = watched.seen.iter().filter(|seen| seen.mutates()).collect();
        assert!(changes.is_empty(), "{code}: {changes:?}");
        let failed = watched.run.code(2).json();
        let error = &failed["error"];
        assert_eq!(error["code"], *code, "{failed}");
        assert!(error["message"].as_str().unwrap().starts_with(place), "{failed}");
        // A check and a build say the same.
        let checked = sandbox.agentcore(&["check", "-o", "json"]).run().code(2).data();
        assert_eq!((&checked["errors"], &checked["findings"][0]["code"]), (&Value::from(1), &Value::from(*code)));
        let file = sandbox.path("tmp").join("agent.tar");
        sandbox.agentcore(&["build", "--file"]).arg(&file).run().code(2);
        assert!(!file.exists());
    }
}

#[test]
fn agent_without_a_server_is_warned_of() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    configured(&sandbox, "import json\n\ndef handler(event, context):\n    return json.dumps(event)\n", "");
    let launched = sandbox.agentcore(&["launch", "-o", "json"]).run().code(0);
    let launched = launched.says("warning: agent.py: starts no server that could listen on port 8080");
    assert_eq!(told(&launched.data()["findings"]), ["warning preflight.no-server agent.py:null"]);
    sandbox.agentcore(&["check"]).run().code(0);
}

#[test]
fn requirements_of_a_dockerfile_are_read_too() {
    let world = World::new();
    let dockerfile = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n";
    let dockerfile = format!("{dockerfile}CMD [\"python\", \"agent.py\"]\n");
    world
        .write("agent.py", &format!("{SDK}{RUN}"))
        .write("requirements.txt", "boto3\n")
        .write("Dockerfile", &dockerfile);
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "own", "-do"]).run().code(0);
    let check = || world.agentcore(&["check", "-o", "json"]).run();
    assert_eq!(told(&check().code(0).data()["findings"]), ["warning preflight.sdk agent.py:1"]);
    world.write("Dockerfile", &dockerfile.replace("-r requirements.txt", "-r requirements.txt bedrock-agentcore"));
    assert_eq!(told(&check().code(0).data()["findings"]), [""; 0]);
    world.write("Dockerfile", &dockerfile.replace("FROM", "FROM --platform=linux/amd64"));
    let found = &check().code(2).data()["findings"];
    assert_eq!(told(found), ["error image.platform Dockerfile:1", "warning preflight.sdk agent.py:1"]);
}

#[test]
fn checks_can_be_left_out() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    let world = World::new();
    configured(&world, &format!("import pandas\n{SERVER}"), "");
    let build = ["build", "--base-image", "scratch"];
    world.agentcore(&build).run().code(2).says("`agentcore check`").says("--skip-checks");
    let skipped = world.agentcore(&build).args(&["--skip-checks", "-o", "json"]).run().code(0);
    assert_eq!(skipped.data()["findings"], Value::Array(Vec::new()));
    world.agentcore(&build).var("AGENTCORE_SKIP_CHECKS", "1").run().code(0);
    world.agentcore(&build).var("AGENTCORE_SKIP_CHECKS", "0").run().code(2);
}

#[test]
fn installed_packages_decide_about_imports() {
    if python().is_none() || !packages_available() {
        return;
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    let upstream = endpoint(&sandbox);
    // Its module has another name than the package, and nobody here wrote that down.
    let good = format!("import dateutil.parser, six\n{SERVER}");
    configured(&sandbox, &good, "python-dateutil==2.9.0.post0\n");
    let launched = sandbox.agentcore(&["launch", "-o", "json"]).run().code(0).data();
    assert_eq!(told(&launched["findings"]), [""; 0]);
    let checked = sandbox.agentcore(&["check", "-o", "json"]).run().code(0).data();
    assert_eq!((&checked["packages"], &checked["findings"]), (&Value::from("installed"), &Value::Array(Vec::new())));
    // Only what was installed shows that this is not there.
    configured(&sandbox, &format!("import dateutil.parser\nimport pytz\n{SERVER}"), "python-dateutil==2.8.2\n");
    let watched = watch(&upstream, sandbox.agentcore(&["launch", "-o", "json"]), None);
    let changes: Vec<_> = watched.seen.iter().filter(|seen| seen.mutates()).collect();
    assert!(changes.is_empty(), "{changes:?}");
    let failed = watched.run.code(2).json();
    assert_eq!(failed["error"]["code"], "preflight.import", "{failed}");
    assert!(failed["error"]["message"].as_str().unwrap().starts_with("agent.py:2:8: imports `pytz`"), "{failed}");
    // From then on it is known without an installation.
    let checked = sandbox.agentcore(&["check", "-o", "json"]).run().code(2).data();
    assert_eq!(told(&checked["findings"]), ["error preflight.import agent.py:2"]);
}

#[test]
fn search_path_of_the_runtime_is_considered() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    let upstream = endpoint(&sandbox);
    sandbox.write("src/orders/__init__.py", "").write("src/orders/near.py", "").write("requirements.txt", "");
    sandbox.write("src/orders/agent.py", &format!("import orders.near\nimport pandas\n{SERVER}"));
    sandbox.agentcore(&["configure", "-ni", "-e", "src/orders/agent.py", "-n", "broken", "-do"]).run().code(0);
    let launch = |path: &str| sandbox.agentcore(&["launch", "-o", "json", "--env", &format!("PYTHONPATH={path}")]);
    // What else it leads to is not seen here, so that nothing is certain of `pandas`.
    let pandas = "warning preflight.import src/orders/agent.py:2";
    for path in ["/data:/app/src", "src", "/app/./lib/../src/"] {
        assert_eq!(told(&launch(path).run().code(0).data()["findings"]), [pandas], "{path}");
    }
    // It takes the place of the image's own, which leads to `orders`.
    let launched = launch("/data").run().code(0).says("set it to `/data:/app/src`");
    assert_eq!(told(&launched.data()["findings"]).len(), 2);
    // Without the packages nothing can start.
    sandbox.write("requirements.txt", "six==1.17.0\n");
    let watched = watch(&upstream, launch("/app/src"), None);
    assert!(watched.seen.iter().all(|seen| !seen.mutates()), "{:?}", watched.seen);
    let failed = watched.run.code(2).json();
    assert_eq!(failed["error"]["code"], "preflight.import", "{failed}");
    assert!(failed["error"]["hints"][0].as_str().unwrap().contains("`/app/src:/opt/python`"), "{failed}");
}

fn endpoint(sandbox: &Sandbox) -> String {
    sandbox.vars()[std::ffi::OsStr::new("AWS_ENDPOINT_URL")].to_str().unwrap().to_owned()
}

/// Copies a folder into the project, without what was built in it.
fn copied(world: &World, from: &Path) {
    let mut open = vec![from.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && name != "node_modules" && !name.starts_with('.') {
                open.push(path);
            } else if let (true, Ok(text)) = (path.is_file(), std::fs::read_to_string(&path)) {
                world.write(path.strip_prefix(from).unwrap().to_str().unwrap(), &text);
            }
        }
    }
}

/// Checks what is configured, and returns whether its packages were known by name at least.
fn is_clean(world: &World, what: &str) -> bool {
    let run = world.agentcore(&["check", "-o", "json"]).run().code(0);
    let data = run.data();
    assert_eq!(told(&data["findings"]), [""; 0], "{what}\n{run}");
    data["packages"] != "unknown" && data["filesRead"].as_u64() > Some(0)
}

/// Name, files with their contents, entrypoint.
type SampleProject = (String, Vec<(String, String)>, String);

fn projects_of_frameworks() -> Vec<SampleProject> {
    let text = std::fs::read_to_string(repository().join("tests/frameworks/projects.toml")).unwrap();
    let all: toml::Table = toml::from_str(&text).unwrap();
    let mut found = Vec::new();
    for project in all["project"].as_array().unwrap() {
        let name = project["name"].as_str().unwrap().to_owned();
        let entrypoint = project.get("entrypoint").and_then(toml::Value::as_str).unwrap_or("agent.py").to_owned();
        let own = project.get("files").and_then(toml::Value::as_table);
        let mut files: Vec<(String, String)> = match own {
            Some(files) => files.iter().map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned())).collect(),
            None => vec![("agent.py".to_owned(), format!("{SDK}\n{}{RUN}", project["work"].as_str().unwrap()))],
        };
        let required = project["requirements"].as_array().unwrap().iter().filter_map(toml::Value::as_str);
        let lines: Vec<&str> = required.chain(own.is_none().then_some("bedrock-agentcore")).collect();
        files.push(("requirements.txt".to_owned(), lines.join("\n")));
        found.push((name, files, entrypoint));
    }
    found
}

/// Without any of their packages installed, as somebody checks who has just cloned them.
#[test]
fn no_good_agent_has_a_finding() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    let (mut all, mut known) = (0, 0);
    let mut count = |clean: bool| (all, known) = (all + 1, known + usize::from(clean));
    let examples = [
        ("day-after", "agent.py"),
        ("identity-quick-start", "agent.py"),
        ("inbound-auth", "agent.py"),
        ("inbound-auth", "strands_claude.py"),
        ("mcp-server", "server.py"),
        ("outbound-api-key", "agent.py"),
        ("team-identity", "agent.py"),
        ("typescript", "src/index.ts"),
    ];
    let packages = [
        ("flat", "agent.py"),
        ("src-layout", "src/orders/agent.py"),
        ("monorepo", "agents/writer/agent.py"),
        ("monorepo", "agents/reviewer/agent.py"),
        ("pyproject", "main.py"),
        ("private-index", "agent.py"),
        ("git-source", "agent.py"),
    ];
    let of = |folder: &str, all: &[(&str, &str)]| -> Vec<(PathBuf, String)> {
        let root = repository().join(folder);
        all.iter().map(|(name, file)| (root.join(name), (*file).to_owned())).collect()
    };
    for (folder, entrypoint) in of("examples", &examples).into_iter().chain(of("tests/packages", &packages)) {
        let world = World::new();
        copied(&world, &folder);
        world
            .agentcore(&["configure", "-ni", "-n", "good", "-do", "--source-path", ".", "-e", &entrypoint])
            .run()
            .code(0);
        count(is_clean(&world, &format!("{} {entrypoint}", folder.display())));
    }
    for language in ["python", "typescript"] {
        for framework in ["strands", "langgraph", "plain"] {
            for memory in ["none", "ltm"] {
                let world = World::new();
                let make =
                    ["create", "good", "-ni", "--framework", framework, "--language", language, "--memory", memory];
                world.agentcore(&make).run().code(0);
                let run = world.agentcore(&["check", "-o", "json"]).dir(world.project().join("good")).run().code(0);
                assert_eq!(told(&run.data()["findings"]), [""; 0], "{run}");
                count(run.data()["filesRead"].as_u64() > Some(0));
            }
        }
    }
    for (name, files, entrypoint) in projects_of_frameworks() {
        let world = World::new();
        for (file, text) in &files {
            world.write(file, text);
        }
        world.agentcore(&["configure", "-ni", "-n", "good", "-do", "-e", &entrypoint]).run().code(0);
        count(is_clean(&world, &name));
    }
    assert!(all >= 50 && known >= 30, "{all} agents, of {known} the packages are known");
}
