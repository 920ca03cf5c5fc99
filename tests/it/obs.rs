//! `agentcore obs`: spans and log records that another client wrote into the sandbox's log groups, in the form in which X-Ray
//! and agents write them, as people and scripts see them.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::support::{Account, Recorder, Sandbox, World, lacked, python};

const RUNTIME: &str = "desk-0123456789";
/// In the account's group, and the one that ended last, in the agent's own.
const SESSION: &str = "9b2f0c1e-5d3a-4c7b-8e6f-0a1b2c3d4e5f";
const NEWEST: &str = "0c8f1de2-7a64-4e19-b0c5-5d2a9e3f4b61";
const FAILED: &str = "690156557a198c640accf1ab0fae04dd";
const GOOD: &str = "6901565611111111111111111111aaaa";
const UNIFIED: &str = "6901565722222222222222222222bbbb";
const FOREIGN: &str = "6901565833333333333333333333cccc";
const OWN_GROUP: &str = "/aws/bedrock-agentcore/runtimes/desk-0123456789-DEFAULT";

fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// A span of the desk's that began so many milliseconds after the first one and took `length`.
fn span(
    trace: &str,
    id: &str,
    parent: Option<&str>,
    (name, status): (&str, &str),
    (start, length): (u64, u64),
) -> Value {
    let start = (now() - 60_000 + start) * 1_000_000;
    let length = length * 1_000_000;
    json!({
        "resource": { "attributes": {
            "aws.service.type": "gen_ai_agent",
            "cloud.resource_id": format!("arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/{RUNTIME}/runtime-endpoint/DEFAULT:DEFAULT"),
            "service.name": "desk.DEFAULT",
        } },
        "traceId": trace,
        "spanId": id,
        "parentSpanId": parent,
        "name": name,
        "kind": "SERVER",
        "startTimeUnixNano": start,
        "endTimeUnixNano": start + length,
        "durationNano": length,
        "attributes": { "session.id": SESSION },
        "status": { "code": status, "message": if status == "ERROR" { "the shelf is empty" } else { "" } },
    })
}

fn record(trace: &str, span: &str, role: &str, text: &str) -> Value {
    json!({
        "traceId": trace,
        "spanId": span,
        "scope": { "name": "somebody.elses.tracer" },
        "attributes": { "event.name": format!("gen_ai.{role}.message"), "session.id": SESSION },
        "body": { "content": [{ "text": text }] },
    })
}

fn put(account: &Account, group: &str, stream: &str, events: &[Value]) {
    let place = json!({ "logGroupName": group, "logStreamName": stream });
    account.logs("CreateLogStream", &place);
    let text = |event: &Value| event.as_str().map_or_else(|| event.to_string(), str::to_owned);
    let events: Vec<Value> = events.iter().map(|event| json!({ "timestamp": now(), "message": text(event) })).collect();
    let mut input = place;
    input["logEvents"] = events.into();
    account.logs("PutLogEvents", &input);
}

fn configure(sandbox: &Sandbox) {
    sandbox.write(
        ".bedrock_agentcore.yaml",
        &format!(
            "default_agent: desk\nagents:\n  desk:\n    name: desk\n    entrypoint: agent.py\n    aws:\n      region: us-west-2\n    \
             bedrock_agentcore:\n      agent_id: {RUNTIME}\n      \
             agent_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/{RUNTIME}\n"
        ),
    );
}

/// A desk with three traces of two sessions, and what somebody else left in the same group under the same session.
fn desk() -> (Sandbox, Account) {
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    let account = Account::of(&sandbox);
    configure(&sandbox);
    for group in ["aws/spans", OWN_GROUP] {
        account.logs("CreateLogGroup", &json!({ "logGroupName": group }));
    }
    let mut foreign = span(FOREIGN, "f000000000000001", None, ("POST /invocations", "OK"), (0, 10));
    let elsewhere = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/other-9876543210/x:x";
    foreign["resource"]["attributes"]["cloud.resource_id"] = elsewhere.into();
    put(
        &account,
        "aws/spans",
        "default",
        &[
            // The child comes first, as it does from a collector.
            span(FAILED, "a000000000000003", Some("a000000000000002"), ("execute_tool look", "ERROR"), (30, 12)),
            span(FAILED, "a000000000000001", None, ("POST /invocations", "OK"), (0, 2500)),
            span(FAILED, "a000000000000002", Some("a000000000000001"), ("invoke_agent desk", "UNSET"), (20, 400)),
            span(FAILED, "a000000000000004", Some("a000000000000001"), ("chat model", "OK"), (500, 100)),
            span(GOOD, "b000000000000001", None, ("POST /invocations", "OK"), (10_000, 1000)),
            foreign,
            "a line that is no span".into(),
        ],
    );
    let mut unified = span(UNIFIED, "c000000000000001", None, ("POST /invocations", "OK"), (20_000, 500));
    unified["attributes"]["session.id"] = NEWEST.into();
    put(&account, OWN_GROUP, "spans", &[unified]);
    put(
        &account,
        OWN_GROUP,
        "otel-rt-logs",
        &[
            record(FAILED, "a000000000000002", "user", "What is on\nthe shelf?"),
            record(FAILED, "a000000000000002", "assistant", &format!("I cannot say. {}", "Sorry. ".repeat(60))),
            record(GOOD, "b000000000000001", "user", "Hello"),
            record(GOOD, "b000000000000001", "assistant", "안녕하세요"),
        ],
    );
    (sandbox, account)
}

