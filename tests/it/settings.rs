//! Settings of a runtime from the flags of `configure` to the service and back, one of them taken away, and what is refused.

use serde_json::{Value, json};

use crate::convergence::Scene;
use crate::support::{Account, World};

const CONFIGURE: &[&str] = &["configure", "-ni", "--name", "agent"];
const LAUNCH: &[&str] = &["launch", "-o", "json"];

fn live(account: &Account) -> Value {
    let listed = account.control("POST", "/runtimes/");
    let [runtime] = listed["agentRuntimes"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    account.control("GET", &format!("/runtimes/{}/", runtime["agentRuntimeId"].as_str().unwrap()))
}

#[test]
fn settings_reach_the_runtime_and_its_status() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    let settings = ["--description", "Answers", "--mount", "/mnt/a=session", "--mount", "/mnt/b=s3://bucket/x/"];
    let more = ["--minimum-memory", "4096", "--allowed-port", "8200,8300-8400", "--platform-version", "V2"];
    world.agentcore(CONFIGURE).args(&settings).args(&more).run().code(0);
    world.agentcore(LAUNCH).run().code(0);
    let runtime = live(&scene.account);
    assert_eq!(runtime["description"], "Answers");
    assert_eq!(runtime["resourceConfigurations"], json!([{ "minimumMemoryInMiB": 4096 }]));
    let status = world.agentcore(&["status", "-o", "json"]).run().code(0).data();
    let shown = &status["runtime"]["settings"];
    assert_eq!(shown["fileSystems"], runtime["filesystemConfigurations"]);
    assert_eq!((&shown["platformVersion"], &shown["minimumMemoryMiB"]), (&json!("V2"), &json!(4096)));
    assert_eq!(shown["warmup"], Value::Null);
    let text = world.agentcore(&["status"]).run().code(0).stdout_text();
    for line in ["Description: Answers", "session storage at /mnt/a, s3://bucket/x/ at /mnt/b", "8200, 8300-8400"] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert_eq!(world.agentcore(LAUNCH).run().code(0).data()["changes"], 0);

    world.agentcore(CONFIGURE).args(&["--clear", "description,mount"]).run().code(0);
    let plan = world.agentcore(&["launch", "--plan", "-o", "json"]).run().code(6).data()["steps"].to_string();
    for words in ["description: Answers -> none", "at /mnt/b -> none", "empties the session storage at `/mnt/a`"] {
        assert!(plan.contains(words), "{words} is not in {plan}");
    }
    world.agentcore(LAUNCH).run().code(0);
    let runtime = live(&scene.account);
    assert!(runtime.get("description").is_none() && runtime.get("filesystemConfigurations").is_none(), "{runtime}");
    assert_eq!(runtime["platformVersion"], "V2", "what is not cleared stays");
    assert_eq!(world.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
}

/// Nothing answers at the address of AWS here: a request would end with another status.
#[test]
fn combinations_are_refused_before_any_request() {
    let world = World::new();
    world.write("agent.py", "");
    world.write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "--name", "agent", "-do"]).run().code(0);
    let efs = "/mnt/a=arn:aws:elasticfilesystem:us-west-2:123456789012:access-point/fsap-0123456789abcdef0";
    let provider = "arn:aws:bedrock-agentcore:us-west-2:123456789012:capacity-provider/a-0123456789";
    for (args, words) in [
        (&["--warmup", "/w"][..], "requires platform version V2"),
        (&["--mount", efs], "requires a VPC"),
        (&["--port", "8443"], "port 8443 is reserved"),
        (&["--allowed-port", "8100,8000-8200"], "must not overlap"),
        (&["--capacity-provider", provider, "--mount", "/mnt/a=session"], "cannot be used with a capacity provider"),
        (&["--mount", "/mnt/a=volume:v"], "requires a capacity provider"),
        (&["--clear", "descriptio"], "did you mean `description`?"),
        (&["--allow-caller", "*"], "is no caller"),
    ] {
        let refused = world.agentcore(CONFIGURE).args(args).run().code(2);
        assert!(refused.stderr_text().contains(words), "{args:?}: {refused}");
    }
    let config = world.read(".bedrock_agentcore.yaml");
    let runtime = "    agentcore:\n      runtime:\n        warmup: {path: /w}\n";
    world.write(".bedrock_agentcore.yaml", &config.replace("    memory:\n", &format!("{runtime}    memory:\n")));
    let refused = world.agentcore(&["launch", "--plan"]).run().code(2);
    refused.says("agentcore.runtime.warmup`: a warm-up requires platform version V2");
}
