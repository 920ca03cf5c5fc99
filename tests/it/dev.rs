//! Agents on this machine: `dev`, `launch --local`, and `invoke --dev` against them, with real processes and no AWS.
#![cfg(unix)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Invocation, Recorder, World, lacked, python};

/// Longer than any start or reload takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// An agent in the standard library alone. It answers with `ANSWER` and with what it was sent.
const AGENT: &str = r#"
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = "one"
SEEN = ["LOCAL_DEV", "PORT", "AWS_REGION", "FROM_FLAG", "BEDROCK_AGENTCORE_MEMORY_ID"]

class Agent(BaseHTTPRequestHandler):
    def log_message(self, *ignored):
        pass

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def do_GET(self):
        self.reply(200 if self.path == "/ping" else 404, {"status": "Healthy"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        prompt = body.get("prompt")
        if prompt == "exit":
            os._exit(7)
        if prompt == "fail":
            print("no model was configured", file=sys.stderr, flush=True)
            return self.reply(500, {"error": "boom"})
        if prompt == "slowly":
            open("begun.bin", "w").close()
            while not os.path.exists("finish.bin"):
                time.sleep(0.02)
        self.reply(200, {
            "answer": ANSWER,
            "prompt": prompt,
            "pid": os.getpid(),
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "env": {name: os.environ.get(name) for name in SEEN},
        })

print("hello from the agent", flush=True)
ThreadingHTTPServer(("0.0.0.0", 8080), Agent).serve_forever()
"#;

fn world() -> Option<World> {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return None;
    }
    let world = World::new();
    world.write("agent.py", AGENT).write("requirements.txt", "");
    Some(world)
}

/// A configured agent; `args` go to `configure`.
fn configured(args: &[&str]) -> Option<World> {
    let world = world()?;
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "echo", "-do"]).args(args).run().code(0);
    Some(world)
}

/// A server of the binary's own, in the foreground of its terminal. It is ended when this is dropped.
struct Served {
    child: Child,
    port: u16,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
}

impl Served {
    /// Starts it, and waits until it says where the agent answers.
    #[track_caller]
    fn start(invocation: &Invocation<'_>) -> Self {
        let mut served = Self::begin(invocation);
        let text = served.wait_for("answers at http://127.0.0.1:");
        let (_, rest) = text.split_once("answers at http://127.0.0.1:").unwrap();
        served.port = rest.split('/').next().unwrap().parse().unwrap();
        served
    }

    fn begin(invocation: &Invocation<'_>) -> Self {
        let mut child = invocation.spawn();
        let stdout = collect(child.stdout.take().unwrap());
        let stderr = collect(child.stderr.take().unwrap());
        Self { child, port: 0, stdout, stderr }
    }