fn data(sandbox: &Sandbox, args: &[&str]) -> Value {
    sandbox.agentcore(&["obs"]).args(args).args(&["-o", "json"]).run().code(0).data()
}

fn ids(data: &Value) -> Vec<&str> {
    data["traces"].as_array().unwrap().iter().map(|trace| trace["traceId"].as_str().unwrap()).collect()
}

#[test]
fn traces_of_both_log_groups_are_listed() {
    let (sandbox, _) = desk();
    let text = sandbox.agentcore(&["obs", "list", "-s", SESSION]).run().code(0).stdout_text();
    let row =
        |id: &str| text.lines().find(|line| line.contains(id)).unwrap_or_else(|| panic!("{id} is not in:\n{text}"));
    for part in ["1 ", "1.0s", "✓ OK, 1 span ", "Hello", "안녕하세요", "s ago"] {
        assert!(row(GOOD).contains(part), "{part}: {text}");
    }
    for part in ["2 ", "2.5s", "❌ 1 err, 4 spans", "What is on the shelf?", "I cannot say. Sorry."] {
        assert!(row(FAILED).contains(part), "{part}: {text}");
    }
    assert!(text.contains("\n✓ Found 2 traces\n") && !text.contains(FOREIGN), "{text}");

    let found = data(&sandbox, &["list", "-s", SESSION]);
    assert_eq!(ids(&found), [GOOD, FAILED], "the newest first");
    let failed = &found["traces"][1];
    assert_eq!(
        (&failed["durationMs"], &failed["status"], &failed["errorCount"]),
        (&json!(2500.0), &json!("ERROR"), &json!(1))
    );
    assert_eq!(
        (&found["agentId"], &found["sessionId"], &found["more"]),
        (&json!(RUNTIME), &json!(SESSION), &json!(false))
    );
    assert_eq!(ids(&data(&sandbox, &["list", "-s", SESSION, "--errors"])), [FAILED]);
    let none = sandbox.agentcore(&["obs", "list", "-s", NEWEST, "--errors"]).run().code(0).stdout_text();
    assert!(none.ends_with("No failed traces found in session\n"), "{none}");

    // Without a session it is the newest, which only the agent's own group has; then the one that was used here last.
    let run =
        sandbox.agentcore(&["obs", "list"]).run().code(0).says(&format!("session {NEWEST}, the newest with spans"));
    assert!(run.stdout_text().contains(UNIFIED), "{run}");
    assert_eq!(ids(&data(&sandbox, &["list", "--agent-id", RUNTIME, "-r", "us-west-2", "-d", "1"])), [UNIFIED]);
    sandbox.write(".bedrock_agentcore/desk/session-DEFAULT", SESSION);
    assert_eq!(ids(&data(&sandbox, &["list"])), [GOOD, FAILED]);
    sandbox.write(".bedrock_agentcore/desk/session-DEFAULT", "00000000-0000-4000-8000-000000000000");
    let arn = format!("arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/{RUNTIME}");
    assert_eq!(ids(&data(&sandbox, &["list", "--agent-id", &arn, "-s", NEWEST])), [UNIFIED]);
}

