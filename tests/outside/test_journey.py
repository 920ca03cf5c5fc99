"""The main journey with a container engine: built by it, or built natively and run by it."""

import json
import os
import subprocess
import time
import urllib.request

import pytest

from images import host_architecture
from world import EXAMPLE, World


@pytest.fixture
def containers(world, engine):
    """A sandbox that runs agents as containers."""
    world.use_engine()
    with world.sandbox("--runner", "container"):
        yield world


def log_in(world: World, registry: dict[str, str]):
    """Gives the world Docker's configuration with a login for the registry that holds the base image."""
    import base64

    from images import auth_file

    folder = world.folder / "docker"
    folder.mkdir()
    login = base64.b64encode(f"{registry['user']}:{registry['password']}".encode()).decode()
    auth_file(folder, registry["host"], login)
    world.env["DOCKER_CONFIG"] = str(folder)


def python_of(base_image: str) -> str:
    return base_image.rsplit(":", 1)[1]


def walk(world: World, variant: str, *launch_flags: str, configure_flags: str = ""):
    """The example's own script, with the sandbox that is already running."""
    env = world.env | {"AGENTCORE": str(world.binary), "LAUNCH_FLAGS": " ".join(launch_flags),
                       "CONFIGURE_FLAGS": configure_flags}
    done = subprocess.run([EXAMPLE / "run.sh", variant], env=env, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "Done: refused without a token" in done.stdout
    assert_nothing_left(world)


def assert_nothing_left(world: World):
    """What the account holds, as AWS's own client sees it."""
    assert world.boto("bedrock-agentcore-control").list_agent_runtimes()["agentRuntimes"] == []
    assert world.boto("ecr").describe_repositories()["repositories"] == []
    assert world.boto("iam").list_roles()["Roles"] == []
    assert world.boto("cognito-idp").list_user_pools(MaxResults=10)["UserPools"] == []


def test_an_engine_builds_and_runs_the_agent(containers, engine_base_image):
    walk(containers, "plain", "--builder", "engine", "--base-image", engine_base_image)


def test_a_native_image_runs_as_a_container(containers, registry, base_image):
    log_in(containers, registry)
    walk(containers, "plain", "--builder", "native", "--base-image", base_image,
         configure_flags=f"--python {python_of(base_image)}")


def test_the_readme_command_needs_no_engine(world):
    """What the README says first, with nothing but Python: a sandbox of its own, agents as processes."""
    world.env.pop("AWS_ENDPOINT_URL")
    for variant in ("plain", "strands"):
        done = subprocess.run([world.binary, "sandbox", "run", "--runner", "process", "--", EXAMPLE / "run.sh", variant],
                              env=world.env | {"AGENTCORE": str(world.binary)}, cwd=world.project,
                              capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, f"{variant}\n{done.stdout}\n{done.stderr}"


@pytest.fixture
def run_image(engine, tmp_path):
    """Runs an image as the service would, on the host's network: `ask(path, body)` for what it answers."""
    started = []

    def run(reference: str, platform: str, config: str):
        docker = ["docker", "--config", config]
        subprocess.run([*docker, "pull", "--quiet", "--platform", platform, reference], check=True, capture_output=True)
        container = subprocess.run([*docker, "run", "--detach", "--network=host", "--platform", platform, reference],
                                   check=True, capture_output=True, text=True).stdout.strip()
        started.append(container)

        def ask(path: str, body: bytes | None = None) -> bytes:
            deadline = time.monotonic() + 120
            while True:
                try:
                    with urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8080" + path, body)) as answer:
                        return answer.read()
                except (ConnectionError, urllib.error.URLError):
                    state = subprocess.run(["docker", "inspect", "-f", "{{.State.Running}}", container],
                                           capture_output=True, text=True).stdout.strip()
                    logs = subprocess.run(["docker", "logs", container], capture_output=True, text=True)
                    assert state == "true" and time.monotonic() < deadline, logs.stdout + logs.stderr
                    time.sleep(0.5)

        return ask

    yield run
    for each in started:
        subprocess.run(["docker", "rm", "--force", each], capture_output=True)


@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_a_native_image_runs_anywhere(sandbox, run_image, registry, base_image, architecture, request, tmp_path):
    """Built without a daemon, for this machine and for the other; run by an engine, under emulation where needed."""
    if architecture != host_architecture():
        request.getfixturevalue("arm64")
    name = f"native_{architecture}"
    log_in_once(sandbox, registry)
    sandbox.use_example()
    platform = f"linux/{architecture}"
    sandbox.ok("configure", "-e", "agent.py", "-n", name, "-rf", "requirements-plain.txt", "-ni",
               "--python", python_of(base_image))
    sandbox.ok("launch", "-a", name, "--builder", "native", "--base-image", base_image, "--platform", platform, "--no-wait")

    ecr = sandbox.boto("ecr")
    repository = f"bedrock-agentcore-{name}"
    [image] = ecr.describe_images(repositoryName=repository)["imageDetails"]
    data = ecr.get_authorization_token()["authorizationData"][0]
    host = data["proxyEndpoint"].split("://")[1]
    (tmp_path / "config.json").write_text(json.dumps({"auths": {host: {"auth": data["authorizationToken"]}}}))
    ask = run_image(f"{host}/{repository}@{image['imageDigest']}", platform, str(tmp_path))
    assert json.loads(ask("/ping"))["status"] == "Healthy"
    assert ask("/invocations", '{"prompt": "안녕"}'.encode()) == '{"answer": "You said: 안녕"}'.encode()
    sandbox.ok("destroy", "-a", name, "--force", "--delete-ecr-repo")


def log_in_once(world: World, registry: dict[str, str]):
    if "DOCKER_CONFIG" not in world.env:
        log_in(world, registry)


def test_two_native_builds_are_the_same_image(sandbox):
    """The same source gives the same digest, at any time and in any folder."""
    sandbox.use_example()
    digests = []
    for name in ("twin_a", "twin_b"):
        sandbox.ok("configure", "-e", "agent.py", "-n", name, "-rf", "requirements-plain.txt", "-ni")
        sandbox.ok("launch", "-a", name, "--builder", "native", "--base-image", "scratch", "--no-wait")
        [image] = sandbox.boto("ecr").describe_images(repositoryName=f"bedrock-agentcore-{name}")["imageDetails"]
        digests.append(image["imageDigest"])
        os.utime(sandbox.project / "agent.py", (1, 1))
        sandbox.ok("destroy", "-a", name, "--force", "--delete-ecr-repo")
    assert digests[0] == digests[1]
