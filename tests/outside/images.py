"""Images made without the program under test: an agent in plain Python, in an OCI layout."""

import json
import platform
import subprocess
import sys
from pathlib import Path

from world import tool

sys.path.insert(0, str(tool("oci_layout.py").parent))
import oci_layout  # noqa: E402

# Answers with what it was given, so that a test sees what arrives at an agent and what does not.
AGENT = '''
import json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Agent(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.reply(200, {"status": "Healthy", "time_of_last_update": 1} if self.path == "/ping" else {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if b"fail" in body:
            return self.reply(500, {"error": "this must not reach the caller"})
        if b"stream" in body:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            for word in ("one", "two", "three"):
                self.wfile.write(f'data: "{word}"\\n\\n'.encode())
                self.wfile.flush()
            return
        self.reply(200, {"body": body.decode(), "headers": {k.lower(): v for k, v in self.headers.items()},
                         "greeting": os.environ.get("GREETING")})

    def reply(self, status, value):
        data = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        print("agent saw", self.path, flush=True)

ThreadingHTTPServer(("0.0.0.0" if os.environ.get("DOCKER_CONTAINER") else "127.0.0.1", 8080), Agent).serve_forever()
'''

CONFIG = {
    "WorkingDir": "/app",
    "Cmd": ["python", "-m", "agent"],
    "User": "1000:1000",
    "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "DOCKER_CONTAINER=1", "PYTHONUNBUFFERED=1"],
    "ExposedPorts": {"8080/tcp": {}},
}


def host_architecture() -> str:
    return {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]


def agent_layout(folder: Path, architecture: str) -> Path:
    """An OCI layout, tagged `latest`, whose only layer is the agent above: its interpreter comes from elsewhere."""
    root = folder / "root"
    (root / "app").mkdir(parents=True)
    (root / "app/agent.py").write_text(AGENT)
    layout = folder / "layout"
    layout.mkdir()
    manifest = oci_layout.image(layout, architecture, root, CONFIG)
    oci_layout.finish(layout, "latest", manifest)
    return layout


def skopeo(*args, authfile: Path | None = None) -> str:
    command = ["skopeo", "--insecure-policy", args[0], *(["--authfile", authfile] if authfile else []), *args[1:]]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def auth_file(folder: Path, host: str, basic: str) -> Path:
    """Credentials as docker and skopeo read them; `basic` is base64 of `user:password`."""
    path = folder / "config.json"
    path.write_text(json.dumps({"auths": {host: {"auth": basic}}}))
    return path
