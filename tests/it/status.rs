//! `status` at a terminal: with `--watch` redrawn in place, a line for each change elsewhere, and links where terminals have them. The
//! terminals fold and scroll as real ones do.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::support::{Terminal, World};

const ID: &str = "desk-0123456789";
const ARN: &str = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/desk-0123456789";
const CONFIG: &str = "default_agent: desk
agents:
  desk:
    name: desk
    entrypoint: agent.py
    aws:
      account: '123456789012'
      region: us-west-2
    bedrock_agentcore:
      agent_id: desk-0123456789
      agent_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/desk-0123456789
";

/// How far a deployment has come: the runtime's status, and that of DEFAULT where it is there.
type Stage = (&'static str, Option<&'static str>);

const CREATING: Stage = ("CREATING", None);
const LATE_ENDPOINT: Stage = ("READY", Some("CREATING"));
const READY: Stage = ("READY", Some("READY"));

/// A control plane whose one runtime goes through stages: on demand, or by itself after so many looks at DEFAULT.
struct ControlPlane {
    url: String,
    at: Arc<AtomicUsize>,
}

impl ControlPlane {
    fn start(stages: &'static [Stage], endpoints: usize, looks: Option<usize>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let at = Arc::new(AtomicUsize::new(0));
        let (stage, seen) = (Arc::clone(&at), Arc::new(AtomicUsize::new(0)));
        std::thread::spawn(move || {
            for mut socket in listener.incoming().flatten() {
                let Some(path) = read_request(&mut socket) else { continue };
                let (runtime, default) = stages[stage.load(Ordering::SeqCst).min(stages.len() - 1)];
                let answer = if path.ends_with("/runtime-endpoints/DEFAULT/") {
                    if looks.is_some_and(|looks| (seen.fetch_add(1, Ordering::SeqCst) + 1) % looks == 0) {
                        stage.fetch_add(1, Ordering::SeqCst);
                    }
                    default.map(|status| endpoint("DEFAULT", status))
                } else if path.ends_with("/runtime-endpoints/") {
                    let others = (1..=endpoints).map(|number| endpoint(&format!("prod{number}"), "READY"));
                    Some(json!({ "runtimeEndpoints": others.collect::<Vec<_>>() }))
                } else {
                    Some(runtime_of(runtime))
                };
                send(&mut socket, answer);
            }
        });
        Self { url, at }
    }

    /// Goes to the next stage.
    fn go_on(&self) {
        self.at.fetch_add(1, Ordering::SeqCst);
    }

    fn world(&self) -> World {
        let mut world = World::new().with_credentials();
        world.set("AWS_ENDPOINT_URL", self.url.as_str());
        world.write("agent.py", "").write(".bedrock_agentcore.yaml", CONFIG);
        world
    }
}

/// The path of a request whose head and body have come.
pub(crate) fn read_request(socket: &mut TcpStream) -> Option<String> {
    let (mut seen, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&seen).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if body.len() >= length.trim().parse().unwrap() {
                let line = String::from_utf8_lossy(&seen).lines().next()?.to_owned();
                return line.split(' ').nth(1).map(|path| path.split('?').next().unwrap_or_default().to_owned());
            }
        }
        match socket.read(&mut piece) {
            Ok(count @ 1..) => seen.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
}

pub(crate) fn send(socket: &mut TcpStream, answer: Option<Value>) {
    let (status, kind, body) = match answer {
        Some(body) => ("200 OK", "", body),
        None => ("404 Not Found", "x-amzn-errortype: ResourceNotFoundException\r\n", json!({ "message": "not found" })),
    };
    let body = body.to_string();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{kind}content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let _ = socket.write_all((head + &body).as_bytes());
}

const TIME: &str = "2026-11-30T16:00:00Z";

fn runtime_of(status: &str) -> Value {
    json!({
        "agentRuntimeArn": ARN, "agentRuntimeId": ID, "agentRuntimeName": "desk", "agentRuntimeVersion": "1",
        "roleArn": "arn:aws:iam::123456789012:role/r", "status": status, "createdAt": TIME, "lastUpdatedAt": TIME,
        "networkConfiguration": { "networkMode": "PUBLIC" },
        "lifecycleConfiguration": { "idleRuntimeSessionTimeout": 900, "maxLifetime": 28800 },
        "metadataConfiguration": { "requireMMDSV2": true },
        "agentRuntimeArtifact": { "containerConfiguration": { "containerUri": "repository@sha256:1" } },
    })
}

