"""The module `agentcore` of the wheel: its methods with the real binary against a sandbox, and the wheel itself."""

import contextlib
import inspect
import json
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import zipfile

import pytest

from world import ROOT, World, tool

# Of the suite, for its tools: the fixtures below replace this process's by a sandbox's.
ENVIRONMENT = dict(os.environ)
AGENT = '''
import json
import os
import pathlib
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({"status": "Healthy"})

    def do_POST(self):
        payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        what = payload.pop("do")
        if what == "stream":
            return self.stream(payload)
        if what == "text":
            return self.answer("plain words", "text/plain")
        if what == "fail":
            return self.answer({"error": "it broke"}, status=500)
        if what == "user":
            # Who calls in somebody's name brings a token for the workload.
            return self.answer("WorkloadAccessToken" in self.headers)
        self.answer(payload if what == "echo" else os.environ.get(what))

    def answer(self, value, kind="application/json", status=200):
        body = (value if kind == "text/plain" else json.dumps(value, ensure_ascii=False)).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, payload):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b'data: "first "\\n\\n')
        self.wfile.flush()
        # Goes on once the caller has shown that.
        seen, until = pathlib.Path(payload["seen"]), time.monotonic() + 60
        while not seen.exists() and time.monotonic() < until:
            time.sleep(0.02)
        last = "서울\u2028" if seen.exists() else "nobody saw it"
        self.wfile.write(f'event: message\\ndata: "{last}"\\n\\ndata: {{"n": 1}}\\n\\ndata: no json\\n\\n'.encode())


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
'''


@pytest.fixture(scope="module")
def module():
    """The package from the source tree."""
    sys.path.insert(0, str(ROOT / "python"))
    import agentcore

    yield agentcore
    sys.path.remove(str(ROOT / "python"))


@pytest.fixture
def here(binary, module, monkeypatch, tmp_path):
    """This process as a notebook of a new project, with no AWS to reach."""
    world = World(binary, tmp_path)
    enter(world, monkeypatch)
    return world


def enter(world: World, monkeypatch):
    for name in list(os.environ):
        if name.startswith(("AWS_", "AGENTCORE_", "BEDROCK_")):
            monkeypatch.delenv(name)
    for name, value in world.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AGENTCORE_BIN", str(world.binary))
    monkeypatch.chdir(world.project)
    world.write("agent.py", AGENT)
    world.write("requirements.txt", "")


@pytest.fixture(scope="module")
def launched(binary, module, tmp_path_factory):
    """An agent that was launched by the class, in a sandbox of its own."""
    world = World(binary, tmp_path_factory.mktemp("launched"))
    with pytest.MonkeyPatch.context() as patch, world.sandbox("--runner", "process"):
        enter(world, patch)
        world.runtime = module.Runtime()
        world.configured = world.runtime.configure("agent.py:app", agent_name="demo", auto_create_execution_role=True,
                                                   requirements_file="requirements.txt", disable_otel=True)
        world.result = world.runtime.launch(env_vars={"API_KEY": "canary\nof two lines", "COUNT": 3})
        yield world


def test_the_arguments_are_the_toolkits(toolkit, module):
    from bedrock_agentcore_starter_toolkit import Runtime

    for method in ("configure", "launch", "invoke", "status", "stop_session", "destroy"):
        theirs, ours = (inspect.signature(getattr(each, method)).parameters.values() for each in (Runtime, module.Runtime))
        assert [(each.name, each.default) for each in theirs] == [(each.name, each.default) for each in ours], method


def test_the_results_are_the_toolkits(toolkit, module):
    from bedrock_agentcore_starter_toolkit.operations.runtime import models

    for name in ("ConfigureResult", "LaunchResult", "StatusResult", "DestroyResult"):
        theirs, ours = list(getattr(models, name).model_fields), list(getattr(module, name).__dataclass_fields__)
        assert ours[:len(theirs)] == theirs and set(ours) - set(theirs) <= {"image_uri"}, name


