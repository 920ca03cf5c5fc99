"""Builds from Dockerfiles by a real engine: what reaches them, and what is nowhere in the images."""

import json
import os
import subprocess
import uuid

import ignore_cases
import pytest
from conftest import lacked
from packages import check_out, private_index
from world import World

SHARED = """\
ARG BASE_IMAGE=agentcore-tests/nowhere:0
FROM scratch AS writer
ARG AGENT_NAME
ARG COLOR=none
COPY agents/${AGENT_NAME} /app/
ENV COLOR=${COLOR} NAME=${AGENT_NAME} STAGE=writer

FROM writer AS reviewer
ENV STAGE=reviewer

FROM ${BASE_IMAGE} AS unused
"""


@pytest.fixture
def project(world, engine) -> World:
    world.use_engine()
    return world


@pytest.fixture
def buildkit(world, engine, tmp_path) -> World:
    """The same with a docker client that builds with BuildKit, on the host's network like ENGINE_BIN."""
    builder = ignore_cases.with_buildkit() or lacked("buildkit", "no docker client here can use BuildKit")
    folder = tmp_path / "bin"
    folder.mkdir()
    wrapper = folder / "docker"
    wrapper.write_text(f"""#!/bin/sh
[ "$1" = build ] && shift && exec {builder.client} build --network=host "$@"
exec {builder.client} "$@"
""")
    wrapper.chmod(0o755)
    world.use_engine()
    world.env |= {"DOCKER_BUILDKIT": "1", "PATH": f"{folder}:{os.environ['PATH']}"}
    return world


