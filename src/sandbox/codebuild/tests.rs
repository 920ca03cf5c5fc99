//! CodeBuild over the wire.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{ImageBuilder, ImageOrder, MadeImage, PushOrder};
use crate::error::Result;
use crate::sandbox::tests::TestSandbox;

const HOST: &str = "123456789012.dkr.ecr.us-west-2.amazonaws.com";

async fn ask(served: &TestSandbox, operation: &str, input: Value) -> std::result::Result<Value, String> {
    let target = format!("CodeBuild_20161006.{operation}");
    let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
    let answer = served.send("codebuild", ("POST", "/"), &headers, input.to_string()).await;
    let status = answer.status().as_u16();
    let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    if status == 200 { Ok(body) } else { Err(body["__type"].as_str().unwrap_or_default().to_owned()) }
}

/// A role that a service may assume, with all permissions of some actions.
async fn role(served: &TestSandbox, name: &str, service: &str, actions: &[&str]) -> String {
    served.role(name, service, json!({ "Effect": "Allow", "Action": actions, "Resource": "*" })).await
}

fn project(role: &str, buildspec: &str) -> Value {
    json!({
        "name": "p-builder",
        "source": { "type": "S3", "location": "sources/agent/source.zip", "buildspec": buildspec },
        "artifacts": { "type": "NO_ARTIFACTS" },
        "environment": {
            "type": "ARM_CONTAINER", "image": "aws/codebuild/amazonlinux2-aarch64-standard:3.0",
            "computeType": "BUILD_GENERAL1_MEDIUM", "privilegedMode": true,
        },
        "serviceRole": role,
    })
}

