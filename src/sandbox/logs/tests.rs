//! Log groups through `call`, and streams on disk.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::groups as call;
use super::*;
use crate::sandbox::tests::TestSandbox;

const GROUP: &str = "/aws/bedrock-agentcore/runtimes/a-1-DEFAULT";

fn messages(answer: &Value) -> Vec<&str> {
    answer["events"].as_array().unwrap().iter().map(|event| event["message"].as_str().unwrap()).collect()
}

fn read(sandbox: &SharedSandbox, extra: impl Into<Value>) -> Value {
    let extra = extra.into();
    let mut input = json!({"logGroupName": GROUP, "logStreamName": "s"});
    input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    call(sandbox, "GetLogEvents", &input).unwrap()
}

#[test]
fn agent_output_can_be_read_and_searched() {
    let (sandbox, _dir) = TestSandbox::bare();
    for line in ["start", "ERROR one", "ERROR two", "end"] {
        sandbox.log(GROUP, "s", line);
    }
    assert_eq!(messages(&read(&sandbox, json!({}))), ["start", "ERROR one", "ERROR two", "end"]);
    let found = call(&sandbox, "FilterLogEvents", &json!({"logGroupName": GROUP, "filterPattern": "ERROR"})).unwrap();
    assert_eq!(messages(&found), ["ERROR one", "ERROR two"]);
    assert_eq!(found["events"][0]["logStreamName"], "s");
    let groups = call(&sandbox, "DescribeLogGroups", &json!({"logGroupNamePrefix": "/aws/bedrock"})).unwrap();
    assert_eq!(groups["logGroups"][0]["logGroupName"], GROUP);
    assert_eq!(groups["logGroups"][0]["storedBytes"], 26);
    let unknown = call(&sandbox, "GetLogEvents", &json!({"logGroupName": "x", "logStreamName": "s"})).unwrap_err();
    assert_eq!(unknown.code, "ResourceNotFoundException");
}

#[test]
fn pages_go_both_ways_and_stop_at_ends() {
    let (sandbox, _dir) = TestSandbox::bare();
    for line in ["1", "2", "3", "4", "5"] {
        sandbox.log(GROUP, "s", line);
    }
    let newest = read(&sandbox, json!({"limit": 2}));
    assert_eq!(messages(&newest), ["4", "5"]);
    let before = read(&sandbox, json!({"limit": 2, "nextToken": newest["nextBackwardToken"]}));
    assert_eq!(messages(&before), ["2", "3"]);
    let first = read(&sandbox, json!({"limit": 2, "nextToken": before["nextBackwardToken"]}));
    assert_eq!(messages(&first), ["1"]);
    let nothing = read(&sandbox, json!({"nextToken": first["nextBackwardToken"]}));
    assert!(messages(&nothing).is_empty());
    assert_eq!(nothing["nextBackwardToken"], first["nextBackwardToken"]);

    let end = &newest["nextForwardToken"];
    let after = read(&sandbox, json!({"nextToken": end}));
    assert!(messages(&after).is_empty());
    assert_eq!(after["nextForwardToken"], *end);
    sandbox.log(GROUP, "s", "6");
    assert_eq!(messages(&read(&sandbox, json!({"nextToken": end}))), ["6"]);
    assert_eq!(messages(&read(&sandbox, json!({"startFromHead": true, "limit": 1}))), ["1"]);
}

