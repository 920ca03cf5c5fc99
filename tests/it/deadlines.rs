//! Endpoints that are of no use: one that accepts and never answers, one that does not accept, one that stops in its
//! answer, one that answers with a page. Every command ends within its limit, says which host held it, and does not take a
//! page for an answer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::convergence::{Scene, in_parallel};
use crate::support::{Fault, Run, Trouble, When, World, watch};

/// A server that treats everybody alike. It lives as long as the test.
struct Stand {
    address: SocketAddr,
    /// Connections that fill the queue of a server that accepts none.
    _queue: Vec<TcpStream>,
}

impl Stand {
    /// Accepts, reads, and never answers.
    fn silent() -> Self {
        let open = Arc::new(Mutex::new(Vec::new()));
        Self::serving(move |socket| open.lock().unwrap().push(socket))
    }

    /// Does not accept, and its queue is full: connecting hangs.
    fn deaf() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::mem::forget(listener);
        let short = Duration::from_millis(200);
        let mut queue = Vec::new();
        while let Ok(socket) = TcpStream::connect_timeout(&address, short) {
            queue.push(socket);
            assert!(queue.len() < 10_000, "the queue of a listener has an end");
        }
        Self { address, _queue: queue }
    }

    /// Sends these bytes to whoever asks, and then leaves the connection open or closes it.
    fn saying(bytes: &'static [u8], and_close: bool) -> Self {
        let open = Arc::new(Mutex::new(Vec::new()));
        Self::serving(move |mut socket| {
            read_request(&mut socket);
            let _ = socket.write_all(bytes);
            if !and_close {
                open.lock().unwrap().push(socket);
            }
        })
    }

    fn serving(each: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let each = Arc::new(each);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let each = Arc::clone(&each);
                std::thread::spawn(move || each(socket));
            }
        });
        Self { address, _queue: Vec::new() }
    }

    fn host(&self) -> String {
        self.address.to_string()
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A machine whose AWS is this, with an agent that was deployed there.
    fn world(&self) -> World {
        let mut world = World::new().with_credentials();
        world.set("AWS_ENDPOINT_URL", self.url());
        world.set("RUNTIME_CLIENT_SECRET", "s");
        world.set("OPENAI_KEY", "k");
        world.write("agent.py", "").write("requirements.txt", "");
        let configure = ["configure", "-ni", "-e", "agent.py", "--name", "agent", "--offline", "--disable-memory"];
        world.agentcore(&configure).args(&["--disable-otel", "-rf", "requirements.txt"]).run().code(0);
        let text = world.read(".bedrock_agentcore.yaml");
        let text = match text.find("    bedrock_agentcore:") {
            Some(_) => {
                text.replace("agent_id: null", "agent_id: agent-0123456789").replace("agent_arn: null", ARN_LINE)
            }
            // Below the agent's last line, above the project's own keys.
            None => text.replace(
                "\nagentcore:\n",
                &format!("\n    bedrock_agentcore:\n      agent_id: agent-0123456789\n      {ARN_LINE}\nagentcore:\n"),
            ),
        };
        world.write(".bedrock_agentcore.yaml", &text);
        world
    }
}

/// Up to the end of the head and as much of the body as has come: a client that is answered early goes on reading.
fn read_request(socket: &mut TcpStream) {
    let (mut seen, mut piece) = (Vec::new(), [0; 4096]);
    while !seen.windows(4).any(|four| four == b"\r\n\r\n") {
        match socket.read(&mut piece) {
            Ok(0) | Err(_) => return,
            Ok(count) => seen.extend_from_slice(&piece[..count]),
        }
    }
}

const ARN: &str = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/agent-0123456789";
const ARN_LINE: &str = "agent_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/agent-0123456789";

/// Every command that asks somebody else, `URL` being the address that is of no use and `HOST` its host.
const COMMANDS: &[&str] = &[
    "launch",
    "launch --plan",
    "launch --builder codebuild",
    "launch --image 123456789012.dkr.ecr.us-west-2.amazonaws.com/a:1",
    "build --base-image HOST/base:1",
    "status",
    "status --watch",
    "destroy --dry-run",
    "destroy --force",
    "invoke hello",
    "invoke hello --arn ARN",
    "invoke hello --ws --protocol HTTP",
    "invoke --list-tools --protocol MCP",
    "invoke --card --protocol A2A",
    "stop-session --session-id 0123456789012345678901234567890123456789",
    "auth check --against live --token-file word",
    "auth explain --against live",
    "auth test --arn ARN",
    "configure -ni -e agent.py --discovery-url URL/.well-known/openid-configuration --allowed-client c",
    "identity setup-cognito",
    "identity setup-cognito --inbound-only",
    "identity setup-cognito --team t",
    "identity verify",
    "identity cleanup --force",
    "identity token --grant client-credentials --issuer URL --client-id c",
    "identity token --grant user-password --pool-id us-west-2_x --client-id c --username u --password-file word",
    "identity create-credential-provider --name a --type api-key --api-key-env OPENAI_KEY",
    "identity get-credential-provider --name a",
    "identity list-credential-providers",
    "identity update-credential-provider --name a --api-key-env OPENAI_KEY",
    "identity delete-credential-provider --name a --force",
    "identity create-workload-identity --name a",
    "identity get-workload-identity --name a",
    "identity list-workload-identities",
    "identity update-workload-identity --name a --set-return-urls https://a.example/",
    "identity delete-workload-identity --name a --force",
    "identity setup-aws-jwt --audience https://a.example",
];

