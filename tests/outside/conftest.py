"""Fixtures: the built binary in a clean environment, a sandbox, and the things that vouch for it.

Nothing here starts an engine, a registry or moto; `tests/tools` does, and the variables that it prints say where they
are. A test that asks for one that is not there is skipped with the reason, or fails when AGENTCORE_REQUIRE (a
comma-separated list) names it.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from world import ROOT, World, tool

REQUIRED = set(filter(None, os.environ.get("AGENTCORE_REQUIRE", "").split(",")))

# There is one of each: tests that use it do not run beside each other. A container of the tests' engine has the
# machine's own network, so two agents in containers would want the same port.
SHARED = ("engine", "moto")
# Tests with these take long and need nothing of the others in their file: a worker of their own does them.
APART = ("npm_packages",)
# What takes longest, begun first: begun last, it would keep one worker busy while the others have nothing left to do.
LONGEST = ("engine", "test_packages", "test_same_bits", "test_notebooks", "npm_packages", "test_create", "test_commands")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What pytest-xdist may give to different workers: whole files, without the tests that share a service or
    are done apart."""
    rank = {}
    for item in items:
        # A fixture that has a service by its parameter's name asks for it while it runs, and not by its own signature.
        chosen = getattr(item, "callspec", None)
        used = {*item.fixturenames, *(value for value in (chosen.params.values() if chosen else ()) if isinstance(value, str))}
        group = next((name for name in (*SHARED, *APART) if name in used), item.path.stem)
        item.add_marker(pytest.mark.xdist_group(group))
        rank[item] = LONGEST.index(group) if group in LONGEST else len(LONGEST)
    items.sort(key=rank.get)


def lacked(what: str, why: str):
    """Ends the test: skipped, or failed where the thing is required."""
    if what in REQUIRED:
        pytest.fail(f"{what} is required here and lacking: {why}")
    pytest.skip(f"lacked {what}: {why}")


@pytest.fixture(scope="session")
def binary() -> Path:
    path = Path(os.environ.get("AGENTCORE", ROOT / "target/debug/agentcore"))
    assert path.is_file(), f"{path} is not built: run `cargo build`, or set AGENTCORE"
    return path


@pytest.fixture
def world(binary, tmp_path) -> World:
    """A home and a project of their own, credentials that no AWS knows, and no way to any AWS."""
    return World(binary, tmp_path)


@pytest.fixture(scope="module")
def sandbox(binary, tmp_path_factory):
    """A sandbox that runs agents as processes, for the tests of one file."""
    world = World(binary, tmp_path_factory.mktemp("sandbox"))
    with world.sandbox("--runner", "process"):
        yield world


@pytest.fixture(scope="session")
def engine() -> str:
    """DOCKER_HOST of an engine that answers."""
    if shutil.which("docker") is None:
        lacked("engine", "no `docker` on PATH")
    answer = subprocess.run(["docker", "version"], capture_output=True, text=True)
    if answer.returncode != 0:
        lacked("engine", f"`docker version` failed ({answer.stderr.strip()}); see tests/tools/engine.sh")
    return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")


@pytest.fixture(scope="session")
def registry() -> dict[str, str]:
    """Host, user and password of a docker-registry with basic authentication."""
    names = ["REGISTRY", "REGISTRY_USER", "REGISTRY_PASSWORD"]
    if any(name not in os.environ for name in names):
        lacked("registry", "REGISTRY is not set; see tests/tools/registry.sh")
    return dict(zip(["host", "user", "password"], (os.environ[name] for name in names)))


@pytest.fixture(scope="session")
def moto() -> str:
    if "MOTO_URL" not in os.environ:
        lacked("moto", "MOTO_URL is not set; see tests/tools/moto.sh")
    return os.environ["MOTO_URL"]


@pytest.fixture(scope="session")
def skopeo():
    if shutil.which("skopeo") is None:
        lacked("skopeo", "no `skopeo` on PATH")


@pytest.fixture(scope="session")
def arm64(engine):
    if subprocess.run([tool("arm64.sh"), "check"]).returncode != 0:
        lacked("arm64", "arm64 programs do not run here; see tests/tools/arm64.sh")


@pytest.fixture(scope="session")
def toolkit():
    try:
        from bedrock_agentcore_starter_toolkit.utils.runtime import config
    except ImportError as error:
        lacked("toolkit", str(error))
    return config


@pytest.fixture(scope="session")
def golden() -> list[Path]:
    """The configuration files that the retired toolkit wrote."""
    folder = Path(os.environ.get("AGENTCORE_GOLDEN", ROOT.parent / "shared/golden"))
    files = sorted(folder.rglob(".bedrock_agentcore.yaml"))
    if not files:
        lacked("golden", f"no .bedrock_agentcore.yaml below {folder}; set AGENTCORE_GOLDEN")
    return files


@pytest.fixture(scope="session")
def base_image(registry) -> str:
    """A Python base image for both architectures in the registry: its reference, tagged with Python's version."""
    made = subprocess.run([tool("base-image.sh"), "make"], check=True, capture_output=True, text=True)
    reference = f"{registry['host']}/base/python:{made.stdout.split()[1]}"
    subprocess.run([tool("base-image.sh"), "push", reference], check=True)
    return reference


@pytest.fixture(scope="session")
def engine_base_image(engine) -> str:
    """The same, for this machine's architecture, in the engine's own store."""
    subprocess.run([tool("base-image.sh"), "load", "agentcore-tests/python:3"], check=True)
    return "agentcore-tests/python:3"


@pytest.fixture(scope="session")
def complete_base_image(engine) -> str:
    """A Debian in the engine's store with what generated Dockerfiles use: apt, Python with pip, Node.js with npm."""
    reference = "agentcore-tests/debian:12"
    made = subprocess.run([tool("debian-image.sh"), "load", reference], capture_output=True, text=True)
    if made.returncode != 0:
        lacked("debootstrap", made.stderr.strip().splitlines()[-1])
    return reference


@dataclass
class Buildah:
    """Where buildah keeps images for the tests, and a Python base image in there."""

    env: dict[str, str]
    base_image: str


@pytest.fixture(scope="session")
def buildah(tmp_path_factory) -> Buildah:
    """An engine without a daemon that knows build secrets, which Docker's classic builder does not."""
    if shutil.which("buildah") is None:
        lacked("buildah", "no `buildah` on PATH")
    folder = tmp_path_factory.mktemp("buildah")
    conf = folder / "storage.conf"
    conf.write_text(f'[storage]\ndriver = "vfs"\nrunroot = "{folder}/run"\ngraphroot = "{folder}/graph"\n')
    # Chroots need no more of the kernel than the engine of the tests does, and share the network with it.
    env = {"CONTAINERS_STORAGE_CONF": str(conf), "STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}
    layout, tag = subprocess.run([tool("base-image.sh"), "make"], check=True, capture_output=True, text=True).stdout.split()
    name = "localhost/agentcore-tests/python:3"

    def run(*args):
        # It takes the path of a layout for a name, and names have no capital letters: the folder is left out of it.
        done = subprocess.run(["buildah", *args], env=os.environ | env, cwd=Path(layout).parent, capture_output=True, text=True)
        if done.returncode != 0:
            lacked("buildah", f"`buildah {args[0]}` failed: {done.stderr.strip()}")
        return done.stdout.strip()

    run("tag", run("pull", "--quiet", f"oci:{Path(layout).name}:{tag}"), name)
    return Buildah(env, name)
