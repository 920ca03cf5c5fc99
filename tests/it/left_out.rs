//! What is in no artifact, whoever makes it: secrets by their content, what a run writes, and what the starter toolkit left.

use std::collections::BTreeMap;
use std::fs::File;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Run, World, lacked, python};

const CANARY: &str = "canary5e1f";

/// Characters as a generator makes them, with something in them to look for.
fn made(length: usize) -> String {
    CANARY.chars().chain("aZ3kQ9xWm2Lp7RtB5vNc8Yd1HsG6fJ4eUoTi0".chars().cycle()).take(length).collect()
}

fn key(kind: &str) -> String {
    format!("-----BEGIN {kind}PRIVATE KEY-----\n{}\n{}\n-----END {kind}PRIVATE KEY-----\n", made(64), made(64))
}

/// A token as `identity token` prints it.
fn token() -> String {
    format!("eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJ1In0.{}", made(86))
}

/// Files that hold secrets, and what is said of each.
fn secrets() -> BTreeMap<&'static str, (String, &'static str)> {
    BTreeMap::from([
        ("token.txt", ("anything".to_owned(), "a secret")),
        (".env", (format!("A={CANARY}"), "a secret")),
        ("person", (format!("{}\n", token()), "a secret: a JSON Web Token")),
        ("answer.json", (format!("{{\"token\": \"{}\"}}", token()), "a secret: a JSON Web Token")),
        (
            "conf/credentials",
            (format!("[default]\naws_secret_access_key = {}\n", made(40)), "a secret: an AWS secret key"),
        ),
        (
            "gcp.json",
            (
                serde_json::json!({ "type": "service_account", "private_key": key("") }).to_string(),
                "a secret: a private key",
            ),
        ),
        ("mykey", (key("OPENSSH "), "a secret: a private key")),
        ("settings.yaml", (format!("openai: sk-proj-{}\n", made(60)), "a secret: an OpenAI API key")),
        ("tests/test_agent.py", (format!("KEY = 'ghp_{}'\n", made(36)), "a secret: a GitHub token")),
    ])
}

fn world() -> World {
    let world = World::new();
    world.write("agent.py", "print('agent')\n").write("requirements.txt", "").write("ca.pem", "public\n");
    for (name, (text, _)) in secrets() {
        world.write(name, &text);
    }
    world
}

fn configure(world: &World, more: &[&str]) {
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "-do"]).args(more).run().code(0);
}

fn plan(world: &World, more: &[&str]) -> Run {
    world.agentcore(&["build", "--plan", "-o", "json"]).args(more).run()
}

fn left_out(data: &Value) -> BTreeMap<String, String> {
    let entry = |entry: &Value| (entry["path"].as_str().unwrap().to_owned(), entry["why"].as_str().unwrap().to_owned());
    data["ignored"].as_array().unwrap().iter().map(entry).collect()
}

fn packed(data: &Value) -> Vec<String> {
    data["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_builder_leaves_out_and_names_secrets() {
    for (setting, builder) in [
        (&[][..], &["--builder", "native"][..]),
        (&[], &["--builder", "engine"]),
        (&[], &["--builder", "codebuild", "--platform", "linux/arm64"]),
        (&["--runtime", "PYTHON_3_12"], &[]),
    ] {
        let world = world();
        configure(&world, setting);
        // The project's own rules name none of them.
        world.write(".dockerignore", "*.md\n");
        let run = plan(&world, builder).code(0);
        let (data, out) = (run.data(), left_out(&run.data()));
        for (name, (_, why)) in secrets() {
            assert_eq!(out.get(name).map(String::as_str), Some(why), "{name}\n{run}");
        }
        assert!(
            packed(&data).contains(&"ca.pem".to_owned()) && packed(&data).contains(&"agent.py".to_owned()),
            "{run}"
        );
        let said = run.stderr_text();
        assert!(said.contains("left out as secrets: ") && said.contains("`mykey` (a private key)"), "{run}");
        assert!(said.contains("`--include PATH`") && !said.contains(CANARY), "{run}");
        assert!(!run.stdout_text().contains(CANARY), "{run}");
    }
}

#[test]
fn archive_holds_only_secrets_that_were_included() {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return;
    }
    let world = world();
    configure(&world, &["--runtime", "PYTHON_3_12"]);
    let names = |more: &[&str]| -> Vec<String> {
        let file = world.path("agent.zip");
        world.agentcore(&["build", "-o", file.to_str().unwrap()]).args(more).run().code(0).says("left out as secrets");
        let mut archive = zip::ZipArchive::new(File::open(&file).unwrap()).unwrap();
        let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        for name in &names {
            let mut bytes = Vec::new();
            std::io::copy(&mut archive.by_name(name).unwrap(), &mut bytes).unwrap();
            let has = String::from_utf8_lossy(&bytes).contains(CANARY);
            assert!(!has || more.contains(&name.as_str()), "{name}");
        }
        names
    };
    let all = names(&[]);
    assert!(all.contains(&"agent.py".to_owned()), "{all:?}");
    assert!(secrets().keys().all(|secret| !all.contains(&(*secret).to_owned())), "{all:?}");
    let some = names(&["--include", "mykey", "--include", "conf/credentials"]);
    assert_eq!(some.len(), all.len() + 2, "{some:?}");
}

