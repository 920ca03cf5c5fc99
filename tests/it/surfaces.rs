//! Agents of every protocol, called from the command line: one way of authentication, one meaning of the exit status, one
//! request for each thing that is asked.

use crate::snapshots::Transcript;
use crate::support::{Sandbox, World, lacked, python, watch};

const AGENT: &str = include_str!("surfaces/agent.py");

/// A sandbox with one agent per protocol, all of one source, behind AWS credentials.
fn deployed(protocols: &[&str]) -> Option<Sandbox> {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return None;
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    sandbox.write("agent.py", AGENT).write("requirements.txt", "");
    for protocol in protocols {
        let name = protocol.to_lowercase();
        let configure = ["configure", "-ni", "-e", "agent.py", "-n", &name, "-do", "--protocol", protocol];
        sandbox.agentcore(&configure).run().code(0);
        sandbox.agentcore(&["launch", "-a", &name, "--env", &format!("SPEAKS={protocol}")]).run().code(0);
    }
    Some(sandbox)
}

fn arn(sandbox: &Sandbox, agent: &str) -> String {
    let status = sandbox.agentcore(&["status", "-a", agent, "-o", "json"]).run().code(0).data();
    status["runtime"]["arn"].as_str().unwrap_or_else(|| panic!("{status}")).to_owned()
}

fn url(sandbox: &Sandbox) -> String {
    crate::support::Account::of(sandbox).variables()["AWS_ENDPOINT_URL"].clone()
}

