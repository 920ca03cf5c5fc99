//! The rows of the matrix: each verb with what comes before it.

use serde_json::{Value, json};

use crate::support::{Account, Sandbox, World};

/// What a verb does to the account and the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    Reads,
    /// Repeated, it changes nothing more.
    Converges,
    /// Repeated, it makes versions and puts them back again, so that their numbers differ.
    MakesVersions,
}

/// A row of the matrix.
pub(super) struct Verb {
    pub(super) name: &'static str,
    pub(super) args: &'static [&'static str],
    /// On an agent with two versions, once.
    pub(super) prepare: fn(&Sandbox, &Account),
    /// Right before it: what does not outlive the sandbox that it was done in.
    pub(super) before: &'static [&'static [&'static str]],
    /// The exit status of a run that nothing disturbs.
    pub(super) code: i32,
    pub(super) effect: Effect,
}

const SESSION: &str = "9b2f0c1e-5d3a-4c7b-8e6f-0a1b2c3d4e5f";
const TRACE: &str = "6a0f0a00000000000000000000000001";

fn run(world: &World, args: &[&str]) {
    world.agentcore(args).run().code(0);
}

/// Changes the source, so that a launch makes a version.
pub(super) fn edit(world: &World, text: &str) {
    let agent = world.read("agent.py");
    world.write("agent.py", &format!("# {text}\n{agent}"));
}

fn nothing(_: &Sandbox, _: &Account) {}

fn third_version(sandbox: &Sandbox, _: &Account) {
    run(sandbox, &["endpoint", "create", "prod", "--version", "1"]);
    edit(sandbox, "The third version.");
}

/// The runtime as another tool would have made it, and a folder that knows nothing of it.
fn foreign(sandbox: &Sandbox, account: &Account) {
    let id = &account.holdings().runtimes[0].id;
    let arn = account.control("GET", &format!("/runtimes/{id}/"))["agentRuntimeArn"].as_str().unwrap().to_owned();
    let arn = arn.replace(':', "%3A").replace('/', "%2F");
    for tag in ["agentcore%3Aproject", "agentcore%3Amanaged-by", "agentcore%3Aagent"] {
        account.control("DELETE", &format!("/tags/{arn}?tagKeys={tag}"));
    }
    std::fs::remove_file(sandbox.project().join(".bedrock_agentcore.yaml")).unwrap();
    std::fs::remove_dir_all(sandbox.project().join(".bedrock_agentcore")).unwrap();
}

fn called(sandbox: &Sandbox, _: &Account) {
    run(sandbox, &["invoke", "{}", "--session-id", SESSION]);
}

/// A span, as the agent would have exported it.
fn traced(_: &Sandbox, account: &Account) {
    let id = &account.holdings().runtimes[0].id;
    let now = i64::try_from(time::OffsetDateTime::now_utc().unix_timestamp_nanos()).unwrap();
    let resource =
        format!("arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/{id}/runtime-endpoint/DEFAULT:DEFAULT");
    let span: Value = json!({
        "resource": { "attributes": { "cloud.resource_id": resource, "service.name": "agent.DEFAULT" } },
        "traceId": TRACE,
        "spanId": "a000000000000001",
        "name": "POST /invocations",
        "kind": "SERVER",
        "startTimeUnixNano": now - 1_000_000_000,
        "endTimeUnixNano": now,
        "durationNano": 1_000_000_000,
        "attributes": { "session.id": SESSION },
        "status": { "code": "OK" },
    });
    account.logs("CreateLogGroup", &json!({ "logGroupName": "aws/spans" }));
    let place = json!({ "logGroupName": "aws/spans", "logStreamName": "default" });
    account.logs("CreateLogStream", &place);
    let mut input = place;
    input["logEvents"] = json!([{ "timestamp": now / 1_000_000, "message": span.to_string() }]);
    account.logs("PutLogEvents", &input);
}

