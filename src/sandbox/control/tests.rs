//! Runtimes and endpoints as values, with a number for a clock.

use serde_json::{Value, json};

use super::endpoints;
use super::model::{DEFAULT, Runtimes, VersionImage};
use super::runtimes::{self, ControlContext};
use crate::sandbox::reply::Fault;

struct ControlFixture {
    state: Runtimes,
    context: ControlContext,
}

const READY: i64 = 1000;
const ENDPOINT: i64 = 500;

impl ControlFixture {
    fn new() -> Self {
        let context = ControlContext {
            now: 1_700_000_000_000,
            arn_prefix: "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/".into(),
            ready_delay: READY,
            endpoint_delay: ENDPOINT,
            new_require_mmdsv2: true,
        };
        Self { state: Runtimes::default(), context }
    }

    fn wait(&mut self, millis: i64) {
        self.context.now += millis;
    }

    fn image() -> VersionImage {
        VersionImage { repository: "r".into(), digest: "sha256:00".into(), platform: "linux/arm64".into() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "given as a literal")]
    fn create(&mut self, input: Value) -> Result<Value, Fault> {
        let id = runtimes::new_id(input["agentRuntimeName"].as_str().unwrap())?;
        runtimes::create(&mut self.state, &self.context, &input, id, (Self::image(), None))
    }

    fn update(&mut self, id: &str, input: &Value) -> Result<Value, Fault> {
        runtimes::update(&mut self.state, &self.context, id, input, (Self::image(), None))
    }

    fn get(&self, id: &str) -> Result<Value, Fault> {
        runtimes::get(&self.state, id, None, self.context.now)
    }

    fn endpoint(&self, id: &str, name: &str) -> Result<Value, Fault> {
        endpoints::get(&self.state, (id, name), self.context.now)
    }

    fn live(&self, id: &str, name: &str) -> Option<u32> {
        self.state.get(id, self.context.now).ok()?.live(name, self.context.now).map(|version| version.number)
    }

    fn ready(&mut self, input: Value) -> String {
        let id = self.create(input).unwrap()["agentRuntimeId"].as_str().unwrap().to_owned();
        self.wait(READY + ENDPOINT);
        id
    }
}

fn agent() -> Value {
    json!({ "agentRuntimeName": "agent", "roleArn": "r", "environmentVariables": { "A": "1" }, "novel": [1] })
}

fn code(result: Result<Value, Fault>) -> (u16, String) {
    let fault = result.unwrap_err();
    (fault.status.as_u16(), fault.code.into_owned())
}

fn not_found() -> (u16, String) {
    (404, "ResourceNotFoundException".into())
}

fn conflict() -> (u16, String) {
    (409, "ConflictException".into())
}

#[test]
fn the_default_endpoint_comes_after_its_runtime() {
    let mut world = ControlFixture::new();
    let created = world.create(agent()).unwrap();
    let id = created["agentRuntimeId"].as_str().unwrap().to_owned();
    assert_eq!((&created["status"], &created["agentRuntimeVersion"]), (&json!("CREATING"), &json!("1")));
    assert!(super::check::matches(super::constraints::RUNTIME_ID.1.pattern.unwrap(), &id), "{id}");
    assert_eq!(created["createdAt"], "2023-11-14T22:13:20.000Z");
    assert_eq!(
        created["workloadIdentityDetails"]["workloadIdentityArn"],
        format!(
            "arn:aws:bedrock-agentcore:us-west-2:123456789012:workload-identity-directory/default/workload-identity/{id}"
        )
    );
    assert_eq!(code(world.endpoint(&id, DEFAULT)), not_found());
    assert_eq!(world.live(&id, DEFAULT), None);
    world.wait(READY);
    assert_eq!(world.get(&id).unwrap()["status"], "READY");
    let endpoint = world.endpoint(&id, DEFAULT).unwrap();
    assert_eq!((&endpoint["status"], endpoint.get("liveVersion")), (&json!("CREATING"), None));
    assert_eq!(world.live(&id, DEFAULT), None);
    world.wait(ENDPOINT);
    let endpoint = world.endpoint(&id, DEFAULT).unwrap();
    assert_eq!((&endpoint["status"], &endpoint["liveVersion"]), (&json!("READY"), &json!("1")));
    assert_eq!(world.live(&id, DEFAULT), Some(1));
}

