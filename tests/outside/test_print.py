"""What `invoke --print` prints, run by curl, Python and Node.js against a sandbox, gives the agent's answer."""

import json
import shutil
import subprocess
import sys

import pytest
from conftest import lacked

AGENT = '''
import http.server
import json


class Agent(http.server.BaseHTTPRequestHandler):
    """Says what it was sent."""

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"status": "Healthy"}')

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        session = self.headers["X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"]
        self.answer(json.dumps({"sent": sent, "session": session, "type": self.headers["Content-Type"]}).encode())


http.server.ThreadingHTTPServer(("", 8080), Agent).serve_forever()
'''
# Quotes of every kind, a line break, what a shell expands, what curl takes for a file, and Korean.
PROMPT = "@it's \"so\"\n`date` $HOME \\ 날씨 %"


@pytest.fixture(scope="module")
def called(sandbox):
    """Two agents: one behind AWS credentials, one behind tokens."""
    sandbox.write("agent.py", AGENT)
    sandbox.write("requirements.txt", "")
    programs = sandbox.folder / "bin"
    programs.mkdir()
    (programs / "agentcore").symlink_to(sandbox.binary)
    sandbox.env["PATH"] = f"{programs}:{sandbox.env['PATH']}"
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", "signed", "-do", "-dm")
    sandbox.ok("launch", "-a", "signed")
    sandbox.ok("identity", "setup-cognito")
    named = (line.removeprefix("export ").partition("=") for line in
             (sandbox.project / ".agentcore_identity_user.env").read_text().splitlines())
    pool = {name: value.strip("'\"") for name, equals, value in named if equals}
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", "guarded", "-do", "-dm",
               "--discovery-url", pool["RUNTIME_DISCOVERY_URL"], "--allowed-client", pool["RUNTIME_CLIENT_ID"])
    sandbox.ok("launch", "-a", "guarded")
    return sandbox


def answer(world, command) -> dict:
    done = subprocess.run(command, cwd=world.project, env=world.env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done
    return json.loads(done.stdout)


def program(world, language: str, text: str) -> list:
    if language == "curl":
        if shutil.which("curl") is None:
            lacked("curl", "no `curl` on PATH")
        return ["sh", "-c", text]
    if language == "python":
        return [sys.executable, "-c", text]
    if shutil.which("node") is None:
        lacked("node", "no `node` on PATH")
    path = world.folder / "call.mjs"
    path.write_text(text)
    return ["node", path]


@pytest.mark.parametrize("agent, language", [
    ("signed", "curl"), ("guarded", "curl"), ("signed", "python"), ("guarded", "python"), ("guarded", "javascript"),
])
def test_the_printed_request_is_answered(called, agent, language):
    data = called.ok("invoke", "--prompt", PROMPT, "-a", agent, "--print", language, "-o", "json").data
    assert data["auth"] == ("iam" if agent == "signed" else "jwt")
    assert called.env["AWS_SECRET_ACCESS_KEY"] not in data["text"]
    found = answer(called, program(called, language, data["text"]))
    assert json.loads(found["sent"]) == {"prompt": PROMPT}
    assert found["session"] == data["sessionId"]


def test_text_is_sent_as_it_is_typed(called):
    text = called.ok("invoke", PROMPT, "--text", "-a", "signed", "--print", "curl").stdout.decode()
    found = answer(called, program(called, "curl", text))
    assert (found["sent"], found["type"]) == (PROMPT, "text/plain; charset=utf-8")


def test_a_file_is_sent_from_where_it_is(called):
    called.write("a b.json", '{"prompt": "날씨"}')
    for language in ("curl", "python"):
        text = called.ok("invoke", "@a b.json", "-a", "guarded", "--print", language).stdout.decode()
        assert "날씨" not in text
        assert answer(called, program(called, language, text))["sent"] == '{"prompt": "날씨"}'