/// One command for each way of asking somebody: with AWS's own protocols, signed or not, with a token, a registry's, an identity
/// provider's.
const CLIENTS: &[&str] = &[
    "status",
    "build --base-image HOST/base:1",
    "identity list-workload-identities",
    "configure -ni -e agent.py --discovery-url URL/.well-known/openid-configuration --allowed-client c",
    "identity token --grant client-credentials --issuer URL --client-id c",
    "identity token --grant user-password --pool-id us-west-2_x --client-id c --username u --password-file word",
    "stop-session --session-id 0123456789012345678901234567890123456789",
];

/// What `identity verify` and `identity cleanup` go by.
const STORED: &str = r#"{"flow_type": "user", "runtime": {"pool_id": "us-west-2_abc", "client_id": "c", "username": "u"},
    "agentcore": {"account": "123456789012", "region": "us-west-2", "created": ["pool"],
    "settings": {"pool_name": "p", "user_client_name": "c", "username": "u", "token_minutes": 60}}}"#;

fn run(stand: &Stand, world: &World, command: &str, more: &[&str]) -> Run {
    if ["identity verify", "identity cleanup"].iter().any(|verb| command.starts_with(verb)) {
        world.write(".agentcore_identity_cognito_user.json", STORED);
    }
    let words = command.replace("URL", &stand.url()).replace("HOST", &stand.host()).replace("ARN", ARN);
    world.write("word", "Password-1");
    let args: Vec<&str> = words.split(' ').collect();
    world.agentcore(&args).args(more).run()
}

fn hints(document: &Value) -> String {
    document["error"]["hints"].to_string()
}

/// Each command with its limit at a host that is of no use: status 7, and the host's name.
#[track_caller]
fn all_end_in_time(stand: &Stand, except: &str) {
    let failures = Mutex::new(Vec::new());
    let commands = COMMANDS.iter().copied().filter(|command| except.is_empty() || !command.starts_with(except));
    in_parallel(commands.collect(), |_, command| {
        let run = run(stand, &stand.world(), command, &["--timeout", "1", "-o", "json"]);
        let text = String::from_utf8_lossy(&run.stdout).into_owned();
        if run.code != Some(7) || !text.contains(&stand.host()) {
            failures.lock().unwrap().push(run.to_string());
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), COMMANDS.len(), failures.join("\n"));
}

#[test]
fn every_command_times_out_on_a_silent_host() {
    all_end_in_time(&Stand::silent(), "");
}

#[test]
fn every_command_times_out_on_an_unaccepting_host() {
    all_end_in_time(&Stand::deaf(), "");
}

#[test]
fn every_command_times_out_on_a_half_answer() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    // That no web socket was opened is said by the status alone.
    all_end_in_time(&Stand::saying(half, false), "invoke hello --ws");
}