#[test]
fn old_version_serves_while_an_update_replaces_it() {
    let mut world = ControlFixture::new();
    let id = world.ready(agent());
    let named = json!({ "name": "stable" });
    endpoints::create(&mut world.state, &world.context, &id, &named).unwrap();
    world.wait(READY);
    let updated = world.update(&id, &json!({ "roleArn": "r2" })).unwrap();
    assert_eq!((&updated["status"], &updated["agentRuntimeVersion"]), (&json!("UPDATING"), &json!("2")));
    assert_eq!((world.live(&id, DEFAULT), world.live(&id, "stable")), (Some(1), Some(1)));
    assert_eq!(code(world.update(&id, &json!({}))), conflict());
    assert_eq!(code(endpoints::create(&mut world.state, &world.context, &id, &json!({ "name": "x" }))), conflict());
    world.wait(READY + ENDPOINT);
    let now = world.get(&id).unwrap();
    assert_eq!(now["roleArn"], "r2");
    assert!(now.get("environmentVariables").is_none() && now.get("novel").is_none());
    assert_eq!((world.live(&id, DEFAULT), world.live(&id, "stable")), (Some(2), Some(1)));
    let old = runtimes::get(&world.state, &id, Some("1"), world.context.now).unwrap();
    assert_eq!((&old["novel"], &old["status"]), (&json!([1]), &json!("READY")));

    let target = json!({ "agentRuntimeVersion": "2" });
    endpoints::update(&mut world.state, &world.context, (&id, "stable"), &target).unwrap();
    assert_eq!(world.live(&id, "stable"), Some(1));
    assert_eq!(world.endpoint(&id, "stable").unwrap()["status"], "UPDATING");
    assert_eq!(code(runtimes::delete(&mut world.state, &world.context, &id, Some("1")).map(|(v, _)| v)), conflict());
    world.wait(READY);
    assert_eq!(world.live(&id, "stable"), Some(2));
    let (deleted, stop) = runtimes::delete(&mut world.state, &world.context, &id, Some("1")).unwrap();
    assert_eq!((&deleted["agentRuntimeVersion"], stop), (&json!("1"), false));
}

#[test]
fn get_returns_what_was_sent_and_both_lifetimes() {
    let mut world = ControlFixture::new();
    let id = world.ready(agent());
    let found = world.get(&id).unwrap();
    assert_eq!((&found["environmentVariables"], &found["novel"]), (&json!({ "A": "1" }), &json!([1])));
    assert_eq!(found["lifecycleConfiguration"], json!({ "idleRuntimeSessionTimeout": 900, "maxLifetime": 28_800 }));
    for (given, expected) in [
        (json!({ "maxLifetime": 600 }), json!({ "idleRuntimeSessionTimeout": 600, "maxLifetime": 600 })),
        (json!({ "maxLifetime": 3600 }), json!({ "idleRuntimeSessionTimeout": 900, "maxLifetime": 3600 })),
    ] {
        world.update(&id, &json!({ "lifecycleConfiguration": given })).unwrap();
        assert_eq!(world.get(&id).unwrap()["lifecycleConfiguration"], expected);
        world.wait(READY + ENDPOINT);
    }
}

#[test]
fn names_are_unique_until_the_deletion_is_complete() {
    let mut world = ControlFixture::new();
    let id = world.ready(agent());
    assert_eq!(code(world.create(agent())), conflict());
    let (answer, stop) = runtimes::delete(&mut world.state, &world.context, &id, None).unwrap();
    assert_eq!((&answer["status"], stop), (&json!("DELETING"), true));
    assert_eq!(world.live(&id, DEFAULT), None);
    assert_eq!(world.get(&id).unwrap()["status"], "DELETING");
    assert_eq!(code(world.create(agent())), conflict());
    world.wait(READY);
    assert_eq!(code(world.get(&id)), not_found());
    assert_ne!(world.ready(agent()), id);
}

#[test]
fn a_client_token_repeats_the_answer() {
    let mut world = ControlFixture::new();
    let mut input = agent();
    input["clientToken"] = json!("t".repeat(36));
    let first = world.create(input.clone()).unwrap();
    assert_eq!(runtimes::repeated_create(&world.state, &input, world.context.now).unwrap(), Some(first));
    input["roleArn"] = json!("other");
    let fault = runtimes::repeated_create(&world.state, &input, world.context.now).unwrap_err();
    assert_eq!(fault.fields["reason"], "IdempotentParameterMismatchException");
}

