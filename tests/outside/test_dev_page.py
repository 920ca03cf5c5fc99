"""The page of `agentcore dev`, and of a sandbox, in Chromium; spans by OpenTelemetry's own exporter.

AGENTCORE_PICTURES names a folder for pictures of it.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from browser import browser

DISCOVERY = "http://127.0.0.1:9/.well-known/openid-configuration"

# It streams, waiting for a file before the last piece; it prints; its spans are those of the SDK. What it says is markup.
AGENT = '''
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

MARKUP = "<img src=x onerror='window.harmed = 1'><script>window.harmed = 1</script>"
provider = TracerProvider(resource=Resource.create({"service.name": "weather"}))
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("agent")


class Agent(BaseHTTPRequestHandler):
    def log_message(self, *ignored):
        pass

    def head(self, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def do_GET(self):
        self.head("application/json")
        self.wfile.write(b'{"status": "Healthy"}')

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = body["prompt"]
        print(f"asked: {prompt} {MARKUP}", flush=True)
        context = propagate.extract({name.lower(): value for name, value in self.headers.items()})
        with tracer.start_as_current_span("invoke agent", context) as span:
            span.set_attribute("gen_ai.prompt", prompt + MARKUP)
            with tracer.start_as_current_span("call tool <b>weather</b>"):
                pass
            if prompt != "stream":
                self.head("application/json")
                return self.wfile.write(json.dumps({"answer": MARKUP, "authorization": self.headers.get("Authorization")}).encode())
            self.head("text/event-stream")
            for piece in ("It is ", "sunny in ", "Oslo."):
                while piece == "Oslo." and not os.path.exists("go.bin"):
                    time.sleep(0.02)
                self.wfile.write(f"data: {json.dumps(piece)}\\n\\n".encode())
                self.wfile.flush()


print("ready", file=sys.stderr, flush=True)
ThreadingHTTPServer(("0.0.0.0", 8080), Agent).serve_forever()
'''


@contextlib.contextmanager
def dev(world, *flags):
    """The address of the page of an agent that runs."""
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    process = subprocess.Popen([world.binary, "dev", "-p", "0", *flags], cwd=world.project, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                               env=world.env | {"VIRTUAL_ENV": sys.prefix})
    said = []
    try:
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"shown at (http://127\.0\.0\.1:\d+/_dev/)$", line.strip()):
                break
        else:
            raise AssertionError("".join(said))
        threading.Thread(target=lambda: said.extend(process.stderr), daemon=True).start()
        yield found[1]
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def tab(tmp_path):
    folder = Path(os.environ.get("AGENTCORE_PICTURES", tmp_path))
    folder.mkdir(exist_ok=True, parents=True)
    with browser(folder) as tab:
        yield tab


def send(tab, prompt: str, **chosen):
    for field, value in chosen.items():
        tab.choose(f"#{field}", value)
    tab.type("#prompt", prompt)
    tab.click("#send")


def newest(tab, part: str) -> str:
    """What the newest request shows in a part of it, which is unfolded."""
    tab.run("document.querySelector('#requests details').open = true")
    return tab.until(f"document.querySelector('#requests details').querySelector({part!r})?.innerText")


def finished(tab, words: str):
    tab.until(f"!document.querySelector('#outcome').hidden && document.querySelector('#outcome').innerText.includes({words!r})")


def judged(tab, word: str):
    # Only when the answer has ended is all of it shown.
    tab.until(f"document.querySelector('#requests details .verdict')?.innerText === {word!r}"
              " && !['waiting', 'answering'].includes(document.querySelector('#requests details .took').innerText)")


def test_page_of_an_agent_behind_a_gate(world, tab):
    world.write("agent.py", AGENT)
    world.write("requirements.txt", "")
    world.ok("configure", "-ni", "-e", "agent.py", "-n", "weather", "-do", "--offline", "--discovery-url", DISCOVERY,
             "--allowed-client", "web", "--allowed-audience", "api", "--request-header-allowlist", "Authorization")
    with dev(world, "--local-issuer") as url:
        tab.open(url)
        tab.until("document.querySelector('#link').innerText === 'connected'")
        tab.until("document.querySelector('#log').innerText.includes('ready')")
        assert tab.run("document.querySelector('#persona').value") == "good"

        # A good caller: the answer is shown as it comes.
        send(tab, "stream")
        tab.until("document.querySelector('#answer').innerText === 'It is sunny in '")
        tab.until("document.querySelector('#requests .took')?.innerText === 'answering'")
        assert tab.run("document.querySelector('#send').disabled")
        world.write("go.bin", "")
        tab.until("document.querySelector('#answer').innerText === 'It is sunny in Oslo.'")
        finished(tab, "200")
        judged(tab, "accepted")
        table = newest(tab, ".rules")
        assert [row.split("\t")[:2] for row in table.splitlines()[1:]] == [
            [rule, "ok"] for rule in ("signature", "issuer", "expiry", "audience", "client")]

        # A bad one: the rule that refuses says what it wanted and what it got.
        send(tab, "hello", persona="wrong-audience")
        finished(tab, "401")
        assert "Claim 'aud' value mismatch with configuration." in tab.text("#answer")
        judged(tab, "audience-mismatch")
        [row] = [row for row in newest(tab, ".rules").splitlines() if row.startswith("audience")]
        assert row.split("\t")[1] == "refused" and "api" in row and "api-wrong" in row
        send(tab, "hello", persona="none")
        finished(tab, "401")
        judged(tab, "token-missing")

        # Markup of the agent's is text everywhere, and the token that it answers with is in the answer alone.
        send(tab, "hello", persona="good")
        finished(tab, "200")
        assert "<script>window.harmed" in tab.text("#answer") and "eyJ" in tab.text("#answer")
        judged(tab, "accepted")
        excerpts = newest(tab, ".inside")
        assert "onerror" in excerpts and "[redacted]" in excerpts and "eyJ" not in excerpts
        tab.until("document.querySelector('#log').innerText.includes('asked: hello <img')")

        # The spans of the request, in the trace that the page began.
        tab.until("document.querySelector('#requests details[open] button')?.innerText === 'Show its spans'")
        tab.click("#requests button")
        tab.until("document.querySelectorAll('#spans details[open] .tree summary').length === 2")
        assert tab.text("#spans details[open] .what") == "invoke agent"
        tree = tab.text("#spans details[open] .tree")
        assert tree.index("invoke agent") < tree.index("call tool <b>weather</b>")
        tab.run("document.querySelector('#spans details[open] .tree details').open = true")
        tab.until("document.querySelector('#spans dl')?.innerText.includes('gen_ai.prompt')")
        assert tab.run("window.harmed") is None and tab.run("document.querySelectorAll('main img, main b, main script').length") == 0

        for name, width, height, scheme in [("light", 1280, 900, "light"), ("dark", 1280, 900, "dark"),
                                            ("eighty", 660, 900, "light"), ("phone", 390, 844, "dark")]:
            tab.picture(f"dev-{name}", width, height, scheme)
            wide = tab.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{name} scrolls to the side by {wide} px"

        own = url.removesuffix("_dev/")
        assert [address for address in tab.requests if not address.startswith((own, "data:,"))] == []
        # The two refused calls are no fault of the page's.
        assert [problem for problem in tab.problems if "401" not in problem] == []
        pages_of_elsewhere_get_nothing(tab, own)


def pages_of_elsewhere_get_nothing(tab, own: str):
    """From a page on another port of this machine, by both of its names: nothing is read, and nothing is called."""
    class Page(BaseHTTPRequestHandler):
        def log_message(self, *ignored):
            pass

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title>")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for host in ("127.0.0.1", "localhost"):
            tab.open(f"http://{host}:{server.server_port}/")
            assert tab.run("document.title") == "elsewhere"
            for path, options in [("_dev/state", ""), ("_dev/state", "headers: {'x-agentcore-dev': '1'}"), ("_dev/events", ""),
                                  ("_dev/call", "method: 'POST', headers: {'x-agentcore-dev': '1'}, body: '{}'"),
                                  ("v1/traces", "method: 'POST', headers: {'content-type': 'application/json'}, body: '{}'")]:
                got = tab.run(f"fetch('{own}{path}', {{{options}}}).then(answer => answer.text(), error => 'refused')")
                assert got == "refused", (host, path, options, got)
            # A request that needs no leave is sent, and refused: it is in no list below.
            body = json.dumps({"agent": "weather", "persona": "good", "payload": "{}"})
            tab.run(f"fetch('{own}_dev/call', {{method: 'POST', mode: 'no-cors', body: {body!r}}}).catch(() => 0)")
            # A page that is shown in a frame asks for its data at once.
            asked = tab.requests.count(f"{own}_dev/state")
            tab.run("new Promise(done => { const frame = document.createElement('iframe'); frame.onload = done;"
                    f" frame.src = '{own}_dev/'; document.body.append(frame); }}).then(() => null)")
            assert tab.requests.count(f"{own}_dev/state") == asked
        tab.open(f"{own}_dev/")
        tab.until("document.querySelector('#link').innerText === 'connected'")
        assert tab.text("#requests-count") == "4"
    finally:
        server.shutdown()


def test_page_of_a_sandbox(sandbox, tab):
    stand_alone = re.sub(r"\nfrom opentelemetry.*|\nprovider.*|\ntracer.*", "", AGENT)
    stand_alone = re.sub(r"(?s)        context = .*?            if prompt", "        if True:\n            if prompt", stand_alone)
    sandbox.write("agent.py", stand_alone)
    sandbox.write("requirements.txt", "")
    cognito = sandbox.boto("cognito-idp")
    pool = cognito.create_user_pool(PoolName="page")["UserPool"]["Id"]
    issuer = f"{sandbox.env['AWS_ENDPOINT_URL']}/{pool}"
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", "gated", "-do", "--allowed-client", "web",
               "--discovery-url", f"{issuer}/.well-known/openid-configuration")
    sandbox.ok("launch", "-a", "gated")
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", "signed", "-do")
    sandbox.ok("launch", "-a", "signed")
    folder = sandbox.folder / "sandbox"
    url = sandbox.ok("sandbox", "page", "--dir", folder).stdout.decode().strip()

    # Without the key there is a page and nothing on it.
    tab.open(url.split("#")[0])
    tab.until("!document.querySelector('#door').hidden")
    assert tab.run("document.querySelectorAll('#agent option').length") == 0
    tab.type("#key", "of-another-start")
    tab.click("#door-form button")
    tab.until("!document.querySelector('#door-wrong').hidden")
    assert tab.run("document.querySelectorAll('#agent option').length") == 0
    # The address with the key, in the same tab.
    tab.run(f"location.href = {url!r}")
    tab.until("document.querySelector('#link').innerText === 'connected'")
    names = tab.run("[...document.querySelectorAll('#agent option')].map(one => one.innerText)")
    assert sorted(names) == ["gated", "signed"]
    agents = dict(zip(names, tab.run("[...document.querySelectorAll('#agent option')].map(one => one.value)")))

    send(tab, "hello", agent=agents["signed"])
    finished(tab, "200")
    assert "onerror" in tab.text("#answer")
    judged(tab, "accepted")
    assert newest(tab, ".rules").splitlines()[1].split("\t")[:2] == ["method", "ok"]
    tab.until("document.querySelector('#log').innerText.includes('signed: asked: hello')")
    send(tab, "hello", agent=agents["gated"], persona="wrong-client")
    finished(tab, "401")
    judged(tab, "client-mismatch")
    send(tab, "hello", persona="good")
    finished(tab, "200")
    # The requests of others are there too, as they were judged.
    sandbox.run("invoke", "-a", "signed", '{"prompt": "from a terminal"}').expect(0)
    tab.until("document.querySelectorAll('#requests details').length === 4")
    judged(tab, "accepted")
    assert "from a terminal" in newest(tab, ".excerpt")
    tab.picture("sandbox", 1280, 900, "light")
    assert tab.run("window.harmed") is None