#[test]
fn left_out_files_are_included_by_path() {
    let world = world();
    configure(&world, &[]);
    let run = plan(&world, &["--include", "conf", "--include", ".env", "--include", "person"]).code(0);
    let (data, out) = (run.data(), left_out(&run.data()));
    for name in ["conf/credentials", ".env", "person"] {
        // The generated rules name `.env`, too.
        assert!(packed(&data).contains(&name.to_owned()), "{name}\n{run}");
    }
    assert!(out.contains_key("mykey"), "{run}");
    // From the folder where it is typed.
    let conf = world.project().join("conf");
    let run = world.agentcore(&["build", "--plan", "-o", "json", "--include", "credentials"]);
    let config = world.project().join(".bedrock_agentcore.yaml");
    let run = run.arg("--config").arg(config).dir(conf).run().code(0);
    assert!(packed(&run.data()).contains(&"conf/credentials".to_owned()), "{run}");
    for wrong in ["gone", "..", "/etc/hostname"] {
        let run = plan(&world, &["--include", wrong]).code(2);
        assert_eq!(run.json()["error"]["code"], "input.include", "{run}");
    }
}

#[test]
fn code_with_a_secret_is_refused() {
    let world = World::new();
    world.write("agent.py", "import tools\n").write("requirements.txt", "");
    configure(&world, &[]);
    world.write("tools.py", &format!("KEY = 'sk-ant-api03-{}'\n", made(90)));
    for builder in ["native", "engine"] {
        let run = plan(&world, &["--builder", builder]).code(2);
        let error = &run.json()["error"];
        assert_eq!(error["code"], "source.secret-in-code", "{run}");
        assert!(error["message"].as_str().unwrap().contains("`tools.py` holds an Anthropic API key"), "{run}");
        assert!(error["hints"].to_string().contains("--include tools.py"), "{run}");
        assert!(!run.stdout_text().contains(CANARY) && !run.stderr_text().contains(CANARY), "{run}");
        assert!(packed(&plan(&world, &["--builder", builder, "--include", "tools.py"]).code(0).data()).len() >= 3);
    }
    world.write("tools.py", "").write("my tools.py", &format!("KEY = 'sk-ant-api03-{}'\n", made(90)));
    let hints = plan(&world, &[]).code(2).json()["error"]["hints"].to_string();
    assert!(hints.contains("--include 'my tools.py'"), "{hints}");
    world.write("my tools.py", "");
    // The key of AWS's own documentation is no secret.
    world.write("tools.py", "KEY = 'AKIAIOSFODNN7EXAMPLE'\nSECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'\n");
    plan(&world, &[]).code(0);
}

#[test]
fn toolkit_leftovers_and_root_logs_stay_out() {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "").write("dependencies.zip", "PK").write("launch.log", "1");
    world
        .write("dependencies.hash", "0")
        .write("nohup.out", "")
        .write("lib/a.log", "")
        .write("lib/dependencies.zip", "");
    configure(&world, &[]);
    let before = plan(&world, &[]).code(0).data();
    let out = left_out(&before);
    assert_eq!(out["dependencies.zip"], "left by the starter toolkit");
    assert_eq!(out["dependencies.hash"], "left by the starter toolkit");
    assert_eq!((out["launch.log"].as_str(), out["nohup.out"].as_str()), ("a log", "a log"));
    let files = packed(&before);
    assert!(files.contains(&"lib/a.log".to_owned()), "{files:?}");
    assert_eq!(out["lib/dependencies.zip"], "left by the starter toolkit");
    // One that may be the user's own is named.
    let run = plan(&world, &[]).code(0);
    assert!(run.stderr_text().contains("left out: `lib/dependencies.zip` (left by the starter toolkit)"), "{run}");
    let zip = plan(&world, &["--include", "lib/dependencies.zip"]).code(0).data();
    assert!(packed(&zip).contains(&"lib/dependencies.zip".to_owned()));
    // A log that the agent needs.
    assert!(packed(&plan(&world, &["--include", "launch.log"]).code(0).data()).contains(&"launch.log".to_owned()));
    world.write(".dockerignore", "*.md\n!launch.log\n");
    assert!(packed(&plan(&world, &[]).code(0).data()).contains(&"launch.log".to_owned()));
}

