//! Configurations whose paths were written on another machine, in the shapes in which people keep them in repositories.

use std::path::Path;

use serde_json::Value;

use crate::support::{Run, World, repository};

/// An application of the name that entrypoints give, which starts its own server.
const AGENT: &str = "from bedrock_agentcore import BedrockAgentCoreApp\napp = BedrockAgentCoreApp()\napp.run()\n";

/// A configuration of the starter toolkit's.
fn config(agents: &[(&str, &str)]) -> String {
    let mut text = format!("default_agent: {}\nagents:\n", agents[0].0);
    for (name, lines) in agents {
        text.push_str(&format!("  {name}:\n    name: {name}\n    deployment_type: container\n"));
        lines.lines().for_each(|line| text.push_str(&format!("    {line}\n")));
        text.push_str("    aws:\n      account: '123456789012'\n      region: us-west-2\n");
    }
    text
}

fn world(files: &[&str], agents: &[(&str, &str)]) -> World {
    let world = World::new();
    for file in files {
        world.write(file, if file.ends_with(".py") { AGENT } else { "" });
    }
    world.write(".bedrock_agentcore.yaml", &config(agents));
    world
}

fn plan(world: &World, more: &[&str]) -> Run {
    world.agentcore(&["build", "--plan", "-o", "json"]).args(more).run()
}

