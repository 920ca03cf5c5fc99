"""Endpoints, versions and the gate after a launch, with AWS's own client as the witness of what the commands said."""

import json
import time

import boto3
import pytest

AGENT = '''
import json, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION, STATUS, LOG = "%s", "%s", "%s"


class Agent(BaseHTTPRequestHandler):
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"status": "Healthy", "time_of_last_update": 0}')

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if LOG:
            print(LOG, flush=True)
        self.answer(json.dumps({"version": VERSION, "status": STATUS, "mark": os.environ.get("MARK")}).encode())


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
'''
SMOKE = ("--smoke", '{"prompt": "ping"}', "--expect", '.status == "ok"')


@pytest.fixture
def world(world):
    with world.sandbox("--runner", "process"):
        yield world


def source(world, version, status="ok", log=""):
    world.write("agent.py", AGENT % (version, status, log))


def configure(world, *more):
    world.write("requirements.txt", "")
    world.ok("configure", "-ni", "-e", "agent.py", "-n", "releases", "--disable-otel", "--disable-memory", "--offline", *more)


def client(world):
    return boto3.client("bedrock-agentcore-control", region_name=world.env["AWS_REGION"],
                        endpoint_url=world.env["AWS_ENDPOINT_URL"],
                        aws_access_key_id=world.env["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=world.env["AWS_SECRET_ACCESS_KEY"])


def serving(control, runtime):
    found = control.list_agent_runtime_endpoints(agentRuntimeId=runtime)["runtimeEndpoints"]
    return {item["name"]: item["liveVersion"] for item in found if item["status"] != "DELETING"}


def said(world):
    found = world.ok("endpoint", "list", "-o", "json").data["endpoints"]
    return {item["name"]: item["liveVersion"] for item in found}


def answer(world, *more):
    return json.loads(world.ok("invoke", "{}", *more).stdout)


def test_endpoints_are_what_the_commands_said(world):
    source(world, "one")
    configure(world)
    runtime = world.ok("launch", "--env", "MARK=1", "-o", "json").data["runtime"]["id"]
    world.ok("endpoint", "create", "prod", "--description", "for everybody")
    source(world, "two")
    launched = world.ok("launch", "--env", "MARK=2", "--endpoint", "staging", "-o", "json").data
    assert (launched["endpoint"]["name"], launched["endpoint"]["liveVersion"]) == ("staging", "2")
    control = client(world)
    assert serving(control, runtime) == said(world) == {"DEFAULT": "2", "prod": "1", "staging": "2"}
    # An old version runs its own artifact with its own settings.
    assert answer(world, "--endpoint", "prod") == {"version": "one", "status": "ok", "mark": "1"}
    assert answer(world, "--endpoint", "staging")["mark"] == "2"

    session = "s" * 36
    assert answer(world, "--endpoint", "prod", "--session-id", session)["version"] == "one"
    world.run("endpoint", "promote", "prod", "--version", "2", "--plan").expect(6)
    assert serving(control, runtime)["prod"] == "1"
    promoted = world.ok("endpoint", "promote", "prod", "--version", "2", "-o", "json").data
    assert (promoted["versionBefore"], promoted["version"], promoted["changes"]) == ("1", "2", 1)
    assert answer(world, "--endpoint", "prod")["version"] == "two", "no session is continued across a promotion"
    assert answer(world, "--endpoint", "prod", "--session-id", session)["version"] == "one", "a session keeps its version"
    found = control.get_agent_runtime_endpoint(agentRuntimeId=runtime, endpointName="prod")
    assert found["description"] == "for everybody", "a promotion leaves the description"
    tags = control.list_tags_for_resource(resourceArn=found["agentRuntimeEndpointArn"])["tags"]
    assert (tags["agentcore:managed-by"], tags["agentcore:agent"]) == ("agentcore", "releases")
    assert tags["agentcore:previous-version"] == "1"

    back = world.ok("rollback", "--endpoint", "prod", "-o", "json").data
    assert back["version"] == "1" and "previous-version" in back["versionKnownBy"]
    assert answer(world, "--endpoint", "prod")["version"] == "one"
    world.run("rollback", "--endpoint", "staging").expect(2)

    rows = {row["version"]: row for row in world.ok("versions", "-o", "json").data["versions"]}
    assert {version: row["endpoints"] for version, row in rows.items()} == {"1": ["prod"], "2": ["DEFAULT", "staging"]}
    assert {row["createdBy"] for row in rows.values()} == {"user/sandbox"}
    for version, row in rows.items():
        settings = control.get_agent_runtime(agentRuntimeId=runtime, agentRuntimeVersion=version)
        assert row["image"] == settings["agentRuntimeArtifact"]["containerConfiguration"]["containerUri"]

    # DEFAULT cannot be pinned: the settings of version 1 are deployed again.
    world.run("rollback", "1", "--plan").expect(6)
    world.ok("rollback", "1")
    assert serving(control, runtime) == {"DEFAULT": "3", "prod": "1", "staging": "2"}
    assert answer(world) == {"version": "one", "status": "ok", "mark": "1"}
    old, new = (control.get_agent_runtime(agentRuntimeId=runtime, agentRuntimeVersion=it) for it in ("1", "3"))
    for member in ("agentRuntimeArtifact", "environmentVariables", "roleArn", "networkConfiguration"):
        assert old[member] == new[member], member
    assert world.ok("versions", "-o", "json").data["versions"][0]["contentOf"] == "1"

    world.run("endpoint", "delete", "staging").expect(2)
    world.ok("endpoint", "delete", "staging", "--force")
    assert serving(control, runtime) == said(world) == {"DEFAULT": "3", "prod": "1"}
    steps = world.run("destroy", "--dry-run", "-o", "json").expect(6).data["steps"]
    assert [step["name"] for step in steps if step["resource"] == "endpoint"] == ["prod"]


def test_a_deleted_image_refuses_the_rollback(world):
    source(world, "one")
    configure(world)
    first = world.ok("launch", "-o", "json").data["runtime"]
    world.ok("endpoint", "create", "prod")
    source(world, "two")
    world.ok("launch")
    world.ok("endpoint", "promote", "prod", "--version", "2")
    repository, digest = first["image"].split("/", 1)[1].split("@")
    ecr = boto3.client("ecr", region_name=world.env["AWS_REGION"], endpoint_url=world.env["AWS_ENDPOINT_URL"],
                       aws_access_key_id=world.env["AWS_ACCESS_KEY_ID"],
                       aws_secret_access_key=world.env["AWS_SECRET_ACCESS_KEY"])
    ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])
    for args in (("rollback", "1"), ("rollback", "--endpoint", "prod"), ("endpoint", "promote", "prod", "--version", "1")):
        assert b"is gone" in world.run(*args).expect(2).stderr
    assert serving(client(world), first["id"]) == {"DEFAULT": "2", "prod": "2"}


