"""Every project of tests/packages, built in every way that applies, run in the sandbox and asked.

The table says what applies; where something does not, it says why. The answers are in `packages.py`: none of them can
be given by an agent whose dependencies, modules or files did not arrive.
"""

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import lacked
from packages import PROJECTS, ask, check_out, git_repository, private_index, use_git
from world import World, tool

RUNS = "runs"

# native: layers by this program, dependencies by uv. pip: the same with pip. engine: the generated Dockerfile, built by
# Docker; by buildah where the build needs a secret, which Docker's classic builder cannot be given. zip:
# direct_code_deploy.
MATRIX = {
    "flat":          {"native": RUNS, "pip": RUNS, "engine": RUNS, "zip": RUNS},
    "src-layout":    {"native": RUNS, "pip": RUNS, "engine": RUNS, "zip": RUNS},
    "monorepo":      {"native": RUNS, "pip": RUNS, "engine": RUNS, "zip": RUNS},
    "uv-workspace":  {"native": RUNS, "pip": RUNS, "engine": RUNS, "zip": RUNS},
    "requirements":  {"native": RUNS, "pip": RUNS, "engine": RUNS, "zip": RUNS},
    "pyproject":     {"native": RUNS, "pip": RUNS, "engine": RUNS, "zip": RUNS},
    "private-index": {"native": RUNS, "pip": RUNS, "engine": RUNS, "zip": RUNS},
    "git-source":    {"native": RUNS, "pip": RUNS, "engine": RUNS, "zip": RUNS},
    "typescript":    {"native": RUNS, "pip": "pip has no part in a Node project", "engine": RUNS, "zip": RUNS},
}


def test_the_table_names_every_project():
    assert set(MATRIX) == set(PROJECTS)
    assert all(set(row) == {"native", "pip", "engine", "zip"} for row in MATRIX.values())


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> dict[str, str]:
    """Downloads that one test need not repeat for the next."""
    folder = tmp_path_factory.mktemp("downloads")
    return {"UV_CACHE_DIR": str(folder / "uv"), "PIP_CACHE_DIR": str(folder / "pip"), "npm_config_cache": str(folder / "npm")}


@pytest.fixture(scope="module")
def processes(binary, tmp_path_factory, shared):
    """A sandbox that runs agents as processes."""
    world = World(binary, tmp_path_factory.mktemp("processes"))
    world.env |= shared
    with world.sandbox("--runner", "process"):
        yield world


@pytest.fixture(scope="module")
def containers(binary, tmp_path_factory, engine, shared):
    """A sandbox that runs agents as containers."""
    world = World(binary, tmp_path_factory.mktemp("containers"))
    world.use_engine()
    world.env |= shared
    with world.sandbox("--runner", "container"):
        yield world


def with_uv(world: World):
    """Lets the program find the uv of the tests, and nothing else of their environment."""
    uv = Path(sys.executable).with_name("uv")
    if not uv.is_file():
        lacked("uv", f"no {uv}")
    folder = world.folder / "with-uv"
    folder.mkdir(exist_ok=True)
    if not (folder / "uv").exists():
        (folder / "uv").symlink_to(uv)
    world.env["PATH"] = f"{folder}:{world.env['PATH']}"


def without_uv(world: World):
    paths = [path for path in world.env["PATH"].split(":") if not (Path(path) / "uv").exists()]
    world.env["PATH"] = ":".join(paths)


def elsewhere(world: World, folder: Path) -> World:
    """The same home and sandbox, another project."""
    other = copy.copy(world)
    other.project, other.env = folder, dict(world.env)
    return other


def managed_runtime(world: World, node: bool) -> str:
    """The runtime whose interpreter this machine has, so that the sandbox can lend it."""
    if node:
        return "NODE_22"
    done = subprocess.run(["python3", "-c", "import sys; print('PYTHON_%d_%d' % sys.version_info[:2])"],
                          env=world.env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


CELLS = [pytest.param(project, builder, id=f"{project}-{builder}")
         for project, row in MATRIX.items() for builder, reason in row.items() if reason == RUNS]


@pytest.mark.parametrize("name, builder", CELLS)
def test_it_is_built_and_answers(name, builder, request, tmp_path):
    project = PROJECTS[name]
    world = request.getfixturevalue("containers" if builder == "engine" else "processes")
    world = elsewhere(world, tmp_path / name)
    check_out(name, world.project)
    configure, launch = [], []
    if builder == "engine" and "index" in project.needs:
        buildah = request.getfixturevalue("buildah")
        world.env |= buildah.env
        configure = ["-ctr", "buildah", "--build-secret", "PIP_EXTRA_INDEX_URL"]
        launch = ["--builder", "engine", "--base-image", buildah.base_image]
    elif builder == "engine":
        launch = ["--builder", "engine", "--base-image", request.getfixturevalue(
            "complete_base_image" if project.node or "git" in project.needs else "engine_base_image")]
    elif builder == "zip":
        configure = ["-dt", "direct_code_deploy", "-rt", managed_runtime(world, project.node)]
    else:
        launch = ["--builder", "native"]
    if builder == "pip":
        without_uv(world)
    elif builder != "engine":
        with_uv(world)
    if project.node and builder != "engine" and shutil.which("npm", path=world.env["PATH"]) is None:
        lacked("npm", "no `npm` on PATH")
    if "git" in project.needs:
        use_git(world.project, request.getfixturevalue("repository"))
    if "index" in project.needs:
        world.env |= request.getfixturevalue("index").settings()

    for agent, described in project.agents.items():
        world.ok("configure", "-ni", "-e", described.entrypoint, "-n", agent, "-do", "-dm", *configure, *described.flags)
    for agent in project.agents:
        world.ok("launch", "-a", agent, *launch)
    try:
        for agent, described in project.agents.items():
            assert ask(world, agent, described) == described.answer
    finally:
        for agent in project.agents:
            world.run("destroy", "-a", agent, "--force", "--delete-ecr-repo")


@pytest.fixture
def index(tmp_path):
    with private_index(tmp_path / "index", "index-pass-word-9") as index:
        yield index
    # The package is nowhere else, so it came from here; and without the login nothing does.
    assert any(path.endswith(".whl") for path in index.served)
    assert not any(path.endswith(".whl") for path in index.refused)


@pytest.fixture
def repository(tmp_path):
    with git_repository(tmp_path / "repository") as address:
        yield address
