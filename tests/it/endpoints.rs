//! Endpoints, versions and rollbacks that are cut short converge when they are repeated. Each request of each verb that may change
//! something is cut once, after it took effect: the program is killed, or its network taken away. What must hold afterwards is
//! read from the account by another client.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::convergence::{Scene, faults, in_parallel};
use crate::support::{Fault, Seen, Trouble, When, World};

const LAUNCH: &[&str] = &["launch", "-o", "json"];

/// A verb, and what comes before it.
struct Verb {
    /// Begins the names of its agents.
    name: &'static str,
    args: &'static [&'static str],
    /// Runs before it, on an agent that has two versions.
    before: &'static [&'static [&'static str]],
    /// The source changes before it.
    edits: bool,
    /// Version by endpoint, afterwards.
    endpoints: &'static [(&'static str, &'static str)],
}

const VERBS: &[Verb] = &[
    Verb {
        name: "create",
        args: &["endpoint", "create", "prod", "--version", "1", "-o", "json"],
        before: &[],
        edits: false,
        endpoints: &[("DEFAULT", "2"), ("prod", "1")],
    },
    Verb {
        name: "promote",
        args: &["endpoint", "promote", "prod", "--version", "2", "-o", "json"],
        before: &[&["endpoint", "create", "prod", "--version", "1"]],
        edits: false,
        endpoints: &[("DEFAULT", "2"), ("prod", "2")],
    },
    Verb {
        name: "remove",
        args: &["endpoint", "delete", "prod", "--force", "-o", "json"],
        before: &[&["endpoint", "create", "prod"], &["endpoint", "create", "other"]],
        edits: false,
        endpoints: &[("DEFAULT", "2"), ("other", "2")],
    },
    Verb {
        name: "back",
        args: &["rollback", "1", "--endpoint", "prod", "-o", "json"],
        before: &[&["endpoint", "create", "prod"]],
        edits: false,
        endpoints: &[("DEFAULT", "2"), ("prod", "1")],
    },
    Verb {
        name: "newest",
        args: &["rollback", "1", "-o", "json"],
        before: &[&["endpoint", "create", "prod"]],
        edits: false,
        endpoints: &[("DEFAULT", "3"), ("prod", "2")],
    },
    Verb {
        name: "release",
        args: &["launch", "--endpoint", "staging", "--smoke", "{\"n\": 1}", "--expect", ".n == 1", "-o", "json"],
        before: &[&["endpoint", "create", "prod", "--version", "1"]],
        edits: true,
        endpoints: &[("DEFAULT", "3"), ("prod", "1"), ("staging", "3")],
    },
];

fn edit(world: &World, text: &str) {
    let agent = world.read("agent.py");
    world.write("agent.py", &format!("# {text}\n{agent}"));
}

fn prepared(scene: &Scene, verb: &Verb, agent: &str) -> World {
    let world = scene.project(agent, &[]);
    world.agentcore(LAUNCH).run().code(0);
    edit(&world, "The second version.");
    world.agentcore(LAUNCH).run().code(0);
    for args in verb.before {
        world.agentcore(args).run().code(0);
    }
    if verb.edits {
        edit(&world, "The third version.");
    }
    world
}

/// The version that each endpoint serves, as another client sees it.
fn serving(scene: &Scene, world: &World) -> BTreeMap<String, String> {
    let status = world.agentcore(&["status", "-o", "json"]).run().code(0).data();
    let id = status["runtime"]["id"].as_str().unwrap();
    let found = scene.account.control("POST", &format!("/runtimes/{id}/runtime-endpoints/"));
    let text = |item: &Value, member: &str| item[member].as_str().unwrap_or_default().to_owned();
    let each = found["runtimeEndpoints"].as_array().unwrap().iter();
    each.filter(|item| item["status"] != "DELETING")
        .map(|item| (text(item, "name"), text(item, "liveVersion")))
        .collect()
}

/// The problems of one verb that is cut off once and repeated.
fn cut(scene: &Scene, verb: &Verb, (at, fault): (usize, &Fault)) -> Vec<String> {
    let world = prepared(scene, verb, &format!("{}_{:?}_{at}", verb.name, fault.trouble));
    let watched = scene.watch(&world, verb.args, Some(fault));
    let mut problems = Vec::new();
    // How often a state is polled is not the same each time.
    if !watched.struck && !fault.label.starts_with("GET ") {
        problems.push(format!("it never came to the request\n{}", watched.run));
    }
    if watched.run.code != Some(0) {
        let again = scene.watch(&world, verb.args, None).run;
        if again.code != Some(0) {
            problems.push(format!("repeating it fails\n{again}"));
        }
    }
    let unchanged = scene.watch(&world, verb.args, None);
    let sent: Vec<String> =
        unchanged.seen.iter().filter(|seen| Seen::mutates(seen)).map(|seen| seen.label.clone()).collect();
    if unchanged.run.code != Some(0) || !sent.is_empty() {
        problems.push(format!("nothing was left to do, and it sent {sent:?}\n{}", unchanged.run));
    }
    let found = serving(scene, &world);
    let wanted = verb.endpoints.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned())).collect();
    if found != wanted {
        problems.push(format!("the endpoints are {found:?}"));
    }
    problems.into_iter().map(|problem| format!("{} {fault}: {problem}", verb.name)).collect()
}

/// Every fault of one kind in every verb.
fn converges(trouble: Trouble, choose: impl Fn(&Fault) -> bool + Sync) {
    let Some(scene) = Scene::start() else { return };
    let undisturbed = in_parallel(VERBS.iter().collect(), |_, verb: &'static Verb| {
        let world = prepared(&scene, verb, verb.name);
        let watched = scene.watch(&world, verb.args, None);
        assert_eq!(watched.run.code, Some(0), "{}", watched.run);
        let polled = |fault: &Fault| fault.label.starts_with("GET ") && fault.nth > 1;
        let mut faults = faults(trouble, &watched);
        faults.retain(|fault| !polled(fault) && choose(fault));
        faults.into_iter().enumerate().map(|(at, fault)| (verb, at, fault)).collect::<Vec<_>>()
    });
    let cases: Vec<_> = undisturbed.into_iter().flatten().collect();
    assert!(cases.len() > 20, "{} cases", cases.len());
    let count = cases.len();
    let problems = in_parallel(cases, |_, (verb, at, fault)| cut(&scene, verb, (at, &fault)));
    let problems: Vec<String> = problems.into_iter().flatten().collect();
    assert!(problems.is_empty(), "{} problems in {count} cases:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn a_killed_endpoint_verb_converges() {
    // What a kill before a request leaves is what one after the request before it left.
    converges(Trouble::Kill, |fault| fault.when == When::BeforeReply);
}

#[test]
fn an_endpoint_verb_without_connection_converges() {
    converges(Trouble::Outage, |fault| fault.when == When::BeforeReply);
}
