//! Calls of an agent and the rules of its authorizer: what was accepted, what was refused, and why.

use serde_json::{Value, json};

use super::Transcript;
use crate::auth::{Gated, now};
use crate::convergence::Scene;
use crate::support::World;

const RULES: [(&str, &str); 8] = [
    ("A token of another issuer.", r#"{"iss": "https://idp.example"}"#),
    ("A token for another audience.", r#"{"aud": "other"}"#),
    ("A token without an audience.", r#"{"aud": null}"#),
    ("A token of another client.", r#"{"client_id": "other"}"#),
    ("A token of no client.", r#"{"client_id": null}"#),
    ("A token without the scope.", r#"{"scope": "openid"}"#),
    ("A claim with another value.", r#"{"team": "red"}"#),
    ("A claim that is missing.", r#"{"team": null}"#),
];

#[test]
fn callers_of_an_agent_behind_an_authorizer() {
    let Some(gated) = Gated::new(&[]) else { return };
    let world: &World = &gated.sandbox;
    let mut shown = Transcript::of(world);
    name(&mut shown);
    let nothing = json!({});
    let good = gated.token(&nothing, &nothing);
    let invoke = |token: &str| world.agentcore(&["invoke", r#"{"prompt":"hi"}"#]).var("AGENTCORE_BEARER_TOKEN", token);
    let claims = |changes: Value| gated.token(&changes, &nothing);
    let mut tokens: Vec<(&str, String)> = vec![
        ("An expired token.", claims(json!({ "exp": now() - 3 * 3600 - 60 }))),
        ("A token that expires within the next minute.", claims(json!({ "exp": now() + 30 }))),
        ("A token that is not valid yet.", claims(json!({ "nbf": now() + 3 * 86400 + 3600 }))),
    ];
    for (what, changes) in RULES {
        tokens.push((what, gated.token(&serde_json::from_str::<Value>(changes).unwrap(), &nothing)));
    }
    let other = gated.token(&json!({ "sub": "admin" }), &nothing);
    let part = |token: &str, at: usize| token.split('.').nth(at).unwrap().to_owned();
    tokens
        .push(("A token that somebody changed.", format!("{}.{}.{}", part(&good, 0), part(&other, 1), part(&good, 2))));
    tokens.push((
        "A token of a key that nobody knows.",
        gated.token(&nothing, &json!({ "header": { "kid": "of-nobody" } })),
    ));
    tokens.push(("Something that is no token.", "undefined".to_owned()));
    for (what, token) in &tokens {
        shown.both(what, 3, invoke(token));
    }
    shown.both("AWS credentials, where a token is wanted.", 3, world.agentcore(&["invoke", "{}"]));
    shown.check("callers");

    let mut shown = Transcript::of(world);
    name(&mut shown);
    let check = |token: &str| {
        world.write("token.txt", token);
        world.agentcore(&["auth", "check", "--token-file", "token.txt"])
    };
    shown.both("A caller who is let in.", 0, check(&good));
    shown.both(
        "One who is not, for three reasons.",
        3,
        check(&gated.token(&json!({ "aud": "other", "team": "red", "exp": now() - 3 * 3600 - 60 }), &nothing)),
    );
    shown.both("One without a token.", 3, world.agentcore(&["auth", "check"]));
    shown.both("One with AWS credentials.", 3, world.agentcore(&["auth", "check", "--sigv4"]));
    shown.both("What the gate is.", 0, world.agentcore(&["auth", "explain"]));
    shown.both("All callers.", 0, world.agentcore(&["auth", "test", "--target", "sandbox"]));
    shown.both("All callers that can be made here.", 0, world.agentcore(&["auth", "test", "--target", "live"]));
    shown.both("What is deployed.", 0, world.agentcore(&["status"]));
    shown.check("authorizer");
}

#[test]
fn agents_that_fail() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.world();
    world.write("agent.py", include_str!("agent.py")).write("requirements.txt", "");
    let run = |words: &str| world.agentcore(&words.split(' ').collect::<Vec<_>>());
    run("configure -ni -e agent.py -n weather -do").run().code(0);
    run("launch").run().code(0);
    let mut shown = Transcript::of(&world);
    shown.name(&regex_lite::escape(scene.sandbox.dir()), "/tmp/sandbox");
    shown.name("weather-[A-Za-z0-9]{10}", "weather-0123456789");
    // How many lines of the calls before are among them depends on the time.
    shown.name(
        r"(?m)(?:^  (?:\[sandbox\] |the model is not there|127\.0\.0\.1 - - )[^\n]*\n)+",
        "  (the last lines that it logged)\n",
    );
    shown.both("The agent fails.", 8, run("invoke crash"));
    shown.both("The agent fails within its answer.", 8, run("invoke stream"));
    shown.both("The payload is not JSON.", 2, run("invoke {\"prompt\":"));
    shown.both("The agent speaks another protocol.", 2, run("invoke --list-tools"));

    // A runtime whose creation failed, as somebody else made it: its entry point is not in its archive.
    run("configure -ni -e agent.py -n archived -do --deployment-type direct_code_deploy").run().code(0);
    let launched = run("launch -a archived -o json").run().code(0).data();
    let id = launched["runtime"]["id"].as_str().unwrap().to_owned();
    let mut body = scene.account.control("GET", &format!("/runtimes/{id}/"));
    body["agentRuntimeName"] = "broken".into();
    body["agentRuntimeArtifact"]["codeConfiguration"]["entryPoint"] = json!(["other.py"]);
    let made = scene.account.control_with("PUT", "/runtimes/", &body.to_string());
    let broken = made["agentRuntimeId"].as_str().unwrap();
    let file = world.read(".bedrock_agentcore.yaml").replace(&id, broken);
    world.write(".bedrock_agentcore.yaml", &file);
    shown.name("broken-[A-Za-z0-9]{10}", "broken-0123456789");
    run("status -a archived --watch").run();
    shown.both("The runtime could not be made.", 1, run("status -a archived"));
    shown.both("It is called all the same.", 5, run("invoke hello -a archived"));
    shown.check("agent-fails");
}

fn name(shown: &mut Transcript) {
    shown.name("gated-[A-Za-z0-9]{10}", "gated-0123456789");
    shown.name("expires in \\d+ (s|minutes)", "expires in 59 $1");
    shown.name("`[A-Za-z0-9+/_-]{43}=?`, `[A-Za-z0-9+/_-]{43}=?`", "`key-1`, `key-2`");
}
