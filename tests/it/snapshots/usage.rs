//! What was typed is wrong: verbs, flags, values, and nobody to ask.

use super::{Transcript, World};

/// A configured agent, and an AWS that nobody can reach.
pub(super) fn configured() -> World {
    let mut world = World::new().with_credentials();
    world.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    // A server, as a source without one is warned of.
    world.write("agent.py", include_str!("agent.py")).write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "weather", "-do"]).run().code(0);
    world
}

#[test]
fn verbs_flags_and_values() {
    let world = configured();
    let mut shown = Transcript::of(&world);
    for (what, words) in [
        ("A verb with a slip.", "lauch"),
        ("A verb that is none.", "frobnicate"),
        ("A verb of another tool.", "identity list"),
        ("A flag with a slip.", "launch --agnet weather"),
        ("A flag that is cut short.", "configure --nam weather"),
        ("A flag of another verb.", "status --force"),
        ("A flag without its value.", "status --agent"),
        ("A flag whose value looks like one.", "status --agent -x"),
        ("A value that is none of those that it takes.", "launch --builder dockr"),
        ("A word too many.", "status weather"),
        ("Flags that exclude each other.", "launch --image a --artifact b"),
        ("A number that is none.", "status --timeout soon"),
        ("A variable without a value.", "launch --env LEVEL"),
        ("A header without a value.", "invoke {} --header novalue"),
        (
            "A payload that is not there.",
            "invoke @missing.json --arn arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789",
        ),
        ("A token in two places.", "invoke {} --bearer-token a --bearer-token-file b"),
        ("A session id that is too short.", "invoke {} --session-id short"),
        ("An ARN that is none.", "invoke {} --arn weather"),
        ("An agent that is not configured.", "status --agent wether"),
        ("A code that is none.", "explain config.mising"),
        ("A form of output that is none.", "status -o yaml"),
    ] {
        let status = if words.contains("wether") || words.contains("mising") { 5 } else { 2 };
        shown.both(what, status, world.agentcore(&words.split(' ').collect::<Vec<_>>()));
    }
    shown.check("usage");
}

#[test]
fn answers_that_nobody_gives() {
    let mut shown = Transcript::of(&World::new());
    let empty = World::new();
    shown.once("Nothing to configure.", 2, empty.agentcore(&["configure"]).run());
    empty.write("agent.py", "").write("main.py", "").write("requirements.txt", "");
    shown.once("Several files could be it.", 2, empty.agentcore(&["configure"]).run());
    let world = configured();
    let run = |words: &str| world.agentcore(&words.split(' ').collect::<Vec<_>>()).run();
    shown.once(
        "A payload is asked for.",
        2,
        run("invoke --arn arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789"),
    );
    shown.once(
        "Somebody has to sign in.",
        2,
        run("--non-interactive identity token --grant device-code --issuer https://idp.example --client-id c"),
    );
    shown.once("No source of a token.", 2, run("identity token"));
    shown.check("nobody-to-ask");
}
