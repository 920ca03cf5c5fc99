"""A launch of what is deployed already asks and does nothing; a launch of one changed line sends that line.

What is asked is noted by a proxy that stands before the sandbox; what would build is replaced by programs that fail.
"""

import shutil
import stat
from pathlib import Path

import pytest

from packages import PROJECTS, ask, check_out
from recording import recording
from test_packages import elsewhere, managed_runtime, with_uv
from world import World

# The project, and how it is configured and launched.
KINDS = ["native", "node", "engine", "zip"]
BROKEN = ("uv", "pip", "pip3", "npm", "npx", "git", "docker", "podman", "finch", "nerdctl", "buildah")


class Deployed:
    """A project that was launched once, and the proxy before its AWS."""

    def __init__(self, world: World, record, name: str, launch: list[str]):
        self.world, self.record, self.launch = world, record, ["launch", "-a", name, *launch]
        self.name = name


@pytest.fixture(params=KINDS)
def deployed(request, binary, tmp_path):
    kind = request.param
    world = World(binary, tmp_path)
    launch, configure, project = [], [], "typescript" if kind == "node" else "flat"
    if kind == "engine":
        request.getfixturevalue("engine")
        world.use_engine()
        launch = ["--builder", "engine", "--base-image", request.getfixturevalue("engine_base_image")]
    elif kind == "zip":
        configure = ["-dt", "direct_code_deploy", "-rt", managed_runtime(world, False)]
    else:
        launch = ["--builder", "native"]
    with_uv(world)
    check_out(project, world.project)
    name = next(iter(PROJECTS[project].agents))
    agent = PROJECTS[project].agents[name]
    runner = "container" if kind == "engine" else "process"
    with world.sandbox("--runner", runner), recording(world.env["AWS_ENDPOINT_URL"]) as record:
        world.env["AWS_ENDPOINT_URL"] = record.url
        world.ok("configure", "-ni", "-e", agent.entrypoint, "-n", name, "-do", "-dm", *configure)
        made = Deployed(world, record, name, launch)
        made.image = image(world.ok(*made.launch, "-o", "json").data)
        assert record.mutations, "the proxy saw nothing of the first launch"
        record.forget()
        yield made


def image(data: dict) -> str:
    """What the runtime is given: an image's digest or an object's version."""
    runtime = data["runtime"]
    found = runtime.get("image") or runtime.get("code") or runtime.get("artifact")
    assert found, data
    return str(found)


def break_tools(world: World):
    """Puts programs on PATH that fail, before all others, in place of what installs and builds."""
    folder = world.folder / "broken"
    folder.mkdir()
    for name in BROKEN:
        path = folder / name
        path.write_text(f"#!/bin/sh\necho '{name} was run' >&2\ntouch '{world.folder}/ran-{name}'\nexit 97\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    world.env["PATH"] = f"{folder}:{world.env['PATH']}"


def assert_nothing_is_done(world: World, deployed: Deployed):
    run = world.ok(*deployed.launch, "-o", "json")
    assert deployed.record.mutations == [], str(run)
    assert deployed.record.requests, "nothing was asked either: the proxy is not in use"
    assert run.data["changes"] == 0 and image(run.data) == deployed.image
    assert [str(path) for path in world.folder.glob("ran-*")] == []
    # It says so, to people too.
    deployed.record.forget()
    text = world.ok(*deployed.launch)
    assert "unchanged" in text.stderr.decode() + text.stdout.decode(), str(text)
    assert deployed.record.mutations == []


def test_the_second_launch_asks_only(deployed):
    break_tools(deployed.world)
    assert_nothing_is_done(deployed.world, deployed)
    # A plan has nothing to do either, which is exit status 0.
    deployed.world.ok(*deployed.launch, "--plan")


def test_a_fresh_clone_asks_only(deployed, tmp_path):
    """Another folder, another home, no cache: what is known is in the committed configuration and in the account."""
    clone = elsewhere(deployed.world, tmp_path / "clone" / "of it")
    shutil.copytree(deployed.world.project, clone.project,
                    ignore=lambda folder, names: {"node_modules", "dist"} & set(names))
    for path in clone.project.rglob("*"):
        path.touch()
    for name in ("HOME", "TMPDIR"):
        clone.env[name] = str(tmp_path / f"fresh-{name}")
        Path(clone.env[name]).mkdir()
    clone.env.pop("AGENTCORE_CACHE_DIR", None)
    break_tools(clone)
    assert_nothing_is_done(clone, deployed)


def test_a_change_is_not_overlooked(deployed):
    """What does nothing on unchanged source must not do nothing on changed source."""
    world, before = deployed.world, deployed.image
    node = deployed.name == "typescript"
    agent = PROJECTS["typescript" if node else "flat"].agents[deployed.name]
    path, old, new = ("src/agent.ts", '"typescript"', '"TypeScript"') if node else ("prices.py", "sum(", "2 * sum(")
    text = (world.project / path).read_text()
    assert old in text
    world.write(path, text.replace(old, new))
    run = world.ok(*deployed.launch, "-o", "json")
    assert deployed.record.mutations and run.data["changes"] > 0
    assert image(run.data) != before
    assert ask(world, deployed.name, agent) == agent.answer | ({"language": "TypeScript"} if node else {"total": 20})


def test_one_changed_line_sends_one_small_layer(binary, tmp_path):
    """The dependencies, tens of megabytes, are neither built nor sent again."""
    world = World(binary, tmp_path)
    with_uv(world)
    check_out("flat", world.project)
    requirements = world.project / "requirements.txt"
    requirements.write_text(requirements.read_text() + "numpy==2.2.6\n")
    with world.sandbox("--runner", "process"), recording(world.env["AWS_ENDPOINT_URL"]) as record:
        world.env["AWS_ENDPOINT_URL"] = record.url
        world.ok("configure", "-ni", "-e", "agent.py", "-n", "flat", "-do", "-dm")
        world.ok("launch", "--builder", "native", "--no-wait")
        first = record.uploaded
        assert first > 20_000_000
        prices = world.project / "prices.py"
        prices.write_text(prices.read_text().replace("sum(", "2 * sum("))
        break_tools(world)
        record.forget()
        world.ok("launch", "--builder", "native")
        uploads = [request for request in record.requests if request.is_upload]
        assert 0 < record.uploaded < 100_000, [str(request) for request in uploads]
        # The layer of dependencies was asked for and found; no second copy was opened.
        assert not any(request.size > 100_000 for request in uploads)
        agent = PROJECTS["flat"].agents["flat"]
        assert ask(world, "flat", agent) == {"total": 20}