/// A verb that changes something, on the agent as it is.
const fn changing(name: &'static str, args: &'static [&'static str], prepare: fn(&Sandbox, &Account)) -> Verb {
    Verb { name, args, prepare, before: &[], code: 0, effect: Effect::Converges }
}

const fn reading(name: &'static str, args: &'static [&'static str], prepare: fn(&Sandbox, &Account)) -> Verb {
    Verb { name, args, prepare, before: &[], code: 0, effect: Effect::Reads }
}

pub(super) fn verbs() -> Vec<Verb> {
    vec![
        changing("endpoint create", &["endpoint", "create", "prod", "--version", "1", "-o", "json"], nothing),
        changing("endpoint promote", &["endpoint", "promote", "prod", "--version", "2", "-o", "json"], |sandbox, _| {
            run(sandbox, &["endpoint", "create", "prod", "--version", "1"]);
        }),
        changing("endpoint delete", &["endpoint", "delete", "prod", "--force", "-o", "json"], |sandbox, _| {
            run(sandbox, &["endpoint", "create", "prod"]);
            run(sandbox, &["endpoint", "create", "other"]);
        }),
        changing("rollback --endpoint", &["rollback", "1", "--endpoint", "prod", "-o", "json"], |sandbox, _| {
            run(sandbox, &["endpoint", "create", "prod"]);
        }),
        changing("rollback", &["rollback", "1", "-o", "json"], |sandbox, _| {
            run(sandbox, &["endpoint", "create", "prod"]);
        }),
        changing("launch --endpoint", &["launch", "--endpoint", "staging", "-o", "json"], third_version),
        changing(
            "launch --smoke",
            &["launch", "--endpoint", "prod", "--smoke", "{\"n\": 1}", "--expect", ".n == 1", "-o", "json"],
            third_version,
        ),
        Verb {
            code: 1,
            effect: Effect::MakesVersions,
            ..changing(
                "launch --smoke, failed",
                &["launch", "--endpoint", "prod", "--smoke", "{\"n\": 1}", "--expect", ".n == 2", "-o", "json"],
                third_version,
            )
        },
        changing("launch, allow_callers", &["launch", "-o", "json"], |sandbox, _| {
            run(sandbox, &["configure", "-ni", "--name", "agent", "--allow-caller", "210987654321"]);
        }),
        // A declared one has its record in the file, and one of a branch beside it.
        changing("launch --environment", &["launch", "--environment", "staging", "-o", "json"], |sandbox, _| {
            let text = sandbox.read(".bedrock_agentcore.yaml");
            assert_eq!(text.matches("\nagentcore:\n").count(), 1, "{text}");
            let declared = "\nagentcore:\n  environments:\n    staging: {}\n";
            sandbox.write(".bedrock_agentcore.yaml", &text.replace("\nagentcore:\n", declared));
        }),
        changing(
            "destroy --environment",
            &["destroy", "--environment", "staging", "--force", "--delete-ecr-repo", "-o", "json"],
            |sandbox, _| run(sandbox, &["launch", "--environment", "staging"]),
        ),
        changing("adopt", &["adopt", "agent", "-o", "json"], foreign),
        changing("observability enable", &["observability", "enable", "-o", "json"], nothing).ending_with(6),
        changing("observability disable", &["observability", "disable", "-o", "json"], |sandbox, _| {
            sandbox.agentcore(&["observability", "enable"]).run().code(6);
        }),
        Verb {
            before: &[&["exec", "--new-session", "-o", "json", "true"]],
            ..changing("sessions stop", &["sessions", "stop", "--all", "-o", "json"], nothing)
        },
        reading("exec", &["exec", "-o", "json", "echo out"], nothing),
        reading("logs", &["logs", "--since", "1d", "-o", "json"], called),
        reading("traces list", &["traces", "list", "--session-id", SESSION, "-o", "json"], traced),
        reading("traces show", &["traces", "show", "--trace-id", TRACE, "-o", "json"], traced),
        reading("observability check", &["observability", "check", "-o", "json"], nothing).ending_with(6),
    ]
}

impl Verb {
    const fn ending_with(self, code: i32) -> Self {
        Self { code, ..self }
    }
}