fn endpoint(name: &str, status: &str) -> Value {
    json!({
        "name": name, "id": name, "agentRuntimeArn": ARN, "status": status, "liveVersion": "1", "targetVersion": "1",
        "agentRuntimeEndpointArn": format!("{ARN}/runtime-endpoint/{name}"), "createdAt": TIME, "lastUpdatedAt": TIME,
    })
}

/// The rows that begin so.
fn rows<'a>(shown: &'a str, start: &str) -> Vec<&'a str> {
    shown.lines().filter(|line| line.starts_with(start)).collect()
}

/// Whether the picture is there as a whole: a draw may be seen half done.
fn is_whole(shown: &str) -> bool {
    !rows(shown, "last change: ").is_empty() && shown.lines().last().is_some_and(|line| line.contains(" wait until "))
}

fn until_row(terminal: &mut Terminal, start: &str, status: &str) -> String {
    let is_there = |shown: &str| is_whole(shown) && rows(shown, start).iter().any(|row| row.contains(status));
    terminal.until(&format!("{start} {status}"), is_there)
}

const ROWS: [&str; 5] = ["runtime  ", "endpoint DEFAULT ", "endpoint prod1 ", "runs: ", "last change: "];

#[test]
fn watched_states_replace_each_other_in_place() {
    let plane = ControlPlane::start(&[CREATING, LATE_ENDPOINT, READY], 1, None);
    let world = plane.world();
    let mut terminal = world.agentcore(&["status", "--watch"]).start_on_terminal((24, 100));
    let first = until_row(&mut terminal, "endpoint prod1 ", "READY");
    plane.go_on();
    let second = until_row(&mut terminal, "endpoint DEFAULT ", "CREATING");
    for (shown, row, status) in [
        (&first, "runtime  ", "CREATING"),
        (&first, "endpoint DEFAULT ", "not there yet"),
        (&first, "last change: ", "last change: runtime CREATING, version 1 (11-30 16:00:00)"),
        (&second, "runtime  ", "READY"),
        (&second, "endpoint DEFAULT ", "CREATING"),
        (&second, "last change: ", "last change: runtime READY, version 1; endpoint DEFAULT CREATING, version 1 ("),
        (&second, "runs: ", "repository@sha256:1"),
    ] {
        assert!(rows(shown, row)[0].contains(status), "{row}{status}:\n{shown}");
        ROWS.iter().for_each(|row| assert_eq!(rows(shown, row).len(), 1, "{row}:\n{shown}"));
    }
    plane.go_on();
    let end = terminal.end();
    assert_eq!(end.code, Some(0), "{}", end.text);
    let lines: Vec<&str> = end.text.lines().take(2).collect();
    let told = ["runtime and endpoint DEFAULT are READY, version 1", "Ready - Agent deployed and endpoint available"];
    assert_eq!(lines, told, "{}", end.text);
    assert!(rows(&end.text, "last change: ").is_empty(), "{}", end.text);
}

#[test]
fn interrupted_watch_leaves_its_last_picture() {
    let plane = ControlPlane::start(&[LATE_ENDPOINT], 1, None);
    let world = plane.world();
    let mut terminal = world.agentcore(&["status", "--watch"]).start_on_terminal((24, 100));
    until_row(&mut terminal, "endpoint prod1 ", "READY");
    terminal.interrupt();
    let left = terminal.until("the end", |shown| shown.contains("error: interrupted"));
    assert_eq!(terminal.code(), Some(130));
    assert!(terminal.is_as_before(), "{left}");
    ROWS.iter().for_each(|row| assert_eq!(rows(&left, row).len(), 1, "{row}:\n{left}"));
    assert!(!left.contains("wait until"), "{left}");
}

#[test]
fn failed_watch_shows_what_failed() {
    let plane = ControlPlane::start(&[CREATING, ("CREATE_FAILED", None)], 1, None);
    let world = plane.world();
    let mut terminal = world.agentcore(&["status", "--watch"]).start_on_terminal((24, 100));
    until_row(&mut terminal, "endpoint prod1 ", "READY");
    plane.go_on();
    let end = terminal.end();
    assert_eq!(end.code, Some(1));
    assert!(rows(&end.text, "runtime  ")[0].contains("CREATE_FAILED"), "{}", end.text);
    ROWS.iter().for_each(|row| assert_eq!(rows(&end.text, row).len(), 1, "{row}:\n{}", end.text));
    assert!(end.text.contains("error: the runtime `desk-0123456789` is CREATE_FAILED"), "{}", end.text);
}

