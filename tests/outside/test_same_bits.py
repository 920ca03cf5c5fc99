"""The same project gives the same digest, wherever, whenever and by whomever it is built.

Each build starts with an empty cache and installs everything anew. `tests/tools/second-environment.sh` does the same with
another operating system.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conftest import lacked
from packages import PACKAGES
from world import PASSED_ON, Run

ARM = ["--platform", "linux/arm64"]
IMAGE = ["--builder", "native", "--base-image", "scratch"]

# What is built: the project, how it is configured, how it is built.
KINDS = {
    "python-image": ("requirements", ["-e", "agent.py"], [*IMAGE, *ARM]),
    "python-zip": ("requirements", ["-e", "agent.py", "-dt", "direct_code_deploy", "-rt", "PYTHON_3_12"], ARM),
    "node-image": ("typescript", ["-e", "src/agent.ts"], [*IMAGE, *ARM]),
    "node-zip": ("typescript", ["-e", "src/agent.ts", "-dt", "direct_code_deploy", "-rt", "NODE_22"], ARM),
}


@dataclass
class Where:
    """Everything about a build that its result must not depend on."""

    folder: str = "project"
    # File times, and the order in which files are made: some file systems list them in it.
    mtime: int | None = None
    reverse: bool = False
    umask: int = 0o022
    user: int | None = None
    env: dict[str, str] = field(default_factory=dict)


DIFFERENCES = {
    "folder": Where(folder="another folder/é — ü/project", mtime=981_173_106, reverse=True),
    "private": Where(umask=0o077),
    "group-writable": Where(umask=0o000),
    "user": Where(user=12345, umask=0o077),
    # Where the locale is not installed, programs take C instead: that is another one too.
    "place": Where(env={"TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "SOURCE_DATE_EPOCH": "1"}),
    "plain-c": Where(env={"LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "7", "COLUMNS": "40"}),
}


class Workshop:
    """A folder that every user can enter, with the programs that a build needs."""

    def __init__(self, binary: Path, folder: Path):
        self.folder = folder
        self.count = 0
        (folder / "bin").mkdir()
        uv = Path(sys.executable).with_name("uv")
        if not uv.is_file():
            lacked("uv", f"no {uv}")
        if shutil.which("npm") is None:
            lacked("npm", "no `npm` on PATH")
        shutil.copy(uv, folder / "bin/uv")
        shutil.copy(binary, folder / "bin/agentcore")
        # The system's own Python: the first on PATH can be below the home of one user.
        self.path = f"{folder}/bin:/usr/local/bin:/usr/bin:/bin"

    def copy(self, project: str, where: Where) -> Path:
        """A copy of a project in a place of its own, made as `where` says."""
        self.count += 1
        target = self.folder / str(self.count) / where.folder
        old = os.umask(where.umask)
        try:
            target.mkdir(parents=True)
            files = sorted(path for path in (PACKAGES / project).rglob("*") if path.is_file())
            for path in reversed(files) if where.reverse else files:
                copied = target / path.relative_to(PACKAGES / project)
                copied.parent.mkdir(parents=True, exist_ok=True)
                copied.write_bytes(path.read_bytes())
                if where.mtime:
                    os.utime(copied, (where.mtime, where.mtime))
        finally:
            os.umask(old)
        for parent in (self.folder / str(self.count)).rglob("*"):
            if where.user is not None:
                os.chown(parent, where.user, where.user)
        if where.user is not None:
            os.chown(self.folder / str(self.count), where.user, where.user)
        return target

    def run(self, project: Path, where: Where, *args: str) -> Run:
        home = self.folder / str(self.count) / "home"
        if not home.exists():
            home.mkdir()
            if where.user is not None:
                os.chown(home, where.user, where.user)
        env = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
        env = {name: value for name, value in env.items() if name not in ("UV_CACHE_DIR", "PIP_CACHE_DIR")}
        env |= {"HOME": str(home), "PATH": self.path, "LANG": "C.UTF-8", "TZ": "UTC"} | where.env
        more = {} if where.user is None else {"user": where.user, "group": where.user, "extra_groups": []}
        done = subprocess.run([f"{self.folder}/bin/agentcore", *args], cwd=project, env=env, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=600, umask=where.umask, **more)
        return Run(" ".join(args), done.returncode, done.stdout, done.stderr)

    def digest(self, kind: str, where: Where, change=lambda project: None) -> str:
        """Copies, configures and builds."""
        name, configure, build = KINDS[kind]
        project = self.copy(name, where)
        change(project)
        self.run(project, where, "configure", "-ni", "-n", "same", "-do", "-dm", *configure).expect(0)
        digest = self.run(project, where, "build", "-o", "json", *build).expect(0).data["digest"]
        assert digest.startswith("sha256:") and len(digest) == 71
        return digest


@pytest.fixture(scope="module")
def workshop(binary):
    # Not pytest's own: only its owner may look into that.
    folder = Path(tempfile.mkdtemp(prefix="agentcore-same-"))
    folder.chmod(0o755)
    yield Workshop(binary, folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def digests(workshop):
    """The digest of each kind, built once as everybody would."""
    known: dict[str, str] = {}

    def of(kind: str) -> str:
        if kind not in known:
            known[kind] = workshop.digest(kind, Where())
        return known[kind]

    return of


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_same(workshop, digests, kind, difference):
    where = DIFFERENCES[difference]
    if where.user is not None and os.geteuid() != 0:
        lacked("root", "only root can build as somebody else")
    assert workshop.digest(kind, where) == digests(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_kept_makes_the_same(workshop, digests, kind):
    """A second build, from what the first one left in the cache."""
    name, configure, build = KINDS[kind]
    project = workshop.copy(name, Where())
    workshop.run(project, Where(), "configure", "-ni", "-n", "same", "-do", "-dm", *configure).expect(0)
    first, second = (workshop.run(project, Where(), "build", "-o", "json", *build).expect(0).data for _ in range(2))
    assert first["digest"] == second["digest"] == digests(kind)


def longer(project: Path):
    path = next(path for path in (project / "agent.py", project / "src/agent.ts") if path.exists())
    path.write_text(path.read_text() + "\n")


def executable(project: Path):
    path = project / "run.sh"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def plain(project: Path):
    path = project / "run.sh"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o644)


@pytest.mark.parametrize("kind", KINDS)
def test_what_matters_changes_the_digest(workshop, digests, kind):
    """A line, a further file, the executable bit: otherwise a constant would pass the tests above."""
    found = [workshop.digest(kind, Where(), change) for change in (longer, executable, plain)]
    if kind.startswith("node"):
        # The compiler drops an empty line; the source is in there beside what it makes of it, or it is not.
        found = found[1:]
    assert len({digests(kind), *found}) == len(found) + 1
