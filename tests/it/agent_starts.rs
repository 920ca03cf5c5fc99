//! Agents that do not start: what `launch` and `invoke` say about them when it is a sandbox that runs them.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::{Sandbox, World, lacked, python};

/// A sandbox with an agent of this source configured, and the output of its launch.
fn launched(sandbox: &Sandbox, protocol: &str, source: &str) -> crate::support::Run {
    sandbox.write("agent.py", source).write("requirements.txt", "");
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-do", "--protocol", protocol]).run().code(0);
    sandbox.agentcore(&["launch"]).run().code(0)
}

fn sandbox() -> Option<Sandbox> {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return None;
    }
    Some(Sandbox::start(World::new(), &["--runner", "process"]))
}

/// What serves `path` with 200 on `port`, everything else with 404.
fn server(port: u16, path: &str) -> String {
    format!(
        "
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Agent(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == '{path}' else 404)
        self.end_headers()
    def do_POST(self):
        self.do_GET()
ThreadingHTTPServer(('0.0.0.0', {port}), Agent).serve_forever()
"
    )
}

#[test]
fn crash_is_shown_with_last_lines_and_log() {
    let Some(sandbox) = sandbox() else { return };
    let source = "print('connecting', flush=True)\nraise KeyError('MODEL_ID')\n";
    launched(&sandbox, "HTTP", source).says("KeyError: 'MODEL_ID'").says("does not start in this sandbox");

    let failed = sandbox.agentcore(&["invoke", "hello"]).run().code(8);
    let failed = failed.says("KeyError: 'MODEL_ID'").says("exit status 1, before it listened on port 8080");
    // There is no `aws` on the PATH of this world.
    assert!(!failed.stderr_text().contains("aws logs"), "{failed}");
    let text = failed.stderr_text();
    let file = text.split('`').find(|part| part.ends_with(".log")).unwrap_or_else(|| panic!("{failed}"));
    let log = std::fs::read_to_string(file).unwrap();
    assert!(log.contains("connecting") && log.contains("KeyError: 'MODEL_ID'"), "{log}");

    let failed = sandbox.agentcore(&["invoke", "hello", "-o", "json"]).run().code(8).json();
    assert!(failed["error"].to_string().contains("MODEL_ID"), "{failed}");
}

#[test]
fn the_failure_is_told_in_every_protocol() {
    let Some(sandbox) = sandbox() else { return };
    for (protocol, call) in [("MCP", vec!["--list-tools"]), ("A2A", vec!["hello"]), ("AGUI", vec!["hello"])] {
        launched(&sandbox, protocol, "raise SystemExit('no model configured')\n").says("no model configured");
        let failed = sandbox.agentcore(&["invoke"]).args(&call).run().code(8);
        failed.says("no model configured").says("all of its output is in");
    }
}

#[test]
fn agent_that_exits_before_listening_is_reported() {
    let Some(sandbox) = sandbox() else { return };
    launched(&sandbox, "HTTP", "print('done')\n").says("exit status 0").says("without running a server");
    sandbox.agentcore(&["invoke", "hello"]).run().code(8).says("exit status 0").says("without running a server");
    // As `FastMCP.run()` does: it reads requests from a standard input that ends.
    launched(&sandbox, "MCP", "import sys\nsys.stdin.read()\n").says("streamable-http");
    sandbox.agentcore(&["invoke", "--list-tools"]).run().code(8).says("exit status 0").says("streamable-http");
}

#[test]
fn an_agent_on_another_port_is_told_which() {
    let Some(sandbox) = sandbox() else { return };
    // Free a moment ago, and not the port of any protocol.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let words = format!("listens on port {port}, and an agent with the protocol HTTP has to listen on port 8080");
    launched(&sandbox, "HTTP", &server(port, "/ping")).says(&words);
    sandbox.agentcore(&["invoke", "hello"]).run().code(8).says(&words).says("instead of its protocol's port");
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    launched(&sandbox, "MCP", &server(port, "/mcp")).says("MCP has to listen on port 8000");
}

