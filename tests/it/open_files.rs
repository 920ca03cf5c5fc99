//! A sandbox that may have few files open: neither sessions, streams, uploads nor connections use them up.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::{Account, Sandbox, World, lacked, python};

/// Nothing but Python's own library, so that a session starts quickly.
const AGENT: &str = r#"
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b'{"status": "Healthy"}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
"#;
/// Four agents at once, and twelve connections.
const OPEN_FILES: u32 = 96;
const SESSIONS: usize = 40;

fn session(number: usize) -> String {
    format!("session-number-{number:0>30}")
}

/// Every session stays alive after its call, and has a log stream of its own.
#[test]
fn sandbox_does_not_run_out_of_open_files() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    let start = ["--runner", "process"];
    let sandbox = Sandbox::start_by(World::new(), |it| it.args(&start).open_files(OPEN_FILES));
    sandbox.write("agent.py", AGENT).write("requirements.txt", "");
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "small", "-do"]).run().code(0);
    sandbox.agentcore(&["launch"]).run().code(0);
    let call = |number: usize| {
        let answer = sandbox.agentcore(&["invoke", "{}", "--session-id", &session(number)]).run().code(0);
        assert!(answer.stdout_text().contains("Healthy"), "{answer}");
    };
    (0..SESSIONS).for_each(call);

    let account = Account::of(&sandbox);
    let address = account.variables()["AWS_ENDPOINT_URL"].trim_start_matches("http://").to_owned();
    // Connections that never say anything: many more than there may be files.
    let silent: Vec<TcpStream> = (0..2 * OPEN_FILES).map(|_| TcpStream::connect(&address).unwrap()).collect();
    call(SESSIONS);
    sandbox.agentcore(&["status"]).run().code(0);
    drop(silent);

    // A session that made room for others starts again, and a stored multitude is no obstacle to a start.
    call(0);
    sandbox.agentcore(&["sandbox", "stop", "--dir", sandbox.dir()]).run().code(0);
    sandbox.agentcore(&["sandbox", "start", "--dir", sandbox.dir()]).args(&start).open_files(OPEN_FILES).run().code(0);
    call(1);
    let log = std::fs::read_dir(std::path::Path::new(sandbox.dir()).join("data/agents/logs")).unwrap();
    let log: String = log.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    assert!(log.contains("[sandbox] the session was idle and is stopped: 4 agents run"), "{log}");

    // The health page is there for everybody, as a sign that the sandbox still listens.
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(b"GET /_sandbox/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
