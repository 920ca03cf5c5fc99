//! The command line against a running agent: what reaches stdout, which status ends a run, what is written down, and
//! the hints that must work as they stand.

use std::io::Write;

use crate::support::{Sandbox, World, lacked, python};

const CONFIG: &str = ".bedrock_agentcore.yaml";

/// An agent that needs no package. It echoes; `stream` sends three events a moment apart and then stays silent.
const AGENT: &str = r#"
import json, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def answer(self, body, kind="application/json", status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"status": "Healthy", "time_of_last_update": 0}')

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if b"stream" not in body:
            return self.answer(body)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for number in range(3):
            self.wfile.write(b"data: %d\n\n" % number)
            self.wfile.flush()
            time.sleep(0.05)
        if b"fail" in body:
            event = {"error": "boom", "error_type": "ValueError"}
            self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        if b"break" in body:
            self.wfile.write(b'event: error\ndata: {"error": "bang"}\n\n')
        if b"endless" in body:
            time.sleep(600)


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
"#;

/// A sandbox with the agent deployed, behind AWS credentials.
fn deployed() -> Option<Sandbox> {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return None;
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    sandbox.write("agent.py", AGENT).write("requirements.txt", "");
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "echo", "-do"]).run().code(0);
    sandbox.agentcore(&["launch"]).run().code(0);
    Some(sandbox)
}

/// The command between the backticks of the first hint that holds `part`.
fn hinted(stderr: &str, part: &str) -> Vec<String> {
    let hint = stderr.lines().find(|line| line.starts_with("hint:") && line.contains(part));
    let command = hint.and_then(|hint| hint.split('`').nth(1)).unwrap_or_else(|| panic!("no hint `{part}`: {stderr}"));
    command.split(' ').map(|word| word.trim_matches('\'').to_owned()).collect()
}