def test_every_argument_of_configure_reaches_the_file(here, module):
    import yaml

    role = "arn:aws:iam::123456789012:role/mine"
    given = dict(execution_role=role, code_build_execution_role=role, agent_name="all_of_it", requirements=["boto3", "httpx"],
                 ecr_repository="team/mine", container_runtime="podman", region="eu-west-1", protocol="MCP", disable_otel=True,
                 memory_mode="STM_AND_LTM", vpc_enabled=True, vpc_subnets=["subnet-0123456789abcdef0"],
                 vpc_security_groups=["sg-0123456789abcdef0"], idle_timeout=120, max_lifetime=600,
                 request_header_configuration={"requestHeaderAllowlist": ["Authorization"]})
    (here.project / "requirements.txt").unlink()
    result = module.Runtime().configure("agent.py", **given)
    agent = yaml.safe_load((here.project / ".bedrock_agentcore.yaml").read_text())["agents"]["all_of_it"]
    aws = agent["aws"]
    assert (aws["execution_role"], agent["codebuild"]["execution_role"], aws["region"]) == (role, role, "eu-west-1")
    assert aws["network_configuration"]["network_mode_config"] == {
        "subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"]}
    assert aws["lifecycle_configuration"] == {"idle_runtime_session_timeout": 120, "max_lifetime": 600}
    assert aws["protocol_configuration"]["server_protocol"] == "MCP" and aws["observability"]["enabled"] is False
    assert agent["container_runtime"] == "podman" and agent["memory"]["mode"] == "STM_AND_LTM"
    assert agent["request_header_configuration"] == given["request_header_configuration"]
    assert (here.project / "requirements.txt").read_text() == "boto3\nhttpx\n"
    assert (result.network_mode, result.network_subnets, result.region) == ("VPC", given["vpc_subnets"], "eu-west-1")
    assert result.config_path == here.project / ".bedrock_agentcore.yaml" and result.runtime == "podman"

    direct = dict(auto_create_execution_role=True, agent_name="direct", deployment_type="direct_code_deploy",
                  runtime_type="PYTHON_3_12", s3_path="s3://my-bucket")
    module.Runtime().configure("agent.py", **direct)
    agents = yaml.safe_load((here.project / ".bedrock_agentcore.yaml").read_text())["agents"]
    assert agents["direct"]["runtime_type"] == "PYTHON_3_12" and "my-bucket" in agents["direct"]["aws"]["s3_path"]


@pytest.mark.parametrize("wrong, says", [
    ({}, "execution_role"),
    ({"execution_role": "r", "deployment_type": "direct_code_deploy"}, "runtime_type"),
    ({"execution_role": "r", "memory_mode": "LTM"}, "memory_mode"),
    ({"execution_role": "r", "agent_name": "no-dashes"}, "no-dashes"),
    ({"execution_role": "r", "protocol": "GOPHER"}, "GOPHER"),
    ({"execution_role": "r", "vpc_subnets": ["subnet-0123456789abcdef0"]}, "vpc"),
    ({"execution_role": "r", "idle_timeout": 1}, "idle"),
    ({"execution_role": "r", "authorizer_configuration": {"customJWTAuthorizer": {}}}, "discoveryUrl"),
    ({"execution_role": "r", "requirements": ["other"]}, "requirements.txt"),
])
def test_bad_arguments_change_nothing(here, module, wrong, says):
    here.write("requirements.txt", "mine\n")
    with pytest.raises(ValueError, match=says):
        module.Runtime().configure("agent.py", **wrong)
    assert not (here.project / ".bedrock_agentcore.yaml").exists()
    assert (here.project / "requirements.txt").read_text() == "mine\n"


def test_refused_requirements_are_not_left_behind(here, module):
    (here.project / "requirements.txt").unlink()
    with pytest.raises(ValueError, match="GOPHER"):
        module.Runtime().configure("agent.py", execution_role="r", protocol="GOPHER", requirements=["boto3"])
    assert os.listdir(here.project) == ["agent.py"]


