//! The sandbox as the AWS of a region and an account that somebody chose, under the addresses that scripts write by hand,
//! and at the far side of a proxy.

use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};

use crate::support::{Account, Run, Sandbox, World, lacked, python};

const AGENT: &str = include_str!("surfaces/agent.py");

/// Forwards connections byte for byte, from an address of its own.
fn forwarding(to: &str) -> String {
    let to = to.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let Ok(server) = TcpStream::connect(&to) else { continue };
            for (mut from, mut to) in [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)] {
                std::thread::spawn(move || {
                    let _ = copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Write);
                });
            }
        }
    });
    own
}

fn address(sandbox: &Sandbox) -> String {
    Account::of(sandbox).variables()["AWS_ENDPOINT_URL"].clone()
}

#[test]
fn region_and_account_hold_from_the_first_start() {
    let chosen = ["--region", "cn-north-1", "--account", "111122223333"];
    let sandbox = Sandbox::start(World::new(), &chosen);
    let again =
        |args: &[&str]| -> Run { sandbox.agentcore(&["sandbox", "start", "--dir", sandbox.dir()]).args(args).run() };
    let variables = Account::of(&sandbox).variables().clone();
    assert_eq!(
        (variables["AWS_REGION"].as_str(), variables["AWS_DEFAULT_REGION"].as_str()),
        ("cn-north-1", "cn-north-1")
    );
    for name in ["BEDROCK_AGENTCORE_CP_ENDPOINT", "BEDROCK_AGENTCORE_DP_ENDPOINT"] {
        assert_eq!(variables[name], variables["AWS_ENDPOINT_URL"], "the retired toolkit finds it by {name}");
    }
    let memories = &variables["BEDROCK_AGENTCORE_CONTROL_ENDPOINT"];
    assert_eq!(memories, &variables["AWS_ENDPOINT_URL"], "the agent SDK's client of memories finds it so");
    let caller = sandbox.agentcore(&["sandbox", "status", "--dir", sandbox.dir(), "-o", "json"]).run().code(0).data();
    assert_eq!((caller["account"].as_str(), caller["region"].as_str()), (Some("111122223333"), Some("cn-north-1")));

    // While it runs and when it is stopped.
    for _ in 0..2 {
        again(&["--region", "eu-west-1"]).code(2).says("cn-north-1").says("--dir");
        again(&["--account", "123456789012"]).code(2).says("111122223333");
        again(&["--region", "cn-north-2a"]).code(2);
        again(&chosen).code(0);
        sandbox.agentcore(&["sandbox", "stop", "--dir", sandbox.dir()]).run().code(0);
    }
    // What the environment says is about another AWS.
    let start = ["sandbox", "start", "--dir", sandbox.dir()];
    sandbox.agentcore(&start).var("AWS_REGION", "eu-west-1").run().code(0);
    for wrong in [["--region", "us west"], ["--region", "us-west"], ["--account", "12"], ["--account", "12345678901x"]]
    {
        let other = sandbox.path("other");
        let start = ["sandbox", "start", "--dir", other.to_str().unwrap()];
        sandbox.agentcore(&start).args(&wrong).run().code(2);
        assert!(!other.exists(), "{wrong:?}: nothing is made");
    }

    // A request that is signed for another region is told so, with the way out.
    let setup = ["identity", "setup-cognito", "--pool-name", "elsewhere", "--region", "eu-central-1"];
    let refused = sandbox.agentcore(&setup).run();
    assert_eq!(refused.code, Some(4), "{refused}");
    refused.says("cn-north-1").says("agentcore sandbox start --region eu-central-1");
    let made =
        sandbox.agentcore(&["identity", "setup-cognito", "--pool-name", "here", "-o", "json"]).run().code(0).data();
    assert!(made["poolId"].as_str().unwrap().starts_with("cn-north-1_"), "{made}");
}

#[test]
fn a_run_has_the_region_that_it_names() {
    let world = World::new();
    let run = |args: &[&str]| {
        let command = ["--", "sh", "-c", "echo $AWS_REGION $BEDROCK_AGENTCORE_CP_ENDPOINT"];
        let mut world = World::new();
        world.set("PATH", "/usr/bin:/bin");
        world.agentcore(&["sandbox", "run"]).args(args).args(&command).run().code(0).stdout_text()
    };
    assert!(run(&["--region", "ap-northeast-2"]).starts_with("ap-northeast-2 http://127.0.0.1:"));
    assert!(run(&[]).starts_with("us-west-2 http"));
    world.agentcore(&["sandbox", "run", "--region", "Frankfurt", "--", "true"]).run().code(2);
}

#[test]
fn commands_inside_find_the_sandbox_around_them() {
    let mut world = World::new();
    world.set("PATH", "/usr/bin:/bin");
    let inside = |world: &World, script: &str| {
        world.agentcore(&["sandbox", "run", "--", "sh", "-c", script]).run().code(0).stdout_text()
    };
    let script = "agentcore sandbox status -o json; echo; echo $AWS_ENDPOINT_URL; agentcore sandbox page";
    for named in [false, true] {
        if named {
            world.set("AGENTCORE_SANDBOX_DIR", world.path("elsewhere").to_str().unwrap());
        }
        let text = inside(&world, script);
        let mut lines = text.lines().filter(|line| !line.is_empty());
        let status: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
        let endpoint = lines.next().unwrap();
        assert_eq!(status["data"]["url"], endpoint, "{text}");
        assert!(lines.next().unwrap().starts_with(endpoint), "{text}");
        // Another one within it is another sandbox, and the outer one goes on.
        let nested =
            "agentcore sandbox run -- sh -c 'echo $AWS_ENDPOINT_URL'; echo $AWS_ENDPOINT_URL; agentcore sandbox page";
        let text = inside(&world, nested);
        let lines: Vec<&str> = text.lines().collect();
        assert_ne!(lines[0], lines[1], "{text}");
        assert!(lines[2].starts_with(lines[1]), "{text}");
    }
}

