"""What inbound auth costs: how often a token is judged per second and core, and what the sandbox's gate adds to a call.

Beside the first: PyJWT, which checks signature, issuer, expiry, audience and required claims of the same token in the same
run. Both judge on one thread with the keys at hand. Beside the second: the same agent without an authorizer, called with
AWS signatures; and, so that the agent does not count, refused calls that are judged against refused calls that are not.
"""

import http.client
import json
import statistics
import sys
import time
import urllib.parse
from pathlib import Path

import jwt
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from provider import DISCOVERY, Provider

CLIENT = "bench-client"
SECONDS = 3
BODY = b'{"prompt": "hello"}'


def measure(bench):
    provider = Provider()
    try:
        rates(bench, provider)
        latency(bench, provider)
    finally:
        provider.close()


def rates(bench, provider):
    world = bench.world
    discovery = world.write("discovery.json", json.dumps({"issuer": provider.issuer, "jwks_uri": f"{provider.issuer}/keys"}))
    jwks = world.write("jwks.json", json.dumps(provider.shown))
    authorizer = json.dumps({"customJWTAuthorizer": {"discoveryUrl": provider.base + DISCOVERY, "allowedClients": [CLIENT],
                                                     "allowedAudience": ["bench"], "allowedScopes": ["api/read"]}})
    for algorithm, kid in (("RS256", "rsa"), ("ES256", "p256")):
        token = provider.token(kid, algorithm, client_id=CLIENT, aud="bench", scope="openid api/read")
        seconds = 1 if bench.quick else SECONDS
        run = world.ok("auth", "check", "--authorizer-config", authorizer, "--discovery-document", discovery, "--jwks", jwks,
                       "--token-file", "-", "-o", "json", "--repeat", seconds, stdin=token)
        rate = run.data["rate"]
        assert rate["accepted"] == rate["judgements"], rate
        theirs = pyjwt_rate(provider, token, algorithm, seconds)
        bench.report.add(f"tokens judged per second and core, {algorithm}", f"{rate['perSecond']:,.0f}", "PyJWT",
                         f"{theirs:,.0f}", "more", rate["perSecond"] > theirs)


def pyjwt_rate(provider, token: str, algorithm: str, seconds: float) -> float:
    key = provider.keys.of(algorithm).public_key()
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        for _ in range(50):
            claims = jwt.decode(token, key, [algorithm], audience="bench", issuer=provider.issuer,
                                options={"require": ["exp", "client_id"]})
            assert claims["client_id"] == CLIENT and "api/read" in claims["scope"].split()
        count += 50
    return count / elapsed


class Line:
    """One connection that stays open, and calls of one kind on it."""

    def __init__(self, url: str, headers: dict, expected: int):
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self.target = f"{parts.path}?{parts.query}"
        self.headers = headers
        self.expected = expected
        self.samples = []

    def call(self):
        start = time.perf_counter()
        self.connection.request("POST", self.target, BODY, self.headers)
        answer = self.connection.getresponse()
        answer.read()
        self.samples.append(time.perf_counter() - start)
        assert answer.status == self.expected, answer.status

    @property
    def median(self) -> float:
        return statistics.median(self.samples)


def latency(bench, provider):
    world = bench.world
    folder = world.folder / "gate"
    folder.mkdir()
    (folder / "agent.py").write_text((world.project / "agent.py").read_text())
    (folder / "requirements.txt").write_text("")
    urls = {}
    for name, flags in (("gate_jwt", ["--discovery-url", provider.discovery, "--allowed-client", CLIENT]), ("gate_iam", [])):
        for argv in (["configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", name, "-dm", "-do", *flags],
                     ["launch", "-a", name]):
            bench.ours(*argv, cwd=folder).run()
    for one in world.boto("bedrock-agentcore-control").list_agent_runtimes()["agentRuntimes"]:
        arn = urllib.parse.quote(one["agentRuntimeArn"], safe="")
        urls[one["agentRuntimeName"]] = f"{world.env['AWS_ENDPOINT_URL']}/runtimes/{arn}/invocations?qualifier=DEFAULT"
    common = {"Content-Type": "application/json", "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id": bench.session}

    def bearer(**claims):
        return common | {"Authorization": f"Bearer {provider.token(**claims)}"}

    jwt_line = Line(urls["gate_jwt"], bearer(client_id=CLIENT), 200)
    iam_line = Line(urls["gate_iam"], signed(world, urls["gate_iam"], common), 200)
    judged = Line(urls["gate_jwt"], bearer(client_id="another"), 401)
    unjudged = Line(urls["gate_jwt"], common, 401)
    lines = (jwt_line, iam_line, judged, unjudged)
    for line in lines:  # starts the agents, and fetches the provider's keys
        line.call()
        line.samples.clear()
    for _ in range(20 if bench.quick else 400):
        for line in lines:
            line.call()
    bench.report.add("call behind a token, through the gate", micro(jwt_line), "behind an AWS signature", micro(iam_line),
                     "", None)
    added = judged.median - unjudged.median
    bench.report.add("judging a token at the gate", f"{added * 1e6:.0f} µs", "a call without a token", micro(unjudged),
                     "1 ms", added < 0.001)


def micro(line: Line) -> str:
    return f"{line.median * 1e6:.0f} µs"


def signed(world, url: str, headers: dict) -> dict:
    """Signed once, like the token: making it does not count."""
    request = AWSRequest("POST", url, data=BODY, headers=headers)
    credentials = Credentials(world.env["AWS_ACCESS_KEY_ID"], world.env["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(credentials, "bedrock-agentcore", world.env["AWS_REGION"]).add_auth(request)
    return dict(request.headers.items())


if __name__ == "__main__":
    sys.exit(f"a part of run.py: {Path(__file__).with_name('run.py')} --only auth")
