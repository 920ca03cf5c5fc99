//! Faults on the way of what is read or run at an agent: logs that are followed lose no line and double none, and a command says
//! what is known of it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use crate::convergence::{Scene, in_parallel};
use crate::support::{Account, Between, Fault, Sandbox, Trouble, When, World};

const RUNTIME: &str = "desk-0123456789";
/// Nobody waits for more of them.
const MOST_LINES: usize = 50_000;

fn put(account: &Account, group: &str, messages: &[String]) {
    let now = i64::try_from(time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap();
    let events: Vec<Value> = messages.iter().map(|message| json!({ "timestamp": now, "message": message })).collect();
    let place = json!({ "logGroupName": group, "logStreamName": "agent", "logEvents": events });
    account.logs("PutLogEvents", &place);
}

#[test]
fn disturbed_followers_lose_and_double_nothing() {
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    let account = Account::of(&sandbox);
    let troubles = [
        // More than the client repeats by itself.
        (Trouble::ThrottledRun(4), When::BeforeForwarding),
        (Trouble::Internal, When::BeforeForwarding),
        (Trouble::Drop, When::BeforeReply),
        (Trouble::CutReply, When::BeforeReply),
    ];
    in_parallel(troubles.to_vec(), |at, (trouble, when)| {
        let endpoint = format!("e{at}");
        let group = format!("/aws/bedrock-agentcore/runtimes/{RUNTIME}-{endpoint}");
        account.logs("CreateLogGroup", &json!({ "logGroupName": group }));
        account.logs("CreateLogStream", &json!({ "logGroupName": group, "logStreamName": "agent" }));
        let fault = Fault { trouble, when, label: "FilterLogEvents".to_owned(), nth: 3 };
        let between = Between::start(account.url(), &fault);
        let args = ["logs", "-f", "--ndjson", "--agent-id", RUNTIME, "--endpoint", &endpoint, "--region", "us-west-2"];
        let follower = sandbox.agentcore(&args).arg("--timeout").arg("240").var("AWS_ENDPOINT_URL", between.url());
        let mut child = follower.spawn();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // While it is refused, and for a while after that.
        let (mut sent, mut after) = (0, 0);
        while after < 20 && sent < MOST_LINES {
            put(&account, &group, &[format!("line {sent}"), format!("line {}", sent + 1)]);
            sent += 2;
            after += usize::from(between.struck());
        }
        put(&account, &group, &["the end".to_owned()]);
        let messages = lines.map(|line| {
            let line: Value = serde_json::from_str(&line.expect("it follows on")).unwrap();
            line["message"].as_str().unwrap().to_owned()
        });
        let seen: Vec<String> = messages.take_while(|message| message != "the end").collect();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(between.struck(), "{fault} was not met among {sent} lines");
        let different: BTreeSet<&String> = seen.iter().collect();
        let wanted: BTreeSet<String> = (0..sent).map(|number| format!("line {number}")).collect();
        assert_eq!(different.len(), seen.len(), "{fault}: some lines came twice");
        let missing: Vec<&String> = wanted.iter().filter(|line| !different.contains(line)).collect();
        assert!(
            missing.is_empty() && different.len() == wanted.len(),
            "{fault}: of {sent} lines {missing:?} are missing"
        );
    });
}

#[test]
fn disturbed_commands_say_what_is_known() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("desk", &[]);
    world.agentcore(&["launch"]).run().code(0);
    let exec = |trouble, when, command: &str| {
        let fault = Fault { trouble, when, label: "POST commands".to_owned(), nth: 1 };
        let watched = scene.watch(&world, &["exec", "-o", "json", command], Some(&fault));
        assert!(watched.struck, "{}", watched.run);
        watched.run
    };
    let error = |run: &crate::support::Run| run.json()["error"].clone();
    // Its beginning arrives, and not its end.
    let cut = exec(Trouble::CutReply, When::BeforeReply, "echo out; exit 7").code(1);
    assert_eq!(error(&cut)["code"], "network", "{cut}");
    assert!(error(&cut)["message"].as_str().unwrap().contains("exit status is not known"), "{cut}");
    assert!(error(&cut)["hints"].to_string().contains("may still be running"), "{cut}");
    let lost = exec(Trouble::Drop, When::BeforeReply, "echo out").code(1);
    assert!(error(&lost)["hints"].as_array().is_some_and(|hints| !hints.is_empty()), "{lost}");
    let failed = exec(Trouble::AgentFailed, When::BeforeForwarding, "echo out").code(8);
    assert!(error(&failed)["hints"].to_string().contains("agentcore logs"), "{failed}");
    let throttled = exec(Trouble::Throttled, When::BeforeForwarding, "echo out").code(1);
    assert!(error(&throttled)["hints"].to_string().contains("again in a moment"), "{throttled}");
    // It never ran, so that none of it ran twice.
    let denied = exec(Trouble::Denied, When::BeforeForwarding, "echo out > note").code(4);
    assert!(error(&denied)["hints"].to_string().contains("POST"), "{denied}");
    assert_eq!(world.agentcore(&["exec", "[ -f note ]"]).run().code, Some(1));
}
