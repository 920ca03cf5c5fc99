"""Inbound auth with tokens that PyJWT made and a provider that counts: through `auth check`, and through the gate."""

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest

from provider import PUBLISHED_SECRET, Keys, Provider, mint

CASES = json.loads((Path(__file__).parent / "auth_cases.json").read_text())
ISSUER = "https://idp.example/pool"
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"

AGENT = '''
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b'{"status": "Healthy", "time_of_last_update": 0}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
'''


def claims_of(case: dict, now: int) -> dict:
    """`@+60` is a minute from now, {"@": "null"} is null, and null takes the claim away."""
    claims = {"iss": ISSUER, "sub": "u", "iat": now, "exp": now + 3600}
    for name, value in case["claims"].items():
        if value is None:
            claims.pop(name, None)
        elif value == {"@": "null"}:
            claims[name] = None
        elif isinstance(value, str) and value.startswith("@"):
            claims[name] = now + int(value[1:])
        else:
            claims[name] = value
    return claims


def token_of(case: dict, own: Keys, foreign: Keys) -> str:
    if "text" in case:
        return case["text"]
    sign = case.get("sign", {"alg": "RS256", "kid": "rsa"})
    algorithm = sign["alg"]
    if "secret" in sign:
        key = PUBLISHED_SECRET if sign["secret"] == "published" else own.public_der()
    elif algorithm.lower() == "none":
        key = None
    else:
        key = (foreign if sign.get("by") == "foreign" else own).of(algorithm)
    return mint(claims_of(case, int(time.time())), algorithm, key, sign["kid"])