#[cfg(unix)]
#[test]
fn output_file_is_not_part_of_the_source() {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "").write("data/other.json", "{}");
    configure(&world, &[]);
    let file = world.project().join("data/result.json");
    let args = ["build", "--plan", "-o", "json"];
    let read = || -> Value { serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap() };
    let check = |data: &Value| {
        assert_eq!(left_out(data)["data/result.json"], "the output of this run");
        assert!(packed(data).contains(&"data/other.json".to_owned()));
    };
    // A program that listens to this one and writes to a file of the project does so for reasons of its own.
    let _open = File::options().append(true).open(world.project().join("agent.py")).unwrap();
    assert!(packed(&plan(&world, &[]).code(0).data()).contains(&"agent.py".to_owned()));
    let output = File::create(&file).unwrap();
    assert!(world.agentcore(&args).spawn_to(output.into()).wait().unwrap().success());
    check(&read()["data"]);

    if cfg!(target_os = "linux") {
        std::fs::remove_file(&file).unwrap();
        let mut tee = Command::new("tee").arg(&file).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        while !file.exists() {
            std::thread::yield_now();
        }
        let pipe = tee.stdin.take().unwrap();
        assert!(world.agentcore(&args).spawn_to(pipe.into()).wait().unwrap().success());
        assert!(tee.wait().unwrap().success());
        check(&read()["data"]);
    }
}

#[test]
fn ignored_files_can_be_included_but_state_never() {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "").write("data/deep/a.bin", "1").write("data/b.bin", "2");
    world.write(".aws/config", "[d]").write(".aws/credentials", "x").write("notes/a.md", "").write("notes/tmp.md", "");
    configure(&world, &[]);
    world.write(".bedrock_agentcore/x", "state");
    for (file, rules) in [(".dockerignore", "data\nnotes/*.md\n"), (".gitignore", "data/\nnotes/*.md\n")] {
        let _ = std::fs::remove_file(world.project().join(".dockerignore"));
        world.write(file, rules);
        let taken = |more: &[&str]| -> Vec<String> {
            let ours = ["data/", "notes/", ".aws/"];
            let all = packed(&plan(&world, more).code(0).data());
            all.into_iter().filter(|path| ours.iter().any(|folder| path.starts_with(folder))).collect()
        };
        assert_eq!(taken(&[]), [""; 0], "{file}");
        assert_eq!(taken(&["--include", "data/deep/a.bin"]), ["data/deep/a.bin"], "{file}");
        assert_eq!(taken(&["--include", "data"]), ["data/b.bin", "data/deep/a.bin"], "{file}");
        assert_eq!(
            taken(&["--include", ".aws/config", "--include", "notes/a.md"]),
            [".aws/config", "notes/a.md"],
            "{file}"
        );
        assert_eq!(taken(&["--include", "."]), [".aws/config", ".aws/credentials"], "{file}");
        for state in [".bedrock_agentcore/x", ".bedrock_agentcore.yaml", "notes"] {
            let run = plan(&world, &["--include", state]).code(2);
            assert_eq!(run.json()["error"]["code"], "input.include", "{run}");
            let why = if state == "notes" { "notes/*.md" } else { "agentcore's own files" };
            assert!(run.stdout_text().contains(why), "{run}");
        }
    }
}

