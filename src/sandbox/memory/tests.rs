//! Requests over the wire, signed by the user.

use serde_json::{Value, json};

use super::{MemoryContext, control, records};
use crate::sandbox::caller::{Caller, RoleSession};
use crate::sandbox::tests::TestSandbox;

async fn call(served: &TestSandbox, target: (&str, &str), input: &Value) -> (u16, Value) {
    let body = if input.is_null() { String::new() } else { input.to_string() };
    let answer = served.send("bedrock-agentcore", target, &[("content-type", "application/json")], body).await;
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
}

async fn create(served: &TestSandbox, input: &Value) -> (u16, Value) {
    call(served, ("POST", "/memories/create"), input).await
}

async fn slow() -> TestSandbox {
    let second = std::time::Duration::from_millis(700);
    TestSandbox::start_with(tempfile::tempdir().unwrap(), |options| options.ready_delay = second).await
}

fn strategy(member: &str, name: &str) -> Value {
    json!({ member: { "name": name } })
}

#[tokio::test]
async fn memory_becomes_active_after_its_creation() {
    let served = slow().await;
    let input = json!({ "name": "notes", "eventExpiryDuration": 30, "description": "d", "novel": 1,
        "memoryStrategies": [{ "semanticMemoryStrategy": { "name": "Facts", "namespaces": ["/facts/{actorId}/"] } }] });
    let (status, made) = create(&served, &input).await;
    let memory = &made["memory"];
    assert_eq!((status, &memory["status"]), (202, &json!("CREATING")), "{made}");
    let id = memory["id"].as_str().unwrap();
    assert!(id.starts_with("notes-") && id.len() == 16, "{id}");
    assert_eq!((&memory["description"], &memory["novel"]), (&json!("d"), &json!(1)));
    let facts = &memory["strategies"][0];
    assert_eq!((&facts["type"], &facts["status"]), (&json!("SEMANTIC"), &json!("CREATING")));
    assert_eq!(facts["namespaces"], json!(["/facts/{actorId}/"]));
    assert_eq!(facts["namespaces"], facts["namespaceTemplates"]);

    let path = format!("/memories/{id}/update");
    let (status, early) = call(&served, ("PUT", &path), &json!({ "description": "e" })).await;
    assert_eq!((status, &early["message"]), (400, &json!("Memory is in transitional state CREATING")));
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    let details = format!("/memories/{id}/details");
    let (_, found) = call(&served, ("GET", &details), &Value::Null).await;
    assert_eq!(found["memory"]["status"], "ACTIVE");
    assert_eq!(found["memory"]["strategies"][0]["status"], "ACTIVE");

    let (status, gone) = call(&served, ("DELETE", &format!("/memories/{id}/delete")), &Value::Null).await;
    assert_eq!((status, gone), (202, json!({ "memoryId": id, "status": "DELETING" })));
    assert_eq!(call(&served, ("GET", &details), &Value::Null).await.1["memory"]["status"], "DELETING");
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    assert_eq!(call(&served, ("GET", &details), &Value::Null).await.0, 404);
}

#[tokio::test]
async fn name_is_taken_and_token_repeats() {
    let served = TestSandbox::start().await;
    let mut input = json!({ "name": "notes", "eventExpiryDuration": 30, "clientToken": "one" });
    let (_, first) = create(&served, &input).await;
    assert_eq!(create(&served, &input).await, (202, first.clone()));
    input["clientToken"] = json!("two");
    let (status, taken) = create(&served, &input).await;
    assert!(status == 400 && taken["message"].as_str().unwrap().contains("already exists"), "{taken}");
    input["clientToken"] = json!("one");
    input["eventExpiryDuration"] = json!(31);
    assert_eq!(create(&served, &input).await.1["reason"], "IdempotentParameterMismatchException");
    // The name is free again once its memory is gone, and so is the token.
    let id = first["memory"]["id"].as_str().unwrap();
    assert_eq!(call(&served, ("DELETE", &format!("/memories/{id}/delete")), &Value::Null).await.0, 202);
    assert_eq!(create(&served, &input).await.0, 202);
}

