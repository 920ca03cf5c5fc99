"""What another tool made is adopted, what it changed is shown and taken over, and what is deployed is defined for other tools:
boto3 makes, changes and compares, cfn-lint reads the template."""

import ast
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import lacked
from world import World, pull_policy, trust_policy

AGENT = '''
import http.server


class Agent(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"status": "Healthy"}')

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))


http.server.ThreadingHTTPServer(("", 8080), Agent).serve_forever()
'''

JWT = {"customJWTAuthorizer": {
    "discoveryUrl": "https://issuer.example/.well-known/openid-configuration",
    "allowedClients": ["one", "two"],
    "allowedScopes": ["agents/call"],
    "customClaims": [{
        "inboundTokenClaimName": "team",
        "inboundTokenClaimValueType": "STRING",
        "authorizingClaimMatchValue": {"claimMatchValue": {"matchValueString": "blue"}, "claimMatchOperator": "EQUALS"},
    }],
}}
PASSWORD = "Tr0ub4dor&3-canary"


def configure(world: World, name: str, *more):
    world.write("agent.py", AGENT)
    world.write("requirements.txt", "")
    world.ok("configure", "-ni", "-e", "agent.py", "-n", name, "-rf", "requirements.txt", "-do", "-dm", "--offline", *more)


def ready(control, runtime: str) -> dict:
    for _ in range(300):
        live = control.get_agent_runtime(agentRuntimeId=runtime)
        if live["status"] == "READY":
            return live
        assert not live["status"].endswith("FAILED"), live
        time.sleep(0.1)
    raise AssertionError(live)


def settings(live: dict) -> dict:
    """What can be set of a runtime."""
    given = {"agentRuntimeArtifact", "roleArn", "networkConfiguration", "authorizerConfiguration", "environmentVariables",
             "requestHeaderConfiguration", "protocolConfiguration", "lifecycleConfiguration", "metadataConfiguration",
             "allowedPorts", "description", "filesystemConfigurations", "hooksConfiguration", "platformVersion",
             "resourceConfigurations"}
    return {name: value for name, value in live.items() if name in given}


def update(control, runtime: str, **changes) -> dict:
    """Changes it as the console does: everything is sent again."""
    control.update_agent_runtime(agentRuntimeId=runtime, **(settings(ready(control, runtime)) | changes))
    return ready(control, runtime)


@pytest.fixture(scope="module")
def image(sandbox) -> str:
    """URI with digest of an image that this program built."""
    configure(sandbox, "first")
    return sandbox.ok("launch", "-a", "first", "-o", "json").data["runtime"]["image"]


@pytest.fixture
def project(sandbox, tmp_path) -> World:
    """A folder of its own in the same account."""
    world = World(sandbox.binary, tmp_path)
    world.env |= {name: value for name, value in sandbox.env.items() if name.startswith(("AWS_", "AGENTCORE_"))}
    return world


def make(world: World, image: str, name: str, **more) -> dict:
    """A runtime that was made by another tool."""
    iam, control = world.boto("iam"), world.boto("bedrock-agentcore-control")
    role = iam.create_role(RoleName=f"role-of-{name}", AssumeRolePolicyDocument=trust_policy())["Role"]["Arn"]
    iam.put_role_policy(RoleName=f"role-of-{name}", PolicyName="pull", PolicyDocument=pull_policy())
    made = control.create_agent_runtime(
        agentRuntimeName=name, roleArn=role, networkConfiguration={"networkMode": "PUBLIC"},
        agentRuntimeArtifact={"containerConfiguration": {"containerUri": image}}, **more)
    return update(control, made["agentRuntimeId"], metadataConfiguration={"requireMMDSV2": True})


