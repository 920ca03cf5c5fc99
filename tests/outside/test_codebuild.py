"""CodeBuild in the sandbox: the retired toolkit's default launch from a notebook's code, by both ways of building."""

import json
import subprocess
import sys

import pytest

import images
from world import ROOT, World

GROUP = "/aws/codebuild/bedrock-agentcore-{}-builder"
PHASES = ["SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD",
          "UPLOAD_ARTIFACTS", "FINALIZING", "COMPLETED"]

# The cells of a notebook. The toolkit waits ten seconds for IAM, which is not needed here.
NOTEBOOK = """
import json, time
sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 0.2))
import boto3
from bedrock_agentcore_starter_toolkit import Runtime

runtime = Runtime()
runtime.configure(
    entrypoint="agent.py", auto_create_execution_role=True, auto_create_ecr=True, requirements_file="requirements.txt",
    region=boto3.session.Session().region_name, agent_name=NAME, disable_otel=True,
)
launched = runtime.launch()
status = runtime.status().endpoint["status"]
while status not in ("READY", "CREATE_FAILED", "UPDATE_FAILED"):
    time.sleep(1)
    status = runtime.status().endpoint["status"]
answer = runtime.invoke({"prompt": "hello"})
print("RESULT", json.dumps({
    "status": status, "id": launched.agent_id, "image": launched.ecr_uri, "build": launched.codebuild_id,
    "response": answer["response"][0],
}))
"""


@pytest.fixture(scope="module")
def processes(binary, tmp_path_factory):
    """A sandbox on a machine without a container engine."""
    world = World(binary, tmp_path_factory.mktemp("codebuild"))
    world.env["DOCKER_HOST"] = "unix:///nobody-listens-there.sock"
    with world.sandbox("--runner", "process"):
        yield world


def write(world: World, name: str, requirements: str = "# none\n", dockerfile: str | None = None):
    world.project = world.folder / name
    world.project.mkdir()
    world.write("agent.py", images.AGENT)
    world.write("requirements.txt", requirements)
    if dockerfile:
        world.write("Dockerfile", dockerfile)


def notebook(world: World, name: str) -> subprocess.CompletedProcess:
    code = NOTEBOOK.replace("NAME", repr(name))
    return subprocess.run([sys.executable, "-c", code], cwd=world.project, env=world.env, capture_output=True, text=True,
                          timeout=600)


def result(done: subprocess.CompletedProcess) -> dict:
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert done.returncode == 0 and lines, done.stdout + done.stderr
    return json.loads(lines[0].removeprefix("RESULT "))


def build(world: World, name: str) -> tuple[dict, str]:
    """The newest build of an agent, and its log."""
    codebuild, logs = world.boto("codebuild"), world.boto("logs")
    ids = codebuild.list_builds_for_project(projectName=f"bedrock-agentcore-{name}-builder")["ids"]
    found = codebuild.batch_get_builds(ids=ids[:1])["builds"][0]
    assert found["logs"]["groupName"] == GROUP.format(name) and found["logs"]["streamName"] in ids[0]
    events = logs.get_log_events(logGroupName=found["logs"]["groupName"], logStreamName=found["logs"]["streamName"],
                                 startFromHead=True)["events"]
    return found, "\n".join(event["message"] for event in events)


def failure(found: dict) -> tuple[str, str]:
    bad = [phase for phase in found["phases"] if phase.get("phaseStatus") == "FAILED"]
    assert found["buildStatus"] == "FAILED" and bad, found
    return bad[0]["phaseType"], bad[0]["contexts"][0]["message"]


def test_the_toolkit_launches_without_an_engine(processes, toolkit):
    write(processes, "plain")
    told = result(notebook(processes, "plain"))
    assert told["status"] == "READY" and json.loads(json.loads(told["response"])["body"]) == {"prompt": "hello"}, told
    found, log = build(processes, "plain")
    assert found["id"] == told["build"] and found["buildStatus"] == "SUCCEEDED"
    assert [phase["phaseType"] for phase in found["phases"]] == PHASES
    assert found["endTime"] >= found["startTime"] and all(phase["startTime"] for phase in found["phases"])
    assert "docker build" in log and "are not run" in log, log
    repository, tag = told["image"].split("/", 1)[1].split(":")
    pushed = processes.boto("ecr").describe_images(repositoryName=repository)["imageDetails"]
    assert [image["imageTags"] for image in pushed] == [[tag]]
    lifecycle = processes.boto("s3").get_bucket_lifecycle_configuration(Bucket=found["source"]["location"].split("/")[0])
    assert lifecycle["Rules"][0]["Expiration"]["Days"] == 7