#[test]
fn lines_survive_a_restart_and_a_torn_write() {
    let dir = tempfile::tempdir().unwrap();
    let store = LogStore::open(dir.path()).unwrap();
    store.append(GROUP, "a/b", "one", 1).unwrap();
    store.append(GROUP, "a/b", "two", 2).unwrap();
    drop(store);
    let group = std::fs::read_dir(dir.path().join("logs")).unwrap().next().unwrap().unwrap().path();
    let file = std::fs::read_dir(group)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|e| e == "ndjson"))
        .unwrap();
    let mut text = std::fs::read_to_string(&file).unwrap();
    text.push_str("{\"t\":3,\"i\"");
    std::fs::write(&file, text).unwrap();

    let store = LogStore::open(dir.path()).unwrap();
    store.append(GROUP, "a/b", "three", 3).unwrap();
    let again = LogStore::open(dir.path()).unwrap();
    let lines = |store: &LogStore| {
        store.with(|groups| {
            groups[GROUP].streams["a/b"]
                .events()
                .map(|(number, event)| (number, event.message.clone()))
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(lines(&again), [(0, "one".to_owned()), (1, "two".to_owned()), (2, "three".to_owned())]);
    assert_eq!(lines(&again), lines(&store));
}

#[test]
fn stream_is_bounded_and_keeps_its_newest_lines() {
    let dir = tempfile::tempdir().unwrap();
    let store = LogStore::open(dir.path()).unwrap();
    let line = "x".repeat(100 << 10);
    for number in 0..150 {
        store.append(GROUP, "s", &line, number).unwrap();
    }
    let look = |store: &LogStore| {
        store.with(|groups| {
            let stream = &groups[GROUP].streams["s"];
            let numbers: Vec<u64> = stream.events().map(|(number, _)| number).collect();
            (stream.bytes(), *numbers.first().unwrap(), *numbers.last().unwrap(), numbers.len())
        })
    };
    let (bytes, first, last, count) = look(&store);
    assert!(bytes <= 9 << 20, "{bytes}");
    assert!(first > 0);
    assert_eq!(last, 149);
    assert_eq!(count as u64, last - first + 1);
    assert_eq!(look(&LogStore::open(dir.path()).unwrap()), (bytes, first, last, count));
}

#[test]
fn groups_and_streams_are_created_once_and_deletable() {
    let (sandbox, _dir) = TestSandbox::bare();
    let group = json!({"logGroupName": "g"});
    let stream = json!({"logGroupName": "g", "logStreamName": "s"});
    assert_eq!(call(&sandbox, "CreateLogStream", &stream).unwrap_err().code, "ResourceNotFoundException");
    call(&sandbox, "CreateLogGroup", &group).unwrap();
    assert_eq!(call(&sandbox, "CreateLogGroup", &group).unwrap_err().code, "ResourceAlreadyExistsException");
    call(&sandbox, "CreateLogStream", &stream).unwrap();
    let put = |events: Value| json!({"logGroupName": "g", "logStreamName": "s", "logEvents": events});
    let backwards = json!([{"timestamp": 2, "message": "b"}, {"timestamp": 1, "message": "a"}]);
    assert_eq!(call(&sandbox, "PutLogEvents", &put(backwards)).unwrap_err().code, "InvalidParameterException");
    call(&sandbox, "PutLogEvents", &put(json!([{"timestamp": 1, "message": "a"}, {"timestamp": 2, "message": "b"}])))
        .unwrap();
    let streams = call(&sandbox, "DescribeLogStreams", &group).unwrap();
    assert_eq!(streams["logStreams"][0]["firstEventTimestamp"], 1);
    assert_eq!(streams["logStreams"][0]["lastEventTimestamp"], 2);
    call(&sandbox, "DeleteLogGroup", &group).unwrap();
    assert_eq!(call(&sandbox, "DescribeLogStreams", &group).unwrap_err().code, "ResourceNotFoundException");
    assert_eq!(std::fs::read_dir(sandbox.data_dir().join("logs")).unwrap().count(), 0);
}

#[test]
fn token_beyond_the_end_gives_an_empty_page() {
    let (sandbox, _dir) = TestSandbox::bare();
    sandbox.log(GROUP, "s", "line");
    let input = json!({ "nextToken": URL_SAFE_NO_PAD.encode(usize::MAX.to_string()) });
    assert_eq!(call(&sandbox, "DescribeLogGroups", &input).unwrap(), json!({ "logGroups": [] }));
}

#[tokio::test]
async fn deliveries_are_kept_and_protect_their_ends() {
    let (sandbox, _dir) = TestSandbox::bare();
    let sandbox = &sandbox;
    let ask = |operation: &'static str, input: Value| async move { super::call(sandbox, operation, &input).await };
    let refused = |operation, input| async move { ask(operation, input).await.unwrap_err().code.into_owned() };
    let memory = "arn:aws:bedrock-agentcore:us-west-2:123456789012:memory/m-1";
    let source = json!({ "name": "m-logs-source", "resourceArn": memory, "logType": "APPLICATION_LOGS" });
    let made = ask("PutDeliverySource", source.clone()).await.unwrap();
    assert_eq!(made["deliverySource"]["arn"], "arn:aws:logs:us-west-2:123456789012:delivery-source:m-logs-source");
    assert_eq!(made["deliverySource"]["service"], "bedrock-agentcore");
    assert_eq!(ask("PutDeliverySource", source.clone()).await.unwrap(), made, "again is the same");
    let other = json!({ "name": "m-logs-source", "resourceArn": memory, "logType": "TRACES" });
    assert_eq!(refused("PutDeliverySource", other).await, "ConflictException");
    let gone = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/none-0123456789";
    let gone = json!({ "name": "x", "resourceArn": gone, "logType": "TRACES" });
    assert_eq!(refused("PutDeliverySource", gone).await, "ResourceNotFoundException");
    assert_eq!(refused("PutDeliverySource", json!({ "name": "a b" })).await, "ValidationException");

    let group = "arn:aws:logs:us-west-2:123456789012:log-group:/aws/vendedlogs/m";
    let logs = json!({ "name": "d", "deliveryDestinationConfiguration": { "destinationResourceArn": group } });
    assert_eq!(refused("PutDeliveryDestination", logs.clone()).await, "ResourceNotFoundException");
    ask("CreateLogGroup", json!({ "logGroupName": "/aws/vendedlogs/m" })).await.unwrap();
    let made = ask("PutDeliveryDestination", logs).await.unwrap();
    assert_eq!(made["deliveryDestination"]["deliveryDestinationType"], "CWL");
    let traces =
        ask("PutDeliveryDestination", json!({ "name": "t", "deliveryDestinationType": "XRAY" })).await.unwrap();
    assert_eq!(traces["deliveryDestination"]["deliveryDestinationType"], "XRAY");
    for wrong in [json!({ "name": "n" }), json!({ "name": "n", "deliveryDestinationType": "SQS" })] {
        assert_eq!(refused("PutDeliveryDestination", wrong).await, "ValidationException");
    }

    let arn = made["deliveryDestination"]["arn"].clone();
    let joined = json!({ "deliverySourceName": "m-logs-source", "deliveryDestinationArn": arn });
    let id = ask("CreateDelivery", joined.clone()).await.unwrap()["delivery"]["id"].clone();
    assert_eq!(refused("CreateDelivery", joined).await, "ConflictException");
    let nowhere = json!({ "deliverySourceName": "none", "deliveryDestinationArn": arn });
    assert_eq!(refused("CreateDelivery", nowhere).await, "ResourceNotFoundException");
    let of = |name: &str| json!({ "deliverySourceNames": [name] });
    assert_eq!(ask("DescribeDeliveries", of("m-logs-source")).await.unwrap()["deliveries"][0]["id"], id);
    assert_eq!(ask("DescribeDeliveries", of("other")).await.unwrap()["deliveries"], json!([]));
    assert_eq!(refused("DeleteDeliverySource", json!({ "name": "m-logs-source" })).await, "ConflictException");
    assert_eq!(refused("DeleteDeliveryDestination", json!({ "name": "d" })).await, "ConflictException");
    ask("DeleteDelivery", json!({ "id": id })).await.unwrap();
    ask("DeleteDeliverySource", json!({ "name": "m-logs-source" })).await.unwrap();
    assert_eq!(refused("GetDeliverySource", json!({ "name": "m-logs-source" })).await, "ResourceNotFoundException");

    let policy = json!({ "policyName": "p", "policyDocument": "{\"Statement\": []}" });
    ask("PutResourcePolicy", policy).await.unwrap();
    assert_eq!(ask("DescribeResourcePolicies", json!({})).await.unwrap()["resourcePolicies"][0]["policyName"], "p");
    let wrong = json!({ "policyName": "p", "policyDocument": "no" });
    assert_eq!(refused("PutResourcePolicy", wrong).await, "InvalidParameterException");
}
