//! Sentences of the documents, tried: exit statuses, what is named before it is changed, and what is advised when something
//! went wrong half-way.

use std::net::TcpListener;

use crate::support::{Account, Fault, Recorder, Sandbox, Trouble, When, World, lacked, python, watch};

const CONFIG: &str = ".bedrock_agentcore.yaml";
const ARN: &str = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789";

fn project(world: &World, name: &str) {
    world.write("agent.py", "").write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", name]).run().code(0);
}

#[test]
fn help_and_version_obey_the_output_form() {
    let world = World::new();
    for args in [&["--help", "-o", "json"][..], &["-o", "json", "launch", "--help"], &["help", "-o=json"]] {
        let run = world.agentcore(args).run();
        if run.code == Some(0) {
            let document = run.json();
            assert_eq!(document["schema"], "agentcore.help/1");
            assert!(document["data"]["text"].as_str().unwrap().contains("Usage:"), "{run}");
        }
    }
    world.agentcore(&["--help", "-o", "json"]).run().code(0).data();
    let version = world.agentcore(&["-o", "json", "--version"]).run().code(0).json();
    assert_eq!(version["data"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(version["schema"], "agentcore.version/1");
    assert!(world.agentcore(&["--version"]).run().code(0).stdout_text().starts_with("agentcore "));
}

#[test]
fn runtime_of_another_account_is_refused() {
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    project(&sandbox, "a");
    let other = ARN.replace("123456789012", "999999999999");
    let text = sandbox.read(CONFIG);
    let own = Account::of(&sandbox).variables().get("AWS_REGION").cloned().unwrap_or_default();
    let deployed = format!("      agent_id: a-0123456789\n      agent_arn: {}\n", other.replace("us-west-2", &own));
    let entrypoint = "    entrypoint: agent.py\n";
    let text = text.replace(entrypoint, &format!("{entrypoint}    bedrock_agentcore:\n{deployed}"));
    sandbox.write(CONFIG, &text);
    assert!(sandbox.read(CONFIG).contains("999999999999"), "{text}");
    let run = sandbox.agentcore(&["status"]).run().code(2).says("999999999999");
    assert!(!format!("{run}").contains("launch"), "deploying again is no way out\n{run}");
    let other = other.replace("us-west-2", &own);
    sandbox.agentcore(&["auth", "explain", "--arn", &other]).run().code(2).says("999999999999");
}

#[test]
fn sandbox_hints_name_the_folder_it_was_given() {
    let world = World::new();
    let dir = world.path("my sandbox").to_str().unwrap().to_owned();
    let of = |verb: &str| world.agentcore(&["sandbox", verb, "--dir", &dir]);
    of("env").run().code(5).says(&format!("`agentcore sandbox start --dir '{dir}'`"));
    let started = of("start").args(&["--runner", "process"]).run().code(0).stdout_text();
    assert!(started.contains(&format!("agentcore sandbox env --dir '{dir}'")), "{started}");
    of("reset").run().code(2).says(&format!("`agentcore sandbox stop --dir '{dir}'`"));
    let env = of("env").var("AWS_ENDPOINT_URL_S3", "https://elsewhere.example").run().code(0).stdout_text();
    assert!(env.contains("unset AWS_ENDPOINT_URL_S3\n"), "{env}");
    let status = of("status").args(&["-o", "json"]).run().code(0).data();
    of("stop").run().code(0);
    let stopped = of("status").args(&["-o", "json"]).run().code(5).json();
    let members = |data: &serde_json::Value| data.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&status), members(&stopped["data"]), "one schema, one shape");
}

#[test]
fn half_finished_launch_lists_what_is_left() {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return;
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    sandbox.write("agent.py", include_str!("scripts/agent.py")).write("requirements.txt", "");
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "half", "-do"]).run().code(0);
    let upstream = Account::of(&sandbox).variables()["AWS_ENDPOINT_URL"].clone();
    let fault =
        Fault { trouble: Trouble::Outage, when: When::BeforeForwarding, label: "CreateRole".to_owned(), nth: 1 };
    let args = ["launch", "--env", "LEVEL=debug", "-o", "json"];
    let cut = watch(&upstream, sandbox.agentcore(&args), Some(&fault));
    assert!(cut.struck);
    let error = cut.run.code(9).json()["error"].take();
    let causes = error["causes"].to_string();
    assert!(causes.contains("done: repository") && causes.contains("not done: role"), "{error}");
    assert!(causes.contains("not done: runtime half"), "{error}");
    assert!(error["hints"].to_string().contains("`agentcore launch --env LEVEL=VALUE`"), "{error}");
    sandbox.agentcore(&["launch", "--env", "LEVEL=debug"]).run().code(0);

    // A plan ends with the command that applies it; which values are secrets nobody knows.
    let plan = sandbox.agentcore(&["launch", "--plan", "--env", "A=b", "--env", "MY_TOKEN=canary-8"]).run().code(6);
    assert!(plan.stdout_text().contains("Apply with: agentcore launch --env A=VALUE --env MY_TOKEN=VALUE\n"), "{plan}");
    assert!(!plan.stdout_text().contains("canary-8"), "{plan}");

    // The one who ends a session is told whose it is.
    sandbox.agentcore(&["invoke", "{}"]).run().code(0);
    let account = Account::of(&sandbox).variables()["AWS_REGION"].clone();
    sandbox.agentcore(&["stop-session"]).run().code(0).says("account ").says(&account).says("runtime half-");
}