def test_an_endpoint_of_others_is_left(world):
    source(world, "one")
    configure(world)
    runtime = world.ok("launch", "-o", "json").data["runtime"]["id"]
    source(world, "two")
    world.ok("launch")
    control = client(world)
    control.create_agent_runtime_endpoint(agentRuntimeId=runtime, name="console", agentRuntimeVersion="1")
    # Until then it serves no version.
    end = time.monotonic() + 60
    while control.get_agent_runtime_endpoint(agentRuntimeId=runtime, endpointName="console")["status"] != "READY":
        assert time.monotonic() < end
        time.sleep(0.1)
    for args in (("endpoint", "promote", "console", "--version", "2"), ("endpoint", "delete", "console", "--force"),
                 ("launch", "--endpoint", "console")):
        assert b"--adopt" in world.run(*args).expect(2).stderr, args
    assert serving(control, runtime) == {"DEFAULT": "2", "console": "1"}
    world.ok("endpoint", "promote", "console", "--version", "2", "--adopt")
    assert serving(control, runtime) == {"DEFAULT": "2", "console": "2"}
    world.ok("endpoint", "delete", "console", "--force")


def test_an_old_version_keeps_its_authorizer(world):
    source(world, "one")
    configure(world)
    arn = world.ok("launch", "-o", "json").data["agent_arn"]
    world.ok("endpoint", "create", "prod")
    pool = world.ok("identity", "setup-cognito", "--pool-name", "callers", "-o", "json").data
    configure(world, "--discovery-url", pool["discoveryUrl"], "--allowed-client", pool["clientId"])
    world.ok("launch")
    data = boto3.client("bedrock-agentcore", region_name=world.env["AWS_REGION"], endpoint_url=world.env["AWS_ENDPOINT_URL"],
                        aws_access_key_id=world.env["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=world.env["AWS_SECRET_ACCESS_KEY"])
    called = data.invoke_agent_runtime(agentRuntimeArn=arn, qualifier="prod", payload=b"{}")
    assert json.loads(called["response"].read())["version"] == "one"
    with pytest.raises(data.exceptions.AccessDeniedException):
        data.invoke_agent_runtime(agentRuntimeArn=arn, payload=b"{}")
    # Going back lets other callers in, for DEFAULT too.
    assert b"--allow-auth-change" in world.run("rollback", "1").expect(2).stderr
    world.ok("rollback", "1", "--allow-auth-change")
    called = data.invoke_agent_runtime(agentRuntimeArn=arn, payload=b"{}")
    assert json.loads(called["response"].read())["version"] == "one"


def test_a_failed_canary_is_put_back(world):
    source(world, "one")
    configure(world)
    runtime = world.ok("launch", "--endpoint", "prod", *SMOKE, "-o", "json").data["runtime"]["id"]
    control = client(world)
    assert serving(control, runtime) == {"DEFAULT": "1", "prod": "1"}, "the endpoint of the test is gone"

    source(world, "two")
    plan = world.run("launch", "--endpoint", "staging", *SMOKE, "--plan").expect(6).stdout.decode()
    assert "staging" in plan and "A smoke test follows" in plan
    world.ok("launch", "--endpoint", "staging", *SMOKE, "--canary", "2s")
    world.ok("endpoint", "promote", "prod", "--version", "2")
    assert serving(control, runtime) == {"DEFAULT": "2", "prod": "2", "staging": "2"}

    # Its answers are wrong.
    source(world, "three", status="broken")
    failed = world.run("launch", "--endpoint", "prod", *SMOKE, "-o", "json").expect(1)
    error = json.loads(failed.stdout)["error"]
    assert error["code"] == "smoke.failed" and "version 3" in error["message"]
    assert any("version 4 has the settings of version 2" in cause for cause in error["causes"]), error
    assert any("`prod` still serves version 2" in cause for cause in error["causes"]), error
    assert serving(control, runtime) == {"DEFAULT": "4", "prod": "2", "staging": "2"}
    assert answer(world)["version"] == "two"

    # Its answers are right, and its log has errors.
    source(world, "four", log="ERROR the database is away")
    failed = world.run("launch", "--endpoint", "prod", *SMOKE, "--canary", "4s", "-o", "json").expect(1)
    assert any("the database is away" in cause for cause in json.loads(failed.stdout)["error"]["causes"]), str(failed)
    assert serving(control, runtime) == {"DEFAULT": "6", "prod": "2", "staging": "2"}
    assert answer(world)["version"] == "two"

    rows = {row["version"]: row for row in world.ok("versions", "-o", "json").data["versions"]}
    assert [rows[version]["smokeTest"] for version in "12345"] == ["passed", "passed", "failed", None, "failed"]
    assert (rows["4"]["contentOf"], rows["6"]["contentOf"]) == ("2", "4")


def test_a_smoke_test_calls_with_a_token(world):
    pool = world.ok("identity", "setup-cognito", "--pool-name", "callers", "-o", "json").data
    source(world, "one")
    configure(world, "--discovery-url", pool["discoveryUrl"], "--allowed-client", pool["clientId"])
    launched = world.ok("launch", *SMOKE, "-o", "json").data
    assert launched["smokeTest"]["passed"] is True
    # The configuration's own test, once for each version.
    path = world.project / ".bedrock_agentcore.yaml"
    text = path.read_text()
    assert "    agentcore:\n" in text
    smoke = "    agentcore:\n      smoke:\n        payload: {prompt: ping}\n        expect: .status == \"ok\"\n        timeout_seconds: 30\n"
    path.write_text(text.replace("    agentcore:\n", smoke, 1))
    assert world.ok("launch", "-o", "json").data["smokeTest"] is None, "nothing changed"
    source(world, "two", status="broken")
    world.run("launch").expect(1)
    source(world, "three")
    assert world.ok("launch", "-o", "json").data["smokeTest"]["version"] == "4"


@pytest.mark.parametrize("args", [
    ("--expect", ".a"), ("--smoke", "no json"), ("--smoke", "1", "--expect", ".a =="), ("--endpoint", "DEFAULT"),
    ("--endpoint", "a-b"), ("--smoke", "1", "--canary", "soon"),
])
def test_wrong_flags_touch_nothing(world, args):
    source(world, "one")
    configure(world)
    world.run("launch", *args).expect(2)
    world.run("status").expect(5)
