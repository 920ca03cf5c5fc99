//! Tokens as scripts see them: alone on stdout, cached for their owner, and never by a secret in the arguments. Providers
//! that nobody here wrote are in `tests/outside/test_tokens.py`.

use crate::snapshots::Transcript;
use crate::support::{Recorder, Run, Sandbox, World};

fn token(run: Run) -> String {
    let text = run.code(0).stdout_text();
    assert_eq!(text.lines().count(), 1, "the token alone is on stdout: {text}");
    text.trim_end().to_owned()
}

#[test]
fn user_token_is_cached_until_forgotten() {
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
fn machine_gets_its_token_from_stored_set_up() {
    let sandbox = Sandbox::start(World::new(), &[]);
    let setup = ["identity", "setup-cognito", "--inbound-only", "--auth-flow", "m2m", "--pool-name", "machines"];
    let scopes = ["--resource-server", "orders", "--scope", "read", "-o", "json"];
    let made = sandbox.agentcore(&setup).args(&scopes).run().code(0);
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
fn each_pool_has_its_own_tokens() {
    let sandbox = Sandbox::start(World::new(), &[]);
    let setup = ["identity", "setup-cognito", "--auth-flow", "m2m", "--pool-name", "two", "-o", "json"];
    let made = sandbox.agentcore(&setup).run().code(0).data();
    let read = |args: &[&str]| {
        let run = sandbox.agentcore(&[&["identity", "get-cognito-inbound-token"], args].concat()).run();
        claims(&token(run))
    };
    let issuer = |pool: &serde_json::Value| {
        pool["discoveryUrl"].as_str().unwrap().replace("/.well-known/openid-configuration", "")
    };
    let person = read(&[]);
    assert_eq!((&person["username"], &person["iss"]), (&"testuser".into(), &issuer(&made["runtime"]).into()));
    let machine = read(&["--auth-flow", "m2m"]);
    assert_eq!(
        (&machine["client_id"], &machine["iss"]),
        (&made["identity"]["clientId"], &issuer(&made["identity"]).into())
    );
    assert_eq!(machine["scope"], "agentcore/read agentcore/write");
    // The same with the variables, as the toolkit's guide loads them.
    let file = sandbox.read(".agentcore_identity_m2m.env");
    let unquoted = |value: &str| value.trim_matches('\'').to_owned();
    let variables: Vec<(String, String)> = file
        .lines()
        .map(|line| line.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), unquoted(value)))
        .collect();
    let empty = sandbox.path("home");
    let with = |args: &[&str]| {
        let command = sandbox.agentcore(&[&["identity", "get-cognito-inbound-token", "--no-cache"], args].concat());
        let command = variables.iter().fold(command.dir(&empty), |command, (name, value)| command.var(name, value));
        claims(&token(command.run()))
    };
    assert_eq!(with(&[])["iss"], person["iss"]);
    assert_eq!(with(&["--auth-flow", "m2m"])["client_id"], machine["client_id"]);
}