#[test]
fn agent_listening_on_another_port_is_reported() {
    let Some(sandbox) = sandbox() else { return };
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let busy = "import threading\ndef work():\n    while True:\n        sum(range(1000))\nthreading.Thread(target=work, daemon=True).start()\n";
    let serve = server(port, "/ping").replace(
        "        self.end_headers()\n",
        "        self.end_headers()\n        self.wfile.write(b'{\"status\": \"Healthy\"}')\n",
    );
    let words = format!("listens on port {port}, and an agent with the protocol HTTP has to listen on port 8080");
    launched(&sandbox, "HTTP", &format!("{busy}{serve}")).says(&words);
}

/// The service sets no `PORT`.
#[test]
fn listening_port_taken_from_a_variable_is_reported() {
    let Some(sandbox) = sandbox() else { return };
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let source = server(port, "/ping").replace(&format!("{port})"), &format!("int(os.environ.get('PORT', {port})))"));
    let words = format!("listens on port {port}, and an agent with the protocol HTTP has to listen on port 8080");
    launched(&sandbox, "HTTP", &format!("import os\n{source}")).says(&words);
    let run = sandbox.agentcore(&["launch", "--env", "PORT=8080"]).run().code(0);
    assert!(!run.stderr_text().contains("does not start"), "{run}");
}

#[test]
fn agent_without_a_health_check_is_reported() {
    let Some(sandbox) = sandbox() else { return };
    launched(&sandbox, "HTTP", &server(8080, "/health")).says("`GET /ping` answers 404");
    sandbox.agentcore(&["invoke", "hello"]).run().code(8).says("`GET /ping` answers 404").says("with 200");
}

#[test]
fn an_agent_that_starts_is_not_spoken_of() {
    let Some(sandbox) = sandbox() else { return };
    let run = launched(&sandbox, "HTTP", &server(8080, "/ping"));
    assert!(!run.stderr_text().contains("does not start") && !run.stderr_text().contains("was not tried"), "{run}");
    // Nothing was changed, so nothing is tried.
    let again = sandbox.agentcore(&["launch"]).run().code(0);
    assert!(!again.stderr_text().contains("the agent starts"), "{again}");
}

fn program(path: &Path, script: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

const SHIM: &str = "echo \"pyenv: version \\`3.99.1' is not installed (set by /x/.python-version)\" >&2; exit 1";

#[test]
fn python_launcher_without_an_interpreter_is_reported() {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return;
    }
    let world = World::new();
    program(&world.path("bin/python3"), SHIM);
    let dir = world.path("sandbox");
    let start = world.agentcore(&["sandbox", "start", "--runner", "process", "--dir"]).arg(&dir).run().code(0);
    start.says("no Python 3 on this machine runs").says("3.99.1' is not installed");
    world.agentcore(&["sandbox", "stop", "--dir"]).arg(&dir).run().code(0);

    // What is built here is for this machine's Python, so that launch has to know it.
    let sandbox = Sandbox::start(world, &["--runner", "process"]);
    sandbox.write("agent.py", "print('never')\n").write("requirements.txt", "");
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-do"]).run().code(0);
    let failed = sandbox.agentcore(&["launch"]).run().code(1).says("no Python 3 on this machine runs");
    failed.says("3.99.1' is not installed").says("bin/python3");
}

#[test]
fn a_python_behind_a_launcher_is_used() {
    let Some(python) = python() else {
        lacked("python", "there is no `python3` on PATH");
        return;
    };
    let mut world = World::new();
    for name in ["python3", "python3.12"] {
        program(&world.path("shims").join(name), SHIM);
    }
    program(&world.path("bin/python3"), &format!("exec '{}' \"$@\"", python.display()));
    world.set("PATH", format!("{}:{}", world.path("shims").display(), world.path("bin").display()));
    let sandbox = Sandbox::start(world, &["--runner", "process"]);
    let run = launched(&sandbox, "HTTP", &server(8080, "/ping"));
    assert!(!run.stderr_text().contains("does not start"), "{run}");
}