#[test]
fn answers_statuses_and_sessions_of_invoke() {
    let Some(sandbox) = deployed() else { return };
    let before = sandbox.read(CONFIG);
    let invoke = |payload: &str| sandbox.agentcore(&["invoke", payload]);

    // Text is a prompt, JSON stays as it was typed, files and stdin are bytes.
    assert_eq!(invoke("hello there").run().code(0).stdout_text(), r#"{"prompt":"hello there"}"#);
    assert_eq!(invoke(r#"{ "b" : 1 }"#).run().code(0).stdout_text(), r#"{ "b" : 1 }"#);
    assert_eq!(invoke("-").stdin("not json").run().code(0).stdout_text(), "not json");
    sandbox.write("payload.txt", "neither");
    assert_eq!(invoke("@payload.txt").run().code(0).stdout_text(), "neither");
    assert_eq!(invoke("raw").args(&["--content-type", "text/plain"]).run().code(0).stdout_text(), "raw");
    let answer = r#"{"result": {"content": [{"text": "5 %"}]}}"#;
    let document = invoke(answer).args(&["-o", "json"]).run().code(0).data();
    assert_eq!(document["response"]["result"]["content"][0]["text"], "5 %");

    // An error event is the agent's failure, after the stream was passed on.
    let failed = invoke(r#"{"stream": "fail"}"#).run().code(8).says("ValueError: boom");
    assert!(failed.stdout_text().starts_with("data: 0\n\n"), "{failed}");
    assert_eq!(invoke(r#"{"stream": "fail"}"#).args(&["-o", "json"]).run().code(8).json()["ok"], false);
    invoke(r#"{"stream": "break"}"#).run().code(8).says("bang");

    // A call that reached no session leaves the last one, and its name no file.
    let session = document["sessionId"].as_str().unwrap().to_owned();
    invoke("{}").args(&["--endpoint", "../../escape"]).run().code(2);
    invoke("{}").args(&["--endpoint", "nope"]).run().code(5);
    invoke("{}").args(&["--new-session", "--bearer-token", "no"]).run().code(3);
    let again = invoke("{}").args(&["-o", "json"]).run().code(0).data();
    assert_eq!(again["sessionId"], session.as_str());
    let mut remembered: Vec<_> = std::fs::read_dir(sandbox.project().join(".bedrock_agentcore/echo"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("session-"))
        .collect();
    remembered.sort();
    assert_eq!(remembered, ["session-DEFAULT", "session-list.json"]);

    // Stopping another session keeps the remembered one; stopping that one forgets it.
    sandbox.agentcore(&["stop-session", "-s", &"x".repeat(40)]).run().code(5).says("is not running");
    sandbox.agentcore(&["stop-session"]).run().code(0);
    sandbox.agentcore(&["stop-session"]).run().code(5).says("--session-id");

    // A header that the service drops is told, with the command that lets it through.
    invoke("{}").args(&["-H", "X-Mine: 1"]).run().code(0).says("--request-header-allowlist X-Mine");
    assert_eq!(sandbox.read(CONFIG), before, "`invoke` writes no configuration");
}

#[test]
fn a_reader_that_goes_away_ends_the_call() {
    let Some(sandbox) = deployed() else { return };
    let mut child = sandbox.agentcore(&["invoke", r#"{"stream": "endless"}"#]).spawn();
    let mut first = [0; 7];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
    assert_eq!(&first, b"data: 0");
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn call_without_token_hints_at_a_working_command() {
    let Some(sandbox) = deployed() else { return };
    let pool = sandbox.agentcore(&["identity", "setup-cognito", "--pool-name", "p", "-o", "json"]).run().code(0).data();
    let (url, client) = (pool["discoveryUrl"].as_str().unwrap(), pool["clientId"].as_str().unwrap());
    sandbox.agentcore(&["configure", "-ni", "--discovery-url", url, "--allowed-client", client]).run().code(0);
    let launched = sandbox.agentcore(&["launch"]).run().code(0);
    assert!(launched.stdout_text().contains("--auth"), "{launched}");

    let refused = sandbox.agentcore(&["invoke", "{}"]).run().code(3);
    let command = hinted(&refused.stderr_text(), "--auth");
    let rest: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    sandbox.agentcore(&rest).run().code(0);
    sandbox.agentcore(&["stop-session", "--auth"]).run().code(0);
    // By hand it is the same token.
    let token = sandbox.agentcore(&["identity", "token"]).run().code(0).stdout;
    sandbox.agentcore(&["invoke", "{}", "--bearer-token-file", "-"]).stdin(token).run().code(0);

    // The other way round: what would weaken the authorizer names the two ways on.
    sandbox.agentcore(&["configure", "-ni", "--no-authorizer"]).run().code(0);
    let weaker = sandbox.agentcore(&["launch"]).run().code(2).says("weaken");
    let back = hinted(&weaker.stderr_text(), "--authorizer-config");
    sandbox.agentcore(&back[1..].iter().map(String::as_str).collect::<Vec<_>>()).run().code(0);
    assert!(sandbox.read(CONFIG).contains(client));
    let plan = sandbox.agentcore(&["launch", "--plan", "-o", "json"]).run().code(0).data();
    assert_eq!(plan["changes"], 0, "what is deployed was put back");

    // A second pool in the place of the first would leave that one to nobody.
    sandbox.agentcore(&["identity", "setup-cognito", "--pool-name", "q"]).run().code(2).says("cleanup");
    let again = sandbox.agentcore(&["identity", "setup-cognito", "-o", "json"]).run().code(0).data();
    assert_eq!((&again["poolId"], &again["changed"]), (&pool["poolId"], &serde_json::json!(false)));
}

#[test]
fn hints_name_an_agent_other_than_the_default() {
    let world = World::new();
    for name in ["one.py", "two.py", "requirements.txt"] {
        world.write(name, "");
    }
    world.agentcore(&["configure", "-ni", "-e", "one.py", "-n", "one"]).run().code(0);
    // The agent that was just described is the one that the next commands mean.
    let two = world.agentcore(&["configure", "-ni", "-e", "two.py", "-n", "two"]).run().code(0);
    assert!(two.stdout_text().contains("  agentcore launch\n"), "{two}");
    world.agentcore(&["invoke", "{}"]).run().code(5).says("`agentcore launch`");
    world.agentcore(&["invoke", "{}", "-a", "one"]).run().code(5).says("`agentcore launch --agent one`");
    let status = world.agentcore(&["status", "-a", "one"]).run().code(5);
    assert!(status.stdout_text().contains("agentcore launch --agent one"), "{status}");
    // Describing an agent again leaves the default, and everything else.
    let before = world.read(CONFIG);
    world.agentcore(&["configure", "-ni", "-n", "one", "--no-authorizer"]).run().code(0);
    assert_eq!(world.read(CONFIG), before);
}

#[test]
fn a_name_that_nobody_chose_replaces_no_agent() {
    let world = World::new();
    for name in ["agent.py", "other.py", "requirements.txt"] {
        world.write(name, "");
    }
    world.agentcore(&["configure", "-ni", "-e", "other.py", "-n", "agent"]).run().code(0);
    let before = world.tree();
    world.agentcore(&["configure", "-ni", "-e", "agent.py"]).run().code(2).says("--name");
    assert_eq!(world.tree(), before);
}

#[test]
fn paths_are_relative_to_where_they_are_typed() {
    let world = World::new();
    world.write("agent/main.py", "").write("agent/requirements.txt", "");
    world.agentcore(&["configure", "-ni", "--config", "agent", "-e", "agent/main.py", "-n", "a"]).run().code(0);
    let config = world.read("agent/.bedrock_agentcore.yaml");
    assert!(config.contains("entrypoint: main.py"), "{config}");
}

#[test]
fn profile_flag_is_used_or_refused() {
    let Some(sandbox) = deployed() else { return };
    sandbox.agentcore(&["launch", "--plan", "--profile", "nope"]).run().code(4).says("no AWS profile `nope`");
    let account = crate::support::Account::of(&sandbox);
    let keys = |name: &str| account.variables()[name].clone();
    let credentials = sandbox.path("home/.aws/credentials");
    std::fs::create_dir_all(credentials.parent().unwrap()).unwrap();
    let (id, secret) = (keys("AWS_ACCESS_KEY_ID"), keys("AWS_SECRET_ACCESS_KEY"));
    std::fs::write(
        credentials,
        format!("[good]\naws_access_key_id={id}\naws_secret_access_key={secret}\n[bad]\naws_access_key_id=AKIA\naws_secret_access_key=x\n"),
    )
    .unwrap();
    let plan = |profile: &str| sandbox.agentcore(&["launch", "--plan", "--profile", profile]);
    plan("good").var("AWS_ACCESS_KEY_ID", "AKIA").var("AWS_SECRET_ACCESS_KEY", "x").run().code(0);
    plan("bad").run().code(4);
}

#[test]
fn bad_arguments_are_reported_before_credentials_are_needed() {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "one", "-n", "a"]).run().code(0);
    assert!(world.read(CONFIG).contains("name: a\n"), "the last value wins");
    for (args, part) in [
        (&["--image-tag", "bad tag!"][..], "--image-tag"),
        (&["--platform", "arm"], "linux/arm64"),
        (&["--base-image", "has space"], "has space"),
        (&["--env", "NOEQUALS"], "KEY=VALUE"),
        (&["--code-build", "--platform", "linux/amd64"], "arm64"),
    ] {
        world.agentcore(&["launch"]).args(args).run().code(2).says(part);
    }
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"] {
        let run = world.agentcore(&["launch", "--region", "us-west-2"]).var(name, "foo:bar").run().code(2).says(name);
        assert!(!run.stderr_text().contains("SdkBody"), "{run}");
    }
    // A password in the request must not come out with it.
    let token = ["identity", "token", "--client-id", "c", "--username", "u", "--region", "us-west-2"];
    let run = world.agentcore(&token).var("RUNTIME_PASSWORD", "canary-9").var("AWS_ENDPOINT_URL", "foo:bar").run();
    assert!(!run.code(2).stderr_text().contains("canary-9"));
}

#[cfg(unix)]
#[test]
fn signal_ends_a_command_waiting_for_stdin() {
    let world = World::new().with_credentials();
    world.write("agent.py", "").write("requirements.txt", "").write("token", "t");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a"]).run().code(0);
    let arn = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789";
    for args in [
        &["invoke", "-", "--arn", arn][..],
        &["invoke", "{}", "--arn", arn, "--bearer-token-file", "-"],
        &["identity", "setup-cognito", "--password-file", "-"],
    ] {
        let mut child = world.agentcore(args).stdin("").spawn();
        let mut open = child.stdin.take().unwrap();
        // More than a pipe holds: once it is written, the command is reading.
        open.write_all(&[b'x'; 1 << 18]).unwrap();
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let stderr = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{args:?}: {stderr}");
        drop(open);
    }
}

/// From a sandbox to AWS, whose account is another one.
#[test]
fn destroying_everything_leaves_the_account_open() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    sandbox.write("agent.py", AGENT).write("requirements.txt", "");
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "moving", "-do"]).run().code(0);
    let says = |line: &str| {
        let text = sandbox.read(CONFIG);
        assert!(text.lines().any(|other| other.trim().replace('\'', "") == line), "no `{line}`:\n{text}");
    };
    let launch = || sandbox.agentcore(&["launch"]).run().code(0);
    launch();
    says("account: 123456789012");
    says("region: us-west-2");
    // Images of that account stay, and with them its number.
    sandbox.agentcore(&["destroy", "--force"]).run().code(0);
    says("account: 123456789012");
    launch();
    sandbox.agentcore(&["destroy", "--force", "--delete-ecr-repo"]).run().code(0);
    says("account: null");
    says("region: null");
    // What the user says stays.
    launch();
    sandbox.agentcore(&["configure", "-ni", "-n", "moving", "--region", "us-west-2"]).run().code(0);
    sandbox.agentcore(&["destroy", "--force", "--delete-ecr-repo"]).run().code(0);
    says("account: null");
    says("region: us-west-2");
}