/// Commands without a limit of their own, which end by those of their requests.
#[track_caller]
fn all_end_by_themselves(stand: &Stand, commands: &[&str], within: Duration) {
    let failures = Mutex::new(Vec::new());
    in_parallel(commands.to_vec(), |_, command| {
        let begun = Instant::now();
        let run = run(stand, &stand.world(), command, &["-o", "json"]);
        let took = begun.elapsed();
        let text = String::from_utf8_lossy(&run.stdout).into_owned();
        if run.code == Some(0) || !text.contains(&stand.host()) || took > within {
            failures.lock().unwrap().push(format!("after {took:?}: {run}"));
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), commands.len(), failures.join("\n"));
}

#[test]
fn connecting_has_a_limit_without_a_flag() {
    // Three attempts of 5 s each, and room for a busy machine.
    all_end_by_themselves(&Stand::deaf(), COMMANDS, Duration::from_secs(45));
}

#[test]
fn an_answer_has_a_limit_without_a_flag() {
    // A silent host is asked twice, for 30 s each.
    all_end_by_themselves(&Stand::silent(), CLIENTS, Duration::from_secs(100));
}

#[test]
fn a_command_that_asks_nobody_needs_nobody() {
    let stand = Stand::silent();
    let run = run(&stand, &stand.world(), "identity list-aws-jwt", &["--timeout", "5"]);
    // None are set up, which the configuration says.
    run.code(5);
}

#[test]
fn unreadable_token_is_reported_first() {
    let stand = Stand::silent();
    let world = stand.world();
    world.write("empty", "");
    for command in ["auth check --token-file empty", "auth test --arn ARN --good-token-file empty"] {
        let run = run(&stand, &world, command, &["--timeout", "5"]).code(2);
        assert!(run.stderr_text().contains("bearer token"), "{run}");
    }
}

#[test]
fn a_wait_bounds_the_whole_command() {
    let stand = Stand::silent();
    for command in ["launch --wait-timeout 1", "status --watch --wait-timeout 1"] {
        let run = run(&stand, &stand.world(), command, &[]).code(7).says("`--wait-timeout SECONDS`");
        assert!(run.stderr_text().contains(&stand.host()), "{run}");
    }
    // The earlier of two limits counts, and is the one to raise.
    run(&stand, &stand.world(), "launch --wait-timeout 200 --timeout 1", &[]).code(7).says("`--timeout SECONDS`");
}

#[test]
fn command_in_a_sandbox_ends_at_the_timeout() {
    let world = World::new();
    let args = ["sandbox", "run", "--timeout", "2", "--", "/bin/sleep", "250"];
    world.agentcore(&args).run().code(7).says("not done within 2 s");
}

/// A page, an answer that was cut off, and nothing at all: none of them is an answer, whatever its status.
#[test]
fn invalid_answer_has_code_and_names_the_host() {
    const PAGE: &str = "<html><body>Sign in to the network</body></html>";
    let page = |status: &str| {
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n", PAGE.len());
        format!("{head}Connection: close\r\n\r\n{PAGE}")
    };
    let answers = [
        page("200 OK"),
        page("403 Forbidden"),
        page("503 Service Unavailable"),
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{\"a\": [1,".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
    ];
    // Without what goes to an agent, whose answers are whatever it likes, and without what a discovery document's URL
    // is wrong for.
    let commands = COMMANDS.iter().filter(|command| {
        !["invoke", "stop-session", "auth check", "auth test", "configure"].iter().any(|verb| command.starts_with(verb))
    });
    let mut cases = Vec::new();
    for answer in answers {
        let bytes: &'static [u8] = answer.leak().as_bytes();
        let stand = Arc::new(Stand::saying(bytes, true));
        cases.extend(commands.clone().map(|command| (Arc::clone(&stand), *command, bytes)));
    }
    let failures = Mutex::new(Vec::new());
    in_parallel(cases, |_, (stand, command, bytes)| {
        let run = run(&stand, &stand.world(), command, &["-o", "json"]);
        let document: Value = serde_json::from_slice(&run.stdout).unwrap_or_default();
        let code = document["error"]["code"].as_str().unwrap_or_default();
        let known = ["aws.answer", "registry.answer", "token.answer", "discovery.not-json", "discovery.status"];
        let named = document["error"].to_string().contains(&stand.host());
        if run.code != Some(1) && !code.starts_with("discovery.")
            || !known.contains(&code)
            || !named
            || hints(&document).len() < 5
        {
            failures.lock().unwrap().push(format!("{}\n{run}", String::from_utf8_lossy(bytes)));
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
}

/// A creation that the service refused for its pace was not made, so it may be repeated, whatever its idempotency.
#[test]
fn throttled_creations_are_repeated_and_made_once() {
    let Some(scene) = Scene::start() else { return };
    for (number, label) in
        ["CreateUserPool", "CreateUserPoolClient", "CreateUserPoolDomain", "AdminCreateUser"].iter().enumerate()
    {
        let world = scene.world();
        let team = format!("throttled{number}");
        let fault =
            Fault { trouble: Trouble::Throttled, when: When::BeforeForwarding, label: (*label).to_owned(), nth: 1 };
        let setup = world.agentcore(&["identity", "setup-cognito", "-o", "json", "--team", &team]);
        let watched = watch(scene.account.url(), setup, Some(&fault));
        assert!(watched.struck, "{label} was not met");
        watched.run.code(0);
        let repeated = watched.seen.iter().filter(|seen| seen.label == *label).count();
        assert!(repeated >= 2, "{label}: {repeated}");
        let pools = scene.account.cognito("ListUserPools", &serde_json::json!({ "MaxResults": 60 }));
        let made = pools["UserPools"].to_string().matches(&team).count();
        assert_eq!(made, 1, "{label}: {pools}");
    }
}
