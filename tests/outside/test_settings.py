"""The settings of a runtime: the table of this program beside botocore's model, and boto3 beside `launch`."""

import json
import re

import pytest
from botocore.session import Session

from test_boto3 import until
from world import ROOT

PAGE = (ROOT / "docs/runtime-settings.md").read_text()
AGENT = """
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WARM = []


class Agent(BaseHTTPRequestHandler):
    def answer(self, body, status=200):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"status": "Healthy", "time_of_last_update": 0}')

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.path == "/warm":
            return self.answer(b"{}", int(os.environ.get("WARM", "200")))
        notes = os.path.join("/mnt/notes", "calls")
        try:
            with open(notes, "a") as file:
                file.write("x")
            with open(notes) as file:
                calls = len(file.read())
        except OSError:
            calls = None
        self.answer(json.dumps({"path": self.path, "calls": calls}).encode())


ThreadingHTTPServer(("", 8100), Agent).serve_forever()
"""
SESSION = "s" * 40


def members(shape, path="", get=False) -> set[str]:
    """The paths of a structure's members, in the form of the page. No shape of a runtime holds itself."""
    found = set()
    for name, member in shape.members.items():
        here = f"{path}.{name}" if path else name
        while True:
            found.add(here)
            if member.type_name != "list":
                break
            here, member = here + "[]", member.member
        if member.type_name == "structure":
            found |= members(member, here)
    return found


def of_the_page() -> dict[str, set[str]]:
    """Each member of the page, with the operations that have it."""
    rows = re.findall(r"^\| `([^`|]+)`(?: \(required\))? \| ([a-z, ]+) \|", PAGE.split("<!-- members -->")[1], re.MULTILINE)
    return {path: set(operations.split(", ")) for path, operations in rows}


@pytest.mark.parametrize("operation", ["create", "update", "get"])
def test_the_table_has_every_member_of_the_model(operation):
    model = Session().get_service_model("bedrock-agentcore-control").operation_model(f"{operation.title()}AgentRuntime")
    shape = model.output_shape if operation == "get" else model.input_shape
    known = of_the_page()
    unknown = {path for path in members(shape) if operation not in known.get(path, set())}
    # A map of texts is one member.
    assert unknown == set(), "src/facts/runtime.rs does not know these"


@pytest.fixture
def project(world, sandbox):
    world.env.update(sandbox.env)
    world.write("main.py", AGENT)
    world.write("requirements.txt", "")
    world.ok("configure", "-ni", "-e", "main.py", "-n", "set", "-rf", "requirements.txt", "-dt", "direct_code_deploy",
             "--disable-otel", "--disable-memory", "--port", "8100")
    yield world
    world.run("destroy", "--force")


def live(world) -> dict:
    control = world.boto("bedrock-agentcore-control")
    [runtime] = [each for each in control.list_agent_runtimes()["agentRuntimes"] if each["agentRuntimeName"] == "set"]
    found = control.get_agent_runtime(agentRuntimeId=runtime["agentRuntimeId"])
    found.pop("ResponseMetadata")
    return found


def settings(runtime: dict) -> dict:
    """What an update takes back."""
    mine = ("agentRuntimeArn", "agentRuntimeName", "agentRuntimeVersion", "createdAt", "failureReason", "lastUpdatedAt",
            "status", "workloadIdentityDetails")
    return {name: value for name, value in runtime.items() if name not in mine}


def update(world, **changes) -> dict:
    """UpdateAgentRuntime by another program, with everything that is there."""
    control = world.boto("bedrock-agentcore-control")
    control.update_agent_runtime(**settings(live(world)) | changes)
    until(lambda: live(world)["status"] == "READY")
    default = {"agentRuntimeId": live(world)["agentRuntimeId"], "endpointName": "DEFAULT"}
    until(lambda: control.get_agent_runtime_endpoint(**default)["liveVersion"] == live(world)["agentRuntimeVersion"])
    return live(world)