#[test]
fn endpoints_have_limits() {
    let mut world = ControlFixture::new();
    let id = world.ready(agent());
    let mut create = |name: &str| endpoints::create(&mut world.state, &world.context, &id, &json!({ "name": name }));
    assert_eq!(code(create(DEFAULT)), conflict());
    for index in 1..10 {
        create(&format!("e{index}")).unwrap();
    }
    assert_eq!(code(create("one_more")), (402, "ServiceQuotaExceededException".into()));
    assert_eq!(code(endpoints::delete(&mut world.state, &world.context, (&id, DEFAULT))), conflict());
    endpoints::delete(&mut world.state, &world.context, (&id, "e1")).unwrap();
    world.wait(READY);
    assert_eq!(code(world.endpoint(&id, "e1")), not_found());
    let missing = json!({ "name": "x", "agentRuntimeVersion": "7" });
    assert_eq!(code(endpoints::create(&mut world.state, &world.context, &id, &missing)), not_found());
}

#[test]
fn lists_come_in_pages() {
    let mut world = ControlFixture::new();
    for name in ["a", "b", "c"] {
        world.ready(json!({ "agentRuntimeName": name }));
    }
    let mut seen = Vec::new();
    let mut token = None;
    loop {
        let page = runtimes::list(&world.state, world.context.now, (2, token));
        seen.extend(page["agentRuntimes"].as_array().unwrap().iter().map(|item| item["agentRuntimeName"].clone()));
        token = page.get("nextToken").map(|token| token.as_str().unwrap().to_owned());
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["a", "b", "c"]);
    assert_eq!(
        endpoints::list(&world.state, "none-0123456789", world.context.now, (10, None)),
        json!({ "runtimeEndpoints": [] })
    );
}

#[test]
fn tags_belong_to_runtimes_and_endpoints() {
    let mut world = ControlFixture::new();
    let id = world.ready(json!({ "agentRuntimeName": "a", "tags": { "team": "x" } }));
    let now = world.context.now;
    let arn = world.get(&id).unwrap()["agentRuntimeArn"].as_str().unwrap().to_owned();
    let endpoint = format!("{arn}/runtime-endpoint/DEFAULT");
    endpoints::tag(&mut world.state, &arn, now, &json!({ "env": "dev" })).unwrap();
    endpoints::tag(&mut world.state, &endpoint, now, &json!({ "only": "here" })).unwrap();
    endpoints::untag(&mut world.state, &arn, now, &["team", "none"]).unwrap();
    assert_eq!(endpoints::tags(&world.state, &arn, now).unwrap(), json!({ "tags": { "env": "dev" } }));
    assert_eq!(endpoints::tags(&world.state, &endpoint, now).unwrap(), json!({ "tags": { "only": "here" } }));
    let stranger = arn.replace("us-west-2", "eu-west-1");
    assert_eq!(code(endpoints::tags(&world.state, &stranger, now)), not_found());
}

#[test]
fn what_fails_serves_nobody_and_says_why() {
    let mut world = ControlFixture::new();
    let input = json!({ "agentRuntimeName": "a", "roleArn": "r" });
    let broken = || (ControlFixture::image(), Some("no entrypoint".to_owned()));
    runtimes::create(&mut world.state, &world.context, &input, "a-0123456789".into(), broken()).unwrap();
    assert_eq!(world.get("a-0123456789").unwrap()["status"], "CREATING");
    world.wait(READY + ENDPOINT);
    let failed = world.get("a-0123456789").unwrap();
    assert_eq!(
        (failed["status"].as_str(), failed["failureReason"].as_str()),
        (Some("CREATE_FAILED"), Some("no entrypoint"))
    );
    assert!(world.endpoint("a-0123456789", DEFAULT).is_err());
    assert_eq!(world.update("a-0123456789", &json!({})).unwrap_err().code, "ConflictException");

    let id = world.ready(json!({ "agentRuntimeName": "b", "roleArn": "r" }));
    world.wait(ENDPOINT);
    runtimes::update(&mut world.state, &world.context, &id, &json!({ "roleArn": "r" }), broken()).unwrap();
    assert_eq!(world.get(&id).unwrap()["status"], "UPDATING");
    world.wait(READY + ENDPOINT);
    assert_eq!(world.get(&id).unwrap()["status"], "UPDATE_FAILED");
    assert_eq!(world.live(&id, DEFAULT), Some(1));
    world.update(&id, &json!({ "roleArn": "r" })).unwrap();
    world.wait(READY + ENDPOINT);
    assert_eq!(world.get(&id).unwrap()["status"], "READY");
    assert_eq!(world.live(&id, DEFAULT), Some(3));
}