@pytest.mark.parametrize("call", ["launch", "status", "stop_session", "destroy", "invoke"])
def test_a_new_runtime_must_be_configured(here, module, call):
    with pytest.raises(ValueError, match="configure"):
        getattr(module.Runtime(), call)(*[{}] * (call == "invoke"))


def test_what_is_not_deployed_says_so(here, module):
    runtime = module.Runtime()
    runtime.configure("agent.py", auto_create_execution_role=True, agent_name="idle", requirements_file="requirements.txt")
    status = runtime.status()
    assert status.config.name == "idle" and status.config.agent_arn is None and status.agent is status.endpoint is None
    with pytest.raises(RuntimeError, match="launch") as error:
        runtime.invoke({"prompt": "hello"})
    assert error.value.exit_status == 5


def test_a_launch_returns_what_notebooks_read(launched):
    result = launched.result
    assert re.fullmatch(r"demo-\w{10}", result.agent_id) and result.agent_arn.endswith(f":runtime/{result.agent_id}")
    [repository] = launched.boto("ecr").describe_repositories()["repositories"]
    assert result.ecr_uri == repository["repositoryUri"] and result.ecr_uri.split("/")[1] == repository["repositoryName"]
    runtime = launched.boto("bedrock-agentcore-control").get_agent_runtime(agentRuntimeId=result.agent_id)
    assert runtime["agentRuntimeArtifact"]["containerConfiguration"]["containerUri"] == result.image_uri
    assert result.mode == "cloud" and repr(result).startswith("LaunchResult(mode='cloud', ")
    assert (runtime["environmentVariables"]["API_KEY"], runtime["environmentVariables"]["COUNT"]) == ("canary\nof two lines", "3")
    status = launched.runtime.status()
    assert status.endpoint["status"] == "READY" and status.config.agent_id == result.agent_id
    assert status.agent["agentRuntimeArn"] == result.agent_arn and status.agent["environmentVariables"]["API_KEY"] is None


def test_answers_have_the_forms_that_cells_read(launched):
    invoke = launched.runtime.invoke
    answer = invoke({"do": "echo", "text": "서울", "n": 1.5})
    [text] = answer["response"]
    assert json.loads(text) == json.loads(text.decode("utf-8")) == {"text": "서울", "n": 1.5} and "서울" in text
    assert answer["contentType"] == "application/json" and answer["statusCode"] == answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    # A string is itself; its bytes are JSON.
    [text] = invoke({"do": "API_KEY"})["response"]
    assert text == "canary\nof two lines" and json.loads(text.decode()) == text
    [text] = invoke({"do": "text"})["response"]
    assert text == text.decode() == "plain words"
    session = "a-session-of-at-least-thirty-three-characters"
    assert invoke({"do": "echo"}, session_id=session)["runtimeSessionId"] == session
    assert [invoke({"do": "user"}, user_id=user)["response"] for user in (None, "ann")] == [["false"], ["true"]]
    # The last session goes on, and is the one that ends.
    assert invoke({"do": "echo"})["runtimeSessionId"] == session
    assert launched.runtime.stop_session()["session_id"] == session
    again = launched.runtime.stop_session(session)
    assert (again["status_code"], again["agent_name"]) == (404, "demo")


def test_failures_of_the_agent_are_runtime_errors(launched):
    with pytest.raises(RuntimeError) as error:
        launched.runtime.invoke({"do": "fail"})
    assert error.value.exit_status == 8 and not isinstance(error.value, ValueError)
    # A pool of processes hands it on as bytes.
    again = pickle.loads(pickle.dumps(error.value))
    assert (type(again), str(again), vars(again)) == (type(error.value), str(error.value), vars(error.value))