#[tokio::test]
async fn strategies_are_added_changed_and_deleted() {
    let served = TestSandbox::start().await;
    let prompt = json!({ "appendToPrompt": "p", "modelId": "m" });
    let input = json!({ "name": "notes", "eventExpiryDuration": 30,
        "memoryStrategies": [strategy("summaryMemoryStrategy", "Sum"), strategy("episodicMemoryStrategy", "Ep")] });
    let (_, made) = create(&served, &input).await;
    let id = made["memory"]["id"].as_str().unwrap();
    let strategies = made["memory"]["strategies"].as_array().unwrap();
    assert_eq!(strategies[0]["type"], "SUMMARIZATION");
    let reflection = &strategies[1]["configuration"]["reflection"]["episodicReflectionConfiguration"];
    assert_eq!(reflection["namespaces"], reflection["namespaceTemplates"]);
    let update = |change: Value| json!({ "memoryStrategies": change });
    let path = format!("/memories/{id}/update");
    let change = update(json!({
        "modifyMemoryStrategies": [{ "memoryStrategyId": strategies[0]["strategyId"], "namespaces": ["/s/{sessionId}/"] }],
        "deleteMemoryStrategies": [{ "memoryStrategyId": strategies[1]["strategyId"] }],
        "addMemoryStrategies": [strategy("userPreferenceMemoryStrategy", "Likes")],
    }));
    let (status, changed) = call(&served, ("PUT", &path), &change).await;
    let after = changed["memory"]["strategies"].as_array().unwrap();
    let names: Vec<&Value> = after.iter().map(|strategy| &strategy["name"]).collect();
    assert_eq!((status, names), (202, vec![&json!("Sum"), &json!("Likes")]));
    assert_eq!(after[0]["namespaceTemplates"], json!(["/s/{sessionId}/"]));
    let unknown = update(json!({ "deleteMemoryStrategies": [{ "memoryStrategyId": "Nobody-0123456789" }] }));
    assert_eq!(call(&served, ("PUT", &path), &unknown).await.0, 404);
    let twice = update(json!({ "addMemoryStrategies": [strategy("semanticMemoryStrategy", "Likes")] }));
    assert_eq!(call(&served, ("PUT", &path), &twice).await.0, 400);
    let many: Vec<Value> = (0..5).map(|index| strategy("semanticMemoryStrategy", &format!("S{index}"))).collect();
    assert_eq!(call(&served, ("PUT", &path), &update(json!({ "addMemoryStrategies": many }))).await.0, 402);
    // An override is the caller's model: it needs a role.
    let own = json!({ "customMemoryStrategy": { "name": "Own", "configuration": { "semanticOverride": {
        "extraction": prompt } } } });
    let (status, refused) = call(&served, ("PUT", &path), &update(json!({ "addMemoryStrategies": [own] }))).await;
    assert!(status == 400 && refused["message"].as_str().unwrap().contains("memoryExecutionRoleArn"), "{refused}");
}

