"""Secrets that a build comes across stay out of what it makes and leaves behind.

Canaries are put where people have secrets: files beside the source, the password of a package index, variables of the
build and of the agent, build arguments. Then they are looked for in every layer, image configuration, archive, log, cache
entry and its name, in the configuration, in everything that was printed with the most verbose output there is, in the
engine's image and its history, and in the arguments of all processes.
"""

import gzip
import io
import json
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from packages import PROJECTS, ask, check_out, private_index
from search import Arguments, files_with, holds
from test_packages import elsewhere, managed_runtime, with_uv, without_uv  # noqa: F401
from world import World

# Long enough to be found nowhere by chance, and plain: nothing on the way has a reason to encode it.
FILE, INDEX, BUILD, AGENT, NPM = (f"canary{name}9f3c51d2e7" for name in ("File", "Index", "Build", "Agent", "Npm"))

SECRET_FILES = {
    ".env": f"PASSWORD={FILE}\n",
    ".env.production": f"PASSWORD={FILE}\n",
    "certs/server.key": f"-----BEGIN PRIVATE KEY-----\n{FILE}\n-----END PRIVATE KEY-----\n",
    "certs/server.pem": f"-----BEGIN PRIVATE KEY-----\n{FILE}\n-----END PRIVATE KEY-----\n",
    ".aws/credentials": f"[default]\naws_secret_access_key = {FILE}\n",
    ".netrc": f"machine example.com login me password {FILE}\n",
    ".pypirc": f"[pypi]\npassword = {FILE}\n",
    ".git/config": f'[remote "origin"]\nurl = https://me:{FILE}@example.com/x.git\n',
    ".venv/pyvenv.cfg": f"# {FILE}\n",
}
# Variables that people have set while they build; none of them is of any concern to the build.
BUILD_VARIABLES = {"DEPLOY_TOKEN": BUILD, "GITHUB_TOKEN": BUILD, "OPENAI_API_KEY": BUILD, "AGENT_SECRET": BUILD}


def test_the_search_finds_what_is_there(tmp_path):
    def tar(name: str, data: bytes) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        return out.getvalue()

    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", "x" * 100 + FILE)
    hidden = {
        "plain": FILE.encode(),
        "layer": gzip.compress(tar("app/a", FILE.encode())),
        "zip": zipped.getvalue(),
        "zip-in-layer": gzip.compress(tar("app/a.zip", zipped.getvalue())),
        "saved": tar("blobs/1", gzip.compress(tar("a", FILE.encode()))),
        "member": gzip.compress(tar(FILE, b"")),
        f"name-{FILE}": b"",
    }
    for name, data in hidden.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "innocent").write_bytes(gzip.compress(b"nothing"))
    assert {path.name for path in files_with(tmp_path, FILE)} == set(hidden)
    with Arguments() as arguments:
        subprocess.run(["sh", "-c", f"sleep 0.3; : {FILE}"], check=True)
    assert any(FILE.encode() in line for line in arguments.seen)


@pytest.fixture
def project(world, tmp_path):
    """A project with secrets all around, its own home and cache, and a private index."""
    check_out("private-index", world.project)
    for name, text in SECRET_FILES.items():
        world.write(name, text)
    # Git's fallback rules must have nothing to do with it, and neither must the user's.
    world.write(".dockerignore", "# nothing of the user's\n")
    with private_index(tmp_path / "index", INDEX) as index:
        world.env |= index.settings() | BUILD_VARIABLES | {"AGENTCORE_CACHE_DIR": str(tmp_path / "cache")}
        yield world
        assert any(path.endswith(".whl") for path in index.served)


def walk(world: World, configure: list[str], launch: list[str]) -> tuple[list, set[bytes]]:
    """Builds, deploys, asks and takes away, saying as much as can be said."""
    agent = PROJECTS["private-index"].agents["private_index"]
    runs = []
    variables = ["--env", f"API_TOKEN={AGENT}"]
    with Arguments() as arguments:
        for args in (
            ["configure", "-ni", "-e", "agent.py", "-n", "canary", "-do", "-dm", *configure],
            ["build", "--plan", *launch],
            ["build", *launch],
            ["launch", *variables, *launch],
            ["launch", *variables, *launch],
            ["launch", "--plan", "-o", "json", *variables, *launch],
            ["launch", "--force-rebuild-deps", *variables, *launch],
            ["status"],
            ["configure", "show"],
        ):
            runs.append(world.ok(*args, "-vv"))
        assert ask(world, "canary", agent) == agent.answer
        runs.append(world.run("destroy", "--dry-run", "-vv").expect(6))
    return runs, arguments.seen


def check(world: World, tmp_path: Path, runs: list, arguments: set[bytes]):
    for secret in (FILE, INDEX, BUILD, AGENT):
        for run in runs:
            assert secret.encode() not in run.stdout + run.stderr, f"{secret} was printed\n{run}"
    for secret in (FILE, INDEX, BUILD):
        lines = [line for line in arguments if secret.encode() in line]
        assert not lines, f"{secret} in the arguments of a process: {lines}"
        planted = {world.project / name for name in SECRET_FILES}
        found = [path for path in files_with(world.folder, secret) if path not in planted and "uv/" not in str(path)]
        assert found == [], f"{secret} is in files"
    # The agent's own variable is part of its runtime, which the account knows, and of nothing else.
    found = files_with(world.folder, AGENT)
    assert [str(path.relative_to(world.folder / "sandbox/data")) for path in found] == ["runtimes.json"]


@pytest.mark.parametrize("kind", ["native", "pip", "zip"])
def test_nothing_leaks_without_an_engine(project, tmp_path, kind):
    (without_uv if kind == "pip" else with_uv)(project)
    configure = ["-dt", "direct_code_deploy", "-rt", managed_runtime(project, False)] if kind == "zip" else []
    launch = [] if kind == "zip" else ["--builder", "native"]
    with project.sandbox("--runner", "process"):
        runs, arguments = walk(project, configure, launch)
        check(project, tmp_path, runs, arguments)