def test_every_case_of_the_table_with_tokens_of_another_library(world):
    own, foreign = Keys(), Keys()
    discovery = world.write("discovery.json", json.dumps({"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}))
    jwks = world.write("jwks.json", json.dumps(own.jwks()))
    assert len(CASES) >= 150
    wrong = []
    for case in CASES:
        authorizer = {"customJWTAuthorizer": {"discoveryUrl": DISCOVERY} | case["authorizer"]}
        if "ruleOfTomorrow" in case["authorizer"]:
            # Only a live runtime can have it: on the command line it is a slip of the pen.
            continue
        run = world.run("auth", "check", "--authorizer-config", json.dumps(authorizer), "--discovery-document", discovery,
                        "--jwks", jwks, "--token-file", "-", "-o", "json", stdin=token_of(case, own, foreign))
        document = json.loads(run.stdout)
        found = [rule["code"] for rule in document.get("data", {}).get("rules", []) if not rule["passed"]]
        status = {True: 0, False: 3 if case["codes"] else 1}[case["accept"]]
        if (found, run.code, document["data"]["accepted"]) != (case["codes"], status, case["accept"]):
            wrong.append(f"{case['why']}: {found}, exit {run.code}\n  {case}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def provider():
    provider = Provider()
    yield provider
    provider.close()


def check(world, provider, token: str):
    authorizer = {"customJWTAuthorizer": {"discoveryUrl": provider.discovery, "allowedClients": ["c"]}}
    run = world.run("auth", "check", "--authorizer-config", json.dumps(authorizer), "--token-file", "-", "-o", "json",
                    stdin=token)
    return run.code, json.loads(run.stdout)["data"]["code"]


def test_auth_check_asks_a_provider_once_and_for_an_unknown_key_once_more(world, provider):
    assert check(world, provider, provider.token()) == (0, "accepted")
    assert provider.counts() == (1, 1)
    for algorithm, kid in [("PS256", "any-rsa"), ("ES256", "p256"), ("ES384", "p384"), ("EdDSA", "ed")]:
        assert check(world, provider, provider.token(kid, algorithm)) == (0, "accepted"), algorithm
    before = provider.counts()
    assert check(world, provider, provider.token("gone")) == (3, "key-unknown")
    assert provider.counts() == (before[0] + 1, before[1] + 2)
    # What no key could make good is not worth a second look, nor what is no token a first one.
    before = provider.counts()
    assert check(world, provider, mint({"client_id": "c"}, "none", None, "x")) == (3, "algorithm-none")
    assert provider.counts() == (before[0] + 1, before[1] + 1)
    assert check(world, provider, "opaque") == (3, "token-unparsable")
    assert provider.counts() == (before[0] + 1, before[1] + 1)


def test_auth_check_accepts_nobody_while_the_provider_is_away(world, provider):
    good, expired = provider.token(), provider.token(exp=1)
    provider.up = False
    assert check(world, provider, good) == (1, "keys-unavailable")
    assert check(world, provider, expired) == (1, "token-expired")
    provider.close()
    assert check(world, provider, good) == (1, "keys-unavailable")


def call(world, arn: str, token: str):
    """Status and the sandbox's code, by a client that is not ours."""
    url = f"{world.env['AWS_ENDPOINT_URL']}/runtimes/{urllib.parse.quote(arn, safe='')}/invocations?qualifier=DEFAULT"
    request = urllib.request.Request(url, b"{}", {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers.get("x-agentcore-sandbox-code")
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("x-agentcore-sandbox-code")


def gated(sandbox, name: str, provider, *flags: str) -> str:
    sandbox.write("agent.py", AGENT)
    sandbox.write("requirements.txt", "")
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", name, "-do", "--discovery-url", provider.discovery,
               "--allowed-client", "c", *flags)
    sandbox.ok("launch", "-a", name)
    listed = sandbox.boto("bedrock-agentcore-control").list_agent_runtimes()["agentRuntimes"]
    [arn] = [one["agentRuntimeArn"] for one in listed if one["agentRuntimeName"] == name]
    return arn


def test_the_gate_sees_rotation_with_one_more_look(sandbox, provider):
    arn = gated(sandbox, "rotating", provider)
    provider.asked |= {"discovery": 0, "jwks": 0}
    old = provider.token()
    for _ in range(3):
        assert call(sandbox, arn, old) == (200, None)
    assert provider.counts() == (1, 1)
    for _ in range(3):
        assert call(sandbox, arn, provider.token("gone")) == (401, "key-unknown")
    assert provider.counts() == (1, 2)
    provider.rename_keys("-2")
    new = provider.token("rsa-2")
    for _ in range(3):
        assert call(sandbox, arn, new) == (200, None)
    assert provider.counts() == (1, 3)
    for _ in range(3):
        assert call(sandbox, arn, old) == (401, "key-unknown")
    assert provider.counts() == (1, 4)
    # Signed with the old key under the new id.
    assert call(sandbox, arn, mint({"client_id": "c"}, "RS256", Keys().rsa, "rsa-2")) == (401, "signature-invalid")
    provider.up = False
    assert call(sandbox, arn, new) == (200, None)
    assert call(sandbox, arn, provider.token("another")) == (401, "keys-unavailable")


def test_the_gate_is_closed_while_the_provider_is_away(sandbox):
    provider = Provider()
    provider.up = False
    arn = gated(sandbox, "offline", provider, "--offline")
    token = provider.token()
    assert call(sandbox, arn, token) == (401, "keys-unavailable")
    provider.up = True
    assert call(sandbox, arn, token) == (200, None)
    provider.close()
    assert call(sandbox, arn, token) == (200, None)
    assert call(sandbox, arn, provider.token(client_id="d")) == (401, "client-mismatch")


@pytest.fixture
def open_gate():
    """A data plane that lets everybody in, and keeps what they sent."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


def test_a_gate_that_lets_everybody_in_fails_its_test(sandbox, provider, open_gate):
    url, received = open_gate
    gated(sandbox, "open", provider)
    prompt = '{"prompt": "for the good caller"}'
    run = sandbox.run("auth", "test", "-a", "open", "--target", "live", "--good-token-file", "-", "--payload", prompt,
                      "--junit", "open.xml", "-o", "json", stdin=provider.token(),
                      env={"AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": url}).expect(1)
    callers = {caller["caller"]: caller for caller in run.data["callers"]}
    assert callers["good"]["status"] == "passed"
    sent = {"none", "alg-none", "tampered", "unknown-key", "sigv4"}
    assert {name for name, caller in callers.items() if caller["status"] == "failed"} == sent
    assert all(callers[name]["found"]["status"] == 200 for name in sent)
    suite = ElementTree.parse(sandbox.project / "open.xml").getroot().find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("14", "5")
    assert {case.get("name") for case in suite if case.find("failure") is not None} == sent
    assert {case.get("name") for case in suite if case.find("skipped") is not None} == callers.keys() - sent - {"good"}
    # The session of a caller who got in is ended; besides, one prompt and five empty objects.
    assert [body for body in received if b"clientToken" not in body].count(prompt.encode()) == 1
    assert received.count(b"{}") == 5


def test_saved_documents_that_cannot_be_used_are_named(world):
    keys = Keys()
    good = {"discovery": {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}, "jwks": keys.jwks()}
    authorizer = json.dumps({"customJWTAuthorizer": {"discoveryUrl": DISCOVERY, "allowedClients": ["c"]}})
    token = mint({"iss": ISSUER, "client_id": "c", "exp": int(time.time()) + 600}, "RS256", keys.rsa, "rsa")

    def run(**texts):
        for name, value in good.items():
            world.write(f"{name}.json", texts.get(name, json.dumps(value)))
        return world.run("auth", "check", "--authorizer-config", authorizer, "--discovery-document", "discovery.json",
                         "--jwks", "jwks.json", "--token-file", "-", "-o", "json", stdin=token)

    assert run().expect(0).data["provider"]["documents"] == "files"
    other = json.dumps({"issuer": "https://idp.example/other", "jwks_uri": f"{ISSUER}/keys"})
    for name, text in [("discovery", "<html>"), ("discovery", "[]"), ("discovery", "{}"), ("discovery", other),
                       ("jwks", "{"), ("jwks", "{}"), ("jwks", '{"keys": {}}')]:
        error = json.loads(run(**{name: text}).expect(2).stdout)["error"]
        assert f"{name}.json" in json.dumps(error), error
    # A set without keys is a set: no key of it fits.
    assert run(jwks='{"keys": []}').expect(3).data["code"] == "key-unknown"
    world.run("auth", "check", "--authorizer-config", authorizer, "--jwks", "jwks.json").expect(2)
    world.run("auth", "check", "--authorizer-config", authorizer, "--token-file", "nowhere").expect(2)


def test_the_configured_authorizer_judges_where_nothing_is_deployed(world, provider):
    world.write("agent.py", AGENT)
    world.write("requirements.txt", "")
    world.ok("configure", "-ni", "-e", "agent.py", "-n", "local", "--discovery-url", provider.discovery, "--allowed-client", "c")
    run = world.run("auth", "check", "-o", "json", env={"AGENTCORE_BEARER_TOKEN": provider.token(client_id="d")}).expect(3)
    assert (run.data["authorizer"]["source"], run.data["code"]) == ("configuration", "client-mismatch")
    world.run("auth", "check", "--against", "live", "--token-file", "-", stdin=provider.token()).expect(5)
    world.run("auth", "test").expect(5)
    explained = world.ok("auth", "explain", "-o", "json").data
    assert (explained["invocationUrl"], explained["claims"]["reachTheCode"]) == (None, False)
    world.ok("configure", "-ni", "-n", "local", "--no-authorizer")
    run = world.run("auth", "check", "--token-file", "-", "-o", "json", stdin=provider.token()).expect(3)
    assert run.data["code"] == "bearer-not-accepted"
    assert world.ok("auth", "check", "--sigv4", "-o", "json").data["code"] == "accepted"