def docker(*args) -> bytes:
    done = subprocess.run(["docker", *args], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def id_of(image: str) -> bytes:
    return docker("image", "inspect", "--format", "{{.Id}}", image)


def config_of(image: str) -> dict:
    return json.loads(docker("image", "inspect", image))[0]["Config"]


def host_platform() -> str:
    return docker("version", "--format", "{{.Server.Os}}/{{.Server.Arch}}").decode().strip()


def build(world: World, name: str, *more) -> dict:
    return world.ok("build", "-a", name, "--builder", "engine", "--platform", host_platform(), "-o", "json", *more).data


def use_shared(world: World):
    world.write("docker/Dockerfile", SHARED)
    for name in ("writer", "reviewer"):
        world.write(f"agents/{name}/main.py", name)
        world.write(f"agents/{name}/requirements.txt", "")
        world.ok("configure", "-ni", "-n", name, "-e", f"agents/{name}/main.py", "--dockerfile", "docker/Dockerfile",
                 "--build-context", ".", "--target", name.upper(), "--build-arg", f"COLOR=of {name}")


@pytest.mark.parametrize("client", ["project", "buildkit"])
def test_two_agents_share_a_dockerfile(client, request):
    world = request.getfixturevalue(client)
    use_shared(world)
    for name in ("writer", "reviewer"):
        run = world.ok("build", "-a", name, "--builder", "engine", "--platform", host_platform(), "-o", "json")
        image = run.data["localImage"]
        variables = dict(line.split("=", 1) for line in config_of(image)["Env"] if not line.startswith("PATH="))
        assert variables == {"COLOR": f"of {name}", "NAME": name, "STAGE": name}
        assert ignore_cases.files_of(docker("save", image)) == {"app/main.py", "app/requirements.txt"}
        # Engines warn about arguments that nothing declares.
        assert b"not consumed" not in run.stderr and b"UndefinedArg" not in run.stderr
        docker("rmi", "--force", image)
    assert (world.project / "docker/Dockerfile").read_text() == SHARED


def test_the_ignore_rules_of_a_dockerfile_and_empty_folders(project):
    """`<Dockerfile>.dockerignore` is BuildKit's; here every builder goes by it."""
    project.write("agent.py", "")
    project.write("requirements.txt", "")
    project.write("notes.md", "")
    project.write("docs/notes.md", "")
    project.write(".dockerignore", "agent.py\n")
    project.write("docker/a.Dockerfile.dockerignore", "**/*.md\ndocker\n.*\n")
    project.write("docker/a.Dockerfile", "FROM scratch\nCOPY . /app/\nCOPY empty /empty/\n")
    (project.project / "empty").mkdir()
    project.ok("configure", "-ni", "-n", "a", "-e", "agent.py", "--dockerfile", "docker/a.Dockerfile")
    image = build(project, "a")["localImage"]
    assert ignore_cases.files_of(docker("save", image)) == {"app/agent.py", "app/requirements.txt"}
    docker("rmi", "--force", image)


def everything_of(image: str) -> bytes:
    """The image as a registry would get it, and its history as the engine tells it."""
    import gzip
    import io
    import tarfile

    saved = docker("save", image)
    found = [docker("history", "--no-trunc", image), docker("image", "inspect", image), saved]
    with tarfile.open(fileobj=io.BytesIO(saved)) as archive:
        for member in archive:
            if member.isfile():
                data = archive.extractfile(member).read()
                found.append(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    return b"\n".join(found)


def test_no_secret_reaches_an_image(buildkit, engine_base_image, tmp_path):
    """One canary as file, as variable, as build argument and as password of a package index, which is needed."""
    world, canary = buildkit, "Canary-4f1e77"
    check_out("private-index", world.project)
    # What an earlier run installed is of no use to this one: the engine keeps layers by what they are made from.
    with (world.project / "requirements.txt").open("a") as requirements:
        requirements.write(f"# {uuid.uuid4()}\n")
    world.write(".env", f"SECRET={canary}\n")
    world.write("config/.env.production", f"SECRET={canary}\n")
    world.write(".npmrc", f"//registry.example/:_authToken={canary}\n")
    world.write("certs/deploy_rsa", f"-----BEGIN OPENSSH PRIVATE KEY-----\n{canary}\n")
    # Of no use to us: a project whose own rules let everything in.
    world.write(".dockerignore", "!**\n")
    with private_index(tmp_path / "index", canary) as index:
        world.env |= {"PIP_EXTRA_INDEX_URL": index.url, "API_TOKEN": canary}
        refused = world.run("configure", "-ni", "-n", "a", "-e", "agent.py", "--build-arg", f"API_TOKEN={canary}").expect(2)
        configured = world.ok("configure", "-ni", "-n", "a", "-e", "agent.py", "-do", "--base-image", engine_base_image,
                              "--build-secret", "PIP_EXTRA_INDEX_URL")
        built = world.ok("build", "-a", "a", "--builder", "engine", "--platform", host_platform(), "-o", "json", "-v")
        assert any(path.endswith(".whl") for path in index.served)
        # Another token is no reason to install again: it is no part of what the layer is kept by.
        asked = len(index.served)
        world.env["PIP_EXTRA_INDEX_URL"] = index.url.replace(canary, f"{canary}-renewed")
        again = build(world, "a")
        assert (len(index.served), index.refused) == (asked, [])
        # Each build has a name of its own; the image behind it is the same.
        assert id_of(again["localImage"]) == id_of(built.data["localImage"])
    image = built.data["localImage"]
    everything = everything_of(image)
    assert b"acme_tokens" in everything, "the package of the private index is not in the image"
    assert canary.encode() not in everything
    for run in (refused, configured, built):
        assert canary.encode() not in run.stdout + run.stderr, run
    for path in world.folder.rglob("*"):
        mine = path.name in (".env", ".env.production", ".npmrc", "deploy_rsa")
        assert mine or not path.is_file() or canary.encode() not in path.read_bytes(), path
    docker("rmi", "--force", image, again["localImage"])


def test_the_classic_builder_says_what_it_cannot_do(project):
    project.write("agent.py", "")
    project.write("requirements.txt", "")
    project.write("Dockerfile", "FROM scratch\n\nRUN --mount=type=secret,id=PIP_INDEX_URL true\n")
    project.ok("configure", "-ni", "-n", "a", "-e", "agent.py", "--dockerfile", "Dockerfile")
    project.env |= {"DOCKER_BUILDKIT": "0", "PIP_INDEX_URL": "https://user:Canary-4f1e77@index.example/simple"}
    run = project.run("build", "-a", "a", "--builder", "engine", "--platform", host_platform()).expect(2)
    assert b"Dockerfile:3: `RUN --mount` needs BuildKit" in run.stderr and b"buildx" in run.stderr, run
    assert b"PIP_INDEX_URL" in run.stderr and b"Canary" not in run.stderr, run
    # A secret that the configuration names has to be there.
    project.ok("configure", "-ni", "-n", "a", "--build-secret", "MY_TOKEN")
    run = project.run("build", "-a", "a", "--builder", "engine", "--platform", host_platform()).expect(2)
    assert b"MY_TOKEN" in run.stderr, run
