"""What `invoke --print` prints, run by curl, Python and Node.js against a sandbox, gives the agent's answer."""

import json
import re
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
        own = self.headers["X-Amzn-Bedrock-AgentCore-Runtime-Custom-Note"]
        self.answer(json.dumps({"sent": sent, "session": session, "type": self.headers["Content-Type"], "own": own}).encode())


http.server.ThreadingHTTPServer(("", 8080), Agent).serve_forever()
'''
PROMPTS = {
    # Quotes of every kind, a line break, what a shell expands, what curl takes for a file, and Korean.
    "quotes": "@it's \"so\"\n`date` $HOME \\ 날씨 %",
    "signs": "🎉\u2028\u202e\x01\x7f\r\n\t!! {a,b} [1-3] %s \\u0041",
    # The end of the text that curl reads, and what a shell would run.
    "ends": "REQUEST\nREQUEST\n$(id)'; id; '",
    "long": "'x\n" * 30_000,
}
HEADER = "X-Amzn-Bedrock-AgentCore-Runtime-Custom-Note"
NOTE = "it's \"so\" $HOME; a  b"


@pytest.fixture(scope="module")
def called(sandbox):
    """Two agents: one behind AWS credentials, one behind tokens."""
    sandbox.write("agent.py", AGENT)
    sandbox.write("requirements.txt", "")
    programs = sandbox.folder / "bin"
    programs.mkdir()
    (programs / "agentcore").symlink_to(sandbox.binary)
    sandbox.env["PATH"] = f"{programs}:{sandbox.env['PATH']}"
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", "signed", "-do", "-dm", "--request-header-allowlist", HEADER)
    sandbox.ok("launch", "-a", "signed")
    sandbox.ok("identity", "setup-cognito")
    named = (line.removeprefix("export ").partition("=") for line in
             (sandbox.project / ".agentcore_identity_user.env").read_text().splitlines())
    pool = {name: value.strip("'\"") for name, equals, value in named if equals}
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", "guarded", "-do", "-dm",
               "--discovery-url", pool["RUNTIME_DISCOVERY_URL"], "--allowed-client", pool["RUNTIME_CLIENT_ID"],
               "--request-header-allowlist", HEADER)
    sandbox.ok("launch", "-a", "guarded")
    for agent in ("signed", "guarded"):
        sandbox.ok("endpoint", "create", "prod", "-a", agent)
    return sandbox


def answer(world, command) -> dict:
    done = subprocess.run(command, cwd=world.project, env=world.env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done
    return json.loads(done.stdout)


def program(world, language: str, text: str) -> list:
    # A file, because it may be longer than an argument can be.
    path = world.folder / "call"
    path.write_text(text)
    if language == "curl":
        if shutil.which("curl") is None:
            lacked("curl", "no `curl` on PATH")
        return ["sh", path]
    if language == "python":
        return [sys.executable, path]
    if shutil.which("node") is None:
        lacked("node", "no `node` on PATH")
    folder = world.folder / "javascript"
    folder.mkdir(exist_ok=True)
    # What it imports is installed once, from npm and by the name that it has there.
    for package in re.findall(r'from "(@[^"]+)"', text):
        if not (folder / "node_modules" / package).is_dir():
            if shutil.which("npm") is None:
                lacked("npm", "no `npm` on PATH")
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", package],
                           cwd=folder, env=world.env, check=True, timeout=600)
    path = folder / "call.mjs"
    path.write_text(text)
    return ["node", path]


CALLS = [(agent, language) for agent in ("signed", "guarded") for language in ("curl", "python", "javascript")]


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("agent, language", CALLS)
def test_the_printed_request_is_answered(called, agent, language, prompt):
    session = f"{agent}-{language}-{prompt}".ljust(40, "0")
    data = called.ok("invoke", "--prompt", PROMPTS[prompt], "-a", agent, "--endpoint", "prod", "-s", session,
                     "-H", f"{HEADER}: {NOTE}", "--print", language, "-o", "json").data
    assert data["auth"] == ("iam" if agent == "signed" else "jwt")
    assert data["url"].endswith("qualifier=prod")
    assert called.env["AWS_SECRET_ACCESS_KEY"] not in data["text"]
    found = answer(called, program(called, language, data["text"]))
    assert json.loads(found["sent"]) == {"prompt": PROMPTS[prompt]}
    assert (found["session"], data["sessionId"], found["own"]) == (session, session, NOTE)


@pytest.mark.parametrize("agent, language", CALLS)
def test_a_header_may_be_empty(called, agent, language):
    run = called.run("invoke", "hi", "-a", agent, "-H", f"{HEADER}:", "--print", language)
    if (agent, language) == ("signed", "curl"):
        # What curl would sign is not what it would send.
        assert "--print python" in run.expect(2).stderr.decode()
    else:
        assert answer(called, program(called, language, run.expect(0).stdout.decode()))["own"] == ""


def test_what_no_argument_can_hold_is_not_printed_for_curl(called):
    long = "x" * 140_000
    run = called.run("invoke", "-", "-a", "signed", "--print", "curl", stdin=long).expect(2)
    assert "@FILE" in run.stderr.decode()
    text = called.ok("invoke", "-", "-a", "signed", "--print", "javascript", stdin=long).stdout.decode()
    assert answer(called, program(called, "javascript", text))["sent"] == long


def test_text_is_sent_as_it_is_typed(called):
    for language in ("curl", "python", "javascript"):
        prompt = PROMPTS["quotes"]
        text = called.ok("invoke", prompt, "--text", "-a", "signed", "--print", language).stdout.decode()
        found = answer(called, program(called, language, text))
        assert (found["sent"], found["type"]) == (prompt, "text/plain; charset=utf-8")


def test_a_file_is_sent_from_where_it_is(called):
    called.write("a b.json", '{"prompt": "날씨"}')
    for agent, language in CALLS:
        text = called.ok("invoke", "@a b.json", "-a", agent, "--print", language).stdout.decode()
        assert "날씨" not in text
        assert answer(called, program(called, language, text))["sent"] == '{"prompt": "날씨"}'