#[test]
fn a_trace_is_shown_as_a_tree() {
    let (sandbox, _) = desk();
    let show = |args: &[&str]| sandbox.agentcore(&["obs", "show"]).args(args).run().code(0).stdout_text();
    let text = show(&["-s", SESSION, "--last", "2"]);
    for line in [
        format!(" Trace ID: {FAILED}"),
        format!(" Session ID: {SESSION}"),
        " Duration: 2500.00ms".to_owned(),
        " Status: ERROR (1 of 4 spans)".to_owned(),
        "✓ Showing trace 2 of 2".to_owned(),
        "Texts are cut at 250 characters: `-v` shows all of them.".to_owned(),
    ] {
        assert!(text.lines().any(|one| one == line), "`{line}` is not in:\n{text}");
    }
    let tree = "✓ POST /invocations [2500.00ms] (OK)\n\
                ├─ ◦ invoke_agent desk [400.00ms]\n\
                │     User: What is on the shelf?\n\
                │     Assistant: I cannot say.";
    assert!(text.contains(tree), "{text}");
    let tree = "│  └─ ❌ execute_tool look [12.00ms] (ERROR)\n\
                │        the shelf is empty\n\
                └─ ✓ chat model [100.00ms] (OK)\n";
    assert!(text.contains(tree), "{text}");
    let text = show(&["-s", SESSION, "-n", "9", "-v"]);
    assert!(text.starts_with("Only 2 traces found, showing the oldest\n"), "{text}");
    assert!(text.contains(&"Sorry. ".repeat(50)) && text.contains("User: What is on\n│       the shelf?\n"), "{text}");

    // One by its id, also as X-Ray writes it; the file has what `-o json` has.
    let by_xray = format!("1-{}-{}", &FAILED[..8], &FAILED[8..]);
    let one = data(&sandbox, &["show", "-t", &by_xray]);
    assert_eq!(ids(&one), [FAILED]);
    assert!(show(&["-t", FAILED, "-o", "trace.json"]).contains("✓ Visualized 4 spans\n"));
    let mut written: Value = serde_json::from_str(&sandbox.read("trace.json")).unwrap();
    let spans = written["traces"][0]["spans"].as_array().unwrap().clone();
    let order: Vec<(u64, &str)> =
        spans.iter().map(|span| (span["depth"].as_u64().unwrap(), span["name"].as_str().unwrap())).collect();
    assert_eq!(
        order,
        [(0, "POST /invocations"), (1, "invoke_agent desk"), (2, "execute_tool look"), (1, "chat model")]
    );
    assert_eq!(spans[1]["messages"][0], json!({ "role": "user", "text": "What is on\nthe shelf?" }));
    assert_eq!(
        (&spans[2]["statusMessage"], &spans[2]["service"]),
        (&json!("the shelf is empty"), &json!("desk.DEFAULT"))
    );
    assert_eq!(written["traces"].take(), one["traces"]);

    assert_eq!(ids(&data(&sandbox, &["show", "-s", SESSION, "--all"])), [GOOD, FAILED]);
    assert_eq!(ids(&data(&sandbox, &["show", "-s", SESSION, "--errors"])), [FAILED]);
    assert!(show(&["-s", SESSION, "--all"]).contains("✓ Found 2 traces with 5 total spans\n"));
    assert_eq!(ids(&data(&sandbox, &["show"])), [UNIFIED]);
    for conflict in [
        &["-t", FAILED, "-s", SESSION][..],
        &["-t", FAILED, "--all"],
        &["-t", FAILED, "-n", "2"],
        &["--all", "-n", "2"],
    ] {
        sandbox.agentcore(&["obs", "show"]).args(conflict).run().code(2);
    }
}

#[test]
fn ids_never_become_part_of_a_query() {
    let recorder = Recorder::start();
    let mut world = World::new().with_credentials();
    world.set("AWS_ENDPOINT_URL", recorder.url());
    let quote = "x' or ispresent(spanId) or traceId = '";
    for args in [
        &["list", "--agent-id", RUNTIME, "-s", quote][..],
        &["show", "--agent-id", RUNTIME, "-s", quote],
        &["show", "--agent-id", RUNTIME, "-t", quote],
        &["list", "--agent-id", quote, "-s", "s"],
        &["list", "--agent-id", "desk-0123456789' | limit 1", "-s", "s"],
        &["list", "--agent-id", RUNTIME, "-s", ""],
        &["list", "--agent-id", RUNTIME, "-d", "0"],
    ] {
        world.agentcore(&["obs"]).args(args).args(&["-r", "us-west-2"]).run().code(2);
    }
    world.agentcore(&["obs", "list"]).run().code(2).says("agentcore configure");
    assert_eq!(recorder.seen(), Vec::<String>::new());
}