OBSERVED = """
from bedrock_agentcore_starter_toolkit.services import xray

arn = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/" + ID
assert xray.enable_transaction_search_if_needed("us-west-2", "123456789012")
print(xray.enable_traces_delivery_for_runtime(ID, arn, "us-west-2")["status"])
"""


def test_the_toolkit_switches_observability_on(processes, toolkit):
    """What its launch does after the build, which an agent without OpenTelemetry does not need."""
    control = processes.boto("bedrock-agentcore-control")
    agent = control.list_agent_runtimes()["agentRuntimes"][0]["agentRuntimeId"]
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", OBSERVED.replace("ID", repr(agent))], env=processes.env,
                              capture_output=True, text=True, timeout=120)
        assert done.stdout.strip() == "success", done.stdout + done.stderr
    xray, logs = processes.boto("xray"), processes.boto("logs")
    assert xray.get_trace_segment_destination()["Destination"] == "CloudWatchLogs"
    assert [rule["Name"] for rule in xray.get_indexing_rules()["IndexingRules"]] == ["Default"]
    assert [it["deliveryDestinationType"] for it in logs.describe_deliveries()["deliveries"]] == ["XRAY"]


def test_a_failed_build_reaches_the_toolkit(processes, toolkit):
    write(processes, "broken", requirements="no-such-package-of-anybody==999\n")
    done = notebook(processes, "broken")
    assert done.returncode != 0 and "CodeBuild failed with status: FAILED" in done.stderr, done.stdout + done.stderr
    found, log = build(processes, "broken")
    phase, message = failure(found)
    assert phase == "BUILD" and message.startswith("Error while executing command: docker build"), message
    assert "no-such-package-of-anybody" in log, log


def test_an_own_dockerfile_needs_an_engine(processes, toolkit):
    write(processes, "edited", dockerfile="FROM python:3.12\nCOPY . .\nCMD [\"python\", \"agent.py\"]\n")
    done = notebook(processes, "edited")
    assert "CodeBuild failed with status: FAILED" in done.stderr, done.stdout + done.stderr
    phase, message = failure(build(processes, "edited")[0])
    assert phase == "BUILD" and "no container engine answers" in message and "start Docker" in message, message


OWN = """
import json
from agentcore import Runtime

runtime = Runtime()
runtime.configure("agent.py", agent_name="ours", auto_create_execution_role=True)
launched = runtime.launch()
print("RESULT", json.dumps({"build": launched.codebuild_id, "mode": launched.mode, "image": launched.image_uri}))
"""


def test_own_launch_builds_there(processes):
    write(processes, "ours")
    processes.ok("configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "ours", "-rf", "requirements.txt", "-do", "-dm")
    file = processes.project / ".bedrock_agentcore.yaml"
    text = file.read_text()
    assert "    agentcore:\n" in text, text
    file.write_text(text.replace("    agentcore:\n", "    agentcore:\n      builder: codebuild\n", 1))
    environment = processes.env | {"AGENTCORE_PLATFORM": "linux/arm64", "AGENTCORE_BIN": str(processes.binary),
                                   "PYTHONPATH": str(ROOT / "python")}
    told = result(subprocess.run([sys.executable, "-c", OWN], cwd=processes.project, env=environment, capture_output=True,
                                 text=True, timeout=600))
    found, _ = build(processes, "ours")
    assert found["buildStatus"] == "SUCCEEDED"
    assert (told["build"], told["mode"]) == (found["id"], "codebuild")
    digest = told["image"].split("@")[1]
    pushed = processes.boto("ecr").describe_images(repositoryName="bedrock-agentcore-ours")["imageDetails"]
    assert digest in [image["imageDigest"] for image in pushed]
    assert processes.ok("invoke", '{"a": 1}').stdout


def test_the_toolkit_launches_with_an_engine(world, toolkit, engine, engine_base_image):
    """The commands of its buildspec run as they are, and the engine builds a Dockerfile that was edited."""
    world.use_engine()
    dockerfile = (f"FROM {engine_base_image}\nWORKDIR /app\nENV DOCKER_CONTAINER=1\nCOPY agent.py agent.py\nUSER 1000\n"
                  "CMD [\"python\", \"-u\", \"agent.py\"]\n")
    with world.sandbox("--runner", "container"):
        write(world, "contained", dockerfile=dockerfile)
        told = result(notebook(world, "contained"))
        assert json.loads(json.loads(told["response"])["body"]) == {"prompt": "hello"}, told
        found, log = build(world, "contained")
        assert found["buildStatus"] == "SUCCEEDED"
        for part in ("Starting parallel Docker build", "Login Succeeded", "Successfully built", "Build completed at"):
            assert part in log, log
        assert not (world.folder / "home/.docker/config.json").exists(), "a login is left in the user's configuration"