def test_foreign_runtime_is_adopted_and_plan_is_empty(project, image):
    control = project.boto("bedrock-agentcore-control")
    live = make(project, image, "foreign", authorizerConfiguration=JWT, tags={"team": "blue"},
                environmentVariables={"LOG_LEVEL": "debug", "DB_PASSWORD": PASSWORD},
                lifecycleConfiguration={"idleRuntimeSessionTimeout": 300, "maxLifetime": 3600},
                requestHeaderConfiguration={"requestHeaderAllowlist": ["X-Amzn-Bedrock-AgentCore-Runtime-Custom-A"]})
    arn, runtime = live["agentRuntimeArn"], live["agentRuntimeId"]
    plan = project.run("adopt", arn, "--plan", "-o", "json").expect(6)
    assert plan.data["applied"] is False and not (project.project / ".bedrock_agentcore.yaml").exists()
    adopted = project.ok("adopt", arn, "-o", "json").data
    assert adopted["outcome"] == "created" and adopted["left"] == [], adopted
    assert adopted["secrets"] == ["DB_PASSWORD"]
    text = (project.project / ".bedrock_agentcore.yaml").read_text()
    assert PASSWORD not in text and "LOG_LEVEL: debug" in text, text

    assert project.ok("launch", "--plan", "-o", "json").data["changes"] == 0
    assert project.ok("launch", "-o", "json").data["changes"] == 0
    drift = project.ok("status", "--drift", "-o", "json").data
    assert drift["differences"] == 0, drift
    after = control.get_agent_runtime(agentRuntimeId=runtime)
    assert settings(after) == settings(live) and after["agentRuntimeVersion"] == live["agentRuntimeVersion"]
    assert control.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "blue"}, "nothing was tagged"
    assert project.ok("adopt", "-o", "json").data["outcome"] == "unchanged"
    assert (project.project / ".bedrock_agentcore.yaml").read_text() == text
    project.ok("status")
    assert project.run("invoke", "{}").code == 3

    # The first launch that changes something needs no other consent, and what was not written stays.
    (project.project / ".bedrock_agentcore.yaml").write_text(text.replace("LOG_LEVEL: debug", "LOG_LEVEL: info"))
    project.ok("launch", "-o", "json")
    after = ready(control, runtime)
    assert after["environmentVariables"] == {"LOG_LEVEL": "info", "DB_PASSWORD": PASSWORD}
    assert control.list_tags_for_resource(resourceArn=arn)["tags"]["agentcore:agent"] == "foreign"

    steps = project.ok("destroy", "--force", "-o", "json").data["steps"]
    assert {step["action"] for step in steps} == {"keep"}, steps
    assert ready(control, runtime)


def test_every_setting_is_adopted(project, image):
    live = make(project, image, "full", description="Answers \"questions\" about ${orders}\n",
                environmentVariables={"GREETING": "${HOME} and $${X}"},
                protocolConfiguration={"serverProtocol": "HTTP", "port": 8100, "path": "/x"},
                filesystemConfigurations=[{"sessionStorage": {"mountPath": "/mnt/work"}}],
                allowedPorts=[{"port": 8100}, {"portRange": {"from": 8200, "to": 8300}}],
                resourceConfigurations=[{"minimumMemoryInMiB": 2048}])
    adopted = project.ok("adopt", live["agentRuntimeArn"], "-o", "json").data
    assert adopted["left"] == [], adopted
    written = {item["key"]: item["value"] for item in adopted["written"]}
    assert {name.removeprefix("agentcore.runtime."): value for name, value in written.items() if ".runtime." in name} == {
        "description": live["description"].replace("${", "$${"), "port": 8100, "path": "/x", "minimum_memory_mib": 2048,
        "file_systems": [{"session_storage": {"mount_path": "/mnt/work"}}], "allowed_ports": [8100, "8200-8300"]}
    assert project.ok("launch", "--plan", "-o", "json").data["changes"] == 0
    assert project.ok("status", "--drift", "-o", "json").data["differences"] == 0

    control = project.boto("bedrock-agentcore-control")
    runtime = live["agentRuntimeId"]
    live = update(control, runtime, description="another", allowedPorts=[{"port": 8101}])
    assert project.ok("adopt", "-o", "json").data["left"] == []
    assert project.ok("launch", "-o", "json").data["changes"] == 0
    assert settings(ready(control, runtime)) == settings(live)


@pytest.mark.parametrize("language", ["boto3", "terraform"])
def test_hostile_values_stay_values(project, image, language):
    hostile = "it's \"quoted\" \\ ${x} %{y} \n\t\b é \U0001f600"
    make(project, image, f"hostile_{language}", environmentVariables={"VALUE": hostile})
    project.ok("adopt", f"hostile_{language}")
    text = project.ok("export", "--format", language).stdout.decode()
    if language == "boto3":
        script = ast.parse(text)
        assert hostile in {node.value for node in ast.walk(script) if isinstance(node, ast.Constant)}
    else:
        line = next(line for line in text.splitlines() if line.strip().startswith('"VALUE"'))
        assert json.loads(line.split(" = ", 1)[1]) == hostile.replace("${", "$${").replace("%{", "%%{")
        assert "\\b" not in line, "no escape of HCL"