#[test]
fn unreachable_provider_is_a_failure_not_a_mistake() {
    let dead = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/.well-known/openid-configuration", dead.local_addr().unwrap());
    drop(dead);
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "");
    let configure = ["configure", "-ni", "-e", "agent.py", "-n", "a", "--discovery-url", &url, "--allowed-client", "c"];
    let before = world.tree();
    world.agentcore(&configure).run().code(1).says("--offline");
    assert_eq!(world.tree(), before, "nothing was written");
    world.agentcore(&configure).args(&["--offline"]).run().code(0);
    // Another rule refuses as well, and still nobody can tell whether the token is genuine.
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJjbGllbnRfaWQiOiJvdGhlciIsImV4cCI6NDEwMjQ0NDgwMH0.AAAA";
    let check = world.agentcore(&["auth", "check", "--token-file", "-", "-o", "json"]).stdin(token).run().code(1);
    assert_eq!(check.data()["accepted"], false);
}

#[test]
fn a_private_provider_is_not_asked_from_here() {
    let recorder = Recorder::start();
    let url = format!("{}/.well-known/openid-configuration", recorder.url());
    let members = serde_json::json!({
        "privateEndpoint": {"managedVpcResource": {"vpcIdentifier": "vpc-1", "subnetIds": ["subnet-1"], "endpointIpAddressType": "IPV4"}},
        "certificateConfigurations": [{"secretsManager": {"secretArn": "arn:aws:secretsmanager:us-west-2:123456789012:secret:ca"}}],
        "allowedWorkloadConfiguration": {"hostingEnvironments": [{"arn": "arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/g"}]},
        "discoveryUrl": url,
        "allowedClients": ["c"],
    });
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "");
    let blob = serde_json::json!({ "customJWTAuthorizer": members }).to_string();
    let configure = ["configure", "-ni", "-e", "agent.py", "-n", "a", "--authorizer-config", &blob];
    world.agentcore(&configure).run().code(0).says("private endpoint");
    for args in [&["configure", "show"][..], &["configure", "list"], &["auth", "explain"]] {
        let run = world.agentcore(args).run().code(0);
        assert!(!run.stderr_text().contains("unknown key"), "its own file is warned about\n{run}");
    }
    let explained = world.agentcore(&["auth", "explain", "-o", "json"]).run().code(0).data();
    assert_eq!(explained["lint"][0]["code"], "private-endpoint", "{explained}");
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJjbGllbnRfaWQiOiJjIiwiZXhwIjo0MTAyNDQ0ODAwfQ.AAAA";
    world.agentcore(&["auth", "check", "--token-file", "-"]).stdin(token).run().code(1).says("private endpoint");
    let mut file: serde_json::Value = serde_yaml::from_str(&world.read(CONFIG)).unwrap();
    file["agents"]["a"]["bedrock_agentcore"] = serde_json::json!({
        "agent_id": "a-0123456789", "agent_arn": "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789",
    });
    world.write(CONFIG, &serde_yaml::to_string(&file).unwrap());
    let run = world.agentcore(&["auth", "test", "-o", "json"]).run().code(1);
    assert_eq!(run.json()["error"]["code"], "discovery.private", "{run}");
    assert_eq!(recorder.seen(), Vec::<String>::new(), "nobody was asked");
}

#[test]
fn a_managed_runtime_is_one_everywhere() {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "");
    for name in ["PYTHON_9_9", "RUBY_3", "PYTHON_3_9", "python_3_12"] {
        let run = world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "--runtime", name]).run().code(2);
        assert!(run.stderr_text().contains("PYTHON_3_13"), "{run}");
        let file = format!("agents:\n  a:\n    name: a\n    entrypoint: agent.py\n    runtime_type: {name}\n");
        world.write(CONFIG, &file).agentcore(&["configure", "show"]).run().code(2).says("PYTHON_3_10");
        std::fs::remove_file(world.project().join(CONFIG)).unwrap();
    }
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "--runtime", "PYTHON_3_15"]).run().code(0);
    world.agentcore(&["configure", "show"]).run().code(0);
}

#[cfg(unix)]
#[test]
fn early_interrupt_speaks_of_nothing_left_behind() {
    let world = World::new().with_credentials();
    project(&world, "a");
    for args in [&["destroy", "--force"][..], &["launch"], &["identity", "setup-cognito"]] {
        // Connections are taken, and nothing is ever answered. Each command has its own: one may make several.
        let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", deaf.local_addr().unwrap());
        let mut child = world.agentcore(args).var("AWS_ENDPOINT_URL", &url).stdin("").spawn();
        deaf.accept().unwrap();
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let stderr = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{args:?}: {stderr}");
        for word in ["left", "destroy", "cleanup", "on record"] {
            assert!(
                !stderr.contains(&format!("{word}`")) && !stderr.contains(&format!("what is {word}")),
                "{args:?}: {stderr}"
            );
        }
        assert!(!stderr.contains("goes on"), "{args:?}: {stderr}");
    }
}