def test_an_old_configuration_loses_no_setting(project):
    project.ok("launch")
    # As an older version of the program wrote it: without a word of these settings.
    text = (project.project / ".bedrock_agentcore.yaml").read_text()
    (project.project / ".bedrock_agentcore.yaml").write_text(re.sub(r"\n +runtime:\n +port: 8100", "", text))
    assert "8100" not in (project.project / ".bedrock_agentcore.yaml").read_text()
    all_of_them = {
        "description": "Set by boto3",
        "protocolConfiguration": {"serverProtocol": "HTTP", "port": 8100, "path": "/chat"},
        "filesystemConfigurations": [{"sessionStorage": {"mountPath": "/mnt/notes"}}],
        "hooksConfiguration": {"build": {"warmup": {"action": {"httpPost": {"path": "/warm", "port": 8100}}}}},
        "resourceConfigurations": [{"minimumMemoryInMiB": 4096}],
        "allowedPorts": [{"port": 8200}, {"portRange": {"from": 8300, "to": 8400}}],
        "platformVersion": "V2",
        "lifecycleConfiguration": {"idleRuntimeSessionTimeout": 600, "maxLifetime": 3600},
        "requestHeaderConfiguration": {"requestHeaderAllowlist": ["X-Tenant"]},
    }
    before = update(project, **all_of_them)
    run = project.ok("launch", "-o", "json")
    assert run.data["changes"] == 0, str(run)
    run = project.ok("launch", "-o", "json", "--env", "MORE=1")
    assert "empties the session storage at `/mnt/notes`" in run.stderr.decode() + run.stdout.decode(), str(run)
    after = live(project)
    assert after["environmentVariables"].pop("MORE") == "1"
    assert settings(after) == settings(before)
    assert int(after["agentRuntimeVersion"]) == int(before["agentRuntimeVersion"]) + 1


def test_boto3_reads_what_configure_set(project):
    project.ok("configure", "-ni", "-n", "set", "--description", "Mine", "--path", "/chat", "--mount", "/mnt/notes=session",
               "--mount", "/mnt/files=s3://my-bucket/notes/", "--warmup", "/warm", "--platform-version", "V2",
               "--minimum-memory", "4096", "--allowed-port", "8200,8300-8400")
    project.ok("launch")
    found = live(project)
    assert found["description"] == "Mine" and found["platformVersion"] == "V2"
    assert found["protocolConfiguration"] == {"serverProtocol": "HTTP", "port": 8100, "path": "/chat"}
    assert found["filesystemConfigurations"] == [
        {"sessionStorage": {"mountPath": "/mnt/notes"}},
        {"s3BucketMount": {"bucket": "my-bucket", "prefix": "notes/", "mountPath": "/mnt/files"}},
    ] or "SDK_UNKNOWN_MEMBER" in str(found["filesystemConfigurations"])
    assert found["hooksConfiguration"]["build"]["warmup"]["action"]["httpPost"] == {"path": "/warm"}
    assert found["resourceConfigurations"] == [{"minimumMemoryInMiB": 4096}]
    assert found["allowedPorts"] == [{"port": 8200}, {"portRange": {"from": 8300, "to": 8400}}]
    # Its role may use the bucket, and nothing else of S3.
    role = found["roleArn"].rsplit("/", 1)[1]
    iam = project.boto("iam")
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    document = document if isinstance(document, dict) else json.loads(document)
    s3 = [each for each in document["Statement"] if any(action.startswith("s3:") for action in each["Action"])]
    assert {resource for each in s3 for resource in each["Resource"]} == {
        "arn:aws:s3:::my-bucket", "arn:aws:s3:::my-bucket/notes/*"}

    answer = project.boto("bedrock-agentcore").invoke_agent_runtime(
        agentRuntimeArn=found["agentRuntimeArn"], runtimeSessionId=SESSION, payload=b"{}")
    assert json.loads(answer["response"].read()) == {"path": "/chat", "calls": 1}
    project.ok("configure", "-ni", "-n", "set", "--clear", "description,warmup,--mount")
    plan = project.run("launch", "--plan").expect(6)
    assert "description: Mine -> none" in plan.stdout.decode(), str(plan)
    assert "empties the session storage" in " ".join(plan.stdout.decode().split()), str(plan)
    project.ok("launch")
    found = live(project)
    assert not {"description", "hooksConfiguration", "filesystemConfigurations"} & set(found)
    assert project.ok("launch", "-o", "json").data["changes"] == 0


