"""Observability on top of stacks as they are pinned in the wild: it changes none of their versions.

The packages come from the public index. Each stack is built without and with observability, by uv and by pip; what the
agent asks for must come to the same layers, and an agent that cannot have OpenTelemetry must start without it.
"""

import json
import sys
import tarfile
from pathlib import Path

import pytest

from conftest import lacked

DEPENDENCIES = "Python dependencies"
TOP = "OpenTelemetry for Python"

# What each asks for, and whether OpenTelemetry works with it.
STACKS = {
    "plain": (["six==1.17.0"], True),
    "pyyaml": (["pyyaml==6.0.1"], True),
    "protobuf": (["protobuf==5.29.5"], True),
    "opentelemetry-near": (["opentelemetry-api==1.45.1"], True),
    "opentelemetry-old": (["opentelemetry-api==1.20.0", "opentelemetry-sdk==1.20.0"], False),
    "strands": (["strands-agents==1.0.0", "pyyaml==6.0.2"], True),
    "autogen": (["autogen-agentchat==0.7.5", "autogen-core==0.7.5"], True),
    "fastmcp": (["fastmcp==2.13.0"], True),
}


def use_installer(world, installer: str):
    if installer == "uv":
        uv = Path(sys.executable).with_name("uv")
        if not uv.is_file():
            lacked("uv", f"no {uv}")
        folder = world.folder / "with-uv"
        folder.mkdir()
        (folder / "uv").symlink_to(uv)
        world.env["PATH"] = f"{folder}:{world.env['PATH']}"
    else:
        paths = [path for path in world.env["PATH"].split(":") if not (Path(path) / "uv").exists()]
        world.env["PATH"] = ":".join(paths)


def build(world, *configure):
    """The report of a build, what it said, and the configuration of the image."""
    world.ok("configure", "-ni", "-e", "agent.py", "-n", "stack", "-dm", *configure)
    file = world.folder / "image.tar"
    run = world.ok("build", "--builder", "native", "--base-image", "scratch", "--platform", "linux/arm64",
                   "--file", file, "-o", "json", timeout=1200)
    with tarfile.open(file) as archive:
        read = lambda name: json.load(archive.extractfile(name))
        blob = lambda digest: "blobs/" + digest.replace(":", "/")
        manifest = read(blob(read("index.json")["manifests"][0]["digest"]))
        config = read(blob(manifest["config"]["digest"]))["config"]
    return run.data, run.stderr.decode(), config


def of_kind(data, what: str) -> list[str]:
    return [layer["digest"] for layer in data["layers"] if layer["what"] == what]


def packages_in(world, digests: list[str]) -> dict[str, str]:
    """Versions by name, as the layers themselves have them."""
    found = {}
    for memory in (world.folder / "home/.cache/agentcore/layers").glob("*.json"):
        if json.loads(memory.read_text())["digest"] not in digests:
            continue
        with tarfile.open(memory.parent / memory.name.replace(".json", ".tar.gz")) as archive:
            for name in archive.getnames():
                if name.endswith(".dist-info/METADATA"):
                    package, _, version = name.split("/")[-2].removesuffix(".dist-info").partition("-")
                    found[package.lower().replace("_", "-")] = version
    return found


@pytest.mark.parametrize("installer", ["uv", "pip"])
@pytest.mark.parametrize("stack", STACKS)
def test_it_changes_no_version(world, stack, installer):
    lines, works = STACKS[stack]
    use_installer(world, installer)
    world.write("agent.py", "print('an agent')\n")
    world.write("requirements.txt", "\n".join(lines) + "\n")
    plain, _, config = build(world, "-do")
    assert config["Cmd"] == ["python", "-m", "agent"]
    (world.project / ".bedrock_agentcore.yaml").unlink()

    data, said, config = build(world)
    assert of_kind(data, DEPENDENCIES) == of_kind(plain, DEPENDENCIES) != []
    if works:
        assert config["Cmd"] == ["opentelemetry-instrument", "python", "-m", "agent"], said
        top = packages_in(world, of_kind(data, TOP))
        own = packages_in(world, of_kind(data, DEPENDENCIES))
        assert "aws-opentelemetry-distro" in top
        assert {name: (top[name], own[name]) for name in set(top) & set(own)} == {}, said
        for line in lines:
            name, _, version = line.partition("==")
            assert own[name] == version
        # Nothing has to be done about versions that the distribution pins otherwise.
        assert "the agent's own versions" not in said and "of its packages follow" not in said, said
    else:
        assert config["Cmd"] == ["python", "-m", "agent"]
        assert of_kind(data, TOP) == [] and "OpenTelemetry is left out" in said, said


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_a_conflict_is_told_as_its_two_requirements(world, installer):
    use_installer(world, installer)
    world.write("agent.py", "print('an agent')\n")
    world.write("requirements.txt", "strands-agents==1.0.0\npydantic<2\n")
    world.ok("configure", "-ni", "-e", "agent.py", "-n", "stack", "-dm")
    run = world.run("build", "--builder", "native", "--base-image", "scratch", "-o", "json")
    said = run.stdout.decode() + run.stderr.decode()
    assert run.code != 0 and "two requirements exclude each other" in said, said
    assert "pydantic<2" in said and "strands-agents" in said and "no wheel" not in said
