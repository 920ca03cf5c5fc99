"""Tokens from providers that nobody here wrote: npm's `oidc-provider`, certified, and moto's Cognito; and the grants that
the sandbox's Cognito has beside them."""

import base64
import contextlib
import json
import os
import re
import signal
import stat
import subprocess
import threading
import urllib.request

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from conftest import lacked
from oidc import Person, provider, secret

CALL = "agents:call"


def claims(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def keys():
    """Two private keys of a client as PEM texts, in the form in which openssl writes each kind."""
    return {"rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048), "ec": ec.generate_private_key(ec.SECP256R1())}


@pytest.fixture(scope="module")
def idp(keys):
    one, other = keys["rsa"].public_key().public_numbers(), keys["ec"].public_key().public_numbers()
    public = {"keys": [
        {"kid": "rsa", "kty": "RSA", "use": "sig", "n": number(one.n), "e": number(one.e)},
        {"kid": "ec", "kty": "EC", "crv": "P-256", "use": "sig", "x": number(other.x), "y": number(other.y)},
    ]}
    with contextlib.ExitStack() as stack:
        try:
            started = stack.enter_context(provider(public))
        except (OSError, subprocess.CalledProcessError) as error:
            lacked("npm", f"oidc-provider does not run: {error}")
        yield started


def machine(client: str, idp, *more):
    return ["identity", "token", "--grant", "client-credentials", "--issuer", idp.issuer, "--client-id", client,
            "--scope", CALL, *more]


def printed(run) -> str:
    """The token, which must be all of stdout."""
    [token] = run.expect(0).stdout.decode().splitlines()
    return token


@pytest.mark.parametrize("client", ["basic", "post"])
def test_client_credentials_are_sent_as_the_client_is_registered(world, idp, client):
    method = ["--client-auth", f"client_secret_{client}"]
    with idp.counted() as seen:
        token = printed(world.run(*machine(client, idp, "--client-secret-file", "-", *method), stdin=secret(client)))
    assert seen[0]["basic"] is (client == "basic")
    assert claims(token)["client_id"] == client and claims(token)["scope"] == CALL
    assert claims(token)["aud"] == idp.resource
    # The second time it is the same token, and nobody is asked.
    with idp.counted() as seen:
        again = world.run(*machine(client, idp, "--client-secret-file", "-", *method, "-o", "json"), stdin=secret(client))
    assert again.expect(0).data["token"] == token and again.data["cached"] is True and seen == []
    with idp.counted() as seen:
        world.ok(*machine(client, idp, "--client-secret-file", "-", *method, "--refresh"), stdin=secret(client))
    assert len(seen) == 1


@pytest.mark.parametrize("kind, form", [("rsa", "PKCS8"), ("rsa", "TraditionalOpenSSL"), ("ec", "PKCS8"), ("ec", "TraditionalOpenSSL")])
def test_a_client_that_signs_needs_no_secret(world, idp, keys, kind, form):
    form = getattr(serialization.PrivateFormat, form)
    pem = keys[kind].private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    world.write("key.pem", pem.decode())
    token = printed(world.run(*machine("signer", idp, "--private-key-file", "key.pem", "--key-id", kind, "--no-cache")))
    assert claims(token)["client_id"] == "signer"


def test_a_wrong_secret_is_told_in_the_providers_words_and_is_nowhere(world, idp):
    world.ok(*machine("basic", idp, "--client-secret-file", "-"), stdin=secret("basic"))
    wrong = "canary-wrong-77aa"
    with idp.counted() as seen:
        run = world.run(*machine("basic", idp, "--client-secret-file", "-", "-vv"), stdin=wrong).expect(4)
    assert len(seen) == 1, "the token of the right secret is not handed out"
    assert seen[0]["error"] == "invalid_client"
    assert f"{seen[0]['error']}: {seen[0]['description']}" in run.stderr.decode()
    for path in [path for path in world.folder.rglob("*") if path.is_file()]:
        assert wrong not in path.read_text(errors="replace"), path
    assert wrong.encode() not in run.stdout + run.stderr

    run = world.run(*machine("basic", idp, "--scope", "agents:admin", "--client-secret-file", "-"), stdin=secret("basic"))
    assert b"invalid_scope" in run.expect(2).stderr
    visible = world.run(*machine("basic", idp, "--client-secret", secret("basic").strip(), "--no-cache")).expect(0)
    assert b"--client-secret-file" in visible.stderr


class Started:
    """A run that is watched while it goes on."""

    def __init__(self, world, *args):
        self.process = subprocess.Popen([world.binary, *args], cwd=world.project, env=world.env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def said(self, pattern: str) -> str:
        for line in self.process.stderr:
            if found := re.search(pattern, line):
                return found.group(1)
        raise AssertionError(f"it ended with {self.process.wait()} and never said {pattern}")

    def finish(self) -> str:
        out, err = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, err
        [token] = out.splitlines()
        return token


def sign_in(world, idp, *more):
    """The authorization code grant, with a person in front of it."""
    started = Started(world, "identity", "token", "--grant", "authorization-code", "--issuer", idp.issuer,
                      "--client-id", "web", "--scope", f"openid offline_access {CALL}", *more)
    url = started.said(r"(http://\S+/auth\?\S+)")
    page = Person().visit(url)
    assert page.status_code == 200 and "signed in" in page.text, page.text
    return started.finish()


def test_a_person_signs_in_with_a_browser_and_the_token_is_renewed_without_one(world, idp):
    with idp.counted() as seen:
        token = sign_in(world, idp)
    assert [each["grant"] for each in seen] == ["authorization_code"]
    assert claims(token)["sub"] == "alice" and claims(token)["scope"] == CALL
    web = ["identity", "token", "--grant", "authorization-code", "--issuer", idp.issuer, "--client-id", "web",
           "--scope", f"openid offline_access {CALL}"]
    with idp.counted() as seen:
        fresh = printed(world.run(*web, "--refresh"))
        # Refresh tokens rotate here, so the second renewal works with the new one only.
        printed(world.run(*web, "--refresh"))
    assert [each["grant"] for each in seen] == ["refresh_token"] * 2
    assert fresh != token and claims(fresh)["sub"] == "alice"
    identity = claims(printed(world.run(*web, "--id-token")))
    assert identity["aud"] == "web" and identity["sub"] == "alice" and identity["nonce"]
    # Without the refresh token somebody has to sign in again, and in a pipeline nobody does.
    world.ok("identity", "token", "--forget", *web[2:])
    run = world.run(*web, env={"CI": "true"}).expect(2)
    assert b"needs a person" in run.stderr


def test_a_person_who_says_no_and_one_who_does_not_come(world, idp):
    web = ["identity", "token", "--grant", "authorization-code", "--issuer", idp.issuer, "--client-id", "web"]
    started = Started(world, *web)
    person = Person()
    url = started.said(r"(http://\S+/auth\?\S+)")
    page = person.session.get(url, timeout=60)
    abort = re.search(r'href="([^"]+/abort)"', page.text).group(1)
    assert "failed" in person.session.get(f"{idp.issuer}{abort}" if abort.startswith("/") else abort, timeout=60).text
    out, err = started.process.communicate(timeout=60)
    assert started.process.returncode == 4 and "access_denied" in err and out == ""
    run = world.run(*web, "--timeout", "1").expect(7)
    assert b"nobody signed in within 1 s" in run.stderr


def test_a_device_code_is_confirmed_elsewhere(world, idp):
    device = ["identity", "token", "--grant", "device-code", "--issuer", idp.issuer, "--client-id", "device",
              "--scope", f"openid offline_access {CALL}"]
    with idp.counted() as seen:
        started = Started(world, *device)
        url = started.said(r"or open (http://\S+)")
        confirmed = Person("bob").visit(url)
        assert confirmed.status_code == 200
        token = started.finish()
    assert seen[0]["error"] == "slow_down" and seen[-1]["status"] == 200
    assert claims(token)["sub"] == "bob"
    with idp.counted() as seen:
        assert claims(printed(world.run(*device, "--refresh")))["sub"] == "bob"
    assert [each["grant"] for each in seen] == ["refresh_token"]


def test_fifty_processes_make_one_request(world, idp):
    world.env["RUNTIME_CLIENT_SECRET"] = secret("post")
    args = [world.binary, *machine("post", idp, "--client-auth", "client_secret_post")]
    with idp.counted() as seen:
        running = [subprocess.Popen(args, cwd=world.project, env=world.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE) for _ in range(50)]
        ended = [(process.communicate(timeout=300), process.returncode) for process in running]
    assert [code for _, code in ended] == [0] * 50, [err for (_, err), code in ended if code]
    assert len({out for (out, _), _ in ended}) == 1
    assert len(seen) == 1, seen
    [entry] = (world.folder / "home/.local/state/agentcore/tokens").glob("*.json")
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600 and stat.S_IMODE(entry.parent.stat().st_mode) == 0o700


def test_one_that_dies_while_it_asks_holds_nobody_up(world, idp):
    world.env["RUNTIME_CLIENT_SECRET"] = secret("slow")
    args = machine("slow", idp, "--client-auth", "client_secret_post")
    first = Started(world, *args)
    idp.wait_for(lambda request: request.get("hung"))
    waiting = Started(world, *args)
    first.process.send_signal(signal.SIGKILL)
    first.process.communicate(timeout=60)
    assert claims(waiting.finish())["client_id"] == "slow"


def test_other_sources(world, idp):
    token = printed(world.run(*machine("basic", idp, "--client-secret-file", "-"), stdin=secret("basic")))
    world.write("token.txt", token + "\n")
    assert printed(world.run("identity", "token", "--token-file", "token.txt")) == token
    assert printed(world.run("identity", "token", "--token-command", "cat token.txt")) == token
    quoted = """python3 -c 'import json; print(json.dumps({"access_token": open("token.txt").read().strip(), "expires_in": 600}))'"""
    assert printed(world.run("identity", "token", "--token-command", quoted)) == token
    assert b"without a shell" in world.run("identity", "token", "--token-command", "cat token.txt | cat").expect(2).stderr
    assert printed(world.run("identity", "token", "--ci-variable", "JOB_TOKEN", env={"JOB_TOKEN": token})) == token
    refresh = world.run("identity", "token", "--refresh-token-file", "-", "--issuer", idp.issuer, "--client-id", "web",
                        stdin="canary-no-such-refresh-token").expect(4)
    assert b"invalid_grant" in refresh.stderr and b"canary" not in refresh.stderr


def test_a_github_job_asks_for_its_audience(world, idp):
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Runner(BaseHTTPRequestHandler):
        seen = []

        def do_GET(self):
            self.seen.append((self.path, self.headers["Authorization"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"count": 1, "value": "the.job.token"}')

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Runner) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        env = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"http://127.0.0.1:{server.server_port}/?api-version=2",
               "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "canary-job"}
        run = world.run("identity", "token", "--grant", "github-actions", "--audience", "my agent", env=env)
        server.shutdown()
    assert printed(run) == "the.job.token"
    [(path, authorization)] = Runner.seen
    assert path.endswith("?api-version=2&audience=my+agent") and authorization == "Bearer canary-job"
    assert not (world.folder / "home/.local/state/agentcore/tokens").exists(), "a job's token is nobody else's"


# --- through an agent


def test_an_agent_behind_the_provider_takes_its_tokens(sandbox, idp):
    sandbox.use_example()
    sandbox.ok("configure", "-e", "agent.py", "-n", "oidc", "-rf", "requirements-plain.txt", "-ni", "-do",
               "--discovery-url", idp.discovery, "--allowed-audience", idp.resource, "--allowed-client", "basic,web")
    sandbox.ok("launch")
    # Nothing says how: exit 2, and nothing is sent.
    assert b"client id" in sandbox.run("invoke", '{"prompt": "hi"}', "--auth").expect(2).stderr
    sandbox.ok("identity", "token", "--grant", "client-credentials", "--client-id", "basic", "--scope", CALL,
               "--client-secret-file", "-", "--save", stdin=secret("basic"))
    text = (sandbox.project / ".bedrock_agentcore.yaml").read_text()
    assert "grant: client_credentials" in text and "canary" not in text
    sandbox.env["RUNTIME_CLIENT_SECRET"] = secret("basic")
    with idp.counted() as seen:
        answer = sandbox.ok("invoke", '{"prompt": "hi"}', "--auth", "-vv")
        sandbox.ok("stop-session", "--auth")
    assert seen == [], "it is the token of before"
    assert b"hi" in answer.stdout and b"eyJ" not in answer.stderr
    # A client that the agent does not know is refused.
    other = {"RUNTIME_CLIENT_ID": "post", "RUNTIME_CLIENT_SECRET": secret("post")}
    token = printed(sandbox.run("identity", "token", "--client-auth", "client_secret_post", env=other))
    sandbox.run("invoke", '{"prompt": "hi"}', "--bearer-token-file", "-", stdin=token).expect(3)
    del sandbox.env["RUNTIME_CLIENT_SECRET"]


# --- Cognito


def pool(world, **more):
    """A pool with a user who must choose a password, and an app client with a secret."""
    cognito = world.boto("cognito-idp")
    made = cognito.create_user_pool(PoolName="tokens")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=made, ClientName="web", GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])["UserPoolClient"]
    cognito.admin_create_user(UserPoolId=made, Username="carol", TemporaryPassword="Canary-First-1!", MessageAction="SUPPRESS")
    return cognito, made, client


def first_password(world):
    cognito, made, client = pool(world)
    world.env["RUNTIME_CLIENT_SECRET"] = client["ClientSecret"]
    user = ["identity", "token", "--pool-id", made, "--client-id", client["ClientId"], "-u", "carol"]
    run = world.run(*user, "--password-file", "-", stdin="Canary-First-1!").expect(2)
    assert b"--new-password-file" in run.stderr and b"Canary" not in run.stderr
    chosen = world.write("chosen", "Canary-Second-2!\n")
    token = printed(world.run(*user, "--password-file", "-", "--new-password-file", chosen, stdin="Canary-First-1!"))
    assert claims(token)["client_id"] == client["ClientId"] and claims(token)["token_use"] == "access"
    # The old password is none any more, although its token is cached.
    again = printed(world.run(*user, "--password-file", chosen))
    assert claims(again)["username"] == claims(token)["username"]
    wrong = world.run(*user, "--password-file", "-", stdin="Canary-Wrong-3!").expect(4)
    assert b"NotAuthorizedException" in wrong.stderr and b"Canary" not in wrong.stderr
    return user, chosen


def test_motos_cognito_takes_the_secret_hash_and_a_new_password(world, moto):
    urllib.request.urlopen(urllib.request.Request(moto + "/moto-api/reset", method="POST"))
    world.env["AWS_ENDPOINT_URL"] = moto
    first_password(world)


def test_the_sandboxes_cognito_does_too_and_renews(sandbox):
    user, chosen = first_password(sandbox)
    before = printed(sandbox.run(*user, "--password-file", chosen))
    after = printed(sandbox.run(*user, "--password-file", chosen, "--refresh"))
    # A renewed token is of the same sign-in; a password would have begun another.
    assert before != after and claims(before)["origin_jti"] == claims(after)["origin_jti"]


def test_a_machine_client_of_the_sandboxes_cognito(sandbox):
    cognito = sandbox.boto("cognito-idp")
    made = cognito.create_user_pool(PoolName="machines")["UserPool"]["Id"]
    cognito.create_user_pool_domain(UserPoolId=made, Domain="machines-tokens")
    cognito.create_resource_server(UserPoolId=made, Identifier="agents", Name="agents",
                                   Scopes=[{"ScopeName": "call", "ScopeDescription": "call"}])
    client = cognito.create_user_pool_client(
        UserPoolId=made, ClientName="ci", GenerateSecret=True, AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthScopes=["agents/call"])["UserPoolClient"]
    env = {"IDENTITY_CLIENT_ID": client["ClientId"], "IDENTITY_CLIENT_SECRET": client["ClientSecret"],
           "IDENTITY_POOL_ID": made, "RUNTIME_CLIENT_ID": "", "RUNTIME_CLIENT_SECRET": ""}
    # The toolkit's own words.
    token = printed(sandbox.run("identity", "get-cognito-inbound-token", "--auth-flow", "m2m", "--scope", "agents/call", env=env))
    assert claims(token)["client_id"] == client["ClientId"] and claims(token)["scope"] == "agents/call"
    bad = env | {"IDENTITY_CLIENT_SECRET": "canary-wrong-secret"}
    run = sandbox.run("identity", "token", "--auth-flow", "m2m", env=bad).expect(4)
    assert b"invalid_client" in run.stderr and b"canary" not in run.stderr
