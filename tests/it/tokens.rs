//! Tokens as scripts see them: alone on stdout, cached for their owner, and never by a secret in the arguments. Providers
//! that nobody here wrote are in `tests/outside/test_tokens.py`.

use crate::support::{Recorder, Run, Sandbox, World};

fn token(run: Run) -> String {
    let text = run.code(0).stdout_text();
    assert_eq!(text.lines().count(), 1, "the token alone is on stdout: {text}");
    text.trim_end().to_owned()
}

#[test]
fn a_users_token_is_cached_until_it_is_forgotten() {
    let sandbox = Sandbox::start(World::new(), &[]);
    sandbox.agentcore(&["identity", "setup-cognito", "--pool-name", "tokens"]).run().code(0);
    let first = token(sandbox.agentcore(&["identity", "token"]).run());
    assert_eq!(
        token(sandbox.agentcore(&["identity", "get-cognito-inbound-token", "--auth-flow", "user"]).run()),
        first
    );

    let folder = sandbox.path("home/.local/state/agentcore/tokens");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            assert!(path.extension().is_none_or(|kind| kind != "json") || mode(&path) == 0o600, "{}", path.display());
        }
    }
    let data = sandbox.agentcore(&["identity", "token", "-o", "json"]).run().code(0).data();
    assert_eq!((data["token"].as_str(), data["cached"].as_bool()), (Some(first.as_str()), Some(true)));
    assert_eq!(data["tokenUse"], "access");
    assert!(data["expiresIn"].as_i64().is_some_and(|left| left > 6000), "{data}");

    assert_ne!(token(sandbox.agentcore(&["identity", "token", "--id-token"]).run()), first);
    let other = token(sandbox.agentcore(&["identity", "token", "--no-cache"]).run());
    assert_ne!(other, first);
    assert_eq!(token(sandbox.agentcore(&["identity", "token"]).run()), first);
    let renewed = token(sandbox.agentcore(&["identity", "token", "--refresh"]).run());
    assert_ne!(renewed, first);
    assert_eq!(token(sandbox.agentcore(&["identity", "token"]).run()), renewed);

    let forget = ["identity", "token", "--forget", "-o", "json"];
    assert_eq!(sandbox.agentcore(&forget).run().code(0).data()["forgotten"], 1);
    assert_eq!(sandbox.agentcore(&forget).run().code(0).data()["forgotten"], 0);
    assert_ne!(token(sandbox.agentcore(&["identity", "token"]).run()), renewed);

    // A wrong password is not helped by the right one of before, and a cache that is broken is none.
    let wrong = ["identity", "token", "--password-file", "-"];
    sandbox.agentcore(&wrong).stdin("Canary-Wrong-1!").run().code(4).says("NotAuthorizedException");
    for entry in std::fs::read_dir(&folder).unwrap() {
        std::fs::write(entry.unwrap().path(), "{ broken").unwrap();
    }
    token(sandbox.agentcore(&["identity", "token"]).run());
}

/// The claims of a token, unchecked.
fn claims(token: &str) -> serde_json::Value {
    use base64::Engine;
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn a_machine_gets_its_token_by_what_set_up_stored() {
    let sandbox = Sandbox::start(World::new(), &[]);
    let setup =
        ["identity", "setup-cognito", "--auth-flow", "m2m", "--pool-name", "machines", "--resource-server", "orders"];
    let made = sandbox.agentcore(&setup).args(&["--scope", "read", "-o", "json"]).run().code(0);
    let stored: serde_json::Value =
        serde_json::from_str(&sandbox.read(".agentcore_identity_cognito_m2m.json")).unwrap();
    let secret = stored["identity"]["client_secret"].as_str().unwrap().to_owned();
    assert!(secret.len() >= 24 && !made.stdout_text().contains(&secret));

    // Nothing else is stored here, so nothing has to be said.
    let run = sandbox.agentcore(&["identity", "token", "-vv"]).run().code(0);
    assert!(!run.stderr_text().contains(&secret), "{run}");
    let first = token(run);
    let read = claims(&first);
    assert_eq!((read["scope"].as_str(), read["token_use"].as_str()), (Some("orders/read"), Some("access")));
    assert_eq!(read["client_id"], stored["identity"]["client_id"]);
    // The toolkit's words.
    assert_eq!(token(sandbox.agentcore(&["identity", "get-cognito-inbound-token", "--auth-flow", "m2m"]).run()), first);
    let wrong = ["identity", "token", "--client-secret-file", "-"];
    let refused = sandbox.agentcore(&wrong).stdin("canary-wrong-secret").run().code(4).says("invalid_client");
    assert!(!refused.stderr_text().contains("canary"), "{refused}");

    // With a user beside it the user comes first, and the machine is asked for by name.
    sandbox.agentcore(&["identity", "setup-cognito", "--pool-name", "people"]).run().code(0);
    assert!(claims(&token(sandbox.agentcore(&["identity", "token"]).run()))["username"].is_string());
    assert_eq!(token(sandbox.agentcore(&["identity", "token", "--grant", "client-credentials"]).run()), first);
}

#[test]
fn secrets_in_the_arguments_are_refused_with_the_safe_ways() {
    let recorder = Recorder::start();
    let mut world = World::new().with_credentials();
    world.set("AWS_ENDPOINT_URL", recorder.url());
    let base = ["identity", "token", "--client-id", "c", "-u", "alice"];
    world
        .agentcore(&base)
        .args(&["--password", "canary-1"])
        .run()
        .code(2)
        .says("--password-file")
        .says("RUNTIME_PASSWORD");
    let run = world.agentcore(&base).args(&["--client-secret", "canary-1"]).run().code(2).says("--client-secret-file");
    assert!(!run.stderr_text().contains("canary"), "{run}");
    let both = ["--client-secret-file", "-", "--password-file", "-"];
    world.agentcore(&base).args(&both).stdin("x").run().code(2).says("one secret");
    world.agentcore(&["identity", "token"]).run().code(2).says("--client-id").says("RUNTIME_CLIENT_ID");
    world.agentcore(&["identity", "token", "--grant", "magic"]).run().code(2).says("client_credentials");
    for insecure in ["http://idp.example", "ftp://idp.example"] {
        let args =
            ["--grant", "client-credentials", "--issuer", insecure, "--client-id", "c", "--client-secret-file", "-"];
        world.agentcore(&["identity", "token"]).args(&args).stdin("canary-2").run().code(2).says("https");
    }
    assert_eq!(recorder.seen(), Vec::<String>::new(), "nothing was sent");
}

#[test]
fn a_configured_source_is_checked_with_its_place() {
    let world = World::new();
    let agent = "agents:\n  a:\n    name: a\n    entrypoint: a.py\n    agentcore:\n      token:\n";
    let cases = [
        ("        grant: client_credential\n", "7:16", "client_credentials"),
        ("        grant: command\n", "7:16", "needs `command`"),
        ("        client_secret: canary\n", "7:9", "client_secret_env"),
        ("        client_secret_env: not a name\n", "7:28", "environment variable"),
        ("        scopes: agents/call\n", "7:17", "a list"),
    ];
    for (text, place, words) in cases {
        world.write(".bedrock_agentcore.yaml", &format!("{agent}{text}"));
        let run = world.agentcore(&["identity", "token"]).run().code(2).says(place).says(words);
        assert!(!run.stderr_text().contains("canary"), "{run}");
    }
}
