//! `agentcore memory`: against the sandbox as a person and a script see it, with what another client wrote into the memory.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::scripts::piped;
use crate::support::{Account, Recorder, Run, Sandbox, World, watch};

const STRATEGIES: &str =
    r#"[{"semanticMemoryStrategy": {"name": "Facts", "namespaceTemplates": ["/users/{actorId}/facts/"]}}]"#;

fn sandbox() -> (Sandbox, Account) {
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    let account = Account::of(&sandbox);
    (sandbox, account)
}

/// A new memory's id, cut out as public scripts do it.
fn create(sandbox: &Sandbox, args: &[&str]) -> String {
    let run = sandbox.agentcore(&["memory", "create"]).args(args).run().code(0);
    piped(&run.stdout_text(), r"grep -oP 'Memory ID: \K[^\s]+'")
}

/// Writes an event as an agent does, each a second after the one before.
fn say(account: &Account, memory: &str, (actor, session): (&str, &str), said: &str) -> String {
    static CLOCK: AtomicU64 = AtomicU64::new(1_790_000_000);
    let event = json!({
        "actorId": actor,
        "sessionId": session,
        "eventTimestamp": CLOCK.fetch_add(1, Ordering::Relaxed),
        "payload": [{ "conversational": { "role": "USER", "content": { "text": said } } }],
    });
    let made = account.control_with("POST", &format!("/memories/{memory}/events"), &event.to_string());
    made["event"]["eventId"].as_str().unwrap().to_owned()
}

fn data(sandbox: &Sandbox, args: &[&str]) -> Value {
    sandbox.agentcore(&["memory"]).args(args).args(&["-o", "json"]).run().code(0).data()
}

