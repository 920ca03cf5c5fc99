//! What a launch says of the VPC of an agent, before it makes anything. The network is the sandbox's own: docs/sandbox-reference.md.

use serde_json::Value;

use crate::convergence::Scene;
use crate::support::{Account, Run};

const PLAN: &[&str] = &["launch", "--plan", "-o", "json"];
const LAUNCH: &[&str] = &["launch", "-o", "json"];

const PRIVATE: &str = "subnet-0123456789abcdef0";
const PUBLIC: &str = "subnet-0123456789abcdef2";
/// Of the other VPC, in a zone that AgentCore does not support, without a way out.
const CLOSED: &str = "subnet-0123456789abcdef3";
const NO_SUBNET: &str = "subnet-0fedcba9876543210";
const NO_GROUP: &str = "sg-0fedcba9876543210";
const GROUP: &str = "sg-0123456789abcdef0";
const OTHER_GROUP: &str = "sg-0123456789abcdef1";
const SHUT_GROUP: &str = "sg-0123456789abcdef2";

fn in_vpc<'a>(subnets: &'a str, groups: &'a str) -> [&'a str; 5] {
    ["--vpc", "--subnets", subnets, "--security-groups", groups]
}

/// Stderr in one line, since a terminal's width cuts it anywhere.
fn told(run: &Run) -> String {
    run.stderr_text().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has_nothing(account: &Account) -> bool {
    let holdings = account.holdings();
    holdings.repositories.is_empty() && holdings.roles.is_empty() && holdings.runtimes.is_empty()
}

/// The causes of a refusal, before which nothing was made.
fn refused(scene: &Scene, subnets: &str, groups: &str) -> Vec<String> {
    let world = scene.project("agent", &in_vpc(subnets, groups));
    let mut all = Vec::new();
    for args in [PLAN, LAUNCH] {
        let error = world.agentcore(args).run().code(2).json()["error"].clone();
        assert_eq!(error["code"], "runtime.network", "{error}");
        assert!(has_nothing(&scene.account), "{args:?}");
        let causes: Vec<String> =
            error["causes"].as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect();
        all.push(causes);
    }
    assert_eq!(all[0], all[1]);
    all.remove(0)
}

#[test]
fn a_network_with_faults_is_refused_before_anything() {
    let Some(scene) = Scene::start() else { return };
    assert_eq!(
        refused(&scene, &format!("{PRIVATE},{NO_SUBNET}"), &format!("{GROUP},{NO_GROUP}")),
        [
            format!("the subnet `{NO_SUBNET}` does not exist in us-west-2"),
            format!("the security group `{NO_GROUP}` does not exist in us-west-2"),
        ]
    );
    let apart = format!(
        "the subnets are in several VPCs: `{PRIVATE}` in `vpc-0123456789abcdef0`, `{CLOSED}` in `vpc-0123456789abcdef1`"
    );
    assert_eq!(refused(&scene, &format!("{PRIVATE},{CLOSED}"), GROUP), [apart]);
}

#[test]
fn a_private_subnet_with_nat_needs_no_words() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &in_vpc("subnet-0123456789abcdef0,subnet-0123456789abcdef1", GROUP));
    let run = world.agentcore(PLAN).run().code(6);
    let told = told(&run);
    assert!(["VPC", "subnet", "EC2", "gateway"].iter().all(|word| !told.contains(word)), "{told}");
}

#[test]
fn doubts_about_a_network_are_warnings() {
    let Some(scene) = Scene::start() else { return };
    let warned = |subnets: &str, groups: &str| {
        let run = scene.project("agent", &in_vpc(subnets, groups)).agentcore(PLAN).run().code(6);
        told(&run)
    };
    let foreign = warned(PRIVATE, OTHER_GROUP);
    assert!(
        foreign.contains(&format!("the security group `{OTHER_GROUP}` is of `vpc-0123456789abcdef1`")),
        "{foreign}"
    );
    let closed = warned(CLOSED, OTHER_GROUP);
    assert!(closed.contains(&format!("`{CLOSED}` (usw2-az4)")), "{closed}");
    assert!(closed.contains("ecr.api, ecr.dkr, s3, logs"), "{closed}");
    let public = warned(PUBLIC, GROUP);
    assert!(public.contains(&format!("the subnet `{PUBLIC}` is public")), "{public}");
    let shut = warned(CLOSED, SHUT_GROUP);
    assert!(shut.contains(&format!("`{SHUT_GROUP}` has no outbound rule")), "{shut}");
}

#[test]
fn no_answer_of_ec2_stops_a_launch() {
    let Some(scene) = Scene::start() else { return };
    let silent = "http://127.0.0.1:9";
    let world = scene.project("agent", &in_vpc(PRIVATE, GROUP));
    let run = world.agentcore(LAUNCH).var("AWS_ENDPOINT_URL_EC2", silent).run().code(0);
    assert_eq!(told(&run).matches("was checked").count(), 1, "{run}");
    let outside = scene.project("outside", &[]);
    let run = outside.agentcore(PLAN).var("AWS_ENDPOINT_URL_EC2", silent).run().code(6);
    assert!(!told(&run).contains("was checked"), "an agent outside of a VPC asks EC2 nothing: {run}");
}