    fn stderr(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// Waits until stderr has this text.
    #[track_caller]
    fn wait_for(&mut self, part: &str) -> String {
        let stderr = Arc::clone(&self.stderr);
        let text = || stderr.lock().unwrap().clone();
        until(
            || format!("no `{part}`:\n{}", text()),
            || {
                let found = text().contains(part);
                let ended = self.child.try_wait().unwrap();
                assert!(found || ended.is_none(), "no `{part}`, and it ended with {ended:?}:\n{}", text());
                found
            },
        );
        text()
    }

    /// The exit status, once it ends.
    #[track_caller]
    fn ends(&mut self) -> Option<i32> {
        let mut status = None;
        until(
            || "it does not end".to_owned(),
            || {
                status = self.child.try_wait().unwrap();
                status.is_some()
            },
        );
        status.unwrap().code()
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn flag(&self) -> String {
        format!("--port={}", self.port)
    }

    fn post(&self, body: &Value) -> Value {
        let (status, text) = http(self.port, "POST", "/invocations", &[], &body.to_string());
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Waits until the agent answers with this.
    #[track_caller]
    fn wait_for_answer(&self, wanted: &str) {
        let why = || format!("it never answers `{wanted}`:\n{}", self.stderr());
        until(why, || self.post(&json!({}))["answer"] == wanted);
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.signal("TERM");
            if !std::thread::panicking() {
                self.ends();
            }
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Returns when `holds` does, and fails with what `why` says when that takes too long.
#[expect(clippy::disallowed_methods, reason = "a test blocks no runtime but its own thread")]
#[track_caller]
fn until(why: impl Fn() -> String, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{}", why());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn collect(mut pipe: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let into = Arc::clone(&text);
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = pipe.read(&mut buffer) {
            into.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    });
    text
}

/// One request, as a client without any library makes it.
fn http(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let own = if headers.iter().any(|(name, _)| *name == "host") { "" } else { "host: 127.0.0.1\r\n" };
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let head =
        format!("{method} {path} HTTP/1.1\r\n{own}{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = match head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        true => unchunked(body),
        false => body.to_owned(),
    };
    (status, format!("{}{body}", if status == 200 { String::new() } else { format!("{head}\n") }))
}

fn unchunked(mut body: &str) -> String {
    let mut out = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap();
        if length == 0 {
            break;
        }
        out.push_str(&rest[..length]);
        body = &rest[length + 2..];
    }
    out
}

fn is_alive(pid: &Value) -> bool {
    Command::new("kill").args(["-0", &pid.to_string()]).stderr(Stdio::null()).status().unwrap().success()
}

#[test]
fn agent_answers_as_in_the_cloud() {
    let Some(mut world) = configured(&["--request-header-allowlist", "X-Tenant", "--region", "eu-west-1"]) else {
        return;
    };
    let recorder = Recorder::start();
    world = world.with_credentials();
    world.set("AWS_ENDPOINT_URL", recorder.url());
    let dev = Served::start(&world.agentcore(&["dev", "-p", "0", "-env", "FROM_FLAG=yes"]));
    dev.stderr().split_once("SigV4").unwrap_or_else(|| panic!("{}", dev.stderr()));

    let session = "a-session-of-thirty-three-characters";
    let run = world
        .agentcore(&["invoke", "--dev", r#"{"prompt": "hi"}"#, "-H", "X-Tenant: t1", "-s", session, "-o", "json"])
        .arg(dev.flag())
        .run()
        .code(0);
    let data = run.data();
    assert_eq!((&data["sessionId"], &data["status"]), (&json!(session), &json!(200)));
    let answer = &data["response"];
    assert_eq!((&answer["answer"], &answer["prompt"]), (&json!("one"), &json!("hi")));
    assert_eq!(answer["headers"]["x-tenant"], "t1");
    assert_eq!(answer["headers"]["x-amzn-bedrock-agentcore-runtime-session-id"], session);
    let env = &answer["env"];
    let port = dev.port.to_string();
    assert_eq!(
        (&env["LOCAL_DEV"], &env["FROM_FLAG"], &env["AWS_REGION"], &env["PORT"]),
        (&json!("1"), &json!("yes"), &json!("eu-west-1"), &json!(port))
    );
    // The session goes on, `--local` is the same place, and what the service would not pass on does not pass here.
    let again =
        world.agentcore(&["invoke", "--local", "plain words", "-o", "json"]).arg(dev.flag()).run().code(0).data();
    assert_eq!((&again["sessionId"], &again["response"]["prompt"]), (&json!(session), &json!("plain words")));
    let (_, text) = http(dev.port, "POST", "/invocations", &[("x-other", "1"), ("x-tenant", "t2")], "{}");
    assert!(text.contains("t2") && !text.contains("x-other"), "{text}");
    assert_eq!(http(dev.port, "GET", "/ping", &[], ""), (200, r#"{"status": "Healthy"}"#.to_owned()));
    assert_eq!(http(dev.port, "GET", "/invocations", &[], "").0, 405);
    assert_eq!(http(dev.port, "POST", "/other", &[], "{}").0, 404);

    let failed = world.agentcore(&["invoke", "--dev", "fail"]).arg(dev.flag()).run().code(8);
    failed.says("no model was configured").says("agentcore dev");
    assert!(dev.stdout.lock().unwrap().contains("hello from the agent"));
    assert_eq!(recorder.seen(), Vec::<String>::new(), "nothing is asked of AWS");
}

#[test]
fn pages_of_elsewhere_are_refused() {
    let Some(world) = configured(&[]) else { return };
    let dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    for header in [("host", "evil.example"), ("origin", "https://evil.example"), ("origin", "null")] {
        let (status, text) = http(dev.port, "POST", "/invocations", &[header], "{}");
        assert_eq!(status, 403, "{header:?}: {text}");
    }
    for header in [("host", "localhost:8080"), ("origin", "http://localhost:3000")] {
        assert_eq!(http(dev.port, "POST", "/invocations", &[header], "{}").0, 200, "{header:?}");
    }
}

/// What a program of this machine gets of the page.
fn page_state(dev: &Served) -> Value {
    let (status, text) = http(dev.port, "GET", "/_dev/state", &[PAGE], "");
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

const PAGE: (&str, &str) = ("x-agentcore-dev", "1");

#[test]
fn page_shows_requests_lines_and_spans() {
    let Some(world) = configured(&[]) else { return };
    let agent = AGENT.replace("SEEN = [", "SEEN = [\"OTEL_EXPORTER_OTLP_ENDPOINT\", \"OTEL_EXPORTER_OTLP_PROTOCOL\", ");
    world.write("agent.py", &agent);
    let dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    let own = format!("http://127.0.0.1:{}", dev.port);
    assert!(dev.stderr().contains(&format!("shown at {own}/_dev/")), "{}", dev.stderr());
    let (_, page) = http(dev.port, "GET", "/_dev/", &[], "");
    assert!(page.starts_with("<!doctype html>"), "{page}");

    let call = json!({ "agent": "echo", "session": "a-session-of-thirty-three-characters", "payload": "{\"prompt\": \"hi\"}" });
    let (status, text) = http(dev.port, "POST", "/_dev/call", &[PAGE], &call.to_string());
    assert_eq!(status, 200, "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["prompt"], "hi");
    assert_eq!(answer["env"]["OTEL_EXPORTER_OTLP_ENDPOINT"], own);
    assert_eq!(answer["env"]["OTEL_EXPORTER_OTLP_PROTOCOL"], "http/protobuf");
    let span = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [{ "traceId": "ab", "spanId": "1", "name": "chat" }] }] }] });
    let json_type = ("content-type", "application/json");
    assert_eq!(http(dev.port, "POST", "/v1/traces", &[json_type], &span.to_string()), (200, "{}".to_owned()));
    // A token that nobody asked for is refused, and not kept.
    let token = ("authorization", "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl");
    http(dev.port, "POST", "/invocations", &[token], "{\"prompt\": \"eyJhbGciOiJSUzI1NiJ9.e30.c2ln\"}");

    let state = page_state(&dev);
    assert_eq!((&state["where"], &state["agents"][0]["takes"]), (&json!("dev"), &json!("anybody")));
    let requests = state["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 2, "{state}");
    let [first, second] = [&requests[0], &requests[1]];
    assert_eq!(
        (&first["status"], &first["session"], &first["fromPage"]),
        (&json!(200), &call["session"], &json!(true))
    );
    assert_eq!((&first["request"]["text"], &first["verdict"]), (&call["payload"], &Value::Null));
    assert!(
        first["totalMs"].is_number() && first["response"]["text"].as_str().unwrap().contains("\"answer\""),
        "{first}"
    );
    assert_eq!((&second["status"], &second["verdict"]["code"]), (&json!(403), &json!("bearer-not-accepted")));
    assert!(!state.to_string().contains("eyJ"), "{state}");
    assert!(state["logs"].as_array().unwrap().iter().any(|line| line["text"] == "hello from the agent"), "{state}");
    assert_eq!(state["spans"][0]["name"], "chat");
}

#[test]
fn page_is_for_itself_alone() {
    let Some(world) = configured(&[]) else { return };
    let dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    let own = format!("127.0.0.1:{}", dev.port);
    let (origin, elsewhere) = (format!("http://{own}"), "http://127.0.0.1:3000");
    let call = json!({ "agent": "echo", "payload": "{}" }).to_string();
    let refused: &[&[(&str, &str)]] = &[
        &[],
        &[PAGE, ("host", "evil.example")],
        &[PAGE, ("host", &own), ("origin", elsewhere)],
        &[PAGE, ("host", &own), ("origin", "null")],
        &[PAGE, ("host", &own), ("sec-fetch-site", "same-site")],
    ];
    for headers in refused {
        for (method, path, body) in
            [("GET", "/_dev/state", ""), ("GET", "/_dev/events", ""), ("POST", "/_dev/call", &call)]
        {
            let (status, text) = http(dev.port, method, path, headers, body);
            assert_eq!(status, 403, "{headers:?}: {text}");
            assert!(!text.to_ascii_lowercase().contains("access-control-allow"), "{text}");
        }
    }
    // Nobody is told that another page may ask.
    let ask = [("host", own.as_str()), ("origin", elsewhere), ("access-control-request-method", "POST")];
    for path in ["/_dev/call", "/_dev/state", "/_dev/token", "/v1/traces"] {
        let (_, text) = http(dev.port, "OPTIONS", path, &ask, "");
        assert!(!text.to_ascii_lowercase().contains("access-control-allow"), "{text}");
    }
    let (_, text) = http(dev.port, "POST", "/_dev/token", &[PAGE, ("origin", elsewhere)], "");
    assert!(!text.to_ascii_lowercase().contains("access-control-allow"), "{text}");
    let (_, text) = http(dev.port, "OPTIONS", "/invocations", &ask, "");
    assert!(text.to_ascii_lowercase().contains("access-control-allow-origin: *"), "the agent may be called: {text}");
    assert_eq!(page_state(&dev)["requests"], json!([]), "nothing was called");
    let good = [PAGE, ("host", own.as_str()), ("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(http(dev.port, "POST", "/_dev/call", &good, &call).0, 200);
    assert_eq!(http(dev.port, "POST", "/_dev/call", &good, "{}").0, 400);
    assert_eq!(http(dev.port, "GET", "/_dev/call", &good, "").0, 405);
    assert_eq!(http(dev.port, "GET", "/_dev/other", &good, "").0, 404);
}

#[test]
fn saved_files_are_served_and_broken_ones_not() {
    let Some(world) = configured(&[]) else { return };
    world.write("words.py", "ANSWER = 'one'\n");
    world.write("agent.py", &AGENT.replace("ANSWER = \"one\"", "from words import ANSWER"));
    let mut dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    let first = dev.post(&json!({}))["pid"].clone();
    world.write("words.py", "ANSWER = 'two'\n");
    dev.wait_for_answer("two");
    dev.wait_for("`words.py` was saved: the agent was reloaded");

    world.write("words.py", "ANSWER = \n");
    dev.wait_for("does not start with it: the agent ended while starting: exit status 1");
    assert!(dev.stderr().contains("SyntaxError"), "{}", dev.stderr());
    assert_eq!(dev.post(&json!({}))["answer"], "two", "the one of before goes on");

    // Of the same length as the broken one, and within the same second.
    world.write("words.py", "ANSWER=3\n ");
    world.write("words.py", "ANSWER='4'\n");
    dev.wait_for_answer("4");
    until(|| "the first process never ends".to_owned(), || !is_alive(&first));
}

#[test]
fn files_written_at_start_reload_nothing() {
    let Some(world) = configured(&[]) else { return };
    let writes = "
with open('starts.bin', 'a') as file:
    file.write('x')
with open('tools.json', 'w') as file:
    json.dump({'started': time.time()}, file)
";
    let agent = AGENT.replace("print(\"hello", &format!("{writes}\nprint(\"hello"));
    world.write("tools.json", "{}").write("agent.py", &agent);
    let mut dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    let starts = || std::fs::read_to_string(world.path("project/starts.bin")).unwrap().len();
    assert_eq!(starts(), 1);
    // Another start through code: what the first one wrote was looked at by then.
    world.write("agent.py", &agent.replace("\"one\"", "\"two\""));
    dev.wait_for_answer("two");
    world.write("words.py", "");
    dev.wait_for("`words.py` was saved: the agent was reloaded");
    assert_eq!(starts(), 3, "{}", dev.stderr());
    assert!(!dev.stderr().contains("`tools.json` was saved"), "{}", dev.stderr());
}

#[expect(clippy::disallowed_methods, reason = "a test blocks no runtime but its own thread")]
#[test]
fn saved_texts_reload_the_agent() {
    let Some(world) = configured(&[]) else { return };
    world.write("prompt.md", "one").write("agent.py", &AGENT.replace("\"one\"", "open('prompt.md').read()"));
    let mut dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    // Longer than the time in which a text counts as the agent's own.
    std::thread::sleep(Duration::from_secs(2));
    world.write("prompt.md", "two");
    dev.wait_for("`prompt.md` was saved: the agent was reloaded");
    dev.wait_for_answer("two");
}

#[test]
fn agent_that_writes_texts_comes_to_rest() {
    let Some(world) = configured(&[]) else { return };
    // Again and again, so that some of it is later than what counts as written at the start.
    let writes = "
import threading
def report():
    while True:
        with open('state.json', 'w') as file:
            json.dump({'at': time.time()}, file)
        time.sleep(0.2)
threading.Thread(target=report, daemon=True).start()
";
    world.write("state.json", "{}").write("words.md", "0");
    let agent = AGENT.replace("print(\"hello", &format!("{writes}\nprint(\"hello"));
    world.write("agent.py", &agent.replace("\"one\"", "open('words.md').read()"));
    let mut dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    dev.wait_for("`state.json` changes after each reload");
    // What its author saves goes on counting, also in the moments in which the agent writes.
    let mut saved = 0;
    until(
        || format!("`words.md` reloads nothing:\n{}", dev.stderr()),
        || {
            saved += 1;
            world.write("words.md", &saved.to_string());
            dev.stderr().contains("`words.md` was saved: the agent was reloaded")
        },
    );
    world.write("tools.py", "");
    dev.wait_for("`tools.py` was saved: the agent was reloaded");
    let text = dev.stderr();
    assert_eq!(text.matches("`state.json` was saved").count(), 3, "{text}");
    assert_eq!(text.matches("`state.json` changes").count(), 1, "{text}");
}

#[test]
fn open_streams_do_not_delay_the_end() {
    let Some(world) = configured(&[]) else { return };
    // As servers do that let their connections finish first.
    let patient = "import signal, threading\nOPEN = threading.Semaphore(0)\n\
                   def leave(*ignored):\n    threading.Thread(target=lambda: (OPEN.acquire(), os._exit(0))).start()\n\
                   signal.signal(signal.SIGTERM, leave)\nANSWER = \"one\"";
    let stream = "        if prompt == \"stream\":\n            self.send_response(200)\n            self.end_headers()\n            \
                  try:\n                while True:\n                    self.wfile.write(b\"tick\\n\")\n                    \
                  self.wfile.flush()\n                    time.sleep(0.05)\n            \
                  except OSError:\n                OPEN.release()\n                return\n        if prompt == \"exit\":";
    let agent = AGENT.replace("ANSWER = \"one\"", patient).replace("        if prompt == \"exit\":", stream);
    world.write("agent.py", &agent);
    let mut dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    let mut caller = TcpStream::connect(("127.0.0.1", dev.port)).unwrap();
    caller.set_read_timeout(Some(PATIENCE)).unwrap();
    let body = r#"{"prompt": "stream"}"#;
    let head = format!("POST /invocations HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {}\r\n\r\n", body.len());
    caller.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    while !answer.contains("tick") {
        let mut buffer = [0; 4096];
        let read = caller.read(&mut buffer).unwrap();
        assert!(read > 0, "{answer}");
        answer.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    let asked = Instant::now();
    dev.signal("INT");
    assert_eq!(dev.ends(), Some(130), "{}", dev.stderr());
    // The agent is killed only after six seconds.
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
}

#[test]
fn second_interrupt_ends_at_once() {
    let Some(world) = configured(&[]) else { return };
    let deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nANSWER = \"one\"";
    world.write("agent.py", &AGENT.replace("ANSWER = \"one\"", deaf));
    let mut dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    let agent = dev.post(&json!({}))["pid"].clone();
    let asked = Instant::now();
    until(
        || "it does not end".to_owned(),
        || {
            let ended = dev.child.try_wait().unwrap();
            if ended.is_none() {
                dev.signal("INT");
            }
            ended.is_some()
        },
    );
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    until(|| "the agent is left behind".to_owned(), || !is_alive(&agent));
}

#[test]
fn requests_under_way_finish_on_their_process() {
    let Some(world) = configured(&[]) else { return };
    let dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    let port = dev.port;
    let slow = std::thread::spawn(move || http(port, "POST", "/invocations", &[], r#"{"prompt": "slowly"}"#));
    until(|| "the request never begins".to_owned(), || world.path("project/begun.bin").exists());
    world.write("agent.py", &AGENT.replace("\"one\"", "\"two\""));
    dev.wait_for_answer("two");
    assert!(!slow.is_finished());
    world.write("finish.bin", "");
    let (status, text) = slow.join().unwrap();
    assert_eq!((status, serde_json::from_str::<Value>(&text).unwrap()["answer"].clone()), (200, json!("one")));
}

#[test]
fn exit_status_is_the_agents() {
    let Some(world) = configured(&[]) else { return };
    let mut dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    http(dev.port, "POST", "/invocations", &[], r#"{"prompt": "exit"}"#);
    assert_eq!(dev.ends(), Some(7), "{}", dev.stderr());

    world.write("agent.py", "raise SystemExit(3)\n");
    let run = world.agentcore(&["dev", "-p", "0"]).run().code(3).says("exit status 3, before it listened");
    assert_eq!(run.stdout_text(), "");
    let data = world.agentcore(&["dev", "-p", "0", "-o", "json"]).run().code(3).json();
    assert_eq!(data["data"]["exitStatus"], 3);
    world.write("agent.py", "print('done')\n");
    world.agentcore(&["dev", "-p", "0"]).run().code(8).says("without running a server");
    world.write("agent.py", "import nowhere_to_be_found\n");
    let run = world.agentcore(&["dev", "-p", "0"]).run().code(1);
    run.says("No module named 'nowhere_to_be_found'").says("pip install -r requirements.txt");
}

#[test]
fn interrupt_ends_the_whole_process_group() {
    let Some(world) = configured(&[]) else { return };
    let child =
        "import subprocess\nCHILD = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid\n";
    let agent = AGENT.replace("ANSWER = \"one\"", &format!("{child}ANSWER = CHILD"));
    world.write("agent.py", &agent);
    let mut dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    let answer = dev.post(&json!({}));
    let (agent, child) = (answer["pid"].clone(), answer["answer"].clone());
    assert!(is_alive(&agent) && is_alive(&child));
    dev.signal("INT");
    assert_eq!(dev.ends(), Some(130), "{}", dev.stderr());
    until(|| "something is left behind".to_owned(), || !is_alive(&agent) && !is_alive(&child));
    assert!(TcpStream::connect(("127.0.0.1", dev.port)).is_err());
}

#[test]
fn a_taken_port_is_an_error_naming_another() {
    let Some(world) = configured(&[]) else { return };
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let run = world.agentcore(&["dev", "--port"]).arg(port.to_string()).run().code(1);
    let run = run.says(&format!("port {port} of 127.0.0.1 cannot be used")).says("is free: `--port ");
    let free = run.stderr_text();
    let (_, free) = free.split_once("`--port ").unwrap();
    let free: u16 = free.split('`').next().unwrap().parse().unwrap();
    assert!(free > port);
    // The variable that other programs take their port from counts too.
    let run = world.agentcore(&["dev", "-o", "json"]).var("PORT", port.to_string()).run().code(1);
    assert_eq!(run.json()["error"]["code"], "local.port");
}

const DISCOVERY: &str = "http://127.0.0.1:9/.well-known/openid-configuration";

#[test]
fn local_issuer_stands_for_the_provider() {
    let Some(world) = configured(&[
        "--offline",
        "--discovery-url",
        DISCOVERY,
        "--allowed-client",
        "web",
        "--allowed-audience",
        "api",
    ]) else {
        return;
    };
    let mut dev = Served::start(&world.agentcore(&["dev", "-p", "0", "--local-issuer"]));
    let token = |persona: &str| {
        let run = world.agentcore(&["dev"]).arg(format!("--token={persona}")).arg(dev.flag()).run().code(0);
        run.stdout_text().trim().to_owned()
    };
    let invoke = |token: &str| {
        let call = world.agentcore(&["invoke", "--dev", "hi", "--bearer-token-file", "-"]).arg(dev.flag());
        call.stdin(token.to_owned()).run()
    };
    let good = world.agentcore(&["dev", "--token"]).arg(dev.flag()).run().code(0).stdout_text();
    assert!(invoke(&good).code(0).stdout_text().contains("\"answer\": \"one\""));
    for (persona, words) in [
        ("expired", "Ineffectual token"),
        ("wrong-audience", "Claim 'aud' value mismatch with configuration."),
        ("wrong-client", "Claim 'client_id' value mismatch with configuration."),
        ("unknown-key", "the signature could not be verified"),
        ("tampered", "the signature could not be verified"),
    ] {
        invoke(&token(persona)).code(3).says(words);
    }
    assert!(dev.wait_for("audience-mismatch").contains("the caller was refused, token-expired"));

    let run = world.agentcore(&["invoke", "--dev", "hi"]).arg(dev.flag()).run().code(3);
    run.says("Missing Authentication Token").says("--bearer-token-file FILE").says("agentcore dev --token");
    let (status, answer) = http(dev.port, "POST", "/invocations", &[], "{}");
    let page = format!("Bearer resource_metadata=\"http://127.0.0.1:{}/invocations/.well-known/", dev.port);
    assert!(status == 401 && answer.contains(&page) && answer.contains("-32001"), "{answer}");
    let page = "/invocations/.well-known/oauth-protected-resource";
    let (status, answer) = http(dev.port, "GET", page, &[], "");
    assert!(status == 200 && answer.contains(&format!("http://127.0.0.1:{}/_dev/issuer", dev.port)), "{answer}");
    assert_eq!(http(dev.port, "GET", "/ping", &[], "").0, 200, "health is nobody's secret");

    let run = world.agentcore(&["dev", "--token=nobody"]).arg(dev.flag()).run().code(2);
    run.says("there is no persona `nobody`").says("wrong-audience");
    // What only a program of this machine can send.
    assert_eq!(http(dev.port, "POST", "/_dev/token", &[], "").0, 403);
}

#[test]
fn without_the_provider_nobody_gets_in() {
    let Some(world) = configured(&["--offline", "--discovery-url", DISCOVERY, "--allowed-client", "web"]) else {
        return;
    };
    let dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    let part = |value: Value| {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string())
    };
    let header = part(json!({ "alg": "RS256", "kid": "k" }));
    let claims = part(json!({ "iss": "http://127.0.0.1:9", "client_id": "web", "exp": 4_000_000_000_i64 }));
    let token = format!("{header}.{claims}.AAAA");
    let call = world.agentcore(&["invoke", "--dev", "hi"]).arg(dev.flag()).var("AGENTCORE_BEARER_TOKEN", &token);
    call.run().code(3).says("keys are not available");
    world.agentcore(&["dev", "--token"]).arg(dev.flag()).run().code(2).says("--local-issuer");
}

#[test]
fn every_protocol_is_called_on_the_one_port() {
    let Some(world) = world() else { return };
    world.write("agent.py", include_str!("surfaces/agent.py"));
    let calls: &[(&str, &[&str], &str)] = &[
        ("HTTP", &["--ws", "hello", "--ws-idle", "1"], "hello\n"),
        ("MCP", &["--tool", "add", r#"{"a": 1, "b": 2}"#], "3"),
        ("A2A", &["--card"], "\"name\": \"echo\""),
        ("AGUI", &["hello"], "RUN_FINISHED"),
    ];
    for (protocol, call, answer) in calls {
        let name = protocol.to_lowercase();
        let configure = ["configure", "-ni", "-e", "agent.py", "-n", &name, "-do", "--protocol", protocol];
        world.agentcore(&configure).run().code(0);
        let speaks = format!("SPEAKS={protocol}");
        let dev = Served::start(&world.agentcore(&["dev", "-a", &name, "-p", "0", "--env", &speaks]));
        let run = world.agentcore(&["invoke", "--dev", "-a", &name]).args(call).arg(dev.flag()).run().code(0);
        assert!(run.stdout_text().contains(answer), "{run}");
        if *protocol == "A2A" {
            assert!(run.stdout_text().contains(&format!("http://127.0.0.1:{}/", dev.port)), "{run}");
        }
        let crash = r#"{"jsonrpc": "2.0", "id": 1, "method": "crash"}"#;
        let run = world.agentcore(&["invoke", "--dev", "-a", &name, crash]).arg(dev.flag()).run().code(8);
        assert!(!run.stderr_text().contains("secret"), "{run}");
    }
}

#[test]
fn the_projects_own_environment_runs_it() {
    use std::os::unix::fs::PermissionsExt;
    let Some(world) = configured(&[]) else { return };
    world.write(".venv/bin/python", "#!/bin/sh\nFROM_FLAG=venv\nexport FROM_FLAG\nexec python3 \"$@\"\n");
    let python = world.path("project/.venv/bin/python");
    std::fs::set_permissions(python, std::fs::Permissions::from_mode(0o755)).unwrap();
    let dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    assert_eq!(dev.post(&json!({}))["env"]["FROM_FLAG"], "venv");
}

#[test]
fn node_agent_is_reloaded_too() {
    let Some(world) = World::with_node() else { return };
    let agent = |answer: &str| {
        format!(
            "import http from 'node:http';\nhttp.createServer((request, response) => {{\n  request.resume();\n  \
             response.setHeader('content-type', 'application/json');\n  \
             response.end(JSON.stringify(request.url === '/ping' ? {{ status: 'Healthy' }} : {{ answer: '{answer}' }}));\n\
             }}).listen(8080);\n"
        )
    };
    world.write("agent.mjs", &agent("one")).write("package.json", r#"{"name": "a", "type": "module"}"#);
    world.agentcore(&["configure", "-ni", "-e", "agent.mjs", "-n", "node", "-do"]).run().code(0);
    let mut dev = Served::start(&world.agentcore(&["dev", "-p", "0"]));
    dev.wait_for_answer("one");
    world.write("agent.mjs", "syntax error here\n");
    dev.wait_for("does not start with it");
    dev.wait_for_answer("one");
    world.write("agent.mjs", &agent("two"));
    dev.wait_for_answer("two");
}

#[test]
fn bad_input_leaves_nothing_behind() {
    let Some(world) = configured(&[]) else { return };
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let port = format!("--port={free}");
    let before = world.tree();
    let rows: &[(&[&str], i32, &str)] = &[
        (&["dev", "--port", "http"], 2, "invalid value 'http'"),
        (&["dev", "--port", "70000"], 2, "70000"),
        (&["dev", "--env", "NOEQUALS"], 2, "KEY=VALUE"),
        (&["dev", "--agent", "other"], 5, "other"),
        (&["dev", "--local-issuer"], 2, "no authorizer"),
        (&["dev", "--token", "--env", "A=b"], 2, "--token"),
        (&["dev", "--token", &port], 5, "no agent answers"),
        (&["launch", "--local", "--env", "NOEQUALS"], 2, "KEY=VALUE"),
        (&["launch", "--local", "--local-issuer"], 2, "no authorizer"),
        (&["launch", "--local", "--plan"], 2, "--plan"),
        (
            &["launch", "--local", "--builder", "codebuild", "--platform", "linux/arm64"],
            2,
            "CodeBuild builds for a launch",
        ),
        (&["launch", "--port", "8081"], 2, "--local"),
        (&["invoke", "--dev", "hi", &port], 5, "start it: `agentcore dev"),
        (&["invoke", "--local", "hi", &port], 5, "no agent answers on port"),
        (&["invoke", "--port", "8081", "hi"], 2, "--dev"),
        (&["invoke", "--dev", "--local", "hi"], 2, "--local"),
        (&["invoke", "--dev", "--endpoint", "prod", "hi"], 2, "--endpoint"),
    ];
    for (args, code, words) in rows {
        let run = world.agentcore(args).run().code(*code).says(words);
        assert_eq!(run.stdout_text(), "", "{run}");
    }
    world.agentcore(&["dev"]).var("PORT", "http").run().code(2).says("PORT");
    let after = world.tree();
    let new: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert!(new.iter().all(|path| path.starts_with(world.path("home"))), "{new:?}");
    let empty = world.path("tmp");
    world.agentcore(&["dev"]).dir(&empty).run().code(2).says("no configuration found");
}

#[test]
fn a_built_artifact_runs_here_without_aws() {
    for kind in ["container", "direct_code_deploy"] {
        let Some(mut world) = configured(&["-dt", kind]) else { return };
        let recorder = Recorder::start();
        world.set("AWS_ENDPOINT_URL", recorder.url());
        let args = ["launch", "--local", "--port", "0", "--env", "FROM_FLAG=yes"];
        let mut local = Served::start(&world.agentcore(&args));
        let answer = local.post(&json!({ "prompt": "hi" }));
        assert_eq!((&answer["answer"], &answer["env"]["FROM_FLAG"]), (&json!("one"), &json!("yes")), "{kind}");
        assert_eq!(answer["env"]["LOCAL_DEV"], "1");
        let run = world.agentcore(&["invoke", "--local", "hi"]).arg(local.flag()).run().code(0);
        assert!(run.stdout_text().contains("\"prompt\": \"hi\""), "{run}");
        // The source is not what runs.
        world.write("agent.py", "raise SystemExit(9)\n");
        http(local.port, "POST", "/invocations", &[], r#"{"prompt": "exit"}"#);
        assert_eq!(local.ends(), Some(7), "{}", local.stderr());
        assert_eq!(recorder.seen(), Vec::<String>::new(), "nothing is asked of AWS");
    }
}