def test_name_and_id_lead_to_the_runtime(project, image):
    live = make(project, image, "by_name")
    by_id = project.run("adopt", live["agentRuntimeId"], "--plan", "-o", "json").expect(6).data
    by_name = project.run("adopt", "by_name", "--plan", "-o", "json").expect(6).data
    assert by_id == by_name and by_id["agent_arn"] == live["agentRuntimeArn"]
    missing = project.run("adopt", "nobody_made_it", "-o", "json").expect(5)
    assert json.loads(missing.stdout)["error"]["code"] == "runtime.missing"


def test_another_projects_runtime_is_refused(project, sandbox, image):
    refused = project.run("adopt", "first", "-o", "json").expect(2)
    assert json.loads(refused.stdout)["error"]["code"] == "project.other", str(refused)
    assert not (project.project / ".bedrock_agentcore.yaml").exists()
    forced = project.ok("adopt", "first", "--force", "-o", "json")
    assert "--adopt" in " ".join(forced.data["notes"]), str(forced)
    project.run("launch", "--plan").expect(2)


def test_what_was_changed_elsewhere_is_taken_over(project):
    configure(project, "moved", "--idle-timeout", "900")
    config = project.project / ".bedrock_agentcore.yaml"
    config.write_text(config.read_text().replace(
        "idle_runtime_session_timeout: 900", "idle_runtime_session_timeout: 900 # fifteen minutes"))
    runtime = project.ok("launch", "-a", "moved", "-o", "json").data["runtime"]["id"]
    assert project.ok("status", "--drift", "-o", "json").data["differences"] == 0
    control = project.boto("bedrock-agentcore-control")
    live = ready(control, runtime)
    variables = live["environmentVariables"] | {"MODE": "fast", "API_KEY": PASSWORD}
    update(control, runtime, lifecycleConfiguration={"idleRuntimeSessionTimeout": 1200, "maxLifetime": 28800},
           authorizerConfiguration=JWT, environmentVariables=variables)
    drift = project.run("status", "--drift", "-o", "json").expect(6).data
    paths = {found["path"]: found for resource in drift["resources"] for found in resource["differences"]}
    assert set(paths) == {"lifecycle.idleRuntimeSessionTimeout", "authorizer"}, paths
    assert (paths["lifecycle.idleRuntimeSessionTimeout"]["file"], paths["lifecycle.idleRuntimeSessionTimeout"]["live"]) \
        == (900, 1200)
    assert all(found["changedElsewhere"] for found in paths.values())
    text = project.run("status", "--drift").expect(6).stdout.decode()
    assert "file  900" in text and "live  1200" in text and "elsewhere" in text, text
    refused = project.run("launch", "--refuse-drift", "--allow-auth-change", "-o", "json").expect(6)
    assert json.loads(refused.stdout)["error"]["code"] == "runtime.changed-elsewhere"
    plan = project.run("launch", "--plan", "--allow-auth-change").expect(6).stdout.decode()
    assert "was made elsewhere" in plan and "changed elsewhere" in plan, plan

    taken = project.ok("adopt", "-o", "json").data
    assert taken["outcome"] == "updated" and taken["left"] == [], taken
    assert "idle_runtime_session_timeout: 1200 # fifteen minutes" in config.read_text()
    assert project.ok("status", "--drift", "-o", "json").data["differences"] == 0
    assert project.ok("launch", "--refuse-drift", "-o", "json").data["changes"] == 0
    after = ready(control, runtime)
    assert after["environmentVariables"] == variables and after["authorizerConfiguration"] == JWT


@pytest.fixture
def exported(project) -> World:
    """An agent with all that a definition has."""
    configure(project, "defined", "--idle-timeout", "600", "--authorizer-config", json.dumps(JWT))
    data = project.ok("launch", "-o", "json", "--env", "MODE=fast", "--env", f"API_KEY={PASSWORD}").data
    control = project.boto("bedrock-agentcore-control")
    control.create_agent_runtime_endpoint(agentRuntimeId=data["runtime"]["id"], name="prod", description="for customers")
    project.runtime = data["runtime"]["id"]
    yield project
    project.run("destroy", "--force", "--delete-ecr-repo")


