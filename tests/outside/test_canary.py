"""Secrets that a build comes across stay out of what it makes and leaves behind.

Canaries are put where people have secrets: files beside the source, the password of a package index, variables of the
build and of the agent, build arguments. Then they are looked for in every layer, image configuration, archive, log, cache
entry and its name, in the configuration, in everything that was printed with the most verbose output there is, in the
engine's image and its history, and in the arguments of all processes.
"""

import gzip
import io
import os
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

from packages import PACKAGES, PROJECTS, ask, check_out, private_index
from search import Arguments, files_with, holds
from test_packages import managed_runtime, with_uv, without_uv
from world import World

# Long enough to be found nowhere by chance, and plain: nothing on the way has a reason to encode it.
FILE, INDEX, BUILD, AGENT = (f"canary{name}9f3c51d2e7" for name in ("File", "Index", "Build", "Agent"))

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
def project(world, index):
    """A project with secrets all around, its own home and cache, and a private index."""
    check_out("private-index", world.project)
    for name, text in SECRET_FILES.items():
        world.write(name, text)
    # Git's fallback rules must have nothing to do with it, and neither must the user's.
    world.write(".dockerignore", "# nothing of the user's\n")
    world.env |= index.settings() | BUILD_VARIABLES | {"AGENTCORE_CACHE_DIR": str(world.folder / "cache")}
    return world


@pytest.fixture
def index(tmp_path):
    with private_index(tmp_path / "index", INDEX) as index:
        yield index


def walk(world: World, configure: list[str], launch: list[str], answer: dict | None) -> tuple[list, set[bytes]]:
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
            # The dependencies once more; an engine would take minutes to say what it said before.
            *([] if "engine" in launch else [["launch", "--force-rebuild-deps", *variables, *launch]]),
            ["status"],
            ["configure", "show"],
        ):
            runs.append(world.ok(*args, "-vv"))
        if answer is not None:
            assert ask(world, "canary", agent) == answer
        runs.append(world.run("destroy", "--dry-run", "-vv").expect(6))
    return runs, arguments.seen


def check(world: World, runs: list, arguments: set[bytes]):
    for secret in (FILE, INDEX, BUILD, AGENT):
        for run in runs:
            assert secret.encode() not in run.stdout + run.stderr, f"{secret} was printed\n{run}"
    for secret in (FILE, INDEX, BUILD):
        lines = [line for line in arguments if secret.encode() in line]
        assert not lines, f"{secret} in the arguments of a process: {lines}"
        planted = {world.project / name for name in SECRET_FILES}
        found = [path for path in files_with(world.folder, secret) if path not in planted and "uv/" not in str(path)]
        assert found == [], f"{secret} is in files"
    # The agent's own variable is part of its runtime, which the account knows, and of what the sandbox hands to the engine
    # for a session. Both are readable by their owner only.
    found = files_with(world.folder, AGENT)
    assert all(path.stat().st_mode & 0o077 == 0 for path in found), found
    names = [str(path.relative_to(world.folder / "sandbox/data")) for path in found]
    assert [name for name in names if not re.fullmatch(r"agents/sessions/[^/]+/environment", name)] == ["runtimes.json"]


@pytest.mark.parametrize("kind", ["native", "pip", "zip"])
def test_nothing_leaks_without_an_engine(project, index, kind):
    (without_uv if kind == "pip" else with_uv)(project)
    configure = ["-dt", "direct_code_deploy", "-rt", managed_runtime(project, False)] if kind == "zip" else []
    launch = [] if kind == "zip" else ["--builder", "native"]
    with project.sandbox("--runner", "process"):
        answer = PROJECTS["private-index"].agents["private_index"].answer
        runs, arguments = walk(project, configure, launch, answer)
        check(project, runs, arguments)
    assert any(path.endswith(".whl") for path in index.served)


def look_into(engine: str, env: dict, tmp_path: Path):
    """The images as the engine keeps them: saved with all their layers, configurations and histories."""
    name = "{{.Repository}}" if engine == "docker" else "{{.Name}}"
    listed = subprocess.run([engine, "images", "--format", name + ":{{.Tag}}"], env=env, capture_output=True, text=True, check=True)
    found = [line for line in listed.stdout.split() if "bedrock-agentcore-canary:" in line]
    assert found, f"{engine} has none of them: {listed.stdout}"
    for image in found:
        saved = tmp_path / "saved.tar"
        save = ["docker", "save", "-o", saved, image] if engine == "docker" else ["buildah", "push", image, f"docker-archive:{saved}"]
        done = subprocess.run(list(map(str, save)), env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        data = saved.read_bytes()
        saved.unlink()
        for secret in (FILE, INDEX, BUILD, AGENT):
            assert not holds(data, secret), f"{secret} is in the engine's image {image}"


def test_nothing_leaks_with_docker(project, tmp_path, engine, engine_base_image):
    """The classic builder can be given no secret, so the build does not see the index: it leaves the package out."""
    project.use_engine()
    (project.project / "requirements.txt").write_text("bedrock-agentcore==1.25.0\n")
    project.write("agent.py", (PACKAGES / "flat/agent.py").read_text().replace("import prices", "")
                  .replace("prices.total(payload[\"items\"])", "len(payload[\"seed\"])"))
    configure = ["--build-arg", "AGENT_NAME=canary"]
    with project.sandbox("--runner", "container"):
        runs, arguments = walk(project, configure, ["--builder", "engine", "--base-image", engine_base_image], {"total": 3})
        check(project, runs, arguments)
        look_into("docker", os.environ | project.env, tmp_path)


def test_nothing_leaks_with_build_secrets(project, tmp_path, buildah, index):
    """The password of the index reaches the build, and stays nowhere."""
    project.env |= buildah.env
    configure = ["-ctr", "buildah", "--build-secret", "PIP_EXTRA_INDEX_URL"]
    with project.sandbox("--runner", "process"):
        runs, arguments = walk(project, configure, ["--builder", "engine", "--base-image", buildah.base_image], None)
        check(project, runs, arguments)
        look_into("buildah", os.environ | project.env, tmp_path)
    assert any(path.endswith(".whl") for path in index.served)


@pytest.mark.parametrize("argument", [f"API_TOKEN={BUILD}", f"INDEX=https://ci:{BUILD}@index.example.com/simple"])
def test_a_secret_is_no_build_argument(project, argument):
    """Arguments are in an image's history for everybody to read, so what is plainly a secret is refused as one."""
    runs = [project.run("configure", "-ni", "-e", "agent.py", "-n", "canary", "-do", "-dm", "--build-arg", argument, "-vv")]
    # Written into the configuration by hand it is refused as well.
    project.ok("configure", "-ni", "-e", "agent.py", "-n", "canary", "-do", "-dm")
    config = project.project / ".bedrock_agentcore.yaml"
    name, _, value = argument.partition("=")
    document = yaml.safe_load(config.read_text())
    document["agents"]["canary"].setdefault("agentcore", {})["build_args"] = {name: value}
    config.write_text(yaml.safe_dump(document))
    runs.append(project.run("build", "--builder", "engine", "-vv"))
    for run in runs:
        assert run.code == 2, str(run)
        assert BUILD.encode() not in run.stdout + run.stderr, str(run)
        assert b"--build-secret" in run.stderr, str(run)