#[tokio::test]
async fn bad_members_are_all_named_at_once() {
    let served = TestSandbox::start().await;
    let input = json!({ "name": "has-hyphen", "eventExpiryDuration": 1, "memoryStrategies": [
        { "semanticMemoryStrategy": { "name": "ok", "namespaces": ["/a/{whatever}/"] } },
        { "noSuchStrategy": {} },
        { "semanticMemoryStrategy": { "namespaces": ["/a b/"] } },
    ] });
    let (status, refused) = create(&served, &input).await;
    let list = refused["fieldList"].as_array().unwrap();
    let names: Vec<&str> = list.iter().map(|field| field["name"].as_str().unwrap()).collect();
    let third = "memoryStrategies.3.member.semanticMemoryStrategy";
    assert_eq!(status, 400);
    assert_eq!(
        names,
        [
            "name",
            "eventExpiryDuration",
            "memoryStrategies.1.member.semanticMemoryStrategy.namespaces.1.member",
            "memoryStrategies.2.member",
            &format!("{third}.name"),
            &format!("{third}.namespaces.1.member"),
        ]
    );
    let missing = create(&served, &json!({})).await.1;
    assert_eq!(missing["fieldList"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn listing_has_pages_and_tags_are_kept() {
    let served = TestSandbox::start().await;
    for name in ["a", "b", "c"] {
        let input = json!({ "name": name, "eventExpiryDuration": 30, "tags": { "of": name } });
        assert_eq!(create(&served, &input).await.0, 202);
    }
    let (_, page) = call(&served, ("POST", "/memories/"), &json!({ "maxResults": 2 })).await;
    assert_eq!(page["memories"].as_array().unwrap().len(), 2);
    let rest = json!({ "nextToken": page["nextToken"] });
    let (_, last) = call(&served, ("POST", "/memories/"), &rest).await;
    assert!(last["memories"].as_array().unwrap().len() == 1 && last.get("nextToken").is_none(), "{last}");
    let row = &last["memories"][0];
    assert!(row.get("name").is_none() && row["status"] == "ACTIVE", "{row}");
    assert_eq!(call(&served, ("POST", "/memories/"), &json!({ "nextToken": "zz" })).await.0, 400);

    let arn = row["arn"].as_str().unwrap();
    let path = format!("/tags/{}", arn.replace(':', "%3A").replace('/', "%2F"));
    assert_eq!(call(&served, ("GET", &path), &Value::Null).await.1, json!({ "tags": { "of": "c" } }));
    assert_eq!(call(&served, ("POST", &path), &json!({ "tags": { "x": "y" } })).await.0, 204);
    assert_eq!(call(&served, ("DELETE", &format!("{path}?tagKeys=of")), &Value::Null).await.0, 204);
    let dir = served.stop().await;
    let again = TestSandbox::start_in(dir).await;
    assert_eq!(call(&again, ("GET", &path), &Value::Null).await.1, json!({ "tags": { "x": "y" } }));
    assert_eq!(call(&again, ("GET", "/memories/b-0123456789/details"), &Value::Null).await.0, 404);
    assert_eq!(call(&again, ("GET", "/memories/b/details"), &Value::Null).await.0, 400);
}

#[tokio::test]
async fn what_was_said_survives_a_restart() {
    let served = TestSandbox::start().await;
    let input = json!({ "name": "notes", "eventExpiryDuration": 30, "memoryStrategies": [
        { "semanticMemoryStrategy": { "name": "Facts", "namespaces": ["/facts/{actorId}/"] } }] });
    let id = create(&served, &input).await.1["memory"]["id"].as_str().unwrap().to_owned();
    let events = format!("/memories/{id}/events");
    let say = |text: &str| {
        json!({ "actorId": "ann", "sessionId": "s1", "eventTimestamp": 1_756_147_154.25, "payload": [
            { "conversational": { "role": "USER", "content": { "text": text } } }, { "blob": { "z": 1, "a": text } }] })
    };
    let (status, first) = call(&served, ("POST", &events), &say("I like tea")).await;
    assert_eq!(status, 201, "{first}");
    let (_, second) = call(&served, ("POST", &events), &say("I like sushi")).await;
    let again = TestSandbox::start_in(served.stop().await).await;

    let session = format!("/memories/{id}/actor/ann/sessions/s1");
    let (_, listed) = call(&again, ("POST", &session), &Value::Null).await;
    assert_eq!(listed, json!({ "events": [second["event"], first["event"]] }));
    assert_eq!(first["event"]["eventTimestamp"], json!(1_756_147_154.25));
    // The `#` of an event's id is encoded in a path, and a memory's ARN is as good as its id.
    let event = first["event"]["eventId"].as_str().unwrap().replace('#', "%23");
    let arn = format!("arn%3Aaws%3Abedrock-agentcore%3A{}%3A{}%3Amemory%2F{id}", again.info.region, again.info.account);
    let path = format!("/memories/{arn}/actor/ann/sessions/s1/events/{event}");
    assert_eq!(call(&again, ("GET", &path), &Value::Null).await, (200, first.clone()));
    let search = json!({ "namespacePath": "/facts", "searchCriteria": { "searchQuery": "Who likes sushi?" } });
    let (_, found) = call(&again, ("POST", &format!("/memories/{id}/retrieve")), &search).await;
    assert_eq!(found["memoryRecordSummaries"][0]["content"], json!({ "text": "I like sushi" }));
    assert_eq!(found["memoryRecordSummaries"].as_array().unwrap().len(), 2);

    assert_eq!(call(&again, ("DELETE", &format!("/memories/{id}/delete")), &Value::Null).await.0, 202);
    let file = again.dir.path().join(format!("sandbox/data/memories/{id}.ndjson"));
    assert!(!file.exists());
}

#[tokio::test]
async fn texts_and_numbers_are_no_structures() {
    let served = TestSandbox::start().await;
    let prompt = json!({ "appendToPrompt": "p", "modelId": "m" });
    for bad in [json!("x"), json!(5)] {
        let configurations = [
            bad.clone(),
            json!({ "selfManagedConfiguration": bad }),
            json!({ "selfManagedConfiguration": { "invocationConfiguration": bad } }),
            json!({ "selfManagedConfiguration": { "triggerConditions": [bad] } }),
            json!({ "semanticOverride": bad }),
            json!({ "semanticOverride": { "extraction": bad } }),
            json!({ "summaryOverride": { "consolidation": bad } }),
            json!({ "episodicOverride": { "extraction": prompt, "reflection": bad } }),
        ];
        let custom =
            configurations.iter().map(|it| json!({ "customMemoryStrategy": { "name": "A", "configuration": it } }));
        let others = [
            bad.clone(),
            json!({ "customMemoryStrategy": bad }),
            json!({ "semanticMemoryStrategy": { "name": "A", "memoryRecordSchema": bad } }),
            json!({ "semanticMemoryStrategy": { "name": "A", "recordExpirySpecification": bad } }),
            json!({ "episodicMemoryStrategy": { "name": "A", "reflectionConfiguration": bad } }),
        ];
        for strategy in custom.chain(others) {
            let input = json!({ "name": "notes", "eventExpiryDuration": 30, "memoryStrategies": [strategy] });
            let (status, refused) = create(&served, &input).await;
            let fields = refused["fieldList"].as_array().map_or(0, Vec::len);
            assert!(status == 400 && fields > 0, "{strategy}: {refused}");
        }
    }
}

#[tokio::test]
async fn changes_with_malformed_steps_are_refused() {
    let served = TestSandbox::start().await;
    let input = json!({ "name": "notes", "eventExpiryDuration": 30,
        "memoryStrategies": [strategy("episodicMemoryStrategy", "Ep")] });
    let memory = create(&served, &input).await.1["memory"].take();
    let path = format!("/memories/{}/update", memory["id"].as_str().unwrap());
    for bad in [json!("x"), json!(5)] {
        let configurations = [
            bad.clone(),
            json!({ "selfManagedConfiguration": bad }),
            json!({ "selfManagedConfiguration": { "invocationConfiguration": bad } }),
            json!({ "extraction": bad }),
            json!({ "extraction": { "customExtractionConfiguration": bad } }),
            json!({ "consolidation": { "customConsolidationConfiguration": { "semanticConsolidationOverride": bad } } }),
            json!({ "extraction": { "customExtractionConfiguration": { "semanticExtractionOverride": {
                "appendToPrompt": bad } } } }),
            json!({ "reflection": { "episodicReflectionConfiguration": bad } }),
            json!({ "reflection": { "episodicReflectionConfiguration": { "namespaces": bad } } }),
        ];
        for configuration in configurations {
            let change = json!({ "memoryStrategies": { "modifyMemoryStrategies": [
                { "memoryStrategyId": memory["strategies"][0]["strategyId"], "configuration": configuration }] } });
            let (status, refused) = call(&served, ("PUT", &path), &change).await;
            let fields = refused["fieldList"].as_array().map_or(0, Vec::len);
            assert!(status == 400 && fields > 0, "{configuration}: {refused}");
        }
    }
    let right = json!({ "memoryStrategies": { "modifyMemoryStrategies": [
        { "memoryStrategyId": memory["strategies"][0]["strategyId"], "configuration": {
            "reflection": { "episodicReflectionConfiguration": { "namespaces": ["/r/"] } } } }] } });
    let (status, changed) = call(&served, ("PUT", &path), &right).await;
    let reflection = &changed["memory"]["strategies"][0]["configuration"]["reflection"];
    assert_eq!((status, &reflection["episodicReflectionConfiguration"]["namespaces"]), (202, &json!(["/r/"])));
}

/// A sandbox with a memory that has no strategies.
async fn with_memory() -> (TestSandbox, String) {
    let served = TestSandbox::start().await;
    let made = create(&served, &json!({ "name": "notes", "eventExpiryDuration": 30 })).await.1;
    let id = made["memory"]["id"].as_str().unwrap().to_owned();
    (served, id)
}

#[tokio::test]
async fn client_token_repeats_only_its_own_request() {
    let (served, id) = with_memory().await;
    let events = format!("/memories/{id}/events");
    let batch = format!("/memories/{id}/memoryRecords/batchCreate");
    let event = |actor: &str| {
        json!({ "actorId": actor, "sessionId": "s", "eventTimestamp": 5, "payload": [],
            "clientToken": "t" })
    };
    let records = |token: &str| {
        json!({ "clientToken": token, "records": [{ "requestIdentifier": "r", "namespaces": ["/a/"], "timestamp": 5,
            "content": { "text": "x" } }] })
    };
    let (status, first) = call(&served, ("POST", &events), &event("ann")).await;
    assert_eq!(status, 201, "{first}");
    assert_eq!(call(&served, ("POST", &events), &event("ann")).await, (201, first));
    let (_, made) = call(&served, ("POST", &batch), &records("u")).await;
    assert_eq!(call(&served, ("POST", &batch), &records("u")).await.1, made);
    let served = TestSandbox::start_in(served.stop().await).await;
    let mut other = event("ann");
    other["clientToken"] = json!("u");
    for (path, input) in [(&events, event("bob")), (&events, other), (&batch, records("t"))] {
        let (status, refused) = call(&served, ("POST", path), &input).await;
        assert_eq!((status, &refused["reason"]), (400, &json!("IdempotentParameterMismatchException")), "{input}");
    }
}

#[tokio::test]
async fn record_is_found_in_its_namespace_only() {
    let (served, id) = with_memory().await;
    let input = json!({ "records": [{ "requestIdentifier": "r", "namespaces": ["/users/bob/"], "timestamp": 5,
        "content": { "text": "x" } }] });
    let (_, made) = call(&served, ("POST", &format!("/memories/{id}/memoryRecords/batchCreate")), &input).await;
    let record = made["successfulRecords"][0]["memoryRecordId"].as_str().unwrap();
    let (one, of_batch) =
        (format!("/memories/{id}/memoryRecord/{record}"), format!("/memories/{id}/memoryRecords/batchDelete"));
    let elsewhere = "?namespace=%2Fusers%2Fann%2F";
    assert_eq!(call(&served, ("GET", &format!("{one}{elsewhere}")), &Value::Null).await.0, 404);
    let gone = format!("/memories/{id}/memoryRecords/{record}");
    assert_eq!(call(&served, ("DELETE", &format!("{gone}{elsewhere}")), &Value::Null).await.0, 404);
    let batch = json!({ "records": [{ "memoryRecordId": record, "namespace": "/users/ann/" }] });
    let (_, failed) = call(&served, ("POST", &of_batch), &batch).await;
    assert_eq!(failed["failedRecords"][0]["errorCode"], 404, "{failed}");
    assert_eq!(call(&served, ("GET", &format!("{one}?namespace=%2Fusers%2Fbob%2F")), &Value::Null).await.0, 200);

    // Both changes of one record hold.
    let change = json!({ "records": [{ "memoryRecordId": record, "timestamp": 6, "content": { "text": "y" } },
        { "memoryRecordId": record, "timestamp": 7, "memoryStrategyId": "Own-0123456789" }] });
    let (status, _) = call(&served, ("POST", &format!("/memories/{id}/memoryRecords/batchUpdate")), &change).await;
    let found = call(&served, ("GET", &one), &Value::Null).await.1["memoryRecord"].take();
    assert_eq!(
        (status, &found["content"]["text"], &found["memoryStrategyId"]),
        (200, &json!("y"), &json!("Own-0123456789"))
    );
}

#[tokio::test]
async fn empty_part_of_a_path_is_refused() {
    let (served, id) = with_memory().await;
    for (method, path) in [
        ("POST", format!("/memories/{id}/actor//sessions")),
        ("POST", format!("/memories/{id}/actor/ann/sessions/")),
        ("GET", format!("/memories/{id}/actor/ann/sessions/s/events/")),
        ("DELETE", format!("/memories/{id}/actor/ann/sessions//events/0%23a")),
        ("GET", format!("/memories/{id}/memoryRecord/")),
        ("POST", "/memories//actors".to_owned()),
        ("GET", "/memories//details".to_owned()),
    ] {
        let (status, refused) = call(&served, (method, &path), &Value::Null).await;
        assert!(status == 400 && refused["fieldList"].is_array(), "{path}: {status} {refused}");
    }
}

#[tokio::test]
async fn role_writes_only_in_its_namespaces() {
    let (sandbox, _dir) = TestSandbox::bare();
    let policy = json!({ "Statement": [{ "Effect": "Allow", "Action": "bedrock-agentcore:*", "Resource": "*",
        "Condition": { "StringLike": { "bedrock-agentcore:namespace": "/users/ann/*" } } }] });
    let role = json!({ "name": "agent", "path": "/", "id": "AROA", "created": 0, "trust": "", "description": null,
        "max_session": 3600, "tags": {}, "inline": { "own": policy.to_string() }, "attached": {}, "linked_to": null });
    let iam = serde_json::from_value(json!({ "roles": { "agent": role } })).unwrap();
    sandbox
        .state
        .iam
        .update(|state| {
            *state = iam;
            Ok(())
        })
        .await
        .unwrap();
    let role = sandbox.info.arn("iam", "role/agent").to_string();
    let agent = Caller::Role(RoleSession {
        role,
        name: "BedrockAgentCore-agent-0123456789".to_owned(),
        expires: i64::MAX,
        assumed: false,
        policy: None,
    });
    let before = MemoryContext { sandbox: &sandbox, caller: &Caller::User, now: 1 };
    let by_user = MemoryContext { sandbox: &sandbox, caller: &Caller::User, now: 10_000_000 };
    let by_agent = MemoryContext { sandbox: &sandbox, caller: &agent, now: 10_000_000 };
    let made = control::create(&before, &json!({ "name": "notes", "eventExpiryDuration": 30 })).await.unwrap();
    let memory = made["memory"]["id"].as_str().unwrap();

    let new = |namespaces: &[&str]| {
        json!({ "requestIdentifier": "r", "namespaces": namespaces, "timestamp": 5,
            "content": { "text": "x" } })
    };
    let (ann, bob) = (new(&["/users/ann/"]), new(&["/users/bob/"]));
    let create =
        |context: &MemoryContext<'_>, list: &Value| records::create_batch(context, memory, &json!({ "records": list }));
    let id = |made: Value| made["successfulRecords"][0]["memoryRecordId"].as_str().unwrap().to_owned();
    let own = id(create(&by_agent, &json!([ann])).unwrap());
    let foreign = id(create(&by_user, &json!([bob])).unwrap());
    for list in [json!([bob]), json!([ann, bob]), json!([ann, new(&[])]), json!([])] {
        assert_eq!(create(&by_agent, &list).unwrap_err().code, "AccessDeniedException", "{list}");
    }

    let update = |record: &str, namespaces: Option<&str>| {
        let mut change = json!({ "memoryRecordId": record, "timestamp": 6 });
        if let Some(namespace) = namespaces {
            change["namespaces"] = json!([namespace]);
        }
        records::update_batch(&by_agent, memory, &json!({ "records": [change] }))
    };
    assert_eq!(update(&own, Some("/users/ann/new/")).unwrap()["successfulRecords"][0]["memoryRecordId"], own.as_str());
    for (record, namespace) in [(&foreign, Some("/users/ann/")), (&own, Some("/users/bob/")), (&own, None)] {
        assert_eq!(update(record, namespace).unwrap_err().code, "AccessDeniedException", "{record} {namespace:?}");
    }
    let named = Some("/users/ann/new/");
    assert_eq!(records::get(&by_agent, memory, &own, named).unwrap_err().code, "AccessDeniedException");
    assert!(records::get(&by_user, memory, &own, named).is_ok());
}