#[test]
fn small_terminals_show_the_last_rows() {
    let plane = ControlPlane::start(&[CREATING, LATE_ENDPOINT], 12, None);
    let world = plane.world();
    let mut terminal = world.agentcore(&["status", "--watch"]).start_on_terminal((8, 30));
    let first = terminal.until("the picture", |shown| is_whole(shown) && !rows(shown, "endpoint prod12").is_empty());
    plane.go_on();
    let changed = |shown: &str| is_whole(shown) && rows(shown, "last change: ")[0].contains("runtime READY");
    let second = terminal.until("a change", changed);
    for shown in [&first, &second] {
        assert!(shown.lines().count() <= 8, "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= 30), "{shown}");
        for row in ["endpoint prod12", "runs: ", "last change: "] {
            assert_eq!(rows(shown, row).len(), 1, "{row}:\n{shown}");
        }
        assert!(rows(shown, "runtime").is_empty(), "it has no room: {shown}");
    }
    terminal.interrupt();
    terminal.end();
}

/// Each change is a line, and nothing is drawn over.
#[test]
fn plain_watches_print_a_line_for_each_change() {
    const LINES: &str =
        "runtime CREATING\nendpoint DEFAULT CREATING\nruntime and endpoint DEFAULT are READY, version 1\n";
    let world = || ControlPlane::start(&[CREATING, LATE_ENDPOINT, READY], 1, Some(2)).world();
    let watch = ["status", "--watch"];
    assert_eq!(world().agentcore(&watch).run().code(0).stderr_text(), LINES);
    assert_eq!(world().agentcore(&watch).args(&["-o", "json"]).run().code(0).stderr_text(), LINES);
    assert_eq!(world().agentcore(&watch).arg("--quiet").run().code(0).stderr_text(), "");
    let dumb = world().agentcore(&watch).var("TERM", "dumb").run_on_terminal("");
    assert!(dumb.text.starts_with(LINES) && !dumb.written.contains('\x1b'), "{dumb:?}");
    let uncoloured = world().agentcore(&watch).var("NO_COLOR", "1").run_on_terminal("");
    assert!(uncoloured.text.starts_with(LINES), "{uncoloured:?}");
    for plain in [uncoloured, world().agentcore(&watch).arg("--quiet").run_on_terminal("")] {
        assert!(plain.code == Some(0) && !plain.written.contains("last change"), "{plain:?}");
    }
}

/// AWS behind a private endpoint, as a proxy answers for it.
fn private_endpoint(plane: &ControlPlane) -> World {
    let mut world = plane.world();
    world.set("AWS_ENDPOINT_URL", "http://vpce-1.bedrock-agentcore-control.us-west-2.vpce.amazonaws.com");
    for (name, value) in [("HTTP_PROXY", plane.url.as_str()), ("NO_PROXY", "")] {
        world.set(name, value);
        world.set(name.to_lowercase(), value);
    }
    world
}

#[test]
fn links_show_where_terminals_have_them() {
    const LINK: &str = "Agent ID: \x1b]8;;https://us-west-2.console.aws.amazon.com/bedrock-agentcore/agents/desk-0123456789\x1b\\\
        desk-0123456789\x1b]8;;\x1b\\\r\n";
    let plane = ControlPlane::start(&[READY], 0, None);
    let world = private_endpoint(&plane);
    let status = |world: &World, vars: &[(&str, &str)]| {
        let run = vars
            .iter()
            .fold(world.agentcore(&["status", "--color", "never"]), |run, (name, value)| run.var(name, *value));
        run.run_on_terminal("")
    };
    let linked = status(&world, &[("WT_SESSION", "1")]);
    assert!(linked.written.contains(LINK), "{linked:?}");
    assert!(status(&world, &[("FORCE_HYPERLINK", "1")]).written.contains(LINK));
    for vars in [
        &[][..],
        &[("WT_SESSION", "1"), ("FORCE_HYPERLINK", "0")],
        &[("FORCE_HYPERLINK", "1"), ("NO_COLOR", "1")],
        &[("FORCE_HYPERLINK", "1"), ("TERM", "dumb")],
    ] {
        let plain = status(&world, vars);
        assert!(!plain.written.contains('\x1b'), "{vars:?}: {plain:?}");
        assert_eq!((plain.text, plain.code), (linked.text.clone(), Some(0)), "{vars:?}");
    }
    let piped = world.agentcore(&["status"]).var("FORCE_HYPERLINK", "1").run().code(0).stdout_text();
    assert_eq!(piped.trim_end(), linked.text);
    let here = status(&plane.world(), &[("FORCE_HYPERLINK", "1")]);
    assert!(
        here.text.contains("Agent ID: desk-") && !here.written.contains('\x1b'),
        "a sandbox has no console: {here:?}"
    );
}
