//! Queries through the operations, on events that other operations wrote.

use serde_json::{Value, json};

use super::super::groups as call;
use crate::sandbox::SharedSandbox;
use crate::sandbox::tests::TestSandbox;

const GROUP: &str = "aws/spans";
const ID: &str = "desk-0123456789";

fn span(name: &str, session: &str, start: u64) -> Value {
    json!({
        "traceId": "690156557a198c640accf1ab0fae04dd",
        "spanId": name,
        "name": name,
        "startTimeUnixNano": start,
        "endTimeUnixNano": start + 7,
        "durationNano": 2_500_000,
        "status": { "code": if name == "b" { "ERROR" } else { "OK" } },
        "attributes": { "session.id": session, "http.response.status_code": 200 },
        "events": [{ "name": "first" }],
        "resource": { "attributes": {
            "aws.service.type": "gen_ai_agent",
            "cloud.resource_id": format!("arn:aws:bedrock-agentcore:us-west-2:1:runtime/{ID}/runtime-endpoint/DEFAULT:DEFAULT"),
        } },
    })
}

/// A sandbox with three spans of two sessions and a line that is none.
fn sandbox() -> (SharedSandbox, tempfile::TempDir) {
    let (sandbox, dir) = TestSandbox::bare();
    let start = 1_790_000_000_000_000_000;
    for (name, session, at) in [("a", "s-1", start), ("b", "s-1", start + 1), ("c", "s-2", start + 2)] {
        sandbox.log(GROUP, "default", &span(name, session, at).to_string());
    }
    sandbox.log(GROUP, "other", "plain text");
    (sandbox, dir)
}

fn start(sandbox: &SharedSandbox, text: &str) -> Result<Value, crate::sandbox::reply::Fault> {
    let input = json!({ "logGroupName": GROUP, "startTime": 0, "endTime": 4_000_000_000_i64, "queryString": text });
    call(sandbox, "StartQuery", &input)
}