def test_script_makes_an_equal_runtime(exported):
    world, control, iam = exported, exported.boto("bedrock-agentcore-control"), exported.boto("iam")
    before = ready(control, world.runtime)
    script = world.ok("export", "--format", "boto3", "--out", "make.py", "-o", "json").data
    assert script["secrets"] == ["API_KEY"] and PASSWORD not in script["text"]
    role = before["roleArn"].rsplit("/", 1)[1]
    policies = {name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
                for name in iam.list_role_policies(RoleName=role)["PolicyNames"]}
    control.delete_agent_runtime(agentRuntimeId=world.runtime)
    for name in policies:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    iam.delete_role(RoleName=role)
    for _ in range(100):
        if all(item["agentRuntimeName"] != "defined" for item in control.list_agent_runtimes()["agentRuntimes"]):
            break
        time.sleep(0.1)
    env = world.env | {"API_KEY": PASSWORD}
    done = subprocess.run([sys.executable, "make.py"], cwd=world.project, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    after = ready(control, done.stdout.strip().rsplit("/", 1)[1])
    assert settings(after) == settings(before)
    assert {name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in policies} == policies
    endpoints = control.list_agent_runtime_endpoints(agentRuntimeId=after["agentRuntimeId"])["runtimeEndpoints"]
    assert {endpoint["name"] for endpoint in endpoints} == {"DEFAULT", "prod"}
    control.delete_agent_runtime(agentRuntimeId=after["agentRuntimeId"])
    # It carries no tags of the project, and the next launch would use it as it is.
    for name in policies:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    iam.delete_role(RoleName=role)


def test_template_passes_cfn_lint(exported):
    try:
        import cfnlint  # noqa: F401
    except ImportError as error:
        lacked("cfn-lint", str(error))
    world = exported
    data = world.ok("export", "--format", "cloudformation", "--out", "agent.json", "-o", "json").data
    assert PASSWORD not in data["text"] and data["leftOut"] == ["metadataConfiguration"], data["leftOut"]
    cfn_lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([cfn_lint, "--regions", "us-west-2", "--", "agent.json"],
                          cwd=world.project, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    template = json.loads(data["text"])
    properties = template["Resources"]["Runtime"]["Properties"]
    assert properties["AuthorizerConfiguration"]["CustomJWTAuthorizer"]["CustomClaims"][0]["InboundTokenClaimName"] == "team"
    assert properties["EnvironmentVariables"]["API_KEY"] == {"Ref": "SecretAPIKEY"}


CALLERS = ["210987654321", "arn:aws:iam::111122223333:role/caller"]


@pytest.fixture
def opened(project) -> World:
    """An agent with a memory that others may call, on an endpoint of its own too."""
    configure(project, "opened")
    project.ok("configure", "-ni", "-n", "opened", "--memory", "ltm", "--offline",
               *(part for caller in CALLERS for part in ("--allow-caller", caller)))
    project.ok("launch")
    project.ok("endpoint", "create", "prod")
    yield project
    project.run("destroy", "--force", "--delete-ecr-repo", "--delete-memory")


def policies(control, runtime: dict) -> dict:
    arn = runtime["agentRuntimeArn"]
    ends = ["", "/runtime-endpoint/DEFAULT", "/runtime-endpoint/prod"]
    return {end: json.loads(control.get_resource_policy(resourceArn=arn + end)["policy"].replace(arn, "ARN")) for end in ends}


def test_script_makes_memory_and_policies_too(opened):
    world, control, iam = opened, opened.boto("bedrock-agentcore-control"), opened.boto("iam")
    listed = world.ok("status", "-o", "json").data["runtime"]["id"]
    before = ready(control, listed)
    allowed = policies(control, before)
    old = before["environmentVariables"]["BEDROCK_AGENTCORE_MEMORY_ID"]
    memory = control.get_memory(memoryId=old)["memory"]
    world.ok("export", "--format", "boto3", "--out", "make.py")
    role = before["roleArn"].rsplit("/", 1)[1]
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = json.dumps({name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names})
    assert old in document
    # The image stays, which `destroy` would take with the rest.
    control.delete_agent_runtime(agentRuntimeId=listed)
    control.delete_memory(memoryId=old)
    for name in names:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    iam.delete_role(RoleName=role)
    for _ in range(100):
        runtimes, memories = control.list_agent_runtimes()["agentRuntimes"], control.list_memories()["memories"]
        if all(item["agentRuntimeId"] != listed for item in runtimes) and all(item["id"] != old for item in memories):
            break
        time.sleep(0.1)
    done = subprocess.run([sys.executable, "make.py"], cwd=world.project, env=world.env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    after = ready(control, done.stdout.strip().rsplit("/", 1)[1])
    new = after["environmentVariables"]["BEDROCK_AGENTCORE_MEMORY_ID"]
    made = control.get_memory(memoryId=new)["memory"]
    assert new != old and made["name"] == memory["name"] and made["eventExpiryDuration"] == memory["eventExpiryDuration"]
    kinds = [sorted((one["type"], one["name"], tuple(one["namespaces"])) for one in each["strategies"])
             for each in (made, memory)]
    assert kinds[0] == kinds[1] and kinds[0]
    again = json.dumps({name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names})
    assert again == document.replace(old, new)
    assert policies(control, after) == allowed
    control.delete_agent_runtime(agentRuntimeId=after["agentRuntimeId"])
    control.delete_memory(memoryId=new)
    for name in names:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    iam.delete_role(RoleName=role)


def test_definitions_say_who_else_may_call(opened):
    control = opened.boto("bedrock-agentcore-control")
    runtime = ready(control, opened.ok("status", "-o", "json").data["runtime"]["id"])
    allowed, arn = policies(control, runtime), runtime["agentRuntimeArn"]
    data = opened.ok("export", "--format", "cloudformation", "-o", "json").data
    assert not any("policy" in left for left in data["leftOut"]), data["leftOut"]
    template = json.loads(data["text"])
    found = [one for one in template["Resources"].values() if one["Type"] == "AWS::BedrockAgentCore::ResourcePolicy"]

    def filled(value):
        return value["Fn::Sub"].replace("${Runtime.AgentRuntimeArn}", "ARN")

    assert {filled(one["Properties"]["ResourceArn"]).removeprefix("ARN"): json.loads(filled(one["Properties"]["Policy"]))
            for one in found} == allowed
    # Not before the endpoint that it is on.
    assert [one.get("DependsOn") for one in found].count("EndpointProd") == 1, found
    cfn_lint = Path(sys.executable).with_name("cfn-lint")
    if cfn_lint.exists():
        opened.write("opened.json", data["text"])
        done = subprocess.run([cfn_lint, "--regions", "us-west-2", "--", "opened.json"], cwd=opened.project,
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stdout

    text = opened.ok("export", "--format", "terraform").stdout.decode()
    blocks = re.findall(r'^resource "aws_bedrockagentcore_resource_policy" "(\w+)" \{\n(.*?)^\}', text, re.M | re.S)
    assert {name for name, _ in blocks} == {"opened", "opened_DEFAULT", "opened_prod"}
    for name, body in blocks:
        assert set(re.findall(r"^  ([a-z_]+) =", body, re.M)) - {"depends_on"} == {"policy", "resource_arn"}, body
        assert arn not in body and body.count("aws_bedrockagentcore_agent_runtime.opened.agent_runtime_arn") >= 2, body
        assert all(caller in body for caller in CALLERS), body
    imported = re.findall(r"to = aws_bedrockagentcore_resource_policy\.(\w+)\n  id = \"(.*)\"", text)
    assert dict(imported) == {"opened": arn, "opened_DEFAULT": f"{arn}/runtime-endpoint/DEFAULT",
                              "opened_prod": f"{arn}/runtime-endpoint/prod"}


# Of the provider's schema, version 6.25, as @cdktf/provider-aws 21.22.1 has it; allowed_scopes and custom_claim are newer.
TERRAFORM = {
    "aws_bedrockagentcore_agent_runtime": {
        "agent_runtime_name", "description", "environment_variables", "lifecycle_configuration", "region", "role_arn", "tags",
        "agent_runtime_artifact", "authorizer_configuration", "network_configuration", "protocol_configuration",
        "request_header_configuration", "timeouts"},
    "aws_bedrockagentcore_agent_runtime_endpoint": {
        "agent_runtime_id", "agent_runtime_version", "description", "name", "region", "tags", "timeouts"},
    "aws_ecr_repository": {"name", "image_scanning_configuration", "tags"},
    "aws_iam_role": {"name", "assume_role_policy", "permissions_boundary", "tags"},
    "aws_iam_role_policy": {"name", "role", "policy"},
}


def test_terraform_has_the_providers_arguments(exported):
    text = exported.ok("export", "--format", "terraform").stdout.decode()
    assert PASSWORD not in text and 'variable "secret_API_KEY"' in text, text
    blocks = re.findall(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', text, re.M | re.S)
    assert {kind for kind, *_ in blocks} == set(TERRAFORM)
    for kind, _, body in blocks:
        used = set(re.findall(r"^  ([a-z_0-9]+) (?:=|\{)", body, re.M))
        assert used <= TERRAFORM[kind], (kind, used - TERRAFORM[kind])
    assert len(re.findall(r"^import \{", text, re.M)) == len(blocks)
    assert text.count("{") == text.count("}") and text.count("[") == text.count("]")