#[test]
fn a_trace_of_another_agent_is_not_shown() {
    let (sandbox, _) = desk();
    let run = sandbox.agentcore(&["obs", "show", "-t", FOREIGN]).run().code(5);
    run.says("belongs to another agent")
        .says(&format!("agentcore obs show --agent-id other-9876543210 --trace-id {FOREIGN}"));
    let shown = data(&sandbox, &["show", "--agent-id", "other-9876543210", "-t", FOREIGN]);
    assert_eq!(ids(&shown), [FOREIGN]);
}

#[test]
fn nothing_found_names_what_is_off() {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return;
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    let account = Account::of(&sandbox);
    let code = |args: &[&str]| {
        let answer = sandbox.agentcore(&["obs"]).args(args).args(&["-o", "json"]).run().code(5).json();
        answer["error"]["code"].as_str().unwrap().to_owned()
    };
    sandbox.write("agent.py", include_str!("scripts/agent.py")).write("requirements.txt", "");
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "desk"]).run().code(0);
    assert_eq!(code(&["list"]), "agent.not-deployed");
    // It cannot be instrumented on a machine without the packages, and need not be: it is never called before this is over.
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "desk", "-do"]).run().code(0);
    let launched = sandbox.agentcore(&["launch", "-o", "json"]).run().code(0).data();
    let id = launched["agent_arn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let group = format!("/aws/bedrock-agentcore/runtimes/{id}-DEFAULT");

    // A sandbox has spans at once, so Transaction Search is no reason there.
    assert_eq!(code(&["show", "-t", GOOD]), "traces.no-telemetry");
    let run = sandbox.agentcore(&["obs", "list"]).run().code(5);
    assert!(!run.stderr_text().contains("not switched on in us-west-2"), "{run}");
    // Behind another data plane there is no sandbox.
    let elsewhere = |args: &[&str]| {
        let run = sandbox.agentcore(&["obs"]).args(args);
        run.var("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", "http://127.0.0.1:9").run().code(5)
    };
    elsewhere(&["list"])
        .says(&format!("no session of `{id}` has spans in the last 7 days"))
        .says("Transaction Search is not switched on in us-west-2")
        .says("agentcore observability enable --account-wide")
        .says("--days 28");
    assert_eq!(elsewhere(&["show", "-t", GOOD, "-o", "json"]).json()["error"]["code"], "traces.search-off");

    let allowed = json!({
        "Effect": "Allow", "Principal": { "Service": "xray.amazonaws.com" }, "Action": "logs:PutLogEvents", "Resource": "*",
    });
    let policy = json!({ "Statement": [allowed] }).to_string();
    account.logs("PutResourcePolicy", &json!({ "policyName": "TransactionSearch", "policyDocument": policy }));
    account.xray("UpdateTraceSegmentDestination", &json!({ "Destination": "CloudWatchLogs" }));
    // The launch tried whether the agent starts, and that left a line there.
    account.logs("DeleteLogGroup", &json!({ "logGroupName": group }));
    assert_eq!(code(&["list", "-s", SESSION]), "traces.no-logs");

    sandbox.agentcore(&["invoke", r#"{"prompt": "hello"}"#]).run().code(0);
    let run = sandbox.agentcore(&["obs", "list", "-s", SESSION]).run().code(5);
    run.says("`aws.observability.enabled` of the configuration is false");
    assert_eq!(code(&["show"]), "traces.no-telemetry");

    put(&account, &group, "otel-rt-logs", &["{}".into()]);
    assert_eq!(code(&["list", "-s", SESSION]), "traces.none");
    let mut other = span(GOOD, "b000000000000001", None, ("POST /invocations", "OK"), (0, 10));
    other["resource"]["attributes"]["cloud.resource_id"] = format!("x:runtime/{id}/x").into();
    account.logs("CreateLogGroup", &json!({ "logGroupName": "aws/spans" }));
    put(&account, "aws/spans", "default", &[other]);
    let run = sandbox.agentcore(&["obs", "list", "-s", NEWEST]).run().code(5);
    run.says(&format!("the newest session with spans: `agentcore obs list --session-id {SESSION}`"));
    // The advised command looks as far back as this one did.
    let run = sandbox.agentcore(&["obs", "list", "-s", NEWEST, "-d", "3650"]).run().code(5);
    run.says(&format!("`agentcore obs list --session-id {SESSION} --days 3650`"));
    sandbox
        .agentcore(&["obs", "list", "--agent-id", "none-0123456789", "-r", "us-west-2"])
        .run()
        .code(5)
        .says("no agent runtime");
}