def test_a_rollback_brings_every_setting_back(project):
    point = "arn:aws:elasticfilesystem:us-west-2:123456789012:access-point/fsap-0123456789abcdef0"
    project.ok("configure", "-ni", "-n", "set", "--vpc", "--subnets", "subnet-0123456789abcdef0", "--security-groups",
               "sg-0123456789abcdef0", "--mount", f"/mnt/shared={point}", "--description", "First")
    project.ok("launch")
    first = live(project)
    project.ok("configure", "-ni", "-n", "set", "--description", "Second", "--path", "/chat", "--allowed-port", "8200",
               "--clear=--mount")
    project.ok("launch")
    assert settings(live(project)) != settings(first)
    back = ("rollback", first["agentRuntimeVersion"])
    plan = project.run(*back, "--plan").expect(6)
    assert "description: Second -> First" in plan.stdout.decode(), str(plan)
    project.ok(*back)
    assert settings(live(project)) == settings(first)
    assert project.ok(*back, "-o", "json").data["changes"] == 0


def test_session_storage_outlives_an_agent_and_no_version(project):
    project.ok("configure", "-ni", "-n", "set", "--mount", "/mnt/notes=session")
    project.ok("launch")
    arn = live(project)["agentRuntimeArn"]
    data = project.boto("bedrock-agentcore")

    def calls(session=SESSION) -> int:
        answer = data.invoke_agent_runtime(agentRuntimeArn=arn, runtimeSessionId=session, payload=b"{}")
        return json.loads(answer["response"].read())["calls"]

    assert [calls(), calls(), calls("t" * 40)] == [1, 2, 1]
    data.stop_runtime_session(agentRuntimeArn=arn, runtimeSessionId=SESSION)
    assert calls() == 3
    data.stop_runtime_session(agentRuntimeArn=arn, runtimeSessionId=SESSION)
    project.ok("launch", "--env", "MORE=1")
    assert calls() == 1


def test_a_failed_warm_up_fails_the_version(project):
    project.ok("configure", "-ni", "-n", "set", "--warmup", "/warm", "--platform-version", "V2")
    failed = project.run("launch", "--env", "WARM=503").expect(1)
    assert "CREATE_FAILED" in str(failed) and "/warm was answered with 503" in str(failed)
    project.ok("launch", "--env", "WARM=200")
    failed = project.run("launch", "--env", "WARM=500").expect(1)
    assert "UPDATE_FAILED" in str(failed) and "/warm was answered with 500" in str(failed)
    # The version before still serves.
    answer = project.boto("bedrock-agentcore").invoke_agent_runtime(
        agentRuntimeArn=live(project)["agentRuntimeArn"], payload=b"{}")
    assert json.loads(answer["response"].read())["path"] == "/invocations"
    project.ok("launch", "--env", "WARM=200")
    assert live(project)["status"] == "READY"


def test_boto3_reads_whom_the_policies_let_in(project):
    from botocore.exceptions import ClientError

    role = "arn:aws:iam::111122223333:role/caller"
    project.ok("configure", "-ni", "-n", "set", "--allow-caller", f"210987654321,{role}")
    project.ok("launch")
    control, arn = project.boto("bedrock-agentcore-control"), live(project)["agentRuntimeArn"]
    # The service asks the policy of the endpoint that is called, too.
    project.ok("endpoint", "create", "prod")
    project.ok("launch", "--endpoint", "staging")
    endpoints = [f"{arn}/runtime-endpoint/{name}" for name in ("DEFAULT", "prod", "staging")]
    for resource in (arn, *endpoints):
        [statement] = json.loads(control.get_resource_policy(resourceArn=resource)["policy"])["Statement"]
        assert statement["Resource"] == resource and statement["Effect"] == "Allow"
        assert statement["Principal"] == {"AWS": ["arn:aws:iam::210987654321:root", role]}
    assert project.ok("launch", "-o", "json").data["changes"] == 0

    # Another's is not replaced, unless that is asked for.
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "bedrock-agentcore:*", "Resource": arn}]})
    control.put_resource_policy(resourceArn=arn, policy=policy)
    refused = project.run("launch", "-o", "json").expect(2)
    assert json.loads(refused.stdout)["error"]["code"] == "runtime.policy"
    assert json.loads(control.get_resource_policy(resourceArn=arn)["policy"]) == json.loads(policy)
    project.ok("launch", "--adopt")
    project.ok("configure", "-ni", "-n", "set", "--allow-caller", "none")
    assert "shuts out" in project.run("launch", "--plan").expect(6).stdout.decode()
    project.ok("launch")
    for resource in (arn, *endpoints):
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            control.get_resource_policy(resourceArn=resource)
    with pytest.raises(ClientError, match="ValidationException"):
        control.put_resource_policy(resourceArn=arn, policy=policy.replace(f'"{arn}"', '"*"'))
