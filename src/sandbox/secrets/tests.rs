use serde_json::{Value, json};

use super::*;
use crate::sandbox::tests::TestSandbox;

fn code(answer: Result<Value, Fault>) -> String {
    answer.map_or_else(|fault| fault.code.into_owned(), |value| value.to_string())
}

#[test]
fn new_value_moves_labels_and_keeps_old_versions() {
    let (sandbox, _dir) = TestSandbox::bare();
    let context = SecretsContext { sandbox: &sandbox, now: 1000.0 };
    let mut state = Secrets::default();
    let made = write::create(&mut state, &context, &json!({ "Name": "a/b", "SecretString": "one" })).unwrap();
    let arn = made["ARN"].as_str().unwrap();
    let partial = &arn[..arn.len() - SUFFIX - 1];
    for (id, value) in [("a/b", "two"), (arn, "three"), (partial, "four")] {
        write::put(&mut state, &context, &json!({ "SecretId": id, "SecretString": value })).unwrap();
    }
    let read = |state: &Secrets, more: Value| {
        let mut input = json!({ "SecretId": partial });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        get(state, &context, &input)
    };
    assert_eq!(read(&state, json!({})).unwrap()["SecretString"], "four");
    assert_eq!(read(&state, json!({ "VersionStage": PREVIOUS })).unwrap()["SecretString"], "three");
    let first = made["VersionId"].clone();
    assert_eq!(read(&state, json!({ "VersionId": first })).unwrap()["SecretString"], "one");
    assert_eq!(code(read(&state, json!({ "VersionId": first, "VersionStage": CURRENT }))), "InvalidRequestException");
    let labels: Vec<usize> = state.secrets["a/b"].versions.values().map(|version| version.stages.len()).collect();
    assert_eq!(labels.iter().sum::<usize>(), 2, "one is current, one is the previous");
    let many = |state: &mut Secrets| {
        for index in 0..150 {
            write::put(state, &context, &json!({ "SecretId": "a/b", "SecretString": index.to_string() })).unwrap();
        }
    };
    many(&mut state);
    assert_eq!(state.secrets["a/b"].versions.len(), 100);
    assert_eq!(read(&state, json!({})).unwrap()["SecretString"], "149");
}

#[test]
fn deleted_secret_can_be_restored_within_its_window() {
    let (sandbox, _dir) = TestSandbox::bare();
    let mut context = SecretsContext { sandbox: &sandbox, now: 1000.0 };
    let mut state = Secrets::default();
    let id = json!({ "SecretId": "s" });
    write::create(&mut state, &context, &json!({ "Name": "s", "SecretString": "x" })).unwrap();
    let marked = write::delete(&mut state, &context, &json!({ "SecretId": "s", "RecoveryWindowInDays": 7 })).unwrap();
    assert_eq!(marked["DeletionDate"], 1000.0 + 7.0 * DAY);
    assert_eq!(code(get(&state, &context, &id)), "InvalidRequestException");
    assert_eq!(code(write::create(&mut state, &context, &json!({ "Name": "s" }))), "InvalidRequestException");
    write::restore(&mut state, &context, &id).unwrap();
    assert_eq!(get(&state, &context, &id).unwrap()["SecretString"], "x");
    write::delete(&mut state, &context, &id).unwrap();
    context.now += 30.0 * DAY;
    assert_eq!(code(write::restore(&mut state, &context, &id)), "ResourceNotFoundException");
    write::create(&mut state, &context, &json!({ "Name": "s", "SecretString": "new" })).unwrap();
}

#[test]
fn only_the_owning_service_changes_its_secret() {
    let (sandbox, _dir) = TestSandbox::bare();
    let context = SecretsContext { sandbox: &sandbox, now: 1000.0 };
    let mut state = Secrets::default();
    let managed = |value: &str| Managed {
        name: "service!default/apikey/p".to_owned(),
        owner: "service",
        content: json!({ "k": value }),
    };
    let arn = write::keep_managed(&mut state, &context, &managed("one")).unwrap();
    assert_eq!(write::keep_managed(&mut state, &context, &managed("two")).unwrap(), arn);
    assert_eq!(get(&state, &context, &json!({ "SecretId": arn })).unwrap()["SecretString"], r#"{"k":"two"}"#);
    for change in [
        write::put(&mut state, &context, &json!({ "SecretId": arn, "SecretString": "x" })),
        write::delete(&mut state, &context, &json!({ "SecretId": arn, "ForceDeleteWithoutRecovery": true })),
    ] {
        assert_eq!(code(change), "InvalidRequestException");
    }
}