async fn upload(served: &TestSandbox, files: &[(&str, &str)]) {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let headers = [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
    let bucket = format!(
        "<CreateBucketConfiguration><LocationConstraint>{}</LocationConstraint></CreateBucketConfiguration>",
        served.info.region
    );
    served.send("s3", ("PUT", "/sources"), &headers, bucket).await;
    assert_eq!(served.send("s3", ("PUT", "/sources/agent/source.zip"), &headers, bytes).await.status(), 200);
}

/// Runs a build to its end.
async fn build(served: &TestSandbox, input: Value) -> Value {
    let started = ask(served, "StartBuild", input).await.unwrap();
    let id = started["build"]["id"].as_str().unwrap().to_owned();
    for _ in 0..600 {
        let found = ask(served, "BatchGetBuilds", json!({ "ids": [id] })).await.unwrap();
        if found["builds"][0]["buildComplete"] == true {
            return found["builds"][0].clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{id} does not end");
}

#[cfg(unix)]
async fn appears(path: &Path) {
    for _ in 0..1000 {
        if path.exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} does not appear", path.display());
}

async fn log(served: &TestSandbox, build: &Value) -> String {
    let headers = [("x-amz-target", "Logs_20140328.GetLogEvents"), ("content-type", "application/x-amz-json-1.1")];
    let input = json!({ "logGroupName": build["logs"]["groupName"], "logStreamName": build["logs"]["streamName"], "startFromHead": true });
    let answer = served.send("logs", ("POST", "/"), &headers, input.to_string()).await;
    let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let events = body["events"].as_array().unwrap().iter();
    events.map(|event| event["message"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

fn statuses(build: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    build["phases"].as_array().unwrap().iter().map(|it| (text(&it["phaseType"]), text(&it["phaseStatus"]))).collect()
}

/// Where an image was pushed to, by a builder that makes none.
#[derive(Clone, Debug, Default)]
struct NotingBuilder(Arc<Mutex<Vec<String>>>);

impl ImageBuilder for NotingBuilder {
    fn recognises(&self, dockerfile: &Path) -> bool {
        std::fs::read_to_string(dockerfile).is_ok_and(|text| text.starts_with("FROM generated"))
    }

    fn build(&self, order: ImageOrder) -> BoxFuture<'static, Result<Box<dyn MadeImage>>> {
        let made = self.clone();
        Box::pin(async move {
            order.events.note("made by the builder");
            assert!(order.bare && order.context.join("agent.py").is_file());
            let made: Box<dyn MadeImage> = Box::new(made);
            Ok(made)
        })
    }
}

impl MadeImage for NotingBuilder {
    fn push(&self, order: PushOrder) -> BoxFuture<'_, Result<String>> {
        self.0.lock().unwrap().push(format!("{}:{}", order.repository, order.tag));
        Box::pin(async { Ok("sha256:0".to_owned()) })
    }
}

const ALL: &[&str] = &["s3:*", "logs:*", "ecr:*"];

#[tokio::test]
async fn projects_are_kept_and_validated() {
    let served = TestSandbox::start().await;
    let builder = role(&served, "builder", "codebuild", ALL).await;
    let other = role(&served, "other", "lambda", ALL).await;
    let create = async |change: &dyn Fn(&mut Value)| {
        let mut input = project(&builder, "version: 0.2");
        change(&mut input);
        ask(&served, "CreateProject", input).await
    };
    let invalid = Err("InvalidInputException".to_owned());
    assert_eq!(create(&|it| it["name"] = json!("-p")).await, invalid);
    assert_eq!(create(&|it| it["source"]["location"] = json!("s3://sources/a.zip")).await, invalid);
    assert_eq!(create(&|it| it["source"]["type"] = json!("GITHUB")).await, invalid);
    assert_eq!(create(&|it| it["environment"]["type"] = json!("TOASTER")).await, invalid);
    assert_eq!(create(&|it| it["serviceRole"] = json!(other)).await, invalid);
    assert_eq!(create(&|it| it["serviceRole"] = json!(builder.replace("builder", "nobody"))).await, invalid);
    assert_eq!(create(&|it| it["timeoutInMinutes"] = json!(4)).await, invalid);
    let made = create(&|_| {}).await.unwrap()["project"].clone();
    assert_eq!(made["arn"], "arn:aws:codebuild:us-west-2:123456789012:project/p-builder");
    assert_eq!(made["timeoutInMinutes"], 60);
    assert_eq!(create(&|_| {}).await, Err("ResourceAlreadyExistsException".to_owned()));
    let update = json!({ "name": "p-builder", "description": "new", "timeoutInMinutes": 5 });
    let updated = ask(&served, "UpdateProject", update.clone()).await.unwrap()["project"].clone();
    assert_eq!((&updated["description"], &updated["source"]), (&json!("new"), &made["source"]));
    let served = TestSandbox::start_in(served.stop().await).await;
    let found = ask(&served, "BatchGetProjects", json!({ "names": ["p-builder", "none"] })).await.unwrap();
    assert_eq!(found["projects"][0], updated);
    assert_eq!(found["projectsNotFound"], json!(["none"]));
    for _ in 0..2 {
        ask(&served, "DeleteProject", json!({ "name": "p-builder" })).await.unwrap();
    }
    for (operation, input) in [("UpdateProject", update), ("StartBuild", json!({ "projectName": "p-builder" }))] {
        assert_eq!(ask(&served, operation, input).await, Err("ResourceNotFoundException".to_owned()));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn failed_phase_has_its_command_and_log() {
    let served = TestSandbox::start().await;
    let role = role(&served, "builder", "codebuild", ALL).await;
    upload(
        &served,
        &[
            ("buildspec.yml", "version: 0.2\nphases: {build: {commands: [cat note.txt]}}"),
            ("note.txt", "in the source"),
        ],
    )
    .await;
    let spec = "version: 0.2\nenv:\n  variables: {GREETING: hello}\nphases:\n  install:\n    commands: ['cd /', 'export KEPT=kept']\n  \
                build:\n    commands:\n      - printf %s \"$GREETING $KEPT $(pwd)\"\n      - |\n        echo before >&2\n        exit 3\n      - \
                echo never\n    finally: ['echo at last $CODEBUILD_BUILD_SUCCEEDING']\n  post_build:\n    commands: ['echo later \
                $CODEBUILD_BUILD_SUCCEEDING']\n";
    ask(&served, "CreateProject", project(&role, spec)).await.unwrap();
    let start =
        json!({ "projectName": "p-builder", "environmentVariablesOverride": [{ "name": "GREETING", "value": "hi" }] });
    let failed = build(&served, start).await;
    assert_eq!(failed["buildStatus"], "FAILED");
    let bad = ("BUILD".to_owned(), "FAILED".to_owned());
    let expected = [
        "SUBMITTED",
        "QUEUED",
        "PROVISIONING",
        "DOWNLOAD_SOURCE",
        "INSTALL",
        "PRE_BUILD",
        "BUILD",
        "POST_BUILD",
        "UPLOAD_ARTIFACTS",
        "FINALIZING",
        "COMPLETED",
    ];
    let found = statuses(&failed);
    assert_eq!(found.iter().map(|(phase, _)| phase.as_str()).collect::<Vec<_>>(), expected);
    assert_eq!(found.iter().filter(|(_, status)| status == "FAILED").collect::<Vec<_>>(), [&bad]);
    let context = &failed["phases"][6]["contexts"][0];
    assert_eq!(context["statusCode"], "COMMAND_EXECUTION_ERROR");
    assert_eq!(context["message"], "Error while executing command: echo before >&2\nexit 3. Reason: exit status 3");
    let log = log(&served, &failed).await;
    let lines: Vec<&str> = log.lines().filter(|line| !line.starts_with('[') && !line.starts_with("exit 3")).collect();
    assert_eq!(lines, ["hi kept /", "before", "at last 0", "later 0"], "{log}");
    assert!(
        log.contains("Running command echo before") && log.contains("Phase complete: BUILD State: FAILED"),
        "{log}"
    );

    // The source's own buildspec.
    let mut update = project(&role, "");
    update["source"]["buildspec"] = Value::Null;
    ask(&served, "UpdateProject", update).await.unwrap();
    let good = build(&served, json!({ "projectName": "p-builder" })).await;
    assert_eq!((&good["buildStatus"], &good["buildNumber"]), (&json!("SUCCEEDED"), &json!(2)));
    assert!(self::log(&served, &good).await.contains("in the source"));
    let ids = ask(&served, "ListBuildsForProject", json!({ "projectName": "p-builder" })).await.unwrap();
    assert_eq!(ids["ids"], json!([good["id"], failed["id"]]));
}

#[cfg(unix)]
#[tokio::test]
async fn stopped_build_ends_with_its_commands() {
    let served = TestSandbox::start().await;
    let role = role(&served, "builder", "codebuild", ALL).await;
    let [begun, proof] = ["begun", "proof"].map(|name| served.dir.path().join(name));
    let spec = format!(
        "version: 0.2\nphases: {{build: {{commands: ['(sleep 1; touch {}) & touch {}; sleep 60']}}}}",
        proof.display(),
        begun.display()
    );
    let mut input = project(&role, &spec);
    input["source"] = json!({ "type": "NO_SOURCE", "buildspec": spec });
    ask(&served, "CreateProject", input).await.unwrap();
    let start = json!({ "projectName": "p-builder", "idempotencyToken": "once" });
    let id = ask(&served, "StartBuild", start.clone()).await.unwrap()["build"]["id"].clone();
    assert_eq!(ask(&served, "StartBuild", start).await.unwrap()["build"]["id"], id);
    appears(&begun).await;
    let stopped = ask(&served, "StopBuild", json!({ "id": id })).await.unwrap()["build"].clone();
    assert_eq!((&stopped["buildStatus"], &stopped["currentPhase"]), (&json!("STOPPED"), &json!("COMPLETED")));
    assert_eq!(statuses(&stopped)[6], ("BUILD".to_owned(), "STOPPED".to_owned()));
    tokio::time::sleep(Duration::from_millis(1300)).await;
    assert!(!proof.exists(), "what the command started goes on");
    let missing = ask(&served, "StopBuild", json!({ "id": "p-builder:none" })).await;
    assert_eq!(missing, Err("ResourceNotFoundException".to_owned()));

    // One that runs when the sandbox stops.
    std::fs::remove_file(&begun).unwrap();
    let id = ask(&served, "StartBuild", json!({ "projectName": "p-builder" })).await.unwrap()["build"]["id"].clone();
    appears(&begun).await;
    let dir = served.stop().await;
    assert_eq!(std::fs::read_dir(dir.path().join("sandbox/data/codebuild")).unwrap().count(), 0);
    let served = TestSandbox::start_in(dir).await;
    let ended = ask(&served, "BatchGetBuilds", json!({ "ids": [id] })).await.unwrap()["builds"][0].clone();
    assert_eq!((&ended["buildStatus"], statuses(&ended)[6].1.as_str()), (&json!("FAULT"), "FAULT"));
}

const DOCKER: &str = "version: 0.2\nphases:\n  build:\n    commands:\n      - docker build -t x . &\n  post_build:\n    commands:\n      - \
                      docker push HOST/agents/a:t1\n";

#[tokio::test]
async fn generated_dockerfile_needs_no_engine() {
    let noted = NotingBuilder::default();
    let dir = tempfile::tempdir().unwrap();
    let served = TestSandbox::start_with(dir, |options| options.builder = Some(Arc::new(noted.clone()))).await;
    let all = role(&served, "builder", "codebuild", ALL).await;
    upload(&served, &[("Dockerfile", "FROM generated"), ("agent.py", "")]).await;
    let spec = DOCKER.replace("HOST", HOST);
    ask(&served, "CreateProject", project(&all, &spec)).await.unwrap();
    let good = build(&served, json!({ "projectName": "p-builder" })).await;
    assert_eq!(good["buildStatus"], "SUCCEEDED", "{good}");
    assert_eq!(*noted.0.lock().unwrap(), ["agents/a:t1"]);
    let log = log(&served, &good).await;
    assert!(log.contains("made by the builder") && log.contains("t1: digest: sha256:0"), "{log}");
    assert!(log.contains("are not run"), "what is left out is said: {log}");

    // Another account's registry, and a role that may not push, or not read the source.
    let elsewhere = json!({ "projectName": "p-builder", "buildspecOverride": DOCKER.replace("HOST", "docker.io") });
    let reader = role(&served, "reader", "codebuild", &["s3:*", "logs:*"]).await;
    let blind = role(&served, "blind", "codebuild", &["logs:*"]).await;
    let mute = role(&served, "mute", "codebuild", &["s3:*"]).await;
    for (start, phase, code) in [
        (elsewhere, "POST_BUILD", "COMMAND_EXECUTION_ERROR"),
        (json!({ "projectName": "p-builder", "serviceRoleOverride": reader }), "POST_BUILD", "COMMAND_EXECUTION_ERROR"),
        (json!({ "projectName": "p-builder", "serviceRoleOverride": blind }), "DOWNLOAD_SOURCE", "CLIENT_ERROR"),
        (json!({ "projectName": "p-builder", "serviceRoleOverride": mute }), "PROVISIONING", "ACCESS_DENIED"),
    ] {
        let failed = build(&served, start).await;
        let phases = failed["phases"].as_array().unwrap();
        let found = phases.iter().find(|it| it["phaseStatus"] == "FAILED").unwrap();
        assert_eq!(
            (&found["phaseType"], &found["contexts"][0]["statusCode"]),
            (&json!(phase), &json!(code)),
            "{failed}"
        );
        assert_eq!(failed["buildStatus"], "FAILED");
    }
    assert_eq!(noted.0.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn build_that_outlived_its_sandbox_is_a_fault() {
    let (sandbox, _dir) = TestSandbox::bare();
    let mut record: super::model::BuildRecord = serde_json::from_value(json!({
        "id": "p:1", "project": "p", "number": 1, "started": 1.0, "ended": null, "status": "IN_PROGRESS",
        "phases": [{ "phase": "BUILD", "started": 2.0, "ended": null, "reason": null }],
        "source": {}, "environment": {}, "role": "r", "timeout_minutes": 60, "has_log": true, "initiator": "i",
        "token": null, "instance": "an earlier run",
    }))
    .unwrap();
    assert_eq!(record.show(&sandbox.info)["buildStatus"], "FAULT");
    assert_eq!(record.show(&sandbox.info)["buildComplete"], true);
    record.instance.clone_from(&sandbox.info.instance);
    assert_eq!(record.show(&sandbox.info)["buildStatus"], "IN_PROGRESS");
}