/// The rows of a query, without the pointers.
fn rows(sandbox: &SharedSandbox, text: &str) -> Vec<Vec<(String, String)>> {
    let id = start(sandbox, text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"))["queryId"].clone();
    let answer = call(sandbox, "GetQueryResults", &json!({ "queryId": id })).unwrap();
    assert_eq!(answer["status"], "Complete");
    let text = |field: &Value, member: &str| field[member].as_str().unwrap().to_owned();
    let row = |row: &Value| {
        let fields = row.as_array().unwrap().iter().map(|field| (text(field, "field"), text(field, "value")));
        fields.filter(|(name, _)| name != "@ptr").collect()
    };
    answer["results"].as_array().unwrap().iter().map(row).collect()
}

fn column(sandbox: &SharedSandbox, text: &str) -> Vec<String> {
    rows(sandbox, text)
        .into_iter()
        .map(|row| row.into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn filters_keep_what_they_say() {
    let (sandbox, _dir) = sandbox();
    for (filter, wanted) in [
        ("attributes.session.id = 's-1'", "a b"),
        ("attributes.session.id = \"s-1\" and name = 'b'", "b"),
        ("name = 'a' or name = 'c'", "a c"),
        ("name in ['a', \"b\"]", "a b"),
        ("`name` like 'c'", "c"),
        ("name like /^[ab]$/ and status.code = 'ERROR'", "b"),
        ("startTimeUnixNano > 1790000000000000001", "c"),
        ("(attributes.http.response.status_code >= 200 and name = 'a') # and no more", "a"),
        ("not ispresent(parentSpanId) and ispresent(spanId)", "a b c"),
        ("events.0.name = 'first' and name = 'a'", "a"),
        ("attributes.session.id = 'it\\'s'", ""),
    ] {
        let found = column(&sandbox, &format!("fields name | filter {filter} | sort startTimeUnixNano asc"));
        assert_eq!(found.join(" "), wanted, "{filter}");
    }
}

#[test]
fn numbers_keep_their_digits_and_names() {
    let (sandbox, _dir) = sandbox();
    let text = "fields name as spanName, durationNano/1000000 as durationMs, startTimeUnixNano, parentSpanId \
                | filter spanName = 'b' | parse resource.attributes.cloud.resource_id \"runtime/*/\" as agent \
                | filter agent = 'desk-0123456789'";
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let wanted = [
        pair("spanName", "b"),
        pair("durationMs", "2.5"),
        pair("startTimeUnixNano", "1790000000000000001"),
        pair("agent", ID),
    ];
    assert_eq!(rows(&sandbox, text), [wanted]);
    let found = rows(&sandbox, "filter @message like 'plain'");
    assert_eq!(found[0][1], pair("@message", "plain text"));
    assert_eq!(found[0][0].1.len(), "2026-01-31 10:20:30.123".len());
}

#[test]
fn statistics_are_of_groups() {
    let (sandbox, _dir) = sandbox();
    let found = column(
        &sandbox,
        "filter resource.attributes.aws.service.type = \"gen_ai_agent\" | stats max(endTimeUnixNano) as maxEnd by attributes.session.id \
         | sort maxEnd desc | limit 1",
    );
    assert_eq!(found, ["s-2 1790000000000000009"]);
    let found = column(
        &sandbox,
        "fields attributes.session.id as sessionId, attributes.http.response.status_code as code | filter sessionId = 's-1' \
         | stats count(spanId) as spans, count_distinct(traceId) as traces, sum(status.code = 'ERROR' or code >= 400) as errors, \
           sum(code >= 500 or (status.code = 'ERROR' and not ispresent(code))) as system, avg(durationNano), min(startTimeUnixNano) by sessionId",
    );
    assert_eq!(found, ["s-1 2 1 1 0 2500000 1790000000000000000"]);
    assert_eq!(column(&sandbox, "stats count(*)"), ["4"]);
}

#[test]
fn numbers_sort_before_texts() {
    let (sandbox, _dir) = sandbox();
    for value in ["1x", "10", "2", "2.0", "x"] {
        sandbox.log(GROUP, "mixed", &json!({ "v": value }).to_string());
    }
    assert_eq!(column(&sandbox, "filter ispresent(v) | fields v | sort v asc"), ["2", "2.0", "10", "1x", "x"]);
    assert_eq!(column(&sandbox, "filter ispresent(v) | fields v | sort v desc"), ["x", "1x", "10", "2.0", "2"]);
}

#[test]
fn what_is_not_understood_is_refused() {
    let (sandbox, _dir) = sandbox();
    for text in [
        "",
        "fields",
        "fields @message |",
        "filter",
        "filter name",
        "filter name = ",
        "filter name = 'a",
        "filter name != 'a'",
        "filter not (name = 'a')",
        "filter name not in ['a']",
        "filter name like /(/",
        "filter strlen(name) > 1",
        "fields bin(5m)",
        "parse name /(?<x>a)/",
        "parse name 'a*' as x, y",
        "stats pct(durationNano, 95)",
        "stats count(*) by bin(1h)",
        "sort name",
        "limit 0",
        "dedup name",
        "unmask @message",
        "fields name; fields x",
        "filter name < 'b'",
        "fields name + 1",
    ] {
        let fault = start(&sandbox, text).unwrap_err();
        assert_eq!((fault.code.as_ref(), fault.status.as_u16()), ("MalformedQueryException", 400), "{text}");
        assert!(fault.fields["queryCompileError"]["message"].is_string(), "{text}");
    }
    let nested = format!("filter {}name = 'a'{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(start(&sandbox, &nested).unwrap_err().code, "InvalidParameterException");
    let nested = format!("filter {}name = 'a'{}", "(".repeat(1000), ")".repeat(1000));
    assert_eq!(start(&sandbox, &nested).unwrap_err().code, "MalformedQueryException");
    // A chain is nested too, once it is evaluated.
    for chain in
        [format!("fields 1{}", "+1".repeat(4900)), format!("filter name = 'a'{}", " or name = 'a'".repeat(600))]
    {
        assert_eq!(start(&sandbox, &chain).unwrap_err().code, "MalformedQueryException");
    }
}

#[test]
fn queries_need_a_group_and_a_range() {
    let (sandbox, _dir) = sandbox();
    let refused = |input: Value| {
        let mut whole = json!({ "startTime": 0, "endTime": 10, "queryString": "fields @message" });
        whole.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        call(&sandbox, "StartQuery", &whole).unwrap_err().code.into_owned()
    };
    assert_eq!(refused(json!({ "logGroupName": "none" })), "ResourceNotFoundException");
    for wrong in [
        json!({}),
        json!({ "logGroupName": GROUP, "logGroupNames": [GROUP] }),
        json!({ "logGroupName": GROUP, "startTime": 11 }),
        json!({ "logGroupName": GROUP, "limit": 0 }),
        json!({ "logGroupName": GROUP, "queryLanguage": "SQL" }),
    ] {
        assert_eq!(refused(wrong.clone()), "InvalidParameterException", "{wrong}");
    }
    let input = json!({ "logGroupIdentifiers": [format!("arn:aws:logs:us-west-2:1:log-group:{GROUP}:*")],
        "startTime": 0, "endTime": 1, "queryString": "fields @message" });
    let id = call(&sandbox, "StartQuery", &input).unwrap()["queryId"].clone();
    let answer = call(&sandbox, "GetQueryResults", &json!({ "queryId": id })).unwrap();
    assert_eq!((&answer["results"], &answer["statistics"]["recordsScanned"]), (&json!([]), &json!(0)));
    assert_eq!(call(&sandbox, "StopQuery", &json!({ "queryId": id })).unwrap_err().code, "InvalidParameterException");
    let unknown = json!({ "queryId": "none" });
    assert_eq!(call(&sandbox, "GetQueryResults", &unknown).unwrap_err().code, "ResourceNotFoundException");
}
