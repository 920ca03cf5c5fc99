//! What a command does not wait for: far from the region, requests that follow each other are what people wait for.
//!
//! A request is held back until another has come. A program that waits for its answer before it sends the other never ends.

use crate::convergence::Scene;
use crate::support::{Fault, Trouble, Watched, When, World};

const LAUNCH: &[&str] = &["launch", "-o", "json"];

/// Holds the first request with the label `held` back until one with the label `other` has come.
fn held(held: &str, other: &'static str) -> Fault {
    Fault { trouble: Trouble::HeldUntil(other), when: When::BeforeForwarding, label: held.to_owned(), nth: 1 }
}

fn labels(watched: &Watched) -> Vec<&str> {
    let mut labels: Vec<&str> = watched.seen.iter().map(|seen| seen.label.as_str()).collect();
    labels.sort_unstable();
    labels
}

fn edit(world: &World) {
    let before = world.read("agent.py");
    world.write("agent.py", &format!("{before}# one line more\n"));
}

#[test]
fn a_launched_agent_is_read_beside_sts() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("beside", &[]);
    world.agentcore(LAUNCH).run().code(0);
    let reads = [
        "DescribeImages",
        "DescribeRepositories",
        "GET endpoint",
        "GET runtime",
        "GET tags",
        "GetRole",
        "GetRolePolicy",
        "ListTagsForResource",
    ];
    let unchanged = scene.watch(&world, LAUNCH, None);
    assert_eq!(labels(&unchanged), {
        let mut all = [&reads[..], &["GetCallerIdentity"]].concat();
        all.sort_unstable();
        all
    });
    for read in reads {
        let watched = scene.watch(&world, LAUNCH, Some(&held("GetCallerIdentity", read)));
        assert!(watched.struck, "{read}");
        let run = watched.run.code(0);
        assert_eq!(run.data()["changes"], 0);
        // The account is named before anything that was found.
        assert!(run.stderr_text().lines().next().is_some_and(|line| line.contains("account ")), "{run}");
    }
    // What a destroy would delete is looked into as well.
    let dry = ["destroy", "--dry-run", "-o", "json"];
    let watched = scene.watch(&world, &dry, Some(&held("GetCallerIdentity", "ListImages")));
    assert!(watched.struck);
    watched.run.code(6);
}

#[test]
fn nothing_is_changed_before_sts_has_answered() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("refused", &[]);
    world.agentcore(LAUNCH).run().code(0);
    edit(&world);
    for (args, read) in [(LAUNCH, "GetRolePolicy"), (&["destroy", "--force", "-o", "json"], "ListImages")] {
        let refuse = Fault {
            trouble: Trouble::DeniedAfter(read),
            when: When::BeforeForwarding,
            label: "GetCallerIdentity".to_owned(),
            nth: 1,
        };
        let watched = scene.watch(&world, args, Some(&refuse));
        let changes: Vec<_> = watched.seen.iter().filter(|seen| seen.mutates()).collect();
        assert!(watched.struck && changes.is_empty(), "{changes:?}");
        let run = watched.run.code(4);
        assert!(run.stdout_text().contains("find out which AWS account this is"), "{run}");
    }
}

#[test]
fn a_login_is_asked_for_during_the_build() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("early", &[]);
    // The repository is made after the build, and the login needs none.
    let watched = scene.watch(&world, LAUNCH, Some(&held("CreateRepository", "GetAuthorizationToken")));
    assert!(watched.struck);
    watched.run.code(0);

    edit(&world);
    let plan = scene.watch(&world, &["launch", "--plan", "-o", "json"], None);
    assert!(!labels(&plan).contains(&"GetAuthorizationToken"), "{:?}", labels(&plan));
    plan.run.code(6);
    let changed = scene.watch(&world, LAUNCH, None);
    let mut once = labels(&changed);
    // How often the runtime is looked at depends on how fast the sandbox is.
    once.retain(|label| !["GET runtime", "GET endpoint"].contains(label));
    let expected = [
        "DELETE tags",
        "DescribeImages",
        "DescribeRepositories",
        "GET health",
        // Whose it is, and who else is changing it.
        "GET tags",
        "GET tags",
        "GetAuthorizationToken",
        "GetCallerIdentity",
        "GetRole",
        "GetRolePolicy",
        "HEAD manifest",
        "ListTagsForResource",
        "POST starts",
        "POST tags",
        // Who made the version, beside the update.
        "POST tags",
        "POST upload",
        "POST upload",
        "PUT manifest",
        "PUT manifest",
        "PUT runtime",
        "PUT upload",
        "PUT upload",
    ];
    assert_eq!(once, expected);
    changed.run.code(0);
}

#[test]
fn a_login_refused_early_is_asked_for_again() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("again", &[]);
    let refuse = |nth| Fault {
        trouble: Trouble::Denied,
        when: When::BeforeForwarding,
        label: "GetAuthorizationToken".to_owned(),
        nth,
    };
    let watched = scene.watch(&world, LAUNCH, Some(&refuse(1)));
    assert!(watched.struck);
    assert_eq!(labels(&watched).iter().filter(|label| **label == "GetAuthorizationToken").count(), 2);
    watched.run.code(0);
}
