//! A policy for an agent's environments is enough for each of them, and for nothing else.

use super::{policy_of, role};
use crate::convergence::Scene;
use crate::support::World;

const ENVIRONMENTS: &[&str] = &["--environment", "pr-*"];

/// Exit status of a run with these permissions.
fn ends(world: &World, role: &[(&'static str, String)], args: &[&str]) -> Option<i32> {
    let call = role.iter().fold(world.agentcore(args), |call, (name, value)| call.var(name, value));
    call.args(&["-o", "json"]).run().code
}

fn project(scene: &Scene, name: &str) -> World {
    let world = scene.project(name, &[]);
    // A declared one has settings of its own.
    let file = world.read(".bedrock_agentcore.yaml");
    let declared = "  environments:\n    staging: {}\n    pr-vpc:\n      defaults: {aws: {execution_role: pr-role}}\n";
    let (before, after) = file.split_once("\nagentcore:\n").unwrap_or_else(|| panic!("{file}"));
    world.write(".bedrock_agentcore.yaml", &format!("{before}\nagentcore:\n{declared}{after}"));
    world
}

#[test]
fn a_policy_for_environments_is_for_those_alone() {
    let Some(scene) = Scene::start_with(&["--enforce-iam"]) else { return };
    let world = project(&scene, "support");
    let verbs = "deploy,destroy --delete-ecr-repo";
    let statements = policy_of(&world, verbs, ENVIRONMENTS);
    let text = serde_json::to_string(&statements).unwrap();
    for part in ["runtime/support_pr_*-*", "repository/bedrock-agentcore-support_pr_*", "role/pr-role"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let session = role(&scene.account, "branches", &statements);
    for name in ["pr-7", "pr-feature/Login"] {
        assert_eq!(ends(&world, &session, &["launch", "--environment", name]), Some(0), "{name}");
        let args = ["destroy", "--environment", name, "--force", "--delete-ecr-repo"];
        assert_eq!(ends(&world, &session, &args), Some(0), "{name}");
    }
    assert_eq!(ends(&world, &session, &["launch"]), Some(4));
    assert_eq!(ends(&world, &session, &["launch", "--environment", "staging"]), Some(4));
    let other = scene.project("other", &[]);
    assert_eq!(ends(&other, &session, &["launch", "--environment", "pr-7"]), Some(4));

    let both = policy_of(&world, verbs, &["--with-environments", "pr-*"]);
    let session = role(&scene.account, "both", &both);
    assert_eq!(ends(&world, &session, &["launch"]), Some(0));
    assert_eq!(ends(&world, &session, &["launch", "--environment", "pr-8"]), Some(0));
    assert_eq!(ends(&world, &session, &["launch", "--environment", "staging"]), Some(4));
}

#[test]
fn a_pattern_that_names_no_environments_is_refused() {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "");
    world
        .agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "desk", "--region", "us-west-2", "-do"])
        .run()
        .code(0);
    for flags in [["--environment", "*-preview"], ["--with-environments", "pr-7"], ["--with-environments", ""]] {
        let args = ["iam", "policy", "--for", "launch", "--account", "123456789012"];
        let run = world.agentcore(&args).args(&flags).run().code(2);
        assert!(run.stderr_text().contains("`pr-*`"), "{run}");
    }
    // Accounts and regions stand in ARNs: one policy has one of each.
    let file = world.read(".bedrock_agentcore.yaml");
    let elsewhere = "\nagentcore:\n  environments:\n    pr-eu:\n      defaults: {aws: {region: eu-west-1}}\n";
    world.write(".bedrock_agentcore.yaml", &file.replacen("\nagentcore:\n", elsewhere, 1));
    let args = ["iam", "policy", "--for", "launch", "--account", "123456789012", "--with-environments", "pr-*"];
    let run = world.agentcore(&args).run().code(2);
    assert!(run.stderr_text().contains("`pr-eu`"), "{run}");
}