#[test]
fn memories_are_made_shown_and_deleted() {
    let (sandbox, _) = sandbox();
    let none = sandbox.agentcore(&["memory", "list"]).run().code(0).stdout_text();
    assert_eq!(none, "No memories found.\n");
    let run = sandbox.agentcore(&["memory", "create", "notes", "-d", "of a desk", "-e", "30", "-s", STRATEGIES]).run();
    let text = run.code(0).stdout_text();
    let id = piped(&text, r"sed -n 's/.*Memory ID: \([^ ]*\).*/\1/p'");
    assert_eq!(id, piped(&text, r"grep -oP 'Memory ID: \K[^\s]+'"));
    assert!(id.starts_with("notes-") && id.len() == 16, "{text}");
    for line in ["✓ Memory created successfully!", " Status: ACTIVE", " Region: us-west-2"] {
        assert!(text.lines().any(|one| one == line), "`{line}` is not in:\n{text}");
    }

    let text = sandbox.agentcore(&["memory", "get", &id]).run().code(0).stdout_text();
    for line in [
        "Memory Details:".to_owned(),
        format!(" ID: {id}"),
        " Name: notes".to_owned(),
        " Status: ACTIVE".to_owned(),
        " Description: of a desk".to_owned(),
        " Event Expiry: 30 days".to_owned(),
        "Strategies (1):".to_owned(),
        "  • Facts (SEMANTIC) ACTIVE /users/{actorId}/facts/".to_owned(),
    ] {
        assert!(text.lines().any(|one| one == line), "`{line}` is not in:\n{text}");
    }
    assert_eq!(piped(&text, r#"grep -q "ACTIVE\|CREATING\|DELETING" && echo yes"#), "yes");
    let found = data(&sandbox, &["get", "--memory-id", &id]);
    assert_eq!((&found["memory"]["eventExpiryDuration"], &found["region"]), (&json!(30), &json!("us-west-2")));
    assert!(found["memory"]["createdAt"].as_str().unwrap().ends_with('Z'), "{found}");
    let text = sandbox.agentcore(&["memory", "status", "-m", &id]).run().code(0).stdout_text();
    assert_eq!(text, format!(" Memory Status: ACTIVE\n Memory ID: {id}\n"));

    let text = sandbox.agentcore(&["memory", "list"]).run().code(0).stdout_text();
    assert!(text.contains("✓ Found 1 memories\n"), "{text}");
    assert_eq!(piped(&text, "grep notes | awk '{print $2, $3, $4}'"), format!("{id} notes ACTIVE"));
    assert_eq!(data(&sandbox, &["list"])["memories"][0]["name"], "notes");

    // A script deletes without a flag, and nobody is asked.
    let text = sandbox.agentcore(&["memory", "delete", &id, "--wait"]).run().code(0).stdout_text();
    assert_eq!(text, format!("✓ Memory deleted successfully!\n Memory ID: {id}\n"));
    assert_eq!(data(&sandbox, &["list"])["memories"], json!([]));
    // The same words when it was not waited for: scripts look for them.
    let id = create(&sandbox, &["notes", "--no-wait"]);
    let text = sandbox.agentcore(&["memory", "delete", &id]).run().code(0).stdout_text();
    assert_eq!(text, format!("✓ Memory deleted successfully!\n Memory ID: {id}\n Status: DELETING\n"));
}

#[test]
fn a_repeated_creation_gives_the_same_memory() {
    let (sandbox, _) = sandbox();
    let id = create(&sandbox, &["notes", "-s", STRATEGIES]);
    let again = sandbox.agentcore(&["memory", "create", "notes", "-s", STRATEGIES]).run().code(0).stdout_text();
    assert!(again.contains("✓ Memory is there already") && again.contains(&format!(" Memory ID: {id}\n")), "{again}");
    let run = sandbox.agentcore(&["memory", "create", "notes", "-e", "30"]).run().code(1);
    run.says("with other settings").says("eventExpiryDuration is `90` there, and `30` was asked for").says(&id);
    let other = r#"[{"summaryMemoryStrategy": {"name": "Facts"}}]"#;
    let run = sandbox.agentcore(&["memory", "create", "notes", "-s", other]).run().code(1);
    run.says("strategies is `Facts (SEMANTIC)` there, and `Facts (SUMMARIZATION)` was asked for");
    assert_eq!(data(&sandbox, &["list"])["memories"].as_array().unwrap().len(), 1);
    // A name that begins like it is another name.
    assert_ne!(create(&sandbox, &["notes2", "--no-wait"]), id);
}

#[test]
fn a_list_never_ends_silently() {
    let (sandbox, _) = sandbox();
    for name in ["a", "b", "c"] {
        create(&sandbox, &[name, "--no-wait"]);
    }
    let text = sandbox.agentcore(&["memory", "list", "-n", "2"]).run().code(0).stdout_text();
    assert!(text.contains("✓ Found 2 memories\nThere are more: "), "{text}");
    assert_eq!(data(&sandbox, &["list", "-n", "2"])["more"], true);
    assert_eq!(data(&sandbox, &["list", "-n", "3"])["more"], false);
}

/// A configuration whose agent has this memory.
fn configure(sandbox: &Sandbox, memory: &str) {
    sandbox.write(
        ".bedrock_agentcore.yaml",
        &format!(
            "default_agent: desk\nagents:\n  desk:\n    name: desk\n    entrypoint: agent.py\n    aws:\n      region: us-west-2\n    \
             memory:\n      mode: STM_ONLY\n      memory_id: {memory}\n  other:\n    name: other\n    entrypoint: other.py\n"
        ),
    );
}

#[test]
fn a_named_memory_needs_no_default_agent() {
    let (sandbox, account) = sandbox();
    let agent = |name: &str| format!("  {name}:\n    name: {name}\n    entrypoint: agent.py\n");
    sandbox.write(".bedrock_agentcore.yaml", &format!("agents:\n{}{}", agent("one"), agent("two")));
    let id = create(&sandbox, &["notes"]);
    say(&account, &id, ("ann", "s1"), "hello");
    let found = data(&sandbox, &["get", &id]);
    let arn = found["memory"]["arn"].as_str().unwrap();
    for args in [
        &["list"][..],
        &["list", "-r", "us-west-2"],
        &["get", arn],
        &["status", &id, "-r", "us-west-2"],
        &["show", "-m", &id],
        &["show", "-m", arn],
        &["show", "events", "-m", &id],
        &["delete", arn],
    ] {
        sandbox.agentcore(&["memory"]).args(args).run().code(0);
    }
    // Whose memory it is has to be said where none is named.
    sandbox.agentcore(&["memory", "show"]).run().code(2).says("several agents and no default").says("--agent");
}

#[test]
fn flags_may_stand_before_events_and_records() {
    let (sandbox, account) = sandbox();
    let id = create(&sandbox, &["notes"]);
    let said = say(&account, &id, ("ann", "s1"), "hello");
    let shown = data(&sandbox, &["show", "-r", "us-west-2", "-m", &id, "events", "-a", "ann"]);
    assert_eq!(shown["events"][0]["eventId"], said.as_str());
    configure(&sandbox, &id);
    let shown = data(&sandbox, &["show", "-a", "desk", "-o", "events.json", "events"]);
    assert_eq!(serde_json::from_str::<Value>(&sandbox.read("events.json")).unwrap(), shown);
    sandbox.agentcore(&["memory", "show", "-a", "other", "records"]).run().code(5).says("no memory of `other`");
}

#[test]
fn memory_of_the_configuration_is_shown() {
    let (sandbox, account) = sandbox();
    let id = create(&sandbox, &["notes"]);
    say(&account, &id, ("ann", "s1"), "hello");
    configure(&sandbox, &id);
    let before = sandbox.read(".bedrock_agentcore.yaml");
    let text = sandbox.agentcore(&["memory", "show", "-v"]).run().code(0).stdout_text();
    assert!(text.contains(&format!(" ID: {id}\n")) && text.contains("Actors (1):\n  • ann\n"), "{text}");
    let shown = data(&sandbox, &["show", "-a", "desk", "-o", "memory file.json"]);
    assert_eq!((&shown["memoryId"], &shown["actors"]), (&json!(id), &Value::Null));
    let written: Value = serde_json::from_str(&sandbox.read("memory file.json")).unwrap();
    assert_eq!(written, shown);
    sandbox.agentcore(&["memory", "show", "-a", "other"]).run().code(5).says("no memory of `other` is on record");
    sandbox.agentcore(&["memory", "show", "-a", "nobody"]).run().code(5);
    assert_eq!(sandbox.read(".bedrock_agentcore.yaml"), before);
}

#[test]
fn events_are_shown_from_the_newest_on() {
    let (sandbox, account) = sandbox();
    let id = create(&sandbox, &["notes"]);
    let nothing = sandbox.agentcore(&["memory", "show", "events", "-m", &id]).run().code(0).stdout_text();
    assert_eq!(nothing, "No events found in memory\n");
    let first = say(&account, &id, ("ann", "s1"), "나는 차를 마셔");
    for number in 0..12 {
        say(&account, &id, ("bob", "b1"), &format!("line {number}"));
    }
    let last = say(&account, &id, ("ann", "s2"), "good\nnight");
    configure(&sandbox, &id);

    let text = sandbox.agentcore(&["memory", "show", "events"]).run().code(0).stdout_text();
    assert!(text.contains(&format!(" Event ID: {last}\n")) && text.contains(" Actor: ann\n Session: s2\n"), "{text}");
    assert!(text.ends_with("USER: good\nnight\n"), "{text}");
    let event = |args: &[&str]| data(&sandbox, &[&["show", "events"], args].concat())["events"][0].clone();
    assert_eq!(event(&["-l", "2"])["payload"][0]["conversational"]["content"]["text"], "line 11");
    assert_eq!(event(&["--last", "14"])["eventId"], first);
    assert_eq!(event(&["-a", "ann", "-l", "2"])["eventId"], first);
    assert_eq!(event(&["-a", "ann", "-s", "s1"])["payload"][0]["conversational"]["content"]["text"], "나는 차를 마셔");
    let text = sandbox.agentcore(&["memory", "show", "events", "-l", "99"]).run().code(0).stdout_text();
    assert!(text.starts_with("Only 14 events found, showing oldest\n") && text.contains(&first), "{text}");

    let text = sandbox.agentcore(&["memory", "show", "events", "--all"]).run().code(0).stdout_text();
    assert!(text.contains("There are older events: ") && text.contains("나는 차를 마셔"), "{text}");
    let all = data(&sandbox, &["show", "events", "--all", "--max-events", "12", "-o", "all.json"]);
    assert_eq!((all["events"].as_array().unwrap().len(), &all["more"]), (14, &json!(false)));
    assert_eq!(serde_json::from_str::<Value>(&sandbox.read("all.json")).unwrap(), all);

    let actors = data(&sandbox, &["show", "events", "--list-actors"]);
    assert_eq!(actors["actors"], json!([{ "actorId": "ann" }, { "actorId": "bob" }]));
    // What the toolkit takes together, and nothing contradicts.
    assert_eq!(data(&sandbox, &["show", "events", "--list-actors", "-a", "ann", "-l", "1"]), actors);
    assert_eq!(event(&["--max-events", "5"])["eventId"], last);
    assert_eq!(data(&sandbox, &["show", "events", "--all", "--last", "1"])["events"].as_array().unwrap().len(), 12);
    let text = sandbox.agentcore(&["memory", "show", "events", "--list-sessions", "-a", "ann"]).run().code(0);
    assert!(text.stdout_text().ends_with("\n2 sessions\n"), "{text}");
}

/// The requests of a command, as method and path.
fn requests(sandbox: &Sandbox, account: &Account, args: &[&str]) -> Vec<String> {
    let watched = watch(account.url(), sandbox.agentcore(args), None);
    assert_eq!(watched.run.code, Some(0), "{}", watched.run);
    watched.seen.into_iter().map(|seen| seen.label).collect()
}

#[test]
fn one_event_is_read_alone() {
    let (sandbox, account) = sandbox();
    let id = create(&sandbox, &["notes"]);
    for number in 0..150 {
        say(&account, &id, ("ann", "s1"), &format!("line {number}"));
    }
    let seen = requests(&sandbox, &account, &["memory", "show", "events", "-m", &id, "-a", "ann", "-s", "s1"]);
    assert_eq!(seen.len(), 1, "{seen:?}");
    // Actors, the actor's sessions, the session's newest events.
    let seen = requests(&sandbox, &account, &["memory", "show", "events", "-m", &id]);
    assert_eq!(seen.len(), 3, "{seen:?}");
}

#[test]
fn records_are_shown_by_namespace() {
    let (sandbox, account) = sandbox();
    let plain = create(&sandbox, &["plain"]);
    let text = sandbox.agentcore(&["memory", "show", "records", "-m", &plain]).run().code(0).stdout_text();
    assert_eq!(text, "No records found in memory\nIt has no strategies, which make records of events.\n");
    let id = create(&sandbox, &["notes", "-s", STRATEGIES]);
    let memory = data(&sandbox, &["get", &id]);
    let strategy = &memory["memory"]["strategies"][0]["strategyId"];
    let records: Vec<Value> =
        [("r1", "ann", "Ann drinks tea"), ("r2", "ann", "Ann lives in Seoul"), ("r3", "bob", "Bob rows")]
            .into_iter()
            .enumerate()
            .map(|(index, (request, actor, text))| {
                json!({
                    "requestIdentifier": request,
                    "namespaces": [format!("/users/{actor}/facts/")],
                    "content": { "text": text },
                    "timestamp": 1_790_000_000 + index,
                    "memoryStrategyId": strategy,
                })
            })
            .collect();
    let body = json!({ "records": records }).to_string();
    account.control_with("POST", &format!("/memories/{id}/memoryRecords/batchCreate"), &body);

    let shown = |args: &[&str]| data(&sandbox, &[&["show", "records", "-m", &id], args].concat());
    let texts = |shown: &Value| -> Vec<String> {
        let all = shown["records"].as_array().unwrap().iter();
        all.map(|record| record["content"]["text"].as_str().unwrap().to_owned()).collect()
    };
    let mut all = texts(&shown(&["--all"]));
    all.sort();
    assert_eq!(all, ["Ann drinks tea", "Ann lives in Seoul", "Bob rows"]);
    assert_eq!(shown(&["--all", "--max-results", "2"])["more"], true);
    assert_eq!(shown(&["-n", "/users/ann/facts/"])["records"].as_array().unwrap().len(), 2);
    assert_eq!(shown(&["-n", "/users/ann/facts/", "--last", "1"])["records"].as_array().unwrap().len(), 2);
    assert_eq!(shown(&["--all", "--last", "1"])["records"].as_array().unwrap().len(), 3);
    assert_eq!(shown(&["-n", "/users/"])["records"], json!([]), "a namespace is exact");
    assert_eq!(texts(&shown(&["-n", "/users/ann/facts/", "-q", "tea", "--max-results", "1"])), ["Ann drinks tea"]);
    assert_eq!(texts(&shown(&[])).len(), 1);
    let text = sandbox.agentcore(&["memory", "show", "records", "-m", &id, "--last", "9"]).run().code(0).stdout_text();
    assert!(
        text.starts_with("Only 3 records found, showing oldest\n") && text.contains(" Namespace: /users/"),
        "{text}"
    );
}

#[test]
fn a_missing_memory_is_told_apart() {
    let (sandbox, account) = sandbox();
    create(&sandbox, &["notes"]);
    for args in [
        &["get", "gone-0123456789"][..],
        &["status", "gone-0123456789"],
        &["delete", "gone-0123456789"],
        &["delete", "gone-0123456789", "--wait"],
        &["show", "-m", "gone-0123456789"],
        &["show", "events", "-m", "gone-0123456789"],
        &["show", "events", "--list-actors", "-m", "gone-0123456789"],
        &["show", "records", "-m", "gone-0123456789"],
        &["show", "records", "-m", "gone-0123456789", "-n", "/x/"],
    ] {
        sandbox.agentcore(&["memory"]).args(args).run().code(5).says("gone-0123456789");
    }
    let listed = account.control_with("POST", "/memories/", "{}");
    assert_eq!(listed["memories"].as_array().unwrap().len(), 1);
}

#[test]
fn wrong_input_reaches_no_service() {
    let mut world = World::new().with_credentials();
    let recorder = Recorder::start();
    world.set("AWS_ENDPOINT_URL", recorder.url());
    let error = |run: &Run| run.stderr_text().lines().filter(|line| line.starts_with("error: ")).count();
    for (args, says) in [
        (&["create"][..], "required arguments"),
        (&["create", "my-notes"], "`my-notes` cannot be the name of a memory"),
        (&["create", "1notes"], "cannot be the name"),
        (&["create", "n", "-e", "2"], "from 3 to 3650"),
        (&["create", "n", "-e", "x"], "invalid value 'x'"),
        (&["create", "n", "-s", "{"], "`--strategies`: this is no JSON"),
        (&["create", "n", "-s", r#"[{"semantic": {"name": "A"}}]"#], "strategy 1 has the member `semantic`"),
        (&["create", "n", "--max-wait", "soon"], "invalid value 'soon'"),
        (&["list", "-n", "0"], "from 1 to 1000000"),
        (&["get"], "required arguments"),
        (&["get", "notes"], "`notes` is not the id of a memory"),
        (&["get", "notes-0123456789", "-m", "notes-0123456789"], "cannot be used with"),
        (&["status", "no such id"], "is not the id of a memory"),
        (&["delete", "../x"], "is not the id of a memory"),
        (
            &["delete", "arn:aws:bedrock-agentcore:eu-west-1:123456789012:memory/a-0123456789", "-r", "us-west-2"],
            "--region says us-west-2",
        ),
        (&["show", "-m", "x"], "is not the id of a memory"),
        (&["show"], "configuration"),
        (&["show", "events", "-s", "s1"], "--actor-id"),
        (&["show", "events", "--list-sessions"], "--actor-id"),
        (&["show", "events", "--all", "--last", "2"], "cannot be used with"),
        (&["show", "events", "--list-actors", "--last", "2"], "cannot be used with `--list-actors`"),
        (&["show", "events", "--last", "0"], "from 1 to 1000000"),
        (&["show", "-m", "a-0123456789", "events", "-m", "b-0123456789"], "`--memory-id` is given twice"),
        (&["show", "records", "-q", "tea"], "--namespace"),
        (&["show", "records", "--all", "-n", "/x/"], "cannot be used with"),
        (&["show", "records", "-n", "/x/", "--last", "2"], "cannot be used with `--namespace`"),
        (&["get", "arn:aws:s3:us-west-2:123456789012:memory/a-0123456789"], "is not the id of a memory"),
        (
            &["get", "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789"],
            "is not the id of a memory",
        ),
        (
            &["show", "records", "-m", "a-0123456789", "-n", "/x/", "-q", "t", "--max-results", "101"],
            "more than a search can find",
        ),
    ] {
        let run = world.agentcore(&["memory"]).args(args).run().code(2).says(says);
        assert_eq!((error(&run), run.stdout_text()), (1, String::new()), "{run}");
    }
    assert!(recorder.seen().is_empty(), "{:?}", recorder.seen());
    assert!(world.tree().is_empty());
}

#[test]
fn memories_need_credentials() {
    let world = World::new();
    for args in [
        &["create", "notes"][..],
        &["list"],
        &["get", "notes-0123456789"],
        &["status", "notes-0123456789"],
        &["delete", "notes-0123456789"],
        &["show", "-m", "notes-0123456789"],
        &["show", "events", "-m", "notes-0123456789"],
        &["show", "records", "-m", "notes-0123456789"],
    ] {
        world
            .agentcore(&["memory"])
            .args(args)
            .args(&["-r", "us-west-2"])
            .run()
            .code(4)
            .says("no usable AWS credentials");
    }
}

#[test]
fn changes_stay_in_the_configured_account() {
    let (sandbox, account) = sandbox();
    let id = create(&sandbox, &["notes"]);
    sandbox.write(
        ".bedrock_agentcore.yaml",
        "agents:\n  desk:\n    name: desk\n    entrypoint: agent.py\n    aws:\n      account: '999999999999'\n      region: us-west-2\n",
    );
    for args in [&["create", "more"][..], &["delete", &id]] {
        sandbox.agentcore(&["memory"]).args(args).run().code(2).says("belongs to account 999999999999");
    }
    assert_eq!(account.control_with("POST", "/memories/", "{}")["memories"].as_array().unwrap().len(), 1);
    // What is only read is found wherever it is.
    sandbox.agentcore(&["memory", "get", &id]).run().code(0);
}
