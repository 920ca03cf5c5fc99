//! The configuration file: missing, broken, ambiguous, and the source that it describes.

use super::aws::server;
use super::usage::configured;
use super::{Transcript, World};

const FILE: &str = ".bedrock_agentcore.yaml";

/// What STS says about the caller.
const CALLER: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::123456789012:user/ci</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";

#[test]
fn configuration_files() {
    let mut world = World::new().with_credentials();
    world.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    world.write("agent.py", "").write("requirements.txt", "");
    let mut shown = Transcript::of(&world);
    shown.both("There is no configuration file.", 2, world.agentcore(&["launch"]));
    let elsewhere = ["status", "--config", "other/config.yaml"];
    shown.both("There is none where the flag says.", 2, world.agentcore(&elsewhere));
    for (what, text) in [
        (
            "Two agents and no default.",
            "agents:\n  a:\n    name: a\n    entrypoint: a.py\n  b:\n    name: b\n    entrypoint: b.py\n",
        ),
        ("A default that is no agent.", "default_agent: c\nagents:\n  a:\n    name: a\n    entrypoint: a.py\n"),
        ("No agents.", "agents: {}\n"),
        ("An empty file.", ""),
        ("A list that does not end.", "default_agent: a\nagents:\n  a: [unclosed\n  b: {}\n"),
        ("A tab for indentation.", "agents:\n\ta:\n\t\tname: a\n"),
        ("A key that stands twice.", "agents:\n  a:\n    name: a\n    name: b\n    entrypoint: a.py\n"),
        ("A value of another type.", "agents:\n  a:\n    name: a\n    entrypoint: [a.py]\n"),
        (
            "An account that is none.",
            "agents:\n  a:\n    name: a\n    entrypoint: agent.py\n    aws:\n      account: '12'\n",
        ),
        ("A required key that is missing.", "agents:\n  a:\n    name: a\n"),
    ] {
        world.write(FILE, text);
        shown.both(what, 2, world.agentcore(&["configure", "show"]));
    }
    let slip = "agents:\n  a:\n    name: a\n    entrypont: agent.py\n    entrypoint: agent.py\n    aws:\n      acount: '123456789012'\n";
    world.write(FILE, slip);
    shown.both("Keys with a slip.", 0, world.agentcore(&["configure", "list"]));
    shown.check("config");
}

#[test]
fn launches_without_what_they_need() {
    let world = configured();
    let mut shown = Transcript::of(&world);
    shown.both("No region.", 2, world.agentcore(&["launch"]).var("AWS_REGION", ""));
    let nobody = |args: &[&str]| world.agentcore(args).var("AWS_ACCESS_KEY_ID", "").var("AWS_SECRET_ACCESS_KEY", "");
    shown.both("No credentials.", 4, nobody(&["launch"]));
    shown.both("No credentials to look with.", 4, nobody(&["identity", "list-workload-identities"]));
    shown.both("A profile that does not exist.", 4, nobody(&["launch", "--profile", "prod"]));
    shown.both("Not deployed, and called.", 5, world.agentcore(&["invoke", "{}"]));
    shown.both("Not deployed, and a session to stop.", 5, world.agentcore(&["stop-session"]));
    shown.both("Not deployed, and a caller to judge.", 5, world.agentcore(&["auth", "test"]));
    let (file, build) = (world.read(FILE), ["build", "--plan"]);
    world.write(FILE, &file.replace("agent.py", "app.py"));
    shown.both("The entrypoint is gone.", 2, world.agentcore(&build));
    world.write(FILE, &file);
    shown.both(
        "The registry of the base image is not there.",
        1,
        world.agentcore(&["build", "--base-image", "127.0.0.1:9/base:1"]),
    );
    world.write(FILE, &file.replace("account: null", "account: '210987654321'"));
    let identity = server(200, "", "text/xml", CALLER);
    shown.both("The account is another one.", 2, world.agentcore(&["launch"]).var("AWS_ENDPOINT_URL", identity));
    world.write(FILE, &file);
    std::fs::remove_file(world.project().join("requirements.txt")).unwrap();
    shown.both("The requirements are gone.", 2, world.agentcore(&["build", "--plan"]));
    shown.check("launch-without");
}

#[test]
fn descriptions_that_are_refused() {
    let world = World::new();
    world.write("agent.py", "").write("notes.txt", "").write("requirements.txt", "");
    let mut shown = Transcript::of(&world);
    for (what, words) in [
        ("The entrypoint cannot be started.", "-e notes.txt"),
        ("A name that is none.", "-e agent.py -n my-agent"),
        ("A name that is too long.", "-e agent.py -n aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("A discovery URL of another shape.", "-e agent.py --discovery-url https://idp.example --allowed-client c"),
        (
            "A discovery URL without encryption.",
            "-e agent.py --discovery-url http://idp.example/.well-known/openid-configuration --allowed-client c",
        ),
        (
            "An authorizer that lets everybody in.",
            "-e agent.py --discovery-url https://idp.example/.well-known/openid-configuration",
        ),
        ("Rules without a provider.", "-e agent.py --allowed-client c"),
        (
            "A rule about a claim that is none.",
            "-e agent.py --discovery-url https://idp.example/.well-known/openid-configuration --custom-claim team",
        ),
        (
            "A member that is none.",
            "-e agent.py --authorizer-config {\"customJWTAuthorizer\":{\"discoveryURL\":\"x\"}}",
        ),
    ] {
        let args: Vec<&str> = words.split(' ').collect();
        shown.both(what, 2, world.agentcore(&["configure", "-ni", "--offline"]).args(&args));
    }
    let provider = |url: &str| {
        let url = format!("{url}/.well-known/openid-configuration");
        world.agentcore(&["configure", "-ni", "-e", "agent.py", "--allowed-client", "c", "--discovery-url"]).arg(url)
    };
    shown.both("The provider is not there.", 1, provider("http://127.0.0.1:9"));
    let page = server(200, "", "text/html", "<html>Log in to the network</html>");
    shown.both("A page in place of the discovery document.", 2, provider(&page));
    let other = r#"{"issuer": "https://idp.example", "jwks_uri": "https://idp.example/keys"}"#;
    shown.both("The document of another provider.", 2, provider(&server(200, "", "application/json", other)));
    shown.check("configure-refused");
}
