//! What an account and a project folder are like, in a form by which two runs can be compared: without times, and with names in
//! the place of ids that the service makes up.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::support::{Account, World};

/// Not the same in two runs.
const VOLATILE: [&str; 8] = [
    "createdAt",
    "lastUpdatedAt",
    "id",
    // Of a delivery; of all else the name says as much.
    "arn",
    "creationTime",
    "lastUpdatedTime",
    "workloadIdentityDetails",
    "lastUpdateTime",
];

/// A name and what is there of it.
pub(super) type State = BTreeMap<String, Value>;

/// Everything that the verbs of the matrix may change. `counted` says whether the numbers of versions are part of it: where a run
/// makes a version and puts it back, one that is repeated makes more of them.
pub(super) fn of(account: &Account, world: &World, counted: bool) -> State {
    let mut state = State::new();
    let mut names: Vec<(String, String)> = Vec::new();
    for listed in account.control("POST", "/runtimes/?maxResults=100")["agentRuntimes"].as_array().unwrap() {
        let id = listed["agentRuntimeId"].as_str().unwrap();
        let name = listed["agentRuntimeName"].as_str().unwrap();
        names.push((id.to_owned(), format!("{name}-ID")));
        if listed["status"] != "DELETING" {
            state.insert(format!("runtime {name}"), runtime(account, id, counted));
        }
    }
    for (role, contents) in account.role_contents() {
        state.insert(format!("role {role}"), json!(contents));
    }
    let repositories = account.ecr("DescribeRepositories", &json!({ "maxResults": 1000 }));
    for repository in repositories["repositories"].as_array().unwrap() {
        let name = repository["repositoryName"].as_str().unwrap();
        let tags = account.ecr("ListTagsForResource", &json!({ "resourceArn": repository["repositoryArn"] }));
        state.insert(format!("repository {name}"), json!([account.images(name), tags["tags"]]));
    }
    for (operation, member) in [
        ("DescribeDeliveries", "deliveries"),
        ("DescribeDeliverySources", "deliverySources"),
        ("DescribeDeliveryDestinations", "deliveryDestinations"),
        ("DescribeResourcePolicies", "resourcePolicies"),
    ] {
        state.insert(member.to_owned(), account.logs(operation, &json!({}))[member].clone());
    }
    state.insert("traces".to_owned(), account.xray("GetTraceSegmentDestination", &json!({})));
    state.extend(files(world, counted, &mut names));
    state.into_iter().map(|(key, value)| (key, plain(value, &names))).collect()
}

fn runtime(account: &Account, id: &str, counted: bool) -> Value {
    let path = format!("/runtimes/{id}/");
    let mut live = account.control("GET", &path);
    let tags = |arn: &Value| {
        let arn = arn.as_str().unwrap().replace(':', "%3A").replace('/', "%2F");
        let tags = account.control_if_there(&format!("/tags/{arn}"));
        tagged(tags.as_ref().map_or(&Value::Null, |tags| &tags["tags"]), counted)
    };
    let policy = |arn: &Value| {
        let arn = arn.as_str().unwrap().replace(':', "%3A").replace('/', "%2F");
        account.control_if_there(&format!("/resourcepolicy/{arn}"))
    };
    let mut endpoints = Map::new();
    for endpoint in
        account.control("POST", &format!("{path}runtime-endpoints/"))["runtimeEndpoints"].as_array().unwrap()
    {
        if endpoint["status"] == "DELETING" {
            continue;
        }
        let version = endpoint["targetVersion"].as_str().unwrap();
        let serves = account.control("GET", &format!("{path}?version={version}"));
        let arn = &endpoint["agentRuntimeEndpointArn"];
        let found = json!({
            "version": counted.then_some(version),
            "artifact": serves["agentRuntimeArtifact"],
            "variables": serves["environmentVariables"],
            "description": endpoint["description"],
            "tags": tags(arn),
            "policy": policy(arn),
        });
        endpoints.insert(endpoint["name"].as_str().unwrap().to_owned(), found);
    }
    let versions = account.control("POST", &format!("{path}versions/"))["agentRuntimes"].as_array().map(Vec::len);
    let arn = live["agentRuntimeArn"].clone();
    if !counted {
        live["agentRuntimeVersion"] = Value::Null;
    }
    json!({
        "settings": live,
        "tags": tags(&arn),
        "policy": policy(&arn),
        "endpoints": endpoints,
        "versions": versions.filter(|_| counted),
    })
}

/// Of the notes about versions, what came of their tests: who made one is noted as far as that goes. Locks of runs that have ended
/// are nobody's obstacle.
fn tagged(tags: &Value, counted: bool) -> Value {
    let mut found = Map::new();
    for (key, value) in tags.as_object().into_iter().flatten() {
        let text = value.as_str().unwrap();
        if key.starts_with("agentcore:history-") {
            let tested = text.split(' ').find(|word| word.starts_with("smoke="));
            if let Some(tested) = tested.filter(|_| counted) {
                found.insert(format!("version {}", text.split(' ').next().unwrap()), json!(tested));
            }
        } else if !key.starts_with("agentcore:lock:") && (counted || key != "agentcore:previous-version") {
            found.insert(key.clone(), value.clone());
        }
    }
    Value::Object(found)
}

/// The configuration and what is on record beside it.
fn files(world: &World, counted: bool, names: &mut Vec<(String, String)>) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let beside = world.project().join(".bedrock_agentcore/environments");
    let records = std::fs::read_dir(beside).into_iter().flatten().map(|entry| entry.unwrap().path());
    let records = records.filter(|path| path.extension().is_some_and(|end| end == "yaml" || end == "json"));
    for path in std::iter::once(world.project().join(".bedrock_agentcore.yaml")).chain(records) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let mut file: Value = serde_yaml::from_str(&text).unwrap();
        if let Some(project) = file.pointer("/agentcore/project").and_then(Value::as_str) {
            names.push((project.to_owned(), "PROJECT".to_owned()));
        }
        if !counted {
            uncount(&mut file);
        }
        found.push((format!("file {}", path.file_name().unwrap().to_str().unwrap()), file));
    }
    found
}

fn uncount(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("deployed_version");
            members.values_mut().for_each(uncount);
        }
        Value::Array(items) => items.iter_mut().for_each(uncount),
        _ => {}
    }
}

fn plain(value: Value, names: &[(String, String)]) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(key, value)| !VOLATILE.contains(&key.as_str()) && !value.is_null());
            kept.map(|(key, value)| (renamed(&key, names), plain(value, names))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(|item| plain(item, names)).collect(),
        Value::String(text) => renamed(&text, names).into(),
        other => other,
    }
}

fn renamed(text: &str, names: &[(String, String)]) -> String {
    names.iter().fold(text.to_owned(), |text, (id, name)| text.replace(id, name))
}

/// What differs, a line for each thing.
pub(super) fn differences(wanted: &State, found: &State) -> Vec<String> {
    let keys: std::collections::BTreeSet<&String> = wanted.keys().chain(found.keys()).collect();
    let differing = keys.into_iter().filter(|key| wanted.get(*key) != found.get(*key));
    let side = |state: &State, key: &str| state.get(key).map_or_else(|| "nothing".to_owned(), Value::to_string);
    differing.map(|key| format!("{key}:\n    wanted {}\n    found  {}", side(wanted, key), side(found, key))).collect()
}