def test_wrong_credentials_are_value_errors(launched, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(ValueError, match="signature") as error:
        launched.runtime.invoke({"do": "echo"})
    assert error.value.exit_status in (3, 4)


def test_a_stream_is_printed_as_it_comes(launched, monkeypatch, tmp_path):
    class Cell:
        """A notebook's output, which the agent waits for."""

        text = ""

        def write(self, text):
            self.text += text
            if "first " in self.text:
                (tmp_path / "seen").touch()

        def flush(self):
            pass

    cell = Cell()
    monkeypatch.setattr(sys, "stdout", cell)
    answer = launched.runtime.invoke({"do": "stream", "seen": str(tmp_path / "seen")})
    whole = 'first 서울\u2028{"n": 1}\n\nno json\n'
    assert answer["response"] == [whole] and cell.text == whole + "\n"


def test_progress_is_shown_and_secrets_are_not(launched, module, monkeypatch, capsys, tmp_path):
    """A program in the place of the binary notes what every process can see of it."""
    note = tmp_path / "argv"
    spy = tmp_path / "agentcore"
    spy.write_text(f'#!/bin/sh\necho "$@" >>"{note}"\nexec "{launched.binary}" "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setenv("AGENTCORE_BIN", str(spy))
    monkeypatch.setenv("AGENTCORE_BEARER_TOKEN", "token-canary-of-the-environment")
    launched.runtime.launch(env_vars={"API_KEY": "canary-variable"})
    assert "demo" in capsys.readouterr().err, "nothing was said while it worked"
    with pytest.raises((ValueError, RuntimeError)):
        launched.runtime.invoke({"prompt": "canary-payload"}, bearer_token="canary-token")
    # Without the argument no token is sent, whatever the environment has.
    assert launched.runtime.invoke({"do": "echo"})["response"] == ["{}"]
    seen = note.read_text()
    assert "launch --agent demo" in seen and "invoke -" in seen and "canary" not in seen
    assert "canary" not in capsys.readouterr().err


def test_another_program_of_that_name_is_found_out(here, module, monkeypatch, tmp_path):
    other = tmp_path / "agentcore"
    for text, says in [("echo 'Usage: agentcore [OPTIONS]'; exit 2", "another program"),
                       ("echo agentcore 0.0.1", "has version 0.0, and this module 0.1.0")]:
        other.write_text(f"#!/bin/sh\n{text}\n")
        other.chmod(0o755)
        monkeypatch.setenv("AGENTCORE_BIN", str(other))
        module._binary._check.cache_clear()
        if "0.0.1" in text:
            monkeypatch.setattr(module._binary.metadata, "version", lambda name: "0.1.0")
        with pytest.raises(RuntimeError, match=says):
            module.Runtime().configure("agent.py", auto_create_execution_role=True)
    monkeypatch.setenv("AGENTCORE_BIN", str(tmp_path / "missing"))
    with pytest.raises(RuntimeError, match="does not run"):
        module.Runtime().configure("agent.py", auto_create_execution_role=True)


@pytest.mark.parametrize("name, says", [("Memory", "memory"), ("GatewayClient", "gateway"), ("Evaluation", "eval"),
                                        ("Observability", "obs "), ("ReferenceInputs", "eval")])
def test_other_classes_say_what_to_use(module, name, says):
    with pytest.raises(ImportError, match=says):
        exec(f"from agentcore import {name}")
    with pytest.raises(AttributeError):
        module.Nothing


SERVE = """
import sys

from agentcore import Runtime

runtime = Runtime()
runtime.configure("agent.py", agent_name="demo", auto_create_execution_role=True)
local = runtime.launch(local=True, env_vars={"API_KEY": "here"})
assert (local.mode, local.port, local.agent_id) == ("local", 8080, None), local
local.runtime.run_local(local.tag, int(sys.argv[1]), local.env_vars)
"""


def test_an_agent_of_this_machine_is_called(launched):
    with pytest.raises(ValueError, match="local_build"):
        launched.runtime.launch(local=True, local_build=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    script, environment = launched.write("serve.py", SERVE), os.environ | {"PYTHONPATH": str(ROOT / "python")}
    served = subprocess.Popen([sys.executable, script, str(port)], env=environment, stderr=subprocess.PIPE, text=True)
    ask = ["invoke", "--local", "--port", port, '{"do": "API_KEY"}']
    try:
        assert any(f"127.0.0.1:{port}/invocations" in line for line in served.stderr), "it was not served"
        assert json.loads(launched.ok(*ask).stdout) == "here"
    finally:
        # What a notebook's stop button does.
        served.send_signal(signal.SIGINT)
        served.communicate(timeout=60)
    launched.run(*ask).expect(5)


STOPPING = """#!/bin/sh
[ "$1" = --version ] && exec "{binary}" --version
trap 'head -c 300000 /dev/zero | tr "\\0" x >&2; sleep 0.3; echo stopped >>"{note}"; exit 130' INT
trap 'echo hurry >>"{note}"' TERM
echo ready >&2
while :; do sleep 0.1; done
"""


def test_an_interrupted_binary_may_end_its_work(binary, tmp_path):
    """A kernel's interrupt goes to all of its processes. This one has much to say and something to stop then."""
    note, slow = tmp_path / "note", tmp_path / "agentcore"
    slow.write_text(STOPPING.format(binary=binary, note=note))
    slow.chmod(0o755)
    cell = "import pathlib; from agentcore._binary import run; run(['launch'], pathlib.Path.cwd())"
    environment = os.environ | {"AGENTCORE_BIN": str(slow), "PYTHONPATH": str(ROOT / "python")}
    kernel = subprocess.Popen([sys.executable, "-c", cell], env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert kernel.stderr.readline() == "ready\n"
        os.killpg(kernel.pid, signal.SIGINT)
        said = kernel.communicate(timeout=60)[1]
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(kernel.pid, signal.SIGKILL)
    assert note.read_text() == "stopped\n" and "x" * 300_000 in said and "KeyboardInterrupt" in said


def test_what_is_no_text_is_refused_at_once(launched):
    with pytest.raises(ValueError, match="surrogates"):
        launched.runtime.invoke({"do": "echo", "text": "\ud800"})


def test_destroy_lists_what_goes_and_what_stays(launched):
    planned = launched.runtime.destroy(dry_run=True, delete_ecr_repo=True)
    assert planned.dry_run and any("demo" in one for one in planned.resources_removed) and planned.errors == []
    assert launched.boto("bedrock-agentcore-control").list_agent_runtimes()["agentRuntimes"]
    done = launched.runtime.destroy(delete_ecr_repo=True)
    assert done.resources_removed == planned.resources_removed and not done.dry_run and done.warnings == planned.warnings
    assert launched.boto("bedrock-agentcore-control").list_agent_runtimes()["agentRuntimes"] == []
    assert launched.boto("ecr").describe_repositories()["repositories"] == []
    with pytest.raises(ValueError, match="configure"):
        launched.runtime.status()


def test_the_types_are_strict():
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_brings_binary_and_module(tmp_path):
    wheel = subprocess.run([tool("wheel.sh")], env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout.strip()
    with zipfile.ZipFile(wheel) as archive:
        names = {re.sub(r"^agentcore-[\d.]+\.(dist-info|data)", r"\1", name) for name in archive.namelist()}
        [metadata] = [archive.read(name).decode() for name in archive.namelist() if name.endswith("dist-info/METADATA")]
    code = {f"agentcore/{path.name}" for path in (ROOT / "python/agentcore").iterdir() if path.is_file()}
    beside = {name for name in names if not name.startswith("dist-info/")}
    assert beside == code | {"data/scripts/agentcore"}
    version = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE).group(1)
    assert f"\nVersion: {version}\n" in metadata and "\nSummary: " in metadata and "Requires-Dist" not in metadata

    _, python = subprocess.run([tool("notebooks.sh")], env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout.split()
    # Nothing of the environment is needed to find the binary.
    asked = "from agentcore._binary import binary; print(binary())"
    found = subprocess.run([python, "-c", asked], cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True)
    assert found.stdout.strip() == str(python).removesuffix("python") + "agentcore", found.stderr
    command = ["cargo", "package", "--list", "--allow-dirty", "--offline"]
    listed = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout.splitlines()
    folders = {path.split("/")[0] for path in listed if "/" in path}
    assert folders == {"src", "templates", "completions"} and "src/main.rs" in listed and "pyproject.toml" not in listed