#[test]
fn secrets_come_from_one_place_and_never_leak() {
    let recorder = Recorder::start();
    let mut world = World::new().with_credentials();
    world.set("AWS_ENDPOINT_URL", recorder.url());
    let mut shown = Transcript::of(&world);
    let base = ["identity", "token", "--client-id", "c", "-u", "alice"];
    for (flag, other) in [("--password", "--password-file"), ("--client-secret", "--client-secret-file")] {
        let run = world.agentcore(&base).args(&[flag, "canary-1", other, "x"]).run();
        assert!(!run.stderr_text().contains("canary"), "{run}");
        shown.once("One secret in two places.", 2, run);
        shown.once("An empty secret.", 2, world.agentcore(&base).args(&[flag, ""]).run());
    }
    let both = ["--client-secret-file", "-", "--password-file", "-"];
    shown.once("Two secrets on stdin.", 2, world.agentcore(&base).args(&both).stdin("x").run());
    let magic = ["identity", "token", "--grant", "magic"];
    shown.once("A grant that is none.", 2, world.agentcore(&magic).run());
    for insecure in ["http://idp.example", "ftp://idp.example"] {
        let args =
            ["--grant", "client-credentials", "--issuer", insecure, "--client-id", "c", "--client-secret-file", "-"];
        let run = world.agentcore(&["identity", "token"]).args(&args).stdin("canary-2").run();
        shown.once("A provider without encryption.", 2, run);
    }
    shown.check("token-secrets");
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

/// A script that prints the token in a file beside it, and counts nothing: what is cached is told by the answer.
#[cfg(unix)]
fn token_program(world: &World, folder: &str, token: &str) {
    use std::os::unix::fs::PermissionsExt;
    let script =
        "#!/bin/sh\nread -r t < token.txt\necho \"{\\\"access_token\\\": \\\"$t\\\", \\\"expires_in\\\": 3600}\"\n";
    std::fs::create_dir_all(world.path(&format!("project/{folder}/sub"))).unwrap();
    world.write(&format!("{folder}/token.txt"), &format!("{token}\n"));
    world.write(&format!("{folder}/token.sh"), script);
    let path = world.path(&format!("project/{folder}/token.sh"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn project_program_gives_its_own_token_from_anywhere() {
    let world = World::new();
    // Folders above the current one are looked at in a work tree only.
    std::fs::create_dir(world.path("project/.git")).unwrap();
    let agent = "agents:\n  a:\n    name: a\n    entrypoint: a.py\n    agentcore:\n      token:\n";
    let command = "        grant: command\n        command: [./token.sh]\n";
    for folder in ["one", "two"] {
        token_program(&world, folder, &format!("of-{folder}"));
        world.write(&format!("{folder}/.bedrock_agentcore.yaml"), &format!("{agent}{command}"));
    }
    let ask = |folder: &str, args: &[&str]| {
        let dir = world.path(&format!("project/{folder}"));
        let command = world.agentcore(&["identity", "token"]).args(args).dir(dir);
        token(command.var("AGENTCORE_TRUST_CONFIG", "1").run())
    };
    assert_eq!(ask("one", &[]), "of-one");
    assert_eq!(ask("two", &[]), "of-two");
    world.write("one/token.txt", "newer\n");
    assert_eq!(ask("one/sub", &[]), "of-one", "cached for the project, not for the folder one is in");
    assert_eq!(ask("one/sub", &["--no-cache"]), "newer");
    // A flag's program is relative to where it is typed.
    for folder in ["three", "four"] {
        token_program(&world, folder, &format!("of-{folder}"));
        assert_eq!(ask(folder, &["--token-command", "./token.sh"]), format!("of-{folder}"));
        assert_eq!(ask(folder, &["--token-command", "/bin/sh token.sh"]), format!("of-{folder}"));
    }
}

#[test]
fn nobody_is_asked_for_where_nobody_is() {
    let recorder = Recorder::start();
    let world = World::new();
    for grant in ["authorization-code", "device-code"] {
        let args = ["--grant", grant, "--issuer", &recorder.url(), "--client-id", "c", "--timeout", "600"];
        let strict = world.agentcore(&["--non-interactive", "identity", "token"]).args(&args).run().code(2);
        strict.says("needs a person").says("--non-interactive").says("AGENTCORE_TOKEN_STORE=file");
        world.agentcore(&["identity", "token"]).args(&args).var("CI", "true").run().code(2).says("needs a person");
    }
    assert_eq!(recorder.seen(), Vec::<String>::new(), "nothing was sent");
}

/// A provider whose users never come: every device code stays pending. It gives another token for each refresh.
fn provider() -> String {
    use std::io::{BufRead, BufReader, Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let own = base.clone();
    std::thread::spawn(move || {
        let mut given = 0;
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let (mut path, mut length) = (String::new(), 0);
            for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
                if path.is_empty() {
                    path = line.split(' ').nth(1).unwrap_or_default().to_owned();
                }
                if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
                    length = text.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            let _ = reader.read_exact(&mut body);
            let (status, answer) = match path.as_str() {
                "/device" => (
                    200,
                    serde_json::json!({"device_code": "d", "user_code": "WDJB-MJHT", "expires_in": 600, "interval": 1,
                        "verification_uri": format!("{own}/here")}),
                ),
                "/token" if String::from_utf8_lossy(&body).contains("grant_type=refresh_token") => {
                    given += 1;
                    let token = format!("t{given}");
                    (200, serde_json::json!({"access_token": token, "token_type": "bearer", "expires_in": 3600}))
                }
                "/token" => (400, serde_json::json!({"error": "authorization_pending"})),
                _ => (
                    200,
                    serde_json::json!({"issuer": own, "jwks_uri": format!("{own}/keys"),
                        "token_endpoint": format!("{own}/token"),
                        "device_authorization_endpoint": format!("{own}/device")}),
                ),
            };
            let answer = answer.to_string();
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                answer.len()
            );
            let _ = reader.get_mut().write_all(format!("{head}{answer}").as_bytes());
        }
    });
    base
}

#[test]
fn device_code_wait_ends_at_the_timeout() {
    let provider = provider();
    let world = World::new();
    let args = ["--grant", "device-code", "--issuer", &provider, "--client-id", "c", "--timeout", "2"];
    let run = world.agentcore(&["identity", "token", "-o", "json"]).args(&args).run().code(7).says("WDJB-MJHT");
    assert_eq!(run.json()["error"]["code"], "token.timeout");
}

#[test]
fn refresh_tokens_of_two_users_share_no_answer() {
    let provider = provider();
    let world = World::new();
    let ask = |secret: &str| {
        let args = ["--issuer", &provider, "--client-id", "c", "--refresh-token-file", "-"];
        token(world.agentcore(&["identity", "token"]).args(&args).stdin(secret).run())
    };
    assert_eq!(["alice", "bob", "alice", "bob"].map(ask), ["t1", "t2", "t1", "t2"]);
}