#[test]
fn index_password_ends_up_in_no_artifact() {
    let world = World::new();
    let line = format!("--extra-index-url https://user:{CANARY}@pypi.example/simple\n");
    world.write("agent.py", "").write("requirements.txt", &line).write("deps/prod.txt", &line);
    world.write("uv.toml", &format!("[[index]]\nurl = \"https://user:{CANARY}@pypi.example/simple\"\n"));
    world.write("deps/open.txt", "--extra-index-url https://$USER:$PASS@pypi.example/simple\n");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "-do"]).run().code(0);
    let run = plan(&world, &["--builder", "native"]).code(0);
    let out = left_out(&run.data());
    for file in ["requirements.txt", "deps/prod.txt", "uv.toml"] {
        assert_eq!(out.get(file).map(String::as_str), Some("a secret: a password in a URL"), "{file}\n{run}");
    }
    assert!(packed(&run.data()).contains(&"deps/open.txt".to_owned()), "{run}");
    assert!(!run.stdout_text().contains(CANARY) && !run.stderr_text().contains(CANARY), "{run}");
    // The build of a Dockerfile that needs the file would end without a reason, the generated one's included.
    for own in [false, true] {
        if own {
            world.write("Dockerfile", "FROM scratch\nCOPY ./requirements.txt /\n");
        }
        for builder in ["engine", "codebuild"] {
            let run = plan(&world, &["--builder", builder]).code(2);
            let error = &run.json()["error"];
            let hints = error["hints"].to_string();
            assert_eq!(error["code"], "source.copied-left-out", "{run}");
            assert!(hints.contains("--build-secret") && hints.contains("--include requirements.txt"), "{run}");
            assert!(!run.stdout_text().contains(CANARY) && !run.stderr_text().contains(CANARY), "{run}");
        }
    }
    let data = plan(&world, &["--builder", "engine", "--include", "requirements.txt"]).code(0).data();
    assert!(packed(&data).contains(&"requirements.txt".to_owned()));
}

#[test]
fn build_output_is_not_part_of_later_builds() {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return;
    }
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "").write("other.zip", "PK\x03\x04 of another program");
    configure(&world, &["--runtime", "PYTHON_3_12"]);
    let build = |dir: &str| {
        let file = format!("{dir}agent.zip");
        world
            .agentcore(&["build", "-o", &file, "--sbom", &format!("{dir}out"), "--output", "json"])
            .run()
            .code(0)
            .data()
    };
    std::fs::create_dir(world.project().join("dist")).unwrap();
    let first = build("");
    assert_eq!(build("")["digest"], first["digest"]);
    assert_eq!(build("dist/")["digest"], first["digest"]);
    // Known by their content, too, after they were moved.
    std::fs::rename(world.project().join("agent.zip"), world.project().join("kept.zip")).unwrap();
    let data = plan(&world, &[]).code(0).data();
    let (out, packed) = (left_out(&data), packed(&data));
    for file in ["kept.zip", "out/a.spdx.json", "out/a.cdx.json"] {
        assert_eq!(out.get(file).map(String::as_str), Some("made by `agentcore build`"), "{out:?}");
    }
    assert!(packed.contains(&"other.zip".to_owned()), "{packed:?}");
}

#[cfg(unix)]
#[test]
fn files_that_a_command_writes_stay_out() {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "");
    configure(&world, &[]);
    world.agentcore(&["configure", "list"]).var("AGENTCORE_EVENTS", "events.ndjson").run().code(0);
    world.write("other.ndjson", "");
    let data = plan(&world, &[]).code(0).data();
    assert_eq!(
        left_out(&data).get("events.ndjson").map(String::as_str),
        Some("the output of an earlier run"),
        "{data}"
    );
    assert!(packed(&data).contains(&"other.ndjson".to_owned()), "{data}");
}

#[cfg(unix)]
#[test]
fn earlier_output_stays_out_until_it_is_replaced() {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "").write("logs/.keep", "");
    configure(&world, &[]);
    let file = world.project().join("logs/one.txt");
    let output = File::create(&file).unwrap();
    assert!(world.agentcore(&["build", "--plan"]).spawn_to(output.into()).wait().unwrap().success());
    let run = plan(&world, &[]).code(0);
    assert_eq!(left_out(&run.data())["logs/one.txt"], "the output of an earlier run", "{run}");
    assert!(run.stderr_text().contains("left out: `logs/one.txt` (the output of an earlier run)"), "{run}");
    let data = plan(&world, &["--include", "logs/one.txt"]).code(0).data();
    assert!(packed(&data).contains(&"logs/one.txt".to_owned()));
    let new = world.project().join("logs/new.txt");
    std::fs::write(&new, "my own").unwrap();
    std::fs::rename(&new, &file).unwrap();
    assert!(packed(&plan(&world, &[]).code(0).data()).contains(&"logs/one.txt".to_owned()));
}