/// Every public script writes the pool's address at AWS by hand.
#[test]
fn sandbox_pools_answer_under_their_aws_address() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process", "--region", "eu-central-1"]);
    let made = sandbox.agentcore(&["identity", "setup-cognito", "--pool-name", "p", "-o", "json"]).run().code(0).data();
    let (pool, client) = (made["poolId"].as_str().unwrap(), made["clientId"].as_str().unwrap());
    let own = format!("{}/{pool}/.well-known/openid-configuration", address(&sandbox));
    assert_eq!(made["discoveryUrl"], own.as_str(), "the issuer's own");
    let at_aws = format!("https://cognito-idp.eu-central-1.amazonaws.com/{pool}/.well-known/openid-configuration");
    sandbox.write("agent.py", AGENT).write("requirements.txt", "");
    let configure = ["configure", "-ni", "-e", "agent.py", "-n", "http", "-do", "--discovery-url", &at_aws];
    sandbox.agentcore(&configure).args(&["--allowed-client", client]).run().code(0);
    assert!(sandbox.read(".bedrock_agentcore.yaml").contains(&at_aws), "what was written stays");
    sandbox.agentcore(&["launch", "--env", "SPEAKS=HTTP"]).run().code(0);
    let token = sandbox.agentcore(&["identity", "token"]).run().code(0).stdout_text();
    let call = ["invoke", "hello", "--bearer-token-file", "-"];
    sandbox.agentcore(&call).stdin(token.clone()).run().code(0);
    sandbox.agentcore(&["invoke", "hello"]).run().code(3);
    sandbox.agentcore(&["auth", "check", "--token-file", "-"]).stdin(token).run().code(0);
    sandbox.agentcore(&["auth", "test"]).run().code(0);

    // A token of another pool of the same sandbox is still a stranger's.
    let other = sandbox
        .agentcore(&["identity", "setup-cognito", "--pool-name", "other", "-o", "json"])
        .dir(sandbox.path("home"));
    other.run().code(0);
    let stranger = sandbox.agentcore(&["identity", "token"]).dir(sandbox.path("home")).run().code(0).stdout_text();
    sandbox.agentcore(&call).stdin(stranger).run().code(3);
}

/// A pool has one issuer, by whatever address it was reached.
#[test]
fn set_up_behind_a_proxy_stores_the_issuer() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    let own = address(&sandbox);
    let proxy = forwarding(&own);
    // Cognito alone, then everything.
    for (pool, name) in [("one", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"), ("two", "AWS_ENDPOINT_URL")] {
        let dir = sandbox.path(pool);
        std::fs::create_dir(&dir).unwrap();
        std::fs::write(dir.join("agent.py"), AGENT).unwrap();
        std::fs::write(dir.join("requirements.txt"), "").unwrap();
        let run = |args: &[&str]| sandbox.agentcore(args).dir(&dir).var(name, &proxy);
        let made = run(&["identity", "setup-cognito", "--pool-name", pool, "-o", "json"]).run().code(0).data();
        let url = made["discoveryUrl"].as_str().unwrap();
        assert!(url.starts_with(&format!("{own}/us-west-2_")), "{url}");
        run(&["identity", "verify"]).run().code(0);
        let configure = ["configure", "-ni", "-e", "agent.py", "-n", pool, "-do", "--discovery-url", url];
        run(&configure).args(&["--allowed-client", made["clientId"].as_str().unwrap()]).run().code(0);
        run(&["launch", "--env", "SPEAKS=HTTP"]).run().code(0);
        let token = run(&["identity", "token"]).run().code(0).stdout_text();
        run(&["invoke", "hello", "--bearer-token-file", "-"]).stdin(token).run().code(0);
    }
}

/// Where a stand-in has no such document, the address at AWS is stored, and that is said.
#[test]
fn pool_without_a_document_keeps_its_aws_address() {
    let sandbox = Sandbox::start(World::new(), &[]);
    let upstream = address(&sandbox).trim_start_matches("http://").to_owned();
    // Closes connections that ask for a document, and forwards the others.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let upstream = upstream.clone();
            std::thread::spawn(move || {
                let mut start = [0; 256];
                let count = client.peek(&mut start).unwrap_or(0);
                if String::from_utf8_lossy(&start[..count]).contains("/.well-known/") {
                    return;
                }
                let server = TcpStream::connect(upstream).unwrap();
                let (mut up, mut down) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let (mut client, mut server) = (client, server);
                std::thread::spawn(move || {
                    let _ = copy(&mut client, &mut up);
                    let _ = up.shutdown(Shutdown::Write);
                });
                let _ = copy(&mut server, &mut down);
                let _ = down.shutdown(Shutdown::Write);
            });
        }
    });
    let setup = ["identity", "setup-cognito", "--pool-name", "dumb", "-o", "json"];
    let run = sandbox.agentcore(&setup).var("AWS_ENDPOINT_URL", &own).run().code(0).says("its address at AWS is kept");
    let url = run.data()["discoveryUrl"].as_str().unwrap().to_owned();
    assert!(url.starts_with("https://cognito-idp.us-west-2.amazonaws.com/us-west-2_"), "{url}");
}