#[test]
fn an_mcp_agents_tools_are_listed_and_called() {
    let Some(sandbox) = deployed(&["MCP"]) else { return };
    let invoke = |args: &[&str]| sandbox.agentcore(&["invoke"]).args(args);

    let mut shown = Transcript::of(&sandbox);
    shown.name("mcp-[A-Za-z0-9]{10}", "mcp-0123456789");
    shown.both("The tools.", 0, invoke(&["--list-tools"]));
    let tools = invoke(&["--list-tools", "-o", "json"]).run().code(0).data();
    let names: Vec<_> = tools["response"]["tools"].as_array().unwrap().iter().map(|tool| &tool["name"]).collect();
    assert_eq!(names, ["add", "fail"], "the second page is read too");

    shown.both("A tool that says what it does.", 0, invoke(&["--tool", "add", r#"{"a": 1, "b": 2}"#]));
    let sum = invoke(&["--tool", "add", r#"{"a": 1, "b": 2}"#, "-o", "json"]).run().code(0).data();
    assert_eq!(sum["response"]["content"][0]["text"], "3");
    shown.both("A tool that fails.", 8, invoke(&["--tool", "fail"]));
    let unknown = invoke(&["--tool", "nope", "-o", "json"]).run().code(8).json();
    assert_eq!(unknown["error"]["code"], "agent.rpc-error");
    shown.both("A tool that takes the agent with it.", 8, invoke(&["--tool", "crash"]));

    // A raw request passes as it is, and so does the answer; what it says decides the status all the same.
    let raw = r#"{"jsonrpc": "2.0", "id": 7, "method": "initialize", "params": {}}"#;
    let answer = invoke(&[raw]).run().code(0);
    assert!(answer.stdout_text().starts_with(r#"{"jsonrpc": "2.0", "id": 7, "result""#), "{answer}");
    let raw = r#"{"jsonrpc": "2.0", "id": 7, "method": "crash"}"#;
    shown.both("A raw request that fails.", 8, invoke(&[raw]));
    shown.both("A form that MCP does not have.", 2, invoke(&[raw, "--accept", "application/json"]));
    shown.both("A prompt, which MCP does not have.", 2, invoke(&["hello"]));
    shown.both("Arguments that are none.", 2, invoke(&["--tool", "add", "[1, 2]"]));
    shown.both("A card, which MCP does not have.", 2, invoke(&["--card"]));
    shown.both("A web socket, which MCP does not have.", 2, invoke(&["--ws", "x"]));
    shown.check("mcp");
}

#[test]
fn a2a_agent_gets_messages_and_shows_its_card() {
    let Some(sandbox) = deployed(&["A2A"]) else { return };
    let invoke = |args: &[&str]| sandbox.agentcore(&["invoke"]).args(args);
    assert_eq!(invoke(&["안녕"]).run().code(0).stdout_text(), "You said: 안녕\n");
    assert_eq!(invoke(&[r#"{"prompt": "hello"}"#]).run().code(0).stdout_text(), "You said: hello\n");
    assert_eq!(invoke(&["hello", "--stream"]).run().code(0).stdout_text(), "You said: hello\n");
    let task = invoke(&["hello", "-o", "json"]).run().code(0).data();
    assert_eq!(task["response"]["status"]["state"], "completed");
    let pieces = invoke(&["hello", "--stream", "-o", "json"]).run().code(0).data();
    assert_eq!(pieces["response"].as_array().unwrap().len(), 3);

    let card = invoke(&["--card", "-o", "json"]).run().code(0).data();
    let address = card["response"]["url"].as_str().unwrap();
    let wanted = format!("{}/runtimes/arn%3Aaws%3Abedrock-agentcore%3A", url(&sandbox));
    assert!(address.starts_with(&wanted) && address.ends_with("/invocations"), "{address}");
    assert_eq!(card["response"]["session"], task["sessionId"], "the card is asked for in the same session");

    let raw =
        r#"{"jsonrpc": "2.0", "id": 7, "method": "message/send", "params": {"message": {"parts": [{"text": "x"}]}}}"#;
    assert!(invoke(&[raw]).run().code(0).stdout_text().starts_with(r#"{"jsonrpc": "2.0", "id": 7, "result""#));
    let mut shown = Transcript::of(&sandbox);
    shown.name("a2a-[A-Za-z0-9]{10}", "a2a-0123456789");
    shown.both("The agent fails.", 8, invoke(&["fail"]));
    shown.both("It fails whole.", 8, invoke(&["crash"]));
    shown.both(
        "A method that it does not have.",
        8,
        invoke(&[r#"{"jsonrpc": "2.0", "id": 7, "method": "tasks/nope"}"#]),
    );
    shown.check("a2a");
    // The request says itself whether it is streamed.
    let streamed = invoke(&[raw, "--stream"]).run().code(0);
    assert!(streamed.stdout_text().starts_with(r#"{"jsonrpc": "2.0", "id": 7, "result""#), "{streamed}");
}

#[test]
fn a2a_1_0_agent_gets_its_own_dialect() {
    let Some(sandbox) = deployed(&["A2A"]) else { return };
    let speaks = ["--env", "SPEAKS=A2A", "--env", "REVISION=1.0"];
    sandbox.agentcore(&["launch"]).args(&speaks).run().code(0);
    let invoke = |args: &[&str]| sandbox.agentcore(&["invoke"]).args(args);

    assert_eq!(invoke(&["안녕"]).run().code(0).stdout_text(), "You said: 안녕\n");
    assert_eq!(invoke(&["hello", "--stream"]).run().code(0).stdout_text(), "You said: hello\n");
    let task = invoke(&["hello", "-o", "json"]).run().code(0).data();
    assert_eq!(task["response"]["task"]["status"]["state"], "TASK_STATE_COMPLETED");
    let pieces = invoke(&["hello", "--stream", "-o", "json"]).run().code(0).data();
    assert_eq!(pieces["response"].as_array().unwrap().len(), 4, "{pieces}");
    invoke(&["fail"]).run().code(8).says("the agent's task is `failed`").says("no model");
    invoke(&["fail", "--stream"]).run().code(8).says("no model");
    // Whoever names a version gets no other.
    invoke(&["hello", "-H", "A2A-Version: 0.3"]).run().code(8).says("Method not found");
    assert_eq!(invoke(&["hello", "-H", "A2A-Version: 1.0"]).run().code(0).stdout_text(), "You said: hello\n");

    let card = invoke(&["--card", "-o", "json"]).run().code(0).data();
    let interface = &card["response"]["supportedInterfaces"][0];
    assert_eq!(interface["protocolVersion"], "1.0");
    assert!(interface["url"].as_str().unwrap().starts_with(&url(&sandbox)), "{card}");

    // Without the header on the allowlist nothing arrives, and the hint that says so is a way out.
    let configure = |headers: &str| {
        sandbox.agentcore(&["configure", "-n", "a2a", "--request-header-allowlist", headers]).run().code(0);
        sandbox.agentcore(&["launch"]).args(&speaks).run().code(0);
    };
    configure("X-Other");
    let refused = invoke(&["hello"]).run().code(8).says("A2A-Version");
    let hint = "agentcore configure --request-header-allowlist A2A-Version";
    assert!(refused.stderr_text().contains(hint), "{refused}");
    configure("X-Other,A2A-Version");
    assert_eq!(invoke(&["hello"]).run().code(0).stdout_text(), "You said: hello\n");
}

#[test]
fn ag_ui_run_is_made_from_text() {
    let Some(sandbox) = deployed(&["AGUI"]) else { return };
    let invoke = |args: &[&str]| sandbox.agentcore(&["invoke"]).args(args);
    let run = invoke(&["hello"]).run().code(0).stdout_text();
    assert!(run.contains(r#""delta": "hello""#) && run.ends_with("\r\n\r\n"), "events as they come: {run}");
    let own = r#"{"threadId": "mine", "runId": "r", "messages": [{"id": "m", "role": "user", "content": "hi"}]}"#;
    assert!(invoke(&[own]).run().code(0).stdout_text().contains(r#""threadId": "mine""#));
    let failed = invoke(&["fail"]).run().code(8).says("no model");
    assert!(failed.stdout_text().contains("RUN_STARTED"), "{failed}");
    let crashed = invoke(&["crash"]).run().code(8);
    assert!(crashed.stdout_text().contains("AGENT_ERROR"), "the service's own event has status 200: {crashed}");
    // This agent serves no web socket.
    invoke(&["--ws", "x"]).run().code(8).says("404");
}

#[test]
fn web_socket_carries_messages_both_ways_until_closed() {
    let Some(sandbox) = deployed(&["HTTP"]) else { return };
    let socket = |args: &[&str]| sandbox.agentcore(&["invoke", "--ws"]).args(args);

    assert_eq!(socket(&["hello", "--ws-idle", "1"]).run().code(0).stdout_text(), "hello\n");
    let lines = socket(&[]).stdin("one\n둘\r\nbytes\nclose 1000").run().code(0);
    assert_eq!(lines.stdout, "one\n둘\n\u{0}".bytes().chain([0xff]).collect::<Vec<_>>(), "{lines}");
    let heard = socket(&["-", "-o", "json"]).stdin("one\nbytes\nclose 1000\n").run().code(0).data();
    assert_eq!(heard["response"], serde_json::json!(["one", { "base64": "AP8=" }]));
    assert_eq!(heard["status"], 101);
    sandbox.write("message.txt", "close 1000");
    socket(&["@message.txt"]).run().code(0);

    for (message, code, words) in [
        ("close 1001", 1, "session ended"),
        ("close 1008 no such room", 3, "no such room"),
        ("close 1009", 2, "too large"),
        ("close 1011 no model", 8, "no model"),
        ("close 4001 mine", 8, "4001: mine"),
        ("break", 8, "connection broke"),
        ("large", 2, "64 KB"),
    ] {
        socket(&[message]).run().code(code).says(words);
    }
    socket(&["hello", "--timeout", "1"]).run().code(7).says("--ws-idle");
    // A year, the longest that is taken.
    let year = "31536000";
    socket(&["hello", "--timeout", "1", "--ws-idle", year]).run().code(7);
    socket(&["hello", "--timeout", year, "--ws-idle", "1"]).run().code(0);
    sandbox.write("large.txt", &"x".repeat(65_537));
    socket(&["@large.txt"]).run().code(2).says("65537 bytes");
    sandbox.write("largest.txt", &"x".repeat(65_536));
    assert_eq!(socket(&["@largest.txt", "--ws-idle", "1"]).run().code(0).stdout.len(), 65_537);
    socket(&["x", "--endpoint", "nope"]).run().code(5);

    // The same headers as any call, and nothing of the handshake's.
    let headers = socket(&["headers", "--ws-idle", "1", "-u", "somebody", "-o", "json"]).run().code(0).data();
    let seen: serde_json::Value = serde_json::from_str(headers["response"][0].as_str().unwrap()).unwrap();
    assert_eq!(seen["x-amzn-bedrock-agentcore-runtime-session-id"], headers["sessionId"]);
    assert!(seen["workloadaccesstoken"].is_string() && seen.get("authorization").is_none(), "{seen}");

    // In the session of a call without a web socket, and in none of its own.
    let plain = sandbox.agentcore(&["invoke", "{}", "-o", "json"]).run().code(0).data();
    assert_eq!(plain["sessionId"], headers["sessionId"]);
}

#[test]
fn one_way_of_authentication_reaches_every_surface() {
    let Some(sandbox) = deployed(&["HTTP", "MCP", "A2A", "AGUI"]) else { return };
    let pool = sandbox.agentcore(&["identity", "setup-cognito", "--pool-name", "p", "-o", "json"]).run().code(0).data();
    let (discovery, client) = (pool["discoveryUrl"].as_str().unwrap(), pool["clientId"].as_str().unwrap());
    let token = sandbox.agentcore(&["identity", "token"]).run().code(0).stdout_text().trim().to_owned();
    let surfaces: [&[&str]; 6] = [
        &["-a", "http", "hello"],
        &["-a", "http", "--ws", "hello", "--ws-idle", "1"],
        &["-a", "mcp", "--tool", "add", r#"{"a": 1, "b": 2}"#],
        &["-a", "a2a", "hello"],
        &["-a", "a2a", "--card"],
        &["-a", "agui", "hello"],
    ];
    let with = |args: &[&str], token: &str| {
        sandbox.agentcore(&["invoke"]).args(args).args(&["--bearer-token-file", "-"]).stdin(token)
    };
    for args in surfaces {
        sandbox.agentcore(&["invoke"]).args(args).run().code(0);
        with(args, &token).run().code(3).says("takes AWS credentials");
        sandbox.agentcore(&["invoke"]).args(args).args(&["--endpoint", "nope"]).run().code(5);
    }
    for agent in ["http", "mcp", "a2a", "agui"] {
        let authorizer = ["--discovery-url", discovery, "--allowed-client", client];
        sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", agent]).args(&authorizer).run().code(0);
        sandbox.agentcore(&["launch", "-a", agent]).run().code(0);
    }
    let forged = format!("{}AAAA", &token[..token.len() - 4]);
    for args in surfaces {
        with(args, &token).run().code(0);
        // Another client than the one that may call, and no token at all.
        with(args, &forged).run().code(3).says("signature");
        sandbox.agentcore(&["invoke"]).args(args).run().code(3).says("bearer token");
    }

    // The token is judged before the call by its life alone.
    with(surfaces[0], &token).args(&["--timeout", "86400"]).run().code(0).says("expires in");
    let quiet = with(surfaces[0], &token).run().code(0);
    assert!(!quiet.stderr_text().contains("expires in"), "{quiet}");
    with(surfaces[0], &token).args(&["-u", "somebody"]).run().code(0).says("--user-id");
}

#[test]
fn an_arn_is_all_that_a_call_needs() {
    let Some(sandbox) = deployed(&["HTTP", "A2A"]) else { return };
    let (http, a2a) = (arn(&sandbox, "http"), arn(&sandbox, "a2a"));
    let empty = sandbox.path("empty");
    std::fs::create_dir(&empty).unwrap();
    let invoke = |args: &[&str]| {
        let away = sandbox.agentcore(&["invoke"]).args(args).dir(&empty);
        // The region is the ARN's, whatever the environment says.
        away.var("AWS_REGION", "eu-central-1").var("AWS_DEFAULT_REGION", "eu-central-1")
    };
    let answer = invoke(&["hello", "--arn", &http, "-o", "json"]).run().code(0).data();
    assert_eq!(answer["response"]["payload"]["prompt"], "hello");
    // Words have to be put into the form of the protocol, so the live runtime is asked for it.
    assert_eq!(invoke(&["hello", "--arn", &a2a]).run().code(0).stdout_text(), "You said: hello\n");
    assert_eq!(invoke(&["hello", "--arn", &a2a, "--protocol", "a2a"]).run().code(0).stdout_text(), "You said: hello\n");
    let endpoint = format!("{http}/runtime-endpoint/DEFAULT");
    invoke(&["hello", "--arn", &endpoint]).run().code(0);
    invoke(&["hello", "--arn", &endpoint, "--endpoint", "prod"]).run().code(2).says("`DEFAULT`");
    invoke(&["{}", "--arn", &format!("{http}/runtime-endpoint/prod")]).run().code(5).says("`prod`");
    assert!(std::fs::read_dir(&empty).unwrap().next().is_none(), "nothing is written there");
}

/// The service charges for every call, and agents act on every prompt: nothing is sent twice, and nobody's name is sent
/// that the caller did not give.
#[test]
fn call_is_one_request_without_an_invented_user() {
    let Some(sandbox) = deployed(&["HTTP", "MCP", "A2A"]) else { return };
    let upstream = url(&sandbox);
    let (http, a2a) = (arn(&sandbox, "http"), arn(&sandbox, "a2a"));
    let requests = |args: &[&str], code: i32, token: &str| {
        let invocation = sandbox.agentcore(&["invoke"]).args(args).var("AGENTCORE_BEARER_TOKEN", token);
        let watched = watch(&upstream, invocation, None);
        watched.run.code(code);
        for seen in &watched.seen {
            let head = seen.head.to_lowercase();
            assert!(!head.contains("runtime-user-id") && !head.contains("bearer "), "{args:?}: {head}");
        }
        watched.seen.into_iter().map(|seen| seen.label).collect::<Vec<_>>()
    };
    let once = ["POST invocation"];
    assert_eq!(requests(&["-a", "http", "{}"], 0, ""), once);
    let failed = ["POST invocation", "FilterLogEvents"];
    assert_eq!(requests(&["-a", "http", "crash"], 8, ""), failed, "a prompt that failed is not repeated");
    assert_eq!(requests(&["-a", "a2a", "hello"], 0, ""), once);
    assert_eq!(requests(&["-a", "a2a", "hello", "--stream"], 0, ""), once);
    assert_eq!(requests(&["-a", "a2a", "--card"], 0, ""), ["GET agent-card.json"]);
    assert_eq!(requests(&["{}", "--arn", &http], 0, ""), once);
    assert_eq!(requests(&["hello", "--arn", &a2a, "--protocol", "A2A"], 0, ""), once);
    // The handshake's two, and the one that was asked for.
    let three = ["POST invocation"; 3];
    assert_eq!(requests(&["-a", "mcp", "--tool", "add", r#"{"a": 1, "b": 2}"#], 0, ""), three);
    let failed: Vec<&str> = three.into_iter().chain(["FilterLogEvents"]).collect();
    assert_eq!(requests(&["-a", "mcp", "--tool", "crash"], 8, ""), failed);
    // A token that lies around is not sent to an agent that takes signatures, and no other way is tried.
    assert_eq!(requests(&["-a", "http", "{}"], 0, "left.over.token"), ["GET runtime", "POST invocation"]);
}

/// A connection that breaks before the answer: the agent may have acted on the prompt, so it is not sent again.
#[test]
fn call_with_a_lost_answer_is_not_repeated() {
    use crate::support::{Fault, Trouble, When};
    let Some(sandbox) = deployed(&["A2A"]) else { return };
    let upstream = url(&sandbox);
    for when in [When::BeforeForwarding, When::BeforeReply] {
        let fault = Fault { trouble: Trouble::Drop, when, label: "POST invocation".to_owned(), nth: 1 };
        let watched = watch(&upstream, sandbox.agentcore(&["invoke", "hello"]), Some(&fault));
        watched.run.code(1).says("the call of");
        assert!(watched.struck);
        assert_eq!(watched.seen.len(), 1, "{:?}", watched.seen);
    }
}