fn paths(data: &Value) -> Vec<&str> {
    data["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect()
}

#[test]
fn projects_from_other_machines_build_without_being_rewritten() {
    let root = &["agent.py", "requirements.txt"][..];
    let below = &["src/agent.py", "src/requirements.txt", "README"][..];
    for (files, lines, packed) in [
        (root, "entrypoint: /Users/golf/Projects/Hotel X/agent.py\nsource_path: /Users/golf/Projects/Hotel X", root),
        (root, "entrypoint: /home/ec2-user/p/agent.py\ncontainer_runtime: none", root),
        (root, "entrypoint: C:/Users/pearl/p/agent.py\nsource_path: C:\\Users\\pearl\\p", root),
        (root, "entrypoint: agent.py\nsource_path: /Users/thornb/p", root),
        (root, "entrypoint: agent.py\nsource_path: .bedrock_agentcore/a", root),
        (root, "entrypoint: agent:app", root),
        (below, "entrypoint: c:/p/src/agent.py\nsource_path: c:\\p\\src", &["agent.py", "requirements.txt"]),
        (below, "entrypoint: '\\\\server\\share\\p\\src\\agent.py:app'", &["agent.py", "requirements.txt"]),
        (below, "entrypoint: agent.py\nsource_path: /Users/thornb/p/src", &["agent.py", "requirements.txt"]),
        (below, "entrypoint: src\\agent.py\nsource_path: .\\src", &["agent.py", "requirements.txt"]),
        (below, "entrypoint: /p/src/agent.py\nsource_path: /p", &["README", "src/agent.py", "src/requirements.txt"]),
    ] {
        let world = world(files, &[("a", lines)]);
        let before = world.read(".bedrock_agentcore.yaml");
        let run = plan(&world, &[]).code(0).says("configured paths that are not in this folder");
        assert_eq!(paths(&run.data()), packed, "{lines}\n{run}");
        assert_eq!(run.stderr_text().matches("configured paths that are not in this folder").count(), 1, "{run}");
        assert_eq!(world.read(".bedrock_agentcore.yaml"), before, "{lines}");

        // The next configure stores what is here, and nobody is told again.
        world.agentcore(&["configure", "-ni", "--name", "a"]).run().code(0);
        let after = world.read(".bedrock_agentcore.yaml");
        assert!(!after.contains("Users") && !after.contains("c:") && !after.contains('\\'), "{after}");
        let again = plan(&world, &[]).code(0);
        assert_eq!(paths(&again.data()), packed, "{lines}\n{again}");
        assert!(!again.stderr_text().contains("configured"), "{again}");
    }
}

#[test]
fn every_path_of_the_configuration_is_found() {
    let lines = "entrypoint: /Users/x/repo/agents/a/main.py:app\nsource_path: /Users/x/repo/agents/a\nagentcore:\n  \
                 requirements_file: /Users/x/repo/agents/a/deps/prod.txt\n  dockerfile: C:\\repo\\docker\\Dockerfile\n  \
                 context: /Users/x/repo/agents";
    let files = ["agents/a/main.py", "agents/a/deps/prod.txt", "docker/Dockerfile", "agents/shared.py"];
    let world = world(&files, &[("a", lines)]);
    world.write("docker/Dockerfile", "FROM python:3.12\nCOPY . .\n");
    let run = plan(&world, &["--builder", "engine"]).code(0);
    assert_eq!(paths(&run.data()), ["a/deps/prod.txt", "a/main.py", "shared.py"], "{run}");
    world.agentcore(&["configure", "-ni"]).run().code(0);
    let text = world.read(".bedrock_agentcore.yaml");
    for line in [
        "entrypoint: agents/a/main.py:app",
        "source_path: agents/a",
        "requirements_file: agents/a/deps/prod.txt",
        "dockerfile: docker/Dockerfile",
        "context: agents",
    ] {
        assert!(text.lines().any(|found| found.trim() == line), "{line}\n{text}");
    }
}

#[test]
fn each_agent_in_a_file_has_own_paths() {
    let agents = [
        ("one", "entrypoint: one.py"),
        ("two", "entrypoint: C:/Users/zulu/Downloads/Some Campaign/two.py"),
        ("three", "entrypoint: /Users/y/Documents/app/lambda/three.py\nsource_path: /Users/y/Documents/app/lambda"),
    ];
    let world = world(&["one.py", "two.py", "lambda/three.py", "lambda/requirements.txt", "requirements.txt"], &agents);
    assert!(!plan(&world, &[]).code(0).stderr_text().contains("configured"));
    assert!(paths(&plan(&world, &["-a", "two"]).code(0).data()).contains(&"two.py"));
    assert_eq!(paths(&plan(&world, &["-a", "three"]).code(0).data()), ["requirements.txt", "three.py"]);
    // Found by the path that a person would type.
    world.agentcore(&["configure", "-ni", "-e", "two.py"]).run().code(0);
    assert_eq!(world.read(".bedrock_agentcore.yaml").matches("name: two").count(), 1);
}

#[test]
fn unresolvable_path_is_one_error_with_a_remedy() {
    let lines = "entrypoint: C:/Users/a/p/agent.py\nsource_path: C:\\Users\\a\\p";
    let world = world(&["main.py", "requirements.txt"], &[("a", lines)]);
    let before = world.tree();
    let run = plan(&world, &[]).code(2);
    let error = &run.json()["error"];
    assert_eq!(error["code"], "source.other-machine", "{run}");
    let whole = error.to_string();
    assert!(whole.contains("C:/Users/a/p/agent.py") && whole.contains("C:\\\\Users\\\\a\\\\p"), "{run}");
    assert!(whole.contains(world.project().canonicalize().unwrap().to_str().unwrap()), "{run}");
    world.agentcore(&["configure", "-ni"]).run().code(2).says("C:/Users/a/p/agent.py");
    assert_eq!(world.tree(), before);
    let hint = error["hints"][0].as_str().unwrap();
    let command: Vec<&str> = hint.trim_matches('`').split(' ').skip(1).collect();
    assert_eq!(command, ["configure", "--name", "a", "--entrypoint", "main.py"]);
    world.agentcore(&command).arg("-ni").run().code(0);
    plan(&world, &[]).code(0);
}

#[cfg(unix)]
#[test]
fn foreign_paths_never_lead_out_of_the_folder() {
    for entrypoint in ["/x/../../outside.py", "/x/outside.py", "C:\\x\\..\\..\\outside.py", "/x/link/outside.py"] {
        let world = world(&["requirements.txt"], &[("a", &format!("entrypoint: {entrypoint}"))]);
        std::fs::write(world.path("outside.py"), "print('canary')").unwrap();
        std::os::unix::fs::symlink(world.path(""), world.project().join("link")).unwrap();
        std::os::unix::fs::symlink(world.path("outside.py"), world.project().join("outside.py")).unwrap();
        plan(&world, &[]).code(2);
        // Also where the path exists on this machine.
        let there = world.path("outside.py");
        world.write(".bedrock_agentcore.yaml", &config(&[("a", &format!("entrypoint: {}", there.display()))]));
        plan(&world, &[]).code(2);
    }
}

/// A repository that was cloned a second time: the first copy is not what this one deploys.
#[test]
fn project_copy_is_built_from_its_own_files() {
    let world = world(&["agent.py", "requirements.txt"], &[("a", "entrypoint: agent.py")]);
    let first = world.path("first");
    std::fs::create_dir(&first).unwrap();
    std::fs::write(first.join("agent.py"), "print('first')").unwrap();
    std::fs::write(first.join("requirements.txt"), "").unwrap();
    std::fs::write(first.join("only-first.txt"), "").unwrap();
    let lines = format!("entrypoint: {0}/agent.py\nsource_path: {0}", first.display());
    world.write(".bedrock_agentcore.yaml", &config(&[("a", &lines)]));
    assert_eq!(paths(&plan(&world, &[]).code(0).data()), ["agent.py", "requirements.txt"]);
}

/// The configurations of the corpus, where it is here: each plans in a folder that holds what it names.
#[test]
fn recorded_configurations_plan_with_a_matching_source() {
    let Ok(corpus) = std::fs::read_dir(repository().join("../shared/corpus")) else { return };
    let mut tried = 0;
    for folder in corpus.flatten().filter(|entry| entry.path().is_dir()) {
        let text = std::fs::read_to_string(folder.path().join(".bedrock_agentcore.yaml")).unwrap();
        // What its owner made unreadable is refused, and rightly.
        if text.contains("REDACTED") {
            continue;
        }
        let document: Value = serde_yaml::from_str(&text).unwrap();
        let agents = document["agents"].as_object().cloned().unwrap_or_default();
        for (name, agent) in agents {
            let written = agent["entrypoint"].as_str().unwrap_or_default().replace('\\', "/");
            let file = written.rsplit('/').next().unwrap();
            if !file.ends_with(".py") || agent["name"] != name.as_str() {
                continue;
            }
            let world = World::new();
            let relative = !written.starts_with('/') && !Path::new(&written).is_absolute() && !written.contains(":/");
            world.write(if relative { &written } else { file }, "").write("requirements.txt", "");
            world.write(".bedrock_agentcore.yaml", &text);
            let run = plan(&world, &["-a", &name]).code(0);
            assert!(!paths(&run.data()).is_empty(), "{run}");
            assert_eq!(world.read(".bedrock_agentcore.yaml"), text);
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}
