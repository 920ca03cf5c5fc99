//! Scripts that were written for the starter toolkit: the lines that they cut out of what `status` and `launch` print, the
//! flags that they pass, and the ARN that they must end up with.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Sandbox, World, lacked, python};

const AGENT: &str = include_str!("scripts/agent.py");

/// A sandbox with an echoing agent, and what the launch printed.
fn deployed() -> Option<(Sandbox, String)> {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return None;
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    sandbox.write("agent.py", AGENT).write("requirements.txt", "");
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "support_desk", "-do"]).run().code(0);
    let launched = sandbox.agentcore(&["launch", "--env", "SECRET=canary-5"]).run().code(0).stdout_text();
    Some((sandbox, launched))
}

/// What the pipeline makes of `text`.
pub(crate) fn piped(text: &str, pipeline: &str) -> String {
    let mut child =
        Command::new("sh").args(["-c", pipeline]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim_end_matches('\n').to_owned()
}

/// Pipelines of public scripts that cut the ARN out of the text.
const ARN_PIPELINES: &[&str] = &[
    r#"grep "Agent ARN:" | sed 's/.*Agent ARN: //' | sed 's/│//g' | xargs"#,
    r#"grep "Agent ARN:" | sed 's/.*Agent ARN: //'"#,
    r#"grep "Agent ARN:" | awk '{print $NF}'"#,
    r#"grep "Agent ARN" | tail -1 | awk '{print $NF}'"#,
    r#"grep "Agent ARN" | awk '{print $3}'"#,
    r#"grep "Agent ARN:" | cut -d' ' -f4"#,
    r#"grep ARN | awk '{print $NF}'"#,
    r#"grep "Agent ARN:" -A 1 | grep "arn:aws" | grep -oE 'arn:aws:bedrock-agentcore:[^[:space:]]+' | head -1"#,
    r"grep -oE 'arn:aws:bedrock-agentcore:[^│]+'",
    r"grep -o 'arn:aws:bedrock-agentcore:[^[:space:]]*'",
    r"grep -o 'arn:aws:bedrock-agentcore:[^ ]*'",
    r#"grep -o 'arn:aws:bedrock-agentcore:[^"]*'"#,
    r#"grep -oE 'arn:aws:bedrock-agentcore:[^"]+runtime/[^[:space:]"]+'"#,
    r"tr -d '\n' | grep -oE 'arn:aws:bedrock-agentcore:[^[:space:])]+'",
];

#[test]
fn arn_is_where_public_scripts_look() {
    let Some((sandbox, launched)) = deployed() else { return };
    let data = sandbox.agentcore(&["status", "-o", "json"]).run().code(0).data();
    let arn = data["runtime"]["arn"].as_str().unwrap();
    assert_eq!(data["agent_arn"], arn);
    let id = arn.rsplit('/').next().unwrap();
    let status = sandbox.agentcore(&["status"]).run().code(0).stdout_text();
    let again = sandbox.agentcore(&["launch"]).run().code(0);
    for (what, text) in [("status", &status), ("launch", &launched), ("launch again", &again.stdout_text())] {
        for pipeline in ARN_PIPELINES {
            assert_eq!(piped(text, pipeline), arn, "{what} | {pipeline}\n{text}");
        }
        for pipeline in [
            r"sed -n 's/.*runtime\///p' | head -1",
            r#"grep "Agent ID:" | awk '{print $NF}'"#,
            r#"grep "Agent ID:" | sed 's/.*Agent ID: \([^ ]*\).*/\1/' | tr -d '│ '"#,
        ] {
            assert_eq!(piped(text, pipeline), id, "{what} | {pipeline}\n{text}");
        }
        let logs = piped(text, r#"grep "Logs" | awk '{print $NF}'"#);
        assert_eq!(logs, format!("/aws/bedrock-agentcore/runtimes/{id}-DEFAULT"), "{what}\n{text}");
        let image = data["runtime"]["image"].as_str().unwrap();
        assert_eq!(piped(text, r"sed -n 's/.*ECR URI: //p'"), image, "{what}\n{text}");
        assert_eq!(piped(text, r"sed -n 's/.*Agent Name: //p'"), "support_desk", "{what}\n{text}");
    }
    // Everything together, as `2>&1` gives it: the first ARN is the agent's and ends where it ends.
    let both = format!("{}{}", again.stderr_text(), again.stdout_text());
    assert_eq!(piped(&both, r#"grep -o 'arn:aws:bedrock-agentcore:[^"]*' | head -1"#), arn, "{both}");
    // What scripts wait for.
    assert!(status.starts_with("Ready - Agent deployed and endpoint available\n"), "{status}");
    assert!(status.contains("Endpoint: DEFAULT (READY)\n"), "{status}");
    assert!(status.contains(" Region: us-west-2 | Account: "), "{status}");
}

#[test]
fn verbose_status_is_the_toolkits_json() {
    let Some((sandbox, _)) = deployed() else { return };
    let data = sandbox.agentcore(&["status", "-o", "json"]).run().code(0).data();
    let arn = data["runtime"]["arn"].as_str().unwrap();
    for flag in ["-v", "--verbose"] {
        let run = sandbox.agentcore(&["status", flag]).run().code(0);
        assert_eq!(run.stderr_text(), "", "`2>&1 | jq` must work");
        let text = run.stdout_text();
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["config"]["agent_arn"], arn);
        assert_eq!((&json["config"]["name"], &json["config"]["region"]), (&"support_desk".into(), &"us-west-2".into()));
        assert_eq!(json["config"]["execution_role"], data["runtime"]["role"]);
        assert_eq!((&json["agent"]["agentRuntimeArn"], &json["agent"]["status"]), (&arn.into(), &"READY".into()));
        assert_eq!(json["endpoint"]["status"], "READY");
        assert_eq!(json["endpoint"]["url"], data["invocationUrl"]);
        assert_eq!(json["agent"]["environmentVariables"]["SECRET"], Value::Null);
        assert!(!text.contains("canary-5"), "a value of the environment is shown:\n{text}");
        let created = json["agent"]["createdAt"].as_str().unwrap();
        assert!(created.ends_with("+00:00") && created.as_bytes()[10] == b' ', "{created}");
        for key in [
            "entrypoint",
            "account",
            "ecr_repository",
            "agent_id",
            "network_mode",
            "network_subnets",
            "network_security_groups",
            "network_vpc_id",
            "memory_id",
            "memory_status",
            "memory_type",
            "memory_enabled",
            "memory_strategies",
            "memory_details",
            "idle_timeout",
            "max_lifetime",
        ] {
            assert!(json["config"].get(key).is_some(), "no `{key}` in {}", json["config"]);
        }
        for (pipeline, wanted) in [
            (r#"grep agent_arn | cut -d'"' -f4"#, arn),
            (r#"tr -d '\n' | grep -o 'arn:aws:bedrock-agentcore:[^"]*' | head -1"#, arn),
            (r#"grep -o '"execution_role": "[^"]*"' | cut -d'"' -f4"#, data["runtime"]["role"].as_str().unwrap()),
        ] {
            assert_eq!(piped(&text, pipeline), wanted, "{pipeline}\n{text}");
        }
        if Command::new("jq").arg("--version").output().is_err() {
            lacked("jq", "there is no `jq` on PATH");
            continue;
        }
        for (pipeline, wanted) in [
            (r"tr -d '\000-\037' | jq -r '.config.agent_arn'", arn),
            (r#"jq -r '.. | objects | select(has("agentRuntimeArn")) | .agentRuntimeArn' | head -n1"#, arn),
            (r"jq -r .endpoint.url", data["invocationUrl"].as_str().unwrap()),
        ] {
            assert_eq!(piped(&text, pipeline), wanted, "{pipeline}\n{text}");
        }
    }
    // An output form that was asked for by name is the program's own; its document has the toolkit's beside it.
    let mut envelope = sandbox.agentcore(&["status", "-v", "-o", "json"]).run().code(0).data();
    let toolkit = std::mem::take(&mut envelope["toolkit"]);
    assert_eq!(toolkit["config"]["agent_arn"].as_str(), Some(arn));
    assert_eq!(envelope, data);
    let text = sandbox.agentcore(&["status", "-v", "-o", "text"]).run().code(0).stdout_text();
    assert!(text.contains(" Agent ARN: "), "{text}");
}

#[test]
fn undeployed_verbose_status_has_the_same_members() {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a"]).run().code(0);
    let run = world.agentcore(&["status", "-v"]).run().code(5);
    let json: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!((&json["config"]["name"], &json["config"]["agent_arn"]), (&"a".into(), &Value::Null));
    assert_eq!((&json["agent"], &json["endpoint"]), (&Value::Null, &Value::Null));
    let text = world.agentcore(&["status"]).run().code(5).stdout_text();
    assert!(text.starts_with("Configured but not deployed\n") && text.contains("agentcore launch"), "{text}");
}

#[test]
fn unknown_flag_is_no_payload() {
    let Some((sandbox, _)) = deployed() else { return };
    let invoke = |args: &[&str]| sandbox.agentcore(&["invoke"]).args(args);
    for slip in ["--no-such-flag", "-x", "--sesion-id=abc", "-5"] {
        let run = invoke(&[slip]).run().code(2);
        assert!(run.stdout.is_empty(), "the agent was called:\n{run}");
    }
    assert_eq!(invoke(&["--", "-5"]).run().code(0).stdout_text(), "-5");
    assert_eq!(invoke(&["--", "-5 degrees"]).run().code(0).stdout_text(), r#"{"prompt":"-5 degrees"}"#);
    assert_eq!(invoke(&["-"]).stdin("{}").run().code(0).stdout_text(), "{}");
    sandbox.agentcore(&["sandbox", "run", "--drr", "x", "--", "true"]).run().code(2);
    sandbox.agentcore(&["configure", "--name", "--entrypoint", "agent.py"]).run().code(2);

    // The prompt, in words, and the flag that asks for a stream.
    assert_eq!(invoke(&["--prompt", "hello"]).run().code(0).stdout_text(), r#"{"prompt":"hello"}"#);
    assert_eq!(invoke(&["--prompt", "17", "--stream"]).run().code(0).stdout_text(), r#"{"prompt":"17"}"#);
    assert_eq!(invoke(&["--prompt", "@x {y"]).run().code(0).stdout_text(), r#"{"prompt":"@x {y"}"#);
    assert_eq!(invoke(&["--stream", "{}"]).run().code(0).stdout_text(), "{}");
    invoke(&["{}", "--prompt", "x"]).run().code(2).says("--prompt");
    invoke(&["--prompt", ""]).run().code(2).says("empty");
}

#[test]
fn broken_json_argument_reaches_no_agent() {
    let Some((sandbox, _)) = deployed() else { return };
    let invoke = |args: &[&str]| sandbox.agentcore(&["invoke"]).args(args);
    for (payload, place) in [(r#"{"prompt": hello}"#, "line 1 column 12"), ("[1, 2", "line 1"), (r#""open"#, "line 1")]
    {
        let run = invoke(&[payload]).run().code(2).says(place).says("--text");
        assert!(run.stdout.is_empty(), "{run}");
        let json = invoke(&[payload, "-o", "json"]).run().code(2).json();
        assert_eq!(json["error"]["code"], "input.json");
        assert_eq!(invoke(&["--text", payload]).run().code(0).stdout_text(), payload);
        let wrapped: Value = serde_json::from_slice(&invoke(&["--prompt", payload]).run().code(0).stdout).unwrap();
        assert_eq!(wrapped["prompt"], payload);
    }
    // Text is text: neither a file, nor stdin, nor the prompt of an object.
    for text in ["@missing", "-", "hello {you}"] {
        assert_eq!(invoke(&["--text", "--", text]).run().code(0).stdout_text(), text);
    }
    assert_eq!(invoke(&["-"]).stdin("{broken").run().code(0).stdout_text(), "{broken", "stdin is passed on");
    invoke(&["{broken", "--content-type", "application/json"]).run().code(2).says("column");
    assert_eq!(invoke(&["{broken", "--content-type", "text/plain"]).run().code(0).stdout_text(), "{broken");
    sandbox.agentcore(&["auth", "test", "--payload", "{broken"]).run().code(2).says("column");
}

#[test]
fn an_arn_is_checked_before_anybody_is_asked() {
    let world = World::new();
    let good = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789";
    let slips = [
        "",
        "a-0123456789",
        &good.replace("123456789012", "1234"),
        &good.replace("bedrock-agentcore", "bedrock"),
        &good.replace("runtime/", "memory/"),
        &good.replace("-0123456789", ""),
        &good.replace("us-west-2", ""),
        &format!("{good}Endpoint: DEFAULT (READY)"),
        &format!("{good}/runtime-endpoint/"),
    ];
    for slip in slips {
        for verb in
            [&["invoke", "{}"][..], &["auth", "check", "--token-file", "-"], &["auth", "explain"], &["auth", "test"]]
        {
            // Neither credentials nor stdin are needed to say so.
            let run = world.agentcore(verb).args(&["--arn", slip, "-o", "json"]).run().code(2);
            assert_eq!(run.json()["error"]["code"], "input.arn", "{run}");
        }
    }
    world.write("agent.py", "").write("requirements.txt", "");
    for role in ["arn:aws:iam::1234:role/x", "arn:aws:iam::123456789012:role/", "arn:aws:iam::123456789012:user/x"] {
        for flag in ["--execution-role", "--code-build-execution-role"] {
            world.agentcore(&["configure", "-ni", "-e", "agent.py", flag, role]).run().code(2).says(flag);
        }
    }
    let boundary = ["identity", "setup-cognito", "--team", "t", "--permissions-boundary", "arn:aws:iam::1:policy/x"];
    world.agentcore(&boundary).run().code(2).says("policy");
    let secret = ["--client-id", "c", "--secret-id", "arn:aws:s3:::b", "--json-key", "k"];
    let provider = ["identity", "create-credential-provider", "--name", "p", "--type", "github"];
    world.agentcore(&provider).args(&secret).run().code(2).says("secret");
}

#[test]
fn flags_of_the_toolkits_scripts_are_taken() {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "");
    for create in ["--create", "-c"] {
        let run = world.agentcore(&["configure", create, "-ni", "-e", "agent.py", "-n", "a"]).run().code(0);
        run.says("--create");
    }
    assert!(world.read(".bedrock_agentcore.yaml").contains("entrypoint: agent.py"));
    world.agentcore(&["configure", "--create", "-ni"]).run().code(2).says("configure -e agent.py");

    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    sandbox.write("agent.py", "").write("requirements.txt", "");
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a"]).run().code(0);
    let identity = |args: &[&str]| sandbox.agentcore(&["identity"]).args(args).run();

    // Secrets in the arguments are taken with the warning that `--bearer-token` has, and shown nowhere.
    let github = ["create-credential-provider", "--name", "git", "--type", "github", "--client-id", "c"];
    let made =
        identity(&[&github[..], &["--client-secret", "canary-6"]].concat()).code(0).says("visible to other users");
    assert!(made.stderr_text().contains("--client-secret-file"), "{made}");
    let key = ["create-credential-provider", "--name", "key", "--type", "api-key", "--api-key", "canary-6"];
    let key = identity(&key).code(0).says("visible to other users");
    let both = ["update-credential-provider", "--name", "git", "--client-id", "c", "--client-secret", "canary-6"];
    let twice = identity(&[&both[..], &["--client-secret-file", "agent.py"]].concat()).code(2);
    let empty = identity(&["update-credential-provider", "--name", "git", "--client-id", "c", "--client-secret", ""])
        .code(2)
        .says("empty");
    for run in [&made, &key, &twice, &empty] {
        assert!(!format!("{run}").replace(&run.argv, "").contains("canary-6"), "{run}");
    }

    let pool = identity(&["setup-cognito", "-o", "json"]).code(0).data();
    let text = std::fs::read_to_string(pool["envFile"].as_str().unwrap()).unwrap();
    let password = piped(&format!("{text}\nprintf %s \"$RUNTIME_PASSWORD\"\n"), "sh");
    let user = pool["username"].as_str().unwrap().to_owned();
    for flag in ["--password", "-p"] {
        let run = identity(&["get-cognito-inbound-token", "-u", &user, flag, &password, "--no-cache"]).code(0);
        assert!(run.stdout_text().starts_with("eyJ"), "{}", run.argv.len());
        run.says("visible to other users").says("--password-file");
    }
    let wrong = identity(&["token", "-u", &user, "-p", "x", "--password-file", "agent.py"]).code(2);
    assert!(wrong.stderr_text().contains("--password"), "{wrong}");

    // `-a` is the audience here, as in the toolkit, and the agent everywhere else.
    let federated = identity(&["setup-aws-jwt", "-a", "https://api.example.com", "-s", "es384", "-d", "600"]);
    assert_ne!(federated.code, Some(2), "{federated}");
    identity(&["setup-aws-jwt", "--agent", "a"]).code(2).says("--audience");
}
